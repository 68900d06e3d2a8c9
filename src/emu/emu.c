/* emu/emu.c - the emulator: pipes, queues and scheds by number, and whose packet leaves next.
 *
 *      number --> pages[number >> 8], slot number & 255 --> pipe      found in two loads
 *      events: a heap of the pipes that hold packets, each by (exit, seq) of its next one
 *      order:  the pipes by number, for reports
 *
 * A pipe's packets leave in order, so one event for each pipe is enough, and a million packets held in one pipe cost
 * the heap nothing. A put into a pipe that holds packets already does not touch the heap; a take moves one entry. Equal
 * exits of different pipes leave by order of arrival (seq), so the order of the heap never reaches the output.
 *
 * Memory is taken when a pipe is configured, never for a packet. dropped() may be called inside every call but parsing;
 * it must not call back. One thread: the owner's lane. */
#include "emu_world.h"

#include <stdlib.h>

#define CACHE_LINE 64
#define WORTH_FETCHING 1024	/* flows; fewer stay in the cache by themselves */

static void init_pools(struct emu_pools *p)
{
	pool_init(&p->pipes, sizeof(struct emu_pipe), CACHE_LINE, 0);
	pool_init(&p->flows, sizeof(struct emu_flow), CACHE_LINE, 0);
	pool_init(&p->members, emu_member_size(), CACHE_LINE, 0);
	pool_init(&p->orders, sizeof(struct emu_order), CACHE_LINE, 0);
	pool_init(&p->stretches, sizeof(struct emu_stretch), CACHE_LINE, 0);
}

struct emu *emu_new(const struct emu_cfg *cfg)
{
	struct emu *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->cfg = *cfg;
	emu_end_at(e, cfg->end ? cfg->end : NRW_NEVER);
	heap_init(&e->events);
	init_pools(&e->pools);
	return e;
}

static void free_objects(struct emu *e, struct emu_objects *o)
{
	for (uint32_t i = 0; i < o->count; i++) {
		emu_pipe_fini(o->order[i]);
		pool_put(&e->pools.pipes, o->order[i]);
	}
	for (uint32_t i = 0; i < EMU_PAGES; i++)
		free(o->pages[i]);
	free(o->order);
}

/* Queues first: their members stand in schedulers. */
void emu_free(struct emu *e)
{
	if (!e)
		return;
	heap_fini(&e->events);
	for (uint32_t i = 0; i < e->of[EMU_QUEUE].count; i++)
		emu_set_abandon(e->of[EMU_QUEUE].order[i]);
	for (unsigned kind = 0; kind < EMU_KINDS; kind++)
		free_objects(e, &e->of[kind]);
	pool_fini(&e->pools.pipes);
	pool_fini(&e->pools.flows);
	pool_fini(&e->pools.members);
	pool_fini(&e->pools.orders);
	pool_fini(&e->pools.stretches);
	free(e);
}

void emu_end_at(struct emu *e, nrw_time end)
{
	e->cfg.end = end;
}

const struct emu_cfg *emu_cfg_of(const struct emu *e)
{
	return &e->cfg;
}

struct emu_pipe *emu_find(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct emu_slot *slot;

	if (number > EMU_NUMBER_MAX)
		return NULL;
	slot = emu_slot_of(e, kind, number);
	return slot ? slot->pipe : NULL;
}

bool emu_has(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	return emu_find(e, kind, number) != NULL;
}

bool emu_has_link(const struct emu *e, const struct emu_pipe *pipe)
{
	const struct emu_to *of = &pipe->record->conf.to;

	return pipe->kind != EMU_SCHED || !of->number || emu_find(e, EMU_PIPE, of->number);
}

bool emu_leads(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);

	return pipe && emu_has_link(e, pipe) && (kind != EMU_QUEUE || pipe->flows->to);
}

bool emu_at(const struct emu *e, enum emu_kind kind, uint32_t i, uint32_t *number)
{
	if (i >= e->of[kind].count)
		return false;
	*number = e->of[kind].order[i]->number;
	return true;
}

void emu_settle_pipe(struct emu_pipe *pipe, nrw_time now)
{
	emu_pipe_settle(pipe, now);
	if (pipe->flows) {
		emu_flows_settle(pipe->flows, now);
		emu_flows_expire(pipe->flows, now);
	}
	if (pipe->metered)
		emu_meter_look(pipe, now);
}

/* Puts an event where it belongs; `held`: there is one. */
static inline void place(struct emu *e, struct heap_node *event, struct emu_when *when, bool held, nrw_time at,
	uint64_t seq)
{
	if (!held) {
		if (heap_has(event))
			heap_remove(&e->events, event);
		return;
	}
	if (!heap_has(event))
		heap_add(&e->events, event, at, seq);
	else if (at != when->at || seq != when->seq)
		heap_move(&e->events, event, at, seq);
	when->at = at;
	when->seq = seq;
}

static void schedule(struct emu *e, struct emu_pipe *pipe)
{
	nrw_time at = 0;
	uint64_t seq = 0;
	bool held = emu_pipe_next(pipe, &at, &seq);

	place(e, &pipe->slot->event, &pipe->when, held, at, seq);
}

static void schedule_flows(struct emu *e, struct emu_flows *f)
{
	nrw_time at = 0;
	uint64_t seq = 0;
	bool held = emu_flows_next(f, &at, &seq);

	place(e, &f->slot.event, &f->when, held, at, seq);
}

