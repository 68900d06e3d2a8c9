/* cmd/bench_sched.c - `narrows bench sched`: what schedulers cost, and how fair they are, in one table.
 *
 *      cost      ns of CPU for a put and a take, beside a bare FIFO with the same work (bench_load.c); 1 to 131072
 *                flows, all backlogged; going idle, refilled
 *      growth    what is left of the cost at 32768 flows when the FIFO's is taken away, beside the same of 16 flows
 *      B-WFI     of each flow the bytes that it fell behind its share at worst, against what its kind promises; told of
 *                the flow that comes closest to it, or of which most packets had to wait (bench_fair.c)
 *      T-WFI     the longest that a packet waited beyond what a link of its own would have taken
 *      Jain      1000 is even
 *      wait      of a light flow beside fifteen heavy ones, 99 of 100 packets, beside that behind a fifo
 *
 * Costs are CPU time, the least of rounds; all else is virtual time, the same on every machine for one seed. The five
 * sets of flows are those on which the schedulers of dummynet were found to be unfair.
 *
 * `--new NAME` is for one scheduler, FILE.so for that of a plug-in, which is put through the laws first (app/laws.h).
 * A capture as operand is one more load: its packets at their times, through a link of their mean rate. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <narrows/types.h>
#include "bench_curve.h"
#include "bench_fair.h"
#include "bench_load.h"
#include "bench_sim.h"
#include "bench_trace.h"
#ifdef HAVE_LAWS
#include "app/laws.h"
#endif
#include "base/log.h"
#include "cmd/cmd.h"
#include "emu/emu_plugin.h"

#define MANY 32768u
#define FEW 16u
#define PAIRS 400000u		/* of a round, at least */
#define QUICK_PAIRS 2000u
#define SERVICES 100000u
#define QUICK_SERVICES 5000u
#define QUICK_FLOWS 1024u
#define STEPS 240000
#define QUICK_STEPS 12000
#define RATE UINT64_C(1000000000)
#define HEAVY 15u

enum what { PAIR, GROWTH, BEHIND, LATE, EVEN, LIGHT };

struct set {
	const char *text;		/* of a flow set; NULL: the packets of a capture */
	bool by_number;			/* all that tells it from others is how many flows there are */
	struct bench_flows flows;
};

struct item {
	enum what what;
	const struct nrw_sched_ops *ops;
	const struct set *set;
	enum bench_way way;
	enum bench_source source;
	char name[80], base[64];
	double value, base_value;	/* least so far; of PAIR */
	const struct item *many, *few;	/* of GROWTH */
	uint32_t curve_flows;		/* it is a point of the picture; 0: none */
};

/* What the items work on; the last of each kind is kept until another is wanted. */
static struct {
	struct bench_options options;
	struct set *sets;
	size_t set_count;
	struct item *items;
	struct bench_case *cases;
	size_t count, room;
	uint64_t pairs, services;
	struct bench_trace trace;
	const struct item *loaded, *simulated;
	struct bench_load load, bare;
	struct bench_sim sim;
	bool no_memory;
} lab;

static const uint32_t sizes[] = { 1, FEW, 1024, MANY, 131072 };
static const char *const ways[] = { "backlogged", "going idle", "refilled" };
static const char *const mixes[] = {
	"1-50:1500,50-1:1500", "1-100:1500,1000-1:1500", "1-100:1500", "10-10:64,100-1:1500",
	"100-1:300,50-2:300,10-10:300,200-1:300",
};
#define MIX "1..100-1000:64-1500"
#define LIGHT_SET "1-15:1500,1-1:200"

/* ---- cost ---- */
static void unload(void)
{
	if (lab.loaded) {
		bench_load_fini(&lab.load);
		bench_load_fini(&lab.bare);
	}
	lab.loaded = NULL;
}

static bool load(const struct item *i)
{
	if (lab.loaded == i)
		return true;
	unload();
	if (bench_load_init(&lab.load, i->ops, &i->set->flows, i->way)) {
		lab.no_memory = true;
		return false;
	}
	if (bench_load_init(&lab.bare, sched_at(0), &i->set->flows, i->way)) {
		bench_load_fini(&lab.load);
		lab.no_memory = true;
		return false;
	}
	bench_load_turn(&lab.load, 1);		/* memory is there, rings have grown */
	bench_load_turn_bare(&lab.bare, 1);
	lab.loaded = i;
	return true;
}

