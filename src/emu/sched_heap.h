/* emu/sched_heap.h - a heap for schedulers: the least (key, number) first, of members that do not know their place.
 *
 * Memory is reserved ahead. Who changes or loses a member leaves its old entry behind and knows it for stale when it
 * comes up; where those fill the room, sched_heap_keep() throws them out. One thread. */
#ifndef EMU_SCHED_HEAP_H
#define EMU_SCHED_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sched_entry {
	uint64_t key;
	uint64_t who;			/* number << 32 | what the caller likes */
};

struct sched_heap {
	struct sched_entry *entries;
	void *memory;
	uint32_t count, room;
};

#define SCHED_HEAP_ROOT 3u		/* index of the first */

int sched_heap_reserve(struct sched_heap *h, uint32_t room);	/* 0, or -1: no memory */
void sched_heap_fini(struct sched_heap *h);
void sched_heap_add(struct sched_heap *h, struct sched_entry e);	/* there must be room */
void sched_heap_pop(struct sched_heap *h);			/* the least; there must be one */
void sched_heap_set_back(struct sched_heap *h, uint64_t by);	/* all keys, none of which is less */
/* Only the entries that `wanted` says stay. */
void sched_heap_keep(struct sched_heap *h, bool (*wanted)(void *ctx, const struct sched_entry *e), void *ctx);

static inline const struct sched_entry *sched_heap_min(const struct sched_heap *h)	/* NULL: empty */
{
	return h->count ? &h->entries[SCHED_HEAP_ROOT] : NULL;
}

#endif
