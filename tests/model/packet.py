"""What the rules see of a frame: where its IP header is, how long the packet is, and which fields can be asked.

`see()` gives None for a frame that bypasses the rules. A field that is not there (not captured, beyond the packet's own
length, or in another fragment) is None, and every match on None is false. What lies inside the headers of IP and TCP
is read by headers.py, when it is asked.
"""
import struct

import headers

ETHERNET, RAW, IPV4, IPV6, SLL, SLL2, NULL, LOOP = 1, 101, 228, 229, 113, 276, 0, 108
PPP, PPP_HDLC, PPP_ETHER, C_HDLC, NFLOG = 9, 50, 51, 104, 239
# open: which numbers are the link types named. Answer: those of the registry, raw IP also as the old 12 and 14, PPP
# also as 50 (in HDLC framing) and 51 (a PPPoE header first).
KNOWN = {ETHERNET, RAW, 12, 14, IPV4, IPV6, SLL, SLL2, NULL, LOOP, PPP, PPP_HDLC, PPP_ETHER, C_HDLC, NFLOG}

VLAN = {0x8100, 0x88A8, 0x9100}
TCP, UDP, UDPLITE, SCTP, ICMP, ICMP6 = 6, 17, 136, 132, 1, 58
FIXED = {TCP: 20, UDP: 8, UDPLITE: 8, SCTP: 12, ICMP: 4, ICMP6: 4}
PORTED = {TCP, UDP, UDPLITE, SCTP}
# open: which next headers are walked over. Answer: hop-by-hop, routing, fragment, AH, destination options; ESP and
# "none" end the chain and are the protocol; so are mobility, HIP and shim6.
EXT_HOP, EXT_ROUTE, EXT_FRAG, EXT_ESP, EXT_AH, EXT_DST, NO_NEXT = 0, 43, 44, 50, 51, 60, 59


class View:
    """One packet as rules see it. `layer2`: with its frame, where `length` is that of the frame."""

    def __init__(self, frame, record, layer2):
        self.layer2, self.macs, self.ethertypes, self.vlans = layer2, frame.macs, frame.ethertypes, frame.vlans
        self.whole = len(record.data) >= record.wire
        self.data, self.at, self.end = record.data, frame.at, None      # end: of what is there of the IP packet
        self.family = self.ip_length = self.ttl = self.src = self.dst = self.tos = None
        self.length = record.wire if layer2 else None
        self.proto = None           # None: the chain of extension headers is broken before it
        self.frag_offset = 0
        self.df = self.mf = self.rf = None      # the bits of IPv4; None in IPv6
        self.ipid = self.flow_label = None
        self.extensions = set()
        self.broken = False         # the chain of extension headers
        self.stopped = None         # the next header at which its walk ended
        self.up = None              # where the header above IP begins, in the first fragment
        self.sport = self.dport = self.tcp_flags = self.icmp_type = self.icmp6_type = None
        self.seq = self.ack = self.window = None

    @property
    def ip_options(self):
        return headers.ip_options(self)

    @property
    def tcp_options(self):
        """{kind: body} of the options that are there, or None where they cannot be asked."""
        return headers.tcp_options(self)

    @property
    def tcp_data(self):
        return headers.tcp_data(self)

    @property
    def malformed(self):
        return headers.malformed(self, FIXED)


class Frame:
    """What stands before the IP header."""

    def __init__(self):
        self.family = self.at = self.end = None     # family None: only the version tells; at None: no IP
        self.macs = None                            # (destination, source)
        self.ethertypes = []                        # from the header's own over those of its tags to the last
        self.vlans = []                             # (tag type, priority, id) from the outermost on


def u16(data, at):
    return data[at] << 8 | data[at + 1]


def see(record, layer2=False):
    """The view of a record, or None where it bypasses."""
    if layer2 not in record.views:
        record.views[layer2] = look(record, layer2)
    return record.views[layer2]


def look(record, layer2):
    frame = Frame()
    place = locate(record, frame)
    if place is not None:
        frame.family, frame.at, frame.end = place
        view = see_ip(record, frame, layer2)
        if view:
            return view
    return View(frame, record, layer2) if layer2 else None


def see_ip(record, frame, layer2):
    if frame.at >= len(record.data):
        return None
    # open: an IP header of another version than the frame announces. Answer: not well-formed, so it bypasses.
    version = record.data[frame.at] >> 4
    if version not in (4, 6) or frame.family not in (None, version):
        return None
    v = View(frame, record, layer2)
    whole = (see4 if version == 4 else see6)(v, record.data[:frame.end], frame.at, record.wire)
    if not whole:
        return None
    if not layer2:
        v.length = v.ip_length
    return v


