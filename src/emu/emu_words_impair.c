/* emu/emu_words_impair.c - readers and printers of impairments, and of overheads.
 *
 *      plr P | loss random P [corr R] [after]
 *            | loss gemodel p [r [1-h [1-k]]] [after]
 *            | loss state p13 [p31 [p32 [p23 [p14]]]] [after]
 *            | loss pattern FILE [once] [after]
 *      duplicate P [corr R]
 *      corrupt P [bits N] [any]
 *      reorder P [corr R] [gap N] [by T]
 *      jitter T [uniform | normal | pareto | paretonormal | table FILE] [corr R] [reorder]
 *      jitter ecdf FILE [corr R] [reorder]
 *      overhead N | overhead ethernet | overhead [N] atm
 *
 * What follows the values may stand in any order, each once. `reorder` behind jitter is its own word, unless a number
 * follows: then it begins the option of that name. Printed back is the shortest that says the same: plain loss as plr,
 * chains without what follows from the rest (r 1 - p, 1-h 1, 1-k 0; p31 1 - p13, p32 0, p23 1, p14 0; one less
 * a threshold of 2^64 is exact), a uniform jitter without its name. Runs while scripts are read. */
#include "emu_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/text.h"

static const char prob_allowed[] = "a probability, 0..1 or 0%..100%";

static bool is_number(struct word w)
{
	return w.n && ((w.p[0] >= '0' && w.p[0] <= '9') || w.p[0] == '.' || w.p[0] == '-');
}

static int read_prob(struct lex *lx, struct word name, const char *what, struct prob *p)
{
	struct word w;

	return emu_value(lx, name, prob_allowed, &w) ?: units_prob(lx, w, what, p);
}

/* One of the words that may follow a value. True: it is the next one, and taken; *twice: it was there before. */
static bool follows(struct lex *lx, const char *what, unsigned bit, unsigned *said, struct word *name, int *rc)
{
	if (!lex_peek(lx, name) || !word_is(*name, what))
		return false;
	lex_next(lx, name);
	if (*said & bit)
		*rc = lex_error(lx, *name, ERR_TWICE, "%s: given twice; once is allowed", what);
	*said |= bit;
	return true;
}

enum { SAID_CORR = 1, SAID_AFTER = 2, SAID_ONCE = 4, SAID_BITS = 8, SAID_ANY = 16, SAID_GAP = 32, SAID_BY = 64,
	SAID_REORDER = 128, SAID_DIST = 256 };

/* `corr R`, if it is there. */
static bool read_corr(struct lex *lx, unsigned *said, struct prob *corr, int *rc)
{
	struct word name;

	if (!follows(lx, "corr", SAID_CORR, said, &name, rc))
		return false;
	*rc = *rc ?: read_prob(lx, name, "corr", corr);
	return true;
}

/* ---- loss ---- */

static const char loss_allowed[] = "random P, gemodel p, state p13 or pattern FILE";

static const struct chain {
	const char *name;
	enum emu_loss_model model;
	unsigned count;
} chains[] = {
	{ "random", LOSS_RANDOM, 1 }, { "gemodel", LOSS_GEMODEL, 4 }, { "state", LOSS_STATE, 5 },
};

static const struct prob sure = { 0, true };

static struct prob one_less(struct prob p)
{
	return p.always ? (struct prob){ 0 } : (struct prob){ -p.below, !p.below };
}

/* What the i-th probability is where the line does not say it. */
static struct prob by_itself(const struct emu_loss *l, unsigned i)
{
	if (i == 1)	/* r, p31 */
		return one_less(l->p[0]);
	if (l->model == LOSS_GEMODEL)
		return i == LOSS_BAD ? sure : (struct prob){ 0 };
	return i == LOSS_P23 ? sure : (struct prob){ 0 };
}

static bool above_one(struct prob a, struct prob b)
{
	uint64_t sum = a.below + b.below;

	if (a.always || b.always)
		return emu_prob_some(a) && emu_prob_some(b);
	return sum < a.below && sum;
}

/* From one state a packet moves to one other. */
static int check_sum(struct lex *lx, struct word w, const struct emu_loss *l, unsigned i)
{
	if (l->model != LOSS_STATE)
		return 0;
	if (i == LOSS_P32 && above_one(l->p[LOSS_P31], l->p[LOSS_P32]))
		return lex_error(lx, w, ERR_RANGE, "loss: p31 and p32 are together more than 1");
	if (i == LOSS_P14 && above_one(l->p[LOSS_P13], l->p[LOSS_P14]))
		return lex_error(lx, w, ERR_RANGE, "loss: p13 and p14 are together more than 1");
	return 0;
}

