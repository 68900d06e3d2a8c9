/* emu/emu_words_sched.c - readers and printers of what makes a queue and a scheduler: where a queue leads, its share,
 * its band, its largest packet, and the kind of a scheduler.
 *
 *      queue 1 config sched 2 weight 5             sched 2 config type fq_codel quantum 300 limit 1000 flows 64
 *
 * quantum, limit and flows behind a type belong to it, where it takes them, and so do the parameters of the management
 * of its flows (emu_words_aqm.c); the first word that it does not know ends it. Kinds are those of the table in
 * sched.c, plug-ins too, in any case; a synonym is printed as what it means. Runs while scripts are read. */
#include "emu_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/text.h"

static int number(struct lex *lx, struct word name, const char *what, uint64_t lo, uint64_t hi, uint64_t *n)
{
	char allowed[80];
	struct word w;
	int rc;

	snprintf(allowed, sizeof(allowed), "a number in %" PRIu64 "..%" PRIu64, lo, hi);
	rc = emu_value(lx, name, allowed, &w);
	return rc ?: units_num(lx, w, what, lo, hi, n);
}

int emu_parse_to(struct lex *lx, struct word name, struct emu_conf *c)
{
	bool pipe = word_is(name, "pipe");
	uint64_t n = 0;
	int rc = number(lx, name, pipe ? "pipe" : "sched", 1, EMU_NUMBER_MAX, &n);

	c->to = (struct emu_to){ pipe ? EMU_PIPE : EMU_SCHED, (uint32_t)n };
	return rc;
}

void emu_print_to(char *to, const struct emu_conf *c)
{
	to[0] = '\0';
	if (c->to.number)
		snprintf(to, EMU_OPTION_TEXT, "%s %" PRIu32, emu_kind_name(c->to.kind), c->to.number);
}

int emu_parse_weight(struct lex *lx, struct word name, struct emu_conf *c)
{
	uint64_t n = 0;
	int rc = number(lx, name, "weight", 1, EMU_WEIGHT_MAX, &n);

	c->weight = (uint32_t)n;
	return rc;
}

void emu_print_weight(char *to, const struct emu_conf *c)
{
	snprintf(to, EMU_OPTION_TEXT, "weight %" PRIu32, c->weight);
}

int emu_parse_pri(struct lex *lx, struct word name, struct emu_conf *c)
{
	uint64_t n = 0;
	int rc = number(lx, name, "pri", 0, EMU_PRI_MAX, &n);

	c->pri = (uint32_t)n;
	return rc;
}

void emu_print_pri(char *to, const struct emu_conf *c)
{
	snprintf(to, EMU_OPTION_TEXT, "pri %" PRIu32, c->pri);
}

int emu_parse_lmax(struct lex *lx, struct word name, struct emu_conf *c)
{
	return number(lx, name, "lmax", 1, EMU_LMAX_MAX, &c->lmax);
}

void emu_print_lmax(char *to, const struct emu_conf *c)
{
	to[0] = '\0';
	if (c->lmax)
		snprintf(to, EMU_OPTION_TEXT, "lmax %" PRIu64, c->lmax);
}

/* ---- type ---- */

const struct nrw_sched_ops *emu_sched_type(const struct emu_conf *c)
{
	return c->type.ops ? c->type.ops : sched_find((struct word){ EMU_TYPE_DEFAULT, strlen(EMU_TYPE_DEFAULT) });
}

bool emu_type_is_fq(const struct nrw_sched_ops *ops)
{
	return !strncmp(ops->name, "fq_", 3);
}

static void add_types(struct text *t)
{
	const struct nrw_sched_ops *ops;

	for (size_t i = 0; (ops = sched_at(i)); i++)
		text_add(t, "%s%s", i ? ", " : "", ops->name);
}

static int refuse_type(struct lex *lx, struct word w)
{
	char types[400];
	struct text t = text_init(types, sizeof(types));
	const struct emu_word *known = emu_option_find(w);

	if (known && known->kind == WORD_SCHED && known->later)
		return emu_refuse_later(lx, w);
	add_types(&t);
	return lex_error(lx, w, ERR_UNKNOWN, "type: '%.*s' is not a kind of scheduler; known are %s", emu_shown(w), w.p,
		types);
}

static const struct type_param {
	const char *word;
	uint64_t max;
	size_t offset;
} type_params[] = {
	{ "quantum", EMU_QUANTUM_MAX, offsetof(struct nrw_sched_params, quantum) },
	{ "limit", EMU_SLOTS_MAX, offsetof(struct nrw_sched_params, limit) },
	{ "flows", EMU_FLOWS_MAX, offsetof(struct nrw_sched_params, flows) },
};
#define TYPE_PARAMS (sizeof(type_params) / sizeof(*type_params))

static uint64_t *param_of(struct emu_conf *c, const struct type_param *p)
{
	return (uint64_t *)(void *)((char *)&c->type.params + p->offset);
}

/* One word that belongs to the type; false: the next one does not. */
static bool type_param(struct lex *lx, struct emu_conf *c, int *rc)
{
	struct word w;

	if (!lex_peek(lx, &w))
		return false;
	for (size_t i = 0; i < TYPE_PARAMS; i++) {
		uint64_t *to = param_of(c, &type_params[i]);

		if (!word_is(w, type_params[i].word))
			continue;
		lex_next(lx, &w);
		if (*to)
			*rc |= lex_error(lx, w, ERR_TWICE, "%s: given twice; once is allowed", type_params[i].word);
		else
			*rc |= number(lx, w, type_params[i].word, 1, type_params[i].max, to);
		return true;
	}
	return false;
}

int emu_parse_type(struct lex *lx, struct word name, struct emu_conf *c)
{
	uint32_t said = 0;
	struct word w;
	int rc = 0;

	if (!lex_next(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX,
			"type: its value is missing; a kind of scheduler, as qfq");
	c->type = (struct emu_type){ .ops = sched_find(w) };
	if (!c->type.ops)
		return refuse_type(lx, w);
	if (!emu_type_is_fq(c->type.ops))
		return 0;
	c->type.aqm = emu_aqm_default_fq(c->type.ops);
	while (type_param(lx, c, &rc) || emu_aqm_param(lx, &c->type.aqm, &said, &rc))
		;
	return rc;
}

void emu_print_type(char *to, const struct emu_conf *c)
{
	struct text t = text_init(to, EMU_OPTION_TEXT);
	const struct nrw_sched_params *p = &c->type.params;
	struct aqm_conf from;

	text_add(&t, "type %s", c->type.ops ? c->type.ops->name : EMU_TYPE_DEFAULT);
	for (size_t i = 0; i < TYPE_PARAMS; i++) {
		uint64_t n = *(const uint64_t *)(const void *)((const char *)p + type_params[i].offset);

		if (n)
			text_add(&t, " %s %" PRIu64, type_params[i].word, n);
	}
	if (c->type.aqm.ops) {
		from = emu_aqm_default_fq(c->type.ops);
		emu_aqm_print(&t, &c->type.aqm, &from);
	}
}
