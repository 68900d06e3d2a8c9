/* app/laws.c - the laws of schedulers: random operations on an instance, the same on the model, a look after each.
 *
 *      draw_ops() --> a row of operations --do_op()--> struct sched: the kind that is judged
 *                                    |                     |
 *                                    +--> struct model <---+--- follow(), check_counts(), check_fair()
 *
 * A run is played twice, with other addresses, and must come to the same (law 10); at its end every packet is back in
 * its pool (law 8). A row that breaks a law is made shorter by leaving out pieces of it, halves first, and what is
 * left is printed with its seed. A kind that is wrong enough may crash or never come back; then it is the seed that
 * tells.
 *
 * Called by tests over the table and by `narrows bench sched --new`. The model needs whole numbers of 128 bits. */
#include "app/laws.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/laws_model.h"
#include "base/dice.h"

#define SHRINK_RUNS 2000
#define LAWS_RUNS 12

struct service {			/* one turn, as the queue saw it */
	struct sched_queue *q;
	uint32_t cuts;
	uint64_t seq;			/* 0: nothing passed */
};

struct laws {
	const struct laws_run *run;
	struct pkt_pool *pool;
	struct sched s;
	struct sched_queue *queues[MODEL_FLOWS];
	char *arena;			/* where they lie, the last flow first; NULL: each by itself */
	uint32_t rates[MODEL_FLOWS];	/* of 256 packets so many are dropped at the head */
	struct model m;
	struct service services[4096];
	uint32_t services_count;
	uint64_t seq, in_packets, in_bytes, out_packets, out_bytes, dropped_packets, dropped_bytes;
	struct laws_verdict v;
};

static struct laws *playing;		/* the one that runs: pull() has no other way to it */

static uint64_t below(struct dice *d, uint64_t n)
{
	return dice_draw(d) % n;
}

static bool breaks(struct laws *r, bool held, const char *law)
{
	if (!held && !r->v.law)
		r->v.law = law;
	return !held;
}

static void drop(struct laws *r, struct pkt *p)
{
	r->dropped_packets++;
	r->dropped_bytes += p->acct_bytes;
	pkt_free(r->pool, p);
}

static uint32_t place_of(const struct laws *r, const struct sched_queue *q)
{
	for (uint32_t i = 0; i < r->run->flows; i++)
		if (r->queues[i] == q)
			return i;
	err_bug(__FILE__, __LINE__, "a queue that was never added");
}

static bool unlucky(uint64_t seq, uint32_t rate)
{
	return seq * UINT64_C(0x9e3779b97f4a7c15) >> 56 < rate;
}

static void note_service(struct laws *r, struct sched_queue *q, uint32_t cuts, uint64_t seq)
{
	if (r->services_count < sizeof(r->services) / sizeof(*r->services))
		r->services[r->services_count++] = (struct service){ q, cuts, seq };
}

static struct pkt *pull(struct sched_queue *q, nrw_time now)
{
	uint32_t rate = playing->rates[place_of(playing, q)], cuts = 0;
	struct pkt *p;

	(void)now;
	if (!q->head)
		return NULL;		/* emptied by cuts: no turn to speak of */
	while ((p = sched_queue_pop(q)) != NULL && unlucky(p->seq, rate)) {
		drop(playing, p);
		cuts++;
	}
	note_service(playing, q, cuts, p ? p->seq : 0);
	return p;
}

/* ---- operations ---- */
static size_t queue_room(void)
{
	return sched_queue_size() + 64;		/* more than any kind of a test keeps */
}

static struct sched_queue *queue_new(struct laws *r, uint32_t flow)
{
	void *q;

	if (!r->arena)
		return calloc(1, queue_room());
	q = r->arena + (r->run->flows - 1 - flow) * queue_room();
	return memset(q, 0, queue_room());
}

static void do_add(struct laws *r, const struct laws_op *op)
{
	struct sched_queue *q;

	if (r->queues[op->flow])
		return;
	q = queue_new(r, op->flow);
	BUG_ON(!q);
	q->flow.weight = op->weight;
	q->flow.pri = op->pri;
	q->lmax = op->bytes;
	BUG_ON(sched_add(&r->s, q));
	r->queues[op->flow] = q;
	r->rates[op->flow] = 0;
	model_add(&r->m, &r->m.flows[op->flow], op->weight, op->pri, op->bytes);
}

