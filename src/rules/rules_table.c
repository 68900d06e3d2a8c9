/* rules/rules_table.c - a table: keys of one type, each with a row of values.
 *
 *      addr     two prefix tables, one a family           number   a prefix table of whole 32 bits
 *      mac      a prefix table, its 48 bits at the top    iface, flow   a hash (rules_table_exact.c)
 *                    | index of a row
 *                    v
 *      rows     | 64 rows | 128 rows | 256 ...            as many words as the columns have (rules_table_value.c)
 *
 * Rules ask while the table changes: every change is one store that a reader sees or not (base/prefix.h), and a key
 * gets another row, never another value in its row. What readers may still see is kept until they are past it. A row of
 * one word is mostly no row, but stands in the place of its index (rules_table_value.c).
 *
 * Cost: a lookup is that of base/prefix.h, and one cache line for the values where there are columns. Memory: about 9
 * bytes an IPv4 prefix of a legacy table. One thread changes. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/rcu.h"

static bool is_exact(const struct rules_table *t)
{
	return t->desc.type == TABLE_IFACE || t->desc.type == TABLE_FLOW;
}

static int init(struct rules_table *t, struct siphash_key key)
{
	if (is_exact(t))
		return exact_init(&t->exact, key);
	if (t->desc.type != TABLE_MAC && prefix4_init(&t->four))
		return ERR_NOMEM;
	return t->desc.type != TABLE_NUMBER ? prefix6_init(&t->six) : 0;
}

struct rules_table *table_new(const struct table_desc *d, struct siphash_key key)
{
	struct rules_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->desc = *d;
	t->values.words = value_words(d);
	if (!init(t, key))
		return t;
	table_free(t);
	return NULL;
}

void table_free(struct rules_table *t)
{
	if (!t)
		return;
	if (t->four.family)
		prefix_fini(&t->four);
	if (t->six.family)
		prefix_fini(&t->six);
	exact_fini(&t->exact);
	values_fini(&t->values);
	free(t);
}

static const struct prefix_table *prefixes(const struct rules_table *t, const struct table_key *k)
{
	return t->desc.type == TABLE_MAC || (t->desc.type == TABLE_ADDR && k->family == 6) ? &t->six : &t->four;
}

uint32_t table_get(const struct rules_table *t, const struct table_key *k)
{
	if (is_exact(t))
		return exact_find(&t->exact, k->bytes, k->len);
	return prefix_get(prefixes(t, k), k->prefix, k->len);
}

/* The first `len` bits. */
static struct prefix_key cut(struct prefix_key k, unsigned len)
{
	uint64_t mask[2];

	mask6_of(len, mask);
	return (struct prefix_key){ k.hi & mask[0], k.lo & mask[1] };
}

uint32_t table_lookup(const struct rules_table *t, struct table_key *k)
{
	uint32_t row = table_get(t, k);

	while (row == TABLE_NONE && !is_exact(t) && k->len) {
		k->prefix = cut(k->prefix, --k->len);
		row = table_get(t, k);
	}
	return row;
}

static int put(struct rules_table *t, const struct table_key *k, uint32_t row)
{
	if (is_exact(t))
		return exact_set(&t->exact, k->bytes, k->len, row);
	return prefix_set((struct prefix_table *)(uintptr_t)prefixes(t, k), k->prefix, k->len, row);
}

int table_set(struct rules_table *t, const struct table_key *k, const uint32_t *row)
{
	uint32_t old = table_get(t, k), i = values_put(&t->values, row);

	if (i == TABLE_NONE)
		return ERR_NOMEM;
	if (put(t, k, i)) {
		values_back(&t->values, i);
		return ERR_NOMEM;
	}
	if (old == TABLE_NONE)
		t->count++;
	else
		values_back(&t->values, old);
	return 0;
}

int table_remove(struct rules_table *t, const struct table_key *k)
{
	uint32_t row = table_get(t, k);

	if (is_exact(t))
		exact_remove(&t->exact, k->bytes, k->len);
	else if (prefix_remove((struct prefix_table *)(uintptr_t)prefixes(t, k), k->prefix, k->len))
		return ERR_NOMEM;
	values_back(&t->values, row);
	t->count--;
	return 0;
}

typedef void (*each_fn)(void *ctx, const struct table_key *k, const uint32_t *row);

struct walk {
	const struct rules_table *table;
	each_fn fn;
	void *ctx;
	uint8_t family;
	const struct exact_entry **entries;	/* in order */
	size_t count;
};

static void each_prefix(void *ctx, const struct prefix *p)
{
	const struct walk *w = ctx;
	struct table_key k = { .family = w->family, .len = p->len, .prefix = p->key };

	w->fn(w->ctx, &k, values_row(&w->table->values, &p->value));
}

static void collect(void *ctx, const struct exact_entry *e)
{
	struct walk *w = ctx;

	w->entries[w->count++] = e;
}

static void key_of(const struct exact_entry *e, struct table_key *k)
{
	*k = (struct table_key){ .len = (uint8_t)e->len_bytes };
	memcpy(k->bytes, e->key, e->len_bytes);
}

static int compare(enum table_type type, const void *a, const void *b)
{
	struct table_key x, y;

	key_of(*(const struct exact_entry *const *)a, &x);
	key_of(*(const struct exact_entry *const *)b, &y);
	return table_key_compare(type, &x, &y);
}

static int by_name(const void *a, const void *b) { return compare(TABLE_IFACE, a, b); }
static int by_flow(const void *a, const void *b) { return compare(TABLE_FLOW, a, b); }

static int each_exact(struct walk *w)
{
	struct table_key k;

	w->entries = malloc((w->table->count + 1) * sizeof(struct exact_entry *));
	if (!w->entries)
		return ERR_NOMEM;
	exact_each(&w->table->exact, collect, w);
	qsort(w->entries, w->count, sizeof(struct exact_entry *),
		w->table->desc.type == TABLE_FLOW ? by_flow : by_name);
	for (size_t i = 0; i < w->count; i++) {
		key_of(w->entries[i], &k);
		w->fn(w->ctx, &k, values_row(&w->table->values, &w->entries[i]->row));
	}
	free(w->entries);
	return 0;
}

int table_each(const struct rules_table *t, each_fn fn, void *ctx)
{
	struct walk w = { .table = t, .fn = fn, .ctx = ctx, .family = 4 };

	if (is_exact(t))
		return each_exact(&w);
	if (t->four.family)
		prefix_each(&t->four, each_prefix, &w);
	w.family = 6;
	if (t->six.family)
		prefix_each(&t->six, each_prefix, &w);
	return 0;
}

size_t table_bytes(const struct rules_table *t)
{
	return sizeof(*t) + t->four.bytes + t->six.bytes + t->exact.bytes + values_bytes(&t->values);
}
