/* wire/pppoe.c - PPP over Ethernet: RFC 2516 4.
 *
 *      | version 4 bits = 1, type 4 = 1 | code 1 | session 2 | length of what follows 2 |
 *
 * Any thread, no state. */
#include "wire/decode.h"

#include "base/err.h"
#include "wire/text.h"

enum { PPPOE_BYTES = 6, PPPOE_VERSION_TYPE = 0x11 };

int wire_pppoe_decode(struct wire_pppoe *h, const uint8_t *p, size_t n)
{
	if (n < PPPOE_BYTES || p[0] != PPPOE_VERSION_TYPE)
		return ERR_DAMAGED;
	h->code = p[1];
	h->session = wire_get16(p + 2);
	h->payload_bytes = wire_get16(p + 4);
	return PPPOE_BYTES;
}

size_t wire_pppoe_encode(uint8_t *p, size_t room, const struct wire_pppoe *h)
{
	if (room < PPPOE_BYTES)
		return 0;
	p[0] = PPPOE_VERSION_TYPE;
	p[1] = h->code;
	wire_put16(p + 2, h->session);
	wire_put16(p + 4, h->payload_bytes);
	return PPPOE_BYTES;
}

int wire_pppoe_print(const struct wire_pppoe *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "pppoe code 0x%02x session 0x%04x length %u", h->code, h->session, h->payload_bytes);
	return (int)t.len;
}
