/* rules/match_mac_type.c - mac-type: the ethertypes a frame carries, at layer 2.
 *
 * A frame has one type behind each of its headers: those of its VLAN tags, and that of what they carry. mac-type is
 * true where any of them is in the list, so that `mac-type vlan` finds tagged frames and `mac-type arp` ARP behind a
 * tag too (ipfw sees the first alone, which without tags is the same). Links other than Ethernet have a type where
 * their header has such a field. Below 0x600 it is the length of an 802.3 frame. Where the header was cut, or has more
 * tags than are looked through, what stands behind them is not known.
 *
 * Numbers and ranges print in hex. A number with a leading 0 and no x could be meant as hex: it is refused. Class P. */
#include "rules_int.h"

#define WHAT "mac-type"

/* Does a number of the list begin with 0 and go on with a digit? */
static bool looks_hex(struct word w)
{
	bool begins = true;

	for (size_t i = 0; i + 1 < w.n; i++) {
		if (begins && w.p[i] == '0' && w.p[i + 1] >= '0' && w.p[i + 1] <= '9')
			return true;
		begins = w.p[i] == ',' || w.p[i] == '-';
	}
	return false;
}

static bool is_vlan(struct word w) { return word_is(w, "vlan"); }	/* an option too */

static int mac_type_parse(struct parse *ps, struct part *p)
{
	size_t from = ps->at;
	int err = parse_ranges_owning(ps, p, WHAT, 0xffff, names_ethertype, is_vlan);

	for (size_t i = from; !err && i < ps->at; i++)
		if (looks_hex(ps->tokens[i].w))
			err = parse_error(ps, ps->tokens[i].w, ERR_SYNTAX,
				WHAT ": a number that begins with 0 could be meant as hex; allowed: 0x0800, or 2048");
	return err;
}

static bool mac_type_run(const void *own, const struct rules_look *l)
{
	const struct view *v = l->view;

	if (!l->meta->layer2)
		return false;
	for (unsigned i = 0; i < v->tags; i++)
		if (ranges_hold(own, v->tag_tpid[i]))
			return true;
	/* 0 is a length where the frame has been walked to it, and else no type at all */
	return (v->ethertype || (v->has & VIEW_HAS_MAC && v->stop == VIEW_NOT_IP)) && ranges_hold(own, v->ethertype);
}

static void mac_type_print(const struct part *p, struct str *to)
{
	const struct ranges *rs = p->own;

	for (uint32_t i = 0; i < rs->count; i++) {
		const char *name = to->names && rs->r[i].lo == rs->r[i].hi ? names_ethertype_text(rs->r[i].lo) : NULL;

		str_add(to, i ? "," : "");
		if (name) {
			str_add(to, "%s", name);
			continue;
		}
		str_add(to, "0x%04x", rs->r[i].lo);
		if (rs->r[i].lo != rs->r[i].hi)
			str_add(to, "-0x%04x", rs->r[i].hi);
	}
}

const struct rules_word match_mac_type = {
	.word = WHAT,	.kind = WORD_MATCH,	.help = "mac-type T[-T][,…]: ethertypes, numbers or names such as arp",
	.size = sizeof(struct ranges),	.parse = mac_type_parse,	.check = facts_layer2,
	.run = mac_type_run,	.cache = CACHE_P,	.print = mac_type_print,
};
