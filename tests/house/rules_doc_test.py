"""docs/rules.md: each example is right, and each word the parser knows has a row whose example uses it."""
import re
import subprocess

import tap

DOC = tap.ROOT / "docs/rules.md"
ROW = re.compile(r"^\| (?P<words>`.*?) \| (?P<text>.*) \| `(?P<example>[^`]*)` \|$", re.M)
# what commands on rules and tables need to find
CONTEXT = ("-e", "table old create", "-e", "table old add 10.0.0.0/8", "-e", "add 10 set 3 count ip from any to any", "-e", "add 20 set 4 count ip from any to any")
NARROWS = str((tap.BUILD / "narrows").resolve())


def rows():
    text = DOC.read_text().split("## From other languages")[0]
    return [m.groupdict() for m in ROW.finditer(text)]


def check(*args):
    return subprocess.run([NARROWS, "check", *args], capture_output=True, text=True, check=False)


def words_now(kind):
    """The words of `check --list`, those of later versions left out."""
    lines = check("--list", kind).stdout.splitlines()
    return [line.split()[0] for line in lines if "(not in this version)" not in line]


def law_every_example_is_accepted():
    examples = [r["example"] for r in rows()]
    assert len(examples) > 60, len(examples)
    wrong = [f"{x}\n{r.stderr}" for x in examples if (r := check(*CONTEXT, "-e", x)).returncode]
    assert not wrong, "\n".join(wrong)


def law_a_wrong_example_would_be_found():
    assert check(*CONTEXT, "-e", "add alow ip from any to any").returncode == 2


def law_every_word_has_a_row():
    documented = {w for r in rows() for quoted in re.findall(r"`([^`]*)`", r["words"]) for w in re.split(r"[ ,]", quoted)}
    for kind in ("matches", "actions"):
        words = words_now(kind)
        missing = [w for w in words if w not in documented]
        assert len(words) > 4 and not missing, f"{kind}: {missing} of {len(words)}"


def law_every_example_uses_a_word_of_its_row():
    wrong = [r for r in rows() if r["words"].startswith("`")
             and not any(w in r["example"] for w in re.findall(r"[A-Za-z][a-z0-9-]+|MAC", r["words"])) and "ADDR" not in r["words"]
             and "PORT" not in r["words"]]
    assert not wrong, wrong


tap.run(globals())
