/* rules/rules_arg.c - tablearg: what a rule does takes its number from the table that the rule asked.
 *
 *      add pipe tablearg ip from table(customers) to any
 *
 * It is the value of the last lookup that succeeded among the conditions of the rule: source, destination, then options
 * as they stand. A rule that says tablearg has two more conditions, which do not print: before all others, that nothing
 * was found yet, which is always true; behind them, that something was found whose value fits everything that the rule
 * uses it for. So a rule whose value is missing or does not fit does not match, and its actions need not ask again.
 *
 * A legacy table has one value for all uses, another a column for each; none for a use: it does not fit. Runs on the
 * lane's thread. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	enum value_use column;
	uint32_t least, most;
} uses[ARG_USES] = {
	[ARG_SKIPTO] = { VALUE_SKIPTO, 1, 65535 },	[ARG_CALL] = { VALUE_SKIPTO, 1, 65535 },
	[ARG_PIPE] = { VALUE_PIPE, 1, 65535 },	[ARG_TAG] = { VALUE_TAG, 1, 65534 },
	[ARG_DSCP] = { VALUE_DSCP, 0, 63 },
};

struct arg {
	uint32_t uses;		/* bit of each enum arg_use */
	uint32_t number;	/* of the rule: skipto goes forward */
};

static bool value_of(const struct rules_look *l, enum arg_use use, uint32_t *n)
{
	const struct rules_found *f = l->found;
	int at = f && f->table ? value_word_of(&f->table->desc, uses[use].column) : -1;

	if (at < 0)
		return false;
	*n = values_row(&f->table->values, &f->row)[at];
	return *n >= uses[use].least && *n <= uses[use].most;
}

bool arg_value(const struct rules_look *l, enum arg_use use, uint32_t *n)
{
	return value_of(l, use, n);
}

static bool begin_run(const void *own, const struct rules_look *l)
{
	if (l->found)
		l->found->table = NULL;
	return true;
}

static bool fits_run(const void *own, const struct rules_look *l)
{
	const struct arg *a = own;
	uint32_t n;

	for (unsigned i = 0; i < ARG_USES; i++)
		if (a->uses >> i & 1 && (!value_of(l, (enum arg_use)i, &n) || (i == ARG_SKIPTO && n <= a->number)))
			return false;
	return true;
}

static void fits_bind(void *own, const struct rule_site *at)
{
	((struct arg *)own)->number = at->number;
}

static const struct rules_word arg_begin = {
	.word = "tablearg",	.kind = WORD_MATCH,	.run = begin_run,	.cache = CACHE_F,
};

static const struct rules_word arg_fits = {
	.word = "tablearg",	.kind = WORD_MATCH,	.run = fits_run,	.bind = fits_bind,
	.cache = CACHE_L,	.size = sizeof(struct arg),
};

void arg_use(struct parse *ps, struct word w, enum arg_use use)
{
	if (!ps->arg_uses)
		ps->arg_at = w;
	ps->arg_uses |= 1u << use;
}

static bool asks_table(const struct rule *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->parts[i].word->tabled && !r->parts[i].negated)
			return true;
	return false;
}

int arg_finish(struct parse *ps)
{
	struct rule *r = ps->rule;
	struct part *parts, first = { .word = &arg_begin, .place = AT_NOWHERE, .at = ps->arg_at };
	struct part last = { .word = &arg_fits, .place = AT_NOWHERE, .at = ps->arg_at };
	struct arg *a;

	if (!ps->arg_uses)
		return 0;
	if (!asks_table(r))
		return parse_error(ps, ps->arg_at, ERR_SYNTAX,
			"tablearg: the rule asks no table whose value it could be; "
			"allowed with table(T), lookup or flow, not negated");
	a = part_grow(ps, &last, sizeof(*a));
	parts = a ? realloc(r->parts, (r->count + 2) * sizeof(*parts)) : NULL;
	if (!parts) {
		free(last.own);
		return parse_error(ps, ps->arg_at, ERR_NOMEM, "no memory for this rule");
	}
	a->uses = ps->arg_uses;
	memmove(parts + 1, parts, r->count * sizeof(*parts));
	parts[0] = first;
	parts[r->count + 1] = last;
	r->parts = parts;
	r->count += 2;
	r->room = r->count;
	return 0;
}
