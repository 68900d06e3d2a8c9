/* filter/filter_bpf.c - classic BPF, as libpcap compiles it, becomes a program of ours with the same answers.
 *
 * A is r0, X is r1, M[k] is slot k. BPF counts in 32 bits, so what may pass them is cut to its lower half. Its loads
 * end the program outside the packet as ours do; so does its division by zero, which ours would answer. A slot that BPF
 * reads is set to 0 at the beginning, as are A and X.
 *
 * Nothing is trusted: any code that is not BPF's, any jump that leaves the program, is refused with its place.
 * Extensions of Linux (offsets from SKF_AD_OFF on) are refused: they ask the kernel. McCanne, Jacobson, "The BSD Packet
 * Filter", USENIX Winter 1993. Control thread. */
#include "filter_ir.h"

#include <stdlib.h>

#include "filter/filter_bpf.h"

enum { A, X };

/* code: class, and its fields */
enum { CLASS_LD, CLASS_LDX, CLASS_ST, CLASS_STX, CLASS_ALU, CLASS_JMP, CLASS_RET, CLASS_MISC };
enum { SIZE_W = 0x00, SIZE_H = 0x08, SIZE_B = 0x10 };
enum { MODE_IMM = 0x00, MODE_ABS = 0x20, MODE_IND = 0x40, MODE_MEM = 0x60, MODE_LEN = 0x80, MODE_MSH = 0xa0 };
enum { ALU_ADD, ALU_SUB, ALU_MUL, ALU_DIV, ALU_OR, ALU_AND, ALU_LSH, ALU_RSH, ALU_NEG, ALU_MOD, ALU_XOR };
enum { JMP_JA, JMP_JEQ, JMP_JGT, JMP_JGE, JMP_JSET };
enum { FROM_X = 0x08, RET_A = 0x10, RET_X = 0x08, MISC_TXA = 0x80 };

struct import {
	const struct filter_bpf *insns;
	uint32_t count;
	struct filter_ir ir;
	ir_label *starts;	/* of each instruction */
	ir_label miss;
	struct err *err;
};

static int bad(struct import *im, uint32_t at, const char *what)
{
	return err_set(im->err, ERR_DAMAGED, "BPF instruction %u (code 0x%x): %s", at, im->insns[at].code, what);
}

static void add(struct import *im, unsigned op, unsigned a, unsigned b, uint32_t k)
{
	ir_add(&im->ir, (struct filter_insn){ (uint8_t)op, (uint8_t)a, (uint8_t)b, 0, k });
}

static int frame_len_field(void)
{
	static const struct word name = { "frame.len", 9 };

	return filter_field_find(name);
}

static int size_op(unsigned code, bool by_reg)
{
	switch (code & 0x18) {
	case SIZE_W:
		return by_reg ? OP_LDR4 : OP_LD4;
	case SIZE_H:
		return by_reg ? OP_LDR2 : OP_LD2;
	case SIZE_B:
		return by_reg ? OP_LDR1 : OP_LD1;
	default:
		return -1;
	}
}

/* Where no packet reaches, BPF ends without a match. */
static void load_at(struct import *im, unsigned op, unsigned to, unsigned base, uint32_t k)
{
	if (k > FILTER_OFFSET_MAX - 8)
		ir_jump(&im->ir, im->miss);
	else
		add(im, op, to, base, k);
}

static int import_ld(struct import *im, uint32_t at, unsigned to)
{
	const struct filter_bpf *i = &im->insns[at];
	int op = size_op(i->code, (i->code & 0xe0) == MODE_IND);

	switch (i->code & 0xe0) {
	case MODE_IMM:
		ir_number(&im->ir, to, i->k);
		return 0;
	case MODE_ABS:
	case MODE_IND:
		if (to == X || op < 0)
			return bad(im, at, "unknown");
		if ((i->code & 0xe0) == MODE_ABS && i->k >= 0xfffff000)
			return bad(im, at, "extensions of Linux's kernel are not there");
		load_at(im, (unsigned)op, A, (i->code & 0xe0) == MODE_IND ? X : 0, i->k);
		return 0;
	case MODE_MEM:
		if (i->k >= FILTER_SLOTS)
			return bad(im, at, "there is no such memory");
		add(im, OP_GET, to, 0, i->k);
		return 0;
	case MODE_LEN:
		add(im, OP_LDF, to, 0, (uint32_t)frame_len_field());
		return 0;
	case MODE_MSH:
		if (to != X || (i->code & 0x18) != SIZE_B)
			return bad(im, at, "unknown");
		load_at(im, OP_LD1, X, 0, i->k);
		add(im, OP_ANDI, X, 0, 15);
		add(im, OP_LSHI, X, 0, 2);
		return 0;
	default:
		return bad(im, at, "unknown");
	}
}

