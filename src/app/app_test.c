/* app/app_test.c - expectations of a script, each asked of the rules that the script itself made.
 *
 *      lane_commit --> for each expectation: time passes --> packet built --> lane_explain --> as expected?
 *
 * The whole script is loaded first, so an expectation speaks of all its rules wherever it stands; one behind `at 5s` is
 * asked at that time, after the commands of that time. Packets are asked about, not sent: no pipe fills up, and the
 * order of expectations of one time means nothing but to counters and to `prob`, whose draws go by them.
 *
 * Interfaces have numbers in a lane and names in a script: each name that is seen gets the next number. Control thread;
 * one packet of 64 KiB. */
#include "app_test.h"

#include <stdlib.h>
#include <string.h>

enum { VERDICT_BYTES = 100 };

struct testing {
	const struct app_test_cfg *cfg;
	struct app_test_end *end;
	struct err *err;
	struct pkt_pool *pool;
	struct lane *lane;
	const char **names;		/* of interface 1, 2, … */
	uint16_t name_count;
	uint32_t *rules;
	size_t count, room;
	bool no_memory;
	uint8_t bytes[LANE_EXPECTED_BYTES];
};

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct testing *t = ctx;

	pkt_free(t->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct testing *t = ctx;

	pkt_free(t->pool, p);
}

static void on_said(void *ctx, enum lane_said what, const char *text)
{
	struct testing *t = ctx;

	t->end->failed_commands += what == LANE_FAILED;
	if (t->cfg->said)
		t->cfg->said(what, text);
}

static const char *iface_name(void *ctx, uint16_t number)
{
	const struct testing *t = ctx;

	return number && number <= t->name_count ? t->names[number - 1] : NULL;
}

/* The number of a name, a new one if need be; 0: no name, or no memory. */
static uint16_t iface_number(struct testing *t, const char *name)
{
	const char **more;

	if (!name)
		return 0;
	for (uint16_t i = 0; i < t->name_count; i++)
		if (!strcmp(t->names[i], name))
			return (uint16_t)(i + 1);
	more = t->name_count < UINT16_MAX ? realloc(t->names, (t->name_count + 1u) * sizeof(*more)) : NULL;
	if (!more) {
		t->no_memory = true;
		return 0;
	}
	t->names = more;
	more[t->name_count] = name;
	return ++t->name_count;
}

static void on_match(void *ctx, uint32_t rule)
{
	struct testing *t = ctx;
	size_t room = t->room ? t->room * 2 : 64;
	uint32_t *more;

	if (t->count == t->room) {
		more = realloc(t->rules, room * sizeof(*more));
		if (!more) {
			t->no_memory = true;
			return;
		}
		t->rules = more;
		t->room = room;
	}
	t->rules[t->count++] = rules_number(lane_rules(t->lane), rule);
}

static int no_memory(struct testing *t)
{
	return err_set(t->err, ERR_NOMEM, "no memory for the tests");
}

/* Asks the rules about the packet of `x`, which `p` becomes. */
static void ask(struct testing *t, const struct lane_expected *x, struct pkt *p, struct lane_verdict *v)
{
	const char *own = t->cfg->iface;
	struct lane_seen seen = {
		.dir = x->out ? META_OUT : META_IN,
		.iface_in = iface_number(t, x->recv ? x->recv : x->out ? NULL : own),
		.iface_out = iface_number(t, x->xmit ? x->xmit : x->out ? own : NULL),
	};

	p->data = t->bytes;
	p->len_bytes = p->wire_bytes = lane_expected_packet(x, t->bytes);
	p->link = LINK_ETHERNET;
	p->at = x->at;
	t->count = 0;
	lane_explain(t->lane, p, x->at, &seen, on_match, t, v);
}

static void judge(struct testing *t, const struct lane_expected *x, const struct lane_verdict *v, const char *text)
{
	const struct rules_set *rules = lane_rules(t->lane);
	char verdict[VERDICT_BYTES] = "allow";
	struct app_tested told = { .expected = x, .text = text, .verdict = verdict, .rules = t->rules,
		.count = t->count };

	if (v->judged) {
		snprintf(verdict, sizeof(verdict), "%.*s", (int)v->action.n, v->action.p);
		told.rule = rules_number(rules, v->answer.rule);
		told.rule_text = rules_text(rules, v->answer.rule);
	}
	told.good = !strcmp(verdict, x->verdict) && (!x->rule || x->rule == told.rule);
	t->end->tests++;
	t->end->failed += !told.good;
	t->cfg->each(t->cfg->ctx, &told);
}

static int each(void *ctx, const struct lane_expected *x)
{
	struct testing *t = ctx;
	struct pkt *p = pkt_new(t->pool);
	char *text = lane_expected_text(x);
	struct lane_verdict v;

	if (p && text) {
		ask(t, x, p, &v);
		judge(t, x, &v, text);
	} else {
		t->no_memory = true;
	}
	free(text);
	if (p)
		pkt_free(t->pool, p);
	return t->no_memory ? no_memory(t) : 0;
}

static int load(struct testing *t, struct lane_script *script, struct errs *warnings)
{
	struct lane_cfg cfg = t->cfg->lane;

	t->pool = cfg.pool = pkt_pool_new(0);
	cfg.dir = LANE_ALL_IN;
	cfg.iface_name = iface_name;
	cfg.ops = (struct lane_ops){ .out = on_out, .drop = on_drop, .said = on_said, .ctx = t };
	t->lane = t->pool ? lane_new(&cfg) : NULL;
	return t->lane ? lane_commit(t->lane, script, warnings, t->err) : no_memory(t);
}

int app_test(const struct app_test_cfg *cfg, struct lane_script *script, struct errs *warnings,
	struct app_test_end *end,
	struct err *e)
{
	struct testing *t = calloc(1, sizeof(*t));
	int rc;

	*end = (struct app_test_end){ 0 };
	if (!t)
		return err_set(e, ERR_NOMEM, "no memory");
	t->cfg = cfg;
	t->end = end;
	t->err = e;
	rc = load(t, script, warnings);
	if (!rc)
		rc = lane_script_expected(script, each, t);
	if (!rc)
		end->waiting = lane_waiting(t->lane, end->first_waiting, sizeof(end->first_waiting));
	lane_free(t->lane);
	if (t->pool)
		pkt_pool_free(t->pool);
	free(t->names);
	free(t->rules);
	free(t);
	return rc;
}
