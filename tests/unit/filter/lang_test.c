/* filter_parse.c, filter_compile.c: what expressions mean for one packet (kit.h: a TCP SYN of 58 bytes in a VLAN, from
 * 10.0.0.1:4000 to 192.0.2.1:80), and where they are wrong. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "test.h"

static void holds(const char *expression)
{
	int is = kit_expr(expression);

	if (is != 1)
		print_message("# %s: %d %s\n", expression, is, kit_told);
	assert_int_equal(is, 1);
	assert_string_equal(kit_told, "");
}

static void fails(const char *expression)
{
	int is = kit_expr(expression);

	if (is)
		print_message("# %s: %d %s\n", expression, is, kit_told);
	assert_int_equal(is, 0);
	assert_string_equal(kit_told, "");
}

static void refused(const char *expression, const char *told)
{
	assert_int_equal(kit_expr(expression), -1);
	assert_string_equal(kit_told, told);
}

TEST(lang, operators_bind_and_associate_as_in_c)
{
	holds("10-3-2 == 5");
	holds("2+3*4 == 14 && (2+3)*4 == 20");
	holds("100/10/5 == 2 && 100/(10/5) == 50 && 17%10%4 == 3");
	holds("1<<2<<3 == 32 && 256>>2>>1 == 32 && 1+1<<3 == 16");
	holds("(6|1) == 7 && (6^3) == 5 && (6&3) == 2 && (1|6&3^1) == 3");
	holds("1 < 2 == 1");
	holds("!0 && !!7 && ~0 == 18446744073709551615 && -1 == ~0");
	holds("1 || 0 && 0");
	fails("(1 || 0) && 0");
	holds("0x10 == 16 && 010 == 8 && 0 == 00");
	holds("7 in {1, 5-9} && !(4 in {1, 5-9})");
	holds("- -5 == 5 && -5+6 == 1");
}

TEST(lang, numbers_have_64_bits_and_no_sign_but_where_it_is_asked_for)
{
	holds("4294967296 > 1");
	holds("18446744073709551615 > 0");
	fails("-1 < 0");
	holds("-1 s< 0 && 0 s> -1 && -2 s<= -2 && -1 s>= -2");
	fails("0 s< -1 || -1 s> 0 || -1 s<= -2 || -3 s>= -2");
	holds("tcp.dport - 81 s< 0 && tcp.dport - 81 > 1000000");
	holds("tcp.dport - 81 s> -2 && tcp.dport - 81 s<= -1 && tcp.dport - 81 s>= -1");
	fails("tcp.dport - 81 s> -1 || tcp.dport - 81 s< -1");
	holds("tcp.dport + 4294967296 == 4294967376 && tcp.dport + 4294967296 > 4294967295");
	holds("ip.ttl / 0 == 0 && ip.ttl % 0 == 64 && ip.ttl / (ip.ttl - 64) == 0 && ip.ttl % (ip.ttl - 64) == 64");
	holds("ip.ttl << 64 == 0 && ip.ttl >> 64 == 0 && ip.ttl << (ip.ttl) == 0 && ip.ttl << 57 >> 57 == 64");
}

TEST(lang, each_comparison_takes_numbers_on_either_side)
{
	static const char *const good[] = { "==", "<=", ">=", "s<=", "s>=" };
	static const char *const bad[] = { "!=", "<", ">", "s<", "s>" };
	char text[100];

	for (unsigned i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "tcp.dport %s 80 && 80 %s tcp.dport", good[i], good[i]);
		holds(text);
		snprintf(text, sizeof(text), "tcp.dport %s 80 || 80 %s tcp.dport", bad[i], bad[i]);
		fails(text);
		snprintf(text, sizeof(text), "tcp.dport %s tcp.sport-3920", good[i]);
		holds(text);
		snprintf(text, sizeof(text), "tcp.dport %s tcp.sport-3920", bad[i]);
		fails(text);
	}
	holds("tcp.dport < 81 && tcp.dport > 79 && 79 < tcp.dport && 81 > tcp.dport && tcp.dport != 79");
	fails("tcp.dport < 80 || tcp.dport > 80 || 80 < tcp.dport || 80 > tcp.dport");
}

TEST(lang, addresses_are_numbers_and_prefixes)
{
	holds("ip.src == 10.0.0.1 && ip.dst == 192.0.2.1 && ip.src != ip.dst");
	holds("ip.src == 10.0.0.0/8 && ip.src == 10.0.0.1/32 && ip.src == 0.0.0.0/0 && 10.0.0.0/8 == ip.src");
	fails("ip.src == 11.0.0.0/8 || ip.dst == 10.0.0.0/8 || ip.src != 10.0.0.0/8 || ip.src != 0.0.0.0/0");
	holds("ip.src != 11.0.0.0/8 && ip.dst in {192.0.2.0/24, 5} && ip.src in {10.0.0.0-10.0.0.9}");
	fails("ip.src in {10.0.0.2-10.0.0.9, 11.0.0.0/8}");
	holds("eth.src == 02:00:00:00:00:01 && eth.dst == 2:0:0:0:0:2");
	holds("eth.dst in {02:00:00:00:00:01-02:00:00:00:00:02}");
	fails("eth.src == ff:ff:ff:ff:ff:ff || eth.dst == ff:ff:ff:ff:ff:ff");	/* broadcast is no wildcard */
	holds("100/10 == 10");			/* no prefix */
	fails("ip6.src == 2001:db8::1 || ip6.src != 2001:db8::1 || ip6.src in {::/0} || ip6.src == ::/0");
	holds("!(ip6.src == 2001:db8::1) && !(ip6.src != 2001:db8::1)");
}

