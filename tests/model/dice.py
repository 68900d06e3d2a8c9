"""The dice: one number for (seed, who, for which flow, what for, how often before)."""
M64 = (1 << 64) - 1
KIND_RULE, KIND_PIPE, KIND_QUEUE, KIND_SCHED = 1, 2, 3, 4
PURPOSE_PROB, PURPOSE_LOSS, PURPOSE_DUPLICATE, PURPOSE_CORRUPT, PURPOSE_BITS, PURPOSE_REORDER = 1, 2, 3, 4, 5, 6
PURPOSE_JITTER, PURPOSE_PROFILE, PURPOSE_CHAIN, PURPOSE_AQM = 7, 8, 9, 10
PURPOSE_SORT = 15
PURPOSE_LOSS_CORR, PURPOSE_DUPLICATE_CORR, PURPOSE_REORDER_CORR, PURPOSE_JITTER_CORR = 11, 12, 13, 14


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


def happens(draw, probability):
    """An event of this probability (a Fraction), by this draw."""
    return probability == 1 or draw < probability.numerator * 2**64 // probability.denominator


class Dice:
    """What one flow of one object draws, for every purpose; it outlives the flow's rest."""

    def __init__(self, seed, kind, number, flow):
        self.who = seed, kind, number, flow
        self.keys, self.counts = {}, {}

    def draw(self, purpose):
        if purpose not in self.keys:
            self.keys[purpose], self.counts[purpose] = dice_key(*self.who, purpose), 0
        n = self.counts[purpose]
        self.counts[purpose] = n + 1
        return dice_draw(self.keys[purpose], n)
