/* emu/emu_serve.c - flows whose link has more than a rate: trace, profile, schedule, pause. The arithmetic is
 * emu_course.c's.
 *
 * The object has one road, each flow a course along it. The end of a service is known when it begins, so nothing else
 * of emu_flows.c changes: who ends next stands in the heap of ends, and one that never ends stands at its very end. A
 * change of configuration first has what was served up to then worked out by the old road (the caller settles), then
 * each flow's remains by the new one. The road holds the files it goes by, since a new configuration may let go of
 * them.
 *
 * What a schedule says of loss and of the limit is looked up when a packet comes, of the delay when its service ends: a
 * look costs one division and one binary search. Thread: the owner's lane. */
#include "emu_flow.h"
#include "emu_schedule.h"
#include "emu_tap.h"

void emu_flow_open(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	emu_course_open(&flow->extra->course, &f->road, now);
}

void emu_flow_serve(struct emu_flows *f, struct emu_flow *flow, uint64_t bytes)
{
	emu_course_serve(&flow->link, &flow->extra->course, &f->road, &flow->extra->dice[DICE_PROFILE], bytes);
}

bool emu_flow_lost(const struct emu_flow *flow)
{
	return flow->extra->course.lost;
}

nrw_time emu_flow_delay(const struct emu_flows *f, nrw_time came, nrw_time end)
{
	return emu_road_delay(&f->road, f->pipe->delay, came, end);
}

/* What is in force for a packet that comes now. */
void emu_flows_look(struct emu_flows *f, nrw_time now)
{
	struct emu_pipe *pipe = f->pipe;
	const struct emu_conf *conf = &pipe->record->conf;

	if (!f->road.schedule)
		return;
	pipe->loss_prob = emu_road_loss(&f->road, conf->impair.loss.p[LOSS_P], now);
	pipe->lossy = emu_prob_some(pipe->loss_prob);
	emu_road_room(&f->road, &pipe->room, &conf->queue, conf->delay, now);
}

uint64_t emu_flows_rate(const struct emu_flows *f, nrw_time now)
{
	if (!f->on_road)
		return f->pipe->link.rate;
	return f->road.trace ? emu_trace_rate(f->road.trace, f->road.mtu) : emu_rates_now(&f->road.rates, now);
}

/* The object has a new configuration: the road it asks for. *old, which the caller releases, is the one before. NULL:
 * plain arithmetic. */
const struct emu_road *emu_flows_turn(struct emu_flows *f, struct emu_road *old, nrw_time now)
{
	const struct emu_conf *conf = &f->pipe->record->conf;
	bool was = f->on_road;

	*old = f->road;
	f->on_road = !emu_road_is_plain(conf);
	if (f->on_road) {
		emu_road_of(&f->road, conf);
		emu_road_room(&f->road, &f->pipe->room, &conf->queue, conf->delay, now);
	} else {
		f->road = (struct emu_road){ 0 };
	}
	if (f->on_road || was)
		emu_total_part(f->pipe);
	if (f->pipe->record->tap)
		emu_tap_road(f->pipe->record->tap, &f->road, now);
	return was ? old : NULL;
}

bool emu_flow_turn(struct emu_flows *f, struct emu_flow *flow, const struct emu_road *old, nrw_time now)
{
	if (!old && !f->on_road)
		return emu_link_set_rate(&flow->link, f->pipe->link.rate, flow->served, now);
	return emu_course_change(&flow->link, &flow->extra->course, &(struct emu_turn){
		.old = old, .next = f->on_road ? &f->road : NULL, .rate = f->pipe->link.rate, .now = now,
		.busy = flow->served,
	});
}
