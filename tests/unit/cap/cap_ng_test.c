/* tests/unit/cap/cap_ng_test.c - laws of pcapng: sections, interfaces, every packet block, and blocks that lie. */
#include "cap_build.h"

static struct bytes b;
static struct got g;

static void begin(bool big)
{
	b.n = 0;
	b.big = big;
	ng_section(&b);
}

TEST(ng, interfaces_are_numbered_over_sections_of_either_order)
{
	struct cap_reader *r;

	begin(false);
	ng_iface(&b, 1, 100, 9, 0, "eth0");
	ng_iface(&b, 101, 0, -1, 0, NULL);
	ng_packet(&b, 1, 7, 20, 20, NULL);
	b.big = true;
	ng_section(&b);
	ng_iface(&b, 1, 100, 9, 0, "eth0");
	ng_packet(&b, 0, 11, 33, 34, NULL);
	assert_int_equal(cap_open_mem(&r, b.p, b.n, NULL), 0);
	for (int pass = 0; pass < 2; pass++) {
		read_all(r, &g);
		assert_int_equal(g.n, 2);
		assert_int_equal(g.pkts[0].iface, 1);
		assert_int_equal(g.pkts[0].link, LINK_RAW);
		assert_true(g.pkts[0].at == 7000);
		assert_int_equal(g.pkts[1].iface, 2);
		assert_true(g.pkts[1].at == 11);
		assert_int_equal(g.pkts[1].wire_bytes, 34);
		assert_int_equal(cap_ifaces(r), 3);
		assert_string_equal(cap_iface(r, 2)->name, "eth0");
		assert_int_equal(cap_iface(r, 2)->snap_bytes, 100);
		assert_null(cap_iface(r, 3));
		assert_int_equal(cap_rewind(r), 0);
	}
	cap_close(r);
}

TEST(ng, simple_packets_have_the_latest_time_and_interface_0)
{
	struct cap_reader *r;
	size_t at;

	begin(true);
	ng_iface(&b, 1, 16, 9, 0, NULL);
	at = block_begin(&b, 3);
	put32(&b, 100);
	put_pattern(&b, 16);
	block_end(&b, at);
	ng_packet(&b, 0, 5000, 4, 4, NULL);
	ng_packet(&b, 0, 3000, 4, 4, NULL);
	at = block_begin(&b, 3);
	put32(&b, 5);
	put_pattern(&b, 5);
	put_pad(&b, 5);
	block_end(&b, at);
	assert_int_equal(cap_open_mem(&r, b.p, b.n, NULL), 0);
	for (unsigned pass = 1; pass <= 2; pass++) {
		read_all(r, &g);
		assert_int_equal(g.n, 4);
		assert_true(g.pkts[0].at == 0);	/* not what a pass before left */
		assert_int_equal(g.pkts[0].len_bytes, 16);
		assert_int_equal(g.pkts[0].wire_bytes, 100);
		assert_true(g.pkts[3].at == 5000);
		assert_int_equal(g.pkts[3].len_bytes, 5);
		assert_int_equal(g.st.timeless, 2 * pass);
		assert_int_equal(cap_rewind(r), 0);
	}
	cap_close(r);
}

TEST(ng, obsolete_packet_blocks_are_read)
{
	size_t at;

	begin(false);
	ng_iface(&b, 1, 0, -1, 0, NULL);
	ng_iface(&b, 101, 0, -1, 0, NULL);
	at = block_begin(&b, 2);
	put16(&b, 1);
	put16(&b, 9);		/* drops */
	put32(&b, 0x12);
	put32(&b, 0x34567890);
	put32(&b, 6);
	put32(&b, 60);
	put_pattern(&b, 6);
	put_pad(&b, 6);
	put_option(&b, 1, "old", 3);
	block_end(&b, at);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.pkts[0].iface, 1);
	assert_true(g.pkts[0].at == UINT64_C(0x1234567890) * 1000);
	assert_int_equal(g.pkts[0].wire_bytes, 60);
	assert_string_equal(g.comment[0], "old");
}

TEST(ng, comments_are_found)
{
	begin(true);
	ng_iface(&b, 1, 0, -1, 0, NULL);
	ng_packet(&b, 0, 1, 5, 5, "first");
	ng_packet(&b, 0, 2, 6, 6, NULL);
	ng_packet(&b, 0, 3, 8, 8, "third \xc3\xa9");
	read_bytes(&b, &g);
	assert_string_equal(g.comment[0], "first");
	assert_string_equal(g.comment[1], "");
	assert_string_equal(g.comment[2], "third \xc3\xa9");
}

