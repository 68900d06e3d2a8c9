/* rules/match_icmp.c - icmptypes: types of ICMP for IPv4, 0..31, as ipfw's bitmap holds them.
 *
 * Ranges and names are ours; the canonical text has numbers in order, one by one, so that ipfw reads it too. False
 * for a later fragment, and for ICMPv6, whose types mean something else (icmp6types). Class P. */
#include "rules_int.h"

static int icmptypes_parse(struct parse *ps, struct part *p)
{
	uint32_t *types = part_grow(ps, p, sizeof(*types));
	size_t told = ps->told;
	uint64_t from = 0, to = 0;
	struct items it;
	struct word w;

	if (!types)
		return ERR_NOMEM;
	items_begin(&it, ps);
	if (it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"icmptypes: a type is missing; allowed: 0..31, names such as echo, ranges, lists");
	while (items_next(&it, &w))
		if (!parse_range(ps, w, "icmptypes", 31, names_icmp, &from, &to))
			for (uint64_t t = from; t <= to; t++)
				*types |= UINT32_C(1) << t;
	return ps->told != told ? ERR_SYNTAX : 0;
}

static void icmptypes_check(const void *own, struct facts *f)
{
	static const uint8_t icmp = PROTO_ICMP;

	facts_protos(f, &icmp, 1);
}

static bool icmptypes_run(const void *own, const struct rules_look *l)
{
	const uint32_t *types = own;
	const struct view *v = l->view;

	return v->has & VIEW_HAS_ICMP && v->proto == PROTO_ICMP && v->icmp_type < 32 && *types >> v->icmp_type & 1;
}

static void icmptypes_print(const struct part *p, struct text *to)
{
	const uint32_t *types = p->own;
	const char *comma = "";

	for (unsigned t = 0; t < 32; t++) {
		if (!(*types >> t & 1))
			continue;
		text_add(to, "%s%u", comma, t);
		comma = ",";
	}
}

const struct rules_word match_icmptypes = {
	.word = "icmptypes",	.kind = WORD_MATCH,
	.help = "icmptypes T[-T][,…]: types of ICMP (IPv4), numbers or names",
	.size = sizeof(uint32_t),	.parse = icmptypes_parse,	.check = icmptypes_check,
	.run = icmptypes_run,	.cache = CACHE_P,	.print = icmptypes_print,
};
