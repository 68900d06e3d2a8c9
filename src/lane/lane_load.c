/* lane/lane_load.c - scripts take effect: as a whole when they are loaded, a command at a time when `at` says so.
 *
 * Loading is one transaction. Nothing in it reaches a packet before its end, so the rules, which are built in runs of
 * commands between those that ask or that change how they are built (list, sysctl), are published once, by one swap;
 * and a command that cannot be done ends it with every error of its run told at its place, after which the lane is to
 * be freed, not used. Tables are filled at once, while rules wait to be built: what may ask of one, or take it away,
 * has the rules before it built first. Commands that print do so at their place in the sequence, about the rules as
 * they stand there.
 *
 * A command of `at` is a transaction of its own. Counters go on: those of a rule that stays are carried into the next
 * set by its id (rules_counters()). A swap costs what building a set costs, O(n log n) for n rules.
 *
 * Control thread, which for a lane is its owner. */
#include "lane_int.h"

#include <stdlib.h>

static struct rules_cfg rules_cfg_of(const struct lane *l)
{
	return (struct rules_cfg){ .linear = l->cfg.no_index, .interpreted = l->cfg.no_jit,
		.default_allow = l->cfg.default_allow, .seed = l->cfg.seed, .step = l->step,
		.tables = l->tables };
}

/* The lane with another set; `counters` are its own. */
static void swap_rules(struct lane *l, struct rules_set *set, struct rules_counter *counters)
{
	rules_release(l->rules);
	free(l->counters);
	l->rules = set;
	l->counters = l->pass.look.counters = counters;
	l->generation++;
}

/* Commands that change the rules, all or nothing. */
static int change_rules(struct lane *l, struct rules_cmd **cmds, size_t n, struct err *e)
{
	struct rules_cfg cfg = rules_cfg_of(l);
	struct rules_set *set = rules_build(l->rules, &cfg, cmds, n, e);
	struct rules_counter *counters;

	if (!set)
		return e->code ? e->code : ERR_NOMEM;
	counters = rules_counters(set, l->rules, l->counters);
	if (!counters) {
		rules_release(set);
		return err_set(e, ERR_NOMEM, "no memory for the counters of rules");
	}
	swap_rules(l, set, counters);
	return 0;
}

/* The error told last, as that of a single command. */
static int last_of(const struct errs *errs, struct err *e)
{
	for (size_t i = errs->count; i; i--)
		if (!errs->notes[i - 1].warning)
			return err_set(e, errs->notes[i - 1].code, "%s", errs->notes[i - 1].text);
	return err_set(e, ERR_NOMEM, "no memory");
}

/* Does it ask about rules that there are? */
static int check_asking(struct lane *l, struct rules_cmd *c, struct err *e)
{
	struct rules_cfg cfg = rules_cfg_of(l);
	struct errs errs;
	int rc = 0;

	errs_init(&errs);
	if (rules_check(l->rules, &cfg, &c, 1, &errs))
		rc = last_of(&errs, e);
	errs_fini(&errs);
	return rc;
}

static int ask_rules(struct lane *l, struct rules_cmd *c, struct err *e)
{
	int rc = check_asking(l, c, e);
	struct rules_show how;
	char *text;

	if (rc || !l->cfg.lists)
		return rc;
	how = *rules_cmd_how(c);
	how.epoch_ns = l->epoch_ns;
	text = rules_show(l->rules, l->counters, c, &how);
	if (!text)
		return err_set(e, ERR_NOMEM, "no memory to list the rules");
	fputs(text, l->cfg.lists);
	free(text);
	return 0;
}

/* A command on tables. Every error is told at its place. */
static int do_table(struct lane *l, const struct rules_cmd *c, struct errs *errs)
{
	char *text;

	if (!rules_cmd_asks(c))
		return rules_tables_run(l->tables, l->rules, c, errs) ? ERR_RANGE : 0;
	text = rules_tables_show(l->tables, l->rules, c, errs);
	if (text && l->cfg.lists)
		fputs(text, l->cfg.lists);
	free(text);
	return text ? 0 : ERR_RANGE;
}

/* The same by itself. */
static int do_table_now(struct lane *l, const struct rules_cmd *c, struct err *e)
{
	struct errs errs;
	int rc = 0;

	errs_init(&errs);
	if (do_table(l, c, &errs))
		rc = last_of(&errs, e);
	errs_fini(&errs);
	return rc;
}

int load_line(struct lane *l, const struct script_line *line, nrw_time now, struct err *e)
{
	struct rules_cmd *cmd;

	switch (line->room) {
	case SCRIPT_RULES:
		cmd = line->rules;
		if (rules_cmd_tables(cmd))
			return do_table_now(l, cmd, e);
		return rules_cmd_asks(cmd) ? ask_rules(l, cmd, e) : change_rules(l, &cmd, 1, e);
	case SCRIPT_EMU:
		return emu_run(l->emu, line->emu, now, l->cfg.lists, e);
	case SCRIPT_LANE:
		return lane_word_run(l, line->lane, e);
	case SCRIPT_EXPECT:
		return 0;
	}
	return 0;
}

