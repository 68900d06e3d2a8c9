/* Queue management against tables worked out from the RFCs' texts (make_aqm_table.py), and laws. That only what is ECT
 * is marked aqm_rig.c holds everywhere. */
#include "emu/aqm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aqm_rig.h"
#include "aqm_table.h"
#include "kit.h"
#include "test.h"
#include "wire/wire.h"

#define MBIT UINT64_C(1000000)

static struct aqm_rig rig;

static void same_fates(const char *want)
{
	for (size_t i = 0; want[i] || rig.fates[i]; i++)
		if (want[i] != rig.fates[i]) {
			fprintf(stderr, "# packet %zu: '%c' where the text has '%c'\n", i, rig.fates[i], want[i]);
			fail();
		}
}

static struct prob prob(double p)	/* of a table's parameters: exact enough for comparisons with chance */
{
	return (struct prob){ .below = p >= 1 ? 0 : (uint64_t)(p * 18446744073709551616.0), .always = p >= 1 };
}

static const struct rig_load mixed = { 1600, 200, 4, { 1400000, 900000, 2000000, 600000 } };

/* ---- CoDel ---- */

static void codel_is(nrw_time target, nrw_time interval, bool ecn, const struct rig_load *load, const char *want)
{
	struct aqm_conf c = { .ops = &aqm_codel, .u.codel = { target, interval, ecn } };

	aqm_rig_init(&rig, &c, 10 * MBIT);
	aqm_rig_run(&rig, load);
	same_fates(want);
	aqm_rig_fini(&rig);
}

TEST(codel, drops_are_those_of_the_pseudocode)
{
	codel_is(5 * NRW_MS, 100 * NRW_MS, false, &mixed, codel_defaults);
	codel_is(1 * NRW_MS, 10 * NRW_MS, false, &mixed, codel_short);
	codel_is(1, 1, false, &mixed, codel_instant);
	codel_is(5 * NRW_MS, 100 * NRW_MS, false, &(struct rig_load){ 1600, 200, 1, { 300000 } }, codel_flood);
}

TEST(codel, marks_stand_where_drops_would)
{
	codel_is(2 * NRW_MS, 20 * NRW_MS, true, &mixed, codel_ecn);
}

TEST(codel, spacing_is_the_floor_of_interval_by_root_of_count)
{
	for (size_t i = 0; i < sizeof(aqm_spacing) / sizeof(*aqm_spacing); i++)
		assert_int_equal(aqm_codel_spacing(aqm_spacing[i].interval, aqm_spacing[i].count),
			aqm_spacing[i].spacing);
}

static uint32_t count_fates(char fate)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < rig.count; i++)
		n += rig.fates[i] == fate;
	return n;
}

static void codel_rig(nrw_time target, nrw_time interval)
{
	struct aqm_conf c = { .ops = &aqm_codel, .u.codel = { target, interval, false } };

	aqm_rig_init(&rig, &c, 8 * MBIT);	/* 1000 bytes a millisecond */
}

/* A queue of a constant delay d: as many packets at once, then one for each that leaves. */
static void stand(nrw_time d, uint32_t packets)
{
	for (nrw_time t = 0; t < d; t += NRW_MS)
		aqm_rig_put(&rig, 0, 1000, false);
	for (uint32_t i = 1; i < packets; i++)
		aqm_rig_put(&rig, i * NRW_MS, 1000, false);
	aqm_rig_drain(&rig, packets * NRW_MS);
}

TEST(codel, below_target_nothing_is_dropped)
{
	codel_rig(5 * NRW_MS, 100 * NRW_MS);
	stand(5 * NRW_MS, 4000);			/* 4 ms, for the first of them is served at once */
	assert_int_equal(count_fates('d'), 0);
	aqm_rig_fini(&rig);
	codel_rig(5 * NRW_MS, 100 * NRW_MS);
	stand(6 * NRW_MS, 400);				/* the target is not below the target */
	assert_true(count_fates('d') > 0);
	aqm_rig_fini(&rig);
}

