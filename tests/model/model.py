#!/usr/bin/env python3
"""`narrows pcap` said again in whole numbers: reads captures, judges, delays, and prints what must come out as JSON.

Written from the interface and the references alone, so that where the two agree, both are likely right. Usage:
    model.py [-r FILE]... [-e LINE]... [--in|--out|--local NET] [--default allow|deny] [--seed N]
             [--iface NAME] [--layer2] [--me ADDR]... IN...
"""
import argparse
import heapq
import ipaddress
import json
import sys

import capture
import packet
from pipes import Pipe, Refused, parse_time
from rules import parse_address
from ruleset import RuleSet

MOST_REENTRIES = 64


class Packet:
    """One packet on its way: what it brought along, and what the rules stuck to it."""

    def __init__(self, order, record, own, arrived, view, world):
        self.order, self.own, self.arrived, self.view = order, own, arrived, view
        self.original = self.record = record
        self.way = world.way(view)
        iface = world.iface or record.name or 'pcap0'
        # open: does what goes out in a capture have an interface it came by? Answer: no.
        self.recv, self.xmit = (iface, None) if self.way == 'in' else (None, iface)
        self.me, self.me6 = world.me, world.me6
        self.tags, self.stack, self.path, self.rounds = set(), [], [], 0
        self.transit = self.rule = self.release = None


class World:
    """Rules, pipes and what happened to each packet."""

    def __init__(self, lines, default='allow', seed=1, direction='in', local=None, iface=None, layer2=False, me=()):
        self.rules, self.pipes, self.seed = RuleSet(default, seed), {}, seed
        self.one_pass, self.iface, self.layer2 = True, iface, layer2
        self.direction, self.local = direction, parse_address(local) if local else None
        addresses = [ipaddress.ip_address(a) for a in me]
        self.me = {(a.version, int(a)) for a in addresses}
        self.me6 = {(6, int(a)) for a in addresses if a.version == 6}
        self.later = []                     # (time since the first packet, command), from the first on
        for line in lines:
            self.command(line)
        self.later.sort(key=lambda x: x[0])
        self.verdicts = []                  # (order, time, rules that matched, what they decided) of each first pass
        self.out, self.drops = [], []       # packets in the order in which they left; (packet, reason, rule, pipe)
        self.comeback = []                  # heap of packets that re-enter: (release, order, …)
        self.latest = self.first = 0
        self.changes = 0
        self.input = dict(packets=0, bytes=0, first_ns=0, last_ns=0, not_ip=0, backwards=0, skipped=0, truncated=False)

    # Commands.

    def command(self, line, now=None):
        """One line of a script; with `now`, one that runs then."""
        text = line.split('//')[0].strip() if not line.lstrip().startswith('add') else line.strip()
        if not text or text.startswith('#'):
            return
        words = text.split()
        if words[0] == 'at' and len(words) > 2 and now is None:
            self.later.append((parse_time(words[1]), text.split(None, 2)[2]))
        elif words[0] == 'add':
            self.rules.add(text[len('add'):])
        elif words[0] == 'pipe' and len(words) > 2 and words[2] in ('config', 'replace') and words[1].isdigit():
            self.configure(number_of(words[1]), words[2], words[3:], now)
        elif words[:1] == ['set'] and len(words) > 2 and words[2] == 'flush':
            self.rules.delete(['set', words[1]])
        elif words[0] == 'set':
            self.rules.set_command(words[1:])
        elif words[0] in ('delete', 'zero') and words[1:] or words == ['zero']:
            getattr(self.rules, words[0])(words[1:])
        elif words[0] in ('enable', 'disable') and words[1:] == ['one_pass']:
            self.one_pass = words[0] == 'enable'
        elif words[0] != 'resetlog':
            raise Refused(f'{words[0]}: not a command of the model')

    def configure(self, number, how, words, now):
        pipe = self.pipes.setdefault(number, Pipe(number, self.seed))
        for transit in pipe.config(Pipe.parse(words), now, how == 'replace'):
            if not self.one_pass:
                self.come_back(transit.packet)

    def way(self, view):
        if not self.local:
            return self.direction
        family, net, mask = self.local
        return 'out' if view.family == family and view.src & mask == net else 'in'

    # Packets.

    def arrive(self, order, record):
        """Records come in the order of the input; `order` is what breaks ties."""
        if record.link not in packet.KNOWN:
            self.input['skipped'] += 1
            return
        # open: a first record without a time. Answer: 0.
        own = self.latest if record.time is None else record.time
        self.count(record, own)
        now = self.latest = max(own, self.latest)
        self.run_until(now)
        view = packet.see(record, self.layer2)
        if view is None:        # open: what `not_ip` counts with --layer2. Answer: what bypasses the rules, so nothing.
            self.input['not_ip'] += 1
            p = Packet(order, record, own, now, packet.View(packet.Frame(), record, False), self)
            self.verdicts.append((order, own, [], 'allow'))
            return self.leave(p, now)
        self.judge(Packet(order, record, own, now, view, self), now, (0, 0))

    def count(self, record, own):
        i = self.input
        if not i['packets']:
            i['first_ns'] = self.first = own
        elif own < self.latest:
            i['backwards'] += 1
        i['packets'] += 1
        i['bytes'] += record.wire
        # open: is last_ns the last record's time or the latest one? Answer: the latest, so first..last is the span.
        i['last_ns'] = max(own, self.latest)

    def judge(self, p, now, after):
        p.rule = self.rules.judge(p, after)
        if after == (0, 0):
            verdict = f'pipe {p.rule.arg}' if p.rule.action == 'pipe' else p.rule.word
            self.verdicts.append((p.order, p.own, list(p.path), verdict))
        if p.rule.action == 'allow':
            self.leave(p, now)
        elif p.rule.action == 'deny':
            self.drop(p, 'rule', None)
        else:
            self.to_pipe(p, now)

    def to_pipe(self, p, now):
        pipe = self.pipes.get(p.rule.arg)
        if pipe is None:
            return self.drop(p, 'no-pipe', p.rule.arg)
        reason, p.transit = pipe.enter(now, p.view)
        if reason:
            return self.drop(p, reason, p.rule.arg)
        if self.one_pass:
            return self.leave(p, None)
        p.rounds += 1
        p.transit.packet = p
        self.come_back(p)

    def come_back(self, p):
        """The entry that was made before a change of its time is passed over when it comes up."""
        self.changes += 1
        heapq.heappush(self.comeback, (p.transit.exit, p.order, self.changes, p))

    def run_until(self, until):
        """What happens by then, before anything fresh of that instant; commands before what comes back."""
        while self.comeback or self.later:
            back = self.comeback[0][0] if self.comeback else None
            command = self.first + self.later[0][0] if self.later else None
            if command is not None and (back is None or command <= back):
                # open: commands for a time that never comes. Answer: not run once nothing arrives and nothing is held.
                if command > (self.horizon() if until is None else until):
                    return
                self.command(self.later.pop(0)[1], command)
            elif until is not None and back > until:
                return
            else:
                self.reenter(*heapq.heappop(self.comeback))

    def horizon(self):
        """When the last packet that is held leaves."""
        exits = [t.exit for pipe in self.pipes.values() for t in pipe.transits[-1:] + pipe.held()]
        return max(exits, default=self.latest)

    def reenter(self, release, _order, _change, p):
        if p.transit is None or p.transit.exit != release:
            return
        p.transit = None
        if p.rounds > MOST_REENTRIES:
            self.drop(p, 'reentry', None)
        else:
            self.judge(p, release, p.rule.key)

    def leave(self, p, release):
        """Where the time is not known yet, it is that of its way through the pipe."""
        p.release = release
        self.out.append(p)

    def drop(self, p, reason, pipe):
        self.drops.append((p, reason, p.rule.number, pipe))

    def finish(self):
        self.run_until(None)
        for p in self.out:
            if p.release is None:
                p.release = p.transit.exit
        self.out.sort(key=lambda p: (p.release, p.order))


