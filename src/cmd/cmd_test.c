/* cmd/cmd_test.c - `narrows test`: are packets treated as a script says they are? A line for each that is not.
 *
 *      lab.rules:7: expected deny 200, got allow by rule 100 (allow tcp from any to any); matched 50 100
 *      12 tests, 1 failed
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app_test.h"
#include "base/json.h"
#include "cmd.h"
#include "world.h"

static const struct option_desc options[] = {
	WORLD_TABLE_REST, WORLD_TABLE_NO_WAY,
	[WORLD_OPTIONS] = { NULL, 0, NULL, NULL, false },
};

struct test_args {
	struct cmd_common common;
	struct world world;
	struct json json;
	unsigned from_stdin;
	bool any;
};

static void each_text(void *ctx, const struct app_tested *t)
{
	const struct lane_expected *x = t->expected;

	if (t->good)
		return;
	printf("%s:%u: expected %s", x->file, x->line, x->verdict);
	if (x->rule)
		printf(" %" PRIu32, x->rule);
	printf(", got %s", t->verdict);
	if (t->rule)
		printf(" by rule %" PRIu32 " (%s); matched", t->rule, t->rule_text);
	else
		printf(": no rule was asked");
	for (size_t i = 0; i < t->count; i++)
		printf(" %" PRIu32, t->rules[i]);
	printf("\n\t%s\n", t->text);
}

static void json_failure(struct json *j, const struct app_tested *t)
{
	const struct lane_expected *x = t->expected;

	json_object(j);
	json_key(j, "file");
	json_str(j, x->file);
	json_key(j, "line");
	json_u64(j, x->line);
	json_key(j, "test");
	json_str(j, t->text);
	json_key(j, "expected");
	json_str(j, x->verdict);
	json_key(j, "expected_rule");
	if (x->rule)
		json_u64(j, x->rule);
	else
		json_null(j);
	json_key(j, "verdict");
	json_str(j, t->verdict);
	json_key(j, "rule");
	json_u64(j, t->rule);
	json_key(j, "rules");
	json_array(j);
	for (size_t i = 0; i < t->count; i++)
		json_u64(j, t->rules[i]);
	json_end(j);
	json_end(j);
}

static void each_json(void *ctx, const struct app_tested *t)
{
	struct test_args *a = ctx;

	if (!t->good)
		json_failure(&a->json, t);
}

static int take(const struct command *self, struct test_args *a, int opt, const char *value)
{
	bool script = opt == W_RULES || opt == ARGS_OPERAND;

	if (script && !strcmp(value, "-") && a->from_stdin++)
		return cmd_refuse("test: standard input can be read once");
	if (opt == W_IN || opt == W_OUT || opt == W_LOCAL)
		return cmd_refuse("test: each test says itself whether its packet goes in or out");
	a->any |= script || opt == W_RULE;
	if (opt == ARGS_OPERAND)
		return world_file(&a->world, value);
	return opt >= 0 ? world_take(&a->world, opt, value) : cmd_common(self, &a->common, opt, value);
}

static int read_args(const struct command *self, struct test_args *a, char **argv)
{
	const char *value;
	struct args args;
	int opt, status = 0;

	args_init(&args, argv, self->options);
	while (!status && (opt = args_next(&args, &value)) != ARGS_END)
		status = opt == ARGS_BAD ? cmd_bad_args(self, &args) : take(self, a, opt, value);
	if (!status)
		status = world_check(&a->world);
	if (!status && !a->any)
		status = cmd_refuse("test: which tests? give a FILE ('-': standard input)");
	return status;
}

static int count_one(void *ctx, const struct lane_expected *x)
{
	++*(uint64_t *)ctx;
	return 0;
}

static int refuse_nothing(const struct test_args *a)
{
	uint64_t n = 0;

	if (lane_script_expected(a->world.script, count_one, &n))
		return cmd_no_memory();
	return n ? 0 : cmd_refuse("test: there is no test in it; a test is a line such as "
		"'tcp 10.0.0.1:4000 > 192.0.2.1:80 syn => deny 200'");
}

static void begin_json(struct test_args *a)
{
	json_init(&a->json, stdout);
	if (!a->common.json)
		return;
	json_object(&a->json);
	json_key(&a->json, "failures");
	json_array(&a->json);
}

static void report(struct test_args *a, const struct app_test_end *end)
{
	if (!a->common.json) {
		printf("%" PRIu64 " test%s, %" PRIu64 " failed\n", end->tests, end->tests == 1 ? "" : "s", end->failed);
		return;
	}
	json_end(&a->json);
	json_key(&a->json, "tests");
	json_u64(&a->json, end->tests);
	json_key(&a->json, "failed");
	json_u64(&a->json, end->failed);
	json_end(&a->json);
	putchar('\n');
}

static int run(struct test_args *a)
{
	struct app_test_cfg cfg = {
		.iface = a->world.iface,
		.lane = world_lane(&a->world, &a->common),
		.ctx = a,
		.said = world_said,
		.each = a->common.json ? each_json : each_text,
	};
	struct app_test_end end;
	struct err e = { 0 };
	int rc;

	begin_json(a);
	rc = app_test(&cfg, a->world.script, &a->world.errs, &end, &e);
	world_tell_warnings(&a->world, &a->common);
	if (rc)
		return cmd_fail(cmd_status(rc), &e);
	report(a, &end);
	world_tell_late(end.waiting, end.first_waiting);
	return end.failed || end.failed_commands ? EXIT_FAILED : EXIT_DONE;
}

static int test_run(const struct command *self, char **argv)
{
	struct test_args a = { .common = CMD_COMMON_DEFAULT };
	int status = world_init(&a.world, self, argv, W_PREPROC, W_PLUGIN);

	if (!status)
		status = read_args(self, &a, argv);
	if (!status)
		status = refuse_nothing(&a);
	if (!status)
		status = run(&a);
	world_fini(&a.world);
	return status;
}

const struct command cmd_test = {
	"test", "[-r RULES]... [-e RULE]... [OPTION]... FILE...",
	"whether a script's rules treat packets as its own tests say", options, test_run,
	"FILE is a script of rules with tests among them, or of tests for the rules of -r; other commands pass over\n"
	"tests:\n\n"
	"  tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => deny 200\n"
	"  udp [2001:db8::1]:53 > [2001:db8::2]:4000 len 1000 vlan 10 out => pipe 1\n"
	"  at 5s icmp 10.0.0.1 > 10.0.0.2 type 8 => allow\n\n"
	"Words: the flags of TCP, or noflags; len, ttl, tos, id, frag, df, mf, flow, win, mss, type, code, vlan,\n"
	"src-mac, dst-mac, in [IFACE], out [IFACE], recv IFACE, xmit IFACE. The number behind the verdict, if given,\n"
	"is the rule's.\n"
	"Exit status: 0 all as expected, 1 not all, 2 bad usage or input and nothing was done.\n",
};
