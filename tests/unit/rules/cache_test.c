/* The verdict cache beside no cache, flow by flow: what makes a flow another one, what a change of a table ends, what
 * is kept and what is not. Random sets and flows are in index_test.c. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "rules/rules_cache.h"
#include "test.h"

enum { FILLERS = 20 };		/* rules that no packet meets, so that the set has an index */

struct rig {
	struct rules_tables *tables;
	struct rules_set *plain, *fast;		/* the same rules; only the second has an index, and so the cache */
	struct rules_counter *plain_count, *fast_count;
	struct rules_cache *cache;
	uint32_t generation;
};

static const char *name_of(void *ctx, uint16_t iface)
{
	(void)ctx;
	return iface == 1 ? "a1" : iface == 2 ? "a2" : NULL;
}

static const struct rules_env env = { .iface_name = name_of };

static void table(struct rig *r, const char *text)
{
	struct rules_cmd *c = kit_cmd(text);
	struct errs es;

	errs_init(&es);
	if (rules_tables_run(r->tables, NULL, c, &es))
		fail_msg("%s: %s", text, es.notes[0].text);
	errs_fini(&es);
	rules_cmd_free(c);
}

/* Lines of tables, then rules, parted by newlines. Packets that meet no rule are allowed. */
static void begin(struct rig *r, const char *tables, const char *rules)
{
	struct rules_cfg cfg = { .default_allow = true };
	struct rules_cmd *cmds[FILLERS + 16];
	char text[300], *next, *line = text;
	size_t n = 0;

	*r = (struct rig){ .tables = rules_tables_new(1), .generation = 1 };
	cfg.tables = r->tables;
	snprintf(text, sizeof(text), "%s", tables);
	for (; (next = strsep(&line, "\n")) && *next;)
		table(r, next);
	while (n < FILLERS)
		cmds[n++] = kit_cmd("add 1 count udp from any 1 to any 60000");
	snprintf(text, sizeof(text), "%s", rules);
	for (line = text; (next = strsep(&line, "\n"));)
		cmds[n++] = kit_cmd(next);
	r->fast = rules_build(NULL, &cfg, cmds, n, NULL);
	cfg.linear = true;
	r->plain = rules_build(NULL, &cfg, cmds, n, NULL);
	assert_true(r->fast && r->plain && r->fast->index);
	r->fast_count = rules_counters(r->fast, NULL, NULL);
	r->plain_count = rules_counters(r->plain, NULL, NULL);
	r->cache = rules_cache_new(3, &r->generation, r->tables);
	while (n)
		rules_cmd_free(cmds[--n]);
}

static void end(struct rig *r)
{
	rules_release(r->plain);
	rules_release(r->fast);
	rules_tables_free(r->tables);
	rules_cache_free(r->cache);
	free(r->plain_count);
	free(r->fast_count);
}

static uint64_t hits(const struct rig *r)
{
	struct rules_cache_stats st;

	rules_cache_stats(r->cache, &st);
	return st.hits;
}

/* The packet through both: they must agree in the answer and every counter. Was it answered by the cache? */
static bool ask(struct rig *r, const struct kit_packet *p, struct rules_answer *a)
{
	uint64_t before = hits(r);
	struct rules_answer b;

	kit_env = &env;
	b = kit_judge(r->plain, p, r->plain_count);
	kit_cache = r->cache;
	*a = kit_judge(r->fast, p, r->fast_count);
	kit_cache = NULL;
	kit_env = NULL;
	assert_int_equal(a->verdict, b.verdict);
	assert_int_equal(a->arg, b.arg);
	assert_int_equal(a->rule, b.rule);
	assert_memory_equal(r->fast_count, r->plain_count, rules_total(r->fast) * sizeof(*r->fast_count));
	return hits(r) > before;
}

/* The same packet until its way is kept, if it can be. Is it? */
static bool kept(struct rig *r, const struct kit_packet *p, struct rules_answer *a)
{
	bool hit = false;

	for (unsigned i = 0; i < 4; i++)
		hit = ask(r, p, a);
	return hit;
}

/* ---- what a flow is ---- */

