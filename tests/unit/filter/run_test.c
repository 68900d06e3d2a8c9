/* filter_run.c: what each operation means, beside C's own arithmetic and the bytes of a packet. */
#include "kit.h"
#include "test.h"

static uint64_t of(const char *operation, uint64_t x, uint64_t y)
{
	char text[300];

	snprintf(text, sizeof(text), "mov r1, %llu\nmov r2, %llu\n%s r1, r2\nput r1, 3\nget r5, 3\nret r5\n",
		(unsigned long long)x, (unsigned long long)y, operation);
	return kit_result(text);
}

static uint64_t imm(const char *operation, uint64_t x, uint32_t y)
{
	char text[300];

	snprintf(text, sizeof(text), "mov r1, %llu\n%s r1, %u\nret r1\n", (unsigned long long)x, operation, y);
	return kit_result(text);
}

static const uint64_t numbers[] = { 0, 1, 2, 7, 63, 64, 65, 255, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_C(1) << 32,
	INT64_MAX, UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX };
#define NUMBERS (sizeof(numbers) / sizeof(*numbers))

TEST(run, arithmetic_is_that_of_64_unsigned_bits)
{
	for (unsigned i = 0; i < NUMBERS; i++) {
		for (unsigned k = 0; k < NUMBERS; k++) {
			uint64_t x = numbers[i], y = numbers[k];
			unsigned __int128 wide = (unsigned __int128)x * y;

			assert_int_equal(of("add", x, y), x + y);
			assert_int_equal(of("sub", x, y), x - y);
			assert_int_equal(of("mul", x, y), (uint64_t)wide);
			assert_int_equal(of("div", x, y), y ? x / y : 0);
			assert_int_equal(of("mod", x, y), y ? x % y : x);
			assert_int_equal(of("and", x, y), x & y);
			assert_int_equal(of("or", x, y), x | y);
			assert_int_equal(of("xor", x, y), x ^ y);
			assert_int_equal(of("lsh", x, y), y < 64 ? x << y : 0);
			assert_int_equal(of("rsh", x, y), y < 64 ? x >> y : 0);
			assert_int_equal(of("mov", x, y), y);
			if (y <= UINT32_MAX) {
				assert_int_equal(imm("add", x, (uint32_t)y), x + y);
				assert_int_equal(imm("sub", x, (uint32_t)y), x - y);
				assert_int_equal(imm("mul", x, (uint32_t)y), x * y);
				assert_int_equal(imm("div", x, (uint32_t)y), y ? x / y : 0);
				assert_int_equal(imm("mod", x, (uint32_t)y), y ? x % y : x);
				assert_int_equal(imm("and", x, (uint32_t)y), x & y);
				assert_int_equal(imm("or", x, (uint32_t)y), x | y);
				assert_int_equal(imm("xor", x, (uint32_t)y), x ^ y);
			}
			if (y < 64) {
				assert_int_equal(imm("lsh", x, (uint32_t)y), x << y);
				assert_int_equal(imm("rsh", x, (uint32_t)y), x >> y);
			}
		}
	}
	assert_int_equal(kit_result("mov r0, 5\nneg r0\nret r0\n"), (uint64_t)-5);
	assert_int_equal(kit_result("mov r0, 5\nnot r0\nret r0\n"), ~UINT64_C(5));
	assert_int_equal(kit_result("mov r0, 0x1234567890\nlow r0\nret r0\n"), 0x34567890);
}

static bool jumps(const char *operation, uint64_t x, const char *right, uint64_t y)
{
	char text[300];

	snprintf(text, sizeof(text), "mov r1, %llu\nmov r2, %llu\n%s r1, %s, yes, no\nno: ret 0\nyes: ret 1\n",
		(unsigned long long)x, (unsigned long long)y, operation, right);
	return kit_result(text) == 1;
}

