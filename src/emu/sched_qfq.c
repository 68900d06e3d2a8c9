/* emu/sched_qfq.c - QFQ: each flow an item of emu/qfq.c, which has the theory: nearly WF2Q+, at constant cost.
 *
 * A flow's class comes from its largest packet and its weight. It is found anew when one of them changes; so a flow of
 * small packets has a small class, and waits no longer than its packets deserve. Length 1..65575, weight 1..65536, any
 * number of flows and any sum of weights. Memory: an instance 9 KiB, a flow 32 bytes; none is allocated here. Lane's
 * thread. */
#include "emu/qfq.h"
#include "sched_kinds.h"

struct sched_qfq {
	struct qfq q;
	uint64_t lmax;		/* of any flow so far, for patience() */
};

static struct nrw_sched_flow *flow_of(struct qfq_item *it)
{
	return it ? (struct nrw_sched_flow *)(void *)it - 1 : NULL;
}

static void qfq_classify(struct sched_qfq *s, struct nrw_sched_flow *f)
{
	struct qfq_item *it = nrw_sched_of(f);

	it->stamp.home = virtual_class(f->lmax, f->weight);
	if (f->lmax > s->lmax)
		s->lmax = f->lmax;
}

static int sched_qfq_init(void *s, const struct nrw_sched_params *params)
{
	(void)params;
	qfq_init(&((struct sched_qfq *)s)->q);
	return 0;
}

static int sched_qfq_add(void *s, struct nrw_sched_flow *f)
{
	qfq_item_init(nrw_sched_of(f));
	qfq_classify(s, f);
	return 0;
}

static void sched_qfq_remove(void *s, struct nrw_sched_flow *f)
{
	qfq_remove(&((struct sched_qfq *)s)->q, nrw_sched_of(f), f->weight);
}

static void sched_qfq_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct sched_qfq *sq = s;

	if (f->lmax != old->lmax || f->weight != old->weight)
		qfq_classify(sq, f);
	if (f->weight != old->weight)
		qfq_reweigh(&sq->q, nrw_sched_of(f), old->weight, f->weight);
}

static void sched_qfq_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	(void)now;
	qfq_enter(&((struct sched_qfq *)s)->q, nrw_sched_of(f), f->weight);
}

static struct nrw_sched_flow *sched_qfq_next(void *s, nrw_time now)
{
	(void)now;
	return flow_of(qfq_first(&((struct sched_qfq *)s)->q));
}

static void sched_qfq_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	(void)now;
	qfq_served(&((struct sched_qfq *)s)->q, nrw_sched_of(f), f->weight, bytes, f->head_bytes != 0);
}

/* Its share of what others send falls behind by no more than 3 weight * slot + 2 share * Lmax: 3 slots of all. The slot
 * is that of the class it stands in, which may be higher than its own. */
static uint64_t sched_qfq_patience(const void *s, const struct nrw_sched_flow *f)
{
	const struct sched_qfq *sq = s;
	const struct virtual_time *t = &sq->q.time;
	const struct qfq_item *it = (const struct qfq_item *)(const void *)(f + 1);
	uint8_t class = it->stamp.class > it->stamp.home ? it->stamp.class : it->stamp.home;

	return virtual_bytes(UINT64_C(3) << class, t->weights + t->gone) + 1 + 2 * sq->lmax;
}

const struct nrw_sched_ops sched_qfq = {
	.name = "qfq",			.help = "quick fair queueing: nearly wf2q+, at constant cost",
	.size = sizeof(struct sched_qfq), .flow_size = sizeof(struct qfq_item),
	.init = sched_qfq_init,
	.add = sched_qfq_add,		.remove = sched_qfq_remove,
	.change = sched_qfq_change,	.ready = sched_qfq_ready,
	.next = sched_qfq_next,		.served = sched_qfq_served,
	.patience = sched_qfq_patience,
};
