/* emu/emu_trace.c - a trace: at which instants a link may send, and how many bytes each time.
 *
 *      round 0                          round 1
 *      |  1  |  1,1  |     | 1 |        |  1  |  1,1  |     | 1 |        a line of the file is a chance of `mtu` bytes;
 *      0     t0      t1        T        T     T+t0    T+t1      2T       the last number T is the length of a round
 *
 * A file is one whole number a line: ms since time 0 of the emulator, not decreasing, the last one not 0. A chance is
 * known by its round and its place in the list, so that going on by any number of chances is one division, however
 * large a packet or small the mtu; finding the first chance behind an instant is one division and one binary search,
 * and happens only when a link was idle. What a chance does is in emu_pace.c.
 *
 * Read while scripts are read, then never changed; eight bytes a line. */
#include "emu_trace.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/u128.h"
#include "base/units.h"

static int push(struct emu_trace *t, nrw_time at)
{
	uint32_t room = t->room ? 2 * t->room : 64;
	nrw_time *more;

	if (t->count < t->room) {
		t->at[t->count++] = at;
		return 0;
	}
	if (room < t->room)
		return ERR_NOMEM;
	more = realloc(t->at, room * sizeof(*more));
	if (!more)
		return ERR_NOMEM;
	t->at = more;
	t->room = room;
	t->at[t->count++] = at;
	return 0;
}

static int read_line(void *said, struct lex *lx)
{
	struct emu_trace *t = said;
	struct word w, behind;
	uint64_t ms = 0;
	int rc;

	lex_next(lx, &w);
	rc = units_num(lx, w, "trace", 0, EMU_TRACE_MS_MAX, &ms);
	if (!rc && lex_next(lx, &behind))
		return lex_error(lx, behind, ERR_SYNTAX, "trace: a line is one number, ms since the start");
	if (!rc && t->count && ms * NRW_MS < t->at[t->count - 1])
		return lex_error(lx, w, ERR_RANGE, "trace: %" PRIu64 " is less than %" PRIu64
			" before it; numbers may not fall", ms, t->at[t->count - 1] / NRW_MS);
	if (!rc && push(t, ms * NRW_MS))
		return lex_error(lx, w, ERR_NOMEM, "trace: no memory for this file");
	return rc;
}

static int read_end(void *said, struct lex *lx)
{
	struct emu_trace *t = said;

	if (!t->count)
		return lex_error(lx, lex_here(lx), ERR_SYNTAX,
			"trace: there is no number in it; a line is a chance to send, ms since the start");
	t->round = t->at[t->count - 1];
	if (!t->round)
		return lex_error(lx, lex_here(lx), ERR_RANGE,
			"trace: the last number is the length of a round, and must not be 0");
	return 0;
}

static void fini(void *said)
{
	struct emu_trace *t = said;

	free(t->at);
}

const struct emu_file_reader emu_trace_reader = {
	.what = "trace", .size = sizeof(struct emu_trace), .line = read_line, .end = read_end, .fini = fini,
};

nrw_time emu_trace_time(const struct emu_trace *t, struct emu_chance_at c, bool once)
{
	nrw_time at;

	if (once && c.round)
		return NRW_NEVER;
	if (__builtin_mul_overflow(c.round, t->round, &at) || __builtin_add_overflow(at, t->at[c.i], &at))
		return NRW_NEVER;
	return at;
}

struct emu_chance_at emu_trace_after(const struct emu_trace *t, nrw_time now)
{
	nrw_time in_round = now % t->round;
	uint32_t lo = 0, hi = t->count - 1;	/* the last one is later than any instant of its round */

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;

		if (t->at[middle] > in_round)
			hi = middle;
		else
			lo = middle + 1;
	}
	return (struct emu_chance_at){ now / t->round, lo };
}

bool emu_trace_skip(const struct emu_trace *t, struct emu_chance_at *c, uint64_t chances)
{
	uint64_t i, round;

	if (__builtin_add_overflow(chances, c->i, &i) || __builtin_add_overflow(c->round, i / t->count, &round))
		return false;
	*c = (struct emu_chance_at){ round, (uint32_t)(i % t->count) };
	return true;
}

uint64_t emu_trace_between(const struct emu_trace *t, struct emu_chance_at from, struct emu_chance_at to)
{
	return (to.round - from.round) * t->count + to.i - from.i;
}

uint64_t emu_trace_rate(const struct emu_trace *t, uint32_t mtu)
{
	struct u128 nanobits = u128_mul64((uint64_t)t->count * mtu, UINT64_C(8000000000));
	struct u128 rate = u128_div64(nanobits, t->round, NULL);

	return rate.hi ? UINT64_MAX : rate.lo;
}
