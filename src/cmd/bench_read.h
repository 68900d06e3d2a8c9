/* cmd/bench_read.h - rounds of `narrows bench pcap` that read alone: every header of a capture, and a packed one. */
#ifndef CMD_BENCH_READ_H
#define CMD_BENCH_READ_H

#include "base/err.h"

/* `path`, a classic capture that stays, is read `times` times a round. 0, or what is told in `e`. */
int bench_read_open(const char *path, unsigned times, struct err *e);
void bench_read_close(void);

double bench_read_ours(void *ctx);	/* cap_read() and view_parse() */
#ifdef HAVE_LIBPCAP
double bench_read_libpcap(void *ctx);	/* pcap_loop(), and in its callback a parse of the same fields, in plain C */
double bench_read_libpcap_view(void *ctx);	/* the same with view_parse() in the callback */
#endif
#ifdef HAVE_ZSTD
double bench_zstd_ours(void *ctx);	/* cap_read() of a capture packed by zstd */
double bench_zstd_plain(void *ctx);	/* the same file through ZSTD_decompressStream(), as its manual shows it */
#endif

#endif
