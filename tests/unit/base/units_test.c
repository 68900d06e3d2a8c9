/* What users write and what they read back, by hand; units_oracle.py holds thousands more against exact fractions. */
#include "base/units.h"

#include <stdbool.h>

#include "base/dice.h"
#include "test.h"

static struct errs es;
static struct lex lx;

static struct word one_word(const char *text)
{
	struct word w;

	errs_fini(&es);
	lex_line(&lx, "f", 1, text, strlen(text), &es);
	return lex_next(&lx, &w) ? w : lex_here(&lx);
}

static const char *told(void)
{
	return es.count == 1 ? es.notes[0].text : "(not one error)";
}

static void rate_is(const char *text, uint64_t expected)
{
	uint64_t got = 1;

	assert_int_equal(units_rate(&lx, one_word(text), "bw", &got), 0);
	assert_true(got == expected);
}

static void rate_fails(const char *text, int code, const char *error)
{
	uint64_t got = 4711;

	assert_int_equal(units_rate(&lx, one_word(text), "bw", &got), code);
	assert_string_equal(told(), error);
	assert_int_equal(got, 4711);	/* untouched */
}

TEST(rate, units_that_ipfw_and_people_write)
{
	rate_is("0", 0);
	rate_is("1500", 1500);
	rate_is("64K", 64000);
	rate_is("64k", 64000);
	rate_is("1Gbit/s", 1000000000);
	rate_is("1.5Mbit/s", 1500000);
	rate_is("5Gbit/s", UINT64_C(5000000000));
	rate_is("1Tbit/s", UINT64_C(1000000000000));
	rate_is("200KByte/s", 1600000);
	rate_is("2MB", 16000000);
	rate_is("2MB/s", 16000000);
	rate_is("10Mbps", 10000000);
	rate_is("300bit", 300);
	rate_is("300Bits/s", 300);
	rate_is("0.125KB/s", 1000);
	rate_is("1e6bit/s", 1000000);
	rate_is("1e-3Gbit/s", 1000000);
	rate_is(".5K", 500);
	rate_is("0.001000000000000000000000000000000000000000000000000000000000000000000000000000000K", 1);
}

#define RATE_UNITS "bit/s and Byte/s (B/s), each after K, M, G, T or nothing"

TEST(rate, what_cannot_be_is_refused_with_what_is_allowed)
{
	rate_fails("-1", ERR_RANGE, "bw: -1 is not in 0..1Tbit/s");
	rate_fails("1.1Tbit/s", ERR_RANGE, "bw: 1.1Tbit/s is not in 0..1Tbit/s");
	rate_fails("1000000000000.5", ERR_RANGE, "bw: 1000000000000.5 is not in 0..1Tbit/s");
	rate_fails("99999999999999999999999999", ERR_RANGE, "bw: 99999999999999999999999999 is not in 0..1Tbit/s");
	rate_fails("0.5bit/s", ERR_RANGE, "bw: 0.5bit/s would be rounded; it must be a whole number of bit/s");
	rate_fails("1e-99999999999999999999", ERR_RANGE,
		"bw: 1e-99999999999999999999 would be rounded; it must be a whole number of bit/s");
	rate_fails("10Mbot/s", ERR_SYNTAX, "bw: 'Mbot/s' is no unit here; allowed are " RATE_UNITS);
	rate_fails("10Mb", ERR_SYNTAX, "bw: 'Mb' is no unit here; allowed are " RATE_UNITS);
	rate_fails("10ms", ERR_SYNTAX, "bw: 'ms' is no unit here; allowed are " RATE_UNITS);
	rate_fails("1.Mbit/s", ERR_SYNTAX, "bw: '.Mbit/s' is no unit here; allowed are " RATE_UNITS);
	rate_fails("em0", ERR_SYNTAX, "bw: 'em0' is not a rate, as 10Mbit/s");
	rate_fails("+1", ERR_SYNTAX, "bw: '+1' is not a rate, as 10Mbit/s");
	rate_fails("--1", ERR_SYNTAX, "bw: '--1' is not a rate, as 10Mbit/s");
	rate_fails("", ERR_SYNTAX, "bw: '' is not a rate, as 10Mbit/s");
	rate_fails("nan", ERR_SYNTAX, "bw: 'nan' is not a rate, as 10Mbit/s");
}

