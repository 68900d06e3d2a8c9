/* sched_qfq_test.c - QFQ: its arithmetic, its five mixes, flows that change class, leave, return and stay away. */
#include "emu/sched_kinds.h"

#include "base/dice.h"
#include "emu/virtual.h"
#include "mix.h"
#include "test.h"

static const struct mix_gate always = { .slots = 3, .maxes = 2 };
static const struct mix_gate in_mixes = { .lengths = 4, .maxes = 1 };

static uint64_t below(struct dice *d, uint64_t n)
{
	return dice_draw(d) % n;
}

/* ---- classes and stamps ---- */
static void class_is(uint64_t lmax, uint64_t weight)
{
	unsigned class = virtual_class(lmax, weight);

	assert_true(weight << class >= lmax << VIRTUAL_SHIFT);
	assert_true(!class || weight << (class - 1) < lmax << VIRTUAL_SHIFT);
	assert_true(virtual_slot_bytes(class, weight) >= lmax);
}

TEST(qfq, a_class_is_the_smallest_power_that_holds_a_packet)
{
	struct dice d = { 1, 0 };

	for (unsigned i = 0; i < 20000; i++)
		class_is(1 + below(&d, 65575), 1 + below(&d, 65536));
	for (uint64_t p = 1; p <= 65536; p *= 2)
		for (uint64_t w = 1; w <= 65536; w *= 2)
			for (uint64_t off = 0; off < 9; off++)
				class_is(p + off / 3, w - (w > 1) + off % 3);
	assert_int_equal(virtual_class(1, 65536), 8);
	assert_int_equal(virtual_class(65575, 1), 41);
	assert_int_equal(virtual_class(1024, 1), 34);
	assert_int_equal(virtual_class(1030, 1), 35);
	assert_int_equal(virtual_class(UINT64_C(1) << 33, 1), 57);
}

TEST(qfq, stamps_do_not_drift)
{
	struct dice d = { 2, 0 };
	struct virtual_stamp s = { 0 };
	struct virtual_time t = { .weights = 1234567 };
	uint64_t bytes = 0;

	for (unsigned i = 0; i < 100000; i++) {
		uint64_t n = 1 + below(&d, 100);

		virtual_stamp_sent(&s, 65535, n);
		virtual_sent(&t, n);
		bytes += n;
	}
	assert_int_equal(s.at * 65535 + s.rest, bytes << VIRTUAL_SHIFT);
	assert_int_equal(t.v, (bytes << VIRTUAL_SHIFT) / 1234567);
}

/* In numbers that wrap, as V does; what V has not yet, in bytes, is less than a unit of all weights. */
TEST(qfq, virtual_time_does_not_drift_where_its_sum_starts_anew)
{
	struct dice d = { 3, 0 };
	struct virtual_time t = { .weights = 65537 };
	uint64_t bytes = 0, moves = 0;

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t n = 1 + below(&d, VIRTUAL_LONGEST), base = t.base, rest;

		virtual_sent(&t, n);
		bytes += n;
		moves += t.base != base;
		rest = t.sent - (t.v - t.base) * t.weights;
		assert_true(rest < t.weights);
		assert_int_equal(t.v * t.weights + rest, bytes << VIRTUAL_SHIFT);
	}
	assert_true(moves > 100);
}

/* ---- the mixes of docs/emulation.md ---- */
static struct mix *served(const struct mix_part *parts, size_t n, uint64_t services)
{
	return mix_of(&sched_qfq, parts, n, services, always);
}

static void mix_keeps(const struct mix_part *parts, size_t n, uint64_t milli)
{
	struct mix *m = served(parts, n, 40000);

	mix_assert_all(m, in_mixes);
	assert_true(mix_worst_milli(m) <= milli);
	mix_free(m);
}

TEST(qfq, five_mixes_keep_the_tighter_gate)
{
	mix_keeps((struct mix_part[]){ { 1, 50, 1500 }, { 50, 1, 1500 } }, 2, 3000);
	mix_keeps((struct mix_part[]){ { 1, 1000, 1500 }, { 100, 1, 1500 } }, 2, 3000);
	mix_keeps((struct mix_part[]){ { 1, 100, 1500 } }, 1, 1001);
	mix_keeps((struct mix_part[]){ { 10, 10, 64 }, { 1, 100, 1500 } }, 2, 4000);
	mix_keeps((struct mix_part[]){ { 100, 1, 300 }, { 50, 2, 300 }, { 10, 10, 300 }, { 1, 200, 300 } }, 4, 4000);
}

/* Just above a power of two a slot is nearly two packets long. */
TEST(qfq, the_gate_holds_just_above_a_power_of_two)
{
	mix_free(served((struct mix_part[]){ { 1, 200, 1030 }, { 3, 50, 1030 }, { 100, 1, 1030 } }, 3, 40000));
	mix_free(served((struct mix_part[]){ { 1, 40, 1025 }, { 64, 40, 64 }, { 65536, 1, 1 } }, 3, 40000));
}

TEST(qfq, the_gate_holds_at_any_sum_of_weights)
{
	mix_free(served((struct mix_part[]){ { 65536, 300, 1500 }, { 1, 10, 65575 }, { 777, 50, 40 } }, 3, 100000));
	mix_free(served((struct mix_part[]){ { 1, 1, 65575 }, { 65536, 2, 64 } }, 2, 100000));
}

