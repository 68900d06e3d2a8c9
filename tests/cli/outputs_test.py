#!/usr/bin/env python3
"""The captures that come out: their interfaces, link types, times that no file can hold, files that must not be destroyed."""
import json
import os

from cli import Bench, capture, record, refused, run, same, status, udp4

bench = Bench()
MS = 10**6
ALL = ['-e', 'add 1 pipe 1 ip from any to any']
IFACES = [(1, 'eth0'), (101, 'tun0'), (1, None), (113, 'any <&> \x01')]


def ng(b, name, records, ifaces=((1, None),)):
    """Records of (time, bytes, interface), times in ns since 1970."""
    path = b.path(name)
    capture.write_pcapng(path, [capture.Record(t, data, len(data), ifaces[i][0], iface=i) for t, data, i in records],
                         [capture.Interface(link, 9, name=iface) for link, iface in ifaces])
    return path


def document(result):
    return json.loads(result.stdout)


def times(path):
    return [r.time for r in capture.read(path).records]


@bench.test
def interfaces_are_kept_with_their_names_and_numbers(b):
    p = ng(b, 'in.pcapng', [(5, udp4(100), 2), (6, udp4(60)[14:], 1), (7, udp4(100), 0)], IFACES)
    status(run('pcap', '-w', b.path('w.pcapng'), '--dropped', b.path('d.pcapng'), '-e', 'add 1 deny ip from any to any iplen 60', p), 0)
    passed, dropped = capture.read(b.path('w.pcapng')), capture.read(b.path('d.pcapng'))
    same(passed.interfaces, IFACES)     # the last one too, which had no packet
    same(dropped.interfaces, IFACES)
    same([(r.time, r.iface) for r in passed.records], [(5, 2), (7, 0)])
    same([(r.time, r.iface) for r in dropped.records], [(6, 1)])


@bench.test
def interfaces_without_a_packet_are_kept(b):
    p = ng(b, 'in.pcapng', [], IFACES)
    status(run('pcap', '-w', b.path('w.pcapng'), p), 0)
    same(capture.read(b.path('w.pcapng')).interfaces, IFACES)


@bench.test
def both_has_a_pair_for_each_link_type(b):
    p = ng(b, 'in.pcapng', [(5, udp4(100), 2), (6, udp4(60)[14:], 1), (7, udp4(100), 0)], IFACES)
    status(run('pcap', '--both', b.path('both.pcapng'), p), 0)
    got = capture.read(b.path('both.pcapng'))
    same(got.interfaces, [(1, 'before'), (1, 'after'), (101, 'before'), (101, 'after')])
    same([(r.time, r.iface) for r in got.records], [(5, 0), (5, 1), (6, 2), (6, 3), (7, 0), (7, 1)])


@bench.test
def a_second_link_type_ends_a_classic_file(b):
    p = ng(b, 'in.pcapng', [(5, udp4(100), 0), (6, udp4(100), 2), (7, udp4(60)[14:], 1), (8, udp4(100), 0)], IFACES)
    r = status(run('pcap', '--json', '-w', b.path('w.pcap'), p), 1)
    same(r.stderr.count(b'narrows: '), 1)
    assert b'w.pcap' in r.stderr and b'one link type' in r.stderr and b'101' in r.stderr, r.stderr
    same(times(b.path('w.pcap')), [5, 6])
    same(document(r)['job'], 'pcap')


@bench.test
def interfaces_of_other_link_types_do_not_matter_while_they_are_silent(b):
    p = ng(b, 'in.pcapng', [(5, udp4(100), 0), (6, udp4(100), 2)], IFACES)
    status(run('pcap', '-w', b.path('w.pcap'), p), 0)
    same(times(b.path('w.pcap')), [5, 6])


@bench.test
def sixty_thousand_interfaces_are_no_work(b):
    n = 60000
    p = ng(b, 'many.pcapng', [(i, udp4(60), i) for i in range(0, n, 100)], [(1, None)] * n)
    status(run('pcap', '-q', '-w', b.path('w.pcapng'), '--dropped', b.path('d.pcapng'), '--both', b.path('b.pcapng'), p), 0)
    same(len(capture.read(b.path('w.pcapng')).interfaces), n)
    same(len(capture.read(b.path('b.pcapng')).interfaces), 2)


@bench.test
def what_leaves_past_2106_ends_a_classic_file(b):
    start = 2**32 * 10**9 - 1
    p = ng(b, 'late.pcapng', [(start - 10 * MS, udp4(100), 0), (start, udp4(100), 0)])
    r = status(run('pcap', *ALL, '-e', 'pipe 1 config delay 1ms', '-w', b.path('w.pcap'), p), 1)
    assert b'w.pcap' in r.stderr and b'2106' in r.stderr, r.stderr
    same(times(b.path('w.pcap')), [start - 9 * MS])
    status(run('pcap', *ALL, '-e', 'pipe 1 config delay 1ms', '-w', b.path('w.pcapng'), p), 0)
    same(times(b.path('w.pcapng')), [start - 9 * MS, start + MS])


