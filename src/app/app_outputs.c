/* app/app_outputs.c - the captures that come out.
 *
 *      -w         what came out, an interface for each of the inputs', by the same number
 *      --dropped  what did not, the same interfaces, the reason as comment
 *      --both     before and after in one file (app_both.c); a packet that was dropped stands on `before` alone, with
 *                 the reason as comment, one that a rule sent on `after` alone
 *
 * Interfaces of an input may appear while it is read: they are described when the first packet needs them, the others
 * at the end. A classic file describes none, and takes packets of one link type. Records are written in the order of
 * events. Nothing is allocated on the way but what app_both.c keeps. */
#include "app_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

#define COMMENT_BYTES 2048

struct capture_out {
	struct cap_writer *writer;	/* NULL: not asked for */
	bool classic;
	unsigned ifaces;		/* so many of the inputs' are described; pcapng */
};

struct app_outputs {
	const struct cap_inputs *in;
	struct capture_out passed, dropped;
	struct app_both *both;		/* NULL: not asked for */
};

/* Describes the interfaces below `n` that f does not know yet. */
static int describe(const struct app_outputs *o, struct capture_out *f, unsigned n, struct err *e)
{
	for (; f->ifaces < n; f->ifaces++) {
		int rc = cap_writer_iface(f->writer, cap_inputs_iface(o->in, f->ifaces), e);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int put(const struct app_outputs *o, struct capture_out *f, const struct pkt *p, uint64_t at,
	const char *comment, struct err *e)
{
	int rc;

	if (!f->writer)
		return 0;
	if (f->classic)
		rc = cap_writer_iface(f->writer, cap_inputs_iface(o->in, p->iface), e);
	else
		rc = describe(o, f, p->iface + 1u, e);
	return rc < 0 ? rc : cap_write(f->writer, f->classic ? 0 : p->iface, at, p, comment, e);
}

int app_outputs_out(struct app_outputs *o, const struct pkt *p, uint64_t at, const struct app_came *came,
	struct err *e)
{
	int rc = put(o, &o->passed, p, at, NULL, e);

	if (rc || !o->both)
		return rc;
	if (p->flags & PKT_COPY)	/* nothing like it came */
		return app_both_left(o->both, p, at, NULL, e);
	rc = came ? app_both_came(o->both, &came->p, came->own, NULL, e) : 0;
	rc = rc ? rc : app_both_left(o->both, p, at, NULL, e);
	return rc || came ? rc : app_both_fate(o->both, p->seq, NULL, e);
}

int app_outputs_held(struct app_outputs *o, const struct pkt *p, const struct app_came *came, struct err *e)
{
	return o->both ? app_both_held(o->both, &came->p, came->own, p->seq, e) : 0;
}

/* "rule 200: deny tcp from any to any" */
static void name_rule(char *to, size_t room, const char *before, const struct rules_set *rules, uint32_t rule,
	const char *behind)
{
	uint32_t number = rules_number(rules, rule);

	if ((size_t)snprintf(to, room, "%srule %" PRIu32 ": %s%s", before, number, rules_text(rules, rule), behind) >=
		room)
		snprintf(to, room, "%srule %" PRIu32 " (its text is too long to stand here)%s", before, number, behind);
}

/* The same; "rule 200: setdscp ef ip from any to any: no-memory: the pool of packets is empty"; "pipe 1: queue-full:
 * the queue had no room" */
static void explain(char *to, size_t room, const struct rules_set *rules, const struct lane_end *end)
{
	static const char *const whats[] = { [LANE_RULE] = "", [LANE_PIPE] = "pipe", [LANE_QUEUE] = "queue",
		[LANE_SCHED] = "sched" };
	char why[128] = "";

	if (end->where != LANE_RULE) {
		snprintf(to, room, "%s %" PRIu32 ": %s: %s", whats[end->where], end->number, drop_name(end->why),
			drop_text(end->why));
		return;
	}
	if (end->why != DROP_RULE)
		snprintf(why, sizeof(why), ": %s: %s", drop_name(end->why), drop_text(end->why));
	name_rule(to, room, "", rules, end->rule, why);
}

int app_outputs_dropped(struct app_outputs *o, const struct pkt *p, uint64_t own, const struct app_came *came,
	const struct rules_set *rules, const struct lane_end *end, struct err *e)
{
	char comment[COMMENT_BYTES];
	int rc;

	if (!o->dropped.writer && !o->both)
		return 0;
	explain(comment, sizeof(comment), rules, end);
	rc = put(o, &o->dropped, p, own, comment, e);
	if (rc || !o->both)
		return rc;
	if (p->flags & PKT_COPY && !came)	/* the fate of the packet it is a copy of is another */
		return app_both_came(o->both, p, own, comment, e);
	return came ? app_both_came(o->both, &came->p, own, comment, e) : app_both_fate(o->both, p->seq, comment, e);
}

int app_outputs_answer(struct app_outputs *o, const struct pkt *p, uint64_t at, const struct rules_set *rules,
	uint32_t rule, struct err *e)
{
	char comment[COMMENT_BYTES];
	int rc = put(o, &o->passed, p, at, NULL, e);

	if (rc || !o->both)
		return rc;
	name_rule(comment, sizeof(comment), "answer of ", rules, rule, "");
	return app_both_left(o->both, p, at, comment, e);
}

static int open_one(struct cap_writer **w, const char *path, enum cap_format format, struct err *e)
{
	return path ? cap_writer_open(w, path, format, e) : 0;
}

/* What is known of the inputs' interfaces, so that an empty result is a whole file too. */
static int describe_all(struct app_outputs *o, struct err *e)
{
	int rc = 0;

	if (o->passed.writer && !o->passed.classic)
		rc = describe(o, &o->passed, cap_inputs_ifaces(o->in), e);
	if (!rc && o->dropped.writer)
		rc = describe(o, &o->dropped, cap_inputs_ifaces(o->in), e);
	return rc;
}

/* What is known before the first packet is refused before any is read. */
static int check_classic(const struct cap_inputs *in, const char *path, struct err *e)
{
	const struct cap_iface *first = NULL;

	for (unsigned i = 0; i < cap_inputs_ifaces(in); i++) {
		const struct cap_iface *iface = cap_inputs_iface(in, i);

		if (wire_link_of(iface->linktype) == LINK_UNKNOWN)
			continue;	/* none of its packets are written */
		first = first ? first : iface;
		if (iface->linktype != first->linktype)
			return err_set(e, ERR_USAGE, "-w %s: a classic pcap file has one link type, the inputs have %u "
				"and %u; pcapng takes both", path, first->linktype, iface->linktype);
	}
	return 0;
}

int app_outputs_open(struct app_outputs **out, const struct cap_inputs *in, struct pkt_pool *pool, const char *passed,
	const char *dropped, const char *both, struct err *e)
{
	struct app_outputs *o = calloc(1, sizeof(*o));
	enum cap_format format = passed ? cap_format_of(passed) : CAP_PCAPNG;
	int rc;

	if (!o)
		return err_set(e, ERR_NOMEM, "no memory");
	o->in = in;
	o->passed.classic = format == CAP_PCAP_NS;
	rc = o->passed.classic ? check_classic(in, passed, e) : 0;
	rc = rc ?: open_one(&o->passed.writer, passed, format, e);
	rc = rc ?: open_one(&o->dropped.writer, dropped, CAP_PCAPNG, e);
	rc = rc ?: both ? app_both_open(&o->both, in, pool, both, e) : 0;
	rc = rc ?: describe_all(o, e);
	if (rc) {
		app_outputs_close(o, NULL);
		return rc;
	}
	*out = o;
	return 0;
}

int app_outputs_flush(struct app_outputs *o, struct err *e)
{
	int rc = o->passed.writer ? cap_writer_flush(o->passed.writer, e) : 0;

	rc = rc ?: o->dropped.writer ? cap_writer_flush(o->dropped.writer, e) : 0;
	return rc ?: o->both ? app_both_flush(o->both, e) : 0;
}

static int close_one(struct cap_writer *w, int so_far, struct err *e)
{
	int rc = cap_writer_close(w, so_far ? NULL : e);

	return so_far ? so_far : rc;
}

int app_outputs_close(struct app_outputs *o, struct err *e)
{
	int rc, both;

	if (!o)
		return 0;
	rc = describe_all(o, e);
	rc = close_one(o->passed.writer, rc, e);
	rc = close_one(o->dropped.writer, rc, e);
	both = app_both_close(o->both, rc ? NULL : e);
	free(o);
	return rc ? rc : both;
}

static bool same_output(const char *a, const char *b)
{
	return a && (!strcmp(a, b) || os_same_file(a, b));
}

int app_outputs_refuse_input(const struct app_pcap_cfg *cfg, struct err *e)
{
	const struct { const char *option, *path; } outs[] = {
		{ "-w", cfg->out }, { "--dropped", cfg->dropped }, { "--both", cfg->both }, { "--series", cfg->series },
		{ "--plot", cfg->plot },
	};

	for (unsigned i = 0; i < sizeof(outs) / sizeof(*outs); i++) {
		if (!outs[i].path)
			continue;
		for (unsigned k = 0; k < cfg->input_count; k++)
			if (os_same_file(cfg->inputs[k], outs[i].path))
				return err_set(e, ERR_USAGE, "%s %s: is the input itself", outs[i].option,
					outs[i].path);
		for (unsigned k = 0; k < i; k++)
			if (same_output(outs[k].path, outs[i].path))
				return err_set(e, ERR_USAGE, "%s and %s name the same file", outs[k].option,
					outs[i].option);
	}
	return 0;
}
