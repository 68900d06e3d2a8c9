/* cmd/cmd_explain.c - `narrows explain`: for every packet the rules that matched, and what decided; a line each.
 *
 *      3 0.000512000 tcp 10.0.0.1:4000 > 192.0.2.1:80 S: 100 200 => deny (rule 200: deny ip from any to any)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app_explain.h"
#include "base/json.h"
#include "base/log.h"
#include "base/os.h"
#include "cmd.h"
#include "world.h"

static const struct option_desc options[] = {
	WORLD_TABLE,
	[WORLD_OPTIONS] = { NULL, 0, NULL, NULL, false },
};

enum { PACKET_BYTES = 300 };

struct explain_args {
	struct cmd_common common;
	struct world world;
	struct app_explain_cfg cfg;
	unsigned scripts_from_stdin;
};

static void each_text(void *ctx, const struct app_explained *x)
{
	char packet[PACKET_BYTES];

	view_print(x->view, packet, sizeof(packet));
	printf("%" PRIu64 " %" PRIu64 ".%09u %s:", x->packet, x->now / NRW_S, (unsigned)(x->now % NRW_S), packet);
	for (size_t i = 0; i < x->count; i++)
		printf(" %" PRIu32, x->rules[i]);
	printf(" => %s (%s)\n", x->verdict, x->reason);
}

static void each_json(void *ctx, const struct app_explained *x)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j);
	json_key(&j, "packet");
	json_u64(&j, x->packet);
	json_key(&j, "time_ns");
	json_u64(&j, x->time_ns);
	json_key(&j, "rules");
	json_array(&j);
	for (size_t i = 0; i < x->count; i++)
		json_u64(&j, x->rules[i]);
	json_end(&j);
	json_key(&j, "verdict");
	json_str(&j, x->verdict);
	json_key(&j, "reason");
	json_str(&j, x->reason);
	json_end(&j);
	putchar('\n');
}

static int take(const struct command *self, struct explain_args *a, int opt, const char *value)
{
	if (opt == W_RULES && !strcmp(value, "-") && a->scripts_from_stdin++)
		return cmd_refuse("explain: standard input can be read once");
	if (opt >= 0)
		return world_take(&a->world, opt, value);
	if (opt != ARGS_OPERAND)
		return cmd_common(self, &a->common, opt, value);
	if (a->cfg.input)
		return cmd_refuse("explain: %s: one capture is explained at a time", value);
	a->cfg.input = value;
	return 0;
}

static int read_args(const struct command *self, struct explain_args *a, char **argv)
{
	const char *value;
	struct args args;
	int opt, status = 0;

	args_init(&args, argv, self->options);
	while (!status && (opt = args_next(&args, &value)) != ARGS_END)
		status = opt == ARGS_BAD ? cmd_bad_args(self, &args) : take(self, a, opt, value);
	if (!status)
		status = world_check(&a->world);
	if (!status && !a->cfg.input)
		status = cmd_refuse("explain: which capture? give a file, or '-' for standard input");
	if (!status && !strcmp(a->cfg.input, "-") && a->scripts_from_stdin)
		status = cmd_refuse("explain: standard input can be read once: as the capture, or as one script");
	return status;
}

static void tell_end(const struct explain_args *a, const struct app_explain_end *end)
{
	for (int why = 0; why < CAP_SKIPS; why++)
		if (end->input.skips[why])
			log_say("%s: %" PRIu64 " records skipped: %s", a->cfg.input, end->input.skips[why],
				cap_skip_text((enum cap_skip)why));
	world_tell_late(end->waiting, end->first_waiting);
	if (end->truncated)
		log_error("%s: %s", a->cfg.input, end->damage);
}

static bool stop(void)
{
	return os_interrupted() || ferror(stdout);
}

static int run(struct explain_args *a)
{
	struct app_explain_end end;
	struct err e = { 0 };
	int rc;

	a->cfg.iface = a->world.iface;
	a->cfg.lane = world_lane(&a->world, &a->common);
	a->cfg.each = a->common.json ? each_json : each_text;
	a->cfg.said = world_said;
	a->cfg.stop = stop;
	os_catch_interrupts();
	rc = app_explain(&a->cfg, a->world.script, &a->world.errs, &end, &e);
	world_tell_warnings(&a->world, &a->common);
	if (rc)
		return cmd_fail(cmd_status(rc), &e);
	tell_end(a, &end);
	if (end.failed_commands)
		return EXIT_FAILED;
	return end.truncated ? EXIT_DAMAGED_INPUT : EXIT_DONE;
}

static int explain_run(const struct command *self, char **argv)
{
	struct explain_args a = { .common = CMD_COMMON_DEFAULT };
	int status = world_init(&a.world, self, argv, W_PREPROC, W_PLUGIN);

	if (!status)
		status = read_args(self, &a, argv);
	if (!status)
		status = run(&a);
	world_fini(&a.world);
	return status;
}

const struct command cmd_explain = {
	"explain", "[-r RULES]... [-e RULE]... [OPTION]... IN",
	"which rules each packet of a capture matched, and what decided", options, explain_run,
	"A line a packet: its number, its time since the first, what it is, the rules that matched, and the verdict.\n"
	"What a pipe does is not followed: 'pipe 1' is an answer. --json gives an object a line.\n"
	"Exit status: 0 done, 1 failed, 2 bad usage or input and nothing was done, 3 done but IN was damaged.\n",
};
