/* base/units.c - numbers with units, read exactly or refused.
 *
 * A word is a number (decimal.c) and a unit. The unit gives a factor to the base unit, bit/s, ns or bytes; the product
 * must be a whole number of it and in range, else the word is refused with what is allowed. So `1.5Mbit/s` is 1500000
 * and `0.5bit/s` is an error, whatever the number of digits: nothing is rounded, cut or clamped.
 *
 *     rate   [K M G T] bit/s bit bits/s bits bps | Byte/s Byte Bytes/s Bytes B/s B     powers of 1000; bare: bit/s
 *     time   s ms us ns                                                               bare: as the caller says
 *     size   [K M G T] B Byte Bytes                                                   powers of 1024; bare: bytes
 *     chance 0..1, or 0%..100%
 *
 * `bit` and `Byte` may be in any case, and so may the prefixes, where milli makes no sense; but `b` and `Bps` are
 * refused, since people mean either bits or bytes by them. Called while options and scripts are read. */
#include "base/units.h"

#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"

#define RATE_MAX UINT64_C(1000000000000)
#define TIME_MAX (UINT64_C(1) << 62)
#define SIZE_LIMIT (UINT64_C(1) << 60)	/* in bits it still fits */

struct quantity {
	const char *noun, *units, *range, *base;
	uint64_t max;
	uint64_t (*factor)(struct word unit);	/* 0: no such unit */
};

static bool one_of(struct word w, const char *const *names)
{
	for (; *names; names++)
		if (word_is_nocase(w, *names))
			return true;
	return false;
}

/* Takes K, M, G or T off the front: the power of `base` it stands for. */
static uint64_t take_prefix(struct word *unit, uint64_t base)
{
	static const char prefixes[] = "kKmMgGtT";
	const char *at = unit->n ? memchr(prefixes, unit->p[0], sizeof(prefixes) - 1) : NULL;
	uint64_t power = 1;

	if (!at)
		return 1;
	*unit = word_cut(*unit, 1, unit->n);
	for (size_t i = 0; i <= (size_t)(at - prefixes) / 2; i++)
		power *= base;
	return power;
}

static uint64_t rate_factor(struct word unit)
{
	static const char *const bits[] = { "bit/s", "bits/s", "bit", "bits", NULL };
	static const char *const bytes[] = { "Byte/s", "Bytes/s", "Byte", "Bytes", NULL };
	uint64_t power = take_prefix(&unit, 1000);

	if (!unit.n || word_is(unit, "bps") || one_of(unit, bits))
		return power;
	if (word_is(unit, "B") || word_is(unit, "B/s") || one_of(unit, bytes))
		return power * 8;
	return 0;
}

static uint64_t size_factor(struct word unit)
{
	static const char *const bytes[] = { "Byte", "Bytes", NULL };
	uint64_t power = take_prefix(&unit, 1024);

	return !unit.n || word_is(unit, "B") || one_of(unit, bytes) ? power : 0;
}

static uint64_t time_factor(struct word unit)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "s", NRW_S }, { "ms", NRW_MS }, { "us", NRW_US }, { "ns", 1 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (word_is(unit, units[i].name))
			return units[i].ns;
	return 0;
}

static const struct quantity rate = {
	"a rate, as 10Mbit/s", "bit/s and Byte/s (B/s), each after K, M, G, T or nothing", "0..1Tbit/s", "bit/s",
	RATE_MAX, rate_factor,
};
static const struct quantity duration = {
	"a time, as 20ms", "s, ms, us and ns", "0..4611686018427387904ns (2^62)", "ns", TIME_MAX, time_factor,
};
static const struct quantity size = {
	"a size, as 64KB", "B (Bytes), KB, MB, GB and TB", "0..1048576TB", "bytes", SIZE_LIMIT, size_factor,
};

static int out_of_range(struct lex *lx, struct word w, const char *what, const char *range)
{
	return lex_error(lx, w, ERR_RANGE, "%s: " WORD_FMT " is not in %s", what, WORD_ARGS(w), range);
}

/* Cuts `w` into number and unit. A negative number is one that is out of range, not a riddle. */
static int cut_number(struct lex *lx, struct word w, const char *what, const char *noun, const char *range,
	struct word *number)
{
	bool negative = w.n && w.p[0] == '-';
	struct word rest = word_cut(w, negative, w.n);

	*number = word_cut(rest, 0, decimal_span(rest));
	if (!number->n)
		return lex_error(lx, w, ERR_SYNTAX, "%s: '" WORD_FMT "' is not %s", what, WORD_ARGS(w), noun);
	return negative ? out_of_range(lx, w, what, range) : 0;
}

