/* rules/match_table.c - what asks tables: table(T) where an address or an interface may stand, lookup, flow.
 *
 *      from table(T[,V])   src-ip table(T)   recv table(T)   lookup dst-port T[,V]   flow table(T[,V])
 *
 * True where the table has the key, and, where a value is given, that value in its first column. A lookup that
 * succeeds leaves what it found for tablearg (rules_arg.c). Tables are asked as they are at this packet, not as they
 * were when the rule was made. A rule holds the slot of the name (rules_tables.c), resolved when its set is packed; a
 * name without a table finds nothing. What is not there to be looked up (ports of a later fragment, MAC at layer 3) is
 * not found. A flow of a protocol without ports has ports 0. For the verdict cache (rules_cache.c) they are as good as
 * the fields they look up; it knows when a table changed.
 *
 * Cost: that of base/prefix.h, for names and flows that of rules_table_exact.c. No allocation, lane's thread. */
#include "rules_table.h"

#include <string.h>

/* ---- reading ---- */

bool word_is_table(struct word w)
{
	return w.n >= 6 && !memcmp(w.p, "table(", 6);
}

static uint32_t column_of(const struct parse *ps, struct word w)
{
	return (uint32_t)(w.p - ps->lx->text) + 1;
}

static struct word trimmed(struct word w)
{
	while (w.n && (w.p[0] == ' ' || w.p[0] == '\t'))
		w = word_cut(w, 1, w.n);
	while (w.n && (w.p[w.n - 1] == ' ' || w.p[w.n - 1] == '\t'))
		w.n--;
	return w;
}

/* "NAME" or "NAME,VALUE" into the private data of p. */
static int read_ref(struct parse *ps, struct part *p, struct word w, enum table_type type, enum lookup_field field)
{
	struct table_ref *ref = part_grow(ps, p, sizeof(*ref));
	const char *comma = w.n ? memchr(w.p, ',', w.n) : NULL;
	struct word name = trimmed(word_cut(w, 0, comma ? (size_t)(comma - w.p) : w.n)), value;
	uint64_t n = 0;
	int err;

	if (!ref)
		return ERR_NOMEM;
	ref->type = (uint8_t)type;
	ref->field = (uint8_t)field;
	ref->column = column_of(ps, name.n ? name : w);
	ref->width = name.n ? (uint32_t)name.n : 1;
	if (!name.n)
		return parse_error(ps, w, ERR_SYNTAX,
			"the name of a table is missing; allowed: table(NAME), table(NAME,VALUE)");
	err = table_name_read(ps->lx, name, ref->name);
	ps->told += err != 0;
	if (err || !comma)
		return err;
	value = trimmed(word_cut(w, (size_t)(comma - w.p) + 1, w.n));
	ref->has_value = true;
	err = parse_num(ps, value.n ? value : w, "value of a table", 0, UINT32_MAX, &n);
	ref->value = (uint32_t)n;
	return err;
}

int table_ref_parse(struct parse *ps, struct part *p, enum table_type type)
{
	struct items it;
	struct word w, more;

	items_begin(&it, ps);
	if (it.over || !items_next(&it, &w) || !word_is_table(w))
		return parse_error(ps, it.over ? token_place(ps) : w, ERR_SYNTAX,
			"table(NAME) or table(NAME,VALUE) is missing");
	if (items_next(&it, &more)) {
		while (items_next(&it, &more))
			;
		return parse_error(ps, w, ERR_SYNTAX, WORD_FMT
			" stands alone, never in a list; { A or B } takes more than one", WORD_ARGS(w));
	}
	if (w.p[w.n - 1] != ')')
		return parse_error(ps, w, ERR_SYNTAX, WORD_FMT " has no closing parenthesis", WORD_ARGS(w));
	return read_ref(ps, p, word_cut(w, 6, w.n - 7), type, LOOKUP_SRC_IP);
}

int parse_addr_table(struct parse *ps, struct part *p, bool src, bool six)
{
	if (src)
		p->word = six ? &match_src_table6 : &match_src_table;
	else
		p->word = six ? &match_dst_table6 : &match_dst_table;
	return table_ref_parse(ps, p, TABLE_ADDR);
}