TEST(rate, the_caret_stands_under_what_is_wrong)
{
	rate_fails("  10Mbot/s", ERR_SYNTAX, "bw: 'Mbot/s' is no unit here; allowed are " RATE_UNITS);
	assert_int_equal(es.notes[0].column, 5);
	assert_int_equal(es.notes[0].width, 6);
	rate_fails(" 2Tbit/s", ERR_RANGE, "bw: 2Tbit/s is not in 0..1Tbit/s");
	assert_int_equal(es.notes[0].column, 2);
	assert_int_equal(es.notes[0].width, 7);
}

static void time_is(const char *text, uint64_t bare_ns, nrw_time expected)
{
	nrw_time got = 1;

	assert_int_equal(units_time(&lx, one_word(text), "delay", bare_ns, &got), 0);
	assert_true(got == expected);
}

static void time_fails(const char *text, uint64_t bare_ns, int code, const char *error)
{
	nrw_time got = 4711;

	assert_int_equal(units_time(&lx, one_word(text), "delay", bare_ns, &got), code);
	assert_string_equal(told(), error);
	assert_int_equal(got, 4711);
}

TEST(time, units_and_bare_numbers)
{
	time_is("20ms", 0, 20 * NRW_MS);
	time_is("1.5ms", 0, 1500 * NRW_US);
	time_is("250us", 0, 250 * NRW_US);
	time_is("2s", 0, 2 * NRW_S);
	time_is("7ns", 0, 7);
	time_is("0s", 0, 0);
	time_is("0.000000001s", 0, 1);
	time_is("10", NRW_MS, 10 * NRW_MS);
	time_is("1.5", NRW_MS, 1500 * NRW_US);
	time_is("4611686018427387904ns", 0, UINT64_C(1) << 62);
}

TEST(time, what_cannot_be_is_refused)
{
	time_fails("20", 0, ERR_SYNTAX, "delay: 20 needs a unit; allowed are s, ms, us and ns");
	time_fails("1.5ns", 0, ERR_RANGE, "delay: 1.5ns would be rounded; it must be a whole number of ns");
	time_fails("4611686018427387905ns", 0, ERR_RANGE,
		"delay: 4611686018427387905ns is not in 0..4611686018427387904ns (2^62)");
	time_fails("1e300s", 0, ERR_RANGE, "delay: 1e300s is not in 0..4611686018427387904ns (2^62)");
	time_fails("1MS", 0, ERR_SYNTAX, "delay: 'MS' is no unit here; allowed are s, ms, us and ns");
	time_fails("-0.5ms", 0, ERR_RANGE, "delay: -0.5ms is not in 0..4611686018427387904ns (2^62)");
}

static void size_is(const char *text, uint64_t expected)
{
	uint64_t got = 1;

	assert_int_equal(units_size(&lx, one_word(text), "queue", &got), 0);
	assert_true(got == expected);
}

TEST(size, powers_of_1024)
{
	size_is("1000B", 1000);
	size_is("1000", 1000);
	size_is("64KB", 65536);
	size_is("64K", 65536);
	size_is("64k", 65536);
	size_is("10KBytes", 10240);
	size_is("10bytes", 10);
	size_is("1.5MB", 1572864);
	size_is("3GB", UINT64_C(3221225472));
	size_is("1048576TB", UINT64_C(1) << 60);
	size_is("0.00000000000090949470177292823791503906250000TB", 1);	/* 2^-40 */
}

TEST(size, what_cannot_be_is_refused)
{
	uint64_t got;

	assert_int_equal(units_size(&lx, one_word("1.3KB"), "queue", &got), ERR_RANGE);
	assert_string_equal(told(), "queue: 1.3KB would be rounded; it must be a whole number of bytes");
	assert_int_equal(units_size(&lx, one_word("1048577TB"), "queue", &got), ERR_RANGE);
	assert_string_equal(told(), "queue: 1048577TB is not in 0..1048576TB");
	assert_int_equal(units_size(&lx, one_word("8Kbit"), "queue", &got), ERR_SYNTAX);
	assert_string_equal(told(), "queue: 'Kbit' is no unit here; allowed are B (Bytes), KB, MB, GB and TB");
}

