/* rules/rules_table_cmd.c - commands on tables: what follows `table`, and their canonical text.
 *
 *      [set N] table NAME create [type T] [valtype V,...] [algo A] [limit N] [locked] [missing] [or-flush]
 *              table NAME destroy | flush | lock | unlock | modify limit N | swap NAME
 *              table NAME [atomic] add KEY [VALUE] [KEY VALUE ...] | delete KEY ... | lookup KEY
 *              table NAME | all   list [-i] | info | detail | flush | destroy | lock | unlock
 *
 * Keys and values take turns, as in ipfw; the last value may be left out and is 0. What a key means depends on the type
 * of the table, which no line knows: keys are read when the command is done (rules_table_run.c), from the line kept
 * here. In canonical text addresses are masked and everything else is as it was written. Control thread. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

static const char *const verbs[] = {
	[TABLE_CREATE] = "create", [TABLE_DESTROY] = "destroy", [TABLE_MODIFY] = "modify", [TABLE_SWAP] = "swap",
	[TABLE_ADD] = "add", [TABLE_DELETE] = "delete", [TABLE_LOCK] = "lock", [TABLE_UNLOCK] = "unlock",
	[TABLE_FLUSH] = "flush", [TABLE_LOOKUP] = "lookup", [TABLE_LIST] = "list", [TABLE_INFO] = "info",
	[TABLE_DETAIL] = "detail",
};
enum { VERBS = sizeof(verbs) / sizeof(*verbs) };
#define VERB_LIST "create, destroy, modify, swap, [atomic] add, delete, lookup, lock, unlock, list, info, detail, flush"

static const char *const algos[TABLE_TYPES] = {
	"addr:radix", "iface:array", "number:array", "flow:hash", "mac:radix",
};

void table_cmd_free(struct table_cmd *c)
{
	if (c)
		free(c->items);
	free(c);
}

static uint32_t offset(const struct parse *ps, struct word w)
{
	return (uint32_t)(w.p - ps->lx->text);
}

int table_name_read(struct lex *lx, struct word w, char name[TABLE_NAME_MAX + 1])
{
	bool good = w.n && w.n <= TABLE_NAME_MAX;

	for (size_t i = 0; good && i < w.n; i++) {
		char c = w.p[i];

		good = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '.' ||
			c == '-';
	}
	if (!good)
		return lex_error(lx, w, ERR_SYNTAX, "table: " WORD_FMT
			" is not a name; allowed: 1..%u of A-Z a-z 0-9 _ . -", WORD_ARGS(w), TABLE_NAME_MAX);
	if (word_is(w, "all"))
		return lex_error(lx, w, ERR_SYNTAX, "table: all stands for every table, and names none");
	memcpy(name, w.p, w.n);
	name[w.n] = '\0';
	return 0;
}

static int read_name(struct parse *ps, struct word w, char name[TABLE_NAME_MAX + 1])
{
	int err = table_name_read(ps->lx, w, name);

	ps->told += err != 0;
	return err;
}

/* ---- create ---- */

static bool option_value(struct parse *ps, const char *what, const char *allowed, struct word *w)
{
	if (token_word(ps, w)) {
		ps->at++;
		return true;
	}
	parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: a value is missing; allowed: %s", what, allowed);
	return false;
}

#define TYPES "addr, iface, number, flow, flow:src-ip,proto,src-port,dst-ip,dst-port (or some of these), mac"

static void read_type(struct parse *ps, struct table_cmd *c)
{
	struct word w;

	c->has_type = true;
	if (option_value(ps, "type", TYPES, &w) && !table_type_read(w, &c->desc))
		parse_error(ps, w, ERR_UNKNOWN, "type: " WORD_FMT " is not a type of tables; allowed: " TYPES,
			WORD_ARGS(w));
}

#define COLUMNS "legacy, or a list of skipto pipe fib nat dscp tag divert netgraph limit ipv4 mark ipv6"

