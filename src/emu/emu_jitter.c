/* emu/emu_jitter.c - how long a packet is on its way: delay, jitter, and who is let past.
 *
 *      end of service --> + max(0, delay + x) --> exit           ecdf: x alone, from 0 on, no delay
 *
 * One draw a packet gives x (base/dice.h; with `corr R` it may be the one before):
 *
 *      uniform     floor(draw (2 T + 1) / 2^64) - T
 *      a table     (T table[floor(draw n / 2^64)] + 4096) >> 13, rounding down; entries in 1/8192, n = 4096 of our own
 *      ecdf        the inverse of the curve through the points of a file (emu_dist.c)
 *
 * Of the packets that come to this point, all or each `gap N`-th are asked by the dice of `reorder P`. One that is hit
 * skips the jitter, with no draw for it, and leaves `delay` after its service, or, with `by T`, T later than it would
 * have. It may overtake and be overtaken. All others keep their order, unless `jitter` says reorder: none leaves before
 * the latest exit of those before it. That is the caller's to do, who knows the exits; here is one packet alone. So
 * without reordering the first packet of a burst waits as the distribution says, the others at least as long as those
 * before them.
 *
 * T is at most 2^44 ns and an entry below 2^18, so the product stays below 2^63. Never early: an exit is not before
 * the end of service, whatever x is. */
#include "emu_extra.h"

static int64_t of_table(const int32_t *table, uint64_t n, nrw_time scale, uint64_t draw)
{
	int64_t entry = table[u128_mul64(draw, n).hi];

	return ((int64_t)scale * entry + 4096) >> 13;
}

/* What is added to the delay. */
static int64_t swing(const struct emu_jitter *j, uint64_t draw)
{
	const int32_t *table;
	uint64_t n = EMU_TABLE;

	switch (j->dist) {
	case DIST_UNIFORM:
		return (int64_t)u128_mul64(draw, 2 * j->scale + 1).hi - (int64_t)j->scale;
	case DIST_NORMAL:
		return of_table(emu_table_normal, n, j->scale, draw);
	case DIST_PARETO:
		return of_table(emu_table_pareto, n, j->scale, draw);
	case DIST_PARETONORMAL:
		return of_table(emu_table_paretonormal, n, j->scale, draw);
	case DIST_TABLE:
		table = emu_dist_table(j->file, &n);
		return of_table(table, n, j->scale, draw);
	case DIST_ECDF:
		break;
	}
	return 0;
}

static nrw_time on_way(const struct emu_jitter *j, struct emu_extra *x, nrw_time delay)
{
	uint64_t draw;
	int64_t by;

	if (!j->scale && j->dist != DIST_ECDF)
		return delay;
	draw = emu_chance_draw(x, DICE_JITTER, j->corr);
	if (j->dist == DIST_ECDF)
		return emu_ecdf_at(j->file, draw);
	by = swing(j, draw);
	if (by < 0)
		return (uint64_t)-by < delay ? delay - (uint64_t)-by : 0;
	return delay + (uint64_t)by;	/* 2^62 + 2^50 at most */
}

static bool reorders(const struct emu_reorder *r, struct emu_extra *x)
{
	if (!emu_prob_some(r->p))
		return false;
	if (r->gap > 1 && ++x->chance.gap < r->gap)
		return false;
	x->chance.gap = 0;
	return emu_chance_hit(x, DICE_REORDER, r->p, r->corr);
}

nrw_time emu_jitter_exit(const struct emu_impair *im, struct emu_extra *x, nrw_time end, nrw_time delay,
	bool *overtakes)
{
	bool hit = reorders(&im->reorder, x);
	nrw_time way = hit && !im->reorder.by ? delay : on_way(&im->jitter, x, delay);
	nrw_time exit;

	if (hit)
		way += im->reorder.by;	/* 2^62 + 2^50 + 2^62 at most */
	*overtakes = hit || im->jitter.reorder;
	return __builtin_add_overflow(end, way, &exit) ? NRW_NEVER : exit;
}
