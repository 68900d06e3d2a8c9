#!/usr/bin/env python3
"""Expressions of libpcap's over the given captures, as libpcap answers and as we do. Usage: filter_vs_libpcap.py PROGRAM

PROGRAM is filter_vs_libpcap.c; the expressions are bpf.txt beside this file. Captures: tests/lib/captures.py. Prints TAP.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "lib"))
import captures  # noqa: E402

LARGEST = 2 << 20		# bytes: the larger ones have more of the same

files = sorted(p for p in captures.folder().iterdir()
               if p.suffix in (".pcap", ".pcapng", ".cap") and p.stat().st_size <= LARGEST)
if len(files) < 3:
    print("1..1\nnot ok 1 - there are captures")
    sys.exit(1)
sys.exit(subprocess.run([sys.argv[1], str(HERE / "bpf.txt"), *map(str, files)], check=False).returncode)
