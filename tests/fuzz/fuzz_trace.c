/* tests/fuzz/fuzz_trace.c - traces: bytes are a file; what is accepted is walked. Laws: chances come in order of time,
 * the first one behind an instant is later than it and its forerunner is not, and skipping is walking. */

#include "emu/emu_trace.h"

#include "holds.h"

static void walk(const struct emu_trace *t)
{
	struct emu_chance_at c = { 0, 0 }, far = c;
	nrw_time last = 0;

	for (unsigned i = 0; i < 50; i++) {
		nrw_time at = emu_trace_time(t, c, false);
		struct emu_chance_at behind;

		if (at == NRW_NEVER)
			return;
		behind = emu_trace_after(t, at);
		HOLDS(at >= last && emu_trace_time(t, behind, false) > at);
		HOLDS(emu_trace_between(t, c, behind) > 0);
		last = at;
		if (!emu_trace_skip(t, &c, 1))
			return;
	}
	HOLDS(emu_trace_skip(t, &far, 50) && far.round == c.round && far.i == c.i);
	emu_trace_after(t, NRW_NEVER - 1);
	emu_trace_rate(t, UINT32_MAX);
	if (emu_trace_skip(t, &far, UINT64_MAX - 100))
		emu_trace_time(t, far, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errs es;
	struct emu_file *f;

	errs_init(&es);
	f = emu_file_parse("fuzz", (const char *)data, size, &emu_trace_reader, &es);
	HOLDS((f == NULL) == (es.errors > 0));
	if (f)
		walk(emu_file_said(f));
	emu_file_release(f);
	errs_fini(&es);
	return 0;
}
