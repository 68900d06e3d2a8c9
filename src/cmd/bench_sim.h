/* cmd/bench_sim.h - a scheduler before a link, in virtual time: how fair it is, and how long flows wait. */
#ifndef CMD_BENCH_SIM_H
#define CMD_BENCH_SIM_H

#include "base/hist.h"
#include "cmd/bench_flows.h"
#include "emu/fair.h"
#include "emu/sched.h"

enum bench_source {
	BENCH_SRC_BACKLOGGED,	/* as soon as one of its packets leaves, another comes */
	BENCH_SRC_IDLE,		/* two packets at once, and again when all flows have sent theirs */
	BENCH_SRC_REFILL,	/* 20 at once, and again when half of all are gone */
	BENCH_SRC_ONOFF,	/* bursts of 1 to 32 */
	BENCH_SRC_POISSON,	/* packets, exponential times between them */
	BENCH_SRC_CAPTURE,	/* as a capture has them */
};

struct bench_arrival {		/* of a capture */
	nrw_time at;
	uint32_t flow, bytes;
};

struct bench_sim_cfg {
	const struct nrw_sched_ops *ops;
	const struct bench_flows *flows;
	enum bench_source source;
	uint64_t rate;			/* of the link, bit/s */
	uint64_t services;		/* packets to be sent */
	uint64_t seed;
	/* This one sends by itself, a packet each so many ns on average, whatever others do. UINT32_MAX: none. */
	uint32_t light;
	nrw_time light_gap;
	const struct bench_arrival *arrivals;	/* of BENCH_SRC_CAPTURE, by time */
	size_t arrival_count;
};

struct bench_sim {
	struct fair_flow *fair;		/* of each flow */
	uint64_t *bounds;		/* bytes others may send, as the scheduler says at the end */
	struct hist waits;		/* ns in queue and service: of `light`, or of all */
	uint64_t sent, refused;		/* refused: more waited than there is room for */
};

/* 0 or ERR_NOMEM; bench_sim_free() in both cases. */
int bench_sim_run(struct bench_sim *s, const struct bench_sim_cfg *cfg);
void bench_sim_free(struct bench_sim *s);

#endif
