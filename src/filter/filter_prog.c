/* filter/filter_prog.c - programs: written as code, verified, then one immutable allocation with a count.
 *
 *      struct filter | instructions | ranges of all sets | sets | calls | entries
 *
 * Building runs on the control thread. The count is atomic, so any thread may hold and release. */
#include "filter_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/os.h"

const struct filter_op_info filter_ops[OP_COUNT] = {
	[OP_WIDE_HIGH] = { "", FORM_WIDE, 0 },
#define OP(name, text, form, cost) [OP_##name] = { text, FORM_##form, cost },
#include "filter/filter_op.def"
#undef OP
};

void filter_code_fini(struct filter_code *c)
{
	for (uint32_t i = 0; i < c->set_count; i++)
		free(c->sets[i].ranges);
	free(c->sets);
	free(c->calls);
	free(c->entries);
	free(c->insns);
	*c = (struct filter_code){ 0 };
}

void filter_code_add(struct filter_code *c, struct filter_insn insn)
{
	if (c->count == c->room) {
		uint32_t room = c->room ? 2 * c->room : 64;
		struct filter_insn *insns = c->count > FILTER_INSNS_MAX ? NULL : realloc(c->insns, room * sizeof(insn));

		if (!insns) {		/* more than the verifier lets pass: what is lost is refused there */
			c->lost |= c->count <= FILTER_INSNS_MAX;
			return;
		}
		c->insns = insns;
		c->room = room;
	}
	c->insns[c->count++] = insn;
}

static int by_low(const void *a, const void *b)
{
	const struct filter_range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Sorted, and those that overlap or touch joined; returns how many are left. */
static uint32_t merge(struct filter_range *r, uint32_t count)
{
	uint32_t kept = 0;

	qsort(r, count, sizeof(*r), by_low);
	for (uint32_t i = 1; i < count; i++) {
		if (r[kept].hi == UINT64_MAX || r[i].lo <= r[kept].hi + 1)
			r[kept].hi = r[i].hi > r[kept].hi ? r[i].hi : r[kept].hi;
		else
			r[++kept] = r[i];
	}
	return count ? kept + 1 : 0;
}

static int set_find(const struct filter_code *c, const struct filter_range *r, uint32_t count)
{
	for (uint32_t i = 0; i < c->set_count; i++)
		if (c->sets[i].count == count && !memcmp(c->sets[i].ranges, r, count * sizeof(*r)))
			return (int)i;
	return -1;
}

int filter_code_set(struct filter_code *c, const struct filter_range *ranges, uint32_t count)
{
	struct filter_range *r = malloc((count + (size_t)1) * sizeof(*r));
	struct filter_set *sets;
	int known;

	if (!r)
		goto lost;
	if (count)
		memcpy(r, ranges, count * sizeof(*r));
	count = merge(r, count);
	known = set_find(c, r, count);
	if (known >= 0) {
		free(r);
		return known;
	}
	sets = realloc(c->sets, (c->set_count + (size_t)1) * sizeof(*sets));
	if (!sets)
		goto free_ranges;
	c->sets = sets;
	sets[c->set_count] = (struct filter_set){ count, r };
	return (int)c->set_count++;
free_ranges:
	free(r);
lost:
	c->lost = true;
	return -1;
}

int filter_code_call(struct filter_code *c, struct filter_call call)
{
	struct filter_call *calls = realloc(c->calls, (c->call_count + (size_t)1) * sizeof(*calls));

	if (!calls) {
		c->lost = true;
		return -1;
	}
	c->calls = calls;
	calls[c->call_count] = call;
	return (int)c->call_count++;
}

static uint32_t ranges_of(const struct filter_code *c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->set_count; i++)
		n += c->sets[i].count;
	return n;
}

static size_t bytes_of(const struct filter_code *c)
{
	return sizeof(struct filter) + c->count * sizeof(struct filter_insn) +
		ranges_of(c) * sizeof(struct filter_range) + c->set_count * sizeof(struct filter_set) +
		c->call_count * sizeof(struct filter_call) + c->entry_count * sizeof(uint32_t);
}

/* Into the memory behind the program: first what is aligned to 8 bytes, then to a pointer, then the rest. */
static void fill(struct filter *f, const struct filter_code *c)
{
	struct filter_insn *insns = (struct filter_insn *)(void *)(f + 1);
	struct filter_range *ranges = (struct filter_range *)(void *)(insns + c->count);
	struct filter_set *sets = (struct filter_set *)(void *)(ranges + ranges_of(c));
	struct filter_call *calls = (struct filter_call *)(void *)(sets + c->set_count);
	uint32_t *entries = (uint32_t *)(void *)(calls + c->call_count);

	memcpy(insns, c->insns, c->count * sizeof(*insns));
	for (uint32_t i = 0; i < c->set_count; i++) {
		sets[i] = (struct filter_set){ c->sets[i].count, ranges };
		if (sets[i].count)
			memcpy(ranges, c->sets[i].ranges, sets[i].count * sizeof(*ranges));
		ranges += sets[i].count;
	}
	if (c->call_count)
		memcpy(calls, c->calls, c->call_count * sizeof(*calls));
	if (c->entry_count)
		memcpy(entries, c->entries, c->entry_count * sizeof(*c->entries));
	f->entries = entries;
	f->entry_count = c->entry_count;
	f->insns = insns;
	f->sets = sets;
	f->set_count = c->set_count;
	f->calls = calls;
	f->call_count = c->call_count;
}

struct filter *filter_make(const struct filter_code *c, struct err *e)
{
	struct filter_facts facts;
	struct filter *f;

	if (c->lost) {
		err_set(e, ERR_NOMEM, "no memory for the program");
		return NULL;
	}
	if (filter_verify(c, &facts, e))
		return NULL;
	f = malloc(bytes_of(c));
	if (!f) {
		err_set(e, ERR_NOMEM, "no memory for the program");
		return NULL;
	}
	*f = (struct filter){ .facts = facts };
	atomic_init(&f->refs, 1);
	fill(f, c);
	return f;
}

struct filter *filter_load(const uint8_t *insns, uint32_t count, const struct filter_range *ranges,
	uint32_t range_count, struct err *e)
{
	struct filter_code c = { 0 };
	struct filter *f;

	filter_code_set(&c, ranges, range_count);
	for (uint32_t i = 0; i < count; i++, insns += sizeof(struct filter_insn)) {
		struct filter_insn insn;

		memcpy(&insn, insns, sizeof(insn));
		filter_code_add(&c, insn);
	}
	f = filter_make(&c, e);
	filter_code_fini(&c);
	return f;
}

struct filter *filter_hold(struct filter *f)
{
	atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
	return f;
}

void filter_release(struct filter *f)
{
	void *code = NULL;

	if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
		return;
	memcpy(&code, &f->native, sizeof(code));
	os_code_free(code, f->native_bytes);
	free(f->native_entries);
	free(f);
}

const struct filter_facts *filter_facts(const struct filter *f)
{
	return &f->facts;
}

uint64_t filter_run(const struct filter *f, const struct filter_look *l)
{
	return f->native ? f->native(l, 0) : filter_interpret(f, l);
}

filter_native_fn filter_native_entry(const struct filter *f, uint32_t entry)
{
	filter_native_fn fn;
	uintptr_t at;

	if (!f->native)
		return NULL;
	memcpy(&at, &f->native, sizeof(at));
	at += f->native_entries[entry];
	memcpy(&fn, &at, sizeof(fn));
	return fn;
}
