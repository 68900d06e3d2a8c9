/* sched_heap_test.c - the heap of schedulers, and its run, beside a model that looks at every entry. */
#include "emu/sched_heap.h"

#include <stdlib.h>

#include "base/dice.h"
#include "test.h"

#define MOST 200u

struct model {
	struct sched_entry all[MOST];
	uint32_t count;
};

static uint32_t model_least(const struct model *m)
{
	uint32_t least = 0;

	for (uint32_t i = 1; i < m->count; i++)
		if (m->all[i].key < m->all[least].key ||
			(m->all[i].key == m->all[least].key && m->all[i].who < m->all[least].who))
			least = i;
	return least;
}

static void check(const struct sched_heap *h, const struct model *m)
{
	const struct sched_entry *e = sched_heap_min(h);
	uint64_t sum = 0, model_sum = 0;

	assert_int_equal(sched_heap_count(h), m->count);
	for (uint32_t i = 0; i < m->count; i++) {
		sum += sched_heap_at(h, i)->key;
		model_sum += m->all[i].key;
	}
	assert_int_equal(sum, model_sum);
	if (!m->count) {
		assert_null(e);
		return;
	}
	assert_int_equal(e->key, m->all[model_least(m)].key);
	assert_int_equal(e->who, m->all[model_least(m)].who);
}

static void pop(struct sched_heap *h, struct model *m)
{
	m->all[model_least(m)] = m->all[m->count - 1];
	m->count--;
	sched_heap_pop(h);
}

static void add(struct sched_heap *h, struct model *m, struct sched_entry e)
{
	m->all[m->count++] = e;
	sched_heap_add(h, e);
}

static bool wanted(void *ctx, const struct sched_entry *e)
{
	return e->who % *(uint64_t *)ctx;
}

static void keep(struct sched_heap *h, struct model *m, uint64_t not_of)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < m->count; i++)
		if (m->all[i].who % not_of)
			m->all[kept++] = m->all[i];
	m->count = kept;
	sched_heap_keep(h, wanted, &not_of);
}

static void set_back(struct sched_heap *h, struct model *m)
{
	uint64_t by = m->all[model_least(m)].key;

	for (uint32_t i = 0; i < m->count; i++)
		m->all[i].key -= by;
	sched_heap_set_back(h, by);
}

/* A key some way behind the latest, or a bit beyond it. `order` of 8: how many come in order. */
static uint64_t key(struct dice *d, uint64_t *latest, unsigned order)
{
	uint64_t draw = dice_draw(d);

	if (draw % 8 < order)
		return *latest += (draw >> 8) % 3;
	return *latest > 50 ? *latest - (draw >> 8) % 50 : (draw >> 8) % 50;
}

static void play(unsigned order, uint64_t seed)
{
	struct dice d = { .key = seed };
	struct sched_heap h = { 0 };
	struct model m = { .count = 0 };
	uint64_t latest = 0, number = 0;

	for (unsigned step = 0; step < 6000; step++) {
		uint64_t draw = dice_draw(&d);

		if (step % 40 == 0)	/* bounds of memory are found at every size */
			assert_int_equal(sched_heap_reserve(&h, m.count + 1 + step / 60), 0);
		if (draw % 64 == 0) {
			keep(&h, &m, 2 + draw / 64 % 5);
		} else if (draw % 64 == 1 && m.count) {
			latest -= m.all[model_least(&m)].key;
			set_back(&h, &m);
		} else if (draw % 64 < 28) {
			if (m.count)
				pop(&h, &m);
		} else if (m.count < h.room && m.count < MOST) {
			uint64_t who = dice_draw(&d) % 2 ? number++ : draw;

			add(&h, &m, (struct sched_entry){ key(&d, &latest, order), who });
		}
		check(&h, &m);
	}
	while (m.count) {
		pop(&h, &m);
		check(&h, &m);
	}
	sched_heap_fini(&h);
}

TEST(sched_heap, the_least_comes_first_whatever_the_order)
{
	for (unsigned order = 0; order <= 8; order++)
		for (uint64_t seed = 1; seed < 4; seed++)
			play(order, seed);
}

TEST(sched_heap, what_comes_in_order_never_enters_the_heap)
{
	struct sched_heap h = { 0 };

	assert_int_equal(sched_heap_reserve(&h, 200), 0);
	for (uint64_t i = 0; i < 5000; i++) {
		sched_heap_add(&h, (struct sched_entry){ i / 3, i });
		assert_int_equal(h.count, 0);
		if (i >= 90)
			sched_heap_pop(&h);
	}
	sched_heap_fini(&h);
}
