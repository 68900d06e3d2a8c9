/* cmd/cmd_bench.c - `narrows bench NAME`: the benchmarks, each beside its base in the same run. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "cmd.h"

enum { BENCH_QUICK };

static const struct option_desc options[] = {
	[BENCH_QUICK] = { "quick", 0, NULL, "one short round: does it run at all?", false },
	{ "new", 0, "NAME", NULL, true },
	{ NULL, 0, NULL, NULL, false },
};

static const struct bench *const benches[] = {
	&bench_pcap, &bench_rules, &bench_pipe, &bench_ring, &bench_table, &bench_timer,
};
#define BENCHES (sizeof(benches) / sizeof(*benches))
#define OPERANDS_MAX 4

static const char *const later[] = { "sched", "filter", "demux", "tcp", "conns", "extract", "self" };

static int refuse(const char *name)
{
	for (size_t i = 0; i < sizeof(later) / sizeof(*later); i++) {
		if (!strcmp(later[i], name)) {
			fprintf(stderr, "narrows: bench: %s: known, but not supported by this version\n", name);
			return EXIT_USAGE;
		}
	}
	fprintf(stderr, "narrows: bench: '%s' is not one of", name);
	for (size_t i = 0; i < BENCHES; i++)
		fprintf(stderr, "%s %s", i ? "," : "", benches[i]->name);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static int bench_run_named(char **operands, bool json, bool quick)
{
	for (size_t i = 0; i < BENCHES; i++)
		if (!strcmp(benches[i]->name, operands[0]))
			return bench_run(benches[i], operands + 1, json, quick);
	return refuse(operands[0]);
}

static int run(const struct command *self, char **argv)
{
	struct cmd_common common = CMD_COMMON_DEFAULT;
	char *operands[OPERANDS_MAX + 1] = { NULL };
	unsigned n = 0;
	bool quick = false;
	const char *value;
	struct args a;
	int opt, status = 0;

	args_init(&a, argv, self->options);
	while (!status && (opt = args_next(&a, &value)) != ARGS_END) {
		if (opt == ARGS_BAD)
			return cmd_bad_args(self, &a);
		if (opt == BENCH_QUICK)
			quick = true;
		else if (opt == ARGS_OPERAND && n < OPERANDS_MAX)
			operands[n++] = (char *)(uintptr_t)value;
		else if (opt == ARGS_OPERAND)
			status = refuse(value);
		else
			status = cmd_common(self, &common, opt, value);
	}
	if (status)
		return status;
	return n ? bench_run_named(operands, common.json, quick) : refuse("");
}

const struct command cmd_bench = {
	"bench", "pcap|rules|pipe|ring|table|timer [CAPTURE]", "speed of each part beside its base, in one run",
	options, run,
	"pcap and rules take the capture to read (default: the one that ships with the project).\n",
};
