/* fuzz_flows - a set of flows as text: what is taken is within limits, what is not says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/bench_flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);
	struct bench_flows s;
	struct err e = { 0 };
	int rc;

	if (!text)
		return 0;
	memcpy(text, data, n);
	text[n] = '\0';
	rc = bench_flows_parse(&s, text, &e);
	BUG_ON(rc && (s.all || s.n || e.code != rc || !*e.text));
	BUG_ON(!rc && (!s.n || s.n > BENCH_FLOWS_MAX));
	for (uint32_t i = 0; !rc && i < s.n; i++) {
		const struct bench_flow *f = &s.all[i];

		BUG_ON(!f->weight || f->weight > 65536 || !f->least || f->least > f->most || f->most > 65575);
	}
	bench_flows_free(&s);
	free(text);
	return 0;
}
