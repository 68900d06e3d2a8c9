/* filter/filter_run.c - the interpreter: one verified program over one packet.
 *
 * It trusts the program (filter_verify.c) and nothing of the packet: a load outside the captured bytes ends the program
 * without a match, as classic BPF has it, and offsets are added in 64 bits, where 32-bit constants and checked lengths
 * cannot make them wrap into the packet. Each operation jumps to the next by a table of labels, so the predictor sees
 * each place apart. Pure, no allocation; any thread.
 *
 * The definition of every operation is here; machine code (filter_jit_x64.c) has to agree with it. */
#include "filter_int.h"

#include <string.h>

/* False, and 0, where the packet has none. */
static inline bool field(const struct filter_look *l, uint32_t number, uint64_t *value)
{
	const struct filter_field *f = &filter_fields[number];
	bool there = filter_field_there(f, l->view);

	*value = there ? filter_field_get(f, l) : 0;
	return there;
}

/* The bytes [at, at + width) are captured. */
static inline bool inside(const struct filter_look *l, uint64_t at, unsigned width)
{
	return at < l->len && l->len - at >= width;
}

static inline uint64_t load1(const uint8_t *p)
{
	return *p;
}

static inline uint64_t load2(const uint8_t *p)
{
	return (uint64_t)p[0] << 8 | p[1];
}

static inline uint64_t load4(const uint8_t *p)
{
	uint32_t n;

	memcpy(&n, p, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	n = __builtin_bswap32(n);
#endif
	return n;
}

static inline uint64_t load8(const uint8_t *p)
{
	return load4(p) << 32 | load4(p + 4);
}

/* base + offset; past 2^64 it is past any packet. */
static inline uint64_t u64_plus(uint64_t base, uint32_t offset)
{
	return base > UINT64_MAX - offset ? UINT64_MAX : base + offset;
}

#define NEXT() do { i++; goto *ways[i->op]; } while (0)
#define JUMP(n) do { i += 1 + (n); goto *ways[i->op]; } while (0)
#define JUMP_IF(condition) JUMP((condition) ? i->b : i->c)
#define JUMP_IF_REG(condition) JUMP((condition) ? i->k & 0xffff : i->k >> 16)
#define LOAD(width, at_) \
	do { \
		uint64_t at = (at_); \
		if (!inside(l, at, width)) \
			return 0; \
		r[i->a] = load##width(l->bytes + at); \
	} while (0)
#define REG_AND_IMM(NAME, expression) \
	do_##NAME: { uint64_t x = r[i->a], y = r[i->b]; r[i->a] = (expression); NEXT(); } \
	do_##NAME##I: { uint64_t x = r[i->a], y = i->k; r[i->a] = (expression); NEXT(); }
#define COMPARE(NAME, expression, immediate) \
	do_##NAME: { uint64_t x = r[i->a], y = r[i->b]; JUMP_IF_REG(expression); } \
	do_##NAME##I: { uint64_t x = r[i->a], y = (immediate); JUMP_IF(expression); }

/* lint: long - a label an operation */
static uint64_t interpret(const struct filter *f, const struct filter_look *l, const struct filter_insn *i,
	uint64_t arg)
{
	static const void *const ways[OP_COUNT] = {
		[OP_WIDE_HIGH] = &&do_WIDE_HIGH,
#define OP(name, text, form, cost) [OP_##name] = &&do_##name,
#include "filter/filter_op.def"
#undef OP
	};
	uint64_t r[FILTER_REGS], slots[FILTER_SLOTS], value;

	r[FILTER_ARG] = arg;
	goto *ways[i->op];
do_LDF:
	if (!field(l, i->k, &r[i->a]))
		JUMP(i->c);
	NEXT();
do_FEQ:
	JUMP_IF(field(l, i->a, &value) && value == i->k);
do_LD1:
	LOAD(1, i->k);
	NEXT();
do_LD2:
	LOAD(2, i->k);
	NEXT();
do_LD4:
	LOAD(4, i->k);
	NEXT();
do_LD8:
	LOAD(8, i->k);
	NEXT();
do_LDR1:
	LOAD(1, u64_plus(r[i->b], i->k));
	NEXT();
do_LDR2:
	LOAD(2, u64_plus(r[i->b], i->k));
	NEXT();
do_LDR4:
	LOAD(4, u64_plus(r[i->b], i->k));
	NEXT();
do_LDR8:
	LOAD(8, u64_plus(r[i->b], i->k));
	NEXT();
do_GET:
	r[i->a] = slots[i->k];
	NEXT();
do_PUT:
	slots[i->k] = r[i->a];
	NEXT();
do_MOV:
	r[i->a] = r[i->b];
	NEXT();
do_MOVI:
	r[i->a] = i->k;
	NEXT();
do_MOVW:
	r[i->a] = i->k | (uint64_t)i[1].k << 32;
	i++;
	NEXT();
	REG_AND_IMM(ADD, x + y)
	REG_AND_IMM(SUB, x - y)
	REG_AND_IMM(MUL, x * y)
	REG_AND_IMM(DIV, y ? x / y : 0)
	REG_AND_IMM(MOD, y ? x % y : x)
	REG_AND_IMM(AND, x & y)
	REG_AND_IMM(OR, x | y)
	REG_AND_IMM(XOR, x ^ y)
	REG_AND_IMM(LSH, y < 64 ? x << y : 0)
	REG_AND_IMM(RSH, y < 64 ? x >> y : 0)
do_NEG:
	r[i->a] = -r[i->a];
	NEXT();
do_NOT:
	r[i->a] = ~r[i->a];
	NEXT();
do_LOW:
	r[i->a] = (uint32_t)r[i->a];
	NEXT();
do_JA:
	JUMP(i->k);
	COMPARE(JEQ, x == y, i->k)
	COMPARE(JLT, x < y, i->k)
	COMPARE(JLE, x <= y, i->k)
	COMPARE(JSLT, (int64_t)x < (int64_t)y, (uint64_t)(int32_t)i->k)
	COMPARE(JSET, (x & y) != 0, i->k)
do_IN:
	JUMP_IF(filter_set_holds(&f->sets[i->k], r[i->a]));
do_CALL:
	r[i->a] = f->calls[i->k].fn(f->calls[i->k].own, l);
	NEXT();
do_RETR:
	return r[i->a];
do_RET:
	return i->k;
do_WIDE_HIGH:	/* no way leads here */
	return 0;
}

uint64_t filter_interpret(const struct filter *f, const struct filter_look *l)
{
	return interpret(f, l, f->insns, 0);
}

uint64_t filter_enter(const struct filter *f, uint32_t entry, uint64_t arg, const struct filter_look *l)
{
	return interpret(f, l, f->insns + f->entries[entry], arg);
}
