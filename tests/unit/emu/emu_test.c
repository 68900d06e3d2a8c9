/* tests/unit/emu/emu_test.c - many pipes: who leaves next, numbers, what is missing. */
#include "emu/emu.h"

#include <stdlib.h>

#include "kit.h"
#include "test.h"

TEST(emu, a_missing_pipe_has_a_name)
{
	struct kit *k = kit_new(1);

	kit_put(k, 5, 100, 77);
	kit_put(k, 70000, 100, 78);
	assert_int_equal(k->dropped, 2);
	assert_int_equal(k->drops[0].why, DROP_NO_PIPE);
	assert_int_equal(k->drops[0].number, 5);
	assert_int_equal(k->drops[0].at, 77);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

TEST(emu, pipes_are_listed_by_number)
{
	static const char *const lines[] = {
		"pipe 9 config", "pipe 65535 config", "pipe 1 config",
		"pipe 256 config", "pipe 9 replace", "pipe 255 config",
	};
	static const uint32_t sorted[] = { 1, 9, 255, 256, 65535 };
	struct kit *k = kit_new(1);
	uint32_t n;

	for (unsigned i = 0; i < 6; i++)
		kit_line(k, 0, lines[i]);
	for (uint32_t i = 0; i < 5; i++) {
		assert_true(emu_at(k->emu, EMU_PIPE, i, &n));
		assert_int_equal(n, sorted[i]);
		assert_true(emu_has(k->emu, EMU_PIPE, n));
	}
	assert_false(emu_at(k->emu, EMU_PIPE, 5, &n));
	assert_false(emu_at(k->emu, EMU_QUEUE, 0, &n));
	assert_false(emu_has(k->emu, EMU_PIPE, 2));
	assert_false(emu_has(k->emu, EMU_PIPE, 0));
	assert_false(emu_has(k->emu, EMU_QUEUE, 1));
	kit_free(k);
}

TEST(emu, equal_instants_leave_by_age)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config delay 30us");
	kit_line(k, 0, "pipe 2 config delay 20us");
	kit_line(k, 0, "pipe 3 config delay 10us");
	kit_put(k, 1, 100, 0);
	kit_put(k, 2, 100, 10 * NRW_US);
	kit_put(k, 3, 100, 20 * NRW_US);
	kit_put(k, 1, 100, 20 * NRW_US);
	for (unsigned i = 0; i < 3; i++)
		kit_take_is(k, 30 * NRW_US, i, 30 * NRW_US);
	kit_take_is(k, 50 * NRW_US, 3, 50 * NRW_US);
	kit_free(k);
}

/* A packet that re-enters is older than one that is there already, both to leave now. */
TEST(emu, an_older_packet_steps_in_front)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config delay 1ms");
	kit_line(k, 0, "pipe 2 config delay 1ms");
	kit_put_seq(k, 1, 100, 10, 0);
	kit_put_seq(k, 2, 100, 7, 0);
	kit_put_seq(k, 1, 100, 5, 0);
	kit_take_is(k, NRW_MS, 5, NRW_MS);
	kit_take_is(k, NRW_MS, 7, NRW_MS);
	kit_take_is(k, NRW_MS, 10, NRW_MS);
	kit_free(k);
}

/* Several packets end within one nanosecond, the oldest last: it still goes before those of another pipe. */
TEST(emu, an_older_packet_behind_the_one_in_service_goes_first)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Tbit/s");
	kit_line(k, 0, "pipe 2 config delay 1ns");
	kit_put_seq(k, 1, 1, 10, 0);
	kit_put_seq(k, 1, 1, 9, 0);
	kit_put_seq(k, 1, 1, 5, 0);
	kit_put_seq(k, 2, 1, 7, 0);
	kit_put_seq(k, 2, 1, 3, 0);
	for (unsigned i = 0; i < 5; i++)
		kit_take_is(k, 1, (uint64_t[]){ 3, 5, 7, 9, 10 }[i], 1);
	kit_free(k);
}

