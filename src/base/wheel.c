/* wheel.c - a hierarchical timer wheel with lazy restarts.
 *
 * Slots. Eleven levels of 64 slots take six bits of the deadline each. A timer is filed by the highest digit in which
 * its deadline differs from `base`, a time which nothing filed precedes:
 *
 *      base      0 .. 0  5 17 40 33          level 0: one slot a nanosecond
 *      deadline  0 .. 0  5 20  1 60          level 1: 64 ns a slot
 *                           ^                level 2: 4 us, level 3: 262 us, level 4: 17 ms, level 5: 1.1 s, ...
 *                           level 2, slot 20
 *
 * So all of a level comes before all of the next, slots of a level come in order, and the first slot that is not empty
 * is two find-first-set away, however far: no empty time is ever walked. Each slot knows a bound that no deadline in it
 * precedes. When the bound of the first slot has come, base moves there and its timers are filed anew, each in a lower
 * level; those whose time it is go to the due list, are sorted by their start and fired. A timer is refiled at most ten
 * times, where timers are dense in time two or three. All timers of one deadline are in one slot at any time.
 *
 * Restarts. Connections restart their timer with every packet and hardly ever let it fire. A timer whose new deadline
 * is not before its slot's bound stays where it is: only its deadline is written, and the slot's turn will file it
 * anew. A stopped one stays likewise, with the deadline NRW_NEVER. Only a deadline before the slot moves it at once.
 *
 * Memory. At a million timers nothing but cache misses counts, about 100 ns each where one waits for the other.
 *  - wheel_start() and wheel_stop() touch no timer: they write to an intake of 64 and prefetch. It is applied when it
 *    is full, or before anything fires or is asked; by then the lines have come, many at a time.
 *  - A slot is four strands, not one list: walking one is a chain of misses, walking four at a time overlaps them.
 *
 * What was tried. One restart of a random one of N, its deadline uniform over the next second, each restarted 64 times
 * (8 times) a second, expiry and refiling counted in; what it costs among 10^6 as a multiple of what among 10^3, in
 * large pages, least of 100 rounds on a busy machine:
 *
 *      doubly linked slots, moved at each start              6.2  (5.4)      each neighbour a miss
 *      the same behind the intake                            3.2  (3.2)
 *      the same, four strands                                2.8  (2.2)
 *      lazy restart, no intake, one list a slot              5.3  (4.1)      a branch waits for the miss
 *      lazy, intake, one list a slot                         2.4  (2.3)      the chain when a slot's turn comes
 *      lazy, intake, four strands: this one                  1.9  (1.5)      in small pages 2.3 (1.7)
 *      eight strands, intake of 128 or 256                   1.9  (1.5)
 *      lazy, intake, slots of arrays of pointers             1.9  (1.6)      22 bytes a timer more, and start can fail
 *
 * What is left is one random line read and written back a restart, as fast as a processor can have it. `narrows bench
 * timer` repeats the last but two. Limits: 10^6 equal deadlines are sorted in one go when they fire; order wraps after
 * 2^48 starts, so equal deadlines started 2^47 starts apart are misordered. A wheel is 60 KB. */
#include "base/wheel.h"

#include <stdlib.h>

#include "base/err.h"

#define DIGIT_BITS 6
#define DIGITS (1u << DIGIT_BITS)
#define LEVELS 11
#define SLOTS (LEVELS * DIGITS)
#define STRANDS 4
#define SLOT_NONE 0		/* of a timer: filed nowhere; in slots[i]: i + 1 */
#define SLOT_DUE (SLOTS + 1)
#define SLOT_MASK 0x3ff
#define ORDER_MASK UINT64_C(0xffffffffffff)
#define INTAKE 64

struct slot {
	nrw_time bound;			/* no deadline in it is earlier; NRW_NEVER: empty */
	uint64_t count;			/* timers filed in it, stopped ones too */
	struct list strands[STRANDS];
};

struct wanted {
	struct wheel_timer *timer;
	nrw_time deadline;
};

struct kind {
	wheel_fn *fn;
	void *ctx;
};

struct wheel {
	nrw_time base;			/* slots are relative to it; <= now, or the instant that fires next */
	nrw_time now;			/* of the last run; while firing: the deadline being fired */
	uint64_t order, started;
	struct list due;		/* deadline == now, sorted by start */
	uint32_t levels;		/* bit: some slot of the level is not empty */
	uint32_t intake;
	uint64_t filled[LEVELS];	/* bit: the slot is not empty */
	struct wanted wanted[INTAKE];
	struct slot slots[SLOTS];
	struct kind kinds[WHEEL_KINDS];
	unsigned kind_count;
	bool running;
};

struct wheel *wheel_new(nrw_time now)
{
	struct wheel *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->base = w->now = now;
	list_init(&w->due);
	for (unsigned i = 0; i < SLOTS; i++) {
		w->slots[i].bound = NRW_NEVER;
		for (unsigned s = 0; s < STRANDS; s++)
			list_init(&w->slots[i].strands[s]);
	}
	return w;
}

