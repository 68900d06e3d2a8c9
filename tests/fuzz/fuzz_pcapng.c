/* tests/fuzz/fuzz_pcapng.c - any bytes as a pcapng capture. A fuzzer seldom keeps the two sizes of a block equal, so
 * a copy in which the second follows the first is tried as well. */
#include "fuzz_cap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t get32(const uint8_t *p, int big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		   : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void mend_sizes(uint8_t *p, size_t n)
{
	int big = 0;

	for (size_t at = 0; n - at >= 12;) {
		uint64_t size;

		if (!memcmp(p + at, "\x0a\x0d\x0d\x0a", 4))
			big = p[at + 8] == 0x1a;
		size = ((uint64_t)get32(p + at + 4, big) + 3) & ~UINT64_C(3);
		if (size < 12 || size > n - at)
			return;
		memcpy(p + at + size - 4, p + at + 4, 4);
		at += size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size > 1 << 20)
		return 0;
	fuzz_capture(data, size);
	copy = malloc(size + 1);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	mend_sizes(copy, size);
	fuzz_capture(copy, size);
	free(copy);
	return 0;
}
