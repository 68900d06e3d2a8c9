/* rules/match_ip.c - iplen, ipttl, ipid, ipversion, frag: fields of the IP header.
 *
 * iplen compares what rules count (meta.len_bytes), ipttl also IPv6's hop limit; ipid is IPv4's alone. Bare `frag` is a
 * fragment that is not the first, of both families; with a list it asks for bits of the IPv4 header: df, mf, rf, and
 * offset (not 0). A word after frag is its list when it begins like one. Class P; ipversion F. */
#include "rules_emit.h"

static int iplen_parse(struct parse *ps, struct part *p)
{
	return parse_ranges(ps, p, "iplen", 65535, NULL);
}

static int ipttl_parse(struct parse *ps, struct part *p)
{
	return parse_ranges(ps, p, "ipttl", 255, NULL);
}

static int ipid_parse(struct parse *ps, struct part *p)
{
	return parse_ranges(ps, p, "ipid", 65535, NULL);
}

static bool iplen_run(const void *own, const struct rules_look *l)
{
	return ranges_hold(own, l->meta->len_bytes);
}

static bool ipttl_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_IP && ranges_hold(own, l->view->ttl);
}

static bool ipid_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_IP4 && ranges_hold(own, l->view->ip_id);
}

static void iplen_keys(const void *own, struct keys *ks) { keys_add_ranges(ks, KEY_LEN, own); }
static void ipttl_keys(const void *own, struct keys *ks) { keys_add_ranges(ks, KEY_TTL, own); }
static void ipid_keys(const void *own, struct keys *ks) { keys_add_ranges(ks, KEY_ID, own); }
static void ipver_keys(const void *own, struct keys *ks) { keys_add(ks, KEY_FAMILY, 0xff, *(const uint8_t *)own); }

static bool iplen_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_RULES_LEN, c); }
static bool ipttl_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_IP_TTL, c); }
static bool ipid_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_IP_ID, c); }

static int ipver_bad(struct parse *ps)
{
	struct word w = token_place(ps);

	if (!token_word(ps, &w) || word_find(WORD_MATCH, w))
		return parse_error(ps, w, ERR_SYNTAX, "ipver: a version of IP is missing; allowed: 4, 6");
	ps->at++;
	return parse_error(ps, w, ERR_RANGE, "ipver: " WORD_FMT " is not a version of IP; allowed: 4, 6", WORD_ARGS(w));
}

static int ipver_parse(struct parse *ps, struct part *p)
{
	uint8_t *version = part_grow(ps, p, sizeof(*version));

	if (!version)
		return ERR_NOMEM;
	if (!token_is(ps, "4") && !token_is(ps, "6"))
		return ipver_bad(ps);
	*version = token_is(ps, "4") ? 4 : 6;
	ps->at++;
	return 0;
}

static void ipver_check(const void *own, struct facts *f)
{
	facts_families(f, *(const uint8_t *)own == 4 ? FACT_IP4 : FACT_IP6);
}

static bool ipver_run(const void *own, const struct rules_look *l)
{
	return l->view->family == *(const uint8_t *)own;
}

static bool ipver_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_IP_VERSION, *(const uint8_t *)own, c->yes, c->no);
	return true;
}

static void ipver_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", *(const uint8_t *)p->own);
}

#define FRAG_OFFSET 0x100	/* beside the bits of view.frag_flags */

static const struct flag_name frag_flags[] = {
	{ "df", VIEW_DF }, { "mf", VIEW_MF }, { "rf", VIEW_RF }, { "offset", FRAG_OFFSET }, { NULL, 0 },
};

static int frag_parse(struct parse *ps, struct part *p)
{
	struct flag_pair *f = part_grow(ps, p, sizeof(*f));
	struct word w;

	if (!f)
		return ERR_NOMEM;
	if (!token_word(ps, &w) || !flags_begin(frag_flags, w))
		return 0;	/* bare */
	return parse_flags(ps, "frag", frag_flags, f);
}

