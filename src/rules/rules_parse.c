/* rules/rules_parse.c - a command, from its first word to the comment; and the rule that comes of it.
 *
 *      add [NUMBER] ACTION [ARGUMENT] BODY [// COMMENT]
 *
 * Numbers are 1..65534; 0 and none ask rules_build() for one; 65535 is the default rule's. A rule of a comment
 * alone is `count ip from any to any`. All errors of a line are told in one go: each step goes on where the one
 * before could read nothing, past the words that belong to what it refused. Without an error the rule is checked
 * (rules_facts.c), printed (rules_print.c) and from then on never changes. Control thread; costs some microseconds
 * a rule. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

struct rule *rule_hold(struct rule *r)
{
	atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
	return r;
}

void rule_release(struct rule *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < r->count; i++) {
		if (r->parts[i].word->free && r->parts[i].own)
			r->parts[i].word->free(r->parts[i].own);
		free(r->parts[i].own);
	}
	free(r->action.own);
	free(r->parts);
	free(r->comment);
	free(r->text);
	free(r);
}

void rules_cmd_free(struct rules_cmd *c)
{
	if (!c)
		return;
	rule_release(c->rule);
	free(c->file);
	free(c->source);
	free(c);
}

static bool is_digit(struct word w)
{
	return w.n && w.p[0] >= '0' && w.p[0] <= '9';
}

static void parse_number(struct parse *ps)
{
	uint64_t n = 0;
	struct word w;

	if (!token_word(ps, &w) || !is_digit(w))
		return;
	ps->at++;
	if (!parse_num(ps, w, "rule number", 0, 65534, &n))
		ps->cmd->given = (uint32_t)n;
}

static void skip_words(struct parse *ps, size_t n)
{
	struct word w;

	while (n-- && token_word(ps, &w))
		ps->at++;
}

/* Words that stand before the protocol and that this version refuses: set, prob, log, tag, … */
static void refuse_params(struct parse *ps, bool before_action)
{
	const struct rules_word *rw;
	struct word w;

	while (token_word(ps, &w) && (rw = word_find(WORD_PARAM, w))) {
		if (before_action && !word_is(w, "set") && !word_is(w, "prob"))
			parse_error(ps, w, ERR_SYNTAX,
				"%s: stands behind the action (deny %s …), and is not supported by this version",
				rw->word, rw->word);
		else
			word_refuse(ps, rw, w);
		ps->at++;
		skip_words(ps, rw->args);
		if (word_is(w, "log") && token_take(ps, "logamount"))
			skip_words(ps, 1);
	}
}

static bool begins_body(struct word w)
{
	return word_find(WORD_MATCH, w) || word_is(w, "from") || (proto_begins(w) && !word_find(WORD_ACTION, w));
}

static void parse_action(struct parse *ps)
{
	struct part *p = &ps->rule->action;
	const struct rules_word *rw;
	struct word w;

	if (!token_word(ps, &w) || begins_body(w)) {
		parse_error(ps, token_place(ps), ERR_SYNTAX,
			"an action is missing here: allow, deny, count, skipto N or pipe N");
		return;
	}
	rw = word_find(WORD_ACTION, w);
	ps->at++;
	if (!rw) {
		word_unknown(ps, WORD_ACTION, w, "an action");
		return;
	}
	if (rw->when != WORD_NOW) {
		word_refuse(ps, rw, w);
		skip_words(ps, rw->args);
		if (word_is(w, "check-state") && token_word(ps, &w) && w.n && w.p[0] == ':')
			ps->at++;
		return;
	}
	*p = (struct part){ .word = rw, .at = w };
	if (rw->parse)
		rw->parse(ps, p);
}

static char *copy(const char *p, size_t n)
{
	char *to = malloc(n + 1);

	if (to) {
		memcpy(to, p, n);
		to[n] = '\0';
	}
	return to;
}

/* Keeps the place of the action's argument. Returns false without memory. */
static bool keep_place(struct rules_cmd *c, const struct lex *lx, struct word w)
{
	c->file = copy(lx->file ? lx->file : "", lx->file ? strlen(lx->file) : 0);
	c->source = copy(lx->text, lx->len);
	c->line = lx->line;
	c->column = (unsigned)(w.p - lx->text) + 1;
	c->width = (unsigned)w.n;
	return c->file && c->source;
}

static void finish_rule(struct parse *ps)
{
	struct rule *r = ps->rule;
	bool good = keep_place(ps->cmd, ps->lx, r->action.at);

	if (ps->comment.p && ps->comment.n)
		r->comment = copy(ps->comment.p, ps->comment.n);
	facts_check(ps);
	r->text = rule_print(r);
	if (!r->text || !good || (ps->comment.n && !r->comment))
		parse_error(ps, token_place(ps), ERR_NOMEM, "no memory for this rule");
}

/* The comment goes back to the user's terminal and into JSON as text: a NUL would end it early, unseen. */
static void check_comment(struct parse *ps)
{
	const char *nul = ps->comment.p && ps->comment.n ? memchr(ps->comment.p, '\0', ps->comment.n) : NULL;

	if (nul)
		parse_error(ps, (struct word){ nul, 1 }, ERR_SYNTAX, "a comment holds text, no NUL byte");
}

static void parse_rule(struct parse *ps)
{
	size_t told;

	parse_number(ps);
	check_comment(ps);
	if (ps->at == ps->count && ps->comment.p) {	/* a comment alone */
		ps->rule->action = (struct part){ .word = &action_count, .at = ps->comment };
		return;
	}
	refuse_params(ps, true);
	told = ps->told;
	parse_action(ps);
	refuse_params(ps, false);
	if (ps->at < ps->count)
		parse_body(ps);
	else if (ps->told == told)	/* what was wrong may have been meant for it, or need none */
		parse_error(ps, token_place(ps), ERR_SYNTAX, "a body is missing here: ip from any to any, or options");
}

static struct rules_cmd *new_cmd(void)
{
	struct rules_cmd *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->rule = calloc(1, sizeof(*c->rule));
	if (!c->rule) {
		free(c);
		return NULL;
	}
	atomic_init(&c->rule->refs, 1);
	c->rule->action.word = &action_count;
	return c;
}

struct rules_cmd *rules_parse(struct lex *lx)
{
	struct parse ps = { .lx = lx };
	const struct rules_word *command;
	struct word first;

	if (!lex_next(lx, &first)) {
		lex_error(lx, lex_here(lx), ERR_SYNTAX, "a command is missing here");
		return NULL;
	}
	command = word_find(WORD_COMMAND, first);
	if (!command || command->when != WORD_NOW) {
		if (command)
			word_refuse(&ps, command, first);
		else
			word_unknown(&ps, WORD_COMMAND, first, "a command");
		return NULL;
	}
	ps.cmd = new_cmd();
	if (!ps.cmd) {
		lex_error(lx, first, ERR_NOMEM, "no memory for this rule");
		return NULL;
	}
	ps.rule = ps.cmd->rule;
	if (!tokens_read(&ps))
		parse_rule(&ps);
	if (!ps.told)
		finish_rule(&ps);
	free(ps.tokens);
	if (ps.told) {
		rules_cmd_free(ps.cmd);
		return NULL;
	}
	return ps.cmd;
}
