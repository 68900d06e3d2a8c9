"""Numbers with units, exactly, as scripts and files write them."""
import re
from fractions import Fraction

NUMBER = r'(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)'


class Refused(Exception):
    """Text that must be refused."""


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
    if unit[:1] in ('K', 'M', 'G', 'T'):
        value *= {'K': 10**3, 'M': 10**6, 'G': 10**9, 'T': 10**12}[unit[0]]
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


def parse_burst(word):
    value, unit = number_unit(word)
    units = dict(SIZE_UNIT, **{'': 1, 'K': 1024, 'M': 1024**2, 'G': 1024**3})
    if unit not in units:
        raise Refused(f'burst: {word}: unit')
    return whole(value * units[unit], word)


def parse_whole(word):
    if not word.isdigit():
        raise Refused(f'{word}: not a whole number')
    return int(word)
