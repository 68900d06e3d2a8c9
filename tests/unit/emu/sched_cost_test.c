/* sched_cost_test.c - law 9 of schedulers: what a packet costs does not grow with the number of flows, or by no more
 * than a logarithm does. Nothing is timed: schedulers are compiled here so that they call us at each of their basic
 * blocks, which are counted. So memory that grows cold is not seen (`narrows bench sched` is for that), and figures are
 * those of a compiler, not of a machine. */
#include "emu/sched.h"

#include <stdlib.h>

#include "base/dice.h"
#include "test.h"

#define FEW 16u
#define MANY 32768u
#define FULL 2u			/* packets of a flow */

void __sanitizer_cov_trace_pc(void);	/* the compiler's name */

static uint64_t steps;

void __sanitizer_cov_trace_pc(void)
{
	steps++;
}

struct load {
	struct sched s;
	char *queues;
	size_t stride;
	struct pkt *packets;
	uint32_t flows;
	bool mixed;
	uint64_t seq, worst;		/* worst: steps of one put or take */
	struct dice dice;
};

static struct sched_queue *queue_at(const struct load *l, uint32_t i)
{
	return (void *)(l->queues + i * l->stride);
}

static void load_init(struct load *l, const struct nrw_sched_ops *ops, uint32_t flows, bool mixed)
{
	*l = (struct load){ .flows = flows, .mixed = mixed, .stride = sched_queue_size(), .dice = { .key = 5 } };
	l->queues = calloc(flows, l->stride);
	l->packets = calloc((size_t)flows * FULL, sizeof(*l->packets));
	assert_true(l->queues && l->packets && !sched_init(&l->s, ops, NULL));
	for (uint32_t i = 0; i < flows; i++) {
		queue_at(l, i)->flow.weight = mixed ? 1 + (uint32_t)(dice_draw(&l->dice) % 100) : 1;
		queue_at(l, i)->flow.pri = i % 8;
		assert_int_equal(sched_add(&l->s, queue_at(l, i)), 0);
	}
}

static void load_fini(struct load *l)
{
	sched_fini(&l->s);
	free(l->queues);
	free(l->packets);
}

static void note(struct load *l, uint64_t before)
{
	if (steps - before > l->worst)
		l->worst = steps - before;
}

static void put(struct load *l, uint32_t flow, struct pkt *p)
{
	uint64_t before = steps;

	p->acct_bytes = l->mixed ? 64 + (uint32_t)(dice_draw(&l->dice) % 1437) : 1500;
	p->at = p->seq = l->seq++;
	if (sched_put(&l->s, queue_at(l, flow), p, p->acct_bytes, p->at))
		fail();
	note(l, before);
}

static struct pkt *take(struct load *l, uint32_t *flow)
{
	uint64_t before = steps;
	struct sched_queue *q;
	struct pkt *p = sched_take(&l->s, l->seq, &q);

	if (!p)
		fail();
	note(l, before);
	*flow = (uint32_t)((size_t)((char *)q - l->queues) / l->stride);
	return p;
}

/* All are filled, each packet that leaves is followed by one of its flow, twice over, and all are drained; nothing
 * counts before the second turn, when rings have grown. Returns 1000 times the steps of a put and a take. */
static uint64_t turn(struct load *l)
{
	uint64_t before = steps, pairs = 3 * (uint64_t)l->flows * FULL;
	uint32_t flow;

	l->worst = 0;
	for (uint32_t i = 0; i < l->flows * FULL; i++)
		put(l, i % l->flows, &l->packets[i]);
	for (uint32_t i = 0; i < 2 * l->flows * FULL; i++) {
		struct pkt *p = take(l, &flow);

		put(l, flow, p);
	}
	while (l->s.packets)
		take(l, &flow);
	return (steps - before) * 1000 / pairs;
}

struct cost {
	uint64_t pair, worst;
};

static struct cost cost_of(const struct nrw_sched_ops *ops, uint32_t flows, bool mixed)
{
	struct cost c;
	struct load l;

	load_init(&l, ops, flows, mixed);
	turn(&l);
	c.pair = turn(&l);
	c.worst = l.worst;
	load_fini(&l);
	return c;
}

static bool by_logarithm(const struct nrw_sched_ops *ops)
{
	return !strcmp(ops->name, "wf2q+");
}

static void hold(const struct nrw_sched_ops *ops, bool mixed)
{
	struct cost few = cost_of(ops, FEW, mixed), many = cost_of(ops, MANY, mixed);
	uint64_t most = by_logarithm(ops) ? few.pair * 15 / 4 : few.pair * 3 / 2;	/* log 32768 / log 16 = 15/4 */

	if (getenv("SCHED_PRINT"))
		print_message("# %-8s %s: %u of a pair at 16 flows, %u at 32768; at worst %u and %u\n", ops->name,
			mixed ? "mixed" : "alike", (unsigned)(few.pair / 1000), (unsigned)(many.pair / 1000),
			(unsigned)few.worst, (unsigned)many.worst);
	assert_true(few.pair > 5000);		/* they are counted */
	assert_in_range(many.pair, 1, most);
}

TEST(sched_cost, of_like_flows_does_not_grow_with_their_number)
{
	for (size_t i = 0; sched_at(i); i++)
		hold(sched_at(i), false);
}

TEST(sched_cost, of_mixed_flows_does_not_grow_with_their_number)
{
	for (size_t i = 0; sched_at(i); i++)
		hold(sched_at(i), true);
}

/* Not on the whole alone: no put, no take has a loop over flows. */
TEST(sched_cost, of_one_operation_of_qfq_has_a_bound)
{
	const struct nrw_sched_ops *ops = sched_find((struct word){ "qfq", 3 });

	for (unsigned mixed = 0; mixed < 2; mixed++)
		assert_in_range(cost_of(ops, MANY, mixed).worst, 1, cost_of(ops, FEW, mixed).worst * 3 / 2);
}
