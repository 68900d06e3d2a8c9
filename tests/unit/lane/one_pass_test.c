/* Packets that go back to the rules: where they go on, when, in which order, how often, and who they are when they end.
 * Times are sums done by hand. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

TEST(one_pass, on_a_packet_out_of_a_pipe_is_accepted)
{
	struct world w;

	kit_begin(&w, "add 1 pipe 1 ip from any to any\nadd 2 deny ip from any to any\npipe 1 config delay 5ns\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_order(&w), "h0 r0");
	kit_end(&w);
}

TEST(one_pass, off_each_pipe_adds_its_delay)
{
	struct world w;

	/* 100 bytes at 8 Mbit/s are 100 us, at 16 Mbit/s 50 us: 0 + 100 + 3, + 50 + 4, + 0 + 5 us */
	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\n"
		"add 3 pipe 3 ip from any to any\npipe 1 config bw 8Mbit/s delay 3us\n"
		"pipe 2 config bw 16Mbit/s delay 4us\npipe 3 config delay 5us\n");
	kit_send(&w, 0, 100, 1);
	assert_int_equal(lane_next(w.lane), 103000);
	lane_advance(w.lane, NRW_S);
	assert_string_equal(kit_times(&w), "r0@162000");
	assert_string_equal(kit_order(&w), "h0 r0");
	kit_end(&w);
}

TEST(one_pass, off_one_pipe_twice_serves_a_packet_twice)
{
	struct world w;

	/* The first is back at 100 us, when the second is in service until 200: it is served until 300, the second then
	 * until 400. */
	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 1 ip from any to any\n"
		"pipe 1 config bw 8Mbit/s\n");
	kit_send(&w, 0, 100, 1);
	kit_send(&w, 1, 100, 1);
	lane_advance(w.lane, NRW_S);
	assert_string_equal(kit_times(&w), "r0@300000 r1@400000");
	kit_end(&w);
}

TEST(one_pass, off_calling_late_changes_nothing)
{
	struct world early, late;
	const char *script = "disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\n"
		"add 3 pipe 1 ip from any to any\npipe 1 config bw 8Mbit/s queue 3\n"
		"pipe 2 config bw 5Mbit/s delay 70us\n";
	char times[200];
	nrw_time next;

	kit_begin(&late, script);
	for (unsigned i = 0; i < 5; i++)
		kit_send(&late, i * 10000, 100, 1);
	lane_advance(late.lane, NRW_S);
	strcpy(times, kit_times(&late));
	kit_end(&late);
	kit_begin(&early, script);
	for (unsigned i = 0; i < 5; i++) {
		while ((next = lane_next(early.lane)) <= i * 10000)
			lane_advance(early.lane, next);
		kit_send(&early, i * 10000, 100, 1);
	}
	while ((next = lane_next(early.lane)) != NRW_NEVER)
		lane_advance(early.lane, next);
	assert_string_equal(kit_times(&early), times);
	kit_end(&early);
}

TEST(one_pass, off_a_packet_goes_on_behind_the_rule_that_sent_it)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 5 pipe 1 ip from any to any dst-port 1\n"
		"add 5 deny ip from any to any dst-port 1\n"
		"add 6 allow ip from any to any\npipe 1 config delay 5ns\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_times(&w), "d0@7777");	/* by the second rule 5 */
	assert_int_equal(w.seen[1].number, 5);
	assert_true(w.seen[1].held);
	kit_end(&w);
}

TEST(one_pass, off_pipes_that_take_no_time_hold_nothing)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 1 ip from any to any\n"
		"add 3 deny ip from any to any dst-port 3\npipe 1 config\n");
	kit_send(&w, 10, 28, 2);
	kit_send(&w, 10, 28, 3);
	assert_string_equal(kit_order(&w), "p0 d1");
	assert_int_equal(w.seen[0].at, 7777);
	assert_false(w.seen[1].held);
	kit_end(&w);
}

TEST(one_pass, off_a_packet_held_only_by_the_second_pipe_is_held)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\npipe 1 config\n"
		"pipe 2 config delay 7ns\n");
	kit_send(&w, 10, 28, 2);
	assert_string_equal(kit_order(&w), "h0");
	lane_advance(w.lane, 17);
	assert_string_equal(kit_times(&w), "r0@17");
	kit_end(&w);
}

/* 64 times it may go back: 64 rules of one pipe each, and the 65th. */
static void go_round(struct world *w, unsigned pipes, const char *delay)
{
	char script[8000] = "disable one_pass\n", *at = script + strlen(script);

	for (unsigned i = 1; i <= pipes; i++)
		at += sprintf(at, "add %u pipe 1 ip from any to any\n", i);
	sprintf(at, "pipe 1 config %s\n", delay);
	kit_begin(w, script);
	kit_send(w, 0, 28, 2);
	lane_advance(w->lane, 1000);
}

TEST(one_pass, off_a_packet_goes_back_sixty_four_times)
{
	struct world w;

	go_round(&w, 64, "delay 1ns");
	assert_string_equal(kit_times(&w), "r0@64");
	kit_end(&w);
	go_round(&w, 65, "delay 1ns");
	assert_string_equal(kit_times(&w), "d0@7777");
	assert_int_equal(w.seen[1].why, DROP_REENTRY);
	assert_int_equal(w.seen[1].number, 65);
	kit_end(&w);
	go_round(&w, 65, "");
	assert_string_equal(kit_order(&w), "d0");
	assert_int_equal(w.seen[0].why, DROP_REENTRY);
	assert_false(w.seen[0].held);
	kit_end(&w);
}

