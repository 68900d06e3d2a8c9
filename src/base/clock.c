/* clock.c - see clock.h. A system's clock that breaks its word (old virtual machines do, by microseconds) stands still
 * here until it has caught up. */
#include "base/clock.h"

#include "base/err.h"
#include "base/os.h"

void clock_real(struct clock *c)
{
	*c = (struct clock){ .start = os_now_ns() };
}

void clock_virtual(struct clock *c, nrw_time now)
{
	*c = (struct clock){ .now = now, .is_virtual = true };
}

static nrw_time later(nrw_time a, nrw_time b)
{
	return a > b ? a : b;
}

nrw_time clock_now(struct clock *c)
{
	uint64_t system = c->is_virtual ? 0 : os_now_ns();

	if (system > c->start)
		c->now = later(c->now, system - c->start);
	return c->now;
}

void clock_advance(struct clock *c, nrw_time to)
{
	BUG_ON(!c->is_virtual);
	c->now = later(c->now, to);
}
