/* emu/aqm_pie.c - proportional integral controller, enhanced: refuses what comes with a probability that a timer moves.
 *
 * RFC 8033. Every `tupdate` the probability grows by alpha (delay - target) + beta (delay - the last delay), scaled
 * down while it is small (4.2), and a packet that comes is dropped with it (4.1), unless it is within the allowance of
 * a burst (4.4), or the queue is short. Of section 5: a mark instead while the probability is below max_ecnth (5.1),
 * the delay from a rate of departure (5.2, `dre`) or from the last packet that left (4.3, `ts`), a controller that
 * sleeps below a third of the limit (5.3, `onoff`), drops spread out (5.4, `drand`), a step of 2 % at most (5.5,
 * `capdrop`).
 *
 * The timer is nobody's event. Whoever looks first works out the ticks since the last look. Between two looks the queue
 * keeps its length: what it was, a put is told, and a take tells itself (what stays and its own bytes). At one instant
 * the timer comes last, after departures and arrivals, so only ticks before `now` have been. Where a tick changes
 * nothing (an idle queue, a few seconds later) the rest change nothing either and are skipped.
 *
 *      looks     put        take     put                          put
 *      ticks  ----|-----T----|--T----|----T----T----T----T----T----|---->      each with the length of its time
 *
 * A departure is the begin of the next service: at a take the packet before has left the link. So a measurement of 5.2
 * begins at a take that leaves BLOCK bytes or more waiting, and ends at the first take behind which BLOCK bytes have
 * gone since; nothing idles between (an empty queue breaks it off). Until the first has ended, the rate of the link
 * stands for it, if that is known.
 *
 * Departures from the text, on purpose: a measured time is scaled from the bytes counted to BLOCK (5.2 and its
 * appendix take them for equal, up to 9 % off); the accumulated probability is cleared by every drop (8.5 as well,
 * else each packet after that were dropped); `ts` takes an empty queue for a delay of 0.
 *
 * Probabilities are 60 bits behind the point; steps are exact, rounded towards 0. Cost: a few comparisons a packet, two
 * divisions a tick. */
#include "emu/aqm.h"

#include "base/u128.h"

#define ONE AQM_PIE_ONE
#define BLOCK (UINT64_C(1) << 14)	/* DQ_THRESHOLD */
#define MEAN_PACKET 800			/* bytes, dummynet's: two of these are a short queue */
#define MILLION UINT64_C(1000000)	/* of alpha and beta */

const struct aqm_pie aqm_pie_default = {
	.target = 15 * NRW_MS, .tupdate = 15 * NRW_MS, .max_burst = 150 * NRW_MS, .alpha = 125000, .beta = 1250000,
	.max_ecnth = { UINT64_C(0x1999999999999999), false }, .capdrop = true, .drand = true,
};

/* floor(a b / d), or all ones where that does not fit. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t d)
{
	struct u128 x = u128_div64(u128_mul64(a, b), d, NULL);

	return x.hi ? UINT64_MAX : x.lo;
}

/* ---- the timer: RFC 8033 4.2 ---- */

/* 4.3, 5.2. */
static nrw_time delay_now(const struct aqm_pie *c, const struct aqm_pie_state *s, const struct nrw_aqm_look *look,
	uint64_t waiting)
{
	if (!waiting)
		return 0;
	if (c->ts)
		return s->sojourn;
	if (s->block)
		return scale(waiting, s->block, BLOCK);
	return look->rate ? scale(waiting, 8 * NRW_S, look->rate) : 0;
}

/* How much smaller a step is while the probability is small. */
static uint64_t divisor(uint64_t prob)
{
	static const struct { uint64_t below, by; } tune[] = {
		{ ONE / 1000000, 2048 }, { ONE / 100000, 512 }, { ONE / 10000, 128 },
		{ ONE / 1000, 32 }, { ONE / 100, 8 }, { ONE / 10, 2 },
	};

	for (size_t i = 0; i < sizeof(tune) / sizeof(*tune); i++)
		if (prob < tune[i].below)
			return tune[i].by;
	return 1;
}

/* |alpha (delay - target) + beta (delay - old)| / divisor, 2 and above as 2; *up: its sign. */
static uint64_t step(const struct aqm_pie *c, const struct aqm_pie_state *s, nrw_time delay, bool *up)
{
	struct u128 plus = u128_mul64((uint64_t)c->alpha + c->beta, delay);
	struct u128 minus = u128_add(u128_mul64(c->alpha, c->target), u128_mul64(c->beta, s->delay));
	uint64_t by = divisor(s->prob);
	struct u128 size;

	*up = u128_cmp(plus, minus) >= 0;
	size = *up ? u128_sub(plus, minus) : u128_sub(minus, plus);
	if (size.hi || size.lo >= 2 * by * MILLION * NRW_S)
		return 2 * ONE;
	return scale(size.lo, ONE, by * MILLION * NRW_S);
}

static uint64_t moved(const struct aqm_pie *c, const struct aqm_pie_state *s, nrw_time delay)
{
	bool up;
	uint64_t by = step(c, s, delay, &up);

	if (!up)
		return by < s->prob ? s->prob - by : 0;
	if (c->capdrop && s->prob >= ONE / 10 && by > ONE / 50)		/* 5.5 */
		by = ONE / 50;
	return by < ONE - s->prob ? s->prob + by : ONE;
}

static bool is_quiet(const struct aqm_pie *c, const struct aqm_pie_state *s, nrw_time delay)
{
	return delay < c->target / 2 && s->delay < c->target / 2;
}

