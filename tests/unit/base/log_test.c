/* Switches and lines of messages; stderr is sent to a file meanwhile. */
#include "base/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

static char text[5000];
static FILE *caught;
static int saved;

static void catch_stderr(void)
{
	caught = tmpfile();
	assert_non_null(caught);
	fflush(stderr);
	saved = dup(2);
	dup2(fileno(caught), 2);
}

static const char *wrote(void)
{
	size_t n;

	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	rewind(caught);
	n = fread(text, 1, sizeof(text) - 1, caught);
	text[n] = '\0';
	fclose(caught);
	return text;
}

static int called;

static int call(void)
{
	return ++called;
}

TEST(trace, a_room_that_is_off_costs_and_says_nothing)
{
	log_traced = 0;
	called = 0;
	catch_stderr();
	TRACE(emu, "%d", call());
	assert_string_equal(wrote(), "");
	assert_int_equal(called, 0);
}

TEST(trace, rooms_are_switched_by_name)
{
	struct err e = { 0 };

	log_traced = 0;
	assert_int_equal(log_trace_rooms("emu,rules", &e), 0);
	assert_int_equal(log_traced, 1u << LOG_emu | 1u << LOG_rules);
	catch_stderr();
	TRACE(emu, "pipe %d", 1);
	TRACE(cap, "not this");
	TRACE(rules, "rule %d", 2);
	assert_string_equal(wrote(), "narrows: emu: pipe 1\nnarrows: rules: rule 2\n");
	assert_int_equal(log_trace_rooms("all", &e), 0);
	assert_int_equal(log_traced, UINT32_MAX);
	log_traced = 0;
}

TEST(trace, unknown_rooms_are_refused_and_move_no_switch)
{
	static const char *const bad[] = { "emux", "", "emu,", ",emu", "em", "emu,kitchen", "emu rules", "EMU" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		assert_int_equal(log_trace_rooms(bad[i], &e), ERR_UNKNOWN);
		assert_int_equal(log_traced, 0);
		assert_non_null(strstr(e.text, "allowed are all base wire"));
		assert_non_null(strstr(e.text, " cmd"));	/* the list is whole */
	}
}

static const char *levels(enum log_level level)
{
	log_set_level(level);
	catch_stderr();
	log_error("e");
	log_say("s");
	log_more("m");
	log_set_level(LOG_NORMAL);
	return wrote();
}

TEST(log, levels_choose_what_is_said)
{
	assert_string_equal(levels(LOG_QUIET), "narrows: e\n");
	assert_string_equal(levels(LOG_NORMAL), "narrows: e\nnarrows: s\n");
	assert_string_equal(levels(LOG_VERBOSE), "narrows: e\nnarrows: s\nnarrows: m\n");
}

TEST(log, text_of_others_is_shown_and_not_obeyed)
{
	catch_stderr();
	log_say("%s", "a\x1b[2J\nb\xc3\xa4\xff");
	assert_string_equal(wrote(), "narrows: a\\x1b[2J\\x0ab\xc3\xa4\\xff\n");
}

TEST(log, long_lines_say_that_they_were_cut)
{
	static char lots[4000];

	for (unsigned c = 0; c < 3; c++) {	/* too long as it is, or only once it is escaped */
		memset(lots, c ? 0x1b : 'x', sizeof(lots) - 1);
		lots[c == 2 ? 500 : sizeof(lots) - 1] = '\0';
		catch_stderr();
		log_say("%s", lots);
		assert_in_range(strlen(wrote()), 1100, 1250);
		assert_string_equal(text + strlen(text) - 4, "...\n");
	}
}
