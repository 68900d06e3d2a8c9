/* Programs built of conditions: each means what its name says, interpreted and as machine code, from each place where
 * the program may begin. */
#include "filter/filter_build.h"

#include "filter/filter_ir.h"
#include "kit.h"
#include "test.h"

/* One condition as a program of its own, for the packet of the kit. */
typedef void (*condition)(struct filter_build *b, filter_label yes, filter_label no);

static uint64_t asked(condition put)
{
	struct filter_build *b = filter_build_new();
	filter_label yes = filter_build_label(b), no = filter_build_label(b);
	struct filter *f;
	struct err e = { 0 };
	uint64_t result;
	struct kit k;

	put(b, yes, no);
	filter_build_here(b, no);
	filter_build_return(b, 0);
	filter_build_here(b, yes);
	filter_build_return(b, 1);
	f = filter_build_make(b, &e);
	filter_build_free(b);
	assert_string_equal(e.text, "");
	assert_non_null(f);
	kit_init(&k);
	result = filter_interpret(f, &k.look);
	assert_int_equal(filter_native(f) == 0, filter_native_here());
	assert_int_equal(filter_run(f, &k.look), result);
	filter_release(f);
	return result;
}

#define CONDITION(name, what) static void name(struct filter_build *b, filter_label yes, filter_label no) { what; }
#define IS(name, field, value) CONDITION(name, filter_build_is(b, FILTER_##field, value, yes, no))
#define UNDER(name, field, mask, value) CONDITION(name, filter_build_under(b, FILTER_##field, mask, value, yes, no))
#define RANGE(name, field, lo, hi) CONDITION(name, filter_build_range(b, FILTER_##field, lo, hi, yes, no))

IS(port_is, TCP_DPORT, 80)
IS(port_is_not, TCP_DPORT, 81)
IS(no_such_port, UDP_DPORT, 0)
IS(mac_is, ETH_SRC, 0x020000000001)
IS(mac_is_not, ETH_SRC, 0x020000000002)
UNDER(net, IP_SRC, 0xff000000, 0x0a000000)
UNDER(other_net, IP_SRC, 0xff000000, 0x0b000000)
UNDER(vendor, ETH_DST, 0xffffff000000, 0x020000000000)
UNDER(other_vendor, ETH_DST, 0xffffff000000, 0x030000000000)
UNDER(no_label, IP6_LABEL, 0, 0)
RANGE(ports, DST_PORT, 80, 90)
RANGE(ports_below, DST_PORT, 0, 80)
RANGE(ports_above, DST_PORT, 81, 65535)
RANGE(ports_under, DST_PORT, 1, 79)
RANGE(macs, ETH_DST, 0x020000000000, 0x0200000000ff)

TEST(build, a_condition_means_what_it_says)
{
	assert_int_equal(asked(port_is), 1);
	assert_int_equal(asked(port_is_not), 0);
	assert_int_equal(asked(no_such_port), 0);
	assert_int_equal(asked(mac_is), 1);
	assert_int_equal(asked(mac_is_not), 0);
	assert_int_equal(asked(net), 1);
	assert_int_equal(asked(other_net), 0);
	assert_int_equal(asked(vendor), 1);
	assert_int_equal(asked(other_vendor), 0);
	assert_int_equal(asked(no_label), 0);
	assert_int_equal(asked(ports), 1);
	assert_int_equal(asked(ports_below), 1);
	assert_int_equal(asked(ports_above), 0);
	assert_int_equal(asked(ports_under), 0);
	assert_int_equal(asked(macs), 1);
}

static const struct filter_range few[] = { { 79, 79 }, { 4000, 4000 } };
static const struct filter_range many[] = { { 1, 1 }, { 3, 3 }, { 5, 5 }, { 7, 7 }, { 9, 9 }, { 11, 11 }, { 13, 13 },
	{ 15, 15 }, { 17, 17 }, { 80, 80 } };

CONDITION(in_few, filter_build_in(b, FILTER_SRC_PORT, few, 2, yes, no))
CONDITION(not_in_few, filter_build_in(b, FILTER_DST_PORT, few, 2, yes, no))
CONDITION(in_many, filter_build_in(b, FILTER_DST_PORT, many, 10, yes, no))
CONDITION(not_in_many, filter_build_in(b, FILTER_SRC_PORT, many, 10, yes, no))

TEST(build, a_set_holds_its_ranges)
{
	assert_int_equal(asked(in_few), 1);
	assert_int_equal(asked(not_in_few), 0);
	assert_int_equal(asked(in_many), 1);
	assert_int_equal(asked(not_in_many), 0);
}

static uint64_t port_of(const void *own, const struct filter_look *l)
{
	return *(const uint16_t *)own == l->view->dport;
}

static const uint16_t eighty = 80, ninety = 90;

CONDITION(called, filter_build_call(b, (struct filter_call){ port_of, &eighty, 5 }, yes, no))
CONDITION(called_in_vain, filter_build_call(b, (struct filter_call){ port_of, &ninety, 5 }, yes, no))

