/* rules/rules_table_run.c - commands on tables take effect.
 *
 * Each is done at once, on the lane's thread, between two packets; rules stand as they are. A batch is done key by key,
 * every wrong one told; `atomic add` is done to a copy that is published when all of it was right. Errors go to the
 * word of the line that is wrong. Cost: that of base/prefix.h a key; flush and atomic add make another table. */
#include "rules_table.h"

#include <string.h>

struct doing {
	struct rules_tables *ts;
	const struct rules_set *set;
	const struct rules_cmd *cmd;
	const struct table_cmd *c;
	struct lex lx;			/* its line, for places */
	struct table_slot *slot;	/* that of its name */
	size_t told;
};

/* Every error goes this way. */
#define tell(d, w, ...) ((d)->told++, lex_error(&(d)->lx, w, __VA_ARGS__))

static struct word name_of(const struct doing *d)
{
	return (struct word){ d->cmd->source + d->c->name_at, d->c->name_n };
}

static struct rules_table *table_of(const struct doing *d)
{
	return d->slot ? d->slot->table : NULL;
}

static void create(struct doing *d)
{
	struct rules_table *t = table_of(d);
	struct err e;

	if (t && d->c->or_flush && d->c->missing && !t->locked) {
		struct rules_table *empty = table_new(&t->desc, d->ts->key);

		if (empty)
			tables_publish(d->ts, d->slot, empty);
		else
			tell(d, name_of(d), ERR_NOMEM, "no memory for table %s", d->c->name);
		return;
	}
	if (t && d->c->missing)
		return;
	if (t) {
		tell(d, name_of(d), ERR_TWICE, "table create: %s exists; `missing` behind create lets it be",
			d->c->name);
		return;
	}
	d->slot = tables_slot(d->ts, d->cmd->set, d->c->name);
	if (!d->slot)
		tell(d, name_of(d), ERR_NOMEM, "no memory for table %s", d->c->name);
	else if (tables_make(d->ts, d->slot, &d->c->desc, &e))
		tell(d, name_of(d), e.code, "%s", e.text);
	else
		d->slot->table->locked = d->c->locked;
}

/* May what is in the table be changed? */
static bool is_open(struct doing *d, const struct table_slot *s, struct word at)
{
	if (!s->table->locked)
		return true;
	tell(d, at, ERR_USAGE, "table %s is locked", s->name);
	return false;
}

static void destroy(struct doing *d, struct table_slot *s)
{
	uint32_t n = tables_references(d->ts, d->set, s);

	if (n)
		tell(d, name_of(d), ERR_USAGE, "table destroy: %s is asked by %u rule%s", s->name, n, n > 1 ? "s" : "");
	else if (is_open(d, s, name_of(d)))
		tables_publish(d->ts, s, NULL);
}

static void flush(struct doing *d, struct table_slot *s)
{
	struct rules_table *empty;

	if (!is_open(d, s, name_of(d)))
		return;
	empty = table_new(&s->table->desc, d->ts->key);
	if (empty)
		tables_publish(d->ts, s, empty);
	else
		tell(d, name_of(d), ERR_NOMEM, "no memory for table %s", s->name);
}

static void do_whole(struct doing *d, struct table_slot *s)
{
	switch (d->c->verb) {
	case TABLE_DESTROY:
		destroy(d, s);
		break;
	case TABLE_FLUSH:
		flush(d, s);
		break;
	case TABLE_LOCK:
	case TABLE_UNLOCK:
		s->table->locked = d->c->verb == TABLE_LOCK;
		break;
	default:
		break;
	}
}

static void swap(struct doing *d)
{
	struct word at = { d->cmd->source + d->c->other_at, d->c->other_n };
	struct table_slot *a = d->slot, *b = tables_find(d->ts, d->cmd->set, d->c->other);
	struct rules_table *t;

	if (!b || !b->table) {
		tell(d, at, ERR_UNKNOWN, "table %s does not exist", d->c->other);
		return;
	}
	if (a->table->desc.type != b->table->desc.type || a->table->desc.flow != b->table->desc.flow ||
		a->table->desc.columns != b->table->desc.columns ||
		memcmp(a->table->desc.column, b->table->desc.column, a->table->desc.columns)) {
		tell(d, at, ERR_USAGE, "table swap: %s and %s differ in their type or in the kinds of their values",
			a->name,
			b->name);
		return;
	}
	if (!is_open(d, a, name_of(d)) || !is_open(d, b, at))
		return;
	t = a->table;
	rcu_publish(&a->table, b->table);
	rcu_publish(&b->table, t);
	tables_changed(d->ts, a);
	tables_changed(d->ts, b);
}

static struct word key_word(const struct doing *d, const struct table_item *i)
{
	return (struct word){ d->cmd->source + i->key, i->key_n };
}

static void add_item(struct doing *d, struct rules_table *t, const struct table_item *i)
{
	uint32_t row[VALUE_WORDS_MAX] = { 0 };
	struct word w = key_word(d, i), value = { d->cmd->source + i->value, i->value_n };
	struct table_key k;
	bool there;

	if (table_key_read(&d->lx, &t->desc, w, &k) || (value.n && value_read(&d->lx, &t->desc, value, row))) {
		d->told++;
		return;
	}
	there = table_get(t, &k) != TABLE_NONE;
	if (there && !d->cmd->how.quiet)
		tell(d, w, ERR_TWICE, "table add: " WORD_FMT " is there already; with -q its value changes",
			WORD_ARGS(w));
	else if (!there && t->desc.limit && t->count >= t->desc.limit)
		tell(d, w, ERR_NOMEM, "table add: the table has its limit of %u entries", t->desc.limit);
	else if (table_set(t, &k, row))
		tell(d, w, ERR_NOMEM, "no memory for this entry");
}

