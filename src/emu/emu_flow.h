/* emu/emu_flow.h - masked flows of a pipe: for each value of the masked fields a queue and a link of its own.
 *
 *                 +------------------------ struct emu_flows -------------------------+
 *      put        |  mask, hash     struct emu_flow                                   |
 *     ----------> |  ----------->   queue --> link --+                                |
 *                 |  ----------->   queue --> link --+--> emu_way, one for all flows  | -----> take
 *                 |  ----------->   queue --> link --+    by (exit, seq)              |
 *                 |                           |                                       |
 *                 |                           +-- emu_ends: whose service ends next   |
 *                 +-------------------------------------------------------------------+
 *
 * All flows of a pipe have one rate, delay and limit, those of the pipe. A pipe without a mask goes this way too, where
 * something special is asked of it (emu_extra.h): all its packets are of the flow `sole`. */
#ifndef EMU_EMU_FLOW_H
#define EMU_EMU_FLOW_H

#include <string.h>

#include "base/hash.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/pool.h"
#include "emu/emu_extra.h"
#include "emu/emu_int.h"

/* emu_key.c: which fields tell flows apart, and what they are in a packet. */
/* [0]: family, protocol, ports. IPv4 [1]: addresses. IPv6 [1]: label, [2..5]: addresses. */
struct emu_key {
	uint64_t w[6];
};

struct emu_sort {		/* what tells flows apart */
	struct emu_mask mask;
	uint32_t buckets;		/* a hash over what a packet is sorts as well; 0: not */
	struct siphash_key key;		/* of the hash */
};

struct emu_shape {		/* the same, ready to use; lives as long as the pipe, since flows of old ones drain */
	struct emu_shape *next;
	struct emu_sort sort;
	bool many;			/* there may be more flows than one */
	bool special;			/* not masked fields alone */
	struct emu_key v4, v6;
};

#define EMU_KEY_LOW 0xffffu	/* of the first word: bits that no field has, for a bucket, or the number of a queue */

bool emu_sort_equal(const struct emu_sort *a, const struct emu_sort *b);
void emu_shape_init(struct emu_shape *s, const struct emu_sort *sort);
/* The masked fields of a packet; v NULL: nothing is known. Returns how many words of the key are in use. */
unsigned emu_key_make(struct emu_key *k, const struct emu_shape *s, const struct view *v);

uint64_t emu_key_number(const struct emu_key *k);	/* `flow` of a draw: docs/ARCHITECTURE.md, "Dice" */

struct emu_addresses {		/* a key, taken apart; what its family does not have is 0 */
	unsigned family, proto, sport, dport;
	uint32_t src4, dst4, label;
	uint64_t src6[2], dst6[2];
};

/* Is this the key whose words lie there? IPv4 has no more than the first two. */
static inline bool emu_key_is(const struct emu_key *k, unsigned words, const uint64_t first[2], const uint64_t more[4])
{
	return k->w[0] == first[0] && k->w[1] == first[1] &&
		(words == 2 || !memcmp(&k->w[2], more, 4 * sizeof(*more)));
}

struct emu_key emu_flow_key(const struct emu_flow *flow);
void emu_key_read(const struct emu_key *k, struct emu_addresses *a);
/* "tcp 10.0.0.1:5001 > 10.0.0.2:80"; what snprintf() would return. */
int emu_key_print(const struct emu_key *k, const struct emu_shape *s, char *to, size_t room);

/* Drops that a flow counts itself; its extra counts others. */
enum emu_flow_drop { FLOW_LOSS, FLOW_QUEUE_FULL, FLOW_TIME_END, FLOW_DROPS };

extern const enum drop emu_flow_drops[FLOW_DROPS];

enum emu_flow_state {
	FLOW_FOUND,		/* packets find it */
	FLOW_OLD,		/* another mask rules now: it drains */
	FLOW_GONE,		/* folded; kept until a reader of series has seen its last counts */
};

