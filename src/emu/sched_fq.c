/* emu/sched_fq.c - the scheduler of fq_codel and fq_pie: deficit round robin in which flows that were idle come first.
 *
 *      ready --> [ new flows ] --- turn used up, or empty ---> [ old flows ] --- empty at its turn ---> out
 *                     |  first                                   |  ^   |  then
 *                     '--> serves while deficit > 0             '--'   '--> serves while deficit > 0
 *                                                         turn used up
 *
 * RFC 8290 4.2. A flow whose first packet comes while it is in neither list joins the new ones with a quantum. Served
 * is the first new flow, else the first old one. One whose deficit is used up gets another quantum and goes to the end
 * of the old list. One that is empty at its turn leaves, if it was old; if it was new it goes to the end of the old
 * list first (4.2: else it could come back as new and starve the old ones). A flow that is idle stays in its list
 * until its turn; when a packet comes before that, it goes on with what it has.
 *
 * A flow of weight w gets w quanta, so that queues of configured weights have their shares. Queue management drops
 * packets from the head without a charge (4.2, "the packet is dropped ... next"), and limits are the emulator's: when
 * more than `limit` packets wait, the head of the fattest queue loses half its packets, at most 64 (4.1).
 *
 * Cost: O(1) where a quantum is not far below a packet; a flow with a packet of L bytes is passed over L / quantum
 * times. The fattest queue is looked for in all of them, once for each 64 packets or less. Instance and flows belong to
 * the lane's thread. */
#include "emu/sched_fq.h"

#include "base/dice.h"
#include "wire/decode.h"

static struct fq_flow *of(struct nrw_sched_flow *f)
{
	return nrw_sched_of(f);
}

static struct nrw_sched_flow *flow_of(struct list *turn)
{
	return (struct nrw_sched_flow *)(void *)container_of(turn, struct fq_flow, turn) - 1;
}

static uint64_t turn_bytes(const struct fq *q, const struct nrw_sched_flow *f)
{
	return q->quantum * f->weight;
}

int fq_init(void *s, const struct nrw_sched_params *params)
{
	struct fq *q = s;

	list_init(&q->news);
	list_init(&q->olds);
	q->quantum = params->quantum ? params->quantum : FQ_QUANTUM;
	return 0;
}

int fq_add(void *s, struct nrw_sched_flow *f)
{
	struct fq *q = s;

	list_init(&of(f)->turn);
	q->round += turn_bytes(q, f) + f->lmax;
	return 0;
}

static void leave(struct nrw_sched_flow *f)
{
	list_remove(&of(f)->turn);
	of(f)->on = false;
}

void fq_remove(void *s, struct nrw_sched_flow *f)
{
	struct fq *q = s;

	leave(f);
	q->round -= turn_bytes(q, f) + f->lmax;
}

void fq_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old)
{
	struct fq *q = s;

	q->round += turn_bytes(q, f) + f->lmax;
	q->round -= turn_bytes(q, old) + old->lmax;
}

static void join(struct list *list, struct nrw_sched_flow *f, bool is_new)
{
	list_remove(&of(f)->turn);
	list_put_tail(list, &of(f)->turn);
	of(f)->is_new = is_new;
	of(f)->on = true;
}

void fq_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	struct fq *q = s;

	if (of(f)->on)
		return;
	of(f)->deficit = (int64_t)turn_bytes(q, f);
	join(&q->news, f, true);
}

/* Empty at its turn. */
static void step_back(struct fq *q, struct nrw_sched_flow *f)
{
	if (of(f)->is_new)
		join(&q->olds, f, false);
	else
		leave(f);
}

struct nrw_sched_flow *fq_next(void *s, nrw_time now)
{
	struct fq *q = s;

	while (!list_empty(&q->news) || !list_empty(&q->olds)) {
		struct nrw_sched_flow *f = flow_of(list_empty(&q->news) ? q->olds.next : q->news.next);

		if (of(f)->deficit <= 0) {
			of(f)->deficit += (int64_t)turn_bytes(q, f);
			join(&q->olds, f, false);
		} else if (!f->head_bytes) {
			step_back(q, f);
		} else {
			return f;
		}
	}
	return NULL;
}

void fq_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now)
{
	of(f)->deficit -= (int64_t)bytes;
}

/* A deficit is above -L, so it takes at most L / quantum + 1 turns more until one is positive. In each turn another
 * flow sends less than a quantum and a packet, in the first also as a new one. */
uint64_t fq_patience(const void *s, const struct nrw_sched_flow *f)
{
	const struct fq *q = s;
	uint64_t turns = f->lmax / turn_bytes(q, f) + 3;

	return turns * q->round;
}

/* ---- feeding it ---- */

struct siphash_key fq_key(uint64_t seed, uint64_t kind, uint64_t number, uint64_t flow)
{
	struct dice d = { .key = dice_key(seed, kind, number, flow, DICE_HASH) };
	struct siphash_key key = { .k0 = dice_draw(&d) };

	key.k1 = dice_draw(&d);
	return key;
}

/* As in the packet: big-endian, the same on every machine, since who shares a queue shows in what leaves when. */
static size_t put_addresses(uint8_t *to, const struct view *v)
{
	if (v->family == 4) {
		wire_put32(to, v->src4);
		wire_put32(to + 4, v->dst4);
		return 8;
	}
	for (size_t i = 0; i < 2; i++) {
		wire_put64(to + 8 * i, v->src6[i]);
		wire_put64(to + 16 + 8 * i, v->dst6[i]);
	}
	return 32;
}

/* Only the first fragment has ports: none counts them, so that all of a datagram wait in one queue. */
uint32_t fq_bucket(const struct siphash_key *key, const struct view *v, uint32_t flows)
{
	bool ports = v && !(v->has & VIEW_HAS_FRAG);
	uint8_t name[32 + 5];
	size_t n;

	if (!v || !(v->has & VIEW_HAS_IP))
		return 0;
	n = put_addresses(name, v);
	wire_put16(name + n, ports ? v->sport : 0);
	wire_put16(name + n + 2, ports ? v->dport : 0);
	name[n + 4] = v->proto;
	return (uint32_t)((siphash13(key, name, n + 5) >> 32) * flows >> 32);
}

struct sched_queue *fq_fattest(const struct sched *s)
{
	struct sched_queue *fattest = NULL;

	list_each(at, &s->all) {
		struct sched_queue *q = container_of(at, struct sched_queue, all);

		if (q->bytes > (fattest ? fattest->bytes : 0))
			fattest = q;
	}
	return fattest;
}

uint32_t fq_batch(const struct sched_queue *q)
{
	uint64_t half = (q->flow.packets + 1) / 2;

	return half < FQ_BATCH_MAX ? (uint32_t)half : FQ_BATCH_MAX;
}
