/* lane/lane.h - one thread's world: virtual clock, rules and emu joined. Reads scripts, carries packets.
 *
 * Rules answer, emu holds; neither knows the other. A packet comes in by lane_input() with its arrival time and leaves
 * by ops.out or ops.drop, which own it from then on. Time is what the caller says it is, and never goes back. */
#ifndef LANE_LANE_H
#define LANE_LANE_H

#include <stdio.h>

#include "base/drop.h"
#include "base/err.h"
#include "emu/emu.h"
#include "pkt/pkt.h"
#include "rules/rules.h"

struct lane;

enum lane_where { LANE_RULE, LANE_PIPE, LANE_QUEUE, LANE_SCHED };

struct lane_end {		/* why and where a packet ended */
	enum drop why;
	enum lane_where where;
	uint32_t number;	/* of the rule, pipe, queue or sched */
	uint32_t rule;		/* LANE_RULE: its index in lane_rules() */
	bool held;		/* ops.held() has told of it: p->at is when it came, ns since start, or */
	bool own;		/* p->at is the caller's again */
};

enum lane_way {			/* how a packet came out */
	LANE_BYPASSED,		/* not IP: no rule saw it; p->at is what the caller put there */
	LANE_PASSED,		/* allowed, and nothing held it for any time; p->at likewise */
	LANE_RELEASED,		/* a pipe had it: p->at is its departure, ns since start */
};

enum lane_said {
	LANE_LOGS,		/* a packet met a rule with `log` */
	LANE_FAILED,		/* a command of `at` could not be done, and why */
};

struct lane_ops {
	void (*out)(void *ctx, struct pkt *p, enum lane_way way);
	void (*drop)(void *ctx, struct pkt *p, const struct lane_end *end);
	/* the packet of this lane_input() went into a pipe; may be NULL */
	void (*held)(void *ctx, const struct pkt *p);
	/* What a rule (its index in lane_rules()) sends for a packet it dropped, behind that drop; p->at is now, ns
	 * since start. Owns it. NULL: nobody wants them, and they are only counted. */
	void (*answer)(void *ctx, struct pkt *p, uint32_t rule);
	void (*said)(void *ctx, enum lane_said what, const char *text);	/* a line, no newline; may be NULL */
	/* May a file that a pipe names be written? 0, or the code of what it tells. NULL: no such file is made. */
	int (*may_write)(void *ctx, const char *path, struct err *e);
	void *ctx;
};

enum lane_dir { LANE_ALL_IN, LANE_ALL_OUT, LANE_BY_NET };

struct lane_net {		/* an IPv4 or IPv6 prefix */
	uint8_t family;		/* 4 or 6 */
	uint8_t bits;
	uint32_t addr4;		/* host order */
	uint64_t addr6[2];
};

/* "10.0.0.0/8", "2001:db8::1"; ERR_SYNTAX, ERR_RANGE. */
int lane_net_parse(struct lane_net *net, const char *text, struct err *e);

struct lane_cfg {
	uint64_t seed;
	bool default_allow;
	struct pkt_pool *pool;
	enum lane_dir dir;	/* which direction rules see; LANE_BY_NET: packets from `local` are out, others in */
	struct lane_net local;
	bool layer2;		/* rules see frames: `ip` matches each, and L is its length on the wire */
	bool no_index;		/* every rule is asked of every packet: slower, and the same in everything else */
	bool no_cache;		/* every packet is judged, whatever its flow met before: likewise */
	bool no_jit;		/* rules are not made into machine code: likewise */
	/* What rules may know of the world. A packet's p->iface is interface p->iface + 1 of struct meta: iface_in
	 * where it is `in`, iface_out where it is `out`. */
	const char *(*iface_name)(void *ctx, uint16_t iface);	/* ctx: ops.ctx; NULL: no name. May be NULL */
	const struct lane_net *me;	/* addresses of this instance (`me`, `me6`); the caller's, while the lane is */
	uint32_t me_count;
	FILE *lists;		/* where list, show, print write; its errors stay in it. NULL: nowhere */
	struct lane_ops ops;
};

struct lane *lane_new(const struct lane_cfg *cfg);	/* NULL: no memory */
void lane_free(struct lane *l);				/* what pipes still hold is freed, unreported */
/* What would leave at `end` or later is dropped, time-end. Before the first packet; NRW_NEVER where nobody says. */
void lane_end_at(struct lane *l, nrw_time end);
/* Time 0, in ns since 1970, for captures that pipes write. Before the first packet; else 0. */
void lane_start_at(struct lane *l, uint64_t start_ns);
/* Nothing comes any more, and nothing is due: what pipes hold for ever is dropped, time-end, and the files that they
 * write are closed. 0, or the first error of one of these, in `e`. */
int lane_finish(struct lane *l, nrw_time now, struct err *e);
void lane_epoch(struct lane *l, uint64_t epoch_ns);	/* time 0, in ns since 1970 as p->at has it */

/* Takes the packet whatever happens. p->at stays the caller's unless a pipe takes it. What is due until `now` comes
 * first. At one instant: departures, commands of `at`, packets that go back to the rules, this arrival. */