static void prob_is(const char *text, uint64_t below, bool always)
{
	struct prob p = { 1, true };

	assert_int_equal(units_prob(&lx, one_word(text), "plr", &p), 0);
	assert_true(p.below == below && p.always == always);
}

static void prob_fails(const char *text, int code, const char *error)
{
	struct prob p = { 4711, false };

	assert_int_equal(units_prob(&lx, one_word(text), "plr", &p), code);
	assert_string_equal(told(), error);
	assert_int_equal(p.below, 4711);
}

TEST(prob, thresholds_are_exact)
{
	prob_is("0", 0, false);
	prob_is("0%", 0, false);
	prob_is("1", 0, true);
	prob_is("1.000", 0, true);
	prob_is("100%", 0, true);
	prob_is("0.5", UINT64_C(1) << 63, false);
	prob_is(".25", UINT64_C(1) << 62, false);
	prob_is("50%", UINT64_C(1) << 63, false);
	prob_is("0.1", UINT64_C(1844674407370955161), false);
	prob_is("1e-9", UINT64_C(18446744073), false);
	prob_is("0.0000001%", UINT64_C(18446744073), false);
	/* 2^-64 has 64 places: it is hit exactly, and so is what lies one unit in the 65th place below twice of it */
	prob_is("0.0000000000000000000542101086242752217003726400434970855712890625", 1, false);
	prob_is("0.00000000000000000010842021724855044340074528008699417114257812499", 1, false);
	prob_is("0.9999999999999999999999999999999999999999999999999999999999999999999999999999999", UINT64_MAX, false);
}

TEST(prob, what_cannot_be_is_refused)
{
	prob_fails("2", ERR_RANGE, "plr: 2 is not in 0..1");
	prob_fails("1.0000000000000000000000000000000000000000000000000000000000000000000000001", ERR_RANGE,
		"plr: 1.0000000000000000000000000000000000000000000000000000000... is not in 0..1");
	prob_fails("101%", ERR_RANGE, "plr: 101% is not in 0%..100%");
	prob_fails("-1", ERR_RANGE, "plr: -1 is not in 0..1");
	prob_fails("1e-30", ERR_RANGE, "plr: 1e-30 would be rounded to 0; the least is 2^-64, about 5.43e-20");
	prob_fails("0.5x", ERR_SYNTAX, "plr: 'x' is no unit here; allowed is %");
	prob_fails("%", ERR_SYNTAX, "plr: '%' is not a probability, as 0.01 or 1%");
}

static void num_is(const char *text, uint64_t hi, uint64_t expected)
{
	uint64_t got = 1;

	assert_int_equal(units_num(&lx, one_word(text), "set", 0, hi, &got), 0);
	assert_true(got == expected);
}

static void num_fails(const char *text, int code, const char *error)
{
	uint64_t got = 4711;

	assert_int_equal(units_num(&lx, one_word(text), "set", 1, 31, &got), code);
	assert_string_equal(told(), error);
	assert_int_equal(got, 4711);
}

TEST(num, decimal_or_hex)
{
	num_is("0", 31, 0);
	num_is("31", 31, 31);
	num_is("010", 31, 10);
	num_is("0x1F", 31, 31);
	num_is("0Xff", 255, 255);
	num_is("18446744073709551615", UINT64_MAX, UINT64_MAX);
	num_is("0xffffffffffffffff", UINT64_MAX, UINT64_MAX);
}

TEST(num, what_cannot_be_is_refused)
{
	num_fails("32", ERR_RANGE, "set: 32 is not in 1..31");
	num_fails("0", ERR_RANGE, "set: 0 is not in 1..31");
	num_fails("-1", ERR_RANGE, "set: -1 is not in 1..31");
	num_fails("18446744073709551617", ERR_RANGE, "set: 18446744073709551617 is not in 1..31");
	num_fails("0x10000000000000001", ERR_RANGE, "set: 0x10000000000000001 is not in 1..31");
	num_fails("1.5", ERR_SYNTAX, "set: '1.5' is not a whole number in 1..31");
	num_fails("1K", ERR_SYNTAX, "set: '1K' is not a whole number in 1..31");
	num_fails("0x", ERR_SYNTAX, "set: '0x' is not a whole number in 1..31");
	num_fails("a", ERR_SYNTAX, "set: 'a' is not a whole number in 1..31");
	num_fails("-", ERR_SYNTAX, "set: '-' is not a whole number in 1..31");
	num_fails("", ERR_SYNTAX, "set: '' is not a whole number in 1..31");
}

