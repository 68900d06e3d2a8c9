/* rcu_threads_test.c - readers in threads of their own while a writer replaces what they read, and frees it. What is
 * freed is filled with something else first, so that a reader of it finds it wrong even without a sanitizer. */
#include "base/rcu.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/os.h"
#include "test.h"

#ifndef CHANGES
#define CHANGES 2000
#endif
#define READERS 3
#define WORDS 8

struct thing {
	struct rcu_after after;
	uint64_t words[WORDS];		/* all equal */
};

static struct thing *published;
static bool stop;
static unsigned freed;

static struct thing *thing(uint64_t value)
{
	struct thing *t = calloc(1, sizeof(*t));

	for (unsigned i = 0; t && i < WORDS; i++)
		t->words[i] = value;
	return t;
}

static void spoil_and_free(struct thing *t)
{
	for (unsigned i = 0; i < WORDS; i++)
		t->words[i] = i;
	free(t);
}

static void spoil_later(struct rcu_after *a)
{
	__atomic_add_fetch(&freed, 1, __ATOMIC_RELAXED);
	spoil_and_free(container_of(a, struct thing, after));
}

static void *reads(void *ctx)
{
	uint64_t last = 0, *wrong = ctx;

	rcu_thread_add();
	for (unsigned round = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); round++) {
		const struct thing *t = rcu_read(&published);

		for (unsigned i = 0; i < WORDS; i++)
			*wrong += t->words[i] != t->words[0];
		*wrong += t->words[0] < last;	/* never an older one than before */
		last = t->words[0];
		rcu_quiescent();
		if (round % 64 == 0) {
			rcu_sleeps();
			sched_yield();
			rcu_wakes();
		}
	}
	rcu_thread_remove();
	return NULL;
}

TEST(rcu_threads, readers_never_see_half_a_change_nor_what_was_freed)
{
	uint64_t wrong[READERS] = { 0 };
	pthread_t threads[READERS];
	unsigned later = 0;

	published = thing(1);
	stop = false;
	freed = 0;
	for (unsigned i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, reads, &wrong[i]), 0);
	for (unsigned i = 2; i < CHANGES; i++) {
		struct thing *old = published;

		rcu_publish(&published, thing(i));
		if (i % 2) {
			rcu_after(&old->after, spoil_later);
			later++;
		} else {
			rcu_wait();
			spoil_and_free(old);
		}
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(wrong[i], 0);
	}
	rcu_drain();
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_RELAXED), later);
	free(published);
}

static bool reading, may_end;

static void *holds(void *ctx)
{
	rcu_thread_add();
	*(const struct thing **)ctx = rcu_read(&published);
	__atomic_store_n(&reading, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&may_end, __ATOMIC_ACQUIRE))
		sched_yield();
	rcu_quiescent();
	rcu_thread_remove();
	return NULL;
}

static void *waits(void *ctx)
{
	rcu_wait();
	__atomic_store_n((bool *)ctx, true, __ATOMIC_RELEASE);
	return NULL;
}

TEST(rcu_threads, a_wait_lasts_as_long_as_a_reader_holds_on)
{
	const struct thing *held = NULL;
	bool waited = false;
	pthread_t reader, writer;
	uint64_t until;

	published = thing(7);
	assert_int_equal(pthread_create(&reader, NULL, holds, &held), 0);
	while (!__atomic_load_n(&reading, __ATOMIC_ACQUIRE))
		sched_yield();
	assert_int_equal(pthread_create(&writer, NULL, waits, &waited), 0);
	for (until = os_now_ns() + 50000000; os_now_ns() < until; sched_yield())
		assert_false(__atomic_load_n(&waited, __ATOMIC_ACQUIRE));
	__atomic_store_n(&may_end, true, __ATOMIC_RELEASE);
	pthread_join(reader, NULL);
	pthread_join(writer, NULL);
	assert_true(waited);
	free(published);
}
