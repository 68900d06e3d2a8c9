/* filter/filter_compile.c - a tree becomes code: conditions jump, values land in registers.
 *
 *      condition(node, yes, no)      code that goes on at one of two labels
 *      value(node, r, missing)       code that leaves a value in register r, and uses those above it; where a field is
 *                                    not there it goes on at `missing`, which is the no of the term it stands in
 *
 * So a term is false for packets that lack a field of it, and `!` turns that over: !(tcp.dport == 80) is true for UDP.
 * A term is what stands between && || and !: a comparison, `in`, or a value that is asked for being other than 0. A
 * load outside the packet ends the whole expression without a match, as in classic BPF. An offset that a base is added
 * to is looked at before, so that no sum wraps into the packet.
 *
 * A field compared for equality with a number of 32 bits is one instruction. Registers are used as a stack; what needs
 * more than eight is refused. Control thread. */
#include "filter_ir.h"
#include "filter_lang.h"

#include <stdlib.h>

struct compile {
	const struct tree *tree;
	struct filter_ir ir;
	ir_label outside;	/* a load past any packet: no match, whatever else */
	bool bad;
};

#define tell(c, n, ...) ((c)->bad = true, lex_error((c)->tree->lx, (n)->at, __VA_ARGS__))

static const struct node *node(const struct compile *c, uint32_t i)
{
	return &c->tree->nodes[i];
}

static void add(struct compile *c, unsigned op, unsigned a, unsigned b, uint32_t k)
{
	ir_add(&c->ir, (struct filter_insn){ (uint8_t)op, (uint8_t)a, (uint8_t)b, 0, k });
}

static void branch(struct compile *c, unsigned op, unsigned a, unsigned b, uint32_t k, ir_label yes, ir_label no)
{
	ir_branch(&c->ir, (struct filter_insn){ (uint8_t)op, (uint8_t)a, (uint8_t)b, 0, k }, yes, no);
}

static void condition(struct compile *c, const struct node *n, unsigned reg, ir_label yes, ir_label no);
static void value(struct compile *c, const struct node *n, unsigned reg, ir_label missing);

static bool is_number(const struct node *n, uint64_t most)
{
	return n->kind == NODE_NUMBER && n->value <= most;
}

/* Is there a register left? */
static bool room(struct compile *c, const struct node *n, unsigned reg)
{
	if (reg < FILTER_REGS)
		return true;
	tell(c, n, ERR_RANGE, "too many values at once here; at most %u", FILTER_REGS);
	return false;
}

/* ---- values ---- */

static unsigned load_op(const struct node *n, bool by_reg)
{
	switch (n->width) {
	case 1:
		return by_reg ? OP_LDR1 : OP_LD1;
	case 2:
		return by_reg ? OP_LDR2 : OP_LD2;
	case 4:
		return by_reg ? OP_LDR4 : OP_LD4;
	default:
		return by_reg ? OP_LDR8 : OP_LD8;
	}
}

static void load_field(struct compile *c, unsigned reg, uint64_t field, ir_label missing)
{
	const struct filter_field *f = &filter_fields[field];
	bool guarded = f->has || f->proto || f->tags;

	ir_branch(&c->ir, (struct filter_insn){ OP_LDF, (uint8_t)reg, 0, 0, (uint32_t)field }, IR_NONE,
		guarded ? missing : IR_NONE);
}

static void load(struct compile *c, const struct node *n, unsigned reg, ir_label missing)
{
	const struct node *offset = node(c, n->left);
	ir_label inside;

	if (offset->kind == NODE_NUMBER && n->value == NODE_FRAME) {
		add(c, load_op(n, false), reg, 0, (uint32_t)offset->value);
	} else if (offset->kind == NODE_NUMBER) {
		load_field(c, reg, n->value, missing);
		add(c, load_op(n, true), reg, reg, (uint32_t)offset->value);
	} else if (n->value == NODE_FRAME) {
		value(c, offset, reg, missing);
		add(c, load_op(n, true), reg, reg, 0);
	} else if (room(c, n, reg + 1)) {
		inside = ir_label_new(&c->ir);
		value(c, offset, reg, missing);
		branch(c, OP_JLEI, reg, 0, FILTER_OFFSET_MAX, inside, c->outside);
		ir_label_set(&c->ir, inside);
		load_field(c, reg + 1, n->value, missing);
		add(c, OP_ADD, reg, reg + 1, 0);
		add(c, load_op(n, true), reg, reg, 0);
	}
}

