"""docs/filter.md: each example compiles, what it prints is printed, and each field and sign of the language is there."""
import re
import subprocess

import tap

DOC = tap.ROOT / "docs/filter.md"
ROW = re.compile(r"^\| (?P<what>`.*?) \| (?P<text>.*) \| `(?P<example>[^`]*)` \|$", re.M)
NARROWS = str((tap.BUILD / "narrows").resolve())


def narrows(*args):
    return subprocess.run([NARROWS, "filter", *args], capture_output=True, text=True, check=False)


def law_every_example_compiles_without_a_word():
    examples = [m["example"].replace("\\|", "|") for m in ROW.finditer(DOC.read_text())]
    assert len(examples) >= 18, len(examples)
    wrong = [f"{x}\n{r.stderr}" for x in examples if (r := narrows(x)).returncode or r.stderr]
    assert not wrong, "\n".join(wrong)


def law_a_wrong_example_would_be_found():
    assert narrows("tcp.dport = 80").returncode == 2
    assert narrows("tcp[0:2] & 80 == 1").stderr


def law_every_example_uses_what_its_row_is_about():
    rows = [m.groupdict() for m in ROW.finditer(DOC.read_text().split("## Fields")[0])]
    wrong = [r for r in rows if not any(w in r["example"] for w in re.findall(r"[a-z0-9:./]+|[^\s`a-z0-9]+", r["what"]))]
    assert rows and not wrong, wrong


def law_what_a_program_prints_is_what_it_prints():
    shown = re.search(r"```\n\$ narrows filter '(.*?)'\n(.*?)```", DOC.read_text(), re.S)
    assert shown
    assert narrows(shown[1]).stdout == shown[2], narrows(shown[1]).stdout


def law_every_name_of_a_header_is_a_term_and_every_field_a_value():
    fields = [line.split()[0] for line in narrows("--list").stdout.splitlines()]
    assert len(fields) > 50, len(fields)
    wrong = [f for f in fields if narrows(f"{f} == 1").returncode]
    assert not wrong, wrong


tap.run(globals())
