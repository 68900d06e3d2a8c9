/* tests/unit/rules/golden_test.c - lines of the language and what becomes of them: tests/golden/rules/NAME.t.
 *
 *      INPUT ; CANONICAL                               what `check` prints of it, as a script of one line
 *      INPUT ; !COLUMN ERROR | !COLUMN ERROR           every error of the line, in its order
 *      INPUT ; ?COLUMN WARNING | CANONICAL             accepted with a warning
 *
 * Blank lines and lines that begin with '#' are for readers. Every canonical text is read again and must print
 * itself. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define LINE 4096

/* Adds what the line becomes to `to`, notes first where asked. False: refused. */
static bool becomes(const char *line, bool notes, char *to)
{
	struct errs es;
	struct rules_cmd *c = kit_try(line, &es);
	struct rules_set *s;
	char *text;
	size_t at = 0;

	to[0] = '\0';
	assert_int_equal(c == NULL, es.errors > 0);
	for (size_t i = 0; notes && i < es.count; i++)
		at += (size_t)snprintf(to + at, LINE - at, "%s%c%u %s", at ? " | " : "",
			es.notes[i].warning ? '?' : '!', es.notes[i].column, es.notes[i].text);
	errs_fini(&es);
	if (!c)
		return false;
	s = rules_build(NULL, NULL, &c, 1, NULL);
	assert_true(s || strncmp(line, "add", 3));	/* other commands want rules that are not there */
	text = rules_cmd_print(c);
	assert_non_null(text);
	snprintf(to + at, LINE - at, "%s%s", at ? " | " : "", text);
	free(text);
	rules_release(s);
	rules_cmd_free(c);
	return true;
}

static bool line_holds(const char *input, const char *expected)
{
	char is[LINE], canonical[LINE], again[LINE];

	if (becomes(input, true, is)) {
		becomes(input, false, canonical);
		if (!becomes(canonical, false, again) || strcmp(canonical, again)) {
			print_message("# does not print itself: %s\n", canonical);
			return false;
		}
	}
	if (!strcmp(is, expected))
		return true;
	print_message("# %s ; %s\n", input, is);
	return false;
}

static void file_holds(const char *name, unsigned at_least)
{
	char path[1024], line[LINE];
	unsigned lines = 0, wrong = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", GOLDEN_DIR, name);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char *split;

		line[strcspn(line, "\n")] = '\0';
		if (!line[0] || line[0] == '#')
			continue;
		split = strstr(line, " ; ");
		assert_non_null(split);
		*split = '\0';
		lines++;
		wrong += !line_holds(line, split + 3);
	}
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_true(lines >= at_least);
}

TEST(golden, what_is_accepted_prints_canonically)
{
	file_holds("accepted.t", 150);
}

TEST(golden, what_may_surprise_is_warned_of)
{
	file_holds("warned.t", 25);
}

TEST(golden, matches_on_fields_frames_and_interfaces)
{
	file_holds("matches.t", 120);
}

TEST(golden, what_is_wrong_is_told_with_its_place)
{
	file_holds("refused.t", 150);
}

TEST(golden, what_answers_or_changes_packets)
{
	file_holds("answers.t", 70);
}

TEST(golden, commands_print_canonically_or_are_told_why_not)
{
	file_holds("commands.t", 100);
}

TEST(golden, parameters_print_canonically_or_are_told_why_not)
{
	file_holds("params.t", 60);
}

TEST(golden, what_comes_later_is_refused_by_name)
{
	file_holds("later.t", 45);
}

TEST(golden, tables_print_canonically_or_are_told_why_not)
{
	file_holds("tables.t", 120);
}
