/* emu/emu_parse.c - a line of the language of pipes becomes a command, without effect.
 *
 *      line   = "pipe" number ( "config" | "replace" ) { option }
 *      option = a word of emu_words.c and its values
 *
 * `config` changes what it names, `replace` starts from defaults. Every wrong word of a line is told, so after one the
 * reader goes on at the next word that begins an option. Nothing is ambiguous by order: a word ends where the next
 * known one begins, and what is said twice is refused, not overridden.
 *
 * The rest of the language is known by name: queue, sched, delete, list, show, flush, names instead of numbers. */
#include "emu_int.h"

#include <stdlib.h>

#define KNOWN "known are bw, delay, burst, plr, loss, queue, overhead, droptail, noerror, mask, flows, expire, buckets"

bool emu_knows(struct word first)
{
	return word_is(first, "pipe") || word_is(first, "queue") || word_is(first, "sched");
}

/* What a line has said so far. */
struct said {
	struct word by[OPT_COUNT];	/* the word that said it */
};

static const char *option_name(const void *ctx, size_t i)
{
	const struct emu_word *word = emu_word_get(i);

	return word->kind == WORD_VERB ? "" : word->word;
}

static size_t count_words(void)
{
	size_t n = 0;

	while (emu_word_get(n))
		n++;
	return n;
}

static void refuse_unknown(struct lex *lx, struct word w)
{
	const char *near = lex_suggest(w, option_name, NULL, count_words());

	if (near)
		lex_error(lx, w, ERR_UNKNOWN, "%.*s: unknown option; did you mean %s?", emu_shown(w), w.p, near);
	else
		lex_error(lx, w, ERR_UNKNOWN, "%.*s: unknown option; " KNOWN, emu_shown(w), w.p);
}

/* After an error: on to the next word that can begin an option. */
static void skip_values(struct lex *lx)
{
	struct word w;

	while (lex_peek(lx, &w) && !emu_option_find(w))
		lex_next(lx, &w);
}

/* The value of a word that is refused may be a word we know (`type fifo`). */
static void skip_later(struct lex *lx, struct word name)
{
	struct word w;

	if (word_is(name, "type"))
		lex_next(lx, &w);
	skip_values(lx);
}

static void refuse_twice(struct lex *lx, struct word w, struct word before)
{
	if (word_is(w, emu_option_find(before)->word))
		lex_error(lx, w, ERR_TWICE, "%.*s: given twice; once is allowed", (int)w.n, w.p);
	else
		lex_error(lx, w, ERR_TWICE, "%.*s: means the same as %.*s, which was given already", (int)w.n, w.p,
			(int)before.n, before.p);
}

static int parse_option(struct lex *lx, struct emu_cmd *c, struct said *said)
{
	const struct emu_word *word;
	struct word w;
	int rc;

	lex_next(lx, &w);
	word = emu_option_find(w);
	if (!word) {
		refuse_unknown(lx, w);
		skip_values(lx);
		return ERR_UNKNOWN;
	}
	if (word->later) {
		rc = emu_refuse_later(lx, w);
		skip_later(lx, w);
		return rc;
	}
	if (c->named >> word->option & 1)
		refuse_twice(lx, w, said->by[word->option]);
	else
		said->by[word->option] = w;
	rc = word->parse(lx, w, &c->conf);
	if (rc)
		skip_values(lx);
	if (c->named >> word->option & 1)
		return ERR_TWICE;
	c->named |= 1u << word->option;
	return rc;
}

/* The number of the pipe. A name there is known to the language. */
static int parse_number(struct lex *lx, struct emu_cmd *c)
{
	struct word w, next;
	struct lex ahead;
	uint64_t n = 0;
	int rc;

	lex_peek(lx, &w);
	if (emu_verb_find(w))
		return lex_error(lx, w, ERR_SYNTAX, "pipe: its number is missing before this word; 1..%u",
			EMU_NUMBER_MAX);
	lex_next(lx, &w);
	ahead = *lx;
	if (((w.p[0] | 0x20) >= 'a' && (w.p[0] | 0x20) <= 'z') && lex_next(&ahead, &next) && emu_verb_find(next))
		return lex_error(lx, w, ERR_LATER,
			"%.*s: names of pipes are known, but not supported by this version; 1..%u", emu_shown(w), w.p,
			EMU_NUMBER_MAX);
	rc = units_num(lx, w, "pipe", 1, EMU_NUMBER_MAX, &n);
	c->number = (uint32_t)n;
	return rc;
}

static int parse_verb(struct lex *lx, struct emu_cmd *c)
{
	const struct emu_word *verb;
	struct word w;

	if (!lex_peek(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "pipe: what to do is missing; config or replace");
	if (emu_option_find(w))
		return lex_error(lx, w, ERR_SYNTAX, "pipe: config or replace is missing before this word");
	lex_next(lx, &w);
	verb = emu_verb_find(w);
	if (!verb)
		return lex_error(lx, w, ERR_UNKNOWN, "%.*s: unknown verb; config or replace", emu_shown(w), w.p);
	if (verb->later)
		return emu_refuse_later(lx, w);
	c->replace = word_is(w, "replace");
	return 0;
}

/* "pipe delete 3", "pipe flush", "pipe list": the verb comes before the number. */
static bool later_command(struct lex *lx)
{
	const struct emu_word *verb;
	struct word w;

	if (!lex_peek(lx, &w))
		return false;
	verb = emu_verb_find(w);
	if (!verb || !verb->later)
		return false;
	emu_refuse_later(lx, w);
	return true;
}

static int parse_line(struct lex *lx, struct emu_cmd *c)
{
	struct said said = { 0 };
	struct word first;
	int bad = 0;

	lex_next(lx, &first);
	if (!word_is(first, "pipe"))
		return emu_refuse_later(lx, first);
	if (later_command(lx))
		return ERR_LATER;
	if (lex_end(lx))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "pipe: its number is missing; 1..%u", EMU_NUMBER_MAX);
	bad |= parse_number(lx, c);
	bad |= parse_verb(lx, c);
	while (!lex_end(lx))
		bad |= parse_option(lx, c, &said);
	return bad;
}

struct emu_cmd *emu_parse(struct lex *lx)
{
	struct emu_cmd *c = malloc(sizeof(*c));

	if (!c) {
		lex_error(lx, lex_here(lx), ERR_NOMEM, "no memory for this line");
		return NULL;
	}
	*c = (struct emu_cmd){ .kind = EMU_PIPE, .conf = emu_conf_default };
	if (!parse_line(lx, c))
		return c;
	emu_cmd_free(c);
	return NULL;
}

void emu_cmd_free(struct emu_cmd *c)
{
	free(c);
}
