/* filter/filter_asm.c - the assembler: text, a line an instruction, becomes a program.
 *
 *      ; the SYN of a connection to a web server
 *              feq tcp.dport, 80, port, no
 *      port:   ldf r0, tcp.flags, no
 *              and r0, 0x12
 *              jeq r0, 2, yes, no
 *      yes:    ret 1
 *      no:     ret 0
 *
 * Operands are parted by commas; which operation a word is depends on them (mov r0, r1 and mov r0, 7). A place to go on
 * is a label further down or `next`. Every wrong line is told. Labels are few, so they are looked for one by one; what
 * would make that costly is refused by the limit on instructions. For tests, for `narrows filter`, and for people who
 * want to see; text out is filter_text.c. Control thread. */
#include "filter_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"

#define OPERANDS_MAX 5

struct label {
	struct word name;
	uint32_t at;
};

enum which { PLACE_B, PLACE_C, PLACE_K, PLACE_K_LOW, PLACE_K_HIGH };	/* where in the instruction it goes */

struct fixup {
	struct word name;
	unsigned line;
	const char *text;		/* of the line, for the error */
	size_t len;
	uint32_t at;
	enum which which;
};

struct assembly {
	struct lex lx;			/* the line that is read */
	struct filter_code code;
	struct label *labels;
	struct fixup *fixups;
	uint32_t label_count, fixup_count;
	bool bad;
};

struct operands {
	struct word w[OPERANDS_MAX];
	unsigned count;
};

#define asm_error(a, ...) ((a)->bad = true, lex_error(&(a)->lx, __VA_ARGS__))

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static struct word trim(struct word w)
{
	while (w.n && is_blank(w.p[0]))
		w = word_cut(w, 1, w.n - 1);
	while (w.n && is_blank(w.p[w.n - 1]))
		w.n--;
	return w;
}

/* Parts the rest of the line at commas outside braces. */
static int split(struct assembly *a, struct word rest, struct operands *o)
{
	size_t from = 0;
	int depth = 0;

	o->count = 0;
	if (!rest.n)
		return 0;
	for (size_t i = 0; i <= rest.n; i++) {
		if (i < rest.n) {
			depth += rest.p[i] == '{' ? 1 : rest.p[i] == '}' ? -1 : 0;
			if (rest.p[i] != ',' || depth > 0)
				continue;
		}
		if (o->count == OPERANDS_MAX)
			return asm_error(a, word_cut(rest, from, rest.n - from), ERR_SYNTAX, "too many operands");
		o->w[o->count] = trim(word_cut(rest, from, i - from));
		if (!o->w[o->count].n)
			return asm_error(a, word_cut(rest, from, 1), ERR_SYNTAX, "an operand is missing here");
		o->count++;
		from = i + 1;
	}
	return 0;
}

static bool is_reg(struct word w)
{
	return w.n == 2 && w.p[0] == 'r' && w.p[1] >= '0' && w.p[1] <= '9';
}

static int read_reg(struct assembly *a, struct word w, uint8_t *reg)
{
	if (!is_reg(w) || w.p[1] - '0' >= (int)FILTER_REGS)
		return asm_error(a, w, ERR_SYNTAX, WORD_FMT " is not a register; r0..r%u", WORD_ARGS(w),
			FILTER_REGS - 1);
	*reg = (uint8_t)(w.p[1] - '0');
	return 0;
}

static int read_number(struct assembly *a, struct word w, uint64_t most, uint64_t *n)
{
	int rc = units_num(&a->lx, w, "number", 0, most, n);

	a->bad |= rc != 0;
	return rc;
}

static int read_k(struct assembly *a, struct word w, uint32_t *k)
{
	uint64_t n = 0;
	int rc = read_number(a, w, UINT32_MAX, &n);

	*k = (uint32_t)n;
	return rc;
}

/* jslt compares with a number of either sign. */
static int read_signed(struct assembly *a, struct word w, uint32_t *k)
{
	bool minus = w.n && w.p[0] == '-';
	uint64_t n = 0;
	int rc = read_number(a, minus ? word_cut(w, 1, w.n - 1) : w, (uint64_t)INT32_MAX + minus, &n);

	*k = minus ? 0u - (uint32_t)n : (uint32_t)n;
	return rc;
}

static int read_field(struct assembly *a, struct word w, uint32_t *number)
{
	int n = filter_field_find(w);

	if (n < 0)
		return asm_error(a, w, ERR_UNKNOWN, WORD_FMT ": unknown field", WORD_ARGS(w));
	*number = (uint32_t)n;
	return 0;
}

