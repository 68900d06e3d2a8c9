/* The generator against its definition in docs/ARCHITECTURE.md: expected numbers come from Python's integers, by the
 * lines of that definition. The sequence of splitmix64 from the state 1234567 is one commonly published to check ports
 * of it. */
#include "base/dice.h"

#include "test.h"

struct expected {
	uint64_t seed, kind, number, flow, purpose, key, draw[3], draw_999;
};

static const struct expected expected[] = {
	{ 1, 2, 1, 0, 2, UINT64_C(0x4608461f07b51abe),
		{ UINT64_C(0xad4d86381626f826), UINT64_C(0xf4bb9d18dd32de15), UINT64_C(0x155c342300c03498) },
		UINT64_C(0xa4fe6f0f8fde7a4d) },
	{ 1, 1, 196708, 0, 1, UINT64_C(0xf21e33cf9ae57bb3),
		{ UINT64_C(0x6baab1eb28eae472), UINT64_C(0xe818f4e41c23a7d7), UINT64_C(0x623626e9fc4c2d88) },
		UINT64_C(0x393b23cfcc7a31a7) },
	{ 0, 0, 0, 0, 0, UINT64_C(0x0000000000000000),
		{ UINT64_C(0xe220a8397b1dcdaf), UINT64_C(0x6e789e6aa1b965f4), UINT64_C(0x06c45d188009454f) },
		UINT64_C(0x14e0abb2bfcf7c3e) },
	{ UINT64_C(0xffffffffffffffff), 4, 65535, UINT64_C(0x123456789abcdef0), 14, UINT64_C(0xbeeb864cfa2547f4),
		{ UINT64_C(0xe4edb5cdaf4e8404), UINT64_C(0xa6e15c90962311d2), UINT64_C(0x6181f61421ca27da) },
		UINT64_C(0xe80b1477fbc7a809) },
};

TEST(dice, keys_and_draws_are_those_of_the_definition)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct expected *x = &expected[i];
		struct dice d = { .key = dice_key(x->seed, x->kind, x->number, x->flow, x->purpose) };

		assert_true(d.key == x->key);
		for (unsigned n = 0; n < 3; n++)
			assert_true(dice_draw(&d) == x->draw[n]);
		d.drawn = 999;
		assert_true(dice_draw(&d) == x->draw_999);
	}
}

TEST(dice, a_draw_is_splitmix64)
{
	static const uint64_t published[] = {
		UINT64_C(6457827717110365317), UINT64_C(3203168211198807973), UINT64_C(9817491932198370423),
		UINT64_C(4593380528125082431), UINT64_C(16408922859458223821),
	};
	struct dice d = { .key = 1234567 };

	for (size_t i = 0; i < 5; i++)
		assert_true(dice_draw(&d) == published[i]);
}

TEST(dice, each_part_of_the_key_counts)
{
	uint64_t k = dice_key(1, 2, 3, 4, 5);

	assert_true(k != dice_key(9, 2, 3, 4, 5));
	assert_true(k != dice_key(1, 9, 3, 4, 5));
	assert_true(k != dice_key(1, 2, 9, 4, 5));
	assert_true(k != dice_key(1, 2, 3, 9, 5));
	assert_true(k != dice_key(1, 2, 3, 4, 9));
	assert_true(k != dice_key(1, 3, 2, 4, 5));
}

TEST(dice, certain_events_draw_too)
{
	struct dice d = { .key = 7 };

	assert_true(dice_hit(&d, (struct prob){ .always = true }));
	assert_int_equal(d.drawn, 1);
	assert_false(dice_hit(&d, (struct prob){ 0 }));
	assert_int_equal(d.drawn, 2);
}

TEST(dice, an_event_happens_when_the_draw_is_below)
{
	struct dice d = { .key = 42 }, again = d;
	uint64_t x = dice_draw(&d);

	assert_false(dice_hit(&again, (struct prob){ .below = x }));
	again.drawn = 0;
	assert_true(dice_hit(&again, (struct prob){ .below = x + 1 }));
}

TEST(dice, a_tenth_is_hit_a_tenth_of_the_time)
{
	struct dice d = { .key = dice_key(1, DICE_PIPE, 1, 0, DICE_LOSS) };
	unsigned hits = 0;

	for (unsigned i = 0; i < 100000; i++)
		hits += dice_hit(&d, (struct prob){ .below = UINT64_MAX / 10 });
	assert_in_range(hits, 10000 - 285, 10000 + 285);	/* 3 sigma */
}
