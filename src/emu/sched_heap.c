/* emu/sched_heap.c - a 4-ary heap of 16-byte entries, the four children of one in one cache line.
 *
 *      index   3 | 4  5  6  7 | 8 ... 11 | 12 ...      children of i: 4 (i - 2) ... 4 (i - 2) + 3
 *              ^ root
 *
 * To tell a member where it stands (base/heap.h) is a write to another cold line for each level; with tens of thousands
 * of flows that is most of the cost of a service. Here nobody is told. What is taken out is nearly always the least;
 * its hole sinks to the bottom, along the lesser children, and the last entry rises from there: it stood at the bottom,
 * and seldom has far to go. While one level is compared the lines of the next are fetched.
 *
 * Cost: O(log4 n) to pop; to add O(1) on average for keys that come in about their order. One thread. */
#include "sched_heap.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define ARITY 4u
#define ROOT SCHED_HEAP_ROOT
#define LINE 64u

int sched_heap_reserve(struct sched_heap *h, uint32_t room)
{
	size_t most = h->room + (size_t)h->room / 2;
	struct sched_entry *entries;
	void *memory;

	if (room <= h->room)
		return 0;
	most = most > room ? most : room;
	if (most > UINT32_MAX / ARITY || most > SIZE_MAX / sizeof(*entries) / 2)
		return -1;
	memory = malloc((most + ROOT) * sizeof(*entries) + LINE);
	if (!memory)
		return -1;
	entries = (void *)(((uintptr_t)memory + LINE - 1) & ~(uintptr_t)(LINE - 1));
	if (h->count)
		memcpy(entries + ROOT, h->entries + ROOT, h->count * sizeof(*entries));
	free(h->memory);
	h->memory = memory;
	h->entries = entries;
	h->room = (uint32_t)most;
	return 0;
}

void sched_heap_fini(struct sched_heap *h)
{
	free(h->memory);
	*h = (struct sched_heap){ 0 };
}

static bool less(const struct sched_entry *a, const struct sched_entry *b)
{
#if defined(__SIZEOF_INT128__)		/* no branches: which one is less cannot be foretold */
	return ((unsigned __int128)a->key << 64 | a->who) < ((unsigned __int128)b->key << 64 | b->who);
#else
	return a->key < b->key || (a->key == b->key && a->who < b->who);
#endif
}

/* Place i is a hole for e. */
static void rise(struct sched_heap *h, uint32_t i, struct sched_entry e)
{
	while (i > ROOT) {
		uint32_t up = i / ARITY + 2;

		if (!less(&e, &h->entries[up]))
			break;
		h->entries[i] = h->entries[up];
		i = up;
	}
	h->entries[i] = e;
}

void sched_heap_add(struct sched_heap *h, struct sched_entry e)
{
	BUG_ON(h->count >= h->room);
	rise(h, ROOT + h->count++, e);
}

static uint32_t least(const struct sched_heap *h, uint32_t first, uint32_t end)
{
	const struct sched_entry *e = &h->entries[first];
	uint32_t best = 0;

	if (end - first >= ARITY) {
		uint32_t a = less(&e[1], &e[0]), b = 2 + (uint32_t)less(&e[3], &e[2]);
		uint32_t other = -(uint32_t)less(&e[b], &e[a]);

		return first + (a ^ ((a ^ b) & other));
	}
	for (uint32_t i = 1; i < end - first; i++)
		if (less(&e[i], &e[best]))
			best = i;
	return first + best;
}

static void fetch(const struct sched_heap *h, uint32_t first, uint32_t end)
{
	uint32_t below = ARITY * (first - 2);

	if (below + ARITY * ARITY <= end)
		for (uint32_t i = 0; i < ARITY; i++)
			__builtin_prefetch(&h->entries[below + ARITY * i]);
}

/* Place i is a hole. */
static void sink(struct sched_heap *h, uint32_t i, struct sched_entry e)
{
	uint32_t end = ROOT + h->count;

	for (;;) {
		uint32_t first = ARITY * (i - 2), child;

		if (first >= end)
			break;
		fetch(h, first, end);
		child = least(h, first, end);
		h->entries[i] = h->entries[child];
		i = child;
	}
	rise(h, i, e);
}

void sched_heap_pop(struct sched_heap *h)
{
	h->count--;
	if (h->count)
		sink(h, ROOT, h->entries[ROOT + h->count]);
}

void sched_heap_set_back(struct sched_heap *h, uint64_t by)
{
	for (uint32_t i = ROOT; i < ROOT + h->count; i++)
		h->entries[i].key -= by;	/* of all: their order stays */
}

void sched_heap_keep(struct sched_heap *h, bool (*wanted)(void *ctx, const struct sched_entry *e), void *ctx)
{
	uint32_t end = ROOT + h->count;

	h->count = 0;
	for (uint32_t i = ROOT; i < end; i++)
		if (wanted(ctx, &h->entries[i]))
			sched_heap_add(h, h->entries[i]);	/* never beyond i */
}
