/* rules/rules_index.c - which rules a packet can match at all, so that the others need not be asked.
 *
 *      packet: dst port 80, from 10.1.2.3            table                lists
 *        (dport, all bits)   --> 80                  ... | 80    | -----> 12 90 4711 end
 *        (dport, 14 bits)    --> 80                  ... |       |
 *        (source, 8 bits)    --> 10.0.0.0            ... | 10/8  | -----> 3 7 12 end
 *                                                    always asked ------> 5 20 default end
 *      walk: 3 5 7 12 20 90 ... until a rule ends it
 *
 * Each rule stands in the lists of the keys of one of its blocks, in all of them, and in no other; a rule that has no
 * keys, or dice, which are thrown when the scan comes by, is always asked. Lists are in the order of rules. A packet is
 * looked up once for each (field, mask) that occurs, and the lists it is in are walked together, so that rules come in
 * order and skipto seeks. Every rule that comes is asked as a whole: what the index adds is only that the others
 * need not be, since they would have said no. When a rule has changed what a key is made of (setdscp) or the scan jumps
 * back (call, return), the walk begins anew.
 *
 * The block is chosen for which the fewest packets ask the rule in vain: by the share of packets that have its keys, as
 * rules_keys.c guesses it, times the number of rules that have the same keys; the lesser index wins a tie. The table
 * knows keys by a print of 64 bits: two that meet share a list, which costs questions and is right all the same. Who
 * sends packets puts nothing into it, so its hash needs no secret.
 *
 * Rules that stand under keys that are not of the flow are listed a second time, for the verdict cache.
 *
 * Built by the control thread in O(n); read by any. Cost of a walk: 3 to 6 ns a mask, then what the rules cost. Limits:
 * PROBES_MAX masks, a third of them of one field (a rule whose key would be one more takes another); KEYS_MAX keys a
 * block. */
#include "rules/rules_index.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_PROBES_MAX 33	/* lengths of an IPv4 prefix */
#define SLOTS_MIN 64
#define ALWAYS 0		/* prints of no key: rules that are always asked, */
#define LOOSE 2			/* and, besides, those that have keys which are not of the flow */

static inline uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0x9e3779b97f4a7c15);
	return x ^ x >> 29;
}

static inline uint64_t print_of(const struct probe *p, uint64_t hi, uint64_t lo)
{
	uint64_t x = mix((hi & p->mask[0]) ^ p->seed);

	if (p->mask[1])
		x = mix(x ^ (lo & p->mask[1]));
	return mix(x) | 1;	/* 0 is a free slot */
}

static struct probe probe_of(const struct index_key *k)
{
	return (struct probe){ { k->mask[0], k->mask[1] }, mix(k->mask[0] ^ mix(k->mask[1] ^ mix(k->field + 1u))) };
}

/* ---- a table that grows, while an index is made ---- */

struct table {
	struct index_slot *slots;
	size_t mask, used;
};

static inline struct index_slot *slot_of(struct index_slot *slots, size_t mask, uint64_t print)
{
	size_t i = (size_t)(print >> 8) & mask;	/* the lowest bit is always 1 */

	while (slots[i].print && slots[i].print != print)
		i = (i + 1) & mask;
	return &slots[i];
}

static int table_init(struct table *t, size_t keys)
{
	size_t room = SLOTS_MIN;

	while (room < keys * 2)
		room *= 2;
	*t = (struct table){ .slots = calloc(room, sizeof(*t->slots)), .mask = room - 1 };
	return t->slots ? 0 : ERR_NOMEM;
}

/* One more of this key. There is room: the table was made for all. */
static void table_count(struct table *t, uint64_t print)
{
	struct index_slot *s = slot_of(t->slots, t->mask, print);

	t->used += !s->print;
	s->print = print;
	s->count++;
}

/* ---- making ---- */

struct choice {			/* rule `rule` stands in the list of this key */
	uint64_t print;
	uint32_t rule;
};

struct block {			/* of rule `rule`: so many of the keys that were found */
	uint32_t rule, keys;
};

struct making {
	/* The keys of all blocks, in order, read once: rules lie about in memory. */
	struct index_key *found;
	struct block *blocks;
	size_t found_count, found_room, block_count, block_room;
	uint32_t rule;			/* that is read */
	bool no_memory;
	struct table seen;		/* how many rules have a key, whether they take it or not */
	struct probe probes[KEY_FIELDS][FIELD_PROBES_MAX];
	unsigned probe_count[KEY_FIELDS], probes_all;
	struct choice *choices;
	size_t count, room, always, loose;
};

