/* lane/lane_packet.c - the packet of an expectation, as bytes: Ethernet, VLAN tags, IPv4 or IPv6, transport, zeros.
 *
 *      | dst src | tag ... | type | IP header | transport header | zeros up to L |
 *
 * Headers are written by their encoders (wire/decode.h), with true lengths; checksums of IPv4 and of the transport are
 * right, so that a packet may be looked at with anything. A later fragment (frag > 0) has no transport header, its
 * bytes are zeros. Limits: no extension headers, no options but TCP's MSS. Control thread. */
#include "lane_int.h"

#include <string.h>

#include "wire/decode.h"

enum { IP4_BYTES = 20, IP6_BYTES = 40, TCP_BYTES = 20, MSS_BYTES = 4, UDP_BYTES = 8, SCTP_BYTES = 12, ICMP_BYTES = 8 };
enum { TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_VLAN = 0x8100 };

static uint32_t transport_bytes(const struct lane_expect *x)
{
	if (x->given & EXPECT_FRAG && x->frag_off)
		return 0;
	switch (x->proto) {
	case PROTO_TCP:
		return TCP_BYTES + (x->given & EXPECT_MSS ? MSS_BYTES : 0);
	case PROTO_UDP:
	case PROTO_UDPLITE:
		return UDP_BYTES;
	case PROTO_SCTP:
		return SCTP_BYTES;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		return ICMP_BYTES;
	default:
		return 0;
	}
}

uint32_t expect_headers(const struct lane_expect *x)
{
	return (x->family == 4 ? IP4_BYTES : IP6_BYTES) + transport_bytes(x);
}

static uint8_t *put_link(const struct lane_expect *x, uint8_t *to, size_t room)
{
	struct wire_eth eth = { .type = TYPE_VLAN };
	uint16_t type = x->family == 4 ? TYPE_IP4 : TYPE_IP6;

	memcpy(eth.dst, x->dst_mac, sizeof(eth.dst));
	memcpy(eth.src, x->src_mac, sizeof(eth.src));
	if (!x->vlans)
		eth.type = type;
	to += wire_eth_encode(to, room, &eth);
	for (unsigned i = 0; i < x->vlans; i++) {
		struct wire_tag tag = { .vid = x->vlan[i], .type = i + 1u < x->vlans ? TYPE_VLAN : type };

		to += wire_tag_encode(to, room, &tag);
	}
	return to;
}

static uint8_t *put_ip(const struct lane_expect *x, uint8_t *to, size_t room)
{
	struct wire_ip4hdr ip4 = { .tos = x->tos, .ttl = x->ttl, .proto = x->proto, .df = x->given & EXPECT_DF,
		.mf = x->given & EXPECT_MF, .frag_off_bytes = x->frag_off, .total_bytes = x->len, .id = x->ip_id,
		.src = x->src4, .dst = x->dst4 };
	struct wire_ip6hdr ip6 = { .tclass = x->tos, .next = x->proto, .hop_limit = x->ttl,
		.flow_label = x->flow_label, .payload_bytes = (uint16_t)(x->len - IP6_BYTES),
		.src = { x->src6[0], x->src6[1] }, .dst = { x->dst6[0], x->dst6[1] } };

	if (x->family == 6)
		return to + wire_ip6hdr_encode(to, room, &ip6);
	wire_ip4hdr_encode(to, room, &ip4);
	ip4.checksum = wire_checksum(to, IP4_BYTES);
	return to + wire_ip4hdr_encode(to, room, &ip4);
}

/* With `sum` in the place of its checksum. */
static void put_transport(const struct lane_expect *x, uint8_t *to, size_t room, uint16_t len, uint16_t sum)
{
	struct wire_tcp tcp = { .sport = x->sport, .dport = x->dport, .flags = x->tcp_flags, .win = x->win,
		.checksum = sum };
	struct wire_tcp_opts opts = { .has_mss = true, .mss = x->mss };
	struct wire_udp udp = { .sport = x->sport, .dport = x->dport, .len_bytes = len, .checksum = sum };
	struct wire_udplite lite = { .sport = x->sport, .dport = x->dport, .checksum = sum };
	struct wire_sctp sctp = { .sport = x->sport, .dport = x->dport };
	struct wire_icmp icmp = { .type = x->icmp_type, .code = x->icmp_code, .checksum = sum };

	if (x->given & EXPECT_MSS)
		tcp.options_bytes = (uint8_t)wire_tcp_opts_encode(tcp.options, sizeof(tcp.options), &opts);
	if (x->proto == PROTO_TCP)
		wire_tcp_encode(to, room, &tcp);
	else if (x->proto == PROTO_UDP)
		wire_udp_encode(to, room, &udp);
	else if (x->proto == PROTO_UDPLITE)
		wire_udplite_encode(to, room, &lite);
	else if (x->proto == PROTO_SCTP)
		wire_sctp_encode(to, room, &sctp);
	else if (x->proto == PROTO_ICMP || x->proto == PROTO_ICMP6)
		wire_icmp_encode(to, room, &icmp);
}

/* What is summed besides the bytes: ICMP has no pseudo header. */
static uint16_t pseudo(const struct lane_expect *x, uint16_t len)
{
	if (x->proto == PROTO_ICMP)
		return 0;
	return x->family == 4 ? wire_pseudo4_sum(x->src4, x->dst4, x->proto, len) :
		wire_pseudo6_sum(x->src6, x->dst6, x->proto, len);
}

static uint16_t sum_of(const struct lane_expect *x, const uint8_t *at, uint16_t len)
{
	uint16_t sum = (uint16_t)~wire_sum(at, len, pseudo(x, len));

	return !sum && (x->proto == PROTO_UDP || x->proto == PROTO_UDPLITE) ? 0xffff : sum;
}

static void finish_transport(const struct lane_expect *x, uint8_t *at, uint16_t len)
{
	put_transport(x, at, len, len, 0);
	if (x->proto == PROTO_SCTP) {
		uint32_t crc = wire_crc32c(at, len, 0);
		struct wire_sctp sctp = { .sport = x->sport, .dport = x->dport, .checksum = crc };

		wire_sctp_encode(at, len, &sctp);
	} else {
		put_transport(x, at, len, len, sum_of(x, at, len));
	}
}

uint32_t expect_build(const struct lane_expect *x, uint8_t *to, size_t room)
{
	uint8_t *ip = put_link(x, to, room), *at = put_ip(x, ip, room);

	memset(at, 0, (size_t)(ip + x->len - at));
	if (transport_bytes(x))
		finish_transport(x, at, (uint16_t)(ip + x->len - at));
	return (uint32_t)(ip + x->len - to);
}
