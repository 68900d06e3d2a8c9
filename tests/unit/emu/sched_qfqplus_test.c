/* sched_qfqplus_test.c - QFQ+: groups that flows join, leave and return to; what a turn costs in fairness. */
#include "emu/sched_kinds.h"

#include <stdlib.h>

#include "base/dice.h"
#include "emu/qfq.h"
#include "mix.h"
#include "test.h"

static const struct mix_gate one_budget = { .slots = 3 + 8, .maxes = 2 };	/* a budget: a turn of 8 members */

static uint64_t below(struct dice *d, uint64_t n)
{
	return dice_draw(d) % n;
}

static struct mix *served(const struct mix_part *parts, size_t n, uint64_t services)
{
	return mix_of(&sched_qfqplus, parts, n, services, one_budget);
}

static void mix_keeps(const struct mix_part *parts, size_t n, uint64_t milli)
{
	struct mix *m = served(parts, n, 40000);

	assert_true(mix_worst_milli(m) <= milli);
	mix_free(m);
}

TEST(qfqplus, five_mixes_keep_the_gate_and_one_budget)
{
	mix_keeps((struct mix_part[]){ { 1, 50, 1500 }, { 50, 1, 1500 } }, 2, 8000);
	mix_keeps((struct mix_part[]){ { 1, 1000, 1500 }, { 100, 1, 1500 } }, 2, 8000);
	mix_keeps((struct mix_part[]){ { 1, 100, 1500 } }, 1, 8000);
	mix_keeps((struct mix_part[]){ { 10, 10, 64 }, { 1, 100, 1500 } }, 2, 12000);
	mix_keeps((struct mix_part[]){ { 100, 1, 300 }, { 50, 2, 300 }, { 10, 10, 300 }, { 1, 200, 300 } }, 4, 8000);
}

/* Like ones share groups, and a group's share is that of its members, whichever of them have something to send. */
TEST(qfqplus, shares_do_not_depend_on_how_groups_are_filled)
{
	struct mix *m = mix_new(&sched_qfqplus);
	struct mix_flow *kept[3];

	for (uint32_t i = 0; i < 24; i++)
		mix_add(m, 5, 1024, i % 8 ? 10 : UINT64_MAX);		/* of each group one stays */
	for (uint32_t i = 0; i < 3; i++)
		kept[i] = m->flows[8 * i];
	mix_add(m, 5, 1024, UINT64_MAX);
	mix_run(m, 4000);
	for (uint32_t i = 0; i < 3; i++)
		assert_in_range(kept[i]->served, m->flows[24]->served - 6, m->flows[24]->served + 6);
	mix_assert_all(m, one_budget);
	mix_free(m);
}

/* More weights than there are lists of open groups, all of one class: each has groups of its own. */
TEST(qfqplus, flows_of_other_weights_share_no_group)
{
	struct mix *m = mix_new(&sched_qfqplus);

	for (uint32_t weight = 100; weight < 2100; weight++)
		mix_add(m, weight, UINT64_C(8) * weight, UINT64_MAX);
	mix_run(m, 2000 * 20);
	for (uint32_t i = 0; i < m->count; i++)
		assert_in_range(m->flows[i]->served, 18, 22);
	mix_free(m);
}

static void comes_and_goes(uint64_t bytes, uint64_t then, uint64_t most)
{
	struct mix *m = mix_new(&sched_qfqplus);
	struct mix_flow *f = mix_add(m, 1, bytes, 1), *other = NULL;

	for (uint32_t i = 0; i < 20; i++)
		other = mix_add(m, 1, 1500, UINT64_MAX);
	for (unsigned i = 0; i < 8000; i++) {
		if (!f->left)
			mix_put(m, f, f->bytes == bytes ? then : bytes, 1 + i % 2);
		mix_run(m, 1);
	}
	assert_true(f->fair.bytes <= other->fair.bytes + most);
	mix_free(m);
}

