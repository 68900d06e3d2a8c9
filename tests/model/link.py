"""One link with the queue before it, in whole numbers, also when its rate changes under a packet.

What a busy period has given by time t is a line of bits: credit + rate · (t − begin), with a knee at each change of the
rate. A packet's service ends at the first whole nanosecond at which the line reaches the bits up to its end. Bits are
kept in units of 10⁻⁹, so that rate · nanoseconds is whole.
"""
from dice import KIND_PIPE, PURPOSE_LOSS, dice_key

UNIT = 10**9


class Transit:
    """One packet's way through a link: entry, end of service, release."""
    __slots__ = ('start', 'end', 'exit', 'size', 'bits', 'packet')

    def __init__(self, start, size, bits):
        self.start, self.size, self.bits = start, size, bits    # bits: of the busy period up to this packet's end
        self.end = self.exit = self.packet = None


class Link:
    def __init__(self, pipe, flow):
        self.pipe = pipe
        self.key, self.draws = dice_key(pipe.seed, KIND_PIPE, pipe.number, flow, PURPOSE_LOSS), 0
        self.knee, self.given = 0, 0        # the line: what was given (10⁻⁹ bits) by the time of the knee
        self.bits = 0                       # put into this busy period
        self.last_end = None                # None: there was no busy period yet
        self.left, self.idle_from = 0, 0    # credit left over, and since when it grows
        self.backlog, self.backlog_bytes = [], 0
        self.last_exit = 0

    def depart(self, now):
        """Those whose service ends by now have left."""
        while self.backlog and self.backlog[0].end <= now:
            t = self.backlog.pop(0)
            self.backlog_bytes -= t.size
            self.last_exit = t.exit

    def full(self, size):
        pipe = self.pipe
        if not pipe.bw:
            return False
        kind, bytes_then = pipe.queue[0], self.backlog_bytes + size
        if kind == 'packets':
            return len(self.backlog) >= pipe.queue[1]
        if kind == 'bytes':
            return bytes_then > pipe.queue[1]
        if kind == 'time':
            return bytes_then > pipe.bw * pipe.queue[1] // (8 * 10**9)
        room = pipe.bw * (pipe.delay + 5 * 10**6) // (8 * 10**9)
        return len(self.backlog) + 1 > 50 and bytes_then > room

    def begin(self, now):
        """A busy period begins with what an idle link may have saved."""
        full = 8 * self.pipe.burst * UNIT
        if self.last_end is None:
            self.given = full
        else:
            self.given = min(full, self.left + self.pipe.bw * (now - self.idle_from))
        self.knee, self.bits = now, 0

    def serve(self, now, size):
        """A packet that finds room; `depart(now)` came before."""
        if not self.pipe.bw:
            # open: is a packet that needs no service a backlog of one? Answer: no, its service ends at that instant.
            t = Transit(now, size, 0)
            t.end = now
            t.exit = self.last_exit = max(self.last_exit, now + self.pipe.delay)
            return t
        if not self.backlog:
            self.begin(now)
        self.bits += 8 * size
        t = Transit(now, size, self.bits)
        self.backlog.append(t)
        self.backlog_bytes += size
        t.end = self.when(t.bits)
        before = self.backlog[-2].exit if len(self.backlog) > 1 else self.last_exit
        t.exit = max(before, t.end + self.pipe.delay)
        self.idle()
        return t

    def when(self, bits):
        missing = max(0, bits * UNIT - self.given)
        return self.knee - (-missing // self.pipe.bw) if self.pipe.bw else self.knee

    def idle(self):
        """What there is to save from the end of this busy period on."""
        self.last_end = self.idle_from = self.backlog[-1].end
        self.left = max(0, self.given - self.bits * UNIT)

    def settle(self, now):
        """Before a change: what the old rate has given until now."""
        if now is None:
            return
        self.depart(now)
        if self.backlog:
            self.given += self.pipe.bw * (now - self.knee)
            self.knee = now
        elif self.last_end is not None:
            self.left += self.pipe.bw * (now - self.idle_from)
            self.idle_from = now

    def plan(self, now):
        """After a change: the packets whose service had not ended, with new times."""
        if now is None or not self.backlog:
            return []
        last = self.last_exit
        for t in self.backlog:
            t.end = self.when(t.bits)
            t.exit = last = max(last, t.end + self.pipe.delay)
        changed = list(self.backlog)
        self.idle()
        self.depart(now)
        return changed
