/* emu/emu.h - pipes: packets held until the time they are told. Knows no rules, no clock, no files.
 *
 * emu_put() takes a packet at a time; emu_take() gives back what is due; emu_next() says when to call again. Times
 * never go back. Everything between is computed from ideal times: calling late delays a packet, never the rate, and
 * nothing leaves early. The arithmetic is that of INTERFACE ("What a pipe does, exactly"), repeated in emu_link.c. One
 * thread. */
#ifndef EMU_EMU_H
#define EMU_EMU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/drop.h"
#include "base/err.h"
#include "base/hist.h"
#include "base/lex.h"
#include "pkt/pkt.h"
#include "wire/view.h"

struct emu;
struct emu_cmd;			/* one parsed line */
struct emu_flow;		/* one masked flow of a pipe: a queue and a link of its own */

enum emu_kind { EMU_PIPE, EMU_QUEUE, EMU_SCHED };

struct emu_cfg {
	uint64_t seed;
	struct pkt_pool *pool;	/* where its packets come from and go to */
	/* A packet that ends in here: the callback owns it and calls nothing of emu. p->at is when it entered. */
	void (*dropped)(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number);
	void *ctx;
	nrw_time end;		/* nothing leaves then or later: it is dropped, time-end; 0: NRW_NEVER */
};

struct emu *emu_new(const struct emu_cfg *cfg);	/* NULL: no memory */
void emu_free(struct emu *e);			/* frees what it still holds, silently */
void emu_end_at(struct emu *e, nrw_time end);	/* emu_cfg.end, where it is known later; before the first packet */

/* "pipe", "queue", "sched"? */
bool emu_knows(struct word first);
/* Parses one line from its first word on, without effect. All errors go to lx->errs; NULL where there was one. */
struct emu_cmd *emu_parse(struct lex *lx);
void emu_cmd_free(struct emu_cmd *c);
/* Canonical: "pipe 1 config bw 1Mbit/s delay 20ms". malloc's, or NULL. */
char *emu_cmd_print(const struct emu_cmd *c);
/* Does the command at `now`; what `list` and `show` print goes to `to` (NULL: nowhere), whose errors stay in it. 0,
 * ERR_NOMEM, or ERR_UNKNOWN: a pipe it names does not exist, and then nothing was done. Packets inside a pipe that is
 * deleted are dropped, no-pipe. */
int emu_run(struct emu *e, const struct emu_cmd *c, nrw_time now, FILE *to, struct err *err);
int emu_apply(struct emu *e, const struct emu_cmd *c, nrw_time now, struct err *err);	/* emu_run(), printing nothing */
bool emu_has(const struct emu *e, enum emu_kind kind, uint32_t number);

/* Hands a packet to pipe `number` at `now`; p->acct_bytes is its L, p->seq its order of arrival, `v` what tells its flow
 * (NULL: as a packet that is not IP; it is read before the call returns). Owns it from here on, whatever happens: it
 * comes back by emu_take() or goes to dropped(). Bytes must be kept already (pkt_keep). */
void emu_put(struct emu *e, enum emu_kind kind, uint32_t number, struct pkt *p, const struct view *v, nrw_time now);
/* The next packet whose time is <= now, in the order of (departure, seq); p->at is its exact departure. NULL: none. */
struct pkt *emu_take(struct emu *e, nrw_time now);
/* When to call emu_take() again: not after the departure of the next packet. It is that departure, unless its time runs
 * out, or a delay of many flows got shorter while packets were on their way: then nothing may come. NRW_NEVER: nothing
 * held. */
nrw_time emu_next(const struct emu *e);
void emu_settle(struct emu *e, nrw_time now);	/* brings every pipe's counters to `now`: before they are read */

/* Of one pipe since its making. A packet counts L + overhead bytes, by the overhead in force when it is counted. */
struct emu_stats {
	uint64_t packets, bytes;		/* entered, lost ones too */
	uint64_t out_packets, out_bytes;	/* released */
	uint64_t drops[DROP_COUNT];
	uint64_t held_packets;			/* in queue, service and delay: entered - released - dropped */
	uint64_t backlog_packets, backlog_bytes;	/* queued and in service */
	uint64_t backlog_max_packets, backlog_max_bytes;
	uint64_t marks;
	const struct hist *wait_ns;		/* entry to end of service; NULL: no such pipe */
};

/* Pipes in the order of their numbers: the i-th, or false. */
bool emu_at(const struct emu *e, enum emu_kind kind, uint32_t i, uint32_t *number);
void emu_stats(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_stats *st);
struct emu_params { uint64_t bandwidth; nrw_time delay; };	/* bandwidth 0: no limit */
void emu_params(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_params *p);
/* The line that recreates it; malloc's, or NULL. */
char *emu_print(const struct emu *e, enum emu_kind kind, uint32_t number);
/* Waiting times since the last call for this pipe, for series: moves the histogram into `into` (cleared first; the
 * first call copies all since its making). emu_settle() first. */
void emu_series_take(struct emu *e, enum emu_kind kind, uint32_t number, struct hist *into);

/* Every word of the language, from the table the parser uses; kind "pipe-option", "aqm", "sched", "verb". */
struct emu_word_info { const char *kind, *word, *help; bool later; };
bool emu_word_at(size_t i, struct emu_word_info *info);

#endif
