/* tests/unit/emu/pipe_test.c - a whole pipe against a model that knows nothing of how it is built.
 *
 * The model keeps every packet for ever, finds the backlog by looking at all of them, and gets each end from the sum of
 * its busy period in one formula. Times of calls are random, arrivals often fall on the very instant of an end. */
#include "emu/emu_int.h"

#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define MODEL_PACKETS 400

struct model {
	uint64_t rate, delay, overhead;
	enum emu_limit_kind kind;
	uint64_t limit;				/* packets or bytes */
	uint64_t period, sum;			/* the present busy period */
	struct {
		uint64_t arrival, bytes, end, seq;
	} in[MODEL_PACKETS];			/* accepted */
	unsigned count;
	uint64_t drops, peak_packets, peak_bytes;
};

static bool model_full(const struct model *m, uint64_t packets, uint64_t bytes, uint64_t own)
{
	if (!m->rate)
		return false;
	if (m->kind == LIMIT_PACKETS)
		return packets >= m->limit;
	if (m->kind == LIMIT_AUTO)
		return packets >= 50 && bytes + own > m->limit;
	return bytes + own > m->limit;
}

static bool model_put(struct model *m, uint64_t seq, uint64_t length, uint64_t now)
{
	uint64_t own = length + m->overhead, packets = 0, bytes = 0, end = now;

	for (unsigned i = 0; i < m->count; i++) {
		if (m->in[i].end > now) {
			packets++;
			bytes += m->in[i].bytes;
		}
	}
	if (model_full(m, packets, bytes, own)) {
		m->drops++;
		return false;
	}
	if (m->rate) {
		if (!m->count || m->in[m->count - 1].end <= now) {
			m->period = now;
			m->sum = 0;
		}
		m->sum += own;
		end = m->period + u128_muldiv_ceil(8 * m->sum, NRW_S, m->rate);
		m->peak_packets = packets + 1 > m->peak_packets ? packets + 1 : m->peak_packets;
		m->peak_bytes = bytes + own > m->peak_bytes ? bytes + own : m->peak_bytes;
	}
	m->in[m->count].arrival = now;
	m->in[m->count].bytes = own;
	m->in[m->count].end = end;
	m->in[m->count++].seq = seq;
	return true;
}

/* A rate between 1 bit/s and 1 Tbit/s, each order of magnitude as likely. */
static uint64_t some_rate(struct kit_rng *r)
{
	uint64_t top = 1;

	for (uint64_t n = kit_below(r, 13); n; n--)
		top *= 10;
	return 1 + kit_below(r, top);
}

static uint64_t bytes_in(uint64_t rate, uint64_t ns)
{
	return u128_div64(u128_mul64(rate, ns), UINT64_C(8000000000), NULL).lo;
}

static void random_pipe(struct kit_rng *r, struct model *m, char *line)
{
	char queue[64] = "";

	*m = (struct model){ .kind = (enum emu_limit_kind)kit_below(r, 4) };
	m->overhead = kit_below(r, 3) ? 0 : kit_below(r, 100);
	m->rate = kit_below(r, 10) ? some_rate(r) : 0;
	m->delay = kit_below(r, 3) * kit_below(r, NRW_S);
	switch (m->kind) {
	case LIMIT_PACKETS:
		m->limit = 1 + kit_below(r, 20);
		snprintf(queue, sizeof(queue), "queue %llu", (unsigned long long)m->limit);
		break;
	case LIMIT_BYTES:
		m->limit = 1000 + kit_below(r, 10000);
		snprintf(queue, sizeof(queue), "queue %lluB", (unsigned long long)m->limit);
		break;
	case LIMIT_TIME: {
		uint64_t ns = 1 + kit_below(r, NRW_S);

		m->limit = bytes_in(m->rate, ns);
		snprintf(queue, sizeof(queue), "queue %lluns", (unsigned long long)ns);
		break;
	}
	case LIMIT_AUTO:
		m->limit = bytes_in(m->rate, m->delay + 5 * NRW_MS);
		snprintf(queue, sizeof(queue), "queue auto");
		break;
	}
	snprintf(line, 256, "pipe 7 config bw %llu delay %lluns overhead %llu %s", (unsigned long long)m->rate,
		(unsigned long long)m->delay, (unsigned long long)m->overhead, queue);
}