static void other_sport(struct kit_packet *p) { wire_put16(p->bytes + 20, 9); }
static void other_dport(struct kit_packet *p) { wire_put16(p->bytes + 22, 9); }
static void other_src(struct kit_packet *p) { p->bytes[15] = 9; }
static void other_dst(struct kit_packet *p) { p->bytes[19] = 9; }
static void other_proto(struct kit_packet *p) { p->bytes[9] = PROTO_UDPLITE; }
static void other_flags(struct kit_packet *p) { p->bytes[33] = TCP_ACK; }
static void goes_out(struct kit_packet *p) { p->meta.dir = META_OUT; }
static void other_in(struct kit_packet *p) { p->meta.iface_in = 2; }
static void other_out(struct kit_packet *p) { p->meta.iface_out = 2; }
static void not_layer2(struct kit_packet *p) { p->meta.layer2 = false; }
static void other_src6_net(struct kit_packet *p) { p->bytes[15] = 9; }
static void other_src6_host(struct kit_packet *p) { p->bytes[23] = 9; }
static void other_dst6_net(struct kit_packet *p) { p->bytes[31] = 9; }
static void other_dst6_host(struct kit_packet *p) { p->bytes[39] = 9; }

/* IPv6, from where the key of an IPv4 flow has both addresses, to ::. */
static void other_family(struct kit_packet *p)
{
	struct kit_packet six = kit_tcp6(TCP_SYN);

	memset(six.bytes + 8, 0, 32);
	wire_put64(six.bytes + 8, UINT64_C(0x0a000001c0000201));
	six.meta = p->meta;
	*p = six;
}

static const struct {
	const char *asks;			/* true for the first packet, and not for the changed one */
	char kind;				/* of the first: t, u: TCP, UDP; 6: TCP over IPv6 */
	void (*change)(struct kit_packet *p);
} fields[] = {
	{ "src-port 4000", 't', other_sport },	{ "dst-port 80", 't', other_dport },
	{ "src-ip 10.0.0.1", 't', other_src },	{ "dst-ip 192.0.2.1", 't', other_dst },
	{ "proto udp", 'u', other_proto },	{ "ipver 4", 't', other_family },
	{ "setup", 't', other_flags },		{ "in", 't', goes_out },
	{ "layer2", 't', not_layer2 },
	{ "recv a1", 't', other_in },		{ "xmit a1", 'o', other_out },
	{ "src-ip6 2001:db8::1", '6', other_src6_net },	{ "src-ip6 2001:db8::1", '6', other_src6_host },
	{ "dst-ip6 2001:db8::2", '6', other_dst6_net },	{ "dst-ip6 2001:db8::2", '6', other_dst6_host },
};

static struct kit_packet packet_of(char kind)
{
	struct kit_packet p = kind == 'u' ? kit_udp(4000, 80) : kind == '6' ? kit_tcp6(TCP_SYN) :
		kit_tcp(TCP_SYN);

	p.meta.iface_in = 1;
	p.meta.layer2 = true;
	if (kind == 'o') {
		p.meta.dir = META_OUT;
		p.meta.iface_out = 1;
	}
	return p;
}

TEST(cache, what_differs_in_one_field_is_another_flow)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct kit_packet p = packet_of(fields[i].kind), q = p;
		struct rules_answer a;
		char rule[80];
		struct rig r;

		snprintf(rule, sizeof(rule), "add 100 deny %s", fields[i].asks);
		begin(&r, "", rule);
		fields[i].change(&q);
		print_message("# %s\n", fields[i].asks);
		assert_true(kept(&r, &p, &a));
		assert_int_equal(a.verdict, RULES_DENY);
		ask(&r, &q, &a);
		assert_int_equal(a.verdict, RULES_ALLOW);
		assert_true(ask(&r, &p, &a));	/* and this one is there still */
		end(&r);
	}
}

/* ---- tables ---- */

static const char *const asking[] = { "src-ip table(t)", "dst-ip table(t)", "lookup src-ip t", "lookup dst-ip t",
	"lookup dst-port n", "lookup src-port n", "flow table(f)", "recv table(i)", "via table(i)",
	"not src-ip table(e)" };

#define FULL "table t add 10.0.0.0/8 7 192.0.2.0/24 7\ntable e create\ntable n create type number\n" \
	"table n add 80 7 4000 7\ntable f create type flow\ntable f add 10.0.0.1,tcp,4000,192.0.2.1,80 7\n" \
	"table i create type iface\ntable i add a1 7"

TEST(cache, keeps_ways_that_ask_tables)
{
	for (size_t i = 0; i < sizeof(asking) / sizeof(*asking); i++) {
		struct kit_packet p = packet_of('t');
		struct rules_answer a;
		char rule[80];
		struct rig r;

		snprintf(rule, sizeof(rule), "add 100 deny %s", asking[i]);
		begin(&r, FULL, rule);
		print_message("# %s\n", asking[i]);
		assert_true(kept(&r, &p, &a));
		assert_int_equal(a.verdict, RULES_DENY);
		end(&r);
	}
}

