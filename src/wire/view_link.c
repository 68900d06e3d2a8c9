/* wire/view_link.c - what stands before IP: every link type, VLAN tags, PPPoE, PPP, NFLOG.
 *
 * Each link is one function that answers which IP stands at `off`, or none and why. Three families of headers:
 *
 *      Ethernet SLL SLL2 C-HDLC   a type field            -> view_ethertype(): tags, PPPoE
 *      PPP PPP_HDLC PPPoE         a PPP protocol number   -> ppp()
 *      NULL LOOP NFLOG            an address family number of the system that captured
 *
 * Called by view_parse() for all but untagged Ethernet with IPv4. Sources: IEEE 802.1Q; RFC 2516 (PPPoE), 1661 and 1662
 * (PPP), 1547 4.3.1 (Cisco HDLC); the LINKTYPE_ pages of tcpdump.org for SLL, SLL2, NULL, LOOP and NFLOG. */
#include "wire/view_int.h"

enum {
	TAG_BYTES = 4, SLL_BYTES = 16, SLL2_BYTES = 20, AF_BYTES = 4, HDLC_BYTES = 4, PPPOE_BYTES = 6, ARP_BYTES = 28,
	PPP_IP4 = 0x21, PPP_IP6 = 0x57, PPP_ADDRESS = 0xff, PPP_CONTROL = 0x03,
	NFLOG_BYTES = 4, NFLOG_VERSION = 0, TLV_BYTES = 4, NFLOG_PAYLOAD = 9, NFLOG_IP4 = 2, NFLOG_IP6 = 10,
	ARPHRD_FRAD = 770, ARPHRD_RADIOTAP = 803, ARPHRD_NETLINK = 824,
};

static enum view_family stopped(struct view *v, enum view_stop why)
{
	v->stop = (uint8_t)why;
	return FAMILY_NONE;
}

/* RFC 1661 6.5: a number whose first byte is odd is compressed to that byte. */
static enum view_family ppp(struct view *v, struct view_walk *w)
{
	uint32_t left = walk_left(w), proto, bytes;

	if (!left)
		return stopped(v, VIEW_LINK_SHORT);
	proto = w->p[w->off];
	bytes = proto & 1 ? 1 : 2;
	if (left < bytes)
		return stopped(v, VIEW_LINK_SHORT);
	if (bytes == 2)
		proto = wire_get16(w->p + w->off);
	w->off += bytes;
	if (proto == PPP_IP4)
		return FAMILY_IP4;
	return proto == PPP_IP6 ? FAMILY_IP6 : stopped(v, VIEW_NOT_IP);
}

/* RFC 2516 4: version 1, type 1, code 0 for a session's data. Its length field is not asked: IP has its own. */
static enum view_family pppoe(struct view *v, struct view_walk *w)
{
	const uint8_t *h = w->p + w->off;

	if (walk_left(w) < PPPOE_BYTES)
		return stopped(v, VIEW_LINK_SHORT);
	if (h[0] != 0x11 || h[1] != 0)
		return stopped(v, VIEW_NOT_IP);
	w->off += PPPOE_BYTES;
	return ppp(v, w);
}

static bool is_tag(uint16_t type)
{
	return type == ETHERTYPE_CTAG || type == ETHERTYPE_STAG || type == ETHERTYPE_QINQ;
}

enum view_family view_ethertype(struct view *v, struct view_walk *w, uint16_t type)
{
	for (; is_tag(type); v->tags++) {
		const uint8_t *tag = w->p + w->off;

		if (v->tags == VIEW_TAGS_MAX)
			return stopped(v, VIEW_TOO_MANY_TAGS);
		if (walk_left(w) < TAG_BYTES)
			return stopped(v, VIEW_LINK_SHORT);
		v->tag_tpid[v->tags] = type;
		v->tag_tci[v->tags] = wire_get16(tag);
		type = wire_get16(tag + 2);
		w->off += TAG_BYTES;
	}
	v->ethertype = type;
	switch (type) {
	case ETHERTYPE_IP4:
		return FAMILY_IP4;
	case ETHERTYPE_IP6:
		return FAMILY_IP6;
	case ETHERTYPE_PPPOE:
		return pppoe(v, w);
	case ETHERTYPE_ARP:
		if (walk_left(w) >= ARP_BYTES)
			w->has |= VIEW_HAS_ARP;
		return stopped(v, VIEW_NOT_IP);
	default:
		return stopped(v, VIEW_NOT_IP);
	}
}

/* Linux cooked: the type field is an ethertype, but for devices whose frames are something else altogether. */
static enum view_family cooked(struct view *v, struct view_walk *w, uint32_t bytes, uint32_t type_at,
	uint32_t arphrd_at)
{
	uint16_t arphrd;

	if (walk_left(w) < bytes)
		return stopped(v, VIEW_LINK_SHORT);
	arphrd = wire_get16(w->p + arphrd_at);
	w->off = bytes;
	if (arphrd == ARPHRD_NETLINK || arphrd == ARPHRD_RADIOTAP || arphrd == ARPHRD_FRAD)
		return stopped(v, VIEW_NOT_IP);
	return view_ethertype(v, w, wire_get16(w->p + type_at));
}