/* Of 100 000 flows each is cold when its turn comes, so lines are filled by what happens. The first is to find it and
 * to let a packet out; the second to begin a service, or to wait; the third is all that the end of a service needs
 * where nobody waits; the fourth is to be idle. Others most packets do not touch. */
struct emu_flow {
	struct hash_node node;
	uint64_t key[2];		/* struct emu_key, its first words */
	uint64_t packets, bytes, out_bytes;
	/* packets that are out or were dropped, less copies made; the others it holds */
	uint64_t left;

	struct emu_link link;
	struct emu_queue queue;
	struct pkt *served;		/* by the link; NULL: none */
	nrw_time last;			/* its latest exit */
	uint64_t wait_count, wait_min, wait_max, wait_sum;

	struct list idle;		/* in the list of idle ones, though it may be busy again */
	nrw_time used;			/* when it held or refused a packet last, while it holds none */
	uint64_t wait_carry;		/* of the sum, when 64 bits are too few */
	uint64_t key_more[4];		/* the words that IPv4 does not need */

	struct list all;
	uint64_t id;			/* 1, 2, ... in the order of first packets */
	uint32_t no_memory;		/* drops on the way */
	uint8_t state;			/* enum emu_flow_state */
	bool member;			/* it is part of a struct emu_member */

	struct dice loss;
	uint64_t drops[FLOW_DROPS];
	struct emu_extra *extra;	/* NULL: nothing special */
	struct hist *recent;		/* waits since a reader of series looked; NULL: none */
	const struct emu_shape *shape;
};

#if UINTPTR_MAX > UINT32_MAX
_Static_assert(offsetof(struct emu_flow, link) == 64 && offsetof(struct emu_flow, queue.bytes) == 128 &&
		offsetof(struct emu_flow, idle) == 192,
	"lines, as said above");
#endif
_Static_assert(sizeof(struct emu_flow) <= 384, "with its share of the tables an idle flow takes at most 512 bytes");

/* emu_ends.c: the flows that serve a packet, by the end of service. */
struct emu_end {
	nrw_time at;
	struct emu_flow *flow;
};

struct emu_ends {
	struct emu_end *entries;	/* a heap; the children of one lie in one cache line */
	struct emu_end *run;		/* a ring in order */
	void *memory;
	nrw_time last;			/* of the run */
	uint32_t heaped, run_first, run_count;
	uint32_t room;			/* of each, a power of two; as is: */
	uint32_t ring;			/* so many of these the run uses */
};

int emu_ends_reserve(struct emu_ends *h, uint32_t count);	/* 0 or ERR_NOMEM */
void emu_ends_fini(struct emu_ends *h);
void emu_ends_clear(struct emu_ends *h);
void emu_ends_add(struct emu_ends *h, nrw_time at, struct emu_flow *flow);	/* room must be reserved */
void emu_ends_put_off(struct emu_ends *h, nrw_time at);	/* the first one serves another packet until `at` */
void emu_ends_pop(struct emu_ends *h);

/* The i-th of those in order, with others between them perhaps. */
static inline const struct emu_end *emu_ends_at(const struct emu_ends *h, uint32_t i)
{
	return &h->run[(h->run_first + i) & (h->ring - 1)];
}

#define EMU_ENDS_ROOT 3u	/* index of the heap's first */

static inline const struct emu_end *emu_ends_first(const struct emu_ends *h)	/* NULL: none */
{
	const struct emu_end *root = h->heaped ? &h->entries[EMU_ENDS_ROOT] : NULL;
	const struct emu_end *first = h->run_count ? &h->run[h->run_first] : root;

	return root && root->at < first->at ? root : first;
}

/* emu_way.c: packets of all flows between end of service and exit. */
struct emu_step {
	struct pkt *pkt;
	struct emu_flow *flow;
	nrw_time exit;
	uint64_t seq;		/* twice that of the packet, and 1 for a copy: a packet leaves before its copies */
};

static inline uint64_t emu_step_seq(const struct pkt *p)
{
	return p->seq << 1 | (p->flags & PKT_COPY ? 1 : 0);
}

#define EMU_STRETCH 127u

