/* rules/match_addr.c - from, to, src-ip, dst-ip, src-ip6, dst-ip6: lists of addresses of one family; `me` is
 * match_me.c.
 *
 *      10.0.0.1   10.0.0.0/8   10.0.0.1:255.0.0.255   10.0.0.0/24{1,5-9}   2001:db8::1   2001:db8::/32   fe80::/ffc0::
 *
 * A list is tried from left to right, one and-and-compare an entry; a set in braces adds one bit test. Masks may have
 * holes. Addresses print masked, sets sorted and merged, runs of three or more as a range; `any` is true for every
 * packet.
 *
 * A match on an address of one family is false for a packet of the other, so `not 10.0.0.0/8` is true for IPv6. A
 * prefix of length 0 is every address of its family; ipfw takes it for `any`, of both: we warn. src-ip takes
 * either family, as `from` does, and prints as src-ip6 where it has to; src-ip6 says which family it means, so
 * IPv4 there is refused. Class F. */
#include "rules_emit.h"
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

struct addr4 {
	uint32_t addr, mask;
	uint32_t set;		/* 0: none; else 1 + index of its bits, behind the last address */
	uint32_t pad;
};

struct addrs4 {			/* count 0: any */
	uint32_t count, sets;
	struct addr4 a[];	/* then `sets` times 256 bits, by last octet */
};

struct addr6 {
	uint64_t addr[2], mask[2];
};

struct addrs6 {
	uint64_t count;
	struct addr6 a[];
};

struct set { uint64_t bits[4]; };

/* ---- reading ---- */

#define ALLOWED "allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, " \
	"table(T)"

static int addr_bad(struct parse *ps, struct word w)
{
	if (word_is_table(w))
		return parse_error(ps, w, ERR_SYNTAX, WORD_FMT
			" stands alone, never in a list; { A or B } takes more than one", WORD_ARGS(w));
	if (word_is(w, "any") || word_is(w, "me") || word_is(w, "me6"))
		return parse_error(ps, w, ERR_SYNTAX, WORD_FMT " stands alone, never in a list", WORD_ARGS(w));
	return parse_error(ps, w, ERR_SYNTAX,
		WORD_FMT
		" is not an address (names of hosts are not resolved: nothing is asked of the network); " ALLOWED,
		WORD_ARGS(w));
}

static size_t find(struct word w, char c)
{
	const char *at = w.n ? memchr(w.p, c, w.n) : NULL;

	return at ? (size_t)(at - w.p) : w.n;
}

/* A colon stands in both "10.0.0.1:255.0.0.0" and "::ffff:10.0.0.1": what comes first tells. */
static bool looks_ip6(struct word w)
{
	return find(w, ':') < w.n && find(w, '.') > find(w, ':');
}

/* "1,5-9}" into bits, each octet in the range of the prefix. */
static int read_set(struct parse *ps, struct word w, const struct addr4 *a, struct set *s)
{
	uint64_t lo = a->addr & 255, hi = lo | (~a->mask & 255), from, to;
	struct word item;
	size_t end;

	if (!w.n || w.p[w.n - 1] != '}')
		return parse_error(ps, w, ERR_SYNTAX, "the set has no closing brace");
	for (w.n--;; w = word_cut(w, end + 1, w.n - end - 1)) {
		while (w.n && (w.p[0] == ' ' || w.p[0] == '\t'))
			w = word_cut(w, 1, w.n - 1);
		end = find(w, ',');
		item = word_cut(w, 0, end);
		if (!item.n)
			return parse_error(ps, (struct word){ w.p, 1 }, ERR_SYNTAX, "an octet of the set is missing");
		if (parse_range(ps, item, "set", 255, NULL, &from, &to))
			return ERR_RANGE;
		if (from < lo || to > hi)
			return parse_error(ps, item, ERR_RANGE,
				"set: " WORD_FMT " is not in %u..%u, the last octets of its prefix", WORD_ARGS(item),
				(unsigned)lo, (unsigned)hi);
		for (; from <= to; from++)
			s->bits[from / 64] |= UINT64_C(1) << from % 64;
		if (end == w.n)
			return 0;
	}
}

