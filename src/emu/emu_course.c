/* emu/emu_course.c - a link that has more than a rate: when the packet in service ends.
 *
 *      profile   |== airtime ==|-- bits --|== airtime ==|-- bits --|          one draw a packet; then its bits
 *      schedule  |-- bits  - - - - outage - - - -  bits --|                   as fast as the rate of each moment
 *      trace        :    :::       :     :                                    chances of `mtu` bytes at given instants
 *                   p1   p1,p2,p2  p2,p3 lost: nobody waits
 *
 * The end is known when a service begins, and told as the link's end, so that everything around it stays as it is. It
 * changes only with the configuration: then what is left is worked out at that instant, and goes on by the new one.
 *
 * By rate: the arithmetic of emu_link.c, with the rate of each moment (emu_curve.c). Airtime moves the beginning of the
 * bits by whole nanoseconds; the fraction of a nanosecond carried over from the packet before counts as bits, at the
 * rate where they begin. Credit pays bits, never airtime, and grows with the work that the idle link might have done.
 * Without limit bits take no time; airtime does.
 *
 * By trace: a packet that comes to an idle link may use the chances later than that instant; the rest of an earlier
 * one is lost, and so is one at that very instant, since departures come before arrivals. A packet that waited when the
 * last service ended begins with what that one's last chance has left, and may end at the same instant. It ends with
 * the chance that completes it. Airtime makes it begin later, and chances up to then are lost. A packet of no bytes,
 * first of a busy period, waits for a chance like any other. Behind the end of a trace that is played once there is no
 * chance: the packet stays.
 *
 * What never ends stays in service until the configuration changes, or the run ends. A pause is such a state: what is
 * left (airtime too) waits, and goes on when it is over. Pure arithmetic; one thread. */
#include "emu_course.h"

#include "emu_int.h"
#include "emu_profile.h"
#include "emu_schedule.h"

#define NANO UINT64_C(1000000000)
#define BYTE (8 * NANO)			/* nanobits */

/* What is left of the packet in service. */
struct remains {
	nrw_time airtime;
	struct u128 work;		/* nanobits */
};

static const struct u128 nothing;

void emu_course_init(struct emu_course *c)
{
	*c = (struct emu_course){ .credit = { UINT64_MAX / 4, 0 }, .fresh = true };
}

static struct u128 less(struct u128 a, struct u128 b)
{
	return u128_cmp(a, b) < 0 ? a : b;
}

static bool is_some(struct u128 a)
{
	return a.hi | a.lo;
}

/* Chances up to `now` are lost. */
static void renew(struct emu_course *c, const struct emu_road *r, nrw_time now)
{
	c->next = emu_trace_after(r->trace, now);
	c->left = 0;
	c->fresh = true;
}

void emu_course_open(struct emu_course *c, const struct emu_road *r, nrw_time now)
{
	struct u128 idle;

	if (r->trace) {
		renew(c, r, now);
	} else if (is_some(r->burst) || is_some(c->credit)) {
		idle = r->paused ? nothing : emu_rates_work(&r->rates, c->done.whole + (c->done.part > 0), now);
		c->credit = less(u128_add(less(c->credit, r->burst), less(idle, r->burst)), r->burst);
	}
	c->done = (struct emu_moment){ .whole = now };
}

/* ---- by trace ---- */

/* So many bytes, from chance c->next on. When they are through; NRW_NEVER: never. */
static nrw_time use_chances(struct emu_course *c, const struct emu_road *r, uint64_t bytes)
{
	uint64_t need = bytes > c->left ? bytes - c->left : 0;
	uint64_t chances = need / r->mtu + (need % r->mtu > 0);
	struct emu_chance_at last = c->next;
	nrw_time end;

	if (!chances && c->fresh)
		chances = 1;
	if (!chances) {
		c->left -= bytes;
		return c->done.whole;
	}
	if (!emu_trace_skip(r->trace, &last, chances - 1))
		return NRW_NEVER;
	end = emu_trace_time(r->trace, last, r->trace_once);
	if (end == NRW_NEVER)
		return NRW_NEVER;
	c->left += chances * r->mtu - bytes;
	c->next = last;
	c->fresh = false;
	return emu_trace_skip(r->trace, &c->next, 1) ? end : NRW_NEVER;
}

