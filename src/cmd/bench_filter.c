/* cmd/bench_filter.c - `narrows bench filter`: four fields of a packet asked at once.
 *
 * Packets are TCP over IPv4 in Ethernet; half of them match, the others differ in one of the four fields, each alike
 * often, in random order. Ours asks the view, which rules and demux have anyway; libpcap asks the bytes, as it always
 * does. Bases: libpcap's interpreter with its own program for the same question; and C written by hand over the view,
 * behind a pointer as a program is. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif

#include "base/dice.h"
#include "filter/filter.h"
#include "wire/wire.h"

#define PACKETS 1024u
#define ROUNDS 200u
#define QUICK_ROUNDS 5u
#define BYTES 54u
#define OURS "ip.src == 10.0.0.1 && ip.dst == 192.0.2.1 && tcp.sport == 4000 && tcp.dport == 80"
#define THEIRS "src host 10.0.0.1 and dst host 192.0.2.1 and tcp src port 4000 and tcp dst port 80"

struct sample {
	uint8_t bytes[64];
	struct view view;
};

static struct sample *samples;
static struct meta meta;
static struct filter *interpreted, *native;
static unsigned rounds;
static uint64_t sink;		/* what was counted, so that nobody leaves the counting out */
#ifdef HAVE_LIBPCAP
static struct bpf_program program;
#endif

static void make(struct sample *s, unsigned differs)
{
	static const uint8_t frame[BYTES] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 40, 0, 0, 0x40, 0,
		64, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1, 0x0f, 0xa0, 0, 80, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 0x10, 0x20 };
	static const uint8_t last[] = { 29, 33, 35, 37 };	/* bytes of the four fields */

	memcpy(s->bytes, frame, BYTES);
	if (differs < 4)
		s->bytes[last[differs]] ^= 2;
	view_parse(&s->view, LINK_ETHERNET, s->bytes, BYTES, BYTES);
}

/* Hidden from the compiler's knowledge of who calls it, as any program is. */
static __attribute__((noinline)) uint64_t by_hand(const struct filter_look *l)
{
	const struct view *v = l->view;

	return v->has & VIEW_HAS_IP4 && v->src4 == 0x0a000001 && v->dst4 == 0xc0000201 && v->has & VIEW_HAS_TCP &&
		v->sport == 4000 && v->dport == 80;
}

static uint64_t (*volatile hand)(const struct filter_look *l) = by_hand;

#define ROUND_OF(name, ask) \
	static double name(void *ctx) \
	{ \
		double begin = bench_ns(); \
		uint64_t matched = 0; \
		for (unsigned r = 0; r < rounds; r++) { \
			for (unsigned i = 0; i < PACKETS; i++) { \
				const struct sample *s = &samples[i]; \
				struct filter_look l = { &s->view, &meta, s->bytes, BYTES, BYTES }; \
				matched += (ask) != 0; \
			} \
		} \
		sink += matched; \
		return (bench_ns() - begin) / ((double)rounds * PACKETS); \
	}

ROUND_OF(run_interpreted, filter_interpret(interpreted, &l))
ROUND_OF(run_native, filter_run(native, &l))
ROUND_OF(run_hand, hand(&l))
#ifdef HAVE_LIBPCAP
ROUND_OF(run_libpcap, bpf_filter(program.bf_insns, l.bytes, l.wire, l.len))
#endif

static struct filter *compile(struct err *e)
{
	struct filter *f;
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "bench", 1, OURS, strlen(OURS), &es);
	f = filter_compile(&lx);
	if (!f)
		err_set(e, ERR_NOMEM, "no memory for the program");
	errs_fini(&es);
	return f;
}

static const struct bench_case cases[] = {
#ifdef HAVE_LIBPCAP
	{ "four fields, interpreted", NULL, "libpcap's interpreter", 0.8, run_interpreted, run_libpcap, NULL },
	{ "four fields, machine code", NULL, "libpcap's interpreter", 0, run_native, run_libpcap, NULL },
#endif
	{ "four fields, interpreted", NULL, "C by hand", 0, run_interpreted, run_hand, NULL },
	{ "four fields, machine code", NULL, "C by hand", 1.3, run_native, run_hand, NULL },
};

static void filter_close(void)
{
	filter_release(interpreted);
	filter_release(native);
	interpreted = native = NULL;
	free(samples);
	samples = NULL;
#ifdef HAVE_LIBPCAP
	pcap_freecode(&program);
#endif
}

static int filter_open(const struct bench_case **out, size_t *n, char **args, bool quick, struct err *e)
{
	struct dice d = { .key = 9 };

	if (args && *args)
		return err_set(e, ERR_USAGE, "filter: takes no arguments");
	rounds = quick ? QUICK_ROUNDS : ROUNDS;
	samples = calloc(PACKETS, sizeof(*samples));
	interpreted = compile(e);
	native = compile(e);
	if (!samples || !interpreted || !native) {
		filter_close();
		return err_set(e, ERR_NOMEM, "no memory for packets");
	}
	filter_native(native);
	for (unsigned i = 0; i < PACKETS; i++)
		make(&samples[i], (unsigned)(dice_draw(&d) % 8));
#ifdef HAVE_LIBPCAP
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);

	if (!p || pcap_compile(p, &program, THEIRS, 1, PCAP_NETMASK_UNKNOWN)) {
		filter_close();
		return err_set(e, ERR_USAGE, "libpcap does not compile its own expression");
	}
	pcap_close(p);
#endif
	*out = cases;
	*n = sizeof(cases) / sizeof(*cases);
	return 0;
}

const struct bench bench_filter = {
	.name = "filter", .about = "a program over one packet", .open = filter_open, .close = filter_close,
};