/* A BSD address family: 2 is IPv4 everywhere, IPv6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, and 10
 * where Linux wrote the file. NULL has the order of the machine that captured, LOOP the network's. */
static enum view_family loopback(struct view *v, struct view_walk *w, bool either_order)
{
	uint32_t af;

	if (walk_left(w) < AF_BYTES)
		return stopped(v, VIEW_LINK_SHORT);
	af = wire_get32(w->p);
	if (either_order && af > 0xffff)
		af = __builtin_bswap32(af);
	w->off = AF_BYTES;
	switch (af) {
	case 2:
		return FAMILY_IP4;
	case 10: case 24: case 28: case 30:
		return FAMILY_IP6;
	default:
		return stopped(v, VIEW_NOT_IP);
	}
}

/* Address, control, then an ethertype. The address (0x0f one, 0x8f all) tells nothing that the type does not. */
static enum view_family cisco_hdlc(struct view *v, struct view_walk *w)
{
	uint16_t type;

	if (walk_left(w) < HDLC_BYTES)
		return stopped(v, VIEW_LINK_SHORT);
	type = wire_get16(w->p + 2);
	w->off = HDLC_BYTES;
	return view_ethertype(v, w, type);
}

/* With or without address and control, which PPP may leave out: they look like no protocol number. */
static enum view_family ppp_framed(struct view *v, struct view_walk *w)
{
	if (walk_left(w) && w->p[0] == PPP_ADDRESS) {
		if (walk_left(w) < 2)
			return stopped(v, VIEW_LINK_SHORT);
		if (w->p[1] != PPP_CONTROL)
			return stopped(v, VIEW_NOT_IP);
		w->off = 2;
	}
	return ppp(v, w);
}

/* LINKTYPE_PPP_HDLC: the first byte tells PPP from Cisco's. */
static enum view_family ppp_hdlc(struct view *v, struct view_walk *w)
{
	if (walk_left(w) && (w->p[0] == 0x0f || w->p[0] == 0x8f))
		return cisco_hdlc(v, w);
	return ppp_framed(v, w);
}

/* A TLV's number in the order of the machine that captured, which the file does not tell in one place. */
static uint32_t nflog_get16(const uint8_t *p, bool big)
{
	return big ? wire_get16(p) : (uint32_t)(p[1] << 8 | p[0]);
}

/* Family, version, resource id; then TLVs up to the one that holds the packet. Types are small: the zero byte of the
 * first one shows the order of bytes. What stands behind the packet's TLV is not packet. */
static enum view_family nflog(struct view *v, struct view_walk *w)
{
	bool big = walk_left(w) >= NFLOG_BYTES + TLV_BYTES && w->p[NFLOG_BYTES + 2] == 0;
	uint8_t family = walk_left(w) ? w->p[0] : 0;

	if (walk_left(w) < NFLOG_BYTES)
		return stopped(v, VIEW_LINK_SHORT);
	w->off = NFLOG_BYTES;
	if (w->p[1] != NFLOG_VERSION)
		return stopped(v, VIEW_NOT_IP);
	while (walk_left(w) >= TLV_BYTES) {
		const uint8_t *tlv = w->p + w->off;
		uint32_t len = nflog_get16(tlv, big), padded = (len + 3) & ~3u;

		if (len < TLV_BYTES)
			return stopped(v, VIEW_NOT_IP);
		if (nflog_get16(tlv + 2, big) == NFLOG_PAYLOAD) {
			if (len < walk_left(w))
				w->captured = w->off + len;
			w->off += TLV_BYTES;
			if (family == NFLOG_IP4)
				return FAMILY_IP4;
			return family == NFLOG_IP6 ? FAMILY_IP6 : stopped(v, VIEW_NOT_IP);
		}
		if (padded > walk_left(w))
			break;
		w->off += padded;
	}
	return stopped(v, w->snapped ? VIEW_LINK_SHORT : VIEW_NOT_IP);
}

enum view_family view_link(struct view *v, struct view_walk *w, enum wire_link link)
{
	switch (link) {
	case LINK_RAW:
		return FAMILY_BY_VERSION;
	case LINK_IPV4:
		return FAMILY_IP4;
	case LINK_IPV6:
		return FAMILY_IP6;
	case LINK_SLL:
		return cooked(v, w, SLL_BYTES, 14, 2);
	case LINK_SLL2:
		return cooked(v, w, SLL2_BYTES, 0, 8);
	case LINK_NULL:
		return loopback(v, w, true);
	case LINK_LOOP:
		return loopback(v, w, false);
	case LINK_PPP:
		return ppp_framed(v, w);
	case LINK_PPP_HDLC:
		return ppp_hdlc(v, w);
	case LINK_PPP_ETHER:
		return pppoe(v, w);
	case LINK_C_HDLC:
		return cisco_hdlc(v, w);
	case LINK_NFLOG:
		return nflog(v, w);
	case LINK_ETHERNET: case LINK_UNKNOWN: case LINK_COUNT:	/* the first is view_parse()'s own */
		break;
	}
	return stopped(v, VIEW_NOT_IP);
}