void emu_schedule(struct emu *e, struct emu_pipe *pipe)
{
	if (pipe->kind == EMU_QUEUE)
		return;
	schedule(e, pipe);
	if (pipe->flows)
		schedule_flows(e, pipe->flows);
}

/* Straight into a sched whose pipe is missing. */
static __attribute__((cold)) void lose(struct emu_pipe *sched, struct pkt *p)
{
	sched->packets++;
	sched->bytes += emu_pipe_admit(sched, p);
	emu_pipe_drop(sched, p, DROP_NO_PIPE);
}

/* A pipe that has, or had, a mask. */
static __attribute__((noinline)) void put_flows(struct emu *e, struct emu_pipe *pipe, struct pkt *p,
	const struct view *v, nrw_time now)
{
	if (pipe->flows->shape) {
		e->busy = pipe->flows;
		emu_pipe_settle(pipe, now);
		emu_flows_put(pipe->flows, p, v, now);
	} else {
		emu_flows_settle(pipe->flows, now);
		emu_pipe_put(pipe, p, now);
	}
	emu_flows_note_peak(pipe->flows);
	emu_schedule(e, pipe);
}

/* Into a queue: time goes on at the link that it feeds. */
static __attribute__((noinline)) void put_set(struct emu *e, struct emu_pipe *set, struct pkt *p, const struct view *v,
	nrw_time now)
{
	struct emu_pipe *to = set->flows->to ? set->flows->to->pipe : NULL;

	if (set->flows->shape->many)
		e->busy = set->flows;
	if (to) {
		emu_pipe_settle(to, now);
		emu_flows_settle(to->flows, now);
	}
	emu_set_put(set, p, v, now);
	if (to) {
		emu_flows_note_peak(to->flows);
		emu_schedule(e, to);
	}
}

void emu_put(struct emu *e, enum emu_kind kind, uint32_t number, struct pkt *p, const struct view *v, nrw_time now)
{
	struct emu_pipe *pipe = emu_find(e, kind, number);

	if (__builtin_expect(p->flags & PKT_SUPER, 0)) {
		emu_put_super(e, kind, number, p, v, now);
		return;
	}
	p->at = now;
	if (!pipe) {
		e->cfg.dropped(e->cfg.ctx, p, DROP_NO_PIPE, kind, number);
		return;
	}
	if (!pipe->flows) {
		emu_pipe_put(pipe, p, now);
		schedule(e, pipe);
	} else if (kind == EMU_QUEUE) {
		put_set(e, pipe, p, v, now);
	} else if (!emu_has_link(e, pipe)) {
		lose(pipe, p);
	} else {
		put_flows(e, pipe, p, v, now);
	}
}

bool emu_wants_soon(const struct emu *e)
{
	return e->busy && e->busy->shape && e->busy->table.count >= WORTH_FETCHING;
}

void emu_soon(struct emu *e, const struct view *v)
{
	if (emu_wants_soon(e))
		emu_flows_soon(e->busy, v);
}

/* Who leaves at this instant is known once the pipe is settled. Not the one announced: let the heap look again. */
static struct pkt *take_own(struct emu *e, struct emu_pipe *pipe, const struct heap_entry *first, nrw_time now)
{
	const struct pkt *head;
	struct pkt *p = NULL;

	emu_pipe_settle(pipe, now);
	head = pipe->line.way.head;
	if (head && head->at == first->time && head->seq == first->tie)
		p = emu_pipe_take(pipe);
	schedule(e, pipe);
	return p;
}

static struct pkt *take_flows(struct emu *e, struct emu_flows *f, const struct heap_entry *first, nrw_time now)
{
	const struct emu_step *head;
	struct pkt *p = NULL;

	emu_flows_settle(f, now);
	head = emu_flows_first(f);
	if (head && head->exit == first->time && head->seq >> 1 == first->tie)
		p = emu_flows_take(f);
	schedule_flows(e, f);
	return p;
}

struct pkt *emu_take(struct emu *e, nrw_time now)
{
	const struct heap_entry *first;

	while ((first = heap_min(&e->events)) && first->time <= now) {
		struct emu_slot *slot = container_of(first->node, struct emu_slot, event);
		struct pkt *p = slot->of_flows ? take_flows(e, slot->pipe->flows, first, now) :
			take_own(e, slot->pipe, first, now);

		if (!p)
			continue;
		if (__builtin_expect(e->cfg.late, 0))
			hist_put(&slot->pipe->record->late, now - p->at);
		return p;
	}
	return NULL;
}

void emu_series_start(struct emu *e)
{
	e->series = true;
	for (unsigned kind = 0; kind < EMU_KINDS; kind++) {
		for (uint32_t i = 0; i < e->of[kind].count; i++) {
			emu_waits_enter(e->of[kind].order[i]);
			e->of[kind].order[i]->series = true;
		}
	}
}

nrw_time emu_next(const struct emu *e)
{
	const struct heap_entry *first = heap_min(&e->events);

	return first ? first->time : NRW_NEVER;
}

/* Links before the queues that feed them. */
void emu_settle(struct emu *e, nrw_time now)
{
	static const enum emu_kind kinds[] = { EMU_PIPE, EMU_SCHED, EMU_QUEUE };

	for (unsigned k = 0; k < EMU_KINDS; k++) {
		const struct emu_objects *o = &e->of[kinds[k]];

		for (uint32_t i = 0; i < o->count; i++) {
			emu_settle_pipe(o->order[i], now);
			emu_waits_enter(o->order[i]);
			emu_schedule(e, o->order[i]);
		}
	}
}
