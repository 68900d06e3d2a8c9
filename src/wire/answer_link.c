/* wire/answer_link.c - the link header of an answer: the packet's own, turned round.
 *
 *      Ethernet            addresses swapped; tags, PPPoE's session stay
 *      SLL, SLL2           "to us" becomes "from us" and back; the sender's address is not known, so it has no bytes
 *      raw IP, NULL, LOOP, PPP, HDLC      tell no direction: the same
 *      NFLOG               none: its header tells where in the kernel the packet was seen, and with what marks; the
 *                          answer was nowhere there
 *
 * Tags and PPPoE may stand behind any header that has a type; of PPPoE the length is written anew (RFC 2516 4). A
 * frame to a group or to all is not answered: RFC 1122 3.2.2, RFC 4443 2.4 (e.4), (e.5). Frames are not padded: what
 * a host sends is captured before its card pads it. Any thread, no state. */
#include "wire/answer_int.h"

#include <string.h>

enum {
	ETHERTYPE_PPPOE = 0x8864, TAG_BYTES = 4, PPPOE_BYTES = 6, PPPOE_LENGTH_AT = 4,
	ETH_BYTES = 14, SLL_BYTES = 16, SLL2_BYTES = 20, HDLC_BYTES = 4, HDLC_ALL = 0x8f,
	SLL_TYPE_AT = 1, SLL_ADDR_AT = 4, SLL_ADDR_BYTES = 10,	/* the length of the address, and its eight bytes */
	SLL2_TYPE_AT = 10, SLL2_ADDR_AT = 11, SLL2_ADDR_BYTES = 9,
	SLL_TO_US = 0, SLL_TO_ALL = 1, SLL_TO_GROUP = 2, SLL_FROM_US = 4,
};

/* Bytes before the first tag, in links that may have tags. */
static uint32_t before_tags(const struct answered *o)
{
	switch (o->link) {
	case LINK_ETHERNET:
		return ETH_BYTES;
	case LINK_SLL:
		return SLL_BYTES;
	case LINK_SLL2:
		return SLL2_BYTES;
	default:
		return HDLC_BYTES;
	}
}

/* Where PPPoE's header begins; false: there is none. */
static bool pppoe_at(const struct answered *o, uint32_t *at)
{
	*at = 0;
	if (o->link == LINK_PPP_ETHER)
		return true;
	*at = before_tags(o) + o->v->tags * (uint32_t)TAG_BYTES;
	return o->v->ethertype == ETHERTYPE_PPPOE;
}

static bool is_group(uint8_t sll_type)
{
	return sll_type == SLL_TO_ALL || sll_type == SLL_TO_GROUP;
}

/* Was the frame for more than one station, or from what is none? */
static bool to_many(const struct answered *o)
{
	switch (o->link) {
	case LINK_ETHERNET:
		return (o->v->mac_dst[0] | o->v->mac_src[0]) & 1;
	case LINK_SLL:
		return is_group(o->p[SLL_TYPE_AT]);
	case LINK_SLL2:
		return is_group(o->p[SLL2_TYPE_AT]);
	case LINK_C_HDLC:
	case LINK_PPP_HDLC:
		return o->p[0] == HDLC_ALL;
	default:
		return false;
	}
}

enum answer_fit answer_link_fit(const struct answered *o)
{
	if (o->link == LINK_NFLOG)
		return ANSWER_NO_WAY;
	return to_many(o) ? ANSWER_FORBIDDEN : ANSWER_FITS;
}

static void turn_sll(uint8_t *type, uint8_t *addr, uint32_t addr_bytes)
{
	if (*type == SLL_TO_US)
		*type = SLL_FROM_US;
	else if (*type == SLL_FROM_US)
		*type = SLL_TO_US;
	memset(addr, 0, addr_bytes);
}

uint32_t answer_link_put(uint8_t *to, const struct answered *o, uint32_t ip_bytes)
{
	uint32_t bytes = o->v->l3_off, at;

	memcpy(to, o->p, bytes);
	if (o->link == LINK_ETHERNET) {
		memcpy(to, o->v->mac_src, 6);
		memcpy(to + 6, o->v->mac_dst, 6);
	} else if (o->link == LINK_SLL) {
		turn_sll(to + SLL_TYPE_AT, to + SLL_ADDR_AT, SLL_ADDR_BYTES);
	} else if (o->link == LINK_SLL2) {
		turn_sll(to + SLL2_TYPE_AT, to + SLL2_ADDR_AT, SLL2_ADDR_BYTES);
	}
	if (pppoe_at(o, &at))
		wire_put16(to + at + PPPOE_LENGTH_AT, (uint16_t)(bytes - at - PPPOE_BYTES + ip_bytes));
	return bytes;
}
