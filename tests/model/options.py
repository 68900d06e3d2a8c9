"""The words behind `config`: {option: value} of each kind of object."""
from fractions import Fraction

import files
from units import (Refused, parse_burst, parse_probability, parse_queue, parse_rate, parse_time, parse_whole)
from flows import parse_mask


class Loss:
    def __init__(self, kind, p, corr=0, file=None, once=False, after=False):
        self.kind, self.p, self.corr, self.file, self.once, self.after = kind, p, corr, file, once, after


class Jitter:
    def __init__(self, kind, scale, file, corr, reorder):
        self.kind, self.scale, self.file, self.corr, self.reorder = kind, scale, file, corr, reorder


class Reorder:
    def __init__(self, p, corr, gap, by):
        self.p, self.corr, self.gap, self.by = p, corr, gap, by


class TraceOf:
    def __init__(self, file, once, mtu):
        self.file, self.once, self.mtu = file, once, mtu


ONE = Fraction(1)
KINDS = ['uniform', 'normal', 'pareto', 'paretonormal']


def is_probability(words):
    return bool(words) and (words[0][0].isdigit() or words[0][0] == '.')


def after_words(words, table):
    """The words of `table` that follow, in any order: {word: value}; None as parser is a word alone."""
    seen = {}
    while words and words[0] in table and words[0] not in seen:
        word = words.pop(0)
        seen[word] = table[word](words.pop(0)) if table[word] else True
    return seen


def read_loss(words):
    kind = words.pop(0)
    if kind == 'pattern':
        file = files.Pattern(words.pop(0))
        more = after_words(words, {'once': None, 'after': None})
        return Loss('pattern', [], file=file, **more)
    p = []
    while is_probability(words):
        p.append(parse_probability(words.pop(0)))
    more = after_words(words, {'corr': parse_probability, 'after': None} if kind == 'random' else {'after': None})
    if kind == 'random':
        return Loss('random', p, **more)
    if kind == 'gemodel':
        # p [r [1-h [1-k]]]: r is 1-p unless given, all is lost in the bad state, nothing in the good one.
        return Loss('gemodel', p + [ONE - p[0], ONE, Fraction(0)][len(p) - 1:], **more)
    return Loss('four', p + [ONE - p[0], Fraction(0), ONE, Fraction(0)][len(p) - 1:], **more)


def read_jitter(words):
    kind, scale, file = 'uniform', 0, None
    if words[0] == 'ecdf':
        words.pop(0)
        kind, file = 'ecdf', files.Ecdf(words.pop(0))
    else:
        scale = parse_time(words.pop(0))
    corr, reorder = Fraction(0), False
    while words:
        if words[0] in KINDS:
            kind = words.pop(0)
        elif words[0] == 'table':
            words.pop(0)
            kind, file = 'table', files.Table(words.pop(0))
        elif words[0] == 'corr':
            words.pop(0)
            corr = parse_probability(words.pop(0))
        elif words[0] == 'reorder' and not is_probability(words[1:]):
            words.pop(0)
            reorder = True
        else:
            break
    return Jitter(kind, scale, file, corr, reorder)


def read_overhead(words):
    if words[0] in ('ethernet', 'atm'):
        return words.pop(0), 0
    n = parse_whole(words.pop(0))
    if words and words[0] == 'atm':
        return words.pop(0), n
    return None, n


def read_reorder(words):
    p = parse_probability(words.pop(0))
    more = after_words(words, {'corr': parse_probability, 'gap': parse_whole, 'by': parse_time})
    return Reorder(p, more.get('corr', 0), more.get('gap', 1), more.get('by', 0))


def read_trace(words):
    path = words.pop(0)
    if path == 'none':
        return None
    file = files.Trace(path)
    more = after_words(words, {'once': None, 'mtu': parse_whole})
    return TraceOf(file, more.get('once', False), more.get('mtu', 1504))


def read_schedule(words):
    path = words.pop(0)
    if path == 'none':
        return None
    file = files.Schedule(path)
    file.once = bool(after_words(words, {'once': None}))
    return file


def one(parse):
    return lambda words: parse(words.pop(0))


def read_switch(words):
    return words.pop(0) == 'on' if words and words[0] in ('on', 'off') else True


def read_duplicate(words):
    return parse_probability(words.pop(0)), after_words(words, {'corr': parse_probability}).get('corr', 0)


def read_corrupt(words):
    p = parse_probability(words.pop(0))
    more = after_words(words, {'bits': parse_whole, 'any': None})
    return p, more.get('bits', 1), more.get('any', False)


class RedOf:
    def __init__(self, kind, words):
        w_q, least, most, max_p = words.pop(0).split('/')
        self.kind, self.gentle = kind, kind == 'gred'
        self.w_q, self.max_p = fraction(w_q), fraction(max_p)
        self.bytes = not (least + most).isdigit()
        self.min, self.max = (parse_queue(w)[1] if int(w[0]) or len(w) > 1 else 0 for w in (least, most))
        self.ecn = bool(words) and words[0] == 'ecn' and bool(words.pop(0))
        self.dctcp = self.ecn and bool(words) and words[0] == 'dctcp' and bool(words.pop(0))


