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
	double most;			/* the value promised, on a machine of the middle; 0: none */
	bool exact;			/* nothing of a machine is in it: one round says all */
};

struct bench_result {
	double value, base, ratio;	/* base 0: none */
};

struct bench_options {			/* of `narrows bench`, for those that take them */
	const char *new, *flows, *load, *svg;	/* NULL: not given */
	uint64_t seed;
};

struct bench {
	const char *name;		/* of `narrows bench NAME` */
	const char *about;		/* one line */
	/* Makes the cases, *n of them, which live until close(). `args`: what stands behind the name, NULL-terminated.
	 * `quick`: small sizes, for smoke tests. ERR_*, told in `e`. */
	int (*open)(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e);
	void (*close)(void);
	/* Before open(): what it is told beside operands; ERR_*, told in `e`. NULL: it takes none but --seed. */
	int (*options)(const struct bench_options *o, struct err *e);
	/* All is measured: a result a case. ERR_*, told in `e`. NULL: nothing is left to do. */
	int (*done)(const struct bench_result *results, struct err *e);
};

extern const struct bench bench_filter, bench_pcap, bench_rules, bench_pipe, bench_ring, bench_sched, bench_self,
	bench_table,
	bench_timer;

/* CPU time of this process, for run(): begin = bench_ns(); …; return (bench_ns() - begin) / items. */
double bench_ns(void);

/* Cleared memory that begins with a cache line; NULL: there is none. */
void *bench_lines_new(size_t bytes);
void bench_lines_free(void *p);		/* NULL is fine */

/* Runs all cases and prints the table or the JSON document. An exit status. */
int bench_run(const struct bench *b, char **args, const struct bench_options *o, bool json, bool quick);

#endif