TEST(qfqplus, who_leaves_and_returns_gains_nothing)
{
	comes_and_goes(1500, 1500, 3 * 2048);
	comes_and_goes(300, 300, 3 * 2048);
	comes_and_goes(1500, 64, 3 * 2048);
	comes_and_goes(9000, 1500, 3 * 16384);
}

/* Between two groups it is in none: V must not take that for a place where nobody waits, and jump to where the other
 * starts, who has taken much in advance. */
TEST(qfqplus, who_changes_groups_does_not_make_v_jump)
{
	struct mix *m = mix_new(&sched_qfqplus);
	struct mix_flow *heavy = mix_add(m, 65536, 500, UINT64_MAX), *light;

	mix_add(m, 1, 65575, UINT64_MAX);
	for (unsigned i = 0; i < 100; i++) {
		mix_run(m, 3);
		mix_reweigh(m, heavy, heavy->flow.weight == 65536 ? 30000 : 65536);
	}
	light = mix_add(m, 40000, 500, UINT64_MAX);
	mix_run(m, 3000);
	fair_settle(&m->fair);
	assert_true(mix_holds(m, light, one_budget));
	mix_free(m);
}

TEST(qfqplus, small_packets_of_heavy_flows_get_all_of_their_share)
{
	struct mix *m = served((struct mix_part[]){ { 65535, 1, 1 }, { 65535, 1, 1500 } }, 2, 200000);
	uint64_t a = m->flows[0]->fair.bytes, b = m->flows[1]->fair.bytes;

	assert_in_range(a, b - 12 * 1500, b + 12 * 1500);
	mix_free(m);
}

/* More flows than groups have room, at one list each: all find one, and all groups come back. */
TEST(qfqplus, groups_come_and_go_with_their_flows)
{
	struct dice d = { 6, 0 };
	struct mix *m = mix_new(&sched_qfqplus);

	for (unsigned i = 0; i < 500; i++)
		mix_add(m, (uint32_t)(1 + below(&d, 30)), 1 + below(&d, 2000), 1 + below(&d, 4));
	for (unsigned i = 0; i < 20000; i++) {
		struct mix_flow *f = mix_serve(m);

		if (!f->left)
			mix_put(m, f, 1 + below(&d, 2000), 1 + below(&d, 4));
		if (i % 50 == 0)
			mix_reweigh(m, m->flows[below(&d, 500)], (uint32_t)(1 + below(&d, 30)));
	}
	while (mix_serve(m))
		;
	mix_free(m);		/* nothing leaks, under a sanitizer */
}

/* Groups that have members: items of the qfq with which an instance begins. */
static unsigned groups(const struct mix *m)
{
	const struct qfq *q = m->state;
	unsigned count = 0;

	for (unsigned c = 0; c < QFQ_CLASSES; c++) {
		for (unsigned b = 0; b < QFQ_BUCKETS; b++) {
			const struct qfq_item *first = q->classes[c].buckets[b], *it = first;

			for (; it; it = it->link.next == &first->link ? NULL :
				container_of(it->link.next, struct qfq_item, link))
				count++;
		}
	}
	return count;
}

TEST(qfqplus, a_full_group_that_lost_a_member_takes_another)
{
	struct mix *m = mix_new(&sched_qfqplus);
	struct mix_flow *f = mix_add(m, 3, 1000, 1);

	for (unsigned i = 0; i < 7; i++)
		mix_add(m, 3, 1000, UINT64_MAX);
	assert_int_equal(groups(m), 1);
	while (f->left)
		mix_serve(m);
	mix_put(m, f, 1000, 1);
	assert_int_equal(groups(m), 1);
	mix_add(m, 3, 1000, UINT64_MAX);		/* the ninth */
	assert_int_equal(groups(m), 2);
	mix_free(m);
}

TEST(qfqplus, an_instance_may_end_before_its_flows)
{
	struct mix *m = mix_new(&sched_qfqplus);

	for (unsigned i = 0; i < 20; i++)
		mix_add(m, 1, 1000, 1);
	for (unsigned i = 0; i < 20; i++)
		free(m->flows[i]);
	m->count = 0;
	mix_free(m);		/* groups in use go with it */
}
