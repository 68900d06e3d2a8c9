/* filter/filter_jit_x64.c - programs as machine code of x86-64.
 *
 *      uint64_t code(const struct filter_look *l, const struct filter *f)
 *
 *      rdi   l                 r8 .. r11              r0 .. r3 of the machine
 *      rsi   l->view           rbx, rbp, r12, r13     r4 .. r7, saved where they are used
 *      rax, rcx, rdx           between the steps of one instruction
 *      [rsp + 8 k]             slot k, where slots are used
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
#include "filter_int.h"

#if defined(__x86_64__) && !defined(_WIN32)

#include <stdlib.h>
#include <string.h>

#include "base/os.h"

enum host { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

static const uint8_t host_of[FILTER_REGS] = { R8, R9, R10, R11, RBX, RBP, R12, R13 };

#define SAVED_FROM 4u			/* registers of the machine whose host the caller wants back */
#define FIELD_MAC_BYTES 6

enum condition {			/* the lower half of jcc's second byte */
	IF_BELOW = 0x2, IF_NOT_BELOW = 0x3, IF_EQUAL = 0x4, IF_NOT_EQUAL = 0x5, IF_NOT_ABOVE = 0x6, IF_ABOVE = 0x7,
	IF_LESS = 0xc,
};

struct jump {				/* 4 bytes at `at` are the distance to instruction `to`, or to the end with 0 */
	uint32_t at, to;
};

#define TO_MISS UINT32_MAX
#define TO_LEAVE (UINT32_MAX - 1)

struct jit {
	const struct filter *f;
	uint8_t *code;
	uint32_t n, room;
	uint32_t *start;		/* where the code of each instruction begins */
	struct jump *jumps;
	uint32_t jump_count, jump_room;
	uint8_t used;			/* registers of the machine */
	bool slots, lost;
	uint32_t miss, leave;
};

/* ---- bytes ---- */

static void put(struct jit *j, const void *bytes, uint32_t n)
{
	if (j->n + n > j->room) {
		uint32_t room = 2 * (j->room + n) + 256;
		uint8_t *code = realloc(j->code, room);

		if (!code) {
			j->lost = true;
			return;
		}
		j->code = code;
		j->room = room;
	}
	memcpy(j->code + j->n, bytes, n);
	j->n += n;
}

static void put8(struct jit *j, unsigned b)
{
	uint8_t byte = (uint8_t)b;

	put(j, &byte, 1);
}

static void put16(struct jit *j, uint16_t n) { put(j, &n, 2); }
static void put32(struct jit *j, uint32_t n) { put(j, &n, 4); }
static void put64(struct jit *j, uint64_t n) { put(j, &n, 8); }

/* ---- instructions of the host ---- */

/* Prefix for operands of 64 bits (wide), or where a register is one of r8..r15. */
static void rex(struct jit *j, bool wide, unsigned reg, unsigned rm)
{
	unsigned b = 0x40 | (unsigned)wide << 3 | (reg >> 3) << 2 | rm >> 3;

	if (b != 0x40)
		put8(j, b);
}

