/* Every match that is code means what its run() means: for every word of the table with emit(), with arguments that
 * reach each of its ways, alone and under `not`, over packets at random. The program is asked by the interpreter and as
 * machine code, the match by itself. A word with emit() and without a line here fails. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "rules/rules_emit.h"
#include "test.h"

static const struct line {
	const char *body;
	bool called;		/* and is no code: a list too long, or what no field knows */
} lines[] = {
	{ "in", false }, { "out", false }, { "layer2", false }, { "malformed", false }, { "fib 0", false },
	{ "fib 7", false }, { "proto tcp", false }, { "proto 0", false }, { "proto ip4", false },
	{ "proto ip6", false }, { "ipver 4", false }, { "ipver 6", false },
	{ "src-ip 10.0.0.1", false }, { "src-ip 10.0.0.0/30", false }, { "src-ip 0.0.0.0/0", false },
	{ "src-ip 10.0.0.1,10.0.0.4/31,192.0.2.1", false }, { "src-ip 10.0.0.1:255.0.0.255,10.0.0.2", false },
	{ "src-ip 10.0.0.0/24{1,3-5}", true }, { "dst-ip 192.0.2.0/24", false }, { "dst-ip 192.0.2.1", false },
	{ "src-ip6 2001:db8::1", false }, { "src-ip6 2001:db8::/127,::1", false }, { "src-ip6 ::/0", false },
	{ "dst-ip6 2001:db8::/32", false }, { "dst-ip6 2000::2/f000::f", false },
	{ "src-port 4000", false }, { "src-port 0-3,4000-65535", false }, { "dst-port 80", false },
	{ "dst-port 1-79", false }, { "dst-port 0-80", false }, { "dst-port 1,3,5,7,9,11,13,15,17,80", false },
	{ "dst-port 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47,49,51,53,55,57,59,61,63,80",
	  true },
	{ "setup", false }, { "established", false }, { "tcpflags syn", false }, { "tcpflags !ack,psh", false },
	{ "tcpflags !syn,!ack,!rst", false }, { "icmptypes 8", false }, { "icmptypes 0,3-5,8", false },
	{ "icmp6types 128,129", false }, { "iplen 40", false }, { "iplen 0-40,50-60000", false },
	{ "iplen 1-65535", false }, { "ipttl 64", false }, { "ipttl 0-5,60-255", false }, { "ipid 0-3,7", false },
	{ "frag", false }, { "frag mf", false }, { "frag !df", false }, { "frag offset", false },
	{ "frag mf,!offset", false }, { "frag !offset", false }, { "frag rf", false },
	{ "recv any", false }, { "recv eth0", true }, { "not recv any", false }, { "xmit any", false },
	{ "xmit eth0", true }, { "MAC any any", false }, { "MAC 02:00:00:00:00:02 any", false },
	{ "MAC 02:00:00:00:00:00/24 02:00:00:00:00:01&ff:00:00:00:00:ff", false },
	{ "src-mac 02:00:00:00:00:01", false }, { "src-mac 02:00:00:00:00:07,02:00:00:00:00:00/40", false },
	{ "dst-mac any", false }, { "dst-mac 02:00:00:00:00:02,02:00:00:00:00:03", false },
	{ "vlan 5", false }, { "vlan 0-4,6", false }, { "vlan 5.6", true }, { "vlan-pcp 3", false },
	{ "vlan-pcp 0-2,4", false }, { "iptos lowdelay", false }, { "iptos !congestion,throughput", false },
	{ "ipprecedence 0", false }, { "ipprecedence 5", false }, { "dscp be", false }, { "dscp 0,ef,8-20", false },
	{ "dscp 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,38,40,42,44,46,48,50,52,54,56,58,60,62", false },
	{ "ext6hdr frag", false }, { "ext6hdr hopopt,route,esp", false }, { "flow-id 0", false },
	{ "flow-id 1,5,1048575", false }, { "tcpseq 0", false }, { "tcpseq 4294967295", false }, { "tcpack 0", false },
	{ "tcpwin 0", false }, { "tcpwin 1-8192,65535", false },
};
enum { LINES = sizeof(lines) / sizeof(*lines), PACKETS = 1000 };

/* ---- packets ---- */

static uint64_t dice;

