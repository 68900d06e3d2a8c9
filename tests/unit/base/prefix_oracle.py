"""prefix_oracle - prefix tables against Python's ipaddress: what contains an address is that module's answer."""
import ipaddress
import random
import subprocess
import sys

import tap

ERR_UNKNOWN = -4


class Table:
    """The lines for the probe, and beside each what Python says it must answer."""

    def __init__(self, version):
        self.make = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
        self.bits = 32 if version == 4 else 128
        self.lines, self.answers, self.nets = [str(version)], ["0"], {}

    def hex(self, number):
        return f"{number:0{self.bits // 4}x}"

    def network(self, number, length):
        return self.make((number >> (self.bits - length) << (self.bits - length) if length else 0, length))

    def say(self, line, answer):
        self.lines.append(line)
        self.answers.append(str(answer))

    def set(self, net, value):
        self.say(f"set {self.hex(int(net.network_address))} {net.prefixlen} {value}", 0)
        self.nets[net] = value

    def remove(self, net):
        known = self.nets.pop(net, None) is not None
        self.say(f"del {self.hex(int(net.network_address))} {net.prefixlen}", 0 if known else ERR_UNKNOWN)

    def find(self, number):
        address = self.nets and self.make((number, self.bits)).network_address
        best = max((n for n in self.nets if address in n), key=lambda n: n.prefixlen, default=None)
        self.say(f"find {self.hex(number)}", self.nets[best] if best else -1)

    def all(self):
        order = sorted(self.nets.items(), key=lambda i: (int(i[0].network_address), i[0].prefixlen))
        self.say("all", "".join(f"{self.hex(int(n.network_address))}/{n.prefixlen}={v} " for n, v in order))

    def check(self):
        run = subprocess.run([PROBE], input="\n".join(self.lines) + "\n", capture_output=True, text=True, check=True)
        for i, (got, want) in enumerate(zip(run.stdout.split("\n"), self.answers, strict=False)):
            assert got == want, f"line {i + 1}, {self.lines[i]}: {got}, and not {want}"


def lives(version, seed, crowd):
    rng = random.Random(seed)
    t = Table(version)
    base = rng.getrandbits(t.bits)
    for step in range(700):
        free = crowd if rng.random() < 0.9 else t.bits
        number = base >> free << free | rng.getrandbits(free)
        length = rng.randint(t.bits - free, t.bits)
        if step % 350 < 250 or not t.nets:
            t.set(t.network(number, length), rng.getrandbits(31))
        else:
            t.remove(rng.choice(list(t.nets)) if rng.random() < 0.9 else t.network(number, length))
        near = int(rng.choice(list(t.nets)).network_address) if t.nets else 0
        t.find(number)
        t.find((near ^ rng.getrandbits(rng.randint(1, t.bits))) % 2 ** t.bits)
        if step % 100 == 99:
            t.all()
    t.check()


def law_ipv4_contains_what_python_says():
    for seed, crowd in enumerate((32, 24, 12, 8)):
        lives(4, seed, crowd)


def law_ipv6_contains_what_python_says():
    for seed, crowd in enumerate((128, 96, 70, 20, 9)):
        lives(6, seed, crowd)


PROBE = sys.argv.pop(1)
tap.run(globals())
