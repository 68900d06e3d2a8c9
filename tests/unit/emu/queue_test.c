/* tests/unit/emu/queue_test.c - limits, each at its edge. */
#include "emu/emu_int.h"

#include "test.h"

static struct emu_room room_of(enum emu_limit_kind kind, uint64_t amount, uint64_t rate, nrw_time delay)
{
	struct emu_room r = { 0 };

	emu_room_set(&r, &(struct emu_limit){ kind, amount }, rate, delay);
	return r;
}

TEST(queue, packets_fill_slots)
{
	struct emu_room r = room_of(LIMIT_PACKETS, 3, 1, 0);
	struct emu_queue q = { 0 };
	struct pkt p[3] = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		assert_false(emu_queue_full(&q, &r, 1 << 20));
		emu_queue_put(&q, &p[i], 1 << 20);
	}
	assert_true(emu_queue_full(&q, &r, 0));
	assert_ptr_equal(emu_queue_take(&q), &p[0]);
	assert_true(emu_queue_full(&q, &r, 0));	/* in service it still counts */
	emu_queue_done(&q, 1 << 20);
	assert_false(emu_queue_full(&q, &r, 0));
}

TEST(queue, bytes_count_the_one_that_comes)
{
	struct emu_room r = room_of(LIMIT_BYTES, 1000, 1, 0);
	struct emu_queue q = { 0 };
	struct pkt p = { 0 };

	assert_false(emu_queue_full(&q, &r, 1000));
	assert_true(emu_queue_full(&q, &r, 1001));
	emu_queue_put(&q, &p, 600);
	assert_false(emu_queue_full(&q, &r, 400));
	assert_true(emu_queue_full(&q, &r, 401));
}

TEST(queue, time_is_bytes_at_the_rate_rounded_down)
{
	struct emu_room r = room_of(LIMIT_TIME, 50 * NRW_MS, 1000019, 0);

	assert_int_equal(r.bytes, 6250);
	r = room_of(LIMIT_TIME, 1, 8000000000, 0);
	assert_int_equal(r.bytes, 1);
	r = room_of(LIMIT_TIME, 1, 7999999999, 0);
	assert_int_equal(r.bytes, 0);
	r = room_of(LIMIT_TIME, UINT64_C(1) << 62, UINT64_C(1000000000000), 0);
	assert_int_equal(r.bytes, UINT64_MAX);
}

TEST(queue, auto_is_full_when_both_are)
{
	struct emu_room r = room_of(LIMIT_AUTO, 0, 1000000, 15 * NRW_MS);
	struct emu_queue q = { 0 };	/* 2500 bytes */
	struct pkt p[51] = { 0 };

	for (unsigned i = 0; i < 50; i++) {
		assert_false(emu_queue_full(&q, &r, 60000));	/* a slot is free */
		emu_queue_put(&q, &p[i], 40);
	}
	assert_false(emu_queue_full(&q, &r, 500));			/* room is left: 2000 + 500 */
	assert_true(emu_queue_full(&q, &r, 501));
}

TEST(queue, peaks_stay)
{
	struct emu_queue q = { 0 };
	struct pkt p[2] = { 0 };

	emu_queue_put(&q, &p[0], 100);
	emu_queue_put(&q, &p[1], 200);
	emu_queue_take(&q);
	emu_queue_done(&q, 100);
	assert_int_equal(q.packets, 1);
	assert_int_equal(q.bytes, 200);
	assert_int_equal(q.packets_max, 2);
	assert_int_equal(q.bytes_max, 300);
}
