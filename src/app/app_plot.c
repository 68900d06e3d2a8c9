/* app/app_plot.c - points gathered into bins, for the picture that plot_svg.c draws.
 *
 * A run may last a second or a year, so the bins of all objects are as long as the run needs: an object has at most
 * PLOT_BINS; when a point lies behind the last one, neighbours are merged in every object and a bin covers twice the
 * time. Sums and maxima merge exactly, so nothing that is drawn depends on when the merging happened. Memory: 64 KB an
 * object, and no more objects than a reader can tell apart. */
#include "plot_int.h"

#include <stdlib.h>
#include <string.h>

struct app_plot *app_plot_new(void)
{
	return calloc(1, sizeof(struct app_plot));
}

void app_plot_free(struct app_plot *pl)
{
	if (!pl)
		return;
	for (unsigned i = 0; i < pl->count; i++) {
		free(pl->objects[i].name);
		free(pl->objects[i].bins);
	}
	free(pl->objects);
	free(pl);
}

static struct plot_object *add_object(struct app_plot *pl, const char *object, const char *flow)
{
	struct plot_object *objects = realloc(pl->objects, (pl->count + 1) * sizeof(*objects));
	struct plot_object *o;

	if (!objects)
		return NULL;
	pl->objects = objects;
	o = &objects[pl->count];
	o->name = malloc(strlen(object) + strlen(flow) + 3);
	o->bins = calloc(PLOT_BINS, sizeof(*o->bins));
	if (!o->name || !o->bins) {
		free(o->name);
		free(o->bins);
		return NULL;
	}
	o->object_letters = strlen(object);
	strcpy(o->name, object);
	if (flow[0])
		strcat(strcat(o->name, ": "), flow);
	pl->count++;
	return o;
}

static bool is_named(const struct plot_object *o, const char *object, const char *flow)
{
	const char *behind = o->name + o->object_letters;

	return !strncmp(o->name, object, o->object_letters) && !object[o->object_letters] &&
		!strcmp(behind[0] ? behind + 2 : behind, flow);
}

static struct plot_object *find_object(struct app_plot *pl, const char *object, const char *flow)
{
	for (unsigned i = 0; i < pl->count; i++)
		if (is_named(&pl->objects[i], object, flow))
			return &pl->objects[i];
	return NULL;
}

static void merge(struct plot_bin *to, const struct plot_bin *from)
{
	to->in_bytes += from->in_bytes;
	to->out_bytes += from->out_bytes;
	if (from->backlog_bytes > to->backlog_bytes)
		to->backlog_bytes = from->backlog_bytes;
	to->wait_count += from->wait_count;
	to->wait_sum_ns = u128_add(to->wait_sum_ns, from->wait_sum_ns);
	if (from->wait_max_ns > to->wait_max_ns)
		to->wait_max_ns = from->wait_max_ns;
	to->drops += from->drops;
}

static void halve(struct app_plot *pl)
{
	for (unsigned i = 0; i < pl->count; i++) {
		struct plot_bin *b = pl->objects[i].bins;

		for (unsigned k = 0; k < PLOT_BINS / 2; k++) {
			struct plot_bin pair = b[(size_t)2 * k];

			merge(&pair, &b[(size_t)2 * k + 1]);
			b[k] = pair;
		}
		memset(b + PLOT_BINS / 2, 0, PLOT_BINS / 2 * sizeof(*b));
	}
	pl->bin_ns *= 2;
}

void app_plot_point(void *ctx, const char *object, const char *flow, const struct series_point *p)
{
	struct app_plot *pl = ctx;
	struct plot_object *o = find_object(pl, object, flow);
	bool full = pl->count == APP_PLOT_OBJECTS;
	struct plot_bin b = {
		.in_bytes = p->in_bytes, .out_bytes = p->out_bytes, .backlog_bytes = p->backlog_bytes,
		.wait_count = p->wait_count,
		.wait_sum_ns = p->wait_sum_ns, .wait_max_ns = p->wait_max_ns, .drops = p->drops,
	};

	if (!o && full) {
		pl->more = true;
		return;
	}
	if (!o)
		o = add_object(pl, object, flow);
	if (!o) {
		pl->lost = true;
		return;
	}
	if (!pl->bin_ns)
		pl->bin_ns = p->length;
	while ((p->at - 1) / pl->bin_ns >= PLOT_BINS)
		halve(pl);
	merge(&o->bins[(p->at - 1) / pl->bin_ns], &b);
	if (p->at > pl->end)
		pl->end = p->at;
}
