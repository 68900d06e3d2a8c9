/* tests/fuzz/fuzz_profile.c - delay profiles: bytes are a file; of what is accepted airtime grows with the draw. */

#include "emu/emu_profile.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errs es;
	struct emu_file *f;

	errs_init(&es);
	f = emu_file_parse("fuzz", (const char *)data, size, &emu_profile_reader, &es);
	HOLDS((f == NULL) == (es.errors > 0));
	if (f) {
		const struct emu_profile *p = emu_file_said(f);
		nrw_time last = 0, least = p->points[0].delay, most = p->points[p->count - 1].delay;

		for (uint64_t draw = 0; draw < UINT64_MAX - UINT64_MAX / 37; draw += UINT64_MAX / 37) {
			nrw_time at = emu_profile_airtime(p, draw);

			HOLDS(at >= last && at >= least && at <= most);
			last = at;
			emu_profile_loses(p, draw);
		}
		HOLDS(emu_profile_airtime(p, UINT64_MAX) >= last);
	}
	emu_file_release(f);
	errs_fini(&es);
	return 0;
}
