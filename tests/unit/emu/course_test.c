/* tests/unit/emu/course_test.c - how a link serves by a trace, a profile, a schedule, and through changes of these.
 *
 * What is expected is worked out another way than the code does: by rate, nanosecond by nanosecond, a packet ending
 * when all that the link could send since its busy period began reaches the sum of lengths; by trace, chance by
 * chance. */
#include <stdio.h>
#include <stdlib.h>

#include "emu/emu_course.h"
#include "emu/emu_int.h"
#include "emu/emu_profile.h"
#include "emu/emu_schedule.h"
#include "kit.h"
#include "test.h"

#define BYTE UINT64_C(8000000000)

static struct emu_file *file(const char *text, const struct emu_file_reader *reader)
{
	struct emu_file *f = emu_file_parse("t", text, strlen(text), reader, NULL);

	assert_non_null(f);
	return f;
}

struct rig {
	struct emu_link link;
	struct emu_course course;
	struct emu_road road;
	struct dice dice;
	struct emu_file *file;
	bool busy;
};

static void start(struct rig *r, const struct emu_road *road)
{
	*r = (struct rig){ .road = *road };
	emu_link_init(&r->link);
	emu_course_init(&r->course);
}

static void open_at(struct rig *r, nrw_time now)
{
	emu_course_open(&r->course, &r->road, now);
}

static nrw_time begin(struct rig *r, uint64_t bytes)
{
	emu_course_serve(&r->link, &r->course, &r->road, &r->dice, bytes);
	r->busy = true;
	return emu_link_end(&r->link);
}

static nrw_time serve(struct rig *r, uint64_t bytes)
{
	nrw_time end = begin(r, bytes);

	r->busy = false;
	return end;
}

static bool change(struct rig *r, const struct emu_road *old, const struct emu_road *next, uint64_t rate, nrw_time now)
{
	return emu_course_change(&r->link, &r->course, &(struct emu_turn){ old, next, rate, now, r->busy });
}

/* ---- by trace ---- */

static struct rig by_trace(const char *text, uint32_t mtu, bool once)
{
	struct emu_file *f = file(text, &emu_trace_reader);
	struct rig r;

	start(&r, &(struct emu_road){ .trace = emu_file_said(f), .mtu = mtu, .trace_once = once });
	r.file = f;
	return r;
}

TEST(trace, a_chance_each_millisecond_is_exactly_12_megabit)
{
	struct rig r = by_trace("1\n", 1500, false);

	open_at(&r, 0);
	for (unsigned k = 1; k <= 1000; k++)
		assert_int_equal(serve(&r, 1500), k * NRW_MS);
	assert_int_equal(emu_trace_rate(r.road.trace, 1500), 12000000);
	emu_file_release(r.file);
}

TEST(trace, who_comes_at_the_instant_of_a_chance_misses_it)
{
	struct rig r = by_trace("3\n5\n", 1500, false);

	open_at(&r, 3 * NRW_MS);
	assert_int_equal(serve(&r, 100), 5 * NRW_MS);
	open_at(&r, 3 * NRW_MS - 1);
	assert_int_equal(serve(&r, 100), 3 * NRW_MS);
	open_at(&r, 5 * NRW_MS);
	assert_int_equal(serve(&r, 100), 8 * NRW_MS);
	emu_file_release(r.file);
}

TEST(trace, what_a_chance_has_left_is_for_who_waits)
{
	struct rig r = by_trace("1\n2\n3\n", 1500, false);

	open_at(&r, 0);
	assert_int_equal(serve(&r, 500), NRW_MS);
	assert_int_equal(serve(&r, 500), NRW_MS);	/* at the same instant */
	assert_int_equal(serve(&r, 600), 2 * NRW_MS);	/* 500 of the first, 100 of the second */
	assert_int_equal(serve(&r, 1400), 2 * NRW_MS);
	assert_int_equal(serve(&r, 1), 3 * NRW_MS);
	open_at(&r, 3 * NRW_MS);			/* idle in between: the rest is lost */
	assert_int_equal(serve(&r, 1499), 4 * NRW_MS);
	assert_int_equal(serve(&r, 2), 5 * NRW_MS);
	emu_file_release(r.file);
}

TEST(trace, rounds_begin_where_the_last_number_says)
{
	struct rig r = by_trace("0\n0\n4\n", 1000, false);

	open_at(&r, 0);					/* those at 0 are missed */
	assert_int_equal(serve(&r, 1000), 4 * NRW_MS);
	assert_int_equal(serve(&r, 2000), 4 * NRW_MS);	/* two at the beginning of the next round */
	assert_int_equal(serve(&r, 1), 8 * NRW_MS);
	emu_file_release(r.file);
}

