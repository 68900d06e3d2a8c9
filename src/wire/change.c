/* wire/change.c - the DS field, ECN and the MSS option, changed where they stand.
 *
 *      IPv4   | version, length | DS 6 bits, ECN 2 | …                RFC 2474 3; its checksum covers it
 *      IPv6   | version 4 bits | DS 6, ECN 2 | flow label 20 |        no checksum covers it, TCP's neither
 *      MSS    | 2 | 4 | value 2 |                                     RFC 9293 3.7.1; TCP's checksum covers it
 *
 * An option may begin at an odd byte. A sum does not care in which order the two bytes of every word stand, so there
 * the difference is that of the swapped numbers (RFC 1071 2 B). Where MSS stands twice both are lowered, since stacks
 * differ in which of them counts. Any thread, no state. */
#include "wire/change.h"

#include "wire/decode.h"

enum { IP4_SUM_AT = 10, TCP_BYTES = 20, TCP_SUM_AT = 16, MSS_VALUE_BYTES = 2 };

static void put_difference(uint8_t *sum, uint16_t from, uint16_t to)
{
	wire_put16(sum, wire_checksum_change(wire_get16(sum), from, to));
}

static void set_tos(uint8_t *p, struct view *v, uint8_t tos)
{
	uint8_t *ip = p + v->l3_off;
	uint16_t before = wire_get16(ip), after;

	v->tos = tos;
	if (v->family == 4)
		after = (uint16_t)((before & 0xff00) | v->tos);
	else
		after = (uint16_t)((before & 0xf00f) | v->tos << 4);
	wire_put16(ip, after);
	if (v->family == 4)
		put_difference(ip + IP4_SUM_AT, before, after);
}

void wire_dscp_set(uint8_t *p, struct view *v, uint8_t dscp)
{
	set_tos(p, v, (uint8_t)(dscp << 2 | (v->tos & 3)));
}

void wire_ecn_set(uint8_t *p, struct view *v, enum wire_ecn ecn)
{
	set_tos(p, v, (uint8_t)((v->tos & 0xfc) | ecn));
}

/* Bytes of options that were captured; none where the header's length is a lie. */
static uint32_t option_bytes(uint32_t captured, const struct view *v)
{
	uint32_t header = v->tcp_hlen_bytes, seen = captured - v->l4_off;

	if (header < TCP_BYTES || header > v->ip_bytes - (v->l4_off - v->l3_off))
		return 0;
	return (header < seen ? header : seen) - TCP_BYTES;
}

uint32_t wire_mss_above(const uint8_t *p, uint32_t captured, const struct view *v, uint16_t mss)
{
	struct wire_opt o;
	const uint8_t *opts;
	size_t at = 0;

	if (!(v->has & VIEW_HAS_TCP) || !(v->tcp_flags & TCP_SYN))
		return 0;
	opts = p + v->l4_off + TCP_BYTES;
	while (wire_opt_next(&o, opts, option_bytes(captured, v), &at) > 0)
		if (o.kind == TCP_OPT_MSS && o.len_bytes == MSS_VALUE_BYTES && wire_get16(o.data) > mss)
			return (uint32_t)(o.data - p);
	return 0;
}

static void lower_one(uint8_t *p, uint32_t at, const struct view *v, uint16_t mss)
{
	uint16_t before = wire_get16(p + at), after = mss;

	wire_put16(p + at, mss);
	if ((at - v->l4_off) & 1) {
		before = __builtin_bswap16(before);
		after = __builtin_bswap16(after);
	}
	put_difference(p + v->l4_off + TCP_SUM_AT, before, after);
}

void wire_mss_lower(uint8_t *p, uint32_t captured, const struct view *v, uint16_t mss)
{
	uint32_t at;

	while ((at = wire_mss_above(p, captured, v, mss)) > 0)
		lower_one(p, at, v, mss);
}
