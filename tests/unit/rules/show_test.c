/* rules_show.c: the columns of list, show and set show, letter for letter. */
#include <stdlib.h>
#include <time.h>

#include "kit.h"
#include "test.h"

#define RULES "add 100 allow tcp from any to any 80 // web\nadd 200 set 3 prob 0.5 deny in\nadd 200 set 4 count out\n" \
	"add 65000 pipe 1 log tag 5 ip from 10.0.0.0/8 to any"

/* What the command answers with these counters: packets 0, 7, 1234567, 12, 99; bytes a hundred times as many. */
static void shows(const char *commands, const char *ask, const struct rules_show *how, const char *want)
{
	static const uint64_t packets[] = { 0, 7, 1234567, 12, 99 };
	struct rules_set *first = kit_set(NULL, RULES), *s = kit_set(first, commands);
	struct rules_counter *old = rules_counters(first, NULL, NULL), *c;
	struct rules_cmd *cmd = kit_cmd(ask);
	char *text;

	for (uint32_t i = 0; i < rules_total(first); i++)
		old[i] = (struct rules_counter){ .packets = packets[i], .bytes = packets[i] * 100,
			.last = i * UINT64_C(86400) * 1000000000 };
	c = rules_counters(s, first, old);
	assert_true(rules_cmd_asks(cmd));
	text = rules_show(s, c, cmd, how);
	assert_string_equal(text, want);
	free(text);
	free(old);
	free(c);
	rules_cmd_free(cmd);
	rules_release(first);
	rules_release(s);
}

#define WEB "allow tcp from any to any dst-port 80 // web\n"
#define HALF "prob 0.500000 deny ip from any to any in\n"
#define OUT "count ip from any to any out\n"
#define PIPE "pipe 1 log tag 5 ip from 10.0.0.0/8 to any\n"
#define LAST "deny ip from any to any\n"

TEST(show, list_has_numbers_and_rules)
{
	shows("", "list", NULL, "00100 " WEB "00200 " HALF "00200 " OUT "65000 " PIPE "65535 " LAST);
	shows("", "print 100 65535", NULL, "00100 " WEB "65535 " LAST);
	shows("", "list 150-300", NULL, "00200 " HALF "00200 " OUT);
	shows("", "set 4 list", NULL, "00200 " OUT);
	shows("", "set 31 list", NULL, "65535 " LAST);
	shows("", "set 9 list", NULL, "");
}

TEST(show, show_has_counters_as_wide_as_the_widest)
{
	shows("", "show", NULL, "00100       0         0 " WEB "00200       7       700 " HALF
		"00200 1234567 123456700 " OUT "65000      12      1200 " PIPE "65535      99      9900 " LAST);
	shows("", "show 100 65000", NULL, "00100  0    0 " WEB "65000 12 1200 " PIPE);
	shows("", "list 100", &(struct rules_show){ .counters = true }, "00100 0 0 " WEB);
}

/* Rules that are off are not listed, unless sets are, and then in their place by number. */
TEST(show, rules_that_are_off_are_listed_with_sets_alone)
{
	const struct rules_show sets = { .sets = true };

	shows("set disable 3", "list", NULL, "00100 " WEB "00200 " OUT "65000 " PIPE "65535 " LAST);
	shows("set disable 3", "list", &sets, "00100 set 0 " WEB "# DISABLED 00200 set 3 " HALF "00200 set 4 " OUT
		"65000 set 0 " PIPE "65535 set 31 " LAST);
	shows("set disable 0 4", "list", &sets, "# DISABLED 00100 set 0 " WEB "00200 set 3 " HALF
		"# DISABLED 00200 set 4 " OUT "# DISABLED 65000 set 0 " PIPE "65535 set 31 " LAST);
	shows("set disable 3", "set 3 show", &sets, "# DISABLED 00200 7 700 set 3 " HALF);
	shows("set disable 3", "set 3 show", NULL, "");
}

