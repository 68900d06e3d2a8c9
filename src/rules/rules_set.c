/* rules/rules_set.c - an immutable set: rules in order, packed for the scan, in one allocation.
 *
 *      struct rules_set | rule_run[count] | rule_cold[count] | run, data | run, data | …
 *                          24 B each         the rest          conditions, in the order they are asked
 *
 * A set is made from another one and commands, all or nothing, and never changes; a reader holds it by its count. Rules
 * themselves are shared between sets (struct rule, counted), the packed copies of their conditions are not. Order is
 * (number, order of insertion): entries are sorted by both, O(n log n) whatever the order in which they came.
 *
 * Built on the control thread; the count is atomic, so any thread may hold and release. Limit: 4 GiB of conditions. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#define STEP_DEFAULT 100	/* autoinc_step */

static const struct rules_cfg nothing_said;	/* where cfg is NULL */

struct entry {
	uint32_t number, set;
	uint64_t id;
	struct rule *rule;
};

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;	/* ids rise with insertion */
}

/* The last number below 65535 plus the step, or that number itself when there is no room above it. */
static void number_cmds(const struct rules_set *from, uint32_t step, struct rules_cmd **cmds, size_t n)
{
	uint32_t last = from && from->count > 1 ? from->rules[from->count - 2].number : 0;

	step = step ? step : STEP_DEFAULT;
	for (size_t i = 0; i < n; i++) {
		struct rules_cmd *c = cmds[i];

		c->number = c->given ? c->given : last + step < RULES_DEFAULT ? last + step : last;
		last = c->number > last ? c->number : last;
	}
}

/* Entries of `from` but its default rule, then the commands, in order. */
static struct entry *gather(const struct rules_set *from, struct rules_cmd **cmds, size_t n, size_t *count)
{
	size_t old = from ? from->count - 1 : 0;
	uint64_t id = from ? from->next_id : 1;
	struct entry *es = malloc((old + n + 1) * sizeof(*es));

	if (!es)
		return NULL;
	for (size_t i = 0; i < old; i++)
		es[i] = (struct entry){ from->rules[i].number, from->cold[i].set, from->cold[i].id,
			from->cold[i].rule };
	for (size_t i = 0; i < n; i++)
		es[old + i] = (struct entry){ cmds[i]->number, cmds[i]->set, id++, cmds[i]->rule };
	*count = old + n;
	qsort(es, *count, sizeof(*es), by_place);
	return es;
}

static bool jumps_back(const struct rules_cmd *c)
{
	return c->rule->action.word->step == STEP_JUMP && c->rule->action.arg <= c->number;
}

size_t rules_check(const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds, size_t n,
	struct errs *es)
{
	size_t told = 0;

	number_cmds(from, cfg ? cfg->step : 0, cmds, n);
	for (size_t i = 0; i < n; i++) {
		const struct rules_cmd *c = cmds[i];
		struct place at = { c->file, c->line, c->column, c->width, c->source, strlen(c->source) };

		if (!jumps_back(c))
			continue;
		errs_add(es, &at, ERR_RANGE,
			"skipto: %u is not above %u, the number this rule gets; to go back, use call",
			c->rule->action.arg, c->number);
		told++;
	}
	return told;
}

static size_t round8(size_t n) { return (n + 7) & ~(size_t)7; }

/* Is the block that begins with part i true for every packet? Then nobody needs to ask. */
static bool block_always(const struct rule *r, size_t i)
{
	for (;; i++) {
		if (r->parts[i].always && !r->parts[i].negated)
			return true;
		if (!r->parts[i].more)
			return false;
	}
}

static size_t block_end(const struct rule *r, size_t i)
{
	while (r->parts[i].more)
		i++;
	return i + 1;
}

static size_t part_bytes(const struct part *p)
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

/* Packs the conditions of a rule at `to` (NULL: only counts); returns their bytes. */
static size_t pack_rule(const struct rule *r, char *to)
{
	size_t bytes = 0, left, end;

	for (size_t i = 0; i < r->count; i = end) {
		end = block_end(r, i);
		if (block_always(r, i))
			continue;
		left = 0;
		for (size_t k = i; k < end; k++)
			left += part_bytes(&r->parts[k]);
		for (size_t k = i; k < end; k++) {
			if (to)
				pack_part(to + bytes, &r->parts[k], left);
			bytes += part_bytes(&r->parts[k]);
			left -= part_bytes(&r->parts[k]);
		}
	}
	return bytes;
}

static bool rule_acts(const struct rule *r)
{
	return r->action.word->act != NULL;
}

static size_t act_bytes(const struct part *p)
{
	return sizeof(struct run_act) + round8(p->own_size);
}

static void pack_act(char *to, const struct part *p)
{
	struct run_act *act = (struct run_act *)(void *)to;

	*act = (struct run_act){ .act = p->word->act, .bytes = (uint32_t)act_bytes(p) };
	if (p->own_size)
		memcpy(act + 1, p->own, p->own_size);
}

