#!/usr/bin/env python3
"""Captures read and written by room cap, as capinfos, tshark, tcpdump and a small reader of this file's own see them.

Usage: cap_vs_capinfos.py [--all] CAP_COPY [FOLDER]       FOLDER: of captures; default: tests/lib/captures.py

For each capture, given ones and made-up ones: as many packets as capinfos counts; a copy in pcapng and one in classic
pcap equal the original packet for packet (bytes, lengths, time in ns); capinfos and tcpdump read the copies without a
complaint. tshark compares times, lengths and comments. Each of them takes its time to start: unless --all is said, every third given
capture is looked at, and every ninth by tshark; those made up all are. Prints TAP.
"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/lib"))
import captures  # noqa: E402
NEEDED = ("capinfos", "tshark", "tcpdump")
NS = 10**9


# ---- a reader of our own: whole files, Python's integers, no mercy

def read_classic(data):
    order, unit, head = {
        b"\xd4\xc3\xb2\xa1": ("<", 1000, 16), b"\xa1\xb2\xc3\xd4": (">", 1000, 16),
        b"\x4d\x3c\xb2\xa1": ("<", 1, 16), b"\xa1\xb2\x3c\x4d": (">", 1, 16),
        b"\x34\xcd\xb2\xa1": ("<", 1000, 24), b"\xa1\xb2\xcd\x34": (">", 1000, 24),
    }[data[:4]]
    at, packets = 24, []
    while at + head <= len(data):
        s, frac, captured, wire = struct.unpack_from(order + "IIII", data, at)
        if at + head + captured > len(data):
            break
        packets.append((s * NS + frac * unit, max(wire, captured), data[at + head:at + head + captured]))
        at += head + captured
    return packets


def options_of(data, order):
    found = {}
    while len(data) >= 4:
        code, n = struct.unpack_from(order + "HH", data)
        if code == 0:
            break
        found.setdefault(code, data[4:4 + n])
        data = data[4 + (n + 3) // 4 * 4:]
    return found


def clock_of(options, order):
    res = options.get(9, b"\6")[0]
    per_s = 2 ** (res & 127) if res & 128 else 10 ** res
    offset = struct.unpack(order + "q", options[14])[0] if 14 in options else 0
    return lambda units: units * NS // per_s + offset * NS


def read_ng(data):
    at, order, clocks, packets, latest = 0, "<", [], [], 0
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            clocks = []
        kind, size = struct.unpack_from(order + "II", data, at)
        if at + size > len(data):
            break
        body = data[at + 8:at + size - 4]
        if kind == 1:
            clocks.append((clock_of(options_of(body[8:], order), order), struct.unpack_from(order + "I", body, 4)[0]))
        if kind == 6:
            iface, high, low, captured, wire = struct.unpack_from(order + "IIIII", body)
        if kind == 2:
            iface, _, high, low, captured, wire = struct.unpack_from(order + "HHIIII", body)
        if kind in (2, 6):
            when = clocks[iface][0](high << 32 | low)
            latest = max(latest, when)
            packets.append((when, max(wire, captured), body[20:20 + captured]))
        if kind == 3:
            wire = struct.unpack_from(order + "I", body)[0]
            captured = min(wire, clocks[0][1] or wire)
            packets.append((latest, wire, body[4:4 + captured]))
        at += (size + 3) // 4 * 4
    return packets


def read(path):
    data = path.read_bytes()
    return read_ng(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else read_classic(data)


# ---- captures made up: what the given ones do not have

FRAME = bytes.fromhex("0200000000020200000000010800450000240000400040114d2ec0000201c0000202" "03e803e900100000") + b"narrows!"


def frame(i):
    return FRAME + bytes([i % 256]) * i


def classic(order, magic, extra=b""):
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    for i in range(20):
        data = frame(i)
        frac = i * 1000 + 7 if magic != 0xA1B23C4D else i * 49999999 + 1
        out += struct.pack(order + "IIII", 1700000000 + i // 3, frac, len(data), len(data) + i % 4) + extra + data
    return out


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def section(order):
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def iface(order, res=None, offset=None, snap=0):
    body = struct.pack(order + "HHI", 1, 0, snap)
    if res is not None:
        body += option(order, 9, bytes([res]))
    if offset is not None:
        body += option(order, 14, struct.pack(order + "q", offset))
    return block(order, 1, body + option(order, 0, b""))


def packet(order, number, units, data, comment=None):
    body = struct.pack(order + "IIIII", number, units >> 32, units & 0xFFFFFFFF, len(data), len(data) + 5)
    body += data + b"\0" * (-len(data) % 4)
    if comment:
        body += option(order, 1, comment) + option(order, 0, b"")
    return block(order, 6, body)


COARSE = [0, 1, 3, 6, 7, 9, 10, 0x80, 0x81, 0x8A, 0x94, 0x9E, 0xA0, 0xA1]
FINE = [11, 12, 15, 0xA3, 0xA8, 0xB0]	# tshark 4.0 multiplies these in 64 bits, which overflows: not for it


def resolutions(order, which):
    out = section(order)
    for res in which:
        out += iface(order, res)
    out += block(order, 0x0BAD, b"\0\0\0\1custom") if which is FINE else b""	# tshark would list it as a packet
    for i, res in enumerate(which):
        per_s = 2 ** (res & 127) if res & 128 else 10 ** res
        for k in (1, 2, 3):
            units = 1000 * k * per_s + per_s * k // 7 + (k if per_s > 10 else 0)
            out += packet(order, i, units, frame(i + k))
    return out


def sections():
    out = b""
    for n, order in enumerate("<><"):
        out += section(order) + iface(order, 6) + iface(order, 9, 3600 * n)
        out += block(order, 4, b"\0\0\0\0") + block(order, 5, struct.pack(order + "III", 0, 1, 2)) + block(order, 77, b"unknown")
        for i in range(5):
            out += packet(order, i % 2, 1700000000 * (10**6, NS)[i % 2] + i * 333, frame(i), b"note %d" % i if i % 2 else None)
    return out


def obsolete():
    order = ">"
    out = section(order) + iface(order, 6)
    for i in range(6):
        data = frame(i)
        units = 1700000000 * 10**6 + i
        body = struct.pack(order + "HHIIII", 0, 0, units >> 32, units & 0xFFFFFFFF, len(data), len(data) + i) + data
        out += block(order, 2, body)
    return out


def simple():
    order = "<"
    out = section(order) + iface(order, 9, snap=50) + packet(order, 0, 1700000000 * NS + 5, frame(0))
    for i in range(6):
        data = frame(i * 3)
        out += block(order, 3, struct.pack(order + "I", len(data)) + data[:50])
    return out


def made_up():
    yield "made-us-little.pcap", classic("<", 0xA1B2C3D4)
    yield "made-us-big.pcap", classic(">", 0xA1B2C3D4)
    yield "made-ns-little.pcap", classic("<", 0xA1B23C4D)
    yield "made-ns-big.pcap", classic(">", 0xA1B23C4D)
    yield "made-patched.pcap", classic("<", 0xA1B2CD34, struct.pack("<IHBB", 1, 8, 0, 0))
    yield "made-resolutions-little.pcapng", resolutions("<", COARSE)
    yield "made-resolutions-big.pcapng", resolutions(">", COARSE)
    yield "made-fine.pcapng", resolutions("<", FINE)
    yield "made-sections.pcapng", sections()
    yield "made-obsolete.pcapng", obsolete()
    yield "made-simple.pcapng", simple()
    yield "made-cut.pcap", classic("<", 0xA1B2C3D4)[:-3]
    yield "made-cut.pcapng", sections()[:-3]


# ---- what others see

def run(*words):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True)


def count(path):
    for line in run("capinfos", "-Mrc", path).stdout.splitlines():
        if line.startswith("Number of packets"):
            return int(line.split(":")[1])
    return -1


def tshark(path):
    """(time, length, captured, comments) of every packet; the time of an SPB is empty."""
    fields = [w for f in ("frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment") for w in ("-e", f)]
    out = run("tshark", "-n", "-r", path, "-T", "fields", *fields).stdout
    return [(line.split("\t") + [""] * 4)[:4] for line in out.splitlines()]


def ns_of(text):
    s, _, frac = text.partition(".")
    return int(s) * NS + int(frac.ljust(9, "0")[:9])


def complaints(path):
    seen = run("capinfos", "-M", path)
    if seen.returncode or seen.stderr.replace("Running as user \"root\" and group \"root\". This could be dangerous.", "").strip():
        yield f"capinfos on {path.name}: {seen.stderr.strip()}"
    seen = run("tcpdump", "-nr", path, "-w", "/dev/null")
    if seen.returncode:
        yield f"tcpdump on {path.name}: {seen.stderr.strip()}"


def differences(what, a, b):
    if len(a) != len(b):
        yield f"{what}: {len(a)} packets, then {len(b)}"
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            yield f"{what}: packet {i + 1} was {x[:2]}, is {y[:2]}, bytes {'equal' if x[2:] == y[2:] else 'differ'}"
            return


def by_tshark(path, ng):
    theirs, ours = tshark(path), tshark(ng)
    if len(theirs) != len(ours):
        yield f"tshark: {len(theirs)} packets, then {len(ours)}"
    for i, (x, y) in enumerate(zip(theirs, ours)):
        when = not x[0] or ns_of(x[0]) == ns_of(y[0])
        if not when or x[1:3] != y[1:3] or y[3] != (x[3] or "no comment"):
            yield f"tshark: packet {i + 1} was {x}, is {y}"
            return


def check(copier, path, folder, with_tshark):
    ng, old = folder / (path.name + ".copy.pcapng"), folder / (path.name + ".copy.pcap")
    done = run(copier, path, ng, "no comment")
    cut = "made-cut" in path.name
    if done.returncode != (3 if cut else 0):
        yield f"cap_copy: {done.returncode}, {done.stderr.strip()}"
        return
    numbers = [int(n) for n in done.stderr.split()[:5]]
    truth = read(path)
    expected = len(truth) if cut else count(path)	# capinfos gives up on a file that is cut
    if numbers[0] + numbers[1] != expected or numbers[1]:
        yield f"capinfos counts {expected}, we {numbers[0]} and {numbers[1]} skipped"
    yield from differences("pcapng copy", truth, read(ng))
    yield from complaints(ng)
    done = run(copier, path, old)
    if done.returncode == 1 and "link type" in done.stderr:
        print(f"# {path.name}: several link types, no classic copy")
    else:
        yield from differences("classic copy", truth, read(old))
        yield from complaints(old)
    if with_tshark:
        yield from by_tshark(path, ng)


def main():
    words = sys.argv[1:]
    every = "--all" in words
    words = [w for w in words if w != "--all"]
    copier = Path(words[0]).resolve()
    given = Path(words[1]) if len(words) > 1 else captures.folder()
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed (Debian: tshark, tcpdump)")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs = []
        for made, data in made_up():
            (folder / made).write_bytes(data)
            jobs.append((folder / made, made.split(".")[0] not in ("made-cut", "made-fine")))
        found = sorted(p for p in given.glob("*") if p.suffix in (".pcap", ".pcapng"))[::1 if every else 3]
        jobs += [(p, every or i % 3 == 0) for i, p in enumerate(found)]
        print(f"1..{len(jobs) + (not found)}")
        with ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda job: list(check(copier, job[0], folder, job[1])), jobs)
            failed = 0
            for i, (job, wrong) in enumerate(zip(jobs, results), 1):
                print(f"{'not ok' if wrong else 'ok'} {i} - {job[0].name}{' (tshark too)' if job[1] else ''}")
                for line in wrong:
                    print(f"# {line}")
                failed += bool(wrong)
    if not found:
        print(f"ok {len(jobs) + 1} - given captures # SKIP no captures in {given}")
    return failed > 0


sys.exit(main())
