/* emu/emu_curve.c - values that change at given instants, and the time that work takes by a rate that does.
 *
 *      rate    own   r0        r1    0    r2 |       r0 ...        round k begins at k * period; where the first value
 *              ......+---------+          +--|  ...+---------+     of a round begins later, the last one of the round
 *                              +----+     |  |.....|         +--   before holds on, and in round 0 the line's own
 *                                   +-----+  |
 *              0    from                   period
 *
 * Work done since the beginning of a round is a sum of rate * duration, whole nanobits, kept for every step. So the end
 * of a service that begins anywhere is found by one addition (where it stands, and what is to be done), one division
 * for the rounds it takes, one search among the steps and one division in the step it falls into. That is what cutting
 * the service at every change comes to (emu_link_set_rate()), exactly, since all changes are at whole nanoseconds; but
 * it walks through no change, so a link that is idle, or slow, or down for a year costs nothing meanwhile.
 *
 * Pure functions but for add and close, which run while scripts are read. 32 bytes a step of a rate, else 16. */
#include "emu_curve.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static const struct u128 plenty = { UINT64_MAX / 4, 0 };	/* more than any burst; sums of two do not wrap */

static int reserve(struct emu_curve *c)
{
	uint32_t room = c->room ? 2 * c->room : 8;
	nrw_time *at;
	uint64_t *value;

	if (c->count < c->room)
		return 0;
	if (room < c->room)
		return ERR_NOMEM;
	at = realloc(c->at, room * sizeof(*at));
	if (!at)
		return ERR_NOMEM;
	c->at = at;
	value = realloc(c->value, room * sizeof(*value));
	if (!value)
		return ERR_NOMEM;
	c->value = value;
	c->room = room;
	return 0;
}

int emu_curve_add(struct emu_curve *c, nrw_time at, uint64_t value)
{
	if (reserve(c))
		return ERR_NOMEM;
	c->at[c->count] = at;
	c->value[c->count++] = value;
	return 0;
}

/* The value that a later round begins with, where the first one of the curve comes later. */
static int prepend_last(struct emu_curve *c)
{
	uint64_t last = c->value[c->count - 1];

	if (reserve(c))
		return ERR_NOMEM;
	memmove(c->at + 1, c->at, c->count * sizeof(*c->at));
	memmove(c->value + 1, c->value, c->count * sizeof(*c->value));
	c->at[0] = 0;
	c->value[0] = last;
	c->count++;
	return 0;
}

static int add_up(struct emu_curve *c)
{
	uint32_t last = c->count - 1;

	c->sum = malloc(c->count * sizeof(*c->sum));
	if (!c->sum)
		return ERR_NOMEM;
	c->sum[0] = u128_of(0);
	for (uint32_t i = 0; i < last; i++)
		c->sum[i + 1] = u128_add(c->sum[i], u128_mul64(c->value[i], c->at[i + 1] - c->at[i]));
	c->round = c->sum[last];
	if (c->period)
		c->round = u128_add(c->round, u128_mul64(c->value[last], c->period - c->at[last]));
	return 0;
}

int emu_curve_close(struct emu_curve *c, nrw_time period, bool is_rate)
{
	if (!c->count)
		return 0;
	c->from = c->at[0];
	c->period = period;
	if (period && c->from && prepend_last(c))
		return ERR_NOMEM;
	return is_rate ? add_up(c) : 0;
}

void emu_curve_fini(struct emu_curve *c)
{
	free(c->at);
	free(c->value);
	free(c->sum);
}

struct spot {			/* where an instant stands */
	uint64_t round;
	nrw_time at;		/* since the beginning of the round */
	uint32_t i;		/* the step that holds there */
};

/* `now` is not before c->from. */
static struct spot spot_of(const struct emu_curve *c, nrw_time period, nrw_time now)
{
	struct spot s = { .round = period ? now / period : 0, .at = period ? now % period : now };
	uint32_t lo = 0, hi = c->count - 1;	/* at[lo] <= s.at, and hi is the last that may be */

	while (lo < hi) {
		uint32_t middle = hi - (hi - lo) / 2;

		if (c->at[middle] <= s.at)
			lo = middle;
		else
			hi = middle - 1;
	}
	s.i = lo;
	return s;
}

bool emu_curve_at(const struct emu_curve *c, bool once, nrw_time now, uint64_t *value)
{
	if (!c->count || now < c->from)
		return false;
	*value = c->value[spot_of(c, once ? 0 : c->period, now).i];
	return true;
}

/* ---- rates ---- */

static nrw_time period_of(const struct emu_rates *r)
{
	return r->once ? 0 : r->curve->period;
}

static struct u128 done_in_round(const struct emu_curve *c, const struct spot *s)
{
	return u128_add(c->sum[s->i], u128_mul64(c->value[s->i], s->at - c->at[s->i]));
}

static struct u128 times(struct u128 a, uint64_t n)
{
	struct u128 hi = u128_mul64(a.hi, n), lo = u128_mul64(a.lo, n);

