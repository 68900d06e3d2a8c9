/* wire/ip6.c - the fixed IPv6 header: RFC 8200 3.
 *
 *      | version 4 bits, traffic class 8, flow label 20 | payload length 2 | next 1 | hop limit 1 | src 16 | dst 16 |
 *
 * What follows by `next` is in wire/ip6_ext.c. Any thread, no state. */
#include "wire/decode.h"

#include "base/err.h"
#include "wire/text.h"

enum { IP6_BYTES = 40 };

int wire_ip6hdr_decode(struct wire_ip6hdr *h, const uint8_t *p, size_t n)
{
	uint32_t first;

	if (n < IP6_BYTES || p[0] >> 4 != 6)
		return ERR_DAMAGED;
	first = wire_get32(p);
	h->tclass = (uint8_t)(first >> 20);
	h->flow_label = first & 0xfffff;
	h->payload_bytes = wire_get16(p + 4);
	h->next = p[6];
	h->hop_limit = p[7];
	for (size_t i = 0; i < 2; i++) {
		h->src[i] = wire_get64(p + 8 + 8 * i);
		h->dst[i] = wire_get64(p + 24 + 8 * i);
	}
	return IP6_BYTES;
}

size_t wire_ip6hdr_encode(uint8_t *p, size_t room, const struct wire_ip6hdr *h)
{
	if (room < IP6_BYTES || h->flow_label > 0xfffff)
		return 0;
	wire_put32(p, UINT32_C(6) << 28 | (uint32_t)h->tclass << 20 | h->flow_label);
	wire_put16(p + 4, h->payload_bytes);
	p[6] = h->next;
	p[7] = h->hop_limit;
	for (size_t i = 0; i < 2; i++) {
		wire_put64(p + 8 + 8 * i, h->src[i]);
		wire_put64(p + 24 + 8 * i, h->dst[i]);
	}
	return IP6_BYTES;
}

int wire_ip6hdr_print(const struct wire_ip6hdr *h, char *to, size_t room)
{
	struct text t = text_init(to, room);
	char src[WIRE_IP6_TEXT], dst[WIRE_IP6_TEXT];

	wire_ip6_print(h->src, src);
	wire_ip6_print(h->dst, dst);
	text_add(&t, "ip6 %s > %s next %u hop limit %u class 0x%02x payload %u", src, dst, h->next, h->hop_limit,
		h->tclass, h->payload_bytes);
	if (h->flow_label)
		text_add(&t, " flow 0x%05x", h->flow_label);
	return (int)t.len;
}
