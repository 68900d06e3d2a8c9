#!/usr/bin/env python3
"""`narrows pcap` said again in whole numbers: reads captures, judges, delays, and prints what must come out as JSON.

Written from the interface and the references alone, so that where the two agree, both are likely right. Usage:
    model.py [-r FILE]... [-e LINE]... [--in|--out|--local NET] [--default allow|deny] [--seed N] IN...
"""
import argparse
import heapq
import json
import sys

import capture
import packet
from pipes import Pipe, Refused
from rules import RuleSet, parse_address

MOST_REENTRIES = 64


class World:
    """Rules, pipes and what happened to each packet."""

    def __init__(self, lines, default='allow', seed=1, direction='in', local=None):
        self.rules, self.pipes, self.seed = RuleSet(default), {}, seed
        self.one_pass = True
        self.direction, self.local = direction, parse_address(local) if local else None
        for line in lines:
            self.command(line)
        self.out, self.drops = [], []       # (release, arrival order, record, stamp), (order, record, reason, place)
        self.comeback = []                  # heap of packets that re-enter: (release, order, …)
        self.latest = 0
        self.input = dict(packets=0, bytes=0, first_ns=0, last_ns=0, not_ip=0, backwards=0, skipped=0, truncated=False)

    def command(self, line):
        """One line of a script."""
        text = line.strip()
        if not text or text.startswith('#'):
            return
        words = text.split()
        if words[0] == 'add':
            self.rules.add(text[len('add'):])
        elif words[0] == 'pipe' and len(words) > 2 and words[2] == 'config' and words[1].isdigit():
            number = int(words[1])
            if not 1 <= number <= 65535:
                raise Refused(f'pipe: {number}')
            self.pipes.setdefault(number, Pipe(number, self.seed)).config(words[3:])
        elif words[0] in ('enable', 'disable') and words[1:] == ['one_pass']:
            self.one_pass = words[0] == 'enable'
        else:
            raise Refused(f'{words[0]}: not a command of the model')

    def way(self, view):
        if not self.local:
            return self.direction
        family, net, mask = self.local
        return 'out' if view.family == family and view.src & mask == net else 'in'

    def arrive(self, order, record):
        """Records come in the order of the input; `order` is what breaks ties."""
        if record.link not in packet.KNOWN:
            self.input['skipped'] += 1
            return
        # open: a first record without a time. Answer: 0.
        own = self.latest if record.time is None else record.time
        self.count(record, own)
        now = self.latest = max(own, self.latest)
        self.reenter(now)
        view = packet.see(record)
        if view is None:
            self.input['not_ip'] += 1
            self.out.append((now, order, record, own))
            return
        self.judge(dict(order=order, record=record, own=own, arrived=now, view=view, rounds=0), now, 0)

    def count(self, record, own):
        i = self.input
        if not i['packets']:
            i['first_ns'] = own
        elif own < self.latest:
            i['backwards'] += 1
        i['packets'] += 1
        i['bytes'] += record.wire
        # open: is last_ns the last record's time or the latest one? Answer: the latest, so first..last is the span.
        i['last_ns'] = max(own, self.latest)

    def judge(self, p, now, at):
        rule, after = self.rules.judge(p['view'], self.way(p['view']), at)
        if rule.action == 'allow':
            self.leave(p, now)
        elif rule.action == 'deny':
            self.drop(p, 'rule', rule, None)
        else:
            self.to_pipe(p, now, rule, after)

    def to_pipe(self, p, now, rule, after):
        pipe = self.pipes.get(rule.arg)
        if pipe is None:
            return self.drop(p, 'no-pipe', rule, rule.arg)
        reason, release = pipe.enter(now, p['view'].length)
        if reason:
            return self.drop(p, reason, rule, rule.arg)
        if self.one_pass:
            return self.leave(p, release)
        p['rounds'] += 1
        heapq.heappush(self.comeback, (release, p['order'], after, id(p), p, rule))

    def reenter(self, until):
        """What comes back by then, before anything fresh of that instant."""
        while self.comeback and (until is None or self.comeback[0][0] <= until):
            release, _, after, _, p, rule = heapq.heappop(self.comeback)
            if p['rounds'] > MOST_REENTRIES:
                self.drop(p, 'reentry', rule, None)
            else:
                self.judge(p, release, after)

    def leave(self, p, release):
        # open: the stamp of a packet whose time ran backwards and which a pipe let pass at once. Answer: nothing held
        # it, so it keeps its own.
        stamp = release if release > p['arrived'] else p['own']
        self.out.append((release, p['order'], p['record'], stamp))

    def drop(self, p, reason, rule, pipe):
        self.drops.append((p['order'], p['record'], reason, rule.number, pipe, p['own']))

    def finish(self):
        self.reenter(None)
        self.out.sort(key=lambda x: x[:2])


