/* app/plot_svg.c - the picture: four panels over one axis of time, a colour an object.
 *
 *      +----------------------------------+  title, subtitle
 *      | rate      arrivals thin, departures bold
 *      | backlog   at the end of intervals; the most of them, where a bin covers several
 *      | waiting   mean bold, longest thin
 *      | drops     per second
 *      +----------------------------------+  time; legend below
 *
 * A pipe whose flows are all drawn is not drawn itself. Of many objects only the bold curves are drawn: twice ten lines
 * in a panel nobody can follow. The legend has as many columns as its longest name leaves room for, and says when there
 * were more objects than are drawn.
 *
 * Curves are steps, since a bin stands for its whole width. Coordinates are whole pixels, so the bytes depend on the
 * run alone. Colours are those of Okabe and Ito, which people with colour blindness can tell apart; after eight objects
 * they repeat dashed. */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "plot_int.h"

enum {
	LEFT = 100, WIDTH = 1000, RIGHT = 30, TOP = 64, PANEL = 150, GAP = 46, PANELS = 4,
	LEGEND_ROW = 22, FEW_OBJECTS = 5,
};
enum { TITLE_LETTERS = 40, SUBTITLE_LETTERS = 66, NAME_LETTERS = 66 };		/* which have room side by side */

static const char *const colours[] = {
	"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b0a000",
};
#define COLOURS (sizeof(colours) / sizeof(*colours))

struct panel {
	const char *title, *bold_title;		/* of both curves; of the bold ones alone */
	enum plot_unit unit;
	/* Two curves: the bold one, and a thin one or NULL. Values of a bin. */
	uint64_t (*bold)(const struct app_plot *pl, const struct plot_bin *b);
	uint64_t (*thin)(const struct app_plot *pl, const struct plot_bin *b);
};

static uint64_t per_second(const struct app_plot *pl, uint64_t n, uint64_t times)
{
	struct u128 x = u128_div64(u128_mul64(n, times * NRW_S), pl->bin_ns, NULL);

	return x.hi ? UINT64_MAX : x.lo;
}

static uint64_t arrivals(const struct app_plot *pl, const struct plot_bin *b) { return per_second(pl, b->in_bytes, 8); }
static uint64_t departures(const struct app_plot *pl, const struct plot_bin *b)
{
	return per_second(pl, b->out_bytes, 8);
}

static uint64_t backlog(const struct app_plot *pl, const struct plot_bin *b) { return b->backlog_bytes; }
static uint64_t longest(const struct app_plot *pl, const struct plot_bin *b) { return b->wait_max_ns; }
static uint64_t drops(const struct app_plot *pl, const struct plot_bin *b) { return per_second(pl, b->drops, 1); }

static uint64_t mean(const struct app_plot *pl, const struct plot_bin *b)
{
	return b->wait_count ? u128_div64(b->wait_sum_ns, b->wait_count, NULL).lo : 0;
}

static const struct panel panels[PANELS] = {
	{ "rate: arrivals thin, departures bold", "rate of departures", PLOT_BIT_RATE, departures, arrivals },
	{ "backlog in queue and service at the end of each interval",
		"backlog in queue and service at the end of each interval", PLOT_BYTES, backlog, NULL },
	{ "waiting time until the end of service: mean bold, longest thin",
		"waiting time until the end of service, mean", PLOT_NS, mean, longest },
	{ "drops", "drops", PLOT_PER_S, drops, NULL },
};

static const char *escaped(uint32_t point)
{
	switch (point) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	}
	return NULL;
}

/* Text of others: at most `most` letters of it. XML knows no controls but white space, and no U+FFFE, U+FFFF
 * (XML 1.0, 2.2). */
static void put_text(FILE *to, const char *s, unsigned most)
{
	size_t left = strlen(s);
	uint32_t point;

	for (unsigned len; left; s += len, left -= len) {
		bool whole = (len = utf8_take(s, left, &point)) > 0;

		len = whole ? len : 1;
		if (!most--) {
			fputs("\u2026", to);
			return;
		}
		if (!whole || point == 0xfffe || point == 0xffff)
			fputs("\ufffd", to);
		else if (point < 0x20)
			fputc(' ', to);
		else if (escaped(point))
			fputs(escaped(point), to);
		else
			fwrite(s, 1, len, to);
	}
}

static unsigned bins_used(const struct app_plot *pl)
{
	return pl->end ? (unsigned)((pl->end - 1) / pl->bin_ns) + 1 : 0;
}

