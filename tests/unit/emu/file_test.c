/* tests/unit/emu/file_test.c - files that options name: where they are looked for, what their errors say, who holds
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "emu/emu_file.h"
#include "test.h"

struct said {
	unsigned lines, words;
	bool ended;
};

static int fini_calls;

static int read_line(void *at, struct lex *lx)
{
	struct said *s = at;
	struct word w;
	int bad = 0;

	s->lines++;
	while (lex_next(lx, &w)) {
		s->words++;
		if (word_is(w, "bad"))
			bad = lex_error(lx, w, ERR_SYNTAX, "a bad word");
	}
	return bad;
}

static int read_end(void *at, struct lex *lx)
{
	struct said *s = at;

	s->ended = true;
	return s->words ? 0 : lex_error(lx, lex_here(lx), ERR_SYNTAX, "no word");
}

static void fini(void *at)
{
	fini_calls++;
}

static const struct emu_file_reader reader = { "words", sizeof(struct said), read_line, read_end, fini };

static void holds(const char *text, unsigned lines, unsigned words)
{
	struct emu_file *f = emu_file_parse("x", text, strlen(text), &reader, NULL);
	const struct said *s;

	assert_non_null(f);
	s = emu_file_said(f);
	assert_int_equal(s->lines, lines);
	assert_int_equal(s->words, words);
	assert_true(s->ended);
	emu_file_release(f);
}

TEST(file, lines_that_say_nothing_are_skipped)
{
	holds("a b\n\n  \n# c\n d # e\nf#g", 3, 4);
	holds("a\r\nb\r\n", 2, 2);
	holds("\n\n\na", 1, 1);
}

TEST(file, every_error_has_its_line_and_column)
{
	static const char text[] = "one\n\n# x\n  bad two bad\nthree\nbad";
	struct errs es;

	errs_init(&es);
	fini_calls = 0;
	assert_null(emu_file_parse("some/words.txt", text, strlen(text), &reader, &es));
	assert_int_equal(fini_calls, 1);
	assert_int_equal(es.errors, 3);
	assert_string_equal(es.notes[0].file, "some/words.txt");
	assert_int_equal(es.notes[0].line, 4);
	assert_int_equal(es.notes[0].column, 3);
	assert_int_equal(es.notes[1].column, 11);
	assert_int_equal(es.notes[2].line, 6);
	assert_string_equal(es.notes[0].source, "  bad two bad");
	errs_fini(&es);
}

TEST(file, an_empty_one_is_told_at_its_beginning)
{
	struct errs es;

	errs_init(&es);
	assert_null(emu_file_parse("x", "", 0, &reader, &es));
	assert_int_equal(es.errors, 1);
	assert_int_equal(es.notes[0].line, 1);
	assert_int_equal(es.notes[0].column, 1);
	errs_fini(&es);
}

TEST(file, the_last_holder_frees)
{
	struct emu_file *f = emu_file_parse("x", "a", 1, &reader, NULL), *at = NULL;

	fini_calls = 0;
	assert_ptr_equal(emu_file_hold(f), f);
	emu_file_release(f);
	emu_file_set(&at, f);
	assert_int_equal(fini_calls, 0);
	emu_file_set(&at, emu_file_parse("y", "b", 1, &reader, NULL));
	assert_int_equal(fini_calls, 1);
	emu_file_set(&at, NULL);
	assert_int_equal(fini_calls, 2);
	emu_file_release(NULL);
	assert_null(emu_file_hold(NULL));
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static struct emu_file *read_from(const char *script, const char *path, struct errs *es)
{
	struct lex lx;
	struct word w;

	lex_line(&lx, script, 7, path, strlen(path), es);
	assert_true(lex_next(&lx, &w));
	return emu_file_read(&lx, w, &reader);
}

static unsigned words_from(const char *script, const char *path)
{
	struct emu_file *f = read_from(script, path, NULL);
	unsigned words;

	assert_non_null(f);
	assert_string_equal(emu_file_path(f), path);	/* as it was written */
	words = ((const struct said *)emu_file_said(f))->words;
	emu_file_release(f);
	return words;
}

/* In the working directory first, then beside the script; an absolute one nowhere else. */
TEST(file, is_looked_for_in_two_places)
{
	char dir[] = "/tmp/narrows-file-XXXXXX", was[4096], script[64], absolute[64];

	assert_non_null(getcwd(was, sizeof(was)));
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(system("mkdir scripts"), 0);
	write_file("scripts/words.txt", "a b");
	snprintf(script, sizeof(script), "%s/scripts/lab.rules", dir);
	snprintf(absolute, sizeof(absolute), "%s/scripts/words.txt", dir);
	assert_int_equal(words_from(script, "words.txt"), 2);
	assert_int_equal(words_from("scripts/lab.rules", "words.txt"), 2);
	assert_int_equal(words_from("-e", absolute), 2);
	assert_null(read_from("-e", "words.txt", NULL));
	write_file("words.txt", "a");
	assert_int_equal(words_from(script, "words.txt"), 1);
	assert_int_equal(unlink("words.txt") | unlink("scripts/words.txt") | rmdir("scripts"), 0);
	assert_int_equal(chdir(was) | rmdir(dir), 0);
}

TEST(file, one_that_is_not_there_is_told_at_the_word)
{
	struct errs es;

	errs_init(&es);
	assert_null(read_from("lab.rules", "  /nowhere/at.all", &es));
	assert_int_equal(es.errors, 1);
	assert_string_equal(es.notes[0].file, "lab.rules");
	assert_int_equal(es.notes[0].line, 7);
	assert_int_equal(es.notes[0].column, 3);
	assert_string_equal(es.notes[0].text, "words: /nowhere/at.all: No such file or directory");
	errs_fini(&es);
}
