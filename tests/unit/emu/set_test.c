/* tests/unit/emu/set_test.c - queues and schedulers: who gets what of a link. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#define MS NRW_MS

static struct kit_out take(struct kit *k, nrw_time now)
{
	struct kit_out out;

	assert_true(kit_take(k, now, &out));
	return out;
}

static uint64_t fill(struct kit *k, uint32_t queue, unsigned n, uint32_t bytes, nrw_time now)
{
	uint64_t first = k->seq;

	while (n--)
		kit_put_to(k, EMU_QUEUE, queue, bytes, NULL, now);
	return first;
}

/* 1000 bytes take 8 ms. */
static struct kit *link_of_1Mbit(const char *type)
{
	struct kit *k = kit_new(1);
	char line[80];

	snprintf(line, sizeof(line), "sched 1 config bw 1Mbit/s type %s", type);
	kit_line(k, 0, line);
	return k;
}

TEST(set, weights_share_the_link)
{
	static const char *const types[] = { "wf2q+", "rr" };
	static const unsigned weights[] = { 1, 2, 5 };

	for (unsigned t = 0; t < 2; t++) {
		struct kit *k = link_of_1Mbit(types[t]);
		char line[80];

		for (uint32_t i = 0; i < 3; i++) {
			snprintf(line, sizeof(line), "queue %u config sched 1 weight %u queue 1000", i + 1, weights[i]);
			kit_line(k, 0, line);
			fill(k, i + 1, 900, 1000, 0);
		}
		while (emu_take(k->emu, 0))
			fail();
		for (unsigned n = 0; n < 800; n++)
			take(k, 800 * 8 * MS);
		for (uint32_t i = 0; i < 3; i++) {
			struct emu_stats st = kit_stats_of(k, EMU_QUEUE, i + 1, 800 * 8 * MS);

			assert_in_range(st.out_packets, 100 * weights[i] - 5, 100 * weights[i] + 5);
		}
		kit_free(k);
	}
}

/* F = S + L / w. Queue 1 (weight 1) and 2 (weight 3), six packets each at 0; of equal F the queue that came first. The
 * first packet of 1 is alone when it comes. V after it: 1000 / 4 = 250 ... worked out by hand below. */
TEST(set, the_link_serves_as_wf2q_says)
{
	struct kit *k = link_of_1Mbit("wf2q+");
	/* F of 1: 1000, 2000, 3000; of 2: 333, 667, 1000, 1333, ... V moves on by 250 a packet, but by 1000 (the whole
	 * weight is 1) for the first, which was alone when its service began. At V = 1000 both S are below it:
	 * 2 (333 + 1000 - no: S of 2 is V when it came, 0). */
	uint64_t one = fill(k, 0, 0, 0, 0), two;
	unsigned served[2] = { 0, 0 };

	kit_line(k, 0, "queue 1 config sched 1 weight 1");
	kit_line(k, 0, "queue 2 config sched 1 weight 3");
	one = fill(k, 1, 6, 1000, 0);
	two = fill(k, 2, 6, 1000, 0);
	for (unsigned n = 0; n < 8; n++) {
		struct kit_out out = take(k, 100 * MS);

		assert_int_equal(out.at, 8 * MS * (n + 1));
		served[out.seq >= two]++;
		assert_int_equal(out.seq, out.seq >= two ? two + served[1] - 1 : one + served[0] - 1);
		if (n == 3)
			assert_in_range(served[1], 2, 3);
	}
	assert_in_range(served[1], 5, 6);
	kit_free(k);
}

TEST(set, order_of_configuration_is_free)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "queue 1 config sched 5");
	kit_put_to(k, EMU_QUEUE, 1, 100, NULL, 0);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(k->drops[0].why, DROP_NO_SCHED);
	assert_int_equal(k->drops[0].number, 1);
	kit_line(k, 0, "sched 5 config bw 1Mbit/s delay 1ms");
	kit_put_to(k, EMU_QUEUE, 1, 1000, NULL, 0);
	kit_take_is(k, 9 * MS, 1, 9 * MS);
	kit_line(k, 9 * MS, "sched delete 5");
	kit_put_to(k, EMU_QUEUE, 1, 100, NULL, 9 * MS);
	assert_int_equal(k->drops[1].why, DROP_NO_SCHED);
	kit_put_to(k, EMU_QUEUE, 2, 100, NULL, 9 * MS);
	assert_int_equal(k->drops[2].why, DROP_NO_PIPE);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 9 * MS).drops[DROP_NO_SCHED], 2);
	kit_free(k);
}

