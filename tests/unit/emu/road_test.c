/* tests/unit/emu/road_test.c - pipes whose link has more than a rate: what a schedule does is what the same changes by
 * hand do, whoever looks when; a pause, a cut, dice of its own; each flow of a mask has its own link. */
#include <stdio.h>
#include <stdlib.h>

#include "base/os.h"
#include "kit.h"
#include "test.h"

static const char *temp_name(const char *what)
{
	static char name[64];

	snprintf(name, sizeof(name), "road_test.%s.%ld.tmp", what, os_pid());
	return name;
}

static void write_file(const char *what, const char *text)
{
	FILE *f = fopen(temp_name(what), "wb");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void config(struct kit *k, nrw_time now, const char *how, const char *what, const char *behind)
{
	char line[200];

	snprintf(line, sizeof(line), "pipe 1 config %s %s %s", how, temp_name(what), behind);
	kit_line(k, now, line);
	remove(temp_name(what));
}

struct change {
	nrw_time at;
	uint64_t bw, delay;
};

/* A schedule of n changes as a file, in whole us. */
static void random_changes(struct kit_rng *r, struct change *c, unsigned n, char *text)
{
	nrw_time at = 0;

	for (unsigned i = 0; i < n; i++) {
		c[i] = (struct change){ at, 1 + kit_below(r, 100000000), kit_below(r, 3000) };
		text += sprintf(text, "%lluus bw=%llubit/s delay=%lluus\n", (unsigned long long)at / 1000,
			(unsigned long long)c[i].bw, (unsigned long long)c[i].delay);
		at += (1 + kit_below(r, 2000)) * NRW_US;
	}
}

static void change(struct kit *k, const struct change *c)
{
	char line[100];

	snprintf(line, sizeof(line), "pipe 1 config bw %llubit/s delay %lluus", (unsigned long long)c->bw,
		(unsigned long long)c->delay);
	kit_line(k, c->at, line);
}

/* What is due comes out of both alike. */
static void both_let_out(struct kit *a, struct kit *b, nrw_time now)
{
	struct kit_out x, y;

	while (kit_take(a, now, &x)) {
		assert_true(kit_take(b, now, &y));
		assert_int_equal(x.seq, y.seq);
		assert_int_equal(x.at, y.at);
	}
	assert_false(kit_take(b, now, &y));
}

TEST(road, a_schedule_is_the_same_changes_by_hand)
{
	enum { CHANGES = 20 };
	struct kit_rng r = { 5 };
	struct change c[CHANGES];
	char text[CHANGES * 80];

	for (unsigned round = 0; round < 40; round++) {
		struct kit *a = kit_new(1), *b = kit_new(1);
		nrw_time now = 0;
		unsigned next = 0;

		random_changes(&r, c, CHANGES, text);
		write_file("same", text);
		config(a, 0, "queue 5 schedule", "same", "");
		kit_line(b, 0, "pipe 1 config queue 5");
		while (next < CHANGES || now < c[CHANGES - 1].at + 10 * NRW_MS) {
			nrw_time arrival = now + kit_below(&r, 500) * NRW_US;
			uint32_t bytes = (uint32_t)kit_below(&r, 1500);

			for (; next < CHANGES && c[next].at <= arrival; next++) {
				both_let_out(a, b, c[next].at);
				change(b, &c[next]);
			}
			now = arrival;
			if (kit_below(&r, 4))		/* who looks seldom sees the same */
				both_let_out(a, b, now);
			kit_put(a, 1, bytes, now);
			kit_put(b, 1, bytes, now);
		}
		both_let_out(a, b, NRW_NEVER - 1);
		assert_int_equal(a->dropped, b->dropped);
		kit_free(a);
		kit_free(b);
	}
}

TEST(road, looking_often_changes_nothing)
{
	struct kit_rng r = { 9 };
	struct kit *a = kit_new(1), *b = kit_new(1);
	nrw_time now = 0;
	uint32_t number;

	write_file("often", "0s bw=1Mbit/s loss=10% queue=3\n7ms bw=0 delay=3\n11ms bw=3Mbit/s delay=1 queue=20ms\n"
		"12ms bw=3Mbit/s ramp\n20ms bw=500Kbit/s loss=0\nloop 25ms\n");
	config(a, 0, "schedule", "often", "");
	write_file("often", "0s bw=1Mbit/s loss=10% queue=3\n7ms bw=0 delay=3\n11ms bw=3Mbit/s delay=1 queue=20ms\n"
		"12ms bw=3Mbit/s ramp\n20ms bw=500Kbit/s loss=0\nloop 25ms\n");
	config(b, 0, "schedule", "often", "");
	for (unsigned i = 0; i < 400; i++) {
		uint32_t bytes = (uint32_t)kit_below(&r, 1500);
		nrw_time until = now + kit_below(&r, 4 * NRW_MS);

		for (; now < until; now += 100 * NRW_US)
			emu_settle(a->emu, now);
		now = until;
		kit_put(a, 1, bytes, now);
		kit_put(b, 1, bytes, now);
	}
	assert_true(emu_at(a->emu, EMU_PIPE, 0, &number));
	both_let_out(a, b, NRW_NEVER - 1);
	assert_true(a->dropped > 10);
	assert_int_equal(a->dropped, b->dropped);
	kit_free(a);
	kit_free(b);
}

TEST(road, a_change_comes_behind_departures_and_before_arrivals)
{
	struct kit *k = kit_new(1);
	struct kit_out out;

	write_file("instant", "0s delay=5ms\n1ms delay=50ms\n");
	config(k, 0, "bw 8Mbit/s schedule", "instant", "");
	kit_put(k, 1, 1000, 0);					/* its service ends at the change */
	assert_true(kit_take(k, NRW_S, &out));
	assert_int_equal(out.at, 6 * NRW_MS);
	kit_free(k);
	k = kit_new(1);
	write_file("instant", "0s delay=5ms\n1ms delay=50ms\n");
	config(k, 0, "schedule", "instant", "");
	kit_put(k, 1, 1000, NRW_MS);				/* takes no time */
	assert_true(kit_take(k, NRW_S, &out));
	assert_int_equal(out.at, 51 * NRW_MS);
	kit_free(k);
}

TEST(road, a_pause_holds_what_comes_and_what_is_served)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s queue 3");
	kit_put(k, 1, 1000, 0);					/* to 1 ms */
	kit_line(k, 400 * NRW_US, "pipe 1 config paused");
	kit_put(k, 1, 1000, NRW_MS);
	kit_put(k, 1, 1000, 2 * NRW_MS);
	kit_put(k, 1, 1000, 3 * NRW_MS);			/* no room */
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_take_none(k, 9 * NRW_MS);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(k->drops[0].why, DROP_QUEUE_FULL);
	kit_line(k, 10 * NRW_MS, "pipe 1 config paused off");
	kit_take_is(k, 20 * NRW_MS, 0, 10600 * NRW_US);
	kit_take_is(k, 20 * NRW_MS, 1, 11600 * NRW_US);
	kit_take_is(k, 20 * NRW_MS, 2, 12600 * NRW_US);
	kit_free(k);
}