TEST(run, comparisons_are_unsigned_but_for_jslt)
{
	for (unsigned i = 0; i < NUMBERS; i++) {
		for (unsigned k = 0; k < NUMBERS; k++) {
			uint64_t x = numbers[i], y = numbers[k];
			char n[32];

			assert_int_equal(jumps("jeq", x, "r2", y), x == y);
			assert_int_equal(jumps("jlt", x, "r2", y), x < y);
			assert_int_equal(jumps("jle", x, "r2", y), x <= y);
			assert_int_equal(jumps("jset", x, "r2", y), (x & y) != 0);
			assert_int_equal(jumps("jslt", x, "r2", y), (int64_t)x < (int64_t)y);
			if (y > UINT32_MAX)
				continue;
			snprintf(n, sizeof(n), "%llu", (unsigned long long)y);
			assert_int_equal(jumps("jeq", x, n, 0), x == y);
			assert_int_equal(jumps("jlt", x, n, 0), x < y);
			assert_int_equal(jumps("jle", x, n, 0), x <= y);
			assert_int_equal(jumps("jset", x, n, 0), (x & y) != 0);
		}
		assert_int_equal(jumps("jslt", numbers[i], "-2", 0), (int64_t)numbers[i] < -2);
		assert_int_equal(jumps("jslt", numbers[i], "2147483647", 0), (int64_t)numbers[i] < INT32_MAX);
	}
}

static uint64_t field(const char *name)
{
	char text[100];

	snprintf(text, sizeof(text), "ldf r1, %s, no\nret r1\nno: add r1, 77777\nret r1\n", name);
	return kit_result(text);
}

TEST(run, a_field_is_what_the_packet_has)
{
	static const struct { const char *name; uint64_t value; } have[] = {
		{ "frame.len", 58 }, { "frame.cap", 58 }, { "dir.out", 1 }, { "iface.in", 3 }, { "iface.out", 4 },
		{ "eth.dst", 0x020000000002 }, { "eth.src", 0x020000000001 }, { "eth.type", 0x800 },
		{ "vlan.tags", 1 }, { "vlan.id", 5 }, { "vlan.pcp", 3 }, { "vlan.tpid", 0x8100 }, { "ip.version", 4 },
		{ "ip.src", 0x0a000001 }, { "ip.dst", 0xc0000201 }, { "ip.id", 0x1234 }, { "ip.df", 1 },
		{ "ip.proto", 6 }, { "ip.ttl", 64 }, { "ip.tos", 0x10 }, { "ip.dscp", 4 }, { "ip.ecn", 0 },
		{ "ip.len", 40 }, { "ip.fragment", 0 }, { "ip.offset", 0 }, { "ip.start", 18 }, { "src.port", 4000 },
		{ "dst.port", 80 }, { "tcp.sport", 4000 }, { "tcp.dport", 80 }, { "tcp.seq", 7 }, { "tcp.ack", 9 },
		{ "tcp.win", 0x2000 }, { "tcp.flags", 2 }, { "tcp.hlen", 20 }, { "tcp.start", 38 },
		{ "l4.start", 38 }, { "malformed", 0 }, { "rules.len", 44 }, { "rules.layer2", 0 }, { "rules.fib", 9 },
		{ "ip.flags", 1 },
	};
	static const char *const have_not[] = { "vlan2.id", "vlan2.tpid", "ip6.src.high", "ip6.dst.low", "ip6.label",
		"udp.sport", "udp.dport", "udp.start", "sctp.sport", "icmp.type", "icmp6.code", "ip6.ext" };

	for (unsigned i = 0; i < sizeof(have) / sizeof(*have); i++)
		assert_int_equal(field(have[i].name), have[i].value);
	for (unsigned i = 0; i < sizeof(have_not) / sizeof(*have_not); i++)
		assert_int_equal(field(have_not[i]), 77777);	/* a missing field is 0 */
}

TEST(run, a_field_and_its_value_are_asked_in_one)
{
	assert_int_equal(kit_result("feq tcp.dport, 80, yes, no\nno: ret 0\nyes: ret 1\n"), 1);
	assert_int_equal(kit_result("feq tcp.dport, 81, yes, no\nno: ret 0\nyes: ret 1\n"), 0);
	assert_int_equal(kit_result("feq udp.dport, 80, yes, no\nno: ret 0\nyes: ret 1\n"), 0);
	assert_int_equal(kit_result("feq udp.dport, 0, yes, no\nno: ret 0\nyes: ret 1\n"), 0);
}

