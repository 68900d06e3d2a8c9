/* cap/cap_write.c - capture files out: the file, its buffer, its whole-record promise, and the records of classic
 * pcap.
 *
 *      buf: | record | record | ... | record |.......|      goes out in one write(2) once CAP_OUT_PIECE are full
 *
 * What is written is little-endian with ns on every machine, so that one input gives one output everywhere. Headers
 * go out at once and the buffer holds whole records only: whenever the process ends, the file is valid. Should the
 * system take only a part (a full disk), a regular file is cut back to the last whole record, found by walking over
 * what we built ourselves; a pipe cannot be. After that the writer is dead and repeats its error. A closed pipe is
 * ERR_CLOSED, and cap_writer_open() leaves that to the first write, since nothing is wrong with the path.
 *
 * A path that asks for a codec by its suffix gets one frame. Behind each piece stands what ends the frame, and the next
 * piece is written over it: so the file is valid between any two pieces all the same, and a part of a piece is cut off
 * whole. A stream gets the end when it is closed.
 *
 * Classic pcap has one link type and 32 bits of seconds; its header waits for the interface. Pcapng: cap_write_ng.c.
 * Called by whoever owns the writer, one thread. Cost: about 15 ns a packet and the copy of its bytes. */
#include "cap/cap_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PCAP_FILE_BYTES 24u
#define PCAP_RECORD_BYTES 16u
#define ROOM_AFTER (UINT64_C(4) << 20)
#define ROOM_STEP (UINT64_C(16) << 20)

struct cap_writer {
	int fd;
	bool ours;		/* to be closed */
	bool file;		/* regular: can be cut */
	enum cap_format format;
	uint64_t start_bytes;	/* of the file before us: standard output may append */
	uint64_t out_bytes;	/* written so far */
	uint64_t room_bytes;	/* out_bytes up to here have room on the disk; 0: nothing is reserved */
	bool reserve;		/* go on asking for room */
	unsigned ifaces;
	uint16_t linktype;	/* classic: of its interface */
	bool header;		/* classic: written */
	char *path;		/* for errors */
	const struct cap_codec *codec;	/* NULL: goes out as it is */
	void *pack;
	uint8_t *packed;	/* room for a packed piece */
	size_t packed_room;
	uint8_t tail[CAP_CODEC_END];	/* what ends the frame behind the last piece */
	size_t tail_bytes;
	bool tailed;		/* in the file it stands behind each piece */
	size_t used;		/* of buf */
	struct err dead;	/* code not 0: the error that ended it */
	uint8_t buf[CAP_OUT_ROOM];
};

enum cap_format cap_format_of(const char *path)
{
	const struct cap_codec *codec = cap_codec_of_path(path);
	size_t n = strlen(path) - (codec ? strlen(codec->suffix) : 0);

	return n >= 5 && !memcmp(path + n - 5, ".pcap", 5) ? CAP_PCAP_NS : CAP_PCAPNG;
}

static int repeat(const struct cap_writer *w, struct err *e)
{
	return err_set(e, w->dead.code, "%s", w->dead.text);
}

/* How many of the first `n` bytes of the buffer are whole records. */
static size_t whole_records(const struct cap_writer *w, size_t n)
{
	bool head = w->format == CAP_PCAP_NS && !w->out_bytes;
	size_t at = 0, size = head ? PCAP_FILE_BYTES : 0;

	while (at + size <= n) {
		at += size;
		if (n - at < PCAP_RECORD_BYTES)
			break;
		if (w->format == CAP_PCAPNG)
			size = cap_get32(w->buf + at + 4, false);
		else
			size = PCAP_RECORD_BYTES + cap_get32(w->buf + at + 8, false);
	}
	return at;
}

/* A write failed after `done` bytes. Only a file that is as long as we made it, or that still has its old tail, is cut:
 * nobody else's bytes go. */
static void cut_back(struct cap_writer *w, size_t done)
{
	uint64_t whole = w->start_bytes + w->out_bytes;
	uint64_t size = whole + (w->tailed && done < w->tail_bytes ? w->tail_bytes : done);

	/* Should this fail too, nothing is left to try. */
	if (!w->file || os_file_bytes(w->fd) != (int64_t)size)
		return;
	os_truncate(w->fd, whole + (w->codec ? 0 : whole_records(w, done)));
	if (w->tailed)
		os_write(w->fd, w->tail, w->tail_bytes, NULL);
}

/* Room ahead of what is written, in large steps, since the system makes room for every write dearly. A short file needs
 * none. A step too many on a nearly full disk fails, or goes back at the end. */
