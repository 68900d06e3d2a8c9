/* rules/match_icmp.c - icmptypes: types of ICMP for IPv4, 0..31; icmp6types: those of ICMPv6, 0..201; as far as ipfw's
 * bitmaps hold them.
 *
 * Ranges and names are ours; the canonical text has numbers in order, one by one, so that ipfw reads it too. False
 * for a later fragment, and each for the other family, whose types mean something else. Class P. */
#include "rules_emit.h"

enum { ICMP_MAX = 31, ICMP6_MAX = 201 };

static int icmptypes_parse(struct parse *ps, struct part *p)
{
	return parse_bits(ps, p, "icmptypes", "a type is missing; allowed: 0..31, names such as echo", ICMP_MAX,
		names_icmp);
}

static int icmp6types_parse(struct parse *ps, struct part *p)
{
	return parse_bits(ps, p, "icmp6types", "a type is missing; allowed: 0..201, names such as echo-request",
		ICMP6_MAX, names_icmp6);
}

static void icmptypes_check(const void *own, struct facts *f)
{
	static const uint8_t icmp = PROTO_ICMP;

	facts_protos(f, &icmp, 1);
	facts_families(f, FACT_IP4);
}

static void icmp6types_check(const void *own, struct facts *f)
{
	static const uint8_t icmp6 = PROTO_ICMP6;

	facts_protos(f, &icmp6, 1);
	facts_families(f, FACT_IP6);
}

/* The view has a type only where the family has that protocol, so one of the two is enough to ask. */
static bool has_type(const struct bits *types, const struct view *v, uint8_t proto)
{
	return v->has & VIEW_HAS_ICMP && v->proto == proto && bits_hold(types, v->icmp_type);
}

static bool icmptypes_run(const void *own, const struct rules_look *l) { return has_type(own, l->view, PROTO_ICMP); }
static bool icmp6types_run(const void *own, const struct rules_look *l) { return has_type(own, l->view, PROTO_ICMP6); }

static bool icmptypes_emit(const void *own, struct code *c) { return emit_bits(own, FILTER_ICMP_TYPE, c); }
static bool icmp6types_emit(const void *own, struct code *c) { return emit_bits(own, FILTER_ICMP6_TYPE, c); }

static void types_print(const struct part *p, struct str *to)
{
	bits_print(p->own, NULL, to);
}

const struct rules_word match_icmptypes = {
	.word = "icmptypes",	.kind = WORD_MATCH,
	.help = "icmptypes T[-T][,…]: types of ICMP (IPv4), numbers or names",
	.size = sizeof(struct bits),	.parse = icmptypes_parse,	.check = icmptypes_check,
	.run = icmptypes_run,	.emit = icmptypes_emit,	.cache = CACHE_P,	.print = types_print,
};

const struct rules_word match_icmp6types = {
	.word = "icmp6types",	.kind = WORD_MATCH,
	.help = "icmp6types T[-T][,…]: types of ICMPv6, numbers or names",
	.size = sizeof(struct bits),	.parse = icmp6types_parse,	.check = icmp6types_check,
	.run = icmp6types_run,	.emit = icmp6types_emit,	.cache = CACHE_P,	.print = types_print,
};