static int read_chain(struct lex *lx, struct word name, const struct chain *chain, struct emu_loss *l)
{
	struct word w;
	unsigned i = 1;
	int rc = read_prob(lx, name, "loss", &l->p[0]);

	for (; !rc && lex_peek(lx, &w) && is_number(w); i++) {
		lex_next(lx, &w);
		if (i == chain->count)
			return lex_error(lx, w, ERR_SYNTAX, "loss: %s takes %u %s", chain->name, chain->count,
				chain->count > 1 ? "probabilities at most" : "probability");
		rc = units_prob(lx, w, "loss", &l->p[i]) ?: check_sum(lx, w, l, i);
	}
	for (; i < chain->count; i++)
		l->p[i] = by_itself(l, i);
	return rc;
}

static int read_pattern(struct lex *lx, struct word name, struct emu_loss *l)
{
	struct word w;
	int rc = emu_value(lx, name, "a file", &w);

	if (rc)
		return rc;
	l->file = emu_file_read(lx, w, &emu_pattern_reader);
	return l->file ? 0 : ERR_IO;
}

static int read_model(struct lex *lx, struct word name, struct emu_loss *l)
{
	struct word w;
	int rc = emu_value(lx, name, loss_allowed, &w);

	if (rc)
		return rc;
	for (size_t i = 0; i < sizeof(chains) / sizeof(*chains); i++) {
		if (word_is(w, chains[i].name)) {
			l->model = chains[i].model;
			return read_chain(lx, name, &chains[i], l);
		}
	}
	l->model = LOSS_PATTERN;
	if (word_is(w, "pattern"))
		return read_pattern(lx, name, l);
	return lex_error(lx, w, ERR_UNKNOWN, "loss: unknown model; %s", loss_allowed);
}

/* The words behind the model. */
static int read_loss_rest(struct lex *lx, struct emu_loss *l)
{
	unsigned said = 0;
	struct word w;
	int rc = 0;

	while (!rc) {
		if (follows(lx, "after", SAID_AFTER, &said, &w, &rc))
			l->after = true;
		else if (follows(lx, "once", SAID_ONCE, &said, &w, &rc))
			l->once = true;
		else if (!read_corr(lx, &said, &l->corr, &rc))
			break;
		else if (l->model != LOSS_RANDOM && !rc)
			rc = lex_error(lx, w, ERR_USAGE, "corr: of loss random only; a chain is its own memory");
		if (l->once && l->model != LOSS_PATTERN && !rc)
			rc = lex_error(lx, w, ERR_USAGE, "once: of loss pattern only");
	}
	return rc;
}

void emu_hold_loss(const struct emu_conf *c)
{
	emu_file_hold(c->impair.loss.file);
}

void emu_release_loss(struct emu_conf *c)
{
	emu_file_set(&c->impair.loss.file, NULL);
}

int emu_parse_plr(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_loss l = { .model = LOSS_RANDOM };
	int rc = read_prob(lx, name, "plr", &l.p[LOSS_P]);

	emu_release_loss(c);
	c->impair.loss = l;
	return rc;
}

int emu_parse_loss(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_loss l = { 0 };
	int rc = read_model(lx, name, &l) ?: read_loss_rest(lx, &l);

	emu_release_loss(c);
	c->impair.loss = l;
	return rc;
}

/* "plr 0.01 corr 0.5": where several words print what chance is. */
static void add_prob(struct text *t, const char *before, struct prob p)
{
	char text[UNITS_TEXT];

	units_print_prob(text, p);
	text_add(t, "%s%s", before, text);
}

static void add_corr(struct text *t, struct prob corr)
{
	if (emu_prob_some(corr))
		add_prob(t, " corr ", corr);
}

static bool same(struct prob a, struct prob b)
{
	return a.always == b.always && a.below == b.below;
}

static void add_chain(struct text *t, const struct chain *chain, const struct emu_loss *l)
{
	unsigned count = chain->count;

	while (count > 1 && same(l->p[count - 1], by_itself(l, count - 1)))
		count--;
	text_add(t, "loss %s", chain->name);
	for (unsigned i = 0; i < count; i++)
		add_prob(t, " ", l->p[i]);
}

void emu_print_loss(char *to, const struct emu_conf *c)
{
	const struct emu_loss *l = &c->impair.loss;
	struct text t = text_init(to, EMU_OPTION_TEXT);

	if (emu_loss_is_plain(l)) {
		add_prob(&t, "plr ", l->p[LOSS_P]);
		return;
	}
	if (l->model == LOSS_PATTERN)
		text_add(&t, "loss pattern %s%s", emu_file_path(l->file), l->once ? " once" : "");
	for (size_t i = 0; i < sizeof(chains) / sizeof(*chains); i++)
		if (l->model == chains[i].model)
			add_chain(&t, &chains[i], l);
	add_corr(&t, l->corr);
	if (l->after)
		text_add(&t, " after");
}

