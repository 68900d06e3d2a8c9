/* tests/unit/cap/cap_build.h - captures built byte by byte, either byte order, and read whole: by the drafts, not by
 * our writer. */
#ifndef TESTS_CAP_BUILD_H
#define TESTS_CAP_BUILD_H

#include <stdlib.h>

#include "test.h"

#include "cap/cap.h"
#include "wire/wire.h"

struct bytes {
	uint8_t p[1 << 16];
	size_t n;
	bool big;
};

static inline void put(struct bytes *b, const void *p, size_t n)
{
	assert_true(b->n + n <= sizeof(b->p));
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void put_number(struct bytes *b, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++) {
		unsigned shift = 8 * (b->big ? size - 1 - i : i);
		uint8_t byte = (uint8_t)(v >> shift);

		put(b, &byte, 1);
	}
}

static inline void put16(struct bytes *b, uint32_t v) { put_number(b, v, 2); }
static inline void put32(struct bytes *b, uint64_t v) { put_number(b, v, 4); }
static inline void put64(struct bytes *b, uint64_t v) { put_number(b, v, 8); }

/* Bytes that tell where they stand. */
static inline void put_pattern(struct bytes *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(b, &(uint8_t){ (uint8_t)(i * 7 + 1) }, 1);
}

static inline void put_pad(struct bytes *b, size_t n)
{
	put(b, "\0\0\0", -n & 3);
}

/* ---- classic */

static inline void pcap_header(struct bytes *b, uint32_t magic, uint32_t linktype)
{
	put32(b, magic);
	put16(b, 2);
	put16(b, 4);
	put32(b, 0);
	put32(b, 0);
	put32(b, 65535);
	put32(b, linktype);
}

static inline void pcap_record(struct bytes *b, uint32_t s, uint32_t frac, uint32_t captured, uint32_t original)
{
	put32(b, s);
	put32(b, frac);
	put32(b, captured);
	put32(b, original);
	if (captured < 4096)
		put_pattern(b, captured);
}

/* ---- pcapng */

static inline size_t block_begin(struct bytes *b, uint32_t type)
{
	size_t at = b->n;

	put32(b, type);
	put32(b, 0);
	return at;
}

static inline void block_end(struct bytes *b, size_t at)
{
	size_t end = b->n + 4;

	b->n = at + 4;
	put32(b, end - at);
	b->n = end - 4;
	put32(b, end - at);
}

static inline void put_option(struct bytes *b, uint32_t code, const void *p, size_t n)
{
	put16(b, code);
	put16(b, (uint32_t)n);
	put(b, p, n);
	put_pad(b, n);
}

static inline void ng_section(struct bytes *b)
{
	size_t at = block_begin(b, 0x0a0d0d0a);

	put32(b, 0x1a2b3c4d);
	put16(b, 1);
	put16(b, 0);
	put64(b, UINT64_MAX);
	block_end(b, at);
}

static inline void ng_iface(struct bytes *b, uint32_t linktype, uint32_t snap, int tsresol, int64_t tsoffset,
	const char *name)
{
	size_t at = block_begin(b, 1);
	bool big = b->big;

	put16(b, linktype);
	put16(b, 0);
	put32(b, snap);
	if (name)
		put_option(b, 2, name, strlen(name));
	if (tsresol >= 0)
		put_option(b, 9, &(uint8_t){ (uint8_t)tsresol }, 1);
	if (tsoffset) {
		struct bytes v = { .big = big };

		put64(&v, (uint64_t)tsoffset);
		put_option(b, 14, v.p, 8);
	}
	put_option(b, 0, NULL, 0);
	block_end(b, at);
}

static inline void ng_packet(struct bytes *b, uint32_t iface, uint64_t units, uint32_t captured, uint32_t original,
	const char *comment)
{
	size_t at = block_begin(b, 6);

	put32(b, iface);
	put32(b, units >> 32);
	put32(b, (uint32_t)units);
	put32(b, captured);
	put32(b, original);
	put_pattern(b, captured);
	put_pad(b, captured);
	if (comment) {
		put_option(b, 1, comment, strlen(comment));
		put_option(b, 0, NULL, 0);
	}
	block_end(b, at);
}

/* ---- reading */

struct got {
	struct pkt pkts[200];
	unsigned n;
	struct cap_stats st;
	enum cap_end end;
	char text[400];
	char comment[200][64];
};

static inline void read_all(struct cap_reader *r, struct got *g)
{
	unsigned n;

	g->n = 0;
	do {
		struct pkt *to[CAP_BURST];

		for (unsigned i = 0; i < CAP_BURST; i++)
			to[i] = &g->pkts[g->n + i];
		assert_true(g->n + CAP_BURST <= 200);
		n = cap_read(r, to, CAP_BURST);
		for (unsigned i = 0; i < n; i++) {
			size_t len;
			const char *c = cap_comment(r, i, &len);

			snprintf(g->comment[g->n + i], 64, "%.*s", c ? (int)len : 0, c ? c : "");
		}
		g->n += n;
	} while (n);
	g->end = cap_end(r);
	cap_stats(r, &g->st);
	snprintf(g->text, sizeof(g->text), "%s", cap_end_text(r));
}

/* The capture must be one; the packets' bytes live as long as `b`. */
static inline void read_bytes(const struct bytes *b, struct got *g)
{
	struct cap_reader *r;
	struct err e = { 0 };

	assert_int_equal(cap_open_mem(&r, b->p, b->n, &e), 0);
	read_all(r, g);
	cap_close(r);
}

#endif