TEST(road, what_stands_still_for_ever_ends_with_the_run)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config paused");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 5);
	emu_drop_held(k->emu, 7);
	assert_int_equal(k->dropped, 2);
	assert_int_equal(k->drops[1].why, DROP_TIME_END);
	assert_int_equal(kit_stats(k, 1, 7).held_packets, 0);
	kit_line(k, 8, "pipe 1 config paused off");
	kit_put(k, 1, 1000, 9);
	kit_take_is(k, 9, 2, 9);
	kit_free(k);
}

TEST(road, a_cut_drops_all_that_is_inside_and_all_that_comes)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_line(k, 1500 * NRW_US, "pipe 1 config cut");	/* one on its way, one served, one waits */
	assert_int_equal(k->dropped, 3);
	kit_put(k, 1, 1000, 2 * NRW_MS);
	assert_int_equal(k->dropped, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(k->drops[i].why, DROP_CUT);
	kit_line(k, 3 * NRW_MS, "pipe 1 config cut off");
	kit_put(k, 1, 1000, 4 * NRW_MS);
	kit_take_is(k, NRW_S, 4, 15 * NRW_MS);
	assert_int_equal(kit_stats(k, 1, NRW_S).drops[DROP_CUT], 4);
	kit_free(k);
}

/* Queues bring what the cut link drops. */
TEST(road, what_comes_by_a_queue_is_cut_too)
{
	static const char *const targets[] = { "pipe", "sched" };

	for (unsigned t = 0; t < 2; t++) {
		struct kit *k = kit_new(1);
		char line[200];

		snprintf(line, sizeof(line), "%s 1 config bw 8Mbit/s cut", targets[t]);
		kit_line(k, 0, line);
		snprintf(line, sizeof(line), "queue 1 config %s 1", targets[t]);
		kit_line(k, 0, line);
		kit_put_to(k, EMU_QUEUE, 1, 1000, NULL, 0);
		assert_int_equal(k->dropped, 1);
		assert_int_equal(k->drops[0].why, DROP_CUT);
		snprintf(line, sizeof(line), "%s 1 config cut off", targets[t]);
		kit_line(k, NRW_MS, line);
		kit_put_to(k, EMU_QUEUE, 1, 1000, NULL, NRW_MS);
		kit_take_is(k, NRW_S, 1, 2 * NRW_MS);
		kit_free(k);
	}
}

