/* emu/emu_api.c - <narrows/emu.h>: the emulator for programs that have packets of their own.
 *
 *      their bytes --copy--> struct pkt of our pool --emu_put()--> emu --emu_take()--> lent to them until the next take
 *
 * A thin skin over emu.h: what the lane does for rules it does for calls. It makes times monotonic, numbers packets
 * in their order, finds L and the fields of masks by one view_parse(), and turns errors into one text. A struct
 * nrw_packet is a struct pkt. One thread an emulator. A copy and a parse a packet is what it costs beyond the pipe
 * itself. */
#include <narrows/emu.h>

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "emu/emu.h"
#include "emu/emu_plugin.h"
#include "seg/seg.h"

#define ERROR_TEXT 1024
#define BYTES_MAX 65535u

_Static_assert(NRW_ENOMEM == (int)ERR_NOMEM && NRW_EIO == (int)ERR_IO && NRW_ESYNTAX == (int)ERR_SYNTAX &&
		NRW_EUNKNOWN == (int)ERR_UNKNOWN && NRW_ERANGE == (int)ERR_RANGE && NRW_ETWICE == (int)ERR_TWICE &&
		NRW_ELATER == (int)ERR_LATER && NRW_EUSAGE == (int)ERR_USAGE,
	"codes pass through");
_Static_assert((int)NRW_EMU_PIPE == EMU_PIPE && (int)NRW_EMU_QUEUE == EMU_QUEUE && (int)NRW_EMU_SCHED == EMU_SCHED,
	"kinds pass through");

struct nrw_emu {
	struct emu *emu;
	struct emu_files *files;
	struct pkt_pool *pool;
	struct pkt *lent;		/* to who took it last */
	bool ethernet;
	nrw_time now;
	uint64_t seq;
	void (*dropped)(void *ctx, uint64_t number, const char *why);
	void *ctx;
	char error[ERROR_TEXT];
};

static void on_drop(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct nrw_emu *e = ctx;

	if (e->dropped)
		e->dropped(e->ctx, p->seq, drop_name(why));
	pkt_free(e->pool, p);
}

struct nrw_emu *nrw_emu_new(enum nrw_emu_bytes bytes, uint64_t seed)
{
	struct nrw_emu *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->ethernet = bytes == NRW_EMU_ETHERNET;
	e->pool = pkt_pool_new(0);
	e->files = emu_files_new(NULL, NULL);
	if (e->pool && e->files)
		e->emu = emu_new(&(struct emu_cfg){ .seed = seed, .pool = e->pool, .layer2 = e->ethernet,
			.dropped = on_drop, .ctx = e, .files = e->files, .metered = true, .late = true });
	if (e->emu)
		return e;
	nrw_emu_free(e);
	return NULL;
}

static void take_back(struct nrw_emu *e)
{
	if (e->lent)
		pkt_free(e->pool, e->lent);
	e->lent = NULL;
}

int nrw_emu_free(struct nrw_emu *e)
{
	int rc;

	if (!e)
		return 0;
	take_back(e);
	if (e->emu)
		emu_free(e->emu);
	rc = e->files ? emu_files_close(e->files, NULL) : 0;
	emu_files_free(e->files);
	if (e->pool)
		pkt_pool_free(e->pool);
	free(e);
	return rc ? NRW_EIO : 0;
}

static nrw_time later(struct nrw_emu *e, nrw_time now)
{
	if (now > e->now)
		e->now = now;
	return e->now;
}

/* ---- lines ---- */
/* The first error and its line, with the caret where it belongs. */
static void tell(struct nrw_emu *e, const struct errs *es)
{
	const struct note *n = es->count ? &es->notes[0] : NULL;
	unsigned at;

	if (!n || !n->source) {
		snprintf(e->error, sizeof(e->error), "%s", n ? n->text : "no memory");
		return;
	}
	at = n->column - 1 - (unsigned)n->source_at;
	snprintf(e->error, sizeof(e->error), "%s\n%.*s\n%*s", n->text, (int)n->source_len, n->source, (int)at + 1, "^");
}

