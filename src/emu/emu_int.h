/* emu/emu_int.h - what the files of this room share.
 *
 *            +------------------------- struct emu_pipe -------------------------+
 *      put   |  loss      emu_queue          emu_link               emu_line     |  take
 *     -----> |  dice --> [ waiting ... ] --> (one in service) --> [ delay ... ]  | ----->
 *            |            limit               rate, ideal end      exits in order|
 *            +-------------------------------------------------------------------+
 *
 * What follows from a time (the end of a service, the next packet's turn) is worked out when somebody looks, by
 * emu_pipe_settle(): there is one event for each pipe, the exit of its next packet, and none for the end of service. */
#ifndef EMU_EMU_INT_H
#define EMU_EMU_INT_H

#include "base/dice.h"
#include "base/heap.h"
#include "emu/aqm.h"
#include "emu/emu.h"
#include "emu/emu_events.h"
#include "emu/emu_impair.h"
#include "emu/sched.h"

/* Begins a function that does nothing but fetch into the cache. Not a call: gcc takes such a one for without effect,
 * and drops it. */
#define EMU_FETCH static inline __attribute__((always_inline)) void

/* What is written to before long, into the second cache: the first has room for few misses at a time. */
EMU_FETCH emu_fetch(const void *p)
{
	__builtin_prefetch(p, 1, 2);
}

#define EMU_NUMBER_MAX 65535u
#define EMU_DEFAULT_SLOTS 50u
#define EMU_SLOTS_MAX 1048576u			/* pipe_slot_limit */
#define EMU_QUEUE_BYTES_MAX (UINT64_C(1) << 30)	/* pipe_byte_limit */
#define EMU_BURST_MAX ((UINT64_C(1) << 48) - 1)
#define EMU_OVERHEAD_MAX 65535u			/* keeps L + overhead below 2^33 */
#define EMU_FLOWS_MAX (UINT32_C(1) << 24)
#define EMU_FLOWS_DEFAULT 65536u
#define EMU_EXPIRE_DEFAULT (60 * NRW_S)
#define EMU_WEIGHT_MAX 65536u
#define EMU_PRI_MAX 63u
#define EMU_LMAX_MAX 65575u			/* the largest packet of IPv6 without the jumbo option */
#define EMU_QUANTUM_MAX 16777216u
#define EMU_TYPE_DEFAULT "wf2q+"
#define EMU_AUTO_EXTRA (5 * NRW_MS)		/* what `queue auto` adds to the delay */

/* emu_queue.c: packets that wait for the link, and the limit. The backlog counts the packet in service too. */
enum emu_limit_kind { LIMIT_PACKETS, LIMIT_BYTES, LIMIT_TIME, LIMIT_AUTO };

struct emu_limit {
	enum emu_limit_kind kind;
	uint64_t amount;	/* packets, bytes, or ns at the link's rate; 0 for auto */
};

struct emu_room {			/* the limit at the present rate and delay */
	enum emu_limit_kind kind;
	uint64_t slots, bytes;
};

struct emu_queue {
	struct pkt_fifo waiting;
	uint64_t bytes_max;
	uint64_t bytes;			/* waiting and in service */
	uint32_t packets, packets_max;	/* 2^32 of them would be half a TiB, without their bytes */
};

void emu_room_set(struct emu_room *r, const struct emu_limit *limit, uint64_t rate, nrw_time delay);
/* By a limit that counts bytes. */
bool emu_queue_no_room(const struct emu_queue *q, const struct emu_room *r, uint64_t bytes);

/* For a packet of so many bytes. */
static inline bool emu_queue_full(const struct emu_queue *q, const struct emu_room *r, uint64_t bytes)
{
	return r->kind == LIMIT_PACKETS ? q->packets >= r->slots : emu_queue_no_room(q, r, bytes);
}

/* One more in the backlog. */
static inline void emu_queue_add(struct emu_queue *q, uint64_t bytes)
{
	q->bytes += bytes;
	q->packets++;
}