static bool six(const char *expression)
{
	static const uint8_t packet[44] = { 0x60, 0, 0, 0, 0, 4, 59, 64, 0x20, 1, 0xd, 0xb8, [23] = 1,
		0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0x80, [39] = 2 };
	struct meta meta = { 0 };
	struct view v;
	struct filter_look l = { &v, &meta, packet, 44, 44 };
	struct filter *f;
	struct errs es;
	struct lex lx;
	uint64_t result;

	errs_init(&es);
	lex_line(&lx, "test", 1, expression, strlen(expression), &es);
	f = filter_compile(&lx);
	if (!f)
		print_message("# %s\n", es.notes[0].text);
	errs_fini(&es);
	assert_non_null(f);
	view_parse(&v, LINK_RAW, packet, 44, 44);
	result = filter_interpret(f, &l);
	filter_native(f);
	assert_int_equal(filter_run(f, &l), result);
	filter_release(f);
	return result == 1;
}

TEST(lang, ipv6_addresses_are_compared_whole_and_by_prefix)
{
	static const char *const yes[] = { "ip6.src == 2001:db8::1", "2001:db8::1 == ip6.src",
		"ip6.src == 2001:db8::/32",
		"ip6.src == ::/0", "ip6.src == 2001:db8::/127", "ip6.src != ip6.dst", "ip6.src != 2001:db8::2",
		"ip6.dst == 2001:db8:0:0:8000::/65", "ip6.dst != 2001:db8::/65", "ip6.src in {::1, 2001:db8::/64}",
		"ip6.dst in {2001:db8:0:0:8000::2}", "ip6 && !ip4 && ip.version == 6 && ip.ttl == 64",
		"!(ip6.src in {::1, fe80::/10})", "ip6.src == ip6.src" };
	static const char *const no[] = { "ip6.src == 2001:db8::2", "ip6.src == 2001:db9::/32", "ip6.src == ip6.dst",
		"ip6.src != 2001:db8::1", "ip6.src in {::1, fe80::/10}", "ip6.dst == 2001:db8::2",
		"ip6.src == 2001:db8::/128",
		"ip6.src != ::/0", "ip.src == 0.0.0.0/0", "ip.src != 1.2.3.4", "ip6.dst == 2001:db8::/65" };

	for (unsigned i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		if (!six(yes[i]))
			print_message("# %s\n", yes[i]);
		assert_true(six(yes[i]));
	}
	for (unsigned i = 0; i < sizeof(no) / sizeof(*no); i++) {
		if (six(no[i]))
			print_message("# %s\n", no[i]);
		assert_false(six(no[i]));
	}
}

TEST(lang, a_term_is_false_without_its_field_and_not_turns_the_whole_term_over)
{
	fails("udp.dport == 80 || udp.dport != 80 || udp.dport < 99 || udp.dport");
	holds("!(udp.dport == 80) && !(udp.dport != 80) && !udp.dport && !(udp.dport in {80})");
	holds("!(udp.dport + 1 > 0) && !(1 > udp.dport)");
	holds("(udp.dport == 80) == 0");		/* a term as a number */
	holds("(tcp.dport == 80) + (tcp.sport == 4000) == 2");
	holds("tcp && ip && ip4 && eth && vlan && l4 && !udp && !ip6 && !icmp && !icmp6");
	holds("tcp.dport == 80 && vlan.id == 5 && vlan.pcp == 3 && !(vlan2.id == 0)");
}

