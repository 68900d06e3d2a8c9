#!/usr/bin/env python3
"""`narrows explain` and `narrows test`: what is said of packets, and when."""
import json
import shutil
import subprocess

from cli import ARP, START, Bench, capture, record, refused, run, same, status, udp4

bench = Bench()
MS = 10**6
RULES = '''add 100 count udp from any to any dst-port 80
add 200 deny ip from any to 10.0.0.2
add 300 pipe 1 ip from any to any
'''
SCRIPT = RULES + '''
pipe 1 config
udp 10.0.0.1:4000 > 10.0.0.2:80 => deny 200
udp 10.0.0.1:4000 > 10.0.0.3:80 => pipe 1 300
at 1s delete 200
at 1s udp 10.0.0.1:4000 > 10.0.0.2:80 => pipe 1
'''


def script(b, name, text):
    b.path(name).write_text(text)
    return b.path(name)


def lines(result):
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


@bench.test
def a_line_a_packet_as_the_interface_has_it(b):
    path = b.pcap('in.pcap', [record(0, udp4(100)), record(5, ARP), record(3, udp4(100, dst='10.0.0.3', dport=81))])
    rules = script(b, 'rules', RULES)
    got = lines(status(run('explain', '--json', '-r', rules, path), 0))
    same(got, [
        {'packet': 1, 'time_ns': START, 'rules': [100, 200], 'verdict': 'deny', 'reason': 'rule 200: deny ip from any to 10.0.0.2'},
        {'packet': 2, 'time_ns': START + 5, 'rules': [], 'verdict': 'allow', 'reason': 'no rule is asked: not IP'},
        {'packet': 3, 'time_ns': START + 3, 'rules': [300], 'verdict': 'pipe 1',
         'reason': 'rule 300: pipe 1 ip from any to any, which does not exist: no-pipe'}])
    text = status(run('explain', '-r', rules, path), 0).stdout.decode().splitlines()
    same(text[0], '1 0.000000000 udp 10.0.0.1:4000 > 10.0.0.2:80: 100 200 => deny (rule 200: deny ip from any to 10.0.0.2)')
    same(len(text), 3)


@bench.test
def the_keys_stand_in_their_order(b):
    path = b.pcap('in.pcap', [record(0, udp4(100))])
    r = status(run('explain', '--json', path), 0)
    same(list(lines(r)[0]), ['packet', 'time_ns', 'rules', 'verdict', 'reason'])
    same(lines(r)[0]['rules'], [65535])


@bench.test
def explained_and_done_are_one(b):
    """Verdicts told are those that pcap counts, also with commands at a time and a default."""
    path = b.pcap('in.pcap', [record(n * MS, udp4(100, dst=f'10.0.0.{n % 4}', dport=80 + n % 3)) for n in range(200)])
    rules = script(b, 'rules', RULES + 'pipe 1 config\nadd 150 skipto 300 udp from any to any dst-port 81\nat 50ms delete 200\n'
                   'at 70ms add 50 unreach port ip from any to 10.0.0.1\nat 90ms disable firewall\nat 95ms enable firewall\n')
    told = lines(status(run('explain', '--json', '--default', 'deny', '-r', rules, path), 0))
    counts = {r['number']: r['packets'] for r in json.loads(run('pcap', '--json', '--default', 'deny', '-r', rules, path).stdout)['rules']}
    for number in (50, 100, 150, 300):
        same(sum(number in t['rules'] for t in told), counts[number])
    same({t['verdict'] for t in told}, {'deny', 'pipe 1', 'unreach port', 'allow'})


@bench.test
def packets_are_numbered_as_wireshark_does(b):
    ifaces = [capture.Interface(1, 9), capture.Interface(147, 9)]	# 147: kept free for whoever likes to use it
    records = [record(n, udp4(100)) for n in range(4)]
    records[1].iface = 1
    path = b.path('two.pcapng')
    capture.write_pcapng(path, records, ifaces)
    same([t['packet'] for t in lines(run('explain', '--json', path))], [1, 3, 4])
    if not shutil.which('tshark'):
        b.tap.skip('numbers beside tshark', 'tshark is not installed')
        return
    r = subprocess.run(['tshark', '-r', path, '-Y', 'udp', '-T', 'fields', '-e', 'frame.number'], capture_output=True, check=True)
    same([int(n) for n in r.stdout.split()], [1, 3, 4])


