/* rules/match_tos.c - iptos, ipprecedence, dscp: three readings of one byte.
 *
 *      bit     7   6   5 | 4          3          2           1       0
 *      iptos   precedence  lowdelay   throughput reliability mincost       RFC 791, RFC 1349
 *      dscp    six bits                                     | ecn          RFC 2474, RFC 3168
 *
 * In iptos `congestion` names both ECN bits (CE), `mincost` and `ecntransport` the upper one of them; so a set flag has
 * all its bits set, and one with ! has all of them clear. What no byte can be is refused. iptos and ipprecedence ask
 * IPv4 alone, dscp IPv6's traffic class too. dscp prints in numeric order, by name where there is one, 0 as `be`. Class
 * P. */
#include "rules_emit.h"

/* One bit for each name, as parse_flags() wants it; in `tos`, by their order here, the bits it stands for. */
static const struct flag_name services[] = {
	{ "lowdelay", 1 }, { "throughput", 2 }, { "reliability", 4 }, { "mincost", 8 }, { "congestion", 16 },
	{ "ecntransport", 32 }, { NULL, 0 },
};
static const uint8_t service_bits[] = { 0x10, 0x08, 0x04, 0x02, 0x03, 0x02 };

struct match_tos {
	struct flag_pair names;	/* as it prints */
	uint8_t set, clear;	/* bits of the byte */
};

static uint8_t bits_of(uint32_t names)
{
	uint8_t bits = 0;

	for (size_t i = 0; services[i].name; i++)
		if (names & services[i].bit)
			bits |= service_bits[i];
	return bits;
}

static int iptos_parse(struct parse *ps, struct part *p)
{
	struct match_tos *m = part_grow(ps, p, sizeof(*m));
	struct word first = token_place(ps);
	int err = m ? parse_flags(ps, "iptos", services, &m->names) : ERR_NOMEM;

	if (err)
		return err;
	m->set = bits_of(m->names.set);
	m->clear = bits_of(m->names.clear);
	if (m->set & m->clear)
		return parse_error(ps, first, ERR_RANGE,
			"iptos: nothing is all of this: congestion is both ECN bits, "
			"mincost and ecntransport one of them");
	return 0;
}

static bool iptos_run(const void *own, const struct rules_look *l)
{
	const struct match_tos *m = own;

	return l->view->has & VIEW_HAS_IP4 && (l->view->tos & (m->set | m->clear)) == m->set;
}

static void iptos_keys(const void *own, struct keys *ks)
{
	const struct match_tos *m = own;

	keys_add(ks, KEY_TOS, m->set | m->clear, m->set);
}

static void ipprecedence_keys(const void *own, struct keys *ks)
{
	keys_add(ks, KEY_TOS, 0xe0, (uint64_t) * (const uint8_t *)own << 5);
}

static void dscp_keys(const void *own, struct keys *ks)
{
	for (unsigned n = 0; n < 64; n++)
		if (bits_hold(own, n))
			keys_add(ks, KEY_TOS, 0xfc, (uint64_t)n << 2);
}

/* IPv4's alone. */
static void emit_tos(struct code *c, uint8_t mask, uint8_t value)
{
	filter_label four = filter_build_label(c->to);

	filter_build_is(c->to, FILTER_IP_VERSION, 4, four, c->no);
	filter_build_here(c->to, four);
	filter_build_under(c->to, FILTER_IP_TOS, mask, value, c->yes, c->no);
}

static bool iptos_emit(const void *own, struct code *c)
{
	const struct match_tos *m = own;

	emit_tos(c, m->set | m->clear, m->set);
	return true;
}

static bool ipprecedence_emit(const void *own, struct code *c)
{
	emit_tos(c, 0xe0, (uint8_t)(*(const uint8_t *)own << 5));
	return true;
}

static bool dscp_emit(const void *own, struct code *c) { return emit_bits(own, FILTER_IP_DSCP, c); }

static void iptos_print(const struct part *p, struct str *to)
{
	const struct match_tos *m = p->own;

	flags_print(services, m->names, to);
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

static void ipprecedence_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", *(const uint8_t *)p->own);
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

static void dscp_print(const struct part *p, struct str *to)
{
	bits_print(p->own, names_dscp_text, to);
}

const struct rules_word match_iptos = {
	.word = "iptos",	.kind = WORD_MATCH,
	.help = "iptos [!]F,…: lowdelay throughput reliability mincost congestion ecntransport of IPv4",
	.size = sizeof(struct match_tos),	.parse = iptos_parse,	.check = facts_ip4,
	.run = iptos_run,	.emit = iptos_emit,
	.keys = iptos_keys,	.cache = CACHE_P,	.print = iptos_print,
};

const struct rules_word match_ipprecedence = {
	.word = "ipprecedence",	.kind = WORD_MATCH,	.help = "ipprecedence N: precedence of IPv4, 0..7",
	.size = sizeof(uint8_t),	.parse = ipprecedence_parse,	.check = facts_ip4,
	.run = ipprecedence_run,	.emit = ipprecedence_emit,
	.keys = ipprecedence_keys,	.cache = CACHE_P,
	.print = ipprecedence_print,
};

const struct rules_word match_dscp = {
	.word = "dscp",	.kind = WORD_MATCH,	.help = "dscp C[,C…]: DS codepoint: be cs0-7 af11-43 ef or 0..63",
	.size = sizeof(struct bits),	.parse = dscp_parse,	.check = facts_ip,
	.run = dscp_run,	.emit = dscp_emit,
	.keys = dscp_keys,	.cache = CACHE_P,	.print = dscp_print,
};
