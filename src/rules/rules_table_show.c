/* rules/rules_table_show.c - what `table` answers: list, info, detail, lookup, in ipfw's form.
 *
 *      --- table(web), set(0) ---              before each, of info, detail and of all
 *      10.0.0.0/8 100                          list, lookup: a key and its values, keys in their order
 *       kindex: 1, type: addr                  info
 *       references: 2, valtype: legacy
 *       algorithm: addr:radix
 *       items: 1, size: 1920
 *
 * Sizes are bytes as asked of malloc: those of a machine of 64 bits are not those of one of 32.
 * Tables stand in the order of (set, name). Control thread. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

struct listing {
	const struct rules_tables *ts;
	const struct rules_set *set;
	const struct table_desc *desc;
	const struct rules_show *how;
	struct str *to;
};

uint32_t tables_references(const struct rules_tables *ts, const struct rules_set *s, const struct table_slot *slot)
{
	uint32_t n = 0;

	for (uint32_t i = 0; s && i < s->total; i++) {
		const struct rule *r = s->cold[i].rule;
		bool asks = false;

		for (size_t k = 0; r && k < r->count; k++) {
			const struct table_ref *ref = part_table(&r->parts[k]);

			asks |= ref && tables_find(ts, s->cold[i].set, ref->name) == slot;
		}
		n += asks;
	}
	return n;
}

static void print_entry(void *ctx, const struct table_key *k, const uint32_t *row)
{
	const struct listing *l = ctx;

	table_key_print(l->desc, k, l->to);
	str_addn(l->to, " ", 1);
	value_print(l->desc, row, l->how->addresses, l->to);
	str_addn(l->to, "\n", 1);
}

static const char *algorithm(const struct table_desc *d)
{
	static const char *const own[TABLE_TYPES] = { "addr:radix", "iface:array", "number:array", "flow:hash",
		"mac:radix" };

	return d->hashed ? "addr:hash" : own[d->type];
}

static void print_info(const struct listing *l, const struct table_slot *s)
{
	const struct rules_table *t = s->table;
	struct str *to = l->to;

	str_add(to, " kindex: %u, type: ", s->index);
	table_type_print(&t->desc, to);
	str_add(to, "%s\n references: %u, valtype: %s", t->locked ? ", locked" : "",
		tables_references(l->ts, l->set, s), t->desc.columns ? "" : "legacy");
	for (unsigned i = 0; i < t->desc.columns; i++)
		str_add(to, "%s%s", i ? "," : "", value_column_name((enum value_use)t->desc.column[i]));
	str_add(to, "\n algorithm: %s", algorithm(&t->desc));
	if (t->desc.hashed)
		str_add(to, " masks=/%u,/%u", t->desc.len4, t->desc.len6);
	str_add(to, "\n items: %zu, size: %zu\n", t->count, table_bytes(t));
	if (t->desc.limit)
		str_add(to, " limit: %u\n", t->desc.limit);
}

static void print_detail(const struct listing *l, const struct rules_table *t)
{
	if (t->four.family)
		str_add(l->to, " %s\n  items: %zu, size: %zu\n",
			t->desc.type == TABLE_ADDR ? "IPv4 prefixes" : "numbers", t->four.count, t->four.bytes);
	if (t->six.family)
		str_add(l->to, " %s\n  items: %zu, size: %zu\n",
			t->desc.type == TABLE_ADDR ? "IPv6 prefixes" : "addresses", t->six.count, t->six.bytes);
	if (!t->four.family && !t->six.family)
		str_add(l->to, " hash\n  items: %zu, size: %zu\n", t->exact.count, t->exact.bytes);
	str_add(l->to, " values\n  size: %zu\n", values_bytes(&t->values));
}

static void print_table(struct listing *l, const struct table_slot *s, enum table_verb verb, bool headed)
{
	if (headed)
		str_add(l->to, "--- table(%s), set(%u) ---\n", s->name, s->set);
	l->desc = &s->table->desc;
	if (verb == TABLE_LIST) {
		l->to->lost |= table_each(s->table, print_entry, l) != 0;
		return;
	}
	print_info(l, s);
	if (verb == TABLE_DETAIL)
		print_detail(l, s->table);
}

static int by_name(const void *a, const void *b)
{
	const struct table_slot *x = *(const struct table_slot *const *)a, *y = *(const struct table_slot *const *)b;

	return x->set != y->set ? (x->set < y->set ? -1 : 1) : strcmp(x->name, y->name);
}

static void print_all(struct listing *l, const struct rules_cmd *c)
{
	const struct table_slot **all = malloc((l->ts->slots_count + 1) * sizeof(struct table_slot *));
	size_t n = 0;

	l->to->lost |= !all;
	for (size_t i = 0; all && i < l->ts->slots_count; i++)
		if (l->ts->slots[i]->table && (!c->in_set || l->ts->slots[i]->set == c->set))
			all[n++] = l->ts->slots[i];
	if (n)
		qsort(all, n, sizeof(struct table_slot *), by_name);
	for (size_t i = 0; i < n; i++)
		print_table(l, all[i], c->table->verb, true);
	free(all);
}

static int print_found(struct listing *l, const struct rules_cmd *c, const struct table_slot *s, struct lex *lx)
{
	const struct table_item *i = &c->table->items[0];
	struct word w = { c->source + i->key, i->key_n };
	struct table_key k;
	uint32_t row;

	l->desc = &s->table->desc;
	if (table_key_read(lx, l->desc, w, &k))
		return ERR_SYNTAX;
	row = table_lookup(s->table, &k);
	if (row == TABLE_NONE)
		return lex_error(lx, w, ERR_UNKNOWN, "table lookup: " WORD_FMT " is not there", WORD_ARGS(w));
	print_entry(l, &k, values_row(&s->table->values, &row));
	return 0;
}

char *rules_tables_show(const struct rules_tables *ts, const struct rules_set *set, const struct rules_cmd *c,
	struct errs *es)
{
	const struct table_cmd *t = c->table;
	const struct table_slot *s = t->all ? NULL : tables_find(ts, c->set, t->name);
	struct str text = { 0 };
	struct listing l = { .ts = ts, .set = set, .how = &c->how, .to = &text };
	struct lex lx;
	char *all;
	int rc = 0;

	lex_line(&lx, c->file, c->line, c->source, strlen(c->source), es);
	if (t->all)
		print_all(&l, c);
	else if (!s || !s->table)
		rc = lex_error(&lx, (struct word){ c->source + t->name_at, t->name_n }, ERR_UNKNOWN,
			"table %s does not exist", t->name);
	else if (t->verb == TABLE_LOOKUP)
		rc = print_found(&l, c, s, &lx);
	else
		print_table(&l, s, t->verb, t->verb != TABLE_LIST);
	all = str_take(&text);
	if (!rc && !all)
		errs_add(es, NULL, ERR_NOMEM, "no memory to list tables");
	if (!rc)
		return all;
	free(all);
	return NULL;
}
