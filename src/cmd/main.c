/* cmd/main.c - the tool `narrows`: finds the command, and sees to it that what it printed arrived.
 *
 * Commands print results on standard output; errors go to standard error as "narrows: PLACE: what is wrong". */
#include "cmd.h"
#include "rules/rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/lex.h"
#include "base/log.h"
#include "app/app_expr.h"
#include "base/os.h"

static int help_run(const struct command *self, char **argv);
static int version_run(const struct command *self, char **argv);

static const struct option_desc no_options[] = { { NULL, 0, NULL, NULL, false } };

static const struct command cmd_help_command = {
	"help", "[COMMAND]", "what a command does and takes", no_options, help_run, NULL,
};
static const struct command cmd_version_command = {
	"version", "", "version of Narrows", no_options, version_run, NULL,
};

static const struct command *const commands[] = {
	&cmd_pcap, &cmd_check, &cmd_test, &cmd_explain, &cmd_filter, &cmd_drops, &cmd_bench, &cmd_help_command,
	&cmd_version_command,
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

/* Commands of the interface that this version refuses by name. */
static const char *const later[] = {
	"add", "apply", "bridge", "clients", "delete", "doctor", "exec", "extract", "flush", "lab",
	"list", "ls", "metrics", "nat", "nc", "pipe", "proxy", "queue", "resetlog", "run", "sched", "set", "show",
	"state", "sysctl", "table", "top", "zero",
};
#define LATER (sizeof(later) / sizeof(*later))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void usage(FILE *to)
{
	fputs("narrows: a user-space network: captures through rules and emulated links\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  narrows %-8s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n`narrows help COMMAND` tells its options.\n", to);
}

static const char *command_at(const void *ctx, size_t i)
{
	return i < COMMANDS ? commands[i]->name : later[i - COMMANDS];
}

static int refuse(const char *name)
{
	const char *near;

	for (size_t i = 0; i < LATER; i++)
		if (!strcmp(later[i], name))
			return cmd_refuse("%s: known, but not supported by this version", name);
	near = lex_suggest((struct word){ name, strlen(name) }, command_at, NULL, COMMANDS + LATER);
	if (near)
		return cmd_refuse("%s: no such command; did you mean %s?", name, near);
	return cmd_refuse("%s: no such command; `narrows help` lists them", name);
}

/* The operands of a command that takes nothing else: at most `most`, from argv. */
static int read_operands(const struct command *self, char **argv, const char **operands, unsigned most)
{
	struct cmd_common common = CMD_COMMON_DEFAULT;
	const char *value;
	unsigned n = 0;
	struct args a;
	int opt, status = 0;

	args_init(&a, argv, self->options);
	while (!status && (opt = args_next(&a, &value)) != ARGS_END) {
		if (opt == ARGS_BAD)
			status = cmd_bad_args(self, &a);
		else if (opt != ARGS_OPERAND)
			status = cmd_common(self, &common, opt, value);
		else if (n < most)
			operands[n++] = value;
		else
			status = cmd_refuse("%s: %s: one operand too many", self->name, value);
	}
	return status;
}

static int help_run(const struct command *self, char **argv)
{
	const struct command *c;
	const char *name = NULL;
	int status = read_operands(self, argv, &name, 1);

	if (status)
		return status;
	c = name ? find(name) : NULL;
	if (name && !c)
		return refuse(name);
	if (c)
		cmd_help(c, stdout);
	else
		usage(stdout);
	return EXIT_DONE;
}

static int version_run(const struct command *self, char **argv)
{
	int status = read_operands(self, argv, NULL, 0);

	if (!status)
		cmd_version(stdout);
	return status;
}

/* What stands in the buffer yet: a full disk must not end as success; a closed pipe ends quietly. */
static int finish(int status)
{
	struct err e;

	if (status == EXIT_TOLD)
		status = EXIT_DONE;
	errno = 0;
	if ((!fflush(stdout) && !ferror(stdout)) || (status != EXIT_DONE && status != EXIT_DAMAGED_INPUT))
		return status;
	if (errno != EPIPE && !os_nobody_reads(OS_STDOUT)) {	/* errno is gone when an earlier print failed */
		err_sys(&e, errno ? errno : EIO, "standard output");
		log_error("%s", e.text);
	}
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	const struct command *c;

	os_start();
	rules_filter_register(app_expr_at_ip);
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))
		return finish(help_run(&cmd_help_command, argv + 2));
	if (!strcmp(argv[1], "--version"))
		return finish(version_run(&cmd_version_command, argv + 2));
	c = find(argv[1]);
	return c ? finish(c->run(c, argv + 2)) : refuse(argv[1]);
}
