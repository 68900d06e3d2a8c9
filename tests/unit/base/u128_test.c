/* The portable twin against the compiler's __int128, and both against the law of division. */
#include "base/u128.h"

#include "base/dice.h"
#include "test.h"

static const uint64_t edges[] = {
	0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_C(0x100000000), UINT64_C(0x100000001),
	UINT64_C(0x7fffffffffffffff), UINT64_C(0x8000000000000000), UINT64_C(0x8000000000000001),
	UINT64_C(0xffffffff00000000), UINT64_C(0xfffffffffffffffe), UINT64_MAX, 10, 1000000000,
};

#define EDGES (sizeof(edges) / sizeof(edges[0]))

/* Numbers of every length, edges among them. */
static uint64_t some(struct dice *d)
{
	uint64_t x = dice_draw(d), how = dice_draw(d);

	return how % 4 ? x >> (how >> 8) % 64 : edges[x % EDGES];
}

static void divide(struct u128 n, uint64_t d)
{
	uint64_t rem;
	struct u128 q = u128_div64_portable(n, d, &rem), low, back;

	assert_true(rem < d);
	low = u128_mul64_portable(q.lo, d);	/* q * d + rem, modulo 2^128 */
	back = u128_add(u128_add(low, (struct u128){ q.hi * d, 0 }), u128_of(rem));
	assert_int_equal(u128_cmp(back, n), 0);
	assert_int_equal(u128_mul64_portable(q.hi, d).hi, 0);
#ifdef __SIZEOF_INT128__
	unsigned __int128 x = (unsigned __int128)n.hi << 64 | n.lo;

	assert_true(rem == (uint64_t)(x % d));
	assert_true(q.hi == (uint64_t)(x / d >> 64) && q.lo == (uint64_t)(x / d));
#endif
	struct u128 q2 = u128_div64(n, d, &rem);

	assert_int_equal(u128_cmp(q, q2), 0);
	assert_int_equal(u128_cmp(u128_div64(n, d, NULL), q), 0);
	assert_int_equal(u128_cmp(u128_div64_portable(n, d, NULL), q), 0);
}

static void multiply(uint64_t a, uint64_t b)
{
	struct u128 p = u128_mul64_portable(a, b);

	assert_int_equal(u128_cmp(p, u128_mul64(a, b)), 0);
	assert_true(p.lo == a * b);
#ifdef __SIZEOF_INT128__
	assert_true(p.hi == (uint64_t)((unsigned __int128)a * b >> 64));
#endif
}

TEST(u128, edges_divide_and_multiply)
{
	for (size_t i = 0; i < EDGES; i++)
		for (size_t j = 0; j < EDGES; j++) {
			multiply(edges[i], edges[j]);
			for (size_t k = 0; k < EDGES; k++)
				if (edges[k])
					divide((struct u128){ edges[i], edges[j] }, edges[k]);
		}
}

TEST(u128, random_numbers_divide_and_multiply)
{
	struct dice d = { .key = 128 };

	for (unsigned i = 0; i < 200000; i++) {
		uint64_t a = some(&d), b = some(&d), c = some(&d);

		multiply(a, b);
		if (c)
			divide((struct u128){ a, b }, c);
	}
}

TEST(u128, sums_carry_and_differences_borrow)
{
	struct u128 max = { UINT64_MAX, UINT64_MAX };

	assert_int_equal(u128_cmp(u128_add((struct u128){ 1, UINT64_MAX }, u128_of(1)), (struct u128){ 2, 0 }), 0);
	assert_int_equal(u128_cmp(u128_sub((struct u128){ 2, 0 }, u128_of(1)), (struct u128){ 1, UINT64_MAX }), 0);
	assert_int_equal(u128_cmp(u128_add(max, u128_of(1)), u128_of(0)), 0);
	assert_int_equal(u128_cmp(u128_of(1), max), -1);
	assert_int_equal(u128_cmp(max, u128_of(1)), 1);
	assert_int_equal(u128_cmp((struct u128){ 1, 0 }, (struct u128){ 1, 1 }), -1);
}

TEST(u128, muldiv_rounds_up_and_tells_overflow)
{
	assert_int_equal(u128_muldiv_ceil(8 * 1500, 1000000000, 1000000), 12000000);
	assert_int_equal(u128_muldiv_ceil(10, 1, 3), 4);
	assert_int_equal(u128_muldiv_ceil(9, 1, 3), 3);
	assert_true(u128_muldiv_ceil(0, UINT64_MAX, 1) == 0);
	assert_true(u128_muldiv_ceil(UINT64_MAX, UINT64_MAX, UINT64_MAX) == UINT64_MAX);
	assert_true(u128_muldiv_ceil(UINT64_MAX, 2, 1) == UINT64_MAX);
	assert_true(u128_muldiv_ceil(UINT64_MAX, 3, 3) == UINT64_MAX);
	assert_true(u128_muldiv_ceil(UINT64_MAX - 1, 3, 3) == UINT64_MAX - 1);
	assert_true(u128_muldiv_ceil(UINT64_MAX, UINT64_MAX, 1) == UINT64_MAX);
}
