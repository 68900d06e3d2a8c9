/* decode.h: laws over random bytes for every header; for each one example whose numbers were read off the RFC's
 * drawing; and what encode refuses. */
#include "wire_headers.h"

#include <stdlib.h>

#include "test.h"

static uint64_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33 | *state << 31;
}

/* Random bytes seldom are a header: its first bytes are set to what is likely to be one. */
static void likely_first(const struct header *t, uint8_t *p, uint64_t dice)
{
	if (t->decode == decode_ip4hdr)
		p[0] = (uint8_t)(0x45 + dice % 11);
	if (t->decode == decode_ip6hdr)
		p[0] = (uint8_t)(0x60 | dice % 16);
	if (t->decode == decode_pppoe)
		p[0] = 0x11;
	if (t->decode == decode_arp)
		memcpy(p, "\0\1\10\0\6\4", 6);
	if (t->decode == decode_tcp)
		p[12] = (uint8_t)(0x50 + dice % 176);
	if (t->encode == encode_ext)
		p[1] = (uint8_t)(dice % 16);
}

TEST(decode, laws_hold_for_random_bytes)
{
	uint64_t dice = 7;

	for (size_t k = 0; k < HEADERS; k++) {
		unsigned decoded = 0;

		for (unsigned i = 0; i < 800; i++) {
			size_t n = next(&dice) % 140;
			uint8_t *p = malloc(n + 16);
			union any_header h;
			const char *broken;

			assert_non_null(p);
			for (size_t at = 0; at < n + 16; at++)
				p[at] = (uint8_t)next(&dice);
			likely_first(&headers[k], p, next(&dice));
			p = realloc(p, n ? n : 1);	/* ends where its memory ends */
			assert_non_null(p);
			broken = header_law(&headers[k], p, n);
			if (broken)
				fail_msg("%s: %s", headers[k].name, broken);
			decoded += headers[k].decode(&h, p, n) > 0;
			free(p);
		}
		assert_true(decoded > 200);
	}
}

TEST(decode, every_shorter_header_is_damaged)
{
	static const uint8_t zeros[60];
	union any_header h;

	for (size_t k = 0; k < HEADERS; k++)
		assert_int_equal(headers[k].decode(&h, zeros, 0), ERR_DAMAGED);
}

TEST(decode, ethernet_and_tag)
{
	static const uint8_t p[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0x00, 0xb0, 0x07, 0x08, 0x00 };
	struct wire_eth eth;
	struct wire_tag tag;
	char text[100];

	assert_int_equal(wire_eth_decode(&eth, p, sizeof(p)), 14);
	assert_memory_equal(eth.dst, p, 6);
	assert_memory_equal(eth.src, p + 6, 6);
	assert_int_equal(eth.type, 0x8100);
	assert_int_equal(wire_tag_decode(&tag, p + 14, 4), 4);
	assert_int_equal(tag.pcp, 5);
	assert_true(tag.dei);
	assert_int_equal(tag.vid, 7);
	assert_int_equal(tag.type, 0x0800);
	wire_eth_print(&eth, text, sizeof(text));
	assert_string_equal(text, "eth 02:00:00:00:00:02 > 02:00:00:00:00:01 type 0x8100");
	wire_tag_print(&tag, text, sizeof(text));
	assert_string_equal(text, "vlan 7 pcp 5 dei type 0x0800");
}

TEST(decode, pppoe)
{
	static const uint8_t p[] = { 0x11, 0x09, 0x12, 0x34, 0x00, 0x10 };
	struct wire_pppoe h;

	assert_int_equal(wire_pppoe_decode(&h, p, sizeof(p)), 6);
	assert_int_equal(h.code, 9);
	assert_int_equal(h.session, 0x1234);
	assert_int_equal(h.payload_bytes, 16);
}

TEST(decode, cooked)
{
	static const uint8_t one[] = { 0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00 };
	static const uint8_t two[] = { 0x86, 0xdd, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0 };
	struct wire_sll h;
	struct wire_sll2 h2;
	char text[100];

	assert_int_equal(wire_sll_decode(&h, one, sizeof(one)), 16);
	assert_int_equal(h.packet_type, 4);
	assert_int_equal(h.arphrd, 1);
	assert_int_equal(h.addr_bytes, 6);
	assert_memory_equal(h.addr, one + 6, 8);
	assert_int_equal(h.protocol, 0x0800);
	wire_sll_print(&h, text, sizeof(text));
	assert_string_equal(text, "sll kind 4 arphrd 1 from 02:00:00:00:00:01 protocol 0x0800");
	assert_int_equal(wire_sll2_decode(&h2, two, sizeof(two)), 20);
	assert_int_equal(h2.protocol, 0x86dd);
	assert_int_equal(h2.ifindex, 3);
	assert_int_equal(h2.arphrd, 1);
	assert_int_equal(h2.packet_type, 4);
	assert_int_equal(h2.addr_bytes, 6);
	assert_memory_equal(h2.addr, two + 12, 8);
}

