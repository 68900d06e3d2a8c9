/* base/utf8.h - one character of UTF-8 at a time, checked (RFC 3629 4), and how wide a terminal draws it. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The character that begins at p, at most n bytes: returns its length in bytes, 1..4, and its code point. 0: n is 0, or
 * these bytes are no well-formed UTF-8 (cut short, overlong, a surrogate, past U+10FFFF). */
unsigned utf8_take(const char *p, size_t n, uint32_t *point);

/* Columns that `point` takes on a terminal: 1, 2 (East Asian wide, pictures), 0 (combining marks), or -1 where it must
 * not be shown as it is: controls, and the invisible ones that reorder or hide text. A small table, no locale. */
int utf8_columns(uint32_t point);

#endif
