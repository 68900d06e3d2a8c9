/* cap/cap_src.c - the bytes of an input, in order and in one piece as far as a record needs them.
 *
 *      regular file:   |----------- mapped ------------|~~ grown since ~~>      memory:  |---------- all ----------|
 *                          dropped | . . . [at  end)   |                                 at                      end
 *                                            step        then through the buffer
 *      stream:          ... gone | buf [at ....... end) not read yet
 *
 * A regular file is mapped whole, read-only: packets point into it and nothing is copied. `end` moves on in steps of
 * a few MiB; at each the size is looked at again, since a file that shrank must not be touched past its end, and
 * pages far behind are given back, so that the resident set does not grow with the file (a packet still held that
 * points there faults its page in again). Where the mapping ends, the rest, if the file has grown, comes through the
 * buffer as from a stream: a capture in the making is read to its end as it is when we get there. A file that cannot
 * be mapped (too large for the address space, a file system that cannot) is a stream that rewinds.
 *
 * A stream has one buffer of CAP_WINDOW bytes; what is left in it moves to its front before more is read, so a caller
 * asks for more only when it has no bytes of the buffer lent.
 *
 * A file that is followed is read like a stream from its begin; at its end we sleep and look again.
 *
 * A packed input is two of these: the inner one, any of the above, gives packed bytes, which a codec turns into the
 * bytes of the outer one, a stream, PIECE_BYTES at a time while they are still in the cache. However much they become,
 * the buffer is all there is. Called by the reader, on its thread. */
#include "cap/cap_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STEP_BYTES ((size_t)4 << 20)	/* between two looks at the size */
#define KEEP_BYTES ((size_t)32 << 20)	/* of pages behind us; also what is given back at once */
#define PIECE_BYTES ((size_t)128 << 10)	/* unpacked at once */

static void at_hand(struct cap_src *s, const uint8_t *from, size_t n, uint64_t end_byte)
{
	s->at = from;
	s->end = from + n;
	s->end_byte = end_byte;
}

/* Puts the end of a long path behind dots: it tells more than its begin. */
static void remember_path(struct cap_src *s, const char *path)
{
	size_t n = strlen(path);

	if (n < sizeof(s->path)) {
		memcpy(s->path, path, n + 1);
		return;
	}
	memcpy(s->path, "...", 3);
	memcpy(s->path + 3, path + n - (sizeof(s->path) - 4), sizeof(s->path) - 3);
}

static int need_buffer(struct cap_src *s, struct err *e)
{
	if (!s->buf)
		s->buf = malloc(CAP_WINDOW);
	return s->buf ? 0 : err_set(e, ERR_NOMEM, "%s: no memory for a buffer of %u bytes", s->path, CAP_WINDOW);
}

/* Standard input is always a stream: it may stand in the middle of a file. So is a file that says it is empty, since
 * those of /proc say so and are not. */
static void map_file(struct cap_src *s)
{
	int64_t size = os_file_bytes(s->fd);

	if (!os_is_file(s->fd) || size <= 0)
		return;
	s->rewinds = true;
	s->size_bytes = (uint64_t)size;
	s->steady = !os_map(&s->map, s->fd, s->path, NULL);
}

int cap_src_open(struct cap_src *s, const char *path, struct err *e)
{
	bool standard = !strcmp(path, "-");
	int rc = 0;

	*s = (struct cap_src){ .fd = OS_STDIN };
	remember_path(s, standard ? "standard input" : path);
	if (!standard) {
		s->fd = os_open_read(path, e);
		if (s->fd < 0)
			return ERR_IO;
		map_file(s);
	}
	if (!s->steady)
		rc = need_buffer(s, e);
	if (rc) {
		cap_src_close(s);
		return rc;
	}
	at_hand(s, s->steady ? s->map.bytes : s->buf, 0, 0);
	return 0;
}

int cap_src_open_growing(struct cap_src *s, const char *path, struct err *e)
{
	int rc = 0;

	*s = (struct cap_src){ .fd = strcmp(path, "-") ? os_open_read(path, e) : OS_STDIN };
	if (s->fd < 0)
		return ERR_IO;
	remember_path(s, path);
	s->follows = strdup(path);
	if (s->fd == OS_STDIN || !os_is_file(s->fd))
		rc = err_set(e, ERR_USAGE, "%s: only a regular file can be followed; a stream is read to its end",
			s->fd == OS_STDIN ? "standard input" : path);
	else if (!s->follows || need_buffer(s, NULL))
		rc = err_set(e, ERR_NOMEM, "%s: no memory", path);
	if (rc)
		cap_src_close(s);
	else
		at_hand(s, s->buf, 0, 0);
	return rc;
}