static void prints(struct kit *k, enum emu_kind kind, uint32_t number, const char *want)
{
	char *text = emu_print(k->emu, kind, number);

	assert_string_equal(text, want);
	free(text);
}

/* In each order of the three lines; 1000 bytes at 10 Mbit/s take 800 us. */
TEST(set, a_sched_has_the_link_of_its_pipe_in_any_order_of_lines)
{
	static const char *const lines[] = {
		"pipe 1 config bw 10Mbit/s delay 3ms", "sched 1 config pipe 1 type qfq",
		"queue 1 config sched 1 weight 5",
	};
	static const unsigned orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};

	for (unsigned o = 0; o < 6; o++) {
		struct kit *k = kit_new(1);

		for (unsigned i = 0; i < 3; i++)
			kit_line(k, 0, lines[orders[o][i]]);
		fill(k, 1, 2, 1000, 0);
		kit_take_is(k, 5 * MS, 0, 3800 * NRW_US);
		kit_take_is(k, 5 * MS, 1, 4600 * NRW_US);
		kit_take_none(k, NRW_S);
		assert_int_equal(kit_stats_of(k, EMU_SCHED, 1, NRW_S).out_packets, 2);
		assert_int_equal(kit_stats_of(k, EMU_PIPE, 1, NRW_S).packets, 0);
		for (unsigned i = 0; i < 3; i++)
			prints(k, i == 0 ? EMU_PIPE : i == 1 ? EMU_SCHED : EMU_QUEUE, 1, lines[i]);
		kit_free(k);
	}
}

/* Each its own, as two pipes of one configuration have. */
TEST(set, what_goes_straight_to_the_pipe_takes_no_room_on_the_link_of_the_sched)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s");
	kit_line(k, 0, "sched 1 config pipe 1 type fifo");
	kit_line(k, 0, "sched 2 config pipe 1");
	kit_line(k, 0, "queue 1 config sched 1");
	kit_line(k, 0, "queue 2 config sched 2");
	kit_put(k, 1, 1000, 0);
	fill(k, 1, 1, 1000, 0);
	fill(k, 2, 1, 1000, 0);
	for (unsigned i = 0; i < 3; i++)
		kit_take_is(k, 8 * MS, i, 8 * MS);
	kit_free(k);
}

/* 500 of 1000 bytes are sent at 1 Mbit/s, the rest at 2. */
TEST(set, a_sched_follows_its_pipe_in_the_middle_of_a_service)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s");
	kit_line(k, 0, "sched 1 config pipe 1");
	kit_line(k, 0, "queue 1 config sched 1");
	fill(k, 1, 2, 1000, 0);
	kit_line(k, 4 * MS, "pipe 1 config bw 2Mbit/s overhead 4");
	kit_take_is(k, 10 * MS, 0, 6 * MS);
	kit_take_is(k, 10 * MS, 1, 10 * MS);
	kit_line(k, 10 * MS, "pipe 1 replace delay 1ms");
	fill(k, 1, 1, 1000, 10 * MS);
	kit_take_is(k, 11 * MS, 2, 11 * MS);
	kit_line(k, 11 * MS, "sched 1 config type rr");	/* what it said of itself stands beside it */
	prints(k, EMU_SCHED, 1, "sched 1 config pipe 1 type rr");
	kit_line(k, 11 * MS, "sched 1 replace bw 8Mbit/s");
	fill(k, 1, 1, 1000, 11 * MS);
	kit_line(k, 11 * MS, "pipe 1 config delay 9ms");
	kit_take_is(k, 20 * MS, 3, 12 * MS);
	prints(k, EMU_SCHED, 1, "sched 1 config bw 8Mbit/s");
	kit_free(k);
}

