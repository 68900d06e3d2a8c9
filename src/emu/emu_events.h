/* emu/emu_events.h - whose packet leaves next: the least (time, seq) of all that pipes have told.
 *
 * A struct emu_event lies in what it belongs to and holds what was told of it last; the queue keeps entries of its own,
 * and tells nobody where they stand. An entry that is not what was told last is stale: it is thrown away where it comes
 * up, or when there are many. Room is made ahead: nothing else allocates or fails. One thread. */
#ifndef EMU_EMU_EVENTS_H
#define EMU_EMU_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <narrows/types.h>

#define EMU_NO_EVENT UINT64_MAX		/* as seq: nothing is to come; no packet has it */

struct emu_event {
	nrw_time at;
	uint64_t seq;		/* EMU_NO_EVENT: nothing is told */
	uint32_t entries;	/* of it, stale ones too */
	bool of_flows;		/* of the flows of a pipe, not of its own queue */
};

struct emu_entry {
	nrw_time at;
	uint64_t seq;
	struct emu_event *of;
};

/* emu_bins.c: entries sorted roughly, by time alone. */
#define EMU_BINS_BITS 6
#define EMU_BINS_EACH (1u << EMU_BINS_BITS)
#define EMU_BINS_LEVELS ((64 + EMU_BINS_BITS - 1) / EMU_BINS_BITS)
#define EMU_BINS_FEW 32u

struct emu_sheet;

struct emu_bins {
	nrw_time base;			/* no entry is earlier */
	uint32_t count;
	uint32_t levels;		/* a bit for each that has entries */
	uint64_t used[EMU_BINS_LEVELS];	/* a bit for each bin that has */
	uint32_t heads[EMU_BINS_LEVELS][EMU_BINS_EACH];	/* index of the last sheet, if it has */
	struct emu_sheet *sheets;
	uint32_t room, fresh, free;	/* sheets; those behind `fresh` were never used */
};

int emu_bins_reserve(struct emu_bins *b, uint32_t entries);	/* 0 or ERR_NOMEM */
void emu_bins_fini(struct emu_bins *b);
void emu_bins_add(struct emu_bins *b, const struct emu_entry *e);	/* not before base; there must be room */
/* Moves the earliest ones to `to`, in any order; all that are left are later. There must be one. How many: at most
 * EMU_BINS_FEW, unless they are of one instant. */
uint32_t emu_bins_take(struct emu_bins *b, struct emu_entry *to);
/* Those stay for which `wanted` says so. */
void emu_bins_keep(struct emu_bins *b, bool (*wanted)(struct emu_entry *e));
void emu_bins_each(struct emu_bins *b, void (*see)(void *ctx, struct emu_entry *e), void *ctx);

/* emu_events.c */
#define EMU_AHEAD 8u		/* at least so many are near, where there are so many */
#define EMU_NEAR 64u
#define EMU_NEAR_MOST 40u	/* the rest is to go on in, without moving all each time */

struct emu_events {
	uint32_t first, end;			/* of those near */
	uint32_t soon_count, room;
	struct emu_entry near[EMU_NEAR];	/* in order; none is later than one that is not here */
	struct emu_entry *soon;			/* a heap */
	nrw_time edge;				/* soon are those before it; in the bins, those from then on */
	struct emu_bins bins;
	struct emu_event nobody;		/* who is gone */
};

void emu_events_init(struct emu_events *q);
void emu_events_fini(struct emu_events *q);	/* events are left as they are */
int emu_events_reserve(struct emu_events *q, uint32_t events);	/* there may be so many in all; 0 or ERR_NOMEM */
void emu_events_forget(struct emu_events *q, struct emu_event *ev);	/* it is about to be freed */

static inline void emu_event_init(struct emu_event *ev, bool of_flows)
{
	*ev = (struct emu_event){ .seq = EMU_NO_EVENT, .of_flows = of_flows };
}

void emu_events_change(struct emu_events *q, struct emu_event *ev, nrw_time at, uint64_t seq);

/* What is told of it from now on; EMU_NO_EVENT as seq: nothing. */
static inline void emu_events_tell(struct emu_events *q, struct emu_event *ev, nrw_time at, uint64_t seq)
{
	uint32_t count = q->end - q->first;

	if (ev->seq == seq && ev->at == at)
		return;
	if (count > 1 || (count && q->near[q->first].of != ev)) {
		emu_events_change(q, ev, at, seq);
		return;
	}
	ev->at = at;	/* it is alone, or will be */
	ev->seq = seq;
	ev->entries = seq != EMU_NO_EVENT;
	q->first = 0;
	q->end = ev->entries;
	q->near[0] = (struct emu_entry){ at, seq, ev };
}

/* The least, and as it was told last; NULL: none. */
static inline const struct emu_entry *emu_events_first(const struct emu_events *q)
{
	return q->first < q->end ? &q->near[q->first] : NULL;
}

/* The i-th from the first, where there are so many that their memory is worth fetching ahead; else NULL. */
static inline struct emu_event *emu_events_ahead(const struct emu_events *q, uint32_t i)
{
	return q->first + i < q->end && q->bins.count ? q->near[q->first + i].of : NULL;
}

#endif