static unsigned panel_y(unsigned i)
{
	return TOP + i * (PANEL + GAP);
}

static bool draws_thin(const struct app_plot *pl, const struct panel *p)
{
	return p->thin && pl->count <= FEW_OBJECTS;
}

static void fit(const struct app_plot *pl, const struct panel *p, struct plot_axis *a)
{
	uint64_t largest = 0;

	for (unsigned o = 0; o < pl->count; o++) {
		for (unsigned k = 0; k < bins_used(pl); k++) {
			const struct plot_bin *b = &pl->objects[o].bins[k];
			uint64_t bold = p->bold(pl, b), thin = draws_thin(pl, p) ? p->thin(pl, b) : 0;

			bold = bold > thin ? bold : thin;
			largest = bold > largest ? bold : largest;
		}
	}
	plot_axis_fit(a, p->unit, largest);
}

static void draw_frame(FILE *to, const struct app_plot *pl, const struct panel *p, const struct plot_axis *a,
	unsigned y)
{
	char label[48];

	fprintf(to, "<text x=\"%d\" y=\"%u\" class=\"t\">%s</text>\n", LEFT, y - 8,
		draws_thin(pl, p) ? p->title : p->bold_title);
	for (uint64_t v = 0;; v += a->step) {
		unsigned at = y + PANEL - plot_axis_px(a, v, PANEL);

		fprintf(to, "<path class=\"g\" d=\"M%d %uh%d\"/><text x=\"%d\" y=\"%u\" class=\"y\">%s</text>\n", LEFT,
			at, WIDTH, LEFT - 8, at + 4,
			plot_axis_label(a, v, label, sizeof(label)));
		if (a->top - v < a->step)
			break;
	}
}

/* Steps of one curve: M x y, then H to the end of each bin and V to the next value, only where something changes. */
static void draw_curve(FILE *to, const struct app_plot *pl, unsigned object,
	uint64_t (*value)(const struct app_plot *, const struct plot_bin *), const struct plot_axis *a,
	const struct plot_axis *time, unsigned y, const char *class)
{
	const struct plot_bin *bins = pl->objects[object].bins;
	unsigned n = bins_used(pl), last = 0;

	fprintf(to, "<path class=\"%s\" stroke=\"%s\"%s d=\"", class, colours[object % COLOURS],
		object >= COLOURS ? " stroke-dasharray=\"6 3\"" : "");
	for (unsigned k = 0; k < n; k++) {
		unsigned h = y + PANEL - plot_axis_px(a, value(pl, &bins[k]), PANEL);

		if (!k)
			fprintf(to, "M%d %u", LEFT, h);
		else if (h != last)
			fprintf(to, "H%uV%u", LEFT + plot_axis_px(time, k * pl->bin_ns, WIDTH), h);
		last = h;
	}
	fprintf(to, "H%u\"/>\n", LEFT + plot_axis_px(time, pl->end, WIDTH));
}

static void draw_panel(FILE *to, const struct app_plot *pl, unsigned i, const struct plot_axis *time)
{
	const struct panel *p = &panels[i];
	struct plot_axis a;

	fit(pl, p, &a);
	draw_frame(to, pl, p, &a, panel_y(i));
	for (unsigned o = 0; o < pl->count && draws_thin(pl, p); o++)
		draw_curve(to, pl, o, p->thin, &a, time, panel_y(i), "n");
	for (unsigned o = 0; o < pl->count; o++)
		draw_curve(to, pl, o, p->bold, &a, time, panel_y(i), "b");
}

static void draw_time(FILE *to, const struct plot_axis *time)
{
	unsigned bottom = panel_y(PANELS - 1) + PANEL;
	char label[48];

	for (uint64_t v = 0;; v += time->step) {
		unsigned x = LEFT + plot_axis_px(time, v, WIDTH);

		for (unsigned i = 0; i < PANELS; i++)
			fprintf(to, "<path class=\"g\" d=\"M%u %uv%d\"/>", x, panel_y(i), PANEL);
		fprintf(to, "<text x=\"%u\" y=\"%u\" class=\"x\">%s</text>\n", x, bottom + 20,
			plot_axis_label(time, v, label, sizeof(label)));
		if (time->top - v < time->step)
			break;
	}
	fprintf(to, "<text x=\"%d\" y=\"%u\" class=\"x\">time since the first packet</text>\n", LEFT + WIDTH / 2,
		bottom + 38);
}

