/* base/err.h - errors for people.
 *
 * Who knows what is wrong writes the text, once, with what is allowed; callers add the place; main() prints.
 * Functions return 0 or one of the negative codes below. `struct err` carries one text (a failed open, a bad option);
 * `struct errs` collects all of them with places in a text of the user's (rules, filters, traces), so that each wrong
 * word of a file is told in one go. Thread: whoever owns the struct. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum err_code {
	ERR_NOMEM = -1,		/* no memory, or a limit of ours is reached */
	ERR_IO = -2,		/* the system refused: text has its reason */
	ERR_SYNTAX = -3,	/* text that cannot be read */
	ERR_UNKNOWN = -4,	/* a word that nobody knows */
	ERR_RANGE = -5,		/* a value that is not allowed, or that would be rounded */
	ERR_TWICE = -6,		/* said already */
	ERR_LATER = -7,		/* a word of the language that this version refuses by name */
	ERR_DAMAGED = -8,	/* bytes of others that make no sense */
	ERR_USAGE = -9,		/* options that do not go together */
	ERR_CLOSED = -10,	/* the reader of our output went away (EPIPE): end quietly */
};

struct err {
	int code;		/* 0: none */
	char text[400];
};

/* Writes the text and returns `code`, so that `return err_set(e, ERR_RANGE, …)` reads well. `e` may be NULL. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same, followed by ": " and the text of errno `sys`. */
int err_sys(struct err *e, int sys, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A place in a text of the user's. line 0: the text has no lines (an option); column counts bytes from 1. */
struct place {
	const char *file;	/* "lab.rules", "-e", "--interval" */
	unsigned line, column;
	unsigned width;		/* bytes of the word that is wrong, at least 1 */
	const char *source;	/* the line, no newline; need not end in NUL */
	size_t source_len;
};

struct note {			/* one error or warning, all text its own copy */
	int code;
	bool warning;
	unsigned line, column, width;
	char *file, *text;	/* each ends in NUL; file NULL: no place */
	char *source;		/* the line, or of a long one what stands around the word; may hold any byte */
	size_t source_len;
	size_t source_at;	/* bytes of the line left out before it */
	bool source_cut;	/* and after it */
};

struct errs {
	struct note *notes;
	size_t count, room;
	size_t errors, warnings;	/* told so far; more than count where memory ran out */
};

void errs_init(struct errs *es);
void errs_fini(struct errs *es);
/* Adds one (`at` NULL: no place); returns `code`. Without memory errors or warnings still rise, the note is lost, and
 * errs_print() says how many were. */
int errs_add(struct errs *es, const struct place *at, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int errs_vadd(struct errs *es, const struct place *at, int code, bool warning, const char *fmt, va_list ap);
void errs_warn(struct errs *es, const struct place *at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* As INTERFACE has it: "narrows: FILE:LINE:COLUMN: text", the line, a caret and tildes under the word. */
void errs_print(const struct errs *es, FILE *to, const char *program);

/* For our own mistakes only, never for bytes or words of others. */
#define BUG_ON(cond) do { if (__builtin_expect(!!(cond), 0)) err_bug(__FILE__, __LINE__, #cond); } while (0)
_Noreturn void err_bug(const char *file, int line, const char *what);

#endif
