/* emu/emu_life.c - the life of flows: made by their first packets, found, idle, forgotten; of another mask, drained.
 *
 *      packet --> found? --no--> room? --no--> the one idle the longest goes; none is: flows
 *                   |              |
 *                   v              v
 *                 [ table ] <--- made         idle --> in the list of idle ones --expire--> folded
 *                     '-- another mask --> old: no packet finds it --empty--> folded
 *
 * A flow is in the table while it holds packets and `expire` after; when it holds none it stands in the list of idle
 * ones, least recently used first. Who wants a place where `flows N` are there takes that of the first; where none is
 * idle the packet is dropped, flows. One that became busy again stays in the list until somebody meets it there, or
 * until it is idle once more and moves to the end: so a packet that comes touches no neighbour. What a flow counted its
 * pipe has counted too, so folding it is forgetting it, but for its dice (emu_draws.c), and until a reader of series
 * has seen the last of it. Made anew it begins as it did the first time: credit, counters.
 *
 * A change of mask takes all flows out of the table; those that hold packets drain as old ones. A flow without a mask
 * (`sole`, the member of a queue) and one at whose scheduler queues have members are never idle here.
 *
 * Links and time are emu_flows.c's, which tells when a flow holds nothing any more. Memory is taken where a flow is
 * new, nowhere else, and tables grow in steps. No order of the table reaches any output. Thread: the owner's lane. */
#include "emu_order.h"

#include <stdlib.h>
#include <string.h>

int emu_flows_new(struct emu_pipe *pipe, struct emu_pools *pools)
{
	struct emu_flows *f = calloc(1, sizeof(*f));
	uint64_t seed = pipe->cfg->seed;

	if (!f)
		return ERR_NOMEM;
	*f = (struct emu_flows){ .pipe = pipe, .pools = pools };
	f->flow_pool = pipe->kind == EMU_QUEUE ? &pools->members : &pools->flows;
	emu_event_init(&f->event, true);
	emu_way_init(&f->way, &pools->stretches);
	list_init(&f->idle);
	list_init(&f->all);
	list_init(&f->feeder);
	list_init(&f->feeders);
	hash_init(&f->table, (struct siphash_key){ dice_mix(seed ^ pipe->number), dice_mix(~seed) });
	emu_draws_init(&f->draws, f->table.key);
	pipe->flows = f;
	return 0;
}

/* A flow of a scheduler stays while a queue has a member there. */
static inline bool is_pinned(const struct emu_flows *f, const struct emu_flow *flow)
{
	return __builtin_expect(f->ordered, 0) && emu_order_of(flow) && emu_order_of(flow)->members;
}

/* It is never forgotten, or not yet. */
static inline bool stays(const struct emu_flows *f, const struct emu_flow *flow)
{
	return flow == f->sole || !f->shape || !f->shape->many || is_pinned(f, flow);
}

/* It is idle since `now`, or refused a packet then and holds none. */
static void rest(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	flow->used = now;
	if (f->idle.prev == &flow->idle || __builtin_expect(stays(f, flow), 0))
		return;
	list_remove(&flow->idle);	/* where it is in none, from a ring of its own */
	list_put_tail(&f->idle, &flow->idle);
}

static void free_flow(struct emu_flows *f, struct emu_flow *flow)
{
	list_remove(&flow->all);
	if (flow->recent)
		hist_fini(flow->recent);
	free(flow->recent);
	emu_order_free(f, flow);
	emu_extra_free(f, flow);
	f->hidden -= !flow->shape->many;
	f->alive--;
	pool_put(f->flow_pool, flow);
}

static __attribute__((cold)) void keep_draws(struct emu_flows *f, struct emu_flow *flow)
{
	if (emu_order_of(flow) && emu_order_of(flow)->direct)
		flow->loss = emu_order_of(flow)->direct->flow.loss;
	if (!(f->parts & PART_ENTRY))
		flow->extra->dice[DICE_LOSS] = flow->loss;
	for (unsigned i = 1; i < EMU_DICES; i++)
		if (flow->extra->dice[i].drawn)
			emu_draws_keep(&f->draws, &flow->extra->dice[i]);
}

/* No packet finds it any more. */
static void hide(struct emu_flows *f, struct emu_flow *flow)
{
	hash_remove(&f->table, &flow->node);
	f->only = NULL;
	emu_soon_forget(&f->soon, flow);
	if (flow->extra)
		keep_draws(f, flow);
	else if (flow->loss.drawn)
		emu_draws_keep(&f->draws, &flow->loss);
}

