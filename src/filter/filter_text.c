/* filter/filter_text.c - the disassembler: a program as the text that the assembler reads back to the same program.
 *
 * Places that something jumps to get a label, L and the number of their instruction. Offsets of 0 are `next`, but for
 * ja, whose label may be the next line. Control thread. */
#include "filter_int.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/str.h"

static void put_place(struct str *o, uint32_t at, uint32_t to)
{
	if (to == at + 1)
		str_add(o, ", next");
	else
		str_add(o, ", L%" PRIu32, to);
}

static void put_set(struct str *o, const struct filter_set *s)
{
	str_add(o, "{");
	for (uint32_t i = 0; i < s->count; i++) {
		str_add(o, "%s%" PRIu64, i ? ", " : "", s->ranges[i].lo);
		if (s->ranges[i].hi != s->ranges[i].lo)
			str_add(o, "-%" PRIu64, s->ranges[i].hi);
	}
	str_add(o, "}");
}

static void put_operands(struct str *o, const struct filter *f, uint32_t at)
{
	const struct filter_insn *i = &f->insns[at];

	switch (filter_ops[i->op].form) {
	case FORM_FIELD:
		str_add(o, "r%u, %s", i->a, filter_fields[i->k].name);
		break;
	case FORM_FIELD_JUMP:
		str_add(o, "%s, %" PRIu32, filter_fields[i->a].name, i->k);
		break;
	case FORM_LOAD:
		str_add(o, "r%u, [%" PRIu32 "]", i->a, i->k);
		break;
	case FORM_LOAD_REG:
		str_add(o, "r%u, [r%u+%" PRIu32 "]", i->a, i->b, i->k);
		break;
	case FORM_REG:
	case FORM_JUMP_REG:
		str_add(o, "r%u, r%u", i->a, i->b);
		break;
	case FORM_SLOT:
	case FORM_IMM:
	case FORM_SHIFT:
	case FORM_CALL:
		str_add(o, "r%u, %" PRIu32, i->a, i->k);
		break;
	case FORM_JUMP_IMM:
		if (i->op == OP_JSLTI)
			str_add(o, "r%u, %" PRId32, i->a, (int32_t)i->k);
		else
			str_add(o, "r%u, %" PRIu32, i->a, i->k);
		break;
	case FORM_WIDE:
		str_add(o, "r%u, 0x%" PRIx64, i->a, i->k | (uint64_t)i[1].k << 32);
		break;
	case FORM_SET:
		str_add(o, "r%u, ", i->a);
		put_set(o, &f->sets[i->k]);
		break;
	case FORM_ONE:
	case FORM_RESULT_REG:
		str_add(o, "r%u", i->a);
		break;
	case FORM_RESULT:
		str_add(o, "%" PRIu32, i->k);
		break;
	case FORM_JUMP:
		break;
	}
}

static void put_insn(struct str *o, const struct filter *f, uint32_t at)
{
	const struct filter_insn *i = &f->insns[at];
	enum filter_form form = filter_ops[i->op].form;
	uint32_t to[2], n = filter_targets(i, at, to);

	str_add(o, "\t%s ", filter_ops[i->op].text);
	put_operands(o, f, at);
	if (form == FORM_JUMP)
		str_add(o, "L%" PRIu32, to[0]);
	if (form == FORM_FIELD && n == 2)
		put_place(o, at, to[1]);
	if (n == 2 && form != FORM_FIELD) {
		put_place(o, at, to[0]);
		put_place(o, at, to[1]);
	}
	str_add(o, "\n");
}

static void mark_targets(const struct filter *f, bool *target)
{
	for (uint32_t at = 0; at < f->facts.insns; at++) {
		uint32_t to[2], n = filter_targets(&f->insns[at], at, to);
		bool jump = f->insns[at].op == OP_JA;

		if (filter_ops[f->insns[at].op].form == FORM_WIDE) {
			at++;
			continue;
		}
		for (uint32_t k = 0; k < n; k++)
			if (to[k] != at + 1 || jump)
				target[to[k]] = true;
	}
}

char *filter_disassemble(const struct filter *f)
{
	bool *target = calloc(f->facts.insns, sizeof(*target));
	struct str o = { 0 };

	if (!target)
		return NULL;
	mark_targets(f, target);
	for (uint32_t at = 0; at < f->facts.insns; at++) {
		if (target[at])
			str_add(&o, "L%" PRIu32 ":", at);
		put_insn(&o, f, at);
		if (filter_ops[f->insns[at].op].form == FORM_WIDE)
			at++;
	}
	free(target);
	return str_take(&o);
}
