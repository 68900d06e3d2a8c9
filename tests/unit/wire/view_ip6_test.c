/* view_ip6.c: the fixed header, the chain of extension headers, L with and without the jumbo option. */
#include "build.h"

TEST(ip6, plain_tcp_is_seen_whole)
{
	struct build b = { 0 };
	struct view v;

	put_eth(&b, 0x86dd);
	put_ip6(&b, PROTO_TCP, 20);
	put_tcp(&b, TCP_RST);
	v = view_of(&b, LINK_ETHERNET);
	assert_int_equal(v.has, VIEW_HAS_MAC | VIEW_HAS_IP6 | SEEN_TCP);
	assert_int_equal(v.stop, VIEW_WHOLE);
	assert_int_equal(v.family, 6);
	assert_int_equal(v.proto, PROTO_TCP);
	assert_int_equal(v.ttl, 61);
	assert_int_equal(v.tos, 0x2e);
	assert_int_equal(v.flow_label, 0x12345);
	assert_int_equal(v.ip_bytes, 60);
	assert_true(v.src6[0] == 0x20010db800000000 && v.src6[1] == 1);
	assert_true(v.dst6[0] == 0x20010db800000000 && v.dst6[1] == 2);
	assert_int_equal(v.src4, 0);
	assert_int_equal(v.l3_off, 14);
	assert_int_equal(v.l4_off, 54);
	assert_int_equal(v.data_off, 74);
	assert_int_equal(v.tcp_flags, TCP_RST);
}

TEST(ip6, is_not_ip_unless_40_bytes_of_version_6)
{
	for (uint32_t captured = 0; captured <= 41; captured++) {
		for (unsigned version = 0; version < 16; version++) {
			struct build b = { 0 };
			bool good = captured >= 40 && version == 6;
			struct view v;

			put_ip6(&b, PROTO_UDP, 8);
			put_udp(&b);
			b.p[0] = (uint8_t)(version << 4);
			v = view_cut(&b, LINK_IPV6, captured, 48);
			assert_int_equal(!!(v.has & VIEW_HAS_IP), good);
			assert_int_equal(v.family, good ? 6 : 0);
			if (!good)
				assert_int_equal(v.stop, captured && version != 6 ? VIEW_IP_BAD : VIEW_IP_SHORT);
		}
	}
}

/* Writes an extension header of `units` beyond its least, all zero behind the length. */
static void put_ext(struct build *b, uint8_t kind, uint8_t next, uint8_t units)
{
	unsigned bytes = kind == PROTO_AH ? (units + 2u) * 4 : kind == PROTO_FRAGMENT ? 8 : (units + 1u) * 8;

	put(b, next, 1);
	put(b, kind == PROTO_FRAGMENT ? 0 : units, 1);
	put_many(b, 0, bytes - 2);
}

TEST(ip6, every_extension_header_is_walked_by_its_own_length)
{
	static const struct { uint8_t kind; uint8_t units; uint32_t bytes; uint16_t bit; } t[] = {
		{ PROTO_HOPOPT, 0, 8, VIEW_EXT_HOPOPT }, { PROTO_HOPOPT, 3, 32, VIEW_EXT_HOPOPT },
		{ PROTO_ROUTING, 2, 24, VIEW_EXT_ROUTE | VIEW_EXT_RTHDR0 }, { PROTO_FRAGMENT, 0, 8, VIEW_EXT_FRAG },
		{ PROTO_DSTOPTS, 1, 16, VIEW_EXT_DSTOPT }, { PROTO_AH, 4, 24, VIEW_EXT_AH },
		{ PROTO_AH, 1, 12, VIEW_EXT_AH },
		{ PROTO_MOBILITY, 1, 16, VIEW_EXT_OTHER }, { PROTO_HIP, 4, 40, VIEW_EXT_OTHER },
		{ PROTO_SHIM6, 0, 8, VIEW_EXT_OTHER },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct build b = { 0 };
		struct view v;

		put_ip6(&b, t[i].kind, (uint16_t)(t[i].bytes + 8));
		put_ext(&b, t[i].kind, PROTO_UDP, t[i].units);
		put_udp(&b);
		v = view_of(&b, LINK_RAW);
		assert_int_equal(v.stop, VIEW_WHOLE);
		assert_int_equal(v.proto, PROTO_UDP);
		assert_int_equal(v.ext_seen, t[i].bit);
		assert_int_equal(v.l4_off, 40 + t[i].bytes);
		assert_int_equal(v.sport, 53);
		assert_int_equal(v.malformed, 0);
	}
}