static double keep(double *least, double value)
{
	if (*least == 0 || value < *least)
		*least = value;
	return value;
}

static double run_pair(void *ctx)
{
	struct item *i = ctx;
	double began;
	uint64_t n;

	if (!load(i))
		return 0;
	began = bench_ns();
	n = bench_load_turn(&lab.load, lab.pairs);
	return keep(&i->value, (bench_ns() - began) / (double)n);
}

static double run_bare(void *ctx)
{
	struct item *i = ctx;
	double began;
	uint64_t n;

	if (!load(i))
		return 0;
	began = bench_ns();
	n = bench_load_turn_bare(&lab.bare, lab.pairs);
	return keep(&i->base_value, (bench_ns() - began) / (double)n);
}

/* Where the FIFO costs as much, there is nothing that could grow. */
static double beyond_fifo(const struct item *i)
{
	return i->value > i->base_value ? i->value - i->base_value : 0;
}

static double run_growth(void *ctx) { return beyond_fifo(((const struct item *)ctx)->many); }
static double run_growth_base(void *ctx) { return beyond_fifo(((const struct item *)ctx)->few); }

/* ---- fairness ---- */
static void forget(void)
{
	if (lab.simulated)
		bench_sim_free(&lab.sim);
	lab.simulated = NULL;
}

static int simulate(const struct nrw_sched_ops *ops, const struct item *i, uint32_t light)
{
	struct bench_sim_cfg cfg = { .ops = ops, .flows = &i->set->flows, .source = i->source, .rate = RATE,
		.services = lab.services, .seed = lab.options.seed, .light = light, .light_gap = 10 * NRW_MS };

	if (!i->set->text) {
		cfg.arrivals = lab.trace.all;
		cfg.arrival_count = lab.trace.n;
		cfg.rate = lab.trace.rate;
		cfg.services = lab.trace.n;
	}
	return bench_sim_run(&lab.sim, &cfg);
}

static bool know(const struct item *i)
{
	const struct item *s = lab.simulated;

	if (s && s->ops == i->ops && s->set == i->set && s->source == i->source)
		return true;
	forget();
	if (simulate(i->ops, i, UINT32_MAX)) {
		bench_sim_free(&lab.sim);
		lab.no_memory = true;
		return false;
	}
	lab.simulated = i;
	return true;
}

static struct bench_worst worst(const struct item *i)
{
	return know(i) ? bench_fair_worst(i->ops, &i->set->flows, &lab.sim) : (struct bench_worst){ 0 };
}

static double run_behind(void *ctx) { return worst(ctx).behind; }
static double run_bound(void *ctx) { return worst(ctx).bound; }

static double run_packets(void *ctx)
{
	struct bench_worst w = worst(ctx);

	return w.of ? w.behind / w.of->most : 0;
}

static double run_late(void *ctx)
{
	const struct item *i = ctx;

	return know(i) ? bench_fair_late_us(&lab.sim, i->set->flows.n) : 0;
}

static double run_even(void *ctx)
{
	const struct item *i = ctx;

	return know(i) ? fair_jain(lab.sim.fair, i->set->flows.n) / 1e3 : 0;
}

static double wait_of_light(const struct nrw_sched_ops *ops, const struct item *i)
{
	double wait = 0;

	forget();
	if (simulate(ops, i, HEAVY))
		lab.no_memory = true;
	else
		wait = (double)hist_quantile(&lab.sim.waits, 990) / 1e3;
	bench_sim_free(&lab.sim);
	return wait;
}

static double run_light(void *ctx) { return wait_of_light(((const struct item *)ctx)->ops, ctx); }
static double run_light_base(void *ctx) { return wait_of_light(sched_at(0), ctx); }

/* ---- the table ---- */
/* ns promised of a pair at MANY flows, on a machine where the bare FIFO takes 20. */
static double goal_of(const struct nrw_sched_ops *ops)
{
	static const struct { const char *name; double ns; } goals[] = {
		{ "rr", 36 }, { "qfq", 45 }, { "wf2q+", 200 }, { "fq_codel", 60 },
	};

	for (size_t i = 0; i < sizeof(goals) / sizeof(*goals); i++)
		if (!strcmp(goals[i].name, ops->name))
			return goals[i].ns;
	return 0;
}

