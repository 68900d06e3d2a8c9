/* rules/rules_cmd.c - commands on rules that are there: what follows their first word, and their canonical text.
 *
 *      [set N] delete  NUMBERS         delete set N
 *      [set N] zero | resetlog  [NUMBERS]
 *      [set N] list | show | print  [FLAGS] [NUMBERS]
 *      [set N] flush
 *      set disable N... enable N...    set swap A B    set move A to B    set move rule NUMBER to B    set show
 *
 * NUMBERS are rule numbers and ranges of them, 100 200-300. Nothing happens here: whether a rule exists is known where
 * commands are applied (rules_change.c), which tells the error at the place kept here. Canonically the sets that are
 * disabled stand before those that are enabled, each list in order. Control thread. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

#define SETS 32
#define LAST_SET 31		/* of the default rule: cannot be disabled */

static bool is_digit(struct word w)
{
	return w.n && w.p[0] >= '0' && w.p[0] <= '9';
}

struct rules_cmd *cmd_new(enum cmd_kind kind)
{
	struct rules_cmd *c = calloc(1, sizeof(*c));

	if (c)
		c->kind = kind;
	return c;
}

void rules_cmd_free(struct rules_cmd *c)
{
	if (!c)
		return;
	rule_release(c->rule);
	table_cmd_free(c->table);
	free(c->spans);
	free(c->file);
	free(c->source);
	free(c);
}

bool rules_cmd_asks(const struct rules_cmd *c)
{
	return c->kind >= CMD_LIST;
}

const struct rules_show *rules_cmd_how(const struct rules_cmd *c)
{
	return &c->how;
}

bool cmd_wants(const struct rules_cmd *c, uint32_t number, uint32_t set)
{
	if (c->in_set && set != c->set)
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (number >= c->spans[i].lo && number <= c->spans[i].hi)
			return true;
	return !c->count;
}