/* A drop makes the queue shorter by a packet; that the load brings back, so that the delay stands. */
TEST(codel, the_next_drop_is_an_interval_by_root_of_count_later)
{
	nrw_time last = 0;
	uint32_t drops = 0;
	nrw_time due = 0;

	codel_rig(5 * NRW_MS, 100 * NRW_MS);
	stand(200 * NRW_MS, 3000);
	for (uint32_t i = 0; i < rig.count && drops < 40; i++) {
		if (rig.fates[i] != 'd')
			continue;
		drops++;
		if (drops == 1)
			due = rig.left[i];
		assert_true(rig.left[i] >= due && rig.left[i] < due + NRW_MS);	/* at the next departure */
		due += aqm_codel_spacing(100 * NRW_MS, drops);
		last = rig.left[i];
	}
	assert_int_equal(drops, 40);
	assert_in_range(last, 1100 * NRW_MS, 1300 * NRW_MS);	/* 100 ms (1 + sum of 1 / sqrt(1..39)) */
	aqm_rig_fini(&rig);
}

TEST(codel, the_first_delay_below_target_ends_it)
{
	uint32_t before;

	codel_rig(5 * NRW_MS, 100 * NRW_MS);
	stand(50 * NRW_MS, 1000);
	before = count_fates('d');
	assert_true(before > 5);
	aqm_rig_drain(&rig, UINT64_C(1) << 62);		/* runs empty: below target on the way */
	before = count_fates('d');
	for (uint32_t i = 0; i < 60; i++)		/* 60 ms of queue again, for less than an interval */
		aqm_rig_put(&rig, 2000 * NRW_MS, 1000, false);
	aqm_rig_drain(&rig, UINT64_C(1) << 62);
	assert_int_equal(count_fates('d'), before);
	aqm_rig_fini(&rig);
}

TEST(codel, one_packet_that_waits_is_no_queue)
{
	codel_rig(1 * NRW_US, 1 * NRW_MS);
	for (uint32_t i = 0; i < 4000; i++)
		aqm_rig_put(&rig, i * NRW_MS - (i > 0) * (NRW_MS / 2), 1000, false);
	aqm_rig_drain(&rig, UINT64_C(1) << 62);
	assert_int_equal(count_fates('d'), 0);
	aqm_rig_fini(&rig);
}

/* ---- RED ---- */

static void red_is(const struct aqm_conf *c, const char *want)
{
	aqm_rig_init(&rig, c, 10 * MBIT);
	if (c->u.red.bytes)
		rig.room = 1 << 30;
	else
		rig.slots = 1 << 20;
	aqm_rig_run(&rig, &mixed);
	same_fates(want);
	aqm_rig_fini(&rig);
}

static struct aqm_conf red_conf(const struct nrw_aqm_ops *ops, double w_q, uint64_t min, uint64_t max, double max_p)
{
	struct aqm_red red = { .w_q = prob(w_q), .max_p = prob(max_p), .min = min, .max = max };

	return (struct aqm_conf){ .ops = ops, .u.red = red };
}

TEST(red, drops_are_those_of_the_paper)
{
	struct aqm_conf c = red_conf(&aqm_red, 0.02, 5, 15, 0.1);

	red_is(&c, red_red);
	c = red_conf(&aqm_red, 0.02, 4000, 12000, 0.3);
	c.u.red.bytes = true;
	red_is(&c, red_bytes);
}

TEST(red, gentle_goes_on_to_twice_max)
{
	struct aqm_conf c = red_conf(&aqm_gred, 0.02, 5, 15, 0.1);

	red_is(&c, red_gentle);
	c = red_conf(&aqm_gred, 0.02, 3000, 9000, 0.05);
	c.u.red.bytes = true;
	c.u.red.ecn = AQM_ECN;
	red_is(&c, red_gentle_bytes);
}

TEST(red, marks_come_with_the_probability_of_drops)
{
	struct aqm_conf c = red_conf(&aqm_red, 0.002, 5, 15, 0.1);

	c.u.red.ecn = AQM_ECN;
	red_is(&c, red_ecn);
}

static uint64_t one_draw(void *dice)
{
	return *(uint64_t *)dice;
}

/* Whether a packet is dropped that finds an average (w_q is 1) of so many, by a draw. */
static enum nrw_aqm_verdict verdict_at(const struct aqm_conf *c, uint64_t packets, uint64_t draw, bool ect)
{
	uint64_t mem[32] = { 0 };
	struct nrw_aqm_look look = { .packets = packets, .slots = 1000, .bytes = 1500, .ect = ect, .draw = one_draw,
		.dice = &draw };