static inline void emu_queue_peak(struct emu_queue *q)
{
	if (q->packets > q->packets_max)
		q->packets_max = q->packets;
	if (q->bytes > q->bytes_max)
		q->bytes_max = q->bytes;
}

static inline void emu_queue_put(struct emu_queue *q, struct pkt *p, uint64_t bytes)
{
	pkt_fifo_put(&q->waiting, p);
	emu_queue_add(q, bytes);
	emu_queue_peak(q);
}

/* To the link; NULL: none waits. */
static inline struct pkt *emu_queue_take(struct emu_queue *q)
{
	return q->waiting.head ? pkt_fifo_take(&q->waiting) : NULL;
}

/* Its service has ended. */
static inline void emu_queue_done(struct emu_queue *q, uint64_t bytes)
{
	q->packets--;
	q->bytes -= bytes;
}

#define EMU_BYTE_WORK UINT64_C(8000000000)	/* nanobits; 2^31 bytes and a rest below 10^12 stay below 2^64 */

/* emu_link.c: serves one packet at a time, which stands beside it; here is the arithmetic of time. */
struct emu_link {
	uint64_t rate;		/* bit/s; 0: service takes no time */
	nrw_time whole;		/* all service begun so far ideally ends at whole + part / rate ns */
	uint64_t part;		/* nanobits, < rate */
	struct u128 credit;	/* nanobits saved; of a fresh link more than any burst */
};

/* The end of all service begun so far, rounded up; NRW_NEVER: past the end of time, serves no more. */
static inline nrw_time emu_link_end(const struct emu_link *l)
{
	return l->whole + (l->part > 0);
}

/* It ends at this whole ns: an instant that begins, or another arithmetic's. */
static inline void emu_link_end_at(struct emu_link *l, nrw_time at)
{
	l->whole = at;
	l->part = 0;
}

void emu_link_init(struct emu_link *l);
struct u128 emu_link_burst(uint64_t bytes);	/* in nanobits */
/* A busy period begins, unless past the end of time; `most` is what an idle link may have saved. */
void emu_link_open(struct emu_link *l, nrw_time now, struct u128 most);
/* Begins to serve a packet where the last service ended. False: it would end past the end of time. */
bool emu_link_serve_any(struct emu_link *l, uint64_t bytes);

/* The same, short where it can be: without credit, and where all work fits into 64 bits. */
static inline bool emu_link_serve(struct emu_link *l, uint64_t bytes)
{
	uint64_t work, ns;

	if (!l->rate || (l->credit.hi | l->credit.lo) || bytes >> 31 || l->whole == NRW_NEVER)
		return emu_link_serve_any(l, bytes);
	work = bytes * EMU_BYTE_WORK + l->part;
	ns = work / l->rate;
	if (ns >= NRW_NEVER - 1 - l->whole)
		return emu_link_serve_any(l, bytes);
	l->whole += ns;
	l->part = work - ns * l->rate;
	return true;
}

/* `busy`: it serves a packet, which goes on. False: that never ends. */
bool emu_link_set_rate(struct emu_link *l, uint64_t rate, bool busy, nrw_time now);
/* What the packet in service needs from `now` on, in nanobits; and the same for one that goes on at `from`, false as
 * above: between this arithmetic and that of emu_course.c. */
struct u128 emu_link_left(const struct emu_link *l, nrw_time now);
bool emu_link_go_on(struct emu_link *l, uint64_t rate, bool busy, struct u128 credit, nrw_time from, struct u128 work);

/* Takes out what is served, where it stands. */
static inline struct pkt *emu_served_take(struct pkt **served)
{
	struct pkt *p = *served;

	*served = NULL;
	return p;
}

/* emu_line.c: packets on their way, by (exit, seq); exits never decrease. */
struct emu_line {
	struct pkt_fifo way;
	struct pkt *before;	/* the last one that leaves earlier than the tail; NULL: none */
	uint64_t count;
	nrw_time last;		/* the latest exit so far */
};

