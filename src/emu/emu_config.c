/* emu/emu_config.c - commands change the emulator: objects come, change, and go.
 *
 *      pipe, sched   mask, what is special, type of scheduler; then rate and all else; then the queues that feed it
 *      queue         its target is made ready for queues, then its own
 *
 * The order in which objects are made is free: a queue finds its target when the later of the two comes. A change keeps
 * what is inside: packets stay where they are, and where another mask or target rules from now on, those of before
 * drain (emu_life.c). A pipe that a queue feeds has a scheduler before its link from then on, also when the queue is
 * gone again. What goes drops its packets, no-pipe; queues whose target is gone stay.
 *
 * `sched 1 config pipe 2` makes a sched whose link is as that of pipe 2: it has one of its own, as dummynet's have, of
 * which the pipe's lines tell all, those to come too. While there is no such pipe it has no link: queues do not find
 * it, and what was inside when the pipe went is dropped as if the sched itself had gone.
 *
 * Memory is taken here, so that packets need none; where there is none, the command is refused. Some of it may have
 * been done then, and all objects work. Thread: the owner's lane. */
#include "emu_world.h"
#include "emu_tap.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Room for one more object everywhere, so that adding it cannot fail half way. */
static int reserve(struct emu *e, struct emu_objects *o, uint32_t number)
{
	struct emu_page **page = &o->pages[number >> EMU_PAGE_BITS];
	uint32_t links = e->of[EMU_PIPE].count + e->of[EMU_SCHED].count, room = o->room ? 2 * o->room : 16;
	struct emu_pipe **order;

	if (!*page && !(*page = calloc(1, sizeof(**page))))
		return ERR_NOMEM;
	if (emu_events_reserve(&e->events, 2 * links + 2))	/* its own queue, and its flows */
		return ERR_NOMEM;
	if (o->count < o->room)
		return 0;
	order = realloc(o->order, room * sizeof(struct emu_pipe *));
	if (!order)
		return ERR_NOMEM;
	o->order = order;
	o->room = room;
	return 0;
}

/* Numbers mostly come in rising order, so looking from the end is short. */
static void enter(struct emu *e, struct emu_pipe *pipe)
{
	struct emu_objects *o = &e->of[pipe->kind];
	uint32_t i = o->count++;

	for (; i && o->order[i - 1]->number > pipe->number; i--)
		o->order[i] = o->order[i - 1];
	o->order[i] = pipe;
	*emu_slot_of(e, pipe->kind, pipe->number) = pipe;
	pipe->series = e->series;
}

static struct emu_pipe *make(struct emu *e, enum emu_kind kind, uint32_t number)
{
	struct emu_pipe *pipe;

	if (reserve(e, &e->of[kind], number))
		return NULL;
	pipe = pool_take(&e->pools.pipes);
	if (!pipe)
		return NULL;
	if (emu_pipe_init(pipe, e, kind, number)) {
		pool_put(&e->pools.pipes, pipe);
		return NULL;
	}
	enter(e, pipe);
	return pipe;
}

/* ---- links ---- */

static int need_flows(struct emu *e, struct emu_pipe *pipe)
{
	return pipe->flows ? 0 : emu_flows_new(pipe, &e->pools);
}

/* A pipe with a mask has flows beside its own queue, which serves nobody new while the mask stands. */
static int set_mask(struct emu *e, struct emu_pipe *pipe, const struct emu_mask *mask, nrw_time now)
{
	if (!pipe->flows && !mask->on)
		return 0;
	if (need_flows(e, pipe))
		return ERR_NOMEM;
	return emu_flows_sort(pipe->flows, &(struct emu_sort){ .mask = *mask }, now);
}

/* Its type is looked at in its record. */
static int equip(struct emu_pipe *pipe, const struct emu_conf *conf, unsigned parts, nrw_time now)
{
	struct emu_type *type = &pipe->record->conf.type, was = *type;
	int rc;

	if (pipe->flows->ordered)
		parts |= PART_ORDER;
	*type = conf->type;
	rc = emu_extras_config(pipe->flows, parts, &conf->aqm, now);
	if (!rc && pipe->flows->ordered)
		rc = emu_order_begin(pipe->flows, now) ?: emu_order_become(pipe->flows, &conf->type, now);
	if (!rc)
		return 0;
	*type = was;
	return rc;
}

/* Something special is asked, or was: all its packets are flows. */
static int set_special(struct emu *e, struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now)
{
	unsigned parts = emu_parts(conf);

	if (pipe->kind == EMU_PIPE && !parts && !(pipe->flows && pipe->flows->extras.size))
		return 0;
	if (need_flows(e, pipe) || emu_flows_take_over(pipe->flows))
		return ERR_NOMEM;
	pipe->flows->ordered |= pipe->kind == EMU_SCHED;
	return equip(pipe, conf, parts, now);
}

