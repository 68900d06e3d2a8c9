/* emu/emu.h - pipes: packets held until the time they are told. Knows no rules, no clock.
 *
 * emu_put() takes a packet at a time; emu_take() gives back what is due; emu_next() says when to call again. Times
 * never go back. Everything between is computed from ideal times: calling late delays a packet, never the rate, and
 * nothing leaves early. The arithmetic is that of INTERFACE ("What a pipe does, exactly"), repeated in emu_link.c. One
 * thread. */
#ifndef EMU_EMU_H
#define EMU_EMU_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/drop.h"
#include "base/err.h"
#include "base/hist.h"
#include "base/json.h"
#include "base/lex.h"
#include "pkt/pkt.h"
#include "wire/view.h"

struct emu;
struct emu_files;		/* those that its pipes write */
struct emu_cmd;			/* one parsed line */
struct emu_flow;		/* one masked flow of a pipe: a queue and a link of its own */

enum emu_kind { EMU_PIPE, EMU_QUEUE, EMU_SCHED };

struct emu_cfg {
	uint64_t seed;
	struct pkt_pool *pool;	/* where its packets come from and go to */
	bool layer2;		/* p->acct_bytes is the frame's length, not IP's */
	/* A packet that ends in here: the callback owns it and calls nothing of emu. p->at is when it entered; of one
	 * that was served already when its pipe was deleted it may be the time of that. */
	void (*dropped)(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number);
	void *ctx;
	struct emu_files *files;	/* outlives the emulator. NULL: no file that a line names is written */
	bool metered;		/* links tell how busy they are: emu_load() */
	bool late;		/* emu_take() notes how late it is called: where time is real */
	nrw_time end;		/* nothing leaves then or later: it is dropped, time-end; 0: NRW_NEVER */
};

struct emu *emu_new(const struct emu_cfg *cfg);	/* NULL: no memory */
void emu_free(struct emu *e);			/* frees what it still holds, silently */
void emu_end_at(struct emu *e, nrw_time end);	/* emu_cfg.end, where it is known later; before the first packet */

/* Files that `pcap` and `log` name, opened when their line takes effect. may_write, unless NULL, is asked before: 0, or
 * the code of an error that it has told, where writing to this path would destroy something. */
struct emu_files *emu_files_new(int (*may_write)(void *ctx, const char *path, struct err *e), void *ctx);
void emu_files_free(struct emu_files *f);	/* behind emu_free(); may be NULL */
void emu_files_start(struct emu_files *f, uint64_t start_ns);	/* time 0, ns since 1970: for captures; else 0 */
/* Writes all out and closes: nothing more is written. 0, or the first error of any of them, ERR_IO or ERR_CLOSED. */
int emu_files_close(struct emu_files *f, struct err *e);

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
/* emu_run() that prints nothing. */
int emu_apply(struct emu *e, const struct emu_cmd *c, nrw_time now, struct err *err);
bool emu_has(const struct emu *e, enum emu_kind kind, uint32_t number);
bool emu_leads(const struct emu *e, enum emu_kind kind, uint32_t number);	/* and of a queue what it feeds */

/* Hands a packet to pipe `number` at `now`; p->acct_bytes is its L, p->seq its order of arrival, `v` what tells its
 * flow (NULL: as a packet that is not IP; it is read before the call returns). Owns it from here on, whatever happens:
 * it comes back by emu_take() or goes to dropped(). Bytes must be kept already (pkt_keep). A super-segment (PKT_SUPER)
 * is put as the wire packets for which it stands, seg_begin() of them: numbers from p->seq on are theirs. */
void emu_put(struct emu *e, enum emu_kind kind, uint32_t number, struct pkt *p, const struct view *v, nrw_time now);
/* Hints, on which nothing depends: a packet with this view will be put after some others, told in this order, each
 * once, about EMU_SOON packets ahead. Where a mask makes many flows, its flow is then in the cache when it comes. */
#define EMU_SOON 12
void emu_soon(struct emu *e, const struct view *v);
bool emu_wants_soon(const struct emu *e);	/* it is worth the view: packets go to a pipe with many flows */
/* The next packet whose time is <= now, in the order of (departure, seq); p->at is its exact departure. NULL: none. */
struct pkt *emu_take(struct emu *e, nrw_time now);
/* When to call emu_take() again: not after the departure of the next packet, nor after the next drop. It is that
 * departure, unless a service ends that may drop something, or a delay of many flows got shorter while packets were on
 * their way: then nothing may come. NRW_NEVER: nothing held. */
nrw_time emu_next(const struct emu *e);
/* Drops what pipes hold, time-end: where a link stands still nothing else ends it. */
void emu_drop_held(struct emu *e, nrw_time now);
void emu_settle(struct emu *e, nrw_time now);	/* brings every pipe's counters to `now`: before they are read */

