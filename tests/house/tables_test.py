"""The tables of distributions are those that their script makes."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

SCRIPT = "scripts/make-tables"


def check(root):
    return subprocess.run([sys.executable, root / SCRIPT, "--check"], cwd=root, capture_output=True, text=True, check=False)


def law_the_tables_are_as_the_script_makes_them():
    done = check(tap.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def law_another_number_is_found():
    with tempfile.TemporaryDirectory() as d:
        root = Path(d)
        (root / "scripts").mkdir()
        (root / "src/emu").mkdir(parents=True)
        shutil.copy(tap.ROOT / SCRIPT, root / SCRIPT)
        tables = sorted((tap.ROOT / "src/emu").glob("emu_table_*.c"))
        assert tables
        for table in tables:
            shutil.copy(table, root / "src/emu")
        assert check(root).returncode == 0
        changed = root / "src/emu" / tables[0].name
        text = changed.read_text()
        changed.write_text(text[:-20].replace("1", "2") + text[-20:])
        assert check(root).returncode != 0


tap.run(globals())
