/* wire/text.h - text that grows in a caller's buffer: what every print of the room writes to.
 *
 * `len` counts the whole text, also what did not fit; so a print returns what snprintf() would. */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct text {
	char *to;
	size_t room;
	size_t len;
};

static inline struct text text_init(char *to, size_t room)
{
	if (room)
		to[0] = '\0';
	return (struct text){ .to = to, .room = room };
}

__attribute__((format(printf, 2, 3))) static inline void text_add(struct text *t, const char *fmt, ...)
{
	size_t at = t->len < t->room ? t->len : t->room;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(at < t->room ? t->to + at : NULL, t->room - at, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n;
}

/* As tcpdump writes them: "S.", "none". */
static inline void text_tcp_flags(struct text *t, uint8_t flags)
{
	static const char letters[] = "FSRP.UEW";	/* from TCP_FIN to TCP_CWR */

	if (!flags)
		text_add(t, "none");
	for (unsigned i = 0; i < 8; i++)
		if (flags >> i & 1)
			text_add(t, "%c", letters[i]);
}

#endif
