/* emu/sched_wf2q.c - WF2Q+: worst-case fair weighted fair queueing, the closest that packets come to fluid sharing.
 *
 * Bennett and Zhang, "Hierarchical Packet Fair Queueing Algorithms", SIGCOMM 1996 and ToN 5(5), 1997. Each backlogged flow
 * has a virtual start S and finish F of its head, V is the virtual time of the whole:
 *
 *      F = S + L / weight                      S of the next head = F of the one before
 *      becoming backlogged                     S = max(V, F of its last packet)
 *      next                                    of those with S <= V the smallest (F, number);
 *                                              where there is none, V = the smallest S first
 *      after L bytes                           V += L / W,  W = sum of the weights in force
 *
 * When a weight changes, what its flow is ahead of V or behind it stays the same in bytes, so S - V is scaled: else a flow
 * of weight 1 that becomes one of 65536 would have to wait, or others for it, as long as 65536 packets.
 *
 * In force are the weights of backlogged flows, and of idle ones until V has passed their F: what they took in advance
 * is not given to others twice, and who comes back at once finds its old place. V passes F where F <= V.
 *
 *      waiting   S > V, by S;  and idle ones with F > V, by F         --V goes on-->   eligible   S <= V, by (F, number)
 *
 * Units: 2^-29 bytes per weight, in 64 bits that wrap; L / weight is floor(L * 2^29 / weight), and what the division by
 * W leaves is added to the next one, so V does not drift, until W changes and it is 0 again. Lengths up to 2^33 fit.
 * Two times are compared by the sign of their difference. The heaps compare keys without a sign: a key is a time minus
 * `epoch`, 2^62 behind V; when V is 2^63 ahead of it all keys go back at once, O(n), after no less than 2^33 W bytes.
 *
 * With W by weights in force, not a constant, bounds hold at any sum of weights. Served so, while flow k is backlogged,
 * it gets in any interval its share of all bytes less 2 L_k + Lmax * its share (tests/unit/emu/sched_test.c). Cost:
 * O(log n) a packet: each comes into `eligible` and leaves it, most come into `waiting` and leave it. */
#include "sched_kinds.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/u128.h"

#define SHIFT 29
#define BEHIND (UINT64_C(1) << 62)	/* what an epoch lies behind V when it begins */

struct wf2q {
	struct heap eligible, waiting;
	uint64_t v;
	uint64_t rest;			/* of V's last division by `weights` */
	uint64_t weights;		/* in force */
	uint64_t epoch;
	uint32_t flows, busy;
	uint64_t lmax;			/* of any flow so far, for patience() */
};

enum place {
	OUT,		/* idle, its weight not in force */
	IDLE,		/* in `waiting` until V passes F */
	WAITING, ELIGIBLE,
};

struct wf2q_flow {
	uint64_t start, finish;
	uint64_t bytes;			/* of the head that finish was computed for */
	struct heap_node node;
	uint32_t place;			/* enum place */
};

static struct nrw_sched_flow *flow_of(struct heap_node *n)
{
	return nrw_sched_flow_of(container_of(n, struct wf2q_flow, node));
}

static bool after(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

static int wf2q_init(void *s, const struct nrw_sched_params *params)
{
	struct wf2q *q = s;

	(void)params;
	heap_init(&q->eligible);
	heap_init(&q->waiting);
	q->epoch = q->v - BEHIND;
	return 0;
}

static void wf2q_fini(void *s)
{
	struct wf2q *q = s;

	free(q->eligible.entries);	/* flows may be gone already: not heap_fini() */
	free(q->waiting.entries);
}

static int wf2q_add(void *s, struct nrw_sched_flow *f)
{
	struct wf2q *q = s;

	(void)f;
	if (heap_reserve(&q->eligible, q->flows + 1) || heap_reserve(&q->waiting, q->flows + 1))
		return -1;
	q->flows++;
	return 0;
}

/* ---- places ---- */
static struct heap *heap_of(struct wf2q *q, const struct wf2q_flow *of)
{
	return of->place == ELIGIBLE ? &q->eligible : &q->waiting;
}

static uint64_t key(const struct wf2q *q, const struct wf2q_flow *of)
{
	return (of->place == WAITING ? of->start : of->finish) - q->epoch;
}

static void enter(struct wf2q *q, struct nrw_sched_flow *f, enum place place)
{
	struct wf2q_flow *of = nrw_sched_of(f);

	of->place = place;
	heap_add(heap_of(q, of), &of->node, key(q, of), f->number);
}

static void leave(struct wf2q *q, struct nrw_sched_flow *f)
{
	struct wf2q_flow *of = nrw_sched_of(f);

	heap_remove(heap_of(q, of), &of->node);
	of->place = OUT;
}

static void weigh(struct wf2q *q, uint64_t more, uint64_t less)
{
	q->weights += more;
	q->weights -= less;
	q->rest = 0;
}

static void set_finish(struct nrw_sched_flow *f)
{
	struct wf2q_flow *of = nrw_sched_of(f);

	of->bytes = f->head_bytes;
	of->finish = of->start + (f->head_bytes << SHIFT) / f->weight;
}

/* V has gone on: those it has reached become eligible, or are forgotten. */
static void reach(struct wf2q *q)
{
	const struct heap_entry *e;

	while ((e = heap_min(&q->waiting)) != NULL && e->time <= q->v - q->epoch) {
		struct nrw_sched_flow *f = flow_of(e->node);
		bool idle = ((struct wf2q_flow *)nrw_sched_of(f))->place == IDLE;

		leave(q, f);
		if (idle)
			weigh(q, 0, f->weight);
		else
			enter(q, f, ELIGIBLE);
	}
}

static void set_back(struct heap *h, uint64_t by)
{
	for (uint32_t i = 0; i < h->count; i++)
		h->entries[i].time -= by;	/* of all: their order stays */
}

static void new_epoch(struct wf2q *q)
{
	uint64_t by = q->v - q->epoch - BEHIND;

	set_back(&q->eligible, by);
	set_back(&q->waiting, by);
	q->epoch += by;
}

static void advance(struct wf2q *q, uint64_t v)
{
	q->v = v;
	reach(q);
	if (__builtin_expect(q->v - q->epoch >= 2 * BEHIND, 0))
		new_epoch(q);
}

/* ---- what the instance tells ---- */
static void wf2q_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);

	(void)now;
	if (of->place == OUT) {
		weigh(q, f->weight, 0);
		of->start = q->v;
	} else {
		leave(q, f);
		of->start = of->finish;
	}
	set_finish(f);
	enter(q, f, after(of->start, q->v) ? WAITING : ELIGIBLE);
	q->busy++;
	if (f->lmax > q->lmax)
		q->lmax = f->lmax;
}

