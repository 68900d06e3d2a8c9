/* emu/aqm_codel.c - controlled delay: drops from the head while the delay of a queue stays above a target.
 *
 * RFC 8289. A packet's sojourn is told when it leaves. While it was at or above `target` for a whole `interval`, and
 * more than the largest packet still waits, CoDel drops: one packet, the next one interval / sqrt(2) later, then
 * interval / sqrt(3), ..., until a packet comes out below the target. If it must begin again soon after, it goes on at
 * about the rate at which it stopped (5.6).
 *
 * The pseudocode of section 5 takes packets out in a loop. Here the emulator does: after DROP it asks about the next
 * packet, at the same instant. What the loop knew between two of its calls of dodequeue() is `after`:
 *
 *      FRESH      the first packet of a dequeue()
 *      ENTERED    the one behind the drop that began: it passes, whatever its delay
 *      WENT_ON    the one behind a drop of the while loop: it decides whether that goes on
 *
 * A mark takes the place of a drop, moves the control law as well, and ends the dequeue(), for the packet leaves. That
 * a queue is empty CoDel sees by itself: behind its last packet no byte waits, so first_above is cleared.
 *
 * interval / sqrt(count) is exact, its floor: a table of 48 and four steps of Newton's method give 60 bits, and a
 * square in 128 bits corrects the last ones; so it is the same number on any machine. Cost: two comparisons a packet,
 * about 50 ns for each drop. Times that would pass 2^64 ns are never. */
#include "emu/aqm.h"

#include "base/u128.h"

enum after { FRESH, ENTERED, WENT_ON };

struct codel {
	nrw_time first_above;	/* when the delay will have been above for an interval; 0: it is below */
	nrw_time drop_next;
	uint64_t count;		/* drops since this began */
	uint64_t last_count;	/* count when it began */
	uint64_t largest;	/* packet so far, bytes */
	enum after after;
	bool dropping;
};

const struct aqm_codel aqm_codel_default = { .target = 5 * NRW_MS, .interval = 100 * NRW_MS };

/* 2^16 / sqrt(m) in the middle of each sixteenth of m = 1..4. */
static const uint16_t roots[48] = {
	64535, 62664, 60947, 59364, 57898, 56535, 55265, 54076, 52961, 51912, 50923, 49989, 49104, 48265, 47467, 46707,
	45983, 45292, 44630, 43997, 43390, 42808, 42248, 41710, 41192, 40693, 40211, 39746, 39297, 38863, 38443, 38036,
	37642, 37260, 36889, 36529, 36179, 35840, 35509, 35188, 34875, 34571, 34274, 33985, 33703, 33427, 33159, 32897,
};

/* floor(a b / 2^shift), which fits; 0 < shift < 64. */
static uint64_t mul_shift(uint64_t a, uint64_t b, unsigned shift)
{
	struct u128 x = u128_mul64(a, b);

	return x.hi << (64 - shift) | x.lo >> shift;
}

/* 2^62 / sqrt(m / 2^62) for m = 2^62 .. 2^64 - 1, a few units off. */
static uint64_t inverse_root(uint64_t m)
{
	uint64_t x = (uint64_t)roots[(m >> 58) - 16] << 46;

	for (int step = 0; step < 4; step++) {		/* x (3 - m x^2) / 2: 6 bits, 11, 22, 44, all */
		uint64_t square = mul_shift(x, x, 62);

		x = mul_shift(x, 3 * (UINT64_C(1) << 62) - mul_shift(m, square, 62), 63);
	}
	return x;
}

static bool square_above(uint64_t d, struct u128 limit)
{
	return u128_cmp(u128_mul64(d, d), limit) > 0;
}

