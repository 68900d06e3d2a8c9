/* view.c: Ethernet, IPv4, transports; what stops a view, and what `malformed` is. */
#include "build.h"

static struct view tcp_packet(uint8_t flags)
{
	struct build b = { 0 };

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_TCP, 40);
	put_tcp(&b, flags);
	return view_of(&b, LINK_ETHERNET);
}

TEST(view, plain_tcp_is_seen_whole)
{
	struct view v = tcp_packet(TCP_SYN | TCP_ECE);

	assert_int_equal(v.has, VIEW_HAS_MAC | VIEW_HAS_IP4 | SEEN_TCP);
	assert_int_equal(v.stop, VIEW_WHOLE);
	assert_int_equal(v.malformed, 0);
	assert_int_equal(v.family, 4);
	assert_int_equal(v.proto, PROTO_TCP);
	assert_int_equal(v.ttl, 64);
	assert_int_equal(v.tos, 0x10);
	assert_int_equal(v.ip_bytes, 40);
	assert_int_equal(v.ip_id, 0xabcd);
	assert_int_equal(v.frag_flags, VIEW_DF);
	assert_int_equal(v.src4, 0x0a000001);
	assert_int_equal(v.dst4, 0xc0000209);
	assert_int_equal(v.l3_off, 14);
	assert_int_equal(v.l4_off, 34);
	assert_int_equal(v.data_off, 54);
	assert_int_equal(v.sport, 4000);
	assert_int_equal(v.dport, 80);
	assert_int_equal(v.tcp_seq, 0x01020304);
	assert_int_equal(v.tcp_ack, 0x0a0b0c0d);
	assert_int_equal(v.tcp_flags, TCP_SYN | TCP_ECE);
	assert_int_equal(v.tcp_win, 0x7210);
	assert_int_equal(v.tcp_hlen_bytes, 20);
	assert_int_equal(v.ethertype, 0x0800);
	assert_memory_equal(v.mac_dst, "\x02\0\0\0\0\1", 6);
	assert_memory_equal(v.mac_src, "\x02\0\0\0\0\2", 6);
}

TEST(view, what_was_not_seen_is_zero)
{
	struct view v = tcp_packet(TCP_SYN), zero = { 0 };

	assert_int_equal(v.icmp_type, 0);
	assert_int_equal(v.flow_label, 0);
	assert_int_equal(v.ext_seen, 0);
	assert_int_equal(v.frag_id, 0);
	assert_int_equal(v.tags, 0);
	assert_memory_equal(v.src6, zero.src6, sizeof(v.src6));
	assert_memory_equal(v.dst6, zero.dst6, sizeof(v.dst6));
	assert_memory_equal(v.tag_tci, zero.tag_tci, sizeof(v.tag_tci));
	assert_memory_equal(v.tag_tpid, zero.tag_tpid, sizeof(v.tag_tpid));
}

TEST(view, each_transport_needs_its_fixed_part)
{
	static const struct { uint8_t proto; uint32_t need; uint16_t has; } t[] = {
		{ PROTO_TCP, 20, VIEW_HAS_L4 | VIEW_HAS_PORTS | VIEW_HAS_TCP },
		{ PROTO_UDP, 8, VIEW_HAS_L4 | VIEW_HAS_PORTS },
		{ PROTO_UDPLITE, 8, VIEW_HAS_L4 | VIEW_HAS_PORTS },
		{ PROTO_SCTP, 12, VIEW_HAS_L4 | VIEW_HAS_PORTS },
		{ PROTO_ICMP, 4, VIEW_HAS_L4 | VIEW_HAS_ICMP },
		{ PROTO_ICMP6, 0, 0 }, { PROTO_GRE, 0, 0 }, { PROTO_AH, 0, 0 }, { PROTO_NONE, 0, 0 }, { 253, 0, 0 },
	};
	const uint32_t wire = 60;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		for (uint32_t l4 = 0; l4 <= 24; l4++) {
			struct build b = { 0 };
			bool enough = l4 >= t[i].need;
			uint16_t want = VIEW_HAS_IP4 | VIEW_HAS_PROTO | (enough ? t[i].has : 0);
			struct view v;

			put_ip4(&b, t[i].proto, (uint16_t)(20 + l4));
			put_many(&b, 0x51, 40);

			/* L ends it: whole record, then a snapped one that holds all of L. */
			v = view_of(&b, LINK_RAW);
			assert_int_equal(v.has, want);
			assert_int_equal(v.malformed, !enough);
			assert_int_equal(v.stop, enough ? VIEW_WHOLE : VIEW_L4_BAD);
			v = view_cut(&b, LINK_RAW, 59, wire);
			assert_int_equal(v.has, want);
			assert_int_equal(v.malformed, 0);
			assert_int_equal(v.stop, enough ? VIEW_WHOLE : VIEW_L4_BAD);

			/* The record ends it: cut by the snapshot length, then whole and shorter than it says. */
			b.p[3] = 60;
			v = view_cut(&b, LINK_RAW, 20 + l4, wire);
			assert_int_equal(v.has, want);
			assert_int_equal(v.malformed, 0);
			assert_int_equal(v.stop, enough ? VIEW_WHOLE : VIEW_L4_CUT);
			v = view_cut(&b, LINK_RAW, 20 + l4, 20 + l4);
			assert_int_equal(v.has, want);
			assert_int_equal(v.malformed, !enough);
			assert_int_equal(v.stop, enough ? VIEW_WHOLE : VIEW_L4_BAD);
		}
	}
}

