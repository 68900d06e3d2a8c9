#!/usr/bin/env python3
"""Damaged captures under random rules and options: the tool ends as it promises, and every packet is somewhere.

One test is ROUNDS runs of one seed, so a failure names all there is to know. Whatever the bytes: the status is 0..3, with 2
nothing was done, with 0, 1 and 3 the report adds up (in = out + drops, for each pipe too), and every file that was written
is whole and holds what the report says. Run it on a tool with sanitizers: their statuses are none of these.
"""
import json
import os
import random
import struct
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

from cli import Bench, capture, run

bench = Bench()
SEEDS, ROUNDS = 8, 60
sys.path.append(str(Path(__file__).resolve().parent.parent / 'lib'))
import captures  # noqa: E402

CAPTURES = captures.folder()
NUMBERS = (0, 1, 16, 28, 65535, 262144, 262145, 2**31, 2**32 - 2, 2**32 - 1)
OPTIONS = {
    'bw': ('1Mbit/s', '100Kbit/s', '1.5Mbit/s', '8Kbit/s', '1bit/s', '1Tbit/s', '0'),
    'delay': ('20', '1ns', '3s', '0', '4000000000s'),
    'plr': ('0.1', '1', '1e-3'),
    'queue': ('1', '5', '2000B', '64KB', '50ms', 'auto'),
    'overhead': ('14', '65535'),
}
RULES = ('add count ip from any to any', 'add deny udp from any to any', 'add deny tcp from any to any 80 setup', 'add 65000 deny ip6 from any to any frag',
         'add skipto 60000 ip from any to any iplen 1000-2000', 'add allow tcp from any to any established')


def damaged(rng, blob):
    kind = rng.randrange(6)
    if kind == 0:
        return blob
    if kind == 1:
        return blob[:rng.randrange(len(blob) + 1)]
    b = bytearray(blob)
    for _ in range(rng.choice((1, 2, 5, 20, 200))):
        at = rng.randrange(min(len(b), rng.choice((64, 2000, len(b)))))
        what = rng.randrange(5)
        if what == 0:
            b[at] ^= 1 << rng.randrange(8)
        elif what == 1:
            b[at:at + 4] = struct.pack(rng.choice('<>') + 'I', rng.choice(NUMBERS))
        elif what == 2 and len(b) > 100:
            del b[at:at + rng.randrange(1, 40)]
        elif what == 3:
            b[at:at] = b[at:at + rng.randrange(1, 60)]
        else:
            b[at:at] = rng.randbytes(rng.randrange(1, 20))
    return bytes(b)


def rules(rng):
    pipes = rng.randrange(1, 4)
    lines = [f'pipe {n + 1} config ' + ' '.join(f'{o} {rng.choice(v)}' for o, v in OPTIONS.items() if rng.random() < 0.5) for n in range(pipes)]
    lines += [rng.choice(RULES) for _ in range(rng.randrange(4))]
    lines += [f'add pipe {rng.randrange(1, pipes + 2)} ip from any to any' for _ in range(rng.randrange(1, 3))]     # the last may not exist
    rng.shuffle(lines)
    return [word for line in lines for word in ('-e', line)]


def options(rng, b, out):
    args = ['-w', out]
    args += [word for name in ('--dropped', '--both', '--series', '--plot') if rng.random() < 0.5 for word in (name, b.path(name[2:]))]
    args += ['--interval', rng.choice(('1000s', '100000s')), '--seed', str(rng.getrandbits(64)), '--loop', rng.choice('1123')]
    return args + rng.choice(([], ['--out'], ['--local', '10.0.0.0/8'], ['--local', '::/0'], ['--default', 'deny']))


def adds_up(report):
    drops = sum(report['drops'].values())
    assert report['input']['packets'] == report['output']['packets'] + drops, report
    for pipe in report['pipes']:
        assert pipe['packets'] == pipe['out_packets'] + sum(pipe['drops'].values()), pipe
    return drops


def whole(path):
    got = capture.read(path)
    assert not got.truncated, path
    return got


def files_say_the_same(b, args, out, report, drops):
    passed = whole(out)
    assert len(passed.records) == report['output']['packets'] and sum(r.wire for r in passed.records) == report['output']['bytes'], report
    if '--dropped' in args:
        assert len([r for r in whole(b.path('dropped')).records if r.comments]) == drops, report
    if '--both' in args:
        both = whole(b.path('both'))
        sides = [both.interfaces[r.iface][1] for r in both.records]
        assert sides.count('after') == report['output']['packets'], report
        assert sides.count('before') == report['input']['packets'], report
    if '--plot' in args:
        xml.parse(b.path('plot'))


def one(b, rng, blobs):
    path, out = b.path('in'), b.path(rng.choice(('w.pcapng', 'w.pcapng', 'w.pcap')))
    path.write_bytes(damaged(rng, rng.choice(blobs)))
    out.unlink(missing_ok=True)
    args = rules(rng) + options(rng, b, out)
    r = run('pcap', '--json', *args, path)
    assert r.returncode in (0, 1, 2, 3), (r.returncode, args, r.stderr[-2000:])
    if r.returncode == 2:
        assert not r.stdout and r.stderr.startswith(b'narrows: ') and not out.exists(), (args, r.stderr)
        return
    report = json.loads(r.stdout)
    drops = adds_up(report)
    if r.returncode == 1:   # a classic file that cannot take a packet, or loops past the end of time
        assert b'classic pcap' in r.stderr or b'--loop' in r.stderr, (args, r.stderr)
        whole(out)
    else:
        files_say_the_same(b, args, out, report, drops)


def test_of(seed):
    def test(b):
        rng = random.Random(seed)
        blobs = [p.read_bytes()[:100_000] for p in sorted(CAPTURES.iterdir()) if p.suffix in ('.pcap', '.pcapng')]
        for n in range(ROUNDS):
            try:
                one(b, rng, blobs)
            except AssertionError as why:
                raise AssertionError(f'round {n}: {why}') from why
    test.__name__ = f'seed_{seed}_every_packet_is_somewhere'
    return test


for s in range(SEEDS):
    bench.test(test_of(s))
bench.main()
