/* wire/pseudo.c - sums of the pseudo headers that TCP, UDP and ICMPv6 checksum before themselves.
 *
 *      IPv4   | src 4 | dst 4 | 0 | proto 1 | length 2 |        RFC 9293 3.1
 *      IPv6   | src 16 | dst 16 | length 4 | 0 0 0 | next 1 |   RFC 8200 8.1
 *
 * Any thread, no state. */
#include "wire/decode.h"

uint16_t wire_pseudo4_sum(uint32_t src, uint32_t dst, uint8_t proto, uint16_t len_bytes)
{
	uint8_t p[12] = { 0 };

	wire_put32(p, src);
	wire_put32(p + 4, dst);
	p[9] = proto;
	wire_put16(p + 10, len_bytes);
	return wire_sum(p, sizeof(p), 0);
}

uint16_t wire_pseudo6_sum(const uint64_t src[2], const uint64_t dst[2], uint8_t proto, uint32_t len_bytes)
{
	uint8_t p[40] = { 0 };

	for (size_t i = 0; i < 2; i++) {
		wire_put64(p + 8 * i, src[i]);
		wire_put64(p + 16 + 8 * i, dst[i]);
	}
	wire_put32(p + 32, len_bytes);
	p[39] = proto;
	return wire_sum(p, sizeof(p), 0);
}
