/* sched_queue_test.c - the instance of a scheduler and its queues, apart from whose turn it is: names, what is learned,
 * heads that are cut, memory that fails. */
#include "emu/sched.h"

#include <stdlib.h>

#include "base/err.h"
#include "kit.h"
#include "test.h"

struct fixture {
	struct sched s;
	struct sched_queue *q[4];
	struct pkt_pool *pool;
	uint64_t seq;
};

static const struct nrw_sched_ops *kind(const char *name)
{
	return sched_find((struct word){ name, strlen(name) });
}

static void up(struct fixture *x, const struct nrw_sched_ops *ops, const struct nrw_sched_params *params)
{
	*x = (struct fixture){ .pool = pkt_pool_new(0) };
	assert_non_null(x->pool);
	assert_int_equal(sched_init(&x->s, ops, params), 0);
	for (unsigned i = 0; i < 4; i++) {
		x->q[i] = calloc(1, sched_queue_size());
		assert_non_null(x->q[i]);
		x->q[i]->flow.weight = i + 1;
		x->q[i]->flow.pri = 3 - i;
		assert_int_equal(sched_add(&x->s, x->q[i]), 0);
	}
}

static struct pkt *packet(struct fixture *x, uint32_t bytes)
{
	struct pkt *p = pkt_new(x->pool);

	assert_non_null(p);
	p->acct_bytes = bytes;
	p->at = p->seq = ++x->seq;
	return p;
}

static void put(struct fixture *x, unsigned flow, uint32_t bytes)
{
	assert_int_equal(sched_put(&x->s, x->q[flow], packet(x, bytes), bytes, 0), 0);
}

/* The number of the packet that leaves; 0: none. */
static uint64_t take(struct fixture *x)
{
	struct sched_queue *from;
	struct pkt *p = sched_take(&x->s, 0, &from);
	uint64_t seq = p ? p->seq : 0;

	if (p)
		pkt_free(x->pool, p);
	return seq;
}

static uint64_t cut(struct fixture *x, unsigned flow)
{
	struct pkt *p = sched_cut(&x->s, x->q[flow]);
	uint64_t seq = p ? p->seq : 0;

	if (p)
		pkt_free(x->pool, p);
	return seq;
}

static void down(struct fixture *x)
{
	for (unsigned i = 0; i < 4; i++) {
		while (cut(x, i))
			;
		sched_remove(&x->s, x->q[i]);
		free(x->q[i]);
	}
	assert_int_equal(x->s.packets + x->s.flows, 0);
	sched_fini(&x->s);
	pkt_pool_free(x->pool);
}

TEST(sched_queue, a_kind_is_found_in_any_case_and_by_its_other_names)
{
	assert_ptr_equal(kind("WF2Q+"), kind("wf2q+"));
	assert_ptr_equal(kind("DRR"), kind("rr"));
	assert_non_null(kind("Fifo"));
	assert_null(kind("wf2q"));
	assert_null(kind(""));
	for (size_t i = 0; sched_at(i); i++) {
		assert_ptr_equal(kind(sched_at(i)->name), sched_at(i));
		assert_true(sched_queue_size() >= sizeof(struct sched_queue) + sched_at(i)->flow_size);
	}
	assert_int_equal(sched_queue_size() % 8, 0);
}

TEST(sched_queue, the_largest_is_learned_anew_after_idleness)
{
	struct fixture x;

	up(&x, kind("wf2q+"), NULL);
	put(&x, 0, 100);
	assert_int_equal(x.q[0]->flow.lmax, 100);
	put(&x, 0, 1500);
	put(&x, 0, 60);
	assert_int_equal(x.q[0]->flow.lmax, 1500);
	assert_int_equal(take(&x) + take(&x), 3);
	assert_int_equal(x.q[0]->flow.lmax, 1500);
	assert_int_equal(take(&x), 3);
	put(&x, 0, 64);
	assert_int_equal(x.q[0]->flow.lmax, 64);
	down(&x);
}

