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
#include <string.h>

static bool text_room(struct text *t, size_t more)
{
	size_t need = t->n + more + 1, room = t->room ? t->room : 64;
	char *p;

	if (t->lost || need <= t->room)
		return !t->lost;
	while (room < need)
		room *= 2;
	p = realloc(t->p, room);
	if (!p) {
		t->lost = true;
		return false;
	}
	t->p = p;
	t->room = room;
	return true;
}

void text_addn(struct text *t, const char *p, size_t n)
{
	if (!text_room(t, n))
		return;
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !text_room(t, (size_t)n)) {
		t->lost = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(t->p + t->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)n;
}

/* What follows a word; nothing may: bare frag. */
static void print_value(const struct part *p, struct text *to)
{
	size_t before;

	if (!p->word->print)
		return;
	text_addn(to, " ", 1);
	before = to->n;
	p->word->print(p, to);
	if (to->n == before && !to->lost)
		to->p[--to->n] = '\0';
}

static void print_part(const struct part *p, struct text *to)
{
	text_add(to, "%s", p->negated ? " not" : "");
	if (p->place == AT_OPTION)
		text_add(to, " %s", p->word->word);
	print_value(p, to);
}

/* Prints every block of one place; says whether there was any. */
static bool print_place(const struct rule *r, enum part_place place, struct text *to)
{
	bool any = false, open = false;

	for (size_t i = 0; i < r->count; i++) {
		const struct part *p = &r->parts[i];

		if (p->place != place)
			continue;
		if (p->more && !open)
			text_add(to, " {");
		print_part(p, to);
		if (p->more)
			text_add(to, " or");
		else if (open)
			text_add(to, " }");
		open = p->more;
		any = true;
	}
	return any;
}

static void print_words(const struct part *p, const char *before, struct text *to)
{
	if (!p->word)
		return;
	text_add(to, "%s%s", before, p->word->word);
	print_value(p, to);
}

static void print_action(const struct rule *r, struct text *to)
{
	if (r->params[PARAM_PROB].word) {
		print_words(&r->params[PARAM_PROB], "", to);
		text_addn(to, " ", 1);
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

static void print_head(const struct rule *r, struct text *to)
{
	if (!print_place(r, AT_PROTO, to))
		text_add(to, " ip");
	text_add(to, " from");
	if (!print_place(r, AT_SRC, to))
		text_add(to, " any");
	print_place(r, AT_SRC_PORT, to);
	text_add(to, " to");
	if (!print_place(r, AT_DST, to))
		text_add(to, " any");
}

char *rule_print(const struct rule *r, enum print_how how, bool names)
{
	struct text t = { .names = names };

	print_action(r, &t);
	if (how == PRINT_ALL || (how == PRINT_COMPACT && !head_asks_nothing(r)))
		print_head(r, &t);
	if (how != PRINT_BRIEF)
		print_place(r, AT_OPTION, &t);
	if (r->comment)
		text_add(&t, " // %s", r->comment);
	if (t.lost) {
		free(t.p);
		return NULL;
	}
	return t.p;
}
