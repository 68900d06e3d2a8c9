/* cmd/bench_curve.h - a picture of a benchmark: costs over sizes, a curve for each thing that was measured, as SVG. */
#ifndef CMD_BENCH_CURVE_H
#define CMD_BENCH_CURVE_H

#include <stdbool.h>

#include "base/err.h"

#define BENCH_CURVES 16		/* of them; more are left out, and the picture says so */
#define BENCH_POINTS 8

struct bench_curve {
	const char *name;
	double at[BENCH_POINTS], value[BENCH_POINTS];
	unsigned n;
};

struct bench_curves {		/* cleared but for the title */
	const char *title;
	struct bench_curve all[BENCH_CURVES];
	unsigned n;
	bool more;
};

/* `name` outlives it. A second value at one place counts if it is less. */
void bench_curves_add(struct bench_curves *c, const char *name, double at, double value);
int bench_curves_write(const struct bench_curves *c, const char *path, struct err *e);	/* 0, ERR_IO */

#endif
