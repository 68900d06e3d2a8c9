/* change.h: what was changed is changed, the rest is not; checksums that were right are right, wrong ones as wrong. */
#include "wire/change.h"

#include "build.h"
#include "wire/decode.h"

/* A whole IPv4 packet with TCP and these options; both checksums right. */
static struct build segment(uint8_t flags, const void *options, uint8_t bytes)
{
	struct build b = { 0 };
	uint16_t tcp = (uint16_t)(20 + bytes);

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, (uint16_t)(20 + tcp));
	put_tcp(&b, flags);
	b.p[46] = (uint8_t)(tcp / 4 << 4);
	memcpy(b.p + b.n, options, bytes);
	b.n += bytes;
	wire_put16(b.p + 24, wire_checksum(b.p + 14, 20));
	wire_put16(b.p + 50, (uint16_t)~wire_sum(b.p + 34, tcp, wire_pseudo4_sum(0x0a000001, 0xc0000209, 6, tcp)));
	return b;
}

static bool tcp_is_right(const struct build *b)
{
	uint16_t tcp = (uint16_t)(b->n - 34);

	return wire_sum(b->p + 34, tcp, wire_pseudo4_sum(0x0a000001, 0xc0000209, 6, tcp)) == 0xffff;
}

static void lower(struct build *b, uint32_t captured, uint16_t mss)
{
	struct view v;

	view_parse(&v, LINK_ETHERNET, b->p, captured, b->n);
	if (wire_mss_above(b->p, captured, &v, mss))
		wire_mss_lower(b->p, captured, &v, mss);
}

TEST(dscp, every_value_keeps_ecn_and_the_checksum)
{
	for (unsigned i = 0; i < 64 * 256; i++) {
		struct build b = segment(TCP_ACK, "", 0);
		struct view v, again;

		b.p[15] = (uint8_t)(i / 64);
		wire_put16(b.p + 24, 0);
		wire_put16(b.p + 24, wire_checksum(b.p + 14, 20));
		v = view_of(&b, LINK_ETHERNET);
		wire_dscp_set(b.p, &v, i % 64);
		again = view_of(&b, LINK_ETHERNET);
		assert_memory_equal(&v, &again, sizeof(v));
		assert_int_equal(v.tos, i % 64 << 2 | (i / 64 & 3));
		assert_int_equal(wire_sum(b.p + 14, 20, 0), 0xffff);
	}
}

TEST(ecn, every_value_keeps_dscp_and_the_checksum)
{
	for (unsigned i = 0; i < 4 * 256; i++) {
		struct build b = segment(TCP_ACK, "", 0);
		struct view v, again;

		b.p[15] = (uint8_t)(i / 4);
		wire_put16(b.p + 24, 0);
		wire_put16(b.p + 24, wire_checksum(b.p + 14, 20));
		v = view_of(&b, LINK_ETHERNET);
		wire_ecn_set(b.p, &v, (enum wire_ecn)(i % 4));
		again = view_of(&b, LINK_ETHERNET);
		assert_memory_equal(&v, &again, sizeof(v));
		assert_int_equal(v.tos, (i / 4 & 0xfc) | i % 4);
		assert_int_equal(wire_sum(b.p + 14, 20, 0), 0xffff);
	}
}

TEST(dscp, a_wrong_checksum_stays_as_wrong)
{
	struct build b = segment(TCP_ACK, "", 0);
	struct view v = view_of(&b, LINK_ETHERNET);
	uint16_t sum;

	b.p[24] ^= 0x40;
	sum = wire_sum(b.p + 14, 20, 0);
	wire_dscp_set(b.p, &v, 46);
	assert_int_equal(wire_sum(b.p + 14, 20, 0), sum);
}

TEST(dscp, ip6_keeps_ecn_and_the_flow_label)
{
	for (uint8_t dscp = 0; dscp < 64; dscp++) {
		struct build b = { 0 };
		struct view v, again;

		put_eth(&b, 0x86dd);
		put_ip6(&b, PROTO_UDP, 8);
		put_udp(&b);
		v = view_of(&b, LINK_ETHERNET);
		wire_dscp_set(b.p, &v, dscp);
		again = view_of(&b, LINK_ETHERNET);
		assert_memory_equal(&v, &again, sizeof(v));
		assert_int_equal(wire_get32(b.p + 14), 0x60012345 | (uint32_t)(dscp << 2 | 2) << 20);
	}
}

/* At an even byte, at an odd one, twice; between fillers and other options. */
TEST(mss, is_lowered_wherever_it_stands)
{
	static const struct { const char *options; uint8_t bytes, at; } cases[] = {
		{ "\x02\x04\x05\xb4", 4, 2 },
		{ "\x01\x02\x04\x05\xb4\0\0\0", 8, 3 },
		{ "\x04\x02\x03\x03\x07\x02\x04\x05\xb4\x01\x01\x01", 12, 7 },
		{ "\x02\x04\x10\0\x01\x02\x04\x05\xb4\0\0\0", 12, 7 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (uint16_t mss = 1; mss < 1460; mss += 7) {
			struct build b = segment(TCP_SYN, cases[i].options, cases[i].bytes);

			lower(&b, b.n, mss);
			assert_int_equal(wire_get16(b.p + 54 + cases[i].at), mss);
			assert_true(tcp_is_right(&b));
		}
	}
}

TEST(mss, is_never_raised_nor_added)
{
	static const struct { uint8_t flags; const char *options; uint8_t bytes; } cases[] = {
		{ TCP_SYN, "\x02\x04\x05\xb4", 4 },		/* not above */
		{ TCP_SYN, "\x01\x01\x04\x02", 4 },		/* has none */
		{ TCP_SYN, "", 0 },
		{ TCP_ACK, "\x02\x04\xff\xff", 4 },		/* no SYN */
		{ TCP_SYN, "\x02\x03\xff\x01", 4 },		/* a length that MSS does not have */
		{ TCP_SYN, "\0\0\0\0\x02\x04\xff\xff", 8 },	/* behind the end of options */
		{ TCP_SYN, "\x05\x09\x02\x04\xff\xff\0\0", 8 },	/* behind a length that lies */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct build b = segment(cases[i].flags, cases[i].options, cases[i].bytes), before = b;

		lower(&b, b.n, 1460);
		assert_memory_equal(b.p, before.p, b.n);
	}
}

TEST(mss, of_a_snapped_record_is_lowered_where_it_was_captured)
{
	for (uint32_t n = 54; n <= 62; n++) {
		struct build b = segment(TCP_SYN, "\x01\x01\x02\x04\x05\xb4\x01\x01", 8), before = b;

		lower(&b, n, 1000);
		if (n < 60) {
			assert_memory_equal(b.p, before.p, b.n);
			continue;
		}
		assert_int_equal(wire_get16(b.p + 58), 1000);
		assert_true(tcp_is_right(&b));	/* with the bytes that were not captured */
	}
}

TEST(mss, header_lengths_that_lie_are_not_believed)
{
	static const uint8_t lies[] = { 0x00, 0x40, 0x70, 0xf0 };	/* below 20; past the packet */

	for (size_t i = 0; i < sizeof(lies); i++) {
		struct build b = segment(TCP_SYN, "\x02\x04\x05\xb4", 4), before;

		b.p[46] = lies[i];
		before = b;
		lower(&b, b.n, 1000);
		assert_memory_equal(b.p, before.p, b.n);
	}
}
