/* emu/emu_impair.h - impairments: what chance does to packets, before the queue and behind the link.
 *
 *      put --> loss --> duplicate --> corrupt --> queue, scheduler, link --> loss after --> delay + jitter, reorder
 *
 * Each is a value that a line has set, made of integers alone, and a pure function of that value, of the dice and
 * memory of one flow, and of the packet: no clock, no queue, no other flow. An impairment that is not configured
 * draws nothing, and each has dice of its own (base/dice.h, purposes), so that none shifts another. Where packets go
 * is not decided here: a pipe, a masked flow and a member of a queue call these functions (emu_pipe.c, emu_flows.c,
 * emu_set.c). */
#ifndef EMU_EMU_IMPAIR_H
#define EMU_EMU_IMPAIR_H

#include "base/dice.h"
#include "base/u128.h"
#include "emu/emu_file.h"
#include "pkt/pkt.h"

/* ---- what lines have said ---- */

enum emu_loss_model { LOSS_RANDOM, LOSS_GEMODEL, LOSS_STATE, LOSS_PATTERN };	/* random, probability 0: none */

enum { LOSS_P = 0, LOSS_R = 1, LOSS_BAD = 2, LOSS_GOOD = 3 };			/* p[] of random, gemodel */
enum { LOSS_P13 = 0, LOSS_P31 = 1, LOSS_P32 = 2, LOSS_P23 = 3, LOSS_P14 = 4 };	/* of state */
#define EMU_LOSS_PROBS 5

struct emu_loss {
	enum emu_loss_model model;
	struct prob p[EMU_LOSS_PROBS];
	struct prob corr;		/* of random */
	bool after;			/* behind the link */
	bool once;			/* of pattern: not again and again */
	struct emu_file *file;		/* of pattern */
};

struct emu_duplicate {
	struct prob p, corr;
};

struct emu_corrupt {
	struct prob p;
	uint32_t bits;			/* to flip; 0: as 1 */
	bool any;			/* of the IP header too */
};

struct emu_reorder {
	struct prob p, corr;
	uint32_t gap;			/* only each so many-th packet may be; 0: as 1 */
	nrw_time by;			/* it is held so much longer; 0: it skips the jitter */
};

enum emu_dist { DIST_UNIFORM, DIST_NORMAL, DIST_PARETO, DIST_PARETONORMAL, DIST_TABLE, DIST_ECDF };

struct emu_jitter {
	nrw_time scale;			/* 0: none, unless ecdf */
	enum emu_dist dist;
	bool reorder;			/* packets may overtake */
	struct prob corr;
	struct emu_file *file;		/* of table, ecdf */
};

struct emu_impair {
	struct emu_loss loss;
	struct emu_duplicate duplicate;
	struct emu_corrupt corrupt;
	struct emu_reorder reorder;
	struct emu_jitter jitter;
};

#define EMU_BITS_MAX 64u
#define EMU_GAP_MAX UINT32_C(1000000000)
#define EMU_JITTER_MAX (UINT64_C(1) << 44)	/* ns, 4.8 hours: times a table's entry it stays below 2^63 */

static inline bool emu_prob_some(struct prob p)
{
	return p.always || p.below;
}

/* Something is to be done before the queue, that plain loss (dice and a threshold) does not do; or loss is done behind
 * the link, with the dice of loss, which are in one place. */
bool emu_impair_entry(const struct emu_impair *im);
bool emu_impair_exit(const struct emu_impair *im);	/* something is to be done behind the link */
bool emu_impair_overtakes(const struct emu_impair *im);	/* packets may leave in another order */
bool emu_loss_is_plain(const struct emu_loss *l);	/* a probability and nothing else; it may be 0 */

/* ---- of one flow ---- */

struct emu_extra;	/* emu_extra.h: has the dice of the flow, its struct emu_chance, and counts what is done */

/* What impairments remember from one packet of a flow to the next. Cleared: nothing has passed yet. */
struct emu_chance {
	uint64_t old[4];		/* the draw before, of loss, duplicate, reorder, jitter */
	uint64_t pattern_at;		/* packets that the pattern has seen in this round */
	uint64_t seq_out;		/* youngest packet that has left, + 1 */
	uint32_t gap;			/* packets since the last one that might be reordered */
	uint8_t drawn;			/* bits: which of old[] there are */
	uint8_t model;			/* of losses, to which state and pattern_at belong */
	uint8_t state;			/* of the chain of losses; 0: not begun, as 1, good */
};

/* One packet of the flow. */
bool emu_loss_hits(const struct emu_loss *l, struct emu_extra *x);
bool emu_duplicate_hits(const struct emu_duplicate *d, struct emu_extra *x);
/* Flips bits, or does not, as the dice say. 1: it did; 0; ERR_NOMEM: it should have, and the packet is as it was. */
int emu_corrupt(const struct emu_corrupt *c, struct emu_extra *x, struct pkt_pool *pool, struct pkt *p);
/* When a packet leaves whose service ended at `end`: not before `end`. *overtakes: also those that left the link
 * before it. NRW_NEVER: past the end of time. */
nrw_time emu_jitter_exit(const struct emu_impair *im, struct emu_extra *x, nrw_time end, nrw_time delay,
	bool *overtakes);

/* A draw that with probability `corr` is the one before again; emu_impair.c. */
uint64_t emu_chance_draw(struct emu_extra *x, enum dice_purpose purpose, struct prob corr);
bool emu_chance_hit(struct emu_extra *x, enum dice_purpose purpose, struct prob p, struct prob corr);

/* ---- what files say: emu_pattern.c, emu_dist.c ---- */

extern const struct emu_file_reader emu_pattern_reader, emu_dist_reader, emu_ecdf_reader;

bool emu_pattern_loses(const struct emu_file *f, bool once, uint64_t *at);	/* the next packet? moves *at */
const int32_t *emu_dist_table(const struct emu_file *f, uint64_t *n);
nrw_time emu_ecdf_at(const struct emu_file *f, uint64_t draw);

/* ---- tables of ours: emu_table_*.c, made by scripts/make-tables ---- */

#define EMU_TABLE 4096
/* The value at each 4096th of probability, in 1/8192 of the deviation. Mean 0, deviation 1, as near as integers come.
 * */
extern const int32_t emu_table_normal[EMU_TABLE], emu_table_pareto[EMU_TABLE], emu_table_paretonormal[EMU_TABLE];

/* ---- overheads: emu_overhead.c ---- */

enum emu_framing { FRAMING_PLAIN, FRAMING_ETHERNET, FRAMING_ATM };

struct emu_overhead {
	enum emu_framing framing;
	uint32_t bytes;			/* of plain, and of atm before the packet is cut into cells */
};

/* What a packet of length L takes on the link. */
uint64_t emu_overhead_add(const struct emu_overhead *o, uint64_t bytes, bool layer2);

#endif
