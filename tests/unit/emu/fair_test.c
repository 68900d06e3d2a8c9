/* fair_test.c - the meter against all intervals of all periods, one by one; and against values computed by hand. */
#include "emu/fair.h"

#include <stdlib.h>

#include "base/dice.h"
#include "test.h"

/* ---- a small run, and what it is worth by looking at everything ---- */
#define FLOWS 6
#define STEPS 400

struct event {
	int flow;		/* whose packet of `bytes` leaves; -1: weights or flows change here */
	uint64_t bytes;
	uint32_t weights[FLOWS];	/* from here on; 0: idle */
};

static struct event events[STEPS * 3];
static unsigned n_events;

/* The largest rise of D_k in events [from, to): weights stand still. As a fraction of their sum. */
static int64_t rise_in(int k, unsigned from, unsigned to, uint64_t *sum)
{
	const uint32_t *w = events[from].weights;
	int64_t worst = 0, d_from = 0;

	*sum = 0;
	for (int i = 0; i < FLOWS; i++)
		*sum += w[i];
	for (unsigned a = from; a < to; a++) {		/* an interval begins before event a */
		int64_t d = d_from;

		for (unsigned b = a; b < to; b++) {	/* and ends just before the packet of event b is complete */
			d += (int64_t)(w[k] * events[b].bytes);
			worst = d > worst ? d : worst;
			if (events[b].flow == k)
				d -= (int64_t)(*sum * events[b].bytes);
		}
	}
	return worst;
}

static struct fair_ratio alpha_by_hand(int k)
{
	struct fair_ratio best = { 0 };

	for (unsigned from = 0, to; from < n_events; from = to) {
		uint64_t sum, of = best.of ? best.of : 1;
		int64_t worst;

		for (to = from + 1; to < n_events && events[to].flow >= 0; to++)
			;
		if (!events[from].weights[k])
			continue;
		worst = rise_in(k, from, to, &sum);
		if ((uint64_t)worst * of > (best.whole * of + best.part) * sum)
			best = (struct fair_ratio){ (uint64_t)worst / sum, (uint64_t)worst % sum, sum };
	}
	return best;
}

static void note(const struct fair_flow *flows, int flow, uint64_t bytes)
{
	struct event *e = &events[n_events++];

	*e = (struct event){ .flow = flow, .bytes = bytes };
	for (int i = 0; i < FLOWS; i++)
		e->weights[i] = list_empty(&flows[i].link) ? 0 : flows[i].weight;
}

static void random_step(struct fair *m, struct fair_flow *flows, struct dice *d, unsigned calm)
{
	int k = (int)(dice_draw(d) % FLOWS);
	bool busy = !list_empty(&flows[k].link);

	if (dice_draw(d) % calm) {
		uint64_t bytes = 1 + dice_draw(d) % 200;

		if (busy) {
			note(flows, k, bytes);
			fair_sent(m, &flows[k], bytes);
		}
		return;
	}
	if (!busy)
		fair_ready(m, &flows[k]);
	else if (dice_draw(d) % 2)
		fair_idle(m, &flows[k]);
	else
		fair_reweigh(m, &flows[k], flows[k].weight % 50 + 1);
	note(flows, -1, 0);
}

static void compare(unsigned seed, unsigned calm)
{
	struct fair m;
	struct fair_flow flows[FLOWS];
	struct dice d = { dice_key(seed, 1, 2, 3, 4), 0 };

	n_events = 0;
	assert_int_equal(fair_init(&m), 0);
	for (int i = 0; i < FLOWS; i++)
		fair_flow_init(&flows[i], (uint32_t)(1 + dice_draw(&d) % 50));
	for (unsigned i = 0; i < STEPS; i++)
		random_step(&m, flows, &d, calm);
	fair_settle(&m);
	for (int i = 0; i < FLOWS; i++)
		assert_int_equal(fair_cmp(flows[i].alpha, alpha_by_hand(i)), 0);
	fair_fini(&m);
}

TEST(fair, bwfi_is_the_worst_of_all_intervals)
{
	for (unsigned seed = 1; seed <= 40; seed++)
		compare(seed, 1 + seed % 30);
}

