/* lane/lane.c - the joint between rules and emu: one packet's way through an instance.
 *
 *      lane_input --> what is due first --> view --> rules --+--> out (allow, or not IP)
 *                                            ^       ^       +--> drop (deny), and its answer
 *                                            |       |       +--> emu_put (pipe) ... later, out of the pipe:
 *                                            |       |                       |
 *                                            +--- behind the rule that <-----+--> out (one_pass)
 *                                                 sent it there
 *
 * Rules answer and keep no packet; emu keeps packets and knows no rule. Time comes with every call; between two calls
 * nothing happens, so virtual and real time are the same code.
 *
 * One_pass, on unless the script says otherwise, is looked at when a rule sends a packet into a pipe: a packet that
 * left with it off goes back to the rules, behind the rule that sent it, at the very instant it leaves the pipe. It
 * remembers that rule by index, number and id on its second line (pkt/pkt_lazy.h): the index holds while the rule set
 * is the same, number and id find the place in every later one. Going back is a loop, never recursion: a packet that a
 * pipe without delay returns at once is taken out of the emulator again by who put it in. After RETURNS_MAX times it is
 * the drop `reentry`.
 *
 * At one instant: departures; commands of `at` (lane_schedule.c); packets that go back to the rules, by order of
 * arrival; fresh arrivals. To keep it where a command stands at the instant of a departure, what leaves then and is to
 * go back waits in `back` until the commands are done. A packet that goes back may find a pipe it was in before, so
 * time goes on event by event while there are such packets: emu is never called for a time that it has passed.
 *
 * Cost: one view (wire/view.c), one walk through the rules (rules/rules_judge.c), one look at the emulator's next
 * departure and one at the next command; no allocation but a copy of borrowed bytes when a pipe takes a packet from a
 * stream, and a second line where one_pass is off. Thread: the one owner. */
#include "lane_int.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "pkt/pkt_lazy.h"

#define RETURNS_MAX 64
#define NOT_FRESH UINT64_MAX	/* seq of no packet */

enum way { WAY_FRESH, WAY_BACK };	/* arrives now and nothing has held it; or comes out of a pipe */

/* p->at of a packet that could go back was its entry to this pipe, or its departure from the last, of one whose time
 * ran backwards its arrival: it becomes its own again. */
static void drop(struct lane *l, struct pkt *p, struct lane_end *end)
{
	end->own = end->held && p->lazy && p->lazy->has_own;
	if (end->own)
		p->at = p->lazy->own;
	l->cfg.ops.drop(l->cfg.ops.ctx, p, end);
}

static void emu_dropped(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct lane *l = ctx;
	static const enum lane_where where[] = {
		[EMU_PIPE] = LANE_PIPE, [EMU_QUEUE] = LANE_QUEUE, [EMU_SCHED] = LANE_SCHED,
	};
	struct lane_end end = {
		.why = why, .where = where[kind], .number = number,
		.held = p->seq != l->fresh_seq,
	};

	if (p == l->fresh)
		l->fresh = NULL;
	drop(l, p, &end);
}

static void drop_by_rule(struct lane *l, struct pkt *p, enum drop why, uint32_t rule, enum way way)
{
	struct lane_end end = { .why = why, .where = LANE_RULE, .number = rules_number(l->rules, rule), .rule = rule,
		.held = way == WAY_BACK };

	drop(l, p, &end);
}

