/* rules/match_malformed.c - malformed: what ipfw drops before any rule sees it, and Narrows shows to the rules.
 *
 * A transport header that is short in a whole record, a TCP fragment at offset 8 bytes (RFC 3128), a chain of IPv6
 * extension headers that runs out of its packet or has hop-by-hop options not first. wire/view.h says which exactly;
 * what the snapshot length cut is not malformed. So `deny ip from any to any malformed` is what ipfw does, with a
 * counter. Class P. */
#include "rules_emit.h"

static bool malformed_run(const void *own, const struct rules_look *l)
{
	return l->view->malformed;
}

static bool malformed_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_MALFORMED, 0, c->no, c->yes);
	return true;
}

const struct rules_word match_malformed = {
	.word = "malformed",	.kind = WORD_MATCH,	.help = "what ipfw would drop before any rule",
	.check = facts_ip,	.run = malformed_run,	.emit = malformed_emit,	.cache = CACHE_P,
};
