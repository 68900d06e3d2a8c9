/* rules/match_ip6.c - ext6hdr, flow-id: what an IPv6 header has and IPv4's has not.
 *
 * ext6hdr is true where any of the named extension headers was seen on the way to the transport: route is every routing
 * header, rthdr0 and rthdr2 those of one type. Where the chain is cut or broken, those before that place count; behind
 * ESP, and in a later fragment, nothing is seen. `frag` is an option of its own too: behind ext6hdr it is the header.
 * flow-id compares the label, 20 bits. Class P. RFC 8200 4 and 6, RFC 5095. */
#include "rules_emit.h"

static const struct { const char *name; uint16_t bit; } headers[] = {
	{ "frag", VIEW_EXT_FRAG }, { "hopopt", VIEW_EXT_HOPOPT }, { "route", VIEW_EXT_ROUTE },
	{ "rthdr0", VIEW_EXT_RTHDR0 }, { "rthdr2", VIEW_EXT_RTHDR2 }, { "dstopt", VIEW_EXT_DSTOPT },
	{ "ah", VIEW_EXT_AH }, { "esp", VIEW_EXT_ESP },
};
#define HEADERS (sizeof(headers) / sizeof(*headers))
#define ALLOWED "allowed: frag hopopt route rthdr0 rthdr2 dstopt ah esp"

static uint16_t header_bit(struct word w)
{
	for (size_t i = 0; i < HEADERS; i++)
		if (word_is(w, headers[i].name))
			return headers[i].bit;
	return 0;
}

static bool is_frag(struct word w) { return word_is(w, "frag"); }

static int ext6hdr_parse(struct parse *ps, struct part *p)
{
	uint16_t *bits = part_grow(ps, p, sizeof(*bits)), bit;
	size_t told = ps->told;
	struct items it;
	struct word w;

	if (!bits)
		return ERR_NOMEM;
	items_begin_owning(&it, ps, is_frag);
	if (it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "ext6hdr: a header is missing; " ALLOWED);
	while (items_next(&it, &w)) {
		bit = header_bit(w);
		*bits |= bit;
		if (!bit)
			parse_error(ps, w, ERR_UNKNOWN, "ext6hdr: " WORD_FMT " is no such header; " ALLOWED,
				WORD_ARGS(w));
	}
	return ps->told != told ? ERR_SYNTAX : 0;
}

static bool ext6hdr_run(const void *own, const struct rules_look *l)
{
	return l->view->ext_seen & *(const uint16_t *)own;
}

/* Without IPv6 there are none, and `no` would be `yes`: so that is asked first. */
static bool ext6hdr_emit(const void *own, struct code *c)
{
	filter_label six = filter_build_label(c->to);

	filter_build_is(c->to, FILTER_IP_VERSION, 6, six, c->no);
	filter_build_here(c->to, six);
	filter_build_under(c->to, FILTER_IP6_EXT, *(const uint16_t *)own, 0, c->no, c->yes);
	return true;
}

static void ext6hdr_print(const struct part *p, struct str *to)
{
	const uint16_t *bits = p->own;
	const char *comma = "";

	for (size_t i = 0; i < HEADERS; i++) {
		if (!(*bits & headers[i].bit))
			continue;
		str_add(to, "%s%s", comma, headers[i].name);
		comma = ",";
	}
}

struct labels {
	uint32_t count;
	uint32_t label[];
};

static int flow_id_parse(struct parse *ps, struct part *p)
{
	size_t told = ps->told;
	struct labels *l = part_grow(ps, p, sizeof(*l));
	uint64_t n = 0;
	struct items it;
	struct word w;

	items_begin(&it, ps);
	if (l && it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"flow-id: a label in 0..1048575 or a list is missing");
	while (l && items_next(&it, &w)) {
		if (parse_num(ps, w, "flow-id", 0, 0xfffff, &n) || !part_grow(ps, p, sizeof(uint32_t)))
			continue;
		l = p->own;
		l->label[l->count++] = (uint32_t)n;
	}
	return ps->told != told ? ERR_SYNTAX : 0;
}

static bool flow_id_run(const void *own, const struct rules_look *l)
{
	const struct labels *labels = own;

	for (uint32_t i = 0; i < labels->count; i++)
		if (l->view->has & VIEW_HAS_IP6 && l->view->flow_label == labels->label[i])
			return true;
	return false;
}

static bool flow_id_emit(const void *own, struct code *c)
{
	struct filter_range r[EMIT_LIST_MAX];
	const struct labels *l = own;

	if (l->count > EMIT_LIST_MAX)
		return false;
	for (uint32_t i = 0; i < l->count; i++)
		r[i] = (struct filter_range){ l->label[i], l->label[i] };
	emit_in(c, FILTER_IP6_LABEL, r, l->count);
	return true;
}

static void flow_id_print(const struct part *p, struct str *to)
{
	const struct labels *l = p->own;

	for (uint32_t i = 0; i < l->count; i++)
		str_add(to, "%s%u", i ? "," : "", l->label[i]);
}

const struct rules_word match_ext6hdr = {
	.word = "ext6hdr",	.kind = WORD_MATCH,
	.help = "ext6hdr H[,H…]: IPv6 headers: frag hopopt route rthdr0 rthdr2 dstopt ah esp, any of them",
	.size = sizeof(uint16_t),	.parse = ext6hdr_parse,	.check = facts_ip6,
	.run = ext6hdr_run,	.emit = ext6hdr_emit,	.cache = CACHE_P,	.print = ext6hdr_print,
};

const struct rules_word match_flow_id = {
	.word = "flow-id",	.kind = WORD_MATCH,	.help = "flow-id N[,N…]: flow labels of IPv6, 0..1048575",
	.size = sizeof(struct labels),	.parse = flow_id_parse,	.check = facts_ip6,
	.run = flow_id_run,	.emit = flow_id_emit,	.cache = CACHE_P,	.print = flow_id_print,
};
