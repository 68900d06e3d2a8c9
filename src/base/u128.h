/* base/u128.h - unsigned 128-bit arithmetic where 64 bits would round: time on a link, rates, sums of bits.
 *
 * With a compiler that has __int128 these are one or two instructions; elsewhere (32-bit) the portable twin in u128.c,
 * tested equal. Define U128_PORTABLE to force the twin. */
#ifndef BASE_U128_H
#define BASE_U128_H

#include <stdbool.h>
#include <stdint.h>

struct u128 {
	uint64_t hi, lo;
};

struct u128 u128_mul64_portable(uint64_t a, uint64_t b);
struct u128 u128_div64_portable(struct u128 n, uint64_t d, uint64_t *rem);

#if defined(__SIZEOF_INT128__) && !defined(U128_PORTABLE)
static inline struct u128 u128_mul64(uint64_t a, uint64_t b)
{
	unsigned __int128 x = (unsigned __int128)a * b;

	return (struct u128){ (uint64_t)(x >> 64), (uint64_t)x };
}
static inline struct u128 u128_div64(struct u128 n, uint64_t d, uint64_t *rem)	/* d > 0 */
{
	unsigned __int128 x = (unsigned __int128)n.hi << 64 | n.lo, q = n.hi ? x / d : n.lo / d;

	if (rem)
		*rem = n.lo - (uint64_t)q * d;	/* one division, not two; below d, so modulo 2^64 will do */
	return (struct u128){ (uint64_t)(q >> 64), (uint64_t)q };
}
#else
#define u128_mul64 u128_mul64_portable
#define u128_div64 u128_div64_portable
#endif

static inline struct u128 u128_of(uint64_t lo) { return (struct u128){ 0, lo }; }

static inline struct u128 u128_add(struct u128 a, struct u128 b)	/* modulo 2^128 */
{
	uint64_t lo = a.lo + b.lo;

	return (struct u128){ a.hi + b.hi + (lo < a.lo), lo };
}

static inline struct u128 u128_sub(struct u128 a, struct u128 b)
{
	return (struct u128){ a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo };
}

static inline int u128_cmp(struct u128 a, struct u128 b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo == b.lo ? 0 : a.lo < b.lo ? -1 : 1;
}

/* ceil(a * b / d), d > 0; UINT64_MAX where it does not fit. */
uint64_t u128_muldiv_ceil(uint64_t a, uint64_t b, uint64_t d);

#endif