TEST(road, each_flow_of_a_mask_has_its_own_chances)
{
	struct kit *k = kit_new(1);
	struct view a = kit_view(1, false), b = kit_view(2, false);

	write_file("mask", "1\n");
	config(k, 0, "mask dst-ip /32 trace", "mask", "mtu 1000");
	kit_put_view(k, 1, 1000, &a, 0);
	kit_put_view(k, 1, 1000, &a, 0);
	kit_put_view(k, 1, 1000, &b, 0);
	kit_put_view(k, 1, 1500, &b, 500 * NRW_US);
	kit_take_is(k, NRW_S, 0, NRW_MS);
	kit_take_is(k, NRW_S, 2, NRW_MS);
	kit_take_is(k, NRW_S, 1, 2 * NRW_MS);
	kit_take_is(k, NRW_S, 3, 3 * NRW_MS);
	kit_free(k);
}

TEST(road, a_profile_loses_behind_the_link)
{
	struct kit *k = kit_new(1);
	unsigned out = 0;
	struct kit_out o;
	nrw_time last = 0;

	write_file("profile", "bw 8Mbit/s\nloss-level 0.5\ndelay prob\n1 0\n1 1\n");
	config(k, 0, "profile", "profile", "");
	for (unsigned i = 0; i < 40; i++)
		kit_put(k, 1, 1000, 0);
	while (kit_take(k, NRW_S, &o)) {
		assert_int_equal(o.at, (o.seq + 1) * 2 * NRW_MS);	/* also the lost ones took their time */
		last = o.at;
		out++;
	}
	assert_int_equal(out + k->dropped, 40);
	assert_in_range(out, 8, 32);
	assert_true(last > 60 * NRW_MS);
	assert_int_equal(k->drops[0].why, DROP_LOSS);
	kit_free(k);
}

/* Which of 64 packets are lost. */
static uint64_t lost(uint64_t seed, const char *more)
{
	struct kit *k = kit_new(seed);
	uint64_t bits = 0;
	char line[80];

	snprintf(line, sizeof(line), "pipe 1 config plr 0.5 %s", more);
	kit_line(k, 0, line);
	for (unsigned i = 0; i < 64; i++)
		kit_put(k, 1, 100, i);
	for (uint32_t i = 0; i < k->dropped; i++)
		bits |= UINT64_C(1) << k->drops[i].seq;
	kit_free(k);
	return bits;
}

TEST(road, a_seed_of_its_own_counts_for_all_its_dice)
{
	assert_int_equal(lost(1, "seed 7"), lost(2, "seed 7"));
	assert_int_equal(lost(1, "seed 7"), lost(7, ""));
	assert_true(lost(1, "seed 7") != lost(1, ""));
	assert_int_equal(lost(1, "seed none"), lost(1, ""));
}

TEST(road, a_trace_goes_with_neither_rate_nor_credit)
{
	static const char *const more[] = { "bw 1Mbit/s", "burst 10KB" };

	for (unsigned i = 0; i < 2; i++) {
		struct kit *k = kit_new(1);
		struct err e = { 0 };
		struct errs es;
		struct lex lx;
		struct emu_cmd *c;
		char line[200];

		write_file("refused", "1\n");
		snprintf(line, sizeof(line), "pipe 1 config trace %s %s", temp_name("refused"), more[i]);
		errs_init(&es);
		lex_line(&lx, "t", 1, line, strlen(line), &es);
		c = emu_parse(&lx);
		remove(temp_name("refused"));
		assert_non_null(c);
		assert_int_equal(emu_apply(k->emu, c, 0, &e), ERR_USAGE);
		assert_false(emu_has(k->emu, EMU_PIPE, 1));
		emu_cmd_free(c);
		errs_fini(&es);
		kit_free(k);
	}
}

/* How many of 80 packets of 1000 bytes a queue takes that feeds this object. */
static unsigned taken(struct kit *k, nrw_time now)
{
	struct kit_out out;
	uint32_t before = k->dropped;

	while (kit_take(k, now, &out))
		;
	for (unsigned i = 0; i < 80; i++)
		kit_put_to(k, EMU_QUEUE, 1, 1000, NULL, now);
	return 80 - (k->dropped - before);
}

