/* sched_test.c - the laws of schedulers, over every kind in the table. Rigs and models are in sched_rig.c, sched_model.c.
 * STEPS is how many operations a kind gets; the slow tier has a million. */
#include "emu/sched.h"

#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "sched_model.h"
#include "sched_rig.h"
#include "test.h"

#ifndef STEPS
#define STEPS 24000
#endif

static void hold(const struct rig_run *run)
{
	struct rig_verdict v = rig_run(run);

	if (v.law)
		rig_explain(run, &v);
	assert_null(v.law);
	assert_true(v.services > run->steps / 8);
	if (getenv("SCHED_PRINT"))
		fprintf(stderr, "%s seed %u flows %u managed %d: worst %u gain %u of 1000, %u services\n", run->ops->name,
			(unsigned)run->seed, run->flows, run->managed, (unsigned)v.worst, (unsigned)v.worst_gain, (unsigned)v.services);
}

TEST(sched, laws_hold_for_random_operations)
{
	for (size_t i = 0; sched_at(i); i++)
		for (unsigned seed = 1; seed <= 6; seed++)
			hold(&(struct rig_run){ .ops = sched_at(i), .seed = seed, .steps = STEPS / 12,
				.flows = seed % 2 ? 5 : MODEL_FLOWS, .steady = true });
}

TEST(sched, laws_hold_where_heads_are_dropped)
{
	for (size_t i = 0; sched_at(i); i++)
		for (unsigned seed = 1; seed <= 6; seed++)
			hold(&(struct rig_run){ .ops = sched_at(i), .seed = seed, .steps = STEPS / 12,
				.flows = seed % 2 ? 5 : MODEL_FLOWS, .managed = true });
}
