"""Pipes in whole numbers: `pipe N config`, the dice, masked flows; the service of each is in link.py."""
import ipaddress
import re
from fractions import Fraction

from dice import M64, dice_draw
from link import Link

NUMBER = r'(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)'


class Refused(Exception):
    """Text that must be refused."""


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


# `mask`: which bits of a packet's flow name its instance.

MASK_BITS = {'proto': 8, 'src-ip': 32, 'dst-ip': 32, 'src-ip6': 128, 'dst-ip6': 128, 'src-port': 16, 'dst-port': 16,
             'flow-id': 20}


def parse_mask_bits(word, bits):
    if word.startswith('/'):
        length = int(word[1:]) if word[1:].isdigit() else bits + 1
        if length > bits:
            raise Refused(f'mask: {word}')
        return ((1 << length) - 1) << (bits - length)
    try:
        value = int(ipaddress.ip_address(word)) if '.' in word or ':' in word else int(word, 0)
    except ValueError:
        raise Refused(f'mask: {word}') from None
    if value >> bits:
        raise Refused(f'mask: {word}')
    return value


def parse_mask(words):
    """{field: bits} from the words behind `mask`, which are taken away."""
    if words and words[0] == 'all':
        words.pop(0)
        return {field: (1 << bits) - 1 for field, bits in MASK_BITS.items()}
    fields = {}
    while words and words[0] in MASK_BITS:
        field = words.pop(0)
        if field in fields or not words:
            raise Refused(f'mask: {field}')
        fields[field] = parse_mask_bits(words.pop(0), MASK_BITS[field])
    if not fields:
        raise Refused('mask: of what?')
    # open: a mask of zeros alone. Answer: dummynet's: no mask.
    return fields if any(fields.values()) else None


def flow_bytes(mask, view):
    """The masked flow as the dice take it: family, protocol, addresses, ports, flow label.

    open: a frame that is no IP packet. Answer: family 0, all else zero, addresses of four bytes.
    open: the protocol behind a broken chain of extension headers. Answer: the header at which the chain stops.
    """
    proto = view.stopped if view.proto is None else view.proto
    six = '6' if view.family == 6 else ''
    size = 16 if six else 4
    fields = [(view.family, 1, 255), (proto, 1, mask.get('proto', 0)),
              (view.src, size, mask.get('src-ip' + six, 0)), (view.dst, size, mask.get('dst-ip' + six, 0)),
              (view.sport, 2, mask.get('src-port', 0)), (view.dport, 2, mask.get('dst-port', 0)),
              (view.flow_label, 4, mask.get('flow-id', 0))]
    return b''.join(((value or 0) & bits).to_bytes(count, 'big') for value, count, bits in fields)


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & M64
    return h


def parse_burst(word):
    value, unit = number_unit(word)
    units = dict(SIZE_UNIT, **{'': 1, 'K': 1024, 'M': 1024**2, 'G': 1024**3})
    if unit not in units:
        raise Refused(f'burst: {word}: unit')
    return whole(value * units[unit], word)


class Pipe:
    """What a script says of one pipe, its counters, and a link for each masked flow."""

    WORDS = {'bw': parse_rate, 'delay': parse_time, 'plr': parse_probability, 'queue': parse_queue,
             'overhead': parse_overhead, 'burst': parse_burst}
    DEFAULTS = dict(bw=0, delay=0, plr=Fraction(0), queue=('packets', 50), overhead=0, burst=0, mask=None)

    def __init__(self, number, seed):
        self.number, self.seed = number, seed
        vars(self).update(self.DEFAULTS)
        self.links, self.busy = {}, []
        self.packets = self.bytes = self.out_packets = self.out_bytes = 0
        self.max_packets = self.max_bytes = 0
        self.drops, self.transits = {}, []

    @staticmethod
    def parse(words):
        """{option: value} of the words behind `config`."""
        seen, words = {}, list(words)
        while words:
            word = words.pop(0)
            if word in seen or not (words and (word in Pipe.WORDS or word == 'mask')):
                raise Refused(f'pipe config: {word}')
            seen[word] = parse_mask(words) if word == 'mask' else Pipe.WORDS[word](words.pop(0))
        return seen

    def config(self, values, now=None, replace=False):
        """From now on; what was served before was served at the old rate. The transits whose times changed."""
        for link in self.links.values():
            link.settle(now)
        vars(self).update(self.DEFAULTS if replace else {}, **values)
        return [t for link in self.links.values() for t in link.plan(now)]

    def size(self, length):
        """What the pipe counts and serves for a packet of this length."""
        if self.overhead == 'ethernet':
            return max(length + 14, 60) + 24
        if self.overhead == 'atm':
            return -(-length // 48) * 53    # open: is there an AAL5 trailer? Answer: "cells of 53/48", nothing more.
        return length + self.overhead

    def link(self, view):
        key = flow_bytes(self.mask, view) if self.mask else b''
        if key not in self.links:
            self.links[key] = Link(self, fnv1a(key) if self.mask else 0)
        return self.links[key]

    def lost(self, link):
        if not self.plr:
            return False
        draw = dice_draw(link.key, link.draws)
        link.draws += 1
        return self.plr == 1 or draw < self.plr.numerator * 2**64 // self.plr.denominator

    def enter(self, now, view):
        """(None, transit) or (name of the drop, None). Calls come with `now` never falling."""
        size = self.size(view.length)
        link = self.link(view)
        self.packets += 1
        self.bytes += size
        link.depart(now)
        reason = 'loss' if self.lost(link) else 'queue-full' if link.full(size) else None
        if reason:
            self.drops[reason] = self.drops.get(reason, 0) + 1
            return reason, None
        transit = link.serve(now, size)
        self.transits.append(transit)
        self.out_packets += 1
        self.out_bytes += size
        if link.backlog:
            if link not in self.busy:
                self.busy.append(link)
            self.peak(now)
        return None, transit

    def peak(self, now):
        # open: the backlog of a pipe with a mask. Answer: what all of its flows hold together.
        for link in self.busy:
            link.depart(now)
        self.busy = [link for link in self.busy if link.backlog]
        self.max_packets = max(self.max_packets, sum(len(link.backlog) for link in self.busy))
        self.max_bytes = max(self.max_bytes, sum(link.backlog_bytes for link in self.busy))

    def held(self):
        return [t for link in self.links.values() for t in link.backlog[-1:]]

    @property
    def waits(self):
        return [t.end - t.start for t in self.transits]
