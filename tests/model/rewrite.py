"""What rules change in a packet's bytes: the DS field, the MSS option of a SYN. Checksums by difference (RFC 1624)."""
import headers
from capture import Record
from packet import see


def changed(record, data, layer2):
    """(record, view) of a packet whose bytes became others."""
    new = Record(record.time, bytes(data), record.wire, record.link, record.order, record.comments, record.iface,
                 record.name)
    return new, see(new, layer2)


def adjust(data, at, old, new):
    """RFC 1624 3, eqn. 3: HC' = ~(~HC + ~m + m') for one word of 16 bits; `at` is the checksum's place."""
    total = (~int.from_bytes(data[at:at + 2], 'big') & 0xFFFF) + (~old & 0xFFFF) + new
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    data[at:at + 2] = (~total & 0xFFFF).to_bytes(2, 'big')


def set_dscp(record, v, value):
    if v.family is None or v.layer2:
        return record, v
    data, at = bytearray(record.data), v.at
    old = int.from_bytes(data[at:at + 2], 'big')
    new = old & ~(0xFC if v.family == 4 else 0xFC0) & 0xFFFF | value << (2 if v.family == 4 else 6)
    if new == old:
        return record, v
    data[at:at + 2] = new.to_bytes(2, 'big')
    if v.family == 4:
        adjust(data, at + 10, old, new)
    return changed(record, data, v.layer2)


def set_mss(record, v, value):
    """Lowers every MSS option of a SYN that was captured, never raises one."""
    header = headers.tcp_header(v)
    if v.layer2 or header is None or not v.tcp_flags & 2 or v.up + header > v.at + v.length:
        return record, v
    data, tcp = bytearray(record.data), v.up
    end = min(tcp + header, v.end)
    for kind, offset, body in headers.walk_options(record.data[tcp + 20:end]):
        if kind == headers.MSS and len(body) == 2 and int.from_bytes(body, 'big') > value:
            place = tcp + 20 + offset
            replace(data, tcp, place, value.to_bytes(2, 'big'))
    return changed(record, data, v.layer2) if data != record.data else (record, v)


def replace(data, tcp, place, new):
    """Two bytes of a segment; the words they lie in begin at even distances from the TCP header."""
    odd = (place - tcp) % 2
    first, last = place - odd, place + 2 + odd
    old = bytes(data[first:last])
    data[place:place + 2] = new
    for i in range(0, last - first, 2):
        adjust(data, tcp + 16, int.from_bytes(old[i:i + 2], 'big'),
               int.from_bytes(data[first + i:first + i + 2], 'big'))