static int read_len(struct parse *ps, struct word w, unsigned lo, unsigned hi, unsigned *len)
{
	uint64_t n = hi;
	int err;

	if (!w.n)
		return parse_error(ps, w, ERR_SYNTAX, "a prefix length in %u..%u is missing behind the slash", lo, hi);
	err = parse_num(ps, w, "prefix length", lo, hi, &n);
	*len = (unsigned)n;
	return err;
}

static bool host4(struct word w, uint32_t *addr) { return wire_ip4_parse(w.p, w.n, addr); }
static bool host6(struct word w, uint64_t addr[2]) { return wire_ip6_parse(w.p, w.n, addr); }

/* w: HOST[/LEN], [:MASK], [/LEN]{SET}; the set, if any, is left in `s`, and a->set is 1. */
static int read4(struct parse *ps, struct word w, struct addr4 *a, struct set *s)
{
	size_t brace = find(w, '{'), slash, colon;
	struct word head = word_cut(w, 0, brace), mask;
	bool has_set = brace < w.n;
	unsigned len = has_set ? 24 : 32;
	int err = 0;

	slash = find(head, '/');
	colon = find(head, ':');
	if (!host4(word_cut(head, 0, slash < colon ? slash : colon), &a->addr))
		return addr_bad(ps, w);
	if (slash < colon && slash < head.n)
		err = read_len(ps, word_cut(head, slash + 1, head.n - slash - 1), has_set ? 24 : 0, 32, &len);
	a->mask = mask4_of(len);
	mask = word_cut(w, colon + 1, w.n);
	if (colon < slash && !host4(mask, &a->mask))
		return parse_error(ps, mask, ERR_SYNTAX, WORD_FMT " is not a mask such as 255.255.255.0",
			WORD_ARGS(mask));
	a->addr &= a->mask;
	if (err || !has_set)
		return err;
	a->set = 1;
	return read_set(ps, word_cut(w, brace + 1, w.n - brace - 1), a, s);
}

static int read6(struct parse *ps, struct word w, struct addr6 *a)
{
	size_t slash = find(w, '/');
	struct word mask = word_cut(w, slash + 1, slash < w.n ? w.n - slash - 1 : 0);
	unsigned len = 128;
	int err = 0;

	if (!host6(word_cut(w, 0, slash), a->addr))
		return addr_bad(ps, w);
	if (find(mask, ':') < mask.n) {
		if (!host6(mask, a->mask))
			return parse_error(ps, mask, ERR_SYNTAX,
				WORD_FMT " is neither a prefix length in 0..128 nor a mask such as ffff::",
				WORD_ARGS(mask));
	} else {
		if (slash < w.n)
			err = read_len(ps, mask, 0, 128, &len);
		mask6_of(len, a->mask);
	}
	a->addr[0] &= a->mask[0];
	a->addr[1] &= a->mask[1];
	return err;
}

struct reading {		/* a list on its way into private data */
	struct parse *ps;
	struct part *p;
	struct set *sets;
	uint32_t count, sets_count;
	size_t told;		/* errors before it */
	bool six;
};

static int add4(struct reading *r, struct word w)
{
	struct set s = { { 0 } }, *sets;
	struct addr4 a = { 0 }, *to;
	int err = read4(r->ps, w, &a, &s);

	if (err)
		return err;
	if (a.set) {
		sets = realloc(r->sets, (r->sets_count + 1) * sizeof(*sets));
		if (!sets)
			return parse_error(r->ps, w, ERR_NOMEM, "no memory for this rule");
		r->sets = sets;
		r->sets[r->sets_count++] = s;
		a.set = r->sets_count;
	}
	if (!a.mask)
		lex_warn(r->ps->lx, w, WORD_FMT " is every IPv4 address, and no IPv6 one; any is both", WORD_ARGS(w));
	to = part_grow(r->ps, r->p, sizeof(*to));
	if (!to)
		return ERR_NOMEM;
	*to = a;
	return 0;
}

static int add6(struct reading *r, struct word w)
{
	struct addr6 a = { { 0 } }, *to;
	int err = read6(r->ps, w, &a);

	if (err)
		return err;
	if (!(a.mask[0] | a.mask[1]))
		lex_warn(r->ps->lx, w, WORD_FMT " is every IPv6 address, and no IPv4 one; any is both", WORD_ARGS(w));
	to = part_grow(r->ps, r->p, sizeof(*to));
	if (!to)
		return ERR_NOMEM;
	*to = a;
	return 0;
}

