#!/usr/bin/env python3
"""Marks that queue management sets, as tshark reads them: CE only where ECT was, and right checksums of IPv4.

UDP over IPv4 and IPv6 in a capture made up here, of every value of ECN and DS, at 1.2 times the rate of a link with each
kind of queue management. Who comes out is told by the source port and the IPv4 id or IPv6 flow label. That the table of
tests/unit/emu is what its script makes is a law here, too.
"""
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / 'lib'))
import tap  # noqa: E402

PACKETS = 6000
FIELDS = ['ip.id', 'ipv6.flow', 'ip.dsfield', 'ipv6.tclass', 'ip.checksum.status', 'udp.srcport']
KINDS = {
    'red': ('pipe', 'red 0.01/5/20/0.1 ecn'), 'gred': ('pipe', 'gred 0.01/7KB/20KB/0.1 ecn'),
    'red_dctcp': ('pipe', 'red 0.1/5/20/0.1 ecn dctcp'), 'codel': ('pipe', 'codel ecn'), 'pie': ('pipe', 'pie ecn max_ecnth 1'),
    'fq_codel': ('sched', 'fq_codel'), 'fq_pie': ('sched', 'fq_pie max_ecnth 1 tupdate 5ms'),
}


def checksum(header):
    total = sum(struct.unpack('!10H', header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(number, tos, size, flow):
    udp = struct.pack('!HHHH', 1000 + flow, 2000, 8 + size, 0) + bytes(size)
    if number % 2:
        head = struct.pack('!BBHHHBBH4s4s', 0x45, tos, 20 + len(udp), number, 0, 64, 17, 0, b'\x0a\0\0\1', b'\x0a\0\0\2')
        return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + udp
    return struct.pack('!IHBB', 6 << 28 | tos << 20 | number, len(udp), 17, 64) + bytes(15) + b'\1' + bytes(15) + b'\2' + udp


def write_capture(path):
    chance, at, sent = random.Random(1), 10**18, {}
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHIIII', 0xa1b23c4d, 2, 4, 0, 0, 65535, 101))
        for number in range(PACKETS):
            tos, at = chance.randrange(256), at + chance.randrange(350000, 950000)
            p = packet(number, tos, chance.randrange(100, 1400), chance.randrange(3))
            sent[number] = tos
            f.write(struct.pack('<IIII', at // 10**9, at % 10**9, len(p), len(p)) + p)
    return sent


def narrows(kind, words, source, out):
    link = 'bw 8Mbit/s delay 10ms'
    lines = [f'pipe 1 config {link} queue 500 {words}', 'add 1 pipe 1 ip from any to any']
    if kind == 'sched':
        lines = [f'sched 1 config type {words} {link}', 'queue 1 config sched 1', 'add 1 queue 1 ip from any to any']
    rules = [word for line in lines for word in ('-e', line)]
    subprocess.run([tap.BUILD / 'narrows', 'pcap', *rules, '-w', out, source], check=True, stdout=subprocess.DEVNULL)


def read(path):
    """Number, TOS, whether its checksum is right, of each packet that tshark shows."""
    fields = [word for field in FIELDS for word in ('-e', field)]
    shown = subprocess.run(['tshark', '-n', '-r', path, '-o', 'ip.check_checksum:TRUE', '-Y', 'udp', '-T', 'fields', *fields],
                           check=True, capture_output=True, text=True).stdout
    for line in shown.splitlines():
        ident, label, tos, tclass, status, _ = line.split('\t')
        yield int(ident or label, 0), int(tos or tclass, 0), status == '1' if ident else True


def marks_are_right(name):
    if not shutil.which('tshark'):
        raise tap.Skip('tshark is not installed')
    kind, words = KINDS[name]
    with tempfile.TemporaryDirectory() as scratch:
        source, out = Path(scratch, 'in.pcap'), Path(scratch, 'out.pcap')
        sent = write_capture(source)
        narrows(kind, words, source, out)
        came = list(read(out))
    marked = [n for n, tos, _ in came if tos != sent[n]]
    assert len(came) > PACKETS // 2
    assert all(right for _, _, right in came)
    assert all(tos == sent[n] or (tos == sent[n] | 3 and sent[n] & 3) for n, tos, _ in came)
    assert {n % 2 for n in marked} == {0, 1} and {sent[n] & 3 for n in marked} == {1, 2}
    print(f'# {name}: {len(came)} came out, {len(marked)} of them marked')


def law_red_marks_right():
    marks_are_right('red')


def law_gred_marks_right():
    marks_are_right('gred')


def law_red_dctcp_marks_right():
    marks_are_right('red_dctcp')


def law_codel_marks_right():
    marks_are_right('codel')


def law_pie_marks_right():
    marks_are_right('pie')


def law_fq_codel_marks_right():
    marks_are_right('fq_codel')


def law_fq_pie_marks_right():
    marks_are_right('fq_pie')


def law_the_table_of_queue_management_is_what_its_script_makes():
    folder = tap.ROOT / 'tests/unit/emu'
    subprocess.run([sys.executable, folder / 'make_aqm_table.py', '--check', folder / 'aqm_table.h'], check=True)


if __name__ == '__main__':
    tap.run(globals())
