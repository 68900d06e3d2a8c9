"""Capture files in and out, written for the model alone: nothing here comes from the C reader.

Reads pcap (microseconds and nanoseconds, both byte orders) and pcapng (several sections and interfaces, resolutions,
offsets, EPB, SPB, comments) and writes the same, so that the tests can make inputs of every kind. Times are whole
nanoseconds since 1970; a record that has none (SPB) carries None and the caller gives it the latest one.
"""
import struct

SHB, IDB, SPB, EPB, OLD_PB = 0x0A0D0D0A, 1, 3, 6, 2
OPT_END, OPT_COMMENT, OPT_IF_NAME, OPT_TSRESOL, OPT_TSOFFSET = 0, 1, 2, 9, 14
PCAP_MAGIC = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}


class Damaged(Exception):
    """The file is not a capture at all; a capture cut in the middle is no exception but `Capture.truncated`."""


class Record:
    __slots__ = ('time', 'data', 'wire', 'link', 'order', 'comments', 'iface', 'name', 'views')

    def __init__(self, time, data, wire, link, order='<', comments=(), iface=0, name=None):
        self.time, self.data, self.wire, self.link = time, data, wire, link
        self.order = order          # byte order of the file: some link headers are in the order of the recording host
        self.comments, self.iface, self.name = comments, iface, name
        self.views = {}             # what packet.see() made of it, kept for the next script on the same capture


class Capture:
    def __init__(self):
        self.records = []
        self.truncated = False
        self.interfaces = []        # (link type, name) of every interface of every section, in the order of the file


def read(path):
    with open(path, 'rb') as f:
        return parse(f.read())


def parse(blob):
    if len(blob) < 4:
        raise Damaged('shorter than any capture')
    for order in '<>':
        magic = struct.unpack_from(order + 'I', blob)[0]
        if magic in PCAP_MAGIC:
            return parse_pcap(blob, order, PCAP_MAGIC[magic])
    if struct.unpack_from('<I', blob)[0] == SHB:
        return parse_pcapng(blob)
    raise Damaged('no capture')


def parse_pcap(blob, order, unit):
    cap = Capture()
    if len(blob) < 24:
        raise Damaged('header cut off')
    # open: the upper half of the link type field may hold the length of a frame check sequence. Answer: not our type.
    link = struct.unpack_from(order + 'I', blob, 20)[0] & 0xFFFF
    cap.interfaces.append((link, None))
    view, at, head = memoryview(blob), 24, struct.Struct(order + 'IIII')
    while at + 16 <= len(blob):
        sec, sub, caplen, wire = head.unpack_from(blob, at)
        if at + 16 + caplen > len(blob):
            break
        data = bytes(view[at + 16:at + 16 + caplen])
        cap.records.append(Record(sec * 10**9 + sub * unit, data, wire, link, order))
        at += 16 + caplen
    cap.truncated = at != len(blob)
    return cap


def resolution(options, order):
    """Units a second, and what to add in seconds, of one interface."""
    units, offset = 10**6, 0
    for code, value in options:
        if code == OPT_TSRESOL and len(value) == 1:
            units = 2**(value[0] & 0x7F) if value[0] & 0x80 else 10**value[0]
        elif code == OPT_TSOFFSET and len(value) == 8:
            offset = struct.unpack(order + 'q', value)[0]
    return units, offset


def parse_options(blob, order):
    options, at = [], 0
    while at + 4 <= len(blob):
        code, length = struct.unpack_from(order + 'HH', blob, at)
        if code == OPT_END or at + 4 + length > len(blob):
            break
        options.append((code, blob[at + 4:at + 4 + length]))
        at += 4 + (length + 3) // 4 * 4
    return options


def parse_pcapng(blob):
    cap, at, order, local = Capture(), 0, '<', []
    while at < len(blob):
        if at + 12 > len(blob):
            break
        if struct.unpack_from('<I', blob, at)[0] == SHB:
            order = '<' if struct.unpack_from('<I', blob, at + 8)[0] == 0x1A2B3C4D else '>'
            local = []
        kind, total = struct.unpack_from(order + 'II', blob, at)
        if total < 12 or total % 4 or at + total > len(blob):
            break
        parse_block(cap, local, kind, blob[at + 8:at + total - 4], order)
        at += total
    cap.truncated = at != len(blob)
    return cap


