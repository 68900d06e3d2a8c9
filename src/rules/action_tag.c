/* rules/action_tag.c - tag N, untag N, tagged LIST: numbers that stick to a packet inside Narrows.
 *
 * A rule may have one of each: it tags first. A packet carries up to PKT_TAGS_MAX different tags, on its second line,
 * made when the first is set; they go with it through pipes. A tag that finds no room, or no memory, ends the packet
 * as no-memory: a packet that goes on without the mark it was given would be judged wrongly by every rule that asks
 * for it. */
#include "rules_int.h"

#include <string.h>

#include "pkt/pkt_lazy.h"

#define TAG_MAX 65534

struct tag {
	uint16_t number;	/* 0: tablearg */
};

static int tag_parse(struct parse *ps, struct part *p)
{
	struct tag *t = part_grow(ps, p, sizeof(*t));
	uint64_t n = 0;
	struct word w;
	int err;

	if (!t)
		return ERR_NOMEM;
	if (!token_value(ps, &w) || word_find(WORD_PARAM, w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: a number in 1..%u is missing", p->word->word,
			TAG_MAX);
	ps->at++;
	if (word_is(w, "tablearg")) {
		arg_use(ps, w, ARG_TAG);
		return 0;
	}
	err = parse_num(ps, w, p->word->word, 1, TAG_MAX, &n);
	t->number = (uint16_t)n;
	return err;
}

static void tag_print(const struct part *p, struct str *to)
{
	const struct tag *t = p->own;

	if (t->number)
		str_add(to, "%u", t->number);
	else
		str_add(to, "tablearg");
}

static uint16_t number_of(const struct tag *t, const struct rules_pass *x)
{
	uint32_t n = t->number;

	if (!n)
		arg_value(&x->look, ARG_TAG, &n);
	return (uint16_t)n;
}

/* Where it stands among the tags; l->tags: nowhere. */
static uint8_t tag_at(const struct pkt_lazy *l, uint16_t number)
{
	uint8_t i = 0;

	while (i < l->tags && l->tag[i] != number)
		i++;
	return i;
}

static void tell_meta(struct rules_pass *x, const struct pkt_lazy *l)
{
	x->meta->tags = l->tags;
	x->meta->tag = l->tag;
}

static enum rule_step tag_act(const void *own, struct rules_pass *x)
{
	uint16_t number = number_of(own, x);
	struct pkt_lazy *l = pkt_lazy(x->pool, x->pkt);

	if (l && tag_at(l, number) < l->tags)
		return STEP_NEXT;
	if (!l || l->tags == PKT_TAGS_MAX) {
		x->answer->verdict = RULES_DENY;
		x->answer->why = DROP_NO_MEMORY;
		return STEP_END;
	}
	l->tag[l->tags++] = number;
	tell_meta(x, l);
	return STEP_NEXT;
}

static enum rule_step untag_act(const void *own, struct rules_pass *x)
{
	struct pkt_lazy *l = x->pkt->lazy;
	uint8_t i = l ? tag_at(l, number_of(own, x)) : 0;

	if (!l || i == l->tags)
		return STEP_NEXT;
	l->tag[i] = l->tag[--l->tags];
	tell_meta(x, l);
	return STEP_NEXT;
}

const struct rules_word param_tag = {
	.word = "tag",	.kind = WORD_PARAM,	.help = "tag N|tablearg: marks the packet with a number",
	.slot = PARAM_TAG,	.args = 1,
	.parse = tag_parse,	.act = tag_act,	.print = tag_print,
};

const struct rules_word param_untag = {
	.word = "untag",	.kind = WORD_PARAM,	.help = "untag N|tablearg: takes that mark away",
	.slot = PARAM_UNTAG,	.args = 1,
	.parse = tag_parse,	.act = untag_act,	.print = tag_print,
};

static int tagged_parse(struct parse *ps, struct part *p)
{
	const struct ranges *rs;
	struct word w = token_place(ps);
	int err;

	if (token_take(ps, "tablearg")) {
		arg_use(ps, w, ARG_TAG);
		p->word = &match_tagged_arg;
		return 0;
	}
	err = parse_ranges(ps, p, "tagged", TAG_MAX, NULL);
	rs = p->own;
	for (uint32_t i = 0; !err && i < rs->count; i++)
		if (!rs->r[i].lo)
			err = parse_error(ps, w, ERR_RANGE, "tagged: 0 is not in 1..%u", TAG_MAX);
	return err;
}

static bool tagged_run(const void *own, const struct rules_look *l)
{
	for (uint8_t i = 0; i < l->meta->tags; i++)
		if (ranges_hold(own, l->meta->tag[i]))
			return true;
	return false;
}

static bool tagged_arg_run(const void *own, const struct rules_look *l)
{
	uint32_t n;

	if (!arg_value(l, ARG_TAG, &n))
		return false;
	for (uint8_t i = 0; i < l->meta->tags; i++)
		if (l->meta->tag[i] == n)
			return true;
	return false;
}

const struct rules_word match_tagged_arg = {
	.word = "tagged",	.kind = WORD_MATCH,
	.run = tagged_arg_run,	.print = tablearg_print,	.cache = CACHE_S,
};

const struct rules_word match_tagged = {
	.word = "tagged",	.kind = WORD_MATCH,	.help = "tagged LIST|tablearg: carries one of these tags",
	.size = sizeof(struct ranges),
	.parse = tagged_parse,	.run = tagged_run,	.print = ranges_print,	.cache = CACHE_S,
};