nrw_time aqm_codel_spacing(nrw_time interval, uint64_t count)
{
	struct u128 limit = u128_div64(u128_mul64(interval, interval), count, NULL);
	unsigned even = (63u - (unsigned)__builtin_clzll(count)) & ~1u;
	uint64_t d = mul_shift(interval, inverse_root(count << (62 - even)), 62) >> even / 2;

	while (square_above(d, limit))
		d--;
	while (!square_above(d + 1, limit))
		d++;
	return d;
}

static nrw_time later(nrw_time t, nrw_time by)
{
	nrw_time at;

	return __builtin_add_overflow(t, by, &at) ? NRW_NEVER : at;
}

/* RFC 8289 5.6 (control_law). */
static nrw_time control_law(const struct aqm_codel *c, nrw_time t, uint64_t count)
{
	return later(t, aqm_codel_spacing(c->interval, count));
}

/* RFC 8289 5.6 (dodequeue): is it all right to drop this one? */
static bool ok_to_drop(const struct aqm_codel *c, struct codel *s, const struct nrw_aqm_look *look)
{
	if (look->now - look->arrived < c->target || look->queued <= s->largest) {
		s->first_above = 0;
		return false;
	}
	if (!s->first_above) {
		s->first_above = later(look->now, c->interval);
		return false;
	}
	return look->now >= s->first_above;
}

static enum nrw_aqm_verdict drop(const struct aqm_codel *c, struct codel *s, const struct nrw_aqm_look *look,
	enum after after)
{
	if (c->ecn && look->ect)
		return NRW_AQM_MARK;
	s->after = after;
	return NRW_AQM_DROP;
}

/* A drop begins it; soon after the last time, the rate goes on where it had come to. */
static enum nrw_aqm_verdict enter(const struct aqm_codel *c, struct codel *s, const struct nrw_aqm_look *look)
{
	uint64_t delta = s->count - s->last_count;
	bool soon = look->now < s->drop_next || (look->now - s->drop_next) / 16 < c->interval;

	s->dropping = true;
	s->count = delta > 1 && soon ? delta : 1;
	s->drop_next = control_law(c, look->now, s->count);
	s->last_count = s->count;
	return drop(c, s, look, ENTERED);
}

/* The head of the while loop: drops what is due. */
static enum nrw_aqm_verdict drop_if_due(const struct aqm_codel *c, struct codel *s, const struct nrw_aqm_look *look)
{
	enum nrw_aqm_verdict verdict;

	if (look->now < s->drop_next)
		return NRW_AQM_PASS;
	s->count++;
	verdict = drop(c, s, look, WENT_ON);
	if (verdict == NRW_AQM_MARK)
		s->drop_next = control_law(c, s->drop_next, s->count);
	return verdict;
}

static enum nrw_aqm_verdict codel_take(const void *params, void *state, const struct nrw_aqm_look *look)
{
	const struct aqm_codel *c = params;
	struct codel *s = state;
	enum after after = s->after;
	bool ok;

	if (look->bytes > s->largest)
		s->largest = look->bytes;
	ok = ok_to_drop(c, s, look);
	s->after = FRESH;
	if (after == ENTERED)
		return NRW_AQM_PASS;
	if (!s->dropping)
		return ok ? enter(c, s, look) : NRW_AQM_PASS;
	if (!ok) {
		s->dropping = false;
		return NRW_AQM_PASS;
	}
	if (after == WENT_ON)
		s->drop_next = control_law(c, s->drop_next, s->count);
	return drop_if_due(c, s, look);
}

/* The largest packet is learned here as well: one that only waits is no reason to drop the one before it. */
static enum nrw_aqm_verdict codel_put(const void *params, void *state, const struct nrw_aqm_look *look)
{
	struct codel *s = state;

	if (look->bytes > s->largest)
		s->largest = look->bytes;
	return NRW_AQM_PASS;
}

const struct nrw_aqm_ops aqm_codel = {
	.name = "codel",		.help = "controlled delay: drops while the delay stays above a target",
	.size = sizeof(struct codel),
	.put = codel_put,		.take = codel_take,
};
