/* cmd/cmd.h - subcommands: arguments in, text or JSON out. One file each; main.c lists them. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/args.h"

/* Exit statuses of every command; EXIT_TOLD: help or version was asked for and given, which main() makes EXIT_DONE. */
enum { EXIT_TOLD = -1, EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_DAMAGED_INPUT = 3 };

struct command {
	const char *name;
	const char *args;	/* of the synopsis */
	const char *summary;	/* one line */
	const struct option_desc *options;	/* NULL: refused by name, a later version has it */
	int (*run)(const struct command *self, char **argv);
	const char *more;	/* text under the options of `narrows help NAME`; may be NULL */
};

extern const struct command cmd_pcap, cmd_check, cmd_explain, cmd_filter, cmd_test, cmd_bench, cmd_drops;

/* The options that every command takes. cmd_common() handles one of OPTION_*: 0, or the exit status to end with. */
struct cmd_common {
	bool json, quiet;
	uint64_t seed;
};
#define CMD_COMMON_DEFAULT { .seed = 1 }
int cmd_common(const struct command *self, struct cmd_common *c, int opt, const char *value);

void cmd_help(const struct command *c, FILE *to);
void cmd_version(FILE *to);

/* Each tells what is wrong, once, and returns the exit status. */
int cmd_fail(int status, const struct err *e);
int cmd_refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));	/* EXIT_USAGE */
int cmd_no_memory(void);			/* EXIT_FAILED */
int cmd_fail_errs(const struct errs *es);	/* all of them: EXIT_USAGE */
int cmd_bad_args(const struct command *self, const struct args *a);
int cmd_status(int rc);				/* the exit status of an ERR_ code */

/* A number, or a time > 0 with units, from the value of an option, told by its name. 0 or EXIT_USAGE after telling. */
int cmd_number(const char *option, const char *value, uint64_t lo, uint64_t hi, uint64_t *n);
int cmd_time(const char *option, const char *value, uint64_t *ns);

#endif
