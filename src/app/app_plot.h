/* app/app_plot.h - the picture of a run as SVG: rates, backlog, waiting time and drops over time, one curve an object.
 *
 * Memory is bounded whatever the length of the run: when an object has PLOT_BINS bins, neighbours are merged and each
 * bin covers twice the time. All coordinates are integers, so the same run draws the same bytes everywhere. */
#ifndef APP_APP_PLOT_H
#define APP_APP_PLOT_H

#include <stdio.h>

#include "app/app_series.h"

#define APP_PLOT_OBJECTS 16	/* drawn: eight colours, solid and dashed; more nobody can tell apart */

struct app_plot;

struct app_plot *app_plot_new(void);	/* NULL: no memory */
void app_plot_free(struct app_plot *pl);
/* A sink for app_series_to(). Objects appear in the order of their first point, the first APP_PLOT_OBJECTS of them.
 * Without memory points are lost, and app_plot_write() says so. */
void app_plot_point(void *ctx, const char *object, const char *flow, const struct series_point *p);
/* Writes the picture; `title` and `subtitle` may hold any bytes, and are cut where they have no room. ERR_NOMEM where
 * points were lost; what `to` refuses stays in it (ferror). */
int app_plot_write(const struct app_plot *pl, FILE *to, const char *title, const char *subtitle, struct err *e);

#endif
