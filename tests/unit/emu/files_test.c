/* tests/unit/emu/files_test.c - what traces, profiles and schedules say: accepted with its meaning, or refused with its
 * line and column. */
#include <stdio.h>
#include <stdlib.h>

#include "base/dice.h"
#include "base/os.h"
#include "emu/emu_int.h"
#include "emu/emu_profile.h"
#include "emu/emu_schedule.h"
#include "emu/emu_trace.h"
#include "kit.h"
#include "test.h"

static struct emu_file *file(const char *text, const struct emu_file_reader *reader)
{
	struct errs es;
	struct emu_file *f;

	errs_init(&es);
	f = emu_file_parse("t", text, strlen(text), reader, &es);
	if (!f)
		errs_print(&es, stderr, "test");
	assert_non_null(f);
	assert_int_equal(es.count, 0);
	errs_fini(&es);
	return f;
}

/* Its first error is at this place and has this text in it. */
static void refused(const struct emu_file_reader *reader, const char *text, unsigned line, unsigned column,
	const char *why)
{
	struct errs es;

	errs_init(&es);
	assert_null(emu_file_parse("t", text, strlen(text), reader, &es));
	assert_true(es.errors > 0);
	if (es.notes[0].line != line || es.notes[0].column != column || !strstr(es.notes[0].text, why))
		errs_print(&es, stderr, "test");
	assert_int_equal(es.notes[0].line, line);
	assert_int_equal(es.notes[0].column, column);
	assert_non_null(strstr(es.notes[0].text, why));
	errs_fini(&es);
}

TEST(trace, is_one_number_a_line)
{
	struct emu_file *f = file("# of a drive\n0\n  7 \t\r\n\n7\n40 # end", &emu_trace_reader);
	const struct emu_trace *t = emu_file_said(f);

	assert_int_equal(t->count, 4);
	assert_int_equal(t->at[1], 7 * NRW_MS);
	assert_int_equal(t->round, 40 * NRW_MS);
	emu_file_release(f);
}

TEST(trace, what_makes_no_sense_is_refused)
{
	const struct emu_file_reader *r = &emu_trace_reader;

	refused(r, "", 1, 1, "no number");
	refused(r, "# nothing\n", 1, 1, "no number");
	refused(r, "0\n0\n", 2, 2, "must not be 0");
	refused(r, "5\n4\n", 2, 1, "4 is less than 5");
	refused(r, "5\nx\n", 2, 1, "not a whole number");
	refused(r, "5 6\n", 1, 3, "one number");
	refused(r, "-1\n", 1, 1, "is not in 0..");
	refused(r, "1.5\n", 1, 1, "not a whole number");
	refused(r, "4611686018428\n", 1, 1, "is not in 0..");
}

TEST(trace, of_a_million_lines_is_read_at_once)
{
	size_t n = 0, room = 8000000;
	char *text = malloc(room);
	uint64_t began, took;
	struct emu_file *f;

	for (unsigned i = 1; i <= 1000000; i++)
		n += (size_t)snprintf(text + n, room - n, "%u\n", i);
	began = os_cpu_ns();
	f = emu_file_parse("t", text, n, &emu_trace_reader, NULL);
	took = os_cpu_ns() - began;
	assert_non_null(f);
	assert_int_equal(((const struct emu_trace *)emu_file_said(f))->count, 1000000);
	assert_true(took < 5 * NRW_S);
	emu_file_release(f);
	free(text);
}

/* ---- profiles ---- */

/* A draw at this share of all, in thousandths. */
static nrw_time airtime(const struct emu_file *f, unsigned permille)
{
	return emu_profile_airtime(emu_file_said(f), UINT64_MAX / 1000 * permille);
}

