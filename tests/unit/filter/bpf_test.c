/* filter_bpf.c beside libpcap's own interpreter: programs at random that it finds valid, and packets at random; and
 * what is refused. */
#include <pcap/pcap.h>
#include <stdlib.h>

#include "filter/filter_bpf.h"
#include "kit.h"
#include "test.h"

#define LONGEST 50u

static uint32_t below(struct dice *d, uint32_t n)
{
	return (uint32_t)(dice_draw(d) % n);
}

static uint32_t number(struct dice *d)
{
	static const uint32_t edges[] = { 0, 1, 31, 32, 33, 0x7fffffff, 0x80000000, 0xffffffff };

	return below(d, 2) ? below(d, 70) : below(d, 2) ? edges[below(d, 8)] : (uint32_t)dice_draw(d);
}

static const uint16_t codes[] = {
	BPF_LD | BPF_ABS, BPF_LD | BPF_H | BPF_ABS, BPF_LD | BPF_B | BPF_ABS, BPF_LD | BPF_W | BPF_IND,
	BPF_LD | BPF_H | BPF_IND, BPF_LD | BPF_B | BPF_IND, BPF_LD | BPF_IMM, BPF_LD | BPF_MEM,
	BPF_LD | BPF_W | BPF_LEN,
	BPF_LDX | BPF_IMM, BPF_LDX | BPF_MEM, BPF_LDX | BPF_W | BPF_LEN, BPF_LDX | BPF_B | BPF_MSH, BPF_ST, BPF_STX,
	BPF_ALU | BPF_K, BPF_ALU | BPF_SUB | BPF_K, BPF_ALU | BPF_MUL | BPF_K, BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_OR | BPF_K, BPF_ALU | BPF_AND | BPF_K, BPF_ALU | BPF_LSH | BPF_K, BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X, BPF_ALU | BPF_SUB | BPF_X, BPF_ALU | BPF_MUL | BPF_X, BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_OR | BPF_X, BPF_ALU | BPF_AND | BPF_X, BPF_ALU | BPF_LSH | BPF_X, BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG, BPF_ALU | BPF_MOD | BPF_K, BPF_ALU | BPF_MOD | BPF_X, BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_X, BPF_JMP | BPF_JA, BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGE | BPF_K, BPF_JMP | BPF_JSET | BPF_K, BPF_JMP | BPF_JEQ | BPF_X, BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JGE | BPF_X, BPF_JMP | BPF_JSET | BPF_X, BPF_RET | BPF_K, BPF_RET | BPF_A, BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
};
#define CODES (sizeof(codes) / sizeof(*codes))

/* Shifts that libpcap leaves to C, and what asks Linux's kernel. */
static bool undefined(const struct bpf_insn *i)
{
	if (i->code == (BPF_ALU | BPF_LSH | BPF_K) || i->code == (BPF_ALU | BPF_RSH | BPF_K))
		return i->k > 31;
	return (i->code & 0xe7) == (BPF_LD | BPF_ABS) && i->k >= 0xfffff000;
}

/* Valid by libpcap's own word. Memory is written first: what libpcap finds in it before is anything. */
static uint32_t random_bpf(struct bpf_insn insns[LONGEST], struct dice *d)
{
	uint32_t n;

	do {
		n = BPF_MEMWORDS + 2 + below(d, LONGEST - BPF_MEMWORDS - 2);
		for (uint32_t i = 0; i < BPF_MEMWORDS; i++)
			insns[i] = (struct bpf_insn){ BPF_ST, 0, 0, i };
		for (uint32_t i = BPF_MEMWORDS; i < n; i++) {
			uint32_t left = n - i - 1;

			do {
				insns[i] = (struct bpf_insn){ codes[below(d, CODES)], (uint8_t)below(d, left + 1),
					(uint8_t)below(d, left + 1), number(d) };
			} while (undefined(&insns[i]));
			if ((insns[i].code & 7) == BPF_ST || (insns[i].code & 7) == BPF_STX ||
				(insns[i].code & 0xe0) == BPF_MEM)
				insns[i].k %= BPF_MEMWORDS;
			if (insns[i].code == (BPF_JMP | BPF_JA))
				insns[i].k = below(d, left + 1);
		}
		insns[n - 1] = (struct bpf_insn){ below(d, 2) ? BPF_RET | BPF_A : BPF_RET | BPF_K, 0, 0, 7 };
	} while (!bpf_validate(insns, (int)n));
	return n;
}

