/* aqm_rig.h - a link with a queue that one kind of queue management minds, and no more of the emulator than that.
 *
 * Packets are numbers. Times are exact; at one instant departures come before arrivals, as in a pipe. */
#ifndef AQM_RIG_H
#define AQM_RIG_H

#include "base/dice.h"
#include "emu/aqm.h"

#define RIG_PACKETS 8192	/* that a scenario has, at most */

struct rig_pkt {
	nrw_time at;
	uint64_t bytes;
	bool ect;
};

struct aqm_rig {
	struct aqm_conf conf;
	uint64_t rate, slots, room;	/* of the link; limits that the kind is told, and which nobody enforces */
	void *state;
	struct dice dice;
	struct rig_pkt pkts[RIG_PACKETS];
	char fates[RIG_PACKETS + 1];	/* '.' passed, 'm' marked, 'd' dropped, '?' still there */
	nrw_time left[RIG_PACKETS];	/* when its service began, or it was dropped */
	uint32_t queue[RIG_PACKETS], head, tail;	/* that wait */
	uint32_t count;			/* packets so far */
	uint64_t queued;		/* bytes of those that wait */
	nrw_time free;			/* when the link is */
	void (*seen)(struct aqm_rig *r);	/* after each look; may be NULL */
	uint64_t ticks;			/* for seen() */
};

void aqm_rig_init(struct aqm_rig *r, const struct aqm_conf *conf, uint64_t rate);
void aqm_rig_fini(struct aqm_rig *r);
void aqm_rig_put(struct aqm_rig *r, nrw_time at, uint64_t bytes, bool ect);
void aqm_rig_drain(struct aqm_rig *r, nrw_time until);

uint64_t aqm_rig_draw(void *dice);		/* of a struct dice */

/* The dice of make_aqm_table.py: `stretch` packets of a load, then of the next. */
struct rig_load {
	uint32_t packets, stretch, gap_count;
	uint64_t gaps[4];
};
void aqm_rig_run(struct aqm_rig *r, const struct rig_load *load);

#endif
