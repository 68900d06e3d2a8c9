/* app/laws_model.c - what schedulers must do, written again without a thought for speed (laws_model.h).
 *
 * Flows stand in an array, whose turn it is is found by asking all of them, and virtual time is a number of 128 bits
 * that never wraps, so no trick of the code under test is here that could be wrong in the same way. Costs O(flows) a
 * packet. For tests and for `narrows bench sched --new`; no packet passes here, only their numbers and lengths. */
#include "app/laws_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define EACH(f, m) struct model_flow *f = (m)->flows; f < (m)->flows + (m)->used; f++

static enum model_kind kind_of(const char *type)
{
	static const struct { const char *type; enum model_kind kind; } kinds[] = {
		{ "fifo", MODEL_FIFO }, { "rr", MODEL_RR }, { "wf2q+", MODEL_WF2Q }, { "prio", MODEL_PRIO },
	};

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(type, kinds[i].type))
			return kinds[i].kind;
	return MODEL_NONE;
}

void model_init(struct model *m, uint32_t flows, const char *type, uint64_t quantum)
{
	memset(m, 0, sizeof(*m));
	m->used = flows;
	m->kind = kind_of(type);
	m->quantum = quantum;
}

void model_fini(struct model *m)
{
	for (EACH(f, m))
		free(f->packets);
}

/* ---- fairness ---- */
/* D * sum = weight * W - sum * W_k */
static __int128 behind(const struct model *m, const struct model_flow *f)
{
	return (__int128)(f->weight * m->sent) - (__int128)(m->sum * f->sent);
}

static void note(const struct model *m, struct model_flow *f)
{
	__int128 d = behind(m, f);

	if (d - f->least > f->alpha)
		f->alpha = d - f->least;
	if (f->first_d - d > f->gain)
		f->gain = f->first_d - d;
	if (d < f->least)
		f->least = d;
}

/* The set of flows with packets, or a weight, is another: all begin anew. */
static void new_period(struct model *m)
{
	m->sum = 0;
	m->sent = 0;
	for (EACH(f, m)) {
		bool has = f->here && f->count;

		f->back = has && !f->watched;
		f->watched = has;
		if (f->watched)
			m->sum += f->weight;
		f->sent = 0;
		f->least = f->first_d = f->alpha = f->gain = 0;
	}
}

static void watch(struct model *m, const struct model_flow *f)
{
	if (f->watched != (f->here && f->count))
		new_period(m);
}

static void sends(struct model *m, struct model_flow *f, uint64_t bytes)
{
	m->sent += bytes;
	for (EACH(g, m))
		if (g->watched && g != f)
			note(m, g);
	if (f->watched) {
		note(m, f);		/* just before it completes */
		f->sent += bytes;
		note(m, f);
	}
	for (EACH(g, m))
		g->others += g == f ? 0 : bytes;
	f->others = f->asked = f->deadline = 0;
}

/* ---- who is next ---- */
static uint64_t in_force(struct model *m)
{
	uint64_t sum = 0;

	for (EACH(f, m))
		if (f->here && (f->busy || f->finish > m->v))
			sum += f->weight;
	return sum;
}

/* After all that could change it. */
static void weigh(struct model *m)
{
	uint64_t sum = in_force(m);

	if (sum != m->in_force)
		m->rest = 0;
	m->in_force = sum;
}

static void finish(struct model_flow *f, uint64_t bytes)
{
	f->finish = f->start + ((__int128)bytes << 29) / f->weight;
}

static bool before(const struct model *m, const struct model_flow *a, const struct model_flow *b)
{
	switch (m->kind) {
	case MODEL_FIFO:
		return a->packets[a->first].seq < b->packets[b->first].seq;
	case MODEL_RR:
		return a->stamp < b->stamp;
	case MODEL_PRIO:
		return a->pri != b->pri ? a->pri < b->pri : a->stamp < b->stamp;
	case MODEL_WF2Q:
		return a->finish != b->finish ? a->finish < b->finish : a->number < b->number;
	case MODEL_NONE:
		break;
	}
	return false;
}

static bool may(const struct model *m, const struct model_flow *f)
{
	if (m->kind == MODEL_FIFO)
		return f->here && f->count;
	return f->here && f->busy && (m->kind != MODEL_WF2Q || f->start <= m->v);
}

