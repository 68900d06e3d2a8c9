/* What the tests of this room share: a lane whose callbacks write down what became of each packet. */
#ifndef TESTS_LANE_KIT_H
#define TESTS_LANE_KIT_H

#include "lane/lane.h"

#define KIT_PACKETS 256

struct seen {			/* what came out, in order */
	char kind;		/* 'b'ypassed, 'p'assed, 'r'eleased, 'd'ropped, 'h'eld */
	uint64_t seq, at;
	enum drop why;
	enum lane_where where;
	uint32_t number;
	bool held;
};

struct world {
	struct pkt_pool *pool;
	struct lane *lane;
	struct lane_script *script;
	struct seen seen[KIT_PACKETS];
	unsigned count;
	char said[2000];	/* a line each */
	FILE *lists;
};

void kit_begin(struct world *w, const char *script);	/* default: allow */
void kit_begin_cfg(struct world *w, const char *script, struct lane_cfg cfg);
void kit_end(struct world *w);				/* ends the test if a packet is missing */
/* IPv4, UDP 4000 > dport, `bytes` long by its header; 28 are there. Its own time is 7777. */
void kit_send(struct world *w, nrw_time now, unsigned bytes, uint16_t dport);
const char *kit_order(const struct world *w);		/* "h0 p1 r0" */
const char *kit_times(const struct world *w);		/* "r0@10 d1@30": of what came out or ended; r, d only */
const char *kit_lists(struct world *w);			/* what was listed so far */

#endif
