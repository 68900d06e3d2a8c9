/* cmd/progress.h - how far long work is: one line on standard error, written anew, where that is a terminal. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "app/app_pcap.h"

struct progress {
	uint64_t began_ns;
	uint64_t next_ns;	/* when to write again */
	int width;		/* of the line that stands there now */
};

/* p must outlive the run; nothing without a terminal */
void progress_start(struct progress *p, struct app_pcap_cfg *cfg);
/* wipes the line: before anything else is written */
void progress_end(struct progress *p);

#endif