/* The same where a shorter delay lets one in service leave with the one on the line. */
TEST(emu, an_older_packet_behind_the_line_goes_first)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms");
	kit_line(k, 0, "pipe 2 config delay 11ms");
	kit_put_seq(k, 1, 1000, 10, 0);
	kit_put_seq(k, 1, 1000, 5, 0);
	kit_put_seq(k, 2, 1000, 7, 0);
	kit_line(k, NRW_MS, "pipe 1 config delay 1ms");
	for (unsigned i = 0; i < 3; i++)
		kit_take_is(k, 20 * NRW_MS, (uint64_t[]){ 5, 7, 10 }[i], 11 * NRW_MS);
	kit_free(k);
}

TEST(emu, settling_takes_back_the_event_of_a_lost_exit)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 1s");
	kit_put(k, 1, 1000, NRW_NEVER - 2 * NRW_MS);
	emu_settle(k->emu, NRW_NEVER - NRW_MS);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

struct expected {
	uint64_t at, seq;
};

static int by_exit(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

#define PIPES 40
#define PACKETS 3000

/* Links of whole microseconds, so that instants coincide all the time. */
TEST(emu, all_pipes_together_leave_in_order)
{
	struct kit_rng r = { 99 };
	struct kit *k = kit_new(1);
	struct expected *e = calloc(PACKETS, sizeof(*e));
	uint64_t free_at[PIPES] = { 0 }, now = 0;
	struct kit_out o;
	unsigned out = 0;

	for (unsigned i = 0; i < PIPES; i++) {
		char line[80];

		snprintf(line, sizeof(line), "pipe %u config bw %s delay %uus queue 3000", 1000 - i,
			i % 2 ? "8Gbit/s" : "0", i / 2 % 5);
		kit_line(k, 0, line);
	}
	for (unsigned i = 0; i < PACKETS; i++) {
		unsigned n = (unsigned)kit_below(&r, PIPES);

		now += kit_below(&r, 3) * NRW_US;
		free_at[n] = (free_at[n] > now ? free_at[n] : now) + (n % 2 ? NRW_US : 0);
		e[i] = (struct expected){ free_at[n] + n / 2 % 5 * NRW_US, i };
		kit_put(k, 1000 - n, 1000, now);
	}
	qsort(e, PACKETS, sizeof(*e), by_exit);
	while (kit_take(k, UINT64_MAX - 1, &o)) {
		assert_int_equal(o.at, e[out].at);
		assert_int_equal(o.seq, e[out].seq);
		out++;
	}
	assert_int_equal(out, PACKETS);
	free(e);
	kit_free(k);
}

TEST(emu, freeing_frees_what_is_held)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s delay 1ms");
	for (unsigned i = 0; i < 20; i++)
		kit_put(k, 1, 1250, 0);
	emu_settle(k->emu, 50 * NRW_MS);	/* some on the line, one in service, the rest waits */
	assert_int_equal(k->dropped, 0);
	kit_free(k);
	emu_free(NULL);
}

TEST(emu, config_keeps_what_it_does_not_name_and_replace_does_not)
{
	struct kit *k = kit_new(1);
	struct emu_params p;
	char *text;

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s delay 20ms queue 10 plr 0.1 overhead 4");
	kit_line(k, 0, "pipe 1 config delay 5ms");
	text = emu_print(k->emu, EMU_PIPE, 1);
	assert_string_equal(text, "pipe 1 config bw 1Mbit/s delay 5ms plr 0.1 queue 10 overhead 4");
	free(text);
	emu_params(k->emu, EMU_PIPE, 1, &p);
	assert_int_equal(p.bandwidth, 1000000);
	assert_int_equal(p.delay, 5 * NRW_MS);
	kit_line(k, 0, "pipe 1 replace queue auto");
	text = emu_print(k->emu, EMU_PIPE, 1);
	assert_string_equal(text, "pipe 1 config queue auto");
	free(text);
	assert_null(emu_print(k->emu, EMU_PIPE, 2));
	kit_free(k);
}