/* A condition where a value is wanted: 1 or 0. */
static void truth(struct compile *c, const struct node *n, unsigned reg)
{
	ir_label yes = ir_label_new(&c->ir), no = ir_label_new(&c->ir), done = ir_label_new(&c->ir);

	condition(c, n, reg, yes, no);
	ir_label_set(&c->ir, yes);
	ir_number(&c->ir, reg, 1);
	ir_jump(&c->ir, done);
	ir_label_set(&c->ir, no);
	ir_number(&c->ir, reg, 0);
	ir_label_set(&c->ir, done);
}

static const struct { uint8_t by_reg, by_number; } arithmetic[] = {
	[NODE_OR] = { OP_OR, OP_ORI }, [NODE_XOR] = { OP_XOR, OP_XORI }, [NODE_AND] = { OP_AND, OP_ANDI },
	[NODE_LSH] = { OP_LSH, OP_LSHI }, [NODE_RSH] = { OP_RSH, OP_RSHI }, [NODE_ADD] = { OP_ADD, OP_ADDI },
	[NODE_SUB] = { OP_SUB, OP_SUBI }, [NODE_MUL] = { OP_MUL, OP_MULI }, [NODE_DIV] = { OP_DIV, OP_DIVI },
	[NODE_MOD] = { OP_MOD, OP_MODI },
};

static bool is_condition(const struct node *n)
{
	if (n->kind == NODE_IN || n->kind == NODE_HAS)
		return true;
	if (n->kind == NODE_UNARY)
		return n->op == NODE_LNOT;
	return n->kind == NODE_BINARY && (n->op <= NODE_AND_THEN || (n->op >= NODE_EQ && n->op <= NODE_SGE));
}

static void compute(struct compile *c, const struct node *n, unsigned reg, ir_label missing)
{
	const struct node *right = node(c, n->right);
	bool shifts = n->op == NODE_LSH || n->op == NODE_RSH;

	value(c, node(c, n->left), reg, missing);
	if (is_number(right, shifts ? 63 : UINT32_MAX)) {
		add(c, arithmetic[n->op].by_number, reg, 0, (uint32_t)right->value);
	} else if (room(c, n, reg + 1)) {
		value(c, right, reg + 1, missing);
		add(c, arithmetic[n->op].by_reg, reg, reg + 1, 0);
	}
}

static void value(struct compile *c, const struct node *n, unsigned reg, ir_label missing)
{
	if (!room(c, n, reg))
		return;
	if (is_condition(n)) {
		truth(c, n, reg);
		return;
	}
	switch (n->kind) {
	case NODE_NUMBER:
		ir_number(&c->ir, reg, n->value);
		break;
	case NODE_FIELD:
		load_field(c, reg, n->value, missing);
		break;
	case NODE_LOAD:
		load(c, n, reg, missing);
		break;
	case NODE_UNARY:
		value(c, node(c, n->left), reg, missing);
		add(c, n->op == NODE_NOT ? OP_NOT : OP_NEG, reg, 0, 0);
		break;
	case NODE_BINARY:
		compute(c, n, reg, missing);
		break;
	case NODE_FIELD6:
		tell(c, n, ERR_SYNTAX,
			"an IPv6 address has 128 bits: it can be compared by ==, != and in, and no more");
		break;
	default:
		tell(c, n, ERR_SYNTAX, "a prefix or IPv6 address stands beside ==, != or in a set");
	}
}

