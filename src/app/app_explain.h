/* app/app_explain.h - the engine of `narrows explain`: for every packet of a capture the rules that matched, and what
 * decided. No option parsing and no printing here. One thread. */
#ifndef APP_APP_EXPLAIN_H
#define APP_APP_EXPLAIN_H

#include "cap/cap.h"
#include "lane/lane.h"

struct app_explained {			/* of one packet; until the callback returns */
	uint64_t packet;		/* as Wireshark numbers it: every record of the file counts */
	uint64_t time_ns;		/* its own, since 1970 */
	nrw_time now;			/* its arrival, since the first packet's */
	const uint32_t *rules;		/* numbers of those that matched, in order; the last one decided */
	size_t count;
	const struct view *view;
	const char *verdict;		/* "allow", "deny", "pipe 1", "unreach port" */
	const char *reason;		/* "rule 200: deny ip from any to any" */
};

struct app_explain_cfg {
	const char *input;		/* path, "-": standard input */
	const char *iface;		/* what rules call the interface; NULL: its name in the capture, or pcap0 */
	struct lane_cfg lane;		/* but pool, iface_name and ops, which are the engine's */
	void (*each)(void *ctx, const struct app_explained *x);
	void *ctx;
	void (*said)(enum lane_said what, const char *text);	/* may be NULL */
	bool (*stop)(void);		/* true: read no more; may be NULL */
};

struct app_explain_end {		/* how it went */
	struct cap_stats input;
	bool truncated;			/* the input ended in damage: */
	char damage[300];		/* where and why */
	uint64_t failed_commands;	/* of `at` */
	size_t waiting;			/* commands of `at` that came too late, and the first */
	char first_waiting[300];
};

/* Puts the script into a lane (warnings go to `warnings`), then tells every packet to cfg->each. ERR_IO, ERR_DAMAGED
 * (the input is no capture), ERR_NOMEM. */
int app_explain(const struct app_explain_cfg *cfg, struct lane_script *script, struct errs *warnings,
	struct app_explain_end *end, struct err *e);

#endif
