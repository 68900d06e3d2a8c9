/* app/laws_model.h - what schedulers must do, said as plainly as can be: flows in an array, packets in a
 * queue of numbers, whose turn it is found by looking at all of them, virtual time in 128 bits that do not wrap.
 *
 * It shares no line with the code under test. For fifo, rr, wf2q+ and prio it names the very flow that is next; for all
 * kinds it keeps what each queue holds, and how fair they have been, in exact fractions. */
#ifndef APP_LAWS_MODEL_H
#define APP_LAWS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_FLOWS 64

struct model_packet {
	uint64_t seq, bytes;
};

struct model_flow {
	bool here;			/* added */
	uint32_t number, weight, pri;
	uint64_t lmax_told, lmax;
	struct model_packet *packets;	/* a ring of `room` */
	uint32_t first, count, room;
	uint64_t bytes;
	bool busy;			/* as its scheduler sees it: until its turn has found it empty */
	uint64_t head;			/* bytes of what its scheduler believes is next */

	uint64_t stamp;			/* rr, prio: who has the lower one is before */
	int64_t deficit;
	uint64_t rest;
	bool began;
	__int128 start, finish;		/* wf2q+ */

	/* Fairness, in a period in which the sum of weights stands. */
	bool watched;			/* has packets */
	bool back;			/* came from idleness when the period began */
	unsigned __int128 sent;
	__int128 least, first_d;	/* of D * sum: least so far, and at the start */
	__int128 alpha, gain;		/* times sum: worst so far, behind and ahead of its share */
	uint64_t ever;			/* the largest it has had */
	uint64_t others;		/* bytes sent by others since its last */
	uint64_t asked, deadline;	/* what its scheduler said at event `asked` of how far others may come */
	uint64_t patience;		/* the most it ever said */
};

enum model_kind { MODEL_NONE, MODEL_FIFO, MODEL_RR, MODEL_WF2Q, MODEL_PRIO };

struct model {
	enum model_kind kind;
	struct model_flow flows[MODEL_FLOWS];
	uint32_t used;			/* of them */
	uint32_t numbers;
	uint64_t packets, bytes;
	uint64_t stamps;
	uint64_t events;		/* so often something came or changed that may make others wait longer */
	uint64_t quantum, rr_lmax;
	__int128 v;
	uint64_t rest, in_force;
	uint64_t lmax;			/* of any packet so far */
	uint64_t sum;			/* of the weights of flows with packets */
	unsigned __int128 sent;		/* in this period */
};

void model_init(struct model *m, uint32_t flows, const char *type, uint64_t quantum);
void model_fini(struct model *m);
void model_become(struct model *m, const char *type, uint64_t quantum);	/* seq is the order in which packets came */

void model_add(struct model *m, struct model_flow *f, uint32_t weight, uint32_t pri, uint64_t lmax);
void model_remove(struct model *m, struct model_flow *f);	/* with all it has */
void model_change(struct model *m, struct model_flow *f, uint32_t weight, uint32_t pri, uint64_t lmax);
void model_put(struct model *m, struct model_flow *f, uint64_t seq, uint64_t bytes);
struct model_packet model_cut(struct model *m, struct model_flow *f);
/* Whose turn it is; NULL: all are idle, or the model does not know this kind. */
struct model_flow *model_next(struct model *m);
void model_idle(struct model *m, struct model_flow *f);	/* its turn found it empty; where the model knows no turns */
/* f gives its head, after `cuts` that are dropped; `bytes` 0: it has none left. */
void model_served(struct model *m, struct model_flow *f, uint32_t cuts, uint64_t bytes);

#endif