TEST(set, without_its_pipe_a_sched_has_no_link_and_what_comes_is_dropped_by_name)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "sched 1 config pipe 1");
	kit_line(k, 0, "queue 1 config sched 1");
	assert_false(emu_leads(k->emu, EMU_QUEUE, 1));
	fill(k, 1, 1, 1000, 0);
	kit_put_to(k, EMU_SCHED, 1, 1000, NULL, 0);
	assert_int_equal(k->drops[0].why, DROP_NO_SCHED);
	assert_int_equal(k->drops[1].why, DROP_NO_PIPE);
	kit_line(k, 0, "pipe 1 config bw 1Mbit/s");
	assert_true(emu_leads(k->emu, EMU_QUEUE, 1));
	fill(k, 1, 3, 1000, 0);
	kit_put_to(k, EMU_SCHED, 1, 1000, NULL, 0);
	kit_take_is(k, 9 * MS, 2, 8 * MS);
	kit_line(k, 9 * MS, "pipe delete 1");		/* one is out, one in service, two wait */
	assert_int_equal(k->dropped, 5);
	for (unsigned i = 2; i < 5; i++)
		assert_int_equal(k->drops[i].why, DROP_NO_PIPE);
	assert_int_equal(kit_stats_of(k, EMU_SCHED, 1, 9 * MS).held_packets, 0);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 9 * MS).held_packets, 0);
	fill(k, 1, 1, 1000, 9 * MS);
	assert_int_equal(k->drops[5].why, DROP_NO_SCHED);
	kit_line(k, 9 * MS, "pipe 1 config bw 8Mbit/s");
	fill(k, 1, 1, 1000, 9 * MS);
	kit_line(k, 9 * MS, "sched 1 config pipe 2");	/* another, which is missing */
	assert_int_equal(k->drops[6].why, DROP_NO_PIPE);
	kit_line(k, 9 * MS, "pipe 2 config bw 1Mbit/s");
	fill(k, 1, 1, 1000, 9 * MS);
	kit_line(k, 9 * MS, "pipe 1 config bw 1Gbit/s");
	kit_take_is(k, 40 * MS, k->seq - 1, 17 * MS);
	kit_line(k, 40 * MS, "pipe flush");
	kit_free(k);
}

/* Its mask and nothing else: no extra. */
TEST(set, a_flow_of_a_queue_counts_what_its_link_drops)
{
	struct kit *k = kit_new(1);
	struct view v = kit_view(1, false);
	struct emu_flow_stats st;

	emu_series_start(k->emu);	/* so that it is told of after it is gone */
	kit_line(k, 0, "sched 1 config bw 1Mbit/s");
	kit_line(k, 0, "queue 1 config sched 1 mask all");
	for (unsigned i = 0; i < 3; i++)
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, 0);
	kit_line(k, 9 * MS, "sched 1 config cut");
	kit_line(k, 9 * MS, "sched 1 config cut off");
	for (unsigned i = 0; i < 2; i++)
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, 9 * MS);
	kit_line(k, 9 * MS, "sched delete 1");
	emu_flow_stats(emu_flow_next(k->emu, EMU_QUEUE, 1, NULL), &st);
	assert_int_equal(st.packets, 5);
	assert_int_equal(st.out_packets, 1);
	assert_int_equal(st.drops[DROP_CUT], 2);
	assert_int_equal(st.drops[DROP_NO_PIPE], 2);
	kit_free(k);
}

/* A packet of bytes that may be marked, for it is ECT(0). */
static void put_ect(struct kit *k, uint32_t queue, nrw_time now)
{
	static const uint8_t header[20] = { 0x45, 2, 4, 0, [8] = 64, 17, [12] = 10, 0, 0, 1, 10, 0, 0, 2 };
	struct pkt *p = pkt_new(k->pool);
	struct view v;

	assert_non_null(p);
	assert_int_equal(pkt_room(k->pool, p, 1024), 0);
	memset(p->data, 0, 1024);
	memcpy(p->data, header, 20);
	p->wire_bytes = p->acct_bytes = 1024;
	p->link = LINK_RAW;
	p->seq = k->seq++;
	view_parse(&v, LINK_RAW, p->data, 1024, 1024);
	emu_put(k->emu, EMU_QUEUE, queue, p, &v, now);
}

