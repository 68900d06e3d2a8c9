/* app/app_series.c - samples of every pipe, queue, sched and of every flow at k * interval, k = 1, 2, …
 *
 * A sample at T covers (T - interval, T], everything at T included: it is taken when the first thing after T is about
 * to happen. In a stretch in which nothing happens to an object, and its backlog stands still, only the first and the
 * last sample are given, so that a capture with a gap of a year has two rows there and not millions, also where a link
 * is paused meanwhile; who draws lines between the rows sees the same.
 *
 * Pipes come and go while a script runs, flows with their packets; so each sample walks what there is (pipes by number,
 * flows of each by their first packets) beside the objects of the last sample, which stand in the same order: both
 * lists are read once, what is new is entered, what is gone leaves. A flow that was forgotten since the last sample is
 * still there for this one (emu_flows_forget()), so no count is lost. Cost: one pass over pipes and flows an interval.
 * */
#include "app_series.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LONG_STRETCH 65536	/* samples */

struct series_counts {
	uint64_t bytes, out_bytes, drops, marks, backlog_packets, backlog_bytes;
};

struct series_object {
	enum emu_kind kind;
	uint32_t number;
	uint64_t flow;			/* 0: the object itself; else the id of the flow */
	struct series_counts before;	/* at the last sample */
	struct series_point now;	/* the newest sample */
	bool quiet;			/* nothing happened in it, to the backlog neither */
	bool waiting;			/* nor in the one before, so it is not given yet */
	char name[24];
	char text[];			/* of the flow */
};

struct series_list {			/* by kind, number, flow */
	struct series_object **at;
	size_t count, room;
};

struct app_series {
	struct lane *lane;
	bool (*stop)(void);
	nrw_time interval;
	nrw_time next, length;		/* when the next sample is taken, and how much it covers; NRW_NEVER: no more */
	struct series_list objects, spare;
	struct series_object *total;	/* of app_series_watch(); NULL: none */
	struct series_totals totals;
	bool lost;			/* no memory for an object: it has no rows */
	struct hist wait;		/* of one object in one interval */
	struct {
		series_sink *sink;
		void *ctx;
		bool totals;
	} to[2];
	unsigned readers;
};

static struct series_object *object_new(enum emu_kind kind, uint32_t number, uint64_t flow, const char *text)
{
	static const char *const kinds[] = { [EMU_PIPE] = "pipe", [EMU_QUEUE] = "queue", [EMU_SCHED] = "sched" };
	size_t n = strlen(text) + 1;
	struct series_object *o = calloc(1, sizeof(*o) + n);

	if (!o)
		return NULL;
	o->kind = kind;
	o->number = number;
	o->flow = flow;
	snprintf(o->name, sizeof(o->name), "%s %" PRIu32, kinds[kind], number);
	memcpy(o->text, text, n);
	return o;
}

static bool list_put(struct series_list *l, struct series_object *o)
{
	size_t room = l->room ? 2 * l->room : 16;
	struct series_object **at;

	if (l->count == l->room) {
		at = realloc(l->at, room * sizeof(struct series_object *));
		if (!at)
			return false;
		l->at = at;
		l->room = room;
	}
	l->at[l->count++] = o;
	return true;
}

struct app_series *app_series_new(struct lane *l, nrw_time interval, bool (*stop)(void))
{
	struct app_series *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->lane = l;
	s->stop = stop;
	s->interval = s->next = s->length = interval;
	hist_init(&s->wait);
	emu_series_start(lane_emu(l));
	return s;
}

void app_series_free(struct app_series *s)
{
	if (!s)
		return;
	hist_fini(&s->wait);
	for (size_t i = 0; i < s->objects.count; i++)
		free(s->objects.at[i]);
	free(s->objects.at);
	free(s->spare.at);
	free(s->total);
	free(s);
}

void app_series_to(struct app_series *s, series_sink *sink, void *ctx, bool totals)
{
	BUG_ON(s->readers == 2);
	s->to[s->readers].sink = sink;
	s->to[s->readers].ctx = ctx;
	s->to[s->readers++].totals = totals;
}

int app_series_watch(struct app_series *s, const char *object, const struct series_totals *totals)
{
	s->total = object_new(EMU_PIPE, 0, 0, "");
	if (!s->total)
		return ERR_NOMEM;
	snprintf(s->total->name, sizeof(s->total->name), "%s", object);
	s->totals = *totals;
	return 0;
}

