/* rules/rules_print.c - the canonical text of a rule: what `check`, `list` and JSON show, and what parses back.
 *
 *      [prob P]  ACTION  [log] [tag N]  PROTO from SRC [PORTS] to DST  OPTIONS  // COMMENT
 *
 * It follows ipfw as measured: synonyms as their first word, `ip` for `all`, ports after the destination as the
 * option dst-port while those after the source stay where they are, rules of options alone with `ip from any to
 * any` before them. A block of one is no block. `not in` is `out`. The text is made once, when a rule is parsed,
 * and kept: it does not depend on the rule's number. Law, tested over the corpus and by the fuzzer: parsed again
 * it prints the same. */
#include "rules_int.h"

#include <stdlib.h>

/* What follows a word; nothing may: bare frag. */
static void print_value(const struct part *p, struct str *to)
{
	size_t before;

	if (!p->word->print)
		return;
	str_addn(to, " ", 1);
	before = to->n;
	p->word->print(p, to);
	if (to->n == before && !to->lost)
		to->p[--to->n] = '\0';
}

static void print_part(const struct part *p, struct str *to)
{
	str_add(to, "%s", p->negated ? " not" : "");
	if (p->place == AT_OPTION)
		str_add(to, " %s", p->word->word);
	print_value(p, to);
}

/* Prints every block of one place; says whether there was any. */
static bool print_place(const struct rule *r, enum part_place place, struct str *to)
{
	bool any = false, open = false;

	for (size_t i = 0; i < r->count; i++) {
		const struct part *p = &r->parts[i];

		if (p->place != place)
			continue;
		if (p->more && !open)
			str_add(to, " {");
		print_part(p, to);
		if (p->more)
			str_add(to, " or");
		else if (open)
			str_add(to, " }");
		open = p->more;
		any = true;
	}
	return any;
}

static void print_words(const struct part *p, const char *before, struct str *to)
{
	if (!p->word)
		return;
	str_add(to, "%s%s", before, p->word->word);
	print_value(p, to);
}

static void print_action(const struct rule *r, struct str *to)
{
	if (r->params[PARAM_PROB].word) {
		print_words(&r->params[PARAM_PROB], "", to);
		str_addn(to, " ", 1);
	}
	print_words(&r->action, "", to);
	for (size_t i = PARAM_PROB + 1; i < PARAMS; i++)
		print_words(&r->params[i], " ", to);
}

/* Does this place ask nothing, as `ip` and `any` do? */
static bool asks_nothing(const struct rule *r, enum part_place place)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct part *p = &r->parts[i];

		if (p->place == place && !(p->always && !p->negated && !p->more && (!i || !p[-1].more)))
			return false;
	}
	return true;
}

static bool head_asks_nothing(const struct rule *r)
{
	return asks_nothing(r, AT_PROTO) && asks_nothing(r, AT_SRC) && asks_nothing(r, AT_SRC_PORT) &&
		asks_nothing(r, AT_DST);
}

static void print_head(const struct rule *r, struct str *to)
{
	if (!print_place(r, AT_PROTO, to))
		str_add(to, " ip");
	str_add(to, " from");
	if (!print_place(r, AT_SRC, to))
		str_add(to, " any");
	print_place(r, AT_SRC_PORT, to);
	str_add(to, " to");
	if (!print_place(r, AT_DST, to))
		str_add(to, " any");
}

char *rule_print(const struct rule *r, enum print_how how, bool names)
{
	struct str t = { .names = names };

	print_action(r, &t);
	if (how == PRINT_ALL || (how == PRINT_COMPACT && !head_asks_nothing(r)))
		print_head(r, &t);
	if (how != PRINT_BRIEF)
		print_place(r, AT_OPTION, &t);
	if (r->comment)
		str_add(&t, " // %s", r->comment);
	return str_take(&t);
}