static void make_room(struct cap_writer *w, size_t n)
{
	uint64_t end = w->out_bytes + n;

	if (!w->reserve || end <= w->room_bytes || end <= ROOM_AFTER)
		return;
	w->reserve = os_reserve(w->fd, w->out_bytes, ROOM_STEP);
	if (w->reserve)
		w->room_bytes = w->out_bytes + ROOM_STEP;
}

/* The piece as it goes out, `n` bytes and behind them its tail. False: no memory for it. */
static bool packed_piece(struct cap_writer *w, const uint8_t **from, size_t *n, size_t *tail)
{
	*from = w->buf;
	*n = w->used;
	*tail = 0;
	if (!w->codec)
		return true;
	*from = w->packed;
	*n = w->codec->pack(w->pack, w->packed, w->packed_room, w->buf, w->used);
	*tail = w->tailed ? w->codec->pack_end(w->pack, w->packed + *n) : 0;
	return *n;
}

static int died(struct cap_writer *w, int sys, size_t done)
{
	err_sys(&w->dead, -sys, "%s", w->path);
	if (sys == -EPIPE)
		w->dead.code = ERR_CLOSED;
	cut_back(w, done);
	return w->dead.code;
}

static int put_out(struct cap_writer *w)
{
	const uint8_t *from;
	size_t done = 0, n, tail;
	int rc = 0;

	if (w->dead.code || !w->used)
		return w->dead.code;
	if (!packed_piece(w, &from, &n, &tail))
		return err_set(&w->dead, ERR_NOMEM, "%s: no memory to pack it", w->path);
	make_room(w, n);
	rc = os_write(w->fd, from, n + tail, &done);
	if (!rc && tail)
		rc = os_seek(w->fd, w->start_bytes + w->out_bytes + n);
	if (rc)
		return died(w, rc, done);
	if (w->codec)
		w->tail_bytes = w->codec->pack_end(w->pack, w->tail);
	w->out_bytes += n;
	w->used = 0;
	return 0;
}

int cap_writer_flush(struct cap_writer *w, struct err *e)
{
	return put_out(w) ? repeat(w, e) : 0;
}

/* Frees what open made; the file stays. */
static void writer_free(struct cap_writer *w)
{
	if (w->pack)
		w->codec->pack_free(w->pack);
	free(w->packed);
	free(w->path);
	free(w);
}

static int open_codec(struct cap_writer *w, const struct cap_codec *codec, struct err *e)
{
	int rc = cap_codec_check(codec, w->path, e);

	if (rc)
		return rc;
	w->codec = codec;
	w->packed_room = codec->pack_bound(CAP_OUT_ROOM);
	w->packed = malloc(w->packed_room + CAP_CODEC_END);
	w->pack = codec->pack_new();
	return w->packed && w->pack ? 0 : err_set(e, ERR_NOMEM, "%s: no memory to pack it", w->path);
}

static int open_file(struct cap_writer *w, const char *path, struct err *e)
{
	w->fd = w->ours ? os_open_write(path, e) : OS_STDOUT;
	if (w->fd < 0)
		return ERR_IO;
	w->file = os_is_file(w->fd);
	w->reserve = w->ours && w->file;
	w->tailed = w->codec && w->ours && w->file;	/* standard output may only append */
	w->start_bytes = w->file ? (uint64_t)os_file_bytes(w->fd) : 0;
	return 0;
}

int cap_writer_open(struct cap_writer **out, const char *path, enum cap_format f, struct err *e)
{
	bool standard = !strcmp(path, "-");
	const struct cap_codec *codec = cap_codec_of_path(path);
	struct cap_writer *w = malloc(sizeof(*w));
	int rc;

	*out = NULL;
	if (!w)
		return err_set(e, ERR_NOMEM, "%s: no memory", path);
	memset(w, 0, offsetof(struct cap_writer, buf));
	w->format = f;
	w->ours = !standard;
	w->path = strdup(standard ? "standard output" : path);
	rc = w->path ? 0 : err_set(e, ERR_NOMEM, "%s: no memory", path);
	if (!rc && codec)
		rc = open_codec(w, codec, e);
	if (!rc)
		rc = open_file(w, path, e);
	if (rc) {
		writer_free(w);
		return rc;
	}
	if (f == CAP_PCAPNG)
		w->used = (size_t)(cap_ng_put_section(w->buf) - w->buf);
	rc = cap_writer_flush(w, e);
	if (rc && rc != ERR_CLOSED) {
		cap_writer_close(w, NULL);
		return rc;
	}
	*out = w;
	return 0;
}

static void put_pcap_header(struct cap_writer *w, uint16_t linktype, uint32_t snap_bytes)
{
	uint8_t *to = w->buf + w->used;

	to = cap_put32(to, 0xa1b23c4d);
	to = cap_put16(to, 2);
	to = cap_put16(to, 4);
	to = cap_put32(to, 0);
	to = cap_put32(to, 0);
	to = cap_put32(to, snap_bytes ? snap_bytes : CAP_PACKET_MAX);	/* 0 is "no limit" in pcapng only */
	cap_put32(to, linktype);
	w->used += PCAP_FILE_BYTES;
	w->linktype = linktype;
	w->header = true;
}

