#!/usr/bin/env python3
"""Packets as room wire's view sees them and as tshark does.

Usage: view_vs_tshark.py VIEW_DUMP [FOLDER]       FOLDER: of captures; default: tests/lib/captures.py

The given captures, and one made up for each link type: random IPv4 and IPv6 packets with options, extension headers,
fragments, tags, PPPoE, padding, cut at random. All are merged into one file, since tshark is slow to start. Compared are
family, protocol, addresses, ports, L, TTL, class, fragment, TCP flags, sequence numbers and window, ICMP type and code,
VLAN ids. Prints TAP, a line for each capture.
"""
import itertools
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/lib"))
import captures  # noqa: E402
NEEDED = ("tshark", "mergecap", "capinfos")
FIELDS = """frame.cap_len frame.len frame.protocols vlan.id ieee8021ad.id
ieee8021ad.svid ieee8021ad.cvid ip.version ip.src ip.dst ip.len ip.ttl ip.dsfield ip.id
ip.frag_offset ip.flags.mf ip.hdr_len ipv6.src ipv6.dst ipv6.plen ipv6.hlim ipv6.tclass ipv6.flow ipv6.nxt ipv6.opt.jumbo
ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags tcp.window_size_value
tcp.hdr_len tcp.urgent_pointer udp.srcport udp.dstport udp.checksum sctp.srcport sctp.dstport
sctp.checksum icmp.type icmp.code icmp.checksum icmpv6.type icmpv6.code icmpv6.checksum""".split()
TAGS = ("vlan.id", "ieee8021ad.id", "ieee8021ad.svid", "ieee8021ad.cvid")
PROTOS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "sctp": 132, "udplite": 136, "gre": 47, "esp": 50}
PLAIN = ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.analyze_sequence_numbers:FALSE",
         "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "ip.tso_support:TRUE"]


# ---- captures made up

def transport(dice, six):
    kind = dice.choice([6, 6, 17, 17, 136, 132, 58 if six else 1, 253])
    sport, dport = dice.randrange(50000, 50100), dice.randrange(50200, 50300)
    data = dice.randbytes(dice.randrange(40))
    if kind == 6:
        opts = b"\1" * (4 * dice.randrange(4))
        head = struct.pack(">HHIIBBHHH", sport, dport, dice.getrandbits(32), dice.getrandbits(32), (5 + len(opts) // 4) << 4,
                           dice.getrandbits(8), dice.getrandbits(16), 0, 0) + opts
    elif kind in (17, 136):
        head = struct.pack(">HHHH", sport, dport, 8 + len(data), 0xFFFF)
    elif kind == 132:
        head, data = struct.pack(">HHII", sport, dport, 1, 0), b""
    elif kind in (1, 58):
        head, data = struct.pack(">BBHI", dice.choice([8, 0] if kind == 1 else [128, 129]), 0, 0, dice.getrandbits(32)), b""
    else:
        head = b""
    return kind, head + data


def ip4(dice):
    kind, body = transport(dice, False)
    opts = b"\1" * (4 * dice.choice([0, 0, 0, 1, 5, 10]))
    frag = dice.choice([0, 0, 0x4000, 0x2000, 0x2000 | dice.randrange(2, 8000), dice.randrange(2, 8000)])
    total = 20 + len(opts) + len(body)
    said = dice.choice([total, total, total, total, 0, total + 7])
    return struct.pack(">BBHHHBBH", 0x45 + len(opts) // 4, dice.getrandbits(8), said, dice.getrandbits(16), frag,
                       dice.randrange(1, 256), kind, 0) + b"\x0a\1" + dice.randbytes(2) + b"\xc6\x33\x64" + dice.randbytes(1) \
        + opts + body


def chain(dice, kind):
    """Extension headers that end in `kind`: (first next header, bytes)."""
    order = [k for k in (0, 60, 43, 44, 51, 60) if dice.random() < 0.2]
    out = b""
    for i, k in enumerate(order):
        following = order[i + 1] if i + 1 < len(order) else kind
        if k == 44:
            out += struct.pack(">BBHI", following, 0, dice.choice([0, 1]), dice.getrandbits(32))
        elif k == 51:
            out += struct.pack(">BBHII", following, 4, 0, 7, 9) + bytes(12)
        elif k == 43:
            out += struct.pack(">BBBBI", following, 2, 4, 0, 0) + bytes(16)
        else:
            units = dice.randrange(3)
            fill = 8 * units + 4
            out += bytes([following, units, 1, fill]) + bytes(fill)
    return (order[0] if order else kind), out


def ip6(dice):
    kind, body = transport(dice, True)
    first, exts = chain(dice, kind)
    payload = len(exts) + len(body)
    head = struct.pack(">IHBB", 6 << 28 | dice.getrandbits(28), payload, first, dice.randrange(1, 256))
    return head + b"\x20\1\x0d\xb8" + dice.randbytes(12) + b"\xfd\0" + dice.randbytes(14) + exts + body


def eth_types(dice, family):
    """A type field and what follows it: tags, PPPoE."""
    out = b""
    for _ in range(dice.choice([0, 0, 1, 2, 3, 4])):
        out += struct.pack(">HH", dice.choice([0x8100, 0x88A8, 0x9100]), dice.getrandbits(16))
    if dice.random() < 0.2:
        return out + struct.pack(">HBBHHH", 0x8864, 0x11, 0, 5, 1400, 0x21 if family == 4 else 0x57)
    return out + struct.pack(">H", 0x800 if family == 4 else 0x86DD)


def before(dice, linktype, family, size):
    ethertype = 0x800 if family == 4 else 0x86DD
    ppp = struct.pack(">H", 0x21 if family == 4 else 0x57)
    if linktype == 1:
        return bytes.fromhex("020000000001020000000002") + eth_types(dice, family)
    if linktype == 113:
        return struct.pack(">HHHQH", 0, 1, 6, 0x0200000000010000, ethertype)
    if linktype == 276:
        return struct.pack(">HHIHBBQ", ethertype, 0, 3, 1, 0, 6, 0x0200000000010000)
    if linktype in (0, 108):
        af = 2 if family == 4 else dice.choice([24, 28, 30])
        return struct.pack(">I" if linktype == 108 else dice.choice("<>") + "I", af)
    if linktype in (9, 50):
        return b"\xff\3" + ppp
    if linktype == 51:
        return struct.pack(">BBHH", 0x11, 0, 5, size + 2) + ppp
    if linktype == 104:
        return struct.pack(">BBH", dice.choice([0x0F, 0x8F]), 0, ethertype)
    if linktype == 239:
        return struct.pack("<BBHHHIHH", 2 if family == 4 else 10, 0, 0, 8, 1, 0, size + 4, 9)
    return b""


def made_up(linktype, packets=400):
    dice = random.Random(linktype)
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, linktype)
    for i in range(packets):
        family = {228: 4, 229: 6}.get(linktype) or dice.choice([4, 6])
        packet = ip4(dice) if family == 4 else ip6(dice)
        head = before(dice, linktype, family, len(packet))
        frame = head + packet + (bytes(dice.randrange(20)) if linktype == 1 else b"")
        captured = len(frame)
        if linktype != 239 and dice.random() < 0.3:	# tshark gives up on a cut NFLOG
            captured = dice.randrange(len(head) + 1, captured + 1)
        out += struct.pack("<IIII", 1700000000, i, captured, len(frame)) + frame[:captured]
    return out


