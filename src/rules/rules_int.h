/* rules/rules_int.h - what the files of this room share: the table of words, a line being read, a rule, a set.
 *
 * A line becomes tokens (rules_tokens.c), tokens become a command (rules_cmd.c) and, of add, a struct rule
 * (rules_parse.c, rules_body.c), a rule has one canonical text (rules_print.c). Commands change the list of rules that
 * a set is made of (rules_change.c), which is packed (rules_set.c), asked (rules_judge.c) and listed (rules_show.c).
 * What a word means stands in its own file, match_*.c and action_*.c, and is reached through its entry of the table
 * alone. */
#ifndef RULES_INT_H
#define RULES_INT_H

#include <stdatomic.h>

#include "base/str.h"
#include "rules/rules.h"

/* ---- the table of words (rules_words.c) ---- */

enum word_kind { WORD_COMMAND, WORD_ACTION, WORD_PARAM, WORD_MATCH, WORD_PLACE };
enum word_when { WORD_NOW, WORD_LATER, WORD_NEVER };	/* later and never: refused by name */

/* How long an answer may be kept: it depends on the 5-tuple, hook, interfaces and family alone (F), on other bytes of
 * the packet (P), on the environment (E), on state, time or dice (S: never kept), on that of F and TCP's flags (T), on
 * what the conditions before it in the rule looked up (L). A table belongs to the environment. */
enum word_cache { CACHE_F, CACHE_P, CACHE_E, CACHE_S, CACHE_T, CACHE_L };

/* What a rule that matched does to the scan. STEP_ACT: it acts first, and acting tells which of the others. */
enum rule_step { STEP_END, STEP_NEXT, STEP_JUMP, STEP_ACT };

/* Parameters of a rule, each once, in the order of the canonical text; those up to PARAM_PROB stand before the action,
 * the others behind it. */
enum param { PARAM_SET, PARAM_PROB, PARAM_LOG, PARAM_TAG, PARAM_UNTAG, PARAMS };

struct parse;
struct part;
struct rule_site;
struct facts;
struct code;			/* where emit() puts code (rules_emit.h) */
struct keys;

struct rules_word {
	const char *word, *help;	/* help: one line for `check --list` */
	enum word_kind kind;
	enum word_when when;
	const struct rules_word *same_as;	/* a synonym: everything else stands there */
	const struct rules_word *opposite;	/* `not` of it, which is how it prints: in, out */
	const char *why;		/* WORD_NEVER: reason, and the nearest word that there is */
	unsigned args;			/* LATER, NEVER: words behind it that are its own, passed over with it */

	void (*read)(struct parse *ps);		/* commands only: what follows the word */
	bool takes_set;				/* commands only: "set N" may stand before it */
	enum param slot;			/* parameters only */

	size_t size;			/* its private data, at least; aligned to 8 bytes, cleared */
	int (*parse)(struct parse *ps, struct part *p);	/* reads what follows the word; NULL: nothing does */
	bool may_be_bare;		/* and nothing need follow: frag */
	void (*check)(const void *own, struct facts *f);	/* narrows f to packets it can be true for; NULL: any */
	bool (*run)(const void *own, const struct rules_look *l);	/* matches only: pure, no allocation */
	void (*bind)(void *own, const struct rule_site *at);	/* tells a packed copy where it stands; NULL: no need */
	/* Matches only: the same as code, that goes on at c->yes or c->no. False: not this one, and nothing was
	 * written; NULL: none. Then run() is called. */
	bool (*emit)(const void *own, struct code *c);
	/* Matches only: keys of which every packet that run() says yes to has one (rules_index.h); NULL: none. */
	void (*keys)(const void *own, struct keys *ks);
	enum word_cache cache;
	bool tabled;			/* private data begins with a struct table_ref (rules_table.h) */
	void (*print)(const struct part *p, struct str *to);	/* what follows the word; NULL: nothing */
	void (*free)(void *own);	/* what private data points to; NULL: nothing */

	enum rule_step step;		/* actions only: END, NEXT or JUMP */
	enum rules_verdict verdict;	/* of STEP_END */
	/* Actions and parameters only: called when all conditions held; NULL: nothing to do. STEP_NEXT: all is well,
	 * `step` and `verdict` hold. STEP_JUMP: on at x->next. STEP_END: verdict, arg and why of x->answer are set.
	 * reply and code of x->answer are its to set in any case. */
	enum rule_step (*act)(const void *own, struct rules_pass *x);
	bool steady;			/* act() asks what was looked up alone, and changes only next and answer */
};

