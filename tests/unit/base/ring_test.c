/* ring_test.c - laws of one ring in one thread: against a counter, at every place where its indexes wrap, and against
 * a peer that writes what it likes into the shared memory. Memory is malloc's, so ASan sees a step outside. */
#include "base/ring.h"

#include <stdlib.h>

#include "base/dice.h"
#include "test.h"

#define AT_HEAD 128	/* the shared layout, version 1, written here again: it is an ABI */
#define AT_TAIL 256
#define AT_CELLS 512

static const uint32_t starts[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

struct both {
	void *memory;
	size_t bytes;
	struct ring_producer p;
	struct ring_consumer c;
};

static struct both made(uint32_t cells, uint32_t cell_bytes, uint32_t start)
{
	struct both b = { .bytes = ring_bytes(cells, cell_bytes) };

	assert_true(b.bytes > 0);
	b.memory = aligned_alloc(RING_ALIGN, (b.bytes + RING_ALIGN - 1) & ~(size_t)(RING_ALIGN - 1));
	assert_non_null(b.memory);
	ring_init(b.memory, cells, cell_bytes, start);
	assert_int_equal(ring_producer_attach(&b.p, b.memory, b.bytes, NULL), 0);
	assert_int_equal(ring_consumer_attach(&b.c, b.memory, b.bytes, NULL), 0);
	return b;
}

static uint32_t word(const struct both *b, size_t at)
{
	uint32_t w;

	memcpy(&w, (const char *)b->memory + at, sizeof(w));
	return w;
}

static void set_word(struct both *b, size_t at, uint32_t w)
{
	memcpy((char *)b->memory + at, &w, sizeof(w));
}

/* Random bursts; what comes out must be what went in, in order, and the counts must be those of a bounded queue. */
static void moves_in_order(uint32_t cells, uint32_t words, uint32_t start)
{
	struct both b = made(cells, words * 8, start);
	struct dice d = { .key = cells * 8 + words + start };
	uint64_t in = 0, out = 0, buf[40 * 8];

	for (unsigned step = 0; step < 2000; step++) {
		uint32_t n = (uint32_t)(dice_draw(&d) % 40), moved, expect;

		if (dice_draw(&d) & 1) {
			for (uint32_t i = 0; i < n * words; i++)
				buf[i] = (in + i / words) * 8 + i % words;
			expect = cells - 1 - (uint32_t)(in - out);
			moved = ring_put(&b.p, buf, n);
			assert_int_equal(moved, n < expect ? n : expect);
			in += moved;
		} else {
			expect = (uint32_t)(in - out);
			moved = ring_take(&b.c, buf, n);
			assert_int_equal(moved, n < expect ? n : expect);
			for (uint32_t i = 0; i < moved * words; i++)
				assert_true(buf[i] == (out + i / words) * 8 + i % words);
			out += moved;
		}
		assert_int_equal(ring_used(b.memory, cells), in - out);
		assert_int_equal(word(&b, AT_HEAD), (uint32_t)(start + in));
		assert_int_equal(word(&b, AT_TAIL), (uint32_t)(start + out));
	}
	assert_false(b.p.fault || b.c.fault);
	free(b.memory);
}

TEST(ring, moves_all_in_order_wherever_its_indexes_begin)
{
	for (unsigned s = 0; s < sizeof(starts) / sizeof(*starts); s++)
		for (uint32_t cells = 2; cells <= 64; cells *= 2)
			for (uint32_t words = 1; words <= 8; words *= 2)
				moves_in_order(cells, words, starts[s]);
}

TEST(ring, tells_full_from_empty_at_every_turn)
{
	for (uint32_t cells = 2; cells <= 8; cells *= 2) {
		struct both b = made(cells, 8, (uint32_t)-3 * cells);

		for (uint64_t turn = 0; turn < 8 * cells; turn++) {
			uint64_t x[8] = { turn }, y = 0;

			assert_int_equal(ring_take(&b.c, &y, 1), 0);
			for (uint32_t i = 0; i + 1 < cells; i++)
				assert_int_equal(ring_put(&b.p, x, 1), 1);
			assert_int_equal(ring_put(&b.p, x, 1), 0);
			for (uint32_t i = 0; i + 1 < cells; i++)
				assert_int_equal(ring_take(&b.c, &y, 1), 1);
			assert_true(y == turn);
			ring_put(&b.p, x, 1);		/* shifts the next turn */
			assert_int_equal(ring_take(&b.c, &y, 1), 1);
		}
		free(b.memory);
	}
}

TEST(ring, spans_end_where_the_memory_ends)
{
	struct both b = made(8, 16, 5);		/* cells 5, 6, 7 are before the end */
	const void *full;
	uint32_t n;
	void *room;

	room = ring_room(&b.p, 100, &n);
	assert_int_equal(n, 3);
	assert_ptr_equal(room, (char *)b.memory + AT_CELLS + 5 * 16);
	memset(room, 1, (size_t)n * 16);
	ring_publish(&b.p, n);
	room = ring_room(&b.p, 100, &n);
	assert_int_equal(n, 4);			/* one stays open */
	assert_ptr_equal(room, (char *)b.memory + AT_CELLS);
	memset(room, 2, 2 * 16);
	ring_publish(&b.p, 2);
	full = ring_ready(&b.c, 4, &n);
	assert_int_equal(n, 3);
	assert_int_equal(*(const char *)full, 1);
	ring_release(&b.c, n);
	full = ring_ready(&b.c, 4, &n);
	assert_int_equal(n, 2);
	assert_int_equal(*(const char *)full, 2);
	ring_release(&b.c, n);
	ring_ready(&b.c, 4, &n);
	assert_int_equal(n, 0);
	free(b.memory);
}

TEST(ring, each_side_writes_its_own_line_only)
{
	struct both b = made(4, 8, 0);
	unsigned char before[AT_CELLS], *now = b.memory;
	uint64_t x[3] = { 1, 2, 3 };

	memcpy(before, b.memory, AT_CELLS);
	ring_put(&b.p, x, 3);
	for (size_t i = 0; i < AT_CELLS; i++)
		assert_true(now[i] == before[i] || (i >= AT_HEAD && i < AT_HEAD + 4));
	memcpy(before, b.memory, AT_CELLS);
	ring_take(&b.c, x, 3);
	for (size_t i = 0; i < AT_CELLS; i++)
		assert_true(now[i] == before[i] || (i >= AT_TAIL && i < AT_TAIL + 4));
	free(b.memory);
}

TEST(ring, has_only_sizes_it_can_mask)
{
	assert_int_equal(ring_bytes(2, 8), AT_CELLS + 16);
	assert_int_equal(ring_bytes(RING_CELLS_MAX, 64), AT_CELLS + (64u << 20));
	assert_int_equal(ring_bytes(0, 8) + ring_bytes(1, 8) + ring_bytes(3, 8) + ring_bytes(1u << 21, 8), 0);
	assert_int_equal(ring_bytes(4, 0) + ring_bytes(4, 4) + ring_bytes(4, 24) + ring_bytes(4, 128), 0);
}

TEST(ring, is_attached_to_when_its_layout_makes_sense_and_only_then)
{
	static const struct { size_t at; uint32_t value; } lies[] = {
		{ 0, 0 }, { 4, 2 }, { 8, 0 }, { 8, 3 }, { 8, 1u << 21 }, { 8, 128 }, { 8, 0xffffffff }, { 12, 0 },
		{ 12, 7 }, { 12, 64 }, { 12, 1u << 31 }, { AT_HEAD, 8 }, { AT_TAIL, 1 }, { AT_HEAD, 0xffffffff },
	};
	struct both b = made(8, 8, 0);

	for (unsigned i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		uint32_t was = word(&b, lies[i].at);
		struct err e;

		set_word(&b, lies[i].at, lies[i].value);
		assert_int_equal(ring_producer_attach(&b.p, b.memory, b.bytes, &e), ERR_DAMAGED);
		assert_int_equal(ring_consumer_attach(&b.c, b.memory, b.bytes, &e), ERR_DAMAGED);
		set_word(&b, lies[i].at, was);
		assert_int_equal(ring_producer_attach(&b.p, b.memory, b.bytes, &e), 0);
	}
	assert_int_equal(ring_producer_attach(&b.p, b.memory, b.bytes - 1, NULL), ERR_DAMAGED);
	assert_int_equal(ring_producer_attach(&b.p, b.memory, 3, NULL), ERR_DAMAGED);
	free(b.memory);
}

TEST(ring, goes_on_where_a_side_that_left_was)
{
	struct both b = made(8, 8, 0xfffffffe);
	uint64_t x[5] = { 1, 2, 3, 4, 5 };

	ring_put(&b.p, x, 5);
	ring_take(&b.c, x, 2);
	assert_int_equal(ring_consumer_attach(&b.c, b.memory, b.bytes, NULL), 0);
	assert_int_equal(ring_producer_attach(&b.p, b.memory, b.bytes, NULL), 0);
	assert_int_equal(ring_take(&b.c, x, 5), 3);
	assert_true(x[0] == 3 && x[2] == 5);
	assert_int_equal(ring_put(&b.p, x, 5), 5);
	free(b.memory);
}

/* Every index that the peer may claim, of a small ring: it is believed exactly when an honest peer could have written
 * it, and a side that was lied to moves nothing any more. */
TEST(ring, believes_what_an_honest_peer_could_have_written_and_nothing_else)
{
	for (uint32_t claim = 0; claim < 64; claim++) {
		struct both b = made(8, 8, 0x80000000);
		uint64_t x[8] = { 0 };
		uint32_t n;

		assert_int_equal(ring_put(&b.p, x, 3), 3);
		assert_int_equal(ring_take(&b.c, x, 2), 2);	/* of 3 known: one known still */
		set_word(&b, AT_HEAD, 0x80000000 + claim - 32);
		n = ring_take(&b.c, x, 8);
		if (claim - 32 >= 3 && claim - 32 <= 9 && claim >= 32) {
			assert_false(b.c.fault);
			assert_int_equal(n, claim - 32 - 2);
		} else {
			assert_true(b.c.fault);
			assert_int_equal(n, 0);
			set_word(&b, AT_HEAD, 0x80000003);	/* too late */
			assert_int_equal(ring_take(&b.c, x, 8), 0);
		}
		set_word(&b, AT_TAIL, 0x80000000 + claim - 32);	/* the producer has seen 0 of 3 taken */
		n = ring_put(&b.p, x, 8);
		if (claim >= 32 && claim - 32 <= 3) {
			assert_false(b.p.fault);
			assert_int_equal(n, 7 - 3 + claim - 32);
		} else {
			assert_true(b.p.fault);
			assert_int_equal(n, 0);
			set_word(&b, AT_TAIL, 0x80000000);
			assert_int_equal(ring_put(&b.p, x, 8), 0);
		}
		free(b.memory);
	}
}

TEST(ring, survives_any_words_at_any_time)
{
	struct dice d = { .key = 99 };
	unsigned faults = 0;

	for (unsigned round = 0; round < 2000; round++) {
		uint32_t cells = 2u << dice_draw(&d) % 5;
		struct both b = made(cells, 8, (uint32_t)dice_draw(&d));
		uint64_t buf[70];

		for (unsigned step = 0; step < 20; step++) {
			uint64_t draw = dice_draw(&d);
			uint32_t n = (uint32_t)(draw >> 8) % 70, moved;

			if (draw % 4 == 0)	/* everything, the layout too: it was read once, at attach */
				set_word(&b, (size_t)(draw >> 32) % (b.bytes / 4) * 4, (uint32_t)dice_draw(&d));
			else if (draw % 4 == 1)
				set_word(&b, draw & 64 ? AT_HEAD : AT_TAIL,
					word(&b, draw & 128 ? AT_HEAD : AT_TAIL) + (uint32_t)(draw >> 20) % 7 - 3);
			moved = draw & 16 ? ring_put(&b.p, buf, n) : ring_take(&b.c, buf, n);
			assert_true(moved <= n && moved < cells);
			assert_true(ring_used(b.memory, cells) < cells);
		}
		faults += b.p.fault + b.c.fault;
		free(b.memory);
	}
	assert_true(faults > 100);	/* the lies were told */
}