/* ---- comparisons ---- */

/* 64 bits of an address, of which `bits` count. */
static void compare_half(struct compile *c, unsigned reg, uint64_t field, uint64_t want, unsigned bits, ir_label yes,
	ir_label no)
{
	load_field(c, reg, field, no);
	if (bits < 64)		/* the address has no bits behind them */
		add(c, OP_RSHI, reg, 0, 64 - bits);
	ir_number(&c->ir, reg + 1, bits < 64 ? want >> (64 - bits) : want);
	branch(c, OP_JEQ, reg, reg + 1, 0, yes, no);
}

static void compare_net6(struct compile *c, const struct node *n, const struct node *net, unsigned reg, ir_label yes,
	ir_label no)
{
	ir_label low = ir_label_new(&c->ir);

	if (!room(c, n, reg + 1))
		return;
	if (!net->bits) {		/* every IPv6 address */
		load_field(c, reg, n->value, no);
		ir_jump(&c->ir, yes);
	} else if (net->bits <= 64) {
		compare_half(c, reg, n->value, net->addr[0], net->bits, yes, no);
	} else {
		compare_half(c, reg, n->value, net->addr[0], 64, low, no);
		ir_label_set(&c->ir, low);
		compare_half(c, reg, n->value + 1, net->addr[1], net->bits - 64u, yes, no);
	}
}

static void compare_fields6(struct compile *c, const struct node *a, const struct node *b, unsigned reg, ir_label yes,
	ir_label no)
{
	ir_label low = ir_label_new(&c->ir);

	if (!room(c, a, reg + 1))
		return;
	load_field(c, reg, a->value, no);
	load_field(c, reg + 1, b->value, no);
	branch(c, OP_JEQ, reg, reg + 1, 0, low, no);
	ir_label_set(&c->ir, low);
	load_field(c, reg, a->value + 1, no);
	load_field(c, reg + 1, b->value + 1, no);
	branch(c, OP_JEQ, reg, reg + 1, 0, yes, no);
}

static void compare_net4(struct compile *c, const struct node *n, const struct node *net, unsigned reg, ir_label yes,
	ir_label no)
{
	value(c, n, reg, no);
	if (net->bits)
		add(c, OP_RSHI, reg, 0, 32u - net->bits);
	branch(c, net->bits ? OP_JEQI : OP_JLEI, reg, 0, net->bits ? (uint32_t)(net->addr[0] >> (32 - net->bits)) :
		UINT32_MAX, yes, no);
}

/* A missing field is no, of == and of != alike: `no` of the term. So != is not == turned over. */
static void equal(struct compile *c, const struct node *a, const struct node *b, unsigned reg, ir_label yes,
	ir_label no, ir_label missing)
{
	if (a->kind == NODE_FIELD6 && b->kind == NODE_FIELD6)
		compare_fields6(c, a, b, reg, yes, no);
	else if (a->kind == NODE_FIELD6 && b->kind == NODE_NET && b->family == 6)
		compare_net6(c, a, b, reg, yes, no);
	else if (b->kind == NODE_NET && b->family == 4 && a->kind != NODE_FIELD6)
		compare_net4(c, a, b, reg, yes, no);
	else if (b->kind == NODE_NET)
		tell(c, b, ERR_SYNTAX, "an address of IPv%u is compared with one of its own family", b->family);
	else if (a->kind == NODE_FIELD && is_number(b, UINT32_MAX) && missing == no)
		branch(c, OP_FEQ, (unsigned)a->value, 0, (uint32_t)b->value, yes, no);
	else if (is_number(b, UINT32_MAX)) {
		value(c, a, reg, missing);
		branch(c, OP_JEQI, reg, 0, (uint32_t)b->value, yes, no);
	} else if (room(c, b, reg + 1)) {
		value(c, a, reg, missing);
		value(c, b, reg + 1, missing);
		branch(c, OP_JEQ, reg, reg + 1, 0, yes, no);
	}
}

