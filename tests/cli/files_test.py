#!/usr/bin/env python3
"""Files that `narrows pcap` reads and leaves: damage, full disks, interrupts, inputs that must not be destroyed."""
import os
import signal
import struct
import subprocess
import time

from cli import START, TOOL, Bench, capture, record, refused, run, same, status, udp4

bench = Bench()


def packets(path):
    return [(r.time, bytes(r.data), r.wire) for r in capture.read(path).records]


def ten(b, name='ten.pcap'):
    return b.pcap(name, [record(i * 1000, udp4(100 + i)) for i in range(10)])


@bench.test
def without_rules_every_packet_comes_out_as_it_was(b):
    p = ten(b)
    for out in ('o.pcapng', 'o.pcap'):
        status(run('pcap', '-q', '-w', b.path(out), p), 0)
        same(packets(b.path(out)), packets(p))
    assert b.path('o.pcap').read_bytes()[:4] == struct.pack('<I', 0xA1B23C4D)


@bench.test
def standard_input_and_output(b):
    p = ten(b)
    r = status(run('pcap', '-w', '-', '-', stdin=open(p, 'rb')), 0)
    b.path('stdout').write_bytes(r.stdout)
    same(packets(b.path('stdout')), packets(p))


@bench.test
def a_missing_input_fails_with_its_name_and_leaves_no_output(b):
    r = status(run('pcap', '-w', b.path('none.pcapng'), b.path('absent.pcap')), 1)
    assert b'absent.pcap: No such file' in r.stderr, r.stderr
    assert not b.path('none.pcapng').exists()


@bench.test
def what_is_no_capture_is_bad_input_and_leaves_no_output(b):
    b.path('text').write_text('hello, this is not a capture\n')
    r = status(run('pcap', '-w', b.path('none.pcapng'), b.path('text')), 2)
    assert b'text' in r.stderr
    assert not b.path('none.pcapng').exists()


@bench.test
def bad_rules_leave_no_output(b):
    p = ten(b)
    refused(run('pcap', '-e', 'add alow ip from any to any', '-w', b.path('none.pcapng'), p), '-e:1:5')
    assert not b.path('none.pcapng').exists()


@bench.test
def the_input_is_never_an_output(b):
    p = ten(b)
    before = p.read_bytes()
    link = b.path('link.pcap')
    os.link(p, link)
    for option in ('-w', '--dropped', '--both', '--series', '--plot'):
        for name in (p, link):
            refused(run('pcap', option, name, p), option, 'input')
    same(p.read_bytes(), before)


@bench.test
def a_capture_cut_in_the_middle_is_done_as_far_as_it_went(b):
    p = ten(b)
    whole = packets(p)
    b.path('cut.pcap').write_bytes(p.read_bytes()[:-50])
    r = status(run('pcap', '--json', '-w', b.path('cut-out.pcapng'), b.path('cut.pcap')), 3)
    assert b'"truncated":true' in r.stdout
    assert b'cut.pcap' in r.stderr
    same(packets(b.path('cut-out.pcapng')), whole[:9])


@bench.test
def a_full_disk_is_told(b):
    p = ten(b)
    r = status(run('pcap', '-w', '/dev/full', p), 1)
    assert b'/dev/full: No space left' in r.stderr, r.stderr
    r = status(run('pcap', '-q', '--series', '/dev/full', '-e', 'pipe 1 config', p), 1)
    assert b'/dev/full: No space left' in r.stderr, r.stderr


@bench.test
def a_full_disk_leaves_whole_records(b):
    p = b.pcap('big.pcap', [record(i, udp4(1000)) for i in range(2000)])
    out = b.path('limited.pcapng')
    limit = 1_000_003
    code = ('import os, resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n'
            f'resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\nos.execv(sys.argv[1], sys.argv[1:])\n')
    r = subprocess.run(['python3', '-c', code, TOOL, 'pcap', '-q', '-w', str(out), str(p)], capture_output=True, timeout=60, check=False)
    same(r.returncode, 1)
    assert b'limited.pcapng' in r.stderr, r.stderr
    got = capture.read(out)
    assert not got.truncated and 500 < len(got.records) < 1000, len(got.records)
    same(packets(out), packets(p)[:len(got.records)])


@bench.test
def room_that_was_taken_ahead_on_the_disk_goes_back(b):
    p = b.pcap('long.pcap', [record(i * 1000, udp4(1400)) for i in range(4000)])
    status(run('pcap', '-q', '-w', b.path('o.pcapng'), '--loop', '4', p), 0)
    st = os.stat(b.path('o.pcapng'))
    assert st.st_size > 16 << 20, st
    assert st.st_blocks * 512 < st.st_size + (1 << 20), st


