/* wire/sctp.c - the common header of SCTP: RFC 9260 3.1.
 *
 *      | sport 2 | dport 2 | verification tag 4 | CRC32c 4, little-endian (appendix A) |
 *
 * Any thread, no state. */
#include "wire/decode.h"

#include "base/err.h"
#include "wire/text.h"

enum { SCTP_BYTES = 12 };

int wire_sctp_decode(struct wire_sctp *h, const uint8_t *p, size_t n)
{
	if (n < SCTP_BYTES)
		return ERR_DAMAGED;
	h->sport = wire_get16(p);
	h->dport = wire_get16(p + 2);
	h->tag = wire_get32(p + 4);
	h->checksum = __builtin_bswap32(wire_get32(p + 8));
	return SCTP_BYTES;
}

size_t wire_sctp_encode(uint8_t *p, size_t room, const struct wire_sctp *h)
{
	if (room < SCTP_BYTES)
		return 0;
	wire_put16(p, h->sport);
	wire_put16(p + 2, h->dport);
	wire_put32(p + 4, h->tag);
	wire_put32(p + 8, __builtin_bswap32(h->checksum));
	return SCTP_BYTES;
}

int wire_sctp_print(const struct wire_sctp *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "sctp %u > %u tag 0x%08x", h->sport, h->dport, h->tag);
	return (int)t.len;
}