static int place(struct assembly *a, struct word w, enum which which)
{
	struct fixup *fixups;

	if (word_is(w, "next"))
		return 0;
	fixups = realloc(a->fixups, (a->fixup_count + (size_t)1) * sizeof(*fixups));
	if (!fixups)
		return asm_error(a, w, ERR_NOMEM, "no memory for this line");
	a->fixups = fixups;
	fixups[a->fixup_count++] = (struct fixup){ w, a->lx.line, a->lx.text, a->lx.len, a->code.count, which };
	return 0;
}

/* "{1, 5-9}" */
static int read_set(struct assembly *a, struct word w, uint32_t *k)
{
	struct filter_range *r = NULL;
	uint32_t count = 0;
	int rc = 0, number;

	if (w.n < 2 || w.p[0] != '{' || w.p[w.n - 1] != '}')
		return asm_error(a, w, ERR_SYNTAX, "a set is missing here, as {1, 5-9}");
	w = trim(word_cut(w, 1, w.n - 2));
	while (w.n && !rc) {
		const char *comma = memchr(w.p, ',', w.n);
		size_t end = comma ? (size_t)(comma - w.p) : w.n;
		struct word item = trim(word_cut(w, 0, end));
		const char *dash = item.n ? memchr(item.p, '-', item.n) : NULL;
		size_t half = dash ? (size_t)(dash - item.p) : item.n;
		struct filter_range *more = realloc(r, (count + (size_t)1) * sizeof(*r));

		if (!more) {
			rc = asm_error(a, w, ERR_NOMEM, "no memory for this set");
			break;
		}
		r = more;
		rc = read_number(a, trim(word_cut(item, 0, half)), UINT64_MAX, &r[count].lo);
		r[count].hi = r[count].lo;
		if (dash && !rc)
			rc = read_number(a, trim(word_cut(item, half + 1, item.n)), UINT64_MAX, &r[count].hi);
		if (!rc && r[count].lo > r[count].hi)
			rc = asm_error(a, item, ERR_RANGE, "the lower end of a range stands first");
		count++;
		w = comma ? word_cut(w, end + 1, w.n - end - 1) : word_cut(w, w.n, 0);
	}
	number = rc ? -1 : filter_code_set(&a->code, r, count);
	*k = number < 0 ? 0 : (uint32_t)number;
	free(r);
	return rc;
}

/* "[12]", "[r1]", "[r1+12]" */
static int read_address(struct assembly *a, struct word w, struct filter_insn *i)
{
	const char *plus;
	struct word in;

	if (w.n < 3 || w.p[0] != '[' || w.p[w.n - 1] != ']')
		return asm_error(a, w, ERR_SYNTAX, "an offset is missing here, as [12] or [r1+12]");
	in = trim(word_cut(w, 1, w.n - 2));
	if (!in.n || in.p[0] != 'r')
		return read_k(a, in, &i->k);
	plus = memchr(in.p, '+', in.n);
	if (read_reg(a, plus ? trim(word_cut(in, 0, (size_t)(plus - in.p))) : in, &i->b))
		return ERR_SYNTAX;
	return plus ? read_k(a, trim(word_cut(in, (size_t)(plus - in.p) + 1, in.n)), &i->k) : 0;
}

/* ---- which operation ---- */

static bool fits(enum filter_form form, const struct operands *o)
{
	bool second_reg = o->count > 1 && is_reg(o->w[1]);

	switch (form) {
	case FORM_LOAD:
	case FORM_LOAD_REG:
		return (o->count > 1 && o->w[1].n > 1 && o->w[1].p[1] == 'r') == (form == FORM_LOAD_REG);
	case FORM_REG:
	case FORM_JUMP_REG:
		return second_reg;
	case FORM_IMM:
	case FORM_SHIFT:
	case FORM_JUMP_IMM:
		return !second_reg;
	case FORM_WIDE:
		return false;		/* made of an immediate that is too large */
	case FORM_RESULT_REG:
		return o->count == 1 && is_reg(o->w[0]);
	case FORM_RESULT:
		return o->count != 1 || !is_reg(o->w[0]);
	default:
		return true;
	}
}

static int find_op(struct word w, const struct operands *o)
{
	for (int op = OP_WIDE_HIGH + 1; op < OP_COUNT; op++)
		if (word_is(w, filter_ops[op].text) && fits(filter_ops[op].form, o))
			return op;
	return -1;
}

