/* emu/emu_impair.c - dice and memory of one flow, and which of the impairments there are to do at all.
 *
 * Correlation: with probability R the draw of the packet before is used again, else a new one is made. So every draw
 * is uniform, whatever R is, and the correlation of draws k apart is R^k; averaging an old number with a new one,
 * which is the other way to do it, changes the probability of the event itself. Where a correlation is set, its own
 * dice are drawn once for each draw, also for the first one, which has nothing to use again.
 *
 * A pipe asks emu_impair_entry() and emu_impair_exit() when it is configured, never for a packet: without impairments a
 * packet meets one branch that is always the same. Plain loss (`plr P`) is no impairment in this sense: a pipe
 * keeps a probability and one pair of dice for it. The dice of loss are those here as soon as there is anything else,
 * with the count of draws that were made so far, and back.
 *
 * Thread: the lane's. Nothing here fails or allocates, but emu_corrupt.c. */
#include "emu_impair.h"

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
	return loses(&im->loss) && !im->loss.after && !emu_loss_is_plain(&im->loss);
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

void emu_chance_init(struct emu_chance *ch, uint64_t seed, enum dice_kind kind, uint64_t number, uint64_t flow)
{
	*ch = (struct emu_chance){ 0 };
	for (uint64_t purpose = 0; purpose <= DICE_CORR_JITTER; purpose++)
		ch->dice[purpose].key = dice_key(seed, kind, number, flow, purpose);
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

uint64_t emu_chance_draw(struct emu_chance *ch, enum dice_purpose purpose, struct prob corr)
{
	enum dice_purpose again = corr_of(purpose);
	unsigned i = again - DICE_CORR_LOSS;

	if (!emu_prob_some(corr))
		return dice_draw(&ch->dice[purpose]);
	if (dice_hit(&ch->dice[again], corr) && ch->drawn >> i & 1)
		return ch->old[i];
	ch->drawn |= (uint8_t)(1u << i);
	ch->old[i] = dice_draw(&ch->dice[purpose]);
	return ch->old[i];
}

bool emu_duplicate_hits(const struct emu_duplicate *d, struct emu_chance *ch)
{
	return emu_prob_some(d->p) && emu_chance_hit(ch, DICE_DUPLICATE, d->p, d->corr);
}
