/* units_probe - the readers and printers of base/units.h on a pipe, for units_oracle.py.
 *
 * Each line of stdin is "read KIND WORD" or "print KIND NUMBER", KIND one of rate, time, size, prob; each gives one
 * line: "ok VALUE TEXT", "ok VALUE" of a print being its text, or "err CODE". A probability of 1 has the value 2^64,
 * "one". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

static int read_word(struct lex *lx, const char *kind, struct word w, uint64_t *v, char *text)
{
	struct prob p = { 0 };
	int ret = !strcmp(kind, "rate") ? units_rate(lx, w, "x", v) :
		  !strcmp(kind, "time") ? units_time(lx, w, "x", NRW_MS, v) :
		  !strcmp(kind, "size") ? units_size(lx, w, "x", v) : units_prob(lx, w, "x", &p);

	if (ret)
		return ret;
	if (!strcmp(kind, "rate"))
		units_print_rate(text, *v);
	else if (!strcmp(kind, "time"))
		units_print_time(text, *v);
	else if (!strcmp(kind, "size"))
		units_print_size(text, *v);
	else
		units_print_prob(text, p);
	if (!strcmp(kind, "prob"))
		*v = p.below;
	return p.always;
}

static void print_number(const char *kind, uint64_t v, char *text)
{
	if (!strcmp(kind, "rate"))
		units_print_rate(text, v);
	else if (!strcmp(kind, "time"))
		units_print_time(text, v);
	else if (!strcmp(kind, "size"))
		units_print_size(text, v);
	else
		units_print_prob(text, (struct prob){ .below = v });
}

int main(void)
{
	static char line[70000], verb[8], kind[8], arg[65536];

	while (fgets(line, sizeof(line), stdin)) {
		char text[UNITS_TEXT];
		struct lex lx;
		uint64_t v = 0;
		int ret;

		if (sscanf(line, "%7s %7s %65535s", verb, kind, arg) != 3)
			return 1;
		if (!strcmp(verb, "print")) {
			print_number(kind, strtoull(arg, NULL, 10), text);
			printf("ok %s\n", text);
			continue;
		}
		lex_line(&lx, "stdin", 1, arg, strlen(arg), NULL);
		ret = read_word(&lx, kind, (struct word){ arg, strlen(arg) }, &v, text);
		if (ret < 0)
			printf("err %d\n", ret);
		else if (ret)
			printf("ok one %s\n", text);
		else
			printf("ok %" PRIu64 " %s\n", v, text);
	}
	return 0;
}
