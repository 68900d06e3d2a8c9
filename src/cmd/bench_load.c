/* cmd/bench_load.c - what a scheduler is timed with: three loads that leave a queue as they found it.
 *
 *      backlogged   0 --put each of 20--> 20n --take--> 0
 *      idle         0 --put each of 2--->  2n --take--> 0      every flow comes from idleness and goes there
 *      refill     10n --put until 20----> 20n --take--> 10n
 *
 * Flows are visited in the order of their numbers and packets come from a list of spare ones, last in, first out; so
 * both lie in memory as friendly as it gets, and the figure is what the scheduler itself costs, not a cache miss.
 *
 * The base does the same with one FIFO: it writes each packet, and counts packets and bytes of its flow, in memory of
 * the same size. What a case costs beyond it is the price of choosing. Lengths that are a range are drawn for both.
 * */
#include "bench_load.h"

#include "bench.h"

#define FULL 20u
#define HALF 10u
#define SPARSE 2u

static uint32_t fill_of(enum bench_way way)
{
	return way == BENCH_IDLE ? SPARSE : FULL;
}

static uint32_t rest_of(enum bench_way way)
{
	return way == BENCH_REFILL ? HALF : 0;
}

static int make_queues(struct bench_load *l)
{
	l->stride = (sched_queue_size() + 63) / 64 * 64;
	l->queues = bench_lines_new(l->flows->n * l->stride);
	if (!l->queues)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < l->flows->n; i++) {
		struct sched_queue *q = bench_load_queue(l, i);

		q->flow.weight = l->flows->all[i].weight;
		q->flow.pri = l->flows->all[i].pri;
		if (sched_add(&l->sched, q))
			return ERR_NOMEM;
	}
	return 0;
}

static int make_packets(struct bench_load *l)
{
	size_t n = (size_t)l->flows->n * fill_of(l->way);

	l->packets = bench_lines_new(n * sizeof(*l->packets));
	if (!l->packets)
		return ERR_NOMEM;
	for (size_t i = n; i--;) {
		l->packets[i].next = l->spare;
		l->spare = &l->packets[i];
	}
	return 0;
}

int bench_load_init(struct bench_load *l, const struct nrw_sched_ops *ops, const struct bench_flows *flows,
	enum bench_way way)
{
	*l = (struct bench_load){ .flows = flows, .way = way, .dice = { .key = 1 } };
	pkt_fifo_init(&l->bare);
	l->bare_count = 0;
	if (!sched_init(&l->sched, ops, NULL) && !make_queues(l) && !make_packets(l))
		return 0;
	bench_load_fini(l);
	return ERR_NOMEM;
}

void bench_load_fini(struct bench_load *l)
{
	sched_fini(&l->sched);
	bench_lines_free(l->queues);
	bench_lines_free(l->packets);
	l->queues = NULL;
	l->packets = NULL;
}

static inline struct pkt *take_spare(struct bench_load *l, uint32_t flow)
{
	struct pkt *p = l->spare;

	l->spare = p->next;
	p->acct_bytes = bench_draw_bytes(&l->flows->all[flow], &l->dice);
	p->seq = l->seq++;
	return p;
}

static inline void give_back(struct bench_load *l, struct pkt *p)
{
	p->next = l->spare;
	l->spare = p;
}

/* ---- a scheduler ---- */
static void fill(struct bench_load *l)
{
	for (uint32_t packets = 0; packets < fill_of(l->way); packets++)
		for (uint32_t i = 0; i < l->flows->n; i++) {
			struct sched_queue *q = bench_load_queue(l, i);
			struct pkt *p;

			if (q->flow.packets > packets)
				continue;
			p = take_spare(l, i);
			BUG_ON(sched_put(&l->sched, q, p, p->acct_bytes, l->seq));	/* its ring has grown before */
		}
}

uint64_t bench_load_turn(struct bench_load *l, uint64_t pairs)
{
	uint64_t rest = (uint64_t)rest_of(l->way) * l->flows->n, done = 0;

	while (done < pairs) {
		struct sched_queue *from;

		fill(l);
		for (; l->sched.packets > rest; done++)
			give_back(l, sched_take(&l->sched, l->seq, &from));
	}
	return done;
}

/* ---- the base ---- */
struct bare {			/* of a flow, where a scheduler's queue would begin */
	uint64_t packets, bytes;
};

static struct bare *bare_at(const struct bench_load *l, uint32_t i)
{
	return (struct bare *)(void *)(l->queues + i * l->stride);
}

static void fill_bare(struct bench_load *l)
{
	for (uint32_t packets = 0; packets < fill_of(l->way); packets++)
		for (uint32_t i = 0; i < l->flows->n; i++) {
			struct bare *b = bare_at(l, i);
			struct pkt *p;

			if (b->packets > packets)
				continue;
			p = take_spare(l, i);
			p->wire_bytes = i;
			b->bytes += p->acct_bytes;
			b->packets++;
			pkt_fifo_put(&l->bare, p);
			l->bare_count++;
		}
}

static struct pkt *take_bare(struct bench_load *l)
{
	struct pkt *p = pkt_fifo_take(&l->bare);
	struct bare *b = bare_at(l, p->wire_bytes);

	b->bytes -= p->acct_bytes;
	b->packets--;
	l->bare_count--;
	return p;
}

uint64_t bench_load_turn_bare(struct bench_load *l, uint64_t pairs)
{
	uint64_t rest = (uint64_t)rest_of(l->way) * l->flows->n, done = 0;

	while (done < pairs) {
		fill_bare(l);
		for (; l->bare_count > rest; done++)
			give_back(l, take_bare(l));
	}
	return done;
}