def fraction(word):
    """A probability as 64 bits have it."""
    p = parse_probability(word)
    return p if p == 1 else Fraction(p.numerator * 2**64 // p.denominator, 2**64)


class TypeOf:
    """Of a scheduler; one that sorts packets by itself has more to say, and manages them."""

    def __init__(self, kind, words=()):
        self.kind, self.quantum, self.limit, self.flows = kind, 1514, 10240, 1024
        self.sorts, self.aqm, words = kind.startswith('fq_'), None, list(words)
        if not self.sorts:
            return
        theirs = []
        while words:
            if words[0] in ('quantum', 'limit', 'flows'):
                setattr(self, words.pop(0), parse_whole(words.pop(0)))
            else:
                theirs.append(words.pop(0))
        if kind == 'fq_pie':
            self.aqm = PieOf(['ecn', 'ts', *theirs])
        else:
            self.aqm = read_codel(theirs if {'ecn', 'noecn'} & set(theirs) else ['ecn', *theirs])


ALONE = {'ecn', 'noecn', 'capdrop', 'nocapdrop', 'drand', 'nodrand', 'ts', 'dre'}
VALUED = {'quantum', 'limit', 'flows', 'target', 'interval', 'tupdate', 'alpha', 'beta', 'max_burst', 'max_ecnth'}


def read_type(words):
    kind, more = words.pop(0).lower(), []
    while kind.startswith('fq_') and words and words[0] in ALONE | VALUED:
        more += [words.pop(0) for _ in range(1 + (words[0] in VALUED))]
    return TypeOf(kind, more)


class CodelOf:
    kind = 'codel'

    def __init__(self, target=5 * 10**6, interval=10**8, ecn=False):
        self.target, self.interval, self.ecn = target, interval, ecn


class PieOf:
    kind = 'pie'
    TIMES = {'target': 15 * 10**6, 'tupdate': 15 * 10**6, 'max_burst': 150 * 10**6}
    PARTS = {'alpha': Fraction(1, 8), 'beta': Fraction(5, 4), 'max_ecnth': Fraction(1, 10)}
    SWITCHES = {'ecn': ('ecn', True), 'noecn': ('ecn', False), 'capdrop': ('capdrop', True),
                'nocapdrop': ('capdrop', False), 'drand': ('drand', True), 'nodrand': ('drand', False),
                'ts': ('ts', True), 'dre': ('ts', False)}

    def __init__(self, words):
        vars(self).update(self.TIMES, **self.PARTS, ecn=False, capdrop=True, drand=True, ts=False)
        while words and (words[0] in self.SWITCHES or words[0] in self.TIMES or words[0] in self.PARTS):
            word = words.pop(0)
            if word in self.SWITCHES:
                setattr(self, *self.SWITCHES[word])
            else:
                setattr(self, word, parse_time(words.pop(0)) if word in self.TIMES else Fraction(words.pop(0)))


def read_codel(words):
    more = after_words(words, {'target': parse_time, 'interval': parse_time, 'ecn': None, 'noecn': None})
    more.pop('noecn', None)
    return CodelOf(**more)


def read_plr(words):
    return Loss('random', [parse_probability(words.pop(0))])


WORDS = {
    'bw': one(parse_rate), 'delay': one(parse_time), 'plr': read_plr, 'loss': read_loss, 'queue': one(parse_queue),
    'overhead': read_overhead, 'burst': one(parse_burst), 'mask': parse_mask, 'duplicate': read_duplicate,
    'corrupt': read_corrupt, 'codel': read_codel, 'red': lambda w: RedOf('red', w),
    'gred': lambda w: RedOf('gred', w), 'droptail': lambda _: None, 'pie': PieOf, 'jitter': read_jitter,
    'reorder': read_reorder, 'trace': read_trace, 'schedule': read_schedule, 'paused': read_switch, 'cut': read_switch,
    'seed': one(parse_whole),
    'profile': one(lambda w: None if w == 'none' else files.Profile(w)),
    'weight': one(parse_whole), 'pri': one(parse_whole), 'lmax': one(parse_whole), 'type': read_type,
    'expire': one(parse_time), 'flows': one(parse_whole),
    'pipe': one(parse_whole), 'sched': one(parse_whole),
}
SAME = {'plr': 'loss', 'bandwidth': 'bw', 'priority': 'pri', 'maxlen': 'lmax', 'flow_mask': 'mask',
        'sched_mask': 'mask', 'codel': 'aqm', 'red': 'aqm', 'gred': 'aqm', 'droptail': 'aqm',
        'pie': 'aqm'}


def parse(words):
    """{option: value} of the words behind `config`."""
    seen, words = {}, list(words)
    while words:
        word = words.pop(0)
        name = SAME.get(word, word)
        if name in seen or (word not in WORDS and name not in WORDS):
            raise Refused(f'config: {word}')
        try:
            seen[name] = WORDS.get(word, WORDS.get(name))(words)
        except IndexError:
            raise Refused(f'{word}: its value') from None
    if seen.get('profile') and 'bw' not in seen and seen['profile'].bw is not None:
        seen['bw'] = seen['profile'].bw
    return seen
