/* app/app_pcap.c - the journey of captures: readers, lane, writers, all in virtual time.
 *
 *      cap_inputs_read (bursts of up to 64) --> arrival time --> lane_input --+--> out:  -w, --both (after)
 *              |   --filter: others are not there                             +--> drop: --dropped, --both (comment)
 *              +--> samples before each arrival (app_series)                  +--> held until an advance lets it out
 *
 * Time: a packet arrives at max(its own time, the latest arrival so far), counted from the first record's time. What
 * nothing held leaves with its own time, untouched. After the last record the lane runs until nothing is held: virtual
 * time costs nothing.
 *
 * A file that grows (--follow) is the same, but that its end is waited for; what was written by then goes out first.
 *
 * Cost per packet: one pool packet, one arrival, and what lane and writers take; nothing here allocates after start.
 * Memory does not grow with the input: a mapped file is read in place, a stream in one buffer. One thread. */
#include "app_pcap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_plot.h"
#include "app/app_series.h"
#include "app_int.h"
#include "base/os.h"

struct app_pcap {
	struct app_pcap_cfg cfg;
	struct app_pcap_totals totals;
	struct pkt_pool *pool;
	struct lane *lane;
	struct cap_inputs *in;
	struct app_filter *filter;	/* NULL: every packet is there */
	struct app_outputs *outputs;
	struct app_series *series;
	struct app_plot *plot;
	struct app_text_out csv, svg;

	/* the clock of the run */
	bool started;
	uint64_t start_ns;		/* since 1970: time 0 */
	nrw_time now;			/* latest arrival */
	uint64_t round, shift_ns;	/* of --loop */
	bool time_over;			/* the shifted time does not fit into 64 bits */
	struct app_came came;		/* the packet that is in lane_input() now; p is set for --both alone */
	int failed;			/* the first error of an output */
	struct err why;
};

static void fail(struct app_pcap *a, int rc)
{
	if (!a->failed)
		a->failed = rc;
}

static __attribute__((noinline)) void write_out(struct app_pcap *a, const struct pkt *p, enum lane_way way)
{
	uint64_t at = way == LANE_RELEASED ? a->start_ns + p->at : p->at;

	if (!a->failed)
		fail(a, app_outputs_out(a->outputs, p, at, way != LANE_RELEASED ? &a->came : NULL, &a->why));
}

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct app_pcap *a = ctx;

	a->totals.not_ip += way == LANE_BYPASSED;
	a->totals.out_packets++;
	a->totals.out_bytes += p->wire_bytes;
	if (a->outputs)
		write_out(a, p, way);
	pkt_free(a->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct app_pcap *a = ctx;
	uint64_t own = end->own ? p->at : end->held ? a->start_ns + p->at : a->came.own;
	const struct app_came *came = end->held ? NULL : &a->came;

	a->totals.drops[end->why]++;
	if (a->outputs && !a->failed)
		fail(a, app_outputs_dropped(a->outputs, p, own, came, lane_rules(a->lane), end, &a->why));
	pkt_free(a->pool, p);
}

static void on_held(void *ctx, const struct pkt *p)
{
	struct app_pcap *a = ctx;

	if (!a->failed)
		fail(a, app_outputs_held(a->outputs, p, &a->came, &a->why));
}

static void on_answer(void *ctx, struct pkt *p, uint32_t rule)
{
	struct app_pcap *a = ctx;

	a->totals.out_answers++;
	a->totals.out_packets++;
	a->totals.out_bytes += p->wire_bytes;
	if (a->outputs && !a->failed)
		fail(a, app_outputs_answer(a->outputs, p, a->start_ns + p->at, lane_rules(a->lane), rule, &a->why));
	pkt_free(a->pool, p);
}

static void on_said(void *ctx, enum lane_said what, const char *text)
{
	struct app_pcap *a = ctx;

	a->totals.failed_commands += what == LANE_FAILED;
	if (a->cfg.said)
		a->cfg.said(what, text);
}

