/* tests/unit/cap/cap_codec_test.c - laws of packed captures, over every codec this build has. */
#include "cap_digest.h"

#include <stdlib.h>

#include "cap/cap_codec.h"

static uint8_t large[12 << 20], packed[16 << 20];
static struct bytes b;

static const struct cap_codec *const codecs[] = { &cap_gzip, &cap_zstd };

/* Each codec in turn; those this build was made without are told and left out. */
static const struct cap_codec *next_codec(unsigned *i)
{
	while (*i < sizeof(codecs) / sizeof(*codecs)) {
		const struct cap_codec *c = codecs[(*i)++];

		if (c->pack)
			return c;
		print_message("# SKIP %s: built without %s\n", c->name, c->library);
	}
	return NULL;
}

/* One frame. */
static size_t pack_frame(const struct cap_codec *c, const uint8_t *from, size_t n, uint8_t *to, size_t room)
{
	void *state = c->pack_new();
	size_t made;

	assert_non_null(state);
	assert_true(c->pack_bound(n) + CAP_CODEC_END <= room);
	made = c->pack(state, to, c->pack_bound(n), from, n);
	assert_true(made > 0);
	made += c->pack_end(state, to + made);
	c->pack_free(state);
	return made;
}

/* n bytes as frames of `piece` bytes. */
static size_t pack_pieces(const struct cap_codec *c, const uint8_t *from, size_t n, size_t piece, uint8_t *to,
	size_t room)
{
	size_t used = 0;

	for (size_t at = 0; at < n; at += piece)
		used += pack_frame(c, from + at, n - at < piece ? n - at : piece, to + used, room - used);
	return used;
}

static struct digest digest_mem(const uint8_t *p, size_t n)
{
	struct digest d = { 0 };
	struct cap_reader *r;
	struct err e = { 0 };

	assert_int_equal(cap_open_mem(&r, p, n, &e), 0);
	digest_rest(r, &d);
	cap_close(r);
	return d;
}

/* Ten packets, small enough to try each byte of them. */
static void build_small(void)
{
	b.n = 0;
	b.big = false;
	pcap_header(&b, 0xa1b23c4d, 1);
	for (uint32_t i = 0; i < 10; i++)
		pcap_record(&b, i, i, 20 + i * 9, 100 + i);
}

TEST(codec, packed_gives_what_plain_gives_by_file_stream_and_memory)
{
	size_t n = build_large(large, sizeof(large));
	struct digest plain = digest_mem(large, n), d;
	const struct cap_codec *c;
	unsigned i = 0;
	char path[40];

	while ((c = next_codec(&i))) {
		size_t size = pack_pieces(c, large, n, n, packed, sizeof(packed));

		temporary(path);
		append(path, packed, size);
		d = digest_path(path);
		assert_same(&plain, &d);
		assert_false(d.steady);		/* its bytes are gone with the next burst */
		d = digest_mem(packed, size);
		assert_same(&plain, &d);
		d = digest_pipe(packed, size, 4093);
		assert_same(&plain, &d);
		unlink(path);
	}
}

TEST(codec, frames_follow_one_another_wherever_they_are_cut)
{
	struct digest plain, d;
	const struct cap_codec *c;
	unsigned i = 0;

	build_small();
	plain = digest_mem(b.p, b.n);
	while ((c = next_codec(&i)))
		for (size_t piece = 1; piece < 100; piece += 7) {
			size_t size = pack_pieces(c, b.p, b.n, piece, packed, sizeof(packed));

			d = digest_mem(packed, size);
			assert_same(&plain, &d);
			d = digest_pipe(packed, size, 3);
			assert_same(&plain, &d);
		}
}

TEST(codec, a_cut_stream_is_truncated_and_all_before_it_is_given)
{
	const struct cap_codec *c;
	unsigned i = 0;

	build_small();
	while ((c = next_codec(&i))) {
		size_t first = pack_pieces(c, b.p, 24, 24, packed, sizeof(packed));
		size_t size = first + pack_pieces(c, b.p + 24, b.n - 24, b.n, packed + first, sizeof(packed) - first);

		for (size_t n = first; n < size; n++) {
			struct digest d = digest_mem(packed, n);

			assert_int_equal(d.end, n == first ? CAP_WHOLE : CAP_TRUNCATED);
			assert_true(d.packets < 11);
		}
	}
}

