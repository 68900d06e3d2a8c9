/* Tables, through commands and rules: random changes beside models that search linearly, batches, types and names. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "rules/rules_table.h"
#include "test.h"

static uint64_t dice = 1;

static uint32_t roll(uint32_t below)	/* splitmix64 */
{
	uint64_t z = (dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % below);
}

/* ---- an instance: tables, and the rules that ask them ---- */

struct world {
	struct rules_tables *tables;
	struct rules_set *set;
	struct errs errs;	/* of the last line */
};

static struct world begin(void)
{
	struct world w = { .tables = rules_tables_new(1) };
	struct rules_cfg cfg = { .tables = w.tables };

	w.set = rules_build(NULL, &cfg, NULL, 0, NULL);
	errs_init(&w.errs);
	assert_true(w.tables && w.set);
	return w;
}

static void end(struct world *w)
{
	errs_fini(&w->errs);
	rules_release(w->set);
	rules_tables_free(w->tables);
}

/* One line, of rules or of tables. How many errors it has. */
static size_t line(struct world *w, const char *text)
{
	struct rules_cfg cfg = { .tables = w->tables };
	struct rules_set *next;
	struct rules_cmd *c;

	errs_fini(&w->errs);
	c = kit_try(text, &w->errs);
	if (!c)
		return w->errs.errors;
	if (rules_cmd_tables(c) && rules_cmd_asks(c)) {
		free(rules_tables_show(w->tables, w->set, c, &w->errs));
	} else if (rules_cmd_tables(c)) {
		rules_tables_run(w->tables, w->set, c, &w->errs);
	} else if (!rules_check(w->set, &cfg, &c, 1, &w->errs)) {
		next = rules_build(w->set, &cfg, &c, 1, NULL);
		assert_non_null(next);
		rules_release(w->set);
		w->set = next;
	}
	rules_cmd_free(c);
	return w->errs.errors;
}

#define good(w, s) do { if (line(w, s)) fail_msg("%s: %s", s, (w)->errs.notes[0].text); } while (0)

static void wrong(struct world *w, const char *text, unsigned column, const char *says)
{
	const struct note *last;

	assert_int_equal(line(w, text), 1);
	last = &w->errs.notes[w->errs.count - 1];
	assert_int_equal(last->column, column);
	assert_non_null(strstr(last->text, says));
}

/* What a command on tables answers. */
static void answers(struct world *w, const char *command, const char *expected)
{
	struct rules_cmd *c = kit_cmd(command);
	struct errs es;
	char *text;

	errs_init(&es);
	text = rules_tables_show(w->tables, w->set, c, &es);
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	errs_fini(&es);
	rules_cmd_free(c);
}

static uint32_t pipe_of(struct world *w, const struct kit_packet *p)	/* 0: denied */
{
	struct rules_answer a = kit_judge(w->set, p, NULL);

	return a.verdict == RULES_PIPE ? a.arg : 0;
}

/* ---- addresses, beside a list that is searched from end to end ---- */

enum { MODEL = 400 };

struct model {
	struct { uint64_t addr[2]; unsigned len; uint32_t value; bool six; } e[MODEL];
	unsigned n;
};

static bool within(const uint64_t a[2], const uint64_t b[2], unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		if ((a[i / 64] ^ b[i / 64]) >> (63 - i % 64) & 1)
			return false;
	return true;
}

static int model_find(const struct model *m, const uint64_t addr[2], unsigned len, bool six)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->e[i].six == six && m->e[i].len == len && within(addr, m->e[i].addr, len))
			return (int)i;
	return -1;
}

static uint32_t model_longest(const struct model *m, const uint64_t addr[2], bool six)
{
	int best = -1;

	for (unsigned i = 0; i < m->n; i++)
		if (m->e[i].six == six && within(addr, m->e[i].addr, m->e[i].len) &&
			(best < 0 || m->e[i].len > m->e[best].len))
			best = (int)i;
	return best < 0 ? 0 : m->e[best].value;
}

/* Few addresses, so that prefixes hold one another. */
static void draw(uint64_t addr[2], bool six)
{
	addr[0] = six ? UINT64_C(0x20010db800000000) | roll(4) : ((uint64_t)10 << 24 | roll(8) << 14 | roll(8)) << 32;
	addr[1] = six ? (uint64_t)roll(8) << 60 | roll(4) : 0;
}

