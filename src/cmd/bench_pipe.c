/* cmd/bench_pipe.c - `narrows bench pipe`: what it costs to send a packet through a pipe.
 *
 * The work is a closed loop: the packet that leaves next is taken at its own time and put in again at once, so as many
 * are held at the end as at the beginning, and time goes on as it would. One item is one take and one put. Each loop
 * has gone once around with all its packets before the first round. Packets are not touched otherwise; no pool is in
 * the figure.
 *
 * Bases: a bare FIFO, which is what the packets themselves cost; a heap of packets by departure, which is how delay
 * lines are written that do not use that a pipe keeps order; and, for many, the same with few. Packets of many pipes
 * come from all over the memory, whatever is done; so those of the one pipe beside them do too.
 *
 * Impairments lose packets and make more of them, so no loop can be closed over them: there each item is a packet
 * from a pool that comes every microsecond, and those whose time has come go back to the pool. What impairments cost
 * is held against the same without any.
 *
 * Masked flows are visited in another order than they were made in, so that neither the next one lies beside the last
 * nor its packet; each comes twice while the packets of the loop go around. What is put is told EMU_SOON packets ahead,
 * as who reads captures in bursts does; to the one flow too, where it is for nothing. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#include <narrows/types.h>
#include "base/dice.h"
#include "base/heap.h"
#include "base/list.h"
#include "emu/emu.h"

#define ROUND_ITEMS 1000000
#define QUICK_MOST 10000
#define PACKET_BYTES 125	/* 1 us at 1 Gbit/s */

enum how { BY_EMU, BY_FIFO, BY_HEAP, BY_POOL };

struct boxed {			/* a packet, and its place in the heap */
	struct pkt pkt;
	struct heap_node node;
};

struct loop {
	enum how how;
	uint32_t held, pipes;
	uint32_t stride;	/* how far apart in memory packets lie that follow each other, prime to `held`; 0: 1 */
	const char *options;	/* of each pipe */
	uint32_t flows;		/* of a mask; 0: no mask */
	uint32_t told, told_flow;	/* the packet told last, and its flow */
	nrw_time delay;		/* of FIFO and heap; of pipes, where there are many, up to twice as much */
	struct boxed *packets;
	struct emu *emu;
	struct pkt_pool *pool;		/* of BY_POOL */
	struct heap heap;
	struct pkt_fifo fifo;
	uint64_t seq;
	nrw_time now;
};

struct pair {
	struct loop *subject, *base;
};

enum {
	FREE, SHAPED, DELAYED, MILLION, MANY, ONE, FLOWS, FLOWS_BUSY, ONE_FLOW, ONE_LIGHT,
	FIFO, FIFO_MILLION, HEAP_MILLION, PASSED, IMPAIRED, LOOPS,
};

#define MASKED_FLOWS 100000
#define FLOW_STRIDE 61253	/* from the number of a flow to that of the next one visited; prime to MASKED_FLOWS */

