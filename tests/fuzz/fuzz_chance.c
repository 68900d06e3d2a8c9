/* fuzz_chance - files that impairments name: patterns of losses, tables, curves of delays.
 *
 * The first byte says which kind; the rest is the file. What a reader takes is used: a pattern goes round, an entry
 * of a table fits into 16 bits, a curve never falls and stays between its ends. Errors are then printed as for a
 * terminal. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/emu_impair.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void use_pattern(const struct emu_file *f)
{
	uint64_t at = 0, once = 0, lost = 0;

	for (unsigned i = 0; i < 3000; i++) {
		bool loses = emu_pattern_loses(f, false, &at);

		HOLDS(at > 0);
		HOLDS(!emu_pattern_loses(f, true, &once) || loses);
		lost += loses;
	}
	at = UINT64_MAX;
	emu_pattern_loses(f, false, &at);
	HOLDS(at == 1 && lost <= 3000);
}

static void use_table(const struct emu_file *f)
{
	uint64_t n;
	const int32_t *table = emu_dist_table(f, &n);

	HOLDS(n > 0);
	for (uint64_t i = 0; i < n; i++)
		HOLDS(table[i] >= INT16_MIN && table[i] <= INT16_MAX);
}

static void use_ecdf(const struct emu_file *f)
{
	nrw_time last = emu_ecdf_at(f, 0);

	for (uint64_t u = 0; u < 1000; u++) {
		nrw_time at = emu_ecdf_at(f, u * (UINT64_MAX / 1000));

		HOLDS(at >= last && at <= UINT64_C(1) << 62);
		last = at;
	}
	HOLDS(emu_ecdf_at(f, UINT64_MAX) >= last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct {
		const struct emu_file_reader *reader;
		void (*use)(const struct emu_file *f);
	} kinds[] = {
		{ &emu_pattern_reader, use_pattern }, { &emu_dist_reader, use_table }, { &emu_ecdf_reader, use_ecdf },
	};
	struct emu_file *f;
	struct errs es;
	FILE *to;

	if (!n)
		return 0;
	errs_init(&es);
	f = emu_file_parse("file", (const char *)data + 1, n - 1, kinds[data[0] % 3].reader, &es);
	HOLDS(!f == (es.errors > 0));
	if (f)
		kinds[data[0] % 3].use(f);
	emu_file_release(f);
	to = fopen("/dev/null", "w");
	HOLDS(to != NULL);
	errs_print(&es, to, "fuzz");
	fclose(to);
	errs_fini(&es);
	return 0;
}
