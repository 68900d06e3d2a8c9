/* The index and the verdict cache, held against the scan that asks every rule: the same sets, with and without them,
 * see the same packets one after the other. Answers, counters, dice, log lines, tags, call stacks and bytes must be
 * equal, and so must the trace. Sets and packets are drawn from a seed, which a failure prints; values are drawn
 * from few, so that much matches. Tables, which both sides ask, change between packets. */
#include <stdio.h>
#include <stdlib.h>

#include "draw.h"
#include "kit.h"
#include "pkt/pkt_lazy.h"
#include "rules/rules_cache.h"
#include "rules/rules_emit.h"
#include "rules/rules_index.h"
#include "test.h"

/* ---- a lane's part ---- */

struct side {
	struct rules_set *set;
	struct rules_counter *counters;
	struct rules_cache *cache;
	struct rules_env env;
	struct pkt_pool *pool;
	struct pkt *pkt;
	uint8_t bytes[128];
	struct view view;
	struct meta meta;
	struct rules_found found;
	struct rules_pass x;
	struct rules_answer a;
	char log[1024];
	uint32_t trace[4096];
	size_t traced;
};

static const char *name_of(void *ctx, uint16_t iface)
{
	static const char *const names[] = { NULL, "a1", "a2", "b" };

	(void)ctx;
	return iface < 4 ? names[iface] : NULL;
}

static bool is_me4(void *ctx, uint32_t addr) { (void)ctx; return addr == 0x0a000001; }
static bool is_me6(void *ctx, const uint64_t addr[2]) { (void)ctx; return addr[1] == 1; }

static void log_to(void *ctx, const struct rules_pass *x, uint64_t nth, bool last)
{
	struct side *s = ctx;
	size_t n = strlen(s->log);

	snprintf(s->log + n, sizeof(s->log) - n, "%u:%u%s ", x->rule, (unsigned)nth, last ? "!" : "");
}

static void note(void *ctx, uint32_t rule)
{
	struct side *s = ctx;

	if (s->traced < sizeof(s->trace) / sizeof(*s->trace))
		s->trace[s->traced++] = rule;
}

static void side_begin(struct side *s, const struct rules_cfg *cfg, struct rules_cmd **cmds, size_t n)
{
	struct err e = { 0 };

	*s = (struct side){ .set = rules_build(NULL, cfg, cmds, n, &e), .pool = pkt_pool_new(0) };
	s->env = (struct rules_env){ s, name_of, is_me4, is_me6, log_to };
	if (!s->set)
		print_message("# %s\n", e.text);
	assert_non_null(s->set);
	s->counters = rules_counters(s->set, NULL, NULL);
}

static void side_end(struct side *s)
{
	pkt_pool_free(s->pool);
	rules_release(s->set);
	rules_cache_free(s->cache);
	free(s->counters);
}

static void side_judge(struct side *s, const struct kit_packet *p, nrw_time now, uint32_t from, bool traced)
{
	memcpy(s->bytes, p->bytes, sizeof(s->bytes));
	s->pkt = pkt_new(s->pool);
	s->pkt->data = s->bytes;
	s->pkt->len_bytes = s->pkt->wire_bytes = p->n;
	s->pkt->link = (uint8_t)p->link;
	s->meta = p->meta;
	view_parse(&s->view, p->link, s->bytes, p->n, p->n);
	s->x = (struct rules_pass){ .look = { .view = &s->view, .meta = &s->meta, .env = &s->env, .bytes = s->bytes,
		.len_bytes = p->n, .wire_bytes = p->n, .counters = s->counters, .found = &s->found },
		.view = &s->view, .meta = &s->meta, .pkt = s->pkt, .pool = s->pool, .now = now, .from = from,
		.cache = s->cache };
	s->traced = 0;
	*s->log = '\0';
	if (traced)
		rules_judge_traced(s->set, &s->x, &s->a, note, s);
	else
		rules_judge(s->set, &s->x, &s->a);
}

static bool same_lazy(const struct pkt *a, const struct pkt *b)
{
	if (!a->lazy || !b->lazy)
		return a->lazy == b->lazy;
	return a->lazy->tags == b->lazy->tags && !memcmp(a->lazy->tag, b->lazy->tag, sizeof(a->lazy->tag)) &&
		a->lazy->calls == b->lazy->calls && !memcmp(a->lazy->call, b->lazy->call, sizeof(a->lazy->call));
}