/* A pipe that queues feed. */
static int make_ordered(struct emu *e, struct emu_pipe *pipe, nrw_time now)
{
	const struct emu_conf *conf = &pipe->record->conf;

	if (pipe->flows && pipe->flows->ordered)
		return 0;
	if (need_flows(e, pipe) || emu_flows_take_over(pipe->flows))
		return ERR_NOMEM;
	pipe->flows->ordered = true;
	if (!equip(pipe, conf, emu_parts(conf), now)) {
		emu_flows_config(pipe->flows, now);
		return 0;
	}
	return ERR_NOMEM;
}

static int feed(struct emu *e, struct emu_pipe *set, struct emu_pipe *to, nrw_time now)
{
	emu_settle_pipe(to, now);
	return make_ordered(e, to, now) ?: emu_set_config(set, to, now);
}

/* Queues that lead here, and do not feed it yet. */
static int gather_feeders(struct emu *e, struct emu_pipe *to, nrw_time now)
{
	const struct emu_objects *sets = &e->of[EMU_QUEUE];
	int rc = 0;

	for (uint32_t i = 0; !rc && i < sets->count; i++) {
		const struct emu_to *lead = &sets->order[i]->record->conf.to;

		if (lead->kind == to->kind && lead->number == to->number && !sets->order[i]->flows->to &&
			emu_has_link(e, to))
			rc = feed(e, sets->order[i], to, now);
	}
	return rc;
}

static struct emu_pipe *first_feeder(const struct emu_pipe *pipe)
{
	if (!pipe->flows || list_empty(&pipe->flows->feeders))
		return NULL;
	return container_of(pipe->flows->feeders.next, struct emu_flows, feeder)->pipe;
}

static int tell_feeders(struct emu_pipe *pipe, nrw_time now)
{
	int rc = 0;

	if (!pipe->flows)
		return 0;
	list_each(at, &pipe->flows->feeders)
		rc = rc ?: emu_set_config(container_of(at, struct emu_flows, feeder)->pipe, pipe, now);
	return rc;
}

/* Under another mask members lead to other links. */
static void part_from_feeders(struct emu_pipe *pipe, nrw_time now)
{
	struct emu_pipe *set;

	while ((set = first_feeder(pipe)))
		emu_set_detach(set, now);
}

/* Owns what conf holds, when it succeeds. */
static int config_link(struct emu *e, struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now)
{
	int rc;

	emu_settle_pipe(pipe, now);
	if (!emu_mask_equal(&pipe->record->conf.mask, &conf->mask))
		part_from_feeders(pipe, now);
	if (set_mask(e, pipe, &conf->mask, now) || set_special(e, pipe, conf, now))
		return ERR_NOMEM;
	emu_pipe_config(pipe, conf, now);
	rc = tell_feeders(pipe, now) ?: gather_feeders(e, pipe, now);
	emu_schedule(e, pipe);
	if (rc)
		TRACE(emu, "%s %u: no memory for its queues", emu_kind_name(pipe->kind), pipe->number);
	return 0;
}

/* ---- queues ---- */

static struct emu_pipe *target_of(const struct emu *e, const struct emu_conf *conf)
{
	struct emu_pipe *to = conf->to.number ? emu_find(e, conf->to.kind, conf->to.number) : NULL;

	return to && emu_has_link(e, to) ? to : NULL;
}

static void settle_set(struct emu *e, struct emu_pipe *set, nrw_time now)
{
	if (set->flows->to)
		emu_settle_pipe(set->flows->to->pipe, now);
	emu_settle_pipe(set, now);
}

static int config_set(struct emu *e, struct emu_pipe *set, const struct emu_conf *conf, nrw_time now)
{
	struct emu_pipe *to = target_of(e, conf);
	struct emu_flows *was;
	int rc;

	if (need_flows(e, set))
		return ERR_NOMEM;
	was = set->flows->to;
	settle_set(e, set, now);
	emu_pipe_config(set, conf, now);
	rc = to ? feed(e, set, to, now) : emu_set_config(set, NULL, now);
	if (was)
		emu_schedule(e, was->pipe);
	if (to)
		emu_schedule(e, to);
	if (rc)
		TRACE(emu, "queue %u: no memory for its members", set->number);
	return 0;
}

/* ---- scheds with the link of a pipe ---- */

