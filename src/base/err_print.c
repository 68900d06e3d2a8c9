/* base/err_print.c - how errors look: the place and the text, the line, and a caret that stands under the word.
 *
 *     narrows: lab.rules:14:28: pri: 80 is not in 0..63
 *     queue 2 config sched 1 pri 80
 *                                ^~
 *
 * Text and line come from files that anyone may have written, and go to a terminal: controls, what is no UTF-8, and the
 * invisible characters that reorder text are shown as \xNN. The caret's line is made by the same walk over the same
 * bytes as the line above it, so it counts the columns that were really written; a tab stays a tab in both. */
#include "base/err.h"

#include <string.h>

#include "base/err_int.h"
#include "base/utf8.h"

size_t err_show_one(const char *p, size_t n, char to[ERR_SHOWN_MAX], int *columns)
{
	uint32_t point = 0;
	unsigned len = utf8_take(p, n, &point), used = 0;

	*columns = len ? utf8_columns(point) : -1;
	if (*columns >= 0) {
		memcpy(to, p, len);
		to[len] = '\0';
		return len;
	}
	len = len ? len : 1;
	for (unsigned i = 0; i < len; i++)
		used += (unsigned)snprintf(to + used, ERR_SHOWN_MAX - used, "\\x%02x", (unsigned char)p[i]);
	*columns = (int)used;
	return len;
}

static void show(const char *p, size_t n, bool tabs, FILE *to)
{
	char shown[ERR_SHOWN_MAX];
	int columns;

	for (size_t at = 0; at < n;) {
		if (tabs && p[at] == '\t') {
			putc('\t', to);
			at++;
			continue;
		}
		at += err_show_one(p + at, n - at, shown, &columns);
		fputs(shown, to);
	}
}

/* Blanks up to the word, a caret under its first column, tildes under the others. */
static void show_caret(const struct note *n, FILE *to)
{
	size_t from = n->column - 1 > n->source_at ? n->column - 1 - n->source_at : 0, end = from + n->width;
	bool caret = false;

	if (n->source_at)
		fputs("   ", to);
	for (size_t at = 0; at < n->source_len && at < end;) {
		char shown[ERR_SHOWN_MAX];
		int columns;
		bool tab = n->source[at] == '\t';
		size_t len = err_show_one(n->source + at, n->source_len - at, shown, &columns);

		if (tab && caret)
			break;	/* a tab has no width of its own to draw under */
		if (at + len > from)
			for (columns = tab ? 1 : columns; columns > 0; columns--, caret = true)
				putc(caret ? '~' : '^', to);
		else if (tab)
			putc('\t', to);
		else
			for (; columns > 0; columns--)
				putc(' ', to);
		at += len;
	}
	fputs(caret ? "\n" : "^\n", to);
}

static void show_note(const struct note *n, FILE *to, const char *program)
{
	fprintf(to, "%s: ", program);
	if (n->file) {
		show(n->file, strlen(n->file), false, to);
		if (n->line)
			fprintf(to, ":%u:%u", n->line, n->column);
		fputs(": ", to);
	}
	if (n->warning)
		fputs("warning: ", to);
	show(n->text, strlen(n->text), false, to);
	putc('\n', to);
	if (n->line && n->column && n->source) {
		fputs(n->source_at ? "..." : "", to);
		show(n->source, n->source_len, true, to);
		fputs(n->source_cut ? "...\n" : "\n", to);
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
