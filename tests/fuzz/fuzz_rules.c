/* tests/fuzz/fuzz_rules.c - any bytes as lines of rules, and as packets for the rules that come of it.
 *
 * Laws: a line is refused with an error or accepted with none; what it prints is accepted and prints itself; the set
 * made of what was printed judges as the set made of what was written, counter for counter; a scan ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rules.h"

#define LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool law)
{
	if (!law)
		abort();
}

static struct rules_cmd *parse(const char *text, size_t n)
{
	struct rules_cmd *c;
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "fuzz", 1, text, n, &es);
	c = rules_parse(&lx);
	must((c == NULL) == (es.errors > 0));
	errs_fini(&es);
	return c;
}

/* The lines of `data` that are rules. */
static size_t parse_all(const uint8_t *data, size_t n, struct rules_cmd **cmds)
{
	const char *at = (const char *)data, *end = at + n, *eol;
	size_t count = 0;

	for (; at < end && count < LINES; at = eol + 1) {
		eol = memchr(at, '\n', (size_t)(end - at));
		eol = eol ? eol : end;
		cmds[count] = parse(at, (size_t)(eol - at));
		count += cmds[count] != NULL;
	}
	return count;
}

static void free_all(struct rules_cmd **cmds, size_t n)
{
	while (n)
		rules_cmd_free(cmds[--n]);
}

/* Prints each command, reads that again, and prints it again. */
static void print_all(struct rules_cmd **cmds, size_t n, struct rules_cmd **again)
{
	for (size_t i = 0; i < n; i++) {
		char *text = rules_cmd_print(cmds[i]), *second;

		must(text != NULL);
		again[i] = parse(text, strlen(text));
		must(again[i] != NULL);
		second = rules_cmd_print(again[i]);
		must(second && !strcmp(text, second));
		free(text);
		free(second);
	}
}

static void judge(const struct rules_set *a, const struct rules_set *b, const uint8_t *data, size_t n)
{
	struct rules_counter ca[LINES + 1] = { 0 }, cb[LINES + 1] = { 0 };
	struct rules_answer x, y;
	static const struct rules_env nothing_known;
	struct rules_pass pass;
	struct meta m;
	struct view v;

	must(rules_count(a) == rules_count(b));
	for (size_t from = 0; from <= n && from < 256; from += 16) {
		m = (struct meta){ .dir = from & 16 ? META_OUT : META_IN, .len_bytes = (uint32_t)(n - from) };
		view_parse(&v, from & 32 ? LINK_ETHERNET : LINK_RAW, data + from, m.len_bytes, m.len_bytes);
		pass = (struct rules_pass){ .look = { &v, &m, &nothing_known, data + from, m.len_bytes, ca },
			.meta = &m };
		rules_judge(a, &pass, &x);
		pass.look.counters = cb;
		rules_judge(b, &pass, &y);
		must(x.verdict == y.verdict && x.arg == y.arg && x.rule == y.rule);
	}
	must(!memcmp(ca, cb, sizeof(ca)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rules_cmd *cmds[LINES], *again[LINES];
	size_t count = parse_all(data, n, cmds);
	struct rules_set *a = rules_build(NULL, NULL, cmds, count, NULL), *b;

	if (a) {	/* else a jump back, which only numbering shows */
		print_all(cmds, count, again);
		b = rules_build(NULL, NULL, again, count, NULL);
		must(b != NULL);
		judge(a, b, data, n);
		rules_release(a);
		rules_release(b);
		free_all(again, count);
	}
	free_all(cmds, count);
	return 0;
}