TEST(view, padding_behind_L_is_no_header)
{
	struct build b = { 0 };
	struct view v;

	put_eth(&b, 0x0800);
	put_ip4(&b, PROTO_UDP, 24);
	put_udp(&b);
	put_many(&b, 0, 18);
	v = view_of(&b, LINK_ETHERNET);
	assert_false(v.has & VIEW_HAS_PORTS);
	assert_int_equal(v.sport, 0);
	assert_int_equal(v.malformed, 1);
}

TEST(view, ip4_is_not_ip_unless_whole_and_well_formed)
{
	static const struct { uint8_t first; uint16_t total; uint32_t captured; int stop; } t[] = {
		{ 0x45, 40, 20, VIEW_L4_CUT }, { 0x45, 40, 19, VIEW_IP_SHORT }, { 0x45, 40, 0, VIEW_IP_SHORT },
		{ 0x45, 19, 40, VIEW_IP_BAD }, { 0x45, 20, 40, VIEW_L4_BAD }, { 0x45, 1, 40, VIEW_IP_BAD },
		{ 0x45, 0, 40, VIEW_WHOLE }, { 0x44, 40, 40, VIEW_IP_BAD }, { 0x40, 40, 40, VIEW_IP_BAD },
		{ 0x46, 40, 23, VIEW_IP_SHORT }, { 0x46, 23, 40, VIEW_IP_BAD }, { 0x46, 0, 23, VIEW_IP_SHORT },
		{ 0x4f, 80, 59, VIEW_IP_SHORT }, { 0x4f, 80, 60, VIEW_L4_CUT }, { 0x4f, 80, 80, VIEW_WHOLE },
		{ 0x55, 40, 40, VIEW_IP_BAD }, { 0x65, 40, 40, VIEW_IP_BAD }, { 0x55, 40, 1, VIEW_IP_BAD },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct build b = { 0 };
		bool is_ip = t[i].stop != VIEW_IP_SHORT && t[i].stop != VIEW_IP_BAD;
		struct view v;

		put_ip4(&b, PROTO_TCP, t[i].total);
		b.p[0] = t[i].first;
		put_many(&b, 0x50, 100);
		v = view_cut(&b, LINK_IPV4, t[i].captured, 100);
		if (t[i].captured == 80)
			v = view_cut(&b, LINK_IPV4, 80, 80);
		assert_int_equal(v.stop, t[i].stop);
		assert_int_equal(!!(v.has & VIEW_HAS_IP), is_ip);
		assert_int_equal(v.family, is_ip ? 4 : 0);
		if (!is_ip)
			assert_int_equal(v.malformed, 0);
	}
}

TEST(view, L_is_total_length_also_past_the_record)
{
	struct build b = { 0 };
	struct view v;

	put_ip4(&b, PROTO_TCP, 65535);
	put_tcp(&b, TCP_ACK);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.ip_bytes, 65535);
	assert_true(v.has & VIEW_HAS_TCP);
}

TEST(view, L_of_total_length_0_is_the_frame_less_what_stands_before)
{
	struct build b = { 0 };
	struct view v;

	put_eth(&b, 0x8100);
	put(&b, 5, 2);
	put(&b, 0x0800, 2);
	put_ip4(&b, PROTO_TCP, 0);
	put_tcp(&b, TCP_ACK);
	v = view_cut(&b, LINK_ETHERNET, b.n, 70018);
	assert_int_equal(v.ip_bytes, 70000);
	assert_true(v.has & VIEW_HAS_TCP);
	v = view_of(&b, LINK_ETHERNET);
	assert_int_equal(v.ip_bytes, 40);
}

TEST(view, wire_less_than_captured_is_captured)
{
	struct build b = { 0 };
	struct view v;

	put_ip4(&b, PROTO_UDP, 0);
	put_udp(&b);
	v = view_cut(&b, LINK_RAW, b.n, 3);
	assert_int_equal(v.ip_bytes, 28);
	assert_true(v.has & VIEW_HAS_PORTS);
}

