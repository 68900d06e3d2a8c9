/* wire/view.h - one checked pass over a packet; everything later reads the result, never the bytes.
 *
 * view_parse() never reads past `captured`, never fails, and says in `stop` why it went no further. What was not seen
 * is zero and its VIEW_HAS_ bit is clear: a match on it is false. Numbers are in host order. Cost: see view.c.
 * Shape: fixed widths at fixed offsets, since the filter machine addresses fields by offset. */
#ifndef WIRE_VIEW_H
#define WIRE_VIEW_H

#include "wire/wire.h"

#define VIEW_TAGS_MAX 4		/* 802.1Q / 802.1ad tags that are looked through */

enum view_has {
	VIEW_HAS_MAC	= 1 << 0,	/* Ethernet header: mac_dst, mac_src, ethertype */
	VIEW_HAS_IP4	= 1 << 1,	/* whole and well-formed IPv4 header */
	VIEW_HAS_IP6	= 1 << 2,	/* the 40 bytes of IPv6 */
	VIEW_HAS_L4	= 1 << 3,	/* the fixed part of the transport's header: TCP 20, UDP(-Lite) 8, SCTP 12, ICMP(6) 4 */
	VIEW_HAS_PORTS	= 1 << 4,	/* sport, dport: TCP UDP UDP-Lite SCTP, not a later fragment */
	VIEW_HAS_TCP	= 1 << 5,
	VIEW_HAS_ICMP	= 1 << 6,	/* icmp_type, icmp_code: ICMP and ICMPv6 */
	VIEW_HAS_FRAG	= 1 << 7,	/* is a fragment: offset != 0 or more to come (atomic IPv6 fragments too) */
	VIEW_HAS_FRAG6	= 1 << 8,	/* an IPv6 fragment header was there */
	VIEW_HAS_ARP	= 1 << 9,
};
#define VIEW_HAS_IP (VIEW_HAS_IP4 | VIEW_HAS_IP6)

enum view_stop {
	VIEW_WHOLE,		/* went as far as there is something to see */
	VIEW_NOT_IP,		/* another protocol stands where IP would */
	VIEW_LINK_SHORT,	/* captured bytes end in the link header */
	VIEW_IP_SHORT,		/* the IP header is not all captured */
	VIEW_IP_BAD,		/* version, header length, total length make no sense */
	VIEW_EXT_SHORT,		/* IPv6 extension chain not all captured */
	VIEW_EXT_BAD,		/* extension chain runs past L, repeats hop-by-hop late, or is too long */
	VIEW_L4_CUT,		/* transport header cut by the snapshot length: not malformed */
	VIEW_L4_BAD,		/* transport header does not fit in L: malformed */
	VIEW_LATER_FRAGMENT,	/* offset != 0: no transport header here */
	VIEW_TOO_MANY_TAGS,
	VIEW_STOPS
};
const char *view_stop_text(enum view_stop s);

struct view {
	uint16_t has;			/* enum view_has */
	uint8_t stop;			/* enum view_stop */
	uint8_t malformed;		/* what ipfw would drop unseen: see rules, `malformed` */
	uint8_t family;			/* 4, 6, 0: not IP */
	uint8_t proto;			/* transport, after IPv6 extension headers */
	uint8_t ttl;			/* or hop limit */
	uint8_t tos;			/* or traffic class */
	uint32_t ip_bytes;		/* L: from the IP header, else from the frame (INTERFACE, "Length") */
	uint32_t l3_off, l4_off, data_off;	/* from the frame's first byte; l4_off, data_off 0 where not seen */
	uint32_t flow_label;		/* IPv6, 20 bits */
	uint32_t frag_id;
	uint16_t frag_off_bytes;	/* multiple of 8 */
	uint8_t frag_flags;		/* VIEW_DF, VIEW_MF, VIEW_RF */
	uint8_t tags;			/* VLAN tags seen, 0..4 */
	uint32_t src4, dst4;		/* IPv4 */
	uint64_t src6[2], dst6[2];	/* IPv6: [0] holds the first 8 bytes; zero for IPv4 */
	uint16_t sport, dport;
	uint8_t tcp_flags;		/* TCP_FIN … TCP_CWR */
	uint8_t tcp_hlen_bytes;
	uint8_t icmp_type, icmp_code;
	uint16_t tcp_win;
	uint16_t ip_id;			/* IPv4 */
	uint32_t tcp_seq, tcp_ack;
	uint32_t ext_seen;		/* IPv6: VIEW_EXT_ bits */
	uint16_t ethertype;		/* behind all tags; 0 where the link has none */
	uint16_t tag_tci[VIEW_TAGS_MAX], tag_tpid[VIEW_TAGS_MAX];	/* outermost first */
	uint8_t mac_dst[6], mac_src[6];
};

enum { VIEW_DF = 1, VIEW_MF = 2, VIEW_RF = 4 };
enum {
	VIEW_EXT_HOPOPT = 1, VIEW_EXT_ROUTE = 2, VIEW_EXT_FRAG = 4, VIEW_EXT_DSTOPT = 8, VIEW_EXT_AH = 16, VIEW_EXT_ESP = 32,
	VIEW_EXT_RTHDR0 = 64, VIEW_EXT_RTHDR2 = 128, VIEW_EXT_OTHER = 256,
};

/* `captured` bytes stand at `p`; the frame was `wire` bytes long (>= captured, or equal). */
void view_parse(struct view *v, enum wire_link link, const uint8_t *p, uint32_t captured, uint32_t wire);

/* One line for people, as `narrows explain` prints it: "tcp 10.0.0.1:4000 > 10.0.0.2:80 S". Returns the length. */
int view_print(const struct view *v, char *to, size_t room);

#endif
