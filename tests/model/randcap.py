"""Random captures from a seed: every link type and file format, sound packets and broken ones, times that run, stand
still and go backwards. The checksums are left zero: nothing in rules or pipes asks for them.
"""
import os
import struct

import capture
import packet

HOSTS4 = [0x0A000001, 0x0A000002, 0x0A000105, 0x0A010203, 0xC0000201, 0xC0A80101, 0xE0000001]
NET6 = 0x20010DB8 << 96
HOSTS6 = [NET6 + 1, NET6 + 2, NET6 + (1 << 64) + 5, (0xFE80 << 112) + 7, (0xFF02 << 112) + 1]
PORTS = [21, 22, 25, 53, 80, 123, 443, 1023, 1024, 4000, 5001, 8080, 40000, 65535]
NUMBERS = [0, 1, 1000, 2**31, 2**32 - 1]
TOS = [0, 0, 0, 1, 2, 3, 0x10, 0x08, 0x04, 0xB8, 0x28, 0x20, 0xC0, 0xFF]
MACS = [0x020000000001, 0x020000000002, 0x0200000000FF, 0xFFFFFFFFFFFF, 0x001122334455]
IFACES = [None, None, 'eth0', 'eth1', 'em0', 'wlan0', 'a b']
SIZES = [0, 1, 18, 85, 97, 210, 512, 972, 1210, 1460, 1472]
LINKS = [packet.RAW, packet.IPV4, packet.IPV6, packet.SLL, packet.SLL2, packet.NULL, packet.LOOP, packet.PPP,
         packet.PPP_HDLC, packet.PPP_ETHER, packet.C_HDLC, packet.NFLOG, 12, 14]


