/* pkt_test.c - who owns a packet's bytes, and that every one of them comes back to the pool. */
#include "pkt/pkt.h"

#include <stdlib.h>

#include "base/dice.h"
#include "pkt/pkt_lazy.h"
#include "test.h"

static uint8_t lent[PKT_BYTES_MAX + 1];

static struct pkt_pool *pool_of(uint32_t max)
{
	struct pkt_pool *pool = pkt_pool_new(max);

	assert_non_null(pool);
	for (uint32_t i = 0; i < sizeof(lent); i++)
		lent[i] = (uint8_t)(i * 7);
	return pool;
}

static struct pkt *borrow(struct pkt_pool *pool, uint32_t len, uint8_t flags)
{
	struct pkt *p = pkt_new(pool);

	assert_non_null(p);
	p->data = lent;
	p->len_bytes = p->wire_bytes = p->acct_bytes = len;
	p->flags = flags;
	return p;
}

static struct pkt_stats stats(const struct pkt_pool *pool)
{
	struct pkt_stats st;

	pkt_pool_stats(pool, &st);
	return st;
}

static bool holds(const struct pkt *p, uint32_t len)
{
	if (p->len_bytes != len)
		return false;
	for (uint32_t i = 0; i < len; i++)
		if (p->data[i] != (uint8_t)(i * 7))
			return false;
	return true;
}

TEST(pkt, is_one_cache_line_and_comes_cleared)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = pkt_new(pool);
	static const struct pkt cleared;

	assert_true((uintptr_t)p % 64 == 0);
	memset(p, 0xff, sizeof(*p));
	p->buf = NULL;
	p->lazy = NULL;
	pkt_free(pool, p);
	p = pkt_new(pool);
	assert_memory_equal(p, &cleared, sizeof(*p));
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(pkt, kept_bytes_outlive_their_lender)
{
	static const uint32_t lengths[] = { 0, 1, 60, 127, 128, 129, 1500, 65535, 262143, PKT_BYTES_MAX };
	struct pkt_pool *pool = pool_of(0);

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct pkt *p = borrow(pool, lengths[i], 0);
		uint8_t *own;

		assert_int_equal(pkt_keep(pool, p), 0);
		own = p->data;
		assert_int_equal(pkt_keep(pool, p), 0);		/* once is enough */
		assert_ptr_equal(p->data, own);
		assert_ptr_not_equal(own, lent);
		memset(lent, 0xee, sizeof(lent));
		for (uint32_t b = 0; b < lengths[i]; b++)
			if (p->data[b] != (uint8_t)(b * 7))
				fail_msg("byte %u of %u", b, lengths[i]);
		assert_true(stats(pool).bytes_held >= lengths[i]);
		pkt_free(pool, p);
		assert_true(stats(pool).bytes_held == 0);
		for (uint32_t b = 0; b < sizeof(lent); b++)
			lent[b] = (uint8_t)(b * 7);
	}
	pkt_pool_free(pool);
}

TEST(pkt, longer_than_a_buffer_is_refused_and_counted)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = borrow(pool, PKT_BYTES_MAX + 1, 0);

	assert_int_not_equal(pkt_keep(pool, p), 0);
	assert_ptr_equal(p->data, lent);		/* as it was */
	assert_int_not_equal(pkt_writable(pool, p), 0);
	assert_int_not_equal(pkt_room(pool, p, UINT32_MAX), 0);
	assert_null(pkt_clone(pool, p));
	assert_true(stats(pool).refused == 4);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(pkt, steady_bytes_are_kept_for_nothing)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = borrow(pool, 1500, PKT_STEADY), *c;

	assert_int_equal(pkt_keep(pool, p), 0);
	assert_ptr_equal(p->data, lent);
	c = pkt_clone(pool, p);
	assert_ptr_equal(c->data, lent);
	assert_true(stats(pool).bytes_held == 0);
	assert_int_equal(pkt_writable(pool, c), 0);	/* but not for writing */
	assert_ptr_not_equal(c->data, lent);
	assert_false(c->flags & PKT_STEADY);
	assert_true(holds(c, 1500));
	pkt_free(pool, c);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(pkt, clones_share_until_one_writes)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = borrow(pool, 100, 0), *c, *d;
	uint64_t one;

	assert_int_equal(pkt_keep(pool, p), 0);
	one = stats(pool).bytes_held;
	p->at = 5;
	p->seq = 6;
	c = pkt_clone(pool, p);
	d = pkt_clone(pool, c);
	assert_true(stats(pool).bytes_held == one);
	assert_ptr_equal(c->data, p->data);
	assert_true(c->at == 5 && c->seq == 6);
	assert_int_equal(pkt_writable(pool, c), 0);
	c->data[0] = 99;
	assert_int_equal(p->data[0], 0);
	assert_true(stats(pool).bytes_held == 2 * one);
	pkt_free(pool, p);
	assert_true(holds(d, 100));
	assert_int_equal(pkt_writable(pool, d), 0);	/* the last one needs no copy */
	assert_true(stats(pool).bytes_held == 2 * one);
	pkt_free(pool, d);
	pkt_free(pool, c);
	assert_true(stats(pool).bytes_held == 0 && stats(pool).bytes_peak == 2 * one);
	pkt_pool_free(pool);
}

TEST(pkt, a_clone_of_borrowed_bytes_has_its_own)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = borrow(pool, 64, 0), *c = pkt_clone(pool, p);

	assert_ptr_not_equal(c->data, lent);
	assert_true(holds(c, 64));
	pkt_free(pool, p);
	pkt_free(pool, c);
	pkt_pool_free(pool);
}

