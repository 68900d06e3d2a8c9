/* emu/emu_tap.c - what a pipe writes while packets pass.
 *
 *      pcap FILE        every packet that leaves, at the instant it leaves, as a capture (cap/cap_write.c)
 *      log events FILE  a line for each arrival, drop, mark, departure:  TIME_NS EVENT PACKET BYTES [REASON]
 *      log mm FILE      the form of mahimahi's links, ms:  T + BYTES       it came
 *                                                          T - BYTES MS    its service ended, MS after it came
 *                                                          T # BYTES       a chance of the trace, used or not
 *                                                          T d 1 BYTES     dropped
 *
 * PACKET counts arrivals at the lane from 1, BYTES are what the packet counts in the pipe, overhead included; times are
 * those of the emulator. Services are worked out when somebody looks, so a line is written then; lines of one pipe
 * still come in the order of their times, but for departures of `events`, which stand where the packet was taken out.
 * A drop or a mark has the time of what the pipe did last. Chances are told up to the time of the next line, so a pipe
 * that is idle for long writes many at once: that is the format.
 *
 * Files are opened when the line takes effect, one writer each, and stay open over changes that name them again. An
 * error (a full disk) ends the file where it stands; it is told once, by emu_files_close() at the end, whatever became
 * of the pipe. Buffered; one thread. */
#include "emu_tap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cap/cap.h"
#include "emu_course.h"
#include "emu_int.h"
#include "wire/wire.h"

#define LINKTYPES 400u		/* beyond all that wire_link_of() knows */

struct emu_files {
	struct list all;		/* of struct emu_out, those of pipes that are there */
	uint64_t start_ns;
	int (*may_write)(void *ctx, const char *path, struct err *e);
	void *ctx;
	int failed;			/* the first error of a file that was closed */
	struct err err;
};

struct emu_out {
	struct list all;	/* of emu_files */
	struct emu_files *files;
	char *path;
	FILE *text;		/* or */
	struct cap_writer *cap;	/* both NULL: closed */
	int iface[LINK_COUNT];	/* of the capture, + 1; 0: not described yet */
	enum emu_kind kind;	/* whose it is */
	uint32_t number;
	int failed;
	struct err err;
};

/* ---- files ---- */

struct emu_files *emu_files_new(int (*may_write)(void *ctx, const char *path, struct err *e), void *ctx)
{
	struct emu_files *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	*f = (struct emu_files){ .may_write = may_write, .ctx = ctx };
	list_init(&f->all);
	return f;
}

void emu_files_start(struct emu_files *f, uint64_t start_ns)
{
	f->start_ns = start_ns;
}

void emu_files_free(struct emu_files *f)
{
	free(f);
}

static void close_text(struct emu_out *o)
{
	int bad, sys;

	errno = 0;
	bad = fflush(o->text) || ferror(o->text);
	sys = errno ? errno : EIO;	/* of a write long ago */
	if (fclose(o->text) && !bad) {
		bad = 1;
		sys = errno;
	}
	if (!bad || o->failed)
		return;
	err_sys(&o->err, sys, "%s", o->path);
	o->failed = sys == EPIPE ? ERR_CLOSED : ERR_IO;
}

/* Nothing more is written to it. */
static void out_end(struct emu_out *o)
{
	struct emu_files *f = o->files;
	int rc = 0;

	if (o->text)
		close_text(o);
	if (o->cap)
		rc = cap_writer_close(o->cap, o->failed ? NULL : &o->err);
	o->text = NULL;
	o->cap = NULL;
	if (rc && !o->failed)
		o->failed = rc;
	if (!o->failed || f->failed)
		return;
	f->failed = o->failed;
	f->err = o->err;
}

static void out_close(struct emu_out *o)
{
	out_end(o);
	list_remove(&o->all);
	free(o->path);
	free(o);
}

int emu_files_close(struct emu_files *f, struct err *e)
{
	list_each(at, &f->all)
		out_end(container_of(at, struct emu_out, all));
	if (e && f->failed)
		*e = f->err;
	return f->failed;
}

