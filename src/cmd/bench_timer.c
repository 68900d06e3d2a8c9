/* cmd/bench_timer.c - `narrows bench timer`: what a restart costs among few and among many timers.
 *
 * The work: of N timers, all always pending, a random one is stopped and started again with a deadline uniform over
 * the next second; one draw of the dice pays for both. Time goes on so that each timer is restarted 64 times (or 8) a
 * second whatever N is; every 64 restarts the wheel runs, and who fires is started again. So expiries and the moving
 * down through levels are in the figure, in the proportion they have in real traffic (64: a retransmission timer that
 * every ACK restarts; 8: one in nine fires), and N changes memory alone. Before the first round each wheel lives
 * through more than a second, past the top of its level, after which the figure no longer depends on when it began.
 *
 * Bases: the same at N = 1000, whose timers all fit into the first-level cache; and a 4-ary heap with the same work. */
#include "bench.h"

#include <stdlib.h>

#include <narrows/types.h>
#include "base/dice.h"
#include "base/heap.h"
#include "base/os.h"
#include "base/wheel.h"

#define HORIZON NRW_S
#define BURST 64
#define SLICES 8		/* of a round; the least counts: one is shorter than the system's slice of time */
#define SLICE_RESTARTS 250048
#define QUICK_MOST 20000

struct side {
	uint32_t n;
	uint32_t often;			/* restarts of each a horizon */
	bool is_heap;
	struct dice dice;
	uint64_t restarts;
	nrw_time now;
	struct wheel *wheel;
	struct wheel_timer *timers;	/* of a wheel */
	struct heap heap;
	struct heap_node *nodes;	/* of a heap */
	void *memory;
};

struct pair {
	struct side *subject, *base;
};

enum { MANY_64, FEW_64, MANY_8, FEW_8, MORE_8, HEAP_MANY, HEAP_FEW, SIDES };

static struct side sides[SIDES] = {
	[MANY_64] = { .n = 1000000, .often = 64 },
	[FEW_64] = { .n = 1000, .often = 64 },
	[MANY_8] = { .n = 1000000, .often = 8 },
	[FEW_8] = { .n = 1000, .often = 8 },
	[MORE_8] = { .n = 10000000, .often = 8 },
	[HEAP_MANY] = { .n = 1000000, .often = 64, .is_heap = true },
	[HEAP_FEW] = { .n = 1000, .often = 64, .is_heap = true },
};

static inline nrw_time later(const struct side *s, uint64_t draw)
{
	return s->now + 1 + ((draw & UINT32_MAX) * HORIZON >> 32);
}

static inline uint32_t one_of(const struct side *s, uint64_t draw)
{
	return (uint32_t)((draw >> 32) * s->n >> 32);
}

static nrw_time time_of(const struct side *s)
{
	return (nrw_time)((double)s->restarts * (double)HORIZON / ((double)s->n * s->often));
}

static void fired(void *ctx, struct wheel_timer *t, nrw_time when)
{
	struct side *s = ctx;

	wheel_start(s->wheel, t, later(s, dice_draw(&s->dice)));
}

static void wheel_burst(struct side *s)
{
	for (unsigned i = 0; i < BURST; i++) {
		uint64_t draw = dice_draw(&s->dice);
		struct wheel_timer *t = &s->timers[one_of(s, draw)];

		wheel_stop(s->wheel, t);
		wheel_start(s->wheel, t, later(s, draw));
	}
	s->restarts += BURST;
	s->now = time_of(s);
	wheel_run(s->wheel, s->now);
}

static void heap_burst(struct side *s)
{
	for (unsigned i = 0; i < BURST; i++) {
		uint64_t draw = dice_draw(&s->dice);

		heap_move(&s->heap, &s->nodes[one_of(s, draw)], later(s, draw), s->restarts + i);
	}
	s->restarts += BURST;
	s->now = time_of(s);
	while (heap_min(&s->heap)->time <= s->now)
		heap_move(&s->heap, heap_min(&s->heap)->node, later(s, dice_draw(&s->dice)), s->restarts);
}

static void restart(struct side *s, uint64_t times)
{
	uint64_t end = s->restarts + times;

	while (s->restarts < end) {
		if (s->is_heap)
			heap_burst(s);
		else
			wheel_burst(s);
	}
}