void wheel_free(struct wheel *w)
{
	free(w);
}

unsigned wheel_kind(struct wheel *w, wheel_fn *fn, void *ctx)
{
	BUG_ON(w->kind_count == WHEEL_KINDS);
	w->kinds[w->kind_count] = (struct kind){ fn, ctx };
	return w->kind_count++;
}

void wheel_timer_init(struct wheel_timer *t, unsigned kind)
{
	BUG_ON(kind >= WHEEL_KINDS);
	*t = (struct wheel_timer){ .deadline = NRW_NEVER, .kind = kind & (WHEEL_KINDS - 1) };
}

static inline struct wheel_timer *timer_of(struct list *l)
{
	return container_of(l, struct wheel_timer, at);
}

static inline unsigned slot_of(const struct wheel *w, nrw_time deadline)
{
	unsigned level = (unsigned)(63 - __builtin_clzll((deadline ^ w->base) | 1)) / DIGIT_BITS;

	return level * DIGITS + (unsigned)(deadline >> level * DIGIT_BITS) % DIGITS;
}

static inline void slot_emptied(struct wheel *w, unsigned i)
{
	w->slots[i].bound = NRW_NEVER;
	w->filled[i / DIGITS] &= ~(UINT64_C(1) << i % DIGITS);
	if (!w->filled[i / DIGITS])
		w->levels &= ~(1u << i / DIGITS);
}

static inline void file(struct wheel *w, struct wheel_timer *t, unsigned i, uint64_t order)
{
	struct slot *slot = &w->slots[i];

	list_put_tail(&slot->strands[order % STRANDS], &t->at);
	t->slot = (i + 1) & SLOT_MASK;
	slot->count++;
	if (slot->bound > t->deadline)
		slot->bound = t->deadline;
	w->filled[i / DIGITS] |= UINT64_C(1) << i % DIGITS;
	w->levels |= 1u << i / DIGITS;
}

/* Out of its list; who calls then says where it is. */
static inline void unfile(struct wheel *w, struct wheel_timer *t, unsigned place)
{
	t->at.next->prev = t->at.prev;
	t->at.prev->next = t->at.next;
	if (place != SLOT_DUE && --w->slots[place - 1].count == 0)
		slot_emptied(w, place - 1);
}

/* One wish of the intake: all that start and stop really do. The word of order and slot is read before any of it is
 * written: the processor cannot forward a narrow store to a wide load, and this one would wait behind the misses of
 * unfile(), 100 ns. */
static void apply(struct wheel *w, struct wheel_timer *t, nrw_time deadline)
{
	unsigned place = t->slot, i;
	uint64_t order;

	if (deadline != NRW_NEVER && deadline < w->now)
		deadline = w->now;
	w->started += (deadline != NRW_NEVER);
	w->started -= (t->deadline != NRW_NEVER);
	t->deadline = deadline;
	if (deadline == NRW_NEVER)
		return;
	order = ++w->order;
	t->order = order & ORDER_MASK;
	if (place != SLOT_NONE && place != SLOT_DUE && deadline >= w->slots[place - 1].bound)
		return;
	i = slot_of(w, deadline);
	if (place == i + 1) {
		w->slots[i].bound = deadline;
		return;
	}
	if (place != SLOT_NONE)
		unfile(w, t, place);
	file(w, t, i, order);
}

static __attribute__((noinline)) void apply_all(struct wheel *w)
{
	for (unsigned i = 0; i < w->intake; i++)
		apply(w, w->wanted[i].timer, w->wanted[i].deadline);
	w->intake = 0;
}

static inline void settle(struct wheel *w)
{
	if (w->intake)
		apply_all(w);
}

void wheel_start(struct wheel *w, struct wheel_timer *t, nrw_time deadline)
{
	if (w->intake && w->wanted[w->intake - 1].timer == t) {	/* stop and start again: one wish */
		w->wanted[w->intake - 1].deadline = deadline;
		return;
	}
	__builtin_prefetch(t, 1);
	w->wanted[w->intake++] = (struct wanted){ t, deadline };
	if (w->intake == INTAKE)
		apply_all(w);
}

void wheel_stop(struct wheel *w, struct wheel_timer *t)
{
	wheel_start(w, t, NRW_NEVER);
}

void wheel_timer_fini(struct wheel *w, struct wheel_timer *t)
{
	wheel_stop(w, t);
	settle(w);
	if (t->slot != SLOT_NONE)
		unfile(w, t, t->slot);
	t->slot = SLOT_NONE;
}

nrw_time wheel_deadline(struct wheel *w, const struct wheel_timer *t)
{
	settle(w);
	return t->deadline;
}

uint64_t wheel_started(struct wheel *w)
{
	settle(w);
	return w->started;
}

