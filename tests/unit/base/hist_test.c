/* The histogram against the sorted values themselves. */
#include "base/hist.h"

#include <stdlib.h>

#include "base/dice.h"
#include "base/err.h"
#include "test.h"

#define N 5000

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Each quantile is the upper edge of the exact value's bucket: not below it, and at most 1 % above. */
static void check_quantiles(const struct hist *h, uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	for (unsigned permille = 0; permille <= 1000; permille++) {
		size_t rank = (permille * n + 999) / 1000;
		uint64_t exact = values[rank ? rank - 1 : 0], q = hist_quantile(h, permille);

		assert_true(q >= exact);
		assert_true(q - exact <= exact / 100);
		assert_true(q >= values[0] && q <= values[n - 1]);
	}
}

static uint64_t any_length(struct dice *d)
{
	uint64_t x = dice_draw(d);

	return dice_draw(d) >> x % 64;
}

TEST(hist, quantiles_are_one_percent_above_the_exact_ones_at_most)
{
	static uint64_t values[N];
	struct dice d = { .key = 1 };
	struct hist h;

	for (unsigned shape = 0; shape < 4; shape++) {
		hist_init(&h);
		for (size_t i = 0; i < N; i++) {
			uint64_t x = any_length(&d);

			values[i] = shape == 0 ? x : shape == 1 ? x % 200 : shape == 2 ? 1000000 + x % 1000 :
				UINT64_MAX - x % 3;
			hist_put(&h, values[i]);
		}
		check_quantiles(&h, values, N);
		hist_fini(&h);
	}
}

TEST(hist, small_values_are_exact)
{
	struct hist h;

	hist_init(&h);
	for (uint64_t v = 0; v < 256; v++)
		hist_put(&h, v);
	for (unsigned permille = 1; permille <= 1000; permille++)
		assert_int_equal(hist_quantile(&h, permille), (permille * 256 + 999) / 1000 - 1);
	hist_fini(&h);
}

/* Between two neighbouring buckets nothing is lost and nothing overlaps, at every power of two. */
TEST(hist, edges_of_octaves_keep_their_order)
{
	for (unsigned b = 1; b < 64; b++) {
		uint64_t edge = UINT64_C(1) << b;
		struct hist h;

		hist_init(&h);
		hist_put(&h, edge - 1);
		hist_put(&h, edge);
		hist_put(&h, UINT64_MAX);
		assert_true(hist_quantile(&h, 333) == edge - 1);
		assert_true(hist_quantile(&h, 666) >= edge && hist_quantile(&h, 666) - edge <= edge / 100);
		hist_fini(&h);
	}
}

TEST(hist, sums_are_exact_past_64_bits)
{
	struct hist h;

	hist_init(&h);
	hist_put(&h, UINT64_MAX);
	hist_put(&h, UINT64_MAX);
	assert_true(h.sum.hi == 1 && h.sum.lo == UINT64_MAX - 1);
	assert_int_equal(h.count, 2);
	hist_fini(&h);
}

static bool same(const struct hist *a, const struct hist *b)
{
	bool equal = a->count == b->count && a->min == b->min && a->max == b->max && !u128_cmp(a->sum, b->sum);

	for (unsigned permille = 0; permille <= 1000; permille++)
		equal = equal && hist_quantile(a, permille) == hist_quantile(b, permille);
	return equal;
}

TEST(hist, all_at_once_are_each_by_itself)
{
	struct dice d = { .key = 4 };

	for (unsigned round = 0; round < 100; round++) {
		struct hist each, all;
		uint64_t values[8];

		hist_init(&each);
		hist_init(&all);
		for (unsigned n = 0; n <= 8; n++) {
			for (unsigned i = 0; i < n; i++) {
				values[i] = i % 4 == 3 ? UINT64_MAX - i : any_length(&d);
				hist_put(&each, values[i]);
			}
			hist_put_all(&all, values, n);
			assert_true(same(&each, &all));
		}
		hist_fini(&each);
		hist_fini(&all);
	}
}

TEST(hist, merging_is_the_same_as_putting_all)
{
	struct hist all, part[3];
	struct dice d = { .key = 3 };

	hist_init(&all);
	for (unsigned i = 0; i < 3; i++)
		hist_init(&part[i]);
	for (unsigned i = 0; i < N; i++) {
		uint64_t v = any_length(&d);

		hist_put(&all, v);
		hist_put(&part[i % 2], v);
	}
	assert_int_equal(hist_merge(&part[2], &part[0]), 0);
	assert_int_equal(hist_merge(&part[2], &part[1]), 0);
	assert_true(same(&all, &part[2]));
	assert_false(same(&all, &part[1]));
	hist_fini(&all);
	for (unsigned i = 0; i < 3; i++)
		hist_fini(&part[i]);
}

TEST(hist, empty_and_cleared_are_alike)
{
	struct hist h, empty;

	hist_init(&h);
	hist_init(&empty);
	assert_int_equal(hist_quantile(&empty, 500), 0);
	hist_put(&h, 7777);
	hist_put(&h, 1);
	hist_clear(&h);
	assert_int_equal(h.count, 0);
	assert_true(same(&h, &empty));
	hist_put(&h, 5);
	assert_int_equal(hist_quantile(&h, 500), 5);
	assert_int_equal(hist_quantile(&h, 0), 5);
	hist_fini(&h);
	hist_fini(&empty);
}
