"""Runs `narrows pcap` and lays what it wrote beside what the model says: packets, times, order, drops, counters."""
import functools
import itertools
import json
import os
import re
import subprocess

import capture
import model


@functools.lru_cache(maxsize=4)
def read(path):
    """A capture; the last few are kept, since many scripts run on the same one."""
    return capture.read(path)


class Case:
    """One script on some captures. `options` are those of model.simulate."""

    def __init__(self, name, inputs, lines, options=None, out='out.pcapng', both=False, again=False,
                 explain=False):
        self.name, self.inputs, self.lines, self.options = name, inputs, lines, options or {}
        self.out, self.both, self.again, self.explain = out, both, again, explain


def flags(options):
    args = []
    if 'direction' in options:
        args.append('--' + options['direction'])
    if options.get('local'):
        args += ['--local', options['local']]
    if 'default' in options:
        args += ['--default', options['default']]
    if 'seed' in options:
        args += ['--seed', str(options['seed'])]
    if options.get('iface'):
        args += ['--iface', options['iface']]
    if options.get('layer2'):
        args.append('--layer2')
    for address in options.get('me', ()):
        args += ['--me', address]
    return args


def script_args(lines, folder):
    """The first and the last third of a script on the command line, the middle as a file, in its order."""
    path = os.path.join(folder, 'script.rules')
    third = len(lines) // 3
    with open(path, 'w', encoding='utf-8') as f:
        f.write(''.join(line + '\n' for line in lines[third:-third or None]))

    def each(part):
        return [a for line in part if not line.startswith('#') for a in ('-e', line)]
    return each(lines[:third]) + ['-r', path] + each(lines[len(lines) - third:])


class Failed(Exception):
    pass


def run_tool(tool, case, folder, status, prefix=''):
    """(JSON, path of -w, path of --dropped, path of --both or None)"""
    out, lost = (os.path.join(folder, prefix + x) for x in (case.out, 'dropped.pcapng'))
    both = os.path.join(folder, prefix + 'both.pcapng') if case.both else None
    args = [tool, 'pcap'] + script_args(case.lines, folder) + flags(case.options)
    args += ['-w', out, '--dropped', lost, '--json'] + (['--both', both] if both else []) + case.inputs
    with open(os.path.join(folder, 'command'), 'w', encoding='utf-8') as f:
        f.write(' '.join("'" + a.replace("'", "'\\''") + "'" for a in args) + '\n')
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=300)
    if done.returncode != status:
        raise Failed(f'exit status {done.returncode}, expected {status}\n{done.stderr.decode(errors="replace")}')
    try:
        return json.loads(done.stdout), out, lost, both
    except ValueError as e:
        raise Failed(f'stdout is no JSON: {e}') from None


def show(r, time):
    return f'{time} ns, {len(r.data)} of {r.wire} bytes, link {r.link}, from {r.name}, {r.data[:48].hex()}'


def same_packets(what, expected, got, notes, names=True):
    """`expected`: (time, record, which record of the input) each."""
    for i, (e, g) in enumerate(zip(expected, got)):
        time, record, order = e
        # The interface is kept by its name; `before` and `after` are those of --both.
        kept = not names or record.name == g.name
        if (g.time, g.data, g.wire, g.link) != (time, record.data, record.wire, record.link) or not kept:
            notes.append(f'{what}: packet {i} (from 0), record {order} of the input, differs:\n'
                         f'  expected {show(record, time)}\n  got      {show(g, g.time)}')
            return
    if len(expected) != len(got):
        i = min(len(expected), len(got))
        rest = show(expected[i][1], expected[i][0]) if len(expected) > i else show(got[i], got[i].time)
        notes.append(f'{what}: {len(expected)} packets expected, {len(got)} there; the first one more is {rest}')


def says(comment, d):
    """Does the comment of a dropped packet name its reason, and who dropped it?"""
    words, numbers = re.findall(r'[a-z][a-z-]*', comment), re.findall(r'\d+', comment)
    place = {d.rule} if d.reason == 'rule' else {d.place} if d.reason != 'no-pipe' else {d.place, d.rule}
    return d.reason in words and place & set(map(int, numbers))


def same_dropped(world, got, notes):
    """By the time of the drop; those of one instant in any order. That time is in no record, but for what was on its
    way through the delay of a plain pipe when that was cut.
    """
    at = 0
    for time, group in itertools.groupby(world.drops, key=lambda d: d.time):
        expected = list(group)
        there, at = got[at:at + len(expected)], at + len(expected)
        for d in expected:
            p, r = d.packet, d.packet.record
            times = (p.own, d.time) if d.reason == 'cut' else (p.own,)
            same = [g for g in there if g.time in times and (g.data, g.wire) == (r.data, r.wire)
                    and (g.link, g.name) == (r.link, r.name)]
            fit = [g for g in same if says(' '.join(g.comments), d)]
            if not fit:
                notes.append(f'--dropped: of {len(expected)} dropped at {time} record {p.order} of the input is '
                             f'not there:\n  expected {show(r, p.own)}\n  {d.reason}, rule {d.rule}, place {d.place}\n'
                             + '\n'.join(f'  got      {show(g, g.time)}\n  {g.comments}' for g in (same or there)[:3]))
                return
            there.remove(fit[0])
    if at != len(got):
        notes.append(f'--dropped: {at} packets expected, {len(got)} there')


