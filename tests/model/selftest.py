#!/usr/bin/env python3
"""The model against numbers worked out by hand, so that it is not only as right as what it is compared with. TAP."""
import ipaddress
import os
import shutil
import struct
import subprocess
import sys

import capture
import packet
from capture import Capture, Record
from model import simulate
from pipes import Refused, dice_draw, dice_key, mix, parse_probability, parse_queue, parse_rate, parse_time
from tap import Tap, keep_dir

MS = 10**6
tap = Tap()


def is_equal(name, got, expected):
    tap.ok(got == expected, name, [] if got == expected else [f'expected {expected}', f'got      {got}'])


def udp(total, src='10.0.0.1', dst='10.0.0.2', sport=1000, dport=53, proto=17, body=None, bits=0):
    """A raw IPv4 packet whose total length is `total`."""
    body = struct.pack('>HHHH', sport, dport, total - 20, 0) if body is None else body
    head = struct.pack('>BBHHHBBH', 0x45, 0, total, 0, bits, 64, proto, 0)
    head += ipaddress.ip_address(src).packed + ipaddress.ip_address(dst).packed
    return (head + body).ljust(total, b'\0')


def tcp(flags, **more):
    return udp(40, proto=6, body=struct.pack('>HHIIBBHHH', 1000, 80, 0, 0, 0x50, flags, 0, 0, 0), **more)


def world(lines, packets, **options):
    """`packets`: (time, bytes) each, or (time, bytes, length on the wire)"""
    cap = Capture()
    cap.records = [Record(p[0], p[1], p[2] if len(p) > 2 else len(p[1]), packet.RAW) for p in packets]
    return simulate([cap], lines, **options)


def released(lines, packets, **options):
    return [(order, stamp) for _, order, _, stamp in world(lines, packets, **options).out]


def dropped(lines, packets, **options):
    return [(order, reason) for order, _, reason, _, _, _ in world(lines, packets, **options).drops]


def counts(rules, packets, **options):
    return [r.packets for r in world(rules, packets, **options).rules.rules]


def test_service():
    all_in = ['pipe 1 config bw 1Mbit/s', 'add pipe 1 ip from any to any']
    kb = udp(1000)
    is_equal('1000 bytes at 1 Mbit/s take 8 ms', released(all_in, [(0, kb)] * 3),
             [(0, 8 * MS), (1, 16 * MS), (2, 24 * MS)])
    is_equal('the sum is rounded, not each packet',
             [t for _, t in released(['pipe 1 config bw 3bit/s', all_in[1]], [(0, udp(20))] * 3)],
             [53333333334, 106666666667, 160 * 10**9])
    is_equal('an arrival at the end of service begins a new busy period',
             [t for _, t in released(['pipe 1 config bw 3bit/s', all_in[1]], [(0, udp(20)), (53333333334, udp(20))])],
             [53333333334, 106666666668])
    is_equal('delay comes behind service',
             released(['pipe 1 config delay 2s bw 1Mbit/s', all_in[1]], [(5, kb)]), [(0, 5 + 8 * MS + 2 * 10**9)])
    is_equal('overhead is served', released(['pipe 1 config bw 1Mbit/s overhead 250', all_in[1]], [(0, kb)]),
             [(0, 10 * MS)])
    is_equal('no bandwidth: no service and no queue',
             released(['pipe 1 config delay 1 queue 1', all_in[1]], [(0, kb), (0, kb)]), [(0, MS), (1, MS)])
    is_equal('a Tbit/s', released(['pipe 1 config bw 1000Gbit/s', all_in[1]], [(0, udp(126)), (0, udp(126))]),
             [(0, 2), (1, 3)])