static bool same_answer(const struct rules_answer *a, const struct rules_answer *b)
{
	return a->verdict == b->verdict && (a->verdict == RULES_DENY || a->arg == b->arg) && a->rule == b->rule &&
		a->why == b->why && a->reply == b->reply && a->code == b->code;
}

/* What differs; NULL: nothing. Packets are freed. */
static const char *difference(struct side *a, struct side *b)
{
	const char *what = NULL;

	if (!same_answer(&a->a, &b->a))
		what = "answer";
	else if (memcmp(a->counters, b->counters, rules_total(a->set) * sizeof(*a->counters)))
		what = "counters";
	else if (strcmp(a->log, b->log))
		what = "log";
	else if (!same_lazy(a->pkt, b->pkt))
		what = "tags or calls";
	else if (memcmp(a->pkt->data, b->pkt->data, a->pkt->len_bytes) || memcmp(&a->view, &b->view, sizeof(a->view)))
		what = "bytes";
	else if (a->traced != b->traced || memcmp(a->trace, b->trace, a->traced * sizeof(*a->trace)))
		what = "trace";
	pkt_free(a->pool, a->pkt);
	pkt_free(b->pool, b->pkt);
	return what;
}

/* ---- packets ---- */

static struct kit_packet random_packet(void)
{
	static const uint8_t protos[] = { 0, 1, 6, 6, 17, 17, 47, 58 };
	static const uint8_t flags[] = { TCP_SYN, TCP_ACK, TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK | TCP_RST,
		TCP_SYN | TCP_RST, 0, TCP_PSH };
	struct kit_packet p;

	switch (draw_below(6)) {
	case 0:
		p = kit_udp((uint16_t)draw_below(8), (uint16_t)draw_below(8));
		break;
	case 1:
		p = kit_ip4(PICK(protos));
		break;
	case 2:
		p = kit_tcp6(PICK(flags));
		wire_put64(p.bytes + 16, draw_below(4));
		wire_put16(p.bytes + 42, (uint16_t)draw_below(8));
		break;
	case 3:
		p = kit_ip6(PICK(protos));
		break;
	default:
		p = kit_tcp(PICK(flags));
		wire_put16(p.bytes + 20, (uint16_t)draw_below(draw_below(2) ? 8 : 65536));
		wire_put16(p.bytes + 22, (uint16_t)draw_below(draw_below(2) ? 8 : 65536));
		break;
	}
	if (p.bytes[0] == 0x45) {
		p.bytes[1] = (uint8_t)(draw_below(3) ? 0 : draw_below(256));
		wire_put16(p.bytes + 4, (uint16_t)draw_below(8));
		p.bytes[8] = (uint8_t)draw_below(draw_below(2) ? 8 : 256);
		p.bytes[15] = (uint8_t)draw_below(6);
		if (!draw_below(6))
			kit_frag(&p, (uint16_t)(draw_below(2) ? 0x2000 : draw_below(65536)));
	}
	if (!draw_below(40))
		p.n = draw_below(p.n);
	p.meta.dir = (uint8_t)draw_below(2);
	p.meta.layer2 = !draw_below(5);
	p.meta.len_bytes = draw_below(3) ? draw_below(8) : draw_below(70000);
	p.meta.iface_in = (uint16_t)draw_below(5);
	p.meta.iface_out = p.meta.dir == META_OUT ? (uint16_t)draw_below(5) : 0;
	return p;
}

/* ---- laws ---- */

enum { RULES_MOST = 400, FLOWS = 30 };
enum { TRACED = 1, CACHED = 2, LINEAR = 4, INTERPRETED = 8 };

/* One of few flows, in which all else may change from packet to packet. */
static struct kit_packet packet_of_flow(void)
{
	static struct kit_packet flows[FLOWS];
	struct kit_packet *p = &flows[draw_below(FLOWS)];