TEST(ip6, routing_types_0_and_2_have_bits)
{
	for (unsigned type = 0; type < 5; type++) {
		struct build b = { 0 };

		put_ip6(&b, PROTO_ROUTING, 16);
		put_ext(&b, PROTO_ROUTING, PROTO_UDP, 0);
		b.p[42] = (uint8_t)type;
		put_udp(&b);
		assert_int_equal(view_of(&b, LINK_RAW).ext_seen,
			VIEW_EXT_ROUTE | (type == 0 ? VIEW_EXT_RTHDR0 : type == 2 ? VIEW_EXT_RTHDR2 : 0));
	}
}

static void put_chain(struct build *b, uint16_t payload)
{
	put_ip6(b, PROTO_HOPOPT, payload);
	put_ext(b, PROTO_HOPOPT, PROTO_DSTOPTS, 0);
	put_ext(b, PROTO_DSTOPTS, PROTO_ROUTING, 1);
	put_ext(b, PROTO_ROUTING, PROTO_AH, 0);
	put_ext(b, PROTO_AH, PROTO_TCP, 1);
	put_tcp(b, TCP_SYN);
}

TEST(ip6, chain_of_many_ends_at_the_transport)
{
	struct build b = { 0 };
	struct view v;

	put_chain(&b, 64);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.stop, VIEW_WHOLE);
	assert_int_equal(v.proto, PROTO_TCP);
	assert_int_equal(v.l4_off, 84);
	assert_int_equal(v.ext_seen,
		VIEW_EXT_HOPOPT | VIEW_EXT_DSTOPT | VIEW_EXT_ROUTE | VIEW_EXT_RTHDR0 | VIEW_EXT_AH);
}

TEST(ip6, chain_cut_by_snapshot_is_short_by_L_or_in_a_whole_record_bad)
{
	for (uint32_t n = 40; n < 104; n++) {
		bool in_chain = n < 84;
		struct build b = { 0 };
		struct view v;

		put_chain(&b, 64);
		v = view_cut(&b, LINK_RAW, n, 104);
		assert_int_equal(v.stop, in_chain ? VIEW_EXT_SHORT : VIEW_L4_CUT);
		assert_int_equal(!!(v.has & VIEW_HAS_PROTO), !in_chain);
		assert_int_equal(v.malformed, 0);
		v = view_cut(&b, LINK_RAW, n, n);
		assert_int_equal(v.stop, in_chain ? VIEW_EXT_BAD : VIEW_L4_BAD);
		assert_int_equal(v.malformed, 1);
		if (n == 40)
			continue;	/* payload length 0 means another thing */
		b.n = 0;
		put_chain(&b, (uint16_t)(n - 40));
		v = view_of(&b, LINK_RAW);
		assert_int_equal(v.stop, in_chain ? VIEW_EXT_BAD : VIEW_L4_BAD);
		assert_int_equal(v.malformed, 1);
		assert_int_equal(v.l4_off, in_chain ? 0 : 84);
		assert_true(v.has & VIEW_HAS_IP6);
		v = view_cut(&b, LINK_RAW, 104, 105);	/* the bytes that prove it are there */
		assert_int_equal(v.malformed, in_chain);
	}
}

