/* rules/rules_table.h - tables, inside the room: a table, the place of its name that rules hold, all of an instance.
 *
 * A line becomes a command (rules_table_cmd.c), which is done (rules_table_run.c) to a table (rules_table.c) found by
 * its name (rules_tables.c), or answered (rules_table_show.c). Keys and values are read and printed by their types
 * (rules_table_key.c, rules_table_value.c). Rules look up (match_table.c) and act on what they found (rules_arg.c).
 *
 *	at the same time as	lookups of rules	all else
 *	lookups of rules	yes			yes
 *	all else		yes			no: one thread */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "rules/rules_int.h"

#include "base/hash.h"
#include "base/prefix.h"
#include "base/rcu.h"
#include "base/units.h"

#define TABLE_NAME_MAX 63
#define TABLE_KEY_BYTES 255	/* of a name of an interface; a flow has fewer */
#define TABLES_MOST 65535
#define TABLE_LOTS 64		/* names are dealt out to so many lots, each with the time of its last change */
#define TABLE_NONE PREFIX_NONE	/* no row: not found */

enum table_type { TABLE_ADDR, TABLE_IFACE, TABLE_NUMBER, TABLE_FLOW, TABLE_MAC, TABLE_TYPES };
enum { FLOW_SRC = 1, FLOW_PROTO = 2, FLOW_SPORT = 4, FLOW_DST = 8, FLOW_DPORT = 16, FLOW_ALL = 31 };

/* What a column of a table is for; a legacy table has one for all of them but the last. */
enum value_use {
	VALUE_SKIPTO, VALUE_PIPE, VALUE_FIB, VALUE_NAT, VALUE_DSCP, VALUE_TAG, VALUE_DIVERT, VALUE_NETGRAPH,
	VALUE_LIMIT, VALUE_IPV4, VALUE_MARK, VALUE_IPV6,
	VALUE_USES
};
#define VALUE_WORDS_MAX (VALUE_USES + 3)	/* of a row: an IPv6 address has four */

struct table_desc {		/* what `create` says of a table */
	uint8_t type;		/* enum table_type */
	uint8_t flow;		/* FLOW_ bits of its keys */
	uint8_t columns;	/* 0: legacy */
	uint8_t column[VALUE_USES];	/* enum value_use, in their order in a row */
	bool hashed;		/* addr:hash: prefixes have these lengths, and no other */
	uint8_t len4, len6;
	uint32_t limit;		/* of entries; 0: none */
};

/* ---- keys (rules_table_key.c) ---- */

struct flow_key {		/* fields that are no part of the type are 0 */
	uint64_t src[2], dst[2];	/* IPv4: in [1] */
	uint16_t sport, dport;
	uint8_t proto, family;
	uint16_t zero;
};

struct table_key {
	uint8_t family;		/* addr: 4 or 6 */
	uint8_t len;		/* of a prefix, in bits; of a name or a flow, in bytes */
	struct prefix_key prefix;	/* addr, number, mac */
	uint8_t bytes[TABLE_KEY_BYTES];	/* iface, flow */
};

const char *table_type_name(enum table_type type);
bool table_type_read(struct word w, struct table_desc *d);	/* "addr", "flow:src-ip,dst-port" */
void table_type_print(const struct table_desc *d, struct str *to);
/* Errors go to `lx`. */
int table_key_read(struct lex *lx, const struct table_desc *d, struct word w, struct table_key *k);
void table_key_print(const struct table_desc *d, const struct table_key *k, struct str *to);
/* Of iface and flow: less than 0, 0 or more. */
int table_key_compare(enum table_type type, const struct table_key *a, const struct table_key *b);
/* What such a key looks like; false: it may be a key of several types. */
bool table_key_guess(struct word w, struct table_desc *d);

/* ---- values (rules_table_value.c) ---- */

unsigned value_words(const struct table_desc *d);	/* of a row */
bool value_column_read(struct word w, uint8_t *column);
const char *value_column_name(enum value_use use);
int value_read(struct lex *lx, const struct table_desc *d, struct word w, uint32_t row[VALUE_WORDS_MAX]);
void value_print(const struct table_desc *d, const uint32_t *row, bool as_address, struct str *to);
int value_word_of(const struct table_desc *d, enum value_use use);	/* its place in a row; -1: there is none */

/* Rows that never move. A row that is given back is used again when no reader can see it any more. A row of one word
 * below 2^31 is not kept, its number is the word itself; numbers of all others have the highest bit. */
