/* emu/sched_qfqplus.c - QFQ+: QFQ over groups of like flows, each served by deficit round robin inside.
 *
 * Valente, "Reducing the Execution Time of Fair-Queueing Packet Schedulers", Computer Communications 47, 2014. Most of
 * what QFQ does for a packet it does here for a turn of a group, which is a slot's worth of bytes for each member:
 *
 *      QFQ (emu/qfq.c)                   group = an item: up to MEMBERS backlogged flows of one weight and class
 *        |-- group --> f1 f4 f9          turn:   each member in its order may send `quantum` more, and what it had left
 *        |-- group --> f2 f3                     from its last turn; then the group's start goes on
 *        '-- group --> f5 f6 f7 f8               by quantum / weight, and QFQ looks for the next group
 *
 * quantum is what such a flow sends in a slot of its class; no packet of it is longer. A group's weight is that of all
 * its members, so it takes its turns as often as one of them would. Where a member stands is known exactly:
 *
 *      its own start = start of the group - credit / weight   (+ quantum / weight once it was granted this turn's)
 *
 * and stays known when it leaves: a flow that goes idle keeps it as its finish, one that comes back, or comes into
 * another group by a new weight or larger packets, takes the credit that makes it the same. It joins a group that
 * stands no further than a slot from it, else founds one. So nobody gains by leaving, as in QFQ.
 *
 * Only backlogged flows are members: a group's share is theirs, not that of some who sleep. (In the paper, groups are
 * of flows with an equal largest packet; ours is learned and takes many values, and what matters of it is the class.)
 *
 * Groups: one is kept for each flow, so that none has to be allocated while packets pass. Open ones (with room) of a
 * weight and class are found by a hash; LOOKS of a list are looked at, so that the cost has a bound.
 *
 * Promise: as QFQ, with the bytes of a turn for those of a packet (of any group, times share; and 2 slots of its own),
 * tests/unit/emu/sched_qfqplus_test.c. Cost: O(1), one division a packet and few more a turn; a third less than QFQ
 * where flows stay backlogged, some more where each goes idle after a packet or two. Lane's thread. */
#include <stdlib.h>

#include "base/list.h"
#include "emu/qfq.h"
#include "sched_kinds.h"

#define MEMBERS 8u
#define LISTS 1024u		/* of open groups */
#define LOOKS 8u

struct group {
	struct qfq_item item;
	struct list open;		/* of its list; of itself: it has no room, or no members */
	struct list members;		/* whose turn it is first */
	uint64_t quantum;
	uint32_t weight;		/* of each member */
	uint32_t count;
	uint32_t waiting;		/* members who were not granted this turn's quantum yet */
	uint32_t turn;			/* number of the present one */
	struct group *next;		/* of those in no use */
	struct list all;
};

struct member {
	struct list link;
	struct group *group;		/* NULL: idle */
	int64_t credit;			/* bytes */
	uint32_t turn;			/* of its group, in which it was granted the quantum last */
	struct virtual_stamp stamp;	/* idle: its finish; its class in `home` */
};

struct qfqplus {
	struct qfq q;
	struct group *unused;
	struct list all;		/* groups, used or not */
	uint64_t longest;		/* quantum of any group so far, for patience() */
	struct list lists[LISTS];
};

static struct nrw_sched_flow *flow_of(struct list *l)
{
	return (struct nrw_sched_flow *)(void *)container_of(l, struct member, link) - 1;
}

static struct member *first_of(const struct group *g)
{
	return container_of(g->members.next, struct member, link);
}

static struct group *group_of(struct qfq_item *it)
{
	return container_of(it, struct group, item);
}

static struct list *list_for(struct qfqplus *s, uint32_t weight, unsigned class)
{
	uint32_t h = (weight * 64 + class) * UINT32_C(2654435769);

	return &s->lists[h / (UINT32_MAX / LISTS + 1)];
}

static int qfqplus_init(void *state, const struct nrw_sched_params *params)
{
	struct qfqplus *s = state;

	(void)params;
	qfq_init(&s->q);
	list_init(&s->all);
	for (unsigned i = 0; i < LISTS; i++)
		list_init(&s->lists[i]);
	return 0;
}

static void qfqplus_fini(void *state)
{
	struct qfqplus *s = state;

	list_each_safe(l, &s->all)
		free(container_of(l, struct group, all));
}

