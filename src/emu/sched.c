/* emu/sched.c - the table of schedulers, and an instance of one: queues hold packets, a scheduler says who is next.
 *
 *      put    the packet joins its queue; arrived(), and of an idle flow ready()
 *      take   next() names a flow, its queue gives its head (or what queue management lets pass), served()
 *      cut    the head goes without a service: change() tells of the new head
 *
 * A kind (narrows/plugin.h) sees flows and no packet, so what holds of packets holds for all kinds, here: none is lost
 * or freed twice, a flow's packets leave in their order, counts add up, and another kind may take over under a backlog:
 * it is told of all flows anew, and of waiting packets in the order in which they came (at, then seq).
 *
 * A queue that was emptied by cuts stays backlogged for its scheduler, as if its last head still waited, until its turn
 * comes, finds nothing, and is served 0 bytes; so no kind needs to take a flow out of its order but at its removal.
 *
 * The largest packet of a flow, where it is not configured, is learned: that of the first packet after idleness, then
 * of each larger one. A configured one that a packet exceeds grows as well, since no kind has to bear lies about it. A
 * packet of no bytes counts as one byte here, 0 being the mark of idleness.
 *
 * Cost: two calls through pointers a packet for put, two for take. Memory comes at add(), and in arrived() of kinds
 * that keep the order of packets. One thread, the lane's. */
#include "emu/sched.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "emu_int.h"
#include "sched_kinds.h"

static const struct nrw_sched_ops *const kinds[] = {
	&sched_fifo, &sched_rr, &sched_wf2q, &sched_qfq, &sched_qfqplus, &sched_kps, &sched_prio,
	&sched_fq_codel, &sched_fq_pie,
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static const struct { const char *word, *name; } synonyms[] = {
	{ "drr", "rr" },
};

static const struct nrw_sched_ops *guests[SCHED_GUESTS];	/* of plug-ins */
static size_t guests_count;

const struct nrw_sched_ops *sched_at(size_t i)
{
	if (i < KINDS)
		return kinds[i];
	return i - KINDS < guests_count ? guests[i - KINDS] : NULL;
}

int sched_register(const struct nrw_sched_ops *ops)
{
	if (sched_find((struct word){ ops->name, strlen(ops->name) }))
		return ERR_TWICE;
	if (guests_count == SCHED_GUESTS)
		return ERR_NOMEM;
	guests[guests_count++] = ops;
	return 0;
}

const struct nrw_sched_ops *sched_find(struct word w)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++)
		if (word_is_nocase(w, synonyms[i].word))
			w = (struct word){ synonyms[i].name, strlen(synonyms[i].name) };
	for (size_t i = 0; sched_at(i); i++)
		if (word_is_nocase(w, sched_at(i)->name))
			return sched_at(i);
	return NULL;
}

size_t sched_queue_size(void)
{
	size_t most = 0;

	for (size_t i = 0; sched_at(i); i++)
		if (sched_at(i)->flow_size > most)
			most = sched_at(i)->flow_size;
	return sizeof(struct sched_queue) + (most + 7) / 8 * 8;
}

/* As its scheduler counts it. */
static uint64_t weigh(const struct pkt *p)
{
	uint64_t bytes = emu_pipe_charge(p);

	return bytes ? bytes : 1;
}

static void *state_new(const struct nrw_sched_ops *ops, const struct nrw_sched_params *params)
{
	void *state = calloc(1, ops->size ? ops->size : 1);

	if (state && ops->init && ops->init(state, params)) {
		free(state);
		return NULL;
	}
	return state;
}

static void state_free(const struct nrw_sched_ops *ops, void *state)
{
	if (ops->fini)
		ops->fini(state);
	free(state);
}

int sched_init(struct sched *s, const struct nrw_sched_ops *ops, const struct nrw_sched_params *params)
{
	*s = (struct sched){ .ops = ops };
	if (params)
		s->params = *params;
	list_init(&s->all);
	s->state = state_new(ops, &s->params);
	return s->state ? 0 : ERR_NOMEM;
}

void sched_fini(struct sched *s)
{
	if (s->state)
		state_free(s->ops, s->state);
	s->state = NULL;
}

int sched_add(struct sched *s, struct sched_queue *q)
{
	q->flow.number = s->numbers;
	q->flow.lmax = q->lmax;
	if (s->ops->add && s->ops->add(s->state, &q->flow))
		return ERR_NOMEM;
	s->numbers++;
	s->flows++;
	list_put_tail(&s->all, &q->all);
	return 0;
}

