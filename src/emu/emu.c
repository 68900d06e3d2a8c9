/* emu/emu.c - the emulator: pipes by number, and whose packet leaves next.
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
#include "emu_flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/pool.h"

#define PAGE_BITS 8
#define PAGE_SIZE (1u << PAGE_BITS)
#define CACHE_LINE 64
#define WORTH_FETCHING 1024	/* flows; fewer stay in the cache by themselves */
#define PAGES ((EMU_NUMBER_MAX >> PAGE_BITS) + 1)

struct page {
	struct emu_slot slots[PAGE_SIZE];
};

struct emu {
	struct emu_cfg cfg;
	struct heap events;
	struct pool pipes, flows, stretches;
	struct emu_pipe **order;
	uint32_t count, room;
	bool series;			/* somebody takes them */
	struct emu_flows *busy;		/* where packets went last, of pipes with a mask; NULL: none */
	struct page *pages[PAGES];
};

struct emu *emu_new(const struct emu_cfg *cfg)
{
	struct emu *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->cfg = *cfg;
	emu_end_at(e, cfg->end ? cfg->end : NRW_NEVER);
	heap_init(&e->events);
	pool_init(&e->pipes, sizeof(struct emu_pipe), CACHE_LINE, 0);
	pool_init(&e->flows, sizeof(struct emu_flow), CACHE_LINE, 0);
	pool_init(&e->stretches, sizeof(struct emu_stretch), CACHE_LINE, 0);
	return e;
}

