/* What the user reads, byte for byte, also where the text is hostile. */
#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

#include "test.h"

static char printed[400000];

static void print(const struct errs *es)
{
	FILE *f = tmpfile();
	size_t n;

	assert_non_null(f);
	errs_print(es, f, "narrows");
	rewind(f);
	n = fread(printed, 1, sizeof(printed) - 1, f);
	printed[n] = '\0';
	fclose(f);
}

/* One error at `column` of `source`, printed. */
static const char *shown(const char *source, size_t n, unsigned column, unsigned width)
{
	struct errs es;
	struct place at = { "f", 1, column, width, source, n };

	errs_init(&es);
	errs_add(&es, &at, ERR_SYNTAX, "bad");
	print(&es);
	errs_fini(&es);
	return printed;
}

TEST(errs, look_as_the_interface_shows_them)
{
	static const char line7[] = "pipe 1 config bw 1Mbit/s plr 2";
	static const char line14[] = "queue 2 config sched 1 pri 80";
	struct place at = { "lab.rules", 7, 30, 1, line7, sizeof(line7) - 1 };
	struct errs es;

	errs_init(&es);
	assert_int_equal(errs_add(&es, &at, ERR_RANGE, "plr: %d is not in 0..1", 2), ERR_RANGE);
	at = (struct place){ "lab.rules", 14, 28, 2, line14, sizeof(line14) - 1 };
	errs_warn(&es, &at, "pri: %u is not in 0..%u", 80, 63);
	at = (struct place){ .file = "--interval" };
	errs_add(&es, &at, ERR_SYNTAX, "'x' is not a time, as 20ms");
	errs_add(&es, NULL, ERR_USAGE, "no input");
	assert_int_equal(es.errors, 3);
	assert_int_equal(es.warnings, 1);
	print(&es);
	errs_fini(&es);
	assert_string_equal(printed,
		"narrows: lab.rules:7:30: plr: 2 is not in 0..1\n"
		"pipe 1 config bw 1Mbit/s plr 2\n"
		"                             ^\n"
		"narrows: lab.rules:14:28: warning: pri: 80 is not in 0..63\n"
		"queue 2 config sched 1 pri 80\n"
		"                           ^~\n"
		"narrows: --interval: 'x' is not a time, as 20ms\n"
		"narrows: no input\n");
}

TEST(errs, carets_stand_right_behind_tabs)
{
	assert_string_equal(shown("\ta\tbcd e", 8, 4, 3), "narrows: f:1:4: bad\n\ta\tbcd e\n\t \t^~~\n");
}

TEST(errs, tildes_end_with_the_line_and_before_a_tab)
{
	assert_string_equal(shown("ab cd", 5, 4, 99), "narrows: f:1:4: bad\nab cd\n   ^~\n");
	assert_string_equal(shown("ab\tcd", 5, 1, 5), "narrows: f:1:1: bad\nab\tcd\n^~\n");
	assert_string_equal(shown("ab", 2, 3, 1), "narrows: f:1:3: bad\nab\n  ^\n");
	assert_string_equal(shown("", 0, 1, 1), "narrows: f:1:1: bad\n\n^\n");
}

TEST(errs, ends_of_lines_are_not_shown)
{
	assert_string_equal(shown("ab\r\n", 4, 1, 2), "narrows: f:1:1: bad\nab\n^~\n");
}

TEST(errs, controls_are_shown_and_not_obeyed)
{
	assert_string_equal(shown("a\x1b[2Jb\0c", 8, 8, 1),
		"narrows: f:1:8: bad\na\\x1b[2Jb\\x00c\n             ^\n");
	assert_string_equal(shown("a\x1b" "b", 3, 2, 1), "narrows: f:1:2: bad\na\\x1bb\n ^~~~\n");
	assert_string_equal(shown("\xff\xfe x", 4, 4, 1), "narrows: f:1:4: bad\n\\xff\\xfe x\n         ^\n");
	/* a right-to-left override would show the line other than it is */
	assert_string_equal(shown("\xe2\x80\xae x", 5, 5, 1),
		"narrows: f:1:5: bad\n\\xe2\\x80\\xae x\n             ^\n");
}

