/* wire/answer_abort.c - ABORT for an SCTP packet: RFC 9260 8.4, the packet "out of the blue".
 *
 *      | ports | verification tag 4 | CRC32c | ABORT 6 | flags | length 4 |
 *
 * What its chunks say decides, in the order of 8.4:
 *
 *      (2) ABORT, (6) SHUTDOWN COMPLETE, (7) COOKIE ACK or a stale cookie      no answer
 *      (3) INIT       ABORT with the initiate tag that it offers, T bit 0
 *      (5) SHUTDOWN ACK      SHUTDOWN COMPLETE, T bit 1, and the packet's own tag: it ends the association too
 *      (8) else       ABORT, T bit 1, and the packet's own tag, by which its sender knows that we have none
 *
 * A tag of 0 belongs to an INIT that stands alone (8.5.1), and an initiate tag is never 0 (3.3.2). Chunks that were not
 * captured may be any of these: then nothing is sent, unless DATA was seen, behind which only DATA stands (6.10).
 * Any thread, no state. */
#include "wire/answer_int.h"
#include "wire/decode.h"

enum {
	SCTP_BYTES = 12, CHUNK_BYTES = 4, INIT_BYTES = 20, TAG_AT = 4, INITIATE_TAG_AT = 4, T_BIT = 1, STALE_COOKIE = 3,
	CHUNK_DATA = 0, CHUNK_INIT = 1, CHUNK_ABORT = 6, CHUNK_SHUTDOWN_ACK = 8, CHUNK_ERROR = 9, CHUNK_COOKIE_ACK = 11,
	CHUNK_SHUTDOWN_COMPLETE = 14, CHUNK_I_DATA = 64,	/* RFC 8260 */
};

struct chunks {
	const uint8_t *p, *end;		/* captured, and inside L */
	bool more;			/* others follow that nobody sees: not captured, or in a later fragment */
	enum answer_fit fit;
	uint8_t first;			/* type of the first chunk */
	bool shutdown_ack, over;
};

/* Its causes: code 2, length 2, and so on, each filled up to a multiple of 4 (3.3.10). */
static bool has_stale_cookie(const uint8_t *p, uint32_t n)
{
	for (uint32_t at = CHUNK_BYTES, len; n - at >= 4; at += len) {
		if (wire_get16(p + at) == STALE_COOKIE)
			return true;
		len = (wire_get16(p + at + 2) + 3u) & ~3u;
		if (len < 4 || len > n - at)
			return false;
	}
	return false;
}

/* The chunk at c->p, of which `seen` bytes are there. */
static void take_chunk(struct chunks *c, uint32_t seen)
{
	uint8_t type = c->p[0];

	switch (type) {
	case CHUNK_ABORT:
	case CHUNK_COOKIE_ACK:
	case CHUNK_SHUTDOWN_COMPLETE:
		c->fit = ANSWER_FORBIDDEN;
		break;
	case CHUNK_ERROR:
		if (has_stale_cookie(c->p, seen))
			c->fit = ANSWER_FORBIDDEN;
		break;
	case CHUNK_SHUTDOWN_ACK:
		c->shutdown_ack = true;
		break;
	case CHUNK_DATA:
	case CHUNK_I_DATA:
		c->over = true;
		break;
	default:
		break;
	}
}

/* Bytes of the next chunk that are there; 0: the list is over. Where it ends inside a chunk, the rest was not seen, or
 * the chunk lies and no SCTP would take it. */
static uint32_t next_chunk(struct chunks *c)
{
	uint32_t left = (uint32_t)(c->end - c->p), len;

	if (left < CHUNK_BYTES) {
		if (left || c->more)
			c->fit = c->more ? ANSWER_SHORT : ANSWER_FORBIDDEN;
		return 0;
	}
	len = wire_get16(c->p + 2);
	if (len < CHUNK_BYTES || (len > left && !c->more)) {
		c->fit = ANSWER_FORBIDDEN;
		return 0;
	}
	return len < left ? len : left;
}

static void walk(struct chunks *c)
{
	uint32_t seen, padded;

	while (!c->over && c->fit == ANSWER_FITS && (seen = next_chunk(c))) {
		take_chunk(c, seen);
		padded = (wire_get16(c->p + 2) + 3u) & ~3u;
		if (padded > (uint32_t)(c->end - c->p))
			padded = (uint32_t)(c->end - c->p);	/* the last one's filling may be missing */
		c->p += padded;
	}
}

static void look_at(struct chunks *c, const struct answered *o)
{
	const struct view *v = o->v;
	const uint8_t *ip = o->p + v->l3_off;

	*c = (struct chunks){ .p = o->p + v->l4_off + SCTP_BYTES, .end = ip + answered_bytes(o) };
	c->more = v->frag_flags & VIEW_MF || answered_bytes(o) < v->ip_bytes;
	c->fit = c->p < c->end ? ANSWER_FITS : c->more ? ANSWER_SHORT : ANSWER_FORBIDDEN;
	c->first = c->fit == ANSWER_FITS ? c->p[0] : CHUNK_DATA;
}

/* (3): alone in its packet, with a tag to answer with. */
static enum answer_fit init_fit(const struct answered *o, const struct chunks *c)
{
	uint32_t chunks = o->v->ip_bytes - (o->v->l4_off + SCTP_BYTES - o->v->l3_off), len;

	if (c->end - c->p < INIT_BYTES)
		return c->more ? ANSWER_SHORT : ANSWER_FORBIDDEN;
	len = wire_get16(c->p + 2);
	if (len < INIT_BYTES || !wire_get32(c->p + INITIATE_TAG_AT))
		return ANSWER_FORBIDDEN;
	/* behind it stands its filling alone: the length of the packet tells, captured or not */
	return chunks > ((len + 3) & ~3u) ? ANSWER_FORBIDDEN : ANSWER_FITS;
}

enum answer_fit answer_abort_fit(const struct answered *o)
{
	struct chunks c;

	if (!(o->v->has & VIEW_HAS_PORTS))
		return answered_no_header(o);
	look_at(&c, o);
	if (c.fit != ANSWER_FITS)
		return c.fit;
	if (wire_get32(o->p + o->v->l4_off + TAG_AT) == 0)
		return c.first == CHUNK_INIT ? init_fit(o, &c) : ANSWER_FORBIDDEN;
	walk(&c);
	return c.fit;
}

uint32_t answer_abort_put(uint8_t *to, const struct answered *o)
{
	struct wire_sctp h = { .sport = o->v->dport, .dport = o->v->sport,
		.tag = wire_get32(o->p + o->v->l4_off + TAG_AT) };
	uint8_t type = CHUNK_ABORT, flags = T_BIT;
	struct chunks c;

	look_at(&c, o);
	if (h.tag == 0) {
		h.tag = wire_get32(c.p + INITIATE_TAG_AT);
		flags = 0;
	}
	walk(&c);
	if (c.shutdown_ack)
		type = CHUNK_SHUTDOWN_COMPLETE;
	wire_sctp_encode(to, SCTP_BYTES, &h);
	to[SCTP_BYTES] = type;
	to[SCTP_BYTES + 1] = flags;
	wire_put16(to + SCTP_BYTES + 2, CHUNK_BYTES);
	h.checksum = wire_crc32c(to, SCTP_BYTES + CHUNK_BYTES, 0);
	wire_sctp_encode(to, SCTP_BYTES, &h);
	return SCTP_BYTES + CHUNK_BYTES;
}
