/* tests/unit/rules/match_test.c - what each match means, on packets that went through view_parse(). */
#include "kit.h"
#include "test.h"

#define YES(body) assert_true(kit_matches(body, &p))
#define NO(body) assert_false(kit_matches(body, &p))

TEST(match, proto_is_the_header_s_number)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	YES("tcp from any to any");
	YES("6 from any to any");
	NO("udp from any to any");
	YES("not udp from any to any");
	YES("{ udp or tcp } from any to any");
	YES("ip from any to any proto tcp");
	YES("ip4 from any to any");
	NO("ip6 from any to any");
	YES("all from any to any");
	NO("0 from any to any");
	p = kit_ip4(0);
	YES("0 from any to any");
	p = kit_ip4(47);
	YES("gre from any to any");
	p = kit_ip6(PROTO_TCP);
	YES("ip6 from any to any");
	NO("ip4 from any to any");
	YES("ip from any to any");
}

/* A next header behind a hop-by-hop header of 8 bytes. */
TEST(match, proto_stands_behind_extension_headers)
{
	struct kit_packet p = kit_ip6(PROTO_HOPOPT);

	p.n = 56;
	p.meta.len_bytes = 56;
	wire_put16(p.bytes + 4, 16);
	p.bytes[40] = PROTO_UDP;
	p.bytes[42] = 1;	/* PadN */
	p.bytes[43] = 4;
	wire_put16(p.bytes + 48, 53);
	wire_put16(p.bytes + 50, 99);
	wire_put16(p.bytes + 52, 8);
	YES("udp from any 53 to any 99");
	NO("hopopt from any to any");
}

TEST(match, ipv4_addresses_compare_under_their_mask)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	YES("ip from 10.0.0.1 to 192.0.2.1");
	NO("ip from 192.0.2.1 to 10.0.0.1");
	YES("ip from 10.0.0.0/31 to any");
	NO("ip from 10.0.0.2/31 to any");
	YES("ip from 10.99.0.1/8 to any");
	YES("ip from 10.9.9.1:255.0.0.255 to any");
	NO("ip from 10.9.9.2:255.0.0.255 to any");
	YES("ip from 0.0.0.0/0 to any");
	YES("ip from 1.1.1.1,2.2.2.2,10.0.0.1 to any");
	NO("ip from 1.1.1.1,2.2.2.2 to any");
	YES("ip from not 1.1.1.1,2.2.2.2 to any");
	YES("ip from { 1.1.1.1 or 10.0.0.1 } to any");
	YES("src-ip 10.0.0.1 dst-ip 192.0.2.0/24");
	NO("src-ip 192.0.2.1");
	NO("ip from ::/0 to any");
	YES("ip from not ::/0 to any");
	kit_src4(&p, 0xffffffff);
	YES("ip from 255.255.255.255 to any");
	YES("ip from 128.0.0.0/1 to any");
	NO("ip from 0.0.0.0/1 to any");
}

TEST(match, a_set_holds_exactly_its_octets)
{
	struct kit_packet p = kit_tcp(TCP_SYN);
	static const bool in[256] = { [1] = true, [63] = true, [64] = true, [65] = true, [128] = true, [254] = true };

	for (uint32_t i = 0; i < 256; i++) {
		kit_src4(&p, 0x01020300 | i);
		assert_int_equal(kit_matches("ip from 9.9.9.9,1.2.3.0/24{254,1,63-65,128} to any", &p), in[i]);
	}
	kit_src4(&p, 0x01020401);
	NO("ip from 1.2.3.0/24{0-255} to any");
	kit_src4(&p, 0x01020382);
	YES("ip from 1.2.3.128/25{130} to any");
	NO("ip from 1.2.3.128/25{131} to any");
}

TEST(match, ipv6_addresses_compare_under_their_mask)
{
	struct kit_packet p = kit_tcp6(TCP_SYN);

	YES("ip from 2001:db8::1 to 2001:db8::2");
	NO("ip from 2001:db8::2 to 2001:db8::1");
	YES("ip from 2001:db8::/127 to any");
	NO("ip from 2001:db8::/128 to any");
	YES("ip from 2001:db8::ffff/64 to any");
	NO("ip from 2001:db8:0:1::/64 to any");
	YES("ip from 2001:db8::1,::1 to any");
	YES("ip from 2fff::1/f000::ffff to any");
	NO("ip from 2fff::2/f000::ffff to any");
	YES("src-ip6 2001:db8::/32 dst-ip6 ::2/::ffff");
	YES("ip from ::/0 to any");
	NO("ip from 0.0.0.0/0 to any");
	YES("ip from not 10.0.0.1 to any");
	YES("ip from { 10.0.0.1 or 2001:db8::1 } to any");
}

