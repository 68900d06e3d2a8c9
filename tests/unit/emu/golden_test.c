/* tests/unit/emu/golden_test.c - lines of the language and what becomes of them: tests/golden/emu/NAME.t.
 *
 *      INPUT ; CANONICAL                                      what is printed, which parses back to itself
 *      INPUT ; !COLUMN ERROR | !COLUMN ERROR                  every error of the line
 *      INPUT ; ?COLUMN NOTICE | CANONICAL                     accepted with a notice
 *
 * Blank lines and lines that begin with '#' are for readers. Each file is one law; all its lines are tried and those
 * that differ are printed in the form of the file. */
#include <stdio.h>
#include <stdlib.h>

#include "emu/emu.h"
#include "test.h"

#define LINE 2048

static void add_notes(char *text, const struct errs *es)
{
	for (size_t i = 0; i < es->count; i++) {
		const struct note *n = &es->notes[i];
		size_t at = strlen(text);

		snprintf(text + at, LINE - at, "%s%c%u %s", at ? " | " : "", n->warning ? '?' : '!', n->column,
			n->text);
	}
}

/* What the line becomes; `notes` too, if asked. False: it was refused. */
static bool becomes(const char *line, size_t n, char *text, bool notes)
{
	struct emu_cmd *c;
	struct errs es;
	struct lex lx;
	char *printed;

	text[0] = '\0';
	errs_init(&es);
	lex_line(&lx, GOLDEN_DIR "/lines", 1, line, n, &es);	/* files stand beside the script */
	c = emu_parse(&lx);
	assert_int_equal(c == NULL, es.errors > 0);
	if (notes)
		add_notes(text, &es);
	errs_fini(&es);
	if (!c)
		return false;
	printed = emu_cmd_print(c);
	assert_non_null(printed);
	if (text[0])
		strcat(text, " | ");
	strcat(text, printed);
	free(printed);
	emu_cmd_free(c);
	return true;
}

static bool line_holds(const char *line, const char *split)
{
	char is[LINE], again[LINE], canonical[LINE];
	bool ok = true;

	if (becomes(line, (size_t)(split - line), is, true)) {
		becomes(line, (size_t)(split - line), canonical, false);
		ok = becomes(canonical, strlen(canonical), again, false) && !strcmp(again, canonical);
		if (!ok)
			print_message("# no fixed point: %s\n", canonical);
	}
	if (!strcmp(is, split + 3))
		return ok;
	print_message("# %.*s ; %s\n", (int)(split - line), line, is);
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
		const char *split;

		line[strcspn(line, "\n")] = '\0';
		if (!line[0] || line[0] == '#')
			continue;
		split = strstr(line, " ; ");
		assert_non_null(split);
		lines++;
		wrong += !line_holds(line, split);
	}
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_true(lines >= at_least);
}

TEST(golden, accepted)
{
	file_holds("accepted.t", 40);
}

TEST(golden, refused)
{
	file_holds("refused.t", 40);
}

TEST(golden, queue_management)
{
	file_holds("aqm.t", 50);
}

TEST(golden, misread_by_ipfw)
{
	file_holds("misread.t", 15);
}

TEST(golden, impairments)
{
	file_holds("impair.t", 80);
}

TEST(golden, links)
{
	file_holds("link.t", 40);
}

TEST(golden, known_but_later)
{
	file_holds("later.t", 1);
}
