"""Random scripts from a seed, made of every word that the model speaks and the tool knows."""
import os

from matches import DSCP, EXT_NAMES, IP_OPTIONS
from rules import PROTOCOLS, SERVICES

# Names of the same bits or options are never asked for together: set and clear at once would be refused.
TOS_NAMES = ['lowdelay', 'throughput', 'reliability']
ECN_NAMES = ['mincost', 'congestion', 'ecntransport']
SAME_OPTIONS = [['mss', 'maxseg'], ['window'], ['sack'], ['ts', 'timestamp'], ['cc']]
SETS = [1, 5, 7, 30]
CODELS = ['codel', 'codel target 2ms interval 10ms', 'codel interval 1ms ecn', 'codel target 1ns interval 3ms noecn']
FQS = ['fq_codel', 'fq_codel quantum 300 limit 5', 'fq_codel target 1ms interval 4ms noecn flows 4 limit 30',
       'FQ_CODEL flows 2 quantum 9000', 'fq_pie', 'fq_pie target 1ms tupdate 1ms max_burst 0ms limit 30 noecn flows 4',
       'fq_pie limit 5 dre nodrand alpha 7 beta 7 target 1us tupdate 2ms max_burst 1ms',
       'fq_codel target 2ms interval 10ms limit 300']
PIES = ['pie', 'pie target 1ms tupdate 1ms max_burst 0ms', 'pie ts tupdate 2ms target 2ms max_burst 10ms ecn',
        'pie alpha 5 beta 7 target 1ms tupdate 3ms max_burst 5ms nodrand nocapdrop',
        'pie alpha 7 beta 7 target 1us tupdate 1ms max_burst 1ms ts ecn max_ecnth 0.5']
REDS = ['red 0.5/1/3/0.5', 'red 0.002/5/15/0.1', 'gred 0.25/1/3/0.3 ecn', 'red 1/1KB/3KB/0.5 ecn',
        'gred 0.5/2KB/5KB/0.1', 'red 0.5/1/2/1 ecn dctcp', 'red 0.3/0/4/0.2', 'gred 1/0/1/0']
FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'files')
DELETED, ITS_SET = '1999', 29       # a rule that may not be there any more


def perhaps_not(dice, text, chance=0.15):
    return f'not {text}' if dice.random() < chance else text


def flags(dice, names):
    chosen = dice.sample(list(names), dice.choice([1, 1, 2, 3]))
    return ','.join(dice.choice(['', '!']) + n for n in chosen)


def span_list(dice, values, low=0, high=65535):
    def one():
        v = min(high, max(low, dice.choice(values) + dice.choice([-1, 0, 0, 0, 1])))
        return f'{max(low, v - dice.randrange(200))}-{v}' if dice.random() < 0.4 else str(v)
    return ','.join(one() for _ in range(dice.choice([1, 1, 2, 3])))


def mac(number):
    return ':'.join(f'{b:02x}' for b in number.to_bytes(6, 'big'))


