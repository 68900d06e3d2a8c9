/* tests/fuzz/fuzz_rules.c - any bytes as lines of rules and commands, and as packets for the rules that come of it.
 *
 * Laws: a line is refused with an error or accepted with none; what can be applied prints what is accepted, prints
 * itself and can be applied; the sets that both make list alike and judge alike, counter for counter, byte for byte,
 * one as machine code and by an index, if it is large enough, the other condition by condition;
 * what an action changed, the view knows; a scan ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pkt/pkt.h"
#include "rules/rules.h"

#include "holds.h"

#define LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct rules_cmd *parse(const char *text, size_t n)
{
	struct rules_cmd *c;
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "fuzz", 1, text, n, &es);
	c = rules_parse(&lx);
	HOLDS((c == NULL) == (es.errors > 0));
	errs_fini(&es);
	return c;
}

/* The lines of `data` that are commands. */
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

		HOLDS(text != NULL);
		again[i] = parse(text, strlen(text));
		HOLDS(again[i] != NULL);
		second = rules_cmd_print(again[i]);
		HOLDS(second && !strcmp(text, second));
		HOLDS(rules_cmd_asks(cmds[i]) == rules_cmd_asks(again[i]));
		free(text);
		free(second);
	}
}

/* Asks every condition of every rule. */
static const struct rules_cfg plain = { .linear = true, .interpreted = true };

/* The set that those commands make which can be applied where they stand; the others are freed, *n is what is left. */
static struct rules_set *apply(struct rules_cmd **cmds, size_t *n)
{
	struct rules_set *s = rules_build(NULL, &plain, NULL, 0, NULL), *next;
	size_t kept = 0;
	struct errs es;

	for (size_t i = 0; i < *n; i++) {
		errs_init(&es);
		next = rules_build(s, &plain, &cmds[i], 1, NULL);
		HOLDS((next == NULL) == (rules_check(s, &plain, &cmds[i], 1, &es) > 0));
		errs_fini(&es);
		if (next) {
			rules_release(s);
			s = next;
			cmds[kept++] = cmds[i];
		} else {
			rules_cmd_free(cmds[i]);
		}
	}
	*n = kept;
	return s;
}

static const char *iface_name(void *ctx, uint16_t iface) { return iface == 1 ? "eth0" : iface == 2 ? "vlan7" : NULL; }
static bool is_me4(void *ctx, uint32_t addr) { return addr & 1; }
static bool is_me6(void *ctx, const uint64_t addr[2]) { return addr[1] & 1; }

static void judge_one(const struct rules_set *s, struct pkt_pool *pool, struct pkt *p, bool out,
	struct rules_counter *c, struct rules_answer *a)
{
	static const struct rules_env env = { .iface_name = iface_name, .is_me4 = is_me4, .is_me6 = is_me6 };
	struct meta m = { .dir = out ? META_OUT : META_IN, .layer2 = p->link == LINK_ETHERNET, .iface_in = !out,
		.iface_out = out ? 2 : 0, .len_bytes = p->len_bytes };
	struct view v, after;
	struct rules_pass x = { .look = { .view = &v, .meta = &m, .env = &env, .bytes = p->data,
		.len_bytes = p->len_bytes, .wire_bytes = p->wire_bytes, .counters = c }, .view = &v, .meta = &m,
		.pkt = p, .pool = pool };

	view_parse(&v, (enum wire_link)p->link, p->data, p->len_bytes, p->wire_bytes);
	rules_judge(s, &x, a);
	HOLDS(x.look.bytes == p->data && x.look.len_bytes == p->len_bytes);
	view_parse(&after, (enum wire_link)p->link, p->data, p->len_bytes, p->wire_bytes);
	HOLDS(!memcmp(&v, &after, sizeof(v)));
}

static struct pkt *packet(struct pkt_pool *pool, const uint8_t *data, size_t n, bool ethernet)
{
	struct pkt *p = pkt_new(pool);

	p->data = (uint8_t *)(uintptr_t)data;	/* lent; who writes makes it its own */
	p->len_bytes = p->wire_bytes = (uint32_t)n;
	p->link = ethernet ? LINK_ETHERNET : LINK_RAW;
	return p;
}

static void judge(const struct rules_set *a, const struct rules_set *b, const uint8_t *data, size_t n)
{
	struct rules_counter *ca = rules_counters(a, NULL, NULL), *cb = rules_counters(b, NULL, NULL);
	struct pkt_pool *pool = pkt_pool_new(0);
	struct rules_answer x, y;

	HOLDS(rules_count(a) == rules_count(b) && rules_total(a) == rules_total(b));
	for (size_t from = 0; from <= n && from < 256; from += 16) {
		struct pkt *p = packet(pool, data + from, n - from, from & 32);
		struct pkt *q = packet(pool, data + from, n - from, from & 32);

		judge_one(a, pool, p, from & 16, ca, &x);
		judge_one(b, pool, q, from & 16, cb, &y);
		HOLDS(x.verdict == y.verdict && x.arg == y.arg && x.rule == y.rule && x.why == y.why &&
			x.reply == y.reply && x.code == y.code);
		HOLDS(p->len_bytes == q->len_bytes && (!p->len_bytes || !memcmp(p->data, q->data, p->len_bytes)));
		pkt_free(pool, p);
		pkt_free(pool, q);
	}
	HOLDS(!memcmp(ca, cb, rules_total(a) * sizeof(*ca)));
	pkt_pool_free(pool);
	free(ca);
	free(cb);
}

static void list_alike(const struct rules_set *a, const struct rules_set *b)
{
	const struct rules_show how = { .sets = true, .stamp = RULES_DATE };
	struct rules_counter *ca = rules_counters(a, NULL, NULL), *cb = rules_counters(b, a, ca);
	struct rules_cmd *show = parse("show", 4);
	char *x = rules_show(a, ca, show, &how), *y = rules_show(b, cb, show, &how);

	HOLDS(x && y && !strcmp(x, y));
	free(x);
	free(y);
	free(ca);
	free(cb);
	rules_cmd_free(show);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rules_cmd *cmds[LINES], *again[LINES];
	size_t count = parse_all(data, n, cmds), count_again;
	struct rules_set *s = apply(cmds, &count), *a = rules_build(s, NULL, NULL, 0, NULL), *b;

	print_all(cmds, count, again);
	count_again = count;
	b = apply(again, &count_again);
	HOLDS(count_again == count);
	list_alike(a, b);
	judge(a, b, data, n);
	rules_release(s);
	rules_release(a);
	rules_release(b);
	free_all(again, count);
	free_all(cmds, count);
	return 0;
}
