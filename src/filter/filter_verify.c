/* filter/filter_verify.c - what a program must keep before it may run, whoever made it.
 *
 * One pass forwards and one backwards, since jumps only go forward. Forwards: every operand has its form and range, an
 * unused one is 0; jumps stay inside and never land in the second half of a wide instruction; a register or slot is
 * written on every way that reads it (the meet over all ways in is an intersection of bit sets); no way runs off the
 * end. Where a program may begin nothing is written but its argument. Backwards: the cost of the longest way, which
 * must be within the budget. Offsets beyond any packet are refused here, those in registers are checked when they run.
 *
 * Cost: linear, 16 bytes an instruction. Control thread. Nothing is trusted: not op, not an index, not the sets. */
#include "filter_int.h"

#include <stdlib.h>

struct ways {			/* into an instruction */
	bool reached;
	uint8_t regs;		/* written on all of them */
	uint16_t slots;
	uint32_t cost;		/* from here to the end, at most */
};

struct verify {
	const struct filter_code *code;
	struct filter_facts *facts;
	struct ways *ways;
	struct err *err;
};

static __attribute__((format(printf, 3, 4))) int bad(struct verify *v, uint32_t at, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(v->err, ERR_RANGE, "instruction %u: %s", at, text);
}

/* ---- operands ---- */

enum { USES_A = 1, USES_B = 2, USES_C = 4, USES_K = 8 };

static const uint8_t uses[] = {
	[FORM_FIELD] = USES_A | USES_C | USES_K,	[FORM_FIELD_JUMP] = USES_A | USES_B | USES_C | USES_K,
	[FORM_LOAD] = USES_A | USES_K,			[FORM_LOAD_REG] = USES_A | USES_B | USES_K,
	[FORM_SLOT] = USES_A | USES_K,			[FORM_REG] = USES_A | USES_B,
	[FORM_IMM] = USES_A | USES_K,			[FORM_SHIFT] = USES_A | USES_K,
	[FORM_WIDE] = USES_A | USES_K,			[FORM_ONE] = USES_A,
	[FORM_JUMP] = USES_K,				[FORM_JUMP_REG] = USES_A | USES_B | USES_K,
	[FORM_JUMP_IMM] = USES_A | USES_B | USES_C | USES_K, [FORM_SET] = USES_A | USES_B | USES_C | USES_K,
	[FORM_CALL] = USES_A | USES_K,			[FORM_RESULT] = USES_K,
	[FORM_RESULT_REG] = USES_A,
};

static int check_unused(struct verify *v, uint32_t at, const struct filter_insn *i, enum filter_form form)
{
	uint8_t u = uses[form];

	if ((!(u & USES_A) && i->a) || (!(u & USES_B) && i->b) || (!(u & USES_C) && i->c) || (!(u & USES_K) && i->k))
		return bad(v, at, "an operand that %s does not use is not 0", filter_ops[i->op].text);
	return 0;
}

static int check_field(struct verify *v, uint32_t at, uint32_t field)
{
	if (field >= filter_field_count)
		return bad(v, at, "there is no field %u", field);
	v->facts->fields[field / 64] |= UINT64_C(1) << field % 64;
	v->facts->flow_only &= filter_fields[field].flow;
	return 0;
}

static int check_load(struct verify *v, uint32_t at, const struct filter_insn *i, bool by_reg)
{
	uint32_t bytes = filter_load_bytes(i->op);

	v->facts->flow_only = false;
	if (i->k > FILTER_OFFSET_MAX - bytes)
		return bad(v, at, "offset %u is past any packet; 0..%u", i->k, FILTER_OFFSET_MAX - bytes);
	if (by_reg)
		v->facts->bytes = UINT32_MAX;
	else if (v->facts->bytes < i->k + bytes)
		v->facts->bytes = i->k + bytes;
	return 0;
}

static int check_index(struct verify *v, uint32_t at, uint32_t k, uint32_t count, const char *what)
{
	return k < count ? 0 : bad(v, at, "there is no %s %u", what, k);
}

static int check_wide(struct verify *v, uint32_t at)
{
	const struct filter_insn *high = &v->code->insns[at + 1];

	if (at + 1 >= v->code->count || high->op != OP_WIDE_HIGH)
		return bad(v, at, "the second half of a wide number is missing");
	if (high->a | high->b | high->c)
		return bad(v, at + 1, "an operand of a second half is not 0");
	return high->k ? 0 : bad(v, at, "a wide number that fits into 32 bits");
}

static bool first_is_reg(enum filter_form form)
{
	return form != FORM_FIELD_JUMP && form != FORM_JUMP && form != FORM_RESULT;
}