	if (!p->n || !draw_below(40))
		*p = random_packet();
	if (p->bytes[0] == 0x45 && !draw_below(3)) {
		p->bytes[1] = (uint8_t)(draw_below(2) * 0x10);
		p->bytes[5] = (uint8_t)draw_below(8);
		p->bytes[8] = (uint8_t)draw_below(8);
		p->meta.len_bytes = draw_below(8);
	}
	if (!draw_below(4)) {	/* and what makes it another one */
		p->meta.dir = (uint8_t)draw_below(2);
		p->meta.iface_in = (uint16_t)draw_below(3);
		p->meta.iface_out = p->meta.dir == META_OUT ? (uint16_t)draw_below(3) : 0;
		if (p->bytes[0] == 0x45 && p->bytes[9] == PROTO_TCP)
			p->bytes[33] = (uint8_t)(draw_below(2) ? TCP_SYN : TCP_ACK);
	}
	return *p;
}

/* A set of `n` rules, with and without index, and `packets` through both. How many sets had one; of CACHED, how many
 * packets were answered by the cache. */
static unsigned compare(uint64_t seed, unsigned n, unsigned packets, int how)
{
	static struct rules_cmd *cmds[RULES_MOST];
	struct rules_cfg with = { .seed = seed, .default_allow = true }, without = with;
	static struct side a, b;
	static const uint32_t generation = 1;
	struct rules_cache_stats st;
	unsigned count = 0, indexed;

	draw_dice = seed;
	with.tables = without.tables = draw_tables(seed);
	with.linear = how & LINEAR;
	with.interpreted = how & INTERPRETED;
	without.linear = without.interpreted = true;
	for (unsigned i = 0; i < n; i++)
		if ((cmds[count] = draw_rule(1 + i + draw_below(3), n, how & CACHED)))
			count++;
	assert_true(count + 2 > n / 2);
	side_begin(&a, &with, cmds, count);
	side_begin(&b, &without, cmds, count);
	assert_null(b.set->index);
	assert_null(b.set->emitted);
	indexed = how & LINEAR ? a.set->emitted != NULL : a.set->index != NULL;
	if (how & CACHED)
		a.cache = rules_cache_new(seed, &generation, with.tables);
	for (unsigned i = 0; i < packets; i++) {
		struct kit_packet p = how & CACHED ? packet_of_flow() : random_packet();
		uint32_t from = draw_below(8) ? 0 : draw_below(rules_count(a.set));
		const char *what;

		if (!draw_below(50))
			draw_change(with.tables);
		side_judge(&a, &p, i, from, how & TRACED);
		side_judge(&b, &p, i, from, how & TRACED);
		what = difference(&a, &b);
		if (what)
			print_message("# seed %llu, %u rules, packet %u: %s differ: rule %u, without index %u\n",
				(unsigned long long)seed, n, i, what, a.a.rule, b.a.rule);
		assert_null(what);
	}
	while (count)
		rules_cmd_free(cmds[--count]);
	if (a.cache) {
		rules_cache_stats(a.cache, &st);
		indexed = (unsigned)st.hits;
	}
	side_end(&a);
	side_end(&b);
	rules_tables_free(with.tables);
	return indexed;
}

TEST(index, changes_nothing_for_random_sets_and_packets)
{
	unsigned indexed = 0;

	for (unsigned seed = 1; seed <= 150; seed++)
		indexed += compare(seed, 16 + seed % 7 * 9, 300, 0);
	assert_true(indexed > 100);
}

TEST(index, changes_nothing_for_large_sets)
{
	for (unsigned seed = 1000; seed < 1010; seed++)
		assert_true(compare(seed, RULES_MOST, 200, 0));
}

TEST(index, names_the_same_rules_in_a_trace)
{
	for (unsigned seed = 2000; seed < 2040; seed++)
		compare(seed, 40, 100, TRACED);
}

/* The machine code of rules, with an index and without. */
TEST(code, changes_nothing_for_random_sets_and_packets)
{
	unsigned emitted = 0;

	for (unsigned seed = 4000; seed < 4200; seed++)
		emitted += compare(seed, 1 + seed % 40, 200, LINEAR | (seed % 4 ? 0 : TRACED));
	assert_true(emitted > 150 || !filter_native_here());
	for (unsigned seed = 4200; seed < 4250; seed++)
		compare(seed, 16 + seed % 60, 200, INTERPRETED);
}

TEST(code, changes_nothing_for_large_sets)
{
	for (unsigned seed = 4300; seed < 4305; seed++)
		assert_true(compare(seed, RULES_MOST, 200, LINEAR) || !filter_native_here());
}

