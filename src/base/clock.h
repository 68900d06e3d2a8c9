/* base/clock.h - the time of an instance: real, or as it is told. Who works in a lane is given `now` and asks no clock.
 *
 * Real time counts from clock_real() by the system's monotonic clock. Virtual time stands until clock_advance().
 * Neither ever goes back. One thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>

#include <narrows/types.h>

struct clock {
	nrw_time now;		/* the latest that was told */
	uint64_t start;		/* os_now_ns() when real time was 0 */
	bool is_virtual;
};

void clock_real(struct clock *c);
void clock_virtual(struct clock *c, nrw_time now);
nrw_time clock_now(struct clock *c);
void clock_advance(struct clock *c, nrw_time to);	/* of a virtual clock: an earlier `to` changes nothing */

#endif
