/* What a rule does besides deciding: prob, log, tags, call and return. Dice are compared with a copy of their
 * definition in the reference, written here anew. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "pkt/pkt_lazy.h"
#include "test.h"

struct walker {
	struct rules_set *set;
	struct rules_counter *counters;
	struct pkt_pool *pool;
	struct pkt *pkt;
	struct kit_packet kit;
	struct meta meta;
	struct view view;
	struct rules_env env;
	struct rules_pass x;
	struct rules_answer a;
	char log[256];
};

static void log_to(void *ctx, const struct rules_pass *x, uint64_t nth, bool last)
{
	struct walker *w = ctx;
	size_t n = strlen(w->log);

	snprintf(w->log + n, sizeof(w->log) - n, "%u:%u%s%s ", rules_number(x->set, x->rule), (unsigned)nth,
		last ? "!" : "", x->meta->tags ? "#" : "");
}

static void walker_begin(struct walker *w, const char *lines, uint32_t packets_max)
{
	*w = (struct walker){ .set = kit_set(NULL, lines), .pool = pkt_pool_new(packets_max),
		.kit = kit_tcp(TCP_SYN), .env = { .ctx = w, .log = log_to } };
	w->counters = rules_counters(w->set, NULL, NULL);
	w->pkt = pkt_new(w->pool);
	w->pkt->data = w->kit.bytes;
	w->pkt->len_bytes = w->pkt->wire_bytes = w->kit.n;
	view_parse(&w->view, LINK_RAW, w->kit.bytes, w->kit.n, w->kit.n);
}

static void walker_end(struct walker *w)
{
	pkt_free(w->pool, w->pkt);
	pkt_pool_free(w->pool);
	rules_release(w->set);
	free(w->counters);
}

/* The same packet once more; `again`: within one pass of a hook, from rule `from` on. Returns the deciding number. */
static uint32_t walk(struct walker *w, bool again, uint32_t from)
{
	w->meta = w->kit.meta;
	w->x = (struct rules_pass){ .look = { .view = &w->view, .meta = &w->meta, .env = &w->env,
		.bytes = w->kit.bytes, .len_bytes = w->kit.n, .wire_bytes = w->kit.n, .counters = w->counters },
		.view = &w->view, .meta = &w->meta, .pkt = w->pkt, .pool = w->pool, .now = 7,
		.again = again, .from = from };
	rules_judge(w->set, &w->x, &w->a);
	return rules_number(w->set, w->a.rule);
}

/* How often each rule counted, in order, the default rule last: "1 0 2". */
static void counted(const char *lines, const char *want)
{
	struct walker w;
	char is[256] = "";
	size_t n = 0;

	walker_begin(&w, lines, 0);
	walk(&w, false, 0);
	for (uint32_t i = 0; i < rules_count(w.set); i++)
		n += (size_t)snprintf(is + n, sizeof(is) - n, "%s%u", i ? " " : "", (unsigned)w.counters[i].packets);
	if (strcmp(is, want))
		print_message("# %s\n# counts %s\n", lines, is);
	assert_string_equal(is, want);
	walker_end(&w);
}

TEST(walk, return_goes_on_above_the_number_of_the_caller)
{
	counted("add 100 call 500 in\nadd 200 count in\nadd 300 allow in\nadd 500 count in\nadd 600 return in\n"
		"add 700 deny in", "1 1 1 1 1 0 0");
	/* Another rule of the caller's number is passed over. */
	counted("add 100 call 500 in\nadd 100 count in\nadd 200 allow in\nadd 500 return in", "1 0 1 1 0");
	/* Before and behind: call goes any way, return too. */
	counted("add 100 skipto 300 in\nadd 200 return in\nadd 300 call 200 in\nadd 400 allow in", "1 1 1 1 0");
	/* The place called need not be there, nor the place to return to. */
	counted("add 100 call 450 in\nadd 500 return in", "1 2 1");
	counted("add 100 call 65535 in\nadd 200 count in", "1 0 1");
}

TEST(walk, return_without_call_is_the_next_rule)
{
	counted("add 100 return in\nadd 200 allow in", "1 1 0");
	counted("add 100 call 300 in\nadd 200 allow in\nadd 300 return in\nadd 400 deny in", "1 1 1 0 0");
}

/* 16 calls deep; the 17th goes on at the next rule, and 16 returns come back to above 100. */
TEST(walk, calls_nest_sixteen_deep)
{
	counted("add 100 call 100 in\nadd 200 allow in", "17 1 0");
	counted("add 50 count in\nadd 100 call 50 in\nadd 200 return in\nadd 300 allow in", "17 17 17 1 0");
}

/* Calls within calls would be some power of their count: there is an end to them. */
TEST(walk, calls_that_breed_calls_come_to_an_end)
{
	struct walker w;

	walker_begin(&w, "add 10 count in\nadd 20 call 10 in\nadd 30 call 10 in\nadd 40 call 10 in\nadd 50 return in\n"
		"add 60 allow in", 0);
	assert_int_equal(walk(&w, false, 0), 60);
	assert_true(w.counters[0].packets == 1025);
	walker_end(&w);
}