static void agree(const struct bpf_insn *insns, uint32_t n, struct dice *d, uint64_t *matched)
{
	struct filter_bpf ours[LONGEST];
	struct err e = { 0 };
	struct filter *f;
	struct kit k;

	for (uint32_t i = 0; i < n; i++)
		ours[i] = (struct filter_bpf){ insns[i].code, insns[i].jt, insns[i].jf, insns[i].k };
	f = filter_import(ours, n, &e);
	if (!f)
		print_message("# %s\n", e.text);
	assert_non_null(f);
	filter_native(f);
	for (unsigned p = 0; p < 10; p++) {
		uint64_t theirs;

		kit_random_packet(&k, d);
		theirs = bpf_filter(insns, k.bytes, k.look.wire, k.look.len);
		assert_int_equal(filter_interpret(f, &k.look), theirs);
		assert_int_equal(filter_run(f, &k.look), theirs);
		*matched += theirs != 0;
	}
	filter_release(f);
}

TEST(bpf, any_valid_program_answers_as_libpcap_does)
{
	struct bpf_insn insns[LONGEST];
	struct dice d = { .key = 23 };
	uint64_t matched = 0;

	for (unsigned i = 0; i < 5000; i++)
		agree(insns, random_bpf(insns, &d), &d, &matched);
	assert_in_range(matched, 5000, 45000);
}

#define REFUSED(want, ...) \
	do { \
		const struct filter_bpf insns[] = { __VA_ARGS__ }; \
		struct err e = { 0 }; \
		assert_null(filter_import(insns, sizeof(insns) / sizeof(*insns), &e)); \
		assert_string_equal(e.text, want); \
	} while (0)

TEST(bpf, what_is_no_program_is_refused_with_its_place)
{
	REFUSED("BPF instruction 0 (code 0x5): jumps out of the program", { 0x05, 0, 0, 1 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x5): jumps out of the program", { 0x05, 0, 0, 0xffffffff }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x15): jumps out of the program", { 0x15, 0, 200, 1 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x34): divides by 0", { 0x34, 0, 0, 0 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x94): divides by 0", { 0x94, 0, 0, 0 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x60): there is no such memory", { 0x60, 0, 0, 16 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x2): there is no such memory", { 0x02, 0, 0, 16 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x28): extensions of Linux's kernel are not there", { 0x28, 0, 0, 0xfffff000 },
		{ 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0xb4): unknown", { 0xb4, 0, 0, 1 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x55): unknown", { 0x55, 0, 0, 1 }, { 6, 0, 0, 1 });
	REFUSED("BPF instruction 0 (code 0x0): the program does not end in ret", { 0x00, 0, 0, 1 });
}

TEST(bpf, empty_and_endless_programs_are_refused)
{
	static struct filter_bpf insns[FILTER_INSNS_MAX + 1];
	struct err e = { 0 };

	assert_null(filter_import(insns, 0, &e));
	assert_string_equal(e.text, "BPF: 0 instructions; 1..4096");
	assert_null(filter_import(insns, FILTER_INSNS_MAX + 1, &e));
	assert_string_equal(e.text, "BPF: 4097 instructions; 1..4096");
	for (unsigned i = 0; i < FILTER_INSNS_MAX; i++)
		insns[i] = (struct filter_bpf){ 6, 0, 0, 1 };
	assert_null(filter_import(insns, FILTER_INSNS_MAX, &e));	/* the registers' zeros are too many */
	assert_string_equal(e.text, "the program is too long; at most 4096 instructions");
}

/* A jump of BPF reaches 255 of its instructions, which may be more of ours. */
TEST(bpf, far_jumps_reach)
{
	struct filter_bpf insns[300];
	struct err e = { 0 };
	struct filter *f;
	struct kit k;
	uint32_t n = 0;

	kit_init(&k);
	insns[n++] = (struct filter_bpf){ BPF_LD | BPF_B | BPF_ABS, 0, 0, 0 };
	insns[n++] = (struct filter_bpf){ BPF_JMP | BPF_JEQ | BPF_K, 255, 0, 2 };
	while (n < 257)
		insns[n++] = (struct filter_bpf){ BPF_ALU | BPF_K, 0, 0, 1 };
	insns[n++] = (struct filter_bpf){ BPF_RET | BPF_A, 0, 0, 0 };
	f = filter_import(insns, n, &e);
	assert_non_null(f);
	assert_int_equal(filter_interpret(f, &k.look), 2);
	filter_native(f);
	assert_int_equal(filter_run(f, &k.look), 2);
	k.bytes[0] = 3;
	assert_int_equal(filter_run(f, &k.look), 3 + 255);
	assert_int_equal(filter_interpret(f, &k.look), 3 + 255);
	filter_release(f);
}