/* Two packets of a flow whose way is not kept: the second has dscp 8 and ttl 60. */
static void two_of_a_flow(const char *tables, const char *rule, struct rules_answer a[2])
{
	struct kit_packet p = packet_of('t');
	struct rig r;

	begin(&r, tables, rule);
	assert_false(kept(&r, &p, &a[0]));
	p.bytes[1] = 0x20;
	p.bytes[8] = 60;
	ask(&r, &p, &a[1]);
	end(&r);
}

TEST(cache, keeps_no_way_that_looks_up_what_is_not_of_the_flow)
{
	static const char *const rules[] = { "add 100 deny lookup dscp n", "add 100 deny lookup dst-mac m" };

	for (unsigned i = 0; i < 2; i++) {
		struct rules_answer a[2];

		two_of_a_flow("table n create type number\ntable n add 0\ntable m create type mac", rules[i], a);
		assert_int_equal(a[0].verdict, i ? RULES_ALLOW : RULES_DENY);
		assert_int_equal(a[1].verdict, RULES_ALLOW);
	}
}

/* A flow's way is kept; a command; the next packet goes where the table says now, and that is kept in turn. */
static const struct { const char *command; uint32_t pipe; } changes[] = {
	{ "-q table t add 10.0.0.0/8 2", 2 },	{ "table t add 10.0.0.1 3", 3 },
	{ "table t delete 10.0.0.1", 2 },
	{ "table u swap t", 9 },		{ "table t swap u", 2 },		{ "table t flush", 0 },
	{ "table t add 10.0.0.0/24 4", 4 },	{ "table t atomic add 10.0.0.1 5 10.0.0.2 5", 5 },
	{ "table t create missing or-flush", 0 },	{ "table t add 0.0.0.0/0 6", 6 },
	{ "table all flush", 0 },		{ "table t add 10.0.0.1 100000", 0 },	{ "table t destroy", 0 },
	{ "table t create", 0 },		{ "table t add 10.0.0.1 8", 8 },
};

TEST(cache, sees_a_change_of_a_table_at_once)
{
	struct kit_packet p = packet_of('t');
	struct rules_answer a;
	struct rig r;

	begin(&r, "table t add 10.0.0.0/8 1\ntable u add 10.0.0.0/8 9",
		"add 100 pipe tablearg ip from table(t) to any");
	assert_true(kept(&r, &p, &a));
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		table(&r, changes[i].command);
		print_message("# %s\n", changes[i].command);
		assert_false(ask(&r, &p, &a));
		assert_int_equal(a.verdict == RULES_PIPE ? a.arg : 0, changes[i].pipe);
		assert_true(kept(&r, &p, &a));
		assert_int_equal(a.verdict == RULES_PIPE ? a.arg : 0, changes[i].pipe);
	}
	end(&r);
}

/* The table that says no is asked too, and so is each of an or-block. */
TEST(cache, sees_a_change_of_every_table_it_asked)
{
	struct kit_packet p = packet_of('t');
	struct rules_answer a;
	struct rig r;

	begin(&r, "table a create\ntable b create\ntable c add 10.0.0.1",
		"add 100 deny src-ip table(a)\nadd 200 pipe 2 { src-ip table(b) or src-ip table(c) } in");
	assert_true(kept(&r, &p, &a));
	assert_int_equal(a.arg, 2);
	table(&r, "table c flush");
	ask(&r, &p, &a);
	assert_int_equal(a.verdict, RULES_ALLOW);
	assert_true(kept(&r, &p, &a));
	table(&r, "table b add 10.0.0.1");
	ask(&r, &p, &a);
	assert_int_equal(a.arg, 2);
	assert_true(kept(&r, &p, &a));
	table(&r, "table a add 10.0.0.1");
	ask(&r, &p, &a);
	assert_int_equal(a.verdict, RULES_DENY);
	end(&r);
}

TEST(cache, keeps_ways_when_other_tables_change)
{
	struct kit_packet p = packet_of('t');
	struct rules_answer a;
	char text[64];
	struct rig r;

	begin(&r, "table t add 10.0.0.1 1\ntable u create", "add 100 deny src-ip table(t)");
	assert_true(kept(&r, &p, &a));
	for (unsigned i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "-q table u add 10.0.0.%u", i % 50);
		table(&r, text);
		assert_true(ask(&r, &p, &a));
	}
	end(&r);
}