TEST(ng, blocks_that_are_no_packets_are_passed_over_and_counted)
{
	size_t at;

	begin(false);
	ng_iface(&b, 1, 0, -1, 0, NULL);
	for (uint32_t type = 4; type <= 12; type++) {
		if (type == 6)
			continue;
		at = block_begin(&b, type == 12 ? 0x40000bad : type);
		put_pattern(&b, (size_t)4 * type);
		block_end(&b, at);
	}
	at = block_begin(&b, 77);
	block_end(&b, at);	/* the least block there is */
	ng_packet(&b, 0, 1, 5, 5, NULL);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.st.unknown_blocks, 9);
	assert_int_equal(g.st.records, 1);
}

TEST(ng, a_lie_inside_a_block_costs_that_block)
{
	size_t at;

	begin(false);
	ng_packet(&b, 0, 1, 4, 4, NULL);		/* no interface yet */
	ng_iface(&b, 1, 0, 9, 0, NULL);
	ng_iface(&b, 105, 0, 9, 0, NULL);
	ng_iface(&b, 1, 0, 9, -1, NULL);
	ng_packet(&b, 3, 1, 4, 4, NULL);		/* no such interface */
	ng_packet(&b, UINT32_MAX, 1, 4, 4, NULL);
	ng_packet(&b, 1, 1, 4, 4, NULL);		/* nobody knows its link type */
	ng_packet(&b, 2, 999999999, 4, 4, NULL);	/* 1 ns before 1970 */
	ng_packet(&b, 0, UINT64_MAX, 4, 4, NULL);	/* never */
	at = b.n;
	ng_packet(&b, 0, 1, 4, 4, NULL);
	b.p[at + 20] = 5;				/* one byte more than there is */
	at = b.n;
	ng_packet(&b, 0, 1, 4, 4, NULL);
	memset(b.p + at + 20, 0xff, 4);
	at = block_begin(&b, 6);			/* too short for its fields */
	put32(&b, 0);
	block_end(&b, at);
	at = block_begin(&b, 3);
	block_end(&b, at);
	at = block_begin(&b, 3);
	put32(&b, 5);
	put_pattern(&b, 4);
	block_end(&b, at);
	ng_packet(&b, 2, 1000000000, 4, 4, NULL);
	ng_packet(&b, 0, UINT64_MAX - 1, 4, 3, NULL);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 2);
	assert_true(g.pkts[0].at == 0);
	assert_true(g.pkts[1].at == UINT64_MAX - 1);
	assert_int_equal(g.pkts[1].wire_bytes, 4);
	assert_int_equal(g.st.skips[CAP_SKIP_IFACE], 3);
	assert_int_equal(g.st.skips[CAP_SKIP_LINK], 1);
	assert_int_equal(g.st.skips[CAP_SKIP_TIME], 2);
	assert_int_equal(g.st.skips[CAP_SKIP_LENGTH], 4);
	assert_int_equal(g.st.skips[CAP_SKIP_LARGE], 1);
	assert_int_equal(g.st.skipped, 11);
	assert_int_equal(g.st.records, 13);
	assert_int_equal(g.end, CAP_WHOLE);
}

TEST(ng, sizes_that_disagree_end_the_input)
{
	static const struct { uint32_t first, last; enum cap_end end; unsigned n; const char *text; } c[] = {
		{ 0, 36, CAP_DAMAGED, 1, "record 2 at byte 88: a block of 0 bytes, where 12 are the least" },
		{ 11, 36, CAP_DAMAGED, 1, "record 2 at byte 88: a block of 11 bytes, where 12 are the least" },
		{ 36, 40, CAP_DAMAGED, 1, "record 2 at byte 88: a block that says 36 bytes at its begin and 40 at its "
		  "end" },
		{ UINT32_MAX, 36, CAP_TRUNCATED, 1, "record 2 at byte 88: the file ends after 36 of 4294967296 bytes" },
		{ 100, 36, CAP_TRUNCATED, 1, "record 2 at byte 88: the file ends after 36 of 100 bytes" },
		{ 36, 36, CAP_WHOLE, 2, "record 3 at byte 124: end of the file" },
		{ 33, 33, CAP_WHOLE, 2, "record 3 at byte 124: end of the file" },	/* padding not counted */
		{ 33, 36, CAP_WHOLE, 2, "record 3 at byte 124: end of the file" },
	};

	for (unsigned i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		size_t at;

		begin(false);
		ng_iface(&b, 1, 0, -1, 0, NULL);
		ng_packet(&b, 0, 1, 1, 1, NULL);
		at = b.n;
		ng_packet(&b, 0, 1, 1, 1, NULL);
		b.n = at + 4;
		put32(&b, c[i].first);
		b.n = at + 32;
		put32(&b, c[i].last);
		read_bytes(&b, &g);
		assert_string_equal(g.text, c[i].text);
		assert_int_equal(g.end, c[i].end);
		assert_int_equal(g.n, c[i].n);
	}
}

