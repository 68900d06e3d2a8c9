/* emu/emu_schedule.h - parameters that change over time, as a file says: at which instants, from what to what. */
#ifndef EMU_EMU_SCHEDULE_H
#define EMU_EMU_SCHEDULE_H

#include "emu/emu_curve.h"
#include "emu/emu_file.h"

enum emu_scheduled { SCHEDULED_BW, SCHEDULED_DELAY, SCHEDULED_LOSS, SCHEDULED_QUEUE, SCHEDULED_JITTER, SCHEDULED };

#define EMU_SCHEDULE_STEPS (UINT32_C(1) << 20)	/* of all ramps of a file and key */
#define EMU_SCHEDULE_STEP NRW_MS		/* of a ramp that does not say */

struct emu_schedule_line {
	nrw_time at;
	uint64_t value[SCHEDULED];
	unsigned given;			/* 1 << enum emu_scheduled */
	nrw_time step;			/* of the ramp to the next line; 0: none */
};

struct emu_schedule {
	struct emu_curve curves[SCHEDULED];
	nrw_time period;		/* of `loop`; 0: none */
	/* while it is read */
	struct emu_schedule_line last;
	unsigned lines;
	bool csv;
	unsigned columns;
	uint8_t column[SCHEDULED];	/* enum emu_scheduled behind t_ms */
};

extern const struct emu_file_reader emu_schedule_reader;

/* A probability, and a limit, as one number of a curve. */
struct prob emu_schedule_prob(uint64_t value);
struct emu_limit;
void emu_schedule_limit(uint64_t value, struct emu_limit *limit);
bool emu_schedule_has(const struct emu_schedule *s, enum emu_scheduled what);

#endif