static unsigned wanted(enum filter_form form, const struct operands *o)
{
	switch (form) {
	case FORM_FIELD:
		return o->count == 3 ? 3 : 2;
	case FORM_FIELD_JUMP:
	case FORM_JUMP_REG:
	case FORM_JUMP_IMM:
	case FORM_SET:
		return 4;
	case FORM_ONE:
	case FORM_JUMP:
	case FORM_RESULT:
	case FORM_RESULT_REG:
		return 1;
	default:
		return 2;
	}
}

/* An immediate of 64 bits may take two instructions. */
static int read_mov(struct assembly *a, struct filter_insn *i, struct word w)
{
	uint64_t n = 0;
	int rc = read_number(a, w, UINT64_MAX, &n);

	i->k = (uint32_t)n;
	if (!rc && n >> 32) {
		i->op = OP_MOVW;
		filter_code_add(&a->code, *i);
		*i = (struct filter_insn){ .op = OP_WIDE_HIGH, .k = (uint32_t)(n >> 32) };
	}
	return rc;
}

static int read_second(struct assembly *a, struct filter_insn *i, const struct operands *o)
{
	const struct word *w = o->w;
	uint32_t field = 0;
	uint64_t n = 0;
	int rc;

	switch (filter_ops[i->op].form) {
	case FORM_FIELD:
		return read_field(a, w[1], &i->k) ?: o->count > 2 ? place(a, w[2], PLACE_C) : 0;
	case FORM_FIELD_JUMP:
		rc = read_field(a, w[0], &field) ?: read_k(a, w[1], &i->k);
		i->a = (uint8_t)field;
		return rc ?: place(a, w[2], PLACE_B) ?: place(a, w[3], PLACE_C);
	case FORM_LOAD:
	case FORM_LOAD_REG:
		return read_address(a, w[1], i);
	case FORM_REG:
		return read_reg(a, w[1], &i->b);
	case FORM_IMM:
		return i->op == OP_MOVI ? read_mov(a, i, w[1]) : read_k(a, w[1], &i->k);
	case FORM_SHIFT:
		rc = read_number(a, w[1], 63, &n);
		i->k = (uint32_t)n;
		return rc;
	case FORM_SLOT:
	case FORM_CALL:
		return read_k(a, w[1], &i->k);
	case FORM_JUMP:
		return place(a, w[0], PLACE_K);
	case FORM_JUMP_REG:
		return read_reg(a, w[1], &i->b) ?: place(a, w[2], PLACE_K_LOW) ?: place(a, w[3], PLACE_K_HIGH);
	case FORM_JUMP_IMM:
		rc = i->op == OP_JSLTI ? read_signed(a, w[1], &i->k) : read_k(a, w[1], &i->k);
		return rc ?: place(a, w[2], PLACE_B) ?: place(a, w[3], PLACE_C);
	case FORM_SET:
		return read_set(a, w[1], &i->k) ?: place(a, w[2], PLACE_B) ?: place(a, w[3], PLACE_C);
	case FORM_RESULT:
		return read_k(a, w[0], &i->k);
	default:
		return 0;
	}
}

static int read_insn(struct assembly *a, struct word name, struct word rest)
{
	struct filter_insn i = { 0 };
	struct operands o;
	enum filter_form form;
	int op;

	if (split(a, rest, &o))
		return ERR_SYNTAX;
	op = find_op(name, &o);
	if (op < 0)
		return asm_error(a, name, ERR_UNKNOWN, WORD_FMT ": unknown operation", WORD_ARGS(name));
	i.op = (uint8_t)op;
	form = filter_ops[op].form;
	if (o.count != wanted(form, &o))
		return asm_error(a, name, ERR_SYNTAX, WORD_FMT ": takes %u operands, not %u", WORD_ARGS(name),
			wanted(form, &o), o.count);
	if (form != FORM_FIELD_JUMP && form != FORM_JUMP && form != FORM_RESULT && read_reg(a, o.w[0], &i.a))
		return ERR_SYNTAX;
	if (read_second(a, &i, &o))
		return ERR_SYNTAX;
	filter_code_add(&a->code, i);
	return 0;
}

/* ---- lines and labels ---- */

static const struct label *find_label(const struct assembly *a, struct word name)
{
	for (uint32_t i = 0; i < a->label_count; i++)
		if (a->labels[i].name.n == name.n && !memcmp(a->labels[i].name.p, name.p, name.n))
			return &a->labels[i];
	return NULL;
}