/* 50 ms are 50000 bytes at 8 Mbit/s, 6250 at 1; 1504 bytes each ms are 75200. */
TEST(road, the_limit_in_time_of_a_queue_goes_by_the_rate_of_the_moment)
{
	static const char *const targets[] = { "pipe", "sched" };

	for (unsigned t = 0; t < 2; t++) {
		struct kit *k = kit_new(1);
		char line[200];

		write_file("steps", "0ms bw=8Mbit/s delay=60ms\n1s bw=1Mbit/s\n2s bw=8Mbit/s delay=60ms\n");
		snprintf(line, sizeof(line), "%s 1 config bw 1Gbit/s schedule %s", targets[t], temp_name("steps"));
		kit_line(k, 0, line);
		snprintf(line, sizeof(line), "queue 1 config %s 1 queue 50ms", targets[t]);
		kit_line(k, 0, line);
		assert_int_equal(taken(k, 0), 50);
		assert_int_equal(taken(k, NRW_S), 6);
		kit_line(k, NRW_S, "queue 1 config queue auto");
		assert_int_equal(taken(k, 2 * NRW_S), 65);
		write_file("chances", "1\n");
		snprintf(line, sizeof(line), "%s 1 replace trace %s", targets[t], temp_name("chances"));
		kit_line(k, 3 * NRW_S, line);
		kit_line(k, 3 * NRW_S, "queue 1 config queue 50ms");
		assert_int_equal(taken(k, 3 * NRW_S), 75);
		remove(temp_name("chances"));
		remove(temp_name("steps"));
		kit_free(k);
	}
}

/* Before the first line that says a rate; and in an outage before one, where a limit in time has no rate to go by. */
TEST(road, without_a_rate_the_queue_is_never_full)
{
	static const char *const limits[] = { "1", "100B", "1ms", "auto" };

	for (unsigned i = 0; i < 4; i++) {
		struct kit *k = kit_new(1);
		char line[200];

		write_file("steps", "1s bw=0\n2s bw=8Mbit/s\n");
		snprintf(line, sizeof(line), "pipe 1 config queue %s schedule %s", limits[i], temp_name("steps"));
		kit_line(k, 0, line);
		snprintf(line, sizeof(line), "queue 1 config pipe 1 queue %s", limits[i]);
		kit_line(k, 0, line);
		assert_int_equal(taken(k, 0), 80);
		for (unsigned n = 0; n < 80; n++)
			kit_put(k, 1, 1000, 0);
		assert_int_equal(k->dropped, 0);
		assert_int_equal(taken(k, NRW_S), i == 0 ? 1 : i == 1 ? 0 : 80);
		remove(temp_name("steps"));
		kit_free(k);
	}
}

/* A packet is on its way for a second behind a link where others are dropped: that they are told when it happens, and
 * not when somebody leaves, is to be seen beside a twin without delay. */
TEST(road, a_drop_at_the_end_of_a_service_is_told_at_that_instant)
{
	static const struct { const char *link, *queue; bool profile; } configs[] = {
		{ "pipe 1 config codel target 1ms interval 2ms queue 90", NULL, false },
		{ "pipe 1 config codel target 1ms interval 2ms queue 90 mask proto 0xff", NULL, false },
		{ "pipe 1 config", NULL, true },
		{ "pipe 1 config loss random 0.5 after", NULL, false },
		{ "sched 1 config", "queue 1 config sched 1 codel target 1ms interval 2ms queue 90", false },
		{ "sched 1 config type fq_codel target 1ms interval 2ms", "queue 1 config sched 1", false },
	};

	write_file("losing", "name losing\nsamples 2\nloss-level 0.5\nprob delay\n0 0\n1 0\n");
	for (unsigned i = 0; i < sizeof(configs) / sizeof(*configs); i++) {
		struct kit *k[2] = { kit_new(1), kit_new(1) };
		char line[300];
		struct kit_out out;

		for (unsigned t = 0; t < 2; t++) {
			snprintf(line, sizeof(line), "%s bw 8Mbit/s delay %s %s %s", configs[i].link, t ? "1s" : "0",
				configs[i].profile ? "profile" : "", configs[i].profile ? temp_name("losing") : "");
			kit_line(k[t], 0, line);
			if (configs[i].queue)
				kit_line(k[t], 0, configs[i].queue);
			for (unsigned n = 0; n < 50; n++)
				kit_put_to(k[t], configs[i].queue ? EMU_QUEUE : EMU_PIPE, 1, 1000, NULL, 0);
		}
		for (nrw_time now = 0; now < 100 * NRW_MS; now += NRW_MS) {
			for (unsigned t = 0; t < 2; t++)
				while (emu_next(k[t]->emu) <= now)
					kit_take(k[t], now, &out);
			assert_int_equal(k[0]->dropped, k[1]->dropped);
		}
		assert_true(k[0]->dropped > 5);
		kit_free(k[0]);
		kit_free(k[1]);
	}
	remove(temp_name("losing"));
}
