/* ring_threads_test.c - two threads, then two processes: nothing lost, doubled, torn or out of order; and a process
 * that writes random words into the shared memory as fast as it can. ThreadSanitizer runs this too
 * (scripts/check-threads); the long build moves 10^7 items. */
#include "base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dice.h"
#include "base/os.h"
#include "test.h"

#ifndef ITEMS
#define ITEMS 100000
#endif
#define BATCH 32

struct item {
	uint64_t number, check;
};

struct job {
	void *memory;
	size_t bytes;
	uint64_t wrong, seed, items;
};

static void *produce(void *ctx)
{
	const struct job *j = ctx;
	struct dice d = { .key = j->seed };
	struct item items[BATCH];
	struct ring_producer p;

	ring_producer_attach(&p, j->memory, j->bytes, NULL);
	for (uint64_t sent = 0; sent < j->items;) {
		uint32_t n = 1 + (uint32_t)(dice_draw(&d) % BATCH), moved;

		if (n > j->items - sent)
			n = (uint32_t)(j->items - sent);
		for (uint32_t i = 0; i < n; i++)
			items[i] = (struct item){ sent + i, dice_mix(sent + i) };
		moved = ring_put(&p, items, n);
		sent += moved;
		if (!moved)
			sched_yield();
	}
	return NULL;
}

static void *consume(void *ctx)
{
	struct job *j = ctx;
	struct dice d = { .key = j->seed + 1 };
	struct item items[BATCH];
	struct ring_consumer c;

	ring_consumer_attach(&c, j->memory, j->bytes, NULL);
	for (uint64_t got = 0; got < j->items;) {
		uint32_t n = ring_take(&c, items, 1 + (uint32_t)(dice_draw(&d) % BATCH));

		for (uint32_t i = 0; i < n; i++)
			j->wrong += items[i].number != got + i || items[i].check != dice_mix(got + i);
		got += n;
		if (!n)
			sched_yield();
	}
	return NULL;
}

/* Between pages that nobody may touch, its end at the page's end. */
static struct job shared(uint32_t cells)
{
	struct job j = { .bytes = ring_bytes(cells, sizeof(struct item)), .seed = cells, .items = ITEMS };
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (j.bytes + page - 1) & ~(page - 1);
	char *p = mmap(NULL, room + 2 * page, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	assert_int_equal(mprotect(p + page, room, PROT_READ | PROT_WRITE), 0);
	j.memory = p + page + ((room - j.bytes) & ~(size_t)(RING_ALIGN - 1));
	return j;
}

static void put_away(struct job *j)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (j->bytes + page - 1) & ~(page - 1);
	char *first = (char *)((uintptr_t)j->memory & ~(uintptr_t)(page - 1));

	munmap(first - page, room + 2 * page);
}

TEST(ring_threads, lose_and_double_nothing)
{
	static const struct {
		uint32_t cells, start;
		uint64_t items;		/* a small ring makes threads take turns */
	} of[] = { { 2, 0xfffffff0, ITEMS / 100 }, { 8, 7, ITEMS / 10 }, { 256, 0x7fffff00, ITEMS } };

	for (unsigned i = 0; i < sizeof(of) / sizeof(*of); i++) {
		struct job j = shared(of[i].cells);
		pthread_t a, b;

		j.items = of[i].items;
		ring_init(j.memory, of[i].cells, sizeof(struct item), of[i].start);
		assert_int_equal(pthread_create(&a, NULL, produce, &j), 0);
		assert_int_equal(pthread_create(&b, NULL, consume, &j), 0);
		pthread_join(a, NULL);
		pthread_join(b, NULL);
		assert_int_equal(j.wrong, 0);
		put_away(&j);
	}
}

TEST(ring_processes, lose_and_double_nothing)
{
	struct job j = shared(64);
	int status;
	pid_t child;

	ring_init(j.memory, 64, sizeof(struct item), 0xffffffc1);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		produce(&j);
		_exit(0);
	}
	consume(&j);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(j.wrong, 0);
	put_away(&j);
}

/* Random words, half of them near the truth, which is what does harm. */
_Noreturn static void lie(const struct job *j)
{
	struct dice d = { .key = 5 };
	volatile uint32_t *words = j->memory;

	for (;;) {
		uint64_t draw = dice_draw(&d);
		size_t at = draw & 1 ? (size_t)(draw >> 8) % (j->bytes / 4) : draw & 2 ? 128 / 4 : 256 / 4;

		uint32_t near = words[draw & 8 ? 128 / 4 : 256 / 4] + (uint32_t)(draw >> 60);

		words[at] = draw & 4 ? (uint32_t)(draw >> 32) : near;
	}
}

TEST(ring_processes, a_lying_peer_does_no_more_than_lie)
{
	struct job j = shared(16);
	unsigned faults = 0, moved = 0, tries = 0;
	uint64_t until = os_now_ns() + 300000000;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		lie(&j);
	for (; os_now_ns() < until || faults < 10; tries++) {
		struct item items[BATCH];
		struct ring_producer p;
		struct ring_consumer c;

		ring_init(j.memory, 16, sizeof(struct item), tries);
		if (ring_producer_attach(&p, j.memory, j.bytes, NULL))
			continue;
		if (ring_consumer_attach(&c, j.memory, j.bytes, NULL))
			continue;
		for (unsigned i = 0; i < 16; i++) {
			uint32_t n = ring_put(&p, items, BATCH), m = ring_take(&c, items, BATCH);

			assert_true(n < 16 && m < 16);
			moved += n + m;
		}
		faults += p.fault + c.fault;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_true(moved > 0);
	put_away(&j);
}
