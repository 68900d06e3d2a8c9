/* rules/match_iface.c - recv, xmit, via: the interface a packet came by, leaves by, passes.
 *
 *      recv eth0   recv eth*   recv any
 *
 * recv asks for the interface it came by, also when the packet goes out; xmit for the one it leaves by, and only then;
 * via is recv on the way in and xmit on the way out. The environment knows names, the packet numbers; a packet without
 * such an interface, or one without a name, is false for every name. A star stands at the end alone and is any rest,
 * also none; ipfw's other patterns are refused.
 *
 * `any` is true where there is such an interface. Alone, `recv any` and `via any` ask nothing, as in ipfw: there every
 * packet that is judged came by one; they are left out where they are read and do not print. `not recv any` and `{ recv
 * any or … }` stay and ask. Class F and E. Cost: a call of the environment and a comparison of strings. */
#include "rules_table.h"
#include "rules_emit.h"

#include <string.h>

enum { NAME_MAX_BYTES = 255 };

struct match_iface {
	uint8_t any, prefix;
	uint8_t len_bytes;	/* of the name, or of what stands before the star */
	char name[];		/* ends in NUL */
};

#define ALLOWED "allowed: a name such as eth0, eth*, any, table(T)"

static bool is_addr(struct word w)
{
	uint64_t six[2];
	uint32_t four;

	return wire_ip4_parse(w.p, w.n, &four) || wire_ip6_parse(w.p, w.n, six);
}

/* What is told of a word that is no name; NULL: it is one. */
static const char *why_not(struct word w)
{
	if (is_addr(w))
		return "the address of an interface: known, but not supported by this version";
	if (memchr(w.p, ',', w.n))
		return "no list here; { recv A or recv B } is one";
	if (memchr(w.p, '\0', w.n) || w.n > NAME_MAX_BYTES)
		return "a name is text of 1..255 bytes";
	if (memchr(w.p, '*', w.n - 1) || memchr(w.p, '?', w.n) || memchr(w.p, '[', w.n))
		return "of patterns there is only the star, at the end";
	return NULL;
}

static int read_name(struct parse *ps, struct part *p, const char *what, bool *any)
{
	struct match_iface *m;
	const char *why;
	struct word w;

	if (!token_value(ps, &w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: an interface is missing; " ALLOWED, what);
	if (word_is_table(w))
		return parse_iface_table(ps, p);
	ps->at++;
	why = why_not(w);
	if (why)
		return parse_error(ps, w, ERR_SYNTAX, "%s: " WORD_FMT ": %s; " ALLOWED, what, WORD_ARGS(w), why);
	m = part_grow(ps, p, sizeof(*m) + w.n + 1);
	if (!m)
		return ERR_NOMEM;
	*any = word_is(w, "any");
	m->any = *any;
	m->prefix = w.p[w.n - 1] == '*';
	m->len_bytes = (uint8_t)(w.n - m->prefix);
	memcpy(m->name, w.p, m->len_bytes);
	return 0;
}

static int recv_parse(struct parse *ps, struct part *p) { return read_name(ps, p, "recv", &p->unsaid); }
static int via_parse(struct parse *ps, struct part *p) { return read_name(ps, p, "via", &p->unsaid); }

static int xmit_parse(struct parse *ps, struct part *p)
{
	bool any = false;

	return read_name(ps, p, "xmit", &any);
}

static void xmit_check(const void *own, struct facts *f)
{
	f->dirs &= FACT_OUT;
}

static bool is_named(const struct match_iface *m, const struct rules_env *env, uint16_t iface)
{
	const char *name;

	if (!iface || m->any)
		return iface;
	name = env->iface_name ? env->iface_name(env->ctx, iface) : NULL;
	if (!name)
		return false;
	return m->prefix ? !strncmp(name, m->name, m->len_bytes) : !strcmp(name, m->name);
}

static bool recv_run(const void *own, const struct rules_look *l)
{
	return is_named(own, l->env, l->meta->iface_in);
}

static bool xmit_run(const void *own, const struct rules_look *l)
{
	return l->meta->dir == META_OUT && is_named(own, l->env, l->meta->iface_out);
}

static bool via_run(const void *own, const struct rules_look *l)
{
	return l->meta->dir == META_OUT ? xmit_run(own, l) : recv_run(own, l);
}

/* Names are asked of the environment; whether there is an interface at all, the packet knows. */
static bool recv_emit(const void *own, struct code *c)
{
	const struct match_iface *m = own;

	if (m->any)
		filter_build_is(c->to, FILTER_IFACE_IN, 0, c->no, c->yes);
	return m->any;
}

static bool xmit_emit(const void *own, struct code *c)
{
	const struct match_iface *m = own;
	filter_label out;

	if (!m->any)
		return false;
	out = filter_build_label(c->to);
	filter_build_is(c->to, FILTER_DIR_OUT, META_OUT, out, c->no);
	filter_build_here(c->to, out);
	filter_build_is(c->to, FILTER_IFACE_OUT, 0, c->no, c->yes);
	return true;
}

static void name_keys(const struct match_iface *m, enum key_field f, struct keys *ks)
{
	if (!m->any && !m->prefix)
		keys_add_name(ks, f, m->name);
}

static void recv_keys(const void *own, struct keys *ks) { name_keys(own, KEY_RECV, ks); }
static void xmit_keys(const void *own, struct keys *ks) { name_keys(own, KEY_XMIT, ks); }
static void via_keys(const void *own, struct keys *ks) { name_keys(own, KEY_VIA, ks); }

static void iface_print(const struct part *p, struct str *to)
{
	const struct match_iface *m = p->own;

	str_add(to, "%s%s", m->name, m->prefix ? "*" : "");
}

const struct rules_word match_recv = {
	.word = "recv",	.kind = WORD_MATCH,	.help = "recv IF: came by interface eth0, eth*, any",
	.size = sizeof(struct match_iface),	.parse = recv_parse,
	.run = recv_run,	.emit = recv_emit,
	.keys = recv_keys,	.cache = CACHE_E,	.print = iface_print,
};

const struct rules_word match_xmit = {
	.word = "xmit",	.kind = WORD_MATCH,	.help = "xmit IF: leaves by interface eth0, eth*, any",
	.size = sizeof(struct match_iface),	.parse = xmit_parse,	.check = xmit_check,
	.run = xmit_run,	.emit = xmit_emit,
	.keys = xmit_keys,	.cache = CACHE_E,	.print = iface_print,
};

const struct rules_word match_via = {
	.word = "via",	.kind = WORD_MATCH,	.help = "via IF: recv of what comes in, xmit of what goes out",
	.size = sizeof(struct match_iface),	.parse = via_parse,
	.run = via_run,	.keys = via_keys,	.cache = CACHE_E,	.print = iface_print,
};
