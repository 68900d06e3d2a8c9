/* base/dice.h - chance that is an argument: the counter-based generator of docs/ARCHITECTURE.md.
 *
 * A draw depends on the seed, who draws, for which flow, for what purpose, and how often before; on nothing else. So
 * another pipe, option or order of creation shifts no draw. One multiply-xor chain a draw, about 2 ns. */
#ifndef BASE_DICE_H
#define BASE_DICE_H

#include <stdint.h>

#include "base/units.h"

enum dice_kind { DICE_RULE = 1, DICE_PIPE, DICE_QUEUE, DICE_SCHED };

enum dice_purpose {
	DICE_PROB = 1, DICE_LOSS, DICE_DUPLICATE, DICE_CORRUPT, DICE_WHICH_BITS, DICE_REORDER, DICE_JITTER,
	DICE_PROFILE, DICE_LOSS_CHAIN, DICE_AQM, DICE_CORR_LOSS, DICE_CORR_DUPLICATE, DICE_CORR_REORDER,
	DICE_CORR_JITTER,
	DICE_HASH,		/* key of a hash that shows in the output */
};

struct dice {
	uint64_t key;
	uint64_t drawn;		/* n of the next draw */
};

uint64_t dice_key(uint64_t seed, uint64_t kind, uint64_t number, uint64_t flow, uint64_t purpose);

static inline uint64_t dice_mix(uint64_t z)	/* splitmix64's finaliser */
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline uint64_t dice_draw(struct dice *d)
{
	return dice_mix(d->key + ++d->drawn * UINT64_C(0x9e3779b97f4a7c15));
}

static inline bool dice_hit(struct dice *d, struct prob p)	/* draws once, also when the answer is certain */
{
	uint64_t x = dice_draw(d);

	return p.always || x < p.below;
}

#endif