static uint64_t next_arrival(struct kit_rng *r, const struct model *m, uint64_t now)
{
	uint64_t packet_ns = m->rate ? 8000000000000 / m->rate + 1 : 1000;

	if (kit_below(r, 4) == 0)
		return now;
	for (unsigned i = m->count; i-- && kit_below(r, 4);)
		if (m->in[i].end >= now && kit_below(r, 3) == 0)
			return m->in[i].end + kit_below(r, 3) / 2;
	return now + kit_below(r, 2 * packet_ns) / (1 + kit_below(r, 3));
}

static void take_all(struct kit *k, const struct model *m, unsigned *out, uint64_t now)
{
	struct kit_out o;

	while (kit_take(k, now, &o)) {
		assert_true(*out < m->count);
		assert_int_equal(o.seq, m->in[*out].seq);
		assert_int_equal(o.at, m->in[*out].end + m->delay);
		assert_true(o.at <= now);
		(*out)++;
	}
	if (*out < m->count)
		assert_true(m->in[*out].end + m->delay > now);
}

static void waits_are(const struct model *m, const struct hist *h)
{
	uint64_t min = UINT64_MAX, max = 0, sum = 0;

	for (unsigned i = 0; i < m->count; i++) {
		uint64_t wait = m->in[i].end - m->in[i].arrival;

		min = wait < min ? wait : min;
		max = wait > max ? wait : max;
		sum += wait;
	}
	assert_int_equal(h->count, m->count);
	assert_int_equal(h->min, min);
	assert_int_equal(h->max, max);
	assert_int_equal(h->sum.lo, sum);
}

static void one_run(struct kit_rng *r)
{
	struct model m;
	struct emu_stats st;
	struct kit *k = kit_new(1);
	char line[256];
	uint64_t now = kit_below(r, 1000);
	unsigned out = 0;

	random_pipe(r, &m, line);
	kit_line(k, 0, line);
	for (unsigned i = 0; i < MODEL_PACKETS; i++) {
		uint32_t bytes = kit_below(r, 2) ? 1500 : 1 + (uint32_t)kit_below(r, 3000);

		now = next_arrival(r, &m, now);
		if (kit_below(r, 2))
			take_all(k, &m, &out, now);
		model_put(&m, k->seq, bytes, now);
		kit_put(k, 7, bytes, now);
		assert_int_equal(k->dropped, m.drops);
	}
	take_all(k, &m, &out, now);
	st = kit_stats(k, 7, UINT64_MAX - 1);
	assert_int_equal(st.backlog_packets, 0);
	assert_int_equal(st.backlog_bytes, 0);
	assert_int_equal(st.backlog_max_packets, m.peak_packets);
	assert_int_equal(st.backlog_max_bytes, m.peak_bytes);
	assert_int_equal(st.drops[DROP_QUEUE_FULL], m.drops);
	waits_are(&m, st.wait_ns);
	take_all(k, &m, &out, UINT64_MAX - 1);
	assert_int_equal(out, m.count);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

TEST(pipe, agrees_with_the_model)
{
	struct kit_rng r = { 20260101 };

	for (unsigned i = 0; i < 1500; i++)
		one_run(&r);
}

TEST(pipe, an_end_frees_its_slot_at_its_own_instant)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s queue 2");	/* 1000 bytes: 1 ms */
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, NRW_MS - 1);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(k->drops[0].why, DROP_QUEUE_FULL);
	assert_int_equal(k->drops[0].at, NRW_MS - 1);
	kit_put(k, 1, 1000, NRW_MS);
	assert_int_equal(k->dropped, 1);
	kit_take_is(k, NRW_MS, 0, NRW_MS);
	kit_take_is(k, 5 * NRW_MS, 1, 2 * NRW_MS);
	kit_take_is(k, 5 * NRW_MS, 3, 3 * NRW_MS);
	kit_free(k);
}

TEST(pipe, nothing_configured_holds_nothing_back)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config queue 1");
	for (unsigned i = 0; i < 100; i++)
		kit_put(k, 1, 1500, 33);
	assert_int_equal(k->dropped, 0);
	for (unsigned i = 0; i < 100; i++)
		kit_take_is(k, 33, i, 33);
	assert_int_equal(kit_stats(k, 1, 33).wait_ns->max, 0);
	kit_free(k);
}

