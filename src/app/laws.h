/* app/laws.h - do schedulers keep the laws that every one of them must keep? Random operations on an instance, beside a
 * model that is as plain as can be, with the laws looked at after each.
 *
 *      1  nothing leaves only where nothing waits      7  shares from a change of weights on
 *      2  a flow's packets leave in their order        8  every packet comes back, once
 *      3  in = out + dropped + held                    9  (cost: narrows bench sched)
 *      4  nobody waits longer than was promised       10  the same calls, the same output
 *      5  shares on every interval                    11  the flow that the exact model names
 *      6  who comes back from idleness gains nothing  12  another kind takes over all packets
 *
 * A run is a row of operations that mean something in any order and any part (what cannot be done is passed over). One
 * thread, one run at a time. */
#ifndef APP_LAWS_H
#define APP_LAWS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/sched.h"

enum laws_op_kind {
	LAWS_ADD, LAWS_REMOVE, LAWS_CHANGE, LAWS_PUT, LAWS_TAKE, LAWS_TURN, LAWS_CUT, LAWS_PULL, LAWS_BECOME, LAWS_KINDS
};

struct laws_op {
	uint32_t what, flow;
	uint32_t weight, pri, bytes, count;
};

struct laws_run {
	const struct nrw_sched_ops *ops;
	uint64_t seed;
	uint32_t steps;
	uint32_t flows;			/* 1..MODEL_FLOWS */
	bool managed;			/* heads are cut and dropped: fairness is not looked at */
	bool steady;			/* nothing comes or goes for long stretches */
};

struct laws_verdict {
	const char *law;		/* NULL: all held */
	uint32_t at;			/* operation */
	uint64_t digest;		/* of all that came out */
	uint64_t services, dropped;
	uint64_t worst, worst_gain;	/* permille of the gates that were used */
};

struct laws_verdict laws_run(const struct laws_run *run);	/* plays it twice: law 10 */
/* The shortest row that was found to break the law, with the seed. */
void laws_explain(FILE *to, const struct laws_run *run, const struct laws_verdict *v);
/* Runs of `steps` operations in all, with few flows and many, with and without dropped heads, from `seed` on: true, and
 * *services is how many packets left; or false, and it is explained. */
bool laws_hold(FILE *to, const struct nrw_sched_ops *ops, uint64_t seed, uint32_t steps, uint64_t *services);

#endif
