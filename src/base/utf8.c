/* base/utf8.c - UTF-8, checked, one character at a time.
 *
 * Text of users (file names, comments of rules) goes to terminals and into JSON. Both need to know which bytes are
 * characters; a terminal also needs to know which characters would deceive: controls, and those that turn the direction
 * of writing, so that a line reads other than it is. The decoder is RFC 3629 section 4, byte range by byte range. The
 * table of widths is coarse (blocks, not characters): a caret one column off under rare scripts is its whole risk.
 * Pure functions, any thread. */
#include "base/utf8.h"

static unsigned length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)	/* a continuation, or an overlong two */
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

unsigned utf8_take(const char *p, size_t n, uint32_t *point)
{
	const unsigned char *b = (const unsigned char *)p;
	unsigned len = n ? length_of(b[0]) : 0;
	uint32_t cp;

	if (!len || len > n)
		return 0;
	cp = len == 1 ? b[0] : b[0] & (0x7fu >> len);
	for (unsigned i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (b[i] & 0x3f);
	}
	if ((len == 3 && cp < 0x800) || (len == 4 && cp < 0x10000) || (cp >= 0xd800 && cp <= 0xdfff) || cp > 0x10ffff)
		return 0;
	*point = cp;
	return len;
}

static const struct {
	uint32_t lo, hi;
	int columns;
} widths[] = {			/* in order; what no line names has 1 */
	{ 0x0000, 0x001f, -1 },	{ 0x007f, 0x009f, -1 },	{ 0x00ad, 0x00ad, -1 },	{ 0x0300, 0x036f, 0 },
	{ 0x061c, 0x061c, -1 },	{ 0x1100, 0x115f, 2 },	{ 0x180e, 0x180e, -1 },	{ 0x200b, 0x200f, -1 },
	{ 0x2028, 0x202e, -1 },	{ 0x2060, 0x206f, -1 },	{ 0x20d0, 0x20ff, 0 },	{ 0x2e80, 0xa4cf, 2 },
	{ 0xac00, 0xd7a3, 2 },	{ 0xe000, 0xf8ff, -1 },	{ 0xf900, 0xfaff, 2 },	{ 0xfe00, 0xfe0f, 0 },
	{ 0xfe20, 0xfe2f, 0 },	{ 0xfe30, 0xfe6f, 2 },	{ 0xfeff, 0xfeff, -1 },	{ 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 },	{ 0xfff0, 0xfffc, -1 },	{ 0xfffe, 0xffff, -1 },	{ 0x1f300, 0x1faff, 2 },
	{ 0x20000, 0x3fffd, 2 }, { 0x3fffe, 0x10ffff, -1 },
};

int utf8_columns(uint32_t point)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]) && point >= widths[i].lo; i++)
		if (point <= widths[i].hi)
			return widths[i].columns;
	return 1;
}
