/* emu/emu_parse.c - a line of the language of pipes becomes a command, without effect.
 *
 *      line    = kind number ( "config" | "replace" ) { option }
 *              | kind ( "delete" numbers | ( "list" | "show" ) [ numbers ] | "flush" ) { form }
 *              | kind numbers ( "delete" | "list" | "show" ) { form }
 *      kind    = "pipe" | "queue" | "sched"
 *      numbers = number [ "-" number ] { "," ... }          form = "--json" | "--compat"
 *      option  = a word of emu_words.c and its values
 *
 * `config` changes what it names, `replace` starts from defaults. Every wrong word of a line is told, so after one the
 * reader goes on at the next word that begins an option. Nothing is ambiguous by order: a word ends where the next
 * known one begins, and what is said twice is refused, not overridden. A word that another kind of object has is
 * refused by its name.
 *
 * Known by name, and refused: names instead of numbers. */
#include "emu_int.h"

#include <stdlib.h>

static bool kind_find(struct word w, enum emu_kind *kind)
{
	for (*kind = EMU_PIPE; *kind <= EMU_SCHED; (*kind)++)
		if (word_is(w, emu_kind_name(*kind)))
			return true;
	return false;
}

bool emu_knows(struct word first)
{
	enum emu_kind kind;

	return kind_find(first, &kind);
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

	if (sched_find(w))
		lex_error(lx, w, ERR_SYNTAX, "%.*s: a kind of scheduler; it stands behind type", emu_shown(w), w.p);
	else if (near)
		lex_error(lx, w, ERR_UNKNOWN, "%.*s: unknown option; did you mean %s?", emu_shown(w), w.p, near);
	else
		lex_error(lx, w, ERR_UNKNOWN, "%.*s: unknown option; narrows check --list pipe-options tells all",
			emu_shown(w), w.p);
}

/* A word that this object does not have. */
static int refuse_here(struct lex *lx, struct word w, const struct emu_word *word)
{
	static const char *const where[ON_ALL + 1] = {
		[ON_PIPE] = "pipes", [ON_QUEUE] = "queues", [ON_SCHED] = "scheds",
		[ON_PIPE | ON_QUEUE] = "pipes and queues", [ON_PIPE | ON_SCHED] = "pipes and scheds",
		[ON_QUEUE | ON_SCHED] = "queues and scheds",
	};

	if (!where[word->on])
		return lex_error(lx, w, ERR_SYNTAX, "%.*s: no option by itself; it belongs to another word",
			emu_shown(w), w.p);
	return lex_error(lx, w, ERR_USAGE, "%.*s: an option of %s", emu_shown(w), w.p, where[word->on]);
}

/* After an error: on to the next word that can begin an option. */
static void skip_values(struct lex *lx)
{
	struct word w;

	while (lex_peek(lx, &w) && !emu_option_find(w))
		lex_next(lx, &w);
}

static void refuse_twice(struct lex *lx, struct word w, struct word before)
{
	if (word_is(w, emu_option_find(before)->word))
		lex_error(lx, w, ERR_TWICE, "%.*s: given twice; once is allowed", (int)w.n, w.p);
	else if (emu_option_find(w)->kind == WORD_AQM)
		lex_error(lx, w, ERR_TWICE, "%.*s: a queue has one management, and %.*s was given already", (int)w.n,
			w.p,
			(int)before.n, before.p);
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
	if (word->later || !(word->on & 1u << c->kind)) {
		rc = word->later ? emu_refuse_later(lx, w) : refuse_here(lx, w, word);
		skip_values(lx);
		return rc;
	}
	if (c->named >> word->option & 1)
		refuse_twice(lx, w, said->by[word->option]);
	else
		said->by[word->option] = w;
	rc = word->parse(lx, w, &c->conf);
	if (!rc && c->kind == EMU_QUEUE && c->conf.impair.loss.after)
		rc = lex_error(lx, w, ERR_USAGE, "%.*s: not after the link, which is not the queue's", emu_shown(w),
			w.p);
	if (rc)
		skip_values(lx);
	if (c->named >> word->option & 1)
		return ERR_TWICE;
	c->named |= UINT64_C(1) << word->option;
	return rc;
}

/* A sched has the link of a pipe, or one of its own. */
static int check_link(struct lex *lx, const struct emu_cmd *c, const struct said *said)
{
	uint64_t own = c->named & emu_link_options();
	struct word w;

	if (c->kind != EMU_SCHED || !(c->named >> OPT_TO & 1) || !own)
		return 0;
	w = said->by[__builtin_ctzll(own)];
	return lex_error(lx, w, ERR_USAGE, "%.*s: not beside pipe %u, whose link the sched has; it is said there",
		emu_shown(w), w.p, c->conf.to.number);
}

