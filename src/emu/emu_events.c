/* emu/emu_events.c - whose packet leaves next, of all pipes: the next few in order, the others by time, roughly.
 *
 *      near  first [10][12][15][15] end          sorted: an array, gone through from the front
 *      soon  a heap                              of one instant, and too many of it; mostly empty
 *      bins  [16..19] [20..23] [24..87] ...      emu_bins.c: the later, the wider
 *
 * Each time a packet leaves, its pipe tells when the next one will. Either that is near, and slides to its place among
 * these, or it is appended to a bin; when fewer than EMU_AHEAD are near, the first bin is sorted into them. So a pipe
 * costs O(1) where times are spread, O(log4 n) where they are all the same.
 *
 * Since the next few are known, their pipes and packets are fetched before their turn (emu.c), and that is the point.
 * Measured by `narrows bench pipe`, 10 000 pipes as a multiple of one with as many packets: a heap whose members know
 * their place (base/heap.h), a cold write for each level, 3.1; a heap with the next eight in order before it, and what
 * these touch fetched, 2.1, a third of it the cold lines of the heap; bins instead of the heap 1.6; with the histogram
 * of waits fetched too, once in eight packets, 1.4, and 0.9 where each packet lies in one line, as those of a pool do.
 *
 * Entries do not know their place. An event that is told anew while it is not the first gets one more entry and leaves
 * a stale one behind; but the first is always as it was told last, so who asks for the next time gets it exactly. There
 * is room for twice as many entries as events; where stale ones fill it they are swept out, O(1) for each telling. Two
 * entries of an event that say the same are as good as one: when the first has had its turn, so has the other.
 *
 * Memory: 24 bytes for an entry near or soon, 26 in a bin, for four entries a pipe, reserved when it is made. Thread:
 * the owner's lane. */
#include "emu_events.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define ARITY 4u
#define ROOM_MIN 32u

_Static_assert(EMU_AHEAD + EMU_BINS_FEW <= EMU_NEAR_MOST && EMU_NEAR_MOST < EMU_NEAR, "what comes from a bin has room");

void emu_events_init(struct emu_events *q)
{
	*q = (struct emu_events){ 0 };
	emu_event_init(&q->nobody, true);	/* no pipe lies around it to be fetched */
}

void emu_events_fini(struct emu_events *q)
{
	free(q->soon);
	emu_bins_fini(&q->bins);
	emu_events_init(q);
}

int emu_events_reserve(struct emu_events *q, uint32_t events)
{
	uint64_t room = q->room + (uint64_t)q->room / 2, need = 2 * (uint64_t)events;
	struct emu_entry *soon;

	if (need <= q->room)
		return 0;
	room = room > need ? room : need;
	room = room > ROOM_MIN ? room : ROOM_MIN;
	if (room > UINT32_MAX / ARITY || room > SIZE_MAX / sizeof(*soon) || emu_bins_reserve(&q->bins, (uint32_t)room))
		return ERR_NOMEM;
	soon = realloc(q->soon, (size_t)room * sizeof(*soon));
	if (!soon)
		return ERR_NOMEM;
	q->soon = soon;
	q->room = (uint32_t)room;
	return 0;
}

static inline bool before(const struct emu_entry *a, const struct emu_entry *b)
{
#if defined(__SIZEOF_INT128__)		/* no branches: which one is less cannot be foretold */
	return ((unsigned __int128)a->at << 64 | a->seq) < ((unsigned __int128)b->at << 64 | b->seq);
#else
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
#endif
}

static inline bool is_stale(const struct emu_entry *e)
{
	return e->of->seq != e->seq || e->of->at != e->at;
}

/* ---- soon ---- */

/* The last place is a hole for e. */
static void soon_add(struct emu_events *q, struct emu_entry e)
{
	uint32_t i = q->soon_count++;

	while (i && before(&e, &q->soon[(i - 1) / ARITY])) {
		q->soon[i] = q->soon[(i - 1) / ARITY];
		i = (i - 1) / ARITY;
	}
	q->soon[i] = e;
}

static uint32_t least_child(const struct emu_events *q, uint32_t i)
{
	uint32_t best = ARITY * i + 1, end = best + ARITY < q->soon_count ? best + ARITY : q->soon_count;

	for (uint32_t child = best + 1; child < end; child++)
		if (before(&q->soon[child], &q->soon[best]))
			best = child;
	return best;
}

static struct emu_entry soon_take(struct emu_events *q)
{
	struct emu_entry least = q->soon[0], last = q->soon[--q->soon_count];
	uint32_t i = 0;

	while (ARITY * i + 1 < q->soon_count) {
		uint32_t child = least_child(q, i);

		if (!before(&q->soon[child], &last))
			break;
		q->soon[i] = q->soon[child];
		i = child;
	}
	q->soon[i] = last;
	return least;
}

/* ---- near ---- */

static inline uint32_t near_count(const struct emu_events *q)
{
	return q->end - q->first;
}

static inline uint32_t far_count(const struct emu_events *q)
{
	return q->soon_count + q->bins.count;
}

