/* emu/qfq.c - quick fair queueing: nearly what WF2Q+ would send, at a cost that no number of flows changes.
 *
 * Checconi, Rizzo, Valente, "QFQ: Efficient Packet Scheduling With Tight Guarantees", ToN 21(3), 2013. Whom WF2Q+
 * finds by heaps (of those with start <= V the smallest finish), this finds by one instruction, since it rounds:
 *
 *   class i     items with largest / weight in (2^(i-1), 2^i] units of virtual time (emu/virtual.h); 2^i is its slot
 *   bucket      items of a class whose start, rounded down to a multiple of the slot, is the same; in order of arrival
 *   a class     has the start of its front bucket, and finish = start + 2 slots, which none of that bucket exceeds
 *
 *        class i   start                      finish
 *                  | front  | front+1| front+2|  ...  QFQ_BUCKETS of them, a ring; `full` has a bit for each
 *                  +--------+--------+--------+       that is not empty, so the next front is one find-first-set away
 *
 *   sets        ER  eligible (start <= V), ready         IR  ineligible, ready
 *               EB  eligible, blocked                    IB  ineligible, blocked
 *               blocked: a class with longer slots is in ER and has the smaller finish
 *
 * Within ER classes stand in the order of their finish, within IR + IB in the order of their start, so the lowest bit
 * of ER is whose turn it is, and of IR + IB where V jumps to when ER is empty. V that crosses a multiple of 2^i makes
 * all ineligible classes up to i eligible: the bits that V changed are the mask, and one shift moves them. When a class
 * in ER gets another finish, or empties, those below it that it blocked are moved likewise. There is no loop over
 * classes or items in any of these.
 *
 * V advances by L / (sum of the weights in force), not by a constant: that of the paper, 1 / (sum of all weights that
 * may ever come), makes V crawl and lets backlogged flows drift apart where few of many weights are backlogged. What
 * stays true of the sum of weights when flows leave ahead of V: emu/virtual.h.
 *
 * What differs from the paper, and why:
 * - The largest packet is learned, so an item may change its class under a backlog. It stays where it stands until its
 *   next service, which is before the larger packet becomes its head; then it goes to its new place.
 * - An item whose start lies more than a slot ahead (it once sent larger packets than its class has now) would break
 *   the order of starts. It waits in the lowest class where it does not, and comes home when it fits.
 * - Where one packet moves V by more slots of a short class than there are buckets, its items are behind, and one that
 *   enters finds no bucket. It, too, waits in the next class that has one: a slot of that is still less than V's move.
 * - A start behind V (late, and changing class) stays as it is, but the item gets the place of one that starts at V,
 *   or the front bucket: classes only ever move ahead.
 * - Ties within a bucket are decided by order of arrival in it, not by number.
 *
 * Promise, tested on random runs (tests/unit/emu/sched_qfq_test.c): alpha <= 3 weight * slot + 2 share * Lmax.
 *
 * Cost: O(1), two divisions, neither of which waits for another (emu/virtual.h). Reciprocals in their place were not
 * worth their upkeep: with no division at all a pair was measured no faster. A bucket is a ring without a head, so an
 * item that stays in its bucket when it was served moves no link; to leave its place out of turn it is looked for among
 * the buckets of its class. To fetch the next turn's flow ahead gained nothing, wherever flows lay. 9 KiB an
 * instance. */
#include "emu/qfq.h"

#include "base/err.h"

#define BIT(i) (UINT64_C(1) << (i))

static uint64_t slot(unsigned i)
{
	return BIT(i);
}

static uint64_t floor_of(uint64_t at, unsigned i)
{
	return at & -slot(i);
}

static unsigned lowest(uint64_t set)
{
	return (unsigned)__builtin_ctzll(set);
}

static uint64_t above(uint64_t set, unsigned i)
{
	return set & -BIT(i + 1);
}

static struct qfq_item *item_of(struct list *l)
{
	return container_of(l, struct qfq_item, link);
}

static uint64_t finish(const struct qfq *q, unsigned i)
{
	return q->classes[i].start + 2 * slot(i);
}

void qfq_init(struct qfq *q)
{
	*q = (struct qfq){ 0 };
}

void qfq_item_init(struct qfq_item *it)
{
	it->link.next = NULL;
}

struct qfq_item *qfq_first(const struct qfq *q)
{
	const struct qfq_class *c;

	if (!q->sets[QFQ_ER])
		return NULL;
	c = &q->classes[lowest(q->sets[QFQ_ER])];
	return c->buckets[c->front];
}

/* ---- sets of classes ---- */
static void move_classes(struct qfq *q, uint64_t classes, enum qfq_set from, enum qfq_set to)
{
	uint64_t moved = q->sets[from] & classes;

	q->sets[to] |= moved;
	q->sets[from] &= ~moved;
}