static struct model_flow *least(const struct model *m)
{
	struct model_flow *best = NULL;

	for (unsigned i = 0; i < m->used; i++) {
		struct model_flow *f = (struct model_flow *)&m->flows[i];

		if (may(m, f) && (!best || before(m, f, best)))
			best = f;
	}
	return best;
}

static uint64_t least_weight(const struct model *m)
{
	uint64_t w = UINT64_MAX;

	for (unsigned i = 0; i < m->used; i++)
		if (m->flows[i].here && m->flows[i].weight < w)
			w = m->flows[i].weight;
	return w;
}

static struct model_flow *next_rr(struct model *m)
{
	struct model_flow *f;

	while ((f = least(m)) != NULL) {
		uint64_t w = least_weight(m), share = m->quantum > m->rr_lmax ? m->quantum : m->rr_lmax;

		if (!f->began) {
			share = share * f->weight + (f->rest < w ? f->rest : 0);
			f->deficit += (int64_t)(share / w);
			f->rest = share % w;
			f->began = true;
		}
		if ((int64_t)f->head <= f->deficit)
			break;
		f->began = false;
		f->stamp = ++m->stamps;
	}
	return f;
}

static struct model_flow *next_wf2q(struct model *m)
{
	struct model_flow *f = least(m);
	bool any = false;
	__int128 v = 0;

	if (f)
		return f;
	for (EACH(g, m))
		if (g->here && g->busy && (!any || g->start < v)) {
			v = g->start;
			any = true;
		}
	if (!any)
		return NULL;
	m->v = v;
	weigh(m);
	return least(m);
}

struct model_flow *model_next(struct model *m)
{
	switch (m->kind) {
	case MODEL_RR:
		return next_rr(m);
	case MODEL_WF2Q:
		return next_wf2q(m);
	case MODEL_FIFO:
	case MODEL_PRIO:
		return least(m);
	case MODEL_NONE:
		break;
	}
	return NULL;
}

/* ---- flows ---- */
static void to_lmax(struct model *m, struct model_flow *f, uint64_t lmax)
{
	f->lmax = lmax;
	if (lmax > f->ever)
		f->ever = lmax;
	m->events++;
	if (f->busy && lmax > m->rr_lmax)
		m->rr_lmax = lmax;
}

static void wake(struct model *m, struct model_flow *f)
{
	uint64_t bytes = f->packets[f->first].bytes;

	m->events++;
	f->busy = true;
	f->head = bytes;
	f->stamp = ++m->stamps;
	to_lmax(m, f, f->lmax_told > bytes ? f->lmax_told : bytes);
	f->start = f->finish > m->v ? f->finish : m->v;
	finish(f, bytes);
	f->others = f->asked = f->deadline = 0;
}

static void doze(struct model *m, struct model_flow *f)
{
	bool any = false;

	f->busy = false;
	f->head = 0;
	f->deficit = 0;
	f->rest = 0;
	f->began = false;
	for (EACH(g, m))
		any |= g->here && g->busy;
	if (!any)
		m->rr_lmax = 0;
}

void model_idle(struct model *m, struct model_flow *f)
{
	doze(m, f);
}

void model_add(struct model *m, struct model_flow *f, uint32_t weight, uint32_t pri, uint64_t lmax)
{
	struct model_packet *packets = f->packets;
	uint32_t room = f->room;

	memset(f, 0, sizeof(*f));
	f->packets = packets;
	f->room = room;
	m->events++;
	f->here = true;
	f->number = m->numbers++;
	f->weight = weight;
	f->pri = pri;
	f->lmax_told = f->lmax = lmax;
}

void model_remove(struct model *m, struct model_flow *f)
{
	while (f->count)
		model_cut(m, f);
	f->here = false;
	doze(m, f);
	weigh(m);
}

static __int128 scale(const struct model *m, __int128 t, uint32_t from, uint32_t to)
{
	return t > m->v ? m->v + (t - m->v) * from / to : m->v - (m->v - t) * from / to;
}

