/* emu/emu_dist.c - distributions of delay that files say: `jitter T table FILE`, `jitter ecdf FILE`.
 *
 *      table   numbers of 16 bits with a sign, in 1/8192 of T, between blanks, any number of lines: what netem's *.dist
 *              files hold. Each is as likely as any other; where they stand does not matter.
 *      ecdf    a line for each point: VALUE PROB, the value a time (a bare number is ms), neither of them falling, the
 *              last probability 1. Between two points the curve is straight. A probability before the first point, or
 *              between two of one value, is that of this very value; two points of one probability are a gap.
 *
 *              prob 1 |                  x
 *                     |         x''''''
 *                     |        x
 *                     |  x''''''
 *                     +------------------- value
 *
 * A draw u finds the first point with u < P: of it and the one before, value = v0 + floor((v1 - v0) (u - P0) /
 * (P1 - P0)), in 2^-64 and exact; before the first point, its value. Runs while scripts are read, but emu_ecdf_at(), a
 * search by halves and a division. */
#include "emu_impair.h"

#include <inttypes.h>
#include <stdlib.h>

#define TABLE_MAX 65536u
#define POINTS_MAX 65536u

struct table {
	int32_t *entries;
	uint32_t count, room;
};

struct point {
	nrw_time value;
	struct prob p;
};

struct curve {
	struct point *points;
	uint32_t count, room;
};

/* Twice the room; NULL: no memory. */
static void *grow(void *at, uint32_t *room, size_t size)
{
	uint32_t more = *room ? 2 * *room : 64;
	void *to = realloc(at, more * size);

	if (to)
		*room = more;
	return to;
}

static int add_entry(struct table *t, struct lex *lx, struct word w)
{
	bool minus = w.n > 1 && w.p[0] == '-';
	uint64_t n = 0;
	int rc = units_num(lx, minus ? word_cut(w, 1, w.n) : w, "table", 0, minus ? 32768 : 32767, &n);

	if (rc)
		return rc;
	if (t->count == TABLE_MAX)
		return lex_error(lx, w, ERR_RANGE, "table: more than %u numbers", TABLE_MAX);
	if (t->count == t->room) {
		int32_t *entries = grow(t->entries, &t->room, sizeof(*entries));

		if (!entries)
			return lex_error(lx, w, ERR_NOMEM, "table: no memory");
		t->entries = entries;
	}
	t->entries[t->count++] = minus ? -(int32_t)n : (int32_t)n;
	return 0;
}

static int table_line(void *said, struct lex *lx)
{
	struct word w;
	int rc = 0;

	while (!rc && lex_next(lx, &w))
		rc = add_entry(said, lx, w);
	return rc;
}

static int table_end(void *said, struct lex *lx)
{
	const struct table *t = said;

	return t->count ? 0 : lex_error(lx, lex_here(lx), ERR_SYNTAX, "table: there is no number in it");
}

static void table_fini(void *said)
{
	struct table *t = said;

	free(t->entries);
}

const struct emu_file_reader emu_dist_reader = {
	.what = "table", .size = sizeof(struct table), .line = table_line, .end = table_end, .fini = table_fini,
};

const int32_t *emu_dist_table(const struct emu_file *f, uint64_t *n)
{
	const struct table *t = emu_file_said(f);

	*n = t->count;
	return t->entries;
}

static bool falls(struct prob from, struct prob to)
{
	return !to.always && (from.always || to.below < from.below);
}

static int add_point(struct curve *c, struct lex *lx, struct word w, struct point p)
{
	if (c->count == POINTS_MAX)
		return lex_error(lx, w, ERR_RANGE, "ecdf: more than %u points", POINTS_MAX);
	if (c->count == c->room) {
		struct point *points = grow(c->points, &c->room, sizeof(*points));

		if (!points)
			return lex_error(lx, w, ERR_NOMEM, "ecdf: no memory");
		c->points = points;
	}
	c->points[c->count++] = p;
	return 0;
}

static int ecdf_line(void *said, struct lex *lx)
{
	struct curve *c = said;
	const struct point *last = c->count ? &c->points[c->count - 1] : NULL;
	struct word value, prob, more;
	struct point p = { 0 };
	int rc;

	lex_next(lx, &value);
	rc = units_time(lx, value, "ecdf", NRW_MS, &p.value);
	if (rc)
		return rc;
	if (!lex_next(lx, &prob))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "ecdf: a probability is missing behind the time");
	rc = units_prob(lx, prob, "ecdf", &p.p);
	if (rc)
		return rc;
	if (lex_next(lx, &more))
		return lex_error(lx, more, ERR_SYNTAX, "ecdf: a time and its probability, and nothing else in a line");
	if (last && p.value < last->value)
		return lex_error(lx, value, ERR_RANGE, "ecdf: less than the value before it; they never fall");
	if (last && falls(last->p, p.p))
		return lex_error(lx, prob, ERR_RANGE, "ecdf: less than the probability before it; they never fall");
	return add_point(c, lx, value, p);
}

static int ecdf_end(void *said, struct lex *lx)
{
	const struct curve *c = said;

	if (!c->count)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "ecdf: there is no point in it");
	if (!c->points[c->count - 1].p.always)
		return lex_error(lx, lex_here(lx), ERR_RANGE, "ecdf: the last probability is not 1");
	return 0;
}

static void ecdf_fini(void *said)
{
	struct curve *c = said;

	free(c->points);
}

const struct emu_file_reader emu_ecdf_reader = {
	.what = "ecdf", .size = sizeof(struct curve), .line = ecdf_line, .end = ecdf_end, .fini = ecdf_fini,
};

/* The first point above u; there is one, since the last is at 1. */
static const struct point *above(const struct curve *c, uint64_t u)
{
	uint32_t lo = 0, hi = c->count - 1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->points[mid].p.always || u < c->points[mid].p.below)
			hi = mid;
		else
			lo = mid + 1;
	}
	return &c->points[lo];
}

nrw_time emu_ecdf_at(const struct emu_file *f, uint64_t draw)
{
	const struct curve *c = emu_file_said(f);
	const struct point *to = above(c, draw), *from = to - 1;
	uint64_t width;
	struct u128 x;

	if (to == c->points)
		return to->value;
	width = (to->p.always ? 0 : to->p.below) - from->p.below;
	x = u128_mul64(to->value - from->value, draw - from->p.below);
	return from->value + (width ? u128_div64(x, width, NULL).lo : x.hi);	/* 0: it is 2^64 */
}
