/* emu/emu_flows.c - packets in the masked flows of a pipe: from the put to the take. The drawing is in emu_flow.h.
 *
 * A packet finds its flow by the masked fields (emu_life.c). Each flow is a queue and a link as a pipe without a mask
 * is (emu_pipe.c), by the same arithmetic; only what comes after the link is one for all: since they have one rate and
 * one delay, what ends first leaves first. So an event is the end of a service, and flows that serve nothing cost
 * nothing. As there, all is worked out when somebody looks: emu_flows_settle() goes through the ends up to now in their
 * order, and it does not matter how late that is.
 *
 *      put    emu_flow_enter() where something special is asked (emu_enter.c), else loss, limit, waits or is served
 *      end    of a service: on its way; the next one of the flow's queue, of its management, or of its scheduler
 *      take   the first of all on their way; a flow that holds nothing any more is told to emu_life.c
 *
 * Every packet is counted by its flow and by the pipe. A change of rate is one walk through all flows: what is served
 * goes on at the new rate, what an idle one saves grows by it. Thread: the owner's lane.
 *
 * Cost: of 100 000 flows each is cold, and that is the cost: a bucket, three lines of a flow when a packet comes, of
 * which the end of its service needs one again, and the packet; the first of the three once more when it leaves. So
 * they are fetched ahead of time where it is known whose they are: who leaves next (emu_way.c), whose service ends next
 * (emu_ends.c), and which packets come, where a reader of bursts tells it (emu_soon.c). Measured by `narrows bench
 * pipe`, flows in scattered order, as a multiple of one flow: with these fetches in three steps and a heap of ends 3.4;
 * with two buckets a flow and whole large pages 2.8; with a fourth step for the second in a bucket and most ends in a
 * run, whose next eight are known, 1.8, and without these eight 2.2 still; with one digest and one search for a packet
 * that was told 1.6; with a link, a queue and the waits in two lines, of which one will do at the end of a service,
 * 1.46; with the run in a ring of its own size, and fetches into the second cache, 1.4. With 500 flows it is 1. To
 * fetch twice as far ahead changes nothing, less far costs 0.1; nor does it help to begin flows on pairs of lines.
 * Memory: a flow is 384 bytes of a pool, with its share of table, run and heap at most 464. */
#include "emu_order.h"
#include "emu_tap.h"

#include <stdlib.h>
#include <string.h>

#define ENDS_AHEAD 8u

const enum drop emu_flow_drops[FLOW_DROPS] = {
	[FLOW_LOSS] = DROP_LOSS, [FLOW_QUEUE_FULL] = DROP_QUEUE_FULL, [FLOW_TIME_END] = DROP_TIME_END,
};

__attribute__((cold)) void emu_flow_drop(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, enum drop why)
{
	emu_flow_count_drop(flow, why);
	if (flow->extra)
		flow->extra->drops[why]++;
	flow->left++;
	if (flow->member)
		emu_member_dropped(flow, p, why);
	emu_pipe_drop(f->pipe, p, why);
}

void emu_flow_waited(struct emu_flows *f, struct emu_flow *flow, nrw_time ns)
{
	emu_pipe_waited(f->pipe, ns);
	flow->wait_count++;
	if (__builtin_add_overflow(flow->wait_sum, ns, &flow->wait_sum))
		flow->wait_carry++;
	flow->wait_min = ns < flow->wait_min ? ns : flow->wait_min;
	flow->wait_max = ns > flow->wait_max ? ns : flow->wait_max;
	if (__builtin_expect(f->pipe->series, 0))
		emu_flow_note(flow, ns);
}