static void do_cut(struct laws *r, uint32_t flow, uint32_t count)
{
	struct sched_queue *q = r->queues[flow];
	struct model_flow *f = &r->m.flows[flow];

	while (q && count-- && f->count) {
		struct model_packet want = model_cut(&r->m, f);
		struct pkt *p = sched_cut(&r->s, q);

		if (breaks(r, p && p->seq == want.seq, "2: a cut takes the oldest packet") && !p)
			return;
		drop(r, p);
	}
}

static void do_remove(struct laws *r, const struct laws_op *op)
{
	struct sched_queue *q = r->queues[op->flow];

	if (!q)
		return;
	do_cut(r, op->flow, UINT32_MAX);
	while (q->head)		/* only after a broken law */
		drop(r, sched_cut(&r->s, q));
	sched_remove(&r->s, q);
	model_remove(&r->m, &r->m.flows[op->flow]);
	memset(q, 0xa5, queue_room());
	if (!r->arena)
		free(q);
	r->queues[op->flow] = NULL;
}

static void do_change(struct laws *r, const struct laws_op *op)
{
	if (!r->queues[op->flow])
		return;
	sched_change(&r->s, r->queues[op->flow], op->weight, op->pri, op->bytes);
	model_change(&r->m, &r->m.flows[op->flow], op->weight, op->pri, op->bytes);
}

static void put_one(struct laws *r, uint32_t flow, uint32_t bytes)
{
	struct pkt *p = pkt_new(r->pool);

	BUG_ON(!p);
	p->seq = ++r->seq;
	p->at = r->seq / 4;
	p->acct_bytes = p->wire_bytes = bytes;
	r->in_packets++;
	r->in_bytes += bytes;
	BUG_ON(sched_put(&r->s, r->queues[flow], p, bytes, p->at));
	model_put(&r->m, &r->m.flows[flow], p->seq, bytes);
}

static void do_put(struct laws *r, const struct laws_op *op)
{
	if (r->queues[op->flow])
		for (uint32_t i = 0; i < op->count; i++)
			put_one(r, op->flow, i % 2 ? op->bytes : (op->bytes + 1) / 2);
}

/* What the model knows to be the same turn. */
static void follow(struct laws *r, const struct service *sv)
{
	uint32_t flow = place_of(r, sv->q), cuts = 0;
	struct model_flow *f = &r->m.flows[flow], *want;
	struct model_packet pass = { 0, 0 };

	while ((want = model_next(&r->m)) != NULL && !want->count)
		model_served(&r->m, want, 0, 0);	/* emptied by cuts: it gives nothing, and nobody sees */
	if (breaks(r, !want || want == f, "11: the flow that the exact model names"))
		return;
	while (cuts < f->count && unlucky(f->packets[(f->first + cuts) % f->room].seq, r->rates[flow]))
		cuts++;
	if (cuts < f->count)
		pass = f->packets[(f->first + cuts) % f->room];
	breaks(r, sv->cuts == cuts && sv->seq == pass.seq, "2: a flow's packets leave in their order");
	model_served(&r->m, f, cuts, pass.bytes);
	r->v.services++;
}

static void settle_idle(struct laws *r)
{
	struct model_flow *f;

	if (r->m.kind == MODEL_NONE) {
		for (uint32_t i = 0; i < r->run->flows; i++)
			if (r->queues[i] && r->m.flows[i].busy && !r->queues[i]->flow.head_bytes)
				model_idle(&r->m, &r->m.flows[i]);
		return;
	}
	while (!r->m.packets && (f = model_next(&r->m)) != NULL)
		model_served(&r->m, f, 0, 0);
}

static void ask_patience(struct laws *r)
{
	const struct nrw_sched_ops *ops = r->s.ops;

	for (uint32_t i = 0; i < r->run->flows; i++) {
		struct model_flow *f = &r->m.flows[i];
		uint64_t more;

		if (!r->queues[i] || !f->count || f->asked == r->m.events)
			continue;
		more = ops->patience ? ops->patience(r->s.state, &r->queues[i]->flow) : UINT64_MAX;
		if (more > f->patience)
			f->patience = more;
		more = more < UINT64_MAX - f->others ? more + f->others : UINT64_MAX;
		if (more > f->deadline)
			f->deadline = more;
		f->asked = r->m.events;
	}
}

static void check_fair(struct laws *r);

static struct pkt *take_one(struct laws *r, struct sched_queue **from)
{
	struct pkt *p;

