/* base/lex.c - a line as words.
 *
 * The languages here (rules, pipes, filters, schedules, profiles) are lines of words between blanks. No quotes, no
 * escapes, no comments: what `//` or `#` means is for the language to say. A word is a pointer and a length into the
 * caller's line, so nothing is copied and any part of a word (word_cut) knows its column.
 *
 * The suggestion for an unknown word is the name at the least distance, counted in letters put in, left out, changed,
 * or swapped with their neighbour (the restricted Damerau-Levenshtein distance), upper and lower case being equal.
 * One thread owns a reader. */
#include "base/lex.h"

#include <stdint.h>
#include <string.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

void lex_line(struct lex *lx, const char *file, unsigned line, const char *text, size_t len, struct errs *errs)
{
	/* never a null pointer: the ends of words are reckoned from it */
	*lx = (struct lex){ .file = file, .line = line, .text = len ? text : "", .len = len, .errs = errs };
}

static size_t skip_blanks(const struct lex *lx)
{
	size_t at = lx->at;

	while (at < lx->len && blank(lx->text[at]))
		at++;
	return at;
}

bool lex_peek(const struct lex *lx, struct word *w)
{
	size_t from = skip_blanks(lx), to = from;

	while (to < lx->len && !blank(lx->text[to]))
		to++;
	*w = (struct word){ lx->text + from, to - from };
	return to > from;
}

bool lex_next(struct lex *lx, struct word *w)
{
	bool any = lex_peek(lx, w);

	lx->at = (size_t)(w->p - lx->text) + w->n;
	return any;
}

bool lex_end(const struct lex *lx)
{
	return skip_blanks(lx) == lx->len;
}

struct word lex_rest(struct lex *lx)
{
	size_t from = skip_blanks(lx), to = lx->len;

	while (to > from && blank(lx->text[to - 1]))
		to--;
	lx->at = lx->len;
	return (struct word){ lx->text + from, to - from };
}

struct word lex_here(const struct lex *lx)
{
	size_t to = lx->len;

	while (to && blank(lx->text[to - 1]))
		to--;
	return (struct word){ lx->text + to, 0 };
}

bool word_is(struct word w, const char *s)
{
	return strlen(s) == w.n && !memcmp(w.p, s, w.n);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool word_is_nocase(struct word w, const char *s)
{
	if (strlen(s) != w.n)
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (lower(w.p[i]) != lower(s[i]))
			return false;
	return true;
}

struct word word_cut(struct word w, size_t from, size_t n)
{
	if (from > w.n)
		from = w.n;
	return (struct word){ w.p + from, n < w.n - from ? n : w.n - from };
}

/* Where a word stands in its line. A word from elsewhere gets the end of the line: a place a little wrong is better
 * than none. */
static struct place place_of(const struct lex *lx, struct word w)
{
	uintptr_t from = (uintptr_t)lx->text, p = (uintptr_t)w.p;
	size_t column = p >= from && p - from <= lx->len ? p - from : lx->len;
	size_t width = w.n < lx->len - column ? w.n : lx->len - column;

	return (struct place){
		.file = lx->file, .line = lx->line, .source = lx->text, .source_len = lx->len,
		.column = column < UINT32_MAX ? (unsigned)column + 1 : UINT32_MAX,
		.width = width > UINT32_MAX ? UINT32_MAX : width ? (unsigned)width : 1,
	};
}

int lex_error(struct lex *lx, struct word w, int code, const char *fmt, ...)
{
	struct place at = place_of(lx, w);
	va_list ap;

	if (!lx->errs)
		return code;
	va_start(ap, fmt);
	errs_vadd(lx->errs, &at, code, false, fmt, ap);
	va_end(ap);
	return code;
}

void lex_warn(struct lex *lx, struct word w, const char *fmt, ...)
{
	struct place at = place_of(lx, w);
	va_list ap;

	if (!lx->errs)
		return;
	va_start(ap, fmt);
	errs_vadd(lx->errs, &at, 0, true, fmt, ap);
	va_end(ap);
}

#define SUGGEST_MAX 40	/* a longer word is no slip of the finger */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool swapped(const char *a, const char *b)
{
	return lower(a[0]) == lower(b[1]) && lower(a[1]) == lower(b[0]);
}

/* Three rows of the table of distances between the beginnings of w and of s are enough: this, the last, the one before.
 * What is `most` or more is told as `most`: rows do not get nearer, so it ends at one that is that far. (A swap leaves
 * one row out, and adds one to what is at most one nearer.) */
static unsigned distance(struct word w, const char *s, size_t n, unsigned most)
{
	unsigned nearest;
	unsigned row[3][SUGGEST_MAX + 1], *before = row[0], *last = row[1], *now = row[2];

	for (unsigned j = 0; j <= n; j++)
		last[j] = j;
	for (size_t i = 1; i <= w.n; i++) {
		unsigned *spare = before;

		nearest = now[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			bool changed = lower(w.p[i - 1]) != lower(s[j - 1]);

			now[j] = least(last[j - 1] + changed, least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && swapped(w.p + i - 2, s + j - 2))
				now[j] = least(now[j], before[j - 2] + 1);
			nearest = least(nearest, now[j]);
		}
		if (nearest >= most)
			return most;
		before = last;
		last = now;
		now = spare;
	}
	return least(last[n], most);
}

static bool lengths_differ(size_t a, size_t b, unsigned least_by)
{
	return a + least_by <= b || b + least_by <= a;
}

const char *lex_suggest(struct word w, const char *(*next)(const void *ctx, size_t i), const void *ctx, size_t n)
{
	const char *best = NULL;
	unsigned best_distance = 3;

	if (w.n > SUGGEST_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const char *name = next(ctx, i);
		size_t len = strlen(name);
		unsigned d = best_distance;

		if (len <= SUGGEST_MAX && !lengths_differ(len, w.n, d))
			d = distance(w, name, len, d);
		if (d < best_distance && (size_t)d * 2 < w.n) {
			best = name;
			best_distance = d;
		}
	}
	return best;
}
