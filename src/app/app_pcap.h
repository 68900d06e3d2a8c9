/* app/app_pcap.h - the engine of `narrows pcap`: a capture through rules and pipes in virtual time, and out again.
 *
 * No option parsing and no printing here: cmd fills the configuration and reads the totals. One thread. */
#ifndef APP_APP_PCAP_H
#define APP_APP_PCAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/drop.h"
#include "base/err.h"
#include "cap/cap.h"
#include "lane/lane.h"

struct app_pcap;

struct app_pcap_cfg {
	const char *input;		/* path, "-": standard input */
	const char *out;		/* where what comes out goes; NULL: nowhere */
	const char *dropped;		/* what does not, with the reason as comment */
	const char *both;		/* before and after in one file */
	const char *series;		/* CSV */
	const char *plot;		/* SVG */
	nrw_time interval;		/* of the series, > 0 */
	uint64_t loops;			/* how often the input runs, >= 1; more than once needs a file */
	uint64_t seed;
	bool default_allow;
	enum lane_dir dir;
	struct lane_net local;
	bool (*stop)(void);		/* true: read no more, finish the files; may be NULL */
	void (*progress)(void *ctx, const struct app_pcap *a);	/* between bursts of packets; may be NULL */
	void *progress_ctx;
};

struct app_pcap_totals {
	uint64_t packets, bytes;	/* read; bytes are lengths on the wire */
	uint64_t first_ns, last_ns;	/* since 1970: the first record's time, the latest time seen */
	uint64_t not_ip, backwards, skipped;
	bool truncated;			/* the input ended in damage: see app_pcap_damage() */
	bool stopped;			/* cfg.stop was seen */
	uint64_t out_packets, out_bytes;
	uint64_t drops[DROP_COUNT];
	nrw_time wall_ns;		/* how long the work took, real time */
};

/* Makes the lane, puts the script into it (warnings go to `warnings`), opens the input, then the outputs: when this
 * fails no packet was read, and outputs that could be opened are empty captures. ERR_IO, ERR_DAMAGED (the input is no
 * capture), ERR_USAGE, ERR_NOMEM. */
int app_pcap_open(struct app_pcap **out, const struct app_pcap_cfg *cfg, struct lane_script *script,
	struct errs *warnings, struct err *e);
/* Runs to the end of the input, lets everything out of the pipes and finishes the files. 0, or the error that ended it;
 * the totals stand also then. ERR_CLOSED: the reader of an output went away. */
int app_pcap_run(struct app_pcap *a, struct err *e);
void app_pcap_close(struct app_pcap *a);

const struct app_pcap_totals *app_pcap_totals(const struct app_pcap *a);
/* Why records were skipped, whose times were rounded. */
void app_pcap_input(const struct app_pcap *a, struct cap_stats *st);
const char *app_pcap_damage(const struct app_pcap *a);	/* where and why the input ended early */
int app_pcap_percent(const struct app_pcap *a);		/* of the input, all loops, that is read; -1: nobody knows */
struct lane *app_pcap_lane(struct app_pcap *a);

#endif