TEST(codec, a_damaged_frame_costs_nothing_that_stands_before_it)
{
	const struct cap_codec *c;
	unsigned i = 0;

	build_small();
	while ((c = next_codec(&i))) {
		const size_t head = 24 + 36 + 45;	/* two packets in a frame of their own */
		size_t first = pack_pieces(c, b.p, head, head, packed, sizeof(packed)), hurt = 0;
		size_t rest = pack_pieces(c, b.p + head, b.n - head, b.n, packed + first, sizeof(packed) - first);
		size_t size = first + rest;
		struct digest whole = digest_mem(packed, size);

		for (size_t at = first; at < size; at++) {
			struct digest d;

			packed[at] ^= 0x5a;
			d = digest_mem(packed, size);
			packed[at] ^= 0x5a;
			assert_true(d.packets >= 2);
			/* What gzip's sum does not see says nothing of the packets. Our zstd has no sum. */
			if (d.end == CAP_WHOLE && c == &cap_gzip)
				assert_same(&whole, &d);
			hurt += d.end != CAP_WHOLE;
		}
		assert_true(hurt > (size - first) / (c == &cap_gzip ? 2 : 9));
	}
}

TEST(codec, what_follows_the_last_frame_and_is_none_is_damage)
{
	const struct cap_codec *c;
	unsigned i = 0;

	build_small();
	while ((c = next_codec(&i))) {
		size_t size = pack_pieces(c, b.p, b.n, b.n, packed, sizeof(packed));
		struct digest d;

		memset(packed + size, 0, 100);
		d = digest_mem(packed, size + 100);
		assert_int_equal(d.packets, 10);
		assert_int_equal(d.end, CAP_DAMAGED);
	}
}

/* Packets of 1000 bytes out of few different ones, so that there is something to pack. */
static size_t build_plain(unsigned packets)
{
	uint32_t fill = 1;
	size_t n;

	b.n = 0;
	b.big = false;
	pcap_header(&b, 0xa1b23c4d, 1);
	memcpy(large, b.p, n = b.n);
	for (uint32_t i = 0; i < packets; i++) {
		b.n = 0;
		pcap_record(&b, i, 0, 1000, 1000);
		memcpy(large + n, b.p, 16);
		n += 16;
		for (unsigned k = 0; k < 1000; k++, fill = fill * 1664525 + 1013904223)
			large[n++] = (uint8_t)(fill >> 28);
	}
	return n;
}

/* The header of the k-th block of a frame, 3 bytes each before so many: RFC 8878, 3.1.1. */
static size_t zstd_block(const uint8_t *frame, unsigned k)
{
	static const uint8_t content_bytes[] = { 0, 2, 4, 8 };
	bool single = frame[4] & 0x20;
	size_t at = 4 + 1 + !single + content_bytes[frame[4] >> 6] + (single && frame[4] < 0x40);

	while (k--)
		at += 3 + ((size_t)(frame[at] | frame[at + 1] << 8 | frame[at + 2] << 16) >> 3);
	return at;
}

TEST(codec, all_that_a_frame_holds_before_its_damage_is_given)
{
	const size_t block = 128 << 10, n = build_plain(2000);
	size_t size;

	if (!cap_zstd.pack)
		skip();
	size = pack_pieces(&cap_zstd, large, n, n, packed, sizeof(packed));
	for (unsigned k = 0; k < 15; k++) {
		size_t at = zstd_block(packed, k);
		struct digest d = { 0 }, again = { 0 };
		struct cap_reader *r;
		struct err e = { 0 };

		packed[at] |= 6;	/* a type of block that does not exist */
		if (!k) {
			assert_int_equal(cap_open_mem(&r, packed, size, &e), ERR_DAMAGED);
			assert_non_null(strstr(e.text, "memory: zstd: "));
		} else {
			assert_int_equal(cap_open_mem(&r, packed, size, NULL), 0);
			digest_rest(r, &d);
			assert_int_equal(d.packets, (k * block - 24) / 1016);
			assert_int_equal(d.end, CAP_DAMAGED);
			assert_int_equal(cap_rewind(r), 0);
			digest_rest(r, &again);
			assert_true(again.packets == d.packets && again.sum == d.sum && again.end == d.end);
			cap_close(r);
		}
		pack_pieces(&cap_zstd, large, n, n, packed, sizeof(packed));
	}
}

TEST(codec, a_damaged_member_gives_what_could_be_unpacked_of_it)
{
	size_t n = build_plain(2000), size;
	struct digest d;

	if (!cap_gzip.pack)
		skip();
	size = pack_pieces(&cap_gzip, large, n, n, packed, sizeof(packed));
	memset(packed + size / 2, 0xff, 300);
	d = digest_mem(packed, size);
	assert_int_equal(d.end, CAP_DAMAGED);
	assert_in_range(d.packets, 990, 2000);
}

