/* answer.h: beside answers that Linux gave to the same packets, byte for byte; who is not answered; what snapshots
 * leave undecided; link headers that are turned round. */
#include "wire/answer.h"

#include <stdio.h>

#include "build.h"
#include "wire/decode.h"

static const struct answer port = { ANSWER_UNREACH, 3 }, port6 = { ANSWER_UNREACH6, 4 }, reset = { ANSWER_RESET, 0 },
	reset6 = { ANSWER_RESET6, 0 }, abort4 = { ANSWER_ABORT, 0 };

struct reply {
	enum answer_fit fit;
	uint8_t p[ANSWER_BYTES_MAX];
	uint32_t n;
};

/* Answers a copy that ends where its memory ends. */
static struct reply reply_cut(const struct build *b, enum wire_link link, const struct answer *a, uint32_t captured)
{
	uint8_t *copy = malloc(captured);
	struct reply r = { 0 };
	struct view v;

	assert_non_null(copy);
	memcpy(copy, b->p, captured);
	view_parse(&v, link, copy, captured, b->n);
	r.fit = answer_fit(a, &v, link, copy, captured);
	if (r.fit == ANSWER_FITS)
		r.n = answer_build(r.p, a, &v, link, copy, captured);
	free(copy);
	return r;
}

static struct reply reply_of(const struct build *b, enum wire_link link, const struct answer *a)
{
	return reply_cut(b, link, a, b->n);
}

static void from_hex(struct build *b, const char *hex)
{
	for (b->n = 0; *hex; hex += 2) {
		const char byte[] = { hex[0], hex[1], 0 };

		b->p[b->n++] = (uint8_t)strtoul(byte, NULL, 16);
	}
}

#define LO "00000000000000000000000008"	/* an Ethernet header of Linux's loopback, up to the type's first byte */
#define LO6 "00000000000000000000000086dd"

/* Captured on lo of Linux 6: a datagram to a closed port; SYNs to one. The last one's checksum, which a card would
 * have filled in, was worked out by hand. */
static const char udp4[] = LO "004500002172f840004011b3c00a0900010a090001e2b3115c000d14320001020304";
static const char udp4_answer[] = LO "0045c0003d9f5e00004001c68e0a0900010a0900010303eea90000000"
	"04500002172f840004011b3c00a0900010a090001e2b3115c000d14320001020304";
static const char udp6[] = LO6 "600e767c0008114020010db800090000000000000000000120010db8000900000000000000000001"
	"edd0115c00085b9f";
static const char udp6_answer[] = LO6 "600a563c00383a4020010db800090000000000000000000120010db80009000000000000000000"
	"01010404d600000000600e767c0008114020010db800090000000000000000000120010db8000900000000000000000001edd0115c0008"
	"5b9f";
static const char syn4[] = LO "004500003c737c40004006b32c0a0900010a090001db3c115ce67e3d3900000000a002ffd714420000"
	"0204ffd70402080ad37ba487000000000103030a";
static const char syn4_answer[] = LO "004500002800004000400626bd0a0900010a090001115cdb3c00000000e67e3d3a50140000"
	"8b6b0000";
static const char syn6[] = LO6 "6000718b0028064020010db800090000000000000000000120010db8000900000000000000000001"
	"b276115cab0b74db00000000a002ffc45bb400000204ffc40402080abbbba7c0000000000103030a";
static const char syn6_answer[] = LO6 "600d334a0014064020010db800090000000000000000000120010db8000900000000000000000001"
	"115cb27600000000ab0b74dc5014000070900000";

/* Linux writes an id and no DF into errors of ICMP, and makes up flow labels: zeros here. */
static void without_choices(uint8_t *p)
{
	if (p[12] == 0x86)
		memset(p + 15, 0, 3);
	else if (p[23] == PROTO_ICMP)
		memset(p + 18, 0, 4);
	if (p[12] == 0x08)
		memset(p + 24, 0, 2);
}

static void assert_as_linux(const char *packet, const char *answer, const struct answer *a)
{
	struct build b = { 0 }, expected = { 0 };
	struct reply r;

	from_hex(&b, packet);
	from_hex(&expected, answer);
	r = reply_of(&b, LINK_ETHERNET, a);
	assert_int_equal(r.fit, ANSWER_FITS);
	assert_int_equal(r.n, expected.n);
	without_choices(r.p);
	without_choices(expected.p);
	assert_memory_equal(r.p, expected.p, expected.n);
}