TEST(trace, once_ends)
{
	struct rig r = by_trace("1\n2\n", 1000, true);

	open_at(&r, 0);
	assert_int_equal(serve(&r, 2000), 2 * NRW_MS);
	assert_int_equal(serve(&r, 0), 2 * NRW_MS);
	assert_int_equal(serve(&r, 1), NRW_NEVER);
	open_at(&r, 7 * NRW_MS);
	assert_int_equal(serve(&r, 0), NRW_NEVER);
	emu_file_release(r.file);
}

TEST(trace, a_packet_of_no_bytes_waits_for_a_chance_too)
{
	struct rig r = by_trace("5\n", 1504, false);

	open_at(&r, 1);
	assert_int_equal(serve(&r, 0), 5 * NRW_MS);
	assert_int_equal(serve(&r, 1504), 5 * NRW_MS);	/* nothing of it was used */
	emu_file_release(r.file);
}

TEST(trace, a_large_packet_and_a_small_mtu_are_no_loop)
{
	struct rig r = by_trace("0\n1\n1\n2\n", 1, false);

	open_at(&r, 0);
	assert_int_equal(serve(&r, UINT64_C(1) << 33), ((UINT64_C(1) << 33) * 2 / 4) * NRW_MS);
	emu_file_release(r.file);
}

/* A trace of random numbers, and the chances of its first rounds one after the other. */
static size_t random_trace(struct kit_rng *rng, char *text, nrw_time *chances, size_t room)
{
	uint64_t ms[8], n = 1 + kit_below(rng, 8), at = kit_below(rng, 2);
	size_t count = 0;
	char *to = text;

	for (uint64_t i = 0; i < n; i++) {
		at += kit_below(rng, 3);
		if (i + 1 == n && !at)
			at = 1;
		ms[i] = at;
		to += sprintf(to, "%u\n", (unsigned)at);
	}
	for (uint64_t round = 0; count + n <= room; round++)
		for (uint64_t i = 0; i < n; i++)
			chances[count++] = (round * ms[n - 1] + ms[i]) * NRW_MS;
	return count;
}

/* The first chance later than `now`. */
static size_t later(const nrw_time *chances, nrw_time now)
{
	size_t i = 0;

	while (chances[i] <= now)
		i++;
	return i;
}

TEST(trace, agrees_with_walking_from_chance_to_chance)
{
	struct kit_rng rng = { 7 };
	char text[100];
	nrw_time chances[4000];

	for (unsigned round = 0; round < 300; round++) {
		size_t count = random_trace(&rng, text, chances, 4000);
		uint32_t mtu = (uint32_t)(1 + kit_below(&rng, 2000));
		struct rig r = by_trace(text, mtu, false);
		nrw_time now = 0;
		uint64_t left = 0;
		size_t next = 0;
		bool fresh = true;

		for (unsigned i = 0; i < 60 && next + 200 < count; i++) {
			uint64_t bytes = kit_below(&rng, 3) ? kit_below(&rng, 5000) : 0;
			nrw_time end;

			if (!i || !kit_below(&rng, 3)) {
				now += kit_below(&rng, 3) ? kit_below(&rng, 4 * NRW_MS) : 0;
				open_at(&r, now);
				next = later(chances, now);
				left = 0;
				fresh = true;
			}
			end = now;
			if (fresh) {
				end = chances[next++];
				left = mtu;
			}
			fresh = false;
			while (left < bytes) {
				end = chances[next++];
				left += mtu;
			}
			left -= bytes;
			assert_int_equal(serve(&r, bytes), end);
			now = end;
		}
		emu_file_release(r.file);
	}
}

/* ---- by schedule ---- */

struct step {
	nrw_time at;
	uint64_t rate;
};

/* What holds at `now`: as the file of these steps says, in rounds of `period`. */
static uint64_t rate_at(const struct step *s, unsigned n, nrw_time period, uint64_t own, nrw_time now)
{
	nrw_time at = period ? now % period : now;
	uint64_t rate = now < s[0].at ? own : s[n - 1].rate;

	for (unsigned i = 0; i < n; i++)
		if (s[i].at <= at)
			rate = s[i].rate;
	return rate;
}

static unsigned random_steps(struct kit_rng *rng, struct step *s, char *text, nrw_time *period)
{
	static const uint64_t rates[] = { 0, 1000000000, 7777777777, 100000000000, 999999999999, 1000000000000 };
	unsigned n = (unsigned)(1 + kit_below(rng, 5));
	nrw_time at = kit_below(rng, 3) * kit_below(rng, 300);
	char *to = text;

	for (unsigned i = 0; i < n; i++) {
		s[i] = (struct step){ at, rates[kit_below(rng, 6)] };
		if (i + 1 == n && !s[i].rate)
			s[i].rate = 12345678901;
		to += sprintf(to, "%lluns bw=%llubit/s\n", (unsigned long long)at, (unsigned long long)s[i].rate);
		at += 1 + kit_below(rng, 400);
	}
	*period = kit_below(rng, 2) ? at : 0;
	if (*period)
		sprintf(to, "loop %lluns\n", (unsigned long long)at);
	return n;
}

