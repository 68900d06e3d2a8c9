/* cmd/cmd_filter.c - `narrows filter`: an expression as a program, what it costs, and the packets it matches. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_expr.h"
#include "base/json.h"
#include "base/log.h"
#include "base/os.h"
#include "cmd.h"

enum { F_BPF, F_INTERPRET, F_LINK, F_LIST, F_OPTIONS };

static const struct option_desc options[] = {
	[F_BPF] = { "bpf", 0, NULL, "EXPR is libpcap's, also where it could be ours", false },
	[F_INTERPRET] = { "interpret", 0, NULL, "no machine code", false },
	[F_LINK] = { "link-type", 0, "TYPE", "of libpcap's program that is shown (EN10MB)", false },
	[F_LIST] = { "list", 0, NULL, "every field that an expression may name", false },
	[F_OPTIONS] = { NULL, 0, NULL, NULL, false },
};

enum { PACKET_BYTES = 300 };

struct filter_args {
	struct cmd_common common;
	const char *text, *input;
	bool bpf, interpret, list;
	enum wire_link link;
	struct app_expr *expr;
	uint64_t start_ns;
	bool started;
	struct json json;
};

/* ---- what is printed ---- */

static int list_fields(bool as_json)
{
	struct filter_field_info info;
	struct json j;

	json_init(&j, stdout);
	if (as_json)
		json_array(&j);
	for (size_t i = 0; filter_field_at(i, &info); i++) {
		if (!as_json) {
			printf("%-14s %s\n", info.name, info.help);
			continue;
		}
		json_object(&j);
		json_key(&j, "field");
		json_str(&j, info.name);
		json_key(&j, "help");
		json_str(&j, info.help);
		json_end(&j);
	}
	if (as_json) {
		json_end(&j);
		putchar('\n');
	}
	return EXIT_DONE;
}

static const char *bytes_text(const struct filter_facts *facts, char to[40])
{
	if (!facts->bytes)
		return "reads no bytes";
	if (facts->bytes == UINT32_MAX)
		return "reads bytes anywhere";
	snprintf(to, 40, "reads %" PRIu32 " bytes at most", facts->bytes);
	return to;
}

static int show_text(const struct filter *f)
{
	const struct filter_facts *facts = filter_facts(f);
	char *code = filter_disassemble(f), bytes[40];

	if (!code)
		return cmd_no_memory();
	fputs(code, stdout);
	printf("; %" PRIu32 " instructions, cost %" PRIu32 ", %s, %s\n", facts->insns, facts->cost,
		bytes_text(facts, bytes), facts->flow_only ? "by the flow alone" : "by the packet");
	free(code);
	return EXIT_DONE;
}

static int show_json(struct json *j, const struct filter_args *a, const struct filter *f)
{
	const struct filter_facts *facts = filter_facts(f);
	char *code = filter_disassemble(f);

	if (!code)
		return cmd_no_memory();
	json_object(j);
	json_key(j, "expression");
	json_str(j, a->text);
	json_key(j, "language");
	json_str(j, app_expr_bpf(a->expr) ? "libpcap" : "narrows");
	json_key(j, "code");
	json_str(j, code);
	json_key_u64(j, "instructions", facts->insns);
	json_key_u64(j, "cost", facts->cost);
	json_key(j, "bytes");
	if (facts->bytes == UINT32_MAX)
		json_null(j);
	else
		json_u64(j, facts->bytes);
	json_key(j, "flow_only");
	json_bool(j, facts->flow_only);
	free(code);
	return EXIT_DONE;
}

static void each_text(void *ctx, uint64_t packet, uint64_t time_ns, const struct view *v)
{
	struct filter_args *a = ctx;
	char text[PACKET_BYTES];

	if (!a->started)
		a->start_ns = time_ns;
	a->started = true;
	view_print(v, text, sizeof(text));
	printf("%" PRIu64 " %s\n", packet, text);
}

static void each_json(void *ctx, uint64_t packet, uint64_t time_ns, const struct view *v)
{
	struct filter_args *a = ctx;

	json_u64(&a->json, packet);
}

/* ---- the command ---- */

