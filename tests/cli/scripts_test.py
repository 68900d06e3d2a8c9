#!/usr/bin/env python3
"""Scripts as commands take them: preprocessors, commands at a time, what lists and logs, packets that go back."""
import json
import shutil

from cli import START, Bench, capture, record, refused, run, same, status, udp4

bench = Bench()
MS = 10**6


def script(b, name, text):
    b.path(name).write_text(text)
    return b.path(name)


def pcap(b, times=(0, 10 * MS, 20 * MS)):
    return b.pcap('in.pcap', [record(t, udp4(100)) for t in times])


def preprocessor(b, text):
    """A program that says what a script is, whatever it was."""
    b.path('text').write_text(text)
    return f'cat {b.path("text")} -'


@bench.test
def a_preprocessor_makes_the_text(b):
    path = script(b, 'a', 'add deny ip from any to PORT\n')
    r = status(run('check', '-p', 'sed s/PORT/10.0.0.1/', path), 0)
    same(r.stdout.decode(), 'add 100 deny ip from any to 10.0.0.1\n')
    for command in (['check', path, '-p', 'sed s/PORT/10.0.0.1/'], ['pcap', '-r', path, pcap(b), '-p', 'sed s/PORT/10.0.0.2/'],
                    ['explain', '-r', path, pcap(b), '--preproc', 'sed s/PORT/10.0.0.2/']):
        status(run(*command), 0)
    status(run('check', path), 2)


@bench.test
def standard_input_goes_through_it_too(b):
    r = status(run('check', '-p', 'sed s/X/deny/', '-', stdin=None, input=b'add X ip from any to any\n'), 0)
    same(r.stdout.decode(), 'add 100 deny ip from any to any\n')


@bench.test
def errors_stand_where_its_marks_say(b):
    text = '# 1 "<built-in>"\n# 7 "inc/web.rules" 1 3\nadd foo\n# 3 "<stdin>" 2\n\nadd 1 deny ip from any to any bar\n#line 12 "x"\nadd 70000 deny\n'
    r = status(run('check', '-p', preprocessor(b, text), script(b, 'main.rules', '')), 2)
    heads = [line.split(': ')[1] for line in r.stderr.decode().splitlines() if line.startswith('narrows: ')]
    same(heads, ['inc/web.rules:7:5', f'{b.path("main.rules")}:4:31', 'x:12:5', 'x:12:15'])
    r = run('check', script(b, 'plain', '# 7 "inc/web.rules" 1 3\nadd foo\n'))
    assert f'{b.path("plain")}:2:' in r.stderr.decode(), r.stderr


@bench.test
def cpp_is_understood(b):
    if not shutil.which('cpp'):
        b.tap.skip('cpp', 'cpp is not installed')
        return
    script(b, 'inc.rules', '\n\nadd 5 deny ip from any to any foo\n')
    path = script(b, 'web.rules', '#define WEB 80,443\n#ifdef MORE\nadd 7 count ip from any to any\n#endif\n#include "inc.rules"\n'
                  'add allow tcp from any to any WEB\nadd alow ip from any to any\n')
    r = status(run('check', '-p', f'cpp -DMORE -I{b.folder}', path), 2)
    heads = [line.split(': ')[1] for line in r.stderr.decode().splitlines() if line.startswith('narrows: ')]
    same(heads, [f'{b.folder}/inc.rules:3:31', f'{path}:7:5'])
    path = script(b, 'good.rules', '#define WEB 80,443\nadd allow tcp from any to any WEB\n')
    same(status(run('check', '-p', 'cpp', path), 0).stdout.decode(), 'add 100 allow tcp from any to any dst-port 80,443\n')


@bench.test
def a_preprocessor_that_fails_is_a_failure(b):
    path = script(b, 'a', '')
    assert b'false: ended with status 1' in status(run('check', '-p', 'false', path), 1).stderr
    assert b'/nowhere/cpp: No such file' in status(run('check', '-p', '/nowhere/cpp', path), 1).stderr
    assert b'absent: No such file' in status(run('check', '-p', 'cat', b.path('absent')), 1).stderr
    refused(run('check', '-p', ' ', path), '-p', 'empty')
    refused(run('check', '-p', 'cat', '-p', 'cat', path), '-p', 'twice')


@bench.test
def commands_print_in_canonical_form(b):
    lines = '''at 1.5s pipe 1 config bw 1Mbit/s
at 2s set disable 3
at 5s zero
at 500ms add deny ip from any to any
disable one_pass
sysctl net.inet.ip.fw.autoinc_step=10
list
tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => deny 200
'''
    path = script(b, 'a', lines)
    same(status(run('check', path), 0).stdout.decode(), lines)


