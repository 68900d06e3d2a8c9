/* rules/match_vlan.c - vlan, vlan-pcp: the stack of VLAN tags; words of ours.
 *
 *      vlan 100            the outermost tag has ID 100, whatever it carries
 *      vlan 100.7          and the next one has ID 7
 *      vlan 1-9.7,200      ranges and lists
 *      vlan-pcp 5-7        priority of the outermost tag
 *
 * Up to four tags are seen (IEEE 802.1Q and 802.1ad, 0x9100), also where a packet is judged at layer 3: the tags are no
 * part of the packet then, but known. A stack with fewer tags than asked for is false; priority tags (ID 0) are tags.
 * Class P. */
#include "rules_emit.h"

struct stack {			/* outermost first */
	uint16_t lo[VIEW_TAGS_MAX], hi[VIEW_TAGS_MAX];
	uint16_t depth, pad[3];
};

struct match_vlan {
	uint64_t count;
	struct stack s[];
};

enum { VID = 0xfff, PCP_SHIFT = 13, PCP_MAX = 7 };

static int read_stack(struct parse *ps, struct word w, struct stack *s)
{
	uint64_t from = 0, to = 0;
	struct word rest = w;

	for (size_t dot;; rest = word_cut(rest, dot + 1, rest.n)) {
		for (dot = 0; dot < rest.n && rest.p[dot] != '.'; dot++)
			;
		if (s->depth == VIEW_TAGS_MAX)
			return parse_error(ps, w, ERR_RANGE, "vlan: " WORD_FMT " is more than 4 tags", WORD_ARGS(w));
		if (parse_range(ps, word_cut(rest, 0, dot), "vlan", VID, NULL, &from, &to))
			return ERR_RANGE;
		s->lo[s->depth] = (uint16_t)from;
		s->hi[s->depth++] = (uint16_t)to;
		if (dot == rest.n)
			return 0;
	}
}

static int vlan_parse(struct parse *ps, struct part *p)
{
	size_t told = ps->told;
	struct match_vlan *m = part_grow(ps, p, sizeof(*m));
	struct stack s;
	struct items it;
	struct word w;

	items_begin(&it, ps);
	if (m && it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"vlan: an ID in 0..4095 is missing; allowed: 5, 5-9, 5.100 (the outer tag first), lists");
	while (m && items_next(&it, &w)) {
		s = (struct stack){ .depth = 0 };
		if (read_stack(ps, w, &s) || !part_grow(ps, p, sizeof(s)))
			continue;
		m = p->own;
		m->s[m->count++] = s;
	}
	return ps->told != told ? ERR_SYNTAX : 0;
}

static int vlan_pcp_parse(struct parse *ps, struct part *p)
{
	return parse_ranges(ps, p, "vlan-pcp", PCP_MAX, NULL);
}

static bool stack_is(const struct stack *s, const struct view *v)
{
	if (v->tags < s->depth)
		return false;
	for (unsigned i = 0; i < s->depth; i++)
		if ((v->tag_tci[i] & VID) < s->lo[i] || (v->tag_tci[i] & VID) > s->hi[i])
			return false;
	return true;
}

static bool vlan_run(const void *own, const struct rules_look *l)
{
	const struct match_vlan *m = own;

	for (uint64_t i = 0; i < m->count; i++)
		if (stack_is(&m->s[i], l->view))
			return true;
	return false;
}

static bool vlan_pcp_run(const void *own, const struct rules_look *l)
{
	return l->view->tags && ranges_hold(own, l->view->tag_tci[0] >> PCP_SHIFT);
}

static bool vlan_pcp_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_VLAN_PCP, c); }

/* The outermost ID alone; the others of a stack have no field. */
static bool vlan_emit(const void *own, struct code *c)
{
	struct filter_range r[EMIT_LIST_MAX];
	const struct match_vlan *m = own;

	for (uint64_t i = 0; i < m->count; i++) {
		if (i == EMIT_LIST_MAX || m->s[i].depth != 1)
			return false;
		r[i] = (struct filter_range){ m->s[i].lo[0], m->s[i].hi[0] };
	}
	emit_in(c, FILTER_VLAN_ID, r, (uint32_t)m->count);
	return true;
}

static void vlan_print(const struct part *p, struct str *to)
{
	const struct match_vlan *m = p->own;

	for (uint64_t i = 0; i < m->count; i++) {
		for (unsigned k = 0; k < m->s[i].depth; k++) {
			str_add(to, "%s%u", k ? "." : i ? "," : "", m->s[i].lo[k]);
			if (m->s[i].lo[k] != m->s[i].hi[k])
				str_add(to, "-%u", m->s[i].hi[k]);
		}
	}
}

const struct rules_word match_vlan = {
	.word = "vlan",	.kind = WORD_MATCH,	.help = "vlan ID[-ID][.ID…][,…]: IDs of VLAN tags, the outermost first",
	.size = sizeof(struct match_vlan),	.parse = vlan_parse,
	.run = vlan_run,	.emit = vlan_emit,	.cache = CACHE_P,	.print = vlan_print,
};

const struct rules_word match_vlan_pcp = {
	.word = "vlan-pcp",	.kind = WORD_MATCH,
	.help = "vlan-pcp N[-N][,…]: priority in the outermost VLAN tag, 0..7",
	.size = sizeof(struct ranges),	.parse = vlan_pcp_parse,
	.run = vlan_pcp_run,	.emit = vlan_pcp_emit,	.cache = CACHE_P,	.print = ranges_print,
};