/* What is inside is dropped, and queues look elsewhere. */
static void empty(struct emu *e, struct emu_pipe *pipe, nrw_time now)
{
	struct emu_pipe *set;

	emu_pipe_drop_all(pipe, DROP_NO_PIPE, now);
	if (pipe->flows)
		emu_flows_drop_all(pipe->flows, DROP_NO_PIPE, now);
	emu_schedule(e, pipe);
	while ((set = first_feeder(pipe))) {
		emu_set_detach(set, now);
		emu_set_config(set, NULL, now);
	}
}

static bool has_link_of(const struct emu_pipe *sched, uint32_t pipe)
{
	return sched->record->conf.to.number == pipe;
}

/* What the lines of the pipe say of its link, in the place of all that the sched's own said. */
static void borrow(const struct emu *e, struct emu_conf *conf)
{
	const struct emu_pipe *of = emu_find(e, EMU_PIPE, conf->to.number);

	emu_conf_merge(conf, of ? &of->record->conf : &emu_conf_default, emu_link_options());
}

static int refuse_own_link(const struct emu_cmd *c, const struct emu_conf *conf, struct err *err)
{
	if (!(c->named & emu_link_options()))
		return 0;
	return err_set(err, ERR_USAGE,
		"sched %u has the link of pipe %u: it is said there; sched %u replace gives it one of its own",
		c->number, conf->to.number, c->number);
}

/* Do all scheds with the link of this pipe take it as it becomes? */
static int check_borrowers(const struct emu *e, const struct emu_cmd *c, const struct emu_conf *link, struct err *err)
{
	const struct emu_objects *scheds = &e->of[EMU_SCHED];
	struct err why = { 0 };
	int rc = 0;

	for (uint32_t i = 0; !rc && i < scheds->count; i++) {
		struct emu_conf conf;

		if (!has_link_of(scheds->order[i], c->number))
			continue;
		emu_conf_copy(&conf, &scheds->order[i]->record->conf);
		emu_conf_merge(&conf, link, emu_link_options());
		rc = emu_conf_check(&conf, EMU_SCHED, &why);
		if (rc)
			err_set(err, rc, "sched %u has this link: %s", scheds->order[i]->number, why.text);
		emu_conf_release(&conf);
	}
	return rc;
}

/* The pipe is there, or another than before. */
static void lend(struct emu *e, uint32_t pipe, nrw_time now)
{
	const struct emu_objects *scheds = &e->of[EMU_SCHED];

	for (uint32_t i = 0; i < scheds->count; i++) {
		struct emu_conf conf;

		if (!has_link_of(scheds->order[i], pipe))
			continue;
		emu_conf_copy(&conf, &scheds->order[i]->record->conf);
		borrow(e, &conf);
		if (!config_link(e, scheds->order[i], &conf, now))
			continue;
		emu_conf_release(&conf);
		TRACE(emu, "sched %u: no memory for the link of pipe %u", scheds->order[i]->number, pipe);
	}
}

/* It is gone. */
static void cut_off(struct emu *e, uint32_t pipe, nrw_time now)
{
	const struct emu_objects *scheds = &e->of[EMU_SCHED];

	for (uint32_t i = 0; i < scheds->count; i++) {
		if (!has_link_of(scheds->order[i], pipe))
			continue;
		emu_settle_pipe(scheds->order[i], now);
		empty(e, scheds->order[i], now);
	}
}

static int config_sched(struct emu *e, struct emu_pipe *sched, const struct emu_conf *conf, nrw_time now)
{
	int rc = config_link(e, sched, conf, now);

	if (!rc && !emu_has_link(e, sched))
		empty(e, sched, now);
	return rc;
}

static int config_pipe(struct emu *e, struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now)
{
	int rc = config_link(e, pipe, conf, now);

	if (!rc)
		lend(e, pipe->number, now);
	return rc;
}

/* ---- commands ---- */

static int no_memory(const struct emu_cmd *c, struct err *err)
{
	return err_set(err, ERR_NOMEM, "%s %u: no memory", emu_kind_name(c->kind), c->number);
}

static int check(const struct emu *e, const struct emu_cmd *c, struct emu_conf *conf, struct err *err)
{
	int rc = 0;

	if (c->kind == EMU_SCHED && conf->to.number) {
		rc = refuse_own_link(c, conf, err);
		borrow(e, conf);
	}
	rc = rc ?: emu_conf_check(conf, c->kind, err);
	if (!rc && c->kind == EMU_PIPE)
		rc = check_borrowers(e, c, conf, err);
	return rc;
}

