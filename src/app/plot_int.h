/* app/plot_int.h - what gathers the picture (app_plot.c) and what draws it (plot_svg.c, plot_axis.c) share. */
#ifndef APP_PLOT_INT_H
#define APP_PLOT_INT_H

#include "app/app_plot.h"

#define PLOT_BINS 1000		/* even */

struct plot_bin {
	uint64_t in_bytes, out_bytes;
	uint64_t backlog_bytes;		/* the most of what its points say */
	uint64_t wait_count, wait_max_ns;
	struct u128 wait_sum_ns;
	uint64_t drops;
};

struct plot_object {
	char *name;			/* "pipe 1", "pipe 1: tcp 10.0.0.1:5001 > 10.0.0.2:80" */
	size_t object_letters;		/* of the name, before the flow */
	struct plot_bin *bins;
};

struct app_plot {
	struct plot_object *objects;
	unsigned count;
	nrw_time bin_ns, end;
	bool more;			/* there are others, which are not drawn */
	bool lost;			/* memory ended: the picture would lie */
};

enum plot_unit { PLOT_BIT_RATE, PLOT_BYTES, PLOT_NS, PLOT_PER_S };

/* An axis from 0 to `top`, not below the largest value and a multiple of `step` if 64 bits can hold it; a tick every
 * `step`. */
struct plot_axis {
	uint64_t top, step;
	enum plot_unit unit;
};

void plot_axis_fit(struct plot_axis *a, enum plot_unit unit, uint64_t largest);
/* value * px / top, rounded down. */
unsigned plot_axis_px(const struct plot_axis *a, uint64_t value, unsigned px);
/* "1.5 Mbit/s", "20 ms"; returns `to`. */
const char *plot_axis_label(const struct plot_axis *a, uint64_t value, char *to, size_t room);

#endif
