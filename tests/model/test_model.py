#!/usr/bin/env python3
"""The model beside `narrows pcap`: real captures through fixed scripts, random captures through random ones. TAP.

    test_model.py [--long] [--seed N [--capture NAME]] NARROWS

The quick tier is under 30 s on one core. `--seed N` runs the one random case of that seed, on a given capture where one
is named. What fails keeps its files and the command, and says where.
"""
import argparse
import os
import random
import shutil
import sys

import features
import randcap
from compare import Case, compare, read
from palette import Palette
from randrules import Maker
from tap import Tap, keep_dir

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, '../lib'))
import captures  # noqa: E402

CAPTURES = str(captures.folder())
DEMO = os.path.join(HERE, '../../share/narrows/demo.pcap')

QUICK = ['own-plain.pcap', 'own-curl.pcap', 'own-frag.pcap', 'own-snap96.pcap', 'own-qinq.pcap', 'own-sll2.pcap',
         DEMO, 'zeek-mixed-vlan-mpls.pcap', 'zeek-pcapng-multi-interface.pcapng',
         'own-nano.pcap', 'own-raw.pcap', 'own-vlan.pcap', 'own-null.pcap',
         'tcpdump-bigtcp-ipv6-hbh.pcap', 'zeek-trunc-ip6-ext-trunc.pcap', 'suricata-hdlc-http_1tx.pcap']

ALL = 'add pipe 1 ip from any to any'
QUEUE = ['queue 1 config sched 1', 'add queue 1 ip from any to any']
SCRIPTS = [
    ('bandwidth', ['pipe 1 config bw 10Mbit/s', ALL]),
    ('bandwidth delay', ['pipe 1 config bw 1Mbit/s delay 20ms', ALL]),
    ('odd rate', ['pipe 1 config bw 999983 delay 1ns queue 1000', ALL]),
    ('delay', ['pipe 1 config delay 1.5ms', ALL]),
    ('packets', ['pipe 1 config bw 8Mbit/s queue 5', ALL]),
    ('bytes', ['pipe 1 config bw 5Mbit/s queue 10KB', ALL]),
    ('time', ['pipe 1 config bw 2Mbit/s queue 50ms', ALL]),
    ('auto', ['pipe 1 config bw 100Mbit/s delay 2ms queue auto', ALL]),
    ('overhead', ['pipe 1 config bw 10Mbit/s overhead 38 queue 15000B', ALL]),
    ('loss', ['pipe 1 config plr 0.1 delay 1', ALL]),
    ('loss and queue', ['pipe 1 config bw 3Mbit/s plr 2.5% queue 8', ALL]),
    ('two rules', ['pipe 1 config bw 1Mbit/s delay 5', 'pipe 2 config bw 20Mbit/s delay 1 queue 20',
                   'add pipe 1 tcp from any to any dst-port 1-1023', 'add pipe 2 ip from any to any']),
    ('skipto and count', ['pipe 7 config bw 4Mbit/s queue 30000B', 'add count tcp from any to any setup',
                          'add count tcp from any to any established',
                          'add 300 skipto 1000 tcp from any 80,443,8080 to any', 'add count ip from any to any frag',
                          'add deny udp from any to any', 'add allow icmp from any to any',
                          'add 1000 pipe 7 ip from any to any iplen 100-65535',
                          'add count ip from any to any ipttl 64']),
    ('red', ['pipe 1 config bw 2Mbit/s queue 100 gred 0.02/3/10/0.2 ecn', ALL]),
    ('pie', ['pipe 1 config bw 1Mbit/s queue 200 pie target 2ms tupdate 1ms max_burst 5ms', ALL]),
    ('fq_codel', ['sched 1 config bw 1Mbit/s type fq_codel target 1ms interval 10ms limit 60', *QUEUE]),
    ('fq_pie', ['sched 1 config bw 2Mbit/s type fq_pie target 1ms tupdate 1ms max_burst 0ms flows 8', *QUEUE]),
    ('default', ['add allow tcp from any to any', 'add pipe 9 ip4 from any to any']),
]


def real_cases(names, scripts, every):
    for n, name in enumerate(names):
        path = os.path.join(CAPTURES, name)
        for i, (title, lines) in enumerate(scripts):
            options = dict(seed=n * 100 + i, default='deny') if title == 'default' else dict(seed=n * 100 + i)
            if not every and (n + i) % 2:
                continue
            yield Case(f'{os.path.basename(name)}: {title}', [path], lines, options, again=(n + i) % 9 == 0,
                       both=(n + i) % 5 == 0)