void sched_remove(struct sched *s, struct sched_queue *q)
{
	BUG_ON(q->flow.packets);
	if (s->ops->remove)
		s->ops->remove(s->state, &q->flow);
	q->flow.head_bytes = 0;
	list_remove(&q->all);
	s->flows--;
}

static void tell(struct sched *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	if (s->ops->change)
		s->ops->change(s->state, f, old);
}

static void set_lmax(struct sched *s, struct nrw_sched_flow *f, uint64_t lmax)
{
	struct nrw_sched_flow old = *f;

	f->lmax = lmax;
	tell(s, f, &old);
}

static void set_head(struct sched *s, struct nrw_sched_flow *f, uint64_t bytes)
{
	struct nrw_sched_flow old = *f;

	f->head_bytes = bytes;
	tell(s, f, &old);
}

void sched_change(struct sched *s, struct sched_queue *q, uint32_t weight, uint32_t pri, uint64_t lmax)
{
	struct nrw_sched_flow *f = &q->flow, old = *f;

	q->lmax = lmax;
	f->weight = weight;
	f->pri = pri;
	if (!f->head_bytes || lmax > f->lmax)
		f->lmax = lmax;
	if (f->weight != old.weight || f->pri != old.pri || f->lmax != old.lmax)
		tell(s, f, &old);
}

/* ---- packets ---- */
/* A packet stands alone in its queue: that of an idle flow, or of one that cuts have emptied. */
static void put_first(struct sched *s, struct sched_queue *q, uint64_t bytes, nrw_time now)
{
	struct nrw_sched_flow *f = &q->flow;
	bool idle = !f->head_bytes;
	uint64_t least = idle ? q->lmax : f->lmax, lmax = bytes > least ? bytes : least;

	if (f->lmax != lmax)
		set_lmax(s, f, lmax);
	if (idle) {
		f->head_bytes = bytes;
		s->ops->ready(s->state, f, now);
	} else if (f->head_bytes != bytes) {
		set_head(s, f, bytes);
	}
}

int sched_put(struct sched *s, struct sched_queue *q, struct pkt *p, uint64_t bytes, nrw_time now)
{
	struct nrw_sched_flow *f = &q->flow;
	uint64_t weight = bytes ? bytes : 1;
	bool first = !f->packets;

	if (s->ops->arrived && s->ops->arrived(s->state, f, now))
		return ERR_NOMEM;
	p->next = NULL;
	*(first ? &q->head : &q->tail->next) = p;
	q->tail = p;
	q->bytes += bytes;
	f->packets++;
	s->packets++;
	if (__builtin_expect(first, 0))
		put_first(s, q, weight, now);
	else if (__builtin_expect(weight > f->lmax, 0))
		set_lmax(s, f, weight);
	return 0;
}

/* The head, which is there, and what it counts in its queue. */
static inline struct pkt *pop(struct sched_queue *q, uint64_t *bytes)
{
	struct pkt *p = q->head;

	*bytes = emu_pipe_charge(p);
	q->head = p->next;
	p->next = NULL;
	q->bytes -= *bytes;
	q->flow.packets--;
	return p;
}

struct pkt *sched_queue_pop(struct sched_queue *q)
{
	uint64_t bytes;

	return q->head ? pop(q, &bytes) : NULL;
}

/* What queue management lets pass, or nothing is left of it or by cuts. */
static __attribute__((noinline)) struct pkt *pull(struct sched *s, struct sched_queue *q, uint64_t *bytes, nrw_time now)
{
	uint64_t packets = q->flow.packets, gone;
	struct pkt *p = q->pull ? q->pull(q, now) : NULL;

	gone = packets - q->flow.packets;
	q->flow.cut += (uint32_t)(gone - (p != NULL));
	s->packets -= gone;
	*bytes = p ? weigh(p) : 0;
	return p;
}

struct pkt *sched_take(struct sched *s, nrw_time now, struct sched_queue **from)
{
	struct nrw_sched_flow *f;
	struct pkt *p = NULL;

	while (!p && (f = s->ops->next(s->state, now)) != NULL) {
		struct sched_queue *q = sched_queue_of(f);
		uint64_t bytes;

		if (__builtin_expect(q->pull || !q->head, 0)) {
			p = pull(s, q, &bytes, now);
		} else {
			p = pop(q, &bytes);
			bytes += !bytes;
			s->packets--;
		}
		f->head_bytes = q->head ? weigh(q->head) : 0;
		s->ops->served(s->state, f, bytes, now);
		f->cut = 0;
		*from = q;
	}
	return p;
}

