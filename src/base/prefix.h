/* base/prefix.h - tables of IPv4 or IPv6 prefixes: the longest that contains an address, in a few cache lines.
 *
 * A prefix has a value of 32 bits (an index into something of the caller's). Readers never wait and never write; while
 * they look, one writer changes the table. Every single change is seen whole or not at all. Of two changes made while a
 * lookup runs, it may see the second and not the first: who needs both or none waits in between (rcu_wait()), or builds
 * another table and publishes that.
 *
 *	at the same time as	prefix4_find, prefix6_find	all else
 *	prefix*_find		yes				yes, but for init and fini
 *	all else		yes				no: one writer
 *
 * Readers are threads under RCU (base/rcu.h). A change may wait for them, so the writer holds nothing of rcu_read(). */
#ifndef BASE_PREFIX_H
#define BASE_PREFIX_H

#include <stddef.h>
#include <stdint.h>

#define PREFIX_NONE UINT32_MAX		/* no prefix contains it; not a value */

/* An address, or the bits of a prefix, from the top of `hi`: IPv4 is in the upper half of it, all else 0. */
struct prefix_key {
	uint64_t hi, lo;
};

struct prefix {
	struct prefix_key key;		/* bits from `len` on are 0 */
	uint32_t value;
	uint8_t len;
};

#define PREFIX_RETIRED 64

struct prefix_table {
	uintptr_t root;				/* [R] prefix_int.h */
	const struct prefix_family *family;	/* [C] */
	size_t count;				/* [O] prefixes, */
	size_t bytes;				/* [O] and what they and the way to them take, as asked of malloc */
	void *retired[PREFIX_RETIRED];		/* [O] unpublished; freed together after a wait for readers */
	unsigned retired_count;			/* [O] */
};

static inline struct prefix_key prefix_key4(uint32_t address)	/* as a number: 10.0.0.1 is 0x0a000001 */
{
	return (struct prefix_key){ (uint64_t)address << 32, 0 };
}
struct prefix_key prefix_key6(const uint8_t address[16]);	/* as it is on the wire */

int prefix4_init(struct prefix_table *t);	/* empty; 0 or ERR_NOMEM */
int prefix6_init(struct prefix_table *t);
void prefix_fini(struct prefix_table *t);	/* when no reader can reach it any more */

/* Puts it in, or gives it another value if it is there. ERR_RANGE: len is more than an address has, bits of `key`
 * behind `len` are not 0, or value is PREFIX_NONE. ERR_NOMEM: the table is as it was. */
int prefix_set(struct prefix_table *t, struct prefix_key key, unsigned len, uint32_t value);
/* ERR_UNKNOWN: it is not there. ERR_NOMEM: it still is. */
int prefix_remove(struct prefix_table *t, struct prefix_key key, unsigned len);
/* The value of exactly this one, or PREFIX_NONE. */
uint32_t prefix_get(const struct prefix_table *t, struct prefix_key key, unsigned len);
/* All, in the order of (key, len). `fn` must not change the table. */
void prefix_each(const struct prefix_table *t, void (*fn)(void *ctx, const struct prefix *p), void *ctx);

/* The value of the longest prefix that contains the address, or PREFIX_NONE. */
uint32_t prefix4_find(const struct prefix_table *t, uint32_t address);
uint32_t prefix6_find(const struct prefix_table *t, struct prefix_key address);

#endif
