/* filter/filter_jit_x64.c - programs as machine code of x86-64.
 *
 *      uint64_t code(const struct filter_look *l, uint64_t arg)
 *
 *      rdi   l                 r8 .. r11              r0 .. r3 of the machine
 *      rsi   l->view           rbx, rbp, r12, r13     r4 .. r7, saved where they are used
 *      rax, rcx, rdx           between the steps of one instruction
 *      [rsp + 8 k]             slot k, where slots are used
 *
 * A program that begins at several places has a piece of code for each behind all others, which saves registers and
 * jumps there.
 *
 * It translates what filter_verify.c has let pass, an instruction at a time, and means what filter_run.c means; a test
 * runs both on random programs and packets. All jumps go forward, so their distances are filled in at the end. Loads at
 * an offset in a register are masked as well as checked, so that a mispredicted check reads nothing outside (an index
 * is forced to 0 where it is too large). Calls and sets of many ranges are functions; the registers that these may
 * spoil are saved around them.
 *
 * Code is written into ordinary memory and copied into pages that are then executable and no longer writable. Where the
 * system allows no such pages, or the machine is another, programs are interpreted. Control thread. About 15 bytes of
 * code an instruction. */
#include "filter_jit.h"

#if defined(__x86_64__) && !defined(_WIN32)

#include <stdlib.h>
#include <string.h>

#include "base/os.h"

const uint8_t jit_host[FILTER_REGS] = { R8, R9, R10, R11, RBX, RBP, R12, R13 };

#define SAVED_FROM 4u			/* registers of the machine whose host the caller wants back */
#define TO_MISS UINT32_MAX
#define TO_LEAVE (UINT32_MAX - 1)

/* ---- jumps ---- */

static void jump_to(struct jit *j, uint32_t to)
{
	if (j->jump_count == j->jump_room) {
		uint32_t room = 2 * j->jump_room + 64;
		struct jump *jumps = realloc(j->jumps, room * sizeof(*jumps));

		if (!jumps) {
			j->x.lost = true;
			return;
		}
		j->jumps = jumps;
		j->jump_room = room;
	}
	j->jumps[j->jump_count++] = (struct jump){ j->x.n, to };
	x64_u32(&j->x, 0);
}

void jit_jump_if(struct jit *j, enum condition c, uint32_t to)
{
	x64_byte(&j->x, 0x0f);
	x64_byte(&j->x, 0x80 | c);
	jump_to(j, to);
}

static void jump(struct jit *j, uint32_t at, uint32_t to)
{
	if (to == at + 1)
		return;		/* its code follows */
	x64_byte(&j->x, 0xe9);
	jump_to(j, to);
}

/* A short way past what is written until land(). */
static uint32_t skip_if(struct jit *j, enum condition c)
{
	x64_byte(&j->x, 0x70 | c);
	x64_byte(&j->x, 0);
	return j->x.n;
}

static void land(struct jit *j, uint32_t from)
{
	if (!j->x.lost)
		j->x.code[from - 1] = (uint8_t)(j->x.n - from);
}

static bool saves(const struct jit *j)
{
	return j->slots || j->used >> SAVED_FROM || j->f->call_count || j->f->set_count;
}

static void leave(struct jit *j)
{
	if (saves(j)) {
		x64_byte(&j->x, 0xe9);
		jump_to(j, TO_LEAVE);
	} else {
		x64_byte(&j->x, 0xc3);
	}
}

/* 1 where c holds, else 0: no branch, whose way is hard to foretell where packets differ. */
static void answer(struct jit *j, enum condition c)
{
	x64_byte(&j->x, 0x0f);
	x64_byte(&j->x, 0x90 | c);		/* setcc al */
	x64_modrm_reg(&j->x, 0, RAX);
	x64_byte(&j->x, 0x0f);
	x64_byte(&j->x, 0xb6);			/* movzx eax, al */
	x64_modrm_reg(&j->x, RAX, RAX);
	leave(j);
}

