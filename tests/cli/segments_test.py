#!/usr/bin/env python3
"""Super-segments through examples/offload.c: the packets that come out, their bytes and their times are those of packets that were made
and put one by one. What is expected is built here, from RFC 791, 8200, 9293, 768 and the definitions of docs/ARCHITECTURE.md, in
whole numbers."""
import os
import random
import subprocess
import sys

from cli import Bench, same, status

bench = Bench()
OFFLOAD, LIBRARIES = os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
FIN, PSH, ACK, ECE, CWR = 1, 8, 16, 64, 128


def checksum(data):
    total = sum(int.from_bytes(data[i:i + 2].ljust(2, b'\0'), 'big') for i in range(0, len(data), 2))
    return 0xffff - (total % 0xffff or 0xffff if total else 0)


def be(value, size):
    return value.to_bytes(size, 'big')


class Super:
    """TCP or UDP data with the headers that all its packets have."""
    def __init__(self, rng, data):
        self.family, self.tcp, self.data = rng.choice((4, 6)), rng.random() < .7, data
        self.tos = rng.randrange(256)
        self.ident, self.seq = rng.randrange(65536), rng.choice((rng.randrange(1 << 32), (1 << 32) - 100))
        self.flags = ACK | rng.choice((0, PSH, FIN, PSH | FIN, ECE, CWR | PSH, CWR | FIN))
        self.options = rng.randbytes(4 * rng.randrange(11)) if self.tcp else b''
        self.ip_options = b'\1' * (4 * rng.randrange(3)) if self.family == 4 else b''
        self.extension = bytes([17 if not self.tcp else 6, 0, 1, 4, 0, 0, 0, 0]) if self.family == 6 and rng.random() < .3 else b''
        self.summed = self.family == 6 or self.tcp or rng.random() < .8
        self.ends = rng.randbytes(4 if self.family == 4 else 16), rng.randbytes(4 if self.family == 4 else 16)
        self.ports = rng.randbytes(4)

    def packet(self, index, offset, last, size=0, whole=False):
        data = self.data[offset:offset + size]
        proto = 6 if self.tcp else 17
        if self.tcp:
            flags = self.flags & ~(0 if last else FIN | PSH) & ~(CWR if index else 0)
            head = self.ports + be((self.seq + offset) % 2**32, 4) + be(99, 4) + bytes([(20 + len(self.options)) // 4 << 4, flags]) + be(500, 2)
            tail = be(0, 2) + self.options
        else:
            head, tail = self.ports + be(8 + len(data), 2), b''
        length = len(head) + 2 + len(tail) + len(data)
        pseudo = b''.join(self.ends) + (bytes([0, proto]) + be(length, 2) if self.family == 4 else be(length, 4) + be(proto, 4))
        total = checksum(pseudo + head + be(0, 2) + tail + data)
        total = 0xbeef if whole else total or (0 if self.tcp else 0xffff)
        l4 = head + be(total if self.summed else 0, 2) + tail + data
        if self.family == 6:
            return be(6 << 28 | self.tos << 20 | 0x12345, 4) + be(len(self.extension) + len(l4), 2) + bytes(
                [0 if self.extension else proto, 64]) + b''.join(self.ends) + self.extension + l4
        size4 = 20 + len(self.ip_options)
        ip = bytes([0x40 | size4 // 4, self.tos]) + be(size4 + len(l4), 2) + be((self.ident + index) % 65536, 2) + be(0x4000, 2) + bytes([64, proto])
        rest = b''.join(self.ends) + self.ip_options
        return ip + be(checksum(ip + be(0, 2) + rest), 2) + rest + l4

    def whole(self):
        return self.packet(0, 0, True, len(self.data), whole=True)

    def packets(self, segment):
        starts = range(0, len(self.data), segment)
        return [self.packet(i, at, at + segment >= len(self.data), min(segment, len(self.data) - at)) for i, at in enumerate(starts)]


def offload(packets, *lines):
    text = ''.join(f'{at} {segment} {data.hex()}\n' for at, segment, data in packets)
    return subprocess.run([OFFLOAD, *lines], input=text.encode(), capture_output=True, timeout=60, check=False,
                          env={**os.environ, 'LD_LIBRARY_PATH': LIBRARIES})


def out_of(packets, *lines):
    return status(offload(packets, *lines), 0).stdout.decode().splitlines()


def traffic(seed, count=12):
    """(time, segment, super-segment): a few of them, close together."""
    rng = random.Random(seed)
    at, made = 0, []
    for _ in range(count):
        at += rng.choice((0, 1, 40_000, 3_000_000))
        segment = rng.choice((1, 100, 536, 1000, 1448))
        size = rng.choice((rng.randrange(segment * 20) + segment + 1, 3 * segment)) if segment > 1 else 30
        made.append((at, segment, Super(rng, rng.randbytes(size))))
    return made


def both(seed, *lines):
    made = traffic(seed)
    whole = out_of([(at, segment, s.whole()) for at, segment, s in made], *lines)
    apart = out_of([(at, 0, p) for at, segment, s in made for p in s.packets(segment)], *lines)
    return whole, apart


@bench.test
def the_bytes_of_each_packet_are_those_of_a_sender_without_offload(b):
    for seed in range(20):
        made = traffic(seed)
        got = [line.split()[2] for line in out_of([(at, segment, s.whole()) for at, segment, s in made], 'pipe 1 config')]
        same(got, [p.hex() for _, segment, s in made for p in s.packets(segment)])


# RFC 768: a checksum that comes to 0 is sent as all ones, for 0 says that there is none. Data that hold the checksum of what they are
# without it bring it to 0.
@bench.test
def a_checksum_of_zero_is_not_sent_as_none(b):
    s = next(s for s in (Super(random.Random(n), bytes(200)) for n in range(99)) if s.family == 4 and not s.tcp and s.summed)
    at = 26 + len(s.ip_options)
    s.data = s.packet(0, 0, False, 100)[at:at + 2] + bytes(198)
    got = [line.split()[2] for line in out_of([(0, 100, s.whole())], 'pipe 1 config')]
    same(got, [p.hex() for p in s.packets(100)])
    same(bytes.fromhex(got[0])[at:at + 2], b'\xff\xff')


# k packets of L_i + overhead bytes that stand at an idle link of R bit/s at 0: the k-th ends at ceil(8 sum 10^9 / R).
@bench.test
def the_link_counts_each_packet_with_headers_and_overhead_of_its_own(b):
    rate, overhead = 9_999_991, 38
    s = Super(random.Random(7), bytes(40_000))
    got = [tuple(map(int, line.split()[:2])) for line in out_of([(0, 1448, s.whole())], f'pipe 1 config bw {rate}bit/s queue 100 overhead {overhead}')]
    ends, total = [], 0
    for k, p in enumerate(s.packets(1448)):
        total += len(p) + overhead
        ends.append((k, -(-8 * total * 10**9 // rate)))
    same(len(ends), 28)
    same(got, ends)


@bench.test
def each_packet_takes_a_slot(b):
    s = Super(random.Random(3), bytes(30_000))
    lines = out_of([(0, 1000, s.whole())], 'pipe 1 config bw 1Mbit/s queue 12')
    same([x for x in lines if 'dropped' in x], [f'{k} dropped, queue-full' for k in range(12, 30)])
    same([int(x.split()[0]) for x in lines if 'dropped' not in x], list(range(12)))


@bench.test
def the_same_traffic_with_and_without_offload_departs_the_same(b):
    pipes = (
        ['pipe 1 config bw 20Mbit/s delay 3ms queue 40'],
        ['pipe 1 config bw 20Mbit/s loss random 0.2 corr 0.5 duplicate 0.1 corrupt 0.1 bits 3 queue 30KB'],
        ['pipe 1 config bw 20Mbit/s delay 5ms jitter 4ms normal reorder queue 100'],
        ['pipe 1 config bw 5Mbit/s delay 1ms queue 100 codel target 1ms interval 10ms ecn'],
        ['pipe 1 config bw 5Mbit/s queue 100 red 0.02/5/30/0.5 ecn'],
        ['pipe 1 config bw 5Mbit/s mask all queue 20 overhead ethernet'],
        ['pipe 1 config delay 2ms jitter 1ms reorder'],
    )
    for lines in pipes:
        for seed in range(6):
            whole, apart = both(seed, *lines)
            assert whole == apart, (lines, seed)
            assert len(apart) > 50, (lines, seed)


@bench.test
def what_cannot_be_taken_apart_is_refused(b):
    udp = bytearray(Super(random.Random(5), bytes(5000)).whole())
    good = next(s for s in (Super(random.Random(n), bytes(5000)) for n in range(99)) if s.family == 4 and s.tcp and not s.ip_options)
    tcp = bytearray(good.whole())
    assert len(out_of([(0, 1000, bytes(tcp))], 'pipe 1 config')) == 5
    for change in (     # ICMP; SYN, RST, URG; fragments; more than there is; a header of 16 bytes; no IP
            {9: 1}, {33: 2}, {33: 4 | 16}, {33: 32}, {6: 0x20}, {7: 1}, {2: 0x7f}, {32: 0x40}, {0: 0x55}):
        bad = bytearray(tcp)
        for at, value in change.items():
            bad[at] = value
        status(offload([(0, 1000, bytes(bad))], 'pipe 1 config'), 2)
    for data, segment in ((udp[:-1], 1000), (udp, 65535), (b'', 1000), (b'\x45', 9)):
        status(offload([(0, segment, bytes(data))], 'pipe 1 config'), 2)
    # one packet that is marked and small is that packet
    small = Super(random.Random(1), bytes(100))
    same(len(out_of([(0, 100, small.whole())], 'pipe 1 config')), 1)


bench.main()