struct pkt *sched_cut(struct sched *s, struct sched_queue *q)
{
	struct nrw_sched_flow *f = &q->flow;
	struct pkt *p = sched_queue_pop(q);

	if (!p)
		return NULL;
	s->packets--;
	f->cut++;
	if (q->head && weigh(q->head) != f->head_bytes)
		set_head(s, f, weigh(q->head));
	return p;
}

/* ---- another kind takes over ---- */
struct mover {				/* of a flow with packets: the next of them that is told */
	struct heap_node node;
	struct sched_queue *q;
	const struct pkt *p;
	uint64_t packets;
};

struct move {
	struct sched to;		/* the instance to be; its list of flows is that of the old one */
	struct sched *from;
	struct heap heap;
	struct mover *movers;
	char *kept;			/* flows, with what the old kind keeps of them */
};

static void move_fini(struct move *m)
{
	heap_fini(&m->heap);
	free(m->movers);
	free(m->kept);
}

static int move_init(struct move *m, struct sched *s, const struct nrw_sched_ops *ops,
	const struct nrw_sched_params *params)
{
	*m = (struct move){ .from = s };
	heap_init(&m->heap);
	m->movers = calloc((size_t)s->flows + 1, sizeof(*m->movers));
	m->kept = malloc(s->flows * (sizeof(struct nrw_sched_flow) + s->ops->flow_size) + 1);
	if (!m->movers || !m->kept || heap_reserve(&m->heap, s->flows) || sched_init(&m->to, ops, params)) {
		move_fini(m);
		return ERR_NOMEM;
	}
	return 0;
}

static void move_keep(struct move *m)
{
	size_t bytes = sizeof(struct nrw_sched_flow) + m->from->ops->flow_size;
	char *to = m->kept;

	list_each(l, &m->from->all) {
		memcpy(to, &container_of(l, struct sched_queue, all)->flow, bytes);
		to += bytes;
	}
}

static void move_undo(struct move *m)
{
	size_t bytes = sizeof(struct nrw_sched_flow) + m->from->ops->flow_size;
	const char *from = m->kept;

	sched_fini(&m->to);
	list_each(l, &m->from->all) {
		memcpy(&container_of(l, struct sched_queue, all)->flow, from, bytes);
		from += bytes;
	}
}

static void move_on(struct move *m, struct mover *v)
{
	if (v->p)
		heap_add(&m->heap, &v->node, v->p->at, v->p->seq);
}

static int move_flows(struct move *m)
{
	struct mover *v = m->movers;

	list_each(l, &m->from->all) {
		struct sched_queue *q = container_of(l, struct sched_queue, all);

		*v = (struct mover){ .q = q, .p = q->head, .packets = q->flow.packets };
		memset(nrw_sched_of(&q->flow), 0, m->to.ops->flow_size);
		q->flow.packets = q->flow.head_bytes = q->flow.cut = 0;
		if (m->to.ops->add && m->to.ops->add(m->to.state, &q->flow))
			return ERR_NOMEM;
		move_on(m, v++);
	}
	return 0;
}

/* Packets that wait, in the order in which they came; a kind that does not ask for all hears of the first ones. */
static int move_packets(struct move *m, nrw_time now)
{
	const struct nrw_sched_ops *ops = m->to.ops;
	const struct heap_entry *e;

	while ((e = heap_min(&m->heap)) != NULL) {
		struct mover *v = container_of(e->node, struct mover, node);
		struct nrw_sched_flow *f = &v->q->flow;

		heap_remove(&m->heap, &v->node);
		if (ops->arrived && ops->arrived(m->to.state, f, now))
			return ERR_NOMEM;
		if (!f->head_bytes) {
			f->packets = v->packets;
			f->head_bytes = weigh(v->p);
			ops->ready(m->to.state, f, now);
		}
		v->p = ops->arrived ? v->p->next : NULL;
		move_on(m, v);
	}
	return 0;
}

int sched_become(struct sched *s, const struct nrw_sched_ops *ops, const struct nrw_sched_params *params, nrw_time now)
{
	struct move m;

	if (move_init(&m, s, ops, params))
		return ERR_NOMEM;
	move_keep(&m);
	if (move_flows(&m) || move_packets(&m, now)) {
		move_undo(&m);
		move_fini(&m);
		return ERR_NOMEM;
	}
	state_free(s->ops, s->state);
	s->ops = ops;
	s->state = m.to.state;
	s->params = m.to.params;
	move_fini(&m);
	return 0;
}
