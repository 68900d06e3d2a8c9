/* view_link.c and link.c: what stands before IP. Each packet below is UDP 53 > 5353, found by its ports. */
#include "build.h"

static void put_udp4(struct build *b)
{
	put_ip4(b, PROTO_UDP, 28);
	put_udp(b);
}

static void put_udp6(struct build *b)
{
	put_ip6(b, PROTO_UDP, 8);
	put_udp(b);
}

/* `before`: the link header. The packet is found behind it, whole; every shorter record says what is missing. */
static void assert_found(const struct build *before, enum wire_link link, int family)
{
	struct build b = *before;
	uint32_t l3 = before->n;
	struct view v;

	if (family == 4)
		put_udp4(&b);
	else
		put_udp6(&b);
	v = view_of(&b, link);
	assert_int_equal(v.family, family);
	assert_int_equal(v.l3_off, l3);
	assert_int_equal(v.stop, VIEW_WHOLE);
	assert_int_equal(v.sport, 53);
	assert_int_equal(v.ip_bytes, family == 4 ? 28 : 48);
	for (uint32_t n = 0; n < l3; n++) {
		v = view_cut(&b, link, n, b.n);
		assert_int_equal(v.stop, VIEW_LINK_SHORT);
		assert_false(v.has & VIEW_HAS_IP);
	}
	v = view_cut(&b, link, l3, b.n);
	assert_int_equal(v.stop, VIEW_IP_SHORT);
}

static void assert_not_ip(const struct build *before, enum wire_link link)
{
	struct build b = *before;
	struct view v;

	put_udp4(&b);
	v = view_of(&b, link);
	assert_int_equal(v.stop, VIEW_NOT_IP);
	assert_false(v.has & VIEW_HAS_IP);
	assert_int_equal(v.family, 0);
}

TEST(link, numbers_of_capture_files)
{
	static const struct { unsigned type; enum wire_link link; const char *name; } t[] = {
		{ 0, LINK_NULL, "NULL" }, { 1, LINK_ETHERNET, "EN10MB" }, { 9, LINK_PPP, "PPP" },
		{ 12, LINK_RAW, "RAW" }, { 14, LINK_RAW, "RAW" },
		{ 50, LINK_PPP_HDLC, "PPP_SERIAL" }, { 51, LINK_PPP_ETHER, "PPP_ETHER" },
		{ 101, LINK_RAW, "RAW" }, { 104, LINK_C_HDLC, "C_HDLC" }, { 108, LINK_LOOP, "LOOP" },
		{ 113, LINK_SLL, "LINUX_SLL" }, { 228, LINK_IPV4, "IPV4" }, { 229, LINK_IPV6, "IPV6" },
		{ 239, LINK_NFLOG, "NFLOG" }, { 276, LINK_SLL2, "LINUX_SLL2" },
	};
	unsigned known = 0;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(wire_link_of(t[i].type), t[i].link);
		assert_string_equal(wire_link_name(t[i].link), t[i].name);
	}
	for (unsigned n = 0; n < 70000; n++)
		known += wire_link_of(n) != LINK_UNKNOWN;
	assert_int_equal(known, sizeof(t) / sizeof(t[0]));
	assert_string_equal(wire_link_name(LINK_UNKNOWN), "unknown");
}

TEST(link, unknown_is_not_ip)
{
	struct build b = { 0 };

	assert_not_ip(&b, LINK_UNKNOWN);
	assert_not_ip(&b, LINK_COUNT);
}

TEST(link, raw_goes_by_version_ipv4_and_ipv6_demand_theirs)
{
	struct build none = { 0 }, four = { 0 }, six = { 0 };
	struct view v;

	assert_found(&none, LINK_RAW, 4);
	assert_found(&none, LINK_RAW, 6);
	assert_found(&none, LINK_IPV4, 4);
	assert_found(&none, LINK_IPV6, 6);
	put_udp4(&four);
	put_udp6(&six);
	assert_int_equal(view_of(&six, LINK_IPV4).stop, VIEW_IP_BAD);
	assert_int_equal(view_of(&four, LINK_IPV6).stop, VIEW_IP_BAD);
	four.p[0] = 0x55;
	v = view_of(&four, LINK_RAW);
	assert_int_equal(v.stop, VIEW_IP_BAD);
	assert_false(v.has & VIEW_HAS_IP);
}

