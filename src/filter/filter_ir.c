/* filter/filter_ir.c - lays code with labels out.
 *
 * A condition's two places are 8 bits wide (jumps that compare registers have 16, which is enough). Where one is
 * further away a ja stands behind the condition and the condition goes there; that moves what follows, which may make
 * others too far, so places are counted until nothing changes: each turn adds jumps and never takes one away, so it
 * ends, most often in the first. Control thread. */
#include "filter_ir.h"

#include <stdlib.h>

#define NEAR 255u

void filter_ir_fini(struct filter_ir *ir)
{
	filter_code_fini(&ir->code);
	free(ir->insns);
	free(ir->labels);
	*ir = (struct filter_ir){ 0 };
}

ir_label ir_label_new(struct filter_ir *ir)
{
	if (ir->label_count == ir->label_room) {
		uint32_t room = 2 * ir->label_room + 16;
		uint32_t *labels = realloc(ir->labels, room * sizeof(*labels));

		if (!labels) {
			ir->lost = true;
			return IR_NONE;
		}
		ir->labels = labels;
		ir->label_room = room;
	}
	ir->labels[ir->label_count] = IR_NONE;
	return ir->label_count++;
}

void ir_label_set(struct filter_ir *ir, ir_label l)
{
	if (l != IR_NONE)
		ir->labels[l] = ir->count;
}

void ir_entry(struct filter_ir *ir)
{
	if (ir->code.entry_count == ir->entry_room) {
		uint32_t room = 2 * ir->entry_room + 64;
		uint32_t *entries = realloc(ir->code.entries, room * sizeof(*entries));

		if (!entries) {
			ir->lost = true;
			return;
		}
		ir->code.entries = entries;
		ir->entry_room = room;
	}
	ir->code.entries[ir->code.entry_count++] = ir->count;
}

void ir_branch(struct filter_ir *ir, struct filter_insn insn, ir_label yes, ir_label no)
{
	if (ir->count == ir->room) {
		uint32_t room = 2 * ir->room + 32;
		struct ir_insn *insns = ir->count > FILTER_INSNS_MAX ? NULL : realloc(ir->insns, room * sizeof(*insns));

		if (!insns) {		/* one too many is enough to be refused */
			ir->lost |= ir->count <= FILTER_INSNS_MAX;
			return;
		}
		ir->insns = insns;
		ir->room = room;
	}
	ir->insns[ir->count++] = (struct ir_insn){ insn, yes, no };
}

void ir_add(struct filter_ir *ir, struct filter_insn insn)
{
	ir_branch(ir, insn, IR_NONE, IR_NONE);
}

void ir_jump(struct filter_ir *ir, ir_label to)
{
	ir_branch(ir, (struct filter_insn){ .op = OP_JA }, to, IR_NONE);
}

void ir_number(struct filter_ir *ir, unsigned reg, uint64_t n)
{
	if (n <= UINT32_MAX) {
		ir_add(ir, (struct filter_insn){ OP_MOVI, (uint8_t)reg, 0, 0, (uint32_t)n });
		return;
	}
	ir_add(ir, (struct filter_insn){ OP_MOVW, (uint8_t)reg, 0, 0, (uint32_t)n });
	ir_add(ir, (struct filter_insn){ OP_WIDE_HIGH, 0, 0, 0, (uint32_t)(n >> 32) });
}

/* ---- layout ---- */

struct spot {
	uint32_t at;		/* of the instruction in the program */
	bool far_yes, far_no;	/* has a jump behind it */
};

static bool narrow(const struct ir_insn *i)
{
	enum filter_form form = filter_ops[i->insn.op].form;

	return form == FORM_FIELD || form == FORM_FIELD_JUMP || form == FORM_JUMP_IMM || form == FORM_SET;
}

static uint32_t target(const struct filter_ir *ir, const struct spot *p, ir_label l)
{
	return p[ir->labels[l]].at;
}

