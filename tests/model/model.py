#!/usr/bin/env python3
"""`narrows pcap` said again in whole numbers: reads captures, judges, delays, and prints what must come out as JSON.

Written from the interface and the references alone, so that where the two agree, both are likely right. Usage:
    model.py [-r FILE]... [-e LINE]... [--in|--out|--local NET] [--default allow|deny] [--seed N]
             [--iface NAME] [--layer2] [--me ADDR]... IN...
"""
import argparse
import collections
import copy
import heapq
import ipaddress
import json
import sys

import capture
import packet
from pipes import Pipe, Queue, Sched
from rules import parse_address
from ruleset import RuleSet
from units import Refused, parse_time

MOST_REENTRIES = 64
# rule and place are numbers; time None: nothing ends it any more
Drop = collections.namedtuple('Drop', 'packet reason rule place time')
OBJECTS = {'pipe': Pipe, 'queue': Queue, 'sched': Sched}


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
        self.rule = self.release = self.one_pass = self.place = None
        self.number, self.copies = 0, [0]       # this copy's, and how many there are of the packet

    def copy(self):
        """Another one behind this one."""
        other = copy.copy(self)
        other.tags, other.stack, other.path = set(self.tags), list(self.stack), list(self.path)
        self.copies[0] += 1
        other.number = self.copies[0]
        return other

    def see_again(self):
        """After bits of it flipped."""
        self.view = packet.see(self.record, self.view.layer2) or self.view


