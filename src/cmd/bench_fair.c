/* cmd/bench_fair.c - which flow fared worst, and what its scheduler had promised.
 *
 * B-WFI is the most that a flow fell behind its share of the bytes, in any time in which it had packets (emu/fair.c).
 * What the kinds promise, of a flow whose packets are at most L and whose share is phi, beside others of at most
 * Lmax:
 *
 *      wf2q+         2 L + phi Lmax
 *      qfq, kps      3 w sigma + 2 phi Lmax      sigma: the least power of two not below L / w
 *      qfq+          phi times the bytes that others may send while it waits, as it says itself
 *
 * Other kinds promise nothing at every moment; of them the most packets behind are told. Floating point: for a table,
 * not for packets. */
#include "bench_fair.h"

#include <string.h>

static double ratio(struct fair_ratio r)
{
	return (double)r.whole + (r.of ? (double)r.part / (double)r.of : 0);
}

struct around {			/* a flow, and those beside it */
	const struct bench_flow *f;
	double share, lmax;
	uint64_t patience;
};

/* The least power of two not below l / w, times w. */
static double slot(double l, double w)
{
	double s = w;

	while (s < l)
		s *= 2;
	while (s / 2 >= l)
		s /= 2;
	return s;
}

/* Bytes that it may fall behind, as its kind promises; 0: not at all. */
static double promised(const struct nrw_sched_ops *ops, const struct around *a)
{
	double l = a->f->most;

	if (!strcmp(ops->name, "wf2q+"))
		return 2 * l + a->share * a->lmax;
	if (!strcmp(ops->name, "qfq") || !strcmp(ops->name, "kps"))
		return 3 * slot(l, a->f->weight) + 2 * a->share * a->lmax;
	if (!strcmp(ops->name, "qfq+") && a->patience < UINT64_MAX)
		return a->share * (double)a->patience;
	return 0;
}

bool bench_fair_promises(const struct nrw_sched_ops *ops)
{
	static const char *const names[] = { "wf2q+", "qfq", "qfq+", "kps" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], ops->name))
			return true;
	return false;
}

/* How near a flow comes to its bound, or how many packets of its own it fell behind. */
static double weight_of(const struct bench_worst *w)
{
	return w->behind / (w->bound > 0 ? w->bound : w->of->most);
}

struct bench_worst bench_fair_worst(const struct nrw_sched_ops *ops, const struct bench_flows *s,
	const struct bench_sim *sim)
{
	struct bench_worst worst = { .of = NULL };
	double weights = 0, lmax = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		weights += s->all[k].weight;
		lmax = s->all[k].most > lmax ? s->all[k].most : lmax;
	}
	for (uint32_t k = 0; k < s->n; k++) {
		const struct around a = { &s->all[k], s->all[k].weight / weights, lmax, sim->bounds[k] };
		const struct bench_worst w = { ratio(sim->fair[k].alpha), promised(ops, &a), a.f };

		if (!worst.of || weight_of(&w) > weight_of(&worst))
			worst = w;
	}
	return worst;
}

double bench_fair_late_us(const struct bench_sim *sim, uint32_t n)
{
	int64_t late = 0;

	for (uint32_t k = 0; k < n; k++)
		if (sim->fair[k].late > late)
			late = sim->fair[k].late;
	return (double)late / 1e3;
}
