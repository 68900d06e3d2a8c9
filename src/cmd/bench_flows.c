/* cmd/bench_flows.c - reads a set of flows: which weights, how many, how long their packets.
 *
 *      1..100-1000:64-1500
 *      |  |   |    |  |
 *      weights count  bytes of a packet, any of these
 *
 * The notation of those who timed dummynet's schedulers, with ranges. Command line alone; nothing is rounded or cut. */
#include "bench_flows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_MAX 65536u
#define BYTES_MAX 65575u

struct group {
	uint32_t weight_least, weight_most, count, least, most;
};

struct reader {
	const char *text, *at;
	struct err *e;
	int rc;
};

static void fail(struct reader *r, int code, const char *what)
{
	if (!r->rc)
		r->rc = err_set(r->e, code, "flows '%s': %s at letter %zu; allowed is %s", r->text, what,
			(size_t)(r->at - r->text) + 1, BENCH_FLOWS_GRAMMAR);
}

static uint32_t number(struct reader *r, const char *what, uint32_t most)
{
	uint64_t n = 0;

	if (*r->at < '0' || *r->at > '9')
		fail(r, ERR_SYNTAX, what);
	for (; *r->at >= '0' && *r->at <= '9' && n <= most; r->at++)
		n = 10 * n + (unsigned)(*r->at - '0');
	if (n < 1 || n > most) {
		if (!r->rc)
			r->rc = err_set(r->e, ERR_RANGE, "flows '%s': %s is not in 1..%u", r->text, what, most);
		return 1;
	}
	return (uint32_t)n;
}

static bool eat(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(r->at, word, n))
		return false;
	r->at += n;
	return true;
}

static void want(struct reader *r, const char *word, const char *what)
{
	if (!eat(r, word))
		fail(r, ERR_SYNTAX, what);
}

static struct group read_group(struct reader *r)
{
	struct group g;

	g.weight_least = g.weight_most = number(r, "a weight", WEIGHT_MAX);
	if (eat(r, ".."))
		g.weight_most = number(r, "a weight", WEIGHT_MAX);
	want(r, "-", "no '-'");
	g.count = number(r, "a count", BENCH_FLOWS_MAX);
	want(r, ":", "no ':'");
	g.least = g.most = number(r, "a length", BYTES_MAX);
	if (eat(r, "-"))
		g.most = number(r, "a length", BYTES_MAX);
	if (g.weight_most < g.weight_least || g.most < g.least)
		fail(r, ERR_RANGE, "a range that goes down");
	return g;
}

static void add(struct reader *r, struct bench_flows *s, const struct group *g)
{
	uint32_t weights = g->weight_most - g->weight_least + 1;
	struct bench_flow *all;

	if (r->rc)
		return;
	if (g->count > BENCH_FLOWS_MAX - s->n) {
		r->rc = err_set(r->e, ERR_RANGE, "flows '%s': more than %u flows", r->text, BENCH_FLOWS_MAX);
		return;
	}
	all = realloc(s->all, (s->n + g->count) * sizeof(*all));
	if (!all) {
		r->rc = err_set(r->e, ERR_NOMEM, "no memory for %u flows", s->n + g->count);
		return;
	}
	s->all = all;
	for (uint32_t i = 0; i < g->count; i++)
		all[s->n++] = (struct bench_flow){ .weight = g->weight_least + i % weights, .least = g->least,
			.most = g->most };
}

int bench_flows_parse(struct bench_flows *s, const char *text, struct err *e)
{
	struct reader r = { .text = text, .at = text, .e = e };

	*s = (struct bench_flows){ .n = 0 };
	do {
		struct group g = read_group(&r);

		add(&r, s, &g);
	} while (!r.rc && eat(&r, ","));
	if (!r.rc && *r.at)
		fail(&r, ERR_SYNTAX, "something more");
	if (r.rc)
		bench_flows_free(s);
	return r.rc;
}

void bench_flows_free(struct bench_flows *s)
{
	free(s->all);
	*s = (struct bench_flows){ .n = 0 };
}
