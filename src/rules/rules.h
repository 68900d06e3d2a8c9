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
#include "wire/meta.h"
#include "wire/view.h"

struct rules_set;		/* immutable, counted */
struct rules_cmd;		/* one parsed command */

#define RULES_DEFAULT 65535	/* number of the default rule */

enum rules_verdict {
	RULES_ALLOW,
	RULES_DENY,
	RULES_PIPE,		/* arg: number of the pipe */
	RULES_QUEUE,		/* arg: number of the queue */
};

struct rules_answer {
	enum rules_verdict verdict;
	uint32_t arg;
	uint32_t rule;		/* index of the deciding rule in its set; its number: rules_number() */
};

struct rules_counter {
	uint64_t packets, bytes;
};

/* What the environment answers while rules are judged. A function that is NULL knows nothing. */
struct rules_env {
	void *ctx;
	const char *(*iface_name)(void *ctx, uint16_t iface);	/* as struct meta numbers them; NULL: no name */
	bool (*is_me4)(void *ctx, uint32_t addr);		/* is it an address of this instance? */
	bool (*is_me6)(void *ctx, const uint64_t addr[2]);
};

/* What a match may look at. `bytes` are what view was parsed from: its offsets count from there. */
struct rules_look {
	const struct view *view;
	const struct meta *meta;
	const struct rules_env *env;	/* never NULL */
	const uint8_t *bytes;
	uint32_t len_bytes;
};

/* Is this the first word of a command of this room ("add" now)? */
bool rules_knows(struct word first);
/* Parses one line whose first word rules_knows(). All errors of the line go to lx->errs. NULL where there was one. */
struct rules_cmd *rules_parse(struct lex *lx);
void rules_cmd_free(struct rules_cmd *c);

/* What no line knows of itself: numbers the commands as rules_build() does, and tells at its place in `es` each
 * skipto of a rule without a number of its own that is not above the number it gets. Returns how many. Call it
 * before rules_build(), with the same arguments. */
size_t rules_check(const struct rules_set *from, struct rules_cmd **cmds, size_t n, struct errs *es);

/* A new set: `from` (NULL: only the default rule) with `n` commands applied in order; fills the numbers that were
 * left out. Reference count 1. The commands stay the caller's. NULL, told in `e`: ERR_NOMEM, or ERR_RANGE for what
 * rules_check() would have told. */
struct rules_set *rules_build(const struct rules_set *from, bool default_allow, struct rules_cmd **cmds, size_t n,
	struct err *e);
struct rules_set *rules_hold(struct rules_set *s);
void rules_release(struct rules_set *s);

/* The canonical text of a command after rules_build() gave it its number: "add 100 allow tcp from any to any
 * dst-port 80". Returns a string of malloc's, or NULL. */
char *rules_cmd_print(const struct rules_cmd *c);

/* Rules of a set, in order; the last is the default rule. The text is that of the action and the body, no number. */
uint32_t rules_count(const struct rules_set *s);
uint32_t rules_number(const struct rules_set *s, uint32_t rule);
uint32_t rules_set_of(const struct rules_set *s, uint32_t rule);	/* "set N" */
uint64_t rules_id(const struct rules_set *s, uint32_t rule);	/* unique in s and all made from it; default rule: 0 */
const char *rules_text(const struct rules_set *s, uint32_t rule);	/* "allow ip from any to any", while s lives */
/* Every pipe or queue number some rule names, so that the lane can warn of missing ones. Calls back once a rule. */
typedef void (*rules_target_fn)(void *ctx, uint32_t rule, enum rules_verdict v, uint32_t arg);
void rules_each_target(const struct rules_set *s, rules_target_fn fn, void *ctx);

/* The hot path: one packet through the set, linear. Adds to counters[rule] (rules_count() of them). Never allocates. */
void rules_judge(const struct rules_set *s, const struct rules_look *l, struct rules_counter *counters,
	struct rules_answer *a);
/* The same, and every rule whose body matched, in order, to `trace(ctx, rule)`: for `narrows explain`. */
void rules_judge_traced(const struct rules_set *s, const struct rules_look *l, struct rules_counter *counters,
	struct rules_answer *a, void (*trace)(void *ctx, uint32_t rule), void *ctx);

/* Every word of the language, from the table the parser uses; kind "command", "action", "parameter", "match" or
 * "address". For `narrows check --list`. */
struct rules_word_info { const char *kind, *word, *help; bool later; };
bool rules_word_at(size_t i, struct rules_word_info *info);

#endif