class Maker:
    """Makes scripts for one capture (its palette), with words of the groups that the tool knows."""

    def __init__(self, dice, palette, groups):
        self.dice, self.palette, self.groups = dice, palette, groups
        self.names = None
        self.options = [f for group, f in self.option_table() if group is None or group in groups]

    # The body.

    def address4(self):
        dice, a = self.dice, self.palette.address4(self.dice)
        x = dice.random()
        if x < 0.4:
            return str(a)
        if x < 0.75:
            return f'{a}/{dice.choice([0, 1, 8, 16, 24, 30, 31, 32])}'
        if x < 0.85:
            last = int(a) & 255
            ends = ['1', '2-5', '0-255', str(last), f'{last}-255']
            members = ','.join(dice.choice(ends) for _ in range(dice.choice([1, 2])))
            return f'{a}{dice.choice(["", "/24"])}{{{members}}}'
        return f'{a}:{dice.choice(["255.255.255.0", "255.0.255.0", "0.0.0.255", "255.255.255.255"])}'

    def address6(self):
        dice, a = self.dice, self.palette.address6(self.dice)
        x = dice.random()
        if x < 0.1:
            return f'{a}/{dice.choice(["ffff:ffff::", "::ffff", "ffff::ffff"])}'
        return str(a) if x < 0.4 else f'{a}/{dice.choice([0, 3, 32, 63, 64, 65, 127, 128])}'

    def where(self):
        dice = self.dice
        if dice.random() < 0.65:
            return 'any'
        if 'me' in self.groups and dice.random() < 0.15:
            return dice.choice(['me', 'me', 'me6'])
        one = self.address6 if dice.random() < 0.3 else self.address4
        return dice.choice([',', ', ']).join(one() for _ in range(dice.choice([1, 1, 1, 2, 3])))

    def block(self, make):
        dice = self.dice
        if dice.random() < 0.85:
            text = make()
            return text if text == 'any' else perhaps_not(dice, text)
        members = ' or '.join(perhaps_not(dice, make()) for _ in range(dice.choice([1, 2, 3])))
        return dice.choice([f'{{ {members} }}', f'{{{members}}}', f'( {members} )'])

    def port_list(self):
        dice = self.dice

        def one():
            x = dice.random()
            if x < 0.2:
                return dice.choice(sorted(SERVICES))
            port = dice.choice(self.palette.ports)
            if x < 0.6:
                return str(port)
            return f'{dice.randrange(port + 1)}-{port}'
        return ','.join(one() for _ in range(dice.choice([1, 1, 2, 4])))

    def proto(self):
        dice = self.dice
        return dice.choice(['ip', 'ip', 'all', 'tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'ip4', 'ipv4', 'ip6', 'ipv6',
                            'sctp', 'udplite', 'gre', '6', '17', '58', str(dice.choice(self.palette.protos)),
                            dice.choice(sorted(PROTOCOLS))])

    def addresses(self, one):
        return ','.join(one() for _ in range(self.dice.choice([1, 1, 2])))

    def mac_mask(self):
        dice, m = self.dice, self.dice.choice(self.palette.macs)
        return dice.choice(['any', 'any', mac(m), mac(m), f'{mac(m)}/{dice.choice([0, 8, 24, 33, 47, 48])}',
                            f'{mac(m)}&ff:00:ff:00:00:ff'])

    def interface(self):
        name = self.dice.choice([n for n in self.palette.ifaces if ' ' not in n] or ['eth0'])
        return self.dice.choice([name, name, name[0] + '*', name[:-1] + '*', 'pcap0', 'pcap*', 'any', 'x' + name])

    def some(self, values, most=3):
        return ','.join(str(self.dice.choice(values)) for _ in range(self.dice.randrange(1, most + 1)))

    def option_table(self):
        d, v = self.dice, self.palette
        return [
            (None, lambda: 'in'), (None, lambda: 'out'), (None, lambda: 'setup'), (None, lambda: 'established'),
            (None, lambda: 'tcpflags ' + flags(d, ['syn', 'fin', 'ack', 'psh', 'rst', 'urg', 'ece', 'cwr'])),
            (None, lambda: 'icmptypes ' + self.some([*v.icmp, 0, 3, 8, 11])),
            (None, lambda: 'iplen ' + span_list(d, v.lengths)),
            (None, lambda: 'ipttl ' + span_list(d, v.ttls, 0, 255)),
            (None, lambda: 'frag'), (None, lambda: 'frag ' + flags(d, ['df', 'mf', 'rf', 'offset'])),
            (None, lambda: d.choice(['ipversion ', 'ipver ']) + d.choice('46')),
            (None, lambda: d.choice(['src-port ', 'dst-port ']) + self.port_list()),
            (None, lambda: d.choice(['src-ip ', 'dst-ip ']) + self.addresses(self.address4)),
            (None, lambda: 'proto ' + d.choice(['tcp', 'udp', '1', '136'])),
            ('tos', lambda: 'iptos ' + flags(d, TOS_NAMES + [d.choice(ECN_NAMES)])),
            ('tos', lambda: f'ipprecedence {d.randrange(8)}'),
            ('tos', lambda: 'dscp ' + self.some([*(t >> 2 for t in v.tos), *DSCP], 5)),
            ('ipid', lambda: 'ipid ' + span_list(d, v.ids)),
            ('ipoptions', lambda: 'ipoptions ' + flags(d, IP_OPTIONS)),
            ('tcpfields', lambda: f'tcpseq {d.choice(v.seqs)}'), ('tcpfields', lambda: f'tcpack {d.choice(v.acks)}'),
            ('tcpfields', lambda: 'tcpwin ' + span_list(d, v.windows)),
            ('tcpfields', lambda: 'tcpdatalen ' + span_list(d, v.datas)),
            ('tcpoptions', lambda: 'tcpoptions ' + flags(d, [d.choice(same) for same in SAME_OPTIONS])),
            ('tcpoptions', lambda: 'tcpmss ' + span_list(d, v.mss)),
            ('ip6', lambda: 'icmp6types ' + self.some([*v.icmp6, 1, 128, 201])),
            ('ip6', lambda: 'ext6hdr ' + ','.join(d.sample(sorted(EXT_NAMES), d.choice([1, 1, 2])))),
            ('ip6', lambda: 'flow-id ' + self.some(v.labels)),
            ('ip6', lambda: d.choice(['src-ip6 ', 'dst-ip6 ']) + self.addresses(self.address6)),
            ('mac', lambda: f'{d.choice(["MAC", "mac"])} {self.mac_mask()} {self.mac_mask()}'),
            ('mac', lambda: 'mac-type ' + ','.join(d.choice([hex(t), str(t)]) for t in d.choices(v.ethertypes, k=2))),
            ('mac', lambda: 'layer2'),
            ('vlan', lambda: f'vlan {d.choice(v.vlans)}'), ('vlan', lambda: f'vlan 0-{d.choice(v.vlans)}'),
            ('vlan', lambda: f'vlan {d.choice(v.vlans)}.{d.choice(v.vlans)}'),
            ('vlan', lambda: f'vlan-pcp {d.randrange(8)}'),
            ('malformed', lambda: 'malformed'),
            ('iface', lambda: f'{d.choice(["recv", "xmit", "via"])} {self.interface()}'),
            ('tags', lambda: 'tagged ' + d.choice(['5', '6', '5,6', '1-5', '6-65534'])),
        ]

    def option(self):
        return self.block(lambda: self.dice.choice(self.options)())

    def body(self, how_many=(0, 0, 0, 1, 1, 2)):
        dice = self.dice
        words = [self.block(self.proto), 'from', self.block(self.where)]
        if dice.random() < 0.15:
            words.append(perhaps_not(dice, self.port_list()))
        words += ['to', self.block(self.where)]
        if dice.random() < 0.2:
            words.append(perhaps_not(dice, self.port_list()))
        return ' '.join(words + [self.option() for _ in range(dice.choice(how_many))])

    # Rules.

    def action(self, number, pipes):
        dice, groups = self.dice, self.groups
        more = []
        if 'call' in groups:
            more += [f'call {dice.choice([number, 1000, 2000, max(1, number - 100), number + 100])}', 'return']
        if 'rewrite' in groups:
            more += [f'setdscp {dice.choice(["ef", "be", "63", "cs3", "af21"])}',
                     f'tcp-setmss {dice.choice([1, 536, 1300, 1400, 9000])}']
        if 'answers' in groups:
            more += [dice.choice(['reject', 'reset', 'unreach port', 'unreach 13', 'reset6', 'unreach6 no-route'])]
        x = dice.random()
        if more and x < 0.25:
            return dice.choice(more)
        x = dice.random()
        if x < 0.12:
            return dice.choice(['allow', 'accept', 'pass', 'permit'])
        if x < 0.22:
            return dice.choice(['deny', 'drop'])
        if x < 0.54:
            return 'count'
        if x < 0.64:
            return f'skipto {min(65535, number + dice.choice([1, 50, 100, 150, 300, 1000, 65000]))}'
        if self.names and dice.random() < 0.6:
            return dice.choice(self.names)
        return f'pipe {dice.choice(pipes) if dice.random() < 0.97 else 4711}'

    def params(self):
        dice, words = self.dice, []
        if 'tags' in self.groups and dice.random() < 0.3:
            words += [f'{w} {dice.choice([5, 6])}' for w in dice.sample(['tag', 'untag'], dice.choice([1, 1, 2]))]
        if 'log' in self.groups and dice.random() < 0.15:
            words.append(dice.choice(['log', 'log logamount 3']))
        dice.shuffle(words)
        return ''.join(w + ' ' for w in words)

    def rule(self, number, pipes, last):
        dice = self.dice
        act = self.action(number, pipes)
        auto = not act.startswith('skipto') and dice.random() < 0.35
        head = 'add ' if auto else f'add {number} '
        if 'sets' in self.groups and dice.random() < 0.4:
            head += f'set {dice.choice(SETS)} '
        if 'prob' in self.groups and dice.random() < 0.15:
            head += f'prob {dice.choice(["0.5", "0.1", "0.9", "0.333333333", "1", "0.01"])} '
        text = f'{head}{act} {self.params()}{self.body()}' + dice.choice(['', '', '', ' // why'])
        return text, number if not auto else min(last + 100, 65534)

    def rule_lines(self, pipes):
        dice, lines, last = self.dice, [], 0
        for _ in range(dice.choice([1, 2, 3, 5, 8, 12])):
            number = min(65534, dice.choice([last + 100, last + 10, last + 1, max(1, last), dice.randrange(1, 2000)]))
            text, last = self.rule(number, pipes, last)
            lines.append(text)
        if dice.random() < 0.6:     # most packets must meet a pipe, or little is compared
            place = dice.choice(self.names) if self.names else f'pipe {dice.choice(pipes)}'
            lines.append(f'add {dice.choice([1000, 60000])} {place} {self.proto()} from any to any')
        return lines

    # Pipes.

    def rate(self):
        return self.dice.choice(['64Kbit/s', '1Mbit/s', '1.5Mbit/s', '8Mbit/s', '10Mbit/s', '100Mbit/s', '1Gbit/s',
                                 '10Gbit/s', '200KByte/s', '999983', '333333bit/s', '7Kbps', '12500B/s', '1000Gbit/s',
                                 '0.75MByte/s'])

    def mask(self):
        dice = self.dice
        fields = [f'src-ip {dice.choice(["0xffffffff", "0xffffff00", "/24", "255.255.0.0"])}', 'dst-ip 0xffffffff',
                  'src-port 0xffff', f'dst-port {dice.choice(["0xffff", "0xff00", "/10"])}', 'proto 0xff',
                  f'src-ip6 {dice.choice(["/64", "/128", "/0"])}', 'dst-ip6 /128', 'flow-id 0xfffff']
        life = dice.choice(['', '', '', ' expire 5ms', ' expire 100ms', ' expire 1ns'])
        return dice.choice(['mask all', 'mask ' + ' '.join(dice.sample(fields, dice.choice([1, 1, 2, 3])))]) + life

    def pipe_options(self, masks=True):
        dice, words = self.dice, []
        if dice.random() < 0.85:
            words.append('bw ' + self.rate())
        if dice.random() < 0.5:
            words.append('delay ' + dice.choice(['10', '1.5ms', '250us', '1ns', '20ms', '2s', '0.000001', '0',
                                                 '1.25s']))
        if dice.random() < 0.3:
            words.append('plr ' + dice.choice(['0.01', '0.5', '1', '0', '10%', '0.333333333', '1e-9', '0.999', '2.5%']))
        if dice.random() < 0.6:
            words.append('queue ' + dice.choice(['1', '2', '3', '10', '100', '101', '1000B', '1500B', '10KB', '3KBytes',
                                                 '64KB', '5ms', '50ms', '1.5ms', 'auto', 'auto', '20000B']))
        if dice.random() < 0.3:
            words.append('overhead ' + dice.choice(['0', '4', '14', '38', '100']))
        if masks and 'mask' in self.groups and dice.random() < 0.35:
            words.append(self.mask())
        if 'burst' in self.groups and dice.random() < 0.3:
            words.append('burst ' + dice.choice(['1000', '1500B', '10KB', '64KB', '3333']))
        words += self.management(0.2 * masks)
        if masks:
            words += self.impairments() + self.courses()
            if any(w.startswith('trace') for w in words):   # a trace says how fast the link is
                words = [w for w in words if not w.startswith(('bw', 'burst'))]
            if any(w.startswith(('loss', 'schedule')) for w in words):     # loss has one master
                words = [w for w in words if not w.startswith('plr')]
            if any(w.startswith('schedule') for w in words):
                words = [w for w in words if not w.startswith('loss')]
            if any(w.startswith(('overhead eth', 'overhead atm', 'overhead 8 atm')) for w in words):
                words = [w for w in words if not w.startswith('overhead') or w[-1] in 'tm']
        dice.shuffle(words)
        return words

    def sometimes(self, group, chance, *texts):
        dice = self.dice
        return [dice.choice(texts)] if group in self.groups and dice.random() < chance else []

    def management(self, chance):
        kinds = self.sometimes('codel', 1, *CODELS) + self.sometimes('red', 1, *REDS) + self.sometimes('pie', 1, *PIES)
        return [self.dice.choice(kinds)] if kinds and self.dice.random() < chance else []

    def impairments(self):
        """What chance does, of pipes and queues."""
        corr = self.dice.choice(['', '', ' corr 0.3', ' corr 1'])
        late = self.dice.choice(['', '', ' after'])
        return [
            *self.sometimes('loss', 0.25, f'loss random 0.1{corr}{late}', f'loss gemodel 0.1 0.3{late}',
                            f'loss gemodel 5% 0.5 0.7 0.01{late}', 'loss state 0.1 0.3 0.2 0.4 0.05', 'loss state 0.02',
                            f'loss pattern {FILES}/bits.txt{late}', f'loss pattern {FILES}/packets.txt once',
                            f'loss gemodel 0.02{late}'),
            *self.sometimes('duplicate', 0.15, f'duplicate 0.2{corr}', 'duplicate 1', 'duplicate 0'),
            *self.sometimes('corrupt', 0.15, 'corrupt 0.3', 'corrupt 0.1 bits 7', 'corrupt 1 bits 64'),
            *self.sometimes('overheads', 0.1, 'overhead ethernet', 'overhead atm', 'overhead 8 atm')]

    def courses(self):
        """How a link serves, and the way out behind it."""
        dice = self.dice
        kind = dice.choice(['', ' uniform', ' normal', ' pareto', ' paretonormal', f' table {FILES}/some.dist'])
        tail = dice.choice(['', '', ' corr 0.5', ' reorder', ' reorder corr 0.2'])
        return [
            *self.sometimes('jitter', 0.25, f'jitter 5ms{kind}{tail}', f'jitter 1ms{kind}{tail}',
                            f'jitter ecdf {FILES}/delays.ecdf{tail}'),
            *self.sometimes('reorder', 0.1, 'reorder 0.2', 'reorder 0.5 by 3ms', 'reorder 1 gap 5 by 1ms',
                            'reorder 0.5 gap 3 corr 0.4'),
            *self.sometimes('courses', 0.15, f'trace {FILES}/lte.up', f'trace {FILES}/lte.up mtu 400',
                            f'profile {FILES}/wifi.profile', f'schedule {FILES}/steps.schedule',
                            f'schedule {FILES}/steps.schedule once', f'schedule {FILES}/drive.csv',
                            f'schedule {FILES}/ramp.schedule'),
            *self.sometimes('courses', 0.05, 'seed 7', 'seed 18446744073709551615')]

    def scheds(self, pipes):
        """Queues before schedulers and pipes: their lines, and how rules name them."""
        dice, lines, names = self.dice, [], []
        if 'scheds' not in self.groups or dice.random() < 0.5:
            return lines, names
        numbers = dice.sample(range(1, 100), 2)
        for n in numbers:
            mask = ' ' + self.mask() if dice.random() < 0.2 else ''
            speed = dice.choice([f'bw {self.rate()}'] * 4 + [f'trace {FILES}/lte.up', f'bw {self.rate()} burst 3KB'])
            kind = dice.choice(['fifo', 'prio', 'wf2q+', 'WF2Q+', 'rr', 'DRR', *self.sometimes('fq', 1, FQS[0]),
                                *self.sometimes('fq', 1, *FQS)])
            lines.append(f'sched {n} config type {kind} {speed}{mask}'
                         + dice.choice(['', ' delay 3ms', ' overhead 20', ' jitter 2ms']))
        for n in dice.sample(range(1, 1000), dice.choice([2, 3, 5])):
            to = f'sched {dice.choice(numbers)}' if dice.random() < 0.8 else f'pipe {dice.choice(pipes)}'
            mask = [self.mask()] if dice.random() < 0.3 else []
            words = [to, *mask, *self.impairments(),
                     *self.sometimes('scheds', 0.6, 'weight 5', 'weight 77', 'weight 3'),
                     *self.sometimes('scheds', 0.6, 'pri 1', 'pri 63', 'pri 2'),
                     *self.sometimes('scheds', 0.5, 'queue 3', 'queue 20', 'queue 10KB', 'queue 50ms', 'queue auto')]
            words += self.management(0.25)
            words = [w for w in words if not w.startswith('overhead') and not w.endswith('after')]
            lines.append(f'queue {n} config ' + ' '.join(words))
            names.append(f'queue {n}')
        dice.shuffle(lines)
        return lines, names

    # Commands, now and later.

    def when(self):
        dice = self.dice
        ns = dice.choice(self.palette.times)    # the very instant of an arrival, or near it
        ns = max(0, ns + dice.choice([0, 0, 0, 1, -1, 12345, dice.randrange(10**6)]))
        return dice.choice([f'{ns}ns', f'{ns}ns', f'{-(-ns // 10**6)}ms', f'{ns / 1000:.3f}us'])

    def set_command(self, lines):
        """A command on sets, where `lines` were before it."""
        dice = self.dice
        a, b = dice.sample(SETS, 2)
        added = [w[1] for w in (line.split() for line in lines) if w[0] == 'add']
        numbers = [n for n in added if n.isdigit() and n != DELETED]
        move = [f'set move rule {dice.choice(numbers)} to {a}'] if numbers else []
        return dice.choice([f'set disable {a}', f'set disable {a} {b}', f'set enable {a}',
                            f'set disable {a} enable {b}', f'set swap {a} {b}', f'set move {a} to {b}', *move])

    def changes(self, pipes, script):
        """`at` lines."""
        dice, lines = self.dice, []
        # What a script says of a pipe while a schedule or trace says it too is not defined.
        courses = {int(line.split()[1]) for line in script
                   if line.startswith('pipe ') and any(w in line for w in ('schedule', 'trace', 'profile'))}
        pipes = [n for n in pipes if n not in courses]
        for _ in range(dice.choice([1, 2, 4, 8])):
            kinds = ['pipe', 'pipe', 'pipe'] if pipes else []
            kinds += ['set', 'set'] if 'sets' in self.groups else []
            kinds += ['add'] if 'commands' in self.groups and pipes else []
            if not kinds:
                break
            kind = dice.choice(kinds)
            if kind == 'pipe':
                words = self.pipe_options(masks=False)
                words += self.sometimes('courses', 0.3, 'paused', 'paused off', 'cut', 'cut', 'cut off')
                what = f'pipe {dice.choice(pipes)} config ' + ' '.join(words or ['bw 1Mbit/s'])
            elif kind == 'set':
                what = self.set_command(script)
            else:
                what = self.rule(dice.randrange(1, 2000), pipes, 0)[0]
            lines.append(f'at {self.when()} {what}')
        return lines

    def script(self):
        """The lines of one script."""
        dice = self.dice
        pipes = sorted(dice.sample(range(1, 65536), 2)) + [1]
        lines = []
        for n in pipes:
            options = self.pipe_options() if dice.random() < 0.95 else []
            if options:
                lines.append(f'pipe {n} config ' + ' '.join(options))
                if len(options) > 1 and dice.random() < 0.2:    # in two steps: a later line keeps the rest
                    lines[-1:] = [f'pipe {n} config ' + ' '.join(options[:1]),
                                  f'pipe {n} config ' + ' '.join(options[1:])]
        more, names = self.scheds(pipes)
        lines += more
        self.names = names or None
        lines += self.rule_lines(pipes)
        if dice.random() < 0.3:
            lines.insert(dice.randrange(len(lines) + 1), '# a comment')
        if dice.random() < 0.2:
            dice.shuffle(lines)
        if 'sets' in self.groups and dice.random() < 0.5:
            lines += [self.set_command(lines) for _ in range(dice.choice([1, 2]))]
        if 'commands' in self.groups and dice.random() < 0.15:
            lines.append(f'add {DELETED} set {ITS_SET} count {self.body()}')
            lines.append(dice.choice([f'delete {DELETED}', f'delete set {ITS_SET}', 'zero']))
        if 'onepass' in self.groups and dice.random() < 0.25:
            lines.insert(dice.randrange(len(lines) + 1), 'disable one_pass')
        if 'at' in self.groups and dice.random() < 0.5:
            lines += self.changes(pipes, lines)
        return lines
