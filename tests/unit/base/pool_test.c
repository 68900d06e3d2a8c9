/* pool_test.c - laws of pools. Under AddressSanitizer memory is malloc's: what is said of slabs holds only without. */
#include "base/pool.h"

#include <stdbool.h>
#include <stdlib.h>

#include "test.h"

#define SIZE 96
#define MANY 60000		/* some slabs in large pages too */

static unsigned char *objects[MANY];

static void take(struct pool *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		objects[i] = pool_take(p);
		assert_non_null(objects[i]);
		memset(objects[i], (int)(i % 251), SIZE);
	}
}

static void put(struct pool *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		for (unsigned b = 0; b < SIZE; b++)
			if (objects[i][b] != i % 251)
				fail_msg("somebody else wrote to object %u", i);
		pool_put(p, objects[i]);
	}
}

TEST(pool, objects_do_not_overlap_and_are_aligned)
{
	struct pool p;

	pool_init(&p, SIZE, 32, 0);
	for (unsigned round = 0; round < 3; round++) {
		take(&p, MANY);
		for (unsigned i = 0; i < MANY; i++)
			if ((uintptr_t)objects[i] % 32)
				fail_msg("object %u at %p", i, (void *)objects[i]);
		assert_true(p.used == MANY);
		put(&p, MANY);
		assert_true(p.used == 0);
	}
	pool_fini(&p);
}

TEST(pool, gives_no_more_than_its_limit_and_counts_who_got_nothing)
{
	struct pool p;

	pool_init(&p, SIZE, 8, 5);
	take(&p, 5);
	assert_null(pool_take(&p));
	assert_null(pool_take(&p));
	assert_true(p.refused == 2);
	pool_put(&p, objects[4]);
	assert_non_null(objects[4] = pool_take(&p));
	assert_null(pool_take(&p));
	for (unsigned i = 0; i < 5; i++)
		pool_put(&p, objects[i]);
	assert_true(pool_peak(&p) == 5);
	pool_fini(&p);
}

TEST(pool, remembers_its_peak_over_all_waves)
{
	struct pool p;

	pool_init(&p, SIZE, 8, 0);
	take(&p, MANY);
	put(&p, MANY);
	take(&p, 10);
	put(&p, 10);
	assert_true(pool_peak(&p) == MANY);
	pool_fini(&p);
}

TEST(pool, reuses_what_came_back_last)
{
#ifndef POOL_MALLOC
	struct pool p;

	pool_init(&p, SIZE, 8, 0);
	take(&p, 3);
	pool_put(&p, objects[0]);
	pool_put(&p, objects[2]);
	assert_ptr_equal(pool_take(&p), objects[2]);
	assert_ptr_equal(pool_take(&p), objects[0]);
	for (unsigned i = 0; i < 3; i++)
		pool_put(&p, objects[i]);
	pool_fini(&p);
#endif
}

#ifndef POOL_MALLOC
static void wave(struct pool *p, unsigned n)
{
	take(p, n);
	put(p, n);
}
#endif

TEST(pool, keeps_memory_for_equal_waves_and_forgets_a_great_one)
{
#ifndef POOL_MALLOC
	struct pool p;
	uint32_t slabs;

	pool_init(&p, SIZE, 8, 0);
	wave(&p, MANY);
	slabs = p.slabs;
	assert_true(slabs > 4);
	for (unsigned i = 0; i < 5; i++) {
		wave(&p, MANY);
		assert_int_equal(p.slabs, slabs);
	}
	for (unsigned i = 0; i < 10; i++)
		wave(&p, 3);
	assert_int_equal(p.slabs, 1);
	wave(&p, MANY);			/* and grows again */
	pool_fini(&p);
#endif
}

TEST(pool, is_not_shaken_by_a_size_that_memory_cannot_hold)
{
	struct pool p;

	pool_init(&p, SIZE_MAX / 4 + 1, 64, 0);		/* four of them wrap to nothing */
#ifndef POOL_MALLOC
	assert_null(pool_take(&p));
	assert_true(p.refused == 1 && p.used == 0);
#endif
	pool_fini(&p);
}
