/* rules_change.c, rules_set.c: commands on rules that are there, sets of rules, and what becomes of counters. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "test.h"

/* "100a 200b|300c": the comments of the rules in their order, behind their numbers; behind | those that are off. */
static void assert_rules(const struct rules_set *s, const char *want)
{
	char is[512] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < rules_total(s); i++) {
		const char *comment = strstr(rules_text(s, i), "// ");

		if (i == rules_count(s) - 1)	/* the default rule */
			n += (size_t)snprintf(is + n, sizeof(is) - n, i + 1 < rules_total(s) ? "|" : "");
		else
			n += (size_t)snprintf(is + n, sizeof(is) - n, "%s%u%s", n && is[n - 1] != '|' ? " " : "",
				rules_number(s, i), comment ? comment + 3 : "");
	}
	assert_string_equal(is, want);
	assert_int_equal(rules_number(s, rules_count(s) - 1), RULES_DEFAULT);
}

#define FOUR "add 100 count in // a\nadd 200 set 1 count in // b\nadd 200 set 2 count in // c\n" \
	"add 300 set 31 count in // d"

static void becomes(const char *commands, const char *want)
{
	struct rules_set *from = kit_set(NULL, FOUR), *s = kit_set(from, commands);

	assert_rules(s, want);
	rules_release(from);
	rules_release(s);
}

TEST(command, delete_takes_numbers_ranges_and_sets)
{
	becomes("delete 100", "200b 200c 300d");
	becomes("delete 200", "100a 300d");
	becomes("delete 300 100", "200b 200c");
	becomes("delete 150-250", "100a 300d");
	becomes("delete 1-65535", "");
	becomes("delete 100-199 300", "200b 200c");
	becomes("delete set 2", "100a 200b 300d");
	becomes("delete set 31", "100a 200b 200c");
	becomes("set 1 delete 200", "100a 200c 300d");
	becomes("set 2 delete 100-400", "100a 200b 300d");
	becomes("set disable 1\ndelete 200", "100a 300d");	/* off, but there */
}

/* Rules with dice, in any order: as one batch, and with a rule that comes and goes behind every `every`-th. */
static struct rules_set *in_batches(unsigned every)
{
	static char lines[16384];
	size_t n = 0;

	for (unsigned i = 0; i < 60; i++) {
		n += (size_t)snprintf(lines + n, sizeof(lines) - n, "add %u prob 0.5 count in // %c\n",
			1 + i * 7919 % 13, 'a' + i % 26);
		if (i % every == 0)
			n += (size_t)snprintf(lines + n, sizeof(lines) - n,
				"add %u set 9 count in // gone\ndelete set 9\n", 14 + i);
	}
	return kit_set(NULL, lines);
}

/* The draws of `prob` depend on which of its number a rule is. */
TEST(command, places_and_dice_do_not_depend_on_what_was_deleted_between)
{
	struct kit_packet p = kit_tcp(0);
	struct rules_set *whole = in_batches(1000), *parted;
	struct rules_counter a[64] = { 0 };

	for (unsigned i = 0; i < 50; i++)
		kit_judge(whole, &p, a);
	for (unsigned every = 1; every < 40; every += 6) {
		struct rules_counter b[64] = { 0 };

		parted = in_batches(every);
		assert_int_equal(rules_total(whole), 61);
		assert_int_equal(rules_total(parted), 61);
		for (unsigned i = 0; i < 50; i++)
			kit_judge(parted, &p, b);
		for (uint32_t i = 0; i < 61; i++) {
			assert_string_equal(rules_text(whole, i), rules_text(parted, i));
			assert_int_equal(a[i].packets, b[i].packets);
		}
		rules_release(parted);
	}
	rules_release(whole);
}

TEST(command, flush_spares_set_31_unless_it_is_named)
{
	becomes("flush", "300d");
	becomes("flush\nflush", "300d");
	becomes("set 31 flush", "100a 200b 200c");
	becomes("set 1 flush", "100a 200c 300d");
	becomes("set 7 flush", "100a 200b 200c 300d");
	becomes("set disable 1\nflush\nset enable 1", "300d");
}

TEST(command, sets_are_turned_off_and_on)
{
	becomes("set disable 1", "100a 200c 300d|200b");
	becomes("set disable 1\nset disable 2", "100a 300d|200b 200c");
	becomes("set disable 0 1 2", "300d|100a 200b 200c");
	becomes("set disable 1\nset enable 1", "100a 200b 200c 300d");
	becomes("set disable 1\nset disable 2 enable 1", "100a 200b 300d|200c");
	becomes("set disable 5\nadd 150 set 5 count in // e", "100a 200b 200c 300d|150e");
	becomes("set enable 31", "100a 200b 200c 300d");
}

