/* The joint between rules and emu: order at one instant, who owns what, and that a bad script has no effect. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

TEST(lane, at_one_instant_departures_go_before_arrivals)
{
	struct world w;

	kit_begin(&w, "add 1 pipe 1 ip from any to any dst-port 1\npipe 1 config delay 10ns\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 2);
	assert_string_equal(kit_order(&w), "h0 r0 p1");
	assert_int_equal(w.seen[1].at, 10);
	kit_end(&w);
}

TEST(lane, equal_departures_of_two_pipes_keep_the_order_of_arrival)
{
	struct world w;

	kit_begin(&w,
		"add 1 pipe 1 ip from any to any dst-port 1\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 20ns\npipe 2 config delay 10ns\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 2);
	kit_send(&w, 10, 28, 2);
	lane_advance(w.lane, 20);
	assert_string_equal(kit_order(&w), "h0 h1 h2 r0 r1 r2");
	kit_end(&w);
}

/* Its arrival, where that says the same; a capture's time may run backwards. */
TEST(lane, what_is_dropped_after_it_was_held_tells_its_own_time)
{
	static const char script[] =
		"add 1 pipe 1 ip from any to any\npipe 1 config bw 8Mbit/s loss random 1 after\n";
	struct world w;

	kit_begin(&w, script);
	lane_epoch(w.lane, 7000);
	kit_send(&w, 3000, 28, 1);
	lane_advance(w.lane, NRW_S);
	assert_string_equal(kit_times(&w), "d0@7777");
	kit_end(&w);
	kit_begin(&w, script);
	lane_epoch(w.lane, 7000);
	kit_send(&w, 777, 28, 1);
	lane_advance(w.lane, NRW_S);
	assert_string_equal(kit_times(&w), "d0@777");
	kit_end(&w);
}

/* Also where one_pass is on again when it enters the pipe that drops it. */
TEST(lane, what_is_dropped_on_a_second_way_tells_its_own_time)
{
	struct world w;

	kit_begin(&w,
		"disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 10ns\npipe 2 config bw 8Mbit/s loss random 1 after\nat 3ns enable one_pass\n");
	kit_send(&w, 0, 28, 1);
	lane_advance(w.lane, NRW_S);
	assert_string_equal(kit_times(&w), "d0@7777");
	kit_end(&w);
}

TEST(lane, what_nothing_held_keeps_its_own_time)
{
	struct world w;

	kit_begin(&w, "");
	kit_send(&w, 5, 28, 1);
	assert_string_equal(kit_order(&w), "p0");
	assert_int_equal(w.seen[0].at, 7777);
	kit_end(&w);
}

TEST(lane, a_pipe_that_takes_no_time_holds_nothing)
{
	struct world w;

	kit_begin(&w,
		"add 1 pipe 1 ip from any to any dst-port 1\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 10ns\npipe 2 config\n");
	kit_send(&w, 0, 28, 1);
	kit_send(&w, 10, 28, 2);
	assert_string_equal(kit_order(&w), "h0 r0 p1");
	assert_int_equal(w.seen[1].at, 10);
	assert_int_equal(w.seen[2].at, 7777);
	kit_end(&w);
}

TEST(lane, what_is_not_ip_meets_no_rule)
{
	struct world w;
	struct pkt *p;

	kit_begin(&w, "add 1 deny ip from any to any\n");
	p = pkt_new(w.pool);
	p->link = LINK_ETHERNET;
	p->flags = PKT_HOLE;
	p->wire_bytes = 60;
	lane_input(w.lane, p, 0);
	assert_string_equal(kit_order(&w), "b0");
	kit_end(&w);
}

TEST(lane, a_drop_tells_who_and_why)
{
	struct world w;

	kit_begin(&w,
		"add 7 deny ip from any to any dst-port 7\nadd 9 pipe 3 ip from any to any dst-port 9\n"
		"add 11 pipe 1 ip from any to any\n"
		  "pipe 1 config bw 8bit/s queue 1\n");
	kit_send(&w, 0, 28, 7);
	kit_send(&w, 0, 28, 9);
	kit_send(&w, 0, 28, 11);
	kit_send(&w, 0, 28, 11);
	assert_string_equal(kit_order(&w), "d0 d1 h2 d3");
	assert_int_equal(w.seen[0].why, DROP_RULE);
	assert_int_equal(w.seen[0].number, 7);
	assert_int_equal(w.seen[1].why, DROP_NO_PIPE);
	assert_int_equal(w.seen[1].number, 3);
	assert_int_equal(w.seen[3].why, DROP_QUEUE_FULL);
	assert_int_equal(w.seen[3].number, 1);
	kit_end(&w);
}

