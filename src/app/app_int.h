/* app/app_int.h - what the engines of this room share: the files that come out. */
#ifndef APP_APP_INT_H
#define APP_APP_INT_H

#include <stdio.h>

#include "app/app_pcap.h"
#include "cap/cap.h"

/* A text file, or standard output for "-"; app_text.c. */
struct app_text_out {
	FILE *file;		/* NULL: not open */
	const char *path;
};

int app_text_open(struct app_text_out *t, const char *path, struct err *e);
int app_text_close(struct app_text_out *t, struct err *e);	/* 0, ERR_IO, ERR_CLOSED; fine where not open */

/* An expression of libpcap's, compiled for every link type that it makes sense for; app_filter.c. */
struct app_filter;

/* ERR_USAGE: it makes sense for none, or this build has no libpcap; ERR_NOMEM. */
int app_filter_new(struct app_filter **out, const char *expression, struct err *e);
void app_filter_free(struct app_filter *f);	/* NULL is fine */
/* Does it match? 1, 0, or ERR_USAGE: it makes no sense for the packet's link type. */
int app_filter_run(const struct app_filter *f, const struct pkt *p, struct err *e);
/* libpcap's compiler, for one link type, where it is linked; `code` is then pcap_freecode()'s. 0 or ERR_USAGE. */
struct bpf_program;
int app_bpf_compile(const char *expression, enum wire_link link, struct bpf_program *code, struct err *e);

/* The capture of --both; app_both.c. Each returns 0, the writer's error, or ERR_NOMEM; packets stay the caller's. */
struct app_both;

int app_both_open(struct app_both **out, const struct cap_inputs *in, struct pkt_pool *pool, const char *path,
	struct err *e);
/* A packet came, its bytes as they were; its fate is known, `comment` tells it where it ended. */
int app_both_came(struct app_both *b, const struct pkt *p, uint64_t own, const char *comment, struct err *e);
/* A packet came and is held: app_both_fate() tells once, later. Their seq rises. */
int app_both_held(struct app_both *b, const struct pkt *p, uint64_t own, uint64_t seq, struct err *e);
int app_both_fate(struct app_both *b, uint64_t seq, const char *comment, struct err *e);
int app_both_left(struct app_both *b, const struct pkt *p, uint64_t at, const char *comment, struct err *e);
int app_both_flush(struct app_both *b, struct err *e);	/* what waits for nothing */
int app_both_close(struct app_both *b, struct err *e);	/* NULL is fine; the pool must still be there */

/* A packet as it came: its bytes are borrowed, as long as the lane looks at it for the first time. */
struct app_came {
	struct pkt p;
	uint64_t own;		/* its own time, ns since 1970 */
};

/* The captures that come out: -w, --dropped, --both; app_outputs.c. Paths may be NULL. */
struct app_outputs;

int app_outputs_open(struct app_outputs **out, const struct cap_inputs *in, struct pkt_pool *pool, const char *passed,
	const char *dropped, const char *both, struct err *e);
/* Times are ns since 1970; `own` is the packet's own. `came`: as it came, where that was just now; NULL: it was held.
 * Each returns 0 or the writer's error; the packet stays the caller's. */
int app_outputs_out(struct app_outputs *o, const struct pkt *p, uint64_t at, const struct app_came *came,
	struct err *e);
int app_outputs_held(struct app_outputs *o, const struct pkt *p, const struct app_came *came, struct err *e);
int app_outputs_dropped(struct app_outputs *o, const struct pkt *p, uint64_t own, const struct app_came *came,
	const struct rules_set *rules, const struct lane_end *end, struct err *e);
/* A packet that a rule sent: on -w, and on `after` of --both with a comment that names the rule. */
int app_outputs_answer(struct app_outputs *o, const struct pkt *p, uint64_t at, const struct rules_set *rules,
	uint32_t rule, struct err *e);
/* What was written so far goes out: whole captures, should nothing follow. */
int app_outputs_flush(struct app_outputs *o, struct err *e);
int app_outputs_close(struct app_outputs *o, struct err *e);
/* ERR_USAGE where an output is an input, or two outputs are one file: both would be destroyed. */
int app_outputs_refuse_input(const struct app_pcap_cfg *cfg, struct err *e);

#endif