def differing(expected, got, where=''):
    """The places in two JSON values that differ. What the model does not say is not asked, but for drops, where a
    name that is not there is 0.
    """
    if where.endswith('.drops') and isinstance(got, dict):
        expected, got = ({k: n for k, n in d.items() if n} for d in (expected, got))
        if expected != got:
            yield f'{where[1:]}: expected {expected}, got {got}'
    elif isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            yield from differing(value, got.get(key), f'{where}.{key}')
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for i, pair in enumerate(zip(expected, got)):
            yield from differing(*pair, f'{where}[{i}]')
    elif expected != got or isinstance(expected, bool) != isinstance(got, bool):
        yield f'{where[1:]}: expected {expected}, got {got}'


def quantiles(world, document, notes):
    """p50 and p99 come from a histogram 1 % wide: near a wait at that rank or its neighbour."""
    for pipe, said in zip((p for _, p in sorted(world.pipes.items())), document.get('pipes', [])):
        waits, wait = sorted(pipe.waits), said.get('wait_ns', {})
        for name, per_cent in (('p50', 50), ('p99', 99)):
            got, n = wait.get(name), len(waits)
            low = waits[max(0, per_cent * n // 100 - 1)] if n else 0
            high = waits[min(n - 1, -(-per_cent * n // 100))] if n else 0
            if not isinstance(got, int) or not low * 99 // 100 - 1 <= got <= high * 101 // 100 + 1:
                notes.append(f'pipe {pipe.number}: {name} {got}, expected about {low}..{high}')


def same_both(world, path, records, notes):
    got = capture.read(path)
    names = [name for _, name in got.interfaces]
    sides = {side: [r for r in got.records if names[r.iface] == side] for side in ('before', 'after')}
    same_packets('--both before', [(own, r, i) for i, (own, r) in enumerate(records)], sides['before'], notes,
                 False)
    same_packets('--both after', [(model.stamp(p), p.record, p.order) for p in world.out], sides['after'], notes,
                 False)
    reasons = {d.packet.order: d.reason for d in world.drops}
    for i, r in enumerate(sides['before']):
        text = ' '.join(r.comments)
        if (reasons.get(i, '') not in text) or (text and i not in reasons):
            notes.append(f'--both before: packet {i}: comment "{text}", expected {reasons.get(i, "none")}')
            return


def own_times(captures):
    """(stamp, record) of all that come in; a record without a time has the latest one."""
    latest = 0
    for r in model.merge(captures):
        own = latest if r.time is None else r.time
        latest = max(latest, own)
        yield own, r


def compare(tool, case, folder):
    """Runs one case in an empty folder; the differences found, as text."""
    notes = []
    captures = [read(p) for p in case.inputs]
    world = model.simulate(captures, case.lines, **case.options)
    try:
        status = 3 if world.input['truncated'] else 0
        document, out, lost, both = run_tool(tool, case, folder, status)
        got, gone = capture.read(out), capture.read(lost)
        same_packets('-w', [(model.stamp(p), p.record, p.order) for p in world.out], got.records, notes,
                     not case.out.endswith('.pcap'))
        same_dropped(world, gone.records, notes)
        notes += differing(model.report(world), document)
        quantiles(world, document, notes)
        if both:
            same_both(world, both, list(own_times(captures)), notes)
        # What comes back draws dice that explain does not.
        if case.explain and len(case.inputs) == 1 and 'disable one_pass' not in case.lines:
            notes += explained(tool, case, folder, status, world)
        if case.again:
            notes += repeated(tool, case, folder, status, (out, lost))
    except (Failed, capture.Damaged, OSError, subprocess.TimeoutExpired) as e:
        notes.append(str(e))
    return notes


def explained(tool, case, folder, status, world):
    """`explain` says of each packet which rules matched and what decided, without following pipes."""
    args = [tool, 'explain', '--json'] + script_args(case.lines, folder) + flags(case.options) + case.inputs
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=300)
    if done.returncode != status:
        raise Failed(f'explain: exit status {done.returncode}\n{done.stderr.decode(errors="replace")}')
    said = [json.loads(line) for line in done.stdout.splitlines()]
    for (order, own, path, verdict), s in zip(world.verdicts, said):
        word = s['verdict'] if s['verdict'].startswith(('pipe', 'queue')) else s['verdict'].split()[0]
        if (s['packet'], s['time_ns'], s['rules'], word) != (order + 1, own, path, verdict):
            yield f'explain: expected {order + 1}, {own} ns, {path}, {verdict}; got {s}'
            return
    if len(said) != len(world.verdicts):
        yield f'explain: {len(world.verdicts)} packets expected, {len(said)} there'


def repeated(tool, case, folder, status, first):
    """A second run of the same seed must write the same bytes."""
    _, out, lost, _ = run_tool(tool, case, folder, status, 'again-')
    for a, b in zip(first, (out, lost)):
        with open(a, 'rb') as f, open(b, 'rb') as g:
            if f.read() != g.read():
                yield f'two runs of one seed differ: {a} {b}'
