#!/usr/bin/env python3
"""Every capture through every command: none may end otherwise than the interface says, and in a build with
sanitizers none may have a finding. TAP, a case for each capture and one for each command without captures.

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

# Every kind of match and action, masks, bursts, changes while the capture plays.
RICH = """\
pipe 1 config bw 2Mbit/s delay 20ms queue 20 burst 10KB
pipe 2 config bw 1Mbit/s queue 50ms plr 0.05 mask all
pipe 3 config delay 5ms overhead 38 mask src-ip 0xffffff00 src-ip6 /64
add 10 count log logamount 2 ip from any to any malformed
add 20 count ip from any to any { iptos lowdelay or ipprecedence 5 or dscp ef,be,1-63 }
add 30 count ip from any to any { ipid 0-65535 or ipoptions rr,!ts or frag or frag df,!mf }
add 40 count tcp from any to any { tcpseq 1 or tcpack 1 or tcpwin 0-1000 or tcpdatalen 1-65535 }
add 50 count tcp from any to any { tcpoptions mss,!cc or tcpmss 1-65535 or setup or established or tcpflags syn,!ack }
add 60 count ip6 from any to any { icmp6types 128-136 or ext6hdr frag,hopopt,esp or flow-id 0,1 }
add 70 count ip from any to any { MAC any 02:00:00:00:00:00/8 or mac-type 0x800 or vlan 0-4095 or vlan-pcp 0-7 }
add 80 count ip from any to any { recv eth* or xmit any or via pcap0 or layer2 }
add 90 count ip from { me or 10.0.0.0/8 or 10.77.1.0/24{1-9} } to { not me6 or ::/0 }
add 100 call 5000 tag 7 ip from any to any
add 110 count untag 7 ip from any to any tagged 1-10
add 120 prob 0.5 setdscp af11 ip from any to any
add 130 tcp-setmss 500 tcp from any to any
add 140 set 5 prob 0.1 unreach port log udp from any to any
add 150 set 5 prob 0.05 reset tcp from any to any
add 160 prob 0.1 deny ip from any to any iplen 60-100
add 200 pipe 3 tagged 8
add 210 skipto 300 tcp from any to any
add 220 pipe 2 ip from any to any
add 300 pipe 1 ip from any to any
add 4000 allow ip from any to any
add 5000 prob 0.3 count tag 8 ip from any to any
add 5010 return ip from any to any
at 1ms pipe 1 config bw 500Kbit/s
at 20ms set disable 5
at 50ms pipe 1 config bw 5Mbit/s delay 1ms
at 60ms add 301 deny ip from any to any
at 100ms set enable 5
"""
TESTS = """\
add 100 allow tcp from any to any 80
add 200 deny ip from 10.0.0.0/8 to any
tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => allow 100
tcp 10.0.0.1:4000 > 192.0.2.1:22 syn in eth0 => deny 200
udp 192.0.2.1:53 > 10.0.0.1:4000 out => allow 65535
"""


class Missing(Exception):
    """The tool does not have this command."""


class Place:
    """A folder with the scripts, and how the tool is run in it."""

    def __init__(self, tool, folder):
        self.tool, self.folder = str(Path(tool).resolve()), Path(folder)
        (self.folder / 'rich.rules').write_text(RICH, encoding='utf-8')
        (self.folder / 'again.rules').write_text('disable one_pass\n' + RICH, encoding='utf-8')
        (self.folder / 'tests.rules').write_text(TESTS, encoding='utf-8')
        self.env = dict(os.environ, UBSAN_OPTIONS='halt_on_error=1:exitcode=99:print_stacktrace=1', NO_COLOR='1',
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


def sound(document):
    """What goes in comes out or is a drop."""
    lost = sum(document['drops'].values())
    assert document['input']['packets'] == document['output']['packets'] + lost, document


def pcap(place, path):
    """Every way of reading and writing. A damaged capture may end with status 3; OUT may need one link type (2)."""
    fine = (0, 3)
    wide = ['--me', '10.77.1.1', '--me', '2001:db8::1', '--seed', '7']
    outputs = ['-w', 'out.pcapng', '--dropped', 'lost.pcapng', '--both', 'both.pcapng', '--series', 'series.csv']
    for rules in ('rich.rules', 'again.rules'):
        for way in (['--in'], ['--out', '--iface', 'eth7'], ['--local', '10.0.0.0/8'], ['--layer2']):
            sound(json.loads(place.run('pcap', '-r', rules, '--json', *wide, *way, *outputs, path, allowed=fine)))
    sound(json.loads(place.run('pcap', '-r', 'rich.rules', '--json', path, path, allowed=fine)))
    place.run('pcap', '-r', 'rich.rules', '-w', 'out.pcap', path, allowed=(0, 2, 3))
    place.run('pcap', '-r', 'rich.rules', '--loop', 3, path, allowed=fine)
    place.run('pcap', '--plot', 'plot.svg', '-r', 'rich.rules', path, allowed=fine)
    place.run('pcap', '--default', 'deny', '--answers', '-e', 'add 1 reset tcp from any to any', '-e',
              'add 2 reject ip from any to any', '-w', 'out.pcapng', path, allowed=fine)
    for packed in ('out.pcapng.gz', 'out.pcapng.zst'):
        place.run('pcap', '-w', packed, path, allowed=(0, 2, 3))
        if (place.folder / packed).exists():
            place.run('pcap', '-r', 'rich.rules', packed, allowed=fine)


def explain(place, path):
    for way in ([], ['--layer2'], ['--json']):
        place.run('explain', '-r', 'rich.rules', *way, path, allowed=(0, 3))


def every_command_takes(place, path, missing):
    for command in (pcap, explain):
        if command.__name__ not in missing:
            command(place, path)


def check(place):
    printed = place.run('check', 'rich.rules')
    (place.folder / 'printed.rules').write_text(printed, encoding='utf-8')
    assert place.run('check', 'printed.rules') == printed
    json.loads(place.run('check', '--json', 'rich.rules'))
    for what in ('matches', 'actions', 'pipe-options', 'scheds', 'aqms', 'drops'):
        assert place.run('check', '--list', what)


def test(place):
    place.run('test', 'tests.rules')


def have(place, path):
    """Which commands are not there."""
    missing = set()
    for name, args in {'explain': ['-r', 'rich.rules', path], 'test': ['tests.rules']}.items():
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
