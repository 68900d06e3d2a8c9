/* filter/filter.h - bounded programs over one packet: text in, a verified program out, yes or no.
 *
 * A program asks fields of the view, what is known beside it (struct meta), and bytes. Whoever made it - the language
 * (docs/filter.md), the assembler, an import of classic BPF - it was verified before anybody can run it: its jumps go
 * forward, so it ends; its cost is known; it reads nothing that was not written and nothing outside the packet. It is
 * immutable and counted; any thread may run it. */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/lex.h"
#include "wire/meta.h"
#include "wire/view.h"

struct filter;
struct filter_insn;

struct filter_look {			/* what a program sees; the bytes are those the view was parsed from */
	const struct view *view;
	const struct meta *meta;
	const uint8_t *bytes;
	uint32_t len, wire;		/* captured, and on the wire */
};

/* A match that a program calls: pure, its cost in the units of filter_facts. `own` outlives the program. */
struct filter_call {
	uint64_t (*fn)(const void *own, const struct filter_look *l);
	const void *own;
	uint32_t cost;
};

struct filter_range {			/* of a set: sorted, none touches the next */
	uint64_t lo, hi;
};

/* What verifying found out. */
struct filter_facts {
	uint32_t insns;
	uint32_t cost;			/* of the longest way, in units of about a simple instruction */
	uint32_t bytes;			/* it reads [0, bytes) at most; UINT32_MAX: known only when it runs */
	bool flow_only;			/* answers depend on the flow alone (class F): they may be kept */
	uint64_t fields[2];		/* bit n: it asks field n */
};

#define FILTER_INSNS_MAX 4096u
#define FILTER_COST_MAX 32768u

/* 0 is no match. Pure; no allocation. */
uint64_t filter_run(const struct filter *f, const struct filter_look *l);
/* The same by the interpreter, also where there is machine code. */
uint64_t filter_interpret(const struct filter *f, const struct filter_look *l);

/* A program with several beginnings (filter_build.h), from the nth on; the interpreter. */
uint64_t filter_enter(const struct filter *f, uint32_t entry, uint64_t arg, const struct filter_look *l);
/* The same as machine code, while the program lives. NULL: there is none. */
typedef uint64_t (*filter_native_fn)(const struct filter_look *l, uint64_t arg);
filter_native_fn filter_native_entry(const struct filter *f, uint32_t entry);

/* Machine code for it, before it is shared; filter_run() takes it then. 0; ERR_LATER: this machine has none;
 * ERR_NOMEM: no memory, or the system allows no such pages. Then it is interpreted. */
int filter_native(struct filter *f);
bool filter_native_here(void);			/* is there machine code for this machine at all? */

struct filter *filter_hold(struct filter *f);
void filter_release(struct filter *f);		/* NULL is fine */
const struct filter_facts *filter_facts(const struct filter *f);

/* An expression of docs/filter.md, the rest of the line `lx` from where it is read. Errors and warnings go to lx->errs.
 * NULL: told. */
struct filter *filter_compile(struct lex *lx);

/* A program that was made elsewhere: `count` instructions of 8 bytes (op, a, b, c, and k in this machine's byte order),
 * and set 0, whose ranges come in any order. Verified like any other. NULL: told in `e`. */
struct filter *filter_load(const uint8_t *insns, uint32_t count, const struct filter_range *ranges,
	uint32_t range_count, struct err *e);

/* Text of the assembler (filter_asm.c), a line an instruction; every wrong line is told in `errs`. NULL: told. */
struct filter *filter_assemble(const char *file, const char *text, size_t n, struct errs *errs);
/* The same text, from a program; malloc's. NULL: no memory. Assembled again it is the same program. */
char *filter_disassemble(const struct filter *f);

/* Every field by its number; NULL: no more. */
struct filter_field_info { const char *name, *help; };
bool filter_field_at(size_t i, struct filter_field_info *info);

#endif
