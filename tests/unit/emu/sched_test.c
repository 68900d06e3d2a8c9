/* sched_test.c - the laws of schedulers, over every kind in the table. They are in app/laws.c, whose
 * model is app/laws_model.c. STEPS is how many operations a kind gets; the slow tier has a million. */
#include "emu/sched.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/laws.h"
#include "app/laws_model.h"
#include "test.h"

#ifndef STEPS
#define STEPS 24000
#endif

static void hold(const struct laws_run *run)
{
	struct laws_verdict v = laws_run(run);

	if (v.law)
		laws_explain(stderr, run, &v);
	assert_null(v.law);
	assert_true(v.services > run->steps / 8);
	if (getenv("SCHED_PRINT"))
		fprintf(stderr, "%-8s seed %u, %2u flows: %u of 1000 of its gate behind, %u ahead, %u services\n",
			run->ops->name, (unsigned)run->seed, run->flows, (unsigned)v.worst, (unsigned)v.worst_gain,
			(unsigned)v.services);
}

TEST(sched, laws_hold_for_random_operations)
{
	for (size_t i = 0; sched_at(i); i++)
		for (unsigned seed = 1; seed <= 6; seed++)
			hold(&(struct laws_run){ .ops = sched_at(i), .seed = seed, .steps = STEPS / 12,
				.flows = seed % 2 ? 5 : MODEL_FLOWS, .steady = true });
}

TEST(sched, laws_hold_where_heads_are_dropped)
{
	for (size_t i = 0; sched_at(i); i++)
		for (unsigned seed = 1; seed <= 6; seed++)
			hold(&(struct laws_run){ .ops = sched_at(i), .seed = seed, .steps = STEPS / 12,
				.flows = seed % 2 ? 5 : MODEL_FLOWS, .managed = true });
}

/* ---- the laws themselves: a kind that breaks one is found out ---- */
static unsigned calls;

static struct nrw_sched_flow *lazy_next(void *s, nrw_time now)
{
	return calls++ % 50 == 49 ? NULL : sched_find((struct word){ "rr", 2 })->next(s, now);
}

/* Last come, first served. */
struct stack {
	struct nrw_sched_flow *flows[MODEL_FLOWS];
	unsigned count;
};

static void stack_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	struct stack *st = s;

	(void)now;
	st->flows[st->count++] = f;
}

static struct nrw_sched_flow *stack_next(void *s, nrw_time now)
{
	struct stack *st = s;

	(void)now;
	return st->count ? st->flows[st->count - 1] : NULL;
}

static void stack_remove(void *s, struct nrw_sched_flow *f)
{
	struct stack *st = s;
	unsigned kept = 0;

	for (unsigned i = 0; i < st->count; i++)
		if (st->flows[i] != f)
			st->flows[kept++] = st->flows[i];
	st->count = kept;
}

static void stack_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	(void)bytes, (void)now;
	if (!f->head_bytes)
		stack_remove(s, f);
}

static uint64_t stack_patience(const void *s, const struct nrw_sched_flow *f)
{
	(void)s, (void)f;
	return 100000;
}

/* Whose memory comes first. */
static struct nrw_sched_flow *place_next(void *s, nrw_time now)
{
	struct nrw_sched_flow *first = NULL;
	struct stack *st = s;

	(void)now;
	for (unsigned i = 0; i < st->count; i++)
		if (!first || st->flows[i] < first)
			first = st->flows[i];
	return first;
}

/* That a law of this number is broken, for one of a few rows. */
static bool found_out(const struct nrw_sched_ops *ops, const char *law, bool managed)
{
	for (unsigned seed = 1; seed <= 12; seed++) {
		struct laws_verdict v;

		calls = 0;
		v = laws_run(&(struct laws_run){ .ops = ops, .seed = seed, .steps = 2000, .flows = 5 + seed,
			.managed = managed, .steady = !managed });
		if (v.law && !strncmp(v.law, law, strlen(law)))
			return true;
	}
	return false;
}

TEST(sched_laws, find_who_does_not_work_while_something_waits)
{
	struct nrw_sched_ops ops = *sched_find((struct word){ "rr", 2 });

	ops.name = "lazy";
	ops.next = lazy_next;
	assert_true(found_out(&ops, "1", false));
}

TEST(sched_laws, find_who_starves)
{
	struct nrw_sched_ops ops = {
		.name = "stack", .size = sizeof(struct stack), .ready = stack_ready, .next = stack_next,
		.served = stack_served, .remove = stack_remove, .patience = stack_patience,
	};

	assert_true(found_out(&ops, "4", false));
}

TEST(sched_laws, find_who_takes_turns_but_promised_shares)
{
	struct nrw_sched_ops ops = *sched_find((struct word){ "rr", 2 });

	ops.name = "qfq";
	assert_true(found_out(&ops, "5", false));
}

/* Who comes last gets all. */
TEST(sched_laws, find_who_lets_a_flow_gain_by_its_absence)
{
	struct nrw_sched_ops ops = {
		.name = "qfq", .size = sizeof(struct stack), .ready = stack_ready, .next = stack_next,
		.served = stack_served, .remove = stack_remove,
	};

	assert_true(found_out(&ops, "6", false));
}

TEST(sched_laws, find_who_depends_on_addresses)
{
	struct nrw_sched_ops ops = {
		.name = "place", .size = sizeof(struct stack), .ready = stack_ready, .next = place_next,
		.served = stack_served, .remove = stack_remove,
	};

	assert_true(found_out(&ops, "10", true));
}

TEST(sched_laws, find_who_departs_from_the_exact_model)
{
	static const char *const claims[] = { "fifo", "wf2q+", "prio" };

	for (unsigned i = 0; i < 3; i++) {
		struct nrw_sched_ops ops = *sched_find((struct word){ "rr", 2 });

		ops.name = claims[i];
		assert_true(found_out(&ops, "11", true));
	}
}
