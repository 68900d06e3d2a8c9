/* emu/emu_schedule.c - a schedule: which parameters of a link change when.
 *
 *      0s    bw=20Mbit/s delay=40ms loss=0.1%      from time 0 of the emulator; `queue` and `jitter` too
 *      10s   bw=5Mbit/s ramp                       in steps to what the next line says of the same keys
 *      12s   bw=20Mbit/s                           what is not named stays
 *      20s   bw=0                                  an outage: the packet in service halts, and goes on later
 *      20.2s bw=20Mbit/s
 *      loop 30s                                    and again; else the last values stay
 *
 * or, for machines, the same as CSV: a header `t_ms,bw,delay,loss` (and queue, jitter; in any order behind t_ms), then
 * rows; an empty cell changes nothing; no ramp, no loop.
 *
 * Times rise. Each key makes a curve of its own (emu_curve.c). Before its first value, in the first round, what the
 * object's line says holds; in later rounds the last value of the round before. A ramp from v at t to w at u is a
 * staircase: at t + i S (S: 1 ms, or `ramp=S`) begins v + (w - v) i S / (u - t), the fraction cut towards v, while that
 * is before u. Probabilities go by their thresholds (2^-64), limits only where both count the same thing.
 *
 * A change takes place behind the departures of its instant and before its arrivals. Read while scripts are read. */
#include "emu_schedule.h"

#include <inttypes.h>
#include <string.h>

#include "emu_impair.h"
#include "emu_int.h"
#include "emu_words.h"

#define KEYS "keys are bw, delay, loss, queue, jitter"
#define KIND_SHIFT 62
#define AMOUNT ((UINT64_C(1) << KIND_SHIFT) - 1)
#define LIMIT_LEAST(kind) ((uint64_t)(kind) << KIND_SHIFT)

static const struct {
	const char *name;
	enum emu_scheduled key;
} keys[] = {
	{ "bw", SCHEDULED_BW }, { "delay", SCHEDULED_DELAY }, { "loss", SCHEDULED_LOSS },
	{ "queue", SCHEDULED_QUEUE }, { "jitter", SCHEDULED_JITTER },
	{ "bandwidth", SCHEDULED_BW }, { "plr", SCHEDULED_LOSS },	/* the first name is the one in errors */
};

static bool find_key(struct word w, enum emu_scheduled *key)
{
	for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (word_is(w, keys[i].name)) {
			*key = keys[i].key;
			return true;
		}
	}
	return false;
}

/* ---- values ---- */

struct prob emu_schedule_prob(uint64_t value)
{
	return value == UINT64_MAX ? (struct prob){ .always = true } : (struct prob){ .below = value };
}

static int read_loss(struct lex *lx, struct word w, uint64_t *value)
{
	struct prob p = { 0 };
	int rc = units_prob(lx, w, "loss", &p);

	if (!rc && !p.always && p.below == UINT64_MAX)
		return lex_error(lx, w, ERR_RANGE, "loss: is too near to 1; 1 is allowed");
	*value = p.always ? UINT64_MAX : p.below;
	return rc;
}

void emu_schedule_limit(uint64_t value, struct emu_limit *limit)
{
	*limit = (struct emu_limit){ (enum emu_limit_kind)(value >> KIND_SHIFT), value & AMOUNT };
}

static int read_queue(struct lex *lx, struct word w, uint64_t *value)
{
	struct emu_limit limit = { LIMIT_AUTO, 0 };
	int rc = word_is(w, "auto") ? 0 : emu_parse_limit(lx, w, &limit);

	if (!rc && limit.amount > AMOUNT)
		return lex_error(lx, w, ERR_RANGE, "queue: is not below 2^62ns here");
	*value = LIMIT_LEAST(limit.kind) | limit.amount;
	return rc;
}

static int read_jitter(struct lex *lx, struct word w, uint64_t *value)
{
	int rc = units_time(lx, w, "jitter", NRW_MS, value);

	if (rc || *value <= EMU_JITTER_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "jitter: is not in 0..%" PRIu64 "ns", EMU_JITTER_MAX);
}

static int read_value(struct lex *lx, enum emu_scheduled key, struct word w, uint64_t *value)
{
	if (!w.n)
		return lex_error(lx, w, ERR_SYNTAX, "%s: its value is missing", keys[key].name);
	switch (key) {
	case SCHEDULED_BW:
		return units_rate(lx, w, "bw", value);
	case SCHEDULED_DELAY:
		return units_time(lx, w, "delay", NRW_MS, value);
	case SCHEDULED_LOSS:
		return read_loss(lx, w, value);
	case SCHEDULED_QUEUE:
		return read_queue(lx, w, value);
	case SCHEDULED_JITTER:
		return read_jitter(lx, w, value);
	case SCHEDULED:
		break;
	}
	return 0;
}

/* ---- lines become steps ---- */

static uint64_t between(uint64_t from, uint64_t to, nrw_time passed, nrw_time all)
{
	uint64_t way = from < to ? to - from : from - to;
	uint64_t part = u128_div64(u128_mul64(way, passed), all, NULL).lo;

	return from < to ? from + part : from - part;
}