static const struct emu_out *same_file(const struct emu_files *f, const char *path)
{
	list_each(at, &f->all) {
		const struct emu_out *o = container_of(at, const struct emu_out, all);

		if (!strcmp(o->path, path) || os_same_file(o->path, path))
			return o;
	}
	return NULL;
}

static int open_file(struct emu_out *o, bool capture, struct err *e)
{
	if (capture)
		return cap_writer_open(&o->cap, o->path, cap_format_of(o->path), e);
	o->text = fopen(o->path, "wb");
	return o->text ? 0 : err_sys(e, errno, "%s", o->path);
}

static int out_open(struct emu_out **to, struct emu_pipe *pipe, const char *path, bool capture, struct err *e)
{
	struct emu_files *f = pipe->cfg->files;
	const struct emu_out *other = same_file(f, path);
	struct emu_out *o;
	int rc;

	if (other)
		return err_set(e, ERR_USAGE, "%s: is written already, by %s %" PRIu32, path,
			emu_kind_name(other->kind), other->number);
	rc = f->may_write ? f->may_write(f->ctx, path, e) : 0;
	if (rc)
		return rc;
	o = calloc(1, sizeof(*o));
	if (o)
		*o = (struct emu_out){ .files = f, .path = strdup(path), .kind = pipe->kind,
			.number = pipe->number };
	if (!o || !o->path) {
		free(o);
		return err_set(e, ERR_NOMEM, "%s: no memory", path);
	}
	rc = open_file(o, capture, e);
	if (rc) {
		free(o->path);
		free(o);
		return rc;
	}
	list_put_tail(&f->all, &o->all);
	*to = o;
	return 0;
}

/* ---- configuration ---- */

static int renew(struct emu_out **out, struct emu_out *was, struct emu_pipe *pipe, const struct emu_file *path,
	bool capture, struct err *e)
{
	*out = NULL;
	if (!path)
		return 0;
	if (was && !strcmp(was->path, emu_file_path(path))) {
		*out = was;
		return 0;
	}
	return out_open(out, pipe, emu_file_path(path), capture, e);
}

/* Closes those of `of` that are not in `kept` too. */
static void close_others(const struct emu_tap *of, const struct emu_tap *kept)
{
	if (of->mm && of->mm != kept->mm)
		out_close(of->mm);
	if (of->events && of->events != kept->events)
		out_close(of->events);
	if (of->pcap && of->pcap != kept->pcap)
		out_close(of->pcap);
}

static void begin_mm(struct emu_out *o)
{
	fprintf(o->text, "# narrows %s %" PRIu32 "\n# init timestamp: 0\n# base timestamp: 0\n",
		emu_kind_name(o->kind), o->number);
}

int emu_tap_config(struct emu_tap **tap, struct emu_pipe *pipe, const struct emu_conf *c, struct err *e)
{
	struct emu_tap was = *tap ? **tap : (struct emu_tap){ 0 }, now = was;
	int rc = 0;

	if (!pipe->cfg->files || (!*tap && !c->log.mm && !c->log.events && !c->pcap))
		return 0;
	if (!*tap && !(*tap = calloc(1, sizeof(**tap))))
		return err_set(e, ERR_NOMEM, "no memory for what a pipe writes");
	now.mm = now.events = now.pcap = NULL;
	rc = renew(&now.mm, was.mm, pipe, c->log.mm, false, e);
	if (!rc)
		rc = renew(&now.events, was.events, pipe, c->log.events, false, e);
	if (!rc)
		rc = renew(&now.pcap, was.pcap, pipe, c->pcap, true, e);
	if (rc) {
		close_others(&now, &was);
		return rc;
	}
	if (now.mm && now.mm != was.mm)
		begin_mm(now.mm);
	if (now.events && now.events != was.events)
		fprintf(now.events->text, "# time_ns event packet bytes reason\n");
	close_others(&was, &now);
	**tap = now;
	return 0;
}

void emu_tap_road(struct emu_tap *tap, const struct emu_road *road, nrw_time now)
{
	tap->trace = road->trace;
	tap->mtu = road->mtu;
	tap->once = road->trace_once;
	tap->now = now;
	if (tap->trace)
		tap->chance = emu_trace_after(tap->trace, now);
}

