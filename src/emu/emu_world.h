/* emu/emu_world.h - the emulator itself, for the two files that own it: emu.c, packets; emu_config.c, commands. */
#ifndef EMU_EMU_WORLD_H
#define EMU_EMU_WORLD_H

#include "emu/emu_order.h"

#define EMU_PAGE_BITS 8
#define EMU_PAGE (1u << EMU_PAGE_BITS)
#define EMU_PAGES ((EMU_NUMBER_MAX >> EMU_PAGE_BITS) + 1)
#define EMU_KINDS 3

struct emu_page {
	struct emu_pipe *pipes[EMU_PAGE];	/* NULL: no such pipe */
};

struct emu_objects {			/* of one kind */
	struct emu_pipe **order;	/* by number, for reports */
	uint32_t count, room;
	struct emu_page *pages[EMU_PAGES];
};

struct emu {
	struct emu_cfg cfg;
	struct emu_events events;
	struct emu_pools pools;
	struct emu_objects of[EMU_KINDS];	/* by enum emu_kind */
	bool series;			/* somebody takes them */
	struct emu_flows *busy;		/* where packets went last, of those with a mask; NULL: none */
};

bool emu_has_link(const struct emu *e, const struct emu_pipe *pipe);	/* or that of a pipe, which is there */
void emu_settle_pipe(struct emu_pipe *pipe, nrw_time now);	/* works out all that has happened by now */
void emu_schedule(struct emu *e, struct emu_pipe *pipe);	/* its events stand where they belong */

/* Where it stands; NULL: no pipe is near. */
static inline struct emu_pipe **emu_slot_of(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	struct emu_page *page = e->of[kind].pages[number >> EMU_PAGE_BITS];

	return page ? &page->pipes[number & (EMU_PAGE - 1)] : NULL;
}

#endif
