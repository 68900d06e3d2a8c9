/* emu/emu_order.c - the scheduler of a link, and the queues that feed it. The drawing is in emu_order.h.
 *
 * A packet of a queue is counted three times: by its member, by its queue, and by the flow and pipe (or sched) whose
 * link it wants; drops and marks too. It is out of its queue when its service at the link ends; what comes behind, the
 * delay, belongs to the link. So the backlog of a member counts the packet in service, as that of a pipe does.
 *
 *      admit    limit of the queue, its management, sched_put(); the link begins if it is free
 *      take     the scheduler names a member; its management may drop heads before one passes (emu_manage.c)
 *      done     the service has ended: the member's packet is out
 *
 * Packets that come straight to a pipe which queues feed are one more member, `direct`, of weight 1, with the limit and
 * the management of the pipe; it has no counts that anybody sees. A member stays with the link that it found when it
 * was made; when its queue is told another target or mask, it drains there, and packets make another one.
 *
 * fq_codel and fq_pie have one limit on all that waits at a link: what is too much is dropped from the head of the
 * queue that holds most bytes, as RFC 8290 4.1.4 has it; queues in front of them have no limit of their own.
 *
 * Memory: a member comes from a pool of the emulator; the scheduler of a new value of a mask takes its state from the
 * system, once, on the way of the packet that makes it. Thread: the owner's lane. */
#include "emu_order.h"
#include "emu_tap.h"

#include <string.h>

#include "emu/sched_fq.h"

size_t emu_member_size(void)
{
	return offsetof(struct emu_member, q) + sched_queue_size();
}

static struct emu_member *member_at(struct sched_queue *q)
{
	return container_of(q, struct emu_member, q);
}

/* ---- the scheduler of a flow ---- */

int emu_order_new(struct emu_flows *f, struct emu_flow *flow)
{
	const struct emu_conf *c = &f->pipe->record->conf;
	struct emu_order *o = pool_take(&f->pools->orders);

	if (!o)
		return ERR_NOMEM;
	*o = (struct emu_order){ .members = 0 };
	if (sched_init(&o->sched, emu_sched_type(c), &c->type.params)) {
		pool_put(&f->pools->orders, o);
		return ERR_NOMEM;
	}
	flow->extra->order = o;
	return 0;
}

void emu_order_free(struct emu_flows *f, struct emu_flow *flow)
{
	struct emu_order *o = emu_order_of(flow);

	if (!o)
		return;
	BUG_ON(o->members);
	if (o->direct) {
		struct pkt *p;

		while ((p = sched_cut(&o->sched, &o->direct->q)))
			pkt_free(f->pipe->cfg->pool, p);
		sched_remove(&o->sched, &o->direct->q);
		pool_put(&f->pools->members, o->direct);
	}
	sched_fini(&o->sched);
	pool_put(&f->pools->orders, o);
	flow->extra->order = NULL;
}

static struct pkt *pull(struct sched_queue *q, nrw_time now)
{
	struct emu_member *m = member_at(q);

	return emu_manage_take(m->of, &m->flow, now);
}

struct pkt *emu_member_pop(struct emu_flow *flow)
{
	return sched_queue_pop(&emu_member_of(flow)->q);
}

void emu_member_manage(struct emu_flow *flow, bool managed)
{
	emu_member_of(flow)->q.pull = managed ? pull : NULL;
}

struct emu_member *emu_order_direct(struct emu_flows *f, struct emu_flow *flow)
{
	struct emu_order *o = emu_order_of(flow);
	struct emu_member *m;

	if (o->direct)
		return o->direct;
	m = pool_take(&f->pools->members);
	if (!m)
		return NULL;
	memset(m, 0, emu_member_size());
	m->flow = (struct emu_flow){ .member = true, .loss = flow->loss, .extra = flow->extra, .shape = flow->shape };
	m->of = m->at = f;
	m->to = flow;
	m->q.flow.weight = 1;
	emu_member_manage(&m->flow, f->parts & PART_AQM);
	if (sched_add(&o->sched, &m->q)) {
		pool_put(&f->pools->members, m);
		return NULL;
	}
	o->direct = m;
	return m;
}

