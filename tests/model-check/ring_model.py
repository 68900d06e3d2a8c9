"""ring_model - every interleaving of a producer and a consumer over a ring of few cells, in a weak memory.

Written from the algorithm in words, not from the C: a step is one access to shared memory. It is what theory calls the
release-acquire fragment of C11, run as an abstract machine:

  - An index is a list of stores, oldest first (it has one writer). A load may return any of them that is not older than
    what the loading thread must already know of. So a store may stay in the writer's buffer for as long as it likes, and
    a load may be as early as it likes; nothing is assumed about the order of two different words.
  - Each thread knows a clock: how many steps of each thread came before what it does now. A release store carries the
    clock along, an acquire load takes it over; relaxed ones do neither.
  - A cell is plain memory. Writing one that the other thread may still be reading or reading one that it may still be
    writing (neither is known, by clocks, to come before the other) is a data race: in C anything may happen. So is
    nothing else wrong that a release or an acquire left out could do.

A burst is any number of cells up to a limit: each is tried. The search visits each state once. Besides races it refuses a value out of order, an index that runs past the other, and
a state from which the end cannot be reached. A full or empty ring is asked again, which adds no state.
"""
from collections import namedtuple
from itertools import product

# What the two sides do to order memory; the planted bugs take one away.
Order = namedtuple("Order", "put_release put_acquire take_release take_acquire open_cells")
RIGHT = Order(True, True, True, True, 1)

P, C = 0, 1		# threads, and places in a clock
Thread = namedtuple("Thread", "pc own seen todo clock knows")
# pc: next step. own: own index. seen: cached index of the peer. todo: cells left of this burst. clock: (P, C).
# knows: how old a store of the peer's index may be that a load returns (place in the list).
State = namedtuple("State", "prod cons head tail cells got")
# head, tail: ((value, clock or None), ...), only those that can still be read. cells: (value, write, read) each, the
# latter clocks' own components. got: cells taken out so far.

ASK, FILL, SHOW, DONE = range(4)


class Wrong(Exception):
    """A law is broken; the text says which."""


def join(a, b):
    return tuple(map(max, a, b)) if b else a


def tick(clock, who):
    return tuple(c + (i == who) for i, c in enumerate(clock))


class Ring:
    def __init__(self, cells=2, items=4, burst=1, start=0, modulus=8, order=RIGHT):
        assert modulus % cells == 0 and modulus >= 2 * cells
        self.cells, self.items, self.burst, self.start, self.modulus, self.order = cells, items, burst, start, modulus, order

    def first(self):
        thread = Thread(ASK, self.start, self.start, 0, (0, 0), 0)
        store = ((self.start, (0, 0)),)
        return State(thread, thread, store, store, ((None, 0, 0),) * self.cells, 0)

    def distance(self, a, b):
        return (a - b) % self.modulus

    # The three steps of a burst: look whether there is room (asking the peer only if not), fill or empty a cell, show.
    def next_states(self, s):
        yield from self.producer(s)
        yield from self.consumer(s)

    def producer(self, s):
        t = s.prod
        sent = self.sent(s)
        if t.pc == ASK and sent < self.items:
            known = self.cells - self.order.open_cells - self.distance(t.own, t.seen)
            most = min(self.burst, self.items - sent)
            for want in range(1, min(known, most) + 1):
                yield s._replace(prod=t._replace(pc=FILL, todo=want))
            for want, place in product(range(max(known, 0) + 1, most + 1), range(t.knows, len(s.tail))):
                value, clock = s.tail[place]
                free = self.cells - self.order.open_cells - self.distance(t.own, value)
                if free < 0:
                    raise Wrong(f"the producer sees {-free} cells more than there are")
                new = t._replace(seen=value, knows=place, todo=min(want, free), pc=FILL if free else ASK,
                                 clock=join(t.clock, clock) if self.order.put_acquire else t.clock)
                yield s._replace(prod=new)
        elif t.pc == FILL:
            at = t.own % self.cells
            _, _, read = s.cells[at]
            if read > t.clock[C]:
                raise Wrong(f"race: cell {at} is filled while it may still be read")
            clock = tick(t.clock, P)
            cells = s.cells[:at] + ((sent, clock[P], read),) + s.cells[at + 1:]
            left = t.todo - 1
            yield s._replace(cells=cells, prod=t._replace(own=(t.own + 1) % self.modulus, todo=left, clock=clock,
                                                          pc=FILL if left else SHOW))
        elif t.pc == SHOW:
            clock = tick(t.clock, P)
            store = (t.own, clock if self.order.put_release else None)
            done = self.sent(s) == self.items
            yield s._replace(head=s.head + (store,), prod=t._replace(pc=DONE if done else ASK, clock=clock))

    def consumer(self, s):
        t = s.cons
        if t.pc == ASK:
            known = self.distance(t.seen, t.own)
            most = min(self.burst, self.items - s.got)
            for want in range(1, min(known, most) + 1):
                yield s._replace(cons=t._replace(pc=FILL, todo=want))
            for want, place in product(range(known + 1, most + 1), range(t.knows, len(s.head))):
                value, clock = s.head[place]
                full = self.distance(value, t.own)
                if full > self.cells - self.order.open_cells:
                    raise Wrong("the consumer sees more cells than can be full")
                new = t._replace(seen=value, knows=place, todo=min(want, full), pc=FILL if full else ASK,
                                 clock=join(t.clock, clock) if self.order.take_acquire else t.clock)
                yield s._replace(cons=new)
        elif t.pc == FILL:
            at = t.own % self.cells
            value, wrote, _ = s.cells[at]
            if wrote > t.clock[P]:
                raise Wrong(f"race: cell {at} is read while it may still be filled")
            if value != s.got:
                raise Wrong(f"cell {at} has item {value}; item {s.got} was next")
            clock = tick(t.clock, C)
            cells = s.cells[:at] + ((value, wrote, clock[C]),) + s.cells[at + 1:]
            left = t.todo - 1
            yield s._replace(cells=cells, got=s.got + 1, cons=t._replace(
                own=(t.own + 1) % self.modulus, todo=left, clock=clock, pc=FILL if left else SHOW))
        elif t.pc == SHOW:
            clock = tick(t.clock, C)
            store = (t.own, clock if self.order.take_release else None)
            yield s._replace(tail=s.tail + (store,),
                             cons=t._replace(pc=DONE if s.got == self.items else ASK, clock=clock))

    def sent(self, s):
        """How many were filled: the producer's own index counts them, its clock says how often it went around."""
        in_ring = self.distance(s.prod.own, s.cons.own)
        return s.got + in_ring

    def explore(self):
        """How many states there are. Wrong: the first law broken, with the steps that led there as `path`."""
        first = self.first()
        came_from, todo, back = {first: None}, [first], {}
        ends = []
        while todo:
            s = todo.pop()
            if s.prod.pc == DONE and s.cons.pc == DONE:
                ends.append(s)
            try:
                for n in self.next_states(s):
                    back.setdefault(n, []).append(s)
                    if n not in came_from:
                        came_from[n] = s
                        todo.append(n)
            except Wrong as e:
                e.path = [s]
                while came_from[e.path[0]]:
                    e.path.insert(0, came_from[e.path[0]])
                raise
        lives, todo = set(ends), list(ends)
        while todo:
            for s in back.get(todo.pop(), ()):
                if s not in lives:
                    lives.add(s)
                    todo.append(s)
        if len(lives) < len(came_from):
            raise Wrong(f"{len(came_from) - len(lives)} states from which the end cannot be reached")
        return len(came_from)
