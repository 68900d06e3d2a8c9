/* emu/emu_tap.h - files that pipes write while packets pass: captures, and logs of what happens. */
#ifndef EMU_EMU_TAP_H
#define EMU_EMU_TAP_H

#include "base/drop.h"
#include "base/list.h"
#include "emu/emu_trace.h"

struct cap_writer;
struct emu;
struct emu_conf;
struct emu_pipe;
struct emu_road;
struct pkt;

struct emu_out;			/* one file */

struct emu_tap {		/* of one object; NULL members: not asked for */
	struct emu_out *mm, *events, *pcap;
	nrw_time now;		/* of the last thing that happened */
	const struct emu_trace *trace;		/* of the link; NULL: none */
	uint32_t mtu;
	bool once;
	struct emu_chance_at chance;		/* not told yet */
};

/* What the configuration asks for, in *tap (NULL before: nothing yet), opened or kept open. 0, or an error before
 * anything was changed. Where the emulator writes no files (emu_cfg.files) there is no tap. */
int emu_tap_config(struct emu_tap **tap, struct emu_pipe *pipe, const struct emu_conf *c, struct err *e);
/* Its chances are told from now on. */
void emu_tap_road(struct emu_tap *tap, const struct emu_road *road, nrw_time now);
void emu_tap_free(struct emu_tap *tap);

/* The tap may be NULL: the emulator writes no files. p->at is when the packet came, but for `left`. */
void emu_tap_came(struct emu_tap *tap, const struct pkt *p, nrw_time now);
void emu_tap_served(struct emu_tap *tap, const struct pkt *p, nrw_time end);
void emu_tap_dropped(struct emu_tap *tap, const struct pkt *p, enum drop why);
void emu_tap_marked(struct emu_tap *tap, const struct pkt *p);
void emu_tap_left(struct emu_tap *tap, const struct pkt *p, nrw_time exit);

#endif
