/* rules/rules_table_exact.c - a hash of keys that are bytes, which readers may ask while its owner changes it.
 *
 *      cells -> | mask | entry | 0 | gone | entry | ...        open addressing, linear probing, at most 3/4 used
 *
 * A key is an entry of its own that never changes but for its row, which is one store. A cell goes from free to an
 * entry, and from an entry to `gone`; another array of cells takes its place when 3/4 of them are not free. So a reader
 * sees every key that was there when it began and still is. What it may still look at is freed after a wait for
 * readers (base/rcu.h). Digests are SipHash's, its key the instance's: nobody can choose what collides.
 *
 * Cost: a digest, and about one and a half entries looked at. Limit: memory. Changes: one thread. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/rcu.h"

#define CELLS_MIN 8

struct exact_cells {
	size_t mask;
	struct exact_entry *cell[];	/* [R] */
};

static struct exact_entry gone;		/* an entry was here: probing goes on */

static struct exact_cells *cells_new(size_t n)
{
	struct exact_cells *c = calloc(1, sizeof(*c) + n * sizeof(struct exact_entry *));

	if (c)
		c->mask = n - 1;
	return c;
}

static size_t cells_bytes(size_t n)
{
	return sizeof(struct exact_cells) + n * sizeof(struct exact_entry *);
}

int exact_init(struct exact *x, struct siphash_key key)
{
	*x = (struct exact){ .key = key, .cells = cells_new(CELLS_MIN), .bytes = cells_bytes(CELLS_MIN) };
	return x->cells ? 0 : ERR_NOMEM;
}

void exact_fini(struct exact *x)
{
	for (size_t i = 0; x->cells && i <= x->cells->mask; i++)
		if (x->cells->cell[i] != &gone)
			free(x->cells->cell[i]);
	free(x->cells);
	*x = (struct exact){ 0 };
}

/* The entry of this key; NULL: there is none. *at: its cell, or the free one where the search ended. */
static struct exact_entry *probe(const struct exact_cells *c, uint64_t digest, const void *key, uint32_t len_bytes,
	size_t *at)
{
	struct exact_entry *e;

	for (*at = (size_t)digest & c->mask; (e = rcu_read(&c->cell[*at])); *at = (*at + 1) & c->mask)
		if (e->digest == digest && e->len_bytes == len_bytes && e != &gone && !memcmp(e->key, key, len_bytes))
			return e;
	return NULL;
}

uint32_t exact_find(const struct exact *x, const void *key, uint32_t len_bytes)
{
	size_t at;
	const struct exact_entry *e = probe(rcu_read(&x->cells), siphash13(&x->key, key, len_bytes), key, len_bytes,
		&at);

	return e ? __atomic_load_n(&e->row, __ATOMIC_ACQUIRE) : TABLE_NONE;	/* with exact_set() */
}

/* Room for one more: where 3/4 of the cells are used, others, as many as the entries want. */
static int make_room(struct exact *x)
{
	struct exact_cells *old = x->cells, *c;
	size_t n = CELLS_MIN, at;

	if ((x->used + 1) * 4 <= (old->mask + 1) * 3)
		return 0;
	while ((x->count + 1) * 2 > n)
		n *= 2;
	c = cells_new(n);
	if (!c)
		return ERR_NOMEM;
	for (size_t i = 0; i <= old->mask; i++) {
		struct exact_entry *e = old->cell[i];

		if (!e || e == &gone)
			continue;
		probe(c, e->digest, e->key, e->len_bytes, &at);
		c->cell[at] = e;
	}
	x->bytes += cells_bytes(n) - cells_bytes(old->mask + 1);
	x->used = x->count;
	rcu_publish(&x->cells, c);
	rcu_wait();
	free(old);
	return 0;
}

int exact_set(struct exact *x, const void *key, uint32_t len_bytes, uint32_t row)
{
	uint64_t digest = siphash13(&x->key, key, len_bytes);
	size_t at;
	struct exact_entry *e = probe(x->cells, digest, key, len_bytes, &at);

	if (e) {
		__atomic_store_n(&e->row, row, __ATOMIC_RELEASE);
		return 0;
	}
	e = make_room(x) ? NULL : malloc(sizeof(*e) + len_bytes);
	if (!e)
		return ERR_NOMEM;
	*e = (struct exact_entry){ .digest = digest, .row = row, .len_bytes = len_bytes };
	memcpy(e->key, key, len_bytes);
	probe(x->cells, digest, key, len_bytes, &at);
	rcu_publish(&x->cells->cell[at], e);
	x->count++;
	x->used++;
	x->bytes += sizeof(*e) + len_bytes;
	return 0;
}

void exact_remove(struct exact *x, const void *key, uint32_t len_bytes)
{
	size_t at;
	struct exact_entry *e = probe(x->cells, siphash13(&x->key, key, len_bytes), key, len_bytes, &at);

	rcu_publish(&x->cells->cell[at], &gone);
	x->count--;
	x->bytes -= sizeof(*e) + len_bytes;
	rcu_wait();
	free(e);
}

void exact_each(const struct exact *x, void (*fn)(void *ctx, const struct exact_entry *e), void *ctx)
{
	for (size_t i = 0; i <= x->cells->mask; i++)
		if (x->cells->cell[i] && x->cells->cell[i] != &gone)
			fn(ctx, x->cells->cell[i]);
}
