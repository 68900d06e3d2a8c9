/* base/u128.c - 128-bit products and quotients from 64-bit steps, for machines whose compiler has no __int128.
 *
 * The product is schoolbook: four products of 32-bit halves. The quotient of 128 by 64 bits is Knuth's algorithm D (The
 * Art of Computer Programming 2, 4.3.1) with digits of 32 bits: the divisor is shifted until its top bit is set, then
 * each digit of the quotient is guessed from the leading digits, a guess that is at most two too large. About 40 ns,
 * against 10 for the instruction. Both are built on every machine, so that the tests can hold them against __int128.
 * Pure functions, any thread. */
#include "base/u128.h"

struct u128 u128_mul64_portable(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, mid = a1 * b0 + (low >> 32);	/* cannot pass 2^64: (2^32-1)^2 + 2^32-1 */
	uint64_t mid2 = a0 * b1 + (uint32_t)mid;

	return (struct u128){ a1 * b1 + (mid >> 32) + (mid2 >> 32), mid2 << 32 | (uint32_t)low };
}

/* One 32-bit digit of the quotient: (rem * 2^32 + next) / d, where rem < d and the top bit of d is set. */
static uint32_t digit(uint64_t *rem, uint32_t next, uint64_t d)
{
	uint64_t d1 = d >> 32, d0 = (uint32_t)d, q = *rem / d1, r = *rem % d1;

	while (q >> 32 || q * d0 > (r << 32 | next)) {	/* at most twice: D3 */
		q--;
		r += d1;
		if (r >> 32)
			break;
	}
	*rem = (*rem << 32 | next) - q * d;	/* modulo 2^64: the true difference is below d */
	return (uint32_t)q;
}

struct u128 u128_div64_portable(struct u128 n, uint64_t d, uint64_t *rem)
{
	struct u128 q = { n.hi / d, 0 };
	uint64_t r = n.hi % d, lo = n.lo;
	unsigned shift = (unsigned)__builtin_clzll(d);

	if (shift) {
		d <<= shift;
		r = r << shift | lo >> (64 - shift);	/* r < d before, so no bit is lost */
		lo <<= shift;
	}
	q.lo = (uint64_t)digit(&r, (uint32_t)(lo >> 32), d) << 32;
	q.lo |= digit(&r, (uint32_t)lo, d);
	if (rem)
		*rem = r >> shift;
	return q;
}

uint64_t u128_muldiv_ceil(uint64_t a, uint64_t b, uint64_t d)
{
	uint64_t rem;
	struct u128 q = u128_div64(u128_mul64(a, b), d, &rem);

	if (rem)
		q = u128_add(q, u128_of(1));
	return q.hi ? UINT64_MAX : q.lo;
}