TEST(command, sets_are_swapped_and_moved)
{
	becomes("set disable 1\nset swap 1 2", "100a 200b 300d|200c");
	becomes("set disable 1\nset swap 2 1", "100a 200b 300d|200c");
	becomes("set disable 1\nset swap 1 1", "100a 200c 300d|200b");
	becomes("set disable 5\nset move 1 to 5", "100a 200c 300d|200b");
	becomes("set disable 1\nset move 1 to 5", "100a 200b 200c 300d");
	becomes("set disable 5\nset move rule 200 to 5", "100a 300d|200b 200c");
	becomes("set move 31 to 0\nflush", "");
	becomes("set move rule 100 to 31\nflush", "100a 300d");
	becomes("set swap 0 31\nflush", "100a");
	becomes("set move 9 to 10", "100a 200b 200c 300d");	/* nothing is in it */
}

TEST(command, numbers_count_from_the_last_rule_that_is_there)
{
	becomes("add count in // e", "100a 200b 200c 300d 400e");
	becomes("delete 300\nadd count in // e", "100a 200b 200c 300e");
	becomes("set disable 1 2 0\nadd set 4 count in // e", "300d 400e|100a 200b 200c");
	becomes("delete 1-65534\nadd count in // e", "100e");
	becomes("add 65500 count in // e\nadd count in // f", "100a 200b 200c 300d 65500e 65500f");
	becomes("add 65500 count in // e\ndelete 65500\nadd count in // f", "100a 200b 200c 300d 400f");
}

static void set_of_is(const struct rules_set *s, uint32_t rule, uint32_t set)
{
	assert_int_equal(rules_set_of(s, rule), set);
}

TEST(command, each_rule_knows_its_set)
{
	struct rules_set *from = kit_set(NULL, FOUR);
	struct rules_set *s = kit_set(from, "set move 1 to 7\nset disable 7\nset 9 add 50 count in // e");

	set_of_is(s, 0, 9);
	set_of_is(s, 1, 0);
	set_of_is(s, 2, 2);
	set_of_is(s, 3, 31);
	set_of_is(s, 4, 31);
	set_of_is(s, 5, 7);
	rules_release(from);
	rules_release(s);
}

/* For packets a rule of a disabled set does not exist: not to match, not to jump to, not to come back to. */
TEST(command, a_rule_that_is_off_does_not_exist_for_packets)
{
	struct rules_set *from = kit_set(NULL, "add 10 skipto 200 in\nadd 100 deny in\nadd 200 set 1 deny in\n"
		"add 300 allow in");
	struct rules_set *s = kit_set(from, "set disable 1");
	struct kit_packet p = kit_udp(1, 2);
	struct rules_counter *c = rules_counters(s, NULL, NULL);

	assert_int_equal(kit_judge(from, &p, NULL).verdict, RULES_DENY);
	assert_int_equal(kit_judge(s, &p, c).verdict, RULES_ALLOW);
	assert_int_equal(rules_total(s), 5);
	assert_int_equal(c[4].packets, 0);
	free(c);
	rules_release(from);
	rules_release(s);
}

/* A jump past the last rule that is on ends at the default rule, whatever stands behind that. */
TEST(command, a_jump_never_reaches_a_rule_that_is_off)
{
	struct rules_set *from = kit_set(NULL, "add 10 skipto 200 in\nadd 50 set 1 allow in\nadd 100 allow in\n"
		"add 300 set 1 allow in");
	struct rules_set *s = kit_set(from, "set disable 1");
	struct kit_packet p = kit_udp(1, 2);

	assert_int_equal(kit_judge(s, &p, NULL).rule, 2);
	assert_int_equal(kit_judge(s, &p, NULL).verdict, RULES_DENY);
	rules_release(from);
	rules_release(s);
}

struct wrong { const char *commands, *text; unsigned line, column, width; };

static void refused(const struct wrong *w)
{
	struct rules_set *from = kit_set(NULL, FOUR);
	struct rules_cmd *cmds[16];
	struct err e = { 0 };
	struct errs es;
	char *text = strdup(w->commands), *rest = text, *line;
	size_t n = 0;

	errs_init(&es);
	while ((line = strsep(&rest, "\n")))
		cmds[n++] = kit_cmd(line);
	assert_int_equal(rules_check(from, NULL, cmds, n, &es), 1);
	if (strcmp(es.notes[0].text, w->text))
		print_message("# %s: %s\n", w->commands, es.notes[0].text);
	assert_string_equal(es.notes[0].text, w->text);
	assert_int_equal(es.notes[0].column, w->column);
	assert_int_equal(es.notes[0].width, w->width);
	assert_null(rules_build(from, NULL, cmds, n, &e));	/* all or nothing */
	assert_string_equal(e.text, w->text);
	assert_rules(from, "100a 200b 200c 300d");
	errs_fini(&es);
	while (n)
		rules_cmd_free(cmds[--n]);
	free(text);
	rules_release(from);
}

