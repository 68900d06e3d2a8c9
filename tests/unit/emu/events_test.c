/* events_test.c - whatever is told of whom, the first is the least of what was told last; a list that is searched is
 * right by itself. */
#include "emu/emu_events.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/dice.h"
#include "test.h"

#define MOST 400
#define SEEDS 6

struct world {
	struct emu_events q;
	struct emu_event events[MOST];
	nrw_time at[MOST];		/* what was told last */
	uint64_t seq[MOST];
	unsigned count;
	nrw_time now;
	uint64_t tellings;
	struct dice dice;
	unsigned soon_most, bins_most, entries_most;	/* that there ever were */
};

static struct world w;

static void world_init(unsigned count, uint64_t seed)
{
	w = (struct world){ .count = count, .dice = { .key = seed } };
	emu_events_init(&w.q);
	assert_int_equal(emu_events_reserve(&w.q, count), 0);
	for (unsigned i = 0; i < count; i++) {
		emu_event_init(&w.events[i], i % 3 == 0);
		w.seq[i] = EMU_NO_EVENT;
	}
}

static unsigned entries(void)
{
	return w.q.end - w.q.first + w.q.soon_count + w.q.bins.count;
}

static void tell(unsigned i, nrw_time at, uint64_t seq)
{
	w.at[i] = at;
	w.seq[i] = seq;
	w.tellings++;
	emu_events_tell(&w.q, &w.events[i], at, seq);
}

static unsigned least(void)		/* MOST: none */
{
	unsigned best = MOST;

	for (unsigned i = 0; i < w.count; i++) {
		if (w.seq[i] == EMU_NO_EVENT)
			continue;
		if (best == MOST || w.at[i] < w.at[best] || (w.at[i] == w.at[best] && w.seq[i] < w.seq[best]))
			best = i;
	}
	return best;
}

/* The first is the least; and who says how many entries it has is right, all together. */
static bool is_right(void)
{
	const struct emu_entry *first = emu_events_first(&w.q);
	unsigned i = least(), owned = w.q.nobody.entries;

	for (unsigned n = 0; n < w.count; n++)
		owned += w.events[n].entries;
	w.soon_most = w.q.soon_count > w.soon_most ? w.q.soon_count : w.soon_most;
	w.bins_most = w.q.bins.count > w.bins_most ? w.q.bins.count : w.bins_most;
	w.entries_most = entries() > w.entries_most ? entries() : w.entries_most;
	if (owned != entries())
		return false;
	if (i == MOST || !first)
		return i == MOST && !first;
	return first->at == w.at[i] && first->seq == w.seq[i] && w.at[first->of - w.events] == first->at;
}

static uint64_t draw(uint64_t below)
{
	return dice_draw(&w.dice) % below;
}

/* Mostly soon, sometimes at once, sometimes any time there is; times that are a multiple of `grain`. */
static nrw_time some_time(uint64_t spread, uint64_t grain)
{
	switch (draw(64)) {
	case 0:
		return dice_draw(&w.dice);
	case 1:
		return NRW_NEVER - draw(3);
	case 2:
		return w.now - (w.now ? draw(w.now < spread ? w.now : spread) : 0);	/* late already */
	default:
		return (w.now + draw(spread)) / grain * grain;
	}
}

static void step(uint64_t spread, uint64_t grain)
{
	const struct emu_entry *first = emu_events_first(&w.q);
	uint64_t what = draw(16), seq = draw(8) ? w.tellings : draw(4);
	unsigned i = (unsigned)draw(w.count);

	if (what < 9 && first) {		/* it leaves, and tells the next one, or nothing */
		w.now = first->at < NRW_NEVER / 2 ? first->at : w.now;
		i = (unsigned)(first->of - w.events);
		tell(i, some_time(spread, grain), what ? seq : EMU_NO_EVENT);
	} else if (what < 14) {
		tell(i, what < 11 ? w.at[i] : some_time(spread, grain), seq);
	} else if (what == 14) {
		tell(i, 0, EMU_NO_EVENT);
	} else {
		w.seq[i] = EMU_NO_EVENT;
		emu_events_forget(&w.q, &w.events[i]);
		assert_int_equal(w.events[i].entries, 0);
		memset(&w.events[i], 0xa5, sizeof(w.events[i]));	/* nobody looks at it any more */
		emu_event_init(&w.events[i], false);
	}
}

