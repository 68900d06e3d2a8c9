/* rules/rules_change.c - commands applied in order to the list of rules that a new set will be made of.
 *
 * The list begins as the rules of the set before, and ends sorted by (number, id), rules of disabled sets behind the
 * others. In between it need not be in order: only the last number is asked for while rules are added, so that a script
 * of n lines costs O(n log n), and only what deletes, moves or clears walks the list. Rules are borrowed; nothing that
 * anybody else sees changes, so an error on the way costs nothing but the list.
 *
 * Every command that names rules must find them: what is deleted, cleared, moved or listed and does not exist is an
 * error at its place in the line. flush, and zero of all, are content with nothing. The default rule is not in the
 * list. It cannot be deleted or moved; its counters can be cleared. Control thread. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

#define STEP_DEFAULT 100	/* autoinc_step */
#define DEFAULT_SET 31		/* survives flush */
#define NEW UINT32_MAX		/* nth of a rule that has none yet */
#define FEW 16			/* new rules, which are put into the list one by one */

static __attribute__((format(printf, 6, 7))) void tell(struct change *ch, unsigned column, unsigned width, int code,
	const char *in_set, const char *fmt, ...)
{
	const struct rules_cmd *c = ch->cmd;
	struct place at = { c->file, c->line, column, width, c->source, strlen(c->source) };
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	errs_add(ch->errs, &at, code, "%s%s", text, in_set);
	ch->told++;
}

static int reserve(struct change *ch, size_t more)
{
	size_t room = ch->count + more > 2 * ch->room ? ch->count + more : 2 * ch->room;
	struct entry *es;

	if (ch->count + more <= ch->room)
		return 0;
	es = realloc(ch->entries, room * sizeof(*es));
	if (!es)
		return ERR_NOMEM;
	ch->entries = es;
	ch->room = room;
	return 0;
}

static void take_over(struct change *ch, const struct rules_set *from)
{
	for (uint32_t i = 0; i < from->total; i++) {
		const struct rule_cold *c = &from->cold[i];

		if (c->rule)
			ch->entries[ch->count++] = (struct entry){ c->id, c->rule, from->rules[i].number, c->nth,
				c->set, 0 };
	}
	ch->next_id = from->next_id;
	ch->disabled = from->disabled;
}

static uint32_t last_number(struct change *ch)
{
	if (!ch->last_known) {
		ch->last = 0;
		for (size_t i = 0; i < ch->count; i++)
			if (ch->entries[i].number > ch->last)
				ch->last = ch->entries[i].number;
		ch->last_known = true;
	}
	return ch->last;
}

/* The last number below 65535 plus the step, or that number itself when there is no room above it. */
static uint32_t next_number(struct change *ch)
{
	uint32_t last = last_number(ch);

	return last + ch->step < RULES_DEFAULT ? last + ch->step : last;
}

static struct place place_of(const struct change *ch, const struct table_ref *ref)
{
	const struct rules_cmd *c = ch->cmd;

	return (struct place){ c->file, c->line, ref->column, ref->width, c->source, strlen(c->source) };
}

/* A table that a new rule asks: of its type, or made of it, and warned of once. */
static int want_table(struct change *ch, const struct table_ref *ref)
{
	struct table_slot *s = tables_slot(ch->tables, ch->cmd->set, ref->name);
	const struct place at = place_of(ch, ref);
	const struct table_desc *is;

	if (!s)
		return ERR_NOMEM;
	if (!s->table && s->staged != ch->tables->check) {
		s->staged = ch->tables->check;
		tables_want_desc(ref, &s->would);
		errs_warn(ch->errs, &at, "table %s does not exist: it is made, of type %s", ref->name,
			table_type_name((enum table_type)ref->type));
	}
	is = s->table ? &s->table->desc : &s->would;
	if (is->type != ref->type)
		tell(ch, ref->column, ref->width, ERR_USAGE, "", "table %s is of type %s; this asks one of type %s",
			ref->name,
			table_type_name((enum table_type)is->type), table_type_name((enum table_type)ref->type));
	return 0;
}