static int import_st(struct import *im, uint32_t at, unsigned from)
{
	if (im->insns[at].code != (from == A ? CLASS_ST : CLASS_STX))
		return bad(im, at, "unknown");
	if (im->insns[at].k >= FILTER_SLOTS)
		return bad(im, at, "there is no such memory");
	add(im, OP_PUT, from, 0, im->insns[at].k);
	return 0;
}

/* The next one is done where X is not 0. */
static void unless_zero(struct import *im)
{
	ir_label go = ir_label_new(&im->ir);

	ir_branch(&im->ir, (struct filter_insn){ OP_JEQI, X, 0, 0, 0 }, im->miss, go);
	ir_label_set(&im->ir, go);
}

static int import_divide(struct import *im, uint32_t at, unsigned by_reg, unsigned by_number)
{
	const struct filter_bpf *i = &im->insns[at];

	if (!(i->code & FROM_X) && !i->k)
		return bad(im, at, "divides by 0");
	if (i->code & FROM_X) {
		unless_zero(im);
		add(im, by_reg, A, X, 0);
	} else {
		add(im, by_number, A, 0, i->k);
	}
	return 0;
}

/* By 32 or more: 0. */
static void import_shift(struct import *im, bool left, bool by_x, uint32_t k)
{
	ir_label small = ir_label_new(&im->ir), done = ir_label_new(&im->ir);

	if (!by_x && k < 32) {
		add(im, left ? OP_LSHI : OP_RSHI, A, 0, k);
	} else if (!by_x) {
		ir_number(&im->ir, A, 0);
	} else {
		ir_branch(&im->ir, (struct filter_insn){ OP_JLTI, X, 0, 0, 32 }, small, IR_NONE);
		ir_number(&im->ir, A, 0);
		ir_jump(&im->ir, done);
		ir_label_set(&im->ir, small);
		add(im, left ? OP_LSH : OP_RSH, A, X, 0);
	}
	if (!by_x)
		ir_label_set(&im->ir, small);
	ir_label_set(&im->ir, done);
	add(im, OP_LOW, A, 0, 0);
}

static int import_alu(struct import *im, uint32_t at)
{
	static const struct { uint8_t by_reg, by_number; } ops[] = {
		[ALU_ADD] = { OP_ADD, OP_ADDI }, [ALU_SUB] = { OP_SUB, OP_SUBI }, [ALU_MUL] = { OP_MUL, OP_MULI },
		[ALU_OR] = { OP_OR, OP_ORI }, [ALU_AND] = { OP_AND, OP_ANDI }, [ALU_XOR] = { OP_XOR, OP_XORI },
	};
	const struct filter_bpf *i = &im->insns[at];
	bool by_x = i->code & FROM_X;
	unsigned alu = i->code >> 4;

	switch (alu) {
	case ALU_DIV:
		return import_divide(im, at, OP_DIV, OP_DIVI);
	case ALU_MOD:
		return import_divide(im, at, OP_MOD, OP_MODI);
	case ALU_LSH:
	case ALU_RSH:
		import_shift(im, alu == ALU_LSH, by_x, i->k);
		return 0;
	case ALU_NEG:
		add(im, OP_NEG, A, 0, 0);
		break;
	case ALU_ADD:
	case ALU_SUB:
	case ALU_MUL:
	case ALU_OR:
	case ALU_AND:
	case ALU_XOR:
		add(im, by_x ? ops[alu].by_reg : ops[alu].by_number, A, by_x ? X : 0, by_x ? 0 : i->k);
		break;
	default:
		return bad(im, at, "unknown");
	}
	add(im, OP_LOW, A, 0, 0);
	return 0;
}

