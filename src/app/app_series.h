/* app/app_series.h - what every pipe, and every flow of a mask, did in each interval of virtual time; feeds the CSV and
 * the picture. */
#ifndef APP_APP_SERIES_H
#define APP_APP_SERIES_H

#include "base/err.h"
#include "lane/lane.h"

struct app_series;

struct series_point {		/* one object, or one flow of it, in (at - length, at] */
	nrw_time at, length;
	uint64_t in_bytes, out_bytes;
	uint64_t backlog_packets, backlog_bytes;	/* at `at` */
	uint64_t wait_p50_ns, wait_p99_ns;		/* of packets whose service ended in it */
	uint64_t wait_count, wait_max_ns;
	struct u128 wait_sum_ns;
	uint64_t drops, marks;
};

/* `flow` as emu_flow_print() has it, "" for the object itself. */
typedef void series_sink(void *ctx, const char *object, const char *flow, const struct series_point *p);

/* Samples the pipes that `l` has whenever it samples. A stretch of very many samples is given up when stop() is true
 * (may be NULL). NULL: no memory. */
struct app_series *app_series_new(struct lane *l, nrw_time interval, bool (*stop)(void));
void app_series_free(struct app_series *s);
/* One more reader of the points, at most two; `totals`: also those of app_series_watch(). */
void app_series_to(struct app_series *s, series_sink *sink, void *ctx, bool totals);

/* One more object, whose counts the caller keeps: the picture of a run without a pipe. What it points to must stay. */
struct series_totals {
	const uint64_t *in_bytes, *out_bytes, *drops;	/* drops: DROP_COUNT of them */
};
int app_series_watch(struct app_series *s, const char *object, const struct series_totals *totals);	/* ERR_NOMEM */

/* Takes every sample whose time is before `now`, letting the lane's departures out on the way. */
void app_series_until(struct app_series *s, nrw_time now);
/* The sample that closes the interval in which `now` lies. */
void app_series_finish(struct app_series *s, nrw_time now);

/* A sink: rows of CSV as docs/ARCHITECTURE.md names its columns. */
void series_csv_head(FILE *to);
void series_csv_row(void *to, const char *object, const char *flow, const struct series_point *p);

#endif
