/* Bins: merging keeps sums and maxima, whenever it happens. */
#include "app/plot_int.h"

#include <stdlib.h>

#include "test.h"

#define POINTS 5000

static struct series_point points[POINTS];

/* At whole intervals with gaps, as the series gives them; every field something else. */
static unsigned make_points(nrw_time interval, unsigned n)
{
	uint64_t x = 88172645463325252;
	nrw_time at = 0;

	for (unsigned i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		at += interval * (1 + (x % 16 == 0 ? x / 16 % 300 : 0));
		points[i] = (struct series_point){
			.at = at, .length = interval, .in_bytes = x % 1001, .out_bytes = x % 1003,
			.backlog_bytes = x % 1007, .wait_count = x % 11, .wait_max_ns = x % 1009,
			.wait_sum_ns = { x % 3, UINT64_MAX - x % 1013 }, .drops = x % 7,
		};
	}
	return n;
}

/* The bin that covers (from, from + length], from the points themselves. */
static struct plot_bin sum_of(unsigned n, nrw_time from, nrw_time length)
{
	struct plot_bin b = { 0 };

	for (unsigned i = 0; i < n; i++) {
		const struct series_point *p = &points[i];

		if (p->at <= from || p->at > from + length)
			continue;
		b.in_bytes += p->in_bytes;
		b.out_bytes += p->out_bytes;
		b.backlog_bytes = p->backlog_bytes > b.backlog_bytes ? p->backlog_bytes : b.backlog_bytes;
		b.wait_count += p->wait_count;
		b.wait_sum_ns = u128_add(b.wait_sum_ns, p->wait_sum_ns);
		b.wait_max_ns = p->wait_max_ns > b.wait_max_ns ? p->wait_max_ns : b.wait_max_ns;
		b.drops += p->drops;
	}
	return b;
}

static void bins_are_right(const struct app_plot *pl, unsigned object, unsigned n)
{
	assert_int_equal(pl->end, points[n - 1].at);
	for (unsigned k = 0; k < PLOT_BINS; k++) {
		struct plot_bin want = sum_of(n, k * pl->bin_ns, pl->bin_ns);

		assert_memory_equal(&pl->objects[object].bins[k], &want, sizeof(want));
	}
}

TEST(plot, merging_keeps_sums_and_maxima)
{
	static const unsigned counts[] = { 1, 2, 30, 400, 5000 };

	for (unsigned i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct app_plot *pl = app_plot_new();
		unsigned n = make_points(100, counts[i]);

		for (unsigned k = 0; k < n; k++)
			app_plot_point(pl, "pipe 1", "", &points[k]);
		assert_false(pl->lost);
		bins_are_right(pl, 0, n);
		app_plot_free(pl);
	}
}

TEST(plot, the_picture_does_not_depend_on_when_bins_were_merged)
{
	struct app_plot *pl = app_plot_new();
	unsigned n = make_points(100, POINTS);

	/* the last point first: all others meet bins that are merged already */
	app_plot_point(pl, "pipe 1", "", &points[n - 1]);
	for (unsigned k = 0; k + 1 < n; k++)
		app_plot_point(pl, "pipe 1", "", &points[k]);
	bins_are_right(pl, 0, n);
	app_plot_free(pl);
}

TEST(plot, all_objects_have_bins_of_one_length)
{
	struct app_plot *pl = app_plot_new();
	unsigned n = make_points(100, POINTS);

	for (unsigned k = 0; k < n; k++) {
		app_plot_point(pl, "pipe 1", "", &points[k]);
		app_plot_point(pl, "pipe 2", "", &points[k]);
	}
	assert_int_equal(pl->count, 2);
	bins_are_right(pl, 0, n);
	bins_are_right(pl, 1, n);
	app_plot_free(pl);
}

TEST(plot, bins_are_no_longer_than_the_run_needs)
{
	struct app_plot *pl = app_plot_new();
	struct series_point p = { .at = PLOT_BINS * 100, .length = 100 };

	app_plot_point(pl, "pipe 1", "", &p);
	assert_int_equal(pl->bin_ns, 100);
	p.at += 100;
	app_plot_point(pl, "pipe 1", "", &p);
	assert_int_equal(pl->bin_ns, 200);
	app_plot_free(pl);
}

TEST(plot, a_point_at_the_end_of_time_has_a_bin)
{
	struct app_plot *pl = app_plot_new();
	struct series_point p = { .at = 1, .length = 1, .drops = 1 };

	app_plot_point(pl, "pipe 1", "", &p);
	p.at = NRW_NEVER - 1;
	app_plot_point(pl, "pipe 1", "", &p);
	assert_int_equal(pl->objects[0].bins[0].drops, 1);
	assert_int_equal(pl->objects[0].bins[(NRW_NEVER - 2) / pl->bin_ns].drops, 1);
	app_plot_free(pl);
}

TEST(plot, more_objects_than_can_be_told_apart_are_not_drawn)
{
	struct app_plot *pl = app_plot_new();
	struct series_point p = { .at = 100, .length = 100, .drops = 1 };
	char name[24];

	for (unsigned k = 0; k < 3; k++, p.at += 100)
		for (unsigned i = 0; i < APP_PLOT_OBJECTS + 5; i++) {
			snprintf(name, sizeof(name), "pipe %u", i + 1);
			app_plot_point(pl, name, "", &p);
		}
	assert_false(pl->lost);
	assert_int_equal(pl->count, APP_PLOT_OBJECTS);
	for (unsigned i = 0; i < APP_PLOT_OBJECTS; i++) {
		snprintf(name, sizeof(name), "pipe %u", i + 1);
		assert_string_equal(pl->objects[i].name, name);
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(pl->objects[i].bins[k].drops, 1);
	}
	app_plot_free(pl);
}