void jit_branch(struct jit *j, enum condition c, uint32_t at, const uint32_t to[2])
{
	const struct filter_insn *yes = &j->f->insns[to[0]], *no = &j->f->insns[to[1]];

	if (yes->op == OP_RET && no->op == OP_RET && yes->k <= 1 && no->k == (yes->k ^ 1)) {
		answer(j, yes->k ? c : (enum condition)(c ^ 1));
		return;
	}
	if (to[0] == at + 1) {
		if (to[1] != at + 1)
			jit_jump_if(j, (enum condition)(c ^ 1), to[1]);
		return;
	}
	jit_jump_if(j, c, to[0]);
	jump(j, at, to[1]);
}

/* ---- loads ---- */

static void turn(struct jit *j, unsigned reg, unsigned width)	/* from big-endian */
{
	if (width == 2) {
		x64_byte(&j->x, 0x66);		/* rol reg16, 8 */
		x64_rex(&j->x, false, 0, reg);
		x64_byte(&j->x, 0xc1);
		x64_modrm_reg(&j->x, 0, reg);
		x64_byte(&j->x, 8);
	} else if (width > 2) {
		x64_rex(&j->x, width == 8, 0, reg);
		x64_byte(&j->x, 0x0f);
		x64_byte(&j->x, 0xc8 | (reg & 7));
	}
}

static void put_load(struct jit *j, const struct filter_insn *i)
{
	unsigned width = filter_load_bytes(i->op), to = jit_host[i->a];

	x64_byte(&j->x, 0x81);			/* cmp dword [look.len], last byte + 1 */
	x64_modrm_mem(&j->x, 7, RDI, offsetof(struct filter_look, len));
	x64_u32(&j->x, i->k + width);
	jit_jump_if(j, IF_BELOW, TO_MISS);
	x64_load(&j->x, RDX, RDI, offsetof(struct filter_look, bytes), 8);
	x64_load(&j->x, to, RDX, i->k, width);
	turn(j, to, width);
}

/* rax = base + k; len - width in rcx: where rax is above it, or there was a carry, there is no match. */
static void put_load_reg(struct jit *j, const struct filter_insn *i)
{
	unsigned width = filter_load_bytes(i->op), to = jit_host[i->a];

	x64_load(&j->x, RCX, RDI, offsetof(struct filter_look, len), 4);
	x64_reg_number(&j->x, 5, RCX, width);		/* sub rcx, width */
	jit_jump_if(j, IF_BELOW, TO_MISS);
	x64_move(&j->x, RDX, jit_host[i->b]);
	x64_load_number(&j->x, RAX, i->k);
	x64_reg_reg(&j->x, 0x01, RAX, RDX);
	jit_jump_if(j, IF_BELOW, TO_MISS);		/* carry */
	x64_reg_reg(&j->x, 0x39, RAX, RCX);
	jit_jump_if(j, IF_ABOVE, TO_MISS);
	x64_reg_reg(&j->x, 0x39, RCX, RAX);		/* carry where rcx < rax: then rdx is all ones, */
	x64_rex(&j->x, true, RDX, RDX);
	x64_byte(&j->x, 0x19);				/* sbb rdx, rdx */
	x64_modrm_reg(&j->x, RDX, RDX);
	x64_one(&j->x, 2, RDX);				/* and 0 after not, */
	x64_reg_reg(&j->x, 0x21, RAX, RDX);		/* so that even a wrong guess reads at 0 */
	x64_load(&j->x, RDX, RDI, offsetof(struct filter_look, bytes), 8);
	x64_reg_reg(&j->x, 0x01, RAX, RDX);
	x64_load(&j->x, to, RAX, 0, width);
	turn(j, to, width);
}

/* ---- arithmetic ---- */

/* imul to, from */
static void multiply(struct jit *j, unsigned to, unsigned from)
{
	x64_rex(&j->x, true, to, from);
	x64_byte(&j->x, 0x0f);
	x64_byte(&j->x, 0xaf);
	x64_modrm_reg(&j->x, to, from);
}

