#!/usr/bin/env python3
"""The corpus written by hand: what `narrows check` makes of each block of corpus/*.t. TAP; see corpus/README.md."""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'lib'))
import tap  # noqa: E402

HERE = Path(__file__).resolve().parent / 'corpus'
AT_LEAST = 300


class Line:
    def __init__(self, where, text):
        self.where = where
        self.input, _, self.wanted = text.partition(' ; ')
        self.refused = self.wanted.startswith('!')
        self.words = self.wanted[1:].split()
        # The caret counts characters from 1; the mark is not part of the line.
        self.column = self.input.index('^') + 1 if self.refused and '^' in self.input else None
        if self.column:
            self.input = self.input.replace('^', '', 1)


def blocks(path):
    block = []
    for number, text in enumerate(path.read_text(encoding='utf-8').splitlines() + [''], 1):
        if text.startswith('#'):
            continue
        if text.strip():
            block.append(Line(f'{path.name}:{number}', text))
        elif block:
            yield block
            block = []


def check(lines, *more):
    """(exit status, the JSON of it) for a script of these lines."""
    done = subprocess.run([tap.BUILD / 'narrows', 'check', '--json', *more, '/dev/stdin'], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, input='\n'.join(lines) + '\n', text=True, timeout=60, check=False)
    assert done.returncode in (0, 2), f'status {done.returncode}: {done.stderr}'
    return done.returncode, json.loads(done.stdout)


def wrong_refusals(block):
    """What is wrong with what is said of a block that must be refused: its lines marked so, at their marks."""
    status, said = check([line.input for line in block])
    if status != 2:
        yield from (f'{line.where}: accepted: {line.input}' for line in block if line.refused)
    for i, line in enumerate(block, 1):
        errors = [e for e in said if e.get('line') == i and 'error' in e]
        first = errors[0] if errors else None
        if not line.refused and errors:
            yield f'{line.where}: {line.input}: refused: {first["error"]}'
        elif line.refused and not errors and status == 2:
            yield f'{line.where}: {line.input}: not refused'
        elif line.refused and errors:
            if line.column and first['column'] != line.column:
                yield f'{line.where}: {line.input}: column {line.column} expected, {first["column"]}: {first["error"]}'
            missing = [w for w in line.words if w not in first['error']]
            if missing:
                yield f'{line.where}: {line.input}: says nothing of {missing}: {first["error"]}'


def wrong_texts(block):
    status, said = check([line.input for line in block])
    if status:
        by_line = {e['line']: e for e in said}
        yield from (f'{line.where}: {line.input}: {by_line[i]["column"]}: {by_line[i]["error"]}'
                    for i, line in enumerate(block, 1) if i in by_line)
        return
    texts = {e['line']: e['text'] for e in said}
    for i, line in enumerate(block, 1):
        if texts.get(i) != line.wanted:
            yield f'{line.where}: {line.input}: expected "{line.wanted}", got "{texts.get(i)}"'
    again = check([texts.get(i, '') for i in range(1, len(block) + 1)])[1]
    if [e.get('text') for e in again] != [e['text'] for e in said]:
        yield f'{block[0].where}: what was printed does not print itself'


def holds(path):
    def law():
        wrong = [w for block in blocks(path)
                 for w in (wrong_refusals if any(line.refused for line in block) else wrong_texts)(block)]
        assert not wrong, '\n'.join(['', *wrong])
    return law


for part in sorted(HERE.glob('*.t')):
    globals()[f'law_the_lines_of_{part.stem}_become_what_stands_beside_them'] = holds(part)


def law_there_are_at_least_300_lines():
    assert sum(len(block) for path in HERE.glob('*.t') for block in blocks(path)) >= AT_LEAST


tap.run(globals())