/* Pipes, queues and scheds. */
static uint32_t count_objects(const struct app_pcap *a)
{
	uint32_t n = 0, number;

	for (enum emu_kind kind = EMU_PIPE; kind <= EMU_SCHED; kind++)
		for (uint32_t i = 0; emu_at(lane_emu(a->lane), kind, i, &number); i++)
			n++;
	return n;
}

/* A run without a pipe has a picture too: what came in, what went out. */
static int watch_totals(struct app_pcap *a)
{
	struct series_totals totals = { &a->totals.bytes, &a->totals.out_bytes, a->totals.drops };

	return count_objects(a) ? 0 : app_series_watch(a->series, "all packets", &totals);
}

static int open_series(struct app_pcap *a, struct err *e)
{
	if (!a->cfg.series && !a->cfg.plot)
		return 0;
	a->series = app_series_new(a->lane, a->cfg.interval, a->cfg.stop);
	if (a->cfg.plot)
		a->plot = app_plot_new();
	if (!a->series || (a->cfg.plot && (!a->plot || watch_totals(a))))
		return err_set(e, ERR_NOMEM, "no memory for series");
	if (a->cfg.series) {
		if (app_text_open(&a->csv, a->cfg.series, e))
			return ERR_IO;
		series_csv_head(a->csv.file);
		app_series_to(a->series, series_csv_row, a->csv.file, false);
	}
	if (a->plot) {
		if (app_text_open(&a->svg, a->cfg.plot, e))
			return ERR_IO;
		app_series_to(a->series, app_plot_point, a->plot, true);
	}
	return 0;
}

/* As struct meta counts them: from 1. */
static const char *iface_name(void *ctx, uint16_t number)
{
	const struct app_pcap *a = ctx;
	const struct cap_iface *i = a->in && number ? cap_inputs_iface(a->in, number - 1u) : NULL;

	if (a->cfg.iface)
		return a->cfg.iface;
	return i && *i->name ? i->name : "pcap0";
}

static bool is_path(const char *path, const char *other)
{
	return other && (!strcmp(path, other) || os_same_file(path, other));
}

/* A file that a pipe names: no input, and no other output. */
static int may_write(void *ctx, const char *path, struct err *e)
{
	const struct app_pcap *a = ctx;
	const struct app_pcap_cfg *c = &a->cfg;
	const char *const outputs[] = { c->out, c->dropped, c->both, c->series, c->plot };

	for (unsigned i = 0; i < c->input_count; i++)
		if (is_path(path, c->inputs[i]))
			return err_set(e, ERR_USAGE, "%s: is an input", path);
	for (unsigned i = 0; i < sizeof(outputs) / sizeof(*outputs); i++)
		if (is_path(path, outputs[i]))
			return err_set(e, ERR_USAGE, "%s: is an output already", path);
	return 0;
}

static int make_lane(struct app_pcap *a, struct lane_script *script, struct errs *warnings, struct err *e)
{
	struct lane_cfg cfg = a->cfg.lane;

	cfg.iface_name = iface_name;
	cfg.ops = (struct lane_ops){ .out = on_out, .drop = on_drop, .held = a->cfg.both ? on_held : NULL,
		.answer = a->cfg.answers ? on_answer : NULL, .said = on_said, .may_write = may_write, .ctx = a };
	a->pool = cfg.pool = pkt_pool_new(0);
	a->lane = a->pool ? lane_new(&cfg) : NULL;
	if (!a->lane)
		return err_set(e, ERR_NOMEM, "no memory for the lane");
	return lane_commit(a->lane, script, warnings, e);
}

static const char *input_name(const struct app_pcap *a, unsigned i)
{
	return strcmp(a->cfg.inputs[i], "-") ? a->cfg.inputs[i] : "standard input";
}

/* The input that cannot be read twice. */
static const char *stream_name(const struct app_pcap *a)
{
	unsigned i = 0;

	while (i + 1 < a->cfg.input_count && cap_size_bytes(cap_inputs_at(a->in, i)))
		i++;
	return input_name(a, i);
}

