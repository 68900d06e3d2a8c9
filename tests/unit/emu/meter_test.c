/* meter_test.c - how busy a link was in each second, beside sums over all services, second by second. */
#include "test.h"

#include "kit.h"

#define SECONDS 400u

static struct kit *metered(const char *line)
{
	struct kit *k = kit_new(1);

	emu_free(k->emu);
	k->emu = emu_new(&(struct emu_cfg){ .seed = 1, .pool = k->pool, .ctx = k, .metered = true, .late = true });
	assert_non_null(k->emu);
	kit_line(k, 0, line);
	return k;
}

static struct emu_load load_of(struct kit *k, nrw_time now)
{
	struct emu_load load;

	emu_settle(k->emu, now);
	assert_true(emu_load(k->emu, EMU_PIPE, 1, &load));
	return load;
}

static void load_is(struct kit *k, nrw_time now, uint64_t seconds, uint64_t sum, uint64_t last, uint64_t most)
{
	struct emu_load load = load_of(k, now);

	assert_int_equal(load.seconds, seconds);
	assert_int_equal(load.sum, sum);
	assert_int_equal(load.last, last);
	assert_int_equal(load.most, most);
}

TEST(meter, a_service_counts_in_the_seconds_it_lies_in)
{
	struct kit *k = metered("pipe 1 config bw 8Kbit/s");	/* a byte is a millisecond */

	kit_put(k, 1, 3200, 500 * NRW_MS);		/* until 3.7 s */
	load_is(k, 999 * NRW_MS, 0, 0, 0, 0);
	load_is(k, NRW_S, 1, NRW_S / 2, NRW_S / 2, NRW_S / 2);
	load_is(k, 3 * NRW_S, 3, 5 * NRW_S / 2, NRW_S, NRW_S);
	load_is(k, 4 * NRW_S, 4, 3200 * NRW_MS, 700 * NRW_MS, NRW_S);
	load_is(k, 1000000 * NRW_S, 1000000, 3200 * NRW_MS, 0, NRW_S);
	kit_free(k);
}

TEST(meter, looks_change_nothing_and_idle_seconds_are_seconds)
{
	struct kit *k = metered("pipe 1 config bw 8Kbit/s");

	kit_put(k, 1, 100, 0);
	for (nrw_time at = 0; at < 10 * NRW_S; at += 37 * NRW_MS)
		load_of(k, at);
	load_is(k, 10 * NRW_S, 10, 100 * NRW_MS, 0, 100 * NRW_MS);
	kit_free(k);
}

TEST(meter, a_change_of_rate_ends_nothing)
{
	struct kit *k = metered("pipe 1 config bw 8Kbit/s");

	kit_put(k, 1, 100, 0);				/* half of it by 50 ms, the rest in 200 more */
	kit_line(k, 50 * NRW_MS, "pipe 1 config bw 2Kbit/s");
	kit_line(k, 500 * NRW_MS, "pipe 1 config bw 8Kbit/s");	/* idle by then */
	kit_put(k, 1, 100, 900 * NRW_MS);
	load_is(k, 2 * NRW_S, 2, 350 * NRW_MS, 0, 350 * NRW_MS);
	kit_free(k);
}

TEST(meter, it_begins_with_its_pipe)
{
	struct kit *k = metered("pipe 2 config");

	kit_line(k, 100 * NRW_S, "pipe 1 config bw 8Kbit/s");
	load_is(k, 103 * NRW_S, 3, 0, 0, 0);
	kit_free(k);
}

TEST(meter, without_one_link_or_a_rate_there_is_none)
{
	struct kit *k = metered("pipe 1 config mask all bw 8Kbit/s"), *plain = kit_new(1);
	struct emu_load load;

	kit_line(k, 0, "pipe 2 config delay 1ms");
	kit_line(k, 0, "sched 3 config bw 1Mbit/s");
	kit_line(k, 0, "queue 3 config sched 3");
	assert_false(emu_load(k->emu, EMU_PIPE, 1, &load));
	assert_false(emu_load(k->emu, EMU_PIPE, 2, &load));
	assert_true(emu_load(k->emu, EMU_SCHED, 3, &load));
	assert_false(emu_load(k->emu, EMU_QUEUE, 3, &load));
	assert_false(emu_load(k->emu, EMU_PIPE, 9, &load));
	kit_line(plain, 0, "pipe 1 config bw 1Mbit/s");
	assert_false(emu_load(plain->emu, EMU_PIPE, 1, &load));
	kit_free(plain);
	kit_free(k);
}