/* `dsl` where a number stands, and a verb before or behind it: the language knows names. */
static bool is_name(const struct lex *lx, struct word w, bool after_verb)
{
	struct lex ahead = *lx;
	struct word next;

	if ((w.p[0] | 0x20) < 'a' || (w.p[0] | 0x20) > 'z')
		return false;
	return after_verb || (lex_next(&ahead, &next) && emu_verb_find(next));
}

static int refuse_name(struct lex *lx, const struct emu_cmd *c, struct word w)
{
	return lex_error(lx, w, ERR_LATER,
		"%.*s: names of %ss are known, but not supported by this version; 1..%u", emu_shown(w), w.p,
		emu_kind_name(c->kind), EMU_NUMBER_MAX);
}

/* N, or N-M. */
static int parse_span(struct lex *lx, struct word w, const char *what, struct emu_span *span)
{
	uint64_t from = 0, to;
	size_t dash = 1;
	int rc;

	while (dash < w.n && (w.p[dash] != '-' || w.p[0] == '-'))
		dash++;
	rc = units_num(lx, word_cut(w, 0, dash), what, 1, EMU_NUMBER_MAX, &from);
	to = from;
	if (!rc && dash + 1 == w.n)
		return lex_error(lx, w, ERR_SYNTAX, "%s: a range is two numbers, as 1-5", what);
	if (!rc && dash < w.n)
		rc = units_num(lx, word_cut(w, dash + 1, w.n), what, 1, EMU_NUMBER_MAX, &to);
	if (!rc && from > to)
		return lex_error(lx, w, ERR_RANGE, "%s: a range goes up, as 1-5", what);
	*span = (struct emu_span){ (uint32_t)from, (uint32_t)to };
	return rc;
}

static int add_span(struct lex *lx, struct emu_cmd *c, struct word w)
{
	struct emu_span *spans = realloc(c->spans, (c->span_count + (size_t)1) * sizeof(*spans));

	if (!spans)
		return lex_error(lx, w, ERR_NOMEM, "no memory for this line");
	c->spans = spans;
	return parse_span(lx, w, emu_kind_name(c->kind), &spans[c->span_count++]);
}

/* 1,3-5: one word, numbers and ranges between commas. */
static int parse_spans(struct lex *lx, struct emu_cmd *c, struct word w)
{
	size_t from = 0;
	int bad = 0;

	for (size_t i = 0; i <= w.n; i++) {
		if (i < w.n && w.p[i] != ',')
			continue;
		if (i == from)
			return lex_error(lx, w, ERR_SYNTAX, "%s: a number is missing beside a comma; as 1,3-5",
				emu_kind_name(c->kind));
		bad |= add_span(lx, c, word_cut(w, from, i - from));
		from = i + 1;
	}
	return bad;
}

/* What the verbs that print may be told: --json, --compat. */
static bool parse_form(struct lex *lx, struct emu_cmd *c, int *bad)
{
	struct word w;
	bool json, compat;

	lex_peek(lx, &w);
	json = word_is(w, "--json");
	compat = word_is(w, "--compat");
	if (!json && !compat)
		return false;
	lex_next(lx, &w);
	if (compat && c->verb != VERB_SHOW)
		*bad |= lex_error(lx, w, ERR_USAGE, "--compat: only of show");
	else if (json && c->verb != VERB_SHOW && c->verb != VERB_LIST)
		*bad |= lex_error(lx, w, ERR_USAGE, "--json: only of list and show");
	else if (c->form != FORM_TEXT)
		*bad |= lex_error(lx, w, ERR_TWICE, "%.*s: one form is allowed", (int)w.n, w.p);
	c->form = json ? FORM_JSON : FORM_COMPAT;
	return true;
}

/* What follows the verb of a command that configures nothing. */
static int parse_named(struct lex *lx, struct emu_cmd *c, bool numbers)
{
	struct word w;
	int bad = 0;

	while (lex_peek(lx, &w)) {
		if (parse_form(lx, c, &bad))
			continue;
		lex_next(lx, &w);
		if (!numbers)
			bad |= lex_error(lx, w, ERR_SYNTAX, "%.*s: nothing may follow here", emu_shown(w), w.p);
		else
			bad |= is_name(lx, w, true) ? refuse_name(lx, c, w) : parse_spans(lx, c, w);
	}
	if (c->verb == VERB_DELETE && !c->span_count && !bad)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "delete: which is missing; 1..%u, as 1,3-5",
			EMU_NUMBER_MAX);
	return bad;
}

