/* base/hash.h - a hash table of embedded nodes that grows and shrinks by single buckets.
 *
 * The table knows digests, not keys: who looks up walks the few nodes of one digest and compares. Adding never fails:
 * without memory the chains only grow longer. Nothing ever stops to rehash. Digests come from hash_digest(), whose key
 * the caller draws, so that an attacker cannot choose what collides; the order of hash_each() depends on it, so it must
 * not reach any output. One thread. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/siphash.h"

#define HASH_BUCKETS_MIN 16
#define HASH_SEGMENTS 28		/* 2^31 buckets */

struct hash_node {
	struct hash_node *next;
	uint64_t digest;
};

struct hash {
	struct siphash_key key;
	size_t count;			/* nodes */
	uint32_t buckets;		/* now; MIN .. */
	struct hash_node **segments[HASH_SEGMENTS];	/* [0]: the first MIN buckets, [i]: as many as all before it */
	struct hash_node *first[HASH_BUCKETS_MIN];
};

void hash_init(struct hash *h, struct siphash_key key);	/* h must not move afterwards */
void hash_fini(struct hash *h);		/* nodes are left as they are */

static inline uint64_t hash_digest(const struct hash *h, const void *key, size_t bytes)
{
	return siphash13(&h->key, key, bytes);
}

void hash_add(struct hash *h, struct hash_node *n, uint64_t digest);	/* beside others of the same digest */
void hash_remove(struct hash *h, struct hash_node *n);			/* must be in it */

/* For a lookup still to come, so that its cache misses are over when it comes: where its bucket stands, to be fetched,
 * and some time later to be read: the node that stands first in it, whatever its digest is; NULL: none. Once a node was
 * added it may be another's bucket, once one was removed it may be gone. */
struct hash_node *const *hash_bucket(const struct hash *h, uint64_t digest);

/* for (n = hash_find(h, digest); n; n = hash_again(n)): every node with this digest, to compare keys. */
struct hash_node *hash_find(const struct hash *h, uint64_t digest);
static inline struct hash_node *hash_again(const struct hash_node *n)
{
	uint64_t digest = n->digest;
	struct hash_node *next = n->next;

	while (next && next->digest != digest)
		next = next->next;
	return next;
}

/* Every node once, in no order. `fn` must not add or remove. */
void hash_each(const struct hash *h, void (*fn)(void *ctx, struct hash_node *n), void *ctx);
/* Takes some node out; NULL: empty. To take everything down. */
struct hash_node *hash_take(struct hash *h);

#endif
