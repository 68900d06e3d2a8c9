/* cmd/bench_pcap.c - `narrows bench pcap`: the whole of `narrows pcap`, beside libpcap reading the same file; reading
 * alone (bench_read.c).
 *
 * Base: pcap_open_offline(), pcap_next_ex(), pcap_offline_filter() with an expression equal to the rule; with -w also
 * pcap_dump(). The capture that ships is small enough for the caches, so what is measured is the work and not the
 * memory: we run it LOOPS times by --loop, libpcap opens and reads it as often. Without libpcap the cases stand
 * alone. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif

#include "app/app_pcap.h"
#include "base/os.h"
#include "bench_capture.h"
#include "bench_read.h"

#define LOOPS 40
#define LOOPS_LONG 4000

struct job {
	const char *script;
	const char *out;		/* NULL: writes nothing */
	uint64_t loops;
};

static struct bench_capture capture;

static char out_path[80];

static double run_job(const struct job *j)
{
	const char *input = capture.path;
	struct app_pcap_cfg cfg = { .inputs = &input, .input_count = 1, .out = j->out, .loops = j->loops,
		.lane = { .seed = 1, .default_allow = true } };
	struct lane_script *script = lane_script_new();
	struct app_pcap *a = NULL;
	struct errs errs;
	struct err e;
	double ns = 0, began;

	remove(out_path);	/* the last run's file, whose end is not this one's cost */
	began = bench_ns();
	errs_init(&errs);
	if (script && !lane_script_text(script, "bench", 1, j->script, strlen(j->script), &errs) && !errs.errors &&
		!app_pcap_open(&a, &cfg, script, &errs, &e) && !app_pcap_run(a, &e))
		ns = (bench_ns() - began) / (double)app_pcap_totals(a)->packets;
	app_pcap_close(a);
	lane_script_free(script);
	errs_fini(&errs);
	return ns;
}

static double ours(void *ctx)
{
	return run_job(ctx);
}

#ifdef HAVE_LIBPCAP
struct base_run {
	struct bpf_program code;
	uint64_t packets, hits;
	pcap_dumper_t *to;		/* where packets that pass go; NULL: nowhere */
};

static bool libpcap_once(struct base_run *b, const char *expression, const char *out)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(capture.path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *h;
	const u_char *bytes;

	if (!p || pcap_compile(p, &b->code, expression, 1, PCAP_NETMASK_UNKNOWN))
		return false;
	if (out && !b->to)
		b->to = pcap_dump_open(p, out);
	for (; pcap_next_ex(p, &h, &bytes) == 1; b->packets++) {
		if (pcap_offline_filter(&b->code, h, bytes)) {
			b->hits++;
			if (b->to)
				pcap_dump((u_char *)b->to, h, bytes);
		}
	}
	pcap_freecode(&b->code);
	pcap_close(p);
	return true;
}

/* The base; the packets that pass go to `out` where it is not NULL. */
static double libpcap_job(const char *expression, const char *out)
{
	struct base_run b = { 0 };
	double began;

	remove(out_path);
	began = bench_ns();

	for (int i = 0; i < LOOPS; i++)
		if (!libpcap_once(&b, expression, out))
			return 0;
	if (b.to)
		pcap_dump_close(b.to);
	return b.packets && b.hits ? (bench_ns() - began) / (double)b.packets : 0;
}

static double libpcap_filter(void *ctx) { return libpcap_job("tcp dst port 80", NULL); }
static double libpcap_read(void *ctx) { return libpcap_job("greater 1", NULL); }

static double libpcap_write(void *ctx)
{
	const struct job *j = ctx;

	return libpcap_job("greater 1", j->out);
}
#define BASE(name, fn) .base = name, .run_base = fn
#else
#define BASE(name, fn) .base = NULL
#endif

static const struct job one_rule = { "add 1 allow tcp from any to any dst-port 80\n", NULL, LOOPS };
static const struct job no_rule = { "", NULL, LOOPS };
static const struct job piped = {
	"add 1 pipe 1 ip from any to any\npipe 1 config bw 100Gbit/s delay 1ms queue 1000000\n", NULL, LOOPS,
};
static const struct job nowhere = { "", "/dev/null", LOOPS };
static const struct job written = { "", out_path, LOOPS };
static struct job hundred_k = { "add 1 allow tcp from any to any dst-port 80\n", NULL, LOOPS };
static struct job ten_m = { "add 1 allow tcp from any to any dst-port 80\n", NULL, LOOPS_LONG };