static bool is_table(const struct script_line *line)
{
	return line->room == SCRIPT_RULES && rules_cmd_tables(line->rules);
}

static bool changes_rules(const struct script_line *line)
{
	return line->room == SCRIPT_RULES && !line->timed && !rules_cmd_asks(line->rules) && !is_table(line);
}

/* Does anything see the rules as they stand before this line, or change how they are built? Then they are built. */
static bool ends_run(const struct lane *l, const struct script_line *line)
{
	if (is_table(line))
		return rules_tables_wait(l->tables, line->rules);
	return !line->timed && (line->room == SCRIPT_LANE || line->room == SCRIPT_RULES) && !changes_rules(line);
}

/* The commands of lines[from] .. lines[to] that are for the rules, in one go: all but the last change them, and that
 * one may only ask. Every error is told at its place. */
static int load_run(struct lane *l, const struct lane_script *s, size_t from, size_t to, struct errs *errs)
{
	struct rules_cfg cfg = rules_cfg_of(l);
	struct rules_cmd **cmds = calloc(to - from + 1, sizeof(struct rules_cmd *));
	struct err e = { 0 };
	size_t n = 0;
	int rc = 0;

	for (size_t i = from; cmds && i <= to && i < s->count; i++)
		if (s->lines[i].room == SCRIPT_RULES && !s->lines[i].timed && !is_table(&s->lines[i]))
			cmds[n++] = s->lines[i].rules;
	if (!cmds)
		rc = errs_add(errs, NULL, ERR_NOMEM, "no memory for the script");
	else if (n && rules_check(l->rules, &cfg, cmds, n, errs))
		rc = ERR_RANGE;
	else if (n && change_rules(l, cmds, n, &e))
		rc = errs_add(errs, NULL, e.code, "%s", e.text);
	free(cmds);
	return rc;
}

static int load_single(struct lane *l, const struct script_line *line, struct errs *errs)
{
	struct place at = { .file = line->file, .line = line->line };
	struct err e = { 0 };

	if (is_table(line))
		return do_table(l, line->rules, errs);
	if (!load_line(l, line, 0, &e))
		return 0;
	return errs_add(errs, &at, e.code, "%s", e.text);
}

/* All that does not wait for its time, in order. After an error about rules nothing more is known of them. */
static int load_script(struct lane *l, const struct lane_script *s, struct errs *errs)
{
	size_t from = 0;
	int rc = 0, bad = 0;

	for (size_t i = 0; i < s->count && !rc; i++) {
		const struct script_line *line = &s->lines[i];

		if (line->timed)
			continue;
		if (ends_run(l, line)) {
			rc = load_run(l, s, from, i, errs);
			from = i + 1;
		}
		if (!rc && !changes_rules(line) && load_single(l, line, errs))
			bad = ERR_RANGE;
	}
	if (!rc)
		rc = load_run(l, s, from, s->count, errs);
	return rc ? rc : bad;
}

struct missing {
	struct lane *l;
	struct errs *warnings;
};

static void warn_missing(void *ctx, uint32_t rule, enum rules_verdict v, uint32_t arg)
{
	const struct missing *m = ctx;
	bool pipe = v == RULES_PIPE;
	enum emu_kind kind = pipe ? EMU_PIPE : EMU_QUEUE;
	bool has = emu_has(m->l->emu, kind, arg);
	char at[32];

	if (has && emu_leads(m->l->emu, kind, arg))
		return;
	snprintf(at, sizeof(at), "rule %u", rules_number(m->l->rules, rule));
	errs_warn(m->warnings, &(struct place){ .file = at }, "%s %u %s: its packets are dropped (%s)",
		pipe ? "pipe" : "queue", arg, has ? "feeds no sched or pipe that exists" : "does not exist",
		drop_name(has ? DROP_NO_SCHED : DROP_NO_PIPE));
}

int lane_commit(struct lane *l, struct lane_script *s, struct errs *warnings, struct err *e)
{
	struct missing missing = { l, warnings };
	struct errs errs;
	int rc;

	errs_init(&errs);
	rc = load_script(l, s, &errs);
	if (rc)
		rc = last_of(&errs, e);
	else if (schedule_take(l, s))
		rc = err_set(e, ERR_NOMEM, "no memory for the script");
	errs_fini(&errs);
	if (!rc)
		rules_each_target(l->rules, warn_missing, &missing);
	return rc;
}

/* A lane of its own is loaded with the script, silently, and thrown away. */
int lane_script_check(struct lane_script *s, struct errs *errs)
{
	struct lane_cfg cfg = { .no_index = true, .no_jit = true, .seed = 1, .default_allow = true,
		.pool = pkt_pool_new(0) };
	struct lane *l = cfg.pool ? lane_new(&cfg) : NULL;
	int rc = l ? 0 : ERR_NOMEM;

	if (l && !errs->errors && load_script(l, s, errs) == ERR_NOMEM)
		rc = ERR_NOMEM;
	lane_free(l);
	if (cfg.pool)
		pkt_pool_free(cfg.pool);
	return rc;
}