/* Packs what a rule does at `to` (NULL: only counts); returns its bytes. */
static size_t pack_acts(const struct rule *r, char *to)
{
	size_t bytes = act_bytes(&r->action);

	if (!rule_acts(r))
		return 0;
	if (to) {
		pack_act(to, &r->action);
		*(struct run_act *)(void *)(to + bytes) = (struct run_act){ .step = r->action.word->step };
	}
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

static void fill(struct rules_set *s, char *at, const struct entry *es, size_t count, bool default_allow)
{
	struct rule_run *rules = (struct rule_run *)(void *)at;
	struct rule_cold *cold = (struct rule_cold *)(void *)(at + round8(s->count * sizeof(*rules)));
	char *runs = (char *)(cold + s->count);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct part *act = &es[i].rule->action;
		bool jump = act->word->step == STEP_JUMP;

		rules[i] = (struct rule_run){ .first = (uint32_t)used, .number = (uint16_t)es[i].number,
			.arg = jump ? first_at(es, count, act->arg) : act->arg,
			.step = (uint8_t)(rule_acts(es[i].rule) ? STEP_ACT : act->word->step),
			.verdict = (uint8_t)act->word->verdict };
		used += pack_rule(es[i].rule, runs + used);
		rules[i].end = (uint32_t)used;
		used += pack_acts(es[i].rule, runs + used);
		s->acts |= rule_acts(es[i].rule);
		cold[i] = (struct rule_cold){ es[i].id, rule_hold(es[i].rule), es[i].set };
	}
	rules[count] = (struct rule_run){ .number = RULES_DEFAULT, .step = STEP_END,
		.verdict = default_allow ? RULES_ALLOW : RULES_DENY };
	cold[count] = (struct rule_cold){ .set = 31 };
	s->rules = rules;
	s->cold = cold;
	s->runs = runs;
}

static struct rules_set *make(const struct entry *es, size_t count, bool default_allow)
{
	size_t bytes = 0, head;
	struct rules_set *s;

	for (size_t i = 0; i < count; i++)
		bytes += pack_rule(es[i].rule, NULL) + pack_acts(es[i].rule, NULL);
	if (bytes > UINT32_MAX || count >= UINT32_MAX)
		return NULL;
	head = round8(sizeof(*s)) + round8((count + 1) * sizeof(struct rule_run));
	s = malloc(head + (count + 1) * sizeof(struct rule_cold) + bytes);
	if (!s)
		return NULL;
	atomic_init(&s->refs, 1);
	s->count = (uint32_t)count + 1;
	s->acts = false;
	fill(s, (char *)s + round8(sizeof(*s)), es, count, default_allow);
	return s;
}

struct rules_set *rules_build(const struct rules_set *from, const struct rules_cfg *cfg, struct rules_cmd **cmds,
	size_t n, struct err *e)
{
	struct rules_set *s = NULL;
	struct entry *es;
	size_t count;

	cfg = cfg ? cfg : &nothing_said;
	number_cmds(from, cfg->step, cmds, n);
	for (size_t i = 0; i < n; i++) {
		if (jumps_back(cmds[i])) {
			err_set(e, ERR_RANGE, "skipto: %u is not above %u, the number this rule gets",
				cmds[i]->rule->action.arg, cmds[i]->number);
			return NULL;
		}
	}
	es = gather(from, cmds, n, &count);
	if (es)
		s = make(es, count, cfg->default_allow);
	if (s)
		s->next_id = (from ? from->next_id : 1) + n;
	else
		err_set(e, ERR_NOMEM, "no memory for %zu rules", n);
	free(es);
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
	for (uint32_t i = 0; i < s->count; i++)
		rule_release(s->cold[i].rule);
	free(s);
}

uint32_t rules_count(const struct rules_set *s) { return s->count; }
uint32_t rules_total(const struct rules_set *s) { return s->count; }
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

/* The first rule behind (number, id); the default rule's place where there is none. */
static uint32_t behind(const struct rules_set *s, uint32_t number, uint64_t id)
{
	uint32_t lo = 0, hi = s->count - 1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2, at = s->rules[mid].number;

		if (at < number || (at == number && s->cold[mid].id <= id))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t rules_after(const struct rules_set *s, uint32_t number, uint64_t id)
{
	return behind(s, number, id);
}

struct rules_counter *rules_counters(const struct rules_set *s, const struct rules_set *from,
	const struct rules_counter *old)
{
	struct rules_counter *c = calloc(s->count, sizeof(*c));

	for (uint32_t i = 0, k = 0; c && from && i < s->count; i++) {
		while (k < from->count && from->cold[k].id != s->cold[i].id &&
			from->rules[k].number <= s->rules[i].number)
			k++;
		if (k < from->count && from->cold[k].id == s->cold[i].id)
			c[i] = old[k];
	}
	return c;
}

void rules_each_target(const struct rules_set *s, rules_target_fn fn, void *ctx)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct rule_run *r = &s->rules[i];

		if (r->step == STEP_END && (r->verdict == RULES_PIPE || r->verdict == RULES_QUEUE))
			fn(ctx, i, r->verdict, r->arg);
	}
}