static void text_of(char *to, size_t room, const uint64_t addr[2], unsigned len, bool six)
{
	char ip[WIRE_IP6_TEXT];

	if (six)
		wire_ip6_print(addr, ip);
	else
		wire_ip4_print((uint32_t)(addr[0] >> 32), ip);
	snprintf(to, room, "%s/%u", ip, len);
}

static void change(struct world *w, struct model *m)
{
	bool six = roll(2), more = m->n < MODEL && roll(5) > 1, quiet = roll(3) == 0;
	unsigned len = six ? (roll(2) ? 128 : roll(129)) : (roll(2) ? 32 : roll(33));
	uint32_t value = 1 + roll(60000);
	char key[64], text[128];
	uint64_t addr[2];
	int at;

	draw(addr, six);
	at = model_find(m, addr, len, six);
	text_of(key, sizeof(key), addr, len, six);
	snprintf(text, sizeof(text), more ? "%stable t add %s %u" : "%stable t delete %s", quiet ? "-q " : "", key,
		value);
	assert_int_equal(line(w, text), !quiet && (at >= 0) == more);
	if (more && at < 0)
		at = (int)m->n++;
	else if ((more && !quiet) || at < 0)
		return;
	if (!more) {
		m->e[at] = m->e[--m->n];
		return;
	}
	memcpy(m->e[at].addr, addr, sizeof(addr));
	m->e[at].len = len;
	m->e[at].value = value;
	m->e[at].six = six;
}

TEST(table, the_longest_prefix_decides_while_it_changes)
{
	static struct model m;
	struct world w = begin();

	good(&w, "table t create");
	good(&w, "add pipe tablearg ip from table(t) to any");
	for (unsigned i = 0; i < 4000; i++) {
		bool six = roll(2);
		struct kit_packet p = six ? kit_ip6(17) : kit_udp(1, 2);
		uint64_t addr[2];

		change(&w, &m);
		draw(addr, six);
		if (six) {
			wire_put64(p.bytes + 8, addr[0]);
			wire_put64(p.bytes + 16, addr[1]);
		} else {
			kit_src4(&p, (uint32_t)(addr[0] >> 32));
		}
		assert_int_equal(pipe_of(&w, &p), model_longest(&m, addr, six));
	}
	assert_true(m.n > 100);
	end(&w);
}

TEST(table, numbers_are_found_exactly_while_they_change)
{
	static uint32_t value[64];
	struct world w = begin();
	char text[64];

	good(&w, "table t create type number");
	good(&w, "add pipe tablearg lookup dst-port t");
	for (unsigned i = 0; i < 4000; i++) {
		uint32_t n = roll(64), v = 1 + roll(1000), ask = roll(64);
		bool more = roll(2);
		struct kit_packet p = kit_udp(1, (uint16_t)ask);

		snprintf(text, sizeof(text), more ? "table t add %u %u" : "table t delete %u", n, v);
		assert_int_equal(line(&w, text), (value[n] != 0) == more);
		if (!more)
			value[n] = 0;
		else if (!value[n])
			value[n] = v;
		assert_int_equal(pipe_of(&w, &p), value[ask]);
	}
	end(&w);
}

/* The hash under names and flows: keys of one to three letters. */
TEST(table, a_hash_of_keys_is_a_list_of_keys)
{
	static uint32_t model[26 * 26];
	struct exact x;

	assert_int_equal(exact_init(&x, (struct siphash_key){ 1, 2 }), 0);
	for (unsigned i = 0; i < 60000; i++) {
		uint32_t n = roll(26 * 26), row = 1 + roll(1000), ask = roll(26 * 26);
		uint8_t key[2] = { (uint8_t)('a' + n / 26), (uint8_t)('a' + n % 26) };
		uint8_t asked[2] = { (uint8_t)('a' + ask / 26), (uint8_t)('a' + ask % 26) };

		if (roll(2)) {
			assert_int_equal(exact_set(&x, key, 2, row), 0);
			model[n] = row;
		} else if (model[n]) {
			exact_remove(&x, key, 2);
			model[n] = 0;
		}
		assert_int_equal(exact_find(&x, asked, 2), model[ask] ? model[ask] : TABLE_NONE);
	}
	exact_fini(&x);
}

/* ---- what rules ask ---- */

static const char *name_of(void *ctx, uint16_t iface) { return iface == 1 ? "eth0" : iface == 2 ? "eth01" : NULL; }

