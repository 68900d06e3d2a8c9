/* base/hist.c - a log-linear histogram.
 *
 *     value            octave   bucket within it
 *     0..127              0     the value itself
 *     128..255            1     (value >> 0) - 128        width 1
 *     256..511            2     (value >> 1) - 128        width 2
 *     2^b..2^(b+1)-1    b-6     (value >> (b-7)) - 128    width 2^(b-7): 1/128 of 2^b, so below 0.8 % of any value
 *
 * An octave is 1 KiB, made when a value first falls into it: a queue whose waits lie between 1 ms and 1 s needs ten.
 * That one allocation is the only one on the way of a packet; where it fails the value still counts in count, min, max
 * and sum, and `lost` tells that quantiles do not know it. Merging adds bucket to bucket and loses nothing. One thread
 * owns a histogram. */
#include "base/hist.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define SUB (1u << HIST_SUB_BITS)

void hist_init(struct hist *h)
{
	*h = (struct hist){ .min = UINT64_MAX };
}

void hist_fini(struct hist *h)
{
	for (unsigned o = 0; o < HIST_OCTAVES; o++)
		free(h->octave[o]);
	hist_init(h);
}

void hist_clear(struct hist *h)
{
	for (unsigned o = 0; o < HIST_OCTAVES; o++)
		if (h->octave[o])
			memset(h->octave[o], 0, SUB * sizeof(uint64_t));
	h->count = h->max = h->lost = 0;
	h->min = UINT64_MAX;
	h->sum = u128_of(0);
}

static inline uint64_t *octave_of(struct hist *h, unsigned o)
{
	if (__builtin_expect(!h->octave[o], 0))
		h->octave[o] = calloc(SUB, sizeof(uint64_t));
	return h->octave[o];
}

static inline void tally(struct hist *h, uint64_t value)
{
	h->count++;
	h->sum = u128_add(h->sum, u128_of(value));
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
}

/* Apart, and last in its caller, so that hist_put() is a leaf that saves no registers. */
static __attribute__((noinline, cold)) void put_first(struct hist *h, unsigned o, uint64_t value)
{
	if (octave_of(h, o)) {
		hist_put(h, value);
		return;
	}
	h->lost++;
	tally(h, value);
}

void hist_put(struct hist *h, uint64_t value)
{
	unsigned shift, o = hist_octave(value, &shift);
	uint64_t *bucket = h->octave[o];

	if (__builtin_expect(!bucket, 0)) {
		put_first(h, o, value);
		return;
	}
	bucket[(value >> shift) & (SUB - 1)]++;
	tally(h, value);
}

/* Count, sum and bounds stay in registers until the end: from put to put each would wait for its own store. */
void hist_put_all(struct hist *h, const uint64_t *values, unsigned n)
{
	struct u128 sum = h->sum;
	uint64_t min = h->min, max = h->max;

	for (unsigned i = 0; i < n; i++) {
		unsigned shift, o = hist_octave(values[i], &shift);
		uint64_t *bucket = octave_of(h, o);

		if (__builtin_expect(bucket != NULL, 1))
			bucket[(values[i] >> shift) & (SUB - 1)]++;
		else
			h->lost++;
		sum = u128_add(sum, u128_of(values[i]));
		min = values[i] < min ? values[i] : min;
		max = values[i] > max ? values[i] : max;
	}
	h->count += n;
	h->sum = sum;
	h->min = min;
	h->max = max;
}

static uint64_t total(const uint64_t *bucket)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < SUB; i++)
		n += bucket[i];
	return n;
}

int hist_merge(struct hist *into, const struct hist *from)
{
	int ret = 0;

	into->count += from->count;
	into->lost += from->lost;
	into->sum = u128_add(into->sum, from->sum);
	into->min = from->min < into->min ? from->min : into->min;
	into->max = from->max > into->max ? from->max : into->max;
	for (unsigned o = 0; o < HIST_OCTAVES; o++) {
		uint64_t *to;

		if (!from->octave[o])
			continue;
		to = octave_of(into, o);
		if (!to) {
			into->lost += total(from->octave[o]);
			ret = ERR_NOMEM;
			continue;
		}
		for (unsigned i = 0; i < SUB; i++)
			to[i] += from->octave[o][i];
	}
	return ret;
}

/* The largest value that falls into bucket i of octave o. */
static uint64_t upper_edge(unsigned o, unsigned i)
{
	return o ? ((uint64_t)(SUB + i) << (o - 1)) + ((UINT64_C(1) << (o - 1)) - 1) : i;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* So many of one value, buckets alone. */
static int put_bucket(struct hist *h, uint64_t value, uint64_t times)
{
	unsigned shift, o = hist_octave(value, &shift);
	uint64_t *bucket = octave_of(h, o);

	if (!bucket) {
		h->lost += times;
		return ERR_NOMEM;
	}
	bucket[(value >> shift) & (SUB - 1)] += times;
	return 0;
}

int hist_merge_shifted(struct hist *into, const struct hist *from, uint64_t by)
{
	int ret = 0;

	if (!from->count)
		return 0;
	into->count += from->count;
	into->lost += from->lost;
	into->sum = u128_add(u128_add(into->sum, from->sum), u128_mul64(by, from->count));
	into->min = plus(from->min, by) < into->min ? plus(from->min, by) : into->min;
	into->max = plus(from->max, by) > into->max ? plus(from->max, by) : into->max;
	for (unsigned o = 0; o < HIST_OCTAVES; o++) {
		for (unsigned i = 0; from->octave[o] && i < SUB; i++) {
			uint64_t edge = upper_edge(o, i);

			edge = edge > from->max ? from->max : edge;
			if (from->octave[o][i] && put_bucket(into, plus(edge, by), from->octave[o][i]))
				ret = ERR_NOMEM;
		}
	}
	return ret;
}

uint64_t hist_quantile(const struct hist *h, unsigned permille)
{
	uint64_t known = h->count - h->lost, rank, edge = h->max;

	BUG_ON(permille > 1000);
	if (!h->count)
		return 0;
	rank = u128_muldiv_ceil(known, permille, 1000);
	for (unsigned o = 0; o < HIST_OCTAVES; o++) {
		uint64_t in = h->octave[o] ? total(h->octave[o]) : 0;

		if (in < rank || !in) {
			rank -= in;
			continue;
		}
		for (unsigned i = 0; i < SUB; i++) {
			edge = upper_edge(o, i);
			if (h->octave[o][i] >= rank)
				break;
			rank -= h->octave[o][i];
		}
		break;
	}
	return edge > h->max ? h->max : edge < h->min ? h->min : edge;
}

uint64_t hist_mean(const struct hist *h)
{
	return h->count ? u128_div64(h->sum, h->count, NULL).lo : 0;
}
