/* Commands of `at`: when they run beside what happens at the same instant, in which order, and what becomes of those
 * that cannot be done. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

TEST(at, a_command_runs_before_what_arrives_at_that_instant)
{
	struct world w;

	kit_begin(&w, "at 10ns add 1 deny ip from any to any\n");
	kit_send(&w, 9, 28, 1);
	kit_send(&w, 10, 28, 1);
	assert_string_equal(kit_order(&w), "p0 d1");
	kit_end(&w);
}

TEST(at, zero_is_before_the_first_packet)
{
	struct world w;

	kit_begin(&w, "at 0s add 1 deny ip from any to any\n");
	kit_send(&w, 0, 28, 1);
	assert_string_equal(kit_order(&w), "d0");
	kit_end(&w);
}

TEST(at, a_command_runs_after_what_leaves_at_that_instant)
{
	struct world w;

	/* The pipe goes at 10: the packet that leaves then has left. */
	kit_begin(&w,
		"add 1 pipe 1 ip from any to any\npipe 1 config delay 10ns\nat 10ns pipe 1 config delay 30ns\n"
		"at 10ns delete 1\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 1);
	assert_string_equal(kit_order(&w), "h0 r0 p1");
	kit_end(&w);
}

TEST(at, a_command_runs_before_what_goes_back_to_the_rules_at_that_instant)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\npipe 1 config delay 10ns\n"
		"at 10ns add 5 deny ip from any to any\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, 10);
	assert_string_equal(kit_order(&w), "h0 d0");
	kit_end(&w);
}

TEST(at, what_went_back_earlier_does_not_meet_a_command_though_nobody_looked)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\npipe 1 config delay 3ns\n"
		"at 10ns add 5 deny ip from any to any\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_times(&w), "r0@3");
	kit_end(&w);
}

TEST(at, commands_of_one_time_run_as_written)
{
	struct world w;

	kit_begin(&w,
		"add 1 count ip from any to any\nat 20ns list\nat 10ns add 3 count ip from any to any\n"
		"at 10ns list\nat 10ns delete 1\nat 10ns list\n");
	kit_send(&w, 30, 28, 1);
	assert_string_equal(kit_lists(&w),
		"00001 count ip from any to any\n00003 count ip from any to any\n65535 allow ip from any to any\n"
		"00003 count ip from any to any\n65535 allow ip from any to any\n"
		"00003 count ip from any to any\n65535 allow ip from any to any\n");
	kit_end(&w);
}

TEST(at, a_rule_without_a_number_gets_it_when_it_is_added)
{
	struct world w;

	kit_begin(&w, "add 10 count ip from any to any\nat 20ns add count ip from any to any\n"
		"at 10ns add 500 count ip from any to any\n");
	kit_send(&w, 30, 28, 1);
	assert_int_equal(rules_count(lane_rules(w.lane)), 4);
	assert_int_equal(rules_number(lane_rules(w.lane), 2), 600);
	kit_end(&w);
}

TEST(at, counters_go_on_over_a_change)
{
	struct world w;

	kit_begin(&w,
		"add 10 count ip from any to any\nat 10ns add 5 count ip from any to any\nat 20ns zero 10\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 1);
	assert_int_equal(lane_counters(w.lane)[0].packets, 1);
	assert_int_equal(lane_counters(w.lane)[1].packets, 2);
	kit_send(&w, 20, 28, 1);
	assert_int_equal(lane_counters(w.lane)[0].packets, 2);
	assert_int_equal(lane_counters(w.lane)[1].packets, 1);
	kit_end(&w);
}

TEST(at, one_that_fails_is_told_and_the_others_run)
{
	struct world w;

	kit_begin(&w, "\nat 10ns delete 7\nat 10ns add 1 deny ip from any to any\n");
	kit_send(&w, 10, 28, 1);
	assert_string_equal(kit_order(&w), "d0");
	assert_non_null(strstr(w.said, "failed: test:2: at 10ns: "));
	assert_non_null(strstr(w.said, "7"));
	kit_end(&w);
}

TEST(at, next_is_a_command_only_while_something_is_held)
{
	struct world w;
	char first[100];

	kit_begin(&w, "add 1 pipe 1 ip from any to any\npipe 1 config delay 10ns\nat 5ns list\nat 90ns list\n");
	assert_true(lane_next(w.lane) == NRW_NEVER);
	kit_send(&w, 0, 28, 1);
	assert_int_equal(lane_next(w.lane), 5);
	lane_advance(w.lane, 5);
	assert_int_equal(lane_next(w.lane), 10);
	lane_advance(w.lane, 10);
	assert_true(lane_next(w.lane) == NRW_NEVER);
	assert_int_equal(lane_waiting(w.lane, first, sizeof(first)), 1);
	assert_string_equal(first, "test:4: at 90ns");
	kit_end(&w);
}

TEST(at, a_change_of_bandwidth_splits_the_service_of_a_packet)
{
	struct world w;

	/* 100 bytes at 8 Mbit/s: half of it is sent at 50 us, the rest takes 400 us at 1 Mbit/s. */
	kit_begin(&w, "add 1 pipe 1 ip from any to any\npipe 1 config bw 8Mbit/s\nat 50us pipe 1 config bw 1Mbit/s\n");
	kit_send(&w, 0, 100, 1);
	lane_advance(w.lane, NRW_S);
	assert_string_equal(kit_times(&w), "r0@450000");
	kit_end(&w);
}

TEST(at, many_commands_of_many_times_run_in_order)
{
	static char script[200000];
	char *at = script;
	struct world w;

	for (unsigned i = 0; i < 2000; i++)	/* 7919 is prime: every time once, in no order */
		at += sprintf(at, "at %uns pipe 1 config delay %uns\n", i * 7919 % 2000, i * 7919 % 2000 + 1);
	sprintf(at, "add 1 pipe 1 ip from any to any\n");
	kit_begin(&w, script);
	kit_send(&w, 1500, 28, 1);
	lane_advance(w.lane, 5000);
	assert_string_equal(kit_times(&w), "r0@3001");	/* the delay of 1500 was in force when its service ended */
	kit_end(&w);
}
