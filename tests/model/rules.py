"""The rule language as far as the model speaks it, and a rule set that is asked one packet at a time.

A rule is a list of questions (functions of a View and a direction); it matches when all say yes. Every question about a
field that is not there says no, and `not` turns that into yes, as the language has it.
"""
import ipaddress
import re

from pipes import Refused

ACTIONS = {'allow': 'allow', 'accept': 'allow', 'pass': 'allow', 'permit': 'allow', 'deny': 'deny', 'drop': 'deny',
           'count': 'count'}
PROTOCOLS = {'icmp': 1, 'igmp': 2, 'tcp': 6, 'udp': 17, 'gre': 47, 'esp': 50, 'ah': 51, 'ipv6-icmp': 58, 'ospf': 89,
             'sctp': 132, 'udplite': 136}
SERVICES = {'ftp': 21, 'ssh': 22, 'telnet': 23, 'smtp': 25, 'domain': 53, 'http': 80, 'pop3': 110, 'ntp': 123,
            'imap': 143, 'https': 443}
TCP_BITS = {'fin': 1, 'syn': 2, 'rst': 4, 'psh': 8, 'ack': 16, 'urg': 32, 'ece': 64, 'cwr': 128}
OPTIONS = {'in', 'out', 'setup', 'established', 'tcpflags', 'icmptypes', 'iplen', 'ipttl', 'frag', 'ipversion', 'ipver',
           'src-port', 'dst-port', 'src-ip', 'dst-ip', 'proto', '{', 'not', '//'}


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
    return (lambda v, way: not test(v, way)) if wanted else test


def any_of(tests):
    return tests[0] if len(tests) == 1 else lambda v, way: any(t(v, way) for t in tests)


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


# Body: protocol, ends, ports.

def parse_proto(words):
    word = words.take()
    if word in ('ip', 'all'):
        return lambda v, way: True
    if word in ('ip4', 'ipv4'):
        return lambda v, way: v.family == 4
    if word in ('ip6', 'ipv6'):
        return lambda v, way: v.family == 6
    n = PROTOCOLS[word] if word in PROTOCOLS else number(word, 0, 255)
    return lambda v, way: v.proto == n


def parse_set(text):
    """base/len{last,first-last,…}: one (family, address, mask) for each member"""
    base, _, members = text.rstrip('}').partition('{')
    host, _, length = base.partition('/')
    prefix = parse_address(f'{host}/{number(length or "24", 24, 32)}')
    full = (1 << 32) - 1
    # open: a member outside the base's prefix. Answer: never made here; the set is what lies in both.
    hosts = [prefix[1] & ~255 | last for lo, hi in ranges(members, 0, 255) for last in range(lo, hi + 1)]
    return [(4, host, full) for host in hosts if host & prefix[2] == prefix[1]]


def split_list(text):
    """At the commas that are not inside an address set."""
    return re.findall(r'[^,{]+(?:\{[^}]*\})?', text)


def parse_nets(text):
    return [net for t in split_list(text) for net in (parse_set(t) if '{' in t else [parse_address(t)])]


def parse_address(text):
    """(family, address, mask) of one member of an address list"""
    host, mark, rest = text, '', ''
    m = re.fullmatch(r'(\d+(?:\.\d+){3})([/:])(.+)', text) or re.fullmatch(r'([0-9a-fA-F:.]+)(/)(.+)', text)
    if m:
        host, mark, rest = m.groups()
    try:
        addr = ipaddress.ip_address(host)
        bits = addr.max_prefixlen
        full = (1 << bits) - 1
        if not mark:
            mask = full
        elif mark == ':' or ':' in rest:
            mask = int(ipaddress.ip_address(rest))
        else:
            length = number(rest, 0, bits)
            mask = full ^ full >> length
    except ValueError:
        raise Refused(f'{text}: not an address') from None
    return addr.version, int(addr) & mask, mask


def parse_where(side):
    def parse(words):
        text = words.take_list()
        if text == 'any':
            return lambda v, way: True
        nets = parse_nets(text)

        def test(v, way):
            addr = v.src if side == 'src' else v.dst
            return any(f == v.family and addr & mask == net for f, net, mask in nets)
        return test
    return parse


def port_test(text, side):
    spans = ranges(text, 0, 65535, SERVICES)
    return lambda v, way: within(v.sport if side == 'src' else v.dport, spans)


def looks_like_ports(word):
    first = re.split('[,-]', word)[0]
    return bool(word) and word not in OPTIONS and (word[0].isdigit() or first in SERVICES)


def parse_end(words, side):
    tests = [alternatives(words, parse_where(side))]
    turned = words.peek() == 'not' and looks_like_ports(words.peek(1))
    if turned:
        words.take()
    if turned or looks_like_ports(words.peek()):
        tests.append(negate(port_test(words.take_list(), side), turned))
    return tests


# Options.

def flag_list(text, names):
    """(bits that must be set, bits that must be clear)"""
    want = {True: 0, False: 0}
    for word in text.split(','):
        on = not word.startswith('!')
        name = word if on else word[1:]
        if name not in names:
            raise Refused(f'{word}: not a flag')
        want[on] |= names[name]
    return want[True], want[False]


