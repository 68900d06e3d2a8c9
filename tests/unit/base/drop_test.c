/* The table of reasons: what scripts rely on. */
#include "base/drop.h"

#include "test.h"

TEST(drop, names_are_words_and_differ)
{
	for (unsigned a = 0; a < DROP_COUNT; a++) {
		const char *name = drop_name((enum drop)a);

		assert_true(strlen(name) > 0 && strlen(drop_text((enum drop)a)) > 0);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(name, drop_name((enum drop)b));
	}
}

TEST(drop, names_promised_to_users_stay)
{
	assert_string_equal(drop_name(DROP_RULE), "rule");
	assert_string_equal(drop_name(DROP_LOSS), "loss");
	assert_string_equal(drop_name(DROP_QUEUE_FULL), "queue-full");
	assert_string_equal(drop_name(DROP_NO_PIPE), "no-pipe");
}