static int config_object(struct emu *e, struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now)
{
	switch (pipe->kind) {
	case EMU_QUEUE:
		return config_set(e, pipe, conf, now);
	case EMU_SCHED:
		return config_sched(e, pipe, conf, now);
	case EMU_PIPE:
		break;
	}
	return config_pipe(e, pipe, conf, now);
}

static int config(struct emu *e, const struct emu_cmd *c, nrw_time now, struct err *err)
{
	struct emu_pipe *pipe = emu_find(e, c->kind, c->number);
	bool anew = !pipe || c->verb == VERB_REPLACE;
	struct emu_conf conf;
	int rc;

	emu_conf_copy(&conf, anew ? &emu_conf_default : &pipe->record->conf);
	emu_conf_merge(&conf, &c->conf, c->named);
	rc = check(e, c, &conf, err);
	if (!rc && !pipe && !(pipe = make(e, c->kind, c->number)))
		rc = no_memory(c, err);
	if (!rc)
		rc = emu_tap_config(&pipe->record->tap, pipe, &conf, err);
	if (!rc)
		emu_pipe_reseed(pipe, &conf.seed);
	if (!rc && config_object(e, pipe, &conf, now))
		rc = no_memory(c, err);
	if (rc)
		emu_conf_release(&conf);
	return rc;
}

/* Out of the emulator; what it holds is dropped. */
static void remove_object(struct emu *e, struct emu_pipe *pipe, nrw_time now)
{
	struct emu_objects *o = &e->of[pipe->kind];
	uint32_t i = 0;

	if (pipe->kind == EMU_QUEUE) {
		settle_set(e, pipe, now);
		emu_set_drop_all(pipe, DROP_NO_PIPE, now);
	} else {
		emu_settle_pipe(pipe, now);
		empty(e, pipe, now);
	}
	while (o->order[i] != pipe)
		i++;
	memmove(&o->order[i], &o->order[i + 1], (--o->count - i) * sizeof(struct emu_pipe *));
	*emu_slot_of(e, pipe->kind, pipe->number) = NULL;
	if (pipe->kind == EMU_PIPE)
		cut_off(e, pipe->number, now);
	if (e->busy == pipe->flows)
		e->busy = NULL;
	emu_events_forget(&e->events, &pipe->event);
	if (pipe->flows)
		emu_events_forget(&e->events, &pipe->flows->event);
	emu_pipe_fini(pipe);
	pool_put(&e->pools.pipes, pipe);
}

/* What a command names must be there; of a range, what there is. */
static int all_there(const struct emu *e, const struct emu_cmd *c, struct err *err)
{
	for (uint32_t i = 0; i < c->span_count; i++)
		if (c->spans[i].from == c->spans[i].to && !emu_has(e, c->kind, c->spans[i].from))
			return err_set(err, ERR_UNKNOWN, "%s %u does not exist", emu_kind_name(c->kind),
				c->spans[i].from);
	return 0;
}

static void remove_named(struct emu *e, const struct emu_cmd *c, nrw_time now)
{
	const struct emu_objects *o = &e->of[c->kind];

	for (uint32_t i = 0; i < o->count;) {
		if (emu_cmd_names(c, o->order[i]->number))
			remove_object(e, o->order[i], now);
		else
			i++;
	}
}

/* `pipe flush` is for all there is, as in dummynet. */
static void flush(struct emu *e, const struct emu_cmd *c, nrw_time now)
{
	static const enum emu_kind kinds[] = { EMU_QUEUE, EMU_SCHED, EMU_PIPE };

	for (unsigned k = 0; k < EMU_KINDS; k++)
		while ((c->kind == EMU_PIPE || c->kind == kinds[k]) && e->of[kinds[k]].count)
			remove_object(e, e->of[kinds[k]].order[0], now);
}

int emu_run(struct emu *e, const struct emu_cmd *c, nrw_time now, FILE *to, struct err *err)
{
	if (c->verb == VERB_CONFIG || c->verb == VERB_REPLACE)
		return config(e, c, now, err);
	if (all_there(e, c, err))
		return ERR_UNKNOWN;
	if (c->verb == VERB_FLUSH)
		flush(e, c, now);
	else if (c->verb == VERB_DELETE)
		remove_named(e, c, now);
	if (!to || c->verb == VERB_FLUSH || c->verb == VERB_DELETE)
		return 0;
	emu_settle(e, now);
	if (c->form == FORM_JSON)
		emu_show_json(e, c, to);
	else
		emu_show(e, c, now, to);
	return 0;
}

int emu_apply(struct emu *e, const struct emu_cmd *c, nrw_time now, struct err *err)
{
	return emu_run(e, c, now, NULL, err);
}
