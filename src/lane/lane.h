/* lane/lane.h - one thread's world: virtual clock, rules and emu joined. Reads scripts, carries packets.
 *
 * Rules answer, emu holds; neither knows the other. A packet comes in by lane_input() with its arrival time, leaves by
 * ops->out or ops->drop, which own it from then on. Time is what the caller says it is. */
#ifndef LANE_LANE_H
#define LANE_LANE_H

#include "base/drop.h"
#include "base/err.h"
#include "emu/emu.h"
#include "pkt/pkt.h"
#include "rules/rules.h"

struct lane;

enum lane_where { LANE_RULE, LANE_PIPE, LANE_QUEUE };

struct lane_end {		/* why and where a packet ended */
	enum drop why;
	enum lane_where where;
	uint32_t number;	/* of the rule, pipe or queue */
	uint32_t rule;		/* index of the rule in lane_rules(), for LANE_RULE */
};

struct lane_ops {
	/* p->at is its departure, ns since start; `held`: a pipe had it, else p->at is its own time still. */
	void (*out)(void *ctx, struct pkt *p, bool held);
	void (*drop)(void *ctx, struct pkt *p, const struct lane_end *end);
	void *ctx;
};

struct lane_cfg {
	uint64_t seed;
	bool default_allow;
	struct pkt_pool *pool;
	struct lane_ops ops;
};

struct lane *lane_new(const struct lane_cfg *cfg);
void lane_free(struct lane *l);

/* A script: read line by line, handed to the room of its first word, without effect until lane_commit(). Every wrong
 * word of every line is told in `errs`. `file` names it in errors ("-e" for a line from the command line). */
struct lane_script;
struct lane_script *lane_script_new(void);
void lane_script_free(struct lane_script *s);
void lane_script_text(struct lane_script *s, const char *file, unsigned first_line, const char *text, size_t n, struct errs *errs);
int lane_script_file(struct lane_script *s, const char *path, struct errs *errs, struct err *e);	/* ERR_IO */
/* All lines, or none: 0, or ERR_NOMEM. Warns of rules that name a pipe that does not exist. */
int lane_commit(struct lane *l, struct lane_script *s, struct errs *warnings, struct err *e);
/* Each line in canonical form, after numbering as if applied to an empty lane: for `narrows check`. */
int lane_script_print(struct lane_script *s, void (*line)(void *ctx, unsigned line, const char *text), void *ctx, struct err *e);

#endif
