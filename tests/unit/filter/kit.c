#include "kit.h"

#include <stdio.h>

#include "test.h"

static const uint8_t frame[58] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0x60, 5, 8, 0,
	0x45, 0x10, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1,
	0x0f, 0xa0, 0, 80, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 2, 0x20, 0, 0, 0, 0, 0,
};

static void look_at(struct kit *k, uint32_t len)
{
	view_parse(&k->view, LINK_ETHERNET, k->bytes, len, sizeof(frame));
	k->look = (struct filter_look){ &k->view, &k->meta, k->bytes, len, sizeof(frame) };
}

void kit_init(struct kit *k)
{
	*k = (struct kit){ .meta = { .dir = META_OUT, .iface_in = 3, .iface_out = 4, .fib = 9,
		.len_bytes = 44 } };
	memcpy(k->bytes, frame, sizeof(frame));
	look_at(k, sizeof(frame));
}

struct filter *kit_filter(const char *text)
{
	struct filter *f;
	struct errs es;

	errs_init(&es);
	f = filter_assemble("test", text, strlen(text), &es);
	if (!f)
		print_message("# %s\n", es.count ? es.notes[0].text : "");
	errs_fini(&es);
	assert_non_null(f);
	return f;
}

uint64_t kit_result(const char *text)
{
	struct filter *f = kit_filter(text);
	uint64_t result;
	struct kit k;

	kit_init(&k);
	result = filter_interpret(f, &k.look);
	assert_true(!filter_native(f) || !f->native);
	assert_int_equal(filter_run(f, &k.look), result);	/* by machine code where there is any */
	filter_release(f);
	return result;
}

const char *kit_refused(const char *text)
{
	static char told[500];
	struct filter *f;
	struct errs es;

	errs_init(&es);
	f = filter_assemble("test", text, strlen(text), &es);
	assert_null(f);
	assert_true(es.count > 0);
	snprintf(told, sizeof(told), "%u:%u: %s", es.notes[0].line, es.notes[0].column, es.notes[0].text);
	errs_fini(&es);
	return told;
}

const char *kit_refused_code(const struct filter_insn *insns, uint32_t count)
{
	struct filter_code c = { .insns = (struct filter_insn *)insns, .count = count };
	static struct err e;

	e = (struct err){ 0 };
	assert_null(filter_make(&c, &e));
	return e.text;
}

char kit_told[500];

int kit_expr(const char *expression)
{
	struct filter *f;
	struct errs es;
	struct lex lx;
	int result = -1;
	struct kit k;

	errs_init(&es);
	lex_line(&lx, "test", 1, expression, strlen(expression), &es);
	f = filter_compile(&lx);
	assert_int_equal(f == NULL, es.errors > 0);
	kit_told[0] = '\0';
	if (es.count)
		snprintf(kit_told, sizeof(kit_told), "%u: %s", es.notes[0].column, es.notes[0].text);
	errs_fini(&es);
	if (f) {
		kit_init(&k);
		result = (int)filter_interpret(f, &k.look);
		filter_native(f);
		assert_int_equal(filter_run(f, &k.look), result);
	}
	filter_release(f);
	return result;
}

/* ---- at random ---- */

static uint32_t below(struct dice *d, uint32_t n)
{
	return (uint32_t)(dice_draw(d) % n);
}

/* Numbers that break things: small, at the edges of widths, or anything. */
static uint32_t number(struct dice *d)
{
	static const uint32_t edges[] = { 0, 1, 6, 17, 63, 64, 80, 255, 256, 0x7fffffff, 0x80000000, 0xfffffffe,
		0xffffffff };

	switch (below(d, 3)) {
	case 0:
		return edges[below(d, sizeof(edges) / sizeof(*edges))];
	case 1:
		return below(d, 100);
	default:
		return (uint32_t)dice_draw(d);
	}
}

static uint8_t distance(struct dice *d, uint32_t left)
{
	return (uint8_t)(left ? below(d, left < 6 ? left : 6) : 0);
}

/* The operation may be refused by the verifier where it stands; kit_random() then tries another. `left` instructions
 * may follow. */
