"""`mask`: which bits of a packet name the flow it is of."""
import ipaddress

from dice import M64
from units import Refused

MASK_BITS = {'proto': 8, 'src-ip': 32, 'dst-ip': 32, 'src-ip6': 128, 'dst-ip6': 128, 'src-port': 16, 'dst-port': 16,
             'flow-id': 20}


def parse_mask_bits(word, bits):
    if word.startswith('/'):
        length = int(word[1:]) if word[1:].isdigit() else bits + 1
        if length > bits:
            raise Refused(f'mask: {word}')
        return ((1 << length) - 1) << (bits - length)
    try:
        value = int(ipaddress.ip_address(word)) if '.' in word or ':' in word else int(word, 0)
    except ValueError:
        raise Refused(f'mask: {word}') from None
    if value >> bits:
        raise Refused(f'mask: {word}')
    return value


def parse_mask(words):
    """{field: bits} from the words behind `mask`, which are taken away."""
    if words and words[0] == 'all':
        words.pop(0)
        return {field: (1 << bits) - 1 for field, bits in MASK_BITS.items()}
    fields = {}
    while words and words[0] in MASK_BITS:
        field = words.pop(0)
        if field in fields or not words:
            raise Refused(f'mask: {field}')
        fields[field] = parse_mask_bits(words.pop(0), MASK_BITS[field])
    if not fields:
        raise Refused('mask: of what?')
    # open: a mask of zeros alone. Answer: dummynet's: no mask.
    return fields if any(fields.values()) else None


def flow_bytes(mask, view):
    """The masked flow as the dice take it: family, protocol, addresses, ports, flow label; b'' without a mask.

    open: a frame that is no IP packet. Answer: family 0, all else zero, addresses of four bytes.
    open: the protocol behind a broken chain of extension headers. Answer: the header at which the chain stops.
    """
    if not mask:
        return b''
    proto = view.stopped if view.proto is None else view.proto
    six = '6' if view.family == 6 else ''
    size = 16 if six else 4
    fields = [(view.family, 1, 255), (proto, 1, mask.get('proto', 0)),
              (view.src, size, mask.get('src-ip' + six, 0)), (view.dst, size, mask.get('dst-ip' + six, 0)),
              (view.sport, 2, mask.get('src-port', 0)), (view.dport, 2, mask.get('dst-port', 0)),
              (view.flow_label, 4, mask.get('flow-id', 0))]
    return b''.join(((value or 0) & bits).to_bytes(count, 'big') for value, count, bits in fields)


def sort_bytes(view):
    """What tells packets apart where a scheduler sorts them: addresses, ports, protocol, as in the packet."""
    proto = view.stopped if view.proto is None else view.proto
    size = 16 if view.family == 6 else 4
    in_parts = view.frag_offset or view.mf or 'frag' in view.extensions
    ports = (0, 0) if in_parts else (view.sport, view.dport)
    return b''.join((value or 0).to_bytes(count, 'big') for value, count in (
        (view.src, size), (view.dst, size), (ports[0], 2), (ports[1], 2), (proto, 1)))


def joined(a, b):
    """The mask that keeps what either keeps."""
    a, b = a or {}, b or {}
    return {field: a.get(field, 0) | b.get(field, 0) for field in {**a, **b}} or None


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & M64
    return h


def flow_hash(key):
    return fnv1a(key) if key else 0