def test_queues():
    rule, one = 'add pipe 1 ip from any to any', udp(125)      # 1 ms at 1 Mbit/s

    def drops(queue, packets, extra=''):
        return [o for o, _ in dropped([f'pipe 1 config bw 1Mbit/s queue {queue} {extra}', rule], packets)]
    is_equal('two slots: one in service, one waiting', drops('2', [(0, one)] * 3), [2])
    is_equal('fifty slots are the default',
             [o for o, _ in dropped(['pipe 1 config bw 1Mbit/s', rule], [(0, one)] * 52)], [50, 51])
    is_equal('service that ends at that instant has left', drops('2', [(0, one), (0, one), (MS, one)]), [])
    is_equal('and one nanosecond earlier has not', drops('2', [(0, one), (0, one), (MS - 1, one)]), [2])
    is_equal('bytes: N itself fits', drops('250B', [(0, one)] * 3), [2])
    is_equal('bytes: one less does not', drops('249B', [(0, one)] * 2), [1])
    is_equal('bytes: a small one still fits', drops('200B', [(0, one), (0, one), (0, udp(75))]), [1])
    is_equal('time: 2 ms are 250 bytes', drops('2ms', [(0, one)] * 3), [2])
    is_equal('bytes are those with overhead', drops('250B', [(0, one)] * 2, 'overhead 1'), [1])
    # auto at 1 Mbit/s: 50 packets, or 1250 bytes with a delay of 5 ms, 1300 with 5.4 ms, whichever is more.
    is_equal('auto: fifty small ones pass 1250 bytes', drops('auto', [(0, one)] * 52, 'delay 5'), [50, 51])
    is_equal('auto: more than fifty where bytes allow', drops('auto', [(0, udp(20))] * 64, 'delay 5'), [62, 63])
    is_equal('auto: the bytes themselves fit', drops('auto', [(0, udp(20))] * 66, 'delay 5.4'), [65])
    p = world(['pipe 1 config bw 1Mbit/s queue 2', rule], [(0, one)] * 3 + [(2 * MS, one)]).pipes[1]
    is_equal('counters of a pipe', (p.packets, p.bytes, p.out_packets, p.out_bytes, p.drops, p.max_packets, p.max_bytes,
                                    p.waits), (4, 500, 3, 375, {'queue-full': 1}, 2, 250, [MS, 2 * MS, MS]))