/* ---- duplicate, corrupt, reorder ---- */

int emu_parse_duplicate(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_duplicate d = { 0 };
	unsigned said = 0;
	int rc = read_prob(lx, name, "duplicate", &d.p);

	while (!rc && read_corr(lx, &said, &d.corr, &rc))
		;
	c->impair.duplicate = d;
	return rc;
}

void emu_print_duplicate(char *to, const struct emu_conf *c)
{
	struct text t = text_init(to, EMU_OPTION_TEXT);

	add_prob(&t, "duplicate ", c->impair.duplicate.p);
	add_corr(&t, c->impair.duplicate.corr);
}

static int read_count(struct lex *lx, struct word name, const char *what, const char *allowed, uint32_t most,
	uint32_t *count)
{
	struct word w;
	uint64_t n = 0;
	int rc = emu_value(lx, name, allowed, &w) ?: units_num(lx, w, what, 1, most, &n);

	*count = (uint32_t)n;
	return rc;
}

int emu_parse_corrupt(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_corrupt x = { .bits = 1 };
	unsigned said = 0;
	struct word w;
	int rc = read_prob(lx, name, "corrupt", &x.p);

	while (!rc) {
		if (follows(lx, "bits", SAID_BITS, &said, &w, &rc))
			rc = rc ?: read_count(lx, w, "bits", "how many flip, 1..64", EMU_BITS_MAX, &x.bits);
		else if (follows(lx, "any", SAID_ANY, &said, &w, &rc))
			x.any = true;
		else
			break;
	}
	c->impair.corrupt = x;
	return rc;
}

void emu_print_corrupt(char *to, const struct emu_conf *c)
{
	const struct emu_corrupt *x = &c->impair.corrupt;
	struct text t = text_init(to, EMU_OPTION_TEXT);

	add_prob(&t, "corrupt ", x->p);
	if (x->bits > 1)
		text_add(&t, " bits %" PRIu32, x->bits);
	if (x->any)
		text_add(&t, " any");
}

static int read_by(struct lex *lx, struct word name, nrw_time *by)
{
	struct word w;
	int rc = emu_value(lx, name, "how much longer it is held, as 20ms", &w) ?:
		 units_time(lx, w, "by", NRW_MS, by);

	if (rc || *by)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "by: 0 is not allowed; without it a packet skips the jitter");
}

int emu_parse_reorder(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_reorder r = { .gap = 1 };
	unsigned said = 0;
	struct word w;
	int rc = read_prob(lx, name, "reorder", &r.p);

	while (!rc) {
		if (follows(lx, "gap", SAID_GAP, &said, &w, &rc))
			rc = rc ?: read_count(lx, w, "gap", "each so many-th packet, as 5", EMU_GAP_MAX, &r.gap);
		else if (follows(lx, "by", SAID_BY, &said, &w, &rc))
			rc = rc ?: read_by(lx, w, &r.by);
		else if (!read_corr(lx, &said, &r.corr, &rc))
			break;
	}
	c->impair.reorder = r;
	return rc;
}

void emu_print_reorder(char *to, const struct emu_conf *c)
{
	const struct emu_reorder *r = &c->impair.reorder;
	struct text t = text_init(to, EMU_OPTION_TEXT);
	char by[UNITS_TEXT];

	add_prob(&t, "reorder ", r->p);
	add_corr(&t, r->corr);
	if (r->gap > 1)
		text_add(&t, " gap %" PRIu32, r->gap);
	if (!r->by)
		return;
	units_print_time(by, r->by);
	text_add(&t, " by %s", by);
}

/* ---- jitter ---- */

static const char *const dists[] = {
	[DIST_UNIFORM] = "uniform", [DIST_NORMAL] = "normal", [DIST_PARETO] = "pareto",
	[DIST_PARETONORMAL] = "paretonormal", [DIST_TABLE] = "table", [DIST_ECDF] = "ecdf",
};

#define DISTS (sizeof(dists) / sizeof(*dists))

static int read_dist_file(struct lex *lx, struct word name, const struct emu_file_reader *reader, struct emu_jitter *j)
{
	struct word w;
	int rc = emu_value(lx, name, "a file", &w);

	if (rc)
		return rc;
	emu_file_set(&j->file, emu_file_read(lx, w, reader));
	return j->file ? 0 : ERR_IO;
}

