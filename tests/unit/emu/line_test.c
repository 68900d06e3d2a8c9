/* tests/unit/emu/line_test.c - the delay line against a list sorted by (exit, seq). */
#include "emu/emu_int.h"

#include "kit.h"
#include "test.h"

TEST(line, keeps_order_and_exits)
{
	struct emu_line l = { 0 };
	struct pkt p[3] = { { .seq = 1 }, { .seq = 2 }, { .seq = 3 } };

	emu_line_put(&l, &p[0], 10);
	emu_line_put(&l, &p[1], 20);
	emu_line_put(&l, &p[2], 20);
	for (unsigned i = 0; i < 3; i++)
		assert_ptr_equal(emu_line_take(&l), &p[i]);
	assert_null(emu_line_take(&l));
}

TEST(line, nobody_overtakes)
{
	struct emu_line l = { 0 };
	struct pkt p[2] = { { .seq = 1 }, { .seq = 2 } };

	emu_line_put(&l, &p[0], 100);
	emu_line_put(&l, &p[1], 40);
	assert_int_equal(p[1].at, 100);
	assert_ptr_equal(emu_line_take(&l), &p[0]);
	assert_ptr_equal(emu_line_take(&l), &p[1]);
}

TEST(line, remembers_the_last_exit_when_empty)
{
	struct emu_line l = { 0 };
	struct pkt p[2] = { { .seq = 1 }, { .seq = 2 } };

	emu_line_put(&l, &p[0], 100);
	emu_line_take(&l);
	emu_line_put(&l, &p[1], 40);
	assert_int_equal(p[1].at, 100);
}

/* At one instant the older one goes first, whatever the order of putting; among unequal instants putting decides. */
TEST(line, equals_leave_by_age)
{
	struct kit_rng r = { 42 };

	for (unsigned round = 0; round < 2000; round++) {
		struct emu_line l = { 0 };
		struct pkt p[24] = { 0 };
		uint64_t exit = 1, last_at = 0, last_seq = 0;
		unsigned in = 0, out = 0;

		while (out < 24) {
			struct pkt *q;

			if (in < 24 && kit_below(&r, 3)) {
				exit += kit_below(&r, 4) == 0;
				/* younger than what left at this instant already */
				p[in].seq = (exit == last_at ? last_seq : 0) + kit_below(&r, 20);
				emu_line_put(&l, &p[in++], exit);
				continue;
			}
			q = emu_line_take(&l);
			if (!q)
				continue;
			assert_true(q->at > last_at || (q->at == last_at && q->seq >= last_seq));
			last_at = q->at;
			last_seq = q->seq;
			out++;
		}
		assert_null(l.way.head);
		assert_int_equal(l.count, 0);
	}
}