static struct item *next_item(enum what what, const struct nrw_sched_ops *ops, const struct set *set)
{
	struct item *i = &lab.items[lab.count++];

	*i = (struct item){ .what = what, .ops = ops, .set = set };
	return i;
}

static struct bench_case *case_of(const struct item *i)
{
	struct bench_case *c = &lab.cases[i - lab.items];

	c->name = i->name;
	c->ctx = (void *)(uintptr_t)i;
	return c;
}

static struct item *add_pair(const struct nrw_sched_ops *ops, const struct set *set, enum bench_way way)
{
	struct item *i = next_item(PAIR, ops, set);
	struct bench_case *c = case_of(i);

	i->way = way;
	if (set->by_number)
		snprintf(i->name, sizeof(i->name), "%s, %u flows, %s", ops->name, set->flows.n, ways[way]);
	else
		snprintf(i->name, sizeof(i->name), "%s, %s, %s", ops->name, set->text, ways[way]);
	snprintf(i->base, sizeof(i->base), "bare FIFO");
	c->base = i->base;
	c->run = run_pair;
	c->run_base = run_bare;
	return i;
}

static void add_growth(const struct item *many, const struct item *few)
{
	struct item *i = next_item(GROWTH, many->ops, many->set);
	struct bench_case *c = case_of(i);
	bool constant = strcmp(i->ops->name, "wf2q+") != 0;

	i->many = many;
	i->few = few;
	snprintf(i->name, sizeof(i->name), "%s, %u flows, less FIFO", i->ops->name, many->set->flows.n);
	snprintf(i->base, sizeof(i->base), "%u flows, less FIFO", few->set->flows.n);
	c->base = i->base;
	c->goal = constant && !strcmp(i->ops->name, "qfq") ? 1.5 : 0;
	c->exact = true;
	c->run = run_growth;
	c->run_base = run_growth_base;
}

static const char *source_name(enum bench_source source)
{
	static const char *const names[] = { "backlogged", "idle", "refill", "onoff", "poisson", "capture" };

	return names[source];
}

static void add_fair(enum what what, const struct nrw_sched_ops *ops, const struct set *set, enum bench_source source)
{
	static const struct { const char *name, *unit; double (*run)(void *ctx); } kinds[] = {
		[BEHIND] = { "B-WFI", "bytes", run_behind }, [LATE] = { "T-WFI", "us", run_late },
		[EVEN] = { "Jain", "/1000", run_even },
	};
	struct item *i = next_item(what, ops, set);
	struct bench_case *c = case_of(i);

	i->source = source;
	snprintf(i->name, sizeof(i->name), "%s, %s, %s: %s", ops->name, set->text ? set->text : "its flows",
		source_name(source), kinds[what].name);
	c->unit = kinds[what].unit;
	c->run = kinds[what].run;
	c->exact = true;
	if (what == BEHIND && bench_fair_promises(ops)) {
		snprintf(i->base, sizeof(i->base), "its bound");
		c->base = i->base;
		c->run_base = run_bound;
		c->goal = 1;
	}
}

static void add_packets(const struct nrw_sched_ops *ops, const struct set *set, enum bench_source source)
{
	struct item *i = next_item(BEHIND, ops, set);
	struct bench_case *c = case_of(i);

	i->source = source;
	snprintf(i->name, sizeof(i->name), "%s, %s, %s: B-WFI", ops->name, set->text ? set->text : "its flows",
		source_name(source));
	c->unit = "packets";
	c->run = run_packets;
	c->exact = true;
}

static void add_light(const struct nrw_sched_ops *ops, const struct set *set)
{
	struct item *i = next_item(LIGHT, ops, set);
	struct bench_case *c = case_of(i);

	snprintf(i->name, sizeof(i->name), "%s, a light flow beside 15 heavy: wait p99", ops->name);
	i->source = BENCH_SRC_BACKLOGGED;
	snprintf(i->base, sizeof(i->base), "fifo");
	c->base = i->base;
	c->unit = "us";
	c->exact = true;
	c->run = run_light;
	c->run_base = run_light_base;
}

static void add_fairness(const struct nrw_sched_ops *ops, const struct set *set, enum bench_source source)
{
	add_fair(BEHIND, ops, set, source);
	add_packets(ops, set, source);
	add_fair(LATE, ops, set, source);
	add_fair(EVEN, ops, set, source);
}