static bool goes_over(enum emu_scheduled key, uint64_t from, uint64_t to)
{
	return key != SCHEDULED_QUEUE || from >> KIND_SHIFT == to >> KIND_SHIFT;
}

/* The steps of one key between the line before and this one, the first of which stands there already. */
static int add_ramp(struct emu_curve *c, const struct emu_schedule_line *from, const struct emu_schedule_line *to,
	enum emu_scheduled key)
{
	nrw_time all = to->at - from->at;

	for (nrw_time passed = from->step; passed < all; passed += from->step)
		if (emu_curve_add(c, from->at + passed, between(from->value[key], to->value[key], passed, all)))
			return ERR_NOMEM;
	return 0;
}

static int check_ramp(struct emu_schedule *s, const struct emu_schedule_line *l, struct lex *lx, struct word w)
{
	const struct emu_schedule_line *from = &s->last;
	nrw_time all = l->at - from->at;

	if (!(from->given & l->given))
		return lex_error(lx, w, ERR_SYNTAX,
			"schedule: the line before says ramp, and this one names none of its keys");
	if ((all - 1) / from->step >= EMU_SCHEDULE_STEPS)
		return lex_error(lx, w, ERR_RANGE, "schedule: the ramp to here has more than %" PRIu32
			" steps; ramp=10ms makes longer ones", EMU_SCHEDULE_STEPS);
	return 0;
}

static int add_line(struct emu_schedule *s, const struct emu_schedule_line *l, struct lex *lx, struct word w)
{
	if (s->last.step && check_ramp(s, l, lx, w))
		return ERR_RANGE;
	for (unsigned key = 0; key < SCHEDULED; key++) {
		struct emu_curve *c = &s->curves[key];
		bool named = l->given >> key & 1;
		bool ramp = s->last.step && named && s->last.given >> key & 1 &&
			goes_over((enum emu_scheduled)key, s->last.value[key], l->value[key]);

		if (ramp && add_ramp(c, &s->last, l, (enum emu_scheduled)key))
			return lex_error(lx, w, ERR_NOMEM, "schedule: no memory for this file");
		if (named && c->count >= 2 * EMU_SCHEDULE_STEPS)
			return lex_error(lx, w, ERR_RANGE, "schedule: %s has more than %" PRIu32 " steps",
				keys[key].name, 2 * EMU_SCHEDULE_STEPS);
		if (named && emu_curve_add(c, l->at, l->value[key]))
			return lex_error(lx, w, ERR_NOMEM, "schedule: no memory for this file");
	}
	s->last = *l;
	s->lines++;
	return 0;
}

/* ---- text ---- */

static int read_loop(struct emu_schedule *s, struct lex *lx, struct word first)
{
	struct word w;
	int rc;

	if (s->period)
		return lex_error(lx, first, ERR_TWICE, "loop: given twice; once is allowed");
	if (!lex_next(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "loop: the length of a round is missing, as 30s");
	rc = units_time(lx, w, "loop", 0, &s->period);
	if (!rc && (!s->lines || s->period <= s->last.at))
		return lex_error(lx, w, ERR_RANGE, "loop: a round must end after its last line");
	if (!rc && lex_next(lx, &w))
		return lex_error(lx, w, ERR_SYNTAX, "loop: nothing may follow its time");
	return rc;
}

static int check_time(const struct emu_schedule *s, const struct emu_schedule_line *l, struct lex *lx, struct word w)
{
	if (s->period)
		return lex_error(lx, w, ERR_SYNTAX, "schedule: nothing may follow loop");
	if (s->lines && l->at <= s->last.at)
		return lex_error(lx, w, ERR_RANGE, "schedule: times must rise from line to line");
	return 0;
}

/* "ramp", "ramp=10ms". */
static int read_ramp(struct emu_schedule_line *l, struct lex *lx, struct word w, struct word step, bool given)
{
	if (l->step)
		return lex_error(lx, w, ERR_TWICE, "ramp: given twice; once is allowed");
	l->step = EMU_SCHEDULE_STEP;
	if (!given)
		return 0;
	if (units_time(lx, step, "ramp", 0, &l->step))
		return ERR_SYNTAX;
	return l->step ? 0 : lex_error(lx, step, ERR_RANGE, "ramp: a step of 0 is not allowed");
}

static int read_pair(struct emu_schedule_line *l, struct lex *lx, struct word w)
{
	const char *equals = memchr(w.p, '=', w.n);
	size_t n = equals ? (size_t)(equals - w.p) : w.n;
	struct word name = word_cut(w, 0, n), value = word_cut(w, n + 1, w.n);
	enum emu_scheduled key;

	if (word_is(name, "ramp"))
		return read_ramp(l, lx, w, value, equals != NULL);
	if (!find_key(name, &key))
		return lex_error(lx, name, ERR_UNKNOWN, "schedule: '" WORD_FMT "' is no key; " KEYS ", and ramp",
			WORD_ARGS(name));
	if (!equals)
		return lex_error(lx, w, ERR_SYNTAX, "schedule: a value is missing, as %.*s=...", (int)n, w.p);
	if (l->given >> key & 1)
		return lex_error(lx, name, ERR_TWICE, "%s: given twice; once is allowed", keys[key].name);
	l->given |= 1u << key;
	return read_value(lx, key, value, &l->value[key]);
}

static int read_text(struct emu_schedule *s, struct lex *lx, struct word first)
{
	struct emu_schedule_line l = { 0 };
	struct word w;
	int bad;

	if (word_is(first, "loop"))
		return read_loop(s, lx, first);
	bad = units_time(lx, first, "schedule", 0, &l.at);
	if (!bad)
		bad = check_time(s, &l, lx, first);
	if (lex_end(lx))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX,
			"schedule: what changes is missing, as bw=1Mbit/s; " KEYS);
	while (lex_next(lx, &w))
		bad |= read_pair(&l, lx, w);
	if (!bad && !l.given)
		return lex_error(lx, w, ERR_SYNTAX, "ramp: of what? " KEYS);
	return bad ? bad : add_line(s, &l, lx, first);
}

