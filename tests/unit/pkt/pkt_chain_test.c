/* pkt_chain_test.c - a chain is one packet: it adds up, shares, keeps and goes as one. */
#include "pkt/pkt.h"

#include "pkt/pkt_lazy.h"
#include "test.h"

static uint8_t lent[2000];

static struct pkt *piece(struct pkt_pool *pool, uint32_t len)
{
	struct pkt *p = pkt_new(pool);

	assert_non_null(p);
	p->data = lent;
	p->len_bytes = len;
	p->wire_bytes = len + 4;
	return p;
}

static struct pkt *chain(struct pkt_pool *pool, unsigned pieces)
{
	struct pkt *first = piece(pool, 1);

	for (unsigned i = 1; i < pieces; i++)
		assert_int_equal(pkt_chain_add(pool, first, piece(pool, i + 1)), 0);
	return first;
}

static struct pkt_stats stats(const struct pkt_pool *pool)
{
	struct pkt_stats st;

	pkt_pool_stats(pool, &st);
	return st;
}

TEST(chain, a_packet_alone_is_a_chain_of_one)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *p = piece(pool, 10);

	assert_int_equal(pkt_chain_count(p), 1);
	assert_int_equal(pkt_chain_len(p), 10);
	assert_int_equal(pkt_chain_wire(p), 14);
	assert_null(pkt_chain_take(p));
	assert_null(p->lazy);		/* asking costs nothing */
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(chain, adds_up_and_comes_apart_in_order)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *first = chain(pool, 20);

	assert_int_equal(pkt_chain_count(first), 20);
	assert_int_equal(pkt_chain_len(first), 20 * 21 / 2);
	assert_int_equal(pkt_chain_wire(first), 20 * 21 / 2 + 80);
	for (uint32_t i = 2; i <= 20; i++) {
		struct pkt *p = pkt_chain_take(first);

		assert_int_equal(p->len_bytes, i);
		assert_null(p->next);
		pkt_free(pool, p);
	}
	assert_null(pkt_chain_take(first));
	assert_int_equal(pkt_chain_len(first), 1);
	pkt_free(pool, first);
	pkt_pool_free(pool);
}

TEST(chain, holes_count_on_the_wire_only)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *first = piece(pool, 100);

	assert_int_equal(pkt_chain_add(pool, first, pkt_hole(pool, 3000000000)), 0);
	assert_int_equal(pkt_chain_add(pool, first, pkt_hole(pool, 3000000000)), 0);	/* passes 32 bits */
	assert_true(pkt_chain_len(first) == 100);
	assert_true(pkt_chain_wire(first) == UINT64_C(6000000104));
	pkt_free(pool, first);
	assert_true(stats(pool).packets_held == 0);
	pkt_pool_free(pool);
}

TEST(chain, chains_join_flat)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *a = chain(pool, 3), *b = chain(pool, 4);
	static const uint32_t expect[] = { 2, 3, 1, 2, 3, 4 };

	assert_int_equal(pkt_chain_add(pool, a, b), 0);
	assert_int_equal(pkt_chain_count(a), 7);
	assert_int_equal(pkt_chain_len(a), 6 + 10);
	for (unsigned i = 0; i < 6; i++) {
		struct pkt *p = pkt_chain_take(a);

		assert_int_equal(p->len_bytes, expect[i]);
		assert_int_equal(pkt_chain_count(p), 1);
		pkt_free(pool, p);
	}
	pkt_free(pool, a);
	pkt_pool_free(pool);
}

TEST(chain, stands_in_a_queue_as_one_packet)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt_fifo q;
	struct pkt *a = chain(pool, 3), *b = chain(pool, 2);

	pkt_fifo_init(&q);
	pkt_fifo_put(&q, a);
	pkt_fifo_put(&q, b);
	assert_ptr_equal(pkt_fifo_take(&q), a);
	assert_int_equal(pkt_chain_count(a), 3);
	assert_ptr_equal(pkt_fifo_take(&q), b);
	pkt_free(pool, a);
	pkt_free(pool, b);
	pkt_pool_free(pool);
}

TEST(chain, is_kept_as_one)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *a = chain(pool, 5), *p;

	memset(lent, 'a', sizeof(lent));
	assert_int_equal(pkt_keep(pool, a), 0);
	memset(lent, 'b', sizeof(lent));
	assert_int_equal(a->data[0], 'a');
	while ((p = pkt_chain_take(a))) {
		assert_int_equal(p->data[p->len_bytes - 1], 'a');
		pkt_free(pool, p);
	}
	pkt_free(pool, a);
	assert_true(stats(pool).bytes_held == 0);
	pkt_pool_free(pool);
}

TEST(chain, is_cloned_as_one)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *a = chain(pool, 5), *c;
	uint64_t bytes;

	assert_int_equal(pkt_keep(pool, a), 0);
	bytes = stats(pool).bytes_held;
	c = pkt_clone(pool, a);
	assert_int_equal(pkt_chain_count(c), 5);
	assert_true(pkt_chain_len(c) == pkt_chain_len(a) && pkt_chain_wire(c) == pkt_chain_wire(a));
	assert_true(stats(pool).bytes_held == bytes);
	pkt_free(pool, a);
	assert_int_equal(pkt_chain_count(c), 5);
	pkt_free(pool, c);
	assert_true(stats(pool).packets_held == 0 && stats(pool).bytes_held == 0);
	pkt_pool_free(pool);
}

TEST(chain, a_clone_that_finds_no_memory_leaves_nothing_behind)
{
	struct pkt_pool *pool = pkt_pool_new(7);
	struct pkt *a = chain(pool, 5);

	assert_null(pkt_clone(pool, a));		/* needs 5, finds 2 */
	assert_true(stats(pool).packets_held == 5 && stats(pool).bytes_held == 0);
	pkt_free(pool, a);
	pkt_pool_free(pool);
}

TEST(chain, every_packet_of_a_full_pool_can_be_a_first)
{
	struct pkt_pool *pool = pkt_pool_new(2);
	struct pkt *a = piece(pool, 1), *b = piece(pool, 2);

	assert_null(pkt_new(pool));
	assert_non_null(pkt_lazy(pool, b));
	assert_int_equal(pkt_chain_add(pool, a, b), 0);
	assert_ptr_equal(pkt_chain_take(a), b);
	assert_int_equal(pkt_chain_add(pool, b, a), 0);
	assert_int_equal(pkt_chain_count(b), 2);
	pkt_free(pool, b);
	pkt_pool_free(pool);
}
