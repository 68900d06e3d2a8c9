/* emu/sched_fifo.c - first come, first served: packets of all flows leave in the order in which they came.
 *
 *      ring   [ a ][ b ][ a ][ c ][ a ]     one entry, its flow, for each packet that came
 *               ^ next                      weights and bands mean nothing here
 *
 * Packets wait in the queues of their flows; since each flow keeps its own order, it is enough to remember whose packet
 * came when. Queue management may take packets from a head without a turn. Those are the oldest of their flow, and so
 * are its first entries, so of a flow that has more entries here than packets in its queue the first entries are stale:
 * they are passed over when they come up.
 *
 * Cost: O(1). The ring doubles when it is full and never shrinks; without memory for that a packet is refused. Removing
 * a flow that still has entries clears them, O(ring). Where flows are added and then only send, packet for packet what
 * a single queue does. */
#include "sched_kinds.h"

#include <stdlib.h>

#define RING_MIN 16u

struct fifo {
	struct nrw_sched_flow **ring;
	uint64_t mask;			/* places - 1 */
	uint64_t first, end;		/* entries: places are these & mask */
};

struct fifo_flow {
	uint64_t entries;
};

static void fifo_fini(void *s)
{
	struct fifo *q = s;

	free(q->ring);
}

static int grow(struct fifo *q)
{
	uint64_t room = q->ring ? 2 * (q->mask + 1) : RING_MIN;
	struct nrw_sched_flow **ring;

	if (room > SIZE_MAX / sizeof(*ring))
		return -1;
	ring = malloc((size_t)room * sizeof(*ring));
	if (!ring)
		return -1;
	for (uint64_t i = q->first; i < q->end; i++)
		ring[i & (room - 1)] = q->ring[i & q->mask];
	free(q->ring);
	q->ring = ring;
	q->mask = room - 1;
	return 0;
}

static int fifo_arrived(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	struct fifo *q = s;
	struct fifo_flow *of = nrw_sched_of(f);

	(void)now;
	if ((!q->ring || q->end - q->first > q->mask) && grow(q))
		return -1;
	q->ring[q->end++ & q->mask] = f;
	of->entries++;
	return 0;
}

static void fifo_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	(void)s, (void)f, (void)now;		/* arrived() has told all */
}

static void pass(struct fifo *q, struct nrw_sched_flow *f)
{
	struct fifo_flow *of = nrw_sched_of(f);

	q->first++;
	of->entries--;
}

static struct nrw_sched_flow *fifo_next(void *s, nrw_time now)
{
	struct fifo *q = s;

	(void)now;
	while (q->first != q->end) {
		struct nrw_sched_flow *f = q->ring[q->first & q->mask];
		const struct fifo_flow *of = f ? nrw_sched_of(f) : NULL;

		if (of && of->entries <= f->packets)
			return f;
		if (f)
			pass(q, f);
		else
			q->first++;
	}
	return NULL;
}

static void fifo_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	(void)bytes, (void)now;
	pass(s, f);
}

static void fifo_remove(void *s, struct nrw_sched_flow *f)
{
	struct fifo *q = s;
	struct fifo_flow *of = nrw_sched_of(f);

	for (uint64_t i = q->first; of->entries; i++)
		if (q->ring[i & q->mask] == f) {
			q->ring[i & q->mask] = NULL;
			of->entries--;
		}
}

const struct nrw_sched_ops sched_fifo = {
	.name = "fifo",			.help = "first come, first served",
	.size = sizeof(struct fifo),	.flow_size = sizeof(struct fifo_flow),
	.fini = fifo_fini,		.remove = fifo_remove,
	.arrived = fifo_arrived,	.ready = fifo_ready,
	.next = fifo_next,		.served = fifo_served,
};
