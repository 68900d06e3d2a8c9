/* rules/rules_int.h - what the files of this room share: the table of words, a line being read, a rule, a set.
 *
 * A line becomes tokens (rules_tokens.c), tokens become a struct rule (rules_parse.c, rules_body.c), a rule has
 * one canonical text (rules_print.c); rules are packed into a set (rules_set.c), which is asked (rules_judge.c).
 * What a word means stands in its own file, match_*.c and action_*.c, and is reached through its entry of the
 * table alone. */
#ifndef RULES_INT_H
#define RULES_INT_H

#include <stdatomic.h>

#include "rules/rules.h"

/* ---- the table of words (rules_words.c) ---- */

enum word_kind { WORD_COMMAND, WORD_ACTION, WORD_PARAM, WORD_MATCH, WORD_PLACE };
enum word_when { WORD_NOW, WORD_LATER, WORD_NEVER };	/* later and never: refused by name */

/* How long an answer may be kept: it depends on the 5-tuple, hook, interfaces and family alone (F), on other bytes of
 * the packet (P), on the environment (E), on state, time or dice (S: never kept). */
enum word_cache { CACHE_F, CACHE_P, CACHE_E, CACHE_S };

/* What a rule that matched does to the scan. STEP_ACT: it acts first, and acting tells which of the others. */
enum rule_step { STEP_END, STEP_NEXT, STEP_JUMP, STEP_ACT };

struct parse;
struct part;
struct facts;
struct text;
struct code;			/* where emit will put code for the filter machine */

struct rules_word {
	const char *word, *help;	/* help: one line for `check --list` */
	enum word_kind kind;
	enum word_when when;
	const struct rules_word *same_as;	/* a synonym: everything else stands there */
	const struct rules_word *opposite;	/* `not` of it, which is how it prints: in, out */
	const char *why;		/* WORD_NEVER: reason, and the nearest word that there is */
	unsigned args;			/* LATER, NEVER: words behind it that are its own, passed over with it */

	size_t size;			/* its private data, at least; aligned to 8 bytes, cleared */
	int (*parse)(struct parse *ps, struct part *p);	/* reads what follows the word; NULL: nothing does */
	bool may_be_bare;		/* and nothing need follow: frag */
	void (*check)(const void *own, struct facts *f);	/* narrows f to packets it can be true for; NULL: any */
	bool (*run)(const void *own, const struct rules_look *l);	/* matches only: pure, no allocation */
	int (*emit)(const void *own, struct code *c);	/* as code; NULL: only run() */
	enum word_cache cache;
	void (*print)(const struct part *p, struct text *to);	/* what follows the word; NULL: nothing */
	void (*free)(void *own);	/* what private data points to; NULL: nothing */

	enum rule_step step;		/* actions only: END, NEXT or JUMP */
	enum rules_verdict verdict;	/* of STEP_END */
	/* Actions and parameters only: called when all conditions held; NULL: nothing to do. STEP_NEXT: all is well,
	 * `step` and `verdict` hold. STEP_JUMP: on at x->next. STEP_END: verdict, arg and why of x->answer are set.
	 * reply and code of x->answer are its to set in any case. */
	enum rule_step (*act)(const void *own, struct rules_pass *x);
};

/* The entry of a word of one kind, synonyms resolved; NULL: there is none. */
const struct rules_word *word_find(enum word_kind kind, struct word w);
const char *word_near(enum word_kind kind, struct word w);	/* for "did you mean", or NULL */
/* Tells that `w` is unknown, as `what`, with an abbreviation spelt out or the nearest word of `kind`. Returns the
 * code. */
int word_unknown(struct parse *ps, enum word_kind kind, struct word w, const char *what);
/* Tells that the known word `w` is refused (later or never). */
int word_refuse(struct parse *ps, const struct rules_word *rw, struct word w);

extern const struct rules_word action_allow, action_deny, action_count, action_skipto, action_pipe;
extern const struct rules_word match_proto, match_src_ip, match_dst_ip, match_src_ip6, match_dst_ip6, match_src_port,
	match_dst_port, match_in, match_out, match_setup, match_established, match_tcpflags, match_icmptypes,
	match_iplen, match_ipttl, match_frag, match_ipver;

