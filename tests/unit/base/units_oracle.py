#!/usr/bin/env python3
"""units_oracle.py PROBE - the readers and printers of base/units.h against Python's exact fractions. Writes TAP.

Random words, valid and not, are read by both; random numbers are printed, and what comes back must be the number, and no
shorter text may be. Bounded: some ten thousand words, about two seconds. The seed is the second argument, default 1.
"""
import random
import re
import subprocess
import sys
from fractions import Fraction

SYNTAX, RANGE = -3, -5
RATE, TIME, SIZE = 10**12, 2**62, 2**60
NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")


def rate_unit(unit):
    m = re.fullmatch(r"([kKmMgGtT]?)(.*)", unit)
    power = 1000 ** ("kmgt".find(m[1].lower()) + 1) if m[1] else 1
    if m[2] in ("", "bps") or m[2].lower() in ("bit", "bits", "bit/s", "bits/s"):
        return power
    if m[2] in ("B", "B/s") or m[2].lower() in ("byte", "bytes", "byte/s", "bytes/s"):
        return power * 8
    return None


def size_unit(unit):
    m = re.fullmatch(r"([kKmMgGtT]?)(.*)", unit)
    power = 1024 ** ("kmgt".find(m[1].lower()) + 1) if m[1] else 1
    return power if m[2] in ("", "B") or m[2].lower() in ("byte", "bytes") else None


def time_unit(unit):
    return {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1, "": 10**6}.get(unit)


QUANTITY = {"rate": (rate_unit, RATE), "time": (time_unit, TIME), "size": (size_unit, SIZE)}


def expect(kind, word):
    """("ok", value) or ("err", code); a probability of 1 is "one"."""
    negative = word.startswith("-")
    body = word[1:] if negative else word
    m = NUMBER.match(body)
    if not m:
        return "err", SYNTAX
    unit = body[m.end():]
    if negative:
        return "err", RANGE
    mantissa, _, exponent = m[0].lower().partition("e")
    x = Fraction(mantissa) * Fraction(10) ** max(-999, min(999, int(exponent or 0)))    # beyond: the same answers
    if kind == "prob":
        if unit not in ("", "%"):
            return "err", SYNTAX
        x = x / 100 if unit else x
        if x > 1:
            return "err", RANGE
        below = x.numerator * 2**64 // x.denominator
        if x == 1:
            return "ok", "one"
        return ("err", RANGE) if x and not below else ("ok", below)
    factor, limit = QUANTITY[kind]
    if not factor(unit):
        return "err", SYNTAX
    x *= factor(unit)
    return ("ok", int(x)) if x <= limit and x.denominator == 1 else ("err", RANGE)


def some_number(r):
    digits = lambda n: "".join(r.choice("0123456789") for _ in range(n))
    size = r.choice([1, 2, 3, 4, 9, 12, 20, 40, 70, 200])
    how = r.randrange(8)
    if how == 0:
        return digits(size)
    if how == 1:
        return digits(r.randint(1, 5)) + "." + digits(size)
    if how == 2:
        return "." + digits(size)
    if how == 3:
        return digits(r.randint(1, 6)) + r.choice("eE") + r.choice(["", "+", "-"]) + str(r.randint(0, 90))
    if how == 4:
        return digits(1) + "." + digits(size) + "e" + str(r.randint(-30, 30))
    if how == 5:                                  # close to a whole number of some unit, or exactly one
        n = Fraction(r.randint(0, 10**r.randint(1, 20)), 10**r.randint(0, 12) * 2**r.randint(0, 40))
        return decimal_of(n)
    if how == 6:                                  # a dyadic fraction or its neighbour far behind
        n = Fraction(r.randint(0, 2**64), 2**64) + r.choice([0, 0, 1, -1]) * Fraction(1, 10**r.randint(60, 75))
        return decimal_of(abs(n))
    return "0" * r.randint(0, 70) + digits(size) + "." + digits(3) + "0" * r.randint(0, 70)


def decimal_of(x):
    """A fraction whose denominator has twos and fives only, in full."""
    whole, rest = divmod(x.numerator, x.denominator)
    out = []
    while rest:
        digit, rest = divmod(rest * 10, x.denominator)
        out.append(str(digit))
    return str(whole) + ("." + "".join(out) if out else "")


