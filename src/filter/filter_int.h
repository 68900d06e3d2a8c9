/* filter/filter_int.h - instructions, programs, and what the files of this room share.
 *
 * An instruction is 8 bytes: op, three small operands a b c, and k of 32 bits. What a form does not use is 0.
 *
 *      form        a        b      c      k                     written as
 *      FIELD       to       0      else   field                 ldf r0, tcp.dport, else
 *      FIELD_JUMP  field    yes    no     value                 feq tcp.dport, 80, yes, no
 *      LOAD        to       0      0      offset                ld2 r0, [12]
 *      LOAD_REG    to       base   0      offset                ld2 r0, [r1+12]
 *      SLOT        register 0      0      slot                  get r0, 3
 *      REG         to       from   0      0                     add r0, r1
 *      IMM         to       0      0      value                 add r0, 7
 *      SHIFT       to       0      0      0..63                 lsh r0, 8
 *      WIDE        to       0      0      low; next: op 0, k    mov r0, 0x1122334455667788
 *      ONE         register 0      0      0                     neg r0
 *      JUMP        0        0      0      forward               ja L1
 *      JUMP_REG    left     right  0      yes | no << 16        jlt r0, r1, yes, no
 *      JUMP_IMM    left     yes    no     right                 jeq r0, 80, yes, no
 *      SET         register yes    no     set                   in r0, {1, 5-9}, yes, no
 *      CALL        to       0      0      call                  call r0, 0
 *      RESULT      0        0      0      value                 ret 1
 *      RESULT_REG  register 0      0      0                     ret r0
 *
 * Jumps count instructions from the next one on: 0 is the next. So no program can go back. */
#ifndef FILTER_FILTER_INT_H
#define FILTER_FILTER_INT_H

#include <stdatomic.h>
#include <string.h>

#include "filter/filter.h"

#define FILTER_REGS 8u
#define FILTER_SLOTS 16u
#define FILTER_SETS_MAX 1024u
#define FILTER_RANGES_MAX 65536u	/* of one set */
#define FILTER_ARG 7u			/* the register that holds what filter_enter() was given */
#define FILTER_OFFSET_MAX 262144u	/* no capture has more bytes of a packet */

enum filter_form {
	FORM_FIELD, FORM_FIELD_JUMP, FORM_LOAD, FORM_LOAD_REG, FORM_SLOT, FORM_REG, FORM_IMM, FORM_SHIFT, FORM_WIDE,
	FORM_ONE, FORM_JUMP, FORM_JUMP_REG, FORM_JUMP_IMM, FORM_SET, FORM_CALL, FORM_RESULT, FORM_RESULT_REG,
};

enum filter_op {
	OP_WIDE_HIGH,			/* second half of MOVW: never run */
#define OP(name, text, form, cost) OP_##name,
#include "filter/filter_op.def"
#undef OP
	OP_COUNT
};

struct filter_insn {
	uint8_t op, a, b, c;
	uint32_t k;
};

_Static_assert(sizeof(struct filter_insn) == 8, "an instruction is 8 bytes");

struct filter_op_info {
	const char *text;
	enum filter_form form;
	unsigned cost;
};
extern const struct filter_op_info filter_ops[OP_COUNT];

/* filter_field.c */
enum field_where { FIELD_VIEW, FIELD_META, FIELD_LOOK };

struct filter_field {
	uint64_t mask;			/* UINT64_MAX: all of it */
	uint16_t offset;
	uint16_t has;			/* guard: one of these bits of view.has (0: none is asked), */
	uint8_t proto, tags;		/* this transport (0: any), so many VLAN tags at least */
	uint8_t where;			/* enum field_where */
	uint8_t bytes;			/* of the member: 1, 2, 4, 8, or 6: a MAC address */
	uint8_t shift;
	bool guarded;			/* by proto or tags too */
	bool flow;			/* class F */
	const char *name, *help;
};
extern const struct filter_field filter_fields[];
extern const unsigned filter_field_count;

