#!/usr/bin/env python3
"""Every capture through every command and every script of tests/data/scripts: none may end otherwise than the interface
says, and in a build with sanitizers none may have a finding. TAP, a case for each capture and one for each command without
captures.

    every_command.py [--all] NARROWS

Without `--all` a few captures. A command that the tool does not have is said aloud once.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'lib'))
import captures  # noqa: E402
import tap  # noqa: E402

FEW = ['own-frag.pcap', 'own-qinq.pcap', 'own-snap96.pcap', 'zeek-pcapng-multi-interface.pcapng',
       'zeek-trunc-ip6-ext-trunc.pcap', 'tcpdump-bigtcp-ipv6-hbh.pcap', 'suricata-hdlc-http_1tx.pcap']

SCRIPTS = HERE.parent / 'data' / 'scripts'     # they say every word there is
RICH, TESTS = SCRIPTS / 'rich.rules', SCRIPTS / 'tests.rules'
WIDE = ['rich', 'again']                       # these see every direction and every output
EACH = ['loss', 'wide', 'filters', 'tables', 'scheds', 'types', 'aqms', 'chance']
LOGS = ['pipe 5 config log events events.log pcap pipe.pcap', 'pipe 1 config log mm mm.log', 'queue 3 config pcap queue.pcapng']
LINKS = sorted(p.stem for p in (HERE.parent.parent / 'share' / 'narrows' / 'links').glob('*.rules'))
EXPRESSIONS = ['tcp.dport in {80, 443} && !(ip.ttl < 5)', 'u16[12] == 0x800 || ip[9] == 6', 'udp[0:8] % 7 == 1', 'eth.src == 0']


class Missing(Exception):
    """The tool does not have this command."""


class Place:
    """A folder with the scripts, and how the tool is run in it."""

    def __init__(self, tool, folder):
        self.tool, self.folder = str(Path(tool).resolve()), Path(folder)
        self.env = dict(os.environ, UBSAN_OPTIONS='halt_on_error=1:exitcode=99:print_stacktrace=1', NO_COLOR='1', NARROWS_SHARE=str(HERE.parent.parent / 'share' / 'narrows'),
                        ASAN_OPTIONS='exitcode=99:' + os.environ.get('ASAN_OPTIONS', ''))

    def run(self, *args, allowed=(0,)):
        done = subprocess.run([self.tool, *map(str, args)], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
        said = done.stderr.decode(errors='replace')
        if done.returncode == 2 and 'not supported by this version' in said and len(said.splitlines()) < 3:
            raise Missing(args[0])
        finding = 'runtime error' in said or 'Sanitizer' in said
        assert done.returncode in allowed and not finding, f'{args}: status {done.returncode}\n{said[-3000:]}'
        return done.stdout.decode(errors='replace')


def sound(text, answers=False):
    """What goes in, copies of it, and answers where they are asked for, come out or are drops."""
    document = json.loads(text)
    copies = sum(o['duplicates'] for kind in ('pipes', 'queues') for o in document[kind])
    lost = sum(document['drops'].values())
    copies += document['answers']['packets'] if answers else 0
    assert document['input']['packets'] + copies == document['output']['packets'] + lost, document


def pcap(place, path):
    """Every way of reading and writing. A damaged capture may end with status 3; OUT may need one link type (2)."""
    fine = (0, 3)
    wide = ['--me', '10.77.1.1', '--me', '2001:db8::1', '--seed', '7']
    outputs = ['-w', 'out.pcapng', '--dropped', 'lost.pcapng', '--both', 'both.pcapng', '--series', 'series.csv']
    for name in WIDE:
        for way in (['--in'], ['--out', '--iface', 'eth7'], ['--local', '10.0.0.0/8'], ['--layer2']):
            sound(place.run('pcap', '-r', SCRIPTS / f'{name}.rules', '--json', *wide, *way, *outputs, path, allowed=fine))
    sound(place.run('pcap', '-r', RICH, '--json', path, path, allowed=fine))
    place.run('pcap', '-r', RICH, '-w', 'out.pcap', path, allowed=(0, 2, 3))
    place.run('pcap', '-r', RICH, '--loop', 3, path, allowed=fine)
    place.run('pcap', '--plot', 'plot.svg', '-r', RICH, path, allowed=fine)
    place.run('pcap', '--default', 'deny', '--answers', '-e', 'add 1 reset tcp from any to any', '-e',
              'add 2 reject ip from any to any', '-w', 'out.pcapng', path, allowed=fine)
    for packed in ('out.pcapng.gz', 'out.pcapng.zst'):
        place.run('pcap', '-w', packed, path, allowed=(0, 2, 3))
        if (place.folder / packed).exists():
            place.run('pcap', '-r', RICH, packed, allowed=fine)


def scripts(place, path):
    """Every word of rules, tables, filters, pipes, queues, schedulers and management, and every kind of link."""
    fine = (0, 3)
    outputs = ['--answers', '-w', 'out.pcapng', '--dropped', 'lost.pcapng', '--both', 'both.pcapng', '--series', 'series.csv']
    for name in EACH:
        sound(place.run('pcap', '--json', *outputs, '-r', SCRIPTS / f'{name}.rules', path, allowed=fine), answers=True)
    logs = [word for line in LOGS for word in ('-e', line)]
    sound(place.run('pcap', '--json', '-r', SCRIPTS / 'links.rules', *logs, *outputs, path, allowed=fine), answers=True)
    for ways in (['--no-index'], ['--no-cache'], ['--layer2', '--loop', '2']):
        for name in ('filters', 'tables'):
            sound(place.run('pcap', '--json', '-r', SCRIPTS / f'{name}.rules', *ways, path, allowed=fine))
    for link in (LINKS if path.name in FEW else LINKS[len(path.name) % 3::3]):
        sound(place.run('pcap', '--json', '--link', link, '--local', '10.0.0.0/8', path, allowed=fine))


def filters(place, path):
    for expression in EXPRESSIONS:
        place.run('filter', '--json', expression, path, allowed=(0, 3))
    place.run('filter', EXPRESSIONS[0], path, allowed=(0, 3))
    place.run('filter', 'tcp port 80 or (ip6 and len > 100)', path, allowed=(0, 2, 3))     # libpcap's, where it is linked
    place.run('pcap', '--filter', 'not port 22', '-r', RICH, path, allowed=(0, 2, 3))


def explain(place, path):
    for way in ([], ['--layer2'], ['--json']):
        place.run('explain', '-r', RICH, *way, path, allowed=(0, 3))
    for name in ('filters', 'tables', 'scheds'):
        place.run('explain', '-r', SCRIPTS / f'{name}.rules', path, allowed=(0, 3))


def every_command_takes(place, path, missing):
    for command in (pcap, scripts, filters, explain):
        if command.__name__ not in missing:
            command(place, path)


def check(place):
    again = place.folder / 'data' / 'scripts' / 'printed.rules'     # where names of files lead to the same ones
    again.parent.mkdir(parents=True)
    (place.folder / 'model').symlink_to(HERE.parent / 'model')
    for script in sorted(SCRIPTS.glob('*.rules')):
        if script != TESTS:
            printed = place.run('check', script)
            again.write_text(printed, encoding='utf-8')
            assert place.run('check', again) == printed, script
            json.loads(place.run('check', '--json', script))
    for what in ('matches', 'actions', 'pipe-options', 'scheds', 'aqms', 'links', 'drops'):
        assert place.run('check', '--list', what)


def test(place):
    place.run('test', TESTS)


def have(place, path):
    """Which commands are not there."""
    missing = set()
    for name, args in {'explain': ['-r', RICH, path], 'test': [TESTS]}.items():
        try:
            place.run(name, *args, allowed=range(256))
        except Missing:
            missing.add(name)
    return missing


def cases(args):
    folder = captures.folder()
    there = sorted(p for p in folder.iterdir() if p.name.endswith(('.pcap', '.pcapng')))
    return there if args.all else [p for p in there if p.name in FEW]


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--all', action='store_true')
    a.add_argument('tool')
    args = a.parse_args()
    paths, laws = cases(args), {}
    with tempfile.TemporaryDirectory() as folder:
        place = Place(args.tool, folder)
        missing = have(place, paths[0])

        def alone(name, command):
            def law():
                if name in missing:
                    raise tap.Skip(f'no command {name}')
                command(place)
            return law
        laws['law_check'], laws['law_test'] = alone('check', check), alone('test', test)
        laws['law_explain'] = alone('explain', lambda place: place.run('help', 'explain'))
        for path in paths:
            laws[f'law_{path.name}'] = lambda path=path: every_command_takes(place, path, missing)
        sys.argv[1:] = []
        tap.run(laws)


if __name__ == '__main__':
    main()
