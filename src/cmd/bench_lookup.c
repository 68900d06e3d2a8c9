/* cmd/bench_lookup.c - of `narrows bench rules`: one rule that asks a table of 10^5 prefixes, and the default rule.
 *
 * Prefixes are those of `narrows bench table` in kind: random bits, lengths 8..32 or 8..128. Every packet goes to a
 * random address, which what the one before found has a part in: the figure is the time until an answer is there,
 * memory and all, and no two lookups are under way at once. It is that of the whole judgement; the base, the same rule
 * and a table of one prefix, tells what of it is not the search, and what is left without that is the lookup. */
#include "bench_lookup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dice.h"
#include "rules/rules.h"
#include "wire/wire.h"

#define PREFIXES 100000u
#define QUICK 1000u
#define ROUND 200000u
#define QUICK_ROUND 10000u
#define ALONE_ROUNDS 3

struct asking {			/* one table, one rule */
	struct rules_tables *tables;
	struct rules_set *set;
	struct rules_counter *counters;
};

struct bench_lookup {
	unsigned width;		/* of an address */
	const char *rule;
	struct asking many, one;
};

struct bench_lookup bench_lookup4 = { .width = 32, .rule = "add 1 deny ip from any to table(t)" };
struct bench_lookup bench_lookup6 = { .width = 128, .rule = "add 1 deny ip from any to table(t)" };
struct bench_lookup bench_lookup_arg = { .width = 32, .rule = "add 1 pipe tablearg ip from any to table(t)" };

static uint32_t packets;

static double judge(const struct asking *a, unsigned width)
{
	static const struct rules_env nothing_known;
	struct view v = { .has = VIEW_HAS_IP | VIEW_HAS_PROTO, .family = width == 32 ? 4 : 6, .proto = PROTO_UDP };
	struct meta m = { .len_bytes = 100 };
	struct rules_found found = { .row = 0 };
	struct dice d = { .key = 3 };
	double began = bench_ns();

	for (uint32_t i = 0; i < packets; i++) {
		struct rules_pass x = { .look = { .view = &v, .meta = &m, .env = &nothing_known,
			.counters = a->counters, .found = &found }, .view = &v, .meta = &m };
		struct rules_answer answer;

		v.dst6[0] = dice_draw(&d);
		v.dst4 = (uint32_t)v.dst6[0];
		rules_judge(a->set, &x, &answer);
		d.key += found.row + answer.arg;
	}
	return (bench_ns() - began) / packets;
}

double bench_lookup_many(void *ctx)
{
	const struct bench_lookup *b = ctx;

	return judge(&b->many, b->width);
}

double bench_lookup_one(void *ctx)
{
	const struct bench_lookup *b = ctx;

	return judge(&b->one, b->width);
}

double bench_lookup_alone(void *ctx)
{
	double many = bench_lookup_many(ctx), one = bench_lookup_one(ctx);

	for (unsigned i = 1; i < ALONE_ROUNDS; i++) {	/* of noise the difference has both, so the least of each */
		double m = bench_lookup_many(ctx), o = bench_lookup_one(ctx);

		many = m < many ? m : many;
		one = o < one ? o : one;
	}
	return many - one;
}

/* One line of tables or rules. False: it was refused. */
static bool do_line(struct asking *a, const char *text)
{
	struct rules_cfg cfg = { .default_allow = true, .tables = a->tables };
	struct rules_cmd *c;
	struct errs errs;
	struct lex lx;

	errs_init(&errs);
	lex_line(&lx, "bench", 1, text, strlen(text), &errs);
	c = rules_parse(&lx);
	if (c && rules_cmd_tables(c))
		rules_tables_run(a->tables, NULL, c, &errs);
	else if (c)
		a->set = rules_build(NULL, &cfg, &c, 1, NULL);
	rules_cmd_free(c);
	errs_fini(&errs);
	return c && !errs.errors;
}

/* Some prefixes are drawn twice: the second says nothing new. */
static bool fill(struct asking *a, unsigned width, uint32_t n)
{
	struct dice d = { .key = width };
	char text[100], ip[WIRE_IP6_TEXT];
	bool good = true;

	for (uint32_t i = 0; good && i < n; i++) {
		unsigned len = 8 + (unsigned)(dice_draw(&d) % (width - 7));
		uint64_t addr[2] = { dice_draw(&d), dice_draw(&d) };

		if (width == 32)
			wire_ip4_print((uint32_t)addr[0], ip);
		else
			wire_ip6_print(addr, ip);
		snprintf(text, sizeof(text), "-q table t add %s/%u %" PRIu32, ip, len, 1 + i % 1000);
		good = do_line(a, text);
	}
	return good;
}

static int open_one(struct asking *a, const struct bench_lookup *b, uint32_t prefixes, struct err *e)
{
	a->tables = rules_tables_new(1);
	if (!a->tables || !do_line(a, "table t create") || !fill(a, b->width, prefixes) || !do_line(a, b->rule))
		return err_set(e, ERR_NOMEM, "no memory for a table");
	a->counters = rules_counters(a->set, NULL, NULL);
	return a->counters ? 0 : err_set(e, ERR_NOMEM, "no memory for counters");
}

static void close_one(struct asking *a)
{
	rules_release(a->set);
	rules_tables_free(a->tables);
	free(a->counters);
	*a = (struct asking){ .set = NULL };
}

static struct bench_lookup *const all[] = { &bench_lookup4, &bench_lookup6, &bench_lookup_arg };
enum { ALL = sizeof(all) / sizeof(*all) };

int bench_lookup_open(bool quick, struct err *e)
{
	int rc = 0;

	packets = quick ? QUICK_ROUND : ROUND;
	for (unsigned i = 0; !rc && i < ALL; i++) {
		rc = open_one(&all[i]->many, all[i], quick ? QUICK : PREFIXES, e);
		rc = rc ? rc : open_one(&all[i]->one, all[i], 1, e);
	}
	return rc;
}

void bench_lookup_close(void)
{
	for (unsigned i = 0; i < ALL; i++) {
		close_one(&all[i]->many);
		close_one(&all[i]->one);
	}
}
