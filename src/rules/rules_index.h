/* rules/rules_index.h - which rules of a set a packet can match at all: the index, and the walk along it.
 *
 * Made with the set and as immutable as that. A key is (field, mask, value): packets that have the field, and value
 * under mask. See rules_index.c for how rules get theirs. */
#ifndef RULES_INDEX_H
#define RULES_INDEX_H

#include "rules/rules_int.h"

#define INDEX_RULES_MIN 16	/* sets of fewer rules have none: asking them all is cheaper */
#define PROBES_MAX 160		/* (field, mask) pairs of one index */
#define KEYS_MAX 64		/* of one condition; one that needs more has none */

struct index_key {
	uint64_t mask[2], value[2];
	uint8_t field;
};

struct keys {			/* of one condition, or of all alternatives of a block */
	unsigned n;
	bool lost;		/* there are more than KEYS_MAX */
	struct index_key k[KEYS_MAX];
};

struct probe {			/* one look into the table: the field under this mask */
	uint64_t mask[2], seed;
};

struct index_slot {
	uint64_t print;		/* of a key; 0: free */
	uint32_t first, count;	/* its rules: lists[first ..], in order, then UINT32_MAX */
};

struct index {
	_Alignas(8) uint32_t fields;		/* bit f: some probe is of field f; probes stand behind the whole */
	uint16_t first[KEY_FIELDS + 1];		/* probes of field f: first[f] .. first[f + 1] - 1 */
	uint32_t always_count;			/* lists[0 ..]: rules always asked; the last is the default rule */
	uint32_t loose;				/* lists[loose ..]: those with keys not of the flow (KEY_TTL ..) */
	uint32_t slots_mask;
	struct probe *probes;
	struct index_slot *slots;
	uint32_t *lists;
};

/* rules_keys.c: the keys of every block that has some are handed to `fn`, block by block. A rule with dice has none. */
void keys_of_rule(const struct rule *r, void (*fn)(void *ctx, const struct keys *ks), void *ctx);
/* How many of 65536 packets have such a key, by guess: at least 1. */
uint32_t key_weight(const struct index_key *k);
uint64_t name_value(const char *name);	/* of an interface, as keys have it */

/* The set's, or NULL in *to where it is better off without. 0 or ERR_NOMEM. */
int index_new(struct index **to, const struct rules_set *s);
void index_free(struct index *ix);	/* NULL is fine */

struct walk {			/* along the rules that a packet can match, and some more, in order */
	unsigned lists;
	uint8_t tos;		/* of the packet when it began: what setdscp changes */
	const uint32_t *at[PROBES_MAX + 1], *end[PROBES_MAX + 1];	/* *end: UINT32_MAX */
};

void walk_begin(struct walk *w, const struct index *ix, const struct rules_look *l);
/* How far rules stand so close from `rule` on, which comes next, that code asks them sooner with those between than it
 * is entered for each: behind the last of them; or 0. */
uint32_t walk_dense(const struct walk *w, uint32_t rule);
void index_dense(const struct index *ix, uint8_t *dense);	/* sets [rule] of those in such rows */
const uint32_t *walk_seek(const uint32_t *at, const uint32_t *end, uint32_t rule);

/* The first of them from `rule` on, which is not behind the default rule. Only forward: else begin anew. */
static inline uint32_t walk_next(struct walk *w, uint32_t rule)
{
	uint32_t best = UINT32_MAX;

	for (unsigned i = 0; i < w->lists; i++) {
		if (*w->at[i] < rule)
			w->at[i] = walk_seek(w->at[i], w->end[i], rule);
		if (*w->at[i] < best)
			best = *w->at[i];
	}
	return best;
}

#endif
