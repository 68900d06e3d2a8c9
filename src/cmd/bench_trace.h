/* cmd/bench_trace.h - the packets of a capture as a load: which flow each belongs to, when it came, how long it is. */
#ifndef CMD_BENCH_TRACE_H
#define CMD_BENCH_TRACE_H

#include "cmd/bench_flows.h"
#include "cmd/bench_sim.h"

#define BENCH_TRACE_PACKETS 1000000u	/* read at most */
#define BENCH_TRACE_FLOWS 65536u

struct bench_trace {
	struct bench_arrival *all;
	size_t n;
	struct bench_flows flows;	/* by addresses, ports and protocol; weight 1 each */
	uint64_t rate;			/* bit/s that it has on average, 1 at least */
};

/* 0, ERR_USAGE (nothing in it that would be a load), or what cap_open() says. */
int bench_trace_read(struct bench_trace *t, const char *path, struct err *e);
void bench_trace_free(struct bench_trace *t);

#endif
