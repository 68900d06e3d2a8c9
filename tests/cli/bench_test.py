#!/usr/bin/env python3
"""`narrows bench sched` and `self`: the document, the picture, what is refused, and that fairness is no matter of luck.

How fast anything is, nobody can say here; what is virtual time must be the same each time.
"""
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

from cli import Bench, record, refused, run, same, status, udp4

bench = Bench()
ROOT = Path(__file__).resolve().parent.parent.parent
PLUGINS = Path(os.path.abspath(sys.argv[2]))
MS = 10**6
SVG = '{http://www.w3.org/2000/svg}'


def cases(*args):
    d = json.loads(status(run('bench', *args, '--quick', '--json'), 0).stdout)
    same(list(d), ['bench', 'machine', 'cases'])
    for c in d['cases']:
        same(list(c), ['name', 'value', 'unit', 'base', 'base_value', 'ratio'])
    return d['cases']


def virtual(all_cases):
    return [c for c in all_cases if c['unit'] != 'ns']


def value(all_cases, name, unit):
    return next(c['value'] for c in all_cases if c['name'] == name and c['unit'] == unit)


@bench.test
def self_has_a_figure_for_each_part_of_a_machine(b):
    got = cases('self')
    assert len(got) >= 8 and all(c['value'] > 0 for c in got), got


@bench.test
def fairness_is_the_same_each_time(b):
    once, again = (cases('sched', '--new', 'wf2q+') for _ in range(2))
    assert len(virtual(once)) > 10
    same(virtual(again), virtual(once))


@bench.test
def a_kind_that_promises_a_bound_keeps_it(b):
    for kind in ('wf2q+', 'qfq'):
        bounded = [c for c in cases('sched', '--new', kind) if c['base'] == 'its bound']
        assert len(bounded) == 5, (kind, bounded)
        for c in bounded:
            assert 0 < c['ratio'] <= 1, c


@bench.test
def figures_are_those_that_can_be_worked_out(b):
    # Equal flows of equal packets by turns: each falls behind by just one packet, and a light one waits for one of another.
    got = cases('sched', '--new', 'RR', '--flows', '1-10:1000')
    same(value(got, 'rr, 1-10:1000, backlogged: B-WFI', 'bytes'), 1000)
    same(value(got, 'rr, 1-10:1000, backlogged: B-WFI', 'packets'), 1)
    same(value(got, 'rr, 1-10:1000, backlogged: Jain', '/1000'), 1000)
    # First come first served does not look at weights: shares of 9:1 by weight are 1:1, x = 1/9 and 1: (10/9)^2 / (2 * 82/81).
    got = cases('sched', '--new', 'fifo', '--flows', '9-1:1000,1-1:1000')
    jain = value(got, 'fifo, 9-1:1000,1-1:1000, backlogged: Jain', '/1000')
    assert abs(jain - 1000 * 100 / 164) < 0.5, jain


@bench.test
def every_load_runs(b):
    for load in ('backlogged', 'idle', 'refill', 'onoff', 'poisson'):
        got = cases('sched', '--new', 'rr', '--load', load, '--flows', '1-5:64-1500,3..7-5:300')
        same(sum(f', {load}: ' in c['name'] for c in got), 4)


@bench.test
def a_capture_is_one_more_load(b):
    path = b.pcap('load.pcap', [record(i * MS, udp4(100 + i % 7 * 100, sport=5000 + i % 3)) for i in range(200)])
    got = cases('sched', '--new', 'rr', path)
    same(sum('its flows, capture: ' in c['name'] for c in got), 4)
    assert 0 < value(got, 'rr, its flows, capture: Jain', '/1000') <= 1000
    refused(run('bench', 'sched', '--quick', b.pcap('one.pcap', [record(0, udp4(100))])), 'one.pcap', 'two IP packets')
    status(run('bench', 'sched', '--quick', b.path('none.pcap')), 1)


@bench.test
def the_picture_has_a_curve_for_each_kind(b):
    out = b.path('curves.svg')
    status(run('bench', 'sched', '--quick', '--svg', out), 0)
    root = xml.parse(out).getroot()
    names = [t.text for t in root.iter(SVG + 'text')]
    kinds = run('check', '--list', 'scheds').stdout.decode().split()
    for name in ('fifo', 'rr', 'wf2q+', 'prio', 'bare FIFO'):
        assert name in names, (name, names, kinds)
    for path in root.iter(SVG + 'path'):
        assert path.get('d').startswith('M')
    status(run('bench', 'sched', '--quick', '--new', 'rr', '--svg', b.path('no/such.svg')), 1)


