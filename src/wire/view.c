/* wire/view.c - one checked pass over a packet: bytes in, one flat struct out.
 *
 *      view_parse()
 *        link        plain Ethernet here, all others in view_link.c   -> which IP, and where
 *        IPv4        here; IPv6 with its chain in view_ip6.c          -> L, addresses, fragment, where the transport is
 *        transport   here: ports, TCP, ICMP
 *
 * Each step asks how many bytes are left before it reads them, and reads each byte once. Two limits stand side by side:
 * `captured`, what is in memory, and L, what the packet says it is. A header must lie inside both, since behind L there
 * is padding (or worse) that must not look like a header. What a step finds out it writes into the view, which was all
 * zero before; so what was not reached is zero.
 *
 * The plainest packet, Ethernet with IPv4, goes through one function whose walk lives in registers: its steps are
 * inlined by force, and nobody is given the walk's address. Everything else takes the same steps in a second copy,
 * where tags, other links and IPv6 are calls. Measured over real captures in cache, on a 3.2 GHz core, gcc 12: 10 ns
 * for Ethernet, IPv4 and TCP, 16 ns with a VLAN tag or IPv6 (clang 14: 12 and 25). Half of it is the 30 stores that
 * fill the view.
 *
 * Any thread; no state, no memory. RFC 791, 792, 768, 3828, 9293, 9260; RFC 3128 for the fragment at offset 8. */
#include "wire/view_int.h"

#include <string.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define step inline __attribute__((always_inline))

enum {
	ETH_BYTES = 14, ETH_TYPE_AT = 12,
	IP4_BYTES = 20, IP4_RF = 0x8000, IP4_DF = 0x4000, IP4_MF = 0x2000, IP4_OFFSET = 0x1fff,
	TCP_BYTES = 20, UDP_BYTES = 8, SCTP_BYTES = 12, ICMP_BYTES = 4,
};

/* Eight stores, written out: from a loop the compiler makes a memset(), and from that a `rep stos` that costs 9 ns. */
static inline void clear(struct view *v)
{
	typedef uint64_t vec __attribute__((vector_size(16), aligned(4), may_alias));
	vec *to = (vec *)v;

	_Static_assert(sizeof(*v) == 8 * sizeof(vec), "as many stores as the view has vectors");
	to[0] = to[1] = to[2] = to[3] = to[4] = to[5] = to[6] = to[7] = (vec){ 0, 0 };
}

/* The fixed part of a transport header is not all there. What ipfw drops unseen is malformed; where the snapshot
 * length cut the record we cannot know what ipfw would have seen. */
static __attribute__((noinline, cold)) void transport_short(struct view *v, bool inside_ip, bool snapped)
{
	v->stop = inside_ip && snapped ? VIEW_L4_CUT : VIEW_L4_BAD;
	v->malformed = !snapped;
}

static step bool transport_whole(struct view *v, const struct view_walk *w, uint32_t need)
{
	if (likely(walk_left(w) >= need && walk_left_in_ip(w) >= need))
		return true;
	transport_short(v, walk_left_in_ip(w) >= need, w->snapped);
	return false;
}

static step void ports(struct view *v, struct view_walk *w, uint32_t header_bytes)
{
	if (!transport_whole(v, w, header_bytes))
		return;
	w->has |= VIEW_HAS_L4 | VIEW_HAS_PORTS;
	v->sport = wire_get16(w->p + w->off);
	v->dport = wire_get16(w->p + w->off + 2);
	v->data_off = w->off + header_bytes;
}