TEST(walk, the_stack_lasts_one_pass_of_a_hook)
{
	struct walker w;

	walker_begin(&w, "add 100 call 300 in\nadd 200 deny in\nadd 300 pipe 1 in\nadd 400 return in\nadd 500 allow in",
		0);
	assert_int_equal(walk(&w, false, 0), 300);
	assert_int_equal(walk(&w, true, 3), 200);	/* back from the pipe: 400 returns above 100 */
	assert_int_equal(walk(&w, false, 0), 300);
	assert_int_equal(walk(&w, false, 3), 500);	/* another hook: nothing to return to */
	walker_end(&w);
}

TEST(walk, tags_stick_and_are_seen_at_once)
{
	counted("add 100 count tag 5 in\nadd 200 count tagged 5\nadd 300 count tagged 4,6-9\nadd 400 count untag 5 in\n"
		"add 500 count tagged 5\nadd 600 allow not tagged 1-65534", "1 1 0 1 0 1 0");
	counted("add 100 count tag 5 in\nadd 200 count tag 6 in\nadd 300 count untag 5 in\nadd 400 count tagged 5\n"
		"add 500 count tagged 6", "1 1 1 0 1 1");
	counted("add 100 count tag 5 untag 6 in\nadd 200 count untag 5 tag 7 in\nadd 300 count tagged 5\n"
		"add 400 count tagged 7", "1 1 0 1 1");
	counted("add 100 count tag 5 out\nadd 200 count tagged 5", "0 0 1");
}

TEST(walk, tags_stay_with_the_packet)
{
	struct walker w;

	walker_begin(&w, "add 100 allow tagged 9\nadd 200 deny tag 9 in", 0);
	assert_int_equal(walk(&w, false, 0), 200);
	assert_int_equal(walk(&w, false, 0), 100);
	assert_int_equal(w.meta.tags, 1);
	assert_int_equal(w.meta.tag[0], 9);
	walker_end(&w);
}

/* Tags 101 up to as many as there is room for, then one more. */
static enum rules_verdict tags_more(unsigned tag, enum drop *why)
{
	char lines[512] = "";
	struct walker w;

	for (unsigned i = 1; i <= PKT_TAGS_MAX; i++)
		snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), "add %u count tag %u in\n", i, 100 + i);
	snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), "add 100 allow tag %u in\nadd 200 allow in",
		tag);
	walker_begin(&w, lines, 0);
	assert_int_equal(walk(&w, false, 0), 100);
	*why = w.a.why;
	walker_end(&w);
	return w.a.verdict;
}

/* A packet that could not be given its tag would be judged wrongly: it ends, and says why. */
TEST(walk, a_tag_without_room_ends_the_packet)
{
	enum drop why;

	assert_int_equal(tags_more(103, &why), RULES_ALLOW);	/* has it already */
	assert_int_equal(tags_more(999, &why), RULES_DENY);
	assert_int_equal(why, DROP_NO_MEMORY);
}

TEST(walk, log_tells_each_match_up_to_its_limit)
{
	struct walker w;

	walker_begin(&w, "add 100 count log in\nadd 200 count log logamount 2 in\nadd 300 count log out\n"
		"add 400 deny log logamount 1 tcp from any to any", 0);
	for (unsigned i = 0; i < 3; i++)
		walk(&w, false, 0);
	assert_string_equal(w.log, "100:1 200:1 400:1! 100:2 200:2! 100:3 ");
	assert_int_equal(w.counters[0].logged, 3);
	assert_int_equal(w.counters[1].logged, 2);
	assert_int_equal(w.counters[1].packets, 3);
	assert_int_equal(w.counters[3].logged, 1);
	w.counters[1].logged = 0;
	w.log[0] = '\0';
	walk(&w, false, 0);
	assert_string_equal(w.log, "100:4 200:1 ");
	walker_end(&w);
}

/* The report is of the packet as it came to the rule. */
TEST(walk, log_comes_before_the_tag)
{
	struct walker w;

	walker_begin(&w, "add 100 count tag 5 log in\nadd 200 allow log untag 5 in", 0);
	walk(&w, false, 0);
	assert_string_equal(w.log, "100:1 200:1# ");
	walker_end(&w);
}

TEST(walk, log_counts_where_nobody_listens)
{
	struct walker w;

	walker_begin(&w, "add 100 deny log in", 0);
	w.env.log = NULL;
	assert_int_equal(walk(&w, false, 0), 100);
	assert_int_equal(w.a.verdict, RULES_DENY);
	assert_int_equal(w.a.why, DROP_RULE);
	assert_int_equal(w.counters[0].logged, 1);
	walker_end(&w);
}

