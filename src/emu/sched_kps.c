/* emu/sched_kps.c - KPS: fluid sharing approximated with interleaved stratified timer wheels.
 *
 * Karsten, "Approximation of Generalized Processor Sharing with Interleaved Stratified Timer Wheels", ToN 18(3), 2010.
 * From the paper's summary: flows stand in strata by their rate, each stratum has a wheel of virtual time with slots of
 * its own length, wheels are interleaved, times are rounded to slots, and whoever may start and has the earliest end is
 * served, in constant time. What follows is built from that definition; the paper's own procedures are not repeated.
 *
 *      stratum i   flows with largest / weight in (2^(i-1), 2^i] units of virtual time (emu/virtual.h); slots of 2^i
 *      wheel i     WHEEL slots, the first of them that holds flows is its hand; begins at odd multiples of 2^(i-1)
 *
 *         i = 2      |       .       |       .       |       .          slots begin at 2  6  10  14 ..
 *         i = 1        |   .   |   .   |   .   |   .   |   .   |                    at 1  3  5  7 ...
 *                    ->  virtual time
 *
 * Interleaved: no two strata begin a slot at one time, since no number is an odd multiple of two powers of two. So
 * hands never tie, and flows of different rates do not fall due together, which makes a scheduler with aligned slots
 * (QFQ) bursty where V crosses a multiple of many.
 *
 *      start of a stratum    where its hand's slot begins
 *      end                   start + 2 slots: no head in the slot ends later
 *      next                  of the strata with start <= V the one with the earliest end;
 *                            if there is none, V jumps to the earliest start first
 *
 * V, what flows owe that leave, and stamps that do not drift: emu/virtual.h. Where QFQ keeps its groups in four sets so
 * that one instruction finds the next, this compares the hands of the strata that hold flows: there are as many as
 * there are different powers of two among largest / weight, 58 at the most, and no more for a million flows. In
 * exchange each decision is by the true order of ends, none by what was true when a group was blocked.
 *
 * Promise (ours: the paper's bounds were not at hand; tested on random runs, tests/unit/emu/sched_kps_test.c):
 *
 *      alpha <= 3 weight * slot + 2 share * Lmax
 *
 * A flow that is too far ahead for its own wheel, or comes when its wheel's hand lies far behind V, waits in the next
 * longer one that has a slot for it, as in QFQ. Ties within a slot are decided by order of arrival. Cost: O(1) in the
 * number of flows. Lane's thread. */
#include "base/list.h"
#include "emu/virtual.h"
#include "sched_kinds.h"

#define STRATA 60u
#define WHEEL 16u

struct wheel {
	uint64_t start;			/* of the hand's slot */
	uint32_t hand;
	uint32_t full;			/* bit n: slot hand + n holds flows */
	struct list slots[WHEEL];
};

struct kps {
	struct virtual_time time;
	uint64_t strata;		/* bit i: wheel i holds flows */
	uint64_t lmax;			/* of any flow so far, for patience() */
	struct wheel wheels[STRATA];
};

struct kps_flow {
	struct list link;
	struct virtual_stamp stamp;
};

static uint64_t slot(unsigned i)
{
	return UINT64_C(1) << i;
}

/* Slots begin half a slot beside the multiples of their length. */
static uint64_t floor_of(uint64_t at, unsigned i)
{
	uint64_t half = slot(i) / 2;

	return ((at - half) & -slot(i)) + half;
}

static struct kps_flow *kept(struct list *l)
{
	return container_of(l, struct kps_flow, link);
}

static struct nrw_sched_flow *flow_of(struct kps_flow *k)
{
	return (struct nrw_sched_flow *)(void *)k - 1;
}

static bool waits(const struct kps_flow *k)
{
	return k->link.next != &k->link;
}

static int kps_init(void *state, const struct nrw_sched_params *params)
{
	struct kps *s = state;

	(void)params;
	for (unsigned i = 0; i < STRATA; i++)
		for (unsigned n = 0; n < WHEEL; n++)
			list_init(&s->wheels[i].slots[n]);
	return 0;
}

