/* emu/emu_curve.h - a value that changes at given instants, once or in rounds; and work by a rate that changes so. */
#ifndef EMU_EMU_CURVE_H
#define EMU_EMU_CURVE_H

#include <stdbool.h>

#include <narrows/types.h>

#include "base/u128.h"

struct emu_curve {
	nrw_time *at;			/* where the i-th value begins, from the beginning of its round on; rising */
	uint64_t *value;
	struct u128 *sum;		/* of a rate: work of a round up to at[i]; else NULL */
	uint32_t count, room;		/* 0: nothing is scheduled */
	nrw_time from;			/* before it, in the first round, what the object's own line says holds */
	nrw_time period;		/* of a round; 0: the last value stays */
	struct u128 round;		/* work of a round */
};

int emu_curve_add(struct emu_curve *c, nrw_time at, uint64_t value);	/* later than the last; 0 or ERR_NOMEM */
/* No more is added. 0 or ERR_NOMEM. */
int emu_curve_close(struct emu_curve *c, nrw_time period, bool is_rate);
void emu_curve_fini(struct emu_curve *c);
/* The value from `now` on; false: it is not this curve that says it. */
bool emu_curve_at(const struct emu_curve *c, bool once, nrw_time now, uint64_t *value);

/* A rate over time, in bit/s, and work in nanobits, as in emu_link.c. */
struct emu_rates {
	const struct emu_curve *curve;	/* NULL: constant. 0 in it: nothing is sent */
	bool once;			/* its first round alone */
	uint64_t own;			/* of the line; 0: no limit, work takes no time */
};

struct emu_moment {			/* whole + part / rate, ns */
	nrw_time whole;
	uint64_t part, rate;		/* part < rate, or both 0 */
};

/* What is done between two instants; where there is no limit, more than any burst. */
struct u128 emu_rates_work(const struct emu_rates *r, nrw_time from, nrw_time to);
/* When `work` that begins at `from` is done. Even no work waits for a rate other than 0. False: never, or past the end
 * of time. */
bool emu_rates_end(const struct emu_rates *r, nrw_time from, struct u128 work, struct emu_moment *m);
bool emu_rates_free(const struct emu_rates *r, nrw_time now);	/* work takes no time now */
/* The latest that was not 0, of the round before if need be: what limits in bytes follow. */
uint64_t emu_rates_now(const struct emu_rates *r, nrw_time now);

#endif
