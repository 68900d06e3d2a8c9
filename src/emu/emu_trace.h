/* emu/emu_trace.h - chances to send, as a trace in mahimahi's format lists them. */
#ifndef EMU_EMU_TRACE_H
#define EMU_EMU_TRACE_H

#include <narrows/types.h>

#include "emu/emu_file.h"

#define EMU_TRACE_MTU 1504u		/* bytes of a chance, where a line says nothing else */
#define EMU_TRACE_MS_MAX UINT64_C(4611686018427)	/* 2^62 ns */

struct emu_trace {
	nrw_time *at;			/* ns since the beginning of the round, not decreasing */
	uint32_t count, room;
	nrw_time round;			/* its length: the last of `at`, which is not 0 */
};

extern const struct emu_file_reader emu_trace_reader;

struct emu_chance_at {			/* one chance of all rounds */
	uint64_t round;
	uint32_t i;
};

/* Its time; NRW_NEVER: past the end of time, or, with `once`, behind the first round. */
nrw_time emu_trace_time(const struct emu_trace *t, struct emu_chance_at c, bool once);
struct emu_chance_at emu_trace_after(const struct emu_trace *t, nrw_time now);	/* the first one later than `now` */
/* So many further on; false: past all counting, and then nothing is changed. */
bool emu_trace_skip(const struct emu_trace *t, struct emu_chance_at *c, uint64_t chances);
/* How many from `from` to before `to`, which is not earlier. */
uint64_t emu_trace_between(const struct emu_trace *t, struct emu_chance_at from, struct emu_chance_at to);
/* What all chances come to, in bit/s, rounded down. */
uint64_t emu_trace_rate(const struct emu_trace *t, uint32_t mtu);

#endif
