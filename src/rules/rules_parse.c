/* rules/rules_parse.c - a command, from its first word to the comment; and the rule that comes of it.
 *
 *      add [NUMBER] [set N] [prob P] ACTION [ARGUMENT] [log [logamount N]] [tag N] BODY [// COMMENT]
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

static void part_fini(struct part *p)
{
	if (p->word && p->word->free && p->own)
		p->word->free(p->own);
	free(p->own);
}

void rule_release(struct rule *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < r->count; i++)
		part_fini(&r->parts[i]);
	for (size_t i = 0; i < PARAMS; i++)
		part_fini(&r->params[i]);
	part_fini(&r->action);
	free(r->parts);
	free(r->comment);
	free(r->text);
	free(r);
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

static int parse_param(struct parse *ps, const struct rules_word *rw, struct word w)
{
	struct part *p = &ps->rule->params[rw->slot];
	int err;

	if (p->word) {
		skip_words(ps, rw->args);
		return parse_error(ps, w, ERR_TWICE, "%s: said already", rw->word);
	}
	*p = (struct part){ .word = rw, .at = w };
	err = rw->parse(ps, p);
	if (!err && p->unsaid) {
		part_fini(p);
		*p = (struct part){ 0 };
	}
	return err;
}

/* Parameters that stand before the action, or behind it. Each is read wherever it stands, and told where it should. */
static void parse_params(struct parse *ps, bool before_action)
{
	const struct rules_word *rw;
	struct word w;

	while (token_word(ps, &w) && (rw = word_find(WORD_PARAM, w))) {
		ps->at++;
		if (rw->when != WORD_NOW) {
			word_refuse(ps, rw, w);
			skip_words(ps, rw->args);
			continue;
		}
		if (before_action && rw->slot > PARAM_PROB)
			parse_error(ps, w, ERR_SYNTAX,
				"%s: stands behind the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY",
				rw->word);
		else if (!before_action && rw->slot <= PARAM_PROB)
			parse_error(ps, w, ERR_SYNTAX,
				"%s: stands before the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY",
				rw->word);
		parse_param(ps, rw, w);
	}
}

static int set_parse(struct parse *ps, struct part *p)
{
	if (ps->cmd->in_set) {	/* "set 3 add ..." */
		skip_words(ps, 1);
		return parse_error(ps, p->at, ERR_TWICE, "set: said already");
	}
	return parse_set(ps, &ps->cmd->set);
}

const struct rules_word param_set = {
	.word = "set",	.kind = WORD_PARAM,	.help = "set N: the set of the rule, 0..31; 0 unless said",
	.slot = PARAM_SET,	.args = 1,	.parse = set_parse,
};

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

/* Keeps the line, for errors that show when the command is applied. Returns false without memory. */
static bool keep_line(struct rules_cmd *c, const struct lex *lx)
{
	c->file = copy(lx->file ? lx->file : "", lx->file ? strlen(lx->file) : 0);
	c->source = copy(lx->text, lx->len);
	c->line = lx->line;
	return c->file && c->source;
}

static void keep_place(struct rules_cmd *c, const struct lex *lx, struct word w)
{
	c->column = (unsigned)(w.p - lx->text) + 1;
	c->width = (unsigned)w.n;
}

static void finish_rule(struct parse *ps)
{
	struct rule *r = ps->rule;

	if (ps->comment.p && ps->comment.n)
		r->comment = copy(ps->comment.p, ps->comment.n);
	facts_check(ps);
	if (arg_finish(ps))
		return;
	r->text = rule_print(r, PRINT_ALL, false);
	if (!r->text || (ps->comment.n && !r->comment))
		parse_error(ps, token_place(ps), ERR_NOMEM, "no memory for this rule");
}

/* The comment goes back to the user's terminal and into JSON as text: a NUL would end it early, unseen. */
static void check_comment(struct parse *ps)
{
	const char *nul = ps->comment.p && ps->comment.n ? memchr(ps->comment.p, '\0', ps->comment.n) : NULL;

	if (nul)
		parse_error(ps, (struct word){ nul, 1 }, ERR_SYNTAX, "a comment holds text, no NUL byte");
}

static void parse_body_of(struct parse *ps)
{
	size_t told = ps->told;

	parse_action(ps);
	parse_params(ps, false);
	if (ps->at < ps->count)
		parse_body(ps);
	else if (ps->told == told)	/* what was wrong may have been meant for it, or need none */
		parse_error(ps, token_place(ps), ERR_SYNTAX, "a body is missing here: ip from any to any, or options");
}

