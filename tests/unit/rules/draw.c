/* tests/unit/rules/draw.c - lines of rules and tables, word by word. */
#include "draw.h"

#include <stdarg.h>
#include <stdio.h>

#include "kit.h"
#include "test.h"

/* ---- dice ---- */

uint64_t draw_dice;

static uint64_t roll(void)	/* splitmix64 */
{
	uint64_t z = (draw_dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned draw_below(unsigned n) { return (unsigned)(roll() % n); }

/* ---- rules ---- */

struct line {
	char text[1024];
	size_t n;
};

static __attribute__((format(printf, 2, 3))) void put(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	l->n += (size_t)vsnprintf(l->text + l->n, sizeof(l->text) - l->n, fmt, ap);
	va_end(ap);
	assert_true(l->n < sizeof(l->text));
}

static void put_list(struct line *l, const char *word, unsigned top)
{
	put(l, "%s ", word);
	for (unsigned i = 0, n = 1 + draw_below(3); i < n; i++) {
		unsigned lo = draw_below(draw_below(4) ? 8 : top), width = draw_below(3) ? 0 : draw_below(top);

		put(l, "%s%u", i ? "," : "", lo);
		if (width)
			put(l, "-%u", lo + width > top ? top : lo + width);
	}
}

/* Tables a, b: addresses; n: numbers; i: names; f, g: flows. */
static void put_table(struct line *l)
{
	static const char *const options[] = { "src-ip table(a)", "dst-ip table(a)", "dst-ip table(b)",
		"src-ip table(a,3)",
		"lookup src-ip b", "lookup dst-ip a", "lookup dst-port n", "lookup src-port n", "lookup dst-port n,2",
		"recv table(i)", "via table(i)", "xmit table(i)", "flow table(f)", "flow table(g)",
		"flow table(f,4)", "src-ip6 table(a)", "dst-ip6 table(b)" };

	put(l, "%s", PICK(options));
}

static void put_addr(struct line *l)
{
	static const char *const addrs[] = { "10.0.0.1", "10.0.0.0/8", "10.0.0.2/31", "0.0.0.0/0", "10.0.0.0/24{1,3-5}",
		"10.0.0.1:255.0.0.255", "10.0.0.3:0.0.0.255", "192.0.2.1,10.0.0.4", "2001:db8::1", "2001:db8::/32",
		"2001:db8::2/127", "2001:db8::/ffff:0:ffff::", "fe80::/10,2001:db8::3", "me", "me6", "any" };

	put(l, "%s", draw_below(8) ? PICK(addrs) : draw_below(2) ? "table(a)" : "table(b,1)");
}

static void put_option(struct line *l)
{
	static const char *const options[] = { "in", "out", "setup", "established", "tcpflags syn", "tcpflags !ack,psh",
		"icmptypes 8,0", "frag", "frag mf", "frag !df", "ipver 4", "ipver 6", "recv a1", "recv a2", "recv a*",
		"xmit a1", "via a1", "via a2", "recv any", "iptos lowdelay", "iptos !congestion,throughput",
		"ipprecedence 1",
		"dscp 0,ef,8", "dscp be", "tagged 5", "tagged 6-9", "proto tcp", "proto 17", "lookup dscp n",
		"layer2", "malformed",
		"src-ip 10.0.0.1,10.0.0.9", "dst-ip 192.0.2.0/24", "src-ip6 2001:db8::1", "fib 0", "tcpwin 0-9",
		"match filter 'ip.ttl < 4'", "iplen 1,3,5,7,9,11,13,15,17,19", "ext6hdr frag", "vlan 5", "tcpseq 0" };
	static const char *const lists[] = { "iplen", "ipttl", "ipid", "src-port", "dst-port" };

	if (!draw_below(6)) {
		put_table(l);
	} else if (draw_below(2)) {
		unsigned i = draw_below(5);

		put_list(l, lists[i], i == 1 ? 255 : 65535);
	} else {
		put(l, "%s", PICK(options));
	}
}

/* What asks the flow alone, mostly. */
static void put_plain_option(struct line *l)
{
	static const char *const options[] = { "in", "out", "recv a1", "recv a2", "recv a*", "xmit a1", "via a1",
		"via a2", "setup", "established", "proto tcp", "src-port 0-3", "dst-port 2,5", "ipver 6", "layer2",
		"src-ip 10.0.0.1,10.0.0.9", "dst-ip 192.0.2.0/24" };

	if (!draw_below(20))
		put_option(l);
	else if (draw_below(2))
		put_table(l);
	else
		put(l, "%s", PICK(options));
}

/* One of a kind, a negated one, or a block of a few. */
static void put_block(struct line *l, void (*one)(struct line *l))
{
	if (draw_below(5)) {
		put(l, "%s", draw_below(8) ? " " : " not ");
		one(l);
		return;
	}
	put(l, " { ");
	for (unsigned i = 0, n = 1 + draw_below(4); i < n; i++) {
		put(l, "%s%s", i ? " or " : "", draw_below(9) ? "" : "not ");
		one(l);
	}
	put(l, " }");
}

static void put_where(struct line *l)
{
	if (draw_below(3))
		put(l, " any");
	else
		put_block(l, put_addr);
}

static void put_proto(struct line *l)
{
	static const char *const protos[] = { "ip", "ip", "tcp", "udp", "icmp", "ip4", "ip6", "0", "ipv6-icmp" };

	put(l, "%s", PICK(protos));
}

static void put_action(struct line *l, unsigned number, unsigned top, bool plain)
{
	static const char *const ends[] = { "allow", "deny", "pipe 3", "queue 4", "reject", "reset", "unreach port" };
	static const char *const rest[] = { "count", "count", "count", "return", "setdscp ef", "setdscp be",
		"tcp-setmss 500", "count tag 5", "count log tag 6", "count log logamount 2", "count untag 5" };

	if (plain && draw_below(8)) {
		put(l, "count");
		return;
	}
	switch (draw_below(12)) {
	case 0:
		put(l, "%s", PICK(ends));
		break;
	case 1:
	case 2:
		put(l, "skipto %u", number + 1 + draw_below(draw_below(2) ? 5 : top));
		break;
	case 3:
		put(l, "call %u", 1 + draw_below(top));
		break;
	default:
		put(l, "%s", PICK(rest));
		break;
	}
}

static void put_action_by_table(struct line *l)
{
	static const char *const actions[] = { "pipe", "skipto", "skipto", "queue", "setdscp", "call", "count tag",
		"count untag" };

	put(l, "%s tablearg", actions[draw_below(draw_below(2) ? 4 : 8)]);
}

struct rules_cmd *draw_rule(unsigned number, unsigned top, bool plain)
{
	struct line l = { .n = 0 };
	struct rules_cmd *c;
	struct errs es;
	bool by_table = !draw_below(8);

	put(&l, "add %u set %u %s", number, draw_below(3), draw_below(plain ? 200 : 12) ? "" : "prob 0.5 ");
	if (by_table)
		put_action_by_table(&l);
	else
		put_action(&l, number, top, plain);
	put_block(&l, put_proto);
	put(&l, " from");
	put_where(&l);
	put(&l, " to");
	put_where(&l);
	if (by_table) {
		put(&l, " ");
		put_table(&l);
	}
	for (unsigned i = draw_below(3); i; i--)
		put_block(&l, plain ? put_plain_option : put_option);
	c = kit_try(l.text, &es);
	if (!c)
		print_message("# %s: %s\n", l.text, es.notes[0].text);
	errs_fini(&es);
	return c;
}

/* ---- tables ---- */

static void table_line(struct rules_tables *ts, const char *text)
{
	struct rules_cmd *c = kit_cmd(text);
	struct errs es;

	errs_init(&es);
	if (rules_tables_run(ts, NULL, c, &es))
		print_message("# %s: %s\n", text, es.notes[0].text);
	assert_int_equal(es.errors, 0);
	errs_fini(&es);
	rules_cmd_free(c);
}

/* Some key of its type, with a value that fits much. */
static void put_key(struct line *l, char table, bool value)
{
	static const char *const addrs[] = { "10.0.0.1", "10.0.0.2/31", "10.0.0.0/8", "192.0.2.1", "0.0.0.0/0",
		"2001:db8::1", "2001:db8::/32", "2001:db8::2/127" };
	static const char *const names[] = { "a1", "a2", "b", "c" };
	static const char *const flows[] = { "10.0.0.1,tcp,4000,192.0.2.1,80", "10.0.0.1,udp,3,192.0.2.1,5",
		"10.0.0.1,17,1,192.0.2.1,2", "2001:db8::1,6,4000,2001:db8::2,80" };

	if (table == 'a' || table == 'b')
		put(l, " %s", PICK(addrs));
	else if (table == 'i')
		put(l, " %s", PICK(names));
	else if (table == 'f')
		put(l, " %s", PICK(flows));
	else
		put(l, table == 'g' ? " 192.0.2.1,%u" : " %u", draw_below(8));
	if (value)
		put(l, " %u", draw_below(2) ? draw_below(8) : draw_below(70));
}

void draw_change(struct rules_tables *ts)
{
	struct line l = { .n = 0 };
	char table = "aabbnnifg"[draw_below(9)];

	switch (draw_below(8)) {
	case 0:
		put(&l, "table a swap b");
		break;
	case 1:
		put(&l, "table %c flush", table);
		break;
	case 2:
	case 3:
		put(&l, "-q table %c delete", table);
		put_key(&l, table, false);
		break;
	default:
		put(&l, "-q table %c %sadd", table, draw_below(2) ? "" : "atomic ");
		for (unsigned i = 1 + draw_below(3); i; i--)
			put_key(&l, table, true);
		break;
	}
	table_line(ts, l.text);
}

struct rules_tables *draw_tables(uint64_t seed)
{
	static const char *const made[] = { "table a create", "table b create", "table n create type number",
		"table i create type iface", "table f create type flow", "table g create type flow:dst-ip,dst-port" };
	struct rules_tables *ts = rules_tables_new(seed);

	for (unsigned i = 0; i < sizeof(made) / sizeof(*made); i++)
		table_line(ts, made[i]);
	for (unsigned i = 0; i < 30; i++)
		draw_change(ts);
	return ts;
}
