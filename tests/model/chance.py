"""What chance does to the packets of one flow: models of loss, copies, flipped bits, jitter, reordering.

Each kind of chance has its own dice. A draw is made only where the outcome is open to it and the definition asks for
one; an event with `corr R` uses its last draw again with probability R.
"""
import glob
import os
import re
from fractions import Fraction

from dice import (PURPOSE_BITS, PURPOSE_CHAIN, PURPOSE_CORRUPT, PURPOSE_DUPLICATE, PURPOSE_DUPLICATE_CORR,
                  PURPOSE_JITTER, PURPOSE_JITTER_CORR, PURPOSE_LOSS, PURPOSE_LOSS_CORR, PURPOSE_PROFILE,
                  PURPOSE_REORDER, PURPOSE_REORDER_CORR, happens)

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')


def distribution(name):
    """The 4096 numbers in 1/8192 that are data of the tool; distributions_test looks at what they say."""
    (path,) = glob.glob(os.path.join(ROOT, f'src/emu/emu_table_{name}.c'))
    with open(path, encoding='utf-8') as f:
        text = f.read()
    values = [int(w) for w in re.findall(r'-?\d+', text[text.index('= {'):])]
    if len(values) != 4096:
        raise ValueError(f'{path}: {len(values)} numbers')
    return values


class Chance:
    """The memory of one flow; `conf` is the object whose options say what may happen."""
    TABLES = {}

    def __init__(self, conf, dice):
        self.conf, self.dice = conf, dice
        self.old, self.state, self.position, self.candidates = {}, None, 0, 0

    def draw(self, purpose, corr_purpose, corr):
        """A draw, or the last one again."""
        if corr and happens(self.dice.draw(corr_purpose), corr) and purpose in self.old:
            return self.old[purpose]
        self.old[purpose] = self.dice.draw(purpose)
        return self.old[purpose]

    # Loss.

    def lost(self):
        loss = self.conf.loss
        if loss is None:
            return False
        if self.state is None or self.state[0] is not loss:
            self.state = [loss, 'good' if loss.kind == 'gemodel' else 1]
            self.position = 0
        return getattr(self, loss.kind)(loss)

    def random(self, loss):
        if not loss.p[0]:
            return False
        return happens(self.draw(PURPOSE_LOSS, PURPOSE_LOSS_CORR, loss.corr), loss.p[0])

    def gemodel(self, loss):
        p, r, h1, k1 = loss.p
        draw = self.dice.draw(PURPOSE_CHAIN)
        if self.state[1] == 'good':
            self.state[1] = 'bad' if happens(draw, p) else 'good'
        else:
            self.state[1] = 'good' if happens(draw, r) else 'bad'
        chance = h1 if self.state[1] == 'bad' else k1
        return chance == 1 or chance > 0 and happens(self.dice.draw(PURPOSE_LOSS), chance)

    def four(self, loss):
        p13, p31, p32, p23, p14 = loss.p
        draw = self.dice.draw(PURPOSE_CHAIN)
        ways = {1: [(p13, 3), (p13 + p14, 4)], 2: [(p23, 3)], 3: [(p31, 1), (p31 + p32, 2)], 4: [(Fraction(1), 1)]}
        for upto, then in ways[self.state[1]]:
            if happens(draw, upto):
                self.state[1] = then
                break
        return self.state[1] in (3, 4)

    def pattern(self, loss):
        at, self.position = self.position, self.position + 1
        if at >= loss.file.length and loss.once:
            return False
        return at % loss.file.length in loss.file.lost

    # Copies and bits.

    def copied(self):
        d = self.conf.duplicate
        return d is not None and d[0] > 0 and happens(self.draw(PURPOSE_DUPLICATE, PURPOSE_DUPLICATE_CORR, d[1]), d[0])

    def corrupted(self, data, begin):
        """The captured bytes, some bits of them flipped; `begin` is the first that may change."""
        c = self.conf.corrupt
        if c is None or not c[0] or not happens(self.dice.draw(PURPOSE_CORRUPT), c[0]):
            return None
        room, flipped, there = 8 * (len(data) - begin), bytearray(data), []
        for i in range(min(c[1], max(0, room))):
            bit = self.dice.draw(PURPOSE_BITS) * (room - i) >> 64     # among those that did not flip yet
            for other in sorted(there):
                bit += other <= bit
            there.append(bit)
            flipped[begin + bit // 8] ^= 0x80 >> bit % 8
        return bytes(flipped)

    # The way out.

    def late(self):
        """What jitter adds to the delay, and, where a file says whole delays, what takes its place."""
        j = self.conf.jitter
        if j is None or (j.kind != 'ecdf' and not j.scale):
            return self.conf.delay
        draw = self.draw(PURPOSE_JITTER, PURPOSE_JITTER_CORR, j.corr)
        if j.kind == 'ecdf':
            return j.file.delay(draw)
        if j.kind == 'uniform':
            x = (draw * (2 * j.scale + 1) >> 64) - j.scale
        else:
            values = j.file.values if j.kind == 'table' else self.table(j.kind)
            x = (j.scale * values[draw * len(values) >> 64] + 4096) >> 13
        return max(0, self.conf.delay + x)

    @classmethod
    def table(cls, kind):
        if kind not in cls.TABLES:
            cls.TABLES[kind] = distribution(kind)
        return cls.TABLES[kind]

    def reordered(self):
        r = self.conf.reorder
        if r is None or not r.p:
            return False
        self.candidates += 1
        if self.candidates % r.gap:
            return False
        return happens(self.draw(PURPOSE_REORDER, PURPOSE_REORDER_CORR, r.corr), r.p)

    def airtime(self):
        """(extra ns of the link's time, is it lost behind it)"""
        profile = self.conf.profile
        if profile is None:
            return 0, False
        draw = self.dice.draw(PURPOSE_PROFILE)
        return profile.extra(draw), not happens(draw, profile.level)
