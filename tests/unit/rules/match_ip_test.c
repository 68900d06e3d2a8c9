/* Matches on fields of the IP headers: match_ip.c, match_tos.c, match_ip_opt.c, match_ip6.c, match_icmp.c,
 * match_malformed.c. Bytes are laid out as RFC 791, 2474, 3168, 8200 and 4443 draw them. */
#include "kit.h"
#include "test.h"

#define YES(body) assert_true(kit_matches(body, &p))
#define NO(body) assert_false(kit_matches(body, &p))

TEST(match_ip, ipid_is_ipv4_s)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	wire_put16(p.bytes + 4, 0xabcd);
	YES("ipid 43981");
	YES("ipid 1,43000-44000");
	NO("ipid 0-43980,43982-65535");
	kit_frag(&p, 0x2005);
	YES("ipid 0xabcd");
	p = kit_tcp6(TCP_SYN);
	NO("ipid 0-65535");
	YES("not ipid 0-65535");
}

/* The byte's 256 values against the sentences of the reference. */
TEST(match_ip, services_are_bits_of_one_byte)
{
	for (unsigned tos = 0; tos < 256; tos++) {
		struct kit_packet p = kit_tcp(TCP_SYN);
		unsigned ecn = tos & 3;

		p.bytes[1] = (uint8_t)tos;
		assert_int_equal(kit_matches("iptos lowdelay", &p), tos >> 4 & 1);
		assert_int_equal(kit_matches("iptos throughput,!reliability", &p), (tos >> 3 & 1) && !(tos >> 2 & 1));
		assert_int_equal(kit_matches("iptos mincost", &p), tos >> 1 & 1);
		assert_int_equal(kit_matches("iptos ecntransport", &p), ecn >= 2);
		assert_int_equal(kit_matches("iptos congestion", &p), ecn == 3);
		assert_int_equal(kit_matches("iptos !congestion", &p), ecn == 0);
		assert_int_equal(kit_matches("ipprecedence 5", &p), tos / 32 == 5);
	}
}