TEST(pipe, a_smaller_queue_throws_nobody_out)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s");
	for (unsigned i = 0; i < 10; i++)
		kit_put(k, 1, 1000, 0);
	kit_line(k, 0, "pipe 1 config queue 2");
	kit_put(k, 1, 1000, 0);
	assert_int_equal(k->dropped, 1);
	for (unsigned i = 0; i < 10; i++)
		kit_take_is(k, 20 * NRW_MS, i, (i + 1) * NRW_MS);
	kit_free(k);
}

TEST(pipe, a_shorter_delay_lets_nobody_overtake)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms");
	kit_put(k, 1, 1000, 0);			/* leaves at 11 ms */
	kit_put(k, 1, 1000, 0);			/* served until 2 ms */
	kit_line(k, NRW_MS, "pipe 1 config delay 1ms");
	kit_put(k, 1, 1000, NRW_MS);
	kit_put(k, 1, 1000, 11 * NRW_MS);
	kit_take_is(k, 11 * NRW_MS, 0, 11 * NRW_MS);
	kit_take_is(k, 11 * NRW_MS, 1, 11 * NRW_MS);
	kit_take_is(k, 11 * NRW_MS, 2, 11 * NRW_MS);
	kit_take_is(k, 13 * NRW_MS, 3, 13 * NRW_MS);
	kit_free(k);
}

/* The same when nobody looked in between: the one in service leaves with the last one on the line. */
TEST(pipe, the_next_exit_knows_the_last_one)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_line(k, NRW_MS, "pipe 1 config delay 1ms");
	kit_take_is(k, 11 * NRW_MS, 0, 11 * NRW_MS);
	kit_take_is(k, 11 * NRW_MS, 1, 11 * NRW_MS);
	kit_free(k);
}

TEST(pipe, a_longer_delay_holds_from_then_on)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 1ms");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_line(k, NRW_MS, "pipe 1 config delay 10ms");
	kit_take_is(k, 2 * NRW_MS, 0, 2 * NRW_MS);	/* was on its way at 1 ms already */
	kit_take_is(k, 12 * NRW_MS, 1, 12 * NRW_MS);
	kit_free(k);
}

TEST(pipe, a_change_of_rate_splits_the_service)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_line(k, NRW_MS / 2, "pipe 1 config bw 16Mbit/s");
	kit_take_is(k, NRW_MS, 0, 750 * NRW_US);
	kit_take_is(k, 2 * NRW_MS, 1, 1250 * NRW_US);
	kit_free(k);
}

TEST(pipe, taking_the_rate_away_lets_all_go_at_once)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_line(k, NRW_MS / 2, "pipe 1 config bw 0");
	kit_take_is(k, NRW_MS, 0, NRW_MS / 2);
	kit_take_is(k, NRW_MS, 1, NRW_MS / 2);
	kit_free(k);
}

TEST(pipe, another_overhead_counts_for_those_that_come)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s overhead 0");
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	kit_line(k, 0, "pipe 1 config overhead 1000");
	st = kit_stats(k, 1, 0);
	assert_int_equal(st.backlog_bytes, 2000);
	kit_take_is(k, NRW_MS, 0, NRW_MS);
	kit_take_is(k, 2 * NRW_MS, 1, 2 * NRW_MS);
	st = kit_stats(k, 1, 3 * NRW_MS);
	assert_int_equal(st.bytes, st.out_bytes);
	assert_int_equal(st.backlog_bytes, 0);
	kit_free(k);
}

/* The draws by the definition: draw n of the key is mix(key + (n + 1) golden); lost when below 2^63 (P = 0.5). The keys
 * and draws were worked out in Python. */
