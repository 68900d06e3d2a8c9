#!/usr/bin/env python3
"""The emulator as a library: examples/link.c, which knows <narrows/emu.h> and libnarrows alone, on both kinds of clock."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cli import Bench, same, status

bench = Bench()
ROOT = Path(__file__).resolve().parent.parent.parent
LINK, LIBRARIES = os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])


def link(*args, program=LINK):
    return subprocess.run([program, *args], capture_output=True, timeout=60, check=False, env={**os.environ, 'LD_LIBRARY_PATH': LIBRARIES})


def lines(*args):
    return status(link(*args), 0).stdout.decode().splitlines()


# Packets of 10 ms come each 5 ms; five may be there. Worked out by hand of the rules of docs/ARCHITECTURE.md: packet k comes
# at 5k ms, and finds room if fewer than five of those accepted have not ended by then.
def expected():
    out, drops, ends = [], [], []
    for k in range(20):
        now = 5000 * k
        if sum(end > now for end in ends) >= 5:
            drops.append(k)
            continue
        ends.append(max(now, ends[-1] if ends else 0) + 10000)
        out.append((k, ends[-1] + 20000))
    return out, drops


@bench.test
def on_a_clock_of_its_own_times_are_exact(b):
    text = lines()
    out, drops = expected()
    assert drops
    same([tuple(map(int, re.findall(r'\d+', x)[:2])) for x in text if ' out at ' in x], out)
    same([int(x.split()[1]) for x in text if x.endswith('dropped, queue-full')], drops)
    assert text[-1].startswith(f'{len(out)} of 20 packets left'), text[-1]
    same(lines(), text)


@bench.test
def on_the_clock_of_the_system_nothing_is_early(b):
    text = lines('--real', 'pipe 1 config bw 100Mbit/s delay 3ms')
    out = [list(map(int, re.findall(r'\d+', x))) for x in text if ' out at ' in x]
    same([n for n, _, _ in out], list(range(20)))
    for n, at, late in out:
        assert at >= 5000 * n + 3100, (n, at)       # 100 us on the link
        assert late < 2_000_000, 'a negative number, as unsigned'


@bench.test
def queues_and_lists_work_as_in_scripts(b):
    text = lines('pipe 1 config bw 8Mbit/s', 'queue 1 config pipe 1', 'pipe 1 list')
    assert text[0].startswith('pipe 1 config bw 8Mbit/s'), text[0]
    same(len([x for x in text if ' out at ' in x]), 20)


@bench.test
def what_is_wrong_is_told_with_a_caret(b):
    r = status(link('pipe 1 config bw fast'), 2)
    same(r.stderr.decode().splitlines()[1:], ['pipe 1 config bw fast', '                 ^'])
    for line in ('', '   ', 'add allow ip from any to any', 'pipe', 'pipe 1 delete'):
        assert status(link(line), 2).stderr.startswith(b'link: '), line
    assert b'no pipe 1' in status(link('pipe 2 config'), 2).stderr


@bench.test
def it_builds_by_hand_as_its_comment_says(b):
    cc = shutil.which('cc')
    if not cc:
        b.skip('no cc')
    program = b.path('link')
    made = subprocess.run([cc, '-std=c17', '-pedantic', '-Wall', '-Wextra', '-Werror', ROOT / 'examples/link.c', '-I', ROOT / 'include', '-L', LIBRARIES,
                           '-lnarrows', '-o', program], capture_output=True, check=False)
    if b'san' in made.stderr:
        b.skip('the library needs a sanitizer')
    same((made.returncode, made.stderr), (0, b''))
    same(link(program=program).stdout, link().stdout)


bench.main()
