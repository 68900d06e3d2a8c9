/* wheel_test.c - the wheel against a model that looks at every timer every time. */
#include "base/wheel.h"

#include <stdlib.h>

#include "base/dice.h"
#include "test.h"

#define TIMERS 64

struct model_timer {
	struct wheel_timer timer;
	nrw_time deadline;	/* what the model thinks; NRW_NEVER: stopped */
	uint64_t order;
};

struct world {
	struct wheel *wheel;
	struct model_timer timers[TIMERS];
	struct dice dice;
	nrw_time now;		/* of the last run, or the instant being fired */
	uint64_t order;
	uint64_t fired;
	unsigned kind[2];
	unsigned meddle;	/* of 256: how often a callback does something */
	unsigned shape;		/* of deadlines */
};

static uint64_t below(struct world *x, uint64_t n)
{
	return dice_draw(&x->dice) % n;
}

static struct model_timer *model_first(struct world *x)
{
	struct model_timer *first = NULL;

	for (unsigned i = 0; i < TIMERS; i++) {
		struct model_timer *t = &x->timers[i];

		if (t->deadline == NRW_NEVER || (first && t->deadline > first->deadline))
			continue;
		if (!first || t->deadline < first->deadline || t->order < first->order)
			first = t;
	}
	return first;
}

static uint64_t model_started(struct world *x)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < TIMERS; i++)
		n += (x->timers[i].deadline != NRW_NEVER);
	return n;
}

static void start(struct world *x, struct model_timer *t, nrw_time deadline)
{
	wheel_start(x->wheel, &t->timer, deadline);
	t->deadline = deadline == NRW_NEVER || deadline > x->now ? deadline : x->now;
	t->order = ++x->order;
}

static void stop(struct world *x, struct model_timer *t)
{
	wheel_stop(x->wheel, &t->timer);
	t->deadline = NRW_NEVER;
}

static nrw_time ahead(struct world *x, uint64_t ns)
{
	return ns < UINT64_MAX - x->now ? x->now + ns : UINT64_MAX - 1;
}

/* Deadlines of every sort that has broken a wheel somewhere. */
static nrw_time some_deadline(struct world *x)
{
	switch (x->shape ? x->shape : below(x, 9)) {
	case 1: return ahead(x, below(x, 64));				/* the lowest level */
	case 2: return ahead(x, below(x, 5000));
	case 3: return ahead(x, below(x, UINT64_C(1) << below(x, 63)));	/* any level */
	case 4: return (ahead(x, below(x, 4096)) | 1023);		/* many equal */
	case 5: return x->now - below(x, UINT64_C(1) << below(x, 64)) % (x->now + 1);	/* has passed */
	case 6: return ahead(x, UINT64_C(1) << 63);
	case 7: return x->now;
	case 8: return UINT64_MAX - 1 - below(x, 3);
	default: return ahead(x, UINT64_C(1) << below(x, 20));		/* edges of slots */
	}
}

static void meddle(struct world *x)
{
	struct model_timer *t = &x->timers[below(x, TIMERS)];

	switch (below(x, 8)) {
	case 0:
	case 1:
		stop(x, t);
		break;
	case 2:
		wheel_timer_fini(x->wheel, &t->timer);
		memset(&t->timer, 0xa5, sizeof(t->timer));	/* nobody may look at it now */
		wheel_timer_init(&t->timer, x->kind[below(x, 2)]);
		t->deadline = NRW_NEVER;
		break;
	case 3:
		stop(x, t);
		start(x, t, some_deadline(x));
		break;
	default:
		start(x, t, some_deadline(x));
	}
}

static void fired(void *ctx, struct wheel_timer *timer, nrw_time when)
{
	struct world *x = ctx;
	struct model_timer *t = container_of(timer, struct model_timer, timer), *first = model_first(x);

	assert_ptr_equal(t, first);
	assert_true(when == t->deadline && when >= x->now);
	assert_true(wheel_deadline(x->wheel, timer) == NRW_NEVER);
	x->now = when;
	t->deadline = NRW_NEVER;
	x->fired++;
	if (x->fired % 3 && below(x, 256) < x->meddle)
		meddle(x);
	assert_true(wheel_started(x->wheel) == model_started(x));
}

static void run(struct world *x, nrw_time now)
{
	uint64_t before = x->fired, n;
	struct model_timer *first;

	n = wheel_run(x->wheel, now);
	assert_true(n == x->fired - before);
	x->now = now > x->now ? now : x->now;
	first = model_first(x);
	assert_true(!first || first->deadline > x->now);
}

static void world_init(struct world *x, uint64_t seed, nrw_time now)
{
	*x = (struct world){ .wheel = wheel_new(now), .dice = { .key = seed }, .now = now };
	assert_non_null(x->wheel);
	x->kind[0] = wheel_kind(x->wheel, fired, x);
	x->kind[1] = wheel_kind(x->wheel, fired, x);
	for (unsigned i = 0; i < TIMERS; i++) {
		wheel_timer_init(&x->timers[i].timer, x->kind[i & 1]);
		x->timers[i].deadline = NRW_NEVER;
	}
}

static void world_fini(struct world *x)
{
	for (unsigned i = 0; i < TIMERS; i++)
		wheel_timer_fini(x->wheel, &x->timers[i].timer);
	assert_true(wheel_started(x->wheel) == 0);
	assert_true(wheel_next(x->wheel) == NRW_NEVER);
	wheel_free(x->wheel);
}

