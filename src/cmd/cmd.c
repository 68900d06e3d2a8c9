/* cmd/cmd.c - what every command needs: messages with their exit status, values of options, the options that all take.
 *
 * A command that finds something wrong says so by one of these and returns its status; nobody ends the process. Called
 * on the one thread there is. */
#include "cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <narrows/version.h>

#include "base/log.h"
#include "base/units.h"

void cmd_help(const struct command *c, FILE *to)
{
	fprintf(to, "usage: narrows %s%s%s\n%s\n\n", c->name, *c->args ? " " : "", c->args, c->summary);
	args_help(to, c->options);
	if (c->more)
		fprintf(to, "\n%s", c->more);
}

void cmd_version(FILE *to)
{
	fprintf(to, "narrows %s\n", nrw_version());
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
		return EXIT_TOLD;
	case OPTION_VERSION:
		cmd_version(stdout);
		return EXIT_TOLD;
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
