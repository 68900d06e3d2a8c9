#!/usr/bin/env python3
"""The picture of `narrows pcap --plot`: XML whatever it is called, nothing outside the frame, whatever the run."""
import re
import struct
import xml.etree.ElementTree as xml

from cli import START, Bench, capture, record, run, same, status, udp4

bench = Bench()
MS = 10**6
SVG = '{http://www.w3.org/2000/svg}'
PIPE = ['-e', 'add 1 pipe 1 ip from any to any', '-e', 'pipe 1 config bw 1Mbit/s queue 5']


def draw(b, path, *args):
    out = b.path('out.svg')
    status(run('pcap', '-q', '--plot', out, *args, path), 0)
    return xml.fromstring(out.read_bytes())


def texts(root):
    return [t.text or '' for t in root.iter(SVG + 'text')]


def points(d):
    """Absolute points of a path of M, H, V, h, v."""
    x = y = None
    for letter, numbers in re.findall(r'([A-Za-z])([-0-9 ]*)', d):
        n = [int(i) for i in numbers.split()]
        if letter == 'M':
            x, y = n
        else:
            assert x is not None, d
            x, y = {'H': (n[0], y), 'V': (x, n[0]), 'h': (x + n[0], y), 'v': (x, y + n[0])}[letter]
        yield x, y


def extent(t):
    """Left and right end of a text: 13 px sans takes at most 8 px a letter, the title's 18 px bold 11."""
    wide = len(t.text or '') * (11 if t.get('class') == 'h' else 8)
    x = int(t.get('x'))
    anchor = {'y': 'end', 'x': 'middle'}.get(t.get('class'), 'end' if 'end' in t.get('style', '') else 'start')
    left = {'start': x, 'middle': x - wide // 2, 'end': x - wide}[anchor]
    return left, left + wide


def is_whole(root, letters=True):
    width, height = int(root.get('width')), int(root.get('height'))
    same(root.get('viewBox'), f'0 0 {width} {height}')
    for path in root.iter(SVG + 'path'):
        for x, y in points(path.get('d')):
            assert 0 <= x <= width and 0 <= y <= height, (path.get('d')[:100], x, y)
    for t in root.iter(SVG + 'text'):
        left, right = extent(t)
        assert 0 <= int(t.get('x')) <= width and 0 < int(t.get('y')) < height, t.text
        assert not letters or (left >= 0 and right <= width), (t.text, left, right, width)


@bench.test
def everything_stands_in_the_frame(b):
    for n, gap in ((1, 0), (2, 10**9), (300, 5 * MS), (3000, 1), (50, 86400 * 10**9)):
        p = b.pcap('plot.pcap', [record(i * gap, udp4(1000)) for i in range(n)])
        for rules in ([], PIPE, ['-e', 'add 1 deny ip from any to any']):
            is_whole(draw(b, p, *rules))


@bench.test
def the_curve_ends_where_the_run_does(b):
    p = b.pcap('plot.pcap', [record(i * 100 * MS, udp4(1000)) for i in range(30)])
    root = draw(b, p, *PIPE)
    curves = [path for path in root.iter(SVG + 'path') if path.get('class') in 'bn' and 'H' in path.get('d')]
    same(len(curves), 6)    # four bold ones, two thin ones
    for path in curves:
        same(list(points(path.get('d')))[-1][0], 1100)


@bench.test
def without_a_pipe_packets_leave_when_they_come(b):
    p = b.pcap('plot.pcap', [record(i * 1000 * MS, udp4(1000)) for i in range(4)])
    paths = [path for path in draw(b, p).iter(SVG + 'path') if path.get('class') in 'bn']
    thin, bold = (next(path.get('d') for path in paths if path.get('class') == c) for c in 'nb')
    same(thin, bold)


@bench.test
def a_run_that_fails_has_its_picture(b):
    p, out = b.path('two.pcapng'), b.path('failed.svg')
    capture.write_pcapng(p, [capture.Record(START + i * MS, udp4(100)[14 * i:], 100, 1, iface=i) for i in range(2)],
                         [capture.Interface(1, 9), capture.Interface(101, 9)])
    status(run('pcap', '-q', '-w', b.path('w.pcap'), '--plot', out, p), 1)    # which takes one link type
    is_whole(xml.fromstring(out.read_bytes()))


@bench.test
def a_name_cannot_break_the_picture(b):
    for name in (b'<script>&amp;"\'.pcap', b'\xff\xfe\x01\x7f\xc3\xa9.pcap', b'\xef\xbf\xbf.pcap', b'a\nb\tc.pcap', b'x' * 250, ('ä' * 120).encode()):
        path = bytes(b.folder) + b'/' + name
        with open(path, 'wb') as f:
            f.write(b.pcap('plot.pcap', [record(0, udp4(100))]).read_bytes())
        out = b.path('out.svg')
        status(run('pcap', '-q', '--plot', out, path.decode('utf-8', 'surrogateescape')), 0)
        root = xml.fromstring(out.read_bytes())
        is_whole(root)
        left, right = zip(*(extent(t) for t in root.iter(SVG + 'text') if t.get('y') == '22'))
        assert right[0] < left[1], (right, left)    # title and subtitle side by side


@bench.test
def standard_input_has_a_name(b):
    p = b.pcap('plot.pcap', [record(0, udp4(100))])
    out = b.path('out.svg')
    with open(p, 'rb') as f:
        status(run('pcap', '-q', '--plot', out, '-', stdin=f), 0)
    same(texts(xml.parse(out).getroot())[0], 'standard input')


@bench.test
def an_empty_capture_has_a_picture(b):
    is_whole(draw(b, b.pcap('empty.pcap', []), *PIPE))


@bench.test
def a_picture_of_five_centuries_ends(b):
    header = struct.pack('<IIIHHqI', 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28) + struct.pack('<IIHHIHHIII', 1, 32, 1, 0, 0, 9, 1, 9, 0, 32)
    block = lambda at, data: struct.pack('<IIIIIII', 6, 32 + len(data), 0, at >> 32, at & 0xFFFFFFFF, len(data), len(data)) + data + struct.pack(
        '<I', 32 + len(data))
    p = b.path('centuries.pcapng')
    p.write_bytes(header + block(0, udp4(102)) + block(2**64 - 2, udp4(102)))
    for rules in ([], PIPE):
        is_whole(draw(b, p, *rules), letters=False)


@bench.test
def of_many_pipes_the_first_are_drawn_and_it_says_so(b):
    p = b.pcap('plot.pcap', [record(i * MS, udp4(100)) for i in range(300)])
    rules = b.path('many.rules')
    rules.write_text('add 1 pipe 7 ip from any to any\n' + ''.join(f'pipe {n} config bw 1Mbit/s\n' for n in range(1, 301)))
    root = draw(b, p, '-r', rules)
    is_whole(root)
    same([t for t in texts(root) if t.startswith('pipe ')], [f'pipe {n}' for n in range(1, 17)])
    assert 'the first 16 of 300 objects' in ' '.join(texts(root)), texts(root)


bench.main()