	assert_true(c->ops->size <= sizeof(mem));
	c->ops->init(aqm_params(c), mem, 0);
	return c->ops->put(aqm_params(c), mem, &look);
}

/* Drops exactly below this draw: the probability, in 2^-64. */
static void curve_is(const struct aqm_conf *c, uint64_t packets, double p)
{
	uint64_t below = (uint64_t)(p * 18446744073709551616.0);
	uint64_t slack = UINT64_C(1) << 14;

	assert_int_equal(verdict_at(c, packets, below - slack, false), NRW_AQM_DROP);
	assert_int_equal(verdict_at(c, packets, below + slack, false), NRW_AQM_PASS);
}

TEST(red, the_curve_between_the_thresholds_is_straight)
{
	struct aqm_conf c = red_conf(&aqm_red, 1, 10, 50, 0.25);

	assert_int_equal(verdict_at(&c, 9, 0, false), NRW_AQM_PASS);
	assert_int_equal(verdict_at(&c, 10, 0, false), NRW_AQM_PASS);	/* probability 0 */
	for (uint64_t n = 11; n < 50; n++)
		curve_is(&c, n, 0.25 * (double)(n - 10) / 40);
	assert_int_equal(verdict_at(&c, 50, UINT64_MAX, false), NRW_AQM_DROP);
	c.ops = &aqm_gred;
	for (uint64_t n = 50; n < 100; n++)
		curve_is(&c, n, 0.25 + 0.75 * (double)(n - 50) / 50);
	assert_int_equal(verdict_at(&c, 100, UINT64_MAX, false), NRW_AQM_DROP);
}

TEST(red, dctcp_marks_all_above_min)
{
	struct aqm_conf c = red_conf(&aqm_red, 1, 10, 50, 0.25);

	c.u.red.ecn = AQM_ECN_DCTCP;
	assert_int_equal(verdict_at(&c, 9, 0, true), NRW_AQM_PASS);
	assert_int_equal(verdict_at(&c, 10, UINT64_MAX, true), NRW_AQM_MARK);
	assert_int_equal(verdict_at(&c, 10, UINT64_MAX, false), NRW_AQM_DROP);
	assert_int_equal(verdict_at(&c, 500, UINT64_MAX, true), NRW_AQM_MARK);
}

/* At a standing average the numbers of packets from drop to drop are 1..1/p, each as often: Floyd and Jacobson, 4,
 * method 2. */
TEST(red, from_drop_to_drop_every_distance_is_as_likely)
{
	struct aqm_conf c = red_conf(&aqm_red, 1, 10, 30, 0.1);
	uint64_t mem[32] = { 0 };
	struct dice d = { .key = 5 };
	struct nrw_aqm_look look = { .packets = 20, .slots = 1000, .bytes = 100, .draw = aqm_rig_draw,
		.dice = &d };
	uint32_t distance = 0, seen[22] = { 0 };

	c.ops->init(aqm_params(&c), mem, 0);
	for (uint32_t drops = 0; drops < 20000;) {
		distance++;
		assert_true(distance <= 20);
		if (c.ops->put(aqm_params(&c), mem, &look) == NRW_AQM_PASS)
			continue;
		seen[distance]++;
		distance = 0;
		drops++;
	}
	for (uint32_t i = 1; i <= 20; i++)
		assert_in_range(seen[i], 1000 - 110, 1000 + 110);	/* 3.5 sigma */
}

TEST(red, the_average_decays_while_nothing_comes)
{
	struct aqm_conf c = red_conf(&aqm_red, 0.01, 10, 20, 1);
	struct nrw_aqm_look look = { .slots = 1000, .bytes = 100, .rate = 8 * 512 * 1000, .draw = one_draw };
	uint64_t draw = 0;
	uint64_t mem[32] = { 0 };
	uint32_t left;

	look.dice = &draw;
	c.ops->init(aqm_params(&c), mem, 0);
	look.packets = 1000;
	while (c.ops->put(aqm_params(&c), mem, &look) == NRW_AQM_PASS)
		;						/* an average of 10, a little more */
	c.ops->emptied(aqm_params(&c), mem, 0);
	look.packets = 0;
	look.now = 69 * NRW_MS;					/* 69 small packets: half of it is left */
	assert_int_equal(c.ops->put(aqm_params(&c), mem, &look), NRW_AQM_PASS);
	look.packets = 15;
	for (left = 0; c.ops->put(aqm_params(&c), mem, &look) == NRW_AQM_PASS; left++)
		;	/* from 5 to 10 towards 15: (15 - 5) 0.99^n = 15 - 10, n = 69 */
	assert_in_range(left, 60, 78);
}