TEST(set, a_sched_counts_the_marks_of_its_queues)
{
	static const char *const pairs[][2] = {
		{ "sched 1 config bw 1Mbit/s", "queue 1 config sched 1 queue 200 codel ecn mask all" },
		{ "sched 1 config bw 1Mbit/s type fq_codel", "queue 1 config sched 1" },
		{ "sched 1 config bw 1Mbit/s mask all", "queue 1 config sched 1 queue 200 red 1/2/100/1 ecn" },
	};

	for (unsigned i = 0; i < 3; i++) {
		struct kit *k = kit_new(1);
		struct kit_out out;
		struct emu_stats of_queue, of_sched;

		kit_line(k, 0, pairs[i][0]);
		kit_line(k, 0, pairs[i][1]);
		for (unsigned n = 0; n < 100; n++)
			put_ect(k, 1, n * MS);
		while (kit_take(k, NRW_S, &out))
			;
		of_queue = kit_stats_of(k, EMU_QUEUE, 1, NRW_S);
		of_sched = kit_stats_of(k, EMU_SCHED, 1, NRW_S);
		assert_true(of_queue.marks);
		assert_int_equal(of_sched.marks, of_queue.marks);
		if (of_sched.flows) {
			struct emu_flow_stats st;

			emu_flow_stats(emu_flow_next(k->emu, EMU_SCHED, 1, NULL), &st);
			assert_int_equal(st.marks, of_queue.marks);
		}
		kit_free(k);
	}
}

TEST(set, the_limit_is_each_queues_own_and_counts_the_packet_in_service)
{
	struct kit *k = link_of_1Mbit("fifo");

	kit_line(k, 0, "queue 1 config sched 1 queue 2");
	kit_line(k, 0, "queue 2 config sched 1 queue 2500B");
	fill(k, 1, 3, 1000, 0);
	fill(k, 2, 3, 1000, 0);
	assert_int_equal(k->dropped, 2);
	assert_int_equal(k->drops[0].seq, 2);
	assert_int_equal(k->drops[1].seq, 5);
	assert_int_equal(k->drops[1].why, DROP_QUEUE_FULL);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 0).backlog_max_packets, 2);
	assert_int_equal(kit_stats_of(k, EMU_SCHED, 1, 0).backlog_max_packets, 4);
	assert_int_equal(kit_stats_of(k, EMU_SCHED, 1, 0).drops[DROP_QUEUE_FULL], 2);
	/* at the very end of its service it counts no more */
	kit_put_to(k, EMU_QUEUE, 1, 1000, NULL, 8 * MS);
	assert_int_equal(k->dropped, 2);
	kit_free(k);
}

TEST(set, a_queue_is_left_at_the_end_of_service_and_the_delay_is_the_links)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "sched 1 config bw 1Mbit/s delay 50ms");
	kit_line(k, 0, "queue 1 config sched 1");
	fill(k, 1, 2, 1000, 0);
	st = kit_stats_of(k, EMU_QUEUE, 1, 10 * MS);
	assert_int_equal(st.out_packets, 1);
	assert_int_equal(st.held_packets, 1);
	st = kit_stats_of(k, EMU_SCHED, 1, 10 * MS);
	assert_int_equal(st.out_packets, 0);
	assert_int_equal(st.held_packets, 2);
	st = kit_stats_of(k, EMU_QUEUE, 1, 20 * MS);
	assert_int_equal(st.wait_ns->count, 2);
	assert_int_equal(st.wait_ns->max, 16 * MS);
	kit_free(k);
}

TEST(set, without_a_rate_nothing_waits)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "sched 1 config delay 5ms");
	kit_line(k, 0, "queue 1 config sched 1 queue 1");
	fill(k, 1, 3, 1000, 0);
	for (uint64_t i = 0; i < 3; i++)
		kit_take_is(k, 5 * MS, i, 5 * MS);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 5 * MS).out_packets, 3);
	kit_free(k);
}

/* A pipe that was there before its first queue: what is inside leaves when it would have. */
TEST(set, a_pipe_keeps_its_packets_when_a_queue_comes)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s delay 3ms");
	for (unsigned i = 0; i < 4; i++)
		kit_put(k, 1, 1000, 0);
	kit_line(k, 9 * MS, "queue 1 config pipe 1");
	for (uint64_t i = 0; i < 4; i++)
		kit_take_is(k, 40 * MS, i, 8 * MS * (i + 1) + 3 * MS);
	kit_free(k);
}