@bench.test
def lists_go_to_standard_output_where_it_is_free(b):
    path = script(b, 'a', 'add 5 count ip from any to any\nlist\nat 15ms show 5\n')
    lines = ['00005 count ip from any to any', '65535 allow ip from any to any', '00005 2 200 count ip from any to any']
    r = status(run('pcap', '-r', path, pcap(b)), 0)
    same(r.stdout.decode().splitlines()[:3], lines)
    r = status(run('pcap', '--json', '-r', path, pcap(b)), 0)
    json.loads(r.stdout)
    same(r.stderr.decode().splitlines()[:3], lines)
    r = status(run('pcap', '-w', '-', '-r', path, pcap(b)), 0)
    assert r.stdout.startswith(b'\x0a\x0d\x0d\x0a'), r.stdout[:10]
    same(r.stderr.decode().splitlines()[:3], lines)


@bench.test
def log_lines_go_to_standard_error(b):
    path = script(b, 'a', 'add 5 count log ip from any to any\n')
    r = status(run('pcap', '-r', path, '--out', '--iface', 'eth7', pcap(b)), 0)
    lines = r.stderr.decode().splitlines()
    same(len(lines), 3)
    same(lines[1], 'narrows: 0.010000000 s: rule 5 count udp 10.0.0.1:4000 > 10.0.0.2:80 out via eth7')
    same(status(run('pcap', '-q', '-r', path, pcap(b)), 0).stderr, b'')


@bench.test
def a_command_that_fails_at_its_time_is_status_1(b):
    path = script(b, 'a', 'add 5 count ip from any to any\nat 15ms delete 7\nat 16ms delete 5\n')
    r = status(run('pcap', '--json', '-r', path, pcap(b)), 1)
    assert f'narrows: {path}:2: at 15ms: ' in r.stderr.decode(), r.stderr
    same(json.loads(r.stdout)['output']['packets'], 3)


@bench.test
def a_command_behind_the_last_packet_is_told(b):
    path = script(b, 'a', 'at 15ms list\nat 21ms list\nat 22ms list\n')
    r = status(run('pcap', '-r', path, pcap(b)), 0)
    assert f'{path}:2: at 21ms: comes after the last packet, and so do others' in r.stderr.decode(), r.stderr


@bench.test
def a_link_changes_while_the_capture_plays(b):
    # 100 bytes: 1 ms at 800 Kbit/s, 2 ms at 400 Kbit/s; the second packet's service is split at 10.5 ms.
    path = script(b, 'a', 'add pipe 1 ip from any to any\npipe 1 config bw 800Kbit/s\nat 10.5ms pipe 1 config bw 400Kbit/s\n')
    r = status(run('pcap', '--json', '-r', path, pcap(b)), 0)
    waits = json.loads(r.stdout)['pipes'][0]['wait_ns']
    same((waits['min'], waits['max']), (MS, 2 * MS))


@bench.test
def packets_go_back_to_the_rules(b):
    path = script(b, 'a', 'disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\nadd 3 count ip from any to any\n'
                  'pipe 1 config delay 5ms\npipe 2 config delay 7ms\n')
    out = b.path('out.pcap')
    r = status(run('pcap', '--json', '-r', path, '-w', out, pcap(b)), 0)
    counts = {rule['number']: rule['packets'] for rule in json.loads(r.stdout)['rules']}
    same(counts, {1: 3, 2: 3, 3: 3, 65535: 3})
    same([p.time - START for p in capture.read(out).records], [12 * MS, 22 * MS, 32 * MS])


@bench.test
def a_packet_that_goes_round_is_a_drop_with_a_name(b):
    text = 'disable one_pass\npipe 1 config delay 1us\n' + ''.join(f'add {n} pipe 1 ip from any to any\n' for n in range(1, 70))
    r = status(run('pcap', '--json', '-r', script(b, 'a', text), '--dropped', b.path('d'), pcap(b)), 0)
    same(json.loads(r.stdout)['drops'], {'reentry': 3})


@bench.test
def words_of_a_later_version_and_slips_are_refused(b):
    refused(run('check', '-e', 'sysctl net.inet.ip.fw.default_to_accept=1'), '--default')
    refused(run('check', '-e', 'disable verbose'), 'not supported')
    refused(run('check', '-e', 'enabl one_pass'), 'did you mean enable?')
    refused(run('check', '-e', 'at 5 list'), 'at')


bench.main()
