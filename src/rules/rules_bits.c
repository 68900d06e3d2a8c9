/* rules/rules_bits.c - sets of small numbers: types of ICMP, DS codepoints. 256 bits, so a match is one test however
 * long the list.
 *
 * Read as numbers, names, ranges and lists of them; printed in numeric order and one by one, as ipfw prints them and
 * reads them back: it knows no ranges here. */
#include "rules_int.h"

int parse_bits(struct parse *ps, struct part *p, const char *what, const char *missing, uint64_t hi, names_fn names)
{
	struct bits *s = part_grow(ps, p, sizeof(*s));
	size_t told = ps->told;
	uint64_t from = 0, to = 0;
	struct items it;
	struct word w;

	if (!s)
		return ERR_NOMEM;
	items_begin(&it, ps);
	if (it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: %s, ranges, lists", what, missing);
	while (items_next(&it, &w))
		if (!parse_range(ps, w, what, hi, names, &from, &to))
			for (; from <= to; from++)
				bits_add(s, (unsigned)from);
	return ps->told != told ? ERR_SYNTAX : 0;
}

void bits_print(const struct bits *s, const char *(*name)(unsigned n), struct str *to)
{
	const char *comma = "", *text;

	for (unsigned n = 0; n < 256; n++) {
		if (!bits_hold(s, n))
			continue;
		text = name ? name(n) : NULL;
		if (text)
			str_add(to, "%s%s", comma, text);
		else
			str_add(to, "%s%u", comma, n);
		comma = ",";
	}
}
