/* rules/rules_facts.c - what a rule can match at all: warnings, never errors.
 *
 * A match narrows down a product of four sets (families, directions, layers, protocols) in its check(); the
 * alternatives of a block are joined, the blocks of a rule intersected. The product is never smaller than what can
 * match, so when it becomes empty the rule is dead: `ip6 from 10.0.0.1`, ports of icmp, `in out`. ipfw says nothing of
 * these, nor of ports that silently mean TCP, UDP and SCTP alone, nor of `not dst-port 80`, true for every ICMP packet
 * too. */
#include "rules_int.h"

#include <string.h>

static const struct facts everything = {
	.families = 7,	.dirs = FACT_IN | FACT_OUT,	.layers = FACT_LAYER2 | FACT_LAYER3,
	.protos = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
};

void facts_families(struct facts *f, uint8_t families)
{
	f->families &= families;
}

void facts_protos(struct facts *f, const uint8_t *protos, size_t n)
{
	uint64_t keep[4] = { 0 };

	for (size_t i = 0; i < n; i++)
		keep[protos[i] / 64] |= UINT64_C(1) << protos[i] % 64;
	for (size_t i = 0; i < 4; i++)
		f->protos[i] &= keep[i];
	f->families &= FACT_IP4 | FACT_IP6;
}

void facts_ip(const void *own, struct facts *f)
{
	facts_families(f, FACT_IP4 | FACT_IP6);
}

void facts_ip4(const void *own, struct facts *f)
{
	facts_families(f, FACT_IP4);
}

void facts_ip6(const void *own, struct facts *f)
{
	facts_families(f, FACT_IP6);
}

void facts_tcp(const void *own, struct facts *f)
{
	static const uint8_t tcp = PROTO_TCP;

	facts_protos(f, &tcp, 1);
}

void facts_layer2(const void *own, struct facts *f)
{
	f->layers &= FACT_LAYER2;
}

static bool is_empty(const struct facts *f)
{
	return !f->families || !f->dirs || !f->layers || !(f->protos[0] | f->protos[1] | f->protos[2] | f->protos[3]);
}

static void join(struct facts *a, const struct facts *b)
{
	if (is_empty(b))
		return;
	a->families |= b->families;
	a->dirs |= b->dirs;
	a->layers |= b->layers;
	for (size_t i = 0; i < 4; i++)
		a->protos[i] |= b->protos[i];
}

static void intersect(struct facts *a, const struct facts *b)
{
	a->families &= b->families;
	a->dirs &= b->dirs;
	a->layers &= b->layers;
	for (size_t i = 0; i < 4; i++)
		a->protos[i] &= b->protos[i];
}

/* Does every packet of `a` have a protocol of `b`? */
static bool protos_within(const struct facts *a, const struct facts *b)
{
	for (size_t i = 0; i < 4; i++)
		if (a->protos[i] & ~b->protos[i])
			return false;
	return true;
}

static struct facts of_part(const struct part *p)
{
	struct facts f = everything;

	if (p->negated)		/* what a match is false for is not described: anything */
		return p->always ? (struct facts){ 0 } : f;
	if (p->word->check)
		p->word->check(p->own, &f);
	return f;
}

static bool is_port(const struct part *p)
{
	return p->word == &match_src_port || p->word == &match_dst_port;
}

/* What `not` of a match is true for beside what was meant: packets it cannot be asked of. NULL: none of `so_far`. A
 * family is meant where it is an address or version that is negated, and not where it is another field (class P). */
static const char *beyond(const struct part *p, const struct facts *so_far, const struct facts *f)
{
	uint8_t families = so_far->families & (uint8_t)~f->families;

	if (!protos_within(so_far, f))
		return "packets of protocols that have none";
	if (so_far->layers & ~f->layers)
		return "packets judged without their link header";
	if (so_far->dirs & ~f->dirs)
		return "packets that come in";
	if (p->word->cache != CACHE_P || !(families & (FACT_IP4 | FACT_IP6)))
		return NULL;
	return families & FACT_IP6 ? "packets of IPv6" : "packets of IPv4";
}

/* `so_far`: what the blocks before allow. */
static void warn_part(struct parse *ps, const struct part *p, const struct facts *so_far)
{
	struct facts f = everything;
	const char *what;

	if (!p->word->check || p->always || p->word == &match_proto || p->word == &match_layer2)
		return;
	p->word->check(p->own, &f);
	what = beyond(p, so_far, &f);
	if (p->negated && what)
		lex_warn(ps->lx, p->at, "not %s is also true for %s", p->word->word, what);
	else if (!p->negated && is_port(p) && protos_within(&everything, so_far))
		lex_warn(ps->lx, p->at, "ports match tcp, udp, udplite and sctp alone; the protocol can say which");
}

void facts_check(struct parse *ps)
{
	const struct rule *r = ps->rule;
	struct facts all = everything, one, any;
	bool dead = false;

	for (size_t i = 0; i < r->count && !dead; i++) {
		size_t first = i;

		any = (struct facts){ 0 };
		for (;; i++) {
			one = of_part(&r->parts[i]);
			join(&any, &one);
			if (!r->parts[i].more)
				break;
		}
		for (size_t k = first; k <= i; k++)
			warn_part(ps, &r->parts[k], &all);
		intersect(&all, &any);
		dead = is_empty(&all);
		if (dead)
			lex_warn(ps->lx, r->parts[first].at,
				"the rule never matches: no packet is this and all that stands before it");
	}
}