/* Rules that an index names in rows: lengths that overlap. */
TEST(code, changes_nothing_where_an_index_names_many_in_a_row)
{
	static char text[RULES_MOST][120];
	static struct rules_cmd *cmds[RULES_MOST];
	const struct rules_cfg with = { .default_allow = true }, without = { .default_allow = true, .linear = true,
		.interpreted = true };
	static struct side a, b;
	unsigned rows = 0;

	for (unsigned i = 0; i < RULES_MOST; i++) {
		snprintf(text[i], sizeof(text[i]), "add %s ip from any to any iplen %u-%u ipttl %u-255",
			i % 19 ? "count" : i % 38 ? "skipto 60000" : "setdscp ef", 64 + i, 120 + i, i % 7 * 20);
		cmds[i] = kit_cmd(text[i]);
	}
	side_begin(&a, &with, cmds, RULES_MOST);
	side_begin(&b, &without, cmds, RULES_MOST);
	assert_non_null(a.set->index);
	draw_dice = 1;
	for (unsigned i = 0; i < 3000; i++) {
		struct kit_packet p = random_packet();
		const char *what;
		struct walk w;

		p.meta.len_bytes = draw_below(600);
		side_judge(&a, &p, i, draw_below(2) ? 0 : draw_below(RULES_MOST), false);
		side_judge(&b, &p, i, a.x.from, false);
		walk_begin(&w, a.set->index, &b.x.look);
		rows += walk_dense(&w, walk_next(&w, 0)) != 0;
		what = difference(&a, &b);
		if (what)
			print_message("# packet %u: %s differ\n", i, what);
		assert_null(what);
	}
	assert_true(rows > 1000);
	for (unsigned i = 0; i < RULES_MOST; i++)
		rules_cmd_free(cmds[i]);
	side_end(&a);
	side_end(&b);
}

static struct rules_set *many(unsigned n, const char *fmt)
{
	static char text[RULES_MOST][100];
	static struct rules_cmd *cmds[RULES_MOST];
	struct rules_set *s;

	for (unsigned i = 0; i < n; i++) {
		snprintf(text[i], sizeof(text[i]), "add count ip from any to any %s %u", fmt, i + 1);
		cmds[i] = kit_cmd(text[i]);
	}
	s = rules_build(NULL, NULL, cmds, n, NULL);
	for (unsigned i = 0; i < n; i++)
		rules_cmd_free(cmds[i]);
	assert_non_null(s);
	return s;
}

TEST(cache, changes_nothing_for_random_sets_and_flows)
{
	unsigned hits = 0;

	for (unsigned seed = 3000; seed < 3200; seed++)
		hits += compare(seed, 16 + seed % 5 * 8, 500, CACHED);
	print_message("# %u of %u packets answered by the cache\n", hits, 200 * 500);
	assert_true(hits > 2500);
}

TEST(index, is_not_made_for_few_rules)
{
	struct rules_set *few = many(INDEX_RULES_MIN - 1, "dst-port"), *enough = many(INDEX_RULES_MIN, "dst-port");

	assert_null(few->index);
	assert_non_null(enough->index);
	rules_release(few);
	rules_release(enough);
}

/* Rules that are asked of a packet that meets one of them. */
TEST(index, asks_few_rules_of_many)
{
	static const char *const words[] = { "dst-port", "src-port", "ipid", "iplen" };
	static const struct rules_env nothing_known;
	struct kit_packet p = kit_udp(7, 7);
	struct view v;
	struct meta m = { .len_bytes = 7 };

	wire_put16(p.bytes + 4, 7);
	view_parse(&v, p.link, p.bytes, p.n, p.n);
	for (unsigned i = 0; i < 4; i++) {
		struct rules_set *s = many(RULES_MOST, words[i]);
		struct walk w;

		walk_begin(&w, s->index, &(struct rules_look){ .view = &v, .meta = &m, .env = &nothing_known });
		assert_int_equal(walk_next(&w, 0), 6);
		assert_int_equal(walk_next(&w, 7), RULES_MOST);	/* the default rule */
		rules_release(s);
	}
}