static int want_tables(struct change *ch, const struct rule *r)
{
	int err = 0;

	for (size_t i = 0; ch->tables && i < r->count && !err; i++)
		if (part_table(&r->parts[i]))
			err = want_table(ch, part_table(&r->parts[i]));
	return err;
}

static int add(struct change *ch, struct rules_cmd *c)
{
	const struct part *action = &c->rule->action;

	c->number = c->given ? c->given : next_number(ch);
	if (action->word == &action_skipto && action->arg <= c->number)
		tell(ch, c->column, c->width, ERR_RANGE, "; to go back, use call",
			"skipto: %u is not above %u, the number this rule gets", action->arg, c->number);
	if (want_tables(ch, c->rule) || reserve(ch, 1))
		return ERR_NOMEM;
	ch->entries[ch->count++] = (struct entry){ ch->next_id++, c->rule, c->number, NEW, (uint8_t)c->set, 0 };
	if (c->number > last_number(ch))
		ch->last = c->number;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;	/* ids rise with insertion */
}

/* Which of its number a new rule is: ids rise, so it stands behind all that have theirs. */
static void number_new(struct change *ch, size_t i)
{
	struct entry *e = &ch->entries[i];

	if (e->nth == NEW)
		e->nth = i && e[-1].number == e->number ? e[-1].nth + 1 : 0;
}

/* The first `settled` entries are in order: the one behind them goes to its place there. */
static void insert_next(struct change *ch)
{
	struct entry e = ch->entries[ch->settled];
	size_t lo = 0, hi = ch->settled++;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_place(&ch->entries[mid], &e) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	memmove(&ch->entries[lo + 1], &ch->entries[lo], (ch->settled - 1 - lo) * sizeof(e));
	ch->entries[lo] = e;
	number_new(ch, lo);
}

/* Puts the list in order and numbers the new ones among the rules of their number. Before rules go, too: which dice a
 * rule has does not depend on how commands are batched. A few new ones are put where they belong, so that a script that
 * adds and deletes in turn does not sort all of it each time. */
static void settle(struct change *ch)
{
	if (ch->count - ch->settled > FEW) {
		qsort(ch->entries, ch->count, sizeof(*ch->entries), by_place);
		for (size_t i = 0; i < ch->count; i++)
			number_new(ch, i);
		ch->settled = ch->count;
	}
	while (ch->settled < ch->count)
		insert_next(ch);
}

/* Tells every number and range of the command that stands for no rule. */
static void must_exist(struct change *ch, const char *what)
{
	const struct rules_cmd *c = ch->cmd;
	char in_set[32] = "";

	if (c->in_set)
		snprintf(in_set, sizeof(in_set), " in set %u", c->set);
	for (size_t i = 0; i < c->count; i++) {
		const struct span *s = &c->spans[i];
		struct rules_cmd one = *c;
		bool found;

		one.spans = &c->spans[i];
		one.count = 1;
		found = c->kind != CMD_DELETE && cmd_wants(&one, RULES_DEFAULT, DEFAULT_SET);
		for (size_t k = 0; k < ch->count && !found; k++)
			found = cmd_wants(&one, ch->entries[k].number, ch->entries[k].set);
		if (!found && s->lo == s->hi)
			tell(ch, s->column, s->width, ERR_UNKNOWN, in_set, "%s: rule %u does not exist", what, s->lo);
		else if (!found)
			tell(ch, s->column, s->width, ERR_UNKNOWN, in_set, "%s: there are no rules %u-%u", what, s->lo,
				s->hi);
	}
}

static void delete_rules(struct change *ch)
{
	const struct rules_cmd *c = ch->cmd;
	size_t kept = 0;

	settle(ch);
	must_exist(ch, "delete");
	for (size_t i = 0; i < ch->count; i++)
		if (!cmd_wants(c, ch->entries[i].number, ch->entries[i].set))
			ch->entries[kept++] = ch->entries[i];
	if (kept == ch->count && !c->count)
		tell(ch, c->column, c->width, ERR_UNKNOWN, "", "delete: set %u has no rules", c->set);
	ch->count = ch->settled = kept;
	ch->last_known = false;
}