/* To its place; there is room. */
static void near_add(struct emu_events *q, struct emu_entry e)
{
	uint32_t i;

	if (q->end == EMU_NEAR) {
		q->end = near_count(q);
		memmove(q->near, q->near + q->first, q->end * sizeof(*q->near));
		q->first = 0;
	}
	for (i = q->end++; i > q->first && before(&e, &q->near[i - 1]); i--)
		q->near[i] = q->near[i - 1];
	q->near[i] = e;
}

/* What is in the first bin is near now. */
static void bring_bin(struct emu_events *q)
{
	uint32_t n = emu_bins_take(&q->bins, q->soon);	/* nobody is there: that is why */

	for (uint32_t i = 0; i < n; i++) {
		struct emu_entry e = q->soon[i];

		if (e.at >= q->edge)
			q->edge = e.at < NRW_NEVER ? e.at + 1 : e.at;
		if (n > EMU_BINS_FEW)
			soon_add(q, e);		/* never beyond i */
		else
			near_add(q, e);
	}
}

static __attribute__((noinline)) void bring(struct emu_events *q)
{
	while (near_count(q) < EMU_AHEAD && far_count(q)) {
		if (q->soon_count)
			near_add(q, soon_take(q));
		else
			bring_bin(q);
	}
}

static inline void refill(struct emu_events *q)
{
	if (near_count(q) < EMU_AHEAD && far_count(q))
		bring(q);
}

static inline void pop(struct emu_events *q)
{
	q->near[q->first++].of->entries--;
	refill(q);
}

static inline void tidy(struct emu_events *q)
{
	while (near_count(q) && is_stale(&q->near[q->first]))
		pop(q);
}

/* Not before the last that is near. */
static void add_far(struct emu_events *q, const struct emu_entry *e)
{
	if (e->at < q->edge)
		soon_add(q, *e);
	else
		emu_bins_add(&q->bins, e);
}

static void add(struct emu_events *q, struct emu_entry e)
{
	bool full = near_count(q) == EMU_NEAR_MOST;

	e.of->entries++;
	if ((full || far_count(q)) && !before(&e, &q->near[q->end - 1])) {
		add_far(q, &e);
		return;
	}
	if (full)
		add_far(q, &q->near[--q->end]);
	near_add(q, e);
}

/* The first one is this now: to its place, if that is near. */
static inline bool slide(struct emu_events *q, const struct emu_entry *e)
{
	uint32_t i = q->first;

	if (far_count(q) && !before(e, &q->near[q->end - 1]))
		return false;
	for (; i + 1 < q->end && before(&q->near[i + 1], e); i++)
		q->near[i] = q->near[i + 1];
	q->near[i] = *e;
	return true;
}

/* ---- stale ones ---- */

/* One of each event stays, as the mark on it says while this goes on. */
static bool keep(struct emu_entry *e)
{
	if (is_stale(e)) {
		e->of->entries--;
		return false;
	}
	e->of->seq = EMU_NO_EVENT;
	return true;
}

static void unmark(void *ctx, struct emu_entry *e)
{
	e->of->seq = e->seq;
}

static void each(struct emu_events *q, void (*see)(void *ctx, struct emu_entry *e), void *ctx)
{
	for (uint32_t i = q->first; i < q->end; i++)
		see(ctx, &q->near[i]);
	for (uint32_t i = 0; i < q->soon_count; i++)
		see(ctx, &q->soon[i]);
	emu_bins_each(&q->bins, see, ctx);
}

static __attribute__((cold)) void sweep(struct emu_events *q)
{
	uint32_t end = q->end, soon = q->soon_count;

	q->end = q->first;
	q->soon_count = 0;
	for (uint32_t i = q->first; i < end; i++)
		if (keep(&q->near[i]))
			q->near[q->end++] = q->near[i];
	for (uint32_t i = 0; i < soon; i++)
		if (keep(&q->soon[i]))
			soon_add(q, q->soon[i]);	/* never beyond i */
	emu_bins_keep(&q->bins, keep);
	each(q, unmark, NULL);
	refill(q);
}

void emu_events_change(struct emu_events *q, struct emu_event *ev, nrw_time at, uint64_t seq)
{
	struct emu_entry e = { at, seq, ev };
	bool first = near_count(q) && q->near[q->first].of == ev && ev->seq != EMU_NO_EVENT;
	bool told = seq != EMU_NO_EVENT;

	ev->at = at;
	ev->seq = seq;
	if (!(first && told && slide(q, &e))) {
		if (first)
			pop(q);
		if (told && far_count(q) == q->room)
			sweep(q);
		if (told)
			add(q, e);
	}
	tidy(q);
}

struct gone {
	struct emu_event *event, *nobody;
};

static void disown(void *ctx, struct emu_entry *e)
{
	const struct gone *g = ctx;

	if (e->of != g->event)
		return;
	e->of = g->nobody;
	g->event->entries--;
	g->nobody->entries++;
}

void emu_events_forget(struct emu_events *q, struct emu_event *ev)
{
	ev->seq = EMU_NO_EVENT;
	if (ev->entries)
		each(q, disown, &(struct gone){ ev, &q->nobody });
	tidy(q);
}