TEST(answer, is_what_linux_answers)
{
	assert_as_linux(udp4, udp4_answer, &port);
	assert_as_linux(udp6, udp6_answer, &port6);
	assert_as_linux(syn4, syn4_answer, &reset);
	assert_as_linux(syn6, syn6_answer, &reset6);
}

/* Every sum over the answer, its checksum included, is all ones. */
static void assert_sums(const struct reply *r)
{
	const uint8_t *ip = r->p + 14, *body = ip + 20;
	uint16_t bytes = (uint16_t)(r->n - 34), sum = 0;

	assert_int_equal(wire_sum(ip, 20, 0), 0xffff);
	if (ip[9] == PROTO_TCP)
		sum = wire_pseudo4_sum(wire_get32(ip + 12), wire_get32(ip + 16), ip[9], bytes);
	assert_int_equal(wire_sum(body, bytes, sum), 0xffff);
}

static void put_data_udp(struct build *b, uint16_t total)
{
	put_eth(b, 0x0800);
	put_ip4(b, PROTO_UDP, total);
	put_udp(b);
	for (unsigned i = 28; i < total; i++)
		put(b, i, 1);
}

/* RFC 1812 4.3.2.3: 576 bytes at most, and all of the packet where that holds it. */
TEST(answer, icmp_quotes_as_much_as_576_bytes_hold)
{
	static const struct { uint16_t total; uint32_t answer; } cases[] = {
		{ 28, 56 }, { 29, 57 }, { 547, 575 }, { 548, 576 }, { 549, 576 }, { 1500, 576 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct build b = { 0 };
		struct reply r;

		put_data_udp(&b, cases[i].total);
		put_many(&b, 0xee, 6);	/* padding of the frame is no part of the packet */
		r = reply_of(&b, LINK_ETHERNET, &port);
		assert_int_equal(r.fit, ANSWER_FITS);
		assert_int_equal(r.n, 14 + cases[i].answer);
		assert_int_equal(wire_get16(r.p + 16), cases[i].answer);
		assert_memory_equal(r.p + 42, b.p + 14, cases[i].answer - 28);
		assert_sums(&r);
	}
}

TEST(answer, icmp6_quotes_as_much_as_1280_bytes_hold)
{
	static const struct { uint16_t payload; uint32_t answer; } cases[] = {
		{ 8, 96 }, { 1191, 1279 }, { 1192, 1280 }, { 1193, 1280 }, { 1460, 1280 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct build b = { 0 };
		struct reply r;

		put_eth(&b, 0x86dd);
		put_ip6(&b, PROTO_UDP, cases[i].payload);
		put_udp(&b);
		put_many(&b, 7, cases[i].payload - 8u);
		r = reply_of(&b, LINK_ETHERNET, &port6);
		assert_int_equal(r.n, 14 + cases[i].answer);
		assert_int_equal(wire_get16(r.p + 18), cases[i].answer - 40);
	}
}

/* RFC 1812 4.3.2.5, RFC 3168 5: precedence 6, the packet's type of service, no ECN. */
TEST(answer, icmp_keeps_the_type_of_service)
{
	struct build b = { 0 };
	struct reply r;

	put_data_udp(&b, 28);
	b.p[15] = 0xbb;
	r = reply_of(&b, LINK_ETHERNET, &port);
	assert_int_equal(r.p[15], 0xd8);
	assert_int_equal(wire_sum(r.p + 14, 20, 0), 0xffff);
}

static struct reply reset_for(uint8_t flags, uint16_t data)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, (uint16_t)(40 + data));
	put_tcp(&b, flags);
	put_many(&b, 'x', data);
	return reply_of(&b, LINK_ETHERNET, &reset);
}

