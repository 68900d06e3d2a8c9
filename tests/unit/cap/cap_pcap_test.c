/* tests/unit/cap/cap_pcap_test.c - laws of classic captures: every magic, either order, and records that lie. */
#include "cap_build.h"

static struct bytes b;
static struct got g;

static void begin(bool big, uint32_t magic, uint32_t linktype)
{
	b.n = 0;
	b.big = big;
	pcap_header(&b, magic, linktype);
}

TEST(pcap, either_order_and_either_unit_give_the_same)
{
	for (int big = 0; big < 2; big++)
		for (int ns = 0; ns < 2; ns++) {
			begin(big, ns ? 0xa1b23c4d : 0xa1b2c3d4, 1);
			pcap_record(&b, 1700000000, ns ? 123456000 : 123456, 60, 1514);
			pcap_record(&b, 1700000001, 0, 0, 0);
			read_bytes(&b, &g);
			assert_int_equal(g.n, 2);
			assert_true(g.pkts[0].at == UINT64_C(1700000000123456000));
			assert_int_equal(g.pkts[0].len_bytes, 60);
			assert_int_equal(g.pkts[0].wire_bytes, 1514);
			assert_int_equal(g.pkts[0].link, LINK_ETHERNET);
			assert_int_equal(g.pkts[0].flags, PKT_STEADY);
			assert_ptr_equal(g.pkts[0].data, b.p + 40);
			assert_int_equal(g.pkts[1].len_bytes, 0);
			assert_int_equal(g.end, CAP_WHOLE);
		}
}

TEST(pcap, patched_magic_has_eight_more_bytes_a_record)
{
	begin(false, 0xa1b2cd34, 1);
	for (int i = 0; i < 2; i++) {
		put32(&b, 5);
		put32(&b, 7);
		put32(&b, 3);
		put32(&b, 3);
		put(&b, "\1\0\0\0\0\10\0\0abc", 11);
	}
	read_bytes(&b, &g);
	assert_int_equal(g.n, 2);
	assert_true(g.pkts[1].at == 5000007000);
	assert_memory_equal(g.pkts[1].data, "abc", 3);
}

TEST(pcap, microseconds_past_a_second_are_added_exactly)
{
	begin(false, 0xa1b2c3d4, 1);
	pcap_record(&b, UINT32_MAX, UINT32_MAX, 1, 1);
	read_bytes(&b, &g);
	assert_true(g.pkts[0].at == UINT64_C(4294967295000000000) + UINT64_C(4294967295000));
}

TEST(pcap, captured_beyond_original_keeps_every_byte)
{
	begin(false, 0xa1b2c3d4, 1);
	pcap_record(&b, 1, 0, 60, 40);
	read_bytes(&b, &g);
	assert_int_equal(g.pkts[0].len_bytes, 60);
	assert_int_equal(g.pkts[0].wire_bytes, 60);
}

TEST(pcap, versions_before_2_4_may_have_the_lengths_swapped)
{
	static const struct { unsigned minor; uint32_t first, second, len, wire; } c[] = {
		{ 2, 20, 10, 10, 20 }, { 3, 20, 10, 10, 20 }, { 3, 10, 20, 10, 20 }, { 4, 10, 20, 10, 20 },
	};

	for (unsigned i = 0; i < 4; i++) {
		begin(false, 0xa1b2c3d4, 1);
		b.p[6] = (uint8_t)c[i].minor;
		pcap_record(&b, 1, 0, c[i].first, c[i].second);
		b.n = 24 + 16 + 10;
		read_bytes(&b, &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.pkts[0].len_bytes, c[i].len);
		assert_int_equal(g.pkts[0].wire_bytes, c[i].wire);
	}
}

TEST(pcap, link_type_is_the_low_half)
{
	begin(true, 0xa1b2c3d4, 0x44000000 | 101);	/* a frame check sequence of 4 bytes is claimed */
	pcap_record(&b, 1, 0, 20, 20);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.pkts[0].link, LINK_RAW);
}

TEST(pcap, unknown_link_type_skips_every_record_and_says_so)
{
	begin(false, 0xa1b2c3d4, 105);
	pcap_record(&b, 1, 0, 20, 20);
	pcap_record(&b, 2, 0, 0, 20);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 0);
	assert_int_equal(g.st.records, 2);
	assert_int_equal(g.st.skipped, 2);
	assert_int_equal(g.st.skips[CAP_SKIP_LINK], 2);
	assert_int_equal(g.end, CAP_WHOLE);
}

