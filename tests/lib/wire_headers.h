/* tests/lib/wire_headers.h - every header of wire/decode.h in one table, and the laws that hold for each.
 *
 * For unit tests, which bring random bytes, and for the fuzzer, which brings its own. */
#ifndef TESTS_LIB_WIRE_HEADERS_H
#define TESTS_LIB_WIRE_HEADERS_H

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "wire/decode.h"

union any_header {
	struct wire_eth eth;
	struct wire_tag tag;
	struct wire_pppoe pppoe;
	struct wire_sll sll;
	struct wire_sll2 sll2;
	struct wire_arp arp;
	struct wire_ip4hdr ip4hdr;
	struct wire_ip6hdr ip6hdr;
	struct wire_ext ext;
	struct wire_frag6 frag6;
	struct wire_icmp icmp;
	struct wire_tcp tcp;
	struct wire_udp udp;
	struct wire_udplite udplite;
	struct wire_sctp sctp;
};

struct header {
	const char *name;
	int (*decode)(union any_header *h, const uint8_t *p, size_t n);
	size_t (*encode)(uint8_t *p, size_t room, const union any_header *h);
	int (*print)(const union any_header *h, char *to, size_t room);
};

#define HEADER_WAYS(X)                                                                                            \
	static int decode_##X(union any_header *h, const uint8_t *p, size_t n)                                    \
	{                                                                                                         \
		return wire_##X##_decode(&h->X, p, n);                                                            \
	}                                                                                                         \
	HEADER_OUT(X)

#define HEADER_OUT(X)                                                                                             \
	static size_t encode_##X(uint8_t *p, size_t room, const union any_header *h)                              \
	{                                                                                                         \
		return wire_##X##_encode(p, room, &h->X);                                                         \
	}                                                                                                         \
	static int print_##X(const union any_header *h, char *to, size_t room)                                    \
	{                                                                                                         \
		return wire_##X##_print(&h->X, to, room);                                                         \
	}

HEADER_WAYS(eth)
HEADER_WAYS(tag)
HEADER_WAYS(pppoe)
HEADER_WAYS(sll)
HEADER_WAYS(sll2)
HEADER_WAYS(arp)
HEADER_WAYS(ip4hdr)
HEADER_WAYS(ip6hdr)
HEADER_OUT(ext)
HEADER_WAYS(frag6)
HEADER_WAYS(icmp)
HEADER_WAYS(tcp)
HEADER_WAYS(udp)
HEADER_WAYS(udplite)
HEADER_WAYS(sctp)

static int decode_hopopt(union any_header *h, const uint8_t *p, size_t n)
{
	return wire_ext_decode(&h->ext, PROTO_HOPOPT, p, n);
}

static int decode_routing(union any_header *h, const uint8_t *p, size_t n)
{
	return wire_ext_decode(&h->ext, PROTO_ROUTING, p, n);
}

static int decode_ah(union any_header *h, const uint8_t *p, size_t n)
{
	return wire_ext_decode(&h->ext, PROTO_AH, p, n);
}

static int print_icmp6(const union any_header *h, char *to, size_t room)
{
	return wire_icmp6_print(&h->icmp, to, room);
}

#define ROW(X) { #X, decode_##X, encode_##X, print_##X }
static const struct header headers[] = {
	ROW(eth), ROW(tag), ROW(pppoe), ROW(sll), ROW(sll2), ROW(arp), ROW(ip4hdr), ROW(ip6hdr), ROW(frag6), ROW(icmp),
	ROW(tcp), ROW(udp), ROW(udplite), ROW(sctp), { "icmp6", decode_icmp, encode_icmp, print_icmp6 },
	{ "hopopt", decode_hopopt, encode_ext, print_ext }, { "routing", decode_routing, encode_ext, print_ext },
	{ "ah", decode_ah, encode_ext, print_ext },
};
enum { HEADERS = sizeof(headers) / sizeof(headers[0]) };

/* Bits that no field holds, sent as zero. */
static inline void header_clear_reserved(const struct header *t, uint8_t *p)
{
	if (t->decode == decode_sll2)
		p[2] = p[3] = 0;
	if (t->decode == decode_frag6) {
		p[1] = 0;
		p[3] &= 0xf9;
	}
}

static inline bool header_same(const struct header *t, const union any_header *a, const union any_header *b)
{
	const uint8_t *x = (const uint8_t *)a, *y;	/* both were all zero before: padding, too */
	union any_header c = *b;

	if (t->encode == encode_ext) {	/* a pointer: what it points to counts */
		if (a->ext.body_bytes != b->ext.body_bytes || memcmp(a->ext.body, b->ext.body, a->ext.body_bytes))
			return false;
		c.ext.body = a->ext.body;
	}
	y = (const uint8_t *)&c;
	return !memcmp(x, y, sizeof(c));
}

/* The text ends in NUL, is cut to any room, and its length does not depend on it. */
static inline const char *header_print_law(const struct header *t, const union any_header *h)
{
	char text[512], cut[512];
	int n = t->print(h, text, sizeof(text));

	if (n <= 0 || n >= (int)sizeof(text) || strlen(text) != (size_t)n)
		return "print: length";
	for (size_t room = 0; room <= (size_t)n + 1; room += room < 40 ? 1 : 17) {
		memset(cut, 'x', sizeof(cut));
		if (t->print(h, cut, room) != n || cut[room] != 'x')
			return "print: room";
		if (room && (strlen(cut) != (room <= (size_t)n ? room - 1 : (size_t)n) || strncmp(cut, text, room - 1)))
			return "print: text";
	}
	return NULL;
}

/* NULL, or the law that n bytes at p break. */
static inline const char *header_law(const struct header *t, const uint8_t *p, size_t n)
{
	uint8_t again[2100], given[2100];
	union any_header a, b;
	int rc;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	rc = t->decode(&a, p, n);
	if (rc < 0)
		return rc == ERR_DAMAGED ? NULL : "decode: code";
	if (!rc || (size_t)rc > n)
		return "decode: length";
	if (t->encode(again, sizeof(again), &a) != (size_t)rc || t->encode(again, (size_t)rc, &a) != (size_t)rc)
		return "encode: length";
	if (t->encode(given, (size_t)rc - 1, &a))
		return "encode: no room";
	memcpy(given, p, (size_t)rc);
	header_clear_reserved(t, given);
	if (memcmp(given, again, (size_t)rc))
		return "encode(decode(bytes)) = bytes";
	if (t->decode(&b, again, (size_t)rc) != rc || !header_same(t, &a, &b))
		return "decode(encode(x)) = x";
	if (t->decode(&b, again, (size_t)rc - 1) != ERR_DAMAGED)
		return "decode: a byte less";
	return header_print_law(t, &a);
}

#endif