static int check_operands(struct verify *v, uint32_t at)
{
	const struct filter_insn *i = &v->code->insns[at];
	enum filter_form form;

	if (i->op >= OP_COUNT || i->op == OP_WIDE_HIGH)
		return bad(v, at, "there is no operation %u", i->op);
	form = filter_ops[i->op].form;
	if (check_unused(v, at, i, form))
		return ERR_RANGE;
	if (first_is_reg(form) && i->a >= FILTER_REGS)
		return bad(v, at, "there is no register %u", i->a);
	switch (form) {
	case FORM_FIELD:
		return check_field(v, at, i->k);
	case FORM_FIELD_JUMP:
		return check_field(v, at, i->a);
	case FORM_LOAD:
		return check_load(v, at, i, false);
	case FORM_LOAD_REG:
		return check_load(v, at, i, true) ?: check_index(v, at, i->b, FILTER_REGS, "register");
	case FORM_REG:
	case FORM_JUMP_REG:
		return check_index(v, at, i->b, FILTER_REGS, "register");
	case FORM_SLOT:
		return check_index(v, at, i->k, FILTER_SLOTS, "slot");
	case FORM_SHIFT:
		return i->k < 64 ? 0 : bad(v, at, "a shift by %u; 0..63", i->k);
	case FORM_WIDE:
		return check_wide(v, at);
	case FORM_SET:
		return check_index(v, at, i->k, v->code->set_count, "set");
	case FORM_CALL:
		v->facts->flow_only = false;
		v->facts->bytes = UINT32_MAX;
		return check_index(v, at, i->k, v->code->call_count, "call");
	default:
		return 0;
	}
}

/* ---- ways ---- */

uint32_t filter_targets(const struct filter_insn *i, uint32_t at, uint32_t to[2])
{
	to[0] = to[1] = at + 1;
	switch (filter_ops[i->op].form) {
	case FORM_FIELD:
		to[1] += i->c;
		return i->c ? 2 : 1;
	case FORM_FIELD_JUMP:
	case FORM_JUMP_IMM:
	case FORM_SET:
		to[0] += i->b;
		to[1] += i->c;
		return 2;
	case FORM_JUMP_REG:
		to[0] += i->k & 0xffff;
		to[1] += i->k >> 16;
		return 2;
	case FORM_JUMP:
		if (i->k > FILTER_INSNS_MAX)	/* so that it cannot wrap */
			to[0] = UINT32_MAX;
		else
			to[0] += i->k;
		return 1;
	case FORM_WIDE:
		to[0]++;
		return 1;
	case FORM_RESULT:
	case FORM_RESULT_REG:
		return 0;
	default:
		return 1;
	}
}

/* Registers and slots that it reads, and those it writes. */
static void reads_and_writes(const struct filter_insn *i, uint8_t *reads, uint8_t *writes)
{
	uint8_t a = (uint8_t)(1u << (i->a & 7)), b = (uint8_t)(1u << (i->b & 7));

	*reads = *writes = 0;
	switch (filter_ops[i->op].form) {
	case FORM_FIELD:
	case FORM_LOAD:
	case FORM_WIDE:
	case FORM_CALL:
		*writes = a;
		break;
	case FORM_LOAD_REG:
		*reads = b;
		*writes = a;
		break;
	case FORM_SLOT:
		*(i->op == OP_GET ? writes : reads) = a;
		break;
	case FORM_REG:
		*reads = i->op == OP_MOV ? b : (uint8_t)(a | b);
		*writes = a;
		break;
	case FORM_IMM:
		*reads = i->op == OP_MOVI ? 0 : a;
		*writes = a;
		break;
	case FORM_SHIFT:
	case FORM_ONE:
		*reads = *writes = a;
		break;
	case FORM_JUMP_REG:
		*reads = (uint8_t)(a | b);
		break;
	case FORM_JUMP_IMM:
	case FORM_SET:
	case FORM_RESULT_REG:
		*reads = a;
		break;
	case FORM_FIELD_JUMP:
	case FORM_JUMP:
	case FORM_RESULT:
		break;
	}
}

/* Wherever it goes on there is an instruction; asked of those that nothing reaches, too. */
static int check_targets(struct verify *v, uint32_t at)
{
	uint32_t to[2], n = filter_targets(&v->code->insns[at], at, to);

	for (uint32_t k = 0; k < n; k++) {
		if (to[k] >= v->code->count)
			return to[k] == at + 1 ? bad(v, at, "runs off the end; a way ends in ret") :
				bad(v, at, "jumps out of the program");
		if (v->code->insns[to[k]].op == OP_WIDE_HIGH)
			return bad(v, at, "jumps into the second half of a wide number");
	}
	return 0;
}

static void arrive(struct ways *w, const struct ways *after)
{
	w->regs = w->reached ? w->regs & after->regs : after->regs;
	w->slots = w->reached ? w->slots & after->slots : after->slots;
	w->reached = true;
}