static int take(const struct command *self, struct filter_args *a, int opt, const char *value)
{
	switch (opt) {
	case F_BPF:
		a->bpf = true;
		return 0;
	case F_INTERPRET:
		a->interpret = true;
		return 0;
	case F_LIST:
		a->list = true;
		return 0;
	case F_LINK:
		for (int link = LINK_UNKNOWN + 1; link < LINK_COUNT; link++) {
			if (!strcmp(wire_link_name((enum wire_link)link), value)) {
				a->link = (enum wire_link)link;
				return 0;
			}
		}
		return cmd_refuse("--link-type: %s: unknown; as EN10MB, RAW, LINUX_SLL", value);
	case ARGS_OPERAND:
		if (a->text && a->input)
			return cmd_refuse("filter: %s: one expression and one capture are allowed", value);
		*(a->text ? &a->input : &a->text) = value;
		return 0;
	default:
		return cmd_common(self, &a->common, opt, value);
	}
}

static int read_args(const struct command *self, struct filter_args *a, char **argv)
{
	const char *value;
	struct args args;
	int opt, status = 0;

	args_init(&args, argv, self->options);
	while (!status && (opt = args_next(&args, &value)) != ARGS_END)
		status = opt == ARGS_BAD ? cmd_bad_args(self, &args) : take(self, a, opt, value);
	if (!status && !a->text && !a->list)
		status = cmd_refuse("filter: which expression? as 'tcp.dport == 80'; --list names the fields");
	return status;
}

static int compile(struct filter_args *a)
{
	struct err e = { 0 };
	struct errs errs;
	int rc, status = 0;

	errs_init(&errs);
	rc = app_expr_new(&a->expr, a->text, a->bpf, &errs, &e);
	if (rc && errs.errors)
		status = cmd_fail_errs(&errs);
	else if (rc)
		status = cmd_fail(cmd_status(rc), &e);
	else if (errs.count && !a->common.quiet)
		errs_print(&errs, stderr, "narrows");
	errs_fini(&errs);
	if (!status && !a->interpret)
		app_expr_native(a->expr);
	return status;
}

static bool stop(void)
{
	return os_interrupted() || ferror(stdout);
}

static int run_capture(struct filter_args *a)
{
	struct app_expr_cfg cfg = { a->expr, a->input, a->common.json ? each_json : each_text, a, stop };
	struct app_expr_end end;
	struct err e = { 0 };
	int rc;

	if (a->common.json) {
		json_key(&a->json, "matches");
		json_array(&a->json);
	}
	os_catch_interrupts();
	rc = app_expr_run(&cfg, &end, &e);
	if (a->common.json) {
		json_end(&a->json);
		json_key_u64(&a->json, "packets", end.packets);
		json_key_u64(&a->json, "matched", end.matched);
	}
	if (rc)
		return cmd_fail(cmd_status(rc), &e);
	if (!a->common.json && !a->common.quiet)
		log_say("%" PRIu64 " of %" PRIu64 " packets match", end.matched, end.packets);
	if (end.truncated)
		log_error("%s: %s", a->input, end.damage);
	return end.truncated ? EXIT_DAMAGED_INPUT : EXIT_DONE;
}

static int run(struct filter_args *a)
{
	struct filter *f = app_expr_for(a->expr, a->link);
	int status = EXIT_DONE;

	if (!f)
		return cmd_refuse("filter: '%s' makes no sense for link type %s; --link-type chooses another", a->text,
			wire_link_name(a->link));
	json_init(&a->json, stdout);
	if (a->common.json)
		status = show_json(&a->json, a, f);
	else if (!a->input)
		status = show_text(f);
	if (!status && a->input)
		status = run_capture(a);
	if (a->common.json) {
		json_end(&a->json);
		putchar('\n');
	}
	return status;
}

static int filter_run_command(const struct command *self, char **argv)
{
	struct filter_args a = { .common = CMD_COMMON_DEFAULT, .link = LINK_ETHERNET };
	int status = read_args(self, &a, argv);

	if (!status && a.list)
		return list_fields(a.common.json);
	if (!status)
		status = compile(&a);
	if (!status)
		status = run(&a);
	app_expr_free(a.expr);
	return status;
}

const struct command cmd_filter = {
	"filter", "[OPTION]... EXPR [IN]",
	"a filter expression as a program: its code, its cost, and the packets it matches", options, filter_run_command,
	"EXPR is ours (docs/filter.md), as 'tcp.dport == 80 && ip.src == 10.0.0.0/8', or libpcap's, as 'tcp port 80'.\n"
	"Without IN the code of the machine is printed; with it, a line for each packet that matches. --json gives\n"
	"one document. Exit status: 0 done, 1 failed, 2 bad usage or input and nothing was done, 3 done but IN was\n"
	"damaged.\n",
};