/* 8.0.x.y has the ethertype of IPv4 where an Ethernet header would: only Ethernet goes the short way by it. */
TEST(link, raw_packet_that_looks_like_ethernet_is_raw)
{
	struct build b = { 0 };
	struct view v;

	put_udp4(&b);
	wire_put32(b.p + 12, 0x08004500);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.src4, 0x08004500);
	assert_int_equal(v.sport, 53);
	assert_false(v.has & VIEW_HAS_MAC);
}

TEST(link, ethertype_demands_its_version)
{
	struct build four = { 0 }, six = { 0 };

	put_eth(&four, 0x86dd);
	put_udp4(&four);
	put_eth(&six, 0x0800);
	put_udp6(&six);
	assert_int_equal(view_of(&four, LINK_ETHERNET).stop, VIEW_IP_BAD);
	assert_int_equal(view_of(&six, LINK_ETHERNET).stop, VIEW_IP_BAD);
}

TEST(link, up_to_four_tags_are_looked_through)
{
	static const uint16_t tpid[] = { 0x8100, 0x88a8, 0x9100, 0x8100, 0x8100 };

	for (unsigned tags = 0; tags <= 5; tags++) {
		struct build b = { 0 };
		struct view v;

		put_eth(&b, tags ? tpid[0] : 0x0800);
		for (unsigned i = 0; i < tags; i++) {
			put(&b, 0x2000 + i, 2);
			put(&b, i + 1 < tags ? tpid[i + 1] : 0x0800, 2);
		}
		if (tags <= 4)
			assert_found(&b, LINK_ETHERNET, 4);
		put_udp4(&b);
		v = view_of(&b, LINK_ETHERNET);
		assert_int_equal(v.tags, tags < 4 ? tags : 4);
		assert_true(v.has & VIEW_HAS_MAC);
		for (unsigned i = 0; i < v.tags; i++) {
			assert_int_equal(v.tag_tpid[i], tpid[i]);
			assert_int_equal(v.tag_tci[i], 0x2000 + i);
		}
		assert_int_equal(v.stop, tags <= 4 ? VIEW_WHOLE : VIEW_TOO_MANY_TAGS);
		assert_int_equal(!!(v.has & VIEW_HAS_IP), tags <= 4);
		assert_int_equal(v.ethertype, tags <= 4 ? 0x0800 : 0);
	}
}

TEST(link, other_ethertypes_are_not_ip)
{
	static const uint16_t types[] = { 0, 46, 0x05dc, 0x0801, 0x8847, 0x8863, 0x9200, 0x88cc, 0xffff };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct build b = { 0 };

		put_eth(&b, types[i]);
		assert_not_ip(&b, LINK_ETHERNET);
		put_udp4(&b);
		assert_int_equal(view_of(&b, LINK_ETHERNET).ethertype, types[i]);
	}
}

TEST(link, snap_is_not_looked_through)
{
	struct build b = { 0 };

	put_eth(&b, 36);
	put(&b, 0xaaaa03000000, 6);
	put(&b, 0x0800, 2);
	assert_not_ip(&b, LINK_ETHERNET);
}

TEST(link, arp_is_told_by_28_bytes)
{
	for (unsigned n = 27; n < 30; n++) {
		struct build b = { 0 };
		struct view v;

		put_eth(&b, 0x0806);
		put_many(&b, 0, n);
		v = view_of(&b, LINK_ETHERNET);
		assert_int_equal(!!(v.has & VIEW_HAS_ARP), n >= 28);
		assert_int_equal(v.stop, VIEW_NOT_IP);
	}
}