static void read_valtype(struct parse *ps, struct table_cmd *c)
{
	struct items it;
	struct word w, all;
	uint8_t column;

	if (!token_word(ps, &all)) {
		option_value(ps, "valtype", COLUMNS, &all);
		return;
	}
	ps->at++;
	it = (struct items){ .ps = ps, .left = all };
	while (items_next(&it, &w)) {
		bool twice = false;

		if (word_is(w, "legacy") && w.n == all.n)
			return;
		if (!value_column_read(w, &column)) {
			parse_error(ps, w, ERR_UNKNOWN,
				"valtype: " WORD_FMT " is not a kind of value; allowed: " COLUMNS,
				WORD_ARGS(w));
			return;
		}
		for (unsigned i = 0; i < c->desc.columns; i++)
			twice |= c->desc.column[i] == column;
		if (twice) {
			parse_error(ps, w, ERR_TWICE, "valtype: " WORD_FMT " stands there twice", WORD_ARGS(w));
			return;
		}
		c->desc.column[c->desc.columns++] = column;
	}
}

/* "masks=/24,/64": lengths of the prefixes of a table addr:hash, and of no others. */
static void read_masks(struct parse *ps, struct table_cmd *c)
{
	uint64_t four = 32, six = 128;
	struct word w, len;
	const char *comma;

	c->desc.hashed = true;
	c->desc.len4 = 32;
	c->desc.len6 = 128;
	if (!token_word(ps, &w) || w.n < 6 || memcmp(w.p, "masks=", 6))
		return;
	ps->at++;
	w = word_cut(w, 6, w.n);
	comma = w.n ? memchr(w.p, ',', w.n) : NULL;
	len = word_cut(w, 0, comma ? (size_t)(comma - w.p) : w.n);
	if (len.n > 1 && len.p[0] == '/')
		parse_num(ps, word_cut(len, 1, len.n), "masks", 0, 32, &four);
	else if (len.n || !comma)
		parse_error(ps, w, ERR_SYNTAX, "masks: allowed: masks=/24,/64, for IPv4 and IPv6");
	len = comma ? word_cut(w, len.n + 1, w.n) : (struct word){ NULL, 0 };
	if (len.n > 1 && len.p[0] == '/')
		parse_num(ps, word_cut(len, 1, len.n), "masks", 0, 128, &six);
	else if (comma)
		parse_error(ps, w, ERR_SYNTAX, "masks: allowed: masks=/24,/64, for IPv4 and IPv6");
	c->desc.len4 = (uint8_t)four;
	c->desc.len6 = (uint8_t)six;
}

static void read_algo(struct parse *ps, struct table_cmd *c)
{
	const char *own = algos[c->desc.type];
	struct word w;

	c->has_algo = true;
	if (!option_value(ps, "algo", own, &w))
		return;
	if (c->desc.type == TABLE_ADDR && word_is(w, "addr:hash"))
		read_masks(ps, c);
	else if (!word_is(w, own))
		parse_error(ps, w, ERR_UNKNOWN, "algo: " WORD_FMT " is none of type %s; allowed: %s%s", WORD_ARGS(w),
			table_type_name((enum table_type)c->desc.type), own,
			c->desc.type == TABLE_ADDR ? ", addr:hash masks=/V4,/V6" : "");
}

static void read_limit(struct parse *ps, struct table_cmd *c)
{
	uint64_t n = 0;
	struct word w;

	c->has_limit = true;
	if (!token_word(ps, &w)) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "limit: a number of entries is missing; 0 is no limit");
		return;
	}
	ps->at++;
	parse_num(ps, w, "limit", 0, UINT32_MAX - 1, &n);
	c->desc.limit = (uint32_t)n;
}

static void read_flag(struct parse *ps, bool *flag, struct word w)
{
	if (*flag)
		parse_error(ps, w, ERR_TWICE, WORD_FMT ": said already", WORD_ARGS(w));
	*flag = true;
}

static void read_create(struct parse *ps, struct table_cmd *c)
{
	struct word w;

	while (!ps->told && token_word(ps, &w)) {
		ps->at++;
		if (word_is(w, "locked"))
			read_flag(ps, &c->locked, w);
		else if (word_is(w, "missing"))
			read_flag(ps, &c->missing, w);
		else if (word_is(w, "or-flush"))
			read_flag(ps, &c->or_flush, w);
		else if (word_is(w, "type") && !c->has_type && !c->has_algo)
			read_type(ps, c);
		else if (word_is(w, "valtype") && !c->desc.columns)
			read_valtype(ps, c);
		else if (word_is(w, "algo") && !c->has_algo)
			read_algo(ps, c);
		else if (word_is(w, "limit") && !c->has_limit)
			read_limit(ps, c);
		else
			parse_error(ps, w, ERR_UNKNOWN,
				"table create: " WORD_FMT " does not belong here; allowed, each "
				"once: type T, valtype V, algo A (behind type), limit N, locked, missing, or-flush",
				WORD_ARGS(w));
	}
}

