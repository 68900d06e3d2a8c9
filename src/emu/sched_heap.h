/* emu/sched_heap.h - a heap for schedulers: the least (key, number) first, of members that do not know their place.
 *
 * What comes in order, no less than all that came so before it, waits in a ring; the rest in a heap (sched_heap.c).
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
	struct sched_entry *entries;	/* the heap */
	void *memory;
	uint32_t count, room;		/* in the heap; in heap and run */
	struct sched_entry *run;	/* the ring */
	uint32_t mask;			/* places of it, less one */
	uint32_t first, end;		/* its entries: places are these & mask */
};

#define SCHED_HEAP_ROOT 3u		/* index of the first of the heap */

int sched_heap_reserve(struct sched_heap *h, uint32_t room);	/* 0, or -1: no memory */
void sched_heap_fini(struct sched_heap *h);
void sched_heap_add(struct sched_heap *h, struct sched_entry e);	/* there must be room */
void sched_heap_pop(struct sched_heap *h);			/* the least; there must be one */
void sched_heap_set_back(struct sched_heap *h, uint64_t by);	/* all keys, none of which is less */
/* Only the entries that `wanted` says stay. */
void sched_heap_keep(struct sched_heap *h, bool (*wanted)(void *ctx, const struct sched_entry *e), void *ctx);

static inline uint32_t sched_heap_count(const struct sched_heap *h)
{
	return h->count + (h->end - h->first);
}

static inline struct sched_entry *sched_heap_at(const struct sched_heap *h, uint32_t i)	/* in no order */
{
	return i < h->count ? &h->entries[SCHED_HEAP_ROOT + i] : &h->run[(h->first + i - h->count) & h->mask];
}

static inline bool sched_heap_less(const struct sched_entry *a, const struct sched_entry *b)
{
#if defined(__SIZEOF_INT128__)		/* no branches: which one is less cannot be foretold */
	return ((unsigned __int128)a->key << 64 | a->who) < ((unsigned __int128)b->key << 64 | b->who);
#else
	return a->key < b->key || (a->key == b->key && a->who < b->who);
#endif
}

static inline const struct sched_entry *sched_heap_min(const struct sched_heap *h)	/* NULL: empty */
{
	const struct sched_entry *head;

	if (h->first == h->end)
		return h->count ? &h->entries[SCHED_HEAP_ROOT] : NULL;
	head = &h->run[h->first & h->mask];
	return h->count && sched_heap_less(&h->entries[SCHED_HEAP_ROOT], head) ? &h->entries[SCHED_HEAP_ROOT] : head;
}

#endif