void cap_src_open_mem(struct cap_src *s, const uint8_t *bytes, size_t n)
{
	*s = (struct cap_src){ .fd = -1, .steady = true, .rewinds = true, .size_bytes = n };
	s->map = (struct os_map){ .bytes = bytes, .n = n };
	remember_path(s, "memory");
	at_hand(s, bytes, n, n);
}

void cap_src_close(struct cap_src *s)
{
	if (s->packed) {
		s->packed->codec->unpack_free(s->packed->state);
		cap_src_close(&s->packed->from);
		free(s->packed);
		s->packed = NULL;
	}
	os_unmap(&s->map);
	free(s->buf);
	free(s->follows);
	if (s->fd > OS_STDIN)
		os_close(s->fd);
	s->fd = -1;
}

int cap_src_unpack(struct cap_src *s, const struct cap_codec *codec, struct err *e)
{
	int rc = cap_codec_check(codec, s->path, e);
	struct cap_src outer = { .fd = -1, .rewinds = s->rewinds };
	struct cap_packed *p;

	if (rc)
		return rc;
	p = malloc(sizeof(*p));
	memcpy(outer.path, s->path, sizeof(outer.path));
	if (!p || need_buffer(&outer, e)) {
		free(p);
		return err_set(e, ERR_NOMEM, "%s: no memory to unpack it", s->path);
	}
	*p = (struct cap_packed){ .from = *s, .codec = codec, .state = codec->unpack_new() };
	outer.packed = p;
	at_hand(&outer, outer.buf, 0, 0);
	*s = outer;
	return p->state ? 0 : err_set(e, ERR_NOMEM, "%s: no memory to unpack it", s->path);
}

static int rewind_packed(struct cap_src *s, struct err *e)
{
	struct cap_packed *p = s->packed;
	int rc = cap_src_rewind(&p->from, e);

	if (rc)
		return rc;
	p->codec->unpack_free(p->state);
	p->state = p->codec->unpack_new();
	p->broken.code = 0;
	s->cut = false;
	at_hand(s, s->buf, 0, 0);
	return p->state ? 0 : err_set(e, ERR_NOMEM, "%s: no memory to unpack it", s->path);
}

int cap_src_rewind(struct cap_src *s, struct err *e)
{
	int rc = 0;

	if (!s->rewinds)
		return err_set(e, ERR_IO, "%s: a stream cannot be read twice", s->path);
	if (s->packed)
		return rewind_packed(s, e);
	if (s->fd < 0) {
		at_hand(s, s->map.bytes, s->map.n, s->map.n);
		return 0;
	}
	s->steady = s->map.n > 0;
	if (!s->steady)
		rc = os_seek(s->fd, 0);
	if (rc)
		return err_sys(e, -rc, "%s: cannot go back to its begin", s->path);
	s->dropped_bytes = 0;
	at_hand(s, s->steady ? s->map.bytes : s->buf, 0, 0);
	return 0;
}

static void drop_behind(struct cap_src *s)
{
	size_t done = (size_t)(s->at - s->map.bytes);

	if (done < s->dropped_bytes + 2 * KEEP_BYTES)
		return;
	os_map_drop(&s->map, s->dropped_bytes, KEEP_BYTES);
	s->dropped_bytes += KEEP_BYTES;
}

/* Moves `end` on inside the mapping, at most to where the file ends now. True: there are more bytes than before. */
static bool step_map(struct cap_src *s, size_t n)
{
	size_t shown = (size_t)(s->end - s->map.bytes), done = (size_t)(s->at - s->map.bytes), next = s->map.n;
	int64_t size;

	if (shown == next || s->shrunk)
		return false;
	drop_behind(s);
	if (next - done > STEP_BYTES + n)
		next = done + STEP_BYTES + n;
	size = os_file_bytes(s->fd);
	if (size >= 0 && (uint64_t)size < s->map.n) {
		s->shrunk = true;
		next = (uint64_t)size < next ? (size_t)size : next;
	}
	if (next <= shown)
		return false;
	at_hand(s, s->at, next - done, next);
	return true;
}

/* The mapping is used up: what the file has grown by since is read like a stream, from where the mapping ends. */
static enum cap_need leave_map(struct cap_src *s, struct err *e)
{
	int64_t size = os_file_bytes(s->fd);
	size_t left = cap_src_left(s);
	int rc;

	if (s->shrunk || size < 0 || (uint64_t)size <= s->map.n)
		return CAP_LESS;
	if (need_buffer(s, e))
		return CAP_BROKE;
	rc = os_seek(s->fd, s->map.n);
	if (rc) {
		err_sys(e, -rc, "%s", s->path);
		return CAP_BROKE;
	}
	s->size_bytes = (uint64_t)size;
	memcpy(s->buf, s->at, left);
	s->steady = false;
	at_hand(s, s->buf, left, s->map.n);
	return CAP_HAVE;
}

