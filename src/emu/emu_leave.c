/* emu/emu_leave.c - a packet has been served, and chance has a say in whether and when it comes out.
 *
 *      end of service --> loss after --> delay + jitter, reorder (emu_jitter.c) --> on its way
 *
 * Since the draw is made when the service ends, and services are worked out in the order of their ends, dice are drawn
 * in that order, whenever somebody looks.
 *
 * A packet is counted as reordered when it comes out behind one of its flow that came later to the lane, whoever let
 * that one past. Thread: the owner's lane. */
#include "emu_flow.h"

bool emu_flow_leave(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, nrw_time end, nrw_time *exit,
	bool *overtakes)
{
	const struct emu_impair *im = &f->pipe->record->conf.impair;
	nrw_time delay = f->pipe->delay;
	struct emu_impair now;

	if (im->loss.after && emu_loss_hits(&im->loss, flow->extra)) {
		emu_flow_drop(f, flow, p, DROP_LOSS);
		return false;
	}
	if (f->on_road) {	/* a schedule may say others */
		now = *im;
		now.jitter.scale = emu_road_jitter(&f->road, im->jitter.scale, p->at, end);
		delay = emu_flow_delay(f, p->at, end);
		im = &now;
	}
	*exit = emu_jitter_exit(im, flow->extra, end, delay, overtakes);
	if (*exit >= f->pipe->cfg->end)
		*exit = NRW_NEVER;
	return true;
}

void emu_flow_note_order(struct emu_flows *f, struct emu_flow *flow, const struct pkt *p)
{
	uint64_t *youngest = &flow->extra->chance.seq_out;	/* + 1 */

	if (p->seq + 1 >= *youngest) {
		*youngest = p->seq + 1;
		return;
	}
	flow->extra->reordered++;
	f->pipe->record->reordered++;
}
