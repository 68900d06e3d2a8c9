/* cmd/bench_ring.c - `narrows bench ring`: items of 8 bytes from one thread to another, each on a processor of its own.
 *
 * The producer counts, the consumer adds up what it gets; both spin while there is nothing to do, and let others run
 * after a while. A round moves many slices and the least slice counts, by the wall: half the work is on either thread,
 * and what is asked is how long an item takes. Every way here moves as many items, through as many places, in bursts of
 * the same size.
 *
 * Bases: liburcu's wait-free queue (wfcqueue), whose items are nodes with a link: a burst is linked by the producer and
 * appended by one exchange, and the consumer takes all there is by another, which is the least that it can do, and used
 * from its headers, inlined; and an array under a mutex, locked for each item as a queue of a library is, or for each
 * burst. Two machines differ here more than anywhere, and a machine that is busy with something else shows nothing. */
#include "bench.h"

#include <stdatomic.h>

#ifdef HAVE_URCU
#define _LGPL_SOURCE		/* its small functions inline */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <urcu/wfcqueue.h>
#pragma GCC diagnostic pop
#endif

#include "base/os.h"
#include "base/os_thread.h"
#include "base/ring.h"

#define PLACES 1024u
#define BURST_MOST 32
#define SLICE (1u << 17)
#define SLICES 8
#define QUICK_SLICE (1u << 12)
#define SPINS 2000		/* before another thread may run: longer than any burst takes */

/* One way to move items. All are called with bursts; `put` and `take` move what they can. */
struct way {
	int (*init)(void);
	void (*fini)(void);
	uint32_t (*put)(uint64_t first, uint32_t n);	/* items first, first + 1, ... */
	uint32_t (*take)(uint32_t n, uint64_t *sum);
};

struct race {
	const struct way *way;
	uint32_t burst;
	uint64_t slice, items;
	double least;		/* ns an item */
	bool wrong;
};

static uint32_t slice = SLICE;

static inline void idle(unsigned *spins)
{
	if (++*spins < SPINS) {
		atomic_signal_fence(memory_order_seq_cst);
		return;
	}
	*spins = 0;
	os_yield();
}

static void produce(void *ctx)
{
	const struct race *r = ctx;
	unsigned spins = 0;

	for (uint64_t sent = 0; sent < r->items;) {
		uint32_t n = r->items - sent < r->burst ? (uint32_t)(r->items - sent) : r->burst;
		uint32_t moved = r->way->put(sent, n);

		sent += moved;
		if (!moved)
			idle(&spins);
	}
}

static void consume(void *ctx)
{
	struct race *r = ctx;
	uint64_t sum = 0, mark = r->slice, began = os_now_ns(), now;
	unsigned spins = 0;

	for (uint64_t got = 0; got < r->items;) {
		uint32_t moved = r->way->take(r->burst, &sum);

		got += moved;
		if (!moved)
			idle(&spins);
		if (got < mark)
			continue;
		now = os_now_ns();
		if (mark > r->slice && (r->least == 0 || (double)(now - began) / (double)r->slice < r->least))
			r->least = (double)(now - began) / (double)r->slice;	/* the first one warms up */
		began = now;
		mark += r->slice;
	}
	r->wrong = sum != r->items * (r->items - 1) / 2;
}

static double run(const struct way *way, uint32_t burst)
{
	struct race r = { .way = way, .burst = burst, .slice = slice, .items = (uint64_t)slice * SLICES };
	struct os_thread producer, consumer;

	BUG_ON(way->init());
	BUG_ON(os_thread_start(&consumer, consume, &r, 0));
	BUG_ON(os_thread_start(&producer, produce, &r, 1));
	os_thread_join(&producer);
	os_thread_join(&consumer);
	way->fini();
	BUG_ON(r.wrong);
	return r.least;
}

/* Ours. */
static unsigned char ring_memory[4 * RING_APART + 8 * (size_t)PLACES] __attribute__((aligned(RING_APART)));
static struct ring_producer ring_in;
static struct ring_consumer ring_out;