TEST(one_pass, off_the_rule_is_found_after_a_change_or_the_next_higher_one_is)
{
	struct world w;
	static const char *const after[] = { "at 3ns delete 7", "at 3ns delete 5 7",
		"at 3ns add 4 count ip from any to any",
		"at 3ns set move rule 5 to 9", "at 3ns delete 5 7 8" };
	static const char *const ends[] = { "d0@7777", "d0@7777", "d0@7777", "d0@7777", "r0@5" };
	static const unsigned by[] = { 8, 8, 7, 7, 0 };
	char script[400];

	for (unsigned i = 0; i < 5; i++) {
		sprintf(script, "disable one_pass\nadd 5 pipe 1 ip from any to any\nadd 7 deny ip from any to any\n"
			"add 8 deny ip from any to any\npipe 1 config delay 5ns\n%s\n", after[i]);
		kit_begin(&w, script);
		kit_send(&w, 0, 28, 2);
		lane_advance(w.lane, 100);
		assert_string_equal(w.said, "");
		assert_string_equal(kit_times(&w), ends[i]);
		assert_int_equal(w.seen[1].number, by[i]);
		kit_end(&w);
	}
}

TEST(one_pass, off_what_goes_back_comes_before_fresh_arrivals)
{
	struct world w;

	/* Pipe 2 holds two: at 10 the first packet goes back and takes the last place. */
	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any dst-port 1\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 10ns\npipe 2 config bw 8bit/s queue 1\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 2);
	assert_string_equal(kit_order(&w), "h0 d1");
	kit_end(&w);
}

TEST(one_pass, off_at_one_instant_they_go_back_by_order_of_arrival)
{
	struct world w;

	/* Packet 0 leaves pipe 1 at 20, packet 1 leaves pipe 2 at 20, each into the one place of pipe 3. */
	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 2 ip from any to any dst-port 1\n"
		"add 2 pipe 1 ip from any to any dst-port 2\n"
		"add 3 pipe 3 ip from any to any\npipe 2 config delay 20ns\npipe 1 config delay 10ns\n"
		"pipe 3 config bw 8bit/s queue 1\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 2);
	lane_advance(w.lane, 20);
	assert_string_equal(kit_order(&w), "h0 h1 d1");
	assert_int_equal(w.seen[2].at, 7777);
	kit_end(&w);
}

TEST(one_pass, what_counts_is_how_it_was_when_the_packet_was_sent)
{
	struct world w;

	kit_begin(&w,
		"add 1 pipe 1 ip from any to any\nadd 2 deny ip from any to any\npipe 1 config delay 10ns\n"
		"at 3ns disable one_pass\nat 6ns enable one_pass\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 4, 28, 1);
	kit_send(&w, 7, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_times(&w), "r0@10 d1@7777 r2@17");
	kit_end(&w);
}

TEST(one_pass, what_goes_back_is_accepted_behind_the_next_pipe_if_that_is_on)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\n"
		"add 3 deny ip from any to any\npipe 1 config delay 10ns\npipe 2 config delay 10ns\n"
		"at 3ns enable one_pass\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_times(&w), "r0@20");
	kit_end(&w);
}

TEST(one_pass, off_a_drop_in_the_second_pipe_tells_the_packets_own_time)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 10ns\n");
	kit_send(&w, 3, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_times(&w), "d0@7777");
	assert_int_equal(w.seen[1].why, DROP_NO_PIPE);
	assert_true(w.seen[1].held);
	kit_end(&w);
}

TEST(one_pass, off_tags_come_back_with_the_packet)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 count tag 9 ip from any to any dst-port 1\nadd 2 pipe 1 ip from any to any\n"
		"add 3 deny ip from any to any tagged 9\npipe 1 config delay 10ns\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 0, 28, 2);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_order(&w), "h0 h1 d0 r1");
	kit_end(&w);
}

TEST(one_pass, off_the_call_stack_comes_back_with_the_packet)
{
	struct world w;

	/* 1 calls 10; there a pipe; behind it return, which goes on at the first rule above 1. */
	kit_begin(&w,
		"disable one_pass\nadd 1 call 10 ip from any to any\nadd 2 deny ip from any to any\n"
		"add 10 pipe 1 ip from any to any\nadd 11 return ip from any to any\nadd 12 allow ip from any to any\n"
		"pipe 1 config delay 10ns\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, 100);
	assert_string_equal(kit_order(&w), "h0 d0");
	assert_int_equal(w.seen[1].number, 2);
	kit_end(&w);
}

TEST(firewall, disabled_lets_everything_pass_unjudged)
{
	struct world w;

	kit_begin(&w, "add 1 deny ip from any to any\ndisable firewall\nat 5ns enable firewall\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 5, 28, 1);
	assert_string_equal(kit_order(&w), "p0 d1");
	assert_int_equal(lane_counters(w.lane)[0].packets, 1);
	kit_end(&w);
}
