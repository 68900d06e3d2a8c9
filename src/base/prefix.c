/* prefix.c - longest prefix match: a trie of wide nodes over small buckets.
 *
 *     root: bits 0..13 of an address                 a bucket: what begins with the slot's bits and is longer,
 *     +-----+-----+-----+-- ... --+-----+            longest first, at most 20
 *     | bkt |  0  |  o  |         | bkt |            +----------+----------+----------+--
 *     +--|--+-----+--|--+-- ... --+-----+            | 0x8c1f.. | 0x3e80.. | 0x3c00.. |    bits, then a 1, then 0s
 *        v           v                               +----------+----------+----------+--
 *      bucket      node: skips bits all below        | value    | value    | value    |
 *                  it share, chooses by the next     +----------+----------+----------+--
 *
 * A node takes as many bits as it has prefixes for: about eight a slot when it is made, and it is made anew when there
 * are fourteen or two. So a table of random prefixes is one node with buckets, two or three cache misses deep, and any
 * other is deeper only where prefixes crowd. What crowds in a slot becomes a node that skips the bits they all share,
 * so that depth is bounded by the logarithm of the crowd, not by the length of an address.
 *
 * A prefix that ends among the bits of a node stays in that node: a heap of 2 << bits places, one for each prefix that
 * could end here, where each place has the value of the longest that covers it (Hariguchi, "Allotment routing table: a
 * fast free multibit trie based routing table", 2002). The lower half of the heap answers for each slot at once. So a
 * short prefix costs no copies in what lies below, and a change touches one node or one bucket.
 *
 * Kin: the level compression of Nilsson and Karlsson ("IP-address lookup using LC-tries", 1999), which Linux has; and
 * the bursting of Heinz, Zobel and Williams ("Burst tries", 2002). Not taken: DIR-24-8 (64 MiB for the first prefix),
 * Poptrie (Asai and Ohara 2015: its nodes want runs of neighbours; random prefixes give three nodes of 24 bytes for one
 * of 16), DXR (Zec, Rizzo and Mikuc 2012: updates rebuild), qp-tries (seventeen dependent loads at 10^5 prefixes).
 *
 * Cost at 10^5 random prefixes: see `narrows bench table`; 9 to 11 bytes a prefix for IPv4, and an empty table has 16
 * slots, less than a KiB. A change allocates one bucket; now and then a node and all below it are made anew: the
 * root at every 1.75-fold growth, some tens of milliseconds for 10^5, while readers go on with the old one. Depth: at
 * most a node for each bit of an address.
 *
 * Readers see a slot, a value or a place of a heap change, each one store. What they can no longer reach is kept until
 * they have all been quiescent: 64 buckets at a time, and one wait for all of a node's. Limit: 2^32 - 1 prefixes. */
#include "base/prefix_int.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/rcu.h"

#define DEEPEST 130

struct path {
	uintptr_t *slot[DEEPEST];	/* in which node[i] hangs */
	struct prefix_node *node[DEEPEST];
	unsigned depth;
	unsigned pos;			/* bits known before *slot[depth] */
};

struct prefix_key prefix_key6(const uint8_t address[16])
{
	struct prefix_key k = { 0, 0 };

	for (unsigned i = 0; i < 8; i++) {
		k.hi = k.hi << 8 | address[i];
		k.lo = k.lo << 8 | address[i + 8];
	}
	return k;
}

static void free_retired(struct prefix_table *t)
{
	if (!t->retired_count)
		return;
	rcu_wait();
	while (t->retired_count)
		free(t->retired[--t->retired_count]);
}

/* A bucket that was unpublished. */
static void retire(struct prefix_table *t, uintptr_t slot)
{
	t->bytes -= prefix_slot_bytes(t->family, slot);
	t->retired[t->retired_count++] = prefix_bucket(slot);
	if (t->retired_count == PREFIX_RETIRED)
		free_retired(t);
}

static void retire_all(struct prefix_table *t, uintptr_t slot)
{
	if (!slot)
		return;
	if (slot & PREFIX_IS_BUCKET) {
		retire(t, slot);
		return;
	}
	if (!t->retired_count)
		rcu_wait();
	free_retired(t);
	prefix_free(t, slot);
}

void prefix_fini(struct prefix_table *t)
{
	free_retired(t);
	prefix_free(t, t->root);
	*t = (struct prefix_table){ 0 };
}

