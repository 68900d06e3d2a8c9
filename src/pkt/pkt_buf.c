/* pkt_buf.c - buffers: the bytes of packets that own theirs, counted, in size classes.
 *
 *      | refs class | headroom 64 |  128 << class bytes           |
 *                   ^ bytes       ^ where pkt_keep() puts the first
 *
 * Twelve classes from 128 bytes to 256 KiB, the largest record that capture files of today hold; a pool each. On
 * average a quarter of a buffer is unused; in return a buffer fits every packet of its class and nothing is searched.
 * One thread. */
#include "pkt/pkt_int.h"

static uint32_t class_of(uint32_t bytes)
{
	uint32_t class = 0;

	while (class < BUF_CLASSES && (uint32_t)BUF_BYTES_MIN << class < bytes)
		class++;
	return class;
}

struct pkt_buf *pkt_buf_new(struct pkt_pool *pool, uint32_t bytes)
{
	uint32_t class = class_of(bytes);
	struct pkt_buf *b = class < BUF_CLASSES ? pool_take(&pool->bufs[class]) : NULL;

	if (!b) {
		pool->refused++;
		return NULL;
	}
	b->refs = 1;
	b->class = class;
	pool->bytes_held += pool->bufs[class].size_bytes;
	if (pool->bytes_peak < pool->bytes_held)
		pool->bytes_peak = pool->bytes_held;
	return b;
}

void pkt_buf_release(struct pkt_pool *pool, struct pkt_buf *b)
{
	struct pool *of = &pool->bufs[b->class];

	if (--b->refs)
		return;
	pool->bytes_held -= of->size_bytes;
	pool_put(of, b);
}