/* Sums of services, each cut at whole seconds. */
struct sums {
	uint64_t busy[SECONDS];
};

static void add(struct sums *s, nrw_time from, nrw_time to)
{
	while (from < to) {
		nrw_time end = (from / NRW_S + 1) * NRW_S;

		end = end < to ? end : to;
		s->busy[from / NRW_S] += end - from;
		from = end;
	}
}

static void compare(const struct sums *s, const struct emu_load *load)
{
	uint64_t sum = 0, most = 0;

	assert_true(load->seconds && load->seconds < SECONDS);
	for (uint64_t i = 0; i < load->seconds; i++) {
		sum += s->busy[i];
		most = s->busy[i] > most ? s->busy[i] : most;
	}
	assert_int_equal(load->sum, sum);
	assert_int_equal(load->most, most);
	assert_int_equal(load->last, s->busy[load->seconds - 1]);
}

/* Without a delay a packet leaves when its service ends, and serves since that or since the end before it. */
static void beside_sums(const char *line, enum emu_kind to, uint64_t seed)
{
	static struct sums sums;
	struct kit *k = metered(line);
	struct kit_rng r = { seed };
	nrw_time at = 0, end = 0, came[2000];
	struct emu_load load;
	struct kit_out out;
	uint64_t n = 0;

	if (to == EMU_QUEUE)
		kit_line(k, 0, "queue 1 config pipe 1");
	memset(&sums, 0, sizeof(sums));
	while (n < 2000 && at < 300 * NRW_S) {
		at += kit_below(&r, 4) ? kit_below(&r, 50 * NRW_MS) : kit_below(&r, 4 * NRW_S);
		if (n && !kit_below(&r, 4))
			load_of(k, came[n - 1] + kit_below(&r, at - came[n - 1] + 1));
		came[n++] = at;
		kit_put_to(k, to, 1, 40 + (uint32_t)kit_below(&r, 1460), NULL, at);
		if (!kit_below(&r, 8))
			load_of(k, at);
	}
	while (kit_take(k, NRW_NEVER - 1, &out)) {
		add(&sums, came[out.seq] > end ? came[out.seq] : end, out.at);
		end = out.at;
	}
	load = load_of(k, end + 2 * NRW_S);
	compare(&sums, &load);
	kit_free(k);
}

TEST(meter, it_is_the_sum_of_services)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		beside_sums("pipe 1 config bw 60Kbit/s queue 2000", EMU_PIPE, seed);
		beside_sums("pipe 1 config bw 60Kbit/s queue 2000", EMU_QUEUE, seed);
		beside_sums("pipe 1 config bw 60Kbit/s queue 2000 jitter 0ms", EMU_PIPE, seed);
		beside_sums("pipe 1 config bw 1Mbit/s queue 2000", EMU_PIPE, seed);
	}
}

TEST(meter, who_takes_late_is_told)
{
	struct kit *k = metered("pipe 1 config delay 5ms");
	struct kit_out out;

	assert_int_equal(emu_late(k->emu, EMU_PIPE, 1)->count, 0);
	kit_put(k, 1, 100, 0);
	kit_put(k, 1, 100, NRW_MS);
	assert_true(kit_take(k, 8 * NRW_MS, &out));
	assert_true(kit_take(k, 8 * NRW_MS, &out));
	assert_int_equal(out.at, 6 * NRW_MS);
	assert_int_equal(emu_late(k->emu, EMU_PIPE, 1)->count, 2);
	assert_int_equal(emu_late(k->emu, EMU_PIPE, 1)->min, 2 * NRW_MS);
	assert_int_equal(emu_late(k->emu, EMU_PIPE, 1)->max, 3 * NRW_MS);
	assert_null(emu_late(k->emu, EMU_PIPE, 2));
	kit_free(k);
}