TEST(pipe, loss_follows_the_dice)
{
	static const uint64_t draws[] = {
		UINT64_C(0xad4d86381626f826), UINT64_C(0xf4bb9d18dd32de15), UINT64_C(0x155c342300c03498),
		UINT64_C(0xab98248adc79047f), UINT64_C(0xee4c3006e0b7dba2), UINT64_C(0x6f514cdb712d273b),
		UINT64_C(0x40b314eb3d02e362), UINT64_C(0x6789200b43d22960), UINT64_C(0x5d3de130c2df78dc),
		UINT64_C(0x440719c711319772), UINT64_C(0xeb7b497fce57cccb), UINT64_C(0x58d0562327198771),
		UINT64_C(0x2ea6f9f140d07552), UINT64_C(0x0e7239cb37f60351), UINT64_C(0xd2eaeeb55d2ad4dc),
		UINT64_C(0xe5c7806427f36a91), UINT64_C(0x8767312354802057), UINT64_C(0xd3e16fb05e569de4),
		UINT64_C(0x3bad4c0e8aa394fd), UINT64_C(0xf50415d8d74e936e), UINT64_C(0xc343a2160f97850e),
		UINT64_C(0x91789a93032a45ee), UINT64_C(0x5173669afbd5b05a), UINT64_C(0x38b6a1ac3cd9eb57),
	};
	struct kit *k = kit_new(1);
	unsigned lost = 0;

	kit_line(k, 0, "pipe 1 config plr 0.5");
	for (unsigned i = 0; i < sizeof(draws) / sizeof(*draws); i++) {
		kit_put(k, 1, 100, i);
		lost += draws[i] >> 63 == 0;
		assert_int_equal(k->dropped, lost);
	}
	assert_int_equal(k->drops[0].why, DROP_LOSS);
	assert_int_equal(kit_stats(k, 1, 100).packets, sizeof(draws) / sizeof(*draws));
	kit_free(k);
}

TEST(pipe, without_loss_nothing_is_drawn)
{
	struct kit *k = kit_new(1), *fresh = kit_new(1);

	kit_line(k, 0, "pipe 1 config");
	for (unsigned i = 0; i < 5; i++)
		kit_put(k, 1, 100, 0);
	kit_line(k, 0, "pipe 1 config plr 0.5");
	kit_line(fresh, 0, "pipe 1 config plr 0.5");
	for (unsigned i = 0; i < 50; i++) {
		kit_put(k, 1, 100, 0);
		kit_put(fresh, 1, 100, 0);
		assert_int_equal(k->dropped, fresh->dropped);
	}
	kit_free(k);
	kit_free(fresh);
}

TEST(pipe, certain_loss_loses_all_and_none_loses_none)
{
	struct kit *k = kit_new(3);

	kit_line(k, 0, "pipe 1 config plr 1");
	kit_line(k, 0, "pipe 2 config plr 0");
	for (unsigned i = 0; i < 100; i++) {
		kit_put(k, 1, 100, 0);
		kit_put(k, 2, 100, 0);
	}
	assert_int_equal(kit_stats(k, 1, 0).drops[DROP_LOSS], 100);
	assert_int_equal(kit_stats(k, 2, 0).drops[DROP_LOSS], 0);
	kit_free(k);
}

TEST(pipe, a_lost_packet_takes_no_room)
{
	struct kit *k = kit_new(3);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s queue 1 plr 1");
	kit_put(k, 1, 1000, 0);
	kit_line(k, 0, "pipe 1 config plr 0");
	kit_put(k, 1, 1000, 0);
	assert_int_equal(k->dropped, 1);
	kit_free(k);
}

TEST(pipe, time_ends_with_a_name)
{
	struct kit *k = kit_new(1);
	struct kit_out o;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 1ms");
	kit_put(k, 1, 1000, NRW_NEVER - 2 * NRW_MS - 1);	/* would leave at the last instant but one: */
	kit_put(k, 1, 1, NRW_NEVER - 2 * NRW_MS - 1);		/* its service ends in time, its delay does not */
	kit_put(k, 1, 2000, NRW_NEVER - 2 * NRW_MS - 1);	/* its service does not */
	assert_int_equal(k->dropped, 0);
	kit_take_is(k, NRW_NEVER, 0, NRW_NEVER - 1);
	assert_false(kit_take(k, NRW_NEVER, &o));
	assert_int_equal(k->dropped, 2);
	assert_int_equal(k->drops[0].why, DROP_TIME_END);
	assert_int_equal(k->drops[0].at, NRW_NEVER - 2 * NRW_MS - 1);
	assert_int_equal(k->drops[1].why, DROP_TIME_END);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	assert_int_equal(kit_stats(k, 1, NRW_NEVER - 1).held_packets, 0);
	kit_free(k);
}

