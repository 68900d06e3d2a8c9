/* rules/rules_print.c - the canonical text of a rule: what `check`, `list` and JSON show, and what parses back.
 *
 *      ACTION  PROTO from SRC [PORTS] to DST  OPTIONS  // COMMENT
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

static void print_part(const struct part *p, struct text *to)
{
	size_t before;

	text_add(to, "%s", p->negated ? " not" : "");
	if (p->place == AT_OPTION)
		text_add(to, " %s", p->word->word);
	if (!p->word->print)
		return;
	text_addn(to, " ", 1);
	before = to->n;
	p->word->print(p, to);
	if (to->n == before && !to->lost)
		to->p[--to->n] = '\0';	/* nothing to say: bare frag */
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

char *rule_print(const struct rule *r)
{
	struct text t = { 0 };

	text_add(&t, "%s", r->action.word->word);
	if (r->action.word->print) {
		text_addn(&t, " ", 1);
		r->action.word->print(&r->action, &t);
	}
	if (!print_place(r, AT_PROTO, &t))
		text_add(&t, " ip");
	text_add(&t, " from");
	if (!print_place(r, AT_SRC, &t))
		text_add(&t, " any");
	print_place(r, AT_SRC_PORT, &t);
	text_add(&t, " to");
	if (!print_place(r, AT_DST, &t))
		text_add(&t, " any");
	print_place(r, AT_OPTION, &t);
	if (r->comment)
		text_add(&t, " // %s", r->comment);
	if (t.lost) {
		free(t.p);
		return NULL;
	}
	return t.p;
}

char *rules_cmd_print(const struct rules_cmd *c)
{
	struct text t = { 0 };

	text_add(&t, "add");
	if (c->number)
		text_add(&t, " %u", c->number);
	else if (c->given)
		text_add(&t, " %u", c->given);
	if (c->set)
		text_add(&t, " set %u", c->set);
	text_add(&t, " %s", c->rule->text);
	if (t.lost) {
		free(t.p);
		return NULL;
	}
	return t.p;
}
