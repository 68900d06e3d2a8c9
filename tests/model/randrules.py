"""Random scripts from a seed, made of every word that the model speaks."""
import ipaddress

import randcap
from rules import PROTOCOLS, SERVICES


def address4(dice):
    a = ipaddress.IPv4Address(dice.choice(randcap.HOSTS4))
    x = dice.random()
    if x < 0.4:
        return str(a)
    if x < 0.75:
        return f'{a}/{dice.choice([0, 1, 8, 16, 24, 30, 31, 32])}'
    if x < 0.85:
        members = ','.join(dice.choice(['1', '2-5', '0-255', '100', '255']) for _ in range(dice.choice([1, 2])))
        return f'{a}{dice.choice(["", "/24"])}{{{members}}}'
    return f'{a}:{dice.choice(["255.255.255.0", "255.0.255.0", "0.0.0.255", "255.255.255.255"])}'


def address6(dice):
    a = ipaddress.IPv6Address(dice.choice(randcap.HOSTS6))
    x = dice.random()
    if x < 0.1:
        return f'{a}/{dice.choice(["ffff:ffff::", "::ffff", "ffff::ffff"])}'
    return str(a) if x < 0.4 else f'{a}/{dice.choice([0, 3, 32, 63, 64, 65, 127, 128])}'


def where(dice):
    if dice.random() < 0.65:
        return 'any'
    one = address6 if dice.random() < 0.3 else address4
    return dice.choice([',', ', ']).join(one(dice) for _ in range(dice.choice([1, 1, 1, 2, 3])))


def where4(dice):
    return ','.join(address4(dice) for _ in range(dice.choice([1, 1, 2])))


def perhaps_not(dice, text, chance=0.15):
    return f'not {text}' if dice.random() < chance else text


def block(dice, make):
    if dice.random() < 0.85:
        text = make(dice)
        return text if text == 'any' else perhaps_not(dice, text)
    members = ' or '.join(perhaps_not(dice, make(dice)) for _ in range(dice.choice([1, 2, 3])))
    return dice.choice([f'{{ {members} }}', f'{{{members}}}', f'( {members} )'])


def port_list(dice):
    def one():
        x = dice.random()
        if x < 0.25:
            return dice.choice(sorted(SERVICES))
        port = dice.choice(randcap.PORTS)
        if x < 0.6:
            return str(port)
        return f'{dice.randrange(port + 1)}-{port}'
    return ','.join(one() for _ in range(dice.choice([1, 1, 2, 4])))


def proto(dice):
    return dice.choice(['ip', 'ip', 'all', 'tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'ip4', 'ipv4', 'ip6', 'ipv6',
                        'sctp', 'udplite', 'gre', '6', '17', '58', str(dice.randrange(1, 256)),
                        dice.choice(sorted(PROTOCOLS))])


def flags(dice, names):
    chosen = dice.sample(names, dice.choice([1, 1, 2, 3]))
    return ','.join(dice.choice(['', '!']) + n for n in chosen)


def span_list(dice, values, low, high):
    def one():
        v = min(high, max(low, dice.choice(values) + dice.choice([-1, 0, 0, 1])))
        return f'{max(low, v - dice.randrange(200))}-{v}' if dice.random() < 0.4 else str(v)
    return ','.join(one() for _ in range(dice.choice([1, 1, 2, 3])))


OPTION_MAKERS = [
    lambda d: 'in', lambda d: 'out', lambda d: 'setup', lambda d: 'established',
    lambda d: 'tcpflags ' + flags(d, ['syn', 'fin', 'ack', 'psh', 'rst', 'urg', 'ece', 'cwr']),
    lambda d: 'icmptypes ' + ','.join(str(t) for t in d.sample([0, 3, 5, 8, 11, 13, 30, 31], d.choice([1, 2, 4]))),
    lambda d: 'iplen ' + span_list(d, [20, 40, 60, 113, 125, 250, 1000, 1250, 1500], 0, 65535),
    lambda d: 'ipttl ' + span_list(d, [1, 2, 32, 63, 64, 128, 255], 0, 255),
    lambda d: 'frag', lambda d: 'frag ' + flags(d, ['df', 'mf', 'rf', 'offset']),
    lambda d: d.choice(['ipversion ', 'ipver ']) + d.choice('46'),
    lambda d: d.choice(['src-port ', 'dst-port ']) + port_list(d),
    lambda d: d.choice(['src-ip ', 'dst-ip ']) + where4(d), lambda d: 'proto ' + d.choice(['tcp', 'udp', '1', '136']),
]


