/* emu/sched_prio.c - strict bands: a packet of a band leaves only while no lower-numbered band has one.
 *
 *      busy   ...0100 0010 1000     one bit for each band with packets; the lowest set bit is served next
 *      bands  [3] a  [9] b c  [14] d      flows of one band take turns, packet by packet
 *
 * Weights mean nothing here, and starvation of the bands above is what was asked for. Cost: O(1), one count of trailing
 * zeros of 64 bits a packet. */
#include "sched_kinds.h"

#include "base/list.h"

#define BANDS 64

struct prio {
	uint64_t busy;
	struct list bands[BANDS];	/* backlogged flows, the next one first */
};

struct prio_flow {
	struct list turn;
};

static int prio_init(void *s, const struct nrw_sched_params *params)
{
	struct prio *q = s;

	(void)params;
	for (unsigned i = 0; i < BANDS; i++)
		list_init(&q->bands[i]);
	return 0;
}

static void enter(struct prio *q, struct nrw_sched_flow *f)
{
	struct prio_flow *of = nrw_sched_of(f);

	list_put_tail(&q->bands[f->pri], &of->turn);
	q->busy |= UINT64_C(1) << f->pri;
}

static void leave(struct prio *q, struct nrw_sched_flow *f, uint32_t pri)
{
	struct prio_flow *of = nrw_sched_of(f);

	list_remove(&of->turn);
	if (list_empty(&q->bands[pri]))
		q->busy &= ~(UINT64_C(1) << pri);
}

static void prio_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	(void)now;
	enter(s, f);
}

static void prio_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	if (!f->head_bytes || f->pri == old->pri)
		return;
	leave(s, f, old->pri);
	enter(s, f);
}

static void prio_remove(void *s, struct nrw_sched_flow *f)
{
	if (f->head_bytes)
		leave(s, f, f->pri);
}

static struct nrw_sched_flow *prio_next(void *s, nrw_time now)
{
	const struct prio *q = s;
	struct prio_flow *of;

	(void)now;
	if (!q->busy)
		return NULL;
	of = container_of(q->bands[__builtin_ctzll(q->busy)].next, struct prio_flow, turn);
	return nrw_sched_flow_of(of);
}

static void prio_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	(void)bytes, (void)now;
	leave(s, f, f->pri);
	if (f->head_bytes)
		enter(s, f);
}

const struct nrw_sched_ops sched_prio = {
	.name = "prio",			.help = "strict bands, 0 before 1 before ... 63; flows of one take turns",
	.size = sizeof(struct prio),	.flow_size = sizeof(struct prio_flow),
	.by_pri = true,			.init = prio_init,
	.change = prio_change,		.remove = prio_remove,
	.ready = prio_ready,		.next = prio_next,
	.served = prio_served,
};
