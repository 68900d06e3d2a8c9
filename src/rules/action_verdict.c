/* rules/action_verdict.c - allow, deny, count: the packet goes on, ends, or is only counted. Their words say it all. */
#include "rules_int.h"

const struct rules_word action_allow = {
	.word = "allow",	.kind = WORD_ACTION,	.help = "the packet goes on",
	.step = STEP_END,	.verdict = RULES_ALLOW,
};

const struct rules_word action_deny = {
	.word = "deny",	.kind = WORD_ACTION,	.help = "the packet ends here",
	.step = STEP_END,	.verdict = RULES_DENY,
};

const struct rules_word action_count = {
	.word = "count",	.kind = WORD_ACTION,	.help = "only counts; the next rule is asked",
	.step = STEP_NEXT,
};
