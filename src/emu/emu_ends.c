/* emu/emu_ends.c - whose service ends next: a run of (end, flow) in order, and beside it a heap of those out of order.
 *
 *      run   first [10][12][15][15][20] last             what ends no earlier than the last is appended
 *      heap  index   3 | 4  5  6  7 | 8 ... 11 | ...     what ends earlier; children of i: 4 (i - 2) ... 4 (i - 2) + 3
 *                    ^ root                              the next one is the lesser of first and root
 *
 * Flows of one rate whose packets have one size end in the order in which they began, and then the heap is empty: to
 * put and to take is to go on by one in a ring, and who comes next is known ahead, so that flows can be fetched long
 * before. With packets of several sizes the longer ones are the run. Entries of the heap are 16 bytes and its array
 * begins at a multiple of 64, so the four children of one share a cache line: a hundred thousand flows are nine lines
 * deep, of which the first six are always warm. Flows do not know their place, so moving an entry writes to no flow;
 * nobody needs it, since a link's end changes only when it comes, or all of them at once when the pipe is configured.
 * Equal ends come in any order: emu_way.c sorts.
 *
 * Memory is taken when flows are made, and doubles; run and heap may each need all of it. The run goes around in no
 * more of it than it needed since it was empty. One thread. */
#include "emu_flow.h"

#include <stdlib.h>
#include <string.h>

#define ARITY 4u
#define ROOM_MIN 64u
#define RING_MIN 64u
#define LINE 64u

/* Both into new arrays; the run then begins at the first place. */
static void move_over(struct emu_ends *h, struct emu_end *entries, struct emu_end *run)
{
	memset(entries, 0, EMU_ENDS_ROOT * sizeof(*entries));
	if (h->heaped)
		memcpy(&entries[EMU_ENDS_ROOT], &h->entries[EMU_ENDS_ROOT], h->heaped * sizeof(*entries));
	for (uint32_t i = 0; i < h->run_count; i++)
		run[i] = *emu_ends_at(h, i);
	h->run_first = 0;
}

int emu_ends_reserve(struct emu_ends *h, uint32_t count)
{
	size_t room = h->room > ROOM_MIN ? h->room : ROOM_MIN;
	struct emu_end *entries, *run;
	void *memory;

	if (count <= h->room)
		return 0;
	while (room < count)
		room *= 2;
	memory = malloc((room + EMU_ENDS_ROOT + room) * sizeof(*entries) + LINE);
	if (!memory || room > UINT32_MAX / 2) {
		free(memory);
		return ERR_NOMEM;
	}
	entries = (void *)(((uintptr_t)memory + LINE - 1) & ~(uintptr_t)(LINE - 1));
	run = entries + EMU_ENDS_ROOT + room;
	move_over(h, entries, run);
	free(h->memory);
	h->memory = memory;
	h->entries = entries;
	h->run = run;
	h->room = (uint32_t)room;
	h->ring = h->ring ? h->ring : RING_MIN;
	return 0;
}

void emu_ends_fini(struct emu_ends *h)
{
	free(h->memory);
	*h = (struct emu_ends){ 0 };
}

/* A ring no larger than it has to be: where a few thousand serve at a time, it stays in the cache. */
static void empty_run(struct emu_ends *h)
{
	h->run_first = h->run_count = 0;
	h->ring = RING_MIN;
}

void emu_ends_clear(struct emu_ends *h)
{
	h->heaped = 0;
	empty_run(h);
}

/* It is full: those before its first come behind the others. */
static __attribute__((cold)) void widen(struct emu_ends *h)
{
	memcpy(h->run + h->ring, h->run, h->run_first * sizeof(*h->run));
	h->ring *= 2;
}

/* The last place is a hole for e. */
static void rise(struct emu_ends *h, struct emu_end e)
{
	uint32_t i = EMU_ENDS_ROOT + h->heaped++;

	while (i > EMU_ENDS_ROOT) {
		uint32_t up = i / ARITY + 2;

		if (h->entries[up].at <= e.at)
			break;
		h->entries[i] = h->entries[up];
		i = up;
	}
	h->entries[i] = e;
}

void emu_ends_add(struct emu_ends *h, nrw_time at, struct emu_flow *flow)
{
	BUG_ON(h->run_count + h->heaped >= h->room);
	if (h->run_count && at < h->last) {
		rise(h, (struct emu_end){ at, flow });
		return;
	}
	if (h->run_count == h->ring)
		widen(h);
	h->run[(h->run_first + h->run_count++) & (h->ring - 1)] = (struct emu_end){ at, flow };
	h->last = at;
}

static uint32_t least(const struct emu_ends *h, uint32_t first, uint32_t end)
{
	const struct emu_end *e = &h->entries[first];
	uint32_t best = 0;

	if (end - first == ARITY) {	/* the two halves do not wait for each other */
		uint32_t a = e[1].at < e[0].at, b = 2 + (e[3].at < e[2].at);

		return first + (e[b].at < e[a].at ? b : a);
	}
	for (uint32_t i = 1; i < end - first; i++)
		if (e[i].at < e[best].at)
			best = i;
	return first + best;
}

/* The root is a hole for e. */
static void sink(struct emu_ends *h, struct emu_end e)
{
	uint32_t i = EMU_ENDS_ROOT, end = EMU_ENDS_ROOT + h->heaped;

	for (;;) {
		uint32_t first = ARITY * (i - 2), child;

		if (first >= end)
			break;
		child = least(h, first, first + ARITY < end ? first + ARITY : end);
		if (h->entries[child].at >= e.at)
			break;
		h->entries[i] = h->entries[child];
		i = child;
	}
	h->entries[i] = e;
}

static void pop_heap(struct emu_ends *h)
{
	if (--h->heaped)
		sink(h, h->entries[EMU_ENDS_ROOT + h->heaped]);
}

static void pop_run(struct emu_ends *h)
{
	h->run_first = (h->run_first + 1) & (h->ring - 1);
	if (!--h->run_count)
		empty_run(h);
}

void emu_ends_pop(struct emu_ends *h)
{
	if (emu_ends_first(h) == &h->entries[EMU_ENDS_ROOT])
		pop_heap(h);
	else
		pop_run(h);
}

void emu_ends_put_off(struct emu_ends *h, nrw_time at)
{
	struct emu_end e = { at, emu_ends_first(h)->flow };

	if (emu_ends_first(h) == &h->entries[EMU_ENDS_ROOT] && h->run_count && at < h->last) {
		sink(h, e);
		return;
	}
	emu_ends_pop(h);
	emu_ends_add(h, e.at, e.flow);
}