/* A timer that comes out of a slot whose turn it is. */
static inline void refile(struct wheel *w, struct wheel_timer *t)
{
	if (t->deadline == NRW_NEVER) {
		t->slot = SLOT_NONE;
	} else if (t->deadline == w->base) {
		list_put_tail(&w->due, &t->at);
		t->slot = SLOT_DUE;
	} else {
		file(w, t, slot_of(w, t->deadline), t->order);
	}
}

/* Takes the strands off the slot, as chains that end in NULL; returns how many timers they have in all. */
static uint64_t take_strands(struct wheel *w, unsigned i, struct list *chains[STRANDS])
{
	struct slot *slot = &w->slots[i];
	uint64_t count = slot->count;

	for (unsigned s = 0; s < STRANDS; s++) {
		struct list *strand = &slot->strands[s];

		chains[s] = list_empty(strand) ? NULL : strand->next;
		strand->prev->next = NULL;
		list_init(strand);
	}
	slot->count = 0;
	slot_emptied(w, i);
	return count;
}

/* The slot's turn: base moves to its bound, its timers to lower levels, or to where they were put off to. */
static void distribute(struct wheel *w, unsigned i)
{
	struct list *chains[STRANDS];
	uint64_t left;

	w->base = w->slots[i].bound;
	left = take_strands(w, i, chains);
	while (left) {
		for (unsigned s = 0; s < STRANDS; s++) {
			struct list *l = chains[s];

			if (!l)
				continue;
			chains[s] = l->next;
			__builtin_prefetch(chains[s], 1);	/* NULL is harmless */
			refile(w, timer_of(l));
			left--;
		}
	}
}

static inline bool started_before(struct list *a, struct list *b)
{
	uint64_t d = (uint64_t)timer_of(b)->order - (uint64_t)timer_of(a)->order;

	return (d & ORDER_MASK) <= ORDER_MASK / 2;	/* orders may have wrapped between them */
}

static struct list *merge(struct list *a, struct list *b)
{
	struct list *head, **end = &head;

	while (a && b) {
		struct list **least = started_before(a, b) ? &a : &b;

		*end = *least;
		end = &(*least)->next;
		*least = (*least)->next;
	}
	*end = a ? a : b;
	return head;
}

/* Merge sort from below: bins[i] is empty or a sorted chain of 2^i timers. */
static void sort_due(struct wheel *w)
{
	struct list *bins[64] = { 0 }, *l = w->due.next, *next, *sorted = NULL;

	w->due.prev->next = NULL;
	for (; l; l = next) {
		unsigned i = 0;

		next = l->next;
		l->next = NULL;
		for (; bins[i]; i++) {
			l = merge(bins[i], l);
			bins[i] = NULL;
		}
		bins[i] = l;
	}
	for (unsigned i = 0; i < 64; i++)
		sorted = merge(bins[i], sorted);
	list_init(&w->due);
	for (l = sorted; l; l = next) {
		next = l->next;
		list_put_tail(&w->due, l);
	}
}

static inline unsigned first_slot(const struct wheel *w)	/* some slot is not empty */
{
	unsigned level = (unsigned)__builtin_ctz(w->levels);

	return level * DIGITS + (unsigned)__builtin_ctzll(w->filled[level]);
}

nrw_time wheel_next(struct wheel *w)
{
	settle(w);
	if (!list_empty(&w->due))
		return w->now;
	return w->levels ? w->slots[first_slot(w)].bound : NRW_NEVER;
}

/* Fills the empty due list with what fires next, at or before `now`; false: nothing does. */
static bool more_due(struct wheel *w, nrw_time now)
{
	while (list_empty(&w->due)) {
		unsigned i;

		if (!w->levels)
			return false;
		i = first_slot(w);
		if (w->slots[i].bound > now)
			return false;
		distribute(w, i);
	}
	w->now = w->base;
	if (w->due.next != w->due.prev)
		sort_due(w);
	return true;
}

static bool fire(struct wheel *w)
{
	struct wheel_timer *t = timer_of(w->due.next);
	const struct kind *k = &w->kinds[t->kind];
	nrw_time when = t->deadline;

	unfile(w, t, SLOT_DUE);
	t->slot = SLOT_NONE;
	if (when == NRW_NEVER)		/* stopped by a callback of the same instant */
		return false;
	t->deadline = NRW_NEVER;
	w->started--;
	k->fn(k->ctx, t, when);
	settle(w);
	return true;
}

/* Base may follow now as long as it does not enter the range of a slot that is not empty: then all that is filed is
 * where it would be filed from there too, and what comes is filed as low as can be. */
static void follow(struct wheel *w)
{
	if (!w->levels || slot_of(w, w->now) != first_slot(w))
		w->base = w->now;
}

uint64_t wheel_run(struct wheel *w, nrw_time now)
{
	uint64_t fired = 0;

	BUG_ON(w->running);
	w->running = true;
	now = now > w->now ? now : w->now;
	settle(w);
	while (!list_empty(&w->due) || more_due(w, now))
		fired += fire(w);
	w->now = now;
	follow(w);
	w->running = false;
	return fired;
}
