/* cmd/bench.h - what a benchmark is: cases, each beside its base, measured in one process turn and turn about.
 *
 * Machines are noisy and differ; so only the ratio of a case to its base means something. A base is a program of others
 * (a library Debian has) or naive code of ours; its name says which. One file a benchmark, bench_NAME.c, and one line
 * in cmd_bench.c. Floating point is fine here: nothing of this reaches a packet. */
#ifndef CMD_BENCH_H
#define CMD_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct bench_case {
	const char *name;		/* "one rule, 1 loop of the capture" */
	const char *unit;		/* "ns" where NULL */
	const char *base;		/* what it is held against; NULL: nothing, the value stands alone */
	double goal;			/* the ratio promised; 0: none */
	/* One round: does its work, however long (50 to 200 ms is right), and returns the cost of one item by
	 * bench_ns(). */
	double (*run)(void *ctx);
	double (*run_base)(void *ctx);
	void *ctx;
};

struct bench {
	const char *name;		/* of `narrows bench NAME` */
	const char *about;		/* one line */
	/* Makes the cases, *n of them, which live until close(). `args`: what stands behind the name, NULL-terminated.
	 * `quick`: small sizes, for smoke tests. ERR_*, told in `e`. */
	int (*open)(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e);
	void (*close)(void);
};

extern const struct bench bench_pcap, bench_rules, bench_pipe, bench_ring, bench_table, bench_timer;

/* CPU time of this process, for run(): begin = bench_ns(); …; return (bench_ns() - begin) / items. */
double bench_ns(void);

/* Runs all cases and prints the table or the JSON document. An exit status. */
int bench_run(const struct bench *b, char **args, bool json, bool quick);

#endif
