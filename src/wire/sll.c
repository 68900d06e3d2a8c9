/* wire/sll.c - Linux cooked captures, both versions: what a capture of all interfaces has instead of a link header.
 *
 *      SLL   | packet type 2 | ARPHRD 2 | address length 2 | address 8 | protocol 2 |
 *      SLL2  | protocol 2 | reserved 2 | interface 4 | ARPHRD 2 | packet type 1 | address length 1 | address 8 |
 *
 * The address length is the device's, and may be more than the eight bytes there are. Sources: LINKTYPE_LINUX_SLL and
 * LINKTYPE_LINUX_SLL2 of tcpdump.org. Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"
#include "wire/text.h"

enum { SLL_BYTES = 16, SLL2_BYTES = 20, ADDR_ROOM = 8 };

int wire_sll_decode(struct wire_sll *h, const uint8_t *p, size_t n)
{
	if (n < SLL_BYTES)
		return ERR_DAMAGED;
	h->packet_type = wire_get16(p);
	h->arphrd = wire_get16(p + 2);
	h->addr_bytes = wire_get16(p + 4);
	memcpy(h->addr, p + 6, ADDR_ROOM);
	h->protocol = wire_get16(p + 14);
	return SLL_BYTES;
}

size_t wire_sll_encode(uint8_t *p, size_t room, const struct wire_sll *h)
{
	if (room < SLL_BYTES)
		return 0;
	wire_put16(p, h->packet_type);
	wire_put16(p + 2, h->arphrd);
	wire_put16(p + 4, h->addr_bytes);
	memcpy(p + 6, h->addr, ADDR_ROOM);
	wire_put16(p + 14, h->protocol);
	return SLL_BYTES;
}

static void print_addr(struct text *t, const uint8_t *addr, unsigned len)
{
	for (unsigned i = 0; i < len && i < ADDR_ROOM; i++)
		text_add(t, i ? ":%02x" : " from %02x", addr[i]);
	if (len > ADDR_ROOM)
		text_add(t, ":..");
}

int wire_sll_print(const struct wire_sll *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "sll kind %u arphrd %u", h->packet_type, h->arphrd);
	print_addr(&t, h->addr, h->addr_bytes);
	text_add(&t, " protocol 0x%04x", h->protocol);
	return (int)t.len;
}

int wire_sll2_decode(struct wire_sll2 *h, const uint8_t *p, size_t n)
{
	if (n < SLL2_BYTES)
		return ERR_DAMAGED;
	h->protocol = wire_get16(p);
	h->ifindex = wire_get32(p + 4);
	h->arphrd = wire_get16(p + 8);
	h->packet_type = p[10];
	h->addr_bytes = p[11];
	memcpy(h->addr, p + 12, ADDR_ROOM);
	return SLL2_BYTES;
}

size_t wire_sll2_encode(uint8_t *p, size_t room, const struct wire_sll2 *h)
{
	if (room < SLL2_BYTES)
		return 0;
	wire_put16(p, h->protocol);
	wire_put16(p + 2, 0);
	wire_put32(p + 4, h->ifindex);
	wire_put16(p + 8, h->arphrd);
	p[10] = h->packet_type;
	p[11] = h->addr_bytes;
	memcpy(p + 12, h->addr, ADDR_ROOM);
	return SLL2_BYTES;
}

int wire_sll2_print(const struct wire_sll2 *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "sll2 interface %u kind %u arphrd %u", h->ifindex, h->packet_type, h->arphrd);
	print_addr(&t, h->addr, h->addr_bytes);
	text_add(&t, " protocol 0x%04x", h->protocol);
	return (int)t.len;
}