static struct nrw_sched_flow *wf2q_next(void *s, nrw_time now)
{
	struct wf2q *q = s;

	(void)now;
	if (!q->busy)
		return NULL;
	while (!q->eligible.count)	/* idle ones may come first */
		advance(q, q->epoch + heap_min(&q->waiting)->time);
	return flow_of(heap_min(&q->eligible)->node);
}

static void sent(struct wf2q *q, struct nrw_sched_flow *f, uint64_t bytes)
{
	struct wf2q_flow *of = nrw_sched_of(f);

	if (bytes != of->bytes)		/* queue management let another packet pass than its head, or none */
		of->finish = of->start + (bytes << SHIFT) / f->weight;
	of->start = of->finish;
}

static void wf2q_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);
	uint64_t work = (bytes << SHIFT) + q->rest, v = q->v + work / q->weights;

	(void)now;
	q->rest = work % q->weights;
	sent(q, f, bytes);
	leave(q, f);
	if (f->head_bytes) {
		set_finish(f);
		enter(q, f, after(of->start, v) ? WAITING : ELIGIBLE);
	} else {
		q->busy--;
		if (after(of->finish, v))
			enter(q, f, IDLE);
		else
			weigh(q, 0, f->weight);
	}
	advance(q, v);
}

/* A time of a flow that is d ahead of V, or behind, is so by d * weight bytes: these stay when its weight changes. */
static uint64_t rescale(const struct wf2q *q, uint64_t time, uint32_t from, uint32_t to)
{
	bool ahead = after(time, q->v);
	struct u128 d = u128_div64(u128_mul64(ahead ? time - q->v : q->v - time, from), to, NULL);

	if (d.hi || d.lo > BEHIND)	/* only of lengths far beyond those promised */
		d.lo = BEHIND;
	return ahead ? q->v + d.lo : q->v - d.lo;
}

static void reweigh(struct wf2q *q, struct nrw_sched_flow *f, uint32_t old)
{
	struct wf2q_flow *of = nrw_sched_of(f);

	weigh(q, f->weight, old);
	of->start = rescale(q, of->start, old, f->weight);
	of->finish = rescale(q, of->finish, old, f->weight);
}

static void wf2q_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);
	bool idle = of->place == IDLE;

	if (f->lmax > q->lmax)
		q->lmax = f->lmax;
	if (of->place == OUT || (f->weight == old->weight && f->head_bytes == old->head_bytes))
		return;
	leave(q, f);
	if (f->weight != old->weight)
		reweigh(q, f, old->weight);
	if (!idle) {
		set_finish(f);
		enter(q, f, after(of->start, q->v) ? WAITING : ELIGIBLE);
	} else if (after(of->finish, q->v)) {
		enter(q, f, IDLE);
	} else {
		weigh(q, 0, f->weight);
	}
}

static void wf2q_remove(void *s, struct nrw_sched_flow *f)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);

	q->flows--;
	if (of->place == OUT)
		return;
	q->busy -= of->place != IDLE;
	leave(q, f);
	weigh(q, 0, f->weight);
}

/* Until V has come to the F of its head, and one more packet. */
static uint64_t wf2q_patience(const void *s, const struct nrw_sched_flow *f)
{
	const struct wf2q *q = s;
	const struct wf2q_flow *of = nrw_sched_of((struct nrw_sched_flow *)f);
	uint64_t ahead = after(of->finish, q->v) ? of->finish - q->v : 0;
	struct u128 work = u128_mul64(ahead, q->weights);

	return work.hi >> SHIFT ? UINT64_MAX : (work.hi << (64 - SHIFT) | work.lo >> SHIFT) + 1 + q->lmax;
}

const struct nrw_sched_ops sched_wf2q = {
	.name = "wf2q+",		.help = "worst-case fair weighted fair queueing: shares by weight at any moment",
	.size = sizeof(struct wf2q),	.flow_size = sizeof(struct wf2q_flow),
	.init = wf2q_init,		.fini = wf2q_fini,
	.add = wf2q_add,		.remove = wf2q_remove,
	.change = wf2q_change,		.ready = wf2q_ready,
	.next = wf2q_next,		.served = wf2q_served,
	.patience = wf2q_patience,
};
