"""Files that options name: traces, profiles, schedules, tables, ecdfs, patterns; read as the definitions say."""
from fractions import Fraction

from units import Refused, number_unit, parse_probability, parse_queue, parse_rate, parse_time


def lines_of(path):
    """The words of each line that says something."""
    with open(path, encoding='utf-8') as f:
        for line in f.read().splitlines():
            words = line.split('#')[0].split()
            if words:
                yield words


class Trace:
    """Chances to send, ns since the start; the last is the length of a round."""

    def __init__(self, path):
        self.times = [int(w) * 10**6 for words in lines_of(path) for w in words]
        if not self.times or sorted(self.times) != self.times or not self.times[-1]:
            raise Refused(f'{path}: no trace')
        self.round = self.times[-1]

    def at(self, n):
        """When the n-th chance comes."""
        rounds, i = divmod(n, len(self.times))
        return rounds * self.round + self.times[i]

    def first_after(self, t):
        """The number of the first chance later than t."""
        n = max(0, t // self.round - 1) * len(self.times)
        while self.at(n) <= t:
            n += 1
        return n


class Profile:
    """Extra airtime as a curve: (probability, ns) rising."""

    def __init__(self, path):
        self.bw, self.level, self.points, order = None, Fraction(1), [], None
        for words in lines_of(path):
            if words[0] == 'name':
                continue
            if words[0] == 'bw':
                self.bw = parse_rate(words[1])
            elif words[0] == 'loss-level':
                self.level = parse_probability(words[1])
            elif words[0] == 'samples':
                pass
            elif words == ['delay', 'prob'] or words == ['prob', 'delay']:
                order = words[0]
            else:
                delay, prob = words if order == 'delay' else reversed(words)
                self.points.append((Fraction(prob), parse_time(delay)))
        self.points.sort()

    def extra(self, draw):
        return inverse(self.points, Fraction(draw, 2**64))


def inverse(points, p):
    """The value at which a curve of (probability, value) reaches p, rounded down."""
    if p <= points[0][0]:
        return points[0][1]
    for (p0, v0), (p1, v1) in zip(points, points[1:]):
        if p0 < p <= p1:
            return v0 + int((p - p0) * (v1 - v0) / (p1 - p0))
    return points[-1][1]


class Ecdf:
    def __init__(self, path):
        self.points = [(parse_probability(prob), parse_time(value)) for value, prob in lines_of(path)]

    def delay(self, draw):
        return inverse(self.points, Fraction(draw, 2**64))


class Table:
    """Numbers in 1/8192 of the scale."""

    def __init__(self, path):
        self.values = [int(w) for words in lines_of(path) for w in words]


class Pattern:
    """Which packets are lost: a set of positions in a round."""

    def __init__(self, path):
        words = [w for line in lines_of(path) for w in line]
        if words[0] == 'packets':
            numbers = [int(w) for w in words[1:]]
            self.lost, self.length = {n - 1 for n in numbers}, numbers[-1]
        else:
            bits = ''.join(words)
            self.lost, self.length = {i for i, b in enumerate(bits) if b == '1'}, len(bits)


KEYS = {'bw': parse_rate, 'delay': parse_time, 'loss': parse_probability, 'queue': parse_queue, 'jitter': parse_time}


def between(a, b, part, whole):
    if isinstance(a, tuple):
        return a[0], between(a[1], b[1], part, whole)
    if isinstance(a, Fraction):
        return a + (b - a) * part / whole
    return a + (b - a) * part // whole if b >= a else a - (a - b) * part // whole


class Schedule:
    """(time, {option: value}, is a ramp to the next) in order; the length of a round, or None."""

    def __init__(self, path):
        self.steps, self.loop, self.once = [], None, False
        lines = list(lines_of(path))
        if lines[0][0].startswith('t_ms,'):
            names = lines[0][0].split(',')[1:]
            for (line,) in lines[1:]:
                cells = line.split(',')
                values = {n: KEYS[n](c) for n, c in zip(names, cells[1:]) if c}
                self.steps.append((parse_time(cells[0]), values, False))
            self.steps = self.ramps()
            return
        for words in lines:
            if words[0] == 'loop':
                self.loop = parse_time(words[1])
                continue
            pairs = [w.split('=', 1) for w in words[1:] if w != 'ramp']
            self.steps.append((parse_time(words[0]), {k: KEYS[k](v) for k, v in pairs}, 'ramp' in words))
        self.steps = self.ramps()

    def ramps(self):
        """A ramp goes in steps of a millisecond from its line on; what a step adds is rounded towards its beginning."""
        steps = []
        for i, (begin, values, ramp) in enumerate(self.steps):
            steps.append((begin, values))
            if not ramp or i + 1 == len(self.steps):
                continue
            end, upto, _ = self.steps[i + 1]
            for now in range(begin + 10**6, end, 10**6):
                steps.append((now, {k: between(values[k], upto[k], now - begin, end - begin)
                                    for k in values if k in upto}))
        return steps

    def at(self, n):
        """When the n-th step is, or None."""
        rounds, i = divmod(n, len(self.steps))
        if rounds and (self.once or self.loop is None):
            return None
        return rounds * (self.loop or 0) + self.steps[i][0]

    def values(self, n):
        return self.steps[n % len(self.steps)][1]

    def work(self, rate):
        """Bits times 10^9 of a round, once it has been through all steps; where none says a rate, by this one."""
        rates = [(at, v['bw']) for at, v in self.steps if 'bw' in v]
        if not rates:
            return (rate or 0) * self.loop
        ends = [at for at, _ in rates[1:]] + [rates[0][0] + self.loop]
        return sum(r * (end - at) for (at, r), end in zip(rates, ends))
