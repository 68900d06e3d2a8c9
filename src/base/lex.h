/* base/lex.h - lines of text cut into words, with places for errors.
 *
 * The text stays the caller's and must outlive the words. A line is read by one reader, from left to right; a part
 * of a word (word_cut) is a word too, so an error can point at the very bytes that are wrong. */
#ifndef BASE_LEX_H
#define BASE_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct word {
	const char *p;		/* into the line; n bytes, no NUL */
	size_t n;
};

/* A word in an error: printf(WORD_FMT, WORD_ARGS(w)). A long one is cut, and says so. */
#define WORD_FMT "%.*s%s"
#define WORD_ARGS(w) (int)((w).n > 60 ? 57 : (w).n), (w).p, (w).n > 60 ? "..." : ""

struct lex {
	const char *file;	/* for places */
	unsigned line;
	const char *text;	/* the line */
	size_t len;
	size_t at;		/* next unread byte */
	struct errs *errs;	/* where lex_error() puts them */
};

void lex_line(struct lex *lx, const char *file, unsigned line, const char *text, size_t len, struct errs *errs);
/* The next word: bytes between blanks (space, tab, CR). False at the end of the line. peek does not move. */
bool lex_next(struct lex *lx, struct word *w);
bool lex_peek(const struct lex *lx, struct word *w);
bool lex_end(const struct lex *lx);
/* Everything from here on, outer blanks removed; may be empty. */
struct word lex_rest(struct lex *lx);
/* The end of the line, an empty word whose caret is one wide: where something is missing. */
struct word lex_here(const struct lex *lx);

bool word_is(struct word w, const char *s);		/* equal, case matters */
bool word_is_nocase(struct word w, const char *s);
struct word word_cut(struct word w, size_t from, size_t n);	/* part of it; clipped to w */

/* An error at a word of this line; what is wrong, what is allowed. Returns `code`. With no errs (NULL) it is only
 * returned. */
int lex_error(struct lex *lx, struct word w, int code, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void lex_warn(struct lex *lx, struct word w, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The nearest of `n` names (edit distance <= 2 and less than half the word, case aside), or NULL: for "did you mean".
 * `next(ctx, i)` gives the i-th name. */
const char *lex_suggest(struct word w, const char *(*next)(const void *ctx, size_t i), const void *ctx, size_t n);

#endif
