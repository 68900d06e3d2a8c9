/* wire/part.c - what changes in the headers when a super-segment becomes wire packets.
 *
 *      IPv4   total length, checksum; identification counts up from that of the whole
 *      IPv6   payload length
 *      TCP    sequence number; FIN and PSH in the last one alone, CWR in the first alone (RFC 3168 6.1.2); checksum
 *      UDP    length, checksum; one that was not used (0) stays so
 *
 * The checksum of a super-segment says nothing about its parts: a device that offers to split leaves it to be worked
 * out, or puts the sum of the pseudo header there. So sums are always made anew. Any thread, no state. */
#include "wire/part.h"

#include "wire/decode.h"

enum { IP4_LEN_AT = 2, IP4_ID_AT = 4, IP4_SUM_AT = 10, IP6_LEN_AT = 4, IP6_BYTES = 40 };
enum { TCP_SEQ_AT = 4, TCP_FLAGS_AT = 13, TCP_SUM_AT = 16, UDP_LEN_AT = 4, UDP_SUM_AT = 6, UDP_BYTES = 8 };

#define NOT_ALIKE (VIEW_EXT_ROUTE | VIEW_EXT_AH | VIEW_EXT_ESP)

/* Extension headers of which each part may have a copy. Its length in 32 bits a packet can say once only. */
static bool ext_can(const uint8_t *p, const struct view *v)
{
	bool jumbo = v->ext_seen & VIEW_EXT_HOPOPT && !wire_get16(p + v->l3_off + IP6_LEN_AT);

	return !(v->ext_seen & NOT_ALIKE) && !jumbo;
}

bool wire_part_can(const uint8_t *p, const struct view *v)
{
	if (!(v->has & VIEW_HAS_L4) || v->has & VIEW_HAS_FRAG || !v->data_off)
		return false;
	if (v->family == 6 && !ext_can(p, v))
		return false;
	if (v->has & VIEW_HAS_TCP)
		return !(v->tcp_flags & (TCP_SYN | TCP_RST | TCP_URG));
	return v->proto == PROTO_UDP;
}

/* Of the transport's header and what is behind it, its own checksum 0. */
static uint16_t transport_sum(const uint8_t *l4, const struct view *v, uint32_t bytes)
{
	uint16_t pseudo = v->family == 4 ? wire_pseudo4_sum(v->src4, v->dst4, v->proto, (uint16_t)bytes) :
		wire_pseudo6_sum(v->src6, v->dst6, v->proto, bytes);

	return (uint16_t)~wire_sum(l4, bytes, pseudo);
}

static void set_tcp(uint8_t *l4, const struct view *v, const struct wire_part *part, uint32_t bytes)
{
	uint8_t flags = v->tcp_flags;

	if (part->index)
		flags &= (uint8_t)~TCP_CWR;
	if (!part->last)
		flags &= (uint8_t)~(TCP_FIN | TCP_PSH);
	wire_put32(l4 + TCP_SEQ_AT, v->tcp_seq + part->offset);
	l4[TCP_FLAGS_AT] = flags;
	wire_put16(l4 + TCP_SUM_AT, 0);
	wire_put16(l4 + TCP_SUM_AT, transport_sum(l4, v, bytes));
}

static void set_udp(uint8_t *l4, const struct view *v, uint32_t bytes)
{
	bool summed = wire_get16(l4 + UDP_SUM_AT) != 0;
	uint16_t sum;

	wire_put16(l4 + UDP_LEN_AT, (uint16_t)bytes);
	if (!summed)
		return;
	wire_put16(l4 + UDP_SUM_AT, 0);
	sum = transport_sum(l4, v, bytes);
	wire_put16(l4 + UDP_SUM_AT, sum ? sum : 0xffff);	/* RFC 768: 0 says that there is none */
}

static void set_ip(uint8_t *ip, const struct view *v, const struct wire_part *part, uint32_t bytes)
{
	if (v->family == 6) {
		wire_put16(ip + IP6_LEN_AT, (uint16_t)(bytes - IP6_BYTES));
		return;
	}
	wire_put16(ip + IP4_LEN_AT, (uint16_t)bytes);
	wire_put16(ip + IP4_ID_AT, (uint16_t)(v->ip_id + part->index));
	wire_put16(ip + IP4_SUM_AT, 0);
	wire_put16(ip + IP4_SUM_AT, wire_checksum(ip, (size_t)4 * (ip[0] & 15)));
}

void wire_part_set(uint8_t *p, const struct view *v, const struct wire_part *part)
{
	uint32_t end = v->data_off + part->bytes;

	set_ip(p + v->l3_off, v, part, end - v->l3_off);
	if (v->has & VIEW_HAS_TCP)
		set_tcp(p + v->l4_off, v, part, end - v->l4_off);
	else
		set_udp(p + v->l4_off, v, end - v->l4_off);
}
