"""tap - tests written in Python: functions law_* of a module are its cases, and run() tells of them in TAP.

	import tap

	def law_two_runs_with_one_seed_are_identical():
		assert run(seed=1) == run(seed=1)

	tap.run(globals())

A law fails by an exception, and is left out by raising tap.Skip("why"). Words after the program's name select laws by a
part of theirs. meson finds this module by PYTHONPATH, and what is under test by NARROWS_BUILD and NARROWS_ROOT.
"""
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(os.environ.get("NARROWS_ROOT", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ.get("NARROWS_BUILD", ROOT / "build"))


class Skip(Exception):
    """This law cannot be tried here."""


def run(module):
    laws = [(n, f) for n, f in module.items() if n.startswith("law_") and callable(f)]
    laws = [(n, f) for n, f in laws if not sys.argv[1:] or any(part in n for part in sys.argv[1:])]
    failed = 0
    print(f"1..{len(laws)}", flush=True)
    for number, (name, law) in enumerate(laws, 1):
        title = f"{number} - {name[4:]}"
        try:
            law()
            print("ok", title, flush=True)
        except Skip as why:
            print("ok", title, "# SKIP", why, flush=True)
        except Exception:
            failed += 1
            print("#", traceback.format_exc().replace("\n", "\n# "))
            print("not ok", title, flush=True)
    sys.exit(1 if failed else 0)
