/* app/app_outputs.c - the captures that come out of one input.
 *
 *      -w         what came out, an interface for each of the input's
 *      --dropped  what did not, the same interfaces, the reason as comment
 *      --both     before and after in one file: a pair of interfaces for each link type, which is one pair as a rule; a packet
 *                 that was dropped stands on `before` alone, with the reason as comment
 *
 * Interfaces of the input may appear while it is read, so numbers are looked up in a table that grows with them. Records are
 * written in the order of events, so the times of --both rise as the run goes. Nothing is allocated on the way but a table
 * entry for each new interface. */
#include "app_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

#define COMMENT_BYTES 2048

struct capture_out {
	struct cap_writer *writer;	/* NULL: not asked for */
	int *iface;			/* number in this file + 1 for each interface of the input; 0: not yet */
	unsigned known;
};

struct app_outputs {
	const struct cap_reader *in;
	struct capture_out passed, dropped, before;	/* `before` holds --both; the after side is its number + 1 */
};

static int grow(struct capture_out *f, unsigned n, struct err *e)
{
	int *iface = realloc(f->iface, n * sizeof(*iface));

	if (!iface)
		return err_set(e, ERR_NOMEM, "no memory for interfaces");
	memset(iface + f->known, 0, (n - f->known) * sizeof(*iface));
	f->iface = iface;
	f->known = n;
	return 0;
}

/* --both: the pair of a link type is made once. */
static int add_pair(struct app_outputs *o, unsigned i, struct err *e)
{
	struct cap_iface side = *cap_iface(o->in, i);
	int before, after;

	for (unsigned k = 0; k < o->before.known; k++)
		if (o->before.iface[k] && cap_iface(o->in, k)->linktype == side.linktype)
			return o->before.iface[k];
	snprintf(side.name, sizeof(side.name), "before");
	before = cap_writer_iface(o->before.writer, &side, e);
	if (before < 0)
		return before;
	snprintf(side.name, sizeof(side.name), "after");
	after = cap_writer_iface(o->before.writer, &side, e);
	return after < 0 ? after : before + 1;
}

static int add_iface(struct app_outputs *o, struct capture_out *f, unsigned i, struct err *e)
{
	int n = cap_writer_iface(f->writer, cap_iface(o->in, i), e);

	return n < 0 ? n : n + 1;
}

/* The number of the input's interface i in file f, or a negative error. */
static int number_of(struct app_outputs *o, struct capture_out *f, unsigned i, struct err *e)
{
	int n;

	if (i >= f->known && grow(f, i + 1, e))
		return ERR_NOMEM;
	if (f->iface[i])
		return f->iface[i] - 1;
	n = f == &o->before ? add_pair(o, i, e) : add_iface(o, f, i, e);
	if (n < 0)
		return n;
	f->iface[i] = n;
	return n - 1;
}

static int put(struct app_outputs *o, struct capture_out *f, bool after, const struct pkt *p, uint64_t at, const char *comment, struct err *e)
{
	int n;

	if (!f->writer)
		return 0;
	n = number_of(o, f, p->iface, e);
	return n < 0 ? n : cap_write(f->writer, (unsigned)n + after, at, p, comment, e);
}

int app_outputs_out(struct app_outputs *o, const struct pkt *p, uint64_t at, bool just_arrived, struct err *e)
{
	int rc = put(o, &o->passed, false, p, at, NULL, e);

	if (!rc && just_arrived)
		rc = put(o, &o->before, false, p, at, NULL, e);
	return rc ? rc : put(o, &o->before, true, p, at, NULL, e);
}

int app_outputs_held(struct app_outputs *o, const struct pkt *p, uint64_t own, struct err *e)
{
	return put(o, &o->before, false, p, own, NULL, e);
}