TEST(profile, is_the_inverse_of_its_curve)
{
	/* The curve of a manual: steep, vertical at 1 ms, horizontal at 0.6, then up to 10 ms. */
	struct emu_file *f = file("name wifi\nbw 10Mbit/s\nloss-level 0.9\nprob delay\n"
		"0 0\n1 10\n0.2 1\n0.4 1\n0.6 2\n0.6 4\n", &emu_profile_reader);
	const struct emu_profile *p = emu_file_said(f);

	assert_string_equal(p->name, "wifi");
	assert_int_equal(p->bw, 10000000);
	assert_int_equal(airtime(f, 0), 0);
	assert_int_equal(airtime(f, 100) / 1000, 499);		/* a hair below 0.5 ms */
	assert_int_equal(airtime(f, 300), NRW_MS);
	assert_int_equal(airtime(f, 399), NRW_MS);
	assert_int_equal(airtime(f, 500) / 1000, 1499);
	assert_int_equal(airtime(f, 800) / 1000, 6999);
	assert_int_equal(emu_profile_airtime(p, p->points[3].prob.below - 1) / 1000, 1999);
	assert_int_equal(emu_profile_airtime(p, p->points[3].prob.below), 4 * NRW_MS);
	assert_int_equal(emu_profile_airtime(p, UINT64_MAX), 10 * NRW_MS - 1);
	assert_false(emu_profile_loses(p, p->level.below - 1));
	assert_true(emu_profile_loses(p, p->level.below));
	emu_file_release(f);
}

TEST(profile, beyond_its_points_the_nearest_delay_holds)
{
	struct emu_file *f = file("delay prob\n5 0.5\n3 0.25\n", &emu_profile_reader);

	assert_int_equal(airtime(f, 0), 3 * NRW_MS);
	assert_int_equal(airtime(f, 249), 3 * NRW_MS);
	assert_int_equal(airtime(f, 999), 5 * NRW_MS);
	assert_false(emu_profile_loses(emu_file_said(f), UINT64_MAX));
	emu_file_release(f);
}