/* The entry of a word of one kind, synonyms resolved; NULL: there is none. */
const struct rules_word *word_find(enum word_kind kind, struct word w);
const struct rules_word *word_at(size_t i);	/* the table, synonyms too; NULL: no more */
const char *word_near(enum word_kind kind, struct word w);	/* for "did you mean", or NULL */
/* Tells that `w` is unknown, as `what`, with an abbreviation spelt out or the nearest word of `kind`. Returns the
 * code. */
int word_unknown(struct parse *ps, enum word_kind kind, struct word w, const char *what);
/* Tells that the known word `w` is refused (later or never). */
int word_refuse(struct parse *ps, const struct rules_word *rw, struct word w);

extern const struct rules_word action_allow, action_deny, action_count, action_skipto, action_pipe, action_queue,
	action_call,
	action_return;
extern const struct rules_word action_skipto_arg, action_pipe_arg, action_queue_arg, action_call_arg;
extern const struct rules_word action_reject, action_unreach, action_unreach6, action_reset, action_reset6,
	action_abort, action_abort6, action_setdscp, action_setmss;
extern const struct rules_word match_tagged, match_tagged_arg;
extern const struct rules_word match_src_table, match_dst_table, match_src_table6, match_dst_table6, match_recv_table,
	match_xmit_table, match_via_table, match_lookup, match_lookup_bytes, match_flow;
extern const struct rules_word param_set, param_prob, param_log, param_logamount, param_tag, param_untag;
extern const struct rules_word match_proto, match_src_ip, match_dst_ip, match_src_ip6, match_dst_ip6, match_src_port,
	match_dst_port, match_in, match_out, match_setup, match_established, match_tcpflags, match_icmptypes,
	match_iplen, match_ipttl, match_frag, match_ipver;
extern const struct rules_word place_me, place_me6, match_src_me, match_dst_me, match_src_me6,
	match_dst_me6, match_recv, match_xmit, match_via, match_layer2, match_mac, match_src_mac, match_dst_mac,
	match_mac_type, match_vlan, match_vlan_pcp, match_tcpoptions, match_tcpmss, match_tcpseq, match_tcpack,
	match_tcpwin, match_tcpdatalen, match_ipid, match_iptos, match_ipprecedence, match_dscp, match_ipoptions,
	match_icmp6types, match_filter, match_ext6hdr, match_flow_id, match_malformed, match_fib;

/* ---- names of numbers (rules_names.c): our own, never the system's files ---- */

bool names_proto(struct word w, uint8_t *proto);	/* "tcp"; synonyms too */
const char *names_proto_text(uint8_t proto);		/* canonical, or NULL */
bool names_service(struct word w, uint64_t *port);	/* "http", "ftp\-data" */
bool names_icmp(struct word w, uint64_t *type);		/* "echo" */
bool names_icmp6(struct word w, uint64_t *type);	/* "echo-request" */
bool names_dscp(struct word w, uint64_t *code);		/* "ef" */
const char *names_dscp_text(unsigned code);		/* canonical, or NULL */
const char *names_service_text(unsigned port);
const char *names_ethertype_text(unsigned type);
bool names_ethertype(struct word w, uint64_t *type);	/* "arp" */
const char *names_service_near(struct word w);		/* for "did you mean", or NULL */
const char *names_proto_near(struct word w);

/* ---- masks and prefix lengths (rules_mask.c) ---- */

uint32_t mask4_of(unsigned len);			/* 0..32 */
void mask6_of(unsigned len, uint64_t mask[2]);		/* 0..128 */
int mask4_len(uint32_t mask);				/* -1: it has holes */
int mask6_len(const uint64_t mask[2]);
uint64_t mask48_of(unsigned len);			/* of a MAC address: 0..48 */
int mask48_len(uint64_t mask);

/* ---- a parsed rule ---- */

/* Where it stands in the canonical text; NOWHERE: it is asked, and does not print. */
enum part_place { AT_PROTO, AT_SRC, AT_SRC_PORT, AT_DST, AT_OPTION, AT_NOWHERE };