TEST(show, compact_leaves_out_what_asks_nothing)
{
	const struct rules_show compact = { .compact = true };

	shows("add 300 allow ip from any 80 to any", "list", &compact, "00100 " WEB "00200 prob 0.500000 deny in\n"
		"00200 count out\n00300 allow ip from any 80 to any\n65000 " PIPE "65535 deny\n");
	shows("add 300 allow ip from not any to any\nadd 300 allow { ip or tcp } from any to any", "list 300", &compact,
		"00300 allow ip from not any to any\n00300 allow { ip or tcp } from any to any\n");
}

TEST(show, brief_is_action_and_comment)
{
	shows("", "list", &(struct rules_show){ .brief = true }, "00100 allow // web\n00200 prob 0.500000 deny\n"
		"00200 count\n65000 pipe 1 log tag 5\n65535 deny\n");
}

/* 951782400: 29 February 2000, 00:00 UTC, a Tuesday (date -u -d @951782400). */
TEST(show, the_last_match_has_a_date_or_an_epoch)
{
	const struct rules_show date = { .stamp = RULES_DATE, .epoch_ns = UINT64_C(951782399) * 1000000000 };
	const struct rules_show epoch = { .stamp = RULES_EPOCH, .epoch_ns = UINT64_C(951782399) * 1000000000 };

	shows("", "list", &date, "00100                          " WEB "00200 Tue Feb 29 23:59:59 2000 " HALF
		"00200 Wed Mar  1 23:59:59 2000 " OUT "65000 Thu Mar  2 23:59:59 2000 " PIPE
		"65535 Fri Mar  3 23:59:59 2000 " LAST);
	shows("", "list 100 200", &epoch, "00100          0 " WEB "00200  951868799 " HALF "00200  951955199 " OUT);
	shows("", "show 65000", &(struct rules_show){ .stamp = RULES_EPOCH, .sets = true },
		"65000 12 1200     259200 set 0 " PIPE);
}

/* The same as C's library says, over four centuries. */
TEST(show, dates_are_those_of_the_calendar)
{
	struct rules_set *s = kit_set(NULL, "");
	struct rules_cmd *cmd = kit_cmd("list");
	struct rules_counter c = { .packets = 1 };

	for (uint64_t day = 0; day < 146097; day += 13) {
		time_t at = (time_t)(day * 86400 + day % 86400);
		const struct rules_show how = { .stamp = RULES_DATE, .epoch_ns = (uint64_t)at * 1000000000 };
		struct tm tm;
		char want[64], *is = rules_show(s, &c, cmd, &how);

		gmtime_r(&at, &tm);
		strftime(want, sizeof(want), "65535 %a %b %e %H:%M:%S %Y deny", &tm);
		assert_memory_equal(is, want, strlen(want));
		free(is);
	}
	rules_cmd_free(cmd);
	rules_release(s);
}

TEST(show, sets_are_told_without_31)
{
	shows("", "set show", NULL, "enable 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 "
		"21 22 23 24 25 26 27 28 29 30\n");
	shows("set disable 3 4 30", "set show", NULL, "disable 3 4 30 enable 0 1 2 5 6 7 8 9 10 11 12 13 14 15 "
		"16 17 18 19 20 21 22 23 24 25 26 27 28 29\n");
}

/* IANA: 80 http, 443 https, 0x0806 arp; a range has no name. */
TEST(show, numbers_that_have_a_name_print_as_it_where_asked)
{
	shows("add 300 deny ip from any 443,1-9,50007 to any mac-type 0x0806,0x1234", "list -N 100 300", NULL,
		"00100 allow tcp from any to any dst-port http // web\n"
		"00300 deny ip from any https,1-9,50007 to any mac-type arp,0x1234\n");
	shows("", "-N list 65535", NULL, "65535 " LAST);
}

TEST(show, flags_of_the_command_are_the_columns)
{
	shows("set disable 3", "list -aS 200", NULL,
		"# DISABLED 00200       7       700 set 3 " HALF "00200 1234567 123456700 set 4 " OUT);
	shows("", "list -b 100", NULL, "00100 allow // web\n");
	shows("", "-c list 200", NULL, "00200 prob 0.500000 deny in\n00200 count out\n");
	shows("", "list -T 200", NULL, "00200      86400 " HALF "00200     172800 " OUT);
}
