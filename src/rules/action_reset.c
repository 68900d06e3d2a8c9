/* rules/action_reset.c - reset, reset6, abort, abort6: the packet ends, and its connection with it, by RST or ABORT.
 *
 * The rule only says what is to be answered; who may be answered, the bytes and the limit are the lane's
 * (lane/lane_answer.c, wire/answer.h). Packets of another protocol or family just end, as in ipfw: a rule on `ip` may
 * say reset. So do frames that are judged at layer 2. RFC 9293 3.10.7.1, RFC 9260 8.4. */
#include "rules_int.h"

static enum rule_step reset_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_RESET, 0);
}

static enum rule_step reset6_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_RESET6, 0);
}

static enum rule_step abort_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_ABORT, 0);
}

static enum rule_step abort6_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_ABORT6, 0);
}

const struct rules_word action_reset = {
	.word = "reset",	.kind = WORD_ACTION,	.help = "ends the packet and answers TCP over IPv4 with RST",
	.step = STEP_END,	.verdict = RULES_DENY,	.act = reset_act,
};

const struct rules_word action_reset6 = {
	.word = "reset6",	.kind = WORD_ACTION,	.help = "ends the packet and answers TCP over IPv6 with RST",
	.step = STEP_END,	.verdict = RULES_DENY,	.act = reset6_act,
};

const struct rules_word action_abort = {
	.word = "abort",	.kind = WORD_ACTION,	.help = "ends the packet and answers SCTP over IPv4 with ABORT",
	.step = STEP_END,	.verdict = RULES_DENY,	.act = abort_act,
};

const struct rules_word action_abort6 = {
	.word = "abort6",	.kind = WORD_ACTION,	.help = "ends the packet and answers SCTP over IPv6 with ABORT",
	.step = STEP_END,	.verdict = RULES_DENY,	.act = abort6_act,
};
