/* emu/emu_order.h - a scheduler in the place of a flow's one queue, and the queues it chooses from.
 *
 *      queue 1 --mask--> member --+
 *                        member --+--> struct emu_order: the scheduler of one flow --> its link
 *      queue 2 --mask--> member --+    (of a sched, or of a pipe that queues feed)
 *      the pipe itself --> direct-+
 *
 * A member is a flow of a queue: found by its mask, counted, forgotten as masked flows of a pipe are. It has no link;
 * its packets wait in a queue that a scheduler knows. Each member belongs to one flow of its target, whose link it
 * shares. */
#ifndef EMU_EMU_ORDER_H
#define EMU_EMU_ORDER_H

#include "emu/emu_flow.h"
#include "emu/sched.h"

struct emu_member {
	struct emu_flow flow;		/* what it has in common with masked flows */
	struct emu_flows *of;		/* whose flow it is: of a queue; of direct, those of the pipe */
	struct emu_flows *at;		/* of the target; NULL: it has left it */
	struct emu_flow *to;		/* the one of them whose link it shares */
	uint64_t no_pipe, cut;		/* drops that its link brings, where it has no extra to count them */
	struct sched_queue q;		/* last: what a scheduler keeps of it follows */
};

struct emu_order {
	struct sched sched;
	struct emu_member *serving;	/* whose packet the link serves; NULL: none, or its queue is gone */
	struct emu_member *direct;	/* of packets sent straight to the pipe; NULL: none was yet */
	uint32_t members;		/* beside it */
};

static inline struct emu_member *emu_member_of(struct emu_flow *flow)
{
	return container_of(flow, struct emu_member, flow);
}

static inline struct emu_order *emu_order_of(const struct emu_flow *flow)	/* NULL: it has one queue */
{
	return flow->extra ? flow->extra->order : NULL;
}

size_t emu_member_size(void);

/* Of a flow that has an extra, by the type of `f`. 0 or ERR_NOMEM. */
int emu_order_new(struct emu_flows *f, struct emu_flow *flow);
void emu_order_equip(struct emu_flows *f);	/* the extras of its flows are others */
void emu_order_free(struct emu_flows *f, struct emu_flow *flow);	/* frees what waits, silently */
/* All flows of `f` have a scheduler from now on; what waits moves there. 0, or ERR_NOMEM: those that have one keep it.
 * */
int emu_order_begin(struct emu_flows *f, nrw_time now);
/* Another type of scheduler, or other parameters. 0, or ERR_NOMEM: some may have it. */
int emu_order_become(struct emu_flows *f, const struct emu_type *type, nrw_time now);
/* Takes the next packet; `serving` is whose it is. NULL: none waits. */
struct pkt *emu_order_take(struct emu_order *o, nrw_time now);
/* The service of a packet of `serving` has ended. */
void emu_order_done(struct emu_order *o, const struct pkt *p, nrw_time end);
/* The member of packets that come straight to a flow; NULL: no memory. */
struct emu_member *emu_order_direct(struct emu_flows *f, struct emu_flow *flow);
/* What waits. True: its last member left by that, and the caller says that it is released. */
bool emu_order_drop_all(struct emu_flow *flow, enum drop why, nrw_time now);

/* A new member finds its target's flow. 0, or ERR_NOMEM; *why: as for a flow that cannot be made. */
int emu_member_bind(struct emu_flows *of, struct emu_flow *flow, const struct view *v, nrw_time now, enum drop *why);
void emu_member_copied(struct emu_flow *flow);		/* a packet of it is there twice */
void emu_member_marked(struct emu_flow *flow, const struct pkt *p);
void emu_member_leave(struct emu_flow *flow, nrw_time now);	/* it holds nothing that waits */
/* Joins its queue, and the link begins if it is free. A packet that cannot is dropped. */
void emu_member_admit(struct emu_flows *of, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now);
void emu_member_abandon(struct emu_flow *flow);		/* it leaves; what waits is freed, silently */
struct pkt *emu_member_pop(struct emu_flow *flow);	/* from its queue, by queue management */

/* emu_set.c: queues. */
/* A queue has a new configuration, or its target has (NULL: there is none). 0 or ERR_NOMEM. */
int emu_set_config(struct emu_pipe *set, struct emu_pipe *to, nrw_time now);
void emu_set_put(struct emu_pipe *set, struct pkt *p, const struct view *v, nrw_time now);
void emu_set_look(struct emu_pipe *set, nrw_time now);	/* a packet comes, and the rate of its link changes over time */
void emu_set_drop_all(struct emu_pipe *set, enum drop why, nrw_time now);
void emu_set_detach(struct emu_pipe *set, nrw_time now);	/* from its target */
void emu_set_abandon(struct emu_pipe *set);		/* before it is freed with all there is */

#endif