int parse_set(struct parse *ps, uint32_t *set)
{
	uint64_t n = 0;
	struct word w;
	int err;

	if (!token_word(ps, &w) || !is_digit(w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "set: a number in 0..%u is missing", LAST_SET);
	ps->at++;
	err = parse_num(ps, w, "set", 0, LAST_SET, &n);
	*set = (uint32_t)n;
	return err;
}

static unsigned column_of(const struct parse *ps, struct word w)
{
	return (unsigned)(w.p - ps->lx->text) + 1;
}

/* "100", and where `ranges` "100-200" too. */
static int parse_ends(struct parse *ps, struct word w, bool ranges, uint64_t *lo, uint64_t *hi)
{
	const char *dash = ranges ? memchr(w.p, '-', w.n) : NULL;
	size_t at = dash ? (size_t)(dash - w.p) : w.n;
	int err = parse_num(ps, word_cut(w, 0, at), "rule number", 1, RULES_DEFAULT, lo);

	*hi = *lo;
	if (err || !dash)
		return err;
	if (at + 1 == w.n)
		return parse_error(ps, w, ERR_SYNTAX, "rule number: " WORD_FMT " has no upper end; allowed: N or N-M",
			WORD_ARGS(w));
	err = parse_num(ps, word_cut(w, at + 1, w.n), "rule number", 1, RULES_DEFAULT, hi);
	if (!err && *lo > *hi)
		return parse_error(ps, w, ERR_RANGE,
			"rule number: " WORD_FMT " is empty; the lower end of a range stands first", WORD_ARGS(w));
	return err;
}

static void parse_span(struct parse *ps, struct word w, bool ranges)
{
	struct rules_cmd *c = ps->cmd;
	struct span *spans = realloc(c->spans, (c->count + 1) * sizeof(*spans));
	uint64_t lo = 0, hi = 0;

	if (!spans) {
		parse_error(ps, w, ERR_NOMEM, "no memory for this command");
		return;
	}
	c->spans = spans;
	if (parse_ends(ps, w, ranges, &lo, &hi))
		return;
	if (c->kind == CMD_DELETE && lo == RULES_DEFAULT)
		parse_error(ps, w, ERR_RANGE, "delete: %u is the default rule, which stays", RULES_DEFAULT);
	else
		spans[c->count++] = (struct span){ (uint32_t)lo, (uint32_t)hi, column_of(ps, w), (unsigned)w.n };
}

static void parse_spans(struct parse *ps)
{
	struct word w;

	while (token_word(ps, &w) && is_digit(w)) {
		ps->at++;
		parse_span(ps, w, true);
	}
}

static void read_delete(struct parse *ps)
{
	struct rules_cmd *c = ps->cmd;
	struct word set;
	bool said = c->in_set;

	c->kind = CMD_DELETE;
	if (token_word(ps, &set) && token_take(ps, "set")) {
		if (said)
			parse_error(ps, set, ERR_TWICE, "set: said already");
		c->column = column_of(ps, set);
		c->width = 3;
		c->in_set = true;
		parse_set(ps, &c->set);
		return;
	}
	parse_spans(ps);
	if (!c->count && !ps->told)
		parse_error(ps, token_place(ps), ERR_SYNTAX,
			"delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush");
}

static void read_zero(struct parse *ps)
{
	ps->cmd->kind = CMD_ZERO;
	parse_spans(ps);
}

static void read_resetlog(struct parse *ps)
{
	ps->cmd->kind = CMD_RESETLOG;
	parse_spans(ps);
}

static void read_flush(struct parse *ps)
{
	ps->cmd->kind = CMD_FLUSH;
}

/* Numbers and flags, in any order. */
static void read_asked(struct parse *ps)
{
	struct word w;

	for (parse_spans(ps); token_word(ps, &w) && rules_flag(w); parse_spans(ps)) {
		ps->at++;
		if (rules_take_flag(ps->lx, w, &ps->cmd->how))
			ps->told++;
	}
}

static void read_list(struct parse *ps)
{
	ps->cmd->kind = CMD_LIST;
	read_asked(ps);
}

static void read_show(struct parse *ps)
{
	ps->cmd->kind = CMD_SHOW;
	read_asked(ps);
}

/* The sets behind "disable" or "enable". */
static void read_able(struct parse *ps, bool disable)
{
	struct rules_cmd *c = ps->cmd;
	uint32_t *to = disable ? &c->disable : &c->enable, other, n = 0;
	struct word w;

	do {
		w = token_place(ps);
		other = disable ? c->enable : c->disable;
		if (parse_set(ps, &n))
			return;
		if (disable && n == LAST_SET)
			parse_error(ps, w, ERR_RANGE, "set disable: %u is the default rule's and stays; allowed: 0..%u",
				LAST_SET, LAST_SET - 1);
		else if (other >> n & 1)
			parse_error(ps, w, ERR_TWICE, "set: %u cannot be both disabled and enabled", n);
		*to |= UINT32_C(1) << n;
	} while (token_word(ps, &w) && is_digit(w));
}

static void read_move(struct parse *ps)
{
	struct rules_cmd *c = ps->cmd;
	struct word w;

	c->kind = token_take(ps, "rule") ? CMD_SET_MOVE_RULE : CMD_SET_MOVE;
	if (c->kind == CMD_SET_MOVE) {
		if (parse_set(ps, &c->from))
			return;
	} else if (!token_word(ps, &w) || !is_digit(w)) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "set move rule: a rule number is missing");
		return;
	} else {
		ps->at++;
		parse_span(ps, w, false);
		if (c->count && c->spans[0].hi == RULES_DEFAULT)
			parse_error(ps, w, ERR_RANGE, "set move rule: %u is the default rule, which stays in set %u",
				RULES_DEFAULT, LAST_SET);
	}
	if (ps->told)
		return;
	if (!token_take(ps, "to"))
		parse_error(ps, token_place(ps), ERR_SYNTAX, "to is missing here; allowed: set move [rule] N to SET");
	else
		parse_set(ps, &c->to);
}

#define SET_WORDS "disable, enable, swap, move, show, or a number and a command"

static void read_set(struct parse *ps)
{
	struct rules_cmd *c = ps->cmd;

	if (token_is(ps, "disable") || token_is(ps, "enable")) {
		c->kind = CMD_SET_ABLE;
		while (!ps->told && (token_is(ps, "disable") || token_is(ps, "enable"))) {
			bool disable = token_is(ps, "disable");

			ps->at++;
			read_able(ps, disable);
		}
	} else if (token_take(ps, "swap")) {
		c->kind = CMD_SET_SWAP;
		if (!parse_set(ps, &c->from))
			parse_set(ps, &c->to);
	} else if (token_take(ps, "move")) {
		read_move(ps);
	} else if (token_take(ps, "show")) {
		c->kind = CMD_SET_SHOW;
	} else {
		parse_error(ps, token_place(ps), ERR_UNKNOWN, "set: allowed here: " SET_WORDS);
	}
}

