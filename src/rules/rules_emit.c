/* rules/rules_emit.c - a set's rules as programs of the filter machine, and those as machine code.
 *
 *      entry of rule 7:  proto 6?        no ---+       entered at 7, and that says no: 8 is asked, and so on
 *                        dport 80?       no ---+
 *                        return 7, yes         |       with an index:
 *                        until more than 8?  <-+       no: return 8
 *      entry of rule 8:  ...
 *
 * Each match that has emit() writes its condition as instructions, in the order in which conditions are asked; the
 * others are called there, so that dice are thrown and tables looked up as when every condition is asked by itself.
 * Blocks and `not` are labels. As many rules as the machine allows become one program, which may begin at each of them;
 * so the scan enters code once for all rules that say no, and once more behind each that matched. An index names single
 * rules: there only those become code which stand close to others in one of its lists, to be asked together; whoever
 * enters says where to stop. A rule alone is not entered, since the jump into code that no predictor knows costs more
 * than its conditions; nor does a rule become code whose first condition would be called. There code comes back.
 *
 * Programs are verified like any other. They are run as machine code alone: where there is none, or the system allows
 * none, asking condition by condition (rules_judge.c) is faster than to interpret.
 *
 * Control thread; read by any. Cost: about 3 us and 250 bytes a rule, on whoever changes the set. Limits: the first
 * EMIT_RULES_MAX rules of a set that are worth it, of EMIT_PARTS_MAX conditions each; others are asked one by one. */
#include "rules_emit.h"

#include <stdlib.h>

#include "rules_index.h"

#define INSNS_ENOUGH 1536u	/* of one program, before another begins: a rule more still fits */
#define CALLS_ENOUGH 256u	/* likewise; they count much in what the machine allows */
#define CALL_COST 30u

/* ---- conditions ---- */

void emit_in(struct code *c, enum filter_field_number f, const struct filter_range *r, uint32_t n)
{
	if (n == 1)
		filter_build_range(c->to, f, r->lo, r->hi, c->yes, c->no);
	else
		filter_build_in(c->to, f, r, n, c->yes, c->no);
}

bool emit_ranges(const struct ranges *rs, enum filter_field_number f, struct code *c)
{
	struct filter_range r[EMIT_LIST_MAX];

	if (rs->count > EMIT_LIST_MAX)
		return false;
	for (uint32_t i = 0; i < rs->count; i++)
		r[i] = (struct filter_range){ rs->r[i].lo, rs->r[i].hi };
	emit_in(c, f, r, rs->count);
	return true;
}

bool emit_bits(const struct bits *s, enum filter_field_number f, struct code *c)
{
	struct filter_range r[EMIT_LIST_MAX];
	uint32_t n = 0;

	for (unsigned i = 0; i < 256; i++) {
		if (!bits_hold(s, i))
			continue;
		if (n && r[n - 1].hi + 1 == i) {
			r[n - 1].hi = i;
			continue;
		}
		if (n == EMIT_LIST_MAX)
			return false;
		r[n++] = (struct filter_range){ i, i };
	}
	emit_in(c, f, r, n);
	return true;
}

/* ---- rules ---- */

#define IN_LOOK(member) (offsetof(struct rules_look, member) - offsetof(struct rules_look, filter))
_Static_assert(IN_LOOK(bytes) == offsetof(struct filter_look, bytes), "both are one look");
_Static_assert(IN_LOOK(wire_bytes) == offsetof(struct filter_look, wire), "both are one look");

static uint64_t ask(const void *own, const struct filter_look *l)
{
	const struct run *run = own;
	const char *look = (const char *)l - offsetof(struct rules_look, filter);

	return run->run(run + 1, (const struct rules_look *)(const void *)look);
}

static void emit_part(struct filter_build *to, const struct part *p, const struct run *run, filter_label yes,
	filter_label no, struct emit_count *n)
{
	struct code c = { to, p->negated ? no : yes, p->negated ? yes : no };

	if (p->always) {
		filter_build_jump(to, c.yes);
	} else if (p->word->emit && p->word->emit(run + 1, &c)) {
		n->written++;
	} else {
		filter_build_call(to, (struct filter_call){ ask, run, CALL_COST }, c.yes, c.no);
		n->called++;
	}
}

struct emit_count emit_rule(struct filter_build *to, const struct rule *r, const char *runs, filter_label no)
{
	const struct part *prob = &r->params[PARAM_PROB];
	struct emit_count n = { 0 };

	if (prob->word) {
		filter_label next = filter_build_label(to);

		emit_part(to, prob, (const struct run *)(const void *)runs, next, no, &n);
		filter_build_here(to, next);
		runs += part_bytes(prob);
	}
	for (size_t i = 0, end; i < r->count; i = end) {
		filter_label next;

		end = block_end(r, i);
		if (block_always(r, i))
			continue;
		next = filter_build_label(to);
		for (size_t k = i; k < end; k++) {
			filter_label other = k + 1 < end ? filter_build_label(to) : no;

			emit_part(to, &r->parts[k], (const struct run *)(const void *)runs, next, other, &n);
			n.late |= !n.written && n.called > (prob->word != NULL);
			runs += part_bytes(&r->parts[k]);
			if (k + 1 < end)
				filter_build_here(to, other);
		}
		filter_build_here(to, next);
	}
	return n;
}