/* ---- PIE ---- */

static const uint64_t *pie_want;
static size_t pie_wants;
static double pie_worst;

/* Compares the probability behind each tick that has been. */
static void compare_prob(struct aqm_rig *r)
{
	const struct aqm_pie_state *s = r->state;
	uint64_t ticks = s->tick / r->conf.u.pie.tupdate - 1;
	double is, want;

	if (ticks == r->ticks || ticks > pie_wants)
		return;
	r->ticks = ticks;
	is = (double)s->prob / (double)AQM_PIE_ONE;
	want = (double)pie_want[ticks - 1] / 1e15;
	if (is - want > pie_worst || want - is > pie_worst)
		pie_worst = is > want ? is - want : want - is;
}

static void pie_is(const struct aqm_pie *p, uint64_t rate, uint64_t slots, const struct rig_load *load,
	const char *want, const uint64_t *probs, size_t n)
{
	struct aqm_conf c = { .ops = &aqm_pie, .u.pie = *p };

	aqm_rig_init(&rig, &c, rate);
	rig.slots = slots;
	pie_want = probs;
	pie_wants = n;
	pie_worst = 0;
	rig.seen = p->onoff ? NULL : compare_prob;
	aqm_rig_run(&rig, load);
	same_fates(want);
	assert_true(pie_worst < 1e-6);		/* delays are whole ns here and fractions there */
	assert_true(p->onoff || rig.ticks > 60);
	aqm_rig_fini(&rig);
}

#define PROBS(name) pie_##name##_prob, sizeof(pie_##name##_prob) / sizeof(*pie_##name##_prob)

static const struct rig_load pie_mixed = { 2400, 500, 4, { 1400000, 900000, 2000000, 600000 } };
static const struct rig_load pie_long = { 2400, 500, 4, { 2900000, 2600000, 4200000, 2400000 } };

TEST(pie, probability_and_drops_are_those_of_the_text)
{
	struct aqm_pie p = aqm_pie_default;

	pie_is(&p, 4 * MBIT, 0, &pie_long, pie_defaults, PROBS(defaults));
	p.ts = true;
	p.target = p.tupdate = 5 * NRW_MS;
	p.max_burst = 20 * NRW_MS;
	pie_is(&p, 10 * MBIT, 0, &pie_mixed, pie_times, PROBS(times));
}

TEST(pie, without_cap_and_spreading_and_with_ecn)
{
	struct aqm_pie p = aqm_pie_default;

	p.ecn = true;
	p.capdrop = p.drand = false;
	p.max_burst = 0;
	p.target = 8 * NRW_MS;
	pie_is(&p, 4 * MBIT, 0, &pie_long, pie_plain, PROBS(plain));
	p = aqm_pie_default;
	p.ecn = true;
	p.beta = 7000000;
	p.max_burst = 50 * NRW_MS;
	p.max_ecnth = (struct prob){ .below = UINT64_C(1) << 63 };
	pie_is(&p, 10 * MBIT, 0, &(struct rig_load){ 2400, 500, 2, { 900000, 700000 } }, pie_flood, PROBS(flood));
}

TEST(pie, sleeps_until_a_third_of_the_limit_waits)
{
	struct aqm_pie p = aqm_pie_default;

	p.onoff = true;
	p.target = 5 * NRW_MS;
	p.max_burst = 30 * NRW_MS;
	pie_is(&p, 10 * MBIT, 60, &(struct rig_load){ 2400, 500, 3, { 800000, 4000000, 1000000 } }, pie_sleeps,
		PROBS(sleeps));
}

TEST(pie, a_burst_within_the_allowance_is_let_through)
{
	struct aqm_conf c = { .ops = &aqm_pie, .u.pie = aqm_pie_default };
	uint32_t early = 0;

	aqm_rig_init(&rig, &c, 8 * MBIT);
	for (uint32_t i = 0; i < 1000; i++)		/* twice the link, for half a second */
		aqm_rig_put(&rig, i * NRW_MS / 2, 1000, false);
	for (uint32_t i = 0; i < rig.count; i++)
		early += rig.fates[i] == 'd' && rig.pkts[i].at <= 150 * NRW_MS;
	assert_int_equal(early, 0);
	assert_true(count_fates('d') > 5);
	aqm_rig_fini(&rig);
}