/* RFC 9293 3.10.7.1. */
TEST(answer, reset_takes_its_numbers_from_the_segment)
{
	static const struct { uint8_t flags; uint16_t data; uint32_t seq, ack; uint8_t answer; } cases[] = {
		{ TCP_SYN, 0, 0, 0x01020305, TCP_RST | TCP_ACK },
		{ TCP_SYN | TCP_FIN, 3, 0, 0x01020309, TCP_RST | TCP_ACK },
		{ TCP_FIN, 5, 0, 0x0102030a, TCP_RST | TCP_ACK },
		{ 0, 100, 0, 0x01020368, TCP_RST | TCP_ACK },
		{ TCP_SYN | TCP_ACK, 0, 0x0a0b0c0d, 0, TCP_RST },
		{ TCP_ACK | TCP_FIN | TCP_PSH, 50, 0x0a0b0c0d, 0, TCP_RST },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reply r = reset_for(cases[i].flags, cases[i].data);
		struct wire_tcp h;

		assert_int_equal(r.n, 54);
		assert_int_equal(wire_tcp_decode(&h, r.p + 34, 20), 20);
		assert_int_equal(h.seq, cases[i].seq);
		assert_int_equal(h.ack, cases[i].ack);
		assert_int_equal(h.flags, cases[i].answer);
		assert_int_equal(h.sport, 80);
		assert_int_equal(h.dport, 4000);
		assert_int_equal(h.win, 0);
		assert_sums(&r);
	}
	assert_int_equal(reset_for(TCP_RST, 0).fit, ANSWER_FORBIDDEN);
	assert_int_equal(reset_for(TCP_RST | TCP_ACK, 0).fit, ANSWER_FORBIDDEN);
}

static enum answer_fit fit_of(const struct build *b, const struct answer *a)
{
	return reply_of(b, LINK_ETHERNET, a).fit;
}

TEST(answer, a_header_length_that_cannot_be_is_no_segment)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, 40);
	put_tcp(&b, TCP_SYN);
	b.p[46] = 0x40;
	assert_int_equal(fit_of(&b, &reset), ANSWER_FORBIDDEN);
	b.p[46] = 0x60;
	assert_int_equal(fit_of(&b, &reset), ANSWER_FORBIDDEN);
	b.p[46] = 0x50;
	assert_int_equal(fit_of(&b, &reset), ANSWER_FITS);
}

TEST(answer, other_families_and_protocols_are_not_meant)
{
	static const struct answer abort6 = { ANSWER_ABORT6, 0 };
	struct build b4 = { 0 }, b6 = { 0 };

	put_data_udp(&b4, 100);
	put_eth(&b6, 0x86dd);
	put_ip6(&b6, PROTO_TCP, 20);
	put_tcp(&b6, TCP_SYN);
	assert_int_equal(fit_of(&b4, &reset), ANSWER_NOT_MEANT);
	assert_int_equal(fit_of(&b4, &abort4), ANSWER_NOT_MEANT);
	assert_int_equal(fit_of(&b4, &port6), ANSWER_NOT_MEANT);
	assert_int_equal(fit_of(&b6, &reset), ANSWER_NOT_MEANT);
	assert_int_equal(fit_of(&b6, &port), ANSWER_NOT_MEANT);
	assert_int_equal(fit_of(&b6, &abort6), ANSWER_NOT_MEANT);
	assert_int_equal(fit_of(&b6, &reset6), ANSWER_FITS);
	b4.p[12] = 0x12;
	assert_int_equal(fit_of(&b4, &port), ANSWER_NOT_MEANT);
}

/* RFC 1122 3.2.2. */
TEST(answer, only_one_host_is_answered_for_one_host)
{
	static const struct { uint32_t src, dst; enum answer_fit fit; } cases[] = {
		{ 0x0a000001, 0xc0000209, ANSWER_FITS },
		{ 0x00000000, 0xc0000209, ANSWER_FORBIDDEN },
		{ 0x00000001, 0xc0000209, ANSWER_FORBIDDEN },
		{ 0xe0000001, 0xc0000209, ANSWER_FORBIDDEN },
		{ 0xf0000001, 0xc0000209, ANSWER_FORBIDDEN },
		{ 0xffffffff, 0xc0000209, ANSWER_FORBIDDEN },
		{ 0x7f000001, 0xc0000209, ANSWER_FORBIDDEN },
		{ 0x7f000001, 0x7f000002, ANSWER_FITS },
		{ 0xdfffffff, 0xdffffffe, ANSWER_FITS },
		{ 0x0a000001, 0xe00000fb, ANSWER_FORBIDDEN },
		{ 0x0a000001, 0xffffffff, ANSWER_FORBIDDEN },
		{ 0x0a000001, 0x00000000, ANSWER_FORBIDDEN },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct build b = { 0 };

		put_data_udp(&b, 40);
		wire_put32(b.p + 26, cases[i].src);
		wire_put32(b.p + 30, cases[i].dst);
		assert_int_equal(fit_of(&b, &port), cases[i].fit);
	}
}

