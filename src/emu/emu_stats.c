/* emu/emu_stats.c - what pipes tell about themselves.
 *
 * Counters live in the pipe and are added to where things happen; here they are only read. They are as old as the last
 * look at the pipe, since services that ended meanwhile have not been worked out yet: emu_settle() first.
 *
 * Waiting times are noted in the pipe and go to its histogram eight at a time, since a histogram is three cold cache
 * lines. They go to one histogram; a second one, for series, costs its two nanoseconds a packet only after the first
 * emu_series_take(), which hands out what the first one has. Later calls hand the memory over and back, by exchange, so
 * that taking copies nothing.
 *
 * The time from entry to exit is the wait plus the delay as long as the delay never changed, so it has no histogram of
 * its own until then; at the first change the waits so far are copied, shifted, and exits are noted one by one.
 *
 * A flow has count, least, most and sum of its waits and no histogram; only who takes series makes one for the
 * interval, in which the flow was served. */
#include "emu_order.h"

#include <stdlib.h>
#include <string.h>

void emu_waits_enter(struct emu_pipe *pipe)
{
	hist_put_all(&pipe->record->wait, pipe->waits, pipe->wait_count);
	if (pipe->series)
		hist_put_all(&pipe->record->recent, pipe->waits, pipe->wait_count);
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
	st->held_packets = pipe->queue.packets + pipe->line.count;
	st->backlog_packets = pipe->queue.packets;
	st->backlog_bytes = pipe->queue.bytes;
	st->backlog_max_packets = pipe->queue.packets_max;
	st->backlog_max_bytes = pipe->queue.bytes_max;
	st->wait_ns = &pipe->record->wait;
	st->marks = pipe->record->marks;
	st->duplicates = pipe->record->duplicates;
	st->corruptions = pipe->record->corruptions;
	st->reordered = pipe->record->reordered;
	if (pipe->flows) {
		st->masked = pipe->flows->shape && pipe->flows->shape->many;
		st->flows = pipe->flows->alive - pipe->flows->hidden;
		st->flows_folded = pipe->flows->folded;
		st->held_packets += pipe->flows->packets + pipe->flows->on_way;
		st->backlog_packets += pipe->flows->packets;
		st->backlog_bytes += pipe->flows->bytes;
	}
}

void emu_params(const struct emu *e, enum emu_kind kind, uint32_t number, struct emu_params *p)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);
	const struct emu_conf *c;

	*p = (struct emu_params){ 0 };
	if (!pipe)
		return;
	c = &pipe->record->conf;
	*p = (struct emu_params){ .bandwidth = c->bw, .delay = c->delay, .to_kind = c->to.kind, .to = c->to.number,
		.weight = c->weight, .pri = c->pri, .type = kind == EMU_SCHED ? emu_sched_type(c)->name : NULL };
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

void emu_total_part(struct emu_pipe *pipe)
{
	if (pipe->total_apart)
		return;
	emu_waits_enter(pipe);
	hist_merge_shifted(&pipe->record->total, &pipe->record->wait, pipe->delay);
	pipe->total_apart = true;
}

uint64_t emu_delay_quantile(const struct emu *e, enum emu_kind kind, uint32_t number, unsigned permille)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);
	const struct hist *h = pipe ? pipe->total_apart ? &pipe->record->total : &pipe->record->wait : NULL;
	uint64_t value;

	if (!h || !h->count)
		return 0;
	value = permille ? hist_quantile(h, permille) : h->min;
	return pipe->total_apart ? value : value + pipe->delay;
}

uint64_t emu_delay_mean(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);

	if (!pipe)
		return 0;
	return pipe->total_apart ? hist_mean(&pipe->record->total) :
		pipe->record->wait.count ? hist_mean(&pipe->record->wait) + pipe->delay : 0;
}

const struct hist *emu_late(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);

	return pipe ? &pipe->record->late : NULL;
}

/* Those without a mask are the pipe itself. */
struct emu_flow *emu_flow_next(const struct emu *e, enum emu_kind kind, uint32_t number, const struct emu_flow *after)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);
	struct list *next;

	if (!pipe || !pipe->flows)
		return NULL;
	for (next = after ? after->all.next : pipe->flows->all.next; next != &pipe->flows->all; next = next->next) {
		struct emu_flow *flow = container_of(next, struct emu_flow, all);

		if (flow->shape->many && flow != pipe->flows->sole)
			return flow;
	}
	return NULL;
}

static void tell_drops(const struct emu_flow *flow, struct emu_flow_stats *st)
{
	const struct emu_extra *extra = flow->extra;

	for (unsigned i = 0; extra && i < DROP_COUNT; i++)
		st->drops[i] = extra->drops[i];
	for (unsigned i = 0; i < FLOW_DROPS; i++)
		st->drops[emu_flow_drops[i]] = flow->drops[i];
	st->drops[DROP_NO_MEMORY] = flow->no_memory;
	if (flow->member) {
		const struct emu_member *m = container_of(flow, struct emu_member, flow);

		st->drops[DROP_NO_PIPE] += m->no_pipe;
		st->drops[DROP_CUT] += m->cut;
	}
	st->marks = extra ? extra->marks : 0;
	st->duplicates = extra ? extra->duplicates : 0;
	st->corruptions = extra ? extra->corruptions : 0;
	st->reordered = extra ? extra->reordered : 0;
	st->out_packets = flow->left + (extra ? extra->duplicates : 0);
	for (unsigned i = 0; i < DROP_COUNT; i++)
		st->out_packets -= st->drops[i];
}

void emu_flow_stats(const struct emu_flow *flow, struct emu_flow_stats *st)
{
	*st = (struct emu_flow_stats){
		.id = flow->id, .gone = flow->state == FLOW_GONE, .packets = flow->packets, .bytes = flow->bytes,
		.out_bytes = flow->out_bytes, .held_packets = emu_flow_held(flow),
		.backlog_packets = flow->queue.packets, .backlog_bytes = flow->queue.bytes,
		.backlog_max_packets = flow->queue.packets_max, .backlog_max_bytes = flow->queue.bytes_max,
		.wait_count = flow->wait_count, .wait_min = flow->wait_count ? flow->wait_min : 0,
		.wait_max = flow->wait_max, .wait_sum = { .hi = flow->wait_carry, .lo = flow->wait_sum },
	};
	tell_drops(flow, st);
}

const char *emu_flow_print(const struct emu_flow *flow, char to[EMU_FLOW_TEXT])
{
	struct emu_key key = emu_flow_key(flow);

	emu_key_print(&key, flow->shape, to, EMU_FLOW_TEXT);
	return to;
}

/* A histogram is kept only while there is something in it: most flows are quiet in most intervals. */
void emu_flow_series_take(struct emu_flow *flow, struct hist *into)
{
	hist_clear(into);
	if (!flow->recent)
		return;
	hist_merge(into, flow->recent);
	hist_fini(flow->recent);
	free(flow->recent);
	flow->recent = NULL;
}

void emu_flows_forget(struct emu *e)
{
	for (enum emu_kind kind = EMU_PIPE; kind <= EMU_SCHED; kind++) {
		uint32_t number;

		for (uint32_t i = 0; emu_at(e, kind, i, &number); i++) {
			struct emu_pipe *pipe = emu_find(e, kind, number);

			if (pipe->flows)
				emu_flows_free_gone(pipe->flows);
		}
	}
}
