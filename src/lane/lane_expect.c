/* lane/lane_expect.c - lines of a script that say what is to become of a packet. */
#include "lane_int.h"

bool lane_expect_begins(const struct lex *lx) { return false; }
struct lane_expect *lane_expect_parse(struct lex *lx) { return NULL; }
void lane_expect_free(struct lane_expect *x) { }
char *lane_expect_print(const struct lane_expect *x) { return NULL; }