static void modrm_reg(struct jit *j, unsigned reg, unsigned rm)
{
	put8(j, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

/* [base + offset], base not rsp or r12 */
static void modrm_mem(struct jit *j, unsigned reg, unsigned base, uint32_t offset)
{
	if (offset < 128) {
		put8(j, 0x40 | (reg & 7) << 3 | (base & 7));
		put8(j, offset);
	} else {
		put8(j, 0x80 | (reg & 7) << 3 | (base & 7));
		put32(j, offset);
	}
}

/* `op to, from` of 64 bits, where op's form is "rm, reg": add 01, or 09, and 21, sub 29, xor 31, cmp 39, test 85,
 * mov 89. */
static void reg_reg(struct jit *j, unsigned op, unsigned to, unsigned from)
{
	rex(j, true, from, to);
	put8(j, op);
	modrm_reg(j, from, to);
}

/* The same of 32 bits, which clears the upper half of `to`. */
static void reg_reg32(struct jit *j, unsigned op, unsigned to, unsigned from)
{
	rex(j, false, from, to);
	put8(j, op);
	modrm_reg(j, from, to);
}

static void move(struct jit *j, unsigned to, unsigned from)
{
	if (to != from)
		reg_reg(j, 0x89, to, from);
}

static void load_number(struct jit *j, unsigned to, uint64_t n)
{
	if (!n) {
		reg_reg32(j, 0x31, to, to);
	} else if (n <= UINT32_MAX) {
		rex(j, false, 0, to);
		put8(j, 0xb8 | (to & 7));
		put32(j, (uint32_t)n);
	} else {
		rex(j, true, 0, to);
		put8(j, 0xb8 | (to & 7));
		put64(j, n);
	}
}

/* `op to, n` for op of /0 add /1 or /4 and /5 sub /6 xor /7 cmp; numbers of 32 bits that are not signed. */
static void reg_number(struct jit *j, unsigned op, unsigned to, uint32_t n)
{
	if (n > INT32_MAX) {
		load_number(j, RAX, n);
		reg_reg(j, op << 3 | 1, to, RAX);
		return;
	}
	rex(j, true, 0, to);
	put8(j, n < 128 ? 0x83 : 0x81);
	modrm_reg(j, op, to);
	if (n < 128)
		put8(j, n);
	else
		put32(j, n);
}

/* F7 /op or C1 /op: not 2, neg 3; and shifts by a number: shl 4, shr 5 */
static void one(struct jit *j, unsigned op, unsigned to)
{
	rex(j, true, 0, to);
	put8(j, 0xf7);
	modrm_reg(j, op, to);
}

static void shift(struct jit *j, unsigned op, unsigned to, unsigned by)
{
	rex(j, true, 0, to);
	put8(j, 0xc1);
	modrm_reg(j, op, to);
	put8(j, by);
}

/* Zero-extended, of 1, 2, 4 or 8 bytes. */
static void load(struct jit *j, unsigned to, unsigned base, uint32_t offset, unsigned bytes)
{
	rex(j, bytes == 8, to, base);
	if (bytes < 4) {
		put8(j, 0x0f);
		put8(j, bytes == 1 ? 0xb6 : 0xb7);
	} else {
		put8(j, 0x8b);
	}
	modrm_mem(j, to, base, offset);
}

static void push(struct jit *j, unsigned reg)
{
	rex(j, false, 0, reg);
	put8(j, 0x50 | (reg & 7));
}

static void pop(struct jit *j, unsigned reg)
{
	rex(j, false, 0, reg);
	put8(j, 0x58 | (reg & 7));
}

/* ---- jumps ---- */

static void jump_to(struct jit *j, uint32_t to)
{
	if (j->jump_count == j->jump_room) {
		uint32_t room = 2 * j->jump_room + 64;
		struct jump *jumps = realloc(j->jumps, room * sizeof(*jumps));

		if (!jumps) {
			j->lost = true;
			return;
		}
		j->jumps = jumps;
		j->jump_room = room;
	}
	j->jumps[j->jump_count++] = (struct jump){ j->n, to };
	put32(j, 0);
}

static void jump_if(struct jit *j, enum condition c, uint32_t to)
{
	put8(j, 0x0f);
	put8(j, 0x80 | c);
	jump_to(j, to);
}

static void jump(struct jit *j, uint32_t at, uint32_t to)
{
	if (to == at + 1)
		return;		/* its code follows */
	put8(j, 0xe9);
	jump_to(j, to);
}

/* A short way past what is written until land(). */
static uint32_t skip_if(struct jit *j, enum condition c)
{
	put8(j, 0x70 | c);
	put8(j, 0);
	return j->n;
}

static void land(struct jit *j, uint32_t from)
{
	if (!j->lost)
		j->code[from - 1] = (uint8_t)(j->n - from);
}

/* yes: where c holds */
static void branch(struct jit *j, enum condition c, uint32_t at, const uint32_t to[2])
{
	if (to[0] == at + 1) {
		if (to[1] != at + 1)
			jump_if(j, (enum condition)(c ^ 1), to[1]);
		return;
	}
	jump_if(j, c, to[0]);
	jump(j, at, to[1]);
}

/* ---- fields ---- */

/* On where the packet has the field; else to `missing`. */
static void guard(struct jit *j, const struct filter_field *f, uint32_t missing)
{
	if (f->has) {			/* test word [view.has], bits */
		put8(j, 0x66);
		put8(j, 0xf7);
		modrm_mem(j, 0, RSI, offsetof(struct view, has));
		put16(j, f->has);
		jump_if(j, IF_EQUAL, missing);
	}
	if (f->proto) {
		put8(j, 0x80);		/* cmp byte */
		modrm_mem(j, 7, RSI, offsetof(struct view, proto));
		put8(j, f->proto);
		jump_if(j, IF_NOT_EQUAL, missing);
	}
	if (f->tags) {
		put8(j, 0x80);
		modrm_mem(j, 7, RSI, offsetof(struct view, tags));
		put8(j, f->tags);
		jump_if(j, IF_BELOW, missing);
	}
}

/* The register that points to what the field is a member of. */
static unsigned field_base(struct jit *j, const struct filter_field *f)
{
	if (f->where == FIELD_VIEW)
		return RSI;
	if (f->where == FIELD_LOOK)
		return RDI;
	load(j, RDX, RDI, offsetof(struct filter_look, meta), 8);
	return RDX;
}

static void get_field(struct jit *j, unsigned to, const struct filter_field *f)
{
	unsigned base = field_base(j, f);

	if (f->bytes == FIELD_MAC_BYTES) {	/* two bytes more are read, which the view has behind it */
		load(j, to, base, f->offset, 8);
		rex(j, true, 0, to);
		put8(j, 0x0f);
		put8(j, 0xc8 | (to & 7));	/* bswap */
		shift(j, 5, to, 16);
	} else {
		load(j, to, base, f->offset, f->bytes);
	}
	if (f->shift)
		shift(j, 5, to, f->shift);
	if (f->mask != UINT64_MAX)
		reg_number(j, 4, to, (uint32_t)f->mask);
}

_Static_assert(offsetof(struct view, mac_src) + 8 <= sizeof(struct view), "a MAC address is read as 8 bytes");

static void put_ldf(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_field *f = &filter_fields[i->k];
	unsigned to = host_of[i->a];

	if (f->has || f->proto || f->tags)
		load_number(j, to, 0);
	guard(j, f, at + 1 + i->c);
	get_field(j, to, f);
}

/* A whole member of 1, 2 or 4 bytes is compared where it stands. */
static bool compare_in_place(struct jit *j, const struct filter_field *f, uint32_t k)
{
	uint64_t most = f->bytes == 1 ? 0xff : f->bytes == 2 ? 0xffff : UINT32_MAX;
	unsigned base;

	if (f->shift || f->mask != UINT64_MAX || f->bytes > 4 || k > most)
		return false;
	base = field_base(j, f);
	if (f->bytes == 2)
		put8(j, 0x66);
	put8(j, f->bytes == 1 ? 0x80 : 0x81);
	modrm_mem(j, 7, base, f->offset);
	put(j, &k, f->bytes);
	return true;
}

static void put_feq(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_field *f = &filter_fields[i->a];
	uint32_t to[2];

	filter_targets(i, at, to);
	guard(j, f, to[1]);
	if (!compare_in_place(j, f, i->k)) {
		get_field(j, RCX, f);
		reg_number(j, 7, RCX, i->k);
	}
	branch(j, IF_EQUAL, at, to);
}

/* ---- loads ---- */

static unsigned width_of(unsigned op)
{
	return op == OP_LD1 || op == OP_LDR1 ? 1 : op == OP_LD2 || op == OP_LDR2 ? 2 :
		op == OP_LD4 || op == OP_LDR4 ? 4 : 8;
}

static void turn(struct jit *j, unsigned reg, unsigned width)	/* from big-endian */
{
	if (width == 2) {
		put8(j, 0x66);		/* rol reg16, 8 */
		rex(j, false, 0, reg);
		put8(j, 0xc1);
		modrm_reg(j, 0, reg);
		put8(j, 8);
	} else if (width > 2) {
		rex(j, width == 8, 0, reg);
		put8(j, 0x0f);
		put8(j, 0xc8 | (reg & 7));
	}
}

static void put_load(struct jit *j, const struct filter_insn *i)
{
	unsigned width = width_of(i->op), to = host_of[i->a];

	put8(j, 0x81);			/* cmp dword [look.len], last byte + 1 */
	modrm_mem(j, 7, RDI, offsetof(struct filter_look, len));
	put32(j, i->k + width);
	jump_if(j, IF_BELOW, TO_MISS);
	load(j, RDX, RDI, offsetof(struct filter_look, bytes), 8);
	load(j, to, RDX, i->k, width);
	turn(j, to, width);
}

/* rax = base + k; len - width in rcx: where rax is above it, or there was a carry, there is no match. */
static void put_load_reg(struct jit *j, const struct filter_insn *i)
{
	unsigned width = width_of(i->op), to = host_of[i->a];

	load(j, RCX, RDI, offsetof(struct filter_look, len), 4);
	reg_number(j, 5, RCX, width);		/* sub rcx, width */
	jump_if(j, IF_BELOW, TO_MISS);
	move(j, RDX, host_of[i->b]);
	load_number(j, RAX, i->k);
	reg_reg(j, 0x01, RAX, RDX);
	jump_if(j, IF_BELOW, TO_MISS);		/* carry */
	reg_reg(j, 0x39, RAX, RCX);
	jump_if(j, IF_ABOVE, TO_MISS);
	reg_reg(j, 0x39, RCX, RAX);		/* carry where rcx < rax: then rdx is all ones, */
	rex(j, true, RDX, RDX);
	put8(j, 0x19);				/* sbb rdx, rdx */
	modrm_reg(j, RDX, RDX);
	one(j, 2, RDX);				/* and 0 after not, */
	reg_reg(j, 0x21, RAX, RDX);		/* so that even a wrong guess reads at 0 */
	load(j, RDX, RDI, offsetof(struct filter_look, bytes), 8);
	reg_reg(j, 0x01, RAX, RDX);
	load(j, to, RAX, 0, width);
	turn(j, to, width);
}

/* ---- arithmetic ---- */

/* imul to, from */
static void multiply(struct jit *j, unsigned to, unsigned from)
{
	rex(j, true, to, from);
	put8(j, 0x0f);
	put8(j, 0xaf);
	modrm_reg(j, to, from);
}

/* to / rcx or to % rcx; by 0: 0, or what it was. */
static void divide(struct jit *j, unsigned to, bool rest)
{
	uint32_t zero, done;

	reg_reg(j, 0x85, RCX, RCX);
	zero = skip_if(j, IF_EQUAL);
	move(j, RAX, to);
	reg_reg32(j, 0x31, RDX, RDX);
	one(j, 6, RCX);				/* div rcx */
	move(j, to, rest ? RDX : RAX);
	if (rest) {
		land(j, zero);
		return;
	}
	put8(j, 0xeb);
	put8(j, 0);
	done = j->n;
	land(j, zero);
	load_number(j, to, 0);
	land(j, done);
}

/* shl or shr by a register, which takes its lower six bits; by 64 or more: 0. */
static void shift_by(struct jit *j, unsigned op, unsigned to, unsigned by)
{
	uint32_t small;

	move(j, RCX, by);
	rex(j, true, 0, to);
	put8(j, 0xd3);
	modrm_reg(j, op, to);
	reg_number(j, 7, RCX, 63);
	small = skip_if(j, IF_NOT_ABOVE);
	load_number(j, to, 0);
	land(j, small);
}

static void put_arithmetic(struct jit *j, const struct filter_insn *i)
{
	unsigned to = host_of[i->a], from = host_of[i->b & 7];

	switch (i->op) {
	case OP_ADD:
		reg_reg(j, 0x01, to, from);
		break;
	case OP_ADDI:
		reg_number(j, 0, to, i->k);
		break;
	case OP_SUB:
		reg_reg(j, 0x29, to, from);
		break;
	case OP_SUBI:
		reg_number(j, 5, to, i->k);
		break;
	case OP_AND:
		reg_reg(j, 0x21, to, from);
		break;
	case OP_ANDI:
		reg_number(j, 4, to, i->k);
		break;
	case OP_OR:
		reg_reg(j, 0x09, to, from);
		break;
	case OP_ORI:
		reg_number(j, 1, to, i->k);
		break;
	case OP_XOR:
		reg_reg(j, 0x31, to, from);
		break;
	case OP_XORI:
		reg_number(j, 6, to, i->k);
		break;
	case OP_MUL:
		multiply(j, to, from);
		break;
	case OP_MULI:
		load_number(j, RAX, i->k);
		multiply(j, to, RAX);
		break;
	case OP_DIV:
	case OP_MOD:
		move(j, RCX, from);
		divide(j, to, i->op == OP_MOD);
		break;
	case OP_DIVI:
	case OP_MODI:
		load_number(j, RCX, i->k);
		divide(j, to, i->op == OP_MODI);
		break;
	case OP_LSH:
	case OP_RSH:
		shift_by(j, i->op == OP_LSH ? 4 : 5, to, from);
		break;
	case OP_LSHI:
		shift(j, 4, to, i->k);
		break;
	case OP_RSHI:
		shift(j, 5, to, i->k);
		break;
	case OP_NEG:
		one(j, 3, to);
		break;
	case OP_NOT:
		one(j, 2, to);
		break;
	case OP_LOW:
		reg_reg32(j, 0x89, to, to);
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
			regs[n++] = host_of[r];
	return n;
}

/* rax = fn(rdi, rsi): the caller has put the operands into rax and rcx. */
static void call(struct jit *j, uint64_t fn)
{
	uint8_t regs[FILTER_REGS + 2];
	unsigned n = spoiled(j, regs), pad = n & 1;

	for (unsigned i = 0; i < n; i++)
		push(j, regs[i]);
	if (pad)
		push(j, RAX);
	move(j, RDI, RAX);
	move(j, RSI, RCX);
	load_number(j, RAX, fn);
	put8(j, 0xff);
	modrm_reg(j, 2, RAX);
	if (pad)
		pop(j, RCX);
	while (n-- > 0)
		pop(j, regs[n]);
}

static void compare_range(struct jit *j, unsigned reg, const struct filter_range *r, uint32_t yes)
{
	if (r->lo == r->hi && r->lo <= INT32_MAX) {
		reg_number(j, 7, reg, (uint32_t)r->lo);
		jump_if(j, IF_EQUAL, yes);
		return;
	}
	load_number(j, RCX, r->lo);
	move(j, RAX, reg);
	reg_reg(j, 0x29, RAX, RCX);
	load_number(j, RCX, r->hi - r->lo);
	reg_reg(j, 0x39, RAX, RCX);
	jump_if(j, IF_NOT_ABOVE, yes);
}

static void put_set(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_set *s = &j->f->sets[i->k];
	uint32_t to[2];

	filter_targets(i, at, to);
	if (s->count <= SET_INLINE) {
		for (uint32_t r = 0; r < s->count; r++)
			compare_range(j, host_of[i->a], &s->ranges[r], to[0]);
		jump(j, at, to[1]);
		return;
	}
	load_number(j, RAX, (uintptr_t)s);
	move(j, RCX, host_of[i->a]);
	call(j, (uintptr_t)set_holds);
	reg_reg32(j, 0x85, RAX, RAX);
	branch(j, IF_NOT_EQUAL, at, to);
}

static void put_call(struct jit *j, const struct filter_insn *i)
{
	const struct filter_call *c = &j->f->calls[i->k];

	load_number(j, RAX, (uintptr_t)c->own);
	move(j, RCX, RDI);
	call(j, (uintptr_t)c->fn);
	move(j, host_of[i->a], RAX);
}

/* ---- a program ---- */

static void put_compare(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	bool number = filter_ops[i->op].form == FORM_JUMP_IMM, bits = i->op == OP_JSET || i->op == OP_JSETI;
	unsigned left = host_of[i->a], right = number ? RAX : host_of[i->b];
	uint32_t to[2];
	enum condition c = i->op == OP_JEQ || i->op == OP_JEQI ? IF_EQUAL :
		i->op == OP_JLT || i->op == OP_JLTI ? IF_BELOW :
		i->op == OP_JLE || i->op == OP_JLEI ? IF_NOT_ABOVE : bits ? IF_NOT_EQUAL : IF_LESS;

	filter_targets(i, at, to);
	if (i->op == OP_JSLTI) {	/* cmp with a number that is signed */
		rex(j, true, 0, left);
		put8(j, 0x81);
		modrm_reg(j, 7, left);
		put32(j, i->k);
	} else if (number && !bits) {
		reg_number(j, 7, left, i->k);
	} else {
		if (number)
			load_number(j, RAX, i->k);
		reg_reg(j, bits ? 0x85 : 0x39, left, right);
	}
	branch(j, c, at, to);
}

static bool saves(const struct jit *j)
{
	return j->slots || j->used >> SAVED_FROM || j->f->call_count || j->f->set_count;
}

static void leave(struct jit *j)
{
	if (saves(j)) {
		put8(j, 0xe9);
		jump_to(j, TO_LEAVE);
	} else {
		put8(j, 0xc3);
	}
}

static void put_slot(struct jit *j, const struct filter_insn *i)
{
	rex(j, true, host_of[i->a], 0);
	put8(j, i->op == OP_GET ? 0x8b : 0x89);
	put8(j, 0x44 | (host_of[i->a] & 7) << 3);	/* [rsp + 8 k] */
	put8(j, 0x24);
	put8(j, 8 * i->k);
}

static void put_insn(struct jit *j, uint32_t at)
{
	const struct filter_insn *i = &j->f->insns[at];
	uint32_t to[2];

	switch (filter_ops[i->op].form) {
	case FORM_FIELD:
		put_ldf(j, at, i);
		break;
	case FORM_FIELD_JUMP:
		put_feq(j, at, i);
		break;
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
		load_number(j, host_of[i->a], i->k | (uint64_t)i[1].k << 32);
		break;
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
		load_number(j, RAX, i->k);
		leave(j);
		break;
	case FORM_RESULT_REG:
		move(j, RAX, host_of[i->a]);
		leave(j);
		break;
	default:
		if (i->op == OP_MOV)
			move(j, host_of[i->a], host_of[i->b]);
		else if (i->op == OP_MOVI)
			load_number(j, host_of[i->a], i->k);
		else
			put_arithmetic(j, i);
	}
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
				push(j, host_of[r]);
		if (frame_bytes(j, count_saved(j)))
			reg_number(j, 5, RSP, frame_bytes(j, count_saved(j)));
	}
	load(j, RSI, RDI, offsetof(struct filter_look, view), 8);
}

static void finish(struct jit *j)
{
	j->miss = j->n;
	load_number(j, RAX, 0);
	j->leave = j->n;
	if (saves(j)) {
		if (frame_bytes(j, count_saved(j)))
			reg_number(j, 0, RSP, frame_bytes(j, count_saved(j)));
		for (unsigned r = FILTER_REGS; r-- > SAVED_FROM;)
			if (j->used >> r & 1)
				pop(j, host_of[r]);
	}
	put8(j, 0xc3);
}

static void fill_jumps(struct jit *j)
{
	for (uint32_t i = 0; i < j->jump_count; i++) {
		const struct jump *w = &j->jumps[i];
		uint32_t to = w->to == TO_MISS ? j->miss : w->to == TO_LEAVE ? j->leave : j->start[w->to];
		uint32_t distance = to - (w->at + 4);

		memcpy(j->code + w->at, &distance, 4);
	}
}

static void translate(struct jit *j)
{
	uint32_t count = j->f->facts.insns;

	look_over(j);
	enter(j);
	for (uint32_t at = 0; at < count; at++) {
		j->start[at] = j->n;
		put_insn(j, at);
		at += filter_ops[j->f->insns[at].op].form == FORM_WIDE;
	}
	finish(j);
	if (!j->lost)
		fill_jumps(j);
}

int filter_native(struct filter *f)
{
	struct jit j = { .f = f, .start = calloc(f->facts.insns, sizeof(uint32_t)) };
	void *code = NULL;

	if (f->native)
		goto done;
	if (j.start)
		translate(&j);
	if (j.start && !j.lost)
		code = os_code_new(j.code, j.n);
	if (code) {
		f->native_bytes = j.n;
		memcpy(&f->native, &code, sizeof(code));
	}
done:
	free(j.start);
	free(j.code);
	free(j.jumps);
	return f->native ? 0 : ERR_NOMEM;
}

#else

int filter_native(struct filter *f)
{
	return ERR_LATER;
}

#endif