def parse_block(cap, local, kind, body, order):
    if kind == IDB:
        link, _, snap = struct.unpack_from(order + 'HHI', body)
        options = parse_options(body[8:], order)
        name = next((v.rstrip(b'\0').decode('utf-8', 'replace') for c, v in options if c == OPT_IF_NAME), None)
        local.append((link, resolution(options, order), snap, len(cap.interfaces)))
        cap.interfaces.append((link, name))
    elif kind == EPB:
        index, high, low, caplen, wire = struct.unpack_from(order + 'IIIII', body)
        link, (units, offset), _, number = local[index]
        # open: a resolution finer than a nanosecond, or binary. Answer: the nanosecond it falls into (floor).
        time = (high << 32 | low) * 10**9 // units + offset * 10**9
        rest = parse_options(body[20 + (caplen + 3) // 4 * 4:], order)
        notes = tuple(v.rstrip(b'\0').decode('utf-8', 'replace') for c, v in rest if c == OPT_COMMENT)
        cap.records.append(Record(time, bytes(body[20:20 + caplen]), wire, link, order, notes, number,
                                  cap.interfaces[number][1]))
    elif kind == SPB:
        wire = struct.unpack_from(order + 'I', body)[0]
        link, _, snap, number = local[0]
        caplen = min(wire, len(body) - 4, snap or wire)
        cap.records.append(Record(None, bytes(body[4:4 + caplen]), wire, link, order, (), number,
                                  cap.interfaces[number][1]))


# Writing: what the tests need to make inputs of every kind.

def write_pcap(path, records, link, order='<', unit=1):
    magic = next(m for m, u in PCAP_MAGIC.items() if u == unit)
    with open(path, 'wb') as f:
        f.write(struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, 262144, link))
        for r in records:
            sec, ns = divmod(r.time, 10**9)
            f.write(struct.pack(order + 'IIII', sec, ns // unit, len(r.data), r.wire) + r.data)


def block(kind, body, order):
    body += b'\0' * (-len(body) % 4)
    total = len(body) + 12
    return struct.pack(order + 'II', kind, total) + body + struct.pack(order + 'I', total)


def option(code, value, order):
    return struct.pack(order + 'HH', code, len(value)) + value + b'\0' * (-len(value) % 4)


class Interface:
    """An interface description block. `resol`: its byte, or None; `offset`: seconds; `snap`: 0 is no limit."""

    def __init__(self, link, resol=None, offset=0, name=None, snap=0):
        self.link, self.resol, self.offset, self.name, self.snap = link, resol, offset, name, snap

    def block(self, order):
        opts = b''
        if self.name:
            opts += option(OPT_IF_NAME, self.name.encode(), order)
        if self.resol is not None:
            opts += option(OPT_TSRESOL, bytes([self.resol]), order)
        if self.offset:
            opts += option(OPT_TSOFFSET, struct.pack(order + 'q', self.offset), order)
        if opts:
            opts += option(OPT_END, b'', order)
        return block(IDB, struct.pack(order + 'HHI', self.link, 0, self.snap) + opts, order)

    def units(self):
        if self.resol is None:
            return 10**6
        return 2**(self.resol & 0x7F) if self.resol & 0x80 else 10**self.resol


def write_pcapng(path, records, interfaces, order='<', mode='wb'):
    """One section; mode 'ab' adds it to those before it. A record without a time becomes an SPB."""
    with open(path, mode) as f:
        f.write(block(SHB, struct.pack(order + 'IHHq', 0x1A2B3C4D, 1, 0, -1), order))
        for iface in interfaces:
            f.write(iface.block(order))
        for r in records:
            f.write(packet_block(r, interfaces[r.iface], order))


def packet_block(r, iface, order):
    if r.time is None:
        return block(SPB, struct.pack(order + 'I', r.wire) + r.data, order)
    units = iface.units()
    # The stamp that reads back as the same nanosecond, or the unit below it where the unit is coarser.
    scaled = (r.time - iface.offset * 10**9) * units
    stamp = -(-scaled // 10**9) if units > 10**9 else scaled // 10**9
    head = struct.pack(order + 'IIIII', r.iface, stamp >> 32, stamp & 0xFFFFFFFF, len(r.data), r.wire)
    body = head + r.data
    if r.comments:
        body += b'\0' * (-len(body) % 4)
        body += b''.join(option(OPT_COMMENT, c.encode(), order) for c in r.comments) + option(OPT_END, b'', order)
    return block(EPB, body, order)