TEST(index, seeks_as_a_scan_would)
{
	uint32_t list[1000];

	draw_dice = 5;
	for (unsigned n = 1; n <= 100; n++) {
		uint32_t at = 0;

		for (unsigned i = 0; i < n; i++)
			list[i] = at += 1 + draw_below(4);
		list[n] = UINT32_MAX;
		for (uint32_t want = list[0] + 1; want < at + 5; want++) {
			unsigned i = 0;

			while (list[i] < want)
				i++;
			assert_ptr_equal(walk_seek(list, list + n, want), list + i);
		}
	}
}

/* ---- the cache by itself ---- */

struct flow_rig {
	struct side side;
	uint32_t generation;
};

static void rig_begin(struct flow_rig *r, const char *fmt)
{
	*r = (struct flow_rig){ .side = { .set = many(100, fmt), .pool = pkt_pool_new(0) }, .generation = 1 };
	r->side.counters = rules_counters(r->side.set, NULL, NULL);
	r->side.cache = rules_cache_new(7, &r->generation, NULL);
}

/* How many of `n` judgements were answered, and how many ways were kept. */
static struct rules_cache_stats send(struct flow_rig *r, const struct kit_packet *p, unsigned n)
{
	struct rules_cache_stats before, after;

	rules_cache_stats(r->side.cache, &before);
	while (n--) {
		side_judge(&r->side, p, 0, 0, false);
		pkt_free(r->side.pool, r->side.pkt);
	}
	rules_cache_stats(r->side.cache, &after);
	return (struct rules_cache_stats){ after.asked - before.asked, after.hits - before.hits,
		after.kept - before.kept, after.bytes };
}

TEST(cache, keeps_a_flow_at_its_second_packet)
{
	struct kit_packet p = kit_udp(7, 7);
	struct flow_rig r;

	rig_begin(&r, "dst-port");
	assert_int_equal(send(&r, &p, 1).kept, 0);
	assert_int_equal(send(&r, &p, 1).kept, 1);
	assert_int_equal(send(&r, &p, 10).hits, 10);
	assert_int_equal(r.side.counters[6].packets, 12);
	side_end(&r.side);
}

TEST(cache, forgets_with_the_generation)
{
	struct kit_packet p = kit_udp(7, 7);
	struct flow_rig r;

	rig_begin(&r, "dst-port");
	assert_int_equal(send(&r, &p, 3).hits, 1);
	r.generation++;
	assert_int_equal(send(&r, &p, 2).hits, 0);
	assert_int_equal(send(&r, &p, 1).hits, 1);
	side_end(&r.side);
}

TEST(cache, answers_no_flow_whose_rules_ask_more)
{
	struct kit_packet p = kit_udp(7, 7);
	struct flow_rig r;

	rig_begin(&r, "iplen");
	assert_int_equal(send(&r, &p, 10).hits, 0);
	side_end(&r.side);
	p = kit_udp(7, 207);
	rig_begin(&r, "ipttl 9 dst-port");	/* ports say no already */
	assert_int_equal(send(&r, &p, 10).hits, 8);
	side_end(&r.side);
}

TEST(cache, passes_over_fragments_and_icmp)
{
	struct kit_packet frag = kit_udp(7, 7), icmp = kit_icmp(8);
	struct flow_rig r;

	rig_begin(&r, "dst-port");
	kit_frag(&frag, 0x2000);
	assert_int_equal(send(&r, &frag, 5).asked, 0);
	assert_int_equal(send(&r, &icmp, 5).asked, 0);
	side_end(&r.side);
}

/* Every packet another flow: nothing is kept, memory is what it was, and seven in eight packets are not looked up. */
TEST(cache, costs_random_flows_an_eighth_of_its_lookups)
{
	enum { PACKETS = 200000 };
	struct kit_packet p = kit_udp(0, 0);
	struct rules_cache_stats st = { 0 }, now;
	struct flow_rig r;

	rig_begin(&r, "dst-port");
	for (unsigned i = 0; i < PACKETS; i++) {
		kit_src4(&p, i * 2654435761u);
		now = send(&r, &p, 1);
		st.asked += now.asked;
		st.hits += now.hits;
		st.kept += now.kept;
	}
	assert_int_equal(st.hits, 0);
	assert_in_range(st.kept, 0, 3);		/* two prints of 32 bits may meet */
	assert_in_range(st.asked, PACKETS / 10, PACKETS / 6);
	assert_int_equal(now.bytes, sizeof(struct rules_cache));
	side_end(&r.side);
}
