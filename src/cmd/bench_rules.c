/* cmd/bench_rules.c - `narrows bench rules`: what judging costs, beside libpcap and a loop a person would write.
 *
 * Packets are those of a capture, in memory. With few rules both sides start from the bytes: view and judge beside
 * pcap_offline_filter(). With many, from the parsed view: beside the same comparisons as plain C over an array, and
 * beside the scan that asks every rule. "Random": every packet is of another flow, with the verdict cache, which must
 * not cost much then. "Replacing": a flush and all rules anew, and their counters, from parsed lines. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif

#include "bench_capture.h"
#include "bench_lookup.h"
#include "cap/cap.h"
#include "rules/rules.h"

#define PACKETS 2000
#define ROUNDS_PER_RUN 200

struct packets {
	struct bench_capture file;
	struct cap_reader *reader;
	struct pkt_pool *pool;
	struct pkt *p[PACKETS];
	struct view v[PACKETS], moved[PACKETS];	/* as they are, and of random flows */
	unsigned n;
};

static struct packets packets;

struct rule_case {
	unsigned rules;			/* of two conditions that no packet meets */
	bool parse;			/* from the bytes on */
	bool of_fields;			/* of others than the 5-tuple */
	bool linear, cached, random, interpreted;
	const char *line;		/* instead: one rule */
	const char *expression;		/* its equal for libpcap */
	struct rules_set *set;
	struct rules_counter *counters;
	struct rules_cache *cache;
	struct rules_cmd **cmds;	/* of the set, behind a flush */
	size_t cmd_count;
};

static const uint32_t generation = 1;
static uint64_t dice = 1;

/* Another flow for the packet; to a port that no rule asks for. */
static void change_flow(struct view *v)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	v->src4 = (uint32_t)(dice >> 32);
	v->sport = (uint16_t)(dice >> 16);
	v->dport = (uint16_t)(dice >> 48) % 20000;
}

static volatile uint64_t sink;

static double judge_all(void *ctx)
{
	struct rule_case *c = ctx;
	unsigned rounds = c->linear && c->rules > 100 ? 5 : ROUNDS_PER_RUN;
	double began = bench_ns();

	for (unsigned k = 0; k < rounds; k++) {
		for (unsigned i = 0; i < packets.n; i++) {
			static const struct rules_env nothing_known;
			const struct pkt *p = packets.p[i];
			struct view *v = c->random ? &packets.moved[i] : &packets.v[i], parsed;
			struct meta m = { .len_bytes = v->ip_bytes };
			struct rules_pass pass;
			struct rules_answer a;

			if (c->parse) {
				view_parse(&parsed, p->link, p->data, p->len_bytes, p->wire_bytes);
				v = &parsed;
			}
			if (c->random)
				change_flow(v);
			pass = (struct rules_pass){ .look = { .view = v, .meta = &m, .env = &nothing_known,
				.bytes = p->data, .len_bytes = p->len_bytes, .wire_bytes = p->wire_bytes,
				.counters = c->counters }, .meta = &m, .cache = c->cache };
			rules_judge(c->set, &pass, &a);
			sink += a.verdict;
		}
	}
	return (bench_ns() - began) / rounds / packets.n;
}

/* The same two conditions as a person writes them for one job: a port and a range of lengths. */
struct naive_rule {
	uint16_t port;
	uint32_t lo, hi;
};
#define NAIVE_MAX 1000
static struct naive_rule naive[NAIVE_MAX];

static unsigned naive_scan(const struct view *v, unsigned rules)
{
	for (unsigned i = 0; i < rules; i++)
		if ((v->has & VIEW_HAS_PORTS) && v->dport == naive[i].port && v->ip_bytes >= naive[i].lo &&
			v->ip_bytes <= naive[i].hi)
			return i;
	return rules;
}