def merge(captures):
    """The records of several captures by time; where times are equal, in the order of the captures."""
    if len(captures) == 1:
        yield from captures[0].records
        return
    at, latest = [0] * len(captures), 0
    while True:
        heads = [(c.records[at[i]].time, i) for i, c in enumerate(captures) if at[i] < len(c.records)]
        if not heads:
            return
        _, i = min((latest if t is None else t, i) for t, i in heads)
        record = captures[i].records[at[i]]
        latest = max(latest, record.time or 0)
        at[i] += 1
        yield record


def simulate(captures, lines, **options):
    world = World(lines, **options)
    for order, record in enumerate(merge(captures)):
        world.arrive(order, record)
    world.input['truncated'] = any(c.truncated for c in captures)
    world.finish()
    return world


def rule_table(world):
    rules = world.rules.rules + ([world.rules.default] if world.rules.default.packets else [])
    return [dict(number=r.number, packets=r.packets, bytes=r.bytes) for r in rules]


def pipe_table(world):
    return [dict(number=p.number, bandwidth=p.bw, delay_ns=p.delay, packets=p.packets, bytes=p.bytes,
                 out_packets=p.out_packets, out_bytes=p.out_bytes, drops=p.drops,
                 backlog=dict(max_packets=p.max_packets, max_bytes=p.max_bytes),
                 wait_ns=dict(min=min(p.waits, default=0), max=max(p.waits, default=0)))
            for _, p in sorted(world.pipes.items())]


def report(world):
    drops = {}
    for _, _, reason, _, _, _ in world.drops:
        drops[reason] = drops.get(reason, 0) + 1
    return dict(job='pcap', seed=world.seed, input=world.input,
                output=dict(packets=len(world.out), bytes=sum(r.wire for _, _, r, _ in world.out)),
                drops=drops, rules=rule_table(world), pipes=pipe_table(world), queues=[], scheds=[])


class Script(argparse.Action):
    """-r and -e fill one list of lines, in the order of the command line."""

    def __call__(self, parser, namespace, value, option=None):
        lines = namespace.lines if namespace.lines else []
        if option == '-e':
            lines.append(value)
        else:
            with open(value, encoding='utf-8') as f:
                lines += f.read().splitlines()
        namespace.lines = lines


def main():
    a = argparse.ArgumentParser()
    a.add_argument('-r', action=Script, dest='lines')
    a.add_argument('-e', action=Script, dest='lines')
    a.add_argument('--in', action='store_const', const='in', dest='direction', default='in')
    a.add_argument('--out', action='store_const', const='out', dest='direction')
    a.add_argument('--local')
    a.add_argument('--default', default='allow', choices=['allow', 'deny'])
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('inputs', nargs='+')
    args = a.parse_args()
    try:
        world = simulate([capture.read(p) for p in args.inputs], args.lines or [], default=args.default,
                         seed=args.seed, direction=args.direction, local=args.local)
    except (Refused, capture.Damaged, OSError) as e:
        sys.exit(f'model: {e}')
    result = report(world)
    result['packets_out'] = [dict(record=order, time_ns=stamp) for _, order, _, stamp in world.out]
    result['packets_dropped'] = [dict(record=order, reason=reason, rule=rule, pipe=pipe)
                                 for order, _, reason, rule, pipe, _ in world.drops]
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == '__main__':
    main()
