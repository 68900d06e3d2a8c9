/* lane/lane.c - the joint between rules and emu: one packet's way through an instance.
 *
 *      lane_input --> departures due --> view --> rules --+--> out (allow, or not IP)
 *                          |                              +--> drop (deny)
 *                          v                              +--> emu_put (pipe) ... later: departures due
 *                        out
 *
 * Rules answer and keep no packet; emu keeps packets and knows no rule. A packet that a pipe gives back is accepted
 * (one_pass). Time comes with every call; between two calls nothing happens, so virtual and real time are the same
 * code.
 *
 * Cost: one view (wire/view.c), one walk through the rules (rules/rules_judge.c), one look at the emulator's next
 * departure; no allocation but a copy of borrowed bytes when a pipe takes a packet from a stream. Thread: the one
 * owner. */
#include "lane_int.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"

struct lane {
	struct lane_cfg cfg;
	struct rules_env env;
	struct rules_set *rules;
	struct rules_counter *counters;	/* one for each of rules */
	struct emu *emu;
	uint64_t arrivals;		/* seq of the next packet */
	const struct pkt *entering;	/* on its way into a pipe now; NULL again if it was dropped there */
};

static void emu_dropped(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct lane *l = ctx;
	struct lane_end end = {
		.why = why, .where = kind == EMU_PIPE ? LANE_PIPE : LANE_QUEUE, .number = number,
		.held = p != l->entering,
	};

	if (!end.held)
		l->entering = NULL;
	l->cfg.ops.drop(l->cfg.ops.ctx, p, &end);
}

static const char *iface_name(void *ctx, uint16_t iface)
{
	struct lane *l = ctx;

	return l->cfg.iface_name ? l->cfg.iface_name(l->cfg.ops.ctx, iface) : NULL;
}

/* A few addresses given by hand, and asked only by rules that say `me`: one after the other. */
static bool is_me4(void *ctx, uint32_t addr)
{
	struct lane *l = ctx;

	for (uint32_t i = 0; i < l->cfg.me_count; i++)
		if (l->cfg.me[i].family == 4 && lane_net_has4(&l->cfg.me[i], addr))
			return true;
	return false;
}

static bool is_me6(void *ctx, const uint64_t addr[2])
{
	struct lane *l = ctx;

	for (uint32_t i = 0; i < l->cfg.me_count; i++)
		if (l->cfg.me[i].family == 6 && lane_net_has6(&l->cfg.me[i], addr))
			return true;
	return false;
}

struct lane *lane_new(const struct lane_cfg *cfg)
{
	struct lane *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->cfg = *cfg;
	l->env = (struct rules_env){ l, iface_name, is_me4, is_me6 };
	l->emu = emu_new(&(struct emu_cfg){ .seed = cfg->seed, .pool = cfg->pool, .dropped = emu_dropped, .ctx = l });
	l->rules = rules_build(NULL, &(struct rules_cfg){ .default_allow = cfg->default_allow, .seed = cfg->seed }, NULL,
		0, NULL);
	l->counters = l->rules ? rules_counters(l->rules, NULL, NULL) : NULL;
	if (l->emu && l->counters)
		return l;
	lane_free(l);
	return NULL;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	emu_free(l->emu);
	rules_release(l->rules);
	free(l->counters);
	free(l);
}

void lane_end_at(struct lane *l, nrw_time end)
{
	emu_end_at(l->emu, end);
}

const struct rules_set *lane_rules(const struct lane *l)
{
	return l->rules;
}

const struct rules_counter *lane_counters(const struct lane *l)
{
	return l->counters;
}

struct emu *lane_emu(struct lane *l)
{
	return l->emu;
}

nrw_time lane_next(const struct lane *l)
{
	return emu_next(l->emu);
}

void lane_advance(struct lane *l, nrw_time now)
{
	struct pkt *p;

	while ((p = emu_take(l->emu, now)))
		l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_RELEASED);
}

static bool in_net(const struct lane_net *net, const struct view *v)
{
	if (net->family != v->family)
		return false;
	return net->family == 4 ? lane_net_has4(net, v->src4) : lane_net_has6(net, v->src6);
}

static enum meta_dir direction(const struct lane *l, const struct view *v)
{
	if (l->cfg.dir == LANE_BY_NET)
		return in_net(&l->cfg.local, v) ? META_OUT : META_IN;
	return l->cfg.dir == LANE_ALL_OUT ? META_OUT : META_IN;
}

static void end_by_rule(struct lane *l, struct pkt *p, uint32_t rule)
{
	struct lane_end end = { .why = DROP_RULE, .where = LANE_RULE, .number = rules_number(l->rules, rule),
		.rule = rule };

	l->cfg.ops.drop(l->cfg.ops.ctx, p, &end);
}

/* A pipe that takes no time holds nothing: the packet is out again at the instant it came, with its own time. All that
 * was due before it is out already, so only this one can be. */
static bool passed_at_once(struct lane *l, uint64_t seq, uint64_t own, nrw_time now)
{
	struct pkt *p;
	bool passed = false;

	while (emu_next(l->emu) <= now && (p = emu_take(l->emu, now))) {
		passed = p->seq == seq;
		if (passed)
			p->at = own;
		l->cfg.ops.out(l->cfg.ops.ctx, p, passed ? LANE_PASSED : LANE_RELEASED);
	}
	return passed;
}

