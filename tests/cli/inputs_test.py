#!/usr/bin/env python3
"""Inputs of `narrows pcap`: several as one, packed ones, filtered ones; beside mergecap, gzip, zstd and tcpdump."""
import gzip
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

from cli import START, TOOL, Bench, capture, record, refused, run, same, status, udp4

sys.path.append(str(Path(__file__).resolve().parent.parent / 'lib'))
import captures  # noqa: E402

bench = Bench()


def packets(path):
    return [(r.time, bytes(r.data), r.wire) for r in capture.read(path).records]


def need(tool):
    if not shutil.which(tool):
        bench.tap.skip(f'beside {tool}', f'{tool} is not installed')
    return shutil.which(tool)


def other(*words, **options):
    """What another program writes."""
    return subprocess.run([str(w) for w in words], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60, **options).stdout


def builds(b, suffix):
    """Was the tool built with this codec?"""
    r = run('pcap', '-q', '-w', b.path('probe' + suffix), many(b, 'probe.pcap', 1))
    if b'made without' in r.stderr:
        refused(r, suffix, 'which this build was made without')
        bench.tap.skip(f'captures packed as {suffix}', 'the tool was built without it')
    return not r.returncode


def many(b, name='many.pcap', n=4000):
    return b.pcap(name, [record(i * 1000, udp4(100 + i % 1300, sport=1000 + i)) for i in range(n)])


# ---- packed

PACKERS = (('gzip', '.gz'), ('zstd', '.zst'))


def packers(b):
    for tool, suffix in PACKERS:
        if need(tool) and builds(b, suffix):
            yield tool, suffix


@bench.test
def what_gzip_and_zstd_packed_reads_as_if_it_were_not(b):
    p = many(b)
    for tool, suffix in packers(b):
        z = b.path('packed-by-no-name')         # by content, not by name
        z.write_bytes(other(tool, '-c', p))
        status(run('pcap', '-q', '-w', b.path('o.pcapng'), z), 0)
        same(packets(b.path('o.pcapng')), packets(p))
        r = status(run('pcap', '--json', '-', stdin=open(z, 'rb')), 0)
        same(json.loads(r.stdout)['input']['packets'], 4000)
        status(run('pcap', '-q', '--loop', '3', z), 0)


@bench.test
def frames_of_other_tools_follow_one_another(b):
    p = many(b)
    blob = p.read_bytes()
    for tool, suffix in packers(b):
        for i, (lo, hi) in enumerate(((0, 10), (10, 70000), (70000, len(blob)))):
            b.path(f'part{i}').write_bytes(blob[lo:hi])
        z = b.path('parts' + suffix)
        z.write_bytes(b''.join(other(tool, '-c', b.path(f'part{i}')) for i in range(3)))
        status(run('pcap', '-q', '-w', b.path('o.pcapng'), z), 0)
        same(packets(b.path('o.pcapng')), packets(p))


@bench.test
def what_we_pack_others_unpack(b):
    p = many(b)
    for tool, suffix in packers(b):
        for kind in ('.pcap', '.pcapng'):
            plain, packed = b.path('o' + kind), b.path('o' + kind + suffix)
            status(run('pcap', '-q', '-w', plain, p), 0)
            status(run('pcap', '-q', '-w', packed, p), 0)
            same(other(tool, '-dc', packed), plain.read_bytes())
            assert packed.stat().st_size < plain.stat().st_size / 2
            if need('capinfos'):
                assert b'4000' in other('capinfos', '-Mc', packed), packed
        status(run('pcap', '-q', '-e', 'add deny ip from any to any', '--dropped', b.path('d' + suffix), '--both', b.path('b' + suffix), p), 0)
        for name in ('d', 'b'):
            b.path(name + '.pcapng').write_bytes(other(tool, '-dc', b.path(name + suffix)))
            same(packets(b.path(name + '.pcapng')), packets(p))


