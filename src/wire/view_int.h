/* wire/view_int.h - what the files of view share: the walk over a packet, and its three parts.
 *
 *      view_parse()  view.c       decides the family, IPv4, transport
 *      view_link()   view_link.c  every link but the plainest Ethernet
 *      view_ip6()    view_ip6.c   IPv6 and its chain of extension headers */
#ifndef WIRE_VIEW_INT_H
#define WIRE_VIEW_INT_H

#include "wire/view.h"

/* Invariant: off <= captured <= wire. Every step asks walk_left() before it reads, and moves `off` only over bytes it
 * has asked for. */
struct view_walk {
	const uint8_t *p;
	uint32_t off;		/* first byte not yet understood */
	uint32_t captured;	/* bytes at p; no read goes beyond */
	uint32_t wire;		/* length of the frame on the wire */
	uint32_t ip_end;	/* where L ends; UINT32_MAX: there or behind. Never before `off` */
	uint32_t has;		/* becomes v->has at the end: read, or and write of what was just written would stall */
	bool snapped;		/* the record holds less than the frame */
};

static inline uint32_t walk_left(const struct view_walk *w)
{
	return w->captured - w->off;
}

/* The same of L. */
static inline uint32_t walk_left_in_ip(const struct view_walk *w)
{
	return w->ip_end - w->off;
}

/* An IP header stands at `off`, and `bytes` is its L, not less than that header. */
static inline void walk_set_ip(struct view *v, struct view_walk *w, uint32_t bytes)
{
	v->l3_off = w->off;
	v->ip_bytes = bytes;
	w->ip_end = bytes <= UINT32_MAX - w->off ? w->off + bytes : UINT32_MAX;
}

enum {
	ETHERTYPE_IP4 = 0x0800, ETHERTYPE_ARP = 0x0806, ETHERTYPE_CTAG = 0x8100, ETHERTYPE_IP6 = 0x86dd,
	ETHERTYPE_PPPOE = 0x8864, ETHERTYPE_STAG = 0x88a8, ETHERTYPE_QINQ = 0x9100,
};

/* What view_link() answers: which IP stands at `off`. */
enum view_family { FAMILY_NONE = 0, FAMILY_IP4 = 4, FAMILY_IP6 = 6, FAMILY_BY_VERSION = 255 };

/* Walks the link header. FAMILY_NONE: v->stop says why. */
enum view_family view_link(struct view *v, struct view_walk *w, enum wire_link link);
/* Walks tags, PPPoE and the like from the type field just read, which stood before `off`. */
enum view_family view_ethertype(struct view *v, struct view_walk *w, uint16_t type);
/* Walks the IPv6 header and its chain; true: a transport header stands at `off`, its number in v->proto. */
bool view_ip6(struct view *v, struct view_walk *w);

/* A later fragment: `off` is what it carries. RFC 3128: with TCP at offset 8 it would write over the flags of the first
 * one; ipfw drops that unseen. */
static inline void walk_later_fragment(struct view *v, const struct view_walk *w)
{
	v->stop = VIEW_LATER_FRAGMENT;
	v->data_off = w->off;
	v->malformed = v->proto == PROTO_TCP && v->frag_off_bytes == 8;
}

#endif
