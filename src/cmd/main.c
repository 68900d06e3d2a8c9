/* cmd/main.c - the tool `narrows`: finds the command, and is the only place that ends the process.
 *
 * Commands print results on standard output; errors go to standard error as "narrows: PLACE: what is wrong". */
#include "cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <narrows/version.h>

#include "base/log.h"
#include "base/os.h"
#include "base/units.h"

static int help_run(const struct command *self, char **argv);
static int version_run(const struct command *self, char **argv);
static void print_version(void);
static int finish(int status);

static const struct option_desc no_options[] = { { NULL, 0, NULL, NULL, false } };

static const struct command cmd_help_command = {
	"help", "[COMMAND]", "what a command does and takes", no_options, help_run, NULL,
};
static const struct command cmd_version_command = {
	"version", "", "version of Narrows", no_options, version_run, NULL,
};

static const struct command *const commands[] = {
	&cmd_pcap, &cmd_check, &cmd_drops, &cmd_bench, &cmd_help_command, &cmd_version_command,
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

/* Commands of the interface that this version refuses by name. */
static const char *const later[] = {
	"add", "apply", "bridge", "clients", "delete", "doctor", "exec", "explain", "extract", "filter", "flush", "lab",
	"list", "ls", "metrics", "nat", "nc", "pipe", "proxy", "queue", "resetlog", "run", "sched", "set", "show",
	"state", "sysctl", "table", "test", "top", "zero",
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
	log_error("%s", e->text);
	return status;
}

int cmd_refuse(const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_error("%s", text);
	return EXIT_USAGE;
}

int cmd_no_memory(void)
{
	log_error("no memory");
	return EXIT_FAILED;
}

int cmd_fail_errs(const struct errs *es)
{
	errs_print(es, stderr, "narrows");
	return EXIT_USAGE;
}

int cmd_bad_args(const struct command *self, const struct args *a)
{
	return cmd_refuse("%s: %s", self->name, a->err.text);
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
		exit(finish(EXIT_DONE));
	case OPTION_VERSION:
		print_version();
		exit(finish(EXIT_DONE));
	case OPTION_JSON:
		c->json = true;
		return 0;
	case OPTION_SEED:
		return cmd_number("--seed", value, 0, UINT64_MAX, &c->seed);
	case OPTION_TRACE:
		return log_trace_rooms(value, &e) ? cmd_refuse("--trace: %s", e.text) : 0;
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
	c = name ? cmd_find(name) : NULL;
	if (name && !c)
		return cmd_refuse("help: %s: no such command; `narrows help` lists them", name);
	if (c)
		cmd_help(c, stdout);
	else
		usage(stdout);
	return EXIT_DONE;
}

static void print_version(void)
{
	printf("narrows %s\n", nrw_version());
}

static int version_run(const struct command *self, char **argv)
{
	int status = read_operands(self, argv, NULL, 0);

	if (!status)
		print_version();
	return status;
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

/* What stands in the buffer yet: a full disk must not end as success; a closed pipe ends quietly. */
static int finish(int status)
{
	struct err e;

	errno = 0;
	if ((!fflush(stdout) && !ferror(stdout)) || (status != EXIT_DONE && status != EXIT_DAMAGED_INPUT))
		return status;
	if (errno != EPIPE) {
		err_sys(&e, errno, "standard output");
		log_error("%s", e.text);
	}
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	const struct command *c;

	os_start();
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))
		return finish(help_run(&cmd_help_command, argv + 2));
	if (!strcmp(argv[1], "--version"))
		return finish(version_run(&cmd_version_command, argv + 2));
	c = cmd_find(argv[1]);
	return c ? finish(c->run(c, argv + 2)) : refuse(argv[1]);
}
