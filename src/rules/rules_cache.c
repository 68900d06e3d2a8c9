/* rules/rules_cache.c - the verdict cache: a flow whose way through the set is known need not go it again.
 *
 *      packet --> flow_key --> SipHash --> set of two entries --> hit: count the rules of the path, answer
 *                                             | miss
 *                                             v
 *                                    seen once before? no: note its print, judge
 *                                                      yes: judge, watching, and keep the path
 *
 * A way may be kept if every packet of the same key goes the same: each rule that the scan came by asked only what is
 * in the key (classes F, E, T and L of rules_int.h), or has a block that asks only that and says no, whatever else it
 * asks; no rule had dice; and none that matched does more than count, jump or decide. Rules that the index passed over
 * have a key that this packet has not; where that is a field of the flow it tells all, the few others (`loose`) are
 * looked at one by one while a way is watched. A flow whose way cannot be kept is kept as that. While a way is watched
 * its conditions are asked a second time, with a place of their own for what lookups find, so that this changes nothing
 * for the rule that acts by it.
 *
 * All is valid for one generation, a number of the lane's that changes with the set and with what rules ask of; so
 * nothing is ever emptied. What tables say is valid until one of them changes: tables are dealt out to 64 lots, a way
 * remembers the lots that it asked, and is good as long as none of these changed. ICMP, fragments and whatever else has
 * no ports are not asked for.
 *
 * Who sends a new flow with each packet gets nothing kept, since that takes a second packet, and the memory is what it
 * was in the beginning; when less than one packet in 16 hits, the cache lets seven times as many pass as it
 * asked for, so that in vain it costs an eighth of itself. The hash is keyed; which flows meet in a set changes
 * no answer.
 *
 * The lane's thread, no allocation after start. Cost of a hit: about 40 ns and 2 ns a rule of the path. Limits: 4096
 * flows, ways of 10 rules that count, sets that have an index. */
#include "rules/rules_cache.h"

#include <stdlib.h>
#include <string.h>

#include "rules/rules_index.h"

#define TURN 4096		/* packets that it is asked for before it thinks of a rest */
#define LOOSE_MOST 16		/* rules looked at beside those asked, to keep one way */

struct rules_cache *rules_cache_new(uint64_t seed, const uint32_t *generation, const struct rules_tables *tables)
{
	struct rules_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->secret = (struct siphash_key){ seed, ~seed };
	c->generation = generation;
	c->tables = tables;
	return c;
}

void rules_cache_free(struct rules_cache *c)
{
	free(c);
}

void rules_cache_stats(const struct rules_cache *c, struct rules_cache_stats *st)
{
	*st = (struct rules_cache_stats){ c->all_asked, c->all_hits, c->all_kept, sizeof(*c) };
}

/* ---- asking ---- */

static bool key_of(struct cache_key *k, const struct rules_pass *x)
{
	const struct view *v = x->look.view;
	const struct meta *m = x->look.meta;

	if (!(v->has & VIEW_HAS_PORTS) || v->has & VIEW_HAS_FRAG || x->from)
		return false;
	*k = (struct cache_key){ .sport = v->sport, .dport = v->dport,
		.iface_in = m->iface_in, .iface_out = m->iface_out,
		.family = v->family, .proto = v->proto, .dir = m->dir, .layer2 = m->layer2,
		.tcp_flags = v->tcp_flags };
	if (v->family == 4) {
		k->addr[0] = (uint64_t)v->src4 << 32 | v->dst4;
	} else {
		memcpy(k->addr, v->src6, sizeof(v->src6));
		memcpy(k->addr + 2, v->dst6, sizeof(v->dst6));
	}
	return true;
}

static uint64_t digest_of(const struct rules_cache *c, const struct cache_key *k)
{
	return siphash13(&c->secret, k, k->family == 4 ? offsetof(struct cache_key, addr[1]) : sizeof(*k));
}

static unsigned set_of(uint64_t digest) { return digest % CACHE_SETS; }

/* At the end of a turn that was in vain, a rest. */
static void count_asked(struct rules_cache *c)
{
	c->all_asked++;
	if (++c->asked < TURN)
		return;
	c->rest = c->hits < TURN / 16 ? 7 * TURN : 0;
	c->asked = c->hits = 0;
}