# ---- what each sees

def ours(dump, path):
    done = subprocess.run([str(dump), str(path)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"view_dump: {done.returncode} {done.stderr}")
    for line in done.stdout.splitlines():
        yield dict(pair.split("=", 1) for pair in line.split())


def theirs(path):
    words = [w for f in FIELDS for w in ("-e", f)]
    out = subprocess.run(["tshark", "-n", "-r", str(path), *PLAIN, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;",
                          *words], capture_output=True, text=True).stdout
    for line in out.splitlines():
        values = line.split("\t") + [""] * len(FIELDS)
        yield dict(zip(FIELDS, values))


def number(text):
    text = text.split(";")[0]
    if text in ("True", "False"):
        return int(text == "True")
    return int(text, 0) if text else None


def expected(t, l3):
    """tshark's fields of the outermost IP under our names; {} where it sees none."""
    layers = t["frame.protocols"].split(":")
    ips = [i for i, name in enumerate(layers) if name in ("ip", "ipv6")]
    four = bool(ips) and layers[ips[0]] == "ip"
    if not ips or not t["ip.dst" if four else "ipv6.dst"]:
        return {}
    first = lambda name: number(t[name])
    chain = list(itertools.takewhile(lambda name: name.startswith("ipv6.") or name == "ah", layers[ips[0] + 1:]))
    rest = layers[ips[0] + 1 + len(chain):]
    e = {"family": 4 if four else 6}
    if four:
        e.update(src=t["ip.src"].split(";")[0], dst=t["ip.dst"].split(";")[0], ttl=first("ip.ttl"), tos=first("ip.dsfield"),
                 id=first("ip.id"), L=first("ip.len") or first("frame.len") - l3)
        off, more = first("ip.frag_offset") * 8, first("ip.flags.mf")
        if off or more:
            e.update(fragoff=off, more=more)
    else:
        e.update(src=t["ipv6.src"].split(";")[0], dst=t["ipv6.dst"].split(";")[0], ttl=first("ipv6.hlim"),
                 tos=first("ipv6.tclass"), flow=first("ipv6.flow"))
        e["L"] = 40 + (first("ipv6.plen") or first("ipv6.opt.jumbo") or
                       (0 if first("ipv6.nxt") == 59 else first("frame.len") - l3 - 40))
        if "ipv6.fraghdr" in chain and t["ipv6.fraghdr.ident"]:
            e.update(fragoff=first("ipv6.fraghdr.offset") * 8, more=first("ipv6.fraghdr.more"))
    e.update(upper(t, rest[0] if rest else "", e.get("fragoff", 0)))
    return e


def upper(t, name, fragoff):
    """The transport, where tshark saw all of its fixed part."""
    first = lambda field: number(t[field])
    if fragoff or name not in PROTOS:
        return {}
    e = {"proto": PROTOS[name]}
    if name == "tcp" and t["tcp.urgent_pointer"]:
        e.update(sport=first("tcp.srcport"), dport=first("tcp.dstport"), seq=first("tcp.seq_raw"), ack=first("tcp.ack_raw"),
                 flags=first("tcp.flags") & 255, win=first("tcp.window_size_value"), hlen=first("tcp.hdr_len"))
    if name == "udp" and t["udp.checksum"] or name == "udplite" and t["udp.checksum"]:
        e.update(sport=first("udp.srcport"), dport=first("udp.dstport"))
    if name == "sctp" and t["sctp.checksum"]:
        e.update(sport=first("sctp.srcport"), dport=first("sctp.dstport"))
    if name in ("icmp", "icmpv6") and t[name + ".checksum"]:
        e.update(type=first(name + ".type"), code=first(name + ".code"))
    return e


def compare(o, t):
    l3 = int(o.get("l3", 0))
    e = expected(t, l3)
    tags = [int(v, 0) for name in TAGS for v in t[name].split(";") if v]
    mine = [int(o[f"vlan{i}"]) for i in range(int(o["tags"]))]
    if sorted(mine) != sorted(tags)[:4]:	# tshark has two kinds of tags, and not the order between them
        yield f"tags: {mine}, tshark {tags}"
    if o["family"] == "0":
        if e and not excused(t):
            yield f"not IP, tshark {e}"
        return
    for name in ("family src dst L ttl tos id flow fragoff more proto sport dport seq ack flags win hlen type code").split():
        mine, other = o.get(name), e.get(name)
        short = name in ("type", "code") and number(t["frame.cap_len"]) < int(o.get("l4", 0)) + 8
        if other is None and (name == "proto" or short):
            continue	# tshark does not name every protocol, and shows no ICMP header of less than 8 bytes
        if mine != (None if other is None else str(other)):
            yield f"{name}: {mine}, tshark {other}"


def excused(t):
    """Frames that tshark takes for IP and we do not: LLC, MPLS, and IPv4 options that are not all there."""
    layers = t["frame.protocols"].split(":")
    return "llc" in layers or "mpls" in layers or (number(t["ip.hdr_len"]) or 0) > 20


def count(path):
    out = subprocess.run(["capinfos", "-Mrc", str(path)], capture_output=True, text=True).stdout
    return next(int(line.split(":")[1]) for line in out.splitlines() if line.startswith("Number of packets"))


def main():
    dump = Path(sys.argv[1]).resolve()
    given = Path(sys.argv[2]) if len(sys.argv) > 2 else captures.folder()
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed (Debian: tshark)")
        return 0
    found = sorted(p for p in given.glob("*") if p.suffix in (".pcap", ".pcapng"))
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder, paths = Path(name), list(found)
        for linktype in (1, 101, 228, 229, 113, 276, 0, 108, 9, 50, 51, 104, 239):
            paths.append(folder / f"made-{linktype}.pcap")
            paths[-1].write_bytes(made_up(linktype))
        merged = folder / "all.pcapng"
        subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", str(merged), *map(str, paths)], check=True, capture_output=True)
        mine, other = list(ours(dump, merged)), list(theirs(merged))
        print(f"1..{len(paths) + 1 + (not found)}")
        at = 0
        for i, path in enumerate(paths, 1):
            n = count(path)
            wrong = [f"packet {k + 1}: {w}" for k in range(n) for w in compare(mine[at + k], other[at + k])]
            at += n
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {i} - {path.name}: {n} packets")
            for line in wrong[:10]:
                print(f"# {line}")
        print(f"{'ok' if len(mine) == len(other) == at else 'not ok'} {len(paths) + 1} - as many packets as tshark: {at}")
        failed += not len(mine) == len(other) == at
    if not found:
        print(f"ok {len(paths) + 2} - given captures # SKIP no captures in {given}")
    return failed > 0


sys.exit(main())
