/* filter_jit_x64.c beside filter_run.c: programs at random, packets at random, no difference. With an argument, so many
 * millions of pairs (the slow tier asks for ten). */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define PACKETS 20u

static void differ(const struct filter *f, const struct kit *k, uint64_t native, uint64_t interpreted)
{
	char *text = filter_disassemble(f);

	print_message("# native %llu, interpreted %llu, %u bytes:\n", (unsigned long long)native,
		(unsigned long long)interpreted, k->look.len);
	for (char *line = text; line && *line; line = strchr(line, '\n') + 1)
		print_message("# %.*s\n", (int)strcspn(line, "\n"), line);
	free(text);
	fail();
}

static void compare(struct dice *d, unsigned programs, uint64_t *matched)
{
	struct kit k;

	for (unsigned i = 0; i < programs; i++) {
		struct filter *f = kit_random(d, 60);

		assert_int_equal(filter_native(f), 0);
		for (unsigned p = 0; p < PACKETS; p++) {
			uint64_t native, interpreted;

			kit_random_packet(&k, d);
			native = filter_run(f, &k.look);
			interpreted = filter_interpret(f, &k.look);
			if (native != interpreted)
				differ(f, &k, native, interpreted);
			*matched += native != 0;
		}
		filter_release(f);
	}
}

static bool here(void)
{
	struct filter *f = kit_filter("ret 1\n");
	int rc = filter_native(f);

	filter_release(f);
	if (rc)
		print_message("# no machine code here (%d): skipped\n", rc);
	return !rc;
}