TEST(run, loads_are_big_endian_and_end_with_the_packet)
{
	assert_int_equal(kit_result("ld1 r0, [18]\nret r0\n"), 0x45);
	assert_int_equal(kit_result("ld2 r0, [12]\nret r0\n"), 0x8100);
	assert_int_equal(kit_result("ld4 r0, [30]\nret r0\n"), 0x0a000001);
	assert_int_equal(kit_result("ld8 r0, [30]\nret r0\n"), 0x0a000001c0000201);
	assert_int_equal(kit_result("mov r1, 20\nld4 r0, [r1+10]\nret r0\n"), 0x0a000001);
	assert_int_equal(kit_result("ld1 r0, [57]\nret 9\n"), 9);
	assert_int_equal(kit_result("ld8 r0, [50]\nret 9\n"), 9);
	assert_int_equal(kit_result("ld1 r0, [58]\nret 9\n"), 0);
	assert_int_equal(kit_result("ld2 r0, [57]\nret 9\n"), 0);
	assert_int_equal(kit_result("ld8 r0, [51]\nret 9\n"), 0);
	/* Near 2^64: no sum wraps into the packet. */
	assert_int_equal(kit_result("mov r1, 0xffffffffffffffff\nld1 r0, [r1+1]\nret 9\n"), 0);
	assert_int_equal(kit_result("mov r1, 0xfffffffffffffff8\nld8 r0, [r1+8]\nret 9\n"), 0);
	assert_int_equal(kit_result("mov r1, 0\nsub r1, 1\nld2 r0, [r1+12]\nret 9\n"), 0);
}

TEST(run, sets_hold_their_ranges_and_nothing_else)
{
	static const char text[] = "ldf r0, tcp.dport\nadd r0, %u\n"
		"in r0, {5, 78-79, 80, 200-300, 18446744073709551615}, y, n\nn: ret 0\ny: ret 1\n";

	for (unsigned i = 0; i < 260; i++) {
		char with[200];
		unsigned n = 80 + i;

		snprintf(with, sizeof(with), text, i);
		assert_int_equal(kit_result(with), n == 80 || (n >= 200 && n <= 300));
	}
	assert_int_equal(kit_result("mov r0, 0\nin r0, {}, y, n\nn: ret 0\ny: ret 1\n"), 0);
	assert_int_equal(kit_result("mov r0, 0\nnot r0\nin r0, {3-18446744073709551615}, y, n\n"
		"n: ret 0\ny: ret 1\n"), 1);
}

static uint64_t told(const void *own, const struct filter_look *l)
{
	return *(const uint64_t *)own + l->len;
}

TEST(run, a_call_asks_its_match)
{
	static const uint64_t hundred = 100;
	struct filter_code c = { 0 };
	struct err e = { 0 };
	struct filter *f;
	struct kit k;

	kit_init(&k);
	filter_code_call(&c, (struct filter_call){ told, &hundred, 50 });
	filter_code_add(&c, (struct filter_insn){ OP_CALL, 4, 0, 0, 0 });
	filter_code_add(&c, (struct filter_insn){ OP_RETR, 4, 0, 0, 0 });
	f = filter_make(&c, &e);
	assert_non_null(f);
	assert_int_equal(filter_run(f, &k.look), 158);
	assert_int_equal(filter_facts(f)->cost, 20 + 50 + 1);
	assert_false(filter_facts(f)->flow_only);
	filter_release(f);
	filter_code_fini(&c);
}

/* Nothing is asserted of the results: under the sanitizers every program ends and touches nothing it may not. */
TEST(run, any_verified_program_ends_on_any_packet)
{
	struct dice d = { .key = 11 };
	uint64_t matched = 0;
	struct kit k;

	for (unsigned i = 0; i < 3000; i++) {
		struct filter *f = kit_random(&d, 60);

		kit_random_packet(&k, &d);
		matched += filter_interpret(f, &k.look) != 0;
		filter_release(f);
	}
	assert_in_range(matched, 300, 2999);	/* the programs are not all alike */
}
