/* app/app_both.c - the capture of --both: what came in on `before`, what came out on `after`, in one file.
 *
 *      records, oldest first:   [before 7, open] [after 5] [before 8] [after 8] [before 9, open] ...
 *                                ^ the file ends here until the fate of packet 7 is known
 *
 * A packet that was dropped has the reason in its comment on `before`, and a packet that a pipe holds may yet be
 * dropped: by a queue's law, by the end of time, by a rule it goes back to. So its record stays open until it has come
 * out or ended, and what follows waits behind it, so that the file stays in the order of events. Where nothing is open
 * records go straight to the file. `before` shows the bytes as they came, whatever rules changed.
 *
 * A pair of interfaces for each link type, as a rule one pair. Memory: a packet and a record for each event since the
 * oldest packet that is held, so about as much as pipes hold; bytes of a mapped file are not copied. The ring of
 * records and late comments are malloc's: --both is there to be read by people. Finding a held packet is a search by
 * halves, since seq rises. One thread. */
#include "app_int.h"

#include <stdlib.h>
#include <string.h>

#define RING_MIN 256u

struct pair {
	uint16_t linktype;
	unsigned before;		/* number of that interface; after: + 1 */
};

struct record {
	struct pkt *p;			/* ours */
	char *comment;			/* malloc's, or NULL */
	uint64_t at, seq;		/* seq: of the youngest packet on `before` here or earlier */
	unsigned iface;
	bool open;
};

struct app_both {
	const struct cap_inputs *in;
	struct pkt_pool *pool;
	struct cap_writer *writer;
	struct pair *pairs;
	unsigned pair_count;
	struct record *ring;		/* a power of two of them */
	size_t room, first, count;
	uint64_t seq;			/* of the youngest packet on `before` */
};

static struct record *record_at(const struct app_both *b, size_t i)
{
	return &b->ring[(b->first + i) & (b->room - 1)];
}

static int add_pair(struct app_both *b, const struct cap_iface *of, struct err *e)
{
	struct pair *pairs = realloc(b->pairs, (b->pair_count + 1) * sizeof(*pairs));
	struct cap_iface side = *of;
	int before, after;

	if (!pairs)
		return err_set(e, ERR_NOMEM, "no memory for interfaces");
	b->pairs = pairs;
	snprintf(side.name, sizeof(side.name), "before");
	before = cap_writer_iface(b->writer, &side, e);
	if (before < 0)
		return before;
	snprintf(side.name, sizeof(side.name), "after");
	after = cap_writer_iface(b->writer, &side, e);
	if (after < 0)
		return after;
	pairs[b->pair_count++] = (struct pair){ of->linktype, (unsigned)before };
	return 0;
}

/* The pair for the link type of interface i; made where there is none. */
static int find_pair(struct app_both *b, unsigned i, unsigned *before, struct err *e)
{
	const struct cap_iface *of = cap_inputs_iface(b->in, i);
	unsigned k = 0;
	int rc = 0;

	while (k < b->pair_count && b->pairs[k].linktype != of->linktype)
		k++;
	if (k == b->pair_count)
		rc = add_pair(b, of, e);
	if (!rc)
		*before = b->pairs[k].before;
	return rc;
}

static int grow(struct app_both *b, struct err *e)
{
	size_t room = b->room ? 2 * b->room : RING_MIN;
	struct record *ring = malloc(room * sizeof(*ring));

	if (!ring)
		return err_set(e, ERR_NOMEM, "no memory for packets whose fate is open");
	for (size_t i = 0; i < b->count; i++)
		ring[i] = *record_at(b, i);
	free(b->ring);
	b->ring = ring;
	b->room = room;
	b->first = 0;
	return 0;
}

/* Behind those that wait. */
static int keep(struct app_both *b, unsigned iface, const struct pkt *p, uint64_t at, const char *comment, bool open,
	struct err *e)
{
	struct record r = { .at = at, .seq = b->seq, .iface = iface, .open = open };