/* owed in whole bytes, rounded up: some of it may have been sent by a rate. */
static uint64_t bytes_of(struct u128 owed)
{
	uint64_t rest;
	struct u128 bytes = u128_div64(owed, BYTE, &rest);

	return bytes.lo + (rest > 0);
}

static nrw_time begin_by_trace(struct emu_course *c, const struct emu_road *r, const struct remains *w)
{
	nrw_time end;

	c->owed = w->work;
	if (__builtin_add_overflow(c->done.whole, w->airtime, &c->begin))
		c->begin = NRW_NEVER - 1;
	if (w->airtime)
		renew(c, r, c->begin);
	c->first = c->next;
	c->before = c->left;
	end = use_chances(c, r, bytes_of(w->work));
	c->done.whole = end;
	return end;
}

/* At `now`, before its end: what the chances up to then have left of it. */
static struct u128 left_by_trace(const struct emu_course *c, const struct emu_road *r, nrw_time now)
{
	struct emu_chance_at next = emu_trace_after(r->trace, now);
	uint64_t bytes = bytes_of(c->owed), used, sent;

	if (r->trace_once && next.round)
		next = (struct emu_chance_at){ 1, 0 };
	if (next.round < c->first.round || (next.round == c->first.round && next.i <= c->first.i))
		used = 0;
	else
		used = emu_trace_between(r->trace, c->first, next);
	if (__builtin_mul_overflow(used, r->mtu, &sent) || __builtin_add_overflow(sent, c->before, &sent) ||
		sent >= bytes)
		return nothing;
	return u128_mul64(bytes - sent, BYTE);
}

/* ---- by rate ---- */

static nrw_time begin_by_rate(struct emu_course *c, const struct emu_road *r, const struct remains *w)
{
	c->owed = u128_add(w->work, u128_of(c->done.part));
	if (__builtin_add_overflow(c->done.whole, w->airtime, &c->begin)) {
		c->begin = NRW_NEVER;
		return NRW_NEVER;
	}
	if (!emu_rates_end(&r->rates, c->begin, c->owed, &c->done))
		return NRW_NEVER;
	return c->done.whole + (c->done.part > 0);
}

static struct u128 left_by_rate(const struct emu_course *c, const struct emu_road *r, nrw_time now)
{
	struct u128 sent = now > c->begin ? emu_rates_work(&r->rates, c->begin, now) : nothing;

	return u128_cmp(sent, c->owed) < 0 ? u128_sub(c->owed, sent) : nothing;
}

/* ---- service ---- */

static void begin(struct emu_link *l, struct emu_course *c, const struct emu_road *r, const struct remains *w)
{
	if (!r->paused) {
		emu_link_end_at(l, r->trace ? begin_by_trace(c, r, w) : begin_by_rate(c, r, w));
		return;
	}
	c->begin = w->airtime;		/* not an instant: how long */
	c->owed = w->work;
	emu_link_end_at(l, NRW_NEVER);
}

static struct u128 pay(struct emu_course *c, struct u128 work)
{
	struct u128 paid = less(c->credit, work);

	c->credit = u128_sub(c->credit, paid);
	return u128_sub(work, paid);
}

void emu_course_serve(struct emu_link *l, struct emu_course *c, const struct emu_road *r, struct dice *dice,
	uint64_t bytes)
{
	struct remains w = { .work = u128_mul64(bytes, BYTE) };
	uint64_t draw = r->profile ? dice_draw(dice) : 0;

	if (!r->trace && is_some(c->credit))
		w.work = pay(c, w.work);
	if (r->profile)
		w.airtime = emu_profile_airtime(r->profile, draw);
	c->lost = r->profile && emu_profile_loses(r->profile, draw);
	begin(l, c, r, &w);
}

/* ---- changes ---- */