static int read_item(struct reading *r, struct word w)
{
	bool six = looks_ip6(w);
	int err;

	if (r->count && r->ps->told == r->told && six != r->six && (six || (w.n && w.p[0] >= '0' && w.p[0] <= '9')))
		return parse_error(r->ps, w, ERR_SYNTAX, WORD_FMT ": a list has one family; allowed: { A or B }",
			WORD_ARGS(w));
	if (!r->count) {
		r->six = six;
		if (!part_grow(r->ps, r->p, six ? sizeof(struct addrs6) : sizeof(struct addrs4)))
			return ERR_NOMEM;
	}
	r->count++;
	err = six ? add6(r, w) : add4(r, w);
	return err;
}

/* Which side, and whether the word that was written insists on IPv6. */
static bool is_src(const struct rules_word *w) { return w == &match_src_ip || w == &match_src_ip6; }
static bool wants6(const struct rules_word *w) { return w == &match_src_ip6 || w == &match_dst_ip6; }

static int finish(struct reading *r, struct word first)
{
	struct set *to;

	if (r->ps->told != r->told)
		return ERR_SYNTAX;
	if (r->six) {
		((struct addrs6 *)r->p->own)->count = r->count;
		r->p->word = is_src(r->p->word) ? &match_src_ip6 : &match_dst_ip6;
		return 0;
	}
	if (wants6(r->p->word))
		return parse_error(r->ps, first, ERR_SYNTAX,
			"%s: " WORD_FMT " is an IPv4 address; allowed: IPv6 here, or %s", r->p->word->word,
			WORD_ARGS(first), is_src(r->p->word) ? "src-ip" : "dst-ip");
	to = r->sets_count ? part_grow(r->ps, r->p, r->sets_count * sizeof(*to)) : NULL;
	if (r->sets_count && !to)
		return ERR_NOMEM;
	if (to)
		memcpy(to, r->sets, r->sets_count * sizeof(*to));
	((struct addrs4 *)r->p->own)->count = r->count;
	((struct addrs4 *)r->p->own)->sets = r->sets_count;
	return 0;
}

static int parse_any(struct parse *ps, struct part *p)
{
	ps->at++;
	p->word = is_src(p->word) ? &match_src_ip : &match_dst_ip;
	p->always = true;
	return part_grow(ps, p, sizeof(struct addrs4)) ? 0 : ERR_NOMEM;
}

/* `me` of IPv6 alone is `me6`, as ipfw has it. */
static int parse_me(struct parse *ps, struct part *p)
{
	bool six = token_is(ps, "me6") || wants6(p->word);

	ps->at++;
	if (is_src(p->word))
		p->word = six ? &match_src_me6 : &match_src_me;
	else
		p->word = six ? &match_dst_me6 : &match_dst_me;
	return 0;
}

int parse_addr_value(struct parse *ps, struct part *p)
{
	struct reading r = { .ps = ps, .p = p, .told = ps->told };
	struct word first, w;
	struct items it;
	int err;

	if (token_is(ps, "any"))
		return parse_any(ps, p);
	if (token_is(ps, "me") || token_is(ps, "me6"))
		return parse_me(ps, p);
	if (token_word(ps, &w) && word_is_table(w))
		return parse_addr_table(ps, p, is_src(p->word), wants6(p->word));
	items_begin(&it, ps);
	if (it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "an address is missing here; " ALLOWED);
	first = it.left;
	while (items_next(&it, &w))
		read_item(&r, w);
	err = finish(&r, first);
	free(r.sets);
	return err;
}

/* ---- asking ---- */

static bool in_set(const struct addrs4 *l, uint32_t set, uint32_t addr)
{
	const struct set *s = (const struct set *)(const void *)(l->a + l->count) + (set - 1);

	return s->bits[(addr & 255) / 64] >> (addr & 63) & 1;
}

static inline bool among4(const struct addrs4 *l, uint32_t addr, const struct view *v)
{
	if (v->family != 4)
		return !l->count;
	for (uint32_t i = 0; i < l->count; i++)
		if ((addr & l->a[i].mask) == l->a[i].addr && (!l->a[i].set || in_set(l, l->a[i].set, addr)))
			return true;
	return !l->count;
}

