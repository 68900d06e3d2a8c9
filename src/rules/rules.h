/* rules/rules.h - the rule language: text to immutable sets, sets to answers. Decides, never delays.
 *
 * A command is parsed by itself, without effect (rules_parse); commands are then applied to a set, all or nothing,
 * which makes another set (rules_build). A packet in flight sees one set from end to end. Counters are no part of
 * the set: they belong to the lane, one for each rule. Who asks keeps the set alive by rules_hold(). */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/drop.h"
#include "base/err.h"
#include "base/lex.h"
#include "filter/filter.h"
#include <narrows/types.h>
#include "wire/meta.h"
#include "wire/view.h"

struct pkt;
struct pkt_pool;
struct rules_set;		/* immutable, counted */
struct rules_cmd;		/* one parsed command */
struct rules_tables;		/* tables of an instance, by name */
struct rules_table;

#define RULES_DEFAULT 65535	/* number of the default rule */

enum rules_verdict {
	RULES_ALLOW,
	RULES_DENY,
	RULES_PIPE,		/* arg: number of the pipe */
	RULES_QUEUE,		/* arg: number of the queue */
};

/* What goes back to the sender of a packet that was denied; whether it may, and how it is built, the lane decides. */
enum rules_reply {
	RULES_SILENT,
	RULES_UNREACH,		/* ICMP destination unreachable, code: 0..255 */
	RULES_UNREACH6,		/* ICMPv6 destination unreachable */
	RULES_RESET,		/* TCP RST, to IPv4; RESET6 to IPv6; other packets get none */
	RULES_RESET6,
	RULES_ABORT,		/* SCTP ABORT, likewise */
	RULES_ABORT6,
};

struct rules_answer {
	enum rules_verdict verdict;
	uint32_t arg;
	uint32_t rule;		/* index of the deciding rule in its set; its number: rules_number() */
	enum drop why;		/* of RULES_DENY: DROP_RULE, or DROP_NO_MEMORY where an action found none */
	enum rules_reply reply;	/* of RULES_DENY */
	uint8_t code;		/* of the reply */
};

/* What a lane keeps of a rule. One for each of rules_total(), made by rules_counters(). */
struct rules_counter {
	uint64_t packets, bytes;
	nrw_time last;		/* when it matched last; means nothing while packets is 0 */
	uint64_t logged;	/* reports since the last resetlog */
	uint64_t drawn;		/* by prob */
};

struct rules_pass;

/* What the environment answers while rules are judged. A function that is NULL knows nothing. */
struct rules_env {
	void *ctx;
	const char *(*iface_name)(void *ctx, uint16_t iface);	/* as struct meta numbers them; NULL: no name */
	bool (*is_me4)(void *ctx, uint32_t addr);		/* is it an address of this instance? */
	bool (*is_me6)(void *ctx, const uint64_t addr[2]);
	/* `log` of rule x->rule matched for the nth time since its count was reset; `last`: its limit is reached. */
	void (*log)(void *ctx, const struct rules_pass *x, uint64_t nth, bool last);
};

struct rules_found {		/* by the last lookup of a rule that succeeded */
	const struct rules_table *table;	/* NULL: none did */
	uint32_t row;
};

/* What a match may look at. `bytes` are what view was parsed from: its offsets count from there. */
struct rules_look {
	union {
		struct filter_look filter;	/* the same as programs see it */
		struct {
			const struct view *view;
			const struct meta *meta;
			const uint8_t *bytes;
			uint32_t len_bytes, wire_bytes;	/* captured, and on the wire */
		};
	};
	const struct rules_env *env;	/* never NULL */
	struct rules_counter *counters;	/* the lane's, rules_total() of them */
	struct rules_found *found;	/* the lane's, for tablearg; NULL: no rule with tablearg matches */
};

/* One packet on its way through a set: what matches see, and what actions may change. An action that changes bytes
 * (pkt_writable() first) sets look.bytes anew and keeps the view true, one that changes tags or lengths the meta. */
struct rules_pass {
	struct rules_look look;
	struct view *view;	/* look.view and look.meta, to write to */
	struct meta *meta;
	struct pkt *pkt;	/* may be NULL where no rule of the set acts (rules_acts()) */
	struct pkt_pool *pool;
	nrw_time now;
	bool again;		/* comes back within one pass of a hook: its call stack stays; else it is emptied */
	uint32_t from;		/* index of the rule to begin at: 0, or rules_after() */
	struct rules_cache *cache;	/* the lane's, or NULL */

	/* The engine's, for actions. */
	const struct rules_set *set;
	struct rules_answer *answer;
	uint32_t rule;		/* index of the rule that acts */
	uint32_t next;		/* index of the rule to go on at, for an action that jumps */
	uint32_t calls;		/* made so far */
};

