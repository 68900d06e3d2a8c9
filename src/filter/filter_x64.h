/* filter/filter_x64.h - instructions of x86-64 as bytes: what filter_jit_x64.c is written in. */
#ifndef FILTER_FILTER_X64_H
#define FILTER_FILTER_X64_H

#include <stdbool.h>
#include <stdint.h>

enum host { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

enum condition {		/* the lower half of jcc's second byte */
	IF_BELOW = 0x2, IF_NOT_BELOW = 0x3, IF_EQUAL = 0x4, IF_NOT_EQUAL = 0x5, IF_NOT_ABOVE = 0x6, IF_ABOVE = 0x7,
	IF_LESS = 0xc,
};

struct x64 {
	uint8_t *code;		/* realloc's, the caller's to free */
	uint32_t n, room;
	bool lost;		/* no memory on the way */
};

void x64_bytes(struct x64 *x, const void *bytes, uint32_t n);
static inline void x64_byte(struct x64 *x, unsigned b)
{
	uint8_t byte = (uint8_t)b;

	if (x->n < x->room)
		x->code[x->n++] = byte;
	else
		x64_bytes(x, &byte, 1);
}
void x64_u32(struct x64 *x, uint32_t n);
void x64_u64(struct x64 *x, uint64_t n);
/* Prefix for operands of 64 bits (wide), or where a register is one of r8..r15. */
void x64_rex(struct x64 *x, bool wide, unsigned reg, unsigned rm);
void x64_modrm_reg(struct x64 *x, unsigned reg, unsigned rm);
void x64_modrm_mem(struct x64 *x, unsigned reg, unsigned base, uint32_t offset);	/* base: not rsp, r12 */

/* `op to, from` where op's form is "rm, reg": add 01, or 09, and 21, sub 29, xor 31, cmp 39, test 85, mov 89. */
void x64_reg_reg(struct x64 *x, unsigned op, unsigned to, unsigned from);
void x64_reg_reg32(struct x64 *x, unsigned op, unsigned to, unsigned from);	/* clears the upper half of `to` */
void x64_move(struct x64 *x, unsigned to, unsigned from);
void x64_load_number(struct x64 *x, unsigned to, uint64_t n);
/* `op to, n` for op of add 0, or 1, and 4, sub 5, xor 6, cmp 7; n without a sign. May use rax. */
void x64_reg_number(struct x64 *x, unsigned op, unsigned to, uint32_t n);
void x64_one(struct x64 *x, unsigned op, unsigned to);	/* not 2, neg 3, div 6 */
void x64_shift(struct x64 *x, unsigned op, unsigned to, unsigned by);	/* shl 4, shr 5 */
void x64_load(struct x64 *x, unsigned to, unsigned base, uint32_t offset, unsigned bytes);	/* zero-extended */
void x64_push(struct x64 *x, unsigned reg);
void x64_pop(struct x64 *x, unsigned reg);

#endif