static inline bool among6(const struct addrs6 *l, const uint64_t addr[2], const struct view *v)
{
	if (v->family != 6)
		return false;
	for (uint64_t i = 0; i < l->count; i++)
		if ((addr[0] & l->a[i].mask[0]) == l->a[i].addr[0] && (addr[1] & l->a[i].mask[1]) == l->a[i].addr[1])
			return true;
	return false;
}

static bool src4_run(const void *own, const struct rules_look *l) { return among4(own, l->view->src4, l->view); }
static bool dst4_run(const void *own, const struct rules_look *l) { return among4(own, l->view->dst4, l->view); }
static bool src6_run(const void *own, const struct rules_look *l) { return among6(own, l->view->src6, l->view); }
static bool dst6_run(const void *own, const struct rules_look *l) { return among6(own, l->view->dst6, l->view); }

/* ---- as code ---- */

/* Masks without holes are ranges of one set, the others are compared one by one. */
static bool emit4(const struct addrs4 *l, enum filter_field_number f, struct code *c)
{
	struct filter_range r[EMIT_LIST_MAX];
	filter_label next;
	uint32_t n = 0;

	if (!l->count || l->sets || l->count > EMIT_LIST_MAX)
		return false;
	for (uint32_t i = 0; i < l->count; i++)
		if (mask4_len(l->a[i].mask) >= 0)
			r[n++] = (struct filter_range){ l->a[i].addr, l->a[i].addr | ~l->a[i].mask };
	if (n == l->count && n > 1) {
		emit_in(c, f, r, n);
		return true;
	}
	for (uint32_t i = 0; i < l->count; i++) {
		next = i + 1 < l->count ? filter_build_label(c->to) : c->no;
		if (l->a[i].mask == UINT32_MAX)
			filter_build_is(c->to, f, l->a[i].addr, c->yes, next);
		else
			filter_build_under(c->to, f, l->a[i].mask, l->a[i].addr, c->yes, next);
		if (i + 1 < l->count)
			filter_build_here(c->to, next);
	}
	return true;
}

static bool emit6(const struct addrs6 *l, enum filter_field_number high, enum filter_field_number low, struct code *c)
{
	if (l->count > EMIT_WIDE_MAX)
		return false;
	for (uint64_t i = 0; i < l->count; i++) {
		filter_label half = filter_build_label(c->to), next = filter_build_label(c->to);

		filter_build_under(c->to, high, l->a[i].mask[0], l->a[i].addr[0], half, next);
		filter_build_here(c->to, half);
		filter_build_under(c->to, low, l->a[i].mask[1], l->a[i].addr[1], c->yes, next);
		filter_build_here(c->to, next);
	}
	filter_build_jump(c->to, c->no);
	return true;
}

static bool src4_emit(const void *own, struct code *c) { return emit4(own, FILTER_IP_SRC, c); }
static bool dst4_emit(const void *own, struct code *c) { return emit4(own, FILTER_IP_DST, c); }

static bool src6_emit(const void *own, struct code *c)
{
	return emit6(own, FILTER_IP6_SRC_HIGH, FILTER_IP6_SRC_LOW, c);
}

static bool dst6_emit(const void *own, struct code *c)
{
	return emit6(own, FILTER_IP6_DST_HIGH, FILTER_IP6_DST_LOW, c);
}

static void check4(const void *own, struct facts *f)
{
	if (((const struct addrs4 *)own)->count)
		facts_families(f, FACT_IP4);
}

static void check6(const void *own, struct facts *f)
{
	facts_families(f, FACT_IP6);
}

/* ---- printing ---- */

static bool has(const struct set *s, unsigned octet) { return octet < 256 && s->bits[octet / 64] >> octet % 64 & 1; }

static void print_set(const struct set *s, struct str *to)
{
	const char *before = "{";
	unsigned end;

	for (unsigned i = 0; i < 256; i++) {
		if (!has(s, i))
			continue;
		str_add(to, "%s%u", before, i);
		before = ",";
		for (end = i; has(s, end + 1); end++)
			;
		if (end >= i + 2) {	/* ipfw writes two neighbours one by one */
			str_add(to, "-%u", end);
			i = end;
		}
	}
	str_add(to, "}");
}