TEST(set, packets_sent_straight_to_a_pipe_are_one_more_queue_of_weight_one)
{
	struct kit *k = kit_new(1);
	unsigned direct = 0;

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s queue 100");
	kit_line(k, 0, "queue 1 config pipe 1 weight 3 queue 200");
	for (unsigned i = 0; i < 101; i++)
		kit_put(k, 1, 1000, 0);
	assert_int_equal(k->dropped, 1);	/* by its own limit */
	fill(k, 1, 150, 1000, 0);
	assert_int_equal(k->dropped, 1);
	for (unsigned n = 0; n < 100; n++)
		direct += take(k, 1000 * MS).seq <= 100;
	assert_in_range(direct, 24, 27);
	kit_free(k);
}

TEST(set, what_went_straight_to_a_pipe_is_no_backlog_when_it_is_out)
{
	struct kit *k = kit_new(1);
	struct view v = kit_view(1, true);
	unsigned flows = 0;

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s mask dst-ip /32");
	kit_line(k, 0, "queue 1 config pipe 1");
	for (unsigned i = 0; i < 3; i++) {
		kit_put_view(k, 1, 1000, &v, 0);
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, 0);
	}
	for (unsigned i = 0; i < 6; i++)
		take(k, 1000 * MS);
	for (struct emu_flow *f = NULL; (f = emu_flow_next(k->emu, EMU_PIPE, 1, f)); flows++) {
		struct emu_flow_stats st;

		emu_flow_stats(f, &st);
		assert_int_equal(st.backlog_packets, 0);
		assert_int_equal(st.backlog_bytes, 0);
	}
	assert_int_equal(flows, 1);
	kit_free(k);
}

/* Another kind of scheduler under a backlog: nothing is lost, and each queue's packets leave in their order. */
TEST(set, another_type_takes_over_what_waits)
{
	struct kit *k = link_of_1Mbit("rr");
	static const char *const types[] = { "prio", "wf2q+", "fq_codel", "fifo", "fq_pie", "rr" };
	uint64_t last[3] = { 0 };
	char line[80];

	for (uint32_t q = 1; q <= 3; q++) {
		snprintf(line, sizeof(line), "queue %u config sched 1 weight %u pri %u queue 1000", q, q * q, 3 - q);
		kit_line(k, 0, line);
	}
	for (unsigned i = 0; i < 90; i++)
		kit_put_to(k, EMU_QUEUE, 1 + i % 3, 300 + 100 * (i % 7), NULL, 0);
	for (unsigned n = 0; n < 90; n++) {
		struct kit_out out;

		if (n % 13 == 12) {
			snprintf(line, sizeof(line), "sched 1 config type %s", types[n / 13 % 6]);
			kit_line(k, emu_next(k->emu) - 1, line);
		}
		out = take(k, emu_next(k->emu));
		assert_true(out.seq + 1 > last[out.seq % 3]);
		last[out.seq % 3] = out.seq + 1;
	}
	assert_int_equal(k->dropped, 0);
	kit_take_none(k, 1000 * MS);
	kit_free(k);
}

/* What leaves next n times, as the queues it comes from; those put at `base` and on belong to queue 2. */
static void order_is(struct kit *k, uint64_t base, const char *queues)
{
	for (; *queues; queues++)
		assert_int_equal(take(k, emu_next(k->emu)).seq >= base ? '2' : '1', *queues);
}

/* Queue 1 with such words, queue 2 with these, so many packets in each; `*base` is for order_is(). */
static struct kit *two_queues(const char *type, const char *one, const char *two, unsigned packets, uint64_t *base)
{
	struct kit *k = link_of_1Mbit(type);
	char line[100];

	snprintf(line, sizeof(line), "queue 1 config sched 1 %s", one);
	kit_line(k, 0, line);
	snprintf(line, sizeof(line), "queue 2 config sched 1 %s", two);
	kit_line(k, 0, line);
	fill(k, 1, packets, 1000, 0);
	*base = fill(k, 2, packets, 1000, 0);
	return k;
}

