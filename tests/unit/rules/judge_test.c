/* tests/unit/rules/judge_test.c - the scan: order, counting, jumps, blocks. What single matches mean: match_test.c. */
#include <stdlib.h>

#include "kit.h"
#include "test.h"

static void assert_counts(const struct rules_counter *c, const unsigned *packets, unsigned n, unsigned bytes)
{
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(c[i].packets, packets[i]);
		assert_int_equal(c[i].bytes, packets[i] * bytes);
	}
}

TEST(judge, first_terminal_match_decides_and_count_goes_on)
{
	static const unsigned want[] = { 1, 0, 1, 1, 0, 0 };
	struct kit_packet p = kit_tcp(TCP_SYN);
	struct rules_counter c[6] = { 0 };
	struct rules_set *s = kit_set(NULL,
		"add count ip from any to any\nadd deny udp from any to any\nadd count setup\n"
		"add pipe 3 tcp from any to any\nadd allow ip from any to any");
	struct rules_answer a;

	p.meta.len_bytes = 1000;	/* what is counted is L, as the lane has it */
	a = kit_judge(s, &p, c);
	assert_int_equal(a.verdict, RULES_PIPE);
	assert_int_equal(a.arg, 3);
	assert_int_equal(a.rule, 3);
	assert_counts(c, want, 6, 1000);
	rules_release(s);
}

TEST(judge, default_rule_counts_and_decides_last)
{
	struct kit_packet p = kit_tcp(TCP_SYN);
	struct rules_counter c[2] = { { 5, 100 }, { 7, 200 } };
	struct rules_set *s = kit_set(NULL, "add allow out");
	struct rules_answer a = kit_judge(s, &p, c);

	assert_int_equal(a.verdict, RULES_DENY);
	assert_int_equal(a.rule, 1);
	assert_int_equal(c[0].packets, 5);
	assert_int_equal(c[1].packets, 8);
	assert_int_equal(c[1].bytes, 240);
	rules_release(s);
}

/* To a number that is there, to one that is not (the next above), to the first of several, past the end. */
TEST(judge, skipto_goes_on_at_the_first_rule_not_below)
{
	static const struct { const char *line; uint32_t decides; } cases[] = {
		{ "add 10 skipto 200 in", 2 }, { "add 10 skipto 150 in", 2 }, { "add 10 skipto 100 in", 1 },
		{ "add 10 skipto 11 in", 1 }, { "add 10 skipto 201 in", 4 }, { "add 10 skipto 65535 in", 5 },
		{ "add 10 skipto 60000 in", 5 }, { "add 10 skipto 200 out", 1 },
	};
	struct kit_packet p = kit_udp(1, 2);

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rules_set *first = kit_set(NULL, cases[i].line);
		struct rules_set *s = kit_set(first,
			"add 100 allow in\nadd 200 allow in\nadd 200 deny in\nadd 300 allow in");

		assert_int_equal(kit_judge(s, &p, NULL).rule, cases[i].decides);
		rules_release(first);
		rules_release(s);
	}
}

/* A rule added between finds its way into jumps that were there. */
TEST(judge, skipto_follows_the_set_it_stands_in)
{
	struct kit_packet p = kit_udp(1, 2);
	struct rules_set *one = kit_set(NULL, "add 10 skipto 200 in\nadd 300 deny in");
	struct rules_set *two = kit_set(one, "add 100 deny in\nadd 250 allow in");

	assert_int_equal(kit_judge(one, &p, NULL).rule, 1);
	assert_int_equal(kit_judge(two, &p, NULL).verdict, RULES_ALLOW);
	rules_release(one);
	rules_release(two);
}

struct trail { uint32_t n, rule[8]; };

static void note(void *ctx, uint32_t rule)
{
	struct trail *t = ctx;

	t->rule[t->n++] = rule;
}

TEST(judge, traced_tells_rules_that_matched_and_judges_alike)
{
	struct kit_packet p = kit_tcp(TCP_SYN);
	struct rules_counter c[7] = { 0 };
	struct trail t = { 0 };
	struct rules_answer a;
	struct rules_set *s = kit_set(NULL, "add count in\nadd count out\nadd skipto 500 tcp from any to any\n"
		"add 400 deny in\nadd 500 count setup\nadd allow in");
	static const struct rules_env nothing_known;
	struct view v;
	struct rules_pass x = { .look = { .view = &v, .meta = &p.meta, .env = &nothing_known, .bytes = p.bytes,
		.len_bytes = p.n, .wire_bytes = p.n, .counters = c }, .meta = &p.meta };

	view_parse(&v, LINK_RAW, p.bytes, p.n, p.n);
	rules_judge_traced(s, &x, &a, note, &t);
	assert_int_equal(t.n, 4);
	assert_memory_equal(t.rule, ((uint32_t[]){ 0, 2, 4, 5 }), 4 * sizeof(uint32_t));
	assert_int_equal(a.rule, kit_judge(s, &p, NULL).rule);
	assert_int_equal(a.verdict, RULES_ALLOW);
	assert_int_equal(c[3].packets, 0);
	rules_release(s);
}

/* All of { a or b or c } with every choice of truth and every `not`, against C's own operators. */
TEST(judge, blocks_and_not_are_boolean_algebra)
{
	static const char *const say[2] = { "dst-port 1", "dst-port 80" };	/* false, true */
	struct kit_packet p = kit_tcp(TCP_SYN);
	char body[256];

	for (unsigned bits = 0; bits < 256; bits++) {
		bool t[4], n[4], want;

		for (unsigned k = 0; k < 4; k++) {
			t[k] = bits >> k & 1;
			n[k] = bits >> (k + 4) & 1;
		}
		want = ((t[0] != n[0]) || (t[1] != n[1]) || (t[2] != n[2])) && (t[3] != n[3]);
		snprintf(body, sizeof(body), "tcp from any to any { %s%s or %s%s or %s%s } %s%s in",
			n[0] ? "not " : "", say[t[0]], n[1] ? "not " : "", say[t[1]],
			n[2] ? "not " : "", say[t[2]], n[3] ? "not " : "", say[t[3]]);
		assert_int_equal(kit_matches(body, &p), want);
	}
}

/* `any` and `ip` are never asked; inside blocks and under `not` they still mean what they say. */
TEST(judge, what_is_always_true_stays_so_in_blocks)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	assert_true(kit_matches("{ ip or udp } from any to any", &p));
	assert_true(kit_matches("{ udp or ip } from any to any", &p));
	assert_true(kit_matches("{ not ip or tcp } from any to any", &p));
	assert_false(kit_matches("{ not ip or udp } from any to any", &p));
	assert_false(kit_matches("not ip from any to any", &p));
	assert_false(kit_matches("ip from not any to any", &p));
	assert_true(kit_matches("ip from { not any or 10.0.0.1 } to any", &p));
	assert_false(kit_matches("ip from { not any or 10.0.0.2 } to any", &p));
	assert_true(kit_matches("src-ip any dst-ip any", &p));
	assert_false(kit_matches("{ not src-ip any or out }", &p));
}