/* RFC 4443 2.4 (e). */
TEST(answer, ip6_groups_and_the_unspecified_address_are_not_answered)
{
	static const struct { unsigned at; uint8_t first, last; enum answer_fit fit; } cases[] = {
		{ 22, 0xff, 1, ANSWER_FORBIDDEN }, { 38, 0xff, 1, ANSWER_FORBIDDEN },
		{ 22, 0, 0, ANSWER_FORBIDDEN }, { 22, 0, 1, ANSWER_FITS },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct build b = { 0 };

		put_eth(&b, 0x86dd);
		put_ip6(&b, PROTO_UDP, 8);
		put_udp(&b);
		memset(b.p + cases[i].at, 0, 16);
		b.p[cases[i].at] = cases[i].first;
		b.p[cases[i].at + 15] = cases[i].last;
		assert_int_equal(fit_of(&b, &port6), cases[i].fit);
	}
}

TEST(answer, frames_to_groups_are_not_answered)
{
	struct build b = { 0 };

	put_data_udp(&b, 40);
	b.p[0] |= 1;
	assert_int_equal(fit_of(&b, &port), ANSWER_FORBIDDEN);
	b.p[0] &= 0xfe;
	b.p[6] |= 1;
	assert_int_equal(fit_of(&b, &port), ANSWER_FORBIDDEN);
}

TEST(answer, errors_of_icmp_are_not_answered_questions_are)
{
	static const uint8_t asked[] = { 0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43 };

	for (unsigned type = 0; type < 256; type++) {
		struct build b = { 0 }, b6 = { 0 };
		bool info = memchr(asked, (int)type, sizeof(asked)) != NULL;

		put_eth(&b, 0x0800);
		put_ip4(&b, PROTO_ICMP, 28);
		put(&b, type, 1);
		put_many(&b, 0, 7);
		assert_int_equal(fit_of(&b, &port), info ? ANSWER_FITS : ANSWER_FORBIDDEN);
		put_eth(&b6, 0x86dd);
		put_ip6(&b6, PROTO_ICMP6, 8);
		put(&b6, type, 1);
		put_many(&b6, 0, 7);
		assert_int_equal(fit_of(&b6, &port6), type >= 128 && type != 137 ? ANSWER_FITS : ANSWER_FORBIDDEN);
	}
}

TEST(answer, first_fragments_are_answered_later_ones_not)
{
	struct build first = { 0 }, later = { 0 };

	put_eth(&first, 0x0800);
	put_ip4_frag(&first, PROTO_TCP, 40, 0x2000);
	put_tcp(&first, TCP_ACK);
	put_eth(&later, 0x0800);
	put_ip4_frag(&later, PROTO_TCP, 40, 0x2010);
	put_tcp(&later, TCP_ACK);
	assert_int_equal(fit_of(&first, &reset), ANSWER_FITS);
	assert_int_equal(fit_of(&first, &port), ANSWER_FITS);
	assert_int_equal(fit_of(&later, &reset), ANSWER_FORBIDDEN);
	assert_int_equal(fit_of(&later, &port), ANSWER_FORBIDDEN);
	first.p[47] = TCP_SYN;	/* its length is not known */
	assert_int_equal(fit_of(&first, &reset), ANSWER_SHORT);
}

/* Headers and eight bytes behind them, or nothing: RFC 1122 3.2.2. */
TEST(answer, what_the_snapshot_cut_is_short)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, 100);
	put_tcp(&b, TCP_SYN);
	put_many(&b, 1, 60);
	for (uint32_t n = 34; n <= b.n; n++) {
		struct reply r = reply_cut(&b, LINK_ETHERNET, &port, n);

		assert_int_equal(r.fit, n < 42 ? ANSWER_SHORT : ANSWER_FITS);
		assert_int_equal(r.n, n < 42 ? 0 : 14 + 28 + n - 14);
		assert_int_equal(reply_cut(&b, LINK_ETHERNET, &reset, n).fit, n < 54 ? ANSWER_SHORT : ANSWER_FITS);
	}
	/* numbers come from L, not from what was captured */
	assert_int_equal(wire_get32(reply_cut(&b, LINK_ETHERNET, &reset, 54).p + 42), 0x01020304 + 61);
}