	ask_patience(r);
	r->services_count = 0;
	p = sched_take(&r->s, r->seq / 4, from);
	if (p && !(*from)->pull)
		note_service(r, *from, 0, p->seq);
	for (uint32_t i = 0; i < r->services_count && !r->v.law; i++)
		follow(r, &r->services[i]);
	if (!p || r->m.kind == MODEL_NONE)
		settle_idle(r);
	breaks(r, p || !r->m.packets, "1: nothing leaves while something waits");
	if (p) {
		r->v.digest = (r->v.digest ^ p->seq) * UINT64_C(0x100000001b3);
		r->out_packets++;
		r->out_bytes += p->acct_bytes;
		pkt_free(r->pool, p);
		check_fair(r);
	}
	return p;
}

static void do_take(struct laws *r, const struct laws_op *op)
{
	struct sched_queue *from;

	for (uint32_t i = 0; i < op->count && !r->v.law && take_one(r, &from); i++)
		;
}

/* One leaves, and its flow gets more before it runs dry. */
static void do_turn(struct laws *r, const struct laws_op *op)
{
	for (uint32_t i = 0; i < op->count && !r->v.law; i++) {
		struct sched_queue *from;
		uint32_t flow;

		if (!take_one(r, &from))
			return;
		flow = place_of(r, from);
		while (r->m.flows[flow].count < 3)
			put_one(r, flow, r->seq % 3 ? op->bytes : 1 + op->bytes / 7);
	}
}

static void do_pull(struct laws *r, const struct laws_op *op)
{
	if (!r->queues[op->flow])
		return;
	r->rates[op->flow] = op->count;
	r->queues[op->flow]->pull = op->count ? pull : NULL;
}

static const struct nrw_sched_ops *other_kind(uint32_t draw)
{
	uint32_t n = 0;

	while (sched_at(n))
		n++;
	return sched_at(draw % n);
}

static void do_become(struct laws *r, const struct laws_op *op)
{
	const struct nrw_sched_ops *to = op->count == 1 ? other_kind(op->weight) : r->run->ops;
	const struct nrw_sched_params params = { .quantum = op->count % 3 ? 0 : op->bytes };
	uint64_t packets = r->s.packets;

	BUG_ON(sched_become(&r->s, to, &params, r->seq / 4));
	breaks(r, r->s.packets == packets, "12: another kind has all packets");
	model_become(&r->m, to->name, params.quantum);
}

static void do_op(struct laws *r, const struct laws_op *op)
{
	switch ((enum laws_op_kind)op->what) {
	case LAWS_ADD:		do_add(r, op); break;
	case LAWS_REMOVE:	do_remove(r, op); break;
	case LAWS_CHANGE:	do_change(r, op); break;
	case LAWS_PUT:		do_put(r, op); break;
	case LAWS_TAKE:		do_take(r, op); break;
	case LAWS_TURN:		do_turn(r, op); break;
	case LAWS_CUT:		do_cut(r, op->flow, op->count % 8); break;
	case LAWS_PULL:		do_pull(r, op); break;
	case LAWS_BECOME:	do_become(r, op); break;
	case LAWS_KINDS:		break;
	}
}

/* ---- laws that are looked at after each operation ---- */
static void check_counts(struct laws *r)
{
	const struct model *m = &r->m;
	uint64_t packets = r->out_packets + r->dropped_packets + m->packets;
	uint64_t bytes = r->out_bytes + r->dropped_bytes + m->bytes;

	breaks(r, r->s.packets == m->packets, "3: counts of the instance");
	breaks(r, r->in_packets == packets && r->in_bytes == bytes, "3: in = out + dropped + held");
	for (uint32_t i = 0; i < r->run->flows; i++) {
		const struct sched_queue *q = r->queues[i];
		const struct model_flow *f = &m->flows[i];
		uint64_t head = f->count ? f->packets[f->first].bytes : 0;

		if (!q)
			continue;
		breaks(r, q->bytes == f->bytes && q->flow.packets == f->count, "3: counts of a queue");
		breaks(r, !head || q->flow.head_bytes == head, "3: the scheduler knows the head");
		breaks(r, q->flow.lmax == f->lmax, "3: the largest packet is learned");
	}
}

/* 2^i >= l / w, the least such; times w and 2^20. */
static __int128 slot(uint64_t l, uint32_t w)
{
	__int128 s = w;

	s <<= 2;				/* i >= -18 */
	while (s < (__int128)l << 20)
		s <<= 1;
	return s;
}

