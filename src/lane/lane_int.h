/* lane/lane_int.h - what the files of this room share. */
#ifndef LANE_LANE_INT_H
#define LANE_LANE_INT_H

#include "lane/lane.h"

enum script_room { SCRIPT_RULES, SCRIPT_EMU };

struct script_line {
	enum script_room room;
	unsigned line;			/* in its file */
	union {
		struct rules_cmd *rules;
		struct emu_cmd *emu;
	};
};

struct lane_script {
	struct script_line *lines;
	size_t count, room;
};

/* lane_net.c; the address is of the net's family. */
bool lane_net_has4(const struct lane_net *net, uint32_t addr);
bool lane_net_has6(const struct lane_net *net, const uint64_t addr[2]);

/* The commands of the rules among the lines, in order; malloc's. NULL with *n > 0: no memory. */
struct rules_cmd **script_rules(const struct lane_script *s, size_t *n);

#endif