/* The verdict cache of a lane: what flows met in a set that has an index, so that they need not be judged anew. A hint,
 * which changes no answer, no counter, nothing but the time it takes. *generation is another number whenever the set or
 * what the environment answers are; `tables` are those that the sets were built with, or NULL; `seed` keys its hash.
 * NULL: no memory. */
struct rules_cache *rules_cache_new(uint64_t seed, const uint32_t *generation, const struct rules_tables *tables);
void rules_cache_free(struct rules_cache *c);		/* NULL is fine */
struct rules_cache_stats { uint64_t asked, hits, kept; size_t bytes; };
void rules_cache_stats(const struct rules_cache *c, struct rules_cache_stats *st);

/* What a set is made with; the same for all sets of an instance. */
struct rules_cfg {
	bool default_allow;
	uint64_t seed;		/* of prob */
	uint32_t step;		/* autoinc_step, 1..1000; 0: 100 */
	struct rules_tables *tables;	/* that rules name; NULL: there are none, and none is made */
	bool linear;		/* without an index: slower, and the same in everything else */
	bool interpreted;	/* without machine code: likewise */
};

/* Flags that stand before a command ("-f", "-aS"), of any room: is this one? */
bool rules_flag(struct word w);
/* What it says of a list goes to `how`; NULL: no list follows, and a flag of lists is an error. Errors go to
 * lx->errs. */
struct rules_show;
int rules_take_flag(struct lex *lx, struct word w, struct rules_show *how);

/* Whoever knows other languages than ours for `match filter` (libpcap's) makes programs of their texts, whose bytes
 * begin at the IP header. Once, before any rule is read; NULL from `fn`: it is none of theirs. */
struct filter;
typedef struct filter *(*rules_filter_fn)(const char *text, struct err *e);
void rules_filter_register(rules_filter_fn fn);

/* Is this the first word of a command of this room ("add" now)? */
bool rules_knows(struct word first);
/* Parses one line whose first word rules_knows(). All errors of the line go to lx->errs. NULL where there was one. */
/* Flags may stand before that word. */
struct rules_cmd *rules_parse(struct lex *lx);
void rules_cmd_free(struct rules_cmd *c);

/* Does it only ask (list, show, print, set show)? rules_show() answers it then. */
bool rules_cmd_asks(const struct rules_cmd *c);

/* Tables. A set that was built with them points into them: they go when all of its kind have gone. Rules ask them as
 * they are when a packet comes; commands change them at once. One thread, but for rules that ask. */
struct rules_tables *rules_tables_new(uint64_t seed);	/* NULL: no memory */
void rules_tables_free(struct rules_tables *ts);
/* Is it a command on tables? Those do nothing to sets: rules_build() passes over them. */
bool rules_cmd_tables(const struct rules_cmd *c);
/* Must rules that stand before it be built first? A table may be made by them, or asked. */
bool rules_tables_wait(const struct rules_tables *ts, const struct rules_cmd *c);
/* Does one that does not only ask; `s`: the rules that there are. Errors and warnings go to `es`, at their places.
 * Returns how many errors; what was right in a batch is done. */
size_t rules_tables_run(struct rules_tables *ts, const struct rules_set *s, const struct rules_cmd *c, struct errs *es);
/* The answer to one that asks, as rules_show() gives it. NULL: told in `es`. */
char *rules_tables_show(const struct rules_tables *ts, const struct rules_set *s, const struct rules_cmd *c,
	struct errs *es);
uint32_t rules_tables_count(const struct rules_tables *ts);
/* tables_sets: each set of rules has tables of its own. ERR_USAGE: there are tables already. */
int rules_tables_set_by_set(struct rules_tables *ts, bool by_set, struct err *e);
bool rules_tables_by_set(const struct rules_tables *ts);
void rules_tables_set_most(struct rules_tables *ts, uint32_t most);	/* tables_max */
uint32_t rules_tables_most(const struct rules_tables *ts);

/* What no line knows of itself: applies the commands in order as rules_build() does, keeps nothing of it, and tells
 * every error at its place in `es`: a skipto of a rule without a number of its own that is not above the number it
 * gets; a rule that is to be deleted, cleared, moved or listed, and does not exist at that point; a table of another
 * type than the rule asks. Warns of tables that rules_build() will make. Returns how many errors.
 * Call it before rules_build(), with the same arguments. */
size_t rules_check(const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds, size_t n,
	struct errs *es);

/* A new set: `from` (NULL: only the default rule) with `n` commands of every kind applied in order, all or nothing;
 * fills the numbers that were left out. Commands that ask change nothing: to answer one in the middle of many, build up
 * to it, and on from there. Reference count 1. The commands stay the caller's. NULL, told in `e`: ERR_NOMEM, or the
 * first error that rules_check() would have told. cfg NULL: a denying default rule, seed 0. */
