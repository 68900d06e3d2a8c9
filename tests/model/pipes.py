"""Pipes, queues and schedulers: what a script says of each, its counters, its flows; their links are in link.py.

An object is told of packets by enter() and of time by run(); it tells its world what becomes of them.
"""
from capture import Record
from chance import Chance
from dice import KIND_PIPE, KIND_QUEUE, KIND_SCHED, PURPOSE_SORT, Dice, dice_draw, dice_key
from flows import flow_bytes, flow_hash, fnv1a, joined, sort_bytes
from link import Item, Link
from options import Jitter, Loss, TypeOf, parse
from scheds import Fifo, make
from siphash import siphash

COMMON = dict(delay=0, loss=None, queue=('packets', 50), overhead=(None, 0), burst=0, mask=None, duplicate=None,
              corrupt=None, jitter=None, reorder=None, trace=None, schedule=None, profile=None, paused=False, cut=False,
              seed=None, expire=60 * 10**9, flows=65536, type=TypeOf('wf2q+'), weight=1, pri=0, lmax=None, pipe=None,
              sched=None, bw=0, down=False, aqm=None)


class Object:
    """What pipes, schedulers and queues have in common."""
    KIND, NAME = KIND_PIPE, 'pipe'

    def __init__(self, world, number):
        self.world, self.number = world, number
        vars(self).update(COMMON)
        self.dice = {}          # by flow: they outlive it
        self.packets = self.bytes = self.out_packets = self.out_bytes = 0
        self.max_packets = self.max_bytes = 0
        self.drops, self.waits = {}, []
        self.said = dict(COMMON)
        self.stepped = 0        # steps of the schedule that were made
        self.members = {}       # (flow, place): queue with its chance
        self.held_packets = self.held_bytes = 0

    def config(self, words, now, replace):
        values = parse(words)
        if replace:
            values = dict({k: v for k, v in COMMON.items() if k not in ('pipe', 'sched')}, **values)
        self.said.update(values)        # what a schedule says is in force, and not configured
        if values.get('schedule'):
            self.stepped, self.down = 0, False
        if 'bw' in values:
            self.down = False
        cut = now is not None and values.get('cut') and not self.cut
        self.change(values, now)
        if cut:
            self.cut_off(now)

    def cut_off(self, now):
        """What is inside goes, too: what waits and what is on its way out."""

    def change(self, values, now):
        """Options become others while packets are inside."""
        for link in self.links():
            link.settle(now)
        vars(self).update(values)
        for link in self.links():
            link.changed(now)

    def next_step(self):
        """When the schedule says something next, or None."""
        at = self.schedule and self.schedule.at(self.stepped)
        return None if at is None else self.world.first + at

    def hurry(self, until):
        """Whole rounds in which nothing happens are passed over, but for what idle links save."""
        if not (self.schedule and self.schedule.loop and not self.schedule.once and until > self.world.first):
            return
        steps = len(self.schedule.steps)
        rounds = (until - self.world.first) // self.schedule.loop - 1 - self.stepped // steps
        if self.stepped > 2 * steps and rounds > 0:
            for link in self.links():
                link.settle(self.next_step())
                link.save(rounds * self.schedule.work(self.bw), rounds * self.schedule.loop)
            self.stepped += rounds * steps

    def step(self):
        now, values = self.next_step(), dict(self.schedule.values(self.stepped))
        self.stepped += 1
        if 'bw' in values:
            values['down'] = values['bw'] == 0
            if values['down']:
                del values['bw']
        if 'loss' in values:
            values['loss'] = Loss('random', [values['loss']])
        if 'jitter' in values:
            old = self.jitter
            values['jitter'] = Jitter(old.kind if old else 'uniform', values['jitter'], old and old.file,
                                      old.corr if old else 0, old and old.reorder)
        self.change(values, now)

    def links(self):
        return []

    def places(self):
        """Where its drops count."""
        return [self]

    @property
    def rate(self):
        """bit/s; None: no limit."""
        return 0 if self.down else self.bw or None

    def size(self, view):
        """What is counted and served of a packet."""
        kind, n = self.overhead
        if kind == 'ethernet':
            return max(view.length + (0 if view.layer2 else 14), 60) + 24
        if kind == 'atm':
            return -(-(view.length + n) // 48) * 53
        return view.length + n

    def chance(self, key, bucket=None):
        flow = flow_hash(key) if bucket is None else fnv1a(key or bytes(18)) ^ bucket
        if flow not in self.dice:
            self.dice[flow] = Dice(self.world.seed if self.seed is None else self.seed, self.KIND, self.number, flow)
        return Chance(self, self.dice[flow])

    def entrance(self, p, now, chance, size):
        """Loss, copies, flipped bits: the packets that go on to the queue."""
        self.packets += 1
        self.bytes += size
        if any(place.cut for place in self.places()):
            return self.drop(p, 'cut', now)
        if self.loss is not None and not self.loss.after and chance.lost():
            return self.drop(p, 'loss', now)
        ways = [p, p.copy()] if chance.copied() else [p]
        for way in ways:
            self.corrupt_bits(way, chance)
        return ways

    def corrupt_bits(self, p, chance):
        if self.corrupt is None:
            return
        v, record = p.view, p.record
        begin, end = (v.at, v.at + v.ip_length) if v.family else (0, None)      # a frame that is not IP: all of it
        if not self.corrupt[2] and v.family:
            begin += 40 if v.family == 6 else (v.data[v.at] & 15) * 4
        data = chance.corrupted(record.data[:end], begin)
        if data is not None:
            data += record.data[len(data):]
            p.record = Record(record.time, data, record.wire, record.link, record.order, record.comments, record.iface,
                              record.name)
            p.see_again()

    def drop(self, p, reason, now):
        for place in self.places():
            place.drops[reason] = place.drops.get(reason, 0) + 1
        self.world.drop(p, reason, self, now)
        return []

    def took(self, item):
        """A packet is in; what the object holds at its peak."""
        self.held_packets += 1
        self.held_bytes += item.size

    def peak(self):
        """When a packet and its copies are in."""
        self.max_packets = max(self.max_packets, self.held_packets)
        self.max_bytes = max(self.max_bytes, self.held_bytes)

    def let_go(self, item, now, served=True):
        self.held_packets -= 1
        self.held_bytes -= item.size
        if served:
            self.waits.append(now - item.start)


class Pipe(Object):
    """A link with a queue before it, or one for each masked flow; with a scheduler between where queues feed it."""

    def __init__(self, world, number):
        super().__init__(world, number)
        self.stations = {}

    def links(self):
        return list(self.stations.values())

    def fed(self):
        return any(q.feeds() is self for q in self.world.queues.values())

    def link(self, view, now):
        """The link of this packet's flow."""
        key = flow_bytes(self.mask, view)
        if key and key in self.stations and self.stations[key].forgotten(now):
            link = self.stations.pop(key)
            for o in (self, *self.world.queues.values()):
                o.members = {k: m for k, m in o.members.items() if m.link is not link}
        if key not in self.stations:
            kind = make(self.type) if self.NAME == 'sched' or self.fed() else Fifo()
            self.stations[key] = Link(self, self.chance(key), kind, self.world.first)
        return key, self.stations[key]

    def member(self, view, now):
        key, link = self.link(view, now)
        if key not in self.members:
            self.members[key] = link.add(self, link.chance, now if key else self.world.first)
        return self.members[key]

    def enter(self, p, now):
        size = self.size(p.view)
        member = self.member(p.view, now)
        member.link.used = max(member.link.used, now)
        for way in self.entrance(p, now, member.chance, size):
            if member.full(size):
                self.drop(way, 'queue-full', now)
                continue
            item = Item(way, now, size, member)
            if not member.admits(item, now):
                self.drop(way, 'aqm', now)
                continue
            self.took(item)
            member.link.put(item, now)
        self.peak()

    def gone(self, item, now):
        """Behind the link."""
        member = item.member
        if member.conf is not self:
            member.conf.let_go(item, now)
            member.conf.out_packets += 1
            member.conf.out_bytes += item.size
        self.let_go(item, now)
        self.out_packets += 1
        self.out_bytes += item.size
        item.packet.size = item.size
        member.link.used = max(member.link.used, item.exit)
        self.world.released(item.packet, item.exit, self)

    def managed(self, item, now, reason='aqm'):
        """Queue management dropped it, where it waited."""
        item.member.link.used = max(item.member.link.used, now)
        conf = item.member.conf
        if conf is not self:
            conf.let_go(item, now, False)
        self.let_go(item, now, False)
        conf.drop(item.packet, reason, now)

    def spoilt(self, item, now):
        """Lost behind the link: it is out of its queue, and a drop of whose link it was."""
        item.member.link.used = max(item.member.link.used, now)
        conf = item.member.conf
        if conf is not self:
            conf.let_go(item, now)
            conf.out_packets += 1
            conf.out_bytes += item.size
        self.let_go(item, now)
        self.drop(item.packet, 'loss', now)

    def strand(self):
        for link in self.links():
            for item in link.stranded():
                item.member.conf.drop(item.packet, 'time-end', None)

    def cut_off(self, now):
        for link in self.links():
            link.used = min(link.used, now)
        for p in self.world.recall(self, now):
            self.out_packets -= 1
            self.out_bytes -= p.size
            self.drop(p, 'cut', now)
        for item in [i for link in self.links() for i in link.stranded(now)]:
            conf = item.member.conf
            if conf is not self:
                conf.let_go(item, now, False)
            self.let_go(item, now, False)
            item.member.out(item, now)
            conf.drop(item.packet, 'cut', now)

    def next_event(self):
        return min((t for t in (link.next_event() for link in self.links()) if t is not None), default=None)

    def run(self, now):
        for link in self.links():
            link.run(now)


class Sched(Pipe):
    KIND, NAME = KIND_SCHED, 'sched'

    def bucket(self, view):
        """Which of its flows, where it sorts packets by itself."""
        if not view.family:
            return 0
        keys = [dice_draw(dice_key(self.world.seed, self.KIND, self.number, 0, PURPOSE_SORT), n) for n in (0, 1)]
        return (siphash(*keys, sort_bytes(view)) >> 32) * self.type.flows >> 32


class Queue(Object):
    """Flows, each a queue of its own, before the link of a scheduler or pipe."""
    KIND, NAME = KIND_QUEUE, 'queue'

    def places(self):
        return [self, self.feeds()] if self.feeds() else [self]

    def feeds(self):
        if self.sched is not None:
            return self.world.scheds.get(self.sched)
        return self.world.pipes.get(self.pipe)

    def enter(self, p, now):
        target = self.feeds()
        if target is None:
            self.packets += 1
            self.bytes += p.view.length
            return self.drop(p, 'no-sched', now)
        size = target.size(p.view)
        _, link = target.link(p.view, now)
        # A queue before a scheduler that has a mask is one for each value of both; a bucket takes the place of its own.
        key, bucket = flow_bytes(joined(self.mask, target.mask), p.view), None
        if target.type.sorts:
            key, bucket = flow_bytes(target.mask, p.view), target.bucket(p.view)
        place = (key, bucket) if target.type.sorts else key
        for gone in [k for k, m in self.members.items() if k and m.forgotten(now)]:
            self.members[gone].link.remove(self.members.pop(gone))
        if place not in self.members:
            self.members[place] = link.add(self, self.chance(key, bucket), now)
        member = self.members[place]
        member.used = max(member.used, now)
        target.packets += 1     # what a queue takes, and what it drops, counts where it leads, too
        target.bytes += size
        for way in self.entrance(p, now, member.chance, size):
            if member.full(size):
                self.drop(way, 'queue-full', now)
                continue
            item = Item(way, now, size, member)
            if not member.admits(item, now):
                self.drop(way, 'aqm', now)
                continue
            self.took(item)
            target.took(item)
            link.put(item, now)
        self.peak()
        target.peak()