/* What it counted is in the pipe's counters already. A reader of series has to see the last of it. */
static void fold(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	list_remove(&flow->idle);
	if (flow->state == FLOW_FOUND)
		hide(f, flow);
	else
		f->old--;
	f->folded += flow->shape->many;
	if (flow->member)
		emu_member_leave(flow, now);
	if (f->pipe->series)
		flow->state = FLOW_GONE;
	else
		free_flow(f, flow);
}

/* It holds nothing any more. */
void emu_flow_emptied(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	if (!f->old || flow->state != FLOW_OLD)	/* its state is on another line */
		rest(f, flow, now);
	else if (!is_pinned(f, flow))
		fold(f, flow, now);
}

void emu_flow_released(struct emu_flows *f, struct emu_flow *flow, nrw_time since)
{
	struct list *at = f->idle.prev;

	since = since > flow->used ? since : flow->used;
	emu_flow_emptied(f, flow, since);
	if (f->idle.prev != &flow->idle || at == &flow->idle)
		return;		/* folded, or never forgotten */
	while (at != &f->idle && container_of(at, struct emu_flow, idle)->used > since)
		at = at->prev;
	list_remove(&flow->idle);
	list_put_tail(at->next, &flow->idle);
}

/* The least recently used of the idle ones; NULL: all are busy. */
static struct emu_flow *first_idle(struct emu_flows *f)
{
	while (!list_empty(&f->idle)) {
		struct emu_flow *flow = container_of(f->idle.next, struct emu_flow, idle);

		if (!emu_flow_held(flow) && !is_pinned(f, flow))
			return flow;
		list_remove(&flow->idle);
	}
	return NULL;
}

void emu_flows_expire(struct emu_flows *f, nrw_time now)
{
	struct emu_flow *flow;

	while (!list_empty(&f->idle) && (flow = first_idle(f)) && now - flow->used >= f->expire)
		fold(f, flow, flow->used + f->expire);	/* whenever somebody looks */
}

void emu_flows_free_gone(struct emu_flows *f)
{
	list_each_safe(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		if (flow->state == FLOW_GONE)
			free_flow(f, flow);
	}
}

static bool make_room(struct emu_flows *f, nrw_time now)
{
	while (f->table.count >= f->limit) {
		struct emu_flow *flow = first_idle(f);

		if (!flow)
			return false;
		fold(f, flow, now);
	}
	return true;
}

/* A flow of nobody yet; NULL: no memory. */
static struct emu_flow *take_flow(struct emu_flows *f, const struct emu_key *key, uint64_t number, nrw_time now)
{
	struct emu_flow *flow;

	if (f->pipe->kind != EMU_QUEUE && emu_ends_reserve(&f->ends, f->alive + 1))
		return NULL;
	flow = pool_take(f->flow_pool);
	if (!flow)
		return NULL;
	*flow = (struct emu_flow){ .wait_min = UINT64_MAX, .shape = f->shape };
	memcpy(flow->key, key->w, sizeof(flow->key));
	memcpy(flow->key_more, &key->w[2], sizeof(flow->key_more));
	emu_link_init(&flow->link);
	flow->loss.key = dice_key(emu_seed(f->pipe), emu_dice_kind(f->pipe), f->pipe->number, number,
		DICE_LOSS);
	list_init(&flow->idle);
	list_put_tail(&f->all, &flow->all);
	f->alive++;
	f->hidden += !f->shape->many;
	if ((f->extras.size && emu_extra_new(f, flow, number, now)) ||
		(f->parts & PART_ORDER && emu_order_new(f, flow))) {
		free_flow(f, flow);
		return NULL;
	}
	return flow;
}

static struct emu_flow *make(struct emu_flows *f, const struct emu_key *key, uint64_t digest, const struct view *v,
	nrw_time now, enum drop *why)
{
	struct emu_flow *flow;

	*why = DROP_FLOWS;
	if (!make_room(f, now))
		return NULL;
	*why = DROP_NO_MEMORY;
	flow = take_flow(f, key, f->shape->many ? emu_key_number(key) : 0, now);
	if (!flow)
		return NULL;
	if (f->to && emu_member_bind(f, flow, v, now, why)) {
		free_flow(f, flow);
		return NULL;
	}
	flow->id = ++f->made;
	if (flow->extra)
		flow->loss = flow->extra->dice[DICE_LOSS];
	else
		emu_draws_resume(&f->draws, &flow->loss);
	hash_add(&f->table, &flow->node, digest);
	if (!f->shape->many)
		f->only = flow;
	return flow;
}