static bool blocked(const struct qfq *q, unsigned i)
{
	uint64_t longer = above(q->sets[QFQ_ER], i);

	return longer && virtual_after(finish(q, i), finish(q, lowest(longer)));
}

static void join_set(struct qfq *q, unsigned i)
{
	unsigned set = virtual_after(q->classes[i].start, q->time.v) ? QFQ_IR : QFQ_ER;

	if (blocked(q, i))
		set |= QFQ_EB;
	q->sets[set] |= BIT(i);
}

static void leave_set(struct qfq *q, unsigned i)
{
	for (unsigned set = 0; set < 4; set++)
		q->sets[set] &= ~BIT(i);
}

/* Class i was in ER with finish `old`, and has another now, or is in ER no more. */
static void unblock(struct qfq *q, unsigned i, uint64_t old)
{
	uint64_t longer = above(q->sets[QFQ_ER], i);

	if (longer && !virtual_after(finish(q, lowest(longer)), old))
		return;		/* that one blocks them still */
	move_classes(q, BIT(i) - 1, QFQ_EB, QFQ_ER);
	move_classes(q, BIT(i) - 1, QFQ_IB, QFQ_IR);
}

/* V was `old`: classes whose slots it has left behind since are eligible. Most often none waits, or not even the
 * shortest slots of those that do are behind. */
static inline void cross(struct qfq *q, uint64_t old)
{
	uint64_t changed = q->time.v ^ old, waiting = q->sets[QFQ_IR] | q->sets[QFQ_IB], crossed;

	if (__builtin_expect((waiting & -waiting) - 1 >= changed, 1))
		return;
	crossed = UINT64_MAX >> __builtin_clzll(changed);	/* classes of this slot and of all shorter ones */
	move_classes(q, crossed, QFQ_IR, QFQ_ER);
	move_classes(q, crossed, QFQ_IB, QFQ_EB);
}

/* If none is eligible, V jumps to where the first becomes so. */
void qfq_jump(struct qfq *q)
{
	uint64_t ineligible = q->sets[QFQ_IR] | q->sets[QFQ_IB], old = q->time.v;

	if (q->sets[QFQ_ER] || !ineligible)
		return;
	virtual_to(&q->time, q->classes[lowest(ineligible)].start);
	cross(q, old);
}

/* ---- buckets ---- */
static unsigned bucket_at(const struct qfq_class *c, unsigned n)
{
	return (c->front + n) % QFQ_BUCKETS;
}

/* Buckets from the front to `at`; negative: it is before the front. */
static int64_t buckets_to(const struct qfq_class *c, uint64_t at, unsigned i)
{
	return (int64_t)(at - c->start) >> i;
}

static void link_at(struct qfq_class *c, struct qfq_item *it, unsigned n)
{
	struct qfq_item **first = &c->buckets[bucket_at(c, n)];

	if (c->full >> n & 1) {
		list_put_tail(&(*first)->link, &it->link);
		return;
	}
	c->full |= 1u << n;
	list_init(&it->link);
	*first = it;
}

/* The front bucket is empty: the first that is not becomes the front, and the class goes to its set. */
static void new_front(struct qfq *q, unsigned i)
{
	struct qfq_class *c = &q->classes[i];
	uint64_t old = finish(q, i);
	bool ready = q->sets[QFQ_ER] & BIT(i);

	leave_set(q, i);
	if (c->full) {
		unsigned n = (unsigned)__builtin_ctz(c->full);

		c->full >>= n;
		c->front = bucket_at(c, n);
		c->start += (uint64_t)n << i;
		join_set(q, i);
	}
	if (ready)
		unblock(q, i, old);
}

/* Items of an ineligible class all stand in its front bucket, one slot ahead of V's; now one comes before them. */
static void back_front(struct qfq *q, unsigned i)
{
	struct qfq_class *c = &q->classes[i];

	BUG_ON(c->full != 1);
	c->full = 2;		/* it brings the first bit itself */
	c->front = bucket_at(c, QFQ_BUCKETS - 1);
	c->start -= slot(i);
	leave_set(q, i);
	join_set(q, i);
}

/* The lowest class, from home upwards, that has a bucket for this place. */
static unsigned class_for(const struct qfq *q, unsigned home, uint64_t at)
{
	unsigned i = home;

	if (at - floor_of(q->time.v, i) >= 2 * slot(i))
		i = 64u - (unsigned)__builtin_clzll(at - q->time.v - 1);
	while (i < QFQ_CLASSES - 1 && q->classes[i].full && buckets_to(&q->classes[i], at, i) >= QFQ_BUCKETS)
		i++;
	return i < QFQ_CLASSES ? i : QFQ_CLASSES - 1;
}