static double naive_all(void *ctx)
{
	const struct rule_case *c = ctx;
	unsigned rounds = c->rules > 100 ? 5 : ROUNDS_PER_RUN;
	double began = bench_ns();

	for (unsigned k = 0; k < rounds; k++)
		for (unsigned i = 0; i < packets.n; i++)
			sink += naive_scan(&packets.v[i], c->rules);
	return (bench_ns() - began) / rounds / packets.n;
}

#ifdef HAVE_LIBPCAP
static double libpcap_all(void *ctx)
{
	const struct rule_case *c = ctx;
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program code;
	double began;

	if (!p || pcap_compile(p, &code, c->expression, 1, PCAP_NETMASK_UNKNOWN))
		return 0;
	began = bench_ns();
	for (unsigned k = 0; k < ROUNDS_PER_RUN; k++) {
		for (unsigned i = 0; i < packets.n; i++) {
			struct pcap_pkthdr h = { .caplen = packets.p[i]->len_bytes, .len = packets.p[i]->wire_bytes };

			sink += (uint64_t)pcap_offline_filter(&code, &h, packets.p[i]->data);
		}
	}
	began = (bench_ns() - began) / ROUNDS_PER_RUN / packets.n;
	pcap_freecode(&code);
	pcap_close(p);
	return began;
}
#define BASE(name) .base = name, .run_base = libpcap_all
#else
#define BASE(name) .base = NULL
#endif

static struct rule_case none = { .parse = true, .expression = "ip or ip6" };
static struct rule_case port = { .parse = true, .line = "add 1 allow tcp from any to any dst-port 80",
	.expression = "tcp dst port 80" };
static struct rule_case four = {
	.parse = true, .line = "add 1 allow tcp from 192.0.2.0/24 to 192.0.2.0/24 dst-port 80",
	.expression = "tcp and src net 192.0.2.0/24 and dst net 192.0.2.0/24 and dst port 80",
};
static struct rule_case ten = { .rules = 10 }, thousand = { .rules = 1000 };
static struct rule_case ten_asked = { .rules = 10, .interpreted = true };
static struct rule_case scan = { .rules = 1000, .linear = true, .interpreted = true };
static struct rule_case scan_code = { .rules = 1000, .linear = true };
static struct rule_case repeat = { .rules = 1000, .cached = true };
static struct rule_case flows = { .rules = 1000, .cached = true, .random = true };
static struct rule_case flows_uncached = { .rules = 1000, .random = true };
static struct rule_case flows_many = { .rules = 10000, .cached = true, .random = true };
#define PORTS "add %u deny ip from any to any dst-port %u iplen 1-65535\n"
#define FIELDS "add %u deny ip from any to any iplen %u-%u ipttl 1-200 tcpflags fin,!ack\n"
static struct rule_case fields = { .rules = 1000, .of_fields = true, .cached = true };
static struct rule_case fields_asked = { .rules = 1000, .of_fields = true, .cached = true, .interpreted = true };
static struct rule_case fields_scan = { .rules = 1000, .of_fields = true, .linear = true, .interpreted = true };

static double ask_scan(void *ctx) { (void)ctx; return judge_all(&scan); }
static double ask_ten(void *ctx) { (void)ctx; return judge_all(&ten_asked); }
static double ask_fields(void *ctx) { (void)ctx; return judge_all(&fields_asked); }
static double ask_fields_scan(void *ctx) { (void)ctx; return judge_all(&fields_scan); }
static double ask_flows(void *ctx) { (void)ctx; return judge_all(&flows); }
static double ask_uncached(void *ctx) { (void)ctx; return judge_all(&flows_uncached); }

static double replace_all(void *ctx)
{
	const struct rule_case *c = ctx;
	double began = bench_ns();
	struct err e;
	struct rules_cfg cfg = { .default_allow = true };
	struct rules_set *s = rules_build(c->set, &cfg, c->cmds, c->cmd_count, &e);
	struct rules_counter *counters = s ? rules_counters(s, c->set, c->counters) : NULL;

	sink += counters != NULL;
	rules_release(s);
	free(counters);
	return (bench_ns() - began) / 1e6;
}