@bench.test
def an_interrupt_finishes_the_files(b):
    fifo, out = b.path('fifo'), b.path('interrupted.pcapng')
    os.mkfifo(fifo)
    blob = ten(b).read_bytes()
    p = subprocess.Popen([TOOL, 'pcap', '--json', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config delay 1s', '-w', out, fifo],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with open(fifo, 'wb', buffering=0) as f:
        f.write(blob[:-30])
        deadline = time.monotonic() + 20
        # it has read all there is when it sleeps in read() on an empty pipe
        while time.monotonic() < deadline and 'pipe_read' not in wchan(p.pid) and not sleeping_on(p.pid):
            time.sleep(0.02)
        p.send_signal(signal.SIGINT)
        stdout, stderr = p.communicate(timeout=20)
    same(p.returncode, 0)
    assert b'"packets":9' in stdout, (stdout, stderr)
    same([t for t, _, _ in packets(out)], [START + i * 1000 + 10**9 for i in range(9)])


@bench.test
def an_interrupt_ends_a_series_without_end(b):
    p = subprocess.Popen([TOOL, 'pcap', '--json', '-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config bw 1bit/s', '--series', '/dev/null',
                          '--interval', '1ns', ten(b)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    p.send_signal(signal.SIGINT)
    try:
        stdout, stderr = p.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        p.kill()
        p.communicate()
        raise AssertionError('it did not end') from None
    same((p.returncode, stderr), (0, b''))
    assert b'"packets":10' in stdout, stdout


def on_a_terminal(args, blob, first, fifo):
    """What the tool writes on a terminal that is its standard error, when the capture comes in two pieces a second apart."""
    master, slave = os.openpty()
    p = subprocess.Popen([TOOL, *map(str, args), fifo], stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    with open(fifo, 'wb', buffering=0) as f:
        f.write(blob[:first])
        time.sleep(1)
        f.write(blob[first:])
    same(p.wait(timeout=20), 0)
    text = b''
    try:
        while piece := os.read(master, 4096):
            text += piece
    except OSError:     # the other end is closed
        pass
    os.close(master)
    return text


@bench.test
def long_work_shows_how_far_it_is_on_a_terminal_alone(b):
    fifo = b.path('slow')
    os.mkfifo(fifo)
    blob = b.pcap('slow.pcap', [record(i * 1000, udp4(100)) for i in range(1000)]).read_bytes()
    text = on_a_terminal(['pcap'], blob, 30000, fifo)
    assert b'\rnarrows: ' in text and b' packets' in text, text
    same(text.split(b'\r')[-1], b'')        # it wiped the line
    same(text.split(b'\r')[-2].strip(b' '), b'')
    same(on_a_terminal(['pcap', '-q'], blob, 30000, fifo), b'')


def wchan(pid):
    try:
        with open(f'/proc/{pid}/wchan', encoding='ascii') as f:
            return f.read()
    except OSError:
        return ''


def sleeping_on(pid):
    """State S for a while: asleep, and what it waits for is the fifo alone."""
    for _ in range(10):
        with open(f'/proc/{pid}/stat', encoding='ascii') as f:
            if f.read().rsplit(')', 1)[1].split()[0] != 'S':
                return False
        time.sleep(0.02)
    return True


@bench.test
def hostile_lengths_are_skipped_or_end_the_job_with_3(b):
    good = ten(b).read_bytes()
    for name, length in (('zero', 0), ('four-gib', 0xFFFFFFFF), ('large', 300_000)):
        bad = good[:24] + struct.pack('<IIII', 1, 0, length, length) + good[24:]
        b.path(name).write_bytes(bad)
        r = run('pcap', '--json', b.path(name))
        assert r.returncode in (0, 3), (name, r.returncode)
        assert b'"packets":' in r.stdout
    r = status(run('pcap', '--json', b.path('zero')), 0)
    assert b'"packets":11' in r.stdout and b'"not_ip":1' in r.stdout


@bench.test
def time_that_goes_backwards_is_counted_and_kept(b):
    times = [5000, 3000, 6000, 6000, 1000]
    p = b.pcap('back.pcap', [record(t, udp4(100)) for t in times])
    r = status(run('pcap', '--json', '-w', b.path('back.pcapng'), p), 0)
    assert b'"backwards":2' in r.stdout
    same([t - START for t, _, _ in packets(b.path('back.pcapng'))], times)


bench.main()
