#!/usr/bin/env python3
"""`narrows check`: canonical text, every error with its place, JSON of both."""
import json

from cli import Bench, refused, run, same, status

bench = Bench()
GOOD = '''# a comment, then a blank line

add 100 pass tcp from any to 10.0.0.0/8 80,443 setup // web
  pipe 1 config bw 1500Kbit/s delay 20
add drop all from any to any
'''
CANONICAL = ['add 100 allow tcp from any to 10.0.0.0/8 dst-port 80,443 setup // web', 'pipe 1 config bw 1.5Mbit/s delay 20ms',
             'add 200 deny ip from any to any']


def script(b, name, text):
    b.path(name).write_text(text)
    return b.path(name)


@bench.test
def lines_come_out_in_canonical_form(b):
    r = status(run('check', script(b, 'good', GOOD)), 0)
    same(r.stdout.decode().splitlines(), CANONICAL)
    same(r.stderr, b'')


@bench.test
def what_it_prints_prints_the_same_again(b):
    once = run('check', script(b, 'good', GOOD)).stdout
    again = status(run('check', '-', stdin=None, input=once), 0).stdout
    same(again, once)


@bench.test
def json_names_the_lines(b):
    r = status(run('check', '--json', script(b, 'good', GOOD)), 0)
    same(json.loads(r.stdout), [{'line': n, 'text': t} for n, t in zip((3, 4, 5), CANONICAL)])


@bench.test
def every_wrong_word_is_told_at_once_with_its_caret(b):
    path = script(b, 'bad', 'add 100 allow tcp from any to any\npipe 1 config bw 1Mbit/s plr 2 queue 0\nadd 65536 alow ip from any to any\nfoo\n')
    r = status(run('check', path), 2)
    same(r.stdout, b'')
    lines = r.stderr.decode().splitlines()
    heads = [line.split(': ', 2)[1] for line in lines if line.startswith('narrows: ')]
    same([h.rsplit(':', 2)[1] for h in heads], ['2', '2', '3', '3', '4'])
    first = next(i for i, line in enumerate(lines) if f'{path}:2:30: plr' in line)
    same(lines[first + 1], 'pipe 1 config bw 1Mbit/s plr 2 queue 0')
    same(lines[first + 2].rstrip('~'), ' ' * 29 + '^')
    assert '0..1' in lines[first], lines[first]


@bench.test
def a_mistyped_command_is_told_with_the_nearest(b):
    for wrong, right in (('addd 1 allow ip from any to any', 'add'), ('pip 1 config', 'pipe'), ('piep 1 config', 'pipe')):
        refused(run('check', '-e', wrong), f'did you mean {right}?')
    refused(run('check', '-e', 'xyzzyx'), 'begins with add or pipe')


@bench.test
def errors_as_json(b):
    path = script(b, 'bad', 'add 100 allow ip from any to any\n  pipe 1 config plr 2\nadd allow ip from any to any foo\n')
    r = status(run('check', '--json', path), 2)
    errors = json.loads(r.stdout)
    same([sorted(e) for e in errors], [['column', 'error', 'line']] * len(errors))
    same([(e['line'], e['column']) for e in errors], [(2, 21), (3, 30)])
    assert '0..1' in errors[0]['error']


@bench.test
def lines_from_the_command_line(b):
    r = status(run('check', '-e', 'add allow ip from any to any', '-e', 'add deny ip from any to any'), 0)
    same(r.stdout.decode().splitlines(), ['add 100 allow ip from any to any', 'add 200 deny ip from any to any'])
    r = status(run('check', '-e', 'add allow ip from any to any', '-e', 'add deny'), 2)
    assert b'narrows: -e:2:' in r.stderr, r.stderr


@bench.test
def options_and_files_count_in_order(b):
    path = script(b, 'one', 'add 500 count ip from any to any\n')
    r = status(run('check', path, '-e', 'add allow ip from any to any'), 0)
    same(r.stdout.decode().splitlines()[1], 'add 600 allow ip from any to any')