/* The header length is the sender's word: below 20, or past what is there, it says nothing of where data begins. */
static step void tcp(struct view *v, struct view_walk *w)
{
	const uint8_t *t = w->p + w->off;
	uint32_t hlen;

	if (!transport_whole(v, w, TCP_BYTES))
		return;
	w->has |= VIEW_HAS_L4 | VIEW_HAS_PORTS | VIEW_HAS_TCP;
	v->sport = wire_get16(t);
	v->dport = wire_get16(t + 2);
	v->tcp_seq = wire_get32(t + 4);
	v->tcp_ack = wire_get32(t + 8);
	v->tcp_flags = t[13];
	v->tcp_win = wire_get16(t + 14);
	hlen = (t[12] >> 4) * 4u;
	v->tcp_hlen_bytes = (uint8_t)hlen;
	if (likely(hlen >= TCP_BYTES && hlen <= walk_left(w) && hlen <= walk_left_in_ip(w)))
		v->data_off = w->off + hlen;
}

static step void icmp(struct view *v, struct view_walk *w)
{
	if (!transport_whole(v, w, ICMP_BYTES))
		return;
	w->has |= VIEW_HAS_L4 | VIEW_HAS_ICMP;
	v->icmp_type = w->p[w->off];
	v->icmp_code = w->p[w->off + 1];
	v->data_off = w->off + ICMP_BYTES;
}

static step void transport(struct view *v, struct view_walk *w)
{
	uint8_t proto = v->proto;

	v->l4_off = w->off;
	if (likely(proto == PROTO_TCP))
		return tcp(v, w);
	if (proto == PROTO_UDP || proto == PROTO_UDPLITE)
		return ports(v, w, UDP_BYTES);
	if (proto == PROTO_SCTP)
		return ports(v, w, SCTP_BYTES);
	/* Each family has its own; the other one's number is a protocol like any other. */
	if (proto == (v->family == 4 ? PROTO_ICMP : PROTO_ICMP6))
		return icmp(v, w);
	v->data_off = w->off;
}

/* Why ip4() turned a header down. What is there and wrong is BAD, also where more of it is missing. */
static __attribute__((noinline, cold)) void ip4_refuse(struct view *v, const uint8_t *h, uint32_t left)
{
	uint32_t hlen = left ? (h[0] & 15) * 4u : 0;
	bool bad = left && (h[0] >> 4 != 4 || hlen < IP4_BYTES);

	if (left >= 4)
		bad |= wire_get16(h + 2) && wire_get16(h + 2) < hlen;
	v->stop = bad ? VIEW_IP_BAD : VIEW_IP_SHORT;
}

static step void ip4_fragment(struct view *v, struct view_walk *w, uint32_t word)
{
	v->frag_flags = (word & IP4_DF ? VIEW_DF : 0) | (word & IP4_MF ? VIEW_MF : 0) | (word & IP4_RF ? VIEW_RF : 0);
	if (unlikely(word & (IP4_MF | IP4_OFFSET))) {
		w->has |= VIEW_HAS_FRAG;
		v->frag_off_bytes = (uint16_t)((word & IP4_OFFSET) * 8);
		v->frag_id = v->ip_id;
	}
}

/* Well-formed as INTERFACE says it: length 20 to 60, all captured; total length 0, or at least that. Nothing else about
 * it (checksum, options, a total length past the frame) makes it less of a header. True: a transport header follows. */
static step bool ip4(struct view *v, struct view_walk *w)
{
	const uint8_t *h = w->p + w->off;
	uint32_t left = walk_left(w), hlen, total;

	if (unlikely(left < IP4_BYTES))
		return ip4_refuse(v, h, left), false;
	hlen = (h[0] & 15) * 4u;
	total = wire_get16(h + 2);
	if (unlikely(h[0] >> 4 != 4 || hlen < IP4_BYTES || hlen > left || (total && total < hlen)))
		return ip4_refuse(v, h, left), false;
	w->has |= VIEW_HAS_IP4 | VIEW_HAS_PROTO;
	v->family = 4;
	walk_set_ip(v, w, likely(total) ? total : w->wire - w->off);
	v->tos = h[1];
	v->ip_id = wire_get16(h + 4);
	v->ttl = h[8];
	v->proto = h[9];
	v->src4 = wire_get32(h + 12);
	v->dst4 = wire_get32(h + 16);
	ip4_fragment(v, w, wire_get16(h + 6));
	w->off += hlen;
	if (likely(!v->frag_off_bytes))
		return true;
	walk_later_fragment(v, w);
	return false;
}

