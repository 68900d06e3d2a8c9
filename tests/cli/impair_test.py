#!/usr/bin/env python3
"""Impairments from outside: copies in every output, files that options name, seeds, overheads, counts."""
import json

from cli import START, Bench, capture, record, run, same, status, udp4

bench = Bench()
MS = 10**6
ALL = ['-e', 'add 1 pipe 1 ip from any to any']


def apart(b, n=100, gap=10 * MS, name='in.pcap'):
    return b.pcap(name, [record(i * gap, udp4(100, sport=1000 + i)) for i in range(n)])


def pcap(b, line, *args, source=None):
    r = status(run_pcap(b, line, *args, source=source), 0)
    return json.loads(r.stdout)


def run_pcap(b, line, *args, source=None):
    return run('pcap', '--json', '-e', f'pipe 1 config {line}', *ALL, *args, source or apart(b))


def pipe(document):
    return document['pipes'][0]


@bench.test
def a_copy_comes_out_beside_its_packet(b):
    p = pipe(pcap(b, 'duplicate 1', '-w', b.path('w.pcapng'), '--both', b.path('both.pcapng')))
    same((p['packets'], p['duplicates'], p['out_packets']), (100, 100, 200))
    out = capture.read(b.path('w.pcapng')).records
    same([r.time for r in out], [START + i // 2 * 10 * MS for i in range(200)])
    same([r.data for r in out[::2]], [r.data for r in out[1::2]])
    both = capture.read(b.path('both.pcapng')).records
    same([r.iface for r in both], [0, 1, 1] * 100)


@bench.test
def a_copy_that_is_dropped_has_a_record_of_its_own(b):
    d = pcap(b, 'bw 80Kbit/s duplicate 1 queue 1 overhead 0', '--dropped', b.path('d.pcapng'), '--both', b.path('both.pcapng'),
             '-w', b.path('w.pcapng'))
    same((pipe(d)['out_packets'], d['drops']), (100, {'queue-full': 100}))
    dropped = capture.read(b.path('d.pcapng')).records
    same([r.time for r in dropped], [START + i * 10 * MS for i in range(100)])
    both = capture.read(b.path('both.pcapng')).records
    before, after = [r for r in both if r.iface == 0], [r for r in both if r.iface == 1]
    same((len(before), len(after)), (200, 100))
    same([r.comments for r in before if r.comments], [r.comments for r in dropped])
    same(len([r for r in before if not r.comments]), 100)


@bench.test
def packets_and_copies_are_conserved(b):
    d = pcap(b, 'bw 50Kbit/s queue 3 duplicate 0.5 loss gemodel 0.2 0.3 corrupt 0.5 jitter 5ms reorder', '-w', b.path('w.pcapng'))
    p = pipe(d)
    same(p['packets'] + p['duplicates'], p['out_packets'] + sum(p['drops'].values()) + p['held_packets'])
    same(d['output']['packets'], p['out_packets'])
    assert p['drops']['loss'] > 10 and p['duplicates'] > 10 and p['corruptions'] > 10


@bench.test
def corrupt_flips_bits_behind_the_header_and_leaves_the_rest(b):
    pcap(b, 'corrupt 1 bits 2', '-w', b.path('w.pcapng'))
    for was, now in zip(capture.read(apart(b)).records, capture.read(b.path('w.pcapng')).records):
        same(was.data[:34], now.data[:34])
        same(sum(bin(x ^ y).count('1') for x, y in zip(was.data, now.data)), 2)


@bench.test
def a_seed_is_a_result(b):
    line = 'jitter 9ms normal reorder loss state 0.1 0.3 duplicate 0.1 corrupt 0.1'
    for name, seed in (('a', '5'), ('b', '5'), ('c', '6')):
        pcap(b, line, '--seed', seed, '-w', b.path(name))
    same(b.path('a').read_bytes(), b.path('b').read_bytes())
    assert b.path('a').read_bytes() != b.path('c').read_bytes()


@bench.test
def files_are_looked_for_beside_the_script(b):
    b.path('rules').mkdir()
    b.path('rules/lost.txt').write_text('0010\n')
    b.path('rules/lab.rules').write_text('pipe 1 config loss pattern lost.txt\nadd pipe 1 ip from any to any\n')
    r = status(run('pcap', '--json', '-r', b.path('rules/lab.rules'), '-w', b.path('w.pcapng'), apart(b)), 0)
    same(json.loads(r.stdout)['drops'], {'loss': 25})
    same([r.time for r in capture.read(b.path('w.pcapng')).records], [START + i * 10 * MS for i in range(100) if i % 4 != 2])


@bench.test
def errors_in_files_have_their_own_place(b):
    b.path('delays').write_text('10ms 0\n20ms 0.5\n30ms 0.4\n')
    r = status(run_pcap(b, f'jitter ecdf {b.path("delays")}'), 2)
    same(r.stderr.decode().splitlines()[:3],
         [f'narrows: {b.path("delays")}:3:6: ecdf: less than the probability before it; they never fall', '30ms 0.4', '     ^~~'])


@bench.test
def overheads_know_at_which_layer_they_stand(b):
    same(pipe(pcap(b, 'overhead ethernet'))['bytes'], 100 * (100 + 38))
    same(pipe(pcap(b, 'overhead ethernet', '--layer2'))['bytes'], 100 * (114 + 24))
    same(pipe(pcap(b, 'overhead 40 atm'))['bytes'], 100 * 3 * 53)
    same(pipe(pcap(b, 'overhead 40 atm', '--layer2'))['bytes'], 100 * 4 * 53)


bench.main()
