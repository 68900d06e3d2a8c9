/* rules/match_ip_opt.c - ipoptions: options in an IPv4 header, by kind: ssrr lsrr rr ts.
 *
 * An IPv4 header without options has none of them, so `ipoptions !rr` is true for it; in IPv6 there is nothing to ask.
 * A list that cannot be walked to its end holds what came before. Class P. Cost: a walk over at most 40 bytes. RFC 791
 * 3.1. */
#include "rules_int.h"

#include "wire/decode.h"

enum { OPT_SSRR = 1, OPT_LSRR = 2, OPT_RR = 4, OPT_TS = 8 };

static const struct flag_name options[] = {
	{ "ssrr", OPT_SSRR }, { "lsrr", OPT_LSRR }, { "rr", OPT_RR }, { "ts", OPT_TS }, { NULL, 0 },
};

static int ipoptions_parse(struct parse *ps, struct part *p)
{
	struct flag_pair *f = part_grow(ps, p, sizeof(*f));

	return f ? parse_flags(ps, "ipoptions", options, f) : ERR_NOMEM;
}

static uint32_t kind_bit(uint8_t kind)
{
	switch (kind) {
	case IP4_OPT_SSRR:
		return OPT_SSRR;
	case IP4_OPT_LSRR:
		return OPT_LSRR;
	case IP4_OPT_RR:
		return OPT_RR;
	case IP4_OPT_TS:
		return OPT_TS;
	default:
		return 0;
	}
}

static bool ipoptions_run(const void *own, const struct rules_look *l)
{
	const struct flag_pair *f = own;
	const uint8_t *opts;
	struct wire_opt opt;
	uint32_t seen = 0;
	size_t n, at = 0;

	if (!view_ip4_options(l->view, l->bytes, &opts, &n))
		return false;
	while (wire_opt_next(&opt, opts, n, &at) > 0)
		seen |= kind_bit(opt.kind);
	return (seen & (f->set | f->clear)) == f->set;
}

static void ipoptions_print(const struct part *p, struct str *to)
{
	const struct flag_pair *f = p->own;

	flags_print(options, *f, to);
}

const struct rules_word match_ipoptions = {
	.word = "ipoptions",	.kind = WORD_MATCH,
	.help = "ipoptions [!]F,…: options of IPv4: ssrr lsrr rr ts, there or (with !) not",
	.size = sizeof(struct flag_pair),	.parse = ipoptions_parse,	.check = facts_ip4,
	.run = ipoptions_run,	.cache = CACHE_P,	.print = ipoptions_print,
};
