/* rules/rules_emit.h - conditions as code: what emit() of a match writes with, and a set's rules as programs. */
#ifndef RULES_EMIT_H
#define RULES_EMIT_H

#include "filter/filter_build.h"
#include "rules/rules_int.h"

#define EMIT_LIST_MAX 32u	/* entries of a list; one that has more is called */
#define EMIT_WIDE_MAX 8u	/* the same where an entry has more than 32 bits */
#define EMIT_PARTS_MAX 16u	/* conditions of a rule; one that has more is asked without code */
#define EMIT_RULES_MAX 2048u	/* of a set: the first that are worth it */

struct code {			/* where emit() writes; on every way it goes on at yes or no */
	struct filter_build *to;
	filter_label yes, no;
};

/* For emit(): is the field in the list? False: there are too many. */
bool emit_ranges(const struct ranges *rs, enum filter_field_number f, struct code *c);
bool emit_bits(const struct bits *s, enum filter_field_number f, struct code *c);
void emit_in(struct code *c, enum filter_field_number f, const struct filter_range *r, uint32_t n);

/* The conditions of a rule, which are packed at `runs`, in their order: on at `no`, or behind the code where the rule
 * matches. */
struct emit_count {
	unsigned written, called;	/* conditions that are code, and those that code calls */
	bool late;			/* the first of the body is called: by itself it is asked sooner */
};
struct emit_count emit_rule(struct filter_build *to, const struct rule *r, const char *runs, filter_label no);

/* The rules of a set as machine code. Entered at one, it asks that and those behind it, and says where the scan stands:
 * EMITTED_AT(said) is a rule, with EMITTED_YES one that matched; without, one that nobody asked yet, while all before
 * it said no. Of a set that has an index it asks no rule from its argument on, but the one it is entered at. */
struct emitted {
	uint32_t count;			/* of programs */
	struct filter **programs;
	filter_native_fn rules[];	/* NULL: this one is not code */
};
#define EMITTED_YES 1u
#define EMITTED_AT(said) ((uint32_t)(said) >> 1)

/* The set's, or NULL in *to where it is better off without. 0 or ERR_NOMEM. */
int emitted_new(struct emitted **to, const struct rules_set *s);
void emitted_free(struct emitted *e);		/* NULL is fine */

#endif
