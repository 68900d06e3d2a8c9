/* prefix_threads_test.c - readers look prefixes up while one writer puts them in and takes them out, by single changes
 * and by so many that nodes are made anew. What always is in the table is always found, what a reader finds contains
 * the address, and ThreadSanitizer finds no race (scripts/check-threads). */
#include "base/prefix.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/dice.h"
#include "base/rcu.h"
#include "test.h"

#ifndef CHANGES
#define CHANGES 20000
#endif
#define READERS 2
#define MOST 4096

static struct prefix list[MOST];	/* its values are places here; the first 256 are the /8, never taken out */
static struct prefix_table table;
static bool stop;

static uint64_t mask_of(unsigned len)
{
	return len ? ~UINT64_C(0) << (64 - len) : 0;
}

struct reader {
	uint64_t wrong, found, seed;
	bool is6;
};

static void *reads(void *ctx)
{
	struct reader *r = ctx;
	struct dice d = { .key = r->seed };

	rcu_thread_add();
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (unsigned i = 0; i < 32; i++) {
			const struct prefix *near = &list[dice_draw(&d) % MOST];
			struct prefix_key a = { near->key.hi ^ (dice_draw(&d) & ~mask_of(near->len)), dice_draw(&d) };
			uint32_t v;

			if (!r->is6)
				a = prefix_key4((uint32_t)(a.hi >> 32));
			v = r->is6 ? prefix6_find(&table, a) : prefix4_find(&table, (uint32_t)(a.hi >> 32));
			r->wrong += v >= MOST || (a.hi & mask_of(list[v].len)) != list[v].key.hi;
			r->found += v < MOST && list[v].len > 8;
		}
		rcu_quiescent();
	}
	rcu_thread_remove();
	return NULL;
}

static void change(struct dice *d, unsigned i, bool *in, unsigned *there)
{
	unsigned k = 256 + (unsigned)(dice_draw(d) % (MOST - 256));
	bool grow = i / 3000 % 2 == 0;

	if (in[k] == grow && dice_draw(d) % 8)
		return;
	if (in[k]) {
		assert_int_equal(prefix_remove(&table, list[k].key, list[k].len), 0);
		--*there;
	} else {
		assert_int_equal(prefix_set(&table, list[k].key, list[k].len, k), 0);
		++*there;
	}
	in[k] = !in[k];
	assert_int_equal(table.count, *there);
}

static void together(bool is6)
{
	struct reader readers[READERS] = { 0 };
	struct dice d = { .key = 17 + is6 };
	pthread_t threads[READERS];
	unsigned there = 256;
	bool in[MOST] = { false };

	assert_int_equal(is6 ? prefix6_init(&table) : prefix4_init(&table), 0);
	for (uint32_t k = 0; k < MOST; k++) {
		uint8_t len = (uint8_t)(k < 256 ? 8 : 9 + dice_draw(&d) % (is6 ? 56 : 24));
		uint64_t bits = k < 256 ? (uint64_t)k << 56 : dice_draw(&d) & mask_of(len);

		list[k] = (struct prefix){ { bits, 0 }, k, len };
		if (k < 256)
			assert_int_equal(prefix_set(&table, list[k].key, 8, k), 0);
		else if (prefix_get(&table, list[k].key, len) != PREFIX_NONE)
			k--;	/* twice the same: another */
		else
			assert_int_equal(prefix_set(&table, list[k].key, len, k), 0);
	}
	for (uint32_t k = 256; k < MOST; k++)
		assert_int_equal(prefix_remove(&table, list[k].key, list[k].len), 0);
	stop = false;
	for (unsigned i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .seed = i + 100, .is6 = is6 };
		assert_int_equal(pthread_create(&threads[i], NULL, reads, &readers[i]), 0);
	}
	for (unsigned i = 0; i < CHANGES; i++)
		change(&d, i, in, &there);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(readers[i].wrong, 0);
		assert_true(readers[i].found > 0);
	}
	prefix_fini(&table);
}

TEST(prefix_threads, readers_go_on_while_ipv4_changes) { together(false); }
TEST(prefix_threads, readers_go_on_while_ipv6_changes) { together(true); }