TEST(schedule, agrees_with_going_nanosecond_by_nanosecond)
{
	struct kit_rng rng = { 3 };
	struct step s[8];
	char text[600];

	for (unsigned round = 0; round < 400; round++) {
		nrw_time period, now = kit_below(&rng, 500), at;
		unsigned n = random_steps(&rng, s, text, &period);
		struct emu_file *f = file(text, &emu_schedule_reader);
		const struct emu_schedule *said = emu_file_said(f);
		uint64_t own = 1 + kit_below(&rng, 1000000000000);
		struct u128 done = { 0 }, sum = { 0 };
		struct rig r;

		start(&r, &(struct emu_road){ .rates = { &said->curves[SCHEDULED_BW], false, own }, .schedule = said });
		open_at(&r, now);
		at = now;
		for (unsigned i = 0; i < 20; i++) {
			uint64_t bytes = 1 + kit_below(&rng, 3000);

			sum = u128_add(sum, u128_mul64(bytes, BYTE));
			while (u128_cmp(done, sum) < 0) {
				done = u128_add(done, u128_of(rate_at(s, n, period, own, at)));
				at++;
			}
			assert_int_equal(serve(&r, bytes), at);
		}
		emu_file_release(f);
	}
}

TEST(schedule, many_rounds_are_no_loop)
{
	struct emu_file *f = file("0s bw=1bit/s\n1ns bw=0\nloop 1us\n", &emu_schedule_reader);
	const struct emu_schedule *said = emu_file_said(f);
	struct rig r;

	start(&r, &(struct emu_road){ .rates = { &said->curves[SCHEDULED_BW], false, 0 }, .schedule = said });
	open_at(&r, 500);
	/* 8 10^9 nanobits, one each microsecond, the first at 1 us; the last one is done 1 ns later */
	assert_int_equal(serve(&r, 1), UINT64_C(8000000000) * 1000 + 1);
	emu_file_release(f);
}

TEST(schedule, an_outage_without_end_holds_what_is_in_service)
{
	struct emu_file *f = file("1us bw=1Gbit/s\n2us bw=0\n", &emu_schedule_reader);
	const struct emu_schedule *said = emu_file_said(f);
	struct emu_road plain = { .rates = { NULL, false, 8000000000 } };
	struct rig r;

	start(&r, &(struct emu_road){ .rates = { &said->curves[SCHEDULED_BW], false, 0 }, .schedule = said });
	open_at(&r, 1500);
	assert_int_equal(begin(&r, 125), NRW_NEVER);	/* 1000 bits, of which 500 go */
	assert_true(change(&r, &r.road, &plain, 0, 10000));
	assert_int_equal(emu_link_end(&r.link), 10063);		/* 500 bits at 8 a ns */
	emu_file_release(f);
}

TEST(schedule, even_no_bytes_wait_for_the_end_of_an_outage)
{
	struct emu_file *f = file("0s bw=1Gbit/s\n1us bw=0\n5us bw=1Gbit/s\nloop 10us\n", &emu_schedule_reader);
	const struct emu_schedule *said = emu_file_said(f);
	struct rig r;

	start(&r, &(struct emu_road){ .rates = { &said->curves[SCHEDULED_BW], false, 0 }, .schedule = said });
	open_at(&r, 1000);
	assert_int_equal(serve(&r, 0), 5000);
	open_at(&r, 11500);
	assert_int_equal(serve(&r, 0), 15000);
	open_at(&r, 999);
	assert_int_equal(serve(&r, 0), 999);
	emu_file_release(f);
}

TEST(schedule, an_idle_link_saves_by_the_rate_of_each_time)
{
	struct emu_file *f = file("0s bw=8Gbit/s\n1us bw=0\n2us bw=16Gbit/s\nloop 3us\n", &emu_schedule_reader);
	const struct emu_schedule *said = emu_file_said(f);
	struct rig r;

	start(&r, &(struct emu_road){ .rates = { &said->curves[SCHEDULED_BW], false, 0 }, .schedule = said,
		.burst = emu_link_burst(100000) });
	open_at(&r, 0);
	assert_int_equal(serve(&r, 100000), 0);
	open_at(&r, 7500);	/* two rounds of 3000 bytes, and 1000 */
	assert_int_equal(serve(&r, 7000), 8000);	/* paid for, but the link is down */
	assert_int_equal(serve(&r, 1), 8001);
	emu_file_release(f);
}