/* What a flow may fall behind its share, times the sum of weights; 0: its kind promises nothing at every moment. */
static __int128 gate(const struct laws *r, uint32_t flow)
{
	const struct model_flow *f = &r->m.flows[flow];
	__int128 sum = r->m.sum, lmax = (__int128)r->m.lmax * f->weight;
	const char *name = r->s.ops->name;

	if (!strcmp(name, "wf2q+"))
		return (__int128)2 * f->ever * sum + lmax;
	if (!strcmp(name, "qfq") || !strcmp(name, "kps"))
		return (3 * slot(f->ever, f->weight) * sum >> 20) + 2 * lmax;
	if (!strcmp(name, "qfq+"))
		return (__int128)f->weight * f->patience;	/* and what it owes from a time of larger packets */
	return 0;
}

static uint64_t permille(__int128 n, __int128 d)
{
	return d ? (uint64_t)(n * 1000 / d) : 0;
}

static void check_fair(struct laws *r)
{
	if (r->run->managed)
		return;
	for (uint32_t i = 0; i < r->run->flows; i++) {
		const struct model_flow *f = &r->m.flows[i];
		__int128 most = f->watched ? gate(r, i) : 0;

		if (f->here && f->count && !r->s.ops->by_pri)
			breaks(r, f->others <= f->deadline, "4: nobody waits longer than was promised");
		if (!most)
			continue;
		breaks(r, !f->back || f->gain <= most, "6: who comes back from idleness gains nothing");
		breaks(r, f->alpha <= most, "5, 7: share of every interval");
		if (permille(f->alpha, most) > r->v.worst)
			r->v.worst = permille(f->alpha, most);
		if (f->back && permille(f->gain, most) > r->v.worst_gain)
			r->v.worst_gain = permille(f->gain, most);
	}
}

/* ---- rows of operations ---- */
static uint32_t draw_bytes(struct dice *rng, uint32_t flow, uint64_t seed)
{
	static const uint32_t sizes[] = { 1, 40, 64, 300, 576, 1030, 1500, 9000, 65535, 65575 };
	struct dice own = { .key = dice_mix(seed * 977 + flow) };
	uint32_t size = sizes[below(&own, sizeof(sizes) / sizeof(*sizes))];

	return below(rng, 3) ? size : 1 + (uint32_t)below(rng, size);
}

static uint32_t draw_weight(struct dice *rng, uint64_t seed)
{
	uint32_t most = seed % 3 == 0 ? 4 : seed % 3 == 1 ? 100 : 65536;

	return below(rng, 4) ? 1 + (uint32_t)below(rng, most) : below(rng, 2) ? most : 1;
}

/* By 256 operations: things come, or stand, or go. */
static enum laws_op_kind draw_kind(struct dice *rng, const struct laws_run *run, uint32_t i)
{
	static const uint8_t odds[][LAWS_KINDS] = {
		{ 12, 2, 4, 60, 40, 20, 4, 4, 1 },
		{ 2, 2, 4, 30, 50, 60, 4, 2, 1 },
		{ 4, 4, 8, 10, 90, 10, 6, 2, 1 },
		{ 1, 0, 1, 1, 1, 90, 0, 0, 0 },
	};
	const uint8_t *odd = odds[run->steady && i / 256 % 4 ? 3 : i / 256 % 3];
	uint64_t sum = 0, x;

	for (unsigned k = 0; k < LAWS_KINDS; k++)
		sum += odd[k];
	x = below(rng, sum);
	for (unsigned k = 0; k < LAWS_KINDS; k++) {
		if (x < odd[k])
			return (run->managed || (k != LAWS_CUT && k != LAWS_PULL)) ? (enum laws_op_kind)k : LAWS_TURN;
		x -= odd[k];
	}
	return LAWS_TAKE;
}

static struct laws_op *draw_ops(const struct laws_run *run)
{
	struct laws_op *ops = calloc(run->steps, sizeof(*ops));
	struct dice rng = { .key = dice_mix(run->seed) };

	BUG_ON(!ops);
	for (uint32_t i = 0; i < run->steps; i++) {
		struct laws_op *op = &ops[i];

		op->what = draw_kind(&rng, run, i);
		op->flow = (uint32_t)below(&rng, run->flows);
		op->weight = draw_weight(&rng, run->seed);
		op->pri = (uint32_t)below(&rng, 64);
		op->bytes = draw_bytes(&rng, op->flow, run->seed);
		op->count = (uint32_t)below(&rng, op->what == LAWS_PULL ? 200 : 5) + (op->what != LAWS_PULL);
		if ((op->what == LAWS_ADD || op->what == LAWS_CHANGE) && below(&rng, 3))
			op->bytes = 0;		/* its largest is learned */
		if (op->what == LAWS_TURN)
			op->count *= 4;
	}
	return ops;
}

