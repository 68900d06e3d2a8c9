/* What preprocessors say about where a line came from. */
#include "lane/lane_int.h"

#include <stdlib.h>

#include "test.h"

static void reads(const char *text, unsigned line, const char *file, bool input)
{
	struct mark m;

	assert_true(mark_read(text, strlen(text), &m));
	assert_int_equal(m.line, line);
	if (file)
		assert_string_equal(m.file, file);
	else
		assert_null(m.file);
	assert_int_equal(m.is_input, input);
	free(m.file);
}

TEST(marks, both_forms_are_read)
{
	reads("# 12 \"web.rules\"", 12, "web.rules", false);
	reads("# 1 \"/usr/include/x.h\" 1 3 4", 1, "/usr/include/x.h", false);
	reads("#line 7 \"a b\"", 7, "a b", false);
	reads("#line 7", 7, NULL, false);
	reads("# 0 \"<stdin>\"", 0, "<stdin>", true);
	reads("#line 3 \"stdin\"", 3, "stdin", true);
	reads("# 5 \"\"", 5, "", false);
}

TEST(marks, names_are_strings_of_c)
{
	reads("# 1 \"a\\\"b\\\\c\"", 1, "a\"b\\c", false);
	reads("# 1 \"\\303\\251\"", 1, "\303\251", false);
	reads("# 1 \"\\\\101\"", 1, "\\101", false);
}

TEST(marks, comments_are_none)
{
	static const char *const none[] = { "#", "# a comment", "#12x", "# 12 rules", "add 1 deny", "", "#line",
		"# \"x\"" };
	struct mark m;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_false(mark_read(none[i], strlen(none[i]), &m));
}
