/* Expectations: one canonical form, and packets that say what the line said, as the view reads them back. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"
#include "wire/decode.h"
#include "wire/view.h"

struct built {
	char text[500];
	uint8_t *bytes;		/* of their very number, so that a byte too many is seen */
	uint32_t n;
	struct view v;
};

static int keep(void *ctx, const struct lane_expected *x)
{
	static uint8_t room[LANE_EXPECTED_BYTES];
	struct built *b = ctx;
	char *text = lane_expected_text(x);

	strcpy(b->text, text);
	free(text);
	b->n = lane_expected_packet(x, room);
	b->bytes = malloc(b->n);
	memcpy(b->bytes, room, b->n);
	view_parse(&b->v, LINK_ETHERNET, b->bytes, b->n, b->n);
	return 0;
}

/* Reads the one line; prints as `canonical`, NULL: as it stands. */
static struct built build(const char *line, const char *canonical)
{
	struct lane_script *s = lane_script_new();
	struct built b = { 0 };
	struct errs errs;

	errs_init(&errs);
	assert_int_equal(lane_script_text(s, "f", 1, line, strlen(line), &errs), 0);
	if (errs.errors)
		errs_print(&errs, stderr, "#");
	assert_int_equal(errs.errors, 0);
	assert_int_equal(lane_script_expected(s, keep, &b), 0);
	assert_string_equal(b.text, canonical ? canonical : line);
	assert_int_equal(b.v.stop, VIEW_WHOLE);
	assert_false(b.v.malformed);
	errs_fini(&errs);
	lane_script_free(s);
	return b;
}

TEST(expect, tcp_is_what_it_says)
{
	struct built b = build("tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => deny 200", NULL);

	assert_int_equal(b.v.proto, PROTO_TCP);
	assert_int_equal(b.v.src4, 0x0a000001);
	assert_int_equal(b.v.dst4, 0xc0000201);
	assert_int_equal(b.v.sport, 4000);
	assert_int_equal(b.v.dport, 80);
	assert_int_equal(b.v.tcp_flags, TCP_SYN);
	assert_int_equal(b.v.ttl, 64);
	assert_int_equal(b.n, 14 + 40);
	assert_int_equal(wire_checksum(b.bytes + 14, 20), 0);
	assert_int_equal((uint16_t)~wire_sum(b.bytes + 34, 20, wire_pseudo4_sum(0x0a000001, 0xc0000201, 6, 20)), 0);
	free(b.bytes);
}

TEST(expect, ipv6_vlans_and_length_are_what_they_say)
{
	struct built b = build("udp [2001:db8::1]:53 > [2001:db8::2]:4000 len 1000 ttl 3 flow 77 vlan 100.10.4000 out "
		"=> pipe 1 300",
		NULL);

	assert_int_equal(b.v.family, 6);
	assert_int_equal(b.v.ip_bytes, 1000);
	assert_int_equal(b.n, 14 + 12 + 1000);
	assert_int_equal(b.v.tags, 3);
	assert_int_equal(b.v.tag_tci[0], 100);
	assert_int_equal(b.v.tag_tci[1], 10);
	assert_int_equal(b.v.ttl, 3);
	assert_int_equal(b.v.flow_label, 77);
	assert_int_equal(b.v.dport, 4000);
	assert_int_equal((uint16_t)~wire_sum(b.bytes + 66, 960, wire_pseudo6_sum(b.v.src6, b.v.dst6, 17, 960)), 0);
	free(b.bytes);
}

TEST(expect, what_is_not_said_is_the_plainest)
{
	struct built b = build("tcp 10.0.0.1 > 10.0.0.2:80 => pass", "tcp 10.0.0.1:40000 > 10.0.0.2:80 => allow");

	assert_int_equal(b.v.tcp_flags, TCP_ACK);
	free(b.bytes);
	b = build("tcp 10.0.0.1:1 > 10.0.0.2:80 noflags => allow", NULL);
	assert_int_equal(b.v.tcp_flags, 0);
	free(b.bytes);
	b = build("icmp 10.0.0.1 > 10.0.0.2 in => drop", "icmp 10.0.0.1 > 10.0.0.2 => deny");
	assert_int_equal(b.v.icmp_type, 8);
	free(b.bytes);
	b = build("icmp6 ::1 > ::2 => deny", NULL);
	assert_int_equal(b.v.icmp_type, 128);
	free(b.bytes);
}