#define VALUE_SEGMENTS 26
#define VALUE_KEPT 0x80000000u
struct values {
	uint32_t *segment[VALUE_SEGMENTS];	/* [R] 64 << i rows each */
	uint32_t *back;				/* [O] rows given back, the first `settled` seen by nobody */
	uint32_t back_count, settled, back_room;
	uint32_t used;				/* [O] rows ever given */
	uint32_t words;				/* [C] of a row */
};
static inline uint32_t *values_kept(const struct values *v, uint32_t i)
{
	uint32_t n = (i & ~VALUE_KEPT) + 64, k = 25 - (uint32_t)__builtin_clz(n);

	return v->segment[k] + (size_t)(n - ((uint32_t)64 << k)) * v->words;
}
/* The words of row *i, as long as *i stands. */
static inline const uint32_t *values_row(const struct values *v, const uint32_t *i)
{
	return *i & VALUE_KEPT ? values_kept(v, *i) : i;
}
uint32_t values_put(struct values *v, const uint32_t *row);	/* its number; TABLE_NONE: no memory */
void values_back(struct values *v, uint32_t i);
size_t values_bytes(const struct values *v);
void values_fini(struct values *v);

/* ---- keys of bytes, found exactly (rules_table_exact.c) ---- */

struct exact_entry {
	uint64_t digest;	/* [C] */
	uint32_t row;		/* [A] */
	uint32_t len_bytes;	/* [C] */
	uint8_t key[];
};

struct exact_cells;
struct exact {
	struct exact_cells *cells;	/* [R] */
	struct siphash_key key;		/* [C] */
	size_t count, used;		/* [O] entries; and cells that are not free */
	size_t bytes;			/* [O] */
};

int exact_init(struct exact *x, struct siphash_key key);
void exact_fini(struct exact *x);
uint32_t exact_find(const struct exact *x, const void *key, uint32_t len_bytes);	/* its row, or TABLE_NONE */
int exact_set(struct exact *x, const void *key, uint32_t len_bytes, uint32_t row);	/* 0 or ERR_NOMEM */
void exact_remove(struct exact *x, const void *key, uint32_t len_bytes);	/* it is there */
void exact_each(const struct exact *x, void (*fn)(void *ctx, const struct exact_entry *e), void *ctx);

/* ---- a table (rules_table.c) ---- */

struct rules_table {
	struct table_desc desc;		/* [C] but for limit */
	bool locked;			/* [O] */
	struct prefix_table four, six;	/* addr: both; number: four, as addresses; mac: six, from the top */
	struct exact exact;		/* iface, flow */
	struct values values;
	size_t count;			/* [O] entries */
};

struct rules_table *table_new(const struct table_desc *d, struct siphash_key key);	/* NULL: no memory */
void table_free(struct rules_table *t);		/* when no reader can reach it any more */
uint32_t table_get(const struct rules_table *t, const struct table_key *k);	/* the row of this very key */
/* The row of the entry that a lookup of `k` finds, whose key it becomes. */
uint32_t table_lookup(const struct rules_table *t, struct table_key *k);
/* Puts it in, or gives it another row. 0 or ERR_NOMEM, and nothing changed. */
int table_set(struct rules_table *t, const struct table_key *k, const uint32_t *row);
int table_remove(struct rules_table *t, const struct table_key *k);	/* it is there; 0 or ERR_NOMEM */
/* All entries in the order of their keys. 0 or ERR_NOMEM. */
int table_each(const struct rules_table *t, void (*fn)(void *ctx, const struct table_key *k, const uint32_t *row),
	void *ctx);
size_t table_bytes(const struct rules_table *t);

/* ---- tables of an instance (rules_tables.c) ---- */

/* The place of a name. It stays as long as the instance, so that a rule finds the table that is made later, or
 * swapped in. */
struct table_slot {
	struct hash_node node;
	struct rules_table *table;	/* [R] NULL: there is none */
	uint32_t index;			/* [O] of its table: which it was to be made */
	uint64_t staged;		/* [O] the check in which a rule would have made it, */
	struct table_desc would;	/* [O] and as what */
	uint8_t set;			/* [C] */
	uint8_t lot;			/* [C] of TABLE_LOTS: whose change its own is taken for */
	char name[TABLE_NAME_MAX + 1];	/* [C] */
};

