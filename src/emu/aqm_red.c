/* emu/aqm_red.c - random early detection: refuses some of what comes, by the average length of the queue.
 *
 *      probability
 *        1 |              |------------  red        Floyd, Jacobson, "Random Early Detection Gateways for Congestion
 *          |              |           /             Avoidance", ToN 1(4), 1993, section 4
 *          |              |       /      gred       Floyd, "Recommendation on using the gentle_ variant of RED", 2000
 *    max_p |. . . . . . . |   /
 *          |          /
 *          |      /
 *        0 +-----|--------|-----------|--> average
 *               min      max        2 max
 *
 * The average moves by w_q of the difference with each packet that comes. Before one that finds the queue empty it
 * decays by (1 - w_q)^m, as if m small packets had come since, m = idle time / the time the link takes for
 * AVERAGE_BYTES. Lengths are packets where the queue's limit counts these, else bytes; then the probability is that of
 * a packet of FULL_BYTES, and of others in proportion (both numbers dummynet's red_avg_pkt_size, red_max_pkt_size).
 *
 * Between two drops lie evenly distributed numbers of packets: p / (1 - count p), count being those that passed since
 * the last. With `ecn` a packet that is ECT is marked where another is dropped, by the same probability; the limit of
 * the queue drops both. With `ecn dctcp` all above min are (dummynet's way).
 *
 * The queue is what waits, without the packet in service. The average is 64 bits before the point and 64 behind,
 * rounded down at each step; a probability is 64 bits behind it. Cost: three multiplications a packet; after idle time
 * one for each bit of m. */
#include "emu/aqm.h"

#include "base/u128.h"

#define AVERAGE_BYTES 512
#define FULL_BYTES 1500

struct red {
	struct u128 average;	/* hi packets or bytes, lo / 2^64 */
	nrw_time idle;		/* empty since, if it is */
	uint64_t count;		/* packets that passed above min since the last drop or mark */
};

/* floor(x f / 2^64) for the fraction f / 2^64. */
static struct u128 part(struct u128 x, uint64_t f)
{
	return u128_add(u128_mul64(x.hi, f), u128_of(u128_mul64(x.lo, f).hi));
}

/* floor(P x) for a 64-bit fraction. */
static uint64_t times(struct prob p, uint64_t x)
{
	return p.always ? x : u128_mul64(p.below, x).hi;
}

static struct u128 times_long(struct prob p, struct u128 x)
{
	return p.always ? x : part(x, p.below);
}

static void follow(const struct aqm_red *c, struct red *s, uint64_t length)
{
	struct u128 now = { length, 0 };

	if (u128_cmp(now, s->average) >= 0)
		s->average = u128_add(s->average, times_long(c->w_q, u128_sub(now, s->average)));
	else
		s->average = u128_sub(s->average, times_long(c->w_q, u128_sub(s->average, now)));
}

/* Small packets that the link could have sent. */
static uint64_t idle_packets(const struct nrw_aqm_look *look, nrw_time idle)
{
	struct u128 m = u128_div64(u128_mul64(look->rate, idle), UINT64_C(8) * AVERAGE_BYTES * NRW_S, NULL);

	return m.hi ? UINT64_MAX : m.lo;
}

/* average (1 - w_q)^m, by squaring. */
static void decay(const struct aqm_red *c, struct red *s, uint64_t m)
{
	uint64_t keep = c->w_q.always ? 0 : -c->w_q.below;

	if (m && !keep)
		s->average = u128_of(0);
	for (; m && (s->average.hi | s->average.lo); m >>= 1) {
		if (m & 1)
			s->average = part(s->average, keep);
		keep = u128_mul64(keep, keep).hi;
	}
}

static void red_init(const void *params, void *state, nrw_time now)
{
	struct red *s = state;

	*s = (struct red){ .idle = now };
}

static void red_emptied(const void *params, void *state, nrw_time now)
{
	struct red *s = state;

	s->idle = now;
}

/* By whole numbers, so that min is not above and max is. */
static bool reaches(const struct red *s, uint64_t threshold)
{
	return s->average.hi >= threshold;
}

/* floor(2^64 (average - from) / length), for an average of from .. from + length - 1. */
static uint64_t slope(const struct red *s, uint64_t from, uint64_t length)
{
	return u128_div64(u128_sub(s->average, (struct u128){ from, 0 }), length, NULL).lo;
}

/* The probability before it is corrected by count; false: it is 1. */
static bool probability(const struct aqm_red *c, const struct red *s, bool gentle, uint64_t *p)
{
	uint64_t up;

	if (!reaches(s, c->max)) {
		*p = times(c->max_p, slope(s, c->min, c->max - c->min));
		return true;
	}
	if (!gentle || c->max_p.always || reaches(s, 2 * c->max))
		return false;
	up = u128_mul64(slope(s, c->max, c->max), -c->max_p.below).hi;
	*p = c->max_p.below ? c->max_p.below + up : slope(s, c->max, c->max);
	return true;
}

/* In bytes: of a packet of so many; false: it is 1 or more. */
static bool by_size(uint64_t bytes, uint64_t *p)
{
	struct u128 scaled = u128_div64(u128_mul64(*p, bytes), FULL_BYTES, NULL);

	*p = scaled.lo;
	return !scaled.hi;
}

/* Whether p / (1 - count p) happens. */
static bool hit(const struct nrw_aqm_look *look, uint64_t count, uint64_t p)
{
	struct u128 used = u128_mul64(count, p);
	uint64_t draw;

	if (used.hi)
		return true;
	draw = look->draw(look->dice);
	return (used.lo ? u128_mul64(draw, -used.lo).hi : draw) < p;
}

static bool chosen(const struct aqm_red *c, struct red *s, const struct nrw_aqm_look *look, bool gentle, bool bytes)
{
	uint64_t p;

	if (c->ecn == AQM_ECN_DCTCP || !probability(c, s, gentle, &p))
		return true;
	if (bytes && !by_size(look->bytes, &p))
		return true;
	return hit(look, s->count, p);
}

static enum nrw_aqm_verdict put(const struct aqm_red *c, struct red *s, const struct nrw_aqm_look *look, bool gentle)
{
	bool bytes = c->bytes || (look->room && !look->slots);

	if (!look->packets) {
		decay(c, s, idle_packets(look, look->now - s->idle));
		s->idle = look->now;
	}
	follow(c, s, bytes ? look->queued : look->packets);
	if (!reaches(s, c->min)) {
		s->count = 0;
		return NRW_AQM_PASS;
	}
	if (!chosen(c, s, look, gentle, bytes)) {
		s->count++;
		return NRW_AQM_PASS;
	}
	s->count = 0;
	return c->ecn != AQM_NOECN && look->ect ? NRW_AQM_MARK : NRW_AQM_DROP;
}

static enum nrw_aqm_verdict red_put(const void *params, void *state, const struct nrw_aqm_look *look)
{
	return put(params, state, look, false);
}

static enum nrw_aqm_verdict gred_put(const void *params, void *state, const struct nrw_aqm_look *look)
{
	return put(params, state, look, true);
}

const struct nrw_aqm_ops aqm_red = {
	.name = "red",			.help = "random early detection",
	.size = sizeof(struct red),
	.init = red_init,		.emptied = red_emptied,
	.put = red_put,
};

const struct nrw_aqm_ops aqm_gred = {
	.name = "gred",			.help = "random early detection, gentle above max",
	.size = sizeof(struct red),
	.init = red_init,		.emptied = red_emptied,
	.put = gred_put,
};
