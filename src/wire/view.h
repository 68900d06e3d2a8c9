/* wire/view.h - one checked pass over a packet; everything later reads the result, never the bytes.
 *
 * view_parse() never reads past `captured`, never fails, and says in `stop` why it went no further. What was not seen
 * is zero and its VIEW_HAS_ bit is clear: a match on it is false. Numbers are in host order. Cost: see view.c.
 *
 * Not IP (VIEW_NOT_IP, LINK_SHORT, IP_SHORT, IP_BAD, TOO_MANY_TAGS): has & VIEW_HAS_IP is 0, family is 0, and nothing
 * is set but what the link told. Decided where the specification leaves it open:
 *  - `malformed` is set for a transport header that is short in a whole record (captured = wire), for a TCP fragment at
 *    offset 8 bytes of either family, and for a bad extension chain; the latter two also in a record the snapshot
 *    length cut, since the bytes that prove it are there. Never for anything merely not captured.
 *  - A header that L itself cuts, in a record that was snapped as well, is VIEW_L4_BAD but not malformed.
 *  - A TCP header length below 20, or past L, is not `malformed`: ipfw lets it pass. Only data_off is 0 then.
 *  - An unknown IPv6 next header is the transport, not damage. AH is walked in IPv6, and a transport in IPv4. ICMP in
 *    IPv6 and ICMPv6 in IPv4 are protocols without a header we know.
 *  - 802.3 frames with LLC, SNAP too, and MPLS are not IP: INTERFACE names what is looked through.
 *  - IP must be of the version that ethertype, PPP or address family announce; raw IP goes by its first four bits.
 *
 * Shape: fixed widths at fixed offsets, since the filter machine addresses fields by offset. */
#ifndef WIRE_VIEW_H
#define WIRE_VIEW_H

#include "wire/wire.h"

#define VIEW_TAGS_MAX 4		/* 802.1Q / 802.1ad tags that are looked through */

enum view_has {
	VIEW_HAS_MAC	= 1 << 0,	/* Ethernet header: mac_dst, mac_src, ethertype */
	VIEW_HAS_IP4	= 1 << 1,	/* whole and well-formed IPv4 header */
	VIEW_HAS_IP6	= 1 << 2,	/* the 40 bytes of IPv6 */
	VIEW_HAS_L4	= 1 << 3,	/* the transport's fixed part: TCP 20, UDP(-Lite) 8, SCTP 12, ICMP(6) 4 bytes */
	VIEW_HAS_PORTS	= 1 << 4,	/* sport, dport: TCP UDP UDP-Lite SCTP, not a later fragment */
	VIEW_HAS_TCP	= 1 << 5,
	VIEW_HAS_ICMP	= 1 << 6,	/* icmp_type, icmp_code: ICMP and ICMPv6 */
	VIEW_HAS_FRAG	= 1 << 7,	/* is a fragment: offset != 0 or more to come (atomic IPv6 fragments too) */
	VIEW_HAS_FRAG6	= 1 << 8,	/* an IPv6 fragment header was there */
	VIEW_HAS_ARP	= 1 << 9,
	VIEW_HAS_PROTO	= 1 << 10,	/* proto is the transport: chain walked to its end, or to a later fragment */
};
#define VIEW_HAS_IP (VIEW_HAS_IP4 | VIEW_HAS_IP6)

enum view_stop {
	VIEW_WHOLE,		/* went as far as there is something to see */
	VIEW_NOT_IP,		/* another protocol stands where IP would */
	VIEW_LINK_SHORT,	/* captured bytes end in the link header */
	VIEW_IP_SHORT,		/* the IP header is not all captured */
	VIEW_IP_BAD,		/* version, header length, total length make no sense */
	VIEW_EXT_SHORT,		/* IPv6 extension chain not all captured */
	VIEW_EXT_BAD,		/* it runs past L or a whole record, or has hop-by-hop not first: malformed */
	VIEW_L4_CUT,		/* transport header cut by the snapshot length: not malformed */
	VIEW_L4_BAD,		/* transport header past L, or past a whole record: malformed, if the record is whole */
	VIEW_LATER_FRAGMENT,	/* offset != 0: no transport header here */
	VIEW_TOO_MANY_TAGS,
	VIEW_STOPS
};
const char *view_stop_text(enum view_stop s);

