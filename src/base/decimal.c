/* base/decimal.c - decimal numbers by the pencil: digits, never floating point.
 *
 * A number of the user's is kept as its whole part (64 bits) and 64 digits behind the point; a product with a factor
 * goes from the last digit to the first with a carry, as on paper. 64 places are enough for every question asked here:
 *
 *   - is x * factor whole? factor < 2^60 has less than 60 twos and fives, and each of them can clear at most one place
 *     of x; so what has a digit behind the 64th place is not whole after the product either.
 *   - floor(x * 2^64) for x in 0..1: between x and x cut after 64 places there is no multiple of 2^-64, since those
 *     have at most 64 places themselves; so both have the same floor.
 *
 * Used by units.c while options and scripts are read: some hundred operations a number. Pure functions. */
#include "base/decimal.h"

#include <string.h>

static bool digit_at(struct word w, size_t i)
{
	return i < w.n && w.p[i] >= '0' && w.p[i] <= '9';
}

static size_t skip_digits(struct word w, size_t i)
{
	while (digit_at(w, i))
		i++;
	return i;
}

/* "e9", "E-9" at i: where it ends. Without a digit it is no exponent but the start of a unit. */
static size_t skip_exponent(struct word w, size_t i)
{
	size_t j = i;

	if (j < w.n && (w.p[j] == 'e' || w.p[j] == 'E'))
		j++;
	if (j > i && j < w.n && (w.p[j] == '+' || w.p[j] == '-'))
		j++;
	return j > i && digit_at(w, j) ? skip_digits(w, j) : i;
}

size_t decimal_span(struct word w)
{
	size_t i = skip_digits(w, 0);

	if (i < w.n && w.p[i] == '.' && digit_at(w, i + 1))
		i = skip_digits(w, i + 1);
	return i ? skip_exponent(w, i) : 0;
}

#define EXPONENT_MAX (INT64_C(1) << 60)	/* no word has that many digits, so beyond it the number is 0, huge or tiny */

static int64_t read_exponent(struct word w, size_t i)
{
	bool negative;
	int64_t e = 0;

	if (i >= w.n)
		return 0;
	i++;
	negative = w.p[i] == '-';
	if (negative || w.p[i] == '+')
		i++;
	for (; i < w.n; i++)
		if (e < EXPONENT_MAX / 16)
			e = e * 10 + (w.p[i] - '0');
	return negative ? -e : e;
}

/* Puts a digit, not 0, to its place: power 0 is the ones, -1 the first behind the point. */
static void put_digit(struct decimal *d, unsigned digit, int64_t power)
{
	uint64_t part = digit;

	if (power < 0) {
		if (power < -DECIMAL_PLACES)
			d->more = true;
		else
			d->place[-power - 1] = (uint8_t)digit;
		return;
	}
	if (power > 19)		/* 10^20 > 2^64 */
		d->huge = true;
	for (; !d->huge && power; power--)
		d->huge = __builtin_mul_overflow(part, 10, &part);
	if (!d->huge)
		d->huge = __builtin_add_overflow(d->whole, part, &d->whole);
}

void decimal_read(struct decimal *d, struct word number, int shift)
{
	const char *dot = memchr(number.p, '.', number.n);
	size_t whole = skip_digits(number, 0);
	size_t end = dot ? skip_digits(number, whole + 1) : whole;
	int64_t power = (int64_t)whole - 1 + shift + read_exponent(number, end);

	*d = (struct decimal){ 0 };
	for (size_t i = 0; i < end; i++) {
		if (number.p[i] == '.')
			continue;
		if (number.p[i] != '0')
			put_digit(d, (unsigned)(number.p[i] - '0'), power);
		power--;
	}
}

bool decimal_times(struct decimal *d, uint64_t factor, uint64_t *whole)
{
	uint64_t carry = 0, product = 0;
	bool fits = !d->huge;

	for (unsigned i = DECIMAL_PLACES; i-- > 0;) {
		uint64_t t = d->place[i] * factor + carry;	/* < 10 * factor */

		d->place[i] = (uint8_t)(t % 10);
		carry = t / 10;
	}
	fits = fits && !__builtin_mul_overflow(d->whole, factor, &product);
	fits = fits && !__builtin_add_overflow(product, carry, &product);
	d->whole = 0;
	d->huge = false;
	*whole = product;
	return fits;
}

bool decimal_is_whole(const struct decimal *d)
{
	for (unsigned i = 0; i < DECIMAL_PLACES; i++)
		if (d->place[i])
			return false;
	return !d->more;
}

bool decimal_is_zero(const struct decimal *d)
{
	return !d->whole && !d->huge && decimal_is_whole(d);
}
