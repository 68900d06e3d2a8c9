/* tests/unit/emu/chance_test.c - impairments in their places: what they do to a pipe, its flows and its counts. */
#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define PACKETS 3000u

/* All that comes out until the end: at times that never fall; seqs, marked where it is a copy, go to `out`. */
static unsigned drain(struct kit *k, uint64_t out[], nrw_time at[], unsigned room)
{
	unsigned n = 0;
	nrw_time last = 0;

	while (emu_next(k->emu) != NRW_NEVER) {
		struct pkt *p = emu_take(k->emu, emu_next(k->emu));

		if (!p)
			continue;
		assert_true(p->at >= last && n < room);
		last = at[n] = p->at;
		out[n++] = p->seq << 1 | (p->flags & PKT_COPY ? 1 : 0);
		pkt_free(k->pool, p);
	}
	return n;
}

static struct kit *filled(const char *line, nrw_time apart)
{
	struct kit *k = kit_new(7);

	kit_line(k, 0, line);
	for (unsigned i = 0; i < PACKETS; i++)
		kit_put(k, 1, 1000, i * apart);
	return k;
}

static uint64_t outs[2 * PACKETS];
static nrw_time ats[2 * PACKETS];

TEST(chance, jitter_keeps_the_order)
{
	struct kit *k = filled("pipe 1 config delay 20ms jitter 15ms normal", NRW_MS);

	assert_int_equal(drain(k, outs, ats, PACKETS), PACKETS);
	for (unsigned i = 0; i < PACKETS; i++) {
		assert_int_equal(outs[i], 2 * i);
		assert_true(ats[i] >= i * NRW_MS);
	}
	assert_int_equal(kit_stats(k, 1, NRW_NEVER - 1).reordered, 0);
	kit_free(k);
}

/* Each leaves as its own draw says: what comes out is what emu_jitter_exit() said, sorted. */
TEST(chance, jitter_that_may_reorder_does)
{
	struct kit *k = filled("pipe 1 config delay 20ms jitter 15ms normal reorder", NRW_MS);
	unsigned behind = 0;
	uint64_t youngest = 0;

	assert_int_equal(drain(k, outs, ats, PACKETS), PACKETS);
	for (unsigned i = 0; i < PACKETS; i++) {
		behind += outs[i] < youngest;
		youngest = outs[i] > youngest ? outs[i] : youngest;
		assert_true(ats[i] >= outs[i] / 2 * NRW_MS);
	}
	assert_true(behind > PACKETS / 3);
	assert_int_equal(kit_stats(k, 1, NRW_NEVER - 1).reordered, behind);
	kit_free(k);
}

TEST(chance, reorder_by_lets_the_others_past)
{
	struct kit *k = filled("pipe 1 config delay 5ms reorder 1 gap 10 by 2500us", NRW_MS);

	assert_int_equal(drain(k, outs, ats, PACKETS), PACKETS);
	for (unsigned i = 0; i < PACKETS; i++) {
		uint64_t seq = outs[i] / 2;

		assert_int_equal(ats[i], seq * NRW_MS + 5 * NRW_MS + (seq % 10 == 9 ? 2500 * NRW_US : 0));
	}
	assert_int_equal(kit_stats(k, 1, NRW_NEVER - 1).reordered, PACKETS / 10 - 1);	/* nobody passed the last */
	kit_free(k);
}

TEST(chance, a_copy_follows_and_takes_room)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s duplicate 1 queue 3");	/* 1000 bytes: 1 ms */
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 1000, 0);
	assert_int_equal(k->dropped, 1);	/* the copy of the second */
	assert_int_equal(k->drops[0].seq, 1);
	assert_int_equal(drain(k, outs, ats, 4), 3);
	assert_int_equal(outs[0], 0);
	assert_int_equal(outs[1], 1);
	assert_int_equal(outs[2], 2);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(ats[i], (i + 1) * NRW_MS);
	st = kit_stats(k, 1, NRW_S);
	assert_int_equal(st.packets, 2);
	assert_int_equal(st.duplicates, 2);
	assert_int_equal(st.out_packets, 3);
	kit_free(k);
}

/* Where delays are drawn and cut at 0, many leave at the instant of their service. */
TEST(chance, at_one_instant_a_packet_leaves_before_its_copy)
{
	struct kit *k = filled("pipe 1 config duplicate 1 jitter 1ms reorder", 10 * NRW_US);
	unsigned n = drain(k, outs, ats, 2 * PACKETS), same = 0;

	assert_int_equal(n, 2 * PACKETS);
	for (unsigned i = 1; i < n; i++) {
		if (ats[i] != ats[i - 1])
			continue;
		assert_true(outs[i] > outs[i - 1]);
		same += outs[i] / 2 == outs[i - 1] / 2;
	}
	assert_true(same > PACKETS / 8);
	kit_free(k);
}