struct part {			/* an action, or one condition of a body */
	const struct rules_word *word;
	void *own;		/* private data, own_size bytes, malloc's; word->free() first */
	size_t own_size;
	uint32_t arg;		/* actions: number of the pipe, or where to skip to */
	bool negated;
	bool more;		/* another alternative of the same block follows */
	bool unsaid;		/* alone and without `not` it asks nothing, and is left out: recv any */
	bool always;		/* run() says yes to every packet ("any", "ip"): printed, and asked only under `not` */
	enum part_place place;
	struct word at;		/* for warnings, while the line is there */
};

struct rule {			/* immutable when parsed; shared by its command and every set it stands in */
	_Atomic uint32_t refs;
	struct part params[PARAMS];	/* word NULL: not given */
	struct part action;
	struct part *parts;	/* in order of place, then as written */
	size_t count, room;
	char *comment;		/* NULL: none */
	char *text;		/* canonical, from the action to the comment */
};

struct rule *rule_hold(struct rule *r);
void rule_release(struct rule *r);	/* NULL is fine */
/* COMPACT: without `ip from any to any`. BRIEF: action and comment alone. */
enum print_how { PRINT_ALL, PRINT_COMPACT, PRINT_BRIEF };
/* malloc's, or NULL: no memory. names: numbers that have a name print as it. */
char *rule_print(const struct rule *r, enum print_how how, bool names);

struct rule_site {		/* what a condition or action knows of its place in a set */
	uint64_t seed;
	uint32_t number;
	uint32_t nth;		/* among the rules of its number, from 0 */
	uint32_t index;
	uint32_t set;
	const struct rules_tables *tables;	/* NULL: none */
	bool interpreted;	/* without machine code */
};

/* ---- a parsed command (rules_cmd.c) ---- */

enum cmd_kind {
	CMD_ADD, CMD_DELETE, CMD_ZERO, CMD_RESETLOG, CMD_FLUSH,
	CMD_SET_ABLE, CMD_SET_SWAP, CMD_SET_MOVE, CMD_SET_MOVE_RULE, CMD_TABLE,
	CMD_LIST, CMD_SHOW, CMD_SET_SHOW, CMD_TABLE_ASK,	/* these only ask */
};

struct span {			/* rules lo..hi, and where that is written */
	uint32_t lo, hi;
	unsigned column, width;
};

struct rules_cmd {
	enum cmd_kind kind;
	struct rule *rule;	/* add only */
	uint32_t given;		/* number that was written; 0: none */
	uint32_t number;	/* number it got from rules_build(); 0: not built yet */
	bool in_set;		/* others: only rules of `set` are meant */
	uint32_t set;
	struct span *spans;	/* rules that are meant; none: all */
	size_t count;
	uint32_t disable, enable;	/* bit n: set n */
	uint32_t from, to;	/* swap and move: sets; of move rule only `to` */
	struct rules_show how;	/* list and show */
	struct table_cmd *table;	/* of tables only (rules_table.h) */
	char *file, *source;	/* its line, and where in it the action's argument stands: for rules_check() */
	unsigned line, column, width;
};

void flags_text(struct str *to, const struct rules_show *how);	/* rules_flags.c: " -a -S" */
int parse_set(struct parse *ps, uint32_t *set);		/* the current token, 0..31 */
struct rules_cmd *cmd_new(enum cmd_kind kind);		/* NULL: no memory */
bool cmd_wants(const struct rules_cmd *c, uint32_t number, uint32_t set);	/* is this rule meant? */

extern const struct rules_word command_add, command_delete, command_zero, command_resetlog, command_flush, command_set,
	command_list, command_show;

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
	uint32_t arg_uses;	/* of tablearg: bit of each enum arg_use; */
	struct word arg_at;	/* and the first */
};

/* Every error of a line goes this way. Its value is the code. */
#define parse_error(ps, ...) ((ps)->told++, lex_error((ps)->lx, __VA_ARGS__))

int tokens_read(struct parse *ps);		/* the rest of ps->lx; ERR_NOMEM is told */
bool token_is(const struct parse *ps, const char *s);	/* the current one is this word */
bool token_word(const struct parse *ps, struct word *w);	/* the current one, if it is a word */
bool token_value(const struct parse *ps, struct word *w);	/* and nothing that begins the next part of the rule */
bool token_kind_is(const struct parse *ps, enum token_kind k);
bool token_take(struct parse *ps, const char *s);
bool token_ahead(const struct parse *ps, const char *s);	/* stands somewhere from here on */
struct word token_place(const struct parse *ps);	/* the current one, or the end of the line: for errors */