static struct loop loops[LOOPS] = {
	[FREE] = { .held = 100, .pipes = 1, .options = "" },
	[SHAPED] = { .held = 100, .pipes = 1, .options = "bw 1Gbit/s delay 90us" },
	[DELAYED] = { .held = 100, .pipes = 1, .options = "delay 10ms" },
	[MILLION] = { .held = 1000000, .pipes = 1, .options = "bw 1Gbit/s delay 999ms queue 1000000" },
	[MANY] = { .held = 40000, .pipes = 10000, .options = "bw 1Gbit/s", .delay = 10 * NRW_MS },
	[ONE] = { .held = 40000, .pipes = 1, .stride = 24737, .options = "bw 1Gbit/s delay 39ms queue 1000000" },
	[FLOWS] = { .held = 2 * MASKED_FLOWS, .pipes = 1, .flows = MASKED_FLOWS,
		.options = "bw 1Mbit/s delay 200ms mask all flows 100000" },
	[FLOWS_BUSY] = { .held = 2 * MASKED_FLOWS, .pipes = 1, .flows = MASKED_FLOWS,
		.options = "bw 10Kbit/s mask all flows 100000" },
	[ONE_FLOW] = { .held = 2 * MASKED_FLOWS, .pipes = 1, .flows = 1, .stride = 24737,
		.options = "bw 1Gbit/s delay 200ms queue 1000000 mask all" },
	[ONE_LIGHT] = { .held = 2 * MASKED_FLOWS, .pipes = 1, .stride = 24737,
		.options = "bw 1Gbit/s delay 200ms queue 1000000" },
	[FIFO] = { .how = BY_FIFO, .held = 100, .delay = 10 * NRW_MS },
	[FIFO_MILLION] = { .how = BY_FIFO, .held = 1000000, .delay = NRW_S },
	[HEAP_MILLION] = { .how = BY_HEAP, .held = 1000000, .delay = NRW_S },
	[PASSED] = { .how = BY_POOL, .held = 1, .pipes = 1, .options = "bw 1Gbit/s delay 1ms queue 1000" },
	[IMPAIRED] = { .how = BY_POOL, .held = 1, .pipes = 1,
		.options = "bw 1Gbit/s delay 1ms queue 1000 loss gemodel 0.01 0.3 duplicate 0.01 corr 0.2 corrupt 0.01 "
			   "jitter 20us normal corr 0.2 reorder 0.01" },
};

static void fifo_put(struct loop *l, struct pkt *p, nrw_time now)
{
	p->at = now + l->delay;
	pkt_fifo_put(&l->fifo, p);
}

static void heap_put(struct loop *l, struct pkt *p, nrw_time now)
{
	p->at = now + l->delay;
	heap_add(&l->heap, &container_of(p, struct boxed, pkt)->node, p->at, p->seq);
}

static inline void view_of(struct view *v, uint32_t flow)
{
	v->src4 = UINT32_C(0x0a000000) + flow;
	v->dst4 = UINT32_C(0xc0000201);
	v->sport = (uint16_t)flow;
	v->dport = 80;
	v->proto = 17;
	v->family = 4;
}

/* The flow of a packet stays with it. */
static inline void put(struct loop *l, struct pkt *p)
{
	struct view v;

	if (l->flows)
		view_of(&v, p->wire_bytes);
	emu_put(l->emu, EMU_PIPE, p->iface, p, l->flows ? &v : NULL, l->now);
}

/* Packets go around in their order, so who comes next is known. */
static inline void tell(struct loop *l)
{
	struct view v;

	l->told_flow = (l->told_flow + FLOW_STRIDE) % l->flows;
	if (++l->told == l->held)
		l->told = l->told_flow = 0;
	view_of(&v, l->told_flow);
	emu_soon(l->emu, &v);
}

static void turn_emu(struct loop *l, uint32_t items)
{
	while (items--) {
		nrw_time next = emu_next(l->emu);
		struct pkt *p;

		l->now = next > l->now ? next : l->now;
		p = emu_take(l->emu, l->now);
		p->seq = l->seq++;
		if (l->flows)
			tell(l);
		put(l, p);
	}
}

static void turn_fifo(struct loop *l, uint32_t items)
{
	while (items--) {
		struct pkt *p = pkt_fifo_take(&l->fifo);

		p->seq = l->seq++;
		fifo_put(l, p, p->at);
	}
}

static void turn_heap(struct loop *l, uint32_t items)
{
	while (items--) {
		struct boxed *b = container_of(heap_min(&l->heap)->node, struct boxed, node);

		heap_remove(&l->heap, &b->node);
		b->pkt.seq = l->seq++;
		heap_put(l, &b->pkt, b->pkt.at);
	}
}

/* UDP in IPv4; who writes to it gets a copy of its own. */
static uint8_t bytes[PACKET_BYTES] = {
	0x45, 0, 0, PACKET_BYTES, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
	0x10, 0, 0, 80, 0, PACKET_BYTES - 20, 0, 0,
};

