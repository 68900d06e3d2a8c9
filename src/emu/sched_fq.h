/* emu/sched_fq.h - flow queues with sparse ones first: the machine of fq_codel and fq_pie, and what the emulator needs
 * to feed it. sched_fq_codel.c and sched_fq_pie.c are its two names; what differs is the management of their queues.
 * */
#ifndef EMU_SCHED_FQ_H
#define EMU_SCHED_FQ_H

#include "base/siphash.h"
#include "emu/sched.h"
#include "wire/view.h"

#define FQ_QUANTUM 1514u
#define FQ_LIMIT 10240u
#define FQ_FLOWS 1024u

#define FQ_BATCH_MAX 64u	/* packets that one overflow drops at most */

struct fq {
	struct list news, olds;		/* flows on their turn; idle ones may be among them */
	uint64_t quantum;		/* bytes that weight 1 gets each turn */
	uint64_t round;			/* sum of quanta and largest packets of all flows */
};

struct fq_flow {
	struct list turn;		/* in one of the two, or a ring of its own */
	int64_t deficit;		/* bytes it may still send */
	bool is_new, on;		/* on: it is in one of them */
};

/* The functions of a struct nrw_sched_ops. */
int fq_init(void *s, const struct nrw_sched_params *params);
int fq_add(void *s, struct nrw_sched_flow *f);
void fq_remove(void *s, struct nrw_sched_flow *f);
void fq_change(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old);
void fq_ready(void *s, struct nrw_sched_flow *f, nrw_time now);
struct nrw_sched_flow *fq_next(void *s, nrw_time now);
void fq_served(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now);
uint64_t fq_patience(const void *s, const struct nrw_sched_flow *f);

/* Which of `flows` queues a packet of this view belongs to: by its addresses, ports and protocol. NULL, or not IP: 0.
 * `key` comes from dice, so that nobody can choose what meets. */
uint32_t fq_bucket(const struct siphash_key *key, const struct view *v, uint32_t flows);
struct siphash_key fq_key(uint64_t seed, uint64_t kind, uint64_t number, uint64_t flow);

/* More than `limit` packets wait: the queue with most bytes, and of equal ones the first; NULL: none has any. From its
 * head fq_batch() packets are to be dropped (sched_cut()). */
struct sched_queue *fq_fattest(const struct sched *s);
uint32_t fq_batch(const struct sched_queue *q);

#endif