/* Its service has ended: on its way, but not before those of its flow. False: dropped. */
bool emu_flow_depart(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, nrw_time end)
{
	nrw_time exit = emu_pipe_exit(f->pipe, end);
	bool overtakes = false;
	struct emu_step s;

	if (__builtin_expect(f->on_road, 0))
		exit = emu_pipe_exit_by(f->pipe, end, emu_flow_delay(f, p->at, end));
	emu_flow_waited(f, flow, end - p->at);
	if (__builtin_expect(f->parts & PART_TAP, 0))
		emu_tap_served(f->pipe->record->tap, p, end);
	if (__builtin_expect(f->parts & PART_EXIT, 0) && !emu_flow_leave(f, flow, p, end, &exit, &overtakes))
		return false;
	if (exit == NRW_NEVER) {
		emu_flow_drop(f, flow, p, DROP_TIME_END);
		return false;
	}
	if (!overtakes)
		exit = exit > flow->last ? exit : flow->last;
	s = (struct emu_step){ .pkt = p, .flow = flow, .exit = exit, .seq = emu_step_seq(p) };
	if (emu_way_put(&f->way, &s)) {
		emu_flow_drop(f, flow, p, DROP_NO_MEMORY);
		return false;
	}
	if (__builtin_expect(f->pipe->total_apart, 0))
		hist_put(&f->pipe->record->total, exit - p->at);
	if (!overtakes)
		flow->last = exit;
	f->on_way++;
	return true;
}

void emu_flow_left_queue(struct emu_flows *f, struct emu_flow *flow, uint64_t bytes)
{
	emu_queue_done(&flow->queue, bytes);
	f->packets--;
	f->bytes -= bytes;
	/* what it says itself is on a cold line */
	if (__builtin_expect(f->ordered || f->pipe->kind == EMU_QUEUE, 0) && flow->member)
		emu_member_left_queue(flow, bytes);
}

static inline struct pkt *next_of(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	if (__builtin_expect(!(f->parts & (PART_AQM | PART_ORDER)), 1))
		return flow->queue.packets ? emu_queue_take(&flow->queue) : NULL;	/* the FIFO is on a cold line */
	if (f->parts & PART_ORDER)
		return emu_order_take(emu_order_of(flow), now);
	return emu_manage_take(f, flow, now);
}

/* Whose packet the link serves, where queues feed it; NULL: the flow's own. */
static inline struct emu_member *serving(const struct emu_flows *f, const struct emu_flow *flow)
{
	return __builtin_expect(f->parts & PART_ORDER, 0) ? emu_order_of(flow)->serving : NULL;
}

/* It is no backlog any more. */
static inline void leave_queue(struct emu_flows *f, struct emu_flow *flow, uint64_t bytes)
{
	struct emu_member *m = serving(f, flow);

	if (m)
		emu_flow_left_queue(m->of, &m->flow, bytes);
	else
		emu_flow_left_queue(f, flow, bytes);
}

/* Its service would end past the end of time. */
static __attribute__((cold)) void refuse(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes)
{
	struct emu_member *m = serving(f, flow);

	leave_queue(f, flow, bytes);
	if (!m) {
		emu_flow_drop(f, flow, p, DROP_TIME_END);
		return;
	}
	emu_order_of(flow)->serving = NULL;
	emu_flow_drop(m->of, &m->flow, p, DROP_TIME_END);
}

static inline bool link_serve(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes)
{
	if (__builtin_expect(f->on_road, 0))
		emu_flow_serve(f, flow, bytes);
	else if (!emu_link_serve(&flow->link, bytes))
		return false;
	flow->served = p;
	return true;
}

/* The link is free: the next one begins. False: nobody waits, or none of them ends in time. */
static bool serve_waiting(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	struct pkt *p;

	while ((p = next_of(f, flow, now))) {
		uint64_t bytes = emu_pipe_charge(p);

		if (link_serve(f, flow, p, bytes))
			return true;
		refuse(f, flow, p, bytes);
	}
	return false;
}

static inline bool end_of(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, nrw_time end)
{
	if (__builtin_expect(!f->on_road, 1) || !emu_flow_lost(flow))
		return emu_flow_depart(f, flow, p, end);
	emu_flow_waited(f, flow, end - p->at);
	if (f->parts & PART_TAP)
		emu_tap_served(f->pipe->record->tap, p, end);
	emu_flow_drop(f, flow, p, DROP_LOSS);
	return false;
}