def stamp(p):
    # open: the stamp of a packet whose time ran backwards and which a pipe let pass at once. Answer: nothing held it,
    # so it keeps its own.
    return p.release if p.release > p.arrived else p.own


def number_of(word):
    if not 1 <= int(word) <= 65535:
        raise Refused(f'pipe: {word}')
    return int(word)


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
    return [dict(number=r.number, set=r.set, packets=r.packets, bytes=r.bytes) for r in rules]


def pipe_table(world):
    return [dict(number=p.number, bandwidth=p.bw, delay_ns=p.delay, packets=p.packets, bytes=p.bytes,
                 out_packets=p.out_packets, out_bytes=p.out_bytes, drops=p.drops,
                 backlog=dict(max_packets=p.max_packets, max_bytes=p.max_bytes),
                 wait_ns=dict(min=min(p.waits, default=0), max=max(p.waits, default=0)))
            for _, p in sorted(world.pipes.items())]


def report(world):
    drops = {}
    for _, reason, _, _ in world.drops:
        drops[reason] = drops.get(reason, 0) + 1
    return dict(job='pcap', seed=world.seed, input=world.input,
                output=dict(packets=len(world.out), bytes=sum(p.record.wire for p in world.out)),
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
    a.add_argument('--iface')
    a.add_argument('--layer2', action='store_true')
    a.add_argument('--me', action='append', default=[])
    a.add_argument('inputs', nargs='+')
    args = a.parse_args()
    try:
        world = simulate([capture.read(p) for p in args.inputs], args.lines or [], default=args.default,
                         seed=args.seed, direction=args.direction, local=args.local, iface=args.iface,
                         layer2=args.layer2, me=args.me)
    except (Refused, capture.Damaged, OSError) as e:
        sys.exit(f'model: {e}')
    result = report(world)
    result['packets_out'] = [dict(record=p.order, time_ns=stamp(p)) for p in world.out]
    result['packets_dropped'] = [dict(record=p.order, reason=reason, rule=rule, pipe=pipe)
                                 for p, reason, rule, pipe in world.drops]
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == '__main__':
    main()