TEST(pipe, the_end_of_time_itself_is_no_exit)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config delay 1ms");
	kit_put(k, 1, 1000, NRW_NEVER - NRW_MS - 1);
	kit_put(k, 1, 1000, NRW_NEVER - NRW_MS);
	assert_int_equal(k->dropped, 1);
	kit_take_is(k, NRW_NEVER, 0, NRW_NEVER - 1);
	kit_free(k);
}

/* Served in time, but its exit is not: it is told when its service ends, and there is an event for that. */
TEST(pipe, a_lost_exit_is_told_when_service_ends)
{
	struct kit *k = kit_new(1);
	nrw_time now = NRW_NEVER - 2 * NRW_MS;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 1s");
	kit_put(k, 1, 1000, now);
	assert_int_equal(emu_next(k->emu), now + NRW_MS);
	kit_take_none(k, now + NRW_MS - 1);
	assert_int_equal(k->dropped, 0);
	kit_take_none(k, now + NRW_MS);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

TEST(pipe, time_may_be_told_to_end_sooner)
{
	struct kit *k = kit_new(1);

	emu_end_at(k->emu, 20 * NRW_MS);
	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms");
	kit_line(k, 0, "pipe 2 config delay 10ms");
	kit_put(k, 1, 1000, 9 * NRW_MS - 1);	/* leaves at the last instant */
	kit_put(k, 1, 1, 9 * NRW_MS - 1);
	kit_put(k, 1, 15000, 9 * NRW_MS - 1);	/* its very service ends too late */
	kit_put(k, 2, 1000, 10 * NRW_MS - 1);
	assert_int_equal(k->dropped, 0);
	kit_put(k, 2, 1000, 10 * NRW_MS);
	assert_int_equal(k->dropped, 1);
	kit_take_is(k, NRW_S, 0, 20 * NRW_MS - 1);
	kit_take_is(k, NRW_S, 3, 20 * NRW_MS - 1);
	kit_take_none(k, NRW_S);
	assert_int_equal(k->dropped, 3);
	assert_int_equal(k->drops[1].at, 9 * NRW_MS - 1);
	assert_int_equal(k->drops[2].why, DROP_TIME_END);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

TEST(pipe, what_will_never_end_is_told_at_once)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1");
	kit_put(k, 1, UINT32_MAX, 0);	/* 1089 years */
	assert_int_equal(k->dropped, 1);
	assert_int_equal(k->drops[0].why, DROP_TIME_END);
	kit_put(k, 1, 1, 0);		/* behind it */
	assert_int_equal(k->dropped, 2);
	kit_line(k, 0, "pipe 1 config delay 0 bw 1");
	kit_put(k, 1, 1, 0);		/* still behind it */
	assert_int_equal(k->dropped, 3);
	kit_line(k, NRW_S, "pipe 1 config bw 8");
	kit_put(k, 1, 1, NRW_S);
	kit_take_is(k, 2 * NRW_S, 3, 2 * NRW_S);
	kit_free(k);
}

TEST(pipe, a_rate_too_slow_for_time_drops_all_that_wait)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Tbit/s");
	kit_put(k, 1, UINT32_MAX, 0);
	kit_put(k, 1, 100, 0);
	kit_line(k, 1, "pipe 1 config bw 1bit/s");
	assert_int_equal(k->dropped, 2);
	assert_int_equal(kit_stats(k, 1, 1).held_packets, 0);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

TEST(pipe, giants_wait_without_wrapping)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "pipe 1 config bw 1Tbit/s queue 10 overhead 65535");
	for (unsigned i = 0; i < 10; i++)
		kit_put(k, 1, UINT32_MAX, 0);
	st = kit_stats(k, 1, 0);
	assert_int_equal(st.backlog_bytes, 10 * (UINT64_C(4294967295) + 65535));
	for (unsigned i = 0; i < 10; i++)
		kit_take_is(k, NRW_S, i, ((i + 1) * UINT64_C(34360262640) + 999) / 1000);
	kit_free(k);
}
