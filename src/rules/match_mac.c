/* rules/match_mac.c - layer2, MAC, src-mac, dst-mac: the link header of a packet that is judged with it.
 *
 *      MAC DESTINATION SOURCE          destination first, as it stands in the frame
 *      any   02:00:5e:00:53:01   02:00:00:00:00:00/24   02:00:00:00:00:01&ff:00:00:00:00:ff
 *
 * At layer 3 there is no link header to ask, and no MAC address in links that are not Ethernet: then all but layer2
 * itself are false. An address prints under its mask, /bits where the mask has no holes. src-mac and dst-mac take a
 * list, one compare an entry. Class P; layer2 F. */
#include "rules_emit.h"

struct masked {			/* 48 bits each; mask 0: any */
	uint64_t addr, mask;
};

struct match_mac {
	struct masked dst, src;
};

struct macs {
	uint64_t count;
	struct masked a[];
};

#define ALLOWED "allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it"

static int mac_bad(struct parse *ps, struct word w, const char *what)
{
	return parse_error(ps, w, ERR_SYNTAX, "%s: " WORD_FMT " is not a MAC address; " ALLOWED, what, WORD_ARGS(w));
}

static bool read_mac(struct word w, uint64_t *to)
{
	uint8_t mac[6];
	bool good = wire_mac_parse(w.p, w.n, mac);

	*to = good ? wire_get48(mac) : 0;
	return good;
}

static int read_masked(struct parse *ps, struct word w, const char *what, struct masked *m)
{
	size_t cut = 0;
	struct word behind;
	uint64_t len = 48;

	*m = (struct masked){ 0 };
	if (word_is(w, "any"))
		return 0;
	while (cut < w.n && w.p[cut] != '/' && w.p[cut] != '&')
		cut++;
	behind = word_cut(w, cut + 1, w.n);
	if (!read_mac(word_cut(w, 0, cut), &m->addr))
		return mac_bad(ps, w, what);
	if (cut < w.n && !behind.n)
		return mac_bad(ps, w, what);
	if (cut < w.n && w.p[cut] == '&') {
		if (!read_mac(behind, &m->mask))
			return mac_bad(ps, behind, what);
	} else {
		if (cut < w.n && parse_num(ps, behind, "prefix length", 0, 48, &len))
			return ERR_RANGE;
		m->mask = mask48_of((unsigned)len);
	}
	m->addr &= m->mask;
	return 0;
}

static int read_one(struct parse *ps, const char *which, struct masked *m)
{
	struct word w;

	if (!token_value(ps, &w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "MAC: the %s is missing; " ALLOWED, which);
	ps->at++;
	return read_masked(ps, w, "MAC", m);
}

static int mac_parse(struct parse *ps, struct part *p)
{
	struct match_mac *m = part_grow(ps, p, sizeof(*m));
	size_t at = ps->at;
	int err;

	if (!m)
		return ERR_NOMEM;
	err = read_one(ps, "destination", &m->dst);
	if (ps->at == at)	/* both are missing: told once */
		return err;
	return read_one(ps, "source", &m->src) ?: err;
}

static int macs_parse(struct parse *ps, struct part *p, const char *what)
{
	size_t told = ps->told;
	struct macs *l = part_grow(ps, p, sizeof(*l));
	struct masked m;
	struct items it;
	struct word w;

	items_begin(&it, ps);
	if (l && it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: an address is missing; " ALLOWED ", lists",
			what);
	while (l && items_next(&it, &w)) {
		if (read_masked(ps, w, what, &m) || !part_grow(ps, p, sizeof(m)))
			continue;
		l = p->own;
		l->a[l->count++] = m;
	}
	return ps->told != told ? ERR_SYNTAX : 0;
}

static int src_mac_parse(struct parse *ps, struct part *p) { return macs_parse(ps, p, "src-mac"); }
static int dst_mac_parse(struct parse *ps, struct part *p) { return macs_parse(ps, p, "dst-mac"); }

static bool has_mac(const struct rules_look *l)
{
	return l->meta->layer2 && l->view->has & VIEW_HAS_MAC;
}

static bool under(const struct masked *m, uint64_t mac) { return (mac & m->mask) == m->addr; }

static bool layer2_run(const void *own, const struct rules_look *l) { return l->meta->layer2; }

static bool mac_run(const void *own, const struct rules_look *l)
{
	const struct match_mac *m = own;

	return has_mac(l) && under(&m->dst, wire_get48(l->view->mac_dst)) &&
		under(&m->src, wire_get48(l->view->mac_src));
}

static bool among(const struct macs *list, const struct rules_look *l, const uint8_t mac[6])
{
	uint64_t addr = wire_get48(mac);

	if (!has_mac(l))
		return false;
	for (uint64_t i = 0; i < list->count; i++)
		if (under(&list->a[i], addr))
			return true;
	return false;
}

static bool src_mac_run(const void *own, const struct rules_look *l) { return among(own, l, l->view->mac_src); }
static bool dst_mac_run(const void *own, const struct rules_look *l) { return among(own, l, l->view->mac_dst); }

static bool layer2_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_RULES_LAYER2, 0, c->no, c->yes);
	return true;
}

