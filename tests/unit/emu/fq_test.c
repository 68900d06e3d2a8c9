/* The lists of fq_codel against RFC 8290's description (make_aqm_table.py), and which packets share a queue. */
#include "emu/sched_fq.h"

#include <stdlib.h>

#include "aqm_table.h"
#include "base/dice.h"
#include "kit.h"
#include "test.h"

struct world {
	struct pkt_pool *pool;
	struct sched sched;
	struct sched_queue *queues[8];
};

static void world_init(struct world *w, const char *type, uint64_t quantum)
{
	struct nrw_sched_params params = { .quantum = quantum };

	w->pool = pkt_pool_new(0);
	assert_int_equal(sched_init(&w->sched, sched_find((struct word){ type, strlen(type) }), &params), 0);
	for (int i = 0; i < 8; i++) {
		w->queues[i] = calloc(1, sched_queue_size());
		w->queues[i]->flow.weight = 1;
		assert_int_equal(sched_add(&w->sched, w->queues[i]), 0);
	}
}

static void world_fini(struct world *w)
{
	struct sched_queue *from;
	struct pkt *p;

	while ((p = sched_take(&w->sched, 0, &from)))
		pkt_free(w->pool, p);
	for (int i = 0; i < 8; i++) {
		sched_remove(&w->sched, w->queues[i]);
		free(w->queues[i]);
	}
	sched_fini(&w->sched);
	pkt_pool_free(w->pool);
}

static void put(struct world *w, unsigned flow, uint32_t bytes)
{
	struct pkt *p = pkt_new(w->pool);

	p->acct_bytes = bytes;
	assert_int_equal(sched_put(&w->sched, w->queues[flow], p, bytes, 0), 0);
}

/* The letter of the flow that is served; '-': none. */
static char take(struct world *w)
{
	struct sched_queue *from;
	struct pkt *p = sched_take(&w->sched, 0, &from);

	if (!p)
		return '-';
	pkt_free(w->pool, p);
	return (char)('a' + from->flow.number);
}

TEST(fq, new_and_old_lists_are_those_of_the_text)
{
	static const char *const types[] = { "fq_codel", "fq_pie" };

	for (int t = 0; t < 2; t++) {
		struct dice d = { .key = 3 };
		struct world w;
		size_t n = 0;

		world_init(&w, types[t], 0);
		for (uint32_t i = 0; i < 3000; i++) {
			uint64_t x;

			if (dice_draw(&d) % 3 >= (i / 100 % 2 == 0 ? 2u : 1u)) {
				assert_int_equal(take(&w), fq_order[n++]);
				continue;
			}
			x = dice_draw(&d) % 16;
			put(&w, (unsigned)(x < 8 ? x : x % 2), (uint32_t)(40 + dice_draw(&d) % 1461));
		}
		assert_int_equal(fq_order[n], '\0');
		world_fini(&w);
	}
}

static void order_is(struct world *w, const char *want)
{
	for (; *want; want++)
		assert_int_equal(take(w), *want);
}

TEST(fq, a_sparse_flow_goes_before_heavy_ones)
{
	struct world w;

	world_init(&w, "fq_codel", 0);
	for (int i = 0; i < 20; i++)
		put(&w, 0, 1500), put(&w, 1, 1500);
	order_is(&w, "aabbabab");
	put(&w, 2, 100);
	order_is(&w, "ca");
	world_fini(&w);
}

/* 4.2: a new flow that is empty at its turn goes behind the old ones, so it cannot come back as new at once: a flow
 * that sends another packet soon after it has none gets a turn as the other, and not a packet for each of the other's.
 * */
TEST(fq, a_flow_that_comes_and_goes_is_not_new_each_time)
{
	struct world w;
	int served[2] = { 0 };

	world_init(&w, "fq_codel", 0);
	for (int i = 0; i < 1000; i++)
		put(&w, 0, 100);
	for (int i = 0; i < 900; i++) {
		if (i % 2 == 0 && !w.queues[1]->flow.packets)
			put(&w, 1, 1500);
		served[take(&w) - 'a']++;
	}
	assert_in_range(served[0], 14 * served[1], 16 * served[1]);
	world_fini(&w);
}