static void add_any(struct filter_code *c, struct dice *d, uint32_t left)
{
	struct filter_insn i = { .op = (uint8_t)(1 + below(d, OP_COUNT - 1)) };
	enum filter_form form = filter_ops[i.op].form;

	i.a = (uint8_t)below(d, FILTER_REGS);
	switch (form) {
	case FORM_FIELD:
		i.k = below(d, filter_field_count);
		i.c = distance(d, left);
		break;
	case FORM_FIELD_JUMP:
		i.a = (uint8_t)below(d, filter_field_count);
		i.b = distance(d, left);
		i.c = distance(d, left);
		i.k = number(d);
		break;
	case FORM_LOAD_REG:
		i.b = (uint8_t)below(d, FILTER_REGS);
		/* fall through */
	case FORM_LOAD:
		i.k = below(d, 70);
		break;
	case FORM_SLOT:
		i.k = below(d, FILTER_SLOTS);
		break;
	case FORM_REG:
		i.b = (uint8_t)below(d, FILTER_REGS);
		break;
	case FORM_IMM:
		i.k = number(d);
		break;
	case FORM_SHIFT:
		i.k = below(d, 64);
		break;
	case FORM_WIDE:
		i.k = number(d);
		filter_code_add(c, i);
		i = (struct filter_insn){ .op = OP_WIDE_HIGH, .k = number(d) | 1 };
		break;
	case FORM_JUMP:
		i.a = 0;
		i.k = distance(d, left);
		break;
	case FORM_JUMP_REG:
		i.b = (uint8_t)below(d, FILTER_REGS);
		i.k = distance(d, left) | (uint32_t)distance(d, left) << 16;
		break;
	case FORM_SET:
		i.k = below(d, 2);
		/* fall through */
	case FORM_JUMP_IMM:
		i.b = distance(d, left);
		i.c = distance(d, left);
		i.k = form == FORM_SET ? i.k : number(d);
		break;
	case FORM_RESULT:
		i.a = 0;
		i.k = number(d);
		break;
	case FORM_ONE:
	case FORM_CALL:
	case FORM_RESULT_REG:
		break;
	}
	filter_code_add(c, i);
}

static void add_sets(struct filter_code *c, struct dice *d)
{
	struct filter_range r[8];

	for (unsigned s = 0; s < 2; s++) {
		uint32_t count = below(d, 8) + 1;

		for (uint32_t i = 0; i < count; i++) {
			r[i].lo = below(d, 2) ? below(d, 300) : dice_draw(d);
			r[i].hi = r[i].lo + below(d, 50);
			if (r[i].hi < r[i].lo)
				r[i].hi = UINT64_MAX;
		}
		filter_code_set(c, r, count);
	}
}

/* Every register is written first, so that most of what follows is allowed. */
static void write_registers(struct filter_code *c, struct dice *d)
{
	for (uint8_t a = 0; a < FILTER_REGS; a++)
		filter_code_add(c, (struct filter_insn){ OP_MOVI, a, 0, 0, number(d) });
	for (uint8_t k = 0; k < FILTER_SLOTS; k++)
		filter_code_add(c, (struct filter_insn){ OP_PUT, (uint8_t)(k % FILTER_REGS), 0, 0, k });
}

struct filter *kit_random(struct dice *d, uint32_t count)
{
	struct filter *f = NULL;

	while (!f) {
		struct filter_code c = { 0 };
		struct err e = { 0 };

		add_sets(&c, d);
		write_registers(&c, d);
		for (uint32_t i = below(d, count) + 1; i-- > 0;) {
			uint32_t was = c.count;

			add_any(&c, d, i);
			if (filter_ops[c.insns[was].op].form == FORM_CALL)
				c.count = was;
		}
		for (unsigned i = 0; i < 8; i++)	/* whatever jumps ahead */
			filter_code_add(&c, (struct filter_insn){ OP_RETR, (uint8_t)i, 0, 0, 0 });
		f = filter_make(&c, &e);
		filter_code_fini(&c);
	}
	return f;
}

void kit_random_packet(struct kit *k, struct dice *d)
{
	kit_init(k);
	for (unsigned i = below(d, 6); i-- > 0;)
		k->bytes[below(d, sizeof(k->bytes))] = (uint8_t)dice_draw(d);
	if (!below(d, 4))
		k->bytes[27] = 17;
	look_at(k, below(d, 2) ? (uint32_t)sizeof(frame) : below(d, sizeof(frame) + 1));
}
