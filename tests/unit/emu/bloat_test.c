/* What queue management is for: the delay that a light flow meets beside bulk ones, and that of many bulk flows. With
 * BLOAT_CSV=FILE the first law writes what the picture in docs/img shows (scripts/make-bufferbloat). */
#include "bloat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#define RATE_BYTES 2500000	/* a second: 20 Mbit/s */

static struct bloat_result result;

static int by_size(const void *a, const void *b)
{
	nrw_time x = *(const nrw_time *)a, y = *(const nrw_time *)b;

	return (x > y) - (x < y);
}

/* Of the light flow's packets of the second half, at so many of a thousand. */
static nrw_time light_quantile(const struct bloat_result *r, unsigned permille)
{
	static nrw_time sorted[BLOAT_SAMPLES];
	uint32_t half = r->samples / 2, n = r->samples - half;

	memcpy(sorted, r->waited + half, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_size);
	return sorted[(n - 1) * permille / 1000];
}

/* One bulk flow that its window limits, and a packet of 100 bytes each 10 ms. */
static struct bloat_setup one_bulk(const char *a, const char *b, enum emu_kind kind)
{
	return (struct bloat_setup){ .lines = { a, b }, .kind = kind, .bulk = 1, .window = 500, .delay = 20 * NRW_MS,
		.back = 20 * NRW_MS, .light_gap = 10 * NRW_MS, .until = 20 * NRW_S };
}

static void write_samples(FILE *to, const char *name, const struct bloat_result *r)
{
	for (uint32_t i = 0; to && i < r->samples; i++)
		fprintf(to, "%s,%" PRIu64 ",%" PRIu64 "\n", name, r->at[i], r->waited[i]);
}

static double goodput(const struct bloat_result *r)	/* of the link */
{
	return (double)r->bulk_bytes / (10.0 * RATE_BYTES);
}

TEST(bloat, a_light_flow_waits_behind_a_fifo_and_hardly_behind_fq_codel)
{
	const char *path = getenv("BLOAT_CSV");
	FILE *to = path ? fopen(path, "w") : NULL;
	struct bloat_setup s = one_bulk("pipe 1 config bw 20Mbit/s delay 20ms queue 1000", NULL, EMU_PIPE);

	bloat_run(&s, &result);
	write_samples(to, "FIFO", &result);
	/* (500 - 67) packets of 0.6 ms */
	assert_in_range(light_quantile(&result, 500), 240 * NRW_MS, 265 * NRW_MS);
	assert_true(goodput(&result) > 0.98);

	s = one_bulk("pipe 1 config bw 20Mbit/s delay 20ms queue 1000 codel", NULL, EMU_PIPE);
	bloat_run(&s, &result);
	write_samples(to, "CoDel", &result);
	assert_true(light_quantile(&result, 500) < 10 * NRW_MS);
	assert_true(light_quantile(&result, 990) < 40 * NRW_MS);
	assert_true(goodput(&result) > 0.8);

	s = one_bulk("sched 1 config type fq_codel bw 20Mbit/s delay 20ms", "queue 1 config sched 1", EMU_QUEUE);
	bloat_run(&s, &result);
	write_samples(to, "fq_codel", &result);
	assert_true(light_quantile(&result, 500) <= 700 * NRW_US);	/* a bulk packet in service, and its own time */
	/* At most a turn more, two bulk packets: where the link was idle it may still stand among the old flows. */
	assert_true(light_quantile(&result, 1000) <= 1900 * NRW_US);
	assert_true(result.dropped > 5);				/* the bulk flow is told to slow down */
	assert_true(goodput(&result) > 0.8);
	assert_int_equal(result.samples + 2 >= result.light_sent, true);		/* and none of it is lost */
	if (to)
		fclose(to);
}

/* So many bulk flows: their mean wait, in us. */
static uint64_t mean_wait(const char *line, uint32_t flows)
{
	struct bloat_setup s = { .lines = { line }, .kind = EMU_PIPE, .bulk = flows, .window = 400,
		.delay = 20 * NRW_MS, .back = 20 * NRW_MS, .light_gap = 10 * NRW_MS, .until = 20 * NRW_S };

	bloat_run(&s, &result);
	if (getenv("BLOAT_PRINT"))
		fprintf(stderr, "# %s, %u flows: %.1f ms, %.3f of the link, %u drops\n", line, flows,
			(double)result.waited_sum / (double)result.waited_count / 1e6, goodput(&result),
			result.dropped);
	assert_true(goodput(&result) > 0.8);
	return result.waited_sum / result.waited_count / 1000;
}

TEST(bloat, mean_delay_is_near_the_target_under_1_to_100_flows)
{
	static const uint32_t flows[] = { 1, 2, 5, 10, 30, 100 };
	const char *pie = "pipe 1 config bw 20Mbit/s delay 20ms queue 1000 pie ts";
	const char *dre = "pipe 1 config bw 20Mbit/s delay 20ms queue 1000 pie";
	const char *codel = "pipe 1 config bw 20Mbit/s delay 20ms queue 1000 codel";

	for (size_t i = 0; i < sizeof(flows) / sizeof(*flows); i++) {
		assert_in_range(mean_wait(pie, flows[i]), 12000, 21000);	/* us; target 15 ms */
		assert_in_range(mean_wait(dre, flows[i]), 12000, 21000);
		/* CoDel keeps a peak of its queue at the target where windows are large; at 100 flows a fair window is
		 * less than a packet, and drops that come one by one reach too few of them. */
		assert_in_range(mean_wait(codel, flows[i]), 1000, flows[i] <= 10 ? 15000 : 90000);
	}
}
