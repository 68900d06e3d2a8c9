/* emu/sched.h - an instance of a scheduler, with the queues it chooses from. sched.c has the table of all kinds.
 *
 *      sched_put --> queue of a flow --+
 *      sched_put --> queue of a flow --+-- the scheduler says which --> sched_take
 *      sched_put --> queue of a flow --+
 *
 * Queues belong to the caller, who clears sched_queue_size() bytes, sets flow.weight, flow.pri, lmax and pull, and adds
 * them. A packet in a queue is the instance's; it counts as many bytes as emu_pipe_charge() says. One thread. */
#ifndef EMU_SCHED_H
#define EMU_SCHED_H

#include <narrows/plugin.h>

#include "base/lex.h"
#include "base/list.h"
#include "pkt/pkt.h"

struct sched_queue {			/* packets of one flow that wait, and its place in a scheduler */
	struct pkt *head, *tail;	/* flow.packets of them; where there are none, NULL and anything */
	uint64_t bytes;			/* of them */
	/* Queue management: takes from the head by sched_queue_pop() until one passes, which it returns; NULL: none is
	 * left. The rest it has dropped. NULL: the head passes. */
	struct pkt *(*pull)(struct sched_queue *q, nrw_time now);
	uint64_t lmax;			/* as configured; 0: learned */
	struct list all;		/* of the instance */
	struct nrw_sched_flow flow;	/* last: what the scheduler keeps of it follows */
};

_Static_assert(offsetof(struct sched_queue, flow) + sizeof(struct nrw_sched_flow) == sizeof(struct sched_queue),
	"what the scheduler keeps lies behind the flow");

struct sched {
	const struct nrw_sched_ops *ops;
	void *state;
	uint64_t packets;		/* that wait in all queues */
	uint32_t flows;
	uint32_t numbers;		/* given to flows so far */
	struct list all;		/* flows in the order of their numbers */
	struct nrw_sched_params params;
};

const struct nrw_sched_ops *sched_find(struct word w);	/* any case, synonyms too; NULL: no such kind */
const struct nrw_sched_ops *sched_at(size_t i);		/* of the table; NULL: no more */
/* One more kind, of a plug-in, before the first instance is made; lives as long as the process. 0; ERR_TWICE: there is
 * one of this name; ERR_NOMEM: there are SCHED_GUESTS. */
#define SCHED_GUESTS 16
int sched_register(const struct nrw_sched_ops *ops);
size_t sched_queue_size(void);		/* bytes of a queue that any kind of the table can be given; a multiple of 8 */

int sched_init(struct sched *s, const struct nrw_sched_ops *ops, const struct nrw_sched_params *params);
void sched_fini(struct sched *s);	/* queues and packets stay the caller's, as they are */
/* Another kind, or other parameters, under a backlog: no packet moves. 0, or ERR_NOMEM, and all is as it was. */
int sched_become(struct sched *s, const struct nrw_sched_ops *ops, const struct nrw_sched_params *params, nrw_time now);

int sched_add(struct sched *s, struct sched_queue *q);		/* an empty one; 0 or ERR_NOMEM */
void sched_remove(struct sched *s, struct sched_queue *q);	/* without packets: sched_cut() them before */
/* lmax 0: learned. While the flow is backlogged its largest only grows. */
void sched_change(struct sched *s, struct sched_queue *q, uint32_t weight, uint32_t pri, uint64_t lmax);

/* `bytes` is what emu_pipe_charge() says of p. 0, or ERR_NOMEM: then p stays the caller's. */
int sched_put(struct sched *s, struct sched_queue *q, struct pkt *p, uint64_t bytes, nrw_time now);
/* The next packet, for the link, and its queue; NULL: none waits, or queue management dropped all that did. */
struct pkt *sched_take(struct sched *s, nrw_time now, struct sched_queue **from);
/* Takes the head of a queue away outside its turn, to be dropped: a limit on all queues, a deletion. NULL: empty. */
struct pkt *sched_cut(struct sched *s, struct sched_queue *q);
struct pkt *sched_queue_pop(struct sched_queue *q);	/* for pull() alone; NULL: empty */

static inline struct sched_queue *sched_queue_of(struct nrw_sched_flow *f)
{
	return container_of(f, struct sched_queue, flow);
}

#endif
