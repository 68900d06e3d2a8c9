/* emu/emu_bins.c - entries by time, roughly: in bins that are the wider the later they begin.
 *
 *      base = 5000 ns = 0 1 14 8 (digits of 6 bits)
 *
 *      level 0   64 bins of 1 ns:        5001 ... 5055      times that differ from base in the last digit alone
 *      level 1   64 bins of 64 ns:       5056 ... 8191      in the last but one, and perhaps in the last
 *      level 2   64 bins of 4096 ns:     8192 ... 262143    ... and so on: 11 levels are all the time there is
 *
 * The first bin that is used, of the first level that is, has the earliest entries. If they are few they are given away
 * in any order; else base becomes the begin of the bin, and they go to the levels below, where all bins are free. So an
 * entry moves as often as its level says, mostly twice, and each time it is appended to what was just written: no line
 * of memory is cold but the one that follows. Nothing depends on how times are spread.
 *
 * A bin is a chain of sheets of ten entries, of which only the last may have room. So there are never more sheets than
 * full ones, and one for each bin or entry, and one that is being emptied: as many are reserved. Sheets know each other
 * by index, so that they can move when there have to be more. Thread: the owner's lane. */
#include "emu_events.h"

#include <stdlib.h>

#include "base/err.h"

#define SHEET 10u
#define SHEETS_FEW (EMU_BINS_FEW / SHEET)

struct emu_sheet {
	uint32_t count, next;	/* the one before: full; NONE: it is the first */
	struct emu_entry entries[SHEET];
};

#define NONE UINT32_MAX

int emu_bins_reserve(struct emu_bins *b, uint32_t entries)
{
	uint32_t bins = EMU_BINS_LEVELS * EMU_BINS_EACH, partly = entries < bins ? entries : bins;
	size_t need = (size_t)entries / SHEET + partly + 2;	/* and one that is being emptied */
	struct emu_sheet *sheets;

	if (need <= b->room)
		return 0;
	sheets = need < SIZE_MAX / sizeof(*sheets) ? realloc(b->sheets, need * sizeof(*sheets)) : NULL;
	if (!sheets)
		return ERR_NOMEM;
	if (!b->sheets)
		b->free = NONE;
	b->sheets = sheets;
	b->room = (uint32_t)need;
	return 0;
}

void emu_bins_fini(struct emu_bins *b)
{
	free(b->sheets);
	*b = (struct emu_bins){ 0 };
}

static uint32_t sheet_new(struct emu_bins *b, uint32_t next)
{
	uint32_t id = b->free;

	if (id != NONE)
		b->free = b->sheets[id].next;
	else
		id = b->fresh++;
	BUG_ON(id >= b->room);
	b->sheets[id].next = next;
	b->sheets[id].count = 0;
	return id;
}

/* Gives back one; what was before it. */
static inline uint32_t sheet_free(struct emu_bins *b, uint32_t id)
{
	uint32_t next = b->sheets[id].next;

	b->sheets[id].next = b->free;
	b->sheets[id].count = 0;
	b->free = id;
	return next;
}

static inline void put(struct emu_bins *b, const struct emu_entry *e)
{
	uint64_t differ = e->at ^ b->base;
	unsigned level = (63 ^ (unsigned)__builtin_clzll(differ | 1)) / EMU_BINS_BITS;
	unsigned bin = e->at >> level * EMU_BINS_BITS & (EMU_BINS_EACH - 1);
	uint32_t *head = &b->heads[level][bin];
	struct emu_sheet *s;

	if (!(b->used[level] >> bin & 1)) {
		b->used[level] |= UINT64_C(1) << bin;
		b->levels |= 1u << level;
		*head = sheet_new(b, NONE);
	} else if (b->sheets[*head].count == SHEET) {
		*head = sheet_new(b, *head);
	}
	s = &b->sheets[*head];
	s->entries[s->count++] = *e;
}

void emu_bins_add(struct emu_bins *b, const struct emu_entry *e)
{
	b->count++;
	put(b, e);
}

/* Its last sheet; it has none any more. */
static uint32_t detach(struct emu_bins *b, unsigned level, unsigned bin)
{
	b->used[level] &= ~(UINT64_C(1) << bin);
	if (!b->used[level])
		b->levels &= ~(1u << level);
	return b->heads[level][bin];
}

static bool is_few(const struct emu_bins *b, uint32_t id)
{
	for (uint32_t n = 0; id != NONE; id = b->sheets[id].next)
		if (++n > SHEETS_FEW)
			return false;
	return true;
}

/* The first time of a bin that is not before base. */
static nrw_time begin_of(const struct emu_bins *b, unsigned level, unsigned bin)
{
	unsigned shift = level * EMU_BINS_BITS, above = shift + EMU_BINS_BITS;
	nrw_time high = above < 64 ? b->base >> above << above : 0;

	return high | (nrw_time)bin << shift;
}

static uint32_t move_out(struct emu_bins *b, uint32_t id, struct emu_entry *to)
{
	uint32_t n = 0;

	for (; id != NONE; id = sheet_free(b, id))
		for (uint32_t i = 0; i < b->sheets[id].count; i++)
			to[n++] = b->sheets[id].entries[i];
	b->count -= n;
	return n;
}

uint32_t emu_bins_take(struct emu_bins *b, struct emu_entry *to)
{
	for (;;) {
		unsigned level = (unsigned)__builtin_ctz(b->levels);
		unsigned bin = (unsigned)__builtin_ctzll(b->used[level]);
		uint32_t id = detach(b, level, bin);

		b->base = begin_of(b, level, bin);
		if (!level || is_few(b, id))
			return move_out(b, id, to);
		for (; id != NONE; id = sheet_free(b, id))
			for (uint32_t i = 0; i < b->sheets[id].count; i++)
				put(b, &b->sheets[id].entries[i]);
	}
}

static void keep_bin(struct emu_bins *b, unsigned level, unsigned bin, bool (*wanted)(struct emu_entry *e))
{
	uint32_t id = detach(b, level, bin);

	for (; id != NONE; id = sheet_free(b, id)) {
		for (uint32_t i = 0; i < b->sheets[id].count; i++) {
			if (wanted(&b->sheets[id].entries[i]))
				put(b, &b->sheets[id].entries[i]);
			else
				b->count--;
		}
	}
}

void emu_bins_keep(struct emu_bins *b, bool (*wanted)(struct emu_entry *e))
{
	for (unsigned level = 0; level < EMU_BINS_LEVELS; level++)
		for (uint64_t left = b->used[level]; left; left &= left - 1)
			keep_bin(b, level, (unsigned)__builtin_ctzll(left), wanted);
}

void emu_bins_each(struct emu_bins *b, void (*see)(void *ctx, struct emu_entry *e), void *ctx)
{
	for (uint32_t id = 0; id < b->fresh; id++)
		for (uint32_t i = 0; i < b->sheets[id].count; i++)
			see(ctx, &b->sheets[id].entries[i]);
}