/* Counts places; true: some condition got a jump. */
static bool lay_out(const struct filter_ir *ir, struct spot *p)
{
	uint32_t at = 0;
	bool changed = false;

	for (uint32_t i = 0; i < ir->count; i++) {
		p[i].at = at;
		at += 1 + p[i].far_yes + p[i].far_no;
	}
	p[ir->count].at = at;
	for (uint32_t i = 0; i < ir->count; i++) {
		const struct ir_insn *insn = &ir->insns[i];

		if (!narrow(insn))
			continue;
		if (insn->yes != IR_NONE && !p[i].far_yes && target(ir, p, insn->yes) - p[i].at - 1 > NEAR)
			changed = p[i].far_yes = true;
		if (insn->no == IR_NONE || p[i].far_no || target(ir, p, insn->no) - p[i].at - 1 <= NEAR)
			continue;
		changed = p[i].far_no = true;
		p[i].far_yes |= insn->insn.op == OP_LDF;	/* which else would go on at the jump */
	}
	return changed;
}

static void write_insn(struct filter_ir *ir, const struct spot *p, uint32_t i)
{
	const struct ir_insn *from = &ir->insns[i];
	struct filter_insn insn = from->insn;
	uint32_t next = p[i].at + 1;
	uint32_t yes = from->yes == IR_NONE ? 0 : p[i].far_yes ? 0 : target(ir, p, from->yes) - next;
	uint32_t no = from->no == IR_NONE ? 0 : p[i].far_no ? p[i].far_yes : target(ir, p, from->no) - next;

	switch (filter_ops[insn.op].form) {
	case FORM_FIELD:
		insn.c = (uint8_t)no;
		break;
	case FORM_FIELD_JUMP:
	case FORM_JUMP_IMM:
	case FORM_SET:
		insn.b = (uint8_t)yes;
		insn.c = (uint8_t)no;
		break;
	case FORM_JUMP_REG:
		insn.k = yes | no << 16;
		break;
	case FORM_JUMP:
		insn.k = yes;
		break;
	default:
		break;
	}
	filter_code_add(&ir->code, insn);
	insn = (struct filter_insn){ .op = OP_JA };
	if (p[i].far_yes) {
		insn.k = target(ir, p, from->yes) - next - 1;
		filter_code_add(&ir->code, insn);
	}
	if (p[i].far_no) {
		insn.k = target(ir, p, from->no) - next - 1 - p[i].far_yes;
		filter_code_add(&ir->code, insn);
	}
}

/* Where ldf goes on with the field, in case it must be told. */
static void name_ways_of_fields(struct filter_ir *ir)
{
	for (uint32_t i = 0; i < ir->count; i++) {
		struct ir_insn *insn = &ir->insns[i];
		ir_label next;

		if (filter_ops[insn->insn.op].form != FORM_FIELD || insn->no == IR_NONE || insn->yes != IR_NONE)
			continue;
		next = ir_label_new(ir);
		if (next == IR_NONE)
			return;
		ir->labels[next] = i + 1;
		insn->yes = next;
	}
}

int filter_ir_code(struct filter_ir *ir, struct err *e)
{
	struct spot *p = calloc(ir->count + (size_t)1, sizeof(*p));

	name_ways_of_fields(ir);
	if (!p || ir->lost) {
		free(p);
		return err_set(e, ERR_NOMEM, "no memory for the program");
	}
	if (ir->count > FILTER_INSNS_MAX) {
		free(p);
		return err_set(e, ERR_RANGE, "the program is too long; at most %u instructions", FILTER_INSNS_MAX);
	}
	while (lay_out(ir, p))
		;
	for (uint32_t i = 0; i < ir->count; i++)
		write_insn(ir, p, i);
	for (uint32_t i = 0; i < ir->code.entry_count; i++)
		ir->code.entries[i] = p[ir->code.entries[i]].at;
	free(p);
	return 0;
}

struct filter *filter_ir_make(struct filter_ir *ir, struct err *e)
{
	return filter_ir_code(ir, e) ? NULL : filter_make(&ir->code, e);
}
