/* emu/sched_rr.c - deficit round robin: backlogged flows take turns, each turn is worth as many bytes as its weight
 * says.
 *
 *      turns   [ a ] -> [ b ] -> [ c ] -> back to a
 *              deficit += quantum when a turn begins; sends while its head fits into that; the rest is kept
 *
 * Shreedhar and Varghese, "Efficient Fair Queuing using Deficit Round Robin", SIGCOMM 1995. A flow that empties loses
 * its deficit and its turn. The quantum of flow k is
 *
 *      base * weight_k / least weight of the instance      base = max(quantum as configured, Lmax)
 *
 * with one Lmax for all: the largest packet of any flow, since the instance was idle last. So shares follow weights,
 * not sizes of packets (a quantum of weight times the flow's own largest would give a flow of short packets a short
 * share), and a turn never ends without a packet, which makes the cost O(1). A quantum below Lmax would only cost
 * rounds and change no share, so the larger one is taken. What a division leaves is kept for the flow's next turn.
 *
 * Shares hold in the long run alone: a flow may wait for a whole round, whose length grows with the sum of quanta.
 * Cost: O(1) a packet; O(log n) in the count of flows when one is added, removed or changes weight, for the least. */
#include "sched_kinds.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/list.h"

struct rr {
	struct rr_flow *first;		/* of the ring of backlogged flows: it has its turn; NULL: none is */
	uint64_t quantum;		/* as configured */
	uint64_t lmax;
	uint64_t weights;		/* of all flows */
	struct heap least;		/* all flows by weight */
	uint32_t busy;			/* in turns */
};

struct rr_flow {
	struct list turn;		/* a ring without a head: that the first goes to its end moves no link */
	int64_t deficit;		/* below 0: a longer packet than its head passed queue management */
	uint32_t rest;			/* of the division by the least weight */
	bool began;			/* its turn, so it has had its quantum */
	struct heap_node node;
};

static int rr_init(void *s, const struct nrw_sched_params *params)
{
	struct rr *q = s;

	heap_init(&q->least);
	q->quantum = params->quantum;
	return 0;
}

static void rr_fini(void *s)
{
	struct rr *q = s;

	free(q->least.entries);		/* flows may be gone already: not heap_fini() */
}

static int rr_add(void *s, struct nrw_sched_flow *f)
{
	struct rr *q = s;
	struct rr_flow *of = nrw_sched_of(f);

	if (heap_reserve(&q->least, q->least.count + 1))
		return -1;
	heap_node_init(&of->node);
	heap_add(&q->least, &of->node, f->weight, 0);
	q->weights += f->weight;
	return 0;
}

static struct rr_flow *next_of(const struct rr_flow *of)
{
	return container_of(of->turn.next, struct rr_flow, turn);
}

static void leave(struct rr *q, struct rr_flow *of)
{
	if (q->first == of)
		q->first = next_of(of);
	list_remove(&of->turn);
	of->deficit = 0;
	of->rest = 0;
	of->began = false;
	if (--q->busy)
		return;
	q->first = NULL;
	q->lmax = 0;
}

static void rr_remove(void *s, struct nrw_sched_flow *f)
{
	struct rr *q = s;
	struct rr_flow *of = nrw_sched_of(f);

	if (f->head_bytes)
		leave(q, of);
	heap_remove(&q->least, &of->node);
	q->weights -= f->weight;
}

static void grow(struct rr *q, const struct nrw_sched_flow *f)
{
	if (f->head_bytes && f->lmax > q->lmax)
		q->lmax = f->lmax;
}

static void rr_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct rr *q = s;
	struct rr_flow *of = nrw_sched_of(f);

	if (f->weight != old->weight) {
		heap_move(&q->least, &of->node, f->weight, 0);
		q->weights += f->weight;
		q->weights -= old->weight;
	}
	grow(q, f);
}

static void rr_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	struct rr *q = s;
	struct rr_flow *of = nrw_sched_of(f);

	(void)now;
	list_init(&of->turn);
	if (q->first)
		list_put_tail(&q->first->turn, &of->turn);
	else
		q->first = of;
	q->busy++;
	grow(q, f);
}

static uint64_t base(const struct rr *q)
{
	return q->quantum > q->lmax ? q->quantum : q->lmax;
}

static void begin(const struct rr *q, struct rr_flow *of)
{
	uint64_t least = heap_min(&q->least)->time, share;

	if (of->rest >= least)		/* the least was another */
		of->rest = 0;
	share = base(q) * nrw_sched_flow_of(of)->weight + of->rest;
	of->deficit += (int64_t)(share / least);
	of->rest = (uint32_t)(share % least);
	of->began = true;
}

static struct nrw_sched_flow *rr_next(void *s, nrw_time now)
{
	struct rr *q = s;

	(void)now;
	if (!q->first)
		return NULL;
	for (;;) {
		struct rr_flow *of = q->first;

		if (!of->began)
			begin(q, of);
		if ((int64_t)nrw_sched_flow_of(of)->head_bytes <= of->deficit)
			return nrw_sched_flow_of(of);
		of->began = false;
		q->first = next_of(of);
	}
}

static void rr_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	struct rr_flow *of = nrw_sched_of(f);

	(void)now;
	of->deficit -= (int64_t)bytes;
	if (!f->head_bytes)
		leave(s, of);
}

/* What is left of the present turn, perhaps of a time with other weights; then each other flow sends its quantum, and
 * what it had kept of a former one, which is less than Lmax. */
static uint64_t rr_patience(const void *s, const struct nrw_sched_flow *f)
{
	const struct rr *q = s;
	const struct rr_flow *of = q->first;
	uint64_t least = heap_min(&q->least)->time, quanta;

	if (__builtin_mul_overflow(base(q), q->weights - f->weight, &quanta))
		return UINT64_MAX;
	quanta = quanta / least + q->least.count * (base(q) + 1);
	return of && of->began && of->deficit > 0 ? quanta + (uint64_t)of->deficit : quanta;
}

const struct nrw_sched_ops sched_rr = {
	.name = "rr",			.help = "deficit round robin: shares by weight in the long run",
	.size = sizeof(struct rr),	.flow_size = sizeof(struct rr_flow),
	.init = rr_init,		.fini = rr_fini,
	.add = rr_add,			.remove = rr_remove,
	.change = rr_change,		.ready = rr_ready,
	.next = rr_next,		.served = rr_served,
	.patience = rr_patience,
};