/* Room for `more` behind `count` elements. */
static bool grow(void **p, size_t *room, size_t count, size_t more, size_t bytes)
{
	size_t want = *room ? *room * 2 : 1024;
	void *to;

	if (count + more <= *room)
		return true;
	while (want < count + more)
		want *= 2;
	to = realloc(*p, want * bytes);
	if (!to)
		return false;
	*p = to;
	*room = want;
	return true;
}

static void take_keys(void *ctx, const struct keys *ks)
{
	struct making *m = ctx;
	void *found = m->found, *blocks = m->blocks;

	m->no_memory = m->no_memory || !grow(&found, &m->found_room, m->found_count, ks->n, sizeof(*m->found)) ||
		!grow(&blocks, &m->block_room, m->block_count, 1, sizeof(*m->blocks));
	m->found = found;
	m->blocks = blocks;
	if (m->no_memory)
		return;
	memcpy(m->found + m->found_count, ks->k, ks->n * sizeof(*ks->k));
	m->found_count += ks->n;
	m->blocks[m->block_count++] = (struct block){ m->rule, ks->n };
}

static uint64_t print_of_key(const struct index_key *k)
{
	struct probe p = probe_of(k);

	return print_of(&p, k->value[0], k->value[1]);
}

/* Is the mask of the key among the probes, or is there room for it? */
static bool has_probe(const struct making *m, const struct index_key *k)
{
	uint64_t seed = probe_of(k).seed;

	for (unsigned i = 0; i < m->probe_count[k->field]; i++)
		if (m->probes[k->field][i].seed == seed)
			return true;
	return false;
}

/* Room for all masks of the block at once: it may need as many as it has keys. */
static bool has_room(const struct making *m, const struct index_key *k, uint32_t n)
{
	unsigned more[KEY_FIELDS] = { 0 }, all = 0;

	for (uint32_t i = 0; i < n; i++) {
		unsigned f = k[i].field;

		if (has_probe(m, &k[i]))
			continue;
		if (m->probe_count[f] + ++more[f] > FIELD_PROBES_MAX || m->probes_all + ++all > PROBES_MAX)
			return false;
	}
	return true;
}

static uint64_t cost_of(const struct making *m, const struct index_key *k, uint32_t n)
{
	uint64_t cost = 0;

	for (uint32_t i = 0; i < n; i++)
		cost += (uint64_t)key_weight(&k[i]) * slot_of(m->seen.slots, m->seen.mask, print_of_key(&k[i]))->count;
	return cost;
}

/* Rule `rule` stands in the list of this print; ALWAYS: in that of rules that are always asked. */
static int choose(struct making *m, uint64_t print, uint32_t rule)
{
	void *choices = m->choices;

	if (!grow(&choices, &m->room, m->count, 1, sizeof(*m->choices)))
		return ERR_NOMEM;
	m->choices = choices;
	m->choices[m->count++] = (struct choice){ print, rule };
	return 0;
}

static int choose_key(struct making *m, const struct index_key *k, uint32_t rule)
{
	struct probe p = probe_of(k);

	if (!has_probe(m, k)) {
		m->probes[k->field][m->probe_count[k->field]++] = p;
		m->probes_all++;
	}
	return choose(m, print_of(&p, k->value[0], k->value[1]), rule);
}

/* Rule i takes the best of its blocks, the first of which is *b, and its keys *k. */
static int choose_for(struct making *m, uint32_t i, size_t *b, size_t *k)
{
	const struct index_key *best = NULL;
	uint64_t best_cost = UINT64_MAX;
	uint32_t keys = 0;
	bool loose = false;
	int rc = 0;

	for (; *b < m->block_count && m->blocks[*b].rule == i; *k += m->blocks[(*b)++].keys) {
		const struct index_key *at = &m->found[*k];
		uint64_t cost = cost_of(m, at, m->blocks[*b].keys);

		if (cost < best_cost && has_room(m, at, m->blocks[*b].keys)) {
			best_cost = cost;
			best = at;
			keys = m->blocks[*b].keys;
		}
	}
	m->always += !best;
	if (!best)
		return choose(m, ALWAYS, i);
	for (uint32_t n = 0; n < keys && !rc; n++) {
		loose = loose || best[n].field >= KEY_TTL;
		rc = choose_key(m, &best[n], i);
	}
	m->loose += loose;
	return rc || !loose ? rc : choose(m, LOOSE, i);
}

static int choose_all(struct making *m, const struct rules_set *s)
{
	size_t b = 0, k = 0;
	int rc;

	for (m->rule = 0; m->rule + 1 < s->count; m->rule++)
		keys_of_rule(s->cold[m->rule].rule, take_keys, m);
	rc = m->no_memory ? ERR_NOMEM : table_init(&m->seen, m->found_count);
	for (size_t i = 0; !rc && i < m->found_count; i++)
		table_count(&m->seen, print_of_key(&m->found[i]));
	for (uint32_t i = 0; !rc && i < s->count; i++)
		rc = choose_for(m, i, &b, &k);
	return rc;
}

