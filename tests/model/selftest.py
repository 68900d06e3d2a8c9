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
from model import simulate, stamp
from dice import dice_draw, dice_key, mix
from flows import fnv1a
from units import Refused, parse_probability, parse_queue, parse_rate, parse_time
from siphash import siphash
from tap import Tap, keep_dir

MS = 10**6
FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'files')
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
    return [(p.order, stamp(p)) for p in world(lines, packets, **options).out]


def dropped(lines, packets, **options):
    return [(d.packet.order, d.reason) for d in world(lines, packets, **options).drops]


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


def test_burst():
    rule, kb = 'add pipe 1 ip from any to any', udp(1000)       # 8 ms at 1 Mbit/s
    line = ['pipe 1 config bw 1Mbit/s burst 2500', rule]
    is_equal('the first is free, a part of the third is', [t for _, t in released(line, [(0, kb)] * 4)],
             [0, 0, 4 * MS, 12 * MS])
    # idle from 12 ms on: at 20 ms it saved 1000 bytes
    is_equal('an idle link saves rate times time', [t for _, t in released(line, [(0, kb)] * 4 + [(20 * MS, kb)] * 2)],
             [0, 0, 4 * MS, 12 * MS, 20 * MS, 28 * MS])
    is_equal('and no more than the burst', [t for _, t in released(line, [(0, kb)] * 4 + [(10**9, kb)] * 3)][4:],
             [10**9, 10**9, 10**9 + 4 * MS])
    is_equal('what was left stays', [t for _, t in released(line, [(0, kb), (0, kb), (2 * MS, kb)])],
             [0, 0, 4 * MS])        # 500 bytes left and 250 saved: 250 bytes, 2 ms, are missing


def test_impairments():
    rule = 'add pipe 1 ip from any to any'
    is_equal('an Ethernet frame has 60 bytes at least', released(
        ['pipe 1 config bw 1Mbit/s overhead ethernet', rule], [(0, udp(20)), (0, udp(101))]),
        [(0, 84 * 8000), (1, 84 * 8000 + 139 * 8000)])
    is_equal('cells of 48 bytes take 53', released(['pipe 1 config bw 1Mbit/s overhead 8 atm', rule],
                                                   [(0, udp(40)), (0, udp(41))]), [(0, 53 * 8000), (1, 159 * 8000)])
    is_equal('a copy behind each', released(['pipe 1 config bw 1Mbit/s duplicate 1', rule], [(0, udp(125))] * 2),
             [(0, MS), (0, 2 * MS), (1, 3 * MS), (1, 4 * MS)])
    is_equal('the third, and the sixth and seventh, of eight',
             [o for o, _ in dropped([f'pipe 1 config loss pattern {FILES}/bits.txt', rule], [(0, udp(20))] * 16)],
             [2, 5, 6, 10, 13, 14])
    key = dice_key(1, 2, 1, 0, 9)
    bad, expected = False, []
    for n in range(40):     # p is a half, r a quarter: the top bits of the draws
        draw = dice_draw(key, n)
        bad = bool(draw >> 62) if bad else not draw >> 63
        expected += [n] if bad else []
    is_equal('a chain of two states', [o for o, _ in dropped(['pipe 1 config loss gemodel 0.5 0.25', rule],
                                                             [(0, udp(20))] * 40)], expected)


