/* tests/fuzz/fuzz_filter_text.c - any text for the assembler: a program, or every error told; and a program's text
 * assembles to text that is the same. */
#include <stdlib.h>
#include <string.h>

#include "filter/filter.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct filter *assemble(const char *text, size_t n)
{
	struct filter *f;
	struct errs es;

	errs_init(&es);
	f = filter_assemble("fuzz", text, n, &es);
	HOLDS(!f == (es.errors > 0));
	errs_fini(&es);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter *f = assemble((const char *)data, size), *again;
	char *text, *text_again;

	if (!f)
		return 0;
	text = filter_disassemble(f);
	again = text ? assemble(text, strlen(text)) : NULL;
	text_again = again ? filter_disassemble(again) : NULL;
	HOLDS(!text || again);
	HOLDS(!text_again || !strcmp(text, text_again));
	free(text);
	free(text_again);
	filter_release(again);
	filter_release(f);
	return 0;
}