TEST(ip6, hop_by_hop_stands_first_or_is_bad)
{
	struct build b = { 0 };
	struct view v;

	put_ip6(&b, PROTO_DSTOPTS, 24);
	put_ext(&b, PROTO_DSTOPTS, PROTO_HOPOPT, 0);
	put_ext(&b, PROTO_HOPOPT, PROTO_UDP, 0);
	put_udp(&b);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.stop, VIEW_EXT_BAD);
	assert_int_equal(v.malformed, 1);
	assert_int_equal(v.proto, PROTO_HOPOPT);
	assert_int_equal(v.l4_off, 0);
	assert_int_equal(v.data_off, 0);
}

TEST(ip6, chain_may_be_long)
{
	struct build b = { 0 };
	struct view v;

	put_ip6(&b, PROTO_FRAGMENT, 150 * 8 + 8);
	for (unsigned i = 1; i <= 150; i++)
		put_ext(&b, PROTO_FRAGMENT, i == 150 ? PROTO_UDP : PROTO_FRAGMENT, 0);
	put_udp(&b);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.stop, VIEW_WHOLE);
	assert_int_equal(v.sport, 53);
	assert_int_equal(v.malformed, 0);
}

TEST(ip6, unknown_next_header_is_the_transport)
{
	static const uint8_t protos[] = { 253, PROTO_IPV6, PROTO_IPIP, PROTO_GRE, PROTO_ICMP, PROTO_ESP, PROTO_NONE };

	for (size_t i = 0; i < sizeof(protos); i++) {
		struct build b = { 0 };
		struct view v;

		put_ip6(&b, protos[i], 3);
		put_many(&b, 0xff, 3);
		v = view_of(&b, LINK_RAW);
		assert_int_equal(v.stop, VIEW_WHOLE);
		assert_int_equal(v.proto, protos[i]);
		assert_int_equal(v.malformed, 0);
		assert_int_equal(v.has, VIEW_HAS_IP6 | VIEW_HAS_PROTO);
		assert_int_equal(v.ext_seen, protos[i] == PROTO_ESP ? VIEW_EXT_ESP : 0);
	}
}

TEST(ip6, header_that_carries_nothing_is_the_transport)
{
	static const uint8_t protos[] = { PROTO_MOBILITY, PROTO_HIP, PROTO_SHIM6 };

	for (size_t i = 0; i < sizeof(protos); i++) {
		struct build b = { 0 };
		struct view v;

		put_ip6(&b, protos[i], 16);
		put_ext(&b, protos[i], PROTO_NONE, 1);
		v = view_of(&b, LINK_RAW);
		assert_int_equal(v.proto, protos[i]);
		assert_int_equal(v.l4_off, 40);
		assert_int_equal(v.ext_seen, VIEW_EXT_OTHER);
	}
}

TEST(ip6, fragments)
{
	for (unsigned word = 0; word < 0x40; word++) {
		struct build b = { 0 };
		unsigned off = word & ~7u;
		struct view v;

		put_ip6(&b, PROTO_FRAGMENT, 28);
		put(&b, PROTO_TCP, 1);
		put(&b, 0, 1);
		put(&b, word, 2);
		put(&b, 0xfeedbeef, 4);
		put_tcp(&b, TCP_ACK);
		v = view_of(&b, LINK_RAW);
		assert_true(v.has & VIEW_HAS_FRAG && v.has & VIEW_HAS_FRAG6);
		assert_int_equal(v.frag_off_bytes, off);
		assert_int_equal(v.frag_flags, word & 1 ? VIEW_MF : 0);
		assert_int_equal(v.frag_id, 0xfeedbeef);
		assert_int_equal(v.proto, PROTO_TCP);
		assert_int_equal(!!(v.has & VIEW_HAS_TCP), off == 0);
		assert_int_equal(v.stop, off ? VIEW_LATER_FRAGMENT : VIEW_WHOLE);
		assert_int_equal(v.malformed, off == 8);
		assert_int_equal(v.l4_off, off ? 0 : 48);
	}
}