TEST(ng, a_cut_anywhere_gives_all_that_is_whole)
{
	size_t at[5];

	begin(true);
	ng_iface(&b, 1, 0, -1, 0, "lo");
	at[0] = b.n;
	for (unsigned i = 1; i < 5; i++) {
		ng_packet(&b, 0, i, 3 * i, 3 * i, i & 1 ? "odd" : NULL);
		at[i] = b.n;
	}
	for (size_t cut = at[0]; cut <= at[4]; cut++) {
		unsigned whole = 0;

		while (whole < 4 && at[whole + 1] <= cut)
			whole++;
		b.n = cut;
		read_bytes(&b, &g);
		assert_int_equal(g.n, whole);
		assert_int_equal(g.end, cut == at[whole] ? CAP_WHOLE : CAP_TRUNCATED);
	}
}

TEST(ng, a_section_that_makes_no_sense_ends_the_input)
{
	begin(false);
	ng_iface(&b, 1, 0, -1, 0, NULL);
	ng_packet(&b, 0, 1, 4, 4, NULL);
	ng_section(&b);
	b.p[b.n - 16] = 2;	/* major version */
	read_bytes(&b, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.end, CAP_DAMAGED);
	assert_non_null(strstr(g.text, "pcapng version 2.0; 1.0 and 1.2 are known"));
	memset(b.p + b.n - 20, 0, 4);
	read_bytes(&b, &g);
	assert_int_equal(g.end, CAP_DAMAGED);
	assert_non_null(strstr(g.text, "byte order cannot be told"));
}

/* An interface whose clock is doubtful keeps its number, and its packets are not given with guessed times. */
TEST(ng, a_doubtful_interface_keeps_its_number)
{
	size_t at;

	begin(false);
	for (int kind = 0; kind < 4; kind++) {
		at = block_begin(&b, 1);
		put32(&b, 1);
		put32(&b, 0);
		if (kind == 0)
			put_option(&b, 9, "\6\6", 2);
		if (kind == 1)
			put(&b, "\11\0\100\0\6\0\0\0", 8);	/* 64 bytes claimed */
		if (kind == 2)
			put_option(&b, 14, "\0\0\0\0", 4);
		if (kind == 3) {
			put_option(&b, 9, "\6", 1);
			put_option(&b, 9, "\7", 1);
		}
		block_end(&b, at);
	}
	ng_iface(&b, 1, 0, 9, 0, NULL);
	for (uint32_t i = 0; i < 5; i++)
		ng_packet(&b, i, 42, 4, 4, NULL);
	read_bytes(&b, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.pkts[0].iface, 4);
	assert_int_equal(g.st.skips[CAP_SKIP_IFACE], 4);
}

TEST(ng, a_long_name_says_that_it_was_longer)
{
	struct cap_reader *r;
	char name[100];

	memset(name, 'n', 99);
	memcpy(name + 59, "\xc3\xa9", 2);	/* a character across the last place */
	name[99] = '\0';
	begin(false);
	ng_iface(&b, 1, 0, -1, 0, name);
	name[64] = '\0';
	ng_iface(&b, 1, 0, -1, 0, name);
	name[63] = '\0';
	ng_iface(&b, 1, 0, -1, 0, name);
	assert_int_equal(cap_open_mem(&r, b.p, b.n, NULL), 0);
	read_all(r, &g);
	assert_int_equal(strlen(cap_iface(r, 0)->name), 59 + 3);
	assert_memory_equal(cap_iface(r, 0)->name + 59, "\xe2\x80\xa6", 4);
	assert_string_equal(cap_iface(r, 1)->name, cap_iface(r, 0)->name);
	assert_string_equal(cap_iface(r, 2)->name, name);
	cap_close(r);
}

TEST(ng, more_interfaces_than_numbers_cost_their_packets_only)
{
	static uint8_t many[28 + 20 * 65537 + 2 * 36];
	struct cap_reader *r;
	size_t n;

	begin(false);
	memcpy(many, b.p, n = b.n);
	b.n = 0;
	put(&b, "\1\0\0\0\24\0\0\0\1\0\0\0\0\0\0\0\24\0\0\0", 20);
	for (unsigned i = 0; i < 65537; i++, n += 20)
		memcpy(many + n, b.p, 20);
	b.n = 0;
	ng_packet(&b, 65535, 1, 4, 4, NULL);
	ng_packet(&b, 65536, 1, 4, 4, NULL);
	memcpy(many + n, b.p, b.n);
	assert_int_equal(cap_open_mem(&r, many, n + b.n, NULL), 0);
	read_all(r, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.pkts[0].iface, 65535);
	assert_int_equal(g.st.skips[CAP_SKIP_IFACE], 1);
	assert_int_equal(cap_ifaces(r), 65536);
	cap_close(r);
}