/* Of one pipe since its making. A packet counts L + overhead bytes, by the overhead in force when it entered. */
struct emu_stats {
	uint64_t packets, bytes;		/* entered, lost ones too */
	uint64_t out_packets, out_bytes;	/* released */
	uint64_t drops[DROP_COUNT];
	uint64_t held_packets;			/* in queue, service and delay */
	uint64_t backlog_packets, backlog_bytes;	/* queued and in service */
	uint64_t backlog_max_packets, backlog_max_bytes;
	uint64_t marks;
	uint64_t duplicates;	/* copies made: entered + duplicates = released + dropped + held */
	uint64_t corruptions, reordered;	/* with bits flipped; released behind one that came later */
	const struct hist *wait_ns;		/* entry to end of service; NULL: no such pipe */
	bool masked;				/* packets find flows now; */
	uint64_t flows, flows_folded;		/* there are so many, and so many were forgotten */
};

/* Pipes in the order of their numbers: the i-th, or false. */
bool emu_at(const struct emu *e, enum emu_kind kind, uint32_t i, uint32_t *number);
void emu_stats(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_stats *st);
/* Entry to exit, of all that were served: the value at so many of a thousand, min at 0. 0 where there is none. */
uint64_t emu_delay_quantile(const struct emu *e, enum emu_kind kind, uint32_t number, unsigned permille);

/* Entry to exit, mean. */
uint64_t emu_delay_mean(const struct emu *e, enum emu_kind kind, uint32_t number);
/* By how much packets were taken after their time, since emu_cfg.late says so. NULL: no such pipe. */
const struct hist *emu_late(const struct emu *e, enum emu_kind kind, uint32_t number);

struct emu_load {		/* ns in which a link was busy: */
	uint64_t seconds, sum;	/* in so many whole seconds of the emulator's time, since it was made */
	uint64_t last, most;	/* in the last of them; in the busiest */
};
/* Of a pipe or sched with one link that has a rate, with emu_cfg.metered. emu_settle() first. False: there is none. */
bool emu_load(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_load *to);

/* The flows of a pipe, in the order of their first packets; NULL: from the first, none is left. Those of a mask that
 * was changed are among them while they drain. emu_settle() first: it forgets those that were idle too long. */
struct emu_flow *emu_flow_next(const struct emu *e, enum emu_kind kind, uint32_t number, const struct emu_flow *after);

struct emu_flow_stats {		/* as struct emu_stats has them */
	uint64_t id;		/* 1, 2, ... in the order of first packets, never used again */
	bool gone;		/* forgotten but for emu_flows_forget() */
	uint64_t packets, bytes, out_packets, out_bytes, held_packets;
	uint64_t drops[DROP_COUNT];
	uint64_t backlog_packets, backlog_bytes, backlog_max_packets, backlog_max_bytes, marks;
	uint64_t duplicates, corruptions, reordered;
	uint64_t wait_count, wait_min, wait_max;	/* min 0 where count is */
	struct u128 wait_sum;
};
void emu_flow_stats(const struct emu_flow *flow, struct emu_flow_stats *st);
#define EMU_FLOW_TEXT 192
/* "tcp 10.0.0.1:5001 > 10.0.0.2:80", of the masked fields (emu_key.c). Returns `to`. */
const char *emu_flow_print(const struct emu_flow *flow, char to[EMU_FLOW_TEXT]);

struct emu_params {
	uint64_t bandwidth;	/* 0: no limit */
	nrw_time delay;
	const char *type;	/* of a sched; else NULL */
	enum emu_kind to_kind;	/* of a queue, */
	uint32_t to;		/* what it feeds, 0: nothing; of a sched, the pipe whose link it has, 0: its own */
	uint32_t weight, pri;
};
void emu_params(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_params *p);
/* The line that recreates it; malloc's, or NULL. */
char *emu_print(const struct emu *e, enum emu_kind kind, uint32_t number);
/* The pipe as an object of JSON, with the keys of INTERFACE and its flows. */
void emu_json(const struct emu *e, enum emu_kind kind, uint32_t number, struct json *j);
/* Pipes, also those still to come, keep what series need from now on, each flow for itself. */
void emu_series_start(struct emu *e);
/* Waiting times since the last call for this pipe, for series: moves the histogram into `into` (cleared first; the
 * first call copies all since its making). emu_settle() first. */
void emu_series_take(struct emu *e, enum emu_kind kind, uint32_t number, struct hist *into);

/* The same of a flow, after emu_series_start(). A flow that is folded meanwhile stays until emu_flows_forget(), so that
 * its last counts are seen: who takes series calls it after each look. */
void emu_flow_series_take(struct emu_flow *flow, struct hist *into);
void emu_flows_forget(struct emu *e);

/* dummynet has a setting of this name, without its prefix: what says the same here. NULL: it has none. */
#define EMU_SETTINGS "net.inet.ip.dummynet."
const char *emu_setting_advice(struct word name);

/* Every word of the language, from the table the parser uses; kind "pipe-option", "aqm", "sched", "verb". */
struct emu_word_info { const char *kind, *word, *help; bool later; };
bool emu_word_at(size_t i, struct emu_word_info *info);

#endif