int parse_iface_table(struct parse *ps, struct part *p)
{
	p->word = p->word == &match_recv ? &match_recv_table : p->word == &match_xmit ? &match_xmit_table :
		&match_via_table;
	return table_ref_parse(ps, p, TABLE_IFACE);
}

static int flow_parse(struct parse *ps, struct part *p)
{
	return table_ref_parse(ps, p, TABLE_FLOW);
}

static const struct field {
	const char *name;
	enum table_type type;
} fields[] = {
	[LOOKUP_SRC_IP] = { "src-ip", TABLE_ADDR },	[LOOKUP_DST_IP] = { "dst-ip", TABLE_ADDR },
	[LOOKUP_SRC_PORT] = { "src-port", TABLE_NUMBER },	[LOOKUP_DST_PORT] = { "dst-port", TABLE_NUMBER },
	[LOOKUP_DSCP] = { "dscp", TABLE_NUMBER },	[LOOKUP_SRC_MAC] = { "src-mac", TABLE_MAC },
	[LOOKUP_DST_MAC] = { "dst-mac", TABLE_MAC },
};
enum { FIELDS = sizeof(fields) / sizeof(*fields) };

#define FIELD_LIST "src-ip, dst-ip, src-port, dst-port, dscp, src-mac, dst-mac"