/* `direct` shares the extra of its flow. */
void emu_order_equip(struct emu_flows *f)
{
	list_each(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);
		struct emu_order *o = emu_order_of(flow);

		if (!o || !o->direct)
			continue;
		o->direct->flow.extra = flow->extra;
		emu_member_manage(&o->direct->flow, f->parts & PART_AQM);
	}
}

/* What a queue holds goes to the scheduler. */
static int move_in(struct emu_flows *f, struct emu_flow *flow, nrw_time now)
{
	struct emu_order *o = emu_order_of(flow);
	struct emu_member *m = flow->queue.packets ? emu_order_direct(f, flow) : NULL;
	struct pkt *p;

	if (!m)
		return flow->queue.packets ? ERR_NOMEM : 0;
	while ((p = emu_queue_take(&flow->queue))) {
		if (!sched_put(&o->sched, &m->q, p, emu_pipe_charge(p), now))
			continue;
		p->next = flow->queue.waiting.head;	/* back, and all before it: nothing has happened */
		flow->queue.waiting.head = p;
		flow->queue.waiting.tail = p->next ? flow->queue.waiting.tail : p;
		return ERR_NOMEM;
	}
	m->flow.queue = flow->queue;
	m->flow.packets = flow->queue.packets;
	o->serving = flow->served ? m : NULL;
	return 0;
}

static void move_back(struct emu_flows *f, struct emu_flow *flow)
{
	struct emu_order *o = emu_order_of(flow);
	struct pkt_fifo rest = flow->queue.waiting;
	struct pkt *p;

	flow->queue.waiting = (struct pkt_fifo){ 0 };
	while (o->direct && (p = sched_cut(&o->sched, &o->direct->q)))
		pkt_fifo_put(&flow->queue.waiting, p);
	while ((p = pkt_fifo_take(&rest)))
		pkt_fifo_put(&flow->queue.waiting, p);
	emu_order_free(f, flow);
}

int emu_order_begin(struct emu_flows *f, nrw_time now)
{
	list_each(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);

		if (emu_order_of(flow))
			continue;
		if (emu_order_new(f, flow))
			return ERR_NOMEM;
		if (move_in(f, flow, now)) {
			move_back(f, flow);
			return ERR_NOMEM;
		}
	}
	return 0;
}

int emu_order_become(struct emu_flows *f, const struct emu_type *type, nrw_time now)
{
	struct emu_conf conf = { .type = *type };
	const struct nrw_sched_ops *ops = emu_sched_type(&conf);

	list_each(at, &f->all) {
		struct emu_order *o = emu_order_of(container_of(at, struct emu_flow, all));

		if (o && (o->sched.ops != ops || memcmp(&o->sched.params, &type->params, sizeof(type->params))) &&
			sched_become(&o->sched, ops, &type->params, now))
			return ERR_NOMEM;
	}
	return 0;
}

/* ---- members ---- */

int emu_member_bind(struct emu_flows *of, struct emu_flow *flow, const struct view *v, nrw_time now, enum drop *why)
{
	struct emu_member *m = emu_member_of(flow);
	const struct emu_conf *c = &of->pipe->record->conf;
	struct emu_flows *at = of->to;
	struct emu_order *o;

	memset(&m->of, 0, emu_member_size() - offsetof(struct emu_member, of));
	flow->member = true;
	m->of = of;
	m->at = at;
	at->asker = at->shape->sort.mask.queue && at->pipe->kind == EMU_SCHED ? (uint16_t)of->pipe->number : 0;
	m->to = at->shape->many ? emu_flows_find(at, v, now, why) : at->sole;
	at->asker = 0;
	if (!m->to)
		return ERR_NOMEM;
	*why = DROP_NO_MEMORY;
	o = emu_order_of(m->to);
	m->q.flow.weight = c->weight;
	m->q.flow.pri = c->pri;
	m->q.lmax = c->lmax;
	emu_member_manage(flow, of->parts & PART_AQM);
	if (sched_add(&o->sched, &m->q))
		return ERR_NOMEM;
	o->members++;
	return 0;
}