static int ring_open(void)
{
	size_t bytes = ring_bytes(PLACES, 8);

	BUG_ON(bytes > sizeof(ring_memory));
	ring_init(ring_memory, PLACES, 8, 0);
	return ring_producer_attach(&ring_in, ring_memory, bytes, NULL) ?:
		ring_consumer_attach(&ring_out, ring_memory, bytes, NULL);
}

static void ring_close(void)
{
}

static uint32_t ring_burst_put(uint64_t first, uint32_t n)
{
	uint64_t items[BURST_MOST];

	for (uint32_t i = 0; i < n; i++)
		items[i] = first + i;
	return ring_put(&ring_in, items, n);
}

static uint32_t ring_burst_take(uint32_t n, uint64_t *sum)
{
	uint64_t items[BURST_MOST];

	n = ring_take(&ring_out, items, n);
	for (uint32_t i = 0; i < n; i++)
		*sum += items[i];
	return n;
}

static const struct way ring_way = { ring_open, ring_close, ring_burst_put, ring_burst_take };

/* liburcu's. A node is used again when the consumer has said that it is through with it. */
#ifdef HAVE_URCU
static struct {
	struct cds_wfcq_tail tail __attribute__((aligned(RING_APART)));
	struct __cds_wfcq_head head __attribute__((aligned(RING_APART)));
	_Atomic uint64_t taken __attribute__((aligned(RING_APART)));	/* by the consumer */
	uint64_t taken_seen __attribute__((aligned(RING_APART)));	/* the producer's copy */
	struct __cds_wfcq_head own_head __attribute__((aligned(RING_APART)));	/* the consumer's */
	struct cds_wfcq_tail own_tail;
} wfcq;

static struct node {
	struct cds_wfcq_node link;
	uint64_t item;
} wfcq_nodes[PLACES] __attribute__((aligned(RING_APART)));

static int wfcq_open(void)
{
	__cds_wfcq_init(&wfcq.head, &wfcq.tail);
	__cds_wfcq_init(&wfcq.own_head, &wfcq.own_tail);
	atomic_store(&wfcq.taken, 0);
	wfcq.taken_seen = 0;
	return 0;
}

static void wfcq_close(void)
{
}

static uint32_t wfcq_put(uint64_t first, uint32_t n)
{
	struct node *from, *last;

	if (first + n - wfcq.taken_seen > PLACES)
		wfcq.taken_seen = atomic_load_explicit(&wfcq.taken, memory_order_acquire);
	if (first + n - wfcq.taken_seen > PLACES)
		return 0;
	from = last = &wfcq_nodes[first % PLACES];
	from->item = first;
	for (uint32_t i = 1; i < n; i++) {
		struct node *next = &wfcq_nodes[(first + i) % PLACES];

		next->item = first + i;
		last->link.next = &next->link;
		last = next;
	}
	last->link.next = NULL;
	___cds_wfcq_append(&wfcq.head, &wfcq.tail, &from->link, &last->link);
	return n;
}

static uint32_t wfcq_take(uint32_t n, uint64_t *sum)
{
	struct cds_wfcq_node *at;
	uint32_t got = 0;

	__cds_wfcq_splice_blocking(&wfcq.own_head, &wfcq.own_tail, &wfcq.head, &wfcq.tail);
	at = __cds_wfcq_first_blocking(&wfcq.own_head, &wfcq.own_tail);
	for (; at; at = __cds_wfcq_next_blocking(&wfcq.own_head, &wfcq.own_tail, at), got++)
		*sum += ((const struct node *)at)->item;	/* its first member */
	if (!got)
		return 0;
	__cds_wfcq_init(&wfcq.own_head, &wfcq.own_tail);
	atomic_store_explicit(&wfcq.taken, atomic_load_explicit(&wfcq.taken, memory_order_relaxed) + got,
		memory_order_release);
	return got;
}

