"""One link, event by event: queues before it, a scheduler, the service of one packet at a time, the way out behind it.

Ideal ends of service are fractions of a nanosecond; a packet is out at the first whole one. A link without a rate
serves at once, one of rate 0 stands still, one of a trace sends what its chances hold.
"""
from fractions import Fraction
from math import ceil

import aqm
from scheds import Flow


class Item:
    """One copy of a packet on its way through: entry, end of service, exit."""
    __slots__ = ('packet', 'start', 'size', 'member', 'left', 'end', 'exit', 'ect')

    def __init__(self, packet, start, size, member):
        self.packet, self.start, self.size, self.member = packet, start, size, member
        self.ect = bool((packet.view.tos or 0) & 3)     # what it said when it came
        self.left = self.end = self.exit = None


class Member:
    """A queue: what waits in it, with what is in service. `limit` is the object whose options limit it."""

    def __init__(self, link, conf, chance, number=0, made=0):
        self.link, self.conf, self.chance = link, conf, chance
        self.waiting = []
        self.packets = self.bytes = 0
        self.flow = Flow(self, number, getattr(conf, 'weight', 1), getattr(conf, 'pri', 0))
        self.used = 0           # when it held none last
        managed = link.conf.type.aqm or conf.aqm
        self.aqm = aqm.KINDS[managed.kind](managed) if managed else None
        if managed and managed.kind == 'pie':
            self.aqm = aqm.Pie(managed, made)

    def full(self, size):
        link, queue = self.link, self.conf.queue
        if not link.limits() or link.conf.type.sorts:
            return False
        rate, bytes_then = self.pace(), self.bytes + size
        if queue[0] == 'packets':
            return self.packets >= queue[1]
        if queue[0] == 'bytes':
            return bytes_then > queue[1]
        if not rate:
            return False
        if queue[0] == 'time':
            return bytes_then > rate * queue[1] // (8 * 10**9)
        return self.packets + 1 > 50 and bytes_then > rate * (link.conf.delay + 5 * 10**6) // (8 * 10**9)

    def pace(self):
        """The rate by which limits go: in an outage the one before; 0: there is none."""
        trace = self.link.conf.trace
        if not trace:
            return self.link.conf.bw
        return 8000 * len(trace.file.times) * trace.mtu // (trace.file.times[-1] // 10**6)

    def admits(self, item, now):
        """Does queue management let it join?"""
        return not (self.aqm and self.link.limits()) or self.aqm.admits(item, self, now)

    def put(self, item):
        self.waiting.append(item)
        self.packets += 1
        self.bytes += item.size

    def out(self, item, now):
        self.packets -= 1
        self.bytes -= item.size
        self.used = max(self.used, now)


    def forgotten(self, now):
        """Was it idle for so long that who comes now makes another one?"""
        return not self.packets and now - self.used >= self.conf.expire