def opt_established(v, way):
    return v.tcp_flags is not None and v.tcp_flags & (2 | 16 | 4) != 2


def opt_setup(v, way):
    return v.tcp_flags is not None and v.tcp_flags & (2 | 16) == 2


def opt_tcpflags(words):
    on, off = flag_list(words.take_list(), TCP_BITS)
    return lambda v, way: v.tcp_flags is not None and v.tcp_flags & on == on and not v.tcp_flags & off


FRAG_NAMES = {'df': 1, 'mf': 2, 'rf': 4, 'offset': 8}


def opt_frag(words):
    first = words.peek().lstrip('!').split(',')[0]
    if first not in FRAG_NAMES:
        return lambda v, way: v.frag_offset != 0
    on, off = flag_list(words.take_list(), FRAG_NAMES)

    def test(v, way):
        if v.family != 4:
            return False
        bits = v.df | v.mf << 1 | v.rf << 2 | (v.frag_offset != 0) << 3
        return bits & on == on and not bits & off
    return test


def field_option(field, low, high):
    def parse(words):
        spans = ranges(words.take_list(), low, high)
        return lambda v, way: within(getattr(v, field), spans)
    return parse


def opt_version(words):
    n = words.take()
    if n not in ('4', '6'):
        raise Refused(f'ipversion: {n}')
    return lambda v, way: v.family == int(n)


OPTION_PARSERS = {
    'in': lambda words: lambda v, way: way == 'in',
    'out': lambda words: lambda v, way: way == 'out',
    'setup': lambda words: opt_setup,
    'established': lambda words: opt_established,
    'tcpflags': opt_tcpflags,
    'icmptypes': field_option('icmp_type', 0, 255),
    'iplen': field_option('length', 0, 65535),
    'ipttl': field_option('ttl', 0, 255),
    'frag': opt_frag,
    'ipversion': opt_version,
    'ipver': opt_version,
    'src-port': lambda words: port_test(words.take_list(), 'src'),
    'dst-port': lambda words: port_test(words.take_list(), 'dst'),
    'src-ip': parse_where('src'),
    'dst-ip': parse_where('dst'),
    'proto': parse_proto,
}


def parse_option(words):
    word = words.take()
    if word not in OPTION_PARSERS:
        raise Refused(f'{word}: not an option')
    return OPTION_PARSERS[word](words)


def parse_body(words):
    tests = []
    if not words.peek():
        raise Refused('a rule needs a body')
    if words.peek() not in OPTION_PARSERS and not option_block(words):
        tests.append(alternatives(words, parse_proto))
        words.take('from')
        tests += parse_end(words, 'src')
        words.take('to')
        tests += parse_end(words, 'dst')
    while words.peek():
        tests.append(alternatives(words, parse_option))
    return tests


def option_block(words):
    """Does an or-block, or a `not`, at the very beginning hold an option and not a protocol?"""
    ahead = 1 if words.peek() in ('{', '(', 'not') else 0
    while words.peek(ahead) == 'not':
        ahead += 1
    return words.peek(ahead) in OPTION_PARSERS


class Rule:
    __slots__ = ('number', 'action', 'arg', 'tests', 'packets', 'bytes')

    def __init__(self, num, action, arg, tests):
        self.number, self.action, self.arg, self.tests = num, action, arg, tests
        self.packets = self.bytes = 0

    def matches(self, view, way):
        return all(t(view, way) for t in self.tests)


class RuleSet:
    def __init__(self, default='allow'):
        self.rules = []             # in the order of (number, insertion)
        self.default = Rule(65535, default, None, [])

    def add(self, text):
        """One `add …` line, its first word already taken away."""
        body = text.split('//')[0] if '//' in text else text
        comment = '//' in text
        words, num = Words(body), 0
        if words.peek()[:1].isdigit():
            num = number(words.take(), 0, 65534)
        if comment and not words.peek():
            action, arg, tests = 'count', None, []
        else:
            action, arg = self.parse_action(words, num)
            tests = parse_body(words)
        self.insert(Rule(num or self.next_number(), action, arg, tests))

    def parse_action(self, words, num):
        word = words.take()
        if word in ACTIONS:
            return ACTIONS[word], None
        if word not in ('skipto', 'pipe'):
            raise Refused(f'{word}: not an action')
        arg = number(words.take(), 1, 65535)
        if word == 'skipto' and arg <= (num or self.next_number()):
            raise Refused('skipto: not forward')
        return word, arg

    def next_number(self):
        last = self.rules[-1].number if self.rules else 0
        return last + 100 if last + 100 <= 65534 else last

    def insert(self, rule):
        at = len(self.rules)
        while at and self.rules[at - 1].number > rule.number:
            at -= 1
        self.rules.insert(at, rule)

    def judge(self, view, way, at=0):
        """(rule that decided, index of the rule after it); counts on the way."""
        while at < len(self.rules):
            rule = self.rules[at]
            at += 1
            if not rule.matches(view, way):
                continue
            rule.packets += 1
            rule.bytes += view.length
            if rule.action == 'skipto':
                while at < len(self.rules) and self.rules[at].number < rule.arg:
                    at += 1
            elif rule.action != 'count':
                return rule, at
        self.default.packets += 1
        self.default.bytes += view.length
        return self.default, at
