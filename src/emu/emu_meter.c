/* emu/emu_meter.c - how busy a link was in each second.
 *
 *      |--- second 0 ---|--- second 1 ---|--- second 2 ---|
 *       ####   ##   ####|################|##      .             of each: the time in which a packet was in service
 *
 * A link is busy from the begin of a busy period to the end of its last service, so that a meter has work only when a
 * period begins (the one before is over then: ten instructions, until a second is over) and when somebody looks;
 * packets in between cost nothing. Seconds are those of the emulator's time. Kept are the last whole one, the busiest,
 * and the sum; many seconds at once, all busy or all idle, are one step. What is idle costs nothing until it is looked
 * at.
 *
 * An object whose packets go through one link has a meter; where a mask makes many links there is none to tell of. One
 * that is paused, or stands still in an outage, with a packet in service, is busy. Thread: the owner's lane. */
#include "emu_flow.h"

/* A second is over. */
static void close_seconds(struct emu_meter *m, uint64_t count, nrw_time busy)
{
	m->seconds += count;
	m->sum += count * busy;
	m->last = busy;
	m->most = busy > m->most ? busy : m->most;
}

/* All of the time from the last look until `to`. */
static void advance(struct emu_meter *m, nrw_time to, bool busy)
{
	nrw_time left = m->until - m->at, span = to - m->at;

	m->at = to;
	if (span < left) {
		m->now += busy ? span : 0;
		return;
	}
	close_seconds(m, 1, m->now + (busy ? left : 0));
	span -= left;
	if (span >= NRW_S)
		close_seconds(m, span / NRW_S, busy ? NRW_S : 0);
	m->now = busy ? span % NRW_S : 0;
	m->until = to - to % NRW_S + NRW_S;
}

/* A link that is, or was, busy until `end` is looked at. */
static void look(struct emu_meter *m, nrw_time end, nrw_time now)
{
	nrw_time busy = end < now ? end : now;

	if (busy > m->at)
		advance(m, busy, true);
	if (now > m->at)
		advance(m, now, false);
}

static const struct emu_link *link_of(const struct emu_pipe *pipe)
{
	const struct emu_flows *f = pipe->flows;

	return f && f->shape && f->sole ? &f->sole->link : &pipe->link;
}

/* The first look is where it begins. */
void emu_meter_look(struct emu_pipe *pipe, nrw_time now)
{
	struct emu_meter *m = &pipe->record->meter;

	if (!m->until)
		*m = (struct emu_meter){ .at = now, .until = now - now % NRW_S + NRW_S };
	look(m, emu_link_end(link_of(pipe)), now);
}

bool emu_load(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_load *to)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);
	const struct emu_flows *f = pipe ? pipe->flows : NULL;
	const struct emu_meter *m;

	*to = (struct emu_load){ 0 };
	if (!pipe || !pipe->metered || kind == EMU_QUEUE || (f && f->shape && f->shape->many))
		return false;
	if (!pipe->link.rate && !(f && f->on_road))
		return false;
	m = &pipe->record->meter;
	*to = (struct emu_load){ .seconds = m->seconds, .sum = m->sum, .last = m->last, .most = m->most };
	return true;
}
