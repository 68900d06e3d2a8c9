/* emu/emu_profile.c - a delay profile in dummynet's format: how long the link is busy with a packet beyond sending it.
 *
 *      prob                          The file is a distribution function: a draw u, uniform in 0..1, gives the delay at
 *      1.0          +----            which the curve reaches u. Where it is vertical a range of u has one delay; where
 * it
 *                   |                is horizontal no u falls between the two delays, and at that very height the
 * larger
 *      0.6     +----+  horizontal    one holds. Below the first point its delay holds, above the last one that one's.
 *             /
 *      0.2   +  vertical             name X, bw X, loss-level L, samples N; then `delay prob` or `prob delay`, then
 *            |                       points in that order, delay in ms
 *      0.0   +------------ delay
 *
 * A probability P is the threshold floor(P 2^64), 2^64 for 1, as everywhere; between two points (p, d) and (p', d') a
 * draw u of 64 bits has d + floor((d' - d)(u - p) / (p' - p)) ns: whole numbers from the file's text on. `samples N`
 * makes N steps of the curve, as dummynet does: u is replaced by floor(i 2^64 / N), i = floor(u N / 2^64).
 *
 * One draw a packet, for its airtime and for whether it is lost: lost are draws that are not below loss-level. Points
 * may stand in any order; sorted by prob their delays may not fall. Read while scripts are read. */
#include "emu_profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/u128.h"

enum profile_word { SAID_NAME = 1, SAID_BW = 2, SAID_LEVEL = 4, SAID_SAMPLES = 8, SAID_COLUMNS = 16 };

#define KNOWN "known are name, bw, loss-level, samples, and then the line 'delay prob' or 'prob delay'"

static int push(struct emu_profile *p, const struct emu_profile_point *point)
{
	uint32_t room = p->room ? 2 * p->room : 16;
	struct emu_profile_point *more;

	if (p->count == p->room) {
		more = room > p->room ? realloc(p->points, room * sizeof(*more)) : NULL;
		if (!more)
			return ERR_NOMEM;
		p->points = more;
		p->room = room;
	}
	p->points[p->count++] = *point;
	return 0;
}

static int read_point(struct emu_profile *p, struct lex *lx)
{
	struct emu_profile_point point = { .line = lx->line };
	struct word first, second, more;
	int bad;

	lex_next(lx, &first);
	if (!lex_next(lx, &second))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "profile: a point is two numbers, %s",
			p->prob_first ? "prob and delay" : "delay and prob");
	if (lex_next(lx, &more))
		return lex_error(lx, more, ERR_SYNTAX, "profile: nothing may follow the two numbers of a point");
	bad = units_time(lx, p->prob_first ? second : first, "delay", NRW_MS, &point.delay);
	bad |= units_prob(lx, p->prob_first ? first : second, "prob", &point.prob);
	if (!bad && push(p, &point))
		return lex_error(lx, first, ERR_NOMEM, "profile: no memory for this file");
	return bad;
}

static int read_name(struct emu_profile *p, struct lex *lx, struct word w)
{
	if (w.n >= EMU_PROFILE_NAME)
		return lex_error(lx, w, ERR_RANGE, "name: has %zu bytes; %u are allowed", w.n, EMU_PROFILE_NAME - 1);
	memcpy(p->name, w.p, w.n);
	return 0;
}

static int read_samples(struct emu_profile *p, struct lex *lx, struct word w)
{
	uint64_t n = 0;
	int rc = units_num(lx, w, "samples", 2, EMU_PROFILE_SAMPLES, &n);

	p->samples = (uint32_t)n;
	return rc;
}

static int read_setting(struct emu_profile *p, struct lex *lx, enum profile_word which, struct word w)
{
	switch (which) {
	case SAID_NAME:
		return read_name(p, lx, w);
	case SAID_BW:
		return units_rate(lx, w, "bw", &p->bw);
	case SAID_LEVEL:
		return units_prob(lx, w, "loss-level", &p->level);
	case SAID_SAMPLES:
		return read_samples(p, lx, w);
	case SAID_COLUMNS:
		break;
	}
	return 0;
}

