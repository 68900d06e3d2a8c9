/* mix.h - flows that a scheduler chooses from, without packets: each says how long its packets are, and the meter of
 * fairness looks on. For tests of one kind of scheduler; the laws of all kinds are in sched_test.c. */
#ifndef MIX_H
#define MIX_H

#include <narrows/plugin.h>

#include "emu/fair.h"

struct mix_flow {
	struct fair_flow fair;
	uint64_t bytes;			/* of each of its packets */
	uint64_t left;			/* packets it still has; UINT64_MAX: always more */
	uint64_t served;		/* packets */
	uint64_t turn;			/* service at which it was last served, from 1 */
	struct nrw_sched_flow flow;	/* last: what the scheduler keeps of it follows */
};

struct mix {
	const struct nrw_sched_ops *ops;
	void *state;
	struct fair fair;
	struct mix_flow *flows[1 << 17];
	uint32_t count;
	uint64_t services;
	uint64_t lmax;
};

struct mix *mix_new(const struct nrw_sched_ops *ops);
void mix_free(struct mix *m);
/* A new flow, with so many packets waiting; 0: idle. */
struct mix_flow *mix_add(struct mix *m, uint32_t weight, uint64_t bytes, uint64_t packets);
/* To an idle flow; its largest is learned anew. */
void mix_put(struct mix *m, struct mix_flow *f, uint64_t bytes, uint64_t packets);
void mix_grow(struct mix *m, struct mix_flow *f, uint64_t bytes);	/* its packets are longer from its next on */
void mix_reweigh(struct mix *m, struct mix_flow *f, uint32_t weight);
struct mix_flow *mix_serve(struct mix *m);		/* one packet; NULL: all are idle */
void mix_run(struct mix *m, uint64_t services);
struct mix_part {			/* `count` flows that always have more */
	uint32_t weight, count;
	uint64_t bytes;
};

/* Is alpha <= slots * weight * slot + lengths * L_k + budget + maxes * share * Lmax, exactly? Weights stand still. */
struct mix_gate {
	uint64_t slots, lengths, budget, maxes;
};
bool mix_holds(struct mix *m, const struct mix_flow *f, struct mix_gate gate);
void mix_assert_all(struct mix *m, struct mix_gate gate);	/* settles first */
/* Flows of these parts, after so many services, all of which kept the gate. */
struct mix *mix_of(const struct nrw_sched_ops *ops, const struct mix_part *parts, size_t n, uint64_t services,
	struct mix_gate gate);
uint64_t mix_alpha_milli(const struct mix_flow *f);		/* in thousandths of its packet, rounded down */
uint64_t mix_worst_milli(const struct mix *m);			/* of all flows */

#endif
