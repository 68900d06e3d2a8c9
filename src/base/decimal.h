/* base/decimal.h - a decimal number as it is written, exactly, however many digits it has. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/lex.h"

#define DECIMAL_PLACES 64

struct decimal {
	uint64_t whole;			/* what stands before the point */
	bool huge;			/* that part passes 64 bits */
	bool more;			/* something is left behind the last of these places */
	uint8_t place[DECIMAL_PLACES];	/* digits behind the point */
};

/* How many bytes at the start of `w` are a number: digits, one point with a digit behind it, an exponent. 0: none. A
 * sign before it is no part of it. */
size_t decimal_span(struct word w);

/* Reads `number`, all of which decimal_span() covers, times 10^shift. Cannot fail. */
void decimal_read(struct decimal *d, struct word number, int shift);

/* Multiplies by `factor`, 1..2^60, and takes the whole part out: false where that passes 64 bits. What remains in *d is
 * the part behind the point, so that decimal_is_whole() answers whether the product was whole, and a next call
 * goes on with the fraction. */
bool decimal_times(struct decimal *d, uint64_t factor, uint64_t *whole);
bool decimal_is_whole(const struct decimal *d);
bool decimal_is_zero(const struct decimal *d);

#endif