/* Asked at layer 2 alone; on where the code goes on. */
static void emit_layer2(struct code *c)
{
	filter_label next = filter_build_label(c->to);

	filter_build_is(c->to, FILTER_RULES_LAYER2, 0, c->no, next);
	filter_build_here(c->to, next);
}

static bool mac_emit(const void *own, struct code *c)
{
	const struct match_mac *m = own;
	filter_label next = filter_build_label(c->to);

	emit_layer2(c);
	filter_build_under(c->to, FILTER_ETH_DST, m->dst.mask, m->dst.addr, next, c->no);
	filter_build_here(c->to, next);
	filter_build_under(c->to, FILTER_ETH_SRC, m->src.mask, m->src.addr, c->yes, c->no);
	return true;
}

static bool emit_among(const struct macs *l, enum filter_field_number f, struct code *c)
{
	if (l->count > EMIT_WIDE_MAX)
		return false;
	emit_layer2(c);
	for (uint64_t i = 0; i < l->count; i++) {
		filter_label next = filter_build_label(c->to);

		filter_build_under(c->to, f, l->a[i].mask, l->a[i].addr, c->yes, next);
		filter_build_here(c->to, next);
	}
	filter_build_jump(c->to, c->no);
	return true;
}

static bool src_mac_emit(const void *own, struct code *c) { return emit_among(own, FILTER_ETH_SRC, c); }
static bool dst_mac_emit(const void *own, struct code *c) { return emit_among(own, FILTER_ETH_DST, c); }

static void print_mac(uint64_t addr, struct str *to)
{
	char text[WIRE_MAC_TEXT];
	uint8_t mac[6];

	wire_put48(mac, addr);
	str_addn(to, text, (size_t)wire_mac_print(mac, text));
}

static void print_masked(const struct masked *m, struct str *to)
{
	int len = mask48_len(m->mask);

	if (!m->mask) {
		str_add(to, "any");
		return;
	}
	print_mac(m->addr, to);
	if (len < 0) {
		str_add(to, "&");
		print_mac(m->mask, to);
	} else if (len < 48) {
		str_add(to, "/%d", len);
	}
}

static void mac_print(const struct part *p, struct str *to)
{
	const struct match_mac *m = p->own;

	print_masked(&m->dst, to);
	str_add(to, " ");
	print_masked(&m->src, to);
}

static void macs_print(const struct part *p, struct str *to)
{
	const struct macs *l = p->own;

	for (uint64_t i = 0; i < l->count; i++) {
		str_add(to, "%s", i ? "," : "");
		print_masked(&l->a[i], to);
	}
}

const struct rules_word match_layer2 = {
	.word = "layer2",	.kind = WORD_MATCH,	.help = "judged with its link header",
	.check = facts_layer2,	.run = layer2_run,	.emit = layer2_emit,	.cache = CACHE_F,
};

const struct rules_word match_mac = {
	.word = "MAC",	.kind = WORD_MATCH,	.help = "MAC D S: MAC addresses, destination first; any, /BITS, &MASK",
	.size = sizeof(struct match_mac),	.parse = mac_parse,	.check = facts_layer2,
	.run = mac_run,	.emit = mac_emit,	.cache = CACHE_P,	.print = mac_print,
};

const struct rules_word match_src_mac = {
	.word = "src-mac",	.kind = WORD_MATCH,	.help = "src-mac M[,M…]: source MAC address",
	.size = sizeof(struct macs),	.parse = src_mac_parse,	.check = facts_layer2,
	.run = src_mac_run,	.emit = src_mac_emit,	.cache = CACHE_P,	.print = macs_print,
};

const struct rules_word match_dst_mac = {
	.word = "dst-mac",	.kind = WORD_MATCH,	.help = "dst-mac M[,M…]: destination MAC address",
	.size = sizeof(struct macs),	.parse = dst_mac_parse,	.check = facts_layer2,
	.run = dst_mac_run,	.emit = dst_mac_emit,	.cache = CACHE_P,	.print = macs_print,
};
