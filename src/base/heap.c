/* heap.c - an implicit 4-ary heap.
 *
 *      index     0 | 1  2  3  4 | 5  6  7  8 | 9 ...         parent of i: (i - 1) / 4
 *      children  of:      0            1          2
 *
 * Four children instead of two: half the levels, and the children of one lie side by side, so a level costs about one
 * cache line where a binary heap of nodes costs two. Entries carry the keys; a member is touched only to be told its
 * new place. Sifting moves a hole, not pairs.
 *
 * Limits: 2^32 - 2 members. Equal keys leave in any order: who needs one gives a tie that differs. */
#include "base/heap.h"

#include <stdlib.h>

#include "base/err.h"

#define ARITY 4
#define ROOM_MIN 16

void heap_init(struct heap *h)
{
	*h = (struct heap){ 0 };
}

void heap_fini(struct heap *h)
{
	for (uint32_t i = 0; i < h->count; i++)
		heap_node_init(h->entries[i].node);
	free(h->entries);
	heap_init(h);
}

int heap_reserve(struct heap *h, uint32_t members)
{
	uint64_t room = h->room + (uint64_t)h->room / 2;
	struct heap_entry *entries;

	if (members <= h->room)
		return 0;
	room = room > members ? room : members;
	room = room > ROOM_MIN ? room : ROOM_MIN;
	if (room >= UINT32_MAX || room > SIZE_MAX / sizeof(*entries))
		return ERR_NOMEM;
	entries = realloc(h->entries, (size_t)room * sizeof(*entries));
	if (!entries)
		return ERR_NOMEM;
	h->entries = entries;
	h->room = (uint32_t)room;
	return 0;
}

static inline bool before(const struct heap_entry *a, const struct heap_entry *b)
{
	return a->time != b->time ? a->time < b->time : a->tie < b->tie;
}

/* A key of three registers stays in them: as a struct it would be stored in parts and loaded as a whole, for which a
 * processor waits until the parts have left its store buffer. */
static inline bool key_before(uint64_t time, uint64_t tie, const struct heap_entry *e)
{
	return time != e->time ? time < e->time : tie < e->tie;
}

static inline void put_at(struct heap *h, uint32_t i, uint64_t time, uint64_t tie, struct heap_node *n)
{
	struct heap_entry *e = &h->entries[i];

	e->time = time;
	e->tie = tie;
	e->node = n;
	n->place = i + 1;
}

static inline void carry(struct heap *h, uint32_t to, uint32_t from)
{
	h->entries[to] = h->entries[from];
	h->entries[to].node->place = to + 1;
}

/* `i` is a hole for this key, which may belong nearer to the root. */
static void sift_up(struct heap *h, uint32_t i, uint64_t time, uint64_t tie, struct heap_node *n)
{
	while (i) {
		uint32_t up = (i - 1) / ARITY;

		if (!key_before(time, tie, &h->entries[up]))
			break;
		carry(h, i, up);
		i = up;
	}
	put_at(h, i, time, tie, n);
}

static uint32_t least_child(const struct heap *h, uint64_t first)
{
	uint64_t end = first + ARITY < h->count ? first + ARITY : h->count;
	uint64_t least = first;

	for (uint64_t i = first + 1; i < end; i++)
		if (before(&h->entries[i], &h->entries[least]))
			least = i;
	return (uint32_t)least;
}

static void sift_down(struct heap *h, uint32_t i, uint64_t time, uint64_t tie, struct heap_node *n)
{
	for (;;) {
		uint64_t first = (uint64_t)i * ARITY + 1;
		uint32_t child;

		if (first >= h->count)
			break;
		child = least_child(h, first);
		if (key_before(time, tie, &h->entries[child]))
			break;
		carry(h, i, child);
		i = child;
	}
	put_at(h, i, time, tie, n);
}

static void settle(struct heap *h, uint32_t i, uint64_t time, uint64_t tie, struct heap_node *n)
{
	if (h->count == 1)
		put_at(h, 0, time, tie, n);
	else if (i && key_before(time, tie, &h->entries[(i - 1) / ARITY]))
		sift_up(h, i, time, tie, n);
	else
		sift_down(h, i, time, tie, n);
}

void heap_add(struct heap *h, struct heap_node *n, uint64_t time, uint64_t tie)
{
	BUG_ON(n->place || h->count == h->room);
	sift_up(h, h->count++, time, tie, n);
}

void heap_move(struct heap *h, struct heap_node *n, uint64_t time, uint64_t tie)
{
	BUG_ON(!n->place || n->place > h->count);
	settle(h, n->place - 1, time, tie, n);
}

void heap_remove(struct heap *h, struct heap_node *n)
{
	uint32_t i = n->place - 1;
	const struct heap_entry *last;

	BUG_ON(!n->place || n->place > h->count || h->entries[i].node != n);
	heap_node_init(n);
	if (i == --h->count)
		return;
	last = &h->entries[h->count];
	settle(h, i, last->time, last->tie, last->node);
}
