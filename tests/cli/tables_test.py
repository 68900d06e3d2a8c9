#!/usr/bin/env python3
"""Tables on captures: the longest prefix as the module ipaddress has it, counters from that, changes while packets flow."""
import ipaddress
import json
import random
import time

from cli import Bench, record, run, same, status, udp4

bench = Bench()
MS = 10**6


def script(b, name, text):
    b.path(name).write_text(text)
    return b.path(name)


def longest(nets, address):
    hits = [(n.prefixlen, v) for n, v in nets.items() if ipaddress.ip_address(address) in n]
    return max(hits)[1] if hits else 0


@bench.test
def each_packet_goes_where_its_longest_prefix_says(b):
    dice = random.Random(1)
    nets = {}
    while len(nets) < 60:
        n = ipaddress.ip_network((0x0a000000 | dice.getrandbits(6) << 18 | dice.getrandbits(4), dice.choice((8, 12, 14, 16, 24, 30, 32))), strict=False)
        nets.setdefault(n, dice.randrange(1, 5))
    sources = [str(ipaddress.ip_address(0x0a000000 | dice.getrandbits(6) << 18 | dice.getrandbits(4))) for _ in range(200)]
    path = script(b, 'rules', 'table t create type addr valtype pipe\n' + ''.join(f'table t add {n} {v}\n' for n, v in nets.items()) +
                  'add 100 pipe tablearg ip from table(t) to any\n' + ''.join(f'pipe {n} config\n' for n in range(1, 5)))
    capture = b.pcap('in.pcap', [record(i * MS, udp4(100, src=s)) for i, s in enumerate(sources)])
    report = json.loads(status(run('pcap', '-r', path, '--json', capture), 0).stdout)
    expected = [longest(nets, s) for s in sources]
    same({p['number']: p['packets'] for p in report['pipes']}, {n: expected.count(n) for n in range(1, 5)})
    same(report['rules'][0]['packets'], sum(v > 0 for v in expected))
    lines = [json.loads(line) for line in status(run('explain', '-r', path, '--json', capture), 0).stdout.splitlines()]
    same([line['verdict'] for line in lines], [f'pipe {v}' if v else 'allow' for v in expected])


@bench.test
def a_table_changes_while_packets_flow(b):
    path = script(b, 'rules', 'table t create\nadd 100 deny ip from table(t) to any\nat 10ms table t add 10.0.0.1\n'
                  'at 20ms table t delete 10.0.0.1\nat 30ms table u add 10.0.0.0/8\nat 30ms table t swap u\nat 40ms table t flush\n')
    capture = b.pcap('in.pcap', [record(t * MS, udp4(100)) for t in (0, 15, 25, 35, 45)])
    report = json.loads(status(run('pcap', '-r', path, '--json', capture), 0).stdout)
    same([report['rules'][0]['packets'], report['output']['packets']], [2, 3])


@bench.test
def lists_print_at_their_place(b):
    path = script(b, 'rules', 'table t add 10.0.0.0/8 3\ntable t list\n-i table t list\ntable t lookup 10.1.2.3\ntable t flush\ntable t list\n')
    out = status(run('pcap', '-r', path, b.pcap('in.pcap', [record(0, udp4(100))])), 0).stdout.decode()
    same(out.splitlines()[:3], ['10.0.0.0/8 3', '10.0.0.0/8 0.0.0.3', '10.0.0.0/8 3'])


@bench.test
def what_is_wrong_has_a_caret_and_does_nothing(b):
    path = script(b, 'rules', 'table t create type iface\nadd 100 deny ip from table(t) to any\nadd 200 pipe tablearg ip from any to any\n')
    r = status(run('check', path), 2)
    assert b':3:14: tablearg' in r.stderr, r.stderr
    path = script(b, 'rules', 'table t create type iface\nadd 100 deny ip from table(t) to any\n')
    r = status(run('check', path), 2)
    assert b':2:28: table t is of type iface; this asks one of type addr' in r.stderr, r.stderr


@bench.test
def a_hundred_thousand_lines_load_quickly(b):
    dice = random.Random(2)
    keys = {dice.getrandbits(32) for _ in range(100_000)}
    path = script(b, 'rules', 'table t create\n' + ''.join(f'table t add {ipaddress.ip_address(k)} 1\n' for k in keys) +
                  'add 100 deny ip from table(t) to any\n')
    capture = b.pcap('in.pcap', [record(i * MS, udp4(100, src=str(ipaddress.ip_address(k)))) for i, k in enumerate(sorted(keys)[:50])])
    began = time.monotonic()
    report = json.loads(status(run('pcap', '-r', path, '--json', capture), 0).stdout)
    took = time.monotonic() - began
    same(report['rules'][0]['packets'], 50)
    print(f'# {len(keys)} lines: {took:.2f} s')
    assert took < 20, took	# a second on a machine that has nothing else to do; this one may be busy, or emulated


bench.main()
