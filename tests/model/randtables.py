"""Random tables of a script: every type and kind of value, rules that ask them, and changes while packets flow."""
from randrules import SETS, Maker, mac

FIELDS = ['src-ip', 'proto', 'src-port', 'dst-ip', 'dst-port']      # of a flow, in their order
COLUMNS = ['skipto', 'pipe', 'fib', 'nat', 'dscp', 'tag', 'divert', 'netgraph', 'limit', 'ipv4', 'ipv6', 'mark']
TYPES = ['addr', 'addr', 'addr', 'number', 'number', 'iface', 'flow', 'flow', 'mac']
LOOKUPS = {'addr': ['src-ip', 'dst-ip'], 'number': ['src-port', 'dst-port', 'dst-port', 'dscp'],
           'mac': ['src-mac', 'dst-mac']}
PLAIN_LOOKUPS = {'addr': ['src-ip', 'dst-ip'], 'number': ['src-port', 'dst-port'], 'mac': ['dst-mac']}
ARGUMENTS = ['pipe', 'pipe', 'skipto', 'call', 'queue', 'setdscp', 'count tag', 'count untag']


class Table:
    def __init__(self, name, kind, columns, flow, masks, home):
        self.name, self.kind, self.columns, self.flow, self.masks, self.home = name, kind, columns, flow, masks, home


