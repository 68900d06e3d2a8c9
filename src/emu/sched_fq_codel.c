/* emu/sched_fq_codel.c - RFC 8290: flow queues, sparse ones first, each managed by CoDel.
 *
 * The emulator keeps a queue for each hash of a packet's addresses, ports and protocol (fq_bucket()), manages its head
 * by aqm_codel.c, and drops from the fattest above a limit; the machine of sched_fq.c says which is next. */
#include "emu/sched_fq.h"
#include "sched_kinds.h"

const struct nrw_sched_ops sched_fq_codel = {
	.name = "fq_codel",		.help = "a codel for each flow, sparse ones first",
	.size = sizeof(struct fq),	.flow_size = sizeof(struct fq_flow),
	.init = fq_init,		.patience = fq_patience,
	.add = fq_add,			.remove = fq_remove,
	.change = fq_change,		.ready = fq_ready,
	.next = fq_next,		.served = fq_served,
};