TEST(table, interfaces_are_whole_names)
{
	static const struct rules_env env = { .iface_name = name_of };
	struct kit_packet p = kit_udp(1, 2);
	struct world w = begin();

	good(&w, "table i create type iface");
	good(&w, "table i add eth0 7 eth 8 eth012 9");
	good(&w, "add pipe tablearg recv table(i)");
	kit_env = &env;
	p.meta.iface_in = 1;
	assert_int_equal(pipe_of(&w, &p), 7);
	p.meta.iface_in = 2;
	assert_int_equal(pipe_of(&w, &p), 0);
	p.meta.iface_in = 3;
	assert_int_equal(pipe_of(&w, &p), 0);
	kit_env = NULL;
	end(&w);
}

/* ---- each word that asks, beside a key that is there and packets that have it or not ---- */

static struct kit_packet frame(void)	/* 2:0:0:0:0:2 < 2:0:0:0:0:1, with IPv4 and UDP */
{
	static const uint8_t head[14] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0 };
	struct kit_packet ip = kit_udp(4000, 80), p = { .n = ip.n + 14, .link = LINK_ETHERNET };

	memcpy(p.bytes, head, 14);
	memcpy(p.bytes + 14, ip.bytes, ip.n);
	p.bytes[15] = 0xb8;	/* dscp 46 */
	p.meta.layer2 = true;
	p.meta.iface_in = 1;
	return p;
}

static struct kit_packet packet_of(char kind)
{
	struct kit_packet p = kit_udp(4000, 80);

	if (kind == '6')
		p = kit_tcp6(TCP_SYN);
	else if (kind == 'e' || kind == '3')
		p = frame();
	else if (kind == 'i')
		p = kit_icmp(8);
	else if (kind == 'f')
		kit_frag(&p, 5);
	if (kind == 'c') {
		p = kit_ip6(0);
		p.n = 44;
	}
	p.meta.layer2 = kind == 'e';
	p.meta.iface_in = 1;
	p.meta.iface_out = kind == 'o' || kind == 'b' ? 2 : 0;
	p.meta.dir = kind == 'o' ? META_OUT : META_IN;
	return p;
}

/* Packets: 4: UDP, 6: TCP over IPv6, e: an Ethernet frame at layer 2, 3: at layer 3, f: a later fragment, i: ICMP,
 * o: UDP that goes out by eth01, b: that will; c: IPv6 cut in its chain of headers; all came in by eth0. */
static const struct { const char *type, *key, *asks, *yes, *no; } words[] = {
	{ "addr", "10.0.0.1", "src-ip table(t)", "4ei", "6" },
	{ "addr", "10.0.0.1", "dst-ip table(t)", "", "46ei" },
	{ "addr", "192.0.2.0/24", "dst-ip table(t)", "4ei", "6" },
	{ "addr", "192.0.2.1", "lookup dst-ip t", "4", "6" },
	{ "addr", "192.0.2.1", "lookup src-ip t", "", "46" },
	{ "addr", "2001:db8::1", "src-ip table(t)", "6", "4" },
	{ "addr", "2001:db8::2", "src-ip table(t)", "", "46" },
	{ "addr", "2001:db8::2", "dst-ip table(t)", "6", "4" },
	{ "addr", "2001:db8::1", "lookup dst-ip t", "", "46" },
	{ "addr", "::/0 5 0.0.0.0/0", "src-ip6 table(t)", "6", "4e" },
	{ "addr", "::/0 5 0.0.0.0/0", "dst-ip6 table(t)", "6", "4e" },
	{ "number", "4000", "lookup src-port t", "46e", "fi" },
	{ "number", "80", "lookup src-port t", "", "46fi" },
	{ "number", "80", "lookup dst-port t", "46e", "fi" },
	{ "number", "4000", "lookup dst-port t", "", "46fi" },
	{ "number", "0", "lookup src-port t", "", "46efi" },	/* who has no port has not port 0 */
	{ "number", "0", "lookup dst-port t", "", "46efi" },
	{ "number", "46", "lookup dscp t", "e3", "46" },
	{ "number", "0", "lookup dscp t", "46f", "e" },
	{ "mac", "2:0:0:0:0:1", "lookup src-mac t", "e", "34" },
	{ "mac", "2:0:0:0:0:2", "lookup src-mac t", "", "e34" },
	{ "mac", "2:0:0:0:0:2/48", "lookup dst-mac t", "e", "34" },
	{ "mac", "2:0:0:0:0:1", "lookup dst-mac t", "", "e34" },
	{ "mac", "0:0:0:0:0:0/0", "lookup dst-mac t", "e", "34" },
	{ "iface", "eth0", "recv table(t)", "46eo", "" },
	{ "iface", "eth01", "recv table(t)", "", "4o" },
	{ "iface", "eth0", "xmit table(t)", "", "4o" },
	{ "iface", "eth01", "xmit table(t)", "o", "4b" },
	{ "iface", "eth0", "via table(t)", "4b", "o" },
	{ "iface", "eth01", "via table(t)", "o", "4b" },
	{ "flow:src-port", "4000", "flow table(t)", "46", "fi" },
	{ "flow:src-port", "0", "flow table(t)", "i", "46f" },	/* but as a flow, if its protocol has none */
	{ "flow:dst-port", "80", "flow table(t)", "46", "fi" },
	{ "flow:proto", "udp", "flow table(t)", "4f", "6i" },
	{ "flow:proto", "0", "flow table(t)", "", "46c" },
	{ "flow:src-ip", "10.0.0.1", "flow table(t)", "4fi", "6" },
	{ "flow:dst-ip", "2001:db8::2", "flow table(t)", "6", "4" },
};

