#!/usr/bin/env python3
"""Matches as narrows counts them and display filters as tshark does.

Usage: rules_vs_tshark.py NARROWS [FOLDER]       FOLDER: of captures; default: tests/lib/captures.py

The given captures and one made up here, with options, extension headers, tags and classes of every kind, are merged into
one file. Left out are frames with more than one IP header, since tshark's fields are those of all of them, frames that were
cut, since tshark shows fields of headers that are not whole, and frames that narrows does not look into (MPLS, LLC, IPv6
announced as IPv4), and first fragments, of whose TCP tshark tells neither length nor what is missing. Each pair below is
counted by both, in one run of each. Prints TAP, a line for each pair.
"""
import json
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/lib"))
import captures  # noqa: E402
NEEDED = ("tshark", "mergecap")
PLAIN = ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.analyze_sequence_numbers:FALSE",
         "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "tcp.relative_sequence_numbers:FALSE", "-n"]
ALIKE = "!(count(ip.version) > 1) && !(count(ipv6.version) > 1) && !(ip && ipv6) && !mpls && !llc && !_ws.malformed" \
    " && frame.cap_len == frame.len && !(null.family == 2 && ipv6) && !(ip.flags.mf == 1)"
TCP = "tcp.urgent_pointer && "		# the whole fixed part was captured
ICMP6 = "icmpv6.checksum && "

AT_LAYER3 = [
    ("tcpwin 0-1000", TCP + "tcp.window_size_value <= 1000"),
    ("tcpwin 64240,65535", TCP + "(tcp.window_size_value == 64240 || tcp.window_size_value == 65535)"),
    ("tcpack 0", TCP + "tcp.ack_raw == 0"),
    ("tcpseq 305419896", TCP + "tcp.seq_raw == 305419896"),
    ("tcpdatalen 0", TCP + "tcp.len == 0"),
    ("tcpdatalen 1-100,1448", TCP + "(tcp.len >= 1 && tcp.len <= 100 || tcp.len == 1448)"),
    ("tcpmss 1460", "tcp.options.mss_val == 1460"),
    ("tcpmss 0-1459", "tcp.options.mss_val < 1460"),
    ("tcpoptions mss", "tcp.options.mss"),
    ("tcpoptions ts,!mss", "tcp.options.timestamp && !tcp.options.mss"),
    ("tcpoptions sack", "tcp.options.sack_perm || tcp.options.sack"),
    ("tcpoptions window,!sack", "tcp.options.wscale && !(tcp.options.sack_perm || tcp.options.sack)"),
    ("tcpoptions timestamp,maxseg", "tcp.options.timestamp && tcp.options.mss"),
    ("tcpflags ece,!cwr", TCP + "tcp.flags.ece == 1 && tcp.flags.cwr == 0"),
    ("setup", TCP + "tcp.flags.syn == 1 && tcp.flags.ack == 0"),
    ("ipid 0", "ip.id == 0"),
    ("ipid 1-30000", "ip.id >= 1 && ip.id <= 30000"),
    ("iptos lowdelay", "ip.dsfield & 0x10"),
    ("iptos throughput,!reliability", "ip.dsfield & 0x08 && !(ip.dsfield & 0x04)"),
    ("iptos congestion", "ip.dsfield.ecn == 3"),
    ("iptos ecntransport", "ip.dsfield.ecn == 2 || ip.dsfield.ecn == 3"),
    ("iptos !congestion", "ip.dsfield.ecn == 0"),
    ("ipprecedence 6", "ip.dsfield.dscp >= 48 && ip.dsfield.dscp <= 55"),
    ("dscp ef", "ip.dsfield.dscp == 46 || ipv6.tclass.dscp == 46"),
    ("dscp be", "ip.dsfield.dscp == 0 || ipv6.tclass.dscp == 0"),
    ("dscp af11,cs6,40-63", "ip.dsfield.dscp == 10 || ip.dsfield.dscp >= 40 || "
     "ipv6.tclass.dscp == 10 || ipv6.tclass.dscp >= 40"),
    ("ipoptions rr", "ip.opt.type == 7"),
    ("ipoptions lsrr,!ts", "ip.opt.type == 131 && !(ip.opt.type == 68)"),
    ("ipoptions ssrr", "ip.opt.type == 137"),
    ("ipoptions !rr,!lsrr,!ssrr,!ts", "ip && !(ip.opt.type == 7 || ip.opt.type == 131 || "
     "ip.opt.type == 137 || ip.opt.type == 68)"),
    ("ipttl 1-64", "ip.ttl >= 1 && ip.ttl <= 64 || ipv6.hlim >= 1 && ipv6.hlim <= 64"),
    ("frag df", "ip.flags.df == 1"),
    ("icmptypes 0,8", "icmp.checksum && (icmp.type == 0 || icmp.type == 8)"),
    ("icmp6types 133-136", ICMP6 + "icmpv6.type >= 133 && icmpv6.type <= 136"),
    ("icmp6types echo-request", ICMP6 + "icmpv6.type == 128"),
    ("ext6hdr frag", "ipv6.fraghdr"),
    ("ext6hdr hopopt", "ipv6.hopopts"),
    ("ext6hdr dstopt", "ipv6.dstopts"),
    ("ext6hdr route", "ipv6.routing"),
    ("ext6hdr rthdr2", "ipv6.routing.type == 2"),
    ("ext6hdr ah", "ipv6 && ah"),
    ("ext6hdr esp,hopopt", "ipv6 && esp || ipv6.hopopts"),
    ("flow-id 0", "ipv6.flow == 0"),
    ("flow-id 74565,1048575", "(ipv6.flow == 74565 || ipv6.flow == 1048575)"),
    ("src-ip 10.1.0.0/24{1-20,200}", "ip.src >= 10.1.0.1 && ip.src <= 10.1.0.20 || ip.src == 10.1.0.200"),
    ("dst-ip6 fd00::1/ff00::1", "ipv6.dst == fd00::/8 && ipv6.dst[15] & 1"),
]
AT_LAYER2 = [
    ("MAC ff:ff:ff:ff:ff:ff any", "eth.dst == ff:ff:ff:ff:ff:ff"),
    ("MAC 01:00:00:00:00:00&01:00:00:00:00:00 any", "eth.dst.ig == 1"),
    ("src-mac 02:00:00:00:00:00/24", "eth.src[0:3] == 02:00:00"),
    ("dst-mac 02:00:00:00:00:01,02:00:00:00:00:03", "(eth.dst == 02:00:00:00:00:01 || eth.dst == 02:00:00:00:00:03)"),
    ("mac-type arp", "eth && arp"),
    ("mac-type vlan", "eth.type == 0x8100 || vlan.etype == 0x8100 || ieee8021ad"),
    ("mac-type ipv6,0x0800", "(eth || sll || chdlc) && (ip || ipv6) && !pppoes"),
    ("vlan 0-4095", "vlan.id || ieee8021ad.id"),
    ("vlan 100", "vlan.id == 100 && count(vlan.id) == 1 && !ieee8021ad.id"),
    ("vlan 200.7", "ieee8021ad.id == 200 && vlan.id == 7"),
    ("vlan-pcp 5-7", "ieee8021ad.priority >= 5 || !ieee8021ad && count(vlan.id) == 1 && vlan.priority >= 5"),
]


