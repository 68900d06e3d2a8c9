/* cmd/bench_sim.c - flows send, a scheduler chooses, a link serves; the meters of emu/fair.h look on.
 *
 *      sources --arrivals by time--> queues --scheduler--> link: 8 * bytes / rate later the next one
 *                                      |                     |
 *                                 fair_ready()     fair_waited(), fair_sent(), fair_idle()
 *
 * Virtual time, so a second of a link takes what its packets take, and the same seed gives the same figures. Times
 * between packets of Poisson sources are exponential, drawn with comparisons alone (von Neumann 1951): in a row of
 * uniform numbers the length of the first falling run is odd with just that chance. All sources together offer 15/16 of
 * the rate, each flow its share by weight, so that queues are busy and do not grow; a flow that has ROOM packets
 * waiting gets no more, and that is counted. */
#include "bench_sim.h"

#include <stdlib.h>

#include "base/heap.h"
#include "bench.h"
#include "bench_load.h"

#define ROOM 256u
#define BURST 32u

struct source {
	struct heap_node node;		/* of its next arrival */
	uint64_t gap;			/* ns a packet, on average */
};

struct run {
	const struct bench_sim_cfg *cfg;
	struct bench_sim *out;
	struct bench_load load;		/* queues and the scheduler; packets are our own */
	struct fair meter;
	struct source *sources;
	struct heap heap;
	struct pkt *packets, *spare;
	struct dice dice;
	uint64_t weights, seq;
	size_t arrived;			/* of a capture */
	nrw_time now;
	uint64_t part;			/* of a ns, times rate */
};

/* ---- chance ---- */
static uint64_t exponential(struct run *r, uint64_t mean)
{
	for (uint64_t whole = 0;; whole++) {
		uint64_t first = dice_draw(&r->dice) >> 32, last = first, x;
		unsigned length = 1;

		while ((x = dice_draw(&r->dice) >> 32) < last) {
			last = x;
			length++;
		}
		if (length % 2)
			return whole * mean + (uint64_t)((double)first / 4294967296.0 * (double)mean);
	}
}

/* ---- packets ---- */
static void put(struct run *r, uint32_t flow, uint32_t bytes, nrw_time at)
{
	struct sched_queue *q = bench_load_queue(&r->load, flow);
	struct pkt *p = r->spare;
	bool idle = !q->flow.packets;

	if (!p || q->flow.packets >= ROOM) {
		r->out->refused++;
		return;
	}
	r->spare = p->next;
	p->acct_bytes = bytes;
	p->at = at;
	p->seq = r->seq++;
	p->wire_bytes = flow;
	if (sched_put(&r->load.sched, q, p, bytes, r->now)) {
		p->next = r->spare;
		r->spare = p;
		r->out->refused++;
		return;
	}
	p->len_bytes = (uint32_t)q->bytes;	/* what it found, with itself: ROOM packets are less than 2^32 */
	if (idle)
		fair_ready(&r->meter, &r->out->fair[flow]);
}

static void put_drawn(struct run *r, uint32_t flow, nrw_time at)
{
	put(r, flow, bench_draw_bytes(&r->cfg->flows->all[flow], &r->dice), at);
}

static void fill(struct run *r, uint32_t packets)
{
	for (uint32_t i = 0; i < packets; i++)
		for (uint32_t f = 0; f < r->cfg->flows->n; f++)
			if (f != r->cfg->light && bench_load_queue(&r->load, f)->flow.packets <= i)
				put_drawn(r, f, r->now);
}

/* ---- arrivals ---- */
static void arrive(struct run *r, uint32_t flow, nrw_time at)
{
	bool bursts = r->cfg->source == BENCH_SRC_ONOFF && flow != r->cfg->light;
	uint32_t burst = bursts ? 1 + (uint32_t)(dice_draw(&r->dice) % BURST) : 1;
	struct source *s = &r->sources[flow];

	for (uint32_t i = 0; i < burst; i++)
		put_drawn(r, flow, at);
	heap_move(&r->heap, &s->node, at + exponential(r, s->gap * burst), flow);
}

static void arrivals_until(struct run *r, nrw_time now)
{
	const struct bench_sim_cfg *cfg = r->cfg;
	const struct heap_entry *e;

	for (; r->arrived < cfg->arrival_count && cfg->arrivals[r->arrived].at <= now; r->arrived++) {
		const struct bench_arrival *a = &cfg->arrivals[r->arrived];

		put(r, a->flow, a->bytes, a->at);
	}
	while ((e = heap_min(&r->heap)) != NULL && e->time <= now)
		arrive(r, (uint32_t)e->tie, e->time);
	if (cfg->source == BENCH_SRC_IDLE && !r->load.sched.packets)
		fill(r, 2);
	if (cfg->source == BENCH_SRC_REFILL && r->load.sched.packets <= 10 * (uint64_t)cfg->flows->n)
		fill(r, 20);
}