TEST(codec, read_again_it_is_the_same)
{
	size_t n = build_large(large, 3 << 20);
	const struct cap_codec *c;
	unsigned i = 0;

	while ((c = next_codec(&i))) {
		size_t size = pack_pieces(c, large, n, 1 << 20, packed, sizeof(packed));
		struct digest one = { 0 }, two = { 0 };
		struct cap_reader *r;

		assert_int_equal(cap_open_mem(&r, packed, size, NULL), 0);
		digest_rest(r, &one);
		assert_int_equal(cap_rewind(r), 0);
		digest_rest(r, &two);
		assert_true(one.packets > 10 && one.packets == two.packets && one.sum == two.sum);
		assert_int_equal(two.end, CAP_WHOLE);
		assert_true(cap_size_bytes(r) == size && cap_at_byte(r) == size);
		cap_close(r);
	}
}

static long resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	char sizes[100] = "", *resident = sizes;

	assert_non_null(f);
	assert_non_null(fgets(sizes, sizeof(sizes), f));
	fclose(f);
	strtol(sizes, &resident, 10);
	return strtol(resident, NULL, 10) * sysconf(_SC_PAGESIZE);
}

/* One record that says 4 GiB, and zeros without end: a thousand times less in the file. */
TEST(codec, a_bomb_costs_no_memory)
{
	const size_t piece = sizeof(large), pieces = 12;
	const struct cap_codec *c;
	unsigned i = 0;

	b.n = 0;
	pcap_header(&b, 0xa1b23c4d, 1);
	pcap_record(&b, 1, 0, 60, 60);
	pcap_record(&b, 2, 0, UINT32_MAX, UINT32_MAX);
	while ((c = next_codec(&i))) {
		size_t size = pack_pieces(c, b.p, b.n, b.n, packed, sizeof(packed));
		struct digest d;
		long before;

		memset(large, 0, piece);
		for (unsigned k = 0; k < pieces; k++)
			size += pack_pieces(c, large, piece, piece, packed + size, sizeof(packed) - size);
		assert_true(size < 1 << 20);
		before = resident_bytes();
		d = digest_mem(packed, size);
		assert_int_equal(d.packets, 1);
		assert_int_equal(d.end, CAP_TRUNCATED);
		assert_in_range(resident_bytes() - before + (16 << 20), 0, 32 << 20);
	}
}

TEST(codec, a_build_without_the_library_refuses_by_name)
{
	static const struct cap_codec none = { .name = "gzip", .library = "zlib" };
	struct err e = { 0 };

	assert_int_equal(cap_codec_check(&none, "x.pcap.gz", &e), ERR_USAGE);
	assert_string_equal(e.text, "x.pcap.gz: gzip needs zlib, which this build was made without");
}

TEST(codec, a_suffix_says_what_packs_and_what_is_packed)
{
	assert_ptr_equal(cap_codec_of_path("x.pcap.gz"), &cap_gzip);
	assert_ptr_equal(cap_codec_of_path("x.zst"), &cap_zstd);
	assert_null(cap_codec_of_path("x.pcap"));
	assert_null(cap_codec_of_path(".gz"));
	assert_int_equal(cap_format_of("x.pcap.gz"), CAP_PCAP_NS);
	assert_int_equal(cap_format_of("x.pcap.zst"), CAP_PCAP_NS);
	assert_int_equal(cap_format_of("x.pcapng.zst"), CAP_PCAPNG);
	assert_int_equal(cap_format_of("pcap.gz"), CAP_PCAPNG);
}

TEST(codec, what_is_written_packed_reads_the_same_and_may_end_after_any_piece)
{
	static const char *const suffixes[] = { ".pcapng.gz", ".pcap.gz", ".pcapng.zst", ".pcap.zst" };
	struct cap_iface eth = { .linktype = 1 };

	for (unsigned s = 0; s < 4; s++) {
		uint8_t bytes[1000] = { 1, 2, 3 };
		struct pkt p = { .data = bytes, .len_bytes = sizeof(bytes), .wire_bytes = 1500 };
		struct cap_writer *w;
		struct digest d;
		struct err e = { 0 };
		char name[60];

		if (!cap_codec_of_path(suffixes[s])->pack)
			continue;
		temporary(name);
		unlink(name);
		strcat(name, suffixes[s]);
		assert_int_equal(cap_writer_open(&w, name, cap_format_of(name), &e), 0);
		assert_int_equal(cap_writer_iface(w, &eth, &e), 0);
		for (uint64_t k = 0; k < 3000; k++) {
			if (k == 2000) {
				assert_int_equal(cap_writer_flush(w, &e), 0);
				d = digest_path(name);
				assert_true(d.packets == 2000 && d.end == CAP_WHOLE);
			}
			assert_int_equal(cap_write(w, 0, k, &p, NULL, &e), 0);
		}
		assert_int_equal(cap_writer_close(w, &e), 0);
		d = digest_path(name);
		assert_true(d.packets == 3000 && d.bytes == 3000000 && d.end == CAP_WHOLE);
		unlink(name);
	}
}
