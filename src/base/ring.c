/* ring.c - the wait-free ring between one producer and one consumer.
 *
 * After Lamport ("Specifying concurrent program modules", 1983): each index has one writer, so nothing is ever
 * contended for. With a private copy of where the peer was (Lee, Bu and Chandranmenon, "A lock-free, cache-efficient
 * shared ring buffer for multi-core architectures", 2009) the peer's line is fetched once for all that it moved since,
 * not once an element.
 *
 *   shared memory, version 1; every number in the byte order of the machine, no pointers
 *
 *      0  magic, version, cells, cell_bytes      read once, at attach
 *    128  head     written by the producer:  cells filled so far, modulo 2^32
 *    256  tail     written by the consumer:  cells emptied so far
 *    384  wake     0 in this version: for a sleeper who wants to be woken
 *    512  cells
 *
 *            tail            head
 *             v               v
 *      +---+-----------------+-----------+
 *      |   |#### full ######|    free   |      full = head - tail, at most cells - 1
 *      +---+-----------------+-----------+
 *
 * One cell stays open, so that a distance is never `cells`: an index that claims it is a lie. Indexes run freely
 * through 2^32 and are masked where they meet memory, so none of them, whatever it is, leads outside.
 *
 * Two edges order everything. HEAD: what the producer wrote into cells comes before its release of head, which the
 * consumer acquires before it reads them. TAIL: what the consumer read from cells comes before its release of tail,
 * which the producer acquires before it fills them again. tests/model-check explores them.
 *
 * Distrust. Each shared word is read once, into a local. The peer may have moved on only, and not past what this side
 * allowed it: the new distance is at least the one known and at most cells - 1; else `fault` is set, and as the cached
 * copy then says "full" (or "empty") for good, the fast path needs no test for it. Where the own index is comes from
 * private memory; the shared one is written and never read back. Law 8 of the design: garbage values, never more.
 *
 * Cost: one line moved for each index and one for each 64 bytes of cells, a burst; bench_ring.c. Limit: 2^20 cells. */
#include "base/ring.h"

#define MAGIC UINT32_C(0x4e72696e)	/* "Nrin" */
#define VERSION 1

struct ring_shared {
	uint32_t magic, version, cells, cell_bytes;
	unsigned char pad0[RING_APART - 16];
	_Atomic uint32_t head;		/* [A] producer */
	unsigned char pad1[RING_APART - 4];
	_Atomic uint32_t tail;		/* [A] consumer */
	unsigned char pad2[RING_APART - 4];
	_Atomic uint32_t wake;		/* reserved */
	unsigned char pad3[RING_APART - 4];
};

_Static_assert(offsetof(struct ring_shared, head) == RING_APART, "ABI");
_Static_assert(offsetof(struct ring_shared, tail) == 2 * RING_APART, "ABI");
_Static_assert(sizeof(struct ring_shared) == 4 * RING_APART, "ABI: cells begin here");
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && sizeof(unsigned) == 4, "an index is one word of the machine");

size_t ring_bytes(uint32_t cells, uint32_t cell_bytes)
{
	if (cells < RING_CELLS_MIN || cells > RING_CELLS_MAX || cells & (cells - 1))
		return 0;
	if (cell_bytes < 8 || cell_bytes > 64 || cell_bytes & (cell_bytes - 1))
		return 0;
	return sizeof(struct ring_shared) + (size_t)cells * cell_bytes;
}

void ring_init(void *memory, uint32_t cells, uint32_t cell_bytes, uint32_t start)
{
	struct ring_shared *s = memory;

	BUG_ON(!ring_bytes(cells, cell_bytes) || (uintptr_t)memory % RING_ALIGN);
	memset(memory, 0, sizeof(*s));
	s->magic = MAGIC;
	s->version = VERSION;
	s->cells = cells;
	s->cell_bytes = cell_bytes;
	atomic_init(&s->head, start);
	atomic_init(&s->tail, start);
}

/* A word that a peer may be writing. */
static uint32_t read_once(const uint32_t *word)
{
	return *(const volatile uint32_t *)word;
}

struct layout {
	uint32_t cells, cell_bytes;
};

static int check_layout(const struct ring_shared *s, size_t bytes, struct layout *l, struct err *e)
{
	uint32_t magic, version;
	size_t need;

	if (bytes < sizeof(*s))
		return err_set(e, ERR_DAMAGED, "ring: %zu bytes; its head alone has %zu", bytes, sizeof(*s));
	magic = read_once(&s->magic);
	version = read_once(&s->version);
	l->cells = read_once(&s->cells);
	l->cell_bytes = read_once(&s->cell_bytes);
	if (magic != MAGIC)
		return err_set(e, ERR_DAMAGED, "ring: this is none: it begins with 0x%08x, not 0x%08x", magic, MAGIC);
	if (version != VERSION)
		return err_set(e, ERR_DAMAGED, "ring: version %u; this program knows version %u", version, VERSION);
	need = ring_bytes(l->cells, l->cell_bytes);
	if (!need)
		return err_set(e, ERR_DAMAGED, "ring: %u cells of %u bytes; cells must be a power of two in %u..%u, "
			"of 8, 16, 32 or 64 bytes", l->cells, l->cell_bytes, RING_CELLS_MIN, RING_CELLS_MAX);
	if (need > bytes)
		return err_set(e, ERR_DAMAGED, "ring: %u cells of %u bytes need %zu bytes; there are %zu", l->cells,
			l->cell_bytes, need, bytes);
	return 0;
}

