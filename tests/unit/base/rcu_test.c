/* rcu_test.c - laws that hold with one thread and with many; built twice, over each implementation. */
#include "base/rcu.h"

#include <stdlib.h>

#include "base/list.h"
#include "test.h"

struct thing {
	struct rcu_after after;
	int value;
};

static unsigned freed;

static void free_thing(struct rcu_after *a)
{
	__atomic_add_fetch(&freed, 1, __ATOMIC_RELAXED);
	free(container_of(a, struct thing, after));
}

static struct thing *thing(int value)
{
	struct thing *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->value = value;
	return t;
}

TEST(rcu, a_reader_finds_what_was_published_last)
{
	struct thing *at = NULL, *one = thing(1), *two = thing(2);

	rcu_thread_add();
	assert_null(rcu_read(&at));
	rcu_publish(&at, one);
	assert_int_equal(rcu_read(&at)->value, 1);
	rcu_publish(&at, two);
	assert_int_equal(rcu_read(&at)->value, 2);
	rcu_wait();
	free(one);
	assert_int_equal(rcu_read(&at)->value, 2);
	rcu_thread_remove();
	free(two);
}

TEST(rcu, what_a_reader_holds_stays_until_it_is_quiescent)
{
	struct thing *at = thing(1), *held;
	unsigned before = freed;

	rcu_thread_add();
	held = rcu_read(&at);
	rcu_publish(&at, thing(2));
	rcu_after(&held->after, free_thing);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(held->value, 1);	/* ASan looks on */
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_RELAXED), before);
	rcu_quiescent();
	rcu_thread_remove();
	rcu_drain();
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_RELAXED), before + 1);
	free(at);
}

TEST(rcu, all_that_was_put_off_has_run_after_a_drain)
{
	unsigned before = freed;

	for (int i = 0; i < 1000; i++) {
		struct thing *t = thing(i);

		rcu_after(&t->after, free_thing);
	}
	rcu_drain();
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_RELAXED), before + 1000);
	rcu_drain();
}

static void again(struct rcu_after *a)
{
	rcu_after(a, free_thing);
}

TEST(rcu, what_was_put_off_may_put_off)
{
	struct thing *t = thing(0);
	unsigned before = freed;

	rcu_after(&t->after, again);
	rcu_drain();
	rcu_drain();
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_RELAXED), before + 1);
}

TEST(rcu, who_sleeps_is_not_waited_for)
{
	rcu_thread_add();
	rcu_sleeps();
	rcu_wait();
	rcu_wakes();
	rcu_quiescent();
	rcu_wait();
	rcu_thread_remove();
	rcu_wait();
}
