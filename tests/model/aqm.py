"""Queue management, each kind from its own paper: what comes to a queue, or leaves it, passes, is marked or dropped."""
from fractions import Fraction
from math import isqrt

from capture import Record
from dice import PURPOSE_AQM, happens

UNIT = 1 << 64          # numbers behind the point are rounded down to its parts


class Kind:
    """What all have in common: who is asked of a packet that has room, and of one whose turn has come."""

    def __init__(self, conf):
        self.conf = conf

    def look(self, member, now):
        """What waits becomes less by another hand."""

    def admits(self, _item, _member, _now):
        return True

    def pull(self, member, now):
        """(the packet that goes to the link or None, those that are dropped before it)"""
        item = member.waiting.pop(0) if member.waiting else None
        if not member.waiting:
            self.emptied(now)
        return item, []

    def emptied(self, now):
        """None waits any more."""

    def marks(self, item):
        """Marked, where it may be."""
        p = item.packet
        if not self.conf.ecn or p.view.family is None or not item.ect:
            return False
        p.record = congested(p.record, p.view)
        p.see_again()
        return True


def down(x):
    return Fraction(x.numerator * UNIT // x.denominator, UNIT)


class Red(Kind):
    """Floyd and Jacobson 1993, section 4; gentle: Floyd 2000. Over what waits, without what is served."""
    SMALL, FULL = 512, 1500

    def __init__(self, conf):
        super().__init__(conf)
        self.average, self.idle, self.count = Fraction(0), 0, 0

    def emptied(self, now):
        self.idle = now

    def in_bytes(self, member):
        return self.conf.bytes or member.conf.queue[0] in ('bytes', 'time')

    def admits(self, item, member, now):
        p = self.chance(item, member, now)
        if p is None:
            self.count = 0
            return True
        left = 1 - self.count * p
        if p < 1 and left > 0 and not happens(member.chance.dice.draw(PURPOSE_AQM), min(Fraction(1), p / left)):
            self.count += 1
            return True
        self.count = 0
        return self.marks(item)

    def chance(self, item, member, now):
        """Of this packet; None: the average is below min."""
        c = self.conf
        if not member.waiting:
            times = (now - self.idle) * member.pace() // (8 * self.SMALL * 10**9)
            self.average = down(self.average * power(1 - c.w_q, times))
            self.idle = now
        length = sum(i.size for i in member.waiting) if self.in_bytes(member) else len(member.waiting)
        self.average += down(c.w_q * (length - self.average))
        a = self.average
        if a < c.min:
            return None
        if a < c.max:
            p = Fraction(1) if c.dctcp else c.max_p * (a - c.min) / (c.max - c.min)
        elif c.dctcp or not c.gentle or a >= 2 * c.max:
            p = Fraction(1)
        else:
            p = c.max_p + (1 - c.max_p) * (a - c.max) / c.max
        return p * item.size / self.FULL if p < 1 and self.in_bytes(member) else p


def power(x, n):
    result = Fraction(1)
    while n:
        result, x, n = down(result * x) if n & 1 else result, down(x * x), n >> 1
    return result


class Codel(Kind):
    """Line by line from RFC 8289 5."""

    def __init__(self, conf):
        super().__init__(conf)
        self.first_above = self.drop_next = self.count = self.last_count = self.largest = 0
        self.dropping = False

    def law(self, t):
        """t + floor(interval / sqrt(count))"""
        return t + isqrt(self.conf.interval ** 2 // self.count)

    def admits(self, item, _member, _now):
        self.largest = max(self.largest, item.size)
        return True

    def is_late(self, item, member, now):
        """Is it time to drop this one, which has left the queue? (dodequeue)"""
        if item is None:
            self.first_above = 0
            return False
        if now - item.start < self.conf.target or sum(i.size for i in member.waiting) <= self.largest:
            self.first_above = 0
            return False
        if not self.first_above:
            self.first_above = now + self.conf.interval
            return False
        return now >= self.first_above

    def pull(self, member, now):
        gone = []

        def head():
            item = member.waiting.pop(0) if member.waiting else None
            return item, self.is_late(item, member, now)
        item, ok = head()
        if self.dropping:
            if not ok:
                self.dropping = False
            while self.dropping and now >= self.drop_next:
                self.count += 1
                if self.marks(item):
                    self.drop_next = self.law(self.drop_next)
                    return item, gone
                gone.append(item)
                item, ok = head()
                if ok:
                    self.drop_next = self.law(self.drop_next)
                else:
                    self.dropping = False
        elif ok:
            if not self.marks(item):
                gone.append(item)
                item, ok = head()
            self.dropping = True
            delta = self.count - self.last_count
            self.count = delta if delta > 1 and now - self.drop_next < 16 * self.conf.interval else 1
            self.drop_next = self.law(now)
            self.last_count = self.count
        return item, gone


class Pie(Kind):
    """RFC 8033: by a probability that a timer moves; with its sections 5.1, 5.2, 5.4 and 5.5."""
    FINE, BLOCK, SHORT = 1 << 60, 1 << 14, 1600
    SLOW = [(10**6, 2048), (10**5, 512), (10**4, 128), (10**3, 32), (100, 8), (10, 2)]

    def __init__(self, conf, begin=0):
        super().__init__(conf)
        self.prob = self.accu = Fraction(0)
        self.old, self.burst = 0, conf.max_burst
        self.next = begin + conf.tupdate
        self.block = None               # ns for BLOCK bytes
        self.since, self.gone = None, 0     # of a measurement
        self.sojourn = 0

    # 4.2 to 4.4: the timer, behind what happens at its instant.

    def look(self, member, now):
        while self.next < now:
            was = self.prob, self.old, self.burst
            self.tick(member)
            self.next += self.conf.tupdate
            if was == (self.prob, self.old, self.burst) and self.next < now:     # and so for ever
                self.next += (now - self.next + self.conf.tupdate - 1) // self.conf.tupdate * self.conf.tupdate

    def delay(self, member):
        waiting = sum(i.size for i in member.waiting)
        if not waiting:
            return 0
        if self.conf.ts:
            return self.sojourn
        if self.block is not None:
            return waiting * self.block // self.BLOCK
        return waiting * 8 * 10**9 // member.pace() if member.pace() else 0

    def tick(self, member):
        c, delay = self.conf, self.delay(member)
        p = (c.alpha * (delay - c.target) + c.beta * (delay - self.old)) / 10**9
        p /= next((by for below, by in self.SLOW if self.prob * below < 1), 1)
        p = Fraction(int(p * self.FINE), self.FINE)     # towards 0
        if c.capdrop and self.prob >= Fraction(1, 10):
            p = min(p, Fraction(2 * self.FINE // 100, self.FINE))
        self.prob += p
        calm = 2 * delay < c.target and 2 * self.old < c.target
        if calm:
            self.prob = Fraction(int(self.prob * self.FINE) * 98 // 100, self.FINE)
        self.prob = min(max(self.prob, Fraction(0)), Fraction(1))
        self.burst = max(0, self.burst - c.tupdate)
        if calm and not self.prob:
            self.burst = c.max_burst
        self.old = delay

    # 4.1, 5.4: what comes.

    def admits(self, item, member, now):
        self.look(member, now)
        if self.burst or not self.drops(member):
            return True
        self.accu = Fraction(0)
        return self.prob < self.conf.max_ecnth and self.marks(item)

    def drops(self, member):
        c = self.conf
        if 2 * self.old < c.target and self.prob < Fraction(1, 5):
            return False
        if sum(i.size for i in member.waiting) <= self.SHORT:
            return False
        if c.drand:
            self.accu = self.accu + self.prob if self.prob else Fraction(0)
            if self.accu < Fraction(85, 100):
                return False
            if self.accu >= Fraction(85, 10):
                return True
        return happens(member.chance.dice.draw(PURPOSE_AQM), self.prob)

    # 5.2: what leaves.

    def pull(self, member, now):
        self.look(member, now)
        if self.since is not None and self.gone >= self.BLOCK:
            took = (now - self.since) * self.BLOCK // self.gone
            self.block = took if self.block is None else (3 * self.block + took) // 4
            self.since = None
        item, gone = super().pull(member, now)
        if item is None:
            return item, gone
        self.sojourn = now - item.start
        if self.since is None and sum(i.size for i in member.waiting) >= self.BLOCK:
            self.since, self.gone = now, 0
        self.gone += item.size
        return item, gone

    def emptied(self, now):
        self.since = None


KINDS = {'codel': Codel, 'red': Red, 'gred': Red, 'pie': Pie}


def congested(record, v):
    data, at = bytearray(record.data), v.at
    if v.family == 4:
        old = data[at] << 8 | data[at + 1]
        data[at + 1] |= 3
        # RFC 1624 3, eqn. 3
        total = (~(data[at + 10] << 8 | data[at + 11]) & 0xFFFF) + (~old & 0xFFFF) + (data[at] << 8 | data[at + 1])
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        data[at + 10:at + 12] = (~total & 0xFFFF).to_bytes(2, 'big')
    else:
        data[at + 1] |= 0x30
    return Record(record.time, bytes(data), record.wire, record.link, record.order, record.comments, record.iface,
                  record.name)
