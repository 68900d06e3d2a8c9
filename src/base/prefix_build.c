/* prefix_build.c - making, walking and freeing the nodes and buckets of a prefix table (prefix.c has the theory).
 *
 * A node is made from a list in order, in one pass: first what they all share is skipped, then those that end among the
 * node's bits go into its heap, and each run that falls into one slot is built in turn. The writer's thread. */
#include "base/prefix_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/rcu.h"

#define ROOT_BITS_MIN 4
#define BITS_MIN 2

size_t prefix_node_bytes(unsigned bits)
{
	size_t slots = (size_t)1 << bits, words = (2 * slots + 63) / 64;

	return sizeof(struct prefix_node) + slots * (sizeof(uintptr_t) + 2 * sizeof(uint32_t)) + words * 8;
}

size_t prefix_slot_bytes(const struct prefix_family *f, uintptr_t slot)
{
	const struct prefix_bucket *b = prefix_bucket(slot);

	if (!slot)
		return 0;
	return slot & PREFIX_IS_BUCKET ? f->bucket_bytes(b->n, b->n_long) : prefix_node_bytes(prefix_node(slot)->bits);
}

unsigned prefix_bits_for(size_t count, unsigned pos, unsigned width)
{
	unsigned bits = pos ? BITS_MIN : ROOT_BITS_MIN;

	while (count > (size_t)8 << bits && bits < PREFIX_BITS_MAX)
		bits++;
	return bits < width - pos ? bits : width - pos;
}

void prefix_allot(struct prefix_node *n, uint32_t place, bool own, uint32_t value)
{
	if (own)
		n->own[place / 64] |= (uint64_t)1 << place % 64;
	else
		n->own[place / 64] &= ~((uint64_t)1 << place % 64);
	__atomic_store_n(&n->best[place], value, __ATOMIC_RELEASE);	/* with the lookup's acquire */
	if (place >> n->bits)
		return;
	for (uint32_t below = 2 * place; below <= 2 * place + 1; below++)	/* as deep as the node has bits */
		if (!prefix_owns(n, below))
			prefix_allot(n, below, false, value);
}

static void sort_longest_first(struct prefix *list, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct prefix p = list[i];
		unsigned at = i;

		for (; at && list[at - 1].len < p.len; at--)
			list[at] = list[at - 1];
		list[at] = p;
	}
}

uintptr_t prefix_bucket_of(struct prefix_table *t, const struct prefix *list, unsigned n, unsigned pos)
{
	struct prefix sorted[PREFIX_BUCKET];
	struct prefix_bucket *b;
	unsigned n_long = 0;
	size_t bytes;

	BUG_ON(n > PREFIX_BUCKET);
	memcpy(sorted, list, n * sizeof(*list));
	sort_longest_first(sorted, n);
	while (n_long < n && sorted[n_long].len - pos >= 64)
		n_long++;
	bytes = t->family->bucket_bytes(n, n_long);
	b = malloc(bytes);
	if (!b)
		return 0;
	*b = (struct prefix_bucket){ .n = (uint8_t)n, .n_long = (uint8_t)n_long, .pos = (uint8_t)pos };
	for (unsigned i = 0; i < n; i++)
		t->family->put(b, i, &sorted[i]);
	t->bytes += bytes;
	return (uintptr_t)b | PREFIX_IS_BUCKET;
}

static struct prefix_node *node_make(struct prefix_table *t, unsigned pos, unsigned bits, struct prefix_key key,
	size_t n)
{
	size_t slots = (size_t)1 << bits, words = (2 * slots + 63) / 64;
	struct prefix_node *node = calloc(1, prefix_node_bytes(bits));

	if (!node)
		return NULL;
	node->key = prefix_cut(key, pos);
	node->count = (uint32_t)n;
	node->pos = (uint8_t)pos;
	node->bits = (uint8_t)bits;
	node->own = (uint64_t *)(void *)((char *)node + sizeof(*node) + slots * sizeof(uintptr_t));
	node->best = (uint32_t *)(node->own + words);
	memset(node->best, 0xff, 2 * slots * sizeof(uint32_t));		/* PREFIX_NONE */
	t->bytes += prefix_node_bytes(bits);
	return node;
}

/* How many bits they all have, and all share. */
static unsigned shared_bits(const struct prefix *list, size_t n)
{
	struct prefix_key a = list[0].key, b = list[n - 1].key;
	unsigned shared = a.hi != b.hi ? (unsigned)__builtin_clzll(a.hi ^ b.hi) :
		a.lo != b.lo ? 64 + (unsigned)__builtin_clzll(a.lo ^ b.lo) : 128;

	for (size_t i = 0; i < n; i++)
		if (list[i].len < shared)
			shared = list[i].len;
	return shared;
}

