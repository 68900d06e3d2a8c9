/* cmd/bench_lookup.h - cases of `narrows bench rules` on rules that ask a table. */
#ifndef CMD_BENCH_LOOKUP_H
#define CMD_BENCH_LOOKUP_H

#include "cmd/bench.h"

struct bench_lookup;
extern struct bench_lookup bench_lookup4, bench_lookup6, bench_lookup_arg;	/* ctx of the two below */
double bench_lookup_many(void *ctx);	/* a packet to a random address, through a rule that asks 10^5 prefixes */
double bench_lookup_one(void *ctx);	/* the same, and the table has one */
double bench_lookup_alone(void *ctx);	/* the first less the second */
int bench_lookup_open(bool quick, struct err *e);
void bench_lookup_close(void);

#endif