TEST(pcap, a_cut_anywhere_gives_all_that_is_whole)
{
	size_t at[6], full;

	begin(false, 0xa1b2c3d4, 1);
	at[0] = b.n;
	for (unsigned i = 1; i <= 5; i++) {
		pcap_record(&b, i, 0, 10 * i, 10 * i);
		at[i] = b.n;
	}
	full = b.n;
	for (size_t cut = at[0]; cut <= full; cut++) {
		unsigned whole = 0;

		while (whole < 5 && at[whole + 1] <= cut)
			whole++;
		b.n = cut;
		read_bytes(&b, &g);
		assert_int_equal(g.n, whole);
		assert_int_equal(g.end, cut == at[whole] ? CAP_WHOLE : CAP_TRUNCATED);
	}
	b.n = at[2] + 18;
	read_bytes(&b, &g);
	assert_string_equal(g.text, "record 3 at byte 86: the file ends after 18 of 46 bytes");
}

TEST(pcap, a_record_larger_than_any_packet_is_passed_over)
{
	static uint8_t big[CAP_PACKET_MAX + 4096];
	struct cap_reader *r;
	size_t n;

	begin(false, 0xa1b2c3d4, 1);
	pcap_record(&b, 1, 0, 5, 5);
	pcap_record(&b, 2, 0, CAP_PACKET_MAX + 1, CAP_PACKET_MAX + 1);
	memcpy(big, b.p, b.n);
	n = b.n + CAP_PACKET_MAX + 1;
	b.n = 0;
	pcap_record(&b, 3, 0, 6, 6);
	memcpy(big + n, b.p, b.n);
	assert_int_equal(cap_open_mem(&r, big, n + b.n, NULL), 0);
	read_all(r, &g);
	cap_close(r);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.pkts[1].len_bytes, 6);
	assert_int_equal(g.st.records, 3);
	assert_int_equal(g.st.skips[CAP_SKIP_LARGE], 1);
	assert_int_equal(g.end, CAP_WHOLE);
}

TEST(pcap, four_gigabytes_claimed_end_as_cut)
{
	begin(false, 0xa1b2c3d4, 1);
	pcap_record(&b, 1, 0, 5, 5);
	pcap_record(&b, 2, 0, UINT32_MAX, UINT32_MAX);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.end, CAP_TRUNCATED);
	assert_string_equal(g.text, "record 2 at byte 45: the file ends after 16 of 4294967311 bytes");
}

TEST(pcap, what_is_no_capture_is_told_what_it_looks_like)
{
	static const struct { const char *p; size_t n; const char *say; } c[] = {
		{ "", 0, "memory: empty, where pcap or pcapng is wanted" },
		{ "\x1f\x8b\x08", 3, "memory: not pcap or pcapng; it looks like gzip once more: unpack it first" },
		{ "BZh9", 4, "memory: not pcap or pcapng; it looks like bzip2: unpack it first" },
		{ "add 1 allow ip from any to any\n", 31, "memory: not pcap or pcapng; it looks like text" },
		{ "\0\1\2\3", 4, "memory: not pcap or pcapng; it looks like other data" },
		{ "\xd4\xc3\xb2\xa1\2\0\4", 7, "memory: cut off after 7 of the 24 bytes of a pcap header" },
		{ "\xd4\xc3\xb2\xa1\2\0\5\0________________", 24, "memory: pcap version 2.5; 2.0 to 2.4 are known" },
		{ "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c", 10,
		  "memory: cut off after 10 of the 12 bytes of a pcapng section header" },
	};

	for (unsigned i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct cap_reader *r;
		struct err e = { 0 };

		assert_int_equal(cap_open_mem(&r, (const uint8_t *)c[i].p, c[i].n, &e), ERR_DAMAGED);
		assert_string_equal(e.text, c[i].say);
		assert_null(r);
	}
}

TEST(pcap, rewound_it_reads_the_same_and_goes_on_counting)
{
	struct cap_reader *r;
	unsigned n;

	begin(false, 0xa1b2c3d4, 1);
	for (unsigned i = 0; i < 100; i++)
		pcap_record(&b, i, 0, 8, 8);
	assert_int_equal(cap_open_mem(&r, b.p, b.n, NULL), 0);
	read_all(r, &g);
	n = g.n;
	assert_int_equal(cap_rewind(r), 0);
	assert_int_equal(cap_end(r), CAP_MORE);
	read_all(r, &g);
	assert_int_equal(g.n, n);
	assert_true(g.pkts[99].at == 99000000000);
	assert_int_equal(g.st.records, 200);
	assert_string_equal(g.text, "record 101 at byte 2424: end of the file");
	assert_int_equal(cap_ifaces(r), 1);
	cap_close(r);
}