/* ---- CSV ---- */

/* The i-th cell of a line, blanks around it removed; false: there are not so many. */
static bool cell(struct word line, unsigned i, struct word *to)
{
	size_t from = 0, n = 0;

	for (;; i--) {
		const char *comma = memchr(line.p + from, ',', line.n - from);

		n = comma ? (size_t)(comma - line.p) - from : line.n - from;
		if (!i)
			break;
		if (!comma)
			return false;
		from += n + 1;
	}
	while (n && (line.p[from] == ' ' || line.p[from] == '\t')) {
		from++;
		n--;
	}
	while (n && (line.p[from + n - 1] == ' ' || line.p[from + n - 1] == '\t'))
		n--;
	*to = word_cut(line, from, n);
	return true;
}

static int read_header(struct emu_schedule *s, struct lex *lx, struct word line)
{
	unsigned seen = 0;
	struct word w;

	s->csv = true;
	for (unsigned i = 1; cell(line, i, &w); i++) {
		enum emu_scheduled key;

		if (!find_key(w, &key))
			return lex_error(lx, w, ERR_UNKNOWN,
				"schedule: '" WORD_FMT "' is no column; t_ms first, then " KEYS, WORD_ARGS(w));
		if (seen >> key & 1)
			return lex_error(lx, w, ERR_TWICE, "%s: given twice; once is allowed", keys[key].name);
		seen |= 1u << key;
		s->column[s->columns++] = (uint8_t)key;
	}
	if (!s->columns)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "schedule: a column behind t_ms is missing; " KEYS);
	return 0;
}

static int read_row(struct emu_schedule *s, struct lex *lx, struct word line)
{
	struct emu_schedule_line l = { 0 };
	struct word time, w;
	unsigned i = 1;
	int bad;

	cell(line, 0, &time);
	bad = units_time(lx, time, "t_ms", NRW_MS, &l.at);
	if (!bad)
		bad = check_time(s, &l, lx, time);
	for (; cell(line, i, &w); i++) {
		if (i > s->columns)
			return lex_error(lx, w, ERR_SYNTAX, "schedule: the header has %u columns", s->columns + 1);
		if (!w.n)
			continue;
		l.given |= 1u << s->column[i - 1];
		bad |= read_value(lx, (enum emu_scheduled)s->column[i - 1], w, &l.value[s->column[i - 1]]);
	}
	if (i <= s->columns)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "schedule: the header has %u columns", s->columns + 1);
	return bad ? bad : add_line(s, &l, lx, time);
}

static int read_line(void *said, struct lex *lx)
{
	struct emu_schedule *s = said;
	struct lex ahead = *lx;
	struct word first, line = lex_rest(&ahead);
	struct word head;

	if (s->csv)
		return read_row(s, lx, line);
	cell(line, 0, &head);
	if (!s->lines && word_is(head, "t_ms"))
		return read_header(s, lx, line);
	lex_next(lx, &first);
	return read_text(s, lx, first);
}

static int read_end(void *said, struct lex *lx)
{
	struct emu_schedule *s = said;

	if (!s->lines)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "schedule: there is no line in it, as 10s bw=1Mbit/s");
	if (s->last.step)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX,
			"ramp: a line to which it leads is missing behind this one");
	for (unsigned key = 0; key < SCHEDULED; key++)
		if (emu_curve_close(&s->curves[key], s->period, key == SCHEDULED_BW))
			return lex_error(lx, lex_here(lx), ERR_NOMEM, "schedule: no memory for this file");
	return 0;
}

static void fini(void *said)
{
	struct emu_schedule *s = said;

	for (unsigned key = 0; key < SCHEDULED; key++)
		emu_curve_fini(&s->curves[key]);
}

const struct emu_file_reader emu_schedule_reader = {
	.what = "schedule", .size = sizeof(struct emu_schedule), .line = read_line, .end = read_end, .fini = fini,
};

bool emu_schedule_has(const struct emu_schedule *s, enum emu_scheduled what)
{
	return s->curves[what].count > 0;
}
