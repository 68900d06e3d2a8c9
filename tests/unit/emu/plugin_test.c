/* plugin_test.c - what of a plug-in is refused before anything of it is called, and that one that is right is found. */
#include "emu/emu_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/aqm.h"
#include "emu/sched.h"
#include "kit.h"
#include "test.h"

#define BYTES sizeof(struct nrw_plugin)

static void ready(void *s, struct nrw_sched_flow *f, nrw_time now) { (void)s, (void)f, (void)now; }
static struct nrw_sched_flow *next(void *s, nrw_time now) { (void)s, (void)now; return NULL; }
static void served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	(void)s, (void)f, (void)bytes, (void)now;
}

static const struct nrw_sched_ops fine = { .name = "mine", .help = "", .ready = ready, .next = next, .served = served };

static void refused(const struct nrw_plugin *p, int code, const char *words)
{
	struct err e = { 0 };

	assert_int_equal(emu_plugin_check(p, &e), code);
	assert_non_null(strstr(e.text, words));
}

static void refused_ops(struct nrw_sched_ops ops, int code, const char *words)
{
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, &ops, NULL }, code, words);
}

TEST(plugin, another_version_or_size_is_refused_by_number)
{
	struct err e;

	assert_int_equal(emu_plugin_check(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, &fine, NULL }, &e), 0);
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI + 1, BYTES, &fine, NULL }, ERR_USAGE, "version 2");
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, 4, &fine, NULL }, ERR_USAGE, "4 bytes");
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, NULL, NULL }, ERR_USAGE, "neither a scheduler nor");
}

TEST(plugin, what_cannot_be_called_is_refused)
{
	struct nrw_sched_ops ops = fine;

	ops.name = NULL, refused_ops(ops, ERR_USAGE, "name");
	ops.name = "", refused_ops(ops, ERR_USAGE, "name");
	ops.name = "Mine", refused_ops(ops, ERR_USAGE, "name");
	ops.name = "two words", refused_ops(ops, ERR_USAGE, "name");
	ops.name = "letters_letters_letters_letters_", refused_ops(ops, ERR_USAGE, "name");
	ops = fine, ops.help = NULL, refused_ops(ops, ERR_USAGE, "help");
	ops = fine, ops.ready = NULL, refused_ops(ops, ERR_USAGE, "ready");
	ops = fine, ops.next = NULL, refused_ops(ops, ERR_USAGE, "next");
	ops = fine, ops.served = NULL, refused_ops(ops, ERR_USAGE, "served");
	ops = fine, ops.size = SIZE_MAX, refused_ops(ops, ERR_RANGE, "an instance");
	ops = fine, ops.flow_size = 4097, refused_ops(ops, ERR_RANGE, "a flow is 4097");
}

static enum nrw_aqm_verdict put(const void *params, void *state, const struct nrw_aqm_look *look)
{
	(void)params, (void)state, (void)look;
	return NRW_AQM_PASS;
}

static void refused_aqm(struct nrw_aqm_ops ops, int code, const char *words)
{
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, &fine, &ops }, code, words);
}

TEST(plugin, queue_management_that_cannot_be_called_is_refused)
{
	static const struct nrw_aqm_param good = { "depth", NRW_AQM_COUNT, 1, 1, 9 };
	static const struct nrw_aqm_param taken = { "delay", NRW_AQM_TIME, 0, 0, 0 };
	static const struct nrw_aqm_param nameless = { NULL, NRW_AQM_COUNT, 0, 0, 0 }, odd = { "odd", 9, 0, 0, 0 };
	const struct nrw_aqm_ops right = { .name = "own", .help = "", .put = put, .words = &good, .word_count = 1 };
	struct nrw_aqm_ops ops = right;
	struct err e;

	assert_int_equal(emu_plugin_check(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, NULL, &right }, &e), 0);
	ops.name = "Own", refused_aqm(ops, ERR_USAGE, "name");
	ops = right, ops.help = NULL, refused_aqm(ops, ERR_USAGE, "help");
	ops = right, ops.put = NULL, refused_aqm(ops, ERR_USAGE, "put and take");
	ops = right, ops.size = 65537, refused_aqm(ops, ERR_RANGE, "a queue is 65537");
	ops = right, ops.word_count = 9, refused_aqm(ops, ERR_RANGE, "9 parameters");
	ops = right, ops.words = NULL, refused_aqm(ops, ERR_RANGE, "parameters");
	ops = right, ops.words = &taken, refused_aqm(ops, ERR_TWICE, "delay");
	ops = right, ops.words = &nameless, refused_aqm(ops, ERR_USAGE, "parameter 1");
	ops = right, ops.words = &odd, refused_aqm(ops, ERR_USAGE, "parameter 1");
}

static void line_is(const char *line, const char *printed, const char *wrong)
{
	struct emu_cmd *c;
	struct errs es;
	struct lex lx;
	char *text;

	errs_init(&es);
	lex_line(&lx, "test", 1, line, strlen(line), &es);
	c = emu_parse(&lx);
	assert_int_equal(!c, !printed);
	if (c) {
		text = emu_cmd_print(c);
		assert_string_equal(text, printed);
		free(text);
		emu_cmd_free(c);
	} else {
		assert_non_null(strstr(es.notes[0].text, wrong));
	}
	errs_fini(&es);
}