void lane_input(struct lane *l, struct pkt *p, nrw_time now);
/* Lets out what is due until `now`, and runs the commands of that time; call it when lane_next() has come. */
void lane_advance(struct lane *l, nrw_time now);
nrw_time lane_next(const struct lane *l);		/* NRW_NEVER: nothing is held */
/* Commands of `at` that have not run yet, and the place and time of the first ("lab.rules:3: at 10s"), if wanted: what
 * comes later than the last packet is never run. */
size_t lane_waiting(const struct lane *l, char *first, size_t room);

/* What the rules say of a packet, without doing it: for `explain` and `test`. */
struct lane_verdict {
	bool judged;			/* false: it meets no rule and passes */
	struct rules_answer answer;	/* its rule decided */
	struct word action;		/* in the words of the language: "deny", "pipe 1", "unreach port"; until
					 * the next change of the rules */
	bool missing;			/* the pipe or queue does not exist */
	const struct view *view;	/* until the next packet */
};
struct lane_seen {			/* where a packet is met, for who knows better than lane_cfg */
	enum meta_dir dir;
	uint16_t iface_in, iface_out;	/* as lane_cfg.iface_name knows them; 0: none */
};
/* Instead of lane_input(): commands of that time are run and rules count, but the packet stays the caller's, and goes
 * neither out nor into a pipe. `matched` is called with each rule whose body matched, in order. `seen` may be NULL. */
void lane_explain(struct lane *l, struct pkt *p, nrw_time now, const struct lane_seen *seen,
	void (*matched)(void *ctx, uint32_t rule), void *ctx, struct lane_verdict *v);

/* For reports: the rules with their counters, and the emulator with its own. */
const struct rules_set *lane_rules(const struct lane *l);
const struct rules_counter *lane_counters(const struct lane *l);
struct emu *lane_emu(struct lane *l);

/* Packets that rules sent: those that could be, and what became of the others. */
struct lane_answers {
	uint64_t packets, bytes;	/* with their link headers */
	uint64_t lost[DROP_COUNT];
};
const struct lane_answers *lane_answers(const struct lane *l);

/* A script: lines, each handed to the room of its first word, without effect until lane_commit(). */
struct lane_script;

struct lane_script *lane_script_new(void);
void lane_script_free(struct lane_script *s);
/* Reads lines of `text`; the first one is number `first_line` of `file`. All errors go to `errs`. 0 or ERR_NOMEM. */
int lane_script_text(struct lane_script *s, const char *file, unsigned first_line, const char *text, size_t n,
	struct errs *errs);
/* The same of a text that a preprocessor made of `file`: errors are told where its marks (# 12 "file") say. */
int lane_script_made(struct lane_script *s, const char *file, const char *text, size_t n, struct errs *errs);
/* A whole file, "-" for standard input. preproc, if not NULL: its words are a program that makes the text of it, such
 * as cpp. 0, ERR_IO, ERR_NOMEM or ERR_RANGE (too large), in `e`;
 * wrong words are only in `errs`. */
int lane_script_file(struct lane_script *s, const char *path, char *const preproc[], struct errs *errs, struct err *e);
/* Once all lines are read, and before the two below: what no line shows by itself (a rule that would jump back, one to
 * be deleted that is not there) goes to `errs`; nothing, if errs has errors already. 0 or ERR_NOMEM. */
int lane_script_check(struct lane_script *s, struct errs *errs);
/* The script takes effect, as one transaction, before the first packet; its commands of `at` move to the lane and wait
 * for their time. 0, ERR_NOMEM, or what lane_script_check() would have told, after which the lane is to be freed. Warns
 * of rules that name a pipe which does not exist. */
int lane_commit(struct lane *l, struct lane_script *s, struct errs *warnings, struct err *e);
/* Each line in canonical form, numbered as if applied to an empty lane (lane_script_check() gave the numbers). 0 or
 * ERR_NOMEM. */
int lane_script_print(struct lane_script *s, void (*line)(void *ctx, unsigned line, const char *text), void *ctx,
	struct err *e);

/* Expectations: lines of a script that say what is to become of a packet, without effect on a lane. For `test`.
 *
 *      tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => deny 200 */
struct lane_expect;
struct lane_expected {
	const char *file;
	unsigned line;
	nrw_time at;			/* of `at`; else 0 */
	bool out;			/* else in */
	const char *recv, *xmit;	/* names of interfaces; NULL: not known */
	const char *verdict;		/* "deny", "pipe 1", as lane_verdict.action has it */
	uint32_t rule;			/* that decides; 0: any */
	const struct lane_expect *expect;	/* the lane's own */
};
/* Each of the script, in order of time, then as written; what it points to lives until the script and the lane that it
 * was committed to are freed. 0, ERR_NOMEM, or the first value other than 0 that `fn` returned. */
typedef int (*lane_expected_fn)(void *ctx, const struct lane_expected *x);
int lane_script_expected(const struct lane_script *s, lane_expected_fn fn, void *ctx);
#define LANE_EXPECTED_BYTES (14 + 4 * 4 + 40 + 65535)
/* Builds its packet, an Ethernet frame; returns its bytes. */
uint32_t lane_expected_packet(const struct lane_expected *x, uint8_t to[LANE_EXPECTED_BYTES]);
char *lane_expected_text(const struct lane_expected *x);	/* canonical; malloc's, or NULL */

#endif