_Static_assert(offsetof(struct view, mac_src) == offsetof(struct view, mac_dst) + 6, "copied as one");

static step void ethernet_macs(struct view *v, struct view_walk *w)
{
	/* Both at once: they stand side by side in the view, too. */
	memcpy((uint8_t *)v + offsetof(struct view, mac_dst), w->p, 12);
	w->has |= VIEW_HAS_MAC;
	w->off = ETH_BYTES;
}

static enum view_family ethernet(struct view *v, struct view_walk *w)
{
	if (walk_left(w) < ETH_BYTES) {
		v->stop = VIEW_LINK_SHORT;
		return FAMILY_NONE;
	}
	ethernet_macs(v, w);
	return view_ethertype(v, w, wire_get16(w->p + ETH_TYPE_AT));
}

/* Raw IP tells its family by the first four bits alone. */
static enum view_family by_version(struct view *v, const struct view_walk *w)
{
	unsigned version = walk_left(w) ? w->p[w->off] >> 4 : 0;

	if (version == 4 || version == 6)
		return version;
	v->stop = walk_left(w) ? VIEW_IP_BAD : VIEW_IP_SHORT;
	return FAMILY_NONE;
}

static step struct view_walk walk_init(const uint8_t *p, uint32_t captured, uint32_t wire)
{
	if (wire < captured)
		wire = captured;
	return (struct view_walk){ .p = p, .captured = captured, .wire = wire, .snapped = wire > captured };
}

static __attribute__((noinline)) void parse_any(struct view *v, enum wire_link link, const uint8_t *p,
	uint32_t captured, uint32_t wire)
{
	struct view_walk w = walk_init(p, captured, wire);
	enum view_family family = link == LINK_ETHERNET ? ethernet(v, &w) : view_link(v, &w, link);

	if (family == FAMILY_BY_VERSION)
		family = by_version(v, &w);
	if (family == FAMILY_IP4 ? ip4(v, &w) : family == FAMILY_IP6 && view_ip6(v, &w))
		transport(v, &w);
	v->has = (uint16_t)w.has;
}

void view_parse(struct view *v, enum wire_link link, const uint8_t *p, uint32_t captured, uint32_t wire)
{
	struct view_walk w = walk_init(p, captured, wire);

	clear(v);
	if (unlikely(link != LINK_ETHERNET || captured < ETH_BYTES || wire_get16(p + ETH_TYPE_AT) != ETHERTYPE_IP4))
		return parse_any(v, link, p, captured, wire);
	ethernet_macs(v, &w);
	v->ethertype = ETHERTYPE_IP4;
	if (likely(ip4(v, &w)))
		transport(v, &w);
	v->has = (uint16_t)w.has;
}

const char *view_stop_text(enum view_stop s)
{
	static const char *const text[VIEW_STOPS] = {
		[VIEW_WHOLE] = "whole",
		[VIEW_NOT_IP] = "not IP",
		[VIEW_LINK_SHORT] = "link header cut",
		[VIEW_IP_SHORT] = "IP header cut",
		[VIEW_IP_BAD] = "IP header makes no sense",
		[VIEW_EXT_SHORT] = "IPv6 extension headers cut",
		[VIEW_EXT_BAD] = "IPv6 extension headers make no sense",
		[VIEW_L4_CUT] = "transport header cut",
		[VIEW_L4_BAD] = "transport header too short",
		[VIEW_LATER_FRAGMENT] = "later fragment",
		[VIEW_TOO_MANY_TAGS] = "more than 4 VLAN tags",
	};

	return (unsigned)s < VIEW_STOPS ? text[s] : "unknown";
}