/* Runs to what wheel_next() says until something fires; it must come to that, and never pass the first. */
static void run_to_next(struct world *x)
{
	uint64_t before = x->fired;

	for (unsigned idle = 0; x->fired == before; idle++) {
		struct model_timer *first = model_first(x);
		nrw_time next = wheel_next(x->wheel);

		assert_true(first ? next <= first->deadline : true);
		if (next == NRW_NEVER) {
			assert_null(first);
			return;
		}
		assert_true(idle < 16 * TIMERS);
		run(x, next);
	}
}

static void step(struct world *x)
{
	switch (below(x, 16)) {
	case 0:
		run_to_next(x);
		break;
	case 1:
		run(x, ahead(x, below(x, UINT64_C(1) << below(x, 24))));
		break;
	case 2:
		run(x, below(x, 2) ? x->now : x->now / 2);	/* time that stands, or would go back */
		break;
	default:
		meddle(x);
	}
}

static void live(uint64_t seed, unsigned shape, unsigned meddle_of_256, unsigned steps)
{
	struct world x;

	world_init(&x, seed, seed % 7 ? seed * 1000003 : 0);
	x.shape = shape;
	x.meddle = meddle_of_256;
	for (unsigned i = 0; i < steps; i++)
		step(&x);
	world_fini(&x);
}

TEST(wheel, fires_as_a_sorted_list_would)
{
	for (unsigned seed = 0; seed < 60; seed++)
		live(seed, seed % 9, 0, 3000);
}

TEST(wheel, and_so_when_callbacks_start_and_stop)
{
	for (unsigned seed = 100; seed < 160; seed++)
		live(seed, seed % 4, 200, 3000);
}

TEST(wheel, jumps_over_years_and_fires_all)
{
	struct world x;

	for (unsigned seed = 0; seed < 200; seed++) {
		world_init(&x, seed, 0);
		x.meddle = seed % 2 ? 128 : 0;
		for (unsigned i = 0; i < 3 * TIMERS; i++)
			meddle(&x);
		for (unsigned jump = 0; jump < 8; jump++)
			run(&x, ahead(&x, UINT64_C(1) << (40 + 3 * jump)));
		world_fini(&x);
	}
}

TEST(wheel, next_is_exact_while_nothing_is_stopped_or_put_off)
{
	struct world x;

	for (unsigned seed = 0; seed < 50; seed++) {
		world_init(&x, seed, 0);
		for (unsigned i = 0; i < TIMERS; i++) {
			start(&x, &x.timers[i], some_deadline(&x));
			assert_true(wheel_next(x.wheel) == model_first(&x)->deadline);
		}
		while (model_first(&x)) {
			assert_true(wheel_next(x.wheel) == model_first(&x)->deadline);
			run(&x, wheel_next(x.wheel));
		}
		world_fini(&x);
	}
}

struct periodic {
	struct wheel_timer timer;
	struct wheel *wheel;
	uint64_t fired;
	nrw_time period, last;
};

static void again(void *ctx, struct wheel_timer *timer, nrw_time when)
{
	struct periodic *p = ctx;

	p->fired++;
	p->last = when;
	wheel_start(p->wheel, timer, when + p->period);
}

TEST(wheel, a_period_does_not_drift_however_late_it_is_run)
{
	struct periodic p = { .wheel = wheel_new(0), .period = 1000 };
	unsigned kind = wheel_kind(p.wheel, again, &p);

	wheel_timer_init(&p.timer, kind);
	wheel_start(p.wheel, &p.timer, 1000);
	assert_true(wheel_run(p.wheel, 999) == 0);
	assert_true(wheel_run(p.wheel, 1000) == 1);
	assert_true(wheel_run(p.wheel, 500500) == 499);
	assert_true(p.fired == 500 && p.last == 500000);
	wheel_timer_fini(p.wheel, &p.timer);
	wheel_free(p.wheel);
}

struct many {
	struct wheel_timer timer;
	unsigned number;
};

static unsigned many_next;

static void in_order(void *ctx, struct wheel_timer *timer, nrw_time when)
{
	assert_true(container_of(timer, struct many, timer)->number == many_next++);
}

/* Restarted lazily in a random order, so that the strands of their slot are not sorted. */
TEST(wheel, thousands_of_equal_deadlines_fire_in_the_order_of_their_start)
{
	enum { N = 5000 };
	static struct many many[N];
	static unsigned turn[N];
	struct wheel *w = wheel_new(0);
	unsigned kind = wheel_kind(w, in_order, NULL);
	struct dice d = { .key = 5 };

	for (unsigned i = 0; i < N; i++) {
		turn[i] = i;
		wheel_timer_init(&many[i].timer, kind);
		wheel_start(w, &many[i].timer, 1000 + i);
	}
	for (unsigned i = N - 1; i > 0; i--) {
		unsigned j = (unsigned)(dice_draw(&d) % (i + 1)), t = turn[i];

		turn[i] = turn[j];
		turn[j] = t;
	}
	for (unsigned i = 0; i < N; i++) {
		many[turn[i]].number = i;
		wheel_start(w, &many[turn[i]].timer, 123456789);
	}
	many_next = 0;
	assert_true(wheel_run(w, 123456788) == 0);
	assert_true(wheel_run(w, 123456789) == N);
	assert_int_equal(many_next, N);
	for (unsigned i = 0; i < N; i++)
		wheel_timer_fini(w, &many[i].timer);
	wheel_free(w);
}
