#!/usr/bin/env python3
"""The command line itself: commands, options, statuses, help."""
import re
import subprocess

from cli import TOOL, Bench, record, refused, run, same, status, udp4

bench = Bench()


@bench.test
def no_command_prints_usage_and_is_bad_usage(b):
    r = status(run(), 2)
    same(r.stdout, b'')
    assert b'narrows pcap' in r.stderr


@bench.test
def help_and_version_go_to_stdout(b):
    for args in (['help'], ['--help'], ['-h'], ['help', 'pcap'], ['pcap', '--help'], ['pcap', '-h'], ['check', '--help'], ['--version'],
                 ['version'], ['pcap', '--version']):
        r = status(run(*args), 0)
        assert r.stdout and not r.stderr, args
    same(run('--version').stdout, run('version').stdout)
    same(run('help', 'pcap').stdout, run('pcap', '--help').stdout)


@bench.test
def every_option_of_pcap_stands_in_its_help(b):
    text = run('help', 'pcap').stdout.decode()
    for option in ('-r', '-e', '-w', '--dropped', '--both', '--json', '--series', '--plot', '--loop', '--in', '--out', '--local', '--default',
                   '--seed', '--interval', '--trace', '-v', '-q'):
        assert option in text, option


@bench.test
def the_names_that_an_error_allows_stand_in_the_help(b):
    for command, args in (('bench', ['bench', 'nosuch']), ('check', ['check', '--list', 'nosuch'])):
        names = re.search(r"'nosuch' is not one of (.*)", status(run(*args), 2).stderr.decode()).group(1).split(', ')
        text = run('help', command).stdout.decode()
        assert len(names) > 6 and all(re.search(rf'\b{name}\b', text) for name in names), (names, text)


@bench.test
def unknown_command_is_refused_with_the_nearest(b):
    refused(run('pcpa'), 'pcpa', 'did you mean pcap?')
    refused(run('xyzzyx'), 'xyzzyx')


@bench.test
def commands_of_later_versions_are_refused_by_name(b):
    for name in ('bridge', 'run', 'extract', 'apply', 'nat', 'add', 'table'):
        refused(run(name), name, 'not supported by this version')
        refused(run('help', name), name, 'not supported by this version')


@bench.test
def unknown_options_are_refused_with_the_nearest(b):
    refused(run('pcap', '--droped', 'x'), '--droped', '--dropped')
    refused(run('pcap', '-Z'), '-Z')


@bench.test
def options_of_later_versions_are_refused_by_name(b):
    for option in ('--route',):
        refused(run('pcap', option, 'v', 'x.pcap'), option, 'not supported by this version')


@bench.test
def long_options_are_not_guessed_from_a_prefix(b):
    refused(run('pcap', '--drop', 'x'), '--drop')


@bench.test
def values_may_be_glued_or_separate(b):
    p = b.pcap('v.pcap', [record(0, udp4(100))])
    out = [run('pcap', *a, '--json', p).stdout.split(b'"wall_s"')[0] for a in
           (['-e', 'add 1 deny ip from any to any'], ['-eadd 1 deny ip from any to any'], ['--rule=add 1 deny ip from any to any'],
            ['--rule', 'add 1 deny ip from any to any'])]
    assert out[0] and all(o == out[0] for o in out)


@bench.test
def a_value_that_is_missing_or_too_much_is_refused(b):
    refused(run('pcap', '-w'), '--write', 'OUT')
    refused(run('pcap', '--json=yes', 'x'), '--json', 'no value')
    refused(run('pcap', '--in=yes', 'x'), '--in')


@bench.test
def bad_values_are_refused_with_what_is_allowed(b):
    p = b.pcap('bad.pcap', [record(0, udp4(100))])
    refused(run('pcap', '--seed', 'x', p), '--seed')
    refused(run('pcap', '--seed', '-1', p), '--seed')
    refused(run('pcap', '--seed', '18446744073709551616', p), '--seed', '18446744073709551615')
    refused(run('pcap', '--loop', '0', p), '--loop')
    refused(run('pcap', '--interval', '0ms', p), '--interval')
    refused(run('pcap', '--interval', '5', p), '--interval')
    refused(run('pcap', '--interval', '1Mbit/s', p), '--interval')
    refused(run('pcap', '--default', 'drop', p), '--default', 'allow', 'deny')
    refused(run('pcap', '--local', '10.0.0.0/33', p), '--local', '0..32')
    refused(run('pcap', '--local', 'fe80::/129', p), '--local', '0..128')
    refused(run('pcap', '--local', '10.0.0', p), '--local', '10.0.0')
    refused(run('pcap', '--trace', 'nonsense', p), 'nonsense')


@bench.test
def a_message_is_told_once(b):
    for args in (['drops', '--seed', 'x'], ['drops', 'x'], ['version', 'x'], ['version', '--bogus'], ['help', 'pcap', 'x'], ['help', '--bogus'],
                 ['check', '--seed', 'x'], ['pcap', '--seed', 'x'], ['bench', '--seed', 'x'], ['bench', 'nonsense'], ['drops']):
        r = status(run(*args), 2)
        same((r.stdout, r.stderr.count(b'narrows: ')), (b'', 1))


