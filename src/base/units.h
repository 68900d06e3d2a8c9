/* base/units.h - numbers with units, read exactly or refused; printed so that they read back to the same value.
 *
 * INTERFACE: K M G T are powers of 1000 for rates, of 1024 for sizes. What would be rounded is refused. All integer
 * arithmetic. Each reader reports at the word `w` of `lx`, beginning with `what` ("bw", "delay"), and returns 0 or the
 * code. Each printer writes the shortest form that reads back, with a NUL, and returns the length. */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include <narrows/types.h>
#include "base/lex.h"

#define UNITS_TEXT 48	/* room that every printer below needs at most */

struct prob {			/* a probability, exact: the event happens when draw < below, or always */
	uint64_t below;		/* floor(P * 2^64) */
	bool always;		/* P = 1, which does not fit */
};

/* 0 .. 10^12 bit/s; 0: no limit. */
int units_rate(struct lex *lx, struct word w, const char *what, uint64_t *bit_per_s);
/* 0 .. 2^62 ns. A bare number counts bare_ns each; where that is 0 it is refused. */
int units_time(struct lex *lx, struct word w, const char *what, uint64_t bare_ns, nrw_time *ns);
/* 0 .. 2^60 bytes, as B, KB, KBytes, MB, K, M, G; bare: bytes. */
int units_size(struct lex *lx, struct word w, const char *what, uint64_t *bytes);
/* 0..1, or 0%..100%; any number of digits, and 1e-9 too. */
int units_prob(struct lex *lx, struct word w, const char *what, struct prob *p);
/* lo..hi, decimal or 0x. */
int units_num(struct lex *lx, struct word w, const char *what, uint64_t lo, uint64_t hi, uint64_t *n);

int units_print_rate(char *to, uint64_t bit_per_s);	/* "1.5Mbit/s" */
int units_print_time(char *to, nrw_time ns);		/* "20ms" "1.5ms" "250us" "2s" */
int units_print_size(char *to, uint64_t bytes);		/* "64KB" "1000B" */
int units_print_prob(char *to, struct prob p);		/* "0.05": the fewest digits that give the same threshold */

#endif