/* Two conditions a rule, all of them missed by all packets: ports that nobody uses. */
static char *many_rules(unsigned n, bool of_fields)
{
	char *text = calloc(n + 1, 100), *at = text;

	if (text)
		at += sprintf(at, "flush\n");
	for (unsigned i = 0; text && i < n; i++)
		at += of_fields ? sprintf(at, FIELDS, i + 1, 40 + i, 139 + i) : sprintf(at, PORTS, i + 1, 20000 + i);
	return text;
}

static int build(struct rule_case *c, struct err *e)
{
	char *text = c->line ? strdup(c->line) : many_rules(c->rules, c->of_fields);
	struct rules_cmd **cmds = calloc(c->rules + 2, sizeof(struct rules_cmd *));
	struct errs errs;
	size_t n = 0;

	errs_init(&errs);
	for (char *line = text; line && *line && cmds;) {	/* a flush, then rules */
		size_t len = strcspn(line, "\n");
		struct lex lx;

		lex_line(&lx, "bench", 1, line, len, &errs);
		cmds[n] = rules_parse(&lx);
		n += cmds[n] != NULL;
		line += len + (line[len] == '\n');
	}
	c->set = !cmds ? NULL :
		rules_build(NULL, &(struct rules_cfg){ .default_allow = true, .linear = c->linear,
		.interpreted = c->interpreted }, cmds, n, e);
	c->counters = c->set ? rules_counters(c->set, NULL, NULL) : NULL;
	c->cache = c->cached ? rules_cache_new(1, &generation, NULL) : NULL;
	c->cmds = cmds;
	c->cmd_count = n;
	errs_fini(&errs);
	free(text);
	return c->counters ? 0 : err_set(e, ERR_NOMEM, "no memory");
}

static int load(const char *path, struct err *e)
{
	struct packets *w = &packets;
	int rc = bench_capture_make(&w->file, path, PACKETS, e);

	rc = rc ? rc : cap_open(&w->reader, w->file.path, e);
	if (rc)
		return rc;
	w->pool = pkt_pool_new(0);
	for (unsigned i = 0; w->pool && i < PACKETS; i++)
		if (!(w->p[i] = pkt_new(w->pool)))
			return err_set(e, ERR_NOMEM, "no memory");
	while (w->n < PACKETS) {
		unsigned got = cap_read(w->reader, w->p + w->n, PACKETS - w->n < 64 ? PACKETS - w->n : 64);

		if (!got)
			break;
		w->n += got;
	}
	for (unsigned i = 0; i < w->n; i++)
		view_parse(&w->v[i], w->p[i]->link, w->p[i]->data, w->p[i]->len_bytes, w->p[i]->wire_bytes);
	memcpy(w->moved, w->v, sizeof(w->moved));
	return 0;
}

static struct rule_case *const built[] = { &none, &port, &four, &ten, &ten_asked, &thousand, &scan, &scan_code, &repeat,
	&flows, &flows_uncached, &flows_many, &fields, &fields_asked, &fields_scan };