static int run(struct nrw_emu *e, struct lex *lx, nrw_time now, FILE *to)
{
	struct emu_cmd *c;
	struct word first;
	struct err why = { 0 };
	int rc;

	if (!lex_peek(lx, &first))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "an empty line; it begins with pipe, queue or sched");
	if (!emu_knows(first))
		return lex_error(lx, first, ERR_UNKNOWN, "'" WORD_FMT "' is not one of pipe, queue, sched",
			WORD_ARGS(first));
	c = emu_parse(lx);
	if (!c)
		return lx->errs->count ? lx->errs->notes[0].code : ERR_NOMEM;
	rc = emu_run(e->emu, c, later(e, now), to, &why);
	emu_cmd_free(c);
	return rc ? errs_add(lx->errs, NULL, rc, "%s", *why.text ? why.text : "no memory") : 0;
}

int nrw_emu_line(struct nrw_emu *e, const char *line, nrw_time now, FILE *to)
{
	struct errs es;
	struct lex lx;
	int rc;

	errs_init(&es);
	lex_line(&lx, "line", 1, line, strlen(line), &es);
	rc = run(e, &lx, now, to);
	if (rc)
		tell(e, &es);
	errs_fini(&es);
	return rc;
}

const char *nrw_emu_error(const struct nrw_emu *e)
{
	return e->error;
}

/* ---- packets ---- */
static void measure(const struct nrw_emu *e, struct pkt *p, struct view *v)
{
	p->link = e->ethernet ? LINK_ETHERNET : LINK_RAW;
	view_parse(v, (enum wire_link)p->link, p->data, p->len_bytes, p->wire_bytes);
	p->acct_bytes = e->ethernet || !v->family ? p->wire_bytes : v->ip_bytes;
}

/* A packet with a copy of these bytes, measured. NULL: no memory. */
static struct pkt *packet_of(struct nrw_emu *e, const void *bytes, size_t n, struct view *v)
{
	struct pkt *p = pkt_new(e->pool);

	if (!p)
		return NULL;
	if (pkt_room(e->pool, p, (uint32_t)n)) {
		pkt_free(e->pool, p);
		return NULL;
	}
	memcpy(p->data, bytes, n);
	measure(e, p, v);
	return p;
}

/* It stands for so many wire packets. Gives the number of the first. */
static int64_t put(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, struct pkt *p, uint32_t count,
	const struct view *v, nrw_time now)
{
	int64_t first = (int64_t)e->seq;

	p->seq = e->seq;
	e->seq += count;
	emu_put(e->emu, (enum emu_kind)kind, number, p, v->family ? v : NULL, later(e, now));
	return first;
}

int64_t nrw_emu_put(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, const void *bytes, size_t n,
	nrw_time now)
{
	struct view v;
	struct pkt *p;

	if (!n || n > BYTES_MAX)
		return NRW_ERANGE;
	if (!emu_has(e->emu, (enum emu_kind)kind, number))
		return NRW_EUNKNOWN;
	p = packet_of(e, bytes, n, &v);
	return p ? put(e, kind, number, p, 1, &v, now) : NRW_ENOMEM;
}

/* Marks it; how many wire packets it stands for, or NRW_E*. */
static int64_t mark(struct nrw_emu *e, struct pkt *p, const struct view *v, uint16_t segment)
{
	struct seg s;
	uint32_t count;

	if (seg_mark(e->pool, p, v->has & VIEW_HAS_TCP ? PKT_GSO_TCP : PKT_GSO_UDP, segment))
		return NRW_ENOMEM;
	count = seg_begin(&s, p);
	return count ? (int64_t)count : NRW_EUSAGE;
}

