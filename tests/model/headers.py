"""What stands inside the headers: the options of IPv4 and TCP, how much data a segment has, and what ipfw would have
dropped before any rule. Each takes a view of packet.py.
"""

EOL, NOP, MSS = 0, 1, 2


def walk_options(data):
    """(kind, offset of its body, its body) of each option; stops at the first that is not whole."""
    at = 0
    while at < len(data) and data[at] != EOL:
        if data[at] == NOP:
            at += 1
            continue
        if at + 2 > len(data) or data[at + 1] < 2 or at + data[at + 1] > len(data):
            return
        yield data[at], at + 2, data[at + 2:at + data[at + 1]]
        at += data[at + 1]


def ip_options(v):
    """The kinds of IPv4 options there; None in IPv6."""
    if v.family != 4:
        return None
    header = (v.data[v.at] & 15) * 4
    return {kind for kind, _, _ in walk_options(v.data[v.at + 20:v.at + header])}


def tcp_header(v):
    """The length of the TCP header, or None where there is none or it says less than its fixed part."""
    if v.tcp_flags is None:
        return None
    length = (v.data[v.up + 12] >> 4) * 4
    return length if length >= 20 else None


def tcp_options(v):
    length = tcp_header(v)
    # open: options that were not captured whole, or pass the packet's end. Answer: none of them can be asked.
    if length is None or v.up + length > v.end:
        return None
    found = {}
    for kind, _, body in walk_options(v.data[v.up + 20:v.up + length]):
        found[kind] = body      # open: an option twice. Answer: the last one, as ipfw has it.
    return found


def tcp_data(v):
    """Bytes of data by the headers' own lengths, captured or not."""
    length = tcp_header(v)
    # open: a TCP header that says less than 20 bytes, or more than the packet has. Answer: no length of data to ask.
    if length is None:
        return None
    data = v.ip_length - (v.up - v.at) - length
    return data if data >= 0 else None


def malformed(v, fixed):
    """What ipfw drops in silence: a short transport header in a whole record, a TCP fragment at offset 8 (RFC 3128), a
    broken chain of extension headers.
    """
    if v.family is None:
        return False
    if v.proto == 6 and v.frag_offset == 8:
        return True
    if v.broken:
        return True
    return v.whole and v.up is not None and v.proto in fixed and v.up + fixed[v.proto] > v.end
