/* Words, their places, and suggestions. */
#include "base/lex.h"

#include <stdbool.h>

#include "test.h"

static struct lex lx;
static struct errs es;

static void line(const char *text)
{
	errs_init(&es);
	lex_line(&lx, "f", 7, text, strlen(text), &es);
}

static void next_is(const char *s)
{
	struct word w;

	assert_true(lex_next(&lx, &w));
	assert_true(word_is(w, s));
}

TEST(lex, words_stand_between_blanks)
{
	struct word w;

	line(" \tpipe 1\tconfig  bw\r\"1 // #x \r");
	next_is("pipe");
	next_is("1");
	next_is("config");
	next_is("bw");
	next_is("\"1");
	next_is("//");
	assert_false(lex_end(&lx));
	next_is("#x");
	assert_true(lex_end(&lx));
	assert_false(lex_next(&lx, &w));
	assert_int_equal(w.n, 0);
	assert_false(lex_next(&lx, &w));
}

TEST(lex, peeking_does_not_move)
{
	struct word a, b;

	line("  x y");
	assert_true(lex_peek(&lx, &a) && lex_peek(&lx, &b));
	assert_ptr_equal(a.p, b.p);
	next_is("x");
}

TEST(lex, the_rest_has_no_outer_blanks)
{
	struct word w;

	line("add  count // two  words\t ");
	next_is("add");
	w = lex_rest(&lx);
	assert_true(word_is(w, "count // two  words"));
	assert_true(lex_end(&lx));
	assert_int_equal(lex_rest(&lx).n, 0);
}

TEST(lex, an_empty_line_has_no_words)
{
	struct word w;

	errs_init(&es);
	lex_line(&lx, "f", 1, NULL, 0, &es);
	assert_true(lex_end(&lx));
	assert_false(lex_peek(&lx, &w));
	assert_int_equal(lex_rest(&lx).n, 0);
	assert_int_equal(lex_error(&lx, lex_here(&lx), ERR_SYNTAX, "empty"), ERR_SYNTAX);
	assert_int_equal(es.notes[0].column, 1);
	assert_int_equal(es.notes[0].width, 1);
	errs_fini(&es);
}

TEST(lex, bytes_of_every_value_are_words)
{
	char all[256];
	struct word w;
	size_t n = 0;

	for (unsigned c = 0; c < 256; c++)
		all[c] = (char)c;
	errs_init(&es);
	lex_line(&lx, "f", 1, all, 256, &es);
	while (lex_next(&lx, &w))
		n += w.n;
	assert_int_equal(n, 256 - 3);
}

TEST(lex, errors_point_at_the_word_or_its_part)
{
	struct word w;

	line("\tbw 10Mbot/s ");
	next_is("bw");
	assert_true(lex_next(&lx, &w));
	assert_int_equal(lex_error(&lx, w, ERR_UNKNOWN, "no %d", 1), ERR_UNKNOWN);
	lex_warn(&lx, word_cut(w, 2, 99), "unit");
	lex_error(&lx, lex_here(&lx), ERR_SYNTAX, "more");
	assert_int_equal(es.count, 3);
	assert_int_equal(es.errors, 2);
	assert_int_equal(es.warnings, 1);
	assert_int_equal(es.notes[0].line, 7);
	assert_int_equal(es.notes[0].column, 5);
	assert_int_equal(es.notes[0].width, 8);
	assert_string_equal(es.notes[0].text, "no 1");
	assert_int_equal(es.notes[1].column, 7);
	assert_int_equal(es.notes[1].width, 6);
	assert_int_equal(es.notes[2].column, 13);
	errs_fini(&es);
}

TEST(lex, without_a_list_an_error_is_only_a_code)
{
	lex_line(&lx, "f", 1, "x", 1, NULL);
	assert_int_equal(lex_error(&lx, lex_here(&lx), ERR_RANGE, "x"), ERR_RANGE);
	lex_warn(&lx, lex_here(&lx), "x");
}

TEST(word, parts_are_clipped)
{
	struct word w = { "abc", 3 };

	assert_true(word_is(word_cut(w, 1, 1), "b"));
	assert_true(word_is(word_cut(w, 1, SIZE_MAX), "bc"));
	assert_true(word_is(word_cut(w, 9, 1), ""));
	assert_true(word_is(w, "abc") && !word_is(w, "ab") && !word_is(w, "abcd") && !word_is(w, "ABC"));
	assert_true(word_is_nocase(w, "AbC") && !word_is_nocase(w, "ab"));
}

