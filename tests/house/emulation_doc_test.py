"""docs/emulation.md: each example is right, each word the parser knows has a row whose example uses it, and what is
printed makes the same state again."""
import re
import subprocess

import tap

DOC = tap.ROOT / "docs/emulation.md"
ROW = re.compile(r"^\| (?P<words>`.*?|[a-z].*?) \| (?P<text>.*) \| `(?P<example>[^`]*)` \|$", re.M)
FILES = tap.ROOT / "tests/model/files"      # examples name these
NARROWS = str((tap.BUILD / "narrows").resolve())
# what commands on objects need to find
CONTEXT = ("-e", "pipe 1 config", "-e", "sched 1 config", "-e", "queue 1 config")
# of dummynet, and refused here
REFUSED = ["pipe 1 config bw em0", "pipe 1 config bw 1Mbit/s bw 2Mbit/s", "pipe 0 config", "pipe 65536 config",
           "sysctl net.inet.ip.dummynet.io_fast=1", "queue 1 config weight 0", "queue 1 config weight 65537",
           "queue 1 config pri 64", "queue 1 config lmax 65576", "pipe 1 config weight 3", "queue 1 config bw 1Mbit/s",
           "pipe 1 config type rr", "pipe 1 config red 0.002/15/5/0.1", "pipe 1 config codel target 0ms",
           "pipe 1 config pie beta 8", "pipe 1 config pie max_burst 11s", "pipe 1 config dualpi2", "sched 1 config type none",
           "pipe 1 config plr 1.1", "pipe 1 config loss state 0.1 0.7 0.7", "pipe 1 config corrupt 0.1 bits 0",
           "pipe 1 config jitter 5ms ecdf delays.ecdf", "pipe 1 config profile lte.up", "pipe 1 config trace wifi.profile",
           "pipe 1 config schedule lte.up", "pipe 1 config trace absent", "queue 1 config sched 1 pipe 1"]


def rows():
    return [m.groupdict() for m in ROW.finditer(DOC.read_text())]


def check(*args):
    return subprocess.run([NARROWS, "check", *args], capture_output=True, text=True, check=False, cwd=FILES)


def words_now(kind):
    """The words of `check --list`, those of later versions left out."""
    lines = check("--list", kind).stdout.splitlines()
    return [line.split()[0] for line in lines if "(not in this version)" not in line]


def scripts():
    """Examples that are lines of a script."""
    return [r["example"] for r in rows() if not r["example"].startswith("narrows")]


def law_every_example_is_accepted():
    assert len(scripts()) > 70, len(scripts())
    wrong = [f"{x}\n{r.stderr}" for x in scripts() if (r := check(*CONTEXT, "-e", x)).returncode]
    assert not wrong, "\n".join(wrong)


def law_every_word_has_a_row():
    documented = {w for r in rows() for quoted in re.findall(r"`([^`]*)`", r["words"] + r["text"])
                  for w in re.split(r"[ ,\[\]…|\\]+", quoted)}
    for kind in ("pipe-options", "scheds", "aqms", "links"):
        words = words_now(kind)
        missing = [w for w in words if w not in documented]
        assert len(words) > 4 and not missing, f"{kind}: {missing} of {len(words)}"


def law_what_is_printed_is_printed_again():
    for line in scripts():
        once = check(*CONTEXT, "-e", line).stdout.splitlines()
        again = check(*(a for x in once for a in ("-e", x))).stdout.splitlines()
        assert once == again and len(once) == 4, (line, once, again)


def law_what_list_prints_makes_the_same_state():
    """All options of one object's kind, in one script: its lists, run as a script, print the same lists."""
    lines = [x for x in scripts() if re.match(r"(pipe|queue|sched) \d+ config", x) and " log " not in x and " pcap " not in x]
    lists = [a for kind in ("pipe", "sched", "queue") for a in ("-e", f"{kind} list")]
    def state(script):
        args = [a for x in script for a in ("-e", x)]
        empty = tap.ROOT / "tests/data/captures"
        capture = sorted(empty.glob("*.pcap"))[0]
        done = subprocess.run([NARROWS, "pcap", "-q", *args, *lists, str(capture)], capture_output=True, text=True, check=False,
                              cwd=FILES)
        assert done.returncode == 0, done.stderr
        return [x for x in done.stdout.splitlines() + done.stderr.splitlines() if re.match(r"(pipe|queue|sched) \d+ ", x)]
    for line in lines:
        once = state([line])
        assert once, line
        assert state([x for x in once]) == once, (line, once, state(once))


def law_what_is_refused_is_shown_with_a_caret():
    for line in REFUSED:
        done = check("-e", line)
        assert done.returncode == 2 and "^" in done.stderr, (line, done.stdout, done.stderr)


tap.run(globals())
