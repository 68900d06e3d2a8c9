/* app/app_series.c - samples of every pipe at k * interval, k = 1, 2, …
 *
 * A sample at T covers (T - interval, T], everything at T included: it is taken when the first thing after T is about
 * to happen. In a stretch in which nothing happens to a pipe and no backlog stands in it, only the first and the last
 * sample are given, so that a capture with a gap of a year has two rows there and not millions; who draws lines between
 * the rows sees the same. Cost: one pass over the pipes an interval. */
#include "app_series.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LONG_STRETCH 65536	/* samples */

struct series_object {
	uint32_t pipe;
	struct series_totals totals;	/* set: no pipe, these counts */
	char name[24];
	struct emu_stats before;	/* at the last sample */
	struct series_point now;	/* the newest sample */
	bool quiet;			/* nothing happened in it */
	bool waiting;			/* nor in the one before, so it is not given yet */
};

struct app_series {
	struct lane *lane;
	bool (*stop)(void);
	nrw_time interval;
	nrw_time next, length;		/* when the next sample is taken, and how much it covers; NRW_NEVER: no more */
	struct series_object *objects;
	uint32_t count;
	struct hist wait;		/* of one object in one interval */
	struct {
		series_sink *sink;
		void *ctx;
		bool totals;
	} to[2];
	unsigned readers;
};

struct app_series *app_series_new(struct lane *l, nrw_time interval, bool (*stop)(void))
{
	struct app_series *s = calloc(1, sizeof(*s));
	uint32_t number, n = 0;

	if (!s)
		return NULL;
	while (emu_at(lane_emu(l), EMU_PIPE, n, &number))
		n++;
	s->objects = calloc(n ? n : 1, sizeof(*s->objects));
	if (!s->objects) {
		free(s);
		return NULL;
	}
	for (uint32_t i = 0; i < n && emu_at(lane_emu(l), EMU_PIPE, i, &number); i++) {
		s->objects[i].pipe = number;
		snprintf(s->objects[i].name, sizeof(s->objects[i].name), "pipe %" PRIu32, number);
	}
	s->lane = l;
	s->stop = stop;
	s->count = n;
	s->interval = s->next = s->length = interval;
	hist_init(&s->wait);
	return s;
}

void app_series_free(struct app_series *s)
{
	if (!s)
		return;
	hist_fini(&s->wait);
	free(s->objects);
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
	struct series_object *objects = realloc(s->objects, (s->count + 1) * sizeof(*objects));

	if (!objects)
		return ERR_NOMEM;
	s->objects = objects;
	objects[s->count] = (struct series_object){ .totals = *totals };
	snprintf(objects[s->count].name, sizeof(objects->name), "%s", object);
	s->count++;
	return 0;
}

static void give(struct app_series *s, const struct series_object *o, const struct series_point *p)
{
	for (unsigned i = 0; i < s->readers; i++)
		if (!o->totals.in_bytes || s->to[i].totals)
			s->to[i].sink(s->to[i].ctx, o->name, p);
}

static uint64_t all_drops(const struct emu_stats *st)
{
	uint64_t n = 0;

	for (unsigned d = 0; d < DROP_COUNT; d++)
		n += st->drops[d];
	return n;
}

static bool happened(const struct series_point *p)
{
	return p->in_bytes || p->out_bytes || p->backlog_packets || p->wait_count || p->drops || p->marks;
}

static void read_counts(struct app_series *s, const struct series_object *o, struct emu_stats *st)
{
	if (!o->totals.in_bytes) {
		emu_stats(lane_emu(s->lane), EMU_PIPE, o->pipe, st);
		emu_series_take(lane_emu(s->lane), EMU_PIPE, o->pipe, &s->wait);
		return;
	}
	*st = (struct emu_stats){ .bytes = *o->totals.in_bytes, .out_bytes = *o->totals.out_bytes };
	memcpy(st->drops, o->totals.drops, sizeof(st->drops));
	hist_clear(&s->wait);
}

/* The newest sample of o. The last one of an idle stretch is given when it ends: here, before others give theirs of
 * now, so that times never go back from row to row. */
static void sample(struct app_series *s, struct series_object *o, nrw_time at)
{
	struct series_point p = { .at = at, .length = s->length };
	struct emu_stats st;
	bool idle;

	read_counts(s, o, &st);
	p.in_bytes = st.bytes - o->before.bytes;
	p.out_bytes = st.out_bytes - o->before.out_bytes;
	p.backlog_packets = st.backlog_packets;
	p.backlog_bytes = st.backlog_bytes;
	p.wait_p50_ns = hist_quantile(&s->wait, 500);
	p.wait_p99_ns = hist_quantile(&s->wait, 990);
	p.wait_count = s->wait.count;
	p.wait_max_ns = s->wait.max;
	p.wait_sum_ns = s->wait.sum;
	p.drops = all_drops(&st) - all_drops(&o->before);
	p.marks = st.marks - o->before.marks;
	o->before = st;
	idle = !happened(&p);
	if (!idle && o->waiting)
		give(s, o, &o->now);
	o->waiting = idle && o->quiet;
	o->quiet = idle;
	o->now = p;
}

/* Nothing can happen before `now` and nothing stands in a queue: the samples between are all alike. */
static bool can_jump(const struct app_series *s, nrw_time now)
{
	if (lane_next(s->lane) < now)
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		if (!s->objects[i].quiet)
			return false;
	return true;
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
	for (uint32_t i = 0; i < s->count; i++)
		sample(s, &s->objects[i], s->next);
	for (uint32_t i = 0; i < s->count; i++)
		if (!s->objects[i].waiting)
			give(s, &s->objects[i], &s->objects[i].now);
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
	for (uint32_t i = 0; i < s->count; i++)
		if (s->objects[i].waiting)
			give(s, &s->objects[i], &s->objects[i].now);
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

void series_csv_row(void *to, const char *object, const struct series_point *p)
{
	const uint64_t columns[] = {
		bits_per_second(p->in_bytes, p->length), bits_per_second(p->out_bytes, p->length), p->backlog_packets,
		p->backlog_bytes, p->wait_p50_ns, p->wait_p99_ns, p->drops, p->marks,
	};

	fprintf(to, "%" PRIu64 ".%09" PRIu64 ",%s,", p->at / NRW_S, p->at % NRW_S, object);
	for (unsigned i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		fprintf(to, ",%" PRIu64, columns[i]);
	fputc('\n', to);
}