/* Each run of the list that falls into one slot of the node. */
static bool fill(struct prefix_table *t, struct prefix_node *node, const struct prefix *list, size_t n)
{
	unsigned end = node->pos + node->bits;

	for (size_t i = 0, run; i < n; i += run) {
		uint64_t slot;

		run = 1;
		if (list[i].len <= end) {
			prefix_allot(node, prefix_place(node, list[i].key, list[i].len), true, list[i].value);
			continue;
		}
		slot = prefix_bits(list[i].key, node->pos, node->bits);
		while (i + run < n && prefix_bits(list[i + run].key, node->pos, node->bits) == slot)
			run++;
		if (!prefix_build(t, list + i, run, end, &node->child[slot]))
			return false;
	}
	return true;
}

bool prefix_build(struct prefix_table *t, const struct prefix *list, size_t n, unsigned pos, uintptr_t *slot)
{
	unsigned width = t->family->width;
	struct prefix_node *node;
	unsigned from;

	*slot = 0;
	if (pos && !n)
		return true;
	if (pos && n <= PREFIX_BUCKET) {
		*slot = prefix_bucket_of(t, list, (unsigned)n, pos);
		return *slot != 0;
	}
	from = pos ? shared_bits(list, n) : 0;
	node = node_make(t, from, prefix_bits_for(n, from, width), n ? list[0].key : (struct prefix_key){ 0, 0 }, n);
	if (!node)
		return false;
	*slot = (uintptr_t)node;
	if (fill(t, node, list, n))
		return true;
	prefix_free(t, *slot);
	*slot = 0;	/* it may lie in a node above, which is freed next */
	return false;
}

void prefix_free(struct prefix_table *t, uintptr_t slot)
{
	t->bytes -= prefix_slot_bytes(t->family, slot);
	if (slot & PREFIX_IS_BUCKET) {
		free(prefix_bucket(slot));
		return;
	}
	if (!slot)
		return;
	for (size_t i = 0; i < (size_t)1 << prefix_node(slot)->bits; i++)
		if (prefix_node(slot)->child[i])
			prefix_free(t, prefix_node(slot)->child[i]);
	free(prefix_node(slot));
}

struct walk {
	const struct prefix_family *family;
	void (*fn)(void *ctx, const struct prefix *p);
	void *ctx;
};

static void below_bucket(const struct walk *w, const struct prefix_bucket *b, struct prefix_key base)
{
	struct prefix list[PREFIX_BUCKET];

	for (unsigned i = 0; i < b->n; i++) {
		struct prefix p = w->family->at(b, i, base);
		unsigned at = i;

		for (; at; at--) {
			const struct prefix *q = &list[at - 1];

			if (q->key.hi != p.key.hi ? q->key.hi < p.key.hi :
				q->key.lo != p.key.lo ? q->key.lo < p.key.lo : q->len < p.len)
				break;
			list[at] = *q;
		}
		list[at] = p;
	}
	for (unsigned i = 0; i < b->n; i++)
		w->fn(w->ctx, &list[i]);
}

static void below_slot(const struct walk *w, uintptr_t slot, struct prefix_key base);

/* A place of a heap, then what is below its two halves: the order of (key, len). */
static void below_place(const struct walk *w, const struct prefix_node *n, uint32_t place)
{
	unsigned rest = 31 - (unsigned)__builtin_clz(place), len = n->pos + rest;
	uint64_t top = rest ? (uint64_t)(place ^ 1u << rest) << (64 - rest) : 0;
	struct prefix p = { .key = n->key, .value = n->best[place], .len = (uint8_t)len };

	if (n->pos >= 64)
		p.key.lo |= top >> (n->pos - 64);
	else if (n->pos) {
		p.key.hi |= top >> n->pos;
		p.key.lo |= top << (64 - n->pos);
	} else {
		p.key.hi |= top;
	}
	if (prefix_owns(n, place))
		w->fn(w->ctx, &p);
	if (rest < n->bits) {
		below_place(w, n, 2 * place);
		below_place(w, n, 2 * place + 1);
	} else {
		below_slot(w, n->child[place ^ 1u << rest], p.key);
	}
}

static void below_slot(const struct walk *w, uintptr_t slot, struct prefix_key base)
{
	if (slot & PREFIX_IS_BUCKET)
		below_bucket(w, prefix_bucket(slot), base);
	else if (slot)
		below_place(w, prefix_node(slot), 1);
}

void prefix_below(const struct prefix_family *f, uintptr_t slot, struct prefix_key base, unsigned pos,
	void (*fn)(void *ctx, const struct prefix *p), void *ctx)
{
	const struct walk w = { f, fn, ctx };

	below_slot(&w, slot, prefix_cut(base, pos));
}