static void turn_pool(struct loop *l, uint32_t items)
{
	while (items--) {
		struct pkt *p = pkt_new(l->pool);

		BUG_ON(!p);
		p->data = bytes;
		p->len_bytes = p->wire_bytes = p->acct_bytes = PACKET_BYTES;
		p->link = LINK_IPV4;
		p->flags = PKT_STEADY;
		p->seq = l->seq++;
		l->now += NRW_US;
		emu_put(l->emu, EMU_PIPE, 1, p, NULL, l->now);
		while (emu_next(l->emu) <= l->now && (p = emu_take(l->emu, l->now)) != NULL)
			pkt_free(l->pool, p);
	}
}

static void turn(struct loop *l, uint32_t items)
{
	switch (l->how) {
	case BY_EMU:
		turn_emu(l, items);
		break;
	case BY_FIFO:
		turn_fifo(l, items);
		break;
	case BY_HEAP:
		turn_heap(l, items);
		break;
	case BY_POOL:
		turn_pool(l, items);
		break;
	}
}

static double run(struct loop *l)
{
	double began = bench_ns();

	turn(l, ROUND_ITEMS);
	return (bench_ns() - began) / ROUND_ITEMS;
}

/* The closed loops are made so that nothing is ever dropped. */
static void dropped(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct loop *l = ctx;

	BUG_ON(l->how != BY_POOL);
	pkt_free(l->pool, p);
}

static int configure(struct loop *l, uint32_t number, nrw_time delay)
{
	struct emu_cmd *c;
	char line[256];
	struct lex lx;
	int n, rc;

	n = snprintf(line, sizeof(line), "pipe %u config %s", number, l->options);
	if (l->delay)
		n = snprintf(line, sizeof(line), "pipe %u config %s delay %lluns", number, l->options,
			(unsigned long long)delay);
	lex_line(&lx, "bench", 1, line, (size_t)n, NULL);
	c = emu_parse(&lx);
	rc = c ? emu_apply(l->emu, c, 0, NULL) : ERR_NOMEM;
	emu_cmd_free(c);
	return rc;
}

static int init_emu(struct loop *l)
{
	struct dice dice = { .key = 1 };

	if (l->how == BY_POOL && (l->pool = pkt_pool_new(0)) == NULL)
		return ERR_NOMEM;
	l->emu = emu_new(&(struct emu_cfg){ .seed = 1, .dropped = dropped, .ctx = l, .pool = l->pool });
	if (!l->emu)
		return ERR_NOMEM;
	for (uint32_t i = 1; i <= l->pipes; i++)
		if (configure(l, i, l->delay + (l->delay ? dice_draw(&dice) % l->delay : 0)))
			return ERR_NOMEM;
	return 0;
}

/* Each in the order of its number, and empty again. */
static void make_flows(struct loop *l)
{
	for (uint32_t i = 0; i < l->flows && i < l->held; i++) {
		struct pkt *p = &l->packets[i].pkt;

		*p = (struct pkt){ .acct_bytes = PACKET_BYTES, .seq = l->seq++, .iface = 1, .wire_bytes = i };
		put(l, p);
	}
	for (nrw_time next; (next = emu_next(l->emu)) != NRW_NEVER; emu_take(l->emu, l->now))
		l->now = next;
	for (uint32_t i = 0; i < EMU_SOON; i++)
		tell(l);
}

static void fill(struct loop *l)
{
	for (uint32_t i = 0; i < l->held; i++) {
		struct pkt *p = &l->packets[(uint64_t)i * (l->stride ? l->stride : 1) % l->held].pkt;

		p->acct_bytes = PACKET_BYTES;
		p->seq = l->seq++;
		if (l->how == BY_FIFO) {
			fifo_put(l, p, l->now);
		} else if (l->how == BY_HEAP) {
			heap_put(l, p, l->now);
		} else {
			p->iface = (uint16_t)(1 + i % l->pipes);
			p->wire_bytes = l->flows ? (uint32_t)((uint64_t)i * FLOW_STRIDE % l->flows) : 0;
			put(l, p);
		}
		l->now += NRW_US;
	}
}

static int loop_init(struct loop *l)
{
	l->packets = bench_lines_new(l->held * sizeof(*l->packets));
	heap_init(&l->heap);
	pkt_fifo_init(&l->fifo);
	l->seq = l->now = 0;
	l->told = l->held - 1;
	if (!l->packets || (l->how == BY_HEAP && heap_reserve(&l->heap, l->held)))
		return ERR_NOMEM;
	if ((l->how == BY_EMU || l->how == BY_POOL) && init_emu(l))
		return ERR_NOMEM;
	if (l->flows)
		make_flows(l);
	if (l->how != BY_POOL)
		fill(l);
	return 0;
}

