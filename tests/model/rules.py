"""The body of a rule: protocol, ends, ports, and the options; a list of questions that must all say yes."""
import ipaddress
import re

from matches import MATCHES
from units import Refused
from words import alternatives, negate, number, ranges, within

PROTOCOLS = {'icmp': 1, 'igmp': 2, 'tcp': 6, 'udp': 17, 'gre': 47, 'esp': 50, 'ah': 51, 'ipv6-icmp': 58, 'ospf': 89,
             'sctp': 132, 'udplite': 136}
SERVICES = {'ftp': 21, 'ssh': 22, 'telnet': 23, 'smtp': 25, 'domain': 53, 'http': 80, 'pop3': 110, 'ntp': 123,
            'imap': 143, 'https': 443}
TCP_BITS = {'fin': 1, 'syn': 2, 'rst': 4, 'psh': 8, 'ack': 16, 'urg': 32, 'ece': 64, 'cwr': 128}


# Body: protocol, ends, ports.

def parse_proto(words):
    word = words.take()
    if word in ('ip', 'all'):
        return lambda v, p: True
    if word in ('ip4', 'ipv4'):
        return lambda v, p: v.family == 4
    if word in ('ip6', 'ipv6'):
        return lambda v, p: v.family == 6
    n = PROTOCOLS[word] if word in PROTOCOLS else number(word, 0, 255)
    return lambda v, p: v.proto == n


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
            return lambda v, p: True
        if text in ('me', 'me6'):
            return lambda v, p: (v.family, v.src if side == 'src' else v.dst) in (p.me if text == 'me' else p.me6)
        nets = parse_nets(text)

        def test(v, p):
            addr = v.src if side == 'src' else v.dst
            return any(f == v.family and addr & mask == net for f, net, mask in nets)
        return test
    return parse


def port_test(text, side):
    spans = ranges(text, 0, 65535, SERVICES)
    return lambda v, p: within(v.sport if side == 'src' else v.dport, spans)


def looks_like_ports(word):
    first = re.split('[,-]', word)[0]
    return bool(word) and word not in OPTION_PARSERS and (word[0].isdigit() or first in SERVICES)


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


def opt_established(v, p):
    return v.tcp_flags is not None and v.tcp_flags & (2 | 16 | 4) != 2


def opt_setup(v, p):
    return v.tcp_flags is not None and v.tcp_flags & (2 | 16) == 2


def opt_tcpflags(words):
    on, off = flag_list(words.take_list(), TCP_BITS)
    return lambda v, p: v.tcp_flags is not None and v.tcp_flags & on == on and not v.tcp_flags & off


FRAG_NAMES = {'df': 1, 'mf': 2, 'rf': 4, 'offset': 8}


def opt_frag(words):
    first = words.peek().lstrip('!').split(',')[0]
    if first not in FRAG_NAMES:
        return lambda v, p: v.frag_offset != 0
    on, off = flag_list(words.take_list(), FRAG_NAMES)

    def test(v, p):
        if v.family != 4:
            return False
        bits = v.df | v.mf << 1 | v.rf << 2 | (v.frag_offset != 0) << 3
        return bits & on == on and not bits & off
    return test


def field_option(field, low, high):
    def parse(words):
        spans = ranges(words.take_list(), low, high)
        return lambda v, p: within(getattr(v, field), spans)
    return parse


def opt_version(words):
    n = words.take()
    if n not in ('4', '6'):
        raise Refused(f'ipversion: {n}')
    return lambda v, p: v.family == int(n)


OPTION_PARSERS = {
    'in': lambda words: lambda v, p: p.way == 'in',
    'out': lambda words: lambda v, p: p.way == 'out',
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
    'src-ip6': parse_where('src'),
    'dst-ip6': parse_where('dst'),
    'proto': parse_proto,
    **MATCHES,
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
        if not asks_nothing(words):
            tests.append(alternatives(words, parse_option))
    return tests


def asks_nothing(words):
    """Takes `recv any` or `via any` where it stands alone and without `not`."""
    # open: §8 has it vanish, §4 has `any` mean "has one". Answer: it vanishes, as in ipfw; under `not` and among
    # alternatives it asks.
    block = words.peek() in ('{', '(')
    if words.peek(block) not in ('recv', 'via') or words.peek(block + 1) != 'any':
        return False
    if block and words.peek(3) not in ('}', ')'):
        return False
    for _ in range(4 if block else 2):
        words.take()
    return True


def option_block(words):
    """Does an or-block, or a `not`, at the very beginning hold an option and not a protocol?"""
    ahead = 1 if words.peek() in ('{', '(', 'not') else 0
    while words.peek(ahead) == 'not':
        ahead += 1
    return words.peek(ahead) in OPTION_PARSERS