@bench.test
def a_packed_input_cut_or_damaged_ends_with_3_and_all_before_it(b):
    p = many(b)
    whole = packets(p)
    for tool, suffix in packers(b):
        blob = other(tool, '-c', p)
        for name, bad in (('cut', blob[:len(blob) * 2 // 3]), ('cut-late', blob[:-1]), ('behind', blob + b'no frame at all')):
            b.path(name + suffix).write_bytes(bad)
            r = status(run('pcap', '--json', '-w', b.path('o.pcapng'), b.path(name + suffix)), 3)
            assert (name + suffix).encode() in r.stderr, r.stderr
            got = packets(b.path('o.pcapng'))
            same(json.loads(r.stdout)['input'], {**json.loads(r.stdout)['input'], 'packets': len(got), 'truncated': True})
            same(got, whole[:len(got)])
            assert len(got) == 4000 if name == 'behind' else len(got) > (1000 if name == 'cut' else 3000), (name, len(got))


@bench.test
def a_full_disk_leaves_whole_frames(b):
    p = b.pcap('big.pcap', [record(i, os.urandom(14) + udp4(1000)[14:28] + os.urandom(972)) for i in range(5000)])
    for tool, suffix in packers(b):
        out = b.path('limited.pcapng' + suffix)
        limit = 2_500_003
        code = ('import os, resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n'
                f'resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\nos.execv(sys.argv[1], sys.argv[1:])\n')
        r = subprocess.run(['python3', '-c', code, TOOL, 'pcap', '-q', '-w', str(out), str(p)], capture_output=True, timeout=60, check=False)
        same(r.returncode, 1)
        b.path('limited.pcapng').write_bytes(other(tool, '-dc', out))
        got = packets(b.path('limited.pcapng'))
        assert 1900 < len(got) < 2500, len(got)
        same(got, packets(p)[:len(got)])


@bench.test
def what_is_packed_twice_is_no_capture(b):
    p = many(b, n=10)
    if not builds(b, '.gz'):
        return
    b.path('twice.gz').write_bytes(gzip.compress(gzip.compress(p.read_bytes())))
    refused(run('pcap', b.path('twice.gz')), 'gzip once more')


# ---- several

def seen_by_tshark(path):
    fields = [w for f in ('frame.time_epoch', 'frame.len', 'frame.cap_len', 'ip.id', 'tcp.seq_raw', 'tcp.len', 'udp.srcport') for w in ('-e', f)]
    return other('tshark', '-n', '-r', path, '-T', 'fields', *fields)


def ordered(path):
    """mergecap's answer for a file whose own time goes back is its own business."""
    times = [r.time for r in capture.read(path).records]
    return times == sorted(times)


@bench.test
def given_captures_merge_in_mergecaps_order(b):
    if not need('mergecap'):
        return
    found = [p for p in sorted(captures.folder().glob('*.pcap*')) if p.suffix in ('.pcap', '.pcapng') and ordered(p)]
    groups = [found[i:i + 3] for i in range(0, min(len(found), 24), 3)]
    assert groups, 'no captures'
    for group in groups:
        other('mergecap', '-w', b.path('theirs.pcapng'), *reversed(group))   # at one time it takes the last named first
        r = run('pcap', '-q', '-w', b.path('ours.pcapng'), *group)
        assert r.returncode in (0, 3), r.stderr
        ours, theirs = (packets(b.path(x + '.pcapng')) for x in ('ours', 'theirs'))
        same(len(ours), len(theirs))
        for i, (x, y) in enumerate(zip(ours, theirs), 1):
            assert x == y, f'{[p.name for p in group]}: packet {i}: mergecap has {y!r}, we {x!r}'


@bench.test
def at_one_time_the_order_is_that_of_the_command_line(b):
    one, two, three = (b.pcap(f'{k}.pcap', [record(t, udp4(100, sport=1000 * k + i)) for i, t in enumerate((5, 5, 7, 9))]) for k in (1, 2, 3))
    for order in ((one, two, three), (three, one, two)):
        status(run('pcap', '-q', '-w', b.path('o.pcapng'), *order), 0)
        expected = sorted((t, place, i, data, wire) for place, p in enumerate(order) for i, (t, data, wire) in enumerate(packets(p)))
        same(packets(b.path('o.pcapng')), [(t, data, wire) for t, _, _, data, wire in expected])


@bench.test
def an_input_that_runs_backwards_is_not_sorted(b):
    one = b.pcap('one.pcap', [record(t, udp4(100, sport=t)) for t in (10, 40, 20, 50)])
    two = b.pcap('two.pcap', [record(t, udp4(100, sport=t)) for t in (15, 30, 45)])
    r = status(run('pcap', '--json', '-w', b.path('o.pcapng'), one, two), 0)
    same([t - START for t, _, _ in packets(b.path('o.pcapng'))], [10, 15, 30, 40, 20, 45, 50])
    same(json.loads(r.stdout)['input']['backwards'], 1)


@bench.test
def totals_are_those_of_all_inputs(b):
    p = [b.pcap(f'{k}.pcap', [record(i * 1000 + k, udp4(100 + k)) for i in range(50 * (k + 1))]) for k in range(5)]
    r = json.loads(status(run('pcap', '--json', '--loop', '2', *p), 0).stdout)
    alone = [json.loads(status(run('pcap', '--json', x), 0).stdout)['input'] for x in p]
    same(r['input']['packets'], 2 * sum(a['packets'] for a in alone))
    same(r['input']['bytes'], 2 * sum(a['bytes'] for a in alone))
    same(r['input']['first_ns'], min(a['first_ns'] for a in alone))
    last = max(a['last_ns'] for a in alone)
    same(r['input']['last_ns'], last + last - r['input']['first_ns'])
    twice = json.loads(status(run('pcap', '--json', p[0], p[0]), 0).stdout)
    same(twice['input']['packets'], 100)


def ng(path, interfaces, records):
    """A pcapng file: (link type, name) of each interface, (time, interface, bytes) of each packet."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)

    def option(code, value):
        return struct.pack('<HH', code, len(value)) + value + bytes(-len(value) % 4)

    blob = block(0x0A0D0D0A, struct.pack('<IHHq', 0x1A2B3C4D, 1, 0, -1))
    for link, name in interfaces:
        blob += block(1, struct.pack('<HHI', link, 0, 0) + (option(2, name.encode()) if name else b'') + option(9, b'\x09') + option(0, b''))
    for at, iface, data in records:
        t = START + at
        blob += block(6, struct.pack('<IIIII', iface, t >> 32, t & 0xFFFFFFFF, len(data), len(data)) + data)
    path.write_bytes(blob)
    return path


RAW = udp4(100)[14:]


@bench.test
def interfaces_of_all_inputs_are_kept(b):
    one = ng(b.path('one.pcapng'), [(1, 'eth0'), (101, 'tun0')], [(1, 1, RAW), (2, 0, udp4(100)), (9, 0, udp4(100))])
    two = ng(b.path('two.pcapng'), [(1, 'eth1'), (113, None)], [(1, 0, udp4(100)), (5, 1, bytes(14) + b'\x08\0' + RAW)])
    three = b.pcap('three.pcap', [record(4, udp4(100))])
    status(run('pcap', '-q', '-w', b.path('o.pcapng'), one, two, three), 0)
    got = capture.read(b.path('o.pcapng'))
    same(sorted(got.interfaces, key=str), sorted([(1, 'eth0'), (101, 'tun0'), (1, 'eth1'), (113, None), (1, None)], key=str))
    same([(r.time - START, got.interfaces[r.iface]) for r in got.records],
         [(1, (101, 'tun0')), (1, (1, 'eth1')), (2, (1, 'eth0')), (4, (1, None)), (5, (113, None)), (9, (1, 'eth0'))])


@bench.test
def a_classic_output_takes_inputs_of_one_link_type(b):
    one = b.pcap('one.pcap', [record(1, udp4(100))])
    raw = b.path('raw.pcap')
    capture.write_pcap(raw, [capture.Record(START + 2, RAW, len(RAW), 101)], 101, '<', 1)
    refused(run('pcap', '-w', b.path('none.pcap'), one, raw), 'none.pcap', 'link type', 'pcapng')
    assert not b.path('none.pcap').exists()
    status(run('pcap', '-q', '-w', b.path('o.pcap'), one, one), 0)
    same(len(packets(b.path('o.pcap'))), 2)


@bench.test
def what_editcap_makes_of_a_capture_keeps_its_lengths(b):
    if not need('editcap') or not need('tshark'):
        return
    secrets = b.path('secrets')
    secrets.write_text('CLIENT_RANDOM ' + '00' * 32 + ' ' + '11' * 48 + '\n')
    p = many(b, n=50)
    for words in (['-s', '60'], ['-s', '20'], ['--inject-secrets', f'tls,{secrets}'], ['-F', 'nsecpcap'], ['-F', 'pcap', '-T', 'rawip4'],
                  ['-a', '3:a comment'], ['-t', '-1000000000']):
        made = b.path('made')
        other('editcap', *words, p, made)
        r = run('pcap', '--json', '-v', '-w', b.path('o.pcapng'), made)
        status(r, 0)
        same(seen_by_tshark(b.path('o.pcapng')), seen_by_tshark(made))
        if words[0] == '--inject-secrets':
            assert b'1 blocks are not packets' in r.stderr, r.stderr


@bench.test
def bits_above_the_link_type_are_no_link_type(b):
    blob = bytearray(many(b, n=20).read_bytes())
    blob[20:24] = struct.pack('<I', 0x54000001)     # with frame check sequences of ten bytes
    b.path('fcs.pcap').write_bytes(blob)
    r = status(run('pcap', '--json', '-w', b.path('o.pcapng'), b.path('fcs.pcap')), 0)
    same(json.loads(r.stdout)['input']['not_ip'], 0)
    same(packets(b.path('o.pcapng')), packets(b.path('many.pcap')))


@bench.test
def one_damaged_input_does_not_stop_the_others(b):
    good = many(b, n=300)
    bad = b.path('bad.pcap')
    bad.write_bytes(b.pcap('x.pcap', [record(i * 1000 + 500, udp4(200)) for i in range(100)]).read_bytes()[:-10])
    r = status(run('pcap', '--json', '-w', b.path('o.pcapng'), bad, good), 3)
    same(json.loads(r.stdout)['input']['packets'], 399)
    same(len(packets(b.path('o.pcapng'))), 399)
    assert b'bad.pcap: record 100' in r.stderr and b'many.pcap' not in r.stderr, r.stderr


@bench.test
def inputs_are_refused_by_name(b):
    p = many(b, n=10)
    r = status(run('pcap', '-w', b.path('none.pcapng'), p, b.path('absent.pcap')), 1)
    assert b'absent.pcap' in r.stderr and not b.path('none.pcapng').exists()
    refused(run('pcap', '-', p, '-'), 'standard input', 'once')
    for option in ('-w', '--both'):
        refused(run('pcap', option, p, b.pcap('other.pcap', []), p), 'input')
    refused(run('pcap', '--loop', '2', p, '-', stdin=open(p, 'rb')), 'standard input', 'again')


@bench.test
def a_stream_merges_with_files(b):
    one, two = many(b, n=500), b.pcap('two.pcap', [record(i * 1000 + 1, udp4(90)) for i in range(500)])
    status(run('pcap', '-q', '-w', b.path('o.pcapng'), one, '-', stdin=open(two, 'rb')), 0)
    same(packets(b.path('o.pcapng')), sorted(packets(one) + packets(two)))


# ---- what rules see

@bench.test
def the_interface_is_that_of_the_capture_or_the_option(b):
    p = ng(b.path('p.pcapng'), [(1, 'eth0'), (1, None)], [(1, 0, udp4(100)), (2, 1, udp4(100)), (3, 0, udp4(100))])

    def counts(*options):
        rules = ['-e', 'add 1 count ip from any to any recv eth0', '-e', 'add 2 count ip from any to any via pcap0', '-e',
                 'add 3 count ip from any to any recv lab*', '-e', 'add 4 count ip from any to any out xmit lab0']
        r = status(run('pcap', '--json', *options, *rules, p), 0)
        return [x['packets'] for x in json.loads(r.stdout)['rules'][:4]]

    same(counts(), [2, 1, 0, 0])
    same(counts('--iface', 'lab0'), [0, 0, 3, 0])
    same(counts('--iface', 'lab0', '--out')[3], 3)
    refused(run('pcap', '--iface', 'a', '--iface', 'b', p), '--iface', 'twice')
    refused(run('pcap', '--iface', '', p), '--iface', 'empty')


@bench.test
def rules_see_frames_at_layer_2(b):
    arp = b'\xff' * 6 + b'\x02\0\0\0\0\2\x08\x06' + bytes(46)
    p = b.pcap('l2.pcap', [record(0, udp4(100)), record(1, arp), record(2, b'\x01', 60)])
    rules = ('-e', 'add 1 count ip from any to any', '-e', 'add 2 deny ip from any to any layer2 mac-type arp')
    r = json.loads(status(run('pcap', '--json', '--layer2', *rules, p), 0).stdout)
    same([(x['number'], x['packets'], x['bytes']) for x in r['rules']][:2], [(1, 3, 114 + 60 + 60), (2, 1, 60)])
    same((r['input']['not_ip'], r['drops']), (0, {'rule': 1}))
    r = json.loads(status(run('pcap', '--json', *rules, p), 0).stdout)
    same([(x['number'], x['packets'], x['bytes']) for x in r['rules']][:2], [(1, 1, 100), (2, 0, 0)])
    same(r['input']['not_ip'], 2)


@bench.test
def me_is_what_the_command_line_says(b):
    p = b.pcap('me.pcap', [record(i, udp4(100, dst=f'10.0.0.{i}')) for i in range(1, 9)])
    r = status(run('pcap', '--json', '--me', '10.0.0.3', '--me', '10.0.0.6/31', '--me', '2001:db8::1', '-e', 'add 1 count ip from any to me', p), 0)
    same(json.loads(r.stdout)['rules'][0]['packets'], 3)
    refused(run('pcap', '--me', '10.0.0.300', p), '--me', '10.0.0.300')


# ---- --filter

def libpcap_is_there(p):
    r = run('pcap', '--filter', 'ip', p)
    if b'made without' in r.stderr:
        bench.tap.skip('--filter', 'the tool was built without libpcap')
        return False
    return True


@bench.test
def the_filter_answers_as_tcpdump_does(b):
    if not need('tcpdump') or not libpcap_is_there(many(b, n=1)):
        return
    found = sorted(captures.folder().glob('*.pcap'))[::4]
    for p in found:
        for words in ('tcp port 80', 'udp or icmp', 'ip6', 'greater 500 and not arp', 'tcp[tcpflags] & tcp-syn != 0'):
            b.path('theirs.pcap').unlink(missing_ok=True)
            seen = subprocess.run(['tcpdump', '-nr', p, '-w', b.path('theirs.pcap'), words], capture_output=True, timeout=60, check=False)
            r = run('pcap', '--json', '--filter', words, '-w', b.path('ours.pcapng'), p)
            if b'makes' in r.stderr or seen.returncode:
                continue
            assert r.returncode in (0, 3), r.stderr
            mine, theirs = packets(b.path('ours.pcapng')), packets(b.path('theirs.pcap'))
            same([(x[1], x[2]) for x in mine], [(x[1], x[2]) for x in theirs])
            j = json.loads(r.stdout)['input']
            same((j['packets'], j['filtered'] + j['packets']), (len(mine), len(capture.read(p).records)))


@bench.test
def what_does_not_match_the_filter_is_not_there(b):
    p = b.pcap('f.pcap', [record(t, udp4(100, dport=d)) for t, d in ((100, 1), (50, 2), (200, 1), (150, 2), (300, 2))])
    if not libpcap_is_there(p):
        return
    r = status(run('pcap', '--json', '--filter', 'udp dst port 2', '-w', b.path('o.pcapng'), p), 0)
    j = json.loads(r.stdout)['input']
    same((j['packets'], j['filtered'], j['backwards'], j['first_ns'] - START, j['last_ns'] - START), (3, 2, 0, 50, 300))
    same([t - START for t, _, _ in packets(b.path('o.pcapng'))], [50, 150, 300])
    refused(run('pcap', '--filter', 'udp prot 2', p), '--filter', 'udp prot 2')


# ---- --follow

class Follower:
    def __init__(self, b, path, *options):
        self.out = b.path('followed.pcapng')
        self.out.unlink(missing_ok=True)
        self.p = subprocess.Popen([TOOL, 'pcap', '--json', '--follow', '-w', self.out, *options, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for(self, n):
        """Until n packets came out, while it runs."""
        for _ in range(100):
            time.sleep(0.05)
            assert self.p.poll() is None, self.p.communicate()
            try:
                if len(packets(self.out)) >= n:
                    break
            except (FileNotFoundError, capture.Damaged):
                pass
        same(len(packets(self.out)), n)

    def end(self, expected, sig=None):
        if sig:
            self.p.send_signal(sig)
        try:
            out, err = self.p.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.communicate()
            raise AssertionError('it did not end') from None
        assert self.p.returncode == expected, (self.p.returncode, err)
        return json.loads(out)['input'], err


def append(path, blob):
    with open(path, 'ab') as f:
        f.write(blob)


@bench.test
def a_growing_file_is_followed_until_an_interrupt(b):
    whole = many(b, n=30)
    blob = whole.read_bytes()
    for first in (0, 10, 24, 500):      # nothing yet, part of the header, the header, part of a record
        p = b.path('growing.pcap')
        p.write_bytes(blob[:first])
        f = Follower(b, p)
        time.sleep(0.3)
        append(p, blob[first:1000])
        f.wait_for(sum(1 for i in range(30) if 24 + sum(130 + k for k in range(i + 1)) <= 1000))
        append(p, blob[1000:])
        f.wait_for(30)
        same(packets(f.out), packets(whole))
        same(f.end(0, signal.SIGINT)[0], {**f_totals(whole), 'truncated': False})


def f_totals(path):
    return json.loads(run('pcap', '--json', path).stdout)['input']


@bench.test
def a_pcapng_that_grows_by_a_byte_is_awaited(b):
    whole = ng(b.path('whole.pcapng'), [(1, 'eth0')], [(i, 0, udp4(100)) for i in range(3)])
    blob = whole.read_bytes()
    p = b.path('growing.pcapng')
    p.write_bytes(blob[:-1])
    f = Follower(b, p)
    f.wait_for(2)
    append(p, blob[-1:])
    f.wait_for(3)
    f.end(0, signal.SIGINT)


@bench.test
def a_followed_file_that_is_replaced_ends_after_its_last_packet(b):
    whole = many(b, n=20)
    blob = whole.read_bytes()
    p = b.path('rotated.pcap')
    p.write_bytes(blob[:1000])
    f = Follower(b, p)
    f.wait_for(7)
    append(p, blob[1000:])
    p.rename(b.path('rotated.pcap.1'))
    many(b, 'rotated.pcap', 5)
    same(f.end(0)[0]['packets'], 20)
    same(packets(f.out), packets(whole))


@bench.test
def a_followed_file_that_becomes_shorter_ends_as_damaged(b):
    p = b.path('shrunk.pcap')
    p.write_bytes(many(b, n=20).read_bytes())
    f = Follower(b, p)
    f.wait_for(20)
    os.truncate(p, 100)
    totals, err = f.end(3)
    same(totals['packets'], 20)
    assert b'shorter' in err, err


@bench.test
def only_one_plain_file_can_be_followed(b):
    p = many(b, n=5)
    refused(run('pcap', '--follow', p, p), '--follow', 'one input')
    refused(run('pcap', '--follow', '--loop', '2', p), '--follow', '--loop')
    refused(run('pcap', '--follow', '-', stdin=open(p, 'rb')), 'standard input', 'regular file')
    if builds(b, '.gz'):
        b.path('p.gz').write_bytes(gzip.compress(p.read_bytes()))
        refused(run('pcap', '--follow', b.path('p.gz')), 'gzip', 'cannot be followed')


bench.main()
