/* tests/lib/test.c - collects the TESTs of one program and runs them in the order they are written. */
#include "test.h"

#include <stdlib.h>

static struct test_law *first, **last = &first;

void test_add(struct test_law *law)
{
	*last = law;
	last = &law->next;
}

int main(int argc, char **argv)
{
	struct CMUnitTest *run;
	size_t n = 0;
	int failed;

	for (struct test_law *t = first; t; t = t->next)
		n++;
	run = calloc(n ? n : 1, sizeof(*run));
	if (!run)
		return 99;
	n = 0;
	for (struct test_law *t = first; t; t = t->next)
		if (argc < 2 || strstr(t->name, argv[1]))
			run[n++] = (struct CMUnitTest){ .name = t->name, .test_func = t->run };
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests(argv[0], run, n, NULL, NULL);
	free(run);
	return failed ? 1 : 0;
}
