"""The Test Anything Protocol, and where failing cases keep their files."""
import os
import sys
import tempfile


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, notes=()):
        self.count += 1
        self.failed += not good
        print(f'{"ok" if good else "not ok"} {self.count} - {name}'.replace('#', ''))
        for note in notes:
            for line in str(note).splitlines():
                print(f'# {line}')
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {why}')
        print(f'SKIPPED: {name}: {why}', file=sys.stderr)

    def done(self):
        print(f'1..{self.count}')
        return 1 if self.failed else 0


def keep_dir():
    """A new directory for a run's files; the caller removes it when all went well."""
    root = os.environ.get('NARROWS_KEEP')
    if root:
        os.makedirs(root, exist_ok=True)
    return tempfile.mkdtemp(prefix='narrows-model-', dir=root)