static int open_inputs(struct app_pcap *a, struct err *e)
{
	const struct app_pcap_cfg *c = &a->cfg;
	int rc = c->filter ? app_filter_new(&a->filter, c->filter, e) : 0;

	if (!rc)
		rc = cap_inputs_open(&a->in, c->inputs, c->input_count, c->follow, e);
	if (!rc && c->loops > 1 && cap_inputs_rewind(a->in))
		rc = err_set(e, ERR_USAGE, "--loop: %s cannot be read again; a file can", stream_name(a));
	return rc;
}

static int open_files(struct app_pcap *a, struct err *e)
{
	const struct app_pcap_cfg *c = &a->cfg;
	int rc = open_inputs(a, e);

	if (!rc)
		rc = app_outputs_refuse_input(c, e);
	if (!rc && (c->out || c->dropped || c->both))
		rc = app_outputs_open(&a->outputs, a->in, a->pool, c->out, c->dropped, c->both, e);
	if (!rc)
		rc = open_series(a, e);
	return rc ? rc : app_outputs_refuse_input(c, e);	/* again: now all of them exist */
}

int app_pcap_open(struct app_pcap **out, const struct app_pcap_cfg *cfg, struct lane_script *script,
	struct errs *warnings, struct err *e)
{
	struct app_pcap *a = calloc(1, sizeof(*a));
	int rc;

	if (!a)
		return err_set(e, ERR_NOMEM, "no memory");
	a->cfg = *cfg;
	rc = make_lane(a, script, warnings, e);
	if (!rc)
		rc = open_files(a, e);
	if (rc) {
		app_pcap_close(a);
		return rc;
	}
	*out = a;
	return 0;
}

void app_pcap_close(struct app_pcap *a)
{
	if (!a)
		return;
	app_text_close(&a->csv, NULL);
	app_text_close(&a->svg, NULL);
	app_series_free(a->series);
	app_plot_free(a->plot);
	app_outputs_close(a->outputs, NULL);
	lane_free(a->lane);
	if (a->pool)
		pkt_pool_free(a->pool);
	cap_inputs_close(a->in);
	app_filter_free(a->filter);
	free(a);
}

static void start(struct app_pcap *a, uint64_t own)
{
	a->started = true;
	a->start_ns = a->totals.first_ns = a->totals.last_ns = own;
	lane_end_at(a->lane, NRW_NEVER - own);
	lane_start_at(a->lane, own);
	lane_epoch(a->lane, own);
}

/* Its arrival by the rule above, and the counts that time gives. */
static nrw_time arrive(struct app_pcap *a, const struct pkt *p)
{
	if (!a->started)
		start(a, p->at);
	if (p->at < a->totals.last_ns) {
		a->totals.backwards++;
	} else {
		a->totals.last_ns = p->at;
		a->now = p->at - a->start_ns;
	}
	return a->now;
}

/* False: its time in this round is past the end of 64 bits, and p still the caller's. */
static bool input(struct app_pcap *a, struct pkt *p)
{
	nrw_time now;

	if (p->at >= NRW_NEVER - a->shift_ns)
		return false;
	p->at += a->shift_ns;
	a->came.own = p->at;
	if (a->cfg.both)
		a->came.p = *p;
	now = arrive(a, p);
	if (a->series)
		app_series_until(a->series, now);
	a->totals.packets++;
	a->totals.bytes += p->wire_bytes;
	lane_input(a->lane, p, now);
	return true;
}

static bool stopped(struct app_pcap *a)
{
	if (!a->totals.stopped && a->cfg.stop && a->cfg.stop())
		a->totals.stopped = true;
	return a->totals.stopped || a->failed || a->time_over;
}

