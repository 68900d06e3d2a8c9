/* cmd/bench_flows.h - a set of flows as a string: "1-50:1500,50-1:64-1500" is 50 flows of weight 1 with packets of 1500
 * bytes, and one of weight 50 with packets of 64 to 1500. */
#ifndef CMD_BENCH_FLOWS_H
#define CMD_BENCH_FLOWS_H

#include <stdint.h>

#include "base/err.h"

#define BENCH_FLOWS_MAX (UINT32_C(1) << 20)
#define BENCH_FLOWS_GRAMMAR "WEIGHT[..WEIGHT]-COUNT:BYTES[-BYTES][,...]"

struct bench_flow {
	uint32_t weight, pri;
	uint32_t least, most;		/* bytes of a packet, each as likely */
};

struct bench_flows {
	struct bench_flow *all;
	uint32_t n;
};

/* WEIGHT[..WEIGHT]-COUNT:BYTES[-BYTES], and more behind commas; a range of weights is gone through again and again.
 * Weights 1..65536, bytes 1..65575, at most BENCH_FLOWS_MAX flows. 0, ERR_SYNTAX, ERR_RANGE, ERR_NOMEM. */
int bench_flows_parse(struct bench_flows *s, const char *text, struct err *e);
void bench_flows_free(struct bench_flows *s);

#endif