struct emu_flow *emu_flows_find(struct emu_flows *f, const struct view *v, nrw_time now, enum drop *why)
{
	const struct emu_told *told;
	struct emu_flow *flow;
	struct emu_key key;
	uint64_t digest;
	unsigned words;

	if (f->only)
		return f->only;
	words = emu_key_make(&key, f->shape, v);
	key.w[0] |= f->asker;
	emu_flows_expire(f, now);
	told = emu_soon_meet(&f->soon, &key, words);
	if (told && told->known)
		return told->flow;
	digest = told ? told->digest : hash_digest(&f->table, key.w, words * sizeof(*key.w));
	flow = emu_flow_find(f, &key, words, digest);
	return flow ? flow : make(f, &key, digest, v, now, why);
}

/* ---- masks ---- */

static void retire(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	if (!emu_flow_held(flow) && !is_pinned(f, flow)) {
		fold(f, flow, now);
		return;
	}
	list_remove(&flow->idle);
	hide(f, flow);
	flow->state = FLOW_OLD;
	f->old++;
}

void emu_flows_retire(struct emu_flows *f, nrw_time now)
{
	list_each_safe(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		if (flow->state == FLOW_FOUND && flow != f->sole)
			retire(f, flow, now);
	}
}

int emu_flows_sort(struct emu_flows *f, const struct emu_sort *sort, nrw_time now)
{
	bool plain = !sort->mask.on && !f->sole && f->pipe->kind != EMU_QUEUE;
	struct emu_shape *shape = NULL;

	if (f->shape ? emu_sort_equal(&f->shape->sort, sort) : plain)
		return 0;
	if (!plain) {
		shape = malloc(sizeof(*shape));
		if (!shape)
			return ERR_NOMEM;
		emu_shape_init(shape, sort);
		shape->next = f->shapes;
		f->shapes = shape;
	}
	emu_flows_retire(f, now);
	f->shape = shape;
	return 0;
}

/* The service that goes on, and all that waits, with what the link has saved. */
static void move_in(struct emu_flows *f, struct emu_flow *flow)
{
	struct emu_pipe *pipe = f->pipe;
	struct emu_queue *q = &pipe->queue;
	uint64_t rate = pipe->link.rate;

	flow->link = pipe->link;
	flow->served = emu_served_take(&pipe->served);
	flow->queue = *q;
	flow->packets = q->packets;
	flow->loss = pipe->loss;
	flow->last = pipe->line.last;
	f->packets += q->packets;
	f->bytes += q->bytes;
	*q = (struct emu_queue){ .packets_max = q->packets_max, .bytes_max = q->bytes_max };
	emu_link_init(&pipe->link);
	pipe->link.rate = rate;
	if (flow->served)
		emu_ends_add(&f->ends, emu_link_end(&flow->link), flow);
}

int emu_flows_take_over(struct emu_flows *f)
{
	const struct emu_shape *rules = f->shape;
	struct emu_shape *none;
	struct emu_flow *flow;

	if (f->sole)
		return 0;
	none = malloc(sizeof(*none));
	if (!none)
		return ERR_NOMEM;
	emu_shape_init(none, &(struct emu_sort){ .buckets = 0 });
	none->next = f->shapes;
	f->shape = f->shapes = none;
	flow = take_flow(f, &(struct emu_key){ { 0 } }, 0, 0);
	if (rules || !flow)
		f->shape = rules;
	if (!flow)
		return ERR_NOMEM;
	f->sole = flow;
	move_in(f, flow);
	return 0;
}

/* ---- the end ---- */

static void free_held(struct emu_flows *f, struct emu_flow *flow)
{
	struct pkt_pool *pool = f->pipe->cfg->pool;
	struct pkt *p;

	if (flow->served)
		pkt_free(pool, emu_served_take(&flow->served));
	while ((p = emu_queue_take(&flow->queue)))
		pkt_free(pool, p);
}

void emu_flows_free(struct emu_flows *f)
{
	struct emu_step s;

	if (!f)
		return;
	while (emu_way_take(&f->way, &s))
		pkt_free(f->pipe->cfg->pool, s.pkt);
	list_each_safe(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		free_held(f, flow);
		free_flow(f, flow);
	}
	while (f->shapes) {
		struct emu_shape *next = f->shapes->next;

		free(f->shapes);
		f->shapes = next;
	}
	emu_way_fini(&f->way);
	emu_ends_fini(&f->ends);
	hash_fini(&f->table);
	emu_draws_fini(&f->draws);
	emu_extras_fini(&f->extras);
	emu_road_release(&f->road);
	free(f);
}
