/* emu/emu_course.h - how a link serves that has more than a rate: a trace, a profile, a schedule, a pause.
 *
 * The link (struct emu_link) holds the packet and tells its end, as ever; everything else about it is kept here, and
 * its own rate, credit and fraction are not used. NRW_NEVER as its end: the packet stays until the configuration
 * changes. */
#ifndef EMU_EMU_COURSE_H
#define EMU_EMU_COURSE_H

#include "base/dice.h"
#include "emu/emu_curve.h"
#include "emu/emu_trace.h"

struct emu_conf;
struct emu_link;
struct emu_profile;
struct emu_schedule;
struct pkt;

/* What lines have said, for all links of an object. */
struct emu_road {
	struct emu_rates rates;
	struct u128 burst;			/* nanobits */
	const struct emu_trace *trace;		/* NULL: by rate */
	uint32_t mtu;
	bool trace_once, paused;
	const struct emu_profile *profile;	/* NULL: no extra airtime */
	const struct emu_schedule *schedule;	/* NULL: nothing is scheduled */
	bool schedule_once;
	struct emu_file *files[3];		/* that it goes by: held */
};

/* Where one link stands. */
struct emu_course {
	struct emu_moment done;		/* by rate: all service so far ideally ends then; by trace: whole alone */
	struct u128 credit;		/* nanobits saved */
	/* Of the packet in service. */
	nrw_time begin;			/* its bits: behind its airtime */
	struct u128 owed;		/* nanobits of work from then on; by trace what its bytes come to */
	bool lost;			/* it is lost at its end */
	/* By trace. */
	struct emu_chance_at first, next;	/* chances it may use; the first one that nobody has used */
	uint64_t before;		/* bytes left over when it began */
	uint64_t left;			/* of the last chance that was used */
	bool fresh;			/* no chance has been used since the link was idle */
};

bool emu_road_is_plain(const struct emu_conf *c);	/* a rate and a credit, as emu_link.c does it */
bool emu_road_jitters(const struct emu_conf *c);	/* a schedule says how much */
void emu_road_of(struct emu_road *r, const struct emu_conf *c);	/* holds the files of `c` */
void emu_road_release(struct emu_road *r);

/* A link that is new: it has saved all it may. */
void emu_course_init(struct emu_course *c);
/* A busy period begins. */
void emu_course_open(struct emu_course *c, const struct emu_road *r, nrw_time now);
/* Begins to serve a packet where the last service ended; draws once where there is a profile. */
void emu_course_serve(struct emu_link *l, struct emu_course *c, const struct emu_road *r, struct dice *dice,
	uint64_t bytes);
/* Another road from `now` on, behind all ends of service up to then; what is in service goes on by it. */
struct emu_turn {
	const struct emu_road *old, *next;	/* NULL: by the link's own rate; by `rate` */
	uint64_t rate;
	nrw_time now;
	bool busy;			/* a packet is in service */
};
/* False: as emu_link_set_rate(). */
bool emu_course_change(struct emu_link *l, struct emu_course *c, const struct emu_turn *t);

/* Scheduled, or as the line says. Of a packet that came at `came` and whose service ended at `end`. */
nrw_time emu_road_delay(const struct emu_road *r, nrw_time own, nrw_time came, nrw_time end);
nrw_time emu_road_jitter(const struct emu_road *r, nrw_time own, nrw_time came, nrw_time end);
/* At `now`, for those that come. */
struct prob emu_road_loss(const struct emu_road *r, struct prob own, nrw_time now);
bool emu_road_free(const struct emu_road *r, nrw_time now);	/* service takes no time now, so nothing waits */
struct emu_room;
struct emu_limit;
/* The limit of the queue at `now`. */
void emu_road_room(const struct emu_road *r, struct emu_room *room, const struct emu_limit *own, nrw_time delay,
	nrw_time now);

#endif