def tcp_options(dice, flags):
    """Sound ones, mostly; some are cut off, some have a length that cannot be."""
    options = b''
    for _ in range(dice.choice([0, 0, 1, 2, 4]) + (flags & 2) // 2):
        options += dice.choice([
            struct.pack('>BBH', 2, 4, dice.choice([536, 1220, 1440, 1460, 8960])), bytes([3, 3, 7]), bytes([4, 2]),
            bytes([5, 10]) + bytes(8), bytes([8, 10]) + bytes(8), b'\1', b'\1\1', bytes([254, 4, 0, 0])])
    if dice.random() < 0.03:
        options = dice.choice([b'\2', b'\x02\x01', b'\x02\x03\x05', b'\x08\x00', b'\0\x02\x04\x05\xb4']) + options
    return options[:40] + bytes(-len(options[:40]) % 4)


def tcp(dice, ports, payload):
    flags = dice.choice([2, 0x12, 0x10, 0x18, 0x11, 4, 0x14, 0, 0x20, 0xC2, 0x29, dice.randrange(256)])
    options = tcp_options(dice, flags)
    words = 5 + len(options) // 4 if dice.random() < 0.97 else dice.choice([0, 4, 5, 15])
    return ports + struct.pack('>IIBBHHH', dice.choice(NUMBERS), dice.choice(NUMBERS), words << 4, flags,
                               dice.choice([0, 1000, 8192, 65535]), dice.randrange(65536), 0) + options + payload


def transport(dice, proto):
    payload = bytes(dice.choice(SIZES) if dice.random() < 0.8 else dice.randrange(1500))
    ports = struct.pack('>HH', dice.choice(PORTS), dice.choice(PORTS))
    if proto == packet.TCP:
        return tcp(dice, ports, payload)
    if proto in (packet.UDP, packet.UDPLITE):
        return ports + struct.pack('>HH', 8 + len(payload), 0) + payload
    if proto == packet.SCTP:
        return ports + bytes(8) + payload
    if proto in (packet.ICMP, packet.ICMP6):
        kinds = [0, 3, 5, 8, 11, 13, 30, 31] if proto == packet.ICMP else [1, 2, 128, 129, 135]
        return bytes([dice.choice(kinds), dice.choice([0, 1, 3, 4]), 0, 0, 0, 0, 0, 0]) + payload
    return payload


def ip_options(dice):
    if dice.random() < 0.7:
        return bytes(4 * dice.choice([0, 0, 0, 1, 3, 10]))
    options = b''.join(dice.choice([bytes([7, 7, 4, 0, 0, 0, 0]), bytes([131, 3, 4]), bytes([137, 3, 4]), b'\1',
                                    bytes([68, 4, 5, 0]), bytes([148, 4, 0, 0]), bytes([7, 1]), bytes([68, 40])])
                       for _ in range(dice.choice([1, 1, 2, 3])))[:40]
    return options + bytes(-len(options) % 4)


def ip4(dice, proto=None):
    if proto is None:
        proto = dice.choice([6, 6, 6, 17, 17, 1, 132, 136, 47, dice.randrange(256)])
    body = transport(dice, proto)
    options = ip_options(dice)
    bits = dice.choice([0, 0x4000, 0x4000, 0x8000])
    if dice.random() < 0.15:
        bits = dice.choice([0x2000, 0x2001, 0x0001, 0x00B9, 0x1FFF, 0x20B9])
        if bits == 0x2000:
            body = body[:dice.choice([8, 16, 24, 1480])]
    total = 20 + len(options) + len(body)
    if dice.random() < 0.06:
        total = dice.choice([0, 0, 19, 20 + len(options), total + 40, max(20 + len(options), total - 30), 65535])
    first = (dice.choice([4, 6, 15]) if dice.random() < 0.01 else 4) << 4 | 5 + len(options) // 4
    if dice.random() < 0.01:
        first = 0x40 | dice.randrange(5)
    head = struct.pack('>BBHHHBBHII', first, dice.choice(TOS), total & 0xFFFF, dice.choice([0, 1, 7, 65535]), bits,
                       dice.choice([1, 2, 32, 63, 64, 128, 255]), proto, dice.randrange(65536),
                       dice.choice(HOSTS4), dice.choice(HOSTS4))
    return head + options + body


def ip6(dice):
    proto = dice.choice([6, 6, 6, 17, 17, 58, 132, 136, 59, dice.choice([1, 47, 50, 89])])
    body, nxt = transport(dice, proto), proto
    for _ in range(dice.choice([0, 0, 0, 1, 1, 2, 3])):
        body, nxt = extension(dice, body, nxt)
    length = len(body)
    if dice.random() < 0.03:
        big = dice.choice([1500, 65535, 65536, 70000, 10**6, 2**32 - 41])
        body, nxt = struct.pack('>BBBBI', nxt, 0, 0xC2, 4, big) + body, packet.EXT_HOP
        length = dice.choice([0, 0, 0, 99])
    elif dice.random() < 0.05:
        length = dice.choice([0, max(0, length - 30), length + 40, 4])
    first = (6 if dice.random() < 0.99 else 4) << 28 | dice.choice(TOS) << 20 | dice.choice([0, 0, 1, 2, 0xFFFFF])
    head = struct.pack('>IHBB', first, length & 0xFFFF, nxt,
                       dice.choice([1, 64, 255]))
    return head + dice.choice(HOSTS6).to_bytes(16, 'big') + dice.choice(HOSTS6).to_bytes(16, 'big') + body


def extension(dice, body, nxt):
    kind = dice.choice([packet.EXT_HOP, packet.EXT_ROUTE, packet.EXT_FRAG, packet.EXT_FRAG, packet.EXT_AH,
                        packet.EXT_DST])
    if kind == packet.EXT_FRAG:
        offset = dice.choice([0, 0, 8, 1448]) | dice.choice([0, 1])
        return struct.pack('>BBHI', nxt, 0, offset, 7) + body, kind
    if kind == packet.EXT_AH:
        return bytes([nxt, 4]) + bytes(22) + body, kind
    units = dice.choice([0, 0, 1, 3])
    pad = bytes([1, 6 + 8 * units - 2]) + bytes(6 + 8 * units - 2)
    if kind == packet.EXT_ROUTE:
        pad = bytes([dice.choice([253, 0, 2]), 0]) + bytes(4 + 8 * units)
    return bytes([nxt, units]) + pad + body, kind


def other(dice):
    """Frames that carry no IP: (ethertype, bytes)."""
    return dice.choice([(0x0806, bytes(28)), (0x88CC, bytes(40)), (0x8847, bytes(60)), (0x8863, bytes(20)),
                        (0x0027, bytes(39))])


def ethertypes(dice, depth=0):
    """(ethertype, what follows it): IP, or tags and PPPoE around it, or something else."""
    x = dice.random()
    if depth == 0 and x < 0.05:
        return other(dice)
    if x < 0.25 and depth < 6:
        kind, inner = ethertypes(dice, depth + (1 if dice.random() < 0.9 else 3))
        tci = dice.choice([0, 5, 7, 0xA005, 0x6007, dice.randrange(65536)])
        return dice.choice([0x8100, 0x88A8, 0x9100]), struct.pack('>HH', tci, kind) + inner
    if x < 0.30:
        six, ip = family_packet(dice)
        return 0x8864, pppoe(dice, ip, six)
    six, ip = family_packet(dice)
    return 0x86DD if six else 0x0800, ip


def pppoe(dice, ip, six):
    code = 0 if dice.random() < 0.9 else 9
    return struct.pack('>BBHHH', 0x11, code, 7, len(ip) + 2, 0x57 if six else 0x21) + ip


def family_packet(dice):
    six = dice.random() < 0.35
    return six, ip6(dice) if six else ip4(dice)


def frame(dice, link, order):
    """The bytes of one frame of this link type."""
    kind, inner = ethertypes(dice)
    six, ip = family_packet(dice)
    family = {packet.NULL: order, packet.LOOP: '>'}.get(link)
    if link == packet.ETHERNET:
        macs = b''.join(dice.choice(MACS).to_bytes(6, 'big') for _ in range(2))
        return macs + struct.pack('>H', kind) + inner
    if link == packet.SLL:
        return struct.pack('>HHH8xH', 0, 1, 6, kind) + inner
    if link == packet.SLL2:
        return struct.pack('>HHIHBB8x', kind, 0, 2, 1, 0, 6) + inner
    if link == packet.C_HDLC:
        return struct.pack('>BBH', 0x0F, 0, kind) + inner
    if family:
        return struct.pack(family + 'I', dice.choice([24, 28, 30]) if six else 2) + ip
    if link in (packet.PPP, packet.PPP_HDLC):
        proto = dice.choice([0xC021, 0x0057 if six else 0x0021, 0x0057 if six else 0x0021])
        return (b'\xff\x03' if link == packet.PPP_HDLC or dice.random() < 0.5 else b'') + struct.pack('>H', proto) + ip
    if link == packet.NFLOG:
        extra = struct.pack(order + 'HHI', 8, 3, 0) + struct.pack(order + 'HH', 5, 10) + b'x\0\0\0'
        tlv = struct.pack(order + 'HH', len(ip) + 4, 9) + ip + bytes(-len(ip) % 4)
        return bytes([10 if six else 2, 0, 0, 0]) + extra + tlv
    if link == packet.PPP_ETHER:
        return pppoe(dice, ip, six)
    if link in (packet.RAW, 12, 14):
        return ip
    return ip6(dice) if link == packet.IPV6 else ip4(dice)


def next_time(dice, now):
    """Bursts, equal times, round gaps (services that end at the very instant of an arrival), and steps back."""
    x = dice.random()
    if x < 0.35:
        return now
    if x < 0.60:
        return now + dice.randrange(1, 30000)
    if x < 0.80:
        return now + dice.choice([1, 2, 5, 8, 10, 12]) * dice.choice([10**4, 10**5, 10**6])
    if x < 0.95:
        return now + dice.randrange(1, 3 * 10**6)
    if x < 0.985:
        return now + dice.randrange(1, 10**8)
    return now - dice.randrange(1, 10**7)


def record(dice, time, link, order, iface):
    data = frame(dice, link, order)
    wire = len(data)
    if dice.random() < 0.08:
        data = data[:dice.randrange(len(data) + 1)]
    elif dice.random() < 0.05:
        pad = bytes(dice.randrange(1, 30))          # Ethernet's padding, or the frame check sequence
        data, wire = data + pad, wire + len(pad)
    return capture.Record(time, data, wire, link, order, (), iface)


def begin(dice):
    return dice.randrange(10**9, 4 * 10**9) * 10**9 + dice.randrange(10**9)


def write(dice, stem, count, now):
    """A capture with `count` records from about `now` on; returns its path."""
    order = dice.choice('<>')
    now = now + dice.choice([0, 0, dice.randrange(10**8)]) if dice.random() < 0.95 else begin(dice)
    ng = dice.random() < 0.4
    if ng:
        path, mode = stem + '.pcapng', 'wb'
        for part in (count, dice.choice([0, 0, 0, 10])):
            now, mode = write_section(dice, path, mode, part, order, now), 'ab'
            order = dice.choice('<>')
    else:
        path, link, records = stem + '.pcap', any_link(dice), []
        for _ in range(count):
            records.append(record(dice, now, link, order, 0))
            now = next_time(dice, now)
        capture.write_pcap(path, records, link, order, dice.choice([1, 1000]))
    if dice.random() < 0.06:
        size = os.path.getsize(path)
        os.truncate(path, dice.randrange(max(size // 2, 24), size + 1))
    return path


def any_link(dice):
    return packet.ETHERNET if dice.random() < 0.6 else dice.choice(LINKS)


def write_section(dice, path, mode, count, order, now):
    if not count and mode == 'ab':
        return now
    interfaces = [interface(dice, i, now // 10**9) for i in range(dice.choice([1, 1, 2, 3]))]
    records = []
    for i in range(count):
        n = dice.randrange(len(interfaces))
        r, snap = record(dice, now, interfaces[n].link, order, n), interfaces[n].snap
        if n == 0 and i and dice.random() < 0.05:
            r.time, r.data = None, r.data[:r.wire]
            r.wire = len(r.data)
        r.data = r.data[:snap] if snap else r.data
        if dice.random() < 0.05:
            r.comments = ('a remark',)
        records.append(r)
        now = next_time(dice, now)
    capture.write_pcapng(path, records, interfaces, order, mode)
    return now


def interface(dice, i, second):
    resol = dice.choice([None, 6, 9, 9, 3, 0, 12, 0x80 | 20, 0x80 | 30])
    # 64 bits of picoseconds are 213 days: those need an offset.
    offset = second - 1000 if resol == 12 else dice.choice([0, 0, 0, 1000, -1000])
    return capture.Interface(any_link(dice), resol, offset, dice.choice(IFACES), dice.choice([0, 0, 0, 96]))