struct lane *lane_new(const struct lane_cfg *cfg)
{
	struct lane *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->cfg = *cfg;
	l->next_at = NRW_NEVER;
	l->fresh_seq = NOT_FRESH;
	l->one_pass = true;
	l->step = 100;
	l->judged = VIEW_HAS_IP;
	l->seen = cfg->layer2 ? VIEW_HAS_IP : 0;
	lane_env_init(l);
	l->outputs = cfg->ops.may_write ? emu_files_new(cfg->ops.may_write, cfg->ops.ctx) : NULL;
	l->emu = emu_new(&(struct emu_cfg){ .seed = cfg->seed, .pool = cfg->pool, .layer2 = cfg->layer2,
		.dropped = emu_dropped, .ctx = l, .files = l->outputs, .metered = true });
	l->tables = rules_tables_new(cfg->seed);
	l->rules = rules_build(NULL, &(struct rules_cfg){ .default_allow = cfg->default_allow, .seed = cfg->seed },
		NULL,
		0, NULL);
	l->counters = l->rules ? rules_counters(l->rules, NULL, NULL) : NULL;
	l->meta.layer2 = cfg->layer2;
	l->meta.dir = cfg->dir == LANE_ALL_OUT ? META_OUT : META_IN;
	l->iface = l->meta.dir == META_IN ? &l->meta.iface_in : &l->meta.iface_out;
	l->pass = (struct rules_pass){
		.look = { .view = &l->view, .meta = &l->meta, .env = &l->env, .counters = l->counters,
			.found = &l->found },
		.view = &l->view, .meta = &l->meta, .pool = cfg->pool };
	if (!cfg->no_cache && !cfg->no_index)
		l->pass.cache = rules_cache_new(cfg->seed, &l->generation, l->tables);	/* or none */
	if (l->emu && l->counters && l->tables && (l->outputs || !cfg->ops.may_write))
		return l;
	lane_free(l);
	return NULL;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	schedule_fini(l);
	emu_free(l->emu);
	emu_files_free(l->outputs);
	rules_release(l->rules);
	rules_tables_free(l->tables);
	rules_cache_free(l->pass.cache);
	free(l->counters);
	free(l);
}

void lane_epoch(struct lane *l, uint64_t epoch_ns)
{
	l->epoch_ns = epoch_ns;
}

void lane_end_at(struct lane *l, nrw_time end)
{
	emu_end_at(l->emu, end);
}

void lane_start_at(struct lane *l, uint64_t start_ns)
{
	if (l->outputs)
		emu_files_start(l->outputs, start_ns);
}

