"""Plug-ins: the example of the page is the file that is built, and what the page says to type works."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap

PAGE = (tap.ROOT / "docs/plugins.md").read_text()
NARROWS = tap.BUILD / "narrows"


def block():
    return re.search(r"```c\n(.*?)```", PAGE, re.S)[1]


def law_the_example_is_the_file_that_is_built():
    assert block() == (tap.ROOT / "plugins/sched_wrr.c").read_text()
    assert (tap.BUILD / "plugins/sched_wrr.so").exists()


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


def law_every_call_of_the_header_is_on_the_page():
    header = (tap.ROOT / "include/narrows/plugin.h").read_text()
    ops = re.search(r"struct nrw_sched_ops \{(.*?)\n\};", header, re.S)[1]
    calls = re.findall(r"\(\*(\w+)\)", ops)
    assert len(calls) == 10, calls
    for call in calls:
        assert f"`{call}`" in PAGE, call


tap.run(globals())
