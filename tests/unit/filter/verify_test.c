/* filter_verify.c: each thing that it refuses, at its edge, and what it finds out. */
#include "kit.h"
#include "test.h"

#define REFUSED(text, ...) \
	assert_string_equal(kit_refused_code((struct filter_insn[]){ __VA_ARGS__ }, \
		sizeof((struct filter_insn[]){ __VA_ARGS__ }) / sizeof(struct filter_insn)), text)
#define RET { OP_RET, 0, 0, 0, 1 }

TEST(verify, operands_are_in_range_and_unused_ones_are_0)
{
	REFUSED("instruction 0: there is no operation 0", { OP_WIDE_HIGH, 0, 0, 0, 0 }, RET);
	REFUSED("instruction 0: there is no operation 255", { 255, 0, 0, 0, 0 }, RET);
	REFUSED("instruction 0: there is no register 8", { OP_MOVI, 8, 0, 0, 0 }, RET);
	REFUSED("instruction 1: there is no register 8", { OP_MOVI, 0, 0, 0, 0 }, { OP_ADD, 0, 8, 0, 0 }, RET);
	REFUSED("instruction 0: there is no register 8", { OP_LDR1, 0, 8, 0, 0 }, RET);
	REFUSED("instruction 0: there is no slot 16", { OP_GET, 0, 0, 0, 16 }, RET);
	REFUSED("instruction 0: there is no field 127", { OP_LDF, 0, 0, 0, 127 }, RET);
	REFUSED("instruction 0: there is no field 255", { OP_FEQ, 255, 0, 0, 0 }, RET);
	REFUSED("instruction 1: a shift by 64; 0..63", { OP_MOVI, 0, 0, 0, 1 }, { OP_LSHI, 0, 0, 0, 64 }, RET);
	REFUSED("instruction 1: there is no set 0", { OP_MOVI, 0, 0, 0, 1 }, { OP_IN, 0, 0, 0, 0 }, RET);
	REFUSED("instruction 0: there is no call 0", { OP_CALL, 0, 0, 0, 0 }, RET);
	REFUSED("instruction 0: an operand that mov does not use is not 0", { OP_MOVI, 0, 1, 0, 0 }, RET);
	REFUSED("instruction 0: an operand that mov does not use is not 0", { OP_MOVI, 0, 0, 1, 0 }, RET);
	REFUSED("instruction 0: an operand that ret does not use is not 0", { OP_RET, 1, 0, 0, 0 });
	REFUSED("instruction 1: an operand that ret does not use is not 0", { OP_MOVI, 0, 0, 0, 0 },
		{ OP_RETR, 0, 0, 0, 1 });
	REFUSED("instruction 0: offset 262144 is past any packet; 0..262143", { OP_LD1, 0, 0, 0, 262144 }, RET);
	REFUSED("instruction 0: offset 262137 is past any packet; 0..262136", { OP_LD8, 0, 0, 0, 262137 }, RET);
	REFUSED("instruction 0: offset 4294967295 is past any packet; 0..262142", { OP_LD2, 0, 0, 0, UINT32_MAX }, RET);
}

TEST(verify, ways_go_forward_and_end_in_ret)
{
	REFUSED("instruction 0: runs off the end; a way ends in ret", { OP_MOVI, 0, 0, 0, 1 });
	REFUSED("instruction 0: jumps out of the program", { OP_JA, 0, 0, 0, 1 }, RET);
	REFUSED("instruction 0: jumps out of the program", { OP_JA, 0, 0, 0, UINT32_MAX }, RET);
	REFUSED("instruction 0: jumps out of the program", { OP_JA, 0, 0, 0, UINT32_MAX - 1 }, RET);
	REFUSED("instruction 0: jumps out of the program", { OP_FEQ, 0, 1, 0, 0 }, RET);
	REFUSED("instruction 0: jumps out of the program", { OP_FEQ, 0, 0, 255, 0 }, RET);
	REFUSED("instruction 1: jumps out of the program", { OP_MOVI, 0, 0, 0, 1 }, { OP_JEQ, 0, 0, 0, 0xffff0000 },
		RET);
	REFUSED("instruction 0: jumps into the second half of a wide number", { OP_JA, 0, 0, 0, 1 },
		{ OP_MOVW, 0, 0, 0, 1 }, { OP_WIDE_HIGH, 0, 0, 0, 1 }, RET);
	REFUSED("instruction 0: the second half of a wide number is missing", { OP_MOVW, 0, 0, 0, 1 }, RET);
	REFUSED("instruction 0: the second half of a wide number is missing", { OP_MOVW, 0, 0, 0, 1 });
	REFUSED("instruction 0: a wide number that fits into 32 bits", { OP_MOVW, 0, 0, 0, 1 },
		{ OP_WIDE_HIGH, 0, 0, 0, 0 }, RET);
	REFUSED("instruction 1: an operand of a second half is not 0", { OP_MOVW, 0, 0, 0, 1 },
		{ OP_WIDE_HIGH, 1, 0, 0, 1 }, RET);
	assert_string_equal(kit_refused_code(NULL, 0), "the program is empty; it ends in ret");
}

