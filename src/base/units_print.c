/* base/units_print.c - numbers with units, written in the shortest form that reads back to the same value.
 *
 * A quantity is tried in every unit that is not larger than it, with as many decimals as it needs to be exact there;
 * the shortest text wins, of equal ones that in the larger unit: 1.5Mbit/s and not 1500Kbit/s, but 1234bit/s and not
 * 1.234Kbit/s.
 *
 * A probability is the range of decimals with one threshold T, T/2^64 <= P < (T+1)/2^64. Its digits are those of
 * T/2^64, written one by one until either nothing is left, or the last of them raised by one is still in the range: the
 * first length at which any decimal of that length lies in it. At most 20 digits, since 10^-20 < 2^-64. */
#include "base/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/u128.h"

struct unit {
	const char *name;
	uint64_t in_base;	/* twos and fives only, so that decimals end */
};

/* v / u->in_base as text without its unit: the length, or 0 where it needs more than `room` bytes. */
static size_t print_exact(char *to, size_t room, uint64_t v, const struct unit *u)
{
	uint64_t rem = v % u->in_base;
	size_t n = (size_t)snprintf(to, room, "%" PRIu64, v / u->in_base);

	if (n >= room)
		return 0;
	if (rem)
		to[n++] = '.';
	for (; rem; rem %= u->in_base) {
		if (n >= room)
			return 0;
		rem *= 10;	/* a unit is at most 2^40 */
		to[n++] = (char)('0' + rem / u->in_base);
	}
	return n;
}

/* Units from the largest to the base unit, which is 1. */
static int print_shortest(char *to, uint64_t v, const struct unit *u)
{
	char best[UNITS_TEXT] = "", text[UNITS_TEXT];
	size_t best_len = sizeof(best);

	for (;; u++) {
		size_t n, unit = strlen(u->name);

		if (v && v < u->in_base)
			continue;
		n = print_exact(text, sizeof(text) - unit - 1, v, u);
		if (n && n + unit < best_len) {
			best_len = n + unit;
			memcpy(best, text, n);
			memcpy(best + n, u->name, unit + 1);
		}
		if (u->in_base == 1)
			break;
	}
	memcpy(to, best, best_len + 1);
	return (int)best_len;
}

int units_print_rate(char *to, uint64_t bit_per_s)
{
	static const struct unit units[] = {
		{ "Tbit/s", UINT64_C(1000000000000) }, { "Gbit/s", 1000000000 }, { "Mbit/s", 1000000 },
		{ "Kbit/s", 1000 }, { "bit/s", 1 },
	};

	return print_shortest(to, bit_per_s, units);
}

int units_print_time(char *to, nrw_time ns)
{
	static const struct unit units[] = { { "s", NRW_S }, { "ms", NRW_MS }, { "us", NRW_US }, { "ns", 1 } };

	return print_shortest(to, ns, units);
}

int units_print_size(char *to, uint64_t bytes)
{
	static const struct unit units[] = {
		{ "TB", UINT64_C(1) << 40 }, { "GB", 1 << 30 }, { "MB", 1 << 20 }, { "KB", 1 << 10 }, { "B", 1 },
	};

	return print_shortest(to, bytes, units);
}

/* Raises the decimal digits by one in the last place. They are below the range's end, so they are not all nines. */
static void raise_last(char *digits, int n)
{
	while (digits[--n] == '9')
		digits[n] = '0';
	digits[n]++;
}

int units_print_prob(char *to, struct prob p)
{
	uint64_t rem = p.below, power = 1;	/* 10^n, or 0 once it passes 2^64 */
	char digits[24];
	int n = 0;

	if (p.always || !p.below)
		return snprintf(to, UNITS_TEXT, "%d", p.always);
	while (rem) {
		struct u128 x = u128_mul64(rem, 10);

		digits[n++] = (char)('0' + x.hi);
		rem = x.lo;
		power = power > UINT64_MAX / 10 ? 0 : power * 10;
		if (rem && (!power || 0 - rem < power)) {	/* (1 - rem/2^64) / 10^n < 1/2^64 */
			raise_last(digits, n);
			break;
		}
	}
	return snprintf(to, UNITS_TEXT, "0.%.*s", n, digits);
}
