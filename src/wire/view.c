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
 * The common packet (Ethernet, IPv4, TCP or UDP) goes through one function without a call: the steps are inline, the
 * rare ones (tags, IPv6, damage) are calls. Clearing the view costs as much as a quarter of the rest, so it is done
 * in vectors, not by a call of memset().
 *
 * Any thread; no state, no memory. RFC 791, 792, 768, 3828, 9293, 9260; RFC 3128 for the fragment at offset 8. */
#include "wire/view_int.h"

#include <string.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum { IP4_BYTES = 20, TCP_BYTES = 20, UDP_BYTES = 8, SCTP_BYTES = 12, ICMP_BYTES = 4, ETH_BYTES = 14 };

typedef uint64_t view_vec __attribute__((vector_size(16), aligned(8), may_alias));
_Static_assert(sizeof(struct view) % sizeof(view_vec) == 0, "clear() writes whole vectors");

static inline void clear(struct view *v)
{
	view_vec *to = (view_vec *)v;

	for (size_t i = 0; i < sizeof(*v) / sizeof(*to); i++)
		to[i] = (view_vec){ 0, 0 };
}

/* The fixed part of a transport header is not all there. What ipfw drops unseen is malformed; where the snapshot
 * length cut the record we cannot know what ipfw would have seen. */
static void transport_short(struct view *v, const struct view_walk *w, uint32_t need)
{
	bool fits = walk_left_in_ip(w, v) >= need;

	v->stop = fits && w->snapped ? VIEW_L4_CUT : VIEW_L4_BAD;
	v->malformed = !w->snapped;
}

static inline bool transport_whole(struct view *v, const struct view_walk *w, uint32_t need)
{
	if (likely(walk_left(w) >= need && walk_left_in_ip(w, v) >= need))
		return true;
	transport_short(v, w, need);
	return false;
}

static inline void ports(struct view *v, const struct view_walk *w, uint32_t header_bytes)
{
	if (!transport_whole(v, w, header_bytes))
		return;
	v->has |= VIEW_HAS_L4 | VIEW_HAS_PORTS;
	v->sport = wire_get16(w->p + w->off);
	v->dport = wire_get16(w->p + w->off + 2);
	v->data_off = w->off + header_bytes;
}

/* The header length is the sender's word: below 20, or past what is there, it says nothing of where data begins. */
static inline void tcp(struct view *v, const struct view_walk *w)
{
	const uint8_t *t = w->p + w->off;
	uint32_t hlen;

	if (!transport_whole(v, w, TCP_BYTES))
		return;
	v->has |= VIEW_HAS_L4 | VIEW_HAS_PORTS | VIEW_HAS_TCP;
	v->sport = wire_get16(t);
	v->dport = wire_get16(t + 2);
	v->tcp_seq = wire_get32(t + 4);
	v->tcp_ack = wire_get32(t + 8);
	v->tcp_flags = t[13];
	v->tcp_win = wire_get16(t + 14);
	hlen = (t[12] >> 4) * 4u;
	v->tcp_hlen_bytes = (uint8_t)hlen;
	if (likely(hlen >= TCP_BYTES && hlen <= walk_left(w) && hlen <= walk_left_in_ip(w, v)))
		v->data_off = w->off + hlen;
}

static void icmp(struct view *v, const struct view_walk *w)
{
	if (!transport_whole(v, w, ICMP_BYTES))
		return;
	v->has |= VIEW_HAS_L4 | VIEW_HAS_ICMP;
	v->icmp_type = w->p[w->off];
	v->icmp_code = w->p[w->off + 1];
	v->data_off = w->off + ICMP_BYTES;
}

static inline void transport(struct view *v, const struct view_walk *w)
{
	v->l4_off = w->off;
	if (likely(v->proto == PROTO_TCP))
		return tcp(v, w);
	if (v->proto == PROTO_UDP || v->proto == PROTO_UDPLITE)
		return ports(v, w, UDP_BYTES);
	if (v->proto == PROTO_SCTP)
		return ports(v, w, SCTP_BYTES);
	/* Each family has its own; the other one's number is a protocol like any other. */
	if (v->proto == (v->family == 4 ? PROTO_ICMP : PROTO_ICMP6))
		return icmp(v, w);
	if (v->proto != PROTO_NONE || v->family == 4)
		v->data_off = w->off;
}

