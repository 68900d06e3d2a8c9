/* rules/match_filter.c - match filter 'EXPR': an expression of the filter machine as a condition.
 *
 *      add 100 deny tcp from any to any match filter '(tcp[13] & 2) != 0 && ip.ttl < 5'
 *
 * The expression stands in quotes, single or double, unless it is one word; it is compiled when the rule is read, and
 * what is wrong in it is told at its place in the line (docs/filter.md). One that is not ours is handed to whoever
 * registered for others, which is libpcap where it is linked; its programs count bytes from the IP header on, since a
 * rule sees packets of any link. The program is shared by every copy of the rule. Class P. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#include "filter/filter.h"

struct expression {
	struct filter *program;
	uint32_t from_ip;	/* its bytes begin at the IP header, not at the frame */
	uint32_t interpreted;
	uint64_t bytes;		/* of the text that follows */
	char text[];
};

static rules_filter_fn other_language;

void rules_filter_register(rules_filter_fn fn)
{
	other_language = fn;
}

/* What stands in quotes from here on, or one word. */
static bool take_text(const struct lex *lx, struct word after, struct word *text)
{
	const char *end = lx->text + lx->len, *p = after.p + after.n, *close;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	*text = (struct word){ p, 0 };
	if (p == end)
		return false;
	if (*p != '\'' && *p != '"') {
		while (p < end && *p != ' ' && *p != '\t')
			p++;
		text->n = (size_t)(p - text->p);
		return true;
	}
	close = memchr(p + 1, *p, (size_t)(end - p - 1));
	*text = (struct word){ p + 1, close ? (size_t)(close - p - 1) : 0 };
	return close != NULL;
}

/* What was told of the expression, as told of this line. */
static void pass_on(struct parse *ps, const struct errs *told)
{
	for (size_t i = 0; i < told->count; i++) {
		const struct note *n = &told->notes[i];
		struct word at = { ps->lx->text + n->column - 1, n->width };

		if (n->warning)
			lex_warn(ps->lx, at, "%s", n->text);
		else
			parse_error(ps, at, n->code, "%s", n->text);
	}
}

static struct filter *compile(struct parse *ps, struct word text, struct expression *x)
{
	struct lex ours = *ps->lx;
	struct filter *f;
	struct err e = { 0 };
	struct errs told;
	char *copy;

	errs_init(&told);
	ours.at = (size_t)(text.p - ours.text);
	ours.len = ours.at + text.n;
	ours.errs = &told;
	f = filter_compile(&ours);
	if (!f && other_language && (copy = calloc(1, text.n + 1))) {	/* no strndup(): not every system has it */
		memcpy(copy, text.p, text.n);
		f = other_language(copy, &e);
		x->from_ip = f != NULL;
		free(copy);
	}
	if (!x->from_ip)
		pass_on(ps, &told);
	errs_fini(&told);
	return f;
}

static int filter_parse(struct parse *ps, struct part *p)
{
	struct expression *x;
	struct word name, text;

	if (!token_word(ps, &name) || !word_is(name, "filter"))
		return parse_error(ps, token_place(ps), ERR_LATER,
			"match: plug-ins are known, but not supported by this version; allowed is match filter 'EXPR'");
	ps->at++;
	if (!take_text(ps->lx, name, &text) || !text.n)
		return parse_error(ps, text.n ? text : token_place(ps), ERR_SYNTAX,
			"match filter: an expression in quotes is missing, as 'tcp.dport == 80'");
	while (ps->at < ps->count && ps->tokens[ps->at].w.p <= text.p + text.n)
		ps->at++;
	x = part_grow(ps, p, (sizeof(*x) + text.n + 7) & ~(size_t)7);
	if (!x)
		return ERR_NOMEM;
	x->bytes = text.n;
	memcpy(x->text, text.p, text.n);
	x->program = compile(ps, text, x);
	if (!x->program)
		return ERR_SYNTAX;
	filter_native(x->program);
	return 0;
}

static bool filter_match_run(const void *own, const struct rules_look *l)
{
	const struct expression *x = own;
	struct filter_look look = l->filter;
	uint32_t skip = x->from_ip ? l->view->l3_off : 0;

	if (x->from_ip && (!(l->view->has & VIEW_HAS_IP) || skip > look.len))
		return false;
	look.bytes += skip;
	look.len -= skip;
	look.wire -= skip < look.wire ? skip : look.wire;
	return (x->interpreted ? filter_interpret(x->program, &look) : filter_run(x->program, &look)) != 0;
}

static void filter_bind(void *own, const struct rule_site *at)
{
	struct expression *x = own;

	x->interpreted = at->interpreted;
}

static void filter_print(const struct part *p, struct str *to)
{
	const struct expression *x = p->own;
	char quote = memchr(x->text, '\'', (size_t)x->bytes) ? '"' : '\'';

	str_add(to, "filter %c%.*s%c", quote, (int)x->bytes, x->text, quote);
}

static void filter_free(void *own)
{
	struct expression *x = own;

	filter_release(x->program);
}

const struct rules_word match_filter = {
	.word = "match",	.kind = WORD_MATCH,
	.help = "match filter 'EXPR': the packet matches an expression (docs/filter.md), or one of libpcap's",
	.size = sizeof(struct expression),	.args = 1,
	.parse = filter_parse,	.run = filter_match_run,	.bind = filter_bind,	.cache = CACHE_P,
	.print = filter_print,	.free = filter_free,
};