TEST(verify, nothing_is_read_that_was_not_written_on_every_way)
{
	REFUSED("instruction 0: r3 is read before it is written", { OP_RETR, 3, 0, 0, 0 });
	REFUSED("instruction 0: r1 is read before it is written", { OP_LDR4, 0, 1, 0, 0 }, RET);
	REFUSED("instruction 1: r1 is read before it is written", { OP_MOVI, 0, 0, 0, 0 }, { OP_ADD, 0, 1, 0, 0 }, RET);
	REFUSED("instruction 0: r0 is read before it is written", { OP_ADDI, 0, 0, 0, 1 }, RET);
	REFUSED("instruction 0: r0 is read before it is written", { OP_PUT, 0, 0, 0, 1 }, RET);
	REFUSED("instruction 0: slot 5 is read before it is written", { OP_GET, 0, 0, 0, 5 }, RET);
	/* One way writes r0, the other does not. */
	REFUSED("instruction 2: r0 is read before it is written", { OP_FEQ, 0, 0, 1, 0 }, { OP_MOVI, 0, 0, 0, 0 },
		{ OP_RETR, 0, 0, 0, 0 });
	filter_release(kit_filter("ldf r0, tcp.dport, no\nret r0\nno: ret r0\n"));	/* a missing field is 0 */
}

TEST(verify, what_no_way_reaches_is_still_checked)
{
	REFUSED("instruction 1: there is no register 9", RET, { OP_MOVI, 9, 0, 0, 0 }, RET);
	REFUSED("instruction 1: jumps out of the program", RET, { OP_JA, 0, 0, 0, 1 }, RET);
	REFUSED("instruction 1: runs off the end; a way ends in ret", RET, { OP_MOVI, 0, 0, 0, 1 });
	filter_release(kit_filter("ret 1\nret r5\n"));
}

static void fill(struct filter_insn *insns, uint32_t count, uint8_t op)
{
	insns[0] = (struct filter_insn){ OP_MOVI, 0, 0, 0, 1 };
	for (uint32_t i = 1; i + 1 < count; i++)
		insns[i] = (struct filter_insn){ op, 0, 0, 0, 1 };
	insns[count - 1] = (struct filter_insn)RET;
}

TEST(verify, length_and_cost_are_bounded)
{
	static struct filter_insn insns[FILTER_INSNS_MAX + 1];
	struct filter_code c = { .insns = insns };
	struct err e = { 0 };
	struct filter *f;

	fill(insns, FILTER_INSNS_MAX + 1, OP_ADDI);
	assert_string_equal(kit_refused_code(insns, FILTER_INSNS_MAX + 1),
		"the program is too long; at most 4096 instructions");
	fill(insns, FILTER_INSNS_MAX, OP_ADDI);
	c.count = FILTER_INSNS_MAX;
	f = filter_make(&c, &e);
	assert_non_null(f);
	assert_int_equal(filter_facts(f)->cost, FILTER_INSNS_MAX);
	filter_release(f);
	/* 1 + 20 n + 1 <= 32768: n is 1638 at most */
	fill(insns, 1640, OP_DIVI);
	c.count = 1640;
	f = filter_make(&c, &e);
	assert_non_null(f);
	assert_int_equal(filter_facts(f)->cost, 32762);
	filter_release(f);
	fill(insns, 1641, OP_DIVI);
	assert_string_equal(kit_refused_code(insns, 1641),
		"instruction 1: from here the longest way costs 32781; at most 32768");
}

TEST(verify, facts_are_the_longest_way_the_last_byte_and_the_fields)
{
	struct filter *f = kit_filter("feq tcp.dport, 80, far, near\nnear: ret 0\n"
		"far: ld4 r0, [30]\nmul r0, r0\nret r0\n");

	assert_int_equal(filter_facts(f)->insns, 5);
	assert_int_equal(filter_facts(f)->cost, 2 + 2 + 3 + 1);
	assert_int_equal(filter_facts(f)->bytes, 34);
	assert_false(filter_facts(f)->flow_only);
	filter_release(f);
	f = kit_filter("feq tcp.dport, 80, next, no\nfeq ip.src, 1, next, no\nret 1\nno: ret 0\n");
	assert_int_equal(filter_facts(f)->bytes, 0);
	assert_true(filter_facts(f)->flow_only);
	filter_release(f);
	f = kit_filter("feq tcp.dport, 80, next, no\nfeq ip.ttl, 1, next, no\nret 1\nno: ret 0\n");
	assert_false(filter_facts(f)->flow_only);
	filter_release(f);
	f = kit_filter("mov r0, 1\nld1 r0, [r0+3]\nret r0\n");
	assert_int_equal(filter_facts(f)->bytes, UINT32_MAX);
	filter_release(f);
}

TEST(verify, sets_are_in_order)
{
	struct filter_insn insns[] = { { OP_MOVI, 0, 0, 0, 1 }, { OP_IN, 0, 0, 0, 0 }, RET };
	struct filter_range wrong[][2] = { { { 5, 4 }, { 9, 9 } }, { { 5, 7 }, { 7, 9 } }, { { 5, 7 }, { 1, 2 } } };

	for (unsigned i = 0; i < 3; i++) {
		struct filter_set set = { 2, wrong[i] };
		struct filter_code c = { .insns = insns, .count = 3, .sets = &set, .set_count = 1 };
		struct err e = { 0 };

		assert_null(filter_make(&c, &e));
		assert_string_equal(e.text, "set: its ranges are not in order");
	}
}