static void take_down(struct laws *r)
{
	struct pkt_stats st;

	for (uint32_t i = 0; i < r->run->flows; i++)
		do_remove(r, &(struct laws_op){ .flow = i });
	sched_fini(&r->s);
	model_fini(&r->m);
	pkt_pool_stats(r->pool, &st);
	breaks(r, st.packets_held == 0, "8: every packet is back");
	if (!st.packets_held)
		pkt_pool_free(r->pool);
}

static struct laws_verdict run_ops(const struct laws_run *run, const struct laws_op *ops, uint32_t count, bool arena)
{
	struct laws *r = calloc(1, sizeof(*r));
	struct laws_verdict v;

	BUG_ON(!r);
	playing = r;
	r->run = run;
	r->arena = arena ? malloc(run->flows * queue_room()) : NULL;
	r->pool = pkt_pool_new(0);
	BUG_ON(!r->pool);
	BUG_ON(sched_init(&r->s, run->ops, NULL));
	model_init(&r->m, run->flows, run->ops->name, 0);
	for (uint32_t i = 0; i < count && !r->v.law; i++) {
		do_op(r, &ops[i]);
		check_counts(r);
		r->v.at = i;
	}
	r->v.dropped = r->dropped_packets;
	take_down(r);
	v = r->v;
	free(r->arena);
	free(r);
	return v;
}

struct laws_verdict laws_run(const struct laws_run *run)
{
	struct laws_op *ops = draw_ops(run);
	struct laws_verdict v = run_ops(run, ops, run->steps, false);
	struct laws_verdict again = v.law ? v : run_ops(run, ops, run->steps, true);	/* at other addresses */

	if (!v.law && again.digest != v.digest)
		v.law = "10: the same calls, the same output";
	free(ops);
	return v;
}

/* ---- shorter ---- */
static uint32_t without(struct laws_op *to, const struct laws_op *ops, uint32_t count, uint32_t from, uint32_t n)
{
	memcpy(to, ops, from * sizeof(*ops));
	memcpy(to + from, ops + from + n, (count - from - n) * sizeof(*ops));
	return count - n;
}

static uint32_t shrink(const struct laws_run *run, struct laws_op *ops, uint32_t count)
{
	struct laws_op *less = calloc(count, sizeof(*less));
	uint32_t runs = 0;

	BUG_ON(!less);
	for (uint32_t n = count / 2; n && runs < SHRINK_RUNS; n /= 2)
		for (uint32_t from = 0; from + n <= count && runs < SHRINK_RUNS; runs++) {
			uint32_t left = without(less, ops, count, from, n);
			struct laws_verdict v = run_ops(run, less, left, false);

			if (!v.law) {
				from += n;
				continue;
			}
			count = v.at + 1 < left ? v.at + 1 : left;
			memcpy(ops, less, count * sizeof(*ops));
		}
	free(less);
	return count;
}

void laws_explain(FILE *to, const struct laws_run *run, const struct laws_verdict *v)
{
	static const char *const names[LAWS_KINDS] = {
		"add", "remove", "change", "put", "take", "turn", "cut", "pull", "become"
	};
	struct laws_op *ops = draw_ops(run);
	uint32_t count = shrink(run, ops, v->at + 1);

	fprintf(to, "%s breaks law %s; seed %" PRIu64 ", %u flows, operation %u; the shortest row found, %u:\n",
		run->ops->name, v->law, run->seed, run->flows, v->at, count);
	for (uint32_t i = 0; i < count && i < 60; i++)
		fprintf(to, "  %-6s flow %u weight %u pri %u bytes %u count %u\n", names[ops[i].what], ops[i].flow,
			ops[i].weight, ops[i].pri, ops[i].bytes, ops[i].count);
	free(ops);
}

bool laws_hold(FILE *to, const struct nrw_sched_ops *ops, uint64_t seed, uint32_t steps, uint64_t *services)
{
	*services = 0;
	for (unsigned i = 0; i < LAWS_RUNS; i++) {
		const struct laws_run run = { .ops = ops, .seed = seed + i, .steps = steps / LAWS_RUNS,
			.flows = i % 2 ? 5 : MODEL_FLOWS, .managed = i % 4 > 1, .steady = i % 4 < 2 };
		struct laws_verdict v = laws_run(&run);

		if (v.law) {
			laws_explain(to, &run, &v);
			return false;
		}
		*services += v.services;
	}
	return true;
}
