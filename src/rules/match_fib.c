/* rules/match_fib.c - fib: the routing table a packet was given. 0 where nobody gave it one. Class S: setfib may change
 * it on the way through the rules. */
#include "rules_emit.h"

static int fib_parse(struct parse *ps, struct part *p)
{
	uint16_t *fib = part_grow(ps, p, sizeof(*fib));
	uint64_t n = 0;
	int err = fib ? parse_one_num(ps, "fib", UINT16_MAX, &n) : ERR_NOMEM;

	if (fib)
		*fib = (uint16_t)n;
	return err;
}

static bool fib_run(const void *own, const struct rules_look *l)
{
	return l->meta->fib == *(const uint16_t *)own;
}

static bool fib_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_RULES_FIB, *(const uint16_t *)own, c->yes, c->no);
	return true;
}

static void fib_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", *(const uint16_t *)p->own);
}

const struct rules_word match_fib = {
	.word = "fib",	.kind = WORD_MATCH,	.help = "fib N: has routing table N",
	.size = sizeof(uint16_t),	.parse = fib_parse,
	.run = fib_run,	.emit = fib_emit,	.cache = CACHE_S,	.print = fib_print,
};
