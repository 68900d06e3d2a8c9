/* opt.c and tcp_opt.c: lists of options. */
#include "base/err.h"
#include "wire/decode.h"

#include <stdio.h>

#include "test.h"

/* Writes what wire_opt_next() gives as "kind/len kind/len"; "bad" where it ends so. */
static const char *walk(const char *opts, size_t n)
{
	static char text[400];
	struct wire_opt o;
	size_t at = 0, len = 0;
	int rc;

	text[0] = '\0';
	while ((rc = wire_opt_next(&o, (const uint8_t *)opts, n, &at)) > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u/%u ", o.kind, o.len_bytes);
	if (rc < 0)
		snprintf(text + len, sizeof(text) - len, "bad");
	return text;
}

TEST(opt, list_ends_at_0_or_at_its_end)
{
	assert_string_equal(walk("", 0), "");
	assert_string_equal(walk("\0\2\4", 3), "");
	assert_string_equal(walk("\2\4\5\264", 4), "2/2 ");
	assert_string_equal(walk("\1\1\2\4\5\264\1\3\3\7\0\0", 12), "2/2 3/1 ");
	assert_string_equal(walk("\1\1\1", 3), "");
	assert_string_equal(walk("\4\2", 2), "4/0 ");
}

TEST(opt, length_that_cannot_be_is_bad)
{
	assert_string_equal(walk("\2\0", 2), "bad");
	assert_string_equal(walk("\2\1", 2), "bad");
	assert_string_equal(walk("\2", 1), "bad");
	assert_string_equal(walk("\2\4\5", 3), "bad");
	assert_string_equal(walk("\4\2\10\12", 4), "4/0 bad");
	assert_string_equal(walk("\2\377", 2), "bad");
}

TEST(opt, ip6_options_have_another_filler)
{
	static const uint8_t body[] = { 0, 1, 2, 0, 0, 5, 2, 0, 7, 0, 0xc2, 4, 0, 1, 0, 0, 1, 0 };
	const struct wire_ext h = { .proto = PROTO_HOPOPT, .body = body, .body_bytes = sizeof(body) };
	struct wire_opt o;
	size_t at = 0;

	assert_int_equal(wire_ext_opt_next(&o, &h, &at), 1);
	assert_int_equal(o.kind, 5);
	assert_int_equal(wire_get16(o.data), 7);
	assert_int_equal(wire_ext_opt_next(&o, &h, &at), 1);
	assert_int_equal(o.kind, 0xc2);
	assert_int_equal(o.len_bytes, 4);
	assert_int_equal(wire_get32(o.data), 65536);
	assert_int_equal(wire_ext_opt_next(&o, &h, &at), 0);
}

TEST(opt, ip6_option_past_its_header_is_bad)
{
	static const uint8_t body[] = { 5, 5, 0, 0, 0, 0 }, last[] = { 1, 3, 0, 0, 0, 5 };
	struct wire_ext h = { .proto = PROTO_HOPOPT, .body = body, .body_bytes = 6 };
	struct wire_opt o;
	size_t at = 0;

	assert_int_equal(wire_ext_opt_next(&o, &h, &at), ERR_DAMAGED);
	h.body = last;
	at = 0;
	assert_int_equal(wire_ext_opt_next(&o, &h, &at), ERR_DAMAGED);
}

/* The SYN of a Linux 6 host, as captured. */
TEST(tcp_opt, syn_of_a_real_host)
{
	static const uint8_t opts[] = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0x4a, 0x1b, 0x2c, 0x3d, 0, 0, 0, 0, 1, 3, 3, 7 };
	struct wire_tcp_opts o;
	uint8_t back[40];

	assert_int_equal(wire_tcp_opts_decode(&o, opts, sizeof(opts)), 0);
	assert_true(o.has_mss && o.has_wscale && o.has_ts && o.sack_ok);
	assert_int_equal(o.mss, 1460);
	assert_int_equal(o.wscale, 7);
	assert_int_equal(o.ts_val, 0x4a1b2c3d);
	assert_int_equal(o.ts_echo, 0);
	assert_int_equal(o.sacks, 0);
	assert_int_equal(wire_tcp_opts_encode(back, sizeof(back), &o), sizeof(opts));
	assert_memory_equal(back, opts, sizeof(opts));
}

