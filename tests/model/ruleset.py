"""Rules in their order, the commands on them, and the walk of one packet through them."""
import bisect
from fractions import Fraction

import rewrite
from dice import KIND_RULE, PURPOSE_PROB, dice_draw, dice_key
from matches import dscp_value
from units import Refused, parse_probability
from rules import parse_body
from words import Words, number

ACCEPTED, DENIED = ('allow', 'accept', 'pass', 'permit'), ('deny', 'drop')
SYNONYMS = {**dict.fromkeys(ACCEPTED, 'allow'), **dict.fromkeys(DENIED, 'deny'), 'count': 'count', 'return': 'return', 'reject': 'deny', 'reset': 'deny', 'reset6': 'deny',
            'abort': 'deny', 'abort6': 'deny'}
WITH_NUMBER = {'skipto': (1, 65535), 'pipe': (1, 65535), 'queue': (1, 65535), 'call': (1, 65535), 'tcp-setmss': (0, 65535)}
CALL_DEPTH = 16
# open: calls that come back to themselves may take millions of turns. Answer: so many in one pass, then the next rule.
MOST_CALLS = 1024


class Rule:
    def __init__(self, num, action, arg, tests):
        self.number, self.action, self.arg, self.tests = num, action, arg, tests
        self.key, self.set = None, 0
        self.word = action          # how `explain` calls what it decides; of answers, the first word
        self.tag = self.untag = None
        self.prob, self.dice, self.draws = Fraction(1), 0, 0
        self.packets = self.bytes = 0

    def lucky(self):
        """`prob` is asked before everything else."""
        if self.prob == 1:
            return True
        self.draws += 1
        return dice_draw(self.dice, self.draws - 1) < self.prob.numerator * 2**64 // self.prob.denominator

    def matches(self, p):
        return self.lucky() and all(t(p.view, p) for t in self.tests)

    def count(self, p):
        self.packets += 1
        self.bytes += p.view.length
        if self.tag:
            p.tags.add(self.tag)
        if self.untag:
            p.tags.discard(self.untag)


def parse_params(words, rule):
    """log [logamount N], tag N, untag N: each once, in any order."""
    seen = set()
    while words.peek() in ('log', 'tag', 'untag'):
        word = words.take()
        if word in seen:
            raise Refused(f'{word}: twice')
        seen.add(word)
        if word != 'log':
            setattr(rule, word, number(words.take(), 1, 65534))
        elif words.skip('logamount'):
            number(words.take(), 0, 2**32 - 1)


def parse_action(words, rule):
    word = rule.word = words.take()
    if word in SYNONYMS:
        rule.action = SYNONYMS[word]
        if word in ACCEPTED or word in DENIED:
            rule.word = rule.action
    elif word in WITH_NUMBER:
        rule.action, rule.arg = word, number(words.take(), *WITH_NUMBER[word])
    elif word in ('unreach', 'unreach6'):
        rule.action, rule.arg = 'deny', words.take()
    elif word == 'setdscp':
        rule.action, rule.arg = 'setdscp', dscp_value(words.take())
    else:
        raise Refused(f'{word}: not an action')


