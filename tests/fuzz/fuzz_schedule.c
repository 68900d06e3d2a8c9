/* tests/fuzz/fuzz_schedule.c - schedules: bytes are a file; of what is accepted each curve can be asked at any time,
 * and work that ends somewhere ends no earlier than less work, and when all of it is done. */

#include "emu/emu_schedule.h"

#include "holds.h"

static void ask(const struct emu_curve *c, nrw_time now)
{
	uint64_t once, again;

	if (emu_curve_at(c, true, now, &once) && now < c->period)
		HOLDS(emu_curve_at(c, false, now, &again) && once == again);
}

static void serve(const struct emu_schedule *s, nrw_time from)
{
	const struct emu_curve *bw = emu_schedule_has(s, SCHEDULED_BW) ? &s->curves[SCHEDULED_BW] : NULL;
	struct emu_rates r = { .curve = bw, .own = 12345 };
	struct emu_moment m = { 0 };
	nrw_time last = from;

	for (uint64_t bytes = 0; bytes < 100000; bytes = 3 * bytes + 1) {
		struct u128 work = u128_mul64(bytes, UINT64_C(8000000000));

		if (!emu_rates_end(&r, from, work, &m))
			return;
		HOLDS(m.whole >= last);
		HOLDS(u128_cmp(emu_rates_work(&r, from, m.whole), work) <= 0);
		HOLDS(u128_cmp(emu_rates_work(&r, from, m.whole + 1), work) >= 0);
		last = m.whole;
	}
	emu_rates_now(&r, from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const nrw_time times[] = { 0, 1, 999999, NRW_S, 15 * NRW_S, UINT64_C(1) << 62, NRW_NEVER - 1 };
	struct errs es;
	struct emu_file *f;

	errs_init(&es);
	f = emu_file_parse("fuzz", (const char *)data, size, &emu_schedule_reader, &es);
	HOLDS((f == NULL) == (es.errors > 0));
	for (unsigned i = 0; f && i < sizeof(times) / sizeof(*times); i++) {
		const struct emu_schedule *s = emu_file_said(f);

		for (unsigned key = 0; key < SCHEDULED; key++)
			ask(&s->curves[key], times[i]);
		serve(s, times[i]);
	}
	emu_file_release(f);
	errs_fini(&es);
	return 0;
}
