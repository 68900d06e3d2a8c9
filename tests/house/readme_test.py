"""What README.md shows is what the tool says. `readme_test.py --update` writes it anew, with the build of NARROWS_BUILD.

Each ```console block is run from a folder in which `share` is the repository's; a line that begins with "$ " is a
command, what follows is its output, both streams. Only how long a run took may differ, and is shown as it was.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

README = tap.ROOT / "README.md"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.S)
TIMING = re.compile(r"^\d+ packets/s, .*$", re.M)


def run(command, cwd):
    env = {**os.environ, "PATH": f"{tap.BUILD.resolve()}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(["sh", "-c", command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return "\n".join(line for line in done.stdout.decode().splitlines() if not line.startswith("Running as user"))


def fresh(block, cwd):
    lines = []
    for command in re.findall(r"^\$ (.*)$", block, re.M):
        said = run(command, cwd)
        lines += [f"$ {command}"] + ([said] if said else [])
    return "\n".join(lines) + "\n"


def rewritten(text):
    with tempfile.TemporaryDirectory() as cwd:
        os.symlink(tap.ROOT / "share", f"{cwd}/share")
        return BLOCK.sub(lambda m: fresh(m.group(), cwd), text)


def law_readme_shows_what_the_tool_says():
    if not shutil.which("tshark"):
        raise tap.Skip("no tshark here")
    text = README.read_text()
    shown, said = TIMING.sub("", text).splitlines(), TIMING.sub("", rewritten(text)).splitlines()
    wrong = [f"shown: {a!r}\nsaid:  {b!r}" for a, b in zip(shown, said) if a != b]
    assert not wrong and len(shown) == len(said), "\n".join(wrong[:5])


if "--update" in sys.argv:
    README.write_text(rewritten(README.read_text()))
else:
    tap.run(globals())
