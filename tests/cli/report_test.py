#!/usr/bin/env python3
"""What a run tells: the JSON document, the series, the picture, --both and --dropped; directions, loops, seeds."""
import csv
import io
import json
import xml.etree.ElementTree as xml

from cli import ARP, START, Bench, capture, record, run, same, status, udp4

bench = Bench()
MS = 10**6


def document(*args):
    return json.loads(status(run('pcap', '--json', *args), 0).stdout)


def mixed(b):
    return b.pcap('mixed.pcap', [record(0, udp4(1000)), record(0, ARP), record(1 * MS, udp4(500, sport=5000)), record(2 * MS, udp4(200))])


RULES = [
    '-e', 'add 100 count ip from any to any', '-e', 'add 200 deny udp from any 5000 to any', '-e', 'add 300 pipe 1 ip from any to any',
    '-e', 'pipe 1 config bw 1Mbit/s delay 10ms queue 1']


@bench.test
def the_document_has_every_key_of_the_interface(b):
    d = document(*RULES, mixed(b))
    same(list(d), ['job', 'version', 'seed', 'input', 'output', 'drops', 'answers', 'rules', 'pipes', 'queues', 'scheds', 'wall_s', 'packets_per_s'])
    same(list(d['input']), ['packets', 'bytes', 'first_ns', 'last_ns', 'not_ip', 'backwards', 'skipped', 'filtered', 'truncated'])
    same(list(d['output']), ['packets', 'bytes'])
    same(list(d['rules'][0]), ['number', 'set', 'packets', 'bytes', 'text'])
    same(list(d['pipes'][0]), ['number', 'bandwidth', 'delay_ns', 'packets', 'bytes', 'out_packets', 'out_bytes', 'drops',
                                'marks', 'duplicates', 'corruptions', 'reordered', 'backlog', 'wait_ns', 'wait_more_ns', 'end_to_end_ns', 'busy',
                                'held_packets'])
    same(list(d['pipes'][0]['backlog']), ['max_packets', 'max_bytes'])
    same(list(d['pipes'][0]['wait_ns']), ['min', 'p50', 'p99', 'max'])


@bench.test
def the_document_counts(b):
    d = document(*RULES, mixed(b))
    same(d['input'], {'packets': 4, 'bytes': 1014 + 42 + 514 + 214, 'first_ns': START, 'last_ns': START + 2 * MS, 'not_ip': 1, 'backwards': 0,
                      'skipped': 0, 'filtered': 0, 'truncated': False})
    same(d['output'], {'packets': 2, 'bytes': 1014 + 42})
    same(d['drops'], {'rule': 1, 'queue-full': 1})
    same([(r['number'], r['packets'], r['bytes']) for r in d['rules']], [(100, 3, 1700), (200, 1, 500), (300, 2, 1200)])
    pipe = d['pipes'][0]
    same((pipe['packets'], pipe['bytes'], pipe['out_packets'], pipe['out_bytes'], pipe['drops']), (2, 1200, 1, 1000, {'queue-full': 1}))
    same(pipe['wait_ns'], {'min': 8 * MS, 'p50': 8 * MS, 'p99': 8 * MS, 'max': 8 * MS})
    same(pipe['wait_more_ns'], {'mean': 8 * MS, 'p90': 8 * MS})
    same(pipe['end_to_end_ns'], {'min': 18 * MS, 'mean': 18 * MS, 'p50': 18 * MS, 'p90': 18 * MS, 'p99': 18 * MS, 'max': 18 * MS})
    same((pipe['bandwidth'], pipe['delay_ns'], pipe['backlog']), (10**6, 10 * MS, {'max_packets': 1, 'max_bytes': 1000}))


# 1000 bytes at 8 Kbit/s are a second: the link is busy from 0.5 to 2.5 s, from 4 to 5 s, and from 6 s to the end at 7 s.
@bench.test
def a_link_tells_how_busy_it_was_in_each_second(b):
    path = b.pcap('busy.pcap', [record(0, ARP)] + [record(t * MS, udp4(1000)) for t in (500, 600, 4000, 6000)])
    rules = ['-e', 'pipe 1 config bw 8Kbit/s', '-e', 'add pipe 1 udp from any to any']
    same(document(*rules, path)['pipes'][0]['busy'], {'seconds': 7, 'sum_ns': 4000 * MS, 'last_ns': 1000 * MS, 'max_ns': 1000 * MS})
    shown = status(run('pcap', *rules, '-e', 'at 3s pipe 1 show', path), 0).stdout.decode()
    assert 'last second 50 %, busiest 100 %' in shown, shown