/* A ring may be in use already: the peer of who left goes on, and who comes finds the indexes as they are. */
static int check_indexes(uint32_t head, uint32_t tail, uint32_t cells, struct err *e)
{
	if (head - tail >= cells)
		return err_set(e, ERR_DAMAGED, "ring: head %u and tail %u are not within %u cells", head, tail, cells);
	return 0;
}

int ring_producer_attach(struct ring_producer *p, void *memory, size_t bytes, struct err *e)
{
	struct ring_shared *s = memory;
	struct layout l;
	int rc = check_layout(s, bytes, &l, e);

	if (rc)
		return rc;
	*p = (struct ring_producer){
		.cells = (unsigned char *)(s + 1), .mask = l.cells - 1, .cell_bytes = l.cell_bytes, .shared = s,
		.head = atomic_load_explicit(&s->head, memory_order_relaxed),
		.tail_seen = atomic_load_explicit(&s->tail, memory_order_acquire),	/* TAIL */
	};
	return check_indexes(p->head, p->tail_seen, l.cells, e);
}

int ring_consumer_attach(struct ring_consumer *c, void *memory, size_t bytes, struct err *e)
{
	struct ring_shared *s = memory;
	struct layout l;
	int rc = check_layout(s, bytes, &l, e);

	if (rc)
		return rc;
	*c = (struct ring_consumer){
		.cells = (const unsigned char *)(s + 1), .mask = l.cells - 1, .cell_bytes = l.cell_bytes, .shared = s,
		.tail = atomic_load_explicit(&s->tail, memory_order_relaxed),
		.head_seen = atomic_load_explicit(&s->head, memory_order_acquire),	/* HEAD */
	};
	return check_indexes(c->head_seen, c->tail, l.cells, e);
}

uint32_t ring_producer_ask(struct ring_producer *p)
{
	uint32_t known = p->head - p->tail_seen;
	uint32_t tail = atomic_load_explicit(&p->shared->tail, memory_order_acquire);	/* TAIL: ring_consumer_show */

	if (p->fault)
		return 0;
	if (p->head - tail > known) {	/* it went back, or past us */
		p->fault = true;
		p->tail_seen = p->head - p->mask;
		return 0;
	}
	p->tail_seen = tail;
	return p->mask - (p->head - tail);
}

uint32_t ring_consumer_ask(struct ring_consumer *c)
{
	uint32_t known = c->head_seen - c->tail;
	uint32_t head = atomic_load_explicit(&c->shared->head, memory_order_acquire);	/* HEAD: ring_producer_show */

	if (c->fault)
		return 0;
	if (head - c->tail < known || head - c->tail > c->mask) {
		c->fault = true;
		c->head_seen = c->tail;
		return 0;
	}
	c->head_seen = head;
	return head - c->tail;
}

void ring_producer_show(const struct ring_producer *p)
{
	atomic_store_explicit(&p->shared->head, p->head, memory_order_release);	/* HEAD: ring_consumer_ask */
}

void ring_consumer_show(const struct ring_consumer *c)
{
	atomic_store_explicit(&c->shared->tail, c->tail, memory_order_release);	/* TAIL: ring_producer_ask */
}

uint32_t ring_used(const void *memory, uint32_t cells)
{
	const struct ring_shared *s = memory;
	uint32_t tail = atomic_load_explicit(&s->tail, memory_order_relaxed);
	uint32_t used = atomic_load_explicit(&s->head, memory_order_relaxed) - tail;

	return used < cells ? used : cells - 1;
}

uint32_t ring_put(struct ring_producer *p, const void *from, uint32_t n)
{
	uint32_t room = p->mask - (p->head - p->tail_seen), at = p->head & p->mask, row;

	if (room < n)
		room = ring_producer_ask(p);
	if (n > room)
		n = room;
	row = n < p->mask + 1 - at ? n : p->mask + 1 - at;
	memcpy(p->cells + (size_t)at * p->cell_bytes, from, (size_t)row * p->cell_bytes);
	if (row < n)
		memcpy(p->cells, (const char *)from + (size_t)row * p->cell_bytes, (size_t)(n - row) * p->cell_bytes);
	if (n)
		ring_publish(p, n);
	return n;
}

uint32_t ring_take(struct ring_consumer *c, void *to, uint32_t n)
{
	uint32_t full = c->head_seen - c->tail, at = c->tail & c->mask, row;

	if (full < n)
		full = ring_consumer_ask(c);
	if (n > full)
		n = full;
	row = n < c->mask + 1 - at ? n : c->mask + 1 - at;
	memcpy(to, c->cells + (size_t)at * c->cell_bytes, (size_t)row * c->cell_bytes);
	if (row < n)
		memcpy((char *)to + (size_t)row * c->cell_bytes, c->cells, (size_t)(n - row) * c->cell_bytes);
	if (n)
		ring_release(c, n);
	return n;
}