static int add_set(const char *text, struct err *e)
{
	struct set *s = &lab.sets[lab.set_count];
	int rc = bench_flows_parse(&s->flows, text, e);

	if (rc)
		return rc;
	s->text = text;
	lab.set_count++;
	return 0;
}

/* Of the table: those of one size each, then the mixes. */
static int make_sets(bool quick, struct err *e)
{
	static char texts[sizeof(sizes) / sizeof(*sizes)][24];
	int rc = 0;

	if (lab.options.flows)
		return add_set(lab.options.flows, e);
	for (size_t i = 0; !rc && i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint32_t n = quick && sizes[i] > QUICK_FLOWS ? QUICK_FLOWS : sizes[i];

		snprintf(texts[i], sizeof(texts[i]), "1-%u:1500", n);
		rc = add_set(texts[i], e);
		lab.sets[i].by_number = true;
	}
	rc = rc ? rc : add_set(MIX, e);
	for (size_t i = 0; !rc && i < sizeof(mixes) / sizeof(*mixes); i++)
		rc = add_set(mixes[i], e);
	rc = rc ? rc : add_set(LIGHT_SET, e);
	return rc;
}

/* All of the table that is for one scheduler. */
static void add_kind(const struct nrw_sched_ops *ops, enum bench_source source, bool fairness)
{
	const struct set *s = lab.sets;
	struct item *by_size[sizeof(sizes) / sizeof(*sizes)];

	if (lab.options.flows) {
		for (unsigned way = BENCH_BACKLOGGED; !fairness && way <= BENCH_REFILL; way++)
			add_pair(ops, s, way);
		if (fairness)
			add_fairness(ops, s, source);
		return;
	}
	for (size_t i = 0; !fairness && i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (i && s[i].flows.n == s[i - 1].flows.n) {	/* quick */
			by_size[i] = by_size[i - 1];
			continue;
		}
		by_size[i] = add_pair(ops, &s[i], BENCH_BACKLOGGED);
		by_size[i]->curve_flows = s[i].flows.n;
		if (sizes[i] == MANY)
			lab.cases[by_size[i] - lab.items].goal = goal_of(ops) / 20;
	}
	s += sizeof(sizes) / sizeof(*sizes);
	if (!fairness) {
		add_growth(by_size[3], by_size[1]);
		add_pair(ops, s - 2, BENCH_IDLE);
		add_pair(ops, s - 2, BENCH_REFILL);
		add_pair(ops, s, BENCH_REFILL);
		return;
	}
	for (size_t i = 1; i <= sizeof(mixes) / sizeof(*mixes); i++)
		add_fairness(ops, &s[i], source);
	add_light(ops, &s[1 + sizeof(mixes) / sizeof(*mixes)]);
}

static int make_cases(const struct nrw_sched_ops *only, enum bench_source source, struct err *e)
{
	const struct nrw_sched_ops *ops;

	for (size_t i = 0; sched_at(i); i++)
		lab.room += 48;
	lab.items = calloc(lab.room, sizeof(*lab.items));
	lab.cases = calloc(lab.room, sizeof(*lab.cases));
	if (!lab.items || !lab.cases)
		return err_set(e, ERR_NOMEM, "bench sched: no memory");
	for (unsigned fairness = 0; fairness < 2; fairness++)
		for (size_t i = 0; (ops = sched_at(i)) != NULL; i++)
			if (!only || only == ops)
				add_kind(ops, source, fairness);
	for (size_t i = 0; lab.trace.n && (ops = sched_at(i)) != NULL; i++)
		if (!only || only == ops)
			add_fairness(ops, &lab.sets[lab.set_count], BENCH_SRC_CAPTURE);
	return 0;
}

/* ---- what was asked for ---- */
static int find_source(enum bench_source *source, struct err *e)
{
	const char *name = lab.options.load;

	*source = BENCH_SRC_BACKLOGGED;
	for (unsigned i = 0; name && i < BENCH_SRC_CAPTURE; i++)
		if (!strcmp(name, source_name(i))) {
			*source = i;
			return 0;
		}
	if (!name)
		return 0;
	return err_set(e, ERR_UNKNOWN, "--load: '%s' is not one of backlogged, idle, refill, onoff, poisson", name);
}