/* Those of 128 bits tell "not there" and "not equal" by one label: whether it is there is asked first. */
static void unequal(struct compile *c, const struct node *a, const struct node *b, unsigned reg, ir_label yes,
	ir_label no)
{
	const struct node *wide[2] = { a, b };
	bool net = a->kind == NODE_NET || b->kind == NODE_NET || a->kind == NODE_FIELD6;

	for (unsigned i = 0; net && i < 2; i++) {
		if (wide[i]->kind == NODE_FIELD6 && room(c, a, reg))
			load_field(c, reg, wide[i]->value, no);
		else if (wide[i]->kind != NODE_NET && wide[i]->kind != NODE_FIELD6)
			value(c, wide[i], reg, no);
	}
	equal(c, a, b, reg, no, yes, net ? yes : no);
}

static const struct order {		/* yes and no are exchanged where it is turned */
	uint8_t by_reg, by_number;
	bool turned;
} orders[] = {
	[NODE_LT] = { OP_JLT, OP_JLTI, false }, [NODE_LE] = { OP_JLE, OP_JLEI, false },
	[NODE_GT] = { OP_JLE, OP_JLEI, true }, [NODE_GE] = { OP_JLT, OP_JLTI, true },
	[NODE_SLT] = { OP_JSLT, OP_JSLTI, false }, [NODE_SGE] = { OP_JSLT, OP_JSLTI, true },
	[NODE_SGT] = { OP_JSLT, 0, false }, [NODE_SLE] = { OP_JSLT, 0, true },	/* b s< a */
};

static bool fits_signed(const struct node *n)
{
	return n->kind == NODE_NUMBER && (int64_t)n->value >= INT32_MIN && (int64_t)n->value <= INT32_MAX;
}

static void order(struct compile *c, const struct node *n, unsigned reg, ir_label yes, ir_label no)
{
	const struct order *o = &orders[n->op];
	const struct node *a = node(c, n->left), *b = node(c, n->right);
	bool is_signed = n->op >= NODE_SLT, backwards = n->op == NODE_SGT || n->op == NODE_SLE;

	if (!room(c, n, reg + 1))
		return;
	value(c, a, reg, no);
	if (!backwards && (is_signed ? fits_signed(b) : is_number(b, UINT32_MAX))) {
		branch(c, o->by_number, reg, 0, (uint32_t)b->value, o->turned ? no : yes, o->turned ? yes : no);
		return;
	}
	value(c, b, reg + 1, no);
	branch(c, o->by_reg, backwards ? reg + 1 : reg, backwards ? reg : reg + 1, 0, o->turned ? no : yes,
		o->turned ? yes : no);
}

static void compare(struct compile *c, const struct node *n, unsigned reg, ir_label yes, ir_label no)
{
	const struct node *a = node(c, n->left), *b = node(c, n->right);

	if (n->op > NODE_NE) {
		order(c, n, reg, yes, no);
		return;
	}
	if (a->kind == NODE_NUMBER || a->kind == NODE_NET) {	/* 80 == tcp.dport */
		const struct node *turned = a;

		a = b;
		b = turned;
	}
	if (n->op == NODE_EQ)
		equal(c, a, b, reg, yes, no, no);
	else
		unequal(c, a, b, reg, yes, no);
}

/* ---- sets ---- */

static struct filter_range range_of(const struct compile *c, const struct node *item)
{
	const struct node *lo = node(c, item->left), *hi = item->right == NODE_NONE ? lo : node(c, item->right);
	struct filter_range r = { lo->value, hi->value };

	if (lo->kind == NODE_NET)
		r.hi = r.lo = lo->addr[0];
	if (lo->kind == NODE_NET)
		r.hi |= lo->bits ? UINT32_MAX >> lo->bits : UINT32_MAX;
	return r;
}