/* ---- wheels ---- */
static unsigned slot_at(const struct wheel *w, unsigned n)
{
	return (w->hand + n) % WHEEL;
}

static int64_t slots_to(const struct wheel *w, uint64_t at, unsigned i)
{
	return (int64_t)(at - w->start) >> i;
}

/* The lowest wheel, from home upwards, that has a slot for this start. */
static unsigned wheel_for(const struct kps *s, unsigned home, uint64_t at)
{
	unsigned i = home;

	while (i < STRATA - 1 && at - floor_of(s->time.v, i) >= 2 * slot(i))
		i++;
	while (i < STRATA - 1 && s->wheels[i].full && slots_to(&s->wheels[i], at, i) >= (int64_t)WHEEL)
		i++;
	return i;
}

/* All flows of a wheel that lies ahead stand in its hand's slot, the next to begin; so the hand may go one back. */
static void hand_back(struct wheel *w, unsigned i, unsigned slots)
{
	w->full <<= slots;
	w->hand = slot_at(w, WHEEL - slots);
	w->start -= (uint64_t)slots << i;
}

static void insert(struct kps *s, struct kps_flow *k)
{
	uint64_t at = virtual_after(k->stamp.at, s->time.v) ? k->stamp.at : s->time.v;
	unsigned i = wheel_for(s, k->stamp.home, at);
	struct wheel *w = &s->wheels[i];
	int64_t n = 0;

	k->stamp.class = (uint8_t)i;
	if (!w->full)
		w->start = floor_of(at, i);
	else
		n = slots_to(w, at, i);
	if (n < 0) {
		hand_back(w, i, (unsigned)-n);
		n = 0;
	}
	w->full |= 1u << n;
	s->strata |= slot(i);
	list_put_tail(&w->slots[slot_at(w, (unsigned)n)], &k->link);
}

/* The hand goes on to the first slot that holds flows. */
static void hand_on(struct kps *s, unsigned i)
{
	struct wheel *w = &s->wheels[i];
	unsigned n;

	if (!w->full) {
		s->strata &= ~slot(i);
		return;
	}
	n = (unsigned)__builtin_ctz(w->full);
	w->full >>= n;
	w->hand = slot_at(w, n);
	w->start += (uint64_t)n << i;
}

static void take_out(struct kps *s, struct kps_flow *k)
{
	unsigned i = k->stamp.class;
	struct wheel *w = &s->wheels[i];
	struct list *next = k->link.next;

	list_remove(&k->link);
	if (!list_empty(next))
		return;
	w->full &= ~(1u << ((unsigned)(next - w->slots) - w->hand) % WHEEL);	/* it was alone: next is the slot */
	hand_on(s, i);
}

/* Its start has moved on. In its wheel and near the hand, as nearly always, it changes slots. */
static void replace(struct kps *s, struct kps_flow *k)
{
	unsigned i = k->stamp.class;
	struct wheel *w = &s->wheels[i];
	struct list *hand = &w->slots[w->hand];
	int64_t n = slots_to(w, k->stamp.at, i);
	bool near = (int64_t)(k->stamp.at - floor_of(s->time.v, i)) < (int64_t)(2 * slot(i));

	if (i != k->stamp.home || n > 2 || !near || k->link.prev != hand) {
		take_out(s, k);
		insert(s, k);
		return;
	}
	n = n > 0 ? n : 0;
	list_remove(&k->link);
	list_put_tail(&w->slots[slot_at(w, (unsigned)n)], &k->link);
	w->full |= 1u << n;
	if (list_empty(hand)) {
		w->full &= ~1u;
		hand_on(s, i);
	}
}

/* ---- whose turn it is ---- */
static uint64_t end_of(const struct kps *s, unsigned i)
{
	return s->wheels[i].start + 2 * slot(i);
}

