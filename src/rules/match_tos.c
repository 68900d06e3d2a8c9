/* rules/match_tos.c - iptos, ipprecedence, dscp: three readings of one byte.
 *
 *      bit     7   6   5 | 4          3          2           1       0
 *      iptos   precedence  lowdelay   throughput reliability mincost       RFC 791, RFC 1349
 *      dscp    six bits                                     | ecn          RFC 2474, RFC 3168
 *
 * The byte has 256 values, so iptos is a table of them, made when it is read. In iptos `mincost` and `ecntransport` name
 * the same bit, `congestion` the two ECN bits together (CE); `!congestion` is every other value of them. What no value
 * could be is refused. iptos and ipprecedence ask IPv4 alone, dscp IPv6's traffic class too. dscp prints in numeric
 * order, by name where there is one, 0 as `be`. Class P. Cost: a test of one bit. */
#include "rules_int.h"

enum { LOWDELAY = 16, THROUGHPUT = 8, RELIABILITY = 4, MINCOST = 2, CONGESTION = 1, ECN_TRANSPORT = 32 };

static const struct flag_name services[] = {
	{ "lowdelay", LOWDELAY }, { "throughput", THROUGHPUT }, { "reliability", RELIABILITY }, { "mincost", MINCOST },
	{ "congestion", CONGESTION }, { "ecntransport", ECN_TRANSPORT }, { NULL, 0 },
};

struct match_tos {
	struct flag_pair f;	/* as it prints */
	struct bits values;	/* of the byte */
};

static uint32_t services_of(unsigned tos)
{
	return (tos & (LOWDELAY | THROUGHPUT | RELIABILITY | MINCOST)) | ((tos & 3) == 3 ? CONGESTION : 0) |
		(tos & 2 ? ECN_TRANSPORT : 0);
}

static int iptos_parse(struct parse *ps, struct part *p)
{
	struct match_tos *m = part_grow(ps, p, sizeof(*m));
	struct word first = token_place(ps);
	bool any = false;
	int err = m ? parse_flags(ps, "iptos", services, &m->f) : ERR_NOMEM;

	if (err)
		return err;
	for (unsigned tos = 0; tos < 256; tos++) {
		if ((services_of(tos) & (m->f.set | m->f.clear)) != m->f.set)
			continue;
		bits_add(&m->values, tos);
		any = true;
	}
	if (!any)
		return parse_error(ps, first, ERR_RANGE,
			"iptos: nothing is all of this: congestion is both ECN bits, mincost and ecntransport one of them");
	return 0;
}

static bool iptos_run(const void *own, const struct rules_look *l)
{
	const struct match_tos *m = own;

	return l->view->has & VIEW_HAS_IP4 && bits_hold(&m->values, l->view->tos);
}

static void iptos_print(const struct part *p, struct text *to)
{
	const struct match_tos *m = p->own;

	flags_print(services, m->f, to);
}

static int ipprecedence_parse(struct parse *ps, struct part *p)
{
	uint8_t *precedence = part_grow(ps, p, sizeof(*precedence));
	uint64_t n = 0;
	int err = precedence ? parse_one_num(ps, "ipprecedence", 7, &n) : ERR_NOMEM;

	if (precedence)
		*precedence = (uint8_t)n;
	return err;
}

static bool ipprecedence_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_IP4 && l->view->tos >> 5 == *(const uint8_t *)own;
}

static void ipprecedence_print(const struct part *p, struct text *to)
{
	text_add(to, "%u", *(const uint8_t *)p->own);
}

static int dscp_parse(struct parse *ps, struct part *p)
{
	return parse_bits(ps, p, "dscp", "a codepoint is missing; allowed: 0..63, be, cs0..cs7, af11..af43, ef", 63,
		names_dscp);
}

static bool dscp_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_IP && bits_hold(own, l->view->tos >> 2);
}

static void dscp_print(const struct part *p, struct text *to)
{
	bits_print(p->own, names_dscp_text, to);
}

const struct rules_word match_iptos = {
	.word = "iptos",	.kind = WORD_MATCH,
	.help = "iptos [!]F,…: lowdelay throughput reliability mincost congestion ecntransport of IPv4",
	.size = sizeof(struct match_tos),	.parse = iptos_parse,	.check = facts_ip4,
	.run = iptos_run,	.cache = CACHE_P,	.print = iptos_print,
};

const struct rules_word match_ipprecedence = {
	.word = "ipprecedence",	.kind = WORD_MATCH,	.help = "ipprecedence N: precedence of IPv4, 0..7",
	.size = sizeof(uint8_t),	.parse = ipprecedence_parse,	.check = facts_ip4,
	.run = ipprecedence_run,	.cache = CACHE_P,	.print = ipprecedence_print,
};

const struct rules_word match_dscp = {
	.word = "dscp",	.kind = WORD_MATCH,	.help = "dscp C[,C…]: DS codepoint: be cs0-7 af11-43 ef or 0..63",
	.size = sizeof(struct bits),	.parse = dscp_parse,	.check = facts_ip,
	.run = dscp_run,	.cache = CACHE_P,	.print = dscp_print,
};
