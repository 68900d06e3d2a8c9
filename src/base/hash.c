/* hash.c - linear hashing (Litwin 1980): a bucket is split when a node comes, some are merged when many went.
 *
 *      buckets 0 .. b-1, with 2^k <= b < 2^(k+1)
 *
 *      0        b-2^k           2^k        b
 *      +----------+--------------+----------+
 *      |##########|              |##########|        # by k+1 bits of the digest     the rest by k bits
 *      +----------+--------------+----------+
 *                 ^ next to be split: its nodes with bit k set move to bucket b
 *
 * So growing costs each hash_add() two buckets of half a node on average, shrinking each hash_remove() at most eight
 * buckets of an eighth of a node, and a lookup looks at one bucket, never at an old and a new table. Buckets are in
 * segments which double, so none ever moves; a segment's memory comes cleared from the system and is touched a page at
 * a time. Between growing at half a node a bucket and shrinking at an eighth there is room enough that a table at
 * either limit does not flutter.
 *
 * Cost of a lookup: the digest, a cache miss for the bucket, one for each node. With two buckets for each node one
 * lookup in four at most meets a stranger before its node; with one it was every second, and of 100 000 cold nodes that
 * one more miss cost more than 8 bytes. Limit: beyond 2^31 buckets, or without memory, chains grow. */
#include "base/hash.h"

#include <stdlib.h>

#include "base/err.h"

#define MIN_BITS 4
#define ROOMY 2			/* buckets a node at which it grows, and so the buckets that come with one node */
#define SPARSE 8		/* buckets a node at which it shrinks, and so the buckets that go with one node */
#define SPLITS (ROOMY + 1)	/* most an addition does: 1 to catch up where memory was missing for a time */
_Static_assert(HASH_BUCKETS_MIN == 1 << MIN_BITS, "two names of one number");

static inline unsigned top_bit(uint32_t n)
{
	return 31u - (unsigned)__builtin_clz(n);
}

static inline unsigned segment_of(uint32_t i)
{
	return i < HASH_BUCKETS_MIN ? 0 : top_bit(i) - MIN_BITS + 1;
}

static inline struct hash_node **bucket_at(const struct hash *h, uint32_t i)
{
	unsigned segment = segment_of(i);

	return &h->segments[segment][segment ? i - ((uint32_t)1 << top_bit(i)) : i];
}

static inline struct hash_node **bucket_of(const struct hash *h, uint64_t digest)
{
	uint32_t half = (uint32_t)1 << top_bit(h->buckets);
	uint32_t i = (uint32_t)digest & (half - 1);

	if (i < h->buckets - half)
		i |= (uint32_t)digest & half;
	return bucket_at(h, i);
}

void hash_init(struct hash *h, struct siphash_key key)
{
	*h = (struct hash){ .key = key, .buckets = HASH_BUCKETS_MIN };
	h->segments[0] = h->first;
}

void hash_fini(struct hash *h)
{
	for (unsigned i = 1; i < HASH_SEGMENTS; i++)
		free(h->segments[i]);
	*h = (struct hash){ 0 };
}

/* Bucket `buckets` comes to be: makes its segment if it is the first there. */
static int make_bucket(struct hash *h)
{
	unsigned segment = segment_of(h->buckets);

	if (segment >= HASH_SEGMENTS)
		return ERR_NOMEM;
	if (!h->segments[segment])
		h->segments[segment] = calloc(h->buckets, sizeof(struct hash_node *));
	return h->segments[segment] ? 0 : ERR_NOMEM;
}

static void split(struct hash *h)
{
	uint32_t half = (uint32_t)1 << top_bit(h->buckets);
	struct hash_node **from, **to, *n, *next;

	if (make_bucket(h))
		return;
	from = bucket_at(h, h->buckets - half);
	to = bucket_at(h, h->buckets);
	h->buckets++;
	n = *from;
	*from = *to = NULL;
	for (; n; n = next) {
		struct hash_node **side = (uint32_t)n->digest & half ? to : from;

		next = n->next;
		n->next = *side;
		*side = n;
	}
}

/* The last bucket goes back to the one it was split from, and its segment to the system with its first bucket. */
static void merge(struct hash *h)
{
	uint32_t last = h->buckets - 1, half = (uint32_t)1 << top_bit(last);
	struct hash_node **end = bucket_at(h, last - half), **from = bucket_at(h, last);

	while (*end)
		end = &(*end)->next;
	*end = *from;
	*from = NULL;
	h->buckets = last;
	if (last == half && segment_of(last)) {
		free(h->segments[segment_of(last)]);
		h->segments[segment_of(last)] = NULL;
	}
}

void hash_add(struct hash *h, struct hash_node *n, uint64_t digest)
{
	struct hash_node **bucket;

	h->count++;
	for (unsigned i = 0; i < SPLITS && h->count > h->buckets / ROOMY; i++)
		split(h);
	bucket = bucket_of(h, digest);
	n->digest = digest;
	n->next = *bucket;
	*bucket = n;
}

void hash_remove(struct hash *h, struct hash_node *n)
{
	struct hash_node **at = bucket_of(h, n->digest);

	while (*at != n) {
		BUG_ON(!*at);
		at = &(*at)->next;
	}
	*at = n->next;
	n->next = NULL;
	h->count--;
	for (unsigned i = 0; i < SPARSE && h->count < h->buckets / SPARSE && h->buckets > HASH_BUCKETS_MIN; i++)
		merge(h);
}

struct hash_node *const *hash_bucket(const struct hash *h, uint64_t digest)
{
	return bucket_of(h, digest);
}

struct hash_node *hash_find(const struct hash *h, uint64_t digest)
{
	struct hash_node *n = *bucket_of(h, digest);

	while (n && n->digest != digest)
		n = n->next;
	return n;
}

void hash_each(const struct hash *h, void (*fn)(void *ctx, struct hash_node *n), void *ctx)
{
	for (uint32_t i = 0; i < h->buckets; i++)
		for (struct hash_node *n = *bucket_at(h, i); n; n = n->next)
			fn(ctx, n);
}

struct hash_node *hash_take(struct hash *h)
{
	while (h->count) {
		struct hash_node *n = *bucket_at(h, h->buckets - 1);

		if (n) {
			hash_remove(h, n);
			return n;
		}
		merge(h);	/* ends: the nodes are in some bucket before it */
	}
	return NULL;
}
