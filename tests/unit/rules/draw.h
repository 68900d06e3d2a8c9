/* tests/unit/rules/draw.h - rules and tables drawn from a seed, with values from few, so that much matches. */
#ifndef RULES_DRAW_H
#define RULES_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/rules.h"

extern uint64_t draw_dice;		/* what is drawn next; a test sets it */
unsigned draw_below(unsigned n);
#define PICK(list) ((list)[draw_below(sizeof(list) / sizeof(*(list)))])

/* A rule of about this number, which may skip to `top` at most; NULL: the line contradicts itself. `plain`: rules of
 * such sets ask little beside the flow. */
struct rules_cmd *draw_rule(unsigned number, unsigned top, bool plain);

/* Tables a, b: addresses; n: numbers; i: names; f, g: flows. */
struct rules_tables *draw_tables(uint64_t seed);
void draw_change(struct rules_tables *ts);	/* some line changes one of them */

#endif