@bench.test
def nothing_to_check_is_bad_usage(b):
    refused(run('check'), 'nothing to check')


@bench.test
def standard_input_is_read_once(b):
    refused(run('check', '-', '-', stdin=None, input=b'add 1 allow ip from any to any\n'), 'standard input', 'once')


@bench.test
def a_missing_file_is_a_failure_with_its_name(b):
    r = status(run('check', b.path('absent')), 1)
    assert b'absent: No such file' in r.stderr, r.stderr


@bench.test
def a_line_without_newline_and_carriage_returns_are_read(b):
    b.path('crlf').write_bytes(b'add 1 allow ip from any to any\r\nadd 2 deny ip from any to any')
    same(len(status(run('check', b.path('crlf')), 0).stdout.splitlines()), 2)


@bench.test
def bytes_that_are_no_text_are_an_error_with_a_place(b):
    b.path('binary').write_bytes(b'add 1 allow ip from any to any\n\x00\xff\x80\n')
    r = status(run('check', b.path('binary')), 2)
    assert b':2:1: ' in r.stderr, r.stderr
    assert b'\x00' not in r.stderr and b'\xff' not in r.stderr


@bench.test
def a_rule_to_a_missing_pipe_is_warned_of_when_it_runs(b):
    path = b.pcap('empty.pcap', [])
    r = status(run('pcap', '-e', 'add 7 pipe 3 ip from any to any', path), 0)
    assert b'rule 7' in r.stderr and b'pipe 3' in r.stderr, r.stderr


BACK = ['-e', 'add 5 skipto 5000 ip from any to any', '-e', 'add skipto 50 ip from any to any', '-e', 'add skipto 60 ip from any to any']


@bench.test
def a_jump_back_that_only_numbering_shows_is_told_with_its_place(b):
    for args in (['check', *BACK], ['pcap', *BACK, b.pcap('empty.pcap', [])]):
        r = status(run(*args), 2)
        same(r.stdout, b'')
        heads = [line for line in r.stderr.decode().splitlines() if line.startswith('narrows: ')]
        same([h.split(': ')[1] for h in heads], ['-e:2:12', '-e:3:12'])
        assert '50 is not above 105' in heads[0], heads
    same([(e['line'], e['column']) for e in json.loads(status(run('check', '--json', *BACK), 2).stdout)], [(2, 12), (3, 12)])


@bench.test
def a_rule_that_never_matches_is_warned_of_by_every_command(b):
    rule = ['-e', 'add 100 allow ip from any to any in out']
    for args in (['check', *rule], ['pcap', *rule, b.pcap('empty.pcap', [])]):
        r = status(run(*args), 0)
        same([line.split(': ')[1:3] for line in r.stderr.decode().splitlines() if line.startswith('narrows: ')], [['-e:1:37', 'warning']])
        same(status(run(*args, '-q'), 0).stderr, b'')


@bench.test
def the_words_of_the_language_are_listed(b):
    listed = lambda what: status(run('check', '--list', what), 0).stdout.decode().splitlines()
    words = lambda what: {line.split()[0]: line for line in listed(what)}
    for word in ('in', 'out', 'setup', 'established', 'tcpflags', 'icmptypes', 'iplen', 'ipttl', 'frag', 'keep-state'):
        assert word in words('matches'), word
    for word in ('allow', 'deny', 'drop', 'count', 'skipto', 'pipe', 'nat'):
        assert word in words('actions'), word
    for word in ('bw', 'delay', 'plr', 'queue', 'overhead', 'mask'):
        assert word in words('pipe-options'), word
    assert 'not in this version' in words('matches')['keep-state']
    assert 'not in this version' not in words('matches')['in']
    assert 'codel' in words('aqms') and 'wf2q+' in words('scheds') and 'queue-full' in words('drops')
    same([sorted(w) for w in json.loads(run('check', '--list', 'drops', '--json').stdout)][0], ['help', 'supported', 'word'])
    refused(run('check', '--list', 'nonsense'), 'nonsense', 'matches')
    assert '4g' in words('links')


bench.main()