/* ---- names of numbers (rules_names.c): our own, never the system's files ---- */

bool names_proto(struct word w, uint8_t *proto);	/* "tcp"; synonyms too */
const char *names_proto_text(uint8_t proto);		/* canonical, or NULL */
bool names_service(struct word w, uint64_t *port);	/* "http", "ftp\-data" */
bool names_icmp(struct word w, uint64_t *type);		/* "echo" */
const char *names_service_near(struct word w);		/* for "did you mean", or NULL */
const char *names_proto_near(struct word w);

/* ---- masks and prefix lengths (rules_mask.c) ---- */

uint32_t mask4_of(unsigned len);			/* 0..32 */
void mask6_of(unsigned len, uint64_t mask[2]);		/* 0..128 */
int mask4_len(uint32_t mask);				/* -1: it has holes */
int mask6_len(const uint64_t mask[2]);

/* ---- a text that grows (rules_print.c) ---- */

struct text {
	char *p;		/* malloc's, ends in NUL; NULL when empty */
	size_t n, room;
	bool lost;		/* no memory on the way: the text is not whole */
};
void text_add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_addn(struct text *t, const char *p, size_t n);

/* ---- a parsed rule ---- */

enum part_place { AT_PROTO, AT_SRC, AT_SRC_PORT, AT_DST, AT_OPTION };	/* where it stands in the canonical text */

struct part {			/* an action, or one condition of a body */
	const struct rules_word *word;
	void *own;		/* private data, own_size bytes, malloc's; word->free() first */
	size_t own_size;
	uint32_t arg;		/* actions: number of the pipe, or where to skip to */
	bool negated;
	bool more;		/* another alternative of the same block follows */
	bool always;		/* run() says yes to every packet ("any", "ip"): printed, and asked only under `not` */
	enum part_place place;
	struct word at;		/* for warnings, while the line is there */
};

struct rule {			/* immutable when parsed; shared by its command and every set it stands in */
	_Atomic uint32_t refs;
	struct part action;
	struct part *parts;	/* in order of place, then as written */
	size_t count, room;
	char *comment;		/* NULL: none */
	char *text;		/* canonical, from the action to the comment */
};

struct rule *rule_hold(struct rule *r);
void rule_release(struct rule *r);	/* NULL is fine */
char *rule_print(const struct rule *r);	/* malloc's, or NULL: no memory */

struct rules_cmd {
	struct rule *rule;
	uint32_t given;		/* number that was written; 0: none */
	uint32_t number;	/* number it got from rules_build(); 0: not built yet */
	uint32_t set;
	char *file, *source;	/* its line, and where in it the action's argument stands: for rules_check() */
	unsigned line, column, width;
};

/* ---- a line being read (rules_tokens.c) ---- */

enum token_kind { TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE };
struct token {
	enum token_kind kind;
	struct word w;
};

struct parse {
	struct lex *lx;
	struct token *tokens;
	size_t count, room, at;
	struct word comment;	/* p NULL: none */
	struct rules_cmd *cmd;
	struct rule *rule;	/* of cmd */
	size_t told;		/* errors of this line: nothing comes of it where there is one */
};

/* Every error of a line goes this way. Its value is the code. */
#define parse_error(ps, ...) ((ps)->told++, lex_error((ps)->lx, __VA_ARGS__))

int tokens_read(struct parse *ps);		/* the rest of ps->lx; ERR_NOMEM is told */
bool token_is(const struct parse *ps, const char *s);	/* the current one is this word */
bool token_word(const struct parse *ps, struct word *w);	/* the current one, if it is a word */
bool token_kind_is(const struct parse *ps, enum token_kind k);
bool token_take(struct parse *ps, const char *s);
bool token_ahead(const struct parse *ps, const char *s);	/* stands somewhere from here on */
struct word token_place(const struct parse *ps);	/* the current one, or the end of the line: for errors */

/* A comma list whose first word is the current token. Blanks may follow a comma, so items may come from several
 * words. An empty item is told and passed over. False: the list is over. */
struct items {
	struct parse *ps;
	struct word left;
	bool over;
};
void items_begin(struct items *it, struct parse *ps);
bool items_next(struct items *it, struct word *item);