def test_courses():
    rule = 'add pipe 1 ip from any to any'
    # chances at 0, 3, 3 and 10 ms, of 1504 bytes, then from 10 ms on again
    line = [f'pipe 1 config trace {FILES}/lte.up', rule]
    is_equal('a chance of the very instant has passed', released(line, [(0, udp(1504))] * 2),
             [(0, 3 * MS), (1, 3 * MS)])
    is_equal('what is left begins the next', released(line, [(0, udp(1000))] * 4),
             [(0, 3 * MS), (1, 3 * MS), (2, 3 * MS), (3, 10 * MS)])
    is_equal('a round is as long as its last number', released(line, [(0, udp(20))] + [(4 * MS, udp(1504))] * 4),
             [(0, 3 * MS), (1, 10 * MS), (2, 10 * MS), (3, 13 * MS), (4, 13 * MS)])
    is_equal('once, and then never', dropped([line[0] + ' once', rule], [(0, udp(20)), (10 * MS, udp(20))]),
             [(1, 'time-end')])
    is_equal('a schedule', released([f'pipe 1 config bw 1Mbit/s schedule {FILES}/steps.schedule', rule],
                                    [(0, udp(125)), (6 * MS, udp(125)), (39 * MS + MS // 2, udp(250))]),
             [(0, MS), (1, 6 * MS + MS // 2 + 3 * MS), (2, 60 * MS + 3333334 + 3 * MS)])


def test_schedulers():
    rules = ['add queue 1 ip from 10.0.0.1 to any', 'add queue 2 ip from any to any']
    one, two = udp(100), udp(100, src='10.0.0.2')

    def order(kind, first='', second=''):
        lines = [f'sched 1 config bw 1Mbit/s type {kind}', f'queue 1 config sched 1 {first}',
                 f'queue 2 config sched 1 {second}']
        return [o for o, _ in released(lines + rules, [(0, one)] * 3 + [(0, two)] * 4)]
    is_equal('fifo', order('fifo'), list(range(7)))
    is_equal('prio: what is in service stays', order('prio', 'pri 1', 'pri 0'), [0, 3, 4, 5, 6, 1, 2])
    is_equal('prio: turns within a band', order('prio'), [0, 1, 3, 2, 4, 5, 6])
    # By hand: V is 100 behind the first packet. F of flow 1 is 200, of flow 2 120: it goes, V is 116 and a third. Its
    # next would begin at 120, so flow 1 goes; V is 133, then flow 2 at 120, 140 (V 150), 160 (V 166).
    # Quanta of 100 and 500 bytes: one of flow 1, five of flow 2.
    is_equal('rr of 1 and 5', order('rr', '', 'weight 5'), [0, 1, 3, 4, 5, 6, 2])
    is_equal('wf2q+ of 1 and 5', order('wf2q+', '', 'weight 5'), [0, 3, 1, 4, 5, 6, 2])


def test_management():
    data = bytes(range(15))     # the example of the paper, with its key
    is_equal('SipHash-2-4', siphash(0x0706050403020100, 0x0F0E0D0C0B0A0908, data, 2, 4), 0xA129CA6149BE45E5)
    rule, one = 'add pipe 1 ip from any to any', udp(125)      # 1 ms at 1 Mbit/s
    red = ['pipe 1 config bw 1Mbit/s red 1/2/3/0', rule]       # the average is what waits
    is_equal('RED: two wait, and from three on all is dropped', dropped(red, [(0, one)] * 6), [(4, 'aqm'), (5, 'aqm')])
    is_equal('and not what finds it shorter', dropped(red, [(0, one)] * 4 + [(MS, one)] * 2), [(5, 'aqm')])
    # Lengths 0, 0, 1, 2, 3, 3, … make it 0, 0, 1/4, 11/16, then 1.27 and more: 2.59 with the tenth. The queue is
    # empty since 3 ms; each 4.096 ms, and the packet itself, leave three quarters: 1.09 at 15 ms, 0.82 at 16.
    red = ['pipe 1 config bw 1Mbit/s red 0.25/1/9/0 ecn dctcp', rule]
    is_equal('the average decays over idle time',
             [len(dropped(red, [(0, one)] * 10 + [(t * MS, one)])) for t in (15, 16)], [7, 6])
    queue = ['queue 1 config sched 1', 'add queue 1 ip from any to any']
    fq = ['sched 1 config type fq_codel quantum 125 bw 1Mbit/s', *queue]
    other = udp(125, sport=7)
    is_equal('fq_codel: who is new goes first', [p for p, _ in released(fq, [(0, one)] * 3 + [(0, other)])],
             [0, 3, 1, 2])
    few = ['sched 1 config type fq_codel limit 3 bw 1Mbit/s', *queue]
    is_equal('the fattest flow loses its older half', dropped(few, [(0, one)] * 4 + [(0, other)]),
             [(1, 'queue-full'), (2, 'queue-full')])
    slow = ['pipe 1 config bw 1 burst 125B expire 1s mask proto 0xff', rule]
    is_equal('a flow that is forgotten is made anew', [released(slow, [(0, one), (t, one)])[1][1] > t
                                                       for t in (10**9 - 1, 10**9)], [True, False])


def test_changes():
    rule, kb = 'add pipe 1 ip from any to any', udp(1000)       # 8 ms at 1 Mbit/s
    def times(*lines, packets=((0, kb), (0, kb)), **more):
        return [t for _, t in released(['pipe 1 config bw 1Mbit/s', rule, *lines], list(packets), **more)]
    is_equal('half of a packet at the old rate, the rest at the new', times('at 4ms pipe 1 config bw 2Mbit/s'),
             [6 * MS, 10 * MS])
    is_equal('twice', times('at 4ms pipe 1 config bw 2Mbit/s', 'at 5ms pipe 1 config bw 500Kbit/s'),
             [9 * MS, 25 * MS])
    is_equal('odd rates leave no bit out',
             times('at 1ns pipe 1 config bw 3bit/s', packets=[(0, kb)]), [1 + -(-(8000 * 10**9 - 10**6) // 3)])
    is_equal('service that ends at that instant ended', times('at 8ms pipe 1 config bw 2Mbit/s'), [8 * MS, 12 * MS])
    is_equal('no more bandwidth', times('at 4ms pipe 1 config bw 0'), [4 * MS, 4 * MS])
    is_equal('a shorter delay does not let the later overtake',
             times('pipe 1 config delay 20ms', 'at 10ms pipe 1 config delay 1ms'), [28 * MS, 28 * MS])
    is_equal('a longer delay holds those whose service had not ended',
             times('pipe 1 config delay 1ms', 'at 8ms pipe 1 config delay 2ms'), [9 * MS, 18 * MS])
    is_equal('queued packets stay when the queue shrinks',
             dropped(['pipe 1 config bw 1Mbit/s', rule, 'at 0ns pipe 1 config queue 1'], [(0, kb), (9 * MS, kb)]), [])
    is_equal('a change meets what re-enters', times('disable one_pass', 'add pipe 1 ip from any to any',
                                                    'at 4ms pipe 1 config bw 2Mbit/s', packets=[(0, kb)]), [10 * MS])
    w = world(['add set 5 count ip from any to any', 'at 5ns set disable 5', 'at 6ns add 7 deny ip from any to any',
               'at 8ns delete 7'], [(t, udp(20)) for t in range(10, 20)])
    is_equal('sets and rules change then', ([r.packets for r in w.rules.rules], [p.order for p, *_ in w.drops]),
             ([5], [6, 7]))


def test_masks():
    def flow(dport, **more):
        return udp(1000, dport=dport, **more)
    line = ['pipe 1 config bw 1Mbit/s mask dst-port 0xffff', 'add pipe 1 ip from any to any']
    is_equal('a link for each flow', [t for _, t in released(line, [(0, flow(1)), (0, flow(2)), (0, flow(1))])],
             [8 * MS, 8 * MS, 16 * MS])
    is_equal('bits outside the mask do not part flows',
             [t for _, t in released(['pipe 1 config bw 1Mbit/s mask src-ip 0xffffff00', line[1]],
                                     [(0, flow(1)), (0, flow(2, src='10.0.0.77')), (0, flow(2, src='10.0.1.1'))])],
             [8 * MS, 8 * MS, 16 * MS])
    # FNV-1a over 4, protocol 0, no source address, 10.0.0.2, no ports, no label; its offset and prime are published.
    h = 0xCBF29CE484222325
    for byte in [4, 0, 0, 0, 0, 0, 10, 0, 0, 2] + [0] * 8:
        h = (h ^ byte) * 0x100000001B3 % 2**64
    key = dice_key(1, 2, 1, h, 2)
    is_equal('each flow has dice of its own',
             [o for o, _ in dropped(['pipe 1 config plr 0.5 mask dst-ip 0xffffffff', line[1]], [(0, flow(1))] * 64)],
             [n for n in range(64) if not dice_draw(key, n) >> 63])
    is_equal('FNV-1a of "a" and of "foobar" as published', [fnv1a(b'a'), fnv1a(b'foobar')],
             [0xAF63DC4C8601EC8C, 0x85944171F73967E8])


def test_walk():
    one = [(0, udp(28))]
    is_equal('call and return', counts(
        ['add 100 call 500 ip from any to any', 'add 100 count ip from any to any', 'add 200 allow ip from any to any',
         'add 500 count ip from any to any', 'add 600 return ip from any to any', 'add 700 deny ip from any to any'],
        one), [1, 0, 1, 1, 1, 0])
    is_equal('sixteen deep, then the next rule; nothing to return to, then the next rule', counts(
        ['add 50 return ip from any to any', 'add 100 call 100 ip from any to any',
         'add 200 count ip from any to any'], one), [1, 17, 1])
    is_equal('tags', counts(
        ['add count tag 5 ip from any to any', 'add count ip from any to any tagged 1-4,5',
         'add count untag 5 ip from any to any', 'add count ip from any to any not tagged 5'], one), [1, 1, 1, 1])
    is_equal('tags, calls come back from a pipe', counts(
        ['disable one_pass', 'add 100 call 400 ip from any to any', 'add 200 allow ip from any to any tagged 9',
         'add 400 pipe 1 tag 9 ip from any to any', 'add 500 return ip from any to any', 'pipe 1 config delay 1'], one),
             [1, 1, 1, 1])
    key = [dice_key(1, 1, 7 + (i << 16), 0, 1) for i in (0, 1)]
    is_equal('prob: dice of its own for each rule of a number, asked before the body', counts(
        ['add 7 prob 0.5 count ip from any to any', 'add 7 prob 0.25 count udp from any to any'],
        [(0, tcp(2)), (0, udp(28))] * 32),
             [sum(not dice_draw(key[0], n) >> 63 for n in range(64)),
              sum(not dice_draw(key[1], n) >> 62 for n in range(1, 64, 2))])
    is_equal('sets: disabled, swapped, moved', counts(
        ['add set 1 count ip from any to any', 'add set 2 count ip from any to any', 'set disable 1', 'set swap 1 2',
         'add 900 set 1 count ip from any to any', 'set move rule 900 to 3'], one), [1, 0, 1])
    is_equal('delete, zero, and what is left', counts(
        ['add 1 count ip from any to any', 'add 2 set 9 count ip from any to any', 'add 3 count ip from any to any',
         'delete set 9', 'delete 1', 'zero'], one), [1])


def test_bytes():
    w = world(['add setdscp ef ip from any to any', 'add count ip from any to any dscp ef'], [(0, udp(28))])
    is_equal('a new DS field is seen by the next rule', [r.packets for r in w.rules.rules], [1, 1])
    is_equal('and the checksum moved by as much', w.out[0].record.data[:12].hex(), '45b8001c00000000' '4011ff47')
    syn = bytearray(tcp(2)[:33] + b'\x60' + tcp(2)[34:] + bytes([2, 4, 5, 180]))
    syn[3], syn[33] = 44, 2
    syn[32] = 0x60
    w = world(['add tcp-setmss 1000 tcp from any to any', 'add count tcp from any to any tcpmss 1000',
               'add tcp-setmss 1200 tcp from any to any'], [(0, bytes(syn))])
    is_equal('MSS is lowered, never raised', ([r.packets for r in w.rules.rules], w.out[0].record.data[-4:].hex()),
             ([1, 1, 1], '020403e8'))
    old, new = checksum(bytes(syn)[20:36] + bytes(2) + bytes(syn)[38:]), checksum(
        w.out[0].record.data[20:36] + bytes(2) + w.out[0].record.data[38:])
    moved = int.from_bytes(w.out[0].record.data[36:38], 'big')
    is_equal('its checksum moves by as much', (moved - new) % 0xFFFF, (0 - old) % 0xFFFF)


def checksum(data):
    """RFC 1071 of the whole."""
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    return ~(total % 0xFFFF) & 0xFFFF


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
    for test in (test_service, test_queues, test_dice, test_burst, test_impairments, test_courses,
                 test_schedulers, test_management, test_changes, test_masks, test_walk, test_bytes,
                 test_numbers, test_rules, test_time, test_length):
        test()
    test_tshark(folder)
    test_files(folder)
    shutil.rmtree(folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main())