TEST(table, each_word_asks_what_it_names)
{
	static const struct rules_env env = { .iface_name = name_of };

	kit_env = &env;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct world w = begin();
		char text[100];

		print_message("# %s: %s\n", words[i].asks, words[i].key);
		snprintf(text, sizeof(text), "table t create type %s", words[i].type);
		good(&w, text);
		snprintf(text, sizeof(text), "table t add %s 5", words[i].key);
		good(&w, text);
		snprintf(text, sizeof(text), "add pipe 1 %s", words[i].asks);
		good(&w, text);
		snprintf(text, sizeof(text), "%s%s", words[i].yes, words[i].no);
		for (size_t k = 0; text[k]; k++) {
			struct kit_packet p = packet_of(text[k]);

			assert_int_equal(pipe_of(&w, &p), k < strlen(words[i].yes));
		}
		end(&w);
	}
	kit_env = NULL;
}

/* A rule that stands when its table goes and comes back as another type finds nothing there. */
TEST(table, a_table_of_another_type_is_none)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();
	struct rules_set *all;

	good(&w, "table t add 10.0.0.0/8 5");
	good(&w, "add pipe tablearg ip from table(t) to any");
	assert_int_equal(pipe_of(&w, &p), 5);
	all = w.set;
	w.set = NULL;		/* no rule is known to ask it */
	good(&w, "table t destroy");
	good(&w, "table t create type number");
	good(&w, "table t add 167772161 6");
	w.set = all;
	assert_int_equal(pipe_of(&w, &p), 0);
	end(&w);
}

TEST(table, an_address_of_ipv6_is_no_value_to_ask_for)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();

	good(&w, "table t create valtype ipv6,pipe");
	good(&w, "table t add 10.0.0.1 0:7::,3");
	good(&w, "add 100 pipe 9 ip from table(t,7) to any");
	good(&w, "add 200 pipe tablearg ip from table(t) to any");
	assert_int_equal(pipe_of(&w, &p), 3);
	end(&w);
}

/* What `lookup` answers is the prefix that holds the key, whatever its length. */
TEST(table, a_lookup_tells_the_prefix_it_found)
{
	struct world w = begin();

	good(&w, "table t add 0.0.0.0/0 1 128.0.0.0/1 2 10.0.0.0/7 3 2001:db8::/5 4");
	answers(&w, "table t lookup 1.2.3.4", "0.0.0.0/0 1\n");
	answers(&w, "table t lookup 200.2.3.4", "128.0.0.0/1 2\n");
	answers(&w, "table t lookup 11.2.3.4", "10.0.0.0/7 3\n");
	answers(&w, "table t lookup 2001::", "2000::/5 4\n");
	end(&w);
}

