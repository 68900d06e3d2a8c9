/* fuzz_ring.c - a ring whose peer does what the bytes say: honest moves, and words written anywhere in the shared
 * memory. Until the first such word, what comes out is what went in, in order; after it, nothing is read or written
 * outside, no call moves more than it may, and a side that saw a lie moves nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/ring.h"

#include "holds.h"

struct bytes {
	const uint8_t *p;
	size_t left;
};

static uint32_t next(struct bytes *b)
{
	uint32_t v = b->left ? *b->p : 0;

	if (b->left) {
		b->p++;
		b->left--;
	}
	return v;
}

static uint32_t word(struct bytes *b)
{
	uint32_t v = next(b);

	v |= next(b) << 8;
	v |= next(b) << 16;
	return v | next(b) << 24;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes b = { data, n };
	uint32_t cells = 2u << next(&b) % 6, start = word(&b);
	size_t bytes = ring_bytes(cells, 8);
	void *memory = aligned_alloc(RING_ALIGN, (bytes + RING_ALIGN - 1) & ~(size_t)(RING_ALIGN - 1));
	uint64_t buf[64], in = 0, out = 0;
	struct ring_producer p;
	struct ring_consumer c;
	bool honest = true;

	HOLDS(memory != NULL);
	ring_init(memory, cells, 8, start);
	HOLDS(!ring_producer_attach(&p, memory, bytes, NULL) && !ring_consumer_attach(&c, memory, bytes, NULL));
	while (b.left) {
		uint32_t what = next(&b), want = next(&b) % 64, moved;
		bool fault = what % 4 ? c.fault : p.fault;

		switch (what % 4) {
		case 0:
			for (uint32_t i = 0; i < want; i++)
				buf[i] = in + i;
			moved = ring_put(&p, buf, want);
			in += moved;
			break;
		case 1:
			moved = ring_take(&c, buf, want);
			for (uint32_t i = 0; honest && i < moved; i++)
				HOLDS(buf[i] == out + i);
			out += moved;
			break;
		case 2: {
			uint32_t v = word(&b);

			memcpy((char *)memory + (what & 4 ? 128 : 256), &v, 4);
			honest = false;
			continue;
		}
		default: {
			uint32_t at = word(&b), v = word(&b);

			memcpy((char *)memory + at % (bytes / 4) * 4, &v, 4);
			honest = false;
			continue;
		}
		}
		HOLDS(moved <= want && moved < cells && !(fault && moved));
		HOLDS(!honest || in - out < cells);
		HOLDS(ring_used(memory, cells) < cells);
		HOLDS(!honest || !(p.fault || c.fault));
	}
	if (honest)
		HOLDS(ring_used(memory, cells) == in - out);
	free(memory);
	return 0;
}