static const struct way wfcq_way = { wfcq_open, wfcq_close, wfcq_put, wfcq_take };
#endif

/* An array under a lock. */
static struct {
	struct os_mutex lock;
	uint64_t head, tail;
	uint64_t items[PLACES];
} locked;

static int locked_open(void)
{
	os_mutex_init(&locked.lock);
	locked.head = locked.tail = 0;
	return 0;
}

static void locked_close(void)
{
	os_mutex_fini(&locked.lock);
}

static uint32_t locked_put(uint64_t first, uint32_t n)
{
	uint32_t moved = 0;

	os_mutex_lock(&locked.lock);
	for (; moved < n && locked.head - locked.tail < PLACES; moved++)
		locked.items[locked.head++ % PLACES] = first + moved;
	os_mutex_unlock(&locked.lock);
	return moved;
}

static uint32_t locked_take(uint32_t n, uint64_t *sum)
{
	uint32_t moved = 0;

	os_mutex_lock(&locked.lock);
	for (; moved < n && locked.tail < locked.head; moved++)
		*sum += locked.items[locked.tail++ % PLACES];
	os_mutex_unlock(&locked.lock);
	return moved;
}

static uint32_t one_put(uint64_t first, uint32_t n)
{
	uint32_t moved = 0;

	while (moved < n && locked_put(first + moved, 1))
		moved++;
	return moved;
}

static uint32_t one_take(uint32_t n, uint64_t *sum)
{
	uint32_t moved = 0;

	while (moved < n && locked_take(1, sum))
		moved++;
	return moved;
}

static const struct way locked_way = { locked_open, locked_close, locked_put, locked_take };
static const struct way one_way = { locked_open, locked_close, one_put, one_take };

static double ring32(void *ctx) { return run(&ring_way, 32); }
static double ring8(void *ctx) { return run(&ring_way, 8); }
static double ring1(void *ctx) { return run(&ring_way, 1); }
static double locked32(void *ctx) { return run(&locked_way, 32); }
static double one32(void *ctx) { return run(&one_way, 32); }
#ifdef HAVE_URCU
static double wfcq32(void *ctx) { return run(&wfcq_way, 32); }
static double wfcq8(void *ctx) { return run(&wfcq_way, 8); }
static double wfcq1(void *ctx) { return run(&wfcq_way, 1); }
#endif

static const struct bench_case cases[] = {
#ifdef HAVE_URCU
	{ "an item, in bursts of 32", NULL, "liburcu's wfcqueue, the same bursts", 1, ring32, wfcq32, NULL },
	{ "an item, in bursts of 8", NULL, "liburcu's wfcqueue, the same bursts", 0, ring8, wfcq8, NULL },
	{ "an item, one by one", NULL, "liburcu's wfcqueue, one by one", 0, ring1, wfcq1, NULL },
#else
	{ "an item, in bursts of 32", NULL, NULL, 0, ring32, NULL, NULL },
	{ "an item, in bursts of 8", NULL, NULL, 0, ring8, NULL, NULL },
	{ "an item, one by one", NULL, NULL, 0, ring1, NULL, NULL },
#endif
	{ "an item, in bursts of 32", NULL, "array and mutex, an item a lock", 0.1, ring32, one32, NULL },
	{ "an item, in bursts of 32", NULL, "array and mutex, a burst a lock", 0, ring32, locked32, NULL },
};

static int bench_open(const struct bench_case **c, size_t *n, char **args, bool quick, struct err *e)
{
	if (args[0])
		return err_set(e, ERR_USAGE, "ring: '%s': it takes no operand", args[0]);
	slice = quick ? QUICK_SLICE : SLICE;
	*c = cases;
	*n = sizeof(cases) / sizeof(*cases);
	return 0;
}

static void bench_close(void)
{
}

const struct bench bench_ring = {
	"ring", "items from one thread to another, by the wall", bench_open, bench_close,
};