/* p->at becomes its exit: this one, but not before the last. */
void emu_line_put(struct emu_line *l, struct pkt *p, nrw_time exit);

static inline struct pkt *emu_line_take(struct emu_line *l)
{
	struct pkt *p = pkt_fifo_take(&l->way);

	l->count -= p != NULL;
	if (p == l->before)
		l->before = NULL;
	return p;
}

/* emu_words.c: what a line can say about a pipe. */
enum emu_option {
	OPT_BW, OPT_DELAY, OPT_BURST, OPT_PLR, OPT_QUEUE, OPT_OVERHEAD, OPT_AQM, OPT_NOERROR, OPT_BUCKETS, OPT_MASK,
	OPT_FLOWS, OPT_EXPIRE, OPT_TO, OPT_WEIGHT, OPT_PRI, OPT_LMAX, OPT_TYPE, OPT_DUPLICATE,
	OPT_CORRUPT, OPT_REORDER, OPT_JITTER,
	OPT_PROFILE, OPT_TRACE, OPT_SCHEDULE, OPT_PAUSED, OPT_CUT, OPT_SEED, OPT_PCAP, OPT_LOG,
	OPT_COUNT, OPT_NONE = OPT_COUNT	/* at most 64 */
};

/* Which bits of a packet's fields tell flows apart; emu_mask.c. */
struct emu_mask {
	uint64_t src6[2], dst6[2];
	uint32_t src4, dst4, label;
	uint16_t sport, dport;
	uint8_t proto;
	bool queue;
	bool on;		/* there is a mask */
};

#define EMU_LABEL_ALL 0xfffffu		/* 20 bits */

struct emu_to {			/* where a queue leads; of a sched, the pipe whose link it has */
	enum emu_kind kind;
	uint32_t number;	/* 0: nowhere yet; its own link */
};

struct emu_type {		/* of a scheduler */
	const struct nrw_sched_ops *ops;	/* NULL: EMU_TYPE_DEFAULT */
	struct nrw_sched_params params;
	struct aqm_conf aqm;			/* of the flows of fq_codel and fq_pie */
};

struct emu_trace_conf {
	struct emu_file *file;	/* NULL: by rate */
	uint32_t mtu;		/* bytes of a chance */
	bool once;
};

struct emu_schedule_conf {
	struct emu_file *file;	/* NULL: nothing changes by itself */
	bool once;
};

struct emu_seed {
	bool own;		/* else that of the instance */
	uint64_t value;
};

struct emu_log_conf {		/* paths of files to be written; NULL: none */
	struct emu_file *mm, *events;
};

/* What lines have said of an object. Members that point to what was read from a file are counted: emu_words.c. */
struct emu_conf {
	uint64_t bw;		/* bit/s; 0: no limit */
	nrw_time delay;
	struct emu_impair impair;
	struct emu_limit queue;
	struct emu_overhead overhead;
	uint64_t burst;		/* bytes */
	struct aqm_conf aqm;
	bool noerror;
	bool paused, cut;
	struct emu_file *profile;	/* NULL: none */
	struct emu_trace_conf trace;
	struct emu_schedule_conf schedule;
	struct emu_seed seed;
	struct emu_file *pcap;		/* its path; NULL: none */
	struct emu_log_conf log;
	struct emu_mask mask;
	uint32_t flows;		/* most there may be */
	nrw_time expire;	/* how long an idle one is kept */
	struct emu_to to;
	uint32_t weight, pri;
	uint64_t lmax;		/* bytes; 0: learned */
	struct emu_type type;
};

int emu_mask_parse(struct lex *lx, struct word name, struct emu_conf *c);
void emu_mask_print(char *to, const struct emu_conf *c);
bool emu_mask_equal(const struct emu_mask *a, const struct emu_mask *b);
void emu_mask_add(struct emu_mask *m, const struct emu_mask *more);	/* the fields of both */
int emu_prefix4(uint32_t mask);			/* bits that lead, where there are no others; else -1 */
int emu_prefix6(const uint64_t mask[2]);

