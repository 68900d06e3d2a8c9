/* prefix4.c - IPv4's buckets and its lookup (prefix.c has the theory).
 *
 * A prefix of a bucket is one word: the bits behind those that the slot knows, then a 1, then zeros. With b such a word
 * and a the address shifted alike, b ^ (b - 1) has ones up to and including that 1, and the prefix contains the address
 * when a ^ b is not above it: where they differ, they differ in bits that the prefix does not have. So a bucket of n is
 * one word, n words of bits, n values: 8 bytes a prefix. The slot knows at least four bits, so there is room for the 1.
 *
 * Any thread looks; the rest is the writer's. */
#include "base/prefix_int.h"

#include "base/err.h"
#include "base/rcu.h"

struct bucket4 {
	struct prefix_bucket head;
	uint32_t words[];		/* n of bits, n values */
};

static size_t bucket_bytes(unsigned n, unsigned n_long)
{
	return sizeof(struct bucket4) + 2 * sizeof(uint32_t) * n;
}

static void put(struct prefix_bucket *head, unsigned i, const struct prefix *p)
{
	struct bucket4 *b = (struct bucket4 *)head;

	b->words[i] = (uint32_t)(p->key.hi >> 32) << head->pos | 1u << (31 - (p->len - head->pos));
	b->words[head->n + i] = p->value;
}

static struct prefix at(const struct prefix_bucket *head, unsigned i, struct prefix_key base)
{
	const struct bucket4 *b = (const struct bucket4 *)head;
	uint32_t word = b->words[i], bits = word & (word - 1);
	struct prefix p = { .key = prefix_cut(base, head->pos), .value = b->words[head->n + i] };

	p.key.hi |= (uint64_t)bits << 32 >> head->pos;
	p.len = (uint8_t)(head->pos + 31 - (unsigned)__builtin_ctz(word));
	return p;
}

static uint32_t *value(struct prefix_bucket *head, unsigned i)
{
	return &((struct bucket4 *)head)->words[head->n + i];
}

static const struct prefix_family family = {
	.width = 32, .bucket_bytes = bucket_bytes, .put = put, .at = at, .value = value,
};

int prefix4_init(struct prefix_table *t)
{
	*t = (struct prefix_table){ .family = &family };
	return prefix_build(t, NULL, 0, 0, &t->root) ? 0 : ERR_NOMEM;
}

static inline uint32_t find_in_bucket(const struct bucket4 *b, uint32_t address, uint32_t otherwise)
{
	uint32_t a = address << b->head.pos;

	for (unsigned i = 0; i < b->head.n; i++)
		if ((a ^ b->words[i]) <= (b->words[i] ^ (b->words[i] - 1)))
			return __atomic_load_n(&b->words[b->head.n + i], __ATOMIC_ACQUIRE);
	return otherwise;
}

uint32_t prefix4_find(const struct prefix_table *t, uint32_t address)
{
	uintptr_t slot = rcu_read(&t->root);
	uint64_t key = (uint64_t)address << 32;
	uint32_t best = PREFIX_NONE;

	do {
		const struct prefix_node *n = prefix_node(slot);
		uint64_t i = key << n->pos >> (64 - n->bits);
		uint32_t here;

		if ((key ^ n->key.hi) >> 1 >> (63 - n->pos))
			break;
		slot = rcu_read(&n->child[i]);
		here = __atomic_load_n(&n->best[i | 1u << n->bits], __ATOMIC_ACQUIRE);
		best = here != PREFIX_NONE ? here : best;
		if (slot & PREFIX_IS_BUCKET)
			return find_in_bucket((const struct bucket4 *)prefix_bucket(slot), address, best);
	} while (slot);
	return best;
}