TEST(expect, every_word_is_read_back)
{
	struct built b = build("tcp 10.0.0.1:1 > 10.0.0.2:2 syn fin ack psh rst urg ece cwr win 7 mss 1460 len 65535 "
		"ttl 0 tos 184 id 9 df src-mac 02:00:5e:00:53:01 dst-mac 02:00:5e:00:53:02 out eth1 recv eth0 => reset",
		NULL);

	assert_int_equal(b.v.tcp_flags, 255);
	assert_int_equal(b.v.tcp_hlen_bytes, 24);
	assert_int_equal(b.v.tcp_win, 7);
	assert_int_equal(b.v.tos, 184);
	assert_int_equal(b.v.ip_id, 9);
	assert_int_equal(b.v.frag_flags, VIEW_DF);
	assert_int_equal(b.v.mac_src[5], 1);
	assert_int_equal(b.v.mac_dst[5], 2);
	assert_int_equal(b.n, 14 + 65535);
	free(b.bytes);
}

TEST(expect, verdicts_are_those_of_rules)
{
	static const char *const pairs[][2] = {
		{ "accept", "allow" }, { "drop 5", "deny 5" }, { "unreach host", "reject" }, { "unreach 13",
			"unreach filter-prohib" },
		{ "unreach filter-prohib 7", "unreach filter-prohib 7" }, { "pipe 7", "pipe 7" }, { "pipe 7 8",
		"pipe 7 8" },
	};
	char line[200], canonical[200];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct built b;

		sprintf(line, "gre 10.0.0.1 > 10.0.0.2 => %s", pairs[i][0]);
		sprintf(canonical, "gre 10.0.0.1 > 10.0.0.2 => %s", pairs[i][1]);
		b = build(line, canonical);
		free(b.bytes);
	}
}

TEST(expect, what_is_wrong_is_told_at_its_place)
{
	static const struct { const char *line; unsigned column; } bad[] = {
		{ "tcp 10.0.0.1:4000 > 192.0.2.1 syn => deny", 21 }, { "foo 10.0.0.1 > 10.0.0.2 => deny", 1 },
		{ "udp 10.0.0.1:1 > [::1]:80 => deny", 19 }, { "udp 10.0.0.1:1 10.0.0.2:2 => deny", 16 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:99999 => deny", 27 }, { "udp 10.0.0.1:1 > 10.0.0.2:2 syn => deny", 29 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 => denny", 32 }, { "udp 10.0.0.1:1 > 10.0.0.2:2 => count", 32 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 => pipe", 36 }, { "udp 10.0.0.1:1 > 10.0.0.2:2 => pipe 0", 37 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 =>", 31 }, { "udp 10.0.0.1:1 > 10.0.0.2:2 => deny 1 2", 39 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 len => deny", 33 }, { "udp 10.0.0.1:1 > 10.0.0.2:2 len 27 => deny", 1 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 ttl 1 ttl 2 => deny", 35 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 in out => deny", 32 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 in a recv b => deny", 39 }, { "icmp ::1 > ::2 => deny", 1 },
		{ "gre 10.0.0.1:5 > 10.0.0.2 => deny", 14 }, { "udp 10.0.0.1:1 > 10.0.0.2:2 frag 4 => deny", 34 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 vlan 1.2.3.4.5 => deny", 42 }, { "=> deny", 1 }, { "tcp => deny", 5 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 vlan 1. => deny", 36 }, { "udp [::1:1 > [::2]:2 => deny", 5 },
		{ "udp 10.0.0.1:1 > 10.0.0.2:2 tls 5 => deny", 29 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct lane_script *s = lane_script_new();
		struct errs errs;

		errs_init(&errs);
		assert_int_equal(lane_script_text(s, "f", 1, bad[i].line, strlen(bad[i].line), &errs), 0);
		if (!errs.count || errs.notes[0].column != bad[i].column)
			fail_msg("'%s': column %u, expected %u: %s", bad[i].line, errs.count ? errs.notes[0].column : 0,
				bad[i].column, errs.count ? errs.notes[0].text : "nothing told");
		errs_fini(&errs);
		lane_script_free(s);
	}
}