void emu_free(struct emu *e)
{
	if (!e)
		return;
	heap_fini(&e->events);
	for (uint32_t i = 0; i < e->count; i++) {
		emu_pipe_fini(e->order[i]);
		pool_put(&e->pipes, e->order[i]);
	}
	pool_fini(&e->pipes);
	pool_fini(&e->flows);
	pool_fini(&e->stretches);
	for (uint32_t i = 0; i < PAGES; i++)
		free(e->pages[i]);
	free(e->order);
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

static struct emu_slot *slot_of(const struct emu *e, uint32_t number)
{
	struct page *page = e->pages[number >> PAGE_BITS];

	return page ? &page->slots[number & (PAGE_SIZE - 1)] : NULL;
}

struct emu_pipe *emu_find(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct emu_slot *slot;

	if (kind != EMU_PIPE || number > EMU_NUMBER_MAX)
		return NULL;
	slot = slot_of(e, number);
	return slot ? slot->pipe : NULL;
}

bool emu_has(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	return emu_find(e, kind, number) != NULL;
}

bool emu_at(const struct emu *e, enum emu_kind kind, uint32_t i, uint32_t *number)
{
	if (kind != EMU_PIPE || i >= e->count)
		return false;
	*number = e->order[i]->number;
	return true;
}

/* Room for one more pipe everywhere, so that adding it cannot fail half way. */
static int reserve(struct emu *e, uint32_t number)
{
	struct page **page = &e->pages[number >> PAGE_BITS];
	uint32_t room = e->room ? 2 * e->room : 16;
	struct emu_pipe **order;

	if (!*page && !(*page = calloc(1, sizeof(**page))))
		return ERR_NOMEM;
	if (heap_reserve(&e->events, 2 * e->count + 2))	/* its own queue, and its flows */
		return ERR_NOMEM;
	if (e->count < e->room)
		return 0;
	order = realloc(e->order, room * sizeof(struct emu_pipe *));
	if (!order)
		return ERR_NOMEM;
	e->order = order;
	e->room = room;
	return 0;
}

/* Numbers mostly come in rising order, so looking from the end is short. */
static void enter(struct emu *e, struct emu_pipe *pipe)
{
	uint32_t i = e->count++;

	for (; i && e->order[i - 1]->number > pipe->number; i--)
		e->order[i] = e->order[i - 1];
	e->order[i] = pipe;
	pipe->slot = slot_of(e, pipe->number);
	pipe->slot->pipe = pipe;
	pipe->series = e->series;
}

static struct emu_pipe *make(struct emu *e, uint32_t number)
{
	struct emu_pipe *pipe;

	if (reserve(e, number))
		return NULL;
	pipe = pool_take(&e->pipes);
	if (!pipe)
		return NULL;
	if (emu_pipe_init(pipe, e, EMU_PIPE, number)) {
		pool_put(&e->pipes, pipe);
		return NULL;
	}
	enter(e, pipe);
	return pipe;
}

static void settle(struct emu_pipe *pipe, nrw_time now)
{
	emu_pipe_settle(pipe, now);
	if (pipe->flows) {
		emu_flows_settle(pipe->flows, now);
		emu_flows_expire(pipe->flows, now);
	}
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

static void schedule_both(struct emu *e, struct emu_pipe *pipe)
{
	schedule(e, pipe);
	if (pipe->flows)
		schedule_flows(e, pipe->flows);
}

/* A pipe with a mask has flows beside its own queue, which serves nobody new while the mask stands. */
static int set_mask(struct emu *e, struct emu_pipe *pipe, const struct emu_mask *mask)
{
	if (!pipe->flows && !mask->on)
		return 0;
	if (!pipe->flows && emu_flows_new(pipe, &e->flows, &e->stretches))
		return ERR_NOMEM;
	return emu_flows_mask(pipe->flows, mask);
}

/* Something special is asked, or was: all its packets are flows. What it asks of queue management lies in its record. */
static int set_special(struct emu *e, struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now)
{
	struct aqm_conf *aqm = &pipe->record->conf.aqm, was;
	unsigned parts = emu_parts(conf);
	int rc;

	if (!parts && !(pipe->flows && pipe->flows->extras.size))
		return 0;
	if (!pipe->flows && emu_flows_new(pipe, &e->flows, &e->stretches))
		return ERR_NOMEM;
	if (emu_flows_take_over(pipe->flows))
		return ERR_NOMEM;
	was = *aqm;
	*aqm = conf->aqm;
	rc = emu_extras_config(pipe->flows, parts, aqm, now);
	if (rc)
		*aqm = was;
	return rc;
}

static int config(struct emu *e, const struct emu_cmd *c, nrw_time now, struct err *err)
{
	struct emu_pipe *pipe = emu_find(e, c->kind, c->number);
	bool anew = !pipe || c->verb == VERB_REPLACE;
	struct emu_conf conf;

	if (!pipe)
		pipe = make(e, c->number);
	if (!pipe)
		return err_set(err, ERR_NOMEM, "pipe %u: no memory", c->number);
	emu_conf_copy(&conf, anew ? &emu_conf_default : &pipe->record->conf);
	emu_conf_merge(&conf, &c->conf, c->named);
	if (emu_conf_check(&conf, err)) {
		emu_conf_release(&conf);
		return ERR_USAGE;
	}
	settle(pipe, now);
	if (set_mask(e, pipe, &conf.mask) || set_special(e, pipe, &conf, now)) {
		emu_conf_release(&conf);
		return err_set(err, ERR_NOMEM, "pipe %u: no memory", c->number);
	}
	emu_pipe_config(pipe, &conf, now);
	schedule_both(e, pipe);
	return 0;
}

/* Out of the emulator; what it holds is dropped. */
static void remove_pipe(struct emu *e, struct emu_pipe *pipe, nrw_time now)
{
	uint32_t i = 0;

	settle(pipe, now);
	emu_pipe_drop_all(pipe, DROP_NO_PIPE, now);
	if (pipe->flows)
		emu_flows_drop_all(pipe->flows, DROP_NO_PIPE, now);
	schedule_both(e, pipe);
	while (e->order[i] != pipe)
		i++;
	memmove(&e->order[i], &e->order[i + 1], (--e->count - i) * sizeof(struct emu_pipe *));
	pipe->slot->pipe = NULL;
	if (e->busy == pipe->flows)
		e->busy = NULL;
	emu_pipe_fini(pipe);
	pool_put(&e->pipes, pipe);
}

/* What a command names must be there; of a range, what there is. */
static int all_there(const struct emu *e, const struct emu_cmd *c, struct err *err)
{
	for (uint32_t i = 0; i < c->span_count; i++)
		if (c->spans[i].from == c->spans[i].to && !emu_has(e, c->kind, c->spans[i].from))
			return err_set(err, ERR_UNKNOWN, "pipe %u does not exist", c->spans[i].from);
	return 0;
}

static void remove_named(struct emu *e, const struct emu_cmd *c, nrw_time now)
{
	for (uint32_t i = 0; i < e->count;) {
		if (emu_cmd_names(c, e->order[i]->number))
			remove_pipe(e, e->order[i], now);
		else
			i++;
	}
}

int emu_run(struct emu *e, const struct emu_cmd *c, nrw_time now, FILE *to, struct err *err)
{
	if (c->kind != EMU_PIPE)
		return err_set(err, ERR_LATER, "%s: not supported by this version", emu_kind_name(c->kind));
	if (c->verb == VERB_CONFIG || c->verb == VERB_REPLACE)
		return config(e, c, now, err);
	if (all_there(e, c, err))
		return ERR_UNKNOWN;
	if (c->verb == VERB_DELETE || c->verb == VERB_FLUSH) {
		remove_named(e, c, now);
		return 0;
	}
	if (!to)
		return 0;
	emu_settle(e, now);
	if (c->form == FORM_JSON)
		emu_show_json(e, c, to);
	else
		emu_show(e, c, to);
	return 0;
}

int emu_apply(struct emu *e, const struct emu_cmd *c, nrw_time now, struct err *err)
{
	return emu_run(e, c, now, NULL, err);
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
	schedule_both(e, pipe);
}

void emu_put(struct emu *e, enum emu_kind kind, uint32_t number, struct pkt *p, const struct view *v, nrw_time now)
{
	struct emu_pipe *pipe = emu_find(e, kind, number);

	p->at = now;
	if (!pipe) {
		e->cfg.dropped(e->cfg.ctx, p, DROP_NO_PIPE, kind, number);
		return;
	}
	if (pipe->flows) {
		put_flows(e, pipe, p, v, now);
		return;
	}
	emu_pipe_put(pipe, p, now);
	schedule(e, pipe);
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
	if (head && head->exit == first->time && head->seq == first->tie)
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

		if (p)
			return p;
	}
	return NULL;
}

void emu_series_start(struct emu *e)
{
	e->series = true;
	for (uint32_t i = 0; i < e->count; i++) {
		emu_waits_enter(e->order[i]);
		e->order[i]->series = true;
	}
}

nrw_time emu_next(const struct emu *e)
{
	const struct heap_entry *first = heap_min(&e->events);

	return first ? first->time : NRW_NEVER;
}

void emu_settle(struct emu *e, nrw_time now)
{
	for (uint32_t i = 0; i < e->count; i++) {
		settle(e->order[i], now);
		emu_waits_enter(e->order[i]);
		schedule_both(e, e->order[i]);
	}
}