typedef bool (*names_fn)(struct word w, uint64_t *value);
int parse_num(struct parse *ps, struct word w, const char *what, uint64_t lo, uint64_t hi, uint64_t *n);
/* "80", "http", "1024-65535", "ftp-http": numbers up to `hi`, or names (NULL: none). The lower one stands first. */
int parse_range(struct parse *ps, struct word w, const char *what, uint64_t hi, names_fn names, uint64_t *from,
	uint64_t *to);
/* Adds `bytes` of cleared private data to p; NULL: no memory, told. */
void *part_grow(struct parse *ps, struct part *p, size_t bytes);

struct flag_name {		/* "syn", "!syn" in comma lists; ends with a NULL name */
	const char *name;
	uint32_t bit;
};
struct flag_pair { uint32_t set, clear; };
/* Reads the list at the current token; prints one in the table's order. */
int parse_flags(struct parse *ps, const char *what, const struct flag_name *names, struct flag_pair *f);
void flags_print(const struct flag_name *names, struct flag_pair f, struct text *to);
bool flags_begin(const struct flag_name *names, struct word w);	/* does w look like such a list? */

struct ranges {			/* private data of every match on a list of numbers */
	uint32_t count;
	struct { uint16_t lo, hi; } r[];
};
int parse_ranges(struct parse *ps, struct part *p, const char *what, uint64_t hi, names_fn names);
void ranges_print(const struct part *p, struct text *to);
static inline bool ranges_hold(const struct ranges *rs, uint32_t n)
{
	for (uint32_t i = 0; i < rs->count; i++)
		if (n >= rs->r[i].lo && n <= rs->r[i].hi)
			return true;
	return false;
}

/* ---- parts of a body that matches read for from, to and options alike ---- */

int parse_proto_value(struct parse *ps, struct part *p);	/* match_proto.c: the current token */
bool proto_begins(struct word w);			/* a protocol's name, or a number */
int parse_addr_value(struct parse *ps, struct part *p);	/* match_addr.c; p->word is src or dst, and its family chosen */

void parse_body(struct parse *ps);			/* rules_body.c */

/* ---- what a rule can match at all (rules_facts.c) ---- */

struct facts {			/* a set of packets, as a product of three sets */
	uint8_t families;	/* 1: IPv4, 2: IPv6, 4: neither */
	uint8_t dirs;		/* 1: in, 2: out */
	uint64_t protos[4];	/* bit p: protocol p */
};
enum { FACT_IP4 = 1, FACT_IP6 = 2, FACT_IN = 1, FACT_OUT = 2 };
void facts_families(struct facts *f, uint8_t families);
void facts_protos(struct facts *f, const uint8_t *protos, size_t n);
void facts_check(struct parse *ps);	/* warns of a rule that never matches, of `not` that says more than it seems */

/* ---- a set (rules_set.c) ---- */

struct run {			/* one condition, packed: 8-aligned, private data behind it */
	_Alignas(8) bool (*run)(const void *own, const struct rules_look *l);
	uint32_t step[2];	/* at no, at yes: go on so many bytes from here; 0: no match. `not` swaps them */
};

struct run_act {		/* one thing to do when all conditions held: they stand behind them */
	_Alignas(8) enum rule_step (*act)(const void *own, struct rules_pass *x);	/* NULL: the end of them */
	uint32_t bytes;		/* of this one */
	uint32_t step;		/* at the end: enum rule_step, what the rule does then */
};

struct rule_run {		/* what the scan reads of a rule */
	uint32_t first, end;	/* its conditions, in bytes of set->runs; at end: acts, if it is STEP_ACT */
	uint32_t arg;		/* pipe: its number; skipto: index of the rule to go on at */
	uint16_t number;
	uint8_t step;		/* enum rule_step */
	uint8_t verdict;	/* enum rules_verdict */
};

struct rule_cold {
	uint64_t id;		/* never given twice among a set and its descendants; the default rule has 0 */
	struct rule *rule;	/* NULL: the default rule */
	uint32_t set;
};

struct rules_set {
	_Atomic uint32_t refs;
	uint32_t count;		/* the default rule included */
	uint64_t next_id;
	bool acts;		/* some rule is STEP_ACT */
	const struct rule_run *rules;
	const struct rule_cold *cold;
	const char *runs;
};

#endif
