/* cmd/cmd_bench.c - `narrows bench NAME`: the benchmarks, each beside its base in the same run. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "cmd.h"

enum { BENCH_QUICK, BENCH_NEW, BENCH_FLOWS, BENCH_LOAD, BENCH_SVG };

static const struct option_desc options[] = {
	[BENCH_QUICK] = { "quick", 0, NULL, "one short round: does it run at all?", false },
	[BENCH_NEW] = { "new", 0, "NAME|FILE.so", "sched: this scheduler alone, and whether it keeps the laws", false },
	[BENCH_FLOWS] = { "flows", 0, "SET", "sched: these flows, as in 1-50:1500,50-1:64-1500", false },
	[BENCH_LOAD] = { "load", 0, "NAME", "sched: how they send: backlogged, idle, refill, onoff or poisson", false },
	[BENCH_SVG] = { "svg", 0, "FILE", "sched: draws the costs over the number of flows", false },
	{ NULL, 0, NULL, NULL, false },
};

static const struct bench *const benches[] = {
	&bench_pcap, &bench_rules, &bench_filter, &bench_sched, &bench_pipe, &bench_ring, &bench_table, &bench_timer,
	&bench_self,
};
#define BENCHES (sizeof(benches) / sizeof(*benches))
#define OPERANDS_MAX 4

static const char *const later[] = { "demux", "tcp", "conns", "extract" };

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

static int bench_run_named(char **operands, const struct bench_options *o, bool json, bool quick)
{
	for (size_t i = 0; i < BENCHES; i++)
		if (!strcmp(benches[i]->name, operands[0]))
			return bench_run(benches[i], operands + 1, o, json, quick);
	return refuse(operands[0]);
}

static const char **option_of(struct bench_options *o, int opt)
{
	switch (opt) {
	case BENCH_NEW:
		return &o->new;
	case BENCH_FLOWS:
		return &o->flows;
	case BENCH_LOAD:
		return &o->load;
	case BENCH_SVG:
		return &o->svg;
	}
	return NULL;
}

static int run(const struct command *self, char **argv)
{
	struct cmd_common common = CMD_COMMON_DEFAULT;
	char *operands[OPERANDS_MAX + 1] = { NULL };
	struct bench_options o = { .new = NULL };
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
		else if (option_of(&o, opt))
			*option_of(&o, opt) = value;
		else if (opt == ARGS_OPERAND && n < OPERANDS_MAX)
			operands[n++] = (char *)(uintptr_t)value;
		else if (opt == ARGS_OPERAND)
			status = refuse(value);
		else
			status = cmd_common(self, &common, opt, value);
	}
	if (status)
		return status;
	o.seed = common.seed;
	return n ? bench_run_named(operands, &o, common.json, quick) : refuse("");
}

const struct command cmd_bench = {
	"bench", "pcap|rules|filter|sched|pipe|ring|table|timer|self [CAPTURE]",
	"speed of each part beside its base, in one run",
	options, run,
	"pcap and rules take the capture to read (default: the one that ships with the project);\n"
	"sched takes one whose packets are one load more.\n",
};
