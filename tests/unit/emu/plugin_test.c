/* plugin_test.c - what of a plug-in is refused before anything of it is called, and that one that is right is found. */
#include "emu/emu_plugin.h"

#include <stdio.h>
#include <string.h>

#include "emu/sched.h"
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
	static const struct nrw_aqm_ops aqm = { 0 };
	struct err e;

	assert_int_equal(emu_plugin_check(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, &fine, NULL }, &e), 0);
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI + 1, BYTES, &fine, NULL }, ERR_USAGE, "version 2");
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, 4, &fine, NULL }, ERR_USAGE, "4 bytes");
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, NULL, NULL }, ERR_USAGE, "no scheduler");
	refused(&(struct nrw_plugin){ NRW_PLUGIN_ABI, BYTES, NULL, &aqm }, ERR_USAGE, "queue management");
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

TEST(plugin, the_example_joins_the_table_once)
{
	static const char wrr[] = "WRR";
	const struct nrw_sched_ops *ops;
	size_t kinds = 0, size = sched_queue_size();
	struct err e;

	while (sched_at(kinds))
		kinds++;
	assert_null(sched_find((struct word){ wrr, 3 }));
	ops = emu_plugin_load(PLUGINS "/sched_wrr.so", &e);
	assert_non_null(ops);
	assert_ptr_equal(sched_find((struct word){ wrr, 3 }), ops);
	assert_ptr_equal(sched_at(kinds), ops);
	assert_null(sched_at(kinds + 1));
	assert_true(sched_queue_size() >= size);
	assert_ptr_equal(emu_plugin_load(PLUGINS "/sched_wrr.so", &e), ops);
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
