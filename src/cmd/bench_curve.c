/* cmd/bench_curve.c - draws curves: sizes to the right by powers of two, costs upwards from 0.
 *
 *      ns |              o--o  wf2q+        a size that is twice another stands one step farther right; where curves
 *         |        o----o                   end at the right their names stand, moved apart where they would meet
 *         |  o----o------o--o  qfq
 *         +------------------
 *            1   16    1024
 *
 * Figures of a machine, so floating point is fine. Colours are those of Okabe and Ito, dashed from the ninth on. */
#include "bench_curve.h"

#include <errno.h>
#include <stdio.h>

enum { LEFT = 70, TOP = 60, WIDTH = 640, HEIGHT = 380, RIGHT = 170, BOTTOM = 60, LINE = 16 };

static const char *const colours[] = {
	"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b0a000",
};
#define COLOURS (sizeof(colours) / sizeof(*colours))

void bench_curves_add(struct bench_curves *c, const char *name, double at, double value)
{
	struct bench_curve *k = c->all;

	while (k < c->all + c->n && k->name != name)
		k++;
	if (k == c->all + BENCH_CURVES) {
		c->more = true;
		return;
	}
	c->n += k == c->all + c->n;
	k->name = name;
	for (unsigned i = 0; i < k->n; i++)
		if (k->at[i] == at) {
			k->value[i] = value < k->value[i] ? value : k->value[i];
			return;
		}
	if (k->n < BENCH_POINTS) {
		k->at[k->n] = at;
		k->value[k->n++] = value;
	}
}

/* log2, to a straight line between powers. */
static double steps(double x)
{
	double n = 0;

	while (x >= 2) {
		x /= 2;
		n++;
	}
	return n + x - 1;
}

struct axes {
	double most, top, step;		/* steps to the right; ns */
};

static struct axes fit(const struct bench_curves *c)
{
	struct axes a = { .most = 1, .top = 1, .step = 1 };

	for (unsigned i = 0; i < c->n; i++)
		for (unsigned k = 0; k < c->all[i].n; k++) {
			a.top = c->all[i].value[k] > a.top ? c->all[i].value[k] : a.top;
			a.most = steps(c->all[i].at[k]) > a.most ? steps(c->all[i].at[k]) : a.most;
		}
	for (unsigned i = 0; a.top / a.step > 8; i++)
		a.step *= i % 3 == 1 ? 2.5 : 2;		/* 1 2 5 10 20 ... */
	a.top = a.step * (double)((unsigned)(a.top / a.step) + 1);
	return a;
}

static int x_of(const struct axes *a, double at) { return LEFT + (int)(steps(at) / a->most * WIDTH + 0.5); }
static int y_of(const struct axes *a, double value) { return TOP + HEIGHT - (int)(value / a->top * HEIGHT + 0.5); }

static void draw_frame(const struct bench_curves *c, const struct axes *a, FILE *to)
{
	fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM, LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM);
	fputs("<style>text{font:13px sans-serif;fill:#222}.y{text-anchor:end}.x{text-anchor:middle}"
	      ".h{font-size:18px;font-weight:bold}path{fill:none}.g{stroke:#ddd}.b{stroke-width:2}</style>\n"
	      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", to);
	fprintf(to, "<text x=\"%d\" y=\"28\" class=\"h\">%s</text>\n", LEFT, c->title);
	for (unsigned i = 0; i * a->step < a->top + a->step / 2; i++) {
		double v = i * a->step;

		fprintf(to, "<path class=\"g\" d=\"M%d %dh%d\"/><text x=\"%d\" y=\"%d\" class=\"y\">%.0f</text>\n",
			LEFT, y_of(a, v), WIDTH, LEFT - 8, y_of(a, v) + 4, v);
	}
	for (unsigned k = 0; c->n && k < c->all[0].n; k++)
		fprintf(to, "<path class=\"g\" d=\"M%d %dv%d\"/><text x=\"%d\" y=\"%d\" class=\"x\">%.0f</text>\n",
			x_of(a, c->all[0].at[k]), TOP, HEIGHT, x_of(a, c->all[0].at[k]), TOP + HEIGHT + 20,
			c->all[0].at[k]);
}

static void draw_curve(const struct bench_curves *c, unsigned i, const struct axes *a, int label, FILE *to)
{
	const struct bench_curve *k = &c->all[i];

	fprintf(to, "<path class=\"b\" stroke=\"%s\"%s d=\"", colours[i % COLOURS],
		i >= COLOURS ? " stroke-dasharray=\"6 3\"" : "");
	for (unsigned p = 0; p < k->n; p++)
		fprintf(to, "%c%d %d", p ? 'L' : 'M', x_of(a, k->at[p]), y_of(a, k->value[p]));
	fprintf(to, "\"/><text x=\"%d\" y=\"%d\" style=\"fill:%s\">%s</text>\n", LEFT + WIDTH + 10, label + 4,
		colours[i % COLOURS], k->name);
}

/* Where names stand: beside the ends of their curves, from the top down, LINE apart; all of them above the bottom. */
static void place(const struct bench_curves *c, const struct axes *a, int labels[BENCH_CURVES])
{
	unsigned order[BENCH_CURVES];

	for (unsigned i = 0; i < c->n; i++) {
		unsigned k = i;

		labels[i] = y_of(a, c->all[i].value[c->all[i].n - 1]);
		for (; k && labels[order[k - 1]] > labels[i]; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	for (unsigned i = c->n; i--;) {
		int below = i + 1 < c->n ? labels[order[i + 1]] - LINE : TOP + HEIGHT;

		if (labels[order[i]] > below)
			labels[order[i]] = below;
	}
}

int bench_curves_write(const struct bench_curves *c, const char *path, struct err *e)
{
	FILE *to = fopen(path, "wb");
	struct axes a = fit(c);
	int labels[BENCH_CURVES], failed;

	if (!to)
		return err_sys(e, errno, "%s", path);
	draw_frame(c, &a, to);
	place(c, &a, labels);
	for (unsigned i = 0; i < c->n; i++)
		draw_curve(c, i, &a, labels[i], to);
	if (c->more)
		fprintf(to, "<text x=\"%d\" y=\"%d\">there are more, not drawn</text>\n", LEFT, TOP + HEIGHT + 44);
	fputs("</svg>\n", to);
	failed = ferror(to);
	return fclose(to) || failed ? err_sys(e, errno, "%s", path) : 0;
}
