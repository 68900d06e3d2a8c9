/* tests/fuzz/holds.h - a law that every input must keep: what breaks it is told with its place, and ends the run. */
#ifndef FUZZ_HOLDS_H
#define FUZZ_HOLDS_H

#include <stdio.h>
#include <stdlib.h>

#define HOLDS(cond)                                                                    \
	do {                                                                           \
		if (!(cond)) {                                                         \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);     \
			abort();                                                       \
		}                                                                      \
	} while (0)

#endif