static uint64_t roll(void)	/* splitmix64 */
{
	uint64_t z = (dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned below(unsigned n) { return (unsigned)(roll() % n); }

static struct kit_packet any_packet(void)
{
	static const uint8_t behind6[] = { PROTO_ICMP6, PROTO_HOPOPT, 43, 44, PROTO_ESP, 60 };

	switch (below(6)) {
	case 0: return kit_udp((uint16_t)below(90), (uint16_t)below(90));
	case 1: return kit_icmp((uint8_t)below(10));
	case 2: return kit_tcp6((uint8_t)below(256));
	case 3: return kit_ip6(behind6[below(sizeof(behind6))]);
	case 4: return kit_ip4((uint8_t)below(60));
	default: return kit_tcp((uint8_t)below(256));
	}
}

/* Behind an Ethernet header with 0 to 2 VLAN tags, of few addresses. */
static void put_ethernet(struct kit_packet *p)
{
	uint8_t header[22] = { 2, 0, 0, 0, 0, (uint8_t)below(4), 2, 0, 0, 0, 0, (uint8_t)below(4) };
	unsigned tags = below(3), n = 14 + 4 * tags;

	for (unsigned i = 0; i < tags; i++) {
		wire_put16(header + 12 + 4 * i, 0x8100);
		wire_put16(header + 14 + 4 * i, (uint16_t)(below(8) << 13 | (4 + below(3))));
	}
	wire_put16(header + n - 2, below(9) ? (p->bytes[0] >> 4 == 4 ? 0x800 : 0x86dd) : 0x806);
	memmove(p->bytes + n, p->bytes, p->n);
	memcpy(p->bytes, header, n);
	p->n += n;
	p->link = LINK_ETHERNET;
}

/* Some bits of the headers are others, and some end early. */
static struct kit_packet random_packet(void)
{
	struct kit_packet p = any_packet();

	if (p.bytes[0] == 0x60)
		p.bytes[40] = (uint8_t)(below(2) ? 128 + below(3) : 59);
	for (unsigned i = below(4); i; i--)
		p.bytes[1 + below(p.n - 1)] = (uint8_t)(below(2) ? below(8) : below(256));
	if (p.bytes[0] == 0x45 && !below(3))
		kit_frag(&p, (uint16_t)(below(8) << 13 | (below(2) ? below(3) : 0)));
	if (below(2))
		put_ethernet(&p);
	p.wire_bytes = p.n;
	if (!below(10))
		p.n = below(p.n) + 1;
	p.meta = (struct meta){ .dir = (uint8_t)below(2), .layer2 = (uint8_t)below(2), .iface_in = (uint16_t)below(3),
		.iface_out = (uint16_t)below(3), .fib = below(2) ? 0 : 7,
		.len_bytes = below(2) ? below(60) : below(70000) };
	return p;
}

static const char *name_of(void *ctx, uint16_t iface)
{
	(void)ctx;
	return iface == 1 ? "eth0" : NULL;
}

/* ---- the law ---- */

struct asked {
	struct rules_set *set;
	const struct rule *rule;
	struct filter *f;
	unsigned yes;
};

static bool one_by_one(const struct rules_set *s, const struct rules_look *l)
{
	const char *at = s->runs + s->rules[0].first, *end = s->runs + s->rules[0].end;
	uint32_t step;

	for (; at != end; at += step) {
		const struct run *run = (const struct run *)(const void *)at;

		step = run->step[run->run(run + 1, l)];
		if (!step)
			return false;
	}
	return true;
}

static struct asked program_of(const char *body, struct emit_count *n)
{
	char line[512];
	struct asked a = { .set = NULL };
	struct filter_build *b = filter_build_new();
	filter_label no = filter_build_label(b);
	struct err e = { 0 };

	snprintf(line, sizeof(line), "add count %s", body);
	a.set = kit_set(NULL, line);
	a.rule = a.set->cold[0].rule;
	filter_build_entry(b);
	*n = emit_rule(b, a.rule, a.set->runs + a.set->rules[0].first, no);
	filter_build_return(b, 1);
	filter_build_here(b, no);
	filter_build_return(b, 0);
	a.f = filter_build_make(b, &e);
	assert_string_equal(e.text, "");
	filter_build_free(b);
	assert_int_equal(filter_native(a.f) == 0, filter_native_here());
	return a;
}

static void compare(struct asked *a, const char *body, const struct kit_packet *p)
{
	static const struct rules_env env = { .iface_name = name_of };
	struct rules_counter counter = { 0 };
	struct view v;
	struct rules_look l = { .view = &v, .meta = &p->meta, .env = &env, .bytes = p->bytes, .len_bytes = p->n,
		.wire_bytes = p->wire_bytes, .counters = &counter };
	filter_native_fn fn = filter_native_entry(a->f, 0);
	bool want, interpreted, native;

	view_parse(&v, p->link, p->bytes, p->n, p->wire_bytes);
	want = one_by_one(a->set, &l);
	interpreted = filter_enter(a->f, 0, 0, &l.filter);
	native = fn ? fn(&l.filter, 0) : want;
	a->yes += want;
	if (interpreted != want || native != want) {
		char text[200];

		view_print(&v, text, sizeof(text));
		print_message("# %s: run() says %d, the interpreter %d, machine code %d: %s\n", body, want, interpreted,
			native, text);
	}
	assert_int_equal(interpreted, want);
	assert_int_equal(native, want);
}

/* All packets; how many it is true for. */
static unsigned holds(const char *body, struct emit_count *n)
{
	struct asked a = program_of(body, n);

	dice = 1;
	for (unsigned i = 0; i < PACKETS; i++) {
		struct kit_packet p = random_packet();

		compare(&a, body, &p);
	}
	filter_release(a.f);
	rules_release(a.set);
	return a.yes;
}

static const struct rules_word *word_of(const char *body)
{
	struct rules_cmd *c;
	const struct rules_word *w;
	char line[512];

	snprintf(line, sizeof(line), "add count %s", body);
	c = kit_cmd(line);
	w = c->rule->count ? c->rule->parts[0].word : NULL;
	rules_cmd_free(c);
	return w;
}

TEST(emit, every_match_that_is_code_means_what_it_runs)
{
	for (unsigned i = 0; i < LINES; i++) {
		char negated[512];
		struct emit_count n, of_not;

		holds(lines[i].body, &n);
		snprintf(negated, sizeof(negated), "not %s", lines[i].body);
		if (strncmp(lines[i].body, "not ", 4))
			holds(negated, &of_not);
		if (n.called != lines[i].called)
			print_message("# %s: %u conditions are code, %u are called\n", lines[i].body, n.written,
				n.called);
		assert_int_equal(n.called, lines[i].called);
	}
}

TEST(emit, every_word_with_code_is_asked_here)
{
	const struct rules_word *w;

	for (size_t i = 0; (w = word_at(i)); i++) {
		bool asked = !w->emit;

		for (unsigned k = 0; k < LINES && !asked; k++)
			asked = word_of(lines[k].body) == w && !lines[k].called;
		if (!asked)
			print_message("# %s has code, and no line here\n", w->word);
		assert_true(asked);
	}
}

/* Most lines are true for some packets and false for others, or they would prove little. */
TEST(emit, packets_here_tell_lines_apart)
{
	unsigned told = 0;

	for (unsigned i = 0; i < LINES; i++) {
		struct emit_count n;
		unsigned yes = holds(lines[i].body, &n);

		told += yes && yes < PACKETS;
		if (!yes || yes == PACKETS)
			print_message("# %s: %s\n", lines[i].body, yes ? "always" : "never");
	}
	assert_true(told > LINES * 9 / 10);
}

TEST(emit, blocks_and_not_go_as_they_are_written)
{
	static const char *const bodies[] = {
		"{ tcp or udp } from any to any", "{ not tcp or udp } from { 10.0.0.1 or not any } to any",
		"ip from any to any { in or setup or iplen 1-100 } { not dst-port 80 or frag }",
		"ip from not any to any", "tcp from any to any { recv eth0 or established } not in",
		"ip from me to any { recv eth0 or xmit eth0 or ipttl 0-70 }",
		"ip from any to any { ipver 4 or ipver 6 } { proto tcp or not layer2 or recv eth0 } not frag",
	};

	for (unsigned i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct emit_count n;

		holds(bodies[i], &n);
	}
}

/* Which rules of "add count ..." are code: a letter each, the default rule last. */
static const char *made(const char *text_of_rules)
{
	static char text[64];
	struct rules_set *s = kit_set(NULL, text_of_rules);

	assert_true(rules_count(s) < sizeof(text));
	for (uint32_t i = 0; i < rules_count(s); i++)
		text[i] = s->emitted && s->emitted->rules[i] ? 'c' : '-';
	text[rules_count(s)] = '\0';
	rules_release(s);
	return text;
}

TEST(emit, rules_that_gain_nothing_stay_between_those_that_are_code)
{
	if (!filter_native_here()) {
		print_message("# no machine code here\n");
		return;
	}
	assert_string_equal(made("add count tcp from any to any\nadd count recv eth0 dst-port 9\nadd count in"),
		"c-cc");
	assert_string_equal(made("add count recv eth0\nadd count in recv eth0\nadd prob 0.5 count in"), "-ccc");
	assert_string_equal(made("add count recv eth0\nadd count ip from me to any"), "---");
	assert_string_equal(made("add count in\nadd count in in in in in in in in in in in in in in in in in"), "c-c");
	assert_string_equal(made(""), "-");
}
