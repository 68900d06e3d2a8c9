/* cmd/bench_rules.c - `narrows bench rules`: what judging costs, beside libpcap and a loop a person would write.
 *
 * Packets are those of a capture, in memory. With few rules both sides start from the bytes: view and judge beside
 * pcap_offline_filter(). With many, from the parsed view: the linear scan beside the same comparisons as plain C over
 * an array. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif

#include "bench_capture.h"
#include "cap/cap.h"
#include "rules/rules.h"

#define PACKETS 2000
#define ROUNDS_PER_RUN 200

struct packets {
	struct bench_capture file;
	struct cap_reader *reader;
	struct pkt_pool *pool;
	struct pkt *p[PACKETS];
	struct view v[PACKETS];
	unsigned n;
};

static struct packets packets;

struct rule_case {
	unsigned rules;			/* of two conditions that no packet meets */
	bool parse;			/* from the bytes on */
	const char *line;		/* instead: one rule */
	const char *expression;		/* its equal for libpcap */
	struct rules_set *set;
	struct rules_counter *counters;
};

static volatile uint64_t sink;

static double judge_all(void *ctx)
{
	struct rule_case *c = ctx;
	unsigned rounds = c->rules > 100 ? 5 : ROUNDS_PER_RUN;
	double began = bench_ns();

	for (unsigned k = 0; k < rounds; k++) {
		for (unsigned i = 0; i < packets.n; i++) {
			static const struct rules_env nothing_known;
			const struct pkt *p = packets.p[i];
			struct view *v = &packets.v[i], parsed;
			struct meta m = { .len_bytes = v->ip_bytes };
			struct rules_pass pass;
			struct rules_answer a;

			if (c->parse) {
				view_parse(&parsed, p->link, p->data, p->len_bytes, p->wire_bytes);
				v = &parsed;
			}
			pass = (struct rules_pass){ .look = { v, &m, &nothing_known, p->data, p->len_bytes,
				c->counters }, .meta = &m };
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

/* Two conditions a rule, all of them missed by all packets: ports that nobody uses. */
static char *many_rules(unsigned n)
{
	char *text = calloc(n + 1, 80), *at = text;

	for (unsigned i = 0; text && i < n; i++)
		at += sprintf(at, "add %u deny ip from any to any dst-port %u iplen 1-65535\n", i + 1, 20000 + i);
	return text;
}

static int build(struct rule_case *c, struct err *e)
{
	char *text = c->line ? strdup(c->line) : many_rules(c->rules);
	struct rules_cmd **cmds = calloc(c->rules + 1, sizeof(struct rules_cmd *));
	struct errs errs;
	size_t n = 0;

	errs_init(&errs);
	for (char *line = text; line && *line && cmds;) {
		size_t len = strcspn(line, "\n");
		struct lex lx;

		lex_line(&lx, "bench", 1, line, len, &errs);
		cmds[n] = rules_parse(&lx);
		n += cmds[n] != NULL;
		line += len + (line[len] == '\n');
	}
	c->set = cmds ? rules_build(NULL, &(struct rules_cfg){ .default_allow = true }, cmds, n, e) : NULL;
	c->counters = c->set ? rules_counters(c->set, NULL, NULL) : NULL;
	for (size_t i = 0; i < n; i++)
		rules_cmd_free(cmds[i]);
	errs_fini(&errs);
	free(cmds);
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
	return 0;
}

static int bench_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	static struct rule_case *const built[] = { &none, &port, &four, &ten, &thousand };
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
	};
	int rc = load(args[0], e);

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
	rules_release(c->set);
	free(c->counters);
}

static void bench_close(void)
{
	struct rule_case *const built[] = { &none, &port, &four, &ten, &thousand };

	for (unsigned i = 0; i < sizeof(built) / sizeof(*built); i++)
		close_case(built[i]);
	for (unsigned i = 0; i < PACKETS; i++)
		pkt_free(packets.pool, packets.p[i]);
	pkt_pool_free(packets.pool);
	cap_close(packets.reader);
	bench_capture_remove(&packets.file);
}

const struct bench bench_rules = { "rules", "ns a packet", bench_open, bench_close };