void model_change(struct model *m, struct model_flow *f, uint32_t weight, uint32_t pri, uint64_t lmax)
{
	f->lmax_told = lmax;
	if (!f->busy || lmax > f->lmax)
		to_lmax(m, f, lmax);
	if (pri != f->pri)
		f->stamp = m->kind == MODEL_PRIO ? ++m->stamps : f->stamp;
	f->pri = pri;
	if (weight == f->weight)
		return;
	f->start = scale(m, f->start, f->weight, weight);
	f->finish = scale(m, f->finish, f->weight, weight);
	f->weight = weight;
	m->events++;
	if (f->busy)
		finish(f, f->head);
	weigh(m);
	new_period(m);
}

void model_become(struct model *m, const char *type, uint64_t quantum)
{
	m->kind = kind_of(type);
	m->quantum = quantum;
	m->v = 0;
	m->rest = 0;
	m->rr_lmax = 0;
	for (EACH(f, m)) {
		f->busy = false;
		f->head = f->rest = 0;
		f->deficit = 0;
		f->began = false;
		f->start = f->finish = 0;
		if (!f->here || !f->count)
			continue;
		f->busy = true;
		f->head = f->packets[f->first].bytes;
		f->stamp = f->packets[f->first].seq;
		to_lmax(m, f, f->lmax);
		finish(f, f->head);
		f->others = f->asked = f->deadline = 0;
	}
	weigh(m);
	m->rest = 0;
	m->events++;
	new_period(m);
}

/* ---- packets ---- */
static void grow(struct model_flow *f)
{
	uint32_t room = f->room ? 2 * f->room : 16;
	struct model_packet *packets = malloc(room * sizeof(*packets));

	BUG_ON(!packets);
	for (uint32_t i = 0; i < f->count; i++)
		packets[i] = f->packets[(f->first + i) % f->room];
	free(f->packets);
	f->packets = packets;
	f->first = 0;
	f->room = room;
}

void model_put(struct model *m, struct model_flow *f, uint64_t seq, uint64_t bytes)
{
	if (f->count == f->room)
		grow(f);
	f->packets[(f->first + f->count++) % f->room] = (struct model_packet){ seq, bytes };
	f->bytes += bytes;
	m->packets++;
	m->bytes += bytes;
	if (m->stamps < seq)
		m->stamps = seq;	/* stamps and numbers of packets in one order, for model_become() */
	if (bytes > m->lmax)
		m->lmax = bytes;
	if (!f->busy)
		wake(m, f);
	else if (bytes > f->lmax)
		to_lmax(m, f, bytes);
	if (f->count == 1 && f->head != bytes) {
		f->head = bytes;
		finish(f, bytes);
	}
	weigh(m);
	watch(m, f);
}

static struct model_packet pop(struct model *m, struct model_flow *f)
{
	struct model_packet p = f->packets[f->first];

	f->first = (f->first + 1) % f->room;
	f->count--;
	f->bytes -= p.bytes;
	m->packets--;
	m->bytes -= p.bytes;
	return p;
}

struct model_packet model_cut(struct model *m, struct model_flow *f)
{
	struct model_packet p = pop(m, f);

	if (f->count && f->packets[f->first].bytes != f->head) {
		f->head = f->packets[f->first].bytes;
		finish(f, f->head);
	}
	watch(m, f);
	return p;
}

static void serve_wf2q(struct model *m, struct model_flow *f, uint64_t bytes)
{
	unsigned __int128 work = ((unsigned __int128)bytes << 29) + m->rest;

	m->v += (__int128)(work / m->in_force);
	m->rest = (uint64_t)(work % m->in_force);
	finish(f, bytes);
	f->start = f->finish;
}

void model_served(struct model *m, struct model_flow *f, uint32_t cuts, uint64_t bytes)
{
	if (m->kind == MODEL_WF2Q)
		serve_wf2q(m, f, bytes);
	f->deficit -= (int64_t)bytes;
	if (m->kind == MODEL_PRIO)
		f->stamp = ++m->stamps;
	for (uint32_t i = 0; i < cuts; i++)
		pop(m, f);
	if (bytes) {
		pop(m, f);
		sends(m, f, bytes);
	}
	if (f->count) {
		f->head = f->packets[f->first].bytes;
		finish(f, f->head);
	} else {
		doze(m, f);
	}
	weigh(m);
	watch(m, f);
}
