/* addr.c and addr_parse.c: RFC 5952's forms, what is refused, and that each reads what the other writes. */
#include "wire/wire.h"

#include "test.h"

static const char *text6(uint64_t high, uint64_t low)
{
	static char text[WIRE_IP6_TEXT];
	const uint64_t addr[2] = { high, low };

	int n = wire_ip6_print(addr, text);

	assert_int_equal(n, strlen(text));
	return text;
}

TEST(addr, ip6_is_printed_as_rfc_5952_wants)
{
	assert_string_equal(text6(0, 0), "::");
	assert_string_equal(text6(0, 1), "::1");
	assert_string_equal(text6(0x20010db800000000, 0x0000000000000001), "2001:db8::1");
	assert_string_equal(text6(0x20010db800000001, 0x0001000100010001), "2001:db8:0:1:1:1:1:1");	/* 4.2.2 */
	assert_string_equal(text6(0x2001000000000001, 0x0000000000000001), "2001:0:0:1::1");		/* 4.2.3 */
	/* the first of equals */
	assert_string_equal(text6(0x20010db800000000, 0x0001000000000001), "2001:db8::1:0:0:1");
	assert_string_equal(text6(0x20010db8aaaabbbb, 0xccccddddeeee0001), "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1");
	assert_string_equal(text6(0xfe80000000000000, 0), "fe80::");
	assert_string_equal(text6(0, 0x0000ffffc0000209), "::ffff:192.0.2.9");
	assert_string_equal(text6(0x0001000200030004, 0x0005000600070008), "1:2:3:4:5:6:7:8");
	assert_string_equal(text6(UINT64_MAX, UINT64_MAX), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(addr, ip4_and_mac_are_printed)
{
	static const uint8_t mac[6] = { 0x02, 0x00, 0x5e, 0x00, 0x53, 0xff };
	char ip[WIRE_IP4_TEXT], text[WIRE_MAC_TEXT];

	assert_int_equal(wire_ip4_print(0xffffffff, ip), 15);
	assert_string_equal(ip, "255.255.255.255");
	wire_ip4_print(0x0a000102, ip);
	assert_string_equal(ip, "10.0.1.2");
	assert_int_equal(wire_mac_print(mac, text), 17);
	assert_string_equal(text, "02:00:5e:00:53:ff");
}

static uint64_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33 | *state << 31;
}

/* A quarter of the bits set: short groups. */
static uint64_t sparse(uint64_t *state)
{
	uint64_t a = next(state);

	return a & next(state);
}

TEST(addr, what_is_printed_parses_to_the_same)
{
	uint64_t dice = 1;

	for (int i = 0; i < 20000; i++) {
		uint64_t addr[2] = { sparse(&dice), sparse(&dice) }, got[2];
		char six[WIRE_IP6_TEXT], four[WIRE_IP4_TEXT];
		uint32_t ip = (uint32_t)next(&dice), back;
		int n;

		if (i % 4 == 0)		/* zero groups */
			addr[i / 4 % 2] &= 0xffff0000ffff0000 >> i % 3 * 16;
		n = wire_ip6_print(addr, six);
		assert_true(wire_ip6_parse(six, (size_t)n, got));
		assert_true(got[0] == addr[0] && got[1] == addr[1]);
		n = wire_ip4_print(ip, four);
		assert_true(wire_ip4_parse(four, (size_t)n, &back));
		assert_int_equal(back, ip);
	}
}

TEST(addr, forms_of_rfc_4291_are_read)
{
	static const struct { const char *text; uint64_t high, low; } t[] = {
		{ "2001:DB8:0:0:8:800:200C:417A", 0x20010db800000000, 0x00080800200c417a },
		{ "FF01::101", 0xff01000000000000, 0x101 }, { "::", 0, 0 }, { "::13.1.68.3", 0, 0x0d014403 },
		{ "::FFFF:129.144.52.38", 0, 0x0000ffff81903426 }, { "1::", 0x0001000000000000, 0 },
		{ "1:2:3:4:5:6:7::", 0x0001000200030004, 0x0005000600070000 },
		{ "::2:3:4:5:6:7:8", 0x0000000200030004, 0x0005000600070008 },
		{ "1:2:3:4:5:6:1.2.3.4", 0x0001000200030004, 0x0005000601020304 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint64_t addr[2];

		assert_true(wire_ip6_parse(t[i].text, strlen(t[i].text), addr));
		assert_true(addr[0] == t[i].high && addr[1] == t[i].low);
	}
}

TEST(addr, all_else_is_refused)
{
	static const char *const six[] = {
		"", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::",
		":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::8",
		"1.2.3.4", "::1.2.3", "::1.2.3.256", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "fe80::1%eth0", " ::1",
		"::1 ",
	};
	static const char *const four[] = {
		"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "01.2.3.4", "1..2.3", "1.2.3.", ".1.2.3",
		"1.2.3.4 ", "0x1.2.3.4", "1.2.3.-4", "1.2.3.1000", "4294967297.1.1.1",
	};
	uint64_t addr[2];
	uint32_t ip;

	for (size_t i = 0; i < sizeof(six) / sizeof(six[0]); i++)
		if (wire_ip6_parse(six[i], strlen(six[i]), addr))
			fail_msg("%s", six[i]);
	for (size_t i = 0; i < sizeof(four) / sizeof(four[0]); i++)
		if (wire_ip4_parse(four[i], strlen(four[i]), &ip))
			fail_msg("%s", four[i]);
}
