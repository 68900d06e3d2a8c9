/* rules/rules_set.c - an immutable set: rules in order, packed for the scan, in one allocation.
 *
 *      struct rules_set | rule_run[total] | rule_cold[total] | run, data | run, data | act, data | end | run, ...
 *                          16 B each         24 B each         conditions of a rule, in the order they are asked,
 *                                                              then what it does, if it acts
 *
 * A set is made from another one and commands, all or nothing, and never changes; a reader holds it by its count. Rules
 * themselves are shared between sets (struct rule, counted), the packed copies of their conditions are not. Order is
 * (number, order of insertion); the default rule ends it, and rules of disabled sets stand behind that, where no scan
 * comes: a disabled rule costs packets nothing.
 *
 * Built on the control thread; the count is atomic, so any thread may hold and release. Limit: 4 GiB of conditions. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

#include "rules/rules_emit.h"
#include "rules/rules_index.h"

#define DEFAULT_SET 31

static const struct rules_cfg nothing_said;	/* where cfg is NULL */

static size_t round8(size_t n) { return (n + 7) & ~(size_t)7; }

/* Is the block that begins with part i true for every packet? Then nobody needs to ask. */
bool block_always(const struct rule *r, size_t i)
{
	for (;; i++) {
		if (r->parts[i].always && !r->parts[i].negated)
			return true;
		if (!r->parts[i].more)
			return false;
	}
}

size_t block_end(const struct rule *r, size_t i)
{
	while (r->parts[i].more)
		i++;
	return i + 1;
}

size_t part_bytes(const struct part *p)
{
	return sizeof(struct run) + round8(p->own_size);
}

/* Writes one part at `to`. Where it says yes, the scan goes on behind the block, `left` bytes from here; where no,
 * at the next alternative, or nowhere. */
static void pack_part(char *to, const struct part *p, size_t left)
{
	struct run *run = (struct run *)(void *)to;
	uint32_t yes = (uint32_t)left, no = p->more ? (uint32_t)part_bytes(p) : 0;

	run->run = p->word->run;
	run->step[!p->negated] = yes;
	run->step[p->negated] = no;
	if (p->own_size)
		memcpy(run + 1, p->own, p->own_size);
}

static void bind(char *own, const struct part *p, const struct rule_site *at)
{
	if (p->word->bind)
		p->word->bind(own, at);
}

/* Packs the conditions of a rule at `to` (NULL: only counts); returns their bytes. prob is asked before all others. */
static size_t pack_rule(const struct rule *r, char *to, const struct rule_site *at)
{
	const struct part *prob = &r->params[PARAM_PROB];
	size_t bytes = 0, left, end;

	if (prob->word) {
		bytes = part_bytes(prob);
		if (to) {
			pack_part(to, prob, bytes);
			bind(to + sizeof(struct run), prob, at);
		}
	}

	for (size_t i = 0; i < r->count; i = end) {
		end = block_end(r, i);
		if (block_always(r, i))
			continue;
		left = 0;
		for (size_t k = i; k < end; k++)
			left += part_bytes(&r->parts[k]);
		for (size_t k = i; k < end; k++) {
			if (to) {
				pack_part(to + bytes, &r->parts[k], left);
				bind(to + bytes + sizeof(struct run), &r->parts[k], at);
			}
			bytes += part_bytes(&r->parts[k]);
			left -= part_bytes(&r->parts[k]);
		}
	}
	return bytes;
}

static size_t act_bytes(const struct part *p)
{
	return sizeof(struct run_act) + round8(p->own_size);
}

static size_t pack_act(char *to, const struct part *p)
{
	struct run_act *act = (struct run_act *)(void *)to;

	if (!p->word || !p->word->act)
		return 0;
	if (to) {
		*act = (struct run_act){ .act = p->word->act, .bytes = (uint32_t)act_bytes(p) };
		if (p->own_size)
			memcpy(act + 1, p->own, p->own_size);
	}
	return act_bytes(p);
}

/* Packs what a rule does at `to` (NULL: only counts): parameters, the action, the end. Returns its bytes; 0: it does
 * nothing. */
static size_t pack_acts(const struct rule *r, char *to)
{
	const struct part *acting[] = { &r->params[PARAM_LOG], &r->params[PARAM_TAG], &r->params[PARAM_UNTAG],
		&r->action };
	size_t bytes = 0;

	for (size_t i = 0; i < sizeof(acting) / sizeof(*acting); i++)
		bytes += pack_act(to ? to + bytes : NULL, acting[i]);
	if (!bytes)
		return 0;
	if (to)
		*(struct run_act *)(void *)(to + bytes) = (struct run_act){ .step = r->action.word->step };
	return bytes + sizeof(struct run_act);
}