/* to / rcx or to % rcx; by 0: 0, or what it was. */
static void divide(struct jit *j, unsigned to, bool rest)
{
	uint32_t zero, done;

	x64_reg_reg(&j->x, 0x85, RCX, RCX);
	zero = skip_if(j, IF_EQUAL);
	x64_move(&j->x, RAX, to);
	x64_reg_reg32(&j->x, 0x31, RDX, RDX);
	x64_one(&j->x, 6, RCX);				/* div rcx */
	x64_move(&j->x, to, rest ? RDX : RAX);
	if (rest) {
		land(j, zero);
		return;
	}
	x64_byte(&j->x, 0xeb);
	x64_byte(&j->x, 0);
	done = j->x.n;
	land(j, zero);
	x64_load_number(&j->x, to, 0);
	land(j, done);
}

/* shl or shr by a register, which takes its lower six bits; by 64 or more: 0. */
static void shift_by(struct jit *j, unsigned op, unsigned to, unsigned by)
{
	uint32_t small;

	x64_move(&j->x, RCX, by);
	x64_rex(&j->x, true, 0, to);
	x64_byte(&j->x, 0xd3);
	x64_modrm_reg(&j->x, op, to);
	x64_reg_number(&j->x, 7, RCX, 63);
	small = skip_if(j, IF_NOT_ABOVE);
	x64_load_number(&j->x, to, 0);
	land(j, small);
}

static void put_arithmetic(struct jit *j, const struct filter_insn *i)
{
	unsigned to = jit_host[i->a], from = jit_host[i->b & 7];

	switch (i->op) {
	case OP_ADD:
		x64_reg_reg(&j->x, 0x01, to, from);
		break;
	case OP_ADDI:
		x64_reg_number(&j->x, 0, to, i->k);
		break;
	case OP_SUB:
		x64_reg_reg(&j->x, 0x29, to, from);
		break;
	case OP_SUBI:
		x64_reg_number(&j->x, 5, to, i->k);
		break;
	case OP_AND:
		x64_reg_reg(&j->x, 0x21, to, from);
		break;
	case OP_ANDI:
		x64_reg_number(&j->x, 4, to, i->k);
		break;
	case OP_OR:
		x64_reg_reg(&j->x, 0x09, to, from);
		break;
	case OP_ORI:
		x64_reg_number(&j->x, 1, to, i->k);
		break;
	case OP_XOR:
		x64_reg_reg(&j->x, 0x31, to, from);
		break;
	case OP_XORI:
		x64_reg_number(&j->x, 6, to, i->k);
		break;
	case OP_MUL:
		multiply(j, to, from);
		break;
	case OP_MULI:
		x64_load_number(&j->x, RAX, i->k);
		multiply(j, to, RAX);
		break;
	case OP_DIV:
	case OP_MOD:
		x64_move(&j->x, RCX, from);
		divide(j, to, i->op == OP_MOD);
		break;
	case OP_DIVI:
	case OP_MODI:
		x64_load_number(&j->x, RCX, i->k);
		divide(j, to, i->op == OP_MODI);
		break;
	case OP_LSH:
	case OP_RSH:
		shift_by(j, i->op == OP_LSH ? 4 : 5, to, from);
		break;
	case OP_LSHI:
		x64_shift(&j->x, 4, to, i->k);
		break;
	case OP_RSHI:
		x64_shift(&j->x, 5, to, i->k);
		break;
	case OP_NEG:
		x64_one(&j->x, 3, to);
		break;
	case OP_NOT:
		x64_one(&j->x, 2, to);
		break;
	case OP_LOW:
		x64_reg_reg32(&j->x, 0x89, to, to);
		break;
	}
}

/* ---- sets and calls ---- */

#define SET_INLINE 8u		/* ranges that are compared one by one */

static uint64_t set_holds(const struct filter_set *s, uint64_t n)
{
	return filter_set_holds(s, n);
}

/* The registers that a function may spoil, on the stack and back. Returns how many. */
static unsigned spoiled(const struct jit *j, uint8_t regs[FILTER_REGS + 2])
{
	unsigned n = 0;

	regs[n++] = RDI;
	regs[n++] = RSI;
	for (unsigned r = 0; r < SAVED_FROM; r++)
		if (j->used >> r & 1)
			regs[n++] = jit_host[r];
	return n;
}