struct emu_stretch {		/* so many steps in order, one page with those of others around it */
	struct emu_stretch *next;
	struct emu_step steps[EMU_STRETCH];
};

struct emu_stray {		/* a step that would have to go before the tail */
	struct heap_node node;
	struct emu_step step;
};

struct emu_place {
	struct emu_stretch *stretch;
	uint32_t i;
};

struct emu_way {
	struct emu_place head, tail;	/* the first step; where the next one goes */
	struct emu_place ahead;		/* the step whose packet and flow are fetched next */
	uint64_t count, lead;		/* steps from head to tail; from head to ahead */
	nrw_time last;			/* of the tail */
	uint64_t last_seq;
	struct heap strays;
	struct pool stray_pool;
	struct pool *stretches;
};

void emu_way_init(struct emu_way *w, struct pool *stretches);
void emu_way_fini(struct emu_way *w);		/* empty */
int emu_way_put(struct emu_way *w, const struct emu_step *s);	/* 0 or ERR_NOMEM */
const struct emu_step *emu_way_first(const struct emu_way *w);	/* NULL: empty */
bool emu_way_take(struct emu_way *w, struct emu_step *s);	/* false: empty */

/* emu_draws.c: of flows that are gone. */
struct emu_draws {
	struct hash table;
	struct pool pool;
};

void emu_draws_init(struct emu_draws *d, struct siphash_key key);
void emu_draws_fini(struct emu_draws *d);
void emu_draws_keep(struct emu_draws *d, const struct dice *dice);
void emu_draws_resume(struct emu_draws *d, struct dice *dice);	/* where they were left, if they ever were */

/* emu_soon.c: packets to come. */
#define EMU_TOLD 16u		/* a power of two, with room for one more than EMU_SOON */
_Static_assert(EMU_TOLD > EMU_SOON && !(EMU_TOLD & (EMU_TOLD - 1)), "a ring of all that were told");

struct emu_told {
	struct emu_key key;
	uint64_t digest;
	struct hash_node *const *bucket;	/* NULL: not there any more */
	struct emu_flow *flow;	/* the one that may be its own, as far as was looked; NULL: none */
	unsigned words;		/* of the key */
	bool known;		/* it is its flow */
};

struct emu_soon {
	struct emu_told told[EMU_TOLD];
	uint64_t first, next;	/* those told and not come; modulo EMU_TOLD they are places */
};

const struct emu_told *emu_soon_find(struct emu_soon *s, const struct emu_key *key, unsigned words);
void emu_soon_forget(struct emu_soon *s, const struct emu_flow *flow);	/* no packet finds it any more */

/* One with this key came: what was told of it. NULL: nothing. */
static inline const struct emu_told *emu_soon_meet(struct emu_soon *s, const struct emu_key *key, unsigned words)
{
	const struct emu_told *t = &s->told[s->first % EMU_TOLD];

	if (s->first == s->next)
		return NULL;
	if (!emu_key_is(key, words, t->key.w, &t->key.w[2]))
		return emu_soon_find(s, key, words);
	s->first++;
	return t;
}

/* emu_flows.c, emu_life.c */
struct emu_flows {
	struct emu_event event;		/* beside that of the pipe's own queue */
	struct emu_pipe *pipe;
	const struct emu_shape *shape;	/* NULL: packets go the plain way now */
	struct emu_flow *sole;		/* of all packets while there is no mask; NULL: never had one, or a queue */
	unsigned parts;			/* PART_ bits: what is special */
	bool on_road;			/* links go by `road`, not by a rate alone */
	bool cut;
	struct emu_extras extras;
	struct emu_shape *shapes;	/* all there were */
	struct emu_pools *pools;
	struct pool *flow_pool;
	bool ordered;			/* there is a scheduler before each link */
	bool managed;			/* a queue that fed these flows, ever, has management of its own */
	struct emu_flow *only;		/* of a queue without a mask: the member that packets find; NULL: none yet */
	struct emu_flows *to;		/* of a queue: flows of what it feeds; NULL: nothing that is there */
	/* the queue for whose packet a flow is looked for, where a mask tells queues apart */
	uint16_t asker;
	struct list feeder, feeders;	/* among the queues of its target; queues that feed these flows */
	struct emu_ends ends;
	struct emu_way way;
	uint64_t packets, bytes;	/* backlog of all */
	uint64_t on_way;
	nrw_time expire;
	uint32_t limit;
	uint32_t alive;			/* in `all` */
	uint32_t old;			/* of these, those of old masks */
	uint32_t hidden;		/* of these, those without a mask, which nobody is told of */
	struct list idle;		/* least recently used first */
	struct list all;		/* in the order of first packets, old and gone ones too */
	uint64_t made, folded;
	struct hash table;
	struct emu_draws draws;
	struct emu_soon soon;
	struct emu_road road;
};