def locate(record, frame):
    """(family or None if only the version tells, offset of the IP header, end of what was captured of it) or None."""
    link, data = record.link, record.data
    end = len(data)
    if link in (RAW, 12, 14):
        return None, 0, end
    if link in (IPV4, IPV6):
        return 4 if link == IPV4 else 6, 0, end
    if link == ETHERNET:
        if end >= 14:
            frame.macs = int.from_bytes(data[:6], 'big'), int.from_bytes(data[6:12], 'big')
        return ethertype_at(data, 12, frame=frame)
    if link == SLL:
        return ethertype_at(data, 14, frame=frame)
    if link == SLL2:
        return ethertype_at(data, 0, 20, frame=frame)
    if link in (NULL, LOOP):
        return loopback(data, link)
    if link in (PPP, PPP_HDLC):
        return ppp(data, 0)
    if link == PPP_ETHER:
        return pppoe(data, 0)
    if link == C_HDLC:
        return ethertype_at(data, 2, frame=frame)
    if link == NFLOG:
        return nflog(data, record.order)
    return None


def ethertype_at(data, at, behind=None, frame=None):
    """Follow an ethertype at `at`; what it names begins at `behind`, or right after it."""
    behind = at + 2 if behind is None else behind
    tags = 0
    while True:
        if len(data) < behind:
            return None
        kind = u16(data, at)
        frame.ethertypes.append(kind)
        if kind not in VLAN:
            break
        tags += 1
        if tags > 4:
            return None
        if len(data) >= behind + 2:
            tci = u16(data, behind)
            frame.vlans.append((kind, tci >> 13, tci & 0xFFF))
        at, behind = behind + 2, behind + 4
    if kind == 0x0800:
        return 4, behind, len(data)
    if kind == 0x86DD:
        return 6, behind, len(data)
    if kind == 0x8864:
        return pppoe(data, behind)
    # open: 802.3 frames with LLC/SNAP around IP, MPLS labels. Answer: not named, so not looked through.
    return None


def pppoe(data, at):
    # open: a PPPoE header of another version, type or code. Answer: RFC 2516 session data has 0x11 and code 0; others
    # bypass. Its length field is not asked: L is the IP header's own.
    if len(data) < at + 6 or data[at] != 0x11 or data[at + 1] != 0:
        return None
    return ppp(data, at + 6, bare=True)


def ppp(data, at, bare=False):
    if not bare and data[at:at + 2] == b'\xff\x03':
        at += 2
    if len(data) <= at:
        return None
    # open: a protocol field compressed to one byte. Answer: RFC 1661 2, an odd first byte is the whole field.
    if data[at] & 1:
        proto, at = data[at], at + 1
    elif len(data) < at + 2:
        return None
    else:
        proto, at = u16(data, at), at + 2
    return {0x21: (4, at, len(data)), 0x57: (6, at, len(data))}.get(proto)


def loopback(data, link):
    if len(data) < 4:
        return None
    # open: BSD null is in the order of the recording host, which may not be the file's. Answer: either order counts.
    # open: which numbers mean IPv6. Answer: 24, 28 and 30 of the BSDs, 10 of Linux.
    values = {struct.unpack('>I', data[:4])[0]}
    if link == NULL:
        values.add(struct.unpack('<I', data[:4])[0])
    if 2 in values:
        return 4, 4, len(data)
    if values & {10, 24, 28, 30}:
        return 6, 4, len(data)
    return None


def nflog(data, order):
    # open: the order of the lengths in an NFLOG record, that of the recording host. Answer: the file's order.
    if len(data) < 4 or data[1] != 0:
        return None
    family, at = {2: 4, 10: 6}.get(data[0]), 4
    while family and at + 4 <= len(data):
        length, kind = struct.unpack_from(order + 'HH', data, at)
        if length < 4:
            return None
        if kind == 9:
            return family, at + 4, min(len(data), at + length)
        at += (length + 3) // 4 * 4
    return None