static unsigned fill(struct app_pcap *a, struct pkt **burst)
{
	for (unsigned i = 0; i < CAP_BURST; i++) {
		if (!burst[i])
			burst[i] = pkt_new(a->pool);
		if (!burst[i]) {
			fail(a, err_set(&a->why, ERR_NOMEM, "no memory for packets"));
			return 0;
		}
	}
	return cap_inputs_read(a->in, burst, CAP_BURST);
}

/* The file that is followed has not grown yet. What was written goes out. False: the input ended. */
static bool idle(struct app_pcap *a)
{
	if (!a->cfg.follow || a->failed || cap_inputs_end(a->in) != CAP_MORE)
		return false;
	if (a->outputs)
		fail(a, app_outputs_flush(a->outputs, &a->why));
	if (a->csv.file)
		fflush(a->csv.file);	/* an error is told when it is closed */
	return true;
}

static bool filtered(struct app_pcap *a, const struct pkt *p)
{
	int rc = app_filter_run(a->filter, p, &a->why);

	if (rc < 0)
		fail(a, rc);
	a->totals.filtered += !rc;
	return rc <= 0;
}

/* Those that match come to the front, in their order. How many. */
static unsigned sift(struct app_pcap *a, struct pkt **burst, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n && !a->failed; i++) {
		struct pkt *p = burst[i];

		if (filtered(a, p))
			continue;
		burst[i] = burst[kept];
		burst[kept++] = p;
	}
	return kept;
}

/* A packet some places ahead in the burst. */
static void announce(struct app_pcap *a, const struct pkt *p)
{
	struct view v;

	view_parse(&v, p->link, p->data, p->len_bytes, p->wire_bytes);
	emu_soon(lane_emu(a->lane), &v);
}

static void one_round(struct app_pcap *a, struct pkt **burst)
{
	unsigned n;
	bool soon;

	while (!stopped(a) && ((n = fill(a, burst)) > 0 || idle(a))) {
		if (a->cfg.progress)
			a->cfg.progress(a->cfg.progress_ctx, a);
		if (a->filter)
			n = sift(a, burst, n);
		soon = emu_wants_soon(lane_emu(a->lane));	/* worth another look at the headers */
		for (unsigned i = 0; soon && i < n && i < EMU_SOON; i++)
			announce(a, burst[i]);
		for (unsigned i = 0; i < n; i++) {
			if (soon && i + EMU_SOON < n)
				announce(a, burst[i + EMU_SOON]);
			if (!input(a, burst[i])) {
				a->time_over = true;
				return;
			}
			burst[i] = NULL;
		}
	}
}

static void read_all(struct app_pcap *a)
{
	struct pkt *burst[CAP_BURST] = { 0 };

	for (a->round = 0; a->round < a->cfg.loops && !stopped(a); a->round++) {
		/* each round begins where the last one ended */
		if (a->round && cap_inputs_rewind(a->in)) {
			fail(a, err_set(&a->why, ERR_IO, "%s: cannot be read again", stream_name(a)));
			break;
		}
		a->shift_ns = a->round ? a->totals.last_ns - a->totals.first_ns : 0;
		one_round(a, burst);
		if (cap_inputs_end(a->in) != CAP_WHOLE)
			break;
	}
	for (unsigned i = 0; i < CAP_BURST; i++)
		if (burst[i])
			pkt_free(a->pool, burst[i]);
}

