/* emu/emu_ends.c - whose service ends next: a heap of (end, flow), four children each, nothing else.
 *
 *      index   3 | 4  5  6  7 | 8 ... 11 | ...         children of i: 4 (i - 2) ... 4 (i - 2) + 3
 *              ^ root
 *
 * Entries are 16 bytes and the array begins at a multiple of 64, so the four children of one share a cache line: a
 * hundred thousand flows are nine lines deep, of which the first six are always warm. Flows do not know their place,
 * so moving an entry writes to no flow; nobody needs it, since a link's end changes only when it comes, or all of them
 * at once when the pipe is configured. Equal ends come in any order: emu_way.c sorts.
 *
 * Memory is taken when flows are made, and grows by half. One thread. */
#include "emu_flow.h"

#include <stdlib.h>
#include <string.h>

#define ARITY 4u
#define ROOM_MIN 61u
#define LINE 64u

int emu_ends_reserve(struct emu_ends *h, uint32_t count)
{
	size_t room = h->room + (size_t)h->room / 2;
	struct emu_end *entries;
	void *memory;

	if (count <= h->room)
		return 0;
	room = room > count ? room : count;
	room = room > ROOM_MIN ? room : ROOM_MIN;
	memory = malloc((room + EMU_ENDS_ROOT) * sizeof(*entries) + LINE);
	if (!memory || room > UINT32_MAX / 2) {
		free(memory);
		return ERR_NOMEM;
	}
	entries = (void *)(((uintptr_t)memory + LINE - 1) & ~(uintptr_t)(LINE - 1));
	if (h->count)
		memcpy(entries, h->entries, (h->count + EMU_ENDS_ROOT) * sizeof(*entries));
	else
		memset(entries, 0, EMU_ENDS_ROOT * sizeof(*entries));
	free(h->memory);
	h->memory = memory;
	h->entries = entries;
	h->room = (uint32_t)room;
	return 0;
}

void emu_ends_fini(struct emu_ends *h)
{
	free(h->memory);
	*h = (struct emu_ends){ 0 };
}

void emu_ends_add(struct emu_ends *h, nrw_time at, struct emu_flow *flow)
{
	uint32_t i = EMU_ENDS_ROOT + h->count++;

	BUG_ON(h->count > h->room);
	while (i > EMU_ENDS_ROOT) {
		uint32_t up = i / ARITY + 2;

		if (h->entries[up].at <= at)
			break;
		h->entries[i] = h->entries[up];
		i = up;
	}
	h->entries[i] = (struct emu_end){ at, flow };
}

static uint32_t least(const struct emu_ends *h, uint32_t first, uint32_t end)
{
	uint32_t best = first;

	for (uint32_t i = first + 1; i < end; i++)
		if (h->entries[i].at < h->entries[best].at)
			best = i;
	return best;
}

/* The root is a hole for e. */
static void sink(struct emu_ends *h, struct emu_end e)
{
	uint32_t i = EMU_ENDS_ROOT, end = EMU_ENDS_ROOT + h->count;

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

void emu_ends_put_off(struct emu_ends *h, nrw_time at)
{
	sink(h, (struct emu_end){ at, h->entries[EMU_ENDS_ROOT].flow });
}

void emu_ends_pop(struct emu_ends *h)
{
	if (--h->count)
		sink(h, h->entries[EMU_ENDS_ROOT + h->count]);
}