static void hold(struct lane *l, struct pkt *p, const struct view *v, const struct rules_answer *a, nrw_time now)
{
	enum emu_kind kind = a->verdict == RULES_PIPE ? EMU_PIPE : EMU_QUEUE;
	uint64_t seq = p->seq, own = p->at;
	bool entered;

	l->entering = p;
	if (pkt_keep(l->cfg.pool, p))
		emu_dropped(l, p, DROP_NO_MEMORY, kind, a->arg);
	else
		emu_put(l->emu, kind, a->arg, p, v, now);
	entered = l->entering != NULL;
	l->entering = NULL;
	if (entered && !passed_at_once(l, seq, own, now) && l->cfg.ops.held)
		l->cfg.ops.held(l->cfg.ops.ctx, p);
}

/* What is known of the packet beside its bytes. */
static inline void know(const struct lane *l, struct pkt *p, const struct view *v, struct meta *m)
{
	m->dir = (uint8_t)direction(l, v);
	if (m->dir == META_IN)
		m->iface_in = (uint16_t)(p->iface + 1);
	else
		m->iface_out = (uint16_t)(p->iface + 1);
	m->layer2 = l->cfg.layer2;
	m->len_bytes = p->acct_bytes = l->cfg.layer2 ? p->wire_bytes : v->ip_bytes;
}

void lane_input(struct lane *l, struct pkt *p, nrw_time now)
{
	struct view v;
	struct meta m = { 0 };
	struct rules_pass pass = { .look = { &v, &m, &l->env, p->data, p->len_bytes, l->counters }, .view = &v,
		.meta = &m, .pkt = p, .pool = l->cfg.pool, .now = now };
	struct rules_answer a;

	if (emu_next(l->emu) <= now)
		lane_advance(l, now);
	p->seq = l->arrivals++;
	view_parse(&v, p->link, p->data, p->len_bytes, p->wire_bytes);
	if (!(v.has & VIEW_HAS_IP) && !l->cfg.layer2) {
		TRACE(lane, "%" PRIu64 " ns: packet %" PRIu64 ": %s: passes unjudged", now, p->seq + 1,
			view_stop_text(v.stop));
		l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_BYPASSED);
		return;
	}
	know(l, p, &v, &m);
	rules_judge(l->rules, &pass, &a);
	TRACE(lane, "%" PRIu64 " ns: packet %" PRIu64 ": rule %" PRIu32 ": %s", now, p->seq + 1,
		rules_number(l->rules, a.rule), rules_text(l->rules, a.rule));
	switch (a.verdict) {
	case RULES_ALLOW:
		l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_PASSED);
		break;
	case RULES_DENY:
		end_by_rule(l, p, a.rule);
		break;
	case RULES_PIPE:
	case RULES_QUEUE:
		hold(l, p, &v, &a, now);
		break;
	}
}

struct missing {
	struct lane *l;
	struct errs *warnings;
};

static void warn_missing(void *ctx, uint32_t rule, enum rules_verdict v, uint32_t arg)
{
	const struct missing *m = ctx;
	bool pipe = v == RULES_PIPE;
	char at[32];

	if (emu_has(m->l->emu, pipe ? EMU_PIPE : EMU_QUEUE, arg))
		return;
	snprintf(at, sizeof(at), "rule %u", rules_number(m->l->rules, rule));
	errs_warn(m->warnings, &(struct place){ .file = at }, "%s %u does not exist: its packets are dropped (%s)",
		pipe ? "pipe" : "queue", arg,
		drop_name(DROP_NO_PIPE));
}

/* The new set with counters of its own. Counting starts anew: a script is the whole rule set of its lane. */
static void swap_rules(struct lane *l, struct rules_set *set, struct rules_counter *counters)
{
	rules_release(l->rules);
	free(l->counters);
	l->rules = set;
	l->counters = counters;
}

static int apply_emu(struct lane *l, const struct lane_script *s, struct err *e)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->lines[i].room == SCRIPT_EMU && emu_apply(l->emu, s->lines[i].emu, 0, e))
			return ERR_NOMEM;
	return 0;
}

int lane_commit(struct lane *l, struct lane_script *s, struct errs *warnings, struct err *e)
{
	const struct rules_cfg cfg = { .default_allow = l->cfg.default_allow, .seed = l->cfg.seed };
	struct missing missing = { l, warnings };
	struct rules_counter *counters = NULL;
	struct rules_set *set = NULL;
	size_t n;
	struct rules_cmd **cmds = script_rules(s, &n);

	if (cmds)
		set = rules_build(NULL, &cfg, cmds, n, e);
	free(cmds);
	if (set)
		counters = rules_counters(set, NULL, NULL);
	if (!counters || apply_emu(l, s, e)) {
		free(counters);
		rules_release(set);
		return err_set(e, ERR_NOMEM, "no memory for the script");
	}
	swap_rules(l, set, counters);
	rules_each_target(l->rules, warn_missing, &missing);
	return 0;
}