TEST(profile, samples_make_steps)
{
	struct emu_file *f = file("samples 4\ndelay prob\n0 0\n8 1\n", &emu_profile_reader);

	assert_int_equal(airtime(f, 0), 0);
	assert_int_equal(airtime(f, 249), 0);
	assert_int_equal(airtime(f, 251), 2 * NRW_MS);
	assert_int_equal(airtime(f, 999), 6 * NRW_MS);
	emu_file_release(f);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

TEST(profile, draws_follow_the_curve)
{
	/* From (2, 0) to (4, 0.3) to (4, 0.5) to (20, 1): its value at each delay, in 10^-9. */
	enum { N = 100000 };
	struct emu_file *f = file("delay prob\n2 0\n4 0.3\n4 0.5\n20 1\n", &emu_profile_reader);
	struct dice dice = { .key = dice_key(1, DICE_PIPE, 1, 0, DICE_PROFILE) };
	uint64_t *x = malloc(N * sizeof(*x)), worst = 0;

	for (unsigned i = 0; i < N; i++)
		x[i] = emu_profile_airtime(emu_file_said(f), dice_draw(&dice));
	qsort(x, N, sizeof(*x), ascending);
	for (unsigned i = 0; i < N; i++) {
		uint64_t below = x[i] < 4 * NRW_MS ? (x[i] - 2 * NRW_MS) * 150 : 300000000;
		uint64_t at = x[i] < 4 * NRW_MS ? below : 500000000 + (x[i] - 4 * NRW_MS) * 125 / 4;
		uint64_t rank = (uint64_t)i * 1000000000 / N;

		below = x[i] > 4 * NRW_MS ? at : below;
		if (rank > at && rank - at > worst)
			worst = rank - at;
		if (below > rank && below - rank > worst)
			worst = below - rank;
	}
	assert_true(worst < 6000000);		/* Kolmogorov and Smirnov: 0.006 */
	free(x);
	emu_file_release(f);
}

TEST(profile, of_200_packets_at_level_86_percent_about_172_stay)
{
	struct emu_file *f = file("loss-level 0.86\ndelay prob\n0 0\n1 1\n", &emu_profile_reader);
	struct dice dice = { .key = dice_key(1, DICE_PIPE, 1, 0, DICE_PROFILE) };
	int stay = 0;

	for (unsigned i = 0; i < 200; i++)
		stay += !emu_profile_loses(emu_file_said(f), dice_draw(&dice));
	assert_in_range(stay, 172 - 14, 172 + 14);	/* 3 sigma: sqrt(200 * 0.86 * 0.14) = 4.9 */
	emu_file_release(f);
}

TEST(profile, what_makes_no_sense_is_refused)
{
	const struct emu_file_reader *r = &emu_profile_reader;

	refused(r, "", 1, 1, "is missing");
	refused(r, "delay prob\n1 0\n", 2, 4, "two points");
	refused(r, "color red\n", 1, 1, "unknown");
	refused(r, "bw\n", 1, 3, "missing");
	refused(r, "bw 1Mbit/s 2\n", 1, 12, "one value");
	refused(r, "bw 1Mbit/s\nbw 2Mbit/s\n", 2, 1, "twice");
	refused(r, "delay bw\n", 1, 7, "columns");
	refused(r, "samples 1\n", 1, 9, "is not in 2..1024");
	refused(r, "delay prob\n1 1.5\n2 1\n", 2, 3, "is not in 0..1");
	refused(r, "delay prob\n0.0000001 0\n2 1\n", 2, 1, "rounded");
	refused(r, "delay prob\n1 0 0\n2 1\n", 2, 5, "nothing may follow");
	refused(r, "delay prob\n1\n2 1\n", 2, 2, "two numbers");
	refused(r, "delay prob\n1 1\n2 0\n", 3, 4, "line 2 is likelier than that of line 3");
	refused(r, "loss-level 2\n", 1, 12, "is not in 0..1");
}

/* ---- schedules ---- */

static uint64_t value(const struct emu_file *f, enum emu_scheduled what, nrw_time now)
{
	const struct emu_schedule *s = emu_file_said(f);
	uint64_t v = 0;

	assert_true(emu_curve_at(&s->curves[what], false, now, &v));
	return v;
}

TEST(schedule, each_key_keeps_its_value_until_the_next)
{
	struct emu_file *f = file("1s bw=2Mbit/s delay=40 # start\n2s loss=1%\n3s bw=0 delay=1.5ms\nloop 10s\n",
		&emu_schedule_reader);
	const struct emu_schedule *s = emu_file_said(f);
	uint64_t v;

	assert_false(emu_curve_at(&s->curves[SCHEDULED_BW], false, NRW_S - 1, &v));	/* the line's own */
	assert_int_equal(value(f, SCHEDULED_BW, NRW_S), 2000000);
	assert_int_equal(value(f, SCHEDULED_BW, 3 * NRW_S - 1), 2000000);
	assert_int_equal(value(f, SCHEDULED_BW, 3 * NRW_S), 0);
	assert_int_equal(value(f, SCHEDULED_DELAY, 2 * NRW_S), 40 * NRW_MS);
	assert_int_equal(value(f, SCHEDULED_DELAY, 9 * NRW_S), 1500000);
	assert_int_equal(value(f, SCHEDULED_BW, 10 * NRW_S), 0);	/* from the round before */
	assert_int_equal(value(f, SCHEDULED_BW, 11 * NRW_S), 2000000);
	assert_int_equal(emu_schedule_prob(value(f, SCHEDULED_LOSS, 5 * NRW_S)).below, UINT64_C(184467440737095516));
	assert_false(emu_schedule_has(s, SCHEDULED_JITTER));
	emu_file_release(f);
}

TEST(schedule, once_keeps_its_last_values)
{
	struct emu_file *f = file("0s delay=1\n1s delay=2\nloop 2s\n", &emu_schedule_reader);
	const struct emu_schedule *s = emu_file_said(f);
	uint64_t v;

	assert_true(emu_curve_at(&s->curves[SCHEDULED_DELAY], true, 100 * NRW_S, &v));
	assert_int_equal(v, 2 * NRW_MS);
	assert_int_equal(value(f, SCHEDULED_DELAY, 100 * NRW_S), NRW_MS);
	emu_file_release(f);
}

TEST(schedule, a_ramp_is_a_staircase)
{
	struct emu_file *f = file("0s bw=10 loss=0 queue=10 ramp\n4ms bw=1 loss=1 queue=64KB ramp=5ms\n"
		"10ms bw=101\n", &emu_schedule_reader);
	/* 10 - 9 i / 4, cut towards 10 */
	static const uint64_t bw[] = { 10, 8, 6, 4, 1, 1, 1, 1, 1, 84, 101, 101 };

	for (unsigned ms = 0; ms < 12; ms++)
		assert_int_equal(value(f, SCHEDULED_BW, ms * NRW_MS), bw[ms]);
	assert_int_equal(value(f, SCHEDULED_BW, 9 * NRW_MS - 1), 1);
	assert_true(emu_schedule_prob(value(f, SCHEDULED_LOSS, 4 * NRW_MS)).always);
	assert_int_equal(value(f, SCHEDULED_LOSS, 2 * NRW_MS), UINT64_MAX / 2);
	assert_int_equal(value(f, SCHEDULED_QUEUE, 3 * NRW_MS), 10);	/* packets do not become bytes bit by bit */
	emu_file_release(f);
}

TEST(schedule, csv_says_the_same)
{
	struct emu_file *f = file("t_ms, bw,delay,loss\n0,1Mbit/s,20,0\n1500.5,,30,\n2000,2000000,,1%\n",
		&emu_schedule_reader);

	assert_int_equal(value(f, SCHEDULED_BW, 1999 * NRW_MS), 1000000);
	assert_int_equal(value(f, SCHEDULED_BW, 2000 * NRW_MS), 2000000);
	assert_int_equal(value(f, SCHEDULED_DELAY, 1500500000 - 1), 20 * NRW_MS);
	assert_int_equal(value(f, SCHEDULED_DELAY, 1500500000), 30 * NRW_MS);
	emu_file_release(f);
}

TEST(schedule, limits_of_all_kinds_come_back)
{
	struct emu_file *f = file("0s queue=50\n1s queue=64KB\n2s queue=50ms\n3s queue=auto\n", &emu_schedule_reader);
	static const struct emu_limit limits[] = {
		{ LIMIT_PACKETS, 50 }, { LIMIT_BYTES, 65536 }, { LIMIT_TIME, 50 * NRW_MS }, { LIMIT_AUTO, 0 },
	};
	struct emu_limit limit;

	for (unsigned i = 0; i < 4; i++) {
		emu_schedule_limit(value(f, SCHEDULED_QUEUE, i * NRW_S), &limit);
		assert_int_equal(limit.kind, limits[i].kind);
		assert_int_equal(limit.amount, limits[i].amount);
	}
	emu_file_release(f);
}

TEST(schedule, what_makes_no_sense_is_refused)
{
	const struct emu_file_reader *r = &emu_schedule_reader;

	refused(r, "", 1, 1, "no line");
	refused(r, "10 bw=1\n", 1, 1, "needs a unit");
	refused(r, "1s\n", 1, 3, "what changes is missing");
	refused(r, "1s bw\n", 1, 4, "value is missing");
	refused(r, "1s bw=\n", 1, 7, "value is missing");
	refused(r, "1s bw=x\n", 1, 7, "not a rate");
	refused(r, "1s colour=1\n", 1, 4, "is no key");
	refused(r, "1s bw=1 bandwidth=2\n", 1, 9, "twice");
	refused(r, "1s bw=1\n1s bw=2\n", 2, 1, "must rise");
	refused(r, "1s bw=1 ramp\n", 1, 13, "to which it leads");
	refused(r, "1s ramp\n2s bw=1\n", 1, 8, "of what");
	refused(r, "1s bw=1 ramp\n2s delay=1\n", 2, 1, "none of its keys");
	refused(r, "1s bw=1 ramp=0s\n2s bw=1\n", 1, 14, "a step of 0");
	refused(r, "1s bw=1 ramp=1ns\n2s bw=2\n", 2, 1, "steps");
	refused(r, "1s bw=1\nloop 1s\n", 2, 6, "must end after");
	refused(r, "loop 1s\n", 1, 6, "must end after");
	refused(r, "1s bw=1\nloop 2s\nloop 3s\n", 3, 1, "twice");
	refused(r, "1s bw=1\nloop 2s\n3s bw=1\n", 3, 1, "nothing may follow loop");
	refused(r, "1s loss=2\n", 1, 9, "is not in 0..1");
	refused(r, "1s queue=0\n", 1, 10, "is not in 1..");
	refused(r, "t_ms\n1\n", 1, 5, "a column");
	refused(r, "t_ms,bw,colour\n", 1, 9, "no column");
	refused(r, "t_ms,bw,bw\n", 1, 9, "twice");
	refused(r, "t_ms,bw\n0,1,2\n", 2, 5, "2 columns");
	refused(r, "t_ms,bw\n0\n", 2, 2, "2 columns");
	refused(r, "t_ms,bw\n0,1\n0,2\n", 3, 1, "must rise");
}
