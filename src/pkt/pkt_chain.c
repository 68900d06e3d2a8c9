/* pkt_chain.c - chains: a super-segment, or a datagram gathered from fragments, as one packet in many pieces.
 *
 *      queue -> first -> next in the queue
 *                 |
 *                lazy.rest -> piece -> piece -> piece       linked by `next`, which a queue does not need for them
 *
 * Chains are flat: a chain that joins another becomes some more pieces of it, so that nothing here recurses, however a
 * chain was made. Sums are kept while it grows: asking for its length walks nothing. One thread. */
#include "pkt/pkt_int.h"

#include "base/err.h"

static void add_one(struct pkt_lazy *l, struct pkt *piece)
{
	l->rest_count++;
	l->rest_len += piece->len_bytes;
	l->rest_wire += piece->wire_bytes;
	pkt_fifo_put(&l->rest, piece);
}

static struct pkt *take_one(struct pkt_lazy *l)
{
	struct pkt *piece = pkt_fifo_take(&l->rest);

	if (piece) {
		l->rest_count--;
		l->rest_len -= piece->len_bytes;
		l->rest_wire -= piece->wire_bytes;
	}
	return piece;
}

int pkt_chain_add(struct pkt_pool *pool, struct pkt *first, struct pkt *piece)
{
	struct pkt_lazy *l = pkt_lazy(pool, first);
	struct pkt *more;

	if (!l)
		return ERR_NOMEM;
	add_one(l, piece);
	while (piece->lazy && (more = take_one(piece->lazy)))
		add_one(l, more);
	return 0;
}

struct pkt *pkt_chain_take(struct pkt *first)
{
	return first->lazy ? take_one(first->lazy) : NULL;
}

uint32_t pkt_chain_count(const struct pkt *first)
{
	return 1 + (first->lazy ? first->lazy->rest_count : 0);
}

uint64_t pkt_chain_len(const struct pkt *first)
{
	return first->len_bytes + (first->lazy ? first->lazy->rest_len : 0);
}

uint64_t pkt_chain_wire(const struct pkt *first)
{
	return first->wire_bytes + (first->lazy ? first->lazy->rest_wire : 0);
}

void pkt_chain_free(struct pkt_pool *pool, struct pkt_lazy *l)
{
	struct pkt *piece;

	while ((piece = take_one(l)))
		pkt_free(pool, piece);	/* flat: goes one deep */
}

/* `to` has its lazy line and no pieces yet. On failure it may have some: it is freed with them. */
int pkt_chain_clone(struct pkt_pool *pool, struct pkt *to, const struct pkt_lazy *from)
{
	for (const struct pkt *piece = from->rest.head; piece; piece = piece->next) {
		struct pkt *copy = pkt_clone(pool, piece);

		if (!copy)
			return ERR_NOMEM;
		add_one(to->lazy, copy);
	}
	return 0;
}

int pkt_chain_keep(struct pkt_pool *pool, struct pkt *first)
{
	for (struct pkt *piece = first->lazy->rest.head; piece; piece = piece->next)
		if (pkt_keep(pool, piece))
			return ERR_NOMEM;
	return 0;
}
