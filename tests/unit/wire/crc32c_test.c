/* crc32c.c: the vectors of RFC 3720 B.4, and both ways equal to the definition, bit by bit. */
#include "wire/wire.h"

#include <stdlib.h>

#include "test.h"

/* The polynomial division itself. */
static uint32_t by_bits(const uint8_t *p, size_t n, uint32_t crc)
{
	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
	}
	return ~crc;
}

static void both(const void *p, size_t n, uint32_t want)
{
	assert_int_equal(wire_crc32c(p, n, 0), want);
	assert_int_equal(wire_crc32c_portable(p, n, 0), want);
}

TEST(crc32c, vectors_of_rfc_3720)
{
	static const uint8_t read_command[48] = {
		0x01, 0xc0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18, [32] = 0x28, [40] = 0x02,
	};
	uint8_t p[32];

	memset(p, 0, sizeof(p));
	both(p, sizeof(p), 0x8a9136aa);
	memset(p, 0xff, sizeof(p));
	both(p, sizeof(p), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		p[i] = (uint8_t)i;
	both(p, sizeof(p), 0x46dd794e);
	for (unsigned i = 0; i < 32; i++)
		p[i] = (uint8_t)(31 - i);
	both(p, sizeof(p), 0x113fdb5c);
	both(read_command, sizeof(read_command), 0xd9963a56);
	both("123456789", 9, 0xe3069283);
	both("", 0, 0);
}

TEST(crc32c, all_ways_agree_at_every_alignment_and_length)
{
	enum { LONGEST = 1100, SHIFTS = 9 };
	uint8_t *room = malloc(LONGEST + SHIFTS);

	assert_non_null(room);
	for (size_t i = 0; i < LONGEST + SHIFTS; i++)
		room[i] = (uint8_t)(i * 89 + (i >> 8) * 57 + 11);
	for (size_t shift = 0; shift < SHIFTS; shift++) {
		uint32_t want = 0x12345678;

		for (size_t n = 0; n <= LONGEST; n++) {
			assert_int_equal(wire_crc32c_portable(room + shift, n, 0x12345678), want);
			assert_int_equal(wire_crc32c(room + shift, n, 0x12345678), want);
			want = by_bits(room + shift + n, n < LONGEST, want);
		}
	}
	free(room);
}

TEST(crc32c, pieces_chain)
{
	uint8_t p[1000];

	for (size_t i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)(i * i);
	for (size_t cut = 0; cut <= sizeof(p); cut += 13)
		assert_int_equal(wire_crc32c(p + cut, sizeof(p) - cut, wire_crc32c(p, cut, 0)),
			by_bits(p, sizeof(p), 0));
}

TEST(crc32c, reads_nothing_behind_the_end)
{
	for (size_t n = 0; n < 600; n++) {
		uint8_t *p = malloc(n ? n : 1);

		assert_non_null(p);
		memset(p, 0xa5, n);
		assert_int_equal(wire_crc32c(p, n, 0), by_bits(p, n, 0));
		free(p);
	}
}
