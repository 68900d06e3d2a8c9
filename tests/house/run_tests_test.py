"""run-tests and add-up count every case, and take nothing that went wrong for a success."""
import json
import subprocess
import tempfile
from pathlib import Path

import tap


def program(script, **more):
    return {"name": "x/y", "cmd": ["sh", "-c", script], "env": {}, "workdir": None, "timeout": 20,
            "suite": ["narrows:unit"], **more}


def run(*tests, args=()):
    # names are meson's, and each is there once
    tests = [{**t, "name": t["name"] + "-" * i} for i, t in enumerate(tests)]
    with tempfile.TemporaryDirectory() as build:
        info = Path(build, "meson-info")
        info.mkdir()
        (info / "intro-tests.json").write_text(json.dumps(tests))
        done = subprocess.run([tap.ROOT / "scripts/run-tests", *args, build], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1], done.stdout


def counts(script, passed, failed, skipped=0, **more):
    status, last, text = run(program(script, **more))
    assert last == f"{passed} passed, {failed} failed, {skipped} skipped", text
    assert status == (1 if failed else 0), text


def law_every_case_counts():
    counts(r"printf '1..3\nok 1 - a\nok 2 - b\nok 3\n'", 3, 0)


def law_programs_add_up():
    two = program(r"printf '1..2\nok 1\nok 2\n'")
    assert run(two, two, two)[1] == "6 passed, 0 failed, 0 skipped"


def law_a_failed_case_fails():
    counts(r"printf '1..2\nok 1\nnot ok 2 - b\n'; exit 1", 1, 1)


def law_a_failure_is_shown_with_both_streams():
    text = run(program(r"echo heard on stderr >&2; printf '1..1\n# said why\nnot ok 1\n'; exit 1"))[2]
    assert "heard on stderr" in text and "said why" in text, text


def law_a_failed_case_with_status_0_fails():
    counts(r"printf '1..1\nnot ok 1\n'", 0, 1)


def law_a_status_that_no_case_explains_fails():
    counts(r"printf '1..1\nok 1\n'; exit 3", 1, 1)


def law_a_crash_fails():
    counts(r"printf '1..1\nok 1\n'; kill -SEGV $$", 1, 1)


def law_silence_fails():
    counts("true", 0, 1)


def law_a_plan_not_kept_fails():
    counts(r"printf '1..3\nok 1\n'", 1, 1)
    counts(r"printf '1..1\nok 1\nok 2\n'", 2, 1)
    counts(r"printf 'ok 1\n'", 1, 1)
    counts(r"printf '1..0\n'", 0, 1)


def law_bail_out_fails():
    counts(r"printf '1..1\nok 1\nBail out! no\n'", 1, 1)


def law_a_timeout_fails():
    counts(r"printf '1..1\nok 1\n'; sleep 60", 1, 1, timeout=1)


def law_a_program_that_is_not_there_fails():
    counts("", 0, 1, cmd=["/nonexistent/program"])


def law_a_child_left_behind_does_not_hold_the_run():
    counts(r"printf '1..1\nok 1\n'; sleep 60 &", 1, 0)


def law_skips_count_as_skips():
    counts(r"printf '1..2\nok 1 - a # SKIP no root\nnot ok 2 # SKIP b\n'", 0, 0, 2)
    counts(r"printf '1..0 # SKIP no network\n'", 0, 0, 1)


def law_what_a_failed_program_wrote_is_kept():
    with tempfile.TemporaryDirectory() as build:
        Path(build, "meson-info").mkdir()
        write = r"echo seen >$TMPDIR/left; printf '1..1\n%sok 1\n' "
        tests = [program(write + "''", name="good"), program(write + "'not '", name="bad")]
        Path(build, "meson-info/intro-tests.json").write_text(json.dumps(tests))
        subprocess.run([tap.ROOT / "scripts/run-tests", build], capture_output=True, check=False)
        assert Path(build, "scratch/bad/left").read_text() == "seen\n"
        assert not Path(build, "scratch/good").exists()


def law_the_quick_tier_leaves_out_slow_programs():
    one = r"printf '1..1\nok 1\n'"
    both = (program(one), program(one, suite=["narrows:unit", "narrows:slow"]))
    assert run(*both)[1] == "2 passed, 0 failed, 0 skipped"
    assert run(*both, args=("--tier", "quick"))[1] == "1 passed, 0 failed, 0 skipped"


def law_no_program_at_all_fails():
    assert run()[0] == 1


def add_up(*commands):
    done = subprocess.run([tap.ROOT / "scripts/add-up", *commands], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def law_add_up_adds():
    assert add_up("echo 2 passed, 0 failed, 1 skipped", "echo 3 passed, 0 failed, 0 skipped") == (
        0, "5 passed, 0 failed, 1 skipped")


def law_add_up_keeps_failures_and_goes_on():
    assert add_up("echo 2 passed, 2 failed, 0 skipped; false", "echo 3 passed, 0 failed, 0 skipped") == (
        1, "5 passed, 2 failed, 0 skipped")


def law_add_up_takes_a_broken_build_for_a_failure():
    assert add_up("false") == (1, "0 passed, 1 failed, 0 skipped")
    assert add_up("true") == (1, "0 passed, 1 failed, 0 skipped")
    assert add_up("echo 1 passed, 0 failed, 0 skipped; exit 2") == (1, "1 passed, 1 failed, 0 skipped")


tap.run(globals())