/* "rule 200: deny tcp from any to any", "pipe 1: queue-full: the queue had no room" */
static void explain(char *to, size_t room, const struct rules_set *rules, const struct lane_end *end)
{
	const char *what = end->where == LANE_PIPE ? "pipe" : "queue";

	if (end->where != LANE_RULE) {
		snprintf(to, room, "%s %" PRIu32 ": %s: %s", what, end->number, drop_name(end->why), drop_text(end->why));
		return;
	}
	if ((size_t)snprintf(to, room, "rule %" PRIu32 ": %s", end->number, rules_text(rules, end->rule)) >= room)
		snprintf(to, room, "rule %" PRIu32 ": deny (its text is too long to stand here)", end->number);
}

int app_outputs_dropped(struct app_outputs *o, const struct pkt *p, uint64_t own, const struct rules_set *rules, const struct lane_end *end,
	struct err *e)
{
	char comment[COMMENT_BYTES];
	int rc;

	if (!o->dropped.writer && !o->before.writer)
		return 0;
	explain(comment, sizeof(comment), rules, end);
	rc = put(o, &o->dropped, false, p, own, comment, e);
	return rc ? rc : put(o, &o->before, false, p, own, comment, e);
}

static int open_one(struct capture_out *f, const char *path, enum cap_format format, struct err *e)
{
	return path ? cap_writer_open(&f->writer, path, format, e) : 0;
}

/* What is known of the input's interfaces goes out at once, so that an empty result is a whole file too. */
static int add_known(struct app_outputs *o, struct capture_out *f, struct err *e)
{
	for (unsigned i = 0; f->writer && i < cap_ifaces(o->in); i++) {
		int n = number_of(o, f, i, e);

		if (n < 0)
			return n;
	}
	return 0;
}

int app_outputs_open(struct app_outputs **out, const struct cap_reader *in, const char *passed, const char *dropped, const char *both,
	struct err *e)
{
	struct app_outputs *o = calloc(1, sizeof(*o));
	int rc;

	if (!o)
		return err_set(e, ERR_NOMEM, "no memory");
	o->in = in;
	rc = open_one(&o->passed, passed, passed ? cap_format_of(passed) : CAP_PCAPNG, e);
	rc = rc ?: open_one(&o->dropped, dropped, CAP_PCAPNG, e);
	rc = rc ?: open_one(&o->before, both, CAP_PCAPNG, e);
	rc = rc ?: add_known(o, &o->passed, e);
	rc = rc ?: add_known(o, &o->dropped, e);
	rc = rc ?: add_known(o, &o->before, e);
	if (rc) {
		app_outputs_close(o, NULL);
		return rc;
	}
	*out = o;
	return 0;
}

static int close_one(struct capture_out *f, int so_far, struct err *e)
{
	int rc = f->writer ? cap_writer_close(f->writer, so_far ? NULL : e) : 0;

	free(f->iface);
	return so_far ? so_far : rc;
}

int app_outputs_close(struct app_outputs *o, struct err *e)
{
	int rc;

	if (!o)
		return 0;
	rc = close_one(&o->passed, 0, e);
	rc = close_one(&o->dropped, rc, e);
	rc = close_one(&o->before, rc, e);
	free(o);
	return rc;
}

int app_outputs_refuse_input(const struct app_pcap_cfg *cfg, struct err *e)
{
	const struct { const char *option, *path; } outs[] = {
		{ "-w", cfg->out }, { "--dropped", cfg->dropped }, { "--both", cfg->both }, { "--series", cfg->series }, { "--plot", cfg->plot },
	};

	for (unsigned i = 0; i < sizeof(outs) / sizeof(*outs); i++) {
		if (!outs[i].path)
			continue;
		if (os_same_file(cfg->input, outs[i].path))
			return err_set(e, ERR_USAGE, "%s %s: is the input itself", outs[i].option, outs[i].path);
		for (unsigned k = 0; k < i; k++)
			if (outs[k].path && (!strcmp(outs[k].path, outs[i].path) || os_same_file(outs[k].path, outs[i].path)))
				return err_set(e, ERR_USAGE, "%s and %s name the same file", outs[k].option, outs[i].option);
	}
	return 0;
}