TEST(tcp_opt, unknown_and_wrongly_sized_options_are_passed_over)
{
	static const uint8_t opts[] = {
		2, 3, 9, 3, 4, 1, 2, 4, 3, 9, 9, 8, 4, 1, 1, 5, 6, 1, 2, 3, 4, 254, 4, 1, 2, 2, 4, 2, 24,
	};
	static const uint8_t sack12[14] = { 5, 14, 1, 2, 3 };
	struct wire_tcp_opts o;

	assert_int_equal(wire_tcp_opts_decode(&o, opts, sizeof(opts)), 0);
	assert_false(o.has_wscale || o.has_ts || o.sack_ok || o.sacks);
	assert_int_equal(o.mss, 536);
	assert_int_equal(wire_tcp_opts_decode(&o, opts + 21, 4), 0);	/* 254: as long as an MSS */
	assert_false(o.has_mss);
	assert_int_equal(wire_tcp_opts_decode(&o, sack12, sizeof(sack12)), 0);
	assert_int_equal(o.sacks, 0);
}

TEST(tcp_opt, last_of_two_sacks_counts_alone)
{
	uint8_t opts[28] = { 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 5, 10, 0, 0, 0, 7, 0, 0, 0, 8 };
	struct wire_tcp_opts o;

	assert_int_equal(wire_tcp_opts_decode(&o, opts, sizeof(opts)), 0);
	assert_int_equal(o.sacks, 1);
	assert_int_equal(o.sack[0].left, 7);
	assert_int_equal(o.sack[0].right, 8);
	assert_int_equal(o.sack[1].left, 0);
}

TEST(tcp_opt, what_came_before_damage_holds)
{
	static const uint8_t opts[] = { 2, 4, 2, 24, 8, 10, 1 };
	struct wire_tcp_opts o;

	assert_int_equal(wire_tcp_opts_decode(&o, opts, sizeof(opts)), ERR_DAMAGED);
	assert_true(o.has_mss);
	assert_false(o.has_ts);
}

/* Every combination, with 0 to 4 SACK blocks. */
TEST(tcp_opt, what_is_encoded_decodes_to_the_same)
{
	for (unsigned bits = 0; bits < 16 * 5; bits++) {
		uint8_t opts[WIRE_OPTIONS_MAX];
		struct wire_tcp_opts o, back;
		size_t n;

		memset(&o, 0, sizeof(o));
		o.sack_ok = bits & 1;
		if (bits & 2) {
			o.has_mss = true;
			o.mss = 1337;
		}
		if (bits & 4) {
			o.has_wscale = true;
			o.wscale = 14;
		}
		if (bits & 8) {
			o.has_ts = true;
			o.ts_val = 0xfffefdfc;
			o.ts_echo = 0x01020304;
		}
		o.sacks = (uint8_t)(bits / 16);
		for (unsigned i = 0; i < o.sacks; i++) {
			o.sack[i].left = 1000 * i;
			o.sack[i].right = UINT32_MAX - i;
		}
		n = wire_tcp_opts_encode(opts, sizeof(opts), &o);
		assert_int_equal(n % 4, 0);
		if (!n) {	/* nothing said, or more than 40 bytes of it */
			unsigned bytes = (o.has_mss ? 4 : 0) + (o.has_ts ? 12 : o.sack_ok ? 4 : 0) +
				(o.has_wscale ? 4 : 0) + (o.sacks ? 4 + 8u * o.sacks : 0);

			assert_true(bytes == 0 || bytes > 40);
			continue;
		}
		assert_int_equal(wire_tcp_opts_decode(&back, opts, n), 0);
		assert_memory_equal(&back, &o, sizeof(o));
		assert_int_equal(wire_tcp_opts_encode(opts, n - 1, &o), 0);
	}
}
