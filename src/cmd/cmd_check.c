/* cmd/cmd_check.c - `narrows check`: every line in canonical form, or every error. What it prints, checked again,
 * prints the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "check_list.h"
#include "cmd.h"
#include "world.h"

enum { CHECK_RULE, CHECK_PREPROC, CHECK_PLUGIN, CHECK_LIST };

static const struct option_desc options[] = {
	WORLD_RULE,
	WORLD_PREPROC,
	WORLD_PLUGIN,
	{ "list", 0, "WHAT", "all words: matches, actions, pipe-options, scheds, aqms, links, drops", false },
	{ NULL, 0, NULL, NULL, false },
};

struct check {
	struct cmd_common common;
	struct world world;
	struct json json;
	unsigned from_stdin;	/* "-" */
	bool any;
	const char *list;	/* --list */
};

static int add_file(struct check *c, const char *path)
{
	if (!strcmp(path, "-") && c->from_stdin++)
		return cmd_refuse("check: standard input can be read once");
	c->any = true;
	return world_file(&c->world, path);
}

static int add_line(struct check *c, const char *text)
{
	c->any = true;
	return world_line(&c->world, text);
}

static int read_args(const struct command *self, struct check *c, char **argv)
{
	struct args a;
	const char *value;
	int opt, status = 0;

	args_init(&a, argv, self->options);
	while (!status && (opt = args_next(&a, &value)) != ARGS_END) {
		if (opt == ARGS_BAD)
			return cmd_bad_args(self, &a);
		if (opt == CHECK_RULE)
			status = add_line(c, value);
		else if (opt == CHECK_LIST)
			c->list = value;
		else if (opt == CHECK_PREPROC || opt == CHECK_PLUGIN)
			continue;	/* world_init() has them */
		else if (opt == ARGS_OPERAND)
			status = add_file(c, value);
		else
			status = cmd_common(self, &c->common, opt, value);
	}
	return status;
}

static void print_errors(struct check *c)
{
	if (!c->common.json) {
		errs_print(&c->world.errs, stderr, "narrows");
		return;
	}
	json_array(&c->json);
	for (size_t i = 0; i < c->world.errs.count; i++) {
		const struct note *n = &c->world.errs.notes[i];

		if (n->warning)
			continue;
		json_object(&c->json);
		json_key(&c->json, "line");
		json_u64(&c->json, n->line);
		json_key(&c->json, "column");
		json_u64(&c->json, n->column);
		json_key(&c->json, "error");
		json_str(&c->json, n->text ? n->text : "no memory");
		json_end(&c->json);
	}
	json_end(&c->json);
	putchar('\n');
}

static void print_line(void *ctx, unsigned line, const char *text)
{
	struct check *c = ctx;

	if (!c->common.json) {
		puts(text);
		return;
	}
	json_object(&c->json);
	json_key(&c->json, "line");
	json_u64(&c->json, line);
	json_key(&c->json, "text");
	json_str(&c->json, text);
	json_end(&c->json);
}

static int print_lines(struct check *c)
{
	struct err e;
	int rc;

	world_tell_warnings(&c->world, &c->common);
	if (c->common.json)
		json_array(&c->json);
	rc = lane_script_print(c->world.script, print_line, c, &e);
	if (c->common.json) {
		json_end(&c->json);
		putchar('\n');
	}
	return rc ? cmd_fail(cmd_status(rc), &e) : EXIT_DONE;
}

static int check_run(const struct command *self, char **argv)
{
	struct check c = { .common = CMD_COMMON_DEFAULT };
	int status = world_init(&c.world, self, argv, CHECK_PREPROC, CHECK_PLUGIN);

	json_init(&c.json, stdout);
	if (!status)
		status = read_args(self, &c, argv);
	if (!status && lane_script_check(c.world.script, &c.world.errs))
		status = cmd_no_memory();
	if (!status && c.list) {
		status = check_list(c.list, c.common.json);
	} else if (!status && !c.any) {
		status = cmd_refuse("check: nothing to check; give -e RULE or a FILE ('-': standard input)");
	} else if (!status && c.world.errs.errors) {
		print_errors(&c);
		status = EXIT_USAGE;
	} else if (!status) {
		status = print_lines(&c);
	}
	world_fini(&c.world);
	return status;
}

const struct command cmd_check = {
	"check", "[-e RULE]... [-p COMMAND] [FILE]... | --list WHAT",
	"prints rules and pipes in canonical form, or every error in them", options, check_run, NULL,
};
