/* emu/fair.h - how fair a scheduler was: B-WFI, T-WFI and Jain's index, exact, whatever the number of flows.
 * For tests and for `narrows bench sched`; no packet of the emulator passes here. fair.c has the theory.
 *
 *      fair_ready(m, f)             f becomes backlogged
 *      fair_sent(m, f, bytes)       a packet of f has left; in the order of the link
 *      fair_waited(m, f, ...)       when it came and what it found, if T-WFI is wanted: before fair_sent()
 *      fair_idle(m, f)              f has no more
 *      fair_reweigh(m, f, weight)   at any time
 *      fair_settle(m)               all periods end: alpha may be read
 *
 * One thread. Only fair_init() and fair_ready() may fail (ERR_NOMEM). */
#ifndef EMU_FAIR_H
#define EMU_FAIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/units.h"

struct fair_ratio {		/* whole + part / of, part < of; of 0: none yet, as 0 */
	uint64_t whole, part, of;
};

struct fair_signed {		/* of 128 bits, two's complement */
	uint64_t hi, lo;
};

struct fair_flow {
	struct list link;	/* of those backlogged */
	uint32_t weight;
	uint64_t bytes;		/* W_k: of packets that left, in all */
	struct fair_ratio alpha;	/* B-WFI so far, bytes */
	int64_t late;		/* T-WFI so far, ns; INT64_MIN: no packet was told of */
	/* In the epoch that it was last looked at in: */
	uint64_t epoch, own;	/* its number; bytes that left in it */
	struct fair_signed base;	/* the least D_k so far, times the sum of weights */
};

struct fair_epoch {		/* the sum of weights stood still */
	uint64_t begin;		/* W at its begin; it ends where the next begins */
	uint64_t weights;
};

struct fair {
	uint64_t bytes;		/* W */
	uint64_t weights;	/* of those backlogged */
	struct list backlogged;
	struct fair_epoch *epochs;	/* the last one is the present */
	uint64_t first;		/* number of epochs[0] */
	uint32_t count;
	uint32_t *peaks;	/* of ended ones, none of which a later one reaches: by falling bytes / weights */
	uint32_t peak_count;
};

int fair_init(struct fair *m);
void fair_fini(struct fair *m);
void fair_flow_init(struct fair_flow *f, uint32_t weight);
void fair_ready(struct fair *m, struct fair_flow *f);
void fair_sent(struct fair *m, struct fair_flow *f, uint64_t bytes);
void fair_idle(struct fair *m, struct fair_flow *f);
void fair_reweigh(struct fair *m, struct fair_flow *f, uint32_t weight);
void fair_settle(struct fair *m);
/* A packet left `wait` ns after it came; with it, `queued` bytes of its flow waited then; the link has `rate` bit/s.
 * The sum of weights is taken for that of the whole time. */
void fair_waited(const struct fair *m, struct fair_flow *f, nrw_time wait, uint64_t queued, uint64_t rate);

int fair_cmp(struct fair_ratio a, struct fair_ratio b);		/* as memcmp() */
/* Jain's index of bytes / weight, in millionths: 1000000 is even; 0: there is nothing to compare. */
uint32_t fair_jain(const struct fair_flow *flows, size_t n);

#endif