static int find_kind(const struct nrw_sched_ops **only, struct err *e)
{
	const char *name = lab.options.new;

	*only = NULL;
	if (!name)
		return 0;
	if (strchr(name, '/') || strchr(name, '.')) {
		*only = emu_plugin_load_sched(name, e);
		return *only ? 0 : e->code;
	}
	*only = sched_find((struct word){ name, strlen(name) });
	return *only ? 0 : err_set(e, ERR_UNKNOWN, "--new: '%s' is no scheduler, nor a path: those of the table are in "
		"'narrows check --list scheds', a plug-in is a FILE.so", name);
}

/* Whoever is measured alone is put through the laws before: a figure of what does not work says nothing. */
static int judge(const struct nrw_sched_ops *ops, bool quick, struct err *e)
{
#ifdef HAVE_LAWS
	uint64_t services;

	if (!laws_hold(stderr, ops, lab.options.seed, quick ? QUICK_STEPS : STEPS, &services))
		return err_set(e, ERR_IO, "%s breaks a law of schedulers, and was not measured", ops->name);
	log_say("%s keeps the laws of schedulers in %d operations, seed %llu, %llu packets sent", ops->name,
		quick ? QUICK_STEPS : STEPS, (unsigned long long)lab.options.seed, (unsigned long long)services);
#else
	log_say("%s: the laws need a machine with whole numbers of 128 bits, and were not looked at", ops->name);
#endif
	return 0;
}

static void sched_close(void)
{
	unload();
	forget();
	for (size_t i = 0; i < lab.set_count; i++)
		bench_flows_free(&lab.sets[i].flows);
	bench_trace_free(&lab.trace);
	free(lab.sets);
	free(lab.items);
	free(lab.cases);
	memset(&lab, 0, sizeof(lab));
}

static int sched_options(const struct bench_options *o, struct err *e)
{
	lab.options = *o;
	return 0;
}

static int prepare(const char *capture, bool quick, struct err *e)
{
	const struct nrw_sched_ops *only;
	enum bench_source source;
	int rc = find_source(&source, e);

	rc = rc ? rc : find_kind(&only, e);
	rc = rc || !only ? rc : judge(only, quick, e);
	lab.sets = calloc(32, sizeof(*lab.sets));
	if (!rc && !lab.sets)
		rc = err_set(e, ERR_NOMEM, "bench sched: no memory");
	rc = rc ? rc : make_sets(quick, e);
	if (!rc && capture) {
		rc = bench_trace_read(&lab.trace, capture, e);
		if (!rc)
			lab.sets[lab.set_count].flows = lab.trace.flows;
	}
	return rc ? rc : make_cases(only, source, e);
}

static int sched_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	int rc;

	if (args[0] && args[1])
		return err_set(e, ERR_USAGE, "bench sched: '%s': it takes one capture at most", args[1]);
	lab.pairs = quick ? QUICK_PAIRS : PAIRS;
	lab.services = quick ? QUICK_SERVICES : SERVICES;
	rc = prepare(args[0], quick, e);
	if (rc) {
		sched_close();
		return rc;
	}
	*cases = lab.cases;
	*n = lab.count;
	return 0;
}

/* ---- the picture ---- */
static int draw(const struct bench_result *results, struct err *e)
{
	struct bench_curves c = { .title = "a put and a take, ns of CPU, by flows" };

	for (size_t i = 0; i < lab.count; i++)
		if (lab.items[i].curve_flows) {
			bench_curves_add(&c, lab.items[i].ops->name, lab.items[i].curve_flows, results[i].value);
			bench_curves_add(&c, "bare FIFO", lab.items[i].curve_flows, results[i].base);
		}
	return bench_curves_write(&c, lab.options.svg, e);
}

static int sched_done(const struct bench_result *results, struct err *e)
{
	if (lab.no_memory)
		return err_set(e, ERR_NOMEM, "bench sched: no memory for some of the cases, whose figures are 0");
	return lab.options.svg ? draw(results, e) : 0;
}

const struct bench bench_sched = {
	.name = "sched", .about = "a packet into a queue and out again, whose turn it is, and how fair that was",
	.open = sched_open, .close = sched_close, .options = sched_options, .done = sched_done,
};