/* Down to the node in which the prefix ends (true), or to the slot, maybe empty, below which it is or belongs. */
static bool walk(struct prefix_table *t, struct prefix_key key, unsigned len, struct path *p)
{
	p->depth = p->pos = 0;
	p->slot[0] = &t->root;
	for (;;) {
		struct prefix_node *n = prefix_node(*p->slot[p->depth]);

		if (!n || (*p->slot[p->depth] & PREFIX_IS_BUCKET))
			return false;
		if (len < n->pos || !prefix_same(key, n->key, n->pos))
			return false;
		p->node[p->depth++] = n;
		p->pos = n->pos + n->bits;
		if (len <= p->pos)
			return true;
		p->slot[p->depth] = &n->child[prefix_bits(key, n->pos, n->bits)];
	}
}

/* Which of a bucket it is, or n. */
static unsigned bucket_index(const struct prefix_table *t, const struct prefix_bucket *b, struct prefix_key key,
	unsigned len)
{
	unsigned i;

	for (i = 0; i < b->n; i++) {
		struct prefix p = t->family->at(b, i, key);

		if (p.len == len && prefix_same(p.key, key, len))
			break;
	}
	return i;
}

static uint32_t *find_value(struct prefix_table *t, struct prefix_key key, unsigned len, struct path *p)
{
	if (walk(t, key, len, p)) {
		const struct prefix_node *n = p->node[p->depth - 1];
		uint32_t place = prefix_place(n, key, len);

		return prefix_owns(n, place) ? &n->best[place] : NULL;
	}
	if (*p->slot[p->depth] & PREFIX_IS_BUCKET) {
		struct prefix_bucket *b = prefix_bucket(*p->slot[p->depth]);
		unsigned i = bucket_index(t, b, key, len);

		return i < b->n ? t->family->value(b, i) : NULL;
	}
	return NULL;
}

static bool makes_sense(const struct prefix_table *t, struct prefix_key key, unsigned len)
{
	struct prefix_key cut;

	if (len > t->family->width)
		return false;
	cut = prefix_cut(key, len);
	return cut.hi == key.hi && cut.lo == key.lo;
}

uint32_t prefix_get(const struct prefix_table *t, struct prefix_key key, unsigned len)
{
	struct path p;
	const uint32_t *value;

	if (!makes_sense(t, key, len))
		return PREFIX_NONE;
	value = find_value((struct prefix_table *)(uintptr_t)t, key, len, &p);
	return value ? *value : PREFIX_NONE;
}

struct list {
	struct prefix *of;
	size_t n;
	const struct prefix *more;	/* another, that comes in its order; NULL: it came, or there is none */
};

static bool before(const struct prefix *a, const struct prefix *b)
{
	if (a->key.hi != b->key.hi)
		return a->key.hi < b->key.hi;
	return a->key.lo != b->key.lo ? a->key.lo < b->key.lo : a->len < b->len;
}

static void append(void *ctx, const struct prefix *p)
{
	struct list *l = ctx;

	if (l->more && before(l->more, p)) {
		l->of[l->n++] = *l->more;
		l->more = NULL;
	}
	l->of[l->n++] = *p;
}

static size_t count_of(uintptr_t slot)
{
	if (!slot)
		return 0;
	return slot & PREFIX_IS_BUCKET ? prefix_bucket(slot)->n : prefix_node(slot)->count;
}

/* Makes anew what hangs in a slot, with one more if `more`. False: no memory, and nothing changed. */
static bool remake(struct prefix_table *t, uintptr_t *slot, unsigned pos, struct prefix_key base,
	const struct prefix *more)
{
	struct list l = { calloc(count_of(*slot) + 1, sizeof(*l.of)), 0, more };
	uintptr_t old = *slot, made;
	bool built;

	if (!l.of)
		return false;
	prefix_below(t->family, old, base, pos, append, &l);
	if (l.more)
		l.of[l.n++] = *l.more;
	built = prefix_build(t, l.of, l.n, pos, &made);
	free(l.of);
	if (!built)
		return false;
	rcu_publish(slot, made);
	retire_all(t, old);
	return true;
}

static unsigned pos_before(const struct path *p, unsigned depth)
{
	return depth ? p->node[depth - 1]->pos + p->node[depth - 1]->bits : 0;
}

/* Counts a change in all nodes above; the highest that has too many or too few slots for them is made anew. Without
 * memory for that it stays as it is: right, and a little slower. */