void emu_tap_free(struct emu_tap *tap)
{
	static const struct emu_tap none;

	if (tap)
		close_others(tap, &none);
	free(tap);
}

/* ---- what happens ---- */

static void tell_chances(struct emu_tap *tap, nrw_time until)
{
	nrw_time at;

	if (!tap->mm->text)
		return;
	while ((at = emu_trace_time(tap->trace, tap->chance, tap->once)) <= until && at != NRW_NEVER) {
		fprintf(tap->mm->text, "%" PRIu64 " # %" PRIu32 "\n", at / NRW_MS, tap->mtu);
		if (!emu_trace_skip(tap->trace, &tap->chance, 1))
			return;
	}
}

static void at(struct emu_tap *tap, nrw_time now)
{
	tap->now = now > tap->now ? now : tap->now;
	if (tap->mm && tap->trace)
		tell_chances(tap, tap->now);
}

static void event(const struct emu_tap *tap, nrw_time now, const char *what, const struct pkt *p, const char *reason)
{
	if (tap->events && tap->events->text)
		fprintf(tap->events->text, "%" PRIu64 " %s %" PRIu64 " %" PRIu64 "%s%s\n", now, what, p->seq + 1,
			emu_pipe_charge(p), reason ? " " : "", reason ? reason : "");
}

void emu_tap_came(struct emu_tap *tap, const struct pkt *p, nrw_time now)
{
	if (!tap)
		return;
	at(tap, now);
	event(tap, now, "arrival", p, NULL);
	if (tap->mm && tap->mm->text)
		fprintf(tap->mm->text, "%" PRIu64 " + %" PRIu64 "\n", now / NRW_MS, emu_pipe_charge(p));
}

void emu_tap_served(struct emu_tap *tap, const struct pkt *p, nrw_time end)
{
	if (!tap)
		return;
	at(tap, end);
	if (tap->mm && tap->mm->text)
		fprintf(tap->mm->text, "%" PRIu64 " - %" PRIu64 " %" PRIu64 "\n", end / NRW_MS, emu_pipe_charge(p),
			end / NRW_MS - p->at / NRW_MS);
}

void emu_tap_dropped(struct emu_tap *tap, const struct pkt *p, enum drop why)
{
	if (!tap)
		return;
	event(tap, tap->now, "drop", p, drop_name(why));
	if (tap->mm && tap->mm->text)
		fprintf(tap->mm->text, "%" PRIu64 " d 1 %" PRIu64 "\n", tap->now / NRW_MS, emu_pipe_charge(p));
}

void emu_tap_marked(struct emu_tap *tap, const struct pkt *p)
{
	if (tap)
		event(tap, tap->now, "mark", p, NULL);
}

/* The capture's interface for packets that begin like this one; < 0: told. */
static int describe(struct emu_out *o, const struct pkt *p)
{
	struct cap_iface iface = { 0 };
	uint16_t type = LINKTYPES;
	int rc;

	if (o->iface[p->link])
		return o->iface[p->link] - 1;
	while (type && wire_link_of(type) != p->link)	/* of raw IP the highest number is the one for files */
		type--;
	iface.linktype = type;
	snprintf(iface.name, sizeof(iface.name), "%s%" PRIu32, emu_kind_name(o->kind), o->number);
	rc = cap_writer_iface(o->cap, &iface, &o->err);
	if (rc >= 0)
		o->iface[p->link] = rc + 1;
	return rc;
}

static void capture(struct emu_out *o, const struct pkt *p, nrw_time at)
{
	int rc;

	if (o->failed || !o->cap)
		return;
	rc = describe(o, p);
	if (rc >= 0)
		rc = cap_write(o->cap, (unsigned)rc, o->files->start_ns + at, p, NULL, &o->err);
	if (rc < 0)
		o->failed = rc;
}

void emu_tap_left(struct emu_tap *tap, const struct pkt *p, nrw_time exit)
{
	if (!tap)
		return;
	event(tap, exit, "departure", p, NULL);
	if (tap->pcap)
		capture(tap->pcap, p, exit);
}
