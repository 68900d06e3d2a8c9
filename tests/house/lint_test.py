"""Each check of `make lint` finds the fault it is there for. Faults are planted in a small tree of their own."""
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap

CLEAN = {
    "src/LAYERS": "base:\nwire: base\n",
    "src/base/a.h": "#ifndef A\n#define A\n\nint a_f(int x);\n\n#endif\n",
    "src/base/a.c": '#include "base/a.h"\n\nint a_f(int x)\n{\n\treturn x ? 1 : 0;\n}\n',
    "src/wire/w.h": '#ifndef W\n#define W\n\n#include "base/a.h"\n\n#endif\n',
    "include/narrows/x.h": "#ifndef X\n#define X\n\nint nrw_x(void);\n\n#endif\n",
}


def check(script, planted, *args):
    """Status and words of a check, run in a tree that is clean but for `planted`."""
    need = {"format": "clang-format", "check-scripts": "shellcheck", "check-headers": "clang++"}.get(script)
    if need and not shutil.which(need):
        raise tap.Skip(f"no {need} here: make check installs it")
    with tempfile.TemporaryDirectory() as top:
        shutil.copytree(tap.ROOT / "scripts", Path(top, "scripts"))
        for name in (".clang-format", ".clang-tidy"):
            shutil.copy(tap.ROOT / name, top)
        for name, text in {**CLEAN, **planted}.items():
            path = Path(top, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        subprocess.run(["git", "init", "-q"], cwd=top, check=True)
        done = subprocess.run([f"scripts/{script}", *args], cwd=top, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@functools.cache
def takes_clean_tree(script, args):
    status, said = check(script, {}, *args)
    assert status == 0, f"a clean tree is refused: {said}"


def finds(script, path, text, words, *args):
    takes_clean_tree(script, args)
    status, said = check(script, {path: text}, *args)
    assert status != 0 and words in said, f"not found: {words!r} in {said!r}"


def law_layers_refuses_a_climb():
    finds("check-layers", "src/base/b.c", '#include "wire/w.h"\n', 'src/base/b.c:1: room base may not include "wire/w.h"')


def law_layers_refuses_a_peep():
    finds("check-layers", "src/wire/b.c", '#include "base/a_int.h"\n', "is private to room base")


def law_size_refuses_a_long_function():
    finds("check-size", "src/base/b.c", "int b_f(void)\n{\n" + "\t;\n" * 100 + "\treturn 0;\n}\n", "function b_f has")


def law_size_refuses_a_long_file():
    finds("check-size", "src/base/b.c", "int b_x;\n" * 801, "801 lines")


def law_layout_refuses_spaces_and_braces():
    finds("format", "src/base/b.c", "int b_f(int x)\n{\n    return x;\n}\n", "+\treturn x;", "--check")
    finds("format", "src/base/b.c", "int b_f(int x) {\n\treturn x;\n}\n", "+{", "--check")
    finds("format", "src/base/b.c", "int b_f(int x)\n{\n\tif(x) return 1;\n\treturn 0;\n}\n", "+\tif (x)", "--check")


def law_layout_leaves_tables_alone():
    table = ("static const struct a t = {\n\t.name = \"x\",\t\t.size = 1,\n\t.put = f,\t\t.take = g,\n};\n\n"
             "enum { A, B };\nstruct p { int a, b; };\n")
    status, said = check("format", {"src/base/b.c": table}, "--check")
    assert status == 0, said


def law_text_refuses_blanks_at_the_end():
    finds("check-text", "docs/a.md", "words \n", "docs/a.md:1: blanks at the end")


def law_text_refuses_a_last_line_that_does_not_end():
    finds("check-text", "src/base/b.c", "int b;", "does not end")


def law_text_refuses_long_lines_and_counts_tabs_as_8():
    finds("check-text", "src/base/b.c", "\t" * 14 + "int b_name;\n", "123 columns")


def law_text_refuses_unfinished_words():
    for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"):
        finds("check-text", "src/base/b.c", f"/* {word}: later */\n", "unfinished")


def law_text_refuses_paths_of_a_machine():
    finds("check-text", "docs/a.md", "see /ho" + "me/jane/narrows\n", "a path of this machine")


def law_text_refuses_the_path_of_the_checkout():
    with tempfile.TemporaryDirectory() as top:
        Path(top, "a.md").write_text(f"see {top}/a.md\n")
        subprocess.run(["git", "init", "-q"], cwd=top, check=True)
        done = subprocess.run([tap.ROOT / "scripts/check-text"], cwd=top, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "a path of this machine" in done.stdout


def law_scripts_refuses_what_shellcheck_refuses():
    finds("check-scripts", "scripts/b", "#!/bin/sh\nrm $1\n", "SC2086")


def law_scripts_refuses_python_that_does_not_parse():
    finds("check-scripts", "scripts/b", "#!/usr/bin/env python3\nif:\n", "SyntaxError")


def law_headers_refuses_one_that_needs_another():
    finds("check-headers", "src/base/b.h", "size_t b_f(void);\n", "base/b.h: does not compile alone")


def law_headers_refuses_one_without_a_guard():
    finds("check-headers", "src/base/b.h", "struct b { int x; };\n", "base/b.h: does not compile alone")


def law_headers_refuses_a_public_one_that_is_no_cplusplus():
    finds("check-headers", "include/narrows/b.h", "#pragma once\nint nrw_f(int class);\n", "narrows/b.h: does not compile")


def libraries(where, source):
    Path(where, "a.c").write_text(source)
    for command in ("gcc -shared -fPIC -o libnarrows.so a.c", "gcc -c a.c", "ar rcs libnarrows.a a.o"):
        subprocess.run(command.split(), cwd=where, check=True)


def law_symbols_refuses_a_name_without_prefix():
    with tempfile.TemporaryDirectory() as where:
        script = tap.ROOT / "scripts/check-symbols"
        libraries(where, "int nrw_a(void) { return 1; }\n")
        assert subprocess.run([script, where], check=False).returncode == 0
        libraries(where, "int nrw_a(void) { return 1; }\nint other(void) { return 1; }\n")
        done = subprocess.run([script, where], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and done.stdout.count("other leaves the library") == 2, done.stdout


tap.run(globals())