LAST = 2**64 - 2        # the last time there is


@bench.test
def what_would_leave_past_the_end_of_time_is_dropped_by_name(b):
    p = ng(b, 'end.pcapng', [(LAST - 20, udp4(100), 0), (LAST - 10, udp4(100), 0), (LAST - 9, udp4(100), 0), (LAST, udp4(100), 0)])
    r = status(run('pcap', '--json', *ALL, '-e', 'pipe 1 config delay 10ns', '-w', b.path('w.pcapng'), '--dropped', b.path('d.pcapng'), p), 0)
    same((document(r)['output']['packets'], document(r)['drops']), (2, {'time-end': 2}))
    same(times(b.path('w.pcapng')), [LAST - 10, LAST])
    dropped = capture.read(b.path('d.pcapng')).records
    same([r.time for r in dropped], [LAST - 9, LAST])
    assert all('time-end' in r.comments[0] for r in dropped), dropped[0].comments


@bench.test
def a_packet_that_a_pipe_drops_later_keeps_the_time_it_came(b):
    first = LAST - 10 * 10**9
    p = ng(b, 'late.pcapng', [(0, udp4(100), 0), (first, udp4(1000), 0), (first + MS, udp4(60), 0), (first + 2 * MS, udp4(100, dport=9), 0)])
    r = status(run('pcap', '--json', '-e', 'add 1 allow udp from any to any dst-port 9', *ALL, '-e', 'pipe 1 config bw 1Mbit/s delay 9999ms',
                   '-w', b.path('w.pcapng'), '--dropped', b.path('d.pcapng'), p), 0)
    same(document(r)['drops'], {'time-end': 2})
    same(times(b.path('d.pcapng')), [first, first + MS])
    same(len(times(b.path('w.pcapng'))), 2)


@bench.test
def loops_end_where_time_does(b):
    p = ng(b, 'loop.pcapng', [(LAST - 100, udp4(100), 0), (LAST - 70, udp4(100), 0)])
    r = status(run('pcap', '--json', '--loop', '18446744073709551615', '-w', b.path('w.pcapng'), p), 1)
    same(times(b.path('w.pcapng')), [LAST - t for t in (100, 70, 70, 40, 40, 10, 10)])
    same((document(r)['input']['packets'], document(r)['output']['packets']), (7, 7))
    assert b'--loop' in r.stderr and r.stderr.count(b'\n') == 1, r.stderr


@bench.test
def loops_of_what_cannot_be_read_again_are_refused_before_anything_is_done(b):
    p = b.pcap('ten.pcap', [record(0, udp4(100))])
    with open(p, 'rb') as f:
        refused(run('pcap', '--loop', '2', '-w', b.path('none'), '-', stdin=f), '--loop')
    fifo = b.path('fifo')
    os.mkfifo(fifo)
    if os.fork() == 0:
        with open(fifo, 'wb') as f:
            f.write(p.read_bytes())
        os._exit(0)
    refused(run('pcap', '--loop', '2', '-w', b.path('none'), fifo), '--loop', 'fifo')
    os.wait()
    assert not b.path('none').exists()


@bench.test
def two_names_of_one_file_are_refused_also_before_it_exists(b):
    p = b.pcap('ten.pcap', [record(0, udp4(100))])
    for second in ('--dropped', '--both', '--series', '--plot'):
        refused(run('pcap', '-w', b.path('new'), second, f'{b.folder}/./new', p), '-w', second, 'same file')


@bench.test
def a_script_is_never_an_output(b):
    p, rules = b.pcap('ten.pcap', [record(0, udp4(100))]), b.path('lab.rules')
    rules.write_text('add 1 allow ip from any to any\n')
    os.symlink(rules, b.path('link'))
    for option in ('-w', '--dropped', '--both', '--series', '--plot'):
        for name in (rules, b.path('link')):
            refused(run('pcap', '-r', rules, option, name, p), option, 'rules')
    same(rules.read_text(), 'add 1 allow ip from any to any\n')


@bench.test
def standard_input_is_read_once(b):
    refused(run('pcap', '-r', '-', '-', input=b'add 1 allow ip from any to any\n', stdin=None), 'standard input')
    refused(run('pcap', '-r', '-', '-r', '-', b.path('absent'), input=b'add 1 allow ip from any to any\n', stdin=None), 'standard input')


bench.main()