int lane_finish(struct lane *l, nrw_time now, struct err *e)
{
	emu_drop_held(l->emu, now);
	return l->outputs ? emu_files_close(l->outputs, e) : 0;
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

void lane_say(const struct lane *l, enum lane_said what, const char *text)
{
	if (l->cfg.ops.said)
		l->cfg.ops.said(l->cfg.ops.ctx, what, text);
}

static bool in_net(const struct lane_net *net, const struct view *v)
{
	if (net->family != v->family)
		return false;
	return net->family == 4 ? lane_net_has4(net, v->src4) : lane_net_has6(net, v->src6);
}

/* The interface a packet came by, or the one it leaves by; the other is not known. */
static void set_way(struct meta *m, enum meta_dir dir, uint16_t iface)
{
	m->dir = (uint8_t)dir;
	m->iface_in = dir == META_IN ? iface : 0;
	m->iface_out = dir == META_IN ? 0 : iface;
}

/* Makes l->pass, l->view and l->meta those of this packet. False: it meets no rule. */
static inline __attribute__((always_inline)) bool look_at(struct lane *l, struct pkt *p, nrw_time now)
{
	struct view *v = &l->view;
	struct meta *m = &l->meta;
	uint16_t iface = (uint16_t)(p->iface + 1);

	view_parse(v, p->link, p->data, p->len_bytes, p->wire_bytes);
	if (!((v->has | l->seen) & l->judged))
		return false;
	if (l->cfg.dir == LANE_BY_NET)
		set_way(m, in_net(&l->cfg.local, v) ? META_OUT : META_IN, iface);
	else
		*l->iface = iface;
	m->tags = 0;	/* rules_judge() knows those it brings along */
	m->len_bytes = p->acct_bytes = l->seen ? p->wire_bytes : v->ip_bytes;
	l->pass.look.bytes = p->data;
	l->pass.look.len_bytes = p->len_bytes;
	l->pass.look.wire_bytes = p->wire_bytes;
	l->pass.pkt = p;
	l->pass.now = now;
	return true;
}

bool lane_look_at(struct lane *l, struct pkt *p, nrw_time now)
{
	return look_at(l, p, now);
}

/* It arrives later than its own time says: the capture's time ran backwards. */
static inline bool is_late(const struct lane *l, const struct pkt *p, nrw_time now, enum way way)
{
	return way == WAY_FRESH && p->at != l->epoch_ns + now;
}

/* Its own time, and where it goes on when it leaves the pipe that rule a->rule sends it to. False: no memory. */
static bool remember(struct lane *l, struct pkt *p, const struct rules_answer *a, nrw_time now, enum way way)
{
	bool needed = !l->one_pass || is_late(l, p, now, way);
	struct pkt_lazy *z = needed ? pkt_lazy(l->cfg.pool, p) : p->lazy;

	if (!z)
		return !needed;
	if (way == WAY_FRESH) {
		z->own = p->at;
		z->has_own = true;
	}
	z->returns = !l->one_pass;
	if (!z->returns)
		return true;
	z->rule = a->rule;
	z->rule_generation = l->generation;
	z->rule_number = (uint16_t)rules_number(l->rules, a->rule);
	z->rule_id = rules_id(l->rules, a->rule);
	return true;
}

static void put(struct lane *l, struct pkt *p, const struct rules_answer *a, nrw_time now)
{
	emu_put(l->emu, a->verdict == RULES_PIPE ? EMU_PIPE : EMU_QUEUE, a->arg, p, &l->view, now);
}

/* The same for a packet that is to remember something, or has to be given bytes of its own. */
static __attribute__((noinline)) void prepare_and_put(struct lane *l, struct pkt *p, const struct rules_answer *a,
	nrw_time now, enum way way)
{
	if (!remember(l, p, a, now, way) || pkt_keep(l->cfg.pool, p))
		emu_dropped(l, p, DROP_NO_MEMORY, a->verdict == RULES_PIPE ? EMU_PIPE : EMU_QUEUE, a->arg);
	else
		put(l, p, a, now);
}

/* Into the pipe, where it may end at once. A copy that is made there is as fresh as the packet. */
static void enter(struct lane *l, struct pkt *p, const struct rules_answer *a, nrw_time now, enum way way)
{
	if (way == WAY_FRESH && !(p->flags & PKT_COPY)) {
		l->fresh = p;
		l->fresh_seq = p->seq;
	}
	if (l->one_pass && pkt_kept(p) && !is_late(l, p, now, way))
		put(l, p, a, now);
	else
		prepare_and_put(l, p, a, now, way);
}

/* The packet ends, and what its rule answers comes behind it: at this instant, and meets no rule. */
static void deny(struct lane *l, struct pkt *p, const struct view *v, const struct rules_answer *a, nrw_time now,
	enum way way)
{
	struct pkt *answer = a->reply == RULES_SILENT ? NULL : lane_answer(l, p, v, a, now);

	drop_by_rule(l, p, a->why, a->rule, way);
	if (answer && l->cfg.ops.answer)
		l->cfg.ops.answer(l->cfg.ops.ctx, answer, a->rule);
	else if (answer)
		pkt_free(l->cfg.pool, answer);
}

/* Does what the rules answered. True: a pipe has had it. */
static inline bool obey(struct lane *l, struct pkt *p, const struct rules_answer *a, nrw_time now, enum way way)
{
	TRACE(lane, "%" PRIu64 " ns: packet %" PRIu64 ": rule %" PRIu32 ": %s", now, p->seq + 1,
		rules_number(l->rules, a->rule), rules_text(l->rules, a->rule));
	switch (a->verdict) {
	case RULES_ALLOW:
		l->cfg.ops.out(l->cfg.ops.ctx, p, way == WAY_FRESH ? LANE_PASSED : LANE_RELEASED);
		return false;
	case RULES_DENY:
		deny(l, p, &l->view, a, now, way);
		return false;
	case RULES_PIPE:
	case RULES_QUEUE:
		enter(l, p, a, now, way);
		return true;
	}
	return false;
}

/* A packet out of a pipe meets the rules behind the one that sent it there. True: the next pipe has had it. */
static __attribute__((noinline)) bool go_back(struct lane *l, struct pkt *p, nrw_time now, enum way way)
{
	struct pkt_lazy *z = p->lazy;
	bool same = z->rule_generation == l->generation;
	struct rules_answer a;

	l->pass.from = same ? z->rule + 1 : rules_after(l->rules, z->rule_number, z->rule_id);
	if (z->returned >= RETURNS_MAX) {
		drop_by_rule(l, p, DROP_REENTRY, same ? z->rule : l->pass.from, way);
		return false;
	}
	z->returned++;
	if (!look_at(l, p, now)) {	/* the firewall was disabled while it was away */
		l->cfg.ops.out(l->cfg.ops.ctx, p, way == WAY_FRESH ? LANE_PASSED : LANE_RELEASED);
		return false;
	}
	l->pass.again = true;
	rules_judge(l->rules, &l->pass, &a);
	return obey(l, p, &a, now, way);
}

static inline bool returns(const struct pkt *p)
{
	return p->lazy && p->lazy->returns;
}

/* A packet that has left its pipe, at its departure p->at. */
static inline void came_out(struct lane *l, struct pkt *p)
{
	if (returns(p))
		go_back(l, p, p->at, WAY_BACK);
	else
		l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_RELEASED);
}

