/* emu/emu_manage.c - queue management of flows: the kind (aqm_*.c) decides, here its decision is carried out.
 *
 *      put    behind the limit: pass, mark, or drop what comes          may it join?
 *      take   pass or mark the head, or drop it and ask about the next   at the instant at which the link became free
 *
 * Marking is setting CE, which needs ECT; a kind that marks what is not ECT, or a packet whose bytes cannot be its own
 * for want of memory, drops. A drop is `aqm`. Whether a packet may be marked is known from its view when it comes, and
 * goes with it as a flag. Thread: the owner's lane. */
#include "emu_order.h"
#include "emu_tap.h"

static uint64_t draw(void *dice)
{
	return dice_draw(dice);
}

struct emu_backlog {
	uint64_t packets, bytes;
};

/* Without what the link serves. */
static struct emu_backlog waiting_of(struct emu_flow *flow)
{
	const struct emu_queue *q = &flow->queue;

	if (flow->member) {
		const struct sched_queue *in = &emu_member_of(flow)->q;

		return (struct emu_backlog){ in->flow.packets, in->bytes };
	}
	return (struct emu_backlog){
		q->packets - (flow->served != NULL), q->bytes - (flow->served ? emu_pipe_charge(flow->served) : 0),
	};
}

/* A queue with so many packets and bytes that wait. */
static struct nrw_aqm_look look_at(const struct emu_flows *f, struct emu_flow *flow, const struct pkt *p,
	uint64_t bytes, nrw_time now)
{
	const struct emu_room *r = &f->pipe->room;
	struct emu_backlog waiting = waiting_of(flow);

	return (struct nrw_aqm_look){
		.now = now, .arrived = p->at, .bytes = bytes, .packets = waiting.packets,
		.queued = waiting.bytes, .rate = emu_flows_rate(flow->member ? emu_member_of(flow)->at : f, now),
		.slots = r->kind == LIMIT_PACKETS || r->kind == LIMIT_AUTO ? r->slots : 0,
		.room = r->kind == LIMIT_PACKETS ? 0 : r->bytes,
		.ect = p->flags & PKT_ECT, .draw = draw, .dice = &flow->extra->dice[DICE_AQM],
	};
}

/* Does it pass, marked or not? */
static bool passes(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, enum nrw_aqm_verdict verdict)
{
	if (verdict == NRW_AQM_PASS)
		return true;
	if (verdict == NRW_AQM_DROP || !aqm_mark(f->pipe->cfg->pool, p))
		return false;
	flow->extra->marks++;
	f->pipe->record->marks++;
	if (f->parts & PART_TAP)
		emu_tap_marked(f->pipe->record->tap, p);
	if (flow->member)
		emu_member_marked(flow, p);
	return true;
}

bool emu_manage_put(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now)
{
	const struct nrw_aqm_ops *aqm = f->extras.aqm;
	struct nrw_aqm_look look;

	p->flags &= (uint8_t)~PKT_ECT;
	if (aqm_is_ect(v))
		p->flags |= PKT_ECT;
	if (!aqm->put)
		return true;
	look = look_at(f, flow, p, bytes, now);
	if (passes(f, flow, p, aqm->put(emu_extras_params(&f->extras), flow->extra->aqm, &look)))
		return true;
	emu_flow_drop(f, flow, p, DROP_AQM);
	return false;
}

/* One that is out of the queue, at its turn. False: it was dropped. */
static bool may_leave(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, nrw_time now)
{
	const struct nrw_aqm_ops *aqm = f->extras.aqm;
	uint64_t bytes = emu_pipe_charge(p);
	struct nrw_aqm_look look;

	if (!aqm->take)
		return true;
	look = look_at(f, flow, p, bytes, now);
	if (!flow->member) {	/* it is counted still */
		look.packets--;
		look.queued -= bytes;
	}
	if (passes(f, flow, p, aqm->take(emu_extras_params(&f->extras), flow->extra->aqm, &look)))
		return true;
	emu_flow_left_queue(f, flow, bytes);
	emu_flow_drop(f, flow, p, DROP_AQM);
	return false;
}

static struct pkt *pop(struct emu_flow *flow)
{
	return flow->member ? emu_member_pop(flow) : emu_queue_take(&flow->queue);
}

static bool anyone_waits(struct emu_flow *flow)
{
	return flow->member ? emu_member_of(flow)->q.flow.packets : flow->queue.waiting.head != NULL;
}

struct pkt *emu_manage_take(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	const struct nrw_aqm_ops *aqm = f->extras.aqm;
	bool waited = anyone_waits(flow);
	struct pkt *p;

	while ((p = pop(flow)) && !may_leave(f, flow, p, now))
		;
	if (waited && aqm->emptied && !anyone_waits(flow))
		aqm->emptied(emu_extras_params(&f->extras), flow->extra->aqm, now);
	return p;
}
