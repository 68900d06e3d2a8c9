/* filter/filter_x64.c - instructions of x86-64 as bytes. Each function is one instruction, or one of a few that mean
 * the same; none knows what it is for. Encodings: Intel's manual, volume 2. Control thread. */
#include "filter_x64.h"

#include <stdlib.h>
#include <string.h>

void x64_bytes(struct x64 *x, const void *bytes, uint32_t n)
{
	if (x->n + n > x->room) {
		uint32_t room = 2 * (x->room + n) + 256;
		uint8_t *code = realloc(x->code, room);

		if (!code) {
			x->lost = true;
			return;
		}
		x->code = code;
		x->room = room;
	}
	memcpy(x->code + x->n, bytes, n);
	x->n += n;
}

void x64_u32(struct x64 *x, uint32_t n) { x64_bytes(x, &n, 4); }
void x64_u64(struct x64 *x, uint64_t n) { x64_bytes(x, &n, 8); }

void x64_rex(struct x64 *x, bool wide, unsigned reg, unsigned rm)
{
	unsigned b = 0x40 | (unsigned)wide << 3 | (reg >> 3) << 2 | rm >> 3;

	if (b != 0x40)
		x64_byte(x, b);
}

void x64_modrm_reg(struct x64 *x, unsigned reg, unsigned rm)
{
	x64_byte(x, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

/* [base + offset], base not rsp or r12 */
void x64_modrm_mem(struct x64 *x, unsigned reg, unsigned base, uint32_t offset)
{
	if (offset < 128) {
		x64_byte(x, 0x40 | (reg & 7) << 3 | (base & 7));
		x64_byte(x, offset);
	} else {
		x64_byte(x, 0x80 | (reg & 7) << 3 | (base & 7));
		x64_u32(x, offset);
	}
}

/* `op to, from` of 64 bits, where op's form is "rm, reg": add 01, or 09, and 21, sub 29, xor 31, cmp 39, test 85,
 * mov 89. */
void x64_reg_reg(struct x64 *x, unsigned op, unsigned to, unsigned from)
{
	x64_rex(x, true, from, to);
	x64_byte(x, op);
	x64_modrm_reg(x, from, to);
}

/* The same of 32 bits, which clears the upper half of `to`. */
void x64_reg_reg32(struct x64 *x, unsigned op, unsigned to, unsigned from)
{
	x64_rex(x, false, from, to);
	x64_byte(x, op);
	x64_modrm_reg(x, from, to);
}

void x64_move(struct x64 *x, unsigned to, unsigned from)
{
	if (to != from)
		x64_reg_reg(x, 0x89, to, from);
}

void x64_load_number(struct x64 *x, unsigned to, uint64_t n)
{
	if (!n) {
		x64_reg_reg32(x, 0x31, to, to);
	} else if (n <= UINT32_MAX) {
		x64_rex(x, false, 0, to);
		x64_byte(x, 0xb8 | (to & 7));
		x64_u32(x, (uint32_t)n);
	} else {
		x64_rex(x, true, 0, to);
		x64_byte(x, 0xb8 | (to & 7));
		x64_u64(x, n);
	}
}

/* `op to, n` for op of /0 add /1 or /4 and /5 sub /6 xor /7 cmp; numbers of 32 bits that are not signed. */
void x64_reg_number(struct x64 *x, unsigned op, unsigned to, uint32_t n)
{
	if (n > INT32_MAX) {
		x64_load_number(x, RAX, n);
		x64_reg_reg(x, op << 3 | 1, to, RAX);
		return;
	}
	x64_rex(x, true, 0, to);
	x64_byte(x, n < 128 ? 0x83 : 0x81);
	x64_modrm_reg(x, op, to);
	if (n < 128)
		x64_byte(x, n);
	else
		x64_u32(x, n);
}

/* F7 /op or C1 /op: not 2, neg 3; and shifts by a number: shl 4, shr 5 */
void x64_one(struct x64 *x, unsigned op, unsigned to)
{
	x64_rex(x, true, 0, to);
	x64_byte(x, 0xf7);
	x64_modrm_reg(x, op, to);
}

void x64_shift(struct x64 *x, unsigned op, unsigned to, unsigned by)
{
	x64_rex(x, true, 0, to);
	x64_byte(x, 0xc1);
	x64_modrm_reg(x, op, to);
	x64_byte(x, by);
}

/* Zero-extended, of 1, 2, 4 or 8 bytes. */
void x64_load(struct x64 *x, unsigned to, unsigned base, uint32_t offset, unsigned bytes)
{
	x64_rex(x, bytes == 8, to, base);
	if (bytes < 4) {
		x64_byte(x, 0x0f);
		x64_byte(x, bytes == 1 ? 0xb6 : 0xb7);
	} else {
		x64_byte(x, 0x8b);
	}
	x64_modrm_mem(x, to, base, offset);
}

void x64_push(struct x64 *x, unsigned reg)
{
	x64_rex(x, false, 0, reg);
	x64_byte(x, 0x50 | (reg & 7));
}

void x64_pop(struct x64 *x, unsigned reg)
{
	x64_rex(x, false, 0, reg);
	x64_byte(x, 0x58 | (reg & 7));
}
