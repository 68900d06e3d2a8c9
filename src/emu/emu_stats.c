/* emu/emu_stats.c - what pipes tell about themselves.
 *
 * Counters live in the pipe and are added to where things happen; here they are only read. They are as old as the last
 * look at the pipe, since services that ended meanwhile have not been worked out yet: emu_settle() first.
 *
 * Waiting times are noted in the pipe and go to its histogram eight at a time, since a histogram is three cold cache
 * lines. They go to one histogram; a second one, for series, costs its two nanoseconds a packet only after the first
 * emu_series_take(), which hands out what the first one has. Later calls hand the memory over and back, by exchange, so
 * that taking copies nothing. */
#include "emu_flow.h"

#include <stdlib.h>
#include <string.h>

void emu_waits_enter(struct emu_pipe *pipe)
{
	for (unsigned i = 0; i < pipe->wait_count; i++) {
		hist_put(&pipe->record->wait, pipe->waits[i]);
		if (pipe->series)
			hist_put(&pipe->record->recent, pipe->waits[i]);
	}
	pipe->wait_count = 0;
}

void emu_flow_note(struct emu_flow *flow, nrw_time ns)
{
	if (!flow->recent) {
		flow->recent = malloc(sizeof(*flow->recent));
		if (!flow->recent)
			return;
		hist_init(flow->recent);
	}
	hist_put(flow->recent, ns);
}

void emu_stats(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_stats *st)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);

	*st = (struct emu_stats){ 0 };
	if (!pipe)
		return;
	st->packets = pipe->packets;
	st->bytes = pipe->bytes;
	st->out_packets = pipe->out_packets;
	st->out_bytes = pipe->out_bytes;
	memcpy(st->drops, pipe->record->drops, sizeof(st->drops));
	st->held_packets = pipe->queue.packets + pipe->line.way.count;
	st->backlog_packets = pipe->queue.packets;
	st->backlog_bytes = pipe->queue.bytes;
	st->backlog_max_packets = pipe->queue.packets_max;
	st->backlog_max_bytes = pipe->queue.bytes_max;
	st->wait_ns = &pipe->record->wait;
	if (pipe->flows) {
		st->held_packets += pipe->flows->packets + pipe->flows->on_way;
		st->backlog_packets += pipe->flows->packets;
		st->backlog_bytes += pipe->flows->bytes;
	}
}

void emu_params(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_params *p)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);

	*p = (struct emu_params){ 0 };
	if (pipe)
		*p = (struct emu_params){ .bandwidth = pipe->record->conf.bw, .delay = pipe->record->conf.delay };
}

void emu_series_take(struct emu *e, enum emu_kind kind, uint32_t number, struct hist *into)
{
	struct emu_pipe *pipe = emu_find(e, kind, number);
	struct hist taken;

	hist_clear(into);
	if (!pipe)
		return;
	if (!pipe->series) {
		pipe->series = true;
		hist_merge(into, &pipe->record->wait);
		return;
	}
	taken = pipe->record->recent;
	pipe->record->recent = *into;
	*into = taken;
}
