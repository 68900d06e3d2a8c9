/* base/hist.h - a histogram of 64-bit values with buckets at most 1 % wide, mergeable by adding.
 *
 * Log-linear: 128 buckets an octave, exact below 128. Memory: a struct of about 60 KB would be too much for each queue,
 * so octaves are made when first hit (one allocation an octave, at most 58; without memory the value still counts in
 * count, min, max, sum and in `lost`). Put is about 4 ns. One thread. */
#ifndef BASE_HIST_H
#define BASE_HIST_H

#include <stdint.h>

#include "base/u128.h"

#define HIST_SUB_BITS 7
#define HIST_OCTAVES (64 - HIST_SUB_BITS + 1)

struct hist {
	uint64_t count, min, max, lost;
	struct u128 sum;
	uint64_t *octave[HIST_OCTAVES];
};

void hist_init(struct hist *h);
void hist_fini(struct hist *h);
void hist_clear(struct hist *h);			/* keeps the memory */
void hist_put(struct hist *h, uint64_t value);
void hist_put_all(struct hist *h, const uint64_t *values, unsigned n);	/* each of them, in less time */
int hist_merge(struct hist *into, const struct hist *from);	/* ERR_NOMEM: what did not fit is in lost */
/* Adds every value of `from`, each larger by `by` (what passes 2^64 counts as 2^64 - 1); buckets by their upper edges,
 * so within their 1 %, the rest exactly. As hist_merge(). */
int hist_merge_shifted(struct hist *into, const struct hist *from, uint64_t by);
/* The value at rank ceil(permille/1000 * count), as the upper edge of its bucket, but never above max nor below min.
 * 0 when empty. Values that are `lost` have no rank. */
uint64_t hist_quantile(const struct hist *h, unsigned permille);
uint64_t hist_mean(const struct hist *h);	/* floor; 0 when empty */

/* The octave of a value, and how far it is shifted in there. */
static inline unsigned hist_octave(uint64_t value, unsigned *shift)
{
	unsigned top = 63 ^ (unsigned)__builtin_clzll(value | ((1u << HIST_SUB_BITS) - 1));	/* at least 6 */
	unsigned o = top - HIST_SUB_BITS + 1;

	*shift = o ? o - 1 : 0;
	return o;
}

/* Hints, one some time after the other: a value like this one will be put. Not calls: gcc takes a function that does
 * nothing but fetch for one without effect, and drops it. */
static inline __attribute__((always_inline)) void hist_fetch(const struct hist *h, uint64_t value)
{
	unsigned shift;

	__builtin_prefetch(&h->count, 1);
	__builtin_prefetch(&h->sum, 1);
	__builtin_prefetch(&h->octave[hist_octave(value, &shift)]);
}

static inline __attribute__((always_inline)) void hist_fetch_bucket(const struct hist *h, uint64_t value)
{
	unsigned shift, o = hist_octave(value, &shift);

	if (h->octave[o])
		__builtin_prefetch(&h->octave[o][(value >> shift) & ((1u << HIST_SUB_BITS) - 1)], 1);
}

#endif