static char text[UNITS_TEXT];

#define PRINTS(what, value, expected)                                                          \
	do {                                                                                   \
		assert_int_equal(units_print_##what(text, value), sizeof(expected) - 1);       \
		assert_string_equal(text, expected);                                           \
	} while (0)

TEST(print, rates)
{
	PRINTS(rate, 0, "0bit/s");
	PRINTS(rate, 1500000, "1.5Mbit/s");
	PRINTS(rate, 1000000000, "1Gbit/s");
	PRINTS(rate, 250000, "250Kbit/s");
	PRINTS(rate, 999, "999bit/s");
	PRINTS(rate, 1234, "1234bit/s");
	PRINTS(rate, 500000000, "500Mbit/s");
	PRINTS(rate, UINT64_C(1000000000000), "1Tbit/s");
	PRINTS(rate, UINT64_C(999999999999), "999999999999bit/s");
	PRINTS(rate, UINT64_MAX, "18446744073709551615bit/s");
}

TEST(print, times)
{
	PRINTS(time, 20 * NRW_MS, "20ms");
	PRINTS(time, 1500 * NRW_US, "1.5ms");
	PRINTS(time, 250 * NRW_US, "250us");
	PRINTS(time, 2 * NRW_S, "2s");
	PRINTS(time, 7, "7ns");
	PRINTS(time, 0, "0s");
	PRINTS(time, 1234567, "1234567ns");
	PRINTS(time, 500 * NRW_MS, "500ms");
	PRINTS(time, NRW_NEVER, "18446744073.709551615s");
}

TEST(print, sizes)
{
	PRINTS(size, 65536, "64KB");
	PRINTS(size, 1000, "1000B");
	PRINTS(size, 0, "0B");
	PRINTS(size, 1572864, "1.5MB");
	PRINTS(size, UINT64_C(1) << 60, "1048576TB");
	PRINTS(size, UINT64_MAX, "18446744073709551615B");
}

TEST(print, probabilities_with_the_fewest_digits)
{
	PRINTS(prob, ((struct prob){ .always = true }), "1");
	PRINTS(prob, ((struct prob){ 0 }), "0");
	PRINTS(prob, ((struct prob){ .below = UINT64_C(1844674407370955161) }), "0.1");
	PRINTS(prob, ((struct prob){ .below = UINT64_C(922337203685477580) }), "0.05");
	PRINTS(prob, ((struct prob){ .below = UINT64_C(18446744073) }), "0.000000001");
	PRINTS(prob, ((struct prob){ .below = 1 }), "0.0000000000000000001");
	PRINTS(prob, ((struct prob){ .below = UINT64_MAX }), "0.99999999999999999995");
}

/* Numbers of every length, and neighbours of round ones. */
static uint64_t some(struct dice *d, uint64_t max)
{
	uint64_t x = dice_draw(d), how = dice_draw(d), power = 1;

	if (how % 2)
		return (x >> how / 2 % 64) % (max + 1);
	for (how /= 2; how % 13; how--)
		power *= 10;
	return (power * (x % 2000) + x / 2000 % 3 - 1) % (max + 1);
}

TEST(print, reads_back_to_the_same_value)
{
	struct dice d = { .key = 5 };
	struct prob p, q;

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t v = some(&d, UINT64_C(1000000000000));

		assert_in_range(units_print_rate(text, v), 1, UNITS_TEXT - 1);
		rate_is(text, v);
		v = some(&d, UINT64_C(1) << 62);
		assert_in_range(units_print_time(text, v), 1, UNITS_TEXT - 1);
		time_is(text, 0, v);
		v = some(&d, UINT64_C(1) << 60);
		assert_in_range(units_print_size(text, v), 1, UNITS_TEXT - 1);
		size_is(text, v);
		p = (struct prob){ .below = some(&d, UINT64_MAX - 1) };
		assert_in_range(units_print_prob(text, p), 1, 22);
		assert_int_equal(units_prob(&lx, one_word(text), "plr", &q), 0);
		assert_true(p.below == q.below && p.always == q.always);
	}
}
