/* emu/emu_words_aqm.c - readers and printers of queue management: the kinds, and what may stand behind each.
 *
 *      red 0.002/5/15/0.1 [ ecn [ dctcp ] | noecn ]      w_q / min / max / max_p; min and max as the queue counts, or
 *      gred ...                                          in bytes, as 0.002/7KB/21KB/0.1
 *      codel { parameter }                               pipe 1 config codel target 8ms interval 80ms ecn
 *      pie { parameter }
 *      type fq_codel, type fq_pie { parameter }          the same of a scheduler's own flows; ecn where none is said
 *
 * The first word that is no parameter of the kind ends its list, so order is free. What a parameter sets is said once:
 * `ecn noecn` is refused as `ecn ecn` is. A kind that is named again starts from defaults. Printed is what differs
 * from these. After a wrong word the rest of the list is still read, so that each is told once. Runs while scripts are
 * read. */
#include "emu_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

#define TUPDATE_MIN (100 * NRW_US)	/* a slow link ticks so often between two packets */
#define MAX_BURST_MAX (10 * NRW_S)
#define GAIN_MAX 7u
#define MILLION 1000000u

enum value { VALUE_TIME, VALUE_GAIN, VALUE_PROB, VALUE_ON, VALUE_OFF };

/* A word of a kind, and the member it sets. Words of one member are told apart by their values; the first of a member
 * and a value is how it is printed. */
struct param {
	const struct nrw_aqm_ops *ops;
	const char *word;
	enum value value;
	size_t offset;
	nrw_time least, most;	/* of a time; most NRW_NEVER: as much as there is */
};

#define CODEL(word_, value_, member, ...) { &aqm_codel, word_, value_, offsetof(struct aqm_codel, member), __VA_ARGS__ }
#define PIE(word_, value_, member, ...) { &aqm_pie, word_, value_, offsetof(struct aqm_pie, member), __VA_ARGS__ }

static const struct param params[] = {
	CODEL("target", VALUE_TIME, target, 1, NRW_NEVER),
	CODEL("interval", VALUE_TIME, interval, 1, NRW_NEVER),
	CODEL("ecn", VALUE_ON, ecn), CODEL("noecn", VALUE_OFF, ecn),
	PIE("target", VALUE_TIME, target, 1, NRW_NEVER),
	PIE("tupdate", VALUE_TIME, tupdate, TUPDATE_MIN, NRW_NEVER),
	PIE("alpha", VALUE_GAIN, alpha),
	PIE("beta", VALUE_GAIN, beta),
	PIE("max_burst", VALUE_TIME, max_burst, 0, MAX_BURST_MAX),
	PIE("max_ecnth", VALUE_PROB, max_ecnth),
	PIE("ecn", VALUE_ON, ecn), PIE("noecn", VALUE_OFF, ecn),
	PIE("capdrop", VALUE_ON, capdrop), PIE("nocapdrop", VALUE_OFF, capdrop),
	PIE("drand", VALUE_ON, drand), PIE("nodrand", VALUE_OFF, drand),
	PIE("derand", VALUE_ON, drand), PIE("noderand", VALUE_OFF, drand),
	PIE("onoff", VALUE_ON, onoff),
	PIE("ts", VALUE_ON, ts), PIE("dre", VALUE_OFF, ts),
};
#define PARAMS (sizeof(params) / sizeof(*params))

_Static_assert(PARAMS <= 32, "what was said has a bit for each");

static void *member(struct aqm_conf *a, const struct param *p)
{
	return (char *)&a->u + p->offset;
}

static const void *member_of(const struct aqm_conf *a, const struct param *p)
{
	return (const char *)&a->u + p->offset;
}

static const struct param *find(const struct nrw_aqm_ops *ops, struct word w)
{
	for (size_t i = 0; i < PARAMS; i++)
		if (params[i].ops == ops && word_is(w, params[i].word))
			return &params[i];
	return NULL;
}