/* RFC 2597 6 gives the numbers of af, RFC 3246 that of ef, RFC 2474 4.2.2 cs. */
TEST(match_ip, codepoints_have_the_numbers_of_their_rfcs)
{
	static const struct { const char *name; unsigned code; } known[] = {
		{ "be", 0 }, { "cs1", 010 }, { "cs2", 020 }, { "cs3", 030 }, { "cs4", 040 }, { "cs5", 050 },
		{ "cs6", 060 }, { "cs7", 070 }, { "af11", 012 }, { "af12", 014 }, { "af13", 016 }, { "af21", 022 },
		{ "af22", 024 }, { "af23", 026 }, { "af31", 032 }, { "af32", 034 }, { "af33", 036 }, { "af41", 042 },
		{ "af42", 044 }, { "af43", 046 }, { "ef", 056 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		char body[32];

		snprintf(body, sizeof(body), "dscp %s", known[i].name);
		for (unsigned code = 0; code < 64; code++) {
			struct kit_packet four = kit_tcp(0), six = kit_tcp6(0);

			four.bytes[1] = (uint8_t)(code << 2 | 2);
			wire_put16(six.bytes, (uint16_t)(0x6000 | code << 6 | 2 << 4));	/* version, class, label */
			assert_int_equal(kit_matches(body, &four), code == known[i].code);
			assert_int_equal(kit_matches(body, &six), code == known[i].code);
		}
	}
}

/* What asks for the byte of IPv4 is not asked of IPv6, nor of frames that are not IP. */
TEST(match_ip, class_of_traffic_is_asked_of_its_family)
{
	struct kit_packet p = kit_tcp6(0);

	wire_put16(p.bytes, 0x6ff0);
	NO("iptos lowdelay");
	YES("not iptos lowdelay");
	NO("iptos !lowdelay");
	NO("ipprecedence 7");
	YES("dscp 63");
	p = kit_ip4(0);
	p.link = LINK_ETHERNET;
	memset(p.bytes, 0, sizeof(p.bytes));
	wire_put16(p.bytes + 12, 0x0806);
	NO("dscp 0-63");
	NO("iptos !lowdelay");
	NO("ipprecedence 0");
	NO("ipid 0");
	NO("ipoptions !rr");
	NO("malformed");
}

/* 40 bytes of header: NOP, then an option of each kind given, the end of the list. */
static struct kit_packet with_options(const uint8_t *opts, size_t n)
{
	struct kit_packet p = kit_ip4(PROTO_UDP);

	memmove(p.bytes + 40, p.bytes + 20, 8);
	memset(p.bytes + 20, 0, 20);
	memcpy(p.bytes + 20, opts, n);
	p.bytes[0] = 0x4a;
	wire_put16(p.bytes + 2, 48);
	p.n = 48;
	return p;
}

TEST(match_ip, options_are_found_by_kind)
{
	struct kit_packet p = with_options((const uint8_t[]){ 1, 7, 7, 4, 0, 0, 0, 0, 131, 3, 4, 0 }, 12);

	YES("ipoptions rr,lsrr");
	YES("ipoptions rr,!ssrr,!ts");
	NO("ipoptions ssrr");
	NO("ipoptions rr,ssrr");
	NO("ipoptions !lsrr");
	p = with_options((const uint8_t[]){ 137, 3, 4, 68, 4, 5, 0, 0 }, 8);
	YES("ipoptions ssrr,ts,!rr,!lsrr");
	/* behind the end of the list there is padding, whatever it looks like */
	p = with_options((const uint8_t[]){ 7, 3, 4, 0, 68, 4, 5, 0 }, 8);
	YES("ipoptions rr,!ts");
	/* a length that cannot be ends the walk */
	p = with_options((const uint8_t[]){ 7, 3, 4, 131, 1, 68, 4, 5, 0 }, 9);
	YES("ipoptions rr,!ts,!lsrr");
	p = kit_tcp(0);
	YES("ipoptions !rr,!lsrr,!ssrr,!ts");
	NO("ipoptions rr");
	p = kit_tcp6(0);
	NO("ipoptions !rr");
	YES("not ipoptions rr");
}

TEST(match_ip, options_stand_in_later_fragments_too)
{
	struct kit_packet p = with_options((const uint8_t[]){ 131, 3, 4, 0 }, 4);

	kit_frag(&p, 0x0003);
	YES("frag ipoptions lsrr");
	NO("ipoptions !lsrr");
}

/* An IPv6 packet whose headers follow each other as `chain` names them, 8 bytes each, then UDP. */
static struct kit_packet with_headers(const uint8_t *chain, size_t n, uint8_t route_type)
{
	struct kit_packet p = kit_ip6(n ? chain[0] : PROTO_UDP);

	for (size_t i = 0; i < n; i++) {
		uint8_t *h = p.bytes + 40 + 8 * i;

		memset(h, 0, 8);
		h[0] = i + 1 < n ? chain[i + 1] : PROTO_UDP;
		if (chain[i] == PROTO_ROUTING)
			h[2] = route_type;
		else if (chain[i] == PROTO_AH)
			h[1] = 0;	/* (0 + 2) * 4 bytes: RFC 4302 2.2 */
		else if (chain[i] != PROTO_FRAGMENT)
			h[2] = 1, h[3] = 4;	/* PadN */
	}
	p.n = (uint32_t)(48 + 8 * n);
	memset(p.bytes + p.n - 8, 0, 8);
	wire_put16(p.bytes + 4, (uint16_t)(p.n - 40));
	p.meta.len_bytes = p.n;
	return p;
}

TEST(match_ip, extension_headers_are_those_on_the_way)
{
	static const uint8_t all[] = { PROTO_HOPOPT, PROTO_DSTOPTS, PROTO_ROUTING, PROTO_FRAGMENT, PROTO_AH };
	struct kit_packet p = with_headers(all, 5, 0);

	YES("udp from any to any");
	YES("ext6hdr hopopt");
	YES("ext6hdr dstopt");
	YES("ext6hdr route");
	YES("ext6hdr rthdr0");
	NO("ext6hdr rthdr2");
	YES("ext6hdr frag");
	YES("ext6hdr ah");
	NO("ext6hdr esp");
	YES("ext6hdr esp,ah");	/* any of them */
	p = with_headers(all + 2, 1, 2);
	YES("ext6hdr rthdr2");
	NO("ext6hdr rthdr0");
	NO("ext6hdr frag,hopopt,dstopt,ah");
	p = with_headers(all + 2, 1, 4);	/* RFC 8754 */
	YES("ext6hdr route");
	NO("ext6hdr rthdr0,rthdr2");
	p = kit_ip6(PROTO_ESP);
	YES("ext6hdr esp");
	p = kit_ip6(PROTO_UDP);
	NO("ext6hdr frag,hopopt,route,rthdr0,rthdr2,dstopt,ah,esp");
	p = kit_ip4(PROTO_AH);
	NO("ext6hdr ah");
	YES("not ext6hdr ah");
}

TEST(match_ip, extension_headers_before_a_cut_are_seen)
{
	struct kit_packet p = with_headers((const uint8_t[]){ PROTO_HOPOPT, PROTO_ROUTING }, 2, 0);

	p.wire_bytes = p.n;
	p.n = 50;
	YES("ext6hdr hopopt");
	NO("ext6hdr route");
	NO("malformed");
	p.wire_bytes = 0;
	YES("malformed");
}

TEST(match_ip, flow_labels_are_20_bits)
{
	struct kit_packet p = kit_tcp6(0);

	wire_put32(p.bytes, 0x6ff12345);
	YES("flow-id 74565");
	YES("flow-id 1,0x12345");
	NO("flow-id 0,1,74564,1048575");
	p = kit_tcp6(0);
	YES("flow-id 0");
	p = kit_tcp(0);
	NO("flow-id 0");
	YES("not flow-id 0");
}

/* RFC 4443, 4861: echo request is 128; and types of ICMP mean nothing there. */
TEST(match_ip, icmp6_types)
{
	for (unsigned t = 0; t < 256; t++) {
		struct kit_packet p = kit_ip6(PROTO_ICMP6);

		p.bytes[40] = (uint8_t)t;
		assert_int_equal(kit_matches("icmp6types 1,3-5,echo-request,neighbor-solicit,redirect,201", &p),
			t == 1 || (t >= 3 && t <= 5) || t == 128 || t == 135 || t == 137 || t == 201);
		assert_false(kit_matches("icmptypes 0-31", &p));
	}
}

TEST(match_ip, icmp6_types_are_those_of_ipv6)
{
	struct kit_packet p = kit_icmp(1);

	NO("icmp6types 0-201");
	p = kit_ip4(PROTO_ICMP6);
	NO("icmp6types 0-201");
	p = kit_ip6(PROTO_ICMP);
	NO("icmp6types 0-201");
	p = kit_ip6(PROTO_ICMP6);
	p.n = 43;
	NO("icmp6types 0-201");
}

/* The reference's list, one by one; a record the snapshot length cut is not malformed. */
TEST(match_ip, malformed_is_what_ipfw_drops_unseen)
{
	static const struct { uint8_t proto; uint32_t need; } fixed[] = {
		{ PROTO_TCP, 20 }, { PROTO_UDP, 8 }, { PROTO_UDPLITE, 8 }, { PROTO_ICMP, 4 }, { PROTO_SCTP, 12 },
	};
	struct kit_packet p;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		p = kit_tcp(TCP_SYN);
		p.bytes[9] = fixed[i].proto;
		NO("malformed");
		p.n = 20 + fixed[i].need;
		NO("malformed");
		p.n--;
		YES("malformed");
		p.wire_bytes = 40;
		NO("malformed");
		p = kit_tcp(TCP_SYN);
		p.bytes[9] = fixed[i].proto;
		wire_put16(p.bytes + 2, (uint16_t)(20 + fixed[i].need - 1));	/* outside of L */
		YES("malformed");
	}
	p = kit_tcp(TCP_SYN);
	kit_frag(&p, 1);	/* offset 8: RFC 3128 */
	YES("malformed");
	kit_frag(&p, 2);
	NO("malformed");
	YES("not malformed");
	p = with_headers((const uint8_t[]){ PROTO_DSTOPTS, PROTO_HOPOPT }, 2, 0);	/* not first: RFC 8200 4.1 */
	YES("malformed");
}

TEST(match_ip, fib_is_the_packet_s_table)
{
	struct kit_packet p = kit_tcp(0);

	YES("fib 0");
	NO("fib 1");
	p.meta.fib = 65535;
	YES("fib 65535");
	YES("not fib 0");
}
