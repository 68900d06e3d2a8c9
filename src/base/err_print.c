/* base/err_print.c - how errors look: the place and the text, the line, and a caret that stands under the word.
 *
 *     narrows: lab.rules:14:28: pri: 80 is not in 0..63
 *     queue 2 config sched 1 pri 80
 *                                ^~
 *
 * Text and line come from files that anyone may have written, and go to a terminal: controls, what is no UTF-8, and the
 * invisible characters that reorder text are shown as \xNN. The caret's line is made by the same walk over the same bytes
 * as the line above it, so it counts the columns that were really written; a tab stays a tab in both. */
#include "base/err.h"

#include <string.h>

#include "base/err_int.h"
#include "base/utf8.h"

/* Writes the character at p as it may be shown; its length in bytes, and in *columns how wide it came out. */
static size_t show_one(const char *p, size_t n, FILE *to, int *columns)
{
	uint32_t point = 0;
	unsigned len = utf8_take(p, n, &point), width = 0;

	*columns = len ? utf8_columns(point) : -1;
	if (*columns >= 0) {
		if (to)
			fwrite(p, 1, len, to);
		return len;
	}
	for (unsigned i = 0; i < (len ? len : 1); i++, width += 4)
		if (to)
			fprintf(to, "\\x%02x", (unsigned char)p[i]);
	*columns = (int)width;
	return len ? len : 1;
}

void err_show(FILE *to, const char *p, size_t n)
{
	int columns;

	for (size_t at = 0; at < n;)
		at += show_one(p + at, n - at, to, &columns);
}

static void show_source(const struct note *n, FILE *to)
{
	int columns;

	if (n->source_at)
		fputs("...", to);
	for (size_t at = 0; at < n->source_len;) {
		if (n->source[at] == '\t') {
			putc('\t', to);
			at++;
		} else {
			at += show_one(n->source + at, n->source_len - at, to, &columns);
		}
	}
	fputs(n->source_cut ? "...\n" : "\n", to);
}

/* Blanks up to the word, a caret under its first column, tildes under the others. */
static void show_caret(const struct note *n, FILE *to)
{
	size_t from = n->column - 1 > n->source_at ? n->column - 1 - n->source_at : 0, end = from + n->width;
	bool caret = false;

	if (n->source_at)
		fputs("   ", to);
	for (size_t at = 0; at < n->source_len && at < end;) {
		int columns = 1;
		bool tab = n->source[at] == '\t';
		size_t len = tab ? 1 : show_one(n->source + at, n->source_len - at, NULL, &columns);

		if (at + len <= from) {
			if (tab)
				putc('\t', to);
			else
				fprintf(to, "%*s", columns, "");
		} else {
			if (tab && caret)
				break;	/* a tab has no width of its own to draw under */
			for (; columns > 0; columns--, caret = true)
				putc(caret ? '~' : '^', to);
		}
		at += len;
	}
	fputs(caret ? "\n" : "^\n", to);
}

static void show_note(const struct note *n, FILE *to, const char *program)
{
	fprintf(to, "%s: ", program);
	if (n->file) {
		err_show(to, n->file, strlen(n->file));
		if (n->line)
			fprintf(to, ":%u:%u", n->line, n->column);
		fputs(": ", to);
	}
	if (n->warning)
		fputs("warning: ", to);
	err_show(to, n->text, strlen(n->text));
	putc('\n', to);
	if (n->line && n->column && n->source) {
		show_source(n, to);
		show_caret(n, to);
	}
}

void errs_print(const struct errs *es, FILE *to, const char *program)
{
	size_t told = es->errors + es->warnings;

	for (size_t i = 0; i < es->count; i++)
		show_note(&es->notes[i], to, program);
	if (told > es->count)
		fprintf(to, "%s: %zu more, for which there was no memory\n", program, told - es->count);
}