/* More tables than lots: those of one lot end each other's ways, and none is missed. */
TEST(cache, tells_many_tables_apart_or_takes_them_for_one)
{
	enum { TABLES = 3 * TABLE_LOTS };
	struct kit_packet p = packet_of('t');
	struct rules_answer a;
	char text[64];
	struct rig r;

	begin(&r, "table t0 create", "add 100 deny src-ip table(t0)\nadd 200 deny src-ip table(t100)");
	for (unsigned i = 1; i < TABLES; i++) {
		snprintf(text, sizeof(text), "table t%u %s", i, i == 100 ? "flush" : "create");
		table(&r, text);
	}
	for (unsigned i = 0; i < TABLES; i++) {
		assert_true(kept(&r, &p, &a));
		assert_int_equal(a.verdict, RULES_ALLOW);
		snprintf(text, sizeof(text), "table t%u add 10.0.0.1", i);
		table(&r, text);
		ask(&r, &p, &a);
		assert_int_equal(a.verdict, i == 0 || i == 100 ? RULES_DENY : RULES_ALLOW);
		snprintf(text, sizeof(text), "table t%u flush", i);
		table(&r, text);
	}
	end(&r);
}

/* ---- what was found ---- */

/* While a way is watched conditions are asked twice; the rule acts by what the first time found. */
TEST(cache, what_it_looks_up_is_not_what_the_rule_found)
{
	static const char *const rules[] = {
		"add 100 pipe tablearg lookup dscp n",
		"add 100 pipe tablearg { ipttl 64 or src-ip table(t) } lookup dscp n",
		"add 100 pipe tablearg ip from table(t) to any { ipttl 64 or dst-ip table(t) }",
	};
	static const uint32_t first[] = { 4, 4, 7 }, second[] = { 0, 0, 8 };

	for (unsigned i = 0; i < 3; i++) {
		struct rules_answer a[2];

		two_of_a_flow("table n create type number\ntable n add 0 4\n"
			"table t add 10.0.0.0/8 7 192.0.2.0/24 8", rules[i], a);
		assert_int_equal(a[0].verdict == RULES_PIPE ? a[0].arg : 0, first[i]);
		assert_int_equal(a[1].verdict == RULES_PIPE ? a[1].arg : 0, second[i]);
	}
}

/* At first the lookup finds nothing, or what does not fit: that is no reason to keep that. */
TEST(cache, an_argument_that_may_fit_later_is_not_settled)
{
	static const char *const rules[] = {
		"add 100 pipe tablearg lookup dscp n",
		"add 100 pipe tablearg { lookup dscp n or src-ip table(t) }",
	};

	for (unsigned i = 0; i < 2; i++) {
		struct rules_answer a[2];

		two_of_a_flow("table n create type number\ntable n add 8 4\ntable t add 10.0.0.1", rules[i], a);
		assert_int_equal(a[0].verdict, RULES_ALLOW);
		assert_int_equal(a[1].arg, 4);
	}
}

/* A jump by a table's number is kept; over rules that ask other things, which it never comes by. */
TEST(cache, follows_a_jump_by_a_table)
{
	struct kit_packet p = packet_of('t');
	struct rules_answer a;
	struct rig r;

	begin(&r, "table t add 10.0.0.1 300", "add 100 skipto tablearg ip from table(t) to any\n"
		"add 200 deny iplen 1-40\nadd 250 deny ipttl 1-3\nadd 300 pipe 3 in");
	assert_true(kept(&r, &p, &a));
	assert_int_equal(a.arg, 3);
	table(&r, "-q table t add 10.0.0.1 200");
	assert_false(kept(&r, &p, &a));
	p.bytes[8] = 2;
	ask(&r, &p, &a);
	assert_int_equal(a.verdict, RULES_DENY);
	end(&r);
}

/* Which packets a rule tags, logs or changes is of no flow, though its answer is. */
TEST(cache, keeps_no_way_with_effects)
{
	static const char *const rules[] = { "add 100 pipe tablearg tag 5 src-ip table(t)",
		"add 100 skipto tablearg untag 5 src-ip table(t)", "add 100 pipe tablearg log src-ip table(t)",
		"add 100 setdscp tablearg src-ip table(t)", "add 100 call tablearg src-ip table(t)",
		"add 100 count tag tablearg src-ip table(t)" };

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		struct kit_packet p = packet_of('t');
		struct rules_answer a;
		struct rig r;

		p.meta.layer2 = false;	/* where setdscp does nothing */
		begin(&r, "table t create valtype pipe,skipto,dscp,tag\ntable t add 10.0.0.1 4,400,40,5", rules[i]);
		assert_false(kept(&r, &p, &a));
		end(&r);
	}
}
