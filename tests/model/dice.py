"""The dice: one number for (seed, who, for which flow, what for, how often before)."""
M64 = (1 << 64) - 1
KIND_RULE, KIND_PIPE = 1, 2
PURPOSE_PROB, PURPOSE_LOSS = 1, 2


def mix(z):
    z ^= z >> 30
    z = z * 0xBF58476D1CE4E5B9 & M64
    z ^= z >> 27
    z = z * 0x94D049BB133111EB & M64
    return z ^ z >> 31


def dice_key(seed, kind, number, flow, purpose):
    k = mix(seed & M64)
    for x in (kind, number, flow, purpose):
        k = mix(k ^ x)
    return k


def dice_draw(key, n):
    return mix(key + (n + 1) * 0x9E3779B97F4A7C15 & M64)
