"""Plug-ins: the example of the page is the file that is built, and what the page says to type works."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap

PAGE = (tap.ROOT / "docs/plugins.md").read_text()
NARROWS = tap.BUILD / "narrows"


def block(n=0):
    return re.findall(r"```c\n(.*?)```", PAGE, re.S)[n]


def law_the_examples_are_the_files_that_are_built():
    for n, name in enumerate(("sched_wrr", "aqm_stale")):
        assert block(n) == (tap.ROOT / f"plugins/{name}.c").read_text(), name
        assert (tap.BUILD / f"plugins/{name}.so").exists(), name


def law_the_commands_of_the_page_work():
    if not shutil.which("cc"):
        raise tap.Skip("no cc here")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sched_wrr.c").write_text(block())
        compiler = re.search(r"^    (cc .*)", PAGE, re.M)[1].split()
        flags = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-I", tap.ROOT / "include"]
        subprocess.run([*compiler, *flags], cwd=folder, check=True)
        made = "./sched_wrr.so"
        bench = subprocess.run([NARROWS, "bench", "sched", "--quick", "--new", made], cwd=folder, capture_output=True, text=True, check=False)
        assert bench.returncode == 0 and "wrr keeps the laws" in bench.stderr, bench.stderr
        line = re.search(r"lab.rules: (.*)\)?", PAGE)[1]
        check = subprocess.run([NARROWS, "check", "--plugin", made, "-e", line], cwd=folder, capture_output=True, text=True, check=False)
        assert check.returncode == 0 and "type wrr" in check.stdout, check.stderr
        refused = subprocess.run([NARROWS, "check", "-e", line], cwd=folder, capture_output=True, text=True, check=False)
        assert refused.returncode == 2, refused
        Path(folder, "aqm_stale.c").write_text(block(1))
        compiler = re.findall(r"^    (cc .*)", PAGE, re.M)[1].split()
        subprocess.run([*compiler, *flags], cwd=folder, check=True)
        args = re.search(r"--plugin ./aqm_stale.so -e '(.*?)' -e '(.*?)'", PAGE).groups()
        check = subprocess.run([NARROWS, "check", "--plugin", "./aqm_stale.so", *(a for x in args for a in ("-e", x))], cwd=folder,
                               capture_output=True, text=True, check=False)
        assert check.returncode == 0 and "stale age 20ms" in check.stdout, check.stderr


def law_every_call_of_the_header_is_on_the_page():
    header = (tap.ROOT / "include/narrows/plugin.h").read_text()
    ops = re.search(r"struct nrw_sched_ops \{(.*?)\n\};", header, re.S)[1]
    calls = re.findall(r"\(\*(\w+)\)", ops)
    assert len(calls) == 10, calls
    calls += re.findall(r"\(\*(\w+)\)", re.search(r"struct nrw_aqm_ops \{(.*?)\n\};", header, re.S)[1])
    assert len(calls) == 14, calls
    for call in calls:
        assert f"`{call}`" in PAGE, call


tap.run(globals())