/* ---- entries ---- */

static struct table_item *add_item(struct parse *ps, struct table_cmd *c, struct word key)
{
	size_t room = c->room ? 2 * c->room : 1;
	struct table_item *items = c->items;

	if (c->count == c->room) {
		items = realloc(items, room * sizeof(*items));
		if (!items) {
			parse_error(ps, key, ERR_NOMEM, "no memory for this command");
			return NULL;
		}
		c->items = items;
		c->room = room;
	}
	items[c->count] = (struct table_item){ .key = offset(ps, key), .key_n = (uint32_t)key.n };
	return &items[c->count++];
}

static void read_items(struct parse *ps, struct table_cmd *c)
{
	struct table_item *item;
	struct word w;

	while (token_word(ps, &w) && (c->verb != TABLE_LOOKUP || !c->count)) {
		ps->at++;
		item = add_item(ps, c, w);
		if (!item)
			return;
		if (c->verb == TABLE_ADD && token_word(ps, &w)) {
			ps->at++;
			item->value = offset(ps, w);
			item->value_n = (uint32_t)w.n;
		}
	}
	if (!c->count)
		parse_error(ps, token_place(ps), ERR_SYNTAX, "table %s: a key is missing", verbs[c->verb]);
}

static void read_swap(struct parse *ps, struct table_cmd *c)
{
	struct word w;

	if (!token_word(ps, &w)) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "table swap: the name of the other table is missing");
		return;
	}
	ps->at++;
	c->other_at = offset(ps, w);
	c->other_n = (uint32_t)w.n;
	read_name(ps, w, c->other);
}

static void read_modify(struct parse *ps, struct table_cmd *c)
{
	if (token_take(ps, "limit"))
		read_limit(ps, c);
	else
		parse_error(ps, token_place(ps), ERR_SYNTAX, "table modify: allowed: limit N");
}

static void read_flags(struct parse *ps)
{
	struct rules_show *how = &ps->cmd->how;
	struct word w;

	while (token_word(ps, &w) && rules_flag(w)) {
		ps->at++;
		if (rules_take_flag(ps->lx, w, how))
			ps->told++;
		else if (how->counters || how->sets || how->compact || how->brief || how->names || how->stamp)
			parse_error(ps, w, ERR_USAGE, WORD_FMT ": belongs to list and show of rules", WORD_ARGS(w));
	}
}

static void read_rest(struct parse *ps, struct table_cmd *c)
{
	switch (c->verb) {
	case TABLE_CREATE:
		read_create(ps, c);
		break;
	case TABLE_MODIFY:
		read_modify(ps, c);
		break;
	case TABLE_SWAP:
		read_swap(ps, c);
		break;
	case TABLE_ADD:
	case TABLE_DELETE:
	case TABLE_LOOKUP:
		read_items(ps, c);
		break;
	case TABLE_LIST:
	case TABLE_INFO:
	case TABLE_DETAIL:
		read_flags(ps);
		break;
	case TABLE_DESTROY:
	case TABLE_FLUSH:
	case TABLE_LOCK:
	case TABLE_UNLOCK:
		break;
	}
}

static const char *verb_at(const void *ctx, size_t i)
{
	return verbs[i];
}

static bool read_verb(struct parse *ps, struct table_cmd *c)
{
	struct word w = token_place(ps);
	const char *near;
	unsigned i;

	if (token_take(ps, "atomic")) {
		c->atomic = true;
		if (!token_is(ps, "add")) {
			parse_error(ps, token_place(ps), ERR_SYNTAX, "table: atomic stands before add alone");
			return false;
		}
	}
	if (!token_word(ps, &w)) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "table: what is to be done? allowed: " VERB_LIST);
		return false;
	}
	for (i = 0; i < VERBS && !word_is(w, verbs[i]); i++)
		;
	if (i == VERBS) {
		near = lex_suggest(w, verb_at, NULL, VERBS);
		if (near)
			parse_error(ps, w, ERR_UNKNOWN, "table: " WORD_FMT " is not a command; did you mean %s?",
				WORD_ARGS(w),
				near);
		else
			parse_error(ps, w, ERR_UNKNOWN, "table: " WORD_FMT " is not a command; allowed: " VERB_LIST,
				WORD_ARGS(w));
		return false;
	}
	ps->at++;
	c->verb = (enum table_verb)i;
	return true;
}

