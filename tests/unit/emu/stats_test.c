/* tests/unit/emu/stats_test.c - counters and histograms. */
#include "emu/emu.h"

#include "kit.h"
#include "test.h"

TEST(stats, bytes_count_overhead)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;
	struct kit_out o;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s overhead 10 queue 2");
	for (unsigned i = 0; i < 3; i++)
		kit_put(k, 1, 990, 0);
	st = kit_stats(k, 1, 0);
	assert_int_equal(st.packets, 3);
	assert_int_equal(st.bytes, 3000);
	assert_int_equal(st.backlog_packets, 2);
	assert_int_equal(st.backlog_bytes, 2000);
	assert_int_equal(st.held_packets, 2);
	assert_int_equal(st.drops[DROP_QUEUE_FULL], 1);
	assert_true(kit_take(k, NRW_MS, &o));
	st = kit_stats(k, 1, NRW_MS);
	assert_int_equal(st.out_packets, 1);
	assert_int_equal(st.out_bytes, 1000);
	assert_int_equal(st.backlog_packets, 1);
	assert_int_equal(st.backlog_max_packets, 2);
	assert_int_equal(st.backlog_max_bytes, 2000);
	kit_free(k);
}

TEST(stats, settling_brings_counters_to_now)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 1s");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	emu_stats(k->emu, EMU_PIPE, 1, &st);
	assert_int_equal(st.backlog_packets, 2);
	st = kit_stats(k, 1, NRW_MS);
	assert_int_equal(st.backlog_packets, 1);
	assert_int_equal(st.held_packets, 2);
	assert_int_equal(st.wait_ns->count, 1);
	st = kit_stats(k, 1, 2 * NRW_MS);
	assert_int_equal(st.backlog_packets, 0);
	assert_int_equal(st.held_packets, 2);
	assert_int_equal(st.wait_ns->max, 2 * NRW_MS);
	kit_free(k);
}

TEST(stats, series_hands_out_each_wait_once)
{
	struct kit *k = kit_new(1);
	struct hist h;

	hist_init(&h);
	kit_line(k, 0, "pipe 1 config bw 8Mbit/s");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	emu_settle(k->emu, NRW_MS);
	emu_series_take(k->emu, EMU_PIPE, 1, &h);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.max, NRW_MS);
	emu_settle(k->emu, 2 * NRW_MS);
	emu_series_take(k->emu, EMU_PIPE, 1, &h);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.min, 2 * NRW_MS);
	assert_int_equal(hist_quantile(&h, 500), 2 * NRW_MS);
	emu_series_take(k->emu, EMU_PIPE, 1, &h);
	assert_int_equal(h.count, 0);
	assert_int_equal(kit_stats(k, 1, 2 * NRW_MS).wait_ns->count, 2);
	emu_series_take(k->emu, EMU_PIPE, 2, &h);
	assert_int_equal(h.count, 0);
	hist_fini(&h);
	kit_free(k);
}

TEST(stats, a_missing_pipe_tells_nothing)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;
	struct emu_params p;

	emu_stats(k->emu, EMU_PIPE, 1, &st);
	emu_params(k->emu, EMU_PIPE, 1, &p);
	assert_null(st.wait_ns);
	assert_int_equal(st.packets, 0);
	assert_int_equal(p.bandwidth, 0);
	kit_free(k);
}
