/* fuzz_seg - hostile super-segments taken apart: what is believed gives packets that parse, whose data are those of the
 * whole, in order, whose sums are right, and none is longer than the mark says. The bytes: a link type, a kind, data of
 * a packet (2 bytes), bytes in the first piece (2), then the packet. */
#include "seg/seg.h"

#include <string.h>

#include "base/err.h"
#include "wire/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define HEAD 6u

static bool sums_are_right(const struct view *v, const uint8_t *p)
{
	const uint8_t *ip = p + v->l3_off, *l4 = p + v->l4_off;
	uint32_t bytes = v->ip_bytes - (v->l4_off - v->l3_off);
	uint16_t pseudo = v->family == 4 ? wire_pseudo4_sum(v->src4, v->dst4, v->proto, (uint16_t)bytes) :
		wire_pseudo6_sum(v->src6, v->dst6, v->proto, bytes);

	if (v->family == 4 && wire_sum(ip, v->l4_off - v->l3_off, 0) != 0xffff)
		return false;
	return (v->proto == PROTO_UDP && !wire_get16(l4 + 6)) || wire_sum(l4, bytes, pseudo) == 0xffff;
}

/* `at`: how much data came before. */
static uint32_t check_part(const struct seg *s, const struct pkt *part, const uint8_t *whole, uint32_t at)
{
	uint32_t header = s->view.data_off;
	struct view v;

	view_parse(&v, (enum wire_link)part->link, part->data, part->len_bytes, part->wire_bytes);
	BUG_ON(v.data_off != header || v.l3_off + v.ip_bytes != part->len_bytes || part->len_bytes > header + s->each);
	BUG_ON(part->len_bytes <= header || memcmp(part->data + header, whole + header + at, part->len_bytes - header));
	BUG_ON(v.proto != s->view.proto || v.sport != s->view.sport || v.src4 != s->view.src4);
	BUG_ON(!sums_are_right(&v, part->data));
	return at + part->len_bytes - header;
}

static void take_apart(struct pkt_pool *pool, struct pkt *p, const uint8_t *whole)
{
	struct pkt_fifo parts = { 0 };
	struct pkt *part;
	uint32_t at = 0, count;
	struct seg s;

	count = seg_begin(&s, p);
	if (count < 2)
		return;
	BUG_ON(seg_split(&s, pool, &parts));
	for (; (part = pkt_fifo_take(&parts)); count--) {
		at = check_part(&s, part, whole, at);
		pkt_free(pool, part);
	}
	BUG_ON(count || at != s.data_bytes);
}

static struct pkt *piece(struct pkt_pool *pool, const uint8_t *bytes, uint32_t n)
{
	struct pkt *p = pkt_new(pool);

	BUG_ON(!p || pkt_room(pool, p, n));
	if (n)
		memcpy(p->data, bytes, n);
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pkt_pool *pool;
	uint32_t bytes, first;
	struct pkt *p;

	if (n < HEAD || n > PKT_BYTES_MAX)
		return 0;
	pool = pkt_pool_new(0);
	BUG_ON(!pool);
	bytes = (uint32_t)n - HEAD;
	first = wire_get16(data + 4) < bytes ? wire_get16(data + 4) : bytes;
	p = piece(pool, data + HEAD, first);
	if (first < bytes)
		BUG_ON(pkt_chain_add(pool, p, piece(pool, data + HEAD + first, bytes - first)));
	p->link = data[0] % LINK_COUNT;
	p->acct_bytes = bytes;
	BUG_ON(seg_mark(pool, p, data[1] % 3, wire_get16(data + 2)));
	take_apart(pool, p, data + HEAD);
	pkt_free(pool, p);
	pkt_pool_free(pool);
	return 0;
}