static void give(struct app_series *s, const struct series_object *o)
{
	for (unsigned i = 0; i < s->readers; i++)
		if (o != s->total || s->to[i].totals)
			s->to[i].sink(s->to[i].ctx, o->name, o->text, &o->now);
}

static uint64_t all_drops(const uint64_t drops[DROP_COUNT])
{
	uint64_t n = 0;

	for (unsigned d = 0; d < DROP_COUNT; d++)
		n += drops[d];
	return n;
}

static bool happened(const struct series_point *p, const struct series_point *before)
{
	return p->in_bytes || p->out_bytes || p->wait_count || p->drops || p->marks ||
		p->backlog_packets != before->backlog_packets || p->backlog_bytes != before->backlog_bytes;
}

/* The newest sample of o, with s->wait. The last one of an idle stretch is given when it ends: here, before others give
 * theirs of now, so that times never go back from row to row. A pipe that was made anew counts from zero. */
static void sample(struct app_series *s, struct series_object *o, nrw_time at, const struct series_counts *c)
{
	struct series_counts zero = { 0 };
	const struct series_counts *before = c->bytes < o->before.bytes ? &zero : &o->before;
	struct series_point p = {
		.at = at, .length = s->length, .in_bytes = c->bytes - before->bytes,
		.out_bytes = c->out_bytes - before->out_bytes, .backlog_packets = c->backlog_packets,
		.backlog_bytes = c->backlog_bytes, .wait_p50_ns = hist_quantile(&s->wait, 500),
		.wait_p99_ns = hist_quantile(&s->wait, 990), .wait_count = s->wait.count, .wait_max_ns = s->wait.max,
		.wait_sum_ns = s->wait.sum, .drops = c->drops - before->drops, .marks = c->marks - before->marks,
	};
	bool idle = !happened(&p, &o->now);

	o->before = *c;
	if (!idle && o->waiting)
		give(s, o);
	o->waiting = idle && o->quiet;
	o->quiet = idle;
	o->now = p;
}

static void sample_itself(struct app_series *s, struct series_object *o, nrw_time at)
{
	struct emu_stats st;

	emu_stats(lane_emu(s->lane), o->kind, o->number, &st);
	emu_series_take(lane_emu(s->lane), o->kind, o->number, &s->wait);
	sample(s, o, at, &(struct series_counts){ st.bytes, st.out_bytes, all_drops(st.drops), st.marks,
		st.backlog_packets, st.backlog_bytes });
}

static void sample_flow(struct app_series *s, struct series_object *o, struct emu_flow *flow, nrw_time at)
{
	struct emu_flow_stats st;

	emu_flow_stats(flow, &st);
	emu_flow_series_take(flow, &s->wait);
	sample(s, o, at, &(struct series_counts){ st.bytes, st.out_bytes, all_drops(st.drops), st.marks,
		st.backlog_packets, st.backlog_bytes });
}

static void sample_total(struct app_series *s, nrw_time at)
{
	hist_clear(&s->wait);
	sample(s, s->total, at, &(struct series_counts){ *s->totals.in_bytes, *s->totals.out_bytes,
		all_drops(s->totals.drops), 0, 0, 0 });
}

/* Where an object stands among all. */
struct series_place {
	enum emu_kind kind;
	uint32_t number;
	uint64_t flow;
};

static int compare(const struct series_object *o, const struct series_place *p)
{
	if (o->kind != p->kind)
		return o->kind < p->kind ? -1 : 1;
	if (o->number != p->number)
		return o->number < p->number ? -1 : 1;
	return o->flow < p->flow ? -1 : o->flow > p->flow;
}

/* Objects of the last sample that come before are there no more; NULL: all that are left. */
static void leave_until(struct app_series *s, size_t *i, const struct series_place *p)
{
	for (; *i < s->objects.count; (*i)++) {
		struct series_object *o = s->objects.at[*i];

		if (p && compare(o, p) >= 0)
			return;
		if (o->waiting)
			give(s, o);
		free(o);
	}
}

/* The object that stands there, the old one or a new one, at the end of the new list. NULL: no memory. */
static struct series_object *enter(struct app_series *s, size_t *i, const struct series_place *p,
	const struct emu_flow *told)
{
	char text[EMU_FLOW_TEXT] = "";
	struct series_object *o;

	leave_until(s, i, p);
	if (*i < s->objects.count && !compare(s->objects.at[*i], p))
		o = s->objects.at[(*i)++];
	else
		o = object_new(p->kind, p->number, p->flow, told ? emu_flow_print(told, text) : "");
	if (o && list_put(&s->spare, o))
		return o;
	free(o);
	s->lost = true;
	return NULL;
}