	if (hi.hi || __builtin_add_overflow(lo.hi, hi.lo, &lo.hi) || u128_cmp(lo, plenty) > 0)
		return plenty;
	return lo;
}

struct u128 emu_rates_work(const struct emu_rates *r, nrw_time from, nrw_time to)
{
	const struct emu_curve *c = r->curve;
	nrw_time own_until = !c || to < c->from ? to : c->from;
	struct u128 work = u128_of(0), whole;
	struct spot a, b;

	if (from < own_until) {
		if (!r->own)
			return plenty;
		work = u128_mul64(r->own, own_until - from);
		from = own_until;
	}
	if (from >= to)
		return work;
	a = spot_of(c, period_of(r), from);
	b = spot_of(c, period_of(r), to);
	whole = times(c->round, b.round - a.round);
	work = u128_add(work, u128_sub(u128_add(whole, done_in_round(c, &b)), done_in_round(c, &a)));
	return u128_cmp(work, plenty) < 0 ? work : plenty;
}

/* Work of a round up to the end of step i. The last one of a curve that does not go round has none: as much as any. */
static struct u128 sum_behind(const struct emu_curve *c, nrw_time period, uint32_t i)
{
	static const struct u128 any = { UINT64_MAX, UINT64_MAX };

	if (i + 1 < c->count)
		return c->sum[i + 1];
	if (period)
		return c->round;
	return c->value[i] ? any : c->sum[i];
}

/* Does step i reach the target? Where nothing is to be done it must have a rate. */
static bool reaches(const struct emu_curve *c, nrw_time period, uint32_t i, struct u128 target, bool idle)
{
	return u128_cmp(sum_behind(c, period, i), target) >= (idle ? 1 : 0);
}

static bool at_constant(uint64_t rate, nrw_time from, struct u128 work, struct emu_moment *m)
{
	struct u128 ns = { 0, 0 };

	m->part = 0;
	m->rate = rate;
	if (rate)
		ns = u128_div64(work, rate, &m->part);
	return !ns.hi && !__builtin_add_overflow(from, ns.lo, &m->whole) && m->whole < NRW_NEVER - (m->part > 0);
}

/* Leaves whole rounds out of the target; false: too many to count, or none of them does any work. */
static bool skip_rounds(const struct emu_curve *c, struct u128 *target, bool idle, uint64_t *round)
{
	struct u128 q = { 0, 1 };

	if (!(c->round.hi | c->round.lo))
		return false;
	while (u128_cmp(*target, c->round) > (idle ? -1 : 0)) {
		if (!c->round.hi && !idle)
			q = u128_div64(u128_sub(*target, u128_of(1)), c->round.lo, NULL);
		if (q.hi || __builtin_add_overflow(*round, q.lo, round))
			return false;
		*target = u128_sub(*target, times(c->round, q.lo));
	}
	return true;
}

static uint32_t first_reaching(const struct emu_curve *c, nrw_time period, uint32_t lo, struct u128 target, bool idle)
{
	uint32_t hi = c->count - 1;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;

		if (reaches(c, period, middle, target, idle))
			hi = middle;
		else
			lo = middle + 1;
	}
	return lo;
}

bool emu_rates_end(const struct emu_rates *r, nrw_time from, struct u128 work, struct emu_moment *m)
{
	const struct emu_curve *c = r->curve;
	bool idle = !(work.hi | work.lo);
	struct u128 target, own;
	nrw_time period, begin;
	struct spot s;
	uint64_t round;

	if (!c)
		return at_constant(r->own, from, work, m);
	if (from < c->from) {
		own = u128_mul64(r->own, c->from - from);
		if (!r->own || u128_cmp(work, own) <= 0)
			return at_constant(r->own, from, work, m);
		work = u128_sub(work, own);
		from = c->from;
	}
	period = period_of(r);
	s = spot_of(c, period, from);
	target = u128_add(done_in_round(c, &s), work);
	round = s.round;
	if (period && !skip_rounds(c, &target, idle, &round))
		return false;
	s.i = reaches(c, period, s.i, target, idle) && round == s.round ? s.i :
		first_reaching(c, period, round == s.round ? s.i : 0, target, idle);
	if (!reaches(c, period, s.i, target, idle) || __builtin_mul_overflow(round, period, &begin) ||
		__builtin_add_overflow(begin, c->at[s.i], &begin))
		return false;
	return at_constant(c->value[s.i], begin, u128_sub(target, c->sum[s.i]), m);
}

bool emu_rates_free(const struct emu_rates *r, nrw_time now)
{
	return !r->own && (!r->curve || now < r->curve->from);
}

uint64_t emu_rates_now(const struct emu_rates *r, nrw_time now)
{
	const struct emu_curve *c = r->curve;
	struct spot s;

	if (!c || now < c->from)
		return r->own;
	s = spot_of(c, period_of(r), now);
	for (uint32_t i = s.i + 1; i-- > 0;)
		if (c->value[i])
			return c->value[i];
	for (uint32_t i = c->count; period_of(r) && i-- > s.i + 1;)
		if (c->value[i])
			return c->value[i];
	return r->own;
}
