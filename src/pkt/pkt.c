/* pkt.c - packets: taken, shared, kept, freed.
 *
 * A packet's bytes are in one of four states, told by `buf` and flags:
 *
 *      borrowed     buf NULL                 the lender's next call ends them
 *      steady       buf NULL, PKT_STEADY     the lender outlives every packet: a mapped file, a constant
 *      own          buf, refs 1              may be written; headroom in front may be used
 *      shared       buf, refs > 1            read-only until pkt_writable() copies
 *
 * and a hole has none: data NULL, len_bytes 0, wire_bytes as long as what is missing. pkt_keep() moves borrowed to own,
 * pkt_clone() own to shared, pkt_writable() all of them to own.
 *
 * The hot line is all that a packet on its way through rules and pipes touches: pkt_new() and pkt_free() are a pop and
 * a push on the pool's stack with the clearing of one cache line, together 3 to 4 ns when warm. Everything that costs
 * more (buffers, the lazy line) is behind one test of two pointers. One thread: that of the lane whose pool it is. */
#include "pkt/pkt.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "pkt/pkt_int.h"

struct pkt_pool *pkt_pool_new(uint32_t max)
{
	struct pkt_pool *pool = malloc(sizeof(*pool));

	if (!pool)
		return NULL;
	pool->bytes_held = pool->bytes_peak = pool->refused = 0;
	pool_init(&pool->packets, sizeof(struct pkt), _Alignof(struct pkt), max);
	pool_init(&pool->lazies, sizeof(struct pkt_lazy), 64, max);
	for (unsigned i = 0; i < BUF_CLASSES; i++)
		pool_init(&pool->bufs[i], sizeof(struct pkt_buf) + PKT_HEADROOM + ((size_t)BUF_BYTES_MIN << i), 8, 0);
	return pool;
}

void pkt_pool_free(struct pkt_pool *pool)
{
	if (!pool)
		return;
	for (unsigned i = 0; i < BUF_CLASSES; i++)
		pool_fini(&pool->bufs[i]);
	pool_fini(&pool->lazies);
	pool_fini(&pool->packets);
	free(pool);
}

void pkt_pool_stats(const struct pkt_pool *pool, struct pkt_stats *st)
{
	*st = (struct pkt_stats){
		.packets_held = pool->packets.used,
		.packets_peak = pool_peak(&pool->packets),
		.bytes_held = pool->bytes_held,
		.bytes_peak = pool->bytes_peak,
		.refused = pool->packets.refused + pool->lazies.refused + pool->refused,
	};
}

struct pkt *pkt_new(struct pkt_pool *pool)
{
	struct pkt *p = pool_take(&pool->packets);

	if (p)
		*p = (struct pkt){ 0 };	/* one line: clearing all of it is cheaper than choosing */
	return p;
}

struct pkt *pkt_hole(struct pkt_pool *pool, uint32_t wire_bytes)
{
	struct pkt *p = pkt_new(pool);

	if (p) {
		p->wire_bytes = wire_bytes;
		p->flags = PKT_HOLE;
	}
	return p;
}

struct pkt_lazy *pkt_lazy(struct pkt_pool *pool, struct pkt *p)
{
	if (!p->lazy) {
		p->lazy = pool_take(&pool->lazies);
		if (p->lazy)
			*p->lazy = (struct pkt_lazy){ 0 };
	}
	return p->lazy;
}

/* One that has more than its hot line; apart, so that pkt_free() saves no registers. */
static __attribute__((noinline)) void free_all(struct pkt_pool *pool, struct pkt *p)
{
	if (p->buf)
		pkt_buf_release(pool, p->buf);
	if (p->lazy) {
		pkt_chain_free(pool, p->lazy);
		pool_put(&pool->lazies, p->lazy);
	}
	pool_put(&pool->packets, p);
}

void pkt_free(struct pkt_pool *pool, struct pkt *p)
{
	if ((uintptr_t)p->buf | (uintptr_t)p->lazy)
		free_all(pool, p);
	else
		pool_put(&pool->packets, p);
}

