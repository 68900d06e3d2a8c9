/* narrows/plugin.h - what a plug-in fills in: schedulers and queue management. Transparent, and versioned.
 *
 * Built-in ones fill in the same structs, and stand in the same tables. A plug-in is a shared object that exports
 *
 *      const struct nrw_plugin nrw_plugin = { NRW_PLUGIN_ABI, sizeof(struct nrw_plugin), &my_sched, &my_aqm };
 *
 * Neither kind reads a clock, draws from dice of its own, or allocates while packets pass: time comes as an argument
 * (ns, never goes back), chance by a function it is handed, memory is counted in `size` and given cleared. All calls
 * for one instance come from one thread. Lengths are bytes as the link will count them, overhead included. */
#ifndef NARROWS_PLUGIN_H
#define NARROWS_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <narrows/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NRW_PLUGIN_ABI 1u

/* ---- schedulers: which of several queues may send next ----
 *
 * A scheduler decides and holds no packet: packets wait in the queue of their flow, which is the emulator's. So it can
 * lose none, and order within a flow is not its business. For each flow of an instance it is told
 *
 *      add --> ready --> { next says this one --> served } ... --> served, head_bytes 0: idle --> ready ... --> remove
 *                 arrived, change: at any time between; remove: of a backlogged one too, when its queue is deleted
 *
 * and it keeps what it needs behind struct nrw_sched_flow, in `flow_size` bytes. */
struct nrw_sched_flow {
	uint32_t weight;	/* share, 1..65536 */
	uint32_t pri;		/* strict band, 0..63, lowest first */
	uint64_t lmax;		/* largest packet: as configured, or the largest seen; not below any that waits */
	uint64_t head_bytes;	/* of the packet that is next in its queue; 0: none waits, it is idle */
	uint64_t packets;	/* that wait */
	uint32_t cut;		/* packets taken from its head otherwise than by a service, since the last served() */
	uint32_t number;	/* order of add(): ties are broken by it */
};

struct nrw_sched_params {	/* of the line that made the scheduler; 0: its default */
	uint64_t quantum;	/* bytes */
	uint64_t limit;		/* packets in all flows */
	uint64_t flows;
};

struct nrw_sched_ops {
	const char *name;	/* as in "type NAME", lower case */
	const char *help;	/* one line */
	size_t size;		/* of an instance, given to init() cleared */
	size_t flow_size;	/* of what it keeps of a flow, cleared, at nrw_sched_of() */
	bool by_pri;		/* strict: a flow may starve */

	int (*init)(void *s, const struct nrw_sched_params *params);	/* 0, or -1: no memory. May be NULL */
	void (*fini)(void *s);						/* may be NULL */
	/* A flow comes, idle; 0, or -1: no memory (it must reserve here what ready() will need). May be NULL. */
	int (*add)(void *s, struct nrw_sched_flow *f);
	void (*remove)(void *s, struct nrw_sched_flow *f);		/* one goes, idle or backlogged. May be NULL */
	/* Weight, pri, lmax or head_bytes are others now; `old` has those it had. May be backlogged: head_bytes is
	 * another where the head was cut outside its turn (not 0: emptied so, it stays ready until next() names it, and
	 * then served() says 0 bytes, or a packet comes before that, and this is called). May be NULL. */
	void (*change)(void *s, struct nrw_sched_flow *f, const struct nrw_sched_flow *old);
	/* Its first packet has come: head_bytes is no longer 0. */
	void (*ready)(void *s, struct nrw_sched_flow *f, nrw_time now);
	/* One more packet waits, ready() or not; for those who keep the order of packets. 0, or -1: no memory, and the
	 * packet is dropped; else ready() follows where it is the first. NULL: never asked. */
	int (*arrived)(void *s, struct nrw_sched_flow *f, nrw_time now);
	/* Whose head is next; NULL only where all are idle. Asked again without served() between, it says the same. */
	struct nrw_sched_flow *(*next)(void *s, nrw_time now);
	/* The flow that next() named has sent so many bytes; 0: queue management dropped all it had. head_bytes is that
	 * of its next packet, or 0: it is idle now. */
	void (*served)(void *s, struct nrw_sched_flow *f, uint64_t bytes, nrw_time now);
	/* For laws: how many bytes others may send, at most, while this one is backlogged and gets nothing. NULL or
	 * UINT64_MAX: no bound. */
	uint64_t (*patience)(const void *s, const struct nrw_sched_flow *f);
};