TEST(set, another_type_serves_by_its_own_order)
{
	uint64_t two;
	struct kit *k = two_queues("prio", "pri 0", "pri 1", 8, &two);

	order_is(k, two, "1");
	kit_line(k, 9 * MS, "sched 1 config type rr");
	order_is(k, two, "1");			/* in service */
	order_is(k, two, "12121212");
	kit_free(k);
}

TEST(set, another_weight_holds_for_what_waits)
{
	uint64_t two;
	struct kit *k = two_queues("rr", "", "", 20, &two);

	order_is(k, two, "11212");		/* the first was alone when it came */
	kit_line(k, 41 * MS, "queue 2 config weight 3");
	for (unsigned i = 0; i < 4; i++)
		take(k, emu_next(k->emu));
	order_is(k, two, "122212221222");
	kit_free(k);
}

/* A turn of rr is as long as the largest lmax. */
TEST(set, a_queue_tells_its_scheduler_what_it_may_send_at_most)
{
	uint64_t two;
	struct kit *k = two_queues("rr", "lmax 3000", "", 20, &two);

	order_is(k, two, "1111222111222");	/* the first was alone when it came */
	kit_free(k);
}

/* The packet that a pipe serves when its first queue comes takes no room for good. */
TEST(set, what_a_pipe_serves_when_a_queue_comes_leaves_its_queue)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s queue 3");
	for (unsigned i = 0; i < 3; i++)
		kit_put(k, 1, 1000, 0);
	kit_line(k, MS, "queue 1 config pipe 1");
	for (unsigned i = 0; i < 3; i++)
		kit_take_is(k, 100 * MS, i, 8 * MS * (i + 1));
	for (unsigned i = 0; i < 3; i++)
		kit_put(k, 1, 1000, 100 * MS);
	assert_int_equal(k->dropped, 0);
	assert_int_equal(kit_stats(k, 1, 100 * MS).backlog_packets, 3);
	kit_free(k);
}

/* 8 Kbit/s: a byte is a millisecond. The first packet takes all credit; until the third the link was idle since the
 * cut, by which it saved 10 bytes. */
TEST(set, a_link_that_was_cut_is_idle_from_then_on)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Kbit/s burst 100");
	kit_put(k, 1, 1000, 0);
	kit_line(k, 10 * MS, "pipe 1 config cut");
	kit_line(k, 15 * MS, "pipe 1 config cut off");
	kit_put(k, 1, 200, 20 * MS);
	kit_take_is(k, 1000 * MS, 1, (20 + 190) * MS);
	kit_free(k);
}

/* Queue and pipe have other masks since: the last member of an old flow goes with what it held, and the flow with it,
 * while another member of it, of what came straight, is still to be looked at. */
TEST(set, what_drains_under_old_masks_can_be_deleted)
{
	struct kit *k = kit_new(1);
	struct view v = kit_view(1, false);

	kit_line(k, 0, "pipe 1 config bw 1Mbit/s mask dst-port 0xffff");
	kit_line(k, 0, "queue 1 config pipe 1 mask src-port 0xffff");
	for (unsigned i = 0; i < 9; i++)
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, 0);
	kit_put_to(k, EMU_PIPE, 1, 1000, &v, 0);
	for (unsigned i = 0; i < 4; i++)
		take(k, emu_next(k->emu));
	kit_line(k, 33 * MS, "queue 1 config mask src-port 0xff");
	kit_line(k, 33 * MS, "pipe 1 config mask dst-port 0xff");
	kit_line(k, 34 * MS, "pipe 1 delete");
	assert_int_equal(k->dropped, 6);
	kit_take_none(k, 1000 * MS);
	kit_free(k);
}

TEST(set, a_member_knows_the_most_it_held)
{
	struct kit *k = link_of_1Mbit("rr");
	struct emu_flow_stats st;
	struct view v = kit_view(1, false);

	kit_line(k, 0, "queue 1 config sched 1 mask src-port 0xffff");
	for (unsigned i = 0; i < 5; i++)
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, 0);
	emu_settle(k->emu, 1000 * MS);
	emu_flow_stats(emu_flow_next(k->emu, EMU_QUEUE, 1, NULL), &st);
	assert_int_equal(st.backlog_max_packets, 5);
	assert_int_equal(st.backlog_max_bytes, 5000);
	assert_int_equal(st.backlog_packets, 0);
	kit_free(k);
}