static void tick(const struct aqm_pie *c, struct aqm_pie_state *s, nrw_time delay)
{
	s->prob = moved(c, s, delay);
	if (is_quiet(c, s, delay))
		s->prob = scale(s->prob, 98, 100);
	s->delay = delay;
	s->burst -= s->burst < c->tupdate ? s->burst : c->tupdate;
}

/* All ticks before now; `waiting` bytes did so since the last look. */
static void catch_up(const struct aqm_pie *c, struct aqm_pie_state *s, const struct nrw_aqm_look *look,
	uint64_t waiting)
{
	nrw_time delay;

	if (!s->active || s->tick >= look->now)
		return;
	delay = delay_now(c, s, look, waiting);
	while (s->tick < look->now) {
		struct aqm_pie_state before = *s;

		tick(c, s, delay);
		if (s->prob == before.prob && s->delay == before.delay && s->burst == before.burst)
			s->tick += (look->now - 1 - s->tick) / c->tupdate * c->tupdate;
		if (__builtin_add_overflow(s->tick, c->tupdate, &s->tick))
			s->tick = NRW_NEVER;
	}
}

/* ---- packets that come ---- */

static void wake(const struct aqm_pie *c, struct aqm_pie_state *s, nrw_time now)
{
	*s = (struct aqm_pie_state){ .active = true, .burst = c->max_burst };
	if (__builtin_add_overflow(now, c->tupdate, &s->tick))
		s->tick = NRW_NEVER;
}

static void pie_init(const void *params, void *state, nrw_time now)
{
	const struct aqm_pie *c = params;
	struct aqm_pie_state *s = state;

	wake(c, s, now);
	s->active = !c->onoff;
}

/* 5.3: a third of the limit waits. */
static bool is_third(const struct nrw_aqm_look *look)
{
	return look->room && !look->slots ? look->queued >= look->room / 3 : look->packets >= look->slots / 3;
}

static bool is_hit(const struct nrw_aqm_look *look, uint64_t prob)
{
	return look->draw(look->dice) >> 4 < prob;
}

/* 5.4: none of the packets behind a drop until the sum of their probabilities is 0.85; the one that makes it 8.5. */
static bool is_hit_spread(struct aqm_pie_state *s, const struct nrw_aqm_look *look)
{
	bool hit;

	if (!s->prob)
		s->accu = 0;
	s->accu += s->prob;
	if (s->accu < ONE / 100 * 85)
		return false;
	hit = s->accu >= ONE / 2 * 17 || is_hit(look, s->prob);
	if (hit)
		s->accu = 0;
	return hit;
}

/* 4.1. */
static bool drop_early(const struct aqm_pie *c, struct aqm_pie_state *s, const struct nrw_aqm_look *look)
{
	if ((s->delay < c->target / 2 && s->prob < ONE / 5) || look->queued <= UINT64_C(2) * MEAN_PACKET)
		return false;
	return c->drand ? is_hit_spread(s, look) : is_hit(look, s->prob);
}

static enum nrw_aqm_verdict refuse(const struct aqm_pie *c, const struct aqm_pie_state *s,
	const struct nrw_aqm_look *look)
{
	bool mild = c->max_ecnth.always || s->prob < c->max_ecnth.below >> 4;

	return c->ecn && look->ect && mild ? NRW_AQM_MARK : NRW_AQM_DROP;	/* 5.1 */
}

static enum nrw_aqm_verdict pie_put(const void *params, void *state, const struct nrw_aqm_look *look)
{
	const struct aqm_pie *c = params;
	struct aqm_pie_state *s = state;

	catch_up(c, s, look, look->queued);
	if (!s->active) {
		if (is_third(look) || !c->onoff)
			wake(c, s, look->now);
		return NRW_AQM_PASS;
	}
	if (!s->burst && drop_early(c, s, look))
		return refuse(c, s, look);
	if (!s->prob && s->delay < c->target / 2)
		s->burst = c->max_burst;	/* 4.4 */
	if (c->onoff && !s->prob && !s->delay && !is_third(look))
		s->active = false;		/* 5.3: no congestion is left */
	return NRW_AQM_PASS;
}

/* ---- packets that leave: 5.2 ---- */

static void note_block(struct aqm_pie_state *s, nrw_time now)
{
	uint64_t took = scale(now - s->started, BLOCK, s->counted);

	if (!took)
		took = 1;
	if (!s->block)
		s->block = took;
	else if (took >= s->block)
		s->block += (took - s->block) / 4;	/* weight 2^14 / 2^16 */
	else
		s->block -= (s->block - took) / 4;
	s->measuring = false;
}

static enum nrw_aqm_verdict pie_take(const void *params, void *state, const struct nrw_aqm_look *look)
{
	const struct aqm_pie *c = params;
	struct aqm_pie_state *s = state;

	catch_up(c, s, look, look->queued + look->bytes);
	s->sojourn = look->now - look->arrived;
	if (s->measuring && s->counted >= BLOCK)
		note_block(s, look->now);
	if (!s->measuring && look->queued >= BLOCK) {
		s->measuring = true;
		s->started = look->now;
		s->counted = 0;
	}
	s->counted += look->bytes;
	return NRW_AQM_PASS;
}

static void pie_emptied(const void *params, void *state, nrw_time now)
{
	struct aqm_pie_state *s = state;

	s->measuring = false;
}

const struct nrw_aqm_ops aqm_pie = {
	.name = "pie",				.help = "proportional integral controller, enhanced",
	.size = sizeof(struct aqm_pie_state),
	.init = pie_init,			.emptied = pie_emptied,
	.put = pie_put,				.take = pie_take,
};