struct emu_pools {			/* of an emulator */
	struct pool pipes, flows, members, orders, stretches;
};

/* emu_life.c */
int emu_flows_new(struct emu_pipe *pipe, struct emu_pools *pools);	/* 0 or ERR_NOMEM */
void emu_flows_free(struct emu_flows *f);	/* frees what it holds, silently */
/* What tells flows apart is this now. 0, or ERR_NOMEM before anything was done. */
int emu_flows_sort(struct emu_flows *f, const struct emu_sort *sort, nrw_time now);
void emu_flows_retire(struct emu_flows *f, nrw_time now);	/* no packet finds a flow that is there */
/* The flow of a packet, perhaps a new one. NULL: *why. */
struct emu_flow *emu_flows_find(struct emu_flows *f, const struct view *v, nrw_time now, enum drop *why);
/* From now on without a mask all packets are of one flow, which takes over what the pipe's own queue and link hold. 0,
 * or ERR_NOMEM before anything was done. */
int emu_flows_take_over(struct emu_flows *f);
void emu_flow_emptied(struct emu_flows *f, struct emu_flow *flow, nrw_time now);	/* it holds nothing any more */
/* What else kept it is gone since then; others are idle for less long, perhaps. */
void emu_flow_released(struct emu_flows *f, struct emu_flow *flow, nrw_time since);
void emu_flows_expire(struct emu_flows *f, nrw_time now);
void emu_flows_free_gone(struct emu_flows *f);

void emu_flows_soon(struct emu_flows *f, const struct view *v);		/* emu_soon.c */

/* emu_flows.c */
void emu_flows_config(struct emu_flows *f, nrw_time now);	/* the pipe has a new configuration */
void emu_flows_put(struct emu_flows *f, struct pkt *p, const struct view *v, nrw_time now);
void emu_flows_catch_up(struct emu_flows *f, nrw_time now);
bool emu_flows_next(const struct emu_flows *f, nrw_time *at, uint64_t *seq);	/* as emu_pipe_next() */
const struct emu_step *emu_flows_first(const struct emu_flows *f);	/* settled: the next one out; NULL: none */
struct pkt *emu_flows_take(struct emu_flows *f);
void emu_flows_note_peak(struct emu_flows *f);	/* the most that the pipe held, with its own queue */
void emu_flows_drop_all(struct emu_flows *f, enum drop why, nrw_time now);

/* emu_serve.c: while on_road. */
void emu_flow_open(struct emu_flows *f, struct emu_flow *flow, nrw_time now);
void emu_flow_serve(struct emu_flows *f, struct emu_flow *flow, uint64_t bytes);
bool emu_flow_lost(const struct emu_flow *flow);	/* the packet whose service ends */
nrw_time emu_flow_delay(const struct emu_flows *f, nrw_time came, nrw_time end);
void emu_flows_look(struct emu_flows *f, nrw_time now);	/* a packet comes: what is in force */
/* Always. */
uint64_t emu_flows_rate(const struct emu_flows *f, nrw_time now);
const struct emu_road *emu_flows_turn(struct emu_flows *f, struct emu_road *old, nrw_time now);
bool emu_flow_turn(struct emu_flows *f, struct emu_flow *flow, const struct emu_road *old, nrw_time now);