/* A comma list whose first word is the current token. Blanks may follow a comma, so items may come from several
 * words. An empty item is told and passed over. False: the list is over. */
struct items {
	struct parse *ps;
	bool (*owns)(struct word w);	/* words that belong to the list though they are options too; NULL: none */
	struct word left;
	bool over;
};
void items_begin(struct items *it, struct parse *ps);
void items_begin_owning(struct items *it, struct parse *ps, bool (*owns)(struct word w));
bool items_next(struct items *it, struct word *item);

typedef bool (*names_fn)(struct word w, uint64_t *value);
int parse_num(struct parse *ps, struct word w, const char *what, uint64_t lo, uint64_t hi, uint64_t *n);
int parse_one_num(struct parse *ps, const char *what, uint64_t hi, uint64_t *n);	/* the current token; 0..hi */
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
void flags_print(const struct flag_name *names, struct flag_pair f, struct str *to);
bool flags_begin(const struct flag_name *names, struct word w);	/* does w look like such a list? */

struct ranges {			/* private data of every match on a list of numbers */
	uint32_t count;
	struct { uint16_t lo, hi; } r[];
};
int parse_ranges(struct parse *ps, struct part *p, const char *what, uint64_t hi, names_fn names);
/* `owns`: as of struct items. */
int parse_ranges_owning(struct parse *ps, struct part *p, const char *what, uint64_t hi, names_fn names,
	bool (*owns)(struct word w));
void ranges_print(const struct part *p, struct str *to);
static inline bool ranges_hold(const struct ranges *rs, uint32_t n)
{
	for (uint32_t i = 0; i < rs->count; i++)
		if (n >= rs->r[i].lo && n <= rs->r[i].hi)
			return true;
	return false;
}

/* Private data of matches on a set of small numbers (rules_bits.c): numbers, names and ranges in, each number by itself
 * and in order out, as its name where `name` knows one. */
struct bits { uint64_t b[4]; };
int parse_bits(struct parse *ps, struct part *p, const char *what, const char *missing, uint64_t hi, names_fn names);
void bits_print(const struct bits *s, const char *(*name)(unsigned n), struct str *to);
static inline bool bits_hold(const struct bits *s, unsigned n)
{
	return n < 256 && s->b[n / 64] >> n % 64 & 1;
}
static inline void bits_add(struct bits *s, unsigned n)
{
	s->b[n / 64] |= UINT64_C(1) << n % 64;
}

/* ---- parts of a body that matches read for from, to and options alike ---- */

int parse_proto_value(struct parse *ps, struct part *p);	/* match_proto.c: the current token */
bool proto_begins(struct word w);			/* a protocol's name, or a number */
int parse_addr_value(struct parse *ps, struct part *p);	/* match_addr.c; p->word is src or dst, and its family chosen */

/* The number 1..65535 of skipto, call, pipe, at the current token, which becomes p->at (action_number.c);
 * 0: tablearg. */
int parse_action_arg(struct parse *ps, struct part *p, const char *what, uint64_t *n);
void tablearg_print(const struct part *p, struct str *to);
void parse_rule(struct parse *ps);			/* rules_parse.c: what follows "add" */
void parse_body(struct parse *ps);			/* rules_body.c */

/* ---- tablearg (rules_arg.c) ---- */

enum arg_use { ARG_SKIPTO, ARG_CALL, ARG_PIPE, ARG_TAG, ARG_DSCP, ARG_USES };
void arg_use(struct parse *ps, struct word w, enum arg_use use);	/* the rule says tablearg at `w`, for this */
int arg_finish(struct parse *ps);	/* the rule is read: it must ask a table, and match only what fits */
/* What tablearg is for this packet; it fits where the rule matched. False: there is none. */
bool arg_value(const struct rules_look *l, enum arg_use use, uint32_t *n);

/* ---- when an action acts (rules_act.c) ---- */

/* The packet will be denied, and this answered; not what is judged at layer 2. Returns STEP_NEXT. */
enum rule_step act_reply(struct rules_pass *x, enum rules_reply reply, uint8_t code);
/* Before an action writes to x->pkt->data. False: no memory, which x->answer says: the action returns STEP_END. */
bool act_writable(struct rules_pass *x);

/* ---- what a rule can match at all (rules_facts.c) ---- */

