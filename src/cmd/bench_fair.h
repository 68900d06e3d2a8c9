/* cmd/bench_fair.h - what a simulation says of fairness: the flow that fared worst, beside what it was promised. */
#ifndef CMD_BENCH_FAIR_H
#define CMD_BENCH_FAIR_H

#include "cmd/bench_sim.h"

struct bench_worst {
	double behind, bound;		/* bytes; bound 0: none is promised */
	const struct bench_flow *of;
};

bool bench_fair_promises(const struct nrw_sched_ops *ops);
struct bench_worst bench_fair_worst(const struct nrw_sched_ops *ops, const struct bench_flows *s,
	const struct bench_sim *sim);
double bench_fair_late_us(const struct bench_sim *sim, uint32_t n);	/* T-WFI of all flows; 0: none was late */

#endif