/* The first line (64 bytes) is what most rules ask; the length is a multiple of 16, to be cleared in vectors. */
struct view {
	uint16_t has;			/* enum view_has */
	uint8_t stop;			/* enum view_stop */
	uint8_t malformed;		/* what ipfw would drop unseen: see below */
	uint8_t family;			/* 4, 6, 0: not IP */
	uint8_t proto;			/* transport, after IPv6 extension headers */
	uint8_t ttl;			/* or hop limit */
	uint8_t tos;			/* or traffic class */
	uint32_t ip_bytes;		/* L: from the IP header, else from the frame (INTERFACE, "Length") */
	uint32_t l3_off;		/* offsets count from the frame's first byte; 0 where not IP */
	uint32_t l4_off;		/* transport header, a short one too; 0: later fragment, or chain not walked */
	uint32_t data_off;		/* behind it (ICMP: behind 4 bytes; unknown transport: l4_off; later fragment:
					 * what it carries); 0: not seen */
	uint32_t src4, dst4;		/* IPv4 */
	uint16_t sport, dport;
	uint32_t tcp_seq, tcp_ack;
	uint16_t tcp_win;
	uint8_t tcp_flags;		/* TCP_FIN … TCP_CWR */
	uint8_t tcp_hlen_bytes;		/* as the header says it, 0..60: below 20 it is a lie, and data_off 0 */
	uint8_t icmp_type, icmp_code;
	uint8_t frag_flags;		/* VIEW_DF, VIEW_MF, VIEW_RF; IPv6: VIEW_MF alone */
	uint8_t tags;			/* VLAN tags seen, 0..4 */
	uint16_t frag_off_bytes;	/* multiple of 8 */
	uint16_t ip_id;			/* IPv4 */
	uint32_t frag_id;		/* with VIEW_HAS_FRAG. IPv4: ip_id; IPv6: of the fragment header */
	uint16_t ethertype;		/* behind tags; below 0x600: an 802.3 frame's length; 0: the link has none */
	uint16_t ext_seen;		/* IPv6: VIEW_EXT_ bits */

	uint8_t mac_dst[6], mac_src[6];
	uint32_t flow_label;		/* IPv6, 20 bits */
	uint64_t src6[2], dst6[2];	/* IPv6: [0] holds the first 8 bytes; zero for IPv4 */
	uint16_t tag_tci[VIEW_TAGS_MAX], tag_tpid[VIEW_TAGS_MAX];	/* outermost first */
};

enum { VIEW_DF = 1, VIEW_MF = 2, VIEW_RF = 4 };
enum {
	VIEW_EXT_HOPOPT = 1, VIEW_EXT_ROUTE = 2, VIEW_EXT_FRAG = 4, VIEW_EXT_DSTOPT = 8, VIEW_EXT_AH = 16,
	VIEW_EXT_ESP = 32, VIEW_EXT_RTHDR0 = 64, VIEW_EXT_RTHDR2 = 128, VIEW_EXT_OTHER = 256,
};

/* `captured` bytes stand at `p`; the frame was `wire` bytes long (>= captured, or equal). */
void view_parse(struct view *v, enum wire_link link, const uint8_t *p, uint32_t captured, uint32_t wire);

/* The options of an IPv4 header, of a TCP header: where they stand in the `bytes` that the view was parsed from, and
 * how many bytes they are, for wire_opt_next(). False: there is no such header, or TCP's is not all there. */
bool view_ip4_options(const struct view *v, const uint8_t *bytes, const uint8_t **opts, size_t *n);
bool view_tcp_options(const struct view *v, const uint8_t *bytes, const uint8_t **opts, size_t *n);
/* Bytes of TCP data, as the headers tell them, captured or not. False: no TCP, or its header length cannot be. */
bool view_tcp_data(const struct view *v, uint32_t *bytes);

/* One line for people, as `narrows explain` prints it: "tcp 10.0.0.1:4000 > 10.0.0.2:80 S". Returns the length of the
 * whole text, as snprintf() does; what does not fit into `room` is left out, and the text ends in NUL (room > 0). */
int view_print(const struct view *v, char *to, size_t room);

#endif