static void print_sets(struct str *to, const char *word, uint32_t sets)
{
	if (!sets)
		return;
	str_add(to, " %s", word);
	for (unsigned i = 0; i < SETS; i++)
		if (sets >> i & 1)
			str_add(to, " %u", i);
}

static void print_set_cmd(struct str *to, const struct rules_cmd *c)
{
	str_add(to, "set");
	switch (c->kind) {
	case CMD_SET_ABLE:
		print_sets(to, "disable", c->disable);
		print_sets(to, "enable", c->enable);
		break;
	case CMD_SET_SWAP:
		str_add(to, " swap %u %u", c->from, c->to);
		break;
	case CMD_SET_MOVE:
		str_add(to, " move %u to %u", c->from, c->to);
		break;
	case CMD_SET_MOVE_RULE:
		str_add(to, " move rule %u to %u", c->spans[0].lo, c->to);
		break;
	default:
		str_add(to, " show");
	}
}

static void print_add(struct str *to, const struct rules_cmd *c)
{
	str_add(to, "add");
	if (c->number || c->given)
		str_add(to, " %u", c->number ? c->number : c->given);
	if (c->set)
		str_add(to, " set %u", c->set);
	str_add(to, " %s", c->rule->text);
}

static void print_spans(struct str *to, const struct rules_cmd *c)
{
	static const char *const verbs[] = {
		[CMD_DELETE] = "delete", [CMD_ZERO] = "zero", [CMD_RESETLOG] = "resetlog", [CMD_FLUSH] = "flush",
		[CMD_LIST] = "list", [CMD_SHOW] = "show",
	};
	bool behind = c->kind == CMD_DELETE && !c->count;

	if (c->in_set && !behind)
		str_add(to, "set %u ", c->set);
	str_add(to, "%s", verbs[c->kind]);
	if (behind)
		str_add(to, " set %u", c->set);
	flags_text(to, &c->how);
	for (size_t i = 0; i < c->count; i++) {
		str_add(to, " %u", c->spans[i].lo);
		if (c->spans[i].hi != c->spans[i].lo)
			str_add(to, "-%u", c->spans[i].hi);
	}
}

char *rules_cmd_print(const struct rules_cmd *c)
{
	struct str t = { 0 };

	if (c->kind == CMD_ADD)
		print_add(&t, c);
	else if (rules_cmd_tables(c))
		table_cmd_print(c, &t);
	else if ((c->kind >= CMD_SET_ABLE && c->kind <= CMD_SET_MOVE_RULE) || c->kind == CMD_SET_SHOW)
		print_set_cmd(&t, c);
	else
		print_spans(&t, c);
	return str_take(&t);
}

#define COMMAND(name, word_, read_, set_, help_) \
	const struct rules_word command_##name = { \
		.word = word_, .kind = WORD_COMMAND, .help = help_, .read = read_, .takes_set = set_ }

COMMAND(add, "add", parse_rule, true,
	"add [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY [// COMMENT]: adds a rule");
COMMAND(delete, "delete", read_delete, true, "delete NUMBERS, delete set N: deletes rules");
COMMAND(zero, "zero", read_zero, true, "[set N] zero [NUMBERS]: clears packets, bytes and time of rules");
COMMAND(resetlog, "resetlog", read_resetlog, true, "[set N] resetlog [NUMBERS]: clears log counts");
COMMAND(flush, "flush", read_flush, true, "[set N] flush: deletes all rules but those of set 31, or those of a set");
COMMAND(list, "list", read_list, true, "[set N] list [NUMBERS]: lists rules");
COMMAND(show, "show", read_show, true, "[set N] show [NUMBERS]: lists rules with counters");
COMMAND(set, "set", read_set, false, "set disable|enable N..., swap A B, move [rule] N to B, show: sets of rules");
