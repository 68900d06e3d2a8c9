/* prefix6.c - IPv6's buckets and its lookup (prefix.c has the theory, prefix4.c the trick with the 1 behind the bits).
 *
 * Most prefixes of IPv6 end within 64 bits of what their slot knows; those are one word and compare one word. The
 * others come first in a bucket, since they are longer, and have a second word: their 1 stands there.
 *
 *	n words of bits 0..63 behind pos | n_long words of bits 64..127 | n values of 32 bits
 *
 * Any thread looks; the rest is the writer's. */
#include "base/prefix_int.h"

#include "base/err.h"
#include "base/rcu.h"

struct bucket6 {
	struct prefix_bucket head;
	uint64_t words[];
};

static size_t bucket_bytes(unsigned n, unsigned n_long)
{
	return sizeof(struct bucket6) + sizeof(uint64_t) * (n + n_long) + sizeof(uint32_t) * n;
}

static uint32_t *value(struct prefix_bucket *head, unsigned i)
{
	return (uint32_t *)&((struct bucket6 *)head)->words[head->n + head->n_long] + i;
}

static void put(struct prefix_bucket *head, unsigned i, const struct prefix *p)
{
	struct bucket6 *b = (struct bucket6 *)head;
	struct prefix_key bits = prefix_shift(p->key, head->pos);
	unsigned end = p->len - head->pos;

	if (i < head->n_long) {
		b->words[head->n + i] = bits.lo | (uint64_t)1 << (127 - end);
		b->words[i] = bits.hi;
	} else {
		b->words[i] = bits.hi | (uint64_t)1 << (63 - end);
	}
	*value(head, i) = p->value;
}

static struct prefix at(const struct prefix_bucket *head, unsigned i, struct prefix_key base)
{
	const struct bucket6 *b = (const struct bucket6 *)head;
	struct prefix_key known = prefix_cut(base, head->pos), bits = { b->words[i], 0 };
	struct prefix p = { .value = *value((struct prefix_bucket *)(uintptr_t)head, i) };
	unsigned pos = head->pos;

	if (i < head->n_long) {
		bits.lo = b->words[head->n + i];
		p.len = (uint8_t)(pos + 127 - (unsigned)__builtin_ctzll(bits.lo));
		bits.lo &= bits.lo - 1;
	} else {
		p.len = (uint8_t)(pos + 63 - (unsigned)__builtin_ctzll(bits.hi));
		bits.hi &= bits.hi - 1;
	}
	p.key = pos >= 64 ? (struct prefix_key){ 0, bits.hi >> (pos - 64) } :
		(struct prefix_key){ bits.hi >> pos, bits.hi << (64 - pos) | bits.lo >> pos };
	p.key.hi |= known.hi;
	p.key.lo |= known.lo;
	return p;
}

static const struct prefix_family family = {
	.width = 128, .bucket_bytes = bucket_bytes, .put = put, .at = at, .value = value,
};

int prefix6_init(struct prefix_table *t)
{
	*t = (struct prefix_table){ .family = &family };
	return prefix_build(t, NULL, 0, 0, &t->root) ? 0 : ERR_NOMEM;
}

static inline bool covers(uint64_t bits, uint64_t a)
{
	return (a ^ bits) <= (bits ^ (bits - 1));
}

static uint32_t find_in_bucket(const struct bucket6 *b, struct prefix_key address, uint32_t otherwise)
{
	struct prefix_key a = prefix_shift(address, b->head.pos);
	const uint64_t *low = b->words + b->head.n;
	const uint32_t *values = (const uint32_t *)(low + b->head.n_long);
	unsigned i;

	for (i = 0; i < b->head.n_long; i++)
		if (b->words[i] == a.hi && covers(low[i], a.lo))
			return __atomic_load_n(&values[i], __ATOMIC_ACQUIRE);
	for (; i < b->head.n; i++)
		if (covers(b->words[i], a.hi))
			return __atomic_load_n(&values[i], __ATOMIC_ACQUIRE);
	return otherwise;
}

uint32_t prefix6_find(const struct prefix_table *t, struct prefix_key address)
{
	uintptr_t slot = rcu_read(&t->root);
	uint32_t best = PREFIX_NONE;

	do {
		const struct prefix_node *n = prefix_node(slot);
		uint64_t i = prefix_bits(address, n->pos, n->bits);
		uint32_t here;

		if (!prefix_same(address, n->key, n->pos))
			break;
		slot = rcu_read(&n->child[i]);
		here = __atomic_load_n(&n->best[i | 1u << n->bits], __ATOMIC_ACQUIRE);
		best = here != PREFIX_NONE ? here : best;
		if (slot & PREFIX_IS_BUCKET)
			return find_in_bucket((const struct bucket6 *)prefix_bucket(slot), address, best);
	} while (slot);
	return best;
}