# ---- a capture made up: each field takes few values, so that each filter is true for some and false for others

def options(dice, known, room):
    out = b""
    for option in dice.sample(known, len(known)):
        if dice.random() < 0.4 and len(out) + len(option) <= room:
            out += option
    return out + bytes(-len(out) % 4)


def tcp(dice):
    opts = options(dice, [struct.pack(">BBH", 2, 4, dice.choice([536, 1440, 1460])), b"\4\2", b"\3\3\7", b"\1",
                          struct.pack(">BBII", 8, 10, 1, 0), struct.pack(">BBII", 5, 10, 5, 9)], 40)
    head = struct.pack(">HHIIBBHHH", 50000, 50001, dice.choice([305419896, dice.getrandbits(32)]),
                       dice.choice([0, 77]), (5 + len(opts) // 4) << 4, dice.getrandbits(8),
                       dice.choice([0, 1000, 1001, 64240]), 0, 0)
    return head + opts + bytes(dice.choice([0, 1, 100, 101]))


def transport(dice, six):
    kind = dice.choice([6, 6, 6, 17, 58 if six else 1])
    if kind == 6:
        return kind, tcp(dice)
    if kind == 17:
        return kind, struct.pack(">HHHH", 50000, 50001, 8, 0xFFFF)
    return kind, struct.pack(">BBHI", dice.choice([128, 129, 133, 136] if six else [0, 8, 13]), 0, 0, 1) + bytes(16)


def ip4(dice):
    kind, body = transport(dice, False)
    opts = options(dice, [bytes([7, 7, 4, 10, 0, 0, 9]), bytes([131, 7, 8, 10, 0, 0, 9]), bytes([137, 7, 8, 10, 0, 0, 9]),
                          bytes([68, 8, 9, 0, 0, 0, 0, 1]), b"\1"], 40)
    return struct.pack(">BBHHHBBH", 0x45 + len(opts) // 4, dice.choice([0, 0xB8, 0x28, dice.getrandbits(8)]),
                       20 + len(opts) + len(body), dice.choice([0, 30000, 30001]), dice.choice([0, 0x4000]),
                       dice.choice([1, 64, 65]), kind, 0) \
        + bytes([10, 1, 0, dice.choice([1, 20, 21, 200])]) + b"\xc6\x33\x64\x01" + opts + body


def ip6(dice):
    kind, body = transport(dice, True)
    order = [k for k in (0, 60, 43, 44, 51) if dice.random() < 0.25]
    exts = b""
    for i, k in enumerate(order):
        following = order[i + 1] if i + 1 < len(order) else kind
        if k == 44:
            exts += struct.pack(">BBHI", following, 0, 0, dice.getrandbits(32))
        elif k == 51:
            exts += struct.pack(">BBHII", following, 4, 0, 7, 9) + bytes(12)
        elif k == 43:
            exts += struct.pack(">BBBBI", following, 2, dice.choice([2, 2, 4]), 0, 0) + bytes(16)
        else:
            exts += bytes([following, 0, 1, 4, 0, 0, 0, 0])
    label = dice.choice([0, 74565, 0xFFFFF, 5])
    return struct.pack(">IHBB", 6 << 28 | dice.choice([0, 46, 10, 48]) << 22 | label, len(exts) + len(body),
                       order[0] if order else kind, dice.choice([1, 64, 65])) \
        + b"\x20\1\x0d\xb8" + bytes(12) + dice.choice([b"\xfd\0", b"\x20\1"]) + bytes(13) \
        + dice.choice([b"\0", b"\1"]) + exts + body


def tags(dice):
    known = [[], [], [(0x8100, 100)], [(0x8100, 7)], [(0x88A8, 200), (0x8100, 7)], [(0x88A8, 200), (0x8100, 8)]]
    return b"".join(struct.pack(">HH", tpid, dice.randrange(8) << 13 | vid) for tpid, vid in dice.choice(known))


def made_up(packets=3000):
    dice = random.Random(4)
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for i in range(packets):
        kind = dice.choice([0x0800, 0x0800, 0x86DD, 0x86DD, 0x0806])
        body = ip4(dice) if kind == 0x0800 else ip6(dice) if kind == 0x86DD else \
            struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20)
        frame = dice.choice([b"\xff" * 6, bytes.fromhex("020000000001"), bytes.fromhex("01005e000001")]) \
            + bytes.fromhex(dice.choice(["020000000002", "021000000002"])) + tags(dice) + struct.pack(">H", kind) + body
        out += struct.pack("<IIII", 1700000000, i, len(frame), len(frame)) + frame
    return out


