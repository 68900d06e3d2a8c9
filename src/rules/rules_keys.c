/* rules/rules_keys.c - what a packet must have to be matched by a rule, as keys for the index.
 *
 * A match that knows says so by its word's keys(): every packet that it is true for has one of these (field, mask,
 * value); packets that it is false for may have one too, since the rule is asked in any case. So a range of ports is
 * covered by a few aligned blocks of one size, and a mask with holes by its leading ones. Blocks come in sizes of 4^n,
 * so that there are few masks to look under; prefixes of IPv6 in lengths that 4 divides.
 *
 * The alternatives of a block give their keys together; one without keys, or negated, leaves the block without.
 * Control thread. */
#include "rules/rules_index.h"

#include "base/siphash.h"

#include <string.h>

enum { BLOCKS_MOST = 4 };	/* of one range */
#define EVERY_PACKET 65536u	/* weight of a key that all have */

static void add(struct keys *ks, const struct index_key *k)
{
	if (ks->n == KEYS_MAX)
		ks->lost = true;
	else
		ks->k[ks->n++] = *k;
}

void keys_add(struct keys *ks, enum key_field f, uint64_t mask, uint64_t value)
{
	add(ks, &(struct index_key){ .field = (uint8_t)f, .mask = { mask }, .value = { value & mask } });
}

void keys_add6(struct keys *ks, enum key_field f, const uint64_t addr[2], unsigned len)
{
	struct index_key k = { .field = (uint8_t)f };

	mask6_of(len & ~3u, k.mask);
	k.value[0] = addr[0] & k.mask[0];
	k.value[1] = addr[1] & k.mask[1];
	add(ks, &k);
}

/* Names that meet by chance cost a question, no more; so the key need not be secret. */
uint64_t name_value(const char *name)
{
	static const struct siphash_key known = { 1, 2 };

	return siphash13(&known, name, strlen(name));
}

void keys_add_name(struct keys *ks, enum key_field f, const char *name)
{
	keys_add(ks, f, UINT64_MAX, name_value(name));
}

static void add_range(struct keys *ks, enum key_field f, unsigned lo, unsigned hi)
{
	unsigned bits = 0;

	while ((hi >> bits) - (lo >> bits) >= BLOCKS_MOST)
		bits += 2;
	for (unsigned n = lo >> bits; n <= hi >> bits; n++)
		keys_add(ks, f, 0xffff & ~((1u << bits) - 1), n << bits);
}

void keys_add_ranges(struct keys *ks, enum key_field f, const struct ranges *rs)
{
	for (uint32_t i = 0; i < rs->count && !ks->lost; i++)
		add_range(ks, f, rs->r[i].lo, rs->r[i].hi);
}

/* What a key of one value is worth at best: traffic is not spread evenly. */
static const uint16_t rarest[KEY_FIELDS] = {
	[KEY_FAMILY] = 32768, [KEY_DIR] = 32768, [KEY_PROTO] = 16384, [KEY_SRC4] = 16, [KEY_DST4] = 16, [KEY_SRC6] = 16,
	[KEY_DST6] = 16, [KEY_SPORT] = 64, [KEY_DPORT] = 64, [KEY_RECV] = 8192, [KEY_XMIT] = 8192, [KEY_VIA] = 8192,
	[KEY_TCP_FLAGS] = 8192, [KEY_TTL] = 4096, [KEY_TOS] = 8192, [KEY_LEN] = 256, [KEY_ID] = 64,
};

uint32_t key_weight(const struct index_key *k)
{
	unsigned bits = (unsigned)(__builtin_popcountll(k->mask[0]) + __builtin_popcountll(k->mask[1]));
	uint32_t even = bits < 16 ? EVERY_PACKET >> bits : 1;

	if (k->field == KEY_LEN)	/* nearly all packets are shorter than 2048 */
		even = bits < 5 ? EVERY_PACKET : even * 32;
	return even > rarest[k->field] ? even : rarest[k->field];
}

/* The block that begins with part i, up to `end`. False: it says nothing, or nothing that most packets are not. */
static bool block_keys(const struct rule *r, size_t i, size_t end, struct keys *ks)
{
	uint32_t share = 0;

	ks->n = 0;
	ks->lost = false;
	for (; i < end; i++) {
		const struct part *p = &r->parts[i];
		unsigned before = ks->n;

		if (p->negated || p->always || !p->word->keys)
			return false;
		p->word->keys(p->own, ks);
		if (ks->lost || ks->n == before)
			return false;
		while (before < ks->n && share < EVERY_PACKET)
			share += key_weight(&ks->k[before++]);
	}
	return share < EVERY_PACKET;
}

void keys_of_rule(const struct rule *r, void (*fn)(void *ctx, const struct keys *ks), void *ctx)
{
	struct keys ks;
	size_t end;

	if (r->params[PARAM_PROB].word)
		return;
	for (size_t i = 0; i < r->count; i = end) {
		for (end = i; r->parts[end].more;)
			end++;
		end++;
		if (block_keys(r, i, end, &ks))
			fn(ctx, &ks);
	}
}