TEST(sched_queue, a_largest_that_was_told_is_a_floor)
{
	struct fixture x;

	up(&x, kind("wf2q+"), NULL);
	sched_change(&x.s, x.q[0], 5, 0, 1500);
	put(&x, 0, 100);
	assert_int_equal(x.q[0]->flow.lmax, 1500);
	put(&x, 0, 9000);
	sched_change(&x.s, x.q[0], 5, 0, 200);
	assert_int_equal(x.q[0]->flow.lmax, 9000);	/* one of them waits */
	assert_int_equal(take(&x) + take(&x), 3);
	put(&x, 0, 100);
	assert_int_equal(x.q[0]->flow.lmax, 200);
	down(&x);
}

TEST(sched_queue, an_empty_packet_is_a_packet)
{
	for (size_t i = 0; sched_at(i); i++) {
		struct fixture x;

		up(&x, sched_at(i), NULL);
		put(&x, 0, 0);
		put(&x, 0, 0);
		assert_int_equal(take(&x), 1);
		assert_int_equal(take(&x), 2);
		assert_int_equal(take(&x), 0);
		down(&x);
	}
}

TEST(sched_queue, lengths_of_33_bits_come_out)
{
	for (size_t i = 0; sched_at(i); i++) {
		struct fixture x;

		up(&x, sched_at(i), NULL);
		for (unsigned n = 0; n < 40; n++) {
			struct pkt *p = packet(&x, UINT32_MAX);

			p->flags |= PKT_ACCT_OVER;
			assert_int_equal(sched_put(&x.s, x.q[n % 4], p, UINT32_MAX + (UINT64_C(1) << 32), 0), 0);
		}
		for (unsigned n = 0; n < 40; n++)
			assert_int_not_equal(take(&x), 0);
		down(&x);
	}
}

TEST(sched_queue, cuts_take_the_oldest_and_leave_the_order_of_others)
{
	struct fixture x;

	up(&x, kind("fifo"), NULL);
	put(&x, 0, 100);	/* 1 */
	put(&x, 1, 100);	/* 2 */
	put(&x, 0, 200);	/* 3 */
	put(&x, 1, 100);	/* 4 */
	assert_int_equal(cut(&x, 0), 1);
	assert_int_equal(x.q[0]->flow.head_bytes, 200);
	assert_int_equal(take(&x), 2);
	assert_int_equal(take(&x), 3);
	assert_int_equal(take(&x), 4);
	assert_int_equal(take(&x), 0);
	down(&x);
}

TEST(sched_queue, emptied_by_cuts_and_filled_again_is_like_never_emptied)
{
	for (size_t i = 0; sched_at(i); i++) {
		struct fixture x;

		up(&x, sched_at(i), NULL);
		put(&x, 0, 100);
		put(&x, 1, 100);
		assert_int_equal(cut(&x, 0), 1);
		assert_int_equal(cut(&x, 0), 0);
		put(&x, 0, 1500);
		assert_int_equal(take(&x) + take(&x), 5);
		assert_int_equal(take(&x), 0);
		put(&x, 0, 1500);
		assert_int_equal(take(&x), 4);
		down(&x);
	}
}

TEST(sched_queue, strict_bands_starve_those_above)
{
	struct fixture x;

	up(&x, kind("prio"), NULL);		/* flow 3 has band 0 */
	for (unsigned i = 0; i < 12; i++)
		put(&x, i % 4, 100);		/* flow i % 4 has packets i + 1 */
	assert_int_equal(take(&x), 4);
	put(&x, 3, 100);			/* 13 */
	assert_int_equal(take(&x), 8);
	assert_int_equal(take(&x), 12);
	assert_int_equal(take(&x), 13);
	assert_int_equal(take(&x), 3);
	sched_change(&x.s, x.q[0], 1, 63, 0);
	sched_change(&x.s, x.q[1], 1, 0, 0);
	assert_int_equal(take(&x), 2);
	down(&x);
}

