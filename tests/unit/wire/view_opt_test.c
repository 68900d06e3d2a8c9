/* view_opt.c: where options stand, and how much data a segment carries; and MAC addresses out of text. */
#include "build.h"
#include "wire/decode.h"

/* IPv4 with `words` words of options, each a record route of one word (RFC 791 3.1), then TCP with `tcp` words of NOPs.
 * */
static struct build packet(unsigned words, unsigned tcp, uint16_t data)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, (uint16_t)(40 + 4 * (words + tcp) + data));
	b.p[14] = (uint8_t)(0x45 + words);
	for (unsigned i = 0; i < words; i++)
		put(&b, 0x07030401, 4);
	put_tcp(&b, TCP_ACK);
	b.p[14 + 20 + 4 * words + 12] = (uint8_t)((5 + tcp) << 4);
	put_many(&b, 1, 4 * tcp);
	put_many(&b, 'x', data);
	return b;
}

TEST(view_opt, options_stand_between_the_fixed_part_and_what_follows)
{
	for (unsigned words = 0; words <= 10; words++) {
		for (unsigned tcp = 0; tcp <= 10; tcp++) {
			struct build b = packet(words, tcp, 3);
			struct view v = view_of(&b, LINK_ETHERNET);
			const uint8_t *opts;
			uint32_t data;
			size_t n;

			assert_true(view_ip4_options(&v, b.p, &opts, &n));
			assert_ptr_equal(opts, b.p + 34);
			assert_int_equal(n, 4 * words);
			assert_true(view_tcp_options(&v, b.p, &opts, &n));
			assert_ptr_equal(opts, b.p + 54 + 4 * words);
			assert_int_equal(n, 4 * tcp);
			assert_true(view_tcp_data(&v, &data));
			assert_int_equal(data, 3);
		}
	}
}

TEST(view_opt, a_later_fragment_has_options_of_ipv4_and_none_of_tcp)
{
	struct build b = packet(2, 2, 8);
	const uint8_t *opts;
	struct view v;
	uint32_t data;
	size_t n;

	wire_put16(b.p + 20, 2);
	v = view_of(&b, LINK_ETHERNET);
	assert_true(view_ip4_options(&v, b.p, &opts, &n));
	assert_int_equal(n, 8);
	assert_false(view_tcp_options(&v, b.p, &opts, &n));
	assert_false(view_tcp_data(&v, &data));
}

TEST(view_opt, what_the_snapshot_cut_is_not_asked_but_data_is_counted)
{
	struct build b = packet(0, 3, 100);
	struct view v;
	const uint8_t *opts;
	uint32_t data;
	size_t n;

	view_parse(&v, LINK_ETHERNET, b.p, 14 + 20 + 20 + 11, b.n);
	assert_false(view_tcp_options(&v, b.p, &opts, &n));
	assert_true(view_tcp_data(&v, &data));
	assert_int_equal(data, 100);
}

TEST(view_opt, a_header_length_that_cannot_be_leaves_nothing_to_ask)
{
	static const uint8_t lies[] = { 0x00, 0x40, 0x60, 0xf0 };

	for (size_t i = 0; i < sizeof(lies); i++) {
		struct build b = packet(0, 0, 0);
		struct view v;
		const uint8_t *opts;
		uint32_t data;
		size_t n;

		b.p[14 + 20 + 12] = lies[i];
		v = view_of(&b, LINK_ETHERNET);
		assert_false(view_tcp_options(&v, b.p, &opts, &n));
		assert_false(view_tcp_data(&v, &data));
		assert_true(view_ip4_options(&v, b.p, &opts, &n));
		assert_int_equal(n, 0);
	}
}

TEST(view_opt, nothing_of_another_family_or_protocol)
{
	struct build b = { 0 };
	const uint8_t *opts;
	uint32_t data;
	struct view v;
	size_t n;

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_UDP, 28);
	put_many(&b, 0, 8);
	v = view_of(&b, LINK_ETHERNET);
	assert_false(view_tcp_options(&v, b.p, &opts, &n));
	assert_false(view_tcp_data(&v, &data));
	b.p[12] = 8;
	b.p[13] = 6;
	v = view_of(&b, LINK_ETHERNET);
	assert_false(view_ip4_options(&v, b.p, &opts, &n));
}

TEST(view_opt, mac_addresses_are_six_numbers_of_one_or_two_hex_digits)
{
	static const char *const wrong[] = { "", "02", "02:00:5e:00:53", "02:00:5e:00:53:01:02", "02:00:5e:00:53:001",
		"02:00:5e:00:53:", ":02:00:5e:00:53", "02:00:5e:00:53:0g", "02-00-5e-00-53-01", "02:00:5e::53:01",
		" 02:00:5e:00:53:01", "02:00:5e:00:53:01 " };
	uint8_t mac[6];

	assert_true(wire_mac_parse("02:0:5E:00:a:Ff", 15, mac));
	assert_memory_equal(mac, "\x02\0\x5e\0\x0a\xff", 6);
	assert_int_equal(wire_get48(mac), 0x02005e000aff);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (wire_mac_parse(wrong[i], strlen(wrong[i]), mac))
			fail_msg("%s", wrong[i]);
}
