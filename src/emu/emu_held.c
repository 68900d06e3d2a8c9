/* emu/emu_held.c - the end of a run: what pipes hold for ever is dropped, so that every packet has a fate.
 *
 * A link that is paused, down for good, or behind the end of a trace that was played once, ends no service: no event
 * comes of it. Whoever sees that nothing is due any more calls emu_drop_held(). Thread: the owner's lane. */
#include "emu_flow.h"

static void drop_of(struct emu_pipe *pipe, nrw_time now)
{
	emu_pipe_drop_all(pipe, DROP_TIME_END, now);
	if (pipe->flows)
		emu_flows_drop_all(pipe->flows, DROP_TIME_END, now);
}

void emu_drop_held(struct emu *e, nrw_time now)
{
	static const enum emu_kind kinds[] = { EMU_QUEUE, EMU_SCHED, EMU_PIPE };
	uint32_t number;

	emu_settle(e, now);
	for (unsigned k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (uint32_t i = 0; emu_at(e, kinds[k], i, &number); i++)
			drop_of(emu_find(e, kinds[k], number), now);
	emu_settle(e, now);
}