/* By an average that decays while none waits, so that they must agree about since when. */
TEST(set, red_is_the_same_in_a_pipe_and_in_the_one_queue_of_a_sched)
{
	struct kit *a = kit_new(1), *b = kit_new(1);
	struct kit_rng r = { 7 };
	struct kit_out out;
	nrw_time now = 0;

	kit_line(a, 0, "pipe 1 config bw 8Mbit/s red 0.1/500B/3KB/1 ecn dctcp");
	kit_line(b, 0, "sched 1 config type fifo bw 8Mbit/s");
	kit_line(b, 0, "queue 1 config sched 1 red 0.1/500B/3KB/1 ecn dctcp");
	for (unsigned i = 0; i < 3000; i++) {
		now += kit_below(&r, kit_below(&r, 4) ? NRW_MS / 10 : 8 * NRW_MS);	/* bursts, and pauses */
		kit_put_to(a, EMU_PIPE, 1, 1000, NULL, now);
		kit_put_to(b, EMU_QUEUE, 1, 1000, NULL, now);
		assert_int_equal(a->dropped, b->dropped);
		while (kit_take(a, now, &out))
			;
		while (kit_take(b, now, &out))
			;
	}
	assert_in_range(a->dropped, 300, 2700);
	kit_free(a);
	kit_free(b);
}

TEST(set, a_strict_band_goes_first)
{
	struct kit *k = link_of_1Mbit("prio");

	kit_line(k, 0, "queue 1 config sched 1 pri 63");
	kit_line(k, 0, "queue 2 config sched 1 pri 40");
	fill(k, 1, 3, 1000, 0);
	fill(k, 2, 2, 1000, 1);
	kit_take_is(k, 8 * MS, 0, 8 * MS);
	kit_take_is(k, 16 * MS, 3, 16 * MS);
	kit_take_is(k, 24 * MS, 4, 24 * MS);
	kit_take_is(k, 32 * MS, 1, 32 * MS);
	kit_free(k);
}

/* Each flow of a queue's mask is a member; each value of the sched's mask has a link of its own. */
TEST(set, masks_make_members_and_links)
{
	struct kit *k = kit_new(1);
	struct view a = kit_view(1, false), b = kit_view(2, false), c = kit_view(257, false);

	kit_line(k, 0, "sched 1 config bw 1Mbit/s mask dst-ip /24");
	kit_line(k, 0, "queue 1 config sched 1 mask dst-ip /32 queue 1");
	kit_put_to(k, EMU_QUEUE, 1, 1000, &a, 0);
	kit_put_to(k, EMU_QUEUE, 1, 1000, &b, 0);	/* another member of the same link */
	kit_put_to(k, EMU_QUEUE, 1, 1000, &c, 0);	/* another link */
	assert_int_equal(k->dropped, 0);
	kit_put_to(k, EMU_QUEUE, 1, 1000, &a, 0);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 0).flows, 3);
	assert_int_equal(kit_stats_of(k, EMU_SCHED, 1, 0).flows, 2);
	kit_take_is(k, 8 * MS, 0, 8 * MS);
	kit_take_is(k, 8 * MS, 2, 8 * MS);
	kit_take_is(k, 16 * MS, 1, 16 * MS);
	/* forgotten when they were idle for a minute, the links behind their members */
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 61 * NRW_S).flows, 0);
	assert_int_equal(kit_stats_of(k, EMU_SCHED, 1, 122 * NRW_S).flows, 0);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 1, 122 * NRW_S).out_packets, 3);
	kit_free(k);
}

/* 1000 bytes are paid by credit, which only a link made anew has again: 8 bit/s save next to nothing meanwhile. */
TEST(set, a_link_is_idle_since_its_last_member_was_forgotten_whoever_looks_and_when)
{
	static const struct { nrw_time looks, comes; bool anew; } cases[] = {
		{ 0, 2 * NRW_S, true }, { 0, 2 * NRW_S - 1, false },
		{ 3 * NRW_S / 2, 2 * NRW_S, true }, { NRW_S, 2 * NRW_S - 1, false },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kit *k = kit_new(1);
		struct view v = kit_view(1, false);
		struct kit_out out;

		kit_line(k, 0, "sched 1 config bw 8 burst 1000B mask proto 0xff expire 1s");
		kit_line(k, 0, "queue 1 config sched 1 expire 1s");
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, 0);
		assert_true(kit_take(k, 0, &out));
		emu_settle(k->emu, cases[i].looks);
		kit_put_to(k, EMU_QUEUE, 1, 1000, &v, cases[i].comes);
		assert_int_equal(kit_take(k, cases[i].comes, &out), cases[i].anew);
		kit_free(k);
	}
}