/* rax = fn(rdi, rsi): the caller has put the operands into rax and rcx. */
static void call(struct jit *j, uint64_t fn)
{
	uint8_t regs[FILTER_REGS + 2];
	unsigned n = spoiled(j, regs), pad = n & 1;

	for (unsigned i = 0; i < n; i++)
		x64_push(&j->x, regs[i]);
	if (pad)
		x64_push(&j->x, RAX);
	x64_move(&j->x, RDI, RAX);
	x64_move(&j->x, RSI, RCX);
	x64_load_number(&j->x, RAX, fn);
	x64_byte(&j->x, 0xff);
	x64_modrm_reg(&j->x, 2, RAX);
	if (pad)
		x64_pop(&j->x, RCX);
	while (n-- > 0)
		x64_pop(&j->x, regs[n]);
}

static void compare_range(struct jit *j, unsigned reg, const struct filter_range *r, uint32_t yes)
{
	if (r->lo == r->hi && r->lo <= INT32_MAX) {
		x64_reg_number(&j->x, 7, reg, (uint32_t)r->lo);
		jit_jump_if(j, IF_EQUAL, yes);
		return;
	}
	x64_load_number(&j->x, RCX, r->lo);
	x64_move(&j->x, RAX, reg);
	x64_reg_reg(&j->x, 0x29, RAX, RCX);
	x64_load_number(&j->x, RCX, r->hi - r->lo);
	x64_reg_reg(&j->x, 0x39, RAX, RCX);
	jit_jump_if(j, IF_NOT_ABOVE, yes);
}

static void put_set(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_set *s = &j->f->sets[i->k];
	uint32_t to[2];

	filter_targets(i, at, to);
	if (s->count <= SET_INLINE) {
		for (uint32_t r = 0; r < s->count; r++)
			compare_range(j, jit_host[i->a], &s->ranges[r], to[0]);
		jump(j, at, to[1]);
		return;
	}
	x64_load_number(&j->x, RAX, (uintptr_t)s);
	x64_move(&j->x, RCX, jit_host[i->a]);
	call(j, (uintptr_t)set_holds);
	x64_reg_reg32(&j->x, 0x85, RAX, RAX);
	jit_branch(j, IF_NOT_EQUAL, at, to);
}

static void put_call(struct jit *j, const struct filter_insn *i)
{
	const struct filter_call *c = &j->f->calls[i->k];

	x64_load_number(&j->x, RAX, (uintptr_t)c->own);
	x64_move(&j->x, RCX, RDI);
	call(j, (uintptr_t)c->fn);
	x64_move(&j->x, jit_host[i->a], RAX);
}

/* ---- a program ---- */

static void put_compare(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	bool number = filter_ops[i->op].form == FORM_JUMP_IMM, bits = i->op == OP_JSET || i->op == OP_JSETI;
	unsigned left = jit_host[i->a], right = number ? RAX : jit_host[i->b];
	uint32_t to[2];
	enum condition c = i->op == OP_JEQ || i->op == OP_JEQI ? IF_EQUAL :
		i->op == OP_JLT || i->op == OP_JLTI ? IF_BELOW :
		i->op == OP_JLE || i->op == OP_JLEI ? IF_NOT_ABOVE : bits ? IF_NOT_EQUAL : IF_LESS;

	filter_targets(i, at, to);
	if (i->op == OP_JSLTI) {	/* cmp with a number that is signed */
		x64_rex(&j->x, true, 0, left);
		x64_byte(&j->x, 0x81);
		x64_modrm_reg(&j->x, 7, left);
		x64_u32(&j->x, i->k);
	} else if (number && !bits) {
		x64_reg_number(&j->x, 7, left, i->k);
	} else {
		if (number)
			x64_load_number(&j->x, RAX, i->k);
		x64_reg_reg(&j->x, bits ? 0x85 : 0x39, left, right);
	}
	jit_branch(j, c, at, to);
}