static nrw_time next_arrival(const struct run *r)
{
	const struct heap_entry *e = heap_min(&r->heap);
	nrw_time at = e ? e->time : NRW_NEVER;

	if (r->arrived < r->cfg->arrival_count && r->cfg->arrivals[r->arrived].at < at)
		at = r->cfg->arrivals[r->arrived].at;
	return at;
}

static int start_sources(struct run *r)
{
	const struct bench_sim_cfg *cfg = r->cfg;
	bool all = cfg->source == BENCH_SRC_ONOFF || cfg->source == BENCH_SRC_POISSON;

	if (heap_reserve(&r->heap, cfg->flows->n))
		return ERR_NOMEM;
	for (uint32_t i = 0; i < cfg->flows->n; i++) {
		const struct bench_flow *f = &cfg->flows->all[i];
		double bits = 4.0 * ((double)f->least + f->most);

		r->sources[i].gap = i == cfg->light ? cfg->light_gap :
			(uint64_t)(bits * 1e9 / (double)cfg->rate * (double)r->weights / f->weight * 16 / 15) + 1;
		if (all || i == cfg->light)
			heap_add(&r->heap, &r->sources[i].node, exponential(r, r->sources[i].gap), i);
	}
	if (cfg->source == BENCH_SRC_BACKLOGGED)
		fill(r, 4);
	return 0;
}

/* ---- service ---- */
static void serve(struct run *r, struct pkt *p, struct sched_queue *q)
{
	uint64_t work = p->acct_bytes * UINT64_C(8000000000) + r->part, found = p->len_bytes;
	struct fair_flow *f = &r->out->fair[p->wire_bytes];
	uint32_t flow = p->wire_bytes;

	r->now += work / r->cfg->rate;
	r->part = work % r->cfg->rate;
	if (r->cfg->light == UINT32_MAX || flow == r->cfg->light)
		hist_put(&r->out->waits, r->now - p->at);
	fair_waited(&r->meter, f, r->now - p->at, found, r->cfg->rate);
	fair_sent(&r->meter, f, p->acct_bytes);
	p->next = r->spare;
	r->spare = p;
	r->out->sent++;
	if (r->cfg->source == BENCH_SRC_BACKLOGGED && flow != r->cfg->light)
		put_drawn(r, flow, r->now);
	if (!q->flow.packets)
		fair_idle(&r->meter, f);
}

static void ask_bounds(struct run *r)
{
	const struct nrw_sched_ops *ops = r->cfg->ops;

	for (uint32_t i = 0; i < r->cfg->flows->n; i++) {
		const struct nrw_sched_flow *f = &bench_load_queue(&r->load, i)->flow;

		r->out->bounds[i] = ops->patience && f->head_bytes ? ops->patience(r->load.sched.state, f) : UINT64_MAX;
	}
}

static void drive(struct run *r)
{
	while (r->out->sent < r->cfg->services) {
		struct sched_queue *from;
		struct pkt *p;

		arrivals_until(r, r->now);
		p = sched_take(&r->load.sched, r->now, &from);
		if (p) {
			serve(r, p, from);
		} else {
			if (next_arrival(r) == NRW_NEVER)
				break;
			r->now = next_arrival(r);
		}
	}
	ask_bounds(r);
	fair_settle(&r->meter);
}

static int prepare(struct run *r)
{
	const struct bench_sim_cfg *cfg = r->cfg;
	size_t n = cfg->flows->n, packets = n * ROOM < 1000000 ? n * ROOM : n * 24;

	r->sources = calloc(n, sizeof(*r->sources));
	r->packets = bench_lines_new(packets * sizeof(*r->packets));
	r->out->fair = calloc(n, sizeof(*r->out->fair));
	r->out->bounds = calloc(n, sizeof(*r->out->bounds));
	if (!r->sources || !r->packets || !r->out->fair || !r->out->bounds || fair_init(&r->meter) ||
		bench_load_init(&r->load, cfg->ops, cfg->flows, BENCH_IDLE))
		return ERR_NOMEM;
	for (size_t i = packets; i--; r->spare = &r->packets[i])
		r->packets[i].next = r->spare;
	for (size_t i = 0; i < n; i++) {
		fair_flow_init(&r->out->fair[i], cfg->flows->all[i].weight);
		r->weights += cfg->flows->all[i].weight;
	}
	return start_sources(r);
}

int bench_sim_run(struct bench_sim *s, const struct bench_sim_cfg *cfg)
{
	struct run *r = calloc(1, sizeof(*r));
	int rc = ERR_NOMEM;

	*s = (struct bench_sim){ .sent = 0 };
	hist_init(&s->waits);
	if (!r)
		return rc;
	r->cfg = cfg;
	r->out = s;
	r->dice.key = cfg->seed;
	heap_init(&r->heap);
	rc = prepare(r);
	if (!rc)
		drive(r);
	bench_load_fini(&r->load);
	fair_fini(&r->meter);
	heap_fini(&r->heap);
	free(r->sources);
	bench_lines_free(r->packets);
	free(r);
	return rc;
}

void bench_sim_free(struct bench_sim *s)
{
	hist_fini(&s->waits);
	free(s->fair);
	free(s->bounds);
	s->fair = NULL;
	s->bounds = NULL;
}
