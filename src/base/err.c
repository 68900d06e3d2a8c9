/* base/err.c - errors for people: one, or many with their places.
 *
 * The text is made at once, while the words it cites still exist. A note keeps a copy of its line for the caret; of a
 * line longer than WINDOW only what stands around the word, so that a hostile file of one long line and a thousand
 * errors does not cost their product. A text that is longer than its room ends in "...". Nothing is printed here but
 * the last words of err_bug(). Whoever owns the struct calls; the errors of one file go up to memory's end, which is
 * counted. */
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#include "base/os.h"

#define WINDOW 240	/* bytes of a source line that a note keeps: two rows of a wide terminal */
#define TEXT_MAX 1000	/* bytes of a note's text */

/* vsnprintf that shows where it had to cut. */
static void format(char *to, size_t room, const char *fmt, va_list ap)
{
	int n = vsnprintf(to, room, fmt, ap);

	if (n < 0)
		snprintf(to, room, "%s", fmt);
	else if ((size_t)n >= room)
		memcpy(to + room - 4, "...", 4);
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return code;
	e->code = code;
	va_start(ap, fmt);
	format(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return code;
}

int err_sys(struct err *e, int sys, const char *fmt, ...)
{
	char why[100];
	size_t n;
	va_list ap;

	if (!e)
		return ERR_IO;
	e->code = ERR_IO;
	os_error_text(sys, why, sizeof(why));
	va_start(ap, fmt);
	format(e->text, sizeof(e->text) - sizeof(why) - 2, fmt, ap);	/* the reason always has room */
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", why);
	return ERR_IO;
}

void errs_init(struct errs *es)
{
	*es = (struct errs){ 0 };
}

static void note_free(struct note *n)
{
	free(n->file);
	free(n->text);
	free(n->source);
}

void errs_fini(struct errs *es)
{
	for (size_t i = 0; i < es->count; i++)
		note_free(&es->notes[i]);
	free(es->notes);
	errs_init(es);
}

static bool continues(char c)	/* a byte within a character of UTF-8 */
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The part of the line that a note keeps: all of it, or WINDOW bytes around the word, cut between characters. */
static bool keep_source(struct note *n, const struct place *at)
{
	size_t from = 0, to = at->source_len, column = at->column ? at->column - 1 : 0;

	while (to && (at->source[to - 1] == '\r' || at->source[to - 1] == '\n'))
		to--;
	n->source_cut = false;
	if (to > WINDOW) {
		size_t end = to;

		from = column > WINDOW / 2 ? column - WINDOW / 2 : 0;
		from = from > to - WINDOW ? to - WINDOW : from;
		to = from + WINDOW;
		for (int i = 0; i < 3 && from && continues(at->source[from]); i++)
			from++;
		for (int i = 0; i < 3 && to < end && continues(at->source[to]); i++)
			to--;
		n->source_cut = to < end;
	}
	n->source_at = from;
	n->source_len = to - from;
	n->source = malloc(n->source_len + 1);
	if (!n->source)
		return false;
	memcpy(n->source, at->source + from, n->source_len);
	n->source[n->source_len] = '\0';
	return true;
}

static bool note_make(struct note *n, const struct place *at, const char *fmt, va_list ap)
{
	char text[TEXT_MAX];

	format(text, sizeof(text), fmt, ap);
	n->text = strdup(text);
	if (!n->text)
		return false;
	if (!at)
		return true;
	n->line = at->line;
	n->column = at->column;
	n->width = at->width ? at->width : 1;
	if (at->file && !(n->file = strdup(at->file)))
		return false;
	return !at->source || keep_source(n, at);
}

static struct note *room_for_one(struct errs *es)
{
	size_t room = es->room ? es->room * 2 : 8;
	struct note *notes;

	if (es->count < es->room)
		return &es->notes[es->count];
	notes = room <= SIZE_MAX / sizeof(*notes) ? realloc(es->notes, room * sizeof(*notes)) : NULL;
	if (!notes)
		return NULL;
	es->notes = notes;
	es->room = room;
	return &notes[es->count];
}

int errs_vadd(struct errs *es, const struct place *at, int code, bool warning, const char *fmt, va_list ap)
{
	struct note n = { .code = code, .warning = warning }, *to = room_for_one(es);

	if (warning)
		es->warnings++;
	else
		es->errors++;
	if (to && note_make(&n, at, fmt, ap)) {
		*to = n;
		es->count++;
	} else {
		note_free(&n);
	}
	return code;
}

int errs_add(struct errs *es, const struct place *at, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	errs_vadd(es, at, code, false, fmt, ap);
	va_end(ap);
	return code;
}

void errs_warn(struct errs *es, const struct place *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	errs_vadd(es, at, 0, true, fmt, ap);
	va_end(ap);
}

_Noreturn void err_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "narrows: a mistake of narrows itself, please report it: %s:%d: %s\n", file, line, what);
	abort();
}
