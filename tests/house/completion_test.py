"""bash completion offers what `narrows help` tells."""
import shutil
import subprocess

import tap


def offered(*words):
    if not shutil.which("bash"):
        raise tap.Skip("no bash here")
    script = f"""source {tap.ROOT}/share/bash-completion/narrows
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _narrows; printf '%s\\n' "${{COMPREPLY[@]}}" """
    tool = str((tap.BUILD / "narrows").resolve())
    done = subprocess.run(["bash", "-c", script, "-", tool, *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


def law_commands_are_offered():
    assert {"pcap", "check", "help"} <= set(offered("")), offered("")
    assert offered("pc") == ["pcap"]


def law_options_of_the_command_are_offered():
    assert offered("pcap", "--se") == ["--series", "--seed"], offered("pcap", "--se")
    assert "--plot" not in offered("check", "--")


def law_files_are_offered_elsewhere():
    assert offered("pcap", str(tap.ROOT / "READ")) == [str(tap.ROOT / "README.md")]


tap.run(globals())
