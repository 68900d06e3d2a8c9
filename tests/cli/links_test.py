#!/usr/bin/env python3
"""Links: presets by name, traces, schedules and profiles from files, and what pipes write: captures and logs."""
import json
import os
import re
import subprocess
from pathlib import Path

from cli import Bench, START, TOOL, capture, record, refused, run, same, status, udp4

bench = Bench()
MS = 10**6
ALL = ['-e', 'add 1 pipe 1 ip from any to any']
SHARE = Path(__file__).resolve().parent.parent.parent / 'share' / 'narrows'
PRESETS = ['3g', '4g', '5g', 'dsl', 'cable', 'wifi-busy', 'geo', 'leo', 'dialup']
os.environ['NARROWS_SHARE'] = str(SHARE)


def text(b, name, lines):
    path = b.path(name)
    path.write_text(lines)
    return path


def each(b, name, count, gap, size=1000):
    return b.pcap(name, [record(i * gap, udp4(size)) for i in range(count)])


def document(result):
    return json.loads(result.stdout)


def departures(path):
    return [r.time - START for r in capture.read(path).records]


@bench.test
def every_preset_is_listed_and_carries_packets(b):
    listed = status(run('check', '--list', 'links'), 0).stdout.decode()
    same([line.split()[0] for line in listed.splitlines()], PRESETS)
    p = each(b, 'p.pcap', 20, 200 * MS)
    for name in PRESETS:
        d = document(status(run('pcap', '--json', '--link', name, p), 0))
        same([pipe['number'] for pipe in d['pipes']], [1, 2])
        same([pipe['packets'] for pipe in d['pipes']], [0, 20])     # all are `in`: down
        same(d['output']['packets'] + sum(d['drops'].values()), 20)
        d = document(status(run('pcap', '--json', '--link', name, '--local', '10.0.0.1', p), 0))
        same([pipe['packets'] for pipe in d['pipes']], [20, 0])


@bench.test
def presets_say_where_their_numbers_come_from(_):
    for name in PRESETS:
        lines = (SHARE / 'links' / f'{name}.rules').read_text()
        assert re.search(r'RFC \d+|ITU-T [GV]\.|IEEE 802|MobiSys|IMC|SIGCOMM|WWW', lines), name


@bench.test
def traces_are_what_the_script_makes(b):
    made = b.path('made')
    script = SHARE.parent.parent / 'scripts' / 'make-traces'
    subprocess.run(['python3', str(script), str(made)], check=True)
    for path in sorted((SHARE / 'traces').iterdir()):
        same((made / path.name).read_bytes(), path.read_bytes())


@bench.test
def an_unknown_preset_is_refused_with_those_there_are(b):
    refused(run('pcap', '--link', '6g', 'x.pcap'), '6g', 'dialup')
    refused(run('pcap', '--link', '../links/geo', 'x.pcap'), 'dialup')
    r = run('pcap', '--link', 'geo', 'x.pcap', env={**os.environ, 'NARROWS_SHARE': str(b.path('nowhere')), 'PATH': ''})
    assert r.returncode in (1, 2)


@bench.test
def rules_and_a_preset_make_one_script_in_the_order_given(b):
    p = each(b, 'p.pcap', 3, 200 * MS)
    d = document(status(run('pcap', '--json', '--link', 'geo', '-e', 'add 5 deny ip from any to any', p), 0))
    same(d['drops'], {'rule': 3})


@bench.test
def a_trace_lets_packets_out_at_its_chances(b):
    text(b, 'chances-3-5.trace', '3\n5\n')
    rules = text(b, 't.rules', 'pipe 1 config trace chances-3-5.trace mtu 1000\nadd 1 pipe 1 ip from any to any\n')
    p = b.pcap('p.pcap', [record(at, udp4(1000)) for at in (0, 1 * MS, 3 * MS, 20 * MS)])
    status(run('pcap', '-w', b.path('w.pcapng'), '-r', rules, p), 0)     # the trace stands beside the script
    same(departures(b.path('w.pcapng')), [3 * MS, 5 * MS, 8 * MS, 23 * MS])


@bench.test
def errors_of_a_file_are_told_at_its_place(b):
    text(b, 'bad.trace', '7\n5\n')
    rules = text(b, 'bad.rules', 'pipe 1 config trace bad.trace\n')
    r = run('check', rules)
    status(r, 2)
    assert 'bad.trace:2:1: trace: 5 is less than 7' in r.stderr.decode(), r.stderr
    assert b'\n5\n^' in r.stderr, r.stderr
    r = run('check', '-e', f'pipe 1 config bw 1Mbit/s trace {text(b, "ok.trace", "1" + chr(10))}')
    status(r, 2)
    assert 'trace and bw' in r.stderr.decode(), r.stderr


