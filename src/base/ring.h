/* base/ring.h - a queue from one producer to one consumer, threads or processes, who need not trust each other.
 *
 * Cells of 8, 16, 32 or 64 bytes in memory that both sides see (struct ring_shared, ring.c); each side has a struct of
 * its own that the other never sees. No call waits, retries, allocates or fails: a burst is moved as far as there is
 * room, and how far is returned. A peer may write anything into the shared memory at any time: then cells hold garbage,
 * to be checked after they were copied, and indexes no peer of ours would write freeze this side (`fault`), which from
 * then on moves nothing.
 *
 *	at the same time as	producer's calls	consumer's calls	ring_used	init, attach
 *	producer's calls	no			yes			yes		no
 *	consumer's calls	yes			no			yes		no
 *	ring_used		yes			yes			yes		no
 *
 * Producer's: ring_put, ring_room, ring_publish. Consumer's: ring_take, ring_ready, ring_release. "no" is about one
 * ring: each side is one thread at a time, and who hands a side on to another thread orders that himself. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

#define RING_CELLS_MIN 2u
#define RING_CELLS_MAX (1u << 20)
#define RING_ALIGN 64u
#define RING_APART ((size_t)128)	/* bytes between what the two sides write: lines are fetched in pairs */

struct ring_shared;

struct ring_producer {
	unsigned char *cells;
	uint32_t head;		/* next cell to fill; free-running */
	uint32_t tail_seen;	/* where the consumer was when last asked */
	uint32_t mask;
	uint32_t cell_bytes;
	struct ring_shared *shared;
	bool fault;
};

struct ring_consumer {
	const unsigned char *cells;
	uint32_t tail;		/* next cell to empty */
	uint32_t head_seen;	/* where the producer was when last asked */
	uint32_t mask;
	uint32_t cell_bytes;
	struct ring_shared *shared;
	bool fault;
};

/* Bytes of memory that a ring takes; 0: not a size a ring can have (cells: a power of two; cell_bytes: 8, 16, 32, 64).
 * One cell always stays open, so it holds cells - 1. */
size_t ring_bytes(uint32_t cells, uint32_t cell_bytes);

/* Lays an empty ring out in `memory` of ring_bytes(), aligned to RING_ALIGN. Both indexes begin at `start`: 0, but for
 * tests. */
void ring_init(void *memory, uint32_t cells, uint32_t cell_bytes, uint32_t start);

/* Binds one side to a ring laid out in `memory`, `bytes` long, by ourselves or by someone else: the layout is read
 * once, here, and checked; ERR_DAMAGED tells what is wrong with it. Memory stays the caller's. */
int ring_producer_attach(struct ring_producer *p, void *memory, size_t bytes, struct err *e);
int ring_consumer_attach(struct ring_consumer *c, void *memory, size_t bytes, struct err *e);

/* The slow halves: asks where the peer is. Returns cells free, or full; 0 when the peer's index is a lie. */
uint32_t ring_producer_ask(struct ring_producer *p);
uint32_t ring_consumer_ask(struct ring_consumer *c);
/* The one store that publishes, and the one that gives back. */
void ring_producer_show(const struct ring_producer *p);
void ring_consumer_show(const struct ring_consumer *c);

/* About how many are full: 0..cells - 1, whatever it reads. `cells` is the caller's own knowledge. */
uint32_t ring_used(const void *memory, uint32_t cells);

/* What the compiler must not do is read a shared cell again after it was copied and the copy checked. */
static inline void ring_copied(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

/* Free cells in a row, as far as the end of the memory, at most `want`: *n of them; after them the next call begins at
 * the start. Fill some, then ring_publish() so many. */
static inline void *ring_room(struct ring_producer *p, uint32_t want, uint32_t *n)
{
	uint32_t room = p->mask - (p->head - p->tail_seen), at = p->head & p->mask;

	if (room < want)
		room = ring_producer_ask(p);
	if (room > want)
		room = want;
	*n = room < p->mask + 1 - at ? room : p->mask + 1 - at;
	return p->cells + (size_t)at * p->cell_bytes;
}

static inline void ring_publish(struct ring_producer *p, uint32_t n)
{
	BUG_ON(n > p->mask - (p->head - p->tail_seen));
	p->head += n;
	ring_producer_show(p);
}

/* Full cells in a row, likewise. Copy what is wanted, then ring_release() so many. Cells are the peer's to change until
 * the end of time: nothing may be checked here and used there. */
static inline const void *ring_ready(struct ring_consumer *c, uint32_t want, uint32_t *n)
{
	uint32_t full = c->head_seen - c->tail, at = c->tail & c->mask;

	if (full < want)
		full = ring_consumer_ask(c);
	if (full > want)
		full = want;
	*n = full < c->mask + 1 - at ? full : c->mask + 1 - at;
	return c->cells + (size_t)at * c->cell_bytes;
}

static inline void ring_release(struct ring_consumer *c, uint32_t n)
{
	BUG_ON(n > c->head_seen - c->tail);
	ring_copied();
	c->tail += n;
	ring_consumer_show(c);
}

/* Moves up to n cells; how many. The peer sees all of them at once. */
uint32_t ring_put(struct ring_producer *p, const void *from, uint32_t n);
uint32_t ring_take(struct ring_consumer *c, void *to, uint32_t n);

#endif