static void insert(struct qfq *q, struct qfq_item *it)
{
	uint64_t at = virtual_after(it->stamp.at, q->time.v) ? it->stamp.at : q->time.v;
	unsigned i = class_for(q, it->stamp.home, at);
	struct qfq_class *c = &q->classes[i];
	int64_t n = 0;

	it->stamp.class = (uint8_t)i;
	if (c->full) {
		n = buckets_to(c, at, i);
		if (n < 0) {
			back_front(q, i);
			n = 0;
		}
		link_at(c, it, (unsigned)n);
		return;
	}
	c->start = floor_of(at, i);
	link_at(c, it, 0);
	join_set(q, i);
}

/* It is the first of bucket n. True: it was the only one. */
static bool unlink_first(struct qfq_class *c, struct qfq_item *it, unsigned n)
{
	if (list_empty(&it->link)) {
		c->full &= ~(1u << n);
		return true;
	}
	c->buckets[bucket_at(c, n)] = item_of(it->link.next);
	list_remove(&it->link);
	return false;
}

static void unlink_item(struct qfq *q, struct qfq_item *it)
{
	unsigned i = it->stamp.class, n = 0;
	struct qfq_class *c = &q->classes[i];

	while (n < QFQ_BUCKETS && (!(c->full >> n & 1) || c->buckets[bucket_at(c, n)] != it))
		n++;
	if (n == QFQ_BUCKETS)
		list_remove(&it->link);
	else if (unlink_first(c, it, n) && !n)
		new_front(q, i);
	it->link.next = NULL;
}

/* The first of all has a new start, perhaps alone in its bucket, or far from it: then it looks for a place as one that
 * enters does. */
static __attribute__((noinline)) void replace(struct qfq *q, struct qfq_item *it, int64_t n)
{
	unsigned i = it->stamp.class;
	struct qfq_class *c = &q->classes[i];

	if (n > 1 || i != it->stamp.home || c->buckets[c->front] != it) {
		unlink_item(q, it);
		insert(q, it);
	} else {
		bool alone = unlink_first(c, it, 0);

		link_at(c, it, 1);
		if (alone)
			new_front(q, i);
	}
	qfq_jump(q);
}

/* The first of the front bucket, where others wait in this and in the next, goes to the end of the next. */
static inline void shift(struct qfq_class *c, struct qfq_item *it)
{
	struct list *first = &c->buckets[bucket_at(c, 1)]->link;
	struct list *next = it->link.next, *prev = it->link.prev;

	next->prev = prev;
	prev->next = next;
	c->buckets[c->front] = item_of(next);
	list_put_tail(first, &it->link);
}

/* ---- what schedulers tell ---- */
void qfq_sent(struct qfq *q, uint64_t bytes)
{
	uint64_t old = q->time.v;

	virtual_sent(&q->time, bytes);
	cross(q, old);
}

void qfq_place(struct qfq *q, struct qfq_item *it)
{
	insert(q, it);
	qfq_jump(q);
}

/* Nearly always it stays near the front of its class: it is the last of the same bucket now, which is a ring and only
 * has another first one, or of the next. */
void qfq_move(struct qfq *q, struct qfq_item *it)
{
	unsigned i = it->stamp.class;
	struct qfq_class *c = &q->classes[i];
	int64_t n = buckets_to(c, it->stamp.at, i);
	bool usual = n <= 1 && i == it->stamp.home && c->buckets[c->front] == it;

	if (__builtin_expect(usual && n < 1, 1))
		c->buckets[c->front] = item_of(it->link.next);
	else if (__builtin_expect(usual && c->full & 2 && !list_empty(&it->link), 1))
		shift(c, it);
	else
		replace(q, it, n);
}

void qfq_unplace(struct qfq *q, struct qfq_item *it)
{
	unlink_item(q, it);
}

void qfq_enter(struct qfq *q, struct qfq_item *it, uint32_t weight)
{
	virtual_enter(&q->time, &it->stamp, weight);
	qfq_place(q, it);
}

static void leave(struct qfq *q, struct qfq_item *it, uint32_t weight)
{
	unlink_item(q, it);
	virtual_leave(&q->time, &it->stamp, weight);
	qfq_jump(q);
}

/* V first: a class that finds its place by the new V must not be moved for the old one. */
void qfq_served(struct qfq *q, struct qfq_item *it, uint32_t weight, uint64_t bytes, bool more)
{
	qfq_sent(q, bytes);
	virtual_stamp_sent(&it->stamp, weight, bytes);
	if (more)
		qfq_move(q, it);
	else
		leave(q, it, weight);
}

void qfq_reweigh(struct qfq *q, struct qfq_item *it, uint32_t old, uint32_t weight)
{
	bool backlogged = qfq_has(it);

	if (backlogged)
		unlink_item(q, it);
	virtual_reweigh(&q->time, &it->stamp, old, weight, backlogged);
	if (backlogged)
		qfq_place(q, it);
}

void qfq_remove(struct qfq *q, struct qfq_item *it, uint32_t weight)
{
	if (qfq_has(it))
		leave(q, it, weight);
}