TEST(errs, letters_of_other_languages_keep_the_caret)
{
	assert_string_equal(shown("\xc3\xa4\xc3\xb6 x", 6, 6, 1), "narrows: f:1:6: bad\n\xc3\xa4\xc3\xb6 x\n   ^\n");
	assert_string_equal(shown("\xe4\xb8\xad x", 5, 5, 1), "narrows: f:1:5: bad\n\xe4\xb8\xad x\n   ^\n");
}

TEST(errs, hostile_names_and_texts_are_escaped)
{
	struct errs es;
	struct place at = { .file = "a\nb" };

	errs_init(&es);
	errs_add(&es, &at, ERR_SYNTAX, "%s", "x\x07\ty");
	print(&es);
	errs_fini(&es);
	assert_string_equal(printed, "narrows: a\\x0ab: x\\x07\\x09y\n");
}

/* A line of 4 MiB: what stands around the word, and the caret still under it. */
TEST(errs, huge_lines_show_a_window)
{
	size_t n = 4 << 20;
	char *line = malloc(n), *source, *caret;

	assert_non_null(line);
	memset(line, 'a', n);
	memcpy(line + n / 2, "WRONG", 5);
	shown(line, n, (unsigned)(n / 2) + 1, 5);
	assert_true(strlen(printed) < 700);
	source = strchr(printed, '\n') + 1;
	caret = strchr(source, '\n') + 1;
	assert_memory_equal(source, "...a", 4);
	assert_int_equal(strstr(source, "WRONG") - source, strspn(caret, " "));
	assert_string_equal(strchr(caret, '^'), "^~~~~\n");
	assert_memory_equal(caret - 5, "a...\n", 5);

	memcpy(line + n - 5, "WRONG", 5);
	shown(line, n, (unsigned)n - 4, 5);
	assert_non_null(strstr(printed, "aWRONG\n"));
	shown(line, n, 1, 5);
	assert_memory_equal(strchr(printed, '\n') + 1, "aaaa", 4);
	free(line);
}

TEST(errs, windows_are_cut_between_characters)
{
	char line[1200];

	for (size_t i = 0; i < sizeof(line); i += 3)
		memcpy(line + i, "\xe2\x82\xac", 3);
	for (unsigned column = 1; column < sizeof(line); column++) {
		shown(line, sizeof(line), column, 1);
		assert_null(strstr(printed, "\\x"));
	}
}

TEST(errs, hold_many)
{
	struct errs es;
	struct place at = { .file = "f", .line = 1, .column = 1, .source = "x", .source_len = 1 };

	errs_init(&es);
	for (unsigned i = 0; i < 5000; i++) {
		at.line = i + 1;
		errs_add(&es, &at, ERR_SYNTAX, "%u", i);
	}
	assert_int_equal(es.count, 5000);
	assert_int_equal(es.notes[4999].line, 5000);
	assert_string_equal(es.notes[4999].text, "4999");
	errs_fini(&es);
	assert_int_equal(es.count, 0);
}

TEST(errs, a_long_text_says_that_it_was_cut)
{
	struct errs es;
	char *text = malloc(5000);

	memset(text, 'x', 4999);
	text[4999] = '\0';
	errs_init(&es);
	errs_add(&es, NULL, ERR_SYNTAX, "%s", text);
	assert_string_equal(es.notes[0].text + strlen(es.notes[0].text) - 4, "x...");
	errs_fini(&es);
	free(text);
}

TEST(err, is_set_and_gives_its_code)
{
	struct err e = { 0 };

	assert_int_equal(err_set(&e, ERR_TWICE, "%s twice", "bw"), ERR_TWICE);
	assert_int_equal(e.code, ERR_TWICE);
	assert_string_equal(e.text, "bw twice");
	assert_int_equal(err_set(NULL, ERR_TWICE, "x"), ERR_TWICE);
	assert_int_equal(err_sys(NULL, ENOENT, "x"), ERR_IO);
}

TEST(err, of_the_system_ends_with_its_reason)
{
	struct err e = { 0 };
	char name[1000];

	assert_int_equal(err_sys(&e, ENOENT, "%s", "x.pcap"), ERR_IO);
	assert_string_equal(e.text, "x.pcap: No such file or directory");
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	err_sys(&e, ENOENT, "%s", name);
	assert_non_null(strstr(e.text, "n...: No such file or directory"));
}
