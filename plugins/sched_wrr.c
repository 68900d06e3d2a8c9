/* sched_wrr.c - weighted round robin: a flow sends as many packets a turn as its weight says, then the next one does.
 *
 *      turn --> a --> b --> c --+       a ring of the flows that have packets;
 *               ^               |       who wakes up is put in at the end, before `turn`
 *               +---------------+
 *
 * Shares are of packets, so among flows whose packets differ in length they are not of bytes. That is what `rr`,
 * deficit round robin, mends. Cost: O(1) a packet. */
#include <narrows/plugin.h>

struct wrr_flow {			/* kept of each flow, behind its struct nrw_sched_flow */
	struct wrr_flow *next, *prev;
	uint32_t left;			/* packets of this turn */
};

struct wrr {				/* an instance; comes cleared */
	struct wrr_flow *turn;		/* NULL: all are idle */
};

static void enter(struct wrr *w, struct wrr_flow *f)
{
	struct wrr_flow *turn = w->turn ? w->turn : f;

	f->left = nrw_sched_flow_of(f)->weight;
	f->prev = w->turn ? turn->prev : f;
	f->next = turn;
	f->prev->next = turn->prev = f;
	w->turn = turn;
}

static void leave(struct wrr *w, struct wrr_flow *f)
{
	f->prev->next = f->next;
	f->next->prev = f->prev;
	if (w->turn == f)
		w->turn = f->next == f ? NULL : f->next;
}

static void wrr_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	(void)now;
	enter(s, nrw_sched_of(f));
}

static void wrr_remove(void *s, struct nrw_sched_flow *f)
{
	if (f->head_bytes)		/* else it is idle, and not in the ring */
		leave(s, nrw_sched_of(f));
}

static struct nrw_sched_flow *wrr_next(void *s, nrw_time now)
{
	struct wrr *w = s;

	(void)now;
	return w->turn ? nrw_sched_flow_of(w->turn) : NULL;
}

static void wrr_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	struct wrr *w = s;
	struct wrr_flow *own = nrw_sched_of(f);

	(void)bytes, (void)now;
	if (!f->head_bytes) {
		leave(w, own);
	} else if (!--own->left) {
		own->left = f->weight;
		w->turn = own->next;
	}
}

/* The others' turns, in bytes: what is left of one, or a whole one if their weight has grown since it began. */
static uint64_t wrr_patience(const void *s, const struct nrw_sched_flow *f)
{
	const struct wrr *w = s;
	const struct wrr_flow *own = (const struct wrr_flow *)(f + 1);
	uint64_t bytes = 0;

	for (const struct wrr_flow *g = own->next; g != own; g = g->next) {
		const struct nrw_sched_flow *other = (const struct nrw_sched_flow *)g - 1;
		uint64_t left = g == w->turn && g->left > other->weight ? g->left : other->weight;

		bytes += left * other->lmax;
	}
	return bytes;
}

static const struct nrw_sched_ops wrr = {
	.name = "wrr",
	.help = "weighted round robin: shares of packets by weight",
	.size = sizeof(struct wrr),
	.flow_size = sizeof(struct wrr_flow),
	.ready = wrr_ready,
	.remove = wrr_remove,
	.next = wrr_next,
	.served = wrr_served,
	.patience = wrr_patience,
};

const struct nrw_plugin nrw_plugin = { NRW_PLUGIN_ABI, sizeof(struct nrw_plugin), &wrr, NULL };
