/* tests/unit/emu/link_test.c - the arithmetic of service: sums are rounded up, never their terms; nothing is lost on
 * the way.
 *
 * Numbers written out here were worked out with Python's integers: T + -(-8*sum*10**9 // R). */
#include "emu/emu_int.h"

#include "kit.h"
#include "test.h"

static const struct u128 no_burst;

static nrw_time serve(struct emu_link *l, uint64_t bytes)
{
	assert_true(emu_link_serve(l, bytes));
	return emu_link_end(l);
}

TEST(link, rounds_one_packet_up)
{
	struct emu_link l = { .rate = 3 };	/* 8 bits take 2666666666.67 ns */

	emu_link_open(&l, 5, no_burst);
	assert_int_equal(serve(&l, 1), UINT64_C(2666666672));
}

TEST(link, whole_times_stay_whole)
{
	struct emu_link l = { .rate = 1000000 };

	emu_link_open(&l, 0, no_burst);
	assert_int_equal(serve(&l, 1500), 12000000);
	assert_int_equal(serve(&l, 1500), 24000000);
}

TEST(link, a_busy_period_never_drifts)
{
	/* A packet of 1 byte takes 8e9/7e9 = 1.142857 ns: rounded one by one, 7 would take 14 ns, not 8. */
	struct emu_link l = { .rate = UINT64_C(7000000000) };
	const nrw_time ends[] = { 2, 3, 4, 5, 6, 7, 8, 10 };

	emu_link_open(&l, 0, no_burst);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(serve(&l, 1), ends[i]);
	for (unsigned i = 8; i < 7000000; i++)
		serve(&l, 1);
	assert_int_equal(emu_link_end(&l), 8000000);
}

TEST(link, a_new_period_drops_the_fraction)
{
	struct emu_link l = { .rate = 3 };

	emu_link_open(&l, 0, no_burst);
	assert_int_equal(serve(&l, 1), UINT64_C(2666666667));
	emu_link_open(&l, emu_link_end(&l), no_burst);
	assert_int_equal(serve(&l, 1), UINT64_C(5333333334));
	assert_int_equal(serve(&l, 1), UINT64_C(8000000001));	/* one sum over all three would end at 8000000000 */
}

TEST(link, slowest_and_fastest)
{
	struct emu_link l = { .rate = 1 };

	emu_link_open(&l, 0, no_burst);
	assert_int_equal(serve(&l, 65535), UINT64_C(524280000000000));
	l = (struct emu_link){ .rate = UINT64_C(1000000000000) };
	emu_link_open(&l, 100, no_burst);
	assert_int_equal(serve(&l, 1), 101);	/* 0.008 ns */
	for (unsigned i = 1; i < 125; i++)
		serve(&l, 1);
	assert_int_equal(emu_link_end(&l), 101);		/* 125 bytes: 1 ns exactly */
	assert_int_equal(serve(&l, 1), 102);
}

TEST(link, a_packet_of_four_gigabytes_is_exact)
{
	struct emu_link l = { .rate = 999999999999 };

	emu_link_open(&l, 0, no_burst);
	/* 8 * (2^32 + 65534) * 10^9 passes 2^64 */
	assert_int_equal(serve(&l, UINT64_C(4295032830)), 34360263);
	assert_int_equal(serve(&l, UINT64_C(4295032830)), 68720526);
}

TEST(link, past_the_end_of_time_nothing_more_is_served)
{
	struct emu_link l = { .rate = 8 };	/* one byte a second */

	emu_link_open(&l, NRW_NEVER - NRW_S - 1, no_burst);
	assert_int_equal(serve(&l, 1), NRW_NEVER - 1);
	assert_false(emu_link_serve(&l, 1));
	assert_false(emu_link_serve(&l, 0));
	emu_link_open(&l, NRW_NEVER - NRW_S, no_burst);
	assert_false(emu_link_serve(&l, 1));
}

TEST(link, the_end_itself_is_past_the_end)
{
	struct emu_link l = { .rate = 8 };

	emu_link_open(&l, NRW_NEVER - NRW_S, no_burst);
	assert_false(emu_link_serve(&l, 1));
	l = (struct emu_link){ .rate = 7 };	/* 1142857142.86 ns: the fraction alone passes it */
	emu_link_open(&l, NRW_NEVER - UINT64_C(1142857143), no_burst);
	assert_false(emu_link_serve(&l, 1));
	l = (struct emu_link){ .rate = 7 };
	emu_link_open(&l, NRW_NEVER - UINT64_C(1142857144), no_burst);
	assert_true(emu_link_serve(&l, 1));
	assert_int_equal(emu_link_end(&l), NRW_NEVER - 1);
}

TEST(link, another_rate_opens_a_closed_link)
{
	struct emu_link l = { .rate = 1 };

	assert_false(emu_link_serve(&l, UINT64_C(4294967295)));
	assert_true(emu_link_set_rate(&l, NRW_S, false, 50));
	emu_link_open(&l, 50, no_burst);
	assert_int_equal(serve(&l, 1), 58);
}

