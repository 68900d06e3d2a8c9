/* emu/emu_profile.h - extra airtime of a link, drawn for each packet by a curve from a file. */
#ifndef EMU_EMU_PROFILE_H
#define EMU_EMU_PROFILE_H

#include <narrows/types.h>

#include "base/units.h"
#include "emu/emu_file.h"

#define EMU_PROFILE_NAME 64
#define EMU_PROFILE_SAMPLES 1024u

struct emu_profile_point {
	struct prob prob;		/* the airtime is at most `delay` with this probability */
	nrw_time delay;
	unsigned line;			/* of the file */
};

struct emu_profile {
	char name[EMU_PROFILE_NAME];	/* "" where the file has none */
	struct emu_profile_point *points;	/* by prob, then by delay, neither falls */
	uint32_t count, room;
	uint32_t samples;		/* 0: the curve itself */
	struct prob level;		/* a draw that is not below it: the packet is lost */
	uint64_t bw;			/* bit/s */
	unsigned given;			/* enum profile_word bits: what was said */
	bool prob_first;		/* order of the columns, once they are named */
};

extern const struct emu_file_reader emu_profile_reader;

nrw_time emu_profile_airtime(const struct emu_profile *p, uint64_t draw);
bool emu_profile_loses(const struct emu_profile *p, uint64_t draw);
bool emu_profile_has_bw(const struct emu_profile *p);

#endif
