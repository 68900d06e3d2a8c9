/* tests/unit/emu/sched_rig.h - random operations on an instance, beside the model, with the laws looked at after each.
 *
 * A run is a row of operations that mean something in any order and any part (what cannot be done is passed over), so a
 * row that breaks a law can be made shorter by leaving out pieces. The laws are those of the reference, by number. */
#ifndef SCHED_RIG_H
#define SCHED_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/sched.h"

enum rig_op_kind {
	RIG_ADD, RIG_REMOVE, RIG_CHANGE, RIG_PUT, RIG_TAKE, RIG_TURN, RIG_CUT, RIG_PULL, RIG_BECOME, RIG_KINDS
};

struct rig_op {
	uint32_t what, flow;
	uint32_t weight, pri, bytes, count;
};

struct rig_run {
	const struct nrw_sched_ops *ops;
	uint64_t seed;
	uint32_t steps;
	uint32_t flows;			/* 1..MODEL_FLOWS */
	bool managed;			/* heads are cut and dropped: fairness is not looked at */
	bool steady;			/* nothing comes or goes for long stretches */
};

struct rig_verdict {
	const char *law;		/* NULL: all held */
	uint32_t at;			/* operation */
	uint64_t digest;		/* of all that came out */
	uint64_t services, dropped;
	uint64_t worst, worst_gain;	/* permille of the gates that were used */
};

struct rig_verdict rig_run(const struct rig_run *run);	/* twice: law 10 */
/* The shortest row that was found to break a law, to stderr with the seed. */
void rig_explain(const struct rig_run *run, const struct rig_verdict *v);

#endif