TEST(table, a_flow_is_all_fields_of_its_type)
{
	struct kit_packet tcp = kit_tcp(0), udp = kit_udp(4000, 80), icmp = kit_icmp(8), six = kit_tcp6(0);
	struct world w = begin();

	good(&w, "table f create type flow");
	good(&w, "table f add 10.0.0.1,tcp,4000,192.0.2.1,80 1 10.0.0.1,1,0,192.0.2.1,0 2");
	good(&w, "table f add 2001:db8::1,6,4000,2001:db8::2,http 3");
	good(&w, "table g create type flow:dst-ip,dst-port");
	good(&w, "table g add 192.0.2.1,80 4");
	good(&w, "add pipe tablearg flow table(f)");
	assert_int_equal(pipe_of(&w, &tcp), 1);
	assert_int_equal(pipe_of(&w, &udp), 0);
	assert_int_equal(pipe_of(&w, &icmp), 2);
	assert_int_equal(pipe_of(&w, &six), 3);
	good(&w, "add pipe tablearg flow table(g)");
	assert_int_equal(pipe_of(&w, &udp), 4);
	kit_frag(&udp, 1);	/* its ports are not to be seen */
	assert_int_equal(pipe_of(&w, &udp), 0);
	answers(&w, "table f list", "10.0.0.1,1,0,192.0.2.1,0 2\n10.0.0.1,6,4000,192.0.2.1,80 1\n"
		"2001:db8::1,6,4000,2001:db8::2,80 3\n");
	end(&w);
}

TEST(table, the_last_lookup_that_succeeds_is_the_argument)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();

	good(&w, "table a add 10.0.0.0/8 1");
	good(&w, "table b add 192.0.2.0/24 2");
	good(&w, "table n add 80 3");
	good(&w, "add 100 pipe tablearg ip from table(a) to table(b)");
	assert_int_equal(pipe_of(&w, &p), 2);
	good(&w, "add 50 pipe tablearg lookup dst-port n lookup src-ip a");
	assert_int_equal(pipe_of(&w, &p), 1);
	good(&w, "add 40 pipe tablearg ip from { table(a) or table(b) } to not table(a)");
	assert_int_equal(pipe_of(&w, &p), 1);
	good(&w, "add 30 pipe tablearg ip from table(a,1) to any not lookup dst-port n,4");
	assert_int_equal(pipe_of(&w, &p), 1);
	good(&w, "add 20 pipe 9 ip from table(a,2) to any");	/* another value: not found */
	assert_int_equal(pipe_of(&w, &p), 1);
	good(&w, "add 10 count ip from any to table(b)");	/* of another rule */
	good(&w, "add 15 pipe tablearg { src-ip table(b) or in }");	/* matches, and found nothing */
	assert_int_equal(pipe_of(&w, &p), 1);
	end(&w);
}

/* A value that an action cannot take: the rule does not match, and does not count. */
TEST(table, an_argument_that_does_not_fit_is_no_match)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();
	struct rules_counter *c;

	good(&w, "table v create valtype pipe,tag");
	good(&w, "table v add 10.0.0.1 0,70");
	good(&w, "add 100 pipe tablearg ip from table(v) to any");
	good(&w, "add 200 skipto tablearg ip from table(v) to any");	/* there is no such column */
	good(&w, "add 300 count tag tablearg ip from table(v) to any");
	good(&w, "add 400 count ip from any to any tagged 70");
	good(&w, "table l add 10.0.0.1 500");
	good(&w, "add 500 skipto tablearg ip from table(l) to any");	/* not above its own number */
	good(&w, "add 499 skipto tablearg ip from table(l) to any");
	good(&w, "add 500 count ip from any to any");
	good(&w, "add 600 setdscp tablearg ip from table(l) to any");
	c = rules_counters(w.set, NULL, NULL);
	assert_int_equal(kit_judge(w.set, &p, c).verdict, RULES_DENY);
	for (uint32_t i = 0; i < rules_count(w.set); i++) {
		const char *text = rules_text(w.set, i);
		bool counts = strstr(text, "tag") == text + 6 || strstr(text, "tagged 70") ||
			rules_number(w.set, i) == 499 ||
			!strcmp(text, "count ip from any to any") || rules_number(w.set, i) == RULES_DEFAULT;

		assert_int_equal(c[i].packets, counts);
	}
	free(c);
	end(&w);
}

