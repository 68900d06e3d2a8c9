/* cap/cap_read.c - the front of the reader: opens an input, sees what it is, hands bursts on, tells how it ended.
 *
 * Two kinds of file are read, by cap_pcap.c and cap_ng.c, in the same two steps. The burst walks over records that
 * lie whole in the bytes at hand and are in order: the hot loop, no call for each packet. At whatever else it stops,
 * and if it has given nothing yet, the edge looks at that one record: it fetches more bytes, passes over what nobody
 * wants, or ends the input and says why. So bytes lent to the caller never move under him, and a stream gives what it
 * has before it waits for more. What is skipped has a reason and a count; what ends the input has a place and a text.
 * One thread. */
#include "cap/cap_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_BYTES 4u

const char *cap_skip_text(enum cap_skip why)
{
	static const char *const text[CAP_SKIPS] = {
		[CAP_SKIP_LINK] = "unknown link type",
		[CAP_SKIP_LARGE] = "larger than any packet",
		[CAP_SKIP_IFACE] = "interface not described",
		[CAP_SKIP_LENGTH] = "lengths that do not fit",
		[CAP_SKIP_TIME] = "time out of range",
	};

	return (unsigned)why < CAP_SKIPS ? text[why] : "?";
}

bool cap_end_at(struct cap_reader *r, enum cap_end end, uint64_t byte, const char *fmt, ...)
{
	unsigned long long record = r->st.records - r->pass_records + 1, at = byte;
	va_list ap;
	int n;

	r->end = end;
	n = snprintf(r->end_text, sizeof(r->end_text), "record %llu at byte %llu: ", record, at);
	va_start(ap, fmt);
	vsnprintf(r->end_text + n, sizeof(r->end_text) - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

bool cap_end_short(struct cap_reader *r, enum cap_need got, uint64_t byte, uint64_t want, const struct err *e)
{
	unsigned long long have = r->src.end_byte - byte, wanted = want;

	if (got == CAP_WAIT)
		return false;
	if (got == CAP_BROKE)
		return cap_end_at(r, CAP_FAILED, byte, "%s", e->text);
	if (got == CAP_CORRUPT)
		return cap_end_at(r, CAP_DAMAGED, byte, "%s", e->text);
	if (r->src.shrunk)
		return cap_end_at(r, CAP_TRUNCATED, byte, "the file became shorter while it was read");
	if (r->src.cut)
		return cap_end_at(r, CAP_TRUNCATED, byte, "the file ends inside what %s packed",
			r->src.packed->codec->name);
	if (have)
		return cap_end_at(r, CAP_TRUNCATED, byte, "the file ends after %llu of %llu bytes", have, wanted);
	cap_end_at(r, CAP_WHOLE, byte, "end of the file");
	return false;
}

bool cap_skip_over(struct cap_reader *r, uint64_t bytes, int why)
{
	struct err e = { 0 };
	enum cap_need got;

	if (!r->to_skip) {
		r->to_skip = r->skip_bytes = bytes;
		r->skip_at = cap_src_at_byte(&r->src);
		r->skip_why = why;
	}
	got = cap_src_skip(&r->src, &r->to_skip, &e);
	if (got != CAP_HAVE)
		return cap_end_short(r, got, r->skip_at, r->skip_bytes, &e);
	if (r->skip_why == CAP_SKIP_NO_PACKET)
		r->st.unknown_blocks++;
	else
		cap_skipped(r, (enum cap_skip)r->skip_why);
	return true;
}

struct cap_if *cap_ifs_add(struct cap_ifs *t, bool *full)
{
	struct cap_if **chunk = &t->chunk[t->now / CAP_IFS_CHUNK % (CAP_IFS_MAX / CAP_IFS_CHUNK)];
	struct cap_if *i;

	*full = t->now == CAP_IFS_MAX;
	if (*full)
		return NULL;
	if (!*chunk)
		*chunk = calloc(CAP_IFS_CHUNK, sizeof(**chunk));
	if (!*chunk)
		return NULL;
	i = cap_ifs_at(t, t->now);
	*i = (struct cap_if){ .number = (uint16_t)t->now };
	t->now++;
	if (t->known < t->now)
		t->known = t->now;
	return i;
}

/* What a file is that is no capture: people give us all sorts. */
static const char *looks_like(const uint8_t *p, size_t n)
{
	static const struct { const char *magic; size_t n; const char *what; } known[] = {
		{ "\x1f\x8b", 2, "gzip once more: unpack it first" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd once more: unpack it first" },
		{ "\xfd""7zXZ", 5, "xz: unpack it first" },
		{ "BZh", 3, "bzip2: unpack it first" },
		{ "\x04\x22\x4d\x18", 4, "lz4: unpack it first" },
		{ "PK\x03\x04", 4, "zip: unpack it first" },
		{ "snoop\0\0\0", 8, "a snoop capture: editcap converts it" },
		{ "GMBU", 4, "a Network Monitor capture: editcap converts it" },
		{ "RTSS", 4, "a Network Monitor capture: editcap converts it" },
		{ "\x7f""ELF", 4, "a program" },
		{ "%PDF", 4, "a PDF document" },
		{ "#!", 2, "a script" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (n >= known[i].n && !memcmp(p, known[i].magic, known[i].n))
			return known[i].what;
	for (size_t i = 0; i < n; i++)
		if ((p[i] < ' ' && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') || p[i] == 0x7f)
			return "other data";
	return "text";
}

int cap_need_header(struct cap_reader *r, size_t n, const char *what, struct err *e)
{
	struct err why = { 0 };
	enum cap_need got;

	do
		got = cap_src_need(&r->src, n, &why);
	while (got == CAP_WAIT && !os_interrupted());
	switch (got) {
	case CAP_HAVE:
		return 0;
	case CAP_WAIT:
		return err_set(e, ERR_IO, "%s: interrupted", r->src.path);
	case CAP_BROKE:
		return err_set(e, ERR_IO, "%s", why.text);
	case CAP_CORRUPT:
		return err_set(e, ERR_DAMAGED, "%s: %s", r->src.path, why.text);
	case CAP_LESS:
		break;
	}
	return err_set(e, ERR_DAMAGED, "%s: cut off after %zu of the %zu bytes of %s", r->src.path,
		cap_src_left(&r->src), n, what);
}

/* The first bytes tell all: whether it is packed, and which of the two it is. Fewer are no error yet. */
static int magic(struct cap_reader *r, struct err *e)
{
	int rc = cap_need_header(r, MAGIC_BYTES, "a capture", e);

	if (!cap_src_left(&r->src) && rc == ERR_DAMAGED && !r->src.packed)
		return err_set(e, ERR_DAMAGED, "%s: empty, where pcap or pcapng is wanted", r->src.path);
	return rc == ERR_DAMAGED && !r->src.packed ? 0 : rc;
}

static int start(struct cap_reader *r, struct err *e)
{
	const struct cap_codec *codec;
	int rc = magic(r, e);
	size_t n;

	if (rc)
		return rc;
	codec = cap_src_left(&r->src) >= MAGIC_BYTES ? cap_codec_of_magic(r->src.at) : NULL;
	if (codec && r->src.follows)
		return err_set(e, ERR_USAGE, "%s: a file packed by %s cannot be followed", r->src.path, codec->name);
	if (codec)
		rc = cap_src_unpack(&r->src, codec, e) ?: magic(r, e);
	if (rc)
		return rc;
	n = cap_src_left(&r->src);
	if (n >= MAGIC_BYTES && !memcmp(r->src.at, "\x0a\x0d\x0d\x0a", MAGIC_BYTES)) {
		r->ng = true;
		return cap_ng_start(r, e);
	}
	if (n >= MAGIC_BYTES && cap_pcap_knows(r->src.at))
		return cap_pcap_start(r, e);
	return err_set(e, ERR_DAMAGED, "%s: not pcap or pcapng; it looks like %s", r->src.path,
		looks_like(r->src.at, n < 64 ? n : 64));
}

static int finish_open(struct cap_reader *r, struct cap_reader **out, struct err *e)
{
	int rc = start(r, e);

	if (rc) {
		cap_close(r);
		return rc;
	}
	*out = r;
	return 0;
}

static int open_path(struct cap_reader **out, int (*open)(struct cap_src *, const char *, struct err *),
	const char *path, struct err *e)
{
	struct cap_reader *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (!r)
		return err_set(e, ERR_NOMEM, "%s: no memory", path);
	rc = open(&r->src, path, e);
	if (rc) {
		free(r);
		return rc;
	}
	return finish_open(r, out, e);
}

int cap_open(struct cap_reader **out, const char *path, struct err *e)
{
	return open_path(out, cap_src_open, path, e);
}

int cap_open_growing(struct cap_reader **out, const char *path, struct err *e)
{
	return open_path(out, cap_src_open_growing, path, e);
}

int cap_open_mem(struct cap_reader **out, const uint8_t *bytes, size_t n, struct err *e)
{
	struct cap_reader *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (!r)
		return err_set(e, ERR_NOMEM, "no memory");
	cap_src_open_mem(&r->src, bytes, n);
	return finish_open(r, out, e);
}

void cap_close(struct cap_reader *r)
{
	if (!r)
		return;
	for (unsigned i = 0; i < CAP_IFS_MAX / CAP_IFS_CHUNK; i++)
		free(r->ifs.chunk[i]);
	cap_src_close(&r->src);
	free(r);
}

unsigned cap_read(struct cap_reader *r, struct pkt **pkts, unsigned n)
{
	if (n > CAP_BURST)
		n = CAP_BURST;
	r->burst = 0;
	if (r->end != CAP_MORE || !n)
		return 0;
	if (r->to_skip && !cap_skip_over(r, 0, 0))
		return 0;
	r->burst = r->ng ? cap_ng_read(r, pkts, n) : cap_pcap_read(r, pkts, n);
	return r->burst;
}

int cap_rewind(struct cap_reader *r)
{
	int rc = cap_src_rewind(&r->src, NULL);

	if (rc)
		return rc;
	r->end = CAP_MORE;
	r->end_text[0] = '\0';
	r->burst = 0;
	r->latest_ns = 0;
	r->to_skip = 0;
	r->pass_records = r->st.records;
	r->ifs.now = 0;
	return r->ng ? cap_ng_start(r, NULL) : cap_pcap_start(r, NULL);
}

enum cap_end cap_end(const struct cap_reader *r)
{
	return r->end;
}

const char *cap_end_text(const struct cap_reader *r)
{
	return r->end_text;
}

unsigned cap_ifaces(const struct cap_reader *r)
{
	return r->ifs.known;
}

const struct cap_iface *cap_iface(const struct cap_reader *r, unsigned i)
{
	return i < r->ifs.known ? &cap_ifs_at(&r->ifs, i)->pub : NULL;
}

void cap_stats(const struct cap_reader *r, struct cap_stats *st)
{
	*st = r->st;
}

uint64_t cap_size_bytes(const struct cap_reader *r)
{
	return cap_src_outer(&r->src)->size_bytes;
}

uint64_t cap_at_byte(const struct cap_reader *r)
{
	return cap_src_at_byte(cap_src_outer(&r->src));
}

bool cap_reads(const struct cap_reader *r, const char *path)
{
	int fd = cap_src_outer(&r->src)->fd;

	return fd >= 0 && strcmp(path, "-") && os_is_same_file(fd, path);
}
