/* emu/emu_extra.h - what a flow has beyond a queue and a link, where its line asks for it: chance, queue management,
 * the place in a trace, a scheduler.
 *
 * A pipe of which nothing of this is asked, and that has no mask, is the plain path of emu_pipe.c and knows nothing of
 * it. As soon as something is, the pipe goes the way of masked flows (emu_flows.c) for good, with one flow, `sole`,
 * where it has no mask. So everything special is met in one place: at entry, at service, at exit of a flow, behind one
 * branch on emu_flows.parts.
 *
 *      entry     cut, loss, duplicate, corrupt; then limit and queue management      PART_ENTRY, PART_AQM
 *      service   scheduler, queue management at the head, profile, trace, schedule   PART_ORDER, PART_AQM, PART_SERVICE
 *      exit      jitter, reorder, log                                                PART_EXIT
 *
 * An extra comes from a pool with its flow and goes with it; where the parts begin under flows that are there already,
 * each gets one then. The dice of a flow that is folded go on when it returns (emu_draws.c). */
#ifndef EMU_EMU_EXTRA_H
#define EMU_EMU_EXTRA_H

#include <stdalign.h>

#include <narrows/plugin.h>

#include "base/pool.h"
#include "emu/aqm.h"
#include "emu/emu_course.h"
#include "emu/emu_impair.h"
#include "emu/emu_int.h"

#define EMU_DICES (DICE_CORR_JITTER + 1)

enum emu_part { PART_ENTRY = 1, PART_AQM = 2, PART_ORDER = 4, PART_SERVICE = 8, PART_EXIT = 16, PART_TAP = 32 };

struct emu_order;		/* emu_order.h: a scheduler in the place of the one queue */

struct emu_extra {
	struct dice dice[EMU_DICES];	/* by enum dice_purpose; [0] is nobody's */
	struct emu_chance chance;
	struct emu_course course;
	struct emu_order *order;	/* NULL: a queue */
	uint64_t drops[DROP_COUNT];	/* beyond those that a flow counts itself */
	uint64_t marks, duplicates, corruptions, reordered;
	alignas(max_align_t) unsigned char aqm[];	/* state of queue management: ops->size bytes */
};

/* What all extras of an object have in common. */
struct emu_extras {
	struct pool pool;
	const struct nrw_aqm_ops *aqm;	/* NULL: none */
	struct aqm_conf conf;		/* of it: a copy, so that kind and parameters are always one */
	size_t size;			/* of one; 0: there are none */
};

/* What a configuration asks for beyond a plain pipe: PART_ bits. */
unsigned emu_parts(const struct emu_conf *c);

struct emu_flow;
struct emu_flows;

void emu_extras_fini(struct emu_extras *x);	/* all are back */
/* Another configuration, whose queue management is `aqm`: every flow has what it asks for. 0, or ERR_NOMEM before
 * anything was done. */
int emu_extras_config(struct emu_flows *f, unsigned parts, const struct aqm_conf *aqm, nrw_time now);
int emu_extra_new(struct emu_flows *f, struct emu_flow *flow, uint64_t number, nrw_time now);	/* of a new flow */
void emu_extra_free(struct emu_flows *f, struct emu_flow *flow);
void emu_extras_reseed(struct emu_flows *f);	/* the seed of its object is another now */

static inline const void *emu_extras_params(const struct emu_extras *x)
{
	return aqm_params(&x->conf);
}

#endif