static void in_addresses(struct compile *c, const struct node *n, unsigned reg, ir_label yes, ir_label no)
{
	const struct node *a = node(c, n->left);

	for (uint32_t i = n->right; i != NODE_NONE; i = node(c, i)->next) {
		const struct node *net = node(c, node(c, i)->left);
		ir_label next = ir_label_new(&c->ir);

		if (net->kind != NODE_NET || net->family != 6) {
			tell(c, net, ERR_SYNTAX, "an IPv6 address is in a set of IPv6 addresses and prefixes");
			return;
		}
		compare_net6(c, a, net, reg, yes, next);
		ir_label_set(&c->ir, next);
	}
	ir_jump(&c->ir, no);
}

static void in_set(struct compile *c, const struct node *n, unsigned reg, ir_label yes, ir_label no)
{
	struct filter_range *ranges;
	uint32_t count = 0;
	int set;

	if (node(c, n->left)->kind == NODE_FIELD6) {
		in_addresses(c, n, reg, yes, no);
		return;
	}
	for (uint32_t i = n->right; i != NODE_NONE; i = node(c, i)->next)
		count++;
	ranges = malloc(count * sizeof(*ranges));
	count = 0;
	for (uint32_t i = n->right; ranges && i != NODE_NONE; i = node(c, i)->next) {
		const struct node *item = node(c, i);

		if (node(c, item->left)->kind == NODE_NET && node(c, item->left)->family == 6)
			tell(c, item, ERR_SYNTAX, "an IPv6 address among numbers");
		else
			ranges[count++] = range_of(c, item);
	}
	set = ranges ? filter_code_set(&c->ir.code, ranges, count) : -1;
	free(ranges);
	if (set < 0) {
		c->ir.lost = true;
		return;
	}
	value(c, node(c, n->left), reg, no);
	branch(c, OP_IN, reg, 0, (uint32_t)set, yes, no);
}

/* ---- conditions ---- */

static void condition(struct compile *c, const struct node *n, unsigned reg, ir_label yes, ir_label no)
{
	ir_label between;

	if (c->bad || !room(c, n, reg))
		return;
	if (n->kind == NODE_IN) {
		in_set(c, n, reg, yes, no);
	} else if (n->kind == NODE_HAS) {
		load_field(c, reg, n->value, no);
		ir_jump(&c->ir, yes);
	} else if (n->kind == NODE_UNARY && n->op == NODE_LNOT) {
		condition(c, node(c, n->left), reg, no, yes);
	} else if (n->kind == NODE_BINARY && n->op <= NODE_AND_THEN) {
		between = ir_label_new(&c->ir);
		condition(c, node(c, n->left), reg, n->op == NODE_OR_ELSE ? yes : between,
			n->op == NODE_OR_ELSE ? between : no);
		ir_label_set(&c->ir, between);
		condition(c, node(c, n->right), reg, yes, no);
	} else if (is_condition(n)) {
		compare(c, n, reg, yes, no);
	} else {
		value(c, n, reg, no);
		branch(c, OP_JEQI, reg, 0, 0, no, yes);
	}
}

struct filter *filter_compile(struct lex *lx)
{
	struct compile c = { 0 };
	struct filter *f = NULL;
	struct err e = { 0 };
	struct tree t;
	ir_label yes, no;

	if (tree_parse(&t, lx))
		goto fini;
	c.tree = &t;
	yes = ir_label_new(&c.ir);
	no = c.outside = ir_label_new(&c.ir);
	condition(&c, &t.nodes[t.root], 0, yes, no);
	ir_label_set(&c.ir, yes);
	add(&c, OP_RET, 0, 0, 1);
	ir_label_set(&c.ir, no);
	add(&c, OP_RET, 0, 0, 0);
	if (!c.bad)
		f = filter_ir_make(&c.ir, &e);
	if (!c.bad && !f)
		tell(&c, &t.nodes[t.root], e.code, "%s", e.text);
fini:
	filter_ir_fini(&c.ir);
	tree_fini(&t);
	return f;
}