TEST(decode, arp)
{
	static const uint8_t p[] = {
		0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 9, 10, 0, 0, 2,
	};
	uint8_t other[28];
	struct wire_arp h;
	char text[100];

	assert_int_equal(wire_arp_decode(&h, p, sizeof(p)), 28);
	assert_int_equal(h.op, 1);
	assert_memory_equal(h.sender_mac, p + 8, 6);
	assert_memory_equal(h.target_mac, p + 18, 6);
	assert_int_equal(h.sender_ip, 0x0a000001);
	assert_int_equal(h.target_ip, 0x0a000002);
	wire_arp_print(&h, text, sizeof(text));
	assert_string_equal(text, "arp who has 10.0.0.2, tell 10.0.0.1 at 02:00:00:00:00:01");
	for (unsigned i = 0; i < 6; i++) {
		memcpy(other, p, sizeof(p));
		other[i] ^= 2;
		assert_int_equal(wire_arp_decode(&h, other, sizeof(other)), ERR_DAMAGED);
	}
}

TEST(decode, ip4_with_options)
{
	static const uint8_t p[] = {
		0x46, 0xb8, 0x05, 0xdc, 0x12, 0x34, 0x20, 0xb9, 0x40, 0x11, 0xab, 0xcd, 10, 0, 0, 1, 192, 0, 2, 9,
		148, 4, 0, 0,
	};
	struct wire_ip4hdr h;
	struct wire_opt o;
	size_t at = 0;
	char text[200];

	assert_int_equal(wire_ip4hdr_decode(&h, p, sizeof(p)), 24);
	assert_int_equal(h.tos, 0xb8);
	assert_int_equal(h.total_bytes, 1500);
	assert_int_equal(h.id, 0x1234);
	assert_true(h.mf && !h.df && !h.rf);
	assert_int_equal(h.frag_off_bytes, 1480);
	assert_int_equal(h.ttl, 64);
	assert_int_equal(h.proto, 17);
	assert_int_equal(h.checksum, 0xabcd);
	assert_int_equal(h.src, 0x0a000001);
	assert_int_equal(h.dst, 0xc0000209);
	assert_int_equal(h.options_bytes, 4);
	assert_int_equal(wire_opt_next(&o, h.options, h.options_bytes, &at), 1);
	assert_int_equal(o.kind, IP4_OPT_ALERT);
	wire_ip4hdr_print(&h, text, sizeof(text));
	assert_string_equal(text,
		"ip 10.0.0.1 > 192.0.2.9 proto 17 ttl 64 tos 0xb8 length 1500 id 4660 mf offset 1480 options 4");
}

TEST(decode, ip4_that_contradicts_itself_is_damaged)
{
	static const struct { uint8_t first; uint16_t total; bool good; } t[] = {
		{ 0x45, 20, true }, { 0x45, 0, true }, { 0x45, 19, false }, { 0x44, 20, false }, { 0x55, 20, false },
		{ 0x4f, 60, true }, { 0x4f, 59, false }, { 0x4f, 0, true }, { 0x40, 0, false },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint8_t p[60] = { t[i].first };
		struct wire_ip4hdr h;

		wire_put16(p + 2, t[i].total);
		assert_int_equal(wire_ip4hdr_decode(&h, p, sizeof(p)) > 0, t[i].good);
	}
}