TEST(match, ports_are_those_of_four_protocols)
{
	static const uint8_t with[] = { PROTO_TCP, PROTO_UDP, PROTO_UDPLITE, PROTO_SCTP };
	static const uint8_t without[] = { PROTO_ICMP, PROTO_GRE, PROTO_ESP, 33, 0, 255 };

	for (size_t i = 0; i < sizeof(with); i++) {
		struct kit_packet p = kit_tcp(0);

		p.bytes[9] = with[i];
		YES("ip from any 4000 to any 80");
		NO("ip from any 80 to any 4000");
		NO("ip from any to any not 80");
		YES("src-port 1-3999,4000 dst-port http");
		NO("src-port 1-3999,4001-65535");
	}
	for (size_t i = 0; i < sizeof(without); i++) {
		struct kit_packet p = kit_tcp(0);

		p.bytes[9] = without[i];
		NO("ip from any 4000 to any");
		NO("dst-port 0-65535");
		YES("not dst-port 80");
		YES("ip from any to any not 80");
	}
}

/* Where the transport header is not all there, or not there at all, every match on it is false and its `not` true. */
TEST(match, what_is_not_there_is_false_and_its_not_true)
{
	static const char *const on_tcp[] = { "dst-port 0-65535", "src-port 0-65535", "setup", "established",
		"tcpflags !urg" };
	struct kit_packet later = kit_tcp(TCP_ACK), cut = kit_tcp(TCP_ACK), udp = kit_udp(1, 2);
	char negated[64];

	kit_frag(&later, 0x2003);
	cut.n = 36;
	for (size_t i = 0; i < sizeof(on_tcp) / sizeof(*on_tcp); i++) {
		snprintf(negated, sizeof(negated), "not %s", on_tcp[i]);
		assert_false(kit_matches(on_tcp[i], &later));
		assert_true(kit_matches(negated, &later));
		assert_false(kit_matches(on_tcp[i], &cut));
		assert_true(kit_matches(negated, &cut));
		assert_int_equal(kit_matches(on_tcp[i], &udp), i < 2);
	}
	assert_true(kit_matches("tcp from 10.0.0.1 to 192.0.2.1", &later));
	assert_true(kit_matches("tcp from 10.0.0.1 to 192.0.2.1", &cut));
}

/* The first fragment has them. */
TEST(match, a_first_fragment_has_its_ports_and_flags)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	kit_frag(&p, 0x2000);
	YES("tcp from any 4000 to any 80 setup");
	NO("frag");
	YES("frag mf");
}

/* With layer 2, frames that are not IP meet the rules too: `ip` is true for them, what asks for IP is not. */
TEST(match, a_frame_that_is_not_ip_has_nothing_of_ip)
{
	struct kit_packet p = kit_ip4(0);

	p.link = LINK_ETHERNET;
	memset(p.bytes, 0, sizeof(p.bytes));
	wire_put16(p.bytes + 12, 0x0806);
	p.meta.layer2 = 1;
	YES("ip from any to any in");
	NO("ip4 from any to any");
	NO("ip6 from any to any");
	NO("0 from any to any");
	NO("ipttl 0-255");
	NO("ip from 0.0.0.0/0 to any");
	NO("ip from any to ::/0");
	NO("frag !df,!mf");
	NO("frag");
	NO("ipver 4");
}

TEST(match, direction)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	YES("in");
	NO("out");
	NO("not in");
	YES("{ out or in }");
	p.meta.dir = META_OUT;
	NO("in");
	YES("out");
	YES("not in");
}

