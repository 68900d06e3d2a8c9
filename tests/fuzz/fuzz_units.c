/* fuzz_units - lines to words, words to numbers with units, and back.
 *
 * The bytes are one line. Each word goes through every reader; what a reader takes is printed, and what is printed must
 * be read as the same value. All errors are then printed as for a terminal, where no control but a newline and a tab
 * may come out. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

typedef int reader(struct lex *lx, struct word w, uint64_t *v);

static int read_rate(struct lex *lx, struct word w, uint64_t *v)
{
	return units_rate(lx, w, "bw", v);
}

static int read_time(struct lex *lx, struct word w, uint64_t *v)
{
	return units_time(lx, w, "delay", NRW_MS, v);
}

static int read_size(struct lex *lx, struct word w, uint64_t *v)
{
	return units_size(lx, w, "queue", v);
}

static int read_num(struct lex *lx, struct word w, uint64_t *v)
{
	return units_num(lx, w, "set", 1, 1000, v);
}

static int print_num(char *to, uint64_t v)
{
	return snprintf(to, UNITS_TEXT, "%llu", (unsigned long long)v);
}

static void try_quantity(struct lex *lx, struct word w, reader *read, int (*print)(char *to, uint64_t v))
{
	char text[UNITS_TEXT];
	uint64_t v, back;
	int len, ret = read(lx, w, &v);

	HOLDS(ret <= 0);
	if (ret)
		return;
	len = print(text, v);
	HOLDS(len > 0 && (size_t)len == strlen(text));
	HOLDS(!read(lx, (struct word){ text, (size_t)len }, &back) && back == v);
}

static void try_prob(struct lex *lx, struct word w)
{
	char text[UNITS_TEXT];
	struct prob p, back;
	int len;

	if (units_prob(lx, w, "plr", &p))
		return;
	HOLDS(!p.always || !p.below);
	len = units_print_prob(text, p);
	HOLDS(len > 0 && len < UNITS_TEXT && (size_t)len == strlen(text));
	HOLDS(!units_prob(lx, (struct word){ text, (size_t)len }, "plr", &back));
	HOLDS(back.below == p.below && back.always == p.always);
}

static const char *name_at(const void *ctx, size_t i)
{
	(void)i;
	return ctx;
}

static void show(const struct errs *es)
{
	static char out[1 << 18];
	FILE *f = fmemopen(out, sizeof(out), "w");

	HOLDS(f != NULL);
	errs_print(es, f, "narrows");
	HOLDS(!fclose(f));
	for (const char *p = out; *p; p++)
		HOLDS(*p == '\n' || *p == '\t' || ((unsigned char)*p >= 0x20 && *p != 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct errs es;
	struct lex lx;
	struct word w;

	errs_init(&es);
	lex_line(&lx, "fuzz", 1, (const char *)data, n, &es);
	for (unsigned i = 0; i < 50 && lex_next(&lx, &w); i++) {
		lx.errs = i < 2 ? &es : NULL;	/* printing is the slow part: two words of errors show it all */
		try_quantity(&lx, w, read_rate, units_print_rate);
		try_quantity(&lx, w, read_time, units_print_time);
		try_quantity(&lx, w, read_size, units_print_size);
		try_quantity(&lx, w, read_num, print_num);
		try_prob(&lx, w);
		lex_suggest(w, name_at, "established", 1);
	}
	lx.errs = &es;
	lex_error(&lx, lex_rest(&lx), ERR_SYNTAX, "rest");
	lex_error(&lx, lex_here(&lx), ERR_SYNTAX, "here");
	show(&es);
	errs_fini(&es);
	return 0;
}