/* The numbers of the pipes before the verb: one where it is configured. */
static int parse_numbers(struct lex *lx, struct emu_cmd *c, struct word *first)
{
	struct word w;

	lex_peek(lx, &w);
	*first = w;
	if (emu_verb_find(w))
		return lex_error(lx, w, ERR_SYNTAX, "%s: its number is missing before this word; 1..%u",
			emu_kind_name(c->kind), EMU_NUMBER_MAX);
	lex_next(lx, &w);
	if (is_name(lx, w, false))
		return refuse_name(lx, c, w);
	return parse_spans(lx, c, w);
}

#define VERBS "config, replace, delete, list or show"

static int parse_verb(struct lex *lx, struct emu_cmd *c)
{
	const struct emu_word *verb;
	struct word w;

	if (!lex_peek(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "%s: what to do is missing; " VERBS,
			emu_kind_name(c->kind));
	if (emu_option_find(w))
		return lex_error(lx, w, ERR_SYNTAX, "%s: config or replace is missing before this word",
			emu_kind_name(c->kind));
	lex_next(lx, &w);
	verb = emu_verb_find(w);
	if (!verb)
		return lex_error(lx, w, ERR_UNKNOWN, "%.*s: unknown verb; " VERBS, emu_shown(w), w.p);
	if (verb->verb == VERB_FLUSH)
		return lex_error(lx, w, ERR_SYNTAX, "flush: removes all and takes no number; delete removes some");
	c->verb = verb->verb;
	return 0;
}

static int one_number(struct lex *lx, struct emu_cmd *c, struct word w)
{
	if (c->span_count != 1 || c->spans[0].from != c->spans[0].to)
		return lex_error(lx, w, ERR_SYNTAX, "%s: one at a time is configured; 1..%u",
			emu_kind_name(c->kind), EMU_NUMBER_MAX);
	c->number = c->spans[0].from;
	return 0;
}

/* "pipe delete 3", "pipe flush", "pipe list": the verb comes before the numbers. */
static const struct emu_word *verb_first(const struct lex *lx)
{
	const struct emu_word *verb;
	struct word w;

	if (!lex_peek(lx, &w))
		return NULL;
	verb = emu_verb_find(w);
	return verb && verb->verb != VERB_CONFIG && verb->verb != VERB_REPLACE ? verb : NULL;
}

static int parse_line(struct lex *lx, struct emu_cmd *c)
{
	const struct emu_word *verb;
	struct said said = { 0 };
	struct word first;
	int bad = 0;

	if (!lex_next(lx, &first) || !kind_find(first, &c->kind))
		return lex_error(lx, lex_here(lx), ERR_UNKNOWN, "a line begins with pipe, queue or sched");
	verb = verb_first(lx);
	if (verb) {
		lex_next(lx, &first);
		c->verb = verb->verb;
		return parse_named(lx, c, c->verb != VERB_FLUSH);
	}
	if (lex_end(lx))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "%s: its number is missing; 1..%u",
			emu_kind_name(c->kind), EMU_NUMBER_MAX);
	bad |= parse_numbers(lx, c, &first);
	bad |= parse_verb(lx, c);
	if (c->verb != VERB_CONFIG && c->verb != VERB_REPLACE)
		return parse_named(lx, c, false) | bad;
	bad |= bad ? 0 : one_number(lx, c, first);
	while (!lex_end(lx))
		bad |= parse_option(lx, c, &said);
	bad |= bad ? 0 : check_link(lx, c, &said);
	emu_profile_settle(&c->conf, &c->named);
	return bad;
}

bool emu_cmd_names(const struct emu_cmd *c, uint32_t number)
{
	for (uint32_t i = 0; i < c->span_count; i++)
		if (c->spans[i].from <= number && number <= c->spans[i].to)
			return true;
	return !c->span_count;
}

struct emu_cmd *emu_parse(struct lex *lx)
{
	struct emu_cmd *c = malloc(sizeof(*c));

	if (!c) {
		lex_error(lx, lex_here(lx), ERR_NOMEM, "no memory for this line");
		return NULL;
	}
	*c = (struct emu_cmd){ .kind = EMU_PIPE };
	emu_conf_copy(&c->conf, &emu_conf_default);
	if (!parse_line(lx, c))
		return c;
	emu_cmd_free(c);
	return NULL;
}

void emu_cmd_free(struct emu_cmd *c)
{
	if (!c)
		return;
	emu_conf_release(&c->conf);
	free(c->spans);
	free(c);
}
