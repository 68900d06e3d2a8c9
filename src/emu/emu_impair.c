/* emu/emu_impair.c - dice and memory of one flow, and which of the impairments there are to do at all.
 *
 * Correlation: with probability R the draw of the packet before is used again, else a new one is made. So every draw
 * is uniform, whatever R is, and the correlation of draws k apart is R^k; averaging an old number with a new one,
 * which is the other way to do it, changes the probability of the event itself. Where a correlation is set, its own
 * dice are drawn once for each draw, also for the first one, which has nothing to use again.
 *
 * emu_impair_entry() and emu_impair_exit() are asked when an object is configured, never for a packet. Plain loss
 * (`plr P`) is no impairment in this sense: a pipe keeps a probability and one pair of dice for it.
 *
 * Thread: the lane's. Nothing here fails or allocates, but emu_corrupt.c. */
#include "emu_extra.h"

bool emu_loss_is_plain(const struct emu_loss *l)
{
	return l->model == LOSS_RANDOM && !l->after && !emu_prob_some(l->corr);
}

static bool loses(const struct emu_loss *l)
{
	return l->model != LOSS_RANDOM || emu_prob_some(l->p[LOSS_P]);
}

bool emu_impair_entry(const struct emu_impair *im)
{
	if (emu_prob_some(im->duplicate.p) || emu_prob_some(im->corrupt.p))
		return true;
	return loses(&im->loss) && !emu_loss_is_plain(&im->loss);
}

static bool jitters(const struct emu_jitter *j)
{
	return j->scale || j->dist == DIST_ECDF;
}

bool emu_impair_exit(const struct emu_impair *im)
{
	return jitters(&im->jitter) || emu_prob_some(im->reorder.p) || (im->loss.after && loses(&im->loss));
}

bool emu_impair_overtakes(const struct emu_impair *im)
{
	return emu_prob_some(im->reorder.p) || (im->jitter.reorder && jitters(&im->jitter));
}

static enum dice_purpose corr_of(enum dice_purpose purpose)
{
	switch (purpose) {
	case DICE_DUPLICATE:
		return DICE_CORR_DUPLICATE;
	case DICE_REORDER:
		return DICE_CORR_REORDER;
	case DICE_JITTER:
		return DICE_CORR_JITTER;
	default:
		return DICE_CORR_LOSS;
	}
}

uint64_t emu_chance_draw(struct emu_extra *x, enum dice_purpose purpose, struct prob corr)
{
	enum dice_purpose again = corr_of(purpose);
	struct emu_chance *ch = &x->chance;
	unsigned i = again - DICE_CORR_LOSS;

	if (!emu_prob_some(corr))
		return dice_draw(&x->dice[purpose]);
	if (dice_hit(&x->dice[again], corr) && ch->drawn >> i & 1)
		return ch->old[i];
	ch->drawn |= (uint8_t)(1u << i);
	ch->old[i] = dice_draw(&x->dice[purpose]);
	return ch->old[i];
}

bool emu_chance_hit(struct emu_extra *x, enum dice_purpose purpose, struct prob p, struct prob corr)
{
	uint64_t draw = emu_chance_draw(x, purpose, corr);

	return p.always || draw < p.below;
}

bool emu_duplicate_hits(const struct emu_duplicate *d, struct emu_extra *x)
{
	return emu_prob_some(d->p) && emu_chance_hit(x, DICE_DUPLICATE, d->p, d->corr);
}