int filter_field_find(struct word w);	/* its number, or -1 */

static inline bool filter_field_there(const struct filter_field *f, const struct view *v)
{
	if (f->has && !(v->has & f->has))
		return false;
	return !f->guarded || ((!f->proto || v->proto == f->proto) && v->tags >= f->tags);
}

static inline uint64_t filter_field_read48(const uint8_t *p)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 6; i++)
		n = n << 8 | p[i];
	return n;
}

/* One that is there. */
static inline uint64_t filter_field_get(const struct filter_field *f, const struct filter_look *l)
{
	const uint8_t *base = f->where == FIELD_VIEW ? (const uint8_t *)l->view :
		f->where == FIELD_META ? (const uint8_t *)l->meta : (const uint8_t *)l;
	uint64_t n = 0;
	uint32_t n32;
	uint16_t n16;

	switch (f->bytes) {
	case 1:
		n = base[f->offset];
		break;
	case 2:
		memcpy(&n16, base + f->offset, 2);
		n = n16;
		break;
	case 4:
		memcpy(&n32, base + f->offset, 4);
		n = n32;
		break;
	case 6:
		n = filter_field_read48(base + f->offset);
		break;
	case 8:
		memcpy(&n, base + f->offset, 8);
		break;
	}
	return n >> f->shift & f->mask;
}

/* ---- a program on its way: written by the assembler, the compiler, the importer ---- */
struct filter_set {
	uint32_t count;
	struct filter_range *ranges;
};

struct filter_code {
	struct filter_insn *insns;
	uint32_t count, room;
	struct filter_set *sets;
	uint32_t set_count;
	struct filter_call *calls;
	uint32_t call_count;
	uint32_t *entries;		/* where it may begin, in order, first at 0; none: there, without argument */
	uint32_t entry_count;
	bool lost;			/* no memory on the way */
};

void filter_code_fini(struct filter_code *c);
void filter_code_add(struct filter_code *c, struct filter_insn i);
/* Takes a copy of the ranges, sorts and merges them. Its number; equal sets are one. -1: no memory, c->lost. */
int filter_code_set(struct filter_code *c, const struct filter_range *ranges, uint32_t count);
int filter_code_call(struct filter_code *c, struct filter_call call);

/* Where an instruction goes on, 0 to 2 places: for a condition [0] yes, [1] no; of ldf [1] without the field. */
uint32_t filter_targets(const struct filter_insn *i, uint32_t at, uint32_t to[2]);

/* filter_verify.c: 0 and the facts, or ERR_RANGE, ERR_SYNTAX with the reason and the number of the instruction. */
int filter_verify(const struct filter_code *c, struct filter_facts *facts, struct err *e);

/* filter_prog.c: verifies, and makes a program of it; `c` stays the caller's. NULL: told in `e`. */
struct filter *filter_make(const struct filter_code *c, struct err *e);

struct filter {
	_Atomic uint32_t refs;
	struct filter_facts facts;
	filter_native_fn native;	/* NULL: interpreted */
	size_t native_bytes;
	uint32_t set_count, call_count, entry_count;
	const struct filter_set *sets;
	const struct filter_call *calls;
	const struct filter_insn *insns;
	const uint32_t *entries;
	uint32_t *native_entries;	/* in bytes from `native`, one for each of `entries` */
};

/* Bytes that a load reads. */
static inline unsigned filter_load_bytes(unsigned op)
{
	switch (op) {
	case OP_LD1:
	case OP_LDR1:
		return 1;
	case OP_LD2:
	case OP_LDR2:
		return 2;
	case OP_LD4:
	case OP_LDR4:
		return 4;
	default:
		return 8;
	}
}

static inline bool filter_set_holds(const struct filter_set *s, uint64_t n)
{
	uint32_t lo = 0, hi = s->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->ranges[mid].hi < n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->count && s->ranges[lo].lo <= n;
}

#endif