static void delete_item(struct doing *d, struct rules_table *t, const struct table_item *i)
{
	struct word w = key_word(d, i);
	struct table_key k;

	if (table_key_read(&d->lx, &t->desc, w, &k))
		d->told++;
	else if (table_get(t, &k) == TABLE_NONE && !d->cmd->how.quiet)
		tell(d, w, ERR_UNKNOWN, "table delete: " WORD_FMT " is not there", WORD_ARGS(w));
	else if (table_get(t, &k) != TABLE_NONE && table_remove(t, &k))
		tell(d, w, ERR_NOMEM, "no memory to take this entry out");
}

static void do_items(struct doing *d, struct rules_table *t)
{
	for (size_t i = 0; i < d->c->count; i++) {
		if (d->c->verb == TABLE_ADD)
			add_item(d, t, &d->c->items[i]);
		else
			delete_item(d, t, &d->c->items[i]);
	}
	tables_changed(d->ts, d->slot);
}

struct copying {
	struct rules_table *to;
	bool lost;
};

static void copy_entry(void *ctx, const struct table_key *k, const uint32_t *row)
{
	struct copying *c = ctx;

	c->lost |= table_set(c->to, k, row) != 0;
}

static void do_atomic(struct doing *d)
{
	struct rules_table *t = d->slot->table;
	struct copying c = { .to = table_new(&t->desc, d->ts->key) };

	if (!c.to || table_each(t, copy_entry, &c) || c.lost)
		tell(d, name_of(d), ERR_NOMEM, "no memory for table %s", d->slot->name);
	else
		do_items(d, c.to);
	if (d->told)
		table_free(c.to);
	else
		tables_publish(d->ts, d->slot, c.to);
}

/* A key is put into a table that nobody made: as ipfw does for old scripts, it is made, if its type can be told. */
static void make_for_key(struct doing *d)
{
	struct word w = key_word(d, &d->c->items[0]);
	struct table_desc desc;
	struct err e;

	if (!table_key_guess(w, &desc)) {
		tell(d, name_of(d), ERR_UNKNOWN, "table %s does not exist; table %s create type T makes it", d->c->name,
			d->c->name);
		return;
	}
	d->slot = tables_slot(d->ts, d->cmd->set, d->c->name);
	if (!d->slot)
		tell(d, name_of(d), ERR_NOMEM, "no memory for table %s", d->c->name);
	else if (tables_make(d->ts, d->slot, &desc, &e))
		tell(d, name_of(d), e.code, "%s", e.text);
	else
		lex_warn(&d->lx, name_of(d), "table %s does not exist: it is made, of type %s", d->c->name,
			table_type_name((enum table_type)desc.type));
}

static void run_named(struct doing *d)
{
	if (d->c->verb == TABLE_CREATE) {
		create(d);
		return;
	}
	if (!table_of(d) && d->c->verb == TABLE_ADD)
		make_for_key(d);
	else if (!table_of(d))
		tell(d, name_of(d), ERR_UNKNOWN, "table %s does not exist", d->c->name);
	if (!table_of(d))
		return;
	switch (d->c->verb) {
	case TABLE_MODIFY:
		d->slot->table->desc.limit = d->c->desc.limit;
		break;
	case TABLE_SWAP:
		swap(d);
		break;
	case TABLE_ADD:
	case TABLE_DELETE:
		if (!is_open(d, d->slot, name_of(d)))
			break;
		if (d->c->atomic && d->c->count > 1)
			do_atomic(d);
		else
			do_items(d, d->slot->table);
		break;
	default:
		do_whole(d, d->slot);
	}
}

bool rules_cmd_tables(const struct rules_cmd *c)
{
	return c->kind == CMD_TABLE || c->kind == CMD_TABLE_ASK;
}

bool rules_tables_wait(const struct rules_tables *ts, const struct rules_cmd *c)
{
	const struct table_cmd *t = c->table;
	const struct table_slot *s;

	if (t->all || (t->verb != TABLE_ADD && t->verb != TABLE_DELETE))
		return true;
	s = tables_find(ts, c->set, t->name);
	return !s || !s->table;
}

size_t rules_tables_run(struct rules_tables *ts, const struct rules_set *s, const struct rules_cmd *c, struct errs *es)
{
	struct doing d = { .ts = ts, .set = s, .cmd = c, .c = c->table };

	lex_line(&d.lx, c->file, c->line, c->source, strlen(c->source), es);
	if (!d.c->all) {
		d.slot = tables_find(ts, c->set, d.c->name);
		run_named(&d);
		return d.told;
	}
	for (size_t i = 0; i < ts->slots_count; i++)
		if (ts->slots[i]->table && (!c->in_set || !ts->by_set || ts->slots[i]->set == c->set))
			do_whole(&d, ts->slots[i]);
	return d.told;
}
