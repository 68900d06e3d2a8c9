/* base/wheel.h - timers: exact to the nanosecond, O(1) to start and to stop, made for ten million of them.
 *
 * A timer is a node of 32 bytes embedded in what it wakes. It has a kind, and a kind has a function. Real or virtual
 * time: now is what the caller of wheel_run() says. Nothing here fails or allocates but wheel_new().
 *
 * Stopping is lazy: the wheel may still hold the node until its old time has come. So memory of a timer that ever was
 * started must not go before wheel_timer_fini(). One thread, that of the lane. */
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include <narrows/types.h>
#include "base/list.h"

#define WHEEL_KINDS 64

struct wheel;

struct wheel_timer {
	struct list at;			/* its place in a slot, while `slot` is not 0 */
	nrw_time deadline;		/* NRW_NEVER: stopped */
	uint64_t order : 48;		/* of its start; decides between equal deadlines; may wrap */
	uint64_t slot : 10;		/* where it is filed; 0: nowhere */
	uint64_t kind : 6;
};

_Static_assert(sizeof(struct wheel_timer) <= 32, "half a cache line for each connection");

/* Called by wheel_run() with the timer stopped; `when` is its exact deadline, not later than now. May start, stop and
 * fini any timer, this one too, and free what holds it. */
typedef void wheel_fn(void *ctx, struct wheel_timer *t, nrw_time when);

struct wheel *wheel_new(nrw_time now);	/* NULL: no memory */
void wheel_free(struct wheel *w);	/* its timers are good for wheel_timer_init() only; NULL is nothing */
unsigned wheel_kind(struct wheel *w, wheel_fn *fn, void *ctx);	/* a new kind; BUG_ON beyond WHEEL_KINDS */

void wheel_timer_init(struct wheel_timer *t, unsigned kind);	/* stopped */
void wheel_timer_fini(struct wheel *w, struct wheel_timer *t);	/* stopped, and the wheel knows nothing of it */

/* From now on it fires at `deadline` and at no other time. One that has passed counts as now: the time of the last
 * wheel_run(), or in a callback the time that is being fired. NRW_NEVER stops. */
void wheel_start(struct wheel *w, struct wheel_timer *t, nrw_time deadline);
void wheel_stop(struct wheel *w, struct wheel_timer *t);	/* one that is not started, too */
nrw_time wheel_deadline(struct wheel *w, const struct wheel_timer *t);	/* NRW_NEVER: stopped */
uint64_t wheel_started(struct wheel *w);	/* how many are */

/* Fires all whose deadline is <= now, in the order of (deadline, start), also those that callbacks start meanwhile: one
 * that always starts another for now never lets it return. Time does not go back: an earlier now is the last one.
 * Returns how many fired. */
uint64_t wheel_run(struct wheel *w, nrw_time now);
/* No timer fires before this; NRW_NEVER: none ever. It is the exact deadline of the first, unless a timer before that
 * was stopped or put off: then wheel_run() at this time may find nothing, and wheel_next() moves on. */
nrw_time wheel_next(struct wheel *w);

#endif