static void put_pppoe(struct build *b, uint8_t version_type, uint8_t code)
{
	put(b, version_type, 1);
	put(b, code, 1);
	put(b, 7, 2);
	put(b, 30, 2);
}

TEST(link, pppoe_session_data_is_looked_through)
{
	struct build b = { 0 }, tagged = { 0 }, bare = { 0 };

	put_eth(&b, 0x8864);
	put_pppoe(&b, 0x11, 0);
	put(&b, 0x0021, 2);
	assert_found(&b, LINK_ETHERNET, 4);
	put_eth(&tagged, 0x8100);
	put(&tagged, 9, 2);
	put(&tagged, 0x8864, 2);
	put_pppoe(&tagged, 0x11, 0);
	put(&tagged, 0x0057, 2);
	assert_found(&tagged, LINK_ETHERNET, 6);
	put_pppoe(&bare, 0x11, 0);
	put(&bare, 0x57, 1);		/* compressed: RFC 1661 6.5 */
	assert_found(&bare, LINK_PPP_ETHER, 6);
}

TEST(link, other_pppoe_is_not_ip)
{
	static const uint16_t t[][3] = { { 0x12, 0, 0x21 }, { 0x21, 0, 0x21 }, { 0x11, 9, 0x21 }, { 0x11, 0, 0xc021 } };

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct build b = { 0 };

		put_pppoe(&b, (uint8_t)t[i][0], (uint8_t)t[i][1]);
		put(&b, t[i][2], 2);
		assert_not_ip(&b, LINK_PPP_ETHER);
	}
}

TEST(link, ppp_with_and_without_address_and_compression)
{
	static const struct { uint64_t bytes; unsigned n; int family; } t[] = {
		{ 0xff030021, 4, 4 }, { 0x0021, 2, 4 }, { 0x21, 1, 4 }, { 0xff0321, 3, 4 },
		{ 0xff030057, 4, 6 }, { 0x0057, 2, 6 }, { 0x57, 1, 6 }, { 0xff0357, 3, 6 },
	};
	struct build lcp = { 0 };

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct build b = { 0 };

		put(&b, t[i].bytes, t[i].n);
		assert_found(&b, LINK_PPP, t[i].family);
		assert_found(&b, LINK_PPP_HDLC, t[i].family);
	}
	put(&lcp, 0xff03c021, 4);
	assert_not_ip(&lcp, LINK_PPP);
}

TEST(link, cisco_hdlc_has_an_ethertype)
{
	for (unsigned i = 0; i < 2; i++) {
		struct build b = { 0 }, six = { 0 }, keepalive = { 0 };

		put(&b, i ? 0x8f000800 : 0x0f000800, 4);
		assert_found(&b, LINK_C_HDLC, 4);
		assert_found(&b, LINK_PPP_HDLC, 4);
		put(&six, i ? 0x8f0086dd : 0x0f0086dd, 4);
		assert_found(&six, LINK_C_HDLC, 6);
		put(&keepalive, 0x8f008035, 4);
		assert_not_ip(&keepalive, LINK_C_HDLC);
	}
}

TEST(link, cooked_has_an_ethertype_with_tags)
{
	struct build b = { 0 }, tagged = { 0 }, two = { 0 };

	put(&b, 0, 2);
	put(&b, 1, 2);
	put(&b, 6, 2);
	put(&b, 0x0200000000010000, 8);
	tagged = b;
	put(&b, 0x0800, 2);
	assert_found(&b, LINK_SLL, 4);
	put(&tagged, 0x8100, 2);
	put(&tagged, 0x2005, 2);
	put(&tagged, 0x86dd, 2);
	assert_found(&tagged, LINK_SLL, 6);

	put(&two, 0x86dd0000, 4);
	put(&two, 3, 4);
	put(&two, 0x00010006, 4);
	put(&two, 0x0200000000010000, 8);
	assert_found(&two, LINK_SLL2, 6);
}

