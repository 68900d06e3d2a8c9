/* tests/unit/emu/kit.h - an emulator with its pool, lines as text, and a log of what came out and what was dropped. */
#ifndef EMU_KIT_H
#define EMU_KIT_H

#include "emu/emu.h"

#define KIT_DROPS 4096

struct kit_drop {
	uint64_t seq, at;
	enum drop why;
	uint32_t number;
};

struct kit {
	struct pkt_pool *pool;
	struct emu *emu;
	uint64_t seq;				/* of the next packet put */
	struct kit_drop drops[KIT_DROPS];	/* the first of them */
	uint32_t dropped;
};

struct kit_out {
	uint64_t seq, at;
	uint32_t bytes;
};

struct kit *kit_new(uint64_t seed);
void kit_free(struct kit *k);
void kit_line(struct kit *k, nrw_time now, const char *line);		/* must be right */
uint64_t kit_put(struct kit *k, uint32_t pipe, uint32_t bytes, nrw_time now);	/* its seq */
void kit_put_seq(struct kit *k, uint32_t pipe, uint32_t bytes, uint64_t seq, nrw_time now);
/* A packet of a flow: UDP from 10.0.0.1:1000 to 10.FLOW, port 2000; odd flows in IPv6 where `v6`. */
struct view kit_view(uint32_t flow, bool v6);
uint64_t kit_put_view(struct kit *k, uint32_t pipe, uint32_t bytes, const struct view *v, nrw_time now);
/* The same to any object. */
uint64_t kit_put_to(struct kit *k, enum emu_kind kind, uint32_t number, uint32_t bytes, const struct view *v,
	nrw_time now);
bool kit_take(struct kit *k, nrw_time now, struct kit_out *out);
void kit_take_is(struct kit *k, nrw_time now, uint64_t seq, nrw_time at);	/* asserts */
void kit_take_none(struct kit *k, nrw_time now);
struct emu_stats kit_stats(struct kit *k, uint32_t pipe, nrw_time now);		/* settled, and conserving */

struct emu_stats kit_stats_of(struct kit *k, enum emu_kind kind, uint32_t number, nrw_time now);
uint64_t kit_dropped(const struct emu_stats *st);

/* Dice of the tests, nothing of the code under test. */
struct kit_rng {
	uint64_t x;
};
uint64_t kit_random(struct kit_rng *r);
uint64_t kit_below(struct kit_rng *r, uint64_t n);

#endif