def test_dice():
    # The first outputs of splitmix64 with state 0, as published with the generator: the mixing is the same.
    is_equal('draws with key 0 are splitmix64 from 0', [dice_draw(0, n) for n in range(3)],
             [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F])
    is_equal('mix(0)', mix(0), 0)
    is_equal('the key is mixed word by word', dice_key(1, 2, 3, 0, 2), mix(mix(mix(mix(mix(1) ^ 2) ^ 3) ^ 0) ^ 2))
    lost = dropped(['pipe 3 config plr 0.5', 'add pipe 3 ip from any to any'], [(0, udp(20))] * 64)
    key = dice_key(1, 2, 3, 0, 2)
    is_equal('half is the top bit', [o for o, _ in lost], [n for n in range(64) if not dice_draw(key, n) >> 63])
    is_equal('one is always', len(dropped(['pipe 3 config plr 1', 'add pipe 3 ip from any to any'],
                                          [(0, udp(20))] * 9)), 9)
    is_equal('a tenth, by its decimal text',
             parse_probability('0.1').numerator * 2**64 // parse_probability('0.1').denominator, 0x1999999999999999)


def test_numbers():
    is_equal('rates', [parse_rate(w) for w in ['1Mbit/s', '1.5Mbit/s', '200KByte/s', '64000', '1Gbps', '3KB/s']],
             [10**6, 1500000, 1600000, 64000, 10**9, 24000])
    is_equal('times', [parse_time(w) for w in ['20ms', '1.5ms', '250us', '2s', '10', '1ns', '0.000001']],
             [20 * MS, 1500000, 250000, 2 * 10**9, 10 * MS, 1, 1])
    is_equal('queues', [parse_queue(w) for w in ['50', '1000B', '10KB', '1MB', '50ms', 'auto']],
             [('packets', 50), ('bytes', 1000), ('bytes', 10240), ('bytes', 1048576), ('time', 50 * MS), ('auto',)])
    for bad in ['pipe 1 config plr 2', 'pipe 1 config queue 0', 'pipe 1 config bw 1.5bit/s',
                'pipe 1 config delay 0.1ns', 'pipe 1 config bw 1Mbit/s bw 2Mbit/s', 'pipe 70000 config',
                'add 65535 allow ip from any to any', 'add 100 skipto 100 ip from any to any', 'add allow',
                'add allow ip from 10.0.0.300 to any', 'add permit ip from any', 'add allow tcp from any to any 80-70',
                'add allow ip from any to any setups']:
        try:
            world([bad], [])
            tap.ok(False, f'refused: {bad}')
        except Refused:
            tap.ok(True, f'refused: {bad}')


def test_rules():
    syn, ack = tcp(2), tcp(16)
    later = tcp(2, bits=3)
    frame = [(0, syn), (0, ack), (0, later), (0, udp(28))]
    is_equal('setup, established, a later fragment has neither',
             counts(['add count ip from any to any setup', 'add count ip from any to any established',
                     'add count ip from any to any not setup', 'add count tcp from any to any frag',
                     'add count ip from any to any not 80', 'add count ip from any to any 50-60,80'], frame),
             [1, 1, 3, 1, 2, 3])
    flags = [(0, tcp(f)) for f in (0, 1, 2, 2 | 16, 2 | 4, 2 | 1, 4, 16, 0x42)]
    is_equal('established is anything but a SYN alone; setup is SYN without ACK; flags are all asked for',
             counts(['add count ip from any to any established', 'add count ip from any to any setup',
                     'add count ip from any to any tcpflags syn,!ack,!ece', 'add count tcp from any to any not setup'],
                    flags), [6, 4, 3, 5])
    is_equal('address sets', counts(['add count ip from 10.0.0.77{1,5-9} to any', 'add count ip from any to { 10.0.0.3'
                                     ' or 10.0.0.0/24{0-1,3-255} }'], frame), [4, 0])
    is_equal('lists, masks, or-blocks, not',
             counts(['add count ip from 10.0.0.9,10.0.0.0/31 to any', 'add count ip from 10.9.0.1:255.0.0.255 to any',
                     'add count ip from { 10.0.0.7 or not 10.0.0.1 } to any',
                     'add count { tcp or udp } from any to any', 'add count not tcp from any to any',
                     'add count ip6 from any to any', 'add count ip from not fe80::/10 to any',
                     'add count ip from any to any iplen 28,40-41', 'add count ip from any to any ipttl 60-63',
                     'add count ip from any to any dst-port domain'],
                    frame), [4, 4, 0, 4, 1, 0, 4, 4, 0, 1])
    is_equal('numbers: given, following, and the default counts only what is left',
             [r.number for r in world(['add count ip from any to any', 'add 1000 count ip from any to any',
                                       'add count ip from any to any', 'add 50 count ip from any to any',
                                       'add 65500 count ip from any to any', 'add count ip from any to any'],
                                      []).rules.rules], [50, 100, 1000, 1100, 65500, 65500])
    w = world(['add 10 skipto 30 udp from any to any', 'add 20 deny ip from any to any',
               'add 30 allow ip from any to any'], frame)
    is_equal('skipto passes over', ([r.packets for r in w.rules.rules], len(w.drops), w.rules.default.packets),
             ([1, 3, 1], 3, 0))
    is_equal('bytes are L', [r.bytes for r in w.rules.rules], [28, 120, 28])
    is_equal('no pipe, and the default denies',
             dropped(['add pipe 7 udp from any to any'], frame, default='deny'),
             [(0, 'rule'), (1, 'rule'), (2, 'rule'), (3, 'no-pipe')])
    is_equal('what NET sends is out', counts(['add count ip from any to any out', 'add count ip from any to any in'],
                                             [(0, udp(28)), (0, udp(28, src='192.0.2.1'))], local='10.0.0.0/8'), [1, 1])


def test_time():
    rule = 'add pipe 1 tcp from any to any'
    packets = [(100, udp(28)), (50, udp(28)), (70, tcp(2)), (200, udp(28))]
    is_equal('backwards: own stamps, order of arrival, pipe from the latest',
             released(['pipe 1 config delay 50ns', rule], packets), [(0, 100), (1, 50), (2, 150), (3, 200)])
    is_equal('backwards is counted', world([], packets).input['backwards'], 2)
    is_equal('equal release: order of arrival',
             released(['pipe 1 config delay 100ns', rule], [(100, tcp(2)), (200, udp(28))]), [(0, 200), (1, 200)])
    is_equal('not IP bypasses even deny', released([], [(0, b'\0' * 30), (1, udp(28)), (2, b'\x45')], default='deny'),
             [(0, 0), (2, 2)])


def test_length():
    def see(data, wire=None, link=packet.RAW):
        v = packet.see(Record(0, data, wire or len(data), link))
        return v and (v.length, v.proto, v.sport)
    offloaded = bytearray(udp(60))
    offloaded[2:4] = b'\0\0'
    is_equal('total length 0: what the wire had', see(bytes(offloaded), 9000), (9000, 17, 1000))
    is_equal('cut by the snapshot length: L is the header\'s', see(udp(60)[:27], 60), (60, 17, None))
    is_equal('header beyond L', see(udp(26) + bytes(10)), (26, 17, None))
    jumbo = struct.pack('>IHBB', 6 << 28, 0, 0, 64) + bytes(32) + bytes([17, 0, 0xC2, 4]) + struct.pack('>I', 70000)
    is_equal('jumbo option', see(jumbo + struct.pack('>HHHH', 5, 6, 0, 0), 70040), (70040, 17, 5))
    none = struct.pack('>IHBB', 6 << 28, 0, 59, 64) + bytes(32)
    is_equal('IPv6 with nothing behind', see(none + bytes(6)), (40, 59, None))
    tags = bytes(12) + struct.pack('>HH', 0x88A8, 1) + struct.pack('>HH', 0x8100, 1) * 3
    is_equal('four tags', see(tags + b'\x08\0' + udp(28), link=packet.ETHERNET), (28, 17, 1000))
    is_equal('five tags', see(tags + struct.pack('>HH', 0x8100, 1) + b'\x08\0' + udp(28), link=packet.ETHERNET), None)
    is_equal('PPPoE', see(bytes(12) + bytes.fromhex('886411000007001e0021') + udp(28), link=packet.ETHERNET),
             (28, 17, 1000))


TSHARK_FIELDS = ['ip.proto', 'ip.ttl', 'ip.frag_offset', 'tcp.srcport', 'udp.dstport', 'tcp.flags', 'icmp.type']


def test_tshark(folder):
    """The decoder beside tshark, on sound packets: both see the same fields at the same nanosecond."""
    if not shutil.which('tshark'):
        return tap.skip('fields as tshark sees them', 'no tshark')
    path, packets = os.path.join(folder, 't.pcap'), [tcp(2), tcp(0x12), udp(60), tcp(16, bits=0x4000),
                                                     udp(64, bits=3), udp(40, proto=1, body=bytes([8, 0]))]
    records = [Record(1600000000 * 10**9 + 7 * i, p, len(p), packet.RAW) for i, p in enumerate(packets)]
    capture.write_pcap(path, records, packet.RAW)
    args = [a for f in ['frame.time_epoch'] + TSHARK_FIELDS for a in ('-e', f)]
    out = subprocess.run(['tshark', '-r', path, '-n', '-T', 'fields', '-o', 'ip.defragment:FALSE'] + args,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    ours = ''
    for r in capture.read(path).records:
        v = packet.see(r)
        flags = None if v.tcp_flags is None else f'0x{v.tcp_flags:04x}'
        fields = [f'{r.time // 10**9}.{r.time % 10**9:09d}', v.proto, v.ttl, v.frag_offset // 8,
                  v.sport if v.proto == 6 else None, v.dport if v.proto == 17 else None, flags, v.icmp_type]
        ours += '\t'.join('' if f is None else str(f) for f in fields) + '\n'
    is_equal('fields as tshark sees them', ours, out)


def test_files(folder):
    """What is written reads back the same, in every format."""
    records = [Record(1600000000123456789, udp(28), 28, packet.RAW), Record(1600000001 * 10**9, b'', 99, packet.RAW)]
    for order in '<>':
        path = os.path.join(folder, 'f.pcap')
        capture.write_pcap(path, records, packet.RAW, order)
        is_equal(f'pcap {order}', [(r.time, r.data, r.wire, r.link) for r in capture.read(path).records],
                 [(r.time, r.data, r.wire, r.link) for r in records])
        for resol, floor in ((9, 1), (6, 1000), (12, 1), (0x80 | 30, 1)):
            offset = 1599999999 if resol == 12 else -5     # 64 bits of picoseconds are 213 days
            path = os.path.join(folder, 'f.pcapng')
            capture.write_pcapng(path, records, [capture.Interface(packet.RAW, resol, offset, 'eth0')], order)
            is_equal(f'pcapng {order} resolution {resol}',
                     [(r.time, r.data, r.wire) for r in capture.read(path).records],
                     [(r.time // floor * floor, r.data, r.wire) for r in records])


def main():
    folder = keep_dir()
    for test in (test_service, test_queues, test_dice, test_numbers, test_rules, test_time, test_length):
        test()
    test_tshark(folder)
    test_files(folder)
    shutil.rmtree(folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