static void put_slot(struct jit *j, const struct filter_insn *i)
{
	x64_rex(&j->x, true, jit_host[i->a], 0);
	x64_byte(&j->x, i->op == OP_GET ? 0x8b : 0x89);
	x64_byte(&j->x, 0x44 | (jit_host[i->a] & 7) << 3);	/* [rsp + 8 k] */
	x64_byte(&j->x, 0x24);
	x64_byte(&j->x, 8 * i->k);
}

static uint32_t put_insn(struct jit *j, uint32_t at)		/* the last that it did */
{
	const struct filter_insn *i = &j->f->insns[at];
	uint32_t to[2];

	switch (filter_ops[i->op].form) {
	case FORM_FIELD:
		jit_ldf(j, at, i);
		break;
	case FORM_FIELD_JUMP:
		return jit_feq(j, at, i);
	case FORM_LOAD:
		put_load(j, i);
		break;
	case FORM_LOAD_REG:
		put_load_reg(j, i);
		break;
	case FORM_SLOT:
		put_slot(j, i);
		break;
	case FORM_WIDE:
		x64_load_number(&j->x, jit_host[i->a], i->k | (uint64_t)i[1].k << 32);
		return at + 1;
	case FORM_JUMP:
		filter_targets(i, at, to);
		jump(j, at, to[0]);
		break;
	case FORM_JUMP_REG:
	case FORM_JUMP_IMM:
		put_compare(j, at, i);
		break;
	case FORM_SET:
		put_set(j, at, i);
		break;
	case FORM_CALL:
		put_call(j, i);
		break;
	case FORM_RESULT:
		x64_load_number(&j->x, RAX, i->k);
		leave(j);
		break;
	case FORM_RESULT_REG:
		x64_move(&j->x, RAX, jit_host[i->a]);
		leave(j);
		break;
	default:
		if (i->op == OP_MOV)
			x64_move(&j->x, jit_host[i->a], jit_host[i->b]);
		else if (i->op == OP_MOVI)
			x64_load_number(&j->x, jit_host[i->a], i->k);
		else
			put_arithmetic(j, i);
	}
	return at;
}

/* Which registers of the machine a program names, and whether it uses slots. */
static void look_over(struct jit *j)
{
	for (uint32_t at = 0; at < j->f->facts.insns; at++) {
		const struct filter_insn *i = &j->f->insns[at];
		enum filter_form form = filter_ops[i->op].form;

		if (form != FORM_FIELD_JUMP && form != FORM_JUMP && form != FORM_RESULT)
			j->used |= (uint8_t)(1u << i->a);
		if (form == FORM_REG || form == FORM_JUMP_REG || form == FORM_LOAD_REG)
			j->used |= (uint8_t)(1u << i->b);
		j->slots |= form == FORM_SLOT;
		at += form == FORM_WIDE;
	}
}

static void arrive(struct known *k, uint16_t has)
{
	k->has = k->reached ? k->has & has : has;
	k->joined = k->reached;
	k->reached = true;
}

/* Jumps go forward, so one pass meets every way into an instruction before it. Where a field is there by one bit, that
 * bit is set. */
static void find_known(struct jit *j)
{
	arrive(&j->known[0], 0);
	for (uint32_t i = 0; i < j->f->entry_count; i++)
		arrive(&j->known[j->f->entries[i]], 0);
	for (uint32_t at = 0; at < j->f->facts.insns; at++) {
		const struct filter_insn *i = &j->f->insns[at];
		enum filter_form form = filter_ops[i->op].form;
		uint16_t has = j->known[at].has, asked = 0;
		uint32_t to[2], n = filter_targets(i, at, to);

		if (form == FORM_FIELD || form == FORM_FIELD_JUMP)
			asked = filter_fields[form == FORM_FIELD ? i->k : i->a].has;
		if (asked & (asked - 1))
			asked = 0;
		for (uint32_t k = 0; j->known[at].reached && k < n; k++)
			arrive(&j->known[to[k]], !k && !(form == FORM_FIELD && !i->c) ? has | asked : has);
		at += form == FORM_WIDE;
	}
}