def random_options(dice, palette, groups):
    options = dict(seed=dice.choice([1, 2, 2**64 - 1, dice.randrange(2**64)]),
                   default=dice.choice(['allow', 'allow', 'deny']))
    x, hosts = dice.random(), [str(palette.address4(dice)), str(palette.address6(dice))]
    if x < 0.2:
        options['direction'] = dice.choice(['in', 'out'])
    elif x < 0.5:
        options['local'] = dice.choice(['10.0.0.0/8', '192.168.0.0/16', '2001:db8::/64', *hosts])
    if 'me-option' in groups and dice.random() < 0.5:
        options['me'] = dice.sample(hosts, dice.choice([1, 2]))
    if 'iface-option' in groups and dice.random() < 0.2:
        options['iface'] = dice.choice(['eth0', 'em0', 'pcap9'])
    if 'layer2' in groups and dice.random() < 0.25:
        options['layer2'] = True
    return options


def random_rules(name, dice, inputs, groups):
    """A random rule set for these captures; the file that comes out is of a kind that can hold them."""
    captures = [read(p) for p in inputs]
    palette = Palette(captures)
    options = random_options(dice, palette, groups)
    lines = Maker(dice, palette, groups).script()
    one_link = all(p.endswith('.pcap') for p in inputs) and len({c.interfaces[0][0] for c in captures}) == 1
    out = 'out.pcap' if one_link and dice.random() < 0.4 else 'out.pcapng'
    # A copy that is dropped has a record of its own on `before`: the comparison knows originals.
    both = dice.random() < 0.2 and not any('duplicate' in line for line in lines)
    return Case(name, inputs, lines, options, out, both=both, again=dice.random() < 0.1,
                explain=dice.random() < 0.3)


def random_case(seed, folder, groups):
    """The case of this seed; its captures are written into the folder."""
    dice = random.Random(seed)
    count = dice.choice([1, 1, 2, 3]) if 'merge' in groups else 1
    now = randcap.begin(dice)
    inputs = [randcap.write(dice, os.path.join(folder, f'in{i}'), dice.choice([1, 20, 60, 60, 150]), now)
              for i in range(count)]
    return random_rules(f'random {seed}', dice, inputs, groups)


def given_case(seed, name, groups):
    """A random rule set on a given capture."""
    dice = random.Random(f'{seed} {name}')
    path = os.path.join(CAPTURES, name)
    return random_rules(f'{os.path.basename(name)}: random {seed}', dice, [path], groups)


class Runner:
    def __init__(self, tool):
        self.tool, self.tap, self.folder = tool, Tap(), keep_dir()
        self.made = 0

    def place(self):
        self.made += 1
        folder = os.path.join(self.folder, str(self.made))
        os.mkdir(folder)
        return folder

    def run(self, case, folder):
        if not all(os.path.exists(p) for p in case.inputs):
            shutil.rmtree(folder)
            return self.tap.skip(case.name, f'no {case.inputs[0]}')
        notes = compare(self.tool, case, folder)
        if notes:
            notes = notes[:12] + ['script:'] + ['  ' + line for line in case.lines] + [f'options: {case.options}',
                                                                                     f'files kept in {folder}']
        else:
            shutil.rmtree(folder)
        self.tap.ok(not notes, case.name, notes)

    def done(self):
        status = self.tap.done()
        if not status:
            shutil.rmtree(self.folder)
        return status


def cases(args, runner, groups):
    """(case, its folder) in their order."""
    if args.seed is not None and args.capture:
        yield given_case(args.seed, args.capture, groups), runner.place()
    elif args.seed is not None:
        folder = runner.place()
        yield random_case(args.seed, folder, groups), folder
    else:
        names = QUICK
        if args.long and os.path.isdir(CAPTURES):
            names = sorted(n for n in os.listdir(CAPTURES) if n.endswith(('.pcap', '.pcapng')))
        for case in real_cases(names, SCRIPTS, args.long):
            yield case, runner.place()
        for name in names:
            # Quick: one rule set a capture and 60 in all; long: 60 on every capture.
            for seed in range(60) if args.long else range(names.index(name), 60, len(names)):
                yield given_case(seed, name, groups), runner.place()
        for seed in range(1500) if args.long else range(80):
            folder = runner.place()
            yield random_case(seed, folder, groups), folder


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--long', action='store_true')
    a.add_argument('--seed', type=int)
    a.add_argument('--capture')
    a.add_argument('tool', nargs='?', default=os.environ.get('NARROWS', 'narrows'))
    args = a.parse_args()
    runner = Runner(args.tool)
    groups, unknown = features.wanted(args.tool)
    for group in sorted(unknown):
        if 'NARROWS_FEATURES' in os.environ:
            runner.tap.skip(f'words of the group {group}', 'not asked for')
        else:
            runner.tap.ok(False, f'words of the group {group}', [f'refused: {features.EXAMPLES.get(group, group)}'])
    for case, folder in cases(args, runner, groups):
        runner.run(case, folder)
    return runner.done()


if __name__ == '__main__':
    sys.exit(main())
