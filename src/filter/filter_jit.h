/* filter/filter_jit.h - machine code of x86-64 on its way: what filter_jit_x64.c and filter_jit_field.c share. */
#ifndef FILTER_FILTER_JIT_H
#define FILTER_FILTER_JIT_H

#include "filter/filter_int.h"
#include "filter/filter_x64.h"

struct jump {				/* 4 bytes at `at` are the distance to instruction `to`, or to the end with 0 */
	uint32_t at, to;
};

struct known {				/* of view.has: bits that are set, on every way that leads here */
	uint16_t has;
	bool reached;
	bool joined;			/* on more ways than one: what leads here must find it */
};

struct jit {
	const struct filter *f;
	struct x64 x;
	uint32_t *start;		/* where the code of each instruction begins */
	struct known *known;		/* and what is known there */
	struct jump *jumps;
	uint32_t jump_count, jump_room;
	uint8_t used;			/* registers of the machine */
	bool slots;
	uint32_t miss, leave;
	uint32_t *entries;		/* where the code of each beginning stands */
};

extern const uint8_t jit_host[FILTER_REGS];	/* the register of the host that one of the machine is in */

void jit_jump_if(struct jit *j, enum condition c, uint32_t to);		/* to instruction `to`; else on */
/* The end of the condition at `at`: to to[0] where c holds, else to to[1]. */
void jit_branch(struct jit *j, enum condition c, uint32_t at, const uint32_t to[2]);

/* filter_jit_field.c */
void jit_ldf(struct jit *j, uint32_t at, const struct filter_insn *i);
uint32_t jit_feq(struct jit *j, uint32_t at, const struct filter_insn *i);	/* the last instruction that it did */

#endif