/* Less than eight bytes behind the header, and all there is. */
TEST(answer, a_short_packet_is_quoted_whole)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, 253, 22);
	put(&b, 0xabcd, 2);
	assert_int_equal(reply_of(&b, LINK_ETHERNET, &port).n, 14 + 28 + 22);
	b.n = 14;
	put_ip4(&b, 253, 20);
	assert_int_equal(reply_of(&b, LINK_ETHERNET, &port).n, 14 + 28 + 20);
}

TEST(answer, what_no_host_takes_is_not_answered)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, 30);
	put_many(&b, 0, 10);
	assert_int_equal(fit_of(&b, &port), ANSWER_FORBIDDEN);
	assert_int_equal(fit_of(&b, &reset), ANSWER_FORBIDDEN);
}

static void put_sctp(struct build *b, uint32_t tag, unsigned chunks)
{
	put_eth(b, 0x0800);
	put_ip4(b, PROTO_SCTP, (uint16_t)(32 + chunks));
	put(b, 5000, 2);
	put(b, 6000, 2);
	put(b, tag, 4);
	put(b, 0, 4);
}

/* Type, flags, length, then bytes of zero; filled up to a multiple of 4. */
static void put_chunk(struct build *b, uint8_t type, uint16_t len)
{
	put(b, type, 1);
	put(b, 0, 1);
	put(b, len, 2);
	put_many(b, 0, ((len + 3u) & ~3u) - 4);
}

static struct reply abort_for(uint32_t tag, uint8_t type, uint16_t len)
{
	struct build b = { 0 };

	put_sctp(&b, tag, (len + 3u) & ~3u);
	put_chunk(&b, type, len);
	if (type == 1)
		wire_put32(b.p + b.n - len + 4, 0xcafe0001);
	return reply_of(&b, LINK_ETHERNET, &abort4);
}

/* RFC 9260 8.4. */
TEST(answer, abort_has_the_tag_that_its_receiver_expects)
{
	static const struct { uint32_t tag; uint8_t type; uint16_t len; uint32_t to; uint8_t chunk, t; } cases[] = {
		{ 0x11223344, 0, 20, 0x11223344, 6, 1 },	/* DATA */
		{ 0, 1, 20, 0xcafe0001, 6, 0 },			/* INIT */
		{ 0x11223344, 1, 20, 0x11223344, 6, 1 },
		{ 0x11223344, 2, 20, 0x11223344, 6, 1 },	/* INIT ACK */
		{ 0x11223344, 4, 9, 0x11223344, 6, 1 },		/* HEARTBEAT, with filling */
		{ 0x11223344, 8, 4, 0x11223344, 14, 1 },	/* SHUTDOWN ACK -> SHUTDOWN COMPLETE */
		{ 0x11223344, 10, 8, 0x11223344, 6, 1 },	/* COOKIE ECHO */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reply r = abort_for(cases[i].tag, cases[i].type, cases[i].len);
		struct wire_sctp h;

		assert_int_equal(r.fit, ANSWER_FITS);
		assert_int_equal(r.n, 14 + 20 + 16);
		wire_sctp_decode(&h, r.p + 34, 12);
		assert_int_equal(h.sport, 6000);
		assert_int_equal(h.dport, 5000);
		assert_int_equal(h.tag, cases[i].to);
		memset(r.p + 42, 0, 4);
		assert_int_equal(h.checksum, wire_crc32c_portable(r.p + 34, 16, 0));
		assert_int_equal(r.p[46], cases[i].chunk);
		assert_int_equal(r.p[47], cases[i].t);
		assert_int_equal(wire_get16(r.p + 48), 4);
	}
}