/* Idle for years it has ticked as often as for seconds: nothing is left, and the allowance is full again. */
TEST(pie, a_long_time_without_packets_is_no_work)
{
	struct aqm_conf c = { .ops = &aqm_pie, .u.pie = aqm_pie_default };
	const struct aqm_pie_state *s;

	aqm_rig_init(&rig, &c, 8 * MBIT);
	for (uint32_t i = 0; i < 2000; i++)
		aqm_rig_put(&rig, i * NRW_MS / 2, 1000, false);
	s = rig.state;
	assert_true(s->prob > AQM_PIE_ONE / 100);
	aqm_rig_drain(&rig, UINT64_C(1) << 62);
	aqm_rig_put(&rig, UINT64_C(1) << 62, 1000, false);
	assert_int_equal(s->prob, 0);
	assert_int_equal(s->delay, 0);
	assert_int_equal(s->burst, c.u.pie.max_burst);
	assert_true(s->tick >= UINT64_C(1) << 62 && s->tick - (UINT64_C(1) << 62) < c.u.pie.tupdate);
	assert_int_equal(s->tick % c.u.pie.tupdate, 0);
	aqm_rig_fini(&rig);
}

/* ---- marks ---- */

/* The example of a header whose checksum is known (0xb861 at tos 0), in a packet of its own bytes or of others'. */
static const uint8_t header4[20] = {
	0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61,
	0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
};

/* Marks a packet of this TOS; the byte and the checksum behind it. False: it was not. */
static bool mark4(uint8_t tos, uint16_t checksum, uint8_t *is_tos, uint16_t *is_checksum)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *p = pkt_new(pool);
	uint8_t borrowed[20];
	bool marked;

	memcpy(borrowed, header4, 20);
	borrowed[1] = tos;
	wire_put16(borrowed + 10, checksum);
	p->data = borrowed;
	p->len_bytes = 20;
	p->wire_bytes = 0x73;
	p->link = LINK_RAW;
	p->flags = PKT_STEADY;
	marked = aqm_mark(pool, p);
	*is_tos = p->data[1];
	*is_checksum = wire_get16(p->data + 10);
	assert_int_equal(borrowed[1], tos);		/* who lends bytes finds them as they were */
	pkt_free(pool, p);
	pkt_pool_free(pool);
	return marked;
}

TEST(mark, ect_becomes_ce_and_the_checksum_is_right)
{
	uint16_t sum;
	uint8_t tos;

	assert_true(mark4(0x02, 0xb85f, &tos, &sum));		/* ECT(0); 0xb861 - 2 */
	assert_int_equal(tos, 0x03);
	assert_int_equal(sum, 0xb85e);
	assert_true(mark4(0xb9, 0xb7a8, &tos, &sum));		/* EF, ECT(1); 0xb861 - 0xb9 */
	assert_int_equal(tos, 0xbb);
	assert_int_equal(sum, 0xb7a6);
	assert_true(mark4(0x03, 0xb85e, &tos, &sum));		/* CE stays */
	assert_int_equal(tos, 0x03);
	assert_int_equal(sum, 0xb85e);
	assert_true(mark4(0x02, 0x1234, &tos, &sum));		/* a wrong sum stays as wrong */
	assert_int_equal(sum, 0x1233);
}

TEST(mark, what_is_not_ect_is_not_marked)
{
	uint16_t sum;
	uint8_t tos;

	assert_false(mark4(0x00, 0xb861, &tos, &sum));
	assert_false(mark4(0xb8, 0xb7a9, &tos, &sum));
	assert_int_equal(tos, 0xb8);
	assert_int_equal(sum, 0xb7a9);
}

TEST(mark, ipv6_has_it_across_two_bytes)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *p = pkt_new(pool);
	uint8_t packet[14 + 4 + 40] = { [12] = 0x81, [13] = 0x00, [15] = 5, [16] = 0x86, [17] = 0xdd,
		[18] = 0x6a, [19] = 0xa5, [20] = 0x43, [21] = 0x21, [24] = 59, [25] = 64 };	/* class 0xaa: ECT(0) */

	p->data = packet;
	p->len_bytes = p->wire_bytes = sizeof(packet);
	p->link = LINK_ETHERNET;
	assert_true(aqm_mark(pool, p));
	assert_int_equal(wire_get32(p->data + 18), 0x6ab54321);
	assert_int_equal(packet[19], 0xa5);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