static int bench_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	static const struct bench_case all[] = {
		{ .name = "no rule, with parsing", .run = judge_all, .ctx = &none, BASE("libpcap, 'ip or ip6'") },
		{ .name = "tcp to port 80, with parsing", .run = judge_all, .ctx = &port,
		  BASE("libpcap, 'tcp dst port 80'") },
		{ .name = "tcp, two nets, a port, with parsing", .run = judge_all, .ctx = &four,
		  BASE("libpcap, the same") },
		{ .name = "10 rules of two conditions, parsed", .run = judge_all, .ctx = &ten,
		  .base = "plain C over an array", .run_base = naive_all },
		{ .name = "1000 rules of two conditions, parsed", .run = judge_all, .ctx = &thousand,
		  .base = "plain C over an array", .run_base = naive_all },
		{ .name = "1000 rules, flows that repeat", .run = judge_all, .ctx = &repeat, .most = 150,
		  .base = "every rule asked", .run_base = ask_scan },
		{ .name = "1000 rules, random flows", .run = judge_all, .ctx = &flows, .most = 500,
		  .base = "every rule asked", .run_base = ask_scan },
		{ .name = "1000 rules, random flows, with cache", .run = judge_all, .ctx = &flows, .goal = 1.3,
		  .base = "without", .run_base = ask_uncached },
		{ .name = "10 000 rules, random flows", .run = judge_all, .ctx = &flows_many, .goal = 1.5,
		  .base = "1000 rules", .run_base = ask_flows },
		{ .name = "1000 rules on iplen, ttl, flags", .run = judge_all, .ctx = &fields, .goal = 0.4,
		  .most = 1500, .base = "every rule asked", .run_base = ask_fields_scan },
		{ .name = "10 rules of two conditions, as code", .run = judge_all, .ctx = &ten,
		  .base = "condition by condition", .run_base = ask_ten },
		{ .name = "1000 rules without index, as code", .run = judge_all, .ctx = &scan_code,
		  .base = "condition by condition", .run_base = ask_scan },
		{ .name = "1000 rules on iplen, ttl, flags, as code", .run = judge_all, .ctx = &fields,
		  .base = "condition by condition", .run_base = ask_fields },
		{ .name = "a rule asks 100 k prefixes, IPv4", .run = bench_lookup_many, .ctx = &bench_lookup4,
		  .base = "one prefix", .run_base = bench_lookup_one },
		{ .name = "the same less one prefix: the lookup", .run = bench_lookup_alone, .ctx = &bench_lookup4,
		  .most = 60, .base = "all of it", .run_base = bench_lookup_many },
		{ .name = "a rule asks 100 k prefixes, IPv6", .run = bench_lookup_many, .ctx = &bench_lookup6,
		  .base = "one prefix", .run_base = bench_lookup_one },
		{ .name = "the same less one prefix: the lookup", .run = bench_lookup_alone, .ctx = &bench_lookup6,
		  .most = 90, .base = "all of it", .run_base = bench_lookup_many },
		{ .name = "pipe tablearg, IPv4", .run = bench_lookup_many, .ctx = &bench_lookup_arg,
		  .base = "one prefix", .run_base = bench_lookup_one },
		{ .name = "replacing 10 000 rules", .unit = "ms", .run = replace_all, .ctx = &flows_many, .most = 20 },
	};
	int rc = load(args[0], e);

	rc = rc ? rc : bench_lookup_open(quick, e);
	for (unsigned i = 0; i < NAIVE_MAX; i++)
		naive[i] = (struct naive_rule){ (uint16_t)(20000 + i), 1, 65535 };
	for (unsigned i = 0; !rc && i < sizeof(built) / sizeof(*built); i++)
		rc = build(built[i], e);
	*cases = all;
	*n = sizeof(all) / sizeof(*all);
	return rc;
}

static void close_case(struct rule_case *c)
{
	for (size_t i = 0; i < c->cmd_count; i++)
		rules_cmd_free(c->cmds[i]);
	free(c->cmds);
	rules_release(c->set);
	rules_cache_free(c->cache);
	free(c->counters);
}

static void bench_close(void)
{
	bench_lookup_close();
	for (unsigned i = 0; i < sizeof(built) / sizeof(*built); i++)
		close_case(built[i]);
	for (unsigned i = 0; i < PACKETS; i++)
		pkt_free(packets.pool, packets.p[i]);
	pkt_pool_free(packets.pool);
	cap_close(packets.reader);
	bench_capture_remove(&packets.file);
}

const struct bench bench_rules = { "rules", "ns a packet", bench_open, bench_close };
