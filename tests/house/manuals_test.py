"""Manuals: nothing for mandoc's lint to say, and the options of a command are those that its help tells."""
import re
import shutil
import subprocess

import tap

MAN = tap.BUILD / "docs/man"


def manual(name):
    if not shutil.which("scdoc") or not shutil.which("mandoc"):
        raise tap.Skip("no scdoc, or no mandoc here")
    return MAN / name


def text(name):
    done = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=200", manual(name)], capture_output=True, check=True)
    return re.sub(r".\x08", "", done.stdout.decode()).replace("\u2010", "-")


def law_lint_has_nothing_to_say():
    for name in ("narrows-pcap.1", "narrows-rules.7", "narrows-pipes.7"):
        done = subprocess.run(["mandoc", "-T", "lint", manual(name)], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and not done.stdout, done.stdout


def law_lint_finds_a_fault():
    broken = manual("narrows-pcap.1").read_text() + ".P\n.P\n.NOSUCH\n"
    done = subprocess.run(["mandoc", "-T", "lint"], input=broken, capture_output=True, text=True, check=False)
    assert "NOSUCH" in done.stdout, done.stdout


def law_a_manual_has_the_options_of_the_help():
    said = subprocess.run([tap.BUILD / "narrows", "help", "pcap"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"(?<![\w-])--[a-z0-9-]+", said))
    page = set(re.findall(r"(?<![\w-])--[a-z0-9-]+", text("narrows-pcap.1")))
    assert len(options) > 15 and options == page, (options - page, page - options)


def law_the_words_of_the_page_are_in_the_manual():
    # the last of a table each, too
    for name, words in {"narrows-rules.7": ("allow", "skipto", "tcpflags", "established", "tcp-setmss", "malformed"),
                        "narrows-pipes.7": ("bw", "delay", "jitter", "loss gemodel", "weight", "wf2q\\+", "fq_pie", "buckets")}.items():
        manual_text = text(name)
        for word in words:
            assert re.search(rf"^ +{word}", manual_text, re.M), (name, word)


tap.run(globals())
