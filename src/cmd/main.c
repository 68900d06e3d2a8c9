/* cmd/main.c - the tool `narrows`: finds the command, and is the only place that ends the process.
 *
 * Commands print results on standard output; errors go to standard error as "narrows: PLACE: what is wrong". */
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <narrows/version.h>

#include "base/log.h"
#include "base/os.h"
#include "base/units.h"

static int help_run(const struct command *self, char **argv);
static int version_run(const struct command *self, char **argv);

static const struct option_desc no_options[] = { { NULL, 0, NULL, NULL, false } };

static const struct command cmd_help_command = { "help", "[COMMAND]", "what a command does and takes", no_options, help_run, NULL };
static const struct command cmd_version_command = { "version", "", "version of Narrows", no_options, version_run, NULL };

static const struct command *const commands[] = { &cmd_pcap, &cmd_check, &cmd_drops, &cmd_bench, &cmd_help_command, &cmd_version_command };
#define COMMANDS (sizeof(commands) / sizeof(*commands))

/* Commands of the interface that this version refuses by name. */
static const char *const later[] = {
	"add", "apply", "bridge", "clients", "delete", "doctor", "exec", "explain", "extract", "filter", "flush", "lab", "list", "ls",
	"metrics", "nat", "nc", "pipe", "proxy", "queue", "resetlog", "run", "sched", "set", "show", "state", "sysctl", "table", "test",
	"top", "zero",
};
#define LATER (sizeof(later) / sizeof(*later))

const struct command *cmd_find(const char *name)
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

void cmd_help(const struct command *c, FILE *to)
{
	fprintf(to, "usage: narrows %s%s%s\n%s\n\n", c->name, *c->args ? " " : "", c->args, c->summary);
	args_help(to, c->options);
	if (c->more)
		fprintf(to, "\n%s", c->more);
}

int cmd_fail(int status, const struct err *e)
{
	fprintf(stderr, "narrows: %s\n", e->text);
	return status;
}

int cmd_no_memory(void)
{
	fputs("narrows: no memory\n", stderr);
	return EXIT_FAILED;
}

int cmd_fail_errs(const struct errs *es)
{
	errs_print(es, stderr, "narrows");
	return EXIT_USAGE;
}

int cmd_bad_args(const struct command *self, const struct args *a)
{
	fprintf(stderr, "narrows: %s: %s\n", self->name, a->err.text);
	return EXIT_USAGE;
}

int cmd_status(int rc)
{
	switch (rc) {
	case 0:
		return EXIT_DONE;
	case ERR_IO:
	case ERR_NOMEM:
	case ERR_CLOSED:
		return EXIT_FAILED;
	default:
		return EXIT_USAGE;
	}
}

static int read_option(const char *option, const char *value, struct errs *errs, struct lex *lx, struct word *w)
{
	errs_init(errs);
	lex_line(lx, option, 0, value, strlen(value), errs);
	if (lex_next(lx, w) && lex_end(lx))
		return 0;
	lex_error(lx, *w, ERR_SYNTAX, "expected one value, found '%s'", value);
	return ERR_SYNTAX;
}

static int told(struct errs *errs, int rc)
{
	if (rc)
		errs_print(errs, stderr, "narrows");
	errs_fini(errs);
	return rc ? EXIT_USAGE : 0;
}

int cmd_number(const char *option, const char *value, uint64_t lo, uint64_t hi, uint64_t *n)
{
	struct errs errs;
	struct lex lx;
	struct word w = { value, strlen(value) };
	int rc = read_option(option, value, &errs, &lx, &w);

	return told(&errs, rc ? rc : units_num(&lx, w, "value", lo, hi, n));
}

int cmd_time(const char *option, const char *value, uint64_t *ns)
{
	struct errs errs;
	struct lex lx;
	struct word w = { value, strlen(value) };
	int rc = read_option(option, value, &errs, &lx, &w);

	if (!rc)
		rc = units_time(&lx, w, "value", 0, ns);
	if (!rc && !*ns)
		rc = lex_error(&lx, w, ERR_RANGE, "value: 0 is not allowed");
	return told(&errs, rc);
}

int cmd_common(const struct command *self, struct cmd_common *c, int opt, const char *value)
{
	struct err e;

	switch (opt) {
	case OPTION_HELP:
		cmd_help(self, stdout);
		exit(EXIT_DONE);
	case OPTION_VERSION:
		exit(version_run(self, NULL));
	case OPTION_JSON:
		c->json = true;
		return 0;
	case OPTION_SEED:
		return cmd_number("--seed", value, 0, UINT64_MAX, &c->seed);
	case OPTION_TRACE:
		if (!log_trace_rooms(value, &e))
			return 0;
		fprintf(stderr, "narrows: --trace: %s\n", e.text);
		return EXIT_USAGE;
	case OPTION_VERBOSE:
		log_set_level(LOG_VERBOSE);
		return 0;
	case OPTION_QUIET:
		c->quiet = true;
		log_set_level(LOG_QUIET);
		return 0;
	}
	return EXIT_USAGE;
}

static int help_run(const struct command *self, char **argv)
{
	const struct command *c;

	if (!argv[0]) {
		usage(stdout);
		return EXIT_DONE;
	}
	c = cmd_find(argv[0]);
	if (!c) {
		fprintf(stderr, "narrows: help: %s: no such command; `narrows help` lists them\n", argv[0]);
		return EXIT_USAGE;
	}
	cmd_help(c, stdout);
	return EXIT_DONE;
}

static int version_run(const struct command *self, char **argv)
{
	printf("narrows %s\n", nrw_version());
	return EXIT_DONE;
}

static const char *command_at(const void *ctx, size_t i)
{
	return i < COMMANDS ? commands[i]->name : later[i - COMMANDS];
}

static int refuse(const char *name)
{
	const char *near;

	for (size_t i = 0; i < LATER; i++) {
		if (!strcmp(later[i], name)) {
			fprintf(stderr, "narrows: %s: known, but not supported by this version\n", name);
			return EXIT_USAGE;
		}
	}
	near = lex_suggest((struct word){ name, strlen(name) }, command_at, NULL, COMMANDS + LATER);
	if (near)
		fprintf(stderr, "narrows: %s: no such command; did you mean %s?\n", name, near);
	else
		fprintf(stderr, "narrows: %s: no such command; `narrows help` lists them\n", name);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct command *c;
	int status;

	os_start();
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))
		return help_run(&cmd_help_command, argv + 2);
	if (!strcmp(argv[1], "--version"))
		return version_run(NULL, NULL);
	c = cmd_find(argv[1]);
	if (!c)
		return refuse(argv[1]);
	status = c->run(c, argv + 2);
	/* what stands in the buffer yet: a full disk must not end as success */
	if (fflush(stdout) && status == EXIT_DONE) {
		if (errno != EPIPE)
			fprintf(stderr, "narrows: standard output: cannot be written\n");
		status = EXIT_FAILED;
	}
	return status;
}