TEST(word, long_ones_are_cut_in_messages_and_say_so)
{
	char text[100], out[100];
	struct word w = { text, sizeof(text) };

	memset(text, 'x', sizeof(text));
	assert_int_equal(snprintf(out, sizeof(out), WORD_FMT, WORD_ARGS(w)), 60);
	assert_string_equal(out + 57, "...");
	w.n = 60;
	snprintf(out, sizeof(out), WORD_FMT, WORD_ARGS(w));
	assert_true(strlen(out) == 60 && !strchr(out, '.'));
}

static const char *names[] = { "allow", "accept", "deny", "count", "skipto", "pipe", "icmptypes", "in", "tcp" };

static const char *name_at(const void *ctx, size_t i)
{
	return ((const char *const *)ctx)[i];
}

static const char *suggest(const char *s)
{
	return lex_suggest((struct word){ s, strlen(s) }, name_at, names, sizeof(names) / sizeof(names[0]));
}

TEST(suggest, slips_of_the_finger_are_seen)
{
	assert_string_equal(suggest("alow"), "allow");		/* left out */
	assert_string_equal(suggest("alloww"), "allow");	/* put in */
	assert_string_equal(suggest("allpw"), "allow");		/* changed */
	assert_string_equal(suggest("alolw"), "allow");		/* swapped: one slip */
	assert_string_equal(suggest("tpc"), "tcp");
	assert_string_equal(suggest("icmptyp"), "icmptypes");
	assert_string_equal(suggest("DENY"), "deny");
}

TEST(suggest, strangers_are_not_guessed)
{
	assert_null(suggest(""));
	assert_null(suggest("x"));
	assert_null(suggest("io"));		/* one of two letters is half the word */
	assert_null(suggest("pope1x"));
	assert_null(suggest("icmpty"));		/* three away */
	assert_null(suggest("allowallowallowallowallowallowallowallowallow"));
}

TEST(suggest, the_nearest_wins_then_the_first)
{
	static const char *near[] = { "abcdef", "abcdeg", "abcdxx" };

	assert_string_equal(lex_suggest((struct word){ "abcdxg", 6 }, name_at, near, 3), "abcdeg");
	assert_string_equal(lex_suggest((struct word){ "abcdez", 6 }, name_at, near, 3), "abcdef");
}

/* The whole table, as it is defined: whatever the tool leaves out of it must not matter. */
static unsigned whole_distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned d[12][12];

	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			unsigned in = i && j ? d[i - 1][j - 1] + (a[i - 1] != b[j - 1]) : 0;

			d[i][j] = i && j ? in : (unsigned)(i + j);
			if (i && j && d[i - 1][j] + 1 < d[i][j])
				d[i][j] = d[i - 1][j] + 1;
			if (i && j && d[i][j - 1] + 1 < d[i][j])
				d[i][j] = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[n][m];
}

static uint32_t roll(uint32_t *dice)
{
	*dice = *dice * 1664525 + 1013904223;
	return *dice >> 12;
}

TEST(suggest, is_what_the_whole_table_of_distances_says)
{
	static char words[6][12];
	static const char *list[] = { words[0], words[1], words[2], words[3], words[4] };
	uint32_t dice = 1;
	unsigned found = 0;

	for (unsigned turn = 0; turn < 20000; turn++) {
		const char *best = NULL;
		unsigned best_distance = 3;

		for (unsigned i = 0; i < 6; i++) {
			size_t n = 2 + (roll(&dice) & 7);

			for (size_t k = 0; k < n; k++)
				words[i][k] = (char)('a' + roll(&dice) % 3);
			words[i][n] = '\0';
		}
		for (unsigned i = 0; i < 5; i++) {
			unsigned d = whole_distance(words[5], strlen(words[5]), words[i], strlen(words[i]));

			if (d < best_distance && d * 2 < strlen(words[5])) {
				best = words[i];
				best_distance = d;
			}
		}
		found += best != NULL;
		assert_ptr_equal(lex_suggest((struct word){ words[5], strlen(words[5]) }, name_at, list, 5), best);
	}
	assert_in_range(found, 3000, 19000);	/* neither never nor always */
}