int cap_writer_iface(struct cap_writer *w, const struct cap_iface *i, struct err *e)
{
	int rc;

	if (w->dead.code)
		return repeat(w, e);
	if (w->format == CAP_PCAPNG) {
		w->used = (size_t)(cap_ng_put_iface(w->buf + w->used, i) - w->buf);
	} else if (!w->header) {
		put_pcap_header(w, i->linktype, i->snap_bytes);
	} else if (w->linktype != i->linktype) {
		return err_set(e, ERR_USAGE, "%s: a classic pcap file has one link type, here %u, and cannot take "
			"packets of link type %u; pcapng can (an output whose name does not end in .pcap)", w->path,
			w->linktype, i->linktype);
	} else {
		return 0;
	}
	rc = cap_writer_flush(w, e);
	return rc ? rc : (int)w->ifaces++;
}

static int check(const struct cap_writer *w, unsigned iface, uint64_t time_ns, const struct pkt *p, const char *comment,
	struct err *e)
{
	bool classic = w->format == CAP_PCAP_NS;

	if (w->dead.code)
		return repeat(w, e);
	BUG_ON(iface >= w->ifaces);
	if (classic && comment)
		return err_set(e, ERR_USAGE, "%s: a classic pcap file has no comments; pcapng has", w->path);
	if (classic && time_ns / 1000000000 > UINT32_MAX)
		return err_set(e, ERR_RANGE,
			"%s: %llu ns since 1970 are past 2106, where the seconds of a classic pcap "
			"file end; pcapng goes on", w->path, (unsigned long long)time_ns);
	if (p->len_bytes > CAP_PACKET_MAX)
		return err_set(e, ERR_RANGE, "%s: a packet of %u bytes; a capture file takes %u", w->path,
			p->len_bytes, CAP_PACKET_MAX);
	return 0;
}

static uint8_t *put_pcap_packet(uint8_t *to, uint64_t time_ns, const struct pkt *p)
{
	to = cap_put32(to, (uint32_t)(time_ns / 1000000000));
	to = cap_put32(to, (uint32_t)(time_ns % 1000000000));
	to = cap_put32(to, p->len_bytes);
	to = cap_put32(to, p->wire_bytes);
	if (p->len_bytes)
		memcpy(to, p->data, p->len_bytes);
	return to + p->len_bytes;
}

int cap_write(struct cap_writer *w, unsigned iface, uint64_t time_ns, const struct pkt *p, const char *comment,
	struct err *e)
{
	size_t comment_len = comment ? strlen(comment) : 0;
	int rc = check(w, iface, time_ns, p, comment, e);
	uint8_t *to = w->buf + w->used;

	if (rc)
		return rc;
	if (comment_len > CAP_COMMENT_MAX)
		return err_set(e, ERR_RANGE, "%s: a comment of %zu bytes; pcapng takes %u", w->path, comment_len,
			CAP_COMMENT_MAX);
	if (w->format == CAP_PCAPNG)
		to = cap_ng_put_packet(to, iface, time_ns, p, comment, comment_len);
	else
		to = put_pcap_packet(to, time_ns, p);
	w->used = (size_t)(to - w->buf);
	return w->used < CAP_OUT_PIECE ? 0 : cap_writer_flush(w, e);
}

/* The end of a frame that goes into a stream. */
static int put_tail(struct cap_writer *w, struct err *e)
{
	int rc = w->tail_bytes ? os_write(w->fd, w->tail, w->tail_bytes, NULL) : 0;

	if (!rc)
		return 0;
	died(w, rc, 0);
	return repeat(w, e);
}

int cap_writer_close(struct cap_writer *w, struct err *e)
{
	uint64_t size;
	int rc;

	if (!w)
		return 0;
	if (w->format == CAP_PCAP_NS && !w->header && !w->dead.code)
		put_pcap_header(w, 1, 0);
	rc = cap_writer_flush(w, e);
	if (!rc && w->codec && !w->tailed)
		rc = put_tail(w, e);
	size = w->out_bytes + (w->tailed ? w->tail_bytes : 0);
	if (w->room_bytes > w->out_bytes && os_file_bytes(w->fd) == (int64_t)size)
		os_truncate(w->fd, size);	/* should it fail, the file is whole all the same */
	if (w->ours) {
		int sys = os_close(w->fd);

		if (sys && !rc)
			rc = err_sys(e, -sys, "%s", w->path);
	}
	writer_free(w);
	return rc;
}
