/* What is promised where memory runs out: two files are compiled here once more, with an allocator that says no. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool out_of_memory;
static unsigned allowed;	/* calls that still succeed then */

static bool refuse(void)
{
	return out_of_memory && !(allowed && allowed--);
}

#define calloc(n, size) (refuse() ? NULL : calloc(n, size))
#define malloc(size) (refuse() ? NULL : malloc(size))
#define realloc(p, size) (refuse() ? NULL : realloc(p, size))
#define strdup(s) (refuse() ? NULL : strdup(s))
#include "base/err.c"
#include "base/hist.c"
#undef calloc
#undef malloc
#undef realloc
#undef strdup

#include "test.h"

TEST(nomem, a_histogram_counts_what_it_cannot_place)
{
	struct hist h, other;

	hist_init(&h);
	hist_init(&other);
	hist_put(&other, 1000000);
	hist_put(&other, 1000000);
	hist_put(&h, 5);
	out_of_memory = true;
	hist_put(&h, 7);
	hist_put(&h, 100000);
	hist_put_all(&h, (const uint64_t[]){ 200000, 7 }, 2);
	assert_int_equal(h.count, 5);
	assert_int_equal(h.lost, 2);
	assert_int_equal(h.sum.lo, 300019);
	assert_int_equal(h.max, 200000);
	assert_int_equal(hist_quantile(&h, 1000), 7);	/* of those it knows */
	assert_int_equal(hist_merge(&h, &other), ERR_NOMEM);
	assert_int_equal(h.count, 7);
	assert_int_equal(h.lost, 4);
	out_of_memory = false;
	hist_fini(&h);
	hist_fini(&other);
}

TEST(nomem, errors_are_counted_when_they_cannot_be_kept)
{
	struct place at = { .file = "f", .line = 1, .column = 1, .source = "x", .source_len = 1 };
	struct errs es;
	char printed[200];
	FILE *f = tmpfile();
	size_t n;

	errs_init(&es);
	errs_add(&es, &at, ERR_SYNTAX, "kept");
	out_of_memory = true;
	for (allowed = 0; allowed < 3;) {	/* each of the three copies of a note fails once */
		unsigned step = allowed;

		assert_int_equal(errs_add(&es, &at, ERR_RANGE, "lost"), ERR_RANGE);
		allowed = step + 1;
	}
	errs_warn(&es, NULL, "lost");
	out_of_memory = false;
	assert_int_equal(es.count, 2);		/* the warning had no copies left to fail: allowed was 3 */
	assert_int_equal(es.errors, 4);
	assert_int_equal(es.warnings, 1);
	errs_print(&es, f, "narrows");
	rewind(f);
	n = fread(printed, 1, sizeof(printed) - 1, f);
	printed[n] = '\0';
	fclose(f);
	assert_non_null(strstr(printed, "narrows: 3 more, for which there was no memory\n"));
	errs_fini(&es);
}