static void frag_check(const void *own, struct facts *f)
{
	const struct flag_pair *want = own;

	facts_families(f, want->set | want->clear ? FACT_IP4 : FACT_IP4 | FACT_IP6);
}

static bool frag_run(const void *own, const struct rules_look *l)
{
	const struct flag_pair *f = own;
	const struct view *v = l->view;
	uint32_t bits = v->frag_flags | (v->frag_off_bytes ? FRAG_OFFSET : 0);

	if (!(f->set | f->clear))
		return v->frag_off_bytes != 0;
	return v->has & VIEW_HAS_IP4 && (bits & (f->set | f->clear)) == f->set;
}

/* What flags say, then whether there is an offset. */
static bool frag_emit(const void *own, struct code *c)
{
	const struct flag_pair *f = own;
	uint32_t bits = (f->set | f->clear) & ~(uint32_t)FRAG_OFFSET;
	filter_label next;

	if (!(f->set | f->clear)) {
		filter_build_range(c->to, FILTER_IP_OFFSET, 1, UINT16_MAX, c->yes, c->no);
		return true;
	}
	next = filter_build_label(c->to);
	filter_build_under(c->to, FILTER_IP_FLAGS, bits, f->set & bits, next, c->no);
	filter_build_here(c->to, next);
	if (f->set & FRAG_OFFSET)
		filter_build_is(c->to, FILTER_IP_OFFSET, 0, c->no, c->yes);
	else if (f->clear & FRAG_OFFSET)
		filter_build_is(c->to, FILTER_IP_OFFSET, 0, c->yes, c->no);
	else
		filter_build_jump(c->to, c->yes);
	return true;
}

static void frag_print(const struct part *p, struct str *to)
{
	const struct flag_pair *f = p->own;

	flags_print(frag_flags, *f, to);
}

const struct rules_word match_iplen = {
	.word = "iplen",	.kind = WORD_MATCH,	.help = "iplen N[-N][,…]: length of the IP packet in bytes",
	.size = sizeof(struct ranges),	.parse = iplen_parse,
	.run = iplen_run,	.emit = iplen_emit,
	.keys = iplen_keys,	.cache = CACHE_P,	.print = ranges_print,
};

const struct rules_word match_ipttl = {
	.word = "ipttl",	.kind = WORD_MATCH,	.help = "ipttl N[-N][,…]: time to live, or hop limit",
	.size = sizeof(struct ranges),	.parse = ipttl_parse,	.check = facts_ip,
	.run = ipttl_run,	.emit = ipttl_emit,
	.keys = ipttl_keys,	.cache = CACHE_P,	.print = ranges_print,
};

const struct rules_word match_ipid = {
	.word = "ipid",	.kind = WORD_MATCH,	.help = "ipid N[-N][,…]: identification of IPv4",
	.size = sizeof(struct ranges),	.parse = ipid_parse,	.check = facts_ip4,
	.run = ipid_run,	.emit = ipid_emit,
	.keys = ipid_keys,	.cache = CACHE_P,	.print = ranges_print,
};

const struct rules_word match_ipver = {
	.word = "ipver",	.kind = WORD_MATCH,	.help = "ipver 4 or ipver 6: version of IP",
	.size = sizeof(uint8_t),	.parse = ipver_parse,	.check = ipver_check,
	.run = ipver_run,	.emit = ipver_emit,
	.keys = ipver_keys,	.cache = CACHE_F,	.print = ipver_print,
};

const struct rules_word match_frag = {
	.word = "frag",	.kind = WORD_MATCH,
	.help = "frag: a later fragment; frag [!]F,…: df mf rf offset of IPv4",
	.size = sizeof(struct flag_pair),	.parse = frag_parse,	.may_be_bare = true,	.check = frag_check,
	.run = frag_run,	.emit = frag_emit,	.cache = CACHE_P,	.print = frag_print,
};