TEST(walk, the_time_of_the_last_match_is_kept)
{
	struct walker w;

	walker_begin(&w, "add 100 count in\nadd 200 count out\nadd 300 allow log in", 0);
	walk(&w, false, 0);
	assert_int_equal(w.counters[0].last, 7);
	assert_int_equal(w.counters[1].last, 0);
	assert_int_equal(w.counters[2].last, 7);
	walker_end(&w);
}

static uint64_t mix(uint64_t z)
{
	z ^= z >> 30;
	z *= 0xbf58476d1ce4e5b9;
	z ^= z >> 27;
	z *= 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Draw n of the i-th rule of a number. */
static uint64_t draw(uint64_t seed, uint64_t number, uint64_t i, uint64_t n)
{
	uint64_t k = mix(seed);

	k = mix(k ^ 1);
	k = mix(k ^ (number + (i << 16)));
	k = mix(k ^ 0);
	k = mix(k ^ 1);
	return mix(k + (n + 1) * 0x9e3779b97f4a7c15);
}

/* floor(0.3 * 2^64), by Python: int(Fraction('0.3') * 2**64) */
#define THREE_TENTHS UINT64_C(5534023222112865484)

TEST(walk, prob_draws_as_the_reference_says)
{
	struct walker w;
	uint64_t hits[2] = { 0 };

	walker_begin(&w, "add 7 prob 0.3 count ip from any to any\nadd 7 prob 0.3 count udp from any to any\n"
		"add 7 prob 0.3 count in", 0);
	for (unsigned n = 0; n < 1000; n++) {
		walk(&w, false, 0);
		hits[0] += draw(0, 7, 0, n) < THREE_TENTHS;
		hits[1] += draw(0, 7, 2, n) < THREE_TENTHS;
		assert_int_equal(w.counters[0].packets, hits[0]);
		assert_int_equal(w.counters[2].packets, hits[1]);
	}
	assert_int_equal(w.counters[1].packets, 0);
	assert_int_equal(w.counters[1].drawn, 1000);	/* drawn before the protocol is asked */
	assert_true(hits[0] != hits[1] && hits[0] > 250 && hits[0] < 350);
	walker_end(&w);
}

TEST(walk, prob_of_the_seed_and_of_nobody_else)
{
	struct rules_cmd *cmds[] = { kit_cmd("add 9 prob 0.3 deny in"), kit_cmd("add 8 prob 0.3 count in") };
	const struct rules_cfg cfg = { .seed = 42, .default_allow = true };
	struct rules_set *s = rules_build(NULL, &cfg, cmds, 1, NULL), *more = rules_build(s, &cfg, cmds + 1, 1, NULL);
	struct kit_packet p = kit_tcp(TCP_SYN);
	struct rules_counter *c = rules_counters(s, NULL, NULL), *c2;

	for (unsigned n = 0; n < 100; n++)
		assert_int_equal(kit_judge(s, &p, c).verdict == RULES_DENY, draw(42, 9, 0, n) < THREE_TENTHS);
	c2 = rules_counters(more, s, c);	/* another rule, another set: the draws go on where they were */
	for (unsigned n = 100; n < 200; n++)
		assert_int_equal(kit_judge(more, &p, c2).verdict == RULES_DENY, draw(42, 9, 0, n) < THREE_TENTHS);
	free(c);
	free(c2);
	rules_release(s);
	rules_release(more);
	rules_cmd_free(cmds[0]);
	rules_cmd_free(cmds[1]);
}

/* Rules 0 and 1 of the set have the dice of the second and the third rule numbered 7. */
static void dice_are_1_and_2(const struct rules_set *s)
{
	struct rules_counter *c = rules_counters(s, NULL, NULL);
	struct kit_packet p = kit_tcp(TCP_SYN);
	uint64_t hits[2] = { 0 };

	for (unsigned n = 0; n < 300; n++) {
		kit_judge(s, &p, c);
		hits[0] += draw(0, 7, 1, n) < THREE_TENTHS;
		hits[1] += draw(0, 7, 2, n) < THREE_TENTHS;
		assert_int_equal(c[0].packets, hits[0]);
		assert_int_equal(c[1].packets, hits[1]);
	}
	free(c);
}

/* A rule keeps its dice when those before it of the same number go; one that comes takes none that are in use. */
TEST(walk, dice_stay_with_their_rule)
{
	struct rules_set *a = kit_set(NULL, "add 7 set 1 prob 0.3 count in\nadd 7 prob 0.3 count in");
	struct rules_set *b = kit_set(a, "delete set 1\nadd 7 prob 0.3 count in");
	struct rules_set *at_once = kit_set(NULL, "add 7 set 1 prob 0.3 count in\nadd 7 prob 0.3 count in\n"
		"delete set 1\nadd 7 prob 0.3 count in");

	dice_are_1_and_2(b);
	dice_are_1_and_2(at_once);
	rules_release(a);
	rules_release(b);
	rules_release(at_once);
}

TEST(walk, prob_0_never_and_1_always)
{
	counted("add 100 prob 0 count in\nadd 200 prob 1 count in\nadd 300 prob 100% allow in", "0 1 1 0");
}