struct facts {			/* a set of packets, as a product of four sets */
	uint8_t families;	/* 1: IPv4, 2: IPv6, 4: neither */
	uint8_t dirs;		/* 1: in, 2: out */
	uint8_t layers;		/* 1: judged without the link header, 2: with it */
	uint64_t protos[4];	/* bit p: protocol p */
};
enum { FACT_IP4 = 1, FACT_IP6 = 2, FACT_IN = 1, FACT_OUT = 2, FACT_LAYER3 = 1, FACT_LAYER2 = 2 };
void facts_families(struct facts *f, uint8_t families);
void facts_protos(struct facts *f, const uint8_t *protos, size_t n);
/* As check() of matches that ask no more than this. */
void facts_ip(const void *own, struct facts *f);
void facts_ip4(const void *own, struct facts *f);
void facts_ip6(const void *own, struct facts *f);
void facts_tcp(const void *own, struct facts *f);
void facts_layer2(const void *own, struct facts *f);
void facts_check(struct parse *ps);	/* warns of a rule that never matches, of `not` that says more than it seems */

/* ---- what a packet must have to be matched (rules_keys.c), so that the others need not be asked ---- */

enum key_field {		/* a field of a packet; those from KEY_TCP_FLAGS on are not of its flow */
	KEY_FAMILY, KEY_DIR, KEY_PROTO, KEY_SRC4, KEY_DST4, KEY_SRC6, KEY_DST6, KEY_SPORT, KEY_DPORT, KEY_RECV,
	KEY_XMIT, KEY_VIA, KEY_TCP_FLAGS, KEY_TTL, KEY_TOS, KEY_LEN, KEY_ID, KEY_FIELDS
};
/* Packets that have the field, and (field & mask) == value. */
void keys_add(struct keys *ks, enum key_field f, uint64_t mask, uint64_t value);
void keys_add6(struct keys *ks, enum key_field f, const uint64_t addr[2], unsigned len);	/* a prefix */
void keys_add_name(struct keys *ks, enum key_field f, const char *name);	/* of an interface */
void keys_add_ranges(struct keys *ks, enum key_field f, const struct ranges *rs);	/* of 16 bits */

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
	uint32_t nth;		/* among the rules of its number when it came: names its dice */
	uint8_t set;
	uint8_t cleared;	/* CLEARED_: by the commands that made this set */
};

enum { CLEARED_COUNTS = 1, CLEARED_LOG = 2 };

struct rules_set {
	_Atomic uint32_t refs;
	uint32_t count;		/* the default rule included, which is the last of these */
	uint32_t total;		/* and the rules of disabled sets behind it */
	uint32_t disabled;	/* bit n: set n */
	uint64_t next_id;
	bool acts;		/* some rule is STEP_ACT */
	struct index *index;	/* rules_index.h; NULL: every rule is asked */
	struct emitted *emitted;	/* rules_emit.h; NULL: conditions are asked one by one */
	const struct rule_run *rules;
	const struct rule_cold *cold;
	const char *runs;
};

/* How a rule's conditions stand behind each other: block by block, but for those that are always true. */
size_t block_end(const struct rule *r, size_t i);
bool block_always(const struct rule *r, size_t i);
size_t part_bytes(const struct part *p);

/* ---- commands applied to a set (rules_change.c) ---- */

struct entry {			/* a rule of the set that is to be */
	uint64_t id;
	struct rule *rule;	/* borrowed: of the set before, or of a command */
	uint32_t number;
	uint32_t nth;
	uint8_t set, cleared;
};

struct change {
	struct entry *entries;	/* in the end: by number and id, those of disabled sets behind the others */
	size_t count, room;
	size_t active;		/* how many are not in disabled sets */
	uint64_t next_id;
	uint32_t disabled;
	uint8_t default_cleared;

	uint32_t step, last;	/* autoinc_step; the last number, where last_known */
	bool last_known;
	size_t settled;		/* so many are in order and know their nth; behind them stand new ones */
	const struct rules_cmd *cmd;	/* being applied */
	struct errs *errs;
	size_t told;
	struct rules_tables *tables;	/* NULL: none */
};

/* Applies the commands to `from`; every error goes to `errs`, and is counted in ch->told. 0 or ERR_NOMEM. Call
 * change_fini() in any case. */
int change_make(struct change *ch, const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds,
	size_t n, struct errs *errs);
void change_fini(struct change *ch);
uint32_t set_behind(const struct rules_set *s, uint32_t number, uint64_t id);	/* the first rule behind that place */

#endif
