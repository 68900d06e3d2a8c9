/* sum.c and pseudo.c: the examples of the RFCs, and every way of adding equal to the plainest one. */
#include "wire/decode.h"

#include <stdlib.h>

#include "test.h"

/* RFC 1071 1, word by word, as a reader would do it by hand. */
static uint16_t by_hand(const uint8_t *p, size_t n, uint16_t sum)
{
	uint32_t s = sum;

	for (size_t i = 0; i < n; i++) {
		s += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		s = (s & 0xffff) + (s >> 16);
	}
	return (uint16_t)s;
}

TEST(sum, example_of_rfc_1071)
{
	static const uint8_t p[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	assert_int_equal(wire_sum(p, 8, 0), 0xddf2);
	assert_int_equal(wire_checksum(p, 8), 0x220d);
}

TEST(sum, header_with_its_checksum_is_all_ones)
{
	/* An IPv4 header as a capture has it. */
	static const uint8_t p[] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8,
		0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7 };

	assert_int_equal(wire_sum(p, sizeof(p), 0), 0xffff);
	assert_int_equal(wire_checksum(p, sizeof(p)), 0);
}

/* Bytes of 0xff carry all the time; the others have every value. */
static void fill(uint8_t *p, size_t n, unsigned kind)
{
	for (size_t i = 0; i < n; i++)
		p[i] = kind == 0 ? 0xff : kind == 1 ? 0 : (uint8_t)(i * 167 + (i >> 8) * 13 + kind);
}

TEST(sum, all_ways_agree_at_every_alignment_and_length)
{
	enum { LONGEST = 700, SHIFTS = 17 };
	uint8_t *room = malloc(LONGEST + SHIFTS);

	assert_non_null(room);
	for (unsigned kind = 0; kind < 4; kind++) {
		fill(room, LONGEST + SHIFTS, kind);
		for (size_t shift = 0; shift < SHIFTS; shift++) {
			for (size_t n = 0; n <= LONGEST; n++) {
				uint16_t want = by_hand(room + shift, n, (uint16_t)(n * 251));

				assert_int_equal(wire_sum_portable(room + shift, n, (uint16_t)(n * 251)), want);
				assert_int_equal(wire_sum(room + shift, n, (uint16_t)(n * 251)), want);
			}
		}
	}
	free(room);
}

TEST(sum, reads_nothing_behind_the_end)
{
	for (size_t n = 0; n < 300; n++) {
		uint8_t *p = malloc(n ? n : 1);

		assert_non_null(p);
		memset(p, 0x5a, n);
		assert_int_equal(wire_sum(p, n, 0), by_hand(p, n, 0));
		assert_int_equal(wire_sum_portable(p, n, 0), by_hand(p, n, 0));
		free(p);
	}
}

TEST(sum, large_pieces_do_not_overflow)
{
	enum { BYTES = 1 << 20 };
	uint8_t *p = malloc(BYTES + 1);

	assert_non_null(p);
	memset(p, 0xff, BYTES + 1);
	assert_int_equal(wire_sum(p, BYTES, 0), 0xffff);
	assert_int_equal(wire_sum(p, BYTES + 1, 0), by_hand(p, BYTES + 1, 0));
	assert_int_equal(wire_sum_portable(p, BYTES + 1, 0), by_hand(p, BYTES + 1, 0));
	free(p);
}

TEST(sum, pieces_of_even_length_chain)
{
	uint8_t p[301];

	fill(p, sizeof(p), 3);
	for (size_t cut = 0; cut <= sizeof(p); cut += 2)
		assert_int_equal(wire_sum(p + cut, sizeof(p) - cut, wire_sum(p, cut, 0)), by_hand(p, sizeof(p), 0));
}

TEST(sum, examples_of_rfc_1624)
{
	assert_int_equal(wire_checksum_change(0xdd2f, 0x5555, 0x3285), 0x0000);
}

TEST(sum, change_equals_computing_anew)
{
	uint8_t p[20];

	fill(p, sizeof(p), 2);
	for (uint32_t to = 0; to < 0x10000; to += 7) {
		uint16_t before = wire_checksum(p, sizeof(p)), from = wire_get16(p + 6);

		wire_put16(p + 6, (uint16_t)to);
		assert_int_equal(wire_checksum_change(before, from, (uint16_t)to), wire_checksum(p, sizeof(p)));
	}
}

/* A neighbor solicitation with the checksum that its sender computed; and one by hand. */
TEST(sum, pseudo_headers_close_a_real_checksum)
{
	static const uint8_t udp[] = { 0x30, 0x39, 0x00, 0x35, 0x00, 0x0b, 0x00, 0x00, 'a', 'b', 'c' };
	static const uint8_t ns[] = {
		0x87, 0x00, 0x1c, 0x6c, 0x00, 0x00, 0x00, 0x00, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x88, 0xb6, 0x36, 0xff, 0xfe, 0xb8, 0x8d, 0x37, 0x0e, 0x01, 0x59, 0xe2, 0x7a, 0xfe, 0xa3, 0x3b,
	};
	const uint64_t src[2] = { 0, 0 }, dst[2] = { 0xff02000000000000, 0x00000001ffb88d37 };
	uint16_t sum = wire_pseudo6_sum(src, dst, PROTO_ICMP6, sizeof(ns));

	assert_int_equal(wire_sum(ns, sizeof(ns), sum), 0xffff);
	/* 10.0.0.1 > 10.0.0.2, by hand: 0a00+0001+0a00+0002+0011+000b, then the words of the datagram */
	assert_int_equal(wire_pseudo4_sum(0x0a000001, 0x0a000002, PROTO_UDP, sizeof(udp)), 0x141f);
	assert_int_equal(wire_sum(udp, sizeof(udp), 0x141f), by_hand(udp, sizeof(udp), 0x141f));
}