struct rules_tables {
	struct hash names;
	struct siphash_key key;
	struct table_slot **slots;	/* all there ever were */
	size_t slots_count, slots_room;
	size_t count;			/* tables that there are */
	uint32_t made;
	uint32_t most;			/* tables_max */
	bool by_set;			/* tables_sets: a set has tables of its own */
	uint64_t generation;		/* changes of all tables so far, */
	uint64_t changed[TABLE_LOTS];	/* and how many they were behind the last one of each lot */
	uint64_t check;			/* number of the last check */
};

/* What may be in `s` now is another than before. */
void tables_changed(struct rules_tables *ts, const struct table_slot *s);
/* Did no table of these lots, a bit each, change since there were `since` changes? */
bool tables_stand(const struct rules_tables *ts, uint64_t lots, uint64_t since);

static inline struct rules_table *slot_table(const struct table_slot *s)
{
	return rcu_read(&s->table);
}

/* The slot of a name, as rules and commands of `set` mean it; made where there is none. NULL: no memory. */
struct table_slot *tables_slot(struct rules_tables *ts, uint32_t set, const char *name);
/* The same, and NULL too where nobody ever named it. */
struct table_slot *tables_find(const struct rules_tables *ts, uint32_t set, const char *name);
int tables_make(struct rules_tables *ts, struct table_slot *s, const struct table_desc *d, struct err *e);
void tables_publish(struct rules_tables *ts, struct table_slot *s, struct rules_table *t);	/* frees the old one */

/* ---- what rules keep of a table ---- */

enum lookup_field {		/* from DSCP on: not of the flow */
	LOOKUP_SRC_IP, LOOKUP_DST_IP, LOOKUP_SRC_PORT, LOOKUP_DST_PORT, LOOKUP_DSCP, LOOKUP_SRC_MAC, LOOKUP_DST_MAC
};

struct table_ref {		/* private data of every condition on a table begins with it */
	const struct table_slot *slot;	/* bound; NULL: no tables */
	uint32_t value;			/* table(t,V) */
	bool has_value;
	uint8_t field;			/* enum lookup_field */
	uint8_t type;			/* enum table_type that it can ask */
	uint32_t column, width;		/* where the name stands in its line */
	char name[TABLE_NAME_MAX + 1];
};

bool word_is_table(struct word w);	/* "table(..." */
/* The current token, table(NAME[,VALUE]), of `type`; becomes the private data of p. */
int table_ref_parse(struct parse *ps, struct part *p, enum table_type type);
int table_name_read(struct lex *lx, struct word w, char name[TABLE_NAME_MAX + 1]);	/* errors go to `lx` */
int parse_addr_table(struct parse *ps, struct part *p, bool src, bool six);
int parse_iface_table(struct parse *ps, struct part *p);	/* p->word is recv, xmit, via */

/* Every part of the rule that names a table. */
static inline const struct table_ref *part_table(const struct part *p)
{
	return p->word->tabled ? p->own : NULL;
}
void tables_want_desc(const struct table_ref *ref, struct table_desc *d);	/* what a missing one becomes */

/* ---- commands ---- */

enum table_verb {
	TABLE_CREATE, TABLE_DESTROY, TABLE_MODIFY, TABLE_SWAP, TABLE_ADD, TABLE_DELETE, TABLE_LOCK, TABLE_UNLOCK,
	TABLE_FLUSH,
	TABLE_LOOKUP, TABLE_LIST, TABLE_INFO, TABLE_DETAIL,	/* these only ask */
};

struct table_item {		/* a key and its value, where they stand in the line; no value: value_n 0 */
	uint32_t key, key_n, value, value_n;
};

struct table_cmd {
	enum table_verb verb;
	bool all;			/* instead of a name */
	bool atomic, missing, or_flush, locked;
	bool has_type, has_algo, has_limit;
	char name[TABLE_NAME_MAX + 1], other[TABLE_NAME_MAX + 1];
	uint32_t name_at, name_n, other_at, other_n;	/* in the line */
	struct table_desc desc;
	struct table_item *items;
	size_t count, room;
};

void table_cmd_free(struct table_cmd *c);
void table_cmd_print(const struct rules_cmd *c, struct str *to);
extern const struct rules_word command_table;
/* rules_table_show.c: false: no memory */
bool table_show(const struct rules_tables *ts, const struct rules_set *s, const struct rules_cmd *c,
	const struct rules_show *how, struct str *to);
uint32_t tables_references(const struct rules_tables *ts, const struct rules_set *s, const struct table_slot *slot);

#endif