static struct rule *new_rule(void)
{
	struct rule *r = calloc(1, sizeof(*r));

	if (r) {
		atomic_init(&r->refs, 1);
		r->action.word = &action_count;
	}
	return r;
}

void parse_rule(struct parse *ps)
{
	ps->cmd->rule = ps->rule = new_rule();
	if (!ps->rule) {
		parse_error(ps, token_place(ps), ERR_NOMEM, "no memory for this rule");
		return;
	}
	parse_number(ps);
	check_comment(ps);
	parse_params(ps, true);
	if (ps->at == ps->count && ps->comment.p)	/* a comment alone */
		ps->rule->action = (struct part){ .word = &action_count, .at = ps->comment };
	else
		parse_body_of(ps);
	if (!ps->told) {
		keep_place(ps->cmd, ps->lx, ps->rule->action.at);
		finish_rule(ps);
	}
}

/* What is left where nothing may follow. */
static void parse_end(struct parse *ps)
{
	struct word w = token_place(ps);

	if (ps->told)
		return;
	if (ps->at < ps->count)
		parse_error(ps, w, ERR_SYNTAX, WORD_FMT " does not belong here", WORD_ARGS(w));
	else if (ps->cmd->kind != CMD_ADD && ps->comment.p)
		parse_error(ps, ps->comment.n ? ps->comment : w, ERR_SYNTAX, "a comment behind // belongs to a rule");
}

/* "set 3" before a command. NULL, told, where none follows that takes it. */
static const struct rules_word *parse_set_before(struct parse *ps)
{
	const struct rules_word *rw = NULL;
	struct word w;

	if (parse_set(ps, &ps->cmd->set))
		return NULL;
	ps->cmd->in_set = true;
	if (token_word(ps, &w))
		rw = word_find(WORD_COMMAND, w);
	if (rw && rw->takes_set) {
		ps->at++;
		return rw;
	}
	parse_error(ps, token_place(ps), ERR_SYNTAX,
		"a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush");
	return NULL;
}

static void parse_command(struct parse *ps, const struct rules_word *command)
{
	struct word w;

	if (tokens_read(ps))
		return;
	if (command == &command_set && token_word(ps, &w) && is_digit(w))
		command = parse_set_before(ps);
	if (!command)
		return;
	command->read(ps);
	parse_end(ps);
}

/* Do they say something that lists of rules alone have? */
static bool of_rules(const struct rules_show *how)
{
	return how->counters || how->sets || how->compact || how->brief || how->names || how->stamp;
}

/* Do the flags before it belong to the command? */
static bool flags_fit(const struct rules_cmd *c)
{
	return c->kind == CMD_LIST || c->kind == CMD_SHOW || (c->kind == CMD_TABLE_ASK && !of_rules(&c->how));
}

/* Flags before the command; `at`: the last of them that says something of a list. False: told. */
static bool take_flags(struct lex *lx, struct rules_show *how, struct word *at)
{
	struct word w;
	int rc = 0;

	while (lex_peek(lx, &w) && rules_flag(w)) {
		lex_next(lx, &w);
		rc |= rules_take_flag(lx, w, how);
		if (of_rules(how) || how->addresses)
			*at = w;
	}
	return !rc;
}

struct rules_cmd *rules_parse(struct lex *lx)
{
	struct parse ps = { .lx = lx };
	const struct rules_word *command;
	struct rules_show how = { 0 };
	struct word flag = { 0 }, first;

	if (!take_flags(lx, &how, &flag))
		return NULL;
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
	ps.cmd = cmd_new(CMD_ADD);
	if (!ps.cmd || !keep_line(ps.cmd, lx)) {
		rules_cmd_free(ps.cmd);
		lex_error(lx, first, ERR_NOMEM, "no memory for this command");
		return NULL;
	}
	ps.cmd->how = how;
	parse_command(&ps, command);
	if (flag.n && !ps.told && !flags_fit(ps.cmd))
		parse_error(&ps, flag, ERR_USAGE, WORD_FMT ": belongs to list and show of rules", WORD_ARGS(flag));
	free(ps.tokens);
	if (ps.told) {
		rules_cmd_free(ps.cmd);
		return NULL;
	}
	return ps.cmd;
}
