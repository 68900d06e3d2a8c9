/* seg_test.c - super-segments: when they are any, what their parts have in common with them, and who owns what. The
 * bytes of parts are compared with packets made in Python by tests/cli/segments_test.py. */
#include "seg/seg.h"

#include "base/err.h"
#include "test.h"

#define DATA 1000u
#define HEADER 40u

/* IPv4 and TCP, `data` bytes 0, 1, 2, ... */
static struct pkt *tcp(struct pkt_pool *pool, uint32_t data)
{
	static const uint8_t header[HEADER] = { 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0, 80, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x50, 0x18, 0, 99 };
	struct pkt *p = pkt_new(pool);

	assert_non_null(p);
	assert_int_equal(pkt_room(pool, p, HEADER + data), 0);
	memcpy(p->data, header, HEADER);
	p->data[2] = (uint8_t)((HEADER + data) >> 8);
	p->data[3] = (uint8_t)(HEADER + data);
	for (uint32_t i = 0; i < data; i++)
		p->data[HEADER + i] = (uint8_t)i;
	p->link = LINK_RAW;
	p->acct_bytes = HEADER + data;
	return p;
}

static struct pkt *marked(struct pkt_pool *pool, uint32_t data, uint16_t each)
{
	struct pkt *p = tcp(pool, data);

	assert_int_equal(seg_mark(pool, p, PKT_GSO_TCP, each), 0);
	return p;
}

static uint32_t count_of(const struct pkt *p)
{
	struct seg s;

	return seg_begin(&s, p);
}

static struct pkt_fifo split(struct pkt_pool *pool, const struct pkt *p, uint32_t count)
{
	struct pkt_fifo parts = { 0 };
	struct seg s;

	assert_int_equal(seg_begin(&s, p), count);
	assert_int_equal(seg_split(&s, pool, &parts), 0);
	for (const struct pkt *part = parts.head; part; part = part->next)
		count--;
	assert_int_equal(count, 0);
	return parts;
}

static void free_fifo(struct pkt_pool *pool, struct pkt_fifo *q)
{
	struct pkt *p;

	while ((p = pkt_fifo_take(q)))
		pkt_free(pool, p);
}

TEST(seg, the_mark_says_how_many)
{
	const struct { uint32_t data, each, count; } cases[] = {
		{ 1000, 1000, 1 }, { 1000, 1001, 1 }, { 1000, 999, 2 }, { 1000, 500, 2 }, { 1001, 500, 3 }, { 3, 1, 3 },
		{ 0, 1, 1 }, { 1000, 0, 0 }, { 1000, 65495, 1 }, { 1000, 65496, 0 },
	};
	struct pkt_pool *pool = pkt_pool_new(0);

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pkt *p = marked(pool, cases[i].data, (uint16_t)cases[i].each);

		assert_int_equal(count_of(p), cases[i].count);
		pkt_free(pool, p);
	}
	pkt_pool_free(pool);
}

TEST(seg, without_a_mark_it_is_one_packet)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *p = tcp(pool, DATA);

	assert_int_equal(count_of(p), 1);
	assert_null(p->lazy);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(seg, a_mark_that_its_bytes_do_not_bear_out_is_not_believed)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *p = marked(pool, DATA, 100);

	p->lazy->gso_type = PKT_GSO_UDP;
	assert_int_equal(count_of(p), 0);
	p->lazy->gso_type = PKT_GSO_TCP;
	assert_int_equal(count_of(p), 10);
	p->len_bytes--;				/* its last byte was not captured */
	assert_int_equal(count_of(p), 0);
	p->len_bytes++;
	p->acct_bytes = DATA - 1;		/* it counts less than its data */
	assert_int_equal(count_of(p), 0);
	pkt_free(pool, p);
	p = pkt_hole(pool, 3000);
	assert_int_equal(seg_mark(pool, p, PKT_GSO_TCP, 100), 0);
	assert_int_equal(count_of(p), 0);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}

TEST(seg, parts_are_like_the_whole_beside_their_bytes)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *p = marked(pool, DATA, 300), *part;
	struct pkt_fifo parts;

	p->at = 77;
	p->seq = 1000;
	p->iface = 3;
	p->acct_bytes += 14;			/* frames are counted */
	p->lazy->returns = true;
	p->lazy->rule_number = 500;
	parts = split(pool, p, 4);
	pkt_free(pool, p);			/* they stand alone */
	for (uint64_t i = 0; (part = pkt_fifo_take(&parts)); i++) {
		assert_int_equal(part->seq, 1000 + i);
		assert_int_equal(part->at, 77);
		assert_int_equal(part->iface, 3);
		assert_int_equal(part->wire_bytes, HEADER + (i < 3 ? 300 : 100));
		assert_int_equal(part->len_bytes, part->wire_bytes);
		assert_int_equal(part->acct_bytes, part->wire_bytes + 14);
		assert_true(part->lazy->returns && part->lazy->rule_number == 500);
		assert_int_equal(part->lazy->gso_type, PKT_GSO_NONE);
		assert_int_equal(count_of(part), 1);
		assert_int_equal(part->data[HEADER], (uint8_t)(300 * i));
		pkt_free(pool, part);
	}
	pkt_pool_free(pool);
}

TEST(seg, a_chain_is_gathered)
{
	static const uint32_t cuts[] = { 41, 42, 240, 241, 500, 500, 700 };	/* one piece is empty */
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *whole = marked(pool, DATA, 200), *first = marked(pool, DATA, 200), *a, *b;
	struct pkt_fifo one, many;
	uint32_t end = HEADER + DATA;

	for (unsigned i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		uint32_t to = i + 1 < sizeof(cuts) / sizeof(*cuts) ? cuts[i + 1] : end;
		struct pkt *piece = pkt_new(pool);

		assert_int_equal(pkt_room(pool, piece, to - cuts[i]), 0);
		memcpy(piece->data, whole->data + cuts[i], to - cuts[i]);
		assert_int_equal(pkt_chain_add(pool, first, piece), 0);
	}
	first->len_bytes = first->wire_bytes = cuts[0];
	one = split(pool, whole, 5);
	many = split(pool, first, 5);
	while ((a = pkt_fifo_take(&one)) && (b = pkt_fifo_take(&many))) {
		assert_int_equal(a->len_bytes, b->len_bytes);
		assert_memory_equal(a->data, b->data, a->len_bytes);
		assert_int_equal(pkt_chain_count(b), 1);
		pkt_free(pool, a);
		pkt_free(pool, b);
	}
	first->len_bytes = first->wire_bytes = HEADER - 1;	/* a header in two pieces */
	assert_int_equal(count_of(first), 0);
	pkt_free(pool, whole);
	pkt_free(pool, first);
	pkt_pool_free(pool);
}

TEST(seg, without_memory_for_all_there_is_none)
{
	struct pkt_pool *pool = pkt_pool_new(5);
	struct pkt *p = marked(pool, DATA, 200);
	struct pkt_fifo parts = { 0 };
	struct pkt_stats st;
	struct seg s;

	assert_int_equal(seg_begin(&s, p), 5);
	assert_int_equal(seg_split(&s, pool, &parts), ERR_NOMEM);
	assert_null(parts.head);
	pkt_pool_stats(pool, &st);
	assert_int_equal(st.packets_held, 1);
	p->lazy->gso_bytes = 250;
	parts = split(pool, p, 4);
	free_fifo(pool, &parts);
	pkt_free(pool, p);
	pkt_pool_free(pool);
}