struct rules_set *rules_build(const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds,
	size_t n, struct err *e);
struct rules_set *rules_hold(struct rules_set *s);
void rules_release(struct rules_set *s);

/* The canonical text of a command after rules_build() gave it its number: "add 100 allow tcp from any to any
 * dst-port 80". Returns a string of malloc's, or NULL. */
char *rules_cmd_print(const struct rules_cmd *c);

/* Rules of a set, in order; the last is the default rule. Behind it, up to rules_total(), stand the rules of disabled
 * sets, in order too: they do not exist for packets. The text is that of the action and the body, no number. */
uint32_t rules_count(const struct rules_set *s);
uint32_t rules_total(const struct rules_set *s);
uint32_t rules_number(const struct rules_set *s, uint32_t rule);
uint32_t rules_set_of(const struct rules_set *s, uint32_t rule);	/* "set N" */
uint64_t rules_id(const struct rules_set *s, uint32_t rule);	/* unique in s and all made from it; default rule: 0 */
const char *rules_text(const struct rules_set *s, uint32_t rule);	/* "allow ip from any to any", while s lives */
/* Of that text, what the rule does: "deny", "pipe 1", "unreach port". */
struct word rules_action(const struct rules_set *s, uint32_t rule);
/* Every rule of the set by (number, age), those of disabled sets in their place among the others; the default rule
 * comes last. Begin with an iterator of zero. False: there are no more. */
struct rules_walk { uint32_t on, off; };
bool rules_next(const struct rules_set *s, struct rules_walk *w, uint32_t *rule);
bool rules_acts(const struct rules_set *s);	/* is there a rule that changes packets, logs or answers? */
/* Where a packet goes on that rule `id`, numbered `number`, sent away: at the rule after it, if that is gone at the
 * next one there is. */
uint32_t rules_after(const struct rules_set *s, uint32_t number, uint64_t id);
/* Counters for `s`, of calloc's: those of a rule that stood in `from` too (NULL: none) go on from `old`, but what
 * zero and resetlog cleared among the commands that made `s` of `from`. NULL: no memory. */
struct rules_counter *rules_counters(const struct rules_set *s, const struct rules_set *from,
	const struct rules_counter *old);

enum rules_stamp { RULES_NO_STAMP, RULES_DATE, RULES_EPOCH };	/* -t, -T: the last match; in UTC, in seconds */

struct rules_show {
	bool counters;		/* -a: packets and bytes; `show` has them by itself */
	bool sets;		/* -S: the number of its set, and rules of disabled sets, marked */
	bool compact;		/* -c: without `ip from any to any` */
	bool brief;		/* -b: action and comment alone */
	bool names;		/* -N: services and ethertypes by name, where they have one */
	bool addresses;		/* -i: values of tables as addresses */
	bool quiet;		/* -q: what is in a table already is no error */
	enum rules_stamp stamp;
	uint64_t epoch_ns;	/* time 0 of the counters, in ns since 1970 */
};

/* The answer to a command that asks: lines of malloc's, each ending in a newline; none: "". NULL: no memory.
 *      00100    12     1008 allow tcp from any to any dst-port 80
 *      # DISABLED 00200     0        0 set 3 deny ip from any to any
 * `how` NULL: as the command says. */
const struct rules_show *rules_cmd_how(const struct rules_cmd *c);	/* what its flags say */
char *rules_show(const struct rules_set *s, const struct rules_counter *counters, const struct rules_cmd *c,
	const struct rules_show *how);

/* Every pipe or queue number some rule names, so that the lane can warn of missing ones. Calls back once a rule. */
typedef void (*rules_target_fn)(void *ctx, uint32_t rule, enum rules_verdict v, uint32_t arg);
void rules_each_target(const struct rules_set *s, rules_target_fn fn, void *ctx);

/* The hot path: one packet through the set, as if every rule was asked in order. Adds to x->look.counters. Allocates
 * only what a packet's tags or call stack need, from its pool. */
void rules_judge(const struct rules_set *s, struct rules_pass *x, struct rules_answer *a);
/* The same, and every rule whose body matched, in order, to `trace(ctx, rule)`: for `narrows explain`. */
void rules_judge_traced(const struct rules_set *s, struct rules_pass *x, struct rules_answer *a,
	void (*trace)(void *ctx, uint32_t rule), void *ctx);

/* Every word of the language, from the table the parser uses; kind "command", "action", "parameter", "match" or
 * "address". For `narrows check --list`. */
struct rules_word_info { const char *kind, *word, *help; bool later; };
bool rules_word_at(size_t i, struct rules_word_info *info);

#endif
