/* wire/ip4.c - the IPv4 header with its options: RFC 791 3.1.
 *
 *      | version 4, length 4 bits | tos 1 | total length 2 | id 2 | RF DF MF 3 bits, offset 13 | ttl 1 | proto 1 |
 *      | checksum 2 | src 4 | dst 4 | options 0..40 |
 *
 * Total length 0 is let through: captures of super-segments hold it. Options are kept as they are; wire_opt_next()
 * walks them. Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"
#include "wire/text.h"

enum { IP4_BYTES = 20, RF = 0x8000, DF = 0x4000, MF = 0x2000, OFFSET = 0x1fff };

static void decode_fixed(struct wire_ip4hdr *h, const uint8_t *p)
{
	uint16_t frag = wire_get16(p + 6);

	h->tos = p[1];
	h->total_bytes = wire_get16(p + 2);
	h->id = wire_get16(p + 4);
	h->rf = frag & RF;
	h->df = frag & DF;
	h->mf = frag & MF;
	h->frag_off_bytes = (uint16_t)((frag & OFFSET) * 8);
	h->ttl = p[8];
	h->proto = p[9];
	h->checksum = wire_get16(p + 10);
	h->src = wire_get32(p + 12);
	h->dst = wire_get32(p + 16);
}

int wire_ip4hdr_decode(struct wire_ip4hdr *h, const uint8_t *p, size_t n)
{
	size_t bytes;

	if (n < IP4_BYTES || p[0] >> 4 != 4)
		return ERR_DAMAGED;
	bytes = (p[0] & 15) * (size_t)4;
	decode_fixed(h, p);
	if (bytes < IP4_BYTES || bytes > n || (h->total_bytes && h->total_bytes < bytes))
		return ERR_DAMAGED;
	memset(h->options, 0, sizeof(h->options));
	h->options_bytes = (uint8_t)(bytes - IP4_BYTES);
	memcpy(h->options, p + IP4_BYTES, h->options_bytes);
	return (int)bytes;
}

static bool can_be_said(const struct wire_ip4hdr *h)
{
	return h->options_bytes <= WIRE_OPTIONS_MAX && h->options_bytes % 4 == 0 && h->frag_off_bytes % 8 == 0 &&
		(!h->total_bytes || h->total_bytes >= IP4_BYTES + h->options_bytes);
}

size_t wire_ip4hdr_encode(uint8_t *p, size_t room, const struct wire_ip4hdr *h)
{
	size_t bytes = (size_t)IP4_BYTES + h->options_bytes;

	if (room < bytes || !can_be_said(h))
		return 0;
	p[0] = (uint8_t)(0x40 | bytes / 4);
	p[1] = h->tos;
	wire_put16(p + 2, h->total_bytes);
	wire_put16(p + 4, h->id);
	wire_put16(p + 6, (uint16_t)((h->rf ? RF : 0) | (h->df ? DF : 0) | (h->mf ? MF : 0) | h->frag_off_bytes / 8));
	p[8] = h->ttl;
	p[9] = h->proto;
	wire_put16(p + 10, h->checksum);
	wire_put32(p + 12, h->src);
	wire_put32(p + 16, h->dst);
	memcpy(p + IP4_BYTES, h->options, h->options_bytes);
	return bytes;
}

int wire_ip4hdr_print(const struct wire_ip4hdr *h, char *to, size_t room)
{
	struct text t = text_init(to, room);
	char src[WIRE_IP4_TEXT], dst[WIRE_IP4_TEXT];

	wire_ip4_print(h->src, src);
	wire_ip4_print(h->dst, dst);
	text_add(&t, "ip %s > %s proto %u ttl %u tos 0x%02x length %u id %u", src, dst, h->proto, h->ttl, h->tos,
		h->total_bytes, h->id);
	text_add(&t, "%s%s%s", h->rf ? " rf" : "", h->df ? " df" : "", h->mf ? " mf" : "");
	if (h->frag_off_bytes)
		text_add(&t, " offset %u", h->frag_off_bytes);
	if (h->options_bytes)
		text_add(&t, " options %u", h->options_bytes);
	return (int)t.len;
}