class TableMaker(Maker):
    """Scripts as Maker's, with tables."""

    def __init__(self, dice, palette, groups):
        super().__init__(dice, palette, groups)
        self.by_set = 'sets' in groups and dice.random() < 0.2
        self.tables, self.pipes, self.home = [], [1], 0
        self.tables = [self.table(n) for n in range(dice.choice([1, 3, 6, 8]))]
        self.plain = dice.random() < 0.5    # rules that ask the flow alone, so that flows can be remembered
        self.options = [f for group, f in self.option_table() if group is None or group in groups]
        if self.plain:
            self.groups = groups & {'sets', 'at', 'commands', 'iface', 'scheds', 'onepass', 'me'}
            self.options = self.plain_options()

    def plain_options(self):
        """Of the flow and its interfaces, most of them of tables."""
        dice = self.dice
        own = [lambda: dice.choice(['in', 'out', 'setup', 'established', 'ipver 4', 'ipver 6', 'proto tcp', 'proto udp']),
               lambda: dice.choice(['src-port ', 'dst-port ']) + self.port_list(),
               lambda: dice.choice(['src-ip ', 'dst-ip ']) + self.addresses(self.address4),
               lambda: f'{dice.choice(["recv", "xmit", "via"])} {self.interface()}']
        return own + [lambda: self.asks() or 'in'] * 4

    def table(self, n):
        dice = self.dice
        kind = dice.choice(TYPES)
        columns = dice.sample(COLUMNS, dice.choice([1, 2, 3, 5])) if dice.random() < 0.4 else []
        flow = [f for f in FIELDS if dice.random() < 0.6] or ['dst-port']
        if kind != 'flow' or dice.random() < 0.3:
            flow = FIELDS
        masks = dice.choice([(24, 64), (32, 128), (8, 32)]) if kind == 'addr' and dice.random() < 0.2 else None
        return Table(f't{n}', kind, columns, flow, masks, dice.choice([0] + SETS) if self.by_set else 0)

    def make(self, t):
        """The line that makes it, or one that lets the first key or rule do it."""
        dice = self.dice
        unsaid = t.kind == 'addr' and dice.random() < 0.5
        words = ['table', t.name, 'create'] + ([] if unsaid else ['type', self.type_text(t)])
        if t.columns:
            words += ['valtype', ','.join(t.columns)]
        if t.masks:
            words += ['algo', f'addr:hash masks=/{t.masks[0]},/{t.masks[1]}']
        if dice.random() < 0.1:
            words += ['limit', dice.choice(['101', '1000', '0'])]
        return self.at_home(t, ' '.join(words))

    @staticmethod
    def type_text(t):
        return t.kind if t.kind != 'flow' or t.flow == FIELDS else 'flow:' + ','.join(t.flow)

    @staticmethod
    def at_home(t, line):
        return f'set {t.home} {line}' if t.home else line

    # Keys and values.

    def address(self, t, host=False):
        dice, six = self.dice, self.dice.random() < 0.3
        a = self.palette.address6(dice) if six else self.palette.address4(dice)
        if host or t.masks and dice.random() < 0.5:
            return str(a)
        if t.masks:
            return f'{a}/{t.masks[six]}'
        return f'{a}/{dice.choice([0, 3, 32, 63, 64, 65, 127, 128] if six else [0, 1, 8, 16, 20, 24, 30, 31, 32, 32])}'

    def flow(self, t):
        dice, v = self.dice, self.palette
        six = dice.random() < 0.3
        one = v.address6 if six else v.address4
        proto = dice.choice(['tcp', 'tcp', 'udp', '1', '58', '17'])
        port = (lambda: '0') if proto in ('1', '58') else (lambda: str(dice.choice(v.ports)))
        make = {'src-ip': lambda: str(one(dice)), 'dst-ip': lambda: str(one(dice)), 'proto': lambda: proto,
                'src-port': port, 'dst-port': port}
        return ','.join(make[f]() for f in t.flow)

    def key(self, t):
        dice, v = self.dice, self.palette
        if t.kind == 'addr':
            return self.address(t)
        if t.kind == 'number':
            return str(dice.choice([dice.choice(v.ports), dice.choice(v.ports), dice.choice(v.tos) >> 2, 2**32 - 1]))
        if t.kind == 'iface':
            return dice.choice([n for n in v.ifaces if ' ' not in n] + ['eth0', 'pcap0', 'pcap1'])
        if t.kind == 'mac':
            return mac(dice.choice(v.macs)) + dice.choice(['', '', '/0', '/24', '/47', '/48'])
        return self.flow(t)

    def number(self):
        dice = self.dice
        pipe = dice.choice(self.pipes)
        return dice.choice([0, 1, 1, 5, 6, 10, 46, 63, 64, pipe, pipe, 300, 1000, 1500, 2000, 65535, 65536, 2**32 - 1])

    def value(self, t):
        dice, words = self.dice, []
        for c in t.columns or ['legacy']:
            if c == 'ipv6':
                words.append(str(self.palette.address6(dice)))
            elif c == 'ipv4' or c == 'legacy' and dice.random() < 0.1:
                words.append(str(self.palette.address4(dice)))
            else:
                top = {'dscp': 63, 'tag': 65534}.get(c, 65535 if c in COLUMNS[:7] else 2**32 - 1)
                words.append(str(min(top, self.number())))
        return ','.join(words)

    def items(self, t):
        return ' '.join(f'{self.key(t)} {self.value(t)}' for _ in range(self.dice.choice([1, 1, 2, 5])))

    # Rules.

    def of(self, *kinds):
        """The name of a table of these types in the set the rule is in, with a value now and then; or None."""
        dice = self.dice
        there = [t for t in self.tables if t.kind in kinds and (not self.by_set or t.home == self.home)]
        if not there:
            return None
        t = dice.choice(there)
        first = self.value(t).split(',')[0] if dice.random() < 0.25 else ''
        return t.kind, t.name + (',' + first if first.isdigit() else '')

    def where(self):
        found = self.of('addr') if self.dice.random() < 0.3 else None
        return f'table({found[1]})' if found else super().where()

    def asks(self):
        """A condition on a table; None: there is no table it could ask."""
        dice = self.dice
        found = self.of('addr', 'number', 'iface', 'flow', 'mac')
        if not found:
            return None
        kind, name = found
        if kind == 'flow':
            return f'flow table({name})'
        if kind == 'iface':
            return f'{dice.choice(["recv", "xmit", "via"])} table({name})'
        if kind == 'addr' and dice.random() < 0.6:
            return f'{dice.choice(["src-ip", "dst-ip", "src-ip", "dst-ip", "src-ip6", "dst-ip6"])} table({name})'
        return f'lookup {dice.choice((PLAIN_LOOKUPS if self.plain else LOOKUPS)[kind])} {name}'

    def option_table(self):
        return super().option_table() + [(None, lambda: self.asks() or 'in')] * 12

    def rule(self, number, pipes, last):
        """Some of the rules act by what they found."""
        dice = self.dice
        self.pipes = pipes
        self.home = dice.choice([0, 0] + SETS) if self.by_set else 0
        text, last = super().rule(number, pipes, last)
        if self.by_set:     # one set, that of the tables it names
            words = text.split(' ')
            if 'set' in words[:4]:
                del words[words.index('set'):words.index('set') + 2]
            words.insert(1 + words[1].isdigit(), f'set {self.home}')
            text = ' '.join(words)
        asked = self.asks()
        if dice.random() > 0.25 or not asked:
            return text, last
        allowed = ARGUMENTS[:3] if self.plain else ARGUMENTS
        action = dice.choice([a for a in allowed if a != 'queue' or 'scheds' in self.groups])
        head = f'add {number} ' + (f'set {self.home} ' if self.by_set else '')
        body = [self.body(), self.option() if dice.random() < 0.3 else '', asked,
                'tagged tablearg' if not self.plain and dice.random() < 0.1 else '', self.option() if dice.random() < 0.2 else '']
        return f'{head}{action} tablearg ' + ' '.join(w for w in body if w), number

    # Commands.

    def fill(self, t):
        lines = [self.at_home(t, f'table {t.name} add {self.items(t)}') for _ in range(self.dice.choice([0, 2, 5, 20]))]
        return ['-q ' + line for line in lines]

    def table_change(self):
        dice = self.dice
        t = dice.choice(self.tables)
        twins = [u for u in self.tables if u is not t and (u.kind, u.columns, u.flow, u.home) ==
                 (t.kind, t.columns, t.flow, t.home)]
        what = dice.choice(['add', 'add', 'add', 'add', 'delete', 'delete', 'delete', 'flush', 'swap', 'swap',
                            'atomic', 'empty', 'gone', 'limit', dice.choice(['lock', 'unlock', 'unlock'])])
        line = {'add': f'table {t.name} add {self.items(t)}',
                'delete': f'table {t.name} delete {self.key(t)} {self.key(t)}',
                'flush': f'table {t.name} flush', 'atomic': f'table {t.name} atomic add {self.items(t)}',
                'swap': f'table {t.name} swap {dice.choice(twins).name}' if twins else f'table {t.name} unlock',
                'empty': f'table {t.name} create missing or-flush', 'lock': f'table {t.name} lock',
                'unlock': f'table {t.name} unlock', 'gone': f'table {t.name} destroy',
                'limit': f'table {t.name} modify limit {dice.choice([0, 3, 1000])}'}[what]
        return ('-q ' if what in ('add', 'delete', 'atomic') and dice.random() < 0.8 else '') + self.at_home(t, line)

    def script(self):
        dice = self.dice
        lines = ['sysctl net.inet.ip.fw.tables_sets=1'] if self.by_set else []
        for t in self.tables:
            lines += [self.make(t)] + self.fill(t)
        lines += super().script()
        if 'at' in self.groups:
            lines += [f'at {self.when()} {self.table_change()}' for _ in range(dice.choice([0, 3, 10, 40]))]
        return lines + [self.at_home(t, f'table {t.name} list') for t in self.tables[:2]]
