#!/usr/bin/env python3
"""What only makes rules faster changes no byte: large random rule sets, with tables that change while packets flow, on
the given captures, with it and without. TAP.

    same.py [--long] [--seed N] NARROWS

Standard output and error, and every file that `narrows pcap` writes, are compared as bytes. The quick tier is a few
seeds, `--long` 500 of them. What fails keeps its files, and says which run it was.
"""
import argparse
import filecmp
import os
import random
import re
import shutil
import subprocess
import sys

import features
from compare import flags, read
from palette import Palette
from randtables import TableMaker
from tap import Tap, keep_dir
from test_model import CAPTURES, random_options

QUICK, LONG = 12, 500
MOST_BYTES = 700_000        # of a capture
# Each beside a run without it; the last asks every condition of every rule.
WAYS = [['--no-index'], ['--no-cache'], ['--no-jit'], ['--no-index', '--no-jit']]
SPEED = rb'"(wall_s|packets_per_s)":[0-9.e+-]+'     # of this very run
FILES = ['out.pcapng', 'dropped.pcapng', 'both.pcapng']


class Many(TableMaker):
    """Sets that are large enough to have an index, of rules that jump about."""

    def rule_lines(self, pipes):
        dice, lines, last = self.dice, [], 0
        for _ in range(dice.choice([17, 25, 40, 80, 150])):
            number = min(65534, dice.choice([last + 10, last + 10, last + 1, max(1, last), dice.randrange(1, 2000)]))
            text, last = self.rule(number, pipes, last)
            lines.append(text)
        return lines


def run(tool, script, options, capture, folder, way):
    """Everything a run says, as bytes; its files stay in the folder."""
    os.mkdir(folder)
    args = [tool, 'pcap', '-r', script] + flags(options) + way + ['--json', '--answers', '-w', 'out.pcapng']
    args += ['--dropped', 'dropped.pcapng', '--both', 'both.pcapng', capture]
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=folder,
                          timeout=300, check=False)
    return done.returncode, re.sub(SPEED, b'', done.stdout), done.stderr


def compare_files(a, b):
    notes = []
    for name in FILES:
        one, two = (os.path.join(f, name) for f in (a, b))
        if os.path.exists(one) != os.path.exists(two) or os.path.exists(one) and not filecmp.cmp(one, two, False):
            notes.append(f'{name} differs')
    return notes


def errors(stderr):
    return [line for line in stderr.decode(errors='replace').splitlines()
            if re.match('narrows: (?![0-9.]+ s: )', line) and ': warning: ' not in line]    # but what rules log


def refused_later(stderr):
    """Are all its errors of commands on tables that came when packets flowed? Some are meant to fail."""
    return all(re.search(': at [0-9.]+[a-z]+: (.*table|comes after)', line) for line in errors(stderr))


def check(tap, tool, seed, names, groups, top):
    dice = random.Random(f'same {seed}')
    capture = os.path.join(CAPTURES, names[seed * 17 % len(names)])
    palette = Palette([read(capture)])
    options = random_options(dice, palette, groups)
    folder = os.path.join(top, str(seed))
    os.mkdir(folder)
    script = os.path.join(folder, 'script.rules')
    with open(script, 'w', encoding='utf-8') as f:
        f.write('\n'.join(Many(dice, palette, groups).script() + ['show', '']))
    first = run(tool, script, options, capture, os.path.join(folder, 'plain'), [])
    good = first[0] in (0, 3) or first[0] == 1 and refused_later(first[2])
    notes = [] if good else [f'exit status {first[0]}', *errors(first[2])]
    for way in WAYS:
        other = os.path.join(folder, ''.join(way).strip('-'))
        second = run(tool, script, options, capture, other, way)
        notes += [f'{way}: {what} differs' for what, x, y in zip(('status', 'stdout', 'stderr'), first, second) if x != y]
        notes += [f'{way}: {note}' for note in compare_files(os.path.join(folder, 'plain'), other)]
    if notes:
        notes.append(f'files kept in {folder}')
    else:
        shutil.rmtree(folder)
    tap.ok(not notes, f'{os.path.basename(capture)}: rules of seed {seed}', notes)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--long', action='store_true')
    a.add_argument('--seed', type=int)
    a.add_argument('tool', nargs='?', default=os.environ.get('NARROWS', 'narrows'))
    args = a.parse_args()
    tool, tap, top = os.path.abspath(args.tool), Tap(), keep_dir()
    names = sorted(n for n in os.listdir(CAPTURES) if n.endswith(('.pcap', '.pcapng'))
                   and os.path.getsize(os.path.join(CAPTURES, n)) < MOST_BYTES)
    # Courses and schedulers hold packets, and rules see none of that.
    groups = features.wanted(tool)[0] - {'courses', 'scheds'}
    seeds = [args.seed] if args.seed is not None else range(LONG if args.long else QUICK)
    if not names:
        tap.skip('rules with and without an index', f'no captures in {CAPTURES}')
    for seed in seeds if names else ():
        check(tap, tool, seed, names, groups, top)
    if not tap.failed:
        shutil.rmtree(top)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