TEST(chance, what_is_lost_after_the_link_used_it)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s loss random 1 after queue 2");
	for (unsigned i = 0; i < 4; i++)
		kit_put(k, 1, 1000, 0);
	assert_int_equal(k->dropped, 2);
	assert_int_equal(k->drops[1].why, DROP_QUEUE_FULL);
	kit_put(k, 1, 1000, NRW_MS);
	assert_int_equal(k->dropped, 3);
	assert_int_equal(k->drops[2].why, DROP_LOSS);
	assert_int_equal(k->drops[2].seq, 0);
	assert_int_equal(drain(k, outs, ats, 1), 0);
	assert_int_equal(k->dropped, 5);
	assert_int_equal(kit_stats(k, 1, NRW_S).drops[DROP_LOSS], 3);
	kit_free(k);
}

/* Another option shifts no draw: the same packets are lost, alone and among all the others. */
TEST(chance, no_option_shifts_the_draws_of_another)
{
	struct kit *alone = filled("pipe 1 config loss gemodel 0.1 0.3", NRW_MS);
	struct kit *among = filled("pipe 1 config loss gemodel 0.1 0.3 duplicate 0.3 corrupt 0.3 jitter 1ms reorder 1",
		NRW_MS);

	assert_true(alone->dropped > PACKETS / 10);
	assert_int_equal(alone->dropped, among->dropped);
	for (unsigned i = 0; i < alone->dropped; i++)
		assert_int_equal(alone->drops[i].seq, among->drops[i].seq);
	kit_free(alone);
	kit_free(among);
}

/* Plain loss becomes one of several and plain again: its dice go on. */
TEST(chance, dice_go_on_where_the_way_changes)
{
	struct kit *plain = filled("pipe 1 config plr 0.3", NRW_MS), *k = kit_new(7);

	kit_line(k, 0, "pipe 1 config plr 0.3");
	for (unsigned i = 0; i < PACKETS; i++) {
		if (i == 1000)
			kit_line(k, i * NRW_MS, "pipe 1 config duplicate 0.5");
		if (i == 2000)
			kit_line(k, i * NRW_MS, "pipe 1 config duplicate 0");
		kit_put(k, 1, 1000, i * NRW_MS);
	}
	assert_int_equal(k->dropped, plain->dropped);
	for (unsigned i = 0; i < k->dropped; i++)
		assert_int_equal(k->drops[i].seq, plain->drops[i].seq);
	kit_free(plain);
	kit_free(k);
}

/* A flow that was forgotten comes back with its dice, and without what its chain remembered. */
TEST(chance, a_forgotten_flow_draws_on)
{
	static const char line[] = "pipe 1 config plr 0.5 duplicate 0.5 mask dst-ip 0xff expire 1ms";
	struct kit *k = kit_new(7), *steady = kit_new(7);

	kit_line(k, 0, line);
	kit_line(steady, 0, line);
	kit_line(steady, 0, "pipe 1 config expire 1000s");
	for (unsigned i = 0; i < 500; i++) {
		struct view v = kit_view(1 + i % 2, false);

		kit_put_view(k, 1, 1000, &v, i * NRW_S);
		kit_put_view(steady, 1, 1000, &v, i * NRW_S);
		drain(k, outs, ats, 2);
		drain(steady, outs, ats, 2);
	}
	assert_true(kit_stats(k, 1, 500 * NRW_S).flows_folded > 400);
	assert_int_equal(kit_stats(steady, 1, 500 * NRW_S).flows_folded, 0);
	assert_int_equal(k->dropped, steady->dropped);
	for (unsigned i = 0; i < k->dropped; i++)
		assert_int_equal(k->drops[i].seq, steady->drops[i].seq);
	assert_int_equal(kit_stats(k, 1, 500 * NRW_S).duplicates, kit_stats(steady, 1, 500 * NRW_S).duplicates);
	kit_free(k);
	kit_free(steady);
}

TEST(chance, flows_have_dice_of_their_own)
{
	struct kit *k = kit_new(7);
	uint64_t lost[2] = { 0 };

	kit_line(k, 0, "pipe 1 config loss random 0.5 corr 0.1 mask dst-ip 0xff");
	for (unsigned i = 0; i < 600; i++) {
		struct view v = kit_view(1 + i % 2, false);

		kit_put_view(k, 1, 1000, &v, i * NRW_MS);
	}
	for (unsigned i = 0; i < k->dropped; i++)
		if (k->drops[i].seq < 128)
			lost[k->drops[i].seq % 2] |= UINT64_C(1) << k->drops[i].seq / 2;
	assert_true(lost[0] != lost[1]);
	kit_free(k);
}

TEST(chance, cells_and_frames_take_their_time)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s overhead ethernet");	/* 1000 bytes: 1 ms */
	kit_put(k, 1, 1000, 0);
	kit_put(k, 1, 20, 0);
	kit_line(k, 0, "pipe 1 config overhead 8 atm");
	kit_put(k, 1, 1000, 0);
	kit_take_is(k, NRW_MS * 2, 0, 1038 * NRW_US);
	kit_take_is(k, NRW_MS * 2, 1, 1122 * NRW_US);
	kit_take_is(k, NRW_MS * 4, 2, (1122 + 21 * 53) * NRW_US);
	assert_int_equal(kit_stats(k, 1, NRW_S).bytes, 1038 + 84 + 21 * 53);
	assert_int_equal(kit_stats(k, 1, NRW_S).out_bytes, 1038 + 84 + 21 * 53);
	kit_free(k);
}
