/* hash_attack_test.c - somebody who has read all of this code, and does not know the key, tries to make one chain of
 * everything. With the key he could: that is shown first, so that the attack is a real one. */
#include "base/hash.h"

#include <stdlib.h>

#include "base/dice.h"
#include "base/os.h"
#include "test.h"

#define NODES 1024
#define BUCKETS 2048		/* the table has so many then: 11 bits of a digest choose */

struct flow {			/* what a table of flows would have as its key */
	uint32_t src, dst;
	uint16_t sport, dport;
	uint32_t proto;
};

struct thing {
	struct hash_node node;
	struct flow flow;
};

static struct thing things[NODES];
static const struct siphash_key guessed = { UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908) };

static struct siphash_key secret(void)
{
	uint8_t bytes[16];

	assert_int_equal(os_random(bytes, sizeof(bytes)), 0);
	return siphash_key(bytes);
}

/* How long the longest chain is. In a table of twice as many buckets as nodes, filled by chance, a chain of 12 has a
 * chance of about one in 10^9. */
static unsigned longest_chain(struct siphash_key key)
{
	unsigned longest = 0;
	struct hash h;

	hash_init(&h, key);
	for (unsigned i = 0; i < NODES; i++)
		hash_add(&h, &things[i].node, hash_digest(&h, &things[i].flow, sizeof(things[i].flow)));
	assert_int_equal(h.buckets, BUCKETS);
	for (unsigned i = 0; i < NODES; i++) {
		unsigned length = 1;

		for (const struct hash_node *n = things[i].node.next; n; n = n->next)
			length++;
		longest = length > longest ? length : longest;
	}
	hash_fini(&h);
	return longest;
}

/* Flows whose digest, by this function of theirs, ends in eleven zeros: what an attacker finds by trying. */
static void craft(uint64_t (*digest)(const struct flow *f))
{
	struct dice d = { .key = 1 };

	for (unsigned n = 0; n < NODES;) {
		uint64_t draw = dice_draw(&d);
		struct flow f = { (uint32_t)draw, 0x0a000001, (uint16_t)(draw >> 32), 80, 6 };

		if (digest(&f) % BUCKETS == 0)
			things[n++].flow = f;
	}
}

static uint64_t by_guessed_key(const struct flow *f) { return siphash13(&guessed, f, sizeof(*f)); }

static uint64_t by_fold(const struct flow *f)	/* as many a table without a key has it */
{
	return f->src ^ f->dst ^ ((uint32_t)f->sport << 16 | f->dport) ^ f->proto;
}

static uint64_t by_sum_of_products(const struct flow *f)	/* and many another */
{
	return f->src * 31u + f->dst * 17u + f->sport * 7u + f->dport + f->proto;
}

TEST(hash_attack, who_knows_the_key_makes_one_chain)
{
	craft(by_guessed_key);
	assert_int_equal(longest_chain(guessed), NODES);
}

TEST(hash_attack, who_guesses_the_key_makes_none)
{
	craft(by_guessed_key);
	for (unsigned i = 0; i < 64; i++)
		assert_true(longest_chain(secret()) < 12);
}

TEST(hash_attack, a_key_that_is_nearly_right_does_not_help)
{
	craft(by_guessed_key);
	for (unsigned bit = 0; bit < 128; bit++) {
		struct siphash_key k = guessed;

		if (bit < 64)
			k.k0 ^= (uint64_t)1 << bit;
		else
			k.k1 ^= (uint64_t)1 << (bit - 64);
		assert_true(longest_chain(k) < 12);
	}
}

TEST(hash_attack, what_collides_without_a_key_does_not_with_one)
{
	craft(by_fold);
	for (unsigned i = 0; i < 64; i++)
		assert_true(longest_chain(secret()) < 12);
	craft(by_sum_of_products);
	for (unsigned i = 0; i < 64; i++)
		assert_true(longest_chain(secret()) < 12);
}

/* Many who differ in few bits, as a scanner makes them; each bit of the input must reach each bit that chooses. */
TEST(hash_attack, keys_of_few_bits_spread)
{
	for (unsigned i = 0; i < NODES; i++)
		things[i].flow = (struct flow){ (i & 31) << 27, (i >> 5) << 27, 0, 0, 0 };
	for (unsigned i = 0; i < 64; i++)
		assert_true(longest_chain(secret()) < 12);
}