static int walk(struct verify *v, uint32_t at)
{
	const struct filter_insn *i = &v->code->insns[at];
	struct ways after = v->ways[at];
	uint8_t reads, writes;
	uint32_t to[2], n = filter_targets(i, at, to);

	reads_and_writes(i, &reads, &writes);
	if (reads & ~after.regs)
		return bad(v, at, "r%u is read before it is written", (unsigned)__builtin_ctz(reads & ~after.regs));
	if (i->op == OP_GET && !(after.slots >> i->k & 1))
		return bad(v, at, "slot %u is read before it is written", i->k);
	if (i->op == OP_PUT)
		after.slots |= (uint16_t)(1u << i->k);
	after.regs |= writes;
	for (uint32_t k = 0; k < n; k++)
		arrive(&v->ways[to[k]], &after);
	return 0;
}

static uint32_t cost_of(const struct verify *v, const struct filter_insn *i)
{
	uint32_t cost = filter_ops[i->op].cost;

	if (i->op == OP_CALL)
		return cost + (v->code->calls[i->k].cost < FILTER_COST_MAX ? v->code->calls[i->k].cost :
			FILTER_COST_MAX);
	if (i->op == OP_IN)	/* a step of the search each */
		return cost + 2 * (32 - (unsigned)__builtin_clz(v->code->sets[i->k].count | 1));
	return cost;
}

static int add_costs(struct verify *v)
{
	for (uint32_t at = v->code->count; at-- > 0;) {
		const struct filter_insn *i = &v->code->insns[at];
		uint32_t to[2], n, most = 0;

		if (!v->ways[at].reached)
			continue;
		n = filter_targets(i, at, to);
		for (uint32_t k = 0; k < n; k++)
			most = v->ways[to[k]].cost > most ? v->ways[to[k]].cost : most;
		v->ways[at].cost = most + cost_of(v, i);
		if (v->ways[at].cost > FILTER_COST_MAX)
			return bad(v, at, "from here the longest way costs %u; at most %u", v->ways[at].cost,
				FILTER_COST_MAX);
	}
	v->facts->cost = v->ways[0].cost;
	for (uint32_t i = 1; i < v->code->entry_count; i++)
		if (v->facts->cost < v->ways[v->code->entries[i]].cost)
			v->facts->cost = v->ways[v->code->entries[i]].cost;
	return 0;
}

static int check_set(struct verify *v, const struct filter_set *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->ranges[i].lo > s->ranges[i].hi || (i && s->ranges[i].lo <= s->ranges[i - 1].hi))
			return err_set(v->err, ERR_RANGE, "set: its ranges are not in order");
	if (s->count > FILTER_RANGES_MAX)
		return err_set(v->err, ERR_RANGE, "set: %u ranges; at most %u", s->count, FILTER_RANGES_MAX);
	return 0;
}

/* Every beginning is a way in, where nothing is known but the argument. */
static int check_entries(struct verify *v)
{
	static const struct ways begun = { .regs = 1u << FILTER_ARG };
	const struct filter_code *c = v->code;

	for (uint32_t i = 0; i < c->entry_count; i++) {
		uint32_t at = c->entries[i];

		if (at >= c->count || (i ? at <= c->entries[i - 1] : at != 0))
			return err_set(v->err, ERR_RANGE, "entries: the first is at 0, the others follow in order");
		if (c->insns[at].op == OP_WIDE_HIGH)
			return bad(v, at, "begins in the second half of a wide number");
		if (!i)
			v->ways[at].reached = false;
		arrive(&v->ways[at], &begun);
	}
	return 0;
}

static int check_all(struct verify *v)
{
	for (uint32_t i = 0; i < v->code->set_count; i++)
		if (check_set(v, &v->code->sets[i]))
			return ERR_RANGE;
	for (uint32_t at = 0; at < v->code->count; at++) {
		if (check_operands(v, at))
			return ERR_RANGE;
		if (filter_ops[v->code->insns[at].op].form == FORM_WIDE)
			at++;
	}
	for (uint32_t at = 0; at < v->code->count; at++)
		if (v->code->insns[at].op != OP_WIDE_HIGH && check_targets(v, at))
			return ERR_RANGE;
	if (check_entries(v))
		return ERR_RANGE;
	for (uint32_t at = 0; at < v->code->count; at++)
		if (v->ways[at].reached && walk(v, at))
			return ERR_RANGE;
	return add_costs(v);
}

int filter_verify(const struct filter_code *c, struct filter_facts *facts, struct err *e)
{
	struct verify v = { .code = c, .facts = facts, .err = e };
	int rc;

	*facts = (struct filter_facts){ .insns = c->count, .flow_only = true };
	if (!c->count)
		return err_set(e, ERR_RANGE, "the program is empty; it ends in ret");
	if (c->count > FILTER_INSNS_MAX)
		return err_set(e, ERR_RANGE, "the program is too long; at most %u instructions", FILTER_INSNS_MAX);
	if (c->set_count > FILTER_SETS_MAX)
		return err_set(e, ERR_RANGE, "%u sets; at most %u", c->set_count, FILTER_SETS_MAX);
	v.ways = calloc(c->count, sizeof(*v.ways));
	if (!v.ways)
		return err_set(e, ERR_NOMEM, "no memory to verify the program");
	v.ways[0].reached = true;
	rc = check_all(&v);
	free(v.ways);
	return rc;
}