class World:
    """Rules, pipes and what happened to each packet."""

    def __init__(self, lines, default='allow', seed=1, direction='in', local=None, iface=None, layer2=False, me=()):
        self.rules, self.pipes, self.queues, self.scheds, self.seed = RuleSet(default, seed), {}, {}, {}, seed
        self.one_pass, self.iface, self.layer2 = True, iface, layer2
        self.direction, self.local = direction, parse_address(local) if local else None
        addresses = [ipaddress.ip_address(a) for a in me]
        self.me = {(a.version, int(a)) for a in addresses}
        self.me6 = {(6, int(a)) for a in addresses if a.version == 6}
        self.latest = self.first = self.last_exit = 0
        self.later = []                     # (time since the first packet, command), from the first on
        for line in lines:
            self.command(line)
        self.later.sort(key=lambda x: x[0])
        self.verdicts = []                  # (order, time, rules that matched, what they decided) of each first pass
        self.out, self.drops = [], []       # packets in the order in which they left; what was dropped, as it was
        self.comeback = []                  # heap of packets that re-enter: (release, order, copy, packet)
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
        elif words[0] in OBJECTS and len(words) > 2 and words[2] in ('config', 'replace') and words[1].isdigit():
            self.configure(words[0], number_of(words[1]), words[2], words[3:], now)
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

    def configure(self, kind, number, how, words, now):
        objects = getattr(self, kind + 's')
        if number not in objects:
            objects[number] = OBJECTS[kind](self, number)
        objects[number].config(words, now, how == 'replace')

    def objects(self):
        return [*self.pipes.values(), *self.scheds.values()]

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
            verdict = f'{p.rule.action} {p.rule.arg}' if p.rule.action in OBJECTS else p.rule.word
            self.verdicts.append((p.order, p.own, list(p.path), verdict))
        if p.rule.action == 'allow':
            self.leave(p, now)
        elif p.rule.action == 'deny':
            self.drop(p, 'rule', None, now)
        else:
            self.to_pipe(p, now)

    def to_pipe(self, p, now):
        target = getattr(self, p.rule.action + 's').get(p.rule.arg)
        if target is None:
            return self.drops.append(Drop(p, 'no-pipe', p.rule.number, p.rule.arg, now))
        p.one_pass = self.one_pass
        target.enter(p, now)

    def released(self, p, release, place):
        """It has its time of exit from a pipe."""
        p.place = place
        self.last_exit = max(self.last_exit, release)
        if p.one_pass:
            return self.leave(p, release)
        p.rounds += 1
        heapq.heappush(self.comeback, (release, p.order, p.number, p))

    def recall(self, place, now):
        """Takes away packets that have left the link of this pipe and are not out of it yet, in their order."""
        inside = [p for p in self.out if p.place is place and p.release > now]
        self.out = [p for p in self.out if p not in inside]
        back = sorted(e for e in self.comeback if e[3].place is place and e[0] > now)
        self.comeback = [e for e in self.comeback if e not in back]
        heapq.heapify(self.comeback)
        self.last_exit = max((p.release for p in self.out), default=now)
        return sorted(inside, key=lambda p: (p.release, p.order, p.number)) + [e[3] for e in back]

    def run_until(self, until):
        """What happens by then, before anything fresh of that instant: service that ends, commands, what comes back."""
        while True:
            if until is not None and not self.comeback:
                self.hurry(min(until, self.first + self.later[0][0]) if self.later else until)
            events = [(t, 0, o) for o in self.objects() if (t := o.next_event()) is not None]
            events += [(t, 1, o) for o in [*self.objects(), *self.queues.values()] if (t := o.next_step()) is not None]
            if self.later:
                events.append((self.first + self.later[0][0], 1, None))
            if self.comeback:
                events.append((self.comeback[0][0], 2, None))
            if not events:
                return
            now, kind, place = min(events, key=lambda e: e[:2])
            # open: commands for a time that never comes. Answer: not run once nothing arrives and nothing is held.
            if until is not None and now > until or until is None and kind == 1 and not self.holds(now):
                return
            if kind == 0:
                place.run(now)
            elif kind == 1 and place:
                place.step()
            elif kind == 1:
                self.command(self.later.pop(0)[1], now)
            else:
                self.reenter(*heapq.heappop(self.comeback))

    def hurry(self, until):
        if not any(o.held_packets for o in self.objects()):
            for o in [*self.objects(), *self.queues.values()]:
                o.hurry(until)

    def holds(self, now):
        """Is something due, perhaps when an outage of a schedule is over? A pause ends by a command alone."""
        return now <= self.last_exit or self.comeback or any(
            o.next_event() is not None or o.held_packets and o.next_step() is not None and not o.paused
            for o in self.objects())

    def reenter(self, release, _order, _copy, p):
        if p.rounds > MOST_REENTRIES:
            self.drop(p, 'reentry', None, release)
        else:
            self.judge(p, release, p.rule.key)

    def leave(self, p, release):
        p.release = release
        self.out.append(p)

    def drop(self, p, reason, place, now):
        """`place`: the object that dropped it, or None."""
        self.drops.append(Drop(p, reason, p.rule.number, place and place.number, now))

    def finish(self):
        """What no event will let out is there for ever: it leaves after the end of time."""
        self.run_until(None)
        for place in self.objects():
            place.strand()
        self.out.sort(key=lambda p: (p.release, p.order, p.number))


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


def object_table(objects):
    return [dict({} if p.NAME == 'queue' else dict(bandwidth=p.said['bw'], delay_ns=p.said['delay']),
                 number=p.number, packets=p.packets, bytes=p.bytes, out_packets=p.out_packets, out_bytes=p.out_bytes,
                 drops=p.drops, backlog=dict(max_packets=p.max_packets, max_bytes=p.max_bytes),
                 wait_ns=dict(min=min(p.waits, default=0), max=max(p.waits, default=0)))
            for _, p in sorted(objects.items())]


def report(world):
    drops = {}
    for d in world.drops:
        drops[d.reason] = drops.get(d.reason, 0) + 1
    return dict(job='pcap', seed=world.seed, input=world.input,
                output=dict(packets=len(world.out), bytes=sum(p.record.wire for p in world.out)),
                drops=drops, rules=rule_table(world), pipes=object_table(world.pipes),
                queues=object_table(world.queues), scheds=object_table(world.scheds))


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
    result['packets_dropped'] = [dict(record=d.packet.order, reason=d.reason, rule=d.rule, pipe=d.place)
                                 for d in world.drops]
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == '__main__':
    main()