static void addr4_print(uint32_t addr, struct str *to)
{
	char text[WIRE_IP4_TEXT];

	str_addn(to, text, (size_t)wire_ip4_print(addr, text));
}

static void addr6_print(const uint64_t addr[2], struct str *to)
{
	char text[WIRE_IP6_TEXT];

	str_addn(to, text, (size_t)wire_ip6_print(addr, text));
}

static void print4(const struct part *p, struct str *to)
{
	const struct addrs4 *l = p->own;
	const struct set *sets = (const struct set *)(const void *)(l->a + l->count);

	if (!l->count)
		str_add(to, "any");
	for (uint32_t i = 0; i < l->count; i++) {
		const struct addr4 *a = &l->a[i];
		int len = mask4_len(a->mask);

		str_add(to, "%s", i ? "," : "");
		addr4_print(a->addr, to);
		if (len < 0) {
			str_add(to, ":");
			addr4_print(a->mask, to);
		} else if (len < 32 || a->set) {
			str_add(to, "/%d", len);
		}
		if (a->set)
			print_set(sets + a->set - 1, to);
	}
}

static void print6(const struct part *p, struct str *to)
{
	const struct addrs6 *l = p->own;

	for (uint64_t i = 0; i < l->count; i++) {
		int len = mask6_len(l->a[i].mask);

		str_add(to, "%s", i ? "," : "");
		addr6_print(l->a[i].addr, to);
		if (len >= 0 && len < 128)
			str_add(to, "/%d", len);
		if (len < 0) {
			str_add(to, "/");
			addr6_print(l->a[i].mask, to);
		}
	}
}

/* A mask with holes is known by the ones it begins with, a set of octets by its prefix. */
static void keys4(const struct addrs4 *l, enum key_field f, struct keys *ks)
{
	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t holes = ~l->a[i].mask, mask = holes ? mask4_of((unsigned)__builtin_clz(holes)) : l->a[i].mask;

		keys_add(ks, f, mask, l->a[i].addr & mask);
	}
}

static unsigned ones6(const uint64_t mask[2])
{
	if (~mask[0])
		return (unsigned)__builtin_clzll(~mask[0]);
	return ~mask[1] ? 64 + (unsigned)__builtin_clzll(~mask[1]) : 128;
}

static void keys6(const struct addrs6 *l, enum key_field f, struct keys *ks)
{
	for (uint64_t i = 0; i < l->count; i++)
		keys_add6(ks, f, l->a[i].addr, ones6(l->a[i].mask));
}

static void src4_keys(const void *own, struct keys *ks) { keys4(own, KEY_SRC4, ks); }
static void dst4_keys(const void *own, struct keys *ks) { keys4(own, KEY_DST4, ks); }
static void src6_keys(const void *own, struct keys *ks) { keys6(own, KEY_SRC6, ks); }
static void dst6_keys(const void *own, struct keys *ks) { keys6(own, KEY_DST6, ks); }

#define ADDR_WORD(id, name, text, size_, check_, run_, emit_, keys_, print_)                                         \
	const struct rules_word id = {                                                                               \
		.word = name, .kind = WORD_MATCH, .help = text, .size = size_, .parse = parse_addr_value,            \
		.check = check_, .run = run_, .emit = emit_, .keys = keys_, .cache = CACHE_F, .print = print_,       \
	}

ADDR_WORD(match_src_ip, "src-ip", "src-ip A[,A…]: source address, as after from", sizeof(struct addrs4), check4,
	src4_run, src4_emit, src4_keys, print4);
ADDR_WORD(match_dst_ip, "dst-ip", "dst-ip A[,A…]: destination address, as after to", sizeof(struct addrs4), check4,
	dst4_run, dst4_emit, dst4_keys, print4);
ADDR_WORD(match_src_ip6, "src-ip6", "src-ip6 A[,A…]: IPv6 source address", sizeof(struct addrs6), check6, src6_run,
	src6_emit, src6_keys, print6);
ADDR_WORD(match_dst_ip6, "dst-ip6", "dst-ip6 A[,A…]: IPv6 destination address", sizeof(struct addrs6), check6,
	dst6_run, dst6_emit, dst6_keys, print6);
