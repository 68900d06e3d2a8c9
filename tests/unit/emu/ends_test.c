/* ends_test.c - whoever comes and goes, and in whatever order, the first is the least; a list that is searched is right
 * by itself. */
#include "emu/emu_flow.h"

#include "base/dice.h"
#include "test.h"

#define MOST 300

static struct emu_flow flows[MOST];
static nrw_time ends[MOST];	/* 0: serves nothing */

static nrw_time least(void)
{
	nrw_time min = NRW_NEVER;

	for (unsigned i = 0; i < MOST; i++)
		min = ends[i] && ends[i] < min ? ends[i] : min;
	return min;
}

static void add(struct emu_ends *h, unsigned i, nrw_time at)
{
	/* no more than it takes, so that it moves while it is in use */
	assert_int_equal(emu_ends_reserve(h, h->heaped + h->run_count + 1), 0);
	emu_ends_add(h, at, &flows[i]);
	ends[i] = at;
}

/* `jitter`: how far ends are out of order; 0: the heap is never used. */
static void come_and_go(uint64_t jitter)
{
	struct dice d = { .key = jitter };
	struct emu_ends h = { 0 };
	nrw_time now = 1;
	unsigned in = 0;

	for (unsigned turn = 0; turn < 20000; turn++) {
		const struct emu_end *first = emu_ends_first(&h);
		uint64_t draw = dice_draw(&d);
		unsigned most = 2 + turn * (MOST - 2) / 20000, i = (unsigned)(draw % most);
		nrw_time at = now + 1000 + (jitter ? (draw >> 32) % jitter : 0);

		assert_int_equal(first ? first->at : NRW_NEVER, least());
		if (jitter == 0)
			assert_int_equal(h.heaped, 0);
		if (!ends[i] && draw >> 63) {
			add(&h, i, at);
			in++;
		} else if (first && draw >> 62 & 1) {
			now = first->at;
			ends[first->flow - flows] = at = now + 1000 + (jitter ? (draw >> 32) % jitter : 0);
			emu_ends_put_off(&h, at);
		} else if (first) {
			now = first->at;
			ends[first->flow - flows] = 0;
			emu_ends_pop(&h);
			in--;
		}
		assert_int_equal(h.heaped + h.run_count, in);
	}
	while (emu_ends_first(&h)) {
		assert_int_equal(emu_ends_first(&h)->at, least());
		ends[emu_ends_first(&h)->flow - flows] = 0;
		emu_ends_pop(&h);
	}
	assert_int_equal(least(), NRW_NEVER);
	emu_ends_fini(&h);
}

/* More room than it uses, so that the ring widens by itself: wherever the first of it stands. */
TEST(ends, a_run_widens_wherever_it_begins)
{
	for (unsigned gone = 0; gone < 64; gone++) {
		nrw_time from = 1000 * gone, put = from;	/* no two rounds alike: memory remembers */
		struct emu_ends h = { 0 };

		assert_int_equal(emu_ends_reserve(&h, 2 * MOST), 0);
		for (; put < from + gone + 1; put++)
			emu_ends_add(&h, put, &flows[put % MOST]);
		for (unsigned i = 0; i < gone; i++)
			emu_ends_pop(&h);
		for (; put < from + gone + MOST; put++)
			emu_ends_add(&h, put, &flows[put % MOST]);
		for (nrw_time at = from + gone; at < put; at++) {
			const struct emu_end *first = emu_ends_first(&h);

			assert_non_null(first);
			assert_int_equal(first->at, at);
			assert_ptr_equal(first->flow, &flows[at % MOST]);
			emu_ends_pop(&h);
		}
		assert_null(emu_ends_first(&h));
		emu_ends_fini(&h);
	}
}

TEST(ends, of_one_size_are_a_run) { come_and_go(0); }
TEST(ends, of_many_sizes_come_out_in_order) { come_and_go(100); come_and_go(5000); come_and_go(1000000); }
