/* filter/filter_ir.h - code with labels: what the compiler and the importer write, before distances are known.
 *
 * A condition goes on at `yes` or `no`, labels that are set later and further down. filter_ir_code() lays it all out;
 * what is further away than a condition can reach gets a jump behind it. One thread. */
#ifndef FILTER_FILTER_IR_H
#define FILTER_FILTER_IR_H

#include "filter/filter_int.h"

typedef uint32_t ir_label;
#define IR_NONE UINT32_MAX

struct ir_insn {
	struct filter_insn insn;	/* its places are 0 yet */
	ir_label yes, no;		/* of a condition; of ja `yes`, of ldf `no`; else IR_NONE */
};

struct filter_ir {
	struct filter_code code;	/* sets and calls; instructions when it is laid out */
	struct ir_insn *insns;
	uint32_t count, room;
	uint32_t *labels;		/* index in insns that each stands before; IR_NONE: not set yet */
	uint32_t label_count, label_room, entry_room;
	bool lost;			/* no memory on the way */
};

void filter_ir_fini(struct filter_ir *ir);
ir_label ir_label_new(struct filter_ir *ir);
void ir_label_set(struct filter_ir *ir, ir_label l);	/* here; once */
void ir_entry(struct filter_ir *ir);			/* the program may begin here; the first stands at 0 */
void ir_add(struct filter_ir *ir, struct filter_insn insn);
void ir_branch(struct filter_ir *ir, struct filter_insn insn, ir_label yes, ir_label no);
void ir_jump(struct filter_ir *ir, ir_label to);
void ir_number(struct filter_ir *ir, unsigned reg, uint64_t n);	/* mov, in one instruction or two */
/* Fills ir->code. 0; ERR_NOMEM, ERR_RANGE (too long), told in `e`. Every label that is used has been set. */
int filter_ir_code(struct filter_ir *ir, struct err *e);
struct filter *filter_ir_make(struct filter_ir *ir, struct err *e);	/* and filter_make() */

#endif
