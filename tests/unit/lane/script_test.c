/* Scripts: what a line may be, what is told of a wrong one, what takes effect when. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

/* The lines of the errors, and a part of the text of the first. */
static void refuses(const char *script, const char *lines, const char *part)
{
	struct lane_script *s = lane_script_new();
	char got[200] = "", *at = got;
	struct errs errs;

	errs_init(&errs);
	assert_int_equal(lane_script_text(s, "f", 1, script, strlen(script), &errs), 0);
	assert_int_equal(lane_script_check(s, &errs), 0);
	for (size_t i = 0; i < errs.count; i++)
		if (!errs.notes[i].warning)
			at += sprintf(at, "%s%u:%u", *got ? " " : "", errs.notes[i].line, errs.notes[i].column);
	assert_string_equal(got, lines);
	if (!strstr(errs.notes[0].text, part))
		fail_msg("'%s' is not in '%s'", part, errs.notes[0].text);
	errs_fini(&errs);
	lane_script_free(s);
}

static void print_line(void *ctx, unsigned line, const char *text)
{
	strcat(ctx, text);
	strcat(ctx, "\n");
}

static void prints(const char *script, const char *expected)
{
	struct lane_script *s = lane_script_new();
	char text[2000] = "";
	struct errs errs;
	struct err e;

	errs_init(&errs);
	assert_int_equal(lane_script_text(s, "f", 1, script, strlen(script), &errs), 0);
	assert_int_equal(lane_script_check(s, &errs), 0);
	assert_int_equal(errs.errors, 0);
	assert_int_equal(lane_script_print(s, print_line, text, &e), 0);
	assert_string_equal(text, expected);
	errs_fini(&errs);
	lane_script_free(s);
}

TEST(script, commands_print_in_canonical_form)
{
	prints("at 1500ms pipe 1 config bw 1000Kbit/s\n", "at 1.5s pipe 1 config bw 1Mbit/s\n");
	prints("at 1s add pass all from any to any\n", "at 1s add allow ip from any to any\n");
	prints("enable  one_pass\ndisable firewall\n", "enable one_pass\ndisable firewall\n");
	prints("sysctl net.inet.ip.fw.one_pass=0x1\nsysctl net.inet.ip.fw.autoinc_step\n",
		"sysctl net.inet.ip.fw.one_pass=1\nsysctl net.inet.ip.fw.autoinc_step\n");
}

TEST(script, at_wants_a_time_with_a_unit_and_a_command)
{
	refuses("at", "1:3", "a time is missing");
	refuses("at 5 list", "1:4", "at");
	refuses("at 5s", "1:6", "a command is missing");
	refuses("at 5s at 6s list", "1:7", "given twice");
	refuses("at 5s frobnicate", "1:7", "unknown command");
	refuses("at soon add 1 alow ip from any to any", "1:4 1:15", "at");
	refuses("at -1s list", "1:4", "at");
}

TEST(script, switches_and_settings_are_known_or_refused)
{
	refuses("enable", "1:7", "one_pass or firewall");
	refuses("disable foo", "1:9", "not a switch");
	refuses("disable verbose", "1:9", "not supported");
	refuses("disable altq", "1:9", "altq");
	refuses("disable one_pass now", "1:18", "nothing may follow");
	refuses("sysctl", "1:7", "a name is missing");
	refuses("sysctl net.inet.ip.fw.one_pass=2", "1:32", "0..1");
	refuses("sysctl net.inet.ip.fw.one_pass=", "1:32", "missing");
	refuses("sysctl net.inet.ip.fw.autoinc_step=0", "1:36", "1..1000");
	refuses("sysctl net.inet.ip.fw.default_to_accept=1", "1:41", "--default");
	refuses("sysctl net.inet.ip.fw.dyn_max=1", "1:8", "not supported");
	refuses("sysctl net.inet.tcp.foo=1", "1:8", "unknown");
	refuses("sysctl net.inet.ip.dummynet.expire=1", "1:8", "say expire TIME of each object");
	refuses("sysctl net.inet.ip.dummynet.codel.target=5000", "1:8", "say codel target TIME");
	refuses("sysctl net.inet.ip.dummynet.io_pkt_drop", "1:8", "pipe show");
	refuses("sysctl net.inet.ip.dummynet.foo=1", "1:8", "unknown");
	refuses("sysctl net.inet.ip.dummynet.", "1:8", "unknown");
	refuses("sysctl net.inet.ip.fw.one_pass=1 x", "1:34", "nothing may follow");
}

TEST(script, what_no_line_shows_by_itself_is_told_at_its_place)
{
	refuses("add 100 count ip from any to any\n\ndelete 100\ndelete 100\n", "4:8", "100");
	refuses("list 100\nadd 100 count ip from any to any\n", "1:6", "100");
	refuses("add 100 count ip from any to any\nlist\nadd skipto 150 ip from any to any\n", "3:12", "200");
}

TEST(script, a_command_of_at_is_not_asked_for_before_its_time)
{
	prints("at 1s delete 100\nat 0.5s add 100 deny ip from any to any\n",
		"at 1s delete 100\nat 500ms add 100 deny ip from any to any\n");
}

TEST(script, what_prints_does_so_at_its_place)
{
	struct world w;

	kit_begin(&w,
		"add 5 count ip from any to any\nlist\nsysctl net.inet.ip.fw.one_pass\ndisable one_pass\n"
		"sysctl net.inet.ip.fw.one_pass\ndelete 5\nadd deny ip from any to any\nlist 100\n"
		"sysctl net.inet.ip.fw.default_to_accept\n");
	assert_string_equal(kit_lists(&w),
		"00005 count ip from any to any\n65535 allow ip from any to any\nnet.inet.ip.fw.one_pass: 1\n"
		"net.inet.ip.fw.one_pass: 0\n00100 deny ip from any to any\nnet.inet.ip.fw.default_to_accept: 1\n");
	kit_end(&w);
}

TEST(script, the_step_between_numbers_is_that_of_its_place)
{
	struct world w;

	kit_begin(&w,
		"add count ip from any to any\nsysctl net.inet.ip.fw.autoinc_step=7\nadd count ip from any to any\n"
		"add count ip from any to any\nlist\nsysctl net.inet.ip.fw.autoinc_step=1000\n"
		"at 1ns add count ip from any to any\n");
	kit_send(&w, 1, 28, 1);
	assert_int_equal(rules_number(lane_rules(w.lane), 1), 107);
	assert_int_equal(rules_number(lane_rules(w.lane), 2), 114);
	assert_int_equal(rules_number(lane_rules(w.lane), 3), 1114);
	kit_end(&w);
}

TEST(script, expectations_have_no_effect)
{
	struct world w;

	kit_begin(&w, "udp 10.0.0.1:1 > 10.0.0.2:2 => deny\nat 5s udp 10.0.0.1:1 > 10.0.0.2:2 => deny\n");
	kit_send(&w, 0, 28, 1);
	assert_string_equal(kit_order(&w), "p0");
	assert_int_equal(lane_waiting(w.lane, NULL, 0), 0);
	kit_end(&w);
}
