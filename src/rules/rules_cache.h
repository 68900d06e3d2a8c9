/* rules/rules_cache.h - what a flow met in a set, remembered: the room's side. Others see rules.h. */
#ifndef RULES_CACHE_H
#define RULES_CACHE_H

#include "base/siphash.h"
#include "rules/rules_table.h"

#define CACHE_PATH_MAX 10	/* rules that count one packet; longer ways are not remembered */
#define CACHE_SETS 2048
#define CACHE_WAYS 2

struct cache_key {		/* all that an answer can depend on which is remembered */
	uint16_t sport, dport, iface_in, iface_out;
	uint8_t family, proto, dir, layer2;
	uint8_t tcp_flags, zero[3];
	uint64_t addr[4];	/* IPv4: both in the first */
};

struct cache_entry {
	struct cache_key key;
	uint32_t generation;
	bool used;		/* false: free */
	uint8_t count;		/* 0: this flow cannot be remembered */
	uint8_t verdict;	/* enum rules_verdict */
	uint32_t arg;		/* of it */
	uint32_t path[CACHE_PATH_MAX];	/* rules that count; the last decides */
	uint64_t lots;		/* of tables that the way asked (rules_table.h), */
	uint64_t tables_at;	/* and of how many changes of tables it is good */
};

struct rules_cache {
	struct siphash_key secret;
	const uint32_t *generation;	/* of the set, and all else that rules ask, but tables */
	const struct rules_tables *tables;	/* NULL: none */
	uint32_t rest;			/* packets until it is asked again */
	uint32_t asked, hits;		/* of this turn */
	uint64_t all_asked, all_hits, all_kept;
	uint32_t seen[CACHE_SETS * CACHE_WAYS];	/* prints of flows that came once */
	uint8_t recent[CACHE_SETS];	/* the way of the set that was used last */
	struct cache_entry entries[CACHE_SETS][CACHE_WAYS];
};

struct record {			/* a way through the set, while it is gone */
	const struct rules_set *set;
	const struct rules_pass *x;
	struct rules_look look;	/* x->look, but for what is found */
	struct rules_found found;
	struct cache_key key;
	uint64_t digest;
	uint32_t next;		/* the rule that the scan goes on at */
	const uint32_t *loose;	/* those that are not behind it yet */
	unsigned looked;	/* loose rules that were looked at */
	bool lost;		/* it is not this flow's, but this packet's */
	unsigned count;
	uint32_t path[CACHE_PATH_MAX];
	enum rules_verdict verdict;	/* of the last of them */
	uint32_t arg;
	uint64_t lots, tables_at;	/* as of an entry */
};

enum cache_says { CACHE_ANSWERED, CACHE_RECORD, CACHE_NOTHING };

/* Answers, and counts; or fills `rec`, since it wants to know: rule by rule by cache_note(), and at the end
 * cache_keep(). */
enum cache_says cache_ask(struct rules_cache *c, const struct rules_set *s, struct rules_pass *x,
	struct rules_answer *a, struct record *rec);
void cache_note(struct record *rec, uint32_t rule, bool matched);	/* it was asked, and has not acted yet */
void cache_keep(struct rules_cache *c, const struct record *rec);

#endif