/* Reads `w` as `q`; a bare number counts `bare` base units, 0: it is refused. */
static int read_quantity(struct lex *lx, struct word w, const char *what, const struct quantity *q, uint64_t bare,
	uint64_t *to)
{
	struct word number, unit;
	struct decimal d;
	uint64_t factor, value;
	int ret = cut_number(lx, w, what, q->noun, q->range, &number);

	if (ret)
		return ret;
	unit = word_cut(w, number.n, w.n);
	factor = unit.n ? q->factor(unit) : bare;
	if (!factor && !unit.n)
		return lex_error(lx, w, ERR_SYNTAX, "%s: " WORD_FMT " needs a unit; allowed are %s", what,
			WORD_ARGS(w), q->units);
	if (!factor)
		return lex_error(lx, unit, ERR_SYNTAX, "%s: '" WORD_FMT "' is no unit here; allowed are %s", what,
			WORD_ARGS(unit), q->units);
	decimal_read(&d, number, 0);
	if (!decimal_times(&d, factor, &value) || value > q->max || (value == q->max && !decimal_is_whole(&d)))
		return out_of_range(lx, w, what, q->range);
	if (!decimal_is_whole(&d))
		return lex_error(lx, w, ERR_RANGE, "%s: " WORD_FMT " would be rounded; it must be a whole number of %s",
			what, WORD_ARGS(w), q->base);
	*to = value;
	return 0;
}

int units_rate(struct lex *lx, struct word w, const char *what, uint64_t *bit_per_s)
{
	return read_quantity(lx, w, what, &rate, 1, bit_per_s);
}

int units_time(struct lex *lx, struct word w, const char *what, uint64_t bare_ns, nrw_time *ns)
{
	return read_quantity(lx, w, what, &duration, bare_ns, ns);
}

int units_size(struct lex *lx, struct word w, const char *what, uint64_t *bytes)
{
	return read_quantity(lx, w, what, &size, 1, bytes);
}

/* floor(P * 2^64), in two halves since a factor is below 2^60; P is below 1. */
static uint64_t threshold(struct decimal *d)
{
	uint64_t hi, lo;

	decimal_times(d, UINT64_C(1) << 32, &hi);
	decimal_times(d, UINT64_C(1) << 32, &lo);
	return hi << 32 | lo;
}

int units_prob(struct lex *lx, struct word w, const char *what, struct prob *p)
{
	struct word number, unit;
	struct decimal d;
	struct prob value;
	bool percent, zero;
	const char *range = w.n && w.p[w.n - 1] == '%' ? "0%..100%" : "0..1";
	int ret = cut_number(lx, w, what, "a probability, as 0.01 or 1%", range, &number);

	if (ret)
		return ret;
	unit = word_cut(w, number.n, w.n);
	percent = word_is(unit, "%");
	if (unit.n && !percent)
		return lex_error(lx, unit, ERR_SYNTAX, "%s: '" WORD_FMT "' is no unit here; allowed is %%", what,
			WORD_ARGS(unit));
	decimal_read(&d, number, percent ? -2 : 0);
	if (d.huge || d.whole > 1 || (d.whole && !decimal_is_whole(&d)))
		return out_of_range(lx, w, what, range);
	value = (struct prob){ .always = d.whole == 1 };
	zero = decimal_is_zero(&d);
	if (!value.always)
		value.below = threshold(&d);
	if (value.always || value.below || zero) {
		*p = value;
		return 0;
	}
	return lex_error(lx, w, ERR_RANGE, "%s: " WORD_FMT " would be rounded to 0; the least is 2^-64, about 5.43e-20",
		what, WORD_ARGS(w));
}

static uint64_t digit_value(char c)	/* 16: none */
{
	if (c >= '0' && c <= '9')
		return (uint64_t)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (uint64_t)(c - 'a') + 10;
	return c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A') + 10 : 16;
}

/* Digits of base 10, or of base 16 behind 0x. False: not a number of this kind. *fits: it fits into 64 bits. */
static bool read_digits(struct word w, uint64_t *n, bool *fits)
{
	bool hex = w.n > 2 && w.p[0] == '0' && (w.p[1] == 'x' || w.p[1] == 'X');
	uint64_t base = hex ? 16 : 10;

	*n = 0;
	*fits = true;
	for (size_t i = hex ? 2 : 0; i < w.n; i++) {
		uint64_t digit = digit_value(w.p[i]);

		if (digit >= base)
			return false;
		*fits = *fits && !__builtin_mul_overflow(*n, base, n) && !__builtin_add_overflow(*n, digit, n);
	}
	return w.n > 0;
}

int units_num(struct lex *lx, struct word w, const char *what, uint64_t lo, uint64_t hi, uint64_t *n)
{
	bool fits, negative = w.n && w.p[0] == '-';
	uint64_t value;

	if (!read_digits(word_cut(w, negative, w.n), &value, &fits))
		return lex_error(lx, w, ERR_SYNTAX, "%s: '" WORD_FMT "' is not a whole number in %" PRIu64 "..%" PRIu64,
			what, WORD_ARGS(w), lo, hi);
	if (negative || !fits || value < lo || value > hi)
		return lex_error(lx, w, ERR_RANGE, "%s: " WORD_FMT " is not in %" PRIu64 "..%" PRIu64, what,
			WORD_ARGS(w), lo, hi);
	*n = value;
	return 0;
}
