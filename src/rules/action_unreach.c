/* rules/action_unreach.c - reject, unreach CODE, unreach6 CODE: the packet ends, and its sender is told by ICMP.
 *
 * The rule only says what is to be answered; who may be answered, the bytes and the limit are the lane's
 * (lane/lane_answer.c, wire/answer.h). A packet of the other family just ends, as in ipfw, and so does a frame that
 * is judged at layer 2. `reject` is `unreach host`, and both print so. Codes: RFC 792, 1122 3.2.2.1, 1812 5.2.7.1;
 * RFC 4443 3.1. A code without a name is its number. */
#include "rules_int.h"

struct code_name {		/* ends with a NULL name */
	const char *name;
	uint8_t code;
};

static const struct code_name codes4[] = {
	{ "net", 0 }, { "host", 1 }, { "protocol", 2 }, { "port", 3 }, { "needfrag", 4 }, { "srcfail", 5 },
	{ "net-unknown", 6 }, { "host-unknown", 7 }, { "isolated", 8 }, { "net-prohib", 9 }, { "host-prohib", 10 },
	{ "tosnet", 11 }, { "toshost", 12 }, { "filter-prohib", 13 }, { "host-precedence", 14 },
	{ "precedence-cutoff", 15 }, { NULL, 0 },
};

static const struct code_name codes6[] = {
	{ "no-route", 0 }, { "admin-prohib", 1 }, { "address", 3 }, { "port", 4 }, { NULL, 0 },
};

enum { UNREACH_HOST = 1, UNREACH_CODE_MAX = 255 };

static const char *name_at(const void *codes, size_t i)
{
	return ((const struct code_name *)codes)[i].name;
}

static size_t count_names(const struct code_name *codes)
{
	size_t n = 0;

	while (codes[n].name)
		n++;
	return n;
}

static const struct code_name *find_name(const struct code_name *codes, struct word w)
{
	for (; codes->name; codes++)
		if (word_is(w, codes->name))
			return codes;
	return NULL;
}

static bool is_digit(struct word w)
{
	return w.p[0] >= '0' && w.p[0] <= '9';
}

static int unknown_code(struct parse *ps, struct word w, const struct code_name *codes)
{
	const char *near = lex_suggest(w, name_at, codes, count_names(codes));

	if (near)
		return parse_error(ps, w, ERR_UNKNOWN, WORD_FMT " is not a code; did you mean %s?", WORD_ARGS(w), near);
	return parse_error(ps, w, ERR_UNKNOWN, WORD_FMT " is not a code; allowed: 0..255, or a name such as %s",
		WORD_ARGS(w), codes[count_names(codes) - 1].name);
}

static int parse_code(struct parse *ps, struct part *p, const struct code_name *codes)
{
	uint8_t *code = part_grow(ps, p, sizeof(*code));
	const struct code_name *named;
	uint64_t n = 0;
	struct word w;
	int rc;

	if (!code)
		return ERR_NOMEM;
	if (!token_value(ps, &w) || !w.n || (proto_begins(w) && !is_digit(w)))
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"a code is missing here; allowed: 0..255, or a name such as %s",
			codes[count_names(codes) - 1].name);
	ps->at++;
	p->at = w;
	named = find_name(codes, w);
	if (named) {
		*code = named->code;
		return 0;
	}
	if (!is_digit(w))
		return unknown_code(ps, w, codes);
	rc = parse_num(ps, w, p->word->word, 0, UNREACH_CODE_MAX, &n);
	*code = (uint8_t)n;
	return rc;
}

static int unreach_parse(struct parse *ps, struct part *p)
{
	int rc = parse_code(ps, p, codes4);

	if (!rc && *(const uint8_t *)p->own == UNREACH_HOST)
		p->word = &action_reject;
	return rc;
}

static int unreach6_parse(struct parse *ps, struct part *p)
{
	return parse_code(ps, p, codes6);
}

static void print_code(const struct part *p, struct str *to, const struct code_name *codes)
{
	uint8_t code = *(const uint8_t *)p->own;

	while (codes->name && codes->code != code)
		codes++;
	if (codes->name)
		str_add(to, "%s", codes->name);
	else
		str_add(to, "%u", code);
}

static void unreach_print(const struct part *p, struct str *to)
{
	print_code(p, to, codes4);
}

static void unreach6_print(const struct part *p, struct str *to)
{
	print_code(p, to, codes6);
}

static enum rule_step unreach_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_UNREACH, *(const uint8_t *)own);
}

static enum rule_step unreach6_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_UNREACH6, *(const uint8_t *)own);
}

static enum rule_step reject_act(const void *own, struct rules_pass *x)
{
	return act_reply(x, RULES_UNREACH, UNREACH_HOST);
}

const struct rules_word action_reject = {
	.word = "reject",	.kind = WORD_ACTION,
	.help = "ends the packet and answers IPv4: host unreachable",
	.step = STEP_END,	.verdict = RULES_DENY,	.act = reject_act,
};

const struct rules_word action_unreach = {
	.word = "unreach",	.kind = WORD_ACTION,
	.help = "unreach CODE: ends the packet and answers IPv4: unreachable, with this code (0..255 or a name)",
	.size = sizeof(uint8_t),	.parse = unreach_parse,	.print = unreach_print,
	.step = STEP_END,	.verdict = RULES_DENY,	.act = unreach_act,
};

const struct rules_word action_unreach6 = {
	.word = "unreach6",	.kind = WORD_ACTION,
	.help = "unreach6 CODE: ends the packet and answers IPv6: unreachable, with this code (0..255 or a name)",
	.size = sizeof(uint8_t),	.parse = unreach6_parse,	.print = unreach6_print,
	.step = STEP_END,	.verdict = RULES_DENY,	.act = unreach6_act,
};