@bench.test
def what_is_wrong_is_told_before_anything_is_measured(b):
    for text in ('', '1', '1-', '1-5', '1-5:', '0-5:1500', '65537-1:1', '1-0:1', '1-1:0', '1-1:65576', '1-1:5-4', '5..4-1:1', '1-1:1,', '1-1:1x',
                 '1-1048577:1', '1-1048576:1,1-1:1', '1-99999999999999999999:1'):
        refused(run('bench', 'sched', '--flows', text), 'flows')
    refused(run('bench', 'sched', '--load', 'nonsense'), '--load', 'poisson')
    refused(run('bench', 'sched', '--new', 'nonsense'), 'nonsense', 'FILE.so')
    refused(run('bench', 'pipe', '--new', 'rr'), '--new')
    refused(run('bench', 'self', 'more'), 'more')


@bench.test
def a_plug_in_is_judged_and_measured(b):
    got = cases('sched', '--new', PLUGINS / 'sched_wrr.so')
    same(value(got, 'wrr, 1-100:1500, backlogged: B-WFI', 'packets'), 1)
    r = status(run('bench', 'sched', '--quick', '--new', PLUGINS / 'sched_wrr.so', '--flows', '1-2:100'), 0)
    assert b'wrr keeps the laws' in r.stderr, r.stderr
    status(run('bench', 'sched', '--quick', '--new', b.path('none.so')), 1)


@bench.test
def a_script_may_use_it(b):
    path = b.pcap('two.pcap', [record(i * 1000, udp4(1000, sport=5000 + i % 2)) for i in range(40)])
    lines = ['-e', 'sched 1 config type wrr bw 1Mbit/s', '-e', 'queue 1 config sched 1 weight 1 mask src-port 0xffff', '-e', 'add queue 1 ip from any to any']
    plugin = ['--plugin', PLUGINS / 'sched_wrr.so']
    d = json.loads(status(run('pcap', '--json', *lines, *plugin, path), 0).stdout)
    same(d['output']['packets'], 40)
    refused(run('pcap', '--json', *lines, path), 'wrr')
    assert 'wrr' in status(run('check', *plugin, '--list', 'scheds'), 0).stdout.decode()
    status(run('pcap', '--plugin', b.path('none.so'), path), 1)


# 40 packets of 1000 bytes come at once to a link that takes 8 ms for each: those whose turn comes after 100 ms are too old, and the
# first of them that is dropped makes no room for others, since all are as old. 0, 8, ..., 96 ms: thirteen turns.
@bench.test
def queue_management_of_a_plug_in_drops_by_its_words(b):
    path = b.pcap('many.pcap', [record(0, udp4(1000)) for i in range(40)])
    lines = ['-e', 'pipe 1 config bw 1Mbit/s queue 100 stale age 100ms', '-e', 'add pipe 1 ip from any to any']
    plugin = ['--plugin', PLUGINS / 'aqm_stale.so']
    d = json.loads(status(run('pcap', '--json', *lines, *plugin, path), 0).stdout)
    same((d['output']['packets'], d['drops']), (13, {'aqm': 27}))
    refused(run('pcap', *lines, path), 'stale')
    assert 'stale' in status(run('check', *plugin, '--list', 'aqms'), 0).stdout.decode()
    refused(run('bench', 'sched', '--quick', '--new', PLUGINS / 'aqm_stale.so'), 'no scheduler')


@bench.test
def one_that_breaks_a_law_is_shown_how_and_not_measured(b):
    cc = shutil.which('cc')
    if not cc:
        b.skip('no cc')
    text = (ROOT / 'plugins/sched_wrr.c').read_text()
    text = (ROOT / 'plugins/sched_wrr.c').read_text().replace('.name = "wrr"', '.name = "wrong"')
    lazy = 'static unsigned calls;\n\n\tif (++calls % 50 == 0)\n\t\treturn NULL;\n\treturn w->turn ?'
    for law, right, wrong in ((1, 'return w->turn ?', lazy), (4, 'bytes += left', 'bytes += 0 * left')):
        source, so = b.path('wrong.c'), b.path(f'wrong{law}.so')
        same(text.count(right), 1)
        source.write_text(text.replace(right, wrong))
        subprocess.run([cc, '-std=c17', '-shared', '-fPIC', '-I', ROOT / 'include', source, '-o', so], check=True)
        r = status(run('bench', 'sched', '--quick', '--new', so), 1)
        same(r.stdout, b'')
        for words in (f'wrong breaks law {law}:', 'seed ', 'put ', 'was not measured'):
            assert words in r.stderr.decode(), (words, r.stderr.decode())


bench.main()