/* As often as makes the same number of packets, so that a slow moment of the machine meets both. */
static double hundred_k_again(void *ctx)
{
	unsigned runs = (unsigned)(ten_m.loops / LOOPS);
	double sum = 0;

	for (unsigned i = 0; i < runs; i++)
		sum += run_job(&hundred_k);
	return sum / runs;
}

/* What the system takes for the same bytes alone: the capture's, written as often in pieces as large as a writer's. */
static double plain_write(void *ctx)
{
	static char piece[256u << 10];
	int in, out;
	double began;
	bool bad;

	remove(out_path);
	began = bench_ns();
	in = os_open_read(capture.path, NULL);
	out = os_open_write(out_path, NULL);
	bad = in < 0 || out < 0;
	for (int i = 0; i < LOOPS && !bad; i++) {
		int64_t n;

		bad = os_seek(in, 0) != 0;
		while (!bad && (n = os_read(in, piece, sizeof(piece))) > 0)
			bad = os_write(out, piece, (size_t)n, NULL) != 0;
	}
	if (in >= 0)
		os_close(in);
	if (out >= 0)
		os_close(out);
	return bad ? 0 : (bench_ns() - began) / (double)capture.packets / LOOPS;
}

/* Anonymous memory of this process now, after the runs. */
static double anonymous_mib(void *ctx)
{
	char line[128];
	double kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "RssAnon:", 8))
			kib = strtod(line + 8, NULL);
	if (f)
		fclose(f);
	return kib / 1024;
}

static double limit_mib(void *ctx) { return 64; }

static int bench_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	static struct bench_case all[] = {
		{ .name = "no rule", .run = ours, .ctx = (void *)&no_rule, BASE("libpcap, 'greater 1'", libpcap_read) },
		{ .name = "one rule", .run = ours, .ctx = (void *)&one_rule,
		  BASE("libpcap, 'tcp dst port 80'", libpcap_filter), .goal = 1.2 },
		{ .name = "through a pipe with bw and delay", .run = ours, .ctx = (void *)&piped,
		  BASE("libpcap, 'greater 1'", libpcap_read) },
		{ .name = "no rule, -w", .run = ours, .ctx = (void *)&written,
		  BASE("libpcap, pcap_dump()", libpcap_write) },
		{ .name = "no rule, -w", .run = ours, .ctx = (void *)&written,
		  .base = "read(2) and write(2) of the same bytes", .run_base = plain_write },
		{ .name = "no rule, -w /dev/null", .run = ours, .ctx = (void *)&nowhere },
		{ .name = "one rule, 10 M packets", .run = ours, .ctx = &ten_m, .base = "one rule, 100 k packets",
		  .run_base = hundred_k_again, .goal = 1.1 },
		{ .name = "reading and parsing every header", .run = bench_read_ours,
		  BASE("libpcap, a plain parse in its callback", bench_read_libpcap), .goal = 0.5 },
		{ .name = "reading and parsing every header", .run = bench_read_ours,
		  BASE("libpcap, our parse in its callback", bench_read_libpcap_view), .goal = 0.5 },
#ifdef HAVE_ZSTD
		{ .name = "reading a capture packed by zstd", .run = bench_zstd_ours,
		  .base = "libzstd, unpacking alone", .run_base = bench_zstd_plain, .goal = 1.1 },
#endif
		{ .name = "anonymous memory", .unit = "MiB", .run = anonymous_mib, .base = "the limit",
		  .run_base = limit_mib, .goal = 1 },
	};
	int rc = bench_capture_make(&capture, args[0], 2000, e);

	if (!rc)
		rc = bench_read_open(capture.path, LOOPS, e);
	if (rc)
		return rc;
	snprintf(out_path, sizeof(out_path), "%s.out.pcap", capture.path);
	ten_m.loops = quick ? LOOPS : LOOPS_LONG;
	*cases = all;
	*n = sizeof(all) / sizeof(*all);
	return 0;
}

static void bench_close(void)
{
	remove(out_path);
	bench_read_close();
	bench_capture_remove(&capture);
}

const struct bench bench_pcap = { "pcap", "ns a packet", bench_open, bench_close };