/* 0..7, to a millionth. */
static int read_gain(struct lex *lx, struct word w, const struct param *p, uint32_t *to)
{
	struct decimal d;
	uint64_t n;

	if (decimal_span(w) != w.n || !w.n)
		return lex_error(lx, w, ERR_SYNTAX, "%s: '%.*s' is not a number in 0..%u, as 0.125", p->word,
			emu_shown(w), w.p, GAIN_MAX);
	decimal_read(&d, w, 0);
	if (!decimal_times(&d, MILLION, &n) || n > (uint64_t)GAIN_MAX * MILLION ||
		(n == (uint64_t)GAIN_MAX * MILLION && !decimal_is_whole(&d)))
		return lex_error(lx, w, ERR_RANGE, "%s: %.*s is not in 0..%u", p->word, emu_shown(w), w.p, GAIN_MAX);
	if (!decimal_is_whole(&d))
		return lex_error(lx, w, ERR_RANGE, "%s: %.*s would be rounded; six digits behind the point are kept",
			p->word, emu_shown(w), w.p);
	*to = (uint32_t)n;
	return 0;
}

static int read_value(struct lex *lx, struct word name, const struct param *p, void *to)
{
	static const char *const allowed[] = {
		[VALUE_TIME] = "a time with its unit, as 15ms", [VALUE_GAIN] = "a number in 0..7, as 0.125",
		[VALUE_PROB] = "a probability, 0..1 or 0%..100%",
	};
	struct word w;

	if (p->value == VALUE_ON || p->value == VALUE_OFF) {
		*(bool *)to = p->value == VALUE_ON;
		return 0;
	}
	if (emu_value(lx, name, allowed[p->value], &w))
		return ERR_SYNTAX;
	if (p->value == VALUE_TIME)
		return emu_time_within(lx, w, p->word, p->least, p->most, to);
	return p->value == VALUE_GAIN ? read_gain(lx, w, p, to) : units_prob(lx, w, p->word, to);
}

/* A bit for each member. */
static uint32_t bit_of(const struct param *p)
{
	size_t first = 0;

	while (params[first].ops != p->ops || params[first].offset != p->offset)
		first++;
	return UINT32_C(1) << first;
}

static int refuse_twice(struct lex *lx, struct word w)
{
	return lex_error(lx, w, ERR_TWICE, "%.*s: given twice, or against what was given; once is allowed", (int)w.n,
		w.p);
}

bool emu_aqm_param(struct lex *lx, struct aqm_conf *a, uint32_t *said, int *rc)
{
	const struct param *p;
	struct word w;

	if (aqm_is_guest(a->ops))
		return emu_guest_param(lx, a, said, rc);
	if (!lex_peek(lx, &w))
		return false;
	p = find(a->ops, w);
	if (!p)
		return false;
	lex_next(lx, &w);
	if (*said & bit_of(p))
		*rc |= refuse_twice(lx, w);
	else
		*rc |= read_value(lx, w, p, member(a, p));
	*said |= bit_of(p);
	return true;
}

static struct aqm_conf emu_aqm_default(const struct nrw_aqm_ops *ops)
{
	struct aqm_conf a = { .ops = ops };

	if (ops == &aqm_codel)
		a.u.codel = aqm_codel_default;
	else if (ops == &aqm_pie)
		a.u.pie = aqm_pie_default;
	else if (aqm_is_guest(ops))
		emu_guest_default(&a);
	return a;
}

struct aqm_conf emu_aqm_default_fq(const struct nrw_sched_ops *ops)
{
	bool pie = !strcmp(ops->name, "fq_pie");
	struct aqm_conf a = emu_aqm_default(pie ? &aqm_pie : &aqm_codel);

	if (pie)
		a.u.pie.ecn = a.u.pie.ts = true;
	else
		a.u.codel.ecn = true;
	return a;
}