/* The name of a distribution, if it is the next word. */
static bool read_dist(struct lex *lx, unsigned *said, struct emu_jitter *j, int *rc)
{
	struct word w;
	size_t i = 0;

	if (!lex_peek(lx, &w))
		return false;
	while (i < DISTS && !word_is(w, dists[i]))
		i++;
	if (i == DISTS)
		return false;
	lex_next(lx, &w);
	if (*said & SAID_DIST)
		*rc = lex_error(lx, w, ERR_TWICE, "jitter: one distribution is allowed");
	else if (i == DIST_ECDF)
		*rc = lex_error(lx, w, ERR_USAGE, "ecdf: says whole delays; it takes the place of T: jitter ecdf FILE");
	else if (i == DIST_TABLE)
		*rc = read_dist_file(lx, w, &emu_dist_reader, j);
	*said |= SAID_DIST;
	j->dist = (enum emu_dist)i;
	return true;
}

/* `reorder`, unless it begins the option. */
static bool read_own_reorder(struct lex *lx, unsigned *said, struct emu_jitter *j, int *rc)
{
	struct lex ahead = *lx;
	struct word w;

	lex_next(&ahead, &w);
	if (lex_next(&ahead, &w) && is_number(w))
		return false;
	if (!follows(lx, "reorder", SAID_REORDER, said, &w, rc))
		return false;
	j->reorder = true;
	return true;
}

static int read_scale(struct lex *lx, struct word name, unsigned *said, struct emu_jitter *j)
{
	struct word w;
	int rc = emu_value(lx, name, "a time, as 5ms, or ecdf FILE", &w);

	if (rc)
		return rc;
	if (word_is(w, "ecdf")) {
		*said |= SAID_DIST;
		j->dist = DIST_ECDF;
		return read_dist_file(lx, w, &emu_ecdf_reader, j);
	}
	rc = units_time(lx, w, "jitter", NRW_MS, &j->scale);
	if (rc || j->scale <= EMU_JITTER_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "jitter: %.*s is not in 0..%" PRIu64 "ns (2^44, 4.8 hours)", emu_shown(w),
		w.p, EMU_JITTER_MAX);
}

void emu_hold_jitter(const struct emu_conf *c)
{
	emu_file_hold(c->impair.jitter.file);
}

void emu_release_jitter(struct emu_conf *c)
{
	emu_file_set(&c->impair.jitter.file, NULL);
}

static bool read_jitter_rest(struct lex *lx, unsigned *said, struct emu_jitter *j, int *rc)
{
	return read_dist(lx, said, j, rc) || read_corr(lx, said, &j->corr, rc) || read_own_reorder(lx, said, j, rc);
}

int emu_parse_jitter(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_jitter j = { 0 };
	unsigned said = 0;
	int rc = read_scale(lx, name, &said, &j);

	while (!rc && read_jitter_rest(lx, &said, &j, &rc))
		;
	emu_release_jitter(c);
	c->impair.jitter = j;
	return rc;
}

void emu_print_jitter(char *to, const struct emu_conf *c)
{
	const struct emu_jitter *j = &c->impair.jitter;
	struct text t = text_init(to, EMU_OPTION_TEXT);
	char scale[UNITS_TEXT] = "0";

	if (j->scale)
		units_print_time(scale, j->scale);
	if (j->dist != DIST_ECDF)
		text_add(&t, "jitter %s", scale);
	else
		text_add(&t, "jitter");
	if (j->dist != DIST_UNIFORM)
		text_add(&t, " %s", dists[j->dist]);
	if (j->file)
		text_add(&t, " %s", emu_file_path(j->file));
	add_corr(&t, j->corr);
	if (j->reorder)
		text_add(&t, " reorder");
}

/* ---- overhead ---- */

int emu_parse_overhead(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_overhead o = { 0 };
	struct word w;
	uint64_t n = 0;
	int rc = emu_value(lx, name, "bytes a packet, 0..65535, ethernet, or atm", &w);

	if (!rc && word_is(w, "ethernet")) {
		o.framing = FRAMING_ETHERNET;
	} else if (!rc && word_is(w, "atm")) {
		o.framing = FRAMING_ATM;
	} else if (!rc) {
		rc = units_num(lx, w, "overhead", 0, EMU_OVERHEAD_MAX, &n);
		o.bytes = (uint32_t)n;
		if (!rc && lex_peek(lx, &w) && word_is(w, "atm")) {
			lex_next(lx, &w);
			o.framing = FRAMING_ATM;
		}
	}
	c->overhead = o;
	return rc;
}

void emu_print_overhead(char *to, const struct emu_conf *c)
{
	const struct emu_overhead *o = &c->overhead;
	struct text t = text_init(to, EMU_OPTION_TEXT);

	text_add(&t, "overhead");
	if (o->framing == FRAMING_ETHERNET)
		text_add(&t, " ethernet");
	if (o->bytes || o->framing == FRAMING_PLAIN)
		text_add(&t, " %" PRIu32, o->bytes);
	if (o->framing == FRAMING_ATM)
		text_add(&t, " atm");
}
