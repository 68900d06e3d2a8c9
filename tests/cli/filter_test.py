#!/usr/bin/env python3
"""`narrows filter`: programs, their costs, the packets of a capture that match, and what is refused."""
import json
import shutil

from cli import ARP, Bench, record, refused, run, same, status, udp4

bench = Bench()


def text(r):
    return r.stdout.decode()


def document(r):
    return json.loads(status(r, 0).stdout)


@bench.test
def code_and_facts_are_printed(b):
    same(text(status(run('filter', 'udp.dport == 80 && ip.len > 100'), 0)),
         '\tfeq udp.dport, 80, next, L4\n\tldf r0, ip.len, L4\n\tjle r0, 100, L4, next\n\tret 1\nL4:\tret 0\n'
         '; 5 instructions, cost 6, reads no bytes, by the packet\n')
    same(text(status(run('filter', 'udp.dport == 80 || u16[12] == 0x806'), 0)).splitlines()[-1],
         '; 5 instructions, cost 6, reads 14 bytes at most, by the packet')
    same(text(status(run('filter', 'ip.src == 10.0.0.1'), 0)).splitlines()[-1],
         '; 3 instructions, cost 3, reads no bytes, by the flow alone')


@bench.test
def matches_are_told_as_wireshark_numbers_them(b):
    path = b.pcap('in.pcap', [record(0, udp4(100)), record(5, ARP), record(9, udp4(100, dport=81)), record(9, udp4(200))])
    r = status(run('filter', 'udp.dport == 80', path), 0)
    same(text(r), '1 udp 10.0.0.1:4000 > 10.0.0.2:80\n4 udp 10.0.0.1:4000 > 10.0.0.2:80\n')
    same(r.stderr.decode(), 'narrows: 2 of 4 packets match\n')
    d = document(run('filter', '--json', '!(udp.dport == 80)', path))
    same((d['matches'], d['packets'], d['matched'], d['language']), ([2, 3], 4, 2, 'narrows'))
    same(list(d), ['expression', 'language', 'code', 'instructions', 'cost', 'bytes', 'flow_only', 'matches', 'packets', 'matched'])
    same(document(run('filter', '--interpret', '--json', '!(udp.dport == 80)', path)), d)


@bench.test
def libpcap_expressions_are_taken_as_they_are(b):
    path = b.pcap('in.pcap', [record(0, udp4(100)), record(5, ARP), record(9, udp4(100, dport=81))])
    d = document(run('filter', '--json', 'udp port 80', path))
    same((d['matches'], d['language']), ([1], 'libpcap'))
    same(document(run('filter', '--json', 'arp', path))['matches'], [2])
    same(document(run('filter', '--json', 'tcp', path))['language'], 'narrows')
    same(document(run('filter', '--json', '--bpf', 'tcp', path))['language'], 'libpcap')


@bench.test
def libpcap_and_tcpdump_say_the_same(b):
    if not shutil.which('tcpdump'):
        b.skip('tcpdump is not here')
    import subprocess
    from pathlib import Path
    demo = str(Path(__file__).resolve().parents[2] / 'share/narrows/demo.pcap')
    for expression in ('tcp port 443', 'ip6', 'udp and greater 200', 'tcp[tcpflags] & tcp-syn != 0'):
        theirs = subprocess.run(['tcpdump', '-nr', demo, expression], capture_output=True, check=True).stdout.count(b'\n')
        same(document(run('filter', '--json', '--bpf', expression, demo))['matched'], theirs)


@bench.test
def what_is_wrong_has_a_caret(b):
    r = status(run('filter', 'tcp.dprt == 80'), 2)
    same(r.stderr.decode().splitlines()[:3], [
        'narrows: filter:1:1: tcp.dprt: unknown field; did you mean tcp.dport?', 'tcp.dprt == 80', '^~~~~~~~'])
    refused(run('filter', 'u8[300000] == 1'), 'past any packet')
    refused(run('filter', '18446744073709551616'), 'more than')
    refused(run('filter', '!' * 100000), 'deeper')
    refused(run('filter', '--bpf', 'tcp.dport == 80'), 'libpcap')
    refused(run('filter'), 'which expression')
    refused(run('filter', 'tcp', 'a', 'b'), 'one capture')
    refused(run('filter', '--link-type', 'X', 'tcp'), 'unknown')
    same(status(run('filter', 'tcp', b.path('none')), 1).stdout, b'')


@bench.test
def rules_ask_filters(b):
    path = b.pcap('in.pcap', [record(n, udp4(100 + n, dport=79 + n % 4)) for n in range(40)])
    for expression in ('udp.dport == 80', 'ip.len > 120 || udp.dport in {81-90}', 'udp port 80 and greater 110'):
        rule = f"add 5 count ip from any to any match filter '{expression}'"
        d = json.loads(status(run('pcap', '--json', '-e', rule, path), 0).stdout)
        found = document(run('filter', '--json', expression, path))['matched']
        if 'greater' in expression:		# libpcap's lengths are those of what it sees: here from the IP header on
            found = document(run('filter', '--json', expression.replace('110', '124'), path))['matched']
        same(d['rules'][0]['packets'], found)
        assert 0 < found < 40, found


@bench.test
def fields_are_listed(b):
    lines = text(status(run('filter', '--list'), 0)).splitlines()
    assert any(line.startswith('tcp.dport ') for line in lines), lines
    same(len(json.loads(status(run('filter', '--list', '--json'), 0).stdout)), len(lines))


bench.main()
