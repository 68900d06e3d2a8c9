/* lane_answer.c: the limit in the lane's time, what is counted, and that answers come behind their packets' drops. */
#include <stdlib.h>

#include "lane/lane.h"
#include "test.h"

struct world {
	struct pkt_pool *pool;
	struct lane *lane;
	unsigned dropped, answered;
	uint64_t last_seq, last_at;
	uint32_t last_rule;
	bool behind;			/* every answer came behind its drop */
};

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct world *w = ctx;

	pkt_free(w->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct world *w = ctx;

	assert_int_equal(end->why, DROP_RULE);
	w->dropped++;
	w->last_seq = p->seq;
	pkt_free(w->pool, p);
}

static void on_answer(void *ctx, struct pkt *p, uint32_t rule)
{
	struct world *w = ctx;

	w->behind &= p->seq == w->last_seq;
	w->answered++;
	w->last_at = p->at;
	w->last_rule = rule;
	assert_int_equal(p->acct_bytes, p->len_bytes);
	assert_int_equal(p->wire_bytes, p->len_bytes);
	pkt_free(w->pool, p);
}

static void begin(struct world *w, const char *script, bool wanted)
{
	struct lane_cfg cfg = { .default_allow = true, .ops = { .out = on_out, .drop = on_drop,
		.answer = wanted ? on_answer : NULL, .ctx = w } };
	struct lane_script *s = lane_script_new();
	struct errs errs;
	struct err e;

	*w = (struct world){ .pool = pkt_pool_new(0), .behind = true };
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

/* Raw IPv4, 10.0.0.1 > 10.0.0.2, and eight bytes: what ICMP would take for an error. */
static void send(struct world *w, nrw_time now, uint8_t proto)
{
	static uint8_t bytes[28];
	struct pkt *p = pkt_new(w->pool);

	bytes[0] = 0x45;
	wire_put16(bytes + 2, sizeof(bytes));
	bytes[9] = proto;
	bytes[20] = 3;
	wire_put32(bytes + 12, 0x0a000001);
	wire_put32(bytes + 16, 0x0a000002);
	p->data = bytes;
	p->len_bytes = p->wire_bytes = sizeof(bytes);
	p->link = LINK_RAW;
	lane_input(w->lane, p, now);
}

static uint64_t lost(const struct world *w, enum drop why)
{
	return lane_answers(w->lane)->lost[why];
}

TEST(answer, comes_behind_the_drop_at_that_instant)
{
	struct world w;

	begin(&w, "add 1 count ip from any to any\nadd 2 reject udp from any to any\n", true);
	send(&w, 5, PROTO_UDP);
	send(&w, 9, PROTO_GRE);
	assert_int_equal(w.dropped, 1);
	assert_int_equal(w.answered, 1);
	assert_int_equal(w.last_at, 5);
	assert_int_equal(w.last_rule, 1);
	send(&w, 11, PROTO_UDP);
	assert_int_equal(w.last_at, 11);
	assert_true(w.behind);
	end(&w);
}

/* All rules and kinds share it; seconds are those of the lane, not of the first answer. */
TEST(answer, two_hundred_in_each_second)
{
	struct world w;

	begin(&w, "add 1 reject udp from any to any\nadd 2 unreach net gre from any to any\n", true);
	for (unsigned i = 0; i < 150; i++)
		send(&w, NRW_S / 2, PROTO_UDP);
	for (unsigned i = 0; i < 60; i++)
		send(&w, NRW_S - 1, PROTO_GRE);
	assert_int_equal(w.answered, 200);
	assert_int_equal(lost(&w, DROP_ANSWER_LIMIT), 10);
	for (unsigned i = 0; i < 201; i++)
		send(&w, NRW_S, PROTO_UDP);
	assert_int_equal(w.answered, 400);
	assert_int_equal(lost(&w, DROP_ANSWER_LIMIT), 11);
	send(&w, 100 * NRW_S, PROTO_UDP);
	assert_int_equal(w.answered, 401);
	assert_int_equal(w.dropped, 150 + 60 + 201 + 1);
	assert_int_equal(lane_answers(w.lane)->packets, 401);
	end(&w);
}

TEST(answer, that_nobody_wants_is_counted)
{
	struct world w;

	begin(&w, "add 1 reject udp from any to any\n", false);
	for (unsigned i = 0; i < 250; i++)
		send(&w, 0, PROTO_UDP);
	assert_int_equal(w.dropped, 250);
	assert_int_equal(lane_answers(w.lane)->packets, 200);
	assert_int_equal(lane_answers(w.lane)->bytes, 200 * (28 + 28));
	assert_int_equal(lost(&w, DROP_ANSWER_LIMIT), 50);
	end(&w);
}

/* What cannot be answered takes nothing from the limit; what is not meant is not even counted. */
TEST(answer, that_cannot_be_has_a_name)
{
	struct world w;

	begin(&w, "add 1 reset udp from any to any\nadd 2 reject ip from any to any\n", true);
	for (unsigned i = 0; i < 300; i++) {
		send(&w, 0, PROTO_UDP);
		send(&w, 0, PROTO_ICMP);
	}
	send(&w, 0, PROTO_GRE);
	assert_int_equal(w.answered, 1);
	assert_int_equal(lost(&w, DROP_ANSWER_FORBIDDEN), 300);
	assert_int_equal(lost(&w, DROP_ANSWER_LIMIT), 0);
	assert_int_equal(w.dropped, 601);
	end(&w);
}
