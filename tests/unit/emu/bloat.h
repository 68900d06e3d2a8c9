/* bloat.h - a small world of senders around the emulator: bulk flows that halve their window on a loss, and a light
 * one.
 *
 *      bulk 0 --\                                            /-- acknowledgements, `back` later
 *      bulk 1 ---- queue management, link, delay (emulator) ----
 *      light ---/   one small packet each so often             \-- its delay is noted
 *
 * A bulk flow is what congestion avoidance comes to (RFC 5681 3.1, 3.2) without its bytes: a window of packets, one
 * more a round, half of it once a round where packets are missing. What three later ones have passed is missing. */
#ifndef EMU_BLOAT_H
#define EMU_BLOAT_H

#include "emu/emu.h"

#define BLOAT_FLOWS 128
#define BLOAT_SAMPLES 4096

struct bloat_setup {
	const char *lines[3];		/* that make the link; NULL: no more */
	enum emu_kind kind;		/* where packets go: number 1 of it */
	uint32_t bulk;			/* flows */
	uint32_t window;		/* packets, at most, of each */
	nrw_time delay, back;		/* of the link, which is no waiting; of the way back */
	nrw_time light_gap, until;
};

struct bloat_result {
	nrw_time at[BLOAT_SAMPLES], waited[BLOAT_SAMPLES];	/* of the light flow's packets */
	uint32_t samples, light_sent;
	uint64_t bulk_bytes;		/* that arrived in the second half of the time */
	uint64_t waited_sum, waited_count;	/* of bulk packets, then */
	uint32_t dropped;
};

void bloat_run(const struct bloat_setup *s, struct bloat_result *r);

#endif