static void end_service(struct emu_flows *f, struct emu_flow *flow, nrw_time end)
{
	struct pkt *p = emu_served_take(&flow->served);
	bool on_way;

	leave_queue(f, flow, emu_pipe_charge(p));
	if (__builtin_expect(f->parts & PART_ORDER, 0))
		emu_order_done(emu_order_of(flow), p, end);
	on_way = end_of(f, flow, p, end);
	if (serve_waiting(f, flow, end)) {
		emu_ends_put_off(&f->ends, emu_link_end(&flow->link));
		return;
	}
	emu_ends_pop(&f->ends);
	if (!on_way && !emu_flow_held(flow))	/* its counts are on another line */
		emu_flow_emptied(f, flow, end);
}

/* The packet whose service ends, and what the next one needs, if one waits. */
EMU_FETCH warm_served(const struct emu_flow *flow)
{
	emu_fetch(flow->served);
	if (flow->queue.packets > 1)
		emu_fetch(&flow->link);
}

/* One of those in order some places ahead, and its packet nearer; of the heap the next one and, one of these four, the
 * one after it. */
EMU_FETCH warm_ends(const struct emu_flows *f)
{
	const struct emu_end *root = &f->ends.entries[EMU_ENDS_ROOT];

	if (f->ends.run_count > ENDS_AHEAD)
		emu_fetch(&emu_ends_at(&f->ends, ENDS_AHEAD)->flow->queue.bytes);
	if (f->ends.run_count > ENDS_AHEAD / 2)
		warm_served(emu_ends_at(&f->ends, ENDS_AHEAD / 2)->flow);
	for (uint32_t i = 0; i < f->ends.heaped && i < 5; i++)
		emu_fetch(&root[i].flow->queue.bytes);
	if (f->ends.heaped)	/* its flow was fetched when it stood below */
		warm_served(root->flow);
}

void emu_flows_catch_up(struct emu_flows *f, nrw_time now)
{
	const struct emu_end *first;

	while ((first = emu_ends_first(&f->ends)) && first->at <= now) {
		end_service(f, first->flow, first->at);
		warm_ends(f);
	}
}

static inline void open_link(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	if (__builtin_expect(f->pipe->metered, 0) && flow == f->sole)
		emu_meter_open(f->pipe, &flow->link, now);
	if (__builtin_expect(f->on_road, 0)) {
		emu_flow_open(f, flow, now);
		return;
	}
	flow->link.rate = f->pipe->link.rate;
	emu_link_open(&flow->link, now, f->pipe->burst);
}

static void begin(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, nrw_time now)
{
	open_link(f, flow, now);
	if (link_serve(f, flow, p, bytes)) {
		emu_ends_add(&f->ends, emu_link_end(&flow->link), flow);
		return;
	}
	refuse(f, flow, p, bytes);
}

void emu_flows_note_peak(struct emu_flows *f)
{
	struct emu_queue *q = &f->pipe->queue;

	if (f->packets + q->packets > q->packets_max)
		q->packets_max = (uint32_t)(f->packets + q->packets);
	if (f->bytes + q->bytes > q->bytes_max)
		q->bytes_max = f->bytes + q->bytes;
}

static void join(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, nrw_time now)
{
	f->packets++;
	f->bytes += bytes;
	if (flow->served) {
		emu_queue_put(&flow->queue, p, bytes);
	} else {
		emu_queue_add(&flow->queue, bytes);
		begin(f, flow, p, bytes, now);
		emu_flows_settle(f, now);	/* paid by credit: it is no backlog */
		emu_queue_peak(&flow->queue);
	}
}

/* The same where the queue is asked for its next packet, also for the only one. */
void emu_flow_join(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, nrw_time now)
{
	f->packets++;
	f->bytes += bytes;
	pkt_fifo_put(&flow->queue.waiting, p);
	emu_queue_add(&flow->queue, bytes);
	emu_flow_start(f, flow, now);
	emu_queue_peak(&flow->queue);
}