extern const struct emu_conf emu_conf_default;

const struct nrw_sched_ops *emu_sched_type(const struct emu_conf *c);	/* what it comes to; emu_words_sched.c */
bool emu_type_is_fq(const struct nrw_sched_ops *ops);	/* it sorts packets into flows of its own, and manages them */

enum emu_word_kind { WORD_OPTION, WORD_AQM, WORD_SCHED, WORD_VERB };

enum emu_verb { VERB_CONFIG, VERB_REPLACE, VERB_DELETE, VERB_LIST, VERB_SHOW, VERB_FLUSH };

enum { ON_PIPE = 1 << EMU_PIPE, ON_QUEUE = 1 << EMU_QUEUE, ON_SCHED = 1 << EMU_SCHED,
	ON_ALL = ON_PIPE | ON_QUEUE | ON_SCHED };

struct emu_word {
	enum emu_word_kind kind;
	const char *word, *help;
	bool later;		/* refused by name */
	enum emu_option option;
	unsigned on;		/* ON_ bits: the objects it may be said of */
	/* Reads the values that follow; 0, or a code when it has told what is wrong. */
	int (*parse)(struct lex *lx, struct word name, struct emu_conf *c);
	/* To EMU_OPTION_TEXT bytes. NULL: a synonym, or nothing is kept. */
	void (*print)(char *to, const struct emu_conf *c);
	size_t offset, size;	/* of its value in struct emu_conf */
	enum emu_verb verb;	/* of a verb */
	void (*hold)(const struct emu_conf *c);		/* one more holds what the value points to. NULL: it points */
	void (*release)(struct emu_conf *c);		/* to nothing */
};

#define EMU_PATH_MAX 4096			/* of a file that an option names, its NUL too */
#define EMU_OPTION_TEXT (EMU_PATH_MAX + 256)	/* without a path the longest is a mask with every field */

/* How much of a wrong word an error shows. */
static inline int emu_shown(struct word w)
{
	return (int)(w.n < 40 ? w.n : 40);
}

const struct emu_word *emu_word_get(size_t i);			/* NULL: no more */
const struct emu_word *emu_option_find(struct word w);		/* anything but a verb */
uint64_t emu_link_options(void);	/* 1 << enum emu_option of what is said of links */
const char *emu_kind_name(enum emu_kind kind);			/* "pipe" */
const struct emu_word *emu_verb_find(struct word w);
int emu_refuse_later(struct lex *lx, struct word w);
void emu_conf_copy(struct emu_conf *to, const struct emu_conf *from);	/* holds what it points to */
void emu_conf_merge(struct emu_conf *into, const struct emu_conf *from, uint64_t named);
void emu_conf_release(struct emu_conf *c);
void emu_profile_settle(struct emu_conf *c, uint64_t *named);	/* the line is read; emu_words_link.c */
/* 0, or ERR_USAGE: options that do not go together */
int emu_conf_check(const struct emu_conf *c, enum emu_kind kind, struct err *e);

/* emu_parse.c */
enum emu_form { FORM_TEXT, FORM_JSON, FORM_COMPAT };	/* of what is printed */

struct emu_span {		/* of numbers */
	uint32_t from, to;
};

struct emu_cmd {
	enum emu_kind kind;
	enum emu_verb verb;
	enum emu_form form;
	uint32_t number;	/* to configure */
	struct emu_span *spans;	/* of the other verbs, as the line says them; none: all there are */
	uint32_t span_count;
	uint64_t named;		/* 1 << enum emu_option of what the line says */
	struct emu_conf conf;
};

