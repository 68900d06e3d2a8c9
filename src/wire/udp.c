/* wire/udp.c - UDP and UDP-Lite: RFC 768, RFC 3828 3.1.
 *
 *      | sport 2 | dport 2 | length 2, UDP-Lite: checksum coverage | checksum 2 |
 *
 * A length that cannot be (1 to 7) is damage; 0 is a jumbogram's in UDP (RFC 2675 4) and means all in UDP-Lite.
 * A length past the bytes that are here is no damage of this header: the caller knows what L and the capture are.
 * Any thread, no state. */
#include "wire/decode.h"

#include "base/err.h"
#include "wire/text.h"

enum { UDP_BYTES = 8 };

static bool possible(uint16_t len_bytes)
{
	return len_bytes == 0 || len_bytes >= UDP_BYTES;
}

int wire_udp_decode(struct wire_udp *h, const uint8_t *p, size_t n)
{
	if (n < UDP_BYTES || !possible(wire_get16(p + 4)))
		return ERR_DAMAGED;
	h->sport = wire_get16(p);
	h->dport = wire_get16(p + 2);
	h->len_bytes = wire_get16(p + 4);
	h->checksum = wire_get16(p + 6);
	return UDP_BYTES;
}

size_t wire_udp_encode(uint8_t *p, size_t room, const struct wire_udp *h)
{
	if (room < UDP_BYTES || !possible(h->len_bytes))
		return 0;
	wire_put16(p, h->sport);
	wire_put16(p + 2, h->dport);
	wire_put16(p + 4, h->len_bytes);
	wire_put16(p + 6, h->checksum);
	return UDP_BYTES;
}

int wire_udp_print(const struct wire_udp *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "udp %u > %u length %u", h->sport, h->dport, h->len_bytes);
	return (int)t.len;
}

int wire_udplite_decode(struct wire_udplite *h, const uint8_t *p, size_t n)
{
	if (n < UDP_BYTES || !possible(wire_get16(p + 4)))
		return ERR_DAMAGED;
	h->sport = wire_get16(p);
	h->dport = wire_get16(p + 2);
	h->coverage_bytes = wire_get16(p + 4);
	h->checksum = wire_get16(p + 6);
	return UDP_BYTES;
}

size_t wire_udplite_encode(uint8_t *p, size_t room, const struct wire_udplite *h)
{
	if (room < UDP_BYTES || !possible(h->coverage_bytes))
		return 0;
	wire_put16(p, h->sport);
	wire_put16(p + 2, h->dport);
	wire_put16(p + 4, h->coverage_bytes);
	wire_put16(p + 6, h->checksum);
	return UDP_BYTES;
}

int wire_udplite_print(const struct wire_udplite *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "udplite %u > %u coverage %u", h->sport, h->dport, h->coverage_bytes);
	return (int)t.len;
}
