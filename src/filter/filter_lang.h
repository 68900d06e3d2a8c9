/* filter/filter_lang.h - an expression as a tree: what filter_parse.c makes and filter_compile.c turns into code. */
#ifndef FILTER_FILTER_LANG_H
#define FILTER_FILTER_LANG_H

#include "filter/filter_int.h"

enum node_kind {
	NODE_NUMBER,		/* value */
	NODE_FIELD,		/* value: its number */
	NODE_FIELD6,		/* an IPv6 address: value is the number of its first half, the next one its second */
	NODE_HAS,		/* is field `value` there? */
	NODE_LOAD,		/* `width` bytes at left; value: field that they are counted from, or NODE_FRAME */
	NODE_NET,		/* addr, bits: beside == and != and in sets only */
	NODE_UNARY, NODE_BINARY,
	NODE_IN,		/* left; the items are a list from right on, by next */
	NODE_ITEM,		/* of a set: left, and right where it is a range */
};

enum node_op {
	NODE_OR_ELSE, NODE_AND_THEN, NODE_OR, NODE_XOR, NODE_AND, NODE_EQ, NODE_NE, NODE_LT, NODE_LE, NODE_GT, NODE_GE,
	NODE_SLT, NODE_SLE, NODE_SGT, NODE_SGE, NODE_LSH, NODE_RSH, NODE_ADD, NODE_SUB, NODE_MUL, NODE_DIV, NODE_MOD,
	NODE_LNOT, NODE_NOT, NODE_NEG,
};

#define NODE_FRAME UINT64_MAX
#define NODE_NONE UINT32_MAX
#define NODE_DEPTH_MAX 2000u	/* a chain of operators is that deep, too */

struct node {
	uint8_t kind, op, width;	/* op of a number: what it was computed by last */
	uint8_t family, bits;	/* of a net: 4 or 6 */
	bool bracketed;		/* stood in parentheses */
	uint16_t depth;		/* of the tree below it */
	uint32_t left, right, next;	/* indices; NODE_NONE */
	uint64_t value;
	uint64_t addr[2];	/* of a net; IPv4 in [0], as a number */
	struct word at;		/* for errors */
};

struct tree {
	struct lex *lx;
	struct node *nodes;
	uint32_t count, room, root;
	bool bad;
};

/* Every error is told; 0 or a code. Call tree_fini() in any case. */
int tree_parse(struct tree *t, struct lex *lx);
void tree_fini(struct tree *t);
uint64_t node_fold(enum node_op op, uint64_t x, uint64_t y);	/* what the machine would compute */

#endif
