/* rules/match_tcp_opt.c - tcpoptions, tcpmss: what stands among the options of a TCP header.
 *
 * tcpoptions looks for kinds, whatever their length: mss, window (scale), sack (permitted, or blocks), ts. `cc` (T/TCP,
 * RFC 1644) is read and never true, so `!cc` always is, as in ipfw. tcpmss compares the value of an MSS option of the
 * right length, the last one where there are several. A list that cannot be walked to its end holds what came before.
 * Options that were not all captured, or lie behind a header length that cannot be, are not there to ask: false.
 *
 * Class P. Cost: a walk over at most 40 bytes. RFC 9293 3.1 and 3.7.1, RFC 7323, RFC 2018. */
#include "rules_int.h"

#include "wire/decode.h"

enum { OPT_MSS = 1, OPT_WINDOW = 2, OPT_SACK = 4, OPT_TS = 8, OPT_CC = 16 };

static const struct flag_name options[] = {
	{ "mss", OPT_MSS }, { "maxseg", OPT_MSS }, { "window", OPT_WINDOW }, { "sack", OPT_SACK }, { "ts", OPT_TS },
	{ "timestamp", OPT_TS }, { "cc", OPT_CC }, { NULL, 0 },
};

static int tcpoptions_parse(struct parse *ps, struct part *p)
{
	struct flag_pair *f = part_grow(ps, p, sizeof(*f));

	return f ? parse_flags(ps, "tcpoptions", options, f) : ERR_NOMEM;
}

static uint32_t kind_bit(uint8_t kind)
{
	switch (kind) {
	case TCP_OPT_MSS:
		return OPT_MSS;
	case TCP_OPT_WSCALE:
		return OPT_WINDOW;
	case TCP_OPT_SACK_OK: case TCP_OPT_SACK:
		return OPT_SACK;
	case TCP_OPT_TS:
		return OPT_TS;
	default:
		return 0;
	}
}

static bool tcpoptions_run(const void *own, const struct rules_look *l)
{
	const struct flag_pair *f = own;
	const uint8_t *opts;
	struct wire_opt opt;
	uint32_t seen = 0;
	size_t n, at = 0;

	if (!view_tcp_options(l->view, l->bytes, &opts, &n))
		return false;
	while (wire_opt_next(&opt, opts, n, &at) > 0)
		seen |= kind_bit(opt.kind);
	return (seen & (f->set | f->clear)) == f->set;
}

static void tcpoptions_print(const struct part *p, struct str *to)
{
	const struct flag_pair *f = p->own;

	flags_print(options, *f, to);
}

static int tcpmss_parse(struct parse *ps, struct part *p)
{
	return parse_ranges(ps, p, "tcpmss", 65535, NULL);
}

static bool tcpmss_run(const void *own, const struct rules_look *l)
{
	struct wire_tcp_opts o;
	const uint8_t *opts;
	size_t n;

	if (!view_tcp_options(l->view, l->bytes, &opts, &n))
		return false;
	wire_tcp_opts_decode(&o, opts, n);	/* damaged: o holds what came before */
	return o.has_mss && ranges_hold(own, o.mss);
}

const struct rules_word match_tcpoptions = {
	.word = "tcpoptions",	.kind = WORD_MATCH,
	.help = "tcpoptions [!]F,…: options of TCP: mss window sack ts cc, there or (with !) not",
	.size = sizeof(struct flag_pair),	.parse = tcpoptions_parse,	.check = facts_tcp,
	.run = tcpoptions_run,	.cache = CACHE_P,	.print = tcpoptions_print,
};

const struct rules_word match_tcpmss = {
	.word = "tcpmss",	.kind = WORD_MATCH,	.help = "tcpmss N[-N][,…]: value of TCP's MSS option",
	.size = sizeof(struct ranges),	.parse = tcpmss_parse,	.check = facts_tcp,
	.run = tcpmss_run,	.cache = CACHE_P,	.print = ranges_print,
};
