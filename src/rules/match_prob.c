/* rules/match_prob.c - prob P: a rule that matches with a probability, tested before everything else.
 *
 * Each rule has dice of its own (base/dice.h): kind rule, number + (i << 16) for the i-th rule of that number, purpose
 * prob. The number of draws stands beside the rule's counters and follows it from set to set, so that another rule that
 * comes or goes shifts none. One draw each time the scan comes by, whatever the rest of the rule says. P is exact, as a
 * threshold of 64 bits; 1 asks nothing and vanishes, as in ipfw; six digits are printed, more where six would lose. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/dice.h"

#define LEAST_DIGITS 6

struct chance {
	struct prob p;
	uint64_t key;
	uint32_t rule;
};

static int prob_parse(struct parse *ps, struct part *p)
{
	struct chance *c = part_grow(ps, p, sizeof(*c));
	struct word w;
	int err;

	if (!c)
		return ERR_NOMEM;
	if (!token_value(ps, &w) || word_find(WORD_ACTION, w) || word_find(WORD_PARAM, w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "prob: a probability in 0..1 is missing");
	ps->at++;
	err = units_prob(ps->lx, w, "prob", &c->p);
	if (err)
		ps->told++;
	p->unsaid = c->p.always;
	return err;
}

static void prob_bind(void *own, const struct rule_site *at)
{
	struct chance *c = own;

	c->key = dice_key(at->seed, DICE_RULE, at->number + ((uint64_t)at->nth << 16), 0, DICE_PROB);
	c->rule = at->index;
}

static bool prob_run(const void *own, const struct rules_look *l)
{
	const struct chance *c = own;
	struct rules_counter *count = &l->counters[c->rule];
	struct dice d = { c->key, count->drawn };
	bool hit = dice_hit(&d, c->p);

	count->drawn = d.drawn;
	return hit;
}

static void prob_print(const struct part *p, struct str *to)
{
	const struct chance *c = p->own;
	char text[UNITS_TEXT];
	int n = units_print_prob(text, c->p), digits = n > 2 ? n - 2 : 0;

	str_add(to, "%s%s%.*s", text, digits ? "" : ".", digits < LEAST_DIGITS ? LEAST_DIGITS - digits : 0, "000000");
}

const struct rules_word param_prob = {
	.word = "prob",	.kind = WORD_PARAM,	.help = "prob P: matches with this probability",
	.slot = PARAM_PROB,	.args = 1,
	.parse = prob_parse,	.bind = prob_bind,	.run = prob_run,	.print = prob_print,
	.cache = CACHE_S,
};
