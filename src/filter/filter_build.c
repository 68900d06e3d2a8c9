/* filter/filter_build.c - conditions as instructions.
 *
 *      is      feq field, value, yes, no
 *      under   ldf r0, field, no     and r0, mask     jeq r0, value, yes, no
 *      range   ldf r0, field, no     jlt r0, lo, no   jle r0, hi, yes, no
 *      in      ldf r0, field, no     in r0, set, yes, no
 *      call    call r0, fn           jeq r0, 0, no, yes
 *
 * Numbers of more than 32 bits are loaded into r1. r0 and r1 live within one condition, so that conditions stand in any
 * order and a program may begin between them. Control thread. */
#include "filter/filter_build.h"

#include <stdlib.h>

#include "filter_ir.h"

struct filter_build {
	struct filter_ir ir;
};

struct filter_build *filter_build_new(void)
{
	return calloc(1, sizeof(struct filter_build));
}

void filter_build_free(struct filter_build *b)
{
	if (b)
		filter_ir_fini(&b->ir);
	free(b);
}

uint32_t filter_build_insns(const struct filter_build *b)
{
	return b->ir.count;
}

/* Sets and calls that nobody asks any more stay: they do no harm. */
void filter_build_cut(struct filter_build *b, uint32_t insns)
{
	struct filter_code *c = &b->ir.code;

	b->ir.count = insns;
	while (c->entry_count && c->entries[c->entry_count - 1] >= insns)
		c->entry_count--;
}

struct filter *filter_build_make(struct filter_build *b, struct err *e)
{
	return filter_ir_make(&b->ir, e);
}

filter_label filter_build_label(struct filter_build *b)
{
	return ir_label_new(&b->ir);
}

void filter_build_here(struct filter_build *b, filter_label l)
{
	ir_label_set(&b->ir, l);
}

void filter_build_jump(struct filter_build *b, filter_label to)
{
	ir_jump(&b->ir, to);
}

void filter_build_return(struct filter_build *b, uint32_t result)
{
	ir_add(&b->ir, (struct filter_insn){ .op = OP_RET, .k = result });
}

void filter_build_entry(struct filter_build *b)
{
	ir_entry(&b->ir);
}

void filter_build_more(struct filter_build *b, uint32_t n, filter_label yes, filter_label no)
{
	ir_branch(&b->ir, (struct filter_insn){ .op = OP_JLEI, .a = FILTER_ARG, .k = n }, no, yes);
}

static void load(struct filter_build *b, enum filter_field_number f, filter_label no)
{
	const struct filter_field *field = &filter_fields[f];
	bool always_there = !field->has && !field->guarded;

	ir_branch(&b->ir, (struct filter_insn){ .op = OP_LDF, .k = f }, IR_NONE, always_there ? IR_NONE : no);
}

/* r0 against a number of any width. */
static void compare(struct filter_build *b, uint64_t value, filter_label yes, filter_label no)
{
	if (value <= UINT32_MAX) {
		ir_branch(&b->ir, (struct filter_insn){ .op = OP_JEQI, .k = (uint32_t)value }, yes, no);
		return;
	}
	ir_number(&b->ir, 1, value);
	ir_branch(&b->ir, (struct filter_insn){ .op = OP_JEQ, .b = 1 }, yes, no);
}

void filter_build_is(struct filter_build *b, enum filter_field_number f, uint64_t value, filter_label yes,
	filter_label no)
{
	if (value <= UINT32_MAX) {
		ir_branch(&b->ir, (struct filter_insn){ .op = OP_FEQ, .a = (uint8_t)f, .k = (uint32_t)value }, yes, no);
		return;
	}
	load(b, f, no);
	compare(b, value, yes, no);
}

void filter_build_under(struct filter_build *b, enum filter_field_number f, uint64_t mask, uint64_t value,
	filter_label yes, filter_label no)
{
	load(b, f, no);
	if (mask <= UINT32_MAX) {
		ir_add(&b->ir, (struct filter_insn){ .op = OP_ANDI, .k = (uint32_t)mask });
	} else if (mask != UINT64_MAX) {
		ir_number(&b->ir, 1, mask);
		ir_add(&b->ir, (struct filter_insn){ .op = OP_AND, .b = 1 });
	}
	compare(b, value, yes, no);
}

/* r0 against both ends; yes and no stand further down, so what follows is reached where it is not less. */
void filter_build_range(struct filter_build *b, enum filter_field_number f, uint64_t lo, uint64_t hi, filter_label yes,
	filter_label no)
{
	struct filter_range r = { lo, hi };

	if (lo == hi) {
		filter_build_is(b, f, lo, yes, no);
		return;
	}
	if (hi > UINT32_MAX) {
		filter_build_in(b, f, &r, 1, yes, no);
		return;
	}
	load(b, f, no);
	if (lo) {
		filter_label not_less = filter_build_label(b);

		ir_branch(&b->ir, (struct filter_insn){ .op = OP_JLTI, .k = (uint32_t)lo }, no, not_less);
		filter_build_here(b, not_less);
	}
	ir_branch(&b->ir, (struct filter_insn){ .op = OP_JLEI, .k = (uint32_t)hi }, yes, no);
}

void filter_build_in(struct filter_build *b, enum filter_field_number f, const struct filter_range *r, uint32_t count,
	filter_label yes, filter_label no)
{
	int set = filter_code_set(&b->ir.code, r, count);

	load(b, f, no);
	ir_branch(&b->ir, (struct filter_insn){ .op = OP_IN, .k = set < 0 ? 0 : (uint32_t)set }, yes, no);
}

void filter_build_call(struct filter_build *b, struct filter_call call, filter_label yes, filter_label no)
{
	int n = filter_code_call(&b->ir.code, call);

	ir_add(&b->ir, (struct filter_insn){ .op = OP_CALL, .k = n < 0 ? 0 : (uint32_t)n });
	ir_branch(&b->ir, (struct filter_insn){ .op = OP_JEQI }, no, yes);
}