TEST(link, cooked_frames_of_devices_without_ethertypes_are_not_ip)
{
	static const uint16_t arphrd[] = { 770, 803, 824 };

	for (size_t i = 0; i < 3; i++) {
		struct build one = { 0 }, two = { 0 };

		put(&one, 0, 2);
		put(&one, arphrd[i], 2);
		put_many(&one, 0, 10);
		put(&one, 0x0800, 2);
		assert_not_ip(&one, LINK_SLL);
		put(&two, 0x08000000, 4);
		put(&two, 3, 4);
		put(&two, arphrd[i], 2);
		put_many(&two, 0, 10);
		assert_not_ip(&two, LINK_SLL2);
	}
}

TEST(link, loopback_families_of_every_system)
{
	static const uint32_t six[] = { 10, 24, 28, 30 };
	struct build four = { 0 }, swapped = { 0 }, other = { 0 };

	put(&four, 2, 4);
	assert_found(&four, LINK_NULL, 4);
	assert_found(&four, LINK_LOOP, 4);
	put(&swapped, 0x02000000, 4);
	assert_found(&swapped, LINK_NULL, 4);
	assert_not_ip(&swapped, LINK_LOOP);
	for (size_t i = 0; i < 4; i++) {
		struct build b = { 0 }, s = { 0 };

		put(&b, six[i], 4);
		assert_found(&b, LINK_NULL, 6);
		assert_found(&b, LINK_LOOP, 6);
		put(&s, (uint64_t)six[i] << 24, 4);
		assert_found(&s, LINK_NULL, 6);
	}
	put(&other, 7, 4);
	assert_not_ip(&other, LINK_NULL);
}

static void put_order(struct build *b, uint16_t value, bool big)
{
	put(b, big ? value : (uint16_t)(value << 8 | value >> 8), 2);
}

/* Family, version, resource id; TLVs: a packet header of 8 bytes, an empty one, one of 5 padded to 8, the payload. */
static void put_nflog(struct build *b, uint8_t family, uint16_t payload, bool big)
{
	put(b, family, 1);
	put_many(b, 0, 3);
	put_order(b, 8, big);
	put_order(b, 1, big);
	put_many(b, 0, 4);
	put_order(b, 4, big);
	put_order(b, 3, big);
	put_order(b, 5, big);
	put_order(b, 10, big);
	put_many(b, 0, 4);
	put_order(b, (uint16_t)(4 + payload), big);
	put_order(b, 9, big);
}

TEST(link, nflog_in_either_byte_order)
{
	for (unsigned big = 0; big < 2; big++) {
		struct build four = { 0 }, six = { 0 }, bridge = { 0 };

		put_nflog(&four, 2, 28, big);
		assert_found(&four, LINK_NFLOG, 4);
		put_nflog(&six, 10, 48, big);
		assert_found(&six, LINK_NFLOG, 6);
		put_nflog(&bridge, 7, 28, big);
		assert_not_ip(&bridge, LINK_NFLOG);
		four.p[1] = 1;		/* another version */
		assert_not_ip(&four, LINK_NFLOG);
	}
}

TEST(link, nflog_packet_ends_where_its_field_does)
{
	struct build b = { 0 };
	struct view v;

	put_nflog(&b, 2, 24, false);
	put_udp4(&b);
	put_many(&b, 0, 8);
	v = view_of(&b, LINK_NFLOG);
	assert_true(v.has & VIEW_HAS_IP4);
	assert_false(v.has & VIEW_HAS_PORTS);
	assert_int_equal(v.stop, VIEW_L4_BAD);
}

TEST(link, nflog_without_a_packet_is_not_ip)
{
	struct build b = { 0 }, zero = { 0 };

	put_many(&b, 0, 4);
	put(&b, 0x08000100, 4);
	put_many(&b, 0, 4);
	assert_int_equal(view_of(&b, LINK_NFLOG).stop, VIEW_NOT_IP);
	put(&zero, 0x02000000, 4);
	put(&zero, 0x03000900, 4);	/* a length below its own header */
	assert_not_ip(&zero, LINK_NFLOG);
}
