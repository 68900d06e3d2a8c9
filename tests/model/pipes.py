"""Pipes in whole numbers: `pipe N config`, the dice for loss, and the service of a link to the nanosecond."""
import re
from fractions import Fraction

M64 = (1 << 64) - 1
NUMBER = r'(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)'


class Refused(Exception):
    """Text that must be refused."""


# The dice: one number for (seed, who, for which flow, what for, how often before).

def mix(z):
    z ^= z >> 30
    z = z * 0xBF58476D1CE4E5B9 & M64
    z ^= z >> 27
    z = z * 0x94D049BB133111EB & M64
    return z ^ z >> 31


def dice_key(seed, kind, number, flow, purpose):
    k = mix(seed & M64)
    for x in (kind, number, flow, purpose):
        k = mix(k ^ x)
    return k


def dice_draw(key, n):
    return mix(key + (n + 1) * 0x9E3779B97F4A7C15 & M64)


KIND_PIPE, PURPOSE_LOSS = 2, 2


# Numbers with units, exactly.

def number_unit(word):
    m = re.fullmatch(NUMBER + r'(.*)', word)
    if not m:
        raise Refused(f'{word}: not a number')
    return Fraction(m[1]), m[2]


def whole(x, word):
    if x.denominator != 1:
        raise Refused(f'{word}: would be rounded')
    return int(x)


RATE_UNIT = {'': 1, 'bit/s': 1, 'bit': 1, 'bps': 1, 'Byte/s': 8, 'B': 8, 'B/s': 8}
SIZE_UNIT = {'B': 1, 'KB': 1024, 'KBytes': 1024, 'MB': 1024**2, 'MBytes': 1024**2, 'bytes': 1}
TIME_UNIT = {'s': 10**9, 'ms': 10**6, 'us': 1000, 'ns': 1}


def parse_rate(word):
    value, unit = number_unit(word)
    if unit[:1] in ('K', 'M', 'G'):
        value *= {'K': 10**3, 'M': 10**6, 'G': 10**9}[unit[0]]
        unit = unit[1:]
        if not unit:
            unit = 'bit/s'      # open: `bw 1M`. Answer: INTERFACE has `64K` as a number: bits a second.
    if unit not in RATE_UNIT:
        raise Refused(f'bw: {word}: unit')
    return whole(value * RATE_UNIT[unit], word)


def parse_time(word, bare=10**6):
    value, unit = number_unit(word)
    if unit and unit not in TIME_UNIT:
        raise Refused(f'{word}: unit')
    return whole(value * (TIME_UNIT[unit] if unit else bare), word)


def parse_probability(word):
    value, unit = number_unit(word)
    value = value / 100 if unit == '%' else value
    if unit not in ('', '%') or not 0 <= value <= 1:
        raise Refused(f'{word}: not in 0..1')
    return value


def parse_queue(word):
    """('packets', N), ('bytes', N), ('time', ns) or ('auto',)"""
    if word == 'auto':
        return ('auto',)
    value, unit = number_unit(word)
    if unit == '':
        kind = ('packets', whole(value, word))
    elif unit in TIME_UNIT:
        kind = ('time', whole(value * TIME_UNIT[unit], word))
    elif unit in SIZE_UNIT:
        kind = ('bytes', whole(value * SIZE_UNIT[unit], word))
    else:
        raise Refused(f'queue: {word}: unit')
    if kind[1] == 0:
        raise Refused('queue: 0 is not allowed')
    return kind


def parse_overhead(word):
    if word in ('ethernet', 'atm'):
        return word
    if not word.isdigit():
        raise Refused(f'overhead: {word}')
    return int(word)


class Pipe:
    """One link with the queue before it. `enter` answers at once when a packet will leave: nothing changes it later."""

    WORDS = {'bw': parse_rate, 'delay': parse_time, 'plr': parse_probability, 'queue': parse_queue,
             'overhead': parse_overhead}

    def __init__(self, number, seed):
        self.number = number
        self.bw, self.delay, self.plr, self.queue, self.overhead = 0, 0, Fraction(0), ('packets', 50), 0
        self.key, self.draws = dice_key(seed, KIND_PIPE, number, 0, PURPOSE_LOSS), 0
        self.begin = self.bits = 0      # the busy period: when it began, what it was given
        self.last_end = -1
        self.backlog, self.backlog_bytes = [], 0
        self.packets = self.bytes = self.out_packets = self.out_bytes = 0
        self.max_packets = self.max_bytes = 0
        self.drops, self.waits = {}, []

    def config(self, words):
        seen, i = {}, 0
        while i < len(words):
            word = words[i]
            if word not in self.WORDS or i + 1 >= len(words) or word in seen:
                raise Refused(f'pipe {self.number} config: {word}')
            seen[word] = self.WORDS[word](words[i + 1])
            i += 2
        for word, value in seen.items():
            setattr(self, word, value)

    def size(self, length):
        """What the pipe counts and serves for a packet of this length."""
        if self.overhead == 'ethernet':
            return max(length + 14, 60) + 24
        if self.overhead == 'atm':
            return -(-length // 48) * 53    # open: is there an AAL5 trailer? Answer: "cells of 53/48", nothing more.
        return length + self.overhead

    def full(self, size):
        if not self.bw:
            return False
        kind, bytes_then = self.queue[0], self.backlog_bytes + size
        if kind == 'packets':
            return len(self.backlog) >= self.queue[1]
        if kind == 'bytes':
            return bytes_then > self.queue[1]
        if kind == 'time':
            return bytes_then > self.bw * self.queue[1] // (8 * 10**9)
        room = self.bw * (self.delay + 5 * 10**6) // (8 * 10**9)
        return len(self.backlog) + 1 > 50 and bytes_then > room

    def lost(self):
        if not self.plr:
            return False
        draw = dice_draw(self.key, self.draws)
        self.draws += 1
        return self.plr == 1 or draw < self.plr.numerator * 2**64 // self.plr.denominator

    def enter(self, now, length):
        """(None, time of release) or (name of the drop, None). Calls come with `now` never falling."""
        size = self.size(length)
        self.packets += 1
        self.bytes += size
        while self.backlog and self.backlog[0][0] <= now:
            self.backlog_bytes -= self.backlog.pop(0)[1]
        reason = 'loss' if self.lost() else 'queue-full' if self.full(size) else None
        if reason:
            self.drops[reason] = self.drops.get(reason, 0) + 1
            return reason, None
        end = self.serve(now, size)
        self.waits.append(end - now)
        self.out_packets += 1
        self.out_bytes += size
        return None, end + self.delay

    def serve(self, now, size):
        if not self.bw:
            # open: is a packet that needs no service a backlog of one? Answer: no, its service ends at that instant.
            return now
        if now >= self.last_end:
            self.begin, self.bits = now, 0
        self.bits += 8 * size
        self.last_end = self.begin - (-self.bits * 10**9 // self.bw)
        self.backlog.append((self.last_end, size))
        self.backlog_bytes += size
        self.max_packets = max(self.max_packets, len(self.backlog))
        self.max_bytes = max(self.max_bytes, self.backlog_bytes)
        return self.last_end