TEST(lane, a_packet_that_is_dropped_after_it_was_held_says_so)
{
	struct world w;

	kit_begin(&w, "add 1 pipe 1 ip from any to any\npipe 1 config bw 8Kbit/s delay 1s queue 2\n");
	lane_end_at(w.lane, 1150 * NRW_MS);
	lane_epoch(w.lane, 7777 - 50);	/* its own time and its arrival are one */
	kit_send(&w, 0, 100, 1);
	kit_send(&w, 50, 100, 1);
	kit_send(&w, 60, 100, 1);
	lane_advance(w.lane, 2 * NRW_S);
	assert_string_equal(kit_order(&w), "h0 h1 d2 d1 r0");
	assert_false(w.seen[2].held);
	assert_true(w.seen[3].held);
	assert_int_equal(w.seen[3].why, DROP_TIME_END);
	assert_int_equal(w.seen[3].at, 50);
	kit_end(&w);
}

TEST(lane, next_is_the_earliest_departure)
{
	struct world w;

	kit_begin(&w, "add 1 pipe 1 ip from any to any\npipe 1 config bw 8Kbit/s delay 5ms\n");
	assert_true(lane_next(w.lane) == NRW_NEVER);
	kit_send(&w, 1000, 100, 1);
	assert_int_equal(lane_next(w.lane), 1000 + 100 * NRW_MS + 5 * NRW_MS);
	lane_advance(w.lane, lane_next(w.lane) - 1);
	assert_string_equal(kit_order(&w), "h0");
	lane_advance(w.lane, lane_next(w.lane));
	assert_string_equal(kit_order(&w), "h0 r0");
	assert_true(lane_next(w.lane) == NRW_NEVER);
	kit_end(&w);
}

TEST(script, a_line_that_is_wrong_has_no_effect_and_all_wrong_lines_are_told)
{
	static const char text[] = "# comment\n\n   # another\nadd 1 allow ip from any to any\nfoo\n"
		"ipfw add 2 allow ip from any to any\nnat 1 config\n";
	struct lane_script *s = lane_script_new();
	struct errs errs;

	errs_init(&errs);
	assert_int_equal(lane_script_text(s, "f", 1, text, sizeof(text) - 1, &errs), 0);
	assert_int_equal(errs.errors, 3);
	assert_int_equal(errs.notes[0].line, 5);
	assert_int_equal(errs.notes[0].code, ERR_UNKNOWN);
	assert_int_equal(errs.notes[1].line, 6);
	assert_int_equal(errs.notes[2].line, 7);
	assert_int_equal(errs.notes[2].code, ERR_LATER);
	errs_fini(&errs);
	lane_script_free(s);
}

static void same_net(const char *text, int family, unsigned bits, uint32_t addr4)
{
	struct lane_net net;
	struct err e;

	assert_int_equal(lane_net_parse(&net, text, &e), 0);
	assert_int_equal(net.family, family);
	assert_int_equal(net.bits, bits);
	assert_int_equal(net.addr4, addr4);
}

TEST(net, prefixes_are_read_or_refused)
{
	static const char *const bad[] = { "", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.256", "::/129", "1::2::3",
		"10.0.0.0/1x", "01.2.3.4" };
	struct lane_net net;
	struct err e;

	same_net("10.0.0.0/8", 4, 8, 0x0a000000);
	same_net("192.0.2.1", 4, 32, 0xc0000201);
	same_net("0.0.0.0/0", 4, 0, 0);
	same_net("::/0", 6, 0, 0);
	same_net("2001:db8::1", 6, 128, 0);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_true(lane_net_parse(&net, bad[i], &e) < 0);
}
