/* wire/answer.c - packets that answer a packet: who may be answered, and the IP header of the answer.
 *
 *      | link header, turned round | IP | ICMP error with the packet's beginning, or RST, or ABORT |
 *        answer_link.c               here                answer_icmp.c  answer_reset.c  answer_abort.c
 *
 * Nobody is answered who is not one host: RFC 1122 3.2.2 and RFC 4443 2.4 (e) say so of ICMP, RFC 9293 3.9.2.3 and
 * RFC 9260 8.4 (1) of the others. So: no group or broadcast, on the link or in IP, on either side; no IPv4 source of
 * 0/8, 127/8 (but to another of them, which stays inside one host) or 240/4; no later fragment; and no packet which
 * no host would take (`malformed`). A broadcast address of a subnet is not known as one here; its frame is a
 * broadcast.
 *
 * Decided where the RFCs leave it open:
 *  - Source is the packet's destination, for ICMP too. RFC 1812 4.3.2.4 wants an address of the router's own: who
 *    judges a capture, like a bridge, has none.
 *  - ICMP has the packet's type of service and precedence 6 (RFC 1812 4.3.2.5), ECN not set. The others have 0.
 *  - TTL and hop limit are 64. IPv4's id is 0 and DF set: such a packet needs none (RFC 6864 4.1).
 *  - Checksums of the packet are not looked at: a sender's capture has wrong ones where its card fills them in.
 *
 * Pure; any thread. Cost: a copy of at most 1324 bytes and their checksum. Called for each packet that a rule
 * answers, within the limit of the lane. */
#include "wire/answer.h"

#include "wire/answer_int.h"
#include "wire/decode.h"

enum { HOP_LIMIT = 64, TOS_OF_PACKET = 0x1c, PRECEDENCE_6 = 0xc0, ICMP_SUM_AT = 2, TCP_SUM_AT = 16 };

static bool for_ip6(enum answer_kind kind)
{
	return kind == ANSWER_UNREACH6 || kind == ANSWER_RESET6 || kind == ANSWER_ABORT6;
}

static uint8_t proto_of(enum answer_kind kind)
{
	switch (kind) {
	case ANSWER_UNREACH:
		return PROTO_ICMP;
	case ANSWER_UNREACH6:
		return PROTO_ICMP6;
	case ANSWER_ABORT:
	case ANSWER_ABORT6:
		return PROTO_SCTP;
	default:
		return PROTO_TCP;
	}
}

static bool is_unreach(enum answer_kind kind)
{
	return kind == ANSWER_UNREACH || kind == ANSWER_UNREACH6;
}

static enum answer_fit meant(enum answer_kind kind, const struct answered *o)
{
	const struct view *v = o->v;

	if (kind == ANSWER_NONE || !(v->has & VIEW_HAS_IP) || for_ip6(kind) != (v->family == 6))
		return ANSWER_NOT_MEANT;
	if (!(v->has & VIEW_HAS_PROTO))
		return answered_no_header(o);
	return is_unreach(kind) || v->proto == proto_of(kind) ? ANSWER_FITS : ANSWER_NOT_MEANT;
}

/* One host's: no network, no group, nothing reserved. */
static bool is_host4(uint32_t a)
{
	return a >> 24 != 0 && a < UINT32_C(0xe0000000);
}

static bool is_host6(const uint64_t a[2])
{
	return a[0] >> 56 != 0xff && (a[0] | a[1]) != 0;
}

static bool is_loopback4(uint32_t a)
{
	return a >> 24 == 127;
}

static bool between_hosts(const struct view *v)
{
	if (v->family == 6)
		return is_host6(v->src6) && is_host6(v->dst6);
	if (is_loopback4(v->src4) && !is_loopback4(v->dst4))
		return false;
	return is_host4(v->src4) && is_host4(v->dst4);
}

enum answer_fit answer_fit(const struct answer *a, const struct view *v, enum wire_link link, const uint8_t *p,
	uint32_t captured)
{
	const struct answered o = { v, p, captured, link };
	enum answer_kind kind = a->kind;
	enum answer_fit fit = meant(kind, &o);

	if (fit)
		return fit;
	if (v->malformed || v->frag_off_bytes || !between_hosts(v))
		return ANSWER_FORBIDDEN;
	fit = answer_link_fit(&o);
	if (fit)
		return fit;
	if (is_unreach(kind))
		return answer_icmp_fit(&o);
	return proto_of(kind) == PROTO_TCP ? answer_reset_fit(&o) : answer_abort_fit(&o);
}

static uint32_t put_body(uint8_t *to, const struct answer *a, const struct answered *o)
{
	if (is_unreach(a->kind))
		return answer_icmp_put(to, o, a->code);
	return proto_of(a->kind) == PROTO_TCP ? answer_reset_put(to, o) : answer_abort_put(to, o);
}

static void put_ip4(uint8_t *to, const struct view *v, uint8_t proto, uint32_t body_bytes)
{
	struct wire_ip4hdr h = {
		.tos = proto == PROTO_ICMP ? (uint8_t)((v->tos & TOS_OF_PACKET) | PRECEDENCE_6) : 0,
		.ttl = HOP_LIMIT, .proto = proto, .df = true, .src = v->dst4, .dst = v->src4,
		.total_bytes = (uint16_t)(IP4_HEADER_BYTES + body_bytes),
	};

	wire_ip4hdr_encode(to, IP4_HEADER_BYTES, &h);
	wire_put16(to + 10, wire_checksum(to, IP4_HEADER_BYTES));
}

static void put_ip6(uint8_t *to, const struct view *v, uint8_t proto, uint32_t body_bytes)
{
	struct wire_ip6hdr h = {
		.next = proto, .hop_limit = HOP_LIMIT, .payload_bytes = (uint16_t)body_bytes,
		.src = { v->dst6[0], v->dst6[1] }, .dst = { v->src6[0], v->src6[1] },
	};

	wire_ip6hdr_encode(to, IP6_HEADER_BYTES, &h);
}

/* ICMP alone covers no pseudo header: RFC 792. Addresses are those of the packet, and a sum knows no order. */
static void put_sum(uint8_t *body, uint32_t bytes, const struct view *v, uint8_t proto)
{
	uint16_t sum = 0;

	if (proto == PROTO_SCTP)
		return;
	if (v->family == 6)
		sum = wire_pseudo6_sum(v->src6, v->dst6, proto, bytes);
	else if (proto != PROTO_ICMP)
		sum = wire_pseudo4_sum(v->src4, v->dst4, proto, (uint16_t)bytes);
	wire_put16(body + (proto == PROTO_TCP ? TCP_SUM_AT : ICMP_SUM_AT), (uint16_t)~wire_sum(body, bytes, sum));
}

uint32_t answer_build(uint8_t to[ANSWER_BYTES_MAX], const struct answer *a, const struct view *v, enum wire_link link,
	const uint8_t *p, uint32_t captured)
{
	const struct answered o = { v, p, captured, link };
	uint32_t ip_header = v->family == 4 ? IP4_HEADER_BYTES : IP6_HEADER_BYTES;
	uint8_t proto = proto_of(a->kind), *ip = to + v->l3_off;
	uint32_t body = put_body(ip + ip_header, a, &o);

	if (v->family == 4)
		put_ip4(ip, v, proto, body);
	else
		put_ip6(ip, v, proto, body);
	put_sum(ip + ip_header, body, v, proto);
	return answer_link_put(to, &o, ip_header + body) + ip_header + body;
}
