/* tests/fuzz/fuzz_filter.c - any bytes as instructions and a packet: what the verifier lets pass runs to its end, reads
 * nothing it may not, and is the same program after a turn through text.
 *
 *      first byte: how many instructions (8 bytes each); then they; the rest is an Ethernet frame */
#include <stdlib.h>
#include <string.h>

#include "filter/filter.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct filter_range ranges[] = { { 1, 5 }, { 80, 80 }, { 1000, UINT64_MAX } };

static struct filter *make(const uint8_t *data, uint32_t count)
{
	struct err e = { 0 };
	struct filter *f = filter_load(data, count, ranges, 3, &e);

	HOLDS(f || e.text[0]);
	return f;
}

static void turn_through_text(const struct filter *f)
{
	char *text = filter_disassemble(f);
	struct filter *again;
	struct errs es;

	errs_init(&es);
	again = text ? filter_assemble("fuzz", text, strlen(text), &es) : NULL;
	HOLDS(again || !text);
	HOLDS(!again || filter_facts(again)->insns == filter_facts(f)->insns);
	HOLDS(!again || filter_facts(again)->cost == filter_facts(f)->cost);
	filter_release(again);
	errs_fini(&es);
	free(text);
}

static void run(struct filter *f, const uint8_t *data, uint32_t n)
{
	uint8_t *bytes = malloc(n + (size_t)1);	/* of its very length, so that a byte too many is seen */
	struct meta meta = { .dir = META_OUT, .iface_in = 1 };
	struct view v;
	struct filter_look l = { &v, &meta, bytes + 1, n, n };

	if (!bytes)
		return;
	memcpy(bytes + 1, data, n);
	view_parse(&v, LINK_ETHERNET, bytes + 1, n, n);
	filter_native(f);
	HOLDS(filter_run(f, &l) == filter_interpret(f, &l));
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter *f;
	uint32_t count;

	if (!size || size < 1 + (size_t)data[0] * 8)
		return 0;
	count = data[0];
	f = make(data + 1, count);
	if (!f)
		return 0;
	turn_through_text(f);
	run(f, data + 1 + (size_t)count * 8, (uint32_t)(size - 1 - (size_t)count * 8));
	filter_release(f);
	return 0;
}
