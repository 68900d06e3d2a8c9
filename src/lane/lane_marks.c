/* lane/lane_marks.c - where a line came from, as preprocessors tell it: the next line is line 12 of that file.
 *
 *      # 12 "web.rules" 1 3        cpp: flags may follow
 *      #line 12 "web.rules"        m4 -s
 *      #line 12                    the file as before
 *
 * Names are C strings: \" \\ and octal are undone. Standard input, which is how a preprocessor knows the file that we
 * hand it ("<stdin>", "stdin"), is told as no name: the reader knows better. Any thread. */
#include "lane_int.h"

#include <stdlib.h>
#include <string.h>

struct at {
	const char *p, *end;
};

static void blanks(struct at *a)
{
	while (a->p < a->end && (*a->p == ' ' || *a->p == '\t' || *a->p == '\r'))
		a->p++;
}

static bool take(struct at *a, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(a->end - a->p) < n || memcmp(a->p, s, n))
		return false;
	a->p += n;
	return true;
}

static bool number(struct at *a, unsigned *n)
{
	const char *from = a->p;

	for (*n = 0; a->p < a->end && *a->p >= '0' && *a->p <= '9' && *n < 100000000; a->p++)
		*n = *n * 10 + (unsigned)(*a->p - '0');
	return a->p > from;
}

static char octal(struct at *a)
{
	unsigned c = 0;

	for (int i = 0; i < 3 && a->p < a->end && *a->p >= '0' && *a->p <= '7'; i++)
		c = c * 8 + (unsigned)(*a->p++ - '0');
	return (char)c;
}

/* The name behind the opening quote; malloc's. */
static char *name(struct at *a)
{
	char *to = malloc((size_t)(a->end - a->p) + 1), *out = to;

	while (to && a->p < a->end && *a->p != '"') {
		bool escaped = *a->p == '\\';

		a->p += escaped;
		if (a->p == a->end)
			break;
		if (escaped && *a->p >= '0' && *a->p <= '7')
			*out++ = octal(a);
		else
			*out++ = *a->p++;
	}
	if (to)
		*out = '\0';
	return to;
}

bool mark_read(const char *line, size_t n, struct mark *m)
{
	struct at a = { line, line + n };

	*m = (struct mark){ 0 };
	if (!take(&a, "#"))
		return false;
	take(&a, "line");
	blanks(&a);
	if (!number(&a, &m->line))
		return false;
	blanks(&a);
	if (!take(&a, "\""))
		return a.p == a.end;
	m->file = name(&a);
	m->is_input = m->file && (!strcmp(m->file, "<stdin>") || !strcmp(m->file, "stdin"));
	return m->file != NULL;
}
