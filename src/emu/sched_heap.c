/* emu/sched_heap.c - a 4-ary heap of 16-byte entries, the four children of one in one cache line; and a ring before it.
 *
 *      heap    3 | 4  5  6  7 | 8 ... 11 | 12 ...      children of i: 4 (i - 2) ... 4 (i - 2) + 3
 *              ^ root
 *      run     [ 3 5 5 8 9 ]  <- 9 or later            the least of all is the root, or the first of the run
 *
 * To tell a member where it stands (base/heap.h) is a write to another cold line for each level; with tens of thousands
 * of flows that is most of the cost of a service. Here nobody is told. What is taken out is nearly always the least;
 * its hole sinks to the bottom, along the lesser children, and the last entry rises from there: it stood at the bottom,
 * and seldom has far to go. While one level is compared the lines of the next are fetched.
 *
 * An entry that is no less than the last of the run joins that, and sinks nowhere. Flows of like weights with packets
 * of like size take their turns in order, so theirs nearly all do: 32768 of them cost wf2q+ 57 ns a packet, where they
 * cost 167 in the heap alone. Weights 1 to 100 and lengths of 64 to 1500, drawn, which come in no order, cost a tenth
 * less than by the heap alone.
 *
 * Cost: O(log4 n) to pop; to add O(1) on average for keys that come in about their order; both O(1) in the run. One
 * thread. */
#include "sched_heap.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define ARITY 4u
#define ROOT SCHED_HEAP_ROOT
#define LINE 64u

/* A ring of so many places at least, with what the old one holds. */
static int grow_run(struct sched_heap *h, uint32_t room)
{
	uint32_t places = h->run ? h->mask + 1 : 16, n = h->end - h->first;
	struct sched_entry *run;

	while (places < room)
		places *= 2;
	if (h->run && places == h->mask + 1)
		return 0;
	run = malloc(places * sizeof(*run));
	if (!run)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		run[i] = h->run[(h->first + i) & h->mask];
	free(h->run);
	h->run = run;
	h->mask = places - 1;
	h->first = 0;
	h->end = n;
	return 0;
}

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
	if (grow_run(h, (uint32_t)most / 2))
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
	free(h->run);
	*h = (struct sched_heap){ 0 };
}

/* Place i is a hole for e. */
static void rise(struct sched_heap *h, uint32_t i, struct sched_entry e)
{
	while (i > ROOT) {
		uint32_t up = i / ARITY + 2;

		if (!sched_heap_less(&e, &h->entries[up]))
			break;
		h->entries[i] = h->entries[up];
		i = up;
	}
	h->entries[i] = e;
}

static bool in_order(const struct sched_heap *h, const struct sched_entry *e)
{
	uint32_t n = h->end - h->first;

	return !n || (n <= h->mask && !sched_heap_less(e, &h->run[(h->end - 1) & h->mask]));
}

void sched_heap_add(struct sched_heap *h, struct sched_entry e)
{
	BUG_ON(sched_heap_count(h) >= h->room);
	if (in_order(h, &e))
		h->run[h->end++ & h->mask] = e;
	else
		rise(h, ROOT + h->count++, e);
}

static uint32_t least(const struct sched_heap *h, uint32_t first, uint32_t end)
{
	const struct sched_entry *e = &h->entries[first];
	uint32_t best = 0;

	if (end - first >= ARITY) {
		uint32_t a = sched_heap_less(&e[1], &e[0]), b = 2 + (uint32_t)sched_heap_less(&e[3], &e[2]);
		uint32_t other = -(uint32_t)sched_heap_less(&e[b], &e[a]);

		return first + (a ^ ((a ^ b) & other));
	}
	for (uint32_t i = 1; i < end - first; i++)
		if (sched_heap_less(&e[i], &e[best]))
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
	if (sched_heap_min(h) != &h->entries[ROOT]) {
		h->first++;
		return;
	}
	h->count--;
	if (h->count)
		sink(h, ROOT, h->entries[ROOT + h->count]);
}

void sched_heap_set_back(struct sched_heap *h, uint64_t by)
{
	for (uint32_t i = 0; i < sched_heap_count(h); i++)
		sched_heap_at(h, i)->key -= by;		/* of all: their order stays */
}

void sched_heap_keep(struct sched_heap *h, bool (*wanted)(void *ctx, const struct sched_entry *e), void *ctx)
{
	uint32_t count = h->count, first = h->first, end = h->end;

	h->count = 0;
	for (uint32_t i = ROOT; i < ROOT + count; i++)
		if (wanted(ctx, &h->entries[i]))
			rise(h, ROOT + h->count++, h->entries[i]);	/* never beyond i */
	h->end = first;
	for (uint32_t i = first; i != end; i++)
		if (wanted(ctx, &h->run[i & h->mask]))
			h->run[h->end++ & h->mask] = h->run[i & h->mask];
}
