/* emu/sched_wf2q.c - WF2Q+: worst-case fair weighted fair queueing, the closest that packets come to fluid sharing.
 *
 * Bennett and Zhang, "Hierarchical Packet Fair Queueing Algorithms", SIGCOMM 1996 and ToN 5(5), 1997. Each backlogged
 * flow has a virtual start S and finish F of its head, V is the virtual time of the whole:
 *
 *      F = S + L / weight                      S of the next head = F of the one before
 *      becoming backlogged                     S = max(V, F of its last packet)
 *      next                                    of those with S <= V the smallest (F, number);
 *                                              where there is none, V = the smallest S first
 *      after L bytes                           V += L / W,  W = sum of the weights in force
 *
 * When a weight changes, what its flow is ahead of V or behind it stays the same in bytes, so S - V is scaled: else a
 * flow of weight 1 that becomes one of 65536 would have to wait, or others for it, as long as 65536 packets.
 *
 * In force are the weights of backlogged flows, and of idle ones until V has passed their F: what they took in advance
 * is not given to others twice, and who comes back at once finds its old place. V passes F where F <= V.
 *
 *      waiting   S > V, by S;  and idle ones with F > V, by F     --V goes on-->     eligible   S <= V, by (F, number)
 *
 * Units: 2^-29 bytes per weight, in 64 bits that wrap; L / weight is floor(L * 2^29 / weight), and what the division by
 * W leaves is added to the next one, so V does not drift, until W changes and it is 0 again. Lengths up to 2^33 fit.
 * Two times are compared by the sign of their difference. The heaps compare keys without a sign: a key is a time minus
 * `epoch`, 2^62 behind V; when V is 2^63 ahead of it all keys go back at once, O(n), after no less than 2^33 W bytes.
 *
 * A flow has one entry that says what it is (its place, and its key there), and perhaps stale ones, from before its
 * weight or its head changed or a flow of the same slot was removed: those are passed over when they come up, and
 * thrown out when a heap is full, which has room for twice as many as there are flows. An idle flow that comes back
 * before V has passed its F needs nothing done: its S is that F, and so its key is the same.
 *
 * With W by weights in force, not a constant, bounds hold at any sum of weights. Served so, while flow k is backlogged,
 * it gets in any interval its share of all bytes less 2 L_k + Lmax * its share (tests/unit/emu/sched_test.c). Cost:
 * O(log n) a packet: each comes into `eligible` and leaves it, most come into `waiting` and leave it; O(1) while starts
 * and finishes come in order, as those of like flows do (sched_heap.c). One service may let V reach the starts of all,
 * O(n log n) at once, which the services before it did not pay. */
#include "sched_kinds.h"

#include <stdlib.h>

#include "base/u128.h"
#include "sched_heap.h"

#define SHIFT 29
#define SLOTS_MAX (UINT32_C(1) << 28)
#define BEHIND (UINT64_C(1) << 62)	/* what an epoch lies behind V when it begins */

struct wf2q {
	struct sched_heap eligible, waiting;
	uint64_t v;
	uint64_t rest;			/* of V's last division by `weights` */
	uint64_t weights;		/* in force */
	uint64_t epoch;
	uint32_t busy;
	struct nrw_sched_flow **slots;	/* flows; NULL: free, and then its number is among */
	uint32_t *free_slots;
	uint32_t slot_room, slot_count, free_count;
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
	uint32_t slot;
	uint8_t place;			/* enum place */
	bool kept;			/* its entry was seen, while stale ones are thrown out */
};

