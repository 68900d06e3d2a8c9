"""The options that ask the bytes of the headers, the frame, the interface, or what sticks to the packet."""
import re

from units import Refused
from words import number, ranges, within

TOS_BITS = {'lowdelay': 0x10, 'throughput': 0x08, 'reliability': 0x04, 'mincost': 0x02, 'congestion': 0x03,
            'ecntransport': 0x02}
IP_OPTIONS = {'ssrr': 137, 'lsrr': 131, 'rr': 7, 'ts': 68}
# open: `sack` is the option that permits it, or the blocks. Answer: either, as ipfw has it.
TCP_OPTIONS = {'mss': {2}, 'maxseg': {2}, 'window': {3}, 'sack': {4, 5}, 'ts': {8}, 'timestamp': {8}, 'cc': set()}
EXT_NAMES = {'frag', 'hopopt', 'route', 'rthdr0', 'rthdr2', 'dstopt', 'ah', 'esp'}
DSCP = {'be': 0, 'ef': 46, **{f'cs{i}': 8 * i for i in range(8)},
        **{f'af{i}{j}': 8 * i + 2 * j for i in range(1, 5) for j in range(1, 4)}}


def names_of(word, known):
    """(on, name) of each member of a list such as `mss,!sack`"""
    for part in word.split(','):
        on = not part.startswith('!')
        name = part if on else part[1:]
        if name not in known:
            raise Refused(f'{part}: not a name')
        yield on, name


def spans(field, low, high):
    def parse(words):
        wanted = ranges(words.take_list(), low, high)
        return lambda v, p: within(getattr(v, field), wanted)
    return parse


def exact(field):
    def parse(words):
        wanted = number(words.take(), 0, 2**32 - 1)
        return lambda v, p: getattr(v, field) == wanted
    return parse


def opt_iptos(words):
    wanted = list(names_of(words.take_list(), TOS_BITS))

    def test(v, p):
        return v.family == 4 and all(v.tos & TOS_BITS[n] == (TOS_BITS[n] if on else 0) for on, n in wanted)
    return test


def opt_precedence(words):
    wanted = number(words.take(), 0, 7)
    return lambda v, p: v.family == 4 and v.tos >> 5 == wanted


def dscp_value(word):
    return DSCP[word] if word in DSCP else number(word, 0, 63)


def opt_dscp(words):
    wanted = {dscp_value(w) for w in words.take_list().split(',')}
    return lambda v, p: v.tos is not None and v.tos >> 2 in wanted


def opt_ipoptions(words):
    wanted = list(names_of(words.take_list(), IP_OPTIONS))

    def test(v, p):
        there = v.ip_options
        return there is not None and all((IP_OPTIONS[n] in there) == on for on, n in wanted)
    return test


def opt_tcpoptions(words):
    wanted = list(names_of(words.take_list(), TCP_OPTIONS))

    def test(v, p):
        there = v.tcp_options
        return there is not None and all(bool(TCP_OPTIONS[n] & there.keys()) == on for on, n in wanted)
    return test


def opt_tcpmss(words):
    wanted = ranges(words.take_list(), 0, 65535)

    def test(v, p):
        mss = (v.tcp_options or {}).get(2)
        return mss is not None and len(mss) == 2 and within(int.from_bytes(mss, 'big'), wanted)
    return test


def opt_ext6hdr(words):
    wanted = set(words.take_list().split(','))
    if wanted - EXT_NAMES:
        raise Refused(f'ext6hdr: {wanted}')
    return lambda v, p: bool(wanted & v.extensions)


def opt_flow_id(words):
    wanted = {number(w, 0, 0xFFFFF) for w in words.take_list().split(',')}
    return lambda v, p: v.flow_label in wanted


MAC_ADDRESS = r'[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}'
ALL_MAC = (1 << 48) - 1


def mac_number(text):
    if not re.fullmatch(MAC_ADDRESS, text):
        raise Refused(f'{text}: not a MAC address')
    return int(''.join(part.zfill(2) for part in text.split(':')), 16)


def parse_mac(word):
    """(address, mask)"""
    if word == 'any':
        return 0, 0
    address, mark, rest = re.fullmatch('([^/&]*)([/&]?)(.*)', word).groups()
    mask = ALL_MAC
    if mark == '/':
        mask = ALL_MAC ^ ALL_MAC >> number(rest, 0, 48)
    elif mark == '&':
        mask = mac_number(rest)
    return mac_number(address) & mask, mask


def opt_mac(words):
    wanted = parse_mac(words.take()), parse_mac(words.take())
    return lambda v, p: v.layer2 and v.macs is not None and all(a & m == w for a, (w, m) in zip(v.macs, wanted))


def opt_mac_type(words):
    wanted = ranges(words.take_list(), 0, 65535, dict(ip=0x800, ipv4=0x800, arp=0x806, ipv6=0x86DD))
    # open: the ethertype of a frame with tags. Answer: any on the way from its header to what the tags hold.
    return lambda v, p: v.layer2 and any(within(kind, wanted) for kind in v.ethertypes)


def opt_vlan(words):
    # open: how deep a list without a dot looks. Answer: `vlan 5` is the outermost tag; `5.7` also the next one.
    wanted = [ranges(part, 0, 4095) for part in words.take().split('.')]

    def test(v, p):
        return len(v.vlans) >= len(wanted) and all(within(tag[2], w) for tag, w in zip(v.vlans, wanted))
    return test


def opt_vlan_pcp(words):
    wanted = ranges(words.take_list(), 0, 7)
    return lambda v, p: bool(v.vlans) and within(v.vlans[0][1], wanted)


def interface(choose):
    def parse(words):
        word = words.take()
        if word == 'any':
            return lambda v, p: choose(p) is not None
        pattern = re.escape(word[:-1]) + '.*' if word.endswith('*') else re.escape(word)
        return lambda v, p: choose(p) is not None and re.fullmatch(pattern, choose(p)) is not None
    return parse


def opt_tagged(words):
    wanted = ranges(words.take_list(), 1, 65534)
    return lambda v, p: any(within(tag, wanted) for tag in p.tags)


MATCHES = {
    'layer2': lambda words: lambda v, p: v.layer2,
    'bridged': lambda words: lambda v, p: v.layer2,
    'malformed': lambda words: lambda v, p: v.malformed,
    'iptos': opt_iptos, 'ipprecedence': opt_precedence, 'dscp': opt_dscp, 'ipoptions': opt_ipoptions,
    'ipid': spans('ipid', 0, 65535), 'tcpseq': exact('seq'), 'tcpack': exact('ack'),
    'tcpwin': spans('window', 0, 65535), 'tcpdatalen': spans('tcp_data', 0, 65535), 'tcpmss': opt_tcpmss,
    'tcpoptions': opt_tcpoptions, 'icmp6types': spans('icmp6_type', 0, 255), 'ext6hdr': opt_ext6hdr,
    'flow-id': opt_flow_id, 'MAC': opt_mac, 'mac': opt_mac, 'mac-type': opt_mac_type, 'vlan': opt_vlan,
    'vlan-pcp': opt_vlan_pcp, 'tagged': opt_tagged,
    'recv': interface(lambda p: p.recv), 'xmit': interface(lambda p: p.xmit),
    'via': interface(lambda p: p.recv if p.way == 'in' else p.xmit),
}