int emu_parse_aqm(struct lex *lx, struct word name, struct emu_conf *c)
{
	uint32_t said = 0;
	int rc = 0;

	c->aqm = emu_aqm_default(aqm_find(name));
	while (emu_aqm_param(lx, &c->aqm, &said, &rc))
		;
	return rc;
}

static size_t value_size(const struct param *p)
{
	switch (p->value) {
	case VALUE_TIME:
		return sizeof(nrw_time);
	case VALUE_GAIN:
		return sizeof(uint32_t);
	case VALUE_PROB:
		return sizeof(struct prob);
	case VALUE_ON:
	case VALUE_OFF:
		break;
	}
	return sizeof(bool);
}

static bool is_same(const struct param *p, const void *a, const void *b)
{
	const struct prob *x = a, *y = b;

	if (p->value == VALUE_PROB)
		return x->below == y->below && x->always == y->always;
	return !memcmp(a, b, value_size(p));
}

static void print_gain(struct text *t, uint32_t n)
{
	char digits[8];
	int last = 6;

	snprintf(digits, sizeof(digits), "%06" PRIu32, n % MILLION);
	while (last && digits[last - 1] == '0')
		last--;
	text_add(t, "%" PRIu32 "%s%.*s", n / MILLION, last ? "." : "", last, digits);
}

/* Nothing for the words of a flag that say the other. */
static void print_param(struct text *t, const struct param *p, const void *value)
{
	char text[UNITS_TEXT];

	if (p->value == VALUE_ON || p->value == VALUE_OFF) {
		if (*(const bool *)value == (p->value == VALUE_ON))
			text_add(t, " %s", p->word);
		return;
	}
	text_add(t, " %s ", p->word);
	if (p->value == VALUE_GAIN) {
		print_gain(t, *(const uint32_t *)value);
		return;
	}
	if (p->value == VALUE_TIME && !*(const nrw_time *)value)
		strcpy(text, "0s");
	else if (p->value == VALUE_TIME)
		units_print_time(text, *(const nrw_time *)value);
	else
		units_print_prob(text, *(const struct prob *)value);
	text_add(t, "%s", text);
}

static bool is_synonym(const struct param *p)
{
	for (const struct param *q = params; q < p; q++)
		if (q->ops == p->ops && q->offset == p->offset && q->value == p->value)
			return true;
	return false;
}

void emu_aqm_print(struct text *t, const struct aqm_conf *a, const struct aqm_conf *from)
{
	for (size_t i = 0; i < PARAMS; i++) {
		const struct param *p = &params[i];

		if (p->ops == a->ops && !is_synonym(p) && !is_same(p, member_of(a, p), member_of(from, p)))
			print_param(t, p, member_of(a, p));
	}
}

/* ---- red, gred ---- */

static const char red_allowed[] = "w_q/min/max/max_p, as 0.002/5/15/0.1";

/* Cuts at the slashes; false: there are not three. */
static bool cut_red(struct word w, struct word part[4])
{
	size_t from = 0, n = 0;

	for (size_t i = 0; i <= w.n; i++) {
		if (i < w.n && w.p[i] != '/')
			continue;
		if (n == 4 || i == from)
			return false;
		part[n++] = word_cut(w, from, i - from);
		from = i + 1;
	}
	return n == 4;
}

static bool has_unit(struct word w)
{
	return (w.p[w.n - 1] | 0x20) >= 'a' && (w.p[w.n - 1] | 0x20) <= 'z';
}

static int read_threshold(struct lex *lx, struct word w, const char *what, uint64_t *to)
{
	int rc = has_unit(w) ? units_size(lx, w, what, to) : units_num(lx, w, what, 0, EMU_QUEUE_BYTES_MAX, to);

	if (rc || *to <= EMU_QUEUE_BYTES_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "%s: %.*s is not in 0..1GB", what, emu_shown(w), w.p);
}