/* ---- a pause, and other changes ---- */

TEST(change, a_pause_holds_what_is_in_service)
{
	struct emu_road plain = { .rates = { NULL, false, 8000000000 } }, paused = plain;
	struct rig r;

	paused.paused = true;
	start(&r, &plain);
	open_at(&r, 0);
	assert_int_equal(begin(&r, 1000), 1000);
	assert_true(change(&r, &plain, &paused, 0, 400));
	assert_int_equal(emu_link_end(&r.link), NRW_NEVER);
	assert_true(change(&r, &paused, &paused, 0, 500));
	assert_true(change(&r, &paused, &plain, 0, 5000));
	assert_int_equal(emu_link_end(&r.link), 5600);
}

TEST(change, from_the_links_own_arithmetic_and_back)
{
	struct emu_road road = { .rates = { NULL, false, 8000000000 } }, paused = road;
	struct rig r;

	paused.paused = true;
	start(&r, &road);
	r.link.rate = 3000000000;
	emu_link_open(&r.link, 10, (struct u128){ 0 });
	assert_true(emu_link_serve(&r.link, 1000));	/* 2666.67 ns */
	r.busy = true;
	assert_true(change(&r, NULL, &paused, 0, 1010));
	assert_true(change(&r, &paused, NULL, 1000000000, 2000));
	assert_int_equal(emu_link_end(&r.link), 7000);			/* 5000 bits left */
}

TEST(change, a_trace_goes_on_by_another)
{
	struct rig r = by_trace("1\n", 1000, false);
	struct emu_file *other = file("10\n", &emu_trace_reader);
	struct emu_road next = { .trace = emu_file_said(other), .mtu = 400 };

	open_at(&r, 0);
	assert_int_equal(begin(&r, 3500), 4 * NRW_MS);
	/* at 2 ms: 2000 are through, departures come first */
	assert_true(change(&r, &r.road, &next, 0, 2 * NRW_MS));
	assert_int_equal(emu_link_end(&r.link), 40 * NRW_MS);		/* 1500: four chances */
	emu_file_release(r.file);
	emu_file_release(other);
}

TEST(change, a_schedule_cut_anywhere_ends_where_it_would)
{
	struct kit_rng rng = { 11 };
	struct step s[8];
	char text[600];

	for (unsigned round = 0; round < 300; round++) {
		nrw_time period, end, now;
		struct emu_file *f;
		const struct emu_schedule *said;
		struct rig r;

		random_steps(&rng, s, text, &period);
		f = file(text, &emu_schedule_reader);
		said = emu_file_said(f);
		start(&r, &(struct emu_road){ .rates = { &said->curves[SCHEDULED_BW], false, 5000000000 },
			.schedule = said });
		open_at(&r, 10);
		end = begin(&r, 1 + kit_below(&rng, 2000));
		for (now = 10; now + 1 < end; now += 1 + kit_below(&rng, 50)) {
			assert_true(change(&r, &r.road, &r.road, 0, now));
			assert_int_equal(emu_link_end(&r.link), end);
		}
		emu_file_release(f);
	}
}

/* ---- a profile ---- */

TEST(profile, airtime_is_before_the_bits_and_blocks_the_link)
{
	struct emu_file *f = file("delay prob\n200 0\n200 1\n", &emu_profile_reader);
	struct rig r;

	start(&r, &(struct emu_road){ .rates = { NULL, false, 8000000 }, .profile = emu_file_said(f) });
	open_at(&r, 0);
	assert_int_equal(serve(&r, 1000), 201 * NRW_MS);
	assert_int_equal(begin(&r, 1000), 402 * NRW_MS);
	/* half of the airtime is over, and the rate falls to an eighth */
	r.road.rates.own = 1000000;
	assert_true(change(&r, &(struct emu_road){ .rates = { NULL, false, 8000000 },
		.profile = r.road.profile }, &r.road, 0, 301 * NRW_MS));
	assert_int_equal(emu_link_end(&r.link), 409 * NRW_MS);
	emu_file_release(f);
}

TEST(profile, without_a_rate_there_is_airtime_alone)
{
	struct emu_file *f = file("prob delay\n0 1.5\n1 1.5\n", &emu_profile_reader);
	struct rig r;

	start(&r, &(struct emu_road){ .profile = emu_file_said(f) });
	open_at(&r, 7);
	assert_int_equal(serve(&r, 1000000), 1500007);
	assert_int_equal(serve(&r, 1), 3000007);
	emu_file_release(f);
}
