/* base/str.h - a string that grows: what has no length known before is printed into it. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

/* Begins as all zero. Who has it frees p. */
struct str {
	char *p;		/* malloc's, ends in NUL; NULL when empty */
	size_t n, room;
	bool lost;		/* no memory on the way: the string is not whole, and nothing more comes to it */
	bool names;		/* for those who print into it: numbers that have a name, as it */
};

void str_add(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_addn(struct str *s, const char *p, size_t n);
char *str_take(struct str *s);	/* p, "" where it is NULL, for the caller to free; NULL: lost, and freed */

#endif