static int add_label(struct assembly *a, struct word name)
{
	struct label *labels;

	if (!name.n || is_reg(name) || word_is(name, "next"))
		return asm_error(a, name, ERR_SYNTAX, "'" WORD_FMT "' cannot be a label", WORD_ARGS(name));
	if (find_label(a, name))
		return asm_error(a, name, ERR_TWICE, WORD_FMT ": this label is there already", WORD_ARGS(name));
	if (a->label_count > FILTER_INSNS_MAX)
		return asm_error(a, name, ERR_RANGE, "too many labels");
	labels = realloc(a->labels, (a->label_count + (size_t)1) * sizeof(*labels));
	if (!labels)
		return asm_error(a, name, ERR_NOMEM, "no memory for this line");
	a->labels = labels;
	labels[a->label_count++] = (struct label){ name, a->code.count };
	return 0;
}

static void read_line(struct assembly *a)
{
	struct lex *lx = &a->lx;
	const char *end = memchr(lx->text, ';', lx->len);
	struct word w, rest;

	if (end)
		lx->len = (size_t)(end - lx->text);
	while (lex_next(lx, &w)) {
		if (w.p[w.n - 1] == ':') {
			add_label(a, word_cut(w, 0, w.n - 1));
			continue;
		}
		if (a->code.count > FILTER_INSNS_MAX) {
			if (a->code.count == FILTER_INSNS_MAX + 1)
				asm_error(a, w, ERR_RANGE, "too many instructions; at most %u", FILTER_INSNS_MAX);
			a->code.count++;
			return;
		}
		rest = lex_rest(lx);
		read_insn(a, w, rest.p ? rest : word_cut(w, w.n, 0));
		return;
	}
}

static void set_place(struct filter_insn *i, enum which which, uint32_t distance)
{
	switch (which) {
	case PLACE_B:
		i->b = (uint8_t)distance;
		break;
	case PLACE_C:
		i->c = (uint8_t)distance;
		break;
	case PLACE_K:
		i->k = distance;
		break;
	case PLACE_K_LOW:
		i->k |= distance;
		break;
	case PLACE_K_HIGH:
		i->k |= distance << 16;
		break;
	}
}

static void resolve(struct assembly *a, const struct fixup *f)
{
	uint32_t most = f->which == PLACE_B || f->which == PLACE_C ? 255 : FILTER_INSNS_MAX;
	const struct label *label = find_label(a, f->name);

	lex_line(&a->lx, a->lx.file, f->line, f->text, f->len, a->lx.errs);
	if (!label)
		asm_error(a, f->name, ERR_UNKNOWN, WORD_FMT ": there is no such label", WORD_ARGS(f->name));
	else if (label->at <= f->at)
		asm_error(a, f->name, ERR_RANGE, WORD_FMT ": a program only goes forward", WORD_ARGS(f->name));
	else if (label->at - f->at - 1 > most)
		asm_error(a, f->name, ERR_RANGE, WORD_FMT ": %u instructions ahead; at most %u", WORD_ARGS(f->name),
			label->at - f->at - 1, most);
	else
		set_place(&a->code.insns[f->at], f->which, label->at - f->at - 1);
}

static void read_text(struct assembly *a, const char *file, const char *text, size_t n, struct errs *errs)
{
	unsigned line = 0;

	for (size_t at = 0; at < n;) {
		const char *nl = memchr(text + at, '\n', n - at);
		size_t len = nl ? (size_t)(nl - text) - at : n - at;

		lex_line(&a->lx, file, ++line, text + at, len, errs);
		read_line(a);
		at += len + 1;
	}
	for (uint32_t i = 0; i < a->fixup_count && !a->bad; i++)
		resolve(a, &a->fixups[i]);
}

struct filter *filter_assemble(const char *file, const char *text, size_t n, struct errs *errs)
{
	struct place at = { .file = file };
	struct assembly a = { .lx = { .file = file, .errs = errs } };
	struct filter *f = NULL;
	struct err e = { 0 };

	read_text(&a, file, text, n, errs);
	if (!a.bad)
		f = filter_make(&a.code, &e);
	if (!a.bad && !f)
		errs_add(errs, &at, e.code, "%s", e.text);
	filter_code_fini(&a.code);
	free(a.labels);
	free(a.fixups);
	return f;
}
