/* tests/fuzz/fuzz_filter_lang.c - any text as an expression: refused with its place, or a program that runs on a
 * packet, by machine code as by the interpreter. */
#include <string.h>

#include "filter/filter.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t frame[] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0x60, 5, 8, 0,
	0x45, 0x10, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1,
	0x0f, 0xa0, 0, 80, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 2, 0x20, 0, 0, 0, 0, 0,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct meta meta = { .dir = META_IN };
	struct filter *f;
	struct errs es;
	struct lex lx;
	struct view v;
	struct filter_look l = { &v, &meta, frame, sizeof(frame), sizeof(frame) };
	uint64_t result;

	errs_init(&es);
	lex_line(&lx, "fuzz", 1, (const char *)data, size, &es);
	f = filter_compile(&lx);
	HOLDS(!f == (es.errors > 0));
	errs_fini(&es);
	if (!f)
		return 0;
	view_parse(&v, LINK_ETHERNET, frame, sizeof(frame), sizeof(frame));
	result = filter_interpret(f, &l);
	HOLDS(result <= 1);
	filter_native(f);
	HOLDS(filter_run(f, &l) == result);
	filter_release(f);
	return 0;
}
