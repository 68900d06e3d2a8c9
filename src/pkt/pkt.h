/* pkt/pkt.h - a packet: one owner, one hot cache line, bytes that may be shared.
 *
 *      struct pkt (64 bytes)            struct pkt_buf (counted)
 *      +--------------------------+     +--------+----------------------------------+
 *      | next data buf lazy at .. | --> | head   | headroom | captured bytes | tail  |
 *      +--------------------------+     +--------+----------------------------------+
 *                    |                   or: bytes of a mapped file, or borrowed bytes (buf NULL)
 *                    v
 *      struct pkt_lazy (made when needed): MACs, VLAN stack, cdom, tags, GSO, rest of a chain
 *
 * Whoever is handed a packet frees it, also on failure. A function that only looks takes const. Borrowed bytes live
 * until their lender's next call: who keeps the packet longer calls pkt_keep() first. One thread (the lane's). */
#ifndef PKT_PKT_H
#define PKT_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <narrows/types.h>

struct pkt_buf;
struct pkt_lazy;
struct pkt_pool;

#define PKT_BYTES_MAX ((uint32_t)256 << 10)	/* most bytes that pkt_keep() and pkt_room() give one packet */
#define PKT_HEADROOM 64			/* bytes before them: four VLAN tags and an Ethernet header, aligned */

enum pkt_flag {
	PKT_HOLE	= 1 << 0,	/* wire_bytes long, no bytes: data NULL, len 0 */
	PKT_STEADY	= 1 << 1,	/* borrowed from who outlives every packet (a mapped file): keeping is free */
	PKT_ACCT_OVER	= 1 << 2,	/* in a pipe: acct_bytes lacks 2^32 */
	PKT_ECT		= 1 << 3,	/* in a pipe: its IP header said ECT or CE when it came */
	PKT_COPY	= 1 << 4,	/* a pipe made it, of the packet that has the same seq */
	PKT_SUPER	= 1 << 5,	/* a super-segment: lazy->gso_* say for which wire packets it stands (seg.h) */
};

struct pkt {
	struct pkt *next;	/* in the queue it stands in; else NULL */
	uint8_t *data;		/* first captured byte; read-only unless pkt_writable() said yes */
	struct pkt_buf *buf;	/* owner of the bytes; NULL: borrowed, or a hole */
	struct pkt_lazy *lazy;	/* NULL until needed */
	uint64_t at;		/* from a reader: ns since 1970. In a lane, ns since start: arrival, then departure */
	uint64_t seq;		/* order of arrival in its lane */
	uint32_t len_bytes;	/* captured bytes at data */
	uint32_t wire_bytes;	/* length on the wire */
	uint32_t acct_bytes;	/* L: what rules count; in a pipe L and its overhead */
	uint16_t iface;		/* interface of the capture, or device, it came by */
	uint8_t link;		/* enum wire_link: how its bytes begin */
	uint8_t flags;		/* enum pkt_flag */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct pkt) == 64, "the hot line of a packet is one cache line");

/* A pool grows in slabs up to `max` packets (0: until memory ends) and never shrinks below one slab. Bytes that
 * pkt_keep() copies come from size classes of the same pool. */
struct pkt_pool *pkt_pool_new(uint32_t max);
void pkt_pool_free(struct pkt_pool *pool);	/* every packet must be back: BUG_ON otherwise */

struct pkt *pkt_new(struct pkt_pool *pool);	/* cleared; NULL: pool empty */
void pkt_free(struct pkt_pool *pool, struct pkt *p);	/* releases buf and lazy */
struct pkt *pkt_clone(struct pkt_pool *pool, const struct pkt *p);	/* shares the bytes; keeps first if borrowed */
/* Another packet, with all that `p` has beside its bytes but a mark as super-segment, and `bytes` own bytes, not
 * cleared. NULL: no memory. */
struct pkt *pkt_alike(struct pkt_pool *pool, const struct pkt *p, uint32_t bytes);
int pkt_keep_all(struct pkt_pool *pool, struct pkt *p);	/* pkt_keep() when there is something to do */
/* It is plain, and its bytes are its own already, or need not be: pkt_keep() has nothing to do. */
static inline bool pkt_kept(const struct pkt *p)
{
	return !p->lazy && (p->buf || p->flags & (PKT_STEADY | PKT_HOLE));
}
/* Makes borrowed bytes its own; 0 or ERR_NOMEM. */
static inline int pkt_keep(struct pkt_pool *pool, struct pkt *p)
{
	return pkt_kept(p) ? 0 : pkt_keep_all(pool, p);
}
int pkt_writable(struct pkt_pool *pool, struct pkt *p);	/* own, unshared bytes to write to; 0 or ERR_NOMEM */
uint8_t *pkt_prepend(struct pkt *p, uint32_t bytes);	/* new first byte, or NULL without headroom or ownership */
/* `bytes` own bytes, not cleared, behind PKT_HEADROOM; what the packet had of bytes is released. 0 or ERR_NOMEM. */
int pkt_room(struct pkt_pool *pool, struct pkt *p, uint32_t bytes);
struct pkt *pkt_hole(struct pkt_pool *pool, uint32_t wire_bytes);	/* a packet of no bytes; NULL: pool empty */

/* A chain: one packet in many pieces, the first of which stands for it in queues. Pieces hang on the lazy line of the
 * first, their lengths unchanged while they do; a piece that is a chain itself joins with all it has. Freeing, cloning,
 * keeping the first does so to all. */
/* 0, or ERR_NOMEM: then the piece is still the caller's. */
int pkt_chain_add(struct pkt_pool *pool, struct pkt *first, struct pkt *piece);
struct pkt *pkt_chain_take(struct pkt *first);	/* the second piece, now a packet by itself; NULL: there is none */
uint32_t pkt_chain_count(const struct pkt *first);	/* pieces, at least 1 */
uint64_t pkt_chain_len(const struct pkt *first);	/* captured bytes of all pieces */
uint64_t pkt_chain_wire(const struct pkt *first);	/* lengths on the wire of all pieces, holes too */

struct pkt_stats {
	uint64_t packets_held, packets_peak;	/* out of the pool, now and at most */
	uint64_t bytes_held, bytes_peak;	/* in buffers of ours */
	uint64_t refused;			/* pkt_new() or pkt_keep() that found nothing */
};
void pkt_pool_stats(const struct pkt_pool *pool, struct pkt_stats *st);

/* A FIFO of packets, linked by `next`. */
struct pkt_fifo {
	struct pkt *head, *tail;
};

static inline void pkt_fifo_init(struct pkt_fifo *q) { *q = (struct pkt_fifo){ 0 }; }

static inline void pkt_fifo_put(struct pkt_fifo *q, struct pkt *p)
{
	p->next = NULL;
	if (q->tail)
		q->tail->next = p;
	else
		q->head = p;
	q->tail = p;
}

static inline struct pkt *pkt_fifo_take(struct pkt_fifo *q)
{
	struct pkt *p = q->head;

	if (p) {
		q->head = p->next;
		if (!q->head)
			q->tail = NULL;
		p->next = NULL;
	}
	return p;
}

#endif