# ---- who counts what

def tshark_counts(path, filters):
    """Frames of each filter, in one pass. The table has one row, a pair `frames | bytes` for each; a comma parts filters."""
    out = subprocess.run(["tshark", *PLAIN, "-q", "-r", str(path), "-z", "io,stat,0," + ",".join(filters)],
                         capture_output=True, text=True)
    row = [line for line in out.stdout.splitlines() if "<>" in line and "Dur" not in line]
    if out.returncode or len(row) != 1:
        sys.exit(f"tshark: {out.returncode} {out.stderr} {out.stdout}")
    numbers = [int(n) for n in re.findall(r"(\d+) +\|", row[0].split("<>")[1])]
    return numbers[-2 * len(filters)::2]


def narrows_counts(tool, path, bodies, *options):
    rules = [word for body in bodies for word in ("-e", f"add count {body}")]
    out = subprocess.run([str(tool), "pcap", "--json", *options, *rules, str(path)], capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"narrows: {out.returncode} {out.stderr}")
    return [rule["packets"] for rule in json.loads(out.stdout)["rules"][:len(bodies)]]


def main():
    tool = Path(sys.argv[1]).resolve()
    given = Path(sys.argv[2]) if len(sys.argv) > 2 else captures.folder()
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed (Debian: tshark)")
        return 0
    found = sorted(p for p in given.glob("*") if p.suffix in (".pcap", ".pcapng"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "made.pcap").write_bytes(made_up())
        merged, plain = folder / "all.pcapng", folder / "plain.pcapng"
        subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", str(merged), str(folder / "made.pcap"), *map(str, found)],
                       check=True, capture_output=True)
        subprocess.run(["tshark", *PLAIN, "-r", str(merged), "-Y", ALIKE, "-w", str(plain)], check=True, capture_output=True)
        theirs = tshark_counts(plain, [f for _, f in AT_LAYER3 + AT_LAYER2])
        ours = narrows_counts(tool, plain, [b for b, _ in AT_LAYER3])
        ours += narrows_counts(tool, plain, [b for b, _ in AT_LAYER2], "--layer2")
    pairs = AT_LAYER3 + AT_LAYER2
    print(f"1..{len(pairs) + (not found)}")
    failed = 0
    for i, (pair, mine, other) in enumerate(zip(pairs, ours, theirs, strict=True), 1):
        wrong = mine != other or not other
        failed += wrong
        print(f"{'not ok' if wrong else 'ok'} {i} - {pair[0]}: {mine} packets")
        if wrong:
            print(f"# tshark counts {other} of {pair[1]}")
    if not found:
        print(f"ok {len(pairs) + 1} - given captures # SKIP no captures in {given}")
    return failed > 0


sys.exit(main())
