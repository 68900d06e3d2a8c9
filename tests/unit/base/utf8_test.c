/* The decoder against every code point there is, encoded by the table of RFC 3629 3, and against what section 10 warns
 * of. */
#include "base/utf8.h"

#include <stdbool.h>

#include "test.h"

static unsigned encode(uint32_t cp, char *to)
{
	unsigned n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

	for (unsigned i = n - 1; i; i--, cp >>= 6)
		to[i] = (char)(0x80 | (cp & 0x3f));
	to[0] = (char)(first[n] | cp);
	return n;
}

TEST(utf8, every_character_is_read_and_no_surrogate)
{
	for (uint32_t cp = 0; cp < 0x120000; cp++) {
		char b[4];
		uint32_t back = 0;
		unsigned n = encode(cp, b);
		bool valid = cp < 0xd800 || (cp > 0xdfff && cp < 0x110000);

		assert_int_equal(utf8_take(b, n, &back), valid ? n : 0);
		assert_true(!valid || back == cp);
		assert_int_equal(utf8_take(b, n - 1, &back), 0);	/* cut short */
	}
}

TEST(utf8, overlong_forms_and_stray_bytes_are_refused)
{
	static const char *const bad[] = {
		"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80", "\xff\xff\xff\xff", "\x80", "\xbf", "\xc3(",
		"\xe2\x82(", "\xe2(\xac", "\xf0\x9f\x98(",
	};
	uint32_t cp;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(utf8_take(bad[i], strlen(bad[i]), &cp), 0);
}

TEST(utf8, what_deceives_is_not_shown)
{
	assert_int_equal(utf8_columns('a'), 1);
	assert_int_equal(utf8_columns(0xe4), 1);
	assert_int_equal(utf8_columns(0x301), 0);		/* combining acute */
	assert_int_equal(utf8_columns(0x4e2d), 2);
	assert_int_equal(utf8_columns(0x1f600), 2);
	assert_int_equal(utf8_columns('\n'), -1);
	assert_int_equal(utf8_columns(0x9b), -1);		/* CSI in 8 bits */
	assert_int_equal(utf8_columns(0x202e), -1);		/* right-to-left override */
	assert_int_equal(utf8_columns(0x2066), -1);
	assert_int_equal(utf8_columns(0x200b), -1);		/* zero width space */
	assert_int_equal(utf8_columns(0x10ffff), -1);
}
