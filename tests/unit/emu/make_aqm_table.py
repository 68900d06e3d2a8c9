#!/usr/bin/env python3
"""Writes aqm_table.h: what queue management must do, worked out from the texts and not from the code.

Written from RFC 8289 5 (CoDel), RFC 8033 4, 5 and its appendices (PIE), Floyd and Jacobson 1993 section 4 with Floyd's
note on gentle_ (RED), RFC 8290 4 (the lists of fq_codel), in the shape of these texts: queues that hold packets, loops
that take them out, a timer that ticks, fractions. The C decides about one packet at a time and keeps integers.

A scenario is a link with a queue, fed by chance of splitmix64; its fates are a letter for each packet in the order of
arrival: '.' passed, 'm' marked, 'd' dropped. make_aqm_table.py [--check] FILE
"""
import sys
from collections import deque
from fractions import Fraction
from math import isqrt

MASK = (1 << 64) - 1
MS = 10**6
S = 10**9


def mix(z):
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9 & MASK
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb & MASK
    return z ^ (z >> 31)


class Dice:
    def __init__(self, key):
        self.key, self.n = key, 0

    def draw(self):
        self.n += 1
        return mix(self.key + self.n * 0x9e3779b97f4a7c15 & MASK)


class Packet:
    def __init__(self, number, at, size, ect):
        self.number, self.at, self.size, self.ect = number, at, size, ect