static double run(struct side *s)
{
	double least = 0;

	for (unsigned i = 0; i < SLICES; i++) {
		double ns, began = bench_ns();

		restart(s, SLICE_RESTARTS);
		ns = (bench_ns() - began) / SLICE_RESTARTS;
		least = i == 0 || ns < least ? ns : least;
	}
	return least;
}

/* Memory as a pool gives it to so many objects: what they are part of, connections, comes from pools. */
static void *pages(struct side *s, size_t n, size_t bytes)
{
	void *p;

	s->memory = calloc(1, n * bytes + OS_LARGE_PAGE);
	if (!s->memory)
		return NULL;
	p = (void *)(((uintptr_t)s->memory + OS_LARGE_PAGE - 1) & ~(uintptr_t)(OS_LARGE_PAGE - 1));
	os_large_pages(p, n * bytes);
	return p;
}

static int side_init(struct side *s)
{
	unsigned kind;

	s->dice = (struct dice){ .key = s->n };
	s->restarts = s->now = 0;
	heap_init(&s->heap);
	if (s->is_heap) {
		s->nodes = pages(s, s->n, sizeof(*s->nodes));
		if (!s->nodes || heap_reserve(&s->heap, s->n))
			return ERR_NOMEM;
		for (uint32_t i = 0; i < s->n; i++)
			heap_add(&s->heap, &s->nodes[i], later(s, dice_draw(&s->dice)), i);
		return 0;
	}
	s->timers = pages(s, s->n, sizeof(*s->timers));
	s->wheel = wheel_new(0);
	if (!s->timers || !s->wheel)
		return ERR_NOMEM;
	kind = wheel_kind(s->wheel, fired, s);
	for (uint32_t i = 0; i < s->n; i++) {
		wheel_timer_init(&s->timers[i], kind);
		wheel_start(s->wheel, &s->timers[i], later(s, dice_draw(&s->dice)));
	}
	return 0;
}

static void side_fini(struct side *s)
{
	wheel_free(s->wheel);
	heap_fini(&s->heap);
	free(s->memory);
	s->wheel = NULL;
	s->memory = NULL;
}

static double ours(void *ctx) { return run(((const struct pair *)ctx)->subject); }
static double theirs(void *ctx) { return run(((const struct pair *)ctx)->base); }

static struct pair pairs[] = {
	{ &sides[MANY_64], &sides[FEW_64] },
	{ &sides[MANY_8], &sides[FEW_8] },
	{ &sides[MORE_8], &sides[FEW_8] },
	{ &sides[MANY_64], &sides[HEAP_MANY] },
	{ &sides[FEW_64], &sides[HEAP_FEW] },
};

#define CASE(i, text, base_text, most) \
	[i] = { .name = text, .base = base_text, .goal = most, .run = ours, .run_base = theirs, .ctx = &pairs[i] }

static const struct bench_case timer_cases[] = {
	CASE(0, "restart one of 1 M, 64 times a second each", "one of 1 k", 2),
	CASE(1, "restart one of 1 M, 8 times a second each", "one of 1 k", 2),
	CASE(2, "restart one of 10 M, 8 times a second each", "one of 1 k", 0),
	CASE(3, "restart one of 1 M, 64 times a second each", "4-ary heap, one of 1 M", 0),
	CASE(4, "restart one of 1 k, 64 times a second each", "4-ary heap, one of 1 k", 0),
};

static void timer_close(void)
{
	for (unsigned i = 0; i < SIDES; i++)
		side_fini(&sides[i]);
}

static int timer_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	if (args[0])
		return err_set(e, ERR_USAGE, "bench timer: '%s': takes no more words", args[0]);
	for (unsigned i = 0; i < SIDES; i++) {
		struct side *s = &sides[i];

		s->n = quick && s->n > QUICK_MOST ? QUICK_MOST : s->n;
		if (side_init(s)) {
			timer_close();
			return err_set(e, ERR_NOMEM, "bench timer: no memory for %u timers", s->n);
		}
		restart(s, (uint64_t)s->n * (s->is_heap ? 1 : s->often + s->often / 4));
	}
	*cases = timer_cases;
	*n = sizeof(timer_cases) / sizeof(*timer_cases);
	return 0;
}

const struct bench bench_timer = {
	.name = "timer",
	.about = "stop and start again a random one of N timers",
	.open = timer_open,
	.close = timer_close,
};