def see4(v, data, at, wire):
    """False where the header is not whole and well-formed."""
    if len(data) < at + 20:
        return False
    header, total = (data[at] & 15) * 4, u16(data, at + 2)
    if header < 20 or len(data) < at + header or 0 < total < header:
        return False
    v.family, v.ip_length, v.ttl, v.proto = 4, total or wire - at, data[at + 8], data[at + 9]
    v.tos, v.ipid = data[at + 1], u16(data, at + 4)
    bits = u16(data, at + 6)
    v.rf, v.df, v.mf = bits >> 15 & 1, bits >> 14 & 1, bits >> 13 & 1
    v.frag_offset = (bits & 0x1FFF) * 8
    v.src, v.dst = (int.from_bytes(data[at + i:at + i + 4], 'big') for i in (12, 16))
    v.end = min(len(data), at + v.ip_length)
    if v.frag_offset == 0:
        see_transport(v, data, at + header)
    return True


def jumbo(data, at):
    """The length in a jumbo option of the hop-by-hop header at `at`, or None (RFC 2675 2)."""
    if len(data) < at + 2 or len(data) < at + (data[at + 1] + 1) * 8:
        return None
    end, at = at + (data[at + 1] + 1) * 8, at + 2
    while at < end:
        if data[at] == 0:
            at += 1
            continue
        if at + 2 > end or at + 2 + data[at + 1] > end:
            return None
        if data[at] == 0xC2 and data[at + 1] == 4:
            length = int.from_bytes(data[at + 2:at + 6], 'big')
            # open: a jumbo length that needs no jumbogram. Answer: RFC 2675 3 calls it an error: not taken.
            return length if length > 65535 else None
        at += 2 + data[at + 1]
    return None


def see6(v, data, at, wire):
    if len(data) < at + 40:
        return False
    payload, nxt = u16(data, at + 4), data[at + 6]
    v.family, v.ttl = 6, data[at + 7]
    word = int.from_bytes(data[at:at + 4], 'big')
    v.tos, v.flow_label = word >> 20 & 255, word & 0xFFFFF
    v.src, v.dst = (int.from_bytes(data[at + i:at + i + 16], 'big') for i in (8, 24))
    v.ip_length = payload + 40
    if payload == 0 and nxt != NO_NEXT:
        big = jumbo(data, at + 40) if nxt == EXT_HOP else None
        v.ip_length = big + 40 if big else wire - at
    v.end = min(len(data), at + v.ip_length)
    walk6(v, data, at + 40, nxt)
    return True


EXT_NAMES = {EXT_HOP: 'hopopt', EXT_ROUTE: 'route', EXT_FRAG: 'frag', EXT_AH: 'ah', EXT_DST: 'dstopt'}
ROUTE_NAMES = {0: 'rthdr0', 2: 'rthdr2'}


def walk6(v, data, at, nxt):
    # open: an extension header that is not whole, by its own length, within L and what was captured. Answer: the
    # chain is broken there, and what the header names is not known.
    # open: hop-by-hop options behind another header. Answer: RFC 8200 4.1 has them first only: a broken chain.
    first = at
    # Where only the snapshot length took the rest away, nothing is known to be broken.
    cut = not v.whole and v.end < v.at + v.ip_length
    while nxt in EXT_NAMES:
        v.stopped = nxt
        if nxt == EXT_HOP and at != first:
            v.broken = True
            return
        if at + 8 > v.end:
            v.broken = not cut
            return
        length = {EXT_FRAG: 8, EXT_AH: (data[at + 1] + 2) * 4}.get(nxt, (data[at + 1] + 1) * 8)
        if at + length > v.end:
            v.broken = not cut
            return
        v.extensions.add(EXT_NAMES[nxt])
        if nxt == EXT_ROUTE and data[at + 2] in ROUTE_NAMES:
            v.extensions.add(ROUTE_NAMES[data[at + 2]])
        if nxt == EXT_FRAG:
            v.frag_offset = u16(data, at + 2) & 0xFFF8
        nxt, at = data[at], at + length
        if v.frag_offset:
            v.proto = nxt
            return
    v.proto = nxt
    if nxt == EXT_ESP:
        v.extensions.add('esp')
    see_transport(v, data, at)


def see_transport(v, data, at):
    need = FIXED.get(v.proto)
    v.up = at
    if need is None or at + need > v.end:
        return
    if v.proto in PORTED:
        v.sport, v.dport = u16(data, at), u16(data, at + 2)
    if v.proto == TCP:
        v.tcp_flags, v.window = data[at + 13], u16(data, at + 14)
        v.seq, v.ack = (int.from_bytes(data[at + i:at + i + 4], 'big') for i in (4, 8))
    # open: protocol 1 inside IPv6. Answer: there is no such ICMP; it has no type to ask. The same for 58 in IPv4.
    if v.proto == ICMP and v.family == 4:
        v.icmp_type = data[at]
    if v.proto == ICMP6 and v.family == 6:
        v.icmp6_type = data[at]