class Link:
    """A queue before a link; what the queue does with packets is a subclass's."""

    def __init__(self, scenario):
        self.s = scenario
        self.q = deque()
        self.queued = 0                 # bytes that wait
        self.free = 0                   # when the link is
        self.fates = ['?'] * scenario['packets']
        self.dice = Dice(2)
        self.largest = 0

    def pop(self):
        if not self.q:
            return None
        p = self.q.popleft()
        self.queued -= p.size
        if not self.q:
            self.emptied = True
        return p

    def serve(self, now):
        p = self.dequeue(now)
        if p:
            if self.fates[p.number] == '?':
                self.fates[p.number] = '.'
            self.free = now - (-8 * p.size * S // self.s['rate'])
        if not self.q:
            self.idle(now)

    def drain(self, until):
        while self.q and self.free <= until:
            self.serve(self.free)

    def arrive(self, p):
        self.drain(p.at)
        self.largest = max(self.largest, p.size)
        if self.enqueue(p, p.at):
            self.q.append(p)
            self.queued += p.size
            if self.free <= p.at:
                self.serve(p.at)

    def run(self):
        rng, at = Dice(1), 0
        for i in range(self.s['packets']):
            # In each stretch of so many packets the load is another one.
            load = self.s['gaps'][i // self.s['stretch'] % len(self.s['gaps'])]
            at += rng.draw() % load
            size = 40 + rng.draw() % 1461
            self.arrive(Packet(i, at, size, bool(rng.draw() & 1)))
        self.drain(1 << 63)
        return ''.join(self.fates)

    def enqueue(self, p, now):
        return True

    def dequeue(self, now):
        return self.pop()

    def idle(self, now):
        pass


class CoDel(Link):
    """RFC 8289 5.3 to 5.6, as it stands there."""

    def __init__(self, scenario):
        super().__init__(scenario)
        self.first_above_time = self.drop_next = self.count = self.lastcount = 0
        self.dropping = False

    def control_law(self, t, count):
        return t + isqrt(self.s['interval'] ** 2 // count)

    def dodequeue(self, now):
        p, ok_to_drop = self.pop(), False
        if p is None:
            self.first_above_time = 0
            return p, ok_to_drop
        sojourn_time = now - p.at
        if sojourn_time < self.s['target'] or self.queued <= self.largest:
            self.first_above_time = 0
        elif self.first_above_time == 0:
            self.first_above_time = now + self.s['interval']
        elif now >= self.first_above_time:
            ok_to_drop = True
        return p, ok_to_drop

    def marks(self, p):
        return self.s['ecn'] and p.ect

    def dequeue(self, now):
        p, ok_to_drop = self.dodequeue(now)
        if self.dropping:
            if not ok_to_drop:
                self.dropping = False
            while now >= self.drop_next and self.dropping:
                self.count += 1
                if self.marks(p):
                    self.fates[p.number] = 'm'
                    self.drop_next = self.control_law(self.drop_next, self.count)
                    return p
                self.fates[p.number] = 'd'
                p, ok_to_drop = self.dodequeue(now)
                if not ok_to_drop:
                    self.dropping = False
                else:
                    self.drop_next = self.control_law(self.drop_next, self.count)
        elif ok_to_drop:
            if self.marks(p):
                self.fates[p.number] = 'm'
            else:
                self.fates[p.number] = 'd'
                p, ok_to_drop = self.dodequeue(now)
            self.dropping = True
            delta = self.count - self.lastcount
            self.count = 1
            if delta > 1 and now - self.drop_next < 16 * self.s['interval']:
                self.count = delta
            self.drop_next = self.control_law(now, self.count)
            self.lastcount = self.count
        return p


class Red(Link):
    """Floyd and Jacobson 1993, 4; the gentle part by the note of 2000. Two-sided fractions, floats where it is a power."""

    def __init__(self, scenario):
        super().__init__(scenario)
        self.average, self.count, self.q_time = 0.0, 0, 0

    def pb(self, size):
        s, avg = self.s, self.average
        lo, hi, top = s['min'], s['max'], s['max_p']
        if avg < hi:
            p = top * (avg - lo) / (hi - lo)
        elif s['gentle'] and avg < 2 * hi:
            p = top + (1 - top) * (avg - hi) / hi
        else:
            return 1.0
        return p * size / 1500 if s['bytes'] else p

    def chosen(self, size):
        p = self.pb(size)
        if p >= 1 or self.count * p >= 1:
            return True
        return self.dice.draw() / 2**64 < p / (1 - self.count * p)

    def enqueue(self, p, now):
        w = self.s['w_q']
        if not self.q:
            small = (now - self.q_time) * self.s['rate'] // (8 * 512 * S)
            self.average *= (1 - w) ** small
            self.q_time = now
        length = self.queued if self.s['bytes'] else len(self.q)
        self.average += w * (length - self.average)
        if self.average < self.s['min']:
            self.count = 0
            return True
        if not self.chosen(p.size):
            self.count += 1
            return True
        self.count = 0
        mark = self.s['ecn'] and p.ect
        self.fates[p.number] = 'm' if mark else 'd'
        return mark

    def idle(self, now):
        self.q_time = now


class Pie(Link):
    """RFC 8033 4 and 5, with a timer that ticks."""

    THRESHOLD = 2**14

    def __init__(self, scenario):
        super().__init__(scenario)
        self.trace = []
        self.active = not scenario['onoff']
        self.reset(0)

    def reset(self, now):
        self.drop_prob = self.accu_prob = Fraction(0)
        self.qdelay_old = self.current_qdelay = Fraction(0)
        self.burst_allowance = self.s['max_burst']
        self.timer = now + self.s['tupdate']
        self.block = None               # ns for THRESHOLD bytes
        self.measuring, self.start, self.count = False, 0, 0
        self.sojourn = 0

    def latency(self):
        if not self.queued:
            return Fraction(0)
        if self.s['ts']:
            return Fraction(self.sojourn)
        if self.block is not None:
            return self.queued * self.block / self.THRESHOLD
        return Fraction(8 * self.queued * S, self.s['rate'])

    def calculate_drop_prob(self):
        ref = self.s['target']
        current = self.latency()
        p = (self.s['alpha'] * (current - ref) + self.s['beta'] * (current - self.qdelay_old)) / S
        for below, by in ((6, 2048), (5, 512), (4, 128), (3, 32), (2, 8), (1, 2)):
            if self.drop_prob < Fraction(1, 10**below):
                p /= by
                break
        if self.s['capdrop'] and self.drop_prob >= Fraction(1, 10) and p > Fraction(2, 100):
            p = Fraction(2, 100)
        self.drop_prob = min(max(self.drop_prob + p, Fraction(0)), Fraction(1))
        if current < ref // 2 and self.qdelay_old < ref // 2:
            self.drop_prob *= Fraction(98, 100)
        self.drop_prob = Fraction(int(self.drop_prob * 2**90), 2**90)   # lest the numbers grow without end
        self.qdelay_old = self.current_qdelay = current
        self.burst_allowance = max(0, self.burst_allowance - self.s['tupdate'])

    def ticks(self, now):
        while self.timer < now:
            if self.active:
                self.calculate_drop_prob()
                self.trace.append(self.drop_prob)
            self.timer += self.s['tupdate']

    def random(self):
        return self.dice.draw() < self.drop_prob * 2**64

    def drop_early(self):
        if self.qdelay_old < self.s['target'] // 2 and self.drop_prob < Fraction(2, 10):
            return False
        if self.queued <= 2 * 800:
            return False
        if not self.s['drand']:
            return self.random()
        if self.drop_prob == 0:
            self.accu_prob = Fraction(0)
        self.accu_prob += self.drop_prob
        if self.accu_prob < Fraction(85, 100):
            return False
        hit = self.accu_prob >= Fraction(85, 10) or self.random()
        if hit:
            self.accu_prob = Fraction(0)
        return hit

    def enqueue(self, p, now):
        self.ticks(now)
        third = len(self.q) >= self.s['limit'] // 3
        if not self.active:
            if third:
                self.reset(now)
                self.active = True
            return True
        if self.burst_allowance == 0 and self.drop_early():
            mark = self.s['ecn'] and p.ect and self.drop_prob < self.s['max_ecnth']
            self.fates[p.number] = 'm' if mark else 'd'
            return mark
        if self.drop_prob == 0 and self.current_qdelay < self.s['target'] // 2:
            self.burst_allowance = self.s['max_burst']
        if self.s['onoff'] and self.drop_prob == 0 and self.qdelay_old == 0 and not third:
            self.active = False
        return True

    def dequeue(self, now):
        self.ticks(now)
        p = self.pop()
        self.sojourn = now - p.at
        if self.measuring and self.count >= self.THRESHOLD:
            took = Fraction((now - self.start) * self.THRESHOLD, self.count)
            self.block = took if self.block is None else self.block * 3 / 4 + took / 4
            self.measuring = False
        if not self.measuring and self.queued >= self.THRESHOLD:
            self.measuring, self.start, self.count = True, now, 0
        self.count += p.size
        return p

    def idle(self, now):
        self.measuring = False


BASE = {'packets': 1600, 'stretch': 200, 'rate': 10**7}
GAPS = (1400000, 900000, 2000000, 600000)       # mean load 0.9, 1.4, 0.6, 2 of 10 Mbit/s

CODEL = [
    ('defaults', dict(target=5 * MS, interval=100 * MS, ecn=False), GAPS),
    ('short', dict(target=1 * MS, interval=10 * MS, ecn=False), GAPS),
    ('ecn', dict(target=2 * MS, interval=20 * MS, ecn=True), GAPS),
    ('flood', dict(target=5 * MS, interval=100 * MS, ecn=False), (300000,)),
    ('instant', dict(target=1, interval=1, ecn=False), GAPS),
]
RED_BASE = dict(w_q=0.02, min=5, max=15, max_p=0.1, gentle=False, bytes=False, ecn=False)
RED = [
    ('red', dict(RED_BASE), GAPS),
    ('gentle', dict(RED_BASE, gentle=True), GAPS),
    ('ecn', dict(RED_BASE, ecn=True, w_q=0.002), GAPS),
    ('bytes', dict(RED_BASE, bytes=True, min=4000, max=12000, max_p=0.3), GAPS),
    ('gentle_bytes', dict(RED_BASE, bytes=True, gentle=True, min=3000, max=9000, max_p=0.05, ecn=True), GAPS),
]
PIE_BASE = dict(target=15 * MS, tupdate=15 * MS, alpha=Fraction(1, 8), beta=Fraction(5, 4), max_burst=150 * MS,
                max_ecnth=Fraction(1, 10), ecn=False, capdrop=True, drand=True, onoff=False, ts=False, limit=0, packets=2400,
                stretch=500)
LONG = (2900000, 2600000, 4200000, 2400000)
PIE = [
    ('defaults', dict(PIE_BASE, rate=4 * 10**6), LONG),
    ('times', dict(PIE_BASE, ts=True, target=5 * MS, tupdate=5 * MS, max_burst=20 * MS), GAPS),
    ('plain', dict(PIE_BASE, ecn=True, capdrop=False, drand=False, max_burst=0, target=8 * MS, rate=4 * 10**6), LONG),
    ('sleeps', dict(PIE_BASE, onoff=True, limit=60, max_burst=30 * MS, target=5 * MS), (800000, 4000000, 1000000)),
    ('flood', dict(PIE_BASE, ecn=True, max_burst=50 * MS, beta=Fraction(7), max_ecnth=Fraction(1, 2)), (900000, 700000)),
]


def fates(kind, scenarios):
    for name, params, gaps in scenarios:
        link = kind({**BASE, 'gaps': gaps, **params})
        yield name, link.run(), getattr(link, 'trace', [])


# ---- fq: RFC 8290 4.1, 4.2 ----

class Fq:
    QUANTUM = 1514

    def __init__(self):
        self.queues = [deque() for _ in range(8)]
        self.credits = [0] * 8
        self.new, self.old = deque(), deque()

    def enqueue(self, flow, size):
        self.queues[flow].append(size)
        if flow not in self.new and flow not in self.old:
            self.new.append(flow)
            self.credits[flow] = self.QUANTUM

    def dequeue(self):
        while self.new or self.old:
            from_new = bool(self.new)
            flow = (self.new if from_new else self.old)[0]
            if self.credits[flow] <= 0:
                self.credits[flow] += self.QUANTUM
                (self.new if from_new else self.old).popleft()
                self.old.append(flow)
                continue
            if self.queues[flow]:
                size = self.queues[flow].popleft()
                self.credits[flow] -= size
                return flow
            (self.new if from_new else self.old).popleft()
            if from_new:
                self.old.append(flow)
        return None


def fq_order(steps):
    rng, fq, order = Dice(3), Fq(), ''
    for i in range(steps):
        # Two of three steps are arrivals for a while, then one of three.
        if rng.draw() % 3 < (2 if i // 100 % 2 == 0 else 1):
            x = rng.draw() % 16
            fq.enqueue(x % 8 if x < 8 else x % 2, 40 + rng.draw() % 1461)
        else:
            flow = fq.dequeue()
            order += '-' if flow is None else 'abcdefgh'[flow]
    return order


# ---- the table ----

def text(name, value):
    yield f'static const char {name}[] ='
    rows = [value[i:i + 100] for i in range(0, len(value), 100)]
    for i, row in enumerate(rows):
        yield f'\t"{row}"' + (';' if i == len(rows) - 1 else '')


def spacing():
    rng = Dice(4)
    yield 'static const struct { uint64_t interval, count, spacing; } aqm_spacing[] = {'
    counts = list(range(1, 20)) + [100, 1000, 4095, 4096, 65535, 10**6, 2**32, 2**40, 2**63, 2**64 - 1]
    cases = [(100 * MS, c) for c in counts]
    cases += [(rng.draw() >> rng.draw() % 62 | 1, rng.draw() >> rng.draw() % 64 or 1) for _ in range(60)]
    cases += [(2**62, 1), (2**62, 2), (2**62, 3), (1, 1), (1, 2), (7, 49), (7, 50)]
    for interval, count in cases:
        interval = min(interval, 2**62)
        yield f'\t{{ UINT64_C({interval}), UINT64_C({count}), UINT64_C({isqrt(interval * interval // count)}) }},'
    yield '};'


def table():
    yield '/* Made by make_aqm_table.py: what the texts say. */'
    yield '#ifndef AQM_TABLE_H'
    yield '#define AQM_TABLE_H'
    yield ''
    yield '#include <stdint.h>'
    yield ''
    yield from spacing()
    for prefix, kind, scenarios in (('codel', CoDel, CODEL), ('red', Red, RED), ('pie', Pie, PIE)):
        for name, value, trace in fates(kind, scenarios):
            yield ''
            yield from text(f'{prefix}_{name}', value)
            if trace:
                yield f'/* The probability behind each tick, in 10^-15. */'
                yield f'static const uint64_t {prefix}_{name}_prob[] = {{'
                row = [str(round(p * 10**15)) for p in trace[:120]]
                for i in range(0, len(row), 6):
                    yield '\t' + ', '.join(row[i:i + 6]) + ','
                yield '};'
    yield ''
    yield from text('fq_order', fq_order(3000))
    yield ''
    yield '#endif'


def main():
    made = '\n'.join(table()) + '\n'
    check = sys.argv[1:2] == ['--check']
    path = sys.argv[-1]
    if check:
        with open(path, encoding='utf-8') as f:
            sys.exit(0 if f.read() == made else f'{path} is not what {sys.argv[0]} makes')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(made)


if __name__ == '__main__':
    main()