static void sample_flows(struct app_series *s, size_t *i, struct series_place p, nrw_time at)
{
	struct emu *e = lane_emu(s->lane);

	for (struct emu_flow *flow = NULL; (flow = emu_flow_next(e, p.kind, p.number, flow));) {
		struct emu_flow_stats st;
		struct series_object *o;

		emu_flow_stats(flow, &st);
		p.flow = st.id;
		o = enter(s, i, &p, flow);
		if (o)
			sample_flow(s, o, flow, at);
	}
}

static void sample_kind(struct app_series *s, size_t *i, enum emu_kind kind, nrw_time at)
{
	struct series_place p = { .kind = kind };

	for (uint32_t n = 0; emu_at(lane_emu(s->lane), kind, n, &p.number); n++) {
		struct series_object *o = enter(s, i, &p, NULL);

		if (o)
			sample_itself(s, o, at);
		sample_flows(s, i, p, at);
	}
}

static void sample_objects(struct app_series *s, nrw_time at)
{
	struct series_list old = s->objects;
	size_t i = 0;

	s->spare.count = 0;
	for (enum emu_kind kind = EMU_PIPE; kind <= EMU_SCHED; kind++)
		sample_kind(s, &i, kind, at);
	leave_until(s, &i, NULL);
	s->objects = s->spare;
	s->spare = old;
	emu_flows_forget(lane_emu(s->lane));
}

/* Nothing can happen before `now` and nothing happened of late: the samples between are all alike. */
static bool can_jump(const struct app_series *s, nrw_time now)
{
	if (lane_next(s->lane) < now || (s->total && !s->total->quiet))
		return false;
	for (size_t i = 0; i < s->objects.count; i++)
		if (!s->objects.at[i]->quiet)
			return false;
	return s->objects.count || s->total;
}

/* The last interval ends where time does. */
static void step(struct app_series *s)
{
	nrw_time left = NRW_NEVER - 1 - s->next;

	s->length = s->interval < left ? s->interval : left;
	s->next = left ? s->next + s->length : NRW_NEVER;
}

static void sample_all(struct app_series *s)
{
	lane_advance(s->lane, s->next);
	emu_settle(lane_emu(s->lane), s->next);
	sample_objects(s, s->next);
	if (s->total)
		sample_total(s, s->next);
	for (size_t i = 0; i < s->objects.count; i++)
		if (!s->objects.at[i]->waiting)
			give(s, s->objects.at[i]);
	if (s->total && !s->total->waiting)
		give(s, s->total);
	step(s);
}

/* Short intervals under a long backlog may be more than anyone has time for: an interrupt is looked at now and then. */
void app_series_until(struct app_series *s, nrw_time now)
{
	for (uint32_t n = 1; s->next < now; n++) {
		if (can_jump(s, now))
			s->next += (now - 1 - s->next) / s->interval * s->interval;
		sample_all(s);
		if (n % LONG_STRETCH == 0 && s->stop && s->stop())
			s->next = NRW_NEVER;
	}
}

void app_series_finish(struct app_series *s, nrw_time now)
{
	app_series_until(s, now);
	if (s->next != NRW_NEVER)
		sample_all(s);
	for (size_t i = 0; i < s->objects.count; i++)
		if (s->objects.at[i]->waiting)
			give(s, s->objects.at[i]);
	if (s->total && s->total->waiting)
		give(s, s->total);
}

static uint64_t bits_per_second(uint64_t bytes, nrw_time length)
{
	struct u128 bit_ns = u128_mul64(bytes, 8 * NRW_S);
	struct u128 rate = u128_div64(bit_ns, length, NULL);

	return rate.hi ? UINT64_MAX : rate.lo;
}

void series_csv_head(FILE *to)
{
	fputs("time_s,object,flow,in_bps,out_bps,backlog_packets,backlog_bytes,wait_p50_ns,wait_p99_ns,drops,marks\n",
		to);
}

void series_csv_row(void *to, const char *object, const char *flow, const struct series_point *p)
{
	const uint64_t columns[] = {
		bits_per_second(p->in_bytes, p->length), bits_per_second(p->out_bytes, p->length), p->backlog_packets,
		p->backlog_bytes, p->wait_p50_ns, p->wait_p99_ns, p->drops, p->marks,
	};

	fprintf(to, "%" PRIu64 ".%09" PRIu64 ",%s,%s", p->at / NRW_S, p->at % NRW_S, object, flow);
	for (unsigned i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		fprintf(to, ",%" PRIu64, columns[i]);
	fputc('\n', to);
}