def option(dice):
    return block(dice, lambda d: d.choice(OPTION_MAKERS)(d))


def body(dice):
    words = [block(dice, proto), 'from', block(dice, where)]
    if dice.random() < 0.15:
        words.append(perhaps_not(dice, port_list(dice)))
    words += ['to', block(dice, where)]
    if dice.random() < 0.2:
        words.append(perhaps_not(dice, port_list(dice)))
    return ' '.join(words + [option(dice) for _ in range(dice.choice([0, 0, 0, 1, 1, 2]))])


def action(dice, number, pipes):
    x = dice.random()
    if x < 0.12:
        return dice.choice(['allow', 'accept', 'pass', 'permit'])
    if x < 0.24:
        return dice.choice(['deny', 'drop'])
    if x < 0.54:
        return 'count'
    if x < 0.64:
        return f'skipto {min(65535, number + dice.choice([1, 50, 100, 150, 300, 1000, 65000]))}'
    return f'pipe {dice.choice(pipes) if dice.random() < 0.97 else 4711}'


def rate(dice):
    return dice.choice(['64Kbit/s', '1Mbit/s', '1.5Mbit/s', '8Mbit/s', '10Mbit/s', '100Mbit/s', '1Gbit/s', '10Gbit/s',
                        '200KByte/s', '999983', '333333bit/s', '7Kbps', '12500B/s', '1000Gbit/s', '0.75MByte/s'])


def pipe_options(dice):
    words = []
    if dice.random() < 0.85:
        words.append('bw ' + rate(dice))
    if dice.random() < 0.5:
        words.append('delay ' + dice.choice(['10', '1.5ms', '250us', '1ns', '20ms', '2s', '0.000001', '0', '1.25s']))
    if dice.random() < 0.3:
        words.append('plr ' + dice.choice(['0.01', '0.5', '1', '0', '10%', '0.333333333', '1e-9', '0.999', '2.5%']))
    if dice.random() < 0.6:
        words.append('queue ' + dice.choice(['1', '2', '3', '10', '100', '101', '1000B', '1500B', '10KB', '3KBytes',
                                             '64KB', '5ms', '50ms', '1.5ms', 'auto', 'auto', '20000B']))
    if dice.random() < 0.3:
        words.append('overhead ' + dice.choice(['0', '4', '14', '38', '100']))
    dice.shuffle(words)
    return words


def script(dice):
    """The lines of one script."""
    pipes = sorted(dice.sample(range(1, 65536), 2)) + [1]
    lines = []
    for n in pipes:
        if dice.random() < 0.95:
            options = pipe_options(dice)
            if options:
                lines.append(f'pipe {n} config ' + ' '.join(options))
                if len(options) > 1 and dice.random() < 0.2:        # the same in two steps: a later line keeps the rest
                    lines[-1:] = [f'pipe {n} config ' + ' '.join(options[:1]),
                                  f'pipe {n} config ' + ' '.join(options[1:])]
    lines += rule_lines(dice, pipes)
    if dice.random() < 0.3:
        lines.insert(dice.randrange(len(lines) + 1), '# a comment')
    if dice.random() < 0.2:
        dice.shuffle(lines)
    return lines


def rule_lines(dice, pipes):
    lines, last = [], 0
    for _ in range(dice.choice([1, 2, 3, 5, 8, 12])):
        number = min(65534, dice.choice([last + 100, last + 10, last + 1, max(1, last), dice.randrange(1, 2000)]))
        act = action(dice, number, pipes)
        auto = not act.startswith('skipto') and dice.random() < 0.35
        text = f'add {act} ' if auto else f'add {number} {act} '
        last = number if not auto else min(last + 100, 65534)
        lines.append(text + body(dice) + dice.choice(['', '', '', ' // why']))
    if dice.random() < 0.6:     # most packets must meet a pipe, or little is compared
        lines.append(f'add {dice.choice([1000, 60000])} pipe {dice.choice(pipes)} {proto(dice)} from any to any')
    return lines
