/* A string that grows, held against one that had its room from the beginning; compiled here with an allocator that
 * says no when it is told to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned allowed = ~0u;	/* calls that still succeed */

#define realloc(p, size) (allowed && allowed-- ? realloc(p, size) : NULL)
#include "base/str.c"
#undef realloc

#include "test.h"

enum { WHOLE = 20000 };

/* Pieces of every length, bytes of every value. */
TEST(str, pieces_are_one_behind_the_other)
{
	static char whole[WHOLE];
	struct str s = { 0 };
	size_t n = 0, step = 0;

	for (size_t i = 0; i < WHOLE; i++)
		whole[i] = (char)(i * 7 + i / 256);
	for (; n + step < WHOLE; n += step++) {
		str_addn(&s, whole + n, step);
		assert_int_equal(s.n, n + step);
		assert_true(s.room > s.n);
		assert_int_equal(s.p[s.n], '\0');
	}
	assert_memory_equal(s.p, whole, n);
	free(s.p);
}

TEST(str, what_is_printed_is_as_sprintf_prints_it)
{
	static char expected[WHOLE];
	struct str s = { 0 };
	size_t n = 0;

	for (int i = 0; i < 150; i++) {
		str_add(&s, "%*d %s%%,", i, -i, i % 3 ? "abc" : "");
		n += (size_t)sprintf(expected + n, "%*d %s%%,", i, -i, i % 3 ? "abc" : "");
	}
	assert_int_equal(s.n, n);
	assert_string_equal(s.p, expected);
	free(s.p);
}

TEST(str, taken_it_is_the_callers_and_another_begins)
{
	struct str s = { .names = true };
	char *first, *second;

	str_add(&s, "%s", "one");
	first = str_take(&s);
	assert_true(!s.p && !s.n && !s.room && s.names);
	str_add(&s, "%d", 2);
	second = str_take(&s);
	assert_string_equal(first, "one");
	assert_string_equal(second, "2");
	free(first);
	free(second);
	first = str_take(&s);
	assert_string_equal(first, "");		/* of nothing is a string too */
	free(first);
}

/* Whichever call for memory fails, nothing comes behind the gap, and none of it is given away. */
TEST(str, without_memory_it_is_lost_and_stays_so)
{
	for (unsigned fails = 0; fails < 4; fails++) {
		struct str s = { 0 };
		size_t n;

		allowed = fails;
		for (unsigned i = 0; i < 100; i++) {
			str_addn(&s, "1234567", 7);
			str_add(&s, "%s", "8");
		}
		assert_true(s.lost);
		n = s.n;
		assert_int_equal(n, fails ? (32u << fails) - 1 : 0);	/* 64, 128 ... bytes, all used */
		allowed = ~0u;
		str_add(&s, "more");
		str_addn(&s, "more", 4);
		assert_int_equal(s.n, n);
		assert_null(str_take(&s));
		assert_false(s.lost);
	}
}