	if (b->count == b->room && grow(b, e))
		return ERR_NOMEM;
	r.p = pkt_clone(b->pool, p);
	r.comment = comment ? strdup(comment) : NULL;
	if (!r.p || (comment && !r.comment)) {
		if (r.p)
			pkt_free(b->pool, r.p);
		free(r.comment);
		return err_set(e, ERR_NOMEM, "no memory for packets whose fate is open");
	}
	*record_at(b, b->count++) = r;
	return 0;
}

static int put(struct app_both *b, bool after, const struct pkt *p, uint64_t at, const char *comment, bool open,
	struct err *e)
{
	unsigned before;
	int rc = find_pair(b, p->iface, &before, e);

	if (rc)
		return rc;
	if (b->count || open)
		return keep(b, before + after, p, at, comment, open, e);
	return cap_write(b->writer, before + after, at, p, comment, e);
}

/* Takes the oldest out of the ring, to the file. */
static int settle_first(struct app_both *b, struct err *e)
{
	struct record *r = record_at(b, 0);
	int rc = cap_write(b->writer, r->iface, r->at, r->p, r->comment, e);

	pkt_free(b->pool, r->p);
	free(r->comment);
	b->first = (b->first + 1) & (b->room - 1);
	b->count--;
	return rc;
}

int app_both_came(struct app_both *b, const struct pkt *p, uint64_t own, const char *comment, struct err *e)
{
	return put(b, false, p, own, comment, false, e);
}

int app_both_held(struct app_both *b, const struct pkt *p, uint64_t own, uint64_t seq, struct err *e)
{
	b->seq = seq;
	return put(b, false, p, own, NULL, true, e);
}

/* The open record of packet `seq`: the first one that is not older. NULL: an error ended it. */
static struct record *find_open(const struct app_both *b, uint64_t seq)
{
	size_t lo = 0, hi = b->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (record_at(b, mid)->seq < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < b->count && record_at(b, lo)->seq == seq && record_at(b, lo)->open ? record_at(b, lo) : NULL;
}

int app_both_fate(struct app_both *b, uint64_t seq, const char *comment, struct err *e)
{
	struct record *r = find_open(b, seq);
	int rc = 0;

	if (!r)
		return 0;
	r->open = false;
	if (comment && !(r->comment = strdup(comment)))
		return err_set(e, ERR_NOMEM, "no memory for a comment");
	while (!rc && b->count && !record_at(b, 0)->open)
		rc = settle_first(b, e);
	return rc;
}

int app_both_left(struct app_both *b, const struct pkt *p, uint64_t at, const char *comment, struct err *e)
{
	return put(b, true, p, at, comment, false, e);
}

int app_both_flush(struct app_both *b, struct err *e)
{
	return cap_writer_flush(b->writer, e);
}

int app_both_open(struct app_both **out, const struct cap_inputs *in, struct pkt_pool *pool, const char *path,
	struct err *e)
{
	struct app_both *b = calloc(1, sizeof(*b));
	unsigned before;
	int rc;

	if (!b)
		return err_set(e, ERR_NOMEM, "no memory");
	b->in = in;
	b->pool = pool;
	rc = cap_writer_open(&b->writer, path, CAP_PCAPNG, e);
	if (!rc && cap_inputs_ifaces(in))
		rc = find_pair(b, 0, &before, e);	/* so that an empty result is a whole file too */
	if (rc) {
		app_both_close(b, NULL);
		return rc;
	}
	*out = b;
	return 0;
}

/* Where the run was ended by an error, some are still open: they are written as they came. */
int app_both_close(struct app_both *b, struct err *e)
{
	unsigned before;
	int rc = 0, closed;

	if (!b)
		return 0;
	while (b->count) {
		int one = settle_first(b, rc ? NULL : e);

		rc = rc ? rc : one;
	}
	if (!rc && b->writer && !b->pair_count && cap_inputs_ifaces(b->in))
		rc = find_pair(b, 0, &before, e);
	closed = cap_writer_close(b->writer, rc ? NULL : e);
	free(b->ring);
	free(b->pairs);
	free(b);
	return rc ? rc : closed;
}
