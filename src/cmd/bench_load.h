/* cmd/bench_load.h - a scheduler with its queues and packets, and closed loops of work for it, to be timed. */
#ifndef CMD_BENCH_LOAD_H
#define CMD_BENCH_LOAD_H

#include "base/dice.h"
#include "cmd/bench_flows.h"
#include "emu/sched.h"

enum bench_way {
	BENCH_BACKLOGGED,	/* each flow is filled to 20 packets, then all are drained */
	BENCH_IDLE,		/* to 2: always going idle */
	BENCH_REFILL,		/* between 10 and 20: never idle */
};

struct bench_load {
	const struct bench_flows *flows;
	enum bench_way way;
	struct sched sched;
	char *queues;			/* of flows->n, `stride` bytes each */
	size_t stride;
	struct pkt *packets, *spare;	/* `spare`: those that nobody holds */
	struct pkt_fifo bare;		/* of the base */
	uint64_t bare_count;
	struct dice dice;
	uint64_t seq;
};

/* `flows` outlives it. 0 or ERR_NOMEM. */
int bench_load_init(struct bench_load *l, const struct nrw_sched_ops *ops, const struct bench_flows *flows,
	enum bench_way way);
void bench_load_fini(struct bench_load *l);
/* Puts and takes at least so many pairs; returns how many. Nothing is timed here. */
uint64_t bench_load_turn(struct bench_load *l, uint64_t pairs);
/* The same with a bare FIFO in the scheduler's place, which also keeps each flow's counts, as any queue has to. Of one
 * load either this or the other. */
uint64_t bench_load_turn_bare(struct bench_load *l, uint64_t pairs);

static inline struct sched_queue *bench_load_queue(const struct bench_load *l, uint32_t i)
{
	return (struct sched_queue *)(void *)(l->queues + i * l->stride);
}

static inline uint32_t bench_draw_bytes(const struct bench_flow *f, struct dice *d)
{
	return f->most == f->least ? f->most :
		f->least + (uint32_t)((dice_draw(d) >> 32) * (f->most - f->least + 1) >> 32);
}

#endif