int64_t nrw_emu_put_segments(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, const void *bytes, size_t n,
	uint16_t segment, uint32_t *count, nrw_time now)
{
	struct view v;
	struct pkt *p;
	int64_t parts;

	if (!n || n > PKT_BYTES_MAX || !segment)
		return NRW_ERANGE;
	if (!emu_has(e->emu, (enum emu_kind)kind, number))
		return NRW_EUNKNOWN;
	p = packet_of(e, bytes, n, &v);
	if (!p)
		return NRW_ENOMEM;
	parts = mark(e, p, &v, segment);
	if (parts < 0) {
		pkt_free(e->pool, p);
		return parts;
	}
	if (count)
		*count = (uint32_t)parts;
	return put(e, kind, number, p, (uint32_t)parts, &v, now);
}

const struct nrw_packet *nrw_emu_take(struct nrw_emu *e, nrw_time now)
{
	take_back(e);
	e->lent = emu_take(e->emu, later(e, now));
	return (const struct nrw_packet *)e->lent;
}

nrw_time nrw_emu_next(const struct nrw_emu *e)
{
	return emu_next(e->emu);
}

static const struct pkt *inside(const struct nrw_packet *p)
{
	return (const struct pkt *)p;
}

uint64_t nrw_packet_number(const struct nrw_packet *p) { return inside(p)->seq; }
nrw_time nrw_packet_time(const struct nrw_packet *p) { return inside(p)->at; }
const void *nrw_packet_bytes(const struct nrw_packet *p) { return inside(p)->data; }
size_t nrw_packet_len(const struct nrw_packet *p) { return inside(p)->len_bytes; }

void nrw_emu_on_drop(struct nrw_emu *e, void (*dropped)(void *ctx, uint64_t number, const char *why), void *ctx)
{
	e->dropped = dropped;
	e->ctx = ctx;
}

/* ---- figures ---- */
static uint64_t sum_of(const uint64_t drops[DROP_COUNT])
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum += drops[i];
	return sum;
}

static uint64_t figure(const struct emu_stats *st, const struct hist *late, enum nrw_emu_figure what)
{
	switch (what) {
	case NRW_EMU_PACKETS:		return st->packets;
	case NRW_EMU_BYTES:		return st->bytes;
	case NRW_EMU_OUT_PACKETS:	return st->out_packets;
	case NRW_EMU_OUT_BYTES:		return st->out_bytes;
	case NRW_EMU_DROPS:		return sum_of(st->drops);
	case NRW_EMU_MARKS:		return st->marks;
	case NRW_EMU_HELD:		return st->held_packets;
	case NRW_EMU_BACKLOG:		return st->backlog_packets;
	case NRW_EMU_BACKLOG_BYTES:	return st->backlog_bytes;
	case NRW_EMU_WAIT_P50:		return st->wait_ns ? hist_quantile(st->wait_ns, 500) : 0;
	case NRW_EMU_WAIT_P99:		return st->wait_ns ? hist_quantile(st->wait_ns, 990) : 0;
	case NRW_EMU_WAIT_MAX:		return st->wait_ns && st->wait_ns->count ? st->wait_ns->max : 0;
	case NRW_EMU_LATE_P50:		return hist_quantile(late, 500);
	case NRW_EMU_LATE_P99:		return hist_quantile(late, 990);
	case NRW_EMU_LATE_MAX:		return late->max;
	}
	return 0;
}

uint64_t nrw_emu_figure(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, enum nrw_emu_figure what,
	nrw_time now)
{
	struct emu_stats st;

	if (!emu_has(e->emu, (enum emu_kind)kind, number))
		return 0;
	emu_settle(e->emu, later(e, now));
	emu_stats(e->emu, (enum emu_kind)kind, number, &st);
	return figure(&st, emu_late(e->emu, (enum emu_kind)kind, number), what);
}

int nrw_plugin_load(const char *path, char *error, size_t room)
{
	struct err why;

	if (emu_plugin_load(path, &why))
		return 0;
	if (error && room)
		snprintf(error, room, "%s", why.text);
	return why.code;
}