TEST(fq, weights_are_shares)
{
	struct world w;
	int served[8] = { 0 };

	world_init(&w, "fq_codel", 300);
	sched_change(&w.sched, w.queues[1], 3, 0, 0);
	for (int i = 0; i < 400; i++)
		put(&w, 0, 500), put(&w, 1, 500);
	for (int i = 0; i < 400; i++)
		served[take(&w) - 'a']++;
	assert_in_range(served[1], 297, 303);
	world_fini(&w);
}

static uint32_t bucket(const struct view *v)
{
	struct siphash_key key = fq_key(1, 4, 1, 0);

	return fq_bucket(&key, v, 1024);
}

TEST(fq, every_field_of_the_five_tells_flows_apart)
{
	struct view base = kit_view(1, false), v6 = kit_view(1, true), v;

	v6.proto = base.proto;
	v = base, v.src4++, assert_int_not_equal(bucket(&v), bucket(&base));
	v = base, v.dst4++, assert_int_not_equal(bucket(&v), bucket(&base));
	v = base, v.sport++, assert_int_not_equal(bucket(&v), bucket(&base));
	v = base, v.dport++, assert_int_not_equal(bucket(&v), bucket(&base));
	v = base, v.proto++, assert_int_not_equal(bucket(&v), bucket(&base));
	v = v6, v.src6[0]++, assert_int_not_equal(bucket(&v), bucket(&v6));
	v = v6, v.src6[1]++, assert_int_not_equal(bucket(&v), bucket(&v6));
	v = v6, v.dst6[0]++, assert_int_not_equal(bucket(&v), bucket(&v6));
	v = v6, v.dst6[1]++, assert_int_not_equal(bucket(&v), bucket(&v6));
	v = v6, v.flow_label++, v.tos++, assert_int_equal(bucket(&v), bucket(&v6));
	assert_int_equal(bucket(NULL), 0);
}

/* The first fragment has ports and the others have none; they must not overtake each other. */
TEST(fq, fragments_of_a_datagram_share_a_queue)
{
	struct view first = kit_view(1, false), other;

	first.has |= VIEW_HAS_FRAG;
	other = first;
	other.sport = other.dport = 0;
	assert_int_equal(bucket(&first), bucket(&other));
}

TEST(fq, flows_are_spread_over_all_queues_and_otherwise_by_another_seed)
{
	struct siphash_key a = fq_key(1, 4, 1, 0), b = fq_key(2, 4, 1, 0);
	uint32_t in[64] = { 0 }, same = 0;

	for (uint32_t i = 0; i < 64000; i++) {
		struct view v = kit_view(i, false);
		uint32_t n = fq_bucket(&a, &v, 64);

		assert_true(n < 64);
		in[n]++;
		same += n == fq_bucket(&b, &v, 64);
	}
	for (uint32_t i = 0; i < 64; i++)
		assert_in_range(in[i], 1000 - 130, 1000 + 130);		/* 4 sigma */
	assert_in_range(same, 870, 1130);
}

TEST(fq, the_fattest_loses_half_and_at_most_64)
{
	struct world w;
	struct pkt *p;

	world_init(&w, "fq_codel", 0);
	assert_null(fq_fattest(&w.sched));
	for (int i = 0; i < 200; i++)
		put(&w, 3, 100);
	for (int i = 0; i < 9; i++)
		put(&w, 5, 1500);
	assert_ptr_equal(fq_fattest(&w.sched), w.queues[3]);		/* 20000 bytes and 13500 */
	assert_int_equal(fq_batch(w.queues[3]), 64);
	for (int i = 0; i < 66; i++) {
		p = sched_cut(&w.sched, w.queues[3]);
		pkt_free(w.pool, p);
	}
	assert_ptr_equal(fq_fattest(&w.sched), w.queues[5]);
	assert_int_equal(fq_batch(w.queues[5]), 5);
	assert_int_equal(fq_batch(w.queues[0]), 0);
	world_fini(&w);
}
