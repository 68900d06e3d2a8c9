/* heap_test.c - the heap against a model that looks at every member. */
#include "base/heap.h"

#include "base/dice.h"
#include "base/list.h"
#include "test.h"

#define MEMBERS 300

struct member {
	struct heap_node node;
	uint64_t time, tie;
};

static struct member members[MEMBERS];

static struct member *model_min(void)
{
	struct member *least = NULL;

	for (unsigned i = 0; i < MEMBERS; i++) {
		struct member *m = &members[i];

		if (!heap_has(&m->node))
			continue;
		if (!least || m->time < least->time || (m->time == least->time && m->tie < least->tie))
			least = m;
	}
	return least;
}

static void clear(void)
{
	for (unsigned i = 0; i < MEMBERS; i++)
		heap_node_init(&members[i].node);
}

static void change(struct heap *h, struct member *m, uint64_t draw)
{
	if (heap_has(&m->node) && draw % 3 == 0) {
		heap_remove(h, &m->node);
		assert_false(heap_has(&m->node));
		return;
	}
	m->time = draw % 5 ? (draw >> 8) % 50 : draw;		/* many equal, some anywhere in 64 bits */
	if (heap_has(&m->node))
		heap_move(h, &m->node, m->time, m->tie);
	else
		heap_add(h, &m->node, m->time, m->tie);
}

static void check_min(const struct heap *h)
{
	const struct heap_entry *e = heap_min(h);
	struct member *m = model_min();

	assert_ptr_equal(e ? container_of(e->node, struct member, node) : NULL, m);
	if (m)
		assert_true(e->time == m->time && e->tie == m->tie);
}

TEST(heap, has_the_least_first_whatever_changes)
{
	struct dice d = { .key = 3 };
	struct heap h;

	heap_init(&h);
	clear();
	assert_int_equal(heap_reserve(&h, MEMBERS), 0);
	for (unsigned i = 0; i < MEMBERS; i++)
		members[i].tie = i;
	for (unsigned i = 0; i < 50000; i++) {
		change(&h, &members[dice_draw(&d) % (i % 2000 < 1000 ? MEMBERS : 9)], dice_draw(&d));
		check_min(&h);
	}
	while (heap_min(&h)) {
		check_min(&h);
		heap_remove(&h, heap_min(&h)->node);
	}
	assert_null(model_min());
	heap_fini(&h);
}

TEST(heap, grows_only_when_told_and_keeps_its_members)
{
	struct heap h;

	heap_init(&h);
	clear();
	for (unsigned i = 0; i < MEMBERS; i++) {
		assert_int_equal(heap_reserve(&h, i + 1), 0);
		heap_add(&h, &members[i].node, MEMBERS - i, 0);
	}
	assert_ptr_equal(heap_min(&h)->node, &members[MEMBERS - 1].node);
	heap_fini(&h);
	assert_false(heap_has(&members[0].node));
}

TEST(heap, refuses_what_no_memory_can_hold)
{
	struct heap h;

	heap_init(&h);
	assert_int_not_equal(heap_reserve(&h, UINT32_MAX), 0);
	assert_null(heap_min(&h));
	heap_fini(&h);
}