TEST(sched_queue, flows_of_one_band_take_turns)
{
	struct fixture x;

	up(&x, kind("prio"), NULL);
	for (unsigned i = 0; i < 4; i++)
		sched_change(&x.s, x.q[i], 1, 40, 0);
	for (unsigned i = 0; i < 8; i++)
		put(&x, i / 2, 100);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(take(&x), 1 + i / 4 + i % 4 * 2);
	down(&x);
}

/* By hand: weights 1, 2, 3, 4, packets of 120 bytes, all there at V = 0. F = 120, 60, 40, 30; each S is its last F. */
TEST(sched_queue, wf2q_serves_a_small_case_as_on_paper)
{
	static const unsigned want[] = { 3, 2, 1, 3, 2, 3, 0, 1, 2, 3 };
	struct fixture x;

	up(&x, kind("wf2q+"), NULL);
	for (unsigned i = 0; i < 40; i++)
		put(&x, i % 4, 120);
	for (unsigned i = 0; i < 10; i++)	/* V = 0, 12, 24, ...: 120 / (1 + 2 + 3 + 4) each */
		assert_int_equal((take(&x) - 1) % 4, want[i]);
	down(&x);
}

/* ---- memory that fails ---- */
static unsigned adds_left, arrivals_left;

static int failing_add(void *s, struct nrw_sched_flow *f)
{
	(void)s, (void)f;
	return adds_left-- ? 0 : -1;
}

static int failing_arrived(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	(void)s, (void)f, (void)now;
	return arrivals_left-- ? 0 : -1;
}

static void no_ready(void *s, struct nrw_sched_flow *f, nrw_time now)
{
	(void)s, (void)now;
	memset(nrw_sched_of(f), 0xee, 8);
}

static const struct nrw_sched_ops failing = {
	.name = "failing", .flow_size = 8, .add = failing_add, .arrived = failing_arrived, .ready = no_ready,
};

TEST(sched_queue, a_kind_that_finds_no_memory_leaves_all_as_it_was)
{
	for (unsigned fail = 0; fail < 12; fail++) {
		struct fixture x, y;

		up(&x, kind("wf2q+"), NULL);
		up(&y, kind("wf2q+"), NULL);
		for (unsigned i = 0; i < 20; i++) {
			put(&x, i % 4, 100 + i * 37 % 400);
			put(&y, i % 4, 100 + i * 37 % 400);
		}
		assert_int_equal(take(&x), take(&y));
		adds_left = fail;
		arrivals_left = fail < 4 ? 0 : fail - 4;
		assert_int_equal(sched_become(&x.s, &failing, NULL, 0), ERR_NOMEM);
		for (unsigned i = 0; i < 20; i++)
			assert_int_equal(take(&x), take(&y));
		down(&x);
		down(&y);
	}
}

TEST(sched_queue, a_packet_that_finds_no_memory_stays_the_callers)
{
	struct fixture x;
	struct pkt *p;

	adds_left = 4;
	arrivals_left = 1;
	up(&x, &failing, NULL);
	put(&x, 0, 100);
	p = packet(&x, 60);
	assert_int_equal(sched_put(&x.s, x.q[0], p, 60, 0), ERR_NOMEM);
	assert_true(x.s.packets == 1 && x.q[0]->bytes == 100 && x.q[0]->flow.packets == 1);
	pkt_free(x.pool, p);
	down(&x);
}

TEST(sched_queue, another_kind_finds_packets_in_the_order_they_came)
{
	struct fixture x;
	uint64_t last = 0;

	up(&x, kind("prio"), NULL);
	for (unsigned i = 0; i < 40; i++)
		put(&x, i * i % 7 % 4, 100 + i);
	for (unsigned i = 0; i < 5; i++)
		take(&x);
	assert_int_equal(sched_become(&x.s, kind("fifo"), NULL, 0), 0);
	for (unsigned i = 0; i < 35; i++) {
		uint64_t seq = take(&x);

		assert_true(seq > last);
		last = seq;
	}
	assert_int_equal(take(&x), 0);
	down(&x);
}