TEST(link, bits_already_sent_count_at_the_old_rate)
{
	struct emu_link l = { .rate = 1000 };

	/* 1000 bits; after 0.25 s 750 are left, which take 0.075 s at ten times the rate */
	emu_link_open(&l, 0, no_burst);
	assert_true(emu_link_serve(&l, 125));
	assert_true(emu_link_set_rate(&l, 10000, true, 250000000));
	assert_int_equal(emu_link_end(&l), 325000000);
}

TEST(link, a_change_of_rate_keeps_the_fraction_of_a_bit)
{
	struct emu_link l = { .rate = 3 };

	/* 8 bits at 3 bit/s; at 1 ns 3 nanobits are sent, 7999999997 are left: at 7 bit/s 1142857142.43 ns */
	emu_link_open(&l, 0, no_burst);
	assert_true(emu_link_serve(&l, 1));
	assert_true(emu_link_set_rate(&l, 7, true, 1));
	assert_int_equal(emu_link_end(&l), UINT64_C(1142857144));
	assert_int_equal(serve(&l, 1), UINT64_C(2285714287));	/* 1 + (7999999997 + 8000000000) / 7 */
}

/* What is left is one nanobit less than 3 * 2^64: 2^64 - 1 ns and two thirds, so that rounding up would wrap. */
TEST(link, rounding_up_never_wraps)
{
	struct emu_link l = { .rate = 7, .whole = UINT64_C(7905747460161236406), .part = 5 };

	l.whole = l.whole + 1;
	assert_false(emu_link_set_rate(&l, 3, true, 0));
	assert_int_equal(emu_link_end(&l), NRW_NEVER);
}

TEST(link, the_same_rate_changes_nothing)
{
	struct emu_link l = { .rate = 3 }, before;

	emu_link_open(&l, 0, no_burst);
	assert_true(emu_link_serve(&l, 1));
	before = l;
	assert_true(emu_link_set_rate(&l, 3, true, 1000));
	assert_memory_equal(&l, &before, sizeof(l));
}

TEST(link, without_a_rate_service_ends_at_once)
{
	struct emu_link l = { .rate = 1 };

	emu_link_open(&l, 7, no_burst);
	assert_true(emu_link_serve(&l, 1500));
	assert_true(emu_link_set_rate(&l, 0, true, 9));
	assert_int_equal(emu_link_end(&l), 9);
	assert_int_equal(serve(&l, 1500), 9);
}

/* Ends with a burst: T + ceil(max(0, 8 sum - c) 10^9 / R), worked out with Python's integers. */
TEST(link, a_full_credit_pays_for_the_first_packets)
{
	struct u128 most = emu_link_burst(2500);
	struct emu_link l;

	emu_link_init(&l);
	l.rate = 1000000;
	emu_link_open(&l, 100, most);
	assert_int_equal(serve(&l, 1500), 100);
	assert_int_equal(serve(&l, 1500), 100 + 4000000);
	assert_int_equal(serve(&l, 1500), 100 + 16000000);
}

TEST(link, what_is_left_of_a_credit_and_idle_time_fill_it)
{
	struct u128 most = emu_link_burst(1000);
	struct emu_link l;

	emu_link_init(&l);
	l.rate = 3;
	emu_link_open(&l, 0, most);
	assert_int_equal(serve(&l, 999), 0);	/* 8 bits are left */
	emu_link_open(&l, 0, most);		/* at its very end: nothing was saved */
	assert_int_equal(serve(&l, 2), UINT64_C(2666666667));
	emu_link_open(&l, UINT64_C(3000000000), most);	/* idle 333333333 ns: 999999999 nanobits */
	assert_int_equal(serve(&l, 1), UINT64_C(3000000000) + UINT64_C(2333333334));
	emu_link_open(&l, UINT64_C(1000000000000000), most);	/* full again: 8000 bits and no more */
	assert_int_equal(serve(&l, 1000), UINT64_C(1000000000000000));
	assert_int_equal(serve(&l, 1), UINT64_C(1000000000000000) + UINT64_C(2666666667));
}

TEST(link, an_idle_link_saves_by_the_rate_of_each_time)
{
	struct u128 most = emu_link_burst(1000);
	struct emu_link l;

	emu_link_init(&l);
	l.rate = 80;
	emu_link_open(&l, 0, most);
	assert_int_equal(serve(&l, 1000), 0);
	assert_true(emu_link_set_rate(&l, 8000, false, NRW_S));
	emu_link_open(&l, NRW_S + NRW_MS, most);	/* 80 bits in a second, 8 in a millisecond */
	assert_int_equal(serve(&l, 12), NRW_S + 2 * NRW_MS);
}

TEST(link, the_longest_idle_time_and_the_greatest_burst_do_not_wrap)
{
	struct u128 most = emu_link_burst(EMU_BURST_MAX);
	struct emu_link l;

	emu_link_init(&l);
	l.rate = UINT64_C(1000000000000);
	emu_link_open(&l, NRW_NEVER - 10, most);
	assert_int_equal(serve(&l, UINT32_MAX), NRW_NEVER - 10);
	emu_link_open(&l, NRW_NEVER - 5, no_burst);
	assert_int_equal(serve(&l, 125), NRW_NEVER - 4);
}