TEST(set, a_mask_of_queues_gives_each_its_link)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "sched 1 config bw 1Mbit/s mask queue");
	kit_line(k, 0, "queue 1 config sched 1");
	kit_line(k, 0, "queue 2 config sched 1");
	fill(k, 1, 1, 1000, 0);
	fill(k, 2, 1, 1000, 0);
	kit_take_is(k, 8 * MS, 0, 8 * MS);
	kit_take_is(k, 8 * MS, 1, 8 * MS);
	kit_free(k);
}

TEST(set, what_goes_drops_what_it_holds)
{
	struct kit *k = link_of_1Mbit("rr");

	kit_line(k, 0, "queue 1 config sched 1");
	kit_line(k, 0, "queue 2 config sched 1");
	fill(k, 1, 3, 1000, 0);
	fill(k, 2, 3, 1000, 0);
	kit_line(k, MS, "queue delete 1");	/* 0 is in service: it is the link's */
	assert_int_equal(k->dropped, 2);
	assert_int_equal(k->drops[0].why, DROP_NO_PIPE);
	kit_take_is(k, 8 * MS, 0, 8 * MS);
	kit_take_is(k, 16 * MS, 3, 16 * MS);
	kit_line(k, 17 * MS, "sched delete 1");
	assert_int_equal(k->dropped, 4);
	assert_int_equal(kit_stats_of(k, EMU_QUEUE, 2, 17 * MS).held_packets, 0);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_free(k);
}

TEST(set, another_target_lets_what_waits_drain)
{
	struct kit *k = link_of_1Mbit("fifo");

	kit_line(k, 0, "sched 2 config bw 2Mbit/s");
	kit_line(k, 0, "queue 1 config sched 1");
	fill(k, 1, 3, 1000, 0);
	kit_line(k, 0, "queue 1 config sched 2");
	fill(k, 1, 2, 1000, 0);
	kit_take_is(k, 4 * MS, 3, 4 * MS);
	kit_take_is(k, 8 * MS, 0, 8 * MS);
	kit_take_is(k, 8 * MS, 4, 8 * MS);
	kit_take_is(k, 16 * MS, 1, 16 * MS);
	kit_line(k, 17 * MS, "sched delete 1");
	assert_int_equal(k->dropped, 1);
	assert_int_equal(k->drops[0].number, 1);
	kit_free(k);
}

/* RFC 8290 4.1: what is too much is dropped from the head of the fattest queue; thin ones lose nothing. */
TEST(set, flow_queues_have_one_limit)
{
	struct kit *k = kit_new(1);
	struct view bulk = kit_view(1, false), thin;
	uint64_t thin_seq;

	kit_line(k, 0, "sched 1 config bw 1Mbit/s type fq_codel limit 100 flows 1024");
	kit_line(k, 0, "queue 1 config sched 1 queue 5");
	for (unsigned i = 0; i < 300; i++)
		kit_put_to(k, EMU_QUEUE, 1, 1000, &bulk, 0);
	assert_in_range(kit_stats_of(k, EMU_SCHED, 1, 0).held_packets, 50, 101);
	for (uint32_t flow = 2;; flow++) {	/* one that does not meet it */
		thin = kit_view(flow, false);
		thin_seq = kit_put_to(k, EMU_QUEUE, 1, 100, &thin, 0);
		if (kit_stats_of(k, EMU_QUEUE, 1, 0).flows > 1)
			break;
	}
	take(k, 8 * MS);
	take(k, 16 * MS);	/* the quantum of the bulk flow is 1514 */
	kit_take_is(k, 17 * MS, thin_seq, 16 * MS + 800000);	/* then a sparse one comes first */
	kit_free(k);
}