/* A byte is a millisecond: the third packet's turn comes 200 ms after all came, the second's after 100. */
static void stale_drops_one(void)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "pipe 1 config bw 8Kbit/s stale age 150ms");
	for (unsigned i = 0; i < 3; i++)
		kit_put(k, 1, 100, 0);
	kit_take_is(k, NRW_S, 0, 100 * NRW_MS);
	kit_take_is(k, NRW_S, 1, 200 * NRW_MS);
	kit_take_none(k, NRW_S);
	st = kit_stats(k, 1, NRW_S);
	assert_int_equal(st.drops[DROP_AQM], 1);
	kit_free(k);
}

TEST(plugin, queue_management_of_the_example_has_words_and_works)
{
	const struct nrw_plugin *p;
	struct emu_word_info info;
	bool listed = false;
	struct err e;

	line_is("pipe 1 config stale", NULL, "unknown option");
	p = emu_plugin_load(PLUGINS "/aqm_stale.so", &e);
	assert_non_null(p);
	assert_ptr_equal(emu_plugin_load(PLUGINS "/aqm_stale.so", &e), p);
	assert_null(emu_plugin_load_sched(PLUGINS "/aqm_stale.so", &e));
	assert_non_null(strstr(e.text, "no scheduler"));
	for (size_t i = 0; emu_word_at(i, &info); i++)
		listed |= !strcmp(info.kind, "aqm") && !strcmp(info.word, "stale");
	assert_true(listed);
	line_is("pipe 1 config stale", "pipe 1 config stale", NULL);
	line_is("queue 1 config stale ecn age 20ms weight 2", "queue 1 config weight 2 stale age 20ms ecn", NULL);
	line_is("pipe 1 config stale age 50ms delay 1ms", "pipe 1 config delay 1ms stale", NULL);
	line_is("pipe 1 config stale age 0s", NULL, "age: 0s is too short; 1ns or more");
	line_is("pipe 1 config stale age delay", NULL, "its value is missing");
	line_is("pipe 1 config stale ecn ecn", NULL, "given twice");
	line_is("pipe 1 config stale red 0.1/1/2/0.1", NULL, "");
	line_is("sched 1 config stale", NULL, "an option of");
	stale_drops_one();
}

TEST(plugin, the_example_joins_the_table_once)
{
	static const char wrr[] = "WRR";
	const struct nrw_sched_ops *ops;
	size_t kinds = 0, size = sched_queue_size();
	struct err e;

	while (sched_at(kinds))
		kinds++;
	assert_null(sched_find((struct word){ wrr, 3 }));
	ops = emu_plugin_load_sched(PLUGINS "/sched_wrr.so", &e);
	assert_non_null(ops);
	assert_ptr_equal(sched_find((struct word){ wrr, 3 }), ops);
	assert_ptr_equal(sched_at(kinds), ops);
	assert_null(sched_at(kinds + 1));
	assert_true(sched_queue_size() >= size);
	assert_ptr_equal(emu_plugin_load_sched(PLUGINS "/sched_wrr.so", &e), ops);
	assert_null(sched_at(kinds + 1));
}

TEST(plugin, a_file_that_is_none_is_told_by_its_path)
{
	struct err e;

	assert_null(emu_plugin_load(PLUGINS "/no_such.so", &e));
	assert_non_null(strstr(e.text, "no_such.so"));
	assert_null(emu_plugin_load("no_such.so", &e));		/* not looked for where the system's are */
	assert_non_null(strstr(e.text, "no_such.so"));
	assert_null(emu_plugin_load(NOT_A_PLUGIN, &e));
	assert_non_null(strstr(e.text, "does not export nrw_plugin"));
}

TEST(plugin, there_is_an_end_to_them_and_names_stand_once)
{
	static char names[SCHED_GUESTS + 1][8];
	static struct nrw_sched_ops many[SCHED_GUESTS + 1];
	size_t taken = 0;

	for (size_t i = 0; i <= SCHED_GUESTS; i++) {
		snprintf(names[i], sizeof(names[i]), "own%u", (unsigned)i);
		many[i] = fine;
		many[i].name = names[i];
		taken += sched_register(&many[i]) == 0;
	}
	assert_true(taken == SCHED_GUESTS || taken == SCHED_GUESTS - 1);	/* the example may be there */
	many[0].name = "fifo";
	assert_int_equal(sched_register(&many[0]), ERR_TWICE);
}

TEST(plugin, kinds_of_queue_management_stand_once_and_have_an_end)
{
	static char names[AQM_GUESTS + 1][8];
	static struct nrw_aqm_ops many[AQM_GUESTS + 1];
	size_t taken = 0;

	for (size_t i = 0; i <= AQM_GUESTS; i++) {
		snprintf(names[i], sizeof(names[i]), "aqm%u", (unsigned)i);
		many[i] = (struct nrw_aqm_ops){ .name = names[i], .help = "", .put = put };
		taken += aqm_register(&many[i]) == 0;
	}
	assert_true(taken == AQM_GUESTS || taken == AQM_GUESTS - 1);	/* the example may be there */
	assert_int_equal(aqm_register(&many[0]), ERR_TWICE);
	many[0].name = "codel";
	assert_int_equal(aqm_register(&many[0]), ERR_TWICE);
}