class RuleSet:
    def __init__(self, default='allow', seed=1):
        self.seed, self.made, self.disabled = seed, 0, set()
        self.rules, self.live, self.keys = [], [], []       # in order; those of enabled sets, and their keys
        self.default = Rule(65535, default, None, [])
        self.default.set = 31

    # Commands.

    def add(self, text):
        """One `add …` line, its first word already taken away."""
        words, comment = Words(text.split('//')[0]), '//' in text
        rule, num = Rule(0, 'count', None, []), 0
        if words.peek()[:1].isdigit():
            num = number(words.take(), 0, 65534)
        if words.skip('set'):
            rule.set = number(words.take(), 0, 31)
        if words.skip('prob'):
            rule.prob = parse_probability(words.take())
        if words.peek() or not comment:
            parse_action(words, rule)
            parse_params(words, rule)
            rule.tests = parse_body(words)
        rule.number = num or self.next_number()
        if rule.action == 'skipto' and rule.arg <= rule.number:
            raise Refused('skipto: not forward')
        self.insert(rule)

    def next_number(self):
        last = self.rules[-1].number if self.rules else 0
        return last + 100 if last + 100 <= 65534 else last

    def insert(self, rule):
        """The i-th rule of one number has dice of its own."""
        i = sum(r.number == rule.number for r in self.rules)
        rule.dice = dice_key(self.seed, KIND_RULE, rule.number + (i << 16), 0, PURPOSE_PROB)
        self.made += 1
        rule.key = (rule.number, self.made)
        bisect.insort(self.rules, rule, key=lambda r: r.key)
        self.refresh()

    def refresh(self):
        self.live = [r for r in self.rules if r.set not in self.disabled]
        self.keys = [r.key for r in self.live]

    def set_command(self, words):
        """What stands behind `set`."""
        if words[0] in ('disable', 'enable'):
            self.onoff(words)
        elif words[0] == 'swap' and len(words) == 3:
            a, b = (number(w, 0, 31) for w in words[1:])
            self.renumber({a: b, b: a})
        elif words[0] == 'move' and words[1] == 'rule' and words[3] == 'to':
            which, to = number(words[2], 1, 65534), number(words[4], 0, 31)
            for r in self.rules:
                r.set = to if r.number == which else r.set
        elif words[0] == 'move' and words[2] == 'to':
            self.renumber({number(words[1], 0, 31): number(words[3], 0, 31)})
        else:
            raise Refused('set ' + ' '.join(words))
        self.refresh()

    def onoff(self, words):
        """disable N… enable M…: one step."""
        change = None
        for w in words:
            if w in ('disable', 'enable'):
                change = self.disabled.add if w == 'disable' else self.disabled.discard
                continue
            n = number(w, 0, 31)
            if n == 31 and change == self.disabled.add:
                raise Refused('set 31')
            change(n)

    def renumber(self, to):
        for r in self.rules:
            r.set = to.get(r.set, r.set)

    def delete(self, words):
        if words[0] == 'set':
            which = number(words[1], 0, 31)
            keep = [r for r in self.rules if r.set != which]
        else:
            gone = {number(w, 1, 65534) for w in words}
            keep = [r for r in self.rules if r.number not in gone]
        self.rules = keep
        self.refresh()

    def zero(self, words):
        wanted = {number(w, 1, 65535) for w in words}
        for r in self.rules + [self.default]:
            if not wanted or r.number in wanted:
                r.packets = r.bytes = 0

    # The walk.

    def from_number(self, n):
        return bisect.bisect_left(self.keys, (n, 0))

    def judge(self, p, after=(0, 0)):
        """The rule that decides of this packet, from the rule behind the key `after` on; counts on the way."""
        at, p.calls = bisect.bisect_right(self.keys, after), 0
        while at < len(self.live):
            rule = self.live[at]
            at += 1
            if not rule.matches(p):
                continue
            rule.count(p)
            p.path.append(rule.number)
            if rule.action in ('allow', 'deny', 'pipe', 'queue'):
                return rule
            at = self.go_on(rule, p, at)
        self.default.count(p)
        p.path.append(65535)
        return self.default

    def go_on(self, rule, p, at):
        """The place after a rule that does not decide."""
        if rule.action == 'skipto':
            return self.from_number(rule.arg)
        if rule.action == 'call' and len(p.stack) < CALL_DEPTH and p.calls < MOST_CALLS:
            p.calls += 1
            p.stack.append(rule.number)
            return self.from_number(rule.arg)
        if rule.action == 'return' and p.stack:
            return self.from_number(p.stack.pop() + 1)
        # open: what `setdscp` and `tcp-setmss` do to frames, where they have no place. Answer: they count.
        if p.view.layer2:
            return at
        if rule.action == 'setdscp':
            p.record, p.view = rewrite.set_dscp(p.record, p.view, rule.arg)
        elif rule.action == 'tcp-setmss':
            p.record, p.view = rewrite.set_mss(p.record, p.view, rule.arg)
        return at