/* RFC 3128: a TCP fragment at offset 8 would write over the flags of the first one. ipfw drops it unseen. */
void view_later_fragment(struct view *v, const struct view_walk *w)
{
	v->stop = VIEW_LATER_FRAGMENT;
	v->data_off = w->off;
	v->malformed = v->proto == PROTO_TCP && v->frag_off_bytes == 8;
}

/* True: the header is whole and well-formed as INTERFACE says it: length 20 to 60, all captured; total length 0, or
 * at least that. Nothing else about it (checksum, options, a total length past the frame) makes it less of one. */
static inline bool ip4_whole(struct view *v, const struct view_walk *w, uint32_t *hlen, uint32_t *total)
{
	const uint8_t *h = w->p + w->off;
	uint32_t left = walk_left(w);

	if (likely(left >= IP4_BYTES)) {
		*hlen = (h[0] & 15) * 4u;
		*total = wire_get16(h + 2);
		if (likely(h[0] >> 4 == 4 && *hlen >= IP4_BYTES && *hlen <= left && (!*total || *total >= *hlen)))
			return true;
		v->stop = h[0] >> 4 == 4 && *hlen > left && (!*total || *total >= *hlen) ? VIEW_IP_SHORT : VIEW_IP_BAD;
		return false;
	}
	v->stop = left && h[0] >> 4 != 4 ? VIEW_IP_BAD : VIEW_IP_SHORT;
	return false;
}

/* True: a transport header follows. */
static inline bool ip4(struct view *v, struct view_walk *w)
{
	const uint8_t *h = w->p + w->off;
	uint32_t hlen, total, frag;

	if (unlikely(!ip4_whole(v, w, &hlen, &total)))
		return false;
	v->has |= VIEW_HAS_IP4;
	v->family = 4;
	v->l3_off = w->off;
	v->ip_bytes = likely(total) ? total : w->wire - w->off;
	v->tos = h[1];
	v->ip_id = wire_get16(h + 4);
	v->frag_id = v->ip_id;
	v->ttl = h[8];
	v->proto = h[9];
	v->src4 = wire_get32(h + 12);
	v->dst4 = wire_get32(h + 16);
	w->off += hlen;

	frag = wire_get16(h + 6);
	v->frag_flags = (uint8_t)((frag & 0x4000 ? VIEW_DF : 0) | (frag & 0x2000 ? VIEW_MF : 0) | (frag & 0x8000 ? VIEW_RF : 0));
	if (likely(!(frag & 0x3fff)))
		return true;
	v->has |= VIEW_HAS_FRAG;
	v->frag_off_bytes = (uint16_t)((frag & 0x1fff) * 8);
	if (!v->frag_off_bytes)
		return true;
	view_later_fragment(v, w);
	return false;
}

static inline void ethernet_macs(struct view *v, const uint8_t *p)
{
	memcpy(v->mac_dst, p, 6);
	memcpy(v->mac_src, p + 6, 6);
	v->has |= VIEW_HAS_MAC;
}

/* The plainest frame stays here; everything else is a call. */
static inline enum view_family link(struct view *v, struct view_walk *w, enum wire_link link)
{
	uint16_t type;

	if (unlikely(link != LINK_ETHERNET))
		return view_link(v, w, link);
	if (unlikely(w->captured < ETH_BYTES)) {
		v->stop = VIEW_LINK_SHORT;
		return FAMILY_NONE;
	}
	ethernet_macs(v, w->p);
	w->off = ETH_BYTES;
	type = wire_get16(w->p + 12);
	if (likely(type == ETHERTYPE_IP4)) {
		v->ethertype = type;
		return FAMILY_IP4;
	}
	return view_ethertype(v, w, type);
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

void view_parse(struct view *v, enum wire_link from, const uint8_t *p, uint32_t captured, uint32_t wire)
{
	struct view_walk w = { .p = p, .captured = captured, .wire = wire > captured ? wire : captured, .snapped = wire > captured };
	enum view_family family;

	clear(v);
	family = link(v, &w, from);
	if (unlikely(family == FAMILY_BY_VERSION))
		family = by_version(v, &w);
	if (likely(family == FAMILY_IP4) ? ip4(v, &w) : family == FAMILY_IP6 && view_ip6(v, &w))
		transport(v, &w);
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
