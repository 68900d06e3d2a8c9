/* rules/action_number.c - skipto N, pipe N, queue N: actions whose argument is a number.
 *
 * The number may be tablearg (rules_arg.c). skipto goes forward only, so that a scan ends: a constant that does not is
 * refused, here where the rule's own number stands in the line, by rules_build() where it is given later. ipfw takes
 * such a number for "the next rule". */
#include "rules_int.h"

/* Is the number missing, and this what comes after it? */
static bool begins_body(struct word w)
{
	return word_find(WORD_MATCH, w) || word_is(w, "not") || (proto_begins(w) && !(w.p[0] >= '0' && w.p[0] <= '9'));
}

int parse_action_arg(struct parse *ps, struct part *p, const char *what, uint64_t *n)
{
	struct word w;

	if (!token_word(ps, &w) || begins_body(w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: a number in 1..65535 is missing", what);
	ps->at++;
	p->at = w;
	*n = 0;
	if (word_is(w, "tablearg"))
		return 0;
	return parse_num(ps, w, what, 1, 65535, n);
}

static int skipto_parse(struct parse *ps, struct part *p)
{
	uint64_t n = 0;
	int err = parse_action_arg(ps, p, "skipto", &n);

	p->arg = (uint32_t)n;
	if (!err && !n) {
		p->word = &action_skipto_arg;
		arg_use(ps, p->at, ARG_SKIPTO);
		return 0;
	}
	if (!err && ps->cmd->given && n <= ps->cmd->given)
		return parse_error(ps, p->at, ERR_RANGE,
			"skipto: %u is not above %u, the rule's own number; to go back, use call",
			p->arg, ps->cmd->given);
	return err;
}

static int number_parse(struct parse *ps, struct part *p, const char *what, const struct rules_word *by_arg)
{
	uint64_t n = 0;
	int err = parse_action_arg(ps, p, what, &n);

	p->arg = (uint32_t)n;
	if (!err && !n) {
		p->word = by_arg;
		arg_use(ps, p->at, ARG_PIPE);
	}
	return err;
}

static int pipe_parse(struct parse *ps, struct part *p)
{
	return number_parse(ps, p, "pipe", &action_pipe_arg);
}

static int queue_parse(struct parse *ps, struct part *p)
{
	return number_parse(ps, p, "queue", &action_queue_arg);
}

static void number_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", p->arg);
}

/* ---- with tablearg: the rule matched, so that what was found fits ---- */

static enum rule_step skipto_act(const void *own, struct rules_pass *x)
{
	uint32_t n = RULES_DEFAULT;

	arg_value(&x->look, ARG_SKIPTO, &n);
	x->next = set_behind(x->set, n - 1, UINT64_MAX);
	return STEP_JUMP;
}

static enum rule_step answer(struct rules_pass *x, enum rules_verdict verdict)
{
	uint32_t n = 0;

	arg_value(&x->look, ARG_PIPE, &n);
	x->answer->verdict = verdict;
	x->answer->arg = n;
	return STEP_END;
}

static enum rule_step pipe_act(const void *own, struct rules_pass *x) { return answer(x, RULES_PIPE); }
static enum rule_step queue_act(const void *own, struct rules_pass *x) { return answer(x, RULES_QUEUE); }

void tablearg_print(const struct part *p, struct str *to)
{
	str_add(to, "tablearg");
}

const struct rules_word action_skipto_arg = {
	.word = "skipto",	.kind = WORD_ACTION,
	.print = tablearg_print,	.act = skipto_act,	.step = STEP_JUMP,	.steady = true,
};

const struct rules_word action_pipe_arg = {
	.word = "pipe",	.kind = WORD_ACTION,
	.print = tablearg_print,	.act = pipe_act,	.step = STEP_END,	.steady = true,
	.verdict = RULES_PIPE,
};

const struct rules_word action_queue_arg = {
	.word = "queue",	.kind = WORD_ACTION,
	.print = tablearg_print,	.act = queue_act,	.step = STEP_END,	.steady = true,
	.verdict = RULES_QUEUE,
};

const struct rules_word action_skipto = {
	.word = "skipto",	.kind = WORD_ACTION,
	.help = "skipto N|tablearg: goes on at the first rule numbered N or more",
	.parse = skipto_parse,	.print = number_print,	.step = STEP_JUMP,
};

const struct rules_word action_pipe = {
	.word = "pipe",	.kind = WORD_ACTION,	.help = "pipe N|tablearg: the packet goes through pipe N",
	.parse = pipe_parse,	.print = number_print,	.step = STEP_END,	.verdict = RULES_PIPE,
};

const struct rules_word action_queue = {
	.word = "queue",	.kind = WORD_ACTION,	.help = "queue N|tablearg: the packet goes through queue N",
	.parse = queue_parse,	.print = number_print,	.step = STEP_END,	.verdict = RULES_QUEUE,
};
