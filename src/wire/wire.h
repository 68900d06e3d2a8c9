/* wire/wire.h - the front door of the room: link types, protocol numbers, addresses, checksums.
 *
 * The only arithmetic on packet bytes is in this room. Decoders: wire/view.h (one pass over a packet),
 * wire/decode.h (one checked struct for each header). */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Link types we look into. Dense numbers of our own; capture files have those of tcpdump.org's LINKTYPE_ registry. */
enum wire_link {
	LINK_UNKNOWN,
	LINK_ETHERNET,		/* 1 */
	LINK_RAW,		/* 101; also 12, 14 */
	LINK_IPV4,		/* 228 */
	LINK_IPV6,		/* 229 */
	LINK_SLL,		/* 113 */
	LINK_SLL2,		/* 276 */
	LINK_NULL,		/* 0: BSD loopback, either byte order */
	LINK_LOOP,		/* 108: the same, big-endian */
	LINK_PPP,		/* 9 */
	LINK_PPP_HDLC,		/* 50 */
	LINK_PPP_ETHER,		/* 51: PPPoE from its own header on */
	LINK_C_HDLC,		/* 104 */
	LINK_NFLOG,		/* 239 */
	LINK_COUNT
};

enum wire_link wire_link_of(unsigned linktype);	/* LINK_UNKNOWN where nobody here knows it */
const char *wire_link_name(enum wire_link link);	/* "EN10MB", as libpcap calls it */

enum wire_proto {
	PROTO_HOPOPT = 0, PROTO_ICMP = 1, PROTO_IGMP = 2, PROTO_IPIP = 4, PROTO_TCP = 6, PROTO_UDP = 17,
	PROTO_IPV6 = 41, PROTO_ROUTING = 43, PROTO_FRAGMENT = 44, PROTO_GRE = 47, PROTO_ESP = 50, PROTO_AH = 51,
	PROTO_ICMP6 = 58, PROTO_NONE = 59, PROTO_DSTOPTS = 60, PROTO_SCTP = 132, PROTO_MOBILITY = 135,
	PROTO_UDPLITE = 136, PROTO_HIP = 139, PROTO_SHIM6 = 140,
};

enum {
	TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10, TCP_URG = 0x20, TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

/* One's complement sum over bytes, folded to 16 bits, as RFC 1071 wants it before the final complement; `sum` chains
 * pieces of even length, first 0. wire_sum() takes the fastest way this machine has; wire_sum_portable() is its twin.
 * A number like all others of the room: wire_put16() makes it what the network carries. Any thread. */
uint16_t wire_sum(const void *p, size_t n, uint16_t sum);
uint16_t wire_sum_portable(const void *p, size_t n, uint16_t sum);
static inline uint16_t wire_checksum(const void *p, size_t n)
{
	return (uint16_t)~wire_sum(p, n, 0);
}

/* A checksum after 16 bits under it changed from `from` to `to`, all three in one byte order: RFC 1624, eqn. 3. */
uint16_t wire_checksum_change(uint16_t checksum, uint16_t from, uint16_t to);
/* CRC32c (RFC 3309, RFC 9260 appendix A); `crc` chains pieces, first 0. */
uint32_t wire_crc32c(const void *p, size_t n, uint32_t crc);
uint32_t wire_crc32c_portable(const void *p, size_t n, uint32_t crc);

/* Addresses as text: "10.0.0.1", RFC 5952's form of IPv6, "02:00:5e:00:53:01". Each ends in NUL and returns its length;
 * the room needed is a constant. */
enum { WIRE_IP4_TEXT = 16, WIRE_IP6_TEXT = 46, WIRE_MAC_TEXT = 18 };
int wire_ip4_print(uint32_t addr, char to[WIRE_IP4_TEXT]);
int wire_ip6_print(const uint64_t addr[2], char to[WIRE_IP6_TEXT]);
/* The whole text must be an address; n bytes, no NUL needed. Any thread. */
bool wire_ip4_parse(const char *p, size_t n, uint32_t *addr);
bool wire_ip6_parse(const char *p, size_t n, uint64_t addr[2]);
/* "02:00:5e:00:53:01": six numbers of one or two hex digits. */
bool wire_mac_parse(const char *p, size_t n, uint8_t mac[6]);
int wire_mac_print(const uint8_t mac[6], char to[WIRE_MAC_TEXT]);

/* Big-endian loads and stores, any alignment. */
static inline uint16_t wire_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t wire_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A MAC address as one number, the first byte highest. */
static inline uint64_t wire_get48(const uint8_t *p)
{
	return (uint64_t)wire_get16(p) << 32 | wire_get32(p + 2);
}

static inline uint64_t wire_get64(const uint8_t *p)
{
	return (uint64_t)wire_get32(p) << 32 | wire_get32(p + 4);
}

static inline void wire_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void wire_put32(uint8_t *p, uint32_t v)
{
	wire_put16(p, (uint16_t)(v >> 16));
	wire_put16(p + 2, (uint16_t)v);
}

static inline void wire_put48(uint8_t *p, uint64_t v)
{
	wire_put16(p, (uint16_t)(v >> 32));
	wire_put32(p + 2, (uint32_t)v);
}

static inline void wire_put64(uint8_t *p, uint64_t v)
{
	wire_put32(p, (uint32_t)(v >> 32));
	wire_put32(p + 4, (uint32_t)v);
}

#endif
