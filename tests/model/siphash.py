"""SipHash-c-d of Aumasson and Bernstein, 2012: a keyed digest of bytes, 64 bits."""
from dice import M64


def turn(x, by):
    return (x << by | x >> (64 - by)) & M64


def rounds(v, count):
    for _ in range(count):
        v[0] = (v[0] + v[1]) & M64
        v[2] = (v[2] + v[3]) & M64
        v[1] = turn(v[1], 13) ^ v[0]
        v[3] = turn(v[3], 16) ^ v[2]
        v[0] = turn(v[0], 32)
        v[2] = (v[2] + v[1]) & M64
        v[0] = (v[0] + v[3]) & M64
        v[1] = turn(v[1], 17) ^ v[2]
        v[3] = turn(v[3], 21) ^ v[0]
        v[2] = turn(v[2], 32)


def siphash(k0, k1, data, c=1, d=3):
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) & 255])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i:i + 8], 'little')
        v[3] ^= word
        rounds(v, c)
        v[0] ^= word
    v[2] ^= 255
    rounds(v, d)
    return v[0] ^ v[1] ^ v[2] ^ v[3]