static int read_red(struct lex *lx, const struct word part[4], struct aqm_red *r)
{
	int rc = units_prob(lx, part[0], "w_q", &r->w_q);

	rc = rc ?: read_threshold(lx, part[1], "min", &r->min);
	rc = rc ?: read_threshold(lx, part[2], "max", &r->max);
	rc = rc ?: units_prob(lx, part[3], "max_p", &r->max_p);
	if (rc)
		return rc;
	r->bytes = has_unit(part[2]);
	if (!r->w_q.always && !r->w_q.below)
		return lex_error(lx, part[0], ERR_RANGE, "w_q: 0 is not allowed: the average would never move");
	if (has_unit(part[1]) != r->bytes)
		return lex_error(lx, part[1], ERR_SYNTAX, "min and max: both in bytes, or both as the queue counts");
	if (r->min >= r->max)
		return lex_error(lx, part[1], ERR_RANGE, "min: %.*s is not below max", emu_shown(part[1]), part[1].p);
	return 0;
}

static int read_red_ecn(struct lex *lx, struct aqm_red *r)
{
	struct word w;
	bool ecn;

	if (!lex_peek(lx, &w) || !((ecn = word_is(w, "ecn")) || word_is(w, "noecn")))
		return 0;
	lex_next(lx, &w);
	r->ecn = ecn ? AQM_ECN : AQM_NOECN;
	if (!lex_peek(lx, &w))
		return 0;
	if ((word_is(w, "ecn") || word_is(w, "noecn")) && lex_next(lx, &w))
		return refuse_twice(lx, w);
	if (ecn && word_is(w, "dctcp")) {
		lex_next(lx, &w);
		r->ecn = AQM_ECN_DCTCP;
	}
	return 0;
}

int emu_parse_red(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct aqm_red *r = &c->aqm.u.red;
	struct word w, part[4];
	int rc = emu_value(lx, name, red_allowed, &w);

	c->aqm = (struct aqm_conf){ .ops = aqm_find(name) };
	if (!rc && cut_red(w, part))
		rc = read_red(lx, part, r);
	else if (!rc)
		rc = lex_error(lx, w, ERR_SYNTAX, "%.*s: '%.*s' is not %s", (int)name.n, name.p, emu_shown(w), w.p,
			red_allowed);
	return rc | read_red_ecn(lx, r);	/* its words are read after an error too */
}

static void print_threshold(struct text *t, const struct aqm_red *r, uint64_t n)
{
	char text[UNITS_TEXT];

	if (!r->bytes || !n)
		text_add(t, "/%" PRIu64 "%s", n, r->bytes ? "B" : "");
	else
		text_add(t, "/%s", (units_print_size(text, n), text));
}

static void print_red(struct text *t, const struct aqm_red *r)
{
	static const char *const ecn[] = { [AQM_NOECN] = "", [AQM_ECN] = " ecn", [AQM_ECN_DCTCP] = " ecn dctcp" };
	char text[UNITS_TEXT];

	units_print_prob(text, r->w_q);
	text_add(t, " %s", text);
	print_threshold(t, r, r->min);
	print_threshold(t, r, r->max);
	units_print_prob(text, r->max_p);
	text_add(t, "/%s%s", text, ecn[r->ecn]);
}

/* ---- */

int emu_parse_droptail(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->aqm = (struct aqm_conf){ 0 };
	return 0;
}

void emu_print_aqm(char *to, const struct emu_conf *c)
{
	struct text t = text_init(to, EMU_OPTION_TEXT);
	struct aqm_conf from;

	text_add(&t, "%s", c->aqm.ops ? c->aqm.ops->name : "droptail");
	if (c->aqm.ops == &aqm_red || c->aqm.ops == &aqm_gred) {
		print_red(&t, &c->aqm.u.red);
	} else if (aqm_is_guest(c->aqm.ops)) {
		emu_guest_print(&t, &c->aqm);
	} else if (c->aqm.ops) {
		from = emu_aqm_default(c->aqm.ops);
		emu_aqm_print(&t, &c->aqm, &from);
	}
}
