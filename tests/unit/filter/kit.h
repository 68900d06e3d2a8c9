/* tests/unit/filter/kit.h - programs from text, one packet to ask, and programs at random. */
#ifndef FILTER_KIT_H
#define FILTER_KIT_H

#include "base/dice.h"
#include "filter/filter_int.h"

struct kit {			/* a TCP SYN from 10.0.0.1:4000 to 192.0.2.1:80 in VLAN 5, over Ethernet */
	struct view view;
	struct meta meta;
	uint8_t bytes[58];
	struct filter_look look;
};

void kit_init(struct kit *k);
struct filter *kit_filter(const char *text);		/* which must be good */
uint64_t kit_result(const char *text);			/* for that packet */
/* What is told of a program that is refused: the first error. Static. */
const char *kit_refused(const char *text);
const char *kit_refused_code(const struct filter_insn *insns, uint32_t count);

/* Of an expression, for that packet; -1: refused. What was told first is in kit_told, "column: text". */
int kit_expr(const char *expression);
extern char kit_told[500];

/* A program that the verifier lets pass, of every operation, with `count` instructions at most. */
struct filter *kit_random(struct dice *d, uint32_t count);
/* Any headers, any bytes, cut anywhere; k->look is set. */
void kit_random_packet(struct kit *k, struct dice *d);

#endif