/* ---- sets ---- */

struct making {
	struct emitted *e;
	const struct rules_set *set;
	uint8_t *dense;			/* of a set with an index: rules that are worth it; NULL: all are */
	uint32_t rules;			/* that are code so far */
	size_t written;			/* conditions that are code, of all of them */

	struct filter_build *build;	/* the program that is being written; NULL: none is */
	uint32_t *entries;		/* the rule of each of its beginnings */
	uint32_t entry_count;
	unsigned calls;
	bool open;			/* the last rule goes on at what follows, when it says no */
};

static uint32_t said(uint32_t rule, uint32_t yes)
{
	return rule << 1 | yes;
}

/* Whoever comes by goes on at rule `next`, which is not in this program. */
static void close_way(struct making *m, uint32_t next)
{
	if (m->open)
		filter_build_return(m->build, said(next, 0));
	m->open = false;
}

/* Ends the program. One that the machine does not take leaves its rules without code, which is no error. */
static void finish(struct making *m, uint32_t next)
{
	struct filter *f;
	struct err e;

	close_way(m, next);
	f = m->entry_count ? filter_build_make(m->build, &e) : NULL;
	filter_build_free(m->build);
	m->build = NULL;
	if (f && !filter_native(f)) {
		m->e->programs[m->e->count++] = f;
		for (uint32_t i = 0; i < m->entry_count; i++)
			m->e->rules[m->entries[i]] = filter_native_entry(f, i);
	} else {
		filter_release(f);
	}
	m->entry_count = m->calls = 0;
}

/* In front of rule i: whoever was entered before it may not go so far. */
static void put_until(struct making *m, uint32_t i)
{
	filter_label go = filter_build_label(m->build), stop = filter_build_label(m->build);

	filter_build_more(m->build, i, go, stop);
	filter_build_here(m->build, stop);
	filter_build_return(m->build, said(i, 0));
	filter_build_here(m->build, go);
}

/* The default rule has no body, and matches. False: it is asked sooner by itself; nothing was written. */
static bool put_rule(struct making *m, uint32_t i)
{
	const struct rule *r = m->set->cold[i].rule;
	uint32_t before = filter_build_insns(m->build);
	struct emit_count n = { 0 };
	filter_label no;

	if (m->open && m->set->index)
		put_until(m, i);
	filter_build_entry(m->build);
	no = filter_build_label(m->build);
	if (r)
		n = emit_rule(m->build, r, m->set->runs + m->set->rules[i].first, no);
	m->calls += n.called;
	if (n.late) {
		filter_build_cut(m->build, before);
		return false;
	}
	filter_build_return(m->build, said(i, EMITTED_YES));
	filter_build_here(m->build, no);
	m->written += n.written;
	return true;
}

static bool is_worth(const struct making *m, uint32_t i)
{
	const struct rule *r = m->set->cold[i].rule;

	return (!m->dense || m->dense[i]) && m->rules < EMIT_RULES_MAX && (!r || r->count <= EMIT_PARTS_MAX);
}

static int add_rule(struct making *m, uint32_t i)
{
	if (!m->build && !(m->build = filter_build_new()))
		return ERR_NOMEM;
	if (!is_worth(m, i) || !put_rule(m, i)) {
		close_way(m, i);
	} else {
		m->entries[m->entry_count++] = i;
		m->rules++;
		m->open = true;
	}
	if (filter_build_insns(m->build) >= INSNS_ENOUGH || m->calls >= CALLS_ENOUGH)
		finish(m, i + 1);
	return 0;
}

int emitted_new(struct emitted **to, const struct rules_set *s)
{
	struct making m = { .set = s };
	int rc = 0;

	*to = NULL;
	if (s->count < 2 || !filter_native_here() || s->count > UINT32_MAX >> 1)
		return 0;
	m.e = calloc(1, sizeof(*m.e) + s->count * sizeof(*m.e->rules));
	if (!m.e)
		return ERR_NOMEM;
	m.e->programs = calloc(s->count, sizeof(struct filter *));
	m.entries = calloc(s->count, sizeof(*m.entries));
	m.dense = s->index ? calloc(s->count, 1) : NULL;
	rc = m.e->programs && m.entries && (m.dense || !s->index) ? 0 : ERR_NOMEM;
	if (m.dense)
		index_dense(s->index, m.dense);
	for (uint32_t i = 0; i < s->count && !rc; i++)
		rc = add_rule(&m, i);
	if (!rc)
		finish(&m, s->count);
	filter_build_free(m.build);
	free(m.entries);
	free(m.dense);
	if (rc || !m.written)
		emitted_free(m.e);
	else
		*to = m.e;
	return rc;
}

void emitted_free(struct emitted *e)
{
	if (!e)
		return;
	for (uint32_t i = 0; i < e->count; i++)
		filter_release(e->programs[i]);
	free(e->programs);
	free(e);
}
