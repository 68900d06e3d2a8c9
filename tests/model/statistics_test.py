#!/usr/bin/env python3
"""What chance does, seen from outside: 10^5 packets through `narrows pcap`, their delays and gaps against closed forms.
Kolmogorov-Smirnov for distributions, chi-square for runs, three deviations for rates. All seeds are fixed. TAP.

    statistics_test.py NARROWS
"""
import bisect
import math
import os
import statistics
import struct
import subprocess
import sys
import tempfile

from tap import Tap

FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'files')
LINKS = os.path.join(os.path.dirname(FILES), '../../share/narrows/links')
COUNT = 100000
MS, SECOND = 10**6, 10**9
BEGIN = 1000            # s since 1970 of the first packet
RECORD = struct.Struct('<IIII')
HEAD = struct.pack('<IHHiIII', 0xA1B23C4D, 2, 4, 0, 0, 65535, 101)
RULE = 'add pipe 1 ip from any to any'
tap = Tap()


class Bench:
    """Captures of packets of `size` bytes, numbered in their last four; what comes out as (number, ns) in its order."""

    def __init__(self, tool, folder):
        self.tool, self.folder, self.made = tool, folder, {}

    def input(self, gap, size):
        if (gap, size) not in self.made:
            path = os.path.join(self.folder, f'in-{gap}-{size}.pcap')
            head = struct.pack('>BBHHHBBHII', 0x45, 0, size, 0, 0, 64, 17, 0, 0x0A000001, 0xC0000201)
            with open(path, 'wb') as f:
                f.write(HEAD)
                for i in range(COUNT):
                    at = i * gap
                    f.write(RECORD.pack(BEGIN + at // SECOND, at % SECOND, size, size) + head +
                            struct.pack('>I', i).rjust(size - 20, b'\0'))
            self.made[gap, size] = path
        return self.made[gap, size]

    def run(self, lines, gap=SECOND, size=24, seed=1):
        """[(number, ns since the first packet came, bytes)]"""
        out = os.path.join(self.folder, 'out.pcap')
        args = [a for line in [*lines, RULE] for a in ('-e', line)]
        subprocess.run([self.tool, 'pcap', '-q', '--seed', str(seed), '-w', out, *args, self.input(gap, size)], check=True,
                       stdout=subprocess.DEVNULL, cwd=FILES)
        with open(out, 'rb') as f:
            data = f.read()[24:]
        step = struct.Struct(f'<IIII{size}s')
        return [(int.from_bytes(body[-4:], 'big'), (s - BEGIN) * SECOND + ns, body)
                for s, ns, _, _, body in step.iter_unpack(data)]


# Statistics.

def ks(values, cdf):
    """The greatest distance between the steps of the sample and a distribution; `cdf(x)` gives (F(x-), F(x))."""
    values, n, worst, i = sorted(values), len(values), 0, 0
    while i < n:
        j = bisect.bisect_right(values, values[i], i)
        below, upto = cdf(values[i])
        worst = max(worst, abs(upto - j / n), abs(below - i / n))
        i = j
    return worst


def smooth(f):
    """A distribution without steps, of which a sample shows whole ns."""
    return lambda x: (f(x - 0.5), f(x + 0.5))


def chi_square(seen, expected):
    """The sum, and its bound at 0.999 by Wilson and Hilferty; cells that expect less than 10 are put together."""
    cells, rest = [], [0, 0]
    for s, e in zip(seen, expected):
        if e >= 10:
            cells.append((s, e))
        else:
            rest = [rest[0] + s, rest[1] + e]
    if rest[1] >= 1:
        cells.append(tuple(rest))
    k = max(1, len(cells) - 1)
    bound = k * (1 - 2 / (9 * k) + 3.0902 * math.sqrt(2 / (9 * k))) ** 3
    return sum((s - e) ** 2 / e for s, e in cells), bound


def runs(flags):
    """Lengths of the runs of ones."""
    lengths, now = [], 0
    for f in [*flags, 0]:
        if f:
            now += 1
        elif now:
            lengths.append(now)
            now = 0
    return lengths


def geometric(out):
    """P(length = k) of a stay that ends with probability `out`."""
    return lambda k: out * (1 - out) ** (k - 1)


def test_runs(name, lengths, p):
    most = max(lengths)
    seen = [lengths.count(k) for k in range(1, most + 1)]
    expected = [len(lengths) * p(k) for k in range(1, most + 1)]
    expected[-1] += len(lengths) - sum(expected)
    got, bound = chi_square(seen, expected)
    tap.ok(got < bound, f'{name}: chi-square {got:.1f} < {bound:.1f} over {len(lengths)} runs')


def within(name, got, expected, deviation):
    tap.ok(abs(got - expected) <= 3 * deviation, f'{name}: {got} is {expected:.1f} within 3 x {deviation:.1f}')


def two_percent(name, got, expected):
    tap.ok(abs(got - expected) <= 0.02 * abs(expected), f'{name}: {got:.0f} is {expected:.0f} within 2 %')


# Distributions.

NORMAL = statistics.NormalDist()
PARETO_SD = math.sqrt(0.75)     # of shape 3 from 1 on: mean 3/2, variance 3/4


def pareto_at(u):
    return ((1 - u) ** (-1 / 3) - 1.5) / PARETO_SD


def mixed_sd():
    """Of n(u) / 4 + 3 p(u) / 4 at one u: 1/16 + 9/16 + 2 · 3/16 of the mean of n(u) p(u)."""
    steps = 200000
    product = statistics.fmean(NORMAL.inv_cdf(u) * pareto_at(u) for u in ((i + 0.5) / steps for i in range(steps)))
    return math.sqrt(1 / 16 + 9 / 16 + 6 / 16 * product)


def inverse_cdf(quantile):
    """F from its inverse, by halving."""
    def cdf(x):
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if middle < 1 and quantile(middle) <= x else (low, middle)
        return low
    return cdf


def distributions():
    """{DIST: (F of x / T, deviation of x / T)}"""
    mix = mixed_sd()

    def mixed(u):
        return (NORMAL.inv_cdf(u) / 4 + 0.75 * pareto_at(u)) / mix if 0 < u < 1 else -9.0
    return {
        'uniform': (lambda x: min(1, max(0, (x + 1) / 2)), 1 / math.sqrt(3)),
        'normal': (NORMAL.cdf, 1),
        'pareto': (lambda x: max(0, 1 - max(1, 1.5 + x * PARETO_SD) ** -3), 1),
        'paretonormal': (inverse_cdf(mixed), 1),
    }


def jitter_laws(bench):
    delay, scale = 900 * MS, 10 * MS    # so far apart that no packet meets another, and none would be early
    table = distributions()
    for name, (cdf, deviation) in table.items():
        line = f'pipe 1 config delay 900ms jitter 10ms {name}'
        xs = [t - i * SECOND - delay for i, t, _ in bench.run([line])]
        law = smooth(lambda x, cdf=cdf: cdf(x / scale))
        distance = ks(xs, law)
        tap.ok(len(xs) == COUNT and distance < 0.01, f'jitter {name}: distance {distance:.4f} < 0.01')
        two_percent(f'jitter {name}: deviation', statistics.pstdev(xs), scale * deviation)
        two_percent(f'jitter {name}: mean', statistics.fmean(xs) + delay, delay)
        tap.ok(abs(statistics.fmean(xs)) < 0.02 * scale, f'jitter {name}: mean of x is 0')
        # With load: each packet waits for service, then draws; 24 bytes at 192 Kbit/s take 1 ms, as the gap is.
        busy = bench.run([f'pipe 1 config bw 192Kbit/s delay 900ms jitter 10ms {name} reorder'], MS)
        distance = ks([t - (i + 1) * MS - delay for i, t, _ in busy], law)
        tap.ok(distance < 0.01, f'jitter {name}, a busy link, may reorder: distance {distance:.4f} < 0.01')
        order = [i for i, _, _ in busy]
        tap.ok(order != sorted(order), f'jitter {name}, a busy link: asked to, it reorders')
        for gap, load in ((MS, 'bw 192Kbit/s'), (MS, ''), (MS // 4, 'bw 192Kbit/s queue 100')):
            kept = bench.run([f'pipe 1 config {load} delay 20ms jitter 10ms {name}'], gap)
            order = [i for i, _, _ in kept]
            early = sum(t < i * gap for i, t, _ in kept)
            tap.ok(order == sorted(order) and not early, f'jitter {name}, gap {gap} {load}: in order, none early')
    for name, (cdf, _) in [('normal', table['normal'])]:
        xs = [t - i * SECOND - delay for i, t, _ in bench.run([f'pipe 1 config delay 900ms jitter 10ms {name} corr 0.7'])]
        two_percent('correlated jitter: the deviation stays', statistics.pstdev(xs), scale)
        for lag, r in ((1, 0.7), (2, 0.49), (5, 0.168)):
            both = statistics.fmean(a * b for a, b in zip(xs, xs[lag:])) / statistics.pvariance(xs)
            tap.ok(abs(both - r) < 0.02, f'correlated jitter: {both:.3f} at lag {lag} is {r}')


def table_laws(bench):
    values = sorted([-8192, 0, 8192, 32767, -32768])
    xs = [t - i * SECOND - 900 * MS for i, t, _ in bench.run(['pipe 1 config delay 900ms jitter 1ms table some.dist'])]
    steps = [(v * MS + 4096) >> 13 for v in values]
    distance = ks(xs, lambda x: (sum(s < x for s in steps) / 5, sum(s <= x for s in steps) / 5))
    tap.ok(distance < 0.01 and set(xs) == set(steps), f'a table: distance {distance:.4f} < 0.01')
    points = [(10 * MS, 0), (20 * MS, 0.5), (40 * MS, 0.5), (50 * MS, 1)]
    xs = [t - i * SECOND for i, t, _ in bench.run(['pipe 1 config delay 5ms jitter ecdf delays.ecdf'])]
    distance = ks(xs, smooth(curve(points)))
    tap.ok(distance < 0.01, f'an ecdf: distance {distance:.4f} < 0.01')


def curve(points):
    """F from (value, probability) points, straight between them."""
    def cdf(x):
        if x <= points[0][0]:
            return points[0][1] if x == points[0][0] else 0
        for (v, p), (w, q) in zip(points, points[1:]):
            if x <= w:
                return p + (q - p) * (x - v) / (w - v) if w > v else q
        return 1
    return cdf


def profile_laws(bench):
    """Every profile file here: the time of service less that of the bits follows the curve, up to the loss level."""
    for path in sorted(os.path.join(d, n) for d in (FILES, LINKS) for n in os.listdir(d) if n.endswith('.profile')):
        name = os.path.basename(path)
        level, points, order = 1.0, [], 1
        with open(path, encoding='utf-8') as f:
            for words in (line.split('#')[0].split() for line in f):
                if words[:1] == ['loss-level']:
                    level = float(words[1])
                elif words[:1] in (['delay'], ['prob']):
                    order = 1 if words[0] == 'delay' else -1
                elif words and words[0][0].isdigit():
                    delay, prob = (float(w) for w in words[::order])
                    points.append((delay * MS, prob))
        out = bench.run([f'pipe 1 config profile {path} bw 192Mbit/s'])
        xs = [t - i * SECOND - 1000 for i, t, _ in out]
        whole = curve(sorted(points))
        distance = ks(xs, smooth(lambda x, f=whole, l=level: min(1, f(x) / l)))
        tap.ok(distance < 0.006, f'profile {name}: distance {distance:.4f} < 0.006')
        within(f'profile {name}: lost', COUNT - len(xs), COUNT * (1 - level), math.sqrt(COUNT * level * (1 - level)))


# Chains.

def lost_of(out):
    there = {i for i, _, _ in out}
    return [int(i not in there) for i in range(COUNT)]


def correlated(p, q, spread, decay):
    """Deviation of a sum of COUNT indicators of mean p, covariance at lag k spread * decay^k."""
    return math.sqrt(COUNT * (p * q + 2 * spread * decay / (1 - decay)))


def loss_laws(bench):
    for seed, p in ((1, 0.01), (2, 0.2), (3, 0.5)):
        lost = lost_of(bench.run([f'pipe 1 config loss random {p}'], seed=seed))
        within(f'loss random {p}', sum(lost), COUNT * p, math.sqrt(COUNT * p * (1 - p)))
        test_runs(f'loss random {p}: runs', runs(lost), geometric(1 - p))
    p, r = 0.1, 0.6
    lost = lost_of(bench.run([f'pipe 1 config loss random {p} corr {r}']))
    within('loss random 0.1 corr 0.6', sum(lost), COUNT * p, correlated(p, 1 - p, p * (1 - p), r))
    # A run ends when a new draw is made, and it is no loss.
    test_runs('loss random 0.1 corr 0.6: runs', runs(lost), geometric((1 - r) * (1 - p)))
    for p, r, bad, good in ((0.02, 0.25, 1, 0), (0.05, 0.3, 0.7, 0.01), (0.3, 0.7, 1, 0)):
        lost = lost_of(bench.run([f'pipe 1 config loss gemodel {p} {r} {bad} {good}']))
        stay, decay = p / (p + r), 1 - p - r
        mean = stay * bad + (1 - stay) * good
        within(f'loss gemodel {p} {r} {bad} {good}', sum(lost), COUNT * mean,
               correlated(mean, 1 - mean, stay * (1 - stay) * (bad - good) ** 2, decay))
        if (bad, good) == (1, 0):
            test_runs(f'loss gemodel {p} {r}: stays in bad', runs(lost), geometric(r))
            test_runs(f'loss gemodel {p} {r}: stays in good', runs(1 - x for x in lost), geometric(p))


def four_laws(bench):
    for p13, p31, p32, p23, p14 in ((0.02, 0.3, 0.2, 0.4, 0.01), (0.05, 0.5, 0, 1, 0), (0.01, 0.2, 0.3, 0.1, 0.03)):
        lost = lost_of(bench.run([f'pipe 1 config loss state {p13} {p31} {p32} {p23} {p14}']))
        one = 1 / (1 + p14 + p13 / p31 * (1 + p32 / p23))
        mean = one * (p13 / p31 + p14)
        lengths = runs(lost)
        # Bursts begin anew each time the chain is in 1 behind one: their lengths are independent, so the deviation is
        # that of their sum. A run of losses began by way of 3, or is the single loss of 4.
        three = one * p13 / p31 * (p31 + p32)
        single = one * p14 / (one * p14 + three)
        out = p31 + p32
        test_runs(f'loss state {p13} {p31} {p32} {p23} {p14}: runs', lengths,
                  lambda k, s=single, o=out: (1 - s) * o * (1 - o) ** (k - 1) + (s if k == 1 else 0))
        blocks = [sum(lost[i:i + 1000]) for i in range(0, COUNT, 1000)]     # longer than any memory of the chain
        within(f'loss state {p13} {p31} {p32} {p23} {p14}', sum(lost), COUNT * mean, statistics.stdev(blocks) * 10)


def other_laws(bench):
    out = bench.run(['pipe 1 config duplicate 0.1'])
    within('duplicate 0.1', len(out) - COUNT, COUNT * 0.1, math.sqrt(COUNT * 0.09))
    size = 44
    sound = bench.run(['pipe 1 config'], size=size)
    broken = bench.run(['pipe 1 config corrupt 0.3 bits 2'], size=size)
    flips = [int.from_bytes(a[2], 'big') ^ int.from_bytes(b[2], 'big') for a, b in zip(sound, broken)]
    within('corrupt 0.3', sum(f != 0 for f in flips), COUNT * 0.3, math.sqrt(COUNT * 0.21))
    tap.ok({bin(f).count('1') for f in flips} == {0, 2}, 'corrupt bits 2: no bit twice')
    bits = 8 * (size - 20)
    seen = [sum(f >> i & 1 for f in flips) for i in range(8 * size)]
    hit = sum(seen)
    got, bound = chi_square(seen[:bits], [hit / bits] * bits)
    tap.ok(got < bound and not any(seen[bits:]), f'corrupt: every bit behind the IP header alike, chi-square {got:.0f} < '
           f'{bound:.0f}')
    out = bench.run(['pipe 1 config delay 20ms reorder 0.1 by 5ms'], MS)
    late = sum(t - i * MS == 25 * MS for i, t, _ in out)
    within('reorder 0.1', late, COUNT * 0.1, math.sqrt(COUNT * 0.09))


def main():
    tool = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get('NARROWS', 'narrows'))
    with tempfile.TemporaryDirectory(prefix='narrows-statistics-') as folder:
        bench = Bench(tool, folder)
        for laws in (jitter_laws, table_laws, profile_laws, loss_laws, four_laws, other_laws):
            laws(bench)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