static int lookup_parse(struct parse *ps, struct part *p)
{
	struct word w, more;
	struct items it;
	size_t at = ps->at, i;

	if (!token_word(ps, &w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "lookup: a field is missing; allowed: " FIELD_LIST);
	for (i = 0; i < FIELDS && !word_is(w, fields[i].name); i++)
		;
	if (i == FIELDS && (word_is(w, "uid") || word_is(w, "jail") || word_is(w, "mark")))
		parse_error(ps, w, ERR_LATER, "lookup: " WORD_FMT ": known, but not supported by this version",
			WORD_ARGS(w));
	else if (i == FIELDS)
		parse_error(ps, w, ERR_UNKNOWN, "lookup: " WORD_FMT " is not a field; allowed: " FIELD_LIST,
			WORD_ARGS(w));
	ps->at = at + 1;
	items_begin(&it, ps);
	if (it.over || !items_next(&it, &w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "lookup: the name of a table is missing");
	if (!it.over && items_next(&it, &more))	/* NAME,VALUE */
		w.n = (size_t)(more.p + more.n - w.p);
	if (i == FIELDS)
		return ERR_UNKNOWN;
	if (word_is_table(w))
		return parse_error(ps, w, ERR_SYNTAX,
			"lookup: the table's name stands alone here: lookup %s NAME[,VALUE]",
			fields[i].name);
	if (i >= LOOKUP_DSCP)
		p->word = &match_lookup_bytes;
	return read_ref(ps, p, w, fields[i].type, (enum lookup_field)i);
}

/* ---- binding ---- */

static void table_bind(void *own, const struct rule_site *at)
{
	struct table_ref *ref = own;

	ref->slot = at->tables ? tables_find(at->tables, at->set, ref->name) : NULL;
}

void tables_want_desc(const struct table_ref *ref, struct table_desc *d)
{
	*d = (struct table_desc){ .type = ref->type, .flow = ref->type == TABLE_FLOW ? FLOW_ALL : 0 };
}

/* ---- asking ---- */

static inline const struct rules_table *asked(const struct table_ref *ref)
{
	const struct rules_table *t = ref->slot ? slot_table(ref->slot) : NULL;

	return t && t->desc.type == ref->type ? t : NULL;
}

static inline bool found(const struct table_ref *ref, const struct rules_table *t, uint32_t row,
	const struct rules_look *l)
{
	bool wide = t->desc.columns && t->desc.column[0] == VALUE_IPV6;

	if (row == TABLE_NONE)
		return false;
	if (ref->has_value && (wide || *values_row(&t->values, &row) != ref->value))
		return false;
	if (l->found)
		*l->found = (struct rules_found){ t, row };
	return true;
}

static inline bool find_addr(const struct table_ref *ref, const struct rules_look *l, uint32_t four,
	const uint64_t six[2])
{
	const struct rules_table *t = asked(ref);
	uint8_t family = l->view->family;

	if (!t || !family)
		return false;
	return found(ref, t, family == 4 ? prefix4_find(&t->four, four) :
		prefix6_find(&t->six, (struct prefix_key){ six[0], six[1] }), l);
}

static bool src_run(const void *own, const struct rules_look *l)
{
	return find_addr(own, l, l->view->src4, l->view->src6);
}

static bool dst_run(const void *own, const struct rules_look *l)
{
	return find_addr(own, l, l->view->dst4, l->view->dst6);
}

static bool src6_run(const void *own, const struct rules_look *l) { return l->view->family == 6 && src_run(own, l); }
static bool dst6_run(const void *own, const struct rules_look *l) { return l->view->family == 6 && dst_run(own, l); }

static bool find_number(const struct table_ref *ref, const struct rules_look *l, uint32_t n)
{
	const struct rules_table *t = asked(ref);

	return t && found(ref, t, prefix4_find(&t->four, n), l);
}

static bool find_mac(const struct table_ref *ref, const struct rules_look *l, const uint8_t mac[6])
{
	const struct rules_table *t = asked(ref);

	if (!t || !l->meta->layer2 || !(l->view->has & VIEW_HAS_MAC))
		return false;
	return found(ref, t, prefix6_find(&t->six, (struct prefix_key){ wire_get48(mac) << 16, 0 }), l);
}

static bool lookup_run(const void *own, const struct rules_look *l)
{
	const struct table_ref *ref = own;
	const struct view *v = l->view;

	switch ((enum lookup_field)ref->field) {
	case LOOKUP_SRC_IP:
		return src_run(own, l);
	case LOOKUP_DST_IP:
		return dst_run(own, l);
	case LOOKUP_SRC_PORT:
		return v->has & VIEW_HAS_PORTS && find_number(ref, l, v->sport);
	case LOOKUP_DST_PORT:
		return v->has & VIEW_HAS_PORTS && find_number(ref, l, v->dport);
	case LOOKUP_DSCP:
		return v->has & VIEW_HAS_IP && find_number(ref, l, v->tos >> 2);
	case LOOKUP_SRC_MAC:
		return find_mac(ref, l, v->mac_src);
	case LOOKUP_DST_MAC:
		return find_mac(ref, l, v->mac_dst);
	}
	return false;
}

static bool find_name(const struct table_ref *ref, const struct rules_look *l, uint16_t iface)
{
	const struct rules_table *t = asked(ref);
	const char *name = iface && l->env->iface_name ? l->env->iface_name(l->env->ctx, iface) : NULL;
	size_t n = name ? strlen(name) : 0;

	return t && n && n <= TABLE_KEY_BYTES && found(ref, t, exact_find(&t->exact, name, (uint32_t)n), l);
}

static bool recv_run(const void *own, const struct rules_look *l)
{
	return find_name(own, l, l->meta->iface_in);
}

static bool xmit_run(const void *own, const struct rules_look *l)
{
	return l->meta->dir == META_OUT && find_name(own, l, l->meta->iface_out);
}

static bool via_run(const void *own, const struct rules_look *l)
{
	return l->meta->dir == META_OUT ? xmit_run(own, l) : recv_run(own, l);
}

/* Has the packet's protocol no ports, so that a flow of it has 0 in their place? */
static bool portless(const struct view *v)
{
	return v->has & VIEW_HAS_PROTO && v->proto != PROTO_TCP && v->proto != PROTO_UDP && v->proto != PROTO_SCTP &&
		v->proto != PROTO_UDPLITE;
}

/* The fields of the packet that a key of this type has. False: some are not to be seen. */
static bool flow_of(const struct view *v, uint8_t fields_, struct flow_key *f)
{
	*f = (struct flow_key){ .zero = 0 };
	if (!(v->has & VIEW_HAS_IP))
		return false;
	if (fields_ & (FLOW_SRC | FLOW_DST))
		f->family = v->family;
	if (fields_ & FLOW_SRC) {
		f->src[0] = v->family == 4 ? 0 : v->src6[0];
		f->src[1] = v->family == 4 ? v->src4 : v->src6[1];
	}
	if (fields_ & FLOW_DST) {
		f->dst[0] = v->family == 4 ? 0 : v->dst6[0];
		f->dst[1] = v->family == 4 ? v->dst4 : v->dst6[1];
	}
	if (fields_ & FLOW_PROTO && !(v->has & VIEW_HAS_PROTO))
		return false;
	if (fields_ & FLOW_PROTO)
		f->proto = v->proto;
	if (!(fields_ & (FLOW_SPORT | FLOW_DPORT)) || portless(v))
		return true;
	f->sport = fields_ & FLOW_SPORT ? v->sport : 0;
	f->dport = fields_ & FLOW_DPORT ? v->dport : 0;
	return v->has & VIEW_HAS_PORTS;
}

static bool flow_run(const void *own, const struct rules_look *l)
{
	const struct table_ref *ref = own;
	const struct rules_table *t = asked(ref);
	struct flow_key f;

	return t && flow_of(l->view, t->desc.flow, &f) && found(ref, t, exact_find(&t->exact, &f, sizeof(f)), l);
}

/* ---- printing ---- */

static void print_name(const struct table_ref *ref, struct str *to)
{
	str_add(to, "%s", ref->name);
	if (ref->has_value)
		str_add(to, ",%u", ref->value);
}

static void table_print(const struct part *p, struct str *to)
{
	str_add(to, "table(");
	print_name(p->own, to);
	str_add(to, ")");
}

static void lookup_print(const struct part *p, struct str *to)
{
	const struct table_ref *ref = p->own;

	str_add(to, "%s ", fields[ref->field].name);
	print_name(ref, to);
}

static void lookup_check(const void *own, struct facts *f)
{
	static const uint8_t with_ports[] = { PROTO_TCP, PROTO_UDP, PROTO_SCTP, PROTO_UDPLITE };
	const struct table_ref *ref = own;

	if (ref->field == LOOKUP_SRC_PORT || ref->field == LOOKUP_DST_PORT)
		facts_protos(f, with_ports, sizeof(with_ports));
	else if (ref->field == LOOKUP_SRC_MAC || ref->field == LOOKUP_DST_MAC)
		facts_layer2(own, f);
	else
		facts_ip(own, f);
}

static void out_check(const void *own, struct facts *f)
{
	f->dirs &= FACT_OUT;
}

#define TABLE_WORD(id, name, class, parse_, check_, run_, print_, text)                                         \
	const struct rules_word id = {                                                                          \
		.word = name, .kind = WORD_MATCH, .help = text, .size = sizeof(struct table_ref),               \
		.parse = parse_, .check = check_, .run = run_, .bind = table_bind, .cache = class,              \
		.print = print_, .tabled = true,                                                                \
	}

TABLE_WORD(match_src_table, "src-ip", CACHE_F, NULL, facts_ip, src_run, table_print, "");
TABLE_WORD(match_dst_table, "dst-ip", CACHE_F, NULL, facts_ip, dst_run, table_print, "");
TABLE_WORD(match_src_table6, "src-ip6", CACHE_F, NULL, facts_ip6, src6_run, table_print, "");
TABLE_WORD(match_dst_table6, "dst-ip6", CACHE_F, NULL, facts_ip6, dst6_run, table_print, "");
TABLE_WORD(match_recv_table, "recv", CACHE_E, NULL, NULL, recv_run, table_print, "");
TABLE_WORD(match_xmit_table, "xmit", CACHE_E, NULL, out_check, xmit_run, table_print, "");
TABLE_WORD(match_via_table, "via", CACHE_E, NULL, NULL, via_run, table_print, "");
TABLE_WORD(match_lookup, "lookup", CACHE_F, lookup_parse, lookup_check, lookup_run, lookup_print,
	"lookup F T[,V]: field F (src-ip, dst-ip, src-port, dst-port, dscp, src-mac, dst-mac) is in table T");
TABLE_WORD(match_lookup_bytes, "lookup", CACHE_P, NULL, lookup_check, lookup_run, lookup_print, "");
TABLE_WORD(match_flow, "flow", CACHE_F, flow_parse, facts_ip, flow_run, table_print,
	"flow table(T[,V]): the flow is in table T");
