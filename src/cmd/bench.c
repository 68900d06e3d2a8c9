/* cmd/bench.c - runs a benchmark: the case and its base in turn, ROUNDS times; the least of each counts, or where a
 * ratio is promised the round of the median ratio.
 *
 * CPU time, not wall time: what others do on the machine then shows only through caches. The least, since noise only
 * adds. Yet a machine has moments in which memory is twice as slow, longer than a round, and the least of a case and of
 * its base may be of different moments. They alternate, so a moment meets both, and the ratio within one round says
 * more. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/os.h"
#include "cmd/cmd.h"

#define ROUNDS 11

double bench_ns(void)
{
	return (double)os_cpu_ns();
}

#define LINE 64u

/* What calloc() gave stands right before what we give. */
void *bench_lines_new(size_t bytes)
{
	void *all = calloc(1, bytes + (size_t)2 * LINE), **p;

	if (!all)
		return NULL;
	p = (void **)(((uintptr_t)all + (uintptr_t)2 * LINE - 1) & ~(uintptr_t)(LINE - 1));
	p[-1] = all;
	return p;
}

void bench_lines_free(void *p)
{
	if (p)
		free(((void **)p)[-1]);
}

/* "x86_64, AMD EPYC": what the system says of itself, as far as it does. */
static void machine(char *to, size_t room)
{
	char line[256];
	FILE *f = fopen("/proc/cpuinfo", "r");

	snprintf(to, room, "%d-bit", (int)(8 * sizeof(void *)));
	while (f && fgets(line, sizeof(line), f)) {
		const char *colon = strchr(line, ':');

		if (!colon || strncmp(line, "model name", 10))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(to, room, "%d-bit, %s", (int)(8 * sizeof(void *)), colon + 2);
		break;
	}
	if (f)
		fclose(f);
}

static int by_ratio(const void *a, const void *b)
{
	double p = ((const struct bench_result *)a)->ratio, q = ((const struct bench_result *)b)->ratio;

	return p < q ? -1 : p > q;
}

static void set_ratio(struct bench_result *r)
{
	r->ratio = r->base > 0 ? r->value / r->base : 0;
}

static struct bench_result measure(const struct bench_case *c, bool quick)
{
	struct bench_result r[ROUNDS], least = { 0 };
	int n = quick || c->exact ? 1 : ROUNDS;

	for (int i = 0; i < n; i++) {
		r[i] = (struct bench_result){ .value = c->run(c->ctx) };
		if (c->run_base)
			r[i].base = c->run_base(c->ctx);
		set_ratio(&r[i]);
		least.value = i && least.value < r[i].value ? least.value : r[i].value;
		least.base = i && least.base < r[i].base ? least.base : r[i].base;
	}
	set_ratio(&least);
	if (c->goal == 0 || !c->run_base)
		return least;
	qsort(r, (size_t)n, sizeof(*r), by_ratio);
	return r[n / 2];
}

static void print_row(const struct bench_case *c, const struct bench_result *r)
{
	const char *unit = c->unit ? c->unit : "ns";

	printf("%-44s %10.2f %-6s", c->name, r->value, unit);
	if (c->run_base)
		printf(" %-44s %10.2f %-6s %6.2f", c->base, r->base, unit, r->ratio);
	if (c->goal > 0)
		printf("  goal %.2f: %s", c->goal, r->ratio <= c->goal ? "kept" : "MISSED");
	if (c->most > 0)
		printf("  goal %.0f %s: %s", c->most, unit, r->value <= c->most ? "kept" : "MISSED");
	putchar('\n');
	fflush(stdout);
}

static void json_number(struct json *j, const char *key, double n)
{
	json_key(j, key);
	json_fixed(j, (uint64_t)(n * 1000 + 0.5));
}

static void json_row(struct json *j, const struct bench_case *c, const struct bench_result *r)
{
	json_object(j);
	json_key(j, "name");
	json_str(j, c->name);
	json_number(j, "value", r->value);
	json_key(j, "unit");
	json_str(j, c->unit ? c->unit : "ns");
	json_key(j, "base");
	json_str(j, c->base ? c->base : "");
	json_number(j, "base_value", r->base);
	json_number(j, "ratio", r->ratio);
	json_end(j);
}

static void begin_json(struct json *j, const struct bench *b, const char *about)
{
	json_object(j);
	json_key(j, "bench");
	json_str(j, b->name);
	json_key(j, "machine");
	json_str(j, about);
	json_key(j, "cases");
	json_array(j);
}

static void run_cases(const struct bench *b, const struct bench_case *cases, size_t n, struct bench_result *results,
	bool json, bool quick)
{
	char about[160];
	struct json j;

	machine(about, sizeof(about));
	json_init(&j, stdout);
	if (json) {
		begin_json(&j, b, about);
	} else {
		printf("%s: %s (%s)\n", b->name, b->about, about);
		printf("%-44s %10s %-6s %-44s %10s %-6s %6s\n", "case", "value", "", "base", "value", "", "ratio");
	}
	for (size_t i = 0; i < n; i++) {
		results[i] = measure(&cases[i], quick);
		if (json)
			json_row(&j, &cases[i], &results[i]);
		else
			print_row(&cases[i], &results[i]);
	}
	if (json) {
		json_end(&j);
		json_end(&j);
		putchar('\n');
	}
}

static int refuse_options(const struct bench *b, const struct bench_options *o, struct err *e)
{
	const struct { const char *name, *value; } all[] = {
		{ "--new", o->new }, { "--flows", o->flows }, { "--load", o->load }, { "--svg", o->svg },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].value)
			return err_set(e, ERR_USAGE, "bench %s: %s: this one does not take it", b->name, all[i].name);
	return 0;
}

int bench_run(const struct bench *b, char **args, const struct bench_options *o, bool json, bool quick)
{
	struct bench_result *results;
	const struct bench_case *cases;
	struct err e;
	size_t n;
	int rc = b->options ? b->options(o, &e) : refuse_options(b, o, &e);

	rc = rc ? rc : b->open(&cases, &n, args, quick, &e);
	if (rc)
		return cmd_fail(cmd_status(rc), &e);
	results = calloc(n + 1, sizeof(*results));
	if (!results) {
		b->close();
		return cmd_no_memory();
	}
	run_cases(b, cases, n, results, json, quick);
	rc = b->done ? b->done(results, &e) : 0;
	b->close();
	free(results);
	return rc ? cmd_fail(cmd_status(rc), &e) : EXIT_DONE;
}
