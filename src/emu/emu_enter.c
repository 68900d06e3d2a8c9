/* emu/emu_enter.c - a packet comes to a flow of which something special is asked.
 *
 *      cut --> loss --> duplicate --> corrupt --> limit --> queue management --> waits, or begins its service
 *
 * Each step may end it, by a name of its own. What is not asked for costs a branch. The plain order, without steps in
 * between, is emu_flows.c's.
 *
 * A copy is as old as its packet, has its L, and stands behind it; what chance does to it is drawn for it. A copy for
 * which there is no memory counts as made and dropped, no-memory. Thread: the owner's lane. */
#include "emu_order.h"

/* Behind what chance does: is there room, and does queue management let it join? */
static void admit(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now)
{
	if (flow->member)
		emu_member_admit(f, flow, p, bytes, v, now);
	else if (!f->pipe->link.rate && !f->on_road)
		emu_flow_depart(f, flow, p, now);
	else if (emu_queue_full(&flow->queue, &f->pipe->room, bytes))
		emu_flow_drop(f, flow, p, DROP_QUEUE_FULL);
	else if (!(f->parts & PART_AQM) || emu_manage_put(f, flow, p, bytes, v, now))
		emu_flow_join(f, flow, p, bytes, now);
}

/* Behind the packet. NULL: there is no memory for it, and that is counted. */
static struct pkt *duplicate(struct emu_flows *f, struct emu_flow *flow, const struct pkt *p)
{
	struct pkt *copy = pkt_clone(f->pipe->cfg->pool, p);

	flow->extra->duplicates++;
	f->pipe->record->duplicates++;
	if (!copy) {
		flow->no_memory++;
		f->pipe->record->drops[DROP_NO_MEMORY]++;
		return NULL;
	}
	copy->flags |= PKT_COPY;
	flow->left--;	/* one more is held */
	if (flow->member)
		emu_member_copied(flow);
	return copy;
}

static void corrupt_and_admit(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes,
	const struct view *v, nrw_time now)
{
	int rc = emu_corrupt(&f->pipe->record->conf.impair.corrupt, flow->extra, f->pipe->cfg->pool, p);

	if (rc < 0) {
		emu_flow_drop(f, flow, p, DROP_NO_MEMORY);
		return;
	}
	flow->extra->corruptions += (unsigned)rc;
	f->pipe->record->corruptions += (unsigned)rc;
	admit(f, flow, p, bytes, v, now);
}

/* A schedule may say another probability of plain loss than the line. */
static bool loses(struct emu_flows *f, struct emu_flow *flow)
{
	const struct emu_loss *l = &f->pipe->record->conf.impair.loss;

	if (emu_loss_is_plain(l))
		return f->pipe->lossy && dice_hit(&flow->extra->dice[DICE_LOSS], f->pipe->loss_prob);
	return !l->after && emu_loss_hits(l, flow->extra);
}

static void enter_by_chance(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes,
	const struct view *v, nrw_time now)
{
	const struct emu_impair *im = &f->pipe->record->conf.impair;
	struct pkt *copy = NULL;

	if (loses(f, flow)) {
		emu_flow_drop(f, flow, p, DROP_LOSS);
		return;
	}
	if (emu_duplicate_hits(&im->duplicate, flow->extra))
		copy = duplicate(f, flow, p);
	corrupt_and_admit(f, flow, p, bytes, v, now);
	if (copy)
		corrupt_and_admit(f, flow, copy, bytes, v, now);
}

/* Straight to a pipe that queues feed: one more queue. */
static struct emu_flow *direct(struct emu_flows *f, struct emu_flow *flow, uint64_t bytes)
{
	struct emu_member *m = emu_order_direct(f, flow);

	if (!m)
		return NULL;
	m->flow.packets++;
	m->flow.bytes += bytes;
	return &m->flow;
}

void emu_flow_enter(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now)
{
	struct emu_flow *to = flow;

	if (f->parts & PART_ORDER && !(flow = direct(f, to, bytes))) {
		emu_flow_drop(f, to, p, DROP_NO_MEMORY);
		return;
	}
	if (f->cut || (flow->member && emu_member_of(flow)->at->cut)) {
		emu_flow_drop(f, flow, p, DROP_CUT);
		return;
	}
	if (f->on_road)
		emu_flows_look(f, now);
	if (f->parts & PART_ENTRY) {
		enter_by_chance(f, flow, p, bytes, v, now);
		return;
	}
	if (f->pipe->lossy && dice_hit(&flow->loss, f->pipe->loss_prob)) {
		emu_flow_drop(f, flow, p, DROP_LOSS);
		return;
	}
	admit(f, flow, p, bytes, v, now);
}