/* Masks in the order of their fields. */
static void lay_probes(struct index *ix, const struct making *m)
{
	unsigned n = 0;

	for (unsigned f = 0; f < KEY_FIELDS; f++) {
		ix->first[f] = (uint16_t)n;
		ix->fields |= (uint32_t)(m->probe_count[f] != 0) << f;
		memcpy(ix->probes + n, m->probes[f], m->probe_count[f] * sizeof(struct probe));
		n += m->probe_count[f];
	}
	ix->first[KEY_FIELDS] = (uint16_t)n;
}

static bool is_key(uint64_t print)
{
	return print & 1;
}

/* Each slot gets its room, then rules come in order. The mark at the end of a list is written with it: slots hold how
 * many rules have come so far. */
static void lay_lists(struct index *ix, const struct making *m)
{
	uint32_t at = (uint32_t)(m->always + m->loose) + 2, loose = 0;

	ix->loose = (uint32_t)m->always + 1;
	ix->lists[ix->loose] = UINT32_MAX;
	for (size_t i = 0; i < m->count; i++)
		if (is_key(m->choices[i].print))
			slot_of(ix->slots, ix->slots_mask, m->choices[i].print)->count++;
	for (size_t i = 0; i <= ix->slots_mask; i++) {
		if (!ix->slots[i].print)
			continue;
		ix->slots[i].first = at;
		at += ix->slots[i].count + 1;
		ix->slots[i].count = 0;
	}
	for (size_t i = 0; i < m->count; i++) {
		const struct choice *c = &m->choices[i];
		struct index_slot *s = slot_of(ix->slots, ix->slots_mask, c->print);
		uint32_t *list = ix->lists + (is_key(c->print) ? s->first : c->print == LOOSE ? ix->loose : 0);
		uint32_t *n = is_key(c->print) ? &s->count : c->print == LOOSE ? &loose : &ix->always_count;

		list[(*n)++] = c->rule;
		list[*n] = UINT32_MAX;
	}
}

/* One allocation: the index, masks, slots, lists. */
static struct index *make(const struct making *m)
{
	size_t slots = SLOTS_MIN, lists, bytes;
	struct index *ix;

	while (slots < m->count * 2)
		slots *= 2;
	lists = m->count * 2 + 2;	/* each may be a list of one, and its mark */
	if (lists > UINT32_MAX)
		return NULL;
	bytes = sizeof(*ix) + m->probes_all * sizeof(struct probe) + slots * sizeof(struct index_slot);
	ix = calloc(1, bytes + lists * sizeof(uint32_t));
	if (!ix)
		return NULL;
	ix->probes = (struct probe *)(void *)(ix + 1);
	ix->slots = (struct index_slot *)(void *)(ix->probes + m->probes_all);
	ix->lists = (uint32_t *)(void *)(ix->slots + slots);
	ix->slots_mask = (uint32_t)(slots - 1);
	for (size_t i = 0; i < m->count; i++)
		if (is_key(m->choices[i].print))
			slot_of(ix->slots, ix->slots_mask, m->choices[i].print)->print = m->choices[i].print;
	lay_probes(ix, m);
	lay_lists(ix, m);
	return ix;
}

int index_new(struct index **to, const struct rules_set *s)
{
	struct making *m;
	int rc;

	*to = NULL;
	if (s->count - 1 < INDEX_RULES_MIN)
		return 0;
	m = calloc(1, sizeof(*m));
	if (!m)
		return ERR_NOMEM;
	rc = choose_all(m, s);
	if (!rc && m->always < s->count - s->count / 4) {
		*to = make(m);
		rc = *to ? 0 : ERR_NOMEM;
	}
	free(m->found);
	free(m->blocks);
	free(m->seen.slots);
	free(m->choices);
	free(m);
	return rc;
}

void index_free(struct index *ix)
{
	free(ix);
}

/* ---- asking ---- */

static uint64_t iface_value(const struct rules_look *l, uint16_t iface)
{
	const char *name = l->env->iface_name ? l->env->iface_name(l->env->ctx, iface) : NULL;

	return name ? name_value(name) : 0;
}

