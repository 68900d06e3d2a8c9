/* emu/emu_enter.c - a packet comes to a flow of which something special is asked.
 *
 *      cut --> loss --> duplicate --> corrupt --> limit --> queue management --> waits, or begins its service
 *
 * Each step may end it, by a name of its own. What is not asked for costs a branch. The plain order, without steps in
 * between, is emu_flows.c's. Thread: the owner's lane. */
#include "emu_flow.h"

/* Behind what chance does: is there room, and does queue management let it join? */
static void admit(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now)
{
	if (!f->pipe->link.rate && !f->on_road)
		emu_flow_depart(f, flow, p, now);
	else if (emu_queue_full(&flow->queue, &f->pipe->room, bytes))
		emu_flow_drop(f, flow, p, DROP_QUEUE_FULL);
	else if (!(f->parts & PART_AQM) || emu_manage_put(f, flow, p, bytes, v, now))
		emu_flow_join(f, flow, p, bytes, now);
}

void emu_flow_enter(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now)
{
	if (f->cut) {
		emu_flow_drop(f, flow, p, DROP_CUT);
		return;
	}
	if (f->on_road)
		emu_flows_look(f, now);
	if (f->pipe->lossy && dice_hit(&flow->loss, f->pipe->loss_prob)) {
		emu_flow_drop(f, flow, p, DROP_LOSS);
		return;
	}
	admit(f, flow, p, bytes, v, now);
}
