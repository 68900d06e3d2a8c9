/* emu/emu.c - the emulator: pipes, queues and scheds by number, and whose packet leaves next.
 *
 *      number --> pages[number >> 8], slot number & 255 --> pipe      found in two loads
 *      events: the pipes that hold packets, each by (exit, seq) of its next one     emu_events.c
 *      order:  the pipes by number, for reports
 *
 * A pipe's packets leave in order, so one event for each pipe is enough, and a million packets held in one pipe cost
 * the events nothing. A put into a pipe that holds packets already does not touch them; a take moves one. Equal exits
 * of different pipes leave by order of arrival (seq), so no order in which pipes were made or told reaches the output.
 *
 * Cost: of 10 000 pipes each is cold when its turn comes: five lines of the pipe, and four packets (the one that
 * leaves, its next, the one whose service has ended, and the one behind which that goes). Whose turn comes is known, so
 * all of them are fetched ahead, and then such a pipe costs about what one pipe with as many packets does.
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
	emu_events_init(&e->events);
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
	emu_events_fini(&e->events);
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
	struct emu_pipe *const *slot;

	if (number > EMU_NUMBER_MAX)
		return NULL;
	slot = emu_slot_of(e, kind, number);
	return slot ? *slot : NULL;
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

static void schedule(struct emu *e, struct emu_pipe *pipe)
{
	nrw_time at = 0;
	uint64_t seq = EMU_NO_EVENT;

	emu_pipe_next(pipe, &at, &seq);
	emu_events_tell(&e->events, &pipe->event, at, seq);
}

static void schedule_flows(struct emu *e, struct emu_flows *f)
{
	nrw_time at = 0;
	uint64_t seq = EMU_NO_EVENT;

	emu_flows_next(f, &at, &seq);
	emu_events_tell(&e->events, &f->event, at, seq);
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

/* Of many pipes each is cold when its turn comes; but whose turn comes is known, so it is fetched in three steps. */
EMU_FETCH fetch_pipe(const struct emu_pipe *pipe)
{
	__builtin_prefetch(&pipe->link, 1);
	__builtin_prefetch(&pipe->line, 1);
	__builtin_prefetch(&pipe->flows, 1);
	__builtin_prefetch(&pipe->queue, 1);
	__builtin_prefetch(&pipe->waits, 1);
}

EMU_FETCH fetch_packets(const struct emu_pipe *pipe)
{
	__builtin_prefetch(pipe->served, 1);
	__builtin_prefetch(pipe->line.way.head, 1);
	__builtin_prefetch(pipe->line.way.tail, 1);
	if (pipe->wait_count == EMU_WAITS - 1)
		hist_fetch(&pipe->record->wait, pipe->waits[0]);
}

EMU_FETCH fetch_next(const struct emu_pipe *pipe)
{
	const struct pkt *head = pipe->line.way.head;

	if (head)
		__builtin_prefetch(head->next);
	if (pipe->wait_count == EMU_WAITS - 1)
		hist_fetch_bucket(&pipe->record->wait, pipe->waits[0]);
}

/* One event has just gone; flows fetch for themselves. */
EMU_FETCH fetch_ahead(const struct emu_events *q)
{
	const struct emu_event *ev;

	if ((ev = emu_events_ahead(q, EMU_AHEAD - 1)))
		fetch_pipe(container_of(ev, struct emu_pipe, event));
	if ((ev = emu_events_ahead(q, EMU_AHEAD / 2)) && !ev->of_flows)
		fetch_packets(container_of(ev, struct emu_pipe, event));
	if ((ev = emu_events_ahead(q, EMU_AHEAD / 4)) && !ev->of_flows)
		fetch_next(container_of(ev, struct emu_pipe, event));
}

/* Who leaves at this instant is known once the pipe is settled. Not the one announced: let the heap look again. */
static struct pkt *take_own(struct emu *e, struct emu_pipe *pipe, const struct emu_entry *first, nrw_time now)
{
	const struct pkt *head;
	struct pkt *p = NULL;

	emu_pipe_settle(pipe, now);
	head = pipe->line.way.head;
	if (head && head->at == first->at && head->seq == first->seq)
		p = emu_pipe_take(pipe);
	schedule(e, pipe);
	fetch_ahead(&e->events);
	return p;
}

static struct pkt *take_flows(struct emu *e, struct emu_flows *f, const struct emu_entry *first, nrw_time now)
{
	const struct emu_step *head;
	struct pkt *p = NULL;

	emu_flows_settle(f, now);
	head = emu_flows_first(f);
	if (head && head->exit == first->at && head->seq >> 1 == first->seq)
		p = emu_flows_take(f);
	schedule_flows(e, f);
	return p;
}

struct pkt *emu_take(struct emu *e, nrw_time now)
{
	const struct emu_entry *first;

	while ((first = emu_events_first(&e->events)) && first->at <= now) {
		struct emu_event *of = first->of;
		struct emu_pipe *pipe = of->of_flows ? container_of(of, struct emu_flows, event)->pipe :
			container_of(of, struct emu_pipe, event);
		struct pkt *p = of->of_flows ? take_flows(e, pipe->flows, first, now) :
			take_own(e, pipe, first, now);

		if (!p)
			continue;
		if (__builtin_expect(e->cfg.late, 0))
			hist_put(&pipe->record->late, now - p->at);
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
	const struct emu_entry *first = emu_events_first(&e->events);

	return first ? first->at : NRW_NEVER;
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