@bench.test
def options_say_what_rules_see(b):
    path = b.pcap('in.pcap', [record(0, udp4(100)), record(1, ARP)])
    for options, rule in (((), 1), (('--out',), 2), (('--iface', 'eth9'), 3), (('--me', '10.0.0.1'), 4), (('--local', '10.0.0.0/24'), 2)):
        text = 'add 1 deny ip from any to any in recv pcap0\nadd 2 deny ip from any to any out\nadd 3 deny ip from any to any recv eth9\n'
        if rule == 4:
            text = 'add 4 deny ip from me to any\n'
        got = lines(status(run('explain', '--json', '-r', script(b, 'r', text), *options, path), 0))
        same((got[0]['rules'], got[0]['verdict']), ([rule], 'deny'))
    same(lines(run('explain', '--json', '--layer2', '-e', 'add 7 deny ip from any to any layer2', path))[1]['rules'], [7])


@bench.test
def damage_and_bad_usage_have_their_statuses(b):
    path = b.pcap('in.pcap', [record(0, udp4(100)), record(1, udp4(100))])
    b.path('cut').write_bytes(path.read_bytes()[:-10])
    r = status(run('explain', '--json', b.path('cut')), 3)
    same(len(lines(r)), 1)
    assert r.stderr, 'nothing was told'
    refused(run('explain'), 'which capture?')
    refused(run('explain', path, path), 'one capture')
    refused(run('explain', '-r', '-', '-', stdin=None, input=b''), 'standard input')
    refused(run('explain', '-e', 'add foo', path), '-e:1')
    assert b'absent' in status(run('explain', b.path('absent')), 1).stderr


@bench.test
def tests_that_hold_are_counted(b):
    r = status(run('test', script(b, 'good', SCRIPT)), 0)
    same(r.stdout, b'3 tests, 0 failed\n')
    same(r.stderr, b'')
    same(json.loads(status(run('test', '--json', b.path('good')), 0).stdout), {'failures': [], 'tests': 3, 'failed': 0})


@bench.test
def a_test_that_fails_is_a_line_with_what_happened(b):
    path = script(b, 'bad', SCRIPT.replace('=> deny 200', '=> deny 201') + 'icmp 10.0.0.9 > 10.0.0.2 => allow\n')
    r = status(run('test', path), 1)
    text = r.stdout.decode().splitlines()
    same(text[0], f'{path}:6: expected deny 201, got deny by rule 200 (deny ip from any to 10.0.0.2); matched 100 200')
    same(text[2], f'{path}:10: expected allow, got deny by rule 200 (deny ip from any to 10.0.0.2); matched 200')
    same(text[-1], '4 tests, 2 failed')
    got = json.loads(status(run('test', '--json', path), 1).stdout)
    same((got['tests'], got['failed'], len(got['failures'])), (4, 2, 2))
    same(got['failures'][0], {'file': str(path), 'line': 6, 'test': 'udp 10.0.0.1:4000 > 10.0.0.2:80 => deny 201', 'expected': 'deny',
                              'expected_rule': 201, 'verdict': 'deny', 'rule': 200, 'rules': [100, 200]})


@bench.test
def the_example_of_the_interface_holds(b):
    rules = script(b, 'rules', 'add 100 allow tcp from any to any dst-port 22\nadd 200 deny tcp from any to any setup in recv eth0\n')
    tests = script(b, 'tests', 'tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => deny 200\ntcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth1 => allow 65535\n')
    same(status(run('test', '-r', rules, tests), 0).stdout, b'2 tests, 0 failed\n')
    same(status(run('test', tests, '-r', rules, '--default', 'deny'), 1).stdout.splitlines()[-1], b'2 tests, 1 failed')


@bench.test
def other_commands_pass_over_tests(b):
    path = script(b, 'good', SCRIPT)
    status(run('pcap', '-r', path, b.pcap('in.pcap', [record(0, udp4(100))])), 0)
    status(run('check', path), 0)


@bench.test
def wrong_tests_are_bad_input(b):
    refused(run('test', script(b, 'x', 'udp 10.0.0.1:1 > 10.0.0.2:2 => denny\n')), 'x:1:32', 'did you mean deny?')
    refused(run('test', script(b, 'x', 'add 1 deny ip from any to any\n')), 'no test')
    refused(run('test'), 'which tests?')
    refused(run('test', '--in', b.path('x')), 'each test says')


bench.main()