/* A sum that changes more often than the meter keeps epochs, and one flow that sends nothing all the while. */
TEST(fair, a_flow_that_starves_through_many_changes_is_seen)
{
	struct fair m;
	struct fair_flow starved, other, third;

	assert_int_equal(fair_init(&m), 0);
	fair_flow_init(&starved, 1);
	fair_flow_init(&other, 1);
	fair_flow_init(&third, 2);
	fair_ready(&m, &starved);
	fair_ready(&m, &other);
	fair_sent(&m, &other, 1);
	for (unsigned i = 0; i < 20000; i++) {
		fair_ready(&m, &third);
		fair_sent(&m, &other, 5000);	/* 1250 */
		fair_idle(&m, &third);
		fair_sent(&m, &other, i == 9999 ? 3000 : 2999);	/* 1499.5, and once 1500 */
	}
	fair_sent(&m, &starved, 1);
	fair_settle(&m);
	assert_int_equal(fair_cmp(starved.alpha, (struct fair_ratio){ 1500, 0, 1 }), 0);
	fair_fini(&m);
}

TEST(fair, round_robin_of_equals_is_one_packet_late)
{
	struct fair m;
	struct fair_flow f[10];

	assert_int_equal(fair_init(&m), 0);
	for (int i = 0; i < 10; i++) {
		fair_flow_init(&f[i], 7);
		fair_ready(&m, &f[i]);
	}
	for (int i = 0; i < 1000; i++)
		fair_sent(&m, &f[i % 10], 100);
	fair_settle(&m);
	for (int i = 0; i < 10; i++)
		assert_int_equal(fair_cmp(f[i].alpha, (struct fair_ratio){ 100, 0, 1 }), 0);
	assert_int_equal(fair_jain(f, 10), 1000000);
	fair_fini(&m);
}

/* Bytes and weights at their largest: no sum overflows. */
TEST(fair, a_petabyte_is_counted_exactly)
{
	struct fair m;
	struct fair_flow a, b;
	uint64_t big = UINT64_C(1) << 33;

	assert_int_equal(fair_init(&m), 0);
	fair_flow_init(&a, 65535);
	fair_flow_init(&b, 1);
	fair_ready(&m, &a);
	fair_ready(&m, &b);
	for (unsigned i = 0; i < 1 << 17; i++)
		fair_sent(&m, &a, big);
	fair_sent(&m, &b, big);
	fair_settle(&m);
	assert_int_equal(b.alpha.whole, (big << 1) + (big >> 16));	/* share 2^-16 of (2^17 + 1) packets */
	assert_int_equal(b.alpha.part, 0);
	assert_int_equal(a.alpha.whole, big - (big >> 16));	/* while b's went */
	fair_fini(&m);
}

TEST(fair, time_in_the_queue_is_held_against_a_link_of_its_own)
{
	struct fair m;
	struct fair_flow a, b;

	assert_int_equal(fair_init(&m), 0);
	fair_flow_init(&a, 1);
	fair_flow_init(&b, 3);
	fair_ready(&m, &a);
	fair_ready(&m, &b);
	fair_waited(&m, &a, 5000, 100, 1000000000);	/* 800 ns at 1 Gbit/s, 3200 at a quarter of it */
	assert_int_equal(a.late, 1800);
	fair_waited(&m, &a, 3000, 100, 1000000000);
	assert_int_equal(a.late, 1800);
	fair_waited(&m, &b, 1000, 100, 1000000000);	/* 1066 2/3 */
	assert_int_equal(b.late, -66);
	fair_fini(&m);
}

TEST(fair, jain_says_how_many_share)
{
	struct fair_flow f[4];

	for (int i = 0; i < 4; i++)
		fair_flow_init(&f[i], (uint32_t)(i + 1));
	assert_int_equal(fair_jain(f, 4), 0);
	f[2].bytes = UINT64_C(1) << 60;
	assert_int_equal(fair_jain(f, 4), 250000);	/* one of four */
	for (int i = 0; i < 4; i++)
		f[i].bytes = UINT64_C(1000) * f[i].weight;
	assert_int_equal(fair_jain(f, 4), 1000000);
	f[0].bytes = 3000;				/* x = 3, 1, 1, 1: 36 / (4 * 12) */
	assert_int_equal(fair_jain(f, 4), 750000);
}
