/* tests/unit/emu/flows_test.c - a pipe with a mask is as many pipes as it has flows: held against just that, one pipe
 * without a mask for each flow, in an emulator of their own, with every change of configuration made in all of them. */
#include "emu/emu_flow.h"

#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define FLOWS 12
#define PACKETS 300

struct twins {
	struct kit *masked, *plain;
	struct kit_rng r;
	nrw_time now;
};

static void both(struct twins *t, const char *options)
{
	char line[256];

	snprintf(line, sizeof(line), "pipe 1 config %s", options);
	kit_line(t->masked, t->now, line);
	for (unsigned i = 1; i <= FLOWS; i++) {
		snprintf(line, sizeof(line), "pipe %u config %s", 100 + i, options);
		kit_line(t->plain, t->now, line);
	}
}

/* What may change, with values that often meet. */
static void random_options(struct kit_rng *r, char *to, size_t room)
{
	static const char *const rates[] = { "0", "8Mbit/s", "80Mbit/s", "7777777", "1Tbit/s" };
	static const char *const delays[] = { "0", "1ms", "3ms", "20ms", "100us" };
	static const char *const queues[] = { "1", "3", "50", "4000B", "2ms", "auto" };
	static const char *const bursts[] = { "0", "3000B", "100B", "10KB" };
	size_t n = 0;

	to[0] = '\0';
	if (kit_below(r, 2))
		n += (size_t)snprintf(to + n, room - n, " bw %s", rates[kit_below(r, 5)]);
	if (kit_below(r, 2))
		n += (size_t)snprintf(to + n, room - n, " delay %s", delays[kit_below(r, 5)]);
	if (kit_below(r, 2))
		n += (size_t)snprintf(to + n, room - n, " queue %s", queues[kit_below(r, 6)]);
	if (kit_below(r, 3) == 0)
		n += (size_t)snprintf(to + n, room - n, " burst %s", bursts[kit_below(r, 4)]);
	if (kit_below(r, 4) == 0)
		snprintf(to + n, room - n, " overhead %u", (unsigned)kit_below(r, 3) * 20);
}

static void take_alike(struct twins *t, nrw_time until)
{
	struct kit_out a, b;
	bool more = true;

	while (more) {
		more = kit_take(t->plain, until, &b);
		assert_int_equal(kit_take(t->masked, until, &a), more);
		if (!more)
			break;
		assert_int_equal(a.seq, b.seq);
		assert_int_equal(a.at, b.at);
	}
}

static void step(struct twins *t)
{
	uint32_t flow = 1 + (uint32_t)kit_below(&t->r, kit_below(&t->r, 2) ? 3 : FLOWS);
	uint32_t bytes = kit_below(&t->r, 2) ? 1000 : 1 + (uint32_t)kit_below(&t->r, 1500);
	struct view v = kit_view(flow, true);
	char options[128];

	t->now += kit_below(&t->r, 3) * kit_below(&t->r, 2 * NRW_MS) / 1000 * 1000;
	if (kit_below(&t->r, 2))
		take_alike(t, t->now);
	if (kit_below(&t->r, 15) == 0) {
		random_options(&t->r, options, sizeof(options));
		both(t, options);
	}
	kit_put_view(t->masked, 1, bytes, &v, t->now);
	kit_put(t->plain, 100 + flow, bytes, t->now);
	assert_int_equal(t->masked->dropped, t->plain->dropped);
}

static void sums_are_alike(struct twins *t)
{
	struct emu_stats all = kit_stats(t->masked, 1, t->now), sum = { 0 };

	for (unsigned i = 1; i <= FLOWS; i++) {
		struct emu_stats st = kit_stats(t->plain, 100 + i, t->now);

		sum.packets += st.packets;
		sum.bytes += st.bytes;
		sum.out_packets += st.out_packets;
		sum.out_bytes += st.out_bytes;
		sum.held_packets += st.held_packets;
		sum.backlog_packets += st.backlog_packets;
		sum.backlog_bytes += st.backlog_bytes;
	}
	assert_int_equal(all.packets, sum.packets);
	assert_int_equal(all.bytes, sum.bytes);
	assert_int_equal(all.out_packets, sum.out_packets);
	assert_int_equal(all.out_bytes, sum.out_bytes);
	assert_int_equal(all.held_packets, sum.held_packets);
	assert_int_equal(all.backlog_packets, sum.backlog_packets);
	assert_int_equal(all.backlog_bytes, sum.backlog_bytes);
}

static void one_run(uint64_t seed)
{
	struct twins t = { kit_new(1), kit_new(1), { seed }, 0 };
	char options[128];

	kit_line(t.masked, 0, "pipe 1 config mask dst-ip 0xff dst-ip6 0xffff");
	random_options(&t.r, options, sizeof(options));
	both(&t, options);
	for (unsigned i = 0; i < PACKETS; i++) {
		step(&t);
		if (i % 50 == 0)
			sums_are_alike(&t);
	}
	take_alike(&t, NRW_NEVER - 1);
	sums_are_alike(&t);
	assert_int_equal(emu_next(t.masked->emu), NRW_NEVER);
	kit_free(t.masked);
	kit_free(t.plain);
}

TEST(flows, a_masked_pipe_is_a_pipe_for_each_flow)
{
	for (uint64_t seed = 1; seed <= 400; seed++)
		one_run(seed * 7919);
}