static struct remains left_of(const struct emu_course *c, const struct emu_road *r, nrw_time now)
{
	if (r->paused)
		return (struct remains){ .airtime = c->begin, .work = c->owed };
	return (struct remains){
		.airtime = now < c->begin ? c->begin - now : 0,
		.work = r->trace ? left_by_trace(c, r, now) : left_by_rate(c, r, now),
	};
}

/* An idle link saves by the rate of each time. */
static void save_until(struct emu_course *c, const struct emu_road *r, nrw_time now)
{
	nrw_time since = c->done.whole + (c->done.part > 0);

	if (!r->trace && !r->paused && since < now)
		c->credit = less(u128_add(c->credit, emu_rates_work(&r->rates, since, now)),
			(struct u128){ UINT64_MAX / 4, 0 });
}

/* From the link's own arithmetic. */
static struct remains take_over(const struct emu_link *l, struct emu_course *c, bool busy, nrw_time now)
{
	struct remains left = { 0 };

	emu_course_init(c);
	c->credit = less(l->credit, c->credit);
	if (busy)
		left.work = emu_link_left(l, now);
	else if (emu_link_end(l) < now && l->rate)
		c->credit = less(u128_add(c->credit, u128_mul64(l->rate, now - emu_link_end(l))),
			(struct u128){ UINT64_MAX / 4, 0 });
	return left;
}

static nrw_time later(nrw_time now, nrw_time by)
{
	nrw_time at;

	return __builtin_add_overflow(now, by, &at) ? NRW_NEVER - 1 : at;
}

bool emu_course_change(struct emu_link *l, struct emu_course *c, const struct emu_turn *t)
{
	struct remains left = { 0 };

	if (!t->old)
		left = take_over(l, c, t->busy, t->now);
	else if (t->busy)
		left = left_of(c, t->old, t->now);
	else
		save_until(c, t->old, t->now);
	c->done = (struct emu_moment){ .whole = t->now };
	if (!t->next)
		return emu_link_go_on(l, t->rate, t->busy, c->credit, later(t->now, left.airtime), left.work);
	if (t->next->trace)
		renew(c, t->next, t->now);
	if (t->busy)
		begin(l, c, t->next, &left);
	else
		emu_link_end_at(l, t->now);
	return true;
}

/* ---- what else a road says ---- */

/* A change comes behind the departures of its instant; a packet that took no time came behind the change. */
static bool scheduled(const struct emu_road *r, enum emu_scheduled what, nrw_time came, nrw_time end, uint64_t *value)
{
	nrw_time at = came == end ? end : end - 1;

	return r->schedule && emu_curve_at(&r->schedule->curves[what], r->schedule_once, at, value);
}

nrw_time emu_road_delay(const struct emu_road *r, nrw_time own, nrw_time came, nrw_time end)
{
	uint64_t value;

	return scheduled(r, SCHEDULED_DELAY, came, end, &value) ? value : own;
}

nrw_time emu_road_jitter(const struct emu_road *r, nrw_time own, nrw_time came, nrw_time end)
{
	uint64_t value;

	return scheduled(r, SCHEDULED_JITTER, came, end, &value) ? value : own;
}

struct prob emu_road_loss(const struct emu_road *r, struct prob own, nrw_time now)
{
	uint64_t value;

	return scheduled(r, SCHEDULED_LOSS, now, now, &value) ? emu_schedule_prob(value) : own;
}

bool emu_road_free(const struct emu_road *r, nrw_time now)
{
	return !r->trace && !r->profile && !r->paused && emu_rates_free(&r->rates, now);
}

void emu_road_room(const struct emu_road *r, struct emu_room *room, const struct emu_limit *own, nrw_time delay,
	nrw_time now)
{
	uint64_t rate = r->trace ? emu_trace_rate(r->trace, r->mtu) : emu_rates_now(&r->rates, now);
	struct emu_limit limit = *own;
	uint64_t value;

	if (scheduled(r, SCHEDULED_QUEUE, now, now, &value))
		emu_schedule_limit(value, &limit);
	if (emu_road_free(r, now))
		limit = (struct emu_limit){ LIMIT_PACKETS, UINT64_MAX };
	emu_room_set(room, &limit, rate, emu_road_delay(r, delay, now, now));
}
