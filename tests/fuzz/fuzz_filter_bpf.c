/* tests/fuzz/fuzz_filter_bpf.c - any bytes as classic BPF: refused, or a program that runs on a packet, by machine code
 * as by the interpreter. The first byte tells how many instructions of 8 bytes follow; the rest is a frame. */
#include <string.h>

#include "filter/filter_bpf.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter_bpf insns[256];
	struct meta meta = { .dir = META_IN };
	struct filter_look l;
	struct err e = { 0 };
	struct filter *f;
	struct view v;
	uint32_t n;

	if (!size || size < 1 + (size_t)data[0] * 8)
		return 0;
	n = data[0];
	for (uint32_t i = 0; i < n; i++)
		memcpy(&insns[i], data + 1 + (size_t)i * 8, 8);
	f = filter_import(insns, n, &e);
	HOLDS(!f == (e.code != 0));
	if (!f)
		return 0;
	data += 1 + (size_t)n * 8;
	size -= 1 + (size_t)n * 8;
	l = (struct filter_look){ &v, &meta, data, (uint32_t)size, (uint32_t)size };
	view_parse(&v, LINK_ETHERNET, data, (uint32_t)size, (uint32_t)size);
	filter_native(f);
	HOLDS(filter_run(f, &l) == filter_interpret(f, &l));
	filter_release(f);
	return 0;
}