/* Gives `p` a buffer of its own with a copy of its bytes, and lets go of the one it shared. */
static int copy_bytes(struct pkt_pool *pool, struct pkt *p)
{
	struct pkt_buf *b = pkt_buf_new(pool, p->len_bytes);

	if (!b)
		return ERR_NOMEM;
	if (p->len_bytes)
		memcpy(b->bytes + PKT_HEADROOM, p->data, p->len_bytes);
	if (p->buf)
		pkt_buf_release(pool, p->buf);
	p->buf = b;
	p->data = b->bytes + PKT_HEADROOM;
	p->flags &= (uint8_t)~PKT_STEADY;
	return 0;
}

int pkt_keep_all(struct pkt_pool *pool, struct pkt *p)
{
	if (p->lazy && pkt_chain_keep(pool, p))
		return ERR_NOMEM;
	if (p->buf || p->flags & (PKT_STEADY | PKT_HOLE))
		return 0;
	return copy_bytes(pool, p);
}

int pkt_writable(struct pkt_pool *pool, struct pkt *p)
{
	if (p->flags & PKT_HOLE || (p->buf && p->buf->refs == 1))
		return 0;
	return copy_bytes(pool, p);
}

int pkt_room(struct pkt_pool *pool, struct pkt *p, uint32_t bytes)
{
	struct pkt_buf *b = pkt_buf_new(pool, bytes);

	if (!b)
		return ERR_NOMEM;
	if (p->buf)
		pkt_buf_release(pool, p->buf);
	p->buf = b;
	p->data = b->bytes + PKT_HEADROOM;
	p->len_bytes = p->wire_bytes = bytes;
	p->flags &= (uint8_t)~(PKT_STEADY | PKT_HOLE);
	return 0;
}

uint8_t *pkt_prepend(struct pkt *p, uint32_t bytes)
{
	if (!p->buf || p->buf->refs != 1 || (size_t)(p->data - p->buf->bytes) < bytes)
		return NULL;
	if (p->wire_bytes > UINT32_MAX - bytes)
		return NULL;
	p->data -= bytes;
	p->len_bytes += bytes;
	p->wire_bytes += bytes;
	return p->data;
}

/* Without the pieces of a chain. */
static struct pkt_lazy *copy_lazy(struct pkt_pool *pool, struct pkt *to, const struct pkt_lazy *from)
{
	struct pkt_lazy *l = pkt_lazy(pool, to);

	if (!l)
		return NULL;
	*l = *from;
	pkt_fifo_init(&l->rest);
	l->rest_count = 0;
	l->rest_len = l->rest_wire = 0;
	return l;
}

static int clone_lazy(struct pkt_pool *pool, struct pkt *to, const struct pkt_lazy *from)
{
	return copy_lazy(pool, to, from) ? pkt_chain_clone(pool, to, from) : ERR_NOMEM;
}

struct pkt *pkt_clone(struct pkt_pool *pool, const struct pkt *p)
{
	struct pkt *c = pool_take(&pool->packets);

	if (!c)
		return NULL;
	*c = *p;
	c->next = NULL;
	c->lazy = NULL;
	if (c->buf)
		c->buf->refs++;
	if (pkt_keep(pool, c) || (p->lazy && clone_lazy(pool, c, p->lazy))) {
		pkt_free(pool, c);
		return NULL;
	}
	return c;
}

static int alike(struct pkt_pool *pool, struct pkt *to, const struct pkt_lazy *from, uint32_t bytes)
{
	struct pkt_lazy *l = from ? copy_lazy(pool, to, from) : NULL;

	if (from && !l)
		return ERR_NOMEM;
	if (l)
		l->gso_type = PKT_GSO_NONE;
	return pkt_room(pool, to, bytes);
}

struct pkt *pkt_alike(struct pkt_pool *pool, const struct pkt *p, uint32_t bytes)
{
	struct pkt *to = pool_take(&pool->packets);

	if (!to)
		return NULL;
	*to = *p;
	to->next = NULL;
	to->buf = NULL;
	to->lazy = NULL;
	to->flags &= (uint8_t)~PKT_SUPER;
	if (!alike(pool, to, p->lazy, bytes))
		return to;
	pkt_free(pool, to);
	return NULL;
}