/* The field of this packet. False: it has none. */
static bool value_of(const struct rules_look *l, enum key_field f, uint64_t v[2])
{
	const struct view *w = l->view;
	bool out = l->meta->dir == META_OUT;

	switch (f) {
	case KEY_FAMILY: v[0] = w->family; return true;
	case KEY_DIR: v[0] = l->meta->dir; return true;
	case KEY_PROTO: v[0] = w->proto; return w->has & VIEW_HAS_PROTO;
	case KEY_SRC4: v[0] = w->src4; return w->family == 4;
	case KEY_DST4: v[0] = w->dst4; return w->family == 4;
	case KEY_SRC6:
		v[0] = w->src6[0];
		v[1] = w->src6[1];
		return w->family == 6;
	case KEY_DST6:
		v[0] = w->dst6[0];
		v[1] = w->dst6[1];
		return w->family == 6;
	case KEY_SPORT: v[0] = w->sport; return w->has & VIEW_HAS_PORTS;
	case KEY_DPORT: v[0] = w->dport; return w->has & VIEW_HAS_PORTS;
	case KEY_RECV: v[0] = iface_value(l, l->meta->iface_in); return l->meta->iface_in;
	case KEY_XMIT: v[0] = iface_value(l, l->meta->iface_out); return out && l->meta->iface_out;
	case KEY_VIA:
		v[0] = iface_value(l, out ? l->meta->iface_out : l->meta->iface_in);
		return out ? l->meta->iface_out : l->meta->iface_in;
	case KEY_TCP_FLAGS: v[0] = w->tcp_flags; return w->has & VIEW_HAS_TCP;
	case KEY_TTL: v[0] = w->ttl; return w->has & VIEW_HAS_IP;
	case KEY_TOS: v[0] = w->tos; return w->has & VIEW_HAS_IP;
	case KEY_LEN: v[0] = l->meta->len_bytes; return l->meta->len_bytes <= 0xffff;
	case KEY_ID: v[0] = w->ip_id; return w->has & VIEW_HAS_IP4;
	case KEY_FIELDS: break;
	}
	return false;
}

static void add_list(struct walk *w, const uint32_t *list, uint32_t count)
{
	w->at[w->lists] = list;
	w->end[w->lists++] = list + count;
}

void walk_begin(struct walk *w, const struct index *ix, const struct rules_look *l)
{
	w->lists = 0;
	w->tos = l->view->tos;
	add_list(w, ix->lists, ix->always_count);
	for (uint32_t fields = ix->fields; fields; fields &= fields - 1) {
		unsigned f = (unsigned)__builtin_ctz(fields);
		uint64_t v[2] = { 0, 0 };

		if (!value_of(l, (enum key_field)f, v))
			continue;
		for (unsigned i = ix->first[f]; i < ix->first[f + 1]; i++) {
			uint64_t print = print_of(&ix->probes[i], v[0], v[1]);
			const struct index_slot *s = slot_of(ix->slots, ix->slots_mask, print);

			if (s->print)
				add_list(w, ix->lists + s->first, s->count);
		}
	}
}

#define DENSE_MIN 4u		/* rules of one list, */
#define DENSE_MOST 256u

/* Behind the last of the row that begins at at[0], or 0. */
static inline uint32_t row_of(const uint32_t *at, size_t left)
{
	uint32_t end = 0;

	for (size_t n = DENSE_MIN; n < left && n <= DENSE_MOST && at[n] - at[0] <= n + n / 2; n *= 2)
		end = at[n];
	return end;
}

uint32_t walk_dense(const struct walk *w, uint32_t rule)
{
	uint32_t end = 0;

	for (unsigned i = 0; i < w->lists; i++) {
		uint32_t row = *w->at[i] == rule ? row_of(w->at[i], (size_t)(w->end[i] - w->at[i])) : 0;

		end = row > end ? row : end;
	}
	return end;
}

static void mark_rows(const uint32_t *list, uint32_t count, uint8_t *dense)
{
	for (uint32_t i = 0; i + DENSE_MIN < count; i++)
		if (row_of(list + i, DENSE_MIN + 1))
			memset(dense + list[i], 1, list[i + DENSE_MIN] - list[i]);
}

void index_dense(const struct index *ix, uint8_t *dense)
{
	mark_rows(ix->lists, ix->always_count, dense);
	for (uint32_t i = 0; i <= ix->slots_mask; i++)
		if (ix->slots[i].print)
			mark_rows(ix->lists + ix->slots[i].first, ix->slots[i].count, dense);
}

/* The first of the list that is `rule` or more: steps that double, then halves. *at is less. */
const uint32_t *walk_seek(const uint32_t *at, const uint32_t *end, uint32_t rule)
{
	size_t step = 1;

	while ((size_t)(end - at) > step && at[step] < rule) {
		at += step;
		step *= 2;
	}
	for (const uint32_t *hi = (size_t)(end - at) > step ? at + step : end; hi - at > 1;) {
		const uint32_t *mid = at + (hi - at) / 2;

		if (*mid < rule)
			at = mid;
		else
			hi = mid;
	}
	return at + 1;	/* *at is less still, and what follows is not, or the end */
}