/* Departures in their order, with samples between them, until nothing is held. */
static void drain(struct app_pcap *a)
{
	nrw_time next;

	while ((next = lane_next(a->lane)) != NRW_NEVER) {
		if (a->series)
			app_series_until(a->series, next);
		lane_advance(a->lane, next);
		a->now = next > a->now ? next : a->now;
	}
	fail(a, lane_finish(a->lane, a->now, a->failed ? NULL : &a->why));
	if (a->series && a->started)
		app_series_finish(a->series, a->now);
	emu_settle(lane_emu(a->lane), a->now);
	if (a->time_over)
		fail(a, err_set(&a->why, ERR_RANGE,
			"--loop: the next packet's time is past the year 2554, the end of 64-bit time; %" PRIu64
			" packets were read", a->totals.packets));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void write_plot(struct app_pcap *a)
{
	char title[160];
	uint32_t objects = count_objects(a);
	char subtitle[160];
	int n = snprintf(subtitle, sizeof(subtitle), "%" PRIu64 " packets in, %" PRIu64 " out", a->totals.packets,
		a->totals.out_packets);

	if (a->cfg.input_count > 1)
		snprintf(title, sizeof(title), "%s and %u more", base_name(input_name(a, 0)), a->cfg.input_count - 1);
	else
		snprintf(title, sizeof(title), "%s", base_name(input_name(a, 0)));
	if (objects > APP_PLOT_OBJECTS)
		snprintf(subtitle + n, sizeof(subtitle) - (size_t)n, "; the first %d of %" PRIu32 " objects",
			APP_PLOT_OBJECTS, objects);
	fail(a, app_plot_write(a->plot, a->svg.file, title, subtitle, a->failed ? NULL : &a->why));
}

static void finish_files(struct app_pcap *a)
{
	if (a->plot)
		write_plot(a);
	fail(a, app_text_close(&a->csv, a->failed ? NULL : &a->why));
	fail(a, app_text_close(&a->svg, a->failed ? NULL : &a->why));
	fail(a, app_outputs_close(a->outputs, a->failed ? NULL : &a->why));
	a->outputs = NULL;
}

static void note_end(struct app_pcap *a)
{
	for (unsigned i = 0; i < a->cfg.input_count; i++) {
		const struct cap_reader *r = cap_inputs_at(a->in, i);
		struct err *e = a->failed ? NULL : &a->why;
		enum cap_end end = cap_end(r);
		struct cap_stats st;

		cap_stats(r, &st);
		a->totals.skipped += st.skipped;
		a->totals.truncated |= end == CAP_TRUNCATED || end == CAP_DAMAGED;
		if (end == CAP_FAILED)
			fail(a, err_set(e, ERR_IO, "%s: %s", input_name(a, i), cap_end_text(r)));
	}
	if (cap_inputs_end(a->in) == CAP_FAILED)
		fail(a, err_set(a->failed ? NULL : &a->why, ERR_NOMEM, "%s", cap_inputs_error(a->in)));
}

int app_pcap_run(struct app_pcap *a, struct err *e)
{
	nrw_time began = os_now_ns();

	read_all(a);
	drain(a);
	note_end(a);
	finish_files(a);
	a->totals.wall_ns = os_now_ns() - began;
	if (a->failed && e)
		*e = a->why;
	return a->failed;
}

const struct app_pcap_totals *app_pcap_totals(const struct app_pcap *a)
{
	return &a->totals;
}

void app_pcap_input(const struct app_pcap *a, unsigned i, struct cap_stats *st)
{
	cap_stats(cap_inputs_at(a->in, i), st);
}

const char *app_pcap_damage(const struct app_pcap *a, unsigned i)
{
	const struct cap_reader *r = cap_inputs_at(a->in, i);

	return cap_end(r) == CAP_TRUNCATED || cap_end(r) == CAP_DAMAGED ? cap_end_text(r) : NULL;
}

int app_pcap_ppm(const struct app_pcap *a)
{
	uint64_t size = 0, at = 0, of_round;
	struct u128 read;

	for (unsigned i = 0; i < a->cfg.input_count; i++) {
		const struct cap_reader *r = cap_inputs_at(a->in, i);

		if (!cap_size_bytes(r) || a->cfg.follow)
			return -1;
		size += cap_size_bytes(r);
		at += cap_at_byte(r);
	}
	of_round = u128_div64(u128_mul64(at, 1000000), size, NULL).lo;
	read = u128_add(u128_mul64(a->round, 1000000), u128_of(of_round));
	return (int)u128_div64(read, a->cfg.loops, NULL).lo;
}

struct lane *app_pcap_lane(struct app_pcap *a)
{
	return a->lane;
}
