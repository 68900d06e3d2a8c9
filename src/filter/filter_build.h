/* filter/filter_build.h - programs that are built of conditions, without text: what other rooms write code with.
 *
 * A condition asks one thing and goes on at `yes` or at `no`, which are labels that are set later and further down.
 * What a packet has not (the guard of its field) goes on at `no`. A program may have several beginnings, in which all
 * registers are lost but its argument; it ends in filter_build_return() on every way. One thread; no memory is told by
 * filter_build_make(). */
#ifndef FILTER_FILTER_BUILD_H
#define FILTER_FILTER_BUILD_H

#include "filter/filter.h"

struct filter_build;
typedef uint32_t filter_label;

enum filter_field_number {
#define FIELD(id, name, where, member, mask, shift, has, proto, tags, class, help) FILTER_##id,
#include "filter/filter_field.def"
#undef FIELD
};

struct filter_build *filter_build_new(void);		/* NULL: no memory */
void filter_build_free(struct filter_build *b);		/* NULL is fine */
uint32_t filter_build_insns(const struct filter_build *b);	/* so far, at least */
/* Takes back all behind the first `insns`; labels of what is gone are not used again. */
void filter_build_cut(struct filter_build *b, uint32_t insns);
/* Verified as any other, and filter_build_free() is still to call. NULL: told in `e`. */
struct filter *filter_build_make(struct filter_build *b, struct err *e);

filter_label filter_build_label(struct filter_build *b);
void filter_build_here(struct filter_build *b, filter_label l);	/* once */
void filter_build_jump(struct filter_build *b, filter_label to);
void filter_build_return(struct filter_build *b, uint32_t result);
void filter_build_entry(struct filter_build *b);	/* filter_enter() may begin here; the first before all else */
/* Is the argument more than n? */
void filter_build_more(struct filter_build *b, uint32_t n, filter_label yes, filter_label no);

/* value == field; value == field & mask; lo <= field <= hi; is the field in one of the ranges? */
void filter_build_is(struct filter_build *b, enum filter_field_number f, uint64_t value, filter_label yes,
	filter_label no);
void filter_build_under(struct filter_build *b, enum filter_field_number f, uint64_t mask, uint64_t value,
	filter_label yes, filter_label no);
void filter_build_range(struct filter_build *b, enum filter_field_number f, uint64_t lo, uint64_t hi, filter_label yes,
	filter_label no);
void filter_build_in(struct filter_build *b, enum filter_field_number f, const struct filter_range *r, uint32_t count,
	filter_label yes, filter_label no);
/* Is what it says not 0? It is called when the program comes by, in order, and then alone. */
void filter_build_call(struct filter_build *b, struct filter_call call, filter_label yes, filter_label no);

#endif