TEST(answer, abort_never_answers_what_ends_or_what_lies)
{
	static const uint8_t ends[] = { 6, 11, 14 };	/* ABORT, COOKIE ACK, SHUTDOWN COMPLETE */
	struct build b = { 0 };

	for (size_t i = 0; i < sizeof(ends); i++) {
		assert_int_equal(abort_for(1, ends[i], 4).fit, ANSWER_FORBIDDEN);
		b.n = 0;	/* behind another chunk */
		put_sctp(&b, 1, 12);
		put_chunk(&b, 4, 8);
		put_chunk(&b, ends[i], 4);
		assert_int_equal(fit_of(&b, &abort4), ANSWER_FORBIDDEN);
	}
	assert_int_equal(abort_for(0, 0, 20).fit, ANSWER_FORBIDDEN);	/* tag 0 belongs to INIT */
	assert_int_equal(abort_for(1, 4, 3).fit, ANSWER_FORBIDDEN);	/* a length below 4 */
	b.n = 0;
	put_sctp(&b, 1, 4);
	put_chunk(&b, 4, 4);
	wire_put16(b.p + b.n - 2, 8);	/* past its packet */
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FORBIDDEN);
	b.n = 0;
	put_sctp(&b, 1, 0);		/* no chunk */
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FORBIDDEN);
}

TEST(answer, abort_does_not_answer_a_stale_cookie)
{
	struct build b = { 0 };

	put_sctp(&b, 1, 20);
	put_chunk(&b, 9, 20);
	wire_put16(b.p + b.n - 16, 1);		/* another cause first, of 8 bytes */
	wire_put16(b.p + b.n - 14, 8);
	wire_put16(b.p + b.n - 8, 3);
	wire_put16(b.p + b.n - 6, 8);
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FORBIDDEN);
	wire_put16(b.p + b.n - 8, 4);
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FITS);
	wire_put16(b.p + b.n - 6, 800);		/* a cause that lies ends the list of causes */
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FITS);
}

TEST(answer, an_init_stands_alone_and_has_a_tag)
{
	struct build b = { 0 };

	put_sctp(&b, 0, 24);
	put_chunk(&b, 1, 20);
	wire_put32(b.p + b.n - 16, 5);
	put_chunk(&b, 4, 4);
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FORBIDDEN);
	b.n = 0;
	put_sctp(&b, 0, 20);
	put_chunk(&b, 1, 20);
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FORBIDDEN);
	wire_put32(b.p + b.n - 16, 5);
	assert_int_equal(fit_of(&b, &abort4), ANSWER_FITS);
	assert_int_equal(reply_cut(&b, LINK_ETHERNET, &abort4, b.n - 1).fit, ANSWER_SHORT);
}

/* What was not captured may be an ABORT; behind DATA it cannot. */
TEST(answer, chunks_that_were_not_captured_decide)
{
	struct build control = { 0 }, data = { 0 };

	put_sctp(&control, 1, 28);
	put_chunk(&control, 4, 8);
	put_chunk(&control, 4, 20);
	put_sctp(&data, 1, 44);
	put_chunk(&data, 3, 4);
	put_chunk(&data, 0, 40);
	for (uint32_t n = 46; n <= control.n; n++)
		assert_int_equal(reply_cut(&control, LINK_ETHERNET, &abort4, n).fit,
			n < control.n ? ANSWER_SHORT : ANSWER_FITS);
	for (uint32_t n = 46; n <= data.n; n++)
		assert_int_equal(reply_cut(&data, LINK_ETHERNET, &abort4, n).fit, n < 54 ? ANSWER_SHORT : ANSWER_FITS);
}

TEST(answer_link, addresses_swap_and_tags_stay)
{
	struct build b = { 0 };
	struct reply r;

	put(&b, 0x020000000001, 6);
	put(&b, 0x020000000002, 6);
	put(&b, 0x88a8200581000007, 8);
	put(&b, 0x8864, 2);
	put(&b, 0x11001234, 4);
	put(&b, 42, 2);
	put(&b, 0x0021, 2);
	put_ip4(&b, PROTO_TCP, 40);
	put_tcp(&b, TCP_SYN);
	r = reply_of(&b, LINK_ETHERNET, &reset);
	assert_int_equal(r.n, 30 + 40);
	assert_memory_equal(r.p, b.p + 6, 6);
	assert_memory_equal(r.p + 6, b.p, 6);
	assert_memory_equal(r.p + 12, b.p + 12, 14);
	assert_int_equal(wire_get16(r.p + 26), 42);	/* of PPPoE: the protocol's two bytes and the answer */
	assert_int_equal(wire_get16(r.p + 28), 0x21);
	r = reply_of(&b, LINK_ETHERNET, &(struct answer){ ANSWER_UNREACH, 1 });
	assert_int_equal(wire_get16(r.p + 26), 2 + 28 + 40);
}

