/* wire/eth.c - the Ethernet header and its 802.1Q tags: IEEE 802.3 3.2.3, 802.1Q 9.6.
 *
 *      | dst 6 | src 6 | type 2 |          a tag: | pcp 3 bits, dei 1, vid 12 | type 2 |
 *
 * A tag stands where the type would: its TPID is the type before it, and what it says of itself begins behind that.
 * Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"
#include "wire/text.h"

enum { ETH_BYTES = 14, TAG_BYTES = 4 };

int wire_eth_decode(struct wire_eth *h, const uint8_t *p, size_t n)
{
	if (n < ETH_BYTES)
		return ERR_DAMAGED;
	memcpy(h->dst, p, 6);
	memcpy(h->src, p + 6, 6);
	h->type = wire_get16(p + 12);
	return ETH_BYTES;
}

size_t wire_eth_encode(uint8_t *p, size_t room, const struct wire_eth *h)
{
	if (room < ETH_BYTES)
		return 0;
	memcpy(p, h->dst, 6);
	memcpy(p + 6, h->src, 6);
	wire_put16(p + 12, h->type);
	return ETH_BYTES;
}

int wire_eth_print(const struct wire_eth *h, char *to, size_t room)
{
	struct text t = text_init(to, room);
	char src[WIRE_MAC_TEXT], dst[WIRE_MAC_TEXT];

	wire_mac_print(h->src, src);
	wire_mac_print(h->dst, dst);
	text_add(&t, "eth %s > %s ", src, dst);
	text_add(&t, h->type < 0x600 ? "length %u" : "type 0x%04x", h->type);
	return (int)t.len;
}

int wire_tag_decode(struct wire_tag *h, const uint8_t *p, size_t n)
{
	uint16_t tci;

	if (n < TAG_BYTES)
		return ERR_DAMAGED;
	tci = wire_get16(p);
	h->pcp = (uint8_t)(tci >> 13);
	h->dei = tci >> 12 & 1;
	h->vid = tci & 0xfff;
	h->type = wire_get16(p + 2);
	return TAG_BYTES;
}

size_t wire_tag_encode(uint8_t *p, size_t room, const struct wire_tag *h)
{
	if (room < TAG_BYTES || h->pcp > 7 || h->vid > 0xfff)
		return 0;
	wire_put16(p, (uint16_t)(h->pcp << 13 | h->dei << 12 | h->vid));
	wire_put16(p + 2, h->type);
	return TAG_BYTES;
}

int wire_tag_print(const struct wire_tag *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "vlan %u pcp %u%s type 0x%04x", h->vid, h->pcp, h->dei ? " dei" : "", h->type);
	return (int)t.len;
}