TEST(lang, both_sides_of_a_short_circuit)
{
	for (unsigned bits = 0; bits < 8; bits++) {
		bool a = bits & 1, b = bits & 2, c = bits & 4;
		char text[200];

		snprintf(text, sizeof(text), "(tcp.dport == %d && ip.ttl == %d) || tcp.sport == %d", a ? 80 : 1,
			b ? 64 : 1, c ? 4000 : 1);
		assert_int_equal(kit_expr(text), (a && b) || c);
		snprintf(text, sizeof(text), "(tcp.dport == %d || ip.ttl == %d) && tcp.sport == %d", a ? 80 : 1,
			b ? 64 : 1, c ? 4000 : 1);
		assert_int_equal(kit_expr(text), (a || b) && c);
		snprintf(text, sizeof(text), "!(tcp.dport == %d && !(ip.ttl == %d)) && !!(tcp.sport == %d)", a ? 80 : 1,
			b ? 64 : 1, c ? 4000 : 1);
		assert_int_equal(kit_expr(text), !(a && !b) && c);
	}
}

TEST(lang, loads_count_from_the_frame_or_a_header)
{
	holds("u8[18] == 0x45 && u16[12] == 0x8100 && u32[30] == 10.0.0.1 && u64[30] == 0x0a000001c0000201");
	holds("eth[12:2] == 0x8100 && ip[0] == 0x45 && ip[12:4] == 10.0.0.1 && tcp[2:2] == 80 && l4[0:2] == 4000");
	holds("tcp[13] == 2 && (tcp[13] & 0x12) == 2 && tcp[10+3] == 2 && tcp[ip.ttl-51] == 2");
	holds("u8[ip.start] >> 4 == 4 && u16[ip.start + 2] == 40 && u8[u8[18] - 0x45] == 2");
	fails("udp[0] == 0 || udp[0] != 0");
	holds("!(udp[0] == 0)");
	holds("u8[57] == 0");
	/* Outside the packet the expression is false, not its term. */
	fails("u8[58] == 0");
	fails("!(u8[58] == 0)");
	fails("u8[58] == 0 || 1 == tcp.dport - 79");
	fails("!(tcp[ip.ttl] == 0)");
	/* Near 2^64 nothing wraps into the packet. */
	fails("u16[tcp.dport - 81] == 0x8100 || u16[tcp.dport - 81] != 0x8100");
	fails("ip[ip.ttl - 65] != 77");
	fails("tcp[ip.ttl - 64 - 38] != 77");
}

#define WIDE "1: an IPv6 address has 128 bits: it can be compared by ==, != and in, and no more"

TEST(lang, what_is_wrong_is_told_at_its_place)
{
	refused("", "1: an expression is missing here");
	refused("tcp.dport ==", "13: a value is missing here");
	refused("tcp.port == 80", "1: tcp.port: unknown field; did you mean tcp.sport?");
	refused("foobar", "1: foobar: unknown field; narrows filter --list names them");
	refused("(tcp.dport == 80", "17: ) is missing here");
	refused("tcp.dport == 80)", "16: ) does not belong here");
	refused("tcp.dport = 80", "11: = does not belong here");
	refused("18446744073709551616 > 1", "1: 18446744073709551616 is more than 18446744073709551615");
	refused("0x10000000000000000", "1: 0x10000000000000000 is more than 18446744073709551615");
	refused("0x", "1: digits are missing behind 0x");
	refused("089", "1: '089' is not an octal number");
	refused("12ab == 1", "1: '12ab' is not a number");
	refused("10.0.0.256 == ip.src", "1: '10.0.0.256' is neither a number nor an address");
	refused("ip.src == 10.0.0.0/33", "20: a prefix of 33 bits; 0..32");
	refused("ip6.src == ::/129", "15: a prefix of 129 bits; 0..128");
	refused("ip6.src == 10.0.0.0/8", "12: an address of IPv4 is compared with one of its own family");
	refused("ip.src == ::1", "11: an address of IPv6 is compared with one of its own family");
	refused("ip6.src < ::1", WIDE);
	refused("ip6.src + 1 == 5", WIDE);
	refused("10.0.0.0/8 + 1", "1: a prefix or IPv6 address stands beside ==, != or in a set");
	refused("u16", "1: u16: an offset is missing, as u16[12]");
	refused("u16[12", "7: ] is missing here");
	refused("tcp[2:3] == 1", "7: so many bytes cannot be read at once; 1, 2, 4 or 8");
	refused("u16[0-1] == 1", "5: an offset past any packet; 0..262136");
	refused("u8[262137] == 1", "4: an offset past any packet; 0..262136");
	refused("tcp.dport in 80", "14: in: a set is missing here, as {80, 8000-8010}");
	refused("tcp.dport in {}", "15: a value is missing here");
	refused("tcp.dport in {9-5}", "15: the lower end of a range stands first");
	refused("tcp.dport in {tcp.sport}", "15: a set holds numbers, addresses, ranges of them and prefixes");
	refused("tcp.dport in {80", "17: } is missing here");
	refused("ip6.src in {80}", "13: an IPv6 address is in a set of IPv6 addresses and prefixes");
	refused("ip.src in {::1}", "12: an IPv6 address among numbers");
	refused("int16[12]==0x800", "1: int16: unknown field; narrows filter --list names them");
}

