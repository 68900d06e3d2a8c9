/* cmd/bench_capture.c - a capture repeated into a temporary file, so that opening it weighs nothing. */
#include "bench_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_pcap.h"
#include "base/os.h"

#ifndef NRW_DATADIR
#define NRW_DATADIR "/usr/local/share/narrows"
#endif

static const char *shipped(void)
{
	static const char *const places[] = { "share/narrows/demo.pcap", NRW_DATADIR "/demo.pcap" };

	for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
		int fd = os_open_read(places[i], NULL);

		if (fd < 0)
			continue;
		os_close(fd);
		return places[i];
	}
	return places[0];
}

static int copy(const char *from, const char *to, uint64_t loops, uint64_t *packets, struct err *e)
{
	struct app_pcap_cfg cfg = { .inputs = &from, .input_count = 1, .out = to, .loops = loops,
		.lane = { .default_allow = true } };
	struct lane_script *script = lane_script_new();
	struct app_pcap *a = NULL;
	struct errs errs;
	int rc;

	errs_init(&errs);
	rc = script ? app_pcap_open(&a, &cfg, script, &errs, e) : err_set(e, ERR_NOMEM, "no memory");
	if (!rc)
		rc = app_pcap_run(a, e);
	if (!rc)
		*packets = app_pcap_totals(a)->out_packets;
	app_pcap_close(a);
	lane_script_free(script);
	errs_fini(&errs);
	return rc;
}

int bench_capture_make(struct bench_capture *c, const char *from, uint64_t packets, struct err *e)
{
	int rc;

	from = from ? from : shipped();
	snprintf(c->path, sizeof(c->path), "/tmp/narrows-bench-%ld.pcap", os_pid());
	rc = copy(from, c->path, 1, &c->packets, e);
	if (rc || c->packets >= packets)
		return rc;
	if (!c->packets)
		return err_set(e, ERR_USAGE, "%s: has no packets to measure with", from);
	return copy(from, c->path, (packets + c->packets - 1) / c->packets, &c->packets, e);
}

void bench_capture_remove(struct bench_capture *c)
{
	remove(c->path);
}
