/* base/str.c - a string that grows: room doubles, so that many small pieces cost what one large one does.
 *
 * Nobody checks each piece: a string that once found no memory takes no more, and says so at the end. A piece must
 * not lie in the string itself. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 64			/* to begin with */

static bool make_room(struct str *s, size_t more)
{
	size_t need = s->n + more + 1, room = s->room ? s->room : ROOM;
	char *p;

	if (s->lost || need <= s->room)
		return !s->lost;
	while (room < need)
		room *= 2;
	p = realloc(s->p, room);
	if (!p) {
		s->lost = true;
		return false;
	}
	s->p = p;
	s->room = room;
	return true;
}

void str_addn(struct str *s, const char *p, size_t n)
{
	if (!make_room(s, n))
		return;
	memcpy(s->p + s->n, p, n);
	s->n += n;
	s->p[s->n] = '\0';
}

void str_add(struct str *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !make_room(s, (size_t)n)) {
		s->lost = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(s->p + s->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	s->n += (size_t)n;
}

char *str_take(struct str *s)
{
	char *p;

	str_addn(s, "", 0);
	p = s->lost ? NULL : s->p;
	if (s->lost)
		free(s->p);
	*s = (struct str){ .names = s->names };
	return p;
}
