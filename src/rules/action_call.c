/* rules/action_call.c - call N and return: subroutines of rules.
 *
 * call remembers the number of its rule on the packet and goes on at the first rule numbered N or more, before or
 * behind it; return goes on at the first rule whose number is above the one remembered last. Numbers, not places, are
 * remembered, so that the stack means the same in the set that replaces this one while the packet is in a pipe. The
 * stack is PKT_CALLS_MAX deep and emptied where a pass of a hook begins; a call that finds it full, or no memory for
 * it, and a return that finds it empty, go on at the next rule. ipfw leaves what is on it at input for output to see.
 *
 * Calls back and forth could make a packet visit rules some power of their count times: of one pass only the first
 * CALLS_MOST calls are made, those after act as if the stack were full. */
#include "rules_int.h"

#include "pkt/pkt_lazy.h"

#define CALLS_MOST 1024

static int call_parse(struct parse *ps, struct part *p)
{
	uint64_t n = 0;
	int err = parse_action_arg(ps, p, "call", &n);

	p->arg = (uint32_t)n;
	if (!err && !n) {
		p->word = &action_call_arg;
		arg_use(ps, p->at, ARG_CALL);
	}
	return err;
}

static void call_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", p->arg);
}

static enum rule_step call_act(const void *own, struct rules_pass *x)
{
	struct pkt_lazy *l = x->calls < CALLS_MOST ? pkt_lazy(x->pool, x->pkt) : NULL;

	(void)own;
	if (!l || l->calls == PKT_CALLS_MAX) {
		x->next = x->rule + 1;
		return STEP_JUMP;
	}
	x->calls++;
	l->call[l->calls++] = (uint16_t)rules_number(x->set, x->rule);
	return STEP_NEXT;	/* the rule's own step: to N */
}

static enum rule_step call_arg_act(const void *own, struct rules_pass *x)
{
	uint32_t n = 1;

	if (call_act(own, x) == STEP_JUMP)
		return STEP_JUMP;
	arg_value(&x->look, ARG_CALL, &n);
	x->next = set_behind(x->set, n - 1, UINT64_MAX);
	return STEP_JUMP;
}

static enum rule_step return_act(const void *own, struct rules_pass *x)
{
	struct pkt_lazy *l = x->pkt->lazy;

	(void)own;
	if (!l || !l->calls)
		return STEP_NEXT;
	x->next = set_behind(x->set, l->call[--l->calls], UINT64_MAX);
	return STEP_JUMP;
}

const struct rules_word action_call = {
	.word = "call",	.kind = WORD_ACTION,
	.help = "call N|tablearg: goes on at the first rule numbered N or more, and return comes back",
	.parse = call_parse,	.act = call_act,	.print = call_print,	.step = STEP_JUMP,
};

const struct rules_word action_call_arg = {
	.word = "call",	.kind = WORD_ACTION,
	.act = call_arg_act,	.print = tablearg_print,	.step = STEP_JUMP,
};

const struct rules_word action_return = {
	.word = "return",	.kind = WORD_ACTION,
	.help = "goes on at the first rule numbered above the last call",
	.act = return_act,	.step = STEP_NEXT,
};
