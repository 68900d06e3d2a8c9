/* rules/match_mac_type.c - mac-type: the ethertypes a frame carries, at layer 2.
 *
 * A frame has one type behind each of its headers: those of its VLAN tags, and that of what they carry. mac-type is true
 * where any of them is in the list, so that `mac-type vlan` finds tagged frames and `mac-type arp` ARP behind a tag too
 * (ipfw sees the first alone, which without tags is the same). Links other than Ethernet have a type where their header
 * has such a field. Below 0x600 it is the length of an 802.3 frame. Where the header was cut, or has more tags than are
 * looked through, what stands behind them is not known.
 *
 * Numbers and ranges print in hex. A number with a leading 0 and no x could be meant as hex: it is refused. Class P. */
#include "rules_int.h"

#define WHAT "mac-type"

static bool looks_hex(struct word w)
{
	return w.n > 1 && w.p[0] == '0' && w.p[1] >= '0' && w.p[1] <= '9';
}

static int mac_type_parse(struct parse *ps, struct part *p)
{
	struct word w;

	if (token_value(ps, &w) && looks_hex(w)) {
		ps->at++;
		return parse_error(ps, w, ERR_SYNTAX,
			WHAT ": " WORD_FMT " begins with 0; allowed: 0x for hex, decimal without it", WORD_ARGS(w));
	}
	return parse_ranges(ps, p, WHAT, 0xffff, names_ethertype);
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

static void mac_type_print(const struct part *p, struct text *to)
{
	const struct ranges *rs = p->own;

	for (uint32_t i = 0; i < rs->count; i++) {
		text_add(to, "%s0x%04x", i ? "," : "", rs->r[i].lo);
		if (rs->r[i].lo != rs->r[i].hi)
			text_add(to, "-0x%04x", rs->r[i].hi);
	}
}

const struct rules_word match_mac_type = {
	.word = WHAT,	.kind = WORD_MATCH,	.help = "mac-type T[-T][,…]: ethertypes, numbers or names such as arp",
	.size = sizeof(struct ranges),	.parse = mac_type_parse,	.check = facts_layer2,
	.run = mac_type_run,	.cache = CACHE_P,	.print = mac_type_print,
};