/* emu_show.c, emu_json.c: what `list` and `show` print of the pipes that the command names. */
void emu_show(const struct emu *e, const struct emu_cmd *c, nrw_time now, FILE *to);
void emu_show_json(const struct emu *e, const struct emu_cmd *c, FILE *to);
bool emu_option_differs(const struct emu_word *word, const struct emu_conf *c);	/* emu_print.c: from the defaults */
bool emu_cmd_names(const struct emu_cmd *c, uint32_t number);

#define EMU_WAITS 7			/* one cache line, with their number */

struct emu_meter {		/* emu_meter.c: how long its link was busy, ns, in each second */
	nrw_time at;		/* of the last look */
	nrw_time until;		/* the end of the second that runs; 0: not begun */
	uint64_t now;		/* of the second that runs */
	uint64_t seconds, sum;	/* that are over; in all of them */
	uint64_t last, most;	/* in the last of them; in the busiest */
};

/* What only readers of reports and lines touch. */
struct emu_record {
	struct emu_conf conf;		/* what it was told */
	struct emu_tap *tap;		/* what it writes; NULL: nothing */
	struct hist wait, recent;	/* ns: since its making; since the last emu_series_take() */
	nrw_time load_since;		/* when its rate was set, */
	uint64_t load_from;		/* and the bytes that had come out by then */
	struct hist total;		/* ns from entry to exit, once these are not waits + delay any more */
	struct hist late;		/* ns by which packets were taken after their time; emu_cfg.late */
	struct emu_meter meter;
	uint64_t drops[DROP_COUNT], marks, duplicates, corruptions, reordered;
};

struct emu_flows;			/* emu_flow.h */
struct emu_pipe;
void emu_compat(const struct emu *e, const struct emu_pipe *pipe, FILE *to);	/* emu_compat.c: dummynet's columns */
struct emu_pools;

/* emu_pipe.c. Of many pipes each is cold when its turn comes, so a packet finds all it touches in five cache lines: a
 * paragraph is one of them. */
struct emu_pipe {
	struct emu_link link;
	struct emu_room room;

	struct emu_line line;
	struct emu_event event;		/* of its own queue, from emu_pipe_next() */

	struct emu_flows *flows;	/* NULL: never had a mask */
	uint32_t overhead;
	bool framed;			/* not a number of bytes for each packet */
	bool lossy;
	bool metered;			/* somebody wants to know how busy the link is */
	bool total_apart;		/* the delay has changed: exits are noted one by one */
	uint64_t packets, bytes, out_packets, out_bytes;
	struct u128 burst;		/* nanobits */

	struct emu_queue queue;
	struct pkt *served;		/* by the link; NULL: none */
	nrw_time delay;
	const struct emu_cfg *cfg;

	uint64_t waits[EMU_WAITS];	/* ns; on their way into the histograms */
	uint16_t wait_count;
	bool series;			/* somebody takes `recent` */

	struct emu_record *record;
	uint32_t number;
	enum emu_kind kind;
	struct dice loss;
	struct prob loss_prob;
};

_Static_assert(sizeof(void *) < 8 || offsetof(struct emu_pipe, flows) == 128, "a paragraph is a cache line");
_Static_assert(sizeof(void *) < 8 || offsetof(struct emu_pipe, record) == 320, "so it goes on");

int emu_pipe_init(struct emu_pipe *pipe, struct emu *e, enum emu_kind kind, uint32_t number);	/* 0 or ERR_NOMEM */
uint64_t emu_seed(const struct emu_pipe *pipe);		/* of its dice */
void emu_pipe_reseed(struct emu_pipe *pipe, const struct emu_seed *to);	/* if that is another, they begin anew */
void emu_pipe_fini(struct emu_pipe *pipe);		/* frees what it holds, silently */
void emu_pipe_config(struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now);	/* what conf holds is its now */
void emu_pipe_put(struct emu_pipe *pipe, struct pkt *p, nrw_time now);
struct pkt *emu_pipe_take(struct emu_pipe *pipe);	/* the next one out; NULL: none is on the line */
void emu_pipe_catch_up(struct emu_pipe *pipe, nrw_time now);	/* emu_pipe_settle() when there is something to do */
__attribute__((cold)) void emu_pipe_drop(struct emu_pipe *pipe, struct pkt *p, enum drop why);
void emu_pipe_drop_all(struct emu_pipe *pipe, enum drop why, nrw_time now);	/* of its own queue and line */
/* When to look again, and the seq of the packet that leaves then, 0 while it is not known. False: it holds nothing. */
bool emu_pipe_next(const struct emu_pipe *pipe, nrw_time *at, uint64_t *seq);