static int qfqplus_add(void *state, struct nrw_sched_flow *f)
{
	struct qfqplus *s = state;
	struct member *m = nrw_sched_of(f);
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return -1;
	list_put_tail(&s->all, &g->all);
	g->next = s->unused;
	s->unused = g;
	list_init(&m->link);
	m->stamp.home = virtual_class(f->lmax, f->weight);
	return 0;
}

/* ---- where a member stands ---- */
static bool granted(const struct member *m)
{
	return m->turn == m->group->turn;	/* no member misses a turn, so no number is as old as to come again */
}

/* Bytes that it has sent beyond its group's start; negative: those it may send before that. */
static int64_t beyond(const struct member *m)
{
	return (granted(m) ? (int64_t)m->group->quantum : 0) - m->credit;
}

/* By the group's weight: the flow's own may be another already. */
static uint64_t start_of(const struct member *m)
{
	const struct group *g = m->group;
	int64_t bytes = beyond(m);

	if (bytes < 0)
		return g->item.stamp.at - ((uint64_t)-bytes << VIRTUAL_SHIFT) / g->weight;
	return g->item.stamp.at + ((uint64_t)bytes << VIRTUAL_SHIFT) / g->weight;
}

/* The credit that lets a flow with this start be a member which was not granted this turn's quantum yet. */
static int64_t credit_for(const struct group *g, uint64_t start)
{
	int64_t distance = (int64_t)(g->item.stamp.at - start);

	if (distance < 0)
		return -(int64_t)virtual_bytes((uint64_t)-distance, g->weight);
	return (int64_t)virtual_bytes((uint64_t)distance, g->weight);
}

/* ---- groups ---- */
static bool is_near(const struct group *g, uint64_t start)
{
	uint64_t slot = UINT64_C(1) << g->item.stamp.home;

	return g->item.stamp.at - start + slot <= 2 * slot;
}

static struct group *find_group(struct qfqplus *s, uint32_t weight, unsigned class, uint64_t start)
{
	struct list *list = list_for(s, weight, class);
	unsigned looks = LOOKS;

	list_each(l, list) {
		struct group *g = container_of(l, struct group, open);

		if (!looks--)
			return NULL;
		if (g->weight == weight && g->item.stamp.home == class && is_near(g, start))
			return g;
	}
	return NULL;
}

static struct group *found_group(struct qfqplus *s, uint32_t weight, const struct virtual_stamp *stamp)
{
	struct group *g = s->unused;

	s->unused = g->next;
	qfq_item_init(&g->item);
	g->item.stamp = *stamp;
	g->weight = weight;
	g->quantum = virtual_slot_bytes(stamp->home, weight);
	list_init(&g->members);
	list_init(&g->open);
	list_put_tail(list_for(s, weight, stamp->home), &g->open);
	if (g->quantum > s->longest)
		s->longest = g->quantum;
	return g;
}

/* It starts at stamp.at, its weight is accounted for. */
static void join(struct qfqplus *s, struct nrw_sched_flow *f)
{
	struct member *m = nrw_sched_of(f);
	struct group *g = find_group(s, f->weight, m->stamp.home, m->stamp.at);
	bool founded = !g;

	if (founded)
		g = found_group(s, f->weight, &m->stamp);
	m->group = g;
	m->turn = g->turn - 1;
	m->credit = credit_for(g, m->stamp.at);
	list_put_tail(&g->members, &m->link);
	g->waiting++;
	if (++g->count == MEMBERS)
		list_remove(&g->open);
	if (founded)
		qfq_place(&s->q, &g->item);
}

/* Out of its group; stamp.at says where it stood. */
static void part(struct qfqplus *s, struct nrw_sched_flow *f)
{
	struct member *m = nrw_sched_of(f);
	struct group *g = m->group;

	m->stamp.at = start_of(m);
	m->stamp.rest = 0;
	g->waiting -= !granted(m);
	m->group = NULL;
	list_remove(&m->link);
	if (g->count-- == MEMBERS)
		list_put_tail(list_for(s, g->weight, g->item.stamp.home), &g->open);
	if (g->count)
		return;
	list_remove(&g->open);
	g->next = s->unused;
	s->unused = g;
	qfq_unplace(&s->q, &g->item);
}