/* The present end of a file that grows. CAP_LESS: it has ended. The name is looked at before the size: what was written
 * before the name went to another file is read first. */
static enum cap_need wait_for_more(struct cap_src *s)
{
	bool gone = !os_is_same_file(s->fd, s->follows);
	int64_t size = os_file_bytes(s->fd);

	s->shrunk = size < 0 || (uint64_t)size < s->end_byte;
	if (s->shrunk)
		return CAP_LESS;
	if ((uint64_t)size > s->end_byte)
		return CAP_HAVE;
	if (gone)
		return CAP_LESS;
	os_sleep(CAP_FOLLOW_NS);
	return CAP_WAIT;
}

/* One read(2) into the buffer behind what is left there. */
static enum cap_need fill(struct cap_src *s, struct err *e)
{
	size_t left = cap_src_left(s);
	int64_t got;

	if (s->at != s->buf)
		memmove(s->buf, s->at, left);
	at_hand(s, s->buf, left, s->end_byte);
	got = os_read(s->fd, s->buf + left, CAP_WINDOW - left);
	if (got == -EINTR)
		return CAP_WAIT;
	if (got < 0) {
		err_sys(e, (int)-got, "%s", s->path);
		return CAP_BROKE;
	}
	at_hand(s, s->buf, left + (size_t)got, s->end_byte + (uint64_t)got);
	if (!got && s->follows)
		return wait_for_more(s);
	return got ? CAP_HAVE : CAP_LESS;
}

/* The packed bytes are used up, or the system refused. */
static enum cap_need packed_end(struct cap_src *s, enum cap_need got, bool inside)
{
	if (got == CAP_LESS) {
		s->shrunk = s->packed->from.shrunk;
		s->cut = inside;
	}
	return got;
}

/* Unpacks what is at hand of the packed bytes, as far as `io` has room. True: there is neither damage nor progress. */
static bool unpack_at_hand(struct cap_packed *p, struct cap_codec_io *io)
{
	const uint8_t *to, *at;

	do {
		to = io->to;
		at = p->from.at;
		io->from = at;
		io->from_end = p->from.end;
		if (p->codec->unpack(p->state, io, &p->broken) && !p->broken.code)
			p->broken.code = ERR_DAMAGED;
		p->from.at = io->from;
	} while (!p->broken.code && io->to < io->to_end && (io->to != to || io->from != at));
	return !p->broken.code && io->to < io->to_end;
}

/* Some bytes out of the packed ones, behind what is left in the buffer. What there is goes out before more is waited
 * for, and before damage is told. */
static enum cap_need unpack(struct cap_src *s, struct err *e)
{
	size_t left = cap_src_left(s), room = CAP_WINDOW - left < PIECE_BYTES ? CAP_WINDOW - left : PIECE_BYTES;
	struct cap_codec_io io = { .to = s->buf + left, .to_end = s->buf + left + room };
	struct cap_packed *p = s->packed;
	enum cap_need got;

	if (s->at != s->buf)
		memmove(s->buf, s->at, left);
	at_hand(s, s->buf, left, s->end_byte);
	while (!p->broken.code && unpack_at_hand(p, &io) && io.to == s->buf + left) {
		got = cap_src_need(&p->from, 1, e);
		if (got != CAP_HAVE)
			return packed_end(s, got, io.inside);
	}
	room = (size_t)(io.to - s->buf) - left;
	at_hand(s, s->buf, left + room, s->end_byte + room);
	if (room)
		return CAP_HAVE;
	if (e)
		*e = p->broken;
	return p->broken.code == ERR_NOMEM ? CAP_BROKE : CAP_CORRUPT;
}

enum cap_need cap_src_need(struct cap_src *s, size_t n, struct err *e)
{
	enum cap_need got = CAP_HAVE;

	while (got == CAP_HAVE && cap_src_left(s) < n) {
		if (s->packed) {
			got = unpack(s, e);
			continue;
		}
		if (s->fd < 0)
			return CAP_LESS;
		if (!s->steady)
			got = fill(s, e);
		else if (!step_map(s, n))
			got = leave_map(s, e);
	}
	return got;
}

enum cap_need cap_src_skip(struct cap_src *s, uint64_t *n, struct err *e)
{
	enum cap_need got = CAP_HAVE;

	while (got == CAP_HAVE && *n) {
		size_t step = cap_src_left(s) < *n ? cap_src_left(s) : (size_t)*n;

		s->at += step;
		*n -= step;
		if (*n)
			got = cap_src_need(s, 1, e);
	}
	return got;
}
