"""Schedulers, each from its definition: which of several queues may send its head."""


class Flow:
    """One queue of a scheduler. `head()` is the size of its first packet, 0 where none waits."""

    def __init__(self, member, number, weight, pri):
        self.member, self.number, self.weight, self.pri = member, number, weight, pri
        self.start = self.finish = 0
        self.in_force = False
        self.lmax = self.deficit = self.rest = 0
        self.configured = 0

    def head(self):
        return self.member.waiting[0].size if self.member.waiting else 0


class Fifo:
    """One list of packets: who came first goes first."""

    def __init__(self):
        self.order = []

    def arrived(self, flow):
        self.order.append(flow)

    def next(self):
        return self.order[0] if self.order else None

    def served(self, flow, _size, packets):
        for _ in range(packets):
            self.order.remove(flow)     # the first of its entries

    def forget(self, flow):
        """It has no packet, and gets none any more."""


class Prio(Fifo):
    """Strict bands, 0 first; the flows of one take turns, a packet each."""

    def __init__(self):
        self.bands = {}

    def arrived(self, flow):
        band = self.bands.setdefault(flow.pri, [])
        if flow not in band:
            band.append(flow)

    def next(self):
        return next((band[0] for _, band in sorted(self.bands.items()) if band), None)

    def served(self, flow, _size, _packets):
        self.bands[flow.pri].remove(flow)
        if flow.head():
            self.bands[flow.pri].append(flow)


class Rr(Fifo):
    """Deficit round robin: a turn adds a quantum by weight, and lasts while the head is not longer than the deficit."""

    def __init__(self):
        self.ring, self.lmax, self.weights = [], 0, {}
        self.turn = False       # has the first of the ring begun its turn?

    def arrived(self, flow):
        size = flow.member.waiting[-1].size
        first = len(flow.member.waiting) == 1
        flow.lmax = max(flow.configured, size, 0 if first else flow.lmax)
        if not self.ring:
            self.lmax = 0
        self.lmax = max(self.lmax, flow.lmax)
        if flow not in self.ring:
            flow.deficit = flow.rest = 0
            self.ring.append(flow)

    def next(self):
        if not self.ring:
            return None
        while True:
            flow = self.ring[0]
            if not self.turn:
                self.turn = True
                least = min(m.weight for m in flow.member.link.flows)
                rest = flow.rest if flow.rest < least else 0
                add, flow.rest = divmod(self.lmax * flow.weight + rest, least)
                flow.deficit += add
            if flow.head() <= flow.deficit:
                return flow
            self.ring.append(self.ring.pop(0))
            self.turn = False

    def served(self, flow, size, _packets):
        flow.deficit -= size
        if not flow.head():
            self.ring.remove(flow)
            self.turn = False


UNIT = 1 << 29      # of virtual time, to a byte and a weight of 1


class Wf2q:
    """Serve, among the flows whose packet would have begun by now in the fluid system, the one that would end first."""

    def __init__(self):
        self.v = self.rest = self.sum = 0
        self.flows, self.backlogged = [], []

    def weigh(self, flow, in_force):
        if flow.in_force != in_force:
            flow.in_force = in_force
            self.sum += flow.weight if in_force else -flow.weight
            self.rest = 0
            self.flows.append(flow) if in_force else self.flows.remove(flow)

    def arrived(self, flow):
        if flow in self.backlogged:
            return
        flow.start = max(self.v, flow.finish)
        flow.finish = flow.start + flow.head() * UNIT // flow.weight
        self.backlogged.append(flow)
        self.weigh(flow, True)

    def next(self):
        if not self.backlogged:
            return None
        least = min(f.start for f in self.backlogged)
        if least > self.v:
            self.advance(least)
        return min((f for f in self.backlogged if f.start <= self.v), key=lambda f: (f.finish, f.number))

    def served(self, flow, size, _packets):
        # Where queue management dropped its head, what passed had the turn.
        flow.finish = flow.start + size * UNIT // flow.weight
        step, self.rest = divmod(size * UNIT + self.rest, self.sum)
        if flow.head():
            flow.start = flow.finish
            flow.finish = flow.start + flow.head() * UNIT // flow.weight
        else:
            self.backlogged.remove(flow)
        self.advance(self.v + step)

    def forget(self, flow):
        self.weigh(flow, False)

    def advance(self, v):
        """V passes the end of what idle flows had: they weigh no more."""
        self.v = v
        for f in [f for f in self.flows if f not in self.backlogged and f.finish <= self.v]:
            self.weigh(f, False)


class Fq(Fifo):
    """RFC 8290 4.2, with a quantum times the weight."""

    def __init__(self, quantum):
        super().__init__()
        self.quantum, self.new, self.old = quantum, [], []

    def arrived(self, flow):
        if flow not in self.new and flow not in self.old:
            flow.deficit = self.quantum * flow.weight
            self.new.append(flow)

    def next(self):
        while self.new or self.old:
            ring = self.new or self.old
            flow = ring[0]
            if flow.deficit <= 0:
                flow.deficit += self.quantum * flow.weight
                self.old.append(ring.pop(0))
            elif flow.head():
                return flow
            else:
                ring.pop(0)
                if ring is self.new:
                    self.old.append(flow)
        return None

    def served(self, flow, size, _packets):
        flow.deficit -= size

    def forget(self, flow):
        for ring in (self.new, self.old):
            if flow in ring:
                ring.remove(flow)


KINDS = {'fifo': Fifo, 'rr': Rr, 'drr': Rr, 'prio': Prio, 'wf2q+': Wf2q}


def make(conf):
    return Fq(conf.quantum) if conf.sorts else KINDS[conf.kind]()
