#!/usr/bin/env python3
"""What rules send, and what they change: answers beside Linux's own and read by tshark, when and where they come out, how
many; setdscp and tcp-setmss on whole and on cut records."""
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

from cli import ARP, START, Bench, capture, record, run, same, status, udp4

bench = Bench()
MS = 10**6
ROOT = Path(os.environ.get('NARROWS_ROOT', Path(__file__).resolve().parents[2]))
REFUSE = ['-e', 'add 10 unreach port ip4 from any to any proto udp', '-e', 'add 20 unreach6 port ip6 from any to any proto udp',
          '-e', 'add 30 reset ip4 from any to any', '-e', 'add 40 reset6 ip6 from any to any']


def document(*args):
    return json.loads(status(run('pcap', '--json', *args), 0).stdout)


def words(data):
    total = sum(struct.unpack(f'>{len(data) // 2}H', data[:len(data) // 2 * 2])) + (data[-1] << 8 if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def ip4(proto, payload, src='10.0.0.1', dst='10.0.0.2', tos=0, frag=0):
    head = struct.pack('>BBHHHBBH4s4s', 0x45, tos, 20 + len(payload), 7, frag, 64, proto, 0, bytes(map(int, src.split('.'))),
                       bytes(map(int, dst.split('.'))))
    return head[:10] + struct.pack('>H', 0xffff - words(head)) + head[12:] + payload


def ip6(proto, payload):
    return struct.pack('>IHBB', 6 << 28, len(payload), proto, 64) + b'\x20\x01\x0d\xb8' + bytes(11) + b'\1' + \
        b'\x20\x01\x0d\xb8' + bytes(11) + b'\2' + payload


def tcp(flags, options=b'', data=b'', seq=1000, ack=2000, pseudo=None):
    """With a checksum where the addresses are told."""
    head = struct.pack('>HHIIBBHHH', 4000, 80, seq, ack, (20 + len(options)) * 4, flags, 8192, 0, 0) + options + data
    if pseudo is None:
        return head
    return head[:16] + struct.pack('>H', 0xffff - words(pseudo + struct.pack('>HH', 6, len(head)) + head)) + head[18:]


def eth(payload, ethertype=0x0800):
    return b'\x02\0\0\0\0\1\x02\0\0\0\0\2' + struct.pack('>H', ethertype) + payload


SYN, ACK, RST = 2, 16, 4
UDP = struct.pack('>HHHH', 4000, 53, 108, 0) + bytes(range(100))
SCTP = struct.pack('>HHII', 5000, 6000, 0x11223344, 0) + struct.pack('>BBHI', 4, 0, 8, 0)


def write(b, name, link, frames, step=MS, wire=None):
    path = b.path(name)
    capture.write_pcap(path, [capture.Record(START + i * step, f, wire or len(f), link) for i, f in enumerate(frames)], link, '<', 1)
    return path


def records(path):
    return capture.read(path).records


# Linux writes an id and no DF into its errors of ICMP, copies ECN, and makes up flow labels; sums of IPv6 are left to the
# card on lo. Nothing else may differ.
def without_choices(frame):
    f = bytearray(frame)
    if f[12:14] == b'\x86\xdd':
        f[15:18] = bytes(3)
        if f[20] == 6:
            f[70:72] = bytes(2)
    else:
        f[18:22] = f[24:26] = bytes(4)
        f[24:26] = bytes(2)
        f[15] &= 0xfc
    return bytes(f)


@bench.test
def answers_are_those_of_linux(b):
    both = records(ROOT / 'tests/data/captures/own-refused.pcap')
    asked, answered = both[0::2], both[1::2]
    capture.write_pcap(b.path('asked.pcap'), asked, 1, '<', 1)
    d = document(*REFUSE, '--answers', '-w', b.path('out.pcapng'), b.path('asked.pcap'))
    got = records(b.path('out.pcapng'))
    same((len(got), len(asked), d['answers']['packets']), (9, 9, 9))
    for ours, linux, to in zip(got, answered, asked):
        same(without_choices(ours.data).hex(), without_choices(linux.data).hex())
        same(ours.time, to.time)


GOOD = ['ip.checksum.status', 'tcp.checksum.status', 'icmp.checksum.status', 'icmpv6.checksum.status', 'sctp.checksum.status']


def tshark(path, *fields):
    args = ['tshark', '-n', '-r', str(path), '-T', 'fields', '-E', 'occurrence=f', '-o', 'sctp.checksum:CRC 32c']
    for protocol in ('ip', 'tcp'):
        args += ['-o', protocol + '.check_checksum:TRUE']
    for f in fields:
        args += ['-e', f]
    out = subprocess.run(args, capture_output=True, check=True, timeout=60).stdout.decode()
    return [line.split('\t') for line in out.splitlines()]


def variety():
    """(name, link type, frames): every link that carries an answer back."""
    v4 = [ip4(17, UDP, tos=0x2b), ip4(6, tcp(SYN, data=b'xyz')), ip4(6, tcp(ACK, data=b'xyz')), ip4(132, SCTP)]
    v6 = [ip6(17, UDP), ip6(6, tcp(SYN)), ip6(6, tcp(ACK, data=b'xyz')), ip6(132, SCTP)]
    pppoe = lambda p, proto: struct.pack('>BBHHH', 0x11, 0, 9, len(p) + 2, proto) + p
    sll = lambda p, proto: struct.pack('>HHHQH', 0, 1, 6, 0x0200000000010000, proto) + p
    sll2 = lambda p, proto: struct.pack('>HHIHBBQ', proto, 0, 3, 1, 4, 6, 0x0200000000010000) + p
    yield 'eth', 1, [eth(p) for p in v4] + [eth(p, 0x86dd) for p in v6]
    yield 'vlan', 1, [eth(b'\x20\x05\x81\0\0\7\x08\0' + p, 0x88a8) for p in v4]
    yield 'pppoe', 1, [eth(pppoe(p, 0x21), 0x8864) for p in v4] + [eth(pppoe(p, 0x57), 0x8864) for p in v6]
    yield 'raw', 101, v4 + v6
    yield 'sll', 113, [sll(p, 0x800) for p in v4] + [sll(p, 0x86dd) for p in v6]
    yield 'sll2', 276, [sll2(p, 0x800) for p in v4] + [sll2(p, 0x86dd) for p in v6]
    yield 'null', 0, [struct.pack('<I', 2) + p for p in v4]
    yield 'ppp', 9, [b'\xff\3\0\x21' + p for p in v4]
    yield 'hdlc', 104, [b'\x0f\0\x08\0' + p for p in v4]


ALL = ['-e', 'add 1 reset ip4 from any to any proto tcp', '-e', 'add 2 reset6 ip6 from any to any proto tcp',
       '-e', 'add 3 abort ip4 from any to any proto sctp', '-e', 'add 4 abort6 ip6 from any to any proto sctp',
       '-e', 'add 5 unreach 13 ip4 from any to any', '-e', 'add 6 unreach6 admin-prohib ip6 from any to any']


@bench.test
def every_checksum_is_good_to_tshark(b):
    if not shutil.which('tshark'):
        b.skip('tshark is not installed')
    for name, link, frames in variety():
        path = write(b, f'{name}.pcap', link, frames)
        d = document(*ALL, '--answers', '-w', b.path(f'{name}-out.pcapng'), path)
        same((name, d['answers']['packets'], d['output']['packets']), (name, len(frames), len(frames)))
        kinds = []
        for row in tshark(b.path(f'{name}-out.pcapng'), '_ws.expert.message', 'frame.protocols', *GOOD):
            sums = [s for s in row[2:] if s]
            assert sums and set(sums) == {'1'}, (name, row)
            kinds.append(next(k for k in ('icmpv6', 'icmp', 'tcp', 'sctp') if k in row[1]))
        same((name, kinds), (name, (['icmp', 'tcp', 'tcp', 'sctp'] + ['icmpv6', 'tcp', 'tcp', 'sctp'])[:len(frames)]))


@bench.test
def tshark_reads_what_was_meant(b):
    if not shutil.which('tshark'):
        b.skip('tshark is not installed')
    path = write(b, 'fields.pcap', 1, [eth(ip4(6, tcp(SYN, data=b'xyz'))), eth(ip4(6, tcp(ACK))), eth(ip4(132, SCTP)), eth(ip4(17, UDP))])
    status(run('pcap', '-q', *ALL, '--answers', '-w', b.path('fields.pcapng'), path), 0)
    rows = tshark(b.path('fields.pcapng'), 'eth.dst', 'ip.src', 'ip.dst', 'ip.ttl', 'ip.id', 'ip.flags.df')
    same(rows, [['02:00:00:00:00:02', '10.0.0.2', '10.0.0.1', '64', '0x0000', '1']] * 4)
    rows = tshark(b.path('fields.pcapng'), 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.dstport', 'sctp.verification_tag',
                  'sctp.chunk_type', 'sctp.abort_t_bit', 'icmp.type', 'icmp.code')
    same(rows, [['0', '1004', '0x0014', '4000', '', '', '', '', ''], ['2000', '0', '0x0004', '4000', '', '', '', '', ''],
                ['', '', '', '', '0x11223344', '6', '1', '', ''], ['', '', '', '', '', '', '', '3', '13']])


@bench.test
def without_the_option_they_are_counted(b):
    path = write(b, 'count.pcap', 1, [eth(ip4(17, UDP)), eth(ip4(17, UDP, frag=100)), ARP, eth(ip4(47, UDP))])
    rules = ['-e', 'add 1 unreach host ip from any to any proto udp', '-e', 'add 2 reset ip from any to any proto gre']
    plain, let = document(*rules, '-w', b.path('plain'), path), document(*rules, '--answers', '-w', b.path('let'), path)
    expected = {'packets': 1, 'bytes': 14 + 28 + 20 + 108, 'drops': {'answer-forbidden': 1}}
    same((plain['answers'], let['answers']), (expected, expected))
    same((plain['output'], let['output']), ({'packets': 1, 'bytes': 42}, {'packets': 2, 'bytes': 42 + expected['bytes']}))
    same((plain['drops'], let['drops']), ({'rule': 3}, {'rule': 3}))
    same([len(r.data) for r in records(b.path('plain'))], [42])
    same([len(r.data) for r in records(b.path('let'))], [170, 42])
    text = status(run('pcap', *rules, path), 0).stdout.decode()
    assert '1 answers of rules were only counted' in text and 'answer-forbidden' in text, text
    text = status(run('pcap', '--answers', *rules, path), 0).stdout.decode()
    assert '1 packets of these are answers' in text, text


@bench.test
def an_answer_comes_when_and_where_its_packet_was_judged(b):
    frames = [record(0, udp4(100, sport=1)), record(10 * MS, eth(ip4(6, tcp(SYN)))), record(5 * MS, eth(ip4(6, tcp(ACK)))), record(11 * MS, udp4(200))]
    path = b.pcap('order.pcap', frames)
    rules = ['-e', 'add 1 reset tcp from any to any', '-e', 'add 2 pipe 1 ip from any 1 to any', '-e', 'pipe 1 config delay 10ms']
    status(run('pcap', '-q', *rules, '--answers', '-w', b.path('order'), '--both', b.path('both'), path), 0)
    # the pipe's packet first, at the same instant; a time that went backwards is the latest one; then the next arrival
    same([(r.time - START, len(r.data)) for r in records(b.path('order'))],
         [(10 * MS, 114), (10 * MS, 54), (10 * MS, 54), (11 * MS, 214)])
    c = capture.read(b.path('both'))
    seen = [(c.interfaces[r.iface][1], r.time - START, len(r.data), r.comments) for r in c.records]
    rule = 'rule 1: reset tcp from any to any'
    same([s[:3] + (list(map(str, s[3])),) for s in seen if s[2] == 54],
         [('before', 10 * MS, 54, [rule]), ('after', 10 * MS, 54, ['answer of ' + rule]),
          ('before', 5 * MS, 54, [rule]), ('after', 10 * MS, 54, ['answer of ' + rule])])


@bench.test
def answers_of_packets_that_a_pipe_gave_back_come_then(b):
    path = write(b, 'back.pcap', 1, [eth(ip4(6, tcp(SYN)))])
    rules = ['-e', 'disable one_pass', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'add 2 reset ip from any to any', '-e', 'pipe 1 config delay 10ms']
    status(run('pcap', '-q', *rules, '--answers', '-w', b.path('back'), path), 0)
    same([(r.time - START, len(r.data)) for r in records(b.path('back'))], [(10 * MS, 54)])


@bench.test
def answers_meet_no_rule(b):
    path = write(b, 'meet.pcap', 1, [eth(ip4(6, tcp(SYN)))])
    d = document('-e', 'add 1 count tcp from any to any tcpflags rst', '-e', 'add 2 reset ip from any to any', '--answers', path)
    same(([r['packets'] for r in d['rules']], d['output']['packets']), ([0, 1], 1))


@bench.test
def two_hundred_in_a_second(b):
    frames = [eth(ip4(6, tcp(SYN)))] * 500
    d = document('-e', 'add 1 reset ip from any to any', '--answers', '-w', b.path('flood'), write(b, 'flood.pcap', 1, frames, step=4 * MS))
    same(d['answers'], {'packets': 400, 'bytes': 400 * 54, 'drops': {'answer-limit': 100}})
    same((d['output']['packets'], d['drops']), (400, {'rule': 500}))
    times = [(r.time - START) // MS for r in records(b.path('flood'))]
    same(times, [i * 4 for i in range(200)] + [1000 + i * 4 for i in range(200)])


@bench.test
def what_cannot_be_answered_is_told(b):
    syn = ip4(6, tcp(SYN))
    snapped = write(b, 'snapped.pcap', 1, [eth(syn)[:40]], wire=54)
    same(document('-e', 'add 1 unreach 1 ip from any to any', snapped)['answers'], {'packets': 0, 'bytes': 0, 'drops': {'answer-short': 1}})
    nflog = write(b, 'nflog.pcap', 239, [struct.pack('>BBHHH', 2, 0, 0, 44, 9) + syn])
    same(document('-e', 'add 1 reset ip from any to any', nflog)['answers'], {'packets': 0, 'bytes': 0, 'drops': {'answer-link': 1}})
    listed = status(run('drops', '--list'), 0).stdout.decode()
    for name in ('answer-limit', 'answer-short', 'answer-link', 'answer-forbidden'):
        assert name in listed, listed


@bench.test
def frames_at_layer_2_are_not_answered_nor_changed(b):
    path = write(b, 'layer2.pcap', 1, [eth(ip4(6, tcp(SYN, b'\2\4\5\xb4')))])
    d = document('--layer2', '-e', 'add 1 setdscp ef ip from any to any', '-e', 'add 2 tcp-setmss 500 ip from any to any', '--answers', '-w', b.path('l2'), path)
    same(records(b.path('l2'))[0].data, eth(ip4(6, tcp(SYN, b'\2\4\5\xb4'))))
    same([r['packets'] for r in d['rules']], [1, 1, 1])
    d = document('--layer2', '-e', 'add 1 reset ip from any to any', '--answers', path)
    same((d['answers'], d['drops']), ({'packets': 0, 'bytes': 0, 'drops': {}}, {'rule': 1}))


PSEUDO = bytes((10, 0, 0, 1, 10, 0, 0, 2))
CHANGE = ['-e', 'add 1 setdscp af21 ip from any to any', '-e', 'add 2 tcp-setmss 1300 ip from any to any', '-e', 'add 3 count ip from any to any dscp af21',
          '-e', 'add 4 count ip from any to any tcpmss 1300']


@bench.test
def changed_packets_are_those_made_anew(b):
    frames, expected = [], []
    for options in (b'\2\4\5\xb4\4\2\1\1', b'\1\2\4\5\xb4\1\1\1', b'\2\4\5\x00\1\1\1\1', b'\1\1\1\1'):
        lower = options.replace(b'\2\4\5\xb4', b'\2\4\5\x14')
        frames.append(eth(ip4(6, tcp(SYN, options, pseudo=PSEUDO), tos=3)))
        expected.append(eth(ip4(6, tcp(SYN, lower, pseudo=PSEUDO), tos=18 << 2 | 3)))
    path = write(b, 'change.pcap', 1, frames)
    before = path.read_bytes()
    d = document(*CHANGE, '-w', b.path('change'), path)
    same([r.data.hex() for r in records(b.path('change'))], [f.hex() for f in expected])
    same([r['packets'] for r in d['rules'][:4]], [4, 4, 4, 2])
    same(path.read_bytes(), before)
    piped = status(run('pcap', '-q', *CHANGE, '-w', '-', '-', stdin=path.open('rb')), 0).stdout
    same([r.data.hex() for r in capture.parse(piped).records], [f.hex() for f in expected])


@bench.test
def cut_records_change_as_whole_ones(b):
    whole = eth(ip4(6, tcp(SYN, b'\1\2\4\5\xb4\1\1\1', b'data' * 20, pseudo=PSEUDO)))
    after = eth(ip4(6, tcp(SYN, b'\1\2\4\5\x14\1\1\1', b'data' * 20, pseudo=PSEUDO), tos=18 << 2))
    # in between there are bytes of the checksum, and not yet both the TCP header and the option
    cuts = [n for n in range(34, len(whole)) if not 51 <= n < 59]
    path = write(b, 'cut.pcap', 1, [whole[:n] for n in cuts], wire=len(whole))
    status(run('pcap', '-q', *CHANGE, '-w', b.path('cut'), path), 0)
    for n, r in zip(cuts, records(b.path('cut'))):
        same((n, r.data.hex(), r.wire), (n, after[:n].hex(), len(whole)))


@bench.test
def changes_are_seen_by_dropped_and_by_answers(b):
    path = write(b, 'seen.pcap', 1, [eth(ip4(17, UDP))])
    status(run('pcap', '-q', '-e', 'add 1 setdscp ef ip from any to any', '-e', 'add 2 reject ip from any to any', '--answers', '-w', b.path('w'),
               '--dropped', b.path('d'), path), 0)
    same(records(b.path('d'))[0].data[15], 46 << 2)
    same(records(b.path('w'))[0].data[14 + 28 + 1], 46 << 2)
    same(records(b.path('w'))[0].data[15], 0xc0 | 46 << 2 & 0x1c)


bench.main()