void emu_flow_start(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	if (flow->served)
		return;
	open_link(f, flow, now);
	if (serve_waiting(f, flow, now))
		emu_ends_add(&f->ends, emu_link_end(&flow->link), flow);
	emu_flows_settle(f, now);
}

static void enter(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, nrw_time now)
{
	struct emu_pipe *pipe = f->pipe;

	if (pipe->lossy && dice_hit(&flow->loss, pipe->loss_prob))
		emu_flow_drop(f, flow, p, DROP_LOSS);
	else if (!pipe->link.rate && !f->on_road)
		emu_flow_depart(f, flow, p, now);
	else if (emu_queue_full(&flow->queue, &pipe->room, bytes))
		emu_flow_drop(f, flow, p, DROP_QUEUE_FULL);
	else
		join(f, flow, p, bytes, now);
}

void emu_flows_put(struct emu_flows *f, struct pkt *p, const struct view *v, nrw_time now)
{
	uint64_t bytes = emu_pipe_admit(f->pipe, p);
	struct emu_flow *flow;
	enum drop why = DROP_FLOWS;

	emu_flows_settle(f, now);
	f->pipe->packets++;
	f->pipe->bytes += bytes;
	if (__builtin_expect(f->parts & PART_TAP, 0))
		emu_tap_came(f->pipe->record->tap, p, now);
	flow = f->shape->many ? emu_flows_find(f, v, now, &why) : f->sole;
	if (!flow) {
		emu_pipe_drop(f->pipe, p, why);
		return;
	}
	flow->packets++;
	flow->bytes += bytes;
	if (__builtin_expect(f->parts & (PART_ENTRY | PART_AQM | PART_SERVICE | PART_ORDER), 0))
		emu_flow_enter(f, flow, p, bytes, v, now);
	else
		enter(f, flow, p, bytes, now);
	if (!emu_flow_held(flow))
		emu_flow_emptied(f, flow, now);
}

/* The end of a service may drop it, or one that waits: then it is an event, so that drops come in order of time. */
static inline bool ends_tell(const struct emu_flows *f)
{
	return f->parts & (PART_EXIT | PART_AQM) || f->managed || f->road.profile || f->road.schedule;
}

/* When a packet leaves whose service ends then; where that is past the end of time, or something may be dropped, or
 * delays change or are drawn, so that others may leave before it, when its service ends. */
static nrw_time told_at(const struct emu_flows *f, nrw_time end)
{
	nrw_time exit = emu_pipe_exit(f->pipe, end);

	return exit == NRW_NEVER || ends_tell(f) ? end : exit;
}

/* Others may leave at the instant of the end that comes next, or before it, since one that was held back by its own
 * flow's last exit is told too early: seq 0 lets emu_take() look again. */
bool emu_flows_next(const struct emu_flows *f, nrw_time *at, uint64_t *seq)
{
	const struct emu_step *first = emu_way_first(&f->way);
	const struct emu_end *end = emu_ends_first(&f->ends);

	if (!first && !end)
		return false;
	*at = end ? told_at(f, end->at) : NRW_NEVER;
	*seq = 0;
	if (first && first->exit < *at) {
		*at = first->exit;
		*seq = first->seq >> 1;
	}
	return true;
}

const struct emu_step *emu_flows_first(const struct emu_flows *f)
{
	return emu_way_first(&f->way);
}

struct pkt *emu_flows_take(struct emu_flows *f)
{
	struct emu_flow *flow;
	struct emu_step s;
	struct pkt *p;
	uint64_t bytes;

	if (!emu_way_take(&f->way, &s))
		return NULL;
	flow = s.flow;
	p = s.pkt;
	p->at = s.exit;
	if (__builtin_expect(f->parts & PART_TAP, 0))
		emu_tap_left(f->pipe->record->tap, p, s.exit);
	bytes = emu_pipe_charge(p);
	f->pipe->out_packets++;
	f->pipe->out_bytes += bytes;
	flow->left++;
	flow->out_bytes += bytes;
	f->on_way--;
	if (__builtin_expect(f->parts & PART_EXIT, 0))
		emu_flow_note_order(f, flow, p);
	if (!emu_flow_held(flow))
		emu_flow_emptied(f, flow, p->at);
	return p;
}

