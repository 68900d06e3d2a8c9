/* base/heap.h - a priority queue whose members know their place: the least (time, tie) first.
 *
 * Members are embedded nodes, owned by the caller; the heap owns an array with a copy of each key, so that comparing
 * touches no member. Look: O(1). Add, move, remove: O(log4 n). Room is made ahead, by heap_reserve(); nothing else
 * allocates or fails. One thread. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	uint32_t place;		/* index + 1; 0: in no heap */
};

struct heap_entry {
	uint64_t time, tie;
	struct heap_node *node;
};

struct heap {
	struct heap_entry *entries;
	uint32_t count, room;
};

void heap_init(struct heap *h);
void heap_fini(struct heap *h);		/* members are left as they are, and are in no heap any more */
int heap_reserve(struct heap *h, uint32_t members);	/* room for so many in all; 0 or ERR_NOMEM */

static inline void heap_node_init(struct heap_node *n) { n->place = 0; }
static inline bool heap_has(const struct heap_node *n) { return n->place != 0; }

/* The node must be in no heap, and room reserved. Ends in the order of time, then of tie; equal ones in any order. */
void heap_add(struct heap *h, struct heap_node *n, uint64_t time, uint64_t tie);
void heap_move(struct heap *h, struct heap_node *n, uint64_t time, uint64_t tie);	/* a new key, for a member */
void heap_remove(struct heap *h, struct heap_node *n);	/* a member */

/* The least, with its key; NULL: empty. */
static inline const struct heap_entry *heap_min(const struct heap *h)
{
	return h->count ? &h->entries[0] : NULL;
}

#endif