TEST(answer_link, cooked_headers_change_sides)
{
	static const uint8_t turned[] = { 4, 255, 255, 3, 0 };	/* to us, all, group, others, from us */

	for (uint8_t type = 0; type < 5; type++) {
		struct build b = { 0 }, b2 = { 0 };
		struct reply r, r2;

		put(&b, (uint64_t)type << 32 | 0x00010006, 6);
		put(&b, 0x0200000000010203, 8);
		put(&b, 0x0800, 2);
		put_ip4(&b, PROTO_TCP, 40);
		put_tcp(&b, TCP_SYN);
		put(&b2, 0x0800000000000003, 8);
		put(&b2, 0x00010006u | (uint32_t)type << 8, 4);
		put(&b2, 0x0200000000010203, 8);
		put_ip4(&b2, PROTO_TCP, 40);
		put_tcp(&b2, TCP_SYN);
		r = reply_of(&b, LINK_SLL, &reset);
		r2 = reply_of(&b2, LINK_SLL2, &reset);
		assert_int_equal(r.fit, turned[type] == 255 ? ANSWER_FORBIDDEN : ANSWER_FITS);
		assert_int_equal(r2.fit, r.fit);
		if (r.fit != ANSWER_FITS)
			continue;
		assert_int_equal(wire_get16(r.p), turned[type]);
		assert_memory_equal(r.p + 2, "\0\1\0\0\0\0\0\0\0\0\0\0\x08\0", 14);
		assert_memory_equal(r2.p, b2.p, 10);
		assert_int_equal(r2.p[10], turned[type]);
		assert_memory_equal(r2.p + 11, "\0\0\0\0\0\0\0\0\0", 9);
	}
}

TEST(answer_link, headers_without_a_direction_stay)
{
	static const struct { enum wire_link link; uint64_t header; unsigned bytes; } cases[] = {
		{ LINK_RAW, 0, 0 }, { LINK_IPV4, 0, 0 }, { LINK_NULL, 0x02000000, 4 }, { LINK_LOOP, 2, 4 },
		{ LINK_PPP, 0xff030021, 4 }, { LINK_PPP, 0x21, 1 }, { LINK_PPP_HDLC, 0xff030021, 4 },
		{ LINK_PPP_HDLC, 0x0f000800, 4 }, { LINK_C_HDLC, 0x0f000800, 4 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct build b = { 0 };
		struct reply r;

		put(&b, cases[i].header, cases[i].bytes);
		put_ip4(&b, PROTO_TCP, 40);
		put_tcp(&b, TCP_SYN);
		r = reply_of(&b, cases[i].link, &reset);
		assert_int_equal(r.fit, ANSWER_FITS);
		assert_int_equal(r.n, cases[i].bytes + 40);
		assert_memory_equal(r.p, b.p, cases[i].bytes);
	}
}

TEST(answer_link, groups_of_hdlc_and_logs_of_the_kernel_get_none)
{
	struct build b = { 0 }, log = { 0 };

	put(&b, 0x8f000800, 4);
	put_ip4(&b, PROTO_TCP, 40);
	put_tcp(&b, TCP_SYN);
	put(&log, 0x02000000, 4);
	put(&log, 44, 2);
	put(&log, 9, 2);
	put_ip4(&log, PROTO_TCP, 40);
	put_tcp(&log, TCP_SYN);
	assert_int_equal(reply_of(&b, LINK_C_HDLC, &reset).fit, ANSWER_FORBIDDEN);
	assert_int_equal(reply_of(&log, LINK_NFLOG, &reset).fit, ANSWER_NO_WAY);
}

TEST(answer_link, pppoe_alone_tells_its_length)
{
	struct build b = { 0 };
	struct reply r;

	put(&b, 0x110000070000, 6);
	put(&b, 0x57, 1);
	put_ip6(&b, PROTO_TCP, 20);
	put_tcp(&b, TCP_ACK);
	r = reply_of(&b, LINK_PPP_ETHER, &reset6);
	assert_int_equal(r.n, 67);
	assert_int_equal(wire_get16(r.p + 4), 61);
}