@bench.test
def the_default_rule_is_listed_only_if_it_counted(b):
    p = mixed(b)
    same([(r['number'], r['packets'], r['text']) for r in document(p)['rules']], [(65535, 3, 'allow ip from any to any')])
    same([r['number'] for r in document('-e', 'add 1 allow ip from any to any', p)['rules']], [1])


@bench.test
def default_deny_drops_ip_alone(b):
    d = document('--default', 'deny', mixed(b))
    same((d['drops'], d['output']['packets']), ({'rule': 3}, 1))


@bench.test
def an_empty_capture_is_done(b):
    d = document(b.pcap('empty.pcap', []))
    same((d['input']['packets'], d['input']['first_ns'], d['output']['packets'], d['drops']), (0, 0, 0, {}))


@bench.test
def directions(b):
    p = mixed(b)
    rules = ['-e', 'add 1 count ip from any to any in', '-e', 'add 2 count ip from any to any out']
    counts = lambda *a: [r['packets'] for r in document(*rules, *a, p)['rules'][:2]]
    same(counts(), [3, 0])
    same(counts('--in'), [3, 0])
    same(counts('--out'), [0, 3])
    same(counts('--local', '10.0.0.1'), [0, 3])
    same(counts('--local', '10.0.0.0/8'), [0, 3])
    same(counts('--local', '0.0.0.0/0'), [0, 3])
    same(counts('--local', '10.0.0.2/32'), [3, 0])
    same(counts('--local', '::/0'), [3, 0])


@bench.test
def both_shows_before_and_after_and_the_reason(b):
    out = b.path('both.pcapng')
    status(run('pcap', '-q', *RULES, '--both', out, mixed(b)), 0)
    c = capture.read(out)
    same([name for _, name in c.interfaces], ['before', 'after'])
    seen = [(c.interfaces[r.iface][1], r.time - START, len(r.data), bool(r.comments)) for r in c.records]
    same(seen, [('before', 0, 1014, False), ('before', 0, 42, False), ('after', 0, 42, False), ('before', 1 * MS, 514, True),
                ('before', 2 * MS, 214, True), ('after', 18 * MS, 1014, False)])
    words = [' '.join(r.comments) for r in c.records if r.comments]
    assert 'rule 200' in words[0] and 'deny' in words[0], words
    assert 'pipe 1' in words[1] and 'queue-full' in words[1], words


@bench.test
def both_knows_the_fate_of_what_a_pipe_held(b):
    p = b.pcap('three.pcap', [record(0, udp4(100)), record(1 * MS, udp4(200, dport=53)), record(3 * MS, udp4(300, dport=53))])
    late = ('-e', 'disable one_pass', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config delay 2ms',
            '-e', 'add 2 deny udp from any to any 80')
    status(run('pcap', '-q', *late, '--both', b.path('both.pcapng'), p), 0)
    c = capture.read(b.path('both.pcapng'))
    same([(c.interfaces[r.iface][1], r.time - START, len(r.data), 'rule 2' in ' '.join(r.comments)) for r in c.records],
         [('before', 0, 114, True), ('before', 1 * MS, 214, False), ('after', 3 * MS, 214, False), ('before', 3 * MS, 314, False),
          ('after', 5 * MS, 314, False)])