@bench.test
def a_schedule_changes_and_stops_a_link(b):
    s = text(b, 's.csv', 't_ms,bw,delay\n0,8Mbit/s,0\n2,0,\n10,8Mbit/s,1\n')
    status(run('pcap', '-w', b.path('w.pcapng'), '-e', f'pipe 1 config schedule {s}', *ALL, each(b, 'p.pcap', 3, 1500 * 1000)), 0)
    same(departures(b.path('w.pcapng')), [1 * MS, 11500 * 1000, 12500 * 1000])


@bench.test
def what_a_link_holds_for_ever_is_dropped_with_a_name(b):
    d = document(status(run('pcap', '--json', '--dropped', b.path('d.pcapng'), '-e', 'pipe 1 config paused', *ALL,
                            each(b, 'p.pcap', 3, MS)), 0))
    same((d['drops'], d['output']['packets']), ({'time-end': 3}, 0))
    same(len(capture.read(b.path('d.pcapng')).records), 3)


@bench.test
def a_pipe_writes_what_leaves_it(b):
    p = each(b, 'p.pcap', 3, MS)
    out = b.path('pipe.pcapng')
    status(run('pcap', '-w', b.path('w.pcapng'), '-e', f'pipe 1 config bw 8Mbit/s delay 5ms pcap {out}', *ALL, p), 0)
    same(departures(out), [6 * MS, 7 * MS, 8 * MS])
    same([r.data for r in capture.read(out).records], [r.data for r in capture.read(b.path('w.pcapng')).records])


@bench.test
def events_are_a_line_each(b):
    log = b.path('e.log')
    status(run('pcap', '-e', f'pipe 1 config bw 8Mbit/s queue 2 log events {log}', *ALL, each(b, 'p.pcap', 4, 100 * 1000)), 0)
    same(log.read_text().splitlines(), [
        '# time_ns event packet bytes reason', '0 arrival 1 1000', '100000 arrival 2 1000', '200000 arrival 3 1000',
        '200000 drop 3 1000 queue-full', '300000 arrival 4 1000', '300000 drop 4 1000 queue-full', '1000000 departure 1 1000',
        '2000000 departure 2 1000'])


@bench.test
def a_log_in_mahimahis_form_adds_up(b):
    log, trace = b.path('mm.log'), text(b, 't.trace', '2\n')
    status(run('pcap', '-e', f'pipe 1 config trace {trace} mtu 1500 queue 2 log mm {log}', *ALL, each(b, 'p.pcap', 4, MS, 1500)), 0)
    lines = log.read_text().splitlines()
    assert '# base timestamp: 0' in lines
    same([line for line in lines if not line.startswith('#')], [
        '0 + 1500', '1 + 1500', '2 # 1500', '2 - 1500 2', '2 + 1500', '3 + 1500', '3 d 1 1500', '4 # 1500', '4 - 1500 3',
        '6 # 1500', '6 - 1500 4'])


@bench.test
def files_of_pipes_destroy_nothing(b):
    p = each(b, 'p.pcap', 3, MS)
    before = p.read_bytes()
    for extra, words in ((['-e', f'pipe 1 config pcap {p}'], 'is an input'),
                         (['-w', b.path('w.pcapng'), '-e', f'pipe 1 config pcap {b.path("w.pcapng")}'], 'is an output already'),
                         (['-e', f'pipe 1 config log mm {b.path("x")}', '-e', f'pipe 2 config log mm {b.path("x")}'], 'by pipe 1')):
        r = run('pcap', *extra, *ALL, p)
        assert r.returncode in (1, 2) and words in r.stderr.decode(), (r.returncode, r.stderr)
    same(p.read_bytes(), before)
    rules = text(b, 'self.rules', '')
    rules.write_text(f'pipe 1 config log events {rules}\n')
    refused(run('check', rules), 'the script itself')
    status(run('check', '-e', f'pipe 1 config log events {b.path("never")}'), 0)
    assert not b.path('never').exists()     # nothing is written but by a run


@bench.test
def a_full_disk_is_told(b):
    if not os.path.exists('/dev/full'):
        b.skip('there is no /dev/full')
    r = run('pcap', '-e', 'pipe 1 config log events /dev/full', *ALL, each(b, 'p.pcap', 3, MS))
    status(r, 1)
    assert '/dev/full' in r.stderr.decode(), r.stderr


@bench.test
def a_profile_has_its_rate_and_loses(b):
    f = text(b, 'f.profile', 'bw 8Mbit/s\nloss-level 0.5\ndelay prob\n1 0\n1 1\n')
    d = document(status(run('pcap', '--json', '-e', f'pipe 1 config queue 1000 profile {f}', *ALL, each(b, 'p.pcap', 200, 2 * MS)), 0))
    same(d['pipes'][0]['bandwidth'], 8000000)
    assert 70 <= d['drops']['loss'] <= 130, d['drops']
    same(d['pipes'][0]['wait_ns']['min'], 2 * MS)


assert TOOL
bench.main()
