"""The words of one line of rules, and what lists of numbers and or-blocks mean.

A question is a function of (view, packet): what the bytes say, and what is known beside them (direction, interface,
tags). One about a field that is not there says no, and `not` turns that into yes, as the language has it.
"""
from units import Refused


class Words:
    """The words of one line, in order; a list keeps together what a blank after a comma had parted."""

    def __init__(self, text):
        self.words, self.at = [], 0
        for word in text.split():
            self.words += self.parted(word)

    @staticmethod
    def parted(word):
        """A bracket of a block may stand close to its neighbour; those of an address set belong to the address."""
        before, behind = [], []
        if word[0] in '{(':
            before, word = [word[0]], word[1:]
        for opening, closing in ('{}', '()'):
            if word.endswith(closing) and word.count(opening) < word.count(closing):
                behind, word = [closing], word[:-1]
        return before + ([word] if word else []) + behind

    def peek(self, ahead=0):
        i = self.at + ahead
        return self.words[i] if i < len(self.words) else ''

    def take(self, expected=None):
        word = self.peek()
        if not word or expected not in (None, word):
            raise Refused(f'expected {expected or "a word"}, found {word or "the end"}')
        self.at += 1
        return word

    def skip(self, word):
        if self.peek() == word:
            self.at += 1
            return True
        return False

    def take_list(self):
        word = self.take()
        while word.endswith(','):
            word += self.take()
        return word


def number(word, low, high):
    try:
        n = int(word, 16 if word[:2] == '0x' else 10)
    except ValueError:
        raise Refused(f'{word}: not a number') from None
    if not low <= n <= high:
        raise Refused(f'{word}: not in {low}..{high}')
    return n


def ranges(word, low, high, names=()):
    spans = []
    for part in word.split(','):
        if part in names:
            spans.append((names[part], names[part]))
            continue
        lo, dash, hi = part.partition('-')
        pair = [names[x] if x in names else number(x, low, high) for x in ((lo, hi) if dash else (lo, lo))]
        if pair[0] > pair[1]:
            raise Refused(f'{part}: backwards')
        spans.append(tuple(pair))
    return spans


def within(value, spans):
    return value is not None and any(lo <= value <= hi for lo, hi in spans)


def negate(test, wanted):
    return (lambda v, p: not test(v, p)) if wanted else test


def any_of(tests):
    return tests[0] if len(tests) == 1 else lambda v, p: any(t(v, p) for t in tests)


def alternatives(words, parse_one):
    """x, not x, or { x or not y or … }"""
    closing = {'{': '}', '(': ')'}.get(words.peek())
    if not closing:
        return negate_next(words, parse_one)
    words.take()
    tests = [negate_next(words, parse_one)]
    while words.skip('or'):
        tests.append(negate_next(words, parse_one))
    words.take(closing)
    return any_of(tests)


def negate_next(words, parse_one):
    turned = words.skip('not')
    return negate(parse_one(words), turned)