static void counted(struct prefix_table *t, struct path *p, struct prefix_key key, bool more)
{
	unsigned width = t->family->width;

	t->count = more ? t->count + 1 : t->count - 1;
	for (unsigned i = 0; i < p->depth; i++)
		p->node[i]->count = more ? p->node[i]->count + 1 : p->node[i]->count - 1;
	for (unsigned i = 0; i < p->depth; i++) {
		const struct prefix_node *n = p->node[i];
		unsigned bits = prefix_bits_for(n->count, n->pos, width), pos = pos_before(p, i);
		bool crowded = n->count > (size_t)14 << n->bits && bits > n->bits;
		bool bucket = i && n->count <= PREFIX_BUCKET / 2;	/* is enough for them */
		bool empty = n->count < (size_t)2 << n->bits && (bits < n->bits || bucket);

		if ((more && crowded) || (!more && empty)) {
			remake(t, p->slot[i], pos, prefix_cut(key, pos), NULL);
			return;
		}
	}
}

/* One more in a slot that is empty or has a bucket with room. */
static bool put_in_bucket(struct prefix_table *t, uintptr_t *slot, unsigned pos, const struct prefix *more)
{
	struct prefix list[PREFIX_BUCKET + 1];
	uintptr_t old = *slot, made;
	unsigned n = 0;

	for (unsigned i = 0; old && i < prefix_bucket(old)->n; i++)
		list[n++] = t->family->at(prefix_bucket(old), i, more->key);
	list[n++] = *more;
	made = prefix_bucket_of(t, list, n, pos);
	if (!made)
		return false;
	rcu_publish(slot, made);
	if (old)
		retire(t, old);
	return true;
}

int prefix_set(struct prefix_table *t, struct prefix_key key, unsigned len, uint32_t value)
{
	struct prefix more = { .key = key, .value = value, .len = (uint8_t)len };
	struct path p;
	uint32_t *old;
	uintptr_t *slot;
	bool put;

	if (!makes_sense(t, key, len) || value == PREFIX_NONE)
		return ERR_RANGE;
	old = find_value(t, key, len, &p);
	if (len <= p.pos) {
		struct prefix_node *n = p.node[p.depth - 1];

		prefix_allot(n, prefix_place(n, key, len), true, value);
		if (!old)
			counted(t, &p, key, true);
		return 0;
	}
	if (old) {
		__atomic_store_n(old, value, __ATOMIC_RELEASE);	/* with the lookup's acquire */
		return 0;
	}
	slot = p.slot[p.depth];
	if (!*slot || (*slot & PREFIX_IS_BUCKET && prefix_bucket(*slot)->n < PREFIX_BUCKET))
		put = put_in_bucket(t, slot, p.pos, &more);
	else
		put = remake(t, slot, p.pos, prefix_cut(key, p.pos), &more);
	if (!put)
		return ERR_NOMEM;
	counted(t, &p, key, true);
	return 0;
}

static bool take_from_bucket(struct prefix_table *t, uintptr_t *slot, unsigned pos, struct prefix_key key,
	unsigned len)
{
	struct prefix_bucket *b = prefix_bucket(*slot);
	unsigned which = bucket_index(t, b, key, len), n = 0;
	struct prefix list[PREFIX_BUCKET];
	uintptr_t old = *slot, made = 0;

	for (unsigned i = 0; i < b->n; i++)
		if (i != which)
			list[n++] = t->family->at(b, i, key);
	if (n) {
		made = prefix_bucket_of(t, list, n, pos);
		if (!made)
			return false;
	}
	rcu_publish(slot, made);
	retire(t, old);
	return true;
}

int prefix_remove(struct prefix_table *t, struct prefix_key key, unsigned len)
{
	struct path p;

	if (!makes_sense(t, key, len) || !find_value(t, key, len, &p))
		return ERR_UNKNOWN;
	if (len <= p.pos) {
		struct prefix_node *n = p.node[p.depth - 1];
		uint32_t place = prefix_place(n, key, len);

		prefix_allot(n, place, false, place > 1 ? n->best[place / 2] : PREFIX_NONE);
	} else if (!take_from_bucket(t, p.slot[p.depth], p.pos, key, len)) {
		return ERR_NOMEM;
	}
	counted(t, &p, key, false);
	return 0;
}

void prefix_each(const struct prefix_table *t, void (*fn)(void *ctx, const struct prefix *p), void *ctx)
{
	prefix_below(t->family, t->root, (struct prefix_key){ 0, 0 }, 0, fn, ctx);
}