/* All have had this turn's quantum. */
static void end_turn(struct qfqplus *s, struct group *g)
{
	g->turn++;
	g->waiting = g->count;
	virtual_stamp_sent(&g->item.stamp, g->weight, g->quantum);
	qfq_move(&s->q, &g->item);
}

/* True: the first member may send its head. Else it comes last, and perhaps the turn has ended. */
static bool may_send(struct qfqplus *s, struct group *g)
{
	struct member *m = first_of(g);
	struct nrw_sched_flow *f = flow_of(&m->link);

	if (!granted(m)) {
		__builtin_prefetch(m->link.next);
		m->turn = g->turn;
		m->credit += (int64_t)g->quantum;
		g->waiting--;
	}
	if (m->credit >= (int64_t)f->head_bytes)
		return true;
	list_remove(&m->link);
	list_put_tail(&g->members, &m->link);
	if (!g->waiting)
		end_turn(s, g);
	return false;
}

/* ---- what the instance tells ---- */
static void qfqplus_ready(void *state, struct nrw_sched_flow *f, nrw_time now)
{
	struct qfqplus *s = state;
	struct member *m = nrw_sched_of(f);

	(void)now;
	virtual_enter(&s->q.time, &m->stamp, f->weight);
	join(s, f);
}

static struct nrw_sched_flow *qfqplus_next(void *state, nrw_time now)
{
	struct qfqplus *s = state;
	struct qfq_item *it;

	(void)now;
	while ((it = qfq_first(&s->q)) != NULL)
		if (may_send(s, group_of(it)))
			return flow_of(group_of(it)->members.next);
	return NULL;
}

static void idle(struct qfqplus *s, struct nrw_sched_flow *f)
{
	struct member *m = nrw_sched_of(f);

	part(s, f);
	virtual_leave(&s->q.time, &m->stamp, f->weight);
	qfq_jump(&s->q);
}

static void qfqplus_served(void *state, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	struct qfqplus *s = state;
	struct member *m = nrw_sched_of(f);

	(void)now;
	qfq_sent(&s->q, bytes);
	m->credit -= (int64_t)bytes;
	if (!f->head_bytes)
		idle(s, f);
}

static void qfqplus_change(void *state, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct qfqplus *s = state;
	struct member *m = nrw_sched_of(f);
	uint8_t class = m->stamp.home;
	bool backlogged = m->group;

	if (f->lmax == old->lmax && f->weight == old->weight)
		return;
	m->stamp.home = virtual_class(f->lmax, f->weight);
	if (f->weight == old->weight && m->stamp.home == class)
		return;
	if (backlogged)
		part(s, f);
	if (f->weight != old->weight)
		virtual_reweigh(&s->q.time, &m->stamp, old->weight, f->weight, backlogged);
	if (!backlogged)
		return;
	join(s, f);
	qfq_jump(&s->q);
}

static void qfqplus_remove(void *state, struct nrw_sched_flow *f)
{
	struct qfqplus *s = state;
	struct member *m = nrw_sched_of(f);
	struct group *g;

	if (m->group)
		idle(s, f);
	g = s->unused;		/* one a flow: those that are left need one less */
	s->unused = g->next;
	list_remove(&g->all);
	free(g);
}

static uint64_t qfqplus_patience(const void *state, const struct nrw_sched_flow *f)
{
	const struct qfqplus *s = state;
	const struct virtual_time *t = &s->q.time;
	const struct member *m = (const struct member *)(const void *)(f + 1);
	const struct group *g = m->group;
	uint8_t class = g && g->item.stamp.class > m->stamp.home ? g->item.stamp.class : m->stamp.home;

	return virtual_bytes(UINT64_C(5) << class, t->weights + t->gone) + 1 + UINT64_C(2) * MEMBERS * s->longest;
}

const struct nrw_sched_ops sched_qfqplus = {
	.name = "qfq+",			.help = "qfq over groups of like flows: cheaper, less smooth",
	.size = sizeof(struct qfqplus),	.flow_size = sizeof(struct member),
	.init = qfqplus_init,		.fini = qfqplus_fini,
	.add = qfqplus_add,		.remove = qfqplus_remove,
	.change = qfqplus_change,	.ready = qfqplus_ready,
	.next = qfqplus_next,		.served = qfqplus_served,
	.patience = qfqplus_patience,
};