TEST(lang, bits_beside_a_comparison_are_warned_of)
{
	assert_int_equal(kit_expr("tcp[13] & 2 != 0"), 0);	/* as in C: tcp[13] & (2 != 0) */
	assert_string_equal(kit_told,
		"9: &: binds less than a comparison, as in C; (a & b) == c needs its parentheses");
	holds("(tcp[13] & 2) != 0");
	fails("tcp[13] & (2 != 0)");
	assert_int_equal(kit_expr("ip.ttl == 64 | ip.tos"), 1);
	assert_string_equal(kit_told,
		"14: |: binds less than a comparison, as in C; (a | b) == c needs its parentheses");
}

static char *repeat(const char *part, unsigned times, const char *end)
{
	char *text = calloc(times, strlen(part) + 1 + strlen(end));
	size_t n = strlen(part);

	text = realloc(text, times * n + strlen(end) + 1);
	for (unsigned i = 0; i < times; i++)
		memcpy(text + i * n, part, n);
	strcpy(text + times * n, end);
	return text;
}

TEST(lang, no_text_is_too_long_to_be_refused)
{
	char *text = repeat("!", 4u << 20, "1");

	refused(text, "65: nested deeper than 64");
	free(text);
	text = repeat("(", 4u << 20, "1");
	refused(text, "66: nested deeper than 64");
	free(text);
	text = repeat("!", 64, "tcp.dport");
	assert_int_equal(kit_expr(text), 1);
	free(text);
	text = repeat("1+", 1u << 20, "1");	/* what is known is computed */
	assert_int_equal(kit_expr(text), -1);
	assert_string_equal(kit_told + strcspn(kit_told, ":"), ": the expression is too long");
	free(text);
	text = repeat("ip.ttl+", 3000, "1");
	assert_int_equal(kit_expr(text), -1);
	assert_string_equal(kit_told + strcspn(kit_told, ":"),
		": more than 2000 operators in a chain; `in` takes sets");
	free(text);
	text = repeat("ip.ttl == 1 || ", 1900, "ip.ttl == 64");
	assert_int_equal(kit_expr(text), 1);
	free(text);
	text = repeat("1+(", 60, "1");
	assert_int_equal(kit_expr(text), -1);
	free(text);
}

TEST(lang, more_values_than_registers_are_refused)
{
	assert_int_equal(kit_expr("(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+ip.ttl))))))) == 512"), 1);
	refused("(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+(ip.ttl+ip.ttl)))))))) == 576",
		"64: too many values at once here; at most 8");
}

/* Conditions reach further than an instruction's 255. */
TEST(lang, long_conditions_jump_far)
{
	char *all = repeat("(ip.ttl == 64 && tcp.dport < 81 && tcp.seq == 7) && ", 200, "ip.src == 10.0.0.1");
	char *none = repeat("(ip.ttl == 64 && tcp.dport < 80 && udp.dport == 7) || ", 200, "ip.src == 10.0.0.2");

	assert_int_equal(kit_expr(all), 1);
	assert_int_equal(kit_expr(none), 0);
	free(all);
	free(none);
}