TEST(command, a_rule_that_is_not_there_is_told_at_its_place)
{
	static const struct wrong all[] = {
		{ "delete 100 400 300", "delete: rule 400 does not exist", 1, 12, 3 },
		{ "delete 201-299", "delete: there are no rules 201-299", 1, 8, 7 },
		{ "delete 100\ndelete 100", "delete: rule 100 does not exist", 1, 8, 3 },
		{ "delete set 7", "delete: set 7 has no rules", 1, 8, 3 },
		{ "set 2 delete 100", "delete: rule 100 does not exist in set 2", 1, 14, 3 },
		{ "zero 101", "zero: rule 101 does not exist", 1, 6, 3 },
		{ "resetlog 1-99 65535", "resetlog: there are no rules 1-99", 1, 10, 4 },
		{ "set 1 zero 65535", "zero: rule 65535 does not exist in set 1", 1, 12, 5 },
		{ "list 12345", "list: rule 12345 does not exist", 1, 6, 5 },
		{ "flush\nshow 100", "show: rule 100 does not exist", 1, 6, 3 },
		{ "set move rule 5 to 6", "set move rule: rule 5 does not exist", 1, 15, 1 },
		{ "add 500 count in\ndelete 500\nadd skipto 350 in",
			"skipto: 350 is not above 400, the number this rule gets; to go back, use call", 1, 12, 3 },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		refused(&all[i]);
}

/* Only what is meant to change something can fail to: clearing and listing all, or a set of none, never does. */
TEST(command, what_asks_or_clears_all_finds_nothing_wrong)
{
	becomes("zero\nresetlog\nlist\nshow\nset show\nset 7 zero\nset 7 list\nzero 65535\nlist 65535 1-100",
		"100a 200b 200c 300d");
}

#define SOME "add 100 count in\nadd 200 count in\nadd 300 set 1 count log in"

static struct rules_counter *counters_of(const struct rules_set *s)
{
	struct rules_counter *c = rules_counters(s, NULL, NULL);

	for (uint32_t i = 0; i < rules_total(s); i++)
		c[i] = (struct rules_counter){ 10 + i, 100 + i, 1000 + i, 20 + i, 30 + i };
	return c;
}

static void assert_counter(const struct rules_counter *c, uint64_t of, bool counts, bool log)
{
	assert_int_equal(c->packets, counts ? 10 + of : 0);
	assert_int_equal(c->bytes, counts ? 100 + of : 0);
	assert_int_equal(c->last, counts ? 1000 + of : 0);
	assert_int_equal(c->logged, log ? 20 + of : 0);
	assert_int_equal(c->drawn, 30 + of);
}

/* Rules 100, 200, 300 and the default rule have counters 0, 1, 2, 3. What the new set's i-th has: */
static void carry(const char *commands, uint32_t rule, uint64_t of, bool counts, bool log)
{
	struct rules_set *from = kit_set(NULL, SOME), *s = kit_set(from, commands);
	struct rules_counter *old = counters_of(from), *c = rules_counters(s, from, old);

	assert_counter(&c[rule], of, counts, log);
	free(old);
	free(c);
	rules_release(from);
	rules_release(s);
}

TEST(command, counters_follow_their_rule)
{
	static const struct rules_counter none;
	struct rules_set *from = kit_set(NULL, SOME);
	struct rules_set *s = kit_set(from, "add 150 count in\ndelete 200\nadd 200 count in\nadd 50 count in");
	struct rules_counter *old = counters_of(from), *c = rules_counters(s, from, old);

	assert_memory_equal(&c[0], &none, sizeof(none));
	assert_counter(&c[1], 0, true, true);
	assert_memory_equal(&c[2], &none, sizeof(none));
	assert_memory_equal(&c[3], &none, sizeof(none));	/* another rule of the same number */
	assert_counter(&c[4], 2, true, true);
	assert_counter(&c[5], 3, true, true);
	free(old);
	free(c);
	rules_release(from);
	rules_release(s);
	carry("set disable 1", 3, 2, true, true);	/* off: behind the default rule */
	carry("set disable 1", 2, 3, true, true);
	carry("set swap 0 1\nset disable 1", 0, 2, true, true);
	carry("set swap 0 1\nset disable 1", 3, 1, true, true);
}

TEST(command, zero_clears_counts_and_resetlog_the_log_alone)
{
	carry("zero", 0, 0, false, true);
	carry("zero", 3, 3, false, true);
	carry("zero 200", 1, 1, false, true);
	carry("zero 200", 0, 0, true, true);
	carry("zero 65535", 3, 3, false, true);
	carry("zero 100-250", 2, 2, true, true);
	carry("set 1 zero", 2, 2, false, true);
	carry("set 1 zero", 3, 3, true, true);
	carry("set 31 zero", 3, 3, false, true);
	carry("resetlog 300", 2, 2, true, false);
	carry("resetlog", 2, 2, true, false);
	carry("zero 300\nresetlog 300", 2, 2, false, false);
	carry("set disable 1\nzero 300", 3, 2, false, true);
	carry("zero 300\nset move 1 to 5\nset 5 resetlog", 2, 2, false, false);
}

TEST(command, counters_go_off_and_on_with_their_rule)
{
	struct rules_set *from = kit_set(NULL, SOME), *off = kit_set(from, "set disable 1");
	struct rules_set *on = kit_set(off, "set enable 1\nadd 10 count in");
	struct rules_counter *c = counters_of(from), *c_off = rules_counters(off, from, c);
	struct rules_counter *c_on = rules_counters(on, off, c_off);

	for (uint64_t i = 0; i < 4; i++)
		assert_counter(&c_on[1 + i], i, true, true);
	free(c);
	free(c_off);
	free(c_on);
	rules_release(from);
	rules_release(off);
	rules_release(on);
}

/* Counters that were cleared once are not cleared again by the next set. */
TEST(command, clearing_is_done_once)
{
	struct rules_set *from = kit_set(NULL, SOME), *s = kit_set(from, "zero");
	struct rules_set *next = kit_set(s, "add 150 count in");
	struct rules_counter *old = counters_of(s), *c = rules_counters(next, s, old);

	assert_counter(&c[0], 0, true, true);
	assert_counter(&c[4], 3, true, true);
	free(old);
	free(c);
	rules_release(from);
	rules_release(s);
	rules_release(next);
}

TEST(command, a_packet_comes_back_behind_the_rule_that_sent_it)
{
	struct rules_set *s = kit_set(NULL, FOUR), *less = kit_set(s, "delete 200"), *more;

	assert_int_equal(rules_after(s, 100, rules_id(s, 0)), 1);
	assert_int_equal(rules_after(s, 200, rules_id(s, 1)), 2);
	assert_int_equal(rules_after(s, 200, rules_id(s, 2)), 3);
	assert_int_equal(rules_after(s, 300, rules_id(s, 3)), 4);	/* the default rule */
	assert_int_equal(rules_after(less, 200, rules_id(s, 1)), 1);	/* gone: the next there is */
	more = kit_set(less, "add 200 count in // e\nadd 150 count in // f");
	assert_int_equal(rules_after(more, 200, rules_id(s, 1)), 2);
	rules_release(s);
	rules_release(less);
	rules_release(more);
}

/* Twenty packets count alike in both: the rules are the same, and their dice. */
static void judge_alike(const struct rules_set *a, const struct rules_set *b)
{
	struct rules_counter *ca = rules_counters(a, NULL, NULL), *cb = rules_counters(b, NULL, NULL);
	struct kit_packet p = kit_tcp(TCP_SYN);

	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(kit_judge(a, &p, ca).rule, kit_judge(b, &p, cb).rule);
	assert_memory_equal(ca, cb, rules_total(a) * sizeof(*ca));
	free(ca);
	free(cb);
}

/* One swap for many commands is the same as one swap for each. */
TEST(command, commands_in_one_go_are_commands_one_by_one)
{
	static const char *const some[] = { "add 100 count in // x", "add count in // y", "add set 3 count in // z",
		"set disable 3", "set enable 3", "set swap 3 0", "set move 3 to 4", "delete 1-65534", "flush",
		"add 200 set 4 prob 0.5 count in // p", "set disable 4 enable 0", "set 3 flush",
		"add 200 set 3 prob 0.5 count in // q" };
	uint32_t r = 1;

	for (unsigned run = 0; run < 200; run++) {
		struct rules_set *one = kit_set(NULL, "add 7 count in"), *many, *next;
		char all[512] = "";

		for (unsigned k = 0; k < 12; k++) {
			const char *line = some[(r = r * 1103515245 + 12345) / 65536 % 13];

			if (!strncmp(line, "delete", 6) && rules_total(one) == 1)
				continue;
			strcat(strcat(all, "\n"), line);
			next = kit_set(one, line);
			rules_release(one);
			one = next;
		}
		next = kit_set(NULL, "add 7 count in");
		many = kit_set(next, all);
		assert_int_equal(rules_total(one), rules_total(many));
		assert_int_equal(rules_count(one), rules_count(many));
		for (uint32_t i = 0; i < rules_total(one); i++) {
			assert_int_equal(rules_number(one, i), rules_number(many, i));
			assert_int_equal(rules_id(one, i), rules_id(many, i));
			assert_int_equal(rules_set_of(one, i), rules_set_of(many, i));
			assert_string_equal(rules_text(one, i), rules_text(many, i));
		}
		judge_alike(one, many);
		rules_release(next);
		rules_release(one);
		rules_release(many);
	}
}