TEST(build, a_call_is_asked)
{
	assert_int_equal(asked(called), 1);
	assert_int_equal(asked(called_in_vain), 0);
}

/* Conditions n = 0..: dst.port == 80 + n, or the argument is n or less: 100 + n; the last: 200. */
static struct filter *steps(uint32_t count)
{
	struct filter_build *b = filter_build_new();
	struct filter *f;
	struct err e = { 0 };

	for (uint32_t n = 0; n < count; n++) {
		filter_label go = filter_build_label(b), stop = filter_build_label(b);
		filter_label next = filter_build_label(b), hit = filter_build_label(b);

		filter_build_entry(b);
		filter_build_more(b, n, go, stop);
		filter_build_here(b, stop);
		filter_build_return(b, 100 + n);
		filter_build_here(b, go);
		filter_build_is(b, FILTER_DST_PORT, 80 + n, hit, next);
		filter_build_here(b, hit);
		filter_build_return(b, n);
		filter_build_here(b, next);
	}
	filter_build_return(b, 200);
	f = filter_build_make(b, &e);
	filter_build_free(b);
	assert_string_equal(e.text, "");
	return f;
}

TEST(build, a_program_begins_where_it_is_told)
{
	struct filter *f = steps(300);
	filter_native_fn fn;
	struct kit k;

	kit_init(&k);
	filter_native(f);
	for (unsigned n = 0; n < 300; n += 7)
		for (unsigned port = 80; port < 400; port += 5)
			for (uint64_t arg = 0; arg < 400; arg += 33) {
				uint64_t stop = 100 + (arg > n ? arg : n), hit = port - 80;
				uint64_t miss = arg < 300 || arg <= n ? stop : 200;
				uint64_t want = hit >= n && hit < arg && hit < 300 ? hit : miss;

				k.view.dport = (uint16_t)port;
				assert_int_equal(filter_enter(f, n, arg, &k.look), want);
				fn = filter_native_entry(f, n);
				if (fn)
					assert_int_equal(fn(&k.look, arg), want);
			}
	filter_release(f);
}

/* What was known on the way to a beginning is not known there: of registers, and of the packet. */
TEST(build, nothing_but_the_argument_is_known_at_a_beginning)
{
	static const struct filter_insn insns[] = { { .op = OP_MOVI, .a = 0, .k = 7 }, { .op = OP_RETR, .a = 0 } };
	static const struct filter_insn with_arg[] = { { .op = OP_MOVI, .a = 0, .k = 7 },
		{ .op = OP_RETR, .a = FILTER_ARG } };
	uint32_t entries[] = { 0, 1 }, backwards[] = { 0, 1, 1 }, late[] = { 1 }, outside[] = { 0, 2 };
	struct filter_code c = { .insns = (struct filter_insn *)insns, .count = 2, .entries = entries,
		.entry_count = 2 };
	struct filter_facts facts;
	struct err e;

	assert_true(filter_verify(&c, &facts, &e) < 0);
	assert_string_equal(e.text, "instruction 1: r0 is read before it is written");
	c.entry_count = 1;
	assert_int_equal(filter_verify(&c, &facts, &e), 0);
	c.insns = (struct filter_insn *)with_arg;
	assert_int_equal(filter_verify(&c, &facts, &e), 0);
	c.entry_count = 2;
	assert_int_equal(filter_verify(&c, &facts, &e), 0);
	c.entries = backwards;
	c.entry_count = 3;
	assert_true(filter_verify(&c, &facts, &e) < 0);
	c.entries = late;
	c.entry_count = 1;
	assert_true(filter_verify(&c, &facts, &e) < 0);
	c.entries = outside;
	c.entry_count = 2;
	assert_true(filter_verify(&c, &facts, &e) < 0);
	c.entry_count = 0;
	assert_true(filter_verify(&c, &facts, &e) < 0);	/* without beginnings there is no argument */
}

TEST(build, a_field_is_asked_for_anew_at_a_beginning)
{
	struct filter_build *b = filter_build_new();
	filter_label next = filter_build_label(b), yes = filter_build_label(b), no = filter_build_label(b);
	struct filter *f;
	struct err e;
	struct kit k;

	filter_build_entry(b);
	filter_build_is(b, FILTER_TCP_DPORT, 0, next, no);
	filter_build_here(b, next);
	filter_build_entry(b);
	filter_build_is(b, FILTER_TCP_WIN, 0, yes, no);
	filter_build_here(b, no);
	filter_build_return(b, 0);
	filter_build_here(b, yes);
	filter_build_return(b, 1);
	f = filter_build_make(b, &e);
	filter_build_free(b);
	kit_init(&k);
	k.view = (struct view){ 0 };
	filter_native(f);
	assert_int_equal(filter_enter(f, 1, 0, &k.look), 0);
	if (filter_native_here())
		assert_int_equal(filter_native_entry(f, 1)(&k.look, 0), 0);
	filter_release(f);
}
