/* cmd/bench_capture.h - the capture that benches read: the one that ships or one of the user's, repeated. */
#ifndef CMD_BENCH_CAPTURE_H
#define CMD_BENCH_CAPTURE_H

#include <stdint.h>

#include "base/err.h"

struct bench_capture {
	char path[64];		/* a temporary file, classic pcap with ns */
	uint64_t packets;	/* in it */
};

/* Copies `from` (NULL: the one that ships) until the file has `packets` packets or more. */
int bench_capture_make(struct bench_capture *c, const char *from, uint64_t packets, struct err *e);
void bench_capture_remove(struct bench_capture *c);

#endif
