"""What the tests of the command line share: running the tool, small captures, TAP."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'model'))
import capture  # noqa: E402  (an independent reader and writer of captures)
from tap import Tap  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
START = 1_600_000_000 * 10**9


def run(*args, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run([TOOL, *map(str, args)], capture_output=True, timeout=60, check=False, **options)


def udp4(size, src='10.0.0.1', dst='10.0.0.2', sport=4000, dport=80):
    """An Ethernet frame whose IPv4 packet is `size` bytes long."""
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, size, 1, 0, 64, 17, 0, bytes(map(int, src.split('.'))), bytes(map(int, dst.split('.'))))
    udp = struct.pack('>HHHH', sport, dport, size - 20, 0)
    return b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + ip + udp + bytes(size - 28)


ARP = b'\xff' * 6 + b'\x02\0\0\0\0\2\x08\x06' + bytes(28)


def record(at_ns, data, wire=None):
    return capture.Record(START + at_ns, data, wire or len(data), 1)


class Skipped(Exception):
    pass


class Bench:
    """A folder, a TAP stream, and tests as functions of both, run in the order they were written."""

    def __init__(self):
        self.tap = Tap()
        self.folder = Path(tempfile.mkdtemp(prefix='narrows-cli-'))
        self.tests = []

    def test(self, function):
        self.tests.append(function)
        return function

    def pcap(self, name, records, unit=1):
        path = self.folder / name
        capture.write_pcap(path, records, 1, '<', unit)
        return path

    def path(self, name):
        return self.folder / name

    def skip(self, why):
        raise Skipped(why)

    def main(self):
        for function in self.tests:
            name = function.__name__
            try:
                function(self)
                self.tap.ok(True, name)
            except Skipped as why:
                self.tap.skip(name, why)
            except Exception as why:
                line = why.__traceback__.tb_next	# of the test, not of what it called
                kind = '' if isinstance(why, AssertionError) else f'{type(why).__name__}: '
                self.tap.ok(False, name, [f'line {line.tb_lineno}: {kind}{why}'])
        shutil.rmtree(self.folder, ignore_errors=True)
        sys.exit(self.tap.done())


def same(got, expected):
    assert got == expected, f'expected {expected!r}, got {got!r}'


def status(result, expected):
    assert result.returncode == expected, f'status {result.returncode}, expected {expected}; stderr: {result.stderr.decode(errors="replace")[:500]}'
    return result


def refused(result, *words):
    """Bad usage: status 2, nothing on stdout, one message on stderr with these words."""
    status(result, 2)
    same(result.stdout, b'')
    text = result.stderr.decode()
    assert text.startswith('narrows: '), text
    for word in words:
        assert word in text, f'{word!r} is not in {text!r}'