static bool after(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

/* ---- slots: what entries call a flow ---- */
static int grow_slots(struct wf2q *q)
{
	uint32_t room = q->slot_room ? 2 * q->slot_room : 16;
	struct nrw_sched_flow **slots;
	uint32_t *free_slots;

	if (room > SLOTS_MAX)
		return -1;
	slots = realloc(q->slots, room * sizeof(*slots));
	if (!slots)
		return -1;
	q->slots = slots;
	free_slots = realloc(q->free_slots, room * sizeof(*free_slots));
	if (!free_slots)
		return -1;
	q->free_slots = free_slots;
	q->slot_room = room;
	return 0;
}

static int wf2q_add(void *s, struct nrw_sched_flow *f)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);

	if (!q->free_count) {
		if (q->slot_count == q->slot_room && grow_slots(q))
			return -1;
		if (sched_heap_reserve(&q->eligible, 2 * q->slot_count + 2) ||
			sched_heap_reserve(&q->waiting, 2 * q->slot_count + 2))
			return -1;
		q->free_slots[q->free_count++] = q->slot_count++;
	}
	of->slot = q->free_slots[--q->free_count];
	q->slots[of->slot] = f;
	return 0;
}

static int wf2q_init(void *s, const struct nrw_sched_params *params)
{
	struct wf2q *q = s;

	(void)params;
	q->epoch = q->v - BEHIND;
	return 0;
}

static void wf2q_fini(void *s)
{
	struct wf2q *q = s;

	sched_heap_fini(&q->eligible);
	sched_heap_fini(&q->waiting);
	free(q->slots);
	free(q->free_slots);
}

/* ---- entries ---- */
static uint64_t key(const struct wf2q *q, const struct wf2q_flow *of)
{
	return (of->place == WAITING ? of->start : of->finish) - q->epoch;
}

/* The flow of which this is the present entry; NULL: it is stale. */
static struct nrw_sched_flow *flow_of(const struct wf2q *q, const struct sched_entry *e, bool eligible)
{
	struct nrw_sched_flow *f = q->slots[(uint32_t)e->who];
	const struct wf2q_flow *of = f ? nrw_sched_of(f) : NULL;

	if (!f || f->number != e->who >> 32 || of->place == OUT || (of->place == ELIGIBLE) != eligible)
		return NULL;
	return key(q, of) == e->key ? f : NULL;
}

/* One entry of each flow is enough: a change and its way back leave two that are the same. */
static bool first_seen(struct wf2q *q, const struct sched_entry *e, bool eligible)
{
	struct nrw_sched_flow *f = flow_of(q, e, eligible);
	struct wf2q_flow *of = f ? nrw_sched_of(f) : NULL;
	bool first = f && !of->kept;

	if (first)
		of->kept = true;
	return first;
}

static bool first_eligible(void *q, const struct sched_entry *e)
{
	return first_seen(q, e, true);
}

static bool first_waiting(void *q, const struct sched_entry *e)
{
	return first_seen(q, e, false);
}

static void throw_out_stale(struct wf2q *q, struct sched_heap *h)
{
	sched_heap_keep(h, h == &q->eligible ? first_eligible : first_waiting, q);
	for (uint32_t i = 0; i < sched_heap_count(h); i++)
		((struct wf2q_flow *)nrw_sched_of(q->slots[(uint32_t)sched_heap_at(h, i)->who]))->kept = false;
}

static void enter(struct wf2q *q, struct nrw_sched_flow *f, enum place place)
{
	struct sched_heap *h = place == ELIGIBLE ? &q->eligible : &q->waiting;
	struct wf2q_flow *of = nrw_sched_of(f);

	of->place = OUT;		/* so an older entry is stale */
	if (__builtin_expect(sched_heap_count(h) == h->room, 0))
		throw_out_stale(q, h);
	of->place = (uint8_t)place;
	sched_heap_add(h, (struct sched_entry){ key(q, of), (uint64_t)f->number << 32 | of->slot });
}

static void weigh(struct wf2q *q, uint64_t more, uint64_t less)
{
	q->weights += more;
	q->weights -= less;
	q->rest = 0;
}

/* An idle one does not count any more. */
static void forget(struct wf2q *q, struct nrw_sched_flow *f)
{
	((struct wf2q_flow *)nrw_sched_of(f))->place = OUT;
	weigh(q, 0, f->weight);
}

static void set_finish(struct nrw_sched_flow *f)
{
	struct wf2q_flow *of = nrw_sched_of(f);

	of->bytes = f->head_bytes;
	of->finish = of->start + (f->head_bytes << SHIFT) / f->weight;
}