/* 0: no such word. */
static unsigned which_word(struct word w)
{
	static const struct {
		const char *word;
		enum profile_word bit;
	} words[] = {
		{ "name", SAID_NAME }, { "bw", SAID_BW }, { "loss-level", SAID_LEVEL }, { "samples", SAID_SAMPLES },
		{ "delay", SAID_COLUMNS }, { "prob", SAID_COLUMNS },
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (word_is_nocase(w, words[i].word))
			return words[i].bit;
	return 0;
}

static int read_line(void *said, struct lex *lx)
{
	struct emu_profile *p = said;
	struct word name, w, more;
	unsigned which;

	if (p->given & SAID_COLUMNS)
		return read_point(p, lx);
	lex_next(lx, &name);
	which = which_word(name);
	if (!which)
		return lex_error(lx, name, ERR_UNKNOWN, "profile: '" WORD_FMT "' is unknown; " KNOWN, WORD_ARGS(name));
	if (p->given & which)
		return lex_error(lx, name, ERR_TWICE, "%.*s: given twice; once is allowed", (int)name.n, name.p);
	p->given |= which;
	if (!lex_next(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "%.*s: its value is missing", (int)name.n, name.p);
	if (lex_next(lx, &more))
		return lex_error(lx, more, ERR_SYNTAX, "%.*s: one value is allowed", (int)name.n, name.p);
	if (which != SAID_COLUMNS)
		return read_setting(p, lx, (enum profile_word)which, w);
	p->prob_first = word_is_nocase(name, "prob");
	if (word_is_nocase(w, p->prob_first ? "delay" : "prob"))
		return 0;
	return lex_error(lx, w, ERR_SYNTAX, "profile: the columns are 'delay prob' or 'prob delay'");
}

static int compare(struct prob a, struct prob b)
{
	if (a.always || b.always)
		return (int)a.always - (int)b.always;
	return a.below < b.below ? -1 : a.below > b.below;
}

static int by_prob(const void *a, const void *b)
{
	const struct emu_profile_point *p = a, *q = b;
	int order = compare(p->prob, q->prob);

	if (order)
		return order;
	return p->delay < q->delay ? -1 : p->delay > q->delay;
}

static int read_end(void *said, struct lex *lx)
{
	struct emu_profile *p = said;
	struct word here = lex_here(lx);

	if (!(p->given & SAID_COLUMNS))
		return lex_error(lx, here, ERR_SYNTAX, "profile: the line 'delay prob' or 'prob delay' is missing");
	if (p->count < 2)
		return lex_error(lx, here, ERR_SYNTAX, "profile: at least two points are needed");
	if (!(p->given & SAID_LEVEL))
		p->level = (struct prob){ .always = true };
	qsort(p->points, p->count, sizeof(*p->points), by_prob);
	for (uint32_t i = 1; i < p->count; i++)
		if (p->points[i].delay < p->points[i - 1].delay)
			return lex_error(lx, here, ERR_RANGE,
				"profile: the point of line %u is likelier than that of line %u, and its delay shorter",
				p->points[i].line, p->points[i - 1].line);
	return 0;
}

static void fini(void *said)
{
	struct emu_profile *p = said;

	free(p->points);
}

const struct emu_file_reader emu_profile_reader = {
	.what = "profile", .size = sizeof(struct emu_profile), .line = read_line, .end = read_end, .fini = fini,
};

static bool reached(struct prob p, uint64_t draw)	/* p <= draw */
{
	return !p.always && p.below <= draw;
}

/* Between `a`, which the draw has reached, and `b`, which it has not. */
static nrw_time between(const struct emu_profile_point *a, const struct emu_profile_point *b, uint64_t draw)
{
	struct u128 part = u128_mul64(b->delay - a->delay, draw - a->prob.below);
	uint64_t range = b->prob.below - a->prob.below;		/* 0 stands for 2^64 */

	if (b->prob.always)
		range = UINT64_C(0) - a->prob.below;
	return a->delay + (range ? u128_div64(part, range, NULL).lo : part.hi);
}

nrw_time emu_profile_airtime(const struct emu_profile *p, uint64_t draw)
{
	uint32_t lo = 0, hi = p->count;		/* the first point that is not reached */

	if (p->samples) {
		uint64_t i = u128_mul64(draw, p->samples).hi;

		draw = u128_div64((struct u128){ i, 0 }, p->samples, NULL).lo;
	}
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;

		if (reached(p->points[middle].prob, draw))
			lo = middle + 1;
		else
			hi = middle;
	}
	if (!lo)
		return p->points[0].delay;
	return lo == p->count ? p->points[lo - 1].delay : between(&p->points[lo - 1], &p->points[lo], draw);
}

bool emu_profile_loses(const struct emu_profile *p, uint64_t draw)
{
	return reached(p->level, draw);
}

bool emu_profile_has_bw(const struct emu_profile *p)
{
	return p->given & SAID_BW;
}
