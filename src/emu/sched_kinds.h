/* emu/sched_kinds.h - the descriptors that the table of sched.c lists; each stands at the end of its file. */
#ifndef EMU_SCHED_KINDS_H
#define EMU_SCHED_KINDS_H

#include <narrows/plugin.h>

extern const struct nrw_sched_ops sched_fifo, sched_kps, sched_prio, sched_qfq, sched_qfqplus, sched_rr, sched_wf2q;
extern const struct nrw_sched_ops sched_fq_codel, sched_fq_pie;

#endif