static uint32_t first_at(const struct entry *es, size_t count, uint32_t number)
{
	size_t lo = 0, hi = count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (es[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (uint32_t)lo;	/* count: the default rule */
}

/* Packs entry `from` as rule `i`; returns how far `used` bytes of conditions have grown. */
static size_t fill_one(struct rules_set *s, struct rule_run *run, struct rule_cold *cold, char *runs, size_t used,
	const struct change *ch, const struct entry *from, const struct rules_cfg *cfg)
{
	const struct part *act = &from->rule->action;
	const struct rule_site at = { cfg->seed, from->number, from->nth, (uint32_t)(run - s->rules), from->set,
		ch->tables, cfg->interpreted };
	size_t acts;

	*run = (struct rule_run){ .first = (uint32_t)used, .number = (uint16_t)from->number,
		.arg = act->word->step == STEP_JUMP ? first_at(ch->entries, ch->active, act->arg) : act->arg,
		.step = (uint8_t)act->word->step, .verdict = (uint8_t)act->word->verdict };
	used += pack_rule(from->rule, runs + used, &at);
	run->end = (uint32_t)used;
	acts = pack_acts(from->rule, runs + used);
	if (acts) {
		run->step = STEP_ACT;
		s->acts = true;
	}
	*cold = (struct rule_cold){ from->id, rule_hold(from->rule), from->nth, from->set, from->cleared };
	return used + acts;
}

static void fill(struct rules_set *s, char *at, const struct change *ch, const struct rules_cfg *cfg)
{
	struct rule_run *rules = (struct rule_run *)(void *)at;
	struct rule_cold *cold = (struct rule_cold *)(void *)(at + round8(s->total * sizeof(*rules)));
	char *runs = (char *)cold + round8(s->total * sizeof(*cold));
	size_t used = 0;

	s->rules = rules;
	s->cold = cold;
	s->runs = runs;
	for (size_t i = 0; i < ch->count; i++) {
		size_t k = i < ch->active ? i : i + 1;	/* the default rule stands between */

		used = fill_one(s, &rules[k], &cold[k], runs, used, ch, &ch->entries[i], cfg);
	}
	rules[ch->active] = (struct rule_run){ .number = RULES_DEFAULT, .step = STEP_END,
		.verdict = cfg->default_allow ? RULES_ALLOW : RULES_DENY };
	cold[ch->active] = (struct rule_cold){ .set = DEFAULT_SET, .cleared = ch->default_cleared };
}

static struct rules_set *make(const struct change *ch, const struct rules_cfg *cfg)
{
	size_t bytes = 0, head;
	struct rules_set *s;

	for (size_t i = 0; i < ch->count; i++)
		bytes += pack_rule(ch->entries[i].rule, NULL, NULL) + pack_acts(ch->entries[i].rule, NULL);
	if (bytes > UINT32_MAX || ch->count >= UINT32_MAX)
		return NULL;
	head = round8(sizeof(*s)) + round8((ch->count + 1) * sizeof(struct rule_run));
	s = malloc(head + round8((ch->count + 1) * sizeof(struct rule_cold)) + bytes);
	if (!s)
		return NULL;
	*s = (struct rules_set){ .count = (uint32_t)ch->active + 1, .total = (uint32_t)ch->count + 1,
		.disabled = ch->disabled, .next_id = ch->next_id };
	atomic_init(&s->refs, 1);
	fill(s, (char *)s + round8(sizeof(*s)), ch, cfg);
	if ((cfg->linear || !index_new(&s->index, s)) && (cfg->interpreted || !emitted_new(&s->emitted, s)))
		return s;
	rules_release(s);
	return NULL;
}

size_t rules_check(const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds, size_t n,
	struct errs *es)
{
	struct change ch;
	size_t told;

	if (change_make(&ch, from, cfg, cmds, n, es)) {
		errs_add(es, NULL, ERR_NOMEM, "no memory for %zu commands", n);
		ch.told++;
	}
	told = ch.told;
	change_fini(&ch);
	return told;
}

static int first_error(const struct errs *es, struct err *e)
{
	for (size_t i = 0; i < es->count; i++)
		if (!es->notes[i].warning)
			return err_set(e, es->notes[i].code, "%s", es->notes[i].text);
	return ERR_NOMEM;
}

/* Tables that rules ask and nobody made. */
static int make_tables(const struct change *ch, struct err *e)
{
	struct table_desc d;
	int err = 0;

	for (size_t i = 0; ch->tables && i < ch->count && !err; i++) {
		const struct rule *r = ch->entries[i].rule;

		for (size_t k = 0; k < r->count && !err; k++) {
			const struct table_ref *ref = part_table(&r->parts[k]);
			struct table_slot *s = ref ? tables_slot(ch->tables, ch->entries[i].set, ref->name) : NULL;

			if (!ref || (s && s->table))
				continue;
			tables_want_desc(ref, &d);
			err = s ? tables_make(ch->tables, s, &d, e) :
				err_set(e, ERR_NOMEM, "no memory for table %s", ref->name);
		}
	}
	return err;
}

struct rules_set *rules_build(const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds,
	size_t n, struct err *e)
{
	struct rules_set *s = NULL;
	struct change ch;
	struct errs es;
	int err;

	errs_init(&es);
	err = change_make(&ch, from, cfg, cmds, n, &es);
	if (!err && ch.told)
		err = first_error(&es, e);
	else if (!err && !(err = make_tables(&ch, e)) && !(s = make(&ch, cfg ? cfg : &nothing_said)))
		err = ERR_NOMEM;
	if (err == ERR_NOMEM)
		err_set(e, ERR_NOMEM, "no memory for %zu commands", n);
	change_fini(&ch);
	errs_fini(&es);
	return s;
}

struct rules_set *rules_hold(struct rules_set *s)
{
	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void rules_release(struct rules_set *s)
{
	if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (uint32_t i = 0; i < s->total; i++)
		rule_release(s->cold[i].rule);
	index_free(s->index);
	emitted_free(s->emitted);
	free(s);
}

uint32_t rules_count(const struct rules_set *s) { return s->count; }
uint32_t rules_total(const struct rules_set *s) { return s->total; }
bool rules_acts(const struct rules_set *s) { return s->acts; }
uint32_t rules_number(const struct rules_set *s, uint32_t rule) { return s->rules[rule].number; }
uint32_t rules_set_of(const struct rules_set *s, uint32_t rule) { return s->cold[rule].set; }
uint64_t rules_id(const struct rules_set *s, uint32_t rule) { return s->cold[rule].id; }

const char *rules_text(const struct rules_set *s, uint32_t rule)
{
	const struct rule *r = s->cold[rule].rule;

	if (r)
		return r->text;
	return s->rules[rule].verdict == RULES_ALLOW ? "allow ip from any to any" : "deny ip from any to any";
}

static bool stands_before(const struct rules_set *s, uint32_t a, uint32_t b)
{
	if (s->rules[a].number != s->rules[b].number)
		return s->rules[a].number < s->rules[b].number;
	return s->cold[a].id < s->cold[b].id;
}

bool rules_next(const struct rules_set *s, struct rules_walk *w, uint32_t *rule)
{
	uint32_t on = w->on, off = s->count + w->off;

	if (off < s->total && (on == s->count || stands_before(s, off, on))) {
		*rule = off;
		w->off++;
		return true;
	}
	*rule = on;
	w->on++;
	return on < s->count;
}

/* The first of rules lo..hi-1, which are in order, that stands behind (number, id); hi: there is none. */
static uint32_t behind(const struct rules_set *s, uint32_t lo, uint32_t hi, uint32_t number, uint64_t id)
{
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2, at = s->rules[mid].number;

		if (at < number || (at == number && s->cold[mid].id <= id))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t set_behind(const struct rules_set *s, uint32_t number, uint64_t id)
{
	return behind(s, 0, s->count - 1, number, id);
}

uint32_t rules_after(const struct rules_set *s, uint32_t number, uint64_t id)
{
	return set_behind(s, number, id);
}

/* Where the rule stands in `s`; s->total: it does not. */
static uint32_t find(const struct rules_set *s, uint32_t number, uint64_t id)
{
	uint32_t i;

	if (!id)
		return s->count - 1;
	i = behind(s, 0, s->count - 1, number, id - 1);
	if (s->cold[i].id == id)
		return i;
	i = behind(s, s->count, s->total, number, id - 1);
	return i < s->total && s->cold[i].id == id ? i : s->total;
}

struct rules_counter *rules_counters(const struct rules_set *s, const struct rules_set *from,
	const struct rules_counter *old)
{
	struct rules_counter *c = calloc(s->total, sizeof(*c));

	for (uint32_t i = 0; c && from && i < s->total; i++) {
		uint32_t was = find(from, s->rules[i].number, s->cold[i].id);

		if (was == from->total)
			continue;
		c[i] = old[was];
		if (s->cold[i].cleared & CLEARED_COUNTS)
			c[i].packets = c[i].bytes = c[i].last = 0;
		if (s->cold[i].cleared & CLEARED_LOG)
			c[i].logged = 0;
	}
	return c;
}

void rules_each_target(const struct rules_set *s, rules_target_fn fn, void *ctx)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct rule_run *r = &s->rules[i];
		const struct rule *rule = s->cold[i].rule;

		if (rule && rule->action.word->step == STEP_END && !rule->action.word->act &&
			(r->verdict == RULES_PIPE || r->verdict == RULES_QUEUE))
			fn(ctx, i, (enum rules_verdict)r->verdict, r->arg);
	}
}