static uint64_t tables_now(const struct rules_cache *c) { return c->tables ? c->tables->generation : 0; }

/* Do the tables that its way asked say what they said? Then they do so as of now. */
static bool is_good(const struct rules_cache *c, struct cache_entry *e)
{
	uint64_t now = tables_now(c);

	if (e->tables_at == now || !e->lots)
		return true;
	if (!tables_stand(c->tables, e->lots, e->tables_at))
		return false;
	e->tables_at = now;
	return true;
}

static struct cache_entry *find(struct rules_cache *c, const struct cache_key *k, uint64_t digest)
{
	unsigned set = set_of(digest);

	for (unsigned i = 0; i < CACHE_WAYS; i++) {
		struct cache_entry *e = &c->entries[set][i];

		if (e->used && e->generation == *c->generation && !memcmp(&e->key, k, sizeof(*k)) && is_good(c, e)) {
			c->recent[set] = (uint8_t)i;
			return e;
		}
	}
	return NULL;
}

static void answer(const struct cache_entry *e, struct rules_pass *x, struct rules_answer *a)
{
	for (unsigned i = 0; i < e->count; i++) {
		struct rules_counter *count = &x->look.counters[e->path[i]];

		count->packets++;
		count->bytes += x->look.meta->len_bytes;
		count->last = x->now;
	}
	a->verdict = (enum rules_verdict)e->verdict;
	a->arg = e->arg;
	a->rule = e->path[e->count - 1];
}

/* Has the flow come before? It has now. */
static bool second_sight(struct rules_cache *c, uint64_t digest)
{
	uint32_t *seen = &c->seen[(digest >> 32) % ((uint64_t)CACHE_SETS * CACHE_WAYS)];
	uint32_t print = (uint32_t)digest ^ *c->generation;

	if (*seen == print)
		return true;
	*seen = print;
	return false;
}

static void begin(struct record *rec, const struct rules_cache *c, const struct rules_set *s,
	const struct rules_pass *x)
{
	rec->set = s;
	rec->x = x;
	rec->look = x->look;
	if (rec->look.found)
		rec->look.found = &rec->found;
	rec->next = 0;
	rec->loose = s->index->lists + s->index->loose;
	rec->looked = rec->count = 0;
	rec->lost = false;
	rec->lots = 0;
	rec->tables_at = tables_now(c);		/* before they are asked */
}

enum cache_says cache_ask(struct rules_cache *c, const struct rules_set *s, struct rules_pass *x,
	struct rules_answer *a, struct record *rec)
{
	struct cache_entry *e;

	if (c->rest) {
		c->rest--;
		return CACHE_NOTHING;
	}
	if (!key_of(&rec->key, x))
		return CACHE_NOTHING;
	rec->digest = digest_of(c, &rec->key);
	count_asked(c);
	e = find(c, &rec->key, rec->digest);
	if (e && e->count) {
		c->hits++;
		c->all_hits++;
		answer(e, x, a);
		return CACHE_ANSWERED;
	}
	if (e || !second_sight(c, rec->digest))
		return CACHE_NOTHING;
	begin(rec, c, s, x);
	return CACHE_RECORD;
}

/* ---- keeping ---- */

/* `all`: that of all conditions before it in the rule is known. */
static bool of_flow(const struct part *p, bool all)
{
	enum word_cache class = p->word->cache;

	return p->always || class == CACHE_F || class == CACHE_E || class == CACHE_T || (class == CACHE_L && all);
}

static bool says_yes(struct record *rec, const struct part *p, const struct run *run)
{
	const struct table_ref *ref = p->word->tabled ? (const void *)(run + 1) : NULL;

	if (ref && ref->slot)
		rec->lots |= UINT64_C(1) << ref->slot->lot;
	return (p->always || run->run(run + 1, &rec->look)) != p->negated;
}

enum said { SAID_NO, SAID_YES, UNKNOWN };

/* What the block of parts i .. end - 1, packed at `at`, says to all packets of this flow. */
static enum said block_says(struct record *rec, const struct part *p, const struct part *end, const char *at, bool all)
{
	bool known = true, yes = false;