TEST(table, skipto_and_call_go_where_the_table_says)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();

	good(&w, "table t add 10.0.0.1 300");
	good(&w, "add 100 skipto tablearg ip from table(t) to any");
	good(&w, "add 200 pipe 1 ip from any to any");
	good(&w, "add 300 pipe 2 ip from any to any");
	assert_int_equal(pipe_of(&w, &p), 2);
	good(&w, "-q table t add 10.0.0.1 150");	/* the rules stay as they are */
	assert_int_equal(pipe_of(&w, &p), 1);
	good(&w, "add 50 call tablearg ip from table(t) to any");
	good(&w, "add 150 return ip from any to any");
	good(&w, "add 60 pipe 5 ip from any to any");
	assert_int_equal(pipe_of(&w, &p), 5);
	end(&w);
}

/* ---- commands ---- */

TEST(table, a_batch_does_what_is_right_and_atomic_all_or_nothing)
{
	struct world w = begin();

	good(&w, "table t create");
	good(&w, "table t add 10.0.0.1 1");
	assert_int_equal(line(&w, "table t add 10.0.0.2 2 10.0.0.1 3 x 4 10.0.0.4 5"), 2);
	assert_int_equal(w.errs.notes[0].column, 24);
	assert_int_equal(w.errs.notes[1].column, 35);
	answers(&w, "table t list", "10.0.0.1/32 1\n10.0.0.2/32 2\n10.0.0.4/32 5\n");
	assert_int_equal(line(&w, "table t atomic add 10.0.0.5 2 10.0.0.1 3"), 1);
	answers(&w, "table t list", "10.0.0.1/32 1\n10.0.0.2/32 2\n10.0.0.4/32 5\n");
	good(&w, "table t atomic add 10.0.0.5 2 10.0.0.6");
	assert_int_equal(line(&w, "table t delete 10.0.0.1 10.0.0.3 10.0.0.2"), 1);
	answers(&w, "table t list", "10.0.0.4/32 5\n10.0.0.5/32 2\n10.0.0.6/32 0\n");
	end(&w);
}

TEST(table, what_is_refused_says_where)
{
	struct world w = begin();

	good(&w, "table t create limit 1");
	wrong(&w, "table t create", 7, "exists");
	good(&w, "table t create missing");
	good(&w, "table t add 10.0.0.1");
	wrong(&w, "table t add 10.0.0.2", 13, "limit of 1");
	good(&w, "table t modify limit 2");
	good(&w, "table t add 10.0.0.2");
	wrong(&w, "table t add 10.0.0.0/33", 22, "not in 0..32");
	wrong(&w, "table t add 10.0.0.3 x", 22, "not a value");
	wrong(&w, "table t add 10.0.0.3 4294967296", 22, "4294967296");
	wrong(&w, "table t lookup 10.9.9.9", 16, "not there");
	wrong(&w, "table u lookup 10.9.9.9", 7, "does not exist");
	wrong(&w, "table u add eth0", 7, "create type T");
	wrong(&w, "table u swap t", 7, "does not exist");
	wrong(&w, "table t swap u", 14, "does not exist");
	good(&w, "table u create type iface");
	wrong(&w, "table t swap u", 14, "differ");
	good(&w, "table t lock");
	wrong(&w, "table t flush", 7, "locked");
	wrong(&w, "table t delete 10.0.0.1", 7, "locked");
	good(&w, "table t unlock");
	good(&w, "add allow ip from table(t) to any");
	wrong(&w, "table t destroy", 7, "asked by 1 rule");
	wrong(&w, "add allow recv table(t)", 22, "of type addr; this asks one of type iface");
	wrong(&w, "add allow ip from table(u) to any", 25, "of type iface");
	good(&w, "delete 100");
	good(&w, "table t destroy");
	wrong(&w, "table t list", 7, "does not exist");
	end(&w);
}

TEST(table, keys_are_of_their_type_and_in_order)
{
	struct world w = begin();

	good(&w, "table f create type flow:src-ip,dst-ip");
	wrong(&w, "table f add 10.0.0.1,2001:db8::1", 22, "of one family");
	good(&w, "table f add 2001:db9::1,::2 1 2001:db8::9,::1 2 10.0.0.2,10.0.0.1 3 10.0.0.1,10.0.0.9 4");
	answers(&w, "table f list", "10.0.0.1,10.0.0.9 4\n10.0.0.2,10.0.0.1 3\n2001:db8::9,::1 2\n2001:db9::1,::2 1\n");
	good(&w, "table h create algo addr:hash masks=/24,/64");
	wrong(&w, "table h add 10.0.0.0/25", 13, "takes /24 alone");
	wrong(&w, "table h add 2001:db8::/32", 13, "takes /64 alone");
	good(&w, "table h add 10.0.0.5 1 2001:db8::7 2");
	answers(&w, "table h list", "10.0.0.0/24 1\n2001:db8::/64 2\n");
	good(&w, "table i create type iface");
	wrong(&w, "table i add eth*", 13, "no pattern");
	wrong(&w, "table i add eth?", 13, "no pattern");
	end(&w);
}