/* All 256 combinations of flags, against the sentences of the reference. */
TEST(match, tcp_flags_over_all_combinations)
{
	for (unsigned f = 0; f < 256; f++) {
		struct kit_packet p = kit_tcp((uint8_t)f);
		bool syn = f & 2, ack = f & 16, rst = f & 4, fin = f & 1, psh = f & 8, urg = f & 32;
		bool ece = f & 64, cwr = f & 128;

		assert_int_equal(kit_matches("setup", &p), syn && !ack);
		assert_int_equal(kit_matches("established", &p), !(syn && !ack && !rst));
		assert_int_equal(kit_matches("tcpflags syn", &p), syn);
		assert_int_equal(kit_matches("tcpflags !rst,fin", &p), !rst && fin);
		assert_int_equal(kit_matches("tcpflags psh,urg,ece,cwr", &p), psh && urg && ece && cwr);
		assert_int_equal(kit_matches("not tcpflags !psh,!urg,!ece,!cwr,!ack", &p),
			psh || urg || ece || cwr || ack);
	}
}

TEST(match, icmp_types)
{
	for (unsigned t = 0; t < 256; t++) {
		struct kit_packet p = kit_icmp((uint8_t)t);

		assert_int_equal(kit_matches("icmptypes 0,3-5,echo,31", &p),
			t == 0 || (t >= 3 && t <= 5) || t == 8 || t == 31);
	}
}

TEST(match, icmp_types_are_those_of_icmp_for_ipv4)
{
	struct kit_packet p = kit_ip6(PROTO_ICMP6);

	p.bytes[40] = 1;
	NO("icmptypes 0-31");
	p = kit_icmp(8);
	kit_frag(&p, 1);
	NO("icmptypes 0-31");
	p = kit_udp(8, 8);
	NO("icmptypes 0-31");
}

TEST(match, length_and_ttl)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	YES("iplen 40");
	NO("iplen 0-39,41-65535");
	p.meta.len_bytes = 70000;	/* longer than the language can name */
	NO("iplen 0-65535");
	YES("not iplen 0-65535");
	YES("ipttl 64");
	NO("ipttl 0-63,65-255");
	p = kit_tcp6(TCP_SYN);
	p.bytes[7] = 255;
	YES("ipttl 255");
	YES("iplen 60");
}

TEST(match, version)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	YES("ipver 4");
	NO("ipversion 6");
	p = kit_tcp6(TCP_SYN);
	YES("ipversion 6");
	NO("ipver 4");
}

TEST(match, fragments_of_ipv4)
{
	static const struct { uint16_t field; bool df, mf, rf, offset; } cases[] = {
		{ 0, 0, 0, 0, 0 }, { 0x4000, 1, 0, 0, 0 }, { 0x2000, 0, 1, 0, 0 }, { 0x8000, 0, 0, 1, 0 },
		{ 0x0001, 0, 0, 0, 1 }, { 0x2001, 0, 1, 0, 1 }, { 0xffff, 1, 1, 1, 1 }, { 0x1fff, 0, 0, 0, 1 },
		{ 0x6000, 1, 1, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kit_packet p = kit_tcp(TCP_ACK);

		kit_frag(&p, cases[i].field);
		assert_int_equal(kit_matches("frag", &p), cases[i].offset);
		assert_int_equal(kit_matches("frag df", &p), cases[i].df);
		assert_int_equal(kit_matches("frag mf", &p), cases[i].mf);
		assert_int_equal(kit_matches("frag rf", &p), cases[i].rf);
		assert_int_equal(kit_matches("frag offset", &p), cases[i].offset);
		assert_int_equal(kit_matches("frag !df,mf", &p), !cases[i].df && cases[i].mf);
		assert_int_equal(kit_matches("frag !offset", &p), !cases[i].offset);
	}
}

/* Bare frag asks both families; the bits are IPv4's alone. */
TEST(match, fragments_of_ipv6)
{
	struct kit_packet p = kit_ip6(PROTO_FRAGMENT);

	p.n = 64;
	p.meta.len_bytes = 64;
	wire_put16(p.bytes + 4, 24);
	p.bytes[40] = PROTO_UDP;
	wire_put16(p.bytes + 42, 185 << 3 | 1);	/* offset 1480, more to come */
	YES("frag");
	NO("frag mf");
	NO("frag offset");
	YES("not frag !offset");
	YES("udp from any to any");
	NO("dst-port 0-65535");
	wire_put16(p.bytes + 42, 1);
	NO("frag");
	NO("frag mf");
	YES("dst-port 0");
}
