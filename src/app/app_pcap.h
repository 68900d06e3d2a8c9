/* app/app_pcap.h - the engine of `narrows pcap`: captures through rules and pipes in virtual time, and out again.
 *
 * No option parsing and no printing here: cmd fills the configuration and reads the totals. One thread. */
#ifndef APP_APP_PCAP_H
#define APP_APP_PCAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/drop.h"
#include "base/err.h"
#include "cap/cap.h"
#include "lane/lane.h"

struct app_pcap;

struct app_pcap_cfg {
	struct lane_cfg lane;		/* seed, default rule, ways, names, lists; the rest is filled in here */
	const char *const *inputs;	/* paths, "-": standard input; merged by time where there are several */
	unsigned input_count;		/* > 0 */
	const char *filter;		/* what libpcap's expression does not match is not there; NULL: all is */
	const char *iface;		/* what rules call the interface; NULL: its name in the capture, else pcap0 */
	bool follow;			/* the one input is a file that grows: wait for more until cfg.stop */
	const char *out;		/* where what comes out goes; NULL: nowhere */
	const char *dropped;		/* what does not, with the reason as comment */
	const char *both;		/* before and after in one file */
	const char *series;		/* CSV */
	const char *plot;		/* SVG */
	nrw_time interval;		/* of the series, > 0 */
	bool answers;			/* packets that rules send come out too */
	uint64_t loops;			/* how often the input runs, >= 1; more than once needs a file */
	void (*said)(enum lane_said what, const char *text);	/* log lines, commands that failed; may be NULL */
	bool (*stop)(void);		/* true: read no more, finish the files; may be NULL */
	void (*progress)(void *ctx, const struct app_pcap *a);	/* between bursts of packets; may be NULL */
	void *progress_ctx;
};

struct app_pcap_totals {
	uint64_t packets, bytes;	/* read and not filtered; bytes are lengths on the wire */
	uint64_t first_ns, last_ns;	/* since 1970: the first record's time, the latest time seen */
	uint64_t not_ip, backwards, skipped;
	uint64_t filtered;		/* by cfg.filter: counted here and nowhere else */
	bool truncated;			/* an input ended in damage: see app_pcap_damage() */
	bool stopped;			/* cfg.stop was seen */
	uint64_t out_packets, out_bytes;
	uint64_t out_answers;		/* of them, sent by rules: all of lane_answers(), or none without cfg.answers */
	uint64_t drops[DROP_COUNT];
	uint64_t failed_commands;	/* of `at` */
	nrw_time wall_ns;		/* how long the work took, real time */
};

/* Makes the lane, puts the script into it (warnings go to `warnings`), opens the inputs, then the outputs: when this
 * fails no packet was read, and outputs that could be opened are empty captures. ERR_IO, ERR_DAMAGED (an input is no
 * capture), ERR_USAGE, ERR_NOMEM. */
int app_pcap_open(struct app_pcap **out, const struct app_pcap_cfg *cfg, struct lane_script *script,
	struct errs *warnings, struct err *e);
/* Runs to the end of the inputs, lets everything out of the pipes and finishes the files. 0, or the error that ended
 * it; the totals stand also then. ERR_CLOSED: the reader of an output went away. */
int app_pcap_run(struct app_pcap *a, struct err *e);
void app_pcap_close(struct app_pcap *a);

const struct app_pcap_totals *app_pcap_totals(const struct app_pcap *a);
/* Of the i-th input: why records were skipped, whose times were rounded. */
void app_pcap_input(const struct app_pcap *a, unsigned i, struct cap_stats *st);
/* Where and why the i-th input ended early; NULL: it did not. */
const char *app_pcap_damage(const struct app_pcap *a, unsigned i);
/* How much of the inputs, all loops, is read, in millionths; -1: nobody knows. */
int app_pcap_ppm(const struct app_pcap *a);
struct lane *app_pcap_lane(struct app_pcap *a);

#endif
