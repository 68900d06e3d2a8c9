/* rules/action_log.c - log, log logamount N: every match is reported, or the first N.
 *
 * A report goes to the environment when all conditions held, before the action; where nobody listens it counts all the
 * same. Once N is reached the rule is silent until resetlog. 0, and none, are no limit. */
#include "rules_int.h"

struct log {
	uint32_t limit;		/* 0: none */
};

static int log_parse(struct parse *ps, struct part *p)
{
	struct log *l = part_grow(ps, p, sizeof(*l));
	uint64_t n = 0;
	struct word w;
	int err;

	if (!l)
		return ERR_NOMEM;
	if (!token_take(ps, "logamount"))
		return 0;
	if (!token_value(ps, &w) || word_find(WORD_PARAM, w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "logamount: a number is missing; 0 is no limit");
	ps->at++;
	err = parse_num(ps, w, "logamount", 0, UINT32_MAX, &n);
	l->limit = (uint32_t)n;
	return err;
}

static int logamount_parse(struct parse *ps, struct part *p)
{
	struct word w;

	parse_error(ps, p->at, ERR_SYNTAX, "logamount: stands behind log (deny log logamount 10 ...)");
	if (token_word(ps, &w) && w.p[0] >= '0' && w.p[0] <= '9')
		ps->at++;
	return ERR_SYNTAX;
}

static enum rule_step log_act(const void *own, struct rules_pass *x)
{
	const struct log *l = own;
	struct rules_counter *c = &x->look.counters[x->rule];

	if (l->limit && c->logged >= l->limit)
		return STEP_NEXT;
	c->logged++;
	if (x->look.env->log)
		x->look.env->log(x->look.env->ctx, x, c->logged, c->logged == l->limit);
	return STEP_NEXT;
}

static void log_print(const struct part *p, struct str *to)
{
	const struct log *l = p->own;

	if (l->limit)
		str_add(to, "logamount %u", l->limit);
}

const struct rules_word param_log = {
	.word = "log",	.kind = WORD_PARAM,	.help = "log [logamount N]: reports every match, or so many",
	.slot = PARAM_LOG,
	.parse = log_parse,	.act = log_act,	.print = log_print,
};

const struct rules_word param_logamount = {
	.word = "logamount",	.kind = WORD_PARAM,	.help = "log logamount N: reports so many matches; 0: all",
	.slot = PARAM_LOG,	.args = 1,	.parse = logamount_parse,
};
