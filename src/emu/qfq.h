/* emu/qfq.h - quick fair queueing over items: flows (sched_qfq.c), or aggregates of flows (sched_qfqplus.c). qfq.c has
 * the theory. An item belongs to its caller, who says its weight with each call, the same until qfq_reweigh(). */
#ifndef EMU_QFQ_H
#define EMU_QFQ_H

#include "base/list.h"
#include "emu/virtual.h"

#define QFQ_CLASSES 60
#define QFQ_BUCKETS 16

struct qfq_item {
	struct list link;	/* a ring of those in its bucket, without a head; next NULL: in none */
	struct virtual_stamp stamp;	/* start of its head; idle: finish of its last */
};

enum qfq_set { QFQ_ER, QFQ_IR, QFQ_EB, QFQ_IB };	/* eligible or not, ready or blocked; bit 0 and bit 1 */

struct qfq_class {
	uint64_t start;		/* of the front bucket: a multiple of the class's slot */
	uint32_t front;		/* index of the front bucket */
	uint32_t full;		/* bit n: bucket front + n holds items */
	struct qfq_item *buckets[QFQ_BUCKETS];	/* the first of each that is not empty */
};

struct qfq {
	struct virtual_time time;
	uint64_t sets[4];	/* by enum qfq_set; bit i: class i is in it */
	struct qfq_class classes[QFQ_CLASSES];
};

void qfq_init(struct qfq *q);
void qfq_item_init(struct qfq_item *it);
static inline bool qfq_has(const struct qfq_item *it) { return it->link.next; }

/* The steps: V goes on; an item comes to its place by stamp.at and stamp.home (virtual_class()); stamp.at has moved on;
 * it leaves its place. Weights are the caller's to account for (virtual_enter(), virtual_leave()). After one has left
 * for good, qfq_jump(): it may have been the last that was eligible. */
void qfq_sent(struct qfq *q, uint64_t bytes);
void qfq_place(struct qfq *q, struct qfq_item *it);
void qfq_move(struct qfq *q, struct qfq_item *it);
void qfq_unplace(struct qfq *q, struct qfq_item *it);
void qfq_jump(struct qfq *q);

/* The steps together, where an item is a flow. It becomes backlogged: */
void qfq_enter(struct qfq *q, struct qfq_item *it, uint32_t weight);
struct qfq_item *qfq_first(const struct qfq *q);	/* whose turn it is; NULL: none is backlogged */
/* One that is backlogged has sent so many bytes, and has more, or is idle from now on. */
void qfq_served(struct qfq *q, struct qfq_item *it, uint32_t weight, uint64_t bytes, bool more);
/* It has another weight, backlogged or not; what it took in advance, in bytes, stays. stamp.home is the new one. */
void qfq_reweigh(struct qfq *q, struct qfq_item *it, uint32_t old, uint32_t weight);
/* It goes, backlogged or not. */
void qfq_remove(struct qfq *q, struct qfq_item *it, uint32_t weight);

#endif
