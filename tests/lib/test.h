/* tests/lib/test.h - laws as functions: TEST(rtt, resent_gives_no_sample) { assert_int_equal(...); }
 *
 * Each TEST registers itself; the library brings main(), which runs them all under cmocka and writes TAP. One argument
 * selects tests by a part of their name ("rtt.resent"). Assertions are cmocka's. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct test_law {
	const char *name;
	void (*run)(void **state);
	struct test_law *next;
};

void test_add(struct test_law *law);

#define TEST(group, law)                                                                                      \
	static void test_##group##_##law(void **state);                                                       \
	__attribute__((constructor)) static void test_add_##group##_##law(void)                               \
	{                                                                                                     \
		static struct test_law t = { #group "." #law, test_##group##_##law, NULL };                   \
		test_add(&t);                                                                                 \
	}                                                                                                     \
	static void test_##group##_##law(__attribute__((unused)) void **state)

#endif