@bench.test
def both_shows_the_bytes_that_came_and_those_that_left(b):
    p = b.pcap('one.pcap', [record(0, udp4(100)), record(1 * MS, udp4(100))])
    for held in ((), ('-e', 'disable one_pass', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config delay 2ms')):
        status(run('pcap', '-q', *held, '-e', 'add 2 setdscp ef ip from any to any', '--both', b.path('both.pcapng'), p), 0)
        c = capture.read(b.path('both.pcapng'))
        same(sorted((c.interfaces[r.iface][1], r.data[15]) for r in c.records), [('after', 0xb8)] * 2 + [('before', 0)] * 2)


@bench.test
def dropped_holds_what_did_not_come_out(b):
    out = b.path('dropped.pcapng')
    status(run('pcap', '-q', *RULES, '--dropped', out, mixed(b)), 0)
    c = capture.read(out)
    same([(r.time - START, len(r.data)) for r in c.records], [(1 * MS, 514), (2 * MS, 214)])
    assert all(r.comments for r in c.records)


@bench.test
def loops_follow_each_other(b):
    p = mixed(b)
    d = document('--loop', '3', '-w', b.path('loop.pcapng'), p)
    same((d['input']['packets'], d['output']['packets'], d['input']['backwards']), (12, 12, 0))
    same(d['input']['last_ns'] - d['input']['first_ns'], 6 * MS)
    times = [r.time - START for r in capture.read(b.path('loop.pcapng')).records]
    same(times, [t + k * 2 * MS for k in range(3) for t in (0, 0, 1 * MS, 2 * MS)])


@bench.test
def one_seed_one_result_another_seed_another(b):
    p = b.pcap('many.pcap', [record(i * MS, udp4(100)) for i in range(400)])
    out = {}
    for name, seed in (('a', '7'), ('b', '7'), ('c', '8')):
        d = document('--seed', seed, '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config plr 0.5', '-w', b.path(name), p)
        out[name] = b.path(name).read_bytes()
        assert 140 < d['drops']['loss'] < 260, d['drops']
        same(d['seed'], int(seed))
    same(out['a'] == out['b'], True)
    same(out['a'] == out['c'], False)


@bench.test
def the_series_has_its_columns_and_adds_up(b):
    p = b.pcap('series.pcap', [record(i * 10 * MS, udp4(500)) for i in range(100)])
    r = status(run('pcap', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config bw 1Mbit/s', '--series', '-', '--interval', '100ms', p), 0)
    rows = list(csv.DictReader(io.StringIO(r.stdout.decode())))
    same(r.stdout.decode().splitlines()[0],
         'time_s,object,flow,in_bps,out_bps,backlog_packets,backlog_bytes,wait_p50_ns,wait_p99_ns,drops,marks')
    same({row['object'] for row in rows}, {'pipe 1'})
    same(sum(int(row['in_bps']) for row in rows) // 80, 100 * 500)
    same(sum(int(row['out_bps']) for row in rows) // 80, 100 * 500)
    same([float(row['time_s']) for row in rows], [(k + 1) / 10 for k in range(10)])
    same({row['wait_p50_ns'] for row in rows}, {str(4 * MS)})


@bench.test
def a_gap_of_a_year_is_not_millions_of_rows(b):
    p = b.pcap('gap.pcap', [record(0, udp4(500)), record(365 * 86400 * 10**9, udp4(500))])
    r = status(run('pcap', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config bw 1Mbit/s', '--series', '-', p), 0)
    rows = r.stdout.decode().splitlines()[1:]
    assert 3 <= len(rows) <= 6, rows
    same(sum(int(row.split(',')[3]) for row in rows) // 80, 1000)


@bench.test
def the_picture_is_svg_with_units_and_a_legend(b):
    p = b.pcap('plot.pcap', [record(i * 5 * MS, udp4(1000)) for i in range(300)])
    out = b.path('plot.svg')
    status(run('pcap', '-q', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config bw 1Mbit/s', '--plot', out, p), 0)
    root = xml.parse(out).getroot()
    same(root.tag, '{http://www.w3.org/2000/svg}svg')
    text = ' '.join(t.text or '' for t in root.iter('{http://www.w3.org/2000/svg}text'))
    for word in ('rate', 'backlog', 'waiting', 'drops', 'Mbit/s', 'kB', 'ms', 'pipe 1', 'time'):
        assert word in text, (word, text)


@bench.test
def a_picture_of_a_run_without_pipes(b):
    out = b.path('plain.svg')
    status(run('pcap', '-q', '--plot', out, mixed(b)), 0)
    xml.parse(out)


bench.main()