/* ---- configuration ---- */

static void config_flow(struct emu_flows *f, struct emu_flow *flow, const struct emu_road *old, nrw_time now)
{
	struct pkt *p;

	if (!emu_flow_turn(f, flow, old, now)) {
		p = emu_served_take(&flow->served);
		refuse(f, flow, p, emu_pipe_charge(p));
		serve_waiting(f, flow, now);
	}
	if (flow->served)
		emu_ends_add(&f->ends, emu_link_end(&flow->link), flow);
}

void emu_flows_config(struct emu_flows *f, nrw_time now)
{
	struct emu_road before;
	const struct emu_road *old = emu_flows_turn(f, &before, now);

	f->limit = f->pipe->record->conf.flows;
	f->expire = f->pipe->record->conf.expire;
	emu_ends_clear(&f->ends);
	list_each_safe(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		if (!flow->queue.packets && emu_link_end(&flow->link) != NRW_NEVER) {
			emu_flow_turn(f, flow, old, now);
			continue;
		}
		config_flow(f, flow, old, now);
		if (!emu_flow_held(flow) && flow->state != FLOW_GONE)
			emu_flow_emptied(f, flow, now);
	}
	emu_road_release(&before);
	if (f->pipe->record->conf.cut && !f->cut) {
		emu_flows_drop_all(f, DROP_CUT, now);
		emu_pipe_drop_all(f->pipe, DROP_CUT, now);
	}
	f->cut = f->pipe->record->conf.cut;
}

/* ---- the end ---- */

/* What the link serves. */
static void drop_served(struct emu_flows *f, struct emu_flow *flow, enum drop why, nrw_time now)
{
	struct emu_member *m = serving(f, flow);
	struct pkt *p = emu_served_take(&flow->served);

	emu_link_end_at(&flow->link, now);
	leave_queue(f, flow, emu_pipe_charge(p));
	if (m)
		emu_order_of(flow)->serving = NULL;
	if (m)
		emu_flow_drop(m->of, &m->flow, p, why);
	else
		emu_flow_drop(f, flow, p, why);
}

static void drop_flow(struct emu_flows *f, struct emu_flow *flow, enum drop why, nrw_time now)
{
	bool released = false;
	struct pkt *p;

	if (flow->served)
		drop_served(f, flow, why, now);
	if (f->parts & PART_ORDER)
		released = emu_order_drop_all(flow, why, now);
	while ((p = emu_queue_take(&flow->queue))) {
		emu_flow_left_queue(f, flow, emu_pipe_charge(p));
		emu_flow_drop(f, flow, p, why);
	}
	if (f->on_road)
		emu_flow_open(f, flow, now);
	if (released)
		emu_flow_released(f, flow, now);
	else if (flow->state == FLOW_OLD || (flow->state == FLOW_FOUND && list_empty(&flow->idle)))
		emu_flow_emptied(f, flow, now);
}

/* What waits in a queue; the link has its own mind about what it serves. */
static void drop_members(struct emu_flows *f, enum drop why, nrw_time now)
{
	list_each_safe(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);
		bool held = emu_flow_held(flow);

		emu_member_drop_all(flow, why);
		if (held && !emu_flow_held(flow))
			emu_flow_emptied(f, flow, now);
	}
}

/* The link of a flow is free from `now` on. */
void emu_flows_drop_all(struct emu_flows *f, enum drop why, nrw_time now)
{
	struct emu_step s;

	if (f->pipe->kind == EMU_QUEUE) {
		drop_members(f, why, now);
		return;
	}
	while (emu_way_take(&f->way, &s))
		emu_flow_drop(f, s.flow, s.pkt, why);
	list_each_safe(at, &f->all)
		drop_flow(f, container_of(at, struct emu_flow, all), why, now);
	emu_ends_clear(&f->ends);
	f->packets = f->bytes = f->on_way = 0;
}