void emu_member_leave(struct emu_flow *flow, nrw_time now)
{
	struct emu_member *m = emu_member_of(flow);
	struct emu_flow *to = m->to;
	struct emu_order *o;

	if (!to)
		return;
	o = emu_order_of(to);
	sched_remove(&o->sched, &m->q);
	if (o->serving == m)
		o->serving = NULL;
	m->to = NULL;
	if (!--o->members && !emu_flow_held(to))
		emu_flow_released(m->at, to, now);
}

void emu_member_abandon(struct emu_flow *flow)
{
	struct emu_member *m = emu_member_of(flow);
	struct pkt *p;

	if (!m->to)
		return;
	while ((p = sched_cut(&emu_order_of(m->to)->sched, &m->q)))
		pkt_free(m->of->pipe->cfg->pool, p);
	sched_remove(&emu_order_of(m->to)->sched, &m->q);
	emu_order_of(m->to)->members--;
	m->to = NULL;
}

void emu_member_left_queue(struct emu_flow *flow, uint64_t bytes)
{
	struct emu_member *m = emu_member_of(flow);

	emu_queue_done(&m->to->queue, bytes);
	if (m->of == m->at)
		return;
	m->at->packets--;
	m->at->bytes -= bytes;
}

void emu_member_dropped(struct emu_flow *flow, const struct pkt *p, enum drop why)
{
	struct emu_member *m = emu_member_of(flow);

	m->no_pipe += !flow->extra && why == DROP_NO_PIPE;
	m->cut += !flow->extra && why == DROP_CUT;
	m->to->left++;
	emu_flow_count_drop(m->to, why);
	if (m->of == m->at)	/* its extra is that of the flow, and has counted */
		return;
	m->to->extra->drops[why]++;
	m->at->pipe->record->drops[why]++;
	if (m->at->parts & PART_TAP)
		emu_tap_dropped(m->at->pipe->record->tap, p, why);
}

void emu_member_copied(struct emu_flow *flow)
{
	struct emu_member *m = emu_member_of(flow);

	m->to->left--;
	if (m->of == m->at)
		return;
	m->to->extra->duplicates++;
	m->at->pipe->record->duplicates++;
}

void emu_member_marked(struct emu_flow *flow, const struct pkt *p)
{
	struct emu_member *m = emu_member_of(flow);

	if (m->of == m->at)
		return;
	m->to->extra->marks++;
	m->at->pipe->record->marks++;
	if (m->at->parts & PART_TAP)
		emu_tap_marked(m->at->pipe->record->tap, p);
}

/* Its service has ended; what it waited is the queue's to tell. */
static void out(struct emu_member *m, const struct pkt *p, nrw_time end)
{
	uint64_t bytes = emu_pipe_charge(p);

	m->flow.left++;
	m->flow.out_bytes += bytes;
	if (m->of == m->at)
		return;
	m->of->pipe->out_packets++;
	m->of->pipe->out_bytes += bytes;
	if (m->of->parts & PART_TAP) {
		emu_tap_served(m->of->pipe->record->tap, p, end);
		emu_tap_left(m->of->pipe->record->tap, p, end);
	}
	emu_flow_waited(m->of, &m->flow, end - p->at);
	if (!emu_flow_held(&m->flow))
		emu_flow_emptied(m->of, &m->flow, end);
}

void emu_order_done(struct emu_order *o, const struct pkt *p, nrw_time end)
{
	struct emu_member *m = o->serving;

	o->serving = NULL;
	if (m)
		out(m, p, end);
}

