/* emu/sched_fq_pie.c - flow queues, sparse ones first, each managed by PIE.
 *
 * Al-Saadi, Armitage, "Dummynet AQM v0.2", CAIA-TR-160418A, 2016: the queues and the order of fq_codel, and aqm_pie.c
 * at the entrance of each queue. As many queues share the link, PIE goes by times of arrival there, unless told `dre`.
 * */
#include "emu/sched_fq.h"
#include "sched_kinds.h"

const struct nrw_sched_ops sched_fq_pie = {
	.name = "fq_pie",		.help = "a pie for each flow, sparse ones first",
	.size = sizeof(struct fq),	.flow_size = sizeof(struct fq_flow),
	.init = fq_init,		.patience = fq_patience,
	.add = fq_add,			.remove = fq_remove,
	.change = fq_change,		.ready = fq_ready,
	.next = fq_next,		.served = fq_served,
};