TEST(table, locked_ones_and_unlike_ones_are_let_be)
{
	struct world w = begin();

	good(&w, "table t create locked");
	good(&w, "table u create");
	wrong(&w, "table t add 10.0.0.1", 7, "locked");
	wrong(&w, "table t destroy", 7, "locked");
	wrong(&w, "table t swap u", 7, "locked");
	wrong(&w, "table u swap t", 14, "locked");
	good(&w, "table f create type flow:src-ip");
	good(&w, "table g create type flow:dst-ip");
	wrong(&w, "table f swap g", 14, "differ");
	good(&w, "table p create valtype pipe,tag");
	good(&w, "table q create valtype tag,pipe");
	good(&w, "table r create valtype pipe");
	wrong(&w, "table p swap q", 14, "differ");
	wrong(&w, "table p swap r", 14, "differ");
	wrong(&w, "table u swap p", 14, "differ");
	end(&w);
}

TEST(table, what_goes_makes_room_and_or_flush_empties)
{
	struct world w = begin();

	good(&w, "table t create limit 1");
	for (unsigned i = 0; i < 3; i++) {
		good(&w, "table t add 10.0.0.1 7");
		wrong(&w, "table t add 10.0.0.2", 13, "limit of 1");
		good(&w, "table t delete 10.0.0.1");
	}
	good(&w, "table t add 10.0.0.1 7");
	good(&w, "table t create missing");
	answers(&w, "table t list", "10.0.0.1/32 7\n");
	good(&w, "table t create missing or-flush");
	answers(&w, "table t list", "");
	good(&w, "table t add 10.0.0.3 7");
	good(&w, "table t lock");
	good(&w, "table t create missing or-flush");	/* a locked one is left as it is */
	answers(&w, "table t list", "10.0.0.3/32 7\n");
	end(&w);
}

TEST(table, a_table_that_nobody_made_is_made_with_a_warning)
{
	struct world w = begin();

	good(&w, "add allow ip from table(a) to table(a) recv table(i)");
	assert_int_equal(w.errs.warnings, 2);
	assert_int_equal(w.errs.notes[0].column, 25);
	assert_non_null(strstr(w.errs.notes[0].text, "made, of type addr"));
	good(&w, "table n add 80 5");
	assert_int_equal(w.errs.warnings, 1);
	good(&w, "table a add 10.0.0.1");
	assert_int_equal(w.errs.warnings, 0);
	wrong(&w, "add allow recv table(new) lookup dst-port new", 43, "of type iface; this asks one of type number");
	wrong(&w, "table new list", 7, "does not exist");	/* what was refused made nothing */
	end(&w);
}

TEST(table, swap_and_flush_are_seen_by_rules_that_stand)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();

	good(&w, "table a add 10.0.0.0/8 1");
	good(&w, "table b add 10.0.0.0/8 2");
	good(&w, "add pipe tablearg ip from table(a) to any");
	assert_int_equal(pipe_of(&w, &p), 1);
	good(&w, "table a swap b");
	assert_int_equal(pipe_of(&w, &p), 2);
	answers(&w, "table b list", "10.0.0.0/8 1\n");
	answers(&w, "table a lookup 10.2.3.4", "10.0.0.0/8 2\n");
	good(&w, "table all flush");
	assert_int_equal(pipe_of(&w, &p), 0);
	good(&w, "table a create missing or-flush");
	end(&w);
}

TEST(table, with_tables_sets_each_set_has_names_of_its_own)
{
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();

	assert_int_equal(rules_tables_set_by_set(w.tables, true, NULL), 0);
	good(&w, "table t add 10.0.0.1 1");
	good(&w, "set 3 table t add 10.0.0.1 2");
	good(&w, "add set 3 pipe tablearg ip from table(t) to any");
	good(&w, "add pipe tablearg ip from table(t) to any");
	assert_int_equal(pipe_of(&w, &p), 2);
	good(&w, "set disable 3");
	assert_int_equal(pipe_of(&w, &p), 1);
	answers(&w, "set 3 table t list", "10.0.0.1/32 2\n");
	assert_int_equal(rules_tables_set_by_set(w.tables, false, NULL), ERR_USAGE);
	end(&w);
}

