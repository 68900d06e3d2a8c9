/* emu/emu_way.c - the way of packets of many flows from the end of service to their exit, by (exit, seq).
 *
 *      head                                                           tail
 *      [exit 10][exit 12][exit 15] ... 127 --> [ ... ] --> [exit 40][exit 41][        ]        strays: a heap
 *                            ^ ahead: what is fetched next
 *
 * Services are worked out in the order of their ends, and all flows have one delay, so exits come in order and putting
 * is appending: a million packets on their way cost nothing but themselves. What would have to go before the tail (the
 * delay got shorter, or an older packet ends at the same instant) goes to a heap beside; the next one out is the lesser
 * of head and heap. A flow's own packets never overtake each other: emu_flows.c keeps their exits from decreasing.
 *
 * A packet has no room for its flow, so a step carries both. Steps lie in stretches of a page from a pool, so that
 * going from one to the next is no cache miss; and since who leaves soon is known, packets and flows are fetched
 * WAY_AHEAD steps before their turn. Where chance decides how long packets are on their way, strays are many: they come
 * from a pool, and cost what a heap costs, O(log4 n). */
#include "emu_flow.h"

#define WAY_AHEAD 8u
#define LINES_AHEAD 8u	/* steps from the one ahead to one whose line is fetched */

void emu_way_init(struct emu_way *w, struct pool *stretches)
{
	*w = (struct emu_way){ .stretches = stretches };
	heap_init(&w->strays);
	pool_init(&w->stray_pool, sizeof(struct emu_stray), _Alignof(struct emu_stray), 0);
}

void emu_way_fini(struct emu_way *w)
{
	heap_fini(&w->strays);
	pool_fini(&w->stray_pool);
	if (w->tail.stretch)
		pool_put(w->stretches, w->tail.stretch);
}

static inline bool before(nrw_time at, uint64_t seq, nrw_time other_at, uint64_t other_seq)
{
	return at != other_at ? at < other_at : seq < other_seq;
}

static int stray(struct emu_way *w, const struct emu_step *s)
{
	struct emu_stray *out = heap_reserve(&w->strays, w->strays.count + 1) ? NULL : pool_take(&w->stray_pool);

	if (!out)
		return ERR_NOMEM;
	out->step = *s;
	heap_node_init(&out->node);
	heap_add(&w->strays, &out->node, s->exit, s->seq);
	return 0;
}

/* Room behind the tail. */
static int stretch(struct emu_way *w)
{
	struct emu_stretch *more = pool_take(w->stretches);

	if (!more)
		return ERR_NOMEM;
	more->next = NULL;
	if (w->tail.stretch)
		w->tail.stretch->next = more;
	w->tail = (struct emu_place){ more, 0 };
	return 0;
}

int emu_way_put(struct emu_way *w, const struct emu_step *s)
{
	if (w->count && before(s->exit, s->seq, w->last, w->last_seq))
		return stray(w, s);
	if ((!w->tail.stretch || w->tail.i == EMU_STRETCH) && stretch(w))
		return ERR_NOMEM;
	if (!w->count) {
		w->head = w->ahead = w->tail;
		w->lead = 0;
	}
	w->tail.stretch->steps[w->tail.i++] = *s;
	w->last = s->exit;
	w->last_seq = s->seq;
	w->count++;
	return 0;
}

static inline const struct emu_step *at(const struct emu_place *p)
{
	return &p->stretch->steps[p->i];
}

const struct emu_step *emu_way_first(const struct emu_way *w)
{
	const struct emu_step *head = w->count ? at(&w->head) : NULL;
	const struct heap_entry *stray = heap_min(&w->strays);

	if (!stray || (head && !before(stray->time, stray->tie, head->exit, head->seq)))
		return head;
	return &container_of(stray->node, struct emu_stray, node)->step;
}

static inline void move_on(struct emu_place *p)
{
	if (++p->i == EMU_STRETCH && p->stretch->next)
		*p = (struct emu_place){ p->stretch->next, 0 };
}

/* Moves `ahead` on, by two where it fell back. */
static void fetch_ahead(struct emu_way *w)
{
	for (unsigned i = 0; i < 2 && w->lead < WAY_AHEAD && w->lead + 1 < w->count; i++) {
		const struct emu_step *s;

		move_on(&w->ahead);
		w->lead++;
		s = at(&w->ahead);
		if (w->ahead.i + LINES_AHEAD < EMU_STRETCH)
			__builtin_prefetch(s + LINES_AHEAD);	/* stretches lie anywhere */
		emu_fetch(s->pkt);
		emu_fetch(s->flow);
	}
}

/* The last stretch stays, and begins anew when it is empty. */
static void take_head(struct emu_way *w)
{
	struct emu_stretch *was = w->head.stretch;

	if (!--w->count) {
		w->tail.i = 0;
		if (was != w->tail.stretch)
			pool_put(w->stretches, was);
		return;
	}
	move_on(&w->head);
	if (w->head.stretch != was)
		pool_put(w->stretches, was);
	if (w->lead)
		w->lead--;
	else
		w->ahead = w->head;
	fetch_ahead(w);
}

bool emu_way_take(struct emu_way *w, struct emu_step *s)
{
	const struct emu_step *first = emu_way_first(w);

	if (!first)
		return false;
	*s = *first;
	if (w->count && first == at(&w->head)) {
		take_head(w);
	} else {
		struct emu_stray *out = container_of(heap_min(&w->strays)->node, struct emu_stray, node);

		heap_remove(&w->strays, &out->node);
		pool_put(&w->stray_pool, out);
	}
	return true;
}
