/* cmd/args.h - options of a command from one table: parsed, and printed as help, from the same lines. */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

struct option_desc {
	const char *name;	/* long, without dashes; NULL ends a table */
	char letter;		/* 0: none */
	const char *arg;	/* what the value is called; NULL: takes none */
	const char *help;	/* NULL: not shown */
	bool later;		/* known, refused by name */
};

/* Every command takes these; their numbers are below those of its own table. */
enum { OPTION_HELP = -16, OPTION_VERSION, OPTION_JSON, OPTION_SEED, OPTION_TRACE, OPTION_VERBOSE, OPTION_QUIET };

enum { ARGS_END = -1, ARGS_OPERAND = -2, ARGS_BAD = -3 };

struct args {
	char **argv;			/* what is left; NULL-terminated */
	const struct option_desc *table;	/* of the command */
	const char *bundle;		/* rest of "-vq" */
	bool operands_only;		/* "--" was there */
	struct err err;			/* filled for ARGS_BAD */
};

void args_init(struct args *a, char **argv, const struct option_desc *table);
/* The next one: an index of the table, OPTION_*, ARGS_OPERAND (in *value), ARGS_END or ARGS_BAD. */
int args_next(struct args *a, const char **value);
/* "  -w, --write OUT   …" for the table, then what every command takes. */
void args_help(FILE *to, const struct option_desc *table);

#endif
