/* emu/emu_loss.c - which packets are lost.
 *
 *      random P        each with probability P, one draw; with `corr R` the draw of the one before may be used again
 *      gemodel         two states, good and bad. A packet first moves the chain, by one draw: out of good with p,
 *                      out of bad with r. Then the state it is in now loses with a probability: one more draw, unless
 *                      that is 0 or 1
 *
 *                            --- p --->
 *                      good              bad           loses 1-k in good, 1-h in bad
 *                            <-- r ----
 *
 *      state           four states: 1 good, 2 received inside a burst, 3 lost inside it, 4 an isolated loss. A packet
 *                      moves the chain by one draw x, and is lost in 3 and 4
 *
 *                      from 1: x < p13 to 3, else x < p13 + p14 to 4      from 3: x < p31 to 1, else x < p31 + p32 to 2
 *                      from 2: x < p23 to 3                               from 4: to 1, whatever x is
 *
 *      pattern FILE    what a file says, packet by packet
 *
 * All chains begin in good, and begin anew where another model is configured. In the stationary state gemodel loses
 * (r (1-k) + p (1-h)) / (p + r) of all packets, and stays in bad for 1 / r of them on average; `state` loses
 * pi1 (p13 / p31 + p14), with pi1 = 1 / (1 + p14 + (p13 / p31) (1 + p32 / p23)).
 *
 * Gilbert, "Capacity of a Burst-Noise Channel", Bell System Technical Journal 39 (1960); Elliott, "Estimates of Error
 * Rates for Codes on Burst-Noise Channels", BSTJ 42 (1963); Salsano, Ludovici, Ordine, "Definition of a general and
 * intuitive loss model for packet networks", 2012. Cost: one or two draws. */
#include "emu_extra.h"

enum { GOOD = 1, BAD = 2, BURST_RECEIVED = 2, BURST_LOST = 3, ISOLATED = 4 };

/* Draws only where chance decides. */
static bool perhaps(struct prob p, struct dice *dice)
{
	if (p.always || !p.below)
		return p.always;
	return dice_draw(dice) < p.below;
}

static bool gemodel(const struct emu_loss *l, struct emu_extra *x)
{
	bool bad = x->chance.state == BAD;

	if (dice_hit(&x->dice[DICE_LOSS_CHAIN], l->p[bad ? LOSS_R : LOSS_P]))
		bad = !bad;
	x->chance.state = bad ? BAD : GOOD;
	return perhaps(l->p[bad ? LOSS_BAD : LOSS_GOOD], &x->dice[DICE_LOSS]);
}

/* Below a to one state, then b wide to the other, else where it is. The reader has seen to a + b <= 1. */
static uint8_t move(uint64_t x, struct prob a, uint8_t to_a, struct prob b, uint8_t to_b, uint8_t stay)
{
	if (a.always || x < a.below)
		return to_a;
	return b.always || x - a.below < b.below ? to_b : stay;
}

static bool four_states(const struct emu_loss *l, struct emu_extra *x)
{
	uint64_t draw = dice_draw(&x->dice[DICE_LOSS_CHAIN]);
	const struct prob *p = l->p, none = { 0 };
	uint8_t *state = &x->chance.state;

	switch (*state) {
	case BURST_RECEIVED:
		*state = move(draw, p[LOSS_P23], BURST_LOST, none, GOOD, BURST_RECEIVED);
		break;
	case BURST_LOST:
		*state = move(draw, p[LOSS_P31], GOOD, p[LOSS_P32], BURST_RECEIVED, BURST_LOST);
		break;
	case ISOLATED:
		*state = GOOD;
		break;
	default:
		*state = move(draw, p[LOSS_P13], BURST_LOST, p[LOSS_P14], ISOLATED, GOOD);
		break;
	}
	return *state == BURST_LOST || *state == ISOLATED;
}

bool emu_loss_hits(const struct emu_loss *l, struct emu_extra *x)
{
	struct emu_chance *ch = &x->chance;

	if (ch->model != (uint8_t)l->model) {
		ch->model = (uint8_t)l->model;
		ch->state = 0;
		ch->pattern_at = 0;
	}
	switch (l->model) {
	case LOSS_RANDOM:
		return emu_prob_some(l->p[LOSS_P]) && emu_chance_hit(x, DICE_LOSS, l->p[LOSS_P], l->corr);
	case LOSS_GEMODEL:
		return gemodel(l, x);
	case LOSS_STATE:
		return four_states(l, x);
	case LOSS_PATTERN:
		return emu_pattern_loses(l->file, l->once, &ch->pattern_at);
	}
	return false;
}
