/* wire/ip6_ext.c - IPv6 extension headers: RFC 8200 4, and AH, RFC 4302 2.
 *
 *      | next 1 | length 1 | body |                       all but the fragment header; length as below
 *      | next 1 | reserved 1 | offset 13 bits, reserved 2, more 1 | id 4 |              the fragment header
 *
 *      hop-by-hop routing dstopt mobility hip shim6     (length + 1) * 8 bytes
 *      ah                                               (length + 2) * 4 bytes, 12 at least: its fixed part
 *
 * The walk over a packet's chain is view_ip6.c's. Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"
#include "wire/text.h"

enum { FRAG6_BYTES = 8, AH_MIN = 12, EXT_MIN = 8, EXT_MAX = 256 * 8, AH_MAX = 257 * 4 };

static const struct ext_name {
	uint8_t proto;
	char name[8];
} names[] = {
	{ PROTO_HOPOPT, "hopopt" }, { PROTO_ROUTING, "routing" }, { PROTO_AH, "ah" }, { PROTO_DSTOPTS, "dstopt" },
	{ PROTO_MOBILITY, "mobile" }, { PROTO_HIP, "hip" }, { PROTO_SHIM6, "shim6" },
};

static const char *ext_name(uint8_t proto)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].proto == proto)
			return names[i].name;
	return NULL;
}

int wire_ext_decode(struct wire_ext *h, uint8_t proto, const uint8_t *p, size_t n)
{
	unsigned bytes;

	if (!ext_name(proto) || n < EXT_MIN)
		return ERR_DAMAGED;
	bytes = proto == PROTO_AH ? (p[1] + 2u) * 4 : (p[1] + 1u) * 8;
	if (bytes > n || (proto == PROTO_AH && bytes < AH_MIN))
		return ERR_DAMAGED;
	h->proto = proto;
	h->next = p[0];
	h->body_bytes = (uint16_t)(bytes - 2);
	h->body = p + 2;
	return (int)bytes;
}

static bool can_be_said(const struct wire_ext *h)
{
	unsigned bytes = h->body_bytes + 2u;

	if (!ext_name(h->proto))
		return false;
	if (h->proto == PROTO_AH)
		return bytes % 4 == 0 && bytes >= AH_MIN && bytes <= AH_MAX;
	return bytes % 8 == 0 && bytes <= EXT_MAX;
}

size_t wire_ext_encode(uint8_t *p, size_t room, const struct wire_ext *h)
{
	size_t bytes = h->body_bytes + (size_t)2;

	if (room < bytes || !can_be_said(h))
		return 0;
	p[0] = h->next;
	p[1] = (uint8_t)(h->proto == PROTO_AH ? bytes / 4 - 2 : bytes / 8 - 1);
	memcpy(p + 2, h->body, h->body_bytes);
	return bytes;
}

int wire_ext_print(const struct wire_ext *h, char *to, size_t room)
{
	struct text t = text_init(to, room);
	const char *name = ext_name(h->proto);

	text_add(&t, "%s length %u next %u", name ? name : "extension", h->body_bytes + 2u, h->next);
	if (h->proto == PROTO_ROUTING && h->body_bytes >= 2)
		text_add(&t, " type %u left %u", h->body[0], h->body[1]);
	if (h->proto == PROTO_AH && h->body_bytes >= 10)
		text_add(&t, " spi 0x%08x seq %u", wire_get32(h->body + 2), wire_get32(h->body + 6));
	return (int)t.len;
}

int wire_frag6_decode(struct wire_frag6 *h, const uint8_t *p, size_t n)
{
	uint16_t word;

	if (n < FRAG6_BYTES)
		return ERR_DAMAGED;
	word = wire_get16(p + 2);
	h->next = p[0];
	h->off_bytes = word & 0xfff8;
	h->more = word & 1;
	h->id = wire_get32(p + 4);
	return FRAG6_BYTES;
}

size_t wire_frag6_encode(uint8_t *p, size_t room, const struct wire_frag6 *h)
{
	if (room < FRAG6_BYTES || h->off_bytes % 8)
		return 0;
	p[0] = h->next;
	p[1] = 0;
	wire_put16(p + 2, (uint16_t)(h->off_bytes | h->more));
	wire_put32(p + 4, h->id);
	return FRAG6_BYTES;
}

int wire_frag6_print(const struct wire_frag6 *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "frag id 0x%08x offset %u%s next %u", h->id, h->off_bytes, h->more ? " more" : "", h->next);
	return (int)t.len;
}