/* ---- every kind ---- */

TEST(aqm, the_table_finds_each_by_its_name)
{
	size_t n;

	for (n = 0; aqm_at(n); n++)
		assert_ptr_equal(aqm_find((struct word){ aqm_at(n)->name, strlen(aqm_at(n)->name) }), aqm_at(n));
	assert_int_equal(n, 4);
	assert_null(aqm_find((struct word){ "droptail", 8 }));
}

static struct aqm_conf any_conf(const struct nrw_aqm_ops *ops, bool ecn)
{
	struct aqm_conf c = red_conf(ops, 0.01, 5, 15, 0.1);

	if (ops == &aqm_codel)
		c.u.codel = (struct aqm_codel){ 5 * NRW_MS, 100 * NRW_MS, ecn };
	else if (ops == &aqm_pie)
		c.u.pie = aqm_pie_default, c.u.pie.ecn = ecn;
	else
		c.u.red.ecn = ecn ? AQM_ECN : AQM_NOECN;
	return c;
}

TEST(aqm, an_idle_queue_drops_nothing)
{
	for (size_t n = 0; aqm_at(n); n++) {
		struct aqm_conf c = any_conf(aqm_at(n), false);

		aqm_rig_init(&rig, &c, 10 * MBIT);
		for (uint32_t i = 0; i < 5000; i++)
			aqm_rig_put(&rig, i * 2 * NRW_MS, 1500, false);
		aqm_rig_drain(&rig, UINT64_C(1) << 62);
		assert_int_equal(count_fates('d'), 0);
		aqm_rig_fini(&rig);
	}
}

TEST(aqm, without_ecn_nothing_is_marked_and_with_it_something_is)
{
	for (size_t n = 0; aqm_at(n); n++) {
		for (int ecn = 0; ecn < 2; ecn++) {
			struct aqm_conf c = any_conf(aqm_at(n), ecn);

			aqm_rig_init(&rig, &c, 10 * MBIT);
			for (uint32_t i = 0; i < 6000; i++)
				aqm_rig_put(&rig, i * (NRW_MS - NRW_MS / 20), 1250, i % 3 > 0);
			assert_int_equal(count_fates('m') > 0, ecn);
			assert_true(count_fates('d') > 0);
			aqm_rig_fini(&rig);
		}
	}
}

/* Times and lengths at the ends of their ranges. */
TEST(aqm, the_ends_of_all_ranges_are_borne)
{
	static const uint64_t edges[] = { 0, 1, 1000, UINT64_C(1) << 31, UINT64_C(1) << 33 };

	for (size_t n = 0; aqm_at(n); n++) {
		struct aqm_conf c = any_conf(aqm_at(n), true);
		struct kit_rng rng = { n + 1 };
		uint64_t mem[32] = { 0 };
		struct dice d = { 0 };
		nrw_time now = 0;

		if (c.ops->init)
			c.ops->init(aqm_params(&c), mem, 0);
		for (int i = 0; i < 20000; i++) {
			struct nrw_aqm_look look = { .draw = aqm_rig_draw, .dice = &d,
				.ect = kit_below(&rng, 2), .bytes = edges[kit_below(&rng, 5)],
				.packets = edges[kit_below(&rng, 5)], .queued = edges[kit_below(&rng, 5)] * 1000,
				.rate = kit_below(&rng, 3) ? kit_random(&rng) >> kit_below(&rng, 64) : 0,
				.slots = edges[kit_below(&rng, 4)], .room = edges[kit_below(&rng, 5)] };
			uint64_t by = i % 100 ? kit_below(&rng, NRW_S) : kit_random(&rng) >> 6;

			now = now + by < now ? UINT64_MAX : now + by;
			look.now = now;
			look.arrived = now - (now ? kit_below(&rng, now) : 0);
			if (kit_below(&rng, 2) && c.ops->put)
				c.ops->put(aqm_params(&c), mem, &look);
			else if (c.ops->take)
				c.ops->take(aqm_params(&c), mem, &look);
			if (!kit_below(&rng, 5) && c.ops->emptied)
				c.ops->emptied(aqm_params(&c), mem, now);
		}
	}
}
