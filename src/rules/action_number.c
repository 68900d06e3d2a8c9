/* rules/action_number.c - skipto N, pipe N, queue N: actions whose argument is a number.
 *
 * skipto goes forward only, so that a scan ends: a constant that does not is refused, here where the rule's own number
 * stands in the line, by rules_build() where it is given later. ipfw takes such a number for "the next rule". */
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
	if (word_is(w, "tablearg"))
		return parse_error(ps, w, ERR_LATER, "tablearg: known, but not supported by this version");
	return parse_num(ps, w, what, 1, 65535, n);
}

static int skipto_parse(struct parse *ps, struct part *p)
{
	uint64_t n = 0;
	int err = parse_action_arg(ps, p, "skipto", &n);

	p->arg = (uint32_t)n;
	if (!err && ps->cmd->given && n <= ps->cmd->given)
		return parse_error(ps, p->at, ERR_RANGE,
			"skipto: %u is not above %u, the rule's own number; to go back, use call",
			p->arg, ps->cmd->given);
	return err;
}

static int number_parse(struct parse *ps, struct part *p, const char *what)
{
	uint64_t n = 0;
	int err = parse_action_arg(ps, p, what, &n);

	p->arg = (uint32_t)n;
	return err;
}

static int pipe_parse(struct parse *ps, struct part *p)
{
	return number_parse(ps, p, "pipe");
}

static int queue_parse(struct parse *ps, struct part *p)
{
	return number_parse(ps, p, "queue");
}

static void number_print(const struct part *p, struct text *to)
{
	text_add(to, "%u", p->arg);
}

const struct rules_word action_skipto = {
	.word = "skipto",	.kind = WORD_ACTION,
	.help = "skipto N: goes on at the first rule numbered N or more",
	.parse = skipto_parse,	.print = number_print,	.step = STEP_JUMP,
};

const struct rules_word action_pipe = {
	.word = "pipe",	.kind = WORD_ACTION,	.help = "pipe N: the packet goes through pipe N",
	.parse = pipe_parse,	.print = number_print,	.step = STEP_END,	.verdict = RULES_PIPE,
};

const struct rules_word action_queue = {
	.word = "queue",	.kind = WORD_ACTION,	.help = "queue N: the packet goes through queue N",
	.parse = queue_parse,	.print = number_print,	.step = STEP_END,	.verdict = RULES_QUEUE,
};
