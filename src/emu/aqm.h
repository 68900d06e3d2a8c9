/* emu/aqm.h - queue management: which kinds there are, and what a line says of them.
 *
 * A kind is a file aqm_NAME.c that ends in a struct nrw_aqm_ops (narrows/plugin.h): functions over its parameters, the
 * state of one queue, and a look at a packet. The emulator calls put() for a packet that has room, take() for one that
 * leaves for the link, emptied() when none waits any more. One thread. */
#ifndef EMU_AQM_H
#define EMU_AQM_H

#include <narrows/plugin.h>

#include "base/lex.h"
#include "base/units.h"
#include "pkt/pkt.h"
#include "wire/view.h"

enum aqm_ecn { AQM_NOECN, AQM_ECN, AQM_ECN_DCTCP };

struct aqm_red {
	struct prob w_q, max_p;
	uint64_t min, max;	/* packets or bytes, as the queue counts */
	bool bytes;		/* said in bytes, whatever the queue counts */
	enum aqm_ecn ecn;
};

struct aqm_codel {
	nrw_time target, interval;
	bool ecn;
};

struct aqm_pie {
	nrw_time target, tupdate, max_burst;
	uint32_t alpha, beta;	/* of a million */
	struct prob max_ecnth;
	bool ecn, capdrop, drand, onoff;
	bool ts;		/* delay from times of arrival, not from a rate of departure */
};

struct aqm_conf {
	const struct nrw_aqm_ops *ops;	/* NULL: droptail */
	union {
		struct aqm_red red;	/* and gred */
		struct aqm_codel codel;
		struct aqm_pie pie;
		uint64_t own[NRW_AQM_PARAMS];	/* of a plug-in: emu_words_guest.c */
	} u;
};

/* What an nrw_aqm_ops is handed as its parameters. */
static inline const void *aqm_params(const struct aqm_conf *c)
{
	return &c->u;
}

extern const struct nrw_aqm_ops aqm_red, aqm_gred, aqm_codel, aqm_pie;

#define AQM_GUESTS 16
/* A kind that came from elsewhere joins the table, for good. 0; ERR_TWICE: there is one of this name; ERR_NOMEM: there
 * are too many. Of aqm_may_register() too, which does nothing. */
int aqm_register(const struct nrw_aqm_ops *ops);
int aqm_may_register(const struct nrw_aqm_ops *ops);
const struct nrw_aqm_ops *aqm_guest(size_t i);		/* NULL: no more */
bool aqm_is_guest(const struct nrw_aqm_ops *ops);

const struct nrw_aqm_ops *aqm_at(size_t i);		/* of the table; NULL: no more */
const struct nrw_aqm_ops *aqm_find(struct word w);	/* NULL: no such kind; droptail is none of the table */

/* The parameters of a kind where a line says none; red and gred have no such and are cleared. */
extern const struct aqm_codel aqm_codel_default;
extern const struct aqm_pie aqm_pie_default;

/* Whether a packet of this view may be marked: it is IP and ECT(0), ECT(1) or CE. */
static inline bool aqm_is_ect(const struct view *v)
{
	return v && v->has & VIEW_HAS_IP && v->tos & 3;
}

/* Writes CE into the packet's IP header, whose checksum stays as right as it was. False: it is not ECT (any more), or
 * there is no memory for bytes of its own; then it is as it was, and should be dropped. */
bool aqm_mark(struct pkt_pool *pool, struct pkt *p);

/* floor(interval / sqrt(count)), exactly; count > 0. */
nrw_time aqm_codel_spacing(nrw_time interval, uint64_t count);

/* The state of PIE, for its laws and for reports: its probability is prob / 2^60. */
#define AQM_PIE_ONE (UINT64_C(1) << 60)
struct aqm_pie_state {
	nrw_time tick;			/* when the probability is worked out next */
	nrw_time delay;			/* as of the last tick: both qdelay_old_ and current_qdelay of RFC 8033 */
	nrw_time burst;			/* allowance left */
	nrw_time sojourn;		/* of the last packet that left */
	nrw_time started;		/* of the measurement */
	nrw_time block;			/* ns for a block of bytes at the rate of departure; 0: not known */
	uint64_t counted;		/* bytes that left in it */
	uint64_t prob, accu;		/* 1 is AQM_PIE_ONE */
	bool active, measuring;
};

#endif