TEST(pkt, headroom_is_used_up_and_no_further)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = borrow(pool, 64, 0), *c;
	uint8_t *first;

	assert_null(pkt_prepend(p, 1));			/* not ours */
	assert_int_equal(pkt_keep(pool, p), 0);
	first = p->data;
	assert_ptr_equal(pkt_prepend(p, 14), first - 14);
	memset(p->data, 1, 14);
	assert_int_equal(p->len_bytes, 78);
	assert_int_equal(p->wire_bytes, 78);
	assert_int_equal(p->acct_bytes, 64);
	assert_null(pkt_prepend(p, PKT_HEADROOM - 13));
	c = pkt_clone(pool, p);
	assert_null(pkt_prepend(p, 1));			/* shared */
	pkt_free(pool, c);
	assert_ptr_equal(pkt_prepend(p, PKT_HEADROOM - 14), first - PKT_HEADROOM);
	memset(p->data, 2, PKT_HEADROOM - 14);
	assert_null(pkt_prepend(p, 1));
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(pkt, a_length_that_would_wrap_is_not_prepended)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = borrow(pool, 64, 0);

	assert_int_equal(pkt_keep(pool, p), 0);
	p->wire_bytes = UINT32_MAX - 3;
	assert_null(pkt_prepend(p, 4));
	assert_non_null(pkt_prepend(p, 3));
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(pkt, a_hole_has_length_and_no_bytes)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = pkt_hole(pool, 1460), *c;

	assert_int_equal(pkt_keep(pool, p), 0);
	assert_int_equal(pkt_writable(pool, p), 0);
	assert_null(pkt_prepend(p, 1));
	c = pkt_clone(pool, p);
	assert_true(c->flags & PKT_HOLE && c->wire_bytes == 1460 && c->len_bytes == 0 && !c->data);
	assert_true(stats(pool).bytes_held == 0);
	assert_int_equal(pkt_room(pool, c, 1460), 0);	/* filled: no hole any more */
	assert_false(c->flags & PKT_HOLE);
	memset(c->data, 0, 1460);
	pkt_free(pool, c);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(pkt, the_lazy_line_comes_cleared_and_is_copied_by_a_clone)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p = pkt_hole(pool, 1), *c;
	struct pkt_lazy *l = pkt_lazy(pool, p);

	assert_true(l->vlans == 0 && l->cdom == 0 && l->rest_count == 0);
	assert_ptr_equal(pkt_lazy(pool, p), l);
	l->cdom = 7;
	l->vlans = 2;
	l->vlan_tci[1] = 100;
	c = pkt_clone(pool, p);
	assert_ptr_not_equal(c->lazy, l);
	assert_true(c->lazy->cdom == 7 && c->lazy->vlans == 2 && c->lazy->vlan_tci[1] == 100);
	pkt_free(pool, p);
	pkt_free(pool, c);
	pkt_pool_free(pool);
}

TEST(pkt, an_empty_pool_refuses_and_recovers)
{
	struct pkt_pool *pool = pool_of(3);
	struct pkt *p[3];

	for (unsigned i = 0; i < 3; i++)
		assert_non_null(p[i] = pkt_new(pool));
	assert_null(pkt_new(pool));
	assert_null(pkt_hole(pool, 1));
	assert_null(pkt_clone(pool, p[0]));
	assert_true(stats(pool).refused == 3 && stats(pool).packets_held == 3 && stats(pool).packets_peak == 3);
	pkt_free(pool, p[1]);
	assert_non_null(p[1] = pkt_new(pool));
	for (unsigned i = 0; i < 3; i++)
		pkt_free(pool, p[i]);
	pkt_pool_free(pool);
}

TEST(pkt, a_fifo_keeps_order)
{
	struct pkt_pool *pool = pool_of(0);
	struct pkt_fifo q;

	pkt_fifo_init(&q);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 5; i++)
			pkt_fifo_put(&q, pkt_hole(pool, i));
		for (unsigned i = 0; i < 5; i++) {
			struct pkt *p = pkt_fifo_take(&q);

			assert_int_equal(p->wire_bytes, i);
			assert_null(p->next);
			pkt_free(pool, p);
		}
		assert_null(pkt_fifo_take(&q));
		assert_null(q.head);
	}
	pkt_pool_free(pool);
}

/* Random lives of packets: what each must hold is known from its birth on. */
TEST(pkt, bytes_survive_whatever_is_done_to_others)
{
	enum { LIVES = 64 };
	struct pkt_pool *pool = pool_of(0);
	struct pkt *p[LIVES] = { 0 };
	uint32_t len[LIVES] = { 0 };
	struct dice d = { .key = 9 };

	for (unsigned i = 0; i < 30000; i++) {
		uint64_t draw = dice_draw(&d);
		unsigned a = draw % LIVES, b = (draw >> 8) % LIVES;

		if (!p[a]) {
			len[a] = (uint32_t)(draw >> 32) % 3000;
			p[a] = borrow(pool, len[a], draw & 1 << 20 ? PKT_STEADY : 0);
		} else if (!p[b]) {
			p[b] = pkt_clone(pool, p[a]);
			len[b] = len[a];
		} else if (draw & 1 << 21) {
			assert_true(holds(p[a], len[a]));
			pkt_free(pool, p[a]);
			p[a] = NULL;
		} else {
			assert_int_equal(draw & 1 << 22 ? pkt_keep(pool, p[a]) : pkt_writable(pool, p[a]), 0);
			assert_true(holds(p[a], len[a]));
		}
	}
	for (unsigned i = 0; i < LIVES; i++)
		if (p[i])
			pkt_free(pool, p[i]);
	assert_true(stats(pool).packets_held == 0 && stats(pool).bytes_held == 0);
	pkt_pool_free(pool);
}