void emu_flow_note(struct emu_flow *flow, nrw_time ns);	/* emu_stats.c: a wait, for who reads series */

static inline struct emu_flow *emu_flow_find(const struct emu_flows *f, const struct emu_key *key, unsigned words,
	uint64_t digest)
{
	for (struct hash_node *n = hash_find(&f->table, digest); n; n = hash_again(n)) {
		struct emu_flow *flow = container_of(n, struct emu_flow, node);

		if (emu_key_is(key, words, flow->key, flow->key_more))
			return flow;
	}
	return NULL;
}

/* What a packet that comes will touch, at once and not one after another. */
EMU_FETCH emu_flow_warm(const struct emu_flow *flow)
{
	emu_fetch(&flow->link);
	emu_fetch(&flow->queue.bytes);
}

static inline void emu_flow_count_drop(struct emu_flow *flow, enum drop why)	/* those it counts itself */
{
	for (unsigned i = 0; i < FLOW_DROPS; i++)
		flow->drops[i] += emu_flow_drops[i] == why;
	flow->no_memory += why == DROP_NO_MEMORY;
}

/* A packet ends here; counted by the flow and the pipe. */
void emu_flow_drop(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, enum drop why);
/* It is admitted: waits, or begins its service. */
void emu_flow_join(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, nrw_time now);
/* Its service ended: on its way. False: dropped. */
bool emu_flow_depart(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, nrw_time end);
void emu_flow_left_queue(struct emu_flows *f, struct emu_flow *flow, uint64_t bytes);	/* one is no backlog any more */
/* something waits: if its link is free */
void emu_flow_start(struct emu_flows *f, struct emu_flow *flow, nrw_time now);
void emu_flow_waited(struct emu_flows *f, struct emu_flow *flow, nrw_time ns);	/* to the end of service */

/* emu_order.c: of a flow that is a member of a queue. */
void emu_member_manage(struct emu_flow *flow, bool managed);
void emu_member_left_queue(struct emu_flow *flow, uint64_t bytes);	/* what its link counts of it */
void emu_member_dropped(struct emu_flow *flow, const struct pkt *p, enum drop why);
void emu_member_drop_all(struct emu_flow *flow, enum drop why);		/* what waits */
bool emu_sorts_itself(const struct emu_pipe *pipe);	/* emu_set.c: a sched of type fq_codel or fq_pie */

/* emu_enter.c: what comes, where something special is asked. */
void emu_flow_enter(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now);

/* emu_leave.c: behind the link, where chance has a say. When it leaves (NRW_NEVER: after the end of time), and whether
 * it may overtake. False: it was lost. */
bool emu_flow_leave(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, nrw_time end, nrw_time *exit,
	bool *overtakes);
void emu_flow_note_order(struct emu_flows *f, struct emu_flow *flow, const struct pkt *p);	/* it is out */

/* emu_manage.c: queue management of a flow, by what its extras say. */
/* May it join? Else it was dropped. */
bool emu_manage_put(struct emu_flows *f, struct emu_flow *flow, struct pkt *p, uint64_t bytes, const struct view *v,
	nrw_time now);
/* The next packet for the link, whose predecessor's service ended `now`; NULL: none is left. */
struct pkt *emu_manage_take(struct emu_flows *f, struct emu_flow *flow, nrw_time now);

static inline enum dice_kind emu_dice_kind(const struct emu_pipe *pipe)
{
	return pipe->kind == EMU_QUEUE ? DICE_QUEUE : pipe->kind == EMU_SCHED ? DICE_SCHED : DICE_PIPE;
}

static inline uint64_t emu_flow_held(const struct emu_flow *flow)
{
	return flow->packets - flow->left;
}

static inline void emu_flows_settle(struct emu_flows *f, nrw_time now)
{
	const struct emu_end *first = emu_ends_first(&f->ends);

	if (first && first->at <= now)
		emu_flows_catch_up(f, now);
}

#endif