struct pkt *emu_order_take(struct emu_order *o, nrw_time now)
{
	struct sched_queue *from;
	struct pkt *p = sched_take(&o->sched, now, &from);

	o->serving = p ? member_at(from) : NULL;
	return p;
}

/* ---- packets that end before their turn ---- */

/* n heads of a queue at most. */
static void drop_heads(struct emu_order *o, struct emu_member *m, uint64_t n, enum drop why)
{
	struct pkt *p;

	while (n-- && (p = sched_cut(&o->sched, &m->q))) {
		emu_flow_left_queue(m->of, &m->flow, emu_pipe_charge(p));
		emu_flow_drop(m->of, &m->flow, p, why);
	}
}

void emu_member_drop_all(struct emu_flow *flow, enum drop why)
{
	struct emu_member *m = emu_member_of(flow);

	if (m->to)
		drop_heads(emu_order_of(m->to), m, UINT64_MAX, why);
}

/* A member that drained under an old mask goes when it is empty. */
static void forget(struct emu_member *m, nrw_time now)
{
	if (m->of != m->at && m->flow.state == FLOW_OLD && !emu_flow_held(&m->flow))
		emu_flow_emptied(m->of, &m->flow, now);
}

bool emu_order_drop_all(struct emu_flow *flow, enum drop why, nrw_time now)
{
	struct emu_order *o = emu_order_of(flow);
	bool had = o->members++;	/* with the last one that is forgotten the flow would go, too, and its order */

	list_each_safe(at, &o->sched.all) {
		struct emu_member *m = member_at(container_of(at, struct sched_queue, all));

		drop_heads(o, m, UINT64_MAX, why);
		forget(m, now);
	}
	return !--o->members && had;
}

static void keep_limit(struct emu_order *o, nrw_time now)
{
	uint64_t limit = o->sched.params.limit ? o->sched.params.limit : FQ_LIMIT;
	struct sched_queue *q;

	while (o->sched.packets > limit && (q = fq_fattest(&o->sched))) {
		struct emu_member *m = member_at(q);

		drop_heads(o, m, fq_batch(q), DROP_QUEUE_FULL);
		forget(m, now);
	}
}

/* ---- packets that come ---- */

static void join(struct emu_member *m, struct pkt *p, uint64_t bytes, nrw_time now)
{
	struct emu_order *o = emu_order_of(m->to);

	if (sched_put(&o->sched, &m->q, p, bytes, now)) {
		emu_flow_drop(m->of, &m->flow, p, DROP_NO_MEMORY);
		return;
	}
	emu_queue_add(&m->flow.queue, bytes);
	emu_queue_add(&m->to->queue, bytes);
	m->of->packets++;
	m->of->bytes += bytes;
	if (m->of != m->at) {
		m->at->packets++;
		m->at->bytes += bytes;
	}
	if (emu_type_is_fq(o->sched.ops))
		keep_limit(o, now);
	emu_flow_start(m->at, m->to, now);
	emu_queue_peak(&m->flow.queue);
	emu_queue_peak(&m->to->queue);
}

void emu_member_admit(struct emu_flows *of, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now)
{
	struct emu_member *m = emu_member_of(flow);

	if (m->at->on_road) {
		emu_flows_look(m->at, now);
		if (of != m->at)
			emu_set_look(of->pipe, now);
	}
	if (!m->at->pipe->link.rate && !m->at->on_road) {
		out(m, p, now);
		emu_flow_depart(m->at, m->to, p, now);
	} else if (emu_queue_full(&flow->queue, &of->pipe->room, bytes)) {
		emu_flow_drop(of, flow, p, DROP_QUEUE_FULL);
	} else if (!(of->parts & PART_AQM) || emu_manage_put(of, flow, p, bytes, v, now)) {
		join(m, p, bytes, now);
	}
}
