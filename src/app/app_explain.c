/* app/app_explain.c - a capture through rules, a packet at a time, and what each rule said.
 *
 *      cap_read (one) --> arrival time --> lane_explain --> cfg.each(rules that matched, verdict, why)
 *
 * The packets are judged as `narrows pcap` judges them: at the same arrival times, with commands of `at` run between
 * them, by the same code. Nothing is carried out, so a pipe is a verdict and never has an effect on what comes later.
 * Records are read one by one, since then the reader's count of records is the packet's number, that of the skipped
 * ones included. Memory: one list of rules, as long as the longest way through them. One thread. */
#include "app_explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { VERDICT_BYTES = 100, REASON_BYTES = 1000 };

struct explain {
	const struct app_explain_cfg *cfg;
	struct app_explain_end *end;
	struct pkt_pool *pool;
	struct lane *lane;
	struct cap_reader *in;
	uint32_t *rules;
	size_t count, room;
	bool no_memory;
	bool started;
	uint64_t start_ns, last_ns;
};

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct explain *x = ctx;

	pkt_free(x->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct explain *x = ctx;

	pkt_free(x->pool, p);
}

static void on_said(void *ctx, enum lane_said what, const char *text)
{
	struct explain *x = ctx;

	x->end->failed_commands += what == LANE_FAILED;
	if (x->cfg->said)
		x->cfg->said(what, text);
}

static const char *iface_name(void *ctx, uint16_t number)
{
	const struct explain *x = ctx;
	const struct cap_iface *i = number ? cap_iface(x->in, number - 1u) : NULL;

	if (x->cfg->iface)
		return x->cfg->iface;
	return i && *i->name ? i->name : "pcap0";
}

static void on_match(void *ctx, uint32_t rule)
{
	struct explain *x = ctx;
	size_t room = x->room ? x->room * 2 : 64;
	uint32_t *more;

	if (x->count == x->room) {
		more = realloc(x->rules, room * sizeof(*more));
		if (!more) {
			x->no_memory = true;
			return;
		}
		x->rules = more;
		x->room = room;
	}
	x->rules[x->count++] = rules_number(lane_rules(x->lane), rule);
}

static void give_reason(const struct explain *x, const struct lane_verdict *v, char *to)
{
	const struct rules_set *rules = lane_rules(x->lane);
	uint32_t rule = v->answer.rule;
	const char *missing = v->missing ? ", which does not exist: no-pipe" : "";
	int n;

	if (!v->judged) {
		snprintf(to, REASON_BYTES, "no rule is asked: %s", view_stop_text(v->view->stop));
		return;
	}
	n = snprintf(to, REASON_BYTES, "rule %" PRIu32 ": %s%s", rules_number(rules, rule), rules_text(rules, rule),
		missing);
	if (n >= REASON_BYTES)
		snprintf(to, REASON_BYTES, "rule %" PRIu32 "%s", rules_number(rules, rule), missing);
}

static nrw_time arrive(struct explain *x, const struct pkt *p)
{
	if (!x->started)
		x->start_ns = x->last_ns = p->at;
	x->started = true;
	x->last_ns = p->at > x->last_ns ? p->at : x->last_ns;
	return x->last_ns - x->start_ns;
}

static void one(struct explain *x, struct pkt *p)
{
	char verdict[VERDICT_BYTES] = "allow", reason[REASON_BYTES];
	nrw_time now = arrive(x, p);
	struct app_explained told = { .packet = x->end->input.records, .time_ns = p->at, .now = now,
		.verdict = verdict, .reason = reason };
	struct lane_verdict v;

	x->count = 0;
	lane_explain(x->lane, p, now, NULL, on_match, x, &v);
	if (v.judged)
		snprintf(verdict, sizeof(verdict), "%.*s", (int)v.action.n, v.action.p);
	give_reason(x, &v, reason);
	told.rules = x->rules;
	told.count = x->count;
	told.view = v.view;
	x->cfg->each(x->cfg->ctx, &told);
}

static int read_all(struct explain *x, struct err *e)
{
	while (!x->no_memory && !(x->cfg->stop && x->cfg->stop())) {
		struct pkt *p = pkt_new(x->pool);
		unsigned n = p ? cap_read(x->in, &p, 1) : 0;

		if (!p)
			return err_set(e, ERR_NOMEM, "no memory for packets");
		cap_stats(x->in, &x->end->input);
		if (n)
			one(x, p);
		pkt_free(x->pool, p);
		if (!n)
			break;
	}
	return x->no_memory ? err_set(e, ERR_NOMEM, "no memory for what rules said") : 0;
}

static int finish(struct explain *x, struct err *e)
{
	enum cap_end end = cap_end(x->in);

	x->end->waiting = lane_waiting(x->lane, x->end->first_waiting, sizeof(x->end->first_waiting));
	x->end->truncated = end == CAP_TRUNCATED || end == CAP_DAMAGED;
	if (x->end->truncated)
		snprintf(x->end->damage, sizeof(x->end->damage), "%s", cap_end_text(x->in));
	if (end == CAP_FAILED)
		return err_set(e, ERR_IO, "%s: %s", x->cfg->input, cap_end_text(x->in));
	return 0;
}

static int make_lane(struct explain *x, struct lane_script *script, struct errs *warnings, struct err *e)
{
	struct lane_cfg cfg = x->cfg->lane;

	x->pool = cfg.pool = pkt_pool_new(0);
	cfg.iface_name = iface_name;
	cfg.ops = (struct lane_ops){ .out = on_out, .drop = on_drop, .said = on_said, .ctx = x };
	x->lane = x->pool ? lane_new(&cfg) : NULL;
	if (!x->lane)
		return err_set(e, ERR_NOMEM, "no memory for the lane");
	return lane_commit(x->lane, script, warnings, e);
}

int app_explain(const struct app_explain_cfg *cfg, struct lane_script *script, struct errs *warnings,
	struct app_explain_end *end, struct err *e)
{
	struct explain x = { .cfg = cfg, .end = end };
	int rc;

	*end = (struct app_explain_end){ 0 };
	rc = make_lane(&x, script, warnings, e);
	if (!rc)
		rc = cap_open(&x.in, cfg->input, e);
	if (!rc)
		rc = read_all(&x, e);
	if (!rc)
		rc = finish(&x, e);
	lane_free(x.lane);
	if (x.pool)
		pkt_pool_free(x.pool);
	if (x.in)
		cap_close(x.in);
	free(x.rules);
	return rc;
}
