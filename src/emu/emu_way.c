/* emu/emu_way.c - the way of packets of many flows from the end of service to their exit, by (exit, seq).
 *
 *      head --> [exit 10] --> [exit 12] --> [exit 15] <-- tail        strays: a heap, [exit 11] [exit 12]
 *
 * Services are worked out in the order of their ends, and all flows have one delay, so exits come in order and putting
 * is appending: a million packets on their way cost nothing but themselves. What would have to go before the tail (the
 * delay got shorter, or an older packet ends at the same instant) goes to a heap beside; the next one out is the lesser
 * of head and heap. A flow's own packets never overtake each other: emu_flows.c keeps their exits from decreasing.
 *
 * A packet has no room for its flow, so a step carries both; steps come from a pool. Only the heap's room may fail. */
#include "emu_flow.h"

void emu_way_init(struct emu_way *w)
{
	w->head = w->tail = NULL;
	heap_init(&w->strays);
}

void emu_way_fini(struct emu_way *w)
{
	heap_fini(&w->strays);
}

static inline bool before(nrw_time at, uint64_t seq, const struct emu_step *s)
{
	return at != s->exit ? at < s->exit : seq < s->seq;
}

int emu_way_put(struct emu_way *w, struct emu_step *s)
{
	s->next = NULL;
	heap_node_init(&s->node);
	if (!w->head) {
		w->head = w->tail = s;
		return 0;
	}
	if (!before(s->exit, s->seq, w->tail)) {
		w->tail->next = s;
		w->tail = s;
		return 0;
	}
	if (heap_reserve(&w->strays, w->strays.count + 1))
		return ERR_NOMEM;
	heap_add(&w->strays, &s->node, s->exit, s->seq);
	return 0;
}

struct emu_step *emu_way_first(const struct emu_way *w)
{
	const struct heap_entry *stray = heap_min(&w->strays);

	if (!stray || (w->head && !before(stray->time, stray->tie, w->head)))
		return w->head;
	return container_of(stray->node, struct emu_step, node);
}

struct emu_step *emu_way_take(struct emu_way *w)
{
	struct emu_step *s = emu_way_first(w);

	if (!s)
		return NULL;
	if (s == w->head) {
		w->head = s->next;
		if (!w->head)
			w->tail = NULL;
	} else {
		heap_remove(&w->strays, &s->node);
	}
	return s;
}