UNITS = {
    "rate": ["", "bit/s", "K", "k", "M", "Gbit/s", "Tbit/s", "Mbit/s", "KByte/s", "MB", "GB/s", "Kbps", "mbit", "Bytes/s",
             "BITS/S", "b", "Bps", "KK", "ms", "/s", "Kbit/", "%", "kbyte", "TB"],
    "time": ["", "s", "ms", "us", "ns", "m", "S", "sec", "Ms", "K", "%"],
    "size": ["", "B", "KB", "K", "MB", "M", "GB", "TB", "T", "KBytes", "bytes", "byte", "kB", "KiB", "Kbit", "b", "ms"],
    "prob": ["", "", "%", "%%", "K", "p"],
}
JUNK = ["-", "+1", "--1", "e5", ".", "..5", "1.", "1..2", "1e", "1e+", "0x10", "inf", "nan", "1,5", "-e", "-.5", "%", "1e5e5",
        "1e999999999999999999999", "1e-999999999999999999999", "0e999999999999999999999", "1_000"]


def words(r, count):
    for kind in UNITS:
        for junk in JUNK:
            yield kind, junk
        for _ in range(count):
            sign = "-" if r.random() < 0.02 else ""
            yield kind, sign + some_number(r) + r.choice(UNITS[kind])


def some_value(r, limit):
    how = r.randrange(3)
    v = r.getrandbits(r.randint(1, 64)) if how == 0 else r.randint(0, 9999) * 10**r.randint(0, 15) + r.randint(-1, 1) \
        if how == 1 else r.randint(0, 4096) * 2**r.randint(0, 52)
    return max(0, v) % (limit + 1)


PRINT_UNITS = {
    "rate": {"Tbit/s": 10**12, "Gbit/s": 10**9, "Mbit/s": 10**6, "Kbit/s": 1000, "bit/s": 1},
    "time": {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1},
    "size": {"TB": 2**40, "GB": 2**30, "MB": 2**20, "KB": 2**10, "B": 1},
}


def shortest_quantity(kind, v):
    return min(len(decimal_of(Fraction(v, f)) + u) for u, f in PRINT_UNITS[kind].items() if v >= f or not v)


def shortest_prob(below):
    """How few digits behind the point name some P with floor(P * 2^64) == below."""
    for n in range(25):
        least = -(-below * 10**n // 2**64)
        if least * 2**64 < (below + 1) * 10**n:
            return n
    raise AssertionError


def run(probe, lines):
    out = subprocess.run([probe], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True, timeout=60)
    return out.stdout.splitlines()


def check_reading(probe, r):
    cases = list(words(r, 2500))
    for (kind, word), got in zip(cases, run(probe, [f"read {k} {w}" for k, w in cases]), strict=True):
        want = expect(kind, word)
        if got.split()[:2] != [want[0], str(want[1])]:
            return f"{kind} {word}: got {got}, expected {want}"
        if want[0] == "ok" and expect(kind, got.split()[2]) != want:
            return f"{kind} {word}: prints as {got.split()[2]}, which is another value"
    return None


def check_printing(probe, r):
    cases = [(k, some_value(r, QUANTITY[k][1] if k in QUANTITY else 2**64 - 1)) for k in UNITS for _ in range(2000)]
    for (kind, v), got in zip(cases, run(probe, [f"print {k} {v}" for k, v in cases]), strict=True):
        text = got.split()[1]
        if expect(kind, text) != ("ok", v):
            return f"{kind} {v}: prints as {text}, which is {expect(kind, text)}"
        if kind == "prob":
            least, length = shortest_prob(v), len(text.partition(".")[2])
        else:
            least, length = shortest_quantity(kind, v), len(text)
        if length != least:
            return f"{kind} {v}: {text} has {length}, {least} would do"
    return None


def main():
    probe, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    failed = 0
    laws = [("units.words_have_the_value_of_their_fraction", check_reading), ("units.texts_are_exact_and_shortest", check_printing)]
    print(f"1..{len(laws)}")
    for n, (name, law) in enumerate(laws, 1):
        why = law(probe, random.Random(seed))
        print(f"{'not ok' if why else 'ok'} {n} - {name}")
        if why:
            print(f"# seed {seed}: {why}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