TEST(ip6, icmp6_is_seen_in_ip6_alone)
{
	struct build b = { 0 };
	struct view v;

	put_ip6(&b, PROTO_ICMP6, 4);
	put(&b, 0x87010000, 4);
	v = view_of(&b, LINK_RAW);
	assert_true(v.has & VIEW_HAS_ICMP);
	assert_int_equal(v.icmp_type, 135);
	assert_int_equal(v.icmp_code, 1);
}

static uint32_t L_of(uint8_t next, uint16_t payload, const char *options, size_t n, uint32_t wire)
{
	struct build b = { 0 };

	put_ip6(&b, next, payload);
	put(&b, PROTO_UDP, 1);
	put(&b, 0, 1);
	for (size_t i = 0; i < n; i++)
		put(&b, (uint8_t)options[i], 1);
	put_many(&b, 0, (unsigned)(6 - n));
	put_udp(&b);
	return view_cut(&b, LINK_RAW, b.n, wire).ip_bytes;
}

TEST(ip6, L_comes_from_payload_then_jumbo_then_frame)
{
	static const char jumbo[] = "\xc2\x04\x00\x01\x11\x70";	/* 70000 */

	assert_int_equal(L_of(PROTO_HOPOPT, 16, "", 0, 500), 56);
	assert_int_equal(L_of(PROTO_HOPOPT, 16, jumbo, 6, 500), 56);	/* RFC 2675 3: not with a payload length */
	assert_int_equal(L_of(PROTO_HOPOPT, 0, jumbo, 6, 500), 70040);
	assert_int_equal(L_of(PROTO_DSTOPTS, 0, jumbo, 6, 500), 500);	/* its place is hop-by-hop */
	assert_int_equal(L_of(PROTO_HOPOPT, 0, "\xc2\x04\x00\x00\xff\xff", 6, 500), 500);	/* 65535: too small */
	assert_int_equal(L_of(PROTO_HOPOPT, 0, "\xc2\x04\x00\x01\x00\x00", 6, 500), 65576);
	assert_true(L_of(PROTO_HOPOPT, 0, "\xc2\x04\xff\xff\xff\xd7", 6, 500) == UINT32_MAX);
	assert_int_equal(L_of(PROTO_HOPOPT, 0, "\xc2\x04\xff\xff\xff\xd8", 6, 500), 500);	/* no room in L */
	assert_int_equal(L_of(PROTO_HOPOPT, 0, "\xc2\x03\x00\x01\x11", 5, 500), 500);
	assert_int_equal(L_of(PROTO_HOPOPT, 0, "\x00\xc2\x04\x00\x01\x11", 6, 500), 500);	/* runs out */
	assert_int_equal(L_of(PROTO_UDP, 0, "", 0, 500), 500);
	assert_int_equal(L_of(PROTO_NONE, 0, "", 0, 500), 40);
}

TEST(ip6, jumbo_behind_the_options_is_none)
{
	struct build b = { 0 };

	put_ip6(&b, PROTO_HOPOPT, 0);
	put_ext(&b, PROTO_HOPOPT, PROTO_UDP, 0);
	put(&b, 0xc20400011170, 6);
	put(&b, 0, 2);
	assert_int_equal(view_cut(&b, LINK_RAW, b.n, 80000).ip_bytes, 80000);
}

TEST(ip6, jumbo_is_found_behind_other_options)
{
	struct build b = { 0 };

	put_ip6(&b, PROTO_HOPOPT, 0);
	put(&b, PROTO_UDP, 1);
	put(&b, 1, 1);
	put(&b, 0x05020700, 4);		/* router alert */
	put(&b, 0x00, 1);
	put(&b, 0x0100, 2);		/* PadN of nothing */
	put(&b, 0x00, 1);
	put(&b, 0xc20400011170, 6);
	put_udp(&b);
	assert_int_equal(view_cut(&b, LINK_RAW, b.n, 80000).ip_bytes, 70040);
	assert_int_equal(view_cut(&b, LINK_RAW, 55, 70000).ip_bytes, 70000);	/* cut within: the frame */
}
