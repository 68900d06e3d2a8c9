/* cap/cap_gzip.c - gzip by zlib (RFC 1951, 1952): members in, one behind the other; one member out.
 *
 * Out, zlib makes the bare deflate stream; header, sum and length are ours, so that the member can be ended behind any
 * piece.
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
#include <string.h>

#include <zlib.h>

#define GZIP_BITS (15 + 16)	/* a window of 32 KiB; + 16: gzip, nothing else */
#define RAW_BITS (-15)		/* the same window, and nothing around it */
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

struct pack {
	z_stream z;
	bool begun;
	uint32_t crc, bytes;	/* of all pieces; the length counts to 2^32 */
};

static void *gzip_pack_new(void)
{
	const int level = Z_DEFAULT_COMPRESSION, how = Z_DEFAULT_STRATEGY;
	struct pack *p = calloc(1, sizeof(*p));

	if (p && deflateInit2(&p->z, level, Z_DEFLATED, RAW_BITS, GZIP_MEMORY, how) == Z_OK)
		return p;
	free(p);
	return NULL;
}

static void gzip_pack_free(void *state)
{
	struct pack *p = state;

	if (p)
		deflateEnd(&p->z);
	free(p);
}

static size_t gzip_pack_bound(size_t n)
{
	return compressBound(n) + 64;	/* the header, and the empty block behind a piece */
}

static size_t gzip_pack(void *state, uint8_t *to, size_t room, const uint8_t *from, size_t n)
{
	static const uint8_t header[10] = { 0x1f, 0x8b, 8, [9] = 255 };	/* no name, no time, no system */
	size_t head = 0;
	struct pack *p = state;
	z_stream *z = &p->z;

	if (!p->begun)
		memcpy(to, header, head = sizeof(header));
	p->begun = true;
	p->crc = (uint32_t)crc32(p->crc, from, at_most_uint(n));
	p->bytes += (uint32_t)n;
	z->next_in = (Bytef *)(uintptr_t)from;
	z->avail_in = at_most_uint(n);
	z->next_out = to + head;
	z->avail_out = at_most_uint(room - head);
	if (deflate(z, Z_SYNC_FLUSH) != Z_OK || !z->avail_out)
		return 0;
	return room - z->avail_out;
}

static void put32(uint8_t *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

static size_t gzip_pack_end(const void *state, uint8_t *to)
{
	const struct pack *p = state;

	to[0] = 3;		/* the last block, of fixed codes, with nothing but its end */
	to[1] = 0;
	put32(to + 2, p->crc);
	put32(to + 6, p->bytes);
	return 10;
}
#endif

const struct cap_codec cap_gzip = {
	.name = "gzip", .suffix = ".gz", .library = "zlib", .knows = gzip_knows,
#ifdef HAVE_ZLIB
	.unpack_new = gzip_unpack_new, .unpack_free = gzip_unpack_free, .unpack = gzip_unpack,
	.pack_new = gzip_pack_new, .pack_free = gzip_pack_free, .pack_bound = gzip_pack_bound, .pack = gzip_pack,
	.pack_end = gzip_pack_end,
#endif
};