/* The stratum that may start and ends first; STRATA: none may start. */
static unsigned earliest_end(const struct kps *s)
{
	unsigned best = STRATA;

	for (uint64_t left = s->strata; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);

		if (virtual_after(s->wheels[i].start, s->time.v))
			continue;
		if (best == STRATA || virtual_after(end_of(s, best), end_of(s, i)))
			best = i;
	}
	return best;
}

static uint64_t earliest_start(const struct kps *s)
{
	uint64_t best = s->wheels[__builtin_ctzll(s->strata)].start;

	for (uint64_t left = s->strata; left; left &= left - 1) {
		uint64_t start = s->wheels[__builtin_ctzll(left)].start;

		if (virtual_after(best, start))
			best = start;
	}
	return best;
}

static struct nrw_sched_flow *kps_next(void *state, nrw_time now)
{
	struct kps *s = state;
	const struct wheel *w;
	unsigned i;

	(void)now;
	if (!s->strata)
		return NULL;
	i = earliest_end(s);
	if (i == STRATA) {
		virtual_to(&s->time, earliest_start(s));
		i = earliest_end(s);
	}
	w = &s->wheels[i];
	return flow_of(kept(w->slots[w->hand].next));
}

/* ---- what the instance tells ---- */
static void classify(struct kps *s, struct nrw_sched_flow *f)
{
	((struct kps_flow *)nrw_sched_of(f))->stamp.home = virtual_class(f->lmax, f->weight);
	if (f->lmax > s->lmax)
		s->lmax = f->lmax;
}

static int kps_add(void *state, struct nrw_sched_flow *f)
{
	list_init(&((struct kps_flow *)nrw_sched_of(f))->link);
	classify(state, f);
	return 0;
}

static void kps_ready(void *state, struct nrw_sched_flow *f, nrw_time now)
{
	struct kps *s = state;
	struct kps_flow *k = nrw_sched_of(f);

	(void)now;
	virtual_enter(&s->time, &k->stamp, f->weight);
	insert(s, k);
}

static void leave(struct kps *s, struct nrw_sched_flow *f)
{
	struct kps_flow *k = nrw_sched_of(f);

	take_out(s, k);
	virtual_leave(&s->time, &k->stamp, f->weight);
}

static void kps_served(void *state, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	struct kps *s = state;
	struct kps_flow *k = nrw_sched_of(f);

	(void)now;
	virtual_sent(&s->time, bytes);
	virtual_stamp_sent(&k->stamp, f->weight, bytes);
	if (f->head_bytes)
		replace(s, k);
	else
		leave(s, f);
}

static void kps_change(void *state, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct kps *s = state;
	struct kps_flow *k = nrw_sched_of(f);
	bool backlogged = waits(k);

	if (f->lmax != old->lmax || f->weight != old->weight)
		classify(s, f);
	if (f->weight == old->weight)
		return;
	if (backlogged)
		take_out(s, k);
	virtual_reweigh(&s->time, &k->stamp, old->weight, f->weight, backlogged);
	if (backlogged)
		insert(s, k);
}

static void kps_remove(void *state, struct nrw_sched_flow *f)
{
	if (waits(nrw_sched_of(f)))
		leave(state, f);
}

static uint64_t kps_patience(const void *state, const struct nrw_sched_flow *f)
{
	const struct kps *s = state;
	const struct kps_flow *k = (const struct kps_flow *)(const void *)(f + 1);
	uint8_t class = k->stamp.class > k->stamp.home ? k->stamp.class : k->stamp.home;

	return virtual_bytes(UINT64_C(3) << class, s->time.weights + s->time.gone) + 1 + 2 * s->lmax;
}

const struct nrw_sched_ops sched_kps = {
	.name = "kps",			.help = "interleaved stratified timer wheels: nearly wf2q+, smooth",
	.size = sizeof(struct kps),	.flow_size = sizeof(struct kps_flow),
	.init = kps_init,
	.add = kps_add,			.remove = kps_remove,
	.change = kps_change,		.ready = kps_ready,
	.next = kps_next,		.served = kps_served,
	.patience = kps_patience,
};
