/* hash_test.c - the table against an array with one flag a key, while it grows and shrinks. */
#include "base/hash.h"

#include <stdlib.h>

#include "base/dice.h"
#include "base/list.h"
#include "test.h"

#define KEYS 4096

struct thing {
	struct hash_node node;
	uint32_t key;
	bool in;
};

static struct thing things[KEYS];
static const struct siphash_key key = { UINT64_C(0x123456789abcdef), 42 };

static uint64_t digest_of(const struct hash *h, uint32_t k)
{
	return hash_digest(h, &k, sizeof(k));
}

static struct thing *find(const struct hash *h, uint32_t k)
{
	for (struct hash_node *n = hash_find(h, digest_of(h, k)); n; n = hash_again(n)) {
		struct thing *t = container_of(n, struct thing, node);

		if (t->key == k)
			return t;
	}
	return NULL;
}

static void table(struct hash *h)
{
	hash_init(h, key);
	for (uint32_t i = 0; i < KEYS; i++)
		things[i] = (struct thing){ .key = i };
}

static void toggle(struct hash *h, struct thing *t)
{
	if (t->in)
		hash_remove(h, &t->node);
	else
		hash_add(h, &t->node, digest_of(h, t->key));
	t->in = !t->in;
}

TEST(hash, finds_what_is_in_it_and_nothing_else)
{
	struct dice d = { .key = 1 };
	struct hash h;

	table(&h);
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t draw = dice_draw(&d);
		unsigned wave = i / 20000 % 2 ? KEYS / 64 : KEYS;	/* few, many, few ... */
		struct thing *t = &things[draw % KEYS];

		if (t->in || t->key < wave)
			toggle(&h, t);
		t = &things[(draw >> 32) % KEYS];
		assert_ptr_equal(find(&h, t->key), t->in ? t : NULL);
	}
	for (unsigned i = 0; i < KEYS; i++)
		assert_ptr_equal(find(&h, i), things[i].in ? &things[i] : NULL);
	hash_fini(&h);
}

TEST(hash, grows_and_shrinks_by_few_buckets_at_once)
{
	struct hash h;
	uint32_t before;

	table(&h);
	for (unsigned i = 0; i < 2 * KEYS; i++) {
		before = h.buckets;
		toggle(&h, &things[i % KEYS]);
		assert_true(h.buckets <= before + 3 && before <= h.buckets + 8);
		assert_true(2 * h.count <= h.buckets + 1);
		assert_true(h.buckets <= HASH_BUCKETS_MIN || h.buckets <= 8 * h.count + 8);
	}
	assert_int_equal(h.count, 0);
	assert_int_equal(h.buckets, HASH_BUCKETS_MIN);
	for (unsigned i = 1; i < HASH_SEGMENTS; i++)
		assert_null(h.segments[i]);
	hash_fini(&h);
}

TEST(hash, keeps_apart_keys_of_one_digest)
{
	struct hash h;

	table(&h);
	for (unsigned i = 0; i < 100; i++)
		hash_add(&h, &things[i].node, i % 2 ? 7 : 7 + ((uint64_t)1 << 40));	/* one bucket, two digests */
	for (unsigned round = 0; round < 2; round++) {
		unsigned seen = 0;

		for (struct hash_node *n = hash_find(&h, 7); n; n = hash_again(n), seen++)
			assert_int_equal(container_of(n, struct thing, node)->key % 2, 1);
		assert_int_equal(seen, 50);
		if (round == 0)
			for (unsigned i = 0; i < 100; i += 2)
				hash_remove(&h, &things[i].node);
	}
	hash_fini(&h);
}

static void count_one(void *ctx, struct hash_node *n)
{
	container_of(n, struct thing, node)->in = false;
	++*(unsigned *)ctx;
}

TEST(hash, walks_over_each_once_and_gives_all_back)
{
	struct hash h;
	unsigned seen = 0, taken = 0;

	table(&h);
	for (unsigned i = 0; i < KEYS; i++)
		toggle(&h, &things[i]);
	hash_each(&h, count_one, &seen);
	assert_int_equal(seen, KEYS);
	for (unsigned i = 0; i < KEYS; i++)
		assert_false(things[i].in);
	for (struct hash_node *n; (n = hash_take(&h)); taken++)
		container_of(n, struct thing, node)->in = true;
	for (unsigned i = 0; i < KEYS; i++)
		assert_true(things[i].in);
	assert_int_equal(taken, KEYS);
	for (unsigned i = 0; i < KEYS; i++)	/* and is good for more */
		hash_add(&h, &things[i].node, digest_of(&h, i));
	for (unsigned i = 0; i < KEYS; i++)
		assert_ptr_equal(find(&h, i), &things[i]);
	hash_fini(&h);
}

/* Keys as a scanner counts them up; a chain of 12 among so many has a chance of about 1 in 10^5. */
TEST(hash, keeps_chains_short_for_keys_in_a_row)
{
	struct hash h;

	table(&h);
	for (unsigned i = 0; i < KEYS; i++)
		toggle(&h, &things[i]);
	for (unsigned i = 0; i < KEYS; i++) {
		unsigned length = 0;

		for (struct hash_node *n = things[i].node.next; n; n = n->next)
			length++;
		assert_true(length < 11);
	}
	hash_fini(&h);
}

TEST(hash, another_key_makes_another_order)
{
	struct hash a, b;
	unsigned same = 0;

	hash_init(&a, key);
	hash_init(&b, (struct siphash_key){ key.k0 ^ 1, key.k1 });
	for (uint32_t i = 0; i < KEYS; i++)
		same += (digest_of(&a, i) % KEYS == digest_of(&b, i) % KEYS);
	assert_true(same < 12);		/* 1 expected */
	hash_fini(&a);
	hash_fini(&b);
}