static int import_jmp(struct import *im, uint32_t at)
{
	static const struct { uint8_t by_reg, by_number; bool turned; } ops[] = {
		[JMP_JEQ] = { OP_JEQ, OP_JEQI, false }, [JMP_JGT] = { OP_JLE, OP_JLEI, true },
		[JMP_JGE] = { OP_JLT, OP_JLTI, true }, [JMP_JSET] = { OP_JSET, OP_JSETI, false },
	};
	const struct filter_bpf *i = &im->insns[at];
	bool by_x = i->code & FROM_X;
	unsigned jmp = i->code >> 4;
	uint64_t yes = (uint64_t)at + 1 + (jmp == JMP_JA ? i->k : i->jt), no = (uint64_t)at + 1 + i->jf;

	if (jmp > JMP_JSET)
		return bad(im, at, "unknown");
	if (yes >= im->count || (jmp != JMP_JA && no >= im->count))
		return bad(im, at, "jumps out of the program");
	if (jmp == JMP_JA) {
		ir_jump(&im->ir, im->starts[yes]);
		return 0;
	}
	ir_branch(&im->ir, (struct filter_insn){ by_x ? ops[jmp].by_reg : ops[jmp].by_number, A, by_x ? X : 0, 0,
		by_x ? 0 : i->k }, im->starts[ops[jmp].turned ? no : yes], im->starts[ops[jmp].turned ? yes : no]);
	return 0;
}

static int import_one(struct import *im, uint32_t at)
{
	const struct filter_bpf *i = &im->insns[at];

	switch (i->code & 7) {
	case CLASS_LD:
		return import_ld(im, at, A);
	case CLASS_LDX:
		return import_ld(im, at, X);
	case CLASS_ST:
		return import_st(im, at, A);
	case CLASS_STX:
		return import_st(im, at, X);
	case CLASS_ALU:
		return i->code > 0xff ? bad(im, at, "unknown") : import_alu(im, at);
	case CLASS_JMP:
		return import_jmp(im, at);
	case CLASS_RET:
		if ((i->code & 0x18) == RET_A)
			add(im, OP_RETR, A, 0, 0);
		else if ((i->code & 0x18) == RET_X)
			add(im, OP_RETR, X, 0, 0);
		else
			add(im, OP_RET, 0, 0, i->k);
		return 0;
	default:
		add(im, OP_MOV, i->code & MISC_TXA ? A : X, i->code & MISC_TXA ? X : A, 0);
		return 0;
	}
}

/* What BPF would find 0 before it was written. */
static void begin(struct import *im)
{
	uint32_t read = 0;

	for (uint32_t at = 0; at < im->count; at++) {
		unsigned class = im->insns[at].code & 7;

		if ((class == CLASS_LD || class == CLASS_LDX) && (im->insns[at].code & 0xe0) == MODE_MEM &&
			im->insns[at].k < FILTER_SLOTS)
			read |= 1u << im->insns[at].k;
	}
	ir_number(&im->ir, A, 0);
	ir_number(&im->ir, X, 0);
	for (unsigned k = 0; k < FILTER_SLOTS; k++)
		if (read >> k & 1)
			add(im, OP_PUT, A, 0, k);
}

static int import_all(struct import *im)
{
	for (uint32_t at = 0; at < im->count; at++)
		im->starts[at] = ir_label_new(&im->ir);
	im->miss = ir_label_new(&im->ir);
	if (im->ir.lost)
		return err_set(im->err, ERR_NOMEM, "no memory for the program");
	begin(im);
	for (uint32_t at = 0; at < im->count; at++) {
		ir_label_set(&im->ir, im->starts[at]);
		if (import_one(im, at))
			return ERR_DAMAGED;
	}
	if ((im->insns[im->count - 1].code & 7) != CLASS_RET)
		return bad(im, im->count - 1, "the program does not end in ret");
	ir_label_set(&im->ir, im->miss);
	add(im, OP_RET, 0, 0, 0);
	return 0;
}

struct filter *filter_import(const struct filter_bpf *insns, uint32_t count, struct err *e)
{
	struct import im = { .insns = insns, .count = count, .err = e };
	struct filter *f = NULL;

	if (!count || count > FILTER_INSNS_MAX) {
		err_set(e, ERR_RANGE, "BPF: %u instructions; 1..%u", count, FILTER_INSNS_MAX);
		return NULL;
	}
	im.starts = calloc(count, sizeof(*im.starts));
	if (!im.starts)
		err_set(e, ERR_NOMEM, "no memory for the program");
	else if (!import_all(&im))
		f = filter_ir_make(&im.ir, e);
	filter_ir_fini(&im.ir);
	free(im.starts);
	return f;
}