/* So much that the stack is a multiple of 16 bytes behind it. */
static uint32_t frame_bytes(const struct jit *j, unsigned saved)
{
	return (j->slots ? 8 * FILTER_SLOTS : 0) + (saved & 1 ? 0 : 8);
}

static unsigned count_saved(const struct jit *j)
{
	return (unsigned)__builtin_popcount(j->used >> SAVED_FROM);
}

static void enter(struct jit *j)
{
	if (saves(j)) {
		for (unsigned r = SAVED_FROM; r < FILTER_REGS; r++)
			if (j->used >> r & 1)
				x64_push(&j->x, jit_host[r]);
		if (frame_bytes(j, count_saved(j)))
			x64_reg_number(&j->x, 5, RSP, frame_bytes(j, count_saved(j)));
	}
	if (j->f->entry_count && j->used >> FILTER_ARG & 1)
		x64_move(&j->x, jit_host[FILTER_ARG], RSI);
	x64_load(&j->x, RSI, RDI, offsetof(struct filter_look, view), 8);
}

/* The first beginning is that of the code. */
static void put_entries(struct jit *j)
{
	for (uint32_t i = 1; i < j->f->entry_count; i++) {
		j->entries[i] = j->x.n;
		enter(j);
		x64_byte(&j->x, 0xe9);
		jump_to(j, j->f->entries[i]);
	}
}

static void finish(struct jit *j)
{
	j->miss = j->x.n;
	x64_load_number(&j->x, RAX, 0);
	j->leave = j->x.n;
	if (saves(j)) {
		if (frame_bytes(j, count_saved(j)))
			x64_reg_number(&j->x, 0, RSP, frame_bytes(j, count_saved(j)));
		for (unsigned r = FILTER_REGS; r-- > SAVED_FROM;)
			if (j->used >> r & 1)
				x64_pop(&j->x, jit_host[r]);
	}
	x64_byte(&j->x, 0xc3);
}

static void fill_jumps(struct jit *j)
{
	for (uint32_t i = 0; i < j->jump_count; i++) {
		const struct jump *w = &j->jumps[i];
		uint32_t to = w->to == TO_MISS ? j->miss : w->to == TO_LEAVE ? j->leave : j->start[w->to];
		uint32_t distance = to - (w->at + 4);

		memcpy(j->x.code + w->at, &distance, 4);
	}
}

static void translate(struct jit *j)
{
	uint32_t count = j->f->facts.insns;

	look_over(j);
	find_known(j);
	enter(j);
	for (uint32_t at = 0; at < count; at++) {
		j->start[at] = j->x.n;
		at = put_insn(j, at);
	}
	finish(j);
	put_entries(j);
	if (!j->x.lost)
		fill_jumps(j);
}

int filter_native(struct filter *f)
{
	struct jit j = { .f = f, .start = calloc(f->facts.insns, sizeof(*j.start)),
		.known = calloc(f->facts.insns, sizeof(*j.known)),
		.entries = f->entry_count ? calloc(f->entry_count, sizeof(*j.entries)) : NULL };
	void *code = NULL;

	if (f->native)
		goto done;
	j.x.lost = !j.start || !j.known || (f->entry_count && !j.entries);
	if (!j.x.lost)
		translate(&j);
	if (!j.x.lost)
		code = os_code_new(j.x.code, j.x.n);
	if (code) {
		f->native_bytes = j.x.n;
		memcpy(&f->native, &code, sizeof(code));
		f->native_entries = j.entries;
		j.entries = NULL;
	}
done:
	free(j.start);
	free(j.known);
	free(j.entries);
	free(j.x.code);
	free(j.jumps);
	return f->native ? 0 : ERR_NOMEM;
}

bool filter_native_here(void)
{
	return true;
}

#else

int filter_native(struct filter *f)
{
	return ERR_LATER;
}

bool filter_native_here(void)
{
	return false;
}

#endif