/* What a scheduler keeps of a flow. */
static inline void *nrw_sched_of(struct nrw_sched_flow *f)
{
	return f + 1;
}

static inline struct nrw_sched_flow *nrw_sched_flow_of(void *kept)
{
	return (struct nrw_sched_flow *)kept - 1;
}

/* ---- queue management: whether a packet of a queue passes, is marked, or is dropped ---- */
enum nrw_aqm_verdict { NRW_AQM_PASS, NRW_AQM_MARK, NRW_AQM_DROP };

struct nrw_aqm_look {
	nrw_time now;
	nrw_time arrived;	/* when the packet came; at put it is now */
	uint64_t bytes;		/* of the packet */
	uint64_t packets, queued;	/* in the queue without it, and their bytes; not the one in service */
	uint64_t rate;		/* of the link, bit/s; 0: not known */
	uint64_t slots, room;	/* limit of the queue in packets and bytes; 0: not limited so */
	bool ect;		/* it may be marked: ECT(0), ECT(1) or CE */
	uint64_t (*draw)(void *dice);	/* uniform 64 bits */
	void *dice;
};

/* What a line may say of it, "pipe 1 config NAME WORD VALUE ...", in any order. */
enum nrw_aqm_unit {
	NRW_AQM_TIME,		/* ns, of "20ms"; at most 2^62 */
	NRW_AQM_COUNT,		/* of "5" */
	NRW_AQM_PROB,		/* P 2^64 of "0.1" or "10%", rounded down; 2^64 - 1 of 1 */
	NRW_AQM_FLAG		/* 1: its word stands there; it has no value */
};

struct nrw_aqm_param {
	const char *word;	/* no option of pipes and queues */
	enum nrw_aqm_unit unit;
	uint64_t usual;		/* where it is not said */
	uint64_t least, most;	/* of a time or a count */
};

#define NRW_AQM_PARAMS 8u	/* at most */

struct nrw_aqm_ops {
	const char *name, *help;
	size_t size;		/* of the state of a queue, given to init() cleared */
	/* Of a plug-in: its parameters, whose values are handed to all below as const uint64_t params[], in this order.
	 * Of those built in, whose words the emulator knows, NULL: params is a struct of their own. */
	const struct nrw_aqm_param *words;
	size_t word_count;
	/* A queue comes. May be NULL. */
	void (*init)(const void *params, void *state, nrw_time now);
	/* A packet comes, and there is room for it. NULL: passes. What is to be marked and is not ECT is dropped. */
	enum nrw_aqm_verdict (*put)(const void *params, void *state, const struct nrw_aqm_look *look);
	/* It leaves for the link. After DROP it is asked about the next of the queue at the same instant. */
	enum nrw_aqm_verdict (*take)(const void *params, void *state, const struct nrw_aqm_look *look);
	void (*emptied)(const void *params, void *state, nrw_time now);	/* after a take or drop. May be NULL */
};

/* ---- a shared object ---- */
struct nrw_plugin {
	uint32_t abi;		/* NRW_PLUGIN_ABI */
	uint32_t size;		/* sizeof(struct nrw_plugin) */
	const struct nrw_sched_ops *sched;	/* or NULL */
	const struct nrw_aqm_ops *aqm;		/* or NULL */
};

/* What a plug-in defines and exports, once. */
extern NRW_API const struct nrw_plugin nrw_plugin;

#ifdef __cplusplus
}
#endif

#endif
