/* sched_kps_test.c - KPS: its promise on fixed and random mixes; flows that grow, leave, return, change weight. */
#include "emu/sched_kinds.h"

#include "base/dice.h"
#include "mix.h"
#include "test.h"

static const struct mix_gate always = { .slots = 3, .maxes = 2 };
static const struct mix_gate in_mixes = { .lengths = 4, .maxes = 1 };

static uint64_t below(struct dice *d, uint64_t n)
{
	return dice_draw(d) % n;
}

static struct mix *served(const struct mix_part *parts, size_t n, uint64_t services)
{
	return mix_of(&sched_kps, parts, n, services, always);
}

static void mix_keeps(const struct mix_part *parts, size_t n, uint64_t milli)
{
	struct mix *m = served(parts, n, 40000);

	mix_assert_all(m, in_mixes);
	assert_true(mix_worst_milli(m) <= milli);
	mix_free(m);
}

TEST(kps, five_mixes_keep_the_tighter_gate)
{
	mix_keeps((struct mix_part[]){ { 1, 50, 1500 }, { 50, 1, 1500 } }, 2, 3000);
	mix_keeps((struct mix_part[]){ { 1, 1000, 1500 }, { 100, 1, 1500 } }, 2, 3000);
	mix_keeps((struct mix_part[]){ { 1, 100, 1500 } }, 1, 1001);
	mix_keeps((struct mix_part[]){ { 10, 10, 64 }, { 1, 100, 1500 } }, 2, 4000);
	mix_keeps((struct mix_part[]){ { 100, 1, 300 }, { 50, 2, 300 }, { 10, 10, 300 }, { 1, 200, 300 } }, 4, 4000);
}

TEST(kps, the_gate_holds_for_random_mixes)
{
	struct dice d = { 13, 0 };

	for (unsigned run = 0; run < 40; run++) {
		struct mix_part parts[4];

		for (unsigned i = 0; i < 4; i++)
			parts[i] = (struct mix_part){ (uint32_t)(1 + below(&d, UINT64_C(1) << below(&d, 17))),
				(uint32_t)(1 + below(&d, 30)), 1 + below(&d, UINT64_C(1) << below(&d, 17)) };
		mix_free(served(parts, 4, 5000));
	}
}

TEST(kps, the_gate_holds_at_any_sum_of_weights)
{
	mix_free(served((struct mix_part[]){ { 65536, 300, 1500 }, { 1, 10, 65575 }, { 777, 50, 40 } }, 3, 100000));
	mix_free(served((struct mix_part[]){ { 1, 1, 65575 }, { 65536, 2, 64 } }, 2, 100000));
}

TEST(kps, those_who_leave_ahead_do_not_drive_v_away_from_those_who_stay)
{
	struct mix *m = mix_new(&sched_kps);
	struct mix_flow *late;

	for (uint32_t i = 0; i < 10000; i++)
		mix_add(m, 1, 1024, 1);
	for (uint32_t i = 0; i < 100; i++)
		mix_add(m, 1, 1024, UINT64_MAX);
	mix_run(m, 10000);
	late = mix_add(m, 1, 1024, UINT64_MAX);
	mix_run(m, 20000);
	fair_settle(&m->fair);
	assert_true(mix_holds(m, late, always));
	mix_free(m);
}

TEST(kps, a_flow_whose_packets_grow_keeps_its_share)
{
	struct mix *m = mix_new(&sched_kps);
	struct mix_flow *f = mix_add(m, 3, 40, UINT64_MAX);

	for (uint32_t i = 0; i < 50; i++)
		mix_add(m, 1 + i % 7, 1500, UINT64_MAX);
	for (uint64_t bytes = 41; bytes <= 65575; bytes += bytes / 3) {
		mix_grow(m, f, bytes);
		mix_run(m, 700);
		mix_assert_all(m, always);
	}
	mix_free(m);
}

TEST(kps, another_weight_holds_from_the_next_service_on)
{
	struct mix *m = mix_new(&sched_kps);
	struct mix_flow *f;

	for (uint32_t i = 0; i < 1000; i++)
		mix_add(m, 1, 1500, UINT64_MAX);
	f = m->flows[300];
	mix_run(m, 3000);
	while (mix_serve(m) != f)
		;
	mix_reweigh(m, f, 65536);
	f->served = 0;
	mix_run(m, 5);
	assert_true(f->served >= 2);
	mix_reweigh(m, f, 1);
	mix_run(m, 5000);
	mix_assert_all(m, always);
	mix_free(m);
}

static void returns(uint32_t others, uint64_t bytes, uint64_t small, uint64_t packets)
{
	struct mix *m = mix_new(&sched_kps);
	struct mix_flow *f = mix_add(m, 1, bytes, 1), *other = NULL;

	for (uint32_t i = 0; i < others; i++)
		other = mix_add(m, 1, 1500, UINT64_MAX);
	for (unsigned i = 0; i < 5000; i++) {
		if (!f->left)
			mix_put(m, f, f->bytes == small ? bytes : small, f->bytes == small ? 1 : packets);
		mix_run(m, 1);
		assert_true(f->fair.bytes <= other->fair.bytes + 2 * 1500 + bytes);
	}
	mix_free(m);
}

TEST(kps, who_returns_with_shorter_packets_still_owes_the_long_one)
{
	returns(1, 1500, 64, 1);
	returns(10, 65575, 64, 20);
	returns(10, 9000, 700, 3);
}

static uint64_t any_length(struct dice *d)
{
	return 1 + below(d, UINT64_C(1) << below(d, 34));
}

TEST(kps, lengths_far_beyond_those_promised_do_no_harm)
{
	struct dice d = { 14, 0 };
	struct mix *m = mix_new(&sched_kps);

	for (unsigned i = 0; i < 40; i++)
		mix_add(m, (uint32_t)(1 + below(&d, 65536)), any_length(&d), 1 + below(&d, 9));
	for (unsigned i = 0; i < 30000; i++) {
		struct mix_flow *f = mix_serve(m);

		if (!f->left)
			mix_put(m, f, any_length(&d), 1 + below(&d, 9));
		if (i % 97 == 0)
			mix_reweigh(m, m->flows[below(&d, 40)], (uint32_t)(1 + below(&d, 65536)));
	}
	mix_free(m);
}