TEST(decode, ip6_and_its_extensions)
{
	static const uint8_t p[] = {
		0x6b, 0x81, 0x23, 0x45, 0x00, 0x20, 0x3c, 0x40,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	};
	static const uint8_t ext[] = { 44, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t ah[] = { 6, 1, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9 }, ah_short[] = { 6, 0, 0, 0, 0, 0, 0, 7 };
	static const uint8_t frag[] = { 6, 0, 0x05, 0xc9, 0x12, 0x34, 0x56, 0x78 };
	struct wire_ip6hdr h;
	struct wire_ext e;
	struct wire_frag6 f;
	char text[200];

	assert_int_equal(wire_ip6hdr_decode(&h, p, sizeof(p)), 40);
	assert_int_equal(h.tclass, 0xb8);
	assert_int_equal(h.flow_label, 0x12345);
	assert_int_equal(h.payload_bytes, 32);
	assert_int_equal(h.next, PROTO_DSTOPTS);
	assert_int_equal(h.hop_limit, 64);
	assert_true(h.src[0] == 0x20010db800000000 && h.src[1] == 1 && h.dst[0] == 0xfe80000000000000 && h.dst[1] == 2);
	wire_ip6hdr_print(&h, text, sizeof(text));
	assert_string_equal(text,
		"ip6 2001:db8::1 > fe80::2 next 60 hop limit 64 class 0xb8 payload 32 flow 0x12345");
	assert_int_equal(wire_ext_decode(&e, PROTO_DSTOPTS, ext, sizeof(ext)), 16);
	assert_int_equal(e.next, PROTO_FRAGMENT);
	assert_int_equal(e.body_bytes, 14);
	assert_ptr_equal(e.body, ext + 2);
	assert_int_equal(wire_ext_decode(&e, PROTO_AH, ah, sizeof(ah)), 12);
	wire_ext_print(&e, text, sizeof(text));
	assert_string_equal(text, "ah length 12 next 6 spi 0x00000007 seq 9");
	assert_int_equal(wire_ext_decode(&e, PROTO_AH, ah_short, sizeof(ah_short)), ERR_DAMAGED);
	assert_int_equal(wire_ext_decode(&e, PROTO_TCP, ext, sizeof(ext)), ERR_DAMAGED);
	assert_int_equal(wire_ext_decode(&e, PROTO_FRAGMENT, frag, sizeof(frag)), ERR_DAMAGED);	/* has its own */
	assert_int_equal(wire_frag6_decode(&f, frag, sizeof(frag)), 8);
	assert_int_equal(f.next, PROTO_TCP);
	assert_int_equal(f.off_bytes, 1480);
	assert_true(f.more);
	assert_int_equal(f.id, 0x12345678);
}

TEST(decode, tcp)
{
	static const uint8_t p[] = {
		0x1f, 0x90, 0x00, 0x50, 1, 2, 3, 4, 5, 6, 7, 8, 0x61, 0x12, 0x72, 0x10, 0xab, 0xcd, 0, 1,
		2, 4, 5, 0xb4,
	};
	struct wire_tcp h;
	char text[200];

	assert_int_equal(wire_tcp_decode(&h, p, sizeof(p)), 24);
	assert_int_equal(h.sport, 8080);
	assert_int_equal(h.dport, 80);
	assert_int_equal(h.seq, 0x01020304);
	assert_int_equal(h.ack, 0x05060708);
	assert_int_equal(h.reserved, 1);
	assert_int_equal(h.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(h.win, 0x7210);
	assert_int_equal(h.checksum, 0xabcd);
	assert_int_equal(h.urgent, 1);
	assert_int_equal(h.options_bytes, 4);
	wire_tcp_print(&h, text, sizeof(text));
	assert_string_equal(text, "tcp 8080 > 80 S. seq 16909060 ack 84281096 win 29200 mss 1460");
	for (unsigned words = 0; words < 16; words++) {
		uint8_t q[60] = { [12] = (uint8_t)(words << 4) };

		assert_int_equal(wire_tcp_decode(&h, q, sizeof(q)), words < 5 ? ERR_DAMAGED : (int)words * 4);
	}
}

TEST(decode, udp_udplite_sctp_icmp)
{
	static const uint8_t p[] = { 0, 53, 0x14, 0xe9, 0, 12, 0xab, 0xcd };
	static const uint8_t s[] = { 0, 7, 0, 9, 1, 2, 3, 4, 0x78, 0x56, 0x34, 0x12 };
	static const uint8_t echo[] = { 8, 0, 0xab, 0xcd, 0x12, 0x34, 0, 5 };
	struct wire_udp udp;
	struct wire_udplite lite;
	struct wire_sctp sctp;
	struct wire_icmp icmp;
	char text[100];

	assert_int_equal(wire_udp_decode(&udp, p, sizeof(p)), 8);
	assert_int_equal(udp.sport, 53);
	assert_int_equal(udp.dport, 5353);
	assert_int_equal(udp.len_bytes, 12);
	assert_int_equal(udp.checksum, 0xabcd);
	assert_int_equal(wire_udplite_decode(&lite, p, sizeof(p)), 8);
	assert_int_equal(lite.coverage_bytes, 12);
	assert_int_equal(lite.dport, 5353);
	assert_int_equal(wire_sctp_decode(&sctp, s, sizeof(s)), 12);
	assert_int_equal(sctp.sport, 7);
	assert_int_equal(sctp.dport, 9);
	assert_int_equal(sctp.tag, 0x01020304);
	assert_int_equal(sctp.checksum, 0x12345678);
	assert_int_equal(wire_icmp_decode(&icmp, echo, sizeof(echo)), 8);
	assert_int_equal(icmp.type, 8);
	assert_int_equal(icmp.checksum, 0xabcd);
	assert_int_equal(icmp.rest, 0x12340005);
	wire_icmp_print(&icmp, text, sizeof(text));
	assert_string_equal(text, "icmp echo request id 4660 seq 5");
	wire_icmp6_print(&icmp, text, sizeof(text));
	assert_string_equal(text, "icmp6 type 8 code 0 rest 0x12340005");
}

/* An INIT of RFC 9260's form: the checksum in the header is what wire_crc32c() gives with zeros in its place. */
TEST(decode, sctp_checksum_is_what_crc32c_computes)
{
	uint8_t p[12 + 20] = { 0x0b, 0x59, 0x0b, 0x59, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 20 };
	struct wire_sctp h;

	assert_int_equal(wire_sctp_decode(&h, p, sizeof(p)), 12);
	h.checksum = wire_crc32c(p, sizeof(p), 0);
	assert_int_equal(wire_sctp_encode(p, sizeof(p), &h), 12);
	assert_int_equal(p[8], h.checksum & 255);	/* little-endian: RFC 9260 A */
	assert_int_equal(p[11], h.checksum >> 24);
}

TEST(encode, what_a_header_cannot_hold_is_refused)
{
	uint8_t p[100], large[2100];
	const uint8_t body[2100] = { 0 };
	struct wire_ext e = { .proto = PROTO_DSTOPTS, .body = body };

	assert_int_equal(wire_tag_encode(p, 100, &(struct wire_tag){ .vid = 4096 }), 0);
	assert_int_equal(wire_tag_encode(p, 100, &(struct wire_tag){ .pcp = 8 }), 0);
	assert_int_equal(wire_ip4hdr_encode(p, 100, &(struct wire_ip4hdr){ .frag_off_bytes = 4 }), 0);
	assert_int_equal(wire_ip4hdr_encode(p, 100, &(struct wire_ip4hdr){ .options_bytes = 44 }), 0);
	assert_int_equal(wire_ip4hdr_encode(p, 100, &(struct wire_ip4hdr){ .options_bytes = 3 }), 0);
	assert_int_equal(wire_ip4hdr_encode(p, 100, &(struct wire_ip4hdr){ .total_bytes = 19 }), 0);
	assert_int_equal(wire_ip6hdr_encode(p, 100, &(struct wire_ip6hdr){ .flow_label = 1 << 20 }), 0);
	assert_int_equal(wire_frag6_encode(p, 100, &(struct wire_frag6){ .off_bytes = 4 }), 0);
	assert_int_equal(wire_tcp_encode(p, 100, &(struct wire_tcp){ .options_bytes = 2 }), 0);
	assert_int_equal(wire_tcp_encode(p, 100, &(struct wire_tcp){ .options_bytes = 44 }), 0);
	assert_int_equal(wire_tcp_encode(p, 100, &(struct wire_tcp){ .reserved = 16 }), 0);
	assert_int_equal(wire_udp_encode(p, 100, &(struct wire_udp){ .len_bytes = 7 }), 0);
	assert_int_equal(wire_udplite_encode(p, 100, &(struct wire_udplite){ .coverage_bytes = 1 }), 0);
	for (uint16_t n = 0; n < 60; n++) {
		e.body_bytes = n;
		e.proto = PROTO_DSTOPTS;
		assert_int_equal(wire_ext_encode(p, 100, &e), n % 8 == 6 ? n + 2 : 0);
		e.proto = PROTO_AH;
		assert_int_equal(wire_ext_encode(p, 100, &e), n % 4 == 2 && n >= 10 ? n + 2 : 0);
		e.proto = PROTO_UDP;
		assert_int_equal(wire_ext_encode(p, 100, &e), 0);
	}
	for (unsigned n = 1000; n < 2080; n++) {	/* the length field ends at 255 */
		e.body_bytes = (uint16_t)n;
		e.proto = PROTO_DSTOPTS;
		assert_int_equal(wire_ext_encode(large, sizeof(large), &e), n % 8 == 6 && n <= 2046 ? n + 2 : 0);
		e.proto = PROTO_AH;
		assert_int_equal(wire_ext_encode(large, sizeof(large), &e), n % 4 == 2 && n <= 1026 ? n + 2 : 0);
	}
}