TEST(table, columns_have_values_of_their_kind)
{
	struct world w = begin();

	good(&w, "table t create type mac valtype skipto,dscp,ipv6,ipv4,mark");
	good(&w, "table t add 2:0:0:0:0:1 100,ef,2001:db8::1,10.0.0.1,0xff 2:0:0:0:0:1/24");
	wrong(&w, "table t add 2:0:0:0:0:2 100,64,::,0,0", 29, "not in 0..63");
	wrong(&w, "table t add 2:0:0:0:0:2 65536,0,::,0,0", 25, "not in 0..65535");
	wrong(&w, "table t add 2:0:0:0:0:2 1,0,::,0", 32, "5 values");
	answers(&w, "table t list", "02:00:00:00:00:00/24 0,0,::,0.0.0.0,0\n"
		"02:00:00:00:00:01/48 100,46,2001:db8::1,10.0.0.1,255\n");
	good(&w, "table l add 10.0.0.0/8 10.0.0.9");
	answers(&w, "table l list", "10.0.0.0/8 167772169\n");
	answers(&w, "-i table l list", "10.0.0.0/8 10.0.0.9\n");
	end(&w);
}

/* A value below 2^31 is no row, others are: either becomes the other, and each is what it was. */
TEST(table, values_of_all_sizes_are_kept_found_and_listed)
{
	static const char *const values[] = { "0", "1", "2147483647", "2147483648", "4294967294", "4294967295" };
	enum { N = sizeof(values) / sizeof(*values) };
	struct kit_packet p = kit_udp(4000, 80);
	struct world w = begin();
	char text[120], expected[64];

	good(&w, "table t create");
	good(&w, "table f create type flow:dst-port");
	for (unsigned i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "add %u pipe %u src-ip table(t,%s)", i + 1, i + 1, values[i]);
		good(&w, text);
		snprintf(text, sizeof(text), "add %u pipe %u flow table(f,%s)", i + 101, i + 101, values[i]);
		good(&w, text);
	}
	for (unsigned i = 0; i < N * N; i++) {
		snprintf(text, sizeof(text), "-q table t add 10.0.0.1 %s", values[i / N]);
		good(&w, text);
		assert_int_equal(pipe_of(&w, &p), i / N + 1);
		snprintf(text, sizeof(text), "-q table t add 10.0.0.1 %s", values[i % N]);
		good(&w, text);
		assert_int_equal(pipe_of(&w, &p), i % N + 1);
		snprintf(expected, sizeof(expected), "10.0.0.1/32 %s\n", values[i % N]);
		answers(&w, "table t list", expected);
		answers(&w, "table t lookup 10.0.0.1", expected);
	}
	good(&w, "table t flush");
	for (unsigned i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "-q table f add 80 %s", values[i]);
		good(&w, text);
		assert_int_equal(pipe_of(&w, &p), i + 101);
	}
	end(&w);
}

/* What 10^5 hosts take with one value each, and when all of them get another one. */
static void fill(uint32_t value, size_t most_bytes)
{
	struct table_desc d = { .type = TABLE_ADDR };
	struct rules_table *t = table_new(&d, (struct siphash_key){ 1, 2 });
	struct table_key k = { .family = 4, .len = 32 };
	size_t bytes = 0;

	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t row = value + i;

		k.prefix = prefix_key4(i % 100000 * UINT32_C(2654435761));
		assert_int_equal(table_set(t, &k, &row), 0);
		if (i == 99999)
			bytes = table_bytes(t);
	}
	for (uint32_t i = 0; i < 100000; i++) {		/* no row has two keys */
		uint32_t row;

		k.prefix = prefix_key4(i * UINT32_C(2654435761));
		row = table_get(t, &k);
		assert_int_equal(*values_row(&t->values, &row), value + 100000 + i);
	}
	assert_int_equal(t->count, 100000);
	assert_true(bytes < 100000 * most_bytes);
	assert_true(table_bytes(t) < bytes + 4096);
	table_free(t);
}

TEST(table, rows_are_used_again_and_memory_is_bounded)
{
	fill(0, 24);
	fill(VALUE_KEPT, 32);
}
