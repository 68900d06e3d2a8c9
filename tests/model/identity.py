#!/usr/bin/env python3
"""With no rules a capture comes out as it went in: the same packets, stamps and number, as capinfos counts them. TAP.

    identity.py [--long] NARROWS

`--long` adds the captures that have to be unpacked first (100 MiB in a temporary folder).
"""
import argparse
import glob
import lzma
import os
import shutil
import subprocess
import sys

import capture
from tap import Tap, keep_dir
from test_model import CAPTURES, captures


def count_by_capinfos(path):
    """How many packets capinfos counts, or None where it is not there."""
    if not shutil.which('capinfos'):
        return None
    out = subprocess.run(['capinfos', '-Mc', path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                         check=True).stdout
    return int(next(line.split(':')[1] for line in out.splitlines() if line.startswith('Number of packets')))


def stamps(records):
    """Every record as it must come out: in the order of arrival, whatever its stamp; without one it has the latest."""
    latest, seen = 0, []
    for r in records:
        time = latest if r.time is None else r.time
        latest = max(latest, time)
        seen.append((time, r.wire, r.link, r.data))
    return seen


def identical(tool, path, before, out):
    done = subprocess.run([tool, 'pcap', '-w', out, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        return [f'exit status {done.returncode}', done.stderr]
    after = stamps(capture.read(out).records)
    for i, (b, a) in enumerate(zip(before, after)):
        if b != a:
            return [f'packet {i} (from 0): {b[:3]} became {a[:3]}' + (', other bytes' if b[3] != a[3] else '')]
    if len(before) != len(after):
        return [f'{len(before)} packets became {len(after)}']
    counted = count_by_capinfos(out)
    wanted = count_by_capinfos(path)
    if wanted is not None and not wanted == counted == len(after):
        return [f'capinfos counts {wanted} in, {counted} out; there are {len(after)}']
    return []


def unpack(packed, folder):
    path = os.path.join(folder, os.path.basename(packed)[:-len('.xz')])
    with lzma.open(packed) as f, open(path, 'wb') as g:
        shutil.copyfileobj(f, g, 1 << 20)
    return path


def check(tap, tool, path, folder):
    name = os.path.basename(path)
    before = stamps(capture.read(path).records)
    for kind in ('pcapng', 'pcap'):
        if kind == 'pcap' and len({b[2] for b in before}) > 1:
            continue
        out = os.path.join(folder, 'out.' + kind)
        notes = identical(tool, path, before, out)
        tap.ok(not notes, f'{name} as {kind}', notes)
        if os.path.exists(out):
            os.remove(out)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--long', action='store_true')
    a.add_argument('tool', nargs='?', default=os.environ.get('NARROWS', 'narrows'))
    args = a.parse_args()
    tap, folder = Tap(), keep_dir()
    paths = sorted(p for kind in ('pcap', 'pcapng') for p in glob.glob(os.path.join(CAPTURES, '*.' + kind)))
    if CAPTURES == str(captures.OWN):
        tap.skip('every capture of ../shared/conformance/pcap', 'it is not there')
    if not paths:
        tap.skip('captures come out as they went in', f'no captures in {CAPTURES}')
    if not shutil.which('capinfos'):
        tap.skip('the number of packets as capinfos counts it', 'no capinfos')
    for path in paths:
        check(tap, args.tool, path, folder)
    if args.long:
        for packed in sorted(glob.glob(os.path.join(CAPTURES, '*.pcap.xz'))):
            path = unpack(packed, folder)
            check(tap, args.tool, path, folder)
            os.remove(path)
    shutil.rmtree(folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