static __attribute__((noinline)) void let_out_by_event(struct lane *l, nrw_time until)
{
	struct pkt *p;
	nrw_time next;

	while ((next = emu_next(l->emu)) <= until)
		if ((p = emu_take(l->emu, next)))
			came_out(l, p);
}

/* All that leaves until `until`. Where packets go back, one event at a time. */
static inline void let_out(struct lane *l, nrw_time until)
{
	struct pkt *p;

	if (l->by_event) {
		let_out_by_event(l, until);
		return;
	}
	while ((p = emu_take(l->emu, until)))
		l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_RELEASED);
}

/* The instant of a command: what leaves now, the commands, then what goes back. Of that, a pipe without delay may give
 * some back at once, which then has its turn by order of arrival. */
static void instant_of_command(struct lane *l, nrw_time now)
{
	struct pkt *p;

	if (now)
		let_out(l, now - 1);
	while (emu_next(l->emu) <= now) {
		p = emu_take(l->emu, now);
		if (p && returns(p))
			pkt_fifo_put(&l->back, p);
		else if (p)
			l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_RELEASED);
	}
	schedule_run(l, now);
	while ((p = pkt_fifo_take(&l->back))) {
		came_out(l, p);
		while (emu_next(l->emu) <= now && (p = emu_take(l->emu, now)))
			came_out(l, p);
	}
}

void lane_advance(struct lane *l, nrw_time now)
{
	while (l->next_at <= now)
		instant_of_command(l, l->next_at);
	let_out(l, now);
}

nrw_time lane_next(const struct lane *l)
{
	nrw_time next = emu_next(l->emu);

	return next != NRW_NEVER && l->next_at < next ? l->next_at : next;
}

/* The packet of lane_input() went into a pipe. One that takes no time holds nothing: the packet is out again at the
 * instant it came, with its own time, and may go into the next; and so its copies. All that was due before it is out
 * already. */
static void settle_fresh(struct lane *l, uint64_t seq, uint64_t own, nrw_time now)
{
	struct pkt *p;

	while (emu_next(l->emu) <= now && (p = emu_take(l->emu, now))) {
		if (p->seq != seq) {
			came_out(l, p);
			continue;
		}
		p->at = own;
		if (p == l->fresh)
			l->fresh = NULL;	/* until the next pipe takes it */
		if (returns(p))
			go_back(l, p, now, WAY_FRESH);
		else
			l->cfg.ops.out(l->cfg.ops.ctx, p, LANE_PASSED);
	}
	if (l->fresh && l->cfg.ops.held)
		l->cfg.ops.held(l->cfg.ops.ctx, l->fresh);
	l->fresh = NULL;
	l->fresh_seq = NOT_FRESH;
}

static void bypass(struct lane *l, struct pkt *p, nrw_time now)
{
	TRACE(lane, "%" PRIu64 " ns: packet %" PRIu64 ": %s: passes unjudged", now, p->seq + 1,
		l->judged ? view_stop_text(l->view.stop) : "the firewall is disabled");
	l->cfg.ops.out(l->cfg.ops.ctx, p, l->judged ? LANE_BYPASSED : LANE_PASSED);
}

void lane_input(struct lane *l, struct pkt *p, nrw_time now)
{
	struct rules_answer a;
	uint64_t own = p->at, seq;

	if (emu_next(l->emu) <= now || l->next_at <= now)
		lane_advance(l, now);
	seq = p->seq = l->arrivals++;
	if (!look_at(l, p, now)) {
		bypass(l, p, now);
		return;
	}
	l->pass.from = 0;
	l->pass.again = false;
	rules_judge(l->rules, &l->pass, &a);
	if (obey(l, p, &a, now, WAY_FRESH))
		settle_fresh(l, seq, own, now);
}
