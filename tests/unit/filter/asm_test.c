/* filter_asm.c, filter_text.c: text in and out again, and what is told of text that is wrong. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

static void same(const struct filter *a, const struct filter *b)
{
	assert_int_equal(a->facts.insns, b->facts.insns);
	assert_memory_equal(a->insns, b->insns, a->facts.insns * sizeof(*a->insns));
	assert_memory_equal(&a->facts, &b->facts, sizeof(a->facts));
}

TEST(asm, text_is_the_program_that_it_was_made_from)
{
	static const char text[] =
		"\tfeq tcp.dport, 80, L3, next\n"
		"\tldf r0, ip.ttl, L10\n"
		"\tjslt r0, -5, L7, L10\n"
		"L3:\tmov r7, 0x8000000000000000\n"
		"\tld4 r1, [14]\n"
		"\tld2 r2, [r1+0]\n"
		"L7:\tmov r0, 4294967295\n"
		"\tin r0, {1, 5-9, 4294967295}, next, L10\n"
		"\tret 1\n"
		"L10:\tret 0\n";
	struct filter *f = kit_filter(text);
	char *again = filter_disassemble(f);

	assert_string_equal(again, text);
	free(again);
	filter_release(f);
}

TEST(asm, any_program_assembles_from_its_text)
{
	struct dice d = { .key = 5 };

	for (unsigned i = 0; i < 500; i++) {
		struct filter *f = kit_random(&d, 80), *again;
		char *text = filter_disassemble(f);

		again = kit_filter(text);
		/* Sets are numbered as the text has them; all else is the same. */
		for (uint32_t k = 0; k < f->facts.insns; k++)
			if (f->insns[k].op == OP_IN)
				((struct filter_insn *)again->insns)[k].k = f->insns[k].k;
		same(f, again);
		free(text);
		filter_release(f);
		filter_release(again);
	}
}

TEST(asm, what_is_wrong_is_told_with_its_place)
{
	assert_string_equal(kit_refused("ret 1\n\tfoo r0, 1\n"), "2:2: foo: unknown operation");
	assert_string_equal(kit_refused("ret 1, 2\n"), "1:1: ret: takes 1 operands, not 2");
	assert_string_equal(kit_refused("mov r8, 1\nret 1\n"), "1:5: r8 is not a register; r0..r7");
	assert_string_equal(kit_refused("mov r0, 18446744073709551616\nret 1\n"),
		"1:9: number: 18446744073709551616 is not in 0..18446744073709551615");
	assert_string_equal(kit_refused("ldf r0, tcp.port\nret 1\n"), "1:9: tcp.port: unknown field");
	assert_string_equal(kit_refused("ja back\nret 1\n"), "1:4: back: there is no such label");
	assert_string_equal(kit_refused("back: ret 1\nja back\n"), "2:4: back: a program only goes forward");
	assert_string_equal(kit_refused("a: a: ret 1\n"), "1:4: a: this label is there already");
	assert_string_equal(kit_refused("r1: ret 1\n"), "1:1: 'r1' cannot be a label");
	assert_string_equal(kit_refused("mov r0,, 1\nret 1\n"), "1:8: an operand is missing here");
	assert_string_equal(kit_refused("in r0, 5, next, next\n"), "1:8: a set is missing here, as {1, 5-9}");
	assert_string_equal(kit_refused("mov r0, 1\nin r0, {9-5}, next, next\nret 1\n"),
		"2:9: the lower end of a range stands first");
	assert_string_equal(kit_refused("ld1 r0, 5\n"), "1:9: an offset is missing here, as [12] or [r1+12]");
	assert_string_equal(kit_refused("jslt r0, -2147483649, next, next\n"),
		"1:11: number: 2147483649 is not in 0..2147483648");
	assert_string_equal(kit_refused(""), "0:0: the program is empty; it ends in ret");
	assert_string_equal(kit_refused("mov r0, 1\n"), "0:0: instruction 0: runs off the end; a way ends in ret");
}

TEST(asm, a_condition_reaches_255_instructions_and_a_jump_any)
{
	char text[8192] = "feq ip.ttl, 1, far, next\n";

	for (unsigned i = 0; i < 254; i++)
		strcat(text, "mov r0, 1\n");
	strcat(text, "mov r0, 1\nfar: ret 1\n");
	filter_release(kit_filter(text));
	memcpy(strstr(text, "far: ret 1"), "mov r0, 1\n", 11);
	strcat(text, "far: ret 1\n");
	assert_string_equal(kit_refused(text), "1:16: far: 256 instructions ahead; at most 255");
	memcpy(text, "ja far                  ", 24);
	filter_release(kit_filter(text));
}
