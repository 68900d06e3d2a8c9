/* emu/emu_set.c - queues: flows by a mask that feed a scheduler, or a pipe.
 *
 *      queue 1 config sched 5 weight 3 mask dst-ip /32
 *
 *      packet --> which flow? --> loss --> limit, management --> its turn by the scheduler --> the link of sched 5
 *                 member                   of the queue          out of the queue: end of its service
 *
 * A queue is a struct emu_pipe whose flows are members (emu_order.h); its own link serves nobody. Limits in time go by
 * the link that it feeds; where that has a trace or a schedule, by the rate and delay of the moment at which a packet
 * comes (emu_set_look()). Bytes are counted with the overhead of that link.
 *
 * Which packets are one member: the fields of its own mask, and those of its target's, since a member has one link.
 * Where the target is a sched of type fq_codel or fq_pie, which sorts packets by itself, a hash over addresses, ports
 * and protocol takes the place of the queue's own mask, and the sched's parameters manage each member. A queue without
 * a mask has one member, which is never forgotten.
 *
 * Order of configuration is free: a queue may name what does not exist yet; until it does, its packets are the drop
 * no-sched. Thread: the owner's lane. */
#include "emu_order.h"
#include "emu_tap.h"

#include "emu/sched_fq.h"

/* No packet finds the members any more; they drain where they are. */
void emu_set_detach(struct emu_pipe *set, nrw_time now)
{
	struct emu_flows *s = set->flows;

	if (!s->to)
		return;
	emu_flows_retire(s, now);
	list_remove(&s->feeder);
	s->to = NULL;
}

static void attach(struct emu_pipe *set, struct emu_pipe *to)
{
	set->flows->to = to->flows;
	list_put_tail(&to->flows->feeders, &set->flows->feeder);
}

/* What tells members apart. */
static struct emu_sort sort_of(const struct emu_pipe *set, const struct emu_pipe *to)
{
	const struct emu_conf *c = &set->record->conf;
	struct emu_sort sort = { .mask = c->mask };

	if (!to)
		return sort;
	if (emu_sorts_itself(to)) {
		uint64_t flows = to->record->conf.type.params.flows;

		sort.mask = (struct emu_mask){ .on = false };
		sort.buckets = flows ? (uint32_t)flows : FQ_FLOWS;
		sort.key = fq_key(to->cfg->seed, DICE_SCHED, to->number, 0);
	}
	emu_mask_add(&sort.mask, &to->record->conf.mask);
	return sort;
}

bool emu_sorts_itself(const struct emu_pipe *pipe)
{
	return pipe->kind == EMU_SCHED && emu_type_is_fq(emu_sched_type(&pipe->record->conf));
}

/* Limits in time go by the rate and the delay in force. */
static void set_room(struct emu_pipe *set, const struct emu_pipe *to, nrw_time now)
{
	const struct emu_limit most = { LIMIT_PACKETS, UINT64_MAX };
	bool limited = to && !emu_sorts_itself(to) &&
		!(to->flows->on_road && emu_road_free(&to->flows->road, now));

	emu_room_set(&set->room, limited ? &set->record->conf.queue : &most, to ? emu_flows_rate(to->flows, now) : 0,
		to ? emu_flow_delay(to->flows, now, now) : 0);
}

void emu_set_look(struct emu_pipe *set, nrw_time now)
{
	set_room(set, set->flows->to->pipe, now);
}

static int manage(struct emu_pipe *set, const struct emu_pipe *to, nrw_time now)
{
	const struct emu_conf *c = &set->record->conf;
	const struct aqm_conf *aqm = to && emu_sorts_itself(to) ? &to->record->conf.type.aqm : &c->aqm;
	unsigned parts = (emu_parts(c) & ~(unsigned)PART_AQM) | (aqm->ops ? PART_AQM : 0);

	if (to)
		to->flows->managed |= aqm->ops != NULL;
	return emu_extras_config(set->flows, parts, aqm, now);
}

/* Members that are there get the shares of now. */
static void share(struct emu_pipe *set)
{
	const struct emu_conf *c = &set->record->conf;

	list_each(at, &set->flows->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);
		struct emu_member *m = emu_member_of(flow);

		if (flow->state == FLOW_GONE)
			continue;
		emu_member_manage(flow, set->flows->parts & PART_AQM);
		sched_change(&emu_order_of(m->to)->sched, &m->q, c->weight, c->pri, c->lmax);
	}
}

int emu_set_config(struct emu_pipe *set, struct emu_pipe *to, nrw_time now)
{
	struct emu_flows *s = set->flows;
	struct emu_sort sort = sort_of(set, to);
	int rc;

	if (s->to != (to ? to->flows : NULL)) {
		emu_set_detach(set, now);
		if (to)
			attach(set, to);
	}
	rc = emu_flows_sort(s, &sort, now) ?: manage(set, to, now);
	set_room(set, to, now);
	share(set);
	return rc;
}

static void lose(struct emu_pipe *set, struct pkt *p, enum drop why)
{
	struct emu_pipe *to = set->flows->to ? set->flows->to->pipe : NULL;

	if (to)
		to->record->drops[why]++;
	emu_pipe_drop(set, p, why);
}

static uint64_t count(struct emu_pipe *set, struct pkt *p, nrw_time now)
{
	struct emu_pipe *to = set->flows->to ? set->flows->to->pipe : NULL;
	uint64_t bytes = emu_pipe_admit(to ? to : set, p);

	set->packets++;
	set->bytes += bytes;
	if (set->flows->parts & PART_TAP)
		emu_tap_came(set->record->tap, p, now);
	if (!to)
		return bytes;
	to->packets++;
	to->bytes += bytes;
	if (to->flows->parts & PART_TAP)
		emu_tap_came(to->record->tap, p, now);
	return bytes;
}

void emu_set_put(struct emu_pipe *set, struct pkt *p, const struct view *v, nrw_time now)
{
	struct emu_flows *s = set->flows;
	uint64_t bytes = count(set, p, now);
	enum drop why = DROP_NO_SCHED;
	struct emu_flow *flow = s->to ? emu_flows_find(s, v, now, &why) : NULL;
	struct emu_flow *to;

	if (!flow) {
		lose(set, p, why);
		return;
	}
	to = emu_member_of(flow)->to;
	flow->packets++;
	flow->bytes += bytes;
	to->packets++;
	to->bytes += bytes;
	emu_flow_enter(s, flow, p, bytes, v, now);
	if (!emu_flow_held(flow))
		emu_flow_emptied(s, flow, now);
	emu_flows_note_peak(s);
}

/* The packet in service goes on: it is the link's. */
void emu_set_drop_all(struct emu_pipe *set, enum drop why, nrw_time now)
{
	struct emu_flows *s = set->flows;

	emu_set_detach(set, now);
	list_each_safe(at, &s->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		if (flow->state == FLOW_GONE)
			continue;
		emu_member_drop_all(flow, why);
		emu_member_leave(flow, now);
	}
}

/* All goes: packets are freed, silently. */
void emu_set_abandon(struct emu_pipe *set)
{
	list_each(at, &set->flows->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		if (flow->state != FLOW_GONE)
			emu_member_abandon(flow);
	}
}
