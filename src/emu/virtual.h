/* emu/virtual.h - virtual time for schedulers that round it: what flows get, measured in bytes per weight.
 *
 * V is the virtual time of all, a stamp that of one flow (or of an aggregate of them). While W is the sum of weights,
 *
 *      a flow sends L bytes    stamp += L / weight          V += L / W
 *
 * so, while flows neither come nor go, the sum of weight * (V - stamp) over all of them stays as it is: some are ahead
 * of V by as many bytes as others are behind, and none can fall far behind whom the smallest stamps are served first.
 * A flow that goes idle ahead of V would break that, since it takes its lead out of the sum: V would run away from
 * those that stay. So its weight stays in force until V has made up for the lead. Not flow by flow, which is what
 * WF2Q+ does with a heap: here one sum of such weights (`gone`) and one of the bytes they owe (`owed`) do, O(1):
 *
 *      V += L / (W + gone)         owed -= gone * dV         owed = 0: gone = 0
 *
 * One that returns while it is ahead takes its place again and its part out of both.
 *
 * Units: 2^-24 bytes per weight, unsigned 64 bits that wrap; two times are compared by the sign of their difference.
 * A stamp's division keeps what it leaves for the next one, and V is counted from where W last changed, V0:
 *
 *      V = V0 + floor(all that was sent since / W)
 *
 * so neither drifts however long a flow stays backlogged; when W changes, less than a unit is lost. No V comes from the
 * division before it, which would make each packet wait for two of them in a row; V0 moves on before the sum overflows,
 * by what divides evenly. Lengths to 2^33 at weight 1 are 2^57 units. A flow that was
 * idle for more than 2^62 units is told from one ahead by its era: how often V's two highest bits changed (modulo 2^16:
 * more than 2^78 units, 10^16 bytes at the least, would make it wait once for what it once took in advance).
 *
 * A class i has slots of 2^i units: the smallest that one packet of the flow's largest, divided by its weight, does not
 * exceed. Times rounded down to slots of their class are what QFQ and KPS sort by. One thread. */
#ifndef EMU_VIRTUAL_H
#define EMU_VIRTUAL_H

#include <stdbool.h>
#include <stdint.h>

#define VIRTUAL_SHIFT 24
#define VIRTUAL_LONGEST (UINT64_C(1) << 33)

struct virtual_time {
	uint64_t v;
	uint64_t weights;	/* of those backlogged */
	uint64_t gone, owed;	/* weights of idle ones ahead of V; what they took in advance, bytes << VIRTUAL_SHIFT */
	uint64_t base, sent;	/* V0; bytes << VIRTUAL_SHIFT since then */
	uint16_t era;
};

struct virtual_stamp {
	uint64_t at;
	uint32_t rest;		/* of the last division by its weight */
	uint16_t era;		/* idle: when it became so */
	uint8_t class;		/* that it stands in */
	uint8_t home;		/* by largest packet and weight */
};

static inline bool virtual_after(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

uint8_t virtual_class(uint64_t lmax, uint64_t weight);
/* Bytes that a flow of this weight sends in so many units, and in one slot of a class; rounded down. */
uint64_t virtual_bytes(uint64_t units, uint64_t weight);
uint64_t virtual_slot_bytes(unsigned class, uint64_t weight);

void virtual_rebase(struct virtual_time *t);	/* V0 comes as near to V as it can, and V stays */
void virtual_pay(struct virtual_time *t, uint64_t v);	/* idle ones have seen V go on to v */
void virtual_to(struct virtual_time *t, uint64_t v);	/* V jumps ahead: none that is backlogged has its turn yet */
void virtual_enter(struct virtual_time *t, struct virtual_stamp *s, uint32_t weight);	/* becomes backlogged */
void virtual_leave(struct virtual_time *t, struct virtual_stamp *s, uint32_t weight);	/* becomes idle */
/* Another weight: the bytes that it is ahead or behind stay. */
void virtual_reweigh(struct virtual_time *t, struct virtual_stamp *s, uint32_t old, uint32_t weight, bool backlogged);

static inline void virtual_set(struct virtual_time *t, uint64_t v)
{
	if ((t->v ^ v) >> 62)
		t->era++;
	t->v = v;
}

/* Someone has sent so many bytes. */
static inline void virtual_sent(struct virtual_time *t, uint64_t bytes)
{
	uint64_t sent = t->sent + (bytes << VIRTUAL_SHIFT), v = t->base + sent / (t->weights + t->gone);

	t->sent = sent;
	if (__builtin_expect(sent >> 62 != 0, 0))
		virtual_rebase(t);
	if (__builtin_expect(t->gone != 0, 0))
		virtual_pay(t, v);
	virtual_set(t, v);
}

static inline void virtual_stamp_sent(struct virtual_stamp *s, uint32_t weight, uint64_t bytes)
{
	uint64_t work = (bytes << VIRTUAL_SHIFT) + s->rest, d = work / weight;

	s->rest = (uint32_t)(work - d * weight);
	s->at += d;
}

#endif
