/* rules/match_proto.c - the protocol: before `from`, and as the option `proto`.
 *
 * A number is what the IP header says, behind IPv6 extension headers; later fragments have it too. Where that
 * chain is cut or broken nobody knows it, and every number is false. `ip4` and `ip6` ask for the family; `ip` and
 * `all` are true for every packet (and with layer 2, for every frame). Numbers print as names where we have one.
 * Unlike ipfw, 0 is the protocol 0 (hopopt) and not another way to write `ip`; 41 has no name here, since `ipv6`
 * means the family. Class F. */
#include "rules_emit.h"

enum proto_kind { PROTO_NUMBER, PROTO_ANY, PROTO_IS_IP4, PROTO_IS_IP6 };

struct match_proto {
	uint8_t kind;		/* enum proto_kind */
	uint8_t number;
};

static const struct { const char *word; uint8_t kind; } families[] = {
	{ "ip", PROTO_ANY },		{ "all", PROTO_ANY },
	{ "ip4", PROTO_IS_IP4 },	{ "ipv4", PROTO_IS_IP4 },
	{ "ip6", PROTO_IS_IP6 },	{ "ipv6", PROTO_IS_IP6 },
};

static bool read_proto(struct word w, struct match_proto *m)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (word_is(w, families[i].word)) {
			m->kind = families[i].kind;
			return true;
		}
	}
	m->kind = PROTO_NUMBER;
	return names_proto(w, &m->number);
}

bool proto_begins(struct word w)
{
	struct match_proto m;

	return (w.n && w.p[0] >= '0' && w.p[0] <= '9') || read_proto(w, &m);
}

static int proto_unknown(struct parse *ps, struct word w)
{
	const char *near = names_proto_near(w);

	if (near)
		return parse_error(ps, w, ERR_UNKNOWN, WORD_FMT " is not a known protocol; did you mean %s?",
			WORD_ARGS(w), near);
	return parse_error(ps, w, ERR_UNKNOWN,
		WORD_FMT " is not a known protocol; allowed: ip, ip4, ip6, a name such as tcp, 0..255, { A or B }",
		WORD_ARGS(w));
}

int parse_proto_value(struct parse *ps, struct part *p)
{
	struct match_proto *m = part_grow(ps, p, sizeof(*m));
	struct word w;
	uint64_t n = 0;
	int err = 0;

	if (!m)
		return ERR_NOMEM;
	if (!token_word(ps, &w) || word_is(w, "from") || word_is(w, "or") || word_find(WORD_MATCH, w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"a protocol is missing here: ip, ip4, ip6, a name such as tcp, or a number");
	ps->at++;
	if (w.n && w.p[0] >= '0' && w.p[0] <= '9') {
		err = parse_num(ps, w, "protocol", 0, 255, &n);
		m->number = (uint8_t)n;
	} else if (!read_proto(w, m)) {
		err = proto_unknown(ps, w);
	}
	p->always = m->kind == PROTO_ANY;
	return err;
}

static void proto_check(const void *own, struct facts *f)
{
	const struct match_proto *m = own;

	if (m->kind == PROTO_NUMBER)
		facts_protos(f, &m->number, 1);
	else if (m->kind != PROTO_ANY)
		facts_families(f, m->kind == PROTO_IS_IP4 ? FACT_IP4 : FACT_IP6);
}

static bool proto_run(const void *own, const struct rules_look *l)
{
	const struct match_proto *m = own;

	switch ((enum proto_kind)m->kind) {
	case PROTO_NUMBER:
		return l->view->proto == m->number && l->view->has & VIEW_HAS_PROTO;
	case PROTO_IS_IP4:
		return l->view->family == 4;
	case PROTO_IS_IP6:
		return l->view->family == 6;
	case PROTO_ANY:
		break;
	}
	return true;
}

static bool proto_emit(const void *own, struct code *c)
{
	const struct match_proto *m = own;

	if (m->kind == PROTO_NUMBER)
		filter_build_is(c->to, FILTER_IP_PROTO, m->number, c->yes, c->no);
	else if (m->kind != PROTO_ANY)
		filter_build_is(c->to, FILTER_IP_VERSION, m->kind == PROTO_IS_IP4 ? 4 : 6, c->yes, c->no);
	return m->kind != PROTO_ANY;
}

static void proto_keys(const void *own, struct keys *ks)
{
	const struct match_proto *m = own;

	if (m->kind == PROTO_NUMBER)
		keys_add(ks, KEY_PROTO, 0xff, m->number);
	else if (m->kind != PROTO_ANY)
		keys_add(ks, KEY_FAMILY, 0xff, m->kind == PROTO_IS_IP4 ? 4 : 6);
}

static void proto_print(const struct part *p, struct str *to)
{
	const struct match_proto *m = p->own;
	const char *name = names_proto_text(m->number);

	if (m->kind != PROTO_NUMBER)
		str_add(to, "%s", m->kind == PROTO_ANY ? "ip" : m->kind == PROTO_IS_IP4 ? "ip4" : "ip6");
	else if (name)
		str_add(to, "%s", name);
	else
		str_add(to, "%u", m->number);
}

const struct rules_word match_proto = {
	.word = "proto",	.kind = WORD_MATCH,	.help = "proto P: a protocol by name or number, or a family",
	.size = sizeof(struct match_proto),	.parse = parse_proto_value,	.check = proto_check,
	.run = proto_run,	.emit = proto_emit,
	.keys = proto_keys,	.cache = CACHE_F,	.print = proto_print,
};
