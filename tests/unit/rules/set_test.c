/* tests/unit/rules/set_test.c - numbers, order, identity and life of rules in sets. */
#include <stdlib.h>

#include "kit.h"
#include "test.h"

static void assert_numbers(const struct rules_set *s, const uint32_t *numbers, uint32_t n)
{
	assert_int_equal(rules_count(s), n + 1);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(rules_number(s, i), numbers[i]);
	assert_int_equal(rules_number(s, n), RULES_DEFAULT);
}

TEST(set, an_empty_one_has_the_default_rule)
{
	struct rules_set *allow = rules_build(NULL, &(struct rules_cfg){ .default_allow = true }, NULL, 0, NULL);
	struct rules_set *deny = rules_build(NULL, NULL, NULL, 0, NULL);

	assert_int_equal(rules_count(allow), 1);
	assert_int_equal(rules_number(allow, 0), RULES_DEFAULT);
	assert_int_equal(rules_set_of(allow, 0), 31);
	assert_string_equal(rules_text(allow, 0), "allow ip from any to any");
	assert_string_equal(rules_text(deny, 0), "deny ip from any to any");
	rules_release(allow);
	rules_release(deny);
}

/* The last number below 65535, plus 100; the last itself, when there is no room. "Last" is the highest, not the
 * latest. */
TEST(set, numbers_left_out_follow_the_last)
{
	static const uint32_t want[] = { 7, 100, 150, 250, 65434, 65534, 65534, 65534 };
	struct rules_set *s = kit_set(NULL, "add 100 count in\nadd 150 count in\nadd 7 count in\nadd count out\n"
		"add 65434 count in\nadd count in\nadd count in\nadd 0 count in");

	assert_numbers(s, want, 8);
	rules_release(s);
}

TEST(set, a_step_that_passes_65534_stays)
{
	static const uint32_t want[] = { 65435, 65435 };
	struct rules_set *s = kit_set(NULL, "add 65435 count in\nadd count in");

	assert_numbers(s, want, 2);
	rules_release(s);
}

TEST(set, equal_numbers_keep_the_order_of_insertion)
{
	static const char *const want[] = { "a", "b", "c", "d", "e" };
	struct rules_set *old = kit_set(NULL, "add 200 count in // d\nadd 100 count in // a\nadd 100 count in // b");
	struct rules_set *s = kit_set(old, "add 200 count in // e\nadd 100 count in // c");

	for (uint32_t i = 0; i < 5; i++)
		assert_string_equal(strstr(rules_text(s, i), "// ") + 3, want[i]);
	rules_release(old);
	rules_release(s);
}

TEST(set, a_rule_keeps_its_id_in_every_set_made_from_its_own)
{
	struct rules_set *one = kit_set(NULL, "add 200 count in\nadd 300 count in");
	struct rules_set *two = kit_set(one, "add 100 count in\nadd 250 count in");
	uint64_t seen[5];

	assert_int_equal(rules_id(two, 1), rules_id(one, 0));
	assert_int_equal(rules_id(two, 3), rules_id(one, 1));
	assert_int_equal(rules_id(two, 4), 0);
	for (uint32_t i = 0; i < 5; i++) {
		seen[i] = rules_id(two, i);
		for (uint32_t k = 0; k < i; k++)
			assert_int_not_equal(seen[i], seen[k]);
	}
	rules_release(one);
	rules_release(two);
}

TEST(set, texts_live_as_long_as_a_set_that_has_them)
{
	struct rules_set *one = kit_set(NULL, "add 100 pass all from any to any // here");
	struct rules_set *two = kit_set(one, "add 200 drop in");
	struct rules_set *held = rules_hold(two);

	rules_release(one);
	rules_release(two);
	assert_string_equal(rules_text(held, 0), "allow ip from any to any // here");
	assert_string_equal(rules_text(held, 1), "deny ip from any to any in");
	rules_release(held);
}

/* One command in two sets: each build gives it its number anew. */
TEST(set, a_command_can_be_built_twice)
{
	struct rules_cmd *c = kit_cmd("add count in");
	struct rules_set *old = kit_set(NULL, "add 500 count in");
	struct rules_set *a = rules_build(NULL, NULL, &c, 1, NULL), *b = rules_build(old, NULL, &c, 1, NULL);
	char *text = rules_cmd_print(c);

	assert_int_equal(rules_number(a, 0), 100);
	assert_int_equal(rules_number(b, 1), 600);
	assert_string_equal(text, "add 600 count ip from any to any in");
	free(text);
	rules_cmd_free(c);
	rules_release(old);
	rules_release(a);
	rules_release(b);
}

TEST(set, a_jump_back_that_only_numbering_shows_is_told_at_its_place)
{
	struct rules_cmd *cmds[] = { kit_cmd("add 100 count in"), kit_cmd("add skipto 150 in"),
		kit_cmd("add skipto 301 in"),
		kit_cmd("add skipto 400 in") };
	struct err e = { 0 };
	struct errs es;

	errs_init(&es);
	assert_int_equal(rules_check(NULL, NULL, cmds, 4, &es), 2);
	assert_int_equal(es.errors, 2);
	assert_string_equal(es.notes[0].text,
		"skipto: 150 is not above 200, the number this rule gets; to go back, use call");
	assert_int_equal(es.notes[0].column, 12);
	assert_int_equal(es.notes[0].width, 3);
	assert_string_equal(es.notes[0].source, "add skipto 150 in");
	assert_string_equal(es.notes[0].file, "kit");
	assert_string_equal(es.notes[1].source, "add skipto 400 in");
	errs_fini(&es);
	assert_null(rules_build(NULL, NULL, cmds, 4, &e));	/* all or nothing */
	assert_int_equal(e.code, ERR_RANGE);
	for (size_t i = 0; i < 4; i++)
		rules_cmd_free(cmds[i]);
}

struct targets { uint32_t n, rule[4], arg[4]; };

static void note_target(void *ctx, uint32_t rule, enum rules_verdict v, uint32_t arg)
{
	struct targets *t = ctx;

	assert_int_equal(v, RULES_PIPE);
	t->rule[t->n] = rule;
	t->arg[t->n++] = arg;
}

TEST(set, every_pipe_is_told_once_a_rule)
{
	struct rules_set *s = kit_set(NULL,
		"add 300 pipe 7 in\nadd 100 pipe 9 in\nadd 200 skipto 300 in\nadd 400 pipe 7 out");
	struct targets t = { 0 };

	rules_each_target(s, note_target, &t);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.rule[0], 0);
	assert_int_equal(t.arg[0], 9);
	assert_int_equal(t.rule[1], 2);
	assert_int_equal(t.arg[1], 7);
	assert_int_equal(t.rule[2], 3);
	assert_int_equal(t.arg[2], 7);
	rules_release(s);
}
