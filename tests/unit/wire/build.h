/* tests/unit/wire/build.h - bytes of a packet, written field by field in the order of the wire.
 *
 *      struct build b = { 0 };
 *      put_eth(&b, 0x0800); put_ip4(&b, 6, 40); put_tcp(&b, TCP_SYN);
 *      view_parse(&v, LINK_ETHERNET, b.p, b.n, b.n);
 *
 * view_cut() parses a copy that ends where its memory ends, so that ASan sees a read behind it. */
#ifndef TESTS_WIRE_BUILD_H
#define TESTS_WIRE_BUILD_H

#include <stdlib.h>

#include "test.h"
#include "wire/view.h"

enum { SEEN_TCP = VIEW_HAS_PROTO | VIEW_HAS_L4 | VIEW_HAS_PORTS | VIEW_HAS_TCP };

struct build {
	uint8_t p[4096];
	uint32_t n;
};

static inline void put(struct build *b, uint64_t value, unsigned bytes)
{
	while (bytes--)
		b->p[b->n++] = (uint8_t)(value >> 8 * bytes);
}

static inline void put_many(struct build *b, uint8_t value, unsigned times)
{
	while (times--)
		b->p[b->n++] = value;
}

static inline void put_eth(struct build *b, uint16_t type)
{
	put(b, 0x020000000001, 6);
	put(b, 0x020000000002, 6);
	put(b, type, 2);
}

/* 10.0.0.1 > 192.0.2.9, ttl 64, DF, no options. */
static inline void put_ip4_frag(struct build *b, uint8_t proto, uint16_t total, uint16_t frag)
{
	put(b, 0x45, 1);
	put(b, 0x10, 1);
	put(b, total, 2);
	put(b, 0xabcd, 2);
	put(b, frag, 2);
	put(b, 64, 1);
	put(b, proto, 1);
	put(b, 0, 2);
	put(b, 0x0a000001, 4);
	put(b, 0xc0000209, 4);
}

static inline void put_ip4(struct build *b, uint8_t proto, uint16_t total)
{
	put_ip4_frag(b, proto, total, 0x4000);
}

/* 2001:db8::1 > 2001:db8::2, class 0x2e, flow 0x12345, hop limit 61. */
static inline void put_ip6(struct build *b, uint8_t next, uint16_t payload)
{
	put(b, 0x62e12345, 4);
	put(b, payload, 2);
	put(b, next, 1);
	put(b, 61, 1);
	put(b, 0x20010db800000000, 8);
	put(b, 1, 8);
	put(b, 0x20010db800000000, 8);
	put(b, 2, 8);
}

static inline void put_tcp(struct build *b, uint8_t flags)
{
	put(b, 4000, 2);
	put(b, 80, 2);
	put(b, 0x01020304, 4);
	put(b, 0x0a0b0c0d, 4);
	put(b, 0x50, 1);
	put(b, flags, 1);
	put(b, 0x7210, 2);
	put(b, 0, 4);
}

static inline void put_udp(struct build *b)
{
	put(b, 53, 2);
	put(b, 5353, 2);
	put(b, 8, 2);
	put(b, 0, 2);
}

/* Parses a copy that ends where its memory ends. */
static inline struct view view_cut(const struct build *b, enum wire_link link, uint32_t captured, uint32_t wire)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	struct view v;

	assert_non_null(copy);
	memcpy(copy, b->p, captured);
	memset(&v, 0xa5, sizeof(v));
	view_parse(&v, link, copy, captured, wire);
	free(copy);
	return v;
}

static inline struct view view_of(const struct build *b, enum wire_link link)
{
	return view_cut(b, link, b->n, b->n);
}

#endif