static void come_and_go(unsigned count, uint64_t spread, uint64_t grain)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		world_init(count, seed);
		for (unsigned turn = 0; turn < 5000; turn++) {
			step(spread, grain);
			if (!is_right())
				fail_msg("seed %u, %u events, turn %u", (unsigned)seed, count, turn);
		}
		for (unsigned i; (i = least()) != MOST;) {
			tell(i, 0, EMU_NO_EVENT);
			assert_true(is_right());
		}
		assert_int_equal(entries(), 0);
		emu_events_fini(&w.q);
	}
}

TEST(events, few_come_out_in_order)
{
	come_and_go(1, 1000, 1);
	come_and_go(2, 1000, 1);
	come_and_go(9, 100000, 10);
}

TEST(events, many_come_out_in_order)
{
	come_and_go(MOST, 1000, 1);
	come_and_go(MOST, 20000000, 1);
	come_and_go(MOST, UINT64_C(1) << 50, 1);
	assert_true(w.bins_most > MOST / 2);
}

TEST(events, of_one_instant_come_out_by_seq)
{
	come_and_go(MOST, 1000000, 1000000);
	assert_true(w.soon_most > EMU_BINS_FEW);
	come_and_go(MOST, 1000000, 100000);
}

/* Each goes on by its own period, as pipes do, and nothing else happens. */
TEST(events, that_go_on_for_ever_stay_one_entry_each)
{
	world_init(MOST, 1);
	for (unsigned i = 0; i < MOST; i++)
		tell(i, draw(10000000), i);
	for (unsigned turn = 0; turn < 20000; turn++) {
		unsigned i = (unsigned)(emu_events_first(&w.q)->of - w.events);

		assert_int_equal(i, least());
		tell(i, w.at[i] + 3000000 + 10000 * i, w.tellings);
		assert_int_equal(entries(), MOST);
	}
	emu_events_fini(&w.q);
}

/* Sooner, and back to what it was, again and again: each leaves an entry that is stale, or says the same. */
TEST(events, stale_entries_are_bounded)
{
	world_init(MOST, 2);
	for (unsigned i = 0; i < MOST; i++)
		tell(i, 1000 + i, i);
	for (unsigned turn = 0; turn < 40000; turn++) {
		unsigned i = 1 + (unsigned)draw(MOST - 1);

		if (turn % 100 == 0)
			assert_true(is_right());
		tell(i, 900000 + turn, turn);
		tell(i, 1000 + i, i);
	}
	assert_true(is_right());
	assert_true(w.entries_most <= 2 * MOST + EMU_NEAR);
	emu_events_fini(&w.q);
}

/* ---- bins ---- */

static int by_time(const void *a, const void *b)
{
	const nrw_time *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What is taken is what is least, as many as there are. */
static void take_all(nrw_time *at, unsigned n)
{
	static struct emu_entry to[MOST];
	static nrw_time taken[MOST];
	struct emu_bins bins = { 0 };

	assert_int_equal(emu_bins_reserve(&bins, n), 0);
	for (unsigned i = 0; i < n; i++)
		emu_bins_add(&bins, &(struct emu_entry){ .at = at[i], .seq = i });
	qsort(at, n, sizeof(*at), by_time);
	for (unsigned done = 0; done < n;) {
		unsigned count = emu_bins_take(&bins, to);

		for (unsigned i = 0; i < count; i++)
			taken[i] = to[i].at;
		qsort(taken, count, sizeof(*taken), by_time);
		assert_memory_equal(taken, &at[done], count * sizeof(*taken));
		assert_true(count && (count <= EMU_BINS_FEW || taken[0] == taken[count - 1]));
		assert_true(done + count == n || at[done + count] > taken[count - 1]);
		done += count;
		assert_int_equal(bins.count, n - done);
	}
	emu_bins_fini(&bins);
}

TEST(bins, those_taken_are_the_earliest)
{
	static nrw_time at[MOST];
	struct dice d = { .key = 7 };

	for (unsigned bits = 0; bits <= 64; bits++) {
		unsigned n = bits < 4 ? 1 : MOST;

		for (unsigned i = 0; i < n; i++)
			at[i] = bits ? dice_draw(&d) >> (64 - bits) : 0;
		take_all(at, n);
	}
	for (unsigned i = 0; i < MOST; i++)	/* one in each bin there is, as far as they go */
		at[i] = (nrw_time)(i % EMU_BINS_EACH) << i / EMU_BINS_EACH * EMU_BINS_BITS;
	take_all(at, MOST);
}