TEST(qfq, the_gate_holds_for_random_mixes)
{
	struct dice d = { 3, 0 };

	for (unsigned run = 0; run < 40; run++) {
		struct mix_part parts[4];

		for (unsigned i = 0; i < 4; i++)
			parts[i] = (struct mix_part){ (uint32_t)(1 + below(&d, UINT64_C(1) << below(&d, 17))),
				(uint32_t)(1 + below(&d, 30)), 1 + below(&d, UINT64_C(1) << below(&d, 17)) };
		mix_free(served(parts, 4, 5000));
	}
}

/* ---- flows that leave ---- */
/* Ten thousand leave after a packet each, ahead of V; a hundred that stayed are not behind it by then, so that one
 * which comes new does not wait until they have caught up. */
TEST(qfq, those_who_leave_ahead_do_not_drive_v_away_from_those_who_stay)
{
	struct mix *m = mix_new(&sched_qfq);
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

/* ---- flows that change their class---- */
TEST(qfq, a_flow_whose_packets_grow_keeps_its_share)
{
	struct mix *m = mix_new(&sched_qfq);
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

TEST(qfq, another_weight_holds_from_the_next_service_on)
{
	struct mix *m = mix_new(&sched_qfq);
	struct mix_flow *f;

	for (uint32_t i = 0; i < 1000; i++)
		mix_add(m, 1, 1500, UINT64_MAX);
	f = m->flows[300];
	mix_run(m, 3000);
	while (mix_serve(m) != f)
		;
	mix_reweigh(m, f, 65536);		/* just now it has had what a weight of 1 gives in a while */
	f->served = 0;
	mix_run(m, 5);
	assert_true(f->served >= 2);
	mix_run(m, 2000);
	assert_true(f->served > 1900);
	mix_reweigh(m, f, 1);
	mix_run(m, 5000);
	mix_assert_all(m, always);
	mix_free(m);
}

/* One that sends a long packet, goes idle, and returns with short ones, has not sent less for it. */
static void returns(uint32_t others, uint64_t bytes, uint64_t small, uint64_t packets)
{
	struct mix *m = mix_new(&sched_qfq);
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

TEST(qfq, who_returns_with_shorter_packets_still_owes_the_long_one)
{
	returns(1, 1500, 64, 1);
	returns(10, 65575, 64, 20);
	returns(10, 9000, 700, 3);
	returns(3, 65575, 8000, UINT64_MAX);
}

/* Nor does V jump to where that one starts, past those who start before: who came then would wait for them. */
static void far_ahead(unsigned after)
{
	struct mix *m = mix_new(&sched_qfq);
	struct mix_flow *f = mix_add(m, 1, 15 * 1024, 1), *late;

	for (uint32_t i = 0; i < 100; i++)
		mix_add(m, 1, 2048, UINT64_MAX);
	while (f->left)
		mix_run(m, 1);
	mix_put(m, f, 1024, UINT64_MAX);
	mix_run(m, after);
	late = mix_add(m, 1, 1024, UINT64_MAX);
	mix_run(m, 3000);
	fair_settle(&m->fair);
	assert_true(mix_alpha_milli(late) < 1500);
	mix_free(m);
}

TEST(qfq, who_is_far_ahead_does_not_take_v_along)
{
	for (unsigned after = 0; after < 2000; after += 40)
		far_ahead(after);
}

/* V wraps once in 2^64 units, which is 128 packets of 2^33 bytes. */
TEST(qfq, who_stayed_away_half_of_all_time_is_not_taken_for_one_ahead)
{
	for (unsigned away = 1; away < 400; away += 13) {
		struct mix *m = mix_new(&sched_qfq);
		struct mix_flow *f = mix_add(m, 1, 1500, 3);

		mix_add(m, 1, UINT64_C(1) << 33, UINT64_MAX);
		mix_run(m, 4 + away);
		assert_int_equal(f->left, 0);
		mix_put(m, f, 1500, 3);
		mix_run(m, 6);
		assert_int_equal(f->left, 0);
		mix_free(m);
	}
}

static uint64_t any_weight(struct dice *d)
{
	return 1 + below(d, UINT64_C(1) << below(d, 17));
}

static uint64_t any_length(struct dice *d)
{
	return 1 + below(d, UINT64_C(1) << below(d, 34));
}

TEST(qfq, lengths_far_beyond_those_promised_do_no_harm)
{
	struct dice d = { 4, 0 };
	struct mix *m = mix_new(&sched_qfq);

	for (unsigned i = 0; i < 40; i++)
		mix_add(m, (uint32_t)any_weight(&d), any_length(&d), i % 3 ? UINT64_MAX : 1 + below(&d, 9));
	for (unsigned i = 0; i < 30000; i++) {
		struct mix_flow *f = mix_serve(m);

		if (!f->left)
			mix_put(m, f, any_length(&d), 1 + below(&d, 9));
		if (i % 97 == 0)
			mix_reweigh(m, m->flows[below(&d, 40)], (uint32_t)any_weight(&d));
	}
	mix_free(m);
}