static void flush_rules(struct change *ch)
{
	const struct rules_cmd *c = ch->cmd;
	size_t kept = 0;

	settle(ch);
	for (size_t i = 0; i < ch->count; i++) {
		uint8_t set = ch->entries[i].set;

		if (c->in_set ? set != c->set : set == DEFAULT_SET)
			ch->entries[kept++] = ch->entries[i];
	}
	ch->count = ch->settled = kept;
	ch->last_known = false;
}

static void clear(struct change *ch, uint8_t what, const char *word)
{
	must_exist(ch, word);
	for (size_t i = 0; i < ch->count; i++)
		if (cmd_wants(ch->cmd, ch->entries[i].number, ch->entries[i].set))
			ch->entries[i].cleared |= what;
	if (cmd_wants(ch->cmd, RULES_DEFAULT, DEFAULT_SET))
		ch->default_cleared |= what;
}

static void swap_sets(struct change *ch)
{
	const struct rules_cmd *c = ch->cmd;

	for (size_t i = 0; i < ch->count; i++) {
		uint8_t set = ch->entries[i].set;

		if (set == c->from || set == c->to)
			ch->entries[i].set = (uint8_t)(set == c->from ? c->to : c->from);
	}
}

static void move_rules(struct change *ch)
{
	const struct rules_cmd *c = ch->cmd;

	must_exist(ch, "set move rule");
	for (size_t i = 0; i < ch->count; i++) {
		struct entry *e = &ch->entries[i];

		if (c->kind == CMD_SET_MOVE ? e->set == c->from : cmd_wants(c, e->number, e->set))
			e->set = (uint8_t)c->to;
	}
}

static int apply(struct change *ch, struct rules_cmd *c)
{
	ch->cmd = c;
	switch (c->kind) {
	case CMD_ADD:
		return add(ch, c);
	case CMD_DELETE:
		delete_rules(ch);
		break;
	case CMD_FLUSH:
		flush_rules(ch);
		break;
	case CMD_ZERO:
		clear(ch, CLEARED_COUNTS, "zero");
		break;
	case CMD_RESETLOG:
		clear(ch, CLEARED_LOG, "resetlog");
		break;
	case CMD_SET_ABLE:
		ch->disabled = (ch->disabled | c->disable) & ~c->enable;
		break;
	case CMD_SET_SWAP:
		swap_sets(ch);
		break;
	case CMD_SET_MOVE:
	case CMD_SET_MOVE_RULE:
		move_rules(ch);
		break;
	case CMD_LIST:
	case CMD_SHOW:
		must_exist(ch, c->kind == CMD_LIST ? "list" : "show");
		break;
	case CMD_SET_SHOW:
	case CMD_TABLE:
	case CMD_TABLE_ASK:
		break;
	}
	return 0;
}

/* Rules of disabled sets go behind the others; both stay in order. */
static int part(struct change *ch)
{
	struct entry *off = malloc((ch->count + 1) * sizeof(*off));
	size_t offs = 0;

	if (!off)
		return ERR_NOMEM;
	ch->active = 0;
	for (size_t i = 0; i < ch->count; i++) {
		if (ch->disabled >> ch->entries[i].set & 1)
			off[offs++] = ch->entries[i];
		else
			ch->entries[ch->active++] = ch->entries[i];
	}
	if (offs)
		memcpy(ch->entries + ch->active, off, offs * sizeof(*off));
	free(off);
	return 0;
}

int change_make(struct change *ch, const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds,
	size_t n, struct errs *errs)
{
	int err;

	*ch = (struct change){ .errs = errs, .next_id = 1, .step = cfg && cfg->step ? cfg->step : STEP_DEFAULT,
		.tables = cfg ? cfg->tables : NULL };
	if (ch->tables)
		ch->tables->check++;
	err = reserve(ch, (from ? from->total : 0) + n + 1);
	if (!err && from)
		take_over(ch, from);
	for (size_t i = 0; i < n && !err; i++)
		err = apply(ch, cmds[i]);
	if (err)
		return err;
	settle(ch);
	return part(ch);
}

void change_fini(struct change *ch)
{
	free(ch->entries);
}