/* Columns of the legend: a letter is at most 8 pixels wide, a sample and the gap take 50. */
static unsigned legend_columns(const struct app_plot *pl)
{
	size_t longest = 1;

	for (unsigned o = 0; o < pl->count; o++)
		longest = strlen(pl->objects[o].name) > longest ? strlen(pl->objects[o].name) : longest;
	for (unsigned columns = 5; columns > 1; columns--)
		if (WIDTH / columns >= longest * 8 + 50)
			return columns;
	return 1;
}

static void draw_legend(FILE *to, const struct app_plot *pl)
{
	unsigned top = panel_y(PANELS - 1) + PANEL + 62;

	unsigned columns = legend_columns(pl);

	for (unsigned o = 0; o < pl->count; o++) {
		unsigned x = LEFT + o % columns * (WIDTH / columns);
		unsigned y = top + o / columns * LEGEND_ROW;

		fprintf(to, "<path class=\"b\" stroke=\"%s\"%s d=\"M%u %uh28\"/><text x=\"%u\" y=\"%u\" class=\"l\">",
			colours[o % COLOURS],
			o >= COLOURS ? " stroke-dasharray=\"6 3\"" : "", x, y, x + 36, y + 4);
		put_text(to, pl->objects[o].name, NAME_LETTERS);
		fputs("</text>\n", to);
	}
	if (pl->more)
		fprintf(to, "<text x=\"%d\" y=\"%u\" class=\"l\">there are more, not drawn: nobody could tell them "
			"apart</text>\n", LEFT, top + (pl->count + columns - 1) / columns * LEGEND_ROW + 4);
}

static void draw_head(FILE *to, const struct app_plot *pl, const char *title, const char *subtitle)
{
	unsigned columns = legend_columns(pl), rows = (pl->count + columns - 1) / columns + pl->more;
	unsigned w = LEFT + WIDTH + RIGHT, h = panel_y(PANELS - 1) + PANEL + 60 + rows * LEGEND_ROW;

	fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n", w,
		h, w, h);
	fputs("<style>text{font:13px sans-serif;fill:#222}.t{font-weight:bold}.y{text-anchor:end}"
	      ".x{text-anchor:middle}.h{font-size:18px;font-weight:bold}"
	      "path{fill:none}.g{stroke:#ddd}.b{stroke-width:2}.n{stroke-width:1;opacity:.6}</style>\n"
	      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
		to);
	fprintf(to, "<text x=\"%d\" y=\"22\" class=\"h\">", LEFT);
	put_text(to, title, TITLE_LETTERS);
	fprintf(to, "</text><text x=\"%d\" y=\"22\" style=\"text-anchor:end\">", LEFT + WIDTH);
	put_text(to, subtitle, SUBTITLE_LETTERS);
	fputs("</text>\n", to);
}

static bool is_sum(const struct app_plot *pl, const struct plot_object *o)
{
	for (unsigned i = 0; i < pl->count && !o->name[o->object_letters]; i++) {
		const struct plot_object *other = &pl->objects[i];

		if (other->name[other->object_letters] && other->object_letters == o->object_letters &&
			!strncmp(other->name, o->name, o->object_letters))
			return true;
	}
	return false;
}

/* All objects but sums: a pipe whose flows are all drawn would leave them no room. */
static void choose(const struct app_plot *pl, struct app_plot *shown)
{
	shown->count = 0;
	for (unsigned i = 0; i < pl->count; i++)
		if (pl->more || !is_sum(pl, &pl->objects[i]))
			shown->objects[shown->count++] = pl->objects[i];
}

static void draw(const struct app_plot *pl, FILE *to, const char *title, const char *subtitle)
{
	struct plot_axis time;

	plot_axis_fit(&time, PLOT_NS, pl->end);
	time.top = pl->end > time.step ? pl->end : time.step;	/* the axis ends where the run does */
	draw_head(to, pl, title, subtitle);
	draw_time(to, &time);
	for (unsigned i = 0; i < PANELS; i++)
		draw_panel(to, pl, i, &time);
	draw_legend(to, pl);
	fputs("</svg>\n", to);
}

int app_plot_write(const struct app_plot *pl, FILE *to, const char *title, const char *subtitle, struct err *e)
{
	struct plot_object objects[APP_PLOT_OBJECTS];
	struct app_plot shown = *pl;

	if (pl->lost)
		return err_set(e, ERR_NOMEM, "no memory for the plot");
	shown.objects = objects;
	choose(pl, &shown);
	draw(&shown, to, title, subtitle);
	return 0;	/* errors of the file stay in it until it is closed */
}
