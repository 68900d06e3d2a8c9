/* cmd/progress.c - "narrows: 42 %, 1200000 packets, 8100000 packets/s, 12 s left", five times a second, and never for
 * work that is done at once.
 *
 * The rate is that of the whole run so far; what is left is guessed from the part of the input that is read, if anyone
 * knows how long it is.
 *
 * No colours and no escapes: a carriage return and blanks do, on any terminal. Called by the engine between bursts of
 * packets, for the price of a look at the clock. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/os.h"
#include "base/u128.h"

#define FIRST (500 * NRW_MS)
#define AGAIN (200 * NRW_MS)

static int show_packets(uint64_t packets, uint64_t elapsed_ns)
{
	uint64_t ms = elapsed_ns / NRW_MS;

	return fprintf(stderr, "%" PRIu64 " packets, %" PRIu64 " packets/s", packets,
		u128_div64(u128_mul64(packets, 1000), ms ? ms : 1, NULL).lo);
}

static int show_left(uint64_t ppm, uint64_t elapsed_ns)
{
	uint64_t left_ns = u128_div64(u128_mul64(elapsed_ns, 1000000 - ppm), ppm, NULL).lo;

	return fprintf(stderr, ", %" PRIu64 " s left", (left_ns + NRW_S - 1) / NRW_S);
}

static void show(void *ctx, const struct app_pcap *a)
{
	struct progress *p = ctx;
	uint64_t now = os_now_ns();
	int ppm, width;

	if (now < p->next_ns)
		return;
	p->next_ns = now + AGAIN;
	ppm = app_pcap_ppm(a);
	width = fprintf(stderr, "\rnarrows: ");
	if (ppm >= 0)
		width += fprintf(stderr, "%d %%, ", ppm / 10000);
	width += show_packets(app_pcap_totals(a)->packets, now - p->began_ns);
	if (ppm > 0 && ppm <= 1000000)
		width += show_left((uint64_t)ppm, now - p->began_ns);
	if (width < p->width)
		fprintf(stderr, "%*s", p->width - width, "");	/* the line before was longer */
	p->width = width > p->width ? width : p->width;
	fflush(stderr);
}

void progress_start(struct progress *p, struct app_pcap_cfg *cfg)
{
	uint64_t now = os_now_ns();

	*p = (struct progress){ .began_ns = now, .next_ns = now + FIRST };
	if (!os_is_terminal(OS_STDERR))
		return;
	cfg->progress = show;
	cfg->progress_ctx = p;
}

void progress_end(struct progress *p)
{
	if (!p->width)
		return;
	fprintf(stderr, "\r%*s\r", p->width, "");
	p->width = 0;
	fflush(stderr);
}
