/* The joint between rules and emu: order at one instant, who owns what, and that a bad script has no effect. */
#include "lane/lane.h"

#include <stdlib.h>

#include "test.h"

#define PACKETS 64

struct seen {			/* what came out, in order */
	char kind;		/* 'b'ypassed, 'p'assed, 'r'eleased, 'd'ropped, 'h'eld */
	uint64_t seq, at;
	enum drop why;
	uint32_t number;
	bool held;
};

struct world {
	struct pkt_pool *pool;
	struct lane *lane;
	struct seen seen[PACKETS];
	unsigned count;
};

static void saw(struct world *w, struct seen s)
{
	assert_true(w->count < PACKETS);
	w->seen[w->count++] = s;
}

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct world *w = ctx;

	saw(w, (struct seen){ .kind = "bpr"[way], .seq = p->seq, .at = p->at });
	pkt_free(w->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct world *w = ctx;

	saw(w, (struct seen){ .kind = 'd', .seq = p->seq, .at = p->at, .why = end->why, .number = end->number,
		.held = end->held });
	pkt_free(w->pool, p);
}

static void on_held(void *ctx, const struct pkt *p)
{
	saw(ctx, (struct seen){ .kind = 'h', .seq = p->seq });
}

static void begin(struct world *w, const char *script)
{
	struct lane_cfg cfg = { .seed = 1, .default_allow = true, .ops = { .out = on_out, .drop = on_drop, .held = on_held, .ctx = w } };
	struct lane_script *s = lane_script_new();
	struct errs errs;
	struct err e;

	*w = (struct world){ .pool = pkt_pool_new(0) };
	cfg.pool = w->pool;
	w->lane = lane_new(&cfg);
	errs_init(&errs);
	assert_int_equal(lane_script_text(s, "test", 1, script, strlen(script), &errs), 0);
	assert_int_equal(errs.errors, 0);
	assert_int_equal(lane_commit(w->lane, s, &errs, &e), 0);
	errs_fini(&errs);
	lane_script_free(s);
}

static void end(struct world *w)
{
	lane_free(w->lane);
	pkt_pool_free(w->pool);	/* ends the test if a packet is missing */
}

/* IPv4, UDP 4000 > dport, `bytes` long by its header; 28 are there. */
static void send(struct world *w, nrw_time now, unsigned bytes, uint16_t dport)
{
	static uint8_t frames[PACKETS][28];
	static unsigned turn;
	uint8_t *f = frames[turn++ % PACKETS];
	struct pkt *p = pkt_new(w->pool);

	memset(f, 0, 28);
	f[0] = 0x45;
	f[2] = (uint8_t)(bytes >> 8);
	f[3] = (uint8_t)bytes;
	f[8] = 64;
	f[9] = 17;
	f[22] = (uint8_t)(dport >> 8);
	f[23] = (uint8_t)dport;
	f[25] = 8;
	p->data = f;
	p->len_bytes = 28;
	p->wire_bytes = bytes;
	p->link = LINK_RAW;
	p->flags = PKT_STEADY;
	p->at = 7777;
	lane_input(w->lane, p, now);
}

static char *order(const struct world *w)	/* "h0 p1 r0" */
{
	static char text[PACKETS * 8];
	char *at = text;

	for (unsigned i = 0; i < w->count; i++)
		at += sprintf(at, "%s%c%u", i ? " " : "", w->seen[i].kind, (unsigned)w->seen[i].seq);
	return text;
}

TEST(lane, at_one_instant_departures_go_before_arrivals)
{
	struct world w;

	begin(&w, "add 1 pipe 1 ip from any to any dst-port 1\npipe 1 config delay 10ns\n");
	send(&w, 0, 28, 1);
	send(&w, 10, 28, 2);
	assert_string_equal(order(&w), "h0 r0 p1");
	assert_int_equal(w.seen[1].at, 10);
	end(&w);
}

