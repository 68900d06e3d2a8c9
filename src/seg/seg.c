/* seg.c - takes super-segments apart.
 *
 * The mark is on the second line of a packet (pkt/pkt_lazy.h), with a flag on the first that costs those who look for
 * it one test. It comes from outside, as the bytes do, and is believed only where both agree; what does not stays one
 * packet, and whoever asks is told.
 *
 * Each part has bytes of its own: a copy of the headers, which wire/part.c makes its own, and of its data, gathered
 * from the pieces of a chain where the whole is one. So parts can be marked, damaged, kept and dropped like any packet.
 * Cost: one look at the headers for the whole; for each part a packet, a buffer, a copy and a checksum, some 300 ns. */
#include "seg/seg.h"

#include <string.h>

#include "base/err.h"
#include "wire/part.h"

#define LONGEST 65535u		/* what the length of IP can say, with its header in IPv4 */

int seg_mark(struct pkt_pool *pool, struct pkt *p, enum pkt_gso type, uint16_t bytes)
{
	struct pkt_lazy *l = pkt_lazy(pool, p);

	if (!l)
		return ERR_NOMEM;
	l->gso_type = (uint8_t)type;
	l->gso_bytes = bytes;
	p->flags |= PKT_SUPER;
	return 0;
}

static bool is_type(const struct view *v, uint8_t type)
{
	return type == (v->has & VIEW_HAS_TCP ? PKT_GSO_TCP : PKT_GSO_UDP);
}

/* All bytes of the whole are there, and its headers in the first piece. */
static bool is_there(const struct seg *s)
{
	const struct view *v = &s->view;
	uint64_t len = pkt_chain_len(s->of);

	return v->data_off <= s->of->len_bytes && (uint64_t)v->l3_off + v->ip_bytes <= len &&
		len == pkt_chain_wire(s->of);
}

static bool can(struct seg *s)
{
	const struct pkt_lazy *l = s->of->lazy;
	const struct view *v = &s->view;
	uint32_t header;

	if (!wire_part_can(s->of->data, v) || !is_type(v, l->gso_type) || !is_there(s))
		return false;
	header = v->data_off - v->l3_off;
	s->data_bytes = v->ip_bytes - header;
	return s->each && header + s->each <= LONGEST && s->of->acct_bytes >= s->data_bytes;
}

uint32_t seg_begin(struct seg *s, const struct pkt *p)
{
	uint64_t wire = pkt_chain_wire(p);

	*s = (struct seg){ .of = p };
	if (!(p->flags & PKT_SUPER))
		return 1;
	s->each = p->lazy->gso_bytes;
	if (wire > UINT32_MAX)
		return 0;
	view_parse(&s->view, (enum wire_link)p->link, p->data, p->len_bytes, (uint32_t)wire);
	if (!can(s))
		return 0;
	return s->data_bytes > s->each ? (s->data_bytes + s->each - 1) / s->each : 1;
}

/* n bytes of a chain from the `from`-th on, all of them there. */
static void gather(uint8_t *to, const struct pkt *p, uint32_t from, uint32_t n)
{
	const struct pkt *piece = p->lazy->rest.head;

	for (; from >= p->len_bytes; p = piece, piece = piece->next)
		from -= p->len_bytes;
	for (;; p = piece, piece = piece->next, from = 0) {
		uint32_t some = p->len_bytes - from;

		some = some < n ? some : n;
		if (some)
			memcpy(to, p->data + from, some);
		to += some;
		n -= some;
		if (!n)
			return;
	}
}

static struct pkt *part_new(const struct seg *s, struct pkt_pool *pool, const struct wire_part *part)
{
	uint32_t header = s->view.data_off;
	struct pkt *p = pkt_alike(pool, s->of, header + part->bytes);

	if (!p)
		return NULL;
	memcpy(p->data, s->of->data, header);
	gather(p->data + header, s->of, header + part->offset, part->bytes);
	wire_part_set(p->data, &s->view, part);
	p->seq += part->index;
	p->acct_bytes -= s->data_bytes - part->bytes;
	return p;
}

int seg_split(const struct seg *s, struct pkt_pool *pool, struct pkt_fifo *to)
{
	struct pkt_fifo made = { 0 };
	struct wire_part part = { 0 };
	struct pkt *p;

	for (; part.offset < s->data_bytes; part.offset += part.bytes, part.index++) {
		uint32_t left = s->data_bytes - part.offset;

		part.last = left <= s->each;
		part.bytes = part.last ? left : s->each;
		p = part_new(s, pool, &part);
		if (!p)
			goto free_made;
		pkt_fifo_put(&made, p);
	}
	while ((p = pkt_fifo_take(&made)))
		pkt_fifo_put(to, p);
	return 0;
free_made:
	while ((p = pkt_fifo_take(&made)))
		pkt_free(pool, p);
	return ERR_NOMEM;
}