class Link:
    """`conf` says rate, delay and more, and is told what leaves: conf.gone(item, now), conf.spoilt(item, now)."""

    def __init__(self, conf, chance, scheduler, start=0):
        self.conf, self.chance, self.scheduler, self.origin = conf, chance, scheduler, start
        self.item = None                        # in service
        self.ideal = None                       # when it ends, exactly
        self.settled = 0                        # up to when the rate has been applied to it
        self.extra, self.spoil = Fraction(0), False
        self.credit, self.last_end = None, None
        self.last_exit = self.used = 0
        self.chances = None                     # number of the next chance of a trace
        self.flows, self.made = [], 0

    @property
    def rate(self):
        return self.conf.rate

    def limits(self):
        return self.rate is not None or self.conf.trace or self.conf.profile or self.conf.paused

    def add(self, conf, chance, now):
        member = Member(self, conf, chance, self.made, now)
        self.made += 1
        member.flow.configured = conf.lmax or 0
        self.flows.append(member.flow)
        return member

    def remove(self, member):
        self.flows.remove(member.flow)
        self.scheduler.forget(member.flow)

    def forgotten(self, now):
        """The same of a link: all its members are, and it, so long after the last of them."""
        of_queues = [m.used + m.conf.expire for f in self.flows if (m := f.member).conf is not self.conf]
        return self.item is None and now - max([self.used, *of_queues]) >= self.conf.expire and \
            not any(f.member.packets for f in self.flows)

    def put(self, item, now):
        item.member.put(item)
        self.scheduler.arrived(item.member.flow)
        if self.conf.type.sorts:
            self.keep_limit(now)
        if self.item is None:
            self.begin(now)
        self.run(now)

    def keep_limit(self, now):
        """Of all that waits, where queues in front have none: the older half of what holds most bytes goes."""
        while sum(len(f.member.waiting) for f in self.flows) > self.conf.type.limit:
            fattest = max(self.flows, key=lambda f: (sum(i.size for i in f.member.waiting), -f.number)).member
            fattest.aqm.look(fattest, now)
            for item in fattest.waiting[:min(64, -(-len(fattest.waiting) // 2))]:
                fattest.waiting.pop(0)
                fattest.out(item, now)
                self.conf.managed(item, now, 'queue-full')

    # Service.

    def begin(self, now):
        """A busy period begins, with what an idle link may have saved."""
        self.ideal = Fraction(now)
        full = 8 * self.conf.burst
        if self.rate is None:
            pass        # service that takes no time neither needs credit nor begins to save it
        elif self.last_end is None or self.credit is None:
            self.credit = Fraction(full)
        else:
            idle = 0 if self.conf.paused else now - self.last_end
            self.credit = min(Fraction(full), self.credit + Fraction((self.rate or 0) * idle, 10**9))
        if self.conf.trace:
            self.chances = self.conf.trace.file.first_after(now - self.origin)
            self.load(now)
        else:
            self.next_packet()

    def next_packet(self):
        """The scheduler says who goes; its service begins where the last one ended."""
        self.item = item = self.pull(ceil(self.ideal))
        if item is None:
            return
        bits = 8 * item.size
        if self.rate is None:
            bits = 0
        saved = min(self.credit, bits) if bits else 0
        if saved:
            self.credit -= saved
        item.left = Fraction(bits) - saved
        self.extra, self.spoil = self.chance.airtime()
        self.settled = self.ideal
        self.plan()

    def pull(self, now):
        """The next packet that queue management lets pass, or None."""
        while (flow := self.scheduler.next()) is not None:
            member, gone = flow.member, []
            if member.aqm:
                item, gone = member.aqm.pull(member, now)
            else:
                item = member.waiting.pop(0)
            # That is when a scheduler counts it as served.
            self.scheduler.served(flow, item.size if item else 0, len(gone) + (item is not None))
            for lost in gone:
                member.out(lost, now)
                self.conf.managed(lost, now)
            if item is not None:
                return item
        return None

    def plan(self):
        """When the packet in service ends, as things are."""
        if self.rate is None:
            self.item.left = Fraction(0)
        if self.conf.paused or self.rate == 0:
            self.ideal = None
        else:
            self.ideal = self.settled + (self.item.left * 10**9 / self.rate if self.item.left else 0) + self.extra

    def settle(self, now):
        """Before a change: what was given until now."""
        if self.item is None and self.last_end is not None:
            self.save(0 if self.conf.paused else (self.rate or 0) * (now - self.last_end), now - self.last_end)
        if self.item is None or self.conf.trace or self.conf.paused:
            return
        took = Fraction(now) - self.settled
        if took > 0 and self.item.left and self.rate:
            sent = min(self.item.left, took * self.rate / 10**9)
            self.item.left -= sent
            took -= sent * 10**9 / self.rate
        if took > 0 and not self.item.left:
            self.extra = max(0, self.extra - took)
        self.settled = max(self.settled, Fraction(now))

    def save(self, work, time):
        """What it might have done since it was idle, up to so much later."""
        if self.item is None and self.last_end is not None:
            self.credit += Fraction(work, 10**9)
            self.last_end += time

    def changed(self, now):
        """After a change."""
        if self.item is not None and not self.conf.trace:
            self.settled = max(self.settled, Fraction(now))
            self.plan()
            self.run(now)

    def next_event(self):
        """When something happens here by itself, or None."""
        if self.conf.trace:
            return self.next_chance()
        return ceil(self.ideal) if self.item is not None and self.ideal is not None else None

    def run(self, now):
        """What happens by now."""
        while True:
            at = self.next_event()
            if at is None or at > now:
                return
            if self.conf.trace:
                self.take_chance(at)
            else:
                self.end(at)

    def end(self, now):
        self.leave(self.item, now, self.spoil)
        self.next_packet()
        if self.item is None and self.rate is not None:
            self.last_end = now

    def stranded(self, now=None):
        """What is inside when nothing will happen any more, in its order; now: the link is idle from then on."""
        if self.item and now is not None:
            self.last_end = now
        items = [self.item] if self.item else []
        while (flow := self.scheduler.next()) is not None:
            items.append(flow.member.waiting.pop(0))
            self.scheduler.served(flow, items[-1].size, 1)
        self.item = None
        return items

    # Chances of a trace.

    def load(self, now):
        """A packet begins; its first bytes may go at this very chance."""
        self.item = self.pull(now)
        if self.item:
            self.item.left = self.item.size

    def whole(self):
        """So many chances go to this packet alone, before the one that completes it."""
        return max(0, -(-self.item.left // self.conf.trace.mtu) - 1)

    def next_chance(self):
        """The one that completes the packet; those before it are no event."""
        trace = self.conf.trace
        if self.item is None or trace.once and self.chances + self.whole() >= len(trace.file.times):
            return None
        return self.origin + trace.file.at(self.chances + self.whole())

    def take_chance(self, now):
        """Whom it completes is out, and the next one begins with what is left; with nothing there that is lost."""
        room, whole = self.conf.trace.mtu, self.whole()
        self.chances += whole
        self.item.left -= whole * room
        while room and self.item:
            sent = min(room, self.item.left)
            room -= sent
            self.item.left -= sent
            if not self.item.left:
                item = self.item
                self.leave(item, now, False)
                self.load(now)
        self.chances += 1

    # The way out.

    def leave(self, item, now, spoilt):
        item.end = now
        item.member.out(item, now)
        if spoilt or self.conf.loss is not None and self.conf.loss.after and self.chance.lost():
            return self.conf.spoilt(item, now)
        if self.chance.reordered():
            by = self.conf.reorder.by
            item.exit = now + (self.chance.late() + by if by else self.conf.delay)
        else:
            item.exit = now + self.chance.late()
            if not (self.conf.jitter and self.conf.jitter.reorder):
                item.exit = self.last_exit = max(self.last_exit, item.exit)
        return self.conf.gone(item, now)