TEST(view, first_fragment_has_a_transport_later_ones_do_not)
{
	for (unsigned units = 0; units < 0x2000; units += units < 4 ? 1 : 511) {
		struct build b = { 0 };
		struct view v;

		put_ip4_frag(&b, PROTO_UDP, 28, (uint16_t)(0x2000 | units));
		put_udp(&b);
		v = view_of(&b, LINK_RAW);
		assert_true(v.has & VIEW_HAS_FRAG);
		assert_int_equal(v.frag_off_bytes, units * 8);
		assert_int_equal(v.frag_flags, VIEW_MF);
		assert_int_equal(v.frag_id, 0xabcd);
		assert_int_equal(!!(v.has & VIEW_HAS_PORTS), units == 0);
		assert_int_equal(v.stop, units ? VIEW_LATER_FRAGMENT : VIEW_WHOLE);
		assert_int_equal(v.l4_off, units ? 0 : 20);
		assert_int_equal(v.data_off, units ? 20 : 28);
		assert_int_equal(v.malformed, 0);
	}
}

TEST(view, last_fragment_is_one_by_its_offset_alone)
{
	struct build b = { 0 };
	struct view v;

	put_ip4_frag(&b, PROTO_UDP, 28, 185);
	put_udp(&b);
	v = view_of(&b, LINK_RAW);
	assert_true(v.has & VIEW_HAS_FRAG);
	assert_int_equal(v.frag_flags, 0);
	assert_int_equal(v.frag_off_bytes, 1480);
}

/* RFC 3128. In a snapped record too: the header that proves it is there. */
TEST(view, tcp_fragment_at_offset_8_is_malformed)
{
	for (unsigned units = 0; units < 4; units++) {
		for (unsigned proto = 0; proto < 256; proto++) {
			struct build b = { 0 };
			bool bad = proto == PROTO_TCP && units == 1;

			put_ip4_frag(&b, (uint8_t)proto, 60, (uint16_t)(0x2000 | units));
			put_many(&b, 0x50, 40);
			assert_int_equal(view_of(&b, LINK_RAW).malformed, bad);
			assert_int_equal(view_cut(&b, LINK_RAW, 40, 60).malformed, bad);
		}
	}
}

TEST(view, tcp_options_move_data_only_where_they_fit)
{
	for (unsigned words = 0; words < 16; words++) {
		struct build b = { 0 };
		struct view v;

		put_ip4(&b, PROTO_TCP, 50);
		put_tcp(&b, TCP_ACK);
		b.p[32] = (uint8_t)(words << 4);
		put_many(&b, 1, 60);
		v = view_of(&b, LINK_RAW);
		assert_true(v.has & VIEW_HAS_TCP);
		assert_int_equal(v.malformed, 0);
		assert_int_equal(v.tcp_hlen_bytes, words * 4);
		assert_int_equal(v.data_off, words >= 5 && words <= 7 ? 20 + words * 4 : 0);
	}
}

TEST(view, ip_options_move_the_transport)
{
	struct build b = { 0 };
	struct view v;

	put_ip4(&b, PROTO_UDP, 52);
	b.p[0] = 0x4b;
	put_many(&b, 1, 24);
	put_udp(&b);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.l4_off, 44);
	assert_int_equal(v.sport, 53);
	assert_int_equal(v.dport, 5353);
}

TEST(view, icmp_shows_type_and_code)
{
	struct build b = { 0 };
	struct view v;

	put_ip4(&b, PROTO_ICMP, 28);
	put(&b, 3, 1);
	put(&b, 13, 1);
	put_many(&b, 0, 6);
	v = view_of(&b, LINK_RAW);
	assert_int_equal(v.icmp_type, 3);
	assert_int_equal(v.icmp_code, 13);
	assert_false(v.has & VIEW_HAS_PORTS);
}

TEST(view, text_says_what_stands_there)
{
	struct view v = tcp_packet(TCP_SYN | TCP_ACK);
	struct build b = { 0 };
	char text[200], small[8];

	assert_int_equal(view_print(&v, text, sizeof(text)), 35);
	assert_string_equal(text, "tcp 10.0.0.1:4000 > 192.0.2.9:80 S.");
	assert_int_equal(view_print(&v, small, sizeof(small)), 35);
	assert_string_equal(small, "tcp 10.");
	put_eth(&b, 0x0806);
	v = view_of(&b, LINK_ETHERNET);
	view_print(&v, text, sizeof(text));
	assert_string_equal(text, "not IP, ethertype 0x0806");
}

TEST(view, every_stop_has_its_text)
{
	for (int i = 0; i < VIEW_STOPS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(view_stop_text(i), view_stop_text(k));
	assert_string_equal(view_stop_text(VIEW_STOPS), "unknown");
}