TEST(lane, equal_departures_of_two_pipes_keep_the_order_of_arrival)
{
	struct world w;

	begin(&w,
		"add 1 pipe 1 ip from any to any dst-port 1\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 20ns\npipe 2 config delay 10ns\n");
	send(&w, 0, 28, 1);
	send(&w, 10, 28, 2);
	send(&w, 10, 28, 2);
	lane_advance(w.lane, 20);
	assert_string_equal(order(&w), "h0 h1 h2 r0 r1 r2");
	end(&w);
}

TEST(lane, what_nothing_held_keeps_its_own_time)
{
	struct world w;

	begin(&w, "");
	send(&w, 5, 28, 1);
	assert_string_equal(order(&w), "p0");
	assert_int_equal(w.seen[0].at, 7777);
	end(&w);
}

TEST(lane, a_pipe_that_takes_no_time_holds_nothing)
{
	struct world w;

	begin(&w,
		"add 1 pipe 1 ip from any to any dst-port 1\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config delay 10ns\npipe 2 config\n");
	send(&w, 0, 28, 1);
	send(&w, 10, 28, 2);
	assert_string_equal(order(&w), "h0 r0 p1");
	assert_int_equal(w.seen[1].at, 10);
	assert_int_equal(w.seen[2].at, 7777);
	end(&w);
}

TEST(lane, what_is_not_ip_meets_no_rule)
{
	struct world w;
	struct pkt *p;

	begin(&w, "add 1 deny ip from any to any\n");
	p = pkt_new(w.pool);
	p->link = LINK_ETHERNET;
	p->flags = PKT_HOLE;
	p->wire_bytes = 60;
	lane_input(w.lane, p, 0);
	assert_string_equal(order(&w), "b0");
	end(&w);
}

TEST(lane, a_drop_tells_who_and_why)
{
	struct world w;

	begin(&w,
		"add 7 deny ip from any to any dst-port 7\nadd 9 pipe 3 ip from any to any dst-port 9\n"
		"add 11 pipe 1 ip from any to any\n"
		  "pipe 1 config bw 8bit/s queue 1\n");
	send(&w, 0, 28, 7);
	send(&w, 0, 28, 9);
	send(&w, 0, 28, 11);
	send(&w, 0, 28, 11);
	assert_string_equal(order(&w), "d0 d1 h2 d3");
	assert_int_equal(w.seen[0].why, DROP_RULE);
	assert_int_equal(w.seen[0].number, 7);
	assert_int_equal(w.seen[1].why, DROP_NO_PIPE);
	assert_int_equal(w.seen[1].number, 3);
	assert_int_equal(w.seen[3].why, DROP_QUEUE_FULL);
	assert_int_equal(w.seen[3].number, 1);
	end(&w);
}

TEST(lane, a_packet_that_is_dropped_after_it_was_held_says_so)
{
	struct world w;

	begin(&w, "add 1 pipe 1 ip from any to any\npipe 1 config bw 8Kbit/s delay 1s queue 2\n");
	lane_end_at(w.lane, 1150 * NRW_MS);
	send(&w, 0, 100, 1);
	send(&w, 50, 100, 1);
	send(&w, 60, 100, 1);
	lane_advance(w.lane, 2 * NRW_S);
	assert_string_equal(order(&w), "h0 h1 d2 d1 r0");
	assert_false(w.seen[2].held);
	assert_true(w.seen[3].held);
	assert_int_equal(w.seen[3].why, DROP_TIME_END);
	assert_int_equal(w.seen[3].at, 50);
	end(&w);
}

TEST(lane, next_is_the_earliest_departure)
{
	struct world w;

	begin(&w, "add 1 pipe 1 ip from any to any\npipe 1 config bw 8Kbit/s delay 5ms\n");
	assert_true(lane_next(w.lane) == NRW_NEVER);
	send(&w, 1000, 100, 1);
	assert_int_equal(lane_next(w.lane), 1000 + 100 * NRW_MS + 5 * NRW_MS);
	lane_advance(w.lane, lane_next(w.lane) - 1);
	assert_string_equal(order(&w), "h0");
	lane_advance(w.lane, lane_next(w.lane));
	assert_string_equal(order(&w), "h0 r0");
	assert_true(lane_next(w.lane) == NRW_NEVER);
	end(&w);
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