/* ---- V ---- */
/* It has gone on: those it has reached become eligible, or are forgotten. */
static void reach(struct wf2q *q)
{
	const struct sched_entry *e;

	while ((e = sched_heap_min(&q->waiting)) != NULL && e->key <= q->v - q->epoch) {
		struct nrw_sched_flow *f = flow_of(q, e, false);

		sched_heap_pop(&q->waiting);
		if (!f)
			continue;
		if (f->head_bytes)
			enter(q, f, ELIGIBLE);
		else
			forget(q, f);
	}
}

static void new_epoch(struct wf2q *q)
{
	uint64_t by = q->v - q->epoch - BEHIND;

	throw_out_stale(q, &q->eligible);	/* their keys might be of long ago */
	throw_out_stale(q, &q->waiting);
	sched_heap_set_back(&q->eligible, by);
	sched_heap_set_back(&q->waiting, by);
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
	q->busy++;
	if (f->lmax > q->lmax)
		q->lmax = f->lmax;
	if (of->place == IDLE) {
		of->start = of->finish;
		of->place = WAITING;	/* its entry says the same as before */
		set_finish(f);
		return;
	}
	weigh(q, f->weight, 0);
	of->start = q->v;
	set_finish(f);
	enter(q, f, ELIGIBLE);
}

static struct nrw_sched_flow *wf2q_next(void *s, nrw_time now)
{
	struct wf2q *q = s;

	(void)now;
	if (!q->busy)
		return NULL;
	for (;;) {
		const struct sched_entry *e = sched_heap_min(&q->eligible);
		struct nrw_sched_flow *f = e ? flow_of(q, e, true) : NULL;

		if (f)
			return f;
		if (e)
			sched_heap_pop(&q->eligible);
		else if (flow_of(q, sched_heap_min(&q->waiting), false))
			advance(q, q->epoch + sched_heap_min(&q->waiting)->key);	/* idle ones may come first */
		else
			sched_heap_pop(&q->waiting);
	}
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
	sched_heap_pop(&q->eligible);	/* it is the least: next() has named it */
	of->place = OUT;
	sent(q, f, bytes);
	advance(q, v);			/* first those that came before: so most come to `eligible` in order */
	if (f->head_bytes) {
		set_finish(f);
		enter(q, f, after(of->start, v) ? WAITING : ELIGIBLE);
	} else {
		q->busy--;
		if (after(of->finish, v))
			enter(q, f, IDLE);
		else
			forget(q, f);
	}
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

static void wf2q_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);

	if (f->lmax > q->lmax)
		q->lmax = f->lmax;
	if (of->place == OUT || (f->weight == old->weight && f->head_bytes == old->head_bytes))
		return;
	if (f->weight != old->weight) {
		weigh(q, f->weight, old->weight);
		of->start = rescale(q, of->start, old->weight, f->weight);
		of->finish = rescale(q, of->finish, old->weight, f->weight);
	}
	if (of->place != IDLE) {
		set_finish(f);
		enter(q, f, after(of->start, q->v) ? WAITING : ELIGIBLE);
	} else if (after(of->finish, q->v)) {
		enter(q, f, IDLE);
	} else {
		forget(q, f);
	}
}

static void wf2q_remove(void *s, struct nrw_sched_flow *f)
{
	struct wf2q *q = s;
	struct wf2q_flow *of = nrw_sched_of(f);

	if (of->place != OUT) {
		q->busy -= of->place != IDLE;
		forget(q, f);
	}
	q->slots[of->slot] = NULL;
	q->free_slots[q->free_count++] = of->slot;
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
	.name = "wf2q+",		.help = "worst-case fair weighted fair queueing: shares at any moment",
	.size = sizeof(struct wf2q),	.flow_size = sizeof(struct wf2q_flow),
	.init = wf2q_init,		.fini = wf2q_fini,
	.add = wf2q_add,		.remove = wf2q_remove,
	.change = wf2q_change,		.ready = wf2q_ready,
	.next = wf2q_next,		.served = wf2q_served,
	.patience = wf2q_patience,
};
