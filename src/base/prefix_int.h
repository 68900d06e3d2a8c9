/* base/prefix_int.h - what a prefix table is made of: nodes and buckets (the drawing is in prefix.c). */
#ifndef BASE_PREFIX_INT_H
#define BASE_PREFIX_INT_H

#include <stdbool.h>

#include "base/prefix.h"

#define PREFIX_BUCKET 20		/* most prefixes in a bucket */
#define PREFIX_BITS_MAX 20		/* of a node */

/* What hangs in a slot: 0, a node, or a bucket with the lowest bit set. */
#define PREFIX_IS_BUCKET ((uintptr_t)1)

struct prefix_node {
	struct prefix_key key;		/* [C] the first `pos` bits of all that is below; the rest 0 */
	uint32_t count;			/* [O] prefixes here and below */
	uint8_t pos, bits;		/* [C] bits pos .. pos + bits of an address choose a slot */
	uint32_t *best;			/* [A] a heap, 2 << bits of them, [0] unused */
	uint64_t *own;			/* [O] a bit for each place of that heap: is there a prefix of its own? */
	uintptr_t child[];		/* [R] 1 << bits */
};

/* The prefixes that begin with a slot's bits and are longer, longest first; never changed, but for values, once it is
 * published. The rest is the family's. */
struct prefix_bucket {
	uint8_t n, n_long;		/* [C] all; IPv6: those with more than 64 bits behind `pos` */
	uint8_t pos;			/* [C] bits before it that the slot knows */
};

struct prefix_family {
	unsigned width;			/* of an address */
	size_t (*bucket_bytes)(unsigned n, unsigned n_long);
	/* Fills in prefix i of a new bucket whose n, n_long and pos are set; list is longest first. */
	void (*put)(struct prefix_bucket *b, unsigned i, const struct prefix *p);
	/* Prefix i; what the slot knows of its key comes from `base`. */
	struct prefix (*at)(const struct prefix_bucket *b, unsigned i, struct prefix_key base);
	uint32_t *(*value)(struct prefix_bucket *b, unsigned i);
};

static inline struct prefix_node *prefix_node(uintptr_t slot) { return (struct prefix_node *)slot; }
static inline struct prefix_bucket *prefix_bucket(uintptr_t slot)
{
	return (struct prefix_bucket *)(slot & ~PREFIX_IS_BUCKET);
}

static inline struct prefix_key prefix_shift(struct prefix_key k, unsigned n)	/* to the left, n < 128 */
{
	if (n >= 64)
		return (struct prefix_key){ k.lo << (n - 64), 0 };
	return n ? (struct prefix_key){ k.hi << n | k.lo >> (64 - n), k.lo << n } : k;
}

/* Bits pos .. pos + n as a number, 1 <= n < 64. */
static inline uint64_t prefix_bits(struct prefix_key k, unsigned pos, unsigned n)
{
	return prefix_shift(k, pos).hi >> (64 - n);
}

static inline struct prefix_key prefix_cut(struct prefix_key k, unsigned len)	/* the rest 0 */
{
	if (len >= 128)
		return k;
	if (len >= 64)
		return (struct prefix_key){ k.hi, k.lo & ~(UINT64_MAX >> (len - 64)) };
	return (struct prefix_key){ len ? k.hi & ~(UINT64_MAX >> len) : 0, 0 };
}

static inline bool prefix_same(struct prefix_key a, struct prefix_key b, unsigned len)	/* the first len bits? */
{
	struct prefix_key x = prefix_cut((struct prefix_key){ a.hi ^ b.hi, a.lo ^ b.lo }, len);

	return !(x.hi | x.lo);
}

/* The place in a node's heap of a prefix that ends in it: pos <= len <= pos + bits. */
static inline uint32_t prefix_place(const struct prefix_node *n, struct prefix_key key, unsigned len)
{
	unsigned rest = len - n->pos;

	return rest ? 1u << rest | (uint32_t)prefix_bits(key, n->pos, rest) : 1;
}

static inline bool prefix_owns(const struct prefix_node *n, uint32_t place)
{
	return n->own[place / 64] >> place % 64 & 1;
}

/* A prefix of the node's own comes to its place of the heap, or goes (value: of the one above, or PREFIX_NONE). */
void prefix_allot(struct prefix_node *n, uint32_t place, bool own, uint32_t value);

/* Calls fn for each below `slot`, whose first `pos` bits `base` has, in order. */
void prefix_below(const struct prefix_family *f, uintptr_t slot, struct prefix_key base, unsigned pos,
	void (*fn)(void *ctx, const struct prefix *p), void *ctx);

/* Makes what holds these, in order, behind `pos` bits they share: 0, a bucket or a node. False: no memory. */
bool prefix_build(struct prefix_table *t, const struct prefix *list, size_t n, unsigned pos, uintptr_t *slot);
/* A bucket, of at most PREFIX_BUCKET; 0: no memory. */
uintptr_t prefix_bucket_of(struct prefix_table *t, const struct prefix *list, unsigned n, unsigned pos);
void prefix_free(struct prefix_table *t, uintptr_t slot);	/* and all below; nobody can be reading */
unsigned prefix_bits_for(size_t count, unsigned pos, unsigned width);	/* of a node of so many */
size_t prefix_node_bytes(unsigned bits);
size_t prefix_slot_bytes(const struct prefix_family *f, uintptr_t slot);	/* of this one alone */

#endif
