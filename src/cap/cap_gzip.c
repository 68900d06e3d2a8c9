/* cap/cap_gzip.c - gzip by zlib (RFC 1951, 1952): members in, one behind the other; a member for each piece out.
 *
 * What stands behind the last member must be another one: padding is damage, since nobody could tell it from a member
 * whose begin is gone. The header of a member says nothing of time or system, so that one input gives one output; the
 * packed bytes are those of this zlib's version. Memory: 44 KiB in, 270 KiB out. One thread a state. */
#include "cap_codec.h"

static bool gzip_knows(const uint8_t *magic)
{
	return magic[0] == 0x1f && magic[1] == 0x8b && magic[2] == 8;	/* 8: deflate, the only method there is */
}

#ifdef HAVE_ZLIB
#include <limits.h>
#include <stdlib.h>

#include <zlib.h>

#define GZIP_BITS (15 + 16)	/* a window of 32 KiB; + 16: gzip, nothing else */
#define GZIP_MEMORY 8		/* zlib's default */

struct unpack {
	z_stream z;
	bool inside;
};

static void *gzip_unpack_new(void)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (u && inflateInit2(&u->z, GZIP_BITS) == Z_OK)
		return u;
	free(u);
	return NULL;
}

static void gzip_unpack_free(void *state)
{
	struct unpack *u = state;

	if (u)
		inflateEnd(&u->z);
	free(u);
}

static uInt at_most_uint(size_t n)
{
	return n < UINT_MAX ? (uInt)n : UINT_MAX;
}

static int gzip_unpack(void *state, struct cap_codec_io *io, struct err *e)
{
	struct unpack *u = state;
	uInt in = at_most_uint((size_t)(io->from_end - io->from)), room = at_most_uint((size_t)(io->to_end - io->to));
	int rc;

	io->inside = u->inside;
	if (!u->inside && !in)
		return 0;
	u->inside = true;
	u->z.next_in = (Bytef *)(uintptr_t)io->from;	/* zlib has no const here, and does not write */
	u->z.avail_in = in;
	u->z.next_out = io->to;
	u->z.avail_out = room;
	rc = inflate(&u->z, Z_NO_FLUSH);
	io->from += in - u->z.avail_in;
	io->to += room - u->z.avail_out;
	if (rc == Z_STREAM_END) {
		u->inside = false;
		rc = inflateReset(&u->z);
	}
	io->inside = u->inside;
	if (rc == Z_OK || rc == Z_BUF_ERROR)	/* the latter: needs more bytes, or more room */
		return 0;
	if (rc == Z_MEM_ERROR)
		return err_set(e, ERR_NOMEM, "gzip: no memory");
	return err_set(e, ERR_DAMAGED, "gzip: %s", u->z.msg ? u->z.msg : "makes no sense");
}

static void *gzip_pack_new(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z && deflateInit2(z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_BITS, GZIP_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static void gzip_pack_free(void *state)
{
	if (state)
		deflateEnd(state);
	free(state);
}

static size_t gzip_pack_bound(size_t n)
{
	return compressBound(n) + 32;	/* that is zlib's own wrapping: gzip's is 12 bytes longer */
}

static size_t gzip_pack(void *state, uint8_t *to, size_t room, const uint8_t *from, size_t n)
{
	static const gz_header plain = { .os = 255 };	/* unknown: else the header tells what system this is */
	gz_header header = plain;
	z_stream *z = state;

	if (deflateReset(z) != Z_OK || deflateSetHeader(z, &header) != Z_OK)
		return 0;
	z->next_in = (Bytef *)(uintptr_t)from;
	z->avail_in = at_most_uint(n);
	z->next_out = to;
	z->avail_out = at_most_uint(room);
	return deflate(z, Z_FINISH) == Z_STREAM_END ? room - z->avail_out : 0;
}
#endif

const struct cap_codec cap_gzip = {
	.name = "gzip", .suffix = ".gz", .library = "zlib", .knows = gzip_knows,
#ifdef HAVE_ZLIB
	.unpack_new = gzip_unpack_new, .unpack_free = gzip_unpack_free, .unpack = gzip_unpack,
	.pack_new = gzip_pack_new, .pack_free = gzip_pack_free, .pack_bound = gzip_pack_bound, .pack = gzip_pack,
#endif
};