/* The packets are ours and not of a pool: out of the emulator before it is freed. */
static void loop_fini(struct loop *l)
{
	while (l->how != BY_POOL && l->emu && emu_take(l->emu, NRW_NEVER))
		;
	emu_free(l->emu);
	if (l->pool)
		pkt_pool_free(l->pool);
	l->pool = NULL;
	heap_fini(&l->heap);
	bench_lines_free(l->packets);
	l->emu = NULL;
	l->packets = NULL;
}

static double ours(void *ctx) { return run(((const struct pair *)ctx)->subject); }
static double theirs(void *ctx) { return run(((const struct pair *)ctx)->base); }

static struct pair pairs[] = {
	{ &loops[FREE], &loops[FIFO] },
	{ &loops[DELAYED], &loops[FIFO] },
	{ &loops[SHAPED], &loops[FIFO] },
	{ &loops[MILLION], &loops[FIFO_MILLION] },
	{ &loops[MILLION], &loops[HEAP_MILLION] },
	{ &loops[MILLION], &loops[SHAPED] },
	{ &loops[MANY], &loops[ONE] },
	{ &loops[FLOWS], &loops[ONE_FLOW] },
	{ &loops[FLOWS], &loops[ONE_LIGHT] },
	{ &loops[FLOWS_BUSY], &loops[ONE_FLOW] },
	{ &loops[IMPAIRED], &loops[PASSED] },
};

/* Goals: a ratio, and ns. */
#define CASE(i, text, base_text, ratio, ns)                                                                            \
	[i] = { .name = text, .base = base_text, .goal = ratio, .most = ns, .run = ours, .run_base = theirs,           \
		.ctx = &pairs[i] }

static const struct bench_case pipe_cases[] = {
	CASE(0, "no bandwidth, no delay", "bare FIFO", 0, 100),
	CASE(1, "delay", "bare FIFO", 0, 100),
	CASE(2, "bw and delay", "bare FIFO", 0, 100),
	CASE(3, "bw and delay, 1 M packets held", "bare FIFO, 1 M held", 0, 60),
	CASE(4, "bw and delay, 1 M packets held", "heap of packets, 1 M held", 1, 0),
	CASE(5, "bw and delay, 1 M packets held", "100 held", 0, 0),
	CASE(6, "10 000 pipes, 4 packets held in each", "1 pipe, 40 000 held, as scattered", 1.5, 0),
	CASE(7, "100 000 masked flows, 2 packets in each", "1 masked flow, 200 000 held, as scattered", 1.5, 0),
	CASE(8, "100 000 masked flows, 2 packets in each", "1 pipe, 200 000 held, as scattered", 0, 0),
	CASE(9, "100 000 masked flows, all serving", "1 masked flow, 200 000 held, as scattered", 0, 0),
	CASE(10, "bw, delay and all impairments", "bw and delay", 0, 200),
};

static void pipe_close(void)
{
	for (unsigned i = 0; i < LOOPS; i++)
		loop_fini(&loops[i]);
}

static int pipe_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	if (args[0])
		return err_set(e, ERR_USAGE, "bench pipe: '%s': takes no more words", args[0]);
	for (unsigned i = 0; i < LOOPS; i++) {
		struct loop *l = &loops[i];

		l->held = quick && l->held > QUICK_MOST ? QUICK_MOST : l->held;
		if (loop_init(l)) {
			pipe_close();
			return err_set(e, ERR_NOMEM, "bench pipe: no memory for %u packets", l->held);
		}
		turn(l, 2 * l->held);
	}
	*cases = pipe_cases;
	*n = sizeof(pipe_cases) / sizeof(*pipe_cases);
	return 0;
}

const struct bench bench_pipe = {
	.name = "pipe", .about = "a packet into a pipe and out again", .open = pipe_open, .close = pipe_close,
};