static unsigned millions(void)
{
	const char *text = getenv("NRW_MILLIONS");

	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

TEST(jit, machine_code_means_what_the_interpreter_means)
{
	unsigned programs = millions() ? millions() * (1000000 / PACKETS) : 3000;
	struct dice d = { .key = 17 };
	uint64_t matched = 0;

	if (!here())
		skip();
	compare(&d, programs, &matched);
	assert_in_range(matched, programs * PACKETS / 10, (uint64_t)programs * PACKETS - 1);
}

/* ---- chains of fields ---- */

/* A field that stands beside this one; the same where there is none. */
static uint8_t neighbour(uint8_t of, struct dice *d)
{
	const struct filter_field *f = &filter_fields[of];
	unsigned from = (unsigned)(dice_draw(d) % filter_field_count);

	for (unsigned n = 0; n < filter_field_count; n++) {
		unsigned i = (from + n) % filter_field_count;
		const struct filter_field *g = &filter_fields[i];

		if (g->where == f->where && (g->offset + g->bytes == f->offset || f->offset + f->bytes == g->offset))
			return (uint8_t)i;
	}
	return of;
}

/* What the packet has there, most often. */
static uint32_t number(uint8_t field, const struct kit *k, struct dice *d)
{
	const struct filter_field *f = &filter_fields[field];
	uint64_t draw = dice_draw(d);

	if (draw % 16 == 0)
		return (uint32_t)(draw >> 32);
	if (!filter_field_there(f, &k->view))
		return 0;
	return (uint32_t)filter_field_get(f, &k->look) ^ (draw % 8 == 1 ? 1u << draw / 16 % 32 : 0);
}

/* Conditions that all lead to one end, but for some that jump over the next, whatever it says. */
static struct filter *chain(const struct kit *k, struct dice *d)
{
	uint32_t n = 2 + (uint32_t)(dice_draw(d) % 5);
	uint8_t field = (uint8_t)(dice_draw(d) % filter_field_count);
	struct filter_code c = { 0 };
	struct err e = { 0 };
	struct filter *f;

	for (uint32_t i = 0; i < n; i++) {
		bool over = dice_draw(d) % 8 == 0;
		struct filter_insn insn = { OP_FEQ, field, over, over ? 0 : (uint8_t)(n - i), number(field, k, d) };

		filter_code_add(&c, insn);
		if (dice_draw(d) % 4)
			field = neighbour(field, d);
		else
			field = (uint8_t)(dice_draw(d) % filter_field_count);
	}
	filter_code_add(&c, (struct filter_insn){ .op = OP_RET, .k = (uint32_t)(dice_draw(d) % 3) });
	filter_code_add(&c, (struct filter_insn){ .op = OP_RET, .k = (uint32_t)(dice_draw(d) % 3) });
	f = filter_make(&c, &e);
	filter_code_fini(&c);
	assert_string_equal(e.text, "");
	return f;
}

TEST(jit, fields_compared_together_are_compared_alike)
{
	struct dice d = { .key = 23 };
	unsigned matched = 0;
	struct kit k;

	if (!here())
		skip();
	for (unsigned i = 0; i < 60000; i++) {
		struct filter *f;
		uint64_t native, interpreted;

		if (i % 2)
			kit_init(&k);
		else
			kit_random_packet(&k, &d);
		f = chain(&k, &d);
		assert_int_equal(filter_native(f), 0);
		native = filter_run(f, &k.look);
		interpreted = filter_interpret(f, &k.look);
		if (native != interpreted)
			differ(f, &k, native, interpreted);
		matched += native == f->insns[f->facts.insns - 2].k;
		filter_release(f);
	}
	assert_in_range(matched, 15000, 59000);
}

static uint64_t spoils(const void *own, const struct filter_look *l)
{
	__asm__ volatile("" ::
				 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
	return *(const uint64_t *)own + l->len;
}

/* Each register of the machine survives a function that keeps none that it may spoil. */
TEST(jit, calls_and_large_sets_spoil_nothing)
{
	static const uint64_t hundred = 100;
	struct filter_range ranges[20];
	struct filter_code c = { 0 };
	struct err e = { 0 };
	struct filter *f;
	struct kit k;

	if (!here())
		skip();
	kit_init(&k);
	for (unsigned i = 0; i < 20; i++)
		ranges[i] = (struct filter_range){ 10 * i, 10 * i + 1 };
	filter_code_call(&c, (struct filter_call){ spoils, &hundred, 5 });
	filter_code_set(&c, ranges, 20);
	for (uint8_t r = 1; r < FILTER_REGS; r++)
		filter_code_add(&c, (struct filter_insn){ OP_MOVI, r, 0, 0, 1u << r });
	filter_code_add(&c, (struct filter_insn){ OP_PUT, 1, 0, 0, 15 });
	filter_code_add(&c, (struct filter_insn){ OP_CALL, 0, 0, 0, 0 });	/* 158 */
	filter_code_add(&c, (struct filter_insn){ OP_ADDI, 0, 0, 0, 33 });	/* 191 = 190 + 1 */
	filter_code_add(&c, (struct filter_insn){ OP_IN, 0, 1, 0, 0 });
	filter_code_add(&c, (struct filter_insn){ OP_RET, 0, 0, 0, 0 });
	for (uint8_t r = 1; r < FILTER_REGS; r++)
		filter_code_add(&c, (struct filter_insn){ OP_ADD, 0, r, 0, 0 });
	filter_code_add(&c, (struct filter_insn){ OP_GET, 1, 0, 0, 15 });
	filter_code_add(&c, (struct filter_insn){ OP_ADD, 0, 1, 0, 0 });
	filter_code_add(&c, (struct filter_insn){ OP_LD2, 1, 0, 0, 12 });
	filter_code_add(&c, (struct filter_insn){ OP_ADD, 0, 1, 0, 0 });
	filter_code_add(&c, (struct filter_insn){ OP_LDF, 1, 0, 0, 15 });	/* ip.version */
	filter_code_add(&c, (struct filter_insn){ OP_ADD, 0, 1, 0, 0 });
	filter_code_add(&c, (struct filter_insn){ OP_RETR, 0, 0, 0, 0 });
	f = filter_make(&c, &e);
	assert_non_null(f);
	assert_int_equal(filter_interpret(f, &k.look), 191 + 254 + 2 + 0x8100 + 4);
	assert_int_equal(filter_native(f), 0);
	assert_int_equal(filter_run(f, &k.look), 191 + 254 + 2 + 0x8100 + 4);
	filter_release(f);
	filter_code_fini(&c);
}