	for (; p < end; at += part_bytes(p++)) {
		known = known && of_flow(p, all);
		yes = yes || (known && says_yes(rec, p, (const struct run *)(const void *)at));
	}
	return yes ? SAID_YES : known ? SAID_NO : UNKNOWN;
}

/* Do all packets of this flow get one answer from the rule? */
static bool is_settled(struct record *rec, uint32_t rule)
{
	const struct rule *r = rec->set->cold[rule].rule;
	const char *at = rec->set->runs + rec->set->rules[rule].first;
	bool all = true;
	size_t end;

	if (!r)
		return true;		/* the default rule */
	if (r->params[PARAM_PROB].word)
		return false;
	for (size_t i = 0; i < r->count; i = end) {
		enum said said;

		end = block_end(r, i);
		if (block_always(r, i))
			continue;	/* it was not packed */
		said = block_says(rec, r->parts + i, r->parts + end, at, all);
		if (said == SAID_NO)
			return true;
		all = all && said == SAID_YES;
		while (i < end)
			at += part_bytes(&r->parts[i++]);
	}
	return all;
}

/* Rules that the index passed over by a field that is not of the flow. */
static void look_at_loose(struct record *rec, uint32_t before)
{
	for (; *rec->loose < before && !rec->lost; rec->loose++)
		if (*rec->loose >= rec->next)
			rec->lost = ++rec->looked > LOOSE_MOST ||
				!is_settled(rec, *rec->loose);
}

/* The rule matched, and acts: where that only jumps or decides by what was looked up, it is done here too. */
static bool act_settled(struct record *rec, uint32_t rule)
{
	const struct rule *r = rec->set->cold[rule].rule;
	struct rules_pass x = *rec->x;
	struct rules_answer a;
	enum rule_step step;

	if (!r->action.word->steady || r->params[PARAM_LOG].word || r->params[PARAM_TAG].word ||
		r->params[PARAM_UNTAG].word)
		return false;
	x.look = rec->look;
	x.set = rec->set;
	x.rule = rule;
	x.answer = &a;
	step = r->action.word->act(r->action.own, &x);
	if (step == STEP_END) {
		rec->verdict = a.verdict;
		rec->arg = a.arg;
	}
	rec->next = step == STEP_JUMP ? x.next : rule + 1;
	return true;
}

/* The rule matched: where the way goes on. False: it may be elsewhere for the next packet. */
static bool follow(struct record *rec, uint32_t rule)
{
	const struct rule_run *r = &rec->set->rules[rule];

	if (rec->count == CACHE_PATH_MAX)
		return false;
	rec->path[rec->count++] = rule;
	if (r->step == STEP_ACT)
		return act_settled(rec, rule);
	rec->verdict = (enum rules_verdict)r->verdict;
	rec->arg = r->arg;
	rec->next = r->step == STEP_JUMP ? r->arg : rule + 1;
	return true;
}

void cache_note(struct record *rec, uint32_t rule, bool matched)
{
	if (rec->lost)
		return;
	look_at_loose(rec, rule);
	rec->next = rule + 1;
	rec->lost = rec->lost || !is_settled(rec, rule) || (matched && !follow(rec, rule));
}

static bool is_of_another(const struct rules_cache *c, const struct cache_entry *e, const struct cache_key *k)
{
	return e->used && e->generation == *c->generation && memcmp(&e->key, k, sizeof(*k)) != 0;
}

void cache_keep(struct rules_cache *c, const struct record *rec)
{
	unsigned set = set_of(rec->digest), way = 0;
	struct cache_entry *e;

	while (way < CACHE_WAYS && is_of_another(c, &c->entries[set][way], &rec->key))
		way++;
	if (way == CACHE_WAYS)
		way = (c->recent[set] + 1u) % CACHE_WAYS;
	c->recent[set] = (uint8_t)way;
	c->all_kept++;
	e = &c->entries[set][way];
	*e = (struct cache_entry){ .key = rec->key, .generation = *c->generation, .used = true, .lots = rec->lots,
		.tables_at = rec->tables_at };
	if (rec->lost)
		return;
	e->count = (uint8_t)rec->count;
	e->verdict = (uint8_t)rec->verdict;
	e->arg = rec->arg;
	memcpy(e->path, rec->path, rec->count * sizeof(*e->path));
}
