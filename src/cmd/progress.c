/* cmd/progress.c - "narrows: 42 %, 1200000 packets", five times a second, and never for work that is done at once.
 *
 * No colours and no escapes: a carriage return and blanks do, on any terminal. Called by the engine between bursts of
 * packets, for the price of a look at the clock. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/os.h"

#define FIRST (500 * NRW_MS)
#define AGAIN (200 * NRW_MS)

static void show(void *ctx, const struct app_pcap *a)
{
	struct progress *p = ctx;
	uint64_t now = os_now_ns();
	int percent, width;

	if (now < p->next_ns)
		return;
	p->next_ns = now + AGAIN;
	percent = app_pcap_percent(a);
	width = fprintf(stderr, "\rnarrows: ");
	if (percent >= 0)
		width += fprintf(stderr, "%d %%, ", percent);
	width += fprintf(stderr, "%" PRIu64 " packets", app_pcap_totals(a)->packets);
	p->width = width > p->width ? width : p->width;
	fflush(stderr);
}

void progress_start(struct progress *p, struct app_pcap_cfg *cfg)
{
	*p = (struct progress){ .next_ns = os_now_ns() + FIRST };
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