/* What a packet counts in here, whatever the overhead becomes: from its entry on acct_bytes holds it, with the flag for
 * a 33rd bit, since L may be all that 32 bits hold. */
static inline uint64_t emu_pipe_admit(const struct emu_pipe *pipe, struct pkt *p)
{
	uint64_t bytes = (uint64_t)p->acct_bytes + pipe->overhead;

	if (__builtin_expect(pipe->framed, 0))
		bytes = emu_overhead_add(&pipe->record->conf.overhead, p->acct_bytes, pipe->cfg->layer2);
	p->acct_bytes = (uint32_t)bytes;
	p->flags &= (uint8_t)~PKT_ACCT_OVER;
	if (__builtin_expect(bytes > UINT32_MAX, 0))
		p->flags |= PKT_ACCT_OVER;
	return bytes;
}

static inline uint64_t emu_pipe_charge(const struct pkt *p)
{
	return p->acct_bytes + (p->flags & PKT_ACCT_OVER ? UINT64_C(1) << 32 : 0);
}

/* When a packet leaves whose service ends at `end`; NRW_NEVER: past the end of time. */
static inline nrw_time emu_pipe_exit_by(const struct emu_pipe *pipe, nrw_time end, nrw_time delay)
{
	nrw_time exit;

	return __builtin_add_overflow(end, delay, &exit) || exit >= pipe->cfg->end ? NRW_NEVER : exit;
}

static inline nrw_time emu_pipe_exit(const struct emu_pipe *pipe, nrw_time end)
{
	return emu_pipe_exit_by(pipe, end, pipe->delay);
}

/* emu_stats.c */
void emu_waits_enter(struct emu_pipe *pipe);	/* waits[] into the histograms */
void emu_total_part(struct emu_pipe *pipe);	/* from now on exits are noted one by one */

static inline void emu_pipe_waited(struct emu_pipe *pipe, nrw_time ns)
{
	pipe->waits[pipe->wait_count++] = ns;
	if (pipe->wait_count == EMU_WAITS)
		emu_waits_enter(pipe);
}

/* Works out all service that has ended by now. */
static inline void emu_pipe_settle(struct emu_pipe *pipe, nrw_time now)
{
	if (pipe->served && emu_link_end(&pipe->link) <= now)
		emu_pipe_catch_up(pipe, now);
}

/* emu_meter.c: emu_settle_pipe() does so before its link becomes another, and before a report. */
void emu_meter_look(struct emu_pipe *pipe, nrw_time now);

/* Before its link, which is idle, begins another busy period. */
static inline void emu_meter_open(struct emu_pipe *pipe, const struct emu_link *link, nrw_time now)
{
	struct emu_meter *m = &pipe->record->meter;
	nrw_time end = emu_link_end(link);

	if (__builtin_expect(now >= m->until || end > now, 0)) {
		emu_meter_look(pipe, now);
		return;
	}
	m->now += end > m->at ? end - m->at : 0;
	m->at = now;
}

/* emu_super.c: emu_put() of a packet that stands for several. */
void emu_put_super(struct emu *e, enum emu_kind kind, uint32_t number, struct pkt *p, const struct view *v,
	nrw_time now);

/* emu.c */
struct emu_pipe *emu_find(const struct emu *e, enum emu_kind kind, uint32_t number);
const struct emu_cfg *emu_cfg_of(const struct emu *e);

#endif