static bool may_be_all(enum table_verb verb)
{
	return verb == TABLE_LIST || verb == TABLE_INFO || verb == TABLE_DETAIL || verb == TABLE_FLUSH ||
		verb == TABLE_DESTROY || verb == TABLE_LOCK || verb == TABLE_UNLOCK;
}

static void read_table(struct parse *ps)
{
	struct table_cmd *c = calloc(1, sizeof(*c));
	struct word w = token_place(ps);

	ps->cmd->kind = CMD_TABLE;
	ps->cmd->table = c;
	if (!c) {
		parse_error(ps, w, ERR_NOMEM, "no memory for this command");
		return;
	}
	if (!token_word(ps, &w)) {
		parse_error(ps, w, ERR_SYNTAX, "table: a name is missing, or all");
		return;
	}
	ps->at++;
	c->name_at = offset(ps, w);
	c->name_n = (uint32_t)w.n;
	c->all = word_is(w, "all");
	if ((!c->all && read_name(ps, w, c->name)) || !read_verb(ps, c))
		return;
	if (c->all && !may_be_all(c->verb))
		parse_error(ps, w, ERR_SYNTAX, "table: %s is done to one table by its name, not to all",
			verbs[c->verb]);
	else
		read_rest(ps, c);
	if (!ps->told && c->verb >= TABLE_LOOKUP)
		ps->cmd->kind = CMD_TABLE_ASK;
}

/* ---- printing ---- */

static void print_key(const struct rules_cmd *cmd, const struct table_item *i, struct str *to)
{
	struct word w = { cmd->source + i->key, i->key_n };
	struct table_desc d;
	struct table_key k;
	struct str t = { 0 };
	struct lex lx;

	lex_line(&lx, "", 0, cmd->source, 0, NULL);
	if (!table_key_guess(w, &d) || d.type == TABLE_NUMBER || table_key_read(&lx, &d, w, &k)) {
		str_addn(to, w.p, w.n);
		return;
	}
	table_key_print(&d, &k, &t);
	if (t.p && !memchr(w.p, '/', w.n))
		t.p[strcspn(t.p, "/")] = '\0';
	str_add(to, "%s", t.p ? t.p : "");
	to->lost |= t.lost;
	free(t.p);
}

static void print_create(const struct table_cmd *c, struct str *to)
{
	if (c->has_type) {
		str_add(to, " type ");
		table_type_print(&c->desc, to);
	}
	for (unsigned i = 0; i < c->desc.columns; i++)
		str_add(to, "%s%s", i ? "," : " valtype ", value_column_name((enum value_use)c->desc.column[i]));
	if (c->has_algo && c->desc.hashed)
		str_add(to, " algo addr:hash masks=/%u,/%u", c->desc.len4, c->desc.len6);
	else if (c->has_algo)
		str_add(to, " algo %s", algos[c->desc.type]);
	if (c->has_limit)
		str_add(to, " limit %u", c->desc.limit);
	str_add(to, "%s%s%s", c->locked ? " locked" : "", c->missing ? " missing" : "",
		c->or_flush ? " or-flush" : "");
}

void table_cmd_print(const struct rules_cmd *cmd, struct str *to)
{
	const struct table_cmd *c = cmd->table;

	if (cmd->how.quiet)
		str_add(to, "-q ");
	if (cmd->in_set)
		str_add(to, "set %u ", cmd->set);
	str_add(to, "table %s %s%s", c->all ? "all" : c->name, c->atomic ? "atomic " : "", verbs[c->verb]);
	flags_text(to, &cmd->how);
	if (c->verb == TABLE_CREATE)
		print_create(c, to);
	if (c->verb == TABLE_SWAP)
		str_add(to, " %s", c->other);
	if (c->verb == TABLE_MODIFY)
		str_add(to, " limit %u", c->desc.limit);
	for (size_t i = 0; i < c->count; i++) {
		const struct table_item *item = &c->items[i];

		str_add(to, " ");
		print_key(cmd, item, to);
		if (item->value_n) {
			str_add(to, " ");
			str_addn(to, cmd->source + item->value, item->value_n);
		}
	}
}

const struct rules_word command_table = {
	.word = "table",	.kind = WORD_COMMAND,	.read = read_table,	.takes_set = true,
	.help = "table NAME create, destroy, modify, swap, add, delete, lookup, list, info, flush: tables for rules",
};