@bench.test
def directions_that_contradict_each_other_are_refused(b):
    p = b.pcap('dir.pcap', [record(0, udp4(100))])
    for two in (['--in', '--out'], ['--out', '--in'], ['--local', '10.0.0.1', '--in'], ['--out', '--local', '10.0.0.1'],
                ['--local', '10.0.0.1', '--local', '10.0.0.2']):
        refused(run('pcap', *two, p), '--in, --out, --local')
    status(run('pcap', '-q', '--in', '--in', p), 0)


@bench.test
def a_full_disk_behind_standard_output_is_told(b):
    p = b.pcap('full.pcap', [record(0, udp4(100))])
    for args in (['pcap', p], ['pcap', '--json', p], ['check', '--list', 'matches'], ['check', '-e', 'add allow ip from any to any'], ['drops', '--list'],
                 ['help'], ['help', 'pcap'], ['pcap', '--help'], ['version'], ['--version'], ['pcap', '--series', '-', '-e', 'pipe 1 config', p],
                 ['pcap', '--plot', '-', p], ['pcap', '-w', '-', p]):
        with open('/dev/full', 'wb') as full:
            r = subprocess.run([TOOL, *map(str, args)], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
        same(r.returncode, 1)
        lines = [line for line in r.stderr.splitlines() if line.startswith(b'narrows: ')]
        same(len(lines), 1)
        assert b'standard output: No space left' in lines[0], lines


@bench.test
def pcap_needs_an_input(b):
    refused(run('pcap'), 'capture')


@bench.test
def outputs_are_named_once(b):
    p = b.pcap('once.pcap', [record(0, udp4(100))])
    refused(run('pcap', '-w', b.path('a'), '-w', b.path('b'), p), '-w', 'twice')
    refused(run('pcap', '-w', b.path('a'), '--dropped', b.path('a'), p), 'same file')
    assert not b.path('a').exists()


@bench.test
def json_and_a_capture_do_not_share_stdout(b):
    p = b.pcap('json.pcap', [record(0, udp4(100))])
    refused(run('pcap', '-w', '-', '--json', p), 'standard output')
    refused(run('pcap', '-w', '-', '--dropped', '-', p), 'standard output')


@bench.test
def quiet_prints_no_table(b):
    p = b.pcap('quiet.pcap', [record(0, udp4(100))])
    r = status(run('pcap', '-q', p), 0)
    same((r.stdout, r.stderr), (b'', b''))


@bench.test
def a_trace_tells_what_a_room_does_on_stderr(b):
    p = b.pcap('trace.pcap', [record(0, udp4(100)), record(5, udp4(100))])
    r = status(run('pcap', '-q', '--trace', 'lane', '-e', 'add 7 deny ip from any to any', p), 0)
    same(r.stdout, b'')
    same([line.split(': ', 1)[1] for line in r.stderr.decode().splitlines()],
         [f'lane: {t} ns: packet {n}: rule 7: deny ip from any to any' for t, n in ((0, 1), (5, 2))])
    refused(run('pcap', '--trace', 'lane,nonsense', p), 'nonsense', 'emu')


@bench.test
def two_dashes_end_the_options(b):
    p = b.pcap('-odd.pcap', [record(0, udp4(100))])
    status(run('pcap', '--', '-odd.pcap', cwd=p.parent), 0)
    refused(run('pcap', '-odd.pcap', cwd=p.parent))


@bench.test
def drops_lists_every_reason_with_its_stable_name(b):
    names = [line.split()[0] for line in status(run('drops', '--list'), 0).stdout.decode().splitlines()]
    for name in ('rule', 'loss', 'queue-full', 'no-pipe'):
        assert name in names, names
    same(len(names), len(set(names)))


@bench.test
def a_closed_pipe_ends_quietly(b):
    p = b.pcap('long.pcap', [record(i, udp4(1400)) for i in range(20000)])
    r = subprocess.run(f'{TOOL} pcap -w - {p} | head -c 10', shell=True, capture_output=True, timeout=60, check=False)
    same((len(r.stdout), r.stderr), (10, b''))
    for lines in range(1, 9):		# where the pipe is when it closes is chance
        r = subprocess.run(f'{TOOL} explain {p} | head -{lines}', shell=True, capture_output=True, timeout=60, check=False)
        same((r.stdout.count(b'\n'), r.stderr), (lines, b''))
    for args in (f'pcap -q --series - --interval 1us -e "pipe 1 config" -e "add 1 pipe 1 ip from any to any" {p}', f'pcap -q --plot - {p}', 'check --list matches',
                 f'pcap {p}', f'pcap --json {p}', 'help pcap'):
        r = subprocess.run(f'({TOOL} {args}; echo $? >&2) | true', shell=True, capture_output=True, timeout=60, check=False)
        assert r.stderr in (b'0\n', b'1\n'), (args, r.stderr)


bench.main()
